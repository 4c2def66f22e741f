"""Taking and giving back: one booking takes all its resources or none, and the database refuses.

Nothing here asks for a permission: time is taken, moved and given back in the act of the step
that needs it (an interrogation is booked, a room is blocked), and under that step's permission.
Whoever takes locks the resources in the order of their ids first, so two who want the same wait
for each other and never for each other in a circle; the exclusion constraint is the last word.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import Range

from services.bookings.records import (
    NEVER_TWICE,
    Booking,
    BookingKind,
    BookingState,
    Occupation,
)
from services.bookings.wants import Want, bounds, span, wanted
from services.kernel import jobs
from services.kernel.act import Act
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.policy import Permission, demands
from services.resources import Resource

FELL_FREE = "time_fell_free"
"""The job that offers what falls free to whoever waits; it runs after the act, and never in it."""
LONGEST = timedelta(days=1)
LONGEST_BLOCK = timedelta(days=366)
"""A room may be out of use for a year; a sitting or a court day ends within a day."""


class AlreadyTaken(Conflict):
    """Something that is needed is taken at that time."""

    zh = "所需的场所、设备或者人员在该时段已被占用。"


class HoldOver(Conflict):
    """The time is no longer kept for you: the hold has run out."""

    zh = "时段保留已到期，请重新选择。"


class TimeReversed(Unprocessable):
    """It ends before it begins, or lasts longer than a day (a block: than a year)."""

    zh = "时段无效：结束时间应晚于开始时间，且不得超过二十四小时（停用不得超过一年）。"


def find(act: Act, booking_id: int) -> Booking:
    """The booking with that id; whoever asks has been let in by what it was made for."""
    found = act.session.get(Booking, booking_id)
    if found is None:
        raise NotFound
    return found


def overlapping(resource_ids: Collection[int], during: Range[datetime]) -> Select[Occupation]:
    """What takes any of these resources at any moment of that time; uses the constraint's index."""
    return select(Occupation).where(
        Occupation.resource_id.in_(resource_ids), Occupation.during.overlaps(during)
    )


def take(  # noqa: PLR0913  # each by its name
    act: Act,
    wants: Sequence[Want],
    during: Range[datetime],
    *,
    kind: BookingKind,
    office_id: int,
    note: str = "",
    held_until: datetime | None = None,
) -> Booking:
    """Take everything for that time, or nothing; part of the step that needs it.

    With `held_until` it is kept for the actor until then instead of booked.

    Refuses:
        AlreadyTaken: with what is taken (kind and id of the resource, from when to when).
        TimeReversed: the time ends before it begins, or lasts too long.
    """
    refuse_reversed(during, kind)
    booking = Booking(
        kind=kind,
        state=BookingState.HELD if held_until else BookingState.BOOKED,
        office_id=office_id,
        during=during,
        note=note,
        held_until=held_until,
        booked_at=act.now,
        booked_by=act.actor.id,
    )
    _occupy(act, booking, wants, during)
    return booking


def retake(act: Act, booking: Booking, wants: Sequence[Want], during: Range[datetime]) -> Booking:
    """Move a booking, or change what it takes: the old is given back only if the new is free.

    Its own time is not in its way.

    Refuses:
        AlreadyTaken: with what is taken; the booking stays as it was.
        TimeReversed: the time ends before it begins, or lasts too long.
    """
    refuse_reversed(during, booking.kind)
    with act.session.begin_nested():
        lock(act, {*wanted(wants), *(one.resource_id for one in booking.occupations)})
        booking.occupations = []
        act.session.flush()
        booking.during = during
        _occupy(act, booking, wants, during)
    fell_free(act)
    return booking


def confirm(act: Act, booking: Booking) -> Booking:
    """Make a hold a booking: the rows that keep it stay, so it is never in its own way.

    Refuses:
        HoldOver: the hold has run out, was given back, or is somebody else's.
    """
    lock(act, {one.resource_id for one in booking.occupations})
    act.session.refresh(booking, with_for_update=True)
    until = booking.held_until
    if until is None or until <= act.now or booking.booked_by != act.actor.id:
        raise HoldOver
    booking.state, booking.held_until, booking.booked_at = BookingState.BOOKED, None, act.now
    return booking


