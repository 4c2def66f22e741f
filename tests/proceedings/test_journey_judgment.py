"""From the arrest to the judgment, with one prosecutor; and what a judgment too light brings."""

from typing import Any

from services.policy import PostKind
from tests.proceedings.conftest import INDICTMENT, Trip, matter_of, number_of, running, steps_of

RECOMMENDED: dict[str, Any] = {
    "facts": [{"number": 1, "amount": 300_000}],
    "circumstances": ["recidivist"],
    "recommendation": {
        "penalty": {"main": "imprisonment", "term": {"months": 42}},
        "up_to": {"months": 48},
        "range_reason": "complex_serious",
    },
}
COURT: dict[str, Any] = {
    "court": "测试区人民法院",
    "court_number": "（2026）测刑初9号",
    "procedure": "ordinary",
    "likely": "over_three_years",
}
JUDGMENT: dict[str, Any] = {
    "paper": "judgment",
    "document_number": "（2026）测刑初9号",
    "outcome": "convicted",
    "as_charged": ["charges", "facts", "circumstances"],
}


def at_trial(trip: Trip) -> str:
    """Arrested, transferred to the same prosecutor, reviewed, indicted, accepted by the court."""
    arrest = trip.arrested()
    (review,) = arrest["arrest_reviews"]
    assert (review["state"], running(review)["C01"]) == ("arrested", "2026-05-02")

    trip.wait(30)
    case = trip.transferred([{"suspect_id": review["suspect"]["id"]}])
    matter = matter_of(case)
    assert (case["kind"], case["handler"]) == ("prosecution", arrest["handler"])
    assert [one["number"] for one in case["linked"]] == [arrest["number"]]
    assert running(trip.prosecutor.get(matter)) == {"R01": "2026-05-01", "R04": "2026-04-04"}
    assert trip.prosecutor.due("review_prosecution") == "2026-05-01"
    before = trip.officer.get(f"/arrest-reviews/{review['id']}")
    assert before["state"] == "for_prosecution"

    assert trip.prosecutor.barred(matter, "indict", **INDICTMENT)[0] == "not_interrogated"
    trip.reviewed(matter)
    assert running(trip.prosecutor.get(matter)) == {"R01": "2026-05-01"}
    told = trip.approved(matter, "indict", **(INDICTMENT | RECOMMENDED))
    assert number_of(told, "indict").endswith("刑诉〔2026〕1号")
    assert running(told) == {"C10": "2026-04-11"}
    seen = trip.officer.get(matter)
    assert number_of(seen, "indict") == number_of(told, "indict")
    assert "可能判处的刑期" not in str(seen)
    assert trip.prosecutor.tasks() == ["follow_trial"]

    trip.wait(2)
    trip.manager.step(matter, "court_accepts", accepted_at=trip.now, **COURT)
    assert running(trip.prosecutor.get(matter))["T01"] == "2026-06-03"
    assert trip.prosecutor.due("follow_trial") == "2026-06-03"
    return matter


def judged(trip: Trip, matter: str, months: int) -> None:
    """The judgment reaches case management twenty days later."""
    trip.wait(20)
    trip.manager.step(
        matter,
        "judgment_received",
        received_at=trip.now,
        penalty={"main": "imprisonment", "term": {"months": months}},
        **JUDGMENT,
    )
    told = trip.prosecutor.get(matter)
    assert told["state"] == "judgment_review"
    assert running(told) == {"C10": "2026-04-11", "T06": "2026-05-03"}
    assert trip.prosecutor.due("review_judgment") == "2026-05-03", "held: no day off moves it"


def test_a_judgment_as_recommended_becomes_final_and_is_archived(trip: Trip) -> None:
    matter = at_trial(trip)
    judged(trip, matter, 45)

    early = trip.prosecutor.barred(matter, "conclude", appeal_until_on=trip.today)
    assert early[0] == "not_reviewed"
    trip.wait(2)
    trip.approved(matter, "no_protest", reasons="判决采纳了量刑建议。")
    assert "no_protest" not in steps_of(trip.officer.get(matter))
    assert trip.prosecutor.tasks() == []

    trip.wait(14)
    told = trip.prosecutor.step(matter, "conclude", appeal_until_on="2026-05-06")
    assert told["state"] == "concluded"
    assert trip.prosecutor.get(f"/cases/{told['case_id']}")["state"] == "closed"
    trip.manager.step(matter, "archive", archive_number="2026-刑-0009")
    assert trip.officer.get(matter)["state"] == "archived"


def test_a_judgment_below_the_recommendation_is_protested_and_changed(trip: Trip) -> None:
    matter = at_trial(trip)
    judged(trip, matter, 24)
    above, chief_above = trip.above(PostKind.PROSECUTOR), trip.above(PostKind.CHIEF_PROCURATOR)
    assert above.refused("GET", matter) == 404

    trip.wait(3)
    told = trip.approved(matter, "protest", grounds=["penalty"], text="量刑明显不当，应当改判。")
    assert told["state"] == "protested"
    assert running(told) == {"C10": "2026-04-11"}
    assert number_of(told, "protest").endswith("〔2026〕1号")
    assert (trip.prosecutor.tasks(), above.tasks()) == ([], ["review_protest"])

    trip.passed(matter, "support_protest", above, chief_above, extent="full", opinion="支持抗诉。")
    assert above.tasks() == []
    above.step(matter, "files_offered", received_at=trip.now, document_number="（2026）测刑终2号")
    assert running(above.get(matter))["T09"] == "2026-05-26"
    trip.wait(10)
    above.step(matter, "files_read", summary="已查阅全部案卷。")
    trip.wait(20)
    trip.manager.step(
        matter,
        "second_judgment_received",
        received_at=trip.now,
        document_number="（2026）测刑终2号",
        outcome="changed",
        penalty={"main": "imprisonment", "term": {"months": 44}},
    )

    told = trip.prosecutor.get(matter)
    assert told["state"] == "concluded"
    assert set(running(told)) <= {"C10"}
    assert trip.prosecutor.get(f"/cases/{told['case_id']}")["state"] == "closed"
