"""News as it comes: nothing is lost between two looks, and nobody listens longer than they may."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Thread
from time import monotonic, sleep
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from api.identity import access_token
from api.streams import Asker, EndReason, Stream
from notifications import deliveries, dispatcher
from notifications.channels import Push, Verdict
from notifications.channels import stream as channel
from notifications.channels.stream import PUSHED
from notifications.deliveries import CHANGED, Delivery
from notifications.listeners import PER_PERSON, Listeners, StreamsTaken, of_address
from notifications.messages import Urgency
from services.devices import Device, Platform, PushService
from services.kernel.act import acting
from services.kernel.clock import machine_now
from services.kernel.settings import Settings
from services.people import Person
from services.policy import MACHINE
from services.sessions import SessionOpened, SignInSession
from tests.make import Make
from tests.notifications.conftest import NOTICES

INBOX = "/api/v1/inbox"
SOON = 5.0
"""Seconds within which what must come, comes."""
Told = tuple[str, dict[str, object]]


class House:
    """The API on a database of its own, whose acts really commit."""

    def __init__(self, app: Flask, sessions: sessionmaker[Session], listeners: Listeners) -> None:
        self.app, self.sessions, self.listeners = app, sessions, listeners

    def signs_in(self, person_id: int | None = None) -> SignInSession:
        """Somebody, signed in."""
        now = machine_now()
        with self.sessions.begin() as session:
            if person_id is None:
                person_id = Make(session, now).person(username=str(uuid4())).id
            opened = SignInSession(person_id=person_id, opened_at=now, renewed_at=now)
            session.add(opened)
        return opened

    def tells(self, opened: SignInSession, times: int = 1) -> None:
        """Something happens, of which this person is told."""
        with acting(self.sessions, MACHINE, machine_now()) as act:
            for _ in range(times):
                act.record(SessionOpened(opened.id))
            act.authorised.add("a test")
        with acting(self.sessions, MACHINE, machine_now()) as act:
            dispatcher.dispatch(act, NOTICES)

    def reads(self, opened: SignInSession) -> None:
        """The person reads everything, on another phone."""
        with self.sessions.begin() as session:
            act = Make(session, machine_now()).act(session.get_one(Person, opened.person_id))
            lines = [line.item for line in session.scalars(deliveries.visible(act))]
            deliveries.read_these(act, deliveries.own(act), lines)

    def headers(
        self, opened: SignInSession, lasting: timedelta = timedelta(minutes=5)
    ) -> dict[str, str]:
        token = access_token(self.app.extensions["token_key"], opened, lasting=lasting)
        return {"Authorization": f"Bearer {token}"}

    def stream(
        self,
        opened: SignInSession,
        *,
        after: int | None = 0,
        until: timedelta = timedelta(minutes=5),
        device: str | None = None,
    ) -> Iterator[Told]:
        """What this person's phone hears; heartbeats are quick."""
        with self.app.test_request_context(headers=self.headers(opened)) as context:
            asker = Asker(self.sessions, self.app.extensions["token_key"], context.request)
        stream = Stream(
            asker, self.listeners, opened.person_id, device, machine_now() + until, after, 0.1, 0.3
        )
        return (_read(event) for event in stream.events())


@pytest.fixture(scope="module")
def address(apart: Engine) -> str:
    return of_address(apart.url.render_as_string(hide_password=False))


@pytest.fixture(scope="module")
def served(settings: Settings, apart: Engine) -> Flask:
    return create_app(settings, apart)


@pytest.fixture
def house(served: Flask, address: str, committed: sessionmaker[Session]) -> Iterator[House]:
    app, listeners = served, Listeners(address, 8)
    app.extensions["listeners"] = listeners
    yield House(app, committed, listeners)
    listeners.close()


def _read(event: str) -> Told:
    lines = dict(line.partition(": ")[::2] for line in event.strip().splitlines() if line != ":")
    return lines.get("event", "alive"), json.loads(lines.get("data", "{}"))


def _next(stream: Iterator[Told], kind: str) -> dict[str, object]:
    """The next event of that kind; heartbeats before it are passed over."""
    until = monotonic() + SOON
    for told, data in stream:
        if told == kind:
            return data
        assert told == "alive", (told, data)
        assert monotonic() < until, kind
    raise AssertionError(kind)


def _until(true: Callable[[], bool]) -> None:
    until = monotonic() + SOON
    while not true():
        assert monotonic() < until
        sleep(0.01)


def test_a_phone_hears_of_what_it_missed_and_of_what_comes(house: House) -> None:
    opened = house.signs_in()
    house.tells(opened, 2)
    stream = house.stream(opened)

    missed = _next(stream, "inbox")
    _until(lambda: house.listeners.listening)
    house.tells(opened)
    came = _next(stream, "inbox")

    assert (missed["version"], len(missed["changed"]), missed["unread"]) == (2, 2, 2)  # type: ignore[arg-type]
    assert (came["version"], len(came["changed"]), came["unread"]) == (3, 1, 3)  # type: ignore[arg-type]


