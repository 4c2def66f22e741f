"""Who decides, and what may become of a proposal (RULES 4, 6, 7)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services import policy, proceedings
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import Permission, PostKind
from services.proceedings import (
    CommitteeRequired,
    Decider,
    NotAnAlternative,
    NoteMissing,
    Proposal,
    ProposalAwaited,
    ProposalDecided,
    ProposalOutcome,
    ProposalState,
    RemarkKind,
    StepIncomplete,
    TakenStep,
    powers,
)
from services.proceedings.powers import EditionTooEarly, ListOf, UnknownPower
from services.prosecutions import Prosecution, ProsecutionState
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Town

RETURN: dict[str, Any] = {"outline": "一、调取监控。", "reasons": "主要事实证据不足。"}
EXTEND: dict[str, Any] = {"ground": "major_or_complex", "reasons": "案情重大复杂。"}


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


@pytest.fixture
def prosecution(make: Make, town: Town) -> Prosecution:
    return make.prosecution(town)


def proposed(make: Make, town: Town, prosecution: Prosecution) -> Proposal:
    found: Proposal = proceedings.take(
        make.act(town.prosecutor), prosecution, "return_case", RETURN
    )
    return found


def open_tasks(make: Make, kind: TaskKind) -> list[Task]:
    chosen = select(Task).where(Task.kind == kind, Task.state == TaskState.OPEN)
    return list(make.session.scalars(chosen))


def test_without_a_list_the_chief_procurator_decides(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    proposal = proposed(make, town, prosecution)

    assert (proposal.approver_post, proposal.approver_office_id) == (
        PostKind.CHIEF_PROCURATOR,
        town.procuratorate.id,
    )
    (task,) = open_tasks(make, TaskKind.DECIDE_PROPOSAL)
    assert task.office_id == town.procuratorate.id
    with pytest.raises(NotAllowed):
        proceedings.decide(
            make.act(town.prosecutor), proposal, outcome=ProposalOutcome.APPROVE, note=None
        )


def test_a_returned_proposal_comes_back_to_who_put_it_forward(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    proposal = proposed(make, town, prosecution)
    chief = make.act(town.chief)
    with pytest.raises(NoteMissing):
        proceedings.decide(chief, proposal, outcome=ProposalOutcome.RETURN, note=" ")

    proceedings.decide(chief, proposal, outcome=ProposalOutcome.RETURN, note="请补充提纲。")

    assert proposal.state is ProposalState.RETURNED
    assert prosecution.state == "under_review"
    (task,) = open_tasks(make, TaskKind.REVISE_PROPOSAL)
    assert task.person_id == town.prosecutor.id
    with pytest.raises(ProposalDecided):
        proceedings.decide(chief, proposal, outcome=ProposalOutcome.APPROVE, note=None)
    again = proposed(make, town, prosecution)
    assert not open_tasks(make, TaskKind.REVISE_PROPOSAL)
    proceedings.decide(chief, again, outcome=ProposalOutcome.APPROVE, note=None)
    assert prosecution.state is ProsecutionState.RETURNED


def test_one_proposal_awaits_in_a_lane_and_another_lane_is_free(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    proposed(make, town, prosecution)
    act = make.act(town.prosecutor)
    with pytest.raises(ProposalAwaited):
        proposed(make, town, prosecution)

    extension = proceedings.take(act, prosecution, "extend_review", EXTEND)

    assert isinstance(extension, Proposal)
    offered = {step.code for step in proceedings.open_steps(act, prosecution)}
    assert "return_case" not in offered
    assert "extend_review" not in offered
    assert "ask_for_evidence" in offered


def test_the_chief_may_decide_otherwise_and_the_prosecutor_object_in_writing(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    proposal = proposed(make, town, prosecution)
    chief = make.act(town.chief)
    instead = {"institution": "云江市精神卫生中心", "reasons": "言行异常。"}
    with pytest.raises(NotAnAlternative):
        proceedings.decide(
            chief,
            proposal,
            outcome=ProposalOutcome.OTHERWISE,
            note="先鉴定。",
            step="extend_review",
            given=EXTEND,
        )
    with pytest.raises(StepIncomplete):
        proceedings.decide(
            chief,
            proposal,
            outcome=ProposalOutcome.OTHERWISE,
            note="先鉴定。",
            step="send_to_evaluation",
        )

    proceedings.decide(
        chief,
        proposal,
        outcome=ProposalOutcome.OTHERWISE,
        note="先鉴定。",
        step="send_to_evaluation",
        given=instead,
    )
    proceedings.remark(
        make.act(town.prosecutor), proposal, kind=RemarkKind.OBJECTION, words="不同意鉴定。"
    )

    assert proposal.state is ProposalState.OVERRULED
    assert prosecution.state is ProsecutionState.EVALUATION
    assert [one.kind for one in proposal.remarks] == [RemarkKind.OBJECTION]
    taken = make.session.get_one(TakenStep, proposal.taken_id)
    assert (taken.by_id, taken.put_by) == (town.chief.id, town.prosecutor.id)


def test_the_head_of_the_department_says_something_and_decides_nothing(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    head = make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate)
    proposal = proposed(make, town, prosecution)
    act = make.act(head)

    proceedings.remark(
        act, proceedings.find(act, proposal.id), kind=RemarkKind.REVIEW, words="同意。"
    )

    assert proceedings.allowed(act, proposal) == ["remark"]
    with pytest.raises(NotAllowed):
        proceedings.decide(act, proposal, outcome=ProposalOutcome.APPROVE, note=None)


def test_a_proposal_is_taken_back_by_who_put_it_forward_only(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    proposal = proposed(make, town, prosecution)
    with pytest.raises(NotAllowed):
        proceedings.withdraw(make.act(town.chief), proposal)

    proceedings.withdraw(make.act(town.prosecutor), proposal)

    assert proposal.state is ProposalState.WITHDRAWN
    assert not open_tasks(make, TaskKind.DECIDE_PROPOSAL)
    with pytest.raises(ProposalDecided):
        proceedings.withdraw(make.act(town.prosecutor), proposal)


def test_what_moved_on_meanwhile_is_not_decided_any_more(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    proposal = proposed(make, town, prosecution)
    prosecution.state = ProsecutionState.EVALUATION
    make.session.flush()

    with pytest.raises(WrongState):
        proceedings.decide(
            make.act(town.chief), proposal, outcome=ProposalOutcome.APPROVE, note=None
        )


def test_who_may_read_a_proposal_is_who_the_law_names(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    proposal = proposed(make, town, prosecution)
    others = [
        make.person(PostKind.PROSECUTOR, town.procuratorate),
        make.person(PostKind.CLERK, town.procuratorate),
        make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate),
        make.person(PostKind.CHIEF_PROCURATOR),
    ]
    seen = {}
    for who in (town.prosecutor, town.chief, town.manager, town.officer, *others):
        act = make.act(who)
        found = act.session.scalar(proceedings.visible(act).where(Proposal.id == proposal.id))
        seen[who.id] = found is not None
        law = policy.allows(act.actor, Permission.PROPOSAL_READ, proposal)
        assert seen[who.id] is law
        if not law:
            with pytest.raises(NotFound):
                proceedings.find(act, proposal.id)
    assert sorted(one for one, may in seen.items() if may) == sorted(
        [town.prosecutor.id, town.chief.id, others[2].id]
    )


# --- the power list --------------------------------------------------------------------------


def set_list(make: Make, town: Town, on: int = 0, **given: Decider) -> None:
    act = make.act(town.chief)
    powers.set_list(
        act,
        ListOf(town.procuratorate.id),
        in_force_from=act.today + timedelta(days=on),
        powers=given,
        known={"extend_review", "return_case", "indict"},
    )


def test_the_list_gives_a_power_to_the_handler_who_then_decides_alone(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    set_list(make, town, return_case=Decider.HANDLER)

    taken = proceedings.take(make.act(town.prosecutor), prosecution, "return_case", RETURN)

    assert isinstance(taken, TakenStep)
    assert prosecution.state is ProsecutionState.RETURNED


def test_what_the_list_leaves_to_the_committee_the_chief_refers(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    set_list(make, town, return_case=Decider.COMMITTEE)
    proposal = proposed(make, town, prosecution)
    chief = make.act(town.chief)
    with pytest.raises(CommitteeRequired):
        proceedings.decide(chief, proposal, outcome=ProposalOutcome.APPROVE, note=None)

    proceedings.decide(chief, proposal, outcome=ProposalOutcome.REFER, note="重大案件。")
    assert proposal.state == "before_committee"
    proceedings.carry_out(chief, proposal, note="检委会同意。")

    assert proposal.state is ProposalState.APPROVED
    assert prosecution.state is ProsecutionState.RETURNED


def test_an_edition_reaches_neither_back_nor_what_awaits(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    proposal = proposed(make, town, prosecution)
    set_list(make, town, on=3, return_case=Decider.HANDLER)
    with pytest.raises(EditionTooEarly):
        set_list(make, town, on=-1, return_case=Decider.HANDLER)

    assert proposal.power_list_id is None
    assert proposal.approver_post is PostKind.CHIEF_PROCURATOR
    proceedings.withdraw(make.act(town.prosecutor), proposal)
    assert isinstance(proposed(make, town, prosecution), Proposal), "not in force yet"


def test_what_the_law_fixes_no_list_gives_away(make: Make, town: Town) -> None:
    with pytest.raises(UnknownPower):
        set_list(make, town, not_prosecute_evidence=Decider.HANDLER)
    with pytest.raises(NotAllowed):
        powers.set_list(
            make.act(town.manager),
            ListOf(town.procuratorate.id),
            in_force_from=make.act(town.manager).today,
            powers={},
            known=set(),
        )


def test_the_list_of_the_level_above_holds_where_there_is_none_of_ones_own(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    above = make.office(level="municipal")
    town.procuratorate.superior_id = above.id
    chief = make.person(PostKind.CHIEF_PROCURATOR, above)
    make.session.flush()
    act = make.act(chief)
    powers.set_list(
        act,
        ListOf(above.id),
        in_force_from=act.today,
        powers={"return_case": Decider.HANDLER},
        known={"return_case"},
    )

    taken = proceedings.take(make.act(town.prosecutor), prosecution, "return_case", RETURN)

    assert isinstance(taken, TakenStep)
