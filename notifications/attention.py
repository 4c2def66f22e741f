"""Attention: when a push may wake somebody; the inbox has the message at once in any case.

Three things make a push wait: quiet hours and days off, a digest, and the cap of an hour. Three
break through: an alarm, the kinds named here, and a period that presses, which is one that limits
custody or that the law counts in hours, with less than a day left.

The cap is exact although several dispatchers and senders are at work. Who adds a push for somebody
holds the lock of that person's inbox, and counts what was sent within the hour and what a sender
may send at any moment. Whatever is over the cap waits for the next free place, together with all
that comes after it, and one push stands for them all then (`notifications/digests.py`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import (
    ARRAY,
    Integer,
    Result,
    and_,
    any_,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from notifications.deliveries import Delivery, DeliveryChannel, DeliveryState, Hold
from notifications.messages import Clock, Urgency
from services import preferences
from services.deadlines.engine.arithmetic import Calendar
from services.deadlines.notices import calendar_of
from services.kernel.act import SHANGHAI
from services.preferences import Habits

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LOUD = frozenset({Urgency.URGENT, Urgency.ALARM})
LOUDER = 2
"""So many times the cap are left to what is urgent, so that no flood of tasks delays an alarm."""
FARTHEST = 60
"""Days off in a row, at the most, before a day is taken for a working day."""
BREAKING = frozenset(
    {
        "ArrestDecided",  # whoever is not to be arrested is let go at once
        "RefreshTokenReused",  # somebody else may be at work in one's own name
        "UnenrolledPhoneRefused",
        "PhoneEnrolled",
        "PasskeyAdded",
    }
)
"""Kinds that wait for no morning."""


@dataclass(frozen=True, slots=True)
class Call:
    """One message for one person, as far as attention goes."""

    person_id: int
    kind: str
    urgency: Urgency
    entry_id: int = 0
    clock: Clock | None = None
    """The period of which it speaks, by the machine's clock."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When the push may go out, and why not at once."""

    at: datetime
    held: Hold | None = None
    latest_at: datetime | None = None
    """When it goes out whatever the hour; none if nothing is lost by waiting."""


