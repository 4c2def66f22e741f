"""Changing what is arranged: another time, other people, longer; and who is told why."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from services import bookings, interrogations
from services.bookings import AlreadyTaken, Occupation
from services.interrogations import (
    AfterDeadline,
    AlreadyBegun,
    ChangeKind,
    InterrogationChange,
    InterrogationState,
    LostBecause,
    NothingChanges,
    NotLonger,
    Role,
    Seat,
    ToldBecause,
    history,
)
from services.interrogations.composition import TooFewStaff
from services.interrogations.operations import arrangement_of
from services.interrogations.slots import AwayThen, NotOpen
from services.kernel.act import JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, Stale
from services.policy import PostKind
from services.resources import OpeningException
from services.tasks import Task, TaskKind, TaskState
from tests.interrogations.conftest import Scene
from tests.make import Make

HOUR = timedelta(hours=1)
WORDS = "承办人当天另有庭审。"


def told_of(make: Make, change: InterrogationChange) -> set[tuple[ToldBecause, int | None]]:
    make.session.refresh(change, ["told"])
    return {(one.because, one.person_id or one.office_id) for one in change.told}


def last_change(make: Make, kind: ChangeKind) -> InterrogationChange:
    chosen = select(InterrogationChange).where(InterrogationChange.kind == kind)
    return make.session.scalars(chosen.order_by(InterrogationChange.id.desc())).first()  # type: ignore[return-value]  # the test has just made it


def open_tasks(make: Make, kind: TaskKind) -> list[Task]:
    chosen = select(Task).where(Task.kind == kind, Task.state == TaskState.OPEN)
    return list(make.session.scalars(chosen))


def test_another_time_is_confirmed_anew_and_everybody_is_told(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    before, version = booked.during, booked.version
    interrogations.confirm(make.act(scene.centre.officer), booked)
    (second,) = booked.staff_ids - {scene.town.prosecutor.id}

    interrogations.reschedule(
        make.act(scene.town.prosecutor),
        booked,
        starts_at=scene.soon + HOUR / 2,
        reason=WORDS,
        because=LostBecause.SUSPECT_ENGAGED,
    )

    assert booked.booking is not None
    assert booked.during is not None
    assert booked.during.lower == scene.soon + HOUR / 2
    assert booked.state is InterrogationState.BOOKED
    assert (booked.confirmed_at, booked.confirmed_by) == (None, None)
    make.session.flush()
    assert booked.version > version
    assert len(open_tasks(make, TaskKind.CONFIRM_INTERROGATION)) == 1
    assert open_tasks(make, TaskKind.ESCORT_SUSPECT) == []
    change = last_change(make, ChangeKind.RESCHEDULED)
    assert (change.reason, change.because) == (WORDS, LostBecause.SUSPECT_ENGAGED)
    assert (change.before, change.after) == (before, booked.during)
    assert told_of(make, change) == {
        (ToldBecause.TAKES_PART, second),
        (ToldBecause.HOSTS, scene.centre.office.id),
    }
    entry = make.session.scalars(
        select(JournalEntry).where(
            JournalEntry.kind == "InterrogationChanged", JournalEntry.about_id == change.id
        )
    ).one()
    assert entry.details == {
        "interrogation_id": booked.id,
        "kind": "rescheduled",
        "because": "suspect_engaged",
    }


def test_another_time_is_refused_as_a_booking_is(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    before = booked.during
    act = make.act(scene.town.prosecutor)
    limit = interrogations.earliest(act, scene.suspect)
    assert limit is not None

    def to(starts_at: object, why: type[Exception]) -> None:
        with pytest.raises(why):
            interrogations.reschedule(act, booked, starts_at=starts_at, reason=WORDS)  # type: ignore[arg-type]  # a moment

    to(scene.soon, NothingChanges)
    to(make.now - HOUR, AlreadyBegun)
    to(limit.ends_at - HOUR / 2, AfterDeadline)
    for room in scene.centre.rooms:
        room.exceptions = [OpeningException(on=date(2026, 3, 3))]
    make.session.flush()
    to(scene.soon + timedelta(days=1), NotOpen)
    assert booked.during == before
    assert booked.state is InterrogationState.BOOKED


def test_what_is_taken_is_refused_with_up_to_three_times_that_are_free(
    scene: Scene, make: Make
) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    make.interrogation(scene.town, scene.case, scene.soon + 3 * HOUR)

    with pytest.raises(AlreadyTaken) as refused:
        interrogations.reschedule(
            make.act(scene.town.prosecutor),
            booked,
            starts_at=scene.soon + 3 * HOUR,
            reason=WORDS,
        )

    offered = refused.value.members["alternatives"]
    assert 1 <= len(offered) <= 3
    assert booked.during is not None
    assert booked.during.lower == scene.soon


def test_the_law_is_asked_for_the_new_day(scene: Scene, make: Make) -> None:
    """The second of the staff holds a post only until tomorrow."""
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    make.session.execute(
        text("UPDATE posts SET until_on = :until WHERE person_id = :second"),
        {
            "until": date(2026, 3, 3),
            "second": max(booked.staff_ids - {scene.town.prosecutor.id}),
        },
    )
    act = make.act(scene.town.prosecutor)
    with pytest.raises(interrogations.composition.Unlawful):
        interrogations.reschedule(
            act, booked, starts_at=scene.soon + timedelta(days=3), reason=WORDS
        )


def test_one_that_lost_its_time_is_given_another(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    act = make.act(scene.town.prosecutor)
    interrogations.lose_time(act, booked, LostBecause.CENTRE_CLOSED)
    assert last_change(make, ChangeKind.LOST_TIME).because is LostBecause.CENTRE_CLOSED

    interrogations.reschedule(act, booked, starts_at=scene.soon + HOUR, reason=WORDS)

    assert booked.state is InterrogationState.BOOKED
    assert (booked.lost_because, booked.waiting_since) == (None, None)
    assert len(open_tasks(make, TaskKind.CONFIRM_INTERROGATION)) == 1


def test_who_goes_and_who_comes_is_told_and_the_room_stays(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    assert booked.booking is not None
    places = {one.resource_id for one in booked.booking.occupations if one.resource.office_id}
    (second,) = booked.staff_ids - {scene.town.prosecutor.id}
    third = make.person(PostKind.ASSISTANT, scene.town.procuratorate)
    kept = next(one.id for one in booked.attendances if one.role is Role.LEAD)
    seats = [Seat(Role.LEAD, scene.town.prosecutor.id), Seat(Role.STAFF, third.id)]

    interrogations.swap(make.act(scene.town.manager), booked, seats=seats, reason=WORDS)

    make.session.flush()
    assert {one.person_id for one in booked.attendances} == {scene.town.prosecutor.id, third.id}
    assert kept in {one.id for one in booked.attendances}
    taken = make.session.scalars(
        select(Occupation).where(Occupation.booking_id == booked.booking_id)
    ).all()
    assert {one.resource_id for one in taken if one.resource.office_id} == places
    assert second not in {one.resource.person_id for one in taken}
    assert third.id in {one.resource.person_id for one in taken}
    assert told_of(make, last_change(make, ChangeKind.RESEATED)) == {
        (ToldBecause.HANDLES, scene.town.prosecutor.id),
        (ToldBecause.JOINS, third.id),
        (ToldBecause.LEAVES, second),
        (ToldBecause.HOSTS, scene.centre.office.id),
    }


def test_who_comes_is_free_lawful_and_not_on_leave(scene: Scene, make: Make) -> None:
    other = make.suspect(detention_centre_id=scene.centre.office.id)
    elsewhere = make.handled(scene.town, other)
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    act = make.act(scene.town.prosecutor)
    lead = Seat(Role.LEAD, scene.town.prosecutor.id)
    busy = make.person(PostKind.ASSISTANT, scene.town.procuratorate)
    away = make.person(PostKind.ASSISTANT, scene.town.procuratorate)
    make.leave(away, make.now.date(), make.now.date())
    alone = make.person(PostKind.PROSECUTOR, scene.town.procuratorate)
    elsewhere.handler_id = alone.id
    make.session.flush()
    seats = (Seat(Role.LEAD, alone.id), Seat(Role.STAFF, busy.id))
    wish = interrogations.wish(act, elsewhere, other.id)
    arranged = replace(make.arrangement(scene.town), seats=seats)
    interrogations.book(make.act(alone), wish, arranged, starts_at=scene.soon)

    with pytest.raises(AlreadyTaken):
        interrogations.swap(act, booked, seats=[lead, Seat(Role.STAFF, busy.id)], reason=WORDS)
    with pytest.raises(AwayThen):
        interrogations.swap(act, booked, seats=[lead, Seat(Role.STAFF, away.id)], reason=WORDS)
    with pytest.raises(TooFewStaff):
        interrogations.swap(act, booked, seats=[lead], reason=WORDS)
    same = list(arrangement_of(booked).seats)
    with pytest.raises(NothingChanges):
        interrogations.swap(act, booked, seats=same, reason=WORDS)


def test_it_lasts_longer_only_if_everything_is_free_then(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    act = make.act(scene.town.prosecutor)
    with pytest.raises(NotLonger):
        interrogations.extend(act, booked, minutes=60, reason=WORDS)
    interrogations.extend(act, booked, minutes=90, reason=WORDS)
    assert booked.during is not None
    assert booked.during.upper == scene.soon + 1.5 * HOUR
    assert booked.wanted_minutes == 90
    make.interrogation(scene.town, scene.case, scene.soon + 3 * HOUR)

    with pytest.raises(AlreadyTaken) as refused:
        interrogations.extend(act, booked, minutes=170, reason=WORDS)

    assert {one["kind"] for one in refused.value.members["taken"]} >= {"suspect", "person"} - {
        "person"
    }
    assert booked.during.upper == scene.soon + 1.5 * HOUR


def test_one_that_runs_keeps_its_room_when_it_is_extended(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon, minutes=60)
    booking = booked.booking
    assert booking is not None
    act = make.act(scene.town.prosecutor, scene.soon + HOUR / 2)
    booked.state = InterrogationState.RUNNING
    make.session.flush()
    room = booking.occupations[0].resource_id

    interrogations.extend(act, booked, minutes=120, reason=WORDS)

    assert room in {one.resource_id for one in booking.occupations}
    assert booked.state is InterrogationState.RUNNING
    booked.state = InterrogationState.ENDED
    make.session.flush()
    with pytest.raises(WrongState):
        interrogations.extend(act, booked, minutes=180, reason=WORDS)


def test_it_is_not_extended_beyond_the_suspect_s_limit(scene: Scene, make: Make) -> None:
    act = make.act(scene.town.prosecutor)
    limit = interrogations.earliest(act, scene.suspect)
    assert limit is not None
    booked = make.interrogation(scene.town, scene.case, limit.ends_at - HOUR)
    with pytest.raises(AfterDeadline):
        interrogations.extend(act, booked, minutes=75, reason=WORDS)


def test_a_cancellation_has_a_reason_and_everybody_hears(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    before = booked.during
    interrogations.cancel(
        make.act(scene.town.manager), booked, because=LostBecause.MEASURE_CHANGED, reason=WORDS
    )
    change = last_change(make, ChangeKind.CANCELLED)
    assert (change.reason, change.because, change.before) == (
        WORDS,
        LostBecause.MEASURE_CHANGED,
        before,
    )
    assert {because for because, _ in told_of(make, change)} == {
        ToldBecause.HANDLES,
        ToldBecause.TAKES_PART,
        ToldBecause.HOSTS,
    }


def test_who_did_not_read_the_newest_changes_nothing(scene: Scene, make: Make) -> None:
    """Two changes at one moment: the row's lock lets one through, the other finds a new version."""
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    make.session.flush()
    make.session.execute(text("UPDATE interrogations SET version = version + 1"))
    act = make.act(scene.town.prosecutor)
    with pytest.raises(Stale):
        interrogations.cancel(act, booked)
    make.session.refresh(booked)
    make.session.execute(text("UPDATE interrogations SET version = version + 1"))
    with pytest.raises(Stale):
        interrogations.reschedule(act, booked, starts_at=scene.soon + HOUR, reason=WORDS)


