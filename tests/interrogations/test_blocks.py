"""Places out of use: what was booked there is held elsewhere or later, or waits."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range

from services import bookings, deadlines, interrogations
from services.arrest_requests.records import Suspect
from services.arrest_requests.terms import Measure
from services.bookings import AlreadyTaken, BookingState, TimeReversed
from services.interrogations import Arrangement, InterrogationState, Role, Seat, blocks
from services.interrogations.blocks import BlockOver, NothingToBlock
from services.interrogations.records import Interrogation
from services.kernel.act import SHANGHAI, JournalEntry
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import MACHINE, PostKind
from services.resources import Resource, ResourceKind
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Scene

HOUR = timedelta(hours=1)


def close(
    make: Make,
    scene: Scene,
    from_at: datetime,
    until_at: datetime,
    *closed: Resource,
    units: int | None = None,
) -> blocks.Blocked:
    act = make.act(scene.centre.officer)
    chosen = blocks.places(act, scene.centre.office.id, [one.id for one in closed], units)
    return blocks.block(act, chosen, from_at=from_at, until_at=until_at, note="检修")


def room_of(one: Interrogation) -> int:
    assert one.booking is not None
    [room] = [
        each.resource_id
        for each in one.booking.occupations
        if each.resource.kind is ResourceKind.INTERROGATION_ROOM
    ]
    return room


def start_of(one: Interrogation) -> datetime:
    assert one.during is not None
    return bookings.bounds(one.during)[0]


def open_tasks(make: Make, kind: TaskKind, about: Interrogation) -> list[Task]:
    chosen = select(Task).where(
        Task.kind == kind, Task.about_id == about.id, Task.state == TaskState.OPEN
    )
    return list(make.session.scalars(chosen))


def test_a_room_out_of_use_moves_what_is_in_it_to_another_at_the_same_time(
    scene: Scene, make: Make
) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    first, second = scene.centre.rooms
    assert room_of(booked) == first.id
    blocked = close(make, scene, make.now, make.now + 3 * HOUR, first)
    assert blocked.replanned.moved == (booked,)
    assert (room_of(booked), start_of(booked)) == (second.id, scene.soon)
    assert booked.state is InterrogationState.BOOKED
    assert len(open_tasks(make, TaskKind.CONFIRM_INTERROGATION, booked)) == 1


def test_a_closed_centre_holds_its_interrogations_after_it_opens(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    until = make.now + 24 * HOUR
    blocked = close(make, scene, make.now, until)
    assert blocked.replanned.moved == (booked,)
    assert start_of(booked) >= until
    assert booked.not_after is not None
    assert start_of(booked) + HOUR <= booked.not_after
    make.session.flush()
    [entry] = make.session.scalars(select(JournalEntry).where(JournalEntry.kind == "PlacesBlocked"))
    assert entry.details == {"office_id": scene.centre.office.id, "moved": 1, "waiting": 0}


def test_what_finds_no_time_before_its_period_ends_waits_and_its_handler_is_asked(
    scene: Scene, make: Make
) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    assert booked.not_after is not None
    blocked = close(make, scene, make.now, booked.not_after)
    assert blocked.replanned.waiting == (booked,)
    assert booked.state is InterrogationState.WAITING
    assert booked.lost_because is interrogations.LostBecause.CENTRE_CLOSED
    [task] = open_tasks(make, TaskKind.RESCHEDULE_INTERROGATION, booked)
    assert task.person_id == scene.town.prosecutor.id
    assert task.due_on is not None
    last = (booked.not_after - timedelta(seconds=1)).astimezone(SHANGHAI)
    assert task.due_on == last.date()
    assert open_tasks(make, TaskKind.CONFIRM_INTERROGATION, booked) == []


def test_whoever_has_least_time_left_chooses_first(make: Make, scene: Scene) -> None:
    room, other = scene.centre.rooms
    close(make, scene, make.now, make.now + 300 * HOUR, other)
    suspect = make.suspect(detention_centre_id=scene.centre.office.id, measure=Measure.ARREST)
    longer = make.prosecution(scene.town, suspect).case
    only_long_periods(make, suspect)
    relaxed = make.interrogation(scene.town, longer, scene.soon)
    pressing = make.interrogation(scene.town, scene.case, scene.soon + 2 * HOUR)
    assert relaxed.not_after is not None
    assert pressing.not_after is not None
    assert relaxed.not_after > pressing.not_after
    opens = pressing.not_after - 2 * HOUR
    replanned = close(make, scene, make.now, opens, room).replanned
    assert replanned.moved == (pressing, relaxed)
    assert opens <= start_of(pressing) < start_of(relaxed)


def test_a_block_ends_by_itself_and_may_be_ended_sooner(scene: Scene, make: Make) -> None:
    blocked = close(make, scene, make.now, make.now + 5 * HOUR)
    with pytest.raises(AlreadyTaken):
        make.interrogation(scene.town, scene.case, scene.soon)
    make.interrogation(scene.town, scene.case, make.now + 6 * HOUR)
    officer = make.act(scene.centre.officer, make.now + HOUR)
    blocks.end(officer, blocked.booking)
    assert bookings.bounds(blocked.booking.during)[1] == make.now + HOUR
    other = make.handled(scene.town, make.suspect(detention_centre_id=scene.centre.office.id))
    assert make.interrogation(scene.town, other, make.now + 2 * HOUR).booking
    with pytest.raises(BlockOver):
        blocks.end(officer, blocked.booking)


def test_a_block_that_has_not_begun_is_given_up(scene: Scene, make: Make) -> None:
    blocked = close(make, scene, make.now + HOUR, make.now + 2 * HOUR)
    blocks.end(make.act(scene.centre.officer), blocked.booking)
    assert blocked.booking.state is BookingState.RELEASED
    with pytest.raises(BlockOver):
        blocks.end(make.act(scene.centre.officer), blocked.booking)


def test_some_of_the_escort_may_be_away(scene: Scene, make: Make) -> None:
    first = make.interrogation(scene.town, scene.case, scene.soon)
    blocked = close(make, scene, make.now, make.now + 3 * HOUR, scene.centre.escort, units=1)
    assert start_of(first) == scene.soon, "there are two, and one is left"
    assert len(blocked.booking.occupations) == 1
    close(make, scene, make.now, make.now + 3 * HOUR, scene.centre.escort, units=1)
    assert start_of(first) >= make.now + 3 * HOUR


def test_a_time_kept_for_somebody_who_is_choosing_falls(scene: Scene, make: Make) -> None:
    room = scene.centre.rooms[0]
    held = bookings.take(
        make.act(scene.town.prosecutor),
        [bookings.Want((bookings.Option(room.id),))],
        Range(scene.soon, scene.soon + HOUR),
        kind=bookings.BookingKind.INTERROGATION,
        office_id=scene.town.procuratorate.id,
        held_until=make.now + timedelta(minutes=10),
    )
    close(make, scene, make.now, make.now + 3 * HOUR, room)
    assert held.state is BookingState.RELEASED


def test_two_blocks_do_not_overlap_and_none_lies_in_the_past(scene: Scene, make: Make) -> None:
    room = scene.centre.rooms[0]
    close(make, scene, make.now, make.now + HOUR, room)
    with pytest.raises(AlreadyTaken):
        close(make, scene, make.now, make.now + 3 * HOUR)
    with pytest.raises(BlockOver):
        close(make, scene, make.now - 3 * HOUR, make.now)
    with pytest.raises(TimeReversed):
        close(make, scene, make.now + 3 * HOUR, make.now + 2 * HOUR)
    with pytest.raises(TimeReversed):
        close(make, scene, make.now + HOUR, make.now + timedelta(days=400))


def test_an_interrogation_that_has_begun_is_not_put_out(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    booked.state = InterrogationState.RUNNING
    make.session.flush()
    with pytest.raises(AlreadyTaken):
        close(make, scene, scene.soon, scene.soon + HOUR, scene.centre.rooms[0])


def test_only_whoever_keeps_the_places_closes_them(scene: Scene, make: Make) -> None:
    officer = make.act(scene.centre.officer)
    chosen = blocks.places(officer, scene.centre.office.id)
    stranger = make.person(PostKind.DETENTION_OFFICER)
    blocked = close(make, scene, make.now, make.now + HOUR)
    for person in (scene.town.prosecutor, scene.town.manager, stranger):
        act = make.act(person)
        with pytest.raises(NotAllowed):
            blocks.block(act, chosen, from_at=make.now, until_at=make.now + HOUR, note="")
        with pytest.raises(NotAllowed):
            blocks.end(act, blocked.booking)
        with pytest.raises(NotFound):
            blocks.find(act, blocked.booking.id)
    assert blocks.find(officer, blocked.booking.id) is blocked.booking
    with pytest.raises(NotFound):
        blocks.places(officer, scene.centre.office.id, [scene.centre.desks[0].id])
    with pytest.raises(NothingToBlock):
        blocks.places(make.act(scene.town.manager), make.office().id)
    desks = blocks.places(make.act(scene.town.manager), scene.town.procuratorate.id)
    closed = blocks.block(
        make.act(scene.town.manager),
        desks,
        from_at=make.now + 5 * HOUR,
        until_at=make.now + 6 * HOUR,
        note="",
    )
    assert len(closed.booking.occupations) == 2


def only_long_periods(make: Make, suspect: Suspect) -> None:
    """Everything that is due within a few days is done; the review's month runs."""
    for deadline in make.session.scalars(deadlines.open_of([suspect.id])).all():
        if deadline.rule_id != "R01":
            deadlines.close(make.act(MACHINE), deadline)
    make.session.flush()


