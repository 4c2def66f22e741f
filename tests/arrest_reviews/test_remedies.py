"""Reconsideration and re-examination of a refusal of arrest (RULES 290-292; MPS 141)."""

from typing import Any

import pytest

from services import assignments, cases, proceedings
from services.arrest_reviews import Outcome, ReceiptOutcome, RefusalKind, ReviewState
from services.assignments import RecusalGround, Roster
from services.deadlines import CloseReason, Standing
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import PostKind
from services.proceedings import ProposalOutcome, StepIncomplete
from services.tasks import TaskKind
from tests.arrest_reviews.conftest import Stage

ASKED: dict[str, Any] = {
    "document_number": "测公要复字〔2026〕1号",
    "reasons": "犯罪嫌疑人有毁灭证据的现实危险。",
    "files": True,
}
UP: dict[str, Any] = {
    "document_number": "测公提核字〔2026〕1号",
    "reasons": "复议意见不成立。",
    "files": True,
}
WHY = {"reasons": "经审查的理由。"}


def objected(stage: Stage, kind: RefusalKind = RefusalKind.NO_DANGER) -> Any:
    """Refused and objected to on one day, with another prosecutor named."""
    review = stage.refused(kind)
    stage.take(stage.town.officer, review, "ask_reconsideration", **ASKED)
    stage.take(stage.town.manager, review, "name_reviewer", reviewer_id=stage.other.id)
    return review


def upheld(stage: Stage) -> Any:
    review = objected(stage)
    stage.approved(stage.other, review, "uphold_refusal", **WHY)
    return review


@pytest.mark.parametrize("kind", list(RefusalKind))
def test_every_kind_of_refusal_may_be_objected_to(stage: Stage, kind: RefusalKind) -> None:
    review = stage.refused(kind)
    assert {"A03", "A07"} <= stage.running(review)

    stage.take(stage.town.officer, review, "ask_reconsideration", **ASKED)

    assert stage.stands(review) is ReviewState.RECONSIDERATION
    assert stage.running(review) == {"A03", "A08"}
    assert TaskKind.NAME_REVIEWER in stage.tasks(review)


def test_whoever_has_supplemented_requests_the_arrest_anew(stage: Stage) -> None:
    review = stage.refused(RefusalKind.INSUFFICIENT_EVIDENCE)
    ground = stage.barred(
        stage.town.officer, review, "ask_reconsideration", **ASKED, supplemented=True
    )

    assert ground == "supplemented"


def test_five_days_from_the_refusal_as_the_holiday_counts(stage: Stage) -> None:
    stage.day("2026-09-30")
    review = stage.refused()
    assert stage.ends(review, "A07") == ("2026-10-05", "2026-10-08")

    stage.day("2026-10-09")
    late = stage.barred(stage.town.officer, review, "ask_reconsideration", **ASKED)
    assert late == "reconsideration_too_late"

    stage.day("2026-10-08")
    stage.take(stage.town.officer, review, "ask_reconsideration", **ASKED)
    closed = stage.period(review, "A07")
    assert closed.standing(stage.make.now) is Standing.IN_DOUBT


def test_a_refusal_that_was_decided_before_the_ledger_knew_is_counted_all_the_same(
    stage: Stage,
) -> None:
    stage.day("2026-03-02")
    review = stage.refused()
    stage.period(review, "A07").about_kind = "elsewhere"
    stage.make.session.flush()

    stage.day("2026-03-10")
    late = stage.barred(stage.town.officer, review, "ask_reconsideration", **ASKED)
    assert late == "reconsideration_too_late"


def test_the_seven_days_run_from_the_files(stage: Stage) -> None:
    stage.day("2026-03-02")
    review = stage.refused()
    stage.take(stage.town.officer, review, "ask_reconsideration", **ASKED | {"files": False})
    assert "A08" not in stage.running(review)

    stage.day("2026-03-04")
    stage.take(stage.town.officer, review, "send_files")
    assert stage.ends(review, "A08") == ("2026-03-11", "2026-03-11")
    assert stage.barred(stage.town.officer, review, "send_files") == "files_received"


def test_an_approval_is_not_objected_to(stage: Stage) -> None:
    stage.day("2026-03-02")
    review = stage.arrested("2026-03-02")
    with pytest.raises(WrongState):
        stage.take(stage.town.officer, review, "ask_reconsideration", **ASKED)

    stage.take(
        stage.town.officer,
        review,
        "report_release",
        ground="unsuitable",
        at=stage.make.now,
        reasons="不需要继续羁押。",
    )
    ground = stage.barred(stage.town.officer, review, "ask_reconsideration", **ASKED)
    assert ground == "not_refused"


