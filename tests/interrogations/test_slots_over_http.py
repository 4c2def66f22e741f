"""Slots over HTTP: look, keep, book; and what is refused comes with times that are free."""

from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from api.wire import instant
from tests.interrogations.conftest import Scene
from tests.make import Make
from tests.phones import Phones

HOUR = timedelta(hours=1)


def told(reply: TestResponse, status: int = 200) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    assert reply.json is not None
    return dict(reply.json)


def wanted(scene: Scene, make: Make) -> dict[str, Any]:
    seats = make.arrangement(scene.town).seats
    return {
        "case_id": scene.case.id,
        "suspect_id": scene.suspect.id,
        "seats": [{"role": one.role.value, "person_id": one.person_id} for one in seats],
    }


def test_a_slot_is_found_kept_and_booked(scene: Scene, make: Make, phones: Phones) -> None:
    body = wanted(scene, make)
    handler = phones.of(scene.town.prosecutor)
    found = told(handler.send("POST", "/slot-searches", body | {"order": "earliest", "limit": 3}))
    assert [one["starts_at"] for one in found["slots"]] == [
        instant(make.now + n * timedelta(minutes=15)) for n in (1, 2, 3)
    ]
    assert found["limit"]["rule"] == "D06"
    assert found["latest_safe"]["ends_at"] == found["limit"]["ends_at"]
    assert found["why"] is None
    best = told(handler.send("POST", "/slot-searches", body))
    assert "early" in best["slots"][0]["reasons"]

    starts_at = {"starts_at": instant(scene.soon)}
    kept = told(handler.send("POST", "/slot-holds", body | starts_at), 201)
    assert kept["held_until"] >= instant(make.now + timedelta(minutes=10))
    assert kept["room_id"] == scene.centre.rooms[0].id
    booked = handler.send("POST", "/interrogations", body | starts_at | {"hold_id": kept["id"]})
    shown = told(booked, 201)
    assert shown["starts_at"] == starts_at["starts_at"]

    taken = told(handler.send("POST", "/interrogations", body | starts_at), 409)
    assert taken["type"] == "/problems/already-taken"
    assert len(taken["alternatives"]) == 3
    assert taken["why"] is None
    moving = body | {
        "order": "earliest",
        "from_at": starts_at["starts_at"],
        "interrogation_id": shown["id"],
    }
    own = told(handler.send("POST", "/slot-searches", moving))
    assert own["slots"][0]["starts_at"] == starts_at["starts_at"]


def test_a_kept_slot_is_its_owner_s(scene: Scene, make: Make, phones: Phones) -> None:
    body = wanted(scene, make) | {"starts_at": instant(scene.soon)}
    handler, manager = phones.of(scene.town.prosecutor), phones.of(scene.town.manager)
    assert manager.send("POST", "/slot-holds", body).status_code == 403
    assert phones.of(scene.centre.officer).send("POST", "/slot-holds", body).status_code == 404
    kept = told(handler.send("POST", "/slot-holds", body), 201)
    assert manager.send("DELETE", f"/slot-holds/{kept['id']}").status_code == 404
    assert handler.send("DELETE", f"/slot-holds/{kept['id']}").status_code == 204
    gone = handler.send("POST", "/interrogations", body | {"hold_id": kept["id"]})
    assert told(gone, 409)["type"] == "/problems/hold-over"
