"""The court stage up to the judgment: periods of the court, evidence, adjournment, changes."""

from datetime import date, timedelta
from typing import Any

import pytest

from services import proceedings
from services.arrest_requests.terms import Measure
from services.deadlines import CloseReason
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.proceedings import StepIncomplete
from services.prosecutions import accusations
from services.sentencing import Circumstance
from services.tasks import TaskKind
from tests.make import Make
from tests.prosecutions.trials import accept, at_trial, indicted, of_the_case, open_task
from tests.prosecutions.walks import Walk

CHANGED: dict[str, Any] = {"what": "变更罪名。", "reasons": "庭审查明的事实构成他罪。"}


def adjourn(walk: Walk, **given: Any) -> None:
    """Proposed by the handler, approved, and announced in court."""
    said: dict[str, Any] = {"grounds": ["unclear"], "investigates": True, "reasons": "需要补侦。"}
    walk.decide("propose_adjournment", **(said | given))
    walk.take(walk.town.prosecutor, "court_adjourns", announced_at=walk.now)


def test_case_management_registers_that_the_court_accepted_the_case(make: Make) -> None:
    walk = at_trial(make)

    assert walk.state == "at_trial"
    assert walk.running["T01"] == date(2026, 5, 2)
    assert "B10" not in walk.running


@pytest.mark.parametrize(
    ("procedure", "likely", "rule", "due"),
    [
        ("ordinary", "over_three_years", "T01", date(2026, 5, 6)),
        ("summary", "up_to_three_years", "T02", date(2026, 3, 23)),
        ("summary", "over_three_years", "T02b", date(2026, 4, 17)),
        ("expedited", "up_to_one_year", "T03", date(2026, 3, 12)),
        ("expedited", "up_to_three_years", "T03", date(2026, 3, 12)),
    ],
)
def test_the_procedure_and_the_likely_sentence_say_how_long_the_court_has(
    make: Make, procedure: str, likely: str, rule: str, due: date
) -> None:
    walk = at_trial(make, procedure, likely, measure=Measure.BAIL)

    assert walk.running[rule] == due
    assert {"T01", "T02", "T02b", "T03"} & set(walk.running) == {rule}


def test_the_court_decides_within_seven_days_on_whoever_is_on_bail(make: Make) -> None:
    walk = at_trial(make, measure=Measure.BAIL)
    assert walk.running["B10"] == date(2026, 3, 9)

    walk.take(
        walk.town.manager,
        "court_decides_measure",
        measure="bail",
        decided_at=walk.now,
        document_number="（2026）测刑初9号之一",
    )

    assert "B10" not in walk.running
    assert walk.closed("B10") is CloseReason.DONE
    assert walk.running["B01"] == date(2027, 3, 2)


def test_a_case_is_not_accepted_before_it_was_indicted(make: Make) -> None:
    walk = indicted(make)
    given = {"court": "测试区人民法院", "court_number": "1号", "procedure": "ordinary"}

    ground, article = walk.barred(
        walk.town.manager,
        "court_accepts",
        accepted_at=walk.now - timedelta(days=1),
        likely="up_to_one_year",
        **given,
    )

    assert (ground, article) == ("before_indictment", "CPL 186")


def test_only_case_management_registers_what_the_court_writes(make: Make) -> None:
    walk = at_trial(make)

    for person in (walk.town.prosecutor, walk.town.officer):
        with pytest.raises(NotAllowed):
            walk.take(person, "court_asks_for_material", received_at=walk.now, wanted="讯问录像。")


def test_a_longer_trial_is_registered_with_its_ground(make: Make) -> None:
    walk = at_trial(make)
    manager, number = walk.town.manager, {"document_number": "（2026）测刑初9号之二"}

    walk.take(manager, "court_extends_trial", ground="third_month", **number)
    assert walk.running["T01"] == date(2026, 6, 2)
    walk.take(manager, "court_extends_trial", ground="upper_court", **number)
    assert walk.running["T01"] == date(2026, 9, 2)
    assert walk.barred(manager, "court_extends_trial", ground="supreme_court", **number) == (
        "length",
        "CPL 208¶1; SPC-I 210¶3",
    )
    walk.take(manager, "court_extends_trial", ground="supreme_court", months=2, **number)
    assert walk.running["T01"] == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("asked", "answered", "rule"),
    [
        ("court_asks_for_material", "send_material", "T05"),
        ("court_asks_for_evidence", "hand_over_evidence", "T05b"),
    ],
)
def test_what_the_court_asks_for_is_answered_in_three_days(
    make: Make, asked: str, answered: str, rule: str
) -> None:
    walk = at_trial(make)
    number = {"document_number": "1号"} if rule == "T05b" else {}
    answer = {"answer": "sent" if rule == "T05" else "none", "what": "讯问录像。"}
    assert walk.barred(walk.town.prosecutor, answered, **answer)[0] == "nothing_asked"

    walk.take(walk.town.manager, asked, received_at=walk.now, wanted="讯问录像。", **number)
    assert of_the_case(walk)[rule] == date(2026, 3, 5)
    walk.take(walk.town.prosecutor, answered, **answer)

    assert rule not in of_the_case(walk)


