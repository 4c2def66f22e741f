"""The pipeline of notifications under load, on a database of its own.

Events through the dispatcher; pushes by senders to a vendor that takes everything at once, to the
simulator of FCM through Google's own library and to that of HMS; a digest that falls due for
everybody at once; idle polls, by the statement and through the whole application; and a vendor
that slows down. Dispatchers and senders are processes, as on several machines; they share this
machine's cores with PostgreSQL and the simulators, so two are seldom twice as fast as one.

Without a word more it takes a few minutes; the size the house is meant for is

    python -m benchmarks.notifications --events 4000 --pushes 4000 --devices 100000 --polls 100000
"""

import argparse
import multiprocessing
import os
import platform
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random
from threading import Thread

import psycopg
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, create_engine, event, func, make_url, select
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from api.identity import access_token
from api.limits import Limits as Rates
from benchmarks.__main__ import UNTHROTTLED, Nowhere
from benchmarks.deadlines import table
from jiantong import database
from jiantong.postgres import Cluster
from jiantong.simulators import fcm
from jiantong.simulators import hms as huawei
from jiantong.simulators.hms import APP_ID
from jiantong.simulators.service import Limits
from notifications import deliveries, digests, dispatcher
from notifications.audiences import person
from notifications.channels import Channel, Outcome, Push, Verdict, hms
from notifications.channels.fcm import Fcm
from notifications.deliveries import Delivery, DeliveryChannel, DeliveryState, Inbox
from notifications.messages import Message, Notice, Urgency
from notifications.payloads import Seal
from notifications.sender import BATCH, Sender
from services.kernel.act import Act, Actor
from services.kernel.ciphers import KeyRing
from services.kernel.clock import machine_now
from services.kernel.sealed import carry
from services.kernel.settings import Settings
from services.sessions import SessionOpened, SignInSession

WORKERS = (1, 2, 4)
PRELOADED = [
    "api.app",
    "jiantong.postgres",
    "jiantong.simulators.fcm",
    "jiantong.simulators.hms",
    "notifications.channels.fcm",
    "notifications.channels.hms",
    "notifications.sender",
    "benchmarks.deadlines",
]
FCM, HMS = DeliveryChannel.FCM, DeliveryChannel.HMS
SLOW_FOR = 12.0
"""Seconds for which the slow vendor is watched."""

PEOPLE = """
INSERT INTO people (id, username, name, password_hash)
  SELECT n, 'person' || n, '某' || n, 'x' FROM generate_series(1, {people}) AS n;
INSERT INTO sessions (id, person_id, opened_at, renewed_at)
  SELECT n, n, now(), now() FROM generate_series(1, {people}) AS n;
INSERT INTO devices (id, person_id, session_id, platform, service, token, registered_at)
  SELECT n, n, n, 'android', 'fcm', 'accept-' || n, now() FROM generate_series(1, {people}) AS n;
INSERT INTO inboxes (person_id, version) SELECT n, n FROM generate_series(1, {people}) AS n;
ANALYZE
"""
ON = """
UPDATE devices SET service = '{service}' WHERE service <> '{service}';
ANALYZE devices
"""
FORGET = """
TRUNCATE device_pushes, deliveries, undispatched, channel_tallies, channel_health,
  escalation_told, escalation_calls, escalations;
"""
HAPPENED = """
WITH entries AS (
  INSERT INTO journal (kind, about_id, by_id, happened_at, recorded_at, details)
  SELECT 'SessionOpened', n, n, now(), now(), '{{}}' FROM generate_series(1, {events}) AS n
  RETURNING id)
INSERT INTO undispatched (entry_id) SELECT id FROM entries;
ANALYZE undispatched
"""
DUE = """
WITH entries AS (
  INSERT INTO journal (kind, about_id, by_id, happened_at, recorded_at, details)
  SELECT 'SessionOpened', n, n, now(), now(), '{{}}' FROM generate_series(1, {pushes}) AS n
  RETURNING id, about_id)
INSERT INTO deliveries (item, entry_id, person_id, channel, urgency, state, dispatched_at,
    expires_at, next_at, attempts, template, held)
  SELECT gen_random_uuid(), id, about_id, '{channel}', 'info', 'pending', now(),
    now() + interval '1 day', now(), 0, 1, {held} FROM entries;
ANALYZE deliveries
"""
PUBLISHED = """
Published by others, on their own machines and therefore beside ours and not against it:
  GOV.UK Notify: 3,000 requests a minute for each key (50/s); its largest user alone asked for
    350 e-mails/s and a ceiling of 30 million a day (2020).
  Open Notificaties: 50 notifications/s on 4 CPU, 200/s on 12 CPU; a retry of 7 times over 24 h.
  Needed here: 100,000 devices at 09:00 within a minute are 1,700 pushes/s; FCM's default quota
    is 10,000/s, that of HMS 3,000/s.
"""


