"""Is it still necessary to hold the person? (CPL 95; RULES 573-582; CUST-2023)"""

from typing import Any

import pytest

from services.arrest_requests.terms import Measure
from services.arrest_reviews import ArrestReview, ReviewState
from services.deadlines import CloseReason, Standing
from services.kernel.refusals import NotAllowed
from services.tasks import TaskKind
from tests.arrest_reviews.conftest import Stage, days
from tests.arrest_reviews.test_custody import COMPLEX, extended

PROPOSAL: dict[str, Any] = {
    "proposed": "bail",
    "grounds": ["settled"],
    "reasons": "事实基本查清，证据已经收集固定。",
}
KEEP = {"reasons": "仍有继续羁押的必要。"}
BAIL: dict[str, Any] = {
    "ground": "necessity_proposal",
    "measure": "bail",
    "reasons": "采纳检察院建议。",
}


@pytest.fixture
def held(stage: Stage) -> ArrestReview:
    return stage.arrested("2026-03-13")


def applied(stage: Stage, review: ArrestReview, *, new: bool = False) -> None:
    stage.take(
        stage.town.manager,
        review,
        "register_necessity_application",
        applicant="defender",
        received_at=stage.make.now,
        reasons="患病，已经赔偿。",
        new=new,
    )


def test_an_application_is_passed_on_the_same_day(stage: Stage, held: ArrestReview) -> None:
    stage.day("2026-03-16")
    applied(stage, held)

    passed_on = stage.period(held, "N01")
    assert (passed_on.close_reason, passed_on.closed_at) == (CloseReason.DONE, stage.make.now)
    assert stage.ends(held, "N03")[0] == "2026-03-26"
    assert TaskKind.REVIEW_NECESSITY in stage.tasks(held)
    for who in (stage.town.officer, stage.town.prosecutor):
        with pytest.raises(NotAllowed):
            stage.take(who, held, "register_necessity_application")


def test_a_second_application_joins_the_first(stage: Stage, held: ArrestReview) -> None:
    stage.day("2026-03-16")
    applied(stage, held)
    stage.day("2026-03-18")
    applied(stage, held)

    assert stage.ends(held, "N03")[0] == "2026-03-26"


def test_the_police_follow_a_proposal_and_the_applicant_is_told(
    stage: Stage, held: ArrestReview
) -> None:
    stage.day("2026-03-16")
    applied(stage, held)
    number = stage.approved(stage.town.prosecutor, held, "propose_release", **PROPOSAL)
    assert number == f"{stage.town.procuratorate.short_name}羁审建〔2026〕1号"
    assert {"N03", "N07"}.isdisjoint(stage.running(held))
    assert stage.ends(held, "N05")[0] == "2026-03-26"
    assert stage.tasks(held) == {TaskKind.EXECUTE_DECISION}

    stage.day("2026-03-18")
    stage.take(stage.town.officer, held, "report_change", at=stage.make.now, **BAIL)
    assert held.state is ReviewState.MEASURE_CHANGED
    assert held.suspect.measure is Measure.BAIL
    assert stage.running(held) == {"B01", "N09"}
    assert stage.tasks(held) == set()

    stage.take(stage.town.prosecutor, held, "tell_applicant", result="已变更为取保候审。")
    assert stage.running(held) == {"B01"}
    again = stage.barred(stage.town.prosecutor, held, "tell_applicant", result="再告知。")
    assert again == "nothing_to_tell"


def test_the_police_say_why_custody_goes_on(stage: Stage, held: ArrestReview) -> None:
    stage.day("2026-03-16")
    early = stage.barred(stage.town.officer, held, "decline_proposal", reasons="需要。")
    assert early == "no_proposal"
    applied(stage, held)
    stage.approved(stage.town.prosecutor, held, "propose_release", **PROPOSAL)

    stage.take(stage.town.officer, held, "decline_proposal", reasons="同案犯在逃。")

    assert held.state is ReviewState.ARRESTED
    assert stage.running(held) >= {"C01", "N09"}
    assert "N05" not in stage.running(held)
    with_ground = BAIL | {"at": stage.make.now}
    assert stage.barred(stage.town.officer, held, "report_change", **with_ground) == (
        "nothing_proposed"
    )


