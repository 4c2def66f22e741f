"""What follows when the suspect is released, the handler changes, somebody is recused, it ends."""

from datetime import datetime

import pytest
from sqlalchemy import select

from services import assignments, bookings, interrogations
from services.arrest_requests.terms import Measure
from services.assignments.records import RecusalGround
from services.interrogations import (
    Interrogation,
    InterrogationState,
    LostBecause,
    Mode,
    Role,
    consequences,
)
from services.interrogations.history import ChangeKind, InterrogationChange
from services.interrogations.replanning import Replanned
from services.policy import PostKind
from services.resources import ResourceKind
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Scene


@pytest.fixture
def booked(scene: Scene, make: Make) -> Interrogation:
    return make.interrogation(scene.town, scene.case, scene.soon)


def start_of(one: Interrogation) -> datetime:
    assert one.during is not None
    return bookings.bounds(one.during)[0]


def asked(make: Make, one: Interrogation) -> list[Task]:
    chosen = select(Task).where(
        Task.kind == TaskKind.RESCHEDULE_INTERROGATION,
        Task.about_id == one.id,
        Task.state == TaskState.OPEN,
    )
    return list(make.session.scalars(chosen))


def kinds(one: Interrogation) -> set[ResourceKind]:
    assert one.booking is not None
    return {each.resource.kind for each in one.booking.occupations}


def hand_over(make: Make, scene: Scene, to: int) -> None:
    assignments.change_handler(
        make.act(scene.town.manager),
        scene.case,
        handler_id=to,
        reason="测试变更。",
        approver_id=scene.town.chief.id,
    )


def test_a_release_gives_the_centre_s_room_back_and_it_is_held_here(
    scene: Scene, make: Make, booked: Interrogation
) -> None:
    make.resource(scene.town.procuratorate, ResourceKind.OFFICE_ROOM)
    scene.suspect.measure = Measure.BAIL
    make.session.flush()
    replanned = consequences.measure_changed(make.act(scene.town.prosecutor), scene.suspect)
    assert replanned.moved == (booked,)
    assert (booked.centre_id, booked.mode) == (None, Mode.IN_PERSON)
    assert booked.state is InterrogationState.CONFIRMED
    assert kinds(booked) == {
        ResourceKind.OFFICE_ROOM,
        ResourceKind.SUSPECT,
        ResourceKind.PERSON,
    }


def test_without_a_room_here_it_waits_and_is_never_silently_cancelled(
    scene: Scene, make: Make, booked: Interrogation
) -> None:
    scene.suspect.measure = Measure.NONE
    make.session.flush()
    replanned = consequences.measure_changed(make.act(scene.town.prosecutor), scene.suspect)
    assert replanned.waiting == (booked,)
    assert booked.state is InterrogationState.WAITING
    assert booked.lost_because is LostBecause.MEASURE_CHANGED
    assert (booked.centre_id, booked.mode) == (None, Mode.IN_PERSON)
    [task] = asked(make, booked)
    assert task.person_id == scene.town.prosecutor.id


def test_an_arrest_in_the_same_centre_moves_nothing(
    scene: Scene, make: Make, booked: Interrogation
) -> None:
    scene.suspect.measure = Measure.ARREST
    make.session.flush()
    replanned = consequences.measure_changed(make.act(scene.town.prosecutor), scene.suspect)
    assert replanned == Replanned()
    assert start_of(booked) == scene.soon


def test_one_who_is_held_nobody_knows_where_is_met_nowhere_yet(
    scene: Scene, make: Make, booked: Interrogation
) -> None:
    scene.suspect.detention_centre_id = None
    make.session.flush()
    replanned = consequences.measure_changed(make.act(scene.town.prosecutor), scene.suspect)
    assert replanned.waiting == (booked,)


