"""How a statutory period is counted: pure functions, no clock, no database, no case.

The law is CPL 105 and, for months, SPC-I 202 paragraph 1. The first hour and the first day
are not counted. A last day that is a day off moves to the first working day after it,
unless the person is in custody. Where the texts leave two readings, `due_on` is the day to
keep (the cautious one) and `outer_on` the latest day that the law can bear.

Statutory days are `date` in China time; instants are aware `datetime`.
"""

import calendar as months_of_the_year
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from itertools import accumulate
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


class StepCode(StrEnum):
    """One step of the way from the first day to the last."""

    START_NOT_COUNTED = "start_not_counted"
    HOURS_ADDED = "hours_added"
    RUNNING_HOUR_NOT_COUNTED = "running_hour_not_counted"
    DAYS_ADDED = "days_added"
    HALF_MONTH_IS_FIFTEEN_DAYS = "half_month_is_fifteen_days"
    SAME_DAY_OF_MONTH = "same_day_of_month"
    MONTH_END_TO_MONTH_END = "month_end_to_month_end"
    NO_SUCH_DAY_IN_MONTH = "no_such_day_in_month"
    WORKING_DAYS_ADDED = "working_days_added"
    LAST_DAY_OFF = "last_day_off"
    ROLLED = "rolled"
    HELD_NOT_ROLLED = "held_not_rolled"
    OUTER_LIMIT_ROLLED = "outer_limit_rolled"
    MEASURE_NOT_ROLLED = "measure_not_rolled"
    UNKNOWN_TAKEN_AS_HELD = "unknown_taken_as_held"
    ELSEWHERE_TAKEN_AS_HELD = "elsewhere_taken_as_held"
    DESIGNATED_RESIDENCE_AS_LIBERTY = "designated_residence_as_liberty"
    CALENDAR_INCOMPLETE = "calendar_incomplete"


