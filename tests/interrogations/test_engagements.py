"""What else a suspect has to be at: what comes first, and what is held at another time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from services import bookings
from services.bookings import AlreadyTaken, BookingKind, BookingState, TimeReversed
from services.interrogations import InterrogationState, engagements
from services.interrogations.engagements import (
    Detainee,
    Engaged,
    EngagementOver,
    InterrogatedThen,
    MeetingTooLate,
    NotAnEngagement,
    Wanted,
)
from services.interrogations.records import Interrogation
from services.kernel.act import JournalEntry
from services.kernel.refusals import NotAllowed, NotFound
from services.offices import OfficeKind
from services.policy import Permission, PostKind, allows
from services.resources import ResourceKind
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Scene

HOUR = timedelta(hours=1)


def enter(
    make: Make, scene: Scene, kind: BookingKind, start: datetime, hours: float = 1, **given: object
) -> Engaged:
    act = make.act(scene.centre.officer)
    detainee = engagements.find_detainee(act, scene.suspect.id)
    wanted = Wanted(kind, Range(start, start + hours * HOUR), **given)  # type: ignore[arg-type]  # as a test names them
    return engagements.enter(act, detainee, wanted)


def start_of(one: Interrogation) -> datetime:
    assert one.during is not None
    return bookings.bounds(one.during)[0]


@pytest.mark.parametrize("kind", [BookingKind.COURT, BookingKind.MEDICAL])
def test_court_and_doctor_come_first(scene: Scene, make: Make, kind: BookingKind) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    engaged = enter(make, scene, kind, scene.soon, note="到庭")
    assert engaged.replanned.moved == (booked,)
    assert start_of(booked) >= scene.soon + HOUR
    make.session.flush()
    [entry] = make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "EngagementEntered")
    )
    assert entry.details == {"kind": kind.value, "moved": 1, "waiting": 0}


def test_the_suspect_is_engaged_and_nothing_else_is_booked_then(scene: Scene, make: Make) -> None:
    engaged = enter(make, scene, BookingKind.COURT, scene.soon)
    with pytest.raises(AlreadyTaken):
        make.interrogation(scene.town, scene.case, scene.soon)
    with pytest.raises(AlreadyTaken):
        enter(make, scene, BookingKind.MEDICAL, scene.soon)
    engagements.cancel(make.act(scene.centre.officer), engaged.engagement)
    assert engaged.engagement.booking.state is BookingState.RELEASED
    make.interrogation(scene.town, scene.case, scene.soon)
    with pytest.raises(EngagementOver):
        engagements.cancel(make.act(scene.centre.officer), engaged.engagement)


def test_a_lawyer_s_meeting_goes_beside_an_interrogation_where_there_is_time(
    scene: Scene, make: Make
) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    with pytest.raises(InterrogatedThen) as refused:
        enter(make, scene, BookingKind.LAWYER_MEETING, scene.soon, asked_at=make.now)
    members = refused.value.members
    assert members["article"] == "CPL 39¶2"
    assert 1 <= len(members["free"]) <= 3
    assert start_of(booked) == scene.soon
    free = members["free"][0]
    assert free["from"] <= make.now + timedelta(hours=48)
    engaged = enter(make, scene, BookingKind.LAWYER_MEETING, free["from"], asked_at=make.now)
    assert engaged.replanned.moved == ()


def test_a_lawyer_s_meeting_comes_first_where_the_48_hours_leave_no_other_time(
    scene: Scene, make: Make
) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    asked = make.now - timedelta(hours=46, minutes=30)
    engaged = enter(make, scene, BookingKind.LAWYER_MEETING, scene.soon, 1, asked_at=asked)
    assert engaged.replanned.moved == (booked,)
    assert start_of(booked) >= scene.soon + HOUR


def test_a_meeting_is_within_48_hours_of_being_asked_for(scene: Scene, make: Make) -> None:
    with pytest.raises(MeetingTooLate) as refused:
        enter(make, scene, BookingKind.LAWYER_MEETING, make.now + 49 * HOUR, asked_at=make.now)
    assert refused.value.members["latest"] == make.now + 48 * HOUR
    with pytest.raises(MeetingTooLate):
        enter(make, scene, BookingKind.LAWYER_MEETING, scene.soon, asked_at=make.now + HOUR)
    late = make.now - 50 * HOUR
    assert enter(make, scene, BookingKind.LAWYER_MEETING, scene.soon, asked_at=late).engagement


def test_the_transfer_the_evening_before_takes_the_interrogation_along(
    scene: Scene, make: Make
) -> None:
    """At 20:00 the suspect is brought away; the interrogation at 9:00 is held over there."""
    morning = make.now + timedelta(hours=21)
    booked = make.interrogation(scene.town, scene.case, morning)
    there = make.office(OfficeKind.DETENTION_CENTRE)
    officer = make.person(PostKind.DETENTION_OFFICER, there)
    room = make.resource(there, ResourceKind.INTERROGATION_ROOM)
    evening = make.now + 8 * HOUR
    engaged = enter(
        make, scene, BookingKind.TRANSFER, evening, 2, destination_id=there.id
    ).engagement
    act = make.act(officer, evening + HOUR)
    brought = engagements.arrive(act, engaged)
    assert brought.replanned.moved == (booked,)
    assert scene.suspect.detention_centre_id == there.id
    assert (booked.centre_id, start_of(booked)) == (there.id, morning)
    assert booked.state is InterrogationState.BOOKED
    assert booked.booking is not None
    assert room.id in {one.resource_id for one in booked.booking.occupations}
    [task] = make.session.scalars(
        select(Task).where(
            Task.kind == TaskKind.CONFIRM_INTERROGATION, Task.state == TaskState.OPEN
        )
    )
    assert task.office_id == there.id
    make.session.flush()
    [entry] = make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "SuspectTransferred")
    )
    assert entry.details["to_centre_id"] == there.id
    with pytest.raises(EngagementOver):
        engagements.arrive(act, engaged)
    with pytest.raises(NotFound):
        engagements.find_detainee(make.act(scene.centre.officer), scene.suspect.id)
    assert engagements.find_detainee(act, scene.suspect.id).centre_id == there.id


def test_where_the_new_centre_has_no_room_it_waits(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, make.now + timedelta(hours=21))
    there = make.office(OfficeKind.DETENTION_CENTRE)
    engaged = enter(
        make, scene, BookingKind.TRANSFER, scene.soon, destination_id=there.id
    ).engagement
    brought = engagements.arrive(make.act(scene.centre.officer, scene.soon), engaged)
    assert brought.replanned.waiting == (booked,)
    assert (booked.state, booked.centre_id) == (InterrogationState.WAITING, there.id)


def test_each_kind_has_what_it_needs(scene: Scene, make: Make) -> None:
    there = make.office(OfficeKind.DETENTION_CENTRE)
    wrong: list[tuple[BookingKind, dict[str, object]]] = [
        (BookingKind.TRANSFER, {}),
        (BookingKind.TRANSFER, {"destination_id": scene.centre.office.id}),
        (BookingKind.TRANSFER, {"destination_id": scene.town.procuratorate.id}),
        (BookingKind.COURT, {"destination_id": there.id}),
        (BookingKind.LAWYER_MEETING, {}),
        (BookingKind.COURT, {"asked_at": make.now}),
        (BookingKind.INTERROGATION, {}),
        (BookingKind.BLOCK, {}),
    ]
    for kind, given in wrong:
        with pytest.raises(NotAnEngagement):
            enter(make, scene, kind, scene.soon, 1, **given)
    with pytest.raises(EngagementOver):
        enter(make, scene, BookingKind.COURT, make.now - 3 * HOUR)
    with pytest.raises(TimeReversed):
        enter(make, scene, BookingKind.COURT, scene.soon, -0.5)
    court = enter(make, scene, BookingKind.COURT, scene.soon).engagement
    with pytest.raises(NotAnEngagement):
        engagements.arrive(make.act(scene.centre.officer), court)


def test_only_the_centre_that_holds_the_suspect_says_where_they_have_to_be(
    scene: Scene, make: Make
) -> None:
    detainee = Detainee(scene.suspect, scene.centre.office.id)
    wanted = Wanted(BookingKind.COURT, Range(scene.soon, scene.soon + HOUR))
    there = make.office(OfficeKind.DETENTION_CENTRE)
    receiving = make.person(PostKind.DETENTION_OFFICER, there)
    engaged = enter(
        make, scene, BookingKind.TRANSFER, scene.soon + 5 * HOUR, destination_id=there.id
    ).engagement
    everybody = (scene.town.prosecutor, scene.town.manager, scene.town.officer, receiving)
    for person in (*everybody, scene.centre.officer):
        act = make.act(person)
        listed = engaged in make.session.scalars(engagements.visible(act)).all()
        assert listed == allows(act.actor, Permission.ENGAGEMENT_READ, engaged)
        assert listed == (person in (receiving, scene.centre.officer))
    for person in everybody:
        act = make.act(person)
        with pytest.raises(NotAllowed):
            engagements.enter(act, detainee, wanted)
        with pytest.raises(NotAllowed):
            engagements.cancel(act, engaged)
        with pytest.raises(NotFound):
            engagements.find_detainee(act, scene.suspect.id)
    with pytest.raises(NotAllowed):
        engagements.arrive(make.act(scene.town.manager), engaged)
    with pytest.raises(NotFound):
        engagements.find(make.act(scene.town.prosecutor), engaged.id)
    assert engagements.find(make.act(receiving), engaged.id) is engaged
