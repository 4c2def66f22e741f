"""Who is at the door: bearer token → Actor. The one place that knows JWT.

Access tokens are EdDSA (Ed25519), live 15 minutes and say only who and in which session; the
account, the session and the posts are read from the database on every request, so a post taken
away carries no power from that moment on.
"""

import hashlib
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

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
from sqlalchemy import Integer, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from services import people
from services.kernel import keeping
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
FIRST_KEY = "access-token.pem"
_LARGEST_ID = 2**31 - 1


class Signer(Protocol):
    """What signs access tokens: a key, or the newest one of a ring."""

    @property
    def private(self) -> Ed25519PrivateKey:
        """The key."""
        ...

    @property
    def kid(self) -> str:
        """Its name, as tokens say it."""
        ...


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A key that signs access tokens, and its name (`kid`)."""

    private: Ed25519PrivateKey
    kid: str

    @classmethod
    def of(cls, private: Ed25519PrivateKey) -> "TokenKey":
        """Name the key by the hash of its public half."""
        return cls(private, urlsafe_b64encode(hashlib.sha256(_raw(private)).digest()[:9]).decode())

    @classmethod
    def read(cls, path: Path) -> "TokenKey":
        """The key in that file."""
        key = load_pem_private_key(path.read_bytes(), None)
        if not isinstance(key, Ed25519PrivateKey):
            message = f"{path.name} is not an Ed25519 key"
            raise TypeError(message)
        return cls.of(key)

    @classmethod
    def kept_in(cls, folder: Path) -> "TokenKey":
        """Read the installation's first key, or make it on the first start."""
        keeping.kept(folder, FIRST_KEY, _pem)
        return cls.read(folder / FIRST_KEY)

    @property
    def jwk(self) -> dict[str, str]:
        """The public half, as anybody may know it (RFC 8037)."""
        x = urlsafe_b64encode(_raw(self.private)).decode().rstrip("=")
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": x,
            "kid": self.kid,
            "use": "sig",
            "alg": ALGORITHM,
        }


@dataclass(slots=True)
class TokenRing:
    """The keys of access tokens: the newest signs, the others verify what they have signed.

    Each key is a file named by when it was made. An old one is worth something until the last
    token that it can have signed has run out. Every process looks at the folder at each use, so a
    new key needs no restart.
    """

    folder: Path
    lasting: timedelta
    """How long an access token lasts."""
    _seen: tuple[int, int] = (0, 0)
    _keys: tuple[tuple[int, TokenKey], ...] = ()
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def kept_in(cls, folder: Path, lasting: timedelta) -> "TokenRing":
        """The installation's ring; its first key is made on the first start."""
        keeping.kept(folder, FIRST_KEY, _pem)
        return cls(folder, lasting)

    @property
    def newest(self) -> TokenKey:
        """The key that signs."""
        return self._read()[-1][1]

    @property
    def private(self) -> Ed25519PrivateKey:
        """The newest key."""
        return self.newest.private

    @property
    def kid(self) -> str:
        """The newest key's name."""
        return self.newest.kid

    def living(self) -> list[TokenKey]:
        """Every key that verifies, the one that signs last."""
        known, now = self._read(), machine_now().timestamp()
        overlap = (self.lasting + LEEWAY).total_seconds()
        nexts = [made / 1e9 for made, _ in known[1:]]
        old = [
            key
            for (_, key), replaced in zip(known, nexts, strict=False)
            if replaced + overlap > now
        ]
        return [*old, known[-1][1]]

    def named(self, kid: object) -> TokenKey | None:
        """The key of that name, if it verifies still."""
        return next((key for key in self.living() if key.kid == kid), None)

    def rotate(self) -> TokenKey:
        """Sign with a new key from now on; keys that verify nothing any more are thrown away."""
        living = {key.kid for key in self.living()}
        for path in self._files():
            if TokenKey.read(path).kid not in living:
                _throw_away(path)
        made_at = max([time.time_ns(), *(made + 1 for made, _ in self._read())])
        keeping.put(self.folder, f"access-token-{made_at}.pem", _pem())
        return self.newest

    def revoke(self) -> TokenKey:
        """Sign with a new key, and verify with no other: whoever holds an old one signs nothing."""
        before = self._files()
        newest = self.rotate()
        for path in before:
            _throw_away(path)
        self._seen = (0, 0)
        return newest

    def _read(self) -> tuple[tuple[int, TokenKey], ...]:
        """The keys and when each was made, as the folder holds them now."""
        with self._lock:
            folder, first = self.folder.stat(), (self.folder / FIRST_KEY).stat()
            seen = (folder.st_mtime_ns, first.st_mtime_ns)
            if seen != self._seen or not self._keys:
                self._keys = tuple((_made_at(path), TokenKey.read(path)) for path in self._files())
                self._seen = seen
            return self._keys

    def _files(self) -> list[Path]:
        kept = (path for path in self.folder.glob("access-token*.pem") if path.stat().st_size)
        return sorted(kept, key=_made_at)


