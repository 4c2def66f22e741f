"""Who may stop a version of the app, and what happens to whoever holds it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from api.app_gate import AppGate
from services import app_versions
from services.app_versions import (
    AlreadyResumed,
    AlreadyStopped,
    AppVersionResumed,
    AppVersionStopped,
    Installation,
    LeastVersionSet,
    Standing,
    in_order,
)
from services.devices import Platform
from services.kernel.act import Act, JournalEntry
from services.kernel.refusals import NotAllowed, NotFound
from services.offices import Office
from services.people import Person
from services.policy import CONSOLE, PostKind
from tests.make import PASSWORD, Make
from tests.phones import Phone, Phones

OLD = {"App-Version": "web/1.4.0"}
NEW = {"App-Version": "web/1.10.0"}


@pytest.fixture
def top(make: Make) -> Office:
    """The procuratorate that leads all others here: none stands above it."""
    return make.office()


@pytest.fixture
def officer(make: Make, top: Office) -> Act:
    return make.act(make.person(PostKind.SECURITY_OFFICER, top))


@pytest.fixture
def gated(app: Flask) -> Iterator[Flask]:
    """A house whose gate asks the database at every request."""
    known = app.extensions["app_gate"]
    app.extensions["app_gate"] = AppGate(needed=False, known_for=0)
    yield app
    app.extensions["app_gate"] = known


def _here(act: Act) -> Installation:
    return Installation.of(act.session)


def _stop(act: Act, number: str = "1.4.0") -> app_versions.StoppedVersion:
    return app_versions.stop(
        act, _here(act), platform=Platform.WEB, number=number, reason="附件显示有误"
    )


def _least(act: Act, number: str | None) -> app_versions.LeastVersion:
    least = app_versions.least_of(act.session, Platform.WEB)
    return app_versions.set_least(act, _here(act), least, number=number)


def _with(phone: Phone, headers: dict[str, str]) -> Phone:
    return replace(phone, headers=phone.headers | headers)


def _standing(act: Act) -> Standing:
    return app_versions.standing(act.session)


def test_versions_are_compared_as_numbers() -> None:
    assert in_order("1.10.0") > in_order("1.9.9") > in_order("1.9.0")


def test_a_stopped_version_is_shut_until_it_is_resumed(officer: Act) -> None:
    stopped = _stop(officer)

    shut = _standing(officer).shuts(Platform.WEB, "1.4.0")
    assert shut is not None
    assert shut.reason == "附件显示有误"
    assert _standing(officer).shuts(Platform.WEB, "1.4.1") is None
    assert _standing(officer).shuts(Platform.IOS, "1.4.0") is None

    app_versions.resume(officer, _here(officer), stopped)

    assert _standing(officer).shuts(Platform.WEB, "1.4.0") is None
    assert stopped.resumed_by == officer.actor.id
    with pytest.raises(AlreadyResumed):
        app_versions.resume(officer, _here(officer), stopped)


def test_a_version_is_stopped_once_and_may_be_stopped_again_later(officer: Act) -> None:
    first = _stop(officer)
    with pytest.raises(AlreadyStopped):
        _stop(officer)
    app_versions.resume(officer, _here(officer), first)

    assert _stop(officer).id != first.id


def test_what_is_older_than_the_least_is_shut(officer: Act) -> None:
    _least(officer, "1.9.0")

    shut = _standing(officer).shuts(Platform.WEB, "1.8.9")
    assert shut is not None
    assert (shut.least, shut.reason) == ("1.9.0", None)
    assert _standing(officer).shuts(Platform.WEB, "1.10.0") is None

    _least(officer, None)
    assert _standing(officer).shuts(Platform.WEB, "0.0.1") is None


def test_each_change_stands_in_the_journal(officer: Act) -> None:
    stopped = _stop(officer)
    app_versions.resume(officer, _here(officer), stopped)
    least = _least(officer, "1.9.0")

    officer.session.flush()
    entries = officer.session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()
    assert [entry.event for entry in entries[-3:]] == [
        AppVersionStopped(stopped.id),
        AppVersionResumed(stopped.id),
        LeastVersionSet(least.id, 1),
    ]


@pytest.mark.parametrize(
    "post", [PostKind.ADMINISTRATOR, PostKind.AUDITOR, PostKind.CHIEF_PROCURATOR]
)
def test_no_other_post_stops_a_version(
    make: Make, top: Office, officer: Act, post: PostKind
) -> None:
    other = make.act(make.person(post, top))
    stopped = _stop(officer)

    with pytest.raises(NotAllowed):
        _stop(other, "2.0.0")
    with pytest.raises(NotAllowed):
        _least(other, "2.0.0")
    with pytest.raises(NotAllowed):
        app_versions.resume(other, _here(other), stopped)


def test_the_officer_of_an_office_below_stops_nothing(make: Make, top: Office) -> None:
    below = make.office(superior_id=top.id)
    other = make.act(make.person(PostKind.SECURITY_OFFICER, below))

    with pytest.raises(NotAllowed):
        _stop(other)
    with pytest.raises(NotFound):
        app_versions.find(other, 2**31 - 1)


@pytest.mark.usefixtures("gated")
def test_the_gate_refuses_an_old_app_and_says_why(
    client: FlaskClient, officer: Act, phones: Phones, make: Make
) -> None:
    someone = phones.of(make.person(PostKind.CLERK))
    assert _with(someone, OLD).get("/inbox").status_code == 200
    _stop(officer)

    refused = _with(someone, OLD).get("/inbox")
    assert refused.status_code == 426
    assert refused.json is not None
    assert refused.json["type"] == "/problems/app-outdated"
    assert refused.json["reason"] == "附件显示有误"
    assert _with(someone, NEW).get("/inbox").status_code == 200
    assert someone.get("/inbox").status_code == 200, "another program says nothing of itself"
    assert _with(someone, OLD).get("/push-settings").status_code == 200
    assert client.get("/api/v1/app-versions", headers=OLD).status_code == 200
    assert client.post("/api/v1/sessions", json={}, headers=OLD).status_code == 426
    assert _with(someone, OLD).send("DELETE", "/sessions/current").status_code == 204
    assert client.get("/api/v1/inbox", headers={"App-Version": "telex"}).status_code == 426


def test_a_house_may_ask_every_program_what_it_is(gated: Flask, phones: Phones, make: Make) -> None:
    gated.extensions["app_gate"] = AppGate(needed=True)
    someone = phones.of(make.person(PostKind.CLERK))

    assert someone.get("/inbox").status_code == 426
    assert _with(someone, NEW).get("/inbox").status_code == 200


@pytest.mark.usefixtures("gated")
def test_it_is_set_over_http_and_read_by_anybody(
    client: FlaskClient, officer: Act, phones: Phones, make: Make, top: Office
) -> None:
    holder = phones.of(make.session.get_one(Person, officer.actor.id))
    clerk = phones.of(make.person(PostKind.CLERK, top))
    stop = {"platform": "web", "number": "1.4.0", "reason": "附件显示有误"}
    least = {"platform": "web", "number": "1.2.0"}

    made = holder.send("POST", "/app-versions/stops", stop)
    assert made.status_code == 201, made.json
    assert made.json is not None
    assert holder.send("POST", "/app-versions/stops", stop).status_code == 409
    assert clerk.send("POST", "/app-versions/stops", stop).status_code == 403
    assert holder.send("PUT", "/app-versions/least", least, version=7).status_code == 412
    assert holder.send("PUT", "/app-versions/least", least, version=0).status_code == 200

    shown = client.get("/api/v1/app-versions").json
    assert shown is not None
    assert {one["platform"]: one["number"] for one in shown["least"]} == {
        "android": None,
        "ios": None,
        "web": "1.2.0",
    }
    assert [one["number"] for one in shown["stopped"]] == ["1.4.0"]
    address = f"/app-versions/stops/{made.json['id']}"
    assert clerk.send("DELETE", address).status_code == 403
    assert holder.send("DELETE", address).status_code == 204
    assert client.get("/api/v1/app-versions").json["stopped"] == []  # type: ignore[index]


@pytest.mark.usefixtures("gated")
def test_whoever_stopped_their_own_version_stays_in_and_undoes_it(
    client: FlaskClient, make: Make, top: Office
) -> None:
    holder = make.person(PostKind.SECURITY_OFFICER, top)
    words = {"username": holder.username, "password": PASSWORD}
    signed_in = client.post("/api/v1/sessions", json=words, headers=OLD).json
    assert signed_in is not None
    stopped = _stop(make.act(holder))
    make.session.flush()

    token = {"refresh_token": signed_in["refresh_token"]}
    renewed = client.post("/api/v1/sessions/renewals", json=token, headers=OLD)
    assert renewed.status_code == 201, renewed.json
    assert renewed.json is not None
    told = OLD | {
        "Authorization": f"Bearer {renewed.json['access_token']}",
        "Idempotency-Key": "lift-1",
    }
    assert client.get("/api/v1/inbox", headers=told).status_code == 426
    lifted = client.delete(f"/api/v1/app-versions/stops/{stopped.id}", headers=told)
    assert lifted.status_code == 204, lifted.json
    assert client.get("/api/v1/inbox", headers=told).status_code == 200


def test_the_console_is_the_way_back_in_when_everything_is_stopped(
    make: Make, officer: Act
) -> None:
    stopped = _stop(officer)
    least = app_versions.least_of(make.session, Platform.WEB)
    app_versions.set_least(officer, _here(officer), least, number="9.0.0")
    console = make.act(CONSOLE)

    app_versions.resume(console, _here(console), stopped)
    app_versions.set_least(console, _here(console), least, number=None)

    assert (stopped.resumed_by, least.set_by) == (None, None)
    assert app_versions.standing(make.session).shuts(Platform.WEB, "1.4.0") is None
