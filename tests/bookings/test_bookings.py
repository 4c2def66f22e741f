"""Taking and giving back: all or nothing, one unit once, holds that run out."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range

from services import bookings, resources
from services.bookings import (
    AlreadyTaken,
    Booking,
    BookingKind,
    BookingState,
    HoldOver,
    Occupation,
    Option,
    Part,
    TimeReversed,
    Want,
)
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import MACHINE
from services.resources import ResourceKind
from tests.make import Make, Scene

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def take(
    make: Make,
    scene: Scene,
    wants: list[Want],
    start: datetime,
    hours: float = 1,
    *,
    held_for: timedelta | None = None,
    at: datetime | None = None,
) -> Booking:
    act = make.act(scene.town.prosecutor, at)
    return bookings.take(
        act,
        wants,
        Range(start, start + hours * HOUR),
        kind=BookingKind.INTERROGATION,
        office_id=scene.town.procuratorate.id,
        held_until=act.now + held_for if held_for else None,
    )


def want(*resource_ids: int, before: int = 0, after: int = 0, part: Part = Part.WHOLE) -> Want:
    options = (Option(one, before * MINUTE, after * MINUTE) for one in resource_ids)
    return Want(tuple(options), part)


def occupied(make: Make) -> int:
    return make.session.scalar(select(func.count()).select_from(Occupation)) or 0


def test_all_is_taken_or_nothing(scene: Scene, make: Make) -> None:
    room, desk = scene.centre.rooms[0].id, scene.centre.desks[0].id
    take(make, scene, [want(desk)], scene.soon)
    before = occupied(make)
    with pytest.raises(AlreadyTaken) as refused:
        take(make, scene, [want(room), want(desk)], scene.soon)
    assert occupied(make) == before
    [told] = refused.value.members["taken"]
    assert (told["kind"], told["resource_ids"]) == (ResourceKind.DESK, [desk])
    assert (told["from"], told["until"]) == (scene.soon, scene.soon + HOUR)


def test_the_first_that_is_free_is_taken(scene: Scene, make: Make) -> None:
    first, second = (room.id for room in scene.centre.rooms)
    taken = [take(make, scene, [want(first, second)], scene.soon) for _ in range(2)]
    assert [one.occupations[0].resource_id for one in taken] == [first, second]
    with pytest.raises(AlreadyTaken):
        take(make, scene, [want(first, second)], scene.soon)


def test_a_pool_has_as_many_as_it_has_units(scene: Scene, make: Make) -> None:
    escort = scene.centre.escort.id
    taken = [take(make, scene, [want(escort)], scene.soon) for _ in range(2)]
    assert [one.occupations[0].unit for one in taken] == [1, 2]
    with pytest.raises(AlreadyTaken):
        take(make, scene, [want(escort)], scene.soon)
    with pytest.raises(AlreadyTaken):
        take(make, scene, [want(escort)] * 3, scene.soon + 5 * HOUR)
    both = take(make, scene, [want(escort)] * 2, scene.soon + 5 * HOUR)
    assert [one.unit for one in both.occupations] == [1, 2]


def test_buffers_are_inside_what_is_taken(scene: Scene, make: Make) -> None:
    room = scene.centre.rooms[0].id
    take(make, scene, [want(room, before=10, after=20)], scene.soon)
    with pytest.raises(AlreadyTaken):
        take(make, scene, [want(room, before=10, after=20)], scene.soon + HOUR + 29 * MINUTE)
    later = scene.soon + HOUR + 30 * MINUTE
    assert take(make, scene, [want(room, before=10, after=20)], later)


def test_an_escort_is_free_while_the_suspect_sits(scene: Scene, make: Make) -> None:
    escort = want(scene.centre.escort.id, before=15, after=15, part=Part.ENDS)
    scene.centre.escort.units = 1
    make.session.flush()
    take(make, scene, [escort], scene.soon, 2)
    assert occupied(make) == 2
    assert take(make, scene, [escort], scene.soon + 30 * MINUTE, 1)
    with pytest.raises(AlreadyTaken):
        take(make, scene, [escort], scene.soon + 10 * MINUTE, 1)


def test_a_retired_place_is_not_taken(scene: Scene, make: Make) -> None:
    room = scene.centre.rooms[0]
    resources.retire(make.act(scene.centre.officer), room)
    with pytest.raises(AlreadyTaken):
        take(make, scene, [want(room.id)], scene.soon)


def test_a_time_is_a_time(scene: Scene, make: Make) -> None:
    room = want(scene.centre.rooms[0].id)
    for hours in (0, -1, 25):
        with pytest.raises(TimeReversed):
            take(make, scene, [room], scene.soon, hours)
    booked = take(make, scene, [room], scene.soon)
    with pytest.raises(TimeReversed):
        bookings.retake(
            make.act(scene.town.prosecutor),
            booked,
            [room],
            Range(scene.soon, scene.soon + 25 * HOUR),
        )


def test_what_cannot_move_stays_as_it_was(scene: Scene, make: Make) -> None:
    first, second = (want(room.id) for room in scene.centre.rooms)
    booked = take(make, scene, [first], scene.soon)
    take(make, scene, [second], scene.soon)
    act = make.act(scene.town.prosecutor)
    with pytest.raises(AlreadyTaken):
        bookings.retake(act, booked, [second], booked.during)
    make.session.expire_all()
    assert [one.resource_id for one in booked.occupations] == [scene.centre.rooms[0].id]
    moved = bookings.retake(
        act, booked, [first], Range(scene.soon + 30 * MINUTE, scene.soon + 90 * MINUTE)
    )
    assert bookings.bounds(moved.during)[0] == scene.soon + 30 * MINUTE


def test_a_hold_is_confirmed_by_its_owner_in_time(scene: Scene, make: Make) -> None:
    room = want(scene.centre.rooms[0].id)
    held = take(make, scene, [room], scene.soon, held_for=10 * MINUTE)
    with pytest.raises(AlreadyTaken):
        take(make, scene, [room], scene.soon)
    with pytest.raises(HoldOver):
        bookings.confirm(make.act(scene.town.manager), held)
    confirmed = bookings.confirm(make.act(scene.town.prosecutor, make.now + 9 * MINUTE), held)
    assert (confirmed.state, confirmed.held_until) == (BookingState.BOOKED, None)
    with pytest.raises(HoldOver):
        bookings.confirm(make.act(scene.town.prosecutor), held)


def test_a_hold_that_has_run_out_is_in_nobody_s_way(scene: Scene, make: Make) -> None:
    room = want(scene.centre.rooms[0].id)
    held = take(make, scene, [room], scene.soon, held_for=10 * MINUTE)
    late = make.now + 10 * MINUTE
    with pytest.raises(HoldOver):
        bookings.confirm(make.act(scene.town.prosecutor, late), held)
    assert take(make, scene, [room], scene.soon, at=late).state is BookingState.BOOKED
    assert held.state is BookingState.RELEASED


def test_the_sweep_lets_what_has_run_out_go(scene: Scene, make: Make) -> None:
    for number, room in enumerate(scene.centre.rooms):
        take(make, scene, [want(room.id)], scene.soon, held_for=(number + 1) * 10 * MINUTE)
    machine = make.act(MACHINE, make.now + 25 * MINUTE)
    assert bookings.sweep(machine, 1) == 1
    assert occupied(make) == 1
    assert [bookings.sweep(machine, 5), bookings.sweep(machine, 5)] == [1, 0]
    with pytest.raises(NotAllowed):
        bookings.sweep(make.act(scene.town.prosecutor), 5)


def test_what_ends_early_frees_the_rest_and_the_escort_comes_sooner(
    scene: Scene, make: Make
) -> None:
    room = want(scene.centre.rooms[0].id, after=10)
    escort = want(scene.centre.escort.id, before=15, after=15, part=Part.ENDS)
    booked = take(make, scene, [room, escort], scene.soon, 2)
    act = make.act(scene.town.prosecutor)
    bookings.shorten(act, booked, until=scene.soon + HOUR)
    ends = {(one.resource_id, one.during.lower, one.during.upper) for one in booked.occupations}
    start, end = scene.soon, scene.soon + HOUR
    assert ends == {
        (scene.centre.rooms[0].id, start, end + 10 * MINUTE),
        (scene.centre.escort.id, start - 15 * MINUTE, start),
        (scene.centre.escort.id, end, end + 15 * MINUTE),
    }
    assert bookings.shorten(act, booked, until=end + HOUR).during == Range(start, end)
    assert bookings.shorten(act, booked, until=start).state is BookingState.RELEASED
    assert occupied(make) == 0


def test_an_escort_that_is_elsewhere_does_not_keep_an_interrogation_from_ending(
    scene: Scene, make: Make
) -> None:
    only = make.resource(scene.centre.office, ResourceKind.ESCORT, units=1)
    room, beside = scene.centre.rooms
    escort = want(only.id, before=15, after=15, part=Part.ENDS)
    early = take(make, scene, [want(room.id), escort], scene.soon)
    take(make, scene, [want(beside.id), escort], scene.soon + HOUR / 2)
    ended = scene.soon + 20 * MINUTE
    act = make.act(scene.town.prosecutor, ended)
    bookings.shorten(act, early, until=ended)
    make.session.flush()
    assert early.during == Range(scene.soon, ended)
    taken = {one.during for one in early.occupations if one.resource_id == only.id}
    assert Range(scene.soon + HOUR, scene.soon + HOUR + 15 * MINUTE) in taken


def test_what_is_given_back_stays_on_record(scene: Scene, make: Make) -> None:
    booked = take(make, scene, [want(scene.centre.rooms[0].id)], scene.soon)
    act = make.act(scene.town.prosecutor)
    bookings.release(act, booked)
    assert bookings.find(act, booked.id).released_by == scene.town.prosecutor.id
    with pytest.raises(NotFound):
        bookings.find(act, 2**31 - 1)
