"""An arrest that could be executed only later; what nobody asked for in time (CPL 90; MPS 141)."""

from datetime import timedelta

from services import arrest_reviews
from services.arrest_requests.terms import Measure
from services.arrest_reviews import ArrestReview, ReceiptOutcome, ReviewState
from services.deadlines import CloseReason
from tests.arrest_reviews.conftest import Stage, days
from tests.arrest_reviews.test_custody import COMPLEX, extended

RELEASE = {"ground": "unsuitable", "reasons": "强制措施不当。"}


def not_executed(stage: Stage) -> ArrestReview:
    stage.day("2026-03-13")
    review = stage.decided(stage.reviews()[0])
    return arrest_reviews.return_receipt(
        stage.make.act(stage.town.officer),
        review,
        outcome=ReceiptOutcome.NOT_EXECUTED,
        executed_at=None,
        reason="犯罪嫌疑人在逃。",
        new_measure=None,
    )


def test_an_arrest_is_executed_after_it_could_not_be(stage: Stage) -> None:
    review = not_executed(stage)
    stage.day("2026-05-20")
    early = stage.make.now - days(100)
    assert stage.barred(stage.town.officer, review, "report_later_arrest", executed_at=early) == (
        "before_the_decision"
    )

    stage.take(stage.town.officer, review, "report_later_arrest", executed_at=stage.make.now)

    assert review.state is ReviewState.ARRESTED
    assert review.suspect.measure is Measure.ARREST
    assert stage.running(review) == {"C01", "C08", "A04", "A05"}
    assert stage.ends(review, "C01")[0] == "2026-07-20"
    due = stage.period(review, "A04").due_at
    assert due == stage.make.now + timedelta(hours=24)


def test_an_objection_that_nobody_made_is_kept_no_longer(stage: Stage) -> None:
    stage.day("2026-03-13")
    review = stage.receipt(stage.refused(), ReceiptOutcome.RELEASED)
    assert stage.barred(stage.town.prosecutor, review, "close_unused_objection") == (
        "may_still_object"
    )
    stage.make.now += days(10)

    stage.take(stage.town.prosecutor, review, "close_unused_objection")

    assert stage.period(review, "A07").close_reason is CloseReason.LAPSED
    assert stage.running(review) == set()


def test_a_release_ends_what_was_to_be_told_of_custody(stage: Stage) -> None:
    review = stage.arrested("2026-03-13")
    extended(stage, review, COMPLEX, "2026-05-05")
    assert {"C10", "C11"} <= stage.running(review)

    stage.take(stage.town.officer, review, "report_release", at=stage.make.now, **RELEASE)

    assert stage.running(review) == set()
