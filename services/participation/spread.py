"""Pure arithmetic of statistics: how evenly people took part, how long things took."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

PLACES = 4
"""Decimal places of every share."""
PERCENT = 100
MEDIAN, NINETIETH = 50, 90


class Calendar(Protocol):
    """What says which days are worked."""

    def is_working(self, day: date, /) -> bool:
        """Is it a working day?"""
        ...


@dataclass(frozen=True, slots=True)
class Spread:
    """How evenly something fell on the people of a pool."""

    people: int
    total: int
    fewest: int
    most: int
    never: int
    """How many had none."""
    never_share: float | None
    gini: float | None


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long something took, in working days."""

    count: int
    median: int | None
    ninetieth: int | None
    longest: int | None


def gini(counts: Sequence[int]) -> float | None:
    """The Gini coefficient of whole numbers from 0 up: 0 all alike, (n - 1) / n all on one.

    G = 2 · Σ i·x_i / (n · Σ x_i) - (n + 1) / n, with the x_i in rising order and i from 1 to n;
    four decimal places. Nobody, or nothing at all: no coefficient.
    """
    number, total = len(counts), sum(counts)
    if not number or not total:
        return None
    weighted = sum(place * count for place, count in enumerate(sorted(counts), start=1))
    return round(2 * weighted / (number * total) - (number + 1) / number, PLACES)


def spread(counts: Sequence[int]) -> Spread:
    """The spread of whole numbers from 0 up, one for each person of the pool, drawn or not.

    `never_share` is the share of people with none, 0 to 1; an empty pool has none.
    """
    never = sum(count == 0 for count in counts)
    return Spread(
        people=len(counts),
        total=sum(counts),
        fewest=min(counts, default=0),
        most=max(counts, default=0),
        never=never,
        never_share=share(never, len(counts)),
        gini=gini(counts),
    )


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`, 0 to 1 in four decimal places; of nothing there is no share."""
    return round(part / whole, PLACES) if whole else None


def lasting(times: Mapping[int, int]) -> Lasting:
    """Median and 90th percentile, by nearest rank, of how often each number of days occurred.

    The p-th percentile is the smallest number of days that at least p per cent did not exceed; so
    it always is a number that occurred, and whole.
    """
    count = sum(times.values())
    return Lasting(
        count=count,
        median=_nearest_rank(times, count, MEDIAN),
        ninetieth=_nearest_rank(times, count, NINETIETH),
        longest=max(times, default=None),
    )


def _nearest_rank(times: Mapping[int, int], count: int, percent: int) -> int | None:
    reached = 0
    for days in sorted(times):
        reached += times[days]
        if reached * PERCENT >= percent * count:
            return days
    return None


class WorkingDays:
    """Counts working days between many pairs of days, asking the calendar once for each day."""

    def __init__(self, days: Iterable[date], calendar: Calendar) -> None:
        """Learn every working day between the first and the last of `days`."""
        known = sorted(days)
        length = (known[-1] - known[0]).days + 1 if known else 0
        every = (known[0] + timedelta(days=place) for place in range(length))
        self._worked = [day for day in every if calendar.is_working(day)]

    def after(self, from_on: date, until_on: date) -> int:
        """Working days after `from_on`, up to and with `until_on`; none if it lies before."""
        found = bisect_right(self._worked, until_on) - bisect_right(self._worked, from_on)
        return max(found, 0)

    def before(self, from_on: date, event_on: date) -> int:
        """Working days from `from_on` on, before `event_on`, which is not counted (PSUP-2021 19).

        A notice on the fifth working day before the activity is five working days.
        """
        found = bisect_left(self._worked, event_on) - bisect_left(self._worked, from_on)
        return max(found, 0)
