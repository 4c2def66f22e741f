"""Another time for what can no longer be held when it was: whoever's period ends first, first.

A room is closed, the suspect has to be elsewhere or is held elsewhere, somebody was recused: the
interrogations in the way are lifted together, then each gets another time in the same act, the
same time in another room if there is one. What finds none before its period ends waits, and its
handler has the task. Nothing is cancelled because somebody else needed the time.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import joinedload, selectinload

from services import bookings, tasks
from services.arrest_requests.records import Suspect
from services.bookings import Booking, BookingState, Occupation, bounds
from services.interrogations import history, limits, needs, operations, separation, slots
from services.interrogations.drafts import Wish
from services.interrogations.flow import AHEAD, FLOW, InterrogationState, LostBecause, Mode
from services.interrogations.history import ChangeKind
from services.interrogations.records import Interrogation
from services.kernel.act import SHANGHAI, Act
from services.kernel.refusals import Refusal
from services.policy import PostKind
from services.resources import PLACES, Resource
from services.tasks import TaskKind

LAST = datetime.max.replace(tzinfo=SHANGHAI) - timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Replanned:
    """What came of it: which have another time or room, and which wait."""

    moved: tuple[Interrogation, ...] = ()
    waiting: tuple[Interrogation, ...] = ()


@dataclass(frozen=True, slots=True)
class DayToKeep:
    """The last day on which it may be held, as a task names it."""

    due_on: date | None
    outer_on: date | None


def replan(act: Act, found: Collection[Interrogation], because: LostBecause) -> Replanned:
    """Give each another time before its limit, or let it wait; part of the step that needs it.

    All give their time back first, so that none is in another's way.
    """
    uproot(act, found)
    return replant(act, found, because)


def ahead(act: Act, *conditions: ColumnElement[bool]) -> list[Interrogation]:
    """Those that have a time and have not begun, locked, with all that a new time needs."""
    chosen = (
        select(Interrogation)
        .where(Interrogation.state.in_(AHEAD), *conditions)
        .order_by(Interrogation.id)
        .options(
            joinedload(Interrogation.case),
            joinedload(Interrogation.suspect),
            joinedload(Interrogation.booking),
            selectinload(Interrogation.attendances),
        )
    )
    locked = chosen.with_for_update(of=Interrogation).execution_options(populate_existing=True)
    return list(act.session.scalars(locked))


def in_the_way(
    act: Act, resource_ids: Collection[int], during: Range[datetime]
) -> list[Interrogation]:
    """Those ahead that take any of these at any moment of that time, locked."""
    taking = select(Occupation.booking_id).where(
        Occupation.resource_id.in_(resource_ids), Occupation.during.overlaps(during)
    )
    return ahead(act, Interrogation.booking_id.in_(taking))


def give_way(act: Act, resource_ids: Collection[int], during: Range[datetime]) -> None:
    """Let go the times that are only kept for somebody who is still choosing."""
    taking = select(Occupation.booking_id).where(
        Occupation.resource_id.in_(resource_ids), Occupation.during.overlaps(during)
    )
    held = select(Booking).where(Booking.state == BookingState.HELD, Booking.id.in_(taking))
    for booking in act.session.scalars(held.order_by(Booking.id).with_for_update()):
        bookings.release(act, booking)


def uproot(act: Act, found: Collection[Interrogation]) -> None:
    """Lock everything that they take or could take, and give back what they take."""
    if not found:
        return
    offices = {one.centre_id for one in found} | {one.procuratorate_id for one in found}
    offices |= {one.suspect.detention_centre_id for one in found}
    taken = {one.booking_id for one in found}
    ids = set(
        act.session.scalars(
            select(Resource.id).where(
                Resource.kind.in_(PLACES), Resource.office_id.in_(offices - {None})
            )
        )
    )
    ids |= set(
        act.session.scalars(
            select(Occupation.resource_id).where(Occupation.booking_id.in_(taken)).distinct()
        )
    )
    bookings.lock(act, ids)
    bookings.lift(act, [one.booking for one in found if one.booking is not None])


def replant(act: Act, found: Iterable[Interrogation], because: LostBecause) -> Replanned:
    """Give each that was uprooted a time: the one whose period ends first chooses first."""
    for one in found:
        limit = limits.earliest(act, one.suspect)
        one.not_after = limit.ends_at if limit else None
    moved, waiting = [], []
    for one in sorted(found, key=lambda each: (each.not_after or LAST, each.id)):
        if _replaced(act, one, because):
            moved.append(one)
        else:
            wait(act, one, because)
            waiting.append(one)
    return Replanned(tuple(moved), tuple(waiting))


def wait(act: Act, one: Interrogation, because: LostBecause) -> None:
    """It has no time any more; whoever handles the case is to find one, by the day to keep."""
    operations.lose_time(act, one, because)
    follow(one)
    ask(act, one)


def ask(act: Act, one: Interrogation) -> None:
    """The handler's task to arrange it again; without a handler it is case management's."""
    kind = TaskKind.RESCHEDULE_INTERROGATION
    tasks.cancel(act, kind, one)
    act.session.flush()
    due = day_to_keep(one.not_after)
    if one.handler_id is not None:
        tasks.open_for_person(act, kind, one, person_id=one.handler_id, due=due)
        return
    tasks.open_for_pool(
        act, kind, one, office_id=one.procuratorate_id, post=PostKind.CASE_MANAGER, due=due
    )


def _replaced(act: Act, one: Interrogation, because: LostBecause) -> bool:
    """Has it another time, or its own again in another room?"""
    booking, left, mode = one.booking, one.centre_id, one.mode
    assert booking is not None  # noqa: S101  # it is ahead, so it has one
    before = booking.during
    follow(one)
    wished, arrangement = Wish(one.case, one.suspect), operations.arrangement_of(one)
    start, _ = bounds(before)
    limit = one.not_after if one.not_after and one.not_after > act.now else None
    try:
        slot = slots.earliest_free(
            act, wished, arrangement, not_before=max(start, act.now), not_after=limit
        ) or slots.earliest_free(act, wished, arrangement, not_before=act.now, not_after=limit)
        if slot is None:
            raise bookings.AlreadyTaken
        arrangement = replace(arrangement, room_id=slot.room_id)
        operations.refuse_impossible(act, wished, arrangement, starts_at=slot.starts_at)
        wants = needs.of(act, arrangement, one.suspect, procuratorate_id=one.procuratorate_id)
        during = arrangement.at(slot.starts_at)
        wants = slots.refuse_closed(act, wants, during)
        wants = separation.separated(act, one.case, one.suspect, wants, during)
        bookings.retake(act, booking, wants, during)
    except Refusal:
        one.centre_id, one.mode = left, mode
        return False
    _settled(act, one, because, before, left)
    return True


def _settled(
    act: Act,
    one: Interrogation,
    because: LostBecause,
    before: Range[datetime],
    left: int | None,
) -> None:
    """Note the new time; the centre confirms it, unless only the room is another."""
    assert one.booking is not None  # noqa: S101
    after = one.booking.during
    if (after, one.centre_id) != (before, left):
        operations.drop_what_is_open(act, one)
        one.state = FLOW.after(one.state, "reschedule")
        operations.ask_the_centre(act, one)
    moved = history.Moved(before=before, after=after, left_centre_id=left)
    history.keep(act, one, ChangeKind.RESCHEDULED, moved, because=because)


def follow(one: Interrogation) -> None:
    """Where, and how, the suspect can be met now: a suspect who is not held is not met by video."""
    one.centre_id = centre_of(one.suspect)
    if one.centre_id is None:
        one.mode = Mode.IN_PERSON


def centre_of(suspect: Suspect) -> int | None:
    """The centre that holds the suspect, if one does."""
    return suspect.detention_centre_id if suspect.in_custody else None


def day_to_keep(ends_at: datetime | None) -> DayToKeep | None:
    """The last day before that moment."""
    if ends_at is None:
        return None
    last = (ends_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date()
    return DayToKeep(last, last)


def waiting(act: Act, *conditions: ColumnElement[bool]) -> list[Interrogation]:
    """Those that wait for a time, locked."""
    chosen = select(Interrogation).where(
        Interrogation.state == InterrogationState.WAITING, *conditions
    )
    return list(act.session.scalars(chosen.order_by(Interrogation.id).with_for_update()))
