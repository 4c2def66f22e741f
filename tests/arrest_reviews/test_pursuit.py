"""Pursuing a suspect whom the police left out (RULES 288)."""

from datetime import date
from typing import Any

import pytest

from services import arrest_reviews
from services.arrest_requests.terms import DocumentKind, Measure
from services.arrest_reviews import ArrestReview, ReviewState
from services.charges import Charge
from services.kernel.refusals import NotAllowed
from services.tasks import TaskKind
from tests.arrest_reviews.conftest import Stage


@pytest.fixture
def pursued(stage: Stage) -> dict[str, Any]:
    charge = Charge(name="测试罪名", in_force_from=date(1997, 10, 1), checked=True, position=1)
    stage.make.session.add(charge)
    stage.make.session.flush()
    return {
        "name": "自称小六",
        "name_self_reported": True,
        "sex": "male",
        "document_kind": "none",
        "measure": "none",
        "charge_ids": [charge.id],
        "facts": "与在案犯罪嫌疑人共同盗窃三次。",
        "reasons": "有逃跑可能。",
        "by_on": date(2026, 3, 20),
    }


ANSWER: dict[str, Any] = {"name": "自称小六", "answer": "declines", "reasons": "证据不足。"}
UNFOUNDED: dict[str, Any] = {
    "name": "自称小六",
    "why": "unfounded",
    "reasons": "有监控录像和同案犯供述。",
}
SILENT = UNFOUNDED | {"why": "silent"}


@pytest.fixture
def review(stage: Stage) -> ArrestReview:
    return stage.arrested("2026-03-13")


def test_reasons_that_do_not_hold_let_the_arrest_be_decided_here(
    stage: Stage, review: ArrestReview, pursued: dict[str, Any]
) -> None:
    number = stage.approved(stage.town.prosecutor, review, "pursue_omitted", **pursued)
    assert number == f"{stage.town.procuratorate.short_name}捕建〔2026〕1号"
    assert stage.tasks(review) == {TaskKind.GIVE_REASONS}
    early = stage.barred(stage.town.prosecutor, review, "arrest_omitted", **UNFOUNDED)
    assert early == "police_to_answer_first"

    stage.take(stage.town.officer, review, "answer_pursuit", **ANSWER)
    assert stage.tasks(review) == set()
    number = stage.approved(stage.town.prosecutor, review, "arrest_omitted", **UNFOUNDED)

    _, joined = arrest_reviews.of_case(stage.make.act(stage.town.manager), review.case)
    assert (joined.state, joined.case_id) == (ReviewState.ARREST_APPROVED, review.case_id)
    assert joined.decision is not None
    assert joined.decision.number == number == f"{stage.town.procuratorate.short_name}捕〔2026〕1号"
    suspect = joined.suspect
    assert (suspect.name, suspect.name_self_reported) == ("自称小六", True)
    assert (suspect.document_kind, suspect.measure) == (DocumentKind.NONE, Measure.NONE)
    assert suspect.charge_ids == pursued["charge_ids"]
    assert stage.running(joined) == {"A01"}
    assert stage.tasks(joined) == {TaskKind.RETURN_RECEIPT}
    assert (
        stage.barred(stage.town.prosecutor, review, "arrest_omitted", **UNFOUNDED)
        == "arrested_before"
    )

    stage.receipt(joined)
    assert joined.state is ReviewState.ARRESTED
    assert stage.running(joined) == {"C01", "C08", "A04", "A05"}


def test_silence_past_the_day_that_was_named_does_too(
    stage: Stage, review: ArrestReview, pursued: dict[str, Any]
) -> None:
    stage.approved(stage.town.prosecutor, review, "pursue_omitted", **pursued)
    stage.day("2026-03-20")
    early = stage.barred(stage.town.prosecutor, review, "arrest_omitted", **SILENT)
    assert early == "police_to_answer_first"

    stage.day("2026-03-21")
    stage.approved(stage.town.prosecutor, review, "arrest_omitted", **SILENT)
    assert len(review.case.suspects) == 2


def test_nobody_is_arrested_whom_the_police_were_not_asked_about(
    stage: Stage, review: ArrestReview
) -> None:
    ground = stage.barred(stage.town.prosecutor, review, "arrest_omitted", **SILENT)
    assert ground == "police_to_answer_first"
    ground = stage.barred(stage.town.officer, review, "answer_pursuit", **ANSWER)
    assert ground == "not_pursued"


def test_one_person_is_pursued_once(
    stage: Stage, review: ArrestReview, pursued: dict[str, Any]
) -> None:
    stage.approved(stage.town.prosecutor, review, "pursue_omitted", **pursued)
    ground = stage.barred(stage.town.prosecutor, review, "pursue_omitted", **pursued)
    assert ground == "pursued_before"


def test_the_task_of_the_police_stays_while_another_person_is_unanswered(
    stage: Stage, review: ArrestReview, pursued: dict[str, Any]
) -> None:
    for name in ("自称小六", "自称小七"):
        stage.approved(stage.town.prosecutor, review, "pursue_omitted", **pursued | {"name": name})

    stage.take(stage.town.officer, review, "answer_pursuit", **ANSWER)
    assert stage.tasks(review) == {TaskKind.GIVE_REASONS}
    stage.take(stage.town.officer, review, "answer_pursuit", **ANSWER | {"name": "自称小七"})
    assert stage.tasks(review) == set()


def test_only_the_handler_pursues(
    stage: Stage, review: ArrestReview, pursued: dict[str, Any]
) -> None:
    for who in (stage.town.officer, stage.town.manager, stage.other):
        with pytest.raises(NotAllowed):
            stage.take(who, review, "pursue_omitted", **pursued)
