"""A development simulator of Huawei's Push Kit and its OAuth service on the loopback interface.

It gives out access tokens for its app's id and secret, takes `messages:send` under them, and
answers in Huawei's codes. It is stricter than the original: a message that carries more than `id`,
`class`, `exp` and `sig` in its data, or a notification, is refused.

    python -m jiantong.simulators.hms --port 8204 --folder data/hms
"""

import argparse
import json
import secrets
import signal
import threading
import time
import urllib.parse
from collections.abc import Sequence
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jiantong.simulators.service import (
    PAYLOAD_BYTES,
    TOKEN_LIFE,
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

APP_ID = "100000001"
MOST_TOKENS = 1000


class Answer(StrEnum):
    """What the simulator says of a token; its first word chooses it."""

    ACCEPT = "accept"
    ILLEGAL = "illegal"
    NO_RIGHT = "no_right"
    TOKEN_FORMAT = "token_format"  # noqa: S105  # what is wrong, not a password
    RIDDLE = "riddle"
    """Some tokens are illegal, and nobody can read which."""
    STRUCTURE = "structure"
    PARAMETER = "parameter"
    EXPIRED = "expired"
    SENSITIVE = "sensitive"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    OAUTH = "oauth"
    OAUTH_EXPIRED = "oauth_expired"
    NO_PERMISSION = "no_permission"
    OAUTH_AWAY = "oauth_away"
    SYSTEM = "system"
    QUOTA = "quota"
    QUOTA_WITHOUT_HINT = "quota_without_hint"
    FLOW_CONTROL = "flow_control"
    GATEWAY = "gateway"


SAYS: dict[Answer, tuple[HTTPStatus, str]] = {
    Answer.ILLEGAL: (HTTPStatus.OK, "80300007"),
    Answer.STRUCTURE: (HTTPStatus.BAD_REQUEST, "80100003"),
    Answer.PARAMETER: (HTTPStatus.BAD_REQUEST, "80100001"),
    Answer.EXPIRED: (HTTPStatus.BAD_REQUEST, "80100004"),
    Answer.SENSITIVE: (HTTPStatus.BAD_REQUEST, "80100016"),
    Answer.TOO_LARGE: (HTTPStatus.BAD_REQUEST, "80300008"),
    Answer.TOO_MANY: (HTTPStatus.BAD_REQUEST, "80300010"),
    Answer.OAUTH: (HTTPStatus.UNAUTHORIZED, "80200001"),
    Answer.OAUTH_EXPIRED: (HTTPStatus.UNAUTHORIZED, "80200003"),
    Answer.NO_PERMISSION: (HTTPStatus.OK, "80300002"),
    Answer.OAUTH_AWAY: (HTTPStatus.INTERNAL_SERVER_ERROR, "80600003"),
    Answer.SYSTEM: (HTTPStatus.INTERNAL_SERVER_ERROR, "81000001"),
}

BARE = {
    Answer.QUOTA: (HTTPStatus.TOO_MANY_REQUESTS, True),
    Answer.QUOTA_WITHOUT_HINT: (HTTPStatus.TOO_MANY_REQUESTS, False),
    Answer.FLOW_CONTROL: (HTTPStatus.SERVICE_UNAVAILABLE, True),
    Answer.GATEWAY: (HTTPStatus.BAD_GATEWAY, False),
}
"""Statuses without a code of Huawei's, and whether they say for how long."""

CAUSES = {Answer.NO_RIGHT: "noRight", Answer.TOKEN_FORMAT: "tokenFormatError"}
"""Why Huawei calls tokens illegal, where it says so."""


class Post(Mailbox):
    """What Huawei knows and says."""

    words = Answer
    dead = Answer.ILLEGAL
    over = Answer.FLOW_CONTROL
    unknown = Answer.ILLEGAL

    def send(self, message: Json) -> Reply:
        """Take one message to its tokens; where they differ, some succeed and some are illegal."""
        tokens, data = _tokens(message), _data(message)
        if (fault := _fault(message, tokens, data)) is not None:
            self._note(tokens or [""], Answer.STRUCTURE, message)
            return self._said(fault)
        with self.changed:
            answers = {token: self.answer(token) for token in tokens}
            serials = {token: self.next_serial() for token in tokens}
        for token, answer in answers.items():
            self._note([token], answer, message)
        good = {one: says for one, says in answers.items() if says in _DELIVERED}
        illegal = [one for one, says in answers.items() if says is Answer.ILLEGAL]
        other = next(
            (says for one, says in answers.items() if one not in good and one not in illegal), None
        )
        if other is not None:
            return self._other(other, tokens)
        for token, answer in good.items():
            self.deliver(token, answer, serials[token], data)
        if not illegal:
            return self._code(HTTPStatus.OK, "80000000", "Success")
        if not good:
            return self._said(Answer.ILLEGAL)
        told = {"success": len(good), "failure": len(illegal), "illegal_tokens": illegal}
        return self._code(HTTPStatus.OK, "80100000", json.dumps(told))

    def _note(self, tokens: Sequence[str], answer: StrEnum, message: Json) -> None:
        with self.changed:
            self.sent += [{"token": one, "answer": answer, "message": message} for one in tokens]

    def _other(self, answer: StrEnum, tokens: Sequence[str]) -> Reply:
        """An answer for the message as a whole."""
        if isinstance(answer, Trouble):
            return TROUBLES[answer]
        if answer in BARE:
            status, hinted = BARE[Answer(answer)]
            return Reply(
                status, b"", {"Retry-After": str(self.limits.retry_after)} if hinted else {}
            )
        if answer is Answer.RIDDLE:
            return self._code(HTTPStatus.OK, "80100000", "some")
        if answer in CAUSES:
            told = {"illegalTokens": {CAUSES[Answer(answer)]: list(tokens)}, "failure": len(tokens)}
            return self._code(HTTPStatus.OK, "80300007", json.dumps(told))
        return self._said(Answer(answer))

    def _said(self, answer: Answer) -> Reply:
        status, code = SAYS[answer]
        return self._code(status, code, answer.value)

    def _code(self, status: HTTPStatus, code: str, text: str) -> Reply:
        number = f"{time.time_ns()}"
        return Reply(status, {"code": code, "msg": text, "requestId": number})


_DELIVERED = frozenset({Answer.ACCEPT, Trouble.SLOW, Trouble.TWICE})


def _tokens(message: Json) -> list[str]:
    tokens = message.get("token")
    known = isinstance(tokens, list) and all(isinstance(one, str) and one for one in tokens)
    return list(tokens) if known and isinstance(tokens, list) else []


def _data(message: Json) -> Any:
    try:
        return json.loads(message["data"])
    except (KeyError, TypeError, ValueError):
        return None


def _fault(message: Json, tokens: Sequence[str], data: Any) -> Answer | None:
    """What is wrong with a message."""
    if not 1 <= len(tokens) <= MOST_TOKENS:
        return Answer.TOO_MANY
    if len(json.dumps({**message, "token": []})) > PAYLOAD_BYTES:
        return Answer.TOO_LARGE
    android = message.get("android")
    known = isinstance(android, dict) and set(android) <= {"urgency", "ttl", "collapse_key"}
    good = known and android is not None and android.get("urgency") in {"HIGH", "NORMAL"}
    if set(message) - {"token", "data", "android"} or not good or payload_faults(data):
        return Answer.STRUCTURE
    return None


class _Server(Server):
    mailbox: Post
    secret: str


class _Door(Door):
    """One connection."""

    server: _Server

    def posted(self, segments: Sequence[str], body: bytes) -> Reply | None:
        """An access token, or a message."""
        match segments:
            case ["oauth2", "v3", "token"]:
                return self._grant(body)
            case ["v1", app, "messages:send"]:
                return self._send(app, body)
            case _:
                return None

    def _grant(self, body: bytes) -> Reply:
        form = {name: value[0] for name, value in urllib.parse.parse_qs(body.decode()).items()}
        wanted = {
            "grant_type": "client_credentials",
            "client_id": APP_ID,
            "client_secret": self.server.secret,
        }
        if form != wanted:
            told = {"error": 1101, "sub_error": 20044, "error_description": "wrong client"}
            return Reply(HTTPStatus.BAD_REQUEST, told)
        lives_for = int(TOKEN_LIFE.total_seconds())
        given = {"access_token": self.server.mailbox.bearer(), "expires_in": lives_for}
        return Reply(HTTPStatus.OK, {**given, "token_type": "Bearer"})

    def _send(self, app: str, body: bytes) -> Reply:
        mailbox = self.server.mailbox
        if app != APP_ID:
            return Reply(HTTPStatus.NOT_FOUND, b"")
        if not mailbox.knows(self.bearer()):
            status, code = SAYS[Answer.OAUTH_EXPIRED]
            return Reply(status, {"code": code, "msg": "token expired", "requestId": "0"})
        try:
            message = json.loads(body)["message"]
        except (ValueError, KeyError, TypeError):
            message = {}
        return mailbox.send(message)


class Simulator(Running):
    """A running simulator: a context manager that owns its port and its app's secret."""

    def __init__(self, folder: Path, port: int = 0, limits: Limits | None = None) -> None:
        self.mailbox = Post(limits or Limits())
        self.secret = folder / "app-secret"
        server = _Server(port, self.mailbox, _Door)
        server.secret = secrets.token_hex(32)
        super().__init__(server)
        folder.mkdir(parents=True, exist_ok=True)
        draft = self.secret.with_suffix(".new")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(server.secret)
        draft.replace(self.secret)

    def forget_access(self) -> None:
        """Every access token that was given out is good no more."""
        self.mailbox.bearers.clear()


def main(arguments: list[str] | None = None) -> None:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(description="A development simulator of Huawei's Push Kit.")
    parser.add_argument("--port", type=int, default=8204)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args(arguments)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with Simulator(options.folder, options.port) as running:
        print(f"HMS simulator at {running.url}, app {APP_ID}, {running.secret}", flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()
