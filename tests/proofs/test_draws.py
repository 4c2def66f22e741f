"""A hundred thousand draws: as even as the law wants, and as random as chance is."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import islice, pairwise

import pytest

from services.assignments.operations import CHAIN
from services.assignments.rotation import Candidate, anchor_of, draw, follows, seed_of
from tests.proofs.conftest import Told

SAMPLE, FULL = 8_000, 100_000
SIZES = [
    *(pytest.param(size, SAMPLE, id=f"{size}-sample") for size in (7, 13)),
    *(pytest.param(size, FULL, id=f"{size}-full", marks=pytest.mark.prove) for size in (7, 13)),
]


def chance(*what: object) -> bytes:
    """32 bytes that look like chance and are the same in every run."""
    return sha256(repr(what).encode()).digest()


def seeds() -> Iterator[bytes]:
    """The seeds of one chain after another, in the order in which they are revealed."""
    chain = 0
    while True:
        chain += 1
        link = chance("tail", chain)
        links = [link]
        for _ in range(CHAIN):
            links.append(sha256(links[-1]).digest())
        anchor, *revealed = reversed(links)
        assert anchor == anchor_of(link, CHAIN)
        assert revealed[0] == seed_of(link, CHAIN, 1)
        assert all(follows(after, before) for before, after in pairwise([anchor, *revealed]))
        yield from revealed


def drawn(size: int, times: int) -> tuple[list[int], float]:
    """So many draws from a list of `size`, as the rotation makes them; and how long they took."""
    loads = dict.fromkeys(range(size), 0)
    handlers: list[int] = []
    spent = 0.0
    for number, seed in enumerate(islice(seeds(), times)):
        candidates = [Candidate(person, load) for person, load in loads.items()]
        nonce = chance("nonce", number)[:16]
        begun = time.perf_counter()
        chosen = draw(candidates, seed, nonce)
        spent += time.perf_counter() - begun
        loads[chosen] += 1
        assert max(loads.values()) - min(loads.values()) <= 1
        handlers.append(chosen)
    return handlers, spent


Choose = Callable[[Sequence[Candidate], bytes, bytes], int]
SHARES = {0: 100, 1: 100, 2: 100, 3: 50, 4: 30}
"""Three who carry all of the usual load, a deputy with half of it, a chief with 30 percent."""


def bears_shares(choose: Choose, times: int) -> None:
    """Whether a way to draw keeps the shares, and every place of a round open to all in it.

    A round is over when whoever is behind has caught up. In each kind of round (who takes part
    in it), each is as often at each place as the others.
    """
    loads = dict.fromkeys(SHARES, 0)
    rounds: dict[int, list[int]] = {}
    for number, seed in enumerate(islice(seeds(), times)):
        candidates = [Candidate(person, loads[person], share) for person, share in SHARES.items()]
        chosen = choose(candidates, seed, chance("nonce", number)[:16])
        rounds.setdefault(min(one.rounds for one in candidates), []).append(chosen)
        loads[chosen] += 1
        due = [loads[person] * 100 / share for person, share in SHARES.items()]
        assert max(due) - min(due) < 1 + 100 / min(SHARES.values()), "the loads drift apart"
    rounds.popitem()
    for person, share in SHARES.items():
        expected = times * share / sum(SHARES.values())
        assert abs(loads[person] - expected) <= 2, f"{person} was drawn {loads[person]} times"
    kinds: dict[frozenset[int], list[list[int]]] = {}
    for one in rounds.values():
        assert len(set(one)) == len(one), "nobody is drawn twice in a round"
        kinds.setdefault(frozenset(one), []).append(one)
    assert {len(kind) for kind in kinds} == {3, 4, 5}
    for kind, played in kinds.items():
        named = dict(zip(sorted(kind), range(len(kind)), strict=True))
        for place in range(len(kind)):
            at_place = Counter(named[one[place]] for one in played)
            told = f"place {place} of a round of {sorted(kind)}"
            assert chi_square(at_place, len(kind)) < critical(len(kind) - 1), told


def chi_square(seen: Counter[int], cells: int) -> float:
    expected = seen.total() / cells
    return sum((seen[cell] - expected) ** 2 for cell in range(cells)) / expected


def critical(freedom: int) -> float:
    """What chi-square exceeds once in a thousand times (E. B. Wilson, M. M. Hilferty, 1931)."""
    ninth = 2 / (9 * freedom)
    return freedom * (1 - ninth + 3.0902 * ninth**0.5) ** 3  # type: ignore[no-any-return]


@pytest.mark.parametrize(("size", "times"), SIZES)
def test_draws_are_even_and_no_round_tells_the_next(measured: Told, size: int, times: int) -> None:
    """Nobody has two more than another; and within that, everybody is first, second, last alike.

    Evenness fixes how often each is drawn; chance has only the order inside a round. So each
    place of a round is tested against an even spread, and whether the last of one round says
    anything about the first of the next.
    """
    handlers, spent = drawn(size, times)

    whole = [handlers[n : n + size] for n in range(0, times - size + 1, size)]
    assert all(len(set(one)) == size for one in whole), "each round draws everybody once"
    for place in range(size):
        at_place = Counter(one[place] for one in whole)
        assert chi_square(at_place, size) < critical(size - 1), f"place {place} of a round"
    pairs = Counter(before[-1] * size + after[0] for before, after in pairwise(whole))
    assert chi_square(pairs, size * size) < critical(size * size - 1)
    measured(f"{times} draws from {size} in {spent:.2f} s: {times / spent:,.0f} a second")


@pytest.mark.parametrize(("size", "times"), SIZES)
def test_each_of_a_list_is_drawn_alike(size: int, times: int) -> None:
    """With equal loads every draw is free: an even spread, and each draw apart from the last."""
    candidates = [Candidate(person, 3) for person in range(size)]
    handlers = [
        draw(candidates, seed, chance("nonce", number))
        for number, seed in enumerate(islice(seeds(), times))
    ]

    assert chi_square(Counter(handlers), size) < critical(size - 1)
    pairs = Counter(before * size + after for before, after in pairwise(handlers))
    assert chi_square(pairs, size * size) < critical(size * size - 1)


ALONE = [
    pytest.param(SAMPLE, id="sample"),
    pytest.param(FULL, id="full", marks=pytest.mark.prove),
]


@pytest.mark.parametrize("times", ALONE)
def test_shares_are_borne_and_say_how_often_but_never_when(times: int) -> None:
    bears_shares(draw, times)


def _never_the_last(candidates: Sequence[Candidate], seed: bytes, nonce: bytes) -> int:
    """The classic mistake: of n who are tied, one of the first n - 1."""
    fewest = min(one.rounds for one in candidates)
    tied = sorted(one.person_id for one in candidates if one.rounds == fewest)
    return tied[int.from_bytes(sha256(seed + nonce).digest()) % max(len(tied) - 1, 1)]


def _one_ahead_too(candidates: Sequence[Candidate], seed: bytes, nonce: bytes) -> int:
    """Whoever is one round ahead is drawn as well."""
    fewest = min(one.rounds for one in candidates)
    tied = sorted(one.person_id for one in candidates if one.rounds <= fewest + 1)
    return tied[int.from_bytes(sha256(seed + nonce).digest()) % len(tied)]


def _one_byte(candidates: Sequence[Candidate], seed: bytes, nonce: bytes) -> int:
    """One byte of chance, and a remainder: the first ones are a little likelier."""
    fewest = min(one.rounds for one in candidates)
    tied = sorted(one.person_id for one in candidates if one.rounds == fewest)
    return tied[min(sha256(seed + nonce).digest()[0] % 7, len(tied) - 1)]


@pytest.mark.parametrize("mutant", [_never_the_last, _one_ahead_too, _one_byte])
def test_a_way_to_draw_that_is_wrong_by_one_is_caught(mutant: Choose) -> None:
    with pytest.raises(AssertionError, match=r"place|twice|drift|times"):
        bears_shares(mutant, 4000)


@pytest.mark.parametrize("fixed", ["seed", "nonce"])
def test_neither_the_seed_nor_the_nonce_alone_decides(fixed: str) -> None:
    """Who knows the one cannot foretell the draw: over the other it is spread evenly."""
    candidates = [Candidate(person, 0) for person in range(7)]
    same, varied = chance("same"), [chance("varied", n) for n in range(SAMPLE)]
    handlers = Counter(
        draw(candidates, same, one) if fixed == "seed" else draw(candidates, one, same)
        for one in varied
    )

    assert chi_square(handlers, 7) < critical(6)


def test_the_critical_values_are_those_of_the_tables() -> None:
    tables = {6: 22.458, 12: 32.909, 48: 84.037, 100: 149.449}
    assert all(abs(critical(freedom) / value - 1) < 0.015 for freedom, value in tables.items())
