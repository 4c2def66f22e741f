"""Escalations over HTTP: what whoever leads the office reads, and what whoever was told answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from werkzeug.test import TestResponse

from api.identity import access_token
from notifications.escalations import Escalation, EscalationState
from services.deadlines import Custody
from services.kernel.clock import LegalClock, machine_now
from services.people import Person
from services.policy import PostKind
from services.sessions import SignInSession
from tests.escalations.conftest import World, moment

_KEYS = count(1)
LATER = "2026-07-11T00:30"


@dataclass
class Phone:
    """Somebody's phone."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def put(self, path: str) -> TestResponse:
        key = {"Idempotency-Key": f"escalations-{next(_KEYS)}"}
        return self.client.put(f"/api/v1{path}", headers=self.headers | key)


Phones = Callable[[Person], Phone]


@pytest.fixture
def phones(app: Flask, client: FlaskClient, world: World) -> Phones:
    def of(person: Person) -> Phone:
        opened = SignInSession(
            person_id=person.id, opened_at=machine_now(), renewed_at=machine_now()
        )
        world.session.add(opened)
        world.session.flush()
        token = access_token(app.extensions["token_key"], opened, lasting=timedelta(minutes=5))
        return Phone(client, {"Authorization": f"Bearer {token}"})

    return of


def told(reply: TestResponse, status: int = 200) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    assert reply.json is not None
    return dict(reply.json)


def _alarm(world: World) -> Escalation:
    world.start("D06", "2026-07-03T09:00")
    one = world.warn("2026-07-11T00:00")
    world.sweep("2026-07-11T00:11")
    _clock(world, LATER)
    return one


def _clock(world: World, when: str) -> None:
    world.session.execute(delete(LegalClock))
    world.session.add(LegalClock(id=1, offset=moment(when) - machine_now()))
    world.session.flush()
    world.session.info.pop("legal_offset", None)


def test_who_leads_the_office_reads_who_was_told_when(world: World, phones: Phones) -> None:
    one = _alarm(world)

    (listed,) = told(phones(world.head).get("/escalations"))["items"]
    shown = told(phones(world.town.chief).get(f"/escalations/{one.id}"))

    assert listed == shown
    assert (shown["ladder"], shown["class"], shown["state"]) == ("alarm", "alarm", "waiting")
    assert (shown["explicit"], shown["next_rung"]) == (True, "every_channel")
    assert shown["title"] == "羁押期限已届满"
    assert shown["link"].startswith("/deadlines/")
    first, again = shown["calls"]
    assert (first["rung"], again["rung"]) == (None, "again")
    handler = {"person": {"id": world.town.prosecutor.id, "name": world.town.prosecutor.name}}
    assert handler | {"post": "prosecutor"} in first["told"]
    assert len(again["told"]) == 4


def test_who_leads_nothing_there_reads_nothing(world: World, phones: Phones) -> None:
    one = _alarm(world)
    stranger = world.make.person(PostKind.CHIEF_PROCURATOR)

    for person in (world.town.prosecutor, world.town.officer, stranger):
        phone = phones(person)
        assert told(phone.get("/escalations"))["items"] == []
        assert phone.get(f"/escalations/{one.id}").status_code == 404


def test_an_alarm_is_acknowledged_from_the_line_itself(world: World, phones: Phones) -> None:
    one = _alarm(world)
    handler, path = phones(world.town.prosecutor), f"/inbox/{world.line(world.town.prosecutor)}"

    answer = told(handler.put(f"{path}/acknowledgement"))

    named = {"id": world.town.prosecutor.id, "name": world.town.prosecutor.name}
    assert (answer["state"], answer["acknowledged_by"]) == ("acknowledged", named)
    assert told(handler.put(f"{path}/acknowledgement")) == answer
    assert told(handler.get(path))["read_at"] is not None
    manager = phones(world.town.manager)
    assert told(manager.get("/escalations"))["items"] == []
    (kept,) = told(manager.get("/escalations?state=acknowledged"))["items"]
    assert (kept["id"], kept["next_rung"]) == (one.id, None)


def test_a_line_of_somebody_else_is_not_acknowledged(world: World, phones: Phones) -> None:
    one = _alarm(world)
    line = world.line(world.town.prosecutor)

    assert phones(world.town.officer).put(f"/inbox/{line}/acknowledgement").status_code == 404
    world.session.refresh(one)
    assert one.state is EscalationState.WAITING


def test_english_readers_read_english(world: World, phones: Phones) -> None:
    world.start("R01", "2026-06-11T09:00", Custody.AT_LIBERTY)
    world.warn("2026-07-03T08:00")
    _clock(world, "2026-07-03T09:00")
    head = phones(world.head)
    head.headers["Accept-Language"] = "en"

    (shown,) = told(head.get("/escalations"))["items"]

    assert shown["title"] == "A period nears its end"
