"""A case is divided on the way, and made one again: nobody's clock moves."""

from services.policy import PostKind
from tests.proceedings.conftest import INDICTMENT, Trip, matter_of, running


def test_a_minor_is_handled_apart_and_the_cases_may_become_one_again(trip: Trip) -> None:
    adult, minor = (
        trip.suspect("赵某甲"),
        trip.suspect("李某丁", born_on="2009-05-01", flags=["minor"]),
    )
    reviews = trip.arrested(adult, minor)["arrest_reviews"]
    trip.wait(20)
    case = trip.transferred([{"suspect_id": one["suspect"]["id"]} for one in reviews])
    path = f"/cases/{case['id']}"
    elder, younger = matter_of(case, "赵某甲"), matter_of(case, "李某丁")
    before = {one: running(trip.prosecutor.get(one)) for one in (elder, younger)}
    assert before[younger].keys() - before[elder].keys() == {"R06c"}
    young_id = next(one["suspect"]["id"] for one in reviews if one["suspect"]["name"] == "李某丁")

    split = {"suspect_ids": [young_id], "reason": "minor"}
    etag = f'"{trip.officer.get(path)["version"]}"'
    assert trip.officer.refused("POST", f"{path}/splits", split, etag) == 403
    apart = trip.prosecutor.change("POST", f"{path}/splits", split)

    second = trip.prosecutor.get(f"/cases/{apart['case_id']}")
    assert second["number"] != case["number"]
    assert (second["handler"], second["suspects"]) == (case["handler"], ["李某丁"])
    assert trip.prosecutor.get(path)["suspects"] == ["赵某甲"]
    assert matter_of(second) == younger, "the same matter, with all that was done in it"
    assert {one: running(trip.prosecutor.get(one)) for one in (elder, younger)} == before
    assert trip.prosecutor.tasks() == ["review_prosecution"] * 2
    assert trip.officer.get(younger)["case_number"] == second["number"]

    trip.reviewed(elder)
    trip.approved(elder, "indict", **INDICTMENT)
    assert trip.prosecutor.get(path)["state"] == "assigned"
    assert running(trip.prosecutor.get(younger)) == before[younger]

    trip.prosecutor.change("PUT", f"/cases/{second['id']}/merger", {"into_id": case["id"]})
    assert trip.prosecutor.get(path)["suspects"] == ["赵某甲", "李某丁"]
    assert trip.prosecutor.get(f"/cases/{second['id']}")["state"] == "merged"
    assert running(trip.prosecutor.get(younger)) == before[younger]
    assert "review_prosecution" in trip.prosecutor.tasks()


def test_cases_of_another_office_are_never_made_one(trip: Trip) -> None:
    first = trip.arrest_case()
    second = trip.arrest_case(trip.suspect("钱某乙"))
    stranger = trip.member(PostKind.CASE_MANAGER, trip.make.office())
    body = {"into_id": first["id"]}

    assert stranger.refused("PUT", f"/cases/{second['id']}/merger", body, '"1"') == 404
    etag = f'"{second["version"]}"'
    assert trip.officer.refused("PUT", f"/cases/{second['id']}/merger", body, etag) == 403
