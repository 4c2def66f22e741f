"""Hashes, seals and signatures, in one of two suites; the only room that knows an algorithm.

| | international (the default) | guomi (国密) |
|---|---|---|
| hash | SHA-256 (FIPS 180-4) | SM3 (GB/T 32905-2016) |
| seal | AES-256-GCM (NIST SP 800-38D) | SM4-GCM (GB/T 32907-2016) |
| sign | Ed25519 (RFC 8032) | SM2 with SM3 (GB/T 32918.2-2016) |

Whatever is kept names its algorithm and its key, so what one suite wrote is read under the other:
an installation may change over on any day, and old keys open what they sealed.

SM2 comes from GmSSL through `gmssl_pyx`, the rest from OpenSSL through `cryptography`.
"""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Self

import gmssl_pyx
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from services.kernel.keeping import kept, put

_VERSION = 1
_KEY_NAME = 4
_NONCE = 12
_TAG = 16
_HEAD = 2 + _KEY_NAME
_SM2_PUBLIC = 64
_FIELD_KEYS = "field-*.key"


class Suite(StrEnum):
    """Which algorithms an installation writes with; it reads those of both."""

    INTERNATIONAL = "international"
    GUOMI = "guomi"


class Digest(StrEnum):
    """A hash."""

    SHA256 = "sha256"
    SM3 = "sm3"


class Signing(StrEnum):
    """A way to sign."""

    ED25519 = "ed25519"
    SM2 = "sm2"


class _Seal(IntEnum):
    """How something was sealed, as its second byte says."""

    AES_256_GCM = 1
    SM4_GCM = 2


_SEAL_OF = {Suite.INTERNATIONAL: _Seal.AES_256_GCM, Suite.GUOMI: _Seal.SM4_GCM}
_DIGEST_OF = {Suite.INTERNATIONAL: Digest.SHA256, Suite.GUOMI: Digest.SM3}
_BYTES = {_Seal.AES_256_GCM: 32, _Seal.SM4_GCM: 16}


class CannotOpenError(Exception):
    """What was sealed cannot be opened: its key is missing, or it was changed or moved."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half of a signing key that everybody may know."""

    algorithm: Signing
    key_id: str
    value: bytes
    """Ed25519: 32 bytes. SM2: x and y, 32 bytes each."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature, and by which key it was made."""

    algorithm: Signing
    key_id: str
    value: bytes
    """Ed25519: 64 bytes. SM2: r and s in DER, with the usual signer `1234567812345678`."""


def digest(algorithm: Digest, content: bytes) -> bytes:
    """The hash of `content`: 32 bytes in both suites."""
    if algorithm is Digest.SHA256:
        return hashlib.sha256(content).digest()
    hashed = hashes.Hash(hashes.SM3())
    hashed.update(content)
    return hashed.finalize()


def fingerprint(algorithm: Signing, value: bytes) -> str:
    """The name of a public key: the first 16 bytes of its SHA-256, in hexadecimal."""
    return hashlib.sha256(algorithm.encode() + b":" + value).hexdigest()[:32]


def verify_with(key: PublicKey, content: bytes, signature: Signature) -> bool:
    """Did the holder of that key sign this very content?"""
    if (key.algorithm, key.key_id) != (signature.algorithm, signature.key_id):
        return False
    if fingerprint(key.algorithm, key.value) != key.key_id:
        return False
    try:
        if key.algorithm is Signing.SM2:
            return bool(gmssl_pyx.sm2_verify(key.value, content, signature.value))
        Ed25519PublicKey.from_public_bytes(key.value).verify(signature.value, content)
    except (InvalidSignature, ValueError, gmssl_pyx.GmsslInnerError):
        return False
    return True


