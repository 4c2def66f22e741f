"""Run the draw of a case's prosecutor (随机分案) again: anybody can, with this one file.

    python -I verifier.py record.json ...

It prints OK for each record, or names what does not fit and ends with 1. It needs Python 3.11 and
nothing else. Given several records of one list, it also checks that they follow one another.

The draw, in six sentences. Before any case comes in, the procuratorate publishes an anchor, which
is a secret hashed thousands of times with SHA-256. Each draw reveals the next value back towards
the secret, its seed: hashed once it is the seed of the draw before, hashed as often as the draw's
turn it is the anchor. The case has a nonce, fixed when it was received, so that neither the office
nor the police alone chooses the outcome. Every candidate has been drawn so many times and carries
a share of the usual load, 1 to 100 percent; the rounds behind somebody are 100 x drawn / share,
rounded down. Candidates with the fewest rounds behind them are tied, in the order of their
numbers. HMAC-SHA256(seed, nonce), as a number, modulo how many are tied, says which of them it is.

Law: a case is handled by one prosecutor, or by a team under a lead (RULES 5), and stays theirs
(RULES 8). How it is drawn is practice. This file is written apart from the program that draws:
a mistake in one shows in the other.
"""

import hashlib
import hmac
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

SCHEME = "jiantong-assignment-2"
BEFORE_SHARES = "jiantong-assignment-1"
"""The same, when everybody carried the whole load."""
RANDOM = "random"
WHOLE = 100
LONGEST = 1_000_000
"""No chain has more turns; a record that claims more is none."""
SEED_BYTES = 32

Candidate = Mapping[str, int]


def hashed(value: bytes, times: int) -> bytes:
    """SHA-256, so many times over."""
    for _ in range(times):
        value = hashlib.sha256(value).digest()
    return value


def rounds(candidate: Candidate) -> int:
    """How many rounds are behind somebody: one for each full load."""
    return WHOLE * candidate["drawn"] // candidate["share"]


def least(candidates: Sequence[Candidate]) -> list[int]:
    """The persons with the fewest rounds behind them, in the order of their numbers."""
    fewest = min(rounds(one) for one in candidates)
    return sorted(one["person"] for one in candidates if rounds(one) == fewest)


def chosen(candidates: Sequence[Candidate], seed: bytes, nonce: bytes) -> int:
    """Whom the draw names."""
    tied = least(candidates)
    number = int.from_bytes(hmac.new(seed, nonce, hashlib.sha256).digest(), "big")
    return tied[number % len(tied)]


Choose = Callable[[Sequence[Candidate], bytes, bytes], int]


def problems(record: Mapping[str, Any]) -> list[str]:
    """All that does not fit in one published record; nothing, if it is as it should be."""
    try:
        return list(_problems(record))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [f"form: this is not a published record ({type(error).__name__}: {error})"]


def _problems(record: Mapping[str, Any]) -> Iterator[str]:
    if record["scheme"] not in {SCHEME, BEFORE_SHARES}:
        yield f"scheme: {record['scheme']!r} is neither {SCHEME!r} nor {BEFORE_SHARES!r}"
        return
    if record["kind"] != RANDOM:
        return
    seed, nonce = bytes.fromhex(record["seed"]), bytes.fromhex(record["nonce"])
    turn: int = record["turn"]
    if len(seed) != SEED_BYTES:
        yield f"seed: it has {len(seed)} bytes, not {SEED_BYTES}"
    if not nonce:
        yield "nonce: there is none"
    if hashed(seed, 1).hex() != record["before"]:
        yield "before: the seed does not hash to the seed of the draw before it"
    if not 1 <= turn <= LONGEST:
        yield f"turn: {turn} is none"
    elif hashed(seed, turn).hex() != record["anchor"]:
        yield "anchor: the seed was not committed to; hashed once for each turn it is another"
    yield from _times(record)
    wrong = list(_candidates(record))
    yield from wrong
    if not wrong:
        named = chosen(record["candidates"], seed, nonce)
        if named != record["handler"]:
            yield f"handler: by the draw it is {named}, not {record['handler']}"


def _times(record: Mapping[str, Any]) -> Iterator[str]:
    committed, received = record["committed_at"], record["received_at"]
    if datetime.fromisoformat(committed) > datetime.fromisoformat(received):
        yield f"committed_at: the anchor is from {committed}, the case from {received}"


