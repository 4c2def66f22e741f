"""Run a draw (抽选) of people's supervisors again: anybody can, with this one file.

    python verifier.py draw.json

It prints OK, or names what does not fit and ends with 1. It needs Python 3.11 and nothing else.

The draw, in five sentences. Before it, the organ publishes the pool: every serving supervisor by
number, with a weight, and with whoever is kept out and why; the SHA-256 of that pool; and a
commitment, which is the SHA-256 of a secret seed together with the pool's. The procuratorate,
having seen the commitment, adds a nonce of its own, so neither party alone chooses the outcome.
Then the seed is revealed. For each stratum the order of succession is a weighted drawing without
replacement, fed by HMAC-SHA256(seed, "nonce|stratum|counter") with rejection, so that it is exactly
even. Seats are filled in that order, first and later alike: whoever steps out is followed by the
next one of the same stratum.

Units and bounds: numbers, weights and seats are whole numbers; a weight is 1 to 100; a seed has 32
bytes and a nonce 16 to 32, both written in hexadecimal digits. PSUP-2021 20 asks for a random
draw from the pool, from those with a given expertise if need be; how it is drawn is practice.
"""

import hashlib
import hmac
import json
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

SCHEME = "jiantong-draw-1"
ALL = "all"
"""The stratum of the whole pool."""
SPAN = 2**256
"""So many values a number from HMAC-SHA256 can have."""
FURTHEST = 9
"""A lead of more than nine activities counts as nine: no weight is beyond 100."""


class DoesNotFitError(Exception):
    """A step of the draw that the rules do not lead to; the text says which."""


def canonical(document: Any) -> bytes:
    """The one way in which a document is written before it is hashed (UTF-8, keys sorted)."""
    written = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return written.encode()


def digest(document: Any) -> str:
    """SHA-256 of the canonical writing, in hexadecimal digits."""
    return hashlib.sha256(canonical(document)).hexdigest()


def commitment(pool_sha256: str, seed: str) -> str:
    """What is published before the seed: it binds the seed and the pool to each other."""
    return digest({"scheme": SCHEME, "pool_sha256": pool_sha256, "seed": seed})


def witness(committed: str, nonce: str) -> str:
    """What the witness keeps: it binds the nonce to the commitment that was seen before it."""
    return digest({"scheme": SCHEME, "commitment": committed, "nonce": nonce})


def weight(served: int, most: int) -> int:
    """The weight of somebody who has served that often in the term, where `most` served most.

    (lead + 1) squared, the lead being how many times fewer, at most nine: 1 for whoever served
    most, 100 for whoever is nine or more behind. Nobody's chance is ever nothing.
    """
    return (min(max(most - served, 0), FURTHEST) + 1) ** 2


def numbers(seed: bytes, nonce: str, stratum: str) -> Iterator[int]:
    """Numbers from 0 to SPAN - 1, the same for everybody who knows seed, nonce and stratum."""
    counter = 0
    while True:
        said = f"{nonce}|{stratum}|{counter}".encode()
        yield int.from_bytes(hmac.new(seed, said, hashlib.sha256).digest(), "big")
        counter += 1


def below(source: Iterator[int], bound: int, span: int = SPAN) -> int:
    """A number from 0 to bound - 1, each exactly as likely; 1 <= bound <= span.

    What lies beyond the last whole multiple of `bound` is thrown away: a plain remainder would
    favour the small ones.
    """
    fair = span - span % bound
    return next(number for number in source if number < fair) % bound


def succession(seed: bytes, nonce: str, stratum: str, weights: Mapping[int, int]) -> list[int]:
    """The order of one stratum: weighted drawing without replacement, all candidates in it."""
    source = numbers(seed, nonce, stratum)
    left = dict(sorted(weights.items()))
    order = list[int]()
    while left:
        ends = list(accumulate(left.values()))
        place = bisect_right(ends, below(source, ends[-1]))
        candidate = list(left)[place]
        order.append(candidate)
        del left[candidate]
    return order


def orders(pool: Mapping[str, Any], seed: bytes, nonce: str) -> dict[str, list[int]]:
    """The order of every stratum of a pool."""
    return {
        stratum["name"]: succession(
            seed,
            nonce,
            stratum["name"],
            {one["number"]: one["weight"] for one in eligible(pool, stratum["name"])},
        )
        for stratum in pool["strata"]
    }


def eligible(pool: Mapping[str, Any], stratum: str) -> list[Mapping[str, Any]]:
    """Whoever may be drawn for a stratum: not kept out, and knowing of it."""
    return [
        one
        for one in pool["candidates"]
        if not one["excluded"] and (stratum == ALL or stratum in one["fields"])
    ]


