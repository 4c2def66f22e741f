"""The dispatcher: empties the outbox in order and puts each event into the right hands.

Claiming an event and writing its deliveries is one transaction, so a crash repeats nothing and
loses nothing; several dispatchers on several machines share the work. Sending is a later,
retried step (`notifications/sender.py`).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from notifications import attention, deliveries, escalations
from notifications.attention import Call
from notifications.deliveries import FLOW, Delivery, DeliveryChannel, DeliveryState
from notifications.escalations import Telling
from notifications.messages import LOADING, Clock, Notice
from services import devices
from services.devices import Device
from services.kernel import jobs
from services.kernel.act import Act, JournalEntry, Undispatched, acting
from services.kernel.clock import legal_offset, machine_now
from services.policy import MACHINE, Permission, demands

BATCH = 50
SEND = "send"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What one batch came to; `last` is the newest entry it looked at, None if there was none."""

    last: int | None
    told: int
    failed: int


@dataclass(frozen=True, slots=True)
class Line:
    """One message for one person, before it is written down."""

    entry: JournalEntry
    notice: Notice
    person_id: int
    topic: str | None
    clock: Clock | None = None

    @property
    def call(self) -> Call:
        """As attention sees it."""
        return Call(self.person_id, self.entry.kind, self.notice.urgency, self.entry.id, self.clock)


def drain(sessions: sessionmaker[Session], notices: Mapping[str, Notice]) -> int:
    """Empty the outbox; say how many events were told.

    An event that cannot be told is left for the next time and does not stand in the others' way.
    """
    told, after = 0, 0
    while True:
        with acting(sessions, MACHINE, machine_now()) as act:
            batch = dispatch(act, notices, after=after)
        told += batch.told
        if batch.last is None:
            return told
        after = batch.last


