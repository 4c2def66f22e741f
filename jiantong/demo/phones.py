"""Phones that the demo drives: the wire to a server, and one person signed in on one phone."""

import http.client
import json
import time
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

from jiantong.demo import city
from jiantong.postgres import CannotStart
from services.policy import PostKind

API = "/api/v1"
PATIENCE = 15.0
"""Seconds that a message may take from the act that caused it into an inbox."""

Json = dict[str, Any]


class JourneyError(CannotStart):
    """The journey met an answer it did not expect; the sentence says where."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered."""

    status: int
    etag: str | None
    content: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.content) if self.content else None


class Wire(Protocol):
    """The way from a phone to the server, and the push service beside it."""

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Send one request."""
        ...

    def wait(self, until: Callable[[], bool]) -> bool:
        """Let the background work be done until something is so; say whether it came to be."""
        ...

    def register(self, service: str | None) -> str | None:
        """Register a phone with the push service; its token, or None without a service."""
        ...

    def pushes(self, token: str) -> list[Json]:
        """Everything that was pushed to a token so far."""
        ...


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person's phone showed after a step: only what is new, and the tasks of the case."""

    who: str
    pushes: tuple[Json, ...]
    inbox: tuple[str, ...]
    tasks: tuple[str, ...]


@dataclass(slots=True)
class Phone:
    """A signed-in phone."""

    wire: Wire
    username: str
    name: str = ""
    post: str = ""
    _access: str = ""
    _push_token: str | None = None
    _inbox_seen: set[str] = field(default_factory=set)
    _pushes_seen: int = 0

    @property
    def who(self) -> str:
        """The person, as the transcript names them."""
        return f"{self.post}{self.name}"

    def sign_in(self) -> None:
        """Sign in with the demo password, register for pushes, look at the inbox."""
        opened = self.send(
            "POST", "/sessions", {"username": self.username, "password": city.PASSWORD}
        )
        self._access = opened.json["access_token"]
        me = self.get("/me")
        self.name, self.post = me["name"], _post_name(me["posts"][0]["post"])
        service = self.get("/push-settings")["development_stream"]
        self._push_token = self.wire.register(service)
        if self._push_token:
            self.send("POST", "/devices", {"platform": "web", "token": self._push_token})
        self._inbox_seen = {item["id"] for item in self._inbox()}

    def get(self, path: str) -> Any:
        """Read something."""
        return self.send("GET", path).json

    def version(self, path: str) -> str:
        """The version of a record as this phone reads it."""
        etag = self.send("GET", path).etag
        if etag is None:
            message = f"GET {path} told no version."
            raise JourneyError(message)
        return etag

    def send(self, method: str, path: str, body: Json | None = None, if_match: str = "") -> Reply:
        """Send a request and insist on success."""
        content = b"" if body is None else json.dumps(body).encode()
        return self._insist(method, path, content, "application/json" if content else "", if_match)

    def upload(self, title: str, kind: str, file_name: str, content: bytes) -> Json:
        """Upload a file; what it is called, what it is."""
        boundary = uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in (("title", title), ("kind", kind))
        ]
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="{file_name}"\r\nContent-Type: application/pdf\r\n\r\n'
        )
        body = "".join([*parts, head]).encode() + content + f"\r\n--{boundary}--\r\n".encode()
        media_type = f"multipart/form-data; boundary={boundary}"
        uploaded: Json = self._insist("POST", "/attachments", body, media_type).json
        return uploaded

    def look(self, document_number: str) -> Sight:
        """Wait until something new is in the inbox, then say what the phone shows."""
        self.wire.wait(self._has_news)
        news = [item for item in self._inbox() if item["id"] not in self._inbox_seen]
        self._inbox_seen |= {item["id"] for item in news}
        ids = {item["id"] for item in news}
        token = self._push_token
        if token:
            self.wire.wait(lambda: ids <= {push["id"] for push in self.wire.pushes(token)})
        pushes = self.wire.pushes(token) if token else []
        fresh, self._pushes_seen = pushes[self._pushes_seen :], len(pushes)
        return Sight(
            who=self.who,
            pushes=tuple(fresh),
            inbox=tuple(f"{item['title']}：{item['body']}" for item in reversed(news)),
            tasks=tuple(_task_line(task) for task in self.tasks(document_number)),
        )

    def tasks(self, document_number: str) -> list[Json]:
        """The person's open tasks about one request and its case."""
        return [task for task in self._tasks() if task["document_number"] == document_number]

    def _tasks(self) -> list[Json]:
        found: list[Json] = []
        cursor = ""
        while cursor is not None:
            page = self.get(f"/tasks?state=open&limit=100{cursor and f'&cursor={cursor}'}")
            found += page["items"]
            cursor = page["next_cursor"]
        return found

    def _inbox(self) -> list[Json]:
        items: list[Json] = self.get("/inbox?limit=20")["items"]
        return items

    def _has_news(self) -> bool:
        return any(item["id"] not in self._inbox_seen for item in self._inbox())

    def _insist(
        self, method: str, path: str, content: bytes, media_type: str, if_match: str = ""
    ) -> Reply:
        headers = {"Idempotency-Key": uuid4().hex, "Accept": "application/json"}
        if self._access:
            headers["Authorization"] = f"Bearer {self._access}"
        if media_type:
            headers["Content-Type"] = media_type
        if if_match:
            headers["If-Match"] = if_match
        reply = self.wire.ask(method, API + path, headers, content)
        if _needs_step_up(reply):
            headers["Step-Up"] = self._confirm(reply.json)
            reply = self.wire.ask(method, API + path, headers, content)
        if reply.status >= http.HTTPStatus.BAD_REQUEST:
            told = reply.content.decode(errors="replace")
            message = f"{self.username}: {method} {path} was answered {reply.status}: {told}"
            raise JourneyError(message)
        return reply

    def _confirm(self, needed: Json) -> str:
        """Confirm a legal act anew with the demo password."""
        deed = {name: needed[name] for name in ("method", "path", "content_hash")}
        taken = self.send("POST", "/step-ups", deed | {"password": city.PASSWORD})
        token: str = taken.json["token"]
        return token


