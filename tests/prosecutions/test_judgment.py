"""The judgment received and laid beside the indictment; what stands until somebody reviewed it."""

from datetime import date, timedelta
from typing import Any

import pytest

from services import prosecutions
from services.arrest_requests.terms import Measure
from services.deadlines import CloseReason
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.policy import PostKind
from services.proceedings import StepIncomplete
from services.prosecutions import (
    JudgmentReview,
    NoProtestGround,
    NothingToCompare,
    judgment_differences,
)
from services.sentencing import DifferenceKind, Leaning, ProtestGround
from services.tasks import TaskKind
from tests.make import Make
from tests.prosecutions.trials import (
    FACTS,
    IMPOSED,
    JUDGED,
    at_trial,
    indicted,
    judge,
    judged,
    open_task,
)
from tests.prosecutions.walks import Walk


def compared(walk: Walk) -> JudgmentReview:
    return judgment_differences(walk.make.act(walk.town.prosecutor), walk.prosecution)


def kinds(walk: Walk) -> list[DifferenceKind]:
    return [one.kind for one in compared(walk).differences]


def test_a_judgment_starts_ten_days_and_ends_the_court_s_period(make: Make) -> None:
    walk = at_trial(make, measure=Measure.BAIL)
    walk.pass_days(10)
    judge(walk)

    assert walk.state == "judgment_review"
    assert walk.closed("T01") is CloseReason.DONE
    assert walk.closed("B10") is CloseReason.LAPSED
    assert walk.running["T06"] == date(2026, 3, 23)
    task = open_task(walk, TaskKind.REVIEW_JUDGMENT)
    assert task is not None
    assert task.due_on == date(2026, 3, 23)
    assert open_task(walk, TaskKind.FOLLOW_TRIAL) is None


def test_while_the_defendant_is_held_the_unrolled_day_is_kept(make: Make) -> None:
    walk = judged(make)

    assert walk.running["T06"] == date(2026, 3, 22)


def test_a_ruling_starts_five_days(make: Make) -> None:
    walk = at_trial(make)
    judge(walk, paper="ruling", outcome="terminated", as_charged=None, penalty=None)

    assert walk.running["T07"] == date(2026, 3, 7)
    assert "T06" not in walk.running


def test_a_judgment_comes_while_the_case_is_adjourned_too(make: Make) -> None:
    walk = at_trial(make)
    walk.decide("propose_adjournment", grounds=["unclear"], investigates=True, reasons="补侦。")
    walk.take(walk.town.prosecutor, "court_adjourns", announced_at=walk.now)

    judge(walk)

    assert walk.state == "judgment_review"
    assert walk.closed("T04") is CloseReason.LAPSED


def test_no_judgment_comes_before_the_court_accepted_the_case(make: Make) -> None:
    walk = indicted(make)

    with pytest.raises(WrongState):
        judge(walk)


@pytest.mark.parametrize(
    ("given", "ground", "article"),
    [
        ({"paper": "ruling"}, "paper_does_not_fit", "CPL 200"),
        ({"penalty": None}, "conviction_incomplete", "CPL 200(1); RULES 159"),
        ({"as_charged": ["facts"]}, "conviction_incomplete", "CPL 200(1); RULES 159"),
        (
            {"outcome": "not_guilty", "as_charged": None},
            "nothing_beside_acquittal",
            "CPL 200(2); CPL 200(3); CPL 16",
        ),
    ],
)
def test_a_judgment_is_registered_whole(
    make: Make, given: dict[str, Any], ground: str, article: str
) -> None:
    walk = at_trial(make)

    said = {"received_at": walk.now} | JUDGED | given
    assert walk.barred(walk.town.manager, "judgment_received", **said) == (ground, article)


def test_a_judgment_is_not_received_before_the_court_accepted_the_case(make: Make) -> None:
    walk = at_trial(make)

    ground, _ = walk.barred(
        walk.town.manager,
        "judgment_received",
        **({"received_at": walk.now - timedelta(days=1)} | JUDGED),
    )

    assert ground == "before_acceptance"


