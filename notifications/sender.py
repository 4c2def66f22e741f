"""The sender: carries pushes to devices, again and again until each ends in a state with a name.

Each channel has a thread of its own, so a slow vendor holds nobody else up, and takes no more
from the database than it can carry in a few seconds. Three steps, each crash-safe: *claim* what
is due (one transaction, `SKIP LOCKED`, a lease), *send* with no transaction open, *settle* what
was answered (one transaction). A sender that dies between the steps leaves its deliveries due
again when the lease runs out. What a device has already accepted is on record and is not sent to
it again; only a death between the vendor's answer and its record can repeat a push, and the phone
knows a repeated one by its id.
"""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import Text, and_, cast, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from notifications import faults, health
from notifications.channels import Channel, Outcome, Push, Verdict
from notifications.deliveries import FLOW, Delivery, DeliveryChannel, DeliveryState, DevicePush
from notifications.health import Admission, Breaker, CircuitState, Quota
from notifications.messages import Urgency
from notifications.payloads import Seal
from services import devices
from services.devices import Device
from services.kernel.act import Act, acting
from services.kernel.clock import machine_now
from services.policy import MACHINE, Permission, demands

BATCH = 100
FIRST_BATCH = 10
LAPSED_AT_ONCE = 1000
AIM = 5.0
"""Seconds a batch is to take: so long an alarm may wait behind it, whatever the vendor's speed."""
PATIENCE = 10.0
"""Seconds a sender waits for its channel; what takes longer is for the next sweep."""
LEASE = timedelta(seconds=90)
RENEW_EVERY = timedelta(seconds=30)
MOST_ATTEMPTS = 12
MINUTE = timedelta(minutes=1)
SHORTEST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = {
    Urgency.ALARM: timedelta(minutes=1),
    Urgency.URGENT: timedelta(minutes=2),
    Urgency.TASK: timedelta(minutes=30),
    Urgency.INFO: timedelta(hours=2),
}
NO_DEVICE = "NO_DEVICE"
LOUDEST_FIRST = (Urgency.ALARM, Urgency.URGENT, Urgency.TASK, Urgency.INFO)
FINAL = frozenset({Verdict.ACCEPTED, Verdict.DEAD_TOKEN, Verdict.BAD_PAYLOAD})
"""Verdicts after which a device is not asked again; the others may change."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """One push of a claimed delivery, for one device."""

    delivery_id: int
    attempt: int
    device_id: int
    push: Push
    left_out: int = 0
    """How many other devices of the delivery are asked later."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one look at a channel came to."""

    looked_at: int
    pushes: list[Claimed]
    again_at: datetime | None = None
    """When it is worth looking again, where the channel itself is what is waited for."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a channel is used."""

    quota: Quota = field(default_factory=Quota)
    breaker: Breaker = field(default_factory=Breaker)


@dataclass(slots=True)
class Turns:
    """One thread of a process for each channel; who finds it taken asks for another round."""

    _locks: dict[DeliveryChannel, Lock] = field(
        default_factory=lambda: {channel: Lock() for channel in DeliveryChannel}
    )
    _again: set[DeliveryChannel] = field(default_factory=set[DeliveryChannel])

    def take(self, channel: DeliveryChannel, work: Callable[[], int]) -> int:
        """Do the work now, or let whoever does it do it once more."""
        self._again.add(channel)
        done = 0
        while channel in self._again and self._locks[channel].acquire(blocking=False):
            try:
                self._again.discard(channel)
                done += work()
            finally:
                self._locks[channel].release()
        return done


