"""What phones poll, through the house and through nothing but psycopg."""

import io
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder

from api.identity import access_token
from notifications.deliveries import Delivery, DeliveryChannel
from services.kernel.clock import machine_now
from services.people import Person
from services.sessions import SignInSession

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]

POLLED = ("/api/v1/tasks?limit=20", "/api/v1/inbox?limit=20")


@dataclass(frozen=True)
class Statement:
    """One statement as the house sent it."""

    sql: str
    given: Any


@dataclass(frozen=True)
class Poll:
    """One person polling one address: as the house answers it, and as psycopg alone does."""

    path: str
    environ: Environ
    statements: tuple[Statement, ...]
    items: int
    house: Wsgi
    bare: Wsgi

    @property
    def repeated(self) -> int:
        """How many statements differ from another in their values only: what an N+1 looks like."""
        texts = Counter(statement.sql for statement in self.statements)
        return sum(times - 1 for times in texts.values())


@dataclass(frozen=True)
class Measured:
    """Milliseconds for one answer: the median over the rounds, and how far they spread."""

    poll: Poll
    house_ms: float
    bare_ms: float
    spread: float

    @property
    def ratio(self) -> float:
        """How many times as long the whole house takes."""
        return self.house_ms / self.bare_ms


def busiest(session: Session) -> int:
    """The person with the fullest inbox."""
    fullest = (
        select(Delivery.person_id)
        .where(Delivery.channel == DeliveryChannel.INBOX)
        .group_by(Delivery.person_id)
        .order_by(func.count().desc(), Delivery.person_id)
        .limit(1)
    )
    return session.scalars(fullest).one()


def token_for(app: Flask, person_id: int) -> str:
    """A signed-in phone of that person."""
    with app.extensions["sessions"].begin() as session:
        now = machine_now()
        opened = SignInSession(
            person_id=session.get_one(Person, person_id).id, opened_at=now, renewed_at=now
        )
        session.add(opened)
        session.flush()
        return access_token(app.extensions["token_key"], opened, lasting=timedelta(hours=1))


def poll(app: Flask, engine: Engine, connection: psycopg.Connection, token: str, path: str) -> Poll:
    """Prepare one poll: ask once, keep the statements that were sent, and check the answer."""
    builder = EnvironBuilder(path=path, headers=[("Authorization", f"Bearer {token}")])
    environ: Environ = builder.get_environ()
    answered(app.wsgi_app, environ)  # lets every cache fill
    sent: list[Statement] = []

    def note(_: Any, __: Any, sql: str, given: Any, *___: Any) -> None:
        sent.append(Statement(sql, given))

    event.listen(engine, "before_cursor_execute", note)
    body = answered(app.wsgi_app, environ)
    event.remove(engine, "before_cursor_execute", note)
    statements = tuple(sent)
    items = len(json.loads(body)["items"])
    bare = only_psycopg(connection, statements)
    answered(bare, environ)
    return Poll(path, environ, statements, items, app.wsgi_app, bare)


def only_psycopg(connection: psycopg.Connection, statements: tuple[Statement, ...]) -> Wsgi:
    """The same statements in one transaction, their rows as JSON, and nothing else."""

    def serve(_environ: Environ, start_response: Any) -> Iterable[bytes]:
        rows: list[list[Any]] = []
        with connection.transaction():
            for statement in statements:
                cursor = connection.execute(statement.sql, statement.given)
                rows.append(cursor.fetchall())
        body = json.dumps(rows, default=str).encode()
        start_response(
            "200 OK",
            [("Content-Type", "application/json"), ("Content-Length", str(len(body)))],
        )
        return [body]

    return serve


def answered(app: Wsgi, environ: Environ) -> bytes:
    """The body of one answer, which must be 200."""
    said: list[str] = []
    given: Environ = {**environ, "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO()}
    answer = app(given, lambda status, _headers, _error=None: said.append(status))
    try:
        body = b"".join(answer)
    finally:
        close = getattr(answer, "close", None)
        if close:
            close()
    if not said[0].startswith("200"):
        message = f"{environ['PATH_INFO']} answered {said[0]}"
        raise RuntimeError(message)
    return body


def measure(polled: Poll, *, rounds: int, each: int) -> Measured:
    """The median of the rounds; in each round the two take turns, and who begins changes."""
    taken: dict[str, list[float]] = {"house": [], "bare": []}
    sides = {"house": polled.house, "bare": polled.bare}
    for number in range(rounds):
        order = list(sides) if number % 2 else list(reversed(sides))
        spent = dict.fromkeys(sides, 0.0)
        for _ in range(each):
            for side in order:
                begun = time.perf_counter()
                answered(sides[side], polled.environ)
                spent[side] += time.perf_counter() - begun
        for side, seconds in spent.items():
            taken[side].append(1000 * seconds / each)
    ratios = sorted(h / b for h, b in zip(taken["house"], taken["bare"], strict=True))
    spread = ratios[-1] / ratios[0]
    return Measured(
        polled, statistics.median(taken["house"]), statistics.median(taken["bare"]), spread
    )
