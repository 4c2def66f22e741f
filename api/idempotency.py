"""`Idempotency-Key`: a request sent twice is done once and answered twice.

After draft-ietf-httpapi-idempotency-key-header-07: 400 without a key, 409 while the first
request is still at work, 422 when the key comes back with another request. Only answers of
success are kept, for 24 hours, in the very act that made them true: a refusal changes nothing
and may be asked for again.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import IO

from flask import Request, Response

from api.problems import Malformed
from services.kernel import answers
from services.kernel.act import Act, Actor
from services.kernel.refusals import Conflict, Unprocessable

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"

EXEMPT: Mapping[str, str] = {
    "POST /sessions": "nobody is signed in yet; a second session does no harm",
    "POST /sessions/renewals": "nobody is signed in; renewing twice is forgiven for 30 seconds",
    "DELETE /sessions/current": "ending twice is ending once",
    "POST /challenges": "nobody is signed in yet; a second challenge does no harm",
    "POST /enrolments": "nobody is signed in yet; a code counts once",
    "PUT /me/password": "its body is a secret, of which not even a fingerprint is kept",
    "POST /accounts/<int:person_id>/enrolment-codes": "its answer is a code and is never kept",
    "POST /arrest-request-checks": "a dry run stores nothing",
    "POST /deadline-calculations": "a calculation stores nothing",
    "POST /slot-searches": "a search takes nothing",
    "POST /searches": "a search changes nothing",
    "POST /step-ups": "its answer is a token and is never kept; a second one does no harm",
    "POST /calendar-feeds": "its answer is a key and is never kept; five addresses at most",
}
"""Which changes need no key, and why."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_KEPT_HEADERS = ("Content-Type", "Content-Language", "ETag", "Location")


class KeyMissing(Malformed):
    """This request changes something: send an Idempotency-Key of your own, 1 to 200 characters."""

    zh = "此请求会产生变更，须携带 Idempotency-Key 请求头（1 至 200 个字符）。"


class StillAtWork(Conflict):
    """The first request with this key is still at work; ask again in a moment."""

    zh = "同一请求正在办理中，请稍后再试。"


class KeyReused(Unprocessable):
    """This key has been used for another request; take a new one."""

    zh = "该 Idempotency-Key 已用于另一请求，请换用新的。"


def needs_key(operation: str) -> bool:
    """Must this operation, such as `POST /cases`, carry a key?"""
    return operation.partition(" ")[0] not in _SAFE and operation not in EXEMPT


@dataclass(frozen=True, slots=True)
class Once:
    """One request under one key of the acting person."""

    act: Act
    key: str
    fingerprint: bytes

    @classmethod
    def of(cls, act: Act, request: Request) -> "Once":
        """Read the key, and hold it until the act ends.

        Refuses:
            KeyMissing: there is none, or it is not 1 to 200 visible ASCII characters.
            StillAtWork: the first request with this key has not ended yet.
        """
        key = _unquoted(request.headers.get(HEADER, ""))
        if not _KEY.fullmatch(key):
            raise KeyMissing
        if not answers.claim(act.session, act.actor.id, key):
            raise StillAtWork(retry_after=1)
        return cls(act, key, fingerprint(request, act.actor))

    def replay(self) -> Response | None:
        """The answer given the first time, if there was one.

        Refuses:
            KeyReused: the key was used for another request, or in other posts than today's: what
                was told to the holder of a post is not told again to somebody who has left it.
        """
        first = answers.given(self.act.session, self.act.actor.id, self.key)
        if first is None:
            return None
        if first.fingerprint != self.fingerprint:
            raise KeyReused
        reply = Response(first.body, first.status)
        for name, value in first.headers.items():
            reply.headers[name] = value
        reply.headers[REPLAYED] = "true"
        return reply

    def keep(self, reply: Response) -> None:
        """Remember an answer of success, in this same act."""
        if not 200 <= reply.status_code < 300:  # noqa: PLR2004  # the range of success
            return
        answers.keep(
            self.act.session,
            {
                "person_id": self.act.actor.id,
                "key": self.key,
                "fingerprint": self.fingerprint,
                "status": reply.status_code,
                "headers": {n: reply.headers[n] for n in _KEPT_HEADERS if n in reply.headers},
                "body": reply.get_data(),
            },
        )


def fingerprint(request: Request, actor: Actor) -> bytes:
    """What was asked in which posts: the same request, however it was packed, has the same one.

    A JSON body counts by its value; a multipart body by its parts, for each try draws another
    boundary.
    """
    digest = sha256()
    for part in (repr(sorted(actor.posts)).encode(), *_parts(request)):
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.digest()


def _parts(request: Request) -> Iterator[bytes]:
    yield request.method.encode()
    yield request.full_path.encode()
    if request.mimetype == "multipart/form-data":
        for name, value in sorted(request.form.items(multi=True), key=str):
            yield f"{name}={value}".encode()
        for name, file in sorted(request.files.items(multi=True), key=lambda part: str(part[0])):
            yield f"{name}:{file.filename}:{file.mimetype}".encode(errors="replace")
            yield _hashed(file.stream)
    elif request.is_json:
        try:
            yield json.dumps(json.loads(request.get_data()), sort_keys=True).encode()
        except (ValueError, RecursionError):
            yield request.get_data()
    else:
        yield request.get_data()


def _hashed(stream: IO[bytes]) -> bytes:
    digest = sha256()
    while chunk := stream.read(1 << 16):
        digest.update(chunk)
    stream.seek(0)
    return digest.digest()


def _unquoted(key: str) -> str:
    """The draft writes a structured string, "…"; phones mostly send the bare key."""
    quoted = re.fullmatch(r'"((?:[^"\\]|\\["\\])*)"', key.strip())
    return quoted[1] if quoted else key.strip()
