"""The desk of operations: figures, pauses and dead letters, over HTTP and at the console."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from jiantong.notifications import notifications
from notifications import desk, dispatcher, health, sender
from notifications.channels import Outcome, Verdict
from notifications.deliveries import Delivery, DeliveryChannel, DeliveryState, Hold
from notifications.faults import DeliveryFault
from notifications.payloads import Seal
from notifications.sender import Sender, Terms
from services.kernel.clock import machine_now
from services.kernel.settings import Settings
from services.people import Person
from services.policy import MACHINE, PostKind
from services.sessions import SessionOpened
from tests.conftest import NOON
from tests.make import Make
from tests.notifications.conftest import NOTICES, Phones, Scripted, bearer, over

API = "/api/v1"
FCM = DeliveryChannel.FCM
WRONG = Outcome(Verdict.BAD_PAYLOAD, "INVALID_ARGUMENT")


def wake(make: Make, person: Person, token: str) -> None:
    """Something happens to somebody with a phone."""
    phones = Phones(make)
    opened = phones.signed_in(person)
    phones.device(opened, token)
    phones.act(opened).record(SessionOpened(opened.id))
    make.session.flush()


@dataclass
class Desk:
    """One office with an administrator, and a push that went out, one that failed, one waiting."""

    make: Make
    app: Flask
    client: FlaskClient
    keeper: Person
    stranger: Person

    def ask(
        self, person: Person, method: str, path: str, body: object = None, tag: str | None = None
    ) -> Any:
        opened = Phones(self.make).signed_in(person)
        headers = bearer(self.app, opened) | ({"If-Match": tag} if tag else {})
        return self.client.open(API + path, method=method, json=body, headers=headers)


@pytest.fixture
def operated(make: Make, app: Flask, client: FlaskClient, seal: Seal, channel: Scripted) -> Desk:
    office = make.office()
    keeper = make.person(PostKind.ADMINISTRATOR, office)
    stranger = make.person(PostKind.PROSECUTOR, office)
    wake(make, stranger, "well")
    wake(make, make.person(PostKind.CLERK, office), "wrong")
    channel.answers["wrong"] = [WRONG]
    act = make.act(MACHINE, machine_now())
    dispatcher.dispatch(act, NOTICES)
    found = sender.claim(act, FCM, seal, terms=Terms())
    outcomes = channel.send([one.push for one in found.pushes])
    sender.settle(act, FCM, list(zip(found.pushes, outcomes, strict=True)), terms=Terms())
    dispatcher.dispatch(make.act(MACHINE, machine_now()), NOTICES)
    wake(make, make.person(PostKind.CLERK, office), "waiting")
    dispatcher.dispatch(make.act(MACHINE, machine_now()), NOTICES)
    make.session.flush()
    return Desk(make, app, client, keeper, stranger)


def test_an_administrator_reads_how_a_channel_does(operated: Desk) -> None:
    (told,) = operated.ask(operated.keeper, "GET", "/notification-channels").json["items"]

    assert (told["channel"], told["state"], told["pending"]) == ("fcm", "closed", 1)
    assert told["oldest_pending_at"] is not None
    assert {one["state"]: one["deliveries"] for one in told["deliveries"]} == {
        "dead_letter": 1,
        "pending": 1,
        "sent": 1,
    }
    assert [(one["verdict"], one["code"], one["pushes"]) for one in told["answers"]] == [
        ("accepted", "OK", 1),
        ("bad_payload", "INVALID_ARGUMENT", 1),
    ]
    assert (told["dead_letters"], told["may_pause"]) == (1, True)


def test_nobody_else_learns_that_there_are_channels(operated: Desk) -> None:
    assert operated.ask(operated.stranger, "GET", "/notification-channels").json["items"] == []
    outbox = operated.ask(operated.stranger, "GET", "/notification-outbox").json
    assert outbox == {"waiting": 0, "oldest_at": None}
    known = operated.make.session.scalars(select(health.ChannelHealth)).one()
    one = operated.ask(operated.stranger, "GET", f"/notification-channels/{known.id}")
    assert one.status_code == 404


def test_a_channel_is_paused_and_let_go_on_over_http(operated: Desk) -> None:
    (told,) = operated.ask(operated.keeper, "GET", "/notification-channels").json["items"]
    path = f"/notification-channels/{told['id']}"

    paused = operated.ask(
        operated.keeper, "PUT", f"{path}/pause", {"reason": "供应商维护"}, f'"{told["version"]}"'
    )
    assert (paused.status_code, paused.json["pause_reason"]) == (200, "供应商维护")
    assert paused.json["paused_by"]["id"] == operated.keeper.id
    stale = operated.ask(operated.keeper, "PUT", f"{path}/resumption", None, '"1"')
    assert stale.status_code == 412
    tag = f'"{paused.json["version"]}"'
    again = operated.ask(operated.keeper, "PUT", f"{path}/pause", {"reason": "再次"}, tag)
    assert again.status_code == 409
    resumed = operated.ask(operated.keeper, "PUT", f"{path}/resumption", None, tag)
    assert (resumed.status_code, resumed.json["paused_at"]) == (200, None)


def test_dead_letters_are_listed_and_replayed_over_http(operated: Desk) -> None:
    (told,) = operated.ask(operated.keeper, "GET", "/delivery-faults?state=open").json["items"]
    path = f"/delivery-faults/{told['id']}"
    assert (told["code"], told["letters"], told["may_close"]) == ("INVALID_ARGUMENT", 1, True)
    assert operated.ask(operated.stranger, "GET", path).status_code == 404

    tag = f'"{told["version"]}"'
    replayed = operated.ask(operated.keeper, "PUT", f"{path}/replay", None, tag)
    assert (replayed.status_code, replayed.json["replayed"]) == (200, 1)
    late = operated.ask(
        operated.keeper,
        "PUT",
        f"{path}/dismissal",
        {"reason": "太晚"},
        f'"{replayed.json["version"]}"',
    )
    assert late.status_code == 409
    assert operated.ask(operated.keeper, "GET", "/delivery-faults?state=open").json["items"] == []


def test_a_task_of_dead_letters_is_shown_among_tasks(operated: Desk) -> None:
    (told,) = operated.ask(operated.keeper, "GET", "/tasks").json["items"]

    assert (told["kind"], told["about_kind"]) == ("replay_deliveries", "delivery_faults")
    assert told["case_number"] is None


def test_metrics_hold_channels_codes_and_states(operated: Desk) -> None:
    reply = operated.client.get("/metrics")

    assert reply.status_code == 200
    lines = reply.text.splitlines()
    assert 'jiantong_deliveries_pending{channel="fcm"} 1.0' in lines
    assert 'jiantong_dead_letters{channel="fcm",code="INVALID_ARGUMENT"} 1.0' in lines
    assert 'jiantong_channel_state{channel="fcm",state="closed"} 1.0' in lines
    assert 'jiantong_channel_paused{channel="fcm"} 0.0' in lines
    counted = 'jiantong_pushes_total{channel="fcm",code="OK",verdict="accepted"} 1.0'
    assert counted in lines
    assert any(line.startswith("jiantong_outbox_age_seconds ") for line in lines)


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("192.0.2.7", {}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}),
        ("no address", {}),
    ],
)
def test_metrics_are_for_this_machine(
    operated: Desk, address: str, headers: dict[str, str]
) -> None:
    reply = operated.client.get(
        "/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address}
    )

    assert reply.status_code == 404


@pytest.fixture
def tokened(app: Flask) -> Iterator[None]:
    """The house, with a token for whoever reads metrics."""
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, metrics_token="right")
    yield
    app.extensions["settings"] = before


@pytest.mark.usefixtures("tokened")
@pytest.mark.parametrize(("shown", "status"), [("right", 200), ("wrong", 404), (None, 404)])
def test_metrics_are_read_from_elsewhere_with_a_token(
    client: FlaskClient, shown: str | None, status: int
) -> None:
    headers = {"Authorization": f"Bearer {shown}"} if shown else {}
    for address in ("192.0.2.7", "127.0.0.1"):
        reply = client.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address})
        assert reply.status_code == status


@dataclass
class Console:
    """The command line over a database of its own."""

    settings: Settings
    sessions: sessionmaker[Session]

    def __call__(self, *words: str) -> tuple[int, str]:
        ran = CliRunner().invoke(notifications, words, obj=self.settings)
        return ran.exit_code, ran.output


@pytest.fixture
def console(committed: sessionmaker[Session], apart: Engine, settings: Settings) -> Console:
    url = apart.url.render_as_string(hide_password=False)
    return Console(replace(settings, app_url=url), committed)


@pytest.fixture
def failed(console: Console, seal: Seal, channel: Scripted) -> int:
    """A heap with one letter, of somebody in an office."""
    with console.sessions.begin() as session:
        make = Make(session, NOON)
        office = make.office(name=str(uuid4()), short_name=str(uuid4()))
        person = make.person(PostKind.CLERK, office, username=str(uuid4()))
        wake(make, person, "wrong")
    channel.answers["wrong"] = [WRONG]
    dispatcher.drain(console.sessions, NOTICES)
    Sender(console.sessions, over(channel), seal).run()
    with console.sessions() as session:
        newest = select(DeliveryFault.id).order_by(DeliveryFault.id.desc()).limit(1)
        return session.scalars(newest).one()


def test_the_console_says_how_things_stand_and_replays(console: Console, failed: int) -> None:
    code, told = console("status")
    assert code == 0
    assert "fcm: closed, pending 0, oldest none" in told
    assert "dead letters: fcm INVALID_ARGUMENT" in told

    code, told = console("faults")
    assert f"{failed} open fcm INVALID_ARGUMENT" in told
    code, told = console("replay", str(failed))
    assert (code, f"{failed} replayed" in told) == (0, True)
    code, told = console("replay", str(failed))
    assert code == 1
    assert "事项已进入下一环节" in told
    assert f"{failed} replayed" in console("faults", "--all")[1]
    with console.sessions() as session:
        states = session.scalars(select(Delivery.state).where(Delivery.channel == FCM)).all()
    assert states == [DeliveryState.PENDING]


def test_the_console_dismisses_with_a_reason(console: Console, failed: int) -> None:
    assert console("dismiss", str(failed))[0] == 2, "a reason is asked for"
    code, told = console("dismiss", str(failed), "--reason", "测试")
    assert (code, f"{failed} dismissed" in told) == (0, True)
    assert console("dismiss", "999999", "--reason", "测试")[0] == 1


@pytest.mark.usefixtures("failed")
def test_the_console_pauses_a_channel(console: Console) -> None:
    assert console("pause", "fcm", "--reason", "维护") == (0, "fcm: closed, paused\n")
    assert console("pause", "fcm", "--reason", "维护")[0] == 1
    assert console("resume", "fcm") == (0, "fcm: closed\n")
    assert console("pause", "pigeon", "--reason", "维护")[0] == 1


@pytest.mark.usefixtures("failed")
def test_the_console_follows_one_item_without_its_words(console: Console) -> None:
    with console.sessions() as session:
        item = session.scalars(select(Delivery.item).where(Delivery.channel == FCM)).one()

    code, told = console("inspect", str(item))

    assert code == 0
    assert "fcm dead_letter: SessionOpened, task" in told
    assert "code INVALID_ARGUMENT" in told
    assert "bad_payload INVALID_ARGUMENT" in told
    assert "您已登录" not in told
    assert console("inspect", str(uuid4()))[0] == 1


def test_the_desk_counts_what_is_held_and_does_not_call_it_old(phones: Phones, make: Make) -> None:
    phones.rings("asleep")
    dispatcher.dispatch(make.act(MACHINE, machine_now() - timedelta(hours=9)), NOTICES)
    push = make.session.scalars(select(Delivery).where(Delivery.channel == FCM)).one()
    assert FCM in desk.oldest(make.session)

    push.held = Hold.QUIET_HOURS
    make.session.flush()

    assert desk.pending(make.session) == {FCM: 1}
    assert desk.oldest(make.session) == {}


def test_the_desk_says_since_when_the_outbox_waits(phones: Phones, make: Make) -> None:
    assert desk.outbox(make.session) == desk.Outbox(0, None)
    phones.rings()

    told = desk.outbox(make.session)

    assert told.waiting == 1
    assert told.oldest_at is not None
