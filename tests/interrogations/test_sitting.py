"""On the day: check-in, identity, notices, start, pauses, end, and what was not held."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from services.arrest_requests.terms import Measure
from services.bookings import BookingState
from services.interrogations import (
    Interrogation,
    InterrogationState,
    Mode,
    Role,
    Seat,
    operations,
    sitting,
)
from services.interrogations.flow import NotHeldBecause
from services.interrogations.paper import PoliceUnheard
from services.interrogations.sitting import (
    ArrivedBefore,
    IdentityCheck,
    IdentityUnchecked,
    NoCertificate,
    NotByVideo,
    NotEverybodyThere,
    NoticeKind,
    NotYetTime,
    RightsNotTold,
    RoomClosed,
    SittingStep,
)
from services.kernel.act import Act, JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.participants import Participant, ParticipantKind
from services.people import Person
from services.policy import MACHINE, Permission, PostKind, allows
from services.tasks import Task, TaskState
from services.video import JanusRooms, VideoRole
from tests.interrogations.sittings import prepared, running, seated
from tests.make import Make, Scene

ROOMS = JanusRooms(b"a key of the tests")


def later(act: Act, minutes: int) -> Act:
    return replace(act, now=act.now + timedelta(minutes=minutes))


def told(make: Make, kind: str) -> list[JournalEntry]:
    return list(make.session.scalars(select(JournalEntry).where(JournalEntry.kind == kind)))


def clerk_seat(make: Make, scene: Scene) -> tuple[Person, Seat]:
    clerk = make.person(PostKind.CLERK, scene.town.procuratorate)
    return clerk, Seat(Role.CLERK, clerk.id)


def test_everybody_is_checked_in_once(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene)
    lead, second = booked.attendances
    sitting.check_in(make.act(scene.centre.officer, act.now), booked, lead)
    sitting.check_in(act, booked, second)
    assert lead.arrived_at == second.arrived_at == act.now
    with pytest.raises(ArrivedBefore):
        sitting.check_in(act, booked, lead)
    assert [entry.details["attendance_id"] for entry in told(make, "SeatArrived")] == [
        lead.id,
        second.id,
    ]


def test_nobody_is_checked_in_hours_before(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene)
    early = later(act, -31)
    steps: tuple[Callable[[], object], ...] = (
        lambda: sitting.check_in(early, booked, booked.attendances[0]),
        lambda: sitting.check_identity(early, booked, how=IdentityCheck.DOCUMENT),
        lambda: sitting.not_held(early, booked, because=NotHeldBecause.OTHER, words="提前登记。"),
    )
    for step in steps:
        with pytest.raises(NotYetTime):
            step()
    seated(later(act, -30), booked)
    with pytest.raises(NotYetTime):
        sitting.start(early, booked)


def test_there_is_no_seat_of_another_interrogation(scene: Scene, make: Make) -> None:
    _, booked = prepared(make, scene)
    with pytest.raises(NotFound):
        sitting.seat_of(booked, 10**6)


def test_the_suspect_is_identified_first_and_once(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene)
    with pytest.raises(WrongState):
        sitting.state_rights(act, booked)
    sitting.check_identity(act, booked, how=IdentityCheck.SELF_REPORTED, note="自报姓名，附照片。")
    assert booked.state is InterrogationState.CHECKED_IN
    (notice,) = sitting.notices_of(make.session, booked)
    assert (notice.kind, notice.how, notice.told_at) == (
        NoticeKind.IDENTITY,
        IdentityCheck.SELF_REPORTED,
        act.now,
    )
    with pytest.raises(WrongState):
        sitting.check_identity(act, booked, how=IdentityCheck.DOCUMENT)
    assert [entry.details for entry in told(make, "SuspectIdentityChecked")] == [
        {"how": "self_reported"}
    ]


def test_notices_are_evidence_with_who_was_present(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene)
    seated(act, booked)
    sitting.state_rights(act, booked, note="已送达权利义务告知书。")
    sitting.state_recording(act, booked)
    notices = sitting.notices_of(make.session, booked)
    assert [one.kind for one in notices] == [
        NoticeKind.IDENTITY,
        NoticeKind.RIGHTS,
        NoticeKind.PLEA_LENIENCY,
        NoticeKind.RECORDING,
    ]
    present = [one["person_id"] for one in notices[-1].present]
    assert present == [seat.person_id for seat in booked.attendances]
    kinds = [entry.details["kind"] for entry in told(make, "SittingNoticeGiven")]
    assert kinds == ["rights", "plea_leniency", "recording"]


@pytest.mark.parametrize("table", ["sitting_notices", "sitting_events"])
def test_evidence_is_never_rewritten(scene: Scene, make: Make, table: str) -> None:
    running(make, scene)
    with pytest.raises(DatabaseError, match=r"append-only|permission denied"):
        make.session.execute(text(f"DELETE FROM {table}"))  # noqa: S608  # two names of ours


def test_it_starts_with_everybody_there(scene: Scene, make: Make) -> None:
    act, booked = running(make, scene)
    assert (booked.state, booked.started_at) == (InterrogationState.RUNNING, act.now)
    assert [entry.about_id for entry in told(make, "InterrogationStarted")] == [booked.id]
    with pytest.raises(WrongState):
        sitting.start(act, booked)


def test_no_detained_suspect_is_interrogated_without_the_certificate(
    scene: Scene, make: Make
) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    act = make.act(scene.town.prosecutor, scene.soon)
    seated(act, booked)
    with pytest.raises(NoCertificate) as refused:
        sitting.start(act, booked)
    assert refused.value.members["article"] == "RULES 186¶1"


def test_the_police_are_heard_before_a_suspect_who_is_not_detained(
    scene: Scene, make: Make
) -> None:
    act, booked = prepared(make, scene, mode=Mode.IN_PERSON)
    seated(act, booked)
    scene.suspect.measure = Measure.BAIL
    with pytest.raises(PoliceUnheard) as refused:
        sitting.start(act, booked)
    assert refused.value.members["article"] == "RULES 280¶2"
    booked.police_heard_at = make.now
    sitting.start(act, booked)


def test_two_of_the_staff_are_there(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene)
    sitting.check_in(act, booked, booked.attendances[0])
    sitting.check_identity(act, booked, how=IdentityCheck.DOCUMENT)
    with pytest.raises(NotEverybodyThere) as refused:
        sitting.start(act, booked)
    assert refused.value.members["because"] == "too-few-staff"
    assert refused.value.members["article"] == "RULES 260¶1"


@pytest.mark.parametrize(
    ("kind", "because"),
    [
        (ParticipantKind.INTERPRETER, "no-interpreter"),
        (ParticipantKind.APPROPRIATE_ADULT, "minor-alone"),
    ],
)
def test_whoever_has_to_be_beside_the_suspect_is_there(
    scene: Scene, make: Make, kind: ParticipantKind, because: str
) -> None:
    adult = kind is ParticipantKind.APPROPRIATE_ADULT
    if adult:
        scene.suspect.born_on = make.now.date().replace(year=make.now.year - 16)
    beside = Participant(
        office_id=scene.town.procuratorate.id,
        kind=kind,
        name="到场人",
        languages=["vi"],
        suspect_id=scene.suspect.id if adult else None,
        entered_at=make.now,
        entered_by=scene.town.prosecutor.id,
    )
    make.session.add(beside)
    make.session.flush()
    seats = (*make.arrangement(scene.town).seats, Seat(Role(kind.value), participant_id=beside.id))
    language = None if adult else "vi"
    act, booked = prepared(make, scene, seats=seats, language=language)
    for seat in booked.attendances[:2]:
        sitting.check_in(act, booked, seat)
    sitting.check_identity(act, booked, how=IdentityCheck.DOCUMENT)
    with pytest.raises(NotEverybodyThere) as refused:
        sitting.start(act, booked)
    assert refused.value.members["because"] == because
    sitting.check_in(act, booked, booked.attendances[2])
    sitting.start(act, booked)


def test_a_confirmation_that_is_missing_holds_nothing_up(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene)
    assert booked.confirmed_at is None
    seated(act, booked)
    sitting.start(act, booked)


def test_pauses_and_losses_of_the_link_are_kept_with_their_length(scene: Scene, make: Make) -> None:
    act, booked = running(make, scene)
    sitting.pause(later(act, 5), booked, reason="犯罪嫌疑人如厕。")
    sitting.resume(later(act, 10), booked)
    sitting.lose_link(later(act, 20), booked)
    happened = sitting.events_of(make.session, booked)
    first, second = sitting.interruptions(happened)
    assert first.ended_at is not None
    assert (first.reason, first.ended_at - first.began_at) == (
        "犯罪嫌疑人如厕。",
        timedelta(minutes=5),
    )
    assert (second.step, second.ended_at) == (SittingStep.LINK_LOST, None)
    assert booked.state is InterrogationState.LINK_LOST
    for kind in ("InterrogationPaused", "InterrogationLinkDropped", "InterrogationResumed"):
        assert len(told(make, kind)) == 1


def test_what_does_not_run_is_not_paused_and_what_runs_is_not_resumed(
    scene: Scene, make: Make
) -> None:
    act, booked = running(make, scene)
    with pytest.raises(WrongState):
        sitting.resume(act, booked)
    sitting.pause(act, booked, reason="休息。")
    steps: tuple[Callable[[], object], ...] = (
        lambda: sitting.pause(act, booked, reason="再休息。"),
        lambda: sitting.lose_link(act, booked),
    )
    for step in steps:
        with pytest.raises(WrongState):
            step()


def test_an_early_end_gives_its_minutes_back(scene: Scene, make: Make) -> None:
    act, booked = running(make, scene)
    sitting.end(later(act, 20), booked)
    assert (booked.state, booked.ended_at) == (
        InterrogationState.ENDED,
        scene.soon + timedelta(minutes=20),
    )
    assert booked.during is not None
    assert booked.during.upper == booked.ended_at
    assert all(seat.left_at == booked.ended_at for seat in booked.attendances)
    (entry,) = told(make, "InterrogationEnded")
    assert entry.details == {"minutes_returned": 40}
    make.interrogation(scene.town, scene.case, scene.soon + timedelta(minutes=50))


def test_it_does_not_end_before_rights_were_told(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene)
    seated(act, booked)
    sitting.start(act, booked)
    with pytest.raises(RightsNotTold) as refused:
        sitting.end(act, booked)
    assert refused.value.members["article"] == "RULES 258¶1"
    sitting.state_rights(act, booked)
    sitting.end(act, booked)
    with pytest.raises(WrongState):
        sitting.end(act, booked)
    with pytest.raises(WrongState):
        sitting.state_recording(act, booked)


def test_it_does_not_end_with_somebody_unknown(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene)
    booked.state = InterrogationState.RUNNING
    with pytest.raises(IdentityUnchecked):
        sitting.end(act, booked)


def test_what_was_not_held_says_why_and_gives_its_time_back(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene)
    absent = booked.attendances[1]
    sitting.not_held(
        act, booked, because=NotHeldBecause.STAFF_ABSENT, words="临时出庭。", absent=[absent]
    )
    assert booked.state is InterrogationState.NOT_HELD
    assert (booked.not_held_because, booked.not_held_reason) == (
        NotHeldBecause.STAFF_ABSENT,
        "临时出庭。",
    )
    assert booked.booking is not None
    assert booked.booking.state is BookingState.RELEASED
    (happened,) = sitting.events_of(make.session, booked)
    assert happened.details["absent"] == [
        {"role": "staff", "person_id": absent.person_id, "participant_id": None}
    ]
    assert not make.session.scalars(
        select(Task).where(
            Task.about_id == booked.id,
            Task.about_kind == "interrogations",
            Task.state == TaskState.OPEN,
        )
    ).all()
    (entry,) = told(make, "NoShowRecorded")
    assert entry.details == {"because": "staff_absent"}
    make.interrogation(scene.town, scene.case, scene.soon)


def test_what_runs_was_held(scene: Scene, make: Make) -> None:
    act, booked = running(make, scene)
    with pytest.raises(WrongState):
        sitting.not_held(act, booked, because=NotHeldBecause.OTHER, words="不存在。")


STAFF_STEPS: dict[str, Callable[[Act, Interrogation], object]] = {
    "identity": lambda act, one: sitting.check_identity(act, one, how=IdentityCheck.DOCUMENT),
    "rights": sitting.state_rights,
    "recording": sitting.state_recording,
    "start": sitting.start,
    "pause": lambda act, one: sitting.pause(act, one, reason="休息。"),
    "link": sitting.lose_link,
    "resume": sitting.resume,
    "end": sitting.end,
    "absence": lambda act, one: sitting.not_held(
        act, one, because=NotHeldBecause.OTHER, words="其他。"
    ),
}


def test_only_the_staff_in_charge_hold_it(scene: Scene, make: Make) -> None:
    clerk, seat = clerk_seat(make, scene)
    seats = (*make.arrangement(scene.town).seats, seat)
    _, booked = prepared(make, scene, seats=seats)
    others = [make.act(one, scene.soon) for one in (clerk, scene.centre.officer)]
    for step in STAFF_STEPS.values():
        for act in others:
            with pytest.raises(NotAllowed):
                step(act, booked)
    second = make.session.get_one(Person, booked.attendances[1].person_id)
    assert allows(make.act(second).actor, Permission.INTERROGATION_HOLD, booked)
    attend = Permission.INTERROGATION_ATTEND
    assert all(allows(act.actor, attend, booked) for act in others)
    assert not allows(make.act(scene.town.manager).actor, attend, booked)
    with pytest.raises(NotAllowed):
        sitting.check_in(make.act(scene.town.manager), booked, booked.attendances[0])


def test_whoever_left_the_procuratorate_or_the_case_holds_nothing(scene: Scene, make: Make) -> None:
    _, booked = prepared(make, scene)
    second = make.session.get_one(Person, booked.attendances[1].person_id)
    actor = make.act(second).actor
    assert not allows(replace(actor, posts=frozenset()), Permission.INTERROGATION_HOLD, booked)
    assert not allows(MACHINE, Permission.INTERROGATION_HOLD, booked)


def test_the_buttons_are_those_of_the_moment(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene)
    assert {"check_in", "check_identity", "not_held"} <= set(operations.allowed(act, booked))
    seated(act, booked)
    sitting.start(act, booked)
    assert {"pause", "lose_link", "end", "state_rights"} <= set(operations.allowed(act, booked))
    officer = make.act(scene.centre.officer, act.now)
    assert "end" not in operations.allowed(officer, booked)


def test_a_token_opens_the_room_to_who_takes_part_around_its_time(scene: Scene, make: Make) -> None:
    clerk, seat = clerk_seat(make, scene)
    seats = (*make.arrangement(scene.town).seats, seat)
    act, booked = prepared(make, scene, seats=seats)
    token = sitting.join(act, booked, ROOMS)
    assert (token.room, token.role) == (booked.id, VideoRole.PUBLISHER)
    assert sitting.join(make.act(clerk, act.now), booked, ROOMS).role is VideoRole.OBSERVER
    officer = make.act(scene.centre.officer, act.now)
    assert sitting.join(officer, booked, ROOMS).role is VideoRole.PUBLISHER
    for minutes in (-31, 61):
        with pytest.raises(RoomClosed):
            sitting.join(later(act, minutes), booked, ROOMS)
    sitting.join(later(act, -30), booked, ROOMS)
    with pytest.raises(NotAllowed):
        sitting.join(make.act(scene.town.manager, act.now), booked, ROOMS)


def test_a_token_ends_a_quarter_of_an_hour_after_the_booked_end(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene)
    early = sitting.join(act, booked, ROOMS)
    late = sitting.join(later(act, 50), booked, ROOMS)
    shorter = early.expires_at - late.expires_at
    assert abs(shorter - timedelta(minutes=50)) < timedelta(seconds=30)


def test_one_that_runs_over_keeps_its_room(scene: Scene, make: Make) -> None:
    act, booked = running(make, scene)
    sitting.join(later(act, 70), booked, ROOMS)
    sitting.end(later(act, 75), booked)
    with pytest.raises(RoomClosed):
        sitting.join(later(act, 75), booked, ROOMS)


def test_in_person_there_is_no_video_room(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene, mode=Mode.IN_PERSON)
    with pytest.raises(NotByVideo):
        sitting.join(act, booked, ROOMS)


def test_no_token_is_written_down(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene)
    before = len(make.session.scalars(select(JournalEntry.id)).all())
    token = sitting.join(act, booked, ROOMS)
    assert len(make.session.scalars(select(JournalEntry.id)).all()) == before
    assert token.room_token not in repr(token)
    assert token.server_token not in repr(token)
