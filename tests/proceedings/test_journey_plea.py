"""A plea on the expedited track: ten days, a lawyer at the signing, and the sentence proposed."""

from typing import Any

import pytest

from tests.proceedings.conftest import (
    INDICTMENT,
    Phone,
    Refused,
    Trip,
    matter_of,
    number_of,
    running,
)

FINE: list[dict[str, Any]] = [{"kind": "fine", "amount": 200_000}]
EIGHT_MONTHS: dict[str, Any] = {
    "penalty": {"main": "imprisonment", "term": {"months": 8}, "additional": FINE}
}
SIX_TO_TWELVE: dict[str, Any] = {
    "penalty": {"main": "imprisonment", "term": {"months": 6}, "additional": FINE},
    "up_to": {"months": 12},
}
RECOMMENDED: dict[str, Any] = {"procedure": "expedited", "civil_claim": "none"}
SHORT: dict[str, Any] = INDICTMENT | {"likely_months": 8, "procedure": "expedited"}


def expedited(trip: Trip) -> str:
    """The police propose the expedited procedure for a suspect who pleads."""
    (review,) = trip.arrested()["arrest_reviews"]
    trip.wait(10)
    case = trip.transferred(
        [{"suspect_id": review["suspect"]["id"], "pleads": True}], expedited_proposed=True
    )
    matter = matter_of(case)
    assert running(trip.prosecutor.get(matter)) == {"R02": "2026-03-22", "R04": "2026-03-15"}
    assert trip.prosecutor.due("review_prosecution") == "2026-03-22", "ten days, and no day off"
    return matter


def heard(trip: Trip, matter: str) -> None:
    """Rights told, a duty lawyer called, and everybody heard."""
    handler = trip.prosecutor
    handler.step(matter, "tell_rights", told=["suspect"], form="written")
    trip.met(matter)
    handler.step(
        matter, "interrogate", on=trip.today, form="in_person", summary="供认不讳。", admits=True
    )
    handler.step(matter, "tell_plea_rights", form="written", answer="pleads", lawyer="nobody")
    handler.step(
        matter,
        "review_plea",
        found=["voluntary", "sound_mind", "understands", "told_and_heard"],
        summary="侦查阶段认罪认罚系自愿。",
    )
    handler.step(matter, "notify_duty_lawyer", body="云青区法律援助中心", help_on="2026-03-15")
    trip.wait(2)
    for who in ("suspect", "duty_lawyer"):
        handler.step(
            matter,
            "hear_plea_opinion",
            heard=who,
            form="in_person",
            on=trip.today,
            topics=["facts_and_law", "leniency", "procedure"],
            recorded=True,
            file_offered=True,
        )
    handler.step(matter, "hear_plea_opinion", heard="victim", form="no_victim", on=trip.today)


def signs(trip: Trip, matter: str, handler: Phone) -> None:
    """Not without the lawyer, who is there in person."""
    sheet: dict[str, Any] = {
        "contents": ["confession", "recommendation", "procedure"],
        "signed": ["suspect", "lawyer"],
        "lawyer": "duty_lawyer",
        "presence": "in_person",
        "on": trip.today,
    }
    alone = handler.barred(matter, "sign_statement", **(sheet | {"signed": ["suspect"]}))
    assert alone == ("lawyer_signature_missing", "RULES 272¶1")
    away = handler.barred(matter, "sign_statement", **(sheet | {"presence": "absent"}))
    assert away == ("lawyer_absent", "CPL 174¶1; RULES 272¶1")
    handler.step(matter, "sign_statement", **sheet)


def test_a_plea_is_reviewed_in_ten_days_signed_before_a_lawyer_and_indicted(trip: Trip) -> None:
    matter = expedited(trip)
    heard(trip, matter)
    handler = trip.prosecutor

    with pytest.raises(Refused) as wide:
        handler.step(matter, "recommend", recommendation=SIX_TO_TWELVE, **RECOMMENDED)
    assert wide.value.status == 422
    assert {one["code"] for one in wide.value.problem["errors"]} == {
        "range_without_reason",
        "range_too_wide",
    }
    assert "量刑建议意见13条" in str(wide.value.problem["errors"])
    handler.step(matter, "recommend", recommendation=EIGHT_MONTHS, **RECOMMENDED)
    signs(trip, matter, handler)

    held = handler.barred(matter, "indict", **SHORT)
    assert held == ("necessity_not_reviewed", "CUST-2023 6¶2")
    handler.step(
        matter,
        "review_necessity",
        origin="own",
        ways=["material", "suspect"],
        outcome="keep",
        reasons="居无定所，仍有羁押必要。",
    )
    told = trip.approved(matter, "indict", **SHORT)
    assert number_of(told, "indict").endswith("刑诉〔2026〕1号")
    assert "有期徒刑八个月" in str(told["history"] + [told["indictment"]])
    assert set(running(told)) == {"C10"}

    trip.manager.step(
        matter,
        "court_accepts",
        accepted_at=trip.now,
        court="测试区人民法院",
        court_number="（2026）测刑初9号",
        procedure="expedited",
        likely="up_to_one_year",
    )
    told = handler.get(matter)
    assert running(told).keys() == {"C10", "T03"}
    assert "sign_statement" not in [one["code"] for one in trip.officer.get(matter)["history"]]
