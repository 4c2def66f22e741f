"""What every channel promises, each on the simulator of its service."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from jiantong.simulators import fcm as fcm_simulator
from jiantong.simulators import hms as hms_simulator
from jiantong.simulators import web_push as web_push_simulator
from jiantong.simulators.service import Limits, Mailbox, Trouble
from notifications.channels import Channel, Outcome, Push, Verdict
from notifications.channels.fcm import Fcm
from notifications.channels.hms import Account, Hms
from notifications.channels.vendors import FCM, HMS, WEB_PUSH, Vendor
from notifications.channels.web_push import WebPush
from notifications.messages import Urgency
from notifications.payloads import KEYS, Seal
from services.kernel.clock import machine_now
from tests.notifications.conftest import led_to

HASTE = 0.3
LIMITS = Limits(slow_for=1.0, silent_for=20)
IN_TIME = {"fcm": 15.0, "web_push": 5.0, "hms": 5.0}
"""Seconds for four broken answers: Google's library asks twice and waits in between."""

ACCEPTED, DEAD, RETRY = Verdict.ACCEPTED, Verdict.DEAD_TOKEN, Verdict.RETRY
PAYLOAD, SETUP = Verdict.BAD_PAYLOAD, Verdict.BAD_SETUP

WORDS: dict[str, dict[str, tuple[Verdict, str]]] = {
    "fcm": {
        "accept": (ACCEPTED, "OK"),
        "unregistered": (DEAD, "UNREGISTERED"),
        "bad_token": (DEAD, "INVALID_TOKEN"),
        "malformed": (DEAD, "INVALID_TOKEN"),
        "bad_payload": (PAYLOAD, "INVALID_ARGUMENT"),
        "sender_id_mismatch": (SETUP, "SENDER_ID_MISMATCH"),
        "quota": (RETRY, "QUOTA_EXCEEDED"),
        "quota_without_hint": (RETRY, "QUOTA_EXCEEDED"),
        "internal": (RETRY, "INTERNAL"),
        "unavailable": (RETRY, "UNAVAILABLE"),
    },
    "web_push": {
        "accept": (ACCEPTED, "201"),
        "gone": (DEAD, "410"),
        "unknown": (DEAD, "404"),
        "bad_request": (PAYLOAD, "400"),
        "too_large": (PAYLOAD, "413"),
        "unsigned": (SETUP, "401"),
        "other_key": (SETUP, "403"),
        "quota": (RETRY, "429"),
        "quota_by_date": (RETRY, "429"),
        "quota_without_hint": (RETRY, "429"),
        "internal": (RETRY, "500"),
        "unavailable": (RETRY, "503"),
    },
    "hms": {
        "accept": (ACCEPTED, "80000000"),
        "illegal": (DEAD, "80300007"),
        "no_right": (SETUP, "TOKENS_OF_ANOTHER_APP"),
        "token_format": (DEAD, "ILLEGAL_TOKEN"),
        "riddle": (RETRY, "UNREADABLE"),
        "structure": (PAYLOAD, "80100003"),
        "parameter": (PAYLOAD, "80100001"),
        "expired": (PAYLOAD, "80100004"),
        "sensitive": (PAYLOAD, "80100016"),
        "too_large": (PAYLOAD, "80300008"),
        "too_many": (PAYLOAD, "80300010"),
        "oauth": (SETUP, "80200001"),
        "oauth_expired": (RETRY, "80200003"),
        "no_permission": (SETUP, "80300002"),
        "oauth_away": (RETRY, "80600003"),
        "system": (RETRY, "81000001"),
        "quota": (RETRY, "429"),
        "quota_without_hint": (RETRY, "429"),
        "flow_control": (RETRY, "503"),
        "gateway": (RETRY, "502"),
    },
}
HINTED = {"quota": 1, "flow_control": 1, "quota_by_date": 60}
"""Seconds for which each is told to wait."""

NO_ANSWER = [Trouble.SLOW, Trouble.HALF_OPEN, Trouble.CUT, Trouble.DRIP]
BROKEN = [Trouble.HTML, Trouble.PAGE, Trouble.EMPTY, Trouble.BABBLE, Trouble.FLOOD]
REACHABLE_BY_STATUS = {("web_push", Trouble.BABBLE)}
"""A browser's service says all with its status; nobody has to understand the rest."""


