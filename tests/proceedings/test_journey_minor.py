"""A minor, conditionally not prosecuted: terms, remedies, probation without a breach, the end."""

from typing import Any

import pytest

from services.policy import PostKind
from tests.proceedings.conftest import Refused, Trip, number_of, running, steps_of


def terms(trip: Trip, **given: Any) -> dict[str, Any]:
    """What a conditional non-prosecution says."""
    return {
        "charge_ids": [trip.theft.id],
        "likely_months": 8,
        "indictable": True,
        "remorse": "如实供述，退赔并取得谅解。",
        "months": 6,
        "duties": ["education"],
        "facts_text": "盗窃手机一部。",
        "reasons": "初犯，有帮教条件。",
    } | given


def on_probation(trip: Trip) -> str:
    """Heard with everybody, within the bounds of the law, and approved."""
    matter = trip.prosecution(trip.suspect("李某丁", born_on="2009-05-01", flags=["minor"]))
    assert running(trip.prosecutor.get(matter)) == {
        "R01": "2026-05-01",
        "R04": "2026-04-04",
        "R06c": "2026-04-04",
    }
    trip.reviewed(matter)
    unheard = trip.prosecutor.barred(matter, "decide_conditionally", **terms(trip))
    assert unheard[0] == "not_all_heard"
    for who in ("minor", "representative", "police"):
        trip.prosecutor.step(matter, "hear_opinions", heard=who, on=trip.today, form="in_person")
    with pytest.raises(Refused) as too_long:
        trip.prosecutor.step(matter, "decide_conditionally", **terms(trip, months=13))
    assert too_long.value.status == 422
    grave = trip.prosecutor.barred(matter, "decide_conditionally", **terms(trip, likely_months=18))
    assert grave == ("over_one_year", "CPL 282¶1")

    told = trip.approved(matter, "decide_conditionally", **terms(trip))
    assert (told["state"], told["suspect"]["measure"]) == ("probation", "none")
    assert number_of(told, "decide_conditionally").endswith("附不诉〔2026〕1号")
    assert running(told) == {"X12": "2026-10-01", "X13": "2026-04-07"}
    assert trip.prosecutor.due("supervise_probation") == "2026-10-01"
    assert trip.officer.tasks() == ["execute_decision"]
    trip.officer.step(matter, "report_release_after_decision", at=trip.now)
    assert trip.officer.tasks() == []
    trip.prosecutor.step(matter, "announce_conditional", at=trip.now, duties_told=True)
    trip.prosecutor.step(
        matter,
        "serve_conditional",
        to=["organ", "victim", "minor", "representative", "defender"],
        at=trip.now,
        no_suit_told=True,
    )
    assert running(trip.prosecutor.get(matter)) == {
        "X12": "2026-10-01",
        "X14": "2026-04-08",
        "X14b": "2026-04-08",
    }
    return matter


def remedies(trip: Trip, matter: str) -> None:
    """The police object, and the victim appeals above: both in vain, and the probation goes on."""
    trip.wait(3)
    trip.officer.step(matter, "object_to_conditional", reasons="应当起诉。")
    assert trip.manager.due("name_reviewer") == "2026-05-06"
    other = trip.make.person(PostKind.PROSECUTOR, trip.town.procuratorate)
    trip.manager.step(matter, "name_other_prosecutor", reviewer_id=other.id)
    told = trip.passed(
        matter, "uphold_conditional", trip.phone(other), trip.chief, reasons="维持。"
    )
    assert running(told) == {"X12": "2026-10-01", "X14": "2026-04-08", "X14c": "2026-04-13"}

    trip.manager.step(matter, "appeal_of_victim", filed_at=trip.now, summary="不服附条件不起诉。")
    above, chief_above = trip.above(PostKind.PROSECUTOR), trip.above(PostKind.CHIEF_PROCURATOR)
    assert above.due("re_examine") == "2026-07-06"
    told = trip.passed(matter, "uphold_on_appeal", above, chief_above, reasons="维持。")
    assert (told["state"], above.tasks()) == ("probation", [])
    assert running(told) == {"X12": "2026-10-01", "X14c": "2026-04-13"}


def test_a_minor_keeps_the_terms_of_the_probation_and_is_not_prosecuted(trip: Trip) -> None:
    matter = on_probation(trip)
    remedies(trip, matter)

    trip.wait(60)
    trip.prosecutor.step(
        matter, "report_probation", on=trip.today, form="visit", summary="表现良好。"
    )
    end: dict[str, Any] = {"opinion": "考验期内遵守规定。", "no_breach": True}
    early = trip.prosecutor.barred(matter, "conclude_probation", **end)
    assert early == ("probation_not_over", "RULES 477¶1; RULES 480; CPL 284¶2")
    trip.wait(130)
    unheard = trip.prosecutor.barred(matter, "conclude_probation", **end)
    assert unheard[0] == "victim_not_heard"
    trip.prosecutor.step(matter, "hear_victim_on_probation", on=trip.today)
    told = trip.approved(matter, "conclude_probation", **end)

    assert (told["state"], running(told)) == ("not_prosecuted", {"X01": None})
    assert number_of(told, "conclude_probation").endswith("刑不诉〔2026〕1号")
    assert trip.prosecutor.tasks() == []
    trip.prosecutor.step(matter, "seal_records", sealed="不起诉记录已封存。")
    assert steps_of(trip.officer.get(matter)) == [
        "tell_rights",
        "decide_conditionally",
        "report_release_after_decision",
        "announce_conditional",
        "object_to_conditional",
        "uphold_conditional",
        "conclude_probation",
    ]
