"""Web Push: to the push services of browsers; the only module that imports pywebpush and py-vapid.

The payload is encrypted for the browser (RFC 8291), so the service in between sees who sends, to
which subscription, when and how urgently, and nothing more. The `Topic` is made from the random
id of the message: a repeated push replaces the one that still waits.
"""

import hashlib
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from py_vapid import Vapid02
from pywebpush import WebPusher

from notifications.channels import Outcome, Push
from notifications.channels.posts import Poster, Reply, guarded
from notifications.channels.subscriptions import keys_of, may_be_reached
from notifications.channels.vendors import WEB_PUSH, said
from notifications.messages import Urgency

AT_ONCE = 8
ANSWER_WITHIN = 10.0
VOUCHED_FOR = 12 * 60 * 60
"""Seconds for which one signature vouches; RFC 8292 allows 24 hours."""

RENEWED_AFTER = 60 * 60

URGENCIES = {
    Urgency.INFO: "low",
    Urgency.TASK: "normal",
    Urgency.URGENT: "high",
    Urgency.ALARM: "high",
}


class WebPush:
    """A channel to browsers."""

    def __init__(
        self,
        key: EllipticCurvePrivateKey,
        contact: str,
        hosts: Sequence[str],
        *,
        answer_within: float = ANSWER_WITHIN,
    ) -> None:
        self._vapid = Vapid02(key)
        self._contact = contact
        self._hosts = tuple(hosts)
        self._poster = Poster(answer_within, AT_ONCE)
        self._vouched: dict[str, tuple[float, str]] = {}

    def close(self) -> None:
        """Let go of the connections."""
        self._poster.close()

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        """Send each push, several side by side."""
        careful = guarded(self._send, lambda _: said(WEB_PUSH, "UNEXPECTED"))
        return self._poster.each(careful, pushes)

    def _send(self, push: Push) -> Outcome:
        if not may_be_reached(push.token, self._hosts):
            return said(WEB_PUSH, "HOST_NOT_ALLOWED")
        keys = keys_of(push.keys)
        if keys is None:
            return said(WEB_PUSH, "NO_KEYS")
        words = json.dumps(dict(push.payload), separators=(",", ":")).encode()
        sealed = WebPusher({"endpoint": push.token, "keys": keys}).encode(words)["body"]
        headers = headers_of(push) | {"Authorization": self._vouch(push.token)}
        return outcome(self._poster.post(push.token, sealed, headers))

    def _vouch(self, endpoint: str) -> str:
        """Say who we are to that service, with a signature that serves for an hour (RFC 8292)."""
        parts = urlsplit(endpoint)
        audience = f"{parts.scheme}://{parts.netloc}"
        made_at, header = self._vouched.get(audience, (0.0, ""))
        now = time.time()
        if not made_at <= now < made_at + RENEWED_AFTER:
            claims = {"sub": self._contact, "aud": audience, "exp": int(now) + VOUCHED_FOR}
            header = str(self._vapid.sign(claims)["Authorization"])
            self._vouched[audience] = (now, header)
        return header


def headers_of(push: Push) -> dict[str, str]:
    """All that the service in between reads of a push, apart from who sends it."""
    return {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(max(int(push.lives_for.total_seconds()), 0)),
        "Urgency": URGENCIES[push.urgency],
        "Topic": topic(push.payload),
    }


def topic(payload: Mapping[str, str]) -> str:
    """32 characters (the most that RFC 8030 allows) in which nobody can read the id."""
    digest = hashlib.sha256(payload["id"].encode()).digest()[:24]
    return urlsafe_b64encode(digest).decode()


def outcome(reply: Reply | None) -> Outcome:
    """What one answer means."""
    if reply is None:
        return said(WEB_PUSH, "NO_ANSWER")
    if HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.BAD_REQUEST:
        return said(WEB_PUSH, "3xx")
    if reply.status < HTTPStatus.BAD_REQUEST and reply.body.lstrip()[:1] == b"<":
        return said(WEB_PUSH, "UNREADABLE")  # the page of whatever stands in between
    number = reply.headers.get("Location", "").rpartition("/")[2][:200] or None
    return said(WEB_PUSH, str(reply.status), reply.retry_after, number)