def test_the_other_prosecutor_is_another(stage: Stage) -> None:
    review = stage.refused()
    stage.take(stage.town.officer, review, "ask_reconsideration", **ASKED)
    recused = stage.make.person(PostKind.PROSECUTOR, stage.town.procuratorate)
    assignments.recuse(
        stage.make.act(stage.town.chief),
        review.case,
        person_id=recused.id,
        ground=RecusalGround.INTEREST,
    )

    teammate = stage.make.person(PostKind.PROSECUTOR, stage.town.procuratorate)
    chief = stage.make.act(stage.town.chief)
    assignments.teams.form(
        chief,
        Roster(stage.town.procuratorate.id),
        lead_id=teammate.id,
        member_ids=[stage.town.prosecutor.id],
        from_on=chief.today,
    )

    for named in (stage.town.prosecutor, recused, teammate):
        ground = stage.barred(stage.town.manager, review, "name_reviewer", reviewer_id=named.id)
        assert ground == "not_another"
    with pytest.raises(StepIncomplete):
        stage.take(
            stage.town.manager, review, "name_reviewer", reviewer_id=stage.city_prosecutor.id
        )
    with pytest.raises(NotAllowed):
        stage.take(stage.town.prosecutor, review, "name_reviewer", reviewer_id=stage.other.id)

    stage.take(stage.town.chief, review, "name_reviewer", reviewer_id=stage.other.id)
    assert stage.tasks(review) == {TaskKind.RETURN_RECEIPT, TaskKind.RECONSIDER}
    assert cases.find(stage.make.act(stage.other), review.case_id).id == review.case_id


def test_only_the_other_prosecutor_reconsiders_and_the_chief_decides(stage: Stage) -> None:
    review = objected(stage)
    for who in (stage.town.prosecutor, stage.town.chief, stage.town.officer):
        with pytest.raises(NotAllowed):
            stage.take(who, review, "uphold_refusal", **WHY)

    number = stage.approved(stage.other, review, "uphold_refusal", **WHY)

    assert number == f"{stage.town.procuratorate.short_name}复议〔2026〕1号"
    assert stage.stands(review) is ReviewState.REFUSAL_UPHELD
    assert stage.running(review) == {"A03", "A09"}
    assert TaskKind.RECONSIDER not in stage.tasks(review)


def test_changed_on_reconsideration_the_arrest_is_approved_anew(stage: Stage) -> None:
    review = objected(stage)

    stage.approved(stage.other, review, "change_refusal", **WHY)

    assert stage.stands(review) is ReviewState.ARREST_APPROVED
    assert [one.outcome for one in review.decisions] == [Outcome.REFUSE, Outcome.APPROVE]
    assert review.decision.number == f"{stage.town.procuratorate.short_name}批捕〔2026〕1号"
    assert not review.decision.after_due
    assert stage.running(review) == {"A01"}
    assert stage.period(review, "A03").close_reason is CloseReason.LAPSED
    assert stage.tasks(review) == {TaskKind.RETURN_RECEIPT}

    stage.receipt(review)
    assert stage.stands(review) is ReviewState.ARRESTED
    assert stage.running(review) == {"C01", "C08", "A04", "A05"}


def test_the_receipt_of_a_refusal_is_one_though_it_is_objected_to(stage: Stage) -> None:
    stage.day("2026-03-02")
    review = stage.refused()
    stage.take(stage.town.officer, review, "ask_reconsideration", **ASKED)
    stage.receipt(review, ReceiptOutcome.RELEASED)
    assert stage.stands(review) is ReviewState.RECONSIDERATION

    with pytest.raises(WrongState):
        stage.receipt(review, ReceiptOutcome.RELEASED)

    stage.take(stage.town.manager, review, "name_reviewer", reviewer_id=stage.other.id)
    stage.approved(stage.other, review, "change_refusal", **WHY)
    stage.receipt(review)
    assert [one.receipt is not None for one in review.decisions] == [True, True]


def test_after_the_seven_days_a_change_bears_that_it_was_late(stage: Stage) -> None:
    stage.day("2026-03-02")
    review = objected(stage)
    stage.day("2026-03-16")
    stage.approved(stage.other, review, "change_refusal", **WHY)

    assert review.decision.after_due


