"""A channel that fails is left alone, tried with one push, and used again by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from notifications import dispatcher, health, sender
from notifications.channels import Outcome, Push, Verdict
from notifications.deliveries import Delivery, DeliveryChannel, DeliveryState, Hold
from notifications.health import (
    Breaker,
    ChannelHealth,
    ChannelIsPaused,
    ChannelNotPaused,
    ChannelTally,
    CircuitState,
    Quota,
)
from notifications.messages import Urgency
from notifications.payloads import Seal
from notifications.sender import BATCH, LEASE, MOST_ATTEMPTS, Sender, Terms, pace
from services.devices import Device, PushService
from services.kernel.act import Act, JournalEntry
from services.kernel.clock import machine_now
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import CONSOLE, MACHINE, PostKind
from tests.make import Make
from tests.notifications.conftest import ACCEPTED, NOTICES, Phones, over

START = machine_now()
AWAY = Outcome(Verdict.RETRY, "UNAVAILABLE")
WRONG_KEYS = Outcome(Verdict.BAD_SETUP, "UNAUTHENTICATED")
FCM, WEB_PUSH = DeliveryChannel.FCM, DeliveryChannel.WEB_PUSH
THREE = Terms(breaker=Breaker(failures=3))
REST = THREE.breaker.first


@dataclass
class Moody:
    """A channel that gives everybody the answer of the moment."""

    mood: Outcome = ACCEPTED
    sent: list[Push] = field(default_factory=list)

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        self.sent += pushes
        return [self.mood] * len(pushes)


@dataclass
class Post:
    """One channel of a house, worked at any moment."""

    make: Make
    seal: Seal
    channel: Moody = field(default_factory=Moody)
    terms: Terms = THREE
    now: datetime = START

    @property
    def session(self) -> Session:
        return self.make.session

    @property
    def row(self) -> ChannelHealth:
        self.session.flush()
        return self.session.scalars(select(ChannelHealth).where(ChannelHealth.channel == FCM)).one()

    def act(self) -> Act:
        return self.make.act(MACHINE, self.now)

    def ring(self, count: int = 1, *, devices: int = 1) -> None:
        for _ in range(count):
            person = self.session.query(Device).count()
            Phones(self.make).rings(*(f"t{person}-{one}" for one in range(devices)))
        dispatcher.dispatch(self.act(), NOTICES)

    def claim(self) -> sender.Claim:
        return sender.claim(self.act(), FCM, self.seal, terms=self.terms)

    def go(self) -> int:
        """One whole round: how many pushes went out."""
        found = self.claim()
        outcomes = self.channel.send([one.push for one in found.pushes])
        answers = list(zip(found.pushes, outcomes, strict=True))
        sender.settle(self.act(), FCM, answers, terms=self.terms)
        self.session.flush()
        return len(found.pushes)

    def states(self) -> set[DeliveryState]:
        return set(
            self.session.scalars(select(Delivery.state).where(Delivery.channel == FCM)).all()
        )


@pytest.fixture
def post(make: Make, seal: Seal) -> Post:
    return Post(make, seal)


@pytest.mark.parametrize("mood", [AWAY, WRONG_KEYS], ids=["away", "wrong keys"])
def test_a_channel_that_only_fails_is_left_alone_and_costs_no_delivery(
    post: Post, mood: Outcome
) -> None:
    post.ring(5)
    post.channel.mood = mood

    assert post.go() == 5
    assert (post.row.state, post.row.error) == (CircuitState.OPEN, mood.code)
    assert post.states() == {DeliveryState.PENDING}

    post.now = START + REST - timedelta(seconds=1)
    assert (post.go(), len(post.channel.sent)) == (0, 5), "nothing is sent while it is open"


def test_one_sender_tries_one_push_and_the_circuit_closes_by_itself(post: Post) -> None:
    post.ring(4, devices=2)
    post.channel.mood = AWAY
    post.go()
    post.now = START + timedelta(minutes=10)

    tried = post.claim()
    assert len(tried.pushes) == 1
    assert post.row.state is CircuitState.HALF_OPEN
    assert post.claim().pushes == [], "another sender waits for what the one finds"

    post.now += LEASE + REST
    post.channel.mood = ACCEPTED
    assert post.go() == 1, "whoever tried has died, so another one tries"
    assert (post.row.state, post.row.failures, post.row.error) == (CircuitState.CLOSED, 0, None)
    assert post.go() == 7
    assert post.states() == {DeliveryState.SENT}


def test_a_circuit_that_fails_again_rests_longer_each_time(post: Post) -> None:
    post.ring(3)
    post.channel.mood = AWAY
    post.go()
    rests = []
    for _ in range(7):
        opened_until = post.row.opened_until
        assert opened_until is not None
        rests.append(opened_until - post.now)
        post.now = opened_until + timedelta(hours=1)
        assert post.go() == 1

    assert rests[:3] == [REST, 2 * REST, 4 * REST]
    assert rests[-1] == THREE.breaker.longest


def test_no_attempt_is_the_last_while_the_circuit_is_open(post: Post) -> None:
    post.terms = Terms(breaker=Breaker(failures=1, longest=timedelta(seconds=30)))
    post.ring()
    post.channel.mood = WRONG_KEYS
    tries = 0
    for _ in range(3 * MOST_ATTEMPTS):
        tries += post.go()
        post.now += timedelta(minutes=32)

    assert tries > MOST_ATTEMPTS
    assert post.states() == {DeliveryState.PENDING}


def test_an_answer_of_a_vendor_at_work_is_no_failure_of_the_channel(post: Post) -> None:
    post.ring(4)
    post.channel.mood = Outcome(Verdict.DEAD_TOKEN, "UNREGISTERED")
    post.go()

    assert (post.row.state, post.row.failures) == (CircuitState.CLOSED, 0)


def test_a_retry_after_for_everybody_holds_the_whole_channel(post: Post) -> None:
    post.terms = Terms()
    post.ring(2)
    post.channel.mood = Outcome(Verdict.RETRY, "QUOTA_EXCEEDED", timedelta(minutes=3))
    post.go()
    post.ring()

    post.now = START + timedelta(minutes=2)
    assert post.go() == 0, "not even for somebody who was not asked to wait"
    post.now = START + timedelta(minutes=3, seconds=1)
    assert post.claim().pushes


def test_a_channel_takes_no_more_than_its_quota(post: Post) -> None:
    post.terms = Terms(quota=Quota(per_second=2, burst=3))
    post.ring(8)

    assert [post.go(), post.go()] == [3, 0]
    assert post.claim().again_at == post.now + timedelta(seconds=0.5)
    post.now += timedelta(seconds=1)
    assert [post.go(), post.go()] == [2, 0]
    post.now += timedelta(hours=1)
    assert post.go() == 3, "the bucket holds no more than its burst"
    assert post.states() == {DeliveryState.SENT}


def test_a_device_takes_no_more_than_its_vendor_gives_it(post: Post) -> None:
    post.terms = Terms(quota=Quota(device_per_minute=1))
    post.ring()
    first = post.session.scalars(select(Device)).one()
    assert post.go() == 1
    opened = Phones(post.make).rings()
    first.person_id = opened.person_id
    first.session_id = opened.id
    post.session.flush()
    dispatcher.dispatch(post.act(), NOTICES)

    assert post.go() == 0
    assert post.states() == {DeliveryState.SENT, DeliveryState.PENDING}
    post.now += timedelta(minutes=1, seconds=1)
    assert post.go() == 1
    assert post.states() == {DeliveryState.SENT}


def test_a_batch_is_as_large_as_the_channel_is_fast() -> None:
    assert pace(50, 0.01) == BATCH
    assert pace(50, 50.0) == 5
    assert pace(3, 60.0) == 1


def test_what_was_answered_is_counted_by_the_hour(post: Post) -> None:
    post.ring(2)
    post.go()
    post.channel.mood = AWAY
    post.ring()
    post.go()

    counted = {
        (one.verdict, one.code): one.pushes for one in post.session.scalars(select(ChannelTally))
    }
    assert counted == {(Verdict.ACCEPTED, "OK"): 2, (Verdict.RETRY, "UNAVAILABLE"): 1}


def test_a_paused_channel_sends_nothing_until_somebody_lets_it(post: Post, make: Make) -> None:
    post.ring()
    health.enlist(post.act(), [FCM])
    somebody = make.person(PostKind.ADMINISTRATOR)
    act = make.act(somebody)

    health.pause(act, health.find(act, post.row.id), reason="供应商维护")
    assert (post.row.pause_reason, post.row.paused_by) == ("供应商维护", somebody.id)
    assert post.go() == 0
    with pytest.raises(ChannelIsPaused):
        health.pause(act, post.row, reason="再次")

    health.resume(act, post.row)
    assert (post.go(), post.row.paused_at, post.row.version) == (1, None, 3)
    with pytest.raises(ChannelNotPaused):
        health.resume(act, post.row)
    kinds = post.session.scalars(select(JournalEntry.kind).order_by(JournalEntry.id)).all()
    assert [kind for kind in kinds if kind.startswith("Channel")] == [
        "ChannelPaused",
        "ChannelResumed",
    ]


@pytest.mark.parametrize("state", ["paused", "given up"])
def test_what_no_channel_takes_any_more_ends_when_its_time_is_over(
    post: Post, make: Make, state: str
) -> None:
    post.ring(2)
    if state == "paused":
        post.claim()
        health.pause(make.act(CONSOLE), post.row, reason="账户核查")
    held, *_ = post.session.scalars(select(Delivery).where(Delivery.channel == FCM))
    held.held = Hold.QUIET_HOURS

    post.now = START + timedelta(days=2)
    assert sender.lapse(post.act(), 100) == 0
    post.now = START + timedelta(days=4)
    assert sender.lapse(post.act(), 100) == 1
    post.session.expire_all()

    assert post.states() == {DeliveryState.PENDING, DeliveryState.EXPIRED}
    assert held.state is DeliveryState.PENDING, "what is held is its release's"
    with pytest.raises(NotAllowed):
        sender.lapse(make.act(make.person()), 100)


def test_only_administrators_see_channels_and_pause_them(post: Post, make: Make) -> None:
    health.enlist(post.act(), [FCM])
    handler = make.act(make.person(PostKind.PROSECUTOR))

    with pytest.raises(NotFound):
        health.find(handler, post.row.id)
    with pytest.raises(NotAllowed):
        health.pause(handler, post.row, reason="不可")
    health.pause(make.act(CONSOLE), post.row, reason="由管理台暂停")
    assert post.row.paused_by is None
    with pytest.raises(NotAllowed):
        health.resume(handler, post.row)


def _loud(post: Post) -> Delivery:
    """Something urgent, for a person with a phone of each of two services."""
    opened = Phones(post.make).rings("phone")
    dispatcher.dispatch(post.act(), NOTICES)
    delivery = post.session.scalars(select(Delivery).where(Delivery.channel == FCM)).one()
    delivery.urgency = Urgency.URGENT
    browser = Phones(post.make).device(opened, "browser")
    browser.service = PushService.WEB_PUSH
    post.session.flush()
    return delivery


def _ways(post: Post) -> list[DeliveryChannel]:
    chosen = select(Delivery.channel).where(Delivery.channel != DeliveryChannel.INBOX)
    return sorted(post.session.scalars(chosen))


def test_urgent_news_goes_another_way_while_its_channel_is_away(post: Post) -> None:
    delivery = _loud(post)
    post.channel.mood = AWAY
    post.terms = Terms(breaker=Breaker(failures=1))
    post.go()

    assert health.switch(post.act(), [FCM, WEB_PUSH]) == 0, "it has waited no minute yet"
    post.now += timedelta(minutes=2)
    assert health.switch(post.act(), [FCM]) == 0, "there is no other way"
    assert health.switch(post.act(), [FCM, WEB_PUSH]) == 1
    assert health.switch(post.act(), [FCM, WEB_PUSH]) == 0, "each once"
    assert _ways(post) == [FCM, WEB_PUSH]
    items = post.session.scalars(select(Delivery.item).distinct()).all()
    assert items == [delivery.item], "the phone knows them as one"

    post.channel.mood = ACCEPTED
    post.now += timedelta(hours=1)
    post.go()
    assert post.row.state is CircuitState.CLOSED
    _another(post)
    post.now += timedelta(minutes=2)
    assert health.switch(post.act(), [FCM, WEB_PUSH]) == 0, "the channel is used again"


def _another(post: Post) -> None:
    Phones(post.make).rings("later")
    dispatcher.dispatch(post.act(), NOTICES)


def test_what_is_not_urgent_waits_for_its_channel(post: Post) -> None:
    _loud(post).urgency = Urgency.TASK
    health.enlist(post.act(), [FCM])
    health.pause(post.make.act(CONSOLE), post.row, reason="维护")
    post.now += timedelta(minutes=2)

    assert health.switch(post.act(), [FCM, WEB_PUSH]) == 0


def test_a_sender_waits_for_its_channel_only_a_little(
    committed: sessionmaker[Session], seal: Seal
) -> None:
    with committed.begin() as session:
        for number in range(4):
            Phones(Make(session, START)).rings(f"slow-{number}")
    dispatcher.drain(committed, NOTICES)
    rests: list[float] = []
    moment = [machine_now()]

    def rest(seconds: float) -> None:
        rests.append(seconds)
        moment[0] += timedelta(seconds=seconds)

    channel = Moody()
    slow = Terms(quota=Quota(per_second=1, burst=1))
    working = Sender(
        committed, over(channel), seal, clock=lambda: moment[0], terms={FCM: slow}, rest=rest
    )

    assert working.run() == 4
    assert rests == pytest.approx([1.0] * 3)

    with committed.begin() as session:
        Phones(Make(session, START)).rings("never")
    dispatcher.drain(committed, NOTICES)
    hourly = Terms(quota=Quota(per_second=1 / 3600, burst=1))
    once = Sender(
        committed, over(channel), seal, clock=lambda: moment[0], terms={FCM: hourly}, rest=rest
    )
    rests.clear()
    once.run()
    assert rests == [], "what takes longer is left to the next sweep"
