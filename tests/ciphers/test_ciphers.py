"""Hashes, seals and signatures: the published vectors, and what must not open."""

import hashlib
from pathlib import Path

import gmssl_pyx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.kernel.ciphers import (
    CannotOpenError,
    Digest,
    KeyRing,
    PublicKey,
    Signature,
    Signing,
    Suite,
    digest,
    fingerprint,
    verify_with,
)

ABOUT = "suspects.document_number"
PLAIN = "一一〇三".encode()


@pytest.fixture(params=Suite)
def ring(request: pytest.FixtureRequest, tmp_path: Path) -> KeyRing:
    return KeyRing.kept_in(tmp_path, request.param)


def test_hashes_are_those_of_the_standards() -> None:
    # FIPS 180-4 and GB/T 32905-2016, both of "abc".
    sha = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    sm3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert digest(Digest.SHA256, b"abc").hex() == sha
    assert digest(Digest.SM3, b"abc").hex() == sm3


def test_sm4_gcm_is_that_of_rfc_8998() -> None:
    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    nonce = bytes.fromhex("00001234567800000000ABCD")
    about = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plain = bytes.fromhex("".join(letter * 16 for letter in "ABCDEFEA"))
    cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(about)
    sealed = cipher.update(plain) + cipher.finalize()
    assert sealed.hex().startswith("17f399f08c67d5ee19d0dc9969c4bb7d")
    assert cipher.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"


def test_a_seal_under_guomi_is_sm4_gcm_to_another_library_too(tmp_path: Path) -> None:
    ring = KeyRing.kept_in(tmp_path, Suite.GUOMI)
    sealed = ring.seal(PLAIN, about=ABOUT)
    kept = (tmp_path / "field-0000.key").read_bytes()
    key = HKDF(hashes.SHA256(), 16, None, b"SM4_GCM").derive(kept)
    head, nonce, body, tag = sealed[:6], sealed[6:18], sealed[18:-16], sealed[-16:]
    opened = gmssl_pyx.sm4_gcm_decrypt(
        key=key, iv=nonce, aad=head + ABOUT.encode(), ciphertext=body, tag=tag
    )
    assert opened == PLAIN


