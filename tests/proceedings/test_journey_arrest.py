"""From the police request over a refusal to its reversal; and two suspects, each with a fate."""

from typing import Any

from services.policy import PostKind
from tests.proceedings.conftest import (
    INDICTMENT,
    Json,
    Phone,
    Trip,
    matter_of,
    number_of,
    running,
    steps_of,
)

WHY = "证据已经收集，足以证明有犯罪事实。"
COURT: dict[str, Any] = {
    "court": "测试区人民法院",
    "court_number": "（2026）测刑初9号",
    "procedure": "ordinary",
    "likely": "over_three_years",
}


def refused(trip: Trip) -> str:
    """A suspect whose arrest was refused, and who is out on bail."""
    (review,) = trip.arrest_case()["arrest_reviews"]
    path = f"/arrest-reviews/{review['id']}"
    assert running(review) == {"D06": "2026-03-09"}
    assert trip.prosecutor.due("review_arrest") == "2026-03-09"

    trip.opined(
        review["id"], proposal="refuse", refusal_kind="no_danger", reasons="没有社会危险性。"
    )
    assert trip.officer.due("return_receipt") == "2026-03-05"
    told = trip.officer.get(path)
    assert told["decision"]["number"].endswith("不批捕〔2026〕1号")
    assert told["opinion"] is None
    assert running(told) == {"A03": "2026-03-05", "A07": "2026-03-07"}, "held: no day off moves it"

    trip.receipt(review["id"], "measure_changed", new_measure="bail")
    told = running(trip.officer.get(path))
    assert told == {"A07": "2026-03-09", "B01": "2027-03-02"}, "free: after the weekend"
    return path


def but_bail(told: Json) -> dict[str, str | None]:
    """The periods that run beside the twelve months of the bail that followed the refusal."""
    found = running(told)
    assert found.pop("B01", "2027-03-02") == "2027-03-02"
    return found


def reconsidered(trip: Trip, review: str) -> None:
    """Objected to in time, and upheld by another prosecutor."""
    trip.wait(3)
    trip.officer.step(
        review,
        "ask_reconsideration",
        document_number="测公复字〔2026〕1号",
        reasons=WHY,
        files=True,
    )
    assert but_bail(trip.officer.get(review)) == {"A08": "2026-03-12"}
    assert trip.manager.due("name_reviewer") == "2026-03-12"
    handler = trip.town.prosecutor.id
    barred = trip.manager.barred(review, "name_reviewer", reviewer_id=handler)
    assert barred == ("not_another", "RULES 290; RULES 24")

    person = trip.make.person(PostKind.PROSECUTOR, trip.town.procuratorate)
    other = trip.phone(person)
    assert other.refused("GET", review) == 404
    trip.manager.step(review, "name_reviewer", reviewer_id=person.id)
    assert (trip.manager.tasks(), other.tasks()) == ([], ["reconsider"])
    assert {one["code"] for one in other.get(review)["open_steps"]} == {
        "uphold_refusal",
        "change_refusal",
    }
    assert "uphold_refusal" not in {
        one["code"] for one in trip.prosecutor.get(review)["open_steps"]
    }

    trip.wait(2)
    told = trip.passed(review, "uphold_refusal", other, trip.chief, reasons="维持原决定。")
    assert told["state"] == "refusal_upheld"
    assert number_of(told, "uphold_refusal").endswith("复议〔2026〕1号")
    assert but_bail(told) == {"A09": "2026-03-12"}
    assert other.tasks() == []


def taken_above(trip: Trip, review: str) -> Phone:
    """Before the procuratorate one level above, which could not read it until now."""
    above = trip.above(PostKind.PROSECUTOR)
    assert above.refused("GET", review) == 404
    trip.wait(2)
    trip.officer.step(
        review,
        "ask_re_examination",
        document_number="测公核字〔2026〕1号",
        reasons=WHY,
        files=True,
    )
    assert but_bail(above.get(review)) == {"A10": "2026-03-24"}
    assert above.due("re_examine") == "2026-03-24"
    return above


