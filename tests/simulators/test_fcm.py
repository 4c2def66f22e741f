"""The simulator keeps FCM's protocol, and is stricter than FCM in what a message may carry."""

import http.client
import json
import ssl
import threading
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from jiantong.simulators.fcm import AUDIENCE, PROJECT, Simulator, violations
from jiantong.simulators.service import Limits

DATA = {"id": "0", "class": "task", "exp": "1", "sig": "x"}
Answer = tuple[int, dict[str, Any], dict[str, str]]


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    limits = Limits(per_device_per_minute=3, slow_for=0.2, heartbeat=0.2)
    with Simulator(tmp_path_factory.mktemp("fcm"), limits=limits) as simulator:
        yield simulator


def ask(simulator: Simulator, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    host = urllib.parse.urlsplit(simulator.url)
    connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=5)
    return _ask(connection, method, path, body, headers)


def send(simulator: Simulator, message: Any, bearer: str | None = None) -> Answer:
    """Send a message as FCM's clients do: through the proxy, over TLS."""
    connection = tunnel(simulator)
    authorization = {"Authorization": f"Bearer {bearer or grant(simulator)}"}
    path = f"/v1/projects/{PROJECT}/messages:send"
    return _ask(connection, "POST", path, {"message": message}, authorization)


def tunnel(simulator: Simulator, host: str = "fcm.googleapis.com") -> http.client.HTTPSConnection:
    here = urllib.parse.urlsplit(simulator.url)
    trust = ssl.create_default_context(cafile=str(simulator.ca))
    connection = http.client.HTTPSConnection(
        here.hostname or "", here.port, timeout=5, context=trust
    )
    connection.set_tunnel(host, 443)
    return connection


def assertion(simulator: Simulator, key: Any = None, **changes: Any) -> str:
    account = json.loads(simulator.credentials.read_text())
    now = int(time.time())
    claims = {
        "iss": account["client_email"],
        "scope": "https://www.googleapis.com/auth/firebase.messaging",
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 3600,
    }
    return jwt.encode(claims | changes, key or account["private_key"], "RS256")


def grant(simulator: Simulator) -> str:
    status, body, _ = _exchange(simulator, assertion(simulator))
    assert status == 200, body
    return str(body["access_token"])


def _exchange(simulator: Simulator, token: str) -> Answer:
    form = urllib.parse.urlencode({"assertion": token})
    return ask(simulator, "POST", "/token", form)


def _ask(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: Any,
    headers: dict[str, str],
) -> Answer:
    try:
        content = json.dumps(body) if isinstance(body, dict) else body
        connection.request(method, path, content, headers)
        reply = connection.getresponse()
        said = reply.read()
        return reply.status, json.loads(said) if said else {}, dict(reply.getheaders())
    finally:
        connection.close()


def test_only_the_service_account_is_let_in(simulator: Simulator) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for wrong in (
        assertion(simulator, stranger),
        assertion(simulator, aud="https://example.invalid/token"),
        assertion(simulator, exp=int(time.time()) - 1),
        assertion(simulator, scope="https://www.googleapis.com/auth/drive"),
        "not.an.assertion",
        "",
    ):
        assert _exchange(simulator, wrong)[0] == 400
    assert _exchange(simulator, assertion(simulator))[0] == 200


def test_a_message_needs_an_access_token(simulator: Simulator) -> None:
    status, body, _ = send(simulator, {"token": "accept-1", "data": DATA}, bearer="made up")

    assert (status, body["error"]["status"]) == (401, "UNAUTHENTICATED")


def test_fcm_is_reached_through_the_tunnel_only(simulator: Simulator) -> None:
    path = f"/v1/projects/{PROJECT}/messages:send"

    assert ask(simulator, "POST", path, {"message": {}})[0] == 404
    with pytest.raises(OSError, match="502"):
        tunnel(simulator, "example.invalid").request("GET", "/")