@dataclass
class Bench:
    """One channel on its simulator, once with patience and once without."""

    name: str
    vendor: Vendor
    mailbox: Mailbox
    words: type[StrEnum]
    patient: Channel
    hasty: Channel
    addressed: Callable[[str], tuple[str, str | None]]
    seal: Seal

    def push(self, word: str, urgency: Urgency = Urgency.TASK) -> Push:
        """A push of its own to a new device that is answered so."""
        token, keys = self.addressed(word)
        payload = self.seal.payload(uuid4(), urgency, machine_now() + timedelta(hours=1))
        return Push(token, "web", payload, urgency, timedelta(hours=1), keys)

    def heard(self, push: Push) -> list[dict[str, str]]:
        """What the device of a push has heard."""
        name = push.token.rpartition("/")[2]
        return [data for _, data in self.mailbox.devices[name]]


@pytest.fixture(scope="module")
def on_fcm(seal: Seal, fcm: Fcm, simulator: fcm_simulator.Simulator) -> Iterator[Bench]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in led_to(simulator).items():
            environment.setenv(name, value)
        hasty = Fcm(simulator.credentials, "hasty", answer_within=HASTE)
        yield Bench(
            "fcm",
            FCM,
            simulator.mailbox,
            fcm_simulator.Answer,
            fcm,
            hasty,
            lambda word: (f"{word}-{uuid4()}", None),
            seal,
        )
        hasty.close()


def browser(service: web_push_simulator.Simulator, word: str) -> tuple[str, str]:
    subscribed = service.mailbox.subscribe(word)
    keys = str(subscribed.keys).replace("'", '"')
    return service.mailbox.endpoint(subscribed.token), keys


@pytest.fixture(scope="module")
def browsers() -> Iterator[web_push_simulator.Simulator]:
    with web_push_simulator.Simulator(limits=LIMITS) as service:
        yield service


def to_browsers(
    service: web_push_simulator.Simulator, *, within: float = 10.0, key: object = None
) -> WebPush:
    private = key if isinstance(key, ec.EllipticCurvePrivateKey) else KEY
    return WebPush(private, "mailto:it@jiantong.example", [service.url], answer_within=within)


KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def on_web_push(seal: Seal, browsers: web_push_simulator.Simulator) -> Iterator[Bench]:
    patient, hasty = to_browsers(browsers), to_browsers(browsers, within=HASTE)
    yield Bench(
        "web_push",
        WEB_PUSH,
        browsers.mailbox,
        web_push_simulator.Answer,
        patient,
        hasty,
        lambda word: browser(browsers, word),
        seal,
    )
    patient.close()
    hasty.close()


@pytest.fixture(scope="module")
def huawei(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hms_simulator.Simulator]:
    with hms_simulator.Simulator(tmp_path_factory.mktemp("hms"), limits=LIMITS) as service:
        yield service


def to_huawei(service: hms_simulator.Simulator, *, within: float = 10.0, secret: str = "") -> Hms:
    known = secret or service.secret.read_text()
    account = Account(hms_simulator.APP_ID, known, service.url, service.url)
    return Hms(account, answer_within=within)


@pytest.fixture(scope="module")
def on_hms(seal: Seal, huawei: hms_simulator.Simulator) -> Iterator[Bench]:
    patient, hasty = to_huawei(huawei), to_huawei(huawei, within=HASTE)
    yield Bench(
        "hms",
        HMS,
        huawei.mailbox,
        hms_simulator.Answer,
        patient,
        hasty,
        lambda word: (f"{word}-{uuid4()}", None),
        seal,
    )
    patient.close()
    hasty.close()


@pytest.fixture(scope="module", params=["fcm", "web_push", "hms"])
def bench(request: pytest.FixtureRequest) -> Bench:
    found = request.getfixturevalue(f"on_{request.param}")
    assert isinstance(found, Bench)
    return found


@dataclass(frozen=True)
class Said:
    """One batch, what was sent and what was answered."""

    pushes: dict[str, Push]
    outcomes: dict[str, Outcome]


def ask(channel: Channel, bench: Bench, words: Sequence[str]) -> Said:
    pushes = {word: bench.push(word) for word in words}
    return Said(pushes, dict(zip(words, channel.send(list(pushes.values())), strict=True)))


@pytest.fixture(scope="module")
def said(bench: Bench) -> Said:
    """One batch with every answer in it: what a library repeats by itself runs side by side."""
    troubles = [*BROKEN, Trouble.TWICE, Trouble.REDIRECT]
    return ask(bench.patient, bench, [*WORDS[bench.name], *troubles])


def test_every_answer_of_a_simulator_is_asked_for(bench: Bench) -> None:
    assert set(WORDS[bench.name]) == set(bench.words)
    asked = {*NO_ANSWER, *BROKEN, Trouble.TWICE, Trouble.REDIRECT}
    assert asked == set(Trouble)