def _candidates(record: Mapping[str, Any]) -> Iterator[str]:
    candidates = record["candidates"]
    persons = [one["person"] for one in candidates]
    kept_out = {one["person"] for one in record["exclusions"]}
    if not persons:
        yield "candidates: there are none"
    if len(set(persons)) != len(persons):
        yield "candidates: somebody is named twice"
    for one in candidates:
        if one["person"] in kept_out:
            yield f"candidates: {one['person']} is excluded and a candidate"
        if not 1 <= one["share"] <= WHOLE or one["drawn"] < 0:
            yield f"candidates: {one['person']} has a share or a count that is none"
        if record["scheme"] == BEFORE_SHARES and one["share"] != WHOLE:
            yield f"candidates: {one['person']} has a share from before there were any"


def breaks(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """What does not fit between the records of one list and one anchor, in the order of turns.

    Each must fit by itself. Seeds follow one another; between two draws that follow one another
    nobody's count changes but that of whoever was drawn, or by a share that was set anew.
    """
    found: list[str] = []
    last: dict[int, tuple[int, Candidate]] = {}
    before: Mapping[str, Any] | None = None
    for record in sorted(records, key=lambda one: (one["turn"], one["assignment"])):
        turn, name = record["turn"], f"assignment {record['assignment']}"
        if before is not None and turn == before["turn"]:
            found.append(f"{name}: turn {turn} was drawn twice")
            continue
        if before is not None and turn == before["turn"] + 1 and record["before"] != before["seed"]:
            found.append(f"{name}: its seed does not follow from that of turn {before['turn']}")
        for one in record["candidates"]:
            at, was = last.get(one["person"], (0, None))
            if was is not None and not _carries_on(was, one, follows=at == turn - 1):
                found.append(
                    f"{name}: {one['person']} has been drawn {one['drawn']} times,"
                    f" which does not follow from turn {at}"
                )
        for one in record["candidates"]:
            drawn = one["drawn"] + (one["person"] == record["handler"])
            last[one["person"]] = (turn, {**one, "drawn": drawn})
        before = record
    return found


def _carries_on(was: Candidate, now: Candidate, *, follows: bool) -> bool:
    """Does a count follow from the one before? Who was away may have been raised, never lowered."""
    due = was["drawn"]
    if was["share"] != now["share"]:
        due = -(-rounds(was) * now["share"] // WHOLE)
    return now["drawn"] == due if follows else now["drawn"] >= due


def missing(records: Sequence[Mapping[str, Any]]) -> list[int]:
    """Turns up to the last one of which there is no record."""
    turns = {record["turn"] for record in records}
    return sorted(set(range(1, max(turns, default=0) + 1)) - turns)


def by_chain(records: Sequence[Mapping[str, Any]]) -> dict[tuple[int, str], list[Any]]:
    """The draws among the records, by their list and anchor."""
    chains: dict[tuple[int, str], list[Any]] = {}
    for record in records:
        if record["kind"] == RANDOM:
            chains.setdefault((record["rotation_list"], record["anchor"]), []).append(record)
    return chains


def main(arguments: Sequence[str]) -> int:
    """The command line: records, each checked, then what lies between them."""
    if not arguments or arguments[0].startswith("-"):
        sys.stdout.write("usage: python -I verifier.py record.json ...\n")
        return 2
    wrong, fitting = 0, []
    for argument in arguments:
        try:
            record = json.loads(Path(argument).read_text(encoding="utf-8"))
            found = problems(record)
        except (OSError, ValueError) as error:
            record, found = {}, [f"form: {error}"]
        if found:
            wrong += 1
            sys.stdout.write("".join(f"{argument}: {line}\n" for line in found))
        elif record["kind"] == RANDOM:
            fitting.append(record)
            sys.stdout.write(f"{argument}: OK, turn {record['turn']} of {record['anchor']}\n")
        else:
            sys.stdout.write(f"{argument}: nobody was drawn ({record['kind']})\n")
    for chain in by_chain(fitting).values():
        between = breaks(chain)
        wrong += len(between)
        sys.stdout.write("".join(f"{line}\n" for line in between))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