def release(act: Act, booking: Booking) -> Booking:
    """Give everything back at once; what was booked stays on record.

    A hold that somebody has confirmed or let go at this moment stays as they left it.
    """
    if booking.state is BookingState.HELD:
        act.session.flush()
        act.session.refresh(booking, with_for_update=True)
        if booking.state is not BookingState.HELD:
            return booking
    booking.occupations = []
    booking.state, booking.held_until = BookingState.RELEASED, None
    booking.released_at, booking.released_by = act.now, act.actor.id
    act.session.flush()
    fell_free(act)
    return booking


def fell_free(act: Act) -> None:
    """Let whoever waits be offered what is free now; giving back waits for no offer."""
    jobs.defer_once(act.session, FELL_FREE)


def lift(act: Act, lifted: Collection[Booking]) -> None:
    """Give back what they take, while the same act looks for another time for each of them.

    Each is taken anew (`retake`) or released before the act ends.
    """
    ids = [one.id for one in lifted]
    act.session.execute(delete(Occupation).where(Occupation.booking_id.in_(ids)))
    for booking in lifted:
        act.session.expire(booking, ["occupations"])
    fell_free(act)


def shorten(act: Act, booking: Booking, *, until: datetime) -> Booking:
    """Give back what comes after `until`: an interrogation that ends early frees the rest.

    Escort and set-up after the end are kept, and come sooner with it; an escort that is elsewhere
    by then comes when it was to come.
    """
    start, end = bounds(booking.during)
    sooner = max(until, start)
    if sooner >= end:
        return booking
    if sooner == start:
        return release(act, booking)
    given_back = end - sooner
    lock(act, {one.resource_id for one in booking.occupations})
    for taken in list(booking.occupations):
        lower, upper = bounds(taken.during)
        if lower >= end:
            _bring_forward(act, taken, Range(lower - given_back, upper - given_back))
        elif upper >= end:
            taken.during = Range(lower, max(upper - given_back, sooner))
    booking.during = Range(start, sooner)
    act.session.flush()
    fell_free(act)
    return booking


def give_back_expired(
    act: Act, resource_ids: Collection[int] | None = None, *, most: int | None = None
) -> int:
    """Let holds that have run out go, everywhere or where somebody wants to book; how many.

    Whoever wants to book waits for a sweep that is letting the same hold go; the sweep waits for
    nobody.
    """
    over = select(Booking.id).where(
        Booking.state == BookingState.HELD, Booking.held_until <= act.now
    )
    if resource_ids is not None:
        touching = select(Occupation.booking_id).where(Occupation.resource_id.in_(resource_ids))
        over = over.where(Booking.id.in_(touching))
    over = over.order_by(Booking.held_until, Booking.id).limit(most)
    gone = list(act.session.scalars(over.with_for_update(skip_locked=resource_ids is None)))
    if gone:
        act.session.execute(delete(Occupation).where(Occupation.booking_id.in_(gone)))
        for booking in act.session.scalars(
            select(Booking).where(Booking.id.in_(gone)).execution_options(populate_existing=True)
        ):
            booking.state, booking.held_until = BookingState.RELEASED, None
            booking.released_at, booking.released_by = act.now, act.actor.id
        act.session.flush()
        fell_free(act)
    return len(gone)


def lock(act: Act, resource_ids: Collection[int]) -> None:
    """Lock the resources in the order of their ids; who comes second waits, and nobody in a ring.

    A key lock would not do: the rows of a booking refer to them, which takes one as well.
    """
    locking = select(Resource.id).where(Resource.id.in_(resource_ids)).order_by(Resource.id)
    act.session.execute(locking.with_for_update(key_share=True))


