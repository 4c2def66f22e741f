"""Enrolments (设备登记): the phones whose keys open sessions, let in with a one-time code.

The security officer of the office gives out a code and never learns a password; the person types
it on the phone, which makes a key that cannot leave it and proves that it holds it. From then on a
session belongs to that key. A code may also let its owner take a first or a new password. Proofs
have the shape of RFC 9449; keys are named by their thumbprint (RFC 7638). What a proof is signed
over contains a challenge of ours, which counts once and for two minutes.

Codes: ten of 31 characters, kept as an argon2id hash, one living for each person (OWASP ASVS 5.0,
6.4.1, 6.5.1, 6.6.3). Whoever types another one waits (`services.tries`) and does not use it up, or
anybody could keep a colleague out; whoever has it and not the password has five tries. All times
here are the machine's.
"""

import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac_digest

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services import devices, people, sessions, tries
from services.devices import FreeReason, Platform
from services.kernel.act import Act, Event, Record
from services.kernel.clock import machine_now
from services.kernel.refusals import (
    Conflict,
    NotAllowed,
    NotFound,
    Refusal,
    SignedOut,
    Unprocessable,
)
from services.people import Duty, Person, Post, hash_fits, hash_password
from services.policy import CONSOLE, Permission, allows, demands
from services.sessions import EndReason, Refused
from services.tries import Door, Tried

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, 1, I or O: nobody reads one for another."""
CODE_LENGTH = 10
MOST_TRIES = 5
CODE_LIVES_FOR = timedelta(hours=24)
CODE_LIVES_LONGEST = timedelta(hours=72)
CHALLENGE_LIVES_FOR = timedelta(minutes=2)
MOST_PHONES = 5
ONE_KEY, ONE_CODE = "enrolments_one_key", "enrolment_codes_one_living"
_NOBODY = hash_password("no code at all")
_STAMP = struct.Struct(">Q16s")
_MAC = 32


class EnrolmentEnd(StrEnum):
    """Why a phone is no longer enrolled."""

    REMOVED = "removed"
    """Its owner no longer uses it."""
    LOST = "lost"
    BY_OFFICE = "by_office"


class CodePurpose(StrEnum):
    """What a code is good for, beside enrolling the phone it is typed on."""

    ENROL = "enrol"
    FIRST_PASSWORD = "first_password"  # noqa: S105  # a purpose, not a password
    FORGOTTEN_PASSWORD = "forgotten_password"  # noqa: S105


class CodeEnd(StrEnum):
    """Why a code is worth nothing any more."""

    SPENT = "spent"
    REPLACED = "replaced"
    EXHAUSTED = "exhausted"
    WITHDRAWN = "withdrawn"


class Enrolment(Record):
    """One phone of one person, known by the key that it alone holds."""

    __tablename__ = "enrolments"
    __table_args__ = (
        Index(ONE_KEY, "thumbprint", unique=True),
        Index("enrolments_by_person", "person_id"),
        CheckConstraint(
            "(ended_at IS NULL) = (end_reason IS NULL)", name="enrolments_ended_or_living"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    thumbprint: Mapped[str]
    x: Mapped[str]
    """The public key: the point's coordinates on P-256 in base64url (RFC 7518 6.2.1)."""
    y: Mapped[str]
    platform: Mapped[Platform]
    name: Mapped[str]
    """What its owner calls it."""
    enrolled_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[EnrolmentEnd | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    @property
    def led_by_ids(self) -> frozenset[int]:
        """Every office whose security officers answer for it: as for its owner's account."""
        return self.person.led_by_ids

    def use(self, now: datetime) -> None:
        """Note that it was used."""
        self.last_used_at = now


class EnrolmentCode(Record):
    """A one-time code as given out; only its hash is kept."""

    __tablename__ = "enrolment_codes"
    __table_args__ = (
        Index(ONE_CODE, "person_id", unique=True, postgresql_where=text("closed_at IS NULL")),
        CheckConstraint(
            "(closed_at IS NULL) = (close_reason IS NULL)", name="enrolment_codes_closed_or_living"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    purpose: Mapped[CodePurpose]
    hash: Mapped[str]
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The security officer; none where the console gave it out."""
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[CodeEnd | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class SpentChallenge(Record):
    """A challenge that a proof has used; it counts once."""

    __tablename__ = "spent_challenges"
    __table_args__ = (Index("spent_challenges_by_end", "expires_at"),)

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class EnrolmentCodeIssued(Event):
    """A one-time code was given out; the event is about the account."""

    code_id: int
    purpose: str


@dataclass(frozen=True, slots=True)
class EnrolmentCodeTried(Event):
    """Somebody typed a wrong code, or a wrong password with it; it is about the account."""

    code_id: int


@dataclass(frozen=True, slots=True)
class EnrolmentCodeClosed(Event):
    """A code is worth nothing any more; the event is about the account."""

    code_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class PhoneEnrolled(Event):
    """A phone was enrolled; the event is about the enrolment."""

    person_id: int


@dataclass(frozen=True, slots=True)
class EnrolmentEnded(Event):
    """A phone is no longer enrolled; the event is about the enrolment."""

    person_id: int
    reason: str


class EnrolmentRefused(SignedOut):
    """The user name, the code or the password is wrong, or the code has run out."""

    zh = "用户名、登记码或者口令不正确，或者登记码已经失效。"


class ProofRefused(SignedOut):
    """The proof of the phone's key does not hold; ask for a new challenge and sign again."""

    zh = "手机密钥证明无效，请重新获取挑战后签名。"


class NewPasswordNeeded(Unprocessable):
    """This code lets you take a new password: send one."""

    zh = "该登记码用于设置口令，请提交新口令。"


class OfficersCode(NotAllowed):
    """The console gives out the codes of the three officers: no officer becomes another."""

    zh = "系统管理员、安全保密员、安全审计员的登记码只能在控制台发放（三员分立）。"


class KeyKnown(Conflict):
    """This key has been enrolled before; make a new one."""

    zh = "该密钥已经登记过，请重新生成。"


class TooManyPhones(Conflict):
    """Five phones are enrolled already; end one first."""

    zh = "已登记五部手机，请先注销其中一部。"


class EnrolmentOverAlready(Conflict):
    """This phone is no longer enrolled."""

    zh = "该手机的登记已经失效。"


@dataclass(frozen=True, slots=True)
class Challenges:
    """Challenges that need no memory: a time and a random number under this installation's key."""

    secret: bytes

    def make(self, now: datetime) -> str:
        """A challenge that counts from now on."""
        stamp = _STAMP.pack(int(now.timestamp() * 1000), secrets.token_bytes(16))
        return _written(stamp + self._mac(stamp))

    def expiry_of(self, challenge: str, now: datetime) -> datetime | None:
        """When a challenge of ours that still counts runs out; None for every other text."""
        try:
            read = urlsafe_b64decode(challenge + "=" * (-len(challenge) % 4))
        except (NotBase64, ValueError):
            return None
        stamp, mac = read[: _STAMP.size], read[_STAMP.size :]
        if len(read) != _STAMP.size + _MAC or not compare_digest(mac, self._mac(stamp)):
            return None
        if _written(read) != challenge:
            return None  # one challenge is written in one way, or it would count more than once
        made = datetime.fromtimestamp(_STAMP.unpack(stamp)[0] / 1000, UTC)
        until = made + CHALLENGE_LIVES_FOR
        return until if until > now else None

    def _mac(self, stamp: bytes) -> bytes:
        return hmac_digest(self.secret, b"challenge\0" + stamp, "sha256")


@dataclass(frozen=True, slots=True)
class Proof:
    """That whoever asks holds a key: verified at the door, its challenge not yet spent."""

    thumbprint: str
    x: str
    y: str
    challenge: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NewPhone:
    """A phone as it presents itself, with the proof of its key."""

    proof: Proof
    platform: Platform
    name: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Who enrols a phone says to be: the code, and the current password or the new one."""

    username: str
    code: str
    source: str = ""
    password: str | None = None
    new_password: str | None = None


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code just given out, with what nobody is ever told again."""

    code: EnrolmentCode
    plain: str


@demands(Permission.SESSION_OPEN)
def challenge(act: Act, challenges: Challenges) -> str:  # noqa: ARG001  # every operation has one
    """Give out something to sign: it counts for two minutes, and once.

    Refuses:
        Nobody: whoever stands at the door may ask.

    Records:
        Nothing.
    """
    return challenges.make(machine_now())


def presented(act: Act, proof: Proof) -> Enrolment | None:
    """The phone whose key was proven, ended or not, held until the act ends; None for a stranger's.

    The challenge is spent: a proof that was read on its way is worth nothing.

    Refuses:
        ProofRefused: its challenge has been used before.
    """
    spent = act.session.scalar(
        insert(SpentChallenge)
        .values(hash=sha256(proof.challenge.encode()).digest(), expires_at=proof.expires_at)
        .on_conflict_do_nothing(index_elements=[SpentChallenge.hash])
        .returning(SpentChallenge.hash)
    )
    if spent is None:
        raise ProofRefused
    return act.session.scalar(
        select(Enrolment).where(Enrolment.thumbprint == proof.thumbprint).with_for_update()
    )


def _is_officer(act: Act, person: Person) -> bool:
    """Is, or will the person be, one of the three officers (三员)?"""
    kept = select(Post.id).where(
        Post.person_id == person.id,
        Post.duty != Duty.WORK,
        or_(Post.until_on.is_(None), Post.until_on >= act.today),
    )
    return act.session.scalar(kept.limit(1)) is not None


@demands(Permission.ENROLMENT_CODE_ISSUE)
def issue_code(
    act: Act,
    person: Person,
    *,
    purpose: CodePurpose,
    lasting: timedelta = CODE_LIVES_FOR,
) -> IssuedCode:
    """Give out a one-time code for somebody's phone; an earlier one is worth nothing from now on.

    Whoever gives it out never learns a password and sees no case.

    Refuses:
        NotAllowed: only the console, or another person who is the security officer of the office
            that keeps the account, or of one above.
        OfficersCode: the account is that of one of the three officers.

    Records:
        EnrolmentCodeIssued; EnrolmentCodeClosed for the one it replaces.
    """
    if act.actor != CONSOLE and _is_officer(act, person):
        raise OfficersCode
    now = machine_now()
    act.session.refresh(person, with_for_update={"key_share": True})
    if earlier := _living_code(act, person):
        _close(act, earlier, CodeEnd.REPLACED, now)
        act.session.flush()
    plain = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    code = EnrolmentCode(
        person_id=person.id,
        purpose=purpose,
        hash=hash_password(plain),
        issued_at=now,
        issued_by=act.actor.id or None,
        expires_at=now + min(lasting, CODE_LIVES_LONGEST),
    )
    act.session.add(code)
    act.session.flush()
    act.record(EnrolmentCodeIssued(person.id, code.id, purpose.value))
    return IssuedCode(code, plain)


@demands(Permission.ENROLMENT_CODE_ISSUE)
def withdraw_code(act: Act, person: Person) -> None:
    """Make the code of somebody worth nothing, if there is one.

    Refuses:
        NotAllowed: only the console, or another person who is the security officer of the office
            that keeps the account, or of one above.

    Records:
        EnrolmentCodeClosed.
    """
    if code := _living_code(act, person):
        _close(act, code, CodeEnd.WITHDRAWN, machine_now())


@demands(Permission.SESSION_OPEN)
def enrol(act: Act, phone: NewPhone, claim: Claim) -> Enrolment | Refused:
    """Enrol a phone with a one-time code, and the password: the current one, or a new one.

    A wrong name, code or password, and a code that has run out, get one answer in the same time.
    A new password ends every open session of the account.

    Refuses:
        EnrolmentRefused, AccountLocked: as an outcome, because the try must be counted.
        NewPasswordNeeded: the code lets its owner take a password, and none was sent.
        PasswordTooShort, PasswordTooLong, PasswordTooCommon: the new password is not good enough.
        KeyKnown: the key is or was another enrolment's.
        ProofRefused: the challenge has been used before.
        TooManyPhones: five phones are enrolled.

    Records:
        PhoneEnrolled, EnrolmentCodeClosed, EnrolmentCodeTried; PasswordSet, SessionEnded where a
        password was taken.
    """
    now = machine_now()
    known = presented(act, phone.proof)
    tried = Tried(Door.ENROLMENT, claim.username, claim.source)
    if left := tries.wait(act.session, tried, now):
        return Refused(sessions.AccountLocked(retry_after=left))
    person = people.by_username(act.session, claim.username)
    if person:
        act.session.refresh(person, with_for_update={"key_share": True})
    code = _living_code(act, person) if person else None
    fits = hash_fits(code.hash if code else _NOBODY, _typed(claim.code)) and bool(code)
    if not fits or code is None or person is None or person.disabled_at or code.expires_at <= now:
        return _count(act, code, tried, now)
    if code.purpose is CodePurpose.ENROL:
        if not people.password_fits(person, claim.password or ""):
            code.tries += 1
            return _count(act, code, tried, now)
    elif not claim.new_password:
        raise NewPasswordNeeded
    if known is not None:
        raise KeyKnown
    if len(act.session.scalars(living(person)).all()) >= MOST_PHONES:
        raise TooManyPhones
    if code.purpose is not CodePurpose.ENROL:
        people.take_password(act, person, claim.new_password or "")
        sessions.close_all(act, person.id, EndReason.PASSWORD_CHANGED)
    tries.succeeded(act.session, tried, now)
    _close(act, code, CodeEnd.SPENT, now)
    enrolment = Enrolment(
        person_id=person.id,
        thumbprint=phone.proof.thumbprint,
        x=phone.proof.x,
        y=phone.proof.y,
        platform=phone.platform,
        name=phone.name,
        enrolled_at=now,
        last_used_at=now,
    )
    with act.unless(ONE_KEY, KeyKnown()):
        act.session.add(enrolment)
    act.record(PhoneEnrolled(enrolment.id, person.id))
    return enrolment


def living(person: Person) -> Select[Enrolment]:
    """The phones of somebody that are enrolled now."""
    return select(Enrolment).where(Enrolment.person_id == person.id, Enrolment.ended_at.is_(None))


def own(act: Act) -> Select[Enrolment]:
    """The actor's own phones that are enrolled now."""
    return select(Enrolment).where(
        Enrolment.person_id == act.actor.id, Enrolment.ended_at.is_(None)
    )


def of_person(act: Act, person: Person) -> Select[Enrolment]:
    """Every phone somebody has or had enrolled, for whoever answers for the account.

    Refuses:
        NotFound: the actor does not answer for that account.
    """
    if not allows(act.actor, Permission.ENROLMENT_READ, person):
        raise NotFound
    return select(Enrolment).where(Enrolment.person_id == person.id)


def account(act: Act, person_id: int) -> Person:
    """The account for which the actor answers, as its security officer or one above.

    Refuses:
        NotFound: there is none, or it is another office's.
    """
    person = act.session.get(Person, person_id)
    if person is None or not allows(act.actor, Permission.ENROLMENT_READ, person):
        raise NotFound
    return person


def find(act: Act, enrolment_id: int) -> Enrolment:
    """One's own phone, or one of somebody for whose account one answers.

    Refuses:
        NotFound: neither.
    """
    found = act.session.get(Enrolment, enrolment_id)
    if found is None or not allows(act.actor, Permission.ENROLMENT_READ, found):
        raise NotFound
    return found


@demands(Permission.ENROLMENT_END)
def end(act: Act, enrolment: Enrolment) -> None:
    """Enrol a phone no more: its key opens nothing, its sessions end, it is woken no more.

    Refuses:
        NotAllowed: only its owner, the console, or the security officer of the owner's office or
            of one above.
        EnrolmentOverAlready: it has ended before.

    Records:
        EnrolmentEnded, SessionEnded, DeviceFreed.
    """
    mine = enrolment.person_id == act.actor.id
    _end_one(act, enrolment, EnrolmentEnd.REMOVED if mine else EnrolmentEnd.BY_OFFICE)


@demands(Permission.ENROLMENT_END)
def report_loss(act: Act, enrolment: Enrolment) -> None:
    """Say that a phone is lost: its key opens nothing, its sessions end, its packets are shut.

    Nobody knows on which phone a session without a key is open: those end too, but for the one in
    which it is said. Its owner hears of it on the other phones.

    Refuses:
        NotAllowed: only its owner, the console, or the security officer of the owner's office or
            of one above.
        EnrolmentOverAlready: it has ended before.

    Records:
        EnrolmentEnded, SessionEnded, DeviceFreed.
    """
    _end_one(act, enrolment, EnrolmentEnd.LOST)
    unbound = sessions.close_unbound(
        act, enrolment.person_id, EndReason.PHONE_ENDED, sparing=act.actor.session_id
    )
    devices.let_go(act, unbound, FreeReason.PHONE_ENDED)


def end_of(act: Act, person: Person, reason: EnrolmentEnd) -> None:
    """Enrol none of somebody's phones any more: a part of operations that may.

    Records:
        EnrolmentEnded, SessionEnded, DeviceFreed.
    """
    for enrolment in act.session.scalars(living(person).order_by(Enrolment.id)).all():
        _end_one(act, enrolment, reason)


@demands(Permission.CHALLENGE_FORGET)
def sweep(act: Act, now: datetime) -> int:
    """Forget challenges that have run out in any case; how many.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        Nothing.
    """
    old = delete(SpentChallenge).where(SpentChallenge.expires_at < now)
    return len(act.session.scalars(old.returning(SpentChallenge.hash)).all())


def _end_one(act: Act, enrolment: Enrolment, reason: EnrolmentEnd) -> None:
    act.session.refresh(enrolment, with_for_update=True)
    if enrolment.ended_at:
        raise EnrolmentOverAlready
    enrolment.ended_at, enrolment.end_reason = machine_now(), reason
    enrolment.ended_by = act.actor.id or None
    act.session.flush()
    act.record(EnrolmentEnded(enrolment.id, enrolment.person_id, reason.value))
    devices.let_go(
        act,
        sessions.close_of_phone(act, enrolment.id, EndReason.PHONE_ENDED),
        FreeReason.PHONE_ENDED,
    )


def _living_code(act: Act, person: Person) -> EnrolmentCode | None:
    return act.session.scalar(
        select(EnrolmentCode)
        .where(EnrolmentCode.person_id == person.id, EnrolmentCode.closed_at.is_(None))
        .with_for_update(of=EnrolmentCode)
    )


def _close(act: Act, code: EnrolmentCode, reason: CodeEnd, now: datetime) -> None:
    code.closed_at, code.close_reason = now, reason
    act.record(EnrolmentCodeClosed(code.person_id, code.id, reason.value))


def _count(act: Act, code: EnrolmentCode | None, tried: Tried, now: datetime) -> Refused:
    tries.failed(act.session, tried, now)
    if code is not None and code.expires_at > now:
        act.record(EnrolmentCodeTried(code.person_id, code.id))
        if code.tries >= MOST_TRIES:
            _close(act, code, CodeEnd.EXHAUSTED, now)
    refusal: Refusal = EnrolmentRefused()
    return Refused(refusal)


def _written(challenge: bytes) -> str:
    return urlsafe_b64encode(challenge).decode().rstrip("=")


def _typed(code: str) -> str:
    """The code as it was given out, however it was typed."""
    return "".join(char for char in code.upper() if char in ALPHABET)