def test_a_client_that_does_not_know_the_authority_hangs_up(simulator: Simulator) -> None:
    here = urllib.parse.urlsplit(simulator.url)
    connection = http.client.HTTPSConnection(here.hostname or "", here.port, timeout=5)
    connection.set_tunnel("fcm.googleapis.com", 443)
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.request("GET", "/")
    connection.close()


@pytest.mark.parametrize(
    ("word", "status", "code"),
    [
        ("unregistered", 404, "UNREGISTERED"),
        ("sender_id_mismatch", 403, "SENDER_ID_MISMATCH"),
        ("bad_token", 400, "INVALID_ARGUMENT"),
        ("malformed", 400, "INVALID_ARGUMENT"),
        ("bad_payload", 400, "INVALID_ARGUMENT"),
        ("quota", 429, "QUOTA_EXCEEDED"),
        ("internal", 500, "INTERNAL"),
        ("unavailable", 503, "UNAVAILABLE"),
        ("nonsense", 400, "INVALID_ARGUMENT"),
    ],
)
def test_the_token_s_word_chooses_the_answer(
    simulator: Simulator, word: str, status: int, code: str
) -> None:
    said, body, headers = send(simulator, {"token": f"{word}-1", "data": DATA})

    assert said == status
    assert body["error"]["details"][0]["errorCode"] == code
    assert ("Retry-After" in headers) == (status == 429)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"notification": {"title": "张某"}}, "message.notification"),
        ({"data": DATA | {"suspect": "张某"}}, "message.data"),
        ({"data": {"id": "1"}}, "message.data"),
        ({"data": DATA | {"exp": 1}}, "message.data"),
        ({"data": DATA | {"sig": "x" * 5000}}, "message.data"),
        ({"android": {"notification": {"title": "张某"}}}, "message.android"),
        ({"webpush": {"notification": {"title": "张某"}}}, "message.webpush"),
        ({"apns": {"payload": {"aps": {"alert": "张某"}}}}, "message.apns.payload"),
    ],
)
def test_nothing_but_four_opaque_strings_may_travel(
    simulator: Simulator, change: dict[str, Any], field: str
) -> None:
    status, body, _ = send(simulator, {"token": "accept-strict", "data": DATA} | change)

    assert status == 400
    assert [v["field"] for v in body["error"]["details"][1]["fieldViolations"]] == [field]


def test_an_allowed_message_has_no_violation() -> None:
    assert (
        violations(
            {
                "token": "t",
                "data": DATA,
                "android": {"priority": "high", "ttl": "60s"},
                "webpush": {"headers": {"TTL": "60"}},
                "apns": {"headers": {}, "payload": {"aps": {"content-available": 1}}},
            }
        )
        == []
    )


def test_a_plan_is_followed_word_by_word(simulator: Simulator) -> None:
    plan = {"answers": ["unavailable", "accept", "unregistered"]}
    assert ask(simulator, "PUT", "/plans/accept-planned", plan)[0] == 204

    message = {"token": "accept-planned", "data": DATA}
    bearer = grant(simulator)
    said = [send(simulator, message, bearer)[0] for _ in range(4)]

    assert said == [503, 200, 404, 200]
    assert ask(simulator, "PUT", "/plans/x", {"answers": ["perhaps"]})[0] == 400


def test_a_device_has_a_quota_of_its_own(simulator: Simulator) -> None:
    bearer = grant(simulator)
    said = [
        send(simulator, {"token": f"accept-{name}", "data": DATA}, bearer)[0]
        for name in ("busy", "busy", "busy", "busy", "calm")
    ]

    assert sorted(said) == [200, 200, 200, 200, 429]
    assert said[3] == 429


def test_what_was_sent_can_be_asked_for_and_forgotten(simulator: Simulator) -> None:
    ask(simulator, "DELETE", "/messages")
    send(simulator, {"token": "accept-kept", "data": DATA})

    (kept,) = ask(simulator, "GET", "/messages")[1]["messages"]
    assert kept == {
        "token": "accept-kept",
        "answer": "accept",
        "message": {"token": "accept-kept", "data": DATA},
    }


