"""A token belongs to one person, one session, one phone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from notifications.channels.subscriptions import keys_of
from notifications.payloads import Seal
from services import devices, sessions
from services.devices import (
    Device,
    DeviceFreed,
    DeviceRegistered,
    FreeReason,
    Platform,
    PushService,
)
from services.kernel.act import Actor, Event, JournalEntry
from services.kernel.clock import machine_now
from services.kernel.refusals import NotAllowed, NotFound
from services.kernel.settings import Settings
from services.people import Person
from services.policy import MACHINE
from services.sessions import SignInSession
from tests.make import Make
from tests.notifications.conftest import Phones, bearer

TOKEN = "token"
DEVICES = "/api/v1/devices"


@pytest.fixture
def phones(make: Make) -> Phones:
    return Phones(make)


def _register(phones: Phones, session: SignInSession, token: str = TOKEN) -> Device:
    return devices.register(phones.act(session), session, platform=Platform.ANDROID, token=token)


def _journal(phones: Phones) -> list[Event]:
    phones.session.flush()
    entries = phones.session.scalars(select(JournalEntry).order_by(JournalEntry.id))
    return [entry.event for entry in entries]


def _live(phones: Phones) -> list[str | None]:
    phones.session.flush()
    return [device.token for device in phones.session.scalars(devices.live())]


def test_registering_again_changes_and_records_nothing(phones: Phones) -> None:
    opened = phones.signed_in()

    first = _register(phones, opened)
    assert _register(phones, opened) is first
    assert _journal(phones) == [DeviceRegistered(first.id)]


def test_a_token_moves_to_whoever_signs_in_next(phones: Phones) -> None:
    before, after = phones.signed_in(), phones.signed_in()

    _register(phones, before)
    device = _register(phones, after)

    assert (device.person_id, device.session_id) == (after.person_id, after.id)
    assert _live(phones) == ["token"]
    with pytest.raises(NotFound):
        devices.find(phones.act(before), device.id)


def test_one_session_is_one_phone(phones: Phones) -> None:
    opened = phones.signed_in()

    old, new = _register(phones, opened, "old"), _register(phones, opened, "new")
    phones.session.flush()

    assert _live(phones) == ["new"]
    assert (old.token, old.free_reason) == (None, FreeReason.REPLACED)
    assert _journal(phones) == [
        DeviceRegistered(old.id),
        DeviceFreed(old.id, "replaced"),
        DeviceRegistered(new.id),
    ]


def test_two_phones_of_one_person_live_side_by_side(phones: Phones) -> None:
    person = phones.person()
    for token in ("one", "two"):
        _register(phones, phones.signed_in(person), token)

    assert _live(phones) == ["one", "two"]


def test_a_freed_token_may_come_back(phones: Phones) -> None:
    opened = phones.signed_in()
    devices.forget(phones.act(opened), _register(phones, opened))
    assert _live(phones) == []

    _register(phones, opened)
    assert _live(phones) == ["token"]


def test_signing_out_frees_the_phone_at_once_and_its_token_soon(phones: Phones, make: Make) -> None:
    opened = phones.signed_in()
    device = _register(phones, opened)
    sessions.end(phones.act(opened), opened)
    assert _live(phones) == []

    assert devices.tidy(make.act(MACHINE), FreeReason.SIGNED_OUT) == 1
    assert devices.tidy(make.act(MACHINE), FreeReason.SIGNED_OUT) == 0
    phones.session.flush()
    assert (device.token, device.free_reason) == (None, FreeReason.SIGNED_OUT)


def test_a_disabled_account_has_no_phone(phones: Phones) -> None:
    opened = phones.signed_in()
    _register(phones, opened)
    phones.session.get_one(Person, opened.person_id).disabled_at = machine_now()

    assert _live(phones) == []


def test_only_one_s_own(phones: Phones) -> None:
    mine, theirs = phones.signed_in(), phones.signed_in()
    device = _register(phones, theirs)

    with pytest.raises(NotAllowed):
        devices.register(phones.act(mine), theirs, platform=Platform.WEB, token="mine")
    with pytest.raises(NotAllowed):
        devices.forget(phones.act(mine), device)
    with pytest.raises(NotAllowed):
        devices.retire(phones.act(theirs), device, token="token")
    with pytest.raises(NotAllowed):
        devices.tidy(phones.act(theirs), FreeReason.SIGNED_OUT)


def test_registering_over_http(app: Flask, client: FlaskClient, phones: Phones) -> None:
    opened, other = phones.signed_in(), phones.signed_in()
    body = {"platform": "web", "token": "accept-wire"}

    reply = client.post(DEVICES, json=body, headers=bearer(app, opened))
    assert reply.status_code == 201, reply.json
    assert reply.json is not None
    assert reply.json == {
        "id": reply.json["id"],
        "platform": "web",
        "service": "fcm",
        "app_version": None,
        "registered_at": reply.json["registered_at"],
        "last_seen_at": reply.json["registered_at"],
        "here": True,
    }

    path = f"{DEVICES}/{reply.json['id']}"
    assert client.delete(path, headers=bearer(app, other)).status_code == 404
    assert client.delete(path, headers=bearer(app, opened)).status_code == 204
    assert client.delete(path, headers=bearer(app, opened)).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"platform": "telex", "token": "x"},
        {"platform": "web", "token": ""},
        {"platform": "web", "token": "two\nlines"},
        {"platform": "web"},
    ],
)
def test_a_device_that_cannot_be_is_refused(
    app: Flask, client: FlaskClient, phones: Phones, wrong: dict[str, str]
) -> None:
    reply = client.post(DEVICES, json=wrong, headers=bearer(app, phones.signed_in()))

    assert reply.status_code == 422


def test_a_phone_learns_how_it_is_pushed_to(
    app: Flask, client: FlaskClient, phones: Phones, settings: Settings
) -> None:
    reply = client.get("/api/v1/push-settings", headers=bearer(app, phones.signed_in()))

    assert reply.json == {
        "enabled": False,
        "public_key": Seal.kept_in(settings.secrets).public,
        "development_stream": None,
        "services": ["stream"],
        "web_push_key": None,
        "stream": True,
    }
    assert client.get("/api/v1/push-settings").status_code == 401


WEB_PUSH = "https://updates.push.services.mozilla.com/wpush/v2/abc"
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcx"
    "aOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


def _post(app: Flask, client: FlaskClient, opened: SignInSession, body: object) -> TestResponse:
    return client.post(DEVICES, json=body, headers=bearer(app, opened))


def test_a_browser_registers_with_its_keys(
    app: Flask, client: FlaskClient, phones: Phones, settings: Settings
) -> None:
    host = settings.web_push_hosts[0].replace("*.", "a.")
    body = {"platform": "web", "service": "web_push", "token": f"https://{host}/x", "keys": KEYS}

    reply = _post(app, client, phones.signed_in(), body | {"app_version": "1.4.0"})

    assert reply.status_code == 201, reply.json
    assert reply.json is not None
    assert (reply.json["service"], reply.json["app_version"]) == ("web_push", "1.4.0")
    device = phones.session.get_one(Device, reply.json["id"])
    assert keys_of(device.keys) == KEYS


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": "http://127.0.0.1:5432/", "keys": KEYS},
        {"token": "https://localhost/", "keys": KEYS},
        {"token": "https://elsewhere.example/push", "keys": KEYS},
        {"token": "https://user@fcm.googleapis.com/x", "keys": KEYS},
        {"token": "https://fcm.googleapis.com/x"},
        {"keys": KEYS},
        {"token": "https://fcm.googleapis.com/x", "keys": KEYS | {"auth": "short"}},
        {"token": "https://fcm.googleapis.com/x", "keys": KEYS | {"p256dh": KEYS["auth"]}},
    ],
)
def test_a_subscription_that_leads_elsewhere_is_refused(
    app: Flask, client: FlaskClient, phones: Phones, wrong: dict[str, object]
) -> None:
    body = {"platform": "web", "service": "web_push"} | wrong

    assert _post(app, client, phones.signed_in(), body).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"service": "hms"},
        {"service": "fcm", "token": "x", "keys": KEYS},
        {"service": "telex", "token": "x"},
        {"token": "x", "app_version": "1.4"},
    ],
)
def test_each_service_asks_for_its_own(
    app: Flask, client: FlaskClient, phones: Phones, wrong: dict[str, object]
) -> None:
    body = {"platform": "android"} | wrong

    assert _post(app, client, phones.signed_in(), body).status_code == 422


def test_an_app_that_listens_needs_no_token_and_keeps_its_device(
    app: Flask, client: FlaskClient, phones: Phones
) -> None:
    opened = phones.signed_in()
    body = {"platform": "web", "service": "stream"}

    first, again = (_post(app, client, opened, body).json for _ in range(2))

    assert first is not None
    assert first == again
    assert phones.session.get_one(Device, first["id"]).token


def test_one_s_own_phones_are_listed(app: Flask, client: FlaskClient, phones: Phones) -> None:
    person = phones.person()
    here, there, stranger = phones.signed_in(person), phones.signed_in(person), phones.signed_in()
    for opened, token in ((here, "here"), (there, "there"), (stranger, "theirs")):
        _register(phones, opened, token)
    phones.session.flush()

    listed = client.get(DEVICES, headers=bearer(app, here)).json

    assert listed is not None
    assert [one["here"] for one in listed["items"]] == [False, True]
    assert "token" not in listed["items"][0]


def test_a_phone_nobody_has_heard_of_for_two_months_is_freed(phones: Phones, make: Make) -> None:
    old, fresh = (_register(phones, phones.signed_in(), token) for token in ("old", "fresh"))
    old.last_seen_at -= timedelta(days=61)
    fresh.last_seen_at -= timedelta(days=59)
    phones.session.flush()

    assert devices.prune(make.act(MACHINE), FreeReason.UNSEEN) == 1
    assert _live(phones) == ["fresh"]
    assert (old.token, old.free_reason) == (None, FreeReason.UNSEEN)
    with pytest.raises(NotAllowed):
        devices.prune(phones.act(phones.signed_in()), FreeReason.UNSEEN)


def test_it_is_written_down_once_a_day_that_an_app_was_there(phones: Phones) -> None:
    opened = phones.signed_in()
    device = _register(phones, opened)
    noon = device.last_seen_at
    assert _register(phones, opened).last_seen_at == noon

    device.last_seen_at = noon - timedelta(days=2)
    phones.session.flush()
    _register(phones, opened)
    assert device.last_seen_at >= noon

    device.last_seen_at = noon - timedelta(days=2)
    phones.session.flush()
    act = replace(phones.act(opened), actor=Actor(opened.person_id, frozenset(), opened.id))
    devices.note_seen(act)
    phones.session.refresh(device)
    assert device.last_seen_at >= noon


def test_new_keys_of_the_same_browser_are_kept(phones: Phones) -> None:
    opened = phones.signed_in()

    def registered(keys: str) -> Device:
        return devices.register(
            phones.act(opened),
            opened,
            platform=Platform.WEB,
            token=WEB_PUSH,
            service=PushService.WEB_PUSH,
            keys=keys,
        )

    first, second = registered("one"), registered("two")

    assert (first.id, second.keys) == (second.id, "two")


def test_a_phone_of_a_session_that_ends_elsewhere_is_woken_no_more(phones: Phones) -> None:
    person = phones.person()
    mine, lost = phones.signed_in(person), phones.signed_in(person)
    _register(phones, lost, "lost")
    here = replace(phones.act(mine), actor=Actor(person.id, frozenset(), mine.id))

    sessions.end(here, lost)

    assert _live(phones) == []