@demands(Permission.DELIVERY_DISPATCH)
def dispatch(
    act: Act, notices: Mapping[str, Notice], *, after: int = 0, batch: int = BATCH
) -> Dispatched:
    """Turn the oldest undispatched events later than `after` into deliveries.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        Nothing: a delivery is itself the record.
    """
    oldest = (
        select(Undispatched.entry_id)
        .where(Undispatched.entry_id > after)
        .order_by(Undispatched.entry_id)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    claimed = act.session.scalars(oldest).all()
    entries = select(JournalEntry).where(JournalEntry.id.in_(claimed)).order_by(JournalEntry.id)
    told, lines = _foretell(act, act.session.scalars(entries).all(), notices)
    if _write(act, lines):
        jobs.defer(act.session, SEND)
    act.session.execute(
        delete(Undispatched)
        .where(Undispatched.entry_id.in_(told))
        .execution_options(synchronize_session=False)
    )
    return Dispatched(max(claimed, default=None), len(told), len(claimed) - len(told))


def _foretell(
    act: Act, entries: Sequence[JournalEntry], notices: Mapping[str, Notice]
) -> tuple[list[int], list[Line]]:
    """Which entries can be told, and who hears of them.

    All at once; if that fails by halves, so that whatever cannot be told is found and costs the
    others nothing.
    """
    if not entries:
        return [], []
    try:
        with act.session.begin_nested():
            return [entry.id for entry in entries], _lines(act, entries, notices)
    except Exception as error:  # noqa: BLE001  # one event's audience, whatever its mistake
        if len(entries) == 1:
            log.error(  # noqa: TRY400  # a traceback would carry the record's own words
                "event_untold",
                kind=entries[0].kind,
                entry=entries[0].id,
                error=type(error).__name__,
            )
            return [], []
    middle = len(entries) // 2
    told, lines = _foretell(act, entries[:middle], notices)
    later, more = _foretell(act, entries[middle:], notices)
    return told + later, lines + more


def _lines(act: Act, entries: Sequence[JournalEntry], notices: Mapping[str, Notice]) -> list[Line]:
    """Who hears of these entries; what is to be acknowledged is put on its ladder."""
    noted = [(entry, notices[entry.kind]) for entry in entries if entry.kind in notices]
    records = _records(act.session, noted)
    lines: list[Line] = []
    tellings: list[Telling] = []
    for entry, general in noted:
        record, event = records[general.about, entry.about_id], entry.event
        people = general.to.people(act.session, record)
        topic = general.topic(event) if general.topic else None
        clock = general.clock(record) if general.clock else None
        if clock is not None:
            clock = clock.later(-legal_offset(act.session))
        notice = general.of(event)
        tellings.append(Telling(entry, notice, record, people))
        lines += [Line(entry, notice, person_id, topic, clock) for person_id in sorted(people)]
    escalations.begin(act, tellings)
    return lines


def _records(
    session: Session, noted: Iterable[tuple[JournalEntry, Notice]]
) -> dict[tuple[type[Any], int], Any]:
    """What these entries are about, each kind of record read once."""
    wanted = defaultdict[type[Any], set[int]](set)
    for entry, notice in noted:
        wanted[notice.about].add(entry.about_id)
    return {
        (about, record.id): record
        for about, ids in wanted.items()
        for record in session.scalars(
            select(about).where(about.id.in_(ids)).options(*LOADING.get(about, ()))
        ).unique()
    }


def _write(act: Act, lines: Sequence[Line]) -> int:
    """Write the deliveries of a batch, the inboxes locked first; say how many pushes."""
    if not lines:
        return 0
    session, now = act.session, act.now
    changed = Counter(line.person_id for line in lines)
    versions = {
        person_id: last - changed[person_id]
        for person_id, last in deliveries.advance(session, changed).items()
    }
    newest: dict[tuple[int, str | None], int] = {
        (line.person_id, line.topic): line.entry.id for line in lines if line.topic
    }
    _look_ahead(session, newest)
    _supersede(session, newest)
    ways = _ways(session, changed)
    told = [line for line in lines if not _is_moot(line, newest) and ways[line.person_id]]
    timings = attention.timings(session, [line.call for line in told], now)
    rows: list[dict[str, Any]] = []
    for line in lines:
        versions[line.person_id] += 1
        timing = timings.get(line.call)
        common = {
            "item": uuid4(),
            "entry_id": line.entry.id,
            "person_id": line.person_id,
            "urgency": line.notice.urgency,
            "dispatched_at": now,
            "expires_at": (timing.at if timing else now) + line.notice.urgency.lives_for,
            "template": line.notice.version,
            "topic": line.topic,
        }
        inbox = {
            "channel": DeliveryChannel.INBOX,
            "state": (
                DeliveryState.SUPERSEDED if _is_moot(line, newest) else DeliveryState.DELIVERED
            ),
            "next_at": now,
            "held": None,
            "latest_at": None,
            "version": versions[line.person_id],
        }
        rows.append(common | inbox)
        if timing is not None:
            push = {
                "state": DeliveryState.PENDING,
                "next_at": timing.at,
                "held": timing.held,
                "latest_at": timing.latest_at,
                "version": None,
            }
            rows += [common | push | {"channel": way} for way in ways[line.person_id]]
    # The rows beside the statement, not in it, and all of one shape: it is compiled and sent once
    # for however many people.
    once = insert(Delivery).on_conflict_do_nothing(constraint="deliveries_told_once")
    session.execute(once, rows, execution_options={"render_nulls": True})
    return len(rows) - len(lines)


def _ways(session: Session, people: Collection[int]) -> dict[int, list[DeliveryChannel]]:
    """The channels by which these people can be woken."""
    awake = devices.live().where(Device.person_id.in_(people))
    rows = session.execute(awake.with_only_columns(Device.person_id, Device.service).distinct())
    ways = defaultdict[int, list[DeliveryChannel]](list)
    for person_id, service in sorted(rows):
        ways[person_id].append(DeliveryChannel(service.value))
    return ways


def _is_moot(line: Line, newest: Mapping[tuple[int, str | None], int]) -> bool:
    """Does a later line tell the same person of the same topic, or has one done so before?"""
    return newest.get((line.person_id, line.topic), line.entry.id) > line.entry.id


def _look_ahead(session: Session, newest: dict[tuple[int, str | None], int]) -> None:
    """What is told late, after something newer of its topic that still stands, is moot."""
    if not newest:
        return
    standing = (
        select(Delivery.person_id, Delivery.topic, func.max(Delivery.entry_id))
        .where(
            tuple_(Delivery.person_id, Delivery.topic).in_(sorted(newest)),
            Delivery.state.in_((DeliveryState.PENDING, DeliveryState.DELIVERED)),
        )
        .group_by(Delivery.person_id, Delivery.topic)
    )
    for person_id, topic, entry_id in session.execute(standing):
        newest[person_id, topic] = max(newest[person_id, topic], entry_id)


def _supersede(session: Session, newest: Mapping[tuple[int, str | None], int]) -> None:
    """What is told again takes the place of what was told before of the same topic.

    What a sender holds at this moment is left to it: the phone shows one notice for each id.
    """
    if not newest:
        return
    before = (
        select(Delivery)
        .where(
            tuple_(Delivery.person_id, Delivery.topic).in_(sorted(newest)),
            Delivery.state.in_((DeliveryState.PENDING, DeliveryState.DELIVERED)),
        )
        .order_by(Delivery.id)
        .with_for_update(skip_locked=True, of=Delivery)
    )
    replaced: list[Delivery] = []
    for delivery in session.scalars(before).all():
        if delivery.entry_id >= newest[delivery.person_id, delivery.topic]:
            continue
        if delivery.channel is DeliveryChannel.INBOX:
            delivery.state = FLOW.after(delivery.state, "replace")
            replaced.append(delivery)
        elif delivery.state is DeliveryState.PENDING:
            delivery.state = FLOW.after(delivery.state, "supersede")
    if replaced:
        last = deliveries.advance(session, Counter(line.person_id for line in replaced))
        for line in reversed(replaced):
            line.version, last[line.person_id] = last[line.person_id], last[line.person_id] - 1
    session.flush()
