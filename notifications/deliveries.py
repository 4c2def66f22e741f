"""Deliveries: one event for one person by one channel, at most once; and the inbox made of them.

A delivery holds no words: they are rendered when it is read, from the record as it stands.
The inbox is the truth; a push only says that there is something in it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Select,
    UniqueConstraint,
    column,
    func,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from notifications.channels import Verdict
from notifications.messages import LOADING, Message, Notice, Urgency
from services.kernel.act import Act, Actor, JournalEntry, Record
from services.kernel.flow import Flow
from services.kernel.refusals import NotFound
from services.policy import Permission, demands

log = structlog.get_logger()


class DeliveryChannel(StrEnum):
    """By which way a person hears of an event."""

    INBOX = "inbox"
    FCM = "fcm"
    WEB_PUSH = "web_push"
    HMS = "hms"
    STREAM = "stream"


class DeliveryState(StrEnum):
    """Where a delivery stands; every one ends in a state with a name."""

    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    FAILED_PERMANENT = "failed_permanent"
    """Nothing is wrong with us; there is no device left that could be reached."""
    DEAD_LETTER = "dead_letter"


FLOW = Flow(
    {
        "send": ({DeliveryState.PENDING}, DeliveryState.SENT),
        "arrive": ({DeliveryState.PENDING, DeliveryState.SENT}, DeliveryState.DELIVERED),
        "read": ({DeliveryState.SENT, DeliveryState.DELIVERED}, DeliveryState.READ),
        "supersede": ({DeliveryState.PENDING}, DeliveryState.SUPERSEDED),
        "replace": ({DeliveryState.DELIVERED}, DeliveryState.SUPERSEDED),
        "expire": ({DeliveryState.PENDING}, DeliveryState.EXPIRED),
        "fail": ({DeliveryState.PENDING}, DeliveryState.FAILED_PERMANENT),
        "give_up": ({DeliveryState.PENDING}, DeliveryState.DEAD_LETTER),
    }
)


class Hold(StrEnum):
    """Why a push waits although its channel is free."""

    QUIET_HOURS = "quiet_hours"
    DIGEST = "digest"
    CAP = "cap"


class Delivery(Record):
    """One event for one person by one channel.

    All channels of one person's event share the `item`: the random id by which a push and the
    inbox speak of it. Claiming a delivery moves `next_at` a lease ahead, so a sender that dies
    leaves it due again, and `attempts` tells a late answer from the current one.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("entry_id", "person_id", "channel", name="deliveries_told_once"),
        UniqueConstraint("item", "channel", name="deliveries_one_item"),
        Index("deliveries_inbox", "person_id", "channel", "id"),
        Index(
            "deliveries_changes",
            "person_id",
            "version",
            postgresql_where=literal_column("channel = 'inbox'"),
        ),
        Index(
            "deliveries_replaceable",
            "person_id",
            "topic",
            postgresql_where=literal_column(
                "topic IS NOT NULL AND state IN ('pending', 'delivered')"
            ),
        ),
        Index(
            "deliveries_unread",
            "person_id",
            postgresql_where=literal_column("channel = 'inbox' AND state = 'delivered'"),
        ),
        Index(
            "deliveries_due",
            "channel",
            "next_at",
            postgresql_where=literal_column("state = 'pending'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    item: Mapped[UUID] = mapped_column(default=uuid4)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    channel: Mapped[DeliveryChannel]
    urgency: Mapped[Urgency]
    state: Mapped[DeliveryState]
    dispatched_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    next_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str | None]
    read_at: Mapped[datetime | None]
    held: Mapped[Hold | None]
    sent_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    template: Mapped[int] = mapped_column(default=1, server_default="1")
    """The version of the words with which it was told."""
    topic: Mapped[str | None]
    version: Mapped[int | None] = mapped_column(BigInteger)
    """Of the inbox, when this line last changed; a push has none."""

    entry: Mapped[JournalEntry] = relationship()


class Inbox(Record):
    """How often somebody's inbox has changed: an unchanged one is told by one indexed read.

    The row is locked by whoever changes the inbox, before any of its lines, and by whoever
    changes several in the order of the people; so versions become visible in their order, and a
    phone that asks for what changed after a version misses nothing.
    """

    __tablename__ = "inboxes"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


class DevicePush(Record):
    """What became of one delivery on one device, so that no retry wakes it twice."""

    __tablename__ = "device_pushes"

    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), primary_key=True)
    verdict: Mapped[Verdict]
    code: Mapped[str]
    message_id: Mapped[str | None]
    answered_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an inbox, in words."""

    id: UUID
    kind: str
    title: str
    body: str
    link: str
    urgency: Urgency
    at: datetime
    read_at: datetime | None


UNTOLD = Message(title="消息内容已不可用", body="该事项已变更或不再提供。", link="/inbox")
"""Shown where an event can no longer be put into words, or no longer for this reader."""


def visible(act: Act) -> Select[Delivery]:
    """The actor's own inbox."""
    return (
        select(Delivery)
        .where(Delivery.person_id == act.actor.id, Delivery.channel == DeliveryChannel.INBOX)
        .options(joinedload(Delivery.entry))
    )


