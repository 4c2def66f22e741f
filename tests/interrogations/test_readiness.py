"""Readiness: what has to be ready, whose it is, the day before, and tests of the terminals."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from services import interrogations, tasks
from services.arrest_requests.terms import Flag
from services.interrogations import (
    Interrogation,
    InterrogationState,
    Mode,
    Role,
    Seat,
    changes,
    checklist,
    readiness,
)
from services.interrogations.checklist import ReadinessItem, ReadinessKind, ReadinessState
from services.interrogations.readiness import (
    AlreadyReady,
    DemandedByLaw,
    KitFound,
    NotReadyYet,
    NoVideoTerminal,
    TickedByItsStep,
)
from services.kernel.act import SHANGHAI, JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.participants import Participant, ParticipantKind
from services.policy import MACHINE, Permission, PostKind, allows
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Scene

FRIDAY = datetime(2026, 3, 6, 10, tzinfo=SHANGHAI)
MONDAY = datetime(2026, 3, 9, 10, tzinfo=SHANGHAI)
GOOD = KitFound(
    camera=True,
    microphone=True,
    speaker=True,
    network_ms=40,
    lost_permille=2,
    browser="Chromium",
)
BAD = replace(GOOD, microphone=False)
Step = Callable[[], object]


def item(make: Make, booked: Interrogation, kind: ReadinessKind) -> ReadinessItem:
    found = checklist.one(make.session, booked, kind)
    assert found is not None
    return found


def kinds(make: Make, booked: Interrogation) -> set[ReadinessKind]:
    return {one.kind for one in checklist.of(make.session, booked)}


def preparing(make: Make) -> list[Task]:
    chosen = select(Task).where(
        Task.kind == TaskKind.PREPARE_INTERROGATION, Task.state == TaskState.OPEN
    )
    return list(make.session.scalars(chosen))


def told(make: Make, kind: str) -> list[JournalEntry]:
    return list(make.session.scalars(select(JournalEntry).where(JournalEntry.kind == kind)))


def test_a_detained_suspect_by_video_asks_for_papers_a_line_and_the_centre(
    scene: Scene, make: Make
) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    assert kinds(make, booked) == {
        ReadinessKind.CERTIFICATE,
        ReadinessKind.PAPERS,
        ReadinessKind.LINE_TEST,
        ReadinessKind.CENTRE_CONFIRMED,
    }
    papers = item(make, booked, ReadinessKind.PAPERS)
    assert (papers.owner_office_id, papers.owner_post) == (
        scene.centre.office.id,
        PostKind.DETENTION_OFFICER,
    )
    assert item(make, booked, ReadinessKind.CERTIFICATE).owner_id == scene.town.prosecutor.id


def test_in_person_no_line_is_tested(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon, mode=Mode.IN_PERSON)
    assert ReadinessKind.LINE_TEST not in kinds(make, booked)


def test_a_case_that_changed_organ_asks_for_new_custody_papers(make: Make) -> None:
    town = make.town()
    centre = make.centre(town)
    suspect = make.suspect(detention_centre_id=centre.office.id)
    case = make.prosecution(town, suspect).case
    booked = make.interrogation(town, case, make.now + timedelta(hours=1))
    assert ReadinessKind.CUSTODY_EXCHANGE in kinds(make, booked)


def test_whoever_is_seated_beside_is_confirmed_or_told(scene: Scene, make: Make) -> None:
    scene.suspect.flags = [Flag.DEAF.value]
    seats = list(make.arrangement(scene.town).seats)
    for kind in (
        ParticipantKind.INTERPRETER,
        ParticipantKind.SIGN_INTERPRETER,
        ParticipantKind.LEGAL_REPRESENTATIVE,
    ):
        of_somebody = kind is ParticipantKind.LEGAL_REPRESENTATIVE
        beside = Participant(
            office_id=scene.town.procuratorate.id,
            kind=kind,
            name="到场人",
            languages=["vi"],
            suspect_id=scene.suspect.id if of_somebody else None,
            entered_at=make.now,
            entered_by=scene.town.prosecutor.id,
        )
        make.session.add(beside)
        make.session.flush()
        seats.append(Seat(Role(kind.value), participant_id=beside.id))
    booked = make.interrogation(
        scene.town, scene.case, scene.soon, seats=tuple(seats), language="vi"
    )
    assert kinds(make, booked) >= {
        ReadinessKind.INTERPRETER,
        ReadinessKind.SIGN_INTERPRETER,
        ReadinessKind.ADULT_NOTIFIED,
    }


def test_an_item_is_ticked_once_and_by_whom_it_concerns(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    certificate = item(make, booked, ReadinessKind.CERTIFICATE)
    papers = item(make, booked, ReadinessKind.PAPERS)
    officer = make.act(scene.centre.officer)
    with pytest.raises(NotAllowed):
        readiness.tick(officer, certificate)
    readiness.tick(officer, papers, note="已收到。")
    handler = make.act(scene.town.prosecutor)
    readiness.tick(handler, certificate)
    assert (certificate.state, certificate.closed_by) == (
        ReadinessState.DONE,
        scene.town.prosecutor.id,
    )
    with pytest.raises(AlreadyReady):
        readiness.tick(handler, certificate)
    assert {entry.about_id for entry in told(make, "ReadinessItemTicked")} == {
        certificate.id,
        papers.id,
    }


def test_who_may_tick(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    papers = item(make, booked, ReadinessKind.PAPERS)
    line = item(make, booked, ReadinessKind.LINE_TEST)
    second = next(iter(booked.attending_ids - {scene.town.prosecutor.id}))
    seated = make.act(make.session.get_one(type(scene.town.prosecutor), second)).actor
    stranger = make.act(make.person(PostKind.PROSECUTOR, scene.town.procuratorate)).actor
    tick = Permission.READINESS_ITEM_TICK
    for one, actor, may in (
        (papers, make.act(scene.town.prosecutor).actor, True),
        (papers, make.act(scene.town.manager).actor, True),
        (papers, seated, True),
        (papers, make.act(scene.centre.officer).actor, True),
        (line, make.act(scene.centre.officer).actor, False),
        (papers, stranger, False),
    ):
        assert allows(actor, tick, one) is may
    waive = Permission.READINESS_ITEM_WAIVE
    assert not allows(seated, waive, papers)
    assert not allows(make.act(scene.centre.officer).actor, waive, papers)
    assert allows(make.act(scene.town.manager).actor, waive, papers)


def test_a_stranger_finds_no_item(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    papers = item(make, booked, ReadinessKind.PAPERS)
    assert readiness.find(make.act(scene.centre.officer), papers.id) is papers
    with pytest.raises(NotFound):
        readiness.find(make.act(scene.town.officer), papers.id)


def test_what_another_step_ticks_is_not_ticked_by_hand(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    confirmed = item(make, booked, ReadinessKind.CENTRE_CONFIRMED)
    with pytest.raises(TickedByItsStep):
        readiness.tick(make.act(scene.town.prosecutor), confirmed)
    booked.confirmed_at = make.now
    assert confirmed.standing is ReadinessState.DONE


def test_what_the_law_demands_is_not_waived(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    handler = make.act(scene.town.prosecutor)
    with pytest.raises(DemandedByLaw) as refused:
        readiness.waive(handler, item(make, booked, ReadinessKind.CERTIFICATE), reason="来不及。")
    assert refused.value.members["article"] == "RULES 186¶1"
    line = readiness.waive(
        handler, item(make, booked, ReadinessKind.LINE_TEST), reason="刚刚使用过。"
    )
    assert (line.state, line.note) == (ReadinessState.WAIVED, "刚刚使用过。")
    with pytest.raises(AlreadyReady):
        readiness.waive(handler, line, reason="再免一次。")
    with pytest.raises(NotAllowed):
        readiness.waive(make.act(scene.centre.officer), line, reason="不行。")


def test_what_is_ticked_can_be_open_again(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    handler = make.act(scene.town.prosecutor)
    papers = item(make, booked, ReadinessKind.PAPERS)
    with pytest.raises(NotReadyYet):
        readiness.reopen(handler, papers)
    readiness.tick(handler, papers)
    readiness.reopen(handler, papers)
    assert (papers.state, papers.closed_at) == (ReadinessState.OPEN, None)
    assert len(told(make, "ReadinessItemReopened")) == 1
    with pytest.raises(NotAllowed):
        readiness.reopen(make.act(scene.town.officer), papers)


def test_nothing_is_prepared_once_it_is_cancelled(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    handler = make.act(scene.town.prosecutor)
    papers = item(make, booked, ReadinessKind.PAPERS)
    readiness.tick(handler, papers)
    interrogations.cancel(handler, booked)
    assert preparing(make) == []
    assert readiness.allowed(handler, papers) == []
    line = item(make, booked, ReadinessKind.LINE_TEST)
    steps: tuple[Step, ...] = (
        lambda: readiness.tick(handler, line),
        lambda: readiness.waive(handler, line, reason="不办。"),
        lambda: readiness.reopen(handler, papers),
    )
    for step in steps:
        with pytest.raises(WrongState):
            step()


def test_what_is_offered_is_what_is_allowed(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    handler = make.act(scene.town.prosecutor)
    offered = {
        one.kind: readiness.allowed(handler, one) for one in checklist.of(make.session, booked)
    }
    assert offered == {
        ReadinessKind.CERTIFICATE: ["tick"],
        ReadinessKind.PAPERS: ["tick", "waive"],
        ReadinessKind.LINE_TEST: ["tick", "waive"],
        ReadinessKind.CENTRE_CONFIRMED: ["waive"],
    }
    papers = readiness.tick(handler, item(make, booked, ReadinessKind.PAPERS))
    assert readiness.allowed(handler, papers) == ["reopen"]


def test_another_time_keeps_the_certificate_and_opens_what_hangs_on_the_time(
    scene: Scene, make: Make
) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    handler = make.act(scene.town.prosecutor)
    certificate = readiness.tick(handler, item(make, booked, ReadinessKind.CERTIFICATE))
    papers = readiness.tick(handler, item(make, booked, ReadinessKind.PAPERS))
    changes.reschedule(
        handler, booked, starts_at=scene.soon + timedelta(hours=2), reason="另有安排。"
    )
    assert certificate.state is ReadinessState.DONE
    assert papers.state is ReadinessState.OPEN


def test_another_centre_asks_for_another_certificate(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    handler = make.act(scene.town.prosecutor)
    certificate = readiness.tick(handler, item(make, booked, ReadinessKind.CERTIFICATE))
    elsewhere = make.centre(scene.town)
    booked.centre_id = elsewhere.office.id
    checklist.follow(handler, booked)
    assert certificate.state is ReadinessState.OPEN
    papers = item(make, booked, ReadinessKind.PAPERS)
    assert papers.owner_office_id == elsewhere.office.id


def test_what_is_booked_for_today_or_tomorrow_is_looked_at_at_once(
    scene: Scene, make: Make
) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    assert booked.readiness_looked_at == make.now
    assert {(task.person_id, task.office_id) for task in preparing(make)} == {
        (scene.town.prosecutor.id, None),
        (None, scene.centre.office.id),
        (None, scene.town.procuratorate.id),
    }
    (entry,) = told(make, "UnreadinessNoticed")
    assert (entry.about_id, entry.details) == (booked.id, {"missing": 4})


def test_a_task_ends_with_the_last_item_of_its_owner_and_comes_back(
    scene: Scene, make: Make
) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    handler = make.act(scene.town.prosecutor)
    certificate = readiness.tick(handler, item(make, booked, ReadinessKind.CERTIFICATE))
    assert scene.town.prosecutor.id not in {task.person_id for task in preparing(make)}
    readiness.reopen(handler, certificate)
    assert scene.town.prosecutor.id in {task.person_id for task in preparing(make)}


def test_a_friday_looks_at_monday_once_in_the_morning(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, MONDAY)
    assert booked.readiness_looked_at is None
    machine = [
        make.act(MACHINE, at)
        for at in (FRIDAY - timedelta(days=1), FRIDAY.replace(hour=8), FRIDAY, FRIDAY)
    ]
    assert [readiness.watch(act, 10) for act in machine] == [0, 0, 1, 0]
    assert len(preparing(make)) == 3
    assert len(told(make, "UnreadinessNoticed")) == 1


def test_what_is_ready_is_nobodys_task(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, MONDAY)
    handler = make.act(scene.town.prosecutor)
    for one in checklist.of(make.session, booked):
        if one.kind is not ReadinessKind.CENTRE_CONFIRMED:
            readiness.tick(handler, one)
    booked.confirmed_at = make.now
    readiness.watch(make.act(MACHINE, FRIDAY), 10)
    assert preparing(make) == []
    assert told(make, "UnreadinessNoticed") == []


def test_only_the_machine_watches(scene: Scene, make: Make) -> None:
    with pytest.raises(NotAllowed):
        readiness.watch(make.act(scene.town.manager), 10)


def test_one_that_nobody_began_is_the_handlers_task_until_it_is_settled(
    scene: Scene, make: Make
) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    over = scene.soon + timedelta(hours=1)
    assert readiness.watch(make.act(MACHINE, over + timedelta(minutes=29)), 10) == 0
    late = make.act(MACHINE, over + timedelta(minutes=31))
    assert [readiness.watch(late, 10), readiness.watch(late, 10)] == [1, 0]
    (task,) = tasks.open_about(late, TaskKind.RESCHEDULE_INTERROGATION, booked)
    assert task.person_id == scene.town.prosecutor.id
    assert [entry.about_id for entry in told(make, "InterrogationMissed")] == [booked.id]
    interrogations.cancel(make.act(scene.town.prosecutor, late.now), booked)
    assert tasks.open_about(late, TaskKind.RESCHEDULE_INTERROGATION, booked) == []
    assert booked.state is InterrogationState.CANCELLED


def test_the_line_is_tested_when_both_ends_have_passed(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    line = item(make, booked, ReadinessKind.LINE_TEST)
    room, desk = scene.centre.rooms[0], scene.centre.desks[0]
    officer, clerk = make.act(scene.centre.officer), make.act(scene.town.prosecutor)
    states = []
    for act, place, found in ((officer, room, GOOD), (clerk, desk, GOOD), (officer, room, BAD)):
        assert readiness.report_kit(act, place, found).passed is (found is GOOD)
        states.append(line.state)
    assert states == [ReadinessState.OPEN, ReadinessState.DONE, ReadinessState.OPEN]


def test_a_test_of_the_day_before_yesterday_says_nothing(scene: Scene, make: Make) -> None:
    officer, clerk = scene.centre.officer, scene.town.prosecutor
    long_ago = make.now - timedelta(days=2)
    readiness.report_kit(make.act(officer, long_ago), scene.centre.rooms[0], GOOD)
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    readiness.report_kit(make.act(clerk), scene.centre.desks[0], GOOD)
    assert item(make, booked, ReadinessKind.LINE_TEST).state is ReadinessState.OPEN


def test_a_terminal_that_fails_is_its_keepers_task_until_it_passes(
    scene: Scene, make: Make
) -> None:
    officer = make.act(scene.centre.officer)
    room = scene.centre.rooms[0]
    assert not readiness.report_kit(officer, room, BAD).passed
    readiness.report_kit(officer, room, BAD)
    (task,) = tasks.open_about(officer, TaskKind.REPAIR_KIT, room)
    assert (task.office_id, task.post) == (scene.centre.office.id, PostKind.DETENTION_OFFICER)
    readiness.report_kit(officer, room, GOOD)
    assert tasks.open_about(officer, TaskKind.REPAIR_KIT, room) == []
    desk = scene.centre.desks[0]
    readiness.report_kit(make.act(scene.town.prosecutor), desk, replace(GOOD, network_ms=900))
    (task,) = tasks.open_about(officer, TaskKind.REPAIR_KIT, desk)
    assert task.post is PostKind.CASE_MANAGER


def test_only_a_video_terminal_is_tested_and_by_its_own_people(scene: Scene, make: Make) -> None:
    officer = make.act(scene.centre.officer)
    with pytest.raises(NoVideoTerminal):
        readiness.report_kit(officer, scene.centre.escort, GOOD)
    with pytest.raises(NotAllowed):
        readiness.report_kit(officer, scene.centre.desks[0], GOOD)
    with pytest.raises(NotAllowed):
        readiness.report_kit(make.act(scene.town.officer), scene.centre.rooms[0], GOOD)
    assert allows(
        make.act(scene.town.manager).actor, Permission.KIT_TEST_REPORT, scene.centre.desks[0]
    )


def test_a_test_of_the_kit_is_never_rewritten(scene: Scene, make: Make) -> None:
    readiness.report_kit(make.act(scene.centre.officer), scene.centre.rooms[0], GOOD)
    with pytest.raises(DatabaseError, match=r"append-only|permission denied"):
        make.session.execute(text("UPDATE kit_tests SET passed = true"))


def test_whoever_takes_anothers_place_is_confirmed_anew(scene: Scene, make: Make) -> None:
    def interpreter() -> Seat:
        beside = Participant(
            office_id=scene.town.procuratorate.id,
            kind=ParticipantKind.INTERPRETER,
            name="翻译人员",
            languages=["vi"],
            entered_at=make.now,
            entered_by=scene.town.prosecutor.id,
        )
        make.session.add(beside)
        make.session.flush()
        return Seat(Role.INTERPRETER, participant_id=beside.id)

    staff = make.arrangement(scene.town).seats
    booked = make.interrogation(scene.town, scene.case, scene.soon, seats=(*staff, interpreter()))
    handler = make.act(scene.town.prosecutor)
    confirmed = readiness.tick(handler, item(make, booked, ReadinessKind.INTERPRETER))
    papers = readiness.tick(handler, item(make, booked, ReadinessKind.PAPERS))
    changes.swap(handler, booked, seats=(*staff, interpreter()), reason="翻译人员临时有事。")
    assert (confirmed.state, papers.state) == (ReadinessState.OPEN, ReadinessState.DONE)
    changes.swap(handler, booked, seats=staff, reason="不需要翻译。")
    assert ReadinessKind.INTERPRETER not in kinds(make, booked)