def test_files_not_handed_over_in_the_session_follow_in_three_days(make: Make) -> None:
    walk = at_trial(make)
    handler = walk.town.prosecutor
    assert walk.barred(handler, "hand_over_files", to="书记员") == (
        "nothing_to_hand_over",
        "RULES 428",
    )

    walk.take(handler, "session_closed", closed_at=walk.now, files="handed_over", minutes="开庭。")
    assert "T05c" not in of_the_case(walk)
    walk.take(handler, "session_closed", closed_at=walk.now, files="later", minutes="继续开庭。")
    assert of_the_case(walk)["T05c"] == date(2026, 3, 5)
    walk.take(handler, "hand_over_files", to="书记员")

    assert "T05c" not in of_the_case(walk)


def test_a_session_is_not_closed_before_the_court_accepted_the_case(make: Make) -> None:
    walk = at_trial(make)

    ground, article = walk.barred(
        walk.town.prosecutor,
        "session_closed",
        closed_at=walk.now - timedelta(days=1),
        files="handed_over",
        minutes="开庭。",
    )

    assert (ground, article) == ("before_acceptance", "CPL 208¶1")


def test_an_adjournment_for_investigation_lasts_a_month_and_the_court_counts_again(
    make: Make,
) -> None:
    walk = at_trial(make)
    walk.pass_days(8)
    adjourn(walk)

    assert walk.state == "adjourned"
    assert walk.running["T04"] == date(2026, 4, 10)
    assert "T01" not in walk.running
    assert walk.closed("T01") is CloseReason.REPLACED

    walk.pass_days(20)
    walk.take(walk.town.prosecutor, "ask_to_resume", found="补充了两份证言。")
    assert walk.state == "at_trial"
    assert "T04" not in walk.running
    assert walk.running["T01"] == date(2026, 5, 30)


def test_an_adjournment_on_another_ground_leaves_the_court_its_period(make: Make) -> None:
    walk = at_trial(make)

    adjourn(walk, grounds=["witnesses"], investigates=False)

    assert walk.running["T01"] == date(2026, 5, 2)
    walk.take(walk.town.prosecutor, "ask_to_resume", found="证人已经到庭。")
    assert walk.running["T01"] == date(2026, 5, 2)


def test_only_grounds_of_investigation_are_investigated(make: Make) -> None:
    walk = at_trial(make)

    ground, article = walk.barred(
        walk.town.prosecutor,
        "propose_adjournment",
        grounds=["witnesses"],
        investigates=True,
        reasons="证人未到。",
    )

    assert ground == "nothing_to_investigate"
    assert "RULES 420" in article


def test_an_adjournment_is_announced_only_after_it_was_proposed(make: Make) -> None:
    walk = at_trial(make)

    ground, _ = walk.barred(walk.town.prosecutor, "court_adjourns", announced_at=walk.now)

    assert ground == "not_proposed"


def test_the_prosecutor_proposes_an_adjournment_twice_at_most(make: Make) -> None:
    walk = at_trial(make)
    for _ in range(2):
        adjourn(walk)
        walk.pass_days(1)
        walk.take(walk.town.prosecutor, "ask_to_resume", found="已补充。")

    ground, article = walk.barred(
        walk.town.prosecutor, "propose_adjournment", grounds=["unclear"], reasons="仍需补侦。"
    )

    assert (ground, article) == ("adjourned_twice", "RULES 421¶2")


def test_a_changed_charge_changes_what_the_judgment_is_compared_with(make: Make) -> None:
    walk = at_trial(make)
    other = make.charge()

    walk.decide(
        "change_indictment", kind="change", ground="charge_or_law", charges=[other.id], **CHANGED
    )

    accusation = accusations.of(walk.prosecution)
    assert accusation is not None
    assert accusation.charges == {other.id}
    assert len(accusation.facts) == 2
    assert Circumstance.RECIDIVIST in accusation.circumstances
    taken = proceedings.latest(
        make.act(walk.town.prosecutor), walk.prosecution, "change_indictment"
    )
    assert taken is not None
    assert "变诉" in (taken.number or "")


