"""A development simulator of a browser's push service (RFC 8030) on the loopback interface.

`POST /registrations` subscribes: it answers an endpoint and two keys, as `PushManager.subscribe`
does, and keeps the browser's private key, so that it can do what no push service can: decrypt the
message (RFC 8291). It refuses what a service would refuse (VAPID of RFC 8292, TTL, Topic, size)
and, stricter than one, a message that says more than `id`, `class`, `exp` and `sig`.

    python -m jiantong.simulators.web_push --port 8203
"""

import argparse
import base64
import binascii
import json
import re
import secrets
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum
from http import HTTPStatus
from typing import Any

import http_ece
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jiantong.simulators.service import (
    PAYLOAD_BYTES,
    TROUBLES,
    Door,
    Json,
    Limits,
    Mailbox,
    Reply,
    Running,
    Server,
    Trouble,
    payload_faults,
)

TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
URGENCIES = {"very-low", "low", "normal", "high"}
VAPID = re.compile(r"vapid t=([\w-]+\.[\w-]+\.[\w-]+),\s*k=([\w-]+)")
DAY = 24 * 60 * 60
HALF = 32


class Answer(StrEnum):
    """What the simulator says to a message; the first word of a subscription chooses it."""

    ACCEPT = "accept"
    GONE = "gone"
    UNKNOWN = "unknown"
    BAD_REQUEST = "bad_request"
    TOO_LARGE = "too_large"
    UNSIGNED = "unsigned"
    OTHER_KEY = "other_key"
    QUOTA = "quota"
    QUOTA_BY_DATE = "quota_by_date"
    QUOTA_WITHOUT_HINT = "quota_without_hint"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"


STATUSES = {
    Answer.GONE: HTTPStatus.GONE,
    Answer.UNKNOWN: HTTPStatus.NOT_FOUND,
    Answer.BAD_REQUEST: HTTPStatus.BAD_REQUEST,
    Answer.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Answer.UNSIGNED: HTTPStatus.UNAUTHORIZED,
    Answer.OTHER_KEY: HTTPStatus.FORBIDDEN,
    Answer.QUOTA: HTTPStatus.TOO_MANY_REQUESTS,
    Answer.QUOTA_BY_DATE: HTTPStatus.TOO_MANY_REQUESTS,
    Answer.QUOTA_WITHOUT_HINT: HTTPStatus.TOO_MANY_REQUESTS,
    Answer.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
    Answer.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}


@dataclass(frozen=True, slots=True)
class Browser:
    """One subscription, from the browser's side."""

    token: str
    private: ec.EllipticCurvePrivateKey
    auth: bytes
    server_key: str | None
    """The key with which its page subscribed; a message under another is refused."""

    @property
    def keys(self) -> dict[str, str]:
        """What the page is told: the public key and the shared secret."""
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return {"p256dh": _packed(point), "auth": _packed(self.auth)}


