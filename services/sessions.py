"""Sign-in sessions: a password opens one, a rotating refresh token keeps it open.

On an enrolled phone the session belongs to the phone's key: opening and renewing it need a proof
of that key (the shape of RFC 9449), so a refresh token alone is worth nothing elsewhere.

A refresh token is used once. Using it a second time means that two parties hold it, so the
whole session ends, while the answer is a refusal (RFC 9700 4.14.2), and the owner is told. A lost
answer is forgiven for 30 seconds: the second use gets a successor of its own and makes the first
one void, if nobody has used it yet. So one chain lives on, never two: whoever comes with the void
one, or with the token once a successor has been used, ends the session.

A session ends by itself when it was not renewed for a while, and at the latest a fixed time after
sign-in (OWASP ASVS 5.0, 7.3.1, 7.3.2). All times here are the machine's, not the legal clock's.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from sqlalchemy import ForeignKey, Index, Select, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services import people, security_practices, tries
from services.kernel.act import Act, Actor, Event, Record
from services.kernel.clock import machine_now
from services.kernel.refusals import NotFound, Refusal, SignedOut, TooMany, Unprocessable
from services.people import Person, password_fits
from services.policy import Permission, demands
from services.tries import Door, Tried

LEEWAY = timedelta(seconds=30)
FREE_TRIES = tries.FREE_TRIES
LONGEST_LOCK = tries.LONGEST_WAIT
LONGEST_OPEN = timedelta(days=30)
"""So long after sign-in a session ends at the latest, unless the settings say otherwise."""

NOBODY = Actor(0, frozenset())
"""Whoever stands at the door and has not signed in yet."""


class EndReason(StrEnum):
    """Why a session ended."""

    SIGNED_OUT = "signed_out"
    TOKEN_REUSED = "token_reused"  # noqa: S105  # a reason, not a password
    ACCOUNT_DISABLED = "account_disabled"
    SECURED = "secured"
    ENDED_ELSEWHERE = "ended_elsewhere"
    """Its owner ended it from another phone."""
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # a reason, not a password
    PHONE_ENDED = "phone_ended"
    """The phone's enrolment has ended: removed, lost, or ended by the office."""
    ENROLMENT_NEEDED = "enrolment_needed"
    """The office asks for enrolled phones now, and this one is not."""
    RAN_OUT = "ran_out"