def test_an_answer_has_one_meaning_the_table_s(bench: Bench, said: Said) -> None:
    told = {word: (said.outcomes[word].verdict, said.outcomes[word].code) for word in bench.words}
    table = {one.code: one.verdict for one in bench.vendor.answers}

    assert told == WORDS[bench.name]
    assert {code: verdict for verdict, code in told.values()}.items() <= table.items()


def test_outcomes_come_in_the_order_of_the_pushes(bench: Bench) -> None:
    dead = next(word for word, (verdict, _) in WORDS[bench.name].items() if verdict is DEAD)
    words = ["accept", dead, "accept", "accept", dead, "accept"]

    told = bench.patient.send([bench.push(word) for word in words])

    assert [one.verdict for one in told] == [WORDS[bench.name][word][0] for word in words]


def test_nothing_is_sent_for_nothing(bench: Bench) -> None:
    assert bench.patient.send([]) == []


def test_exactly_four_strings_arrive(bench: Bench, said: Said) -> None:
    pushed = said.pushes["accept"]

    assert bench.heard(pushed) == [dict(pushed.payload)]
    assert set(pushed.payload) == KEYS


def test_a_service_that_delivers_twice_has_accepted_once(bench: Bench, said: Said) -> None:
    heard = bench.heard(said.pushes["twice"])

    assert said.outcomes["twice"].verdict is ACCEPTED
    assert [data["id"] for data in heard] == [said.pushes["twice"].payload["id"]] * 2


def test_only_an_accepted_push_has_a_number(bench: Bench, said: Said) -> None:
    numbered = {word for word in bench.words if said.outcomes[word].message_id}

    assert numbered == {"accept"}


def test_retry_after_is_heard_and_nothing_is_made_up(bench: Bench, said: Said) -> None:
    for word in bench.words:
        later = said.outcomes[word].retry_after
        if word in HINTED:
            assert later is not None
            assert 0 < HINTED[word] - later.total_seconds() + 1 < 30
        else:
            assert later is None


@pytest.mark.parametrize("trouble", BROKEN)
def test_an_answer_nobody_can_read_is_tried_again(
    bench: Bench, said: Said, trouble: Trouble
) -> None:
    wanted = ACCEPTED if (bench.name, trouble) in REACHABLE_BY_STATUS else RETRY

    assert said.outcomes[trouble].verdict is wanted


def test_nobody_is_followed_elsewhere(said: Said) -> None:
    assert said.outcomes["redirect"].verdict in {SETUP, RETRY}


def test_a_service_that_does_not_answer_is_left_in_time(bench: Bench) -> None:
    bench.hasty.send([bench.push("accept")])  # a first connection takes its time
    started = time.monotonic()

    told = ask(bench.hasty, bench, NO_ANSWER)

    assert {word: one.verdict for word, one in told.outcomes.items()} == dict.fromkeys(
        NO_ANSWER, RETRY
    )
    assert time.monotonic() - started < IN_TIME[bench.name]


def test_no_push_however_wrong_raises_or_costs_a_token(bench: Bench) -> None:
    good = bench.push("accept")
    wrong = [
        replace(good, token=""),
        replace(good, token="\x00\n"),
        replace(good, payload={}),
        replace(good, payload=dict(good.payload) | {"suspect": "赵某"}),
        replace(good, payload=dict(good.payload) | {"sig": "x" * 9000}),
        bench.push("accept"),
    ]

    told = bench.patient.send(wrong)

    assert [one.verdict for one in told[:-1]].count(ACCEPTED) == 0
    assert told[-1].verdict is ACCEPTED
    assert DEAD not in {told[number].verdict for number in (2, 3, 4)}
    assert bench.heard(good) == []


def test_a_service_that_is_away_is_a_retry(on_web_push: Bench, on_hms: Bench) -> None:
    with web_push_simulator.Simulator() as gone:
        address = gone.url
        keys = browser(gone, "accept")[1]
    away = WebPush(KEY, "mailto:it@jiantong.example", [address], answer_within=HASTE)
    sent = replace(on_web_push.push("accept"), token=f"{address}/push/accept-1", keys=keys)
    assert [one.code for one in away.send([sent])] == ["NO_ANSWER"]
    away.close()

    nowhere = Hms(Account("1", "x", address, address), answer_within=HASTE)
    told = nowhere.send([on_hms.push("accept") for _ in range(20)])
    assert {(one.verdict, one.code) for one in told} == {(RETRY, "OAUTH_AWAY")}
    nowhere.close()
