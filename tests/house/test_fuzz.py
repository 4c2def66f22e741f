"""Whatever is sent, the house answers as its contract says, and never breaks.

Requests are drawn from the contract (schemathesis), valid and invalid ones; whoever sends them
holds every post of one small town, and half of the addresses name what is really there, for a
request that ends at the first 404 proves nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import hypothesis
import pytest
import schemathesis
import yaml
from flask import Flask
from hypothesis import HealthCheck, given
from schemathesis.checks import CHECKS, load_all_checks
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from api.identity import access_token
from api.limits import Limit, Limits
from openapi.__main__ import CONTRACT
from services import assignments, charges
from services.arrest_reviews import ArrestReview
from services.charges import Charge
from services.deadlines import Deadline
from services.kernel.clock import machine_now
from services.kernel.settings import Settings
from services.policy import PostKind
from services.sessions import SignInSession
from tests.make import Make

EXAMPLES = 6
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


OPERATIONS = [
    (path, method)
    for path, described in yaml.load(CONTRACT.read_text(), yaml.CSafeLoader)["paths"].items()
    for method in described
    if method != "parameters"
]


@pytest.fixture(scope="module")
def house(settings: Settings, engine: Engine) -> Flask:
    plenty = Limit(burst=10**6, per_second=10**6)
    return create_app(settings, engine, Limits(person=plenty, open_door=plenty))


@pytest.fixture(scope="module")
def contract(house: Flask) -> Any:
    return schemathesis.openapi.from_wsgi("/openapi.json", house)


@dataclass
class Knocker:
    """A token that opens much, the ids of what is there, and fresh keys."""

    headers: dict[str, str]
    ids: dict[str, int]
    numbers: "count[int]" = field(default_factory=count)

    def address(self, case: schemathesis.Case[Any]) -> None:
        """Let half of the addresses name what is really there, and ask for whole answers."""
        (case.query or {}).pop("fields", None)
        for name, drawn in (case.path_parameters or {}).items():
            if name in self.ids and len(str(drawn)) % 2:
                case.path_parameters[name] = self.ids[name]

    def asks(self) -> dict[str, str]:
        """The headers: now and then without what a change needs."""
        number = next(self.numbers)
        if number % 8 == 0:
            return self.headers
        return self.headers | {"Idempotency-Key": f"key-{number}", "If-Match": ANY_VERSION}


@pytest.fixture
def knocker(house: Flask, session: Session, make: Make) -> Iterator[Knocker]:
    real = house.extensions["sessions"]
    house.extensions["sessions"] = sessionmaker(
        session.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False
    )
    charges.load(session)
    town = make.town()
    everybody = make.person(PostKind.CASE_MANAGER, town.procuratorate)
    make.post(everybody, PostKind.PROSECUTOR, town.procuratorate)
    make.post(everybody, PostKind.CHIEF_PROCURATOR, town.procuratorate)
    make.post(everybody, PostKind.POLICE_OFFICER, town.police)
    request, case = make.arrest_request(town), make.case(town)
    assignments.designate(
        make.act(town.manager),
        case,
        handler_id=everybody.id,
        reason="试",
        approver_id=town.chief.id,
    )
    opened = SignInSession(
        person_id=everybody.id, opened_at=machine_now(), renewed_at=machine_now()
    )
    session.add(opened)
    session.flush()
    reviews = select(ArrestReview.id).where(ArrestReview.case_id == case.id)
    token = access_token(house.extensions["token_key"], opened, lasting=timedelta(minutes=30))
    ids = {
        "request_id": request.id,
        "case_id": case.id,
        "office_id": town.police.id,
        "review_id": session.scalars(reviews).one(),
        "deadline_id": session.scalars(
            select(Deadline.id).where(Deadline.procuratorate_id == town.procuratorate.id).limit(1)
        ).one(),
        "charge_id": session.scalars(select(Charge.id).limit(1)).one(),
    }
    yield Knocker({"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}, ids)
    house.extensions["sessions"] = real


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_the_house_answers_as_its_contract_says(
    contract: Any, knocker: Knocker, path: str, method: str
) -> None:
    statuses: set[int] = set()

    @given(case=contract[path][method.upper()].as_strategy())
    @hypothesis.settings(
        max_examples=EXAMPLES,
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
    assert statuses
