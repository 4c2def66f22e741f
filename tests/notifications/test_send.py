"""Every push ends in a state with a name, and no device is woken twice by a retry."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import deliveries, dispatcher, sender
from notifications.channels import Outcome, Verdict
from notifications.deliveries import Delivery, DeliveryChannel, DeliveryState, DevicePush
from notifications.health import Breaker
from notifications.messages import Urgency
from notifications.payloads import Seal, genuine
from notifications.sender import LEASE, MOST_ATTEMPTS, Claimed, Terms, pause
from services import devices
from services.devices import Device, FreeReason, Platform
from services.kernel.act import Act
from services.kernel.clock import machine_now
from services.kernel.refusals import NotAllowed
from services.policy import MACHINE
from services.sessions import SignInSession
from tests.make import Make
from tests.notifications.conftest import ACCEPTED, NOTICES, Phones, Scripted

START = machine_now()
GONE = Outcome(Verdict.DEAD_TOKEN, "UNREGISTERED")
BUSY = Outcome(Verdict.RETRY, "QUOTA_EXCEEDED", timedelta(minutes=7))
WRONG = Outcome(Verdict.BAD_PAYLOAD, "INVALID_ARGUMENT")
STRANGER = Outcome(Verdict.BAD_SETUP, "SENDER_ID_MISMATCH")


class Desk:
    """The sender's steps, one by one, at any moment."""

    def __init__(self, make: Make, seal: Seal, channel: Scripted) -> None:
        self.make, self.seal, self.channel = make, seal, channel
        self.now = START
        self.terms = Terms()

    @property
    def session(self) -> Session:
        return self.make.session

    def act(self) -> Act:
        return self.make.act(MACHINE, self.now)

    def tell(self) -> Delivery:
        dispatcher.dispatch(self.act(), NOTICES)
        return self.session.scalars(
            select(Delivery).where(Delivery.channel == DeliveryChannel.FCM)
        ).one()

    def claim(self) -> list[Claimed]:
        found = sender.claim(self.act(), DeliveryChannel.FCM, self.seal, terms=self.terms)
        return found.pushes

    def settle(self, claimed: list[Claimed]) -> None:
        outcomes = self.channel.send([one.push for one in claimed])
        answers = list(zip(claimed, outcomes, strict=True))
        sender.settle(self.act(), DeliveryChannel.FCM, answers, terms=self.terms)
        self.session.flush()
        self.session.expire_all()

    def go(self) -> list[str]:
        """One whole round; the tokens that were sent to."""
        claimed = self.claim()
        self.settle(claimed)
        return [one.push.token for one in claimed]


@pytest.fixture
def desk(make: Make, seal: Seal, channel: Scripted) -> Desk:
    return Desk(make, seal, channel)


def test_an_accepted_push_is_sent_and_done(desk: Desk, phones: Phones) -> None:
    phones.rings("one", "two")
    delivery = desk.tell()

    assert desk.go() == ["one", "two"]
    assert delivery.state is DeliveryState.SENT
    assert desk.go() == []


def test_what_goes_out_is_signed_and_leads_to_the_inbox(
    desk: Desk, phones: Phones, seal: Seal
) -> None:
    phones.rings("one")
    delivery = desk.tell()
    desk.go()

    (push,) = desk.channel.sent
    assert push.payload["id"] == str(delivery.item)
    assert genuine(push.payload, seal.public, START)


def test_a_retry_goes_only_to_the_device_that_has_not_got_it(desk: Desk, phones: Phones) -> None:
    phones.rings("got-it", "busy")
    delivery = desk.tell()
    desk.channel.answers["busy"] = [BUSY]

    assert desk.go() == ["got-it", "busy"]
    assert (delivery.state, delivery.error) == (DeliveryState.PENDING, "QUOTA_EXCEEDED")

    desk.now = START + timedelta(minutes=7) - timedelta(seconds=1)
    assert desk.go() == [], "not before Retry-After"
    desk.now = START + timedelta(minutes=31)
    assert desk.go() == ["busy"]
    assert (delivery.state, delivery.error) == (DeliveryState.SENT, None)
    assert [push.token for push in desk.channel.sent] == ["got-it", "busy", "busy"]


def test_a_dead_token_is_deleted(desk: Desk, phones: Phones) -> None:
    phones.rings("gone", "well")
    delivery = desk.tell()
    desk.channel.answers["gone"] = [GONE]
    desk.go()

    assert delivery.state is DeliveryState.SENT
    freed = desk.session.scalars(select(Device).where(Device.freed_at.is_not(None))).one()
    assert (freed.token, freed.free_reason) == (None, FreeReason.DEAD_TOKEN)


