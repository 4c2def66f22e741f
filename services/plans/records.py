"""The tables of plans: what was asked for, what is proposed for each, and what came of it."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from services.arrest_requests.records import Suspect
from services.cases import Case
from services.cases.records import RECUSALS
from services.interrogations import Arrangement, Mode, Purpose, Role, Seat, Wish
from services.kernel.act import Record
from services.kernel.flow import Flow
from services.plans.solver import Proof
from services.resources import Resource


class PlanState(StrEnum):
    """Where a plan stands."""

    DRAFT = "draft"
    """The first answer stands; a better one is looked for in the background."""
    IMPROVED = "improved"
    """The search is over; this is the plan to look at."""
    ACCEPTED = "accepted"
    """What was chosen of it is booked."""
    CANCELLED = "cancelled"


FLOW = Flow(
    {
        "improve": ({PlanState.DRAFT}, PlanState.IMPROVED),
        "accept": ({PlanState.DRAFT, PlanState.IMPROVED}, PlanState.ACCEPTED),
        "cancel": ({PlanState.DRAFT, PlanState.IMPROVED}, PlanState.CANCELLED),
    }
)


class PlanItemState(StrEnum):
    """Where one interrogation of a plan stands."""

    PROPOSED = "proposed"
    LEFT_OUT = "left_out"
    """The plan has no time for it; why is said."""
    BOOKED = "booked"
    REFUSED = "refused"
    """It was chosen and could not be booked any more."""
    DROPPED = "dropped"
    """Nobody chose it, or the plan was cancelled."""


class LeftOut(StrEnum):
    """Why a plan has no time for one."""

    REFUSED = "refused"
    """The law or the office does not allow it like this; which refusal is said."""
    NO_PLACE = "no_place"
    """There is no such room, desk or terminal."""
    PAST_LIMIT = "past_limit"
    """The suspect's earliest period ends before it could."""
    NEVER_TOGETHER = "never_together"
    """All that it needs is at no time of these days free at once."""
    CROWDED_OUT = "crowded_out"
    """The others of the plan need the time."""


class ItemChange(StrEnum):
    """What the search has changed against the first answer."""

    SAME = "same"
    MOVED = "moved"
    ADDED = "added"
    """The first answer had no time for it."""
    REMOVED = "removed"
    """It had one, and others are served by giving it up."""
    NEVER = "never"
    """Neither has."""


class PlanItem(Record):
    """One interrogation of a plan: what was asked for, and the time that is proposed."""

    __tablename__ = "plan_items"
    __table_args__ = (
        CheckConstraint(
            "(state = 'booked') = (interrogation_id IS NOT NULL)", name="plan_items_booked"
        ),
        Index("plan_items_by_plan", "plan_id", "id"),
        Index("plan_items_by_case", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    suspect_id: Mapped[int] = mapped_column(ForeignKey("suspects.id"))
    wanted: Mapped[dict[str, Any]]
    """The arrangement as it was asked for, in ids and codes."""
    state: Mapped[PlanItemState]
    first_starts_at: Mapped[datetime | None]
    """The time in the first answer."""
    starts_at: Mapped[datetime | None]
    room_id: Mapped[int | None] = mapped_column(ForeignKey("resources.id"))
    places: Mapped[list[int]]
    """Rooms, desks, lines and escort that the plan reckons with."""
    not_after: Mapped[datetime | None]
    """The end of the suspect's earliest period when the plan was drawn up."""
    why: Mapped[LeftOut | None]
    refusal: Mapped[str | None]
    """The type of the refusal, where one was the reason."""
    alternatives: Mapped[list[Any]]
    """Up to three times that were free when the proposed one was taken: starts and rooms."""
    interrogation_id: Mapped[int | None] = mapped_column(ForeignKey("interrogations.id"))

    plan: Mapped["Plan"] = relationship(back_populates="items")
    case: Mapped[Case] = relationship()
    suspect: Mapped[Suspect] = relationship()
    room: Mapped[Resource | None] = relationship()

    @property
    def wish(self) -> Wish:
        """The suspect in the case."""
        return Wish(self.case, self.suspect)

    @property
    def arrangement(self) -> Arrangement:
        """What was asked for; places that the plan reckons with are taken first."""
        kept = self.wanted
        return Arrangement(
            purpose=Purpose(kept["purpose"]),
            mode=Mode(kept["mode"]),
            minutes=kept["minutes"],
            seats=tuple(
                Seat(Role(role), person_id, participant_id)
                for role, person_id, participant_id in kept["seats"]
            ),
            language=kept["language"],
            place=kept["place"],
            room_id=kept["room_id"],
            prefers=tuple(self.places),
        )

    @property
    def change(self) -> ItemChange:
        """What the search has changed."""
        if self.first_starts_at is None:
            return ItemChange.NEVER if self.starts_at is None else ItemChange.ADDED
        if self.starts_at is None:
            return ItemChange.REMOVED
        return ItemChange.SAME if self.first_starts_at == self.starts_at else ItemChange.MOVED


class Plan(Record):
    """A proposal for many interrogations at once; nothing of it is booked until it is accepted."""

    __tablename__ = "plans"
    __table_args__ = (
        CheckConstraint("days BETWEEN 1 AND 14", name="plans_days"),
        CheckConstraint(
            "(state = 'accepted') = (accepted_at IS NOT NULL)", name="plans_accepted_at"
        ),
        Index("plans_of_office", "procuratorate_id", "id"),
        Index("plans_to_improve", "id", postgresql_where=text("state = 'draft'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    from_on: Mapped[date]
    days: Mapped[int]
    state: Mapped[PlanState] = mapped_column(default=PlanState.DRAFT)
    drawn_up_at: Mapped[datetime]
    drawn_up_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    placed: Mapped[int] = mapped_column(default=0)
    """How many have a time, as far as the search has come."""
    late: Mapped[int] = mapped_column(default=0)
    """How many have none and would be late: their period ends within these days."""
    objective: Mapped[int] = mapped_column(BigInteger, default=0)
    """The worth of the best answer found (see `services.plans.solver.Worth`)."""
    bound: Mapped[int] = mapped_column(BigInteger, default=0)
    """No answer can be worth more."""
    proof: Mapped[Proof] = mapped_column(default=Proof.GREEDY)
    elapsed_ms: Mapped[int] = mapped_column(default=0)
    searched_until: Mapped[datetime | None]
    """Until when the worker that searches has to say that it lives, by the machine's clock."""
    improved_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    items: Mapped[list[PlanItem]] = relationship(
        back_populates="plan", order_by="PlanItem.id", cascade="all, delete-orphan"
    )

    recused_ids: Mapped[Sequence[int] | None] = column_property(
        select(func.array_agg(RECUSALS.c.person_id))
        .where(RECUSALS.c.case_id == PlanItem.case_id, PlanItem.plan_id == id)  # noqa: A003
        .correlate_except(RECUSALS, PlanItem)
        .scalar_subquery(),
        deferred=True,
    )
    """Whoever was recused from one of its cases (CPL 29)."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks


def kept(arrangement: Arrangement) -> dict[str, Any]:
    """An arrangement as a plan keeps it."""
    return {
        "purpose": arrangement.purpose.value,
        "mode": arrangement.mode.value,
        "minutes": arrangement.minutes,
        "seats": [
            [seat.role.value, seat.person_id, seat.participant_id] for seat in arrangement.seats
        ],
        "language": arrangement.language,
        "place": arrangement.place,
        "room_id": arrangement.room_id,
    }
