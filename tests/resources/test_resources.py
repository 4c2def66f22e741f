"""What can be taken: who enters it, when it is open, and that suspects and people are made once."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select

from services import resources
from services.interrogations.needs import NoRoomThere
from services.kernel.act import JournalEntry
from services.kernel.refusals import NotAllowed, NotFound
from services.offices import OfficeKind
from services.policy import PostKind
from services.resources import (
    DayHours,
    Hours,
    HoursOverlap,
    NewResource,
    PlacesOnly,
    Resource,
    ResourceKind,
    ResourceKnown,
)
from tests.interrogations.conftest import Scene
from tests.make import Make

MORNING = Hours(1, time(8, 30), time(11, 30))
AFTERNOON = Hours(1, time(14), time(17))


def room(office_id: int, name: str = "1号讯问室") -> NewResource:
    return NewResource(office_id, ResourceKind.INTERROGATION_ROOM, name, video=True)


def test_a_centre_s_officer_enters_its_rooms(scene: Scene, make: Make) -> None:
    act = make.act(scene.centre.officer)
    entered = resources.enter(act, room(scene.centre.office.id))
    assert (entered.video, entered.units, entered.version) == (True, 1, 1)
    make.session.flush()
    entry = make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "ResourceEntered")
    ).one()
    assert entry.details == {"kind": "interrogation_room"}
    with pytest.raises(ResourceKnown):
        resources.enter(act, room(scene.centre.office.id))


def test_nobody_enters_a_room_of_another_office(scene: Scene, make: Make) -> None:
    given = room(scene.centre.office.id)
    for person in (scene.town.prosecutor, scene.town.manager, scene.town.officer):
        with pytest.raises(NotAllowed):
            resources.enter(make.act(person), given)
    with pytest.raises(NotAllowed):
        resources.enter(make.act(scene.centre.officer), room(scene.town.procuratorate.id))
    desk = NewResource(scene.town.procuratorate.id, ResourceKind.DESK, "远程提讯席位")
    assert resources.enter(make.act(scene.town.manager), desk).id


def test_a_suspect_is_no_room(scene: Scene, make: Make) -> None:
    act = make.act(scene.centre.officer)
    for kind in (ResourceKind.SUSPECT, ResourceKind.PERSON, ResourceKind.PARTICIPANT):
        with pytest.raises(PlacesOnly):
            resources.enter(act, NewResource(scene.centre.office.id, kind, "某人"))


def test_the_week_and_its_exceptions(scene: Scene, make: Make) -> None:
    act, place = make.act(scene.centre.officer), scene.centre.rooms[0]
    version = place.version
    resources.open_weekly(act, place, [MORNING, AFTERNOON])
    assert place.version == version + 1
    assert [one.from_time for one in place.openings] == [time(8, 30), time(14)]
    for wrong in (
        [MORNING, Hours(1, time(11), time(12))],
        [Hours(2, time(12), time(11))],
    ):
        with pytest.raises(HoursOverlap):
            resources.open_weekly(act, place, wrong)
    resources.open_weekly(act, place, [])
    assert place.openings == []

    friday = date(2026, 3, 6)
    resources.except_on(act, place, [DayHours(friday)])
    resources.except_on(act, place, [DayHours(friday, time(9), time(10))])
    assert [(one.on, one.from_time) for one in place.exceptions] == [(friday, time(9))]
    with pytest.raises(HoursOverlap):
        resources.except_on(act, place, [DayHours(friday), DayHours(friday, time(9), time(10))])
    with pytest.raises(HoursOverlap):
        resources.except_on(
            act,
            place,
            [DayHours(friday, time(9), time(11)), DayHours(friday, time(10), time(12))],
        )
    for half in (DayHours(friday, time(9)), DayHours(friday, until_time=time(9))):
        with pytest.raises(HoursOverlap):
            resources.except_on(act, place, [half])


def test_only_the_keepers_change_a_place(scene: Scene, make: Make) -> None:
    place = scene.centre.rooms[0]
    for person in (scene.town.prosecutor, scene.town.manager):
        act = make.act(person)
        with pytest.raises(NotAllowed):
            resources.open_weekly(act, place, [MORNING])
        with pytest.raises(NotAllowed):
            resources.except_on(act, place, [DayHours(date(2026, 3, 6))])
        with pytest.raises(NotAllowed):
            resources.set_buffers(act, place, units=1, before_minutes=0, after_minutes=0)
        with pytest.raises(NotAllowed):
            resources.retire(act, place)
        with pytest.raises(NotAllowed):
            resources.restore(act, place)


def test_buffers_hold_for_bookings_made_from_then_on(scene: Scene, make: Make) -> None:
    act = make.act(scene.centre.officer)
    for place in scene.centre.rooms:
        resources.set_buffers(act, place, units=1, before_minutes=5, after_minutes=25)
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    assert booked.booking is not None
    [taken] = [
        one
        for one in booked.booking.occupations
        if one.resource.kind is ResourceKind.INTERROGATION_ROOM
    ]
    assert taken.during.lower == scene.soon - timedelta(minutes=5)
    assert taken.during.upper == scene.soon + timedelta(minutes=85)


def test_nothing_new_is_booked_in_a_retired_room(scene: Scene, make: Make) -> None:
    act = make.act(scene.centre.officer)
    for place in scene.centre.rooms:
        resources.retire(act, place)
    with pytest.raises(NoRoomThere):
        make.interrogation(scene.town, scene.case, scene.soon)
    resources.restore(act, scene.centre.rooms[0])
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    resources.retire(act, scene.centre.rooms[0])
    assert booked.booking is not None
    assert booked.booking.occupations


def test_a_journey_takes_its_minutes_either_way(scene: Scene, make: Make) -> None:
    start, end = scene.town.procuratorate, scene.centre.office
    manager = make.act(scene.town.manager)
    assert resources.minutes_between(manager, start.id, end.id) == 0
    resources.set_route(manager, start, end, minutes=40)
    resources.set_route(manager, start, end, minutes=45)
    make.session.flush()
    assert resources.minutes_between(manager, end.id, start.id) == 45
    with pytest.raises(NotAllowed):
        resources.set_route(make.act(scene.centre.officer), start, end, minutes=5)
    with pytest.raises(NotAllowed):
        resources.set_route(make.act(scene.town.prosecutor), start, end, minutes=5)


def test_people_and_suspects_are_made_once(scene: Scene, make: Make) -> None:
    act = make.act(scene.town.prosecutor)
    made = {resources.of_person(act, scene.town.prosecutor.id) for _ in range(3)}
    made |= {resources.of_suspect(act, scene.suspect.id) for _ in range(3)}
    assert len(made) == 2
    count = select(func.count()).where(Resource.person_id == scene.town.prosecutor.id)
    assert make.session.scalar(count) == 1


def test_who_sees_which_places(scene: Scene, make: Make) -> None:
    elsewhere = make.office(OfficeKind.DETENTION_CENTRE)
    hidden = make.resource(elsewhere, ResourceKind.INTERROGATION_ROOM)
    own = scene.centre.rooms[0]
    officer = make.act(scene.centre.officer)
    assert resources.find(officer, own.id) is own
    with pytest.raises(NotFound):
        resources.find(officer, hidden.id)
    with pytest.raises(NotFound):
        resources.find(make.act(scene.town.officer), own.id)
    assistant = make.act(make.person(PostKind.ASSISTANT, scene.town.procuratorate))
    assert resources.find(assistant, hidden.id) is hidden
    (desk, *_) = scene.centre.desks
    assert resources.find(assistant, desk.id) is desk
    stranger = make.act(make.person(PostKind.PROSECUTOR, make.office()))
    assert resources.find(stranger, own.id) is own, "a suspect may be held in any centre"
    with pytest.raises(NotFound):
        resources.find(stranger, desk.id)
    made = resources.of_suspect(assistant, scene.suspect.id)
    with pytest.raises(NotFound):
        resources.find(assistant, made)