class Phone(threading.Thread):
    """Listens to a device's stream until it has heard enough."""

    def __init__(
        self, simulator: Simulator, token: str, *, lines: int, of: str = "data:", **headers: str
    ) -> None:
        super().__init__()
        here = urllib.parse.urlsplit(simulator.url)
        self.connection = http.client.HTTPConnection(here.hostname or "", here.port, timeout=5)
        self.connection.request("GET", f"/devices/{token}/stream", headers=headers)
        self.reply = self.connection.getresponse()
        self.enough, self.counted = lines, of
        self.heard: list[str] = []
        self.start()

    def run(self) -> None:
        while self._count() < self.enough and (line := self.reply.readline()):
            if line.startswith((b"data:", b"id:", b":")):
                self.heard.append(line.decode().strip())
        self.connection.close()
        self.reply.close()

    def _count(self) -> int:
        return sum(line.startswith(self.counted) for line in self.heard)


def _data(phone: Phone) -> list[Any]:
    phone.join(5)
    said = [line.removeprefix("data: ") for line in phone.heard if line.startswith("data: ")]
    return [json.loads(line) for line in said]


def test_a_phone_hears_what_it_missed_and_what_comes(simulator: Simulator) -> None:
    token = ask(simulator, "POST", "/registrations")[1]["token"]
    send(simulator, {"token": token, "data": DATA | {"id": "before"}})
    phone = Phone(simulator, token, lines=2)
    send(simulator, {"token": token, "data": DATA | {"id": "after"}})

    assert [data["id"] for data in _data(phone)] == ["before", "after"]

    first = next(line for line in phone.heard if line.startswith("id: ")).removeprefix("id: ")
    again = Phone(simulator, token, lines=1, **{"Last-Event-ID": first})
    assert [data["id"] for data in _data(again)] == ["after"]


def test_a_silent_stream_has_a_heartbeat(simulator: Simulator) -> None:
    phone = Phone(simulator, "accept-silent", lines=2, of=":")
    phone.join(5)

    assert phone.heard == [": heartbeat", ": heartbeat"]


def test_a_removed_app_is_gone(simulator: Simulator) -> None:
    token = ask(simulator, "POST", "/registrations")[1]["token"]
    phone = Phone(simulator, token, lines=99)
    assert ask(simulator, "DELETE", f"/registrations/{token}")[0] == 204
    phone.join(5)

    assert not phone.is_alive()
    assert send(simulator, {"token": token, "data": DATA})[0] == 404


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost:5173", True),
        ("https://example.invalid", False),
        ("http://127.0.0.1.example.invalid", False),
    ],
)
def test_only_pages_of_this_machine_may_ask(
    simulator: Simulator, origin: str, *, allowed: bool
) -> None:
    for method, path in (("OPTIONS", "/registrations"), ("POST", "/registrations")):
        _, _, headers = ask(simulator, method, path, Origin=origin)
        assert headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)


def test_every_run_has_keys_of_its_own_readable_by_the_owner_only(tmp_path: Path) -> None:
    before = threading.active_count()
    keys = set[str]()
    for _ in range(2):
        with Simulator(tmp_path / "fcm") as running:
            assert running.credentials.stat().st_mode & 0o777 == 0o600
            account = json.loads(running.credentials.read_text())
            assert account["token_uri"] == f"{running.url}/token"
            keys |= {account["private_key"], running.ca.read_text()}
            Phone(running, "accept-1", lines=1)

    assert len(keys) == 4
    assert {path.name for path in (tmp_path / "fcm").iterdir()} == {
        "service-account.json",
        "ca.pem",
    }
    time.sleep(0.1)
    assert threading.active_count() <= before  # others may end meanwhile
