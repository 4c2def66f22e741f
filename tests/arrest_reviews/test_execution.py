"""What the police report after an arrest (CPL 93, 94, 96; MPS 144, 145, 158)."""

from datetime import timedelta
from typing import Any

import pytest

from services import arrest_reviews, cases, prosecutions, transfers
from services.arrest_requests.terms import AcceptanceCheck, Measure
from services.arrest_reviews import ArrestReview, NewMeasure, ReceiptOutcome, ReviewState
from services.cases import CaseList
from services.deadlines import CloseReason, Standing
from services.kernel.refusals import NotAllowed
from services.prosecutions import ProsecutionState
from services.tasks import TaskKind
from services.transfers import NamedSuspect, TransferDraft
from tests.arrest_reviews.conftest import Stage, days
from tests.arrest_reviews.test_necessity import applied

HOUR = timedelta(hours=1)
RELEASE: dict[str, Any] = {"ground": "unsuitable", "reasons": "强制措施不当。"}


@pytest.fixture
def held(stage: Stage) -> ArrestReview:
    return stage.arrested("2026-03-13")


def test_an_interrogation_within_the_day_is_in_time_however_late_it_is_told(
    stage: Stage, held: ArrestReview
) -> None:
    executed = stage.make.now
    stage.make.now += days(3)
    before = {"at": executed - HOUR}
    assert stage.barred(stage.town.officer, held, "report_interrogation", **before) == (
        "before_the_arrest"
    )

    stage.take(stage.town.officer, held, "report_interrogation", at=executed + 20 * HOUR)

    period = stage.period(held, "A04")
    assert period.closed_at == executed + 20 * HOUR
    assert period.standing(stage.make.now) is Standing.RUNNING


def test_the_family_is_told_or_it_is_said_why_not(stage: Stage, held: ArrestReview) -> None:
    for said in ({"outcome": "notified"}, {"outcome": "unable"}):
        assert stage.barred(stage.town.officer, held, "report_family_notified", **said) == (
            "neither_told_nor_why"
        )

    stage.take(
        stage.town.officer, held, "report_family_notified", outcome="unable", reason="身份不明。"
    )
    assert stage.period(held, "A05").close_reason is CloseReason.LAPSED
    stage.take(
        stage.town.officer, held, "report_family_notified", outcome="notified", at=stage.make.now
    )


def test_a_notice_to_the_family_closes_its_day(stage: Stage, held: ArrestReview) -> None:
    stage.take(
        stage.town.officer, held, "report_family_notified", outcome="notified", at=stage.make.now
    )

    assert stage.period(held, "A05").close_reason is CloseReason.DONE
    with pytest.raises(NotAllowed):
        stage.take(stage.town.prosecutor, held, "report_family_notified")


def test_a_release_by_the_police_ends_custody_at_its_hour(stage: Stage, held: ArrestReview) -> None:
    executed = stage.make.now
    released = executed + 5 * HOUR
    stage.make.now += days(4)
    assert stage.barred(
        stage.town.officer, held, "report_release", at=executed - HOUR, **RELEASE
    ) == ("before_the_arrest")

    stage.take(stage.town.officer, held, "report_release", at=released, **RELEASE)

    assert held.state is ReviewState.RELEASED
    assert (held.suspect.measure, held.suspect.measure_began_at) == (Measure.NONE, released)
    assert stage.period(held, "C01").closed_at == released
    assert stage.running(held) == set()


@pytest.mark.parametrize(
    ("measure", "rule"), [("bail", "B01"), ("residential_surveillance", "B02")]
)
def test_another_measure_counts_its_own_time(
    stage: Stage, held: ArrestReview, measure: str, rule: str
) -> None:
    stage.take(
        stage.town.officer, held, "report_change", measure=measure, at=stage.make.now, **RELEASE
    )

    assert held.state is ReviewState.MEASURE_CHANGED
    assert stage.running(held) == {rule}


def test_the_arrest_of_a_foreigner_is_reported_within_two_days(stage: Stage) -> None:
    stage.day("2026-03-13")
    foreign, other = stage.reviews(stage.make.suspect(flags=["foreigner"]), stage.make.suspect())
    for review in (foreign, other):
        stage.decided(review)
    assert (stage.running(foreign), stage.running(other)) == ({"A01", "A12"}, {"A01"})
    assert stage.ends(foreign, "A12") == ("2026-03-15", "2026-03-15")

    told = {"note": "已报市检察院备案，已通报外事部门。"}
    stage.take(stage.town.prosecutor, foreign, "report_foreigner", **told)
    assert stage.running(foreign) == {"A01"}
    ground = stage.barred(stage.town.prosecutor, foreign, "report_foreigner", **told)
    assert ground == "nobody_to_report"


def test_a_transfer_for_prosecution_ends_whatever_hangs_on_the_arrest(
    stage: Stage, held: ArrestReview
) -> None:
    applied(stage, held)
    town = stage.town
    transfer = transfers.submit(
        stage.make.act(town.officer),
        transfers.sender_of(stage.make.act(town.officer)),
        TransferDraft(
            document_number="测公诉〔2026〕1号",
            document_on=stage.make.now.date(),
            facts="盗窃。",
            suspects=(NamedSuspect(suspect_id=held.suspect_id, charge_ids=()),),
        ),
    )
    case = cases.accept_transfer(
        stage.make.act(town.manager),
        transfer,
        list_=CaseList.ORDINARY,
        checks={check.value: "ok" for check in AcceptanceCheck},
    )
    case.handler_id = town.prosecutor.id
    prosecutions.begin(stage.make.act(town.manager), case)

    (prosecution,) = prosecutions.of_case(stage.make.act(town.manager), case)
    assert prosecution.state is ProsecutionState.UNDER_REVIEW
    assert held.state is ReviewState.FOR_PROSECUTION
    assert TaskKind.REVIEW_NECESSITY not in stage.tasks(held)
    assert stage.running(held) <= {"R01", "R04", "R05", "R06"}


def test_bail_after_a_refusal_runs_its_twelve_months(stage: Stage) -> None:
    review = stage.refused()

    arrest_reviews.return_receipt(
        stage.make.act(stage.town.officer),
        review,
        outcome=ReceiptOutcome.MEASURE_CHANGED,
        executed_at=stage.make.now,
        reason=None,
        new_measure=NewMeasure.BAIL,
    )

    assert review.suspect.measure is Measure.BAIL
    assert stage.period(review, "B01").started_at == stage.make.now
