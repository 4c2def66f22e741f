"""How a statutory period is counted: pure functions, no clock, no database, no case.

The law is CPL 105 and, for months, SPC-I 202 paragraph 1. The first hour and the first day
are not counted. A last day that is a day off moves to the first working day after it,
unless the person is in custody. Where the texts leave two readings, `due_on` is the day to
keep (the cautious one) and `outer_on` the latest day that the law can bear.

Statutory days are `date` in China time; instants are aware `datetime`.
"""

import calendar as months_of_the_year
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Protocol, Self

CHINA_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has kept one offset since 1991, so no table of time zones is needed to find a day."""

HALF_MONTH = 15
DECEMBER = 12


class Unit(StrEnum):
    """What a period is counted in. Working days occur in internal rules only."""

    HOURS = "hours"
    DAYS = "days"
    HALF_MONTHS = "half_months"
    MONTHS = "months"
    WORKING_DAYS = "working_days"


class PeriodClass(StrEnum):
    """How a last day that is a day off is treated (CPL 105 paragraph 4)."""

    CUSTODY = "custody"
    """The period is itself time in custody: it never moves while the person is held."""
    LIBERTY = "liberty"
    """The person's liberty hangs on it: kept unrolled while held, rolled as the outer limit."""
    NEUTRAL = "neutral"
    """Runs between organs: kept unrolled while the person is held, rolled as the outer limit."""
    MEASURE = "measure"
    """Bail and residential surveillance: lifted by the unrolled day, held or not."""
    HOURS = "hours"
    """Counted by the hour: no day off touches it."""
    WORKDAYS = "workdays"
    """Counted in working days: it cannot end on a day off."""


class Custody(StrEnum):
    """Whether a person is in custody, as far as periods care."""

    HELD = "held"
    AT_LIBERTY = "at_liberty"
    UNKNOWN = "unknown"
    """Nobody has said: taken as held, which never gives a later day."""
    ELSEWHERE = "elsewhere"
    """Held in another case, in retention (留置) or serving a sentence: taken as held."""
    DESIGNATED_RESIDENCE = "designated_residence"
    """Surveillance in a designated residence: not custody, counted as class LIBERTY."""

    @property
    def counts_as_held(self) -> bool:
        """Does the law, or caution, keep the last day from moving?"""
        return self in _HELD

    @classmethod
    def under(cls, measure: str | None) -> Self:
        """The custody that a compulsory measure means; no measure named is `UNKNOWN`."""
        return cls(_UNDER[measure])


_HELD = frozenset({Custody.HELD, Custody.UNKNOWN, Custody.ELSEWHERE})
_UNDER = {
    None: Custody.UNKNOWN,
    "none": Custody.AT_LIBERTY,
    "detention": Custody.HELD,
    "arrest": Custody.HELD,
    "bail": Custody.AT_LIBERTY,
    "residential_surveillance": Custody.AT_LIBERTY,
    "designated_residence": Custody.DESIGNATED_RESIDENCE,
    "custody_elsewhere": Custody.ELSEWHERE,
}


class Calendar(Protocol):
    """What counting asks of a calendar."""

    def is_working(self, day: date, /) -> bool:
        """Is it a working day, as far as the calendar can say?"""
        ...

    def knows(self, day: date, /) -> bool:
        """Has the notice that settles this day been read?"""
        ...


class NaiveInstantError(ValueError):
    """An instant without an offset names no moment: a bug."""


class NotAnInstantError(TypeError):
    """Hours are counted from an instant, not from a day: a bug."""


class EmptyPeriodError(ValueError):
    """A period has at least one hour, day or month: a bug."""


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time as the law states it."""

    length: int
    unit: Unit
    period_class: PeriodClass
    and_days: int = 0
    """Days on top of months: one and a half months are one month and fifteen days."""
    to_the_minute: bool = False
    """Hours that the running hour never lengthens (RULES 83)."""

    def __post_init__(self) -> None:
        if self.length < 1:
            raise EmptyPeriodError(self.length)


def statutory_day(moment: date) -> date:
    """The day in China time on which `moment` falls; a plain day is itself.

    Raises:
        NaiveInstantError: an instant came without an offset.
    """
    if isinstance(moment, datetime):
        return _aware(moment).astimezone(CHINA_TIME).date()
    return moment


def hours_to_the_minute(start: datetime, length: int) -> datetime:
    """The safe limit of `length` hours, counted from the minute in which they begin.

    Raises:
        NaiveInstantError: `start` has no offset.
    """
    minute = _aware(start).astimezone(UTC).replace(second=0, microsecond=0)
    return (minute + timedelta(hours=length)).astimezone(CHINA_TIME)


def hours_to_the_full_hour(start: datetime, length: int) -> datetime:
    """The outer limit of `length` hours: the running hour is not counted (CPL 105 paragraph 2).

    It never lengthens a summons (RULES 83), which is counted to the minute.

    Raises:
        NaiveInstantError: `start` has no offset.
    """
    running = _aware(start).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return (running + timedelta(hours=length + 1)).astimezone(CHINA_TIME)


def add_days(start: date, length: int) -> date:
    """The last of `length` days; the first day is not counted, the last ends at 24:00."""
    return start + timedelta(days=length)


def add_half_months(start: date, length: int) -> date:
    """The last day of `length` half months; each is fifteen days (SPC-I 202 paragraph 1)."""
    return add_days(start, HALF_MONTH * length)


def add_months(start: date, length: int) -> date:
    """The last day of `length` months (SPC-I 202 paragraph 1).

    The same day of the month; from a month's last day to a month's last day; where there is
    no such day, the month's last day. The SPP's own formula (EXT-2016 16: from the day after
    to the day before the corresponding day) gives the same day.
    """
    clamped = clamp_months(start, length)
    return month_end(clamped) if start == month_end(start) else clamped


def clamp_months(start: date, length: int) -> date:
    """The same day of the month, or the month's last day: without the rule on month ends.

    Never later than `add_months`; people are warned from this day, because the lengthening
    beyond it rests on the courts' interpretation.
    """
    years, month = divmod(start.month - 1 + length, DECEMBER)
    first = date(start.year + years, month + 1, 1)
    return first.replace(day=min(start.day, month_end(first).day))


def working_days_after(start: date, length: int, calendar: Calendar) -> date:
    """The last of `length` working days; the first day is not counted.

    Raises:
        EmptyPeriodError: fewer than one day.
    """
    return _count_working_days(start, length, calendar, timedelta(days=1))


def working_days_before(event: date, length: int, calendar: Calendar) -> date:
    """The latest day that lies `length` working days before `event`, which is not counted.

    Raises:
        EmptyPeriodError: fewer than one day.
    """
    return _count_working_days(event, length, calendar, timedelta(days=-1))


def roll(last: date, calendar: Calendar) -> date:
    """`last`, or the first working day after it if it is a day off (CPL 105 paragraph 4)."""
    while not calendar.is_working(last):
        last += timedelta(days=1)
    return last


def _count_working_days(day: date, length: int, calendar: Calendar, step: timedelta) -> date:
    if length < 1:
        raise EmptyPeriodError(length)
    while length:
        day += step
        length -= calendar.is_working(day)
    return day


def month_end(day: date) -> date:
    """The last day of the month in which `day` lies."""
    return day.replace(day=months_of_the_year.monthrange(day.year, day.month)[1])


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise NaiveInstantError(moment)
    return moment
