"""A case of a supervisory commission: retention, detention, arrest here, back, and no charge."""

from dataclasses import replace
from typing import Any

from services.charges import Charge
from services.offices import OfficeKind
from services.policy import PostKind
from tests.proceedings.conftest import Trip, matter_of, number_of, running

INSUFFICIENT: dict[str, Any] = {
    "tests": ["doubtful"],
    "why_not_again": "没有再次退回补充调查的必要。",
    "facts_text": "现有证据不能证明收受财物。",
    "reasons": "证据不足，不符合起诉条件。",
    "no_victim": True,
}


def retained(trip: Trip) -> str:
    """The commission transfers somebody it holds in retention."""
    office = trip.make.office(
        OfficeKind.SUPERVISORY_COMMISSION, procuratorate_id=trip.town.procuratorate.id
    )
    officer = trip.make.person(PostKind.COMMISSION_OFFICER, office)
    trip.town = replace(trip.town, police=office, officer=officer)
    bribe = trip.make.session.query(Charge).where(Charge.name == "受贿罪").one()
    suspect = trip.suspect("孙某丙", charge_ids=[bribe.id], measure="custody_elsewhere")
    matter = matter_of(trip.transferred([{"new": suspect}]))
    assert running(trip.prosecutor.get(matter)) == {"R01": "2026-04-02", "S01": None}
    return matter


def detained(trip: Trip, matter: str) -> None:
    """Detained first; the review stands still while the measure is decided."""
    told = trip.approved(matter, "detain_first", public_employee=True)
    assert number_of(told, "detain_first").endswith("检拘〔2026〕1号")
    assert trip.manager.tasks() == ["execute_decision"]
    assert trip.officer.tasks() == [], "the police execute, not the commission"
    trip.manager.step(matter, "prior_detention_executed", executed_at=trip.now)
    assert running(trip.prosecutor.get(matter)) == {
        "R01": "2026-04-02",
        "S02": "2026-03-12",
        "S04": "2026-03-03",
        "S05b": None,
        "D03b": "2026-03-03",
        "B11": "2026-03-07",
    }
    trip.reviewed(matter)
    trip.prosecutor.step(matter, "notify_family", outcome="told")
    trip.prosecutor.step(matter, "tell_employer")
    assert running(trip.prosecutor.get(matter)) == {"R01": "2026-04-02", "S02": "2026-03-12"}


def arrested(trip: Trip, matter: str) -> None:
    """Arrest decided here on the eighth day; those days are not counted."""
    trip.wait(8)
    told = trip.approved(matter, "decide_arrest", ground="danger", reasons="可能串供。")
    assert number_of(told, "decide_arrest").endswith("检捕〔2026〕1号")
    assert running(told) == {"R01": "2026-04-10"}
    assert trip.prosecutor.due("review_prosecution") == "2026-04-10"
    trip.manager.step(matter, "register_arrest_executed", executed_at=trip.now)
    told = trip.prosecutor.get(matter)
    assert told["suspect"]["measure"] == "arrest"
    assert running(told) == {"R01": "2026-04-10", "A04b": "2026-03-11", "S04": "2026-03-11"}
    trip.met(matter)
    trip.prosecutor.step(
        matter, "interrogate", on=trip.today, form="in_person", summary="供认部分事实。"
    )
    trip.prosecutor.step(matter, "notify_family", outcome="told")
    assert running(trip.prosecutor.get(matter)) == {"R01": "2026-04-10"}


def returned(trip: Trip, matter: str) -> None:
    """A month for the commission, then a month of review anew."""
    trip.wait(5)
    told = trip.approved(matter, "return_case", outline="补充调查提纲。", reasons="证据不足。")
    assert running(told) == {"S06": "2026-04-15", "C10": "2026-03-25"}
    assert trip.officer.due("investigate_further") == "2026-04-15"
    trip.prosecutor.step(matter, "tell_detention_centre")
    trip.wait(15)
    seen = trip.officer.step(matter, "transfer_again", found="已补充调查。")
    assert running(seen) == {"R17": "2026-04-30", "C10": "2026-04-09", "C11": None}


def test_a_commissions_case_is_dropped_only_with_the_procuratorate_above(trip: Trip) -> None:
    matter = retained(trip)
    detained(trip, matter)
    arrested(trip, matter)
    returned(trip, matter)
    above, chief_above = trip.above(PostKind.PROSECUTOR), trip.above(PostKind.CHIEF_PROCURATOR)
    assert chief_above.refused("GET", matter) == 404

    told = trip.prosecutor.step(matter, "decide_insufficient", **INSUFFICIENT)
    proposal = told["proposal_id"]
    assert [one["office_id"] for one in trip.chief.get(f"/proposals/{proposal}")["chain"]] == [
        trip.town.procuratorate.id,
        trip.superior.id,
    ]
    trip.chief.decide(proposal)
    assert trip.prosecutor.get(matter)["state"] == "under_review", "one approval is not enough"
    assert (trip.chief.tasks(), chief_above.tasks()) == ([], ["decide_proposal"])
    assert trip.chief.refused("PUT", f"/proposals/{proposal}/decision", {"outcome": "approve"})
    chief_above.decide(proposal)
    told = trip.prosecutor.get(matter)
    assert (told["state"], told["suspect"]["measure"]) == ("not_prosecuted", "none")
    assert number_of(told, "decide_insufficient").endswith("刑不诉〔2026〕1号")
    assert running(told) == {"X01": None}

    trip.prosecutor.step(matter, "announce_non_prosecution", at=trip.now, place="本院")
    trip.prosecutor.step(
        matter, "serve_non_prosecution", to=["person", "organ"], at=trip.now, remedies_told=True
    )
    assert running(trip.officer.get(matter)) == {}, "no remedy of the police, nor of a victim"
    assert trip.manager.tasks() == ["execute_decision"]
    trip.manager.step(matter, "register_release_after_decision", at=trip.now)
    assert trip.manager.tasks() == []
    trip.wait(10)
    trip.officer.step(matter, "commission_objects", reasons="应当起诉。")
    assert running(above.get(matter)) == {"S08": "2026-05-09"}
    assert above.due("re_examine") == "2026-05-09"
    told = trip.passed(matter, "uphold_above", above, chief_above, reasons="维持不起诉决定。")
    assert (told["state"], running(told)) == ("not_prosecuted", {})
