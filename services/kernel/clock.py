"""The two clocks.

The *legal* clock is `act.now`: the only clock a rule knows. In the demo world it can be set,
as one stored offset that every process reads. The *machine* clock runs tokens, leases, rate
limits and job timers, and nothing can set it.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.kernel.act import Record


class LegalClock(Record):
    """How far the legal clock of this installation is from the machine's; one row or none."""

    __tablename__ = "legal_clock"
    __table_args__ = (CheckConstraint("id = 1", name="legal_clock_is_one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    offset: Mapped[timedelta]


def machine_now() -> datetime:
    """The machine's time: for tokens, leases and timers, never for a statutory period."""
    return datetime.now(UTC)


def legal_now(session: Session) -> datetime:
    """The time by which periods are counted in this installation."""
    return machine_now() + legal_offset(session)


def legal_offset(session: Session) -> timedelta:
    """How far the legal clock is from the machine's.

    It is read once for each session, so that all of one act keeps one clock.
    """
    if "legal_offset" not in session.info:
        session.info["legal_offset"] = session.scalar(select(LegalClock.offset)) or timedelta()
    offset: timedelta = session.info["legal_offset"]
    return offset
