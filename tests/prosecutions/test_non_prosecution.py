"""Every kind of non-prosecution, what goes with it, and taking it back."""

from datetime import date
from typing import Any

import pytest

from services import charges, proceedings, prosecutions
from services.arrest_requests.terms import Flag, Measure
from services.cases import CaseState
from services.charges import Charge
from services.deadlines import CloseReason
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.offices import OfficeKind
from services.proceedings import NoSuchApprover, Proposal, ProposalOutcome, TakenStep
from services.prosecutions import ProsecutionState, pleas
from services.prosecutions.pleas import Plea, PleaStanding
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make
from tests.prosecutions.walks import Walk

SAID: dict[str, Any] = {"facts_text": "二〇二六年一月的事实。", "reasons": "理由如下。"}
STATUTORY = SAID | {"grounds": ["no_crime_facts"]}
DISCRETIONARY = SAID | {"exempting_articles": "刑法第三十七条"}
INSUFFICIENT = SAID | {"tests": ["element", "other_outcome"]}
SPECIAL = SAID | {"ground": "merit", "confessed": True, "superior_document": "高检核〔2026〕1号"}


def ready(make: Make, organ: OfficeKind = OfficeKind.PUBLIC_SECURITY, **suspect: object) -> Walk:
    """A case in which everybody was heard."""
    walk = Walk.begin(make, organ, **suspect)
    walk.interrogate_and_hear()
    return walk


def not_prosecuted(make: Make, code: str = "decide_discretionary", **given: Any) -> Walk:
    walk = ready(make)
    walk.decide(code, **((DISCRETIONARY if code == "decide_discretionary" else STATUTORY) | given))
    return walk


def open_tasks(walk: Walk) -> set[TaskKind]:
    found = walk.make.session.query(Task).where(
        Task.about_kind == "prosecutions",
        Task.about_id == walk.prosecution.id,
        Task.state == TaskState.OPEN,
    )
    return {one.kind for one in found}


def test_a_decision_ends_the_review_and_frees_the_person_at_once(make: Make) -> None:
    walk = ready(make, measure=Measure.ARREST)
    assert "R01" in walk.running

    walk.decide("decide_statutory", **STATUTORY)

    assert walk.state == "not_prosecuted"
    assert walk.closed("R01") is CloseReason.DONE
    assert walk.closed("R04") is CloseReason.LAPSED
    assert walk.running == {"X01": None}
    assert walk.prosecution.suspect.measure is Measure.NONE
    assert open_tasks(walk) == {TaskKind.EXECUTE_DECISION}
    taken = walk.make.session.query(TakenStep).where(TakenStep.step == "decide_statutory").one()
    assert taken.number is not None
    assert "刑不诉〔2026〕1号" in taken.number

    walk.take(walk.town.officer, "report_release_after_decision", at=walk.now)
    assert open_tasks(walk) == set()


def test_bail_ends_with_the_decision(make: Make) -> None:
    walk = ready(make, measure=Measure.BAIL)
    assert "B03" in walk.running

    walk.decide("decide_statutory", **STATUTORY)

    assert walk.prosecution.suspect.measure is Measure.NONE
    assert walk.running == {"X01": None}


def test_who_is_held_in_another_matter_stays_there(make: Make) -> None:
    walk = ready(make, measure=Measure.CUSTODY_ELSEWHERE)

    walk.decide("decide_statutory", **STATUTORY)

    assert walk.prosecution.suspect.measure is Measure.CUSTODY_ELSEWHERE
    assert TaskKind.EXECUTE_DECISION not in open_tasks(walk)


def test_the_unit_of_a_public_employee_is_told_within_ten_days(make: Make) -> None:
    walk = ready(make)

    walk.decide("decide_statutory", **STATUTORY, official=True)

    assert walk.running["B11b"] == date(2026, 3, 12)
    walk.take(walk.town.prosecutor, "inform_employer", unit="某局", at=walk.now)
    assert walk.closed("B11b") is CloseReason.DONE