@pytest.mark.parametrize(
    ("penalty", "pointer"),
    [
        ("四年", "/given/penalty"),
        ({"term": {"months": 6}}, "/given/penalty/main"),
        ({"main": "imprisonment", "term": {"months": "六"}}, "/given/penalty/term/months"),
        ({"main": "imprisonment", "term": {"months": -1}}, "/given/penalty/term"),
        ({"main": "imprisonment", "years": 4}, "/given/penalty/years"),
    ],
)
def test_a_penalty_that_cannot_be_read_is_pointed_at(
    make: Make, penalty: Any, pointer: str
) -> None:
    walk = at_trial(make)

    with pytest.raises(StepIncomplete) as refused:
        judge(walk, penalty=penalty)

    (error,) = refused.value.members["errors"]
    assert error["pointer"] == pointer
    assert error["detail"]["zh"].endswith("。")
    assert walk.state == "at_trial"


def test_an_unlawful_penalty_is_registered_and_pointed_out(make: Make) -> None:
    walk = judged(make, penalty={"main": "imprisonment", "term": {"months": 3}})

    (problem,) = compared(walk).problems
    assert problem.code.value == "term_too_short"


def test_a_judgment_that_follows_the_indictment_differs_in_nothing(make: Make) -> None:
    walk = judged(make)

    review = compared(walk)

    assert review.differences == ()
    assert review.hints == ()
    assert review.problems == ()


def test_a_penalty_outside_the_recommendation_is_listed_with_how_far(make: Make) -> None:
    walk = judged(make, penalty={"main": "imprisonment", "term": {"months": 30}})

    (difference,) = compared(walk).differences

    assert difference.kind is DifferenceKind.PENALTY_OUTSIDE_RECOMMENDATION
    assert difference.leaning is Leaning.LIGHTER
    assert difference.apart is not None
    assert difference.apart.months == 12


def test_a_charge_the_court_changed_is_named_with_both_charges(make: Make) -> None:
    walk = at_trial(make)
    other = make.charge()
    judge(walk, as_charged=["facts", "circumstances"], charges=[other.id])

    review = compared(walk)

    (difference,) = review.differences
    assert difference.kind is DifferenceKind.CHARGE_CHANGED
    assert other.name in difference.zh(review.charges)
    (was,) = review.accusation.charges
    assert review.charges[was] in difference.zh(review.charges)


def test_facts_and_circumstances_are_compared_one_by_one(make: Make) -> None:
    walk = judged(make, as_charged=["charges"], facts=[FACTS[0] | {"amount": 200_000}])

    assert kinds(walk) == [
        DifferenceKind.AMOUNT_DIFFERS,
        DifferenceKind.FACT_NOT_FOUND,
        DifferenceKind.CIRCUMSTANCE_NOT_FOUND,
    ]


def test_an_acquittal_differs_in_that_and_calls_grounds_to_mind(make: Make) -> None:
    walk = judged(make, outcome="not_proven", as_charged=None, penalty=None)

    review = compared(walk)

    assert [one.kind for one in review.differences] == [DifferenceKind.ACQUITTED]
    assert [one.ground for one in review.hints] == [
        ProtestGround.FACTS_OR_EVIDENCE,
        ProtestGround.GUILT,
    ]


def test_the_procedure_is_the_one_registered_unless_the_judgment_says_otherwise(
    make: Make,
) -> None:
    walk = at_trial(make, "summary")
    judge(walk)

    assert kinds(walk) == [DifferenceKind.PROCEDURE_DIFFERS]


def test_the_changed_indictment_is_what_is_compared(make: Make) -> None:
    walk = at_trial(make)
    other = make.charge()
    walk.decide(
        "change_indictment",
        kind="change",
        ground="charge_or_law",
        what="变更罪名。",
        reasons="构成他罪。",
        charges=[other.id],
    )
    judge(walk, as_charged=["facts", "circumstances"], charges=[other.id])

    assert kinds(walk) == []


