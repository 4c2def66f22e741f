"""Free time in the database is the free time that a plain loop finds, on small random calendars."""

from datetime import date, datetime, time, timedelta
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql import Range

from services.bookings import Option, Part, Want, search, take
from services.bookings.records import BookingKind
from services.bookings.search import GRID, Question
from services.bookings.wants import bounds
from services.kernel.act import SHANGHAI, Act
from services.policy import PostKind
from services.resources import Opening, Resource, ResourceKind
from tests.make import Make

MORNING = datetime(2026, 3, 2, 8, tzinfo=SHANGHAI)
QUARTERS = 24
MINUTES = st.integers(0, 8).map(lambda n: timedelta(minutes=5 * n))
TIMES = st.tuples(st.integers(0, 4 * 8), st.integers(1, 12)).map(
    lambda one: Range(
        MORNING + timedelta(minutes=10 * one[0]),
        MORNING + timedelta(minutes=10 * (one[0] + one[1])),
    )
)
CALENDARS = st.fixed_dictionaries(
    {
        "length": st.integers(1, 9).map(lambda n: timedelta(minutes=10 * n)),
        "buffers": st.tuples(MINUTES, MINUTES),
        "escort": st.tuples(MINUTES, MINUTES),
        "rooms": st.lists(st.lists(TIMES, max_size=4), min_size=1, max_size=2),
        "escorts": st.lists(TIMES, max_size=3),
        "hours": st.one_of(
            st.none(), st.tuples(st.integers(7, 10), st.integers(11, 14)).map(tuple)
        ),
    }
)


def occupied(act: Act, office: int, resource: Resource, during: Range[datetime]) -> None:
    """Take one unit, if one is free."""
    start, end = bounds(during)
    free = Question((Want((Option(resource.id),)),), end - start)
    if search.free_starts(act, free, start, start, limit=1):
        take(act, free.wants, during, kind=BookingKind.BLOCK, office_id=office)


def plain(
    act: Act, wants: list[Want], units: dict[int, int], length: timedelta, hours: list[int] | None
) -> list[datetime]:
    """One start after another, one question for each."""
    from services.bookings import overlapping, span  # noqa: PLC0415  # the loop's own
    from services.bookings.wants import wanted  # noqa: PLC0415

    found = []
    for number in range(QUARTERS):
        start = MORNING + number * GRID
        during = Range(start, start + length)
        if hours is not None:
            opens, closes = (
                datetime.combine(date(2026, 3, 2), time(hour), SHANGHAI) for hour in hours
            )
            if start < opens or start + length > closes:
                continue
        busy = act.session.scalars(overlapping(wanted(wants), span(wants, during))).all()
        if all(
            any(
                not any(
                    taken.during.overlaps(one)
                    for taken in busy
                    if (taken.resource_id, taken.unit) == (option.resource_id, unit)
                    for one in want.ranges(option, during)
                )
                for option in want.any_of
                for unit in range(1, units[option.resource_id] + 1)
            )
            for want in wants
        ):
            found.append(start)
    return found


def compared(make: Make, calendar: dict[str, object]) -> None:
    """Both ways, and a booking of what was found."""
    nested = make.session.begin_nested()
    office = make.office()
    act = make.act(make.person(PostKind.CASE_MANAGER, office), MORNING)
    before, after = cast("tuple[timedelta, timedelta]", calendar["buffers"])
    rooms = []
    for busy in calendar["rooms"]:  # type: ignore[attr-defined]
        room = make.resource(office, ResourceKind.OFFICE_ROOM)
        rooms.append(room)
        for during in busy:
            occupied(act, office.id, room, during)
    escort = make.resource(office, ResourceKind.ESCORT, units=2)
    for during in calendar["escorts"]:  # type: ignore[attr-defined]
        occupied(act, office.id, escort, during)
    hours = calendar["hours"]
    if hours is not None:
        for room in rooms:
            room.openings = [
                Opening(weekday=1, from_time=time(hours[0]), until_time=time(hours[1]))  # type: ignore[index]
            ]
        make.session.flush()
    wants = [
        Want(tuple(Option(room.id, before, after) for room in rooms)),
        Want((Option(escort.id, *calendar["escort"]),), Part.ENDS),  # type: ignore[misc]
    ]
    units = {escort.id: 2} | {room.id: 1 for room in rooms}
    length: timedelta = calendar["length"]  # type: ignore[assignment]
    asked = Question(tuple(wants), length)
    last = MORNING + (QUARTERS - 1) * GRID
    found = search.free_starts(act, asked, MORNING, last, limit=100)
    starts = [one.starts_at for one in found]
    assert starts == plain(act, wants, units, length, hours)  # type: ignore[arg-type]
    latest = search.last_free(act, asked, MORNING, last)
    assert (latest.starts_at if latest else None) == (starts[-1] if starts else None)
    for one in found:
        savepoint = make.session.begin_nested()
        during = Range(one.starts_at, one.starts_at + length)
        booked = take(act, wants, during, kind=BookingKind.BLOCK, office_id=office.id)
        taken = {(each.resource_id, each.unit) for each in booked.occupations}
        assert taken <= set(one.chosen)
        savepoint.rollback()
    nested.rollback()


QUIET = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)


@settings(max_examples=8, deadline=None, suppress_health_check=QUIET)
@given(calendar=CALENDARS)
def test_it_is_what_a_plain_loop_finds_and_can_be_booked(
    make: Make, calendar: dict[str, object]
) -> None:
    compared(make, calendar)


@pytest.mark.prove
@settings(max_examples=300, deadline=None, suppress_health_check=QUIET)
@given(calendar=CALENDARS)
def test_it_is_what_a_plain_loop_finds_on_many_calendars(
    make: Make, calendar: dict[str, object]
) -> None:
    compared(make, calendar)