def test_nobody_is_left_unprosecuted_without_an_interrogation(make: Make) -> None:
    walk = Walk.begin(make)

    ground, article = walk.barred(walk.town.prosecutor, "decide_statutory", **STATUTORY)

    assert ground == "not_interrogated"
    assert "331" in article


def test_the_dead_are_not_interrogated(make: Make) -> None:
    walk = Walk.begin(make)
    today = walk.make.act(walk.town.prosecutor).today
    walk.take(walk.town.prosecutor, "hear_opinions", heard="victim", on=today, form="in_person")

    walk.decide("decide_statutory", **STATUTORY | {"grounds": ["dead"]})

    assert walk.state == "not_prosecuted"


@pytest.mark.parametrize("heard", [("defender",), ("victim",)])
def test_both_sides_are_heard_first(make: Make, heard: tuple[str, ...]) -> None:
    walk = Walk.begin(make)
    walk.interrogate_and_hear(*heard)

    ground, article = walk.barred(walk.town.prosecutor, "decide_statutory", **STATUTORY)

    assert ground == "opinions_not_heard"
    assert "261" in article


def test_where_there_is_no_victim_none_is_heard(make: Make) -> None:
    walk = Walk.begin(make)
    walk.interrogate_and_hear("duty_lawyer")

    walk.decide("decide_statutory", **STATUTORY, no_victim=True)

    assert walk.state == "not_prosecuted"


def test_an_own_case_without_a_crime_goes_back_to_be_dismissed(make: Make) -> None:
    walk = ready(make)
    walk.town.police.kind = OfficeKind.PROCURATORATE  # which investigated the case itself
    make.session.flush()
    handler, ground = walk.town.prosecutor, {"grounds": ["limitation"], "reasons": "已过时效。"}

    assert walk.barred(handler, "decide_statutory", **STATUTORY)[0] == "own_case"
    walk.decide("return_own_case", **ground)

    assert walk.state == "sent_back"
    assert "R01" in walk.running  # held: until released, or taken over


def test_only_an_own_case_goes_back_to_be_dismissed(make: Make) -> None:
    walk = ready(make)

    barred = walk.barred(
        walk.town.prosecutor, "return_own_case", grounds=["limitation"], reasons="已过时效。"
    )

    assert barred[0] == "not_own_case"
    assert "366" in barred[1]


# --- insufficient evidence -------------------------------------------------------------------


def test_a_case_that_was_never_returned_does_not_end_for_insufficient_evidence(make: Make) -> None:
    walk = ready(make)

    ground, article = walk.barred(walk.town.prosecutor, "decide_insufficient", **INSUFFICIENT)

    assert ground == "never_returned"
    assert "367" in article


def test_after_one_return_it_is_said_why_another_is_not_needed(make: Make) -> None:
    walk = ready(make)
    walk.return_and_receive()

    ground, _ = walk.barred(walk.town.prosecutor, "decide_insufficient", **INSUFFICIENT)
    assert ground == "return_again_possible"

    walk.decide("decide_insufficient", **INSUFFICIENT, why_not_again="现场已灭失。")
    assert walk.state == "not_prosecuted"
    assert walk.closed("R17") is CloseReason.DONE


def test_after_two_returns_nothing_more_is_asked(make: Make) -> None:
    walk = ready(make)
    walk.return_and_receive()
    walk.return_and_receive()
    handler = walk.town.prosecutor

    third = walk.barred(
        handler, "return_case", outline="再查。", reasons="仍不足。", why_again="是"
    )
    walk.decide("decide_insufficient", **INSUFFICIENT)

    assert third[0] == "third_return"
    assert walk.state == "not_prosecuted"


def test_a_withdrawn_indictment_ends_without_a_return_and_keeps_its_thirty_days(make: Make) -> None:
    walk = ready(make)
    walk.prosecution.state = ProsecutionState.WITHDRAWN
    walk.make.session.flush()

    walk.decide("decide_insufficient", **INSUFFICIENT)

    assert walk.state == "not_prosecuted"
    assert "X11" not in walk.running