class SignInSession(Record):
    """One person signed in on one phone."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id"), index=True)
    """The enrolled phone whose key opened it; none where the office asks for none."""
    opened_at: Mapped[datetime]
    renewed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[EndReason | None]

    person: Mapped[Person] = relationship()


class RefreshToken(Record):
    """One link of a session's chain; only its SHA-256 is kept."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        Index("refresh_tokens_by_session", "session_id"),
        Index("refresh_tokens_by_parent", "parent_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("refresh_tokens.id"))
    """The token it was given for; none for the one of the sign-in."""
    hash: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    void_at: Mapped[datetime | None]
    """When the answer that carried it turned out to be lost; to use it then is reuse."""

    session: Mapped[SignInSession] = relationship()


@dataclass(frozen=True, slots=True)
class SessionOpened(Event):
    """Somebody signed in."""


@dataclass(frozen=True, slots=True)
class SignInFailed(Event):
    """A password did not fit; the event is about the account."""


@dataclass(frozen=True, slots=True)
class UnenrolledPhoneRefused(Event):
    """The right password came from a phone that is not enrolled; the event is about the account."""


@dataclass(frozen=True, slots=True)
class RefreshTokenReused(Event):
    """A refresh token came a second time, so its session has ended; it is about the session."""


@dataclass(frozen=True, slots=True)
class PasswordChanged(Event):
    """Somebody took a new password for themselves; the event is about the account."""


@dataclass(frozen=True, slots=True)
class SessionEnded(Event):
    """A session ended."""

    reason: str


class EnrolledPhone(Protocol):
    """A phone whose key was proven in this very request."""

    @property
    def id(self) -> int:
        """Its id."""
        ...

    @property
    def person_id(self) -> int:
        """Whose phone it is."""
        ...

    @property
    def thumbprint(self) -> str:
        """The name of its key."""
        ...

    @property
    def ended_at(self) -> datetime | None:
        """Since when it is worth nothing, if it is not."""
        ...

    @property
    def end_reason(self) -> StrEnum | None:
        """Why it is worth nothing, if it is not."""
        ...

    def use(self, now: datetime) -> None:
        """Note that it was used."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """An open session, and the refresh token to show next time."""

    session: SignInSession
    refresh_token: str
    ends_at: datetime
    """When it ends at the latest, however often it is renewed."""


class WrongCredentials(SignedOut):
    """The user name or the password is wrong."""

    zh = "用户名或者口令不正确。"


class AccountLocked(TooMany):
    """Too many wrong tries with this name from here; wait a while."""

    zh = "尝试次数过多，请稍后再试。"


class SessionOver(SignedOut):
    """This session is over; sign in again.

    Whoever held it is told why, by `reason`.
    """

    zh = "登录已失效，请重新登录。"


class EnrolmentNeeded(SignedOut):
    """Sign in on an enrolled phone: ask the security officer of your office for a code."""

    zh = "本单位要求使用已登记的手机登录，请向本单位安全保密员申请登记码。"


class EnrolmentOver(SignedOut):
    """This phone is no longer enrolled; its key is worth nothing.

    Whoever holds the key is told why, by `reason`: a lost phone is to be wiped.
    """

    zh = "本手机的登记已失效，请重新登记。"


class ProofNeeded(SignedOut):
    """This session belongs to an enrolled phone; renew it with a proof of that phone's key."""

    zh = "该登录绑定已登记的手机，须由该手机证明后续期。"


class CurrentPasswordWrong(Unprocessable):
    """The current password is wrong."""

    zh = "当前口令不正确。"


@dataclass(frozen=True, slots=True)
class Refused:
    """A no that is kept: the act commits, and the door answers with this refusal."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody at the door says of themselves, and the address block they say it from."""

    username: str
    password: str
    source: str = ""


@demands(Permission.SESSION_OPEN)
def sign_in(
    act: Act,
    credentials: Credentials,
    *,
    renewable_for: timedelta,
    at_most: timedelta = LONGEST_OPEN,
    phone: EnrolledPhone | None = None,
) -> Opened | Refused:
    """Open a session for whoever knows the password; count the tries of whoever does not.

    A wrong name, a wrong password and a closed account get the same answer in the same time, and
    wait alike (`services.tries`). Only whoever knows the password hears that the phone must be
    enrolled. `phone` is the enrolled phone whose key this request has proven.

    Refuses:
        WrongCredentials, AccountLocked: as an outcome, because the try must be counted.
        EnrolmentNeeded: as an outcome; an office asks for enrolled phones, and this one is not.
        EnrolmentOver: as an outcome; the phone's enrolment has ended.

    Records:
        SessionOpened, SignInFailed, UnenrolledPhoneRefused.
    """
    now = machine_now()
    if phone and phone.ended_at:
        return Refused(EnrolmentOver(reason=phone.end_reason))
    person = people.by_username(act.session, credentials.username)
    own = phone if phone and person and phone.person_id == person.id else None
    tried = Tried(
        Door.SIGN_IN,
        credentials.username,
        credentials.source,
        own.thumbprint if own else None,
    )
    if left := tries.wait(act.session, tried, now):
        return Refused(AccountLocked(retry_after=left))
    fits = password_fits(person, credentials.password)
    if person is None or not fits or not _still_fits(act, person):
        return _count(act, person, tried, now)
    tries.succeeded(act.session, tried, now)
    person.failed_sign_ins, person.locked_until = 0, None
    if own is None and security_practices.asks_for_a_key(act.session, person.id, act.today):
        act.record(UnenrolledPhoneRefused(person.id))
        return Refused(EnrolmentNeeded())
    session = SignInSession(
        person_id=person.id, enrolment_id=own.id if own else None, opened_at=now, renewed_at=now
    )
    if own:
        own.use(now)
    act.session.add(session)
    act.session.flush()
    act.record(SessionOpened(session.id))
    return _issue(act, session, None, now + renewable_for, now + at_most)


@demands(Permission.SESSION_OPEN)
def renew(
    act: Act,
    refresh_token: str,
    *,
    renewable_for: timedelta,
    at_most: timedelta = LONGEST_OPEN,
    phone: EnrolledPhone | None = None,
) -> Opened | Refused:
    """Exchange a refresh token for the next one.

    A token of an enrolled phone without a proof of that phone's key changes nothing: neither its
    owner nor the counting of uses notices a thief who has the token alone.

    Refuses:
        SessionOver: as an outcome, because a reused token must end its session.
        ProofNeeded: as an outcome; the session belongs to another phone's key.
        EnrolmentOver: as an outcome; that phone is no longer enrolled.
        EnrolmentNeeded: as an outcome; the office asks for enrolled phones by now.

    Records:
        SessionEnded, when the token had been used before, or the session has run out;
        RefreshTokenReused.
    """
    now = machine_now()
    if phone and phone.ended_at:
        return Refused(EnrolmentOver(reason=phone.end_reason))
    token = act.session.scalar(
        select(RefreshToken)
        .where(RefreshToken.hash == _hash(refresh_token))
        .with_for_update(of=RefreshToken)
    )
    if token is None:
        return Refused(SessionOver())
    session = _locked(act, token.session)
    if session.ended_at:
        return Refused(SessionOver(reason=session.end_reason))
    if session.enrolment_id is not None and (phone is None or phone.id != session.enrolment_id):
        return Refused(ProofNeeded())
    refused = _unrenewable(act, token, session, now, at_most)
    if refused:
        return Refused(refused)
    token.used_at = token.used_at or now
    session.renewed_at = now
    if phone and session.enrolment_id is not None:
        phone.use(now)
    ends_at = session.opened_at + at_most
    return _issue(act, session, token, now + renewable_for, ends_at)


def current(act: Act) -> SignInSession:
    """The session the actor acts in."""
    found = act.session.get(SignInSession, act.actor.session_id) if act.actor.session_id else None
    if found is None:
        raise NotFound
    return found


def own(act: Act, *, renewable_for: timedelta, at_most: timedelta) -> Select[SignInSession]:
    """The actor's open sessions: not ended, renewed lately enough, and not too old."""
    now = machine_now()
    return select(SignInSession).where(
        SignInSession.person_id == act.actor.id,
        SignInSession.ended_at.is_(None),
        SignInSession.renewed_at > now - renewable_for,
        SignInSession.opened_at > now - at_most,
    )


def find(act: Act, session_id: int) -> SignInSession:
    """One of the actor's own sessions, open or not."""
    found = act.session.scalar(
        select(SignInSession).where(
            SignInSession.id == session_id, SignInSession.person_id == act.actor.id
        )
    )
    if found is None:
        raise NotFound
    return found


@demands(Permission.SESSION_END)
def end(act: Act, session: SignInSession) -> None:
    """Sign out, here or on another phone: the session and its tokens are worth nothing any more.

    Refuses:
        NotAllowed: somebody else's session.

    Records:
        SessionEnded.
    """
    here = session.id == act.actor.session_id
    if _locked(act, session).ended_at is None:
        reason = EndReason.SIGNED_OUT if here else EndReason.ENDED_ELSEWHERE
        _end(act, session, reason, machine_now())


@demands(Permission.SESSION_END)
def end_others(act: Act, session: SignInSession) -> None:
    """Sign out on every other phone: only this session stays.

    Refuses:
        NotAllowed: somebody else's session.

    Records:
        SessionEnded, once for each.
    """
    close_all(act, session.person_id, EndReason.ENDED_ELSEWHERE, sparing=session.id)


@demands(Permission.ACCOUNT_SECURE)
def end_all(act: Act, person: Person) -> None:
    """End every session of an account: its password was replaced, or it was closed.

    Refuses:
        NotAllowed: only the console, or the security officer of its office or of one above.

    Records:
        SessionEnded, once for each.
    """
    close_all(act, person.id, EndReason.SECURED)


@demands(Permission.PASSWORD_CHANGE)
def change_password(
    act: Act, session: SignInSession, *, current_password: str, new_password: str
) -> Refused | None:
    """Take a new password for oneself; every other session ends (OWASP ASVS 5.0, 6.2.3, 7.4.3).

    Refuses:
        NotAllowed: somebody else's session.
        CurrentPasswordWrong, AccountLocked: as an outcome, because the try must be counted.
        PasswordTooShort, PasswordTooLong: not twelve to two hundred characters.
        PasswordTooCommon: a guesser would try it early.

    Records:
        PasswordSet, PasswordChanged, SessionEnded.
    """
    now = machine_now()
    person = session.person
    tried = Tried(Door.PASSWORD, person.username, phone=f"session {session.id}")
    if left := tries.wait(act.session, tried, now):
        return Refused(AccountLocked(retry_after=left))
    fits = password_fits(person, current_password)
    if not fits or not _still_fits(act, person):
        tries.failed(act.session, tried, now)
        return Refused(CurrentPasswordWrong())
    people.take_password(act, person, new_password)
    tries.succeeded(act.session, tried, now)
    act.record(PasswordChanged(person.id))
    close_all(act, person.id, EndReason.PASSWORD_CHANGED, sparing=session.id)
    return None


def close_all(
    act: Act, person_id: int, reason: EndReason, *, sparing: int | None = None
) -> list[int]:
    """End every open session of a person, but one: a part of operations that may; the ended ids.

    Records:
        SessionEnded, once for each.
    """
    theirs = select(SignInSession).where(
        SignInSession.person_id == person_id,
        SignInSession.ended_at.is_(None),
        SignInSession.id != (sparing or 0),
    )
    return _close(act, theirs, reason)


def close_of_phone(act: Act, enrolment_id: int, reason: EndReason) -> list[int]:
    """End every open session of one enrolled phone: a part of operations that may; the ended ids.

    Records:
        SessionEnded, once for each.
    """
    theirs = select(SignInSession).where(
        SignInSession.enrolment_id == enrolment_id, SignInSession.ended_at.is_(None)
    )
    return _close(act, theirs, reason)


def close_unbound(
    act: Act, person_id: int, reason: EndReason, *, sparing: int | None = None
) -> list[int]:
    """End every open session of a person that belongs to no key, but one; the ended ids.

    Records:
        SessionEnded, once for each.
    """
    theirs = select(SignInSession).where(
        SignInSession.person_id == person_id,
        SignInSession.enrolment_id.is_(None),
        SignInSession.ended_at.is_(None),
        SignInSession.id != (sparing or 0),
    )
    return _close(act, theirs, reason)


def _close(act: Act, living: Select[SignInSession], reason: EndReason) -> list[int]:
    ended = act.session.scalars(
        living.order_by(SignInSession.id).with_for_update(of=SignInSession)
    ).all()
    for session in ended:
        _end(act, session, reason, machine_now())
    return [session.id for session in ended]


def _locked(act: Act, session: SignInSession) -> SignInSession:
    """The session as it stands, held until this act ends: however many end it, it ends once."""
    act.session.refresh(session, with_for_update={"key_share": True})
    return session


def _still_fits(act: Act, person: Person) -> bool:
    """Is the account open, and its password what it was when it was read? Holds the account."""
    known = person.password_hash
    act.session.refresh(person, with_for_update={"key_share": True})
    return person.password_hash == known and person.disabled_at is None


def _unrenewable(
    act: Act, token: RefreshToken, session: SignInSession, now: datetime, at_most: timedelta
) -> Refusal | None:
    """End a session that is renewed no more, and say why; None if it is."""
    person = session.person
    if person.disabled_at:
        _end(act, session, EndReason.ACCOUNT_DISABLED, now)
        return SessionOver(reason=session.end_reason)
    if _is_reused(act, token, now):
        _end(act, session, EndReason.TOKEN_REUSED, now)
        act.record(RefreshTokenReused(session.id))
        return SessionOver(reason=session.end_reason)
    if token.expires_at <= now or session.opened_at + at_most <= now:
        _end(act, session, EndReason.RAN_OUT, now)
        return SessionOver(reason=session.end_reason)
    if session.enrolment_id is None and security_practices.asks_for_a_key(
        act.session, person.id, act.today
    ):
        _end(act, session, EndReason.ENROLMENT_NEEDED, now)
        return EnrolmentNeeded()
    return None


def _is_reused(act: Act, token: RefreshToken, now: datetime) -> bool:
    """Do two parties hold this token? A second use soon after the first voids the first's answer.

    All that happens in one session happens one after the other: its row is held.
    """
    if token.void_at:
        return True
    if token.used_at is None:
        return False
    given = act.session.scalars(
        select(RefreshToken).where(RefreshToken.parent_id == token.id)
    ).all()
    if now - token.used_at > LEEWAY or any(one.used_at for one in given):
        return True
    for one in given:
        one.void_at = one.void_at or now
    return False


def _end(act: Act, session: SignInSession, reason: EndReason, now: datetime) -> None:
    session.ended_at, session.end_reason = now, reason
    act.record(SessionEnded(session.id, reason.value))


def _count(act: Act, person: Person | None, tried: Tried, now: datetime) -> Refused:
    tries.failed(act.session, tried, now)
    if person is not None:
        act.session.execute(
            update(Person)
            .where(Person.id == person.id)
            .values(failed_sign_ins=Person.failed_sign_ins + 1)
        )
        act.record(SignInFailed(person.id))
    return Refused(WrongCredentials())


def _issue(
    act: Act,
    session: SignInSession,
    parent: RefreshToken | None,
    expires_at: datetime,
    ends_at: datetime,
) -> Opened:
    secret = secrets.token_urlsafe(32)
    act.session.add(
        RefreshToken(
            session_id=session.id,
            parent_id=parent.id if parent else None,
            hash=_hash(secret),
            expires_at=min(expires_at, ends_at),
        )
    )
    return Opened(session, secret, ends_at)


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