@dataclass(frozen=True, slots=True)
class Sender:
    """What a sender needs; nothing of it is global, so a test runs several side by side."""

    sessions: sessionmaker[Session]
    channels: Mapping[DeliveryChannel, Channel]
    seal: Seal
    clock: Callable[[], datetime] = machine_now
    lease: timedelta = LEASE
    renew_every: timedelta = RENEW_EVERY
    terms: Mapping[DeliveryChannel, Terms] = field(default_factory=dict[DeliveryChannel, Terms])
    rest: Callable[[float], None] = time.sleep
    turns: Turns = field(default_factory=Turns)

    def run(self) -> int:
        """Send everything that is due, each channel by itself; say how many pushes were answered.

        A channel on which a thread of this process is at work is left to that thread.
        """

        def carried(channel: DeliveryChannel) -> int:
            return self.turns.take(channel, lambda: self.carry(channel))

        if len(self.channels) <= 1:
            return sum(carried(channel) for channel in self.channels)
        with ThreadPoolExecutor(len(self.channels)) as threads:
            works = [threads.submit(carried, channel) for channel in self.channels]
        return sum(work.result() for work in works)

    def switch(self) -> int:
        """Let urgent news that waits on a suspended channel go another way; how many will."""
        with acting(self.sessions, MACHINE, self.clock()) as act:
            return health.switch(act, self.channels.keys())

    def lapse(self) -> int:
        """Let go what no channel has taken in its time, because it is paused or was given up."""
        gone = 0
        while True:
            with acting(self.sessions, MACHINE, self.clock()) as act:
                found = lapse(act, LAPSED_AT_ONCE)
            gone += found
            if found < LAPSED_AT_ONCE:
                return gone

    def carry(self, channel: DeliveryChannel) -> int:
        """Send what is due by one channel, in batches that it can carry in a few seconds."""
        answered, most = 0, FIRST_BATCH
        terms = self.terms.get(channel, Terms())
        while True:
            with acting(self.sessions, MACHINE, self.clock()) as act:
                found = claim(act, channel, self.seal, terms=terms, lease=self.lease, batch=most)
            if found.pushes:
                began = time.monotonic()
                outcomes = self._send(channel, found.pushes)
                most = pace(len(outcomes), time.monotonic() - began)
                with acting(self.sessions, MACHINE, self.clock()) as act:
                    answers = list(zip(found.pushes, outcomes, strict=True))
                    settle(act, channel, answers, terms=terms)
                answered += len(outcomes)
            elif not found.looked_at:
                if found.again_at is None:
                    return answered
                wait = (found.again_at - self.clock()).total_seconds()
                if wait > PATIENCE:
                    return answered
                self.rest(max(wait, 0.0))

    def _send(self, channel: DeliveryChannel, claimed: Sequence[Claimed]) -> list[Outcome]:
        """Send, keeping the lease for as long as the channel takes."""
        with ThreadPoolExecutor(1) as thread:
            sending = self.channels[channel].send
            answers = thread.submit(sending, [one.push for one in claimed])
            while True:
                try:
                    return answers.result(self.renew_every.total_seconds())
                except TimeoutError:
                    with acting(self.sessions, MACHINE, self.clock()) as act:
                        renew(act, claimed, lease=self.lease)


def pace(pushes: int, seconds: float) -> int:
    """How many deliveries to claim next, so that a batch takes no longer than it should."""
    if seconds <= 0:
        return BATCH
    return max(1, min(BATCH, int(pushes / seconds * AIM)))


