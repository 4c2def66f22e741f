"""The door with a toy room behind it, inside the test's own transaction."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from api.identity import access_token
from api.limits import Limit, Limits
from services.kernel.clock import machine_now
from services.kernel.settings import Settings
from services.people import Person
from services.sessions import SignInSession
from tests.api import toy
from tests.make import Make

Headers = dict[str, str]
_KEYS = count(1)


def keyed(headers: Headers, key: str | None = None) -> Headers:
    """The same headers with a key: a new one, or the one given."""
    return headers | {"Idempotency-Key": key or f"key-{next(_KEYS)}"}


@pytest.fixture
def now() -> list[float]:
    """The machine's clock, as the limits read it; a test may move it on."""
    return [0.0]


@pytest.fixture
def door(settings: Settings, engine: Engine, session: Session, now: list[float]) -> Flask:
    toy.tries.clear()
    small = replace(settings, attachment_limit_bytes=2_000_000)
    limits = Limits(
        person=Limit(burst=50, per_second=1, clock=lambda: now[0]),
        open_door=Limit(burst=5, per_second=0.5, clock=lambda: now[0]),
    )
    app = create_app(small, engine, limits, rooms=(toy,))
    app.extensions["sessions"] = sessionmaker(
        session.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False
    )
    return app


@pytest.fixture
def phone(door: Flask) -> FlaskClient:
    return door.test_client()


SignIn = Callable[[Person], Headers]


@pytest.fixture
def sign_in(door: Flask, session: Session) -> SignIn:
    """Give a person a session and a token, without the password's half second."""

    def signed_in(person: Person) -> Headers:
        opened = SignInSession(
            person_id=person.id, opened_at=machine_now(), renewed_at=machine_now()
        )
        session.add(opened)
        session.flush()
        token = access_token(door.extensions["token_key"], opened, lasting=timedelta(minutes=5))
        return {"Authorization": f"Bearer {token}"}

    return signed_in


@pytest.fixture
def me(make: Make, sign_in: SignIn) -> Headers:
    return sign_in(make.person())


def count_toys(phone: FlaskClient, headers: Headers) -> Any:
    answer = phone.get("/api/v1/toys/count", headers=headers).json
    assert answer is not None
    return answer["count"]
