"""Which cases the demo world holds: how far each has come, and how long ago it came in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from jiantong.demo.facts import Fact, every_fact
from services.kernel.act import SHANGHAI

MORNING, EVENING = 9, 17
"""The hours in which offices work."""


class Ending(StrEnum):
    """How far a case has come."""

    SUBMITTED = "submitted"
    DOUBTED = "doubted"
    SUPPLEMENT = "supplement"
    CORRECTED = "corrected"
    ACCEPTED = "accepted"
    UNDER_REVIEW = "under_review"
    DESIGNATED = "designated"
    HANDED_OVER = "handed_over"
    RECUSED = "recused"
    AWAITING = "awaiting"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    ARRESTED = "arrested"
    RELEASED = "released"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NOT_EXECUTED = "not_executed"
    LATE = "late"


SCHEDULE: dict[Ending, tuple[int, ...]] = {
    Ending.SUBMITTED: (0, 0, 0, 1, 1),
    Ending.DOUBTED: (1,),
    Ending.SUPPLEMENT: (0, 1, 2),
    Ending.CORRECTED: (1, 2),
    Ending.ACCEPTED: (0, 1, 1, 2),
    Ending.UNDER_REVIEW: (1, 1, 2, 2, 3, 4, 5, 6, 7),
    Ending.DESIGNATED: (3,),
    Ending.HANDED_OVER: (4,),
    Ending.RECUSED: (5,),
    Ending.AWAITING: (3, 4, 5, 5, 6, 6),
    Ending.RETURNED: (5, 6),
    Ending.APPROVED: (6, 6, 7, 8, 12),
    Ending.REFUSED: (7, 8),
    Ending.ARRESTED: (9, 10, 11, 13, 15, 17, 20, 23, 26, 30, 33, 38, 42, 47, 53, 60),
    Ending.RELEASED: (10, 16, 28, 45),
    Ending.CHANGED: (12, 35),
    Ending.UNCHANGED: (21,),
    Ending.NOT_EXECUTED: (24,),
    Ending.LATE: (19, 40),
}
"""Days since the request came in, for each case of an ending; 68 cases in all."""

_TO_REVIEW = (2.0, 0.7)
_TO_APPROVAL = (*_TO_REVIEW, 44.0)
_TO_DECISION = (*_TO_APPROVAL, 8.0)
GAPS: dict[Ending, tuple[float, ...]] = {
    Ending.SUBMITTED: (),
    Ending.DOUBTED: (2.0,),
    Ending.SUPPLEMENT: (1.5,),
    Ending.CORRECTED: (2.0, 5.0),
    Ending.ACCEPTED: _TO_REVIEW[:1],
    Ending.UNDER_REVIEW: _TO_REVIEW,
    Ending.DESIGNATED: _TO_REVIEW,
    Ending.HANDED_OVER: (*_TO_REVIEW, 20.0),
    Ending.RECUSED: (*_TO_REVIEW, 12.0, 2.0),
    Ending.AWAITING: _TO_APPROVAL,
    Ending.RETURNED: (*_TO_APPROVAL, 10.0),
    Ending.APPROVED: _TO_DECISION,
    Ending.REFUSED: _TO_DECISION,
    Ending.ARRESTED: (*_TO_DECISION, 20.0),
    Ending.RELEASED: (*_TO_DECISION, 6.0),
    Ending.CHANGED: (*_TO_DECISION, 7.0),
    Ending.UNCHANGED: (*_TO_DECISION, 7.0),
    Ending.NOT_EXECUTED: (*_TO_DECISION, 60.0),
    Ending.LATE: (*_TO_DECISION, 130.0),
}
"""Hours from one step to the next, about; nights are skipped."""

_REFUSED = frozenset({Ending.REFUSED, Ending.RELEASED, Ending.CHANGED, Ending.UNCHANGED})


@dataclass(frozen=True, slots=True)
class Story:
    """One case of the demo world."""

    number: int
    ending: Ending
    fact: Fact
    moments: tuple[datetime, ...]
    """When it came in, and when each later step was taken."""

    @property
    def received_at(self) -> datetime:
        """When the request came in."""
        return self.moments[0]


def every_story(now: datetime, seed: int) -> list[Story]:
    """All cases of the world, the oldest first; the same ones for the same seed and moment."""
    random = Random(seed)  # noqa: S311  # a story, not a secret
    plans = [(ending, days) for ending, ages in SCHEDULE.items() for days in ages]
    times = [(ending, _moments(ending, days, now, random)) for ending, days in plans]
    times.sort(key=lambda one: one[1])
    facts = _facts(random)
    return [
        Story(number, ending, next(facts[ending in _REFUSED]), moments)
        for number, (ending, moments) in enumerate(times, start=1)
    ]


def _facts(random: Random) -> dict[bool, Iterator[Fact]]:
    """Facts for cases that end in no arrest and for the others; none comes twice in a row."""

    def turn(facts: list[Fact]) -> Iterator[Fact]:
        while True:
            yield from random.sample(facts, len(facts))

    every = list(every_fact())
    return {True: turn([fact for fact in every if fact.light]), False: turn(every)}


def _moments(ending: Ending, days: int, now: datetime, random: Random) -> tuple[datetime, ...]:
    """The moments of a case's steps, moved back by whole days until all of them are past."""
    first = at_work(now - timedelta(days=days, hours=random.uniform(0, 5)))
    moments = [first]
    for gap in GAPS[ending]:
        moments.append(at_work(moments[-1] + timedelta(hours=gap * random.uniform(0.7, 1.3))))
    while moments[-1] >= now:
        moments = [moment - timedelta(days=1) for moment in moments]
    return tuple(moment.replace(microsecond=0) for moment in moments)


def at_work(moment: datetime) -> datetime:
    """The same moment, or a little after the next time that offices open."""
    local = moment.astimezone(SHANGHAI)
    if local.hour >= EVENING:
        local = (local + timedelta(days=1)).replace(hour=MORNING)
    elif local.hour < MORNING:
        local = local.replace(hour=MORNING)
    return local.astimezone(moment.tzinfo)
