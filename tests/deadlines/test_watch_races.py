"""Several machines and sudden deaths: each tier told once, none lost, nothing left lying about."""

import multiprocessing
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from jiantong import database
from jiantong.postgres import Cluster
from notifications import dispatcher, jobs
from notifications.deliveries import Delivery, DeliveryChannel
from notifications.messages import notices
from services import deadlines
from services.deadlines import Custody, Deadline, Keepers
from services.deadlines.watch import DeadlineAlert
from services.kernel.act import JournalEntry, Undispatched, acting
from services.kernel.clock import LegalClock, legal_now, machine_now
from services.monitoring import MonitoringEntry
from services.people import actor_of
from services.policy import MACHINE, PostKind
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Town
from tests.proofs.databases import Databases
from tests.rings import carrying

NOW = datetime(2026, 7, 10, 1, tzinfo=UTC)
"""Friday, 9:00 in Shanghai, by the legal clock of these databases."""
AGES = (1, 5, 20, 24, 28, 29, 30, 31, 40)
"""Days that each period has run: some are young, some near their end, some long past it."""
SIZE, FEW = 4 * len(AGES), len(AGES)

Sessions = sessionmaker[Session]


@dataclass(frozen=True)
class World:
    """A database of its own in which periods run, at every distance from their end."""

    engine: Engine
    town: Town
    app_url: str

    @property
    def sessions(self) -> Sessions:
        return sessionmaker(self.engine, expire_on_commit=False)


@pytest.fixture(scope="module")
def databases(cluster: Cluster) -> Iterator[Databases]:
    with Databases.on(cluster) as databases:
        yield databases


Prepared = tuple[str, Town]
Worlds = Callable[[], AbstractContextManager[World]]


@pytest.fixture(scope="module")
def prepared(databases: Databases) -> Iterator[Prepared]:
    with _prepared(databases, SIZE) as prepared:
        yield prepared


@pytest.fixture(scope="module")
def small(databases: Databases) -> Iterator[Prepared]:
    """Few periods, for what is done at every statement."""
    with _prepared(databases, FEW) as prepared:
        yield prepared


@contextmanager
def _prepared(databases: Databases, size: int) -> Iterator[Prepared]:
    with databases.copy("template0") as name:
        with databases.owned(name) as owner:
            url = owner.url.render_as_string(hide_password=False)
            database.model(url, databases.app_url(name))
        with databases.opened(name) as engine, Session(engine, expire_on_commit=False) as session:
            town = _founded(session, size)
            session.commit()
        yield name, town


