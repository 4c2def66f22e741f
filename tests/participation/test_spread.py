"""Evenness, percentiles and working days: pure arithmetic, checked by hand and by a slow way."""

from datetime import date, timedelta
from itertools import product

import pytest

from services.deadlines import state_council_calendar
from services.participation.periods import (
    NoSuchPeriod,
    ReportingPeriod,
    Span,
    last_ended,
    of_number,
    of_year,
)
from services.participation.spread import WorkingDays, gini, lasting, share, spread

CALENDAR = state_council_calendar()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([], None),
        ([0, 0], None),
        ([3, 3, 3], 0.0),
        ([0, 0, 0, 4], 0.75),
        ([1, 2, 3, 4], 0.25),
        ([7], 0.0),
    ],
)
def test_gini_is_nought_when_all_are_alike(counts: list[int], expected: float | None) -> None:
    assert gini(counts) == expected


def test_gini_is_half_the_mean_difference_over_the_mean() -> None:
    for counts in product(range(4), repeat=4):
        pairs = sum(abs(one - other) for one in counts for other in counts)
        slow = round(pairs / (2 * len(counts) * sum(counts)), 4) if any(counts) else None
        assert gini(counts) == (slow if slow is None else pytest.approx(slow, abs=1e-4))


def test_the_spread_counts_who_was_never_drawn() -> None:
    found = spread([0, 0, 1, 3])

    assert (found.people, found.total, found.fewest, found.most) == (4, 4, 0, 3)
    assert (found.never, found.never_share) == (2, 0.5)
    assert spread([]).never_share is None


def test_percentiles_are_numbers_that_occurred() -> None:
    found = lasting({1: 5, 2: 4, 30: 1})

    assert (found.count, found.median, found.ninetieth, found.longest) == (10, 1, 2, 30)
    assert lasting({}).median is None


def test_a_share_of_nothing_is_none() -> None:
    assert share(1, 3) == 0.3333
    assert share(0, 0) is None


def test_working_days_skip_the_festival_and_count_the_day_made_up() -> None:
    """2026: 15 to 23 February off, Saturday 14 and Saturday 28 worked."""
    counted = WorkingDays([date(2026, 2, 1), date(2026, 3, 31)], CALENDAR)

    assert counted.after(date(2026, 2, 13), date(2026, 2, 24)) == 2
    assert counted.after(date(2026, 2, 27), date(2026, 2, 28)) == 1
    assert counted.after(date(2026, 3, 2), date(2026, 3, 2)) == 0
    assert counted.after(date(2026, 3, 3), date(2026, 3, 2)) == 0


def test_a_notice_on_the_fifth_working_day_before_is_five() -> None:
    counted = WorkingDays([date(2026, 3, 1), date(2026, 3, 31)], CALENDAR)

    assert counted.before(date(2026, 3, 5), date(2026, 3, 12)) == 5
    assert counted.before(date(2026, 3, 6), date(2026, 3, 12)) == 4


def test_working_days_agree_with_counting_one_by_one() -> None:
    first = date(2026, 1, 20)
    days = [first + timedelta(days=place) for place in range(45)]
    counted = WorkingDays(days, CALENDAR)
    for start, end in product(days[::4], days[::3]):
        slow = sum(CALENDAR.is_working(day) for day in days if start < day <= end)
        assert counted.after(start, end) == slow


def test_the_periods_of_a_year() -> None:
    assert of_year(2028, 2) == Span(date(2028, 2, 1), date(2028, 2, 29))
    assert of_year(2026) == Span(date(2026, 1, 1), date(2026, 12, 31))
    assert of_number(ReportingPeriod.QUARTER, 2026, 4).from_on == date(2026, 10, 1)
    assert of_number(ReportingPeriod.HALF_YEAR, 2026, 1).until_on == date(2026, 6, 30)
    assert of_number(ReportingPeriod.YEAR, 2026, 1) == of_year(2026)
    with pytest.raises(NoSuchPeriod):
        of_number(ReportingPeriod.HALF_YEAR, 2026, 3)


@pytest.mark.parametrize(
    ("every", "today", "ended"),
    [
        (ReportingPeriod.HALF_YEAR, date(2026, 6, 30), date(2025, 12, 31)),
        (ReportingPeriod.HALF_YEAR, date(2026, 7, 1), date(2026, 6, 30)),
        (ReportingPeriod.QUARTER, date(2026, 12, 31), date(2026, 9, 30)),
        (ReportingPeriod.YEAR, date(2026, 12, 31), date(2025, 12, 31)),
    ],
)
def test_the_last_period_that_is_over(every: ReportingPeriod, today: date, ended: date) -> None:
    assert last_ended(every, today).until_on == ended