def test_what_is_read_on_one_phone_is_cleared_on_the_others(house: House) -> None:
    opened = house.signs_in()
    other = house.signs_in(opened.person_id)
    house.tells(opened)
    stream = house.stream(other)
    shown = _next(stream, "inbox")["changed"]

    house.reads(opened)

    told = _next(stream, "inbox")
    assert (told["cleared"], told["changed"], told["unread"]) == (shown, [], 0)


def test_nobody_hears_of_another_s_inbox(house: House) -> None:
    opened, other = house.signs_in(), house.signs_in()
    stream = house.stream(other)
    assert _next(stream, "alive") == {}
    _until(lambda: house.listeners.listening)

    house.tells(opened)

    assert [next(stream)[0] for _ in range(4)] == ["alive"] * 4


def test_it_goes_on_after_the_version_that_was_heard_last(house: House) -> None:
    opened = house.signs_in()
    house.tells(opened, 3)

    assert _next(house.stream(opened, after=2), "inbox")["version"] == 3
    assert _next(house.stream(opened, after=None), "inbox")["changed"] == []
    assert _next(house.stream(opened, after=9), "end") == {"reason": EndReason.REWOUND.value}


def test_more_than_one_event_holds_comes_in_the_next(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.streams.AT_ONCE", 2)
    opened = house.signs_in()
    house.tells(opened, 5)
    stream = house.stream(opened)

    told = [_next(stream, "inbox") for _ in range(3)]

    assert [(one["version"], one["more"]) for one in told] == [(2, True), (4, True), (5, False)]


def test_a_stream_ends_with_its_session(house: House) -> None:
    opened = house.signs_in()
    stream = house.stream(opened)
    next(stream)

    with house.sessions.begin() as session:
        session.get_one(SignInSession, opened.id).ended_at = machine_now()

    assert _next(stream, "end") == {"reason": EndReason.SIGNED_OUT.value}
    assert house.listeners.taken == 0


def test_a_stream_ends_with_its_account_and_with_its_token(house: House) -> None:
    opened, later = house.signs_in(), house.signs_in()
    stream = house.stream(opened)
    next(stream)
    with house.sessions.begin() as session:
        session.get_one(Person, opened.person_id).disabled_at = machine_now()
    assert _next(stream, "end") == {"reason": EndReason.SIGNED_OUT.value}

    stream = house.stream(later, until=timedelta(seconds=0.3))

    assert _next(stream, "end") == {"reason": EndReason.TOKEN_OVER.value}


def test_a_push_reaches_the_device_it_is_for_and_no_other(house: House) -> None:
    opened, other = house.signs_in(), house.signs_in()
    mine = house.stream(opened, device=channel.heard_as("mine"))
    theirs = house.stream(other, device=channel.heard_as("theirs"))
    next(mine), next(theirs)
    _until(lambda: house.listeners.listening)
    payload = {"id": str(uuid4()), "class": "task", "exp": "1", "sig": "s"}
    push = Push("mine", "web", payload, Urgency.TASK, timedelta(days=1))

    (outcome,) = channel.Stream(house.sessions).send([push])

    assert outcome.verdict is Verdict.ACCEPTED
    assert _next(mine, "push") == payload
    assert [next(theirs)[0] for _ in range(3)] == ["alive"] * 3


def test_many_pushes_fit_into_notices(house: House) -> None:
    opened = house.signs_in()
    stream = house.stream(opened, device=channel.heard_as("mine"))
    next(stream)
    _until(lambda: house.listeners.listening)
    payload = {"id": str(uuid4()), "class": "urgent", "exp": "1795000000", "sig": "s" * 86}
    pushes = [
        Push("mine", "web", payload | {"exp": str(n)}, Urgency.URGENT, timedelta())
        for n in range(45)
    ]

    assert len(channel.Stream(house.sessions).send(pushes)) == 45

    assert [_next(stream, "push")["exp"] for _ in range(45)] == [str(n) for n in range(45)]


def test_a_channel_without_a_database_asks_to_be_tried_again() -> None:
    nowhere = sessionmaker(create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    push = Push("mine", "web", {}, Urgency.TASK, timedelta())

    (outcome,) = channel.Stream(nowhere).send([push])

    assert outcome.verdict is Verdict.RETRY


def test_while_the_database_tells_nothing_it_looks_for_itself(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.streams.LOOK_WHILE_DEAF", 0.05)
    deaf = Listeners("host=127.0.0.1 port=1 dbname=none user=nobody connect_timeout=2", 8)
    house.listeners = deaf
    opened = house.signs_in()
    stream = house.stream(opened)
    next(stream)

    house.tells(opened)

    assert _next(stream, "inbox")["version"] == 1
    assert not deaf.listening
    deaf.close()


def test_who_was_cut_off_looks_when_the_connection_is_back(house: House) -> None:
    opened = house.signs_in()
    with house.listeners.seat(opened.person_id) as seat:
        _until(lambda: house.listeners.listening)
        seat.wait(0)
        with house.sessions.begin() as session:
            cut = session.scalars(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
                    " application_name = 'jiantong-listeners' AND datname = current_database()"
                )
            ).all()
        assert all(cut)
        assert seat.wait(SOON)
        _until(lambda: house.listeners.listening)


def test_no_more_listen_than_can(house: House) -> None:
    seats = Listeners(house.listeners.conninfo, 2)
    with seats.seat(1), seats.seat(2):
        assert seats.is_full(3)
        with pytest.raises(StreamsTaken), seats.seat(3):
            raise AssertionError
    assert not seats.is_full(3)
    assert seats.taken == 0
    seats.close()


def test_one_person_does_not_take_every_place(house: House) -> None:
    seats = Listeners(house.listeners.conninfo, 100)
    held = [seats.seat(1) for _ in range(PER_PERSON)]
    for one in held:
        one.__enter__()

    assert seats.is_full(1)
    assert not seats.is_full(2)
    for one in held:
        one.__exit__(None, None, None)
    seats.close()


def test_a_notice_that_cannot_be_read_wakes_everybody(house: House) -> None:
    seats = Listeners(house.listeners.conninfo, 2)
    with seats.seat(1) as seat:
        seat.wait(0)
        for notice, payload in ((CHANGED, "x"), (PUSHED, "{"), (PUSHED, "[{}]")):
            seats.hear(notice, payload)
            assert seat.wait(0), payload
    seats.close()


def test_an_answer_waits_for_news(house: House) -> None:
    opened = house.signs_in()
    client = house.app.test_client()

    def tell() -> None:
        _until(lambda: house.listeners.listening)
        house.tells(opened)

    teller = Thread(target=tell)
    teller.start()
    began = monotonic()

    told = client.get(
        f"{INBOX}/changes?after_version=0&wait=20", headers=house.headers(opened)
    ).json
    teller.join()

    assert told is not None
    assert monotonic() - began < 15
    assert (told["version"], len(told["items"]), told["more"], told["unread"]) == (1, 1, False, 1)


def test_an_answer_without_news_says_so_when_the_time_is_over(house: House) -> None:
    opened = house.signs_in()
    client = house.app.test_client()

    told = client.get(
        f"{INBOX}/changes?after_version=0&wait=1&fields=id", headers=house.headers(opened)
    ).json

    assert told == {"items": [], "version": 0, "more": False, "unread": None, "poll_after": 0}
    assert house.listeners.taken == 0


def test_where_nobody_more_can_listen_a_phone_asks_from_time_to_time(house: House) -> None:
    opened = house.signs_in()
    client = house.app.test_client()
    house.app.extensions["listeners"] = Listeners(house.listeners.conninfo, 0)

    full = client.get(f"{INBOX}/stream", headers=house.headers(opened))
    told = client.get(f"{INBOX}/changes?after_version=0&wait=9", headers=house.headers(opened)).json

    assert (full.status_code, full.json["type"]) == (503, "/problems/streams-taken")  # type: ignore[index]
    assert 10 <= int(full.headers["Retry-After"]) <= 31
    assert told is not None
    assert (told["items"], told["poll_after"]) == ([], 25)


def test_a_stream_over_http_says_what_it_is_and_goes_on(house: House) -> None:
    opened = house.signs_in()
    house.tells(opened, 2)
    with house.sessions.begin() as session:
        session.add(
            Device(
                person_id=opened.person_id,
                session_id=opened.id,
                platform=Platform.WEB,
                service=PushService.STREAM,
                token="mine",
                registered_at=machine_now(),
            )
        )
    headers = house.headers(opened) | {"Last-Event-ID": "1"}
    reply = house.app.test_client().get(f"{INBOX}/stream?after_version=0", headers=headers)

    told = iter(_read(bytes(part).decode()) for part in reply.iter_encoded())
    assert reply.content_type == "text/event-stream; charset=utf-8"
    assert reply.headers["Cache-Control"] == "no-store"
    assert _next(told, "inbox")["version"] == 2
    assert house.listeners.taken == 1
    reply.close()
    assert house.listeners.taken == 0
    nobody = house.app.test_client().get(f"{INBOX}/stream")
    assert nobody.status_code == 401


def test_nothing_is_held_open_while_a_phone_listens(house: House, apart: Engine) -> None:
    opened = house.signs_in()
    stream = house.stream(opened)
    next(stream), next(stream)

    assert apart.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert _lines(house, opened) == 0


def _lines(house: House, opened: SignInSession) -> int:
    with house.sessions() as session:
        mine = select(func.count()).where(Delivery.person_id == opened.person_id)
        return session.scalar(mine) or 0
