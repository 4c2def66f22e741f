"""Sign-in sessions: a password opens one, a rotating refresh token keeps it open.

A refresh token is used once. Using it a second time means that two parties hold it, so the
whole session ends, while the answer is a refusal. A lost answer is forgiven for 30 seconds
(RFC 9700 §4.14.2). All times here are the machine's, not the legal clock's.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.kernel.act import Act, Actor, Event, Record
from services.kernel.clock import machine_now
from services.kernel.refusals import NotFound, Refusal, SignedOut, TooMany
from services.people import Person, password_fits
from services.policy import Permission, demands

LEEWAY = timedelta(seconds=30)
FREE_TRIES = 5
LONGEST_LOCK = timedelta(minutes=15)

NOBODY = Actor(0, frozenset())
"""Whoever stands at the door and has not signed in yet."""


class EndReason(StrEnum):
    """Why a session ended."""

    SIGNED_OUT = "signed_out"
    TOKEN_REUSED = "token_reused"  # noqa: S105  # a reason, not a password
    ACCOUNT_DISABLED = "account_disabled"
    SECURED = "secured"


class SignInSession(Record):
    """One person signed in on one phone."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    opened_at: Mapped[datetime]
    renewed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[EndReason | None]

    person: Mapped[Person] = relationship()


class RefreshToken(Record):
    """One link of a session's chain; only its SHA-256 is kept."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index("refresh_tokens_by_session", "session_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    hash: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    session: Mapped[SignInSession] = relationship()


@dataclass(frozen=True, slots=True)
class SessionOpened(Event):
    """Somebody signed in."""


@dataclass(frozen=True, slots=True)
class SignInFailed(Event):
    """A password did not fit; the event is about the account."""


@dataclass(frozen=True, slots=True)
class SessionEnded(Event):
    """A session ended."""

    reason: str


@dataclass(frozen=True, slots=True)
class Opened:
    """An open session, and the refresh token to show next time."""

    session: SignInSession
    refresh_token: str


class WrongCredentials(SignedOut):
    """The user name or the password is wrong."""

    zh = "用户名或者口令不正确。"


class AccountLocked(TooMany):
    """Too many wrong passwords; the account waits a while."""

    zh = "口令错误次数过多，账号暂时锁定，请稍后再试。"


class SessionOver(SignedOut):
    """This session is over; sign in again."""

    zh = "登录已失效，请重新登录。"


@dataclass(frozen=True, slots=True)
class Refused:
    """A no that is kept: the act commits, and the door answers with this refusal."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody at the door says of themselves."""

    username: str
    password: str


@demands(Permission.SESSION_OPEN)
def sign_in(act: Act, credentials: Credentials, *, renewable_for: timedelta) -> Opened | Refused:
    """Open a session for whoever knows the password; count the tries of whoever does not.

    After five wrong passwords the account waits, twice as long each time, up to 15 minutes.
    A wrong name and a wrong password get the same answer in the same time; only the waiting
    shows that there is such an account.

    Refuses:
        WrongCredentials, AccountLocked: as an outcome, because the try must be counted.

    Records:
        SessionOpened, SignInFailed.
    """
    now = machine_now()
    person = act.session.scalar(
        select(Person).where(Person.username == credentials.username).with_for_update()
    )
    if person and person.locked_until and person.locked_until > now:
        return Refused(AccountLocked(retry_after=person.locked_until - now))
    fits = password_fits(person, credentials.password)
    if person is None or not fits or person.disabled_at:
        return _count(act, person, now) if person else Refused(WrongCredentials())
    person.failed_sign_ins, person.locked_until = 0, None
    session = SignInSession(person_id=person.id, opened_at=now, renewed_at=now)
    act.session.add(session)
    act.session.flush()
    act.record(SessionOpened(session.id))
    return Opened(session, _issue(act, session, now + renewable_for))


@demands(Permission.SESSION_OPEN)
def renew(act: Act, refresh_token: str, *, renewable_for: timedelta) -> Opened | Refused:
    """Exchange a refresh token for the next one.

    Refuses:
        SessionOver: as an outcome, because a reused token must end its session.

    Records:
        SessionEnded, when the token had been used before.
    """
    now = machine_now()
    token = act.session.scalar(
        select(RefreshToken)
        .where(RefreshToken.hash == _hash(refresh_token))
        .with_for_update(of=RefreshToken)
    )
    if token is None:
        return Refused(SessionOver())
    session = _locked(act, token.session)
    if session.ended_at or token.expires_at <= now:
        return Refused(SessionOver())
    if session.person.disabled_at:
        _end(act, session, EndReason.ACCOUNT_DISABLED, now)
        return Refused(SessionOver())
    if token.used_at and now - token.used_at > LEEWAY:
        _end(act, session, EndReason.TOKEN_REUSED, now)
        return Refused(SessionOver())
    token.used_at = token.used_at or now
    session.renewed_at = now
    return Opened(session, _issue(act, session, now + renewable_for))


def current(act: Act) -> SignInSession:
    """The session the actor acts in."""
    found = act.session.get(SignInSession, act.actor.session_id) if act.actor.session_id else None
    if found is None:
        raise NotFound
    return found


@demands(Permission.SESSION_END)
def end(act: Act, session: SignInSession) -> None:
    """Sign out: the session and its tokens are worth nothing from now on.

    Refuses:
        NotAllowed: somebody else's session.

    Records:
        SessionEnded.
    """
    if _locked(act, session).ended_at is None:
        _end(act, session, EndReason.SIGNED_OUT, machine_now())


@demands(Permission.ACCOUNT_SECURE)
def end_all(act: Act, person: Person) -> None:
    """End every session of an account: its password was replaced, or it was closed.

    Refuses:
        NotAllowed: only the console of the installation.

    Records:
        SessionEnded, once for each.
    """
    living = select(SignInSession).where(
        SignInSession.person_id == person.id, SignInSession.ended_at.is_(None)
    )
    for session in act.session.scalars(living.with_for_update()).all():
        _end(act, session, EndReason.SECURED, machine_now())


def _locked(act: Act, session: SignInSession) -> SignInSession:
    """The session as it stands, held until this act ends: however many end it, it ends once."""
    act.session.refresh(session, with_for_update={"key_share": True})
    return session


def _end(act: Act, session: SignInSession, reason: EndReason, now: datetime) -> None:
    session.ended_at, session.end_reason = now, reason
    act.record(SessionEnded(session.id, reason.value))


def _count(act: Act, person: Person, now: datetime) -> Refused:
    person.failed_sign_ins += 1
    over = person.failed_sign_ins - FREE_TRIES
    if over >= 0:
        person.locked_until = now + min(timedelta(seconds=30) * 2 ** min(over, 10), LONGEST_LOCK)
    act.record(SignInFailed(person.id))
    return Refused(WrongCredentials())


def _issue(act: Act, session: SignInSession, expires_at: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    act.session.add(RefreshToken(session_id=session.id, hash=_hash(secret), expires_at=expires_at))
    return secret


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
