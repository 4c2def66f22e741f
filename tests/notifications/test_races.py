"""Several machines, and crashes between any two steps: nothing lost, nothing doubled."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import procrastinate
import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from jiantong.simulators.fcm import Simulator
from notifications import deliveries, dispatcher, jobs
from notifications.channels import Outcome, Push
from notifications.channels.fcm import Fcm
from notifications.deliveries import Delivery, DeliveryChannel, DeliveryState
from notifications.payloads import KEYS, Seal
from notifications.sender import LEASE, Sender
from services.devices import Device, FreeReason
from services.kernel import jobs as service_jobs
from services.kernel.act import Act, Undispatched, acting
from services.kernel.clock import machine_now
from services.people import Person
from services.policy import MACHINE
from services.sessions import SessionOpened
from tests.conftest import NOON
from tests.make import Make
from tests.notifications.conftest import NOTICES, Phones, Scripted, over

Sessions = sessionmaker[Session]


class Died(BaseException):
    """The process was killed here."""


def ring(sessions: Sessions, count: int, *tokens: str) -> set[int]:
    """Let something happen to `count` people; the tokens are numbered when there are several."""
    told = set[int]()
    with sessions.begin() as session:
        phones = Phones(Make(session, NOON))
        for number in range(count):
            told.add(phones.rings(*(f"{token}-{number}" for token in tokens)).person_id)
    return told


def inbox(sessions: Sessions) -> Counter[int]:
    with sessions() as session:
        lines = select(Delivery.person_id).where(Delivery.channel == DeliveryChannel.INBOX)
        return Counter(session.scalars(lines))


def left(sessions: Sessions) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(Undispatched)) or 0


def states(sessions: Sessions) -> Counter[DeliveryState]:
    with sessions() as session:
        pushes = select(Delivery.state).where(Delivery.channel == DeliveryChannel.FCM)
        return Counter(session.scalars(pushes))


def side_by_side(works: Sequence[Callable[[], int]]) -> list[int]:
    """Run each in a thread of its own, all starting at once."""
    gate = threading.Barrier(len(works))

    def start(work: Callable[[], int]) -> int:
        gate.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(start, works))


def test_dispatchers_share_the_work(committed: Sessions) -> None:
    people = ring(committed, 60)

    told = side_by_side([lambda: dispatcher.drain(committed, NOTICES)] * 4)

    assert sum(told) == 60
    assert inbox(committed) == Counter(people)
    assert left(committed) == 0


def _followed(sessions: Sessions, person_id: int, done: threading.Event) -> dict[UUID, int]:
    """What a phone holds that asks for what has changed, two lines at a time, until all is over."""
    held: dict[UUID, int] = {}
    version = 0
    while True:
        over_before = done.is_set()
        with sessions.begin() as session:
            make = Make(session, NOON)
            act = make.act(session.get_one(Person, person_id))
            changed = deliveries.changes(act, after=version, limit=2)
            held |= {line.item: line.version or 0 for line in changed.lines}
        if over_before and changed.version == version:
            return held
        version = changed.version


def _read_all(sessions: Sessions, person_id: int, done: threading.Event) -> None:
    while not done.is_set():
        with sessions.begin() as session:
            act = Make(session, NOON).act(session.get_one(Person, person_id))
            lines = session.scalars(
                deliveries.visible(act).where(Delivery.read_at.is_(None)).limit(3)
            ).all()
            if lines:
                deliveries.read(act, lines[0])
                deliveries.read_these(act, deliveries.own(act), [line.item for line in lines])


def test_the_changes_of_an_inbox_are_all_of_it_whoever_writes_meanwhile(
    committed: Sessions,
) -> None:
    with committed.begin() as session:
        phones = Phones(Make(session, NOON))
        person = phones.make.person()
        for _ in range(30):
            opened = phones.signed_in(person)
            phones.make.act(person).record(SessionOpened(opened.id))
        person_id = person.id
    told = {
        "SessionOpened": replace(
            NOTICES["SessionOpened"], topic=lambda event: f"sessions:{event.about_id % 7}"
        )
    }
    told_all, done = threading.Event(), threading.Event()

    def tell() -> int:
        count = 0
        while left(committed):
            with acting(committed, MACHINE, machine_now()) as act:
                count += dispatcher.dispatch(act, told, batch=2).told
        return count

    with ThreadPoolExecutor(3) as threads:
        following = [threads.submit(_followed, committed, person_id, done) for _ in range(2)]
        reading = threads.submit(_read_all, committed, person_id, told_all)
        try:
            count = sum(side_by_side([tell] * 3))
        finally:
            told_all.set()
            reading.exception()
            done.set()
        reading.result()
        held = [one.result() for one in following]

    with committed() as session:
        lines = select(Delivery.item, Delivery.version).where(
            Delivery.channel == DeliveryChannel.INBOX
        )
        whole = dict(session.execute(lines).all())
    assert count == 30
    assert len(set(whole.values())) == 30, "no two lines have one version"
    assert held == [whole, whole]


def _raise(_act: Act) -> None:
    raise Died


def _lose_the_connection(act: Act) -> None:
    """End the backend under the transaction, as the death of its machine would."""
    pid = act.session.scalar(text("SELECT pg_backend_pid()"))
    engine = act.session.get_bind()
    assert isinstance(engine, Engine)
    with engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})


@pytest.mark.parametrize("crash", [_raise, _lose_the_connection])
def test_a_crash_between_claim_and_commit_loses_nothing(
    committed: Sessions, crash: Callable[[Act], None]
) -> None:
    people = ring(committed, 3, "accept")

    def die_half_way() -> None:
        with acting(committed, MACHINE, machine_now()) as act:
            assert dispatcher.dispatch(act, NOTICES).told == 3
            crash(act)

    with pytest.raises((Died, Exception)):
        die_half_way()
    assert (left(committed), inbox(committed)) == (3, Counter())

    assert dispatcher.drain(committed, NOTICES) == 3
    assert (left(committed), inbox(committed)) == (0, Counter(people))
    assert states(committed) == {DeliveryState.PENDING: 3}


def test_an_act_that_fails_tells_nobody(committed: Sessions) -> None:
    def fail() -> None:
        with committed.begin() as session:
            Phones(Make(session, NOON)).rings("accept-1")
            session.flush()
            raise Died

    before = _jobs(committed)
    with pytest.raises(Died):
        fail()

    assert left(committed) == 0
    assert _jobs(committed) == before, "nor is a job left behind"


def _jobs(sessions: Sessions) -> int:
    with sessions() as session:
        return session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) or 0


class Careful(Scripted):
    """Answers slowly enough for others to get in the way."""

    def __init__(self, pause: float) -> None:
        super().__init__()
        self.pause = pause
        self.at_work = threading.Event()

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        self.at_work.set()
        time.sleep(self.pause)
        return super().send(pushes)


def test_senders_share_the_work(committed: Sessions, seal: Seal) -> None:
    ring(committed, 60, "a", "b")
    dispatcher.drain(committed, NOTICES)
    channel = Careful(0.02)

    sent = side_by_side([Sender(committed, over(channel), seal).run] * 4)

    assert sum(sent) == 120
    assert set(Counter(push.token for push in channel.sent).values()) == {1}
    assert states(committed) == {DeliveryState.SENT: 60}


def test_a_slow_channel_keeps_its_lease(committed: Sessions, seal: Seal) -> None:
    ring(committed, 1, "slow")
    dispatcher.drain(committed, NOTICES)
    channel = Careful(1.5)
    lease, often = timedelta(seconds=0.5), timedelta(seconds=0.1)
    sender = Sender(committed, over(channel), seal, lease=lease, renew_every=often)

    with ThreadPoolExecutor(1) as thread:
        slow = thread.submit(sender.run)
        assert channel.at_work.wait(10)
        meanwhile = 0
        while not slow.done():
            meanwhile += sender.run()
            time.sleep(0.05)

    assert (slow.result(), meanwhile) == (1, 0)
    assert [push.token for push in channel.sent] == ["slow-0"]


class Dying(Scripted):
    """Dies before, or right after, the pushes went out."""

    def __init__(self, *, after: bool) -> None:
        super().__init__()
        self.after = after

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        if self.after:
            super().send(pushes)
        raise Died


@pytest.mark.parametrize("after", [False, True])
def test_a_sender_that_dies_leaves_its_pushes_to_the_next(
    committed: Sessions, seal: Seal, *, after: bool
) -> None:
    ring(committed, 2, "accept")
    dispatcher.drain(committed, NOTICES)
    with pytest.raises(Died):
        Sender(committed, over(Dying(after=after)), seal).run()
    assert states(committed) == {DeliveryState.PENDING: 2}

    channel = Scripted()
    assert Sender(committed, over(channel), seal).run() == 0, "the lease still holds"
    later = Sender(committed, over(channel), seal, clock=lambda: machine_now() + LEASE)
    assert later.run() == 2
    assert states(committed) == {DeliveryState.SENT: 2}


def test_the_worker_brings_an_event_to_the_phone(
    committed: Sessions, apart: Engine, seal: Seal, fcm: Fcm, simulator: Simulator
) -> None:
    """From the commit of an act to the phone's push service, through the real queue and library."""
    simulator.mailbox.forget()
    people = ring(committed, 3, "accept-whole", "unregistered-whole")
    url = apart.url.render_as_string(hide_password=False)

    work(jobs.worker(url, committed, Sender(committed, over(fcm), seal), NOTICES))

    assert inbox(committed) == Counter(people)
    assert states(committed) == {DeliveryState.SENT: 3}
    sent = list(simulator.mailbox.sent)
    assert len(sent) == 6
    assert {frozenset(one["message"]["data"]) for one in sent} == {KEYS}
    with committed() as session:
        items = {str(item) for item in session.scalars(select(Delivery.item))}
        assert {one["message"]["data"]["id"] for one in sent} == items
        assert session.scalar(text("SELECT count(*) FROM devices WHERE token IS NULL")) == 3


