"""What both sides say, what is collected, how it ends, and what follows."""

import pytest
from sqlalchemy import select

from services import arrest_requests, cases, consultations
from services.consultations import (
    AlreadyCollected,
    AlreadyLinked,
    ConsultationSide,
    ConsultationState,
    RequestElsewhere,
    Wanted,
)
from services.kernel.act import JournalEntry
from services.kernel.refusals import NotFound, Stale
from services.tasks import TaskKind, TaskState
from tests.consultations.conftest import World


def test_both_sides_put_their_views_on_record(world: World) -> None:
    one = world.accepted()
    for person in (world.town.officer, world.town.prosecutor, world.head):
        consultations.speak(world.act(person), one, words=f"{person.name}的意见")

    assert [view.side for view in one.views] == [
        ConsultationSide.ORGAN,
        ConsultationSide.PROCURATORATE,
        ConsultationSide.PROCURATORATE,
    ]
    assert one.views[0].words == f"{world.town.officer.name}的意见"
    both = {world.town.officer.id, world.town.prosecutor.id}
    assert world.told(one, "ConsultationViewRecorded") == both


def test_what_is_said_changes_the_version_and_never_stands_in_the_journal(world: World) -> None:
    one = world.accepted()
    world.session.flush()
    before = one.version
    consultations.speak(world.act(world.town.officer), one, words="只在表中的话")
    world.session.flush()

    assert one.version == before + 1
    told = world.session.scalars(select(JournalEntry)).all()
    assert not any("只在表中的话" in str(entry.details) for entry in told)


def test_an_opinion_asks_for_evidence_and_the_police_collect_it(world: World) -> None:
    one = world.opined()
    (task,) = world.tasks(one, TaskKind.COLLECT_EVIDENCE)
    assert task.office_id == world.town.police.id
    first, second = one.evidence
    assert (first.what, first.purpose, second.purpose) == (
        "银行账户交易明细",
        "证明资金流向",
        None,
    )
    officer = world.act(world.town.officer)
    consultations.collect(officer, one, first.id, note="已调取。")
    assert (first.done_by, first.done_note) == (world.town.officer.id, "已调取。")
    assert world.tasks(one, TaskKind.COLLECT_EVIDENCE) == [task]
    with pytest.raises(AlreadyCollected):
        consultations.collect(officer, one, first.id, note=None)
    assert world.told(one, "ConsultationEvidenceCollected") == {world.town.prosecutor.id}
    consultations.collect(officer, one, second.id, note=None)
    assert task.state is TaskState.DONE
    assert "collect" not in consultations.allowed(officer, one)


def test_a_later_opinion_adds_to_the_earlier(world: World) -> None:
    one = world.opined()
    more = consultations.opine(
        world.act(world.town.prosecutor), one, words="另请补充。", evidence=[Wanted("勘验笔录")]
    )
    assert [item.ordinal for item in one.evidence] == [1, 2, 1]
    assert one.evidence[2].opinion_id == more.id
    assert len(world.tasks(one, TaskKind.COLLECT_EVIDENCE)) == 1


def test_an_opinion_need_not_ask_for_anything(world: World) -> None:
    one = world.accepted()
    consultations.opine(world.act(world.town.prosecutor), one, words="证据充分。", evidence=[])
    assert world.tasks(one, TaskKind.COLLECT_EVIDENCE) == []


def test_evidence_of_another_consultation_is_not_found(world: World) -> None:
    one, other = world.opined(), world.opined()
    with pytest.raises(NotFound):
        consultations.collect(world.act(world.town.officer), one, other.evidence[0].id, note=None)


def test_a_conclusion_ends_the_prosecutor_s_task_and_the_list_goes_on(world: World) -> None:
    one = world.in_state(ConsultationState.CONCLUDED)

    assert (one.conclusion, one.concluded_at) == ("意见一致。", world.make.now)
    assert world.tasks(one, TaskKind.HOLD_CONSULTATION) == []
    assert world.told(one, "ConsultationConcluded") == {world.town.officer.id}
    consultations.collect(world.act(world.town.officer), one, one.evidence[0].id, note=None)


# --- what follows ---------------------------------------------------------------------------


def test_a_request_overtakes_what_is_still_open(world: World) -> None:
    one = world.invited()
    request = world.request()
    officer = world.act(world.town.officer)
    assert consultations.linkable(officer, one) == [request]
    consultations.link(officer, one, request)

    assert one.state is ConsultationState.OVERTAKEN
    assert one.arrest_request_id == request.id
    assert len(world.tasks(one, TaskKind.ANSWER_CONSULTATION, TaskState.CANCELLED)) == 2
    assert world.told(one, "ConsultationLinked") == {world.town.manager.id}
    assert consultations.linkable(officer, one) == []


def test_a_request_after_the_conclusion_leaves_it_concluded(world: World) -> None:
    one = world.in_state(ConsultationState.CONCLUDED)
    officer = world.act(world.town.officer)
    consultations.link(officer, one, world.request())

    assert one.state is ConsultationState.CONCLUDED
    assert "link" not in consultations.allowed(officer, one)
    with pytest.raises(AlreadyLinked):
        consultations.link(officer, one, world.request())


def test_one_request_may_have_followed_several_consultations(world: World) -> None:
    request = world.request()
    for state in (ConsultationState.INVITED, ConsultationState.CONCLUDED):
        one = world.in_state(state)
        consultations.link(world.act(world.town.officer), one, request)
        assert one.arrest_request_id == request.id


def test_a_request_of_another_organ_is_not_what_followed(world: World) -> None:
    other = world.make.town()
    strange = world.make.arrest_request(other)
    with pytest.raises(RequestElsewhere):
        consultations.link(world.act(world.town.officer), world.invited(), strange)


def test_who_receives_and_who_later_handles_the_request_read_what_was_said(
    world: World,
) -> None:
    """The prosecutor of the consultation is a hint: somebody else may handle the case."""
    one = world.opined()
    later = world.act(world.second)
    with pytest.raises(NotFound):
        consultations.find(later, one.id)
    request = world.request()
    consultations.link(world.act(world.town.officer), one, request)
    manager = world.act(world.town.manager)
    checks = {check.value: "ok" for check in arrest_requests.AcceptanceCheck}
    case = cases.accept(manager, request, list_=cases.CaseList.ORDINARY, checks=checks)
    case.handler_id = world.second.id
    world.session.flush()
    world.session.expire_all()

    assert consultations.find(later, one.id).handler_id == world.town.prosecutor.id
    assert consultations.find(manager, one.id) is one
    case.handler_id = None
    world.session.flush()
    with pytest.raises(NotFound):
        consultations.find(later, one.id)


def test_what_was_changed_since_it_was_read_is_stale(world: World) -> None:
    one = world.accepted()
    world.session.flush()
    world.session.expunge(one)
    same = consultations.find(world.act(world.town.officer), one.id)
    consultations.speak(world.act(world.town.officer), same, words="先说的。")
    world.session.flush()
    world.session.expunge(same)
    world.session.add(one)
    with pytest.raises(Stale):
        consultations.speak(world.act(world.town.prosecutor), one, words="没看到。")
