"""Digests: what waited goes out as one push for each person, and the others end with it.

A push only says that there is something in the inbox, so one says as much as twenty. Whatever is
held back, by quiet hours, for a digest or over the cap, is left alone by the senders until it is
released here: the loudest line, and the newest of those, wakes the person, by every channel it
has; the inbox holds them all. What somebody has set since is heeded, and so is the cap.

Whoever releases holds the locks of those inboxes and passes over those that another one holds. So
several workers share the work and nobody is woken twice; a crash undoes a batch as a whole.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    ColumnElement,
    Integer,
    and_,
    any_,
    case,
    column,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, sessionmaker

from notifications import attention
from notifications.attention import LOUD
from notifications.deliveries import FLOW, Delivery, DeliveryState, Hold, Inbox
from notifications.dispatcher import SEND
from notifications.messages import Urgency
from services import preferences
from services.deadlines.engine.arithmetic import Calendar
from services.kernel import jobs
from services.kernel.act import SHANGHAI, Act, acting
from services.kernel.clock import machine_now
from services.policy import MACHINE, Permission, demands
from services.preferences import Habits

BATCH = 2000
"""People at a time."""
_LOUDEST_FIRST = case(
    {Urgency.ALARM: 0, Urgency.URGENT: 1, Urgency.TASK: 2}, value=Delivery.urgency, else_=3
)


@dataclass(frozen=True, slots=True)
class Released:
    """What one batch came to."""

    looked_at: int
    """People for whom something was due."""
    woken: int


class _Line(NamedTuple):
    """The line that stands for all that somebody waited for."""

    person_id: int
    entry_id: int
    urgency: Urgency
    latest_at: datetime | None


class _Later(NamedTuple):
    """When what is not released now is looked at again."""

    person_id: int
    place: datetime
    """The earliest: the next free place in the hour, or now."""
    low_at: datetime
    loud_at: datetime
    held: Hold


def release_due(sessions: sessionmaker[Session], batch: int = BATCH) -> int:
    """Release whatever is due, each batch an act of its own; how many people are woken."""
    woken = 0
    while True:
        with acting(sessions, MACHINE, machine_now()) as act:
            released = release(act, batch)
        woken += released.woken
        if released.looked_at < batch:
            return woken


@demands(Permission.DELIVERY_SEND)
def release(act: Act, batch: int) -> Released:
    """Let what waited for its time wake so many people, each of them once.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        Nothing: the delivery itself keeps what became of it.
    """
    session, now = act.session, act.now
    people = _locked(session, now, batch)
    if not people:
        return Released(0, 0)
    _expire(session, people, now)
    habits = preferences.of_people(session, people, act.today)
    calendar = attention.calendar_for(session, habits.values())
    asleep = [one for one in people if _is_asleep(habits[one], now)]
    off = [one for one in people if attention.is_day_off(habits[one], now, calendar)]
    lines = {line.person_id: line for line in _loudest(session, people, asleep, off, now)}
    seen = attention.lately(session, people, now)
    going: list[_Line] = []
    later: list[_Later] = []
    for person_id in people:
        line, own = lines.get(person_id), habits[person_id]
        place = now
        if line is not None:
            presses = line.latest_at is not None and line.latest_at <= now
            most = attention.most_in_an_hour(own, loud=presses or line.urgency in LOUD)
            place = seen.free_at(person_id, most, now)
        if line is not None and place <= now:
            going.append(line)
        else:
            later.append(_again(person_id, own, place, now, calendar))
    _wake(session, going, now)
    _postpone(session, later, now)
    if going:
        jobs.defer(session, SEND)
    return Released(len(people), len(going))


def _locked(session: Session, now: datetime, batch: int) -> list[int]:
    """People for whom something is due and at whose inboxes nobody else is at work."""
    waiting = select(Delivery.person_id).where(_due(now))
    free = (
        select(Inbox.person_id)
        .where(Inbox.person_id.in_(waiting))
        .order_by(Inbox.person_id)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(free))


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(
        Delivery.state == DeliveryState.PENDING, Delivery.held.is_not(None), Delivery.next_at <= now
    )


def _of(people: Iterable[int]) -> ColumnElement[bool]:
    return Delivery.person_id == any_(literal(list(people), ARRAY(Integer)))


def _is_asleep(habits: Habits, now: datetime) -> bool:
    return preferences.is_quiet(habits, now.astimezone(SHANGHAI).time())


def _expire(session: Session, people: Collection[int], now: datetime) -> None:
    session.execute(
        update(Delivery)
        .where(_of(people), _due(now), Delivery.expires_at <= now)
        .values(state=FLOW.steps["expire"][1])
        .execution_options(synchronize_session=False)
    )


def _loudest(
    session: Session,
    people: Collection[int],
    asleep: Collection[int],
    off: Collection[int],
    now: datetime,
) -> list[_Line]:
    """For each of them the line that may wake them now, if there is one."""
    may_wake = or_(
        Delivery.latest_at <= now,
        and_(~_of(asleep), or_(Delivery.urgency.in_(LOUD), ~_of(off))),
    )
    chosen = (
        select(Delivery.person_id, Delivery.entry_id, Delivery.urgency, Delivery.latest_at)
        .ext(distinct_on(Delivery.person_id))
        .where(_of(people), _due(now), may_wake)
        .order_by(Delivery.person_id, _LOUDEST_FIRST, Delivery.latest_at, Delivery.entry_id.desc())
    )
    return [_Line(*row) for row in session.execute(chosen)]


def _again(
    person_id: int, habits: Habits, place: datetime, now: datetime, calendar: Calendar | None
) -> _Later:
    return _Later(
        person_id,
        place,
        attention.next_free(habits, place, calendar),
        attention.after_quiet(habits, place),
        Hold.CAP if place > now else Hold.QUIET_HOURS,
    )


def _wake(session: Session, going: Sequence[_Line], now: datetime) -> None:
    """Give one line of each person to the senders, and end the others."""
    if not going:
        return
    pairs = func.unnest(
        literal([line.person_id for line in going], ARRAY(Integer)),
        literal([line.entry_id for line in going], ARRAY(BigInteger)),
    ).table_valued(column("person_id", Integer), column("entry_id", BigInteger))
    chosen = pairs.render_derived("chosen")
    changed = update(Delivery).execution_options(synchronize_session=False)
    session.execute(
        changed.where(
            tuple_(Delivery.person_id, Delivery.entry_id)
            == tuple_(chosen.c.person_id, chosen.c.entry_id),
            _due(now),
        ).values(held=None, next_at=now)
    )
    session.execute(
        changed.where(_of(line.person_id for line in going), _due(now)).values(
            state=FLOW.steps["supersede"][1]
        )
    )


def _postpone(session: Session, later: Sequence[_Later], now: datetime) -> None:
    """Let the others wait on, but never beyond the moment that what they speak of sets."""
    if not later:
        return
    moment = TIMESTAMP(timezone=True)
    columns: Mapping[str, Any] = {
        "person_id": Integer,
        "place": moment,
        "low_at": moment,
        "loud_at": moment,
        "held": Delivery.held.type,
    }
    arrays = [
        literal([getattr(one, name) for one in later], ARRAY(kind))
        for name, kind in columns.items()
    ]
    table = func.unnest(*arrays).table_valued(
        *(column(name, kind) for name, kind in columns.items())
    )
    coming = table.render_derived("coming")
    wished = case((Delivery.urgency.in_(LOUD), coming.c.loud_at), else_=coming.c.low_at)
    at = case(
        (Delivery.latest_at < wished, func.greatest(Delivery.latest_at, coming.c.place)),
        else_=wished,
    )
    session.execute(
        update(Delivery)
        .where(Delivery.person_id == coming.c.person_id, _due(now))
        .values(
            next_at=at,
            held=coming.c.held,
            expires_at=Delivery.expires_at + (at - Delivery.next_at),
        )
        .execution_options(synchronize_session=False)
    )
