"""The draw (随机轮案): pure arithmetic that anyone can run again.

Every prosecutor of a list has been drawn so many times. A draw picks one of those drawn least
often, so that loads in one list never lie further than one apart; which one, nobody can know or
choose: the seed was committed before the case came in, and is mixed with a nonce fixed when it
came in.

Whoever carries a share of the usual load (院领导办案比例, other duties, part time) is drawn as
often as the share says. A round is one case for each who carries all of it; with half a share
one takes part in every second round, with 30 % in three of ten. Within a round everybody in it
is as likely as the other at every place, so a share changes how often, never when.

The seeds form a hash chain (L. Lamport, *Password authentication with insecure communication*,
CACM 24/11, 1981): the anchor `H^n(tail)` is published when the list is opened, the k-th draw
reveals `H^(n-k)(tail)`, and whoever knows the one before verifies it by hashing once.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

FULL = 100
"""The share of whoever carries the usual load, in percent."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A prosecutor who may be drawn, how often that has happened in this list, and the share.

    A share is 1 to 100 percent of the usual load.
    """

    person_id: int
    drawn: int
    share: int = FULL

    @property
    def rounds(self) -> int:
        """How many rounds are behind them: full loads, rounded down."""
        return self.drawn * FULL // self.share


def drawn_after(rounds: int, share: int) -> int:
    """How often somebody with that share has been drawn when so many rounds are behind them.

    The smallest count that puts them there: nobody who is new or whose share changes is flooded.
    """
    return -(-rounds * share // FULL)


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
    """The person drawn: one of those with the fewest rounds behind them, by HMAC(seed, nonce).

    The remainder of a 256-bit number by n candidates is even to within n·2⁻²⁵⁶.

    Raises:
        ValueError: nobody can be drawn.
    """
    if not candidates:
        message = "nobody to draw from"
        raise ValueError(message)
    fewest = min(candidate.rounds for candidate in candidates)
    tied = sorted(one.person_id for one in candidates if one.rounds == fewest)
    number = int.from_bytes(hmac.digest(seed, nonce, "sha256"))
    return tied[number % len(tied)]


def _hashed(value: bytes, times: int) -> bytes:
    for _ in range(times):
        value = hashlib.sha256(value).digest()
    return value
