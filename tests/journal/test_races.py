"""Many acts at once over the same things: one chain each, without gaps, and never a deadlock."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import NullPool

from jiantong import database
from jiantong.journal import journal
from jiantong.postgres import Cluster
from services import checkpoints
from services.kernel.act import Actor, acting
from services.kernel.ciphers import KeyRing
from services.kernel.engines import open_engine
from services.kernel.settings import Settings
from services.monitoring import MonitoringOpened
from services.policy import MACHINE
from tests.conftest import NOON

pytestmark = pytest.mark.xdist_group("journal-races")
_NUMBERS = count(1)


@dataclass(frozen=True)
class Yard:
    """A database of one's own, in which acts really commit."""

    engine: Engine
    settings: Settings
    ring: KeyRing

    def record(self, *about: int) -> None:
        with acting(sessionmaker(self.engine), Actor(7, frozenset()), NOON) as act:
            act.authorised.add("test")
            for about_id in about:
                act.record(MonitoringOpened(about_id, deadline_id=3, route="clerk"))

    def sign(self) -> bool:
        with acting(sessionmaker(self.engine), MACHINE, NOON) as act:
            return checkpoints.make(act, self.ring) is not None

    def findings(self) -> list[str]:
        with self.engine.connect() as connection:
            found = checkpoints.verify(connection, self.ring.signing_keys())
            return [str(finding) for finding in found]

    def count(self, counted: str) -> int:
        with self.engine.connect() as connection:
            return int(connection.scalar(text(counted)) or 0)


@contextmanager
def yard_on(cluster: Cluster, settings: Settings, pool: int) -> Iterator[Yard]:
    here = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    name = f"journal_{next(_NUMBERS)}"
    owner, app = (
        make_url(url).set(database=name).render_as_string(hide_password=False)
        for url in (cluster.owner_url, cluster.app_url)
    )
    with here.connect() as connection:
        connection.execute(text(f'CREATE DATABASE {name} OWNER "{make_url(owner).username}"'))
    database.model(owner, app)
    settings = replace(settings, owner_url=owner, app_url=app)
    engine = open_engine(settings, pool_size=pool)
    yield Yard(engine, settings, KeyRing.kept_in(settings.secrets, settings.crypto))
    engine.dispose()
    with here.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    here.dispose()


@pytest.fixture
def yard(cluster: Cluster, settings: Settings, tmp_path: Path) -> Iterator[Yard]:
    with yard_on(cluster, replace(settings, data_dir=tmp_path), 20) as yard:
        yield yard


@pytest.mark.parametrize(
    ("workers", "acts"),
    [pytest.param(4, 5, id="sample"), pytest.param(24, 60, id="full", marks=pytest.mark.prove)],
)
def test_acts_over_the_same_things_make_one_chain_each(yard: Yard, workers: int, acts: int) -> None:
    """Each act is about several of the same five things, in an order of its own."""
    gate = threading.Barrier(workers)

    def work(worker: int) -> None:
        chance = random.Random(worker)  # noqa: S311  # an order to try, no secret
        gate.wait(timeout=60)
        for n in range(acts):
            yard.record(*chance.sample(range(1, 6), 3))
            if n % 5 == 0:
                yard.sign()

    with ThreadPoolExecutor(workers) as threads:
        list(threads.map(work, range(workers)))
    yard.sign()

    assert yard.findings() == []
    assert yard.count("SELECT count(*) FROM journal_links") == workers * acts * 3
    assert yard.count("SELECT sum(seq) FROM journal_heads") == workers * acts * 3
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    assert yard.count(deadlocks) == 0
    assert yard.count("SELECT count(*) - max(id) FROM journal_checkpoints") == 0


def test_the_console_signs_and_proves_the_journal(yard: Yard, tmp_path: Path) -> None:
    console, file = CliRunner(), tmp_path / "kept.txt"

    def run(*words: str) -> tuple[int, str]:
        done = console.invoke(journal, words, obj=yard.settings)
        return done.exit_code, done.output

    assert run("checkpoint") == (0, "The journal is empty: there is nothing to sign.\n")
    yard.record(1, 2)
    yard.record(1)
    code, told = run("checkpoint", "--out", str(file))
    assert (code, told[:36]) == (0, "checkpoint 1: 2 chains, 3 entries, k")
    assert run("checkpoint") == (0, file.read_text()), "the same again, as nothing has changed"
    assert run("verify", "--checkpoint", str(file))[0] == 0
    key = yard.ring.public_key().key_id
    assert run("verify", "--key", key)[0] == 0
    assert run("verify", "--key", "0" * 32)[0] == 1

    with create_engine(yard.settings.owner_url, poolclass=NullPool).begin() as owner:
        owner.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        owner.execute(text("UPDATE journal SET by_id = 8 WHERE about_id = 2"))
    code, told = run("verify")
    assert code == 1
    assert told.startswith("monitoring/2: 条目 2 或其链接已被改动")
    file.write_text("nothing")
    assert run("verify", "--checkpoint", str(file))[0] == 1
