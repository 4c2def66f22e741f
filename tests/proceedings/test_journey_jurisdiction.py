"""A case that goes to another procuratorate half way: its clock begins anew, its returns do not."""

from dataclasses import replace
from typing import Any

from services.policy import PostKind
from tests.make import Town
from tests.proceedings.conftest import (
    CHECKS,
    INDICTMENT,
    Trip,
    matter_of,
    number_of,
    running,
)

OUTLINE: dict[str, Any] = {"outline": "一、调取监控。", "reasons": "证据不足。"}


def elsewhere(trip: Trip) -> Town:
    """The same police, and the people of the procuratorate that has jurisdiction."""
    office = trip.make.office()
    person = trip.make.person
    return replace(
        trip.town,
        procuratorate=office,
        manager=person(PostKind.CASE_MANAGER, office),
        prosecutor=person(PostKind.PROSECUTOR, office),
        chief=person(PostKind.CHIEF_PROCURATOR, office),
    )


def test_returns_before_and_after_a_change_of_jurisdiction_count_together(trip: Trip) -> None:
    matter = trip.prosecution(after=20)
    trip.reviewed(matter)
    for _ in range(2):
        trip.approved(matter, "return_case", why_again="出现新的矛盾。", **OUTLINE)
        trip.wait(10)
        trip.officer.step(matter, "transfer_again", found="已补充侦查。")
        trip.prosecutor.step(matter, "tell_detention_centre")
    assert running(trip.prosecutor.get(matter)) == {"R17": "2026-05-11"}
    trip.wait(3)
    here, there = trip.town, elsewhere(trip)
    own = trip.prosecutor.barred(
        matter, "change_jurisdiction", procuratorate_id=here.procuratorate.id, reasons="误填。"
    )
    assert own[0] == "not_elsewhere"

    told = trip.approved(
        matter,
        "change_jurisdiction",
        procuratorate_id=there.procuratorate.id,
        reasons="主要犯罪地在该区。",
    )
    assert told["state"] == "transferred"
    assert number_of(told, "change_jurisdiction").endswith("移管〔2026〕1号")
    assert running(told) == {"R15": "2026-05-14", "R04": "2026-04-17", "C10": "2026-04-24"}
    assert trip.prosecutor.tasks() == []
    assert trip.prosecutor.get(f"/cases/{told['case_id']}")["state"] == "closed"

    old, trip.town = trip.prosecutor, there
    assert trip.manager.tasks() == ["accept_transfer"]
    (received,) = trip.manager.get("/transfers")["items"]
    assert received["source"] == "procuratorate"
    assert received["office"]["id"] == there.police.id, "who investigated stays who it was"
    trip.wait(1)
    case = trip.assigned(
        trip.manager.change(
            "PUT",
            f"/transfers/{received['id']}/acceptance",
            {"list": "ordinary", "checks": CHECKS},
        )
    )
    goes_on = matter_of(case)
    assert old.refused("GET", goes_on) == 404
    assert trip.prosecutor.refused("GET", matter) == 404
    assert running(trip.prosecutor.get(goes_on))["R15"] == "2026-05-14", "from the receipt there"
    assert trip.prosecutor.due("review_prosecution") == "2026-05-14"
    assert len(trip.officer.get(goes_on)["linked"]) == 2, "the police see all three cases"

    third = trip.prosecutor.barred(goes_on, "return_case", why_again="仍有矛盾。", **OUTLINE)
    assert third == ("third_return", "CPL 175¶3; RULES 346; RULES 350")
    trip.reviewed(goes_on)
    told = trip.approved(goes_on, "indict", **INDICTMENT)
    assert told["state"] == "indicted"
    assert trip.officer.get(goes_on)["state"] == "indicted"