def test_whether_the_court_asked_to_adjust_is_as_registered(make: Make) -> None:
    walk = at_trial(make)
    walk.take(
        walk.town.manager,
        "court_asks_to_adjust",
        received_at=walk.now,
        said="量刑建议明显不当。",
    )
    judge(walk)

    assert compared(walk).finding.adjustment_asked is True


def test_nothing_is_compared_before_the_judgment(make: Make) -> None:
    walk = at_trial(make)

    with pytest.raises(NothingToCompare):
        compared(walk)


def test_an_indictment_not_kept_in_parts_is_compared_with_nothing(make: Make) -> None:
    walk = at_trial(make)
    walk.prosecution.indictment = None
    make.session.flush()
    said = {"received_at": walk.now} | JUDGED
    assert walk.barred(walk.town.manager, "judgment_received", **said) == (
        "nothing_to_be_as_charged",
        "RULES 585",
    )
    (charge,) = walk.prosecution.suspect.charge_ids
    judge(walk, as_charged=None, charges=[charge], facts=FACTS, penalty=IMPOSED)

    with pytest.raises(NothingToCompare):
        compared(walk)


def test_who_reviews_decides_or_supervises_reads_the_comparison_and_nobody_else(
    make: Make,
) -> None:
    walk = judged(make)
    head = make.person(PostKind.DEPARTMENT_HEAD, walk.town.procuratorate)

    for person in (walk.town.prosecutor, walk.town.manager, walk.town.chief, head):
        assert judgment_differences(make.act(person), walk.prosecution).differences == ()
    for person in (walk.town.officer, walk.other, walk.upper_prosecutor):
        with pytest.raises(NotAllowed):
            judgment_differences(make.act(person), walk.prosecution)
    walk.take(walk.town.prosecutor, "report_judgment", opinion="拟不抗诉。")
    assert judgment_differences(make.act(walk.upper_prosecutor), walk.prosecution).hints == ()


def test_the_draft_says_what_differs_and_leaves_the_reasons_to_the_handler(make: Make) -> None:
    walk = judged(make, penalty={"main": "imprisonment", "term": {"months": 12}})
    act = make.act(walk.town.prosecutor)

    text = prosecutions.protest_draft(
        act, walk.prosecution, grounds={ProtestGround.PENALTY: ""}, upper_court="测试市法院"
    )

    assert "测试区人民法院" in text
    assert "（2026）测刑初9号" in text
    assert walk.prosecution.suspect.name in text
    assert "刑期在量刑建议之外" in text
    assert "第五百八十四条" in text
    assert "由承办检察官填写" in text
    assert "测试市法院" in text


def test_a_draft_needs_a_ground_of_the_law(make: Make) -> None:
    walk = judged(make)

    with pytest.raises(NoProtestGround):
        prosecutions.protest_draft(make.act(walk.town.prosecutor), walk.prosecution, grounds={})


def test_only_whoever_may_compare_drafts(make: Make) -> None:
    walk = judged(make)

    with pytest.raises(NotAllowed):
        prosecutions.protest_draft(
            make.act(walk.town.officer), walk.prosecution, grounds={ProtestGround.PENALTY: ""}
        )


def test_a_difference_nobody_reviewed_stays_a_task_and_decides_nothing(make: Make) -> None:
    walk = judged(make, outcome="not_guilty", as_charged=None, penalty=None)
    walk.pass_days(30)

    assert walk.state == "judgment_review"
    assert open_task(walk, TaskKind.REVIEW_JUDGMENT) is not None
    assert walk.barred(walk.town.prosecutor, "conclude", appeal_until_on=date(2026, 3, 23)) == (
        "not_reviewed",
        "RULES 585",
    )

    walk.decide("no_protest", reasons="判决正确。")
    assert open_task(walk, TaskKind.REVIEW_JUDGMENT) is None
    walk.take(walk.town.prosecutor, "conclude", appeal_until_on=date(2026, 3, 23))
    assert walk.state == "concluded"
