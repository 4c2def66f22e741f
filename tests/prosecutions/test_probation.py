"""Conditional non-prosecution of minors: when, on which terms, how it ends."""

from datetime import date
from typing import Any

import pytest

from services import charges
from services.arrest_requests.terms import Flag, Measure
from services.charges import Charge
from services.deadlines import CloseReason
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.offices import OfficeKind
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make
from tests.prosecutions.walks import Walk

ALL = ("police", "victim", "minor", "representative", "defender")
MINOR: dict[str, Any] = {"born_on": date(2009, 5, 1), "act_on": date(2026, 1, 10)}
EVERYBODY = ["organ", "victim", "minor", "representative", "defender"]


def terms(make: Make, charge: str = "盗窃罪", **given: Any) -> dict[str, Any]:
    charges.load(make.session)
    found = make.session.query(Charge).where(Charge.name == charge).one()
    values: dict[str, Any] = {
        "charge_ids": [found.id],
        "likely_months": 8,
        "indictable": True,
        "remorse": "如实供述，退赔并取得谅解。",
        "months": 6,
        "duties": ["education", "service"],
        "facts_text": "盗窃手机一部。",
        "reasons": "初犯，有帮教条件。",
    }
    return values | given


def ready(make: Make, **suspect: Any) -> Walk:
    walk = Walk.begin(make, **(MINOR | suspect))
    walk.interrogate_and_hear(*ALL)
    return walk


def on_probation(make: Make, **given: Any) -> Walk:
    walk = ready(make)
    walk.decide("decide_conditionally", **terms(make, **given))
    return walk


def at_the_end(make: Make) -> Walk:
    """The day after the last day of six months from 2 March 2026."""
    walk = on_probation(make)
    walk.pass_days(185)
    return walk


def objects(walk: Walk, who: str, objection: str) -> None:
    walk.take(walk.town.prosecutor, "record_conditional_objection", who=who, objection=objection)


def test_probation_runs_from_the_decision_and_the_minor_is_free(make: Make) -> None:
    walk = ready(make, measure=Measure.ARREST)
    assert "R01" in walk.running

    walk.decide("decide_conditionally", **terms(make))

    assert walk.state == "probation"
    assert walk.closed("R01") is CloseReason.DONE
    assert walk.running == {"X12": date(2026, 9, 2), "X13": date(2026, 3, 5)}
    assert walk.prosecution.suspect.measure is Measure.NONE
    found = make.session.query(Task).where(
        Task.about_kind == "prosecutions",
        Task.about_id == walk.prosecution.id,
        Task.kind == TaskKind.SUPERVISE_PROBATION,
        Task.state == TaskState.OPEN,
    )
    task = found.one()
    assert (task.person_id, task.due_on) == (walk.town.prosecutor.id, date(2026, 9, 2))


@pytest.mark.parametrize(
    ("months", "ends"), [(7, date(2026, 10, 2)), (9, date(2026, 12, 2)), (12, date(2027, 3, 2))]
)
def test_a_probation_lasts_as_long_as_the_decision_says(
    make: Make, months: int, ends: date
) -> None:
    walk = on_probation(make, months=months)

    assert walk.running["X12"] == ends


def test_bail_goes_on_during_the_probation(make: Make) -> None:
    walk = ready(make, measure=Measure.BAIL, measure_began_at=make.now)

    walk.decide("decide_conditionally", **terms(make))

    assert walk.prosecution.suspect.measure is Measure.BAIL


@pytest.mark.parametrize(
    ("given", "ground", "article"),
    [
        ({"charge": "非法经营罪"}, "other_chapter", "282"),
        ({"likely_months": 13}, "over_one_year", "282"),
        ({"indictable": False}, "not_indictable", "469"),
        ({"months": 5}, "length_of_probation", "473"),
        ({"months": 13}, "length_of_probation", "473"),
    ],
)
def test_the_law_says_which_cases_may_end_on_condition(
    make: Make, given: dict[str, Any], ground: str, article: str
) -> None:
    walk = ready(make)

    barred = walk.barred(walk.town.prosecutor, "decide_conditionally", **terms(make, **given))

    assert barred[0] == ground
    assert article in barred[1]


@pytest.mark.parametrize("charge", ["故意伤害罪", "抢劫罪", "妨害公务罪", "组织淫秽表演罪"])
def test_chapters_four_to_six_are_known_by_their_charges(make: Make, charge: str) -> None:
    walk = ready(make)

    walk.decide("decide_conditionally", **terms(make, charge))

    assert walk.state == "probation"