class Post(Mailbox):
    """What a push service knows and says."""

    words = Answer
    dead = Answer.GONE
    over = Answer.QUOTA
    unknown = Answer.UNKNOWN

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.browsers: dict[str, Browser] = {}
        self.url = ""

    def subscribe(self, word: str = "accept", server_key: str | None = None) -> Browser:
        """A new subscription, which is answered as its word says."""
        browser = Browser(
            f"{word}-{secrets.token_urlsafe(18)}",
            ec.generate_private_key(ec.SECP256R1()),
            secrets.token_bytes(16),
            server_key,
        )
        self.browsers[browser.token] = browser
        return browser

    def endpoint(self, token: str) -> str:
        """The address that stands for that subscription."""
        return f"{self.url}/push/{token}"

    def send(self, token: str, headers: Message, body: bytes) -> Reply:
        """Take one message."""
        with self.changed:
            browser, serial = self.browsers.get(token), self.next_serial()
        if browser is None:
            return Reply(HTTPStatus.NOT_FOUND, b"")
        status, found = self._look(browser, headers, body)
        with self.changed:
            answer = Answer.BAD_REQUEST if status else self.answer(token)
            kept = {name: headers.get(name) for name in ("TTL", "Urgency", "Topic")}
            self.sent.append(
                {"token": token, "answer": answer, "message": {"headers": kept, "data": found}}
            )
        if status:
            return Reply(status, {"reason": found})
        if isinstance(answer, Trouble) and answer in TROUBLES:
            return TROUBLES[answer]
        if isinstance(answer, Answer) and answer in STATUSES:
            return Reply(STATUSES[answer], {"reason": answer}, self._later(answer))
        self.deliver(token, answer, serial, found)
        return Reply(HTTPStatus.CREATED, b"", {"Location": f"{self.url}/messages/{serial}"})

    def _later(self, answer: Answer) -> dict[str, str]:
        if answer is Answer.QUOTA:
            return {"Retry-After": str(self.limits.retry_after)}
        if answer is Answer.QUOTA_BY_DATE:
            when = time.gmtime(time.time() + 60 * self.limits.retry_after)
            return {"Retry-After": time.strftime("%a, %d %b %Y %H:%M:%S GMT", when)}
        return {}

    def _look(
        self, browser: Browser, headers: Message, body: bytes
    ) -> tuple[HTTPStatus | None, Any]:
        """What is wrong with a message, if anything; else what it says."""
        wrong = next(self._wrong(browser, headers, body), None)
        if wrong is not None:
            return wrong
        try:
            said = http_ece.decrypt(
                body, private_key=browser.private, auth_secret=browser.auth, version="aes128gcm"
            )
            data = json.loads(said)
        except (http_ece.ECEException, ValueError):
            return HTTPStatus.BAD_REQUEST, "the browser cannot read it"
        faults = payload_faults(data)
        return (HTTPStatus.BAD_REQUEST, faults) if faults else (None, data)

    def _wrong(
        self, browser: Browser, headers: Message, body: bytes
    ) -> Iterator[tuple[HTTPStatus, str]]:
        """What a service finds wrong without reading the message."""
        if not (headers.get("TTL") or "").isdigit():
            yield HTTPStatus.BAD_REQUEST, "no TTL"
        if headers.get("Urgency", "normal") not in URGENCIES:
            yield HTTPStatus.BAD_REQUEST, "no such Urgency"
        if not TOPIC.fullmatch(headers.get("Topic") or "none"):
            yield HTTPStatus.BAD_REQUEST, "no Topic"
        if headers.get("Content-Encoding") != "aes128gcm":
            yield HTTPStatus.BAD_REQUEST, "not encrypted"
        if len(body) > PAYLOAD_BYTES:
            yield HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large"
        signer = vouched(headers.get("Authorization") or "", self.url)
        if signer is None:
            yield HTTPStatus.UNAUTHORIZED, "nobody vouches for it"
        elif browser.server_key not in {None, signer}:
            yield HTTPStatus.FORBIDDEN, "another application server's subscription"


def vouched(authorization: str, audience: str) -> str | None:
    """The key under which somebody vouches for a message to this service, if it is in order."""
    found = VAPID.fullmatch(authorization)
    if found is None:
        return None
    token, key = found.groups()
    try:
        head, claims, signature = token.split(".")
        raw = _unpacked(signature)
        numbers = (int.from_bytes(half) for half in (raw[:HALF], raw[HALF:]))
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _unpacked(key))
        signed = f"{head}.{claims}".encode()
        public.verify(encode_dss_signature(*numbers), signed, ec.ECDSA(SHA256()))
        said, kind = json.loads(_unpacked(claims)), json.loads(_unpacked(head))
        in_time = time.time() < said["exp"] <= time.time() + DAY
        good = kind["alg"] == "ES256" and said["aud"] == audience and in_time
        return key if good and str(said["sub"]).startswith(("mailto:", "https:")) else None
    except (ValueError, KeyError, TypeError, binascii.Error, InvalidSignature):
        return None


class _Server(Server):
    mailbox: Post


class _Door(Door):
    """One connection."""

    server: _Server

    def registered(self, body: bytes) -> Json:
        """What `PushManager.subscribe` gives a page; `token` names it to this simulator."""
        given = json.loads(body or b"{}")
        key = given.get("application_server_key")
        browser = self.server.mailbox.subscribe(server_key=key)
        endpoint = self.server.mailbox.endpoint(browser.token)
        return {"token": browser.token, "endpoint": endpoint, "keys": browser.keys}

    def posted(self, segments: Sequence[str], body: bytes) -> Reply | None:
        """A message."""
        match segments:
            case ["push", token]:
                return self.server.mailbox.send(token, self.headers, body)
            case _:
                return None


class Simulator(Running):
    """A running simulator: a context manager that owns its port."""

    def __init__(self, port: int = 0, limits: Limits | None = None) -> None:
        self.mailbox = Post(limits or Limits())
        super().__init__(_Server(port, self.mailbox, _Door))
        self.mailbox.url = self.url


def _packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def main(arguments: list[str] | None = None) -> None:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(description="A development simulator of a push service.")
    parser.add_argument("--port", type=int, default=8203)
    options = parser.parse_args(arguments)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with Simulator(options.port) as running:
        print(f"Web Push simulator at {running.url}", flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()
