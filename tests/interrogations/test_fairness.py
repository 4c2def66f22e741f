"""A month of requests: ours beside first come first served, and what no way may ever do."""

import pytest

from benchmarks.fairness import first_come, month, ours


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ours_is_never_later_than_first_come_and_fair_to_whoever_gives_way(seed: int) -> None:
    known = month(seed)
    before, after = first_come(known), ours(known)
    assert after.late(known) <= before.late(known)
    assert after.moved
    assert max(after.moved.values()) == 1
    ends = {one.number: one.limit for one in known.requests}
    gone = {one.number for one in known.requests if one.withdrawn is not None}
    for number in after.moved.keys() - gone:
        assert after.starts[number] + known.problem.jobs[number].length <= ends[number]
    again = ours(month(seed))
    assert (again.starts, again.moved) == (after.starts, after.moved)