@demands(Permission.HOLD_SWEEP)
def sweep(act: Act, most: int) -> int:
    """Let so many of the holds go that have run out, the oldest first; how many there were.

    Refuses:
        NotAllowed: only the house itself.

    Records:
        Nothing: whoever held it was told until when.
    """
    return give_back_expired(act, most=most)


def refuse_reversed(during: Range[datetime], kind: BookingKind) -> None:
    """Refuse a time that cannot be.

    Refuses:
        TimeReversed: it ends before it begins, or lasts longer than a day (a block: a year).
    """
    longest = LONGEST_BLOCK if kind is BookingKind.BLOCK else LONGEST
    start, end = during.lower, during.upper
    if start is None or end is None or end <= start or end - start > longest:
        raise TimeReversed


def _bring_forward(act: Act, taken: Occupation, sooner: Range[datetime]) -> None:
    """Let it be taken sooner, by a unit that is free then; with none it stays when it was."""
    others = overlapping([taken.resource_id], sooner).where(Occupation.id != taken.id)
    elsewhere = {one.unit for one in act.session.scalars(others)}
    units = {taken.unit, *range(1, taken.resource.units + 1)} - elsewhere
    if units:
        taken.unit = taken.unit if taken.unit in units else min(units)
        taken.during = sooner


def _occupy(act: Act, booking: Booking, wants: Sequence[Want], during: Range[datetime]) -> None:
    """Choose a free unit for every want and take it.

    Refuses:
        AlreadyTaken: nothing that would do is free.
    """
    ids = wanted(wants)
    lock(act, ids)
    give_back_expired(act, ids)
    units = {
        row.id: row.units
        for row in act.session.execute(
            select(Resource.id, Resource.units).where(
                Resource.id.in_(ids), Resource.retired_at.is_(None)
            )
        )
    }
    busy: dict[tuple[int, int], list[Range[datetime]]] = defaultdict(list)
    for taken in act.session.scalars(overlapping(ids, span(wants, during))):
        busy[taken.resource_id, taken.unit].append(taken.during)
    chosen: list[Occupation] = []
    missing: list[Want] = []
    for want in wants:
        free = next(
            (
                (option, unit)
                for option in want.any_of
                for unit in range(1, units.get(option.resource_id, 0) + 1)
                if not any(
                    a.overlaps(b)
                    for a in want.ranges(option, during)
                    for b in busy[option.resource_id, unit]
                )
            ),
            None,
        )
        if free is None:
            missing.append(want)
            continue
        option, unit = free
        ranges = want.ranges(option, during)
        busy[option.resource_id, unit].extend(ranges)
        chosen.extend(
            Occupation(resource_id=option.resource_id, unit=unit, during=one) for one in ranges
        )
    if missing:
        raise AlreadyTaken(taken=_told(act, missing, during))
    with act.unless(NEVER_TWICE, AlreadyTaken(taken=[])):
        act.session.add(booking)
        booking.occupations = sorted(chosen, key=lambda one: (one.resource_id, one.unit))


def _told(act: Act, missing: Collection[Want], during: Range[datetime]) -> list[dict[str, Any]]:
    """What is taken, for a phone to show: kinds, and names of places; of people only the id."""
    ids = wanted(missing)
    rows = {
        row.id: row for row in act.session.scalars(select(Resource).where(Resource.id.in_(ids)))
    }
    told = []
    for want in missing:
        first = rows[want.any_of[0].resource_id]
        among = [option.resource_id for option in want.any_of]
        start, end = act.session.execute(
            select(func.min(func.lower(Occupation.during)), func.max(func.upper(Occupation.during)))
            .where(Occupation.resource_id.in_(among))
            .where(Occupation.during.overlaps(span([want], during)))
        ).one()
        told.append(
            {
                "kind": first.kind,
                "resource_ids": among,
                "name": first.name or None,
                "person_id": first.person_id,
                "suspect_id": first.suspect_id,
                "participant_id": first.participant_id,
                "from": start,
                "until": end,
            }
        )
    return told