def work(worker: procrastinate.App) -> None:
    """Let a worker do everything that was deferred, then stop."""
    worker.run_worker(wait=False, install_signal_handlers=False, delete_jobs="always")


def test_without_credentials_the_inbox_works(
    committed: Sessions, apart: Engine, seal: Seal
) -> None:
    idle = Sender(committed, {}, seal)
    people = ring(committed, 2, "accept-off")
    url = apart.url.render_as_string(hide_password=False)

    work(jobs.worker(url, committed, idle, NOTICES))

    assert inbox(committed) == Counter(people)
    assert states(committed) == {DeliveryState.PENDING: 2}


def test_the_sweep_finds_what_a_killed_worker_left(
    committed: Sessions, apart: Engine, seal: Seal
) -> None:
    people = ring(committed, 2, "accept")
    left_alone = phone_of_an_ended_session(committed)
    with committed.begin() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
    channel = Scripted()
    url = apart.url.render_as_string(hide_password=False)
    worker = jobs.worker(url, committed, Sender(committed, over(channel), seal), NOTICES)

    worker.tasks["sweep"](timestamp=0)

    assert inbox(committed) == Counter(people)
    assert states(committed) == {DeliveryState.SENT: 2}
    with committed() as session:
        assert session.get_one(Device, left_alone).free_reason is FreeReason.SIGNED_OUT


def phone_of_an_ended_session(sessions: Sessions) -> int:
    with sessions.begin() as session:
        phones = Phones(Make(session, NOON))
        opened = phones.signed_in()
        device = phones.device(opened, "ended")
        opened.ended_at = machine_now()
        session.flush()
        return device.id


def test_a_killed_worker_s_jobs_are_buried(committed: Sessions, apart: Engine, seal: Seal) -> None:
    idle = Sender(committed, {}, seal)
    url = apart.url.render_as_string(hide_password=False)
    worker = jobs.worker(url, committed, idle, NOTICES)
    with committed.begin() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
        service_jobs.defer(session, service_jobs.DISPATCH)
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
        service_jobs.defer(session, service_jobs.DISPATCH)

    async def bury() -> None:
        async with worker.open_async():
            await worker.tasks["bury_stalled_jobs"](timestamp=0)

    asyncio.run(bury())

    with committed() as session:
        left_over = session.scalars(text("SELECT status::text FROM procrastinate_jobs")).all()
    assert left_over == ["todo"]
