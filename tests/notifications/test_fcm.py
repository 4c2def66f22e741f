"""Google's own library against the simulator: what is its own; the rest is every channel's."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest

from jiantong.simulators.fcm import Answer, Simulator
from notifications.channels import Push, Verdict
from notifications.channels.fcm import Fcm, message
from notifications.messages import Urgency
from notifications.payloads import KEYS, Seal
from services.kernel.clock import machine_now
from services.kernel.settings import Settings
from tests.notifications.conftest import led_to


def push(seal: Seal, token: str, urgency: Urgency = Urgency.TASK) -> Push:
    expires_at = machine_now() + timedelta(hours=1)
    payload = seal.payload(uuid4(), urgency, expires_at)
    return Push(token, "web", payload, urgency, timedelta(hours=1))


def test_the_library_itself_outlasts_a_short_failure(
    fcm: Fcm, seal: Seal, simulator: Simulator
) -> None:
    simulator.mailbox.plan("accept-hiccup", [Answer.QUOTA])

    assert fcm.send([push(seal, "accept-hiccup")])[0].verdict is Verdict.ACCEPTED


def test_exactly_four_strings_arrive_and_no_words(
    fcm: Fcm, seal: Seal, simulator: Simulator
) -> None:
    for urgency in Urgency:
        token = f"accept-{urgency}"
        sent = push(seal, token, urgency)
        fcm.send([sent])
        (arrived,) = [one for one in simulator.mailbox.sent if one["token"] == token]
        high = urgency is not Urgency.INFO

        assert arrived["message"] == {
            "token": token,
            "data": dict(sent.payload),
            "android": {"priority": "high" if high else "normal", "ttl": "3600s"},
            "webpush": {"headers": {"TTL": "3600", "Urgency": "high" if high else "normal"}},
            "apns": {
                "headers": {"apns-push-type": "background", "apns-priority": "5"},
                "payload": {"aps": {"content-available": 1}},
            },
        }
        assert set(arrived["message"]["data"]) == KEYS


def test_more_than_a_hundred_go_in_their_order(fcm: Fcm, seal: Seal, simulator: Simulator) -> None:
    simulator.mailbox.forget()
    words = ["unregistered" if number % 50 == 7 else "accept" for number in range(230)]

    said = fcm.send([push(seal, f"{word}-{uuid4()}") for word in words])

    told = {"accept": Verdict.ACCEPTED, "unregistered": Verdict.DEAD_TOKEN}
    assert [outcome.verdict for outcome in said] == [told[word] for word in words]
    assert len(simulator.mailbox.sent) == 230


def test_a_channel_that_is_away_is_a_retry_and_no_exception(
    seal: Seal, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in led_to(simulator).items():
        monkeypatch.setenv(name, value)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    channel = Fcm(simulator.credentials, "away")
    started = time.monotonic()
    try:
        said = channel.send([push(seal, "accept-1")])
    finally:
        channel.close()

    assert [outcome.verdict for outcome in said] == [Verdict.RETRY]
    assert time.monotonic() - started < 10


def test_an_account_that_is_not_let_in_costs_no_token(
    seal: Seal, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        Simulator(tmp_path_factory.mktemp("other")) as other,
        pytest.MonkeyPatch.context() as environment,
    ):
        account = other.credentials.read_text().replace(other.url, simulator.url)
        other.credentials.write_text(account)
        for name, value in led_to(simulator).items():
            environment.setenv(name, value)
        channel = Fcm(other.credentials, "stranger")
        try:
            said = channel.send([push(seal, "accept-1")])
        finally:
            channel.close()

    assert [outcome.verdict for outcome in said] == [Verdict.RETRY]


def test_a_proxy_of_the_machine_s_own_does_not_win(
    seal: Seal, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "fcm.googleapis.com")
    for name, value in led_to(simulator).items():
        monkeypatch.setenv(name, value)
    channel = Fcm(simulator.credentials, "proxied")
    try:
        said = channel.send([push(seal, "accept-1")])
    finally:
        channel.close()

    assert [outcome.verdict for outcome in said] == [Verdict.ACCEPTED]


def test_nothing_is_led_anywhere_unless_asked() -> None:
    assert Settings.from_environment({}).fcm_environment == {}


def test_a_message_is_made_without_a_warning(seal: Seal) -> None:
    assert message(push(seal, "accept-1")).token == "accept-1"
