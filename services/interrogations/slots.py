"""Finding a time (空闲时段): which starts are free, which is best, and what to offer instead.

A slot is a start on a grid of 15 minutes (Asia/Shanghai) at which everything that the interrogation
wants is free and open, and nobody is away, that is not over, and that ends before the suspect's
earliest open period does (CPL 91, 156, 172). What a search finds can be booked as it is found, for
the search asks the same wants and the same calendar that the booking takes.
"""

from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range

from services import bookings, resources
from services.bookings import AlreadyTaken, Booking, BookingKind, BookingState, Occupation, Want
from services.bookings import search as free
from services.bookings.search import GRID, Free, Question, Search, Taken, on_grid, weekday_in
from services.bookings.wants import span, wanted
from services.deadlines import calendar_of
from services.interrogations import limits, needs, practice, ranking, separation
from services.interrogations.drafts import Arrangement, Wish
from services.interrogations.flow import AHEAD, Mode
from services.interrogations.limits import Limit
from services.interrogations.needs import NoRoomThere
from services.interrogations.ranking import USABLE, Judged, SlotReason
from services.interrogations.records import Attendance, Interrogation
from services.interrogations.separation import CoSuspectsTooClose
from services.kernel.act import SHANGHAI, Act
from services.kernel.refusals import Conflict
from services.people import Leave
from services.policy import MACHINE
from services.resources import PLACES, Resource, ResourceKind

HORIZON = timedelta(days=60)
"""How far ahead a search looks where no period ends before."""
MOST_ALTERNATIVES = 3
NEARBY = timedelta(days=14)
"""How far from the wanted time alternatives are looked for."""
MOST_VISITS = 3
"""How many days with a journey to the same centre are looked at for the best."""
CANDIDATES = 40
"""How many of the first free starts are compared for the best: those of a working day."""


class NotOpen(Conflict):
    """A place that is needed is not open at that time."""

    zh = "所需的场所、设备在该时段不开放。"


class AwayThen(Conflict):
    """Somebody who takes part is on leave at that time."""

    zh = "参加讯问的人员在该时段休假。"


class WhyNoSlot(StrEnum):
    """Why there is no slot at all."""

    PAST_LIMIT = "past_limit"
    """The suspect's earliest open period ends before it could."""
    NO_ROOM = "no_room"
    """There is no such room, desk or terminal."""
    NOT_OPEN = "not_open"
    STAFF_AWAY = "staff_away"
    ROOM_TAKEN = "room_taken"
    DESK_TAKEN = "desk_taken"
    LINE_TAKEN = "line_taken"
    ESCORT_TAKEN = "escort_taken"
    SUSPECT_TAKEN = "suspect_taken"
    STAFF_TAKEN = "staff_taken"
    PARTICIPANT_TAKEN = "participant_taken"
    NEVER_TOGETHER = "never_together"
    """Each is free at some time, and never all at one."""