@dataclass
class Panel:
    """Who has a seat, and which seats are still to be filled, change by change."""

    orders: Mapping[str, Sequence[int]]
    wanted: int
    pending: list[str]
    """The strata of the free seats, in the order in which they are filled."""
    seated: dict[int, str] = field(default_factory=dict[int, str])
    """Whoever has a seat now, and for which stratum."""
    passed: set[int] = field(default_factory=set[int])
    """Whoever can have none any more: drawn before, or barred since."""

    @classmethod
    def of(cls, pool: Mapping[str, Any], orders: Mapping[str, Sequence[int]]) -> "Panel":
        """The panel before anybody is seated."""
        pending = [one["name"] for one in pool["strata"] for _ in range(one["seats"])]
        return cls(orders, len(pending), pending)

    def following(self, stratum: str) -> int | None:
        """The next one in the order of a stratum, if there still is one."""
        return next((one for one in self.orders[stratum] if one not in self.passed), None)

    def take(self, change: Mapping[str, Any]) -> None:
        """Make one change, if the rules lead to it.

        Raises DoesNotFitError: they do not.
        """
        steps: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "barred": self._bar,
            "drawn": self._seat,
            "out": self._out,
            "unfilled": self._give_up,
            "fewer": self._want_fewer,
            "reopened": self._reopen,
        }
        _must(change["kind"] in steps, f"unknown kind {change['kind']!r}")
        steps[change["kind"]](change)

    def _bar(self, change: Mapping[str, Any]) -> None:
        """Somebody who has no seat cannot be drawn any more: suspended, removed, away."""
        candidate = change["candidate"]
        _must(candidate not in self.passed, f"candidate {candidate} was drawn or barred before")
        self.passed.add(candidate)

    def _seat(self, change: Mapping[str, Any]) -> None:
        stratum, candidate = self._next_seat(change), change["candidate"]
        due = self.following(stratum)
        _must(
            due is not None and candidate == due,
            f"{candidate} was invited where {due} is next in {stratum}",
        )
        self.passed.add(candidate)
        self.seated[candidate] = stratum

    def _out(self, change: Mapping[str, Any]) -> None:
        candidate = change["candidate"]
        _must(candidate in self.seated, f"candidate {candidate} had no seat")
        stratum = self.seated.pop(candidate)
        if len(self.seated) + len(self.pending) < self.wanted:
            self.pending.append(stratum)

    def _give_up(self, change: Mapping[str, Any]) -> None:
        """A seat stays empty: nobody is left, or the activity has begun."""
        stratum = self._next_seat(change)
        left = self.following(stratum)
        gone = change["because"] != "exhausted" or left is None
        _must(gone, f"{left} is left in {stratum}, yet a seat was given up")

    def _want_fewer(self, change: Mapping[str, Any]) -> None:
        _must(0 < change["wanted"] < self.wanted, f"{change['wanted']} is not fewer")
        self.wanted = change["wanted"]
        while self.pending and len(self.seated) + len(self.pending) > self.wanted:
            self.pending.pop()

    def _reopen(self, change: Mapping[str, Any]) -> None:
        """The activity was moved to later: a seat that had been given up is to be filled."""
        free = len(self.seated) + len(self.pending) < self.wanted
        _must(free, "a seat was opened again, yet none was free")
        self.pending.append(change["stratum"])

    def _next_seat(self, change: Mapping[str, Any]) -> str:
        stratum: str = change["stratum"]
        _must(self.pending[:1] == [stratum], f"no seat of {stratum} is to be filled next")
        return self.pending.pop(0)


def _must(holds: object, words: str) -> None:
    if not holds:
        raise DoesNotFitError(words)


def replay(
    pool: Mapping[str, Any],
    drawn: Mapping[str, Sequence[int]],
    changes: Sequence[Mapping[str, Any]],
) -> Panel:
    """The panel after all changes.

    Raises DoesNotFitError: a change to which the rules do not lead, by its ordinal.
    """
    panel = Panel.of(pool, drawn)
    for ordinal, change in enumerate(changes, 1):
        try:
            panel.take(change)
        except DoesNotFitError as error:
            words = f"change {ordinal}: {error}"
            raise DoesNotFitError(words) from error
    return panel


def problems(draw: Mapping[str, Any]) -> list[str]:
    """All that does not fit in a published draw; nothing, if it is as it should be."""
    try:
        return list(_problems(draw))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [f"form: this is not a published draw ({type(error).__name__}: {error})"]


def _problems(draw: Mapping[str, Any]) -> Iterator[str]:
    if draw["scheme"] != SCHEME:
        yield f"scheme: {draw['scheme']!r} is not {SCHEME!r}"
        return
    yield from _before(draw)
    if draw["seed"] is None:
        yield "seed: it has not been revealed yet"
        return
    if commitment(draw["pool_sha256"], draw["seed"]) != draw["commitment"]:
        yield "seed: it is not the seed that was committed to"
    again = orders(draw["pool"], bytes.fromhex(draw["seed"]), draw["nonce"])
    for stratum in sorted(again.keys() | draw["orders"].keys()):
        if again.get(stratum) != draw["orders"].get(stratum):
            yield f"order: that of {stratum} is another"
    yield from _after(draw, again)


def _before(draw: Mapping[str, Any]) -> Iterator[str]:
    """What can be checked as soon as the draw is published and witnessed."""
    candidates = draw["pool"]["candidates"]
    if digest(draw["pool"]) != draw["pool_sha256"]:
        yield "pool: it is not the pool whose SHA-256 was published"
    most = max((one["served"] for one in candidates if not one["excluded"]), default=0)
    for one in candidates:
        if one["weight"] != (due := weight(one["served"], most)):
            yield f"weight: candidate {one['number']} has {one['weight']}, not {due}"
    receipt = draw["nonce"] and witness(draw["commitment"], draw["nonce"])
    if receipt != draw["witness_sha256"]:
        yield "nonce: it is not the nonce that the witness gave"


def _after(draw: Mapping[str, Any], drawn: Mapping[str, Sequence[int]]) -> Iterator[str]:
    """Who is invited, change by change."""
    try:
        panel = replay(draw["pool"], drawn, draw["changes"])
    except DoesNotFitError as error:
        yield str(error)
        return
    if panel.pending:
        yield f"changes: a seat of {panel.pending[0]} is neither filled nor given up"
    if sorted(panel.seated) != sorted(draw["invited"]):
        yield f"invited: by the rules it is {sorted(panel.seated)}"


def main(arguments: Sequence[str]) -> int:
    """The command line: one file, checked."""
    if len(arguments) != 1:
        sys.stdout.write("usage: python verifier.py draw.json\n")
        return 2
    try:
        draw = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.stdout.write(f"form: {error}\n")
        return 1
    found = problems(draw)
    sys.stdout.write("".join(f"{line}\n" for line in found) or "OK\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
