"""The draw (随机轮案): pure arithmetic that anyone can run again.

Every prosecutor of a list has been drawn so many times. A draw picks one of those drawn least
often, so that loads in one list never lie further than one apart; which one, nobody can know or
choose: the seed was committed before the case came in, and is mixed with a nonce fixed when it
came in.

The seeds form a hash chain (L. Lamport, *Password authentication with insecure communication*,
CACM 24/11, 1981): the anchor `H^n(tail)` is published when the list is opened, the k-th draw
reveals `H^(n-k)(tail)`, and whoever knows the one before verifies it by hashing once.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A prosecutor who may be drawn, and how often that has happened in this list."""

    person_id: int
    drawn: int


def anchor_of(tail: bytes, length: int) -> bytes:
    """The published commitment to every seed of a chain of `length` draws."""
    return _hashed(tail, length)


def seed_of(tail: bytes, length: int, turn: int) -> bytes:
    """The seed of the `turn`-th draw, 1 … `length`.

    Raises:
        ValueError: the chain has no such turn.
    """
    if not 1 <= turn <= length:
        message = f"turn {turn} of a chain of {length}"
        raise ValueError(message)
    return _hashed(tail, length - turn)


def follows(seed: bytes, before: bytes) -> bool:
    """Whether `seed` is the one committed to by the seed (or anchor) `before` it."""
    return hmac.compare_digest(_hashed(seed, 1), before)


def draw(candidates: Sequence[Candidate], seed: bytes, nonce: bytes) -> int:
    """The person drawn: one of those with the fewest draws, by HMAC-SHA256(seed, nonce).

    The remainder of a 256-bit number by n candidates is even to within n·2⁻²⁵⁶.

    Raises:
        ValueError: nobody can be drawn.
    """
    if not candidates:
        message = "nobody to draw from"
        raise ValueError(message)
    fewest = min(candidate.drawn for candidate in candidates)
    tied = sorted(one.person_id for one in candidates if one.drawn == fewest)
    number = int.from_bytes(hmac.digest(seed, nonce, "sha256"))
    return tied[number % len(tied)]


def _hashed(value: bytes, times: int) -> bytes:
    for _ in range(times):
        value = hashlib.sha256(value).digest()
    return value