# --- commissions and own cases ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "given"), [("decide_statutory", STATUTORY), ("decide_discretionary", DISCRETIONARY)]
)
def test_a_commissions_case_needs_the_procuratorate_above(
    make: Make, code: str, given: dict[str, Any]
) -> None:
    walk = ready(make, OfficeKind.SUPERVISORY_COMMISSION)

    proposal = walk.take(walk.town.prosecutor, code, **given)
    walk.approve(proposal, walk.town.chief)
    assert walk.state == "under_review"
    assert "R01" in walk.running

    walk.approve(proposal, walk.upper_chief)
    assert walk.state == "not_prosecuted"


def test_a_superior_outside_of_this_system_is_named_by_its_document(make: Make) -> None:
    walk = ready(make, OfficeKind.SUPERVISORY_COMMISSION)
    walk.town.procuratorate.superior_id = None
    walk.make.session.flush()

    with pytest.raises(NoSuchApprover):
        walk.take(walk.town.prosecutor, "decide_statutory", **STATUTORY)

    walk.decide("decide_statutory", **STATUTORY, superior_document="市检批〔2026〕3号")
    assert walk.state == "not_prosecuted"


def otherwise(walk: Walk, proposal: Proposal) -> None:
    """The chief decides not to prosecute instead of what was proposed."""
    proceedings.decide(
        walk.make.act(walk.town.chief),
        proposal,
        outcome=ProposalOutcome.OTHERWISE,
        note="没有犯罪事实。",
        step="decide_statutory",
        given=STATUTORY,
    )


def test_the_chief_alone_cannot_decide_otherwise_in_a_commissions_case(make: Make) -> None:
    walk = ready(make, OfficeKind.SUPERVISORY_COMMISSION)

    otherwise(
        walk, walk.take(walk.town.prosecutor, "return_case", outline="补查。", reasons="不足。")
    )
    assert walk.state == "under_review"
    higher = proceedings.awaited(walk.make.act(walk.town.chief), walk.prosecution)
    assert higher is not None
    walk.approve(higher, walk.upper_chief)

    assert walk.state == "not_prosecuted"


def test_nobody_decides_otherwise_without_the_superior_that_the_law_asks_for(make: Make) -> None:
    walk = ready(make, OfficeKind.SUPERVISORY_COMMISSION)
    walk.town.procuratorate.superior_id = None
    walk.make.session.flush()
    proposal = walk.take(walk.town.prosecutor, "return_case", outline="补查。", reasons="不足。")

    with pytest.raises(NoSuchApprover):
        otherwise(walk, proposal)

    assert walk.state == "under_review"


def test_case_management_registers_the_release_in_a_commissions_case(make: Make) -> None:
    walk = ready(make, OfficeKind.SUPERVISORY_COMMISSION)
    proposal = walk.take(walk.town.prosecutor, "decide_statutory", **STATUTORY)
    walk.approve(proposal, walk.town.chief, walk.upper_chief)
    assert TaskKind.EXECUTE_DECISION in open_tasks(walk)

    barred = walk.barred(walk.town.officer, "report_release_after_decision", at=walk.now)
    walk.take(walk.town.manager, "register_release_after_decision", at=walk.now)

    assert barred[0] == "not_the_executor"
    assert TaskKind.EXECUTE_DECISION not in open_tasks(walk)


def test_what_is_decided_of_one_leaves_the_others_review(make: Make) -> None:
    other = make.suspect(measure=Measure.ARREST, ordinal=99)
    walk = Walk.begin(make, OfficeKind.PUBLIC_SECURITY, other)
    walk.interrogate_and_hear()
    case = walk.prosecution.case
    (_, second) = prosecutions.of_case(make.act(walk.town.manager), case)

    walk.decide("decide_statutory", **STATUTORY)

    assert (walk.state, second.state) == ("not_prosecuted", ProsecutionState.UNDER_REVIEW)
    assert other.measure is Measure.ARREST
    assert case.state is CaseState.ASSIGNED


