"""The whole house on committed data, and phones that all knock at once."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from api.app import create_app
from api.identity import TokenKey, access_token
from api.limits import Limit, Limits
from services.kernel.clock import LegalClock, machine_now
from services.kernel.settings import Settings
from services.sessions import SignInSession
from tests.conftest import NOON
from tests.phones import ConfirmingClient

API = "/api/v1"
LASTING = timedelta(hours=6)
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Phone:
    """One person's phone: who it is, and the token it shows."""

    person_id: int
    token: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request was answered."""

    status: int
    type: str
    etag: str | None
    body: Any
    replayed: bool

    @classmethod
    def of(cls, response: TestResponse) -> "Answer":
        body = response.get_json(silent=True)
        return cls(
            response.status_code,
            body.get("type", "").removeprefix("/problems/") if isinstance(body, dict) else "",
            response.headers.get("ETag"),
            body,
            response.headers.get("Idempotency-Replayed") == "true",
        )


def assembled(settings: Settings, engine: Engine) -> Flask:
    """The house as it is served, but for the limits: one phone here knocks for many."""
    wide = Limit(burst=10**6, per_second=10**6)
    app = create_app(settings, engine, Limits(person=wide, open_door=wide))
    app.test_client_class = ConfirmingClient
    return app


@dataclass(frozen=True)
class House:
    """The application over one database."""

    app: Flask

    @classmethod
    def on(cls, app: Flask, engine: Engine) -> "House":
        """Let an assembled application work on that database."""
        app.extensions["engine"] = engine
        app.extensions["sessions"] = sessionmaker(engine, expire_on_commit=False)
        return cls(app)

    @property
    def sessions(self) -> sessionmaker[Session]:
        made: sessionmaker[Session] = self.app.extensions["sessions"]
        return made

    def ask(
        self,
        phone: Phone | None,
        method: str,
        path: str,
        body: object = None,
        *,
        etag: str | None = None,
        key: str | None = None,
    ) -> Answer:
        """Send one request, under a key of its own unless one is given."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        headers |= {"Authorization": f"Bearer {phone.token}"} if phone else {}
        headers |= {"If-Match": etag} if etag else {}
        client = self.app.test_client()
        return Answer.of(client.open(API + path, method=method, json=body, headers=headers))


def signed_in(session: Session, key: TokenKey, person_id: int) -> Phone:
    """A person's phone, without the half second that a password takes."""
    now = machine_now()
    opened = SignInSession(person_id=person_id, opened_at=now, renewed_at=now)
    session.add(opened)
    session.flush()
    return Phone(person_id, access_token(key, opened, lasting=LASTING))


def set_clock(session: Session) -> None:
    """Let it be Monday noon, by the clock that rules read."""
    session.add(LegalClock(offset=NOON - machine_now()))
    session.flush()


def at_once(*works: Callable[[], R]) -> list[R]:
    """Run each in a thread of its own, all starting in the same instant."""
    gate = threading.Barrier(len(works))

    def start(work: Callable[[], R]) -> R:
        gate.wait(timeout=60)
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(start, works))


def shared_out(workers: int, work: Callable[[T], R], over: Iterable[T]) -> list[R]:
    """Let so many workers take the work from one pile; the answers are in the pile's order."""
    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(work, over))


def statuses(answers: Sequence[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)