@pytest.mark.parametrize(
    "suspect",
    [
        {"born_on": date(2008, 1, 10), "act_on": date(2026, 1, 10)},
        {"born_on": None, "flags": [Flag.MINOR.value]},
    ],
)
def test_who_was_under_eighteen_at_the_act_is_a_minor(make: Make, suspect: dict[str, Any]) -> None:
    walk = ready(make, **suspect)

    walk.decide("decide_conditionally", **terms(make))

    assert walk.state == "probation"


@pytest.mark.parametrize(
    "suspect",
    [
        {"born_on": date(2008, 1, 9), "act_on": date(2026, 1, 10)},
        {"born_on": date(2008, 1, 9), "flags": [Flag.MINOR.value]},
        {"born_on": None},
    ],
)
def test_nobody_else_is_left_unprosecuted_on_condition(make: Make, suspect: dict[str, Any]) -> None:
    walk = ready(make, **suspect)

    barred = walk.barred(walk.town.prosecutor, "decide_conditionally", **terms(make))

    assert barred[0] == "not_a_minor"
    assert "489" in barred[1]


@pytest.mark.parametrize("missing", ALL)
def test_everybody_is_heard_first(make: Make, missing: str) -> None:
    walk = Walk.begin(make, **MINOR)
    walk.interrogate_and_hear(*(one for one in ALL if one != missing))

    barred = walk.barred(walk.town.prosecutor, "decide_conditionally", **terms(make))

    assert barred[0] == "not_all_heard"
    assert "469" in barred[1]


def test_the_minor_is_interrogated_first(make: Make) -> None:
    walk = Walk.begin(make, **MINOR)

    barred = walk.barred(walk.town.prosecutor, "decide_conditionally", **terms(make))

    assert barred[0] == "not_interrogated"


def test_only_the_handler_decides_on_condition(make: Make) -> None:
    walk = ready(make)

    for person in (walk.other, walk.town.officer, walk.town.manager, walk.town.chief):
        with pytest.raises(NotAllowed):
            walk.take(person, "decide_conditionally", **terms(make))


# --- objections of the minor's side ----------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "objection"), [("minor", "against"), ("representative", "innocent")]
)
def test_an_objection_of_either_leads_to_the_indictment(
    make: Make, who: str, objection: str
) -> None:
    walk = ready(make)
    objects(walk, who, objection)

    barred = walk.barred(walk.town.prosecutor, "decide_conditionally", **terms(make))

    assert barred[0] == "objected"
    assert "282" in barred[1]


def test_a_founded_claim_of_innocence_ends_without_condition(make: Make) -> None:
    walk = ready(make)
    objects(walk, "minor", "innocent")

    walk.decide(
        "decide_statutory", facts_text="未实施。", reasons="无罪。", grounds=["no_crime_facts"]
    )

    assert walk.state == "not_prosecuted"


def test_terms_may_be_disputed_and_objections_taken_back(make: Make) -> None:
    walk = ready(make)
    objects(walk, "minor", "terms")
    objects(walk, "representative", "against")
    objects(walk, "representative", "withdrawn")

    walk.decide("decide_conditionally", **terms(make))

    assert walk.state == "probation"


def test_what_one_takes_back_the_other_still_says(make: Make) -> None:
    walk = ready(make)
    objects(walk, "minor", "against")
    objects(walk, "representative", "against")
    objects(walk, "representative", "withdrawn")

    barred = walk.barred(walk.town.prosecutor, "decide_conditionally", **terms(make))

    assert barred[0] == "objected"


def test_an_objection_after_the_decision_leads_to_the_indictment(make: Make) -> None:
    walk = on_probation(make)
    given = {"ground": "objected", "reasons": "法定代理人有异议。"}

    barred = walk.barred(walk.town.prosecutor, "revoke_probation", **given)
    objects(walk, "representative", "against")
    walk.decide("revoke_probation", **given)

    assert barred[0] == "no_objection"
    assert walk.state == "under_review"


# --- served, announced, supervised -----------------------------------------------------------


def test_the_decision_is_served_on_all_five_within_three_days(make: Make) -> None:
    walk = on_probation(make)
    handler = walk.town.prosecutor

    walk.take(handler, "serve_conditional", to=["organ", "minor"], at=walk.now)
    assert walk.running["X14b"] == date(2026, 3, 9)
    assert "X13" in walk.running

    walk.take(
        handler,
        "serve_conditional",
        to=["victim", "representative", "defender"],
        at=walk.now,
        no_suit_told=True,
    )
    assert walk.running["X14"] == date(2026, 3, 9)
    assert walk.closed("X13") is CloseReason.DONE


def test_where_there_is_no_victim_four_are_served(make: Make) -> None:
    walk = on_probation(make, no_victim=True)

    walk.take(
        walk.town.prosecutor,
        "serve_conditional",
        to=["organ", "minor", "representative", "defender"],
        at=walk.now,
    )

    assert walk.closed("X13") is CloseReason.DONE


