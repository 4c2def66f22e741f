"""Evidence that does not suffice: two returns, then no prosecution, and the police object."""

from typing import Any

from services.policy import PostKind
from tests.proceedings.conftest import Trip, number_of, running, steps_of

OUTLINE: dict[str, Any] = {"outline": "一、调取监控；二、核实物证。", "reasons": "证据不足。"}
INSUFFICIENT: dict[str, Any] = {
    "tests": ["doubtful", "contradiction"],
    "facts_text": "现有证据不能确定盗窃系其所为。",
    "reasons": "经补充侦查仍然证据不足，不符合起诉条件。",
}


def test_without_a_return_want_of_evidence_is_no_ground(trip: Trip) -> None:
    matter = trip.prosecution()
    trip.reviewed(matter)

    barred = trip.prosecutor.barred(matter, "decide_insufficient", **INSUFFICIENT)

    assert barred == ("never_returned", "RULES 367; CPL 175¶4")
    told = trip.prosecutor.get(matter)
    assert (told["state"], running(told)) == ("under_review", {"R01": "2026-05-01"})
    assert steps_of(told)[-1] == "hear_opinions"


def extended(trip: Trip, matter: str) -> None:
    """Fifteen days more, as the chief procurator approves."""
    proposed = trip.prosecutor.step(
        matter, "extend_review", ground="major_or_complex", reasons="案情重大复杂。"
    )
    assert running(proposed)["R01"] == "2026-04-22", "nothing moves before it is approved"
    assert trip.chief.due("decide_proposal") == "2026-04-22"
    assert trip.officer.get(matter)["proposal_id"] is None
    trip.chief.decide(proposed["proposal_id"])
    told = trip.prosecutor.get(matter)
    assert running(told) == {"R01": "2026-05-07", "C10": "2026-04-01", "C11": None}
    assert trip.prosecutor.due("review_prosecution") == "2026-05-07"
    trip.prosecutor.step(matter, "tell_detention_centre")


def returned_twice(trip: Trip, matter: str) -> None:
    """Back in time the first time, after the month the second."""
    told = trip.approved(matter, "return_case", **OUTLINE)
    periods: dict[str, str | None] = {"R16": "2026-04-22", "C10": "2026-04-01"}
    assert (told["state"], running(told)) == ("returned", periods)
    trip.prosecutor.step(matter, "tell_detention_centre")
    assert number_of(told, "return_case").endswith("退补〔2026〕1号")
    assert trip.prosecutor.tasks() == []
    assert trip.officer.due("investigate_further") == "2026-04-22"

    trip.wait(20)
    seen = trip.officer.step(matter, "transfer_again", found="已调取监控。")
    periods = {"R17": "2026-05-11", "C10": "2026-04-21", "C11": None}
    assert (seen["state"], running(seen)) == ("under_review", periods)
    trip.prosecutor.step(matter, "tell_detention_centre")
    assert trip.prosecutor.due("review_prosecution") == "2026-05-11"
    again = trip.prosecutor.barred(matter, "decide_insufficient", **INSUFFICIENT)
    assert again == ("return_again_possible", "RULES 367¶2")
    unsaid = trip.prosecutor.barred(matter, "return_case", **OUTLINE)
    assert unsaid == ("no_ground_to_return_again", "SUPPINV-2020 6")

    told = trip.approved(matter, "return_case", why_again="出现新的矛盾。", **OUTLINE)
    assert running(told) == {"R16": "2026-05-11", "C10": "2026-04-21"}
    trip.prosecutor.step(matter, "tell_detention_centre")
    assert number_of(told, "return_case").endswith("退补〔2026〕2号")
    early = trip.prosecutor.barred(matter, "ask_why_overdue")
    assert early[0] == "month_not_over"
    trip.wait(35)
    trip.prosecutor.step(matter, "ask_why_overdue")
    assert trip.officer.tasks() == ["investigate_further", "give_reasons"]
    trip.officer.step(matter, "explain_overdue", reasons="关键证人外出。")
    seen = trip.officer.step(matter, "transfer_again", found="证人已找到。")
    assert running(seen) == {"R17": "2026-06-16", "C10": "2026-05-26", "C11": None}
    assert trip.officer.tasks() == []


def test_two_returns_and_then_no_prosecution_and_the_police_object(trip: Trip) -> None:
    matter = trip.prosecution(after=20)
    trip.reviewed(matter)
    extended(trip, matter)
    returned_twice(trip, matter)

    third = trip.prosecutor.barred(matter, "return_case", why_again="仍有矛盾。", **OUTLINE)
    assert third == ("third_return", "CPL 175¶3; RULES 346; RULES 350")
    told = trip.approved(matter, "decide_insufficient", **INSUFFICIENT)
    assert (told["state"], told["suspect"]["measure"]) == ("not_prosecuted", "none")
    assert number_of(told, "decide_insufficient").endswith("刑不诉〔2026〕1号")
    assert running(told) == {"X01": None}
    assert trip.officer.tasks() == ["execute_decision"]
    assert trip.prosecutor.get(f"/cases/{told['case_id']}")["state"] == "closed"

    trip.prosecutor.step(matter, "announce_non_prosecution", at=trip.now, place="本院")
    trip.prosecutor.step(
        matter,
        "serve_non_prosecution",
        to=["person", "victim", "organ"],
        at=trip.now,
        remedies_told=True,
    )
    remedies = dict.fromkeys(("X02", "X06", "X07"), "2026-05-25")
    assert running(trip.prosecutor.get(matter)) == remedies
    trip.officer.step(matter, "report_release_after_decision", at=trip.now)
    trip.wait(5)
    trip.officer.step(matter, "object_to_non_prosecution", reasons="认为应当起诉。")
    assert trip.manager.due("name_reviewer") == "2026-06-22"

    person = trip.make.person(PostKind.PROSECUTOR, trip.town.procuratorate)
    trip.manager.step(matter, "name_other_prosecutor", reviewer_id=person.id)
    told = trip.passed(
        matter, "uphold_non_prosecution", trip.phone(person), trip.chief, reasons="维持。"
    )
    assert told["state"] == "objection_upheld"
    assert "X04" in running(told)
    trip.officer.step(matter, "ask_above", reasons="仍认为应当起诉。")
    above, chief_above = trip.above(PostKind.PROSECUTOR), trip.above(PostKind.CHIEF_PROCURATOR)
    told = trip.passed(
        matter, "overturn_above", above, chief_above, how="revoked", reasons="撤销。"
    )
    assert told["state"] == "under_review"
    assert running(told) == {}
    assert trip.prosecutor.tasks() == ["review_prosecution"]