def test_one_level_up_another_chief_decides(stage: Stage) -> None:
    stage.day("2026-03-02")
    review = upheld(stage)
    with pytest.raises(NotAllowed):
        stage.take(stage.city_prosecutor, review, "uphold_above", **WHY)

    stage.take(stage.town.officer, review, "ask_re_examination", **UP)

    assert stage.stands(review) is ReviewState.RE_EXAMINATION
    assert stage.running(review) == {"A03", "A10"}
    period = stage.period(review, "A10")
    assert (str(period.due_on), str(period.outer_on)) == ("2026-03-17", "2026-03-17")
    assert (period.procuratorate_id, period.handler_id) == (stage.city.id, None)
    assert TaskKind.RE_EXAMINE in stage.tasks(review)

    number = stage.approved(stage.city_prosecutor, review, "uphold_above", stage.city_chief, **WHY)
    assert number == f"{stage.city.short_name}复核〔2026〕1号"
    assert stage.stands(review) is ReviewState.REFUSAL_FINAL
    with pytest.raises(WrongState):
        stage.take(stage.town.officer, review, "ask_re_examination", **UP)
    with pytest.raises(WrongState):
        stage.take(stage.town.prosecutor, review, "revoke_refusal", **WHY)


def test_the_files_for_the_re_examination_may_come_after(stage: Stage) -> None:
    stage.day("2026-03-02")
    review = upheld(stage)
    stage.take(stage.town.officer, review, "ask_re_examination", **UP | {"files": False})
    assert "A10" not in stage.running(review)

    stage.day("2026-03-03")
    stage.take(stage.town.officer, review, "send_files")

    assert stage.ends(review, "A10") == ("2026-03-18", "2026-03-18")
    assert stage.barred(stage.town.officer, review, "send_files") == "files_received"


def test_five_days_to_go_one_level_up(stage: Stage) -> None:
    stage.day("2026-03-02")
    review = upheld(stage)
    stage.day("2026-03-10")
    ground = stage.barred(stage.town.officer, review, "ask_re_examination", **UP)

    assert ground == "re_examination_too_late"


def test_where_nobody_is_registered_above_paper_goes_up(stage: Stage) -> None:
    review = upheld(stage)
    stage.town.procuratorate.superior_id = None
    stage.make.session.flush()
    ground = stage.barred(stage.town.officer, review, "ask_re_examination", **UP)

    assert ground == "no_upper_procuratorate"


@pytest.mark.parametrize(("step", "above"), [("change_above", False), ("approve_above", True)])
def test_changed_above_the_lower_or_the_upper_makes_out_the_approval(
    stage: Stage, step: str, *, above: bool
) -> None:
    review = upheld(stage)
    stage.take(stage.town.officer, review, "ask_re_examination", **UP)
    stage.approved(stage.city_prosecutor, review, step, stage.city_chief, **WHY)

    issuer = stage.city if above else stage.town.procuratorate
    assert review.decision.number == f"{issuer.short_name}批捕〔2026〕1号"
    assert stage.stands(review) is ReviewState.ARREST_APPROVED
    assert stage.running(review) == {"A01"}
    assert stage.tasks(review) == {TaskKind.RETURN_RECEIPT}
    stage.receipt(review)
    assert stage.stands(review) is ReviewState.ARRESTED


@pytest.mark.parametrize("step", ["ask_reconsideration", "ask_re_examination", "send_files"])
def test_only_the_police_object(stage: Stage, step: str) -> None:
    review = stage.refused()
    for who in (stage.town.prosecutor, stage.town.manager, stage.town.chief):
        with pytest.raises(NotAllowed):
            stage.take(who, review, step, **ASKED)


def test_a_proposal_here_holds_up_no_objection(stage: Stage) -> None:
    review = stage.refused()
    proposal = stage.take(stage.town.prosecutor, review, "revoke_refusal", **WHY)

    stage.take(stage.town.officer, review, "ask_reconsideration", **ASKED)

    with pytest.raises(WrongState):
        proceedings.decide(
            stage.make.act(stage.town.chief), proposal, outcome=ProposalOutcome.APPROVE, note=None
        )


def test_whoever_is_named_no_longer_reads_no_longer(stage: Stage) -> None:
    review = objected(stage)
    another = stage.make.person(PostKind.PROSECUTOR, stage.town.procuratorate)

    stage.take(stage.town.manager, review, "name_reviewer", reviewer_id=another.id)

    assert cases.find(stage.make.act(another), review.case_id).id == review.case_id
    with pytest.raises(NotFound):
        cases.find(stage.make.act(stage.other), review.case_id)
