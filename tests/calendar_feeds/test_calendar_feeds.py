"""Addresses that calendars read: no content, revocable, worth nothing without a post."""

from datetime import UTC, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from services import calendar_feeds
from services.calendar_feeds import MOST, TITLE, CalendarFeed, Owner, TooManyFeeds
from services.kernel.act import JournalEntry
from services.kernel.answers import IdempotentAnswer
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import PostKind
from tests.make import Make
from tests.phones import Phones


def test_a_feed_tells_times_and_no_content(make: Make) -> None:
    scene = make.scene()
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    act = make.act(scene.town.prosecutor)
    _, token = calendar_feeds.start(act, Owner(act.actor.id))
    told = calendar_feeds.told(act, token)
    (event,) = Calendar.from_ical(told).walk("VEVENT")
    assert event.decoded("dtstart") == scene.soon.astimezone(UTC)
    assert event.decoded("dtend") == (scene.soon + timedelta(hours=1)).astimezone(UTC)
    assert str(event["summary"]) == TITLE
    assert str(event["uid"]) == f"booking-{booked.booking_id}@jiantong"
    text = told.decode()
    for secret in (scene.suspect.name, scene.case.number, scene.centre.rooms[0].name):
        assert secret not in text
    assert {"DESCRIPTION", "LOCATION", "ATTENDEE"}.isdisjoint(event)


def test_a_place_s_feed_tells_when_it_is_taken(make: Make) -> None:
    scene = make.scene()
    make.interrogation(scene.town, scene.case, scene.soon)
    officer = make.act(scene.centre.officer)
    _, token = calendar_feeds.start(officer, Owner(officer.actor.id), place=scene.centre.rooms[0])
    assert len(Calendar.from_ical(calendar_feeds.told(officer, token)).walk("VEVENT")) == 1


def test_a_revoked_address_is_worth_nothing(make: Make) -> None:
    scene = make.scene()
    act = make.act(scene.town.prosecutor)
    feed, token = calendar_feeds.start(act, Owner(act.actor.id))
    with pytest.raises(NotFound):
        calendar_feeds.find(make.act(scene.town.manager), feed.id)
    with pytest.raises(NotAllowed):
        calendar_feeds.revoke(make.act(scene.town.manager), feed)
    calendar_feeds.revoke(act, calendar_feeds.find(act, feed.id))
    with pytest.raises(NotFound):
        calendar_feeds.told(act, token)
    with pytest.raises(NotFound):
        calendar_feeds.told(act, "guessed")


def test_whoever_has_left_is_told_nothing(make: Make) -> None:
    office = make.office()
    person = make.person()
    post = make.post(person, PostKind.PROSECUTOR, office)
    act = make.act(person)
    _, token = calendar_feeds.start(act, Owner(person.id))
    assert calendar_feeds.told(act, token)
    post.until_on = act.today - timedelta(days=1)
    make.session.flush()
    with pytest.raises(NotFound):
        calendar_feeds.told(act, token)


def test_nobody_has_more_than_five_and_none_for_somebody_else(make: Make) -> None:
    act = make.act(make.person(PostKind.PROSECUTOR))
    for _ in range(MOST):
        calendar_feeds.start(act, Owner(act.actor.id))
    with pytest.raises(TooManyFeeds):
        calendar_feeds.start(act, Owner(act.actor.id))
    with pytest.raises(NotAllowed):
        calendar_feeds.start(act, Owner(make.person().id))


def test_the_token_is_kept_nowhere(phones: Phones, make: Make) -> None:
    phone = phones.of(make.person(PostKind.PROSECUTOR))
    opened = phone.send("POST", "/calendar-feeds", {})
    assert opened.status_code == 201
    assert opened.json is not None
    address = opened.json["address"]
    read = phones.client.get(address)
    assert (read.status_code, read.mimetype) == (200, "text/calendar")
    (kept,) = make.session.scalars(select(CalendarFeed)).all()
    assert kept.token_hash != address.rpartition("/")[2]
    assert make.session.scalars(select(IdempotentAnswer)).all() == []
    entry = make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "CalendarFeedOpened")
    ).one()
    assert entry.details == {}
    listed = phone.get("/calendar-feeds").json
    assert listed is not None
    assert [one["id"] for one in listed["feeds"]] == [kept.id]
    assert "address" not in listed["feeds"][0]
    assert phone.send("DELETE", f"/calendar-feeds/{kept.id}").status_code == 204
    assert phones.client.get(address).status_code == 404
