"""Who is at the door: bearer token → Actor. The one place that knows JWT.

Access tokens are EdDSA (Ed25519), live 15 minutes and say only who and in which session; the
account, the session and the posts are read from the database on every request, so a post taken
away carries no power from that moment on.
"""

import hashlib
import os
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from flask import Request
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from services import people
from services.kernel.act import SHANGHAI, Actor
from services.kernel.clock import legal_now, machine_now
from services.kernel.refusals import SignedOut
from services.people import Person, Post
from services.sessions import SignInSession

ISSUER = "jiantong"
AUDIENCE = "jiantong-phone"
TYPE = "at+jwt"
ALGORITHM = "EdDSA"
CLAIMS = ["aud", "exp", "iat", "iss", "sid", "sub"]
LEEWAY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class TokenKey:
    """The key that signs access tokens, and its name (`kid`)."""

    private: Ed25519PrivateKey
    kid: str

    @classmethod
    def of(cls, private: Ed25519PrivateKey) -> "TokenKey":
        """Name the key by the hash of its public half."""
        raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return cls(private, urlsafe_b64encode(hashlib.sha256(raw).digest()[:9]).decode())

    @classmethod
    def kept_in(cls, folder: Path) -> "TokenKey":
        """Read the installation's key, or make it on the first start.

        Several processes may start at once: the key appears whole under its name or not at
        all, and the first one wins.
        """
        path = folder / "access-token.pem"
        if not path.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = Ed25519PrivateKey.generate()
            draft = folder / f".access-token-{secrets.token_hex(8)}"
            draft.touch(mode=0o600)
            draft.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        key = load_pem_private_key(path.read_bytes(), None)
        if not isinstance(key, Ed25519PrivateKey):
            message = f"{path.name} is not an Ed25519 key"
            raise TypeError(message)
        return cls.of(key)


def access_token(key: TokenKey, session: SignInSession, *, lasting: timedelta) -> str:
    """A token that says who is signed in, in which session, for how long (RFC 9068)."""
    now = machine_now()
    return jwt.encode(
        {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(session.person_id),
            "sid": session.id,
            "iat": now,
            "exp": now + lasting,
        },
        key.private,
        ALGORITHM,
        headers={"kid": key.kid, "typ": TYPE},
    )


def identify(session: Session, request: Request, key: TokenKey) -> Actor:
    """The actor whom the request's bearer token names, with the posts held today.

    Refuses:
        SignedOut: no token, a token that is not ours or too old, an ended session, a disabled
            account.
    """
    person_id, session_id = _claimed(request, key)
    today = legal_now(session).astimezone(SHANGHAI).date()
    rows = session.execute(
        select(*people.HELD)
        .select_from(SignInSession)
        .join(Person)
        .outerjoin(Post, and_(Post.person_id == Person.id, people.held_on(today)))
        .outerjoin(people.DELEGATIONS, people.lending(today))
        .where(
            SignInSession.id == session_id,
            SignInSession.person_id == person_id,
            SignInSession.ended_at.is_(None),
            Person.disabled_at.is_(None),
        )
    ).all()
    if not rows:
        raise SignedOut
    return people.actor_with(person_id, rows, session_id)


def _claimed(request: Request, key: TokenKey) -> tuple[int, int]:
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer" or not authorization.token:
        raise SignedOut
    token = authorization.token
    try:
        header = jwt.get_unverified_header(token)
        if header.get("kid") != key.kid or header.get("typ") != TYPE:
            raise SignedOut
        claims = jwt.decode(
            token,
            key.private.public_key(),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=LEEWAY,
            options={"require": CLAIMS},
        )
        return int(claims["sub"]), int(claims["sid"])
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise SignedOut from error