@dataclass
class KeyRing:
    """The keys of one installation, in its folder of secrets.

    A process that runs notices a new key at its next seal, and looks for a key it does not know
    before it says that something cannot be opened.
    """

    folder: Path = field(repr=False)
    suite: Suite = Suite.INTERNATIONAL
    _fields: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes], repr=False)
    _newest: bytes = field(default=b"", repr=False)
    _seen: int = field(default=-1, repr=False)

    @classmethod
    def kept_in(cls, folder: Path, suite: Suite = Suite.INTERNATIONAL) -> Self:
        """The ring of that folder; its keys are made when they are first asked for."""
        return cls(folder, suite)

    @property
    def hashing(self) -> Digest:
        """The hash that this suite writes with."""
        return _DIGEST_OF[self.suite]

    @property
    def field_keys(self) -> list[str]:
        """The names of the keys that open what is sealed, the one that seals now last."""
        self._read()
        return [name.hex() for name in self._fields]

    def seal(self, plain: bytes, *, about: str) -> bytes:
        """Seal `plain` so that only this installation opens it, and only as `about`.

        A nonce of 96 random bits is drawn each time: change the key before 2**32 seals
        (NIST SP 800-38D §8.3).
        """
        self._read()
        how = _SEAL_OF[self.suite]
        head = bytes((_VERSION, how)) + self._newest
        nonce = secrets.token_bytes(_NONCE)
        cipher = Cipher(self._algorithm(how, self._newest), modes.GCM(nonce)).encryptor()
        cipher.authenticate_additional_data(head + about.encode())
        sealed = cipher.update(plain) + cipher.finalize()
        return head + nonce + sealed + cipher.tag

    def open(self, sealed: bytes, *, about: str) -> bytes:
        """What was sealed, by whichever suite and key.

        Raises:
            CannotOpenError: no key of that name, or something of it was changed, or it was sealed
                as something else.
        """
        head, rest = sealed[:_HEAD], sealed[_HEAD:]
        if len(rest) < _NONCE + _TAG or head[0] != _VERSION or head[1] not in [*_Seal]:
            message = f"{about}: not sealed by this house"
            raise CannotOpenError(message)
        name = head[2:]
        if name not in self._fields:
            self._read(again=True)
        if name not in self._fields:
            message = f"{about}: there is no key {name.hex()}"
            raise CannotOpenError(message)
        nonce, body, tag = rest[:_NONCE], rest[_NONCE:-_TAG], rest[-_TAG:]
        cipher = Cipher(self._algorithm(_Seal(head[1]), name), modes.GCM(nonce, tag)).decryptor()
        cipher.authenticate_additional_data(head + about.encode())
        try:
            return cipher.update(body) + cipher.finalize()
        except InvalidTag as error:
            message = f"{about}: it was changed or moved since key {name.hex()} sealed it"
            raise CannotOpenError(message) from error

    def sealed_by(self, sealed: bytes) -> tuple[str, bool]:
        """The name of the key, and whether the suite and the key are those that seal now."""
        self._read()
        now = bytes((_VERSION, _SEAL_OF[self.suite])) + self._newest
        return sealed[2:_HEAD].hex(), sealed[:_HEAD] == now

    def rotate_fields(self) -> str:
        """Make a new key that seals from now on; the old ones still open. Says its name."""
        self._read()
        number = len(list(self.folder.glob(_FIELD_KEYS)))
        while not put(self.folder, f"field-{number:04}.key", secrets.token_bytes(32)):
            number += 1
        self._read(again=True)
        return self._newest.hex()

    def blind(self, text: str, *, about: str) -> bytes:
        """32 bytes that are equal for equal texts and tell nothing else: the blind index.

        Width, case and the blanks around do not count, as in `３３０x` and `330X `.
        """
        algorithm, _, key = kept(self.folder, "blind.key", self._new_blind).partition(b":")
        plain = unicodedata.normalize("NFKC", text).strip().upper()
        content = about.encode() + b"\0" + plain.encode()
        secret = bytes.fromhex(key.decode())
        if algorithm == Digest.SHA256.encode():
            return hmac.digest(secret, content, "sha256")
        coded = HMAC(secret, hashes.SM3())
        coded.update(content)
        return coded.finalize()

    def rotate_blind(self) -> None:
        """Make a new key of the blind index, under the suite of now: every index is void then."""
        (self.folder / "blind.key").unlink(missing_ok=True)
        kept(self.folder, "blind.key", self._new_blind)

    def sign(self, content: bytes) -> Signature:
        """Sign as this installation, in the suite's way."""
        key = self.public_key()
        if key.algorithm is Signing.SM2:
            private, _ = self._sm2()
            value = gmssl_pyx.sm2_sign(private, key.value, content)
        else:
            value = self._ed25519().sign(content)
        return Signature(key.algorithm, key.key_id, value)

    def public_key(self) -> PublicKey:
        """The key by which others verify what this installation signs now."""
        if self.suite is Suite.GUOMI:
            algorithm, value = Signing.SM2, self._sm2()[1]
        else:
            public = self._ed25519().public_key()
            algorithm, value = (
                Signing.ED25519,
                public.public_bytes(Encoding.Raw, PublicFormat.Raw),
            )
        return PublicKey(algorithm, fingerprint(algorithm, value), value)

    def signing_keys(self) -> set[str]:
        """The fingerprints of every key this installation has signed with, in either suite."""
        files = {Suite.INTERNATIONAL: "signing-ed25519.key", Suite.GUOMI: "signing-sm2.key"}
        return {
            KeyRing(self.folder, suite).public_key().key_id
            for suite, name in files.items()
            if (self.folder / name).exists()
        }

    def verify(self, content: bytes, signature: Signature) -> bool:
        """Did this installation, with the key it signs with now, sign this very content?"""
        return verify_with(self.public_key(), content, signature)

    def _read(self, *, again: bool = False) -> None:
        """Look at the folder, unless nothing was laid into it since the last time."""
        if not self._fields and not any(self.folder.glob(_FIELD_KEYS)):
            put(self.folder, "field-0000.key", secrets.token_bytes(32))
        changed = self.folder.stat().st_mtime_ns
        if changed == self._seen and not again:
            return
        keys = [path.read_bytes() for path in sorted(self.folder.glob(_FIELD_KEYS))]
        named = {hashlib.sha256(key).digest()[:_KEY_NAME]: key for key in keys}
        self._fields, self._newest, self._seen = named, [*named][-1], changed

    def _algorithm(self, how: _Seal, name: bytes) -> algorithms.AES256 | algorithms.SM4:
        """The key of that name, made into one for this cipher alone (RFC 5869)."""
        derived = HKDF(hashes.SHA256(), _BYTES[how], None, how.name.encode())
        key = derived.derive(self._fields[name])
        return algorithms.AES256(key) if how is _Seal.AES_256_GCM else algorithms.SM4(key)

    def _new_blind(self) -> bytes:
        return f"{self.hashing}:{secrets.token_hex(32)}".encode()

    def _ed25519(self) -> Ed25519PrivateKey:
        raw = kept(
            self.folder,
            "signing-ed25519.key",
            lambda: Ed25519PrivateKey.generate().private_bytes(
                Encoding.Raw, PrivateFormat.Raw, NoEncryption()
            ),
        )
        return Ed25519PrivateKey.from_private_bytes(raw)

    def _sm2(self) -> tuple[bytes, bytes]:
        """The private half and the public one."""
        raw = kept(self.folder, "signing-sm2.key", lambda: b"".join(gmssl_pyx.sm2_key_generate()))
        return raw[_SM2_PUBLIC:], raw[:_SM2_PUBLIC]
