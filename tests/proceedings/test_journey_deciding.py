"""Who decides, on the way: a power given away, an absent chief, a handler who is kept away."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.policy import PostKind
from tests.proceedings.conftest import (
    INDICTMENT,
    Refused,
    Trip,
    matter_of,
    number_of,
    running,
    steps_of,
)

OUTLINE: dict[str, Any] = {"outline": "一、调取监控。", "reasons": "证据不足。"}


def test_a_power_that_the_list_gives_to_the_handler_is_used_at_once(trip: Trip) -> None:
    matter = trip.prosecution(after=20)
    trip.reviewed(matter)
    listed: dict[str, Any] = {
        "office_id": trip.town.procuratorate.id,
        "in_force_from": (trip.today + timedelta(days=1)).isoformat(),
        "powers": {"return_case": "handler"},
    }
    assert trip.prosecutor.refused("POST", "/power-lists", listed) == 403
    fixed = listed | {"powers": {"decide_insufficient": "handler"}}
    assert trip.chief.refused("POST", "/power-lists", fixed) == 422, "the law fixes the chief"
    trip.chief.ask("POST", "/power-lists", listed)

    trip.wait(1)
    told = trip.prosecutor.step(matter, "return_case", **OUTLINE)
    assert (told["state"], told["proposal_id"]) == ("returned", None)
    assert number_of(told, "return_case").endswith("退补〔2026〕1号")
    assert running(told) == {"R16": "2026-04-23", "C10": "2026-04-02"}
    assert trip.chief.tasks() == []
    assert trip.officer.due("investigate_further") == "2026-04-23"

    trip.officer.step(matter, "transfer_again", found="已补充。")
    told = trip.prosecutor.step(matter, "indict", **INDICTMENT)
    assert told["proposal_id"] is not None, "what the list does not name the chief decides"
    assert trip.chief.tasks() == ["decide_proposal"]


def test_somebody_acts_for_an_absent_chief_until_the_last_day(trip: Trip) -> None:
    matter = trip.prosecution(after=20)
    trip.reviewed(matter)
    head = trip.make.person(PostKind.DEPARTMENT_HEAD, trip.town.procuratorate)
    proposal = trip.prosecutor.step(matter, "return_case", **OUTLINE)["proposal_id"]
    decision = f"/proposals/{proposal}/decision"
    assert trip.phone(head).refused("PUT", decision, {"outcome": "approve"}, '"1"') == 403
    given: dict[str, Any] = {
        "office_id": trip.town.procuratorate.id,
        "to_id": head.id,
        "from_on": trip.today.isoformat(),
        "until_on": (trip.today + timedelta(days=2)).isoformat(),
        "matters": ["proceedings"],
        "reason": "检察长外出学习。",
    }
    trip.chief.ask("POST", "/delegations", given)
    assert trip.phone(head).refused("POST", "/delegations", given) == 403, "never passed on"

    assert "decide_proposal" in trip.phone(head).tasks()
    trip.phone(head).decide(proposal)
    taken = trip.prosecutor.get(matter)["history"][-1]
    assert (taken["code"], taken["acting"], taken["by"]["id"]) == ("return_case", True, head.id)

    trip.officer.step(matter, "transfer_again", found="已补充。")
    trip.wait(3)
    proposal = trip.prosecutor.step(matter, "indict", **INDICTMENT)["proposal_id"]
    decision = f"/proposals/{proposal}/decision"
    assert trip.phone(head).refused("PUT", decision, {"outcome": "approve"}, '"1"') == 403
    trip.chief.decide(proposal)
    assert trip.prosecutor.get(matter)["history"][-1]["acting"] is False


def test_a_handler_who_is_kept_away_finds_nothing_any_more(trip: Trip) -> None:
    arrest = trip.arrested()
    (review,) = arrest["arrest_reviews"]
    trip.wait(20)
    case = trip.transferred([{"suspect_id": review["suspect"]["id"]}])
    matter, path = matter_of(case), f"/cases/{case['id']}"
    trip.prosecutor.step(matter, "tell_rights", told=["suspect"], form="written")
    trip.prosecutor.step(matter, "ask_for_evidence", wanted="监控录像", by_on=trip.today)
    before = running(trip.prosecutor.get(matter))
    second = trip.make.person(PostKind.PROSECUTOR, trip.town.procuratorate)

    trip.chief.change(
        "POST",
        f"{path}/recusals",
        {"person_id": trip.town.prosecutor.id, "ground": "party_or_relative"},
    )

    kept_away = trip.prosecutor
    for one in (matter, path, f"/arrest-reviews/{review['id']}", f"/cases/{arrest['id']}"):
        assert kept_away.refused("GET", one) == 404
    assert kept_away.tasks() == []
    body = {"step": "investigate_here", "given": {"plan": "询问证人。"}}
    assert kept_away.refused("POST", f"{matter}/steps", body, '"1"') == 404
    assert trip.manager.tasks() == ["assign_case"] * 2, "the arrest case goes with it"

    trip.assigned(arrest)
    trip.assigned(case)
    told = trip.phone(second).get(matter)
    assert running(told) == before, "no period moves with the handler"
    assert steps_of(told) == ["tell_rights", "ask_for_evidence"]
    assert trip.phone(second).tasks() == ["review_prosecution"]
    assert trip.phone(second).due("review_prosecution") == before["R01"]


def test_who_was_kept_away_from_the_arrest_is_kept_away_from_the_prosecution(trip: Trip) -> None:
    case = trip.arrest_case()
    (review,) = case["arrest_reviews"]
    kept_away = trip.town.prosecutor
    second = trip.make.person(PostKind.PROSECUTOR, trip.town.procuratorate)
    trip.chief.change(
        "POST",
        f"/cases/{case['id']}/recusals",
        {"person_id": kept_away.id, "ground": "interest"},
    )
    trip.assigned(case)
    trip.town = replace(trip.town, prosecutor=second)
    trip.opined(review["id"], proposal="approve")
    trip.receipt(review["id"], "executed")

    trip.wait(10)
    case = trip.transferred([{"suspect_id": review["suspect"]["id"]}])

    assert case["handler"]["id"] == second.id
    back = {"handler_id": kept_away.id, "reason": "测试。", "approver_id": trip.town.chief.id}
    with pytest.raises(Refused) as refused:
        trip.manager.change("PUT", f"/cases/{case['id']}/handler", back)
    assert refused.value.problem["type"] == "/problems/not-eligible"