def told(_event: SessionOpened, session: SignInSession) -> Message:
    """One real event, told to the person who signed in."""
    return Message("您已登录", f"登录记录 {session.id}", "/me")


NOTICES = {"SessionOpened": Notice(SignInSession, person("person_id"), told, Urgency.URGENT, None)}


@dataclass
class Fast:
    """A vendor that takes everything at once."""

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        """Accept them."""
        return [Outcome(Verdict.ACCEPTED, "OK", message_id=push.token) for push in pushes]


@dataclass
class Slowing:
    """A vendor that takes everything at once for a while, and then one push a second."""

    quick: int
    taken: int = 0
    batches: list[int] = field(default_factory=list)

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        """Accept them, in its own time."""
        self.batches.append(len(pushes))
        for _ in pushes:
            self.taken += 1
            if self.taken > self.quick:
                time.sleep(1)
        return Fast().send(pushes)


@dataclass(frozen=True)
class Ground:
    """A database with people whose phones can be woken."""

    owner_url: str
    app_url: str
    keys: Path

    def run(self, statements: str) -> None:
        """Seed, past the triggers that would chain the journal."""
        url = make_url(self.owner_url).set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as bare:
            bare.execute("SET session_replication_role = replica")
            for statement in statements.split(";\n"):
                if statement.strip():
                    bare.execute(statement.encode())

    def engine(self) -> Engine:
        """A process's own way in."""
        return carry(create_engine(self.app_url, pool_size=4), KeyRing.kept_in(self.keys))


def dispatch(ground: Ground, start: Barrier) -> None:
    """One dispatcher."""
    sessions = sessionmaker[Session](ground.engine(), expire_on_commit=False)
    start.wait()
    dispatcher.drain(sessions, NOTICES)


def send_fast(ground: Ground, start: Barrier) -> None:
    """One sender to a vendor that takes everything at once."""
    _send(ground, start, Fast())


def send_fcm(ground: Ground, start: Barrier, account: Path, environment: Mapping[str, str]) -> None:
    """One sender through Google's library, which its environment leads to the simulator."""
    Settings.from_environment(environment).lead_to_fcm()
    channel = Fcm(account, f"bench-{os.getpid()}")
    _send(ground, start, channel)
    channel.close()


def send_hms(ground: Ground, start: Barrier, url: str, secret: Path) -> None:
    """One sender to Huawei's simulator."""
    account = hms.Account(APP_ID, secret.read_text(), push_url=url, oauth_url=url)
    channel = hms.Hms(account)
    _send(ground, start, channel, HMS)
    channel.close()


def _send(ground: Ground, start: Barrier, channel: Channel, way: DeliveryChannel = FCM) -> None:
    sessions = sessionmaker[Session](ground.engine(), expire_on_commit=False)
    sender = Sender(sessions, {way: channel}, Seal(Ed25519PrivateKey.generate()))
    start.wait()
    sender.run()


def seconds(workers: int, work: Callable[..., None], *given: object) -> float:
    """How long so many processes take for it together, from the moment all are ready."""
    context = multiprocessing.get_context("forkserver")
    # A module run with -m is not preloaded as __main__: each process would import the house anew.
    context.set_forkserver_preload(PRELOADED)
    start = context.Barrier(workers + 1)
    processes = [
        context.Process(target=work, args=(given[0], start, *given[1:])) for _ in range(workers)
    ]
    for process in processes:
        process.start()
    start.wait()
    began = time.perf_counter()
    for process in processes:
        process.join()
        assert process.exitcode == 0, process.exitcode  # noqa: S101  # a measurement of nothing
    return time.perf_counter() - began


