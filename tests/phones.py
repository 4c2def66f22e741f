"""A phone for anybody: HTTP within the test's own transaction, at the test's own moment."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.identity import access_token
from services.kernel.clock import LegalClock, machine_now
from services.people import Person
from services.sessions import SignInSession
from tests.make import Make


@dataclass
class Phone:
    """Somebody's phone."""

    client: FlaskClient
    headers: dict[str, str]
    keys: Iterator[int]

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def send(
        self, method: str, path: str, body: object = None, version: object | None = None
    ) -> TestResponse:
        """With a new key, and with the version that was read, where one is asked for."""
        more = {"Idempotency-Key": f"phone-{next(self.keys)}"}
        if version is not None:
            more["If-Match"] = f'"{version}"'
        return self.client.open(
            f"/api/v1{path}", method=method, json=body, headers=self.headers | more
        )


@dataclass
class Phones:
    """A phone for anybody."""

    app: Flask
    client: FlaskClient
    make: Make
    keys: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.set_clock(self.make.now)

    def set_clock(self, now: datetime) -> None:
        """It is that moment from now on, by the legal clock and for what the test makes."""
        self.make.now = now
        self.make.session.merge(LegalClock(id=1, offset=now - machine_now()))
        self.make.session.flush()

    def of(self, person: Person) -> Phone:
        opened = SignInSession(
            person_id=person.id, opened_at=machine_now(), renewed_at=machine_now()
        )
        self.make.session.add(opened)
        self.make.session.flush()
        token = access_token(self.app.extensions["token_key"], opened, lasting=timedelta(minutes=5))
        return Phone(self.client, {"Authorization": f"Bearer {token}"}, self.keys)
