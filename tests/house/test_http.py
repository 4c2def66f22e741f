"""The whole wire: who may enter without a token, what every change asks for, what is documented."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api import idempotency
from api.app import SLICES, create_app
from api.contract import operations_of
from api.identity import access_token
from api.limits import Limit, Limits
from api.resource import OPEN_DOORS, PREFIX, Blueprint, Resource
from services.kernel.clock import machine_now
from services.kernel.settings import CHECKOUT, Settings
from services.policy import Permission
from services.sessions import SignInSession
from tests.make import Make

PUBLIC = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/docs",
    "/docs/<name>",
    "/problems",
    "/problems/<slug>",
    "/.well-known/jwks.json",
}
"""The addresses beside the API: they show nothing of anybody."""


ONLY_READS = {"POST /searches"}
"""A name in an address would stand in logs, so it comes in a body; what is found is visible."""

ASKS_FOR_NOTHING = {"POST /challenges", "GET /app-versions"}
"""Doors that answer whoever knocks."""

TAKE_TURNS = {"Sitting"}
"""Answers that tell a version which nobody has to send: staff and rooms speak at once, in turn."""

ADDED = {
    ("post", "/interrogations/{interrogation_id}/transcript"),
    ("post", "/transcripts/{transcript_id}/corrections/{correction_id}/marks"),
    ("post", "/transcripts/{transcript_id}/pages/{number}/marks"),
    ("post", "/transcripts/{transcript_id}/refusals"),
    ("post", "/transcripts/{transcript_id}/statements"),
}
"""What adds a record of its own: several people sign at once, each a page by its hash."""


@pytest.fixture(scope="module")
def house(settings: Settings, engine: Engine) -> Flask:
    return create_app(settings, engine)


@pytest.fixture(scope="module")
def contract(house: Flask) -> dict[str, Any]:
    made: dict[str, Any] = house.json.loads(house.json.dumps(house.extensions["contract"]()))
    return made


@pytest.fixture
def signed_in(app: Flask, make: Make, session: Session) -> Iterator[dict[str, str]]:
    """Somebody who may knock at every door of the house in one breath."""
    known = app.extensions["limits"]
    app.extensions["limits"] = Limits(person=Limit(burst=10**6, per_second=10**6))
    opened = SignInSession(
        person_id=make.person().id, opened_at=machine_now(), renewed_at=machine_now()
    )
    session.add(opened)
    session.flush()
    token = access_token(app.extensions["token_key"], opened, lasting=timedelta(minutes=5))
    yield {"Authorization": f"Bearer {token}"}
    app.extensions["limits"] = known


def _operations(app: Flask) -> Iterator[tuple[str, str, str, Any]]:
    """Method, rule, an address that fits the rule, and the view."""
    for rule in app.url_map.iter_rules():
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            address = re.sub(r"<int:[^>]+>", "7", rule.rule)
            address = re.sub(r"<uuid:[^>]+>", "3f1d5c0e-4f7c-4c3a-9a52-2f8e6b0f7c11", address)
            yield method, rule.rule, address, view


def _told(contract: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, described in contract["paths"].items():
        for method, told in described.items():
            if method != "parameters":
                yield method, path, told


def test_every_room_is_open_and_built_alike(house: Flask) -> None:
    rooms = {
        path.stem for path in (CHECKOUT / "api").glob("*.py") if "\nblp = " in path.read_text()
    }
    served = {room.__name__.rpartition(".")[2] for room in SLICES}  # type: ignore[attr-defined]

    assert rooms - served == {"docs", "health", "metrics"}
    assert all(isinstance(room.blp, Blueprint) for room in SLICES)
    for _, rule, _, view in _operations(house):
        if rule.startswith(PREFIX):
            assert issubclass(view, Resource), rule
        else:
            assert rule in PUBLIC, rule


def test_nobody_enters_without_a_token(app: Flask, client: FlaskClient) -> None:
    tried = 0
    for method, rule, address, _ in _operations(app):
        if not rule.startswith(PREFIX):
            continue
        tried += 1
        operation = f"{method} {rule.removeprefix(PREFIX)}"
        reply = client.open(address, method=method, headers={"Idempotency-Key": "k"})
        refused = reply.mimetype == "application/problem+json"
        assert refused != (operation in ASKS_FOR_NOTHING), operation
        assert (reply.status_code == 401) != (operation in OPEN_DOORS), operation
    assert tried > 30


def test_every_change_asks_for_a_key(
    app: Flask, client: FlaskClient, signed_in: dict[str, str]
) -> None:
    for method, rule, address, _ in _operations(app):
        operation = f"{method} {rule.removeprefix(PREFIX)}"
        if rule.startswith(PREFIX) and idempotency.needs_key(operation):
            reply = client.open(address, method=method, headers=signed_in)
            assert reply.json is not None, operation
            assert (reply.status_code, reply.json["type"]) == (
                400,
                "/problems/key-missing",
            ), operation


def test_the_lists_of_exceptions_name_what_is_there(house: Flask) -> None:
    present = {f"{method} {rule.removeprefix(PREFIX)}" for method, rule, _, _ in _operations(house)}

    assert len(OPEN_DOORS) == 6
    assert present >= OPEN_DOORS
    assert present >= set(idempotency.EXEMPT)


def test_every_operation_is_documented(contract: dict[str, Any]) -> None:
    names: list[str] = []
    for method, path, told in _told(contract):
        names.append(told["operationId"])
        assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", told["operationId"]), path
        assert re.fullmatch(r"[A-Z].{5,}[^.]", told["summary"]), (method, path)
        assert set(told["x-permission"]) <= set(Permission), (method, path)
        assert any(code.startswith("2") for code in told["responses"]), (method, path)
        assert {"401", "429", "500"} <= set(told["responses"]), (method, path)
    assert len(names) == len(set(names))
    assert len(names) > 30


def test_every_change_says_which_power_it_asks_for(house: Flask) -> None:
    for method, rule, _, view in _operations(house):
        operation = f"{method} {rule.removeprefix(PREFIX)}"
        if not rule.startswith(PREFIX) or method == "GET" or operation in ONLY_READS:
            continue
        verbs = list(operations_of(getattr(view, method.lower()), view))
        assert any(hasattr(verb, "permission") for verb in verbs), operation


def test_a_versioned_record_is_changed_by_its_version(contract: dict[str, Any]) -> None:
    schemas = contract["components"]["schemas"]
    found = 0
    for method, path, told in _told(contract):
        answer = _answer(told)
        fields = schemas.get(answer.rpartition("/")[2], {}).get("properties", {})
        if "version" not in fields or "{" not in path or method == "get":
            continue
        if answer.rpartition("/")[2] in TAKE_TURNS or (method, path) in ADDED:
            continue
        found += 1
        asked = {p["name"] for p in told.get("parameters", [])}
        assert "If-Match" in asked, (method, path)
        assert {"412", "428"} <= set(told["responses"]), (method, path)
    assert found > 5


def _answer(told: dict[str, Any]) -> str:
    for code in ("200", "201"):
        content = told["responses"].get(code, {}).get("content", {}).get("application/json", {})
        if "$ref" in content.get("schema", {}):
            return str(content["schema"]["$ref"])
    return ""


def test_every_example_is_what_its_schema_allows(contract: dict[str, Any]) -> None:
    components = contract["components"]
    checked = 0
    for method, path, told in _told(contract):
        contents = [told.get("requestBody", {}).get("content", {})]
        contents += [response.get("content", {}) for response in told["responses"].values()]
        for content in contents:
            kind = content.get("application/json")
            if kind is None:
                continue
            schema = kind["schema"] | {"components": components}
            faults = [error.message for error in jsonschema_rs.iter_errors(schema, kind["example"])]
            assert not faults, (method, path, faults)
            checked += 1
    problem = {"$ref": "#/components/schemas/Problem", "components": components}
    for example in components["examples"].values():
        jsonschema_rs.validate(problem, example["value"])
    assert checked > 40


def test_the_committed_contract_is_what_the_code_answers() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "openapi", "--check"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr


def test_a_stale_contract_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from openapi import __main__ as command  # noqa: PLC0415  # its check, not its start

    stale = tmp_path / "openapi.yaml"
    stale.write_text("openapi: 3.0.0\n")
    monkeypatch.setattr(command, "CHECKOUT", tmp_path)
    monkeypatch.setattr(command, "written", lambda: {stale: "openapi: 3.1.0\n"})

    assert command.main(["--check"]) == 1
    assert command.main([]) == 0
    assert command.main(["--check"]) == 0
    assert command.main(["--chek"]) == 2


def test_the_documentation_needs_no_network(client: FlaskClient) -> None:
    page = client.get("/docs")
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    addresses.remove("data:,")

    assert len(addresses) == 3
    for address in addresses:
        assert address.startswith("/docs/")
        assert client.get(address).status_code == 200, address
    start = client.get("/docs/start.js").text
    assert "http" not in start
    assert client.get("/openapi.json").status_code == 200
    assert client.get("/docs/nothing.js").status_code == 404