def test_the_supreme_procuratorate_approves_a_special_decision(make: Make) -> None:
    walk = ready(make)
    handler = walk.town.prosecutor

    with pytest.raises(NoSuchApprover):
        walk.take(handler, "decide_special", **SPECIAL | {"superior_document": None})
    refused = walk.barred(handler, "decide_special", **SPECIAL | {"confessed": False})
    proposal = walk.take(handler, "decide_special", **SPECIAL)
    walk.approve(proposal, walk.town.chief, walk.upper_chief)

    assert refused[0] == "not_confessed"
    assert "182" in refused[1]
    assert walk.state == "not_prosecuted"


def test_some_of_several_charges_may_be_left_out_specially(make: Make) -> None:
    walk = ready(make)
    given = reconciled(make)

    proposal = walk.take(
        walk.town.prosecutor,
        "drop_charges_specially",
        charge_ids=given["charge_ids"],
        reasons="重大立功。",
        superior_document="高检核〔2026〕2号",
    )
    walk.approve(proposal, walk.town.chief, walk.upper_chief)

    assert walk.state == "under_review"
    assert "R01" in walk.running


# --- reconciliation --------------------------------------------------------------------------


def reconciled(make: Make, charge: str = "盗窃罪", **given: Any) -> dict[str, Any]:
    charges.load(make.session)
    found = make.session.query(Charge).where(Charge.name == charge).one()
    values: dict[str, Any] = {
        "agreed_on": date(2026, 2, 20),
        "kind": "folk_dispute",
        "charge_ids": [found.id],
        "likely_months": 12,
        "performed": "performed",
        "both_heard": True,
    }
    return SAID | values | given


def test_the_reconciled_are_left_unprosecuted(make: Make) -> None:
    walk = ready(make)

    walk.decide("decide_after_reconciliation", **reconciled(make))

    assert walk.state == "not_prosecuted"


@pytest.mark.parametrize(
    ("given", "ground", "article"),
    [
        ({"likely_months": 37}, "not_reconcilable", "492"),
        ({"kind": "negligence", "likely_months": 85}, "not_reconcilable", "492"),
        ({"charge": "妨害公务罪"}, "not_reconcilable", "492"),
        ({"crime_within_five_years": True}, "crime_within_five_years", "492"),
        ({"both_heard": False}, "parties_not_heard", "503"),
    ],
)
def test_not_everything_is_reconciled(
    make: Make, given: dict[str, Any], ground: str, article: str
) -> None:
    walk = ready(make)

    barred = walk.barred(
        walk.town.prosecutor, "decide_after_reconciliation", **reconciled(make, **given)
    )

    assert barred[0] == ground
    assert article in barred[1]


def test_negligence_is_reconciled_up_to_seven_years(make: Make) -> None:
    walk = ready(make)

    walk.decide(
        "decide_after_reconciliation",
        **reconciled(make, "交通肇事罪", kind="negligence", likely_months=84),
    )

    assert walk.state == "not_prosecuted"


# --- what goes with the decision -------------------------------------------------------------


def test_what_is_announced_publicly_takes_effect(make: Make) -> None:
    walk = not_prosecuted(make)

    walk.take(walk.town.prosecutor, "announce_non_prosecution", at=walk.now, place="本院宣告室")

    assert walk.closed("X01") is CloseReason.DONE


def test_each_receiver_has_seven_days_of_its_own(make: Make) -> None:
    walk = not_prosecuted(make)
    handler = walk.town.prosecutor

    walk.take(
        handler, "serve_non_prosecution", to=["victim", "person"], at=walk.now, remedies_told=True
    )
    walk.pass_days(1)
    walk.take(handler, "serve_non_prosecution", to=["organ"], at=walk.now)

    nine, ten = date(2026, 3, 9), date(2026, 3, 10)
    assert walk.running == {"X01": None, "X06": nine, "X07": nine, "X08": nine, "X02": ten}


def test_a_second_victim_has_seven_days_from_the_own_receipt(make: Make) -> None:
    walk = not_prosecuted(make)
    handler = walk.town.prosecutor

    walk.take(handler, "serve_non_prosecution", to=["victim"], at=walk.now, remedies_told=True)
    walk.pass_days(3)
    walk.take(handler, "serve_non_prosecution", to=["victim"], at=walk.now, remedies_told=True)

    assert walk.running["X06"] == date(2026, 3, 12)


