"""Which days are worked: weekends, the State Council's days off, its make-up working days.

Neither the CPL nor the interpretations say what a day off (节假日) is. Practice takes the
weekends and the days that the yearly notice of the State Council's General Office marks off;
a weekend day that the notice makes a working day is worked.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Self

SATURDAY = 5
REACH_BACK = timedelta(days=3)
"""A year's notice may dispose of the end of the year before: that for 2019 began on 29
December 2018. So the last three days of a year are settled by the notice that follows."""

FIXED_DAYS_OFF = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
"""Days off that the sun sets and no notice moves (全国年节及纪念日放假办法); used where the
notice is not yet known. The second of May is added below, from 2025."""
SECOND_OF_MAY_SINCE = 2025


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
    def of_notices(cls, notices: Mapping[int, Mapping[str, Iterable[str]]]) -> Self:
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


@cache
def state_council_calendar() -> WorkCalendar:
    """The calendar of the notices that come with this software."""
    source = files("services.deadlines.engine").joinpath("data/state_council_holidays.json")
    notices = json.loads(source.read_text(encoding="utf-8"))
    return WorkCalendar.of_notices({int(year): notice for year, notice in notices.items()})


def _fixed_day_off(day: date) -> bool:
    second_of_may = (day.month, day.day) == (5, 2) and day.year >= SECOND_OF_MAY_SINCE
    return second_of_may or (day.month, day.day) in FIXED_DAYS_OFF
