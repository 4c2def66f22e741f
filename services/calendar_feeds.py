"""Calendar feeds (日历订阅): an address that a calendar program reads, without content.

The address is the key: whoever has it reads when its owner is busy, and nothing of what. It is
shown once, kept as a hash, counts for nothing once it is revoked or its owner has no post left,
and its titles say nothing of a case (RFC 5545).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar
from icalendar import Event as CalendarEvent
from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from services import agendas, people, resources
from services.agendas import Entry
from services.kernel.act import Act, Event, Record
from services.kernel.refusals import Conflict, NotFound
from services.people import Person
from services.policy import Permission, demands
from services.resources import Resource

MOST = 5
"""Feeds that one person may have at once."""
BEFORE, DAYS = timedelta(days=7), 31
"""A feed tells thirty-one days, from a week ago."""
TITLE = "办案安排"
PRODUCER = "-//Jiantong//Agenda//ZH"


class CalendarFeed(Record):
    """One address, of one person: of the own agenda, or of a place's."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        CheckConstraint("length(token_hash) = 64", name="calendar_feeds_hashed"),
        Index("calendar_feeds_by_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resources.id"))
    """The place; none for the person's own agenda."""
    token_hash: Mapped[str] = mapped_column(unique=True)
    opened_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class CalendarFeedOpened(Event):
    """Somebody has an address from which calendars read."""


@dataclass(frozen=True, slots=True)
class CalendarFeedRevoked(Event):
    """An address is worth nothing any more."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whoever asks for an address."""

    person_id: int


class TooManyFeeds(Conflict):
    """Five addresses at most; revoke one first."""

    zh = "每人最多保留五个日历订阅地址，请先撤销不用的地址。"


def visible(act: Act) -> Select[CalendarFeed]:
    """The actor's own addresses that still count."""
    return select(CalendarFeed).where(
        CalendarFeed.person_id == act.actor.id, CalendarFeed.revoked_at.is_(None)
    )


def find(act: Act, feed_id: int) -> CalendarFeed:
    """The address, if it is the actor's own and still counts; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(CalendarFeed.id == feed_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.CALENDAR_FEED_OPEN)
def start(act: Act, owner: Owner, *, place: Resource | None = None) -> tuple[CalendarFeed, str]:
    """Open an address of the own agenda, or of a place's; the token is told this once.

    Refuses:
        NotAllowed: nobody opens one for somebody else.
        TooManyFeeds: five are open.

    Records:
        CalendarFeedOpened.
    """
    # Two phones of one person ask after each other.
    myself = select(Person.id).where(Person.id == owner.person_id)
    act.session.execute(myself.with_for_update(key_share=True))
    if len(act.session.scalars(visible(act)).all()) >= MOST:
        raise TooManyFeeds
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        person_id=owner.person_id,
        resource_id=place.id if place else None,
        token_hash=_hashed(token),
        opened_at=act.now,
    )
    act.session.add(feed)
    act.session.flush()
    act.record(CalendarFeedOpened(feed.id))
    return feed, token


@demands(Permission.CALENDAR_FEED_REVOKE)
def revoke(act: Act, feed: CalendarFeed) -> CalendarFeed:
    """Make an address worth nothing.

    Refuses:
        NotAllowed: only whoever opened it.

    Records:
        CalendarFeedRevoked.
    """
    feed.revoked_at = act.now
    act.record(CalendarFeedRevoked(feed.id))
    return feed


def revoke_all(act: Act, person_id: int) -> None:
    """Make every address of somebody who leaves worth nothing; part of their leaving."""
    open_ones = select(CalendarFeed).where(
        CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None)
    )
    for feed in act.session.scalars(open_ones.with_for_update()).all():
        feed.revoked_at = act.now
        act.record(CalendarFeedRevoked(feed.id))


def told(act: Act, token: str) -> bytes:
    """What the address tells now, as its owner may read it at this moment: iCalendar.

    Refuses:
        NotFound: no such address, a revoked one, or its owner has no post or place to look at.
    """
    feed = act.session.scalar(
        select(CalendarFeed).where(
            CalendarFeed.token_hash == _hashed(token), CalendarFeed.revoked_at.is_(None)
        )
    )
    if feed is None:
        raise NotFound
    owner = Act(people.actor_of(act.session, feed.person_id, act.today), act.now, act.session)
    if not owner.actor.posts:
        raise NotFound
    first = act.today - BEFORE
    if feed.resource_id is None:
        return written(agendas.own(owner, first, DAYS), act.now)
    place = resources.find(owner, feed.resource_id)
    return written(agendas.of_place(owner, place, first, DAYS), act.now)


def written(entries: list[Entry], now: datetime) -> bytes:
    """These bookings as iCalendar (RFC 5545): times and a title that is always the same."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for entry in entries:
        event = CalendarEvent()
        event.add("uid", f"booking-{entry.booking_id}@jiantong")
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", entry.starts_at.astimezone(UTC))
        event.add("dtend", entry.ends_at.astimezone(UTC))
        event.add("summary", TITLE)
        event.add("class", "PRIVATE")
        event.add("sequence", entry.version)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
