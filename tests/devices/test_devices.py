"""A token belongs to one person, one session, one phone."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from notifications.payloads import Seal
from services import devices, sessions
from services.devices import Device, DeviceFreed, DeviceRegistered, FreeReason, Platform
from services.kernel.act import Event, JournalEntry
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
