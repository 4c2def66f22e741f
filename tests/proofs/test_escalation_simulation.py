"""A hundred thousand messages among people: each reaches a human in time, and nobody is flooded."""

import pytest

from tests.escalations.simulation import (
    Simulation,
    late,
    never_rang,
    over_the_cap,
    report,
    told_nobody_there,
)

pytestmark = [pytest.mark.prove, pytest.mark.xdist_group("proofs")]

MANY = 100_000


def test_a_hundred_thousand_messages_reach_a_human_within_their_bounds() -> None:
    played = Simulation(MANY, seed=8).run()
    told = report(played)

    print(told)  # noqa: T201  # shown with -s: how long it took, by ladder
    assert len(played.items) == MANY
    assert not late(played), told
    assert not never_rang(played), told
    assert not told_nobody_there(played), told
    assert played.put_off
    assert not over_the_cap(played), told
