"""The draw as arithmetic: even, committed in advance, and the same for whoever runs it again."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assignments.rotation import Candidate, anchor_of, draw, follows, seed_of

TAIL = b"t" * 32
LENGTH = 64


def test_every_seed_hashes_to_the_one_before_it_and_the_first_to_the_anchor() -> None:
    before = anchor_of(TAIL, LENGTH)

    for turn in range(1, LENGTH + 1):
        seed = seed_of(TAIL, LENGTH, turn)
        assert follows(seed, before)
        before = seed


def test_another_seed_does_not_follow() -> None:
    assert not follows(b"x" * 32, anchor_of(TAIL, LENGTH))


@pytest.mark.parametrize("turn", [0, -1, LENGTH + 1])
def test_a_chain_has_no_turn_outside_it(turn: int) -> None:
    with pytest.raises(ValueError, match="chain"):
        seed_of(TAIL, LENGTH, turn)


def test_nobody_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="nobody"):
        draw([], b"seed", b"nonce")


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.binary(), st.binary())
def test_only_somebody_drawn_least_often_is_drawn(
    loads: list[int], seed: bytes, nonce: bytes
) -> None:
    candidates = [Candidate(person, drawn) for person, drawn in enumerate(loads)]

    assert loads[draw(candidates, seed, nonce)] == min(loads)


@given(st.permutations(range(8)), st.binary(min_size=1))
def test_the_order_of_the_candidates_does_not_matter(order: list[int], seed: bytes) -> None:
    shuffled = [Candidate(person, 0) for person in order]

    assert draw(shuffled, seed, b"n") == draw(
        sorted(shuffled, key=lambda c: c.person_id), seed, b"n"
    )


def test_every_one_of_seven_is_drawn_about_as_often() -> None:
    candidates = [Candidate(person, 0) for person in range(7)]
    times = 7000

    drawn = Counter(draw(candidates, b"seed", str(n).encode()) for n in range(times))

    expected = times / 7
    chi_square = sum((drawn[person] - expected) ** 2 / expected for person in range(7))
    assert chi_square < 22.46  # 6 degrees of freedom, p = 0.001; the inputs are fixed