def test_the_end_of_the_case_is_the_end_of_its_interrogations(
    scene: Scene, make: Make, booked: Interrogation
) -> None:
    act = make.act(scene.town.manager)
    consequences.case_closed(act, scene.case)
    assert booked.state is InterrogationState.CANCELLED
    assert booked.lost_because is LostBecause.CASE_CLOSED
    change = make.session.scalars(
        select(InterrogationChange).where(InterrogationChange.kind == ChangeKind.CANCELLED)
    ).one()
    assert change.because is LostBecause.CASE_CLOSED
    consequences.case_closed(act, scene.case)


def test_the_new_handler_leads_at_the_same_time(
    scene: Scene, make: Make, booked: Interrogation
) -> None:
    another = make.person(PostKind.PROSECUTOR, scene.town.procuratorate)
    hand_over(make, scene, another.id)
    assert start_of(booked) == scene.soon
    [lead] = [seat.person_id for seat in booked.attendances if seat.role is Role.LEAD]
    assert lead == another.id
    assert booked.booking is not None
    people = {each.resource.person_id for each in booked.booking.occupations} - {None}
    assert people == booked.attending_ids
    assert scene.town.prosecutor.id not in people


def test_where_the_new_handler_is_busy_it_waits(
    scene: Scene, make: Make, booked: Interrogation
) -> None:
    another = make.person(PostKind.PROSECUTOR, scene.town.procuratorate)
    other = make.handled(scene.town, make.suspect(detention_centre_id=scene.centre.office.id))
    other.handler_id = another.id
    make.session.flush()
    second = make.person(PostKind.ASSISTANT, scene.town.procuratorate)
    act = make.act(another)
    interrogations.book(
        act,
        interrogations.wish(act, other, other.suspects[0].id),
        interrogations.Arrangement(
            seats=(
                interrogations.Seat(Role.LEAD, another.id),
                interrogations.Seat(Role.STAFF, second.id),
            )
        ),
        starts_at=scene.soon,
    )
    hand_over(make, scene, another.id)
    assert booked.state is InterrogationState.WAITING
    assert booked.lost_because is LostBecause.STAFF_LOST
    [task] = asked(make, booked)
    assert task.person_id == another.id


def test_a_recused_handler_leaves_the_seat_and_the_next_one_takes_it(
    scene: Scene, make: Make, booked: Interrogation
) -> None:
    assignments.recuse(
        make.act(scene.town.chief),
        scene.case,
        person_id=scene.town.prosecutor.id,
        ground=next(iter(RecusalGround)),
    )
    assert start_of(booked) == scene.soon, "the room is kept"
    assert scene.town.prosecutor.id not in booked.attending_ids
    [task] = asked(make, booked)
    assert (task.office_id, task.post) == (scene.town.procuratorate.id, PostKind.CASE_MANAGER)
    another = make.person(PostKind.PROSECUTOR, scene.town.procuratorate)
    assignments.designate(
        make.act(scene.town.manager),
        scene.case,
        handler_id=another.id,
        reason="测试指定。",
        approver_id=scene.town.chief.id,
    )
    assert another.id in booked.staff_ids
    assert start_of(booked) == scene.soon
    assert asked(make, booked) == []


def test_a_recused_assistant_leaves_the_seat_and_the_handler_is_asked(
    scene: Scene, make: Make, booked: Interrogation
) -> None:
    [assistant] = [seat.person_id for seat in booked.attendances if seat.role is Role.STAFF]
    assert assistant is not None
    consequences.recused(make.act(scene.town.chief), scene.case, assistant)
    assert booked.attending_ids == {scene.town.prosecutor.id}
    assert booked.booking is not None
    assert assistant not in {one.resource.person_id for one in booked.booking.occupations}
    [task] = asked(make, booked)
    assert task.person_id == scene.town.prosecutor.id


def test_interrogations_go_over_with_their_suspects(
    scene: Scene, make: Make, booked: Interrogation
) -> None:
    other = make.handled(scene.town)
    act = make.act(scene.town.manager)
    consequences.went_over(act, scene.case, other, [scene.suspect.id])
    assert booked.case_id == other.id
    assert start_of(booked) == scene.soon