def test_a_refusal_is_reconsidered_by_another_re_examined_above_and_reversed(trip: Trip) -> None:
    review = refused(trip)
    reconsidered(trip, review)
    above = taken_above(trip, review)

    trip.wait(5)
    chief_above = trip.above(PostKind.CHIEF_PROCURATOR)
    told = trip.passed(review, "change_above", above, chief_above, reasons="应当逮捕。")

    assert told["state"] == "arrest_approved"
    assert number_of(told, "change_above").endswith("复核〔2026〕1号")
    assert told["decision"]["number"].endswith("检批捕〔2026〕1号")
    assert but_bail(told) == {"A01": None}
    assert (above.tasks(), trip.officer.tasks()) == ([], ["return_receipt"])

    trip.receipt(int(review.rpartition("/")[2]), "executed")
    seen = trip.officer.get(review)
    assert (seen["state"], seen["suspect"]["measure"]) == ("arrested", "arrest")
    assert but_bail(seen) == {
        "C01": "2026-05-14",
        "C08": "2026-05-07",
        "A04": "2026-03-15",
        "A05": "2026-03-15",
    }
    assert steps_of(seen) == [
        "ask_reconsideration",
        "uphold_refusal",
        "ask_re_examination",
        "change_above",
    ], "whom the procuratorate named is its own affair"


def parted(trip: Trip) -> tuple[str, str]:
    """Two suspects of one request: one arrested and held, the other refused and free."""
    case = trip.arrest_case(trip.suspect("赵某甲"), trip.suspect("钱某乙"))
    held, free = case["arrest_reviews"]
    trip.opined(held["id"], proposal="approve")
    trip.receipt(held["id"], "executed")
    trip.wait(1)
    trip.opined(
        free["id"], proposal="refuse", refusal_kind="insufficient_evidence", outline="调取监控。"
    )
    trip.receipt(free["id"], "released")
    assert running(trip.prosecutor.get(f"/arrest-reviews/{held['id']}"))["C01"] == "2026-05-02"
    assert running(trip.prosecutor.get(f"/arrest-reviews/{free['id']}")) == {"A07": "2026-03-09"}

    trip.wait(30)
    case = trip.transferred([{"suspect_id": one["suspect"]["id"]} for one in (held, free)])
    return matter_of(case, "赵某甲"), matter_of(case, "钱某乙")


def test_two_suspects_of_one_case_each_have_their_own_clock_and_fate(trip: Trip) -> None:
    held, free = parted(trip)
    assert running(trip.prosecutor.get(held))["R01"] == "2026-05-02", "held: the holiday counts"
    assert running(trip.prosecutor.get(free))["R01"] == "2026-05-06", "free: after the holiday"
    for matter in (held, free):
        trip.reviewed(matter)

    told = trip.approved(held, "indict", **INDICTMENT)
    assert number_of(told, "indict").endswith("刑诉〔2026〕1号")
    assert running(told) == {"C10": "2026-04-12"}
    assert running(trip.prosecutor.get(free)) == {"R01": "2026-05-06"}
    assert trip.prosecutor.tasks() == ["review_prosecution", "follow_trial"]

    trip.wait(1)
    told = trip.approved(
        free,
        "decide_discretionary",
        exempting_articles="刑法三十七条",
        facts_text="盗窃一次，数额较大。",
        reasons="犯罪情节轻微，不需要判处刑罚。",
    )
    assert number_of(told, "decide_discretionary").endswith("刑不诉〔2026〕1号")
    assert running(told) == {"X01": None}
    trip.prosecutor.step(free, "announce_non_prosecution", at=trip.now, place="本院")
    trip.prosecutor.step(
        free,
        "serve_non_prosecution",
        to=["person", "victim", "organ"],
        at=trip.now,
        remedies_told=True,
    )
    assert running(trip.prosecutor.get(free)) == dict.fromkeys(
        ("X02", "X06", "X07", "X08"), "2026-04-10"
    )
    assert running(trip.officer.get(free)) == {"X02": "2026-04-10"}, "the parties' are theirs"

    trip.manager.step(held, "court_accepts", accepted_at=trip.now, **COURT)
    told = trip.prosecutor.get(held)
    assert (told["state"], running(told)["T01"]) == ("at_trial", "2026-06-03")
    assert trip.prosecutor.due("follow_trial") == "2026-06-03"
    case = trip.officer.get(f"/cases/{told['case_id']}")
    assert case["state"] == "assigned", "open until the last suspect's matter ends"