@dataclass(frozen=True, slots=True)
class Step:
    """Why the date is what it is: a code, the day reached, the article (empty for a choice)."""

    code: StepCode
    on: date
    article: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time as the law states it."""

    length: int
    unit: Unit
    period_class: PeriodClass

    def __post_init__(self) -> None:
        if self.length < 1:
            raise EmptyPeriodError(self.length)


@dataclass(frozen=True, slots=True)
class Computed:
    """When a period ends, and why.

    `due_on` is the day to keep, `outer_on` the latest day that the law can bear; they differ
    only where the texts leave two readings. `unrolled_on` is the end before any day off is
    looked at: an extension is counted from it (EXT-2016 16). `warn_on` is the first day on
    which any reading ends the period. `provisional` says that the end lies beyond the
    calendar that is known. Hours also give `due_at` and `outer_at`.
    """

    due_on: date
    outer_on: date
    unrolled_on: date
    warn_on: date
    provisional: bool
    steps: tuple[Step, ...]
    due_at: datetime | None = None
    outer_at: datetime | None = None


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
    return _month_end(clamped) if start == _month_end(start) else clamped


def clamp_months(start: date, length: int) -> date:
    """The same day of the month, or the month's last day: without the rule on month ends.

    Never later than `add_months`; people are warned from this day, because the lengthening
    beyond it rests on the courts' interpretation.
    """
    years, month = divmod(start.month - 1 + length, DECEMBER)
    first = date(start.year + years, month + 1, 1)
    return first.replace(day=min(start.day, _month_end(first).day))


def chain_months(start: date, lengths: Sequence[int]) -> tuple[date, date]:
    """The last day of months that extend one another: the day to keep and the outer limit.

    Counted from the first day in one go, and link by link from each unrolled end (EXT-2016
    16). The two differ where an end between is the last day of a month; the earlier is kept.
    """
    in_one_go = add_months(start, sum(lengths))
    by_links = list(accumulate(lengths, add_months, initial=start))[-1]
    return min(in_one_go, by_links), max(in_one_go, by_links)


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


def compute(period: Period, start: date, custody: Custody, calendar: Calendar) -> Computed:
    """When `period` ends if it begins at `start`, and the steps that lead there.

    `start` is an aware instant, or a plain day for anything not counted in hours. `custody`
    is the state on the last day: when it changes, compute again.

    Raises:
        NaiveInstantError: an instant came without an offset.
        NotAnInstantError: hours were to be counted from a plain day.
    """
    if period.unit is Unit.HOURS:
        return _compute_hours(period, start)
    first = statutory_day(start)
    unrolled, warn_on, code, article = _count(period, first, calendar)
    due_on, outer_on, ends = _end(period, unrolled, custody, calendar)
    steps = [
        Step(StepCode.START_NOT_COUNTED, first, "CPL 105¶2"),
        Step(code, unrolled, article),
        *ends,
    ]
    provisional = not (calendar.knows(unrolled) and calendar.knows(outer_on))
    if provisional:
        steps.append(Step(StepCode.CALENDAR_INCOMPLETE, outer_on))
    return Computed(due_on, outer_on, unrolled, warn_on, provisional, tuple(steps))


def _compute_hours(period: Period, start: date) -> Computed:
    if not isinstance(start, datetime):
        raise NotAnInstantError(start)
    due_at = hours_to_the_minute(start, period.length)
    outer_at = hours_to_the_full_hour(start, period.length)
    due_on, outer_on = due_at.date(), outer_at.date()
    steps = (
        Step(StepCode.HOURS_ADDED, due_on, "CPL 105¶1"),
        Step(StepCode.RUNNING_HOUR_NOT_COUNTED, outer_on, "CPL 105¶2"),
    )
    return Computed(
        due_on, outer_on, due_on, due_on, provisional=False, steps=steps, due_at=due_at,
        outer_at=outer_at,
    )  # fmt: skip


def _count(period: Period, first: date, calendar: Calendar) -> tuple[date, date, StepCode, str]:
    match period.unit:
        case Unit.MONTHS:
            last, clamped = add_months(first, period.length), clamp_months(first, period.length)
            return last, clamped, _month_step(first, last), "SPC-I 202¶1"
        case Unit.HALF_MONTHS:
            last = add_half_months(first, period.length)
            return last, last, StepCode.HALF_MONTH_IS_FIFTEEN_DAYS, "SPC-I 202¶1"
        case Unit.WORKING_DAYS:
            last = working_days_after(first, period.length, calendar)
            return last, last, StepCode.WORKING_DAYS_ADDED, ""
        case _:
            last = add_days(first, period.length)
            return last, last, StepCode.DAYS_ADDED, "CPL 105¶1"


def _month_step(first: date, last: date) -> StepCode:
    if first == _month_end(first):
        return StepCode.MONTH_END_TO_MONTH_END
    return StepCode.SAME_DAY_OF_MONTH if last.day == first.day else StepCode.NO_SUCH_DAY_IN_MONTH


def _end(
    period: Period, unrolled: date, custody: Custody, calendar: Calendar
) -> tuple[date, date, list[Step]]:
    rolled = roll(unrolled, calendar)
    if rolled == unrolled:
        return unrolled, unrolled, []
    steps = [Step(StepCode.LAST_DAY_OFF, unrolled, "CPL 105¶4")]
    if period.period_class is PeriodClass.MEASURE:
        steps.append(Step(StepCode.MEASURE_NOT_ROLLED, unrolled))
        return unrolled, unrolled, steps
    if custody in _CAUTION:
        steps.append(Step(_CAUTION[custody], unrolled))
    if custody.counts_as_held and period.period_class is PeriodClass.CUSTODY:
        steps.append(Step(StepCode.HELD_NOT_ROLLED, unrolled, "CPL 105¶4"))
        return unrolled, unrolled, steps
    if custody is not Custody.AT_LIBERTY:
        steps.append(Step(StepCode.OUTER_LIMIT_ROLLED, rolled, "CPL 105¶4"))
        return unrolled, rolled, steps
    steps.append(Step(StepCode.ROLLED, rolled, "CPL 105¶4"))
    return rolled, rolled, steps


_CAUTION = {
    Custody.UNKNOWN: StepCode.UNKNOWN_TAKEN_AS_HELD,
    Custody.ELSEWHERE: StepCode.ELSEWHERE_TAKEN_AS_HELD,
    Custody.DESIGNATED_RESIDENCE: StepCode.DESIGNATED_RESIDENCE_AS_LIBERTY,
}


def _count_working_days(day: date, length: int, calendar: Calendar, step: timedelta) -> date:
    if length < 1:
        raise EmptyPeriodError(length)
    while length:
        day += step
        length -= calendar.is_working(day)
    return day


def _month_end(day: date) -> date:
    return day.replace(day=months_of_the_year.monthrange(day.year, day.month)[1])


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise NaiveInstantError(moment)
    return moment