def dispatching(ground: Ground, events: int) -> list[tuple[str, int, str]]:
    """Events a second through the dispatcher: an inbox line and a push each."""
    rows = []
    for workers in WORKERS:
        ground.run(FORGET + HAPPENED.format(events=events))
        took = seconds(workers, dispatch, ground)
        with Session(ground.engine()) as session:
            lines = session.scalar(select(func.count()).select_from(Delivery))
        assert lines == 2 * events, lines  # noqa: S101  # else they were not told
        rows.append((f"dispatchers, {events} events", workers, f"{events / took:,.0f}/s"))
    return rows


def sending(
    ground: Ground, pushes: int, name: str, work: Callable[..., None], *given: object
) -> list[tuple[str, int, str]]:
    """Pushes a second by one vendor's channel."""
    way = HMS if work is send_hms else FCM
    ground.run(ON.format(service=way))
    rows = []
    for workers in WORKERS:
        ground.run(FORGET + DUE.format(pushes=pushes, held="NULL", channel=way))
        took = seconds(workers, work, ground, *given)
        _all_sent(ground, pushes)
        rows.append((f"senders to {name}, {pushes} pushes", workers, f"{pushes / took:,.0f}/s"))
    return rows


def _all_sent(ground: Ground, pushes: int) -> None:
    with Session(ground.engine()) as session:
        stood = select(Delivery.state, Delivery.error, func.count())
        ended = session.execute(stood.group_by(Delivery.state, Delivery.error)).all()
    assert ended == [(DeliveryState.SENT, None, pushes)], ended  # noqa: S101  # else nothing was


def digest(ground: Ground, devices: int) -> list[tuple[str, int, str]]:
    """From 09:00 until everybody's phone was told that there is something."""
    ground.run(FORGET + DUE.format(pushes=devices, held="'digest'", channel="fcm"))
    began = time.perf_counter()
    digests.release_due(sessionmaker[Session](ground.engine(), expire_on_commit=False))
    released = time.perf_counter() - began
    took = released + seconds(2, send_fast, ground)
    _all_sent(ground, devices)
    name = f"digest, {devices} devices, all sent after"
    said = f"{took:.1f} s ({devices / took:,.0f}/s), {released:.1f} s of it to release them"
    return [(name, 2, said)]


def polling(ground: Ground, polls: int, people: int) -> list[tuple[str, int, str]]:
    """The one indexed read that tells an unchanged inbox, as the house asks it."""
    engine, chosen = ground.engine(), Random(7)  # noqa: S311  # no secret
    spent: list[float] = []
    begun = [0.0]

    @event.listens_for(engine, "before_cursor_execute")
    def begin(*_: object) -> None:
        begun[0] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def end(*_: object) -> None:
        spent.append(time.perf_counter() - begun[0])

    with Session(engine) as session:
        for _ in range(polls):
            actor = Actor(chosen.randint(1, people), frozenset())
            deliveries.version_of(Act(actor, machine_now(), session))
        asked = str(
            select(Inbox.version)
            .where(Inbox.person_id == 1)
            .compile(engine, compile_kwargs={"literal_binds": True})
        )
        plan = session.connection().exec_driver_sql(f"EXPLAIN (ANALYZE, COSTS OFF) {asked}").all()
    within = sum(float(line.split()[-2]) for (line,) in plan if " Time: " in line)
    spent.sort()
    mean, late = sum(spent) / len(spent), spent[int(len(spent) * 0.99)]
    worth = (
        f"mean {mean * 1000:.3f} ms, 99 % within {late * 1000:.3f} ms, with the way there and back;"
        f" {within:.3f} ms planned and run"
    )
    return [(f"idle polls, {polls}, database time each", 1, worth)]


