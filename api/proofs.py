"""Proofs that a phone holds its key: the `DPoP` header of sign-in, renewal and enrolment.

The shape is RFC 9449's: a JWT of type `dpop+jwt` under ES256 with the public key in its header,
and in its claims the method, the address, a number of its own and a challenge of ours (`nonce`).
Beside `api/identity.py` this is the only module that knows JWT.

What is compared of the address (`htu`) is its path alone: behind a proxy this house knows neither
the scheme nor the host by which phones reach it, and a proof for another host is worth nothing
here without a challenge of ours. The time (`iat`) must be one, and is not compared: phones have
wrong clocks, and the challenge says better how old a proof is (RFC 9449 section 8).
"""

import hashlib
import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
from flask import Request, current_app

from services.enrolments import Challenges, Proof, ProofRefused
from services.kernel import keeping
from services.kernel.clock import machine_now

HEADER = "DPoP"
TYPE = "dpop+jwt"
ALGORITHM = "ES256"
CLAIMS = ["htm", "htu", "iat", "jti", "nonce"]
LONGEST = 4096
_COORDINATE = re.compile(r"[A-Za-z0-9_-]{43}")
_JTI = re.compile(r"[\x21-\x7e]{8,128}")
_BYTES = 32


def challenges_kept_in(folder: Path) -> Challenges:
    """This installation's challenges; their key is made on the first start."""
    return Challenges(keeping.kept(folder, "challenges.key", lambda: secrets.token_bytes(_BYTES)))


def shown(request: Request) -> Proof | None:
    """The proof this request carries, verified but for its challenge being unspent; None without.

    Refuses:
        ProofRefused: it is malformed, for another address or method, signed by another key, or its
            challenge is none of ours or has run out.
    """
    sent = request.headers.getlist(HEADER)
    if not sent:
        return None
    if len(sent) != 1 or len(sent[0]) > LONGEST:
        raise ProofRefused
    try:
        return _verified(request, sent[0])
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ProofRefused from error


def required(request: Request) -> Proof:
    """The same, where there must be one.

    Refuses:
        ProofRefused: there is none, or it does not hold.
    """
    proof = shown(request)
    if proof is None:
        raise ProofRefused
    return proof


def thumbprint(x: str, y: str) -> str:
    """The name of a P-256 key (RFC 7638)."""
    members = {"crv": "P-256", "kty": "EC", "x": x, "y": y}
    told = json.dumps(members, separators=(",", ":"), sort_keys=True).encode()
    return _encoded(hashlib.sha256(told).digest())


def _verified(request: Request, token: str) -> Proof:
    header = jwt.get_unverified_header(token)
    if header.get("typ") != TYPE or header.get("alg") != ALGORITHM or "crit" in header:
        raise ProofRefused
    x, y = _coordinates(header.get("jwk"))
    key = EllipticCurvePublicNumbers(_number(x), _number(y), SECP256R1()).public_key()
    claims = jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        options={"require": CLAIMS, "verify_iat": False, "verify_aud": False},
    )
    method, address, made_at, number, nonce = (claims[name] for name in sorted(CLAIMS))
    challenges: Challenges = current_app.extensions["challenges"]
    until = challenges.expiry_of(nonce, machine_now()) if isinstance(nonce, str) else None
    if (
        method != request.method
        or not isinstance(address, str)
        or urlsplit(address).path != request.path
        or isinstance(made_at, bool)
        or not isinstance(made_at, int | float)
        or not isinstance(number, str)
        or not _JTI.fullmatch(number)
        or until is None
    ):
        raise ProofRefused
    return Proof(thumbprint(x, y), x, y, nonce, until)


def _coordinates(key: Any) -> tuple[str, str]:
    """Both coordinates as there is one way only to write them, so that a key has one thumbprint."""
    if not isinstance(key, dict) or (key.get("kty"), key.get("crv")) != ("EC", "P-256"):
        raise ProofRefused
    x, y = (str(key.get(name)) for name in ("x", "y"))
    if "d" in key or not all(_COORDINATE.fullmatch(one) for one in (x, y)):
        raise ProofRefused
    return _encoded(_decoded(x)), _encoded(_decoded(y))


def _number(coordinate: str) -> int:
    return int.from_bytes(_decoded(coordinate), "big")


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
