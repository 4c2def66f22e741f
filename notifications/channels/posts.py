"""Posting to a push service that may be slow, silent, broken or hostile.

A post ends within a bounded time and reads a bounded answer. Nobody is followed elsewhere, and no
proxy or password of the machine's surroundings is used: those that lead to FCM are FCM's.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import TypeVar

import requests
import structlog
from requests.adapters import HTTPAdapter

MOST_BYTES = 64 * 1024
LONGEST_WAIT = timedelta(days=1)
"""Nobody is obeyed who asks us to wait longer: the push would be worth nothing."""

log = structlog.get_logger()
One = TypeVar("One")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a service answered."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def retry_after(self) -> timedelta | None:
        """How long it asks us to wait."""
        return retry_after(self.headers.get("Retry-After"))


class Poster:
    """A pool of connections to push services, and of threads that use them side by side."""

    def __init__(self, answer_within: float, at_once: int) -> None:
        self._answer_within = answer_within
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="push")
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=at_once, pool_maxsize=at_once))

    def close(self) -> None:
        """Let go of threads and connections."""
        self._threads.shutdown(cancel_futures=True)
        self._session.close()

    def each(self, make: Callable[[One], Made], of: Sequence[One]) -> list[Made]:
        """Do it for each of them, several side by side; in their order."""
        return list(self._threads.map(make, of))

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply | None:
        """Post once; None where no whole answer came in time."""
        until = time.monotonic() + self._answer_within
        try:
            with closing(
                self._session.post(
                    url,
                    data=body,
                    headers=dict(headers),
                    timeout=self._answer_within,
                    allow_redirects=False,
                    stream=True,
                )
            ) as answer:
                read = bytearray()
                for piece in answer.iter_content(4096):
                    read += piece
                    if len(read) > MOST_BYTES or time.monotonic() > until:
                        return None
                return Reply(answer.status_code, bytes(read), answer.headers)
        except (requests.RequestException, OSError):
            return None


def guarded(make: Callable[[One], Made], otherwise: Callable[[One], Made]) -> Callable[[One], Made]:
    """The same, never raising: a fault of ours is logged without a word of what was sent."""

    def careful(one: One) -> Made:
        try:
            return make(one)
        except Exception as error:  # noqa: BLE001  # a channel never raises
            log.error("push_fault", error=type(error).__name__)  # noqa: TRY400  # no words of it
            return otherwise(one)

    return careful


def retry_after(text: str | None) -> timedelta | None:
    """How long a service asks to wait: seconds or a date (RFC 9110 §10.2.3), a day at most."""
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), LONGEST_WAIT.total_seconds()))
    with suppress(ValueError, TypeError):
        return min(max(parsedate_to_datetime(text) - datetime.now(UTC), timedelta()), LONGEST_WAIT)
    return None