def _founded(session: Session, size: int) -> Town:
    session.add(LegalClock(id=1, offset=NOW - machine_now()))
    session.flush()
    make = Make(session, NOW - timedelta(days=60))
    town = make.town()
    make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate)
    suspects = [make.suspect() for _ in range(size)]
    case = make.case(town, *suspects)
    case.handler_id = town.prosecutor.id
    session.execute(update(Deadline).values(look_at=None))
    for number, suspect in enumerate(case.suspects):
        act = make.act(town.manager, NOW - timedelta(days=AGES[number % len(AGES)]))
        deadlines.start(
            act,
            ("R01", "R16")[number % 2],
            case,
            suspect_id=suspect.id,
            keepers=Keepers(town.procuratorate.id, town.police.id, town.prosecutor.id),
            started_at=act.now,
            custody=(Custody.HELD, Custody.AT_LIBERTY)[number // len(AGES) % 2],
        )
    return town


@pytest.fixture
def worlds(databases: Databases, prepared: Prepared) -> Worlds:
    return _worlds(databases, prepared)


@pytest.fixture
def few(databases: Databases, small: Prepared) -> Worlds:
    return _worlds(databases, small)


def _worlds(databases: Databases, prepared: Prepared) -> Worlds:
    name, town = prepared

    @contextmanager
    def opened() -> Iterator[World]:
        with databases.copy(name) as copy, databases.opened(copy, pool_size=10) as engine:
            yield World(engine, town, databases.app_url(copy))

    return opened


def told(world: World) -> Counter[tuple[int, str]]:
    """Which tier of which period was told, and how often."""
    with world.sessions() as session:
        rows = session.execute(
            select(DeadlineAlert.deadline_id, DeadlineAlert.tier).where(DeadlineAlert.told)
        )
        return Counter((row[0], row[1].value) for row in rows)


def in_the_end(world: World) -> dict[str, Counter[tuple[object, ...]]]:
    """All that a look leaves behind, without ids and instants."""
    with world.sessions() as session:
        return {
            "alerts": _rows(
                session, DeadlineAlert.deadline_id, DeadlineAlert.tier, DeadlineAlert.told
            ),
            "tasks": _rows(session, Task.kind, Task.state, Task.post, Task.person_id, Task.due_on),
            "of": _rows(
                session,
                Task.about_id,
                where=(Task.kind == TaskKind.KEEP_DEADLINE, Task.state == TaskState.OPEN),
            ),
            "events": _rows(session, JournalEntry.kind, JournalEntry.details["deadline_id"].astext),
            "entries": _rows(session, MonitoringEntry.deadline_id, MonitoringEntry.route),
            "looks": _rows(session, Deadline.id, Deadline.look_at),
            "untold": _rows(session, func.count(Undispatched.entry_id)),
        }


def _rows(session: Session, *columns: Any, where: Any = ()) -> Counter[tuple[object, ...]]:
    found = session.execute(select(*columns).where(*where)).all()
    return Counter(tuple(row) for row in found)


def at_once(*works: Callable[[], int]) -> list[int]:
    gate = threading.Barrier(len(works))

    def start(work: Callable[[], int]) -> int:
        gate.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(start, works))


@pytest.mark.parametrize("batch", [1, 4, 100])
def test_machines_share_the_watch_and_tell_each_tier_once(worlds: Worlds, batch: int) -> None:
    with worlds() as alone:
        jobs.watch_deadlines(alone.sessions)
        expected = in_the_end(alone)
        assert len(told(alone)) > SIZE // 2, "there is much to tell"

    with worlds() as shared:
        counts = at_once(*[lambda: jobs.watch_deadlines(shared.sessions, batch)] * 4)

        assert in_the_end(shared) == expected
        assert sum(counts) == len(told(shared)) == sum(told(shared).values())
        assert at_once(*[lambda: jobs.watch_deadlines(shared.sessions, batch)] * 4) == [0] * 4
        assert in_the_end(shared) == expected


def test_every_alert_reaches_whoever_is_to_hear_it_once(worlds: Worlds) -> None:
    with worlds() as world:
        at_once(*[lambda: jobs.watch_deadlines(world.sessions, 3)] * 3)
        at_once(*[lambda: dispatcher.drain(world.sessions, notices())] * 3)
        with world.sessions() as session:
            entries = session.execute(
                select(JournalEntry.id, JournalEntry.about_id).where(
                    JournalEntry.kind == "CustodyExpired"
                )
            ).all()
            heard = {
                row.id: set(
                    session.scalars(
                        select(Delivery.person_id).where(
                            Delivery.entry_id == row.id,
                            Delivery.channel == DeliveryChannel.INBOX,
                        )
                    )
                )
                for row in entries
            }
            assert session.scalar(select(func.count(Undispatched.entry_id))) == 0

        assert len(heard) > 3
        chief, handler = world.town.chief.id, world.town.prosecutor.id
        assert all({chief, handler} <= people for people in heard.values())