def test_the_victim_is_told_that_there_is_no_suit(make: Make) -> None:
    walk = on_probation(make)

    barred = walk.barred(walk.town.prosecutor, "serve_conditional", to=["victim"], at=walk.now)

    assert barred[0] == "no_suit_not_told"
    assert "472" in barred[1]
    with pytest.raises(WrongState):
        walk.take(
            walk.town.manager,
            "suit_accepted",
            notice_number="（2026）测刑初1号",
            received_at=walk.now,
            files_sent_on=date(2026, 3, 2),
        )


def test_the_minor_is_told_of_the_duties_in_person(make: Make) -> None:
    walk = on_probation(make)

    barred = walk.barred(walk.town.prosecutor, "announce_conditional", at=walk.now)
    walk.take(walk.town.prosecutor, "announce_conditional", at=walk.now, duties_told=True)

    assert barred[0] == "duties_not_told"
    assert "471" in barred[1]


def test_the_probation_is_supervised(make: Make) -> None:
    walk = on_probation(make)
    handler = walk.town.prosecutor

    walk.take(handler, "set_duties", duties=["treatment"], reasons="需要心理辅导。")
    walk.take(
        handler, "report_probation", on=date(2026, 3, 2), form="visit", summary="在校表现良好。"
    )
    walk.decide("permit_leave", from_on=date(2026, 4, 4), where="随父母回乡。")

    assert walk.state == "probation"
    assert walk.running["X12"] == date(2026, 9, 2)


# --- how it ends -----------------------------------------------------------------------------


def test_a_kept_probation_ends_without_an_indictment(make: Make) -> None:
    walk = at_the_end(make)
    given = {"opinion": "遵守规定。", "no_breach": True}

    barred = walk.barred(walk.town.prosecutor, "conclude_probation", **given)
    assert barred[0] == "victim_not_heard"
    assert "477" in barred[1]

    walk.take(walk.town.prosecutor, "hear_victim_on_probation", on=date(2026, 9, 3))
    breach = walk.barred(
        walk.town.prosecutor, "conclude_probation", **(given | {"no_breach": False})
    )
    walk.decide("conclude_probation", **given)

    assert breach[0] == "breach"
    assert "480" in breach[1]
    assert walk.state == "not_prosecuted"
    assert walk.closed("X12") is CloseReason.DONE
    assert walk.running == {"X01": None}


def test_after_probation_the_victim_may_appeal_and_not_the_person(make: Make) -> None:
    walk = on_probation(make, no_victim=True)
    walk.pass_days(185)
    walk.decide("conclude_probation", opinion="遵守规定。", no_breach=True)

    walk.take(
        walk.town.prosecutor,
        "serve_non_prosecution",
        to=["victim", "person", "organ"],
        at=walk.now,
        remedies_told=True,
    )

    assert {"X14", "X02"} <= set(walk.running)
    assert not {"X06", "X08"} & set(walk.running)


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("conclude_probation", {"opinion": "遵守规定。", "no_breach": True}),
        ("prosecute_after_probation", {"ground": "new_crime", "reasons": "再次盗窃。"}),
    ],
)
def test_nothing_is_concluded_before_the_last_day_is_over(
    make: Make, code: str, given: dict[str, Any]
) -> None:
    walk = on_probation(make)
    walk.take(walk.town.prosecutor, "hear_victim_on_probation", on=date(2026, 3, 2))
    assert walk.running["X12"] == date(2026, 9, 2)
    walk.pass_days(184)
    assert walk.make.act(walk.town.prosecutor).today == date(2026, 9, 2)

    assert walk.barred(walk.town.prosecutor, code, **given)[0] == "probation_not_over"


def test_a_breach_leads_to_the_indictment(make: Make) -> None:
    walk = on_probation(make)

    walk.decide("revoke_probation", ground="new_crime", reasons="再次盗窃。")

    assert walk.state == "under_review"
    assert walk.closed("X12") is CloseReason.LAPSED
    assert walk.running == {}


def test_at_its_end_the_chief_decides_on_a_breach(make: Make) -> None:
    walk = on_probation(make)
    walk.pass_days(185)
    given = {"ground": "supervision", "reasons": "多次违反监督管理规定。"}

    barred = walk.barred(walk.town.prosecutor, "revoke_probation", **given)
    walk.decide("prosecute_after_probation", **given)

    assert barred[0] == "probation_over"
    assert "477" in barred[1]
    assert walk.state == "under_review"
    assert walk.closed("X12") is CloseReason.DONE


@pytest.mark.parametrize(
    "code",
    ["serve_conditional", "report_probation", "revoke_probation", "conclude_probation"],
)
def test_only_the_handler_supervises(make: Make, code: str) -> None:
    walk = on_probation(make)

    for person in (walk.other, walk.town.officer, walk.town.manager):
        with pytest.raises(NotAllowed):
            walk.take(person, code, reasons="理由。")


