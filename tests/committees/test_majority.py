"""The arithmetic of a committee, over every size a committee could have."""

from datetime import date, timedelta
from math import ceil

import pytest

from services.committees import Ballot, Seat, decided, feedback_due, in_time, quorum
from services.committees.majority import next_to_speak

SIZES = range(1, 61)


@pytest.mark.parametrize("size", SIZES)
def test_a_quorum_is_more_than_half_of_all(size: int) -> None:
    """ORG 32."""
    needed = quorum(size)

    assert 2 * needed > size
    assert 2 * (needed - 1) <= size
    assert needed <= size


@pytest.mark.parametrize("size", SIZES)
def test_the_law_is_the_stricter_of_the_two_texts(size: int) -> None:
    """PCOM 11 is content with half: one fewer where the number is even, the same where odd."""
    of_the_rules = ceil(size / 2)

    assert quorum(size) == of_the_rules + (size % 2 == 0)


@pytest.mark.parametrize(
    ("size", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (7, 4), (9, 5), (11, 6)]
)
def test_quorums_as_one_counts_them(size: int, needed: int) -> None:
    assert quorum(size) == needed


@pytest.mark.parametrize("size", [0, -1])
def test_nobody_is_no_committee(size: int) -> None:
    with pytest.raises(ValueError, match="committee"):
        quorum(size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("ballot", Ballot)
def test_a_decision_takes_more_than_half_of_all_and_no_fewer(size: int, ballot: Ballot) -> None:
    """PCOM 21: of all members, not of those present."""
    for alike in range(size + 1):
        found = decided({ballot: alike}, size)
        assert (found is ballot) == (2 * alike > size)


@pytest.mark.parametrize("size", range(1, 16))
def test_never_do_two_ballots_win(size: int) -> None:
    for approve in range(size + 1):
        for reject in range(size + 1 - approve):
            for other in range(size + 1 - approve - reject):
                votes = {
                    Ballot.APPROVE: approve,
                    Ballot.REJECT: reject,
                    Ballot.OTHER: other,
                }
                most = max(votes, key=lambda one: votes[one])
                assert decided(votes, size) is (most if 2 * votes[most] > size else None)


@pytest.mark.parametrize(
    ("before", "timely"), [(0, False), (1, False), (2, False), (3, True), (4, True), (30, True)]
)
def test_papers_go_out_three_days_before(before: int, *, timely: bool) -> None:
    """PCOM 14."""
    sits_on = date(2026, 3, 2)

    assert in_time(sits_on - timedelta(days=before), sits_on) is timely


@pytest.mark.parametrize(
    ("executed_on", "due"),
    [
        (date(2026, 3, 2), date(2026, 3, 7)),
        (date(2026, 2, 26), date(2026, 3, 3)),
        (date(2024, 2, 26), date(2024, 3, 2)),
        (date(2026, 12, 29), date(2027, 1, 3)),
        (date(2026, 9, 28), date(2026, 10, 3)),
    ],
)
def test_feedback_is_due_on_the_fifth_day_even_if_it_is_off(executed_on: date, due: date) -> None:
    """PCOM 32; 3 October 2026 is a holiday and stays the day."""
    assert feedback_due(executed_on) == due


def test_seats_speak_in_their_order_and_whoever_presides_last() -> None:
    """PCOM 17."""
    seats = {
        1: Seat.CHIEF,
        2: Seat.DEPUTY_CHIEF,
        3: Seat.FULL_TIME,
        4: Seat.MEMBER,
        5: Seat.MEMBER,
        6: Seat.DEPUTY_CHIEF,
    }

    def order(presider_id: int) -> list[set[int]]:
        silent, spoken = dict(seats), []
        while silent:
            now = next_to_speak(silent.items(), presider_id)
            spoken.append(now)
            silent = {one: seat for one, seat in silent.items() if one not in now}
        return spoken

    assert order(1) == [{4, 5}, {3}, {2, 6}, {1}]
    assert order(2) == [{4, 5}, {3}, {6}, {1}, {2}]