def test_only_who_is_spared_a_punishment_may_appeal(make: Make) -> None:
    walk = not_prosecuted(make, "decide_statutory")

    walk.take(
        walk.town.prosecutor,
        "serve_non_prosecution",
        to=["person"],
        at=walk.now,
        remedies_told=True,
    )

    assert "X08" not in walk.running


def test_parties_are_told_of_their_remedies(make: Make) -> None:
    walk = not_prosecuted(make)

    barred = walk.barred(walk.town.prosecutor, "serve_non_prosecution", to=["victim"], at=walk.now)

    assert barred[0] == "remedies_not_told"
    assert "377" in barred[1]


def test_the_files_go_back_where_another_person_did_it(make: Make) -> None:
    walk = not_prosecuted(make, "decide_statutory", grounds=["another_person"])

    walk.take(walk.town.prosecutor, "send_back_other_person", reasons="另有他人实施。")

    assert walk.state == "not_prosecuted"


def test_the_files_stay_otherwise(make: Make) -> None:
    walk = not_prosecuted(make, "decide_statutory")

    barred = walk.barred(walk.town.prosecutor, "send_back_other_person", reasons="另有他人。")

    assert barred[0] == "nothing_to_reinvestigate"
    assert "365" in barred[1]


@pytest.mark.parametrize("code", ["propose_penalty", "propose_confiscation"])
def test_the_chief_approves_an_opinion_to_an_authority(make: Make, code: str) -> None:
    walk = not_prosecuted(make)
    manager = walk.town.manager

    nothing = walk.barred(manager, "register_handling_result", **{"from": "某局", "result": "已罚"})
    walk.decide(code, to="某局", opinion="建议处理。")
    walk.take(manager, "register_handling_result", **{"from": "某局", "result": "已处理。"})

    assert nothing[0] == "nothing_proposed"


def test_property_is_released_by_notice(make: Make) -> None:
    walk = not_prosecuted(make)

    taken = walk.take(walk.town.prosecutor, "release_property", to="某公安分局", what="手机一部")

    assert taken.step == "release_property"


def test_the_records_of_a_minor_are_sealed(make: Make) -> None:
    walk = ready(make, flags=[Flag.MINOR.value])
    walk.decide("decide_discretionary", **DISCRETIONARY)

    walk.take(walk.town.prosecutor, "seal_records")

    adult = not_prosecuted(make)
    barred = adult.barred(adult.town.prosecutor, "seal_records")
    assert barred[0] == "not_a_minor"
    assert "486" in barred[1]


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("decide_statutory", STATUTORY),
        ("decide_discretionary", DISCRETIONARY),
        ("decide_insufficient", INSUFFICIENT),
    ],
)
def test_only_the_handler_decides_not_to_prosecute(
    make: Make, code: str, given: dict[str, Any]
) -> None:
    walk = ready(make)
    for person in (walk.town.officer, walk.town.manager, walk.other, walk.town.chief):
        with pytest.raises(NotAllowed):
            walk.take(person, code, **given)


def test_nobody_is_left_unprosecuted_twice(make: Make) -> None:
    walk = not_prosecuted(make)

    with pytest.raises(WrongState):
        walk.take(walk.town.prosecutor, "decide_statutory", **STATUTORY)


# --- taking the decision back ----------------------------------------------------------------


def test_a_wrong_decision_is_revoked_and_no_period_of_review_begins(make: Make) -> None:
    walk = not_prosecuted(make)
    walk.take(
        walk.town.prosecutor,
        "serve_non_prosecution",
        to=["victim", "person", "organ"],
        at=walk.now,
        remedies_told=True,
    )

    walk.decide("revoke_non_prosecution", ground="wrong", reasons="确有错误。")

    assert walk.state == "under_review"
    assert walk.running == {}
    assert walk.closed("X06") is CloseReason.LAPSED
    assert open_tasks(walk) == {TaskKind.REVIEW_PROSECUTION}


