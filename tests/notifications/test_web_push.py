"""Web Push: what the service in between can see, and where our server may be sent."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from jiantong.simulators.service import Limits
from jiantong.simulators.web_push import Browser, Simulator
from notifications.channels import Outcome, Push, Verdict
from notifications.channels.configured import channels_of, close
from notifications.channels.subscriptions import (
    keys_of,
    may_be_reached,
    vapid_key,
    vapid_public_key,
)
from notifications.channels.web_push import WebPush, headers_of, topic
from notifications.deliveries import DeliveryChannel
from notifications.messages import Urgency
from notifications.payloads import Seal
from services.kernel.clock import machine_now
from services.kernel.settings import PUSH_HOSTS, Misconfigured, Settings

CONTACT = "mailto:it@jiantong.example"
KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def service() -> Iterator[Simulator]:
    with Simulator(limits=Limits(per_device_per_minute=3)) as service:
        yield service


@pytest.fixture(scope="module")
def channel(service: Simulator) -> Iterator[WebPush]:
    channel = WebPush(KEY, CONTACT, [service.url])
    yield channel
    channel.close()


def push(seal: Seal, service: Simulator, browser: Browser, urgency: Urgency = Urgency.TASK) -> Push:
    payload = seal.payload(uuid4(), urgency, machine_now() + timedelta(hours=1))
    endpoint, keys = service.mailbox.endpoint(browser.token), json.dumps(browser.keys)
    return Push(endpoint, "web", payload, urgency, timedelta(hours=1), keys)


def one(channel: WebPush, sent: Push) -> Outcome:
    (outcome,) = channel.send([sent])
    return outcome


@pytest.mark.parametrize(
    ("urgency", "said"),
    [("info", "low"), ("task", "normal"), ("urgent", "high"), ("alarm", "high")],
)
def test_the_service_sees_how_urgent_how_long_and_a_random_topic(
    seal: Seal, service: Simulator, urgency: str, said: str
) -> None:
    sent = push(seal, service, service.mailbox.subscribe(), Urgency(urgency))

    seen = headers_of(sent)

    assert (seen["Urgency"], seen["TTL"]) == (said, "3600")
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", seen["Topic"])
    assert sent.payload["id"].replace("-", "") not in str(seen)
    assert set(seen) == {"Content-Encoding", "Content-Type", "TTL", "Urgency", "Topic"}


def test_a_repeated_push_has_the_same_topic_and_another_has_another() -> None:
    ids = [str(uuid4()) for _ in range(100)]

    topics = {topic({"id": each}) for each in ids}

    assert len(topics) == 100
    assert topics == {topic({"id": each}) for each in ids}


def test_what_travels_cannot_be_read(seal: Seal, service: Simulator, channel: WebPush) -> None:
    browser = service.mailbox.subscribe()
    sent = push(seal, service, browser)

    assert one(channel, sent).verdict is Verdict.ACCEPTED
    (kept,) = [each for each in service.mailbox.sent if each["token"] == browser.token]
    assert kept["message"]["data"] == dict(sent.payload)  # decrypted with the browser's key

    other = service.mailbox.subscribe()
    misled = replace(sent, keys=json.dumps(other.keys))
    assert one(channel, misled).code == "400"  # a message for another browser cannot be read


def test_a_subscription_hears_only_the_key_it_was_made_for(
    seal: Seal, service: Simulator, channel: WebPush, tmp_path: Path
) -> None:
    settings = Settings.from_environment({"DATA_DIR": str(tmp_path)})
    mine = WebPush(vapid_key(settings.secrets), CONTACT, [service.url])
    browser = service.mailbox.subscribe(server_key=vapid_public_key(settings))
    sent = push(seal, service, browser)

    assert one(mine, sent).verdict is Verdict.ACCEPTED
    stranger = one(channel, sent)
    assert (stranger.verdict, stranger.code) == (Verdict.BAD_SETUP, "403")
    mine.close()


def test_a_contact_no_service_believes_is_a_fault_and_no_exception(
    seal: Seal, service: Simulator
) -> None:
    nameless = WebPush(KEY, "somebody", [service.url])
    browser = service.mailbox.subscribe()

    outcome = one(nameless, push(seal, service, browser))

    assert (outcome.verdict, outcome.code) == (Verdict.RETRY, "UNEXPECTED")
    assert browser.token not in {each["token"] for each in service.mailbox.sent}
    nameless.close()


def test_a_device_has_a_quota_of_its_own(seal: Seal, service: Simulator, channel: WebPush) -> None:
    busy, calm = service.mailbox.subscribe(), service.mailbox.subscribe()
    told = channel.send([push(seal, service, each) for each in (busy, busy, busy, busy, calm)])

    assert sorted(each.code for each in told[:4]) == ["201", "201", "201", "429"]
    assert told[4].code == "201"


def test_what_leads_to_fcm_leads_nobody_else(
    seal: Seal, service: Simulator, channel: WebPush, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    assert one(channel, push(seal, service, service.mailbox.subscribe())).code == "201"


@pytest.mark.parametrize(
    "keys", [None, "", "{}", "[]", '{"p256dh": "AA", "auth": "AA"}', '{"p256dh": 1, "auth": null}']
)
def test_a_subscription_without_keys_hears_nothing(
    seal: Seal, service: Simulator, channel: WebPush, keys: str | None
) -> None:
    browser = service.mailbox.subscribe()

    outcome = one(channel, replace(push(seal, service, browser), keys=keys))

    assert (outcome.verdict, outcome.code) == (Verdict.DEAD_TOKEN, "NO_KEYS")
    assert browser.token not in {each["token"] for each in service.mailbox.sent}


def test_keys_are_read_with_and_without_padding(service: Simulator) -> None:
    browser = service.mailbox.subscribe()
    padded = {"p256dh": browser.keys["p256dh"] + "=", "auth": browser.keys["auth"] + "=="}

    assert keys_of(json.dumps(padded)) == keys_of(json.dumps(browser.keys)) == browser.keys


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://wns2-db5p.notify.windows.com/w/?token=abc",
        "https://web.push.apple.com/abc",
        "https://fcm.googleapis.com:443/fcm/send/abc",
    ],
)
def test_push_services_of_browsers_are_known(endpoint: str) -> None:
    assert may_be_reached(endpoint, PUSH_HOSTS)


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "nonsense",
        "http://fcm.googleapis.com/abc",
        "https://fcm.googleapis.com:8443/abc",
        "https://fcm.googleapis.com@127.0.0.1/abc",
        f"https://user:{'word'}@fcm.googleapis.com/abc",
        "https://127.0.0.1/abc",
        "https://[::1]/abc",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/abc",
        "https://fcm.googleapis.com.example/abc",
        "https://evilnotify.windows.com/abc",
        "https://notify.windows.com.example/abc",
        "https://example/fcm.googleapis.com",
        "https://example\\@fcm.googleapis.com/abc",
        "https://fcm.googleapis.com\t/abc",
        "https://fcm.googleapis.com:https/abc",
        "file:/etc/hostname",
        "gopher://fcm.googleapis.com/abc",
        "https://fcm.googleapis.com/" + "x" * 3000,
        "http://127.0.0.1:8203/push/abc",
    ],
)
def test_our_server_is_not_sent_anywhere_else(
    endpoint: str, seal: Seal, service: Simulator
) -> None:
    guarded = WebPush(KEY, CONTACT, PUSH_HOSTS, answer_within=0.2)
    sent = replace(push(seal, service, service.mailbox.subscribe()), token=endpoint)

    assert not may_be_reached(endpoint, PUSH_HOSTS)
    outcome = one(guarded, sent)
    assert (outcome.verdict, outcome.code) == (Verdict.BAD_SETUP, "HOST_NOT_ALLOWED")
    guarded.close()


def test_a_service_of_this_machine_is_its_whole_address() -> None:
    hosts = ["http://127.0.0.1:8203"]

    assert may_be_reached("http://127.0.0.1:8203/push/abc", hosts)
    assert not may_be_reached("http://127.0.0.1:8204/push/abc", hosts)
    assert not may_be_reached("https://127.0.0.1:8203/push/abc", hosts)
    assert not may_be_reached(f"{hosts[0]}@example/abc", hosts)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEB_PUSH_HOSTS", "https://push.example"),
        ("WEB_PUSH_HOSTS", "push.example,*"),
        ("WEB_PUSH_HOSTS", "10.0.0.1"),
        ("WEB_PUSH_HOSTS", "http://192.168.0.1:80"),
        ("WEB_PUSH_CONTACT", "it@jiantong.example"),
        ("HMS_URL", "http://push.example"),
    ],
)
def test_settings_name_services_clearly(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        Settings.from_environment({name: value})


def test_channels_are_those_that_are_set_up(tmp_path: Path) -> None:
    secret = tmp_path / "hms"
    secret.write_text("not a secret\n")
    given = {"DATA_DIR": str(tmp_path), "WEB_PUSH_CONTACT": CONTACT}
    huawei = {"HMS_APP_ID": "1", "HMS_SECRET": str(secret), "HMS_URL": "http://127.0.0.1:1"}

    none = channels_of(Settings.from_environment({"DATA_DIR": str(tmp_path)}))
    two = channels_of(Settings.from_environment(given | huawei))

    assert none == {}
    assert set(two) == {DeliveryChannel.WEB_PUSH, DeliveryChannel.HMS}
    close(two)


def test_the_key_is_made_once_and_read_by_the_owner_only(tmp_path: Path) -> None:
    settings = Settings.from_environment({"DATA_DIR": str(tmp_path)})

    shown = vapid_public_key(settings)

    assert len(shown) == 87  # 65 bytes
    assert vapid_key(settings.secrets).private_numbers() == (
        vapid_key(settings.secrets).private_numbers()
    )
    (path,) = settings.secrets.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
