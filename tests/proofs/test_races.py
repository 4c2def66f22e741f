"""Everybody at once, over HTTP, on committed data: the database decides, and nobody sees a 500."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import Engine, func, select, text, update

from notifications import dispatcher
from notifications.channels import Outcome, Push, Verdict
from notifications.deliveries import Delivery, DeliveryChannel, DeliveryState, DevicePush
from notifications.messages import notices
from notifications.payloads import Seal
from notifications.sender import Sender
from services.arrest_requests import ArrestRequest
from services.arrest_reviews import ArrestDecision
from services.assignments import Assignment, RotationList, RotationLoad
from services.assignments.rotation import Candidate, draw, follows
from services.cases import Case, CaseState
from services.devices import Device, Platform
from services.kernel.act import JournalEntry, Undispatched
from services.kernel.clock import machine_now
from services.sessions import LEEWAY, EndReason, RefreshToken, SignInSession
from tests.make import PASSWORD
from tests.proofs.conftest import Told
from tests.proofs.databases import Databases
from tests.proofs.house import Answer, House, at_once, shared_out, statuses
from tests.proofs.town import Steps, Town, founded

pytestmark = pytest.mark.xdist_group("proofs")

SAMPLE = pytest.param(6, 9, id="sample")
FULL = pytest.param(64, 400, id="full", marks=pytest.mark.prove)
ROUNDS = [
    pytest.param(4, 1, id="sample"),
    pytest.param(32, 40, id="full", marks=pytest.mark.prove),
]


@dataclass(frozen=True)
class World:
    """A town, the house that serves it, and the database below."""

    house: House
    town: Town
    steps: Steps
    engine: Engine

    def all(self, chosen: Any) -> Sequence[Any]:
        with self.house.sessions() as session:
            return session.scalars(chosen).all()

    def count(self, kind: type[object], *where: Any) -> int:
        with self.house.sessions() as session:
            return session.scalar(select(func.count()).select_from(kind).where(*where)) or 0


@pytest.fixture
def world(databases: Databases, empty: str, assembled_app: Flask) -> Iterator[World]:
    with databases.copy(empty) as name, databases.opened(name, pool_size=64) as engine:
        house = House.on(assembled_app, engine)
        with house.sessions.begin() as session:
            town = founded(session, assembled_app.extensions["token_key"], each=4)
        yield World(house, town, Steps(house, town), engine)


def serial(number: str) -> int:
    return int(number.rpartition("〕")[2].removesuffix("号"))


def told(answers: Sequence[Answer], status: int) -> list[Any]:
    """The bodies, all of which must have been answered so."""
    assert statuses(answers) == {status: len(answers)}
    return [answer.body for answer in answers]


# A whole day of work, every step by everybody at once


@pytest.mark.parametrize(("workers", "size"), [SAMPLE, FULL])
def test_a_busy_day(world: World, measured: Told, workers: int, size: int) -> None:
    """Every step of every case is taken by whoever comes first; the books are in order after it.

    Case and decision numbers are unique and without gaps, the draws replay, loads lie at most
    one apart, every task is finished, and every case has reached its end.
    """
    steps, begun = world.steps, time.monotonic()

    def submit(n: int) -> Answer:
        return steps.submit(f"测公提捕字〔2026〕{n}号", 1 + n % 2, n)

    requests = told(shared_out(workers, submit, range(size)), 201)

    def accept(request: Any) -> Answer:
        return steps.accept(request, request["id"])

    accepted = told(shared_out(workers, accept, requests), 200)
    assert sorted(serial(case["number"]) for case in accepted) == list(range(1, size + 1))

    told(shared_out(workers, lambda case: steps.assign(case, case["id"]), accepted), 200)
    _the_draws_are_in_order(world, size)

    cases = shared_out(workers, lambda case: steps.case(case["id"]), accepted)
    reviews = [
        (review, case["handler"]["id"]) for case in cases for review in case["arrest_reviews"]
    ]
    opined = told(shared_out(workers, lambda one: steps.opine(*one), reviews), 200)

    decided = told(
        shared_out(workers, lambda review: steps.decide(review, review["id"]), opined), 200
    )
    numbers = sorted(serial(review["decision"]["number"]) for review in decided)
    assert numbers == list(range(1, len(reviews) + 1))
    assert set(world.all(select(Case.state))) == {CaseState.DECIDED}

    told(shared_out(workers, lambda review: steps.receipt(review, review["id"]), decided), 200)
    assert set(world.all(select(Case.state))) == {CaseState.CLOSED}
    spent, changes = time.monotonic() - begun, 3 * size + 3 * len(reviews)
    with world.engine.connect() as connection:
        deadlocks = connection.scalar(
            text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        )
    measured(
        f"a day of {changes} changes by {workers} phones: {spent:.0f} s, {deadlocks} deadlocks"
    )


def _the_draws_are_in_order(world: World, size: int) -> None:
    """Each turn was used once, each seed follows from the one before, and each draw replays."""
    (rotation,) = world.all(select(RotationList))
    draws = world.all(select(Assignment).order_by(Assignment.turn))
    assert [one.turn for one in draws] == list(range(1, size + 1))
    before, loads = rotation.anchor, Counter[int]()
    for one in draws:
        assert one.before == before.hex()
        seed = bytes.fromhex(one.seed)
        assert follows(seed, before)
        candidates = [Candidate(**candidate) for candidate in one.candidates]
        assert {each.person_id: each.drawn for each in candidates} == {
            phone.person_id: loads[phone.person_id] for phone in world.town.prosecutors
        }
        assert draw(candidates, seed, bytes.fromhex(one.nonce)) == one.handler_id
        loads[one.handler_id] += 1
        before = seed
    drawn = {load.person_id: load.drawn for load in world.all(select(RotationLoad))}
    assert Counter(drawn) == loads
    assert max(drawn.values()) - min(drawn.values()) <= 1


# One document, sent more than once


@pytest.mark.parametrize(("phones", "rounds"), ROUNDS)
def test_one_request_sent_again_under_its_key_is_stored_once(
    world: World, phones: int, rounds: int
) -> None:
    for n in range(rounds):
        send = partial(world.steps.submit, f"同键{n}号", key=f"key-{n}")

        answers = at_once(*[send] * phones)

        stored = [one.body["id"] for one in answers if one.status == 201]
        refused = [one.type for one in answers if one.status != 201]
        assert len(set(stored)) == 1
        assert sum(not one.replayed for one in answers if one.status == 201) == 1
        assert set(refused) <= {"still-at-work"}
        again = send()
        assert (again.status, again.replayed, again.body["id"]) == (201, True, stored[0])
    assert world.count(ArrestRequest) == rounds


@pytest.mark.parametrize(("phones", "rounds"), ROUNDS)
def test_one_document_sent_by_many_points_at_the_first(
    world: World, phones: int, rounds: int
) -> None:
    for n in range(rounds):
        sends = [partial(world.steps.submit, f"同文号{n}号", nth=nth) for nth in range(phones)]

        answers = at_once(*sends)

        assert statuses(answers) == {201: 1, 409: phones - 1}
        (first,) = (one.body["id"] for one in answers if one.status == 201)
        lost = [one for one in answers if one.status == 409]
        assert {(one.type, one.body["arrest_request_id"]) for one in lost} == {
            ("already-submitted", first)
        }
    assert world.count(ArrestRequest) == rounds


# One matter, two people


def awaiting(world: World, number: str, suspects: int = 1) -> list[Any]:
    """The reviews of a new case, each with an opinion that awaits approval."""
    steps = world.steps
    (request,) = told([steps.submit(number, suspects)], 201)
    (accepted,) = told([steps.accept(request)], 200)
    told([steps.assign(accepted)], 200)
    case = steps.case(accepted["id"])
    opinions = [steps.opine(review, case["handler"]["id"]) for review in case["arrest_reviews"]]
    return told(opinions, 200)


LOST = {409, 412}


@pytest.mark.parametrize(("chiefs", "rounds"), ROUNDS)
def test_a_review_is_decided_once(world: World, chiefs: int, rounds: int) -> None:
    for n in range(rounds):
        (review,) = awaiting(world, f"一审{n}号")

        answers = at_once(*[partial(world.steps.decide, review, nth) for nth in range(chiefs)])

        assert statuses(answers)[200] == 1
        assert set(statuses(answers)) <= {200, *LOST}
    numbers = sorted(serial(one.number) for one in world.all(select(ArrestDecision)))
    assert numbers == list(range(1, rounds + 1))


@pytest.mark.parametrize(("_phones", "rounds"), ROUNDS)
def test_the_suspects_of_a_case_are_decided_at_once(
    world: World, _phones: int, rounds: int
) -> None:
    for n in range(rounds):
        reviews = awaiting(world, f"同案{n}号", suspects=4)

        answers = at_once(
            *[
                partial(world.steps.decide, review, nth, "refuse" if nth % 2 else "approve")
                for nth, review in enumerate(reviews)
            ]
        )
        told(answers, 200)
        case_id = reviews[0]["case_id"]
        assert world.steps.case(case_id)["state"] == "decided"

        receipts = [
            partial(world.steps.receipt, answer.body, nth) for nth, answer in enumerate(answers)
        ]
        told(at_once(*receipts), 200)
        assert world.steps.case(case_id)["state"] == "closed"


@pytest.mark.parametrize(("_phones", "rounds"), ROUNDS)
def test_a_request_is_corrected_or_accepted_as_it_was_read(
    world: World, _phones: int, rounds: int
) -> None:
    ends = Counter[str]()
    for n in range(rounds):
        (request,) = told([world.steps.submit(f"更正{n}号")], 201)
        body = world.town.request(f"更正{n}号") | {"facts": "更正后的事实，" * 9}

        corrected, accepted = at_once(
            partial(
                world.house.ask,
                world.town.officers[0],
                "PUT",
                f"/arrest-requests/{request['id']}",
                body,
                etag=f'"{request["version"]}"',
            ),
            partial(world.steps.accept, request),
        )

        assert [corrected.status, accepted.status].count(200) == 1
        assert {corrected.status, accepted.status} <= {200, *LOST}
        ends["corrected" if corrected.status == 200 else "accepted"] += 1
        (stands,) = world.all(select(ArrestRequest).where(ArrestRequest.id == request["id"]))
        assert (stands.state == "accepted") == (accepted.status == 200)
        assert stands.facts.startswith("更正") == (corrected.status == 200)
    assert world.count(Case) == ends["accepted"]


def test_whoever_loses_a_deadlock_is_served_all_the_same(world: World) -> None:
    """Accepting holds the request and wants its task; another holds the task, wants the request.

    PostgreSQL undoes the one that has waited longest for a second. That is the acceptance, which
    must then be done over, unseen by the phone.
    """
    (request,) = told([world.steps.submit("死锁1号")], 201)
    with world.engine.connect() as other, ThreadPoolExecutor(1) as thread:
        about = {"id": request["id"]}
        other.execute(text("SELECT 1 FROM tasks WHERE about_id = :id FOR UPDATE"), about)
        answer = thread.submit(world.steps.accept, request)
        while not other.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert not answer.done()
        time.sleep(0.5)  # so that on a busy machine too it is the acceptance that waited longer
        other.execute(text("SELECT 1 FROM arrest_requests WHERE id = :id FOR UPDATE"), about)
        other.rollback()
        assert answer.result().status == 200
    assert world.count(Case) == 1


# One refresh token, two parties


def opened(world: World) -> tuple[str, str]:
    with world.house.sessions() as session:
        person = session.get_one(SignInSession, 1).person
    body = {"username": person.username, "password": PASSWORD}
    (session_,) = told([world.house.ask(None, "POST", "/sessions", body)], 201)
    return session_["access_token"], session_["refresh_token"]


def renewing(world: World, token: str) -> Callable[[], Answer]:
    return partial(world.house.ask, None, "POST", "/sessions/renewals", {"refresh_token": token})


def ended(world: World) -> int:
    return world.count(JournalEntry, JournalEntry.kind == "SessionEnded")


@pytest.mark.parametrize(("phones", "rounds"), ROUNDS)
def test_a_lost_answer_to_a_renewal_is_forgiven_and_a_stolen_token_ends_the_session(
    world: World, phones: int, rounds: int
) -> None:
    for n in range(rounds):
        _, first = opened(world)
        answers = at_once(*[renewing(world, first)] * phones)
        assert statuses(answers) == {201: phones}, "two at once are one phone on a bad network"
        assert ended(world) == n

        with world.house.sessions.begin() as session:
            session.execute(
                update(RefreshToken)
                .where(RefreshToken.used_at.is_not(None))
                .values(used_at=machine_now() - 2 * LEEWAY)
            )
        answers = at_once(*[renewing(world, first)] * phones)
        assert statuses(answers) == {401: phones}
        assert ended(world) == n + 1, "the session ends once"
    reasons = select(SignInSession.end_reason).where(SignInSession.ended_at.is_not(None))
    assert set(world.all(reasons)) == {EndReason.TOKEN_REUSED}


@pytest.mark.parametrize(("phones", "rounds"), ROUNDS)
def test_several_stolen_tokens_end_a_session_once(world: World, phones: int, rounds: int) -> None:
    for n in range(rounds):
        _, token = opened(world)
        chain = [token]
        for _ in range(phones):
            chain.append(told([renewing(world, chain[-1])()], 201)[0]["refresh_token"])
        with world.house.sessions.begin() as session:
            session.execute(
                update(RefreshToken)
                .where(RefreshToken.used_at.is_not(None))
                .values(used_at=machine_now() - 2 * LEEWAY)
            )

        answers = at_once(*[renewing(world, used) for used in chain[:-1]])

        assert statuses(answers) == {401: phones}
        assert ended(world) == n + 1
        assert renewing(world, chain[-1])().status == 401, "the thief's and the owner's alike"


# Many workers on one outbox


class Remembering:
    """A channel that accepts everything and remembers it, whoever sends."""

    def __init__(self) -> None:
        self.sent = Counter[tuple[str, str]]()
        self._lock = Lock()

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        with self._lock:
            self.sent.update((push.payload["id"], push.token) for push in pushes)
        return [Outcome(Verdict.ACCEPTED, "OK", message_id=push.token) for push in pushes]


@pytest.mark.parametrize(("workers", "size"), [SAMPLE, FULL])
def test_everybody_hears_once_however_many_workers_tell(
    world: World, workers: int, size: int
) -> None:
    """Events of real acts: each reaches each of its audience once, and each of their phones."""
    _give_everybody_two_phones(world)
    shared_out(workers, lambda n: world.steps.submit(f"通知{n}号", nth=n), range(size))
    audience = _audience(world)
    assert audience

    waiting = world.count(Undispatched)
    drain = partial(dispatcher.drain, world.house.sessions, notices())
    assert sum(at_once(*[drain] * workers)) == waiting

    assert world.count(Undispatched) == 0
    assert _heard(world, DeliveryChannel.INBOX) == audience
    assert _heard(world, DeliveryChannel.FCM) == audience

    channel = Remembering()
    seal = Seal(Ed25519PrivateKey.generate())
    send = Sender(world.house.sessions, {DeliveryChannel.FCM: channel}, seal).run
    sent = sum(at_once(*[send] * workers))

    assert sent == 2 * audience.total()
    assert set(channel.sent.values()) == {1}
    assert channel.sent.total() == sent == world.count(DevicePush)
    pushes = select(Delivery.state).where(Delivery.channel == DeliveryChannel.FCM)
    assert set(world.all(pushes)) == {DeliveryState.SENT}


def _give_everybody_two_phones(world: World) -> None:
    with world.house.sessions.begin() as session:
        for opened in session.scalars(select(SignInSession)).all():
            session.add_all(
                Device(
                    person_id=opened.person_id,
                    session_id=opened.id,
                    platform=Platform.ANDROID,
                    token=f"token-{opened.id}-{which}",
                    registered_at=machine_now(),
                )
                for which in "ab"
            )


def _audience(world: World) -> Counter[tuple[int, int]]:
    """Who must hear of which entry, asked of each notice by itself."""
    with world.house.sessions() as session:
        entries = select(JournalEntry).join(Undispatched, Undispatched.entry_id == JournalEntry.id)
        return Counter(
            (entry.id, person_id)
            for entry in session.scalars(entries)
            if (notice := notices().get(entry.kind))
            for person_id in notice.to.people(
                session, session.get_one(notice.about, entry.about_id)
            )
        )


def _heard(world: World, channel: DeliveryChannel) -> Counter[tuple[int, int]]:
    with world.house.sessions() as session:
        rows = select(Delivery.entry_id, Delivery.person_id).where(Delivery.channel == channel)
        return Counter((row.entry_id, row.person_id) for row in session.execute(rows))
