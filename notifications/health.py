"""Health: how each channel does, what it takes, and by which other way urgent news goes meanwhile.

A circuit per channel (closed, open, half-open): after so many failures in a row without one
answer nothing is sent; then one sender tries one push at a time, and the first answer closes the
circuit again. One row per channel, locked while a sender claims, so several machines keep one
circuit, one quota and one pause between them. What a channel does not take now stays pending in
the database; it is never held in memory.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import floor

from sqlalchemy import (
    CheckConstraint,
    Float,
    ForeignKey,
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from notifications.channels import Outcome, Verdict
from notifications.deliveries import Delivery, DeliveryChannel, DeliveryState, DevicePush
from notifications.messages import Urgency
from services import devices
from services.devices import Device
from services.kernel.act import Act, Event, Record
from services.kernel.clock import machine_now
from services.kernel.refusals import Conflict, NotFound
from services.policy import Permission, allows, demands

ANSWERS = frozenset({Verdict.ACCEPTED, Verdict.DEAD_TOKEN, Verdict.BAD_PAYLOAD})
"""Verdicts that only a channel at work can give, whatever they mean for the push."""
SWITCH_AFTER = timedelta(minutes=1)
SWITCHED = (Urgency.ALARM, Urgency.URGENT)
SWITCH_BATCH = 500
SEVERAL = 2
"""So many devices that are all told to wait are the whole project's quota, and not one device's."""


class CircuitState(StrEnum):
    """Does anything go out by a channel?"""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    """One push is on its way, to see."""


class ChannelHealth(Record):
    """How one channel does; the whole installation's, on however many machines."""

    __tablename__ = "channel_health"
    __table_args__ = (
        CheckConstraint(
            "(state = 'closed') = (opened_until IS NULL)", name="channel_health_open_until"
        ),
        CheckConstraint(
            "(paused_at IS NULL) = (pause_reason IS NULL)",
            name="channel_health_paused_for_a_reason",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[DeliveryChannel] = mapped_column(unique=True)
    state: Mapped[CircuitState] = mapped_column(default=CircuitState.CLOSED)
    failures: Mapped[int] = mapped_column(default=0)
    """In a row, without one answer."""
    openings: Mapped[int] = mapped_column(default=0)
    """In a row: each waits longer than the one before."""
    error: Mapped[str | None]
    """The channel's own code for why it does not work."""
    opened_until: Mapped[datetime | None]
    tokens: Mapped[float | None] = mapped_column(Float)
    """Of the bucket: so many pushes may go out at once; none before anything was ever sent."""
    filled_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    """The channel asked everybody to wait until then."""
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """None where the console did it."""
    pause_reason: Mapped[str | None]
    last_success_at: Mapped[datetime | None]
    last_failure_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    """Of what people decide (the pause); senders leave it as it is."""


class ChannelTally(Record):
    """How many pushes of an hour a channel answered with one code."""

    __tablename__ = "channel_tallies"

    channel: Mapped[DeliveryChannel] = mapped_column(primary_key=True)
    verdict: Mapped[Verdict] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    pushes: Mapped[int]


@dataclass(frozen=True, slots=True)
class ChannelPaused(Event):
    """Nothing goes out by a channel until somebody lets it."""

    channel: str


@dataclass(frozen=True, slots=True)
class ChannelResumed(Event):
    """Somebody let a channel go on."""

    channel: str


class ChannelIsPaused(Conflict):
    """The channel is paused already."""

    zh = "该推送通道已暂停。"


class ChannelNotPaused(Conflict):
    """The channel is not paused."""

    zh = "该推送通道未暂停。"


@dataclass(frozen=True, slots=True)
class Quota:
    """What a vendor takes; nothing is said of what has no limit."""

    per_second: float | None = None
    burst: int = 1000
    device_per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Breaker:
    """When a circuit opens, and for how long."""

    failures: int = 10
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(minutes=10)

    def rest(self, openings: int) -> timedelta:
        """How long to wait after so many openings in a row."""
        return min(self.first * (1 << min(max(openings - 1, 0), 16)), self.longest)


@dataclass(frozen=True, slots=True)
class Admission:
    """How many pushes a channel takes now, and when it is worth asking again."""

    pushes: int
    again_at: datetime | None = None
    probe: bool = False


WHOLE = Admission(2**31)


def visible(act: Act) -> Select[ChannelHealth]:
    """The channels, for whoever administers an office here; for everybody else there are none."""
    chosen = select(ChannelHealth)
    if allows(act.actor, Permission.CHANNEL_READ, None):
        return chosen
    return chosen.where(literal(value=False))


def find(act: Act, channel_id: int) -> ChannelHealth:
    """The channel, if the actor sees how channels do; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(ChannelHealth.id == channel_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.CHANNEL_PAUSE)
def pause(act: Act, health: ChannelHealth, *, reason: str) -> ChannelHealth:
    """Let nothing go out by a channel; what is for it waits, and urgent news goes another way.

    Refuses:
        NotAllowed: only an administrator, or the console.
        ChannelIsPaused: it is paused already.

    Records:
        ChannelPaused.
    """
    act.session.refresh(health, with_for_update=True)
    if health.paused_at is not None:
        raise ChannelIsPaused
    health.paused_at, health.pause_reason = machine_now(), reason
    health.paused_by = act.actor.id or None
    health.version += 1
    act.record(ChannelPaused(health.id, health.channel.value))
    return health


@demands(Permission.CHANNEL_PAUSE)
def resume(act: Act, health: ChannelHealth) -> ChannelHealth:
    """Let a channel go on; its circuit is tried at once.

    Refuses:
        NotAllowed: only an administrator, or the console.
        ChannelNotPaused: nobody has paused it.

    Records:
        ChannelResumed.
    """
    act.session.refresh(health, with_for_update=True)
    if health.paused_at is None:
        raise ChannelNotPaused
    health.paused_at = health.paused_by = health.pause_reason = None
    health.not_before = None
    if health.state is not CircuitState.CLOSED:
        health.state, health.opened_until = CircuitState.OPEN, machine_now()
    health.version += 1
    act.record(ChannelResumed(health.id, health.channel.value))
    return health


@demands(Permission.DELIVERY_SEND)
def enlist(act: Act, channels: Collection[DeliveryChannel]) -> None:
    """Let each channel that a worker has be known; those that are known stay as they are.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        Nothing.
    """
    _enlist(act.session, channels)


def locked(session: Session, channel: DeliveryChannel) -> ChannelHealth:
    """The channel's row, held until the act is over; it is made where there is none."""
    wanted = (
        select(ChannelHealth)
        .where(ChannelHealth.channel == channel)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = session.scalar(wanted)
    if found is None:
        _enlist(session, [channel])
        found = session.scalars(wanted).one()
    return found


def admit(
    health: ChannelHealth, quota: Quota, breaker: Breaker, now: datetime, lease: timedelta
) -> Admission:
    """How many pushes may go out now; a locked row is asked, so no two senders are told the same.

    An open circuit whose time is over lets one push through, and nothing more until it is
    answered or its sender's lease has run out.
    """
    if health.paused_at is not None:
        return Admission(0)
    if health.not_before is not None and health.not_before > now:
        return Admission(0, health.not_before)
    if health.state is not CircuitState.CLOSED:
        if health.opened_until is not None and health.opened_until > now:
            return Admission(0, health.opened_until)
        return Admission(1, now + max(lease, breaker.first), probe=True)
    return _from_the_bucket(health, quota, now)


def probe(health: ChannelHealth, now: datetime, lease: timedelta) -> None:
    """One push is on its way through an open circuit; nobody else tries until its lease is over."""
    health.state, health.opened_until = CircuitState.HALF_OPEN, now + lease


def spend(health: ChannelHealth, pushes: int) -> None:
    """So many pushes were claimed; the last delivery's devices may leave the bucket in debt."""
    if health.tokens is not None:
        health.tokens -= pushes


def note(
    session: Session,
    channel: DeliveryChannel,
    outcomes: Sequence[Outcome],
    *,
    breaker: Breaker,
    now: datetime,
) -> ChannelHealth:
    """Draw from the answers of one sending what they say about the channel itself.

    One answer of a channel at work closes its circuit. Where every one of several devices was
    told to wait, the whole channel waits.
    """
    health = locked(session, channel)
    if not outcomes:
        return health
    tally(session, channel, outcomes, now)
    if any(one.verdict in ANSWERS for one in outcomes):
        health.state, health.opened_until = CircuitState.CLOSED, None
        health.failures = health.openings = 0
        health.error = health.not_before = None
        health.last_success_at = now
        return health
    health.failures += len(outcomes)
    health.error, health.last_failure_at = outcomes[-1].code, now
    asked = max((one.retry_after for one in outcomes if one.retry_after), default=timedelta())
    if asked and len(outcomes) >= SEVERAL:
        health.not_before = max(now + asked, health.not_before or now)
    if health.state is not CircuitState.CLOSED or health.failures >= breaker.failures:
        health.openings += 1
        health.state = CircuitState.OPEN
        health.opened_until = now + max(breaker.rest(health.openings), asked)
    return health


def tally(
    session: Session, channel: DeliveryChannel, outcomes: Sequence[Outcome], now: datetime
) -> None:
    """Count the answers of this hour by verdict and code."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    counted = Counter((one.verdict, one.code) for one in outcomes)
    rows = [
        {"channel": channel, "verdict": verdict, "code": code, "hour": hour, "pushes": pushes}
        for (verdict, code), pushes in sorted(counted.items())
    ]
    counting = insert(ChannelTally)
    session.execute(
        counting.on_conflict_do_update(
            index_elements=["channel", "verdict", "code", "hour"],
            set_={"pushes": ChannelTally.pushes + counting.excluded.pushes},
        ),
        rows,
    )


def is_suspended(health: ChannelHealth, now: datetime) -> bool:
    """Does nothing but a probe go out by that channel for now?"""
    waits = health.not_before is not None and health.not_before > now
    return health.paused_at is not None or health.state is not CircuitState.CLOSED or waits


@demands(Permission.DELIVERY_SEND)
def switch(act: Act, channels: Collection[DeliveryChannel], *, batch: int = SWITCH_BATCH) -> int:
    """Let urgent news that waits on a suspended channel go by a person's other channels as well.

    Only what has waited for a minute, only by channels that work, and each once: the database
    refuses a second delivery of an event to a person by a channel. The one that waits goes on
    waiting; when its circuit closes it goes out, and the phone knows both by one id. Says how
    many were written.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        Nothing: a delivery is itself the record.
    """
    known = act.session.scalars(select(ChannelHealth).order_by(ChannelHealth.channel)).all()
    away = {one.channel for one in known if is_suspended(one, act.now)}
    working = {*channels} - away
    if not away or not working:
        return 0
    waiting, other = aliased(Delivery), aliased(Delivery)
    device = devices.live().with_only_columns(Device.person_id, Device.service).distinct()
    ways = device.where(cast(Device.service, Text).in_(sorted(working))).subquery("ways")
    chosen = (
        select(
            waiting.item,
            waiting.entry_id,
            waiting.person_id,
            cast(ways.c.service, Text),
            waiting.urgency,
            literal(DeliveryState.PENDING.value),
            literal(act.now),
            waiting.expires_at,
            literal(act.now),
            literal(0),
            waiting.template,
            waiting.topic,
            null(),
        )
        .join(ways, ways.c.person_id == waiting.person_id)
        .where(
            waiting.channel.in_(sorted(away)),
            waiting.state == DeliveryState.PENDING,
            waiting.urgency.in_(SWITCHED),
            waiting.dispatched_at <= act.now - SWITCH_AFTER,
            waiting.expires_at > act.now,
            waiting.held.is_(None),
            ~exists().where(
                and_(
                    other.entry_id == waiting.entry_id,
                    other.person_id == waiting.person_id,
                    cast(other.channel, Text) == cast(ways.c.service, Text),
                )
            ),
        )
        .order_by(waiting.dispatched_at, waiting.id)
        .limit(batch)
    )
    written = act.session.execute(
        insert(Delivery)
        .from_select(
            [
                "item",
                "entry_id",
                "person_id",
                "channel",
                "urgency",
                "state",
                "dispatched_at",
                "expires_at",
                "next_at",
                "attempts",
                "template",
                "topic",
                "held",
            ],
            chosen,
        )
        .on_conflict_do_nothing(constraint="deliveries_told_once")
        .returning(Delivery.id),
        execution_options={"synchronize_session": False},
    )
    return len(written.all())


def _enlist(session: Session, channels: Collection[DeliveryChannel]) -> None:
    rows = [
        {
            "channel": channel,
            "state": CircuitState.CLOSED,
            "failures": 0,
            "openings": 0,
            "version": 1,
        }
        for channel in sorted(channels)
    ]
    if rows:
        session.execute(insert(ChannelHealth).on_conflict_do_nothing(), rows)


def _from_the_bucket(health: ChannelHealth, quota: Quota, now: datetime) -> Admission:
    """A token bucket: `burst` at once, `per_second` in the long run."""
    if quota.per_second is None:
        return WHOLE
    before = health.tokens if health.tokens is not None else float(quota.burst)
    passed = (now - (health.filled_at or now)).total_seconds()
    tokens = min(before + max(passed, 0.0) * quota.per_second, float(quota.burst))
    health.tokens, health.filled_at = tokens, max(now, health.filled_at or now)
    if tokens >= 1:
        return Admission(floor(tokens), now + timedelta(seconds=1 / quota.per_second))
    return Admission(0, now + timedelta(seconds=(1 - tokens) / quota.per_second))


def answered_since(session: Session, device_ids: Collection[int], since: datetime) -> Counter[int]:
    """How many pushes each of these devices was given since then."""
    rows = session.execute(
        select(DevicePush.device_id, func.count())
        .where(DevicePush.device_id.in_(device_ids), DevicePush.answered_at > since)
        .group_by(DevicePush.device_id)
    )
    return Counter(dict(rows.all()))
