"""Whatever is sent, the house answers as its contract says, and never breaks.

Requests are drawn from the contract (schemathesis), valid and invalid ones; whoever sends them
holds every post of one small town, and half of the addresses name what is really there, for a
request that ends at the first 404 proves nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

import hypothesis
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given
from schemathesis.checks import CHECKS, load_all_checks
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from api.identity import access_token
from api.limits import Limit, Limits
from openapi.__main__ import CONTRACT
from services import charges
from services.kernel.settings import Settings
from tests.conftest import NOON
from tests.house import village
from tests.make import Make

EXAMPLES = 6
MANY = 150
ANY_VERSION = ", ".join(f'"{number}"' for number in range(1, 200))

load_all_checks()
CHECKED: list[Any] = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "response_headers_conformance",
        "allow_header_conformance",
    ]
)


def _operations(contract: str) -> list[tuple[str, str]]:
    """Every path and method, by the lines that name them: each worker reads them on collecting."""
    told = contract.partition("\npaths:\n")[2].partition("\ncomponents:\n")[0]
    parts = re.split(r"^  (/.*):$", told, flags=re.MULTILINE)
    return [
        (path, method)
        for path, described in zip(parts[1::2], parts[2::2], strict=True)
        for method in re.findall(r"^    (get|post|put|patch|delete):$", described, re.MULTILINE)
    ]


ENDLESS = "/inbox/stream"
"""An answer without an end (tests/notifications/test_streams.py)."""
OPERATIONS = [one for one in _operations(CONTRACT.read_text()) if one[0] != ENDLESS]


@pytest.fixture(scope="module")
def house(settings: Settings, engine: Engine) -> Flask:
    plenty = Limit(burst=10**6, per_second=10**6)
    # A stream would be read for as long as its token lasts.
    quiet = replace(settings, streams=0)
    return create_app(quiet, engine, Limits(person=plenty, open_door=plenty))


@pytest.fixture(scope="module")
def contract(house: Flask) -> Any:
    return schemathesis.openapi.from_wsgi("/openapi.json", house)


@dataclass
class Knocker:
    """A token that opens much, the ids of what is there, and fresh keys."""

    headers: dict[str, str]
    ids: dict[str, tuple[Any, ...]]
    numbers: "count[int]" = field(default_factory=count)

    def address(self, case: schemathesis.Case[Any]) -> None:
        """Let half of the addresses name what is really there, and ask for whole answers."""
        (case.query or {}).pop("fields", None)
        for sent in (case.path_parameters, case.query, case.body):
            self.name(sent)

    def name(self, sent: object) -> None:
        """Let half of what is named, however deep, be what is really there."""
        if isinstance(sent, list):
            for inside in sent:
                self.name(inside)
        if not isinstance(sent, dict):
            return
        for name, drawn in sent.items():
            there = self.ids.get(name)
            if there and len(str(drawn)) % 2:
                sent[name] = there[next(self.numbers) % len(there)]
            else:
                self.name(drawn)

    def asks(self) -> dict[str, str]:
        """The headers: now and then without what a change needs."""
        number = next(self.numbers)
        if number % 8 == 0:
            return self.headers
        return self.headers | {"Idempotency-Key": f"key-{number}", "If-Match": ANY_VERSION}


@pytest.fixture(scope="module")
def filled(house: Flask, engine: Engine) -> Iterator[tuple[Connection, Knocker]]:
    """What is there, made once for all operations: it costs more than knocking does."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session:
            knocker = _filled(house, session, Make(session, NOON))
            session.commit()
        yield connection, knocker
        outer.rollback()


@pytest.fixture
def knocker(house: Flask, filled: tuple[Connection, Knocker]) -> Iterator[Knocker]:
    """Whatever one operation changes is undone before the next one."""
    connection, there = filled
    real = house.extensions["sessions"]
    inside = connection.begin_nested()
    house.extensions["sessions"] = sessionmaker(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    )
    yield Knocker(there.headers, there.ids)
    house.extensions["sessions"] = real
    inside.rollback()


def _filled(house: Flask, session: Session, make: Make) -> Knocker:
    charges.load(session)
    there = village.empty(make)
    everybody = village.everywhere(make, there)
    there = replace(there, town=replace(there.town, prosecutor=everybody))
    ids = village.filled(make, there, everybody).ids
    ids["review_id"] = (*ids["review_id"], *ids["quality_review_id"])
    opened = village.signed_in(make, everybody)
    token = access_token(house.extensions["token_key"], opened, lasting=timedelta(hours=12))
    return Knocker({"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}, ids)


def test_every_operation_of_the_house_is_knocked_at(house: Flask) -> None:
    paths = house.extensions["contract"]()["paths"]
    known = {(path, method) for path, told in paths.items() for method in told}

    assert {*OPERATIONS} == {one for one in known if one[1] != "parameters" and one[0] != ENDLESS}
    assert len(OPERATIONS) > 300


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_the_house_answers_as_its_contract_says(
    contract: Any, knocker: Knocker, path: str, method: str
) -> None:
    assert _statuses(contract, knocker, path, method, EXAMPLES)


@pytest.mark.prove
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_whatever_is_sent_for_long_the_house_never_breaks(
    contract: Any, knocker: Knocker, path: str, method: str
) -> None:
    assert _statuses(contract, knocker, path, method, MANY)


def _statuses(contract: Any, knocker: Knocker, path: str, method: str, examples: int) -> set[int]:
    statuses: set[int] = set()

    @given(case=contract[path][method.upper()].as_strategy())
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def knock(case: schemathesis.Case[Any]) -> None:
        knocker.address(case)
        reply = case.call_and_validate(headers=knocker.asks(), checks=CHECKED)
        statuses.add(reply.status_code)

    knock()
    return statuses
