"""A push service on the loopback interface, and a database whose acts really commit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session, sessionmaker

from api.identity import access_token
from jiantong import database
from jiantong.postgres import Cluster
from jiantong.simulators.fcm import Simulator
from jiantong.simulators.service import Limits
from notifications import audiences
from notifications.channels import Channel, Outcome, Push, Verdict
from notifications.channels.fcm import Fcm
from notifications.deliveries import DeliveryChannel
from notifications.messages import Message, Notice, Urgency
from notifications.payloads import Seal
from services.devices import Device, Platform
from services.kernel.act import Act
from services.kernel.clock import machine_now
from services.kernel.settings import Settings
from services.people import Person
from services.sessions import SessionOpened, SignInSession
from tests.make import Make
from tests.rings import carrying

ACCEPTED = Outcome(Verdict.ACCEPTED, "OK", message_id="1")


def _welcome(_event: SessionOpened, session: SignInSession) -> Message:
    return Message("您已登录", f"登录记录 {session.id}", "/me")


NOTICES = {
    "SessionOpened": Notice(
        SignInSession, audiences.person("person_id"), _welcome, Urgency.TASK, None
    )
}
"""One real event, told to the person who signed in."""


@dataclass
class Scripted:
    """A channel that answers as it is told, and remembers what it was given."""

    answers: dict[str, list[Outcome]] = field(default_factory=dict)
    sent: list[Push] = field(default_factory=list)

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        self.sent += pushes
        return [
            self.answers[push.token].pop(0) if self.answers.get(push.token) else ACCEPTED
            for push in pushes
        ]


def over(channel: Channel) -> dict[DeliveryChannel, Channel]:
    """A house with that one channel."""
    return {DeliveryChannel.FCM: channel}


@dataclass
class Phones:
    """Builders of what this room's tests need."""

    make: Make

    @property
    def session(self) -> Session:
        return self.make.session

    def person(self) -> Person:
        return self.make.person(username=str(uuid4()))

    def signed_in(self, person: Person | None = None) -> SignInSession:
        now = machine_now()
        opened = SignInSession(
            person_id=(person or self.person()).id, opened_at=now, renewed_at=now
        )
        self.session.add(opened)
        self.session.flush()
        return opened

    def device(self, session: SignInSession, token: str) -> Device:
        device = Device(
            person_id=session.person_id,
            session_id=session.id,
            platform=Platform.WEB,
            token=token,
            registered_at=machine_now(),
        )
        self.session.add(device)
        self.session.flush()
        return device

    def act(self, session: SignInSession) -> Act:
        person = self.session.get_one(Person, session.person_id)
        return self.make.act(person)

    def rings(self, *tokens: str) -> SignInSession:
        """Somebody with these phones, to whom something has just happened."""
        opened = self.signed_in()
        person = self.session.get_one(Person, opened.person_id)
        for token in tokens:
            self.device(self.signed_in(person), token)
        self.act(opened).record(SessionOpened(opened.id))
        self.session.flush()
        return opened


def bearer(app: Flask, session: SignInSession) -> dict[str, str]:
    """The headers of a request in that session, each with a key of its own."""
    token = access_token(app.extensions["token_key"], session, lasting=timedelta(minutes=5))
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}


@pytest.fixture
def phones(make: Make) -> Phones:
    return Phones(make)


@pytest.fixture
def channel() -> Scripted:
    return Scripted()


@pytest.fixture(scope="session")
def seal() -> Seal:
    return Seal(Ed25519PrivateKey.generate())


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with Simulator(tmp_path_factory.mktemp("fcm"), limits=Limits(slow_for=1)) as simulator:
        yield simulator


def led_to(simulator: Simulator) -> dict[str, str]:
    """The worker's environment, as its settings make it."""
    given = {"FCM_PROXY": simulator.url, "FCM_CA": str(simulator.ca)}
    return Settings.from_environment(given).fcm_environment


@pytest.fixture(scope="session")
def fcm(simulator: Simulator) -> Iterator[Fcm]:
    """Google's own library, led to the simulator by the environment alone."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in led_to(simulator).items():
            environment.setenv(name, value)
        channel = Fcm(simulator.credentials, "tests")
        yield channel
        channel.close()


@pytest.fixture(scope="module")
def apart(cluster: Cluster) -> Iterator[Engine]:
    """A database of its own, for acts that commit."""
    name = "apart"
    here = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    owner, app = (make_url(url).set(database=name) for url in (cluster.owner_url, cluster.app_url))
    with here.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f'CREATE DATABASE {name} OWNER "{owner.username}"'))
    shown = [url.render_as_string(hide_password=False) for url in (owner, app)]
    database.migrate(shown[0], shown[1])
    engine = carrying(create_engine(app, pool_size=20))
    yield engine
    engine.dispose()
    with here.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    here.dispose()


@pytest.fixture
def committed(apart: Engine) -> sessionmaker[Session]:
    """Sessions whose commits other sessions see; tables are emptied first."""
    with apart.begin() as connection:
        for table in ("device_pushes", "deliveries", "undispatched", "devices", "channel_health"):
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608  # names of our own
    return sessionmaker(apart, expire_on_commit=False)