def test_a_supplement_comes_beside_what_was_charged(make: Make) -> None:
    walk = at_trial(make)
    (before,) = walk.prosecution.suspect.charge_ids
    other = make.charge()
    supplement: dict[str, Any] = CHANGED | {
        "kind": "supplement",
        "ground": "omitted_crime",
        "clear": True,
        "charges": [other.id],
    }
    twice = supplement | {"facts": [{"number": 2, "charge_id": other.id}]}
    assert walk.barred(walk.town.prosecutor, "change_indictment", **twice) == (
        "fact_numbered_before",
        "RULES 358¶2(3); RULES 423",
    )

    walk.decide(
        "change_indictment", **(supplement | {"facts": [{"number": 3, "charge_id": other.id}]})
    )

    accusation = accusations.of(walk.prosecution)
    assert accusation is not None
    assert accusation.charges == {before, other.id}
    assert [one.number for one in accusation.facts] == [1, 2, 3]


@pytest.mark.parametrize(
    ("given", "ground"),
    [
        ({"kind": "add", "ground": "omitted_crime", "clear": True}, "kind_does_not_fit"),
        ({"kind": "supplement", "ground": "omitted_crime"}, "not_clear"),
        ({"kind": "change", "ground": "facts"}, "nothing_new"),
    ],
)
def test_what_is_changed_added_or_supplemented_fits_its_ground(
    make: Make, given: dict[str, Any], ground: str
) -> None:
    walk = at_trial(make)

    barred, article = walk.barred(walk.town.prosecutor, "change_indictment", **(CHANGED | given))

    assert barred == ground
    assert "RULES 423" in article


def test_a_fact_stands_under_a_charge_of_the_indictment(make: Make) -> None:
    walk = at_trial(make)
    elsewhere = [{"number": 1, "charge_id": make.charge().id}]

    ground, article = walk.barred(
        walk.town.prosecutor,
        "change_indictment",
        kind="change",
        ground="facts",
        facts=elsewhere,
        **CHANGED,
    )

    assert ground == "fact_without_charge"
    assert "RULES 358" in article


def test_an_identity_found_late_is_changed_in_words(make: Make) -> None:
    walk = at_trial(make)

    walk.decide("change_indictment", kind="change", ground="identity", **CHANGED)

    assert walk.state == "at_trial"


def test_a_suggestion_of_the_court_is_followed_or_declined(make: Make) -> None:
    walk = at_trial(make)
    assert (
        walk.barred(walk.town.prosecutor, "decline_suggestion", reasons="指控正确。")[0]
        == "nothing_suggested"
    )

    walk.take(
        walk.town.manager, "court_suggests_change", received_at=walk.now, suggested="补充起诉。"
    )
    walk.decide("decline_suggestion", reasons="请就指控的事实依法裁判。")

    ground, article = walk.barred(walk.town.prosecutor, "decline_suggestion", reasons="同上。")
    assert (ground, article) == ("nothing_suggested", "RULES 425")


def test_a_withdrawn_indictment_is_followed_by_a_decision_in_thirty_days(make: Make) -> None:
    walk = at_trial(make)
    proposal = walk.take(
        walk.town.prosecutor, "withdraw_indictment", ground="evidence", reasons="关键证人翻证。"
    )
    assert walk.state == "at_trial"
    walk.approve(proposal, walk.town.chief)

    assert walk.state == "withdrawn"
    assert "T01" not in walk.running
    assert walk.closed("T01") is CloseReason.LAPSED
    assert walk.running["X11"] == date(2026, 4, 1)
    assert open_task(walk, TaskKind.REVIEW_PROSECUTION)
    assert not open_task(walk, TaskKind.FOLLOW_TRIAL)

    walk.decide(
        "decide_insufficient",
        tests=["doubtful"],
        facts_text="证人翻证。",
        reasons="证据不足。",
    )
    assert walk.state == "not_prosecuted"
    assert "X11" not in walk.running


def test_after_the_judgment_nothing_is_withdrawn(make: Make) -> None:
    walk = at_trial(make)
    walk.take(
        walk.town.manager,
        "judgment_received",
        received_at=walk.now,
        paper="judgment",
        document_number="1号",
        outcome="not_proven",
    )

    with pytest.raises(WrongState):
        walk.take(
            walk.town.prosecutor, "withdraw_indictment", ground="evidence", reasons="证据变化。"
        )


def test_the_case_follows_the_court_that_has_jurisdiction(make: Make) -> None:
    walk = at_trial(make)
    other = make.office(level="district")
    said = {"document_number": "（2026）测刑辖3号"}
    assert walk.barred(
        walk.town.prosecutor,
        "follow_court_jurisdiction",
        procuratorate_id=walk.town.procuratorate.id,
        **said,
    ) == ("not_elsewhere", "RULES 328")

    walk.decide("follow_court_jurisdiction", procuratorate_id=other.id, **said)

    assert walk.state == "transferred"
    assert walk.closed("T01") is CloseReason.REPLACED
    assert walk.running["R15"] == date(2026, 4, 2)