@demands(Permission.DELIVERY_SEND)
def claim(  # noqa: PLR0913  # each by its name
    act: Act,
    channel: DeliveryChannel,
    seal: Seal,
    *,
    terms: Terms,
    lease: timedelta = LEASE,
    batch: int = BATCH,
) -> Claim:
    """Take the most urgent deliveries that are due by a channel, as many as it takes now.

    Those that came too late expire, and those whose person has no device left end here. What the
    channel does not take is left as it is, for whoever looks next.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        FaultOpened, by way of `faults.bury`.
    """
    row = health.locked(act.session, channel)
    admission = health.admit(row, terms.quota, terms.breaker, act.now, lease)
    found = _due(act, channel, batch if admission.pushes else 0)
    phones = _phones(act.session, [delivery.id for delivery in found])
    resting = _resting(act, terms.quota, phones.values())
    claimed: list[Claimed] = []
    dead: list[Delivery] = []
    looked_at = 0
    for delivery in found:
        awake = [phone for phone in phones[delivery.id] if phone.id not in resting]
        if len(claimed) >= admission.pushes:
            break
        looked_at += 1
        if delivery.expires_at <= act.now:
            delivery.state = FLOW.after(delivery.state, "expire")
        elif not phones[delivery.id]:
            dead += _conclude(act, delivery, _verdicts(act, [delivery])[delivery.id], NO_DEVICE)
        elif not awake:
            delivery.next_at = act.now + MINUTE
        else:
            asked = awake[:1] if admission.probe else awake
            delivery.attempts += 1
            delivery.next_at = act.now + lease
            left_out = len(phones[delivery.id]) - len(asked)
            claimed += [
                Claimed(
                    delivery.id,
                    delivery.attempts,
                    phone.id,
                    _push(seal, delivery, phone, act),
                    left_out,
                )
                for phone in asked
            ]
    health.spend(row, len(claimed))
    if admission.probe and claimed:
        health.probe(row, act.now, lease)
    faults.bury(act, channel, dead)
    return Claim(looked_at, claimed, _again_at(act, channel, admission, claimed))


@demands(Permission.DELIVERY_SEND)
def renew(act: Act, claimed: Sequence[Claimed], *, lease: timedelta) -> None:
    """Keep claimed deliveries while the channel is still at work on them.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        Nothing.
    """
    for delivery_id, attempt in sorted({(one.delivery_id, one.attempt) for one in claimed}):
        act.session.execute(
            update(Delivery)
            .where(
                Delivery.id == delivery_id,
                Delivery.attempts == attempt,
                Delivery.state == DeliveryState.PENDING,
            )
            .values(next_at=act.now + lease)
            .execution_options(synchronize_session=False)
        )


@demands(Permission.DELIVERY_SEND)
def settle(
    act: Act,
    channel: DeliveryChannel,
    answers: Sequence[tuple[Claimed, Outcome]],
    *,
    terms: Terms,
) -> None:
    """Keep what each device's answer was, and bring each delivery to its next state.

    A dead token is deleted; a payload that was refused never costs a token. Where the set-up is
    wrong and nothing came through since, it is the channel's trouble and no delivery's: they
    wait. Where others came through, it is that token's own. No attempt is the last while the
    circuit is open. An answer that comes after the lease ran out is kept for its device, but
    decides nothing any more.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        DeviceFreed, by way of `devices.retire`; FaultOpened, by way of `faults.bury`.
    """
    if not answers:
        return
    in_order = sorted(answers, key=lambda pair: (pair[0].delivery_id, pair[0].device_id))
    _note(act, in_order)
    dead = (one for one, outcome in answers if outcome.verdict is Verdict.DEAD_TOKEN)
    for one in sorted(dead, key=lambda one: one.device_id):
        devices.retire(act, act.session.get_one(Device, one.device_id), token=one.push.token)
    row = health.note(
        act.session,
        channel,
        [outcome for _, outcome in in_order],
        breaker=terms.breaker,
        now=act.now,
    )
    said = defaultdict[int, list[tuple[Claimed, Outcome]]](list)
    for one, outcome in in_order:
        said[one.delivery_id].append((one, outcome))
    deliveries = _still_held(act, {one.delivery_id: one.attempt for one, _ in in_order})
    verdicts = _verdicts(act, deliveries)
    buried: list[Delivery] = []
    for delivery in deliveries:
        outcomes = [outcome for _, outcome in said[delivery.id]]
        later = [one for one in outcomes if _is_for_later(one, row.failures)]
        spent = delivery.attempts >= MOST_ATTEMPTS and row.state is CircuitState.CLOSED
        if later and not spent:
            delivery.error = later[0].code
            delivery.next_at = act.now + pause(delivery.urgency, delivery.attempts, later)
        elif said[delivery.id][0][0].left_out:
            delivery.next_at = act.now
        else:
            wrong = (one.code for one in outcomes if one.verdict is not Verdict.ACCEPTED)
            buried += _conclude(act, delivery, verdicts[delivery.id], next(wrong, None))
    faults.bury(act, channel, buried)


