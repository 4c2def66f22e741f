"""What every simulated push service has: a mailbox with quotas and plans, a door that misbehaves.

What a device's token is answered stands in its first word (`accept-…`, `half_open-…`), unless a
plan was laid for it (`PUT /plans/<token>`). Each service has words of its own (its `Answer`); those
of `Trouble` are known to all of them.

| asked | answered |
|---|---|
| `POST /registrations` | a new device |
| `DELETE /registrations/<token>` | the app is removed from it: its token is dead |
| `GET /devices/<token>/stream` | what is delivered to it (Server-Sent Events) |
| `PUT /plans/<token>` | its next answers, in order |
| `GET /messages`, `DELETE /messages` | what was sent; forget it |
"""

import json
import re
import secrets
import socket
import sys
import threading
import time
import urllib.parse
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Self

Json = dict[str, Any]

LOOPBACK = "127.0.0.1"
PAYLOAD_KEYS = {"id", "class", "exp", "sig"}
PAYLOAD_BYTES = 4096
LOOPBACK_ORIGIN = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")
TOKEN_LIFE = timedelta(hours=1)
BODY_LIMIT = 1 << 20


class Trouble(StrEnum):
    """What any service may do to us."""

    SLOW = "slow"
    """It answers well, late."""
    HALF_OPEN = "half_open"
    """It takes the message, and the connection stays open without a word."""
    CUT = "cut"
    """It closes in the middle of its answer."""
    DRIP = "drip"
    """Its answer comes letter by letter."""
    HTML = "html"
    """A page of whatever stands before the service."""
    PAGE = "page"
    """The same, and it says that all is well."""
    EMPTY = "empty"
    BABBLE = "babble"
    """All is well, and the answer is no answer."""
    FLOOD = "flood"
    """An answer without end."""
    REDIRECT = "redirect"
    TWICE = "twice"
    """It answers well, and the phone hears it twice."""


class Manner(StrEnum):
    """How an answer is given."""

    WHOLE = "whole"
    SILENT = "silent"
    CUT = "cut"
    DRIP = "drip"


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer."""

    status: HTTPStatus
    body: Json | bytes = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    manner: Manner = Manner.WHOLE

    @property
    def content(self) -> bytes:
        """What is written."""
        if self.status is HTTPStatus.NO_CONTENT:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


_PAGE = b"<!DOCTYPE html><html><body><h1>Bad gateway</h1></body></html>"
_HTML = {"Content-Type": "text/html; charset=utf-8"}
_LONG = {"padding": "." * 2000}

TROUBLES = {
    Trouble.HALF_OPEN: Reply(HTTPStatus.OK, manner=Manner.SILENT),
    Trouble.CUT: Reply(HTTPStatus.OK, _LONG, manner=Manner.CUT),
    Trouble.DRIP: Reply(HTTPStatus.OK, _LONG, manner=Manner.DRIP),
    Trouble.HTML: Reply(HTTPStatus.INTERNAL_SERVER_ERROR, _PAGE, _HTML),
    Trouble.PAGE: Reply(HTTPStatus.OK, _PAGE, _HTML),
    Trouble.EMPTY: Reply(HTTPStatus.INTERNAL_SERVER_ERROR, b""),
    Trouble.BABBLE: Reply(HTTPStatus.OK, b'\xff\xfe["'),
    Trouble.FLOOD: Reply(HTTPStatus.OK, b"." * (1 << 20)),
    Trouble.REDIRECT: Reply(HTTPStatus.TEMPORARY_REDIRECT, b"", {"Location": "/elsewhere"}),
}
"""The answers of those troubles in which nothing is delivered."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The quotas and delays of a simulator."""

    per_minute: int = 600_000
    per_device_per_minute: int = 240
    retry_after: int = 1
    slow_for: float = 2.0
    silent_for: float = 30.0
    heartbeat: float = 15.0
    keep: int = 10_000


