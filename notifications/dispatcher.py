"""The dispatcher: empties the outbox in order and puts each event into the right hands.

Claiming an event and writing its deliveries is one transaction, so a crash repeats nothing and
loses nothing; several dispatchers on several machines share the work. Sending is a later,
retried step (`notifications/sender.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from notifications.deliveries import Delivery, DeliveryChannel, DeliveryState
from notifications.messages import Notice
from services import devices
from services.devices import Device
from services.kernel import jobs
from services.kernel.act import Act, JournalEntry, Undispatched, acting
from services.kernel.clock import machine_now
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
    told: list[int] = []
    pushed = 0
    for entry in act.session.scalars(entries).all():
        try:
            with act.session.begin_nested():
                pushed += _tell(act.session, entry, notices.get(entry.kind), act.now)
        except Exception as error:  # noqa: BLE001  # one event's audience, whatever its mistake
            log.error(  # noqa: TRY400  # a traceback would carry the record's own words
                "event_untold", kind=entry.kind, entry=entry.id, error=type(error).__name__
            )
        else:
            told.append(entry.id)
    act.session.execute(
        delete(Undispatched)
        .where(Undispatched.entry_id.in_(told))
        .execution_options(synchronize_session=False)
    )
    if pushed:
        jobs.defer(act.session, SEND)
    return Dispatched(max(claimed, default=None), len(told), len(claimed) - len(told))


def _tell(session: Session, entry: JournalEntry, notice: Notice | None, now: datetime) -> int:
    """Write the deliveries of one entry; say how many pushes."""
    if notice is None:
        return 0
    about = session.get_one(notice.about, entry.about_id)
    people = notice.to.people(session, about)
    if not people:
        return 0
    with_phone = devices.live().where(Device.person_id.in_(people))
    awake = set(session.scalars(with_phone.with_only_columns(Device.person_id)))
    rows: list[dict[str, Any]] = []
    for person_id in sorted(people):
        common = {
            "item": uuid4(),
            "entry_id": entry.id,
            "person_id": person_id,
            "urgency": notice.urgency,
            "dispatched_at": now,
            "expires_at": now + notice.urgency.lives_for,
            "next_at": now,
        }
        inbox = {"channel": DeliveryChannel.INBOX, "state": DeliveryState.DELIVERED}
        push = {"channel": DeliveryChannel.FCM, "state": DeliveryState.PENDING}
        rows += [common | way for way in ((inbox, push) if person_id in awake else (inbox,))]
    # The rows beside the statement, not in it: it is compiled once for however many people.
    once = insert(Delivery).on_conflict_do_nothing(constraint="deliveries_told_once")
    session.execute(once, rows)
    return len(awake)