def test_sm2_verifies_the_example_of_the_standard() -> None:
    # GB/T 32918.5-2017, the signature of "message digest" on the recommended curve.
    public = bytes.fromhex(
        "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    r = bytes.fromhex("F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3")
    s = bytes.fromhex("B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA")
    body = b"\x02\x21\x00" + r + b"\x02\x21\x00" + s
    key = PublicKey(Signing.SM2, fingerprint(Signing.SM2, public), public)
    signed = Signature(Signing.SM2, key.key_id, b"\x30" + bytes([len(body)]) + body)
    assert verify_with(key, b"message digest", signed)
    assert not verify_with(key, b"message digesT", signed)


def test_what_was_sealed_opens_and_looks_like_nothing(ring: KeyRing) -> None:
    sealed = ring.seal(PLAIN, about=ABOUT)
    assert ring.open(sealed, about=ABOUT) == PLAIN
    assert PLAIN not in sealed
    assert sealed != ring.seal(PLAIN, about=ABOUT)


def test_a_seal_opens_in_no_other_column(ring: KeyRing) -> None:
    with pytest.raises(CannotOpenError, match="changed or moved"):
        ring.open(ring.seal(PLAIN, about=ABOUT), about="suspects.address")


def test_no_byte_of_a_seal_may_change(ring: KeyRing) -> None:
    sealed = ring.seal(PLAIN, about=ABOUT)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(CannotOpenError):
            ring.open(bytes(changed), about=ABOUT)


@pytest.mark.parametrize("length", [0, 1, 5, 6, 33])
def test_a_seal_cut_short_does_not_open(ring: KeyRing, length: int) -> None:
    with pytest.raises(CannotOpenError):
        ring.open(ring.seal(PLAIN, about=ABOUT)[:length], about=ABOUT)


def test_a_new_key_seals_and_the_old_one_still_opens(ring: KeyRing) -> None:
    elsewhere = KeyRing.kept_in(ring.folder, ring.suite)
    first = elsewhere.seal(PLAIN, about=ABOUT)
    name = ring.rotate_fields()
    second = elsewhere.seal(PLAIN, about=ABOUT)
    assert elsewhere.sealed_by(second) == (name, True)
    assert elsewhere.sealed_by(first)[1] is False
    assert [ring.open(each, about=ABOUT) for each in (first, second)] == [PLAIN, PLAIN]


def test_without_its_key_nothing_opens_and_the_error_names_the_key(ring: KeyRing) -> None:
    sealed = ring.seal(PLAIN, about=ABOUT)
    name, _ = ring.sealed_by(sealed)
    ring.rotate_fields()
    (ring.folder / "field-0000.key").unlink()
    left = KeyRing.kept_in(ring.folder, ring.suite)
    with pytest.raises(CannotOpenError, match=name):
        left.open(sealed, about=ABOUT)


def test_either_suite_opens_what_the_other_sealed(tmp_path: Path) -> None:
    rings = [KeyRing.kept_in(tmp_path, suite) for suite in Suite]
    sealed = [ring.seal(PLAIN, about=ABOUT) for ring in rings]
    assert [each[1] for each in sealed] == [1, 2]
    assert all(ring.open(each, about=ABOUT) == PLAIN for ring in rings for each in sealed)


def test_equal_texts_have_one_blind_index(ring: KeyRing) -> None:
    assert ring.blind("３３０x", about=ABOUT) == ring.blind(" 330X ", about=ABOUT)
    assert ring.blind("330X", about=ABOUT) != ring.blind("330Y", about=ABOUT)
    assert ring.blind("330X", about=ABOUT) != ring.blind("330X", about="suspects.address")
    assert len(ring.blind("330X", about=ABOUT)) == 32


def test_a_blind_index_is_void_once_its_key_changed(ring: KeyRing) -> None:
    before = ring.blind("330X", about=ABOUT)
    ring.rotate_blind()
    assert ring.blind("330X", about=ABOUT) != before


def test_what_was_signed_is_verified_and_nothing_else(ring: KeyRing) -> None:
    signed = ring.sign(b"heads")
    key = ring.public_key()
    assert ring.verify(b"heads", signed)
    assert verify_with(key, b"heads", signed)
    assert not verify_with(key, b"hands", signed)
    assert not verify_with(key, b"heads", Signature(signed.algorithm, key.key_id, bytes(64)))


def test_a_public_key_under_a_false_name_verifies_nothing(ring: KeyRing, tmp_path: Path) -> None:
    signed = ring.sign(b"heads")
    other = KeyRing.kept_in(tmp_path / "other", ring.suite)
    stranger = other.public_key()
    posing = PublicKey(stranger.algorithm, ring.public_key().key_id, stranger.value)
    forged = Signature(signed.algorithm, signed.key_id, other.sign(b"heads").value)
    assert not verify_with(posing, b"heads", forged)


def test_keys_are_for_this_account_alone_and_are_made_once(ring: KeyRing) -> None:
    ring.seal(PLAIN, about=ABOUT)
    ring.blind("330X", about=ABOUT)
    ring.sign(b"heads")
    again = KeyRing.kept_in(ring.folder, ring.suite)
    assert again.public_key() == ring.public_key()
    assert again.blind("330X", about=ABOUT) == ring.blind("330X", about=ABOUT)
    assert {path.stat().st_mode & 0o777 for path in ring.folder.iterdir()} == {0o600}
    assert not list(ring.folder.glob(".*"))


def test_a_ring_tells_nothing_of_its_keys(ring: KeyRing) -> None:
    ring.seal(PLAIN, about=ABOUT)
    kept = (ring.folder / "field-0000.key").read_bytes()
    assert kept.hex() not in repr(ring)
    assert repr(kept) not in repr(ring)


def test_the_name_of_a_key_is_a_hash_of_it() -> None:
    assert fingerprint(Signing.ED25519, b"x") == hashlib.sha256(b"ed25519:x").hexdigest()[:32]
