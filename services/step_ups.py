"""Step-ups (再次确认): who decides on liberty confirms it anew, to the letter.

An open session is enough to read; it is not enough to decide. A legal act asks for the password
or a passkey once more, bound to person, session, address and the SHA-256 of the very bytes that
are sent, and worth one use within five minutes (OWASP ASVS 5.0, 7.5.3). It is used in the act
that it confirms: an act that is undone leaves it unused. All times here are the machine's.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import CheckConstraint, ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from services import passkeys, tries
from services.kernel.act import Act, Event, Record
from services.kernel.clock import machine_now
from services.kernel.refusals import TooMany, Unconfirmed, Unprocessable
from services.passkeys import Answer, Question, Site
from services.people import password_fits
from services.policy import Permission, demands
from services.sessions import SignInSession
from services.tries import Door, Tried

WORTH_FOR = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(days=1)


class Means(StrEnum):
    """By what somebody confirms."""

    PASSWORD = "password"  # noqa: S105  # a means, not a password
    PASSKEY = "passkey"


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done, to the letter: method, address, and the SHA-256 of the body."""

    method: str
    path: str
    content_hash: bytes

    @classmethod
    def of(cls, method: str, path: str, body: bytes) -> "Deed":
        """The deed of sending these bytes."""
        return cls(method, path, sha256(body).digest())

    @property
    def content(self) -> bytes:
        """What a passkey signs, beside the nonce."""
        return f"step-up\n{self.method}\n{self.path}\n{self.content_hash.hex()}\n".encode()


class StepUp(Record):
    """One confirmation: by whom, in which session, of what to the letter, and whether used."""

    __tablename__ = "step_ups"
    __table_args__ = (
        CheckConstraint("(means = 'passkey') = (passkey_id IS NOT NULL)", name="step_ups_by_means"),
        CheckConstraint("octet_length(content_hash) = 32", name="step_ups_of_a_sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"), index=True)
    method: Mapped[str]
    path: Mapped[str]
    content_hash: Mapped[bytes]
    means: Mapped[Means]
    passkey_id: Mapped[int | None] = mapped_column(ForeignKey("passkeys.id"))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    taken_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class StepUpTaken(Event):
    """Somebody confirmed anew; the SHA-256 in hexadecimal says what."""

    means: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class StepUpUsed(Event):
    """The act beside this entry was confirmed; the operation is a code of the contract."""

    operation: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class StepUpFailed(Event):
    """A password did not fit; the event is about the session."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step-up, and the token that shows it once."""

    step_up: StepUp
    token: str


class StepUpNeeded(Unconfirmed):
    """This decides: confirm it with your password or a passkey, and send it again."""

    zh = "此项操作具有法律效力，请再次确认身份后提交。"


class StepUpRefused(Unconfirmed):
    """This confirmation is over, was used, or is for something else; confirm again."""

    zh = "确认已失效或者与提交的内容不符，请重新确认。"


class PasswordWrong(Unprocessable):
    """The password is wrong."""

    zh = "口令不正确。"


class StepUpLocked(TooMany):
    """Too many wrong passwords in this session; wait a while."""

    zh = "口令错误次数过多，请稍后再试。"


@dataclass(frozen=True, slots=True)
class Declined:
    """A no that is kept: the act commits, and the door answers with this refusal."""

    refusal: PasswordWrong | StepUpLocked


@demands(Permission.STEP_UP_TAKE)
def take(act: Act, session: SignInSession, deed: Deed, *, password: str) -> Taken | Declined:
    """Confirm a deed with the password; the tries of whoever does not know it are counted.

    After five wrong passwords this session waits, twice as long each time, up to 15 minutes.
    It is the session that waits: nobody can make somebody else wait.

    Refuses:
        NotAllowed: somebody else's session.
        PasswordWrong, StepUpLocked: as an outcome, because the try must be counted.

    Records:
        StepUpTaken, StepUpFailed.
    """
    now = machine_now()
    tried = _tried(session)
    if wait := tries.wait(act.session, tried, now):
        return Declined(StepUpLocked(retry_after=wait))
    if not password_fits(session.person, password):
        tries.failed(act.session, tried, now)
        act.record(StepUpFailed(session.id))
        return Declined(PasswordWrong())
    tries.succeeded(act.session, tried, now)
    return _taken(act, session, deed, Means.PASSWORD, None)


