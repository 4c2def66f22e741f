"""A slot that is offered to an interrogation that waits, kept free until it is answered."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, select, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services import bookings, tasks
from services.bookings import Booking, BookingState
from services.interrogations.records import Interrogation
from services.kernel.act import Act, Record
from services.tasks import TaskKind

ONE_OPEN = "slot_offers_one_open"


class SlotOfferState(StrEnum):
    """Where an offer stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    """Nobody has answered while the slot was kept."""
    WITHDRAWN = "withdrawn"
    """The interrogation has a time by now, or will not be held."""


class SlotOffer(Record):
    """A slot that fell free, kept for one interrogation that waits."""

    __tablename__ = "slot_offers"
    __table_args__ = (
        CheckConstraint(
            "(state = 'open') = (answered_at IS NULL)", name="slot_offers_open_until_answered"
        ),
        Index(ONE_OPEN, "interrogation_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("slot_offers_lapsing", "held_until", postgresql_where=text("state = 'open'")),
        Index("slot_offers_of_one", "interrogation_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interrogation_id: Mapped[int] = mapped_column(ForeignKey("interrogations.id"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"))
    """The hold that keeps the slot; the house holds it."""
    state: Mapped[SlotOfferState] = mapped_column(default=SlotOfferState.OPEN)
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("resources.id"))
    offered_at: Mapped[datetime]
    held_until: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None]
    """A person's id; 0 is the house itself."""
    version: Mapped[int] = mapped_column()

    interrogation: Mapped[Interrogation] = relationship()
    booking: Mapped[Booking] = relationship()

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


def offers_of(interrogation: Interrogation) -> Select[SlotOffer]:
    """What was offered to it."""
    return select(SlotOffer).where(SlotOffer.interrogation_id == interrogation.id)


def end(act: Act, offer: SlotOffer, state: SlotOfferState) -> SlotOffer:
    """It is open no longer; a slot that nobody took is free again, for the next in line."""
    if state is not SlotOfferState.ACCEPTED and offer.booking.state is BookingState.HELD:
        bookings.release(act, offer.booking)
    offer.state = state
    offer.answered_at, offer.answered_by = act.now, act.actor.id
    act.session.flush()
    return offer


def withdraw_open(act: Act, interrogation: Interrogation) -> None:
    """What is still offered to it is moot; part of the step that gives it a time or ends it."""
    open_ones = offers_of(interrogation).where(SlotOffer.state == SlotOfferState.OPEN)
    for one in act.session.scalars(open_ones.with_for_update()):
        end(act, one, SlotOfferState.WITHDRAWN)
        tasks.cancel(act, TaskKind.ANSWER_SLOT_OFFER, interrogation)
