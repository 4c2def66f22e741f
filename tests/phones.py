"""A phone for anybody: HTTP within the test's own transaction, at the test's own moment."""

import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import jwt
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from api import legal_acts
from api.identity import access_token
from services.kernel.clock import LegalClock, machine_now
from services.people import Person
from services.sessions import SignInSession
from services.step_ups import Means, StepUp
from tests.make import Make

UNCONFIRMED = 428


class ConfirmingClient(FlaskClient):
    """Confirms what is asked to be confirmed, without the half second that a password takes."""

    def open(self, *args: Any, **sent: Any) -> TestResponse:
        """Send; where a legal act asks for it, take a step-up and send the very same again."""
        reply = super().open(*args, **sent)
        told = reply.get_json(silent=True) if reply.status_code == UNCONFIRMED else None
        if not told or told["type"] != "/problems/step-up-needed":
            return reply
        headers = Headers(sent.pop("headers", None) or {})
        headers[legal_acts.HEADER] = self._confirm(headers["Authorization"], told)
        return super().open(*args, **sent, headers=headers)

    def _confirm(self, authorization: str, told: dict[str, Any]) -> str:
        claims = jwt.decode(authorization.partition(" ")[2], options={"verify_signature": False})
        token, now = secrets.token_urlsafe(), machine_now()
        with self.application.extensions["sessions"].begin() as session:
            session.add(
                StepUp(
                    id=self._number(session),
                    person_id=int(claims["sub"]),
                    session_id=claims["sid"],
                    method=told["method"],
                    path=told["path"],
                    content_hash=bytes.fromhex(told["content_hash"]),
                    means=Means.PASSWORD,
                    token_hash=sha256(token.encode()).digest(),
                    taken_at=now,
                    expires_at=now + timedelta(minutes=5),
                )
            )
        return token

    def _number(self, _session: Session) -> int | None:
        """The database counts."""
        return None


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