def _throw_away(path: Path) -> None:
    """The first key's file stays, empty: without it the next start would make a key anew."""
    if path.name == FIRST_KEY:
        path.write_bytes(b"")
    else:
        path.unlink(missing_ok=True)


def _made_at(path: Path) -> int:
    made = path.stem.removeprefix("access-token").removeprefix("-")
    return int(made) if made.isdecimal() else 0


def _pem() -> bytes:
    made = Ed25519PrivateKey.generate()
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _raw(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def access_token(key: Signer, session: SignInSession, *, lasting: timedelta) -> str:
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


def identify(session: Session, request: Request, keys: TokenRing) -> Actor:
    """The actor whom the request's bearer token names, with the posts held today.

    Refuses:
        SignedOut: no token, a token that is not ours or too old, an ended session, a disabled
            account.
    """
    person_id, session_id = _claimed(request, keys)
    now = legal_now(session)
    today = now.astimezone(SHANGHAI).date()
    named = {"session_id": session_id, "person_id": person_id, "on": today, "at": now}
    rows = session.execute(_signed_in(), named).all()
    if not rows:
        raise SignedOut
    return people.actor_with(person_id, rows, session_id)


@cache
def _signed_in() -> Select[Any]:
    """What `identify` asks, composed once."""
    return (
        select(*people.held_at(people.AT))
        .select_from(SignInSession)
        .join(Person)
        .outerjoin(Post, and_(Post.person_id == Person.id, people.held_on(people.ON)))
        .outerjoin(people.DELEGATIONS, people.lending(people.ON))
        .where(
            SignInSession.id == bindparam("session_id", type_=Integer),
            SignInSession.person_id == bindparam("person_id", type_=Integer),
            SignInSession.ended_at.is_(None),
            Person.disabled_at.is_(None),
        )
    )


def ends_at(request: Request) -> datetime:
    """When the token of a request that was let in runs out."""
    token = request.authorization.token if request.authorization else None
    if not token:
        raise SignedOut
    claims = jwt.decode(token, options={"verify_signature": False})
    return datetime.fromtimestamp(claims["exp"], UTC)


def _claimed(request: Request, keys: TokenRing) -> tuple[int, int]:
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer" or not authorization.token:
        raise SignedOut
    token = authorization.token
    try:
        header = jwt.get_unverified_header(token)
        key = keys.named(header.get("kid"))
        if key is None or header.get("typ") != TYPE or "crit" in header:
            raise SignedOut
        claims = jwt.decode(
            token,
            key.private.public_key(),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=LEEWAY,
            options={"require": CLAIMS, "strict_aud": True},
        )
        return _id(claims["sub"], str), _id(claims["sid"], int)
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise SignedOut from error


def _id(claimed: Any, kind: type[str | int]) -> int:
    """An id of the kind we write, that the database could hold."""
    if type(claimed) is not kind or (isinstance(claimed, str) and not claimed.isdecimal()):
        raise SignedOut
    number = int(claimed)
    if not 0 < number <= _LARGEST_ID:
        raise SignedOut
    return number
