"""Adopt or explain: each opinion is answered, receipted or decided, and no case waits for it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from services import assignments, cases, supervision_opinions
from services.activities import ActivityState
from services.assignments.records import RecusalGround
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import PostKind
from services.supervision_opinions import (
    FLOW,
    Adoption,
    AdoptionReasonsMissing,
    NothingToObjectTo,
    NotServing,
    NotSupervisedThere,
    NotToBeReferredThere,
    ObjectionTimeOver,
    OpinionWay,
    SupervisionOpinionState,
    SupervisionRuling,
)
from services.supervisors import SupervisorState
from services.tasks import Task, TaskKind, TaskState
from tests.conftest import NOON
from tests.make import Make
from tests.supervision_opinions.conftest import Stage, staged

LAST_DAY = date(2026, 3, 9)
"""Five working days after Monday 2026-03-02."""
TOO_LATE = NOON + timedelta(days=8)


@pytest.fixture
def stage(make: Make) -> Stage:
    """One supervisor came."""
    return staged(make, 1)


def _open_for(stage: Stage, kind: TaskKind) -> list[tuple[int | None, PostKind | None]]:
    chosen = select(Task).where(Task.kind == kind, Task.state == TaskState.OPEN)
    return [(task.person_id, task.post) for task in stage.make.session.scalars(chosen)]


def test_an_answer_is_delivered_at_once_with_a_day_to_receipt(stage: Stage) -> None:
    opinion = stage.answered()

    assert opinion.state is SupervisionOpinionState.ANSWERED
    assert opinion.receipt_by_on == LAST_DAY
    assert _open_for(stage, TaskKind.ANSWER_SUPERVISION_OPINION) == []
    receipts = _open_for(stage, TaskKind.RECEIPT_SUPERVISION_ANSWER)
    assert receipts == [(stage.author().id, None)]


@pytest.mark.parametrize("adoption", [Adoption.NOT_ADOPTED, Adoption.PARTLY_ADOPTED])
@pytest.mark.parametrize("reasons", [None, "", "  \n"])
def test_what_is_not_wholly_adopted_is_explained(
    stage: Stage, adoption: Adoption, reasons: str | None
) -> None:
    opinion = stage.unsealed()
    act = stage.act(stage.town.prosecutor)

    with pytest.raises(AdoptionReasonsMissing) as refused:
        supervision_opinions.answer(act, opinion, adoption=adoption, reasons=reasons)

    assert refused.value.members["article"] == "PSUP-2019 19"


def test_what_is_adopted_needs_no_reasons(stage: Stage) -> None:
    opinion = stage.unsealed()

    supervision_opinions.answer(
        stage.act(stage.town.prosecutor), opinion, adoption=Adoption.ADOPTED
    )

    assert opinion.outcome is Adoption.ADOPTED


def test_a_sealed_opinion_is_answered_by_nobody(make: Make) -> None:
    stage = staged(make, 2)
    opinion = stage.give(0)

    with pytest.raises(NotAllowed):
        supervision_opinions.answer(
            stage.act(stage.town.prosecutor), opinion, adoption=Adoption.ADOPTED
        )


def test_only_the_handler_answers_and_only_once(stage: Stage) -> None:
    opinion = stage.unsealed()
    town = stage.town
    other = stage.make.person(PostKind.PROSECUTOR, town.procuratorate)

    for person in (town.manager, town.chief, other, stage.author(), stage.bureau.officer):
        with pytest.raises(NotAllowed):
            supervision_opinions.answer(stage.act(person), opinion, adoption=Adoption.ADOPTED)
    act = stage.act(town.prosecutor)
    supervision_opinions.answer(act, opinion, adoption=Adoption.ADOPTED)
    with pytest.raises(WrongState):
        supervision_opinions.answer(act, opinion, adoption=Adoption.NOT_ADOPTED, reasons="改")


@pytest.mark.parametrize(
    "change", ["answer = '改'", "adoption = 'adopted'", "receipt_by_on = '2030-01-01'"]
)
def test_a_delivered_answer_is_never_edited(stage: Stage, change: str) -> None:
    stage.answered()
    stage.make.session.flush()

    with pytest.raises(DatabaseError, match=r"never changed"):
        stage.make.session.execute(text(f"UPDATE supervision_opinions SET {change}"))  # noqa: S608


def test_another_handler_answers_once_the_case_is_handed_over(stage: Stage) -> None:
    opinion = stage.unsealed()
    town, make = stage.town, stage.make
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    stage.case.handler_id = other.id
    make.session.flush()

    supervision_opinions.handler_changed(stage.act(town.manager), stage.case)

    assert _open_for(stage, TaskKind.ANSWER_SUPERVISION_OPINION) == [(other.id, None)]
    with pytest.raises(NotAllowed):
        supervision_opinions.answer(stage.act(town.prosecutor), opinion, adoption=Adoption.ADOPTED)
    supervision_opinions.answer(stage.act(other), opinion, adoption=Adoption.ADOPTED)


def test_a_recused_handler_answers_nothing(stage: Stage) -> None:
    opinion = stage.unsealed()
    town, session = stage.town, stage.make.session
    assignments.recuse(
        stage.act(town.chief),
        cases.find(stage.act(town.chief), stage.case.id),
        person_id=town.prosecutor.id,
        ground=RecusalGround.INTEREST,
    )
    session.flush()
    session.expire(stage.case)
    supervision_opinions.handler_changed(stage.act(town.manager), stage.case)

    assert _open_for(stage, TaskKind.ANSWER_SUPERVISION_OPINION) == []
    with pytest.raises(NotAllowed):
        supervision_opinions.answer(stage.act(town.prosecutor), opinion, adoption=Adoption.ADOPTED)
    assert opinion.is_open


def test_a_receipt_is_the_authors_own(stage: Stage) -> None:
    opinion = stage.answered()

    for person in (stage.town.prosecutor, stage.town.manager, stage.bureau.officer):
        with pytest.raises(NotAllowed):
            supervision_opinions.receipt(stage.act(person), opinion)
        with pytest.raises(NotAllowed):
            supervision_opinions.object_to(stage.act(person), opinion, words="不服")
    supervision_opinions.receipt(stage.act(stage.author()), opinion)

    assert opinion.state is SupervisionOpinionState.RECEIPTED
    assert not opinion.is_open
    with pytest.raises(WrongState):
        supervision_opinions.object_to(stage.act(stage.author()), opinion, words="不服")


def test_an_objection_goes_to_the_chief_whose_decision_closes_it(stage: Stage) -> None:
    opinion = stage.objected()
    assert _open_for(stage, TaskKind.RECEIPT_SUPERVISION_ANSWER) == []
    deciding = _open_for(stage, TaskKind.DECIDE_SUPERVISION_OBJECTION)
    assert deciding == [(None, PostKind.CHIEF_PROCURATOR)]

    act = stage.act(stage.town.chief)
    supervision_opinions.decide(act, opinion, ruling=SupervisionRuling.ADOPTED, reasons="成立。")

    assert opinion.state is SupervisionOpinionState.DECIDED
    assert (opinion.adoption, opinion.outcome) == (Adoption.NOT_ADOPTED, Adoption.ADOPTED)
    assert _open_for(stage, TaskKind.DECIDE_SUPERVISION_OBJECTION) == []
    with pytest.raises(WrongState):
        supervision_opinions.decide(act, opinion, ruling=SupervisionRuling.UPHELD, reasons="改")


def test_an_upheld_answer_stays_what_it_was(stage: Stage) -> None:
    opinion = stage.objected()

    supervision_opinions.decide(
        stage.act(stage.town.chief), opinion, ruling=SupervisionRuling.UPHELD, reasons="不成立。"
    )

    assert opinion.outcome is Adoption.NOT_ADOPTED


def test_nobody_decides_on_the_own_answer(stage: Stage) -> None:
    town, make = stage.town, stage.make
    opinion = stage.objected()
    make.post(town.prosecutor, PostKind.ACTING_CHIEF, town.procuratorate)
    make.post(town.prosecutor, PostKind.CHIEF_PROCURATOR, town.procuratorate)
    others = (town.prosecutor, town.manager, stage.author(), stage.bureau.officer)

    for person in others:
        with pytest.raises(NotAllowed):
            supervision_opinions.decide(
                stage.act(person), opinion, ruling=SupervisionRuling.UPHELD, reasons="维持"
            )


def test_who_answered_and_then_acts_for_the_chief_decides_nothing(stage: Stage) -> None:
    town, make = stage.town, stage.make
    opinion = stage.objected()
    stage.case.handler_id = make.person(PostKind.PROSECUTOR, town.procuratorate).id
    make.session.flush()
    make.post(town.prosecutor, PostKind.CHIEF_PROCURATOR, town.procuratorate)

    with pytest.raises(NotAllowed):
        supervision_opinions.decide(
            stage.act(town.prosecutor), opinion, ruling=SupervisionRuling.UPHELD, reasons="维持"
        )


def test_there_is_nothing_to_object_to_in_an_adoption(stage: Stage) -> None:
    opinion = stage.answered(Adoption.ADOPTED)

    with pytest.raises(NothingToObjectTo):
        supervision_opinions.object_to(stage.act(stage.author()), opinion, words="不服")
    assert supervision_opinions.allowed(stage.act(stage.author()), opinion) == ["receipt"]


def test_an_objection_comes_late_after_its_day(stage: Stage) -> None:
    opinion = stage.answered()

    with pytest.raises(ObjectionTimeOver):
        supervision_opinions.object_to(stage.act(stage.author(), TOO_LATE), opinion, words="不服")


def test_silence_is_recorded_as_silence_and_not_as_a_receipt(stage: Stage) -> None:
    opinion = stage.answered()
    last = NOON + timedelta(days=7)

    assert supervision_opinions.sweep(stage.machine(last), 10) == 0
    assert opinion.is_open
    assert supervision_opinions.sweep(stage.machine(TOO_LATE), 10) == 1
    assert supervision_opinions.sweep(stage.machine(TOO_LATE), 10) == 0

    assert opinion.state is SupervisionOpinionState.UNRECEIPTED
    assert opinion.receipted_at is None
    assert opinion.lapsed_at == TOO_LATE
    assert _open_for(stage, TaskKind.RECEIPT_SUPERVISION_ANSWER) == []


def test_only_the_machine_records_silence(stage: Stage) -> None:
    opinion = stage.answered()

    for person in (stage.town.prosecutor, stage.town.chief, stage.author()):
        with pytest.raises(NotAllowed):
            supervision_opinions.lapse(stage.act(person, TOO_LATE), opinion)
    supervision_opinions.receipt(stage.act(stage.author()), opinion)
    with pytest.raises(WrongState):
        supervision_opinions.lapse(stage.machine(TOO_LATE), opinion)


def test_a_proposal_without_an_activity_is_accepted_examined_and_answered(stage: Stage) -> None:
    town, author = stage.town, stage.author()
    opinion = supervision_opinions.propose(
        stage.act(author), stage.supervisor(), words="建议公开宣告。", case_number="测〔2026〕1号"
    )
    assert opinion.way is OpinionWay.OTHER
    assert supervision_opinions.is_intact(stage.make.session, opinion)
    assert _open_for(stage, TaskKind.REFER_SUPERVISION_OPINION) == [(None, PostKind.CASE_MANAGER)]
    with pytest.raises(WrongState):
        supervision_opinions.answer(stage.act(town.manager), opinion, adoption=Adoption.ADOPTED)

    supervision_opinions.refer(stage.act(town.manager), opinion, case=stage.case)

    assert _open_for(stage, TaskKind.ANSWER_SUPERVISION_OPINION) == [(town.prosecutor.id, None)]
    supervision_opinions.answer(stage.act(town.prosecutor), opinion, adoption=Adoption.ADOPTED)
    supervision_opinions.receipt(stage.act(author), opinion)
    assert not opinion.is_open


def test_a_proposal_about_no_case_goes_to_a_prosecutor(stage: Stage) -> None:
    town = stage.town
    opinion = supervision_opinions.propose(
        stage.act(stage.author()), stage.supervisor(), words="建议增设轮椅坡道。"
    )

    supervision_opinions.refer(stage.act(town.manager), opinion, prosecutor_id=town.prosecutor.id)

    assert opinion.handler_id == town.prosecutor.id
    supervision_opinions.answer(stage.act(town.prosecutor), opinion, adoption=Adoption.ADOPTED)


def test_a_proposal_goes_nowhere_else(stage: Stage) -> None:
    town, make = stage.town, stage.make
    elsewhere = make.town()
    strange = make.handled(elsewhere, make.suspect())
    opinion = supervision_opinions.propose(
        stage.act(stage.author()), stage.supervisor(), words="建议。"
    )
    act = stage.act(town.manager)

    for wrong in (
        {},
        {"case": strange},
        {"prosecutor_id": elsewhere.prosecutor.id},
        {"prosecutor_id": town.manager.id},
        {"case": stage.case, "prosecutor_id": town.prosecutor.id},
    ):
        with pytest.raises(NotToBeReferredThere):
            supervision_opinions.refer(act, opinion, **wrong)
    for person in (town.prosecutor, town.chief, elsewhere.manager, stage.author()):
        with pytest.raises(NotAllowed):
            supervision_opinions.refer(stage.act(person), opinion, case=stage.case)


def test_only_who_serves_proposes_and_only_for_oneself(stage: Stage) -> None:
    one = stage.supervisor()

    with pytest.raises(NotAllowed):
        supervision_opinions.propose(stage.act(stage.town.manager), one, words="建议。")
    one.state = SupervisorState.SUSPENDED
    with pytest.raises(NotServing):
        supervision_opinions.propose(stage.act(stage.author()), one, words="建议。")


def test_a_proposal_goes_to_the_own_level_and_below(stage: Stage) -> None:
    """PSUP-2021 5."""
    below = stage.make.office(superior_id=stage.town.procuratorate.id)
    act, one = stage.act(stage.author()), stage.supervisor()

    given = supervision_opinions.propose(act, one, words="建议。", procuratorate_id=below.id)

    assert given.procuratorate_id == below.id
    with pytest.raises(NotSupervisedThere) as refused:
        supervision_opinions.propose(
            act, one, words="建议。", procuratorate_id=stage.make.office().id
        )
    assert refused.value.members["article"] == "PSUP-2021 5"
    with pytest.raises(NotFound):
        supervision_opinions.propose(
            act, one, words="建议。", procuratorate_id=stage.town.police.id
        )


def test_an_activity_without_a_case_is_answered_by_case_management(make: Make) -> None:
    stage = staged(make, 1, case_id=None, planned_by=make.person().id)
    opinion = stage.unsealed()

    assert _open_for(stage, TaskKind.ANSWER_SUPERVISION_OPINION) == [(None, PostKind.CASE_MANAGER)]
    supervision_opinions.answer(stage.act(stage.town.manager), opinion, adoption=Adoption.ADOPTED)
    assert opinion.answered_by == stage.town.manager.id


def test_the_activity_closes_with_the_last_receipt(stage: Stage) -> None:
    opinion = stage.answered()
    stage.report()
    assert stage.stands() is ActivityState.ENDED

    supervision_opinions.receipt(stage.act(stage.author()), opinion)

    assert stage.stands() is ActivityState.CLOSED


def test_the_activity_closes_with_the_report_if_that_comes_last(stage: Stage) -> None:
    opinion = stage.answered()
    supervision_opinions.receipt(stage.act(stage.author()), opinion)
    assert stage.stands() is ActivityState.ENDED

    stage.report()

    assert stage.stands() is ActivityState.CLOSED


def test_an_open_objection_keeps_the_activity_open(stage: Stage) -> None:
    opinion = stage.objected()
    stage.report()
    assert stage.stands() is ActivityState.ENDED

    supervision_opinions.decide(
        stage.act(stage.town.chief), opinion, ruling=SupervisionRuling.UPHELD, reasons="维持。"
    )

    assert stage.stands() is ActivityState.CLOSED


def test_no_step_of_the_flow_leads_out_of_the_end() -> None:
    ends = {
        SupervisionOpinionState.RECEIPTED,
        SupervisionOpinionState.UNRECEIPTED,
        SupervisionOpinionState.DECIDED,
    }
    for step in FLOW.every_step:
        assert not FLOW.sources(step) & ends, step
