"""The simulator of Huawei's Push Kit lets in its app alone, and takes what Huawei takes."""

import http.client
import json
import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest

from jiantong.simulators.hms import APP_ID, Simulator

DATA = {"id": "0", "class": "task", "exp": "1", "sig": "x"}
MESSAGE = {
    "data": json.dumps(DATA),
    "android": {"urgency": "HIGH", "ttl": "60s"},
    "token": ["accept-1"],
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with Simulator(tmp_path_factory.mktemp("hms")) as service:
        yield service


def ask(service: Simulator, path: str, body: str, **headers: str) -> tuple[int, dict[str, Any]]:
    here = urllib.parse.urlsplit(service.url)
    connection = http.client.HTTPConnection(here.hostname or "", here.port, timeout=5)
    try:
        connection.request("POST", path, body.encode(), headers)
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read() or b"{}")
    finally:
        connection.close()


def grant(service: Simulator, **changes: str) -> tuple[int, dict[str, Any]]:
    form = {
        "grant_type": "client_credentials",
        "client_id": APP_ID,
        "client_secret": service.secret.read_text(),
    }
    return ask(service, "/oauth2/v3/token", urllib.parse.urlencode(form | changes))


def send(service: Simulator, message: Any, bearer: str | None = None) -> tuple[int, dict[str, Any]]:
    token = bearer or str(grant(service)[1]["access_token"])
    path = f"/v1/{APP_ID}/messages:send"
    return ask(service, path, json.dumps({"message": message}), Authorization=f"Bearer {token}")


def test_only_the_app_is_let_in(service: Simulator) -> None:
    assert grant(service)[0] == 200
    for wrong in (
        {"client_secret": "guessed"},
        {"client_id": "1"},
        {"grant_type": "password"},
        {"scope": "all"},
    ):
        assert grant(service, **wrong)[0] == 400
    assert send(service, MESSAGE, bearer="made up")[1]["code"] == "80200003"
    assert service.secret.stat().st_mode & 0o777 == 0o600


def test_a_message_goes_to_its_tokens(service: Simulator) -> None:
    both = MESSAGE | {"token": ["accept-here", "accept-there"]}

    assert send(service, both)[1]["code"] == "80000000"
    assert [data for _, data in service.mailbox.devices["accept-there"]] == [DATA]


def test_some_illegal_tokens_are_named_and_all_are_one_code(service: Simulator) -> None:
    some = send(service, MESSAGE | {"token": ["accept-1", "illegal-1", "accept-2"]})[1]
    none = send(service, MESSAGE | {"token": ["illegal-1", "unheard_of-2"]})[1]

    assert some["code"] == "80100000"
    assert json.loads(some["msg"]) == {
        "success": 2,
        "failure": 1,
        "illegal_tokens": ["illegal-1"],
    }
    assert none["code"] == "80300007"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"notification": {"title": "赵某"}}, "80100003"),
        ({"data": "赵某"}, "80100003"),
        ({"data": json.dumps(DATA | {"suspect": "赵某"})}, "80100003"),
        ({"android": {"urgency": "HIGH", "notification": {"body": "赵某"}}}, "80100003"),
        ({"android": {"urgency": "AT ONCE"}}, "80100003"),
        ({"android": None}, "80100003"),
        ({"token": []}, "80300010"),
        ({"token": "accept-1"}, "80300010"),
        ({"token": [f"accept-{number}" for number in range(1001)]}, "80300010"),
        ({"data": json.dumps(DATA | {"sig": "x" * 5000})}, "80300008"),
    ],
)
def test_nothing_but_four_opaque_strings_may_travel(
    service: Simulator, change: dict[str, Any], code: str
) -> None:
    assert send(service, MESSAGE | change)[1]["code"] == code


def test_forgotten_access_is_no_access(service: Simulator) -> None:
    bearer = str(grant(service)[1]["access_token"])
    assert send(service, MESSAGE, bearer)[0] == 200

    service.forget_access()

    assert send(service, MESSAGE, bearer)[0] == 401