class Live:
    """The wire to a running server."""

    def __init__(self, address: str) -> None:
        self._address = address

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Send one request."""
        return _request(self._address, method, path, headers, body)

    def wait(self, until: Callable[[], bool]) -> bool:
        """Look again and again: the worker does its work meanwhile."""
        patient_until = time.monotonic() + PATIENCE
        while not until():
            if time.monotonic() > patient_until:
                return False
            time.sleep(0.1)
        return True

    def register(self, service: str | None) -> str | None:
        """Register with the development's push simulator, if the server says that there is one."""
        if service is None:
            return None
        self._service = service
        token: str = _request(service, "POST", "/registrations", {}, b"").json["token"]
        return token

    def pushes(self, token: str) -> list[Json]:
        """Ask the simulator what it was given for that phone."""
        sent = _request(self._service, "GET", "/messages", {}, b"").json["messages"]
        return [one["message"]["data"] for one in sent if one["token"] == token]


def _request(
    address: str, method: str, path: str, headers: Mapping[str, str], body: bytes
) -> Reply:
    parts = urllib.parse.urlsplit(address)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.request(method, path, body or None, dict(headers))
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers.get("ETag"), answer.read())
    except OSError as error:
        message = f"Nobody answers at {address}: start Jiantong with make run first."
        raise JourneyError(message) from error
    finally:
        connection.close()


def _needs_step_up(reply: Reply) -> bool:
    asked = reply.status == http.HTTPStatus.PRECONDITION_REQUIRED
    return asked and str(reply.json["type"]).endswith("/step-up-needed")


def _post_name(post: str) -> str:
    return city.POST_NAMES[PostKind(post)][0]


def _task_line(task: Json) -> str:
    due = f"，期限 {task['due_on']}" if task["due_on"] else ""
    return f"{task['title']}（{'、'.join(task['suspects'])}{due}）"


def smallest_pdf(words: str) -> bytes:
    """The smallest honest PDF: one page with one line."""
    text = f"BT /F1 18 Tf 72 760 Td ({words}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
