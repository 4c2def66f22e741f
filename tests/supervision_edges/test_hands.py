"""A case that changes hands: reassigned, its handler recused, merged, split; who decides then."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services import (
    activities,
    assignments,
    invitations,
    memberships,
    packets,
    supervision_opinions,
)
from services.activities import ActivityState
from services.activities.practice import Practice
from services.assignments import Recusal, RecusalGround
from services.cases import Case
from services.invitations import Invitation
from services.kernel.refusals import NotAllowed, NotFound
from services.memberships import SplitReason
from services.packets import PacketGone, PacketState
from services.people import Person
from services.policy import MACHINE, PostKind
from services.supervision_opinions import (
    Adoption,
    ObjectionTimeOver,
    SupervisionOpinionState,
    SupervisionRuling,
)
from services.tasks import Task, TaskKind, TaskState
from tests.conftest import NOON
from tests.make import Make, Town
from tests.packets.conftest import CANARY, Reading
from tests.supervision_opinions.conftest import Stage, opinion_of, staged

RULING: dict[str, Any] = {"ruling": SupervisionRuling.UPHELD, "reasons": "答复理由成立。"}


def open_tasks(make: Make, person: Person) -> set[TaskKind]:
    make.session.flush()
    chosen = select(Task.kind).where(Task.person_id == person.id, Task.state == TaskState.OPEN)
    return set(make.session.scalars(chosen))


def given_to(make: Make, town: Town, case: Case, person: Person) -> None:
    assignments.change_handler(
        make.act(town.manager),
        case,
        handler_id=person.id,
        reason="工作调整。",
        approver_id=town.chief.id,
    )
    make.session.flush()


def another(make: Make, town: Town) -> Person:
    return make.person(PostKind.PROSECUTOR, town.procuratorate)


def recused(make: Make, case: Case, person: Person, by: Person) -> None:
    make.session.add(
        Recusal(
            case_id=case.id,
            person_id=person.id,
            ground=RecusalGround.INTEREST,
            recorded_by=by.id,
            recorded_at=make.now,
        )
    )
    make.session.flush()
    make.session.expire_all()


def test_a_reassigned_case_takes_packet_activity_and_answers_along(stage: Stage) -> None:
    make, town = stage.make, stage.town
    stage.activity.state = ActivityState.STAFFED
    packets.begin(stage.act(town.prosecutor), stage.activity)
    stage.activity.state = ActivityState.ENDED
    opinion = stage.unsealed()
    mine = {TaskKind.PREPARE_PACKET, TaskKind.ANSWER_SUPERVISION_OPINION}
    assert mine <= open_tasks(make, town.prosecutor)
    second = another(make, town)
    given_to(make, town, stage.case, second)

    assert not mine & open_tasks(make, town.prosecutor)
    assert mine <= open_tasks(make, second)
    with pytest.raises(NotAllowed):
        supervision_opinions.answer(stage.act(town.prosecutor), opinion, adoption=Adoption.ADOPTED)
    supervision_opinions.answer(stage.act(second), opinion, adoption=Adoption.ADOPTED)


def test_nothing_stays_with_a_handler_recused_mid_review(stage: Stage) -> None:
    """What was answered stays; the objection is the chief's; the rest waits for the next one."""
    make, town = stage.make, stage.town
    objected = stage.objected()
    waiting = supervision_opinions.find(stage.act(stage.author(1)), objected.id + 1)
    assignments.recuse(
        stage.act(town.chief),
        stage.case,
        person_id=town.prosecutor.id,
        ground=RecusalGround.INTEREST,
    )
    make.session.flush()
    make.session.expire_all()

    old = stage.act(town.prosecutor)
    assert open_tasks(make, town.prosecutor) == set()
    for find, one in (
        (activities.find, stage.activity.id),
        (supervision_opinions.find, objected.id),
        (supervision_opinions.find, waiting.id),
    ):
        with pytest.raises(NotFound):
            find(old, one)
    with pytest.raises(NotAllowed):
        supervision_opinions.answer(old, waiting, adoption=Adoption.ADOPTED)
    supervision_opinions.decide(stage.act(town.chief), objected, **RULING)
    assert objected.state is SupervisionOpinionState.DECIDED

    second = another(make, town)
    assignments.designate(
        stage.act(town.manager),
        stage.case,
        handler_id=second.id,
        reason="另行指定。",
        approver_id=town.chief.id,
    )
    assert TaskKind.ANSWER_SUPERVISION_OPINION in open_tasks(make, second)
    supervision_opinions.answer(stage.act(second), waiting, adoption=Adoption.ADOPTED)


def test_a_recused_chief_decides_no_objection_and_who_acts_for_the_chief_does(
    stage: Stage,
) -> None:
    make, town = stage.make, stage.town
    objected = stage.objected()
    recused(make, stage.case, town.chief, town.chief)
    with pytest.raises(NotAllowed):
        supervision_opinions.decide(stage.act(town.chief), objected, **RULING)
    acting = make.person(PostKind.CHIEF_PROCURATOR, town.procuratorate)
    make.post(acting, PostKind.ACTING_CHIEF, town.procuratorate)
    supervision_opinions.decide(stage.act(acting), objected, **RULING)
    assert objected.decided_by == acting.id


