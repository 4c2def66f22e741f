"""A device that holds a passkey, in software: what a browser would answer (WebAuthn Level 3)."""

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Device:
    """One key, its counter, and whether it looks at who holds it."""

    domain: str = "localhost"
    origin: str = "http://localhost"
    verifies: int = VERIFIED
    count: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def made(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.create` answers."""
        numbers = self.key.public_key().public_numbers()
        point = {-2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        public = encode_cbor({1: 2, 3: -7, -1: 1} | point)
        attested = bytes(16) + len(self.id).to_bytes(2) + self.id + public
        told = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested}
        return self._answer(
            {
                "clientDataJSON": _text(self._asked("webauthn.create", options)),
                "attestationObject": _text(encode_cbor(told)),
            }
        )

    def signed(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.get` answers."""
        self.count += 1
        asked, data = self._asked("webauthn.get", options), self._data()
        signature = self.key.sign(data + sha256(asked).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": _text(asked),
                "authenticatorData": _text(data),
                "signature": _text(signature),
            }
        )

    def _asked(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        ).encode()

    def _data(self, more: int = 0) -> bytes:
        flags = PRESENT | self.verifies | more
        return sha256(self.domain.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _answer(self, response: dict[str, Any]) -> dict[str, Any]:
        own = _text(self.id)
        return {"id": own, "rawId": own, "type": "public-key", "response": response}


def _text(content: bytes) -> str:
    assert base64url_to_bytes(bytes_to_base64url(content)) == content
    return bytes_to_base64url(content)
