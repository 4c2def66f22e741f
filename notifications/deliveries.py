"""Deliveries: one event for one person by one channel, at most once; and the inbox made of them.

A delivery holds no words: they are rendered when it is read, from the record as it stands.
The inbox is the truth; a push only says that there is something in it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
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
    Text,
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
from notifications.messages import LOADING, Message, Notice, Urgency, Words
from services.kernel.act import Act, Actor, JournalEntry, Record
from services.kernel.flow import Flow
from services.kernel.refusals import Gone, NotFound
from services.policy import Permission, demands

CHANGED = "inbox_changed"
"""The database's notice that tells whose inboxes have changed, by their ids."""
AT_ONCE = 500
"""Lines that are marked as read by one request."""
_PEOPLE_A_NOTE = 700
"""Ids that fit into one notice of the database, which holds 8,000 bytes."""

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
        "supersede": (
            {DeliveryState.PENDING, DeliveryState.DEAD_LETTER},
            DeliveryState.SUPERSEDED,
        ),
        "replace": ({DeliveryState.DELIVERED}, DeliveryState.SUPERSEDED),
        "expire": ({DeliveryState.PENDING}, DeliveryState.EXPIRED),
        "fail": ({DeliveryState.PENDING}, DeliveryState.FAILED_PERMANENT),
        "give_up": ({DeliveryState.PENDING}, DeliveryState.DEAD_LETTER),
        "replay": ({DeliveryState.DEAD_LETTER}, DeliveryState.PENDING),
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
            "urgency",
            "next_at",
            "id",
            postgresql_where=literal_column("state = 'pending' AND held IS NULL"),
        ),
        Index(
            "deliveries_waiting",
            "channel",
            "dispatched_at",
            postgresql_where=literal_column("state = 'pending' AND held IS NULL"),
        ),
        Index(
            "deliveries_of_a_fault",
            "fault_id",
            postgresql_where=literal_column("fault_id IS NOT NULL"),
        ),
        Index(
            "deliveries_held",
            "next_at",
            "person_id",
            postgresql_where=literal_column("state = 'pending' AND held IS NOT NULL"),
        ),
        Index(
            "deliveries_waking",
            "person_id",
            postgresql_where=literal_column("state = 'pending' AND channel <> 'inbox'"),
        ),
        Index(
            "deliveries_woken",
            "person_id",
            "sent_at",
            postgresql_where=literal_column("sent_at IS NOT NULL"),
        ),
        Index("deliveries_by_day", "dispatched_at", postgresql_using="brin"),
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
    latest_at: Mapped[datetime | None]
    """When it goes out whatever the hour, because of what it speaks of; none if it can wait."""
    sent_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    fault_id: Mapped[int | None] = mapped_column(ForeignKey("delivery_faults.id"))
    """The heap of dead letters in which it lies (`notifications/faults.py`)."""
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
    __table_args__ = (Index("device_pushes_of_a_device", "device_id", "answered_at"),)

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
    group: str
    """The noun it is told of: what an inbox is sorted by."""
    superseded: bool
    """Something was told later that takes its place."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines of an inbox; without a word more: all of them."""

    unread: bool = False
    urgencies: Collection[Urgency] = ()
    groups: Collection[str] = ()
    since: datetime | None = None

    def among(self, lines: Select[Delivery], notices: Mapping[str, Notice]) -> Select[Delivery]:
        """Only those."""
        if self.unread:
            lines = lines.where(Delivery.state == DeliveryState.DELIVERED)
        if self.urgencies:
            lines = lines.where(Delivery.urgency.in_(self.urgencies))
        if self.groups:
            kinds = [kind for kind, one in notices.items() if group_of(one) in self.groups]
            lines = lines.where(Delivery.entry.has(JournalEntry.kind.in_(kinds)))
        if self.since is not None:
            lines = lines.where(Delivery.entry.has(JournalEntry.happened_at >= self.since))
        return lines


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed in an inbox since a version, and the version that holds it all."""

    lines: Sequence[Delivery]
    version: int
    more: bool
    """There is more to be had: ask again from this version."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What came of marking several lines as read."""

    read: Sequence[UUID]
    """Read now or before."""
    unknown: Sequence[UUID]
    """In no inbox of the actor's."""
    more: bool
    """More unread lines are meant than are marked at once: send it again."""
    version: int


class InboxRewound(Gone):
    """The inbox has no such version any more; read it anew from its beginning."""

    zh = "消息版本已失效，请从头重新读取。"


UNTOLD = Message(
    title="消息内容已不可用",
    body="该事项已变更或不再提供。",
    link="/inbox",
    en=Words("This message can no longer be shown", "The matter has changed or is closed to you."),
)
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


def own(act: Act) -> Inbox:
    """The actor's inbox; before anything was told it is of version 0."""
    return act.session.get(Inbox, act.actor.id) or Inbox(person_id=act.actor.id, version=0)


