"""A phone's key, as a test holds it: it signs proofs in the shape of RFC 9449."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)

from api.proofs import thumbprint
from services.devices import Platform
from services.enrolments import Enrolment, Proof
from services.kernel.clock import machine_now
from services.people import Person
from tests.make import Make


def _encoded(number: int) -> str:
    return urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=")


@dataclass(frozen=True)
class PhoneKey:
    """A P-256 key."""

    private: EllipticCurvePrivateKey = field(
        default_factory=lambda: generate_private_key(SECP256R1())
    )

    @property
    def jwk(self) -> dict[str, str]:
        point = self.private.public_key().public_numbers()
        return {"kty": "EC", "crv": "P-256", "x": _encoded(point.x), "y": _encoded(point.y)}

    @property
    def thumbprint(self) -> str:
        return thumbprint(self.jwk["x"], self.jwk["y"])

    def proof(self) -> Proof:
        """A proof as the door hands it on, with a challenge of its own."""
        until = machine_now() + timedelta(minutes=2)
        return Proof(self.thumbprint, self.jwk["x"], self.jwk["y"], str(uuid4()), until)

    def signed(
        self,
        challenge: str,
        method: str,
        path: str,
        header: dict[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """A proof as the wire carries it; a test may say what is wrong with it."""
        said = {
            "htm": method,
            "htu": f"https://phone.example{path}",
            "iat": int(machine_now().timestamp()),
            "jti": str(uuid4()),
            "nonce": challenge,
        } | claims
        told = {name: value for name, value in said.items() if value is not ...}
        head = {"typ": "dpop+jwt", "jwk": self.jwk} | (header or {})
        return jwt.encode(told, self.private, "ES256", headers=head)


def enrolled(make: Make, person: Person, key: PhoneKey, name: str = "工作手机") -> Enrolment:
    """A phone of that person that is enrolled."""
    now = machine_now()
    phone = Enrolment(
        person_id=person.id,
        thumbprint=key.thumbprint,
        x=key.jwk["x"],
        y=key.jwk["y"],
        platform=Platform.ANDROID,
        name=name,
        enrolled_at=now,
        last_used_at=now,
    )
    make.session.add(phone)
    make.session.flush()
    return phone