def unchanged(ground: Ground, folder: Path, polls: int) -> list[tuple[str, int, str]]:
    """Polls answered with 304 by the whole application in process, and what they ask for."""
    settings = replace(
        Settings.from_environment({"DATA_DIR": str(folder / "data"), "DEMO": "on"}),
        app_url=ground.app_url,
    )
    engine = ground.engine()
    app = create_app(settings, engine, Rates(person=UNTHROTTLED, open_door=UNTHROTTLED))
    with Session(engine) as session:
        opened = session.get_one(SignInSession, 1)
        token = access_token(app.extensions["token_key"], opened, lasting=timedelta(hours=1))
    headers = {"Authorization": f"Bearer {token}"}
    client = app.test_client()
    first = client.get("/api/v1/inbox?limit=20", headers=headers)
    assert first.status_code == HTTPStatus.OK, first.text  # noqa: S101
    headers["If-None-Match"] = first.headers["ETag"]
    asked = [0]

    @event.listens_for(engine, "before_cursor_execute")
    def count(*_: object) -> None:
        asked[0] += 1

    began = time.perf_counter()
    for _ in range(polls):
        answer = client.get("/api/v1/inbox?limit=20", headers=headers)
        assert answer.status_code == HTTPStatus.NOT_MODIFIED, answer.text  # noqa: S101
    took = time.perf_counter() - began
    worth = f"{polls / took:,.0f}/s, {asked[0] / polls:.1f} statements each"
    return [(f"idle polls, {polls}, 304 by the application", 1, worth)]


def slowing(ground: Ground) -> list[tuple[str, int, str]]:
    """What a sender holds while its vendor takes one push a second: the rest waits in the table."""
    pushes, quick = 2_000, 500
    ground.run(FORGET + DUE.format(pushes=pushes, held="NULL", channel="fcm"))
    channel = Slowing(quick)
    sessions = sessionmaker[Session](ground.engine(), expire_on_commit=False)
    sender = Sender(sessions, {FCM: channel}, Seal(Ed25519PrivateKey.generate()))
    Thread(target=sender.run, daemon=True).start()
    time.sleep(SLOW_FOR)
    with sessions() as session:
        waiting = session.scalar(
            select(func.count()).where(
                Delivery.state == DeliveryState.PENDING, Delivery.next_at <= machine_now()
            )
        )
    held = f"{max(channel.batches)} of {pushes} held at most, {waiting} wait in the table"
    return [
        (f"a vendor at 1/s after {quick}, seen for {SLOW_FOR:.0f} s (batch ≤ {BATCH})", 1, held)
    ]


def main() -> None:
    """Measure, and print what was measured on what."""
    arguments = argparse.ArgumentParser(prog="benchmarks.notifications", description=main.__doc__)
    arguments.add_argument("--events", type=int, default=1_000)
    arguments.add_argument("--pushes", type=int, default=1_000)
    arguments.add_argument("--devices", type=int, default=20_000)
    arguments.add_argument("--polls", type=int, default=20_000)
    given = arguments.parse_args()
    people = max(given.events, given.pushes, given.devices, 2_000)
    structlog.configure(logger_factory=Nowhere(), cache_logger_on_first_use=True)
    with tempfile.TemporaryDirectory(prefix="jiantong-bench-") as place:
        folder = Path(place)
        folder.chmod(0o711)
        limits = Limits(per_minute=10**9)
        with (
            Cluster(folder / "pg", durable=False) as cluster,
            fcm.Simulator(folder / "fcm", limits=limits) as google,
            huawei.Simulator(folder / "hms", limits=limits) as phones,
        ):
            database.migrate(cluster.owner_url, cluster.app_url)
            name = make_url(cluster.owner_url).database
            administrator = make_url(cluster.administrator_url).set(database=name)
            owner_url = administrator.render_as_string(hide_password=False)
            ground = Ground(owner_url, cluster.app_url, folder / "keys")
            ground.run(PEOPLE.format(people=people))
            print(
                f"{machine_now():%Y-%m-%d %H:%M} UTC, Python {platform.python_version()},"
                f" {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f};"
                f" {people} people with a device each; PostgreSQL without fsync.",
                flush=True,
            )
            head = ("what", "processes", "measured")
            to_google = {"FCM_PROXY": google.url, "FCM_CA": str(google.ca)}
            measures: list[Callable[[], list[tuple[str, int, str]]]] = [
                lambda: dispatching(ground, given.events),
                lambda: polling(ground, given.polls, people),
                lambda: unchanged(ground, folder, given.polls // 20),
                lambda: sending(ground, given.pushes, "a quick vendor", send_fast),
                lambda: digest(ground, given.devices),
                lambda: slowing(ground),
                lambda: sending(
                    ground, given.pushes // 5, "FCM", send_fcm, google.credentials, to_google
                ),
                lambda: sending(
                    ground, given.pushes // 5, "HMS", send_hms, phones.url, phones.secret
                ),
            ]
            for measure in measures:
                print(table(head, measure()), flush=True)
            print(PUBLISHED)
            print(f"load at the end {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
