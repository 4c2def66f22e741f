"""Who listens in this process, and the one connection on which the database tells of news.

A phone that listens has a seat. It holds no connection to the database: a single thread hears for
all of them, and wakes whoever a notice is for. While that connection is down the seats look for
themselves every few seconds, and once it is back everybody looks, for what was told meanwhile was
told to nobody.
"""

import json
import random
from collections import defaultdict, deque
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Any

import psycopg
import structlog
from psycopg import sql

from notifications.channels.stream import PUSHED, heard_as
from notifications.deliveries import CHANGED
from services.kernel.refusals import Unavailable

__all__ = ["Listeners", "Seat", "StreamsTaken", "heard_as", "of_address", "refuse_full"]

PER_PERSON = 6
"""Phones and tabs of one person that may listen in one process."""
KEPT_PUSHES = 50
PING_EVERY = 20
"""Seconds after which the connection is tried."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
"""Seconds before a lost connection is opened anew."""
_ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}

log = structlog.get_logger()


class StreamsTaken(Unavailable):
    """As many phones listen here as can; ask again from time to time instead."""

    zh = "实时连接已满，请改为定时查询。"


@dataclass(slots=True, eq=False)
class Seat:
    """One phone that listens."""

    person_id: int
    device: str | None
    """By which name pushes are told to its device (`channels.stream.heard_as`), if it has one."""
    _woken: Event = field(default_factory=Event)
    _pushes: deque[dict[str, str]] = field(default_factory=lambda: deque(maxlen=KEPT_PUSHES))

    def wait(self, seconds: float) -> bool:
        """Wait for news, but no longer; is there any?"""
        woken = self._woken.wait(seconds)
        self._woken.clear()
        return woken

    def wake(self) -> None:
        """Tell it that there may be news."""
        self._woken.set()

    def hand(self, push: dict[str, str]) -> None:
        """Give it a push for its device."""
        self._pushes.append(push)
        self._woken.set()

    def take(self) -> list[dict[str, str]]:
        """The pushes that have come for its device, the oldest first."""
        taken: list[dict[str, str]] = []
        with suppress(IndexError):
            while True:
                taken.append(self._pushes.popleft())
        return taken


@dataclass(slots=True)
class Listeners:
    """The seats of one process."""

    conninfo: str
    most: int
    listening: bool = False
    """Does the database tell us of news at this moment?"""
    _seats: dict[int, set[Seat]] = field(default_factory=lambda: defaultdict[int, set[Seat]](set))
    _lock: Lock = field(default_factory=Lock)
    _thread: Thread | None = None
    _closed: Event = field(default_factory=Event)

    @property
    def taken(self) -> int:
        """How many phones listen."""
        return sum(map(len, self._seats.values()))

    def is_full(self, person_id: int) -> bool:
        """Does this process, or this person, have as many listeners as may be?"""
        own = len(self._seats.get(person_id, ()))
        return self.taken >= self.most or own >= PER_PERSON

    @contextmanager
    def seat(self, person_id: int, device: str | None = None) -> Generator[Seat]:
        """Listen for a while.

        Refuses:
            StreamsTaken: this process, or this person, has as many listeners as may be.
        """
        seat = Seat(person_id, device)
        with self._lock:
            refuse_full(self, person_id)
            self._seats[person_id].add(seat)
        self._start()
        try:
            yield seat
        finally:
            with self._lock:
                self._seats[person_id].discard(seat)
                if not self._seats[person_id]:
                    del self._seats[person_id]

    def close(self) -> None:
        """Hear no more."""
        self._closed.set()

    def hear(self, notice: str, payload: str) -> None:
        """Wake whoever a notice of the database is for; one that cannot be read wakes everybody."""
        try:
            self._tell(notice, payload)
        except (ValueError, KeyError, TypeError):
            self._wake_all()

    def _tell(self, notice: str, payload: str) -> None:
        with self._lock:
            if notice == CHANGED:
                for person_id in map(int, payload.split(",")):
                    for seat in self._seats.get(person_id, ()):
                        seat.wake()
                return
            by_device: dict[str, Seat] = {
                seat.device: seat
                for seats in self._seats.values()
                for seat in seats
                if seat.device is not None
            }
            for push in json.loads(payload):
                if (found := by_device.get(push.pop("to"))) is not None:
                    found.hand(push)

    def _wake_all(self) -> None:
        with self._lock:
            for seats in self._seats.values():
                for seat in seats:
                    seat.wake()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._hear_on, name="listeners", daemon=True)
                self._thread.start()

    def _hear_on(self) -> None:
        pause = SHORTEST_PAUSE
        while not self._closed.is_set():
            try:
                with psycopg.connect(self.conninfo, autocommit=True, **_options()) as connection:
                    for notice in (CHANGED, PUSHED):
                        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(notice)))
                    self.listening, pause = True, SHORTEST_PAUSE
                    self._wake_all()
                    self._hear_while_open(connection)
            except (psycopg.Error, OSError) as error:
                log.warning("listening_lost", error=type(error).__name__)
            finally:
                self.listening = False
            self._closed.wait(pause * (0.5 + random.random()))  # noqa: S311  # jitter
            pause = min(pause * 2, LONGEST_PAUSE)

    def _hear_while_open(self, connection: psycopg.Connection[Any]) -> None:
        tried = 0
        while not self._closed.is_set():
            for note in connection.notifies(timeout=1):
                self.hear(note.channel, note.payload)
            tried = (tried + 1) % PING_EVERY
            if tried == 0:
                connection.execute("SELECT 1")


def refuse_full(listeners: Listeners, person_id: int) -> None:
    """Let nobody more listen here than can.

    Refuses:
        StreamsTaken: this process, or this person, has as many listeners as may be.
    """
    if listeners.is_full(person_id):
        raise StreamsTaken(retry_after=10 + 20 * random.random())  # noqa: S311  # jitter


def _options() -> Mapping[str, Any]:
    return {"connect_timeout": 5, "application_name": "jiantong-listeners", **_ALIVE}


def of_address(app_url: str) -> str:
    """The database's address as its own driver reads it."""
    return app_url.replace("postgresql+psycopg://", "postgresql://", 1)