def find(act: Act, item: UUID) -> Delivery:
    """The inbox's line, if it is the actor's own; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Delivery.item == item))
    if found is None:
        raise NotFound
    return found


def unread(act: Act) -> int:
    """How many lines of the actor's inbox are unread."""
    mine = select(func.count()).where(
        Delivery.person_id == act.actor.id,
        Delivery.channel == DeliveryChannel.INBOX,
        Delivery.state == DeliveryState.DELIVERED,
    )
    return act.session.scalar(mine) or 0


@demands(Permission.DELIVERY_READ)
def read(act: Act, delivery: Delivery) -> Delivery:
    """Mark a line of the inbox as read, on every device: a push not yet sent is not sent.

    Refuses:
        NotAllowed: somebody else's inbox.

    Records:
        Nothing: reading changes no case; the line itself keeps when it was read.
    """
    if delivery.read_at is not None:
        return delivery
    version = advance(act.session, {delivery.person_id: 1})[delivery.person_id]
    act.session.refresh(delivery, with_for_update={"of": Delivery})
    if delivery.read_at is not None:
        return delivery
    if delivery.state is not DeliveryState.SUPERSEDED:
        delivery.state = FLOW.after(delivery.state, "read")
    delivery.read_at, delivery.version = act.now, version
    for step in ("supersede", "read"):
        sources, target = FLOW.steps[step]
        act.session.execute(
            _others(delivery).where(Delivery.state.in_(sources)).values(state=target)
        )
    return delivery


@demands(Permission.DELIVERY_READ)
def arrive(act: Act, delivery: Delivery) -> Delivery:
    """Note that a push about this line reached a device of the actor's.

    Refuses:
        NotAllowed: somebody else's inbox.

    Records:
        Nothing: it says something of a phone, not of a case.
    """
    sources, target = FLOW.steps["arrive"]
    act.session.execute(
        _others(delivery)
        .where(Delivery.state.in_(sources))
        .values(state=target, arrived_at=act.now)
    )
    return delivery


def advance(session: Session, changes: Mapping[int, int]) -> dict[int, int]:
    """Lock these people's inboxes and count so many changes in each; the new version of each."""
    people = sorted(changes)
    counts = [changes[person_id] for person_id in people]
    wanted = (
        func.unnest(literal(people, ARRAY(Integer)), literal(counts, ARRAY(Integer)))
        .table_valued(column("person_id", Integer), column("changes", Integer))
        .render_derived("wanted")
    )
    counted = insert(Inbox).from_select(
        ["person_id", "version"],
        select(wanted.c.person_id, wanted.c.changes).order_by(wanted.c.person_id),
    )
    rows = session.execute(
        counted.on_conflict_do_update(
            index_elements=["person_id"], set_={"version": Inbox.version + counted.excluded.version}
        ).returning(Inbox.person_id, Inbox.version),
        execution_options={"synchronize_session": False},
    )
    return dict(rows.all())


def version_of(act: Act) -> int:
    """The version of the actor's inbox; 0 before anything was told."""
    asked = select(Inbox.version).where(Inbox.person_id == act.actor.id)
    return act.session.scalar(asked) or 0


def items(act: Act, deliveries: Sequence[Delivery], notices: Mapping[str, Notice]) -> list[Item]:
    """Put the actor's deliveries into words, reading each kind of record once.

    The words are for whoever would be told of it today: an inbox opens no case to somebody who
    has left its post or handed the case on.
    """
    wanted = defaultdict[type[Any], set[int]](set)
    for delivery in deliveries:
        if notice := notices.get(delivery.entry.kind):
            wanted[notice.about].add(delivery.entry.about_id)
    found = {
        (about, record.id): record
        for about, ids in wanted.items()
        for record in act.session.scalars(
            select(about).where(about.id.in_(ids)).options(*LOADING.get(about, ()))
        ).unique()
    }
    lines: list[Item] = []
    for delivery in deliveries:
        entry, notice = delivery.entry, notices.get(delivery.entry.kind)
        about = notice and found.get((notice.about, entry.about_id))
        message = _words(act.actor, notice, entry, about) if notice and about else UNTOLD
        lines.append(
            Item(
                id=delivery.item,
                kind=entry.kind,
                title=message.title,
                body=message.body,
                link=message.link,
                urgency=delivery.urgency,
                at=entry.happened_at,
                read_at=delivery.read_at,
            )
        )
    return lines


def _words(actor: Actor, notice: Notice, entry: JournalEntry, about: Any) -> Message:
    """The message; a writer's mistake costs one line's words, never the whole inbox."""
    try:
        return notice.write(entry.event, about) if notice.to.includes(actor, about) else UNTOLD
    except Exception as error:  # noqa: BLE001  # the writer's own mistake, whatever it is
        log.error(  # noqa: TRY400  # a traceback would carry the record's own words
            "message_unwritten", kind=entry.kind, entry=entry.id, error=type(error).__name__
        )
        return UNTOLD


def _others(delivery: Delivery) -> Any:
    """The same person's other channels for the same event."""
    return (
        update(Delivery)
        .where(
            Delivery.entry_id == delivery.entry_id,
            Delivery.person_id == delivery.person_id,
            Delivery.channel != DeliveryChannel.INBOX,
        )
        .execution_options(synchronize_session=False)
    )