# --- remedies against the conditional decision -----------------------------------------------


def objected(make: Make) -> Walk:
    walk = on_probation(make)
    walk.take(walk.town.prosecutor, "serve_conditional", to=["organ"], at=walk.now)
    walk.take(walk.town.officer, "object_to_conditional", reasons="应当起诉。")
    walk.take(walk.town.manager, "name_other_prosecutor", reviewer_id=walk.other.id)
    return walk


def test_an_objection_does_not_hold_up_the_probation(make: Make) -> None:
    walk = objected(make)
    assert walk.state == "probation"
    assert walk.closed("X14b") is CloseReason.DONE
    assert walk.running["X03"] == date(2026, 4, 1)

    walk.reconsidered("uphold_conditional", reasons="决定正确。")
    assert walk.running["X14c"] == date(2026, 3, 9)

    walk.take(walk.town.officer, "ask_above_on_conditional", reasons="仍应起诉。")
    assert walk.running["X05"] == date(2026, 4, 1)
    walk.re_examined("uphold_conditional_above", reasons="决定正确。")

    assert walk.state == "probation"
    assert walk.running == {"X12": date(2026, 9, 2), "X13": date(2026, 3, 5)}


def test_reconsideration_may_end_the_probation(make: Make) -> None:
    walk = objected(make)

    walk.reconsidered("change_conditional", reasons="应当起诉。")

    assert walk.state == "under_review"
    assert walk.closed("X03") is CloseReason.DONE
    assert walk.closed("X12") is CloseReason.LAPSED


def test_the_procuratorate_above_may_end_the_probation(make: Make) -> None:
    walk = objected(make)
    walk.reconsidered("uphold_conditional", reasons="决定正确。")
    walk.take(walk.town.officer, "ask_above_on_conditional", reasons="仍应起诉。")

    walk.re_examined("overturn_conditional_above", reasons="应当起诉。")

    assert walk.state == "under_review"
    assert walk.closed("X05") is CloseReason.DONE


def test_a_conditional_decision_is_objected_to_once_and_in_time(make: Make) -> None:
    walk = objected(make)
    officer = walk.town.officer
    again = walk.barred(officer, "object_to_conditional", reasons="再次。")
    early = walk.barred(officer, "ask_above_on_conditional", reasons="直接。")
    idle = on_probation(make)
    idle.take(idle.town.prosecutor, "serve_conditional", to=["organ"], at=idle.now)
    idle.pass_days(8)

    slow = idle.barred(idle.town.officer, "object_to_conditional", reasons="逾期。")
    assert [again[0], early[0], slow[0]] == [
        "objected_before",
        "not_reconsidered",
        "objection_late",
    ]
    assert "330" in slow[1]


@pytest.mark.parametrize(
    ("code", "ground"),
    [
        ("uphold_conditional", "nothing_to_reconsider"),
        ("change_conditional", "nothing_to_reconsider"),
    ],
)
def test_nothing_is_reconsidered_twice(make: Make, code: str, ground: str) -> None:
    walk = objected(make)
    walk.reconsidered("uphold_conditional", reasons="决定正确。")

    assert walk.barred(walk.other, code, reasons="再次。")[0] == ground


@pytest.mark.parametrize("code", ["uphold_conditional_above", "overturn_conditional_above"])
def test_nothing_is_re_examined_that_was_not_asked(make: Make, code: str) -> None:
    walk = on_probation(make)
    walk.take(walk.town.manager, "appeal_of_victim", filed_at=walk.now, summary="不服。")

    assert walk.barred(walk.upper_prosecutor, code, reasons="理由。")[0] == "nothing_to_re_examine"


def test_the_victim_may_appeal_against_the_condition(make: Make) -> None:
    walk = on_probation(make)
    walk.take(
        walk.town.prosecutor, "serve_conditional", to=["victim"], at=walk.now, no_suit_told=True
    )

    walk.take(walk.town.manager, "appeal_of_victim", filed_at=walk.now, summary="不服。")
    assert walk.closed("X14") is CloseReason.DONE
    assert walk.running["X09"] == date(2026, 6, 2)

    walk.re_examined("prosecute_on_appeal", reasons="应当起诉。")
    assert walk.state == "under_review"
    assert walk.closed("X12") is CloseReason.LAPSED


def test_a_commission_has_no_objection_of_the_police(make: Make) -> None:
    walk = Walk.begin(make, OfficeKind.SUPERVISORY_COMMISSION, **MINOR)
    walk.interrogate_and_hear(*ALL)
    walk.decide("decide_conditionally", **terms(make))

    barred = walk.barred(walk.town.officer, "object_to_conditional", reasons="应当起诉。")

    assert barred[0] == "not_the_police"