def test_new_evidence_reopens_only_what_lacked_evidence(make: Make) -> None:
    walk = not_prosecuted(make)
    given = {"ground": "new_evidence", "reasons": "发现新证据。"}

    barred = walk.barred(walk.town.prosecutor, "revoke_non_prosecution", **given)
    assert barred[0] == "not_for_want_of_evidence"
    assert "369" in barred[1]

    lacking = ready(make)
    lacking.return_and_receive()
    lacking.decide("decide_insufficient", **INSUFFICIENT, why_not_again="已无必要。")
    lacking.decide("revoke_non_prosecution", **given)
    assert lacking.state == "under_review"


def test_after_a_withdrawn_indictment_something_new_is_needed(make: Make) -> None:
    walk = ready(make)
    walk.prosecution.state = ProsecutionState.WITHDRAWN
    walk.make.session.flush()
    walk.decide("decide_statutory", **STATUTORY)
    given = {"ground": "wrong", "reasons": "发现新事实。"}

    barred = walk.barred(walk.town.prosecutor, "revoke_non_prosecution", **given)
    walk.decide("revoke_non_prosecution", **given, new_facts=True)

    assert barred[0] == "nothing_new_since_withdrawal"
    assert "424" in barred[1]
    assert walk.state == "under_review"


def test_a_change_of_mind_about_the_reconciliation_revokes_nothing(make: Make) -> None:
    walk = not_prosecuted(make)
    given = {"ground": "unlawful_reconciliation", "reasons": "和解并非自愿。"}

    barred = walk.barred(walk.town.prosecutor, "revoke_non_prosecution", **given)
    agreed = ready(make)
    agreed.decide("decide_after_reconciliation", **reconciled(make))
    agreed.decide("revoke_non_prosecution", **given)

    assert barred[0] == "not_reconciled"
    assert "503" in barred[1]
    assert agreed.state == "under_review"


# --- a plea withdrawn after the decision -----------------------------------------------------


def pleaded(make: Make) -> Walk:
    walk = not_prosecuted(make)
    pleas.keep(walk.prosecution, Plea(PleaStanding.SIGNED))
    make.session.flush()
    return walk


def plea_withdrawn(make: Make) -> Walk:
    walk = pleaded(make)
    walk.take(walk.town.prosecutor, "withdraw_plea_after_decision", at=walk.now, summary="不认罪。")
    return walk


def test_a_withdrawn_plea_may_leave_the_decision_as_it_is(make: Make) -> None:
    walk = plea_withdrawn(make)
    assert pleas.of(walk.prosecution).standing is PleaStanding.WITHDRAWN

    walk.decide("plea_withdrawn_upheld", reasons="仍属情节轻微。")

    assert walk.state == "not_prosecuted"
    again = walk.barred(walk.town.prosecutor, "plea_withdrawn_upheld", reasons="再次。")
    assert again[0] == "plea_not_withdrawn"
    assert "278" in again[1]


def test_a_withdrawn_plea_may_show_that_there_was_no_crime(make: Make) -> None:
    walk = plea_withdrawn(make)
    walk.take(walk.town.prosecutor, "announce_non_prosecution", at=walk.now, place="宣告室")

    walk.decide("plea_withdrawn_statutory", **STATUTORY)

    assert walk.state == "not_prosecuted"
    assert walk.running == {"X01": None}
    walk.take(
        walk.town.prosecutor,
        "serve_non_prosecution",
        to=["person"],
        at=walk.now,
        remedies_told=True,
    )
    assert "X08" not in walk.running


def test_a_withdrawn_plea_may_lead_to_the_indictment(make: Make) -> None:
    walk = plea_withdrawn(make)

    walk.decide("plea_withdrawn_prosecute", reasons="符合起诉条件。")

    assert walk.state == "under_review"


def test_only_a_decision_after_a_plea_is_looked_at_again(make: Make) -> None:
    walk = not_prosecuted(make)

    barred = walk.barred(
        walk.town.prosecutor, "withdraw_plea_after_decision", at=walk.now, summary="不认。"
    )

    assert barred[0] == "no_plea"
    assert "278" in barred[1]