@demands(Permission.STEP_UP_TAKE)
def ask_passkey(act: Act, session: SignInSession, deed: Deed, site: Site | None) -> Question:
    """Ask one of the person's passkeys to sign the deed.

    Refuses:
        NotAllowed: somebody else's session.
        NoPasskeysHere: the person has none for the address that the phone shows.

    Records:
        Nothing.
    """
    return passkeys.ask(act, session, deed.content, site)


@demands(Permission.STEP_UP_TAKE)
def take_by_passkey(
    act: Act, session: SignInSession, deed: Deed, answer: Answer, site: Site | None
) -> Taken:
    """Confirm a deed with a passkey that signed it.

    Refuses:
        NotAllowed: somebody else's session.
        NoPasskeysHere: the person has none for the address that the phone shows.
        PasskeyRefused: it is not the person's, is too late, or signed something else.

    Records:
        StepUpTaken.
    """
    passkey = passkeys.signed_by(act, session, answer, deed.content, site)
    return _taken(act, session, deed, Means.PASSKEY, passkey.id)


@demands(Permission.STEP_UP_USE)
def use(act: Act, session: SignInSession, deed: Deed, *, token: str, operation: str) -> StepUp:
    """Use a step-up, once and for this very deed, in the act that it confirms.

    Refuses:
        NotAllowed: somebody else's session.
        StepUpRefused: unknown, used, over, or taken in another session or for another deed.

    Records:
        StepUpUsed.
    """
    wanted = select(StepUp).where(
        StepUp.token_hash == _hash(token),
        StepUp.person_id == session.person_id,
        StepUp.session_id == session.id,
    )
    step_up = act.session.scalar(wanted.with_for_update())
    now = machine_now()
    if step_up is None or step_up.used_at or step_up.expires_at <= now or _deed(step_up) != deed:
        raise StepUpRefused
    step_up.used_at = now
    act.record(StepUpUsed(step_up.id, operation, deed.content_hash.hex()))
    return step_up


def means(act: Act, site: Site | None) -> list[Means]:
    """By what the actor can confirm here: the password always, a passkey where there is one."""
    return [Means.PASSWORD, *([Means.PASSKEY] if passkeys.usable(act, site) else [])]


@demands(Permission.CHALLENGE_FORGET)
def sweep(act: Act, now: datetime) -> int:
    """Forget confirmations that are worth nothing for a day; the journal keeps what they were of.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        Nothing.
    """
    old = delete(StepUp).where(StepUp.expires_at < now - FORGOTTEN_AFTER)
    return len(act.session.scalars(old.returning(StepUp.id)).all())


def _tried(session: SignInSession) -> Tried:
    """The session's own counter: it is the session that waits, and no other phone."""
    return Tried(Door.STEP_UP, str(session.person_id), phone=str(session.id))


def _taken(
    act: Act, session: SignInSession, deed: Deed, by: Means, passkey_id: int | None
) -> Taken:
    token, now = secrets.token_urlsafe(32), machine_now()
    step_up = StepUp(
        person_id=session.person_id,
        session_id=session.id,
        method=deed.method,
        path=deed.path,
        content_hash=deed.content_hash,
        means=by,
        passkey_id=passkey_id,
        token_hash=_hash(token),
        taken_at=now,
        expires_at=now + WORTH_FOR,
    )
    act.session.add(step_up)
    act.session.flush()
    act.record(StepUpTaken(step_up.id, by.value, deed.content_hash.hex()))
    return Taken(step_up, token)


def _deed(step_up: StepUp) -> Deed:
    return Deed(step_up.method, step_up.path, step_up.content_hash)


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
