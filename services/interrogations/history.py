"""What happened to an interrogation: each change, why, and who is told.

The words of a reason stand here alone; the journal keeps ids and codes.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, select
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.interrogations.flow import LostBecause
from services.interrogations.records import Attendance, Interrogation
from services.kernel.act import Act, Event, Record
from services.offices import Office
from services.participants import Participant
from services.people import Person


class ChangeKind(StrEnum):
    """What was changed."""

    BOOKED = "booked"
    RESCHEDULED = "rescheduled"
    RESEATED = "reseated"
    """Somebody takes another's place."""
    EXTENDED = "extended"
    LOST_TIME = "lost_time"
    CANCELLED = "cancelled"
    CONFIRMED = "confirmed"
    TIME_PROPOSED = "time_proposed"
    PROPOSAL_ACCEPTED = "proposal_accepted"
    PROPOSAL_REFUSED = "proposal_refused"
    PROPOSAL_LAPSED = "proposal_lapsed"
    QUEUED = "queued"
    """It stands on the waiting list."""
    SLOT_OFFERED = "slot_offered"
    OFFER_REFUSED = "offer_refused"
    OFFER_LAPSED = "offer_lapsed"
    BROUGHT = "brought"
    """The suspect is in the room."""
    BROUGHT_BACK = "brought_back"


class ToldBecause(StrEnum):
    """Why somebody is told."""

    HANDLES = "handles"
    TAKES_PART = "takes_part"
    JOINS = "joins"
    LEAVES = "leaves"
    HOSTS = "hosts"
    """The suspect sits in their centre."""


ALL = frozenset(ToldBecause)
STAFF_SIDE = ALL - {ToldBecause.HOSTS}
TOLD: Mapping[ChangeKind, Collection[ToldBecause]] = {
    ChangeKind.BOOKED: ALL,
    ChangeKind.RESCHEDULED: ALL,
    ChangeKind.RESEATED: ALL,
    ChangeKind.EXTENDED: ALL,
    ChangeKind.LOST_TIME: ALL,
    ChangeKind.CANCELLED: ALL,
    ChangeKind.CONFIRMED: STAFF_SIDE,
    ChangeKind.TIME_PROPOSED: {ToldBecause.HANDLES},
    ChangeKind.PROPOSAL_ACCEPTED: ALL,
    ChangeKind.PROPOSAL_REFUSED: {ToldBecause.HOSTS},
    ChangeKind.PROPOSAL_LAPSED: {ToldBecause.HANDLES, ToldBecause.HOSTS},
    ChangeKind.QUEUED: STAFF_SIDE,
    ChangeKind.SLOT_OFFERED: {ToldBecause.HANDLES},
    ChangeKind.OFFER_REFUSED: {ToldBecause.HANDLES},
    ChangeKind.OFFER_LAPSED: {ToldBecause.HANDLES},
    ChangeKind.BROUGHT: STAFF_SIDE,
    ChangeKind.BROUGHT_BACK: STAFF_SIDE,
}
"""Who hears of what; never whoever made the change."""


class InterrogationChange(Record):
    """One entry of an interrogation's history; it is never changed again."""

    __tablename__ = "interrogation_changes"
    __table_args__ = (Index("interrogation_changes_of_one", "interrogation_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interrogation_id: Mapped[int] = mapped_column(ForeignKey("interrogations.id"))
    kind: Mapped[ChangeKind]
    because: Mapped[LostBecause | None]
    reason: Mapped[str] = mapped_column(default="")
    """In words, for the procuratorate's own people."""
    before: Mapped[Range[datetime] | None] = mapped_column(TSTZRANGE)
    """The time it had."""
    after: Mapped[Range[datetime] | None] = mapped_column(TSTZRANGE)
    """The time it has now, or that is proposed."""
    made_at: Mapped[datetime]
    made_by: Mapped[int]
    """A person's id; 0 is the house itself."""

    interrogation: Mapped[Interrogation] = relationship()
    told: Mapped[list["ChangeTold"]] = relationship(
        order_by="ChangeTold.id", cascade="all, delete-orphan"
    )


class ChangeTold(Record):
    """Somebody who is told of a change, and why: a person, a centre, or one without an account.

    Whoever has no account is told by the handler.
    """

    __tablename__ = "interrogation_change_told"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(person_id, participant_id, office_id) = 1",
            name="interrogation_change_told_somebody",
        ),
        Index("interrogation_change_told_of_one", "change_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("interrogation_changes.id"))
    because: Mapped[ToldBecause]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participants.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))

    person: Mapped[Person | None] = relationship()
    participant: Mapped[Participant | None] = relationship()
    office: Mapped[Office | None] = relationship()


@dataclass(frozen=True, slots=True)
class InterrogationChanged(Event):
    """An interrogation has an entry more in its history; the event is about the entry."""

    interrogation_id: int
    kind: str
    because: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """What changes beside the record itself: times, and who comes and goes."""

    before: Range[datetime] | None = None
    after: Range[datetime] | None = None
    left: tuple[Attendance, ...] = ()
    joined: tuple[Attendance, ...] = ()
    left_centre_id: int | None = None


def changes_of(interrogation: Interrogation) -> Select[InterrogationChange]:
    """Its history, for whoever may see it."""
    return select(InterrogationChange).where(
        InterrogationChange.interrogation_id == interrogation.id
    )


def keep(  # noqa: PLR0913  # each by its name
    act: Act,
    interrogation: Interrogation,
    kind: ChangeKind,
    moved: Moved,
    *,
    because: LostBecause | None = None,
    reason: str = "",
) -> InterrogationChange:
    """Enter a change into the history and let it be told; part of the step that makes it."""
    change = InterrogationChange(
        interrogation_id=interrogation.id,
        kind=kind,
        because=because,
        reason=reason,
        before=moved.before,
        after=moved.after,
        made_at=act.now,
        made_by=act.actor.id,
        told=[one for one in _told(act, interrogation, moved) if one.because in TOLD[kind]],
    )
    act.session.add(change)
    act.session.flush()
    act.record(
        InterrogationChanged(
            change.id, interrogation.id, kind.value, because.value if because else None
        )
    )
    return change


def _told(act: Act, interrogation: Interrogation, moved: Moved) -> list[ChangeTold]:
    """Each once, with the weightiest reason first."""
    somebody: list[tuple[ToldBecause, int | None, int | None]] = [
        (ToldBecause.HANDLES, interrogation.handler_id, None)
    ]
    for because, seats in (
        (ToldBecause.JOINS, moved.joined),
        (ToldBecause.LEAVES, moved.left),
        (ToldBecause.TAKES_PART, interrogation.attendances),
    ):
        somebody += [(because, one.person_id, one.participant_id) for one in seats]
    once: dict[tuple[int | None, int | None], ChangeTold] = {}
    for because, person_id, participant_id in somebody:
        if (person_id, participant_id) != (None, None) and person_id != act.actor.id:
            once.setdefault(
                (person_id, participant_id),
                ChangeTold(because=because, person_id=person_id, participant_id=participant_id),
            )
    centres = {interrogation.centre_id, moved.left_centre_id} - {None}
    return list(once.values()) + [
        ChangeTold(because=ToldBecause.HOSTS, office_id=one)
        for one in sorted(filter(None, centres))
    ]
