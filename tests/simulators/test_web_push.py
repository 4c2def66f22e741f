"""The simulator of a browser's push service refuses what a service refuses, and reads its mail."""

import http.client
import json
import time
import urllib.parse
from collections.abc import Iterator
from typing import Any

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jiantong.simulators.service import Limits, Trouble
from jiantong.simulators.web_push import Browser, Simulator

DATA = {"id": "0", "class": "task", "exp": "1", "sig": "x"}
KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def service() -> Iterator[Simulator]:
    with Simulator(limits=Limits(silent_for=20)) as service:
        yield service


def ask(
    service: Simulator,
    method: str,
    path: str,
    body: Any = None,
    headers: dict[str, str] | None = None,
) -> Any:
    here = urllib.parse.urlsplit(service.url)
    connection = http.client.HTTPConnection(here.hostname or "", here.port, timeout=5)
    try:
        content = json.dumps(body) if isinstance(body, dict) else body
        connection.request(method, path, content, headers or {})
        reply = connection.getresponse()
        said = reply.read()
        return reply.status, json.loads(said) if said else None
    finally:
        connection.close()


def vouch(service: Simulator, key: ec.EllipticCurvePrivateKey = KEY, **changes: Any) -> str:
    claims = {"aud": service.url, "exp": int(time.time()) + 3600, "sub": "mailto:it@example.org"}
    token = jwt.encode(claims | changes, key, "ES256")
    point = KEY.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return f"vapid t={token},k={jwt.utils.base64url_encode(point).decode()}"


def sealed(browser: Browser, data: Any = None) -> bytes:
    point = browser.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    made: bytes = http_ece.encrypt(
        json.dumps(data or DATA).encode(),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=point,
        auth_secret=browser.auth,
        version="aes128gcm",
    )
    return made


def send(
    service: Simulator,
    browser: Browser,
    headers: dict[str, str] | None = None,
    *,
    body: bytes | None = None,
) -> Any:
    usual = {"TTL": "60", "Content-Encoding": "aes128gcm", "Authorization": vouch(service)}
    given = {name: value for name, value in (usual | (headers or {})).items() if value}
    return ask(service, "POST", f"/push/{browser.token}", body or sealed(browser), given)


def test_a_message_in_order_is_taken_and_read(service: Simulator) -> None:
    browser = service.mailbox.subscribe()

    assert send(service, browser, {"Urgency": "high", "Topic": "a" * 32})[0] == 201
    assert [data for _, data in service.mailbox.devices[browser.token]] == [DATA]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"TTL": ""}, 400),
        ({"TTL": "soon"}, 400),
        ({"Urgency": "at once"}, 400),
        ({"Topic": "a" * 33}, 400),
        ({"Topic": "张某"}, 400),
        ({"Content-Encoding": ""}, 400),
        ({"Authorization": ""}, 401),
        ({"Authorization": "Bearer x"}, 401),
        ({"Authorization": "vapid t=a.b.c,k=d"}, 401),
    ],
)
def test_headers_are_looked_at(service: Simulator, headers: dict[str, str], status: int) -> None:
    encoded = {name: value.encode().decode("latin-1") for name, value in headers.items()}

    assert send(service, service.mailbox.subscribe(), encoded)[0] == status


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://push.example"},
        {"exp": 1},
        {"exp": int(time.time()) + 25 * 3600},
        {"sub": "somebody"},
        {"key": ec.generate_private_key(ec.SECP256R1())},
    ],
)
def test_who_vouches_is_looked_at(service: Simulator, changes: dict[str, Any]) -> None:
    told = {"Authorization": vouch(service, **changes)}

    assert send(service, service.mailbox.subscribe(), told)[0] == 401


@pytest.mark.parametrize(
    "data", [DATA | {"suspect": "赵某"}, {"id": "0"}, DATA | {"exp": 1}, ["id"], "word"]
)
def test_nothing_but_four_opaque_strings_may_travel(service: Simulator, data: Any) -> None:
    browser = service.mailbox.subscribe()

    assert send(service, browser, body=sealed(browser, data))[0] == 400
    assert not service.mailbox.devices[browser.token]


def test_what_is_too_large_or_for_somebody_else_is_refused(service: Simulator) -> None:
    browser, other = service.mailbox.subscribe(), service.mailbox.subscribe()

    assert send(service, browser, body=b"x" * 5000)[0] == 413
    assert send(service, browser, body=sealed(other))[0] == 400
    assert ask(service, "POST", "/push/accept-unknown", b"x")[0] == 404


def test_a_page_subscribes_and_hears(service: Simulator) -> None:
    status, given = ask(service, "POST", "/registrations", {"application_server_key": "mine"})

    assert status == 201
    assert given["endpoint"] == f"{service.url}/push/{given['token']}"
    assert set(given["keys"]) == {"p256dh", "auth"}
    assert service.mailbox.browsers[given["token"]].server_key == "mine"
    assert send(service, service.mailbox.browsers[given["token"]])[0] == 403
    assert ask(service, "DELETE", f"/registrations/{given['token']}")[0] == 204


def test_a_plan_may_name_troubles(service: Simulator) -> None:
    browser = service.mailbox.subscribe()
    plan = {"answers": ["gone", "empty", "accept"]}

    assert ask(service, "PUT", f"/plans/{browser.token}", plan)[0] == 204
    assert [send(service, browser)[0] for _ in range(3)] == [410, 500, 201]


def test_a_silent_service_stops_at_once() -> None:
    with Simulator(limits=Limits(silent_for=60)) as service:
        browser = service.mailbox.subscribe(Trouble.HALF_OPEN)
        here = urllib.parse.urlsplit(service.url)
        waiting = http.client.HTTPConnection(here.hostname or "", here.port, timeout=5)
        headers = {"TTL": "1", "Content-Encoding": "aes128gcm", "Authorization": vouch(service)}
        waiting.request("POST", f"/push/{browser.token}", sealed(browser), headers)
        while not service.mailbox.sent:
            time.sleep(0.01)
        started = time.monotonic()
    waiting.close()

    assert time.monotonic() - started < 5
