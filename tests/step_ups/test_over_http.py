"""At the door: the law is asked first, then whoever it allows; what is unconfirmed is undone."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from api import legal_acts
from api.contract import operations_of
from api.resource import PREFIX
from services.kernel.act import JournalEntry
from services.kernel.settings import Settings
from services.proceedings.records import PowerList
from services.step_ups import StepUp
from services.tries import Try
from tests.make import PASSWORD, Make, Town
from tests.phones import Phone, Phones

DECISIVE = ("decide", "consent", "sign", "confirm", "appoint", "give", "release", "vote")


class Plain:
    """A phone that confirms nothing by itself."""

    def __init__(self, app: Flask, phone: Phone) -> None:
        self.client = FlaskClient(app, app.response_class)
        self.phone = phone

    def send(self, path: str, content: bytes, key: str, step_up: str = "") -> TestResponse:
        more = {"Idempotency-Key": key} | ({"Step-Up": step_up} if step_up else {})
        return self.client.post(
            f"{PREFIX}{path}",
            data=content,
            content_type="application/json",
            headers=self.phone.headers | more,
        )

    def confirm(self, told: dict[str, Any], **given: Any) -> TestResponse:
        deed = {name: told[name] for name in ("method", "path", "content_hash")}
        return self.send(
            "/step-ups", json.dumps(deed | {"password": PASSWORD} | given).encode(), ""
        )


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


@pytest.fixture
def chief(app: Flask, phones: Phones, town: Town) -> Plain:
    return Plain(app, phones.of(town.chief))


@pytest.fixture
def content(make: Make, town: Town) -> bytes:
    """Byte for byte, with a space that another program would not write."""
    body = {
        "office_id": town.procuratorate.id,
        "in_force_from": (make.now + timedelta(days=1)).date().isoformat(),
        "powers": {"return_case": "handler"},
    }
    return b" " + json.dumps(body, ensure_ascii=False).encode()


def _problem(reply: TestResponse, status: int) -> dict[str, Any]:
    assert reply.status_code == status, reply.get_data(as_text=True)
    return dict(reply.json or {})


def test_what_one_decides_one_confirms(chief: Plain, make: Make, content: bytes) -> None:
    needed = _problem(chief.send("/power-lists", content, "one"), 428)

    assert needed["type"] == "/problems/step-up-needed"
    assert needed["content_hash"] == sha256(content).hexdigest()
    assert (needed["method"], needed["path"]) == ("POST", "/api/v1/power-lists")
    assert needed["means"] == ["password"]
    assert make.session.scalar(select(func.count(PowerList.id))) == 0

    token = _problem(chief.confirm(needed), 201)["token"]
    done = chief.send("/power-lists", content, "one", token)
    again = chief.send("/power-lists", content, "one")

    assert done.status_code == 201, done.json
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert make.session.scalar(select(func.count(PowerList.id))) == 1
    used = select(JournalEntry.details).where(JournalEntry.kind == "StepUpUsed")
    assert make.session.scalars(used).all() == [
        {"operation": "POST /power-lists", "content_hash": sha256(content).hexdigest()}
    ]


def test_other_bytes_are_not_what_was_confirmed(chief: Plain, make: Make, content: bytes) -> None:
    needed = _problem(chief.send("/power-lists", content, "one"), 428)
    token = _problem(chief.confirm(needed), 201)["token"]

    other = _problem(chief.send("/power-lists", content.strip(), "two", token), 428)

    assert other["type"] == "/problems/step-up-refused"
    assert make.session.scalars(select(StepUp.used_at)).all() == [None]
    assert chief.send("/power-lists", content, "three", token).status_code == 201


def test_the_law_is_asked_before_the_person(
    app: Flask, phones: Phones, town: Town, chief: Plain, content: bytes
) -> None:
    officer = Plain(app, phones.of(town.officer))
    _problem(officer.send("/power-lists", content, "one"), 403)
    _problem(chief.send("/power-lists", b"{}", "two"), 422)


def test_a_wrong_password_is_counted_and_no_sign_out(
    chief: Plain, make: Make, content: bytes
) -> None:
    needed = _problem(chief.send("/power-lists", content, "one"), 428)

    wrong = _problem(chief.confirm(needed, password="wrong"), 422)

    assert wrong["type"] == "/problems/password-wrong"
    assert make.session.scalars(select(Try.failures)).all() == [1]


@pytest.mark.parametrize(
    "given", [{"passkey": {"challenge_id": 1, "credential": {}}}, {"content_hash": "00"}]
)
def test_a_confirmation_says_one_means_and_one_hash(
    chief: Plain, content: bytes, given: dict[str, Any]
) -> None:
    needed = _problem(chief.send("/power-lists", content, "one"), 428)

    _problem(chief.confirm(needed | given, **given), 422)


def test_the_tables_of_legal_acts_name_what_is_there_and_miss_nothing(app: Flask) -> None:
    decisive, present = set[str](), set[str]()
    for rule in app.url_map.iter_rules():
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS", "GET"}:
            if view is None or not rule.rule.startswith(PREFIX):
                continue
            operation = f"{method} {rule.rule.removeprefix(PREFIX)}"
            present.add(operation)
            verbs = operations_of(getattr(view, method.lower()), view)
            powers = {str(verb.permission) for verb in verbs if hasattr(verb, "permission")}
            if any(power.rpartition(":")[2] in DECISIVE for power in powers):
                decisive.add(operation)
    listed = set(legal_acts.LEGAL_ACTS) | set(legal_acts.UNCONFIRMED)

    assert present >= listed, listed - present
    assert listed >= decisive, decisive - listed
    assert not set(legal_acts.LEGAL_ACTS) & set(legal_acts.UNCONFIRMED)


@pytest.mark.parametrize(
    ("named", "origin", "domain"),
    [
        ((), "http://localhost:8000", "localhost"),
        ((), "https://jiantong.example", None),
        ((), None, "localhost"),
        (("https://jiantong.example",), "https://jiantong.example", "jiantong.example"),
        (("https://jiantong.example",), None, "jiantong.example"),
        (("https://jiantong.example",), "https://jiantong.example.in.between", None),
        (("https://jiantong.example",), "http://localhost", None),
    ],
)
def test_a_passkey_is_for_an_address_that_the_settings_name(
    app: Flask, settings: Settings, named: tuple[str, ...], origin: str | None, domain: str | None
) -> None:
    app.extensions["settings"] = replace(settings, public_urls=named)
    try:
        with app.test_request_context("/", headers={"Origin": origin} if origin else {}):
            site = legal_acts.site_of(request)
    finally:
        app.extensions["settings"] = settings

    assert (site.domain if site else None) == domain
