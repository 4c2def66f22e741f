"""A town whose police and procuratorate consult before there is a case."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from api.identity import access_token
from notifications.messages import notices
from services import consultations
from services.arrest_requests import ArrestRequest
from services.consultations import (
    Consultation,
    ConsultationForm,
    ConsultationGround,
    ConsultationKind,
    ConsultationState,
    Matter,
    SuspectSketch,
    Wanted,
)
from services.kernel.act import Act, JournalEntry
from services.kernel.clock import LegalClock, machine_now
from services.offices import OfficeKind
from services.people import Person
from services.policy import PostKind
from services.sessions import SignInSession
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Town

MATTER = Matter(
    title="“3·01”系列诈骗案",
    account="多名被害人被冒充客服人员骗取钱款，涉案人员较多，证据分散。",
    form=ConsultationForm.PRESENT,
    ground=ConsultationGround.COMPLEX,
    document_number="测公刑立字〔2026〕31号",
)
WANTED = (Wanted("银行账户交易明细", "证明资金流向"), Wanted("手机电子数据"))


@dataclass
class World:
    """A town in which somebody consults."""

    make: Make
    town: Town = field(init=False)
    head: Person = field(init=False)
    second: Person = field(init=False)

    def __post_init__(self) -> None:
        self.town = self.make.town()
        self.head = self.make.person(PostKind.DEPARTMENT_HEAD, self.town.procuratorate)
        self.second = self.make.person(PostKind.PROSECUTOR, self.town.procuratorate)

    @property
    def session(self) -> Session:
        return self.make.session

    def act(self, person: Person, *, after: timedelta = timedelta()) -> Act:
        return self.make.act(person, self.make.now + after)

    def invited(
        self,
        kind: ConsultationKind = ConsultationKind.EARLY_INTERVENTION,
        **changes: Any,
    ) -> Consultation:
        act = self.act(self.town.officer)
        organ = consultations.organ_of(act)
        return consultations.invite(act, organ, replace(MATTER, **changes), kind=kind)

    def accepted(self, **changes: Any) -> Consultation:
        one = self.invited(**changes)
        return consultations.accept(
            self.act(self.town.manager), one, handler_id=self.town.prosecutor.id
        )

    def opined(self) -> Consultation:
        one = self.accepted()
        consultations.opine(
            self.act(self.town.prosecutor), one, words="建议补充电子数据。", evidence=WANTED
        )
        return one

    def in_state(self, state: ConsultationState) -> Consultation:
        """A consultation that came there by its own steps, with an opinion where there was time."""
        return {
            ConsultationState.INVITED: self.invited,
            ConsultationState.ACCEPTED: self.opined,
            ConsultationState.DECLINED: self._declined,
            ConsultationState.CONCLUDED: self._concluded,
            ConsultationState.OVERTAKEN: self._overtaken,
        }[state]()

    def _declined(self) -> Consultation:
        return consultations.decline(
            self.act(self.town.manager), self.invited(), reason="可以直接提请。"
        )

    def _concluded(self) -> Consultation:
        act = self.act(self.town.prosecutor)
        return consultations.conclude(act, self.opined(), words="意见一致。")

    def _overtaken(self) -> Consultation:
        return consultations.link(self.act(self.town.officer), self.opined(), self.request())

    def request(self, **given: Any) -> ArrestRequest:
        return self.make.arrest_request(self.town, **given)

    def detained(self, hours: int = 24) -> SuspectSketch:
        return SuspectSketch("Z某", self.make.now - timedelta(hours=hours))

    def tasks(
        self, one: Consultation, kind: TaskKind, state: TaskState = TaskState.OPEN
    ) -> list[Task]:
        self.session.flush()
        chosen = select(Task).where(
            Task.kind == kind,
            Task.about_kind == "consultations",
            Task.about_id == one.id,
            Task.state == state,
        )
        return list(self.session.scalars(chosen))

    def told(self, one: Consultation, kind: str) -> set[int]:
        """Who is told, as the dispatcher finds them."""
        self.session.flush()
        notice = notices()[kind]
        chosen = select(JournalEntry).where(
            JournalEntry.kind == kind, JournalEntry.about_id == one.id
        )
        entry = self.session.scalars(chosen.order_by(JournalEntry.id.desc())).first()
        assert entry is not None, kind
        words = notice.write(entry.event, one)
        assert one.title in words.body
        assert words.link == f"/consultations/{one.id}"
        return notice.to.people(self.session, one)


def steps(world: World) -> dict[str, Callable[[Consultation], object]]:
    """Every step, taken by somebody who may."""
    town = world.town

    def by(person: Person) -> Act:
        return world.act(person)

    return {
        "accept": lambda one: consultations.accept(
            by(town.manager), one, handler_id=town.prosecutor.id
        ),
        "decline": lambda one: consultations.decline(by(town.manager), one, reason="无须介入。"),
        "hand_over": lambda one: consultations.hand_over(
            by(world.head), one, handler_id=world.second.id
        ),
        "restate_suspects": lambda one: consultations.restate_suspects(
            by(town.officer), one, [world.detained()]
        ),
        "speak": lambda one: consultations.speak(by(town.officer), one, words="同意。"),
        "opine": lambda one: consultations.opine(
            by(town.prosecutor), one, words="补充。", evidence=WANTED
        ),
        "collect": lambda one: consultations.collect(
            by(town.officer), one, one.evidence[0].id, note=None
        ),
        "conclude": lambda one: consultations.conclude(by(town.prosecutor), one, words="结束。"),
        "link": lambda one: consultations.link(by(town.officer), one, world.request()),
    }


@pytest.fixture
def world(make: Make) -> World:
    return World(make)


@pytest.fixture
def commission(world: World) -> Person:
    """An officer of a supervisory commission that works with the same procuratorate."""
    office = world.make.office(
        OfficeKind.SUPERVISORY_COMMISSION, procuratorate_id=world.town.procuratorate.id
    )
    return world.make.person(PostKind.COMMISSION_OFFICER, office)


# --- over HTTP ------------------------------------------------------------------------------


@dataclass
class Phone:
    """Somebody's phone."""

    client: FlaskClient
    headers: dict[str, str]
    keys: Iterator[int]

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def send(
        self, method: str, path: str, body: object, version: object | None = None
    ) -> TestResponse:
        more = {"Idempotency-Key": f"consultations-{next(self.keys)}"}
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

    def of(self, person: Person) -> Phone:
        opened = SignInSession(
            person_id=person.id, opened_at=machine_now(), renewed_at=machine_now()
        )
        self.make.session.add(opened)
        self.make.session.flush()
        token = access_token(self.app.extensions["token_key"], opened, lasting=timedelta(minutes=5))
        return Phone(self.client, {"Authorization": f"Bearer {token}"}, self.keys)


@pytest.fixture
def phones(app: Flask, client: FlaskClient, make: Make) -> Phones:
    make.session.add(LegalClock(id=1, offset=make.now - machine_now()))
    make.session.flush()
    return Phones(app, client, make)


def told(reply: TestResponse, status: int = 200) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    assert reply.json is not None
    return dict(reply.json)
