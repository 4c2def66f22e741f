"""The process is killed at every statement: nothing is lost, and nothing happens twice.

A request is one transaction, so a death inside it leaves the database as it was, to the last
byte; the phone sends the same request again under the same key, and the end is the end of a run
without a death. Telling and sending are several transactions; there only the end is compared,
and a push is repeated only where the answer to it was lost (at least once, never not at all).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain, count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from notifications.deliveries import Delivery, DeliveryChannel, DeliveryState, DevicePush
from notifications.faults import DeliveryFault
from notifications.health import ChannelTally
from notifications.sender import LEASE
from services.devices import Device, Platform, PushService
from services.kernel.clock import machine_now
from services.kernel.settings import Settings
from services.sessions import SignInSession
from tests.proofs import state
from tests.proofs.conftest import Told
from tests.proofs.crashing import (
    AT_COMMIT,
    CHANNELS,
    REFUSED,
    Crashes,
    Deed,
    Network,
    replay,
    sweep,
)
from tests.proofs.databases import Databases
from tests.proofs.house import Answer, House, Phone
from tests.proofs.town import CHECKS, OPINION, Steps, Town, founded

pytestmark = pytest.mark.xdist_group("proofs")

DEVICES = {"a": PushService.FCM, "b": PushService.FCM, "c": PushService.WEB_PUSH}
ENDS = {DeliveryState.SENT, DeliveryState.DEAD_LETTER}
EVERY = 1
NONE = timedelta()
LATER = LEASE + timedelta(seconds=1)


@dataclass(frozen=True)
class Prepared:
    """A database in which a case stands before each of its steps, and the step as a request."""

    name: str
    deeds: dict[str, Deed]


@pytest.fixture(scope="module")
def prepared(databases: Databases, empty: str, assembled_app: Flask) -> Iterator[Prepared]:
    with databases.copy(empty) as name:
        with databases.opened(name) as engine:
            house = House.on(assembled_app, engine)
            with house.sessions.begin() as session:
                town = founded(session, assembled_app.extensions["token_key"], prosecutors=3)
                _phones(session, town)
            deeds = _journey(Steps(house, town), town)
            sweep(engine, Network(Path("/dev/null"), refuses=""), later=NONE)
        yield Prepared(name, deeds)


def _phones(session: Any, town: Town) -> None:
    """The first of each post has two phones and a browser, so pushes can go half way.

    The vendor refuses what is for the phones of the police officer.
    """
    for phone in (town.managers[0], town.chiefs[0], town.officers[0], *town.prosecutors):
        opened = session.scalar(
            select(SignInSession.id).where(SignInSession.person_id == phone.person_id)
        )
        word = REFUSED if phone is town.officers[0] else "token"
        session.add_all(
            Device(
                person_id=phone.person_id,
                session_id=opened,
                platform=Platform.ANDROID,
                service=service,
                token=f"{word}-{phone.person_id}-{which}",
                registered_at=machine_now(),
            )
            for which, service in DEVICES.items()
        )


def _journey(steps: Steps, town: Town) -> dict[str, Deed]:
    """Lead a case up to each step, and say how that step is asked for."""
    manager, chief, officer = town.managers[0], town.chiefs[0], town.officers[0]

    def done(answer: Answer) -> Any:
        assert answer.status in {200, 201}, answer
        return answer.body

    def submitted(number: str) -> Any:
        return done(steps.submit(number, suspects=2))

    def accepted(number: str) -> Any:
        return done(steps.accept(submitted(number)))

    def assigned(number: str) -> Any:
        case = accepted(number)
        done(steps.assign(case))
        return steps.case(case["id"])

    def opined(number: str) -> tuple[Any, Any]:
        case = assigned(number)
        return case, done(steps.opine(case["arrest_reviews"][0], case["handler"]["id"]))

    def decided(number: str) -> Any:
        return done(steps.decide(opined(number)[1]))

    def deed(name: str, phone: Phone, path: str, body: object, of: Any) -> Deed:
        return Deed(phone, "PUT", path, body, f'"{of["version"]}"', f"crash-{name}")

    request, case, reviewed = submitted("受理1号"), accepted("分案1号"), assigned("审查1号")
    first, opinion, decision = (
        reviewed["arrest_reviews"][0],
        opined("审批1号")[1],
        decided("回执1号"),
    )
    handler = town.handler(reviewed["handler"]["id"])
    done(steps.file(first, reviewed["handler"]["id"]))
    executed = {"outcome": "executed", "executed_at": decision["decision"]["at"]}
    acceptance = {"checks": CHECKS, "list": "ordinary"}
    new = town.request("提请1号", suspects=2)
    path = "/arrest-reviews/{}".format
    return {
        "submit": Deed(officer, "POST", "/arrest-requests", new, None, "crash-submit"),
        "accept": deed(
            "accept", manager, f"/arrest-requests/{request['id']}/acceptance", acceptance, request
        ),
        "assign": deed(
            "assign", manager, f"/cases/{case['id']}/assignment", {"mode": "random"}, case
        ),
        "opine": deed("opine", handler, f"{path(first['id'])}/opinion", OPINION, first),
        "decide": deed(
            "decide", chief, f"{path(opinion['id'])}/decision", {"outcome": "approve"}, opinion
        ),
        "receipt": deed("receipt", officer, f"{path(decision['id'])}/receipt", executed, decision),
    }


@dataclass
class Scene:
    """One copy of the prepared database, on which a deed is done, with or without deaths."""

    databases: Databases
    app: Flask
    name: str
    engine: Engine
    network: Network

    @property
    def app_url(self) -> str:
        return self.databases.app_url(self.name)

    def ask(self, deed: Deed) -> Answer:
        return House.on(self.app, self.engine).ask(
            deed.phone, deed.method, deed.path, deed.body, etag=deed.etag, key=deed.key
        )

    def rewind(self) -> None:
        with self.databases.owned(self.name) as owner:
            state.rewind(owner)

    def sweep(self, later: timedelta = LATER) -> None:
        sweep(self.engine, self.network, later=later)

    def sweep_mended(self) -> None:
        """The same, by a vendor that refuses nothing any more."""
        sweep(self.engine, replace(self.network, refuses=""), later=LATER)


Scenes = Callable[[str], Any]


@pytest.fixture
def scene(databases: Databases, assembled_app: Flask, tmp_path: Path) -> Scenes:
    """Scenes on copies of a database, each with a mailbox of its own."""
    numbers = count(1)

    @contextmanager
    def opened(of: str) -> Iterator[Scene]:
        mailbox = Network(tmp_path / f"mailbox-{next(numbers)}")
        with databases.copy(of) as name, databases.opened(name) as engine:
            yield Scene(databases, assembled_app, name, engine, mailbox)

    return opened


@pytest.fixture(scope="session")
def crashes(own_settings: Settings) -> Crashes:
    return Crashes(own_settings)


STEPS = ("submit", "accept", "assign", "opine", "decide", "receipt")
STRIDES = [
    *(pytest.param(step, EVERY, marks=pytest.mark.prove, id=f"{step}-full") for step in STEPS),
    pytest.param("decide", 20, id="decide-sample"),
]


@pytest.mark.parametrize(("step", "stride"), STRIDES)
def test_a_step_that_is_killed_is_taken_once(
    prepared: Prepared,
    scene: Scenes,
    crashes: Crashes,
    measured: Told,
    *,
    step: str,
    stride: int,
) -> None:
    """Dies at each statement in turn, and once after the commit; then the phone asks again."""
    deed = prepared.deeds[step]
    with scene(prepared.name) as unhurt:
        unhurt.rewind()
        assert unhurt.ask(deed).status in {200, 201}
        unhurt.sweep()
        expected = state.in_the_end(unhurt.engine)

    with scene(prepared.name) as hurt:
        before, deaths = state.exactly(hurt.engine), 0
        for fatal in chain([AT_COMMIT], count(1, stride)):
            hurt.rewind()
            if not crashes.request(hurt.app_url, deed, fatal):
                break
            deaths += 1
            assert state.exactly(hurt.engine) == before, f"death at statement {fatal} left traces"
        assert deaths > (20 if stride == EVERY else 1)

        again = hurt.ask(deed)  # its answer was lost: the last process came to its end unheard
        assert (again.status in {200, 201}, again.replayed) == (True, True), again
        hurt.sweep()
        assert state.in_the_end(hurt.engine) == expected

        hurt.sweep()
        assert state.in_the_end(hurt.engine) == expected, "nothing is told a second time"
    measured(f"{step}: killed at {deaths} statements")


@pytest.fixture(scope="module")
def eventful(prepared: Prepared, databases: Databases, assembled_app: Flask) -> Iterator[str]:
    """The database in which two things have just happened and nobody has been told."""
    with databases.copy(prepared.name) as name:
        with databases.opened(name) as engine:
            house = House.on(assembled_app, engine)
            for step in ("accept", "decide"):
                deed = prepared.deeds[step]
                house.ask(deed.phone, deed.method, deed.path, deed.body, etag=deed.etag, key=step)
        yield name


@pytest.mark.parametrize(
    "stride",
    [
        pytest.param(EVERY, marks=pytest.mark.prove, id="full"),
        pytest.param(61, id="sample"),
    ],
)
def test_a_worker_that_is_killed_tells_and_sends_what_it_left(
    eventful: str, scene: Scenes, crashes: Crashes, measured: Told, stride: int
) -> None:
    """Dies at each statement of telling and sending; the next sweep does what is left.

    A push goes out twice exactly where it had gone out and its answer was not yet on record.
    """
    with scene(eventful) as unhurt:
        unhurt.rewind()
        unhurt.sweep()
        expected = state.but_for_wakes(state.in_the_end(unhurt.engine))
        assert unhurt.network.arrived
        assert len(set(unhurt.network.arrived)) == len(unhurt.network.arrived)
        once = Counter(token for _, token in unhurt.network.arrived)
        answered = _answered(unhurt.engine)
        assert _heaps(unhurt.engine) == len(CHANNELS), "what was refused has an owner"

    deaths, repeated = 0, 0
    for fatal in count(1 if stride == EVERY else stride, stride):
        with scene(eventful) as hurt:
            hurt.rewind()
            if not crashes.sweep(hurt.app_url, hurt.network.mailbox, fatal):
                break
            deaths += 1
            unheard = set(hurt.network.arrived) - _on_record(hurt.engine)
            hurt.rewind()

            hurt.sweep()

            ended = state.but_for_wakes(state.in_the_end(hurt.engine))
            assert ended == expected, f"after death at statement {fatal}"
            arrived = Counter(hurt.network.arrived)
            assert Counter(token for _, token in arrived) == once
            assert {push for push, times in arrived.items() if times > 1} == unheard
            assert max(arrived.values()) <= 2
            assert set(_states(hurt.engine)) == ENDS
            assert _answered(hurt.engine) == answered, "no answer is counted twice"
            repeated += len(unheard)
    assert deaths > (20 if stride == EVERY else 1)
    assert stride != EVERY or repeated, "no death fell between the network and the record"
    measured(f"sweep: killed at {deaths} statements; {repeated} pushes repeated")


def test_a_push_whose_answer_was_lost_arrives_again_and_is_one_line_of_the_inbox(
    eventful: str, scene: Scenes, crashes: Crashes
) -> None:
    """The process dies after the vendor took the pushes and before it heard so."""
    with scene(eventful) as unhurt:
        unhurt.rewind()
        unhurt.sweep()
        expected = state.but_for_wakes(state.in_the_end(unhurt.engine))

    with scene(eventful) as hurt:
        hurt.rewind()
        assert crashes.unheard(hurt.app_url, hurt.network.mailbox)
        unheard = set(hurt.network.arrived)
        assert unheard
        assert not unheard & _on_record(hurt.engine)

        hurt.sweep()

        assert state.but_for_wakes(state.in_the_end(hurt.engine)) == expected
        arrived = Counter(hurt.network.arrived)
        assert {push for push, times in arrived.items() if times > 1} == unheard


@pytest.fixture(scope="module")
def refused(
    eventful: str, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The database in which all was told and sent, and some of it refused."""
    with databases.copy(eventful) as name:
        with databases.opened(name) as engine:
            sweep(engine, Network(tmp_path_factory.mktemp("refused") / "mailbox"), later=NONE)
        yield name