def test_a_person_without_a_living_device_is_a_named_failure(desk: Desk, phones: Phones) -> None:
    phones.rings("gone")
    delivery = desk.tell()
    desk.channel.answers["gone"] = [GONE]
    desk.go()

    assert (delivery.state, delivery.error) == (DeliveryState.FAILED_PERMANENT, "UNREGISTERED")


@pytest.mark.parametrize("answer", [WRONG, STRANGER], ids=["payload", "set-up"])
def test_an_error_of_ours_never_costs_a_token(desk: Desk, phones: Phones, answer: Outcome) -> None:
    phones.rings("well")
    delivery = desk.tell()
    phones.rings("other")
    dispatcher.dispatch(desk.act(), NOTICES)
    desk.channel.answers["well"] = [answer]
    desk.go()

    assert (delivery.state, delivery.error) == (DeliveryState.DEAD_LETTER, answer.code)
    tokens = select(Device.token).order_by(Device.token)
    assert desk.session.scalars(tokens).all() == ["other", "well"]


def test_a_set_up_that_is_wrong_for_all_costs_no_delivery(desk: Desk, phones: Phones) -> None:
    phones.rings("well")
    delivery = desk.tell()
    desk.channel.answers["well"] = [STRANGER]

    assert desk.go() == ["well"]
    assert (delivery.state, delivery.error) == (DeliveryState.PENDING, STRANGER.code)
    desk.now = delivery.next_at
    assert desk.go() == ["well"]
    assert (delivery.state, delivery.error) == (DeliveryState.SENT, None)
    assert delivery.sent_at == desk.now


def test_trying_ends(desk: Desk, phones: Phones) -> None:
    desk.terms = Terms(breaker=Breaker(failures=99))
    phones.rings("busy")
    delivery = desk.tell()
    desk.channel.answers["busy"] = [Outcome(Verdict.RETRY, "UNAVAILABLE")] * 99
    rounds = 0
    while delivery.state is DeliveryState.PENDING:
        desk.now = max(desk.now, delivery.next_at)
        rounds += len(desk.go())

    assert (rounds, delivery.state) == (MOST_ATTEMPTS, DeliveryState.DEAD_LETTER)
    assert delivery.error == "UNAVAILABLE"


def test_what_comes_too_late_expires(desk: Desk, phones: Phones) -> None:
    phones.rings("one")
    delivery = desk.tell()
    desk.now = START + timedelta(days=3)

    assert desk.go() == []
    assert delivery.state is DeliveryState.EXPIRED


def test_a_lease_keeps_others_away_and_runs_out(desk: Desk, phones: Phones) -> None:
    phones.rings("one")
    desk.tell()
    assert len(desk.claim()) == 1

    desk.now = START + LEASE - timedelta(seconds=1)
    assert desk.claim() == []
    desk.now = START + LEASE
    assert len(desk.claim()) == 1, "whoever held it has died"


def test_a_lease_is_renewed_while_the_channel_is_at_work(desk: Desk, phones: Phones) -> None:
    phones.rings("one")
    desk.tell()
    claimed = desk.claim()
    desk.now = START + LEASE - timedelta(seconds=1)
    sender.renew(desk.act(), claimed, lease=LEASE)

    desk.now = START + LEASE
    assert desk.claim() == []


def test_an_answer_after_the_lease_decides_nothing_but_is_kept(desk: Desk, phones: Phones) -> None:
    phones.rings("one")
    delivery = desk.tell()
    late = desk.claim()
    desk.now = START + LEASE
    again = desk.claim()
    desk.settle(late)
    assert [delivery.state] == [DeliveryState.PENDING]

    desk.channel.answers["one"] = [BUSY]
    desk.settle(again)
    kept = desk.session.scalars(select(DevicePush)).one()
    assert kept.verdict is Verdict.ACCEPTED, "a final answer is never overwritten"
    desk.now = START + timedelta(hours=1)
    assert desk.go() == []
    assert delivery.state is DeliveryState.SENT


def test_a_phone_that_changed_hands_is_not_woken_for_the_one_before(
    desk: Desk, phones: Phones
) -> None:
    phones.rings("shared")
    delivery = desk.tell()
    other = phones.signed_in()
    devices.register(phones.act(other), other, platform=Platform.WEB, token="shared")

    assert desk.go() == []
    assert (delivery.state, delivery.error) == (DeliveryState.FAILED_PERMANENT, sender.NO_DEVICE)


