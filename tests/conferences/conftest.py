"""A town whose handler has a question, and prosecutors here and elsewhere to ask."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from api.identity import access_token
from services import conferences
from services.cases import Case, CaseState
from services.conferences import Conference, ConferenceForm, Position
from services.kernel.act import SHANGHAI, Act
from services.kernel.clock import LegalClock, machine_now
from services.offices import Office
from services.people import Person
from services.policy import PostKind
from services.sessions import SignInSession
from tests.make import Make, Town

NOW = datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)
LATER = NOW + timedelta(days=1)
QUESTION = "数额应否按第二次价格认定结论认定？承办人意见：应予认定。"
FACTS = "两次价格认定的基准日不同，结论相差一千二百元。"


@dataclass
class Hall:
    """Everybody a conference needs."""

    make: Make
    town: Town
    head: Person
    own: list[Person]
    elsewhere: Office
    guest: Person
    case: Case

    @property
    def session(self) -> Session:
        return self.make.session

    def act(self, person: Person, at: datetime = NOW) -> Act:
        return self.make.act(person, at)

    def asked(self) -> Conference:
        return conferences.ask(
            self.act(self.town.prosecutor), self.case, question=QUESTION, facts=FACTS
        )

    def members(self, *people: Person) -> list[tuple[int, int]]:
        """The own two and the guest, unless others are named."""
        return [
            (one.id, (self.elsewhere if one is self.guest else self.town.procuratorate).id)
            for one in people or (*self.own, self.guest)
        ]

    def called(self, form: ConferenceForm = ConferenceForm.WRITTEN, *people: Person) -> Conference:
        found = conferences.call(
            self.act(self.head),
            self.case,
            question=QUESTION,
            facts=FACTS,
            form=form,
            held_at=LATER,
            members=self.members(*people),
        )
        self.session.flush()
        return found

    def says(self, conference: Conference, person: Person, position: Position) -> None:
        conferences.opine(self.act(person), conference, position=position, words="理由如下。")

    def heard(self, *positions: Position) -> Conference:
        """A conference in which everybody has spoken."""
        conference = self.called()
        speakers = (*self.own, self.guest)
        for person, position in zip(speakers, positions, strict=True):
            self.says(conference, person, position)
        return conference

    def closed(self, *positions: Position) -> Conference:
        conference = self.heard(*positions)
        conferences.close(self.act(self.head), conference, summary="多数同意。")
        self.session.flush()
        return conference

    def reread(self, conference: Conference) -> Conference:
        self.session.flush()
        self.session.expire_all()
        return self.session.get_one(Conference, conference.id)


@pytest.fixture
def hall(make: Make) -> Hall:
    town = make.town()
    case = make.case(town)
    case.handler_id = town.prosecutor.id
    case.state = CaseState.ASSIGNED
    elsewhere = make.office()
    make.session.flush()
    return Hall(
        make,
        town,
        make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate),
        [make.person(PostKind.PROSECUTOR, town.procuratorate) for _ in range(2)],
        elsewhere,
        make.person(PostKind.PROSECUTOR, elsewhere),
        case,
    )


_KEYS = itertools.count(1)


@dataclass
class Phone:
    """Somebody's phone."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def post(self, path: str, body: object) -> TestResponse:
        return self._send("POST", path, body, None)

    def put(self, path: str, body: object = None, etag: str | None = None) -> TestResponse:
        return self._send("PUT", path, body, etag)

    def _send(self, method: str, path: str, body: object, etag: str | None) -> TestResponse:
        more = {"Idempotency-Key": f"hall-{next(_KEYS)}"}
        if etag is not None:
            more["If-Match"] = etag
        given: dict[str, Any] = {} if body is None else {"json": body}
        return self.client.open(
            f"/api/v1{path}", method=method, headers=self.headers | more, **given
        )


@dataclass
class Phones:
    """A phone for anybody."""

    app: Flask
    client: FlaskClient
    make: Make

    def of(self, person: Person) -> Phone:
        opened = SignInSession(
            person_id=person.id, opened_at=machine_now(), renewed_at=machine_now()
        )
        self.make.session.add(opened)
        self.make.session.flush()
        token = access_token(self.app.extensions["token_key"], opened, lasting=timedelta(minutes=5))
        return Phone(self.client, {"Authorization": f"Bearer {token}"})


@pytest.fixture
def phones(app: Flask, client: FlaskClient, make: Make) -> Phones:
    make.session.add(LegalClock(id=1, offset=NOW - machine_now()))
    make.session.flush()
    return Phones(app, client, make)


def told(reply: TestResponse, status: int = 200) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    assert reply.json is not None
    return dict(reply.json)