def changes(act: Act, *, after: int, limit: int) -> Changes:
    """The lines of the actor's inbox that have changed since, in the order of their versions.

    An inbox that has not changed costs one read of its version.

    Refuses:
        InboxRewound: the house never gave out that version, or lost it to an older backup.
    """
    newest = version_of(act)
    if after > newest:
        raise InboxRewound
    if after == newest:
        return Changes((), newest, more=False)
    later = visible(act).where(Delivery.version > after).order_by(Delivery.version)
    found = act.session.scalars(later.limit(limit + 1)).all()
    shown = found[:limit]
    last = shown[-1].version if len(found) > limit else None
    return Changes(shown, last or newest, more=last is not None)


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
def read_these(act: Act, inbox: Inbox, ids: Collection[UUID]) -> Marked:
    """Mark these lines as read, on every device; what is unknown keeps none of the others back.

    Refuses:
        NotAllowed: somebody else's inbox.

    Records:
        Nothing: reading changes no case; each line itself keeps when it was read.
    """
    meant = visible(act).where(Delivery.item.in_(ids))
    known = {line.item: line for line in act.session.scalars(meant)}
    fresh = [line.id for line in known.values() if line.read_at is None]
    return Marked(
        read=[one for one in ids if one in known],
        unknown=[one for one in ids if one not in known],
        more=False,
        version=_mark(act, inbox, fresh),
    )


@demands(Permission.DELIVERY_READ)
def read_until(
    act: Act, inbox: Inbox, *, version: int, wanted: Wanted, notices: Mapping[str, Notice]
) -> Marked:
    """Mark as read what was shown at that version of the inbox, as far as it is wanted.

    What has come since stays unread: nobody has seen it.

    Refuses:
        NotAllowed: somebody else's inbox.

    Records:
        Nothing: reading changes no case; each line itself keeps when it was read.
    """
    shown = wanted.among(visible(act), notices).where(
        Delivery.read_at.is_(None),
        Delivery.state == DeliveryState.DELIVERED,
        func.coalesce(Delivery.version, 0) <= version,
    )
    found = act.session.scalars(shown.order_by(Delivery.id).limit(AT_ONCE + 1)).all()
    meant = found[:AT_ONCE]
    return Marked(
        read=[line.item for line in meant],
        unknown=[],
        more=len(found) > AT_ONCE,
        version=_mark(act, inbox, [line.id for line in meant]),
    )


def _mark(act: Act, inbox: Inbox, line_ids: Sequence[int]) -> int:
    """Mark the actor's lines that nobody has read meanwhile; the inbox's version after that.

    Each line gets a version of its own, so that a page of changes may end after any of them.
    """
    if not line_ids:
        return version_of(act)
    last = advance(act.session, {inbox.person_id: len(line_ids)})[inbox.person_id]
    lines = act.session.scalars(
        select(Delivery)
        .where(Delivery.id.in_(line_ids), Delivery.read_at.is_(None))
        .order_by(Delivery.id)
        .with_for_update(of=Delivery)
        .execution_options(populate_existing=True)
    ).all()
    for version, line in enumerate(lines, start=last - len(line_ids) + 1):
        if line.state is not DeliveryState.SUPERSEDED:
            line.state = FLOW.after(line.state, "read")
        line.read_at, line.version = act.now, version
    act.session.flush()
    pushes = update(Delivery).where(
        Delivery.person_id == inbox.person_id,
        Delivery.entry_id.in_([line.entry_id for line in lines]),
        Delivery.channel != DeliveryChannel.INBOX,
    )
    for step in ("supersede", "read"):
        sources, target = FLOW.steps[step]
        act.session.execute(
            pushes.where(Delivery.state.in_(sources)).values(state=target),
            execution_options={"synchronize_session": False},
        )
    return last


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
        .values(
            state=target,
            arrived_at=act.now,
            sent_at=func.coalesce(Delivery.sent_at, act.now),
        )
    )
    return delivery


def advance(session: Session, changes: Mapping[int, int]) -> dict[int, int]:
    """Lock these people's inboxes and count so many changes in each; the new version of each.

    Whoever listens for them is woken once this transaction commits, and never if it does not.
    """
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
    versions = dict(rows.all())
    chunks = [
        ",".join(map(str, people[start : start + _PEOPLE_A_NOTE]))
        for start in range(0, len(people), _PEOPLE_A_NOTE)
    ]
    noted = func.unnest(literal(chunks, ARRAY(Text))).column_valued("chunk")
    session.execute(select(func.pg_notify(CHANGED, noted)))
    return versions


def version_of(act: Act) -> int:
    """The version of the actor's inbox; 0 before anything was told."""
    asked = select(Inbox.version).where(Inbox.person_id == act.actor.id)
    return act.session.scalar(asked) or 0


def group_of(notice: Notice) -> str:
    """The noun of whatever it tells: the name of the room that its words stand in."""
    return str(getattr(notice.write, "__module__", "")).rpartition(".")[2]


def items(
    act: Act,
    deliveries: Sequence[Delivery],
    notices: Mapping[str, Notice],
    language: str = "zh",
) -> list[Item]:
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
        words = message.said_in(language)
        lines.append(
            Item(
                id=delivery.item,
                kind=entry.kind,
                title=words.title,
                body=words.body,
                link=message.link,
                urgency=delivery.urgency,
                at=entry.happened_at,
                read_at=delivery.read_at,
                group=group_of(notice) if notice else "",
                superseded=delivery.state is DeliveryState.SUPERSEDED,
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
