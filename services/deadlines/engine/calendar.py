"""Which days are worked: weekends, the State Council's days off, its make-up working days.

Neither the CPL nor the interpretations say what a day off (节假日) is. Practice takes the
weekends and the days that the yearly notice of the State Council's General Office marks off;
a weekend day that the notice makes a working day is worked.

The notices that come with the software stand in `data/`, with the page of each. They are taken
from `SOURCE` as of `VERSION`; two libraries that read the notices on their own agree with them
on every day (`tests/deadlines/test_calendar.py`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Self

SOURCE = "https://github.com/NateScarlet/holiday-cn"
"""Whose reading of the notices the bundled ones are (MIT licence, beside the data)."""
VERSION = "2026-08-07"
"""The day as of which they were taken; a newer day replaces the years it brings."""

Notice = Mapping[str, Iterable[str]]
"""One year's days in ISO 8601: `off`, `work` (make-up working days) and `papers` (the pages)."""

SATURDAY = 5
REACH_BACK = timedelta(days=3)
"""A year's notice may dispose of the end of the year before: that for 2019 began on 29
December 2018. So the last three days of a year are settled by the notice that follows."""

FIXED_DAYS_OFF = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
"""Days off that the sun sets and no notice moves (全国年节及纪念日放假办法); used where the
notice is not yet known. The second of May is added below, from 2025."""
SECOND_OF_MAY_SINCE = 2025
_BEYOND = timedelta(days=366)
"""Weekends and fixed days beyond the known calendar make runs of their own."""


class CalendarError(ValueError):
    """A notice contradicts itself or leaves a year out: it may not be counted with."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The days off and make-up working days of the years whose notices are known."""

    off: frozenset[date]
    work: frozenset[date]
    known_from: date
    known_until: date
    papers: tuple[str, ...]
    """The pages of the notices, newest last."""

    @classmethod
    def of_notices(cls, notices: Mapping[int, Notice]) -> Self:
        """The calendar that these years' notices make.

        Raises:
            CalendarError: a day is both off and worked, or a year in between is missing.
        """
        years = sorted(notices)
        if not years or years != list(range(years[0], years[-1] + 1)):
            message = "the years are not in one run"
            raise CalendarError(message)
        off, work = (
            frozenset(
                date.fromisoformat(day) for year in years for day in notices[year].get(which, ())
            )
            for which in ("off", "work")
        )
        if off & work:
            message = f"both off and worked: {sorted(off & work)}"
            raise CalendarError(message)
        return cls(
            off,
            work,
            date(years[0], 1, 1),
            date(years[-1], 12, 31) - REACH_BACK,
            tuple(paper for year in years for paper in notices[year].get("papers", ())),
        )

    def is_working(self, day: date) -> bool:
        """Is it a working day? Beyond the known years: weekends and fixed days off only."""
        if day in self.off:
            return False
        if day in self.work:
            return True
        if day.weekday() >= SATURDAY:
            return False
        return self.knows(day) or not _fixed_day_off(day)

    def knows(self, day: date) -> bool:
        """Is the notice that settles this day known? If not, what rests on it is provisional."""
        return self.known_from <= day <= self.known_until


def bundled_notices() -> dict[int, dict[str, list[str]]]:
    """The notices that come with this software, by year."""
    source = files("services.deadlines.engine").joinpath("data/state_council_holidays.json")
    notices = json.loads(source.read_text(encoding="utf-8"))
    return {int(year): notice for year, notice in notices.items()}


@cache
def state_council_calendar() -> WorkCalendar:
    """The calendar of the notices that come with this software."""
    return WorkCalendar.of_notices(bundled_notices())


def changed_days(before: WorkCalendar, after: WorkCalendar) -> list[date]:
    """The days on which two calendars do not say the same, in order.

    A day is changed if one works and the other does not, or if only one knows it: what ends
    there is provisional under that one. Beyond both calendars they always agree.
    """
    first = min(before.known_from, after.known_from)
    last = max(before.known_until, after.known_until) + REACH_BACK
    days = (first - REACH_BACK + timedelta(n) for n in range((last - first + REACH_BACK).days + 1))
    return [
        day
        for day in days
        if (before.is_working(day), before.knows(day)) != (after.is_working(day), after.knows(day))
    ]


def longest_rest(calendar: WorkCalendar) -> int:
    """The most days off in one run: no last day rolls further than that (CPL 105 paragraph 4)."""
    longest = run = 0
    day = calendar.known_from
    while day <= calendar.known_until + _BEYOND:
        run = 0 if calendar.is_working(day) else run + 1
        longest = max(longest, run)
        day += timedelta(1)
    return longest


def fixed_days_off(year: int) -> list[date]:
    """The days off of a year that the sun sets: no notice may leave one of them out."""
    fixed = [date(year, month, day) for month, day in FIXED_DAYS_OFF]
    return sorted([*fixed, date(year, 5, 2)] if year >= SECOND_OF_MAY_SINCE else fixed)


def _fixed_day_off(day: date) -> bool:
    second_of_may = (day.month, day.day) == (5, 2) and day.year >= SECOND_OF_MAY_SINCE
    return second_of_may or (day.month, day.day) in FIXED_DAYS_OFF
