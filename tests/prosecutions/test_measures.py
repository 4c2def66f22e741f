"""Measures in the prosecution stage: decided here, executed by the police, counted anew."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services import proceedings
from services.arrest_requests.terms import Measure
from services.deadlines import Deadline, DeadlineRunning
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.proceedings import Proposal, StepBarred, StepIncomplete
from services.prosecutions import Prosecution, ProsecutionState
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Town
from tests.prosecutions.measures import DECIDED, HOUR, decide, due, running

APPLICATION = {"applicant": "defender", "wanted": "bail", "reasons": "家庭困难。"}
REVIEWED = {
    "origin": "own",
    "ways": ["suspect"],
    "outcome": "keep",
    "reasons": "有继续羁押的必要。",
}


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


def at_large(make: Make, town: Town, measure: Measure, **given: Any) -> Prosecution:
    return make.prosecution(town, make.suspect(measure=measure, **given))


def tasks(make: Make, kind: TaskKind) -> list[Task]:
    chosen = select(Task).where(Task.kind == kind, Task.state == TaskState.OPEN)
    return list(make.session.scalars(chosen))


def barred(refused: pytest.ExceptionInfo[StepBarred]) -> tuple[str, str]:
    return refused.value.members["ground"], refused.value.members["article"]


def test_the_chief_decides_an_arrest_and_the_police_execute_it(make: Make, town: Town) -> None:
    prosecution = at_large(make, town, Measure.NONE)

    proposal = proceedings.take(
        make.act(town.prosecutor), prosecution, "decide_arrest", DECIDED["decide_arrest"]
    )
    assert isinstance(proposal, Proposal)
    proceedings.decide(
        make.act(town.chief), proposal, outcome=proceedings.ProposalOutcome.APPROVE, note=None
    )
    (task,) = tasks(make, TaskKind.EXECUTE_DECISION)
    assert (task.post, task.office_id) == ("police_officer", town.police.id)

    later = make.now + HOUR
    proceedings.take(
        make.act(town.officer, later),
        prosecution,
        "arrest_executed",
        {"executed_at": later, "place": "测试看守所"},
    )

    assert prosecution.suspect.measure is Measure.ARREST
    assert not tasks(make, TaskKind.EXECUTE_DECISION)
    found = running(make, prosecution)
    assert {"A04b", "A05b"} <= found.keys()
    assert found["A04b"].due_at == found["A05b"].due_at == later + 24 * HOUR


def test_interrogation_and_family_notice_end_the_first_day_of_an_arrest(
    make: Make, town: Town
) -> None:
    prosecution = at_large(make, town, Measure.NONE)
    decide(make, town, prosecution, "decide_arrest")
    given = {"executed_at": make.now}
    proceedings.take(make.act(town.officer), prosecution, "arrest_executed", given)

    act = make.act(town.prosecutor)
    with pytest.raises(StepBarred) as refused:
        proceedings.take(act, prosecution, "notify_family", {"outcome": "impossible"})
    assert barred(refused)[0] == "reason_missing"
    proceedings.take(act, prosecution, "notify_family", {"outcome": "told"})
    make.held(prosecution.case, prosecution.suspect)
    proceedings.take(
        act, prosecution, "interrogate", {"on": act.today, "form": "in_person", "summary": "供认。"}
    )

    assert not {"A04b", "A05b"} & running(make, prosecution).keys()
    with pytest.raises(StepBarred) as again:
        proceedings.take(act, prosecution, "notify_family", {"outcome": "told"})
    assert barred(again)[0] == "no_family_notice_due"


def test_an_arrest_lets_the_review_of_one_at_large_end_on_its_unrolled_day(make: Make) -> None:
    town = make.town()
    prosecution = at_large(make, town, Measure.NONE)
    before = running(make, prosecution)["R01"]
    assert before.due_on == date(2026, 4, 2)

    decide(make, town, prosecution, "decide_arrest")
    given = {"executed_at": make.now}
    proceedings.take(make.act(town.officer), prosecution, "arrest_executed", given)

    assert running(make, prosecution)["R01"].id == before.id
    assert due(make, prosecution, "R01") == date(2026, 4, 2)


@pytest.mark.parametrize(
    ("measure", "given", "ground"),
    [
        (Measure.ARREST, {}, "already_so"),
        (Measure.NONE, {"ground": "breach"}, "no_measure_breached"),
    ],
)
def test_an_arrest_needs_its_ground(
    make: Make, town: Town, measure: Measure, given: dict[str, Any], ground: str
) -> None:
    prosecution = at_large(make, town, measure)

    with pytest.raises(StepBarred) as refused:
        decide(make, town, prosecution, "decide_arrest", **given)

    assert barred(refused)[0] == ground


def test_nobody_arrests_a_deputy_whose_congress_has_not_permitted_it(
    make: Make, town: Town
) -> None:
    prosecution = at_large(make, town, Measure.NONE, flags=["deputy"])

    for code in ("decide_arrest", "decide_bail", "decide_surveillance"):
        with pytest.raises(StepBarred) as refused:
            decide(make, town, prosecution, code)
        assert barred(refused) == ("deputy_not_permitted", "RULES 148")

    permitted = decide(
        make, town, prosecution, "decide_arrest", deputy_permission="测人常〔2026〕1号"
    )
    assert "捕〔2026〕1号" in str(permitted.number)


def test_a_measure_against_a_township_deputy_is_reported_at_once(make: Make, town: Town) -> None:
    prosecution = at_large(make, town, Measure.NONE, flags=["township_deputy"])
    decide(make, town, prosecution, "decide_arrest")
    given = {"executed_at": make.now}
    proceedings.take(make.act(town.officer), prosecution, "arrest_executed", given)
    assert "R27c" in running(make, prosecution)

    proceedings.take(make.act(town.prosecutor), prosecution, "report_to_township", {})

    assert "R27c" not in running(make, prosecution)


def test_only_what_was_decided_is_executed_and_not_before(make: Make, town: Town) -> None:
    prosecution = at_large(make, town, Measure.NONE)
    officer = make.act(town.officer)

    with pytest.raises(StepBarred) as nothing:
        proceedings.take(officer, prosecution, "arrest_executed", {"executed_at": make.now})
    assert barred(nothing)[0] == "nothing_to_execute"
    decide(make, town, prosecution, "decide_arrest")
    early = {"executed_at": make.now - HOUR}
    with pytest.raises(StepBarred) as before:
        proceedings.take(officer, prosecution, "arrest_executed", early)
    assert barred(before)[0] == "before_the_decision"


def test_an_arrest_that_failed_can_be_decided_again(make: Make, town: Town) -> None:
    prosecution = at_large(make, town, Measure.NONE)
    decide(make, town, prosecution, "decide_arrest")
    proceedings.take(make.act(town.officer), prosecution, "execution_failed", {"reasons": "在逃。"})

    assert not tasks(make, TaskKind.EXECUTE_DECISION)
    with pytest.raises(StepBarred):
        proceedings.take(
            make.act(town.officer), prosecution, "arrest_executed", {"executed_at": make.now}
        )
    again = decide(make, town, prosecution, "decide_arrest")
    assert "捕〔2026〕2号" in str(again.number)


def test_case_management_registers_a_receipt_on_paper_and_nobody_else_does(
    make: Make, town: Town
) -> None:
    prosecution = at_large(make, town, Measure.NONE)
    decide(make, town, prosecution, "decide_arrest")
    given = {"executed_at": make.now}

    with pytest.raises(NotAllowed):
        proceedings.take(make.act(town.officer), prosecution, "register_arrest_executed", given)
    with pytest.raises(NotAllowed):
        proceedings.take(make.act(town.prosecutor), prosecution, "arrest_executed", given)
    proceedings.take(make.act(town.manager), prosecution, "register_arrest_executed", given)

    assert prosecution.suspect.measure is Measure.ARREST


def test_bail_of_the_police_is_decided_anew_and_counted_anew(make: Make, town: Town) -> None:
    prosecution = at_large(make, town, Measure.BAIL)
    assert due(make, prosecution, "B03") == date(2026, 3, 9)

    decide(make, town, prosecution, "decide_bail", guarantee="unchanged", guarantor=None)
    assert "B03" not in running(make, prosecution)
    proceedings.take(
        make.act(town.prosecutor), prosecution, "announce_bail", {"executed_at": make.now}
    )

    assert due(make, prosecution, "B01") == date(2027, 3, 2)
    assert due(make, prosecution, "B05") == date(2026, 3, 9)
    assert running(make, prosecution)["B13"].due_at == make.now + 24 * HOUR


def test_the_police_take_bail_up_and_feed_back_when_the_person_reports(
    make: Make, town: Town
) -> None:
    prosecution = make.prosecution(town)
    decide(make, town, prosecution, "decide_bail")
    proceedings.take(
        make.act(town.prosecutor), prosecution, "announce_bail", {"executed_at": make.now}
    )
    assert prosecution.suspect.measure is Measure.BAIL
    later = make.now + timedelta(days=1)

    proceedings.take(
        make.act(town.officer, make.now + HOUR), prosecution, "bail_taken_up", {"station": "测试所"}
    )
    proceedings.take(
        make.act(town.officer, later), prosecution, "bail_reported", {"reported_at": later}
    )

    assert not {"B05", "B05b", "B13"} & running(make, prosecution).keys()
    assert not tasks(make, TaskKind.EXECUTE_DECISION)
    with pytest.raises(StepBarred) as refused:
        proceedings.take(
            make.act(town.officer, later), prosecution, "bail_reported", {"reported_at": later}
        )
    assert barred(refused)[0] == "no_report_due"


def test_a_deposit_is_paid_within_three_days_before_the_police_get_the_papers(
    make: Make, town: Town
) -> None:
    prosecution = make.prosecution(town)
    decide(
        make,
        town,
        prosecution,
        "decide_bail",
        guarantee="deposit",
        deposit=1000,
        guarantor=None,
        guarantor_fit=None,
    )
    handler = make.act(town.prosecutor)
    proceedings.take(handler, prosecution, "announce_bail", {"executed_at": make.now})
    assert due(make, prosecution, "B04") == date(2026, 3, 5)
    assert "B13" not in running(make, prosecution)

    proceedings.take(handler, prosecution, "deposit_paid", {})

    assert "B04" not in running(make, prosecution)
    assert "B13" in running(make, prosecution)


@pytest.mark.parametrize(
    ("given", "flags", "why"),
    [
        ({"guarantee": "deposit", "deposit": 999}, [], ("deposit_too_low", "RULES 92")),
        ({"guarantee": "deposit", "deposit": 499}, ["minor"], ("deposit_too_low", "RULES 92")),
        ({"guarantee": "guarantor", "deposit": 2000}, [], ("one_guarantee", "RULES 89")),
        ({"guarantor_fit": False}, [], ("guarantor_unfit", "CPL 69")),
        ({"guarantee": "unchanged"}, [], ("nothing_to_continue", "RULES 103")),
    ],
)
def test_bail_keeps_its_bounds(
    make: Make, town: Town, given: dict[str, Any], flags: list[str], why: tuple[str, str]
) -> None:
    prosecution = at_large(make, town, Measure.ARREST, flags=flags)
    without = {} if given.get("guarantee") in {None, "guarantor"} else {"guarantor": None}

    with pytest.raises(StepBarred) as refused:
        decide(make, town, prosecution, "decide_bail", **without, **given)

    ground, article = why
    assert barred(refused)[0] == ground
    assert article in barred(refused)[1]


def test_a_minor_pays_five_hundred(make: Make, town: Town) -> None:
    prosecution = at_large(make, town, Measure.ARREST, flags=["minor"])

    assert decide(
        make, town, prosecution, "decide_bail", guarantee="deposit", deposit=500, guarantor=None
    ).number


def test_bail_within_one_procuratorate_adds_up(make: Make, town: Town) -> None:
    prosecution = make.prosecution(town)
    decide(make, town, prosecution, "decide_bail")
    proceedings.take(
        make.act(town.prosecutor), prosecution, "announce_bail", {"executed_at": make.now}
    )
    later = make.now + timedelta(days=10)

    decide(make, town, prosecution, "decide_bail", later)
    proceedings.take(
        make.act(town.prosecutor, later), prosecution, "announce_bail", {"executed_at": later}
    )

    assert due(make, prosecution, "B01") == date(2027, 3, 2)


def test_surveillance_runs_six_months_from_its_execution(make: Make, town: Town) -> None:
    prosecution = make.prosecution(town)
    decide(make, town, prosecution, "decide_surveillance")
    later = make.now + HOUR
    proceedings.take(
        make.act(town.officer, later), prosecution, "surveillance_executed", {"executed_at": later}
    )

    assert prosecution.suspect.measure is Measure.RESIDENTIAL_SURVEILLANCE
    assert due(make, prosecution, "B02") == date(2026, 9, 2)
    assert "B12" not in running(make, prosecution)


def test_a_designated_residence_needs_the_want_of_a_home_and_tells_the_family(
    make: Make, town: Town
) -> None:
    prosecution = make.prosecution(town)
    with pytest.raises(StepBarred) as refused:
        decide(make, town, prosecution, "decide_surveillance", place="designated")
    assert barred(refused)[0] == "has_a_home"

    decide(make, town, prosecution, "decide_surveillance", place="designated", no_fixed_home=True)
    proceedings.take(
        make.act(town.officer), prosecution, "surveillance_executed", {"executed_at": make.now}
    )

    assert prosecution.suspect.measure is Measure.DESIGNATED_RESIDENCE
    assert running(make, prosecution)["B12"].due_at == make.now + 24 * HOUR
    proceedings.take(make.act(town.prosecutor), prosecution, "notify_family", {"outcome": "told"})
    assert "B12" not in running(make, prosecution)


def test_a_release_takes_custody_out_of_the_review(make: Make, town: Town) -> None:
    prosecution = make.prosecution(town)
    decide(make, town, prosecution, "release", public_employee=True)
    proceedings.take(
        make.act(town.officer), prosecution, "release_executed", {"executed_at": make.now}
    )

    assert prosecution.suspect.measure is Measure.NONE
    assert not running(make, prosecution)["R01"].custody.counts_as_held
    assert due(make, prosecution, "B11") == date(2026, 3, 9)
    proceedings.take(make.act(town.prosecutor), prosecution, "tell_employer", {})
    assert "B11" not in running(make, prosecution)


def test_whose_custody_has_run_out_is_released_without_waiting_for_anybody(
    make: Make, town: Town
) -> None:
    prosecution = make.prosecution(town)
    with pytest.raises(StepBarred) as refused:
        proceedings.take(make.act(town.prosecutor), prosecution, "release_expired", {})
    assert barred(refused)[0] == "not_expired"

    late = make.now + timedelta(days=32)
    proceedings.take(make.act(town.prosecutor, late), prosecution, "release_expired", {})

    (task,) = tasks(make, TaskKind.EXECUTE_DECISION)
    assert task.office_id == town.police.id


def test_nobody_at_large_is_released_or_has_custody_reviewed(make: Make, town: Town) -> None:
    prosecution = at_large(make, town, Measure.NONE)

    for code, given in (("release", DECIDED["release"]), ("review_necessity", REVIEWED)):
        with pytest.raises(StepBarred) as refused:
            proceedings.take(make.act(town.prosecutor), prosecution, code, given)
        assert barred(refused)[0] == "not_held"


def test_lifting_bail_ends_it_at_once(make: Make, town: Town) -> None:
    prosecution = at_large(make, town, Measure.BAIL)
    with pytest.raises(StepBarred) as refused:
        decide(make, town, prosecution, "lift_measure", ground="expired")
    assert barred(refused)[0] == "not_expired"

    decide(make, town, prosecution, "lift_measure")

    assert prosecution.suspect.measure is Measure.NONE
    assert not {"B01", "B03"} & running(make, prosecution).keys()
    with pytest.raises(StepBarred) as again:
        decide(make, town, prosecution, "lift_measure")
    assert barred(again)[0] == "nothing_to_lift"


def test_an_application_is_answered_within_three_days(make: Make, town: Town) -> None:
    prosecution = make.prosecution(town)
    manager = make.act(town.manager)

    proceedings.take(manager, prosecution, "apply_for_change", APPLICATION)

    assert due(make, prosecution, "R24") == due(make, prosecution, "N04") == date(2026, 3, 5)
    (task,) = tasks(make, TaskKind.REVIEW_NECESSITY)
    assert task.person_id == town.prosecutor.id
    with pytest.raises(DeadlineRunning):
        proceedings.take(manager, prosecution, "apply_for_change", APPLICATION)

    decide(make, town, prosecution, "refuse_change", reasons="可能串供。")
    assert not {"R24", "N04"} & running(make, prosecution).keys()
    assert not tasks(make, TaskKind.REVIEW_NECESSITY)
    with pytest.raises(StepBarred) as refused:
        decide(make, town, prosecution, "refuse_change", reasons="可能串供。")
    assert barred(refused)[0] == "nothing_applied_for"


def test_bail_itself_answers_the_application_for_it(make: Make, town: Town) -> None:
    prosecution = make.prosecution(town)
    proceedings.take(make.act(town.manager), prosecution, "apply_for_change", APPLICATION)

    decide(make, town, prosecution, "decide_bail")

    assert not {"R24", "N04"} & running(make, prosecution).keys()
    assert not tasks(make, TaskKind.REVIEW_NECESSITY)


def test_only_case_management_registers_what_comes_in(make: Make, town: Town) -> None:
    prosecution = make.prosecution(town)

    with pytest.raises(NotAllowed):
        proceedings.take(make.act(town.prosecutor), prosecution, "apply_for_change", APPLICATION)


def test_a_claim_that_custody_has_expired_is_answered_as_the_periods_stand(
    make: Make, town: Town
) -> None:
    prosecution = make.prosecution(town)
    claim = {"applicant": "relative", "reasons": "羁押期限已过。"}
    proceedings.take(make.act(town.manager), prosecution, "claim_expired", claim)
    assert due(make, prosecution, "R23") == date(2026, 3, 5)

    decide(make, town, prosecution, "answer_not_expired", reasons="尚未届满。")
    assert "R23" not in running(make, prosecution)

    late = make.now + timedelta(days=32)
    proceedings.take(make.act(town.manager, late), prosecution, "claim_expired", claim)
    with pytest.raises(StepBarred) as refused:
        decide(make, town, prosecution, "answer_not_expired", late, reasons="尚未届满。")
    assert barred(refused)[0] == "expired"
    decide(make, town, prosecution, "release_expired", late)
    assert "R23" not in running(make, prosecution)


def test_custody_found_necessary_answers_and_custody_found_needless_waits_for_the_release(
    make: Make, town: Town
) -> None:
    prosecution = make.prosecution(town)
    handler, manager = make.act(town.prosecutor), make.act(town.manager)
    proceedings.take(manager, prosecution, "apply_for_change", APPLICATION)

    needless = REVIEWED | {"outcome": "change", "origin": "application"}
    proceedings.take(handler, prosecution, "review_necessity", needless)
    assert {"R24", "N04"} <= running(make, prosecution).keys()
    assert len(tasks(make, TaskKind.REVIEW_NECESSITY)) == 1

    proceedings.take(handler, prosecution, "review_necessity", REVIEWED)
    assert not {"R24", "N04"} & running(make, prosecution).keys()
    assert not tasks(make, TaskKind.REVIEW_NECESSITY)


def test_custody_is_reviewed_once_before_a_light_indictment(make: Make, town: Town) -> None:
    prosecution = make.prosecution(town)
    handler = make.act(town.prosecutor)
    heard = {"on": handler.today, "form": "in_person", "summary": "供认。"}
    make.held(prosecution.case, prosecution.suspect)
    proceedings.take(handler, prosecution, "interrogate", heard)
    lawyer = {"heard": "defender", "on": handler.today, "form": "telephone"}
    proceedings.take(handler, prosecution, "hear_opinions", lawyer)
    indictment: dict[str, Any] = {
        "facts_text": "盗窃手机一部。",
        "reasons": "事实清楚。",
        "likely_months": 12,
        "no_victim": True,
        "procedure": "summary",
    }
    with pytest.raises(StepBarred) as refused:
        decide(make, town, prosecution, "indict", **indictment)
    assert barred(refused)[0] == "necessity_not_reviewed"

    proceedings.take(handler, prosecution, "review_necessity", REVIEWED)
    decide(make, town, prosecution, "indict", **indictment)

    assert prosecution.state is ProsecutionState.INDICTED
    with pytest.raises(WrongState):
        decide(make, town, prosecution, "decide_bail")


def test_a_lost_guarantor_and_a_proposal_of_the_police_have_their_days(
    make: Make, town: Town
) -> None:
    prosecution = at_large(make, town, Measure.BAIL)
    handler, officer = make.act(town.prosecutor), make.act(town.officer)
    proceedings.take(handler, prosecution, "guarantor_lost", {"reasons": "不愿继续保证。"})
    proposed = {"proposed": "forfeit", "reasons": "擅自离开。"}
    proceedings.take(officer, prosecution, "propose_against_bail", proposed)
    assert due(make, prosecution, "B06") == date(2026, 3, 5)
    assert due(make, prosecution, "B07") == date(2026, 3, 9)

    decide(make, town, prosecution, "answer_on_bail", outcome="admonish", reasons="情节轻微。")
    assert "B07" not in running(make, prosecution)
    with pytest.raises(StepBarred) as refused:
        decide(make, town, prosecution, "answer_on_bail", outcome="nothing", reasons="无。")
    assert barred(refused)[0] == "nothing_proposed"
    decide(make, town, prosecution, "decide_bail")
    assert "B06" not in running(make, prosecution)


def test_bail_business_is_only_for_who_is_on_bail(make: Make, town: Town) -> None:
    prosecution = make.prosecution(town)
    with pytest.raises(StepBarred) as lost:
        proceedings.take(
            make.act(town.prosecutor), prosecution, "guarantor_lost", {"reasons": "不愿。"}
        )
    with pytest.raises(StepBarred) as proposed:
        proceedings.take(
            make.act(town.officer),
            prosecution,
            "propose_against_bail",
            {"proposed": "change", "reasons": "违反规定。"},
        )
    assert barred(lost)[0] == barred(proposed)[0] == "not_on_bail"
    for code in ("deposit_paid",):
        with pytest.raises(StepBarred) as refused:
            proceedings.take(make.act(town.prosecutor), prosecution, code, {})
        assert barred(refused)[0] == "no_deposit_due"
    with pytest.raises(StepBarred) as station:
        proceedings.take(make.act(town.officer), prosecution, "bail_taken_up", {"station": "所"})
    assert barred(station)[0] == "no_papers"


def test_a_changed_period_is_told_once(make: Make, town: Town) -> None:
    prosecution = make.prosecution(town)
    with pytest.raises(StepBarred) as refused:
        proceedings.take(make.act(town.prosecutor), prosecution, "tell_detention_centre", {})
    assert barred(refused)[0] == "nothing_due"
    decide(
        make, town, prosecution, "extend_review", ground="major_or_complex", reasons="案情复杂。"
    )
    assert "C10" in running(make, prosecution)

    proceedings.take(make.act(town.prosecutor), prosecution, "tell_detention_centre", {})

    assert "C10" not in running(make, prosecution)


def test_a_decision_says_its_reasons(make: Make, town: Town) -> None:
    prosecution = make.prosecution(town)

    with pytest.raises(StepIncomplete):
        proceedings.take(
            make.act(town.prosecutor), prosecution, "release", {"ground": "not_needed"}
        )


def test_a_measure_decided_later_takes_the_place_of_one_not_yet_executed(
    make: Make, town: Town
) -> None:
    prosecution = at_large(make, town, Measure.NONE)
    decide(make, town, prosecution, "decide_arrest")
    decide(make, town, prosecution, "decide_surveillance")

    with pytest.raises(StepBarred):
        proceedings.take(
            make.act(town.officer), prosecution, "arrest_executed", {"executed_at": make.now}
        )
    proceedings.take(
        make.act(town.officer), prosecution, "surveillance_executed", {"executed_at": make.now}
    )
    chosen = select(Deadline).where(Deadline.rule_id == "B02")
    assert make.session.scalars(chosen).one().due_on == date(2026, 9, 2)


def test_a_deputy_found_late_is_released_at_once_and_not_arrested_without_permission(
    make: Make, town: Town
) -> None:
    prosecution = make.prosecution(town)
    proceedings.take(make.act(town.prosecutor), prosecution, "find_deputy", {"level": "county"})
    assert "R27d" in running(make, prosecution)

    decide(make, town, prosecution, "release", ground="wrong")
    proceedings.take(
        make.act(town.officer), prosecution, "release_executed", {"executed_at": make.now}
    )

    assert "R27d" not in running(make, prosecution)
    with pytest.raises(StepBarred) as refused:
        decide(make, town, prosecution, "decide_arrest")
    assert barred(refused)[0] == "deputy_not_permitted"


def test_a_township_deputy_found_late_is_reported(make: Make, town: Town) -> None:
    prosecution = make.prosecution(town)
    free = at_large(make, town, Measure.NONE)

    for one in (prosecution, free):
        proceedings.take(make.act(town.prosecutor), one, "find_deputy", {"level": "township"})

    assert "R27c" in running(make, prosecution)
    assert "R27c" not in running(make, free)
    assert "township_deputy" in free.suspect.flags


def test_an_application_from_before_the_indictment_is_still_answered(
    make: Make, town: Town
) -> None:
    prosecution = make.prosecution(town)
    handler = make.act(town.prosecutor)
    proceedings.take(make.act(town.manager), prosecution, "apply_for_change", APPLICATION)
    prosecution.state = ProsecutionState.INDICTED
    make.session.flush()

    decide(make, town, prosecution, "refuse_change", reasons="案件已起诉至法院。")

    assert not {"R24", "N04"} & running(make, prosecution).keys()
    with pytest.raises(WrongState):
        proceedings.take(handler, prosecution, "review_necessity", REVIEWED)
