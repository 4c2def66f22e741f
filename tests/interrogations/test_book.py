"""Booking an interrogation: everything it needs together, or nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from services import bookings, interrogations
from services.arrest_requests.terms import Measure
from services.bookings import AlreadyTaken, Occupation
from services.interrogations import (
    AfterDeadline,
    AlreadyBegun,
    InterrogationState,
    Mode,
    NotInCase,
    RemoteNeedsCentre,
    RemoteNotUsed,
    needs,
    practice,
)
from services.interrogations.needs import NoRoomThere
from services.kernel.act import JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import Permission, PostKind, allows
from services.resources import ResourceKind
from services.tasks import Task, TaskKind, TaskState
from tests.interrogations.conftest import Scene
from tests.make import Make


def test_a_booking_takes_room_desk_escort_suspect_and_people_with_their_buffers(
    scene: Scene, make: Make
) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    assert booked.booking is not None
    taken = {
        (one.resource.kind, one.during.lower, one.during.upper)
        for one in booked.booking.occupations
    }
    start, end = scene.soon, scene.soon + timedelta(hours=1)
    quarter = timedelta(minutes=15)
    assert taken == {
        (ResourceKind.INTERROGATION_ROOM, start, end + timedelta(minutes=10)),
        (ResourceKind.DESK, start, end),
        (ResourceKind.ESCORT, start - quarter, start),
        (ResourceKind.ESCORT, end, end + quarter),
        (ResourceKind.SUSPECT, start - quarter, end + quarter),
        (ResourceKind.PERSON, start, end),
    }


def test_the_centre_has_the_task_to_confirm(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    task = make.session.scalars(
        select(Task).where(Task.kind == TaskKind.CONFIRM_INTERROGATION)
    ).one()
    assert (task.about_id, task.office_id, task.post) == (
        booked.id,
        scene.centre.office.id,
        PostKind.DETENTION_OFFICER,
    )
    assert booked.state is InterrogationState.BOOKED


def test_the_suspect_is_never_in_two_places(scene: Scene, make: Make) -> None:
    make.interrogation(scene.town, scene.case, scene.soon)
    with pytest.raises(AlreadyTaken) as refused:
        make.interrogation(scene.town, scene.case, scene.soon + timedelta(minutes=70))
    kinds = {one["kind"] for one in refused.value.members["taken"]}
    assert ResourceKind.SUSPECT in kinds
    count = make.session.scalar(select(func.count()).select_from(Occupation))
    assert count == 7


def test_a_cancelled_interrogation_gives_everything_back(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    act = make.act(scene.town.prosecutor)
    interrogations.cancel(act, booked)
    assert make.session.scalar(select(func.count()).select_from(Occupation)) == 0
    open_tasks = select(Task).where(
        Task.state == TaskState.OPEN, Task.kind == TaskKind.CONFIRM_INTERROGATION
    )
    assert make.session.scalars(open_tasks).all() == []
    with pytest.raises(WrongState):
        interrogations.cancel(act, booked)
    make.interrogation(scene.town, scene.case, scene.soon)


def test_it_comes_before_the_earliest_period_ends(scene: Scene, make: Make) -> None:
    limit = interrogations.earliest(make.act(scene.town.prosecutor), scene.suspect)
    assert limit is not None
    assert limit.rule_id == "D06"
    booked = make.interrogation(scene.town, scene.case, limit.ends_at - timedelta(hours=1))
    assert booked.not_after == limit.ends_at
    with pytest.raises(AfterDeadline) as refused:
        make.interrogation(scene.town, scene.case, limit.ends_at - timedelta(minutes=59))
    assert refused.value.members["rule"] == "D06"


def test_no_time_in_the_past_is_booked(scene: Scene, make: Make) -> None:
    with pytest.raises(AlreadyBegun):
        make.interrogation(scene.town, scene.case, make.now - timedelta(minutes=1))


def test_whether_video_is_used_is_the_office_s_own_practice(scene: Scene, make: Make) -> None:
    manager = make.act(scene.town.manager)
    said = practice.find(manager)
    practice.change(
        manager,
        said,
        remote=False,
        displacing=True,
        apart_minutes=30,
        hold_minutes=10,
        offer_minutes=60,
    )
    with pytest.raises(RemoteNotUsed):
        make.interrogation(scene.town, scene.case, scene.soon)
    booked = make.interrogation(scene.town, scene.case, scene.soon, mode=Mode.IN_PERSON)
    assert booked.mode is Mode.IN_PERSON
    with pytest.raises(NotAllowed):
        practice.change(
            make.act(scene.town.prosecutor),
            said,
            remote=True,
            displacing=True,
            apart_minutes=30,
            hold_minutes=10,
            offer_minutes=60,
        )
    with pytest.raises(NotFound):
        practice.find(make.act(scene.centre.officer))


def test_only_who_is_held_in_a_centre_is_met_by_video(make: Make, scene: Scene) -> None:
    free = make.suspect(measure=Measure.BAIL)
    case = make.handled(scene.town, free)
    with pytest.raises(RemoteNeedsCentre):
        make.interrogation(scene.town, case, scene.soon)
    with pytest.raises(NoRoomThere):
        make.interrogation(scene.town, case, scene.soon, mode=Mode.IN_PERSON)
    make.resource(scene.town.procuratorate, ResourceKind.OFFICE_ROOM)
    booked = make.interrogation(scene.town, case, scene.soon, mode=Mode.IN_PERSON)
    assert booked.state is InterrogationState.CONFIRMED
    assert booked.centre_id is None


def test_only_the_case_s_own_suspect_and_only_its_handler(make: Make, scene: Scene) -> None:
    act = make.act(scene.town.prosecutor)
    other = make.handled(scene.town)
    with pytest.raises(NotInCase):
        interrogations.wish(act, scene.case, other.suspects[0].id)
    stranger = make.person(PostKind.PROSECUTOR, scene.town.procuratorate)
    wish = interrogations.wish(act, scene.case, scene.suspect.id)
    with pytest.raises(NotAllowed):
        interrogations.book(
            make.act(stranger), wish, make.arrangement(scene.town), starts_at=scene.soon
        )


def test_the_list_is_the_law(make: Make, scene: Scene) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    everyone = [
        *vars(scene.town).values(),
        scene.centre.officer,
        make.person(PostKind.PROSECUTOR, scene.town.procuratorate),
        make.person(PostKind.DEPARTMENT_HEAD, scene.town.procuratorate),
        make.person(PostKind.DETENTION_OFFICER),
        make.session.get_one(type(scene.town.officer), max(booked.attending_ids)),
    ]
    seen = set()
    for person in everyone:
        if not hasattr(person, "username"):
            continue
        act = make.act(person)
        lists = booked in make.session.scalars(interrogations.visible(act)).all()
        assert lists == allows(act.actor, Permission.INTERROGATION_READ, booked), person.name
        seen.add(lists)
    assert seen == {True, False}


def test_the_journal_holds_ids_and_codes(make: Make, scene: Scene) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    entry = make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "InterrogationBooked")
    ).one()
    assert (entry.about_id, entry.details) == (booked.id, {"booking_id": booked.booking_id})


def test_a_booking_that_moves_is_not_in_its_own_way(make: Make, scene: Scene) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    act = make.act(scene.town.prosecutor)
    booking = booked.booking
    assert booking is not None
    arranged = make.arrangement(scene.town)
    wants = needs.of(act, arranged, scene.suspect, procuratorate_id=scene.case.procuratorate_id)
    later = arranged.at(scene.soon + timedelta(minutes=30))
    bookings.retake(act, booking, wants, later)
    assert booking.during == later


def test_what_ends_early_gives_its_minutes_back(make: Make, scene: Scene) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    assert booked.booking is not None
    bookings.shorten(
        make.act(scene.town.prosecutor),
        booked.booking,
        until=scene.soon + timedelta(minutes=20),
    )
    make.interrogation(scene.town, scene.case, scene.soon + timedelta(minutes=50))
