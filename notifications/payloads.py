"""What a push carries: an opaque id, a class, an expiry and a signature; never a word more.

A push crosses foreign servers and lies on a lock screen. So the payload can neither say whom
it is about nor be forged: the phone checks the Ed25519 signature over `id|class|exp` with the
public key from `/push-settings`, then fetches the words over its own signed-in connection.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from notifications.messages import Urgency
from services.kernel import keeping

KEYS = frozenset({"id", "class", "exp", "sig"})
KEY_FILE = "push-signing.pem"


@dataclass(frozen=True, slots=True)
class Seal:
    """The key with which this installation signs its pushes."""

    private: Ed25519PrivateKey

    @classmethod
    def kept_in(cls, folder: Path) -> "Seal":
        """Read the installation's key, or make it on the first start."""
        key = load_pem_private_key(keeping.kept(folder, KEY_FILE, _made), None)
        if not isinstance(key, Ed25519PrivateKey):
            message = f"{KEY_FILE} is not an Ed25519 key"
            raise TypeError(message)
        return cls(key)

    @property
    def public(self) -> str:
        """The public key a phone checks with: 32 bytes, base64url."""
        raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return urlsafe_b64encode(raw).decode().rstrip("=")

    def payload(self, item: UUID, urgency: Urgency, expires_at: datetime) -> dict[str, str]:
        """The whole of a push: `id`, `class`, `exp` (seconds since 1970) and `sig`."""
        said = {
            "id": str(item),
            "class": urgency.value,
            "exp": str(int(expires_at.timestamp())),
        }
        signature = self.private.sign(_signed(said))
        return said | {"sig": urlsafe_b64encode(signature).decode().rstrip("=")}


def genuine(payload: Mapping[str, str], public: str, now: datetime) -> bool:
    """Was this payload signed by that key, is it whole, and has it not expired?"""
    if set(payload) != KEYS:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(_unpad(public))
        key.verify(_unpad(payload["sig"]), _signed(payload))
        expires_at = datetime.fromtimestamp(int(payload["exp"]), UTC)
    except (InvalidSignature, ValueError):
        return False
    return now < expires_at


def _made() -> bytes:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _signed(payload: Mapping[str, str]) -> bytes:
    return "|".join((payload["id"], payload["class"], payload["exp"])).encode()


def _unpad(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