_TAKEN = {
    ResourceKind.INTERROGATION_ROOM: WhyNoSlot.ROOM_TAKEN,
    ResourceKind.OFFICE_ROOM: WhyNoSlot.ROOM_TAKEN,
    ResourceKind.DESK: WhyNoSlot.DESK_TAKEN,
    ResourceKind.LINE: WhyNoSlot.LINE_TAKEN,
    ResourceKind.ESCORT: WhyNoSlot.ESCORT_TAKEN,
    ResourceKind.SUSPECT: WhyNoSlot.SUSPECT_TAKEN,
    ResourceKind.PERSON: WhyNoSlot.STAFF_TAKEN,
    ResourceKind.PARTICIPANT: WhyNoSlot.PARTICIPANT_TAKEN,
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which everything is free, and what would be taken."""

    starts_at: datetime
    ends_at: datetime
    centre_id: int | None
    room_id: int | None
    room: str | None
    """The room's name; none if the place is not one of ours."""
    reasons: tuple[SlotReason, ...] = ()
    """What speaks for it or against it, where slots were compared."""


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Up to three slots near the wanted time, or why there is none."""

    slots: tuple[Slot, ...]
    why: WhyNoSlot | None = None

    @property
    def members(self) -> dict[str, Any]:
        """As a refusal carries them."""
        return {
            "alternatives": [
                {
                    "starts_at": one.starts_at,
                    "ends_at": one.ends_at,
                    "room_id": one.room_id,
                    "room": one.room,
                }
                for one in self.slots
            ],
            "why": self.why.value if self.why else None,
        }


class SlotOrder(StrEnum):
    """In which order slots are offered."""

    EARLIEST = "earliest"
    BEST = "best"


@dataclass(frozen=True, slots=True)
class Survey:
    """What a search found: slots in the order asked for, the last safe one, and the limit."""

    slots: tuple[Slot, ...]
    latest_safe: Slot | None
    limit: Limit | None
    why: WhyNoSlot | None
    """Why there is none; None if there are some."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One suspect of a day's plan, and the slot; none if none is left."""

    wish: Wish
    slot: Slot | None


@dataclass(frozen=True, slots=True)
class _Looking:
    """One search, made ready: what is asked, between which starts."""

    asked: Question
    search: Search
    first: datetime
    last: datetime
    limit: Limit | None


def surveyed(  # noqa: PLR0913  # each by its name
    act: Act,
    wish: Wish,
    arrangement: Arrangement,
    *,
    order: SlotOrder = SlotOrder.BEST,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    limit: int = 10,
    ignoring: Collection[int] = (),
) -> Survey:
    """The slots in that order, the last safe one, and the limit; or why there is no slot."""
    looking = _looking(
        act, wish, arrangement, not_before=from_at, not_after=until_at, ignoring=ignoring
    )
    if order is SlotOrder.BEST:
        found = _best(act, wish, arrangement, looking)[:limit]
    else:
        found = _slots(act, wish, arrangement, looking.search.earliest(limit))
    whole = looking
    if from_at is not None or until_at is not None:
        whole = _looking(act, wish, arrangement, ignoring=ignoring)
    return Survey(
        slots=tuple(found),
        latest_safe=_latest(act, wish, arrangement, whole),
        limit=looking.limit,
        why=None if found else _why(act, looking),
    )


def search_many(
    act: Act,
    wishes: Sequence[Wish],
    arrangement: Arrangement,
    *,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
) -> list[Planned]:
    """A plan for several suspects with the same people, one after another.

    Whoever's period ends first comes first, with the others of the same centre. Between two
    centres lies at least the journey between them. Nothing is taken: what is planned first is
    left alone by what is planned next.
    """
    ends = {id(one): limits.earliest(act, one.suspect) for one in wishes}

    def urgency(one: Wish) -> datetime:
        limit = ends[id(one)]
        return limit.ends_at if limit else datetime.max.replace(tzinfo=UTC)

    first_of: dict[int | None, datetime] = {}
    for one in wishes:
        centre = _centre_id(one)
        first_of[centre] = min(first_of.get(centre, urgency(one)), urgency(one))
    in_turn = sorted(
        wishes,
        key=lambda one: (first_of[_centre_id(one)], _centre_id(one) or 0, urgency(one)),
    )
    planned: list[Planned] = []
    rest: tuple[Taken, ...] = ()
    for one in in_turn:
        looking = _looking(act, one, arrangement, not_before=from_at, not_after=until_at)
        asked = replace(
            looking.asked,
            also_taken=rest,
            shut=looking.asked.shut + tuple(_on_the_way(act, one, arrangement, planned)),
        )
        found = Search(act, asked, looking.first, looking.last).earliest(1)
        for each in found:
            rest += tuple(_would_take(asked.wants, each, arrangement))
        slot = next(iter(_slots(act, one, arrangement, found)), None)
        planned.append(Planned(one, slot))
    return planned


def search(  # noqa: PLR0913  # each by its name
    act: Act,
    wish: Wish,
    arrangement: Arrangement,
    *,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    limit: int = 10,
    ignoring: Collection[int] = (),
) -> list[Slot]:
    """The earliest slots, of which each ends by `until_at` and before the earliest limit."""
    looking = _looking(
        act, wish, arrangement, not_before=from_at, not_after=until_at, ignoring=ignoring
    )
    return _slots(act, wish, arrangement, looking.search.earliest(limit))


def earliest_free(  # noqa: PLR0913  # each by its name
    act: Act,
    wish: Wish,
    arrangement: Arrangement,
    *,
    not_before: datetime,
    not_after: datetime | None = None,
    ignoring: Collection[int] = (),
) -> Slot | None:
    """The earliest slot that begins at or after the one and ends by the other."""
    found = search(
        act,
        wish,
        arrangement,
        from_at=not_before,
        until_at=not_after,
        limit=1,
        ignoring=ignoring,
    )
    return next(iter(found), None)


def latest_safe(
    act: Act, wish: Wish, arrangement: Arrangement, *, ignoring: Collection[int] = ()
) -> Slot | None:
    """The last slot before the suspect's earliest period ends; none if no period runs."""
    return _latest(act, wish, arrangement, _looking(act, wish, arrangement, ignoring=ignoring))


def alternatives(
    act: Act,
    wish: Wish,
    arrangement: Arrangement,
    *,
    near: datetime,
    ignoring: Collection[int] = (),
) -> Alternatives:
    """Up to three slots that are free now, the nearest to the wanted time, or why there is none."""
    try:
        looking = _looking(act, wish, arrangement, ignoring=ignoring)
    except NoRoomThere:
        return Alternatives((), WhyNoSlot.NO_ROOM)
    found = looking.search.nearest(MOST_ALTERNATIVES, near, NEARBY)
    found = found or looking.search.earliest(MOST_ALTERNATIVES)
    why = None if found else _why(act, looking)
    return Alternatives(tuple(_slots(act, wish, arrangement, found)), why)


def refuse_closed(act: Act, wants: Sequence[Want], during: Range[datetime]) -> list[Want]:
    """Refuse a time at which a place is closed or somebody is on leave.

    What comes back are the wants with only the options that are open: take these.

    Refuses:
        NotOpen: every place that would do is closed then: its kind, and that day's hours.
        AwayThen: somebody who takes part is on leave.
    """
    there = free.open_options(act, wants, during)
    left = []
    for want, is_open in zip(wants, there, strict=True):
        kept = tuple(option for option in want.any_of if option.resource_id in is_open)
        if not kept:
            _refuse_want(act, want, during)
        left.append(replace(want, any_of=kept))
    return left


def taken(  # noqa: PLR0913  # each by its name
    act: Act,
    wish: Wish,
    arrangement: Arrangement,
    *,
    starts_at: datetime,
    held: Booking | None = None,
    held_until: datetime | None = None,
) -> Booking:
    """Take everything for that start, or make of a held slot a booking.

    A hold that was made for just this keeps its very rows; one for something else moves first.
    Other holds of the actor's own are let go where they are in the way.

    Refuses:
        NotOpen, AwayThen: as in `refuse_closed`.
        CoSuspectsTooClose: a co-suspect is in every room shortly before or after.
        AlreadyTaken: something is taken then; with what is free instead.
        HoldOver: the hold has run out, was given back, or is somebody else's.
    """
    during = arrangement.at(starts_at)
    with offering_alternatives(act, wish, arrangement, near=starts_at):
        wants = needs.of(act, arrangement, wish.suspect, procuratorate_id=wish.procuratorate_id)
        wants = refuse_closed(act, wants, during)
        wants = separation.separated(act, wish.case, wish.suspect, wants, during)
        if held is not None:
            bookings.confirm(act, held)
            if not _fits(held, wants, during):
                bookings.retake(act, held, wants, during)
            return held
        try:
            with act.session.begin_nested():
                return _take(act, wish, wants, during, held_until)
        except AlreadyTaken:
            if not _own_let_go(act, wants, during):
                raise
        return _take(act, wish, wants, during, held_until)


@contextmanager
def offering_alternatives(
    act: Act,
    wish: Wish,
    arrangement: Arrangement,
    *,
    near: datetime,
    ignoring: Collection[int] = (),
) -> Generator[None]:
    """Undo what is refused inside for want of a free time, and say what is free instead.

    The refusal that goes on carries `alternatives`, or `why` there is none.
    """
    try:
        with act.session.begin_nested():
            yield
    except (AlreadyTaken, CoSuspectsTooClose, NotOpen, AwayThen) as refused:
        offered = alternatives(act, wish, arrangement, near=near, ignoring=ignoring)
        refused.members |= offered.members
        raise


def _take(
    act: Act,
    wish: Wish,
    wants: Sequence[Want],
    during: Range[datetime],
    held_until: datetime | None,
) -> Booking:
    return bookings.take(
        act,
        wants,
        during,
        kind=BookingKind.INTERROGATION,
        office_id=wish.procuratorate_id,
        held_until=held_until,
    )


def _fits(held: Booking, wants: Sequence[Want], during: Range[datetime]) -> bool:
    """Does the hold keep just what these wants would take at that time?"""
    if held.during != during:
        return False
    kept = {(one.resource_id, one.unit, one.during) for one in held.occupations}
    used: set[tuple[int, int, Range[datetime]]] = set()
    for want in wants:
        rows = next(
            (
                rows
                for option in want.any_of
                for unit in {
                    unit for resource_id, unit, _ in kept if resource_id == option.resource_id
                }
                if (
                    rows := {(option.resource_id, unit, one) for one in want.ranges(option, during)}
                )
                <= kept - used
            ),
            None,
        )
        if rows is None:
            return False
        used |= rows
    return used == kept


def _own_let_go(act: Act, wants: Sequence[Want], during: Range[datetime]) -> int:
    """Let the actor's own holds go that are in the way; how many."""
    touching = bookings.overlapping(wanted(wants), span(wants, during))
    own = select(Booking).where(
        Booking.state == BookingState.HELD,
        Booking.booked_by == act.actor.id,
        Booking.booked_by != MACHINE.id,  # what the house keeps, it keeps for somebody else
        Booking.id.in_(touching.with_only_columns(Occupation.booking_id)),
    )
    gone = act.session.scalars(own).all()
    for held in gone:
        bookings.release(act, held)
    return len(gone)


def _looking(  # noqa: PLR0913  # each by its name
    act: Act,
    wish: Wish,
    arrangement: Arrangement,
    *,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    ignoring: Collection[int] = (),
) -> _Looking:
    wants = needs.of(act, arrangement, wish.suspect, procuratorate_id=wish.procuratorate_id)
    length = timedelta(minutes=arrangement.minutes)
    limit = limits.earliest(act, wish.suspect)
    first = on_grid(max(not_before or act.now, act.now))
    last = first + HORIZON
    if not_after is not None:
        last = min(last, not_after - length)
    if limit is not None and limit.ends_at > act.now:
        last = min(last, limit.ends_at - length)
    ignored = free.not_in_the_way(act) | frozenset(ignoring)
    rooms = {option.resource_id for want in wants for option in want.any_of}
    minutes = practice.of_office(act.session, wish.procuratorate_id).apart_minutes
    window = Range(first, max(last, first) + length)
    close = separation.near(act, wish.suspect, rooms, window, minutes)
    asked = Question(tuple(wants), length, ignored, shut=tuple(close))
    return _Looking(asked, Search(act, asked, first, last), first, last, limit)


def _latest(act: Act, wish: Wish, arrangement: Arrangement, looking: _Looking) -> Slot | None:
    """The last slot before the earliest period ends; none if no period runs."""
    found = looking.search.latest() if looking.limit else None
    return _slots(act, wish, arrangement, [found])[0] if found else None


def _best(act: Act, wish: Wish, arrangement: Arrangement, looking: _Looking) -> list[Slot]:
    """The first free starts, and those of days with a journey to the same centre, by their cost."""
    visits = _visits(act, wish, arrangement, looking)
    found = {one.starts_at: one for one in looking.search.earliest(CANDIDATES)}
    for day in sorted(visits)[:MOST_VISITS]:
        midnight = datetime.combine(day, time(), SHANGHAI)
        first = max(looking.first, midnight)
        last = min(looking.last, midnight + timedelta(days=1) - GRID)
        if first <= last and not any(first <= one <= last for one in found):
            of_day = looking.search.earliest(CANDIDATES, since=first, until=last)
            found |= {one.starts_at: one for one in of_day}
    limit = looking.limit.ends_at if looking.limit else act.now + HORIZON
    taken = looking.search.around(found.values(), 0, USABLE)
    judged: dict[datetime, Judged] = {}
    for one in found.values():
        room = next(_would_take(looking.asked.wants, one, arrangement)).during
        left = ranking.room_left(taken.get(one.chosen[0], ()), *bookings.bounds(room))
        judged[one.starts_at] = ranking.judged(
            one.starts_at, now=act.now, limit=limit, left=left, visits=visits
        )
    ordered = sorted(found.values(), key=lambda one: (judged[one.starts_at].cost, one.starts_at))
    return [
        replace(slot, reasons=judged[slot.starts_at].reasons)
        for slot in _slots(act, wish, arrangement, ordered)
    ]


def _visits(act: Act, wish: Wish, arrangement: Arrangement, looking: _Looking) -> set[date]:
    """The days on which somebody who travels for this is at the same centre anyway."""
    centre = _centre_id(wish)
    if arrangement.mode is not Mode.IN_PERSON or centre is None:
        return set()
    chosen = (
        select(func.lower(Booking.during))
        .join(Interrogation, Interrogation.booking_id == Booking.id)
        .join(Attendance)
        .where(
            Interrogation.state.in_(AHEAD),
            Interrogation.centre_id == centre,
            Interrogation.mode == Mode.IN_PERSON,
            Attendance.person_id.in_(arrangement.staff_ids),
            func.lower(Booking.during) >= looking.first,
            func.lower(Booking.during) <= looking.last,
            Booking.id.not_in(looking.asked.ignoring),
        )
    )
    return {at.astimezone(SHANGHAI).date() for at in act.session.scalars(chosen)}


def _would_take(wants: Sequence[Want], found: Free, arrangement: Arrangement) -> Iterator[Taken]:
    """What a booking of that slot would take, want by want; the room comes first."""
    during = arrangement.at(found.starts_at)
    for want, (resource_id, unit) in zip(wants, found.chosen, strict=True):
        option = next(one for one in want.any_of if one.resource_id == resource_id)
        for one in want.ranges(option, during):
            yield Taken(resource_id, unit, one)


def _on_the_way(
    act: Act, wish: Wish, arrangement: Arrangement, planned: Sequence[Planned]
) -> Iterator[tuple[int, Range[datetime]]]:
    """When these people cannot be at this suspect's centre: at another, or on the way."""
    here = _centre_id(wish)
    if arrangement.mode is not Mode.IN_PERSON or here is None:
        return
    for one in planned:
        there = _centre_id(one.wish)
        if one.slot is None or there is None or there == here:
            continue
        journey = timedelta(minutes=resources.minutes_between(act, there, here))
        for person in arrangement.person_ids:
            whom = resources.of_person(act, person)
            yield whom, Range(one.slot.starts_at - journey, one.slot.ends_at + journey)


def _centre_id(wish: Wish) -> int | None:
    return wish.suspect.detention_centre_id if wish.suspect.in_custody else None


def _slots(act: Act, wish: Wish, arrangement: Arrangement, found: Sequence[Free]) -> list[Slot]:
    length = timedelta(minutes=arrangement.minutes)
    # Where a room is wanted, it is wanted first; a place of somebody else's is no room.
    rooms = {one.chosen[0][0] for one in found}
    named = {
        row.id: row.name
        for row in act.session.execute(
            select(Resource.id, Resource.name).where(
                Resource.id.in_(rooms),
                Resource.kind.in_([ResourceKind.INTERROGATION_ROOM, ResourceKind.OFFICE_ROOM]),
            )
        )
    }
    return [
        Slot(
            starts_at=one.starts_at,
            ends_at=one.starts_at + length,
            centre_id=_centre_id(wish),
            room_id=room if (room := one.chosen[0][0]) in named else None,
            room=named.get(room),
        )
        for one in found
    ]


def _why(act: Act, looking: _Looking) -> WhyNoSlot:
    if looking.last < looking.first:
        return WhyNoSlot.PAST_LIMIT
    kinds = _first_kinds(act, looking.asked.wants)
    told = list(looking.search.never())
    for place, is_open, _ in told:
        if not is_open:
            return WhyNoSlot.NOT_OPEN if kinds[place] in PLACES else WhyNoSlot.STAFF_AWAY
    for place, _, is_free in told:
        if not is_free:
            return _TAKEN[kinds[place]]
    return WhyNoSlot.NEVER_TOGETHER


def _first_kinds(act: Act, wants: Sequence[Want]) -> list[ResourceKind]:
    firsts = [want.any_of[0].resource_id for want in wants]
    found = select(Resource.id, Resource.kind).where(Resource.id.in_(firsts))
    kinds = {row.id: row.kind for row in act.session.execute(found)}
    return [kinds[one] for one in firsts]


def _refuse_want(act: Act, want: Want, during: Range[datetime]) -> None:
    """Say what is closed, or who is away.

    Refuses:
        NotOpen: it is a place.
        AwayThen: it is a person.
    """
    start, _ = bookings.bounds(during)
    day = start.astimezone(SHANGHAI).date()
    ids = [option.resource_id for option in want.any_of]
    first = act.session.get_one(Resource, ids[0])
    if first.kind in PLACES:
        raise NotOpen(
            kind=first.kind, name=first.name, resource_ids=ids, hours=_hours(act, first, day)
        )
    leave = select(Leave).where(
        Leave.person_id == first.person_id, Leave.until_on >= day, Leave.from_on <= day
    )
    away = act.session.scalars(leave.limit(1)).first()
    raise AwayThen(
        person_id=first.person_id,
        from_on=away.from_on if away else None,
        until_on=away.until_on if away else None,
    )


def _hours(act: Act, place: Resource, day: date) -> list[dict[str, str]]:
    """From when to when a place is open on one day, for the refusal."""
    weekday = weekday_in(calendar_of(act.session), day)
    excepted = [(one.from_time, one.until_time) for one in place.exceptions if one.on == day]
    weekly = [(one.from_time, one.until_time) for one in place.openings if one.weekday == weekday]
    stretches = [
        (since, until)
        for since, until in excepted or weekly
        if since is not None and until is not None
    ]
    return [{"from": f"{since:%H:%M}", "until": f"{until:%H:%M}"} for since, until in stretches]
