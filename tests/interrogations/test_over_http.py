"""Changes and the centre's side over HTTP: who sees what, which version is changed."""

from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from api.wire import instant
from services import interrogations
from services.policy import PostKind
from tests.interrogations.conftest import Scene
from tests.make import Make
from tests.phones import Phones

HOUR = timedelta(hours=1)
WHY = "承办人当天另有庭审。"


def told(reply: TestResponse, status: int = 200) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    assert reply.json is not None
    return dict(reply.json)


def test_a_change_names_the_version_that_was_read(scene: Scene, make: Make, phones: Phones) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    path = f"/interrogations/{booked.id}"
    handler = phones.of(scene.town.prosecutor)
    read = told(handler.get(path))
    assert {"reschedule", "swap", "extend", "cancel"} <= set(read["allowed"])
    wanted = {"starts_at": instant(scene.soon + HOUR), "reason": WHY}

    assert handler.send("PUT", f"{path}/time", wanted).status_code == 428
    stale = handler.send("PUT", f"{path}/time", wanted, read["version"] + 1)
    assert stale.status_code == 412
    moved = told(handler.send("PUT", f"{path}/time", wanted, read["version"]))
    assert moved["starts_at"] == wanted["starts_at"]
    again = handler.send("PUT", f"{path}/duration", {"minutes": 90, "reason": WHY}, read["version"])
    assert again.status_code == 412
    longer = told(
        handler.send("PUT", f"{path}/duration", {"minutes": 90, "reason": WHY}, moved["version"])
    )
    assert longer["wanted_minutes"] == 90
    third = make.person(PostKind.ASSISTANT, scene.town.procuratorate)
    seats = [
        {"role": "lead", "person_id": scene.town.prosecutor.id},
        {"role": "staff", "person_id": third.id},
    ]
    swapped = told(
        handler.send("PUT", f"{path}/seats", {"seats": seats, "reason": WHY}, longer["version"])
    )
    assert {one["person_id"] for one in swapped["seats"]} == {scene.town.prosecutor.id, third.id}
    gone = told(handler.send("PUT", f"{path}/cancellation", {"reason": WHY}, swapped["version"]))
    assert (gone["state"], gone["lost_because"]) == ("cancelled", "handler")

    kept = told(handler.get(f"{path}/changes"))["items"]
    assert [one["kind"] for one in kept] == [
        "cancelled",
        "reseated",
        "extended",
        "rescheduled",
        "booked",
    ]
    assert kept[0]["reason"] == WHY
    assert {one["because"] for one in kept[1]["told"]} == {"joins", "leaves", "hosts"}
    officer = told(phones.of(scene.centre.officer).get(f"{path}/changes"))["items"]
    assert {one["reason"] for one in officer} == {None}
    assert [one["because"] for one in officer[0]["told"]] == ["hosts"]
    assert officer[0]["old_starts_at"] is not None


def test_the_centre_confirms_proposes_and_escorts(scene: Scene, make: Make, phones: Phones) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    path = f"/interrogations/{booked.id}"
    officer, handler = phones.of(scene.centre.officer), phones.of(scene.town.prosecutor)
    read = told(officer.get(path))
    assert {"confirm", "propose_time", "bring"} <= set(read["allowed"])
    wanted = {"starts_at": instant(scene.soon + 3 * HOUR), "note": "警力不足。"}
    assert officer.send("POST", f"{path}/time-proposals", wanted).status_code == 428
    made = told(officer.send("POST", f"{path}/time-proposals", wanted, read["version"]), 201)
    assert (made["state"], made["may_answer"]) == ("open", False)
    assert told(officer.get(f"{path}/time-proposals"))["items"] == [made]
    seen = told(handler.get(f"/time-proposals/{made['id']}"))
    assert (seen["may_answer"], seen["note"]) == (True, "警力不足。")
    answer = f"/time-proposals/{made['id']}/acceptance"
    assert handler.send("PUT", answer).status_code == 428
    assert handler.send("PUT", answer, None, made["version"] + 1).status_code == 412
    assert officer.send("PUT", answer, None, made["version"]).status_code == 403
    assert told(handler.send("PUT", answer, None, made["version"]))["state"] == "accepted"
    refusal = f"/time-proposals/{made['id']}/refusal"
    version = told(handler.get(f"/time-proposals/{made['id']}"))["version"]
    assert handler.send("PUT", refusal, {"reason": WHY}, version).status_code == 409

    confirmed = told(officer.get(path))
    assert confirmed["state"] == "confirmed"
    brought = told(officer.send("PUT", f"{path}/escort", {"step": "brought"}, confirmed["version"]))
    assert brought["escorted_at"] is not None
    assert "bring_back" in brought["allowed"]
    day = told(officer.get("/centre-days?on=2026-03-02"))
    (entry,) = [one for room in day["rooms"] for one in room["entries"]]
    assert entry["interrogation"]["suspect_name"] == scene.suspect.name
    assert len(entry["interrogation"]["seats"]) == 2
    assert day["elsewhere"] == []


def test_nobody_else_sees_or_hosts_it(scene: Scene, make: Make, phones: Phones) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    path = f"/interrogations/{booked.id}"
    elsewhere = phones.of(make.person(PostKind.DETENTION_OFFICER))
    police = phones.of(scene.town.officer)
    for phone in (elsewhere, police):
        for address in (path, f"{path}/changes", f"{path}/time-proposals"):
            assert phone.get(address).status_code == 404
        assert phone.send("PUT", f"{path}/confirmation", None, 1).status_code == 404
        mine = f"/centre-days?on=2026-03-02&centre_id={scene.centre.office.id}"
        assert phone.get(mine).status_code == 404
    assert police.get("/centre-days?on=2026-03-02").status_code == 404
    officer = phones.of(scene.centre.officer)
    version = told(officer.get(path))["version"]
    later = {"starts_at": instant(scene.soon + HOUR), "reason": WHY}
    assert officer.send("PUT", f"{path}/time", later, version).status_code == 403
    assert officer.send("PUT", f"{path}/cancellation", {"reason": WHY}, version).status_code == 403
    handler = phones.of(scene.town.prosecutor)
    assert handler.send("PUT", f"{path}/confirmation", None, version).status_code == 403
    assert handler.send("PUT", f"{path}/escort", {"step": "brought"}, version).status_code == 403
    assert booked.state is interrogations.InterrogationState.BOOKED