def test_only_the_handler_and_case_management_change_it(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    stranger = make.person(PostKind.PROSECUTOR, scene.town.procuratorate)
    for person in (scene.centre.officer, scene.town.officer, scene.town.chief, stranger):
        act = make.act(person)
        with pytest.raises(NotAllowed):
            interrogations.reschedule(act, booked, starts_at=scene.soon + HOUR, reason=WORDS)
        with pytest.raises(NotAllowed):
            interrogations.swap(act, booked, seats=[], reason=WORDS)
        with pytest.raises(NotAllowed):
            interrogations.extend(act, booked, minutes=90, reason=WORDS)
    interrogations.cancel(make.act(scene.town.manager), booked)
    act = make.act(scene.town.prosecutor)
    with pytest.raises(WrongState):
        interrogations.reschedule(act, booked, starts_at=scene.soon + HOUR, reason=WORDS)
    with pytest.raises(WrongState):
        interrogations.swap(act, booked, seats=[], reason=WORDS)


def test_the_history_is_whole(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    act = make.act(scene.town.prosecutor)
    interrogations.reschedule(act, booked, starts_at=scene.soon + HOUR, reason=WORDS)
    interrogations.confirm(make.act(scene.centre.officer), booked)
    interrogations.extend(act, booked, minutes=75, reason=WORDS)
    interrogations.cancel(act, booked, reason=WORDS)
    kept = make.session.scalars(history.changes_of(booked).order_by(InterrogationChange.id)).all()
    assert [one.kind for one in kept] == [
        ChangeKind.BOOKED,
        ChangeKind.RESCHEDULED,
        ChangeKind.CONFIRMED,
        ChangeKind.EXTENDED,
        ChangeKind.CANCELLED,
    ]
    assert bookings.bounds(kept[3].before)[1] < bookings.bounds(kept[3].after)[1]  # type: ignore[arg-type]  # an extension has both