@dataclass(slots=True)
class Seen:
    """What has woken these people lately, and what waits for a place in their hour."""

    woken: defaultdict[int, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    waiting: dict[tuple[int, bool], datetime] = field(default_factory=dict)
    """By person, and whether it is loud: when what is over the cap goes out."""

    def free_at(self, person_id: int, most: int, now: datetime) -> datetime:
        """When one more push keeps to so many in an hour."""
        lately = sorted(one for one in self.woken[person_id] if one > now - HOUR)
        return now if len(lately) < most else lately[len(lately) - most] + HOUR


def timings(
    session: Session, calls: Collection[Call], now: datetime
) -> Mapping[Call, Timing | None]:
    """When each call may wake its person; none where the inbox alone is to have it.

    In the order of the calls. The inboxes of the people are locked by whoever asks. Three
    statements, however many calls.
    """
    people = {call.person_id for call in calls}
    if not people:
        return {}
    habits = preferences.of_people(session, people, _day(now))
    calendar = calendar_for(session, habits.values())
    seen = lately(session, people, now)
    return {call: _placed(call, habits[call.person_id], seen, now, calendar) for call in calls}


def when(habits: Habits, call: Call, now: datetime, calendar: Calendar | None) -> Timing | None:
    """When one call may wake somebody of these habits, the cap apart: a pure function.

    A period is never lost by waiting: what would wait beyond its next tier waits for the end of
    the quiet hours only, and what would wait beyond its end, or into the last day of custody or
    of a limit in hours, does not wait for them either.
    """
    latest = _latest(call, now)
    if latest is not None and latest <= now:
        return Timing(now, None, now)
    low = call.urgency not in LOUD
    if low and call.clock is None and habits.silences(call.kind):
        return None
    louder_at = call.clock.next_at if call.clock else None
    awake = after_quiet(habits, now)
    wished = _wished(habits, call.urgency, now, calendar)
    if louder_at is not None and now < louder_at < wished.at:
        wished = Timing(awake, Hold.QUIET_HOURS)
    if latest is not None and latest < wished.at:
        presses = call.clock is not None and call.clock.presses
        wished = Timing(awake if awake <= latest else latest if presses else now, Hold.QUIET_HOURS)
    return Timing(wished.at, wished.held if wished.at > now else None, latest)


def after_quiet(habits: Habits, now: datetime) -> datetime:
    """The first moment from now on that is in no quiet hours."""
    here = now.astimezone(SHANGHAI)
    if habits.quiet_until is None or not preferences.is_quiet(habits, here.time()):
        return now
    day = here.date() if here.time() < habits.quiet_until else here.date() + DAY
    return _moment(day, habits.quiet_until)


def next_free(habits: Habits, now: datetime, calendar: Calendar | None) -> datetime:
    """The first moment from now on that is in no quiet hours and on no day that is quiet."""
    at = after_quiet(habits, now)
    for _ in range(FARTHEST):
        if not is_day_off(habits, at, calendar):
            break
        at = after_quiet(habits, _moment(_day(at) + DAY, time()))
    return at


def is_day_off(habits: Habits, at: datetime, calendar: Calendar | None) -> bool:
    """Is that moment on a day that is quiet for what is not urgent?"""
    resting = habits.working_days_only and calendar is not None
    return resting and calendar is not None and not calendar.is_working(_day(at))


def most_in_an_hour(habits: Habits, *, loud: bool) -> int:
    """How many pushes may wake somebody in an hour before this one waits."""
    return habits.cap * (LOUDER if loud else 1)


def calendar_for(session: Session, habits: Iterable[Habits]) -> Calendar | None:
    """The State Council's calendar, if anybody's days off are quiet."""
    wanted = any(one.working_days_only for one in habits)
    return calendar_of(session) if wanted else None


def lately(session: Session, people: Collection[int], now: datetime) -> Seen:
    """What has woken these people within the hour, or may any moment; and what waits for a place.

    A push to several devices, by several channels, of one event is one, and it was when the first
    of them took it: what still waits for a channel that is paused or broken takes no second place.
    """
    theirs = Delivery.person_id == any_(literal(sorted(people), ARRAY(Integer)))
    elsewhere = aliased(Delivery)
    going = and_(
        Delivery.state == DeliveryState.PENDING,
        Delivery.held.is_(None),
        Delivery.expires_at > now,
        ~exists().where(
            elsewhere.entry_id == Delivery.entry_id,
            elsewhere.person_id == Delivery.person_id,
            elsewhere.sent_at.is_not(None),
        ),
    )
    woken = (
        select(
            Delivery.person_id,
            null().label("waits"),
            func.max(func.coalesce(Delivery.sent_at, now)).label("at"),
        )
        .where(
            theirs,
            Delivery.channel != DeliveryChannel.INBOX,
            or_(going, Delivery.sent_at > now - HOUR),
        )
        .group_by(Delivery.person_id, Delivery.entry_id)
    )
    waiting = (
        select(Delivery.person_id, Delivery.urgency, func.min(Delivery.next_at))
        .where(theirs, Delivery.state == DeliveryState.PENDING, Delivery.held == Hold.CAP)
        .group_by(Delivery.person_id, Delivery.urgency)
    )
    seen = Seen()
    told: Result[int, str | None, datetime] = session.execute(union_all(woken, waiting))
    for person_id, waits, at in told:
        if waits is None:
            seen.woken[person_id].append(at)
        else:
            lane = person_id, Urgency(waits) in LOUD
            seen.waiting[lane] = min(at, seen.waiting.get(lane, at))
    return seen


def _placed(
    call: Call, habits: Habits, seen: Seen, now: datetime, calendar: Calendar | None
) -> Timing | None:
    """When it may, with the cap: whatever goes out at once takes a place in the hour."""
    timing = when(habits, call, now, calendar)
    if timing is None or timing.at > now:
        return timing
    breaks = timing.latest_at is not None and timing.latest_at <= now
    lane = call.person_id, breaks or call.urgency in LOUD
    free_at = seen.free_at(call.person_id, most_in_an_hour(habits, loud=lane[1]), now)
    if free_at <= now and lane not in seen.waiting:
        seen.woken[call.person_id].append(now)
        return timing
    place = seen.waiting.setdefault(lane, free_at)
    later = when(habits, call, max(place, now), calendar)
    return Timing(later.at if later else place, Hold.CAP, timing.latest_at)


def _wished(habits: Habits, urgency: Urgency, now: datetime, calendar: Calendar | None) -> Timing:
    """What the person has asked for, whatever the period."""
    if urgency in LOUD:
        return Timing(after_quiet(habits, now), Hold.QUIET_HOURS)
    if habits.digest_at and (urgency is Urgency.INFO or habits.digest_tasks):
        return Timing(_next_digest(habits, now, calendar), Hold.DIGEST)
    return Timing(next_free(habits, now, calendar), Hold.QUIET_HOURS)


def _next_digest(habits: Habits, now: datetime, calendar: Calendar | None) -> datetime:
    day = _day(now)
    for ahead in range(FARTHEST):
        for at in sorted(habits.digest_at):
            moment = _moment(day + ahead * DAY, at)
            if moment >= now and not is_day_off(habits, moment, calendar):
                return moment
    return now


def _latest(call: Call, now: datetime) -> datetime | None:
    """When it goes out whatever the hour."""
    if call.urgency is Urgency.ALARM or call.kind in BREAKING:
        return now
    if call.clock is None:
        return None
    if call.clock.presses:
        return max(call.clock.ends_at - DAY, now)
    return call.clock.ends_at if call.clock.ends_at > now else None


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SHANGHAI)


def _day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()
