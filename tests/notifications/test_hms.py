"""Huawei's Push Kit: access tokens, lists of tokens, and when a dead token is not believed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from jiantong.simulators.hms import APP_ID, Answer, Simulator
from notifications.channels import Push, Verdict
from notifications.channels.hms import LARGE, TOKENS_AT_ONCE, Account, Hms, message
from notifications.messages import Urgency
from notifications.payloads import Seal
from services.kernel.clock import machine_now


@pytest.fixture
def huawei(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with Simulator(tmp_path_factory.mktemp("hms")) as service:
        yield service


@pytest.fixture
def channel(huawei: Simulator) -> Iterator[Hms]:
    channel = Hms(account(huawei))
    yield channel
    channel.close()


def account(huawei: Simulator) -> Account:
    return Account(APP_ID, huawei.secret.read_text(), huawei.url, huawei.url)


def push(seal: Seal, word: str = "accept", urgency: Urgency = Urgency.TASK) -> Push:
    payload = seal.payload(uuid4(), urgency, machine_now() + timedelta(hours=1))
    return Push(f"{word}-{uuid4()}", "android", payload, urgency, timedelta(hours=1))


def alike(seal: Seal, *words: str) -> list[Push]:
    """One message for several phones of one person."""
    first = push(seal)
    return [replace(first, token=f"{word}-{uuid4()}") for word in words]


def test_one_access_token_serves_many_messages(seal: Seal, huawei: Simulator, channel: Hms) -> None:
    told = channel.send([push(seal) for _ in range(20)])

    assert {one.verdict for one in told} == {Verdict.ACCEPTED}
    assert len(huawei.mailbox.bearers) == 1


def test_an_access_token_huawei_forgot_is_fetched_anew_once(
    seal: Seal, huawei: Simulator, channel: Hms
) -> None:
    channel.send([push(seal)])
    huawei.forget_access()

    told = channel.send([push(seal) for _ in range(10)])

    assert {one.verdict for one in told} == {Verdict.ACCEPTED}
    assert len(huawei.mailbox.bearers) == 1


def test_a_message_under_two_access_tokens_in_vain_is_given_up(
    seal: Seal, huawei: Simulator, channel: Hms
) -> None:
    sent = push(seal, "oauth")

    (told,) = channel.send([sent])

    assert told.verdict is Verdict.BAD_SETUP
    assert [one["token"] for one in huawei.mailbox.sent] == [sent.token] * 2


def test_a_wrong_secret_is_a_fault_of_the_set_up(seal: Seal, huawei: Simulator) -> None:
    stranger = Hms(replace(account(huawei), secret="guessed"))

    told = stranger.send([push(seal) for _ in range(10)])

    assert {(one.verdict, one.code) for one in told} == {(Verdict.BAD_SETUP, "OAUTH_REFUSED")}
    assert list(huawei.mailbox.sent) == []
    stranger.close()


def test_phones_of_one_person_share_a_message_and_each_has_its_answer(
    seal: Seal, huawei: Simulator, channel: Hms
) -> None:
    pushes = alike(seal, "accept", "illegal", "accept")

    told = channel.send([*pushes, push(seal)])

    assert [(one.verdict, one.code) for one in told] == [
        (Verdict.ACCEPTED, "80100000"),
        (Verdict.DEAD_TOKEN, "ILLEGAL_TOKEN"),
        (Verdict.ACCEPTED, "80100000"),
        (Verdict.ACCEPTED, "80000000"),
    ]
    together = next(one["message"]["token"] for one in huawei.mailbox.sent)
    assert together == [one.token for one in pushes]


def test_no_list_is_longer_than_huawei_takes(seal: Seal, huawei: Simulator, channel: Hms) -> None:
    told = channel.send(alike(seal, *["accept"] * (TOKENS_AT_ONCE + 1)))

    assert {one.code for one in told} == {"80000000"}
    lists = {len(one["message"]["token"]) for one in huawei.mailbox.sent}
    assert lists == {TOKENS_AT_ONCE, 1}


def test_a_token_given_twice_is_answered_twice(seal: Seal, huawei: Simulator, channel: Hms) -> None:
    sent = push(seal)

    told = channel.send([sent, sent])

    assert [one.verdict for one in told] == [Verdict.ACCEPTED] * 2
    assert len(huawei.mailbox.devices[sent.token]) == 2


def test_many_tokens_called_invalid_at_once_are_not_believed(seal: Seal, channel: Hms) -> None:
    few = channel.send([push(seal, "illegal") for _ in range(LARGE - 1)])
    many = channel.send([push(seal, "illegal") for _ in range(LARGE)])
    mixed = channel.send([*(push(seal, "illegal") for _ in range(LARGE)), push(seal)])

    assert {one.verdict for one in few} == {Verdict.DEAD_TOKEN}
    assert {one.code for one in many} == {"TOKENS_OF_ANOTHER_APP"}
    assert {one.verdict for one in many} == {Verdict.BAD_SETUP}
    assert [one.verdict for one in mixed] == [Verdict.DEAD_TOKEN] * LARGE + [Verdict.ACCEPTED]


def test_a_plan_is_followed(seal: Seal, huawei: Simulator, channel: Hms) -> None:
    sent = push(seal)
    huawei.mailbox.plan(sent.token, [Answer.SYSTEM, Answer.FLOW_CONTROL, Answer.ACCEPT])

    told = [channel.send([sent])[0] for _ in range(3)]

    assert [one.code for one in told] == ["81000001", "503", "80000000"]


@pytest.mark.parametrize("urgency", Urgency)
def test_a_message_is_data_and_nothing_a_phone_shows_by_itself(
    seal: Seal, urgency: Urgency
) -> None:
    sent = push(seal, urgency=urgency)

    made = message([sent])["message"]

    assert set(made) == {"data", "android", "token"}
    level = "NORMAL" if urgency is Urgency.INFO else "HIGH"
    assert made["android"] == {"urgency": level, "ttl": "3600s"}


def test_a_secret_is_not_shown() -> None:
    assert "hush" not in repr(Account("1", "hush"))
    assert "hush" not in repr(push_of_nobody())


def push_of_nobody() -> Push:
    return Push("hush", "android", {}, Urgency.INFO, timedelta(), keys="hush")
