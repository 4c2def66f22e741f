"""Passkeys (通行密钥): keys that a person's own devices hold, to confirm with.

A passkey signs a challenge that is the SHA-256 of what is to be done, to the letter, and of a
nonce: so the signature is over the very content (WebAuthn Level 3, 7.2). The person must have
been verified by their device. All times here are the machine's, not the legal clock's.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, delete, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.kernel.act import Act, Event, Record
from services.kernel.clock import machine_now
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.people import Person, Post
from services.policy import Permission, PostKind, demands
from services.sessions import SignInSession

ANSWERED_WITHIN = timedelta(minutes=5)
MOST = 10
ONE_CREDENTIAL = "passkeys_credential_id_key"
HOUSE = "检通"
_NONCE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Site:
    """Where the phone shows this house: the domain a passkey is made for, and the origin."""

    domain: str
    origin: str


class Passkey(Record):
    """The public half of a key that one of a person's devices holds."""

    __tablename__ = "passkeys"
    __table_args__ = (
        CheckConstraint("sign_count >= 0", name="passkeys_count_up"),
        Index("passkeys_of_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str]
    """What its owner calls it, to tell it from the others."""
    domain: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    person: Mapped[Person] = relationship(foreign_keys=person_id)

    @property
    def led_by_ids(self) -> frozenset[int]:
        """Every office whose officers keep its owner's account."""
        return self.person.led_by_ids


class PasskeyChallenge(Record):
    """A question put to a passkey in one session; it is answered once, within five minutes."""

    __tablename__ = "passkey_challenges"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"), index=True)
    nonce: Mapped[bytes]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    def over(self, content: bytes) -> bytes:
        """What is signed: the SHA-256 of the content and of the nonce that makes it new."""
        return sha256(content + self.nonce).digest()


@dataclass(frozen=True, slots=True)
class Question:
    """A challenge, and what the browser is to be asked with (WebAuthn's own JSON)."""

    challenge_id: int
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser answered to a challenge."""

    challenge_id: int
    credential: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PasskeyAdded(Event):
    """Somebody added a passkey."""

    person_id: int


@dataclass(frozen=True, slots=True)
class PasskeyRemoved(Event):
    """A passkey is worth nothing any more."""

    person_id: int


class PasskeyRefused(Unprocessable):
    """This passkey does not fit: it is another one, too late, or signed something else."""

    zh = "通行密钥验证未通过，请重试或者改用口令。"


class PasskeyKnown(Conflict):
    """This passkey has been added already."""

    zh = "该通行密钥已经添加过。"


class PasskeysFull(Conflict):
    """Ten passkeys at most; remove one first."""

    zh = "最多添加十个通行密钥，请先移除不用的。"


class NoPasskeysHere(Conflict):
    """Passkeys need a secure address of this installation that its settings name."""

    zh = "当前地址不支持通行密钥，请使用口令。"


def visible(act: Act) -> Select[Passkey]:
    """One's own, and as a security officer those of whoever holds a post in the same office."""
    offices = act.actor.offices_as(PostKind.SECURITY_OFFICER)
    kept = select(Post.person_id).where(Post.office_id.in_(offices))
    return select(Passkey).where(
        or_(Passkey.person_id == act.actor.id, Passkey.person_id.in_(kept))
    )


def find(act: Act, passkey_id: int) -> Passkey:
    """A passkey that the actor may see and that is still one."""
    living = visible(act).where(Passkey.id == passkey_id, Passkey.removed_at.is_(None))
    found = act.session.scalar(living)
    if found is None:
        raise NotFound
    return found


def of(act: Act, person_id: int) -> list[Passkey]:
    """The passkeys of one person that the actor may see, the newest first; ten at most."""
    living = visible(act).where(Passkey.person_id == person_id, Passkey.removed_at.is_(None))
    return list(act.session.scalars(living.order_by(Passkey.id.desc())))


def usable(act: Act, site: Site | None) -> list[Passkey]:
    """The actor's own passkeys that were made for the domain the phone shows."""
    if site is None:
        return []
    return [one for one in of(act, act.actor.id) if one.domain == site.domain]


@demands(Permission.PASSKEY_ADD)
def offer(act: Act, session: SignInSession, site: Site | None) -> Question:
    """Ask the phone for a new passkey; the device must verify who holds it.

    Refuses:
        NotAllowed: somebody else's session.
        NoPasskeysHere: the phone shows an address for which no passkey can be made.
        PasskeysFull: there are ten already.

    Records:
        Nothing.
    """
    known = _room_for_one(act, session)
    place = _place(site)
    challenge = _challenge(act, session)
    options = generate_registration_options(
        rp_id=place.domain,
        rp_name=HOUSE,
        user_id=_handle(session.person_id),
        user_name=session.person.username,
        user_display_name=session.person.name,
        challenge=challenge.over(_registration(session)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential_id) for one in known],
    )
    return Question(challenge.id, options_to_json_dict(options))


@demands(Permission.PASSKEY_ADD)
def add(
    act: Act, session: SignInSession, answer: Answer, *, name: str, site: Site | None
) -> Passkey:
    """Add the passkey that the phone made.

    Refuses:
        NotAllowed: somebody else's session.
        NoPasskeysHere: the phone shows an address for which no passkey can be made.
        PasskeyRefused: it does not answer this challenge, or nobody was verified.
        PasskeyKnown: it has been added before.
        PasskeysFull: there are ten already.

    Records:
        PasskeyAdded.
    """
    place = _place(site)
    _room_for_one(act, session)
    challenge = _answered(act, session, answer)
    try:
        made = verify_registration_response(
            credential=answer.credential,
            expected_challenge=challenge.over(_registration(session)),
            expected_rp_id=place.domain,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except _NOT_READABLE as error:
        raise PasskeyRefused from error
    passkey = Passkey(
        person_id=session.person_id,
        name=name,
        domain=place.domain,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        added_at=machine_now(),
    )
    with act.unless(ONE_CREDENTIAL, PasskeyKnown()):
        act.session.add(passkey)
    act.record(PasskeyAdded(passkey.id, session.person_id))
    return passkey


@demands(Permission.PASSKEY_REMOVE)
def remove(act: Act, passkey: Passkey) -> None:
    """Let a passkey be worth nothing from now on; what it confirmed stays confirmed.

    Refuses:
        NotAllowed: neither its owner nor a security officer of an office of theirs.

    Records:
        PasskeyRemoved.
    """
    act.session.refresh(passkey, with_for_update=True)
    if passkey.removed_at is None:
        passkey.removed_at, passkey.removed_by = machine_now(), act.actor.id
        act.record(PasskeyRemoved(passkey.id, passkey.person_id))


def ask(act: Act, session: SignInSession, content: bytes, site: Site | None) -> Question:
    """Ask the phone to sign that content with one of the person's passkeys.

    Refuses:
        NoPasskeysHere: there is none for the address that the phone shows.
    """
    known = usable(act, site)
    place = _place(site)
    if not known:
        raise NoPasskeysHere
    challenge = _challenge(act, session)
    options = generate_authentication_options(
        rp_id=place.domain,
        challenge=challenge.over(content),
        allow_credentials=[PublicKeyCredentialDescriptor(id=one.credential_id) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Question(challenge.id, options_to_json_dict(options))


def signed_by(
    act: Act, session: SignInSession, answer: Answer, content: bytes, site: Site | None
) -> Passkey:
    """The passkey that signed that content, its counter moved on.

    Refuses:
        NoPasskeysHere: the phone shows an address for which there are none.
        PasskeyRefused: it is not the person's, is too late, signed something else, nobody was
            verified, or its counter went back, as that of a copy would.
    """
    place = _place(site)
    challenge = _answered(act, session, answer)
    try:
        wanted = base64url_to_bytes(str(answer.credential.get("id", "")))
        own = select(Passkey).where(
            Passkey.credential_id == wanted,
            Passkey.person_id == session.person_id,
            Passkey.removed_at.is_(None),
            Passkey.domain == place.domain,
        )
        passkey = act.session.scalar(own.with_for_update())
        if passkey is None:
            raise PasskeyRefused
        signed = verify_authentication_response(
            credential=answer.credential,
            expected_challenge=challenge.over(content),
            expected_rp_id=place.domain,
            expected_origin=place.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except _NOT_READABLE as error:
        raise PasskeyRefused from error
    passkey.sign_count, passkey.used_at = signed.new_sign_count, machine_now()
    return passkey


_NOT_READABLE = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError)
"""What the reader of credentials raises for whatever a browser never sends."""


@demands(Permission.CHALLENGE_FORGET)
def sweep(act: Act, now: datetime) -> int:
    """Forget questions whose time to answer is over; how many.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        Nothing.
    """
    old = delete(PasskeyChallenge).where(PasskeyChallenge.expires_at < now)
    return len(act.session.scalars(old.returning(PasskeyChallenge.id)).all())


def _place(site: Site | None) -> Site:
    if site is None:
        raise NoPasskeysHere
    return site


def _room_for_one(act: Act, session: SignInSession) -> list[Passkey]:
    act.session.scalar(select(Person.id).where(Person.id == session.person_id).with_for_update())
    known = of(act, session.person_id)
    if len(known) >= MOST:
        raise PasskeysFull
    return known


def _challenge(act: Act, session: SignInSession) -> PasskeyChallenge:
    challenge = PasskeyChallenge(
        session_id=session.id,
        nonce=secrets.token_bytes(_NONCE_BYTES),
        expires_at=machine_now() + ANSWERED_WITHIN,
    )
    act.session.add(challenge)
    act.session.flush()
    return challenge


def _answered(act: Act, session: SignInSession, answer: Answer) -> PasskeyChallenge:
    """The challenge of this very session, used up by being answered."""
    now = machine_now()
    open_ones = select(PasskeyChallenge).where(
        PasskeyChallenge.id == answer.challenge_id,
        PasskeyChallenge.session_id == session.id,
        PasskeyChallenge.answered_at.is_(None),
        PasskeyChallenge.expires_at > now,
    )
    challenge = act.session.scalar(open_ones.with_for_update())
    if challenge is None:
        raise PasskeyRefused
    challenge.answered_at = now
    return challenge


def _registration(session: SignInSession) -> bytes:
    return f"registration\n{session.person_id}\n".encode()


def _handle(person_id: int) -> bytes:
    """WebAuthn's name of the account: a hash, for it stays on the device and tells nothing."""
    return sha256(f"passkey\n{person_id}".encode()).digest()