@demands(Permission.DELIVERY_SEND)
def lapse(act: Act, batch: int) -> int:
    """Let expire what waits for a channel beyond its time, whether or not anybody carries it.

    What is on its way is left to its sender; what is held, to its release.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        Nothing: the delivery itself keeps what became of it.
    """
    over = (
        select(Delivery.id)
        .where(
            Delivery.channel != DeliveryChannel.INBOX,
            Delivery.state == DeliveryState.PENDING,
            Delivery.held.is_(None),
            Delivery.expires_at <= act.now,
            Delivery.next_at <= act.now,
        )
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    found = act.session.scalars(over).all()
    act.session.execute(
        update(Delivery)
        .where(Delivery.id.in_(found))
        .values(state=FLOW.steps["expire"][1])
        .execution_options(synchronize_session=False)
    )
    return len(found)


def pause(urgency: Urgency, attempts: int, answers: Sequence[Outcome]) -> timedelta:
    """How long to wait before the next attempt: twice as long each time, with jitter.

    Never shorter than 10 seconds (FCM's own minimum) nor than any Retry-After that was asked
    for; never longer than a minute for an alarm, 2 minutes for what is urgent, 30 minutes for a
    task, 2 hours else, unless asked.
    """
    longest = min(SHORTEST_PAUSE * (1 << min(attempts, 20)), LONGEST_PAUSE[urgency])
    chosen = SHORTEST_PAUSE + (longest - SHORTEST_PAUSE) * random.random()  # noqa: S311  # jitter
    return max([chosen, *(one.retry_after for one in answers if one.retry_after)])


def _due(act: Act, channel: DeliveryChannel, batch: int) -> list[Delivery]:
    """What is due, the loudest first; each class is read from the index by itself.

    What is held waits until it is released (`notifications/digests.py`).
    """
    found: list[Delivery] = []
    for urgency in LOUDEST_FIRST:
        if len(found) >= batch:
            break
        due = (
            select(Delivery)
            .where(
                Delivery.channel == channel,
                Delivery.state == DeliveryState.PENDING,
                Delivery.urgency == urgency,
                Delivery.held.is_(None),
                Delivery.next_at <= act.now,
            )
            .order_by(Delivery.next_at, Delivery.id)
            .limit(batch - len(found))
            .with_for_update(skip_locked=True)
        )
        found += act.session.scalars(due, execution_options={"populate_existing": True})
    return found


def _again_at(
    act: Act, channel: DeliveryChannel, admission: Admission, claimed: Sequence[Claimed]
) -> datetime | None:
    """When the channel takes more, if anything waits for it."""
    if claimed or admission.pushes or admission.again_at is None:
        return None
    waits = exists().where(
        Delivery.channel == channel,
        Delivery.state == DeliveryState.PENDING,
        Delivery.held.is_(None),
        Delivery.next_at <= act.now,
    )
    return admission.again_at if act.session.scalar(select(waits)) else None


def _resting(act: Act, quota: Quota, phones: Iterable[Collection[Device]]) -> frozenset[int]:
    """The devices that have had all that the vendor takes for one device in a minute."""
    if quota.device_per_minute is None:
        return frozenset()
    ids = {phone.id for some in phones for phone in some}
    had = health.answered_since(act.session, ids, act.now - MINUTE)
    return frozenset(one for one, pushes in had.items() if pushes >= quota.device_per_minute)


def _phones(session: Session, delivery_ids: Sequence[int]) -> dict[int, list[Device]]:
    """The live devices of each delivery that have given no final answer to it yet."""
    answered = exists().where(
        DevicePush.delivery_id == Delivery.id,
        DevicePush.device_id == Device.id,
        DevicePush.verdict.in_(sorted(FINAL)),
    )
    phones = defaultdict[int, list[Device]](list)
    if not delivery_ids:
        return phones
    rows = session.execute(
        devices.live()
        .join(Delivery, Delivery.person_id == Device.person_id)
        .where(
            Delivery.id.in_(delivery_ids),
            cast(Device.service, Text) == cast(Delivery.channel, Text),
            ~answered,
        )
        .order_by(Delivery.id, Device.id)
        .add_columns(Delivery.id)
    )
    for device, delivery_id in rows:
        phones[delivery_id].append(device)
    return phones


def _push(seal: Seal, delivery: Delivery, device: Device, act: Act) -> Push:
    return Push(
        token=device.token or "",
        platform=device.platform,
        payload=seal.payload(delivery.item, delivery.urgency, delivery.expires_at),
        urgency=delivery.urgency,
        lives_for=delivery.expires_at - act.now,
        keys=device.keys,
    )


def _is_for_later(outcome: Outcome, failures: int) -> bool:
    """Is it the channel's trouble, so that the delivery waits until the channel is well again?"""
    wrong_for_all = outcome.verdict is Verdict.BAD_SETUP and failures > 0
    return outcome.verdict is Verdict.RETRY or wrong_for_all


def _note(act: Act, answers: Sequence[tuple[Claimed, Outcome]]) -> None:
    """Keep each device's answer; a final one is never overwritten."""
    noting = insert(DevicePush)
    kept = ("verdict", "code", "message_id", "answered_at")
    rows = [
        {
            "delivery_id": one.delivery_id,
            "device_id": one.device_id,
            "verdict": outcome.verdict,
            "code": outcome.code,
            "message_id": outcome.message_id,
            "answered_at": act.now,
        }
        for one, outcome in answers
    ]
    act.session.execute(
        noting.on_conflict_do_update(
            index_elements=["delivery_id", "device_id"],
            set_={name: noting.excluded[name] for name in kept},
            where=and_(*(DevicePush.verdict != verdict for verdict in sorted(FINAL))),
        ),
        rows,
    )


def _still_held(act: Act, attempts: Mapping[int, int]) -> list[Delivery]:
    """Those of these deliveries whose lease is still the one under which they were sent."""
    held = (
        select(Delivery)
        .where(Delivery.id.in_(attempts), Delivery.state == DeliveryState.PENDING)
        .order_by(Delivery.id)
        .with_for_update()
    )
    found = act.session.scalars(held, execution_options={"populate_existing": True})
    return [delivery for delivery in found if delivery.attempts == attempts[delivery.id]]


def _verdicts(act: Act, deliveries: Sequence[Delivery]) -> dict[int, set[Verdict]]:
    """All that the devices of each delivery have answered to it."""
    rows = select(DevicePush.delivery_id, DevicePush.verdict).where(
        DevicePush.delivery_id.in_([delivery.id for delivery in deliveries])
    )
    found = defaultdict[int, set[Verdict]](set)
    for delivery_id, verdict in act.session.execute(rows):
        found[delivery_id].add(verdict)
    return found


def _conclude(
    act: Act, delivery: Delivery, verdicts: Collection[Verdict], error: str | None
) -> list[Delivery]:
    """End a delivery by what all its devices answered; the dead letter that it is, if it is one.

    One device that accepted is enough; where only dead tokens answered there was no device.
    """
    if Verdict.ACCEPTED in verdicts:
        delivery.state = FLOW.after(delivery.state, "send")
        delivery.sent_at, delivery.error = act.now, None
        return []
    delivery.error = error
    unreachable = error == NO_DEVICE and Verdict.BAD_PAYLOAD not in verdicts
    if unreachable or not {*verdicts} - {Verdict.DEAD_TOKEN}:
        delivery.state = FLOW.after(delivery.state, "fail")
        return []
    delivery.state = FLOW.after(delivery.state, "give_up")
    return [delivery]