@pytest.mark.parametrize(
    "stride",
    [pytest.param(EVERY, marks=pytest.mark.prove, id="full"), pytest.param(9, id="sample")],
)
def test_a_replay_that_is_killed_is_made_once(
    refused: str, scene: Scenes, crashes: Crashes, measured: Told, stride: int
) -> None:
    """Dies at each statement; then it is asked for again, and the vendor takes what it refused."""
    with scene(refused) as unhurt:
        unhurt.rewind()
        while replay(unhurt.engine):
            pass
        unhurt.sweep_mended()
        expected = state.in_the_end(unhurt.engine)
        once = Counter(token for _, token in unhurt.network.arrived)
        assert once
        assert set(_states(unhurt.engine)) == {DeliveryState.SENT}

    with scene(refused) as hurt:
        before, deaths = state.exactly(hurt.engine), 0
        for fatal in count(1, stride):
            hurt.rewind()
            if not crashes.replay(hurt.app_url, fatal):
                break
            deaths += 1
            assert state.exactly(hurt.engine) == before, f"death at statement {fatal} left traces"
        assert deaths > (5 if stride == EVERY else 0)

        while replay(hurt.engine):
            pass
        hurt.sweep_mended()

        assert state.in_the_end(hurt.engine) == expected
        assert Counter(token for _, token in hurt.network.arrived) == once
    measured(f"replay: killed at {deaths} statements")


