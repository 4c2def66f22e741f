"""Tries (尝试): wrong secrets at the door are counted so that nobody can shut out somebody else.

What is counted is the name as it was typed, whether or not there is such an account, so a wrong
name waits exactly as a wrong password does (OWASP ASVS 5.0, 6.3.8). Three counters decide
(6.3.1, 6.1.1):

- one for each name and address block: five free tries, then a wait that doubles up to 15 minutes;
- one for each name and enrolled key: the phone's own failures, and nobody else's;
- one for each name over all unknown blocks together: it slows a crowd of guessers down, a minute
  at the most. A block from which the account was signed in to within 90 days is known.

So strangers make strangers wait: a request that proves an enrolled key of the account is held up
by no failure but that phone's. The counters lie in the database, for several processes; all times
are the machine's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Index, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.kernel.act import Act, Record
from services.policy import Permission, demands

FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FREE_FOR_A_CROWD = 50
FIRST_SLOW_DOWN = timedelta(seconds=5)
LONGEST_SLOW_DOWN = timedelta(minutes=1)
FORGOTTEN_AFTER = timedelta(days=1)
"""Failures are forgotten after so long without another."""
KNOWN_FOR = timedelta(days=90)
_MOST_DOUBLINGS = 10


class Door(StrEnum):
    """At which door a secret was tried."""

    SIGN_IN = "sign_in"
    ENROLMENT = "enrolment"
    STEP_UP = "step_up"
    PASSWORD = "password"  # noqa: S105  # a door, not a password


class Try(Record):
    """One counter; which one is kept as a hash, so the table names nobody."""

    __tablename__ = "tries"
    __table_args__ = (Index("tries_by_age", "changed_at"),)

    key: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    waits_until: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Tried:
    """Who tries which name, from where; `phone` only where the name's enrolled key was proven."""

    purpose: Door
    name: str
    source: str = ""
    phone: str | None = None

    @property
    def own(self) -> bytes:
        """The counter of this name and this phone, or this address block."""
        where = f"block\0{self.source}" if self.phone is None else f"phone\0{self.phone}"
        return _key(self.purpose, self.name, where)

    @property
    def crowd(self) -> bytes:
        """The counter of this name over all unknown address blocks."""
        return _key(self.purpose, self.name, "crowd")


def wait(session: Session, tried: Tried, now: datetime) -> timedelta | None:
    """How long this try must wait, or None; holds its own counter until the act ends.

    Two guesses of one name from one block at once are counted one after the other. Guesses from
    other blocks never wait for each other here, so a crowd holds nobody up by numbers.
    """
    session.execute(
        insert(Try)
        .values(key=tried.own, failures=0, changed_at=now)
        .on_conflict_do_nothing(index_elements=[Try.key])
    )
    own = session.get_one(Try, tried.own, with_for_update=True, populate_existing=True)
    until = own.waits_until
    if tried.phone is None and not _is_known(own, now):
        crowd = session.get(Try, tried.crowd, populate_existing=True)
        if crowd and crowd.waits_until:
            until = max(until, crowd.waits_until) if until else crowd.waits_until
    return until - now if until and until > now else None


def failed(session: Session, tried: Tried, now: datetime) -> None:
    """Count a wrong secret."""
    own = session.get_one(Try, tried.own)
    stranger = tried.phone is None and not _is_known(own, now)
    _count(own, now, FREE_TRIES, FIRST_WAIT, LONGEST_WAIT)
    if stranger:
        session.flush()
        session.execute(
            insert(Try)
            .values(key=tried.crowd, failures=0, changed_at=now)
            .on_conflict_do_nothing(index_elements=[Try.key])
        )
        crowd = session.get_one(Try, tried.crowd, with_for_update=True, populate_existing=True)
        _count(crowd, now, FREE_FOR_A_CROWD, FIRST_SLOW_DOWN, LONGEST_SLOW_DOWN)
    session.flush()


def succeeded(session: Session, tried: Tried, now: datetime) -> None:
    """The secret was right: this phone's or block's failures are forgotten, and the block known."""
    own = session.get_one(Try, tried.own)
    own.failures, own.waits_until, own.changed_at, own.succeeded_at = 0, None, now, now
    session.flush()


@demands(Permission.TRY_FORGET)
def sweep(act: Act, now: datetime) -> int:
    """Forget counters that decide nothing any more; how many.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        Nothing.
    """
    old = delete(Try).where(
        Try.changed_at < now - FORGOTTEN_AFTER,
        Try.succeeded_at.is_(None) | (Try.succeeded_at < now - KNOWN_FOR),
    )
    return len(act.session.scalars(old.returning(Try.key)).all())


def is_known(session: Session, tried: Tried, now: datetime) -> bool:
    """Was the name signed in to from this address block lately?"""
    own = session.scalar(select(Try).where(Try.key == tried.own))
    return own is not None and _is_known(own, now)


def _is_known(own: Try, now: datetime) -> bool:
    return own.succeeded_at is not None and own.succeeded_at > now - KNOWN_FOR


def _count(one: Try, now: datetime, free: int, first: timedelta, longest: timedelta) -> None:
    one.failures = 1 if one.changed_at < now - FORGOTTEN_AFTER else one.failures + 1
    one.changed_at = now
    over = one.failures - free
    if over >= 0:
        one.waits_until = now + min(first * 2 ** min(over, _MOST_DOUBLINGS), longest)


def _key(purpose: Door, name: str, where: str) -> bytes:
    return sha256(f"{purpose}\0{name}\0{where}".encode("utf-8", "replace")).digest()
