"""Before there is a case: the police consult, collect what is asked for, and then request."""

from datetime import timedelta
from typing import Any

from tests.proceedings.conftest import Trip, running

INVITED: dict[str, Any] = {
    "kind": "pre_arrest",
    "form": "remote",
    "ground": "difficult",
    "title": "“夜市”系列扒窃案",
    "account": "嫌疑人多次在夜市扒窃，部分被害人尚未找到。",
}


def test_a_consultation_becomes_a_request_and_the_request_a_case(trip: Trip) -> None:
    detained = trip.now - timedelta(days=1)
    begun = trip.officer.ask(
        "POST",
        "/consultations",
        INVITED | {"suspects": [{"label": "小六", "detained_at": detained.isoformat()}]},
    )
    path = f"/consultations/{begun['id']}"
    assert begun["ask_by"] == {
        "rule_id": "D04",
        "due_on": "2026-03-04",
        "outer_on": "2026-03-04",
    }
    assert trip.manager.tasks() == ["answer_consultation"]
    for stranger in (trip.stranger, trip.other_police, trip.prosecutor):
        assert stranger.refused("GET", path) == 404

    trip.manager.change("PUT", f"{path}/acceptance", {"handler_id": trip.town.prosecutor.id})
    assert (trip.manager.tasks(), trip.prosecutor.tasks()) == ([], ["hold_consultation"])
    trip.prosecutor.change("POST", f"{path}/views", {"words": "请先固定监控录像。"})
    trip.officer.change("POST", f"{path}/views", {"words": "同意，两日内完成。"})
    told = trip.prosecutor.change(
        "POST",
        f"{path}/opinions",
        {
            "words": "现有证据只能证明一次扒窃。",
            "evidence": [{"what": "夜市监控录像", "purpose": "证明多次扒窃"}],
        },
    )
    ((wanted,),) = (one["evidence"] for one in told["opinions"])
    assert trip.officer.tasks() == ["collect_evidence"]
    trip.officer.change(
        "PUT", f"{path}/evidence/{wanted['id']}/collection", {"note": "已调取。"}, of=path
    )
    assert trip.officer.tasks() == []
    trip.prosecutor.change("PUT", f"{path}/conclusion", {"words": "可以提请批准逮捕。"})
    assert trip.prosecutor.tasks() == []

    trip.wait(1)
    case = trip.arrest_case()
    trip.officer.change("POST", f"{path}/link", {"arrest_request_id": case["arrest_request_id"]})
    seen = trip.prosecutor.get(path)
    assert (seen["state"], seen["arrest_request_id"]) == ("concluded", case["arrest_request_id"])
    (review,) = case["arrest_reviews"]
    assert running(review) == {"D06": "2026-03-10"}, "the consultation moved no period"
    assert trip.prosecutor.tasks() == ["review_arrest"]