def test_what_is_closed_at_that_moment_leaves_no_reminder_behind(worlds: Worlds) -> None:
    """The watch and the step that ends a period meet; whoever is first, nothing stays open."""
    with worlds() as world:
        with world.sessions() as session:
            ids = session.scalars(
                select(Deadline.id).where(Deadline.look_at.is_not(None)).order_by(Deadline.id)
            ).all()

        def close() -> int:
            for deadline_id in ids:
                with acting(world.sessions, MACHINE, legal_now) as act:
                    act.authorised.add("test")
                    deadline = act.session.get_one(Deadline, deadline_id)
                    deadlines.close(act, deadline)
            return len(ids)

        at_once(
            close,
            lambda: jobs.watch_deadlines(world.sessions, 2),
            lambda: jobs.watch_deadlines(world.sessions, 1),
        )
        jobs.watch_deadlines(world.sessions)

        with world.sessions() as session:
            lying = session.scalar(
                select(func.count(Task.id)).where(
                    Task.kind == TaskKind.KEEP_DEADLINE, Task.state == TaskState.OPEN
                )
            )
            running = session.scalar(
                select(func.count(Deadline.id)).where(
                    Deadline.id.in_(ids), Deadline.closed_at.is_(None)
                )
            )
        assert (lying, running) == (0, 0)


def test_a_case_handed_over_meanwhile_reminds_the_new_handler_alone(worlds: Worlds) -> None:
    with worlds() as world:
        with world.sessions.begin() as session:
            other = Make(session, NOW).person(
                PostKind.PROSECUTOR, world.town.procuratorate, username="another"
            )
            suspects = session.scalars(select(Deadline.suspect_id).distinct()).all()

        def hand_over() -> int:
            with acting(
                world.sessions, lambda s: actor_of(s, world.town.manager.id, NOW.date()), legal_now
            ) as act:
                act.authorised.add("test")
                deadlines.hand_over(act, [one for one in suspects if one], other.id)
            return 0

        at_once(hand_over, lambda: jobs.watch_deadlines(world.sessions, 2))
        jobs.watch_deadlines(world.sessions)

        with world.sessions() as session:
            holders = set(
                session.scalars(
                    select(Task.person_id).where(
                        Task.kind == TaskKind.KEEP_DEADLINE,
                        Task.state == TaskState.OPEN,
                        Task.person_id.is_not(None),
                    )
                )
            )
        assert holders == {other.id}


def test_the_worker_watches_every_minute(worlds: Worlds) -> None:
    with worlds() as world:
        worker = jobs.worker(world.app_url, world.sessions, None, notices())

        worker.tasks["watch_deadlines"](timestamp=0)

        assert told(world)
        periodic = {
            str(task.task.name): task.cron
            for task in worker.periodic_registry.periodic_tasks.values()
        }
        assert periodic["watch_deadlines"] == "* * * * *"


# Killed at any statement


@pytest.mark.parametrize(
    "stride",
    [pytest.param(1, id="full", marks=pytest.mark.prove), pytest.param(13, id="sample")],
)
def test_a_watch_that_is_killed_loses_nothing_and_repeats_nothing(few: Worlds, stride: int) -> None:
    """Dies at each statement, commits among them; the next one does what is left."""
    with few() as unhurt:
        jobs.watch_deadlines(unhurt.sessions)
        expected = in_the_end(unhurt)

    deaths = 0
    for fatal in count(stride, stride):
        with few() as hurt:
            if not _dies(hurt.app_url, fatal):
                assert in_the_end(hurt) == expected
                break
            deaths += 1
            jobs.watch_deadlines(hurt.sessions)
            assert in_the_end(hurt) == expected, f"after death at statement {fatal}"
    assert deaths > (40 if stride == 1 else 2)


def _dies(app_url: str, fatal: int) -> bool:
    """Watch in a process of its own; True if it died at that statement, False if it ended."""
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload([__name__])
    child = forking.Process(target=_watch_until, args=(app_url, fatal))
    child.start()
    child.join(120)
    assert child.exitcode in {0, -signal.SIGKILL}, child.exitcode
    return child.exitcode != 0


def _watch_until(app_url: str, fatal: int) -> None:
    engine = carrying(create_engine(app_url))
    engine.connect().close()  # what the driver asks on its first connection is no part of it
    statements = count(1)

    def die_at_it(*_: object) -> None:
        if next(statements) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", die_at_it)
    event.listen(engine, "commit", die_at_it)
    jobs.watch_deadlines(sessionmaker(engine, expire_on_commit=False), 4)
