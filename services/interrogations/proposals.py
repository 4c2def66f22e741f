"""Another time that a centre proposes, kept free until the handler has answered."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, select, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services import bookings
from services.bookings import Booking, BookingState
from services.interrogations.records import Interrogation
from services.kernel.act import Act, Record


class TimeProposalState(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    """Nobody has answered while the time was kept."""
    WITHDRAWN = "withdrawn"
    """The centre has proposed another or confirmed, or the interrogation has moved on."""


class TimeProposal(Record):
    """A time that the centre proposes instead of the one that is booked."""

    __tablename__ = "time_proposals"
    __table_args__ = (
        CheckConstraint(
            "(state = 'open') <= (booking_id IS NOT NULL)", name="time_proposals_kept_while_open"
        ),
        Index(
            "time_proposals_one_open",
            "interrogation_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("time_proposals_lapsing", "held_until", postgresql_where=text("state = 'open'")),
        Index("time_proposals_of_one", "interrogation_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interrogation_id: Mapped[int] = mapped_column(ForeignKey("interrogations.id"))
    state: Mapped[TimeProposalState] = mapped_column(default=TimeProposalState.OPEN)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"))
    """The hold that keeps what the interrogation does not take already."""
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    note: Mapped[str]
    """Why, in the centre's own words."""
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    held_until: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None]
    """A person's id; 0 is the house itself."""
    refused_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column()

    interrogation: Mapped[Interrogation] = relationship()
    booking: Mapped[Booking | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate that handles the case."""
        return self.interrogation.procuratorate_id

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case."""
        return self.interrogation.handler_id

    @property
    def recused_ids(self) -> "list[int] | None":
        """Whoever was recused from the case (CPL 29)."""
        recused = self.interrogation.recused_ids
        return None if recused is None else list(recused)


def proposals_of(interrogation: Interrogation) -> Select[TimeProposal]:
    """What the centre has proposed for it."""
    return select(TimeProposal).where(TimeProposal.interrogation_id == interrogation.id)


def end(act: Act, proposal: TimeProposal, state: TimeProposalState) -> TimeProposal:
    """It is open no longer: what it kept is given back."""
    if proposal.booking is not None and proposal.booking.state is BookingState.HELD:
        bookings.release(act, proposal.booking)
    proposal.state = state
    proposal.answered_at, proposal.answered_by = act.now, act.actor.id
    act.session.flush()
    return proposal


def withdraw_open(act: Act, interrogation: Interrogation) -> None:
    """Whatever is still proposed for it is moot; part of the step that moves it on."""
    open_ones = proposals_of(interrogation).where(TimeProposal.state == TimeProposalState.OPEN)
    for one in act.session.scalars(open_ones):
        end(act, one, TimeProposalState.WITHDRAWN)
