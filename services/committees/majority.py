"""How many a committee needs, and in which order it speaks: pure arithmetic of its law.

ORG 32 asks that more than half of all members attend; the committee rules of 2020 (PCOM 11) ask
for half or more. Where they differ, at an even number of members, the law and the stricter of the
two holds. A decision needs more than half of **all** members, present or not (PCOM 21).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum

PAPERS_BEFORE = timedelta(days=3)
"""Papers go out three days before the session (PCOM 14)."""
FEEDBACK_WITHIN = timedelta(days=5)
"""What became of a decision is reported within five days of its execution (PCOM 32)."""


class Seat(StrEnum):
    """Which seat a member holds, in the order in which they speak (PCOM 17)."""

    MEMBER = "member"
    FULL_TIME = "full_time"
    DEPUTY_CHIEF = "deputy_chief"
    CHIEF = "chief"


class Ballot(StrEnum):
    """What a member votes for."""

    APPROVE = "approve"
    REJECT = "reject"
    OTHER = "other"


def quorum(size: int) -> int:
    """The least number present of `size` members: more than half of all (ORG 32).

    Raises:
        ValueError: there are no members.
    """
    if size < 1:
        message = f"a committee of {size}"
        raise ValueError(message)
    return size // 2 + 1


def decided(votes: Mapping[Ballot, int], size: int) -> Ballot | None:
    """The ballot for which more than half of all `size` members voted, if there is one (PCOM 21).

    Raises:
        ValueError: there are no members.
    """
    needed = quorum(size)
    return next((ballot for ballot, number in votes.items() if number >= needed), None)


def in_time(sent_on: date, sits_on: date) -> bool:
    """Do the papers go out three days before the session, or earlier? (PCOM 14)"""
    return sits_on - sent_on >= PAPERS_BEFORE


def feedback_due(executed_on: date) -> date:
    """The fifth day after execution, as the calendar has it (PCOM 32).

    The table of periods has no row for it, for no statute sets it: the day of execution is not
    counted, and a last day that is a day off is not moved.
    """
    return executed_on + FEEDBACK_WITHIN


def next_to_speak(silent: Iterable[tuple[int, Seat]], presider_id: int) -> set[int]:
    """Who of those who have yet to speak may speak now: the lowest seat, whoever presides last."""
    ranks = {
        person_id: len(Seat) if person_id == presider_id else list(Seat).index(seat)
        for person_id, seat in silent
    }
    return {person_id for person_id, rank in ranks.items() if rank == min(ranks.values())}
