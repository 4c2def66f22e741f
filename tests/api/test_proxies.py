"""Whose address a limit counts: the phone's, and only our own proxies are believed about it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from api.limits import Limit, Limits
from services.kernel.settings import Misconfigured, Settings

Behind = Callable[[int], Flask]
KNOCK = "/api/v1/sessions/renewals"


@pytest.fixture
def behind(settings: Settings, engine: Engine, session: Session) -> Behind:
    """The house with so many reverse proxies in front, and two knocks to an address."""

    def built(proxies: int) -> Flask:
        limits = Limits(open_door=Limit(burst=2, per_second=0.001))
        app = create_app(replace(settings, proxies=proxies), engine, limits)
        app.extensions["sessions"] = sessionmaker(
            session.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        return app

    return built


def _knock(phone: FlaskClient, forwarded_for: str) -> int:
    headers = {"X-Forwarded-For": forwarded_for}
    return phone.post(KNOCK, json={"refresh_token": "x"}, headers=headers).status_code


def test_each_phone_behind_a_proxy_has_a_limit_of_its_own(behind: Behind) -> None:
    phone = behind(1).test_client()

    assert [_knock(phone, "192.0.2.1") for _ in range(3)] == [401, 401, 429]
    assert _knock(phone, "192.0.2.2") == 401


def test_what_the_phone_itself_says_of_its_address_is_not_believed(behind: Behind) -> None:
    phone = behind(1).test_client()

    said = [_knock(phone, f"203.0.113.{lie}, 192.0.2.1") for lie in range(3)]

    assert said == [401, 401, 429]


def test_without_a_proxy_nobody_is_believed(behind: Behind) -> None:
    phone = behind(0).test_client()

    assert [_knock(phone, f"192.0.2.{lie}") for lie in range(3)] == [401, 401, 429]


def test_the_proxy_says_whether_the_phone_came_by_https(behind: Behind) -> None:
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "elsewhere.test"}
    seen = []
    for proxies in (1, 0):
        app = behind(proxies)
        app.before_request(lambda: seen.append((request.scheme, request.host)))
        app.test_client().get("/healthz", headers=told)

    assert seen == [("https", "localhost"), ("http", "localhost")]


@pytest.mark.parametrize("value", ["-1", "yes", "10"])
def test_how_many_proxies_is_a_small_number(value: str) -> None:
    with pytest.raises(Misconfigured, match="PROXIES must be a whole number from 0 to 9"):
        Settings.from_environment({"PROXIES": value})
