"""What was answered to a request that may be sent again.

A phone on a bad network does not know whether its request arrived, so it sends it again under
the same key. The answer is kept in the transaction that made it true: either both are there,
or neither. It is kept for a day and then swept away, for it may repeat what a case holds.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Index, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.kernel.act import Record
from services.kernel.clock import machine_now
from services.kernel.sealed import SealedBytes

KEPT_FOR = timedelta(hours=24)


class IdempotentAnswer(Record):
    """The answer one person was given to one key, and a fingerprint of what was asked."""

    __tablename__ = "idempotent_answers"
    __table_args__ = (Index("idempotent_answers_by_age", "created_at"),)

    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    status: Mapped[int]
    headers: Mapped[dict[str, Any]]
    body: Mapped[bytes] = mapped_column(SealedBytes("idempotent_answers.body"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


_TABLE = IdempotentAnswer.__table__


def claim(session: Session, person_id: int, key: str) -> bool:
    """Hold the key until this transaction ends; False while another request holds it."""
    name = func.hashtextextended(f"{person_id}/{key}", 0)
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(name))))


def given(session: Session, person_id: int, key: str) -> IdempotentAnswer | None:
    """What this person was answered to this key, if it has not been swept away."""
    return session.get(IdempotentAnswer, (person_id, key))


def keep(session: Session, answer: dict[str, Any]) -> None:
    """Keep an answer: the door's own memory, no business record, so no permission is asked."""
    session.connection().execute(insert(_TABLE).values(**answer))  # type: ignore[arg-type]


def sweep(session: Session, *, older_than: timedelta = KEPT_FOR) -> int:
    """Forget the answers nobody can ask for again; say how many there were."""
    old = delete(_TABLE).where(  # type: ignore[arg-type]
        _TABLE.c.created_at < machine_now() - older_than
    )
    return int(session.connection().execute(old).rowcount)
