"""Keeping a slot: nobody else gets it, and it is never in its owner's way."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from services import bookings, interrogations
from services.bookings import AlreadyTaken, Booking, BookingState, HoldOver, Occupation
from services.interrogations import Arrangement, Role, Seat, Wish, choosing, slots
from services.interrogations.choosing import TooManyHolds
from services.kernel.act import Act, JournalEntry
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import Permission, PostKind, allows
from services.resources import ResourceKind
from tests.interrogations.conftest import Scene
from tests.make import Make, Town

HOUR = timedelta(hours=1)


def asked(scene: Scene, make: Make, **given: object) -> tuple[Act, Wish, Arrangement]:
    act = make.act(scene.town.prosecutor)
    wish = interrogations.wish(act, scene.case, scene.suspect.id)
    return act, wish, make.arrangement(scene.town, **given)


def colleague(scene: Scene, make: Make) -> tuple[Act, Wish, Arrangement]:
    """Another prosecutor of the town, with a suspect in the same centre and other people."""
    other = make.person(PostKind.PROSECUTOR, scene.town.procuratorate)
    town = Town(**{**vars(scene.town), "prosecutor": other})
    suspect = make.suspect(detention_centre_id=scene.centre.office.id)
    case = make.handled(town, suspect)
    act = make.act(other)
    return act, interrogations.wish(act, case, suspect.id), make.arrangement(town)


def test_a_held_slot_is_taken_for_others_and_free_for_its_owner(scene: Scene, make: Make) -> None:
    room = scene.centre.rooms[0].id
    act, wish, arranged = asked(scene, make, room_id=room)
    choosing.hold(act, wish, arranged, starts_at=scene.soon)
    assert scene.soon in {one.starts_at for one in slots.search(act, wish, arranged)}
    theirs, their_wish, their_people = colleague(scene, make)
    same_room = Arrangement(seats=their_people.seats, room_id=room)
    found = slots.search(theirs, their_wish, same_room, limit=3)
    assert scene.soon not in {one.starts_at for one in found}
    with pytest.raises(AlreadyTaken) as refused:
        interrogations.book(theirs, their_wish, same_room, starts_at=scene.soon)
    assert refused.value.members["alternatives"]


def test_booking_a_held_slot_keeps_its_very_rows(scene: Scene, make: Make) -> None:
    act, wish, arranged = asked(scene, make)
    held = choosing.hold(act, wish, arranged, starts_at=scene.soon)
    assert held.held_until == make.now + timedelta(minutes=10)
    rows = {one.id for one in held.occupations}
    booked = interrogations.book(act, wish, arranged, starts_at=scene.soon, held=held)
    assert booked.booking is held
    assert {one.id for one in held.occupations} == rows
    assert booked.booking.state is BookingState.BOOKED
    assert booked.booking.held_until is None


def test_a_hold_moves_if_something_else_is_booked(scene: Scene, make: Make) -> None:
    act, wish, arranged = asked(scene, make)
    held = choosing.hold(act, wish, arranged, starts_at=scene.soon)
    later = scene.soon + timedelta(minutes=15)
    booked = interrogations.book(act, wish, arranged, starts_at=later, held=held)
    assert booked.booking is held
    assert held.during == arranged.at(later)


def test_booking_without_the_hold_lets_it_go(scene: Scene, make: Make) -> None:
    act, wish, arranged = asked(scene, make)
    held = choosing.hold(act, wish, arranged, starts_at=scene.soon)
    booked = interrogations.book(act, wish, arranged, starts_at=scene.soon)
    assert booked.booking is not held
    assert held.state is BookingState.RELEASED


def test_a_hold_goes_by_itself(scene: Scene, make: Make) -> None:
    act, wish, arranged = asked(scene, make)
    held = choosing.hold(act, wish, arranged, starts_at=scene.soon)
    later = make.act(scene.town.prosecutor, make.now + timedelta(minutes=10))
    with pytest.raises(HoldOver):
        interrogations.book(later, wish, arranged, starts_at=scene.soon, held=held)
    their_act, their_wish, their_people = colleague(scene, make)
    theirs = make.act(their_act.actor, later.now)
    room = next(one for one in held.occupations if one.resource_id == scene.centre.rooms[0].id)
    in_room = Arrangement(seats=their_people.seats, room_id=room.resource_id)
    found = slots.search(theirs, their_wish, in_room, from_at=scene.soon, limit=1)
    assert found[0].starts_at == scene.soon
    interrogations.book(theirs, their_wish, in_room, starts_at=scene.soon)


def test_one_slot_is_kept_for_one_suspect(scene: Scene, make: Make) -> None:
    act, wish, arranged = asked(scene, make)
    first = choosing.hold(act, wish, arranged, starts_at=scene.soon)
    second = choosing.hold(act, wish, arranged, starts_at=scene.soon + 2 * HOUR)
    assert (first.state, second.state) == (BookingState.RELEASED, BookingState.HELD)
    kinds = make.session.scalars(
        select(JournalEntry.kind).where(JournalEntry.kind.like("Slot%")).order_by(JournalEntry.id)
    ).all()
    assert kinds == ["SlotHeld", "SlotReleased", "SlotHeld"]


def test_a_person_keeps_three_slots(scene: Scene, make: Make) -> None:
    act, wish, arranged = asked(scene, make)
    for number in range(choosing.MOST_HOLDS):
        other = make.suspect(detention_centre_id=scene.centre.office.id)
        one = interrogations.wish(act, make.handled(scene.town, other), other.id)
        choosing.hold(act, one, arranged, starts_at=scene.soon + 2 * number * HOUR)
    with pytest.raises(TooManyHolds):
        choosing.hold(act, wish, arranged, starts_at=scene.soon + 10 * HOUR)
    later = make.act(scene.town.prosecutor, make.now + timedelta(minutes=10))
    assert choosing.hold(later, wish, arranged, starts_at=scene.soon + 10 * HOUR)


def test_whoever_keeps_a_slot_lets_it_go(scene: Scene, make: Make) -> None:
    act, wish, arranged = asked(scene, make)
    held = choosing.hold(act, wish, arranged, starts_at=scene.soon)
    stranger, _, _ = colleague(scene, make)
    with pytest.raises(NotFound):
        choosing.find(stranger, held.id)
    with pytest.raises(NotAllowed):
        choosing.let_go(stranger, held)
    assert not allows(stranger.actor, Permission.SLOT_LET_GO, held)
    choosing.let_go(act, choosing.find(act, held.id))
    choosing.let_go(act, choosing.find(act, held.id))
    assert make.session.scalar(select(func.count()).select_from(Occupation)) == 0


def test_only_the_handler_keeps_a_slot(scene: Scene, make: Make) -> None:
    _, wish, arranged = asked(scene, make)
    for person in (scene.town.manager, scene.town.officer, scene.centre.officer):
        with pytest.raises(NotAllowed):
            choosing.hold(make.act(person), wish, arranged, starts_at=scene.soon)


def test_nobody_books_what_another_keeps(scene: Scene, make: Make) -> None:
    act, wish, arranged = asked(scene, make)
    held = choosing.hold(act, wish, arranged, starts_at=scene.soon)
    theirs, their_wish, their_people = colleague(scene, make)
    with pytest.raises(HoldOver):
        interrogations.book(theirs, their_wish, their_people, starts_at=scene.soon, held=held)
    assert make.session.get_one(Booking, held.id).state is BookingState.HELD


def test_a_hold_that_was_booked_is_no_hold(scene: Scene, make: Make) -> None:
    act, wish, arranged = asked(scene, make)
    held = choosing.hold(act, wish, arranged, starts_at=scene.soon)
    interrogations.book(act, wish, arranged, starts_at=scene.soon, held=held)
    with pytest.raises(NotFound):
        choosing.find(act, held.id)


def test_a_block_of_the_centre_is_nobody_s_hold(scene: Scene, make: Make) -> None:
    act, wish, arranged = asked(scene, make)
    held = choosing.hold(act, wish, arranged, starts_at=scene.soon)
    assert choosing.room_of(held) == scene.centre.rooms[0]
    assert {one.resource.kind for one in held.occupations} >= {ResourceKind.SUSPECT}
    bookings.release(act, held)
    with pytest.raises(HoldOver):
        interrogations.book(act, wish, arranged, starts_at=scene.soon, held=held)
    assert Seat(Role.LEAD, scene.town.prosecutor.id) in arranged.seats
