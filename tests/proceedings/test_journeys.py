"""Whole cases over HTTP, from the police officer's phone to the end, as the law has it."""

from datetime import date
from typing import Any

import pytest

from tests.proceedings.conftest import Json, Refused, Trip

INDICTMENT: dict[str, Any] = {
    "facts_text": "被告人多次盗窃他人财物，数额较大。",
    "reasons": "犯罪事实清楚，证据确实、充分，应当以盗窃罪追究刑事责任。",
    "likely_months": 48,
    "procedure": "ordinary",
}


def running(matter: Json) -> dict[str, str | None]:
    """The periods that run, each with the day to keep."""
    return {
        one["rule_id"]: one["due_on"] for one in matter["deadlines"] if one["closed_at"] is None
    }


def reviewed(trip: Trip, matter: str) -> None:
    """Told the rights and interrogated, as every suspect is."""
    trip.prosecutor.step(matter, "tell_rights", told=["suspect", "victim"], form="written")
    trip.prosecutor.step(
        matter, "interrogate", on=trip.today, form="in_person", summary="供认不讳。"
    )


def matter_of(case: Json, name: str | None = None) -> str:
    """Where the prosecution of the named suspect, or of the only one, is found."""
    (found,) = (
        one["id"] for one in case["prosecutions"] if name is None or one["suspect"]["name"] == name
    )
    return f"/prosecutions/{found}"


def test_a_detained_suspect_is_arrested_and_indicted_by_one_prosecutor(trip: Trip) -> None:
    arrest = trip.arrested()
    (review,) = arrest["arrest_reviews"]
    assert review["state"] == "arrested"
    assert running(review)["C01"] == "2026-05-02"

    trip.wait(30)
    suspect = review["suspect"]["id"]
    case = trip.transferred([{"suspect_id": suspect}])
    matter = matter_of(case)
    assert case["kind"] == "prosecution"
    assert case["handler"] == arrest["handler"]
    assert [one["number"] for one in case["linked"]] == [arrest["number"]]
    told = trip.prosecutor.get(matter)
    assert running(told)["R01"] == "2026-05-01"
    assert "C01" not in running(told)
    before = trip.officer.get(f"/arrest-reviews/{review['id']}")
    assert before["state"] == "for_prosecution"

    with pytest.raises(Refused) as early:
        trip.prosecutor.step(matter, "indict", **INDICTMENT)
    assert early.value.status == 409
    assert early.value.problem["type"] == "/problems/step-barred"
    assert "331" in early.value.problem["article"]

    reviewed(trip, matter)
    told = trip.approved(matter, "indict", **INDICTMENT)
    assert told["state"] == "indicted"
    assert "R01" not in running(told)
    assert told["history"][-1]["number"].endswith("刑诉〔2026〕1号")
    seen = trip.officer.get(matter)
    assert seen["history"][-1]["number"] == told["history"][-1]["number"]
    assert "可能判处的刑期" not in str(seen)


def test_two_returns_and_then_no_prosecution_for_want_of_evidence(trip: Trip) -> None:
    arrest = trip.arrested()
    suspect = arrest["arrest_reviews"][0]["suspect"]["id"]
    trip.wait(20)
    matter = matter_of(trip.transferred([{"suspect_id": suspect}]))
    reviewed(trip, matter)
    outline: dict[str, Any] = {"outline": "一、调取监控；二、核实物证。", "reasons": "证据不足。"}

    for round_ in (1, 2):
        told = trip.approved(
            matter,
            "return_case",
            **outline,
            **({"why_again": "证据有新矛盾。"} if round_ == 2 else {}),
        )
        assert told["state"] == "returned"
        assert set(running(told)) & {"R01", "R17"} == set()
        trip.wait(20)
        told = trip.officer.step(matter, "transfer_again", found="已补充部分证据。")
        assert told["state"] == "under_review"
        assert running(told)["R17"] is not None

    with pytest.raises(Refused) as third:
        trip.prosecutor.step(matter, "return_case", **outline, why_again="仍有矛盾。")
    assert (third.value.status, third.value.problem["ground"]) == (409, "third_return")
    assert date.fromisoformat(str(running(told)["R17"])) > trip.today