def test_a_centre_closed_for_a_day_replans_a_dozen_bookings(scene: Scene, make: Make) -> None:
    closed_for(scene, make, booked=12, days=1, again=1)


@pytest.mark.prove
def test_a_centre_closed_for_a_week_replans_120_bookings(scene: Scene, make: Make) -> None:
    """In one act; whoever is under arrest review has no second week."""
    closed_for(scene, make, booked=120, days=7, again=12)


def closed_for(scene: Scene, make: Make, *, booked: int, days: int, again: int) -> None:
    """With twelve rooms and ten pairs of staff; every so many of them has no longer period."""
    staff = []
    for number in range(10):
        make.resource(
            scene.centre.office,
            ResourceKind.INTERROGATION_ROOM,
            name=f"加{number}",
            after_minutes=10,
        )
        make.resource(scene.town.procuratorate, ResourceKind.DESK, name=f"席{number}")
        staff.append(
            (
                make.person(PostKind.PROSECUTOR, scene.town.procuratorate),
                make.person(PostKind.ASSISTANT, scene.town.procuratorate),
            )
        )
    scene.centre.escort.units = 10
    made = []
    for number in range(booked):
        lead, second = staff[number % 10]
        suspect = make.suspect(detention_centre_id=scene.centre.office.id, measure=Measure.ARREST)
        case = (
            make.case(scene.town, suspect)
            if number % again == 0
            else make.prosecution(scene.town, suspect).case
        )
        if number % again:
            only_long_periods(make, suspect)
        case.handler_id = lead.id
        make.session.flush()
        act = make.act(lead)
        made.append(
            interrogations.book(
                act,
                interrogations.wish(act, case, suspect.id),
                Arrangement(seats=(Seat(Role.LEAD, lead.id), Seat(Role.STAFF, second.id))),
                starts_at=scene.soon + (number // 10) * timedelta(minutes=90),
            )
        )
    until = make.now + timedelta(days=days)
    replanned = close(make, scene, make.now, until).replanned
    assert len(replanned.moved) + len(replanned.waiting) == booked
    assert len(replanned.moved) >= booked * 11 // 12, len(replanned.waiting)
    for one in replanned.moved:
        assert start_of(one) >= until
        assert one.not_after is None or start_of(one) + HOUR <= one.not_after
    count = select(func.count()).where(
        Task.kind == TaskKind.RESCHEDULE_INTERROGATION, Task.state == TaskState.OPEN
    )
    assert make.session.scalar(count) == len(replanned.waiting)