def test_a_suspended_trial_stops_the_court_s_period(make: Make) -> None:
    walk = at_trial(make)
    manager, said = walk.town.manager, {"document_number": "（2026）测刑初9号之三"}
    assert walk.barred(manager, "court_resumes", decided_at=walk.now, **said) == (
        "not_suspended",
        "CPL 206¶2",
    )
    walk.take(manager, "court_suspends", ground="illness", decided_at=walk.now, **said)
    assert walk.barred(manager, "court_suspends", ground="escape", decided_at=walk.now, **said) == (
        "not_running",
        "CPL 206¶2",
    )

    walk.pass_days(31)
    walk.take(manager, "court_resumes", decided_at=walk.now, **said)

    assert walk.running["T01"] == date(2026, 6, 1)


def test_while_the_trial_is_suspended_its_procedure_stays_and_it_may_still_end(make: Make) -> None:
    walk = at_trial(make, "summary", "up_to_three_years")
    manager, said = walk.town.manager, {"document_number": "1号", "decided_at": walk.now}
    walk.take(manager, "court_suspends", ground="escape", **said)

    assert walk.barred(
        manager,
        "court_changes_procedure",
        procedure="ordinary",
        likely="up_to_three_years",
        **said,
    ) == ("suspended", "CPL 206¶2")
    walk.decide("withdraw_indictment", ground="law_changed", reasons="司法解释变化。")

    assert walk.closed("T02") is CloseReason.LAPSED


def test_a_procedure_that_does_not_fit_is_left_and_never_entered_again(make: Make) -> None:
    walk = at_trial(make, "expedited", "up_to_three_years")
    manager, said = walk.town.manager, {"document_number": "1号", "likely": "up_to_three_years"}
    walk.pass_days(5)

    walk.take(manager, "court_changes_procedure", procedure="summary", decided_at=walk.now, **said)
    assert walk.closed("T03") is CloseReason.REPLACED
    assert walk.running["T02"] == date(2026, 3, 27)
    assert walk.barred(
        manager, "court_changes_procedure", procedure="expedited", decided_at=walk.now, **said
    ) == ("not_onward", "CPL 221; CPL 226")
    walk.take(manager, "court_changes_procedure", procedure="ordinary", decided_at=walk.now, **said)

    assert walk.running["T01"] == date(2026, 5, 7)
    assert "T02" not in walk.running


def test_a_held_defendant_s_supervisors_are_told_once_of_all_that_happens(make: Make) -> None:
    walk = at_trial(make)

    assert walk.running["C10"] == date(2026, 3, 12)
    adjourn(walk)
    assert walk.running["C10"] == date(2026, 3, 12)


def test_the_indictment_names_the_charge(make: Make) -> None:
    walk = Walk.begin(make)
    walk.interrogate_and_hear()
    walk.prosecution.suspect.suspect_charges = []
    make.session.flush()

    ground, article = walk.barred(
        walk.town.prosecutor,
        "indict",
        facts_text="盗窃。",
        reasons="应当起诉。",
        likely_months=48,
        procedure="ordinary",
    )

    assert (ground, article) == ("no_charge", "RULES 358¶2(4)")


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"charges": [999_999]}, "/given/charges"),
        ({"facts": [{"number": 1}, {"number": 1}]}, "/given/facts"),
        ({"facts": [{"number": 1, "amount": "很多"}]}, "/given/facts/0/amount"),
        (
            {"recommendation": {"penalty": {"main": "flogging"}}},
            "/given/recommendation/penalty/main",
        ),
    ],
)
def test_an_indictment_that_cannot_be_read_is_pointed_at(
    make: Make, given: dict[str, Any], pointer: str
) -> None:
    walk = Walk.begin(make)
    walk.interrogate_and_hear()
    said = {"facts_text": "盗窃。", "reasons": "应当起诉。", "procedure": "ordinary"}

    with pytest.raises(StepIncomplete) as refused:
        walk.take(walk.town.prosecutor, "indict", likely_months=48, **(said | given))

    assert [one["pointer"] for one in refused.value.members["errors"]] == [pointer]


def test_a_recommendation_that_the_law_does_not_know_is_refused(make: Make) -> None:
    walk = Walk.begin(make)
    walk.interrogate_and_hear()

    ground, article = walk.barred(
        walk.town.prosecutor,
        "indict",
        facts_text="盗窃。",
        reasons="应当起诉。",
        likely_months=48,
        procedure="ordinary",
        recommendation={"penalty": {"main": "imprisonment", "term": {"months": 3}}},
    )

    assert ground == "term_too_short"
    assert "CL 45" in article


def test_the_task_of_the_trial_opens_with_the_court_s_day(make: Make) -> None:
    walk = indicted(make)
    accept(walk)

    task = open_task(walk, TaskKind.FOLLOW_TRIAL)
    assert task is not None
    assert task.due_on == walk.running["T01"]