def test_who_handles_the_case_decides_no_objection_whatever_post_is_held(stage: Stage) -> None:
    """Acting chief or chief: two people see it, and who answered before does not decide either."""
    make, town = stage.make, stage.town
    objected = stage.objected()
    for kind in (PostKind.CHIEF_PROCURATOR, PostKind.ACTING_CHIEF):
        make.post(town.prosecutor, kind, town.procuratorate)
    with pytest.raises(NotAllowed):
        supervision_opinions.decide(stage.act(town.prosecutor), objected, **RULING)
    make.post(town.chief, PostKind.PROSECUTOR, town.procuratorate)
    given_to(make, town, stage.case, town.chief)
    for person in (town.chief, town.prosecutor):
        with pytest.raises(NotAllowed):
            supervision_opinions.decide(stage.act(person), objected, **RULING)
    deputy = make.person(PostKind.CHIEF_PROCURATOR, town.procuratorate)
    supervision_opinions.decide(stage.act(deputy), objected, **RULING)


def test_a_merged_case_takes_what_was_said_along_and_its_next_handler_answers(
    make: Make,
) -> None:
    """The words, their author and their digest stay as they were (PSUP-2019 18)."""
    stage = staged(make)
    town = stage.town
    later = make.handled(town)
    stage.activity.case = later
    make.session.flush()
    opinion = stage.unsealed()
    digest = opinion.sha256
    assert opinion.case is later
    memberships.merge(stage.act(town.manager), later, into=stage.case)
    second = another(make, town)
    given_to(make, town, stage.case, second)

    assert (stage.activity.case, opinion.case) == (stage.case, stage.case)
    assert supervision_opinions.is_intact(make.session, opinion)
    assert opinion.sha256 == digest
    assert TaskKind.ANSWER_SUPERVISION_OPINION not in open_tasks(make, town.prosecutor)
    assert TaskKind.ANSWER_SUPERVISION_OPINION in open_tasks(make, second)
    filed = supervision_opinions.of_case(stage.act(second), stage.case)
    assert opinion in make.session.scalars(filed).all()


def test_after_a_split_the_activity_stays_with_the_case_it_was_planned_for(make: Make) -> None:
    town = make.town()
    bureau = make.bureau(town)
    case = make.handled(town, make.suspect(), make.suspect())
    one = make.activity(town, bureau, case_id=case.id, state=ActivityState.UNDER_WAY)
    made = memberships.split(
        make.act(town.manager),
        case,
        suspect_ids=[case.suspects[0].id],
        reason=SplitReason.MINOR,
    )
    assert made is not case
    assert one.case is case
    assert activities.of_case(make.act(town.manager), made) == []


def test_a_suspect_known_as_a_minor_since_takes_the_packet_back(reading: Reading) -> None:
    """Nobody reads on; the handler covers it anew, and then it is released again."""
    packet = reading.released()
    reader = reading.act(reading.one.person, reading.within)
    assert packets.contents(reader, packet).pages
    (suspect,) = [one for one in reading.case.suspects if one.name == CANARY]
    suspect.born_on = reading.make.now.date().replace(year=reading.make.now.year - 16)
    reading.session.flush()

    with pytest.raises(PacketGone):
        packets.contents(reader, packet)
    machine = reading.make.act(MACHINE, reading.within)
    assert packets.watch(machine, 10) == 1
    assert packet.state is PacketState.WITHDRAWN
    assert packet.id in packets.to_wipe(reader)
    assert TaskKind.PREPARE_PACKET in open_tasks(reading.make, reading.town.prosecutor)

    packets.redact(reading.act(reading.town.prosecutor, reading.within), packet)
    packets.check(reading.act(reading.town.manager, reading.within), packet)
    packets.release(
        reading.act(reading.town.manager, reading.within),
        packet,
        open_from=reading.within,
        open_until=reading.activity.ends_at,
    )
    assert packets.contents(reader, packet).pages


def test_once_the_opinions_are_open_the_papers_are_closed(reading: Reading) -> None:
    packet = reading.released()
    activity = reading.activity
    begun = activity.starts_at + timedelta(minutes=1)
    handler = reading.act(reading.town.prosecutor, begun)
    activities.begin(handler, activity)
    chosen = select(Invitation).where(Invitation.activity_id == activity.id)
    coming = list(reading.session.scalars(chosen))
    for one in coming:
        invitations.mark_attended(handler, one)
    for one in coming:
        act = reading.act(one.supervisor.person, begun)
        supervision_opinions.give(act, one, opinion_of())
    assert packets.of_activity(reading.session, activity.id) is packet
    assert not packets.is_gone(handler, packet)
    ended = reading.act(reading.town.prosecutor, begun + timedelta(minutes=1))
    activities.end(ended, activity)
    supervision_opinions.unseal_due(reading.make.act(MACHINE, ended.now), 10)
    assert packet.state is PacketState.EXPIRED
    with pytest.raises(PacketGone):
        packets.contents(reading.act(reading.one.person, ended.now), packet)


def test_how_long_one_may_object_each_office_says(stage: Stage) -> None:
    """Ten working days here: 2026-03-02 and ten are 2026-03-16."""
    practice = activities.practice
    act = stage.act(stage.town.manager)
    practice.change(act, practice.find(act), Practice(receipt_days=10))
    opinion = stage.answered()
    assert f"{opinion.receipt_by_on}" == "2026-03-16"
    with pytest.raises(ObjectionTimeOver):
        supervision_opinions.object_to(
            stage.act(stage.author(), NOON + timedelta(days=15)), opinion, words="不同意。"
        )
    supervision_opinions.object_to(
        stage.act(stage.author(), NOON + timedelta(days=14)), opinion, words="不同意。"
    )