def test_signing_out_silences_a_phone_at_once(desk: Desk, phones: Phones) -> None:
    phones.rings("one")
    desk.tell()
    for session in desk.session.scalars(select(SignInSession)):
        session.ended_at = START
    desk.session.flush()

    assert desk.go() == []


def test_a_token_that_died_and_was_renewed_meanwhile_lives(desk: Desk, phones: Phones) -> None:
    phones.rings("old")
    desk.tell()
    claimed = desk.claim()
    device = desk.session.scalars(select(Device)).one()
    device.token = "new"
    desk.session.flush()
    desk.channel.answers["old"] = [GONE]
    desk.settle(claimed)

    assert desk.session.scalars(select(Device)).one().token == "new"


def test_what_was_read_is_not_pushed_any_more(desk: Desk, phones: Phones) -> None:
    opened = phones.rings("one")
    delivery = desk.tell()
    act = phones.act(opened)
    deliveries.read(act, deliveries.find(act, delivery.item))
    desk.session.expire_all()

    assert delivery.state is DeliveryState.SUPERSEDED
    assert desk.go() == []


def test_reading_after_the_push_marks_both(desk: Desk, phones: Phones) -> None:
    opened = phones.rings("one")
    delivery = desk.tell()
    desk.go()
    act = phones.act(opened)
    line = deliveries.find(act, delivery.item)
    deliveries.arrive(act, line)
    desk.session.expire_all()
    assert delivery.state is DeliveryState.DELIVERED

    deliveries.read(act, line)
    desk.session.flush()
    desk.session.expire_all()
    assert (line.state, delivery.state) == (DeliveryState.READ, DeliveryState.READ)
    assert line.read_at == act.now


def test_a_receipt_that_overtakes_the_answer_stands(desk: Desk, phones: Phones) -> None:
    opened = phones.rings("one")
    delivery = desk.tell()
    claimed = desk.claim()
    act = phones.act(opened)
    deliveries.arrive(act, deliveries.find(act, delivery.item))
    desk.settle(claimed)

    assert delivery.state is DeliveryState.DELIVERED


def test_an_alarm_goes_first_and_then_what_is_urgent(desk: Desk, phones: Phones) -> None:
    phones.rings("calm")
    first = desk.tell()
    first.next_at = START - timedelta(hours=1)
    for urgency, token in ((Urgency.URGENT, "haste"), (Urgency.ALARM, "alarm")):
        desk.session.add(
            Delivery(
                item=uuid4(),
                entry_id=first.entry_id,
                person_id=phones.rings(token).person_id,
                channel=DeliveryChannel.FCM,
                urgency=urgency,
                state=DeliveryState.PENDING,
                dispatched_at=START,
                expires_at=START + timedelta(days=1),
                next_at=START,
            )
        )
        desk.session.flush()

    one_by_one = [
        sender.claim(desk.act(), DeliveryChannel.FCM, desk.seal, terms=desk.terms, batch=1)
        for _ in range(3)
    ]
    claimed = [claim.pushes for claim in one_by_one]
    assert [one.push.token for (one,) in claimed] == ["alarm", "haste", "calm"]


def test_a_pause_grows_has_jitter_and_obeys_retry_after() -> None:
    longest = {}
    for urgency in Urgency:
        for attempts in range(1, 40):
            drawn = [pause(urgency, attempts, [ACCEPTED]) for _ in range(30)]
            assert min(drawn) >= timedelta(seconds=10)
            longest[urgency, attempts] = max(drawn)
            assert len(set(drawn)) > 1
    assert longest[Urgency.ALARM, 39] <= timedelta(minutes=1)
    assert longest[Urgency.URGENT, 39] <= timedelta(minutes=2)
    assert longest[Urgency.TASK, 2] <= timedelta(seconds=40)
    assert timedelta(minutes=10) < longest[Urgency.TASK, 39] <= timedelta(minutes=30)
    assert pause(Urgency.URGENT, 1, [BUSY]) == timedelta(minutes=7)


def test_only_the_house_itself_sends(desk: Desk, phones: Phones) -> None:
    opened = phones.rings("one")

    with pytest.raises(NotAllowed):
        sender.claim(phones.act(opened), DeliveryChannel.FCM, desk.seal, terms=desk.terms)
