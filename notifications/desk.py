"""The desk of operations: how the pipeline stands, in numbers, codes and times; never a person.

Each figure is one indexed query, cheap enough to be asked for every few seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from notifications.channels import Verdict
from notifications.deliveries import Delivery, DeliveryChannel, DeliveryState
from notifications.faults import DeliveryFault, FaultState
from notifications.health import ChannelHealth, ChannelTally
from services.kernel.act import JournalEntry, Undispatched

DAY = timedelta(days=1)
PUSHED = tuple(channel for channel in DeliveryChannel if channel is not DeliveryChannel.INBOX)


@dataclass(frozen=True, slots=True)
class Outbox:
    """What has happened and has not been told yet."""

    waiting: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answered:
    """How many pushes a channel answered with one code."""

    channel: DeliveryChannel
    verdict: Verdict
    code: str
    pushes: int


@dataclass(frozen=True, slots=True)
class Stood:
    """How many deliveries of a channel stand in one state."""

    channel: DeliveryChannel
    state: DeliveryState
    deliveries: int


@dataclass(frozen=True, slots=True)
class Heaped:
    """How many heaps of a channel and code are open, and how many letters lie on them."""

    channel: DeliveryChannel
    code: str
    heaps: int
    letters: int


def channels(session: Session) -> Sequence[ChannelHealth]:
    """Every channel that was ever used."""
    return session.scalars(select(ChannelHealth).order_by(ChannelHealth.channel)).all()


def outbox(session: Session) -> Outbox:
    """How long the outbox is, and since when its oldest event waits, by the database's clock."""
    oldest = (
        select(JournalEntry.recorded_at)
        .join(Undispatched, Undispatched.entry_id == JournalEntry.id)
        .order_by(Undispatched.entry_id)
        .limit(1)
        .scalar_subquery()
    )
    waiting, since = session.execute(
        select(select(func.count()).select_from(Undispatched).scalar_subquery(), oldest)
    ).one()
    return Outbox(waiting, since)


def pending(session: Session) -> dict[DeliveryChannel, int]:
    """How many deliveries of each channel wait to be sent, held ones among them."""
    rows = session.execute(
        select(Delivery.channel, func.count())
        .where(Delivery.channel.in_(PUSHED), Delivery.state == DeliveryState.PENDING)
        .group_by(Delivery.channel)
    )
    return dict(rows.all())


def oldest(session: Session) -> dict[DeliveryChannel, datetime]:
    """Since when the oldest delivery of each channel waits that is not held for its person."""
    since = [
        select(func.min(Delivery.dispatched_at))
        .where(
            Delivery.channel == channel,
            Delivery.state == DeliveryState.PENDING,
            Delivery.held.is_(None),
        )
        .scalar_subquery()
        for channel in PUSHED
    ]
    found = session.execute(select(*since)).one()
    return {channel: at for channel, at in zip(PUSHED, found, strict=True) if at is not None}


def stood(session: Session, now: datetime) -> list[Stood]:
    """How the deliveries of the last day stand."""
    rows = session.execute(
        select(Delivery.channel, Delivery.state, func.count())
        .where(Delivery.dispatched_at > now - DAY, Delivery.channel.in_(PUSHED))
        .group_by(Delivery.channel, Delivery.state)
        .order_by(Delivery.channel, Delivery.state)
    )
    return [Stood(*row) for row in rows]


def answered(session: Session, since: datetime | None = None) -> list[Answered]:
    """What vendors answered, by code, since the hour of that moment or since ever."""
    rows = (
        select(
            ChannelTally.channel,
            ChannelTally.verdict,
            ChannelTally.code,
            func.sum(ChannelTally.pushes),
        )
        .group_by(ChannelTally.channel, ChannelTally.verdict, ChannelTally.code)
        .order_by(ChannelTally.channel, ChannelTally.verdict, ChannelTally.code)
    )
    if since is not None:
        rows = rows.where(ChannelTally.hour >= since.replace(minute=0, second=0, microsecond=0))
    return [Answered(*row) for row in session.execute(rows)]


def heaped(session: Session) -> list[Heaped]:
    """The open heaps of dead letters."""
    rows = session.execute(
        select(
            DeliveryFault.channel,
            DeliveryFault.code,
            func.count(),
            func.sum(DeliveryFault.letters),
        )
        .where(DeliveryFault.state == FaultState.OPEN)
        .group_by(DeliveryFault.channel, DeliveryFault.code)
        .order_by(DeliveryFault.channel, DeliveryFault.code)
    )
    return [Heaped(*row) for row in rows]
