"""A journal that is really written and really tampered with, and undone after the test."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.orm import Session

from jiantong.postgres import Cluster
from services import checkpoints
from services.checkpoints import JournalCheckpoint, Seen
from services.kernel.act import Act, Actor
from services.kernel.ciphers import KeyRing
from services.kernel.sealed import carry
from services.monitoring import MonitoringOpened
from services.policy import CONSOLE
from tests.conftest import NOON


@dataclass(frozen=True)
class Archive:
    """The journal as its owner sees it: no trigger and no right is in the way."""

    connection: Connection
    ring: KeyRing

    def session(self) -> Session:
        return Session(
            self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )

    def record(self, *about: int) -> None:
        """One act with an entry about each."""
        with self.session() as session, session.begin():
            act = Act(Actor(7, frozenset()), NOON, session)
            for about_id in about:
                act.record(MonitoringOpened(about_id, deadline_id=3, route="clerk"))

    def sign(self) -> JournalCheckpoint | None:
        with self.session() as session, session.begin():
            return checkpoints.make(Act(CONSOLE, NOON, session), self.ring)

    def taken_away(self) -> str:
        """The file of a checkpoint of now."""
        self.sign()
        with self.session() as session:
            made = checkpoints.latest(session)
            assert made is not None
            return checkpoints.file(session, made)

    def tamper(self, *statements: str, **values: object) -> None:
        for statement in statements:
            self.connection.execute(text(statement), values)

    def findings(self, seen: str | None = None) -> list[str]:
        read = Seen.read(seen) if seen else None
        found = checkpoints.verify(self.connection, self.ring.signing_keys(), read)
        return [str(finding) for finding in found]

    def faults(self, seen: str | None = None) -> set[str]:
        read = Seen.read(seen) if seen else None
        found = checkpoints.verify(self.connection, self.ring.signing_keys(), read)
        return {finding.fault.value for finding in found}

    def ids(self, about_id: int) -> list[int]:
        chosen = "SELECT entry_id FROM journal_links WHERE about_id = :about ORDER BY seq"
        return list(self.connection.scalars(text(chosen), {"about": about_id}))


@pytest.fixture(scope="module")
def ring() -> Iterator[KeyRing]:
    folder = tempfile.mkdtemp(prefix="jt-keys-")
    yield KeyRing.kept_in(Path(folder))
    shutil.rmtree(folder)


@pytest.fixture
def archive(cluster: Cluster, ring: KeyRing) -> Iterator[Archive]:
    """As the administrator, so that triggers and foreign keys can be put to sleep."""
    house = make_url(cluster.owner_url).database
    engine = carry(create_engine(make_url(cluster.administrator_url).set(database=house)), ring)
    with engine.connect() as connection:
        outer = connection.begin()
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield Archive(connection, ring)
        outer.rollback()
    engine.dispose()