def test_no_answer_within_ten_days_is_objected_to(stage: Stage, held: ArrestReview) -> None:
    stage.day("2026-03-16")
    applied(stage, held)
    stage.approved(stage.town.prosecutor, held, "propose_release", **PROPOSAL)
    early = stage.barred(stage.town.prosecutor, held, "object_to_no_reply", reasons="未回复。")
    assert early == "reply_not_overdue"

    stage.day("2026-03-27")
    assert stage.period(held, "N05").standing(stage.make.now) is Standing.EXPIRED
    stage.approved(stage.town.prosecutor, held, "object_to_no_reply", reasons="未回复。")
    assert TaskKind.GIVE_REASONS in stage.tasks(held)


def test_custody_is_found_necessary(stage: Stage, held: ArrestReview) -> None:
    early = stage.barred(stage.town.prosecutor, held, "keep_in_custody", **KEEP)
    assert early == "no_review_begun"
    applied(stage, held)

    stage.approved(stage.town.prosecutor, held, "keep_in_custody", **KEEP)

    assert stage.running(held) >= {"C01", "N09"}
    assert "N03" not in stage.running(held)
    assert TaskKind.REVIEW_NECESSITY not in stage.tasks(held)


def test_a_review_may_begin_ex_officio_and_nobody_has_to_be_told(
    stage: Stage, held: ArrestReview
) -> None:
    begun = {"ground": "illness", "reasons": "看守所体检报告。"}
    with pytest.raises(NotAllowed):
        stage.take(stage.town.officer, held, "begin_necessity_review", **begun)
    stage.take(stage.town.prosecutor, held, "begin_necessity_review", **begun)
    assert "N07" in stage.running(held)
    twice = stage.barred(stage.town.prosecutor, held, "begin_necessity_review", **begun)
    assert twice == "review_begun"

    stage.approved(stage.town.prosecutor, held, "keep_in_custody", **KEEP)
    assert {"N07", "N09"}.isdisjoint(stage.running(held))


def test_nothing_is_proposed_twice_before_the_police_answer(
    stage: Stage, held: ArrestReview
) -> None:
    early = stage.barred(stage.town.prosecutor, held, "propose_release", **PROPOSAL)
    assert early == "no_review_begun"
    applied(stage, held)
    stage.approved(stage.town.prosecutor, held, "propose_release", **PROPOSAL)
    applied(stage, held, new=True)

    again = stage.barred(stage.town.prosecutor, held, "propose_release", **PROPOSAL)
    assert again == "proposal_unanswered"


def test_a_repeat_without_anything_new_may_go_without_a_review(
    stage: Stage, held: ArrestReview
) -> None:
    applied(stage, held)
    first = stage.barred(stage.town.prosecutor, held, "decline_repeat", **KEEP)
    assert first == "not_a_repeat"
    stage.approved(stage.town.prosecutor, held, "keep_in_custody", **KEEP)
    stage.take(stage.town.prosecutor, held, "tell_applicant", result="继续羁押。")

    applied(stage, held, new=True)
    fresh = stage.barred(stage.town.prosecutor, held, "decline_repeat", **KEEP)
    assert fresh == "not_a_repeat"
    stage.approved(stage.town.prosecutor, held, "keep_in_custody", **KEEP)
    stage.take(stage.town.prosecutor, held, "tell_applicant", result="继续羁押。")

    applied(stage, held)
    stage.take(stage.town.prosecutor, held, "decline_repeat", reasons="没有新的理由。")
    assert "N09" in stage.running(held)
    assert "N03" not in stage.running(held)


def test_a_repeat_after_a_longer_custody_is_reviewed(stage: Stage, held: ArrestReview) -> None:
    applied(stage, held)
    stage.approved(stage.town.prosecutor, held, "keep_in_custody", **KEEP)
    extended(stage, held, COMPLEX, "2026-05-05")
    applied(stage, held)

    ground = stage.barred(stage.town.prosecutor, held, "decline_repeat", **KEEP)
    assert ground == "not_a_repeat"


def test_a_release_meanwhile_ends_the_review(stage: Stage, held: ArrestReview) -> None:
    applied(stage, held)
    stage.make.now += days(2)
    stage.take(
        stage.town.officer,
        held,
        "report_release",
        ground="unsuitable",
        at=stage.make.now,
        reasons="强制措施不当。",
    )

    assert stage.running(held) == {"N09"}
    assert stage.period(held, "N03").close_reason is CloseReason.LAPSED
    assert stage.tasks(held) == set()
