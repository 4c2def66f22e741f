"""The judgment review over HTTP: who reads it, in which words, and the draft."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.identity import access_token
from services.kernel.clock import LegalClock, machine_now
from services.people import Person
from services.sessions import SignInSession
from tests.make import Make
from tests.prosecutions.trials import at_trial, judged

_KEYS = count(1)


@dataclass
class Phones:
    """A phone for anybody."""

    app: Flask
    client: FlaskClient
    make: Make

    def ask(self, person: Person, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        opened = SignInSession(
            person_id=person.id, opened_at=machine_now(), renewed_at=machine_now()
        )
        self.make.session.add(opened)
        self.make.session.flush()
        token = access_token(self.app.extensions["token_key"], opened, lasting=timedelta(minutes=5))
        headers = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": f"judgment-{next(_KEYS)}",
        }
        sent = {} if body is None else {"json": body}
        reply = self.client.open(f"/api/v1{path}", method=method, headers=headers, **sent)
        return reply.status_code, reply.json


@pytest.fixture
def phones(app: Flask, client: FlaskClient, make: Make) -> Phones:
    make.session.add(LegalClock(id=1, offset=make.now - machine_now()))
    make.session.flush()
    return Phones(app, client, make)


def test_the_handler_reads_what_differs_and_drafts(phones: Phones, make: Make) -> None:
    walk = judged(make, penalty={"main": "imprisonment", "term": {"months": 30}})
    path = f"/prosecutions/{walk.prosecution.id}"

    status, review = phones.ask(walk.town.prosecutor, "GET", f"{path}/judgment-review")
    assert status == 200
    assert (review["outcome"], review["within_recommendation"]) == ("convicted", False)
    assert review["recommended"] == "有期徒刑三年六个月至四年"
    assert review["imposed"] == "有期徒刑二年六个月"
    (difference,) = review["differences"]
    assert (difference["kind"], difference["leaning"], difference["apart_months"]) == (
        "penalty_outside_recommendation",
        "lighter",
        12,
    )
    (hint,) = review["hints"]
    assert (hint["ground"], hint["article"]) == ("penalty", "刑诉规则584条3项")

    body = {"grounds": [{"ground": "penalty", "reasons": "量刑畸轻。"}]}
    status, draft = phones.ask(walk.town.prosecutor, "POST", f"{path}/protest-drafts", body)
    assert status == 200
    assert "量刑畸轻" in draft["text"]

    status, problem = phones.ask(
        walk.town.prosecutor, "POST", f"{path}/protest-drafts", {"grounds": []}
    )
    assert (status, problem["type"]) == (422, "/problems/no-protest-ground")


def test_the_organ_does_not_read_the_review_and_strangers_find_nothing(
    phones: Phones, make: Make
) -> None:
    walk = judged(make)
    path = f"/prosecutions/{walk.prosecution.id}/judgment-review"

    assert phones.ask(walk.town.officer, "GET", path)[0] == 403
    assert phones.ask(walk.other, "GET", path)[0] == 404


def test_before_the_judgment_there_is_nothing_to_compare(phones: Phones, make: Make) -> None:
    walk = at_trial(make)
    path = f"/prosecutions/{walk.prosecution.id}/judgment-review"

    status, problem = phones.ask(walk.town.prosecutor, "GET", path)

    assert (status, problem["type"]) == (409, "/problems/nothing-to-compare")
