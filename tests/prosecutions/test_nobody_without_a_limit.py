"""Nobody is held without a limit, or under a measure that nobody may end (CPL 96, 98, 172, 260)."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.arrest_requests.terms import Measure
from services.deadlines import CloseReason
from services.kernel.flow import WrongState
from services.offices import OfficeKind
from services.prosecutions import ProsecutionState
from services.prosecutions.steps import STEPS
from services.tasks import TaskKind
from tests.make import Make
from tests.prosecutions.measures import DECIDED
from tests.prosecutions.test_non_prosecution import (
    STATUTORY,
    not_prosecuted,
    open_tasks,
    ready,
)
from tests.prosecutions.trials import at_trial, judge, judged
from tests.prosecutions.walks import Walk

SENT_BACK: dict[str, Any] = {"reasons": "属于监察机关管辖。", "objected": True}
INDICTMENT: dict[str, Any] = {
    "facts_text": "收受财物。",
    "reasons": "犯罪事实清楚，证据确实、充分。",
    "procedure": "ordinary",
}
RETURNED: dict[str, Any] = {"outline": "补充提取监控。", "reasons": "证据不足。"}
APPLIED: dict[str, Any] = {"applicant": "defender", "wanted": "bail", "reasons": "患病。"}


def arrest(walk: Walk) -> None:
    walk.decide("decide_arrest", **DECIDED["decide_arrest"])


def test_whoever_is_held_when_the_case_is_sent_back_stays_under_the_limit(make: Make) -> None:
    walk = ready(make)
    walk.decide("send_back_wrong_organ", **SENT_BACK)
    assert "R01" in walk.running

    walk.decide("release", **DECIDED["release"])
    walk.take(walk.town.officer, "release_executed", executed_at=walk.now)

    assert walk.prosecution.suspect.measure is Measure.NONE
    assert walk.closed("R01") is CloseReason.LAPSED


def test_bail_after_a_case_is_sent_back_ends_the_limit_of_custody(make: Make) -> None:
    walk = ready(make)
    walk.decide("send_back_wrong_organ", **SENT_BACK)
    walk.decide("decide_bail", **DECIDED["decide_bail"])

    walk.take(walk.town.prosecutor, "announce_bail", executed_at=walk.now)

    assert walk.closed("R01") is CloseReason.LAPSED
    assert "B01" in walk.running


@pytest.mark.parametrize("measure", [Measure.CUSTODY_ELSEWHERE, Measure.NONE])
def test_the_receiving_organ_takes_custody_over(make: Make, measure: Measure) -> None:
    walk = ready(make)
    walk.decide("send_back_wrong_organ", **SENT_BACK)

    walk.take(walk.town.manager, "register_taken_over", measure=measure.value, at=walk.now)

    assert walk.prosecution.suspect.measure is measure
    assert walk.closed("R01") is CloseReason.LAPSED


def test_whoever_is_not_held_is_under_no_limit_once_sent_back(make: Make) -> None:
    walk = ready(make, measure=Measure.NONE)

    walk.decide("send_back_wrong_organ", **SENT_BACK)

    assert walk.closed("R01") is CloseReason.LAPSED


def test_custody_after_a_withdrawn_indictment_may_be_ended_and_reviewed(make: Make) -> None:
    walk = at_trial(make)
    walk.decide("withdraw_indictment", ground="evidence", reasons="证据发生变化。")
    walk.take(walk.town.manager, "apply_for_change", **APPLIED)
    assert {"R24", "N04"} <= walk.running.keys()

    walk.decide("release", **DECIDED["release"])
    walk.take(walk.town.officer, "release_executed", executed_at=walk.now)

    assert walk.prosecution.suspect.measure is Measure.NONE
    assert not {"R24", "N04"} & walk.running.keys()


def test_an_arrest_after_a_revoked_non_prosecution_gets_its_month(make: Make) -> None:
    walk = not_prosecuted(make)
    walk.decide("revoke_non_prosecution", ground="wrong", reasons="符合起诉条件。")
    assert "R01" not in walk.running
    arrest(walk)

    walk.take(walk.town.officer, "arrest_executed", executed_at=walk.now)

    assert walk.running["R01"] == date(2026, 4, 2)


def test_an_arrest_not_yet_executed_is_off_with_the_non_prosecution(make: Make) -> None:
    walk = ready(make, measure=Measure.NONE)
    arrest(walk)
    assert TaskKind.EXECUTE_DECISION in open_tasks(walk)

    walk.decide("decide_statutory", **STATUTORY)

    assert TaskKind.EXECUTE_DECISION not in open_tasks(walk)
    for code in ("arrest_executed", "surveillance_executed"):
        with pytest.raises(WrongState):
            walk.take(walk.town.officer, code, executed_at=walk.now)


def test_what_was_asked_because_of_custody_is_over_with_the_non_prosecution(make: Make) -> None:
    walk = ready(make)
    walk.take(walk.town.manager, "apply_for_change", **APPLIED)

    walk.decide("decide_statutory", **STATUTORY)

    assert walk.running == {"X01": None}
    assert open_tasks(walk) == {TaskKind.EXECUTE_DECISION}


def test_a_suspect_is_arrested_and_interrogated_during_a_return(make: Make) -> None:
    walk = ready(make, measure=Measure.BAIL)
    walk.decide("return_case", **RETURNED)
    arrest(walk)
    walk.take(walk.town.officer, "arrest_executed", executed_at=walk.now)
    assert {"A04b", "R16"} <= walk.running.keys()
    walk.pass_days(40)
    walk.take(walk.town.prosecutor, "ask_why_overdue")

    make.held(walk.prosecution.case, walk.prosecution.suspect)
    walk.take(
        walk.town.prosecutor,
        "interrogate",
        on=date(2026, 4, 11),
        form="in_person",
        summary="供认。",
    )

    assert "A04b" not in walk.running


def test_late_days_of_deciding_on_the_measure_are_counted_in_the_review(make: Make) -> None:
    walk = Walk.begin(make, OfficeKind.SUPERVISORY_COMMISSION, measure=Measure.CUSTODY_ELSEWHERE)
    walk.decide("detain_first")
    walk.take(walk.town.manager, "prior_detention_executed", executed_at=walk.now)
    assert walk.running["S02"] == date(2026, 3, 12)
    walk.pass_days(15)

    walk.decide("decide_arrest", **DECIDED["decide_arrest"])

    assert walk.running["R01"] == date(2026, 4, 12)  # ten days more than 2 April, not fifteen


def test_bail_that_runs_out_during_probation_can_be_lifted() -> None:
    (lift,) = [one for one in STEPS if one.code == "lift_measure"]
    assert ProsecutionState.PROBATION in lift.sources


@pytest.mark.parametrize(
    "judged_so",
    [
        {"outcome": "acquitted", "as_charged": [], "penalty": None},
        {"penalty": {"main": "exempt"}},
    ],
)
def test_whoever_goes_free_by_the_judgment_is_watched_until_released(
    make: Make, judged_so: dict[str, Any]
) -> None:
    walk = at_trial(make)
    walk.pass_days(5)
    judge(walk, **judged_so)
    assert TaskKind.FOLLOW_TRIAL in open_tasks(walk)

    walk.take(
        walk.town.manager,
        "court_decides_measure",
        measure="none",
        decided_at=walk.now,
        document_number="（2026）测刑初9号释放",
    )

    assert TaskKind.FOLLOW_TRIAL not in open_tasks(walk)


def test_a_convict_in_custody_needs_no_watching(make: Make) -> None:
    assert TaskKind.FOLLOW_TRIAL not in open_tasks(judged(make))


def test_an_order_to_protest_that_came_to_nothing_holds_up_no_judgment(make: Make) -> None:
    walk = judged(make)
    walk.take(walk.town.prosecutor, "report_judgment", opinion="量刑适当。")
    walk.re_examined("order_protest", reasons="应当抗诉。")
    handler, reasons = walk.town.prosecutor, {"reasons": "不抗诉。"}
    assert walk.barred(handler, "no_protest", **reasons)[0] == "protest_ordered"

    walk.pass_days(20)
    walk.decide("no_protest", **reasons)
    until = walk.make.act(handler).today - timedelta(days=5)
    walk.take(handler, "conclude", appeal_until_on=until)

    assert walk.state == "concluded"


# --- returns ---------------------------------------------------------------------------------


def returned(make: Make, on: int = 0) -> Walk:
    walk = ready(make)
    walk.pass_days(on)
    walk.decide("return_case", **RETURNED)
    return walk


def test_the_month_of_a_return_counts_from_its_receipt(make: Make) -> None:
    walk = returned(make)
    assert walk.running["R16"] == date(2026, 4, 2)
    walk.pass_days(2)
    manager = walk.town.manager

    walk.take(manager, "register_return_received", received_at=walk.now)

    assert walk.running["R16"] == date(2026, 4, 4)
    again = walk.barred(manager, "register_return_received", received_at=walk.now)
    assert again[0] == "received_before"
    walk.take(walk.town.officer, "transfer_again", found="已补充。")
    walk.decide("return_case", **RETURNED, why_again="新矛盾")
    assert walk.running["R16"] == date(2026, 4, 4)


def test_a_return_that_comes_after_the_review_counts_from_the_decision(make: Make) -> None:
    walk = returned(make, on=30)
    walk.pass_days(3)

    barred = walk.barred(walk.town.manager, "register_return_received", received_at=walk.now)

    assert barred == ("not_within_the_review", "CPL 172¶1; CPL 175¶3")
    early = walk.now - timedelta(days=20)
    assert walk.barred(walk.town.manager, "register_return_received", received_at=early)[0] == (
        "not_within_the_review"
    )


def test_the_police_dismiss_the_case_during_a_return(make: Make) -> None:
    walk = returned(make)

    walk.take(
        walk.town.officer,
        "report_dismissal",
        outcome="terminated",
        at=walk.now,
        reasons="不应当追究刑事责任。",
    )

    assert walk.state == "sent_back"
    assert walk.prosecution.suspect.measure is Measure.NONE
    assert walk.closed("R16") is CloseReason.DONE
    walk.decide("object_to_dismissal", reasons="撤销案件违反法律规定。")


def test_supervisors_and_detention_centre_hear_of_a_return_and_of_its_end(make: Make) -> None:
    walk = returned(make)
    assert "C10" in walk.running
    assert "C11" not in walk.running
    walk.take(walk.town.prosecutor, "tell_detention_centre")

    walk.take(walk.town.officer, "transfer_again", found="已补充。")

    assert {"C10", "C11"} <= walk.running.keys()


def test_of_somebody_at_liberty_no_change_of_custody_is_told(make: Make) -> None:
    walk = ready(make, measure=Measure.NONE)
    walk.decide("return_case", **RETURNED)

    assert not {"C10", "C11"} & walk.running.keys()


def test_nobody_is_indicted_before_the_measure_is_decided(make: Make) -> None:
    walk = Walk.begin(make, OfficeKind.SUPERVISORY_COMMISSION, measure=Measure.CUSTODY_ELSEWHERE)
    walk.interrogate_and_hear()
    walk.decide("detain_first")
    walk.take(walk.town.manager, "prior_detention_executed", executed_at=walk.now)

    assert walk.barred(walk.town.prosecutor, "indict", **INDICTMENT) == (
        "measure_undecided",
        "CPL 170¶2; RULES 143¶1",
    )


def test_after_two_returns_a_new_crime_goes_to_the_organ_as_a_lead(make: Make) -> None:
    walk = ready(make)
    lead = {"lead": "另有一起盗窃。"}
    assert walk.barred(walk.town.prosecutor, "send_lead", **lead)[0] == "returns_left"
    walk.return_and_receive()
    walk.return_and_receive()

    walk.decide("send_lead", **lead)

    assert walk.state == "under_review"
