"""The way from the first day to the last, as data that explains itself and can be walked again."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from services.deadlines.engine.arithmetic import (
    Calendar,
    Unit,
    add_days,
    add_half_months,
    add_months,
    hours_to_the_full_hour,
    hours_to_the_minute,
    roll,
    working_days_after,
    working_days_before,
)
from services.deadlines.engine.articles import Article
from services.deadlines.engine.choices import Choice


class Reading(StrEnum):
    """Which of the two dates a step leads to."""

    BOTH = "both"
    DUE = "due"
    OUTER = "outer"


class StepCode(StrEnum):
    """One step of the way."""

    START_NOT_COUNTED = "start_not_counted"
    HOURS_BEGIN = "hours_begin"
    RESTARTED = "restarted"
    AT_ONCE = "at_once"
    SAME_DAY = "same_day"
    NO_DATE = "no_date"
    HOURS_ADDED = "hours_added"
    RUNNING_HOUR_NOT_COUNTED = "running_hour_not_counted"
    DAYS_ADDED = "days_added"
    HALF_MONTH_IS_FIFTEEN_DAYS = "half_month_is_fifteen_days"
    SAME_DAY_OF_MONTH = "same_day_of_month"
    MONTH_END_TO_MONTH_END = "month_end_to_month_end"
    NO_SUCH_DAY_IN_MONTH = "no_such_day_in_month"
    WORKING_DAYS_ADDED = "working_days_added"
    DAYS_BACK = "days_back"
    WORKING_DAYS_BACK = "working_days_back"
    UNTIL_EVENT = "until_event"
    EXTENDED_HOURS = "extended_hours"
    EXTENDED_DAYS = "extended_days"
    EXTENDED_MONTHS = "extended_months"
    IN_ONE_GO = "in_one_go"
    RANGE_TAKEN_WHOLE = "range_taken_whole"
    REQUESTED_LATE = "requested_late"
    STATED_DAYS = "stated_days"
    COUNTED_FROM_DECISION = "counted_from_decision"
    DAYS_NOT_COUNTED = "days_not_counted"
    STILL_NOT_COUNTED = "still_not_counted"
    TRAVEL_NOT_COUNTED = "travel_not_counted"
    DAYS_USED = "days_used"
    WARNED_FROM = "warned_from"
    LAST_DAY_OFF = "last_day_off"
    ROLLED = "rolled"
    HELD_NOT_ROLLED = "held_not_rolled"
    OUTER_LIMIT_ROLLED = "outer_limit_rolled"
    MEASURE_NOT_ROLLED = "measure_not_rolled"
    UNKNOWN_TAKEN_AS_HELD = "unknown_taken_as_held"
    ELSEWHERE_TAKEN_AS_HELD = "elsewhere_taken_as_held"
    DESIGNATED_RESIDENCE_AS_LIBERTY = "designated_residence_as_liberty"
    HELD_IN_BETWEEN = "held_in_between"
    RELEASED_ON_LAST_DAY = "released_on_last_day"
    CALENDAR_INCOMPLETE = "calendar_incomplete"
    BEFORE_THE_TEXT = "before_the_text"


class Step(NamedTuple):
    """Why the date is what it is: from where, by how much, to where, under which article.

    `on` is the day reached and `from_on` the day it was reached from; steps in hours carry the
    instants too. `detail` is a code: the ground of an extension, the reason of a restart.
    """

    code: StepCode
    on: date | None = None
    from_on: date | None = None
    length: int | None = None
    reading: Reading = Reading.BOTH
    articles: tuple[Article, ...] = ()
    choice: Choice | None = None
    detail: str = ""
    at: datetime | None = None
    from_at: datetime | None = None


class BrokenExplanationError(ValueError):
    """A step does not lead where it says it leads: a bug."""


Move = Callable[[date, int, Calendar], date]

_DAYS: Move = lambda day, length, _: add_days(day, length)  # noqa: E731
_MONTHS: Move = lambda day, length, _: add_months(day, length)  # noqa: E731
_MOVES: Mapping[StepCode, Move] = {
    StepCode.DAYS_ADDED: _DAYS,
    StepCode.EXTENDED_DAYS: _DAYS,
    StepCode.STATED_DAYS: _DAYS,
    StepCode.DAYS_NOT_COUNTED: _DAYS,
    StepCode.TRAVEL_NOT_COUNTED: _DAYS,
    StepCode.HALF_MONTH_IS_FIFTEEN_DAYS: lambda day, length, _: add_half_months(day, length),
    StepCode.SAME_DAY_OF_MONTH: _MONTHS,
    StepCode.MONTH_END_TO_MONTH_END: _MONTHS,
    StepCode.NO_SUCH_DAY_IN_MONTH: _MONTHS,
    StepCode.EXTENDED_MONTHS: _MONTHS,
    StepCode.IN_ONE_GO: _MONTHS,
    StepCode.WORKING_DAYS_ADDED: working_days_after,
    StepCode.WORKING_DAYS_BACK: working_days_before,
    StepCode.DAYS_BACK: lambda day, length, _: add_days(day, -length),
    StepCode.DAYS_USED: lambda day, length, _: add_days(day, -length),
    StepCode.ROLLED: lambda day, _, calendar: roll(day, calendar),
    StepCode.OUTER_LIMIT_ROLLED: lambda day, _, calendar: roll(day, calendar),
}
_BEGINNINGS = frozenset(
    {
        StepCode.START_NOT_COUNTED,
        StepCode.HOURS_BEGIN,
        StepCode.RESTARTED,
        StepCode.COUNTED_FROM_DECISION,
        StepCode.SAME_DAY,
        StepCode.UNTIL_EVENT,
    }
)
_HOURS: Mapping[StepCode, Callable[[datetime, int], datetime]] = {
    StepCode.HOURS_ADDED: hours_to_the_minute,
    StepCode.EXTENDED_HOURS: hours_to_the_minute,
    StepCode.RUNNING_HOUR_NOT_COUNTED: hours_to_the_full_hour,
}


def follow(steps: Iterable[Step], calendar: Calendar) -> tuple[date | None, date | None]:
    """Walk an explanation again, and say which day to keep and which limit it leads to.

    Every step is counted anew from the day it names, which an earlier step has to have reached.

    Raises:
        BrokenExplanationError: a step does not lead where it says, or starts from nowhere.
    """
    reached: set[date] = set()
    ends: dict[Reading, date | None] = {Reading.DUE: None, Reading.OUTER: None}
    for step in steps:
        if step.code in _BEGINNINGS:
            landed = step.on
        elif step.code in _HOURS:
            landed = _landed_by_hours(step)
        elif step.code in _MOVES:
            landed = _landed(step, reached, calendar)
        else:
            continue
        if landed is None or landed != step.on:
            raise BrokenExplanationError(step, landed)
        reached.add(landed)
        for reading in ends:
            if step.reading in {Reading.BOTH, reading}:
                ends[reading] = landed
    return ends[Reading.DUE], ends[Reading.OUTER]


def _landed(step: Step, reached: set[date], calendar: Calendar) -> date:
    if step.from_on is None or step.from_on not in reached:
        raise BrokenExplanationError(step)
    return _MOVES[step.code](step.from_on, step.length or 0, calendar)


def _landed_by_hours(step: Step) -> date:
    if step.from_at is None or step.length is None:
        raise BrokenExplanationError(step)
    landed = _HOURS[step.code](step.from_at, step.length)
    if landed != step.at:
        raise BrokenExplanationError(step, landed)
    return landed.date()


UNIT_WORDS: Mapping[Unit, tuple[str, str, str]] = {
    Unit.HOURS: ("小时", "hour", "hours"),
    Unit.DAYS: ("日", "day", "days"),
    Unit.HALF_MONTHS: ("个半月", "half month", "half months"),
    Unit.MONTHS: ("个月", "month", "months"),
    Unit.WORKING_DAYS: ("个工作日", "working day", "working days"),
}
