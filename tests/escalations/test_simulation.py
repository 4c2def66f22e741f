"""The ladders among people: a small simulation, and that it would tell if a ladder were wrong."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date

import pytest

from notifications.ladders import LADDERS, Ladder, LadderHours, LadderName, LadderRung
from tests.escalations.simulation import (
    Played,
    Simulation,
    late,
    never_rang,
    over_the_cap,
    told_nobody_there,
)

FEW = 600


@pytest.fixture(scope="module")
def played() -> Played:
    return Simulation(2 * FEW, seed=1).run()


def test_each_message_reaches_a_human_within_its_bound(played: Played) -> None:
    assert len(played.items) == 2 * FEW
    assert late(played) == []
    assert never_rang(played) == []


def test_nobody_is_woken_more_often_than_their_cap_allows(played: Played) -> None:
    assert played.put_off > 0
    assert over_the_cap(played) == []


def test_nobody_on_leave_is_the_only_one_told(played: Played) -> None:
    assert told_nobody_there(played) == []


def _without(rung: LadderRung) -> Callable[[Ladder], Ladder]:
    def dropped(ladder: Ladder) -> Ladder:
        return replace(ladder, steps=tuple(one for one in ladder.steps if one.to is not rung))

    return dropped


def _in_working_hours(ladder: Ladder) -> Ladder:
    held = ladder.name in {LadderName.ALARM, LadderName.HOURS, LadderName.CUSTODY}
    return replace(ladder, hours=LadderHours.WORKING) if held else ladder


@pytest.mark.parametrize(
    "wrong",
    [_without(LadderRung.CHIEF), _without(LadderRung.HEAD), _in_working_hours],
    ids=["the chief never hears", "the head never hears", "custody waits for working hours"],
)
def test_a_wrong_ladder_is_found_out(wrong: Callable[[Ladder], Ladder]) -> None:
    ladders = {name: wrong(ladder) for name, ladder in LADDERS.items()}

    assert late(Simulation(FEW, seed=2, ladders=ladders).run())


def test_a_ladder_that_ignores_leave_is_found_out() -> None:
    def nobody(_simulation: Simulation, _people: Collection[int], _day: date) -> frozenset[int]:
        return frozenset()

    assert told_nobody_there(Simulation(FEW, seed=2, absent=nobody).run())