def _answered(engine: Engine) -> Counter[tuple[str, str, str]]:
    """How many answers of each kind were counted, in whichever hour."""
    tallies = select(ChannelTally.channel, ChannelTally.verdict, ChannelTally.code)
    with engine.connect() as connection:
        return Counter(
            {
                (row[0].value, row[1].value, row[2]): row[3]
                for row in connection.execute(
                    tallies.add_columns(func.sum(ChannelTally.pushes)).group_by(
                        ChannelTally.channel, ChannelTally.verdict, ChannelTally.code
                    )
                )
            }
        )


def _heaps(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(DeliveryFault)) or 0


def _on_record(engine: Engine) -> set[tuple[str, str]]:
    """The pushes whose answers have been kept."""
    rows = (
        select(Delivery.item, DevicePush.message_id)
        .join(DevicePush, DevicePush.delivery_id == Delivery.id)
        .where(DevicePush.message_id.is_not(None))
    )
    with engine.connect() as connection:
        return {(str(item), str(token)) for item, token in connection.execute(rows)}


def _states(engine: Engine) -> Counter[DeliveryState]:
    """Of what nobody's digest or quiet hours hold back."""
    pushes = select(Delivery.state).where(
        Delivery.channel != DeliveryChannel.INBOX, Delivery.held.is_(None)
    )
    with engine.connect() as connection:
        return Counter(row[0] for row in connection.execute(pushes))
