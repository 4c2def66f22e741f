"""What a browser's subscription is: an address, two keys of its own, and one of ours (VAPID).

The address comes from a phone and our server posts to it, so only addresses of known push
services are believed: `https` and a host of the list, nothing of the network behind us.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from services.kernel import keeping
from services.kernel.settings import Settings

KEY_FILE = "web-push-vapid.pem"
AUTH_BYTES = 16
HTTPS_PORT = 443
LONGEST_ADDRESS = 2048


def vapid_public_key(settings: Settings) -> str:
    """The key a browser subscribes with (`applicationServerKey`): 65 bytes, base64url."""
    return _public(settings.secrets)


@cache
def _public(folder: Path) -> str:
    point = (
        vapid_key(folder).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    )
    return urlsafe_b64encode(point).decode().rstrip("=")


def vapid_key(folder: Path) -> EllipticCurvePrivateKey:
    """The installation's key towards push services (RFC 8292), made on first use.

    A subscription is bound to it: another key means that every browser subscribes anew.
    """
    key = load_pem_private_key(keeping.kept(folder, KEY_FILE, _made), None)
    if not isinstance(key, EllipticCurvePrivateKey):
        message = f"{KEY_FILE} is not a P-256 key"
        raise TypeError(message)
    return key


def _made() -> bytes:
    key = generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def may_be_reached(endpoint: str, hosts: Sequence[str]) -> bool:
    """Is this the address of a push service that we know?

    `hosts` are names (`push.example`), names with anything before them (`*.push.example`), and
    for development whole addresses on this machine (`http://127.0.0.1:8203`).
    """
    if len(endpoint) > LONGEST_ADDRESS or not endpoint.isascii() or not endpoint.isprintable():
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None or "\\" in endpoint:
        return False
    if f"{parts.scheme}://{parts.netloc}" in hosts:
        return True
    known = any(
        host.endswith(one[1:]) if one.startswith("*.") else host == one
        for one in hosts
        if "/" not in one
    )
    return parts.scheme == "https" and port in {None, HTTPS_PORT} and known


def keys_of(text: str | None) -> dict[str, str] | None:
    """The two keys of a subscription, `{"p256dh", "auth"}`; None where they are of no use."""
    with suppress(ValueError, TypeError, KeyError):
        given = json.loads(text or "")
        keys = {name: str(given[name]).rstrip("=") for name in ("p256dh", "auth")}
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _unpad(keys["p256dh"]))
        if len(_unpad(keys["auth"])) == AUTH_BYTES:
            return keys
    return None


def _unpad(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
