"""Readiness and the day of an interrogation over HTTP, from the checklist to the end."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.interrogations import Interrogation
from tests.make import Make, Scene
from tests.phones import Phone, Phones

OK, CREATED, FORBIDDEN, GONE, CONFLICT, UNREADABLE, UNVERSIONED = 200, 201, 403, 404, 409, 422, 428


@pytest.fixture
def phones(app: Flask, client: FlaskClient, make: Make) -> Phones:
    return Phones(app, client, make)


def ticked(phone: Phone, booked: Interrogation, kind: str) -> dict[str, Any]:
    listed = phone.get(f"/interrogations/{booked.id}/readiness").get_json()
    item = next(one for one in listed["items"] if one["kind"] == kind)
    assert item["allowed"][0] == "tick"
    path = f"/readiness-items/{item['id']}/completion"
    assert phone.send("PUT", path, {}).status_code == UNVERSIONED
    answer = phone.send("PUT", path, {"note": "已办。"}, item["version"])
    assert answer.status_code == OK
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_checklist_is_read_ticked_waived_and_opened_again(
    scene: Scene, make: Make, phones: Phones
) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    phone = phones.of(scene.town.prosecutor)
    papers = ticked(phone, booked, "papers")
    assert (papers["state"], papers["closed_by"]["id"]) == ("done", scene.town.prosecutor.id)
    path = f"/readiness-items/{papers['id']}"
    again = phone.send("PUT", f"{path}/reopening", None, papers["version"]).get_json()
    waived = phone.send("PUT", f"{path}/waiver", {"reason": "无需纸质。"}, again["version"])
    assert (again["state"], waived.get_json()["state"]) == ("open", "waived")
    listed = phone.get(f"/interrogations/{booked.id}/readiness").get_json()
    assert listed["missing"] == 3
    certificate = listed["items"][0]
    assert (certificate["demanded"], certificate["allowed"]) == (True, ["tick"])
    assert phones.of(scene.town.officer).get(path + "/completion").status_code in {GONE, 405}


def test_a_terminal_reports_its_test(scene: Scene, phones: Phones) -> None:
    found = {
        "resource_id": scene.centre.rooms[0].id,
        "camera": True,
        "microphone": True,
        "speaker": False,
        "network_ms": 40,
        "lost_permille": 1,
        "browser": "Chromium 140",
    }
    answer = phones.of(scene.centre.officer).send("POST", "/kit-tests", found)
    assert (answer.status_code, answer.get_json()["passed"]) == (CREATED, False)
    stranger = phones.of(scene.town.officer).send("POST", "/kit-tests", found)
    assert stranger.status_code == GONE


def test_a_whole_day(scene: Scene, make: Make, app: Flask, client: FlaskClient) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    make.now = scene.soon
    phones = Phones(app, client, make)
    phone, room = phones.of(scene.town.prosecutor), phones.of(scene.centre.officer)
    base = f"/interrogations/{booked.id}"
    ticked(phone, booked, "certificate")
    for seat in booked.attendances:
        assert room.send("POST", f"{base}/arrivals", {"seat_id": seat.id}).status_code == CREATED
    assert room.send("PUT", f"{base}/start").status_code == FORBIDDEN
    assert phone.send("PUT", f"{base}/start").status_code == CONFLICT
    assert phone.send("PUT", f"{base}/identity", {"how": "centre_file"}).status_code == OK
    for kind in ("rights", "recording"):
        told = phone.send("POST", f"{base}/notices", {"kind": kind})
        assert told.status_code == CREATED
    assert phone.send("POST", f"{base}/notices", {"kind": "identity"}).status_code == UNREADABLE
    started = phone.send("PUT", f"{base}/start").get_json()
    assert (started["state"], len(started["notices"])) == ("running", 4)
    lost = {"sequence": 5, "report": "link_lost", "happened_at": scene.soon.isoformat()}
    answers = [room.send("POST", f"{base}/room-events", lost).get_json() for _ in range(2)]
    assert [one["applied"] for one in answers] == [True, False]
    assert answers[1]["state"] == "link_lost"
    assert phone.send("POST", f"{base}/resumptions").status_code == CREATED
    assert phone.send("POST", f"{base}/pauses", {"reason": "休息。"}).status_code == CREATED
    token = phone.get(f"{base}/join-token")
    assert token.headers["Cache-Control"] == "no-store"
    assert token.get_json()["room"] == booked.id
    ended = phone.send("PUT", f"{base}/end").get_json()
    assert (ended["state"], len(ended["interruptions"])) == ("ended", 2)
    assert phone.send("POST", f"{base}/link-losses", {}).status_code == CONFLICT
    assert phone.get(f"{base}/join-token").status_code == CONFLICT
    assert phones.of(scene.town.officer).get(f"{base}/sitting").status_code == GONE


def test_what_was_not_held(scene: Scene, make: Make, app: Flask, client: FlaskClient) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    make.now = scene.soon
    phone = Phones(app, client, make).of(scene.town.prosecutor)
    absence = {
        "because": "suspect_ill",
        "words": "犯罪嫌疑人发热。",
        "absent_seat_ids": [booked.attendances[1].id],
    }
    answer = phone.send("PUT", f"/interrogations/{booked.id}/absence", absence)
    assert answer.status_code == OK
    assert answer.get_json()["not_held_because"] == "suspect_ill"
    listed = phone.get(f"/interrogations/{booked.id}/sitting").get_json()
    assert listed["allowed"] == []
    assert listed["not_held_reason"] == listed["events"][-1]["reason"] == absence["words"]
    centre = Phones(app, client, make).of(scene.centre.officer)
    seen = centre.get(f"/interrogations/{booked.id}/sitting")
    assert seen.get_json()["not_held_because"] == "suspect_ill"
    assert str(absence["words"]) not in json.dumps(seen.get_json(), ensure_ascii=False)