class Mailbox:
    """Everything a simulator knows: messages by device, plans, quotas, access tokens."""

    words: ClassVar[type[StrEnum]]
    dead: ClassVar[StrEnum]
    over: ClassVar[StrEnum]
    unknown: ClassVar[StrEnum]

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.changed = threading.Condition()
        self.closing = False
        self.sent: deque[Json] = deque(maxlen=limits.keep)
        self.devices: dict[str, deque[tuple[int, Json]]] = defaultdict(lambda: deque(maxlen=100))
        self.heard: Counter[str] = Counter()
        self.plans: dict[str, deque[StrEnum]] = {}
        self.gone: set[str] = set()
        self.bearers: dict[str, datetime] = {}
        self._used: Counter[tuple[str, int]] = Counter()
        self._serial = time.time_ns() // 1_000_000  # a phone that outlives a restart still hears

    def word(self, text: str) -> StrEnum | None:
        """The answer of that name."""
        for words in (self.words, Trouble):
            if text in set(words):
                return words(text)
        return None

    def register(self) -> str:
        """A token for a new installation of the app."""
        return f"accept-{secrets.token_urlsafe(24)}"

    def plan(self, token: str, answers: Sequence[StrEnum]) -> None:
        """Answer the next messages to `token` so, one after another."""
        with self.changed:
            self.plans[token] = deque(answers)

    def unregister(self, token: str) -> None:
        """The app was removed from the device: its token is dead from now on."""
        with self.changed:
            self.gone.add(token)
            self.changed.notify_all()

    def forget(self) -> None:
        """Forget every message that was sent."""
        with self.changed:
            self.sent.clear()

    def bearer(self) -> str:
        """A fresh access token."""
        token = secrets.token_urlsafe(32)
        self.bearers[token] = datetime.now(UTC) + TOKEN_LIFE
        return token

    def knows(self, bearer: str) -> bool:
        """Was this access token given out, and is it still good?"""
        return self.bearers.get(bearer, datetime.min.replace(tzinfo=UTC)) > datetime.now(UTC)

    def answer(self, token: str) -> StrEnum:
        """What to say: by the plan, the quotas, the token's word. Called with `changed` held."""
        if plan := self.plans.get(token):
            return plan.popleft()
        minute = int(time.monotonic() // 60)
        allowed = (("", self.limits.per_minute), (token, self.limits.per_device_per_minute))
        for scope, limit in allowed:
            self._used[scope, minute] += 1
            if self._used[scope, minute] > limit:
                return self.over
        if token in self.gone:
            return self.dead
        return self.word(token.partition("-")[0]) or self.unknown

    def next_serial(self) -> int:
        """The number of a message. Called with `changed` held."""
        self._serial += 1
        return self._serial

    def deliver(self, token: str, answer: StrEnum, serial: int, data: Json) -> None:
        """Let the phone hear it: late, or twice, where that was asked for."""
        if answer is Trouble.SLOW:
            time.sleep(self.limits.slow_for)
        with self.changed:
            self.devices[token].append((serial, data))
            if answer is Trouble.TWICE:
                self.devices[token].append((self.next_serial(), data))
            self.changed.notify_all()

    def after(self, token: str, serial: int, patience: float) -> list[tuple[int, Json]] | None:
        """Messages to `token` later than `serial`, waiting a while; None when there are no more."""

        def later() -> list[tuple[int, Json]]:
            return [one for one in self.devices[token] if one[0] > serial]

        with self.changed:
            self.changed.wait_for(
                lambda: self.closing or token in self.gone or bool(later()), patience
            )
            return None if self.closing or token in self.gone else later()

    def stay_silent(self) -> None:
        """Say nothing for long."""
        with self.changed:
            self.changed.wait_for(lambda: self.closing, self.limits.silent_for)


class Server(ThreadingHTTPServer):
    """One port for everything: the service, its phones and the test's questions."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 256

    def __init__(self, port: int, mailbox: Mailbox, door: type["Door"]) -> None:
        self.mailbox = mailbox
        self.connections: set[socket.socket] = set()
        super().__init__((LOOPBACK, port), door)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a phone that hung up; everything else is worth a trace."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        """Hang up on everybody, then wait for the threads that served them."""
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        super().server_close()


class Door(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        """Be known, so that the server can hang up."""
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        """Close for good: a connection in a tunnel is not the one that came in."""
        self.server.connections.discard(self.connection)
        super().finish()
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's name
        """Keep quiet; what was sent can be asked for."""

    def posted(self, segments: Sequence[str], body: bytes) -> Reply | None:  # noqa: ARG002
        """What the service itself answers to a post; none where it is none of its addresses."""
        return None

    def registered(self, body: bytes) -> Json:  # noqa: ARG002  # one service reads it
        """What a new device is told."""
        return {"token": self.server.mailbox.register()}

    def do_OPTIONS(self) -> None:
        """Let a page served on the loopback interface ask."""
        self.reply(Reply(HTTPStatus.NO_CONTENT))

    def do_GET(self) -> None:
        """What was sent, or a device's stream."""
        match self._segments():
            case ["messages"]:
                with self.server.mailbox.changed:
                    sent = list(self.server.mailbox.sent)
                self.reply(Reply(HTTPStatus.OK, {"messages": sent}))
            case ["devices", token, "stream"]:
                self._stream(token)
            case _:
                self._nothing_here()

    def do_POST(self) -> None:
        """A new device, or whatever the service takes."""
        body, segments = self._body(), self._segments()
        if segments == ["registrations"]:
            self.reply(Reply(HTTPStatus.CREATED, self.registered(body)))
        elif (answer := self.posted(segments, body)) is not None:
            self.reply(answer)
        else:
            self._nothing_here()

    def do_PUT(self) -> None:
        """Lay a plan for a token."""
        body = self._body()
        match self._segments():
            case ["plans", token]:
                self.reply(self._plan(token, body))
            case _:
                self._nothing_here()

    def do_DELETE(self) -> None:
        """Forget what was sent, or kill a token."""
        match self._segments():
            case ["messages"]:
                self.server.mailbox.forget()
                self.reply(Reply(HTTPStatus.NO_CONTENT))
            case ["registrations", token]:
                self.server.mailbox.unregister(token)
                self.reply(Reply(HTTPStatus.NO_CONTENT))
            case _:
                self._nothing_here()

    def reply(self, reply: Reply) -> None:
        """Answer, in the manner that was asked for."""
        if reply.manner is Manner.SILENT:
            self.server.mailbox.stay_silent()
            self.close_connection = True
            return
        content = reply.content
        size = (
            {} if reply.status is HTTPStatus.NO_CONTENT else {"Content-Length": str(len(content))}
        )
        self._head(reply.status, {"Content-Type": "application/json", **size, **reply.headers})
        if reply.manner is Manner.WHOLE:
            self.wfile.write(content)
            return
        self.close_connection = True
        for letter in content[:20]:
            self.wfile.write(bytes([letter]))
            self.wfile.flush()
            if reply.manner is Manner.DRIP:
                time.sleep(0.05)

    def bearer(self) -> str:
        """The access token of this request."""
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def _plan(self, token: str, body: bytes) -> Reply:
        try:
            answers = [self.server.mailbox.word(word) for word in json.loads(body)["answers"]]
        except (ValueError, KeyError, TypeError):
            answers = [None]
        known = [answer for answer in answers if answer is not None]
        if len(known) < len(answers):
            return Reply(HTTPStatus.BAD_REQUEST, {"error": "no such answer"})
        self.server.mailbox.plan(token, known)
        return Reply(HTTPStatus.NO_CONTENT)

    def _segments(self) -> list[str]:
        path = urllib.parse.urlsplit(self.path).path
        return [urllib.parse.unquote(part) for part in path.strip("/").split("/")]

    def _body(self) -> bytes:
        length = int(self.headers.get("Content-Length") or 0)
        if length > BODY_LIMIT:
            self.close_connection = True
            return b""
        return self.rfile.read(length)

    def _stream(self, token: str) -> None:
        """Server-Sent Events: what the phone has not heard yet, then whatever comes."""
        mailbox = self.server.mailbox
        last = self.headers.get("Last-Event-ID", "")
        heard = int(last) if last.isdigit() else mailbox.heard[token]
        self.close_connection = True
        self._head(HTTPStatus.OK, {"Content-Type": "text/event-stream", "Connection": "close"})
        self.wfile.write(b"retry: 1000\n\n")
        self.wfile.flush()
        while (news := mailbox.after(token, heard, mailbox.limits.heartbeat)) is not None:
            lines = [f"id: {one}\ndata: {json.dumps(data)}\n\n" for one, data in news]
            self.wfile.write("".join(lines or [": heartbeat\n\n"]).encode())
            self.wfile.flush()
            heard = max([heard, *(serial for serial, _ in news)])
            mailbox.heard[token] = heard

    def _nothing_here(self) -> None:
        self.reply(Reply(HTTPStatus.NOT_FOUND, {"error": "not found"}))

    def _head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        origin = self.headers.get("Origin", "")
        if LOOPBACK_ORIGIN.fullmatch(origin):
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
            self.send_header("Access-Control-Allow-Headers", "Content-Type, Last-Event-ID")
            self.send_header("Vary", "Origin")
        self.send_header("Cache-Control", "no-store")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


class Running:
    """A running simulator: a context manager that owns its port."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.1,))

    @property
    def url(self) -> str:
        """Where phones and tests find it."""
        return f"http://{LOOPBACK}:{self._server.server_port}"

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up and leave no thread."""
        with self._server.mailbox.changed:
            self._server.mailbox.closing = True
            self._server.mailbox.changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def payload_faults(data: Any) -> list[str]:
    """What is wrong with a payload that must be four opaque strings and nothing more."""
    if not isinstance(data, dict) or set(data) != PAYLOAD_KEYS:
        return [f"Must hold exactly {sorted(PAYLOAD_KEYS)}"]
    if not all(isinstance(value, str) for value in data.values()):
        return ["Values must be strings"]
    return ["Message too big"] if len(json.dumps(data)) > PAYLOAD_BYTES else []
