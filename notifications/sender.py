"""The sender: carries pushes to devices, again and again until each ends in a state with a name.

Three steps, each crash-safe: *claim* what is due (one transaction, `SKIP LOCKED`, a lease),
*send* with no transaction open, *settle* what was answered (one transaction). A sender that dies
between the steps leaves its deliveries due again when the lease runs out. What a device has
already accepted is on record and is not sent to it again; only a death between FCM's answer and
its record can repeat a push, and the phone knows a repeated one by its id.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from notifications.channels import Channel, Outcome, Push, Verdict
from notifications.deliveries import FLOW, Delivery, DeliveryChannel, DeliveryState, DevicePush
from notifications.messages import Urgency
from notifications.payloads import Seal
from services import devices
from services.devices import Device
from services.kernel.act import Act, acting
from services.kernel.clock import machine_now
from services.policy import MACHINE, Permission, demands

BATCH = 50
LEASE = timedelta(seconds=90)
RENEW_EVERY = timedelta(seconds=30)
MOST_ATTEMPTS = 12
SHORTEST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = {
    Urgency.ALARM: timedelta(minutes=1),
    Urgency.URGENT: timedelta(minutes=2),
    Urgency.TASK: timedelta(minutes=30),
    Urgency.INFO: timedelta(hours=2),
}
NO_DEVICE = "NO_DEVICE"
_LOUDEST_FIRST = case(
    (Delivery.urgency == Urgency.ALARM, 0), (Delivery.urgency == Urgency.URGENT, 1), else_=2
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """One push of a claimed delivery, for one device."""

    delivery_id: int
    attempt: int
    device_id: int
    push: Push


@dataclass(frozen=True, slots=True)
class Sender:
    """What a sender needs; nothing of it is global, so a test runs several side by side."""

    sessions: sessionmaker[Session]
    channel: Channel
    seal: Seal
    clock: Callable[[], datetime] = machine_now
    lease: timedelta = LEASE
    renew_every: timedelta = RENEW_EVERY

    def run(self) -> int:
        """Send everything that is due; say how many pushes were answered."""
        answered = 0
        while True:
            with acting(self.sessions, MACHINE, self.clock()) as act:
                looked_at, claimed = claim(act, self.seal, lease=self.lease)
            if not looked_at:
                return answered
            if claimed:
                outcomes = self._send(claimed)
                with acting(self.sessions, MACHINE, self.clock()) as act:
                    settle(act, list(zip(claimed, outcomes, strict=True)))
                answered += len(outcomes)

    def _send(self, claimed: Sequence[Claimed]) -> list[Outcome]:
        """Send, keeping the lease for as long as the channel takes."""
        with ThreadPoolExecutor(1) as thread:
            answers = thread.submit(self.channel.send, [one.push for one in claimed])
            while True:
                try:
                    return answers.result(self.renew_every.total_seconds())
                except TimeoutError:
                    with acting(self.sessions, MACHINE, self.clock()) as act:
                        renew(act, claimed, lease=self.lease)


@demands(Permission.DELIVERY_SEND)
def claim(
    act: Act, seal: Seal, *, lease: timedelta = LEASE, batch: int = BATCH
) -> tuple[int, list[Claimed]]:
    """Take the most urgent deliveries that are due; say how many were looked at.

    Those that came too late expire, and those whose person has no phone left end here.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        Nothing: the delivery itself keeps its attempts.
    """
    due = (
        select(Delivery)
        .where(
            Delivery.channel == DeliveryChannel.FCM,
            Delivery.state == DeliveryState.PENDING,
            Delivery.next_at <= act.now,
        )
        .order_by(_LOUDEST_FIRST, Delivery.next_at, Delivery.id)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    found = act.session.scalars(due).all()
    phones = _phones(act.session, [delivery.id for delivery in found])
    claimed: list[Claimed] = []
    for delivery in found:
        if delivery.expires_at <= act.now:
            delivery.state = FLOW.after(delivery.state, "expire")
        elif not phones[delivery.id]:
            _conclude(act.session, delivery, NO_DEVICE)
        else:
            delivery.attempts += 1
            delivery.next_at = act.now + lease
            claimed += [
                Claimed(delivery.id, delivery.attempts, phone.id, _push(seal, delivery, phone, act))
                for phone in phones[delivery.id]
            ]
    return len(found), claimed


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
def settle(act: Act, answers: Sequence[tuple[Claimed, Outcome]]) -> None:
    """Keep what each device's answer was, and bring each delivery to its next state.

    A dead token is deleted; a payload that was refused never costs a token. An answer that
    comes after the lease ran out is kept for its device, but decides nothing any more.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        DeviceFreed, by way of `devices.retire`.
    """
    outcomes = defaultdict[tuple[int, int], list[Outcome]](list)
    for one, outcome in sorted(answers, key=lambda pair: (pair[0].delivery_id, pair[0].device_id)):
        outcomes[one.delivery_id, one.attempt].append(outcome)
        _note(act, one, outcome)
    dead = (one for one, outcome in answers if outcome.verdict is Verdict.DEAD_TOKEN)
    for one in sorted(dead, key=lambda one: one.device_id):
        devices.retire(act, act.session.get_one(Device, one.device_id), token=one.push.token)
    for (delivery_id, attempt), said in outcomes.items():
        delivery = act.session.scalar(
            select(Delivery)
            .where(
                Delivery.id == delivery_id,
                Delivery.attempts == attempt,
                Delivery.state == DeliveryState.PENDING,
            )
            .with_for_update()
        )
        if delivery is None:
            continue
        later = [one for one in said if one.verdict is Verdict.RETRY]
        if later and delivery.attempts < MOST_ATTEMPTS:
            delivery.error = later[0].code
            delivery.next_at = act.now + pause(delivery.urgency, delivery.attempts, later)
        else:
            wrong = (one.code for one in said if one.verdict is not Verdict.ACCEPTED)
            _conclude(act.session, delivery, next(wrong, None))


def pause(urgency: Urgency, attempts: int, answers: Sequence[Outcome]) -> timedelta:
    """How long to wait before the next attempt: twice as long each time, with jitter.

    Never shorter than 10 seconds (FCM's own minimum) nor than any Retry-After that was asked
    for; never longer than a minute for an alarm, 2 minutes for what is urgent, 30 minutes for a
    task, 2 hours else, unless asked.
    """
    longest = min(SHORTEST_PAUSE * (1 << min(attempts, 20)), LONGEST_PAUSE[urgency])
    chosen = SHORTEST_PAUSE + (longest - SHORTEST_PAUSE) * random.random()  # noqa: S311  # jitter
    return max([chosen, *(one.retry_after for one in answers if one.retry_after)])


def _phones(session: Session, delivery_ids: Sequence[int]) -> dict[int, list[Device]]:
    """The live devices of each delivery that have given no final answer to it yet."""
    answered = exists().where(
        DevicePush.delivery_id == Delivery.id,
        DevicePush.device_id == Device.id,
        DevicePush.verdict != Verdict.RETRY,
    )
    rows = session.execute(
        devices.live()
        .join(Delivery, Delivery.person_id == Device.person_id)
        .where(Delivery.id.in_(delivery_ids), ~answered)
        .order_by(Delivery.id, Device.id)
        .add_columns(Delivery.id)
    )
    phones = defaultdict[int, list[Device]](list)
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
    )


def _note(act: Act, one: Claimed, outcome: Outcome) -> None:
    """Keep a device's answer; a final one is never overwritten."""
    said = {
        "verdict": outcome.verdict,
        "code": outcome.code,
        "message_id": outcome.message_id,
        "answered_at": act.now,
    }
    act.session.execute(
        insert(DevicePush)
        .values(delivery_id=one.delivery_id, device_id=one.device_id, **said)
        .on_conflict_do_update(
            index_elements=["delivery_id", "device_id"],
            set_=said,
            where=DevicePush.verdict == Verdict.RETRY,
        )
    )


def _conclude(session: Session, delivery: Delivery, error: str | None) -> None:
    """End a delivery by what all its devices answered: one that accepted is enough."""
    verdicts = set(
        session.scalars(select(DevicePush.verdict).where(DevicePush.delivery_id == delivery.id))
    )
    if Verdict.ACCEPTED in verdicts:
        step = "send"
    elif verdicts - {Verdict.DEAD_TOKEN}:
        step = "give_up"
    else:
        step = "fail"
    delivery.state = FLOW.after(delivery.state, step)
    delivery.error = None if step == "send" else error
