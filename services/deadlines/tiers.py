"""When a period has to be spoken of before it ends, and how it stands at a glance: pure functions.

No text sets the number of days ("shortly before the end", RULES 620), so every number here is
practice and each procuratorate may set its own (`warning_settings.py`), by the length of a period
or for a single rule. Days are whole days in China time: a tier is reached at 00:00. What the law
gives in hours is warned of in hours.

Warnings count from the first day on which any reading ends the period (`warn_on`): before a last
day that moves over days off, or that rests on the courts' rule on month ends.

Days off. Somebody who first hears on a Sunday of what ends on the Monday has been told too late;
so a tier whose day is a day off is reached on the last working day before it. Where for either
reason the last warning comes early, it comes once more: on the day to keep, if that is a working
day; if not (custody does not move, CPL 105 paragraph 4), on its own plain day, for whoever is on
duty then.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from services.deadlines.engine.arithmetic import CHINA_TIME, Calendar, statutory_day
from services.deadlines.engine.rules import Kind
from services.deadlines.records import Deadline

DAY = timedelta(days=1)
AT_ONCE_AFTER = timedelta(microseconds=1)
"""A limit in hours has passed right after it; a day has passed with the next one's beginning."""
MOST_LEADS = 3
"""The ladder has three rungs before the end."""
MONTHLY, FORTNIGHTLY, WEEKLY = 16, 8, 4
"""From so many days on a period is one of months, of a fortnight, of a week; else of days."""


class Light(StrEnum):
    """How a period stands at a glance."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    GREY = "grey"
    """Closed, suspended, or "at once" without a date."""


class Tier(StrEnum):
    """How near a period has come to its end, or how far past it."""

    LINGERING = "lingering"
    """The law says at once, and it is still open."""
    FIRST = "first"
    SECOND = "second"
    LAST = "last"
    AGAIN = "again"
    """The last warning once more, where it came early."""
    THRESHOLD_PASSED = "threshold_passed"
    """The time is over after which somebody else has to act, or may."""
    DUE_PASSED = "due_passed"
    """Past the day to keep, within the latest day that the law can bear."""
    EXPIRED = "expired"

    @property
    def severity(self) -> int:
        """Which of two is the worse: the later one on this list."""
        return _ORDER.index(self)


_ORDER = tuple(Tier)


class Reach(NamedTuple):
    """A tier, the moment at which it is reached, and the end of which it speaks."""

    tier: Tier
    at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Tiers:
    """How long before the end each tier lies, by the length of the period; descending."""

    months: tuple[int, ...] = (7, 3, 1)
    """Days, for periods of more than fifteen days."""
    fortnight: tuple[int, ...] = (3, 1)
    """Days, for periods of eight to fifteen days."""
    week: tuple[int, ...] = (2, 1)
    """Days, for periods of four to seven days."""
    days: tuple[int, ...] = (1,)
    """Days, for periods of up to three days."""
    long_hours: tuple[int, ...] = (6, 1)
    """Hours, for limits of more than twelve hours."""
    short_hours: tuple[int, ...] = (2, 1)
    """Hours, for limits of up to twelve hours."""
    at_once: int = 24
    """Hours after which what is to be done at once, and has no date, is asked after."""
    rules: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """Rules that are warned of in their own way, whatever their length: days, or hours for those
    counted in hours."""

    def days_before(self, rule_id: str, span: int) -> tuple[int, ...]:
        """The days before the end of a period of so many days."""
        if own := dict(self.rules).get(rule_id):
            return own
        if span >= MONTHLY:
            return self.months
        if span >= FORTNIGHTLY:
            return self.fortnight
        return self.week if span >= WEEKLY else self.days

    def hours_before(self, rule_id: str, span: timedelta) -> tuple[int, ...]:
        """The hours before the end of a limit of that length."""
        if own := dict(self.rules).get(rule_id):
            return own
        return self.short_hours if span <= timedelta(hours=12) else self.long_hours


DEFAULT = Tiers()


def light(deadline: Deadline, now: datetime, tiers: Tiers = DEFAULT) -> Light:
    """How a period stands at a glance.

    Red: past the day to keep, or within the last tier before it. Amber: within the first tier,
    or past a threshold, after which somebody may act. Grey: closed, suspended, or without a day.
    The days are counted plainly: that a warning comes early because of days off colours nothing.
    """
    if deadline.closed_at is not None or deadline.suspended_on is not None:
        return Light.GREY
    if deadline.due_on is None:
        return Light.GREY
    if deadline.rule.kind is Kind.THRESHOLD:
        return Light.AMBER if now >= _passed(deadline.due_on) else Light.GREEN
    leads = [at for _, at in _leads(deadline, tiers)]
    if now >= leads[-1]:
        return Light.RED
    return Light.AMBER if now >= leads[0] else Light.GREEN


def reaches(deadline: Deadline, calendar: Calendar, tiers: Tiers = DEFAULT) -> list[Reach]:
    """Every tier of a period, the earliest first; what lies before its beginning is left out.

    The nearest one before the end is never left out: it is reached with the beginning then.
    A closed or suspended period has none. A threshold is spoken of on the day it passes.
    """
    if deadline.closed_at is not None or deadline.suspended_on is not None:
        return []
    if deadline.due_on is None or deadline.outer_on is None:
        asked_after = deadline.started_at + timedelta(hours=tiers.at_once)
        return [Reach(Tier.LINGERING, asked_after, deadline.started_at)]
    if deadline.rule.kind is Kind.THRESHOLD:
        passed = _passed(deadline.due_on)
        return [Reach(Tier.THRESHOLD_PASSED, passed, passed)]
    return [*_before(deadline, deadline.due_on, calendar, tiers), *_after(deadline)]


def reached(found: list[Reach], now: datetime) -> list[Reach]:
    """Those that are reached by now, the least severe first."""
    return sorted((one for one in found if one.at <= now), key=lambda one: one.tier.severity)


def next_at(found: list[Reach], now: datetime) -> datetime | None:
    """When the next one is reached; none when nothing is left to say."""
    return min((one.at for one in found if one.at > now), default=None)


def morning(day: date) -> datetime:
    """The moment at which that day begins in China."""
    return datetime.combine(day, time(), CHINA_TIME)


def _before(deadline: Deadline, due_on: date, calendar: Calendar, tiers: Tiers) -> list[Reach]:
    ends_at = deadline.due_at or _passed(due_on)
    found = [Reach(tier, at, ends_at) for tier, at in _leads(deadline, tiers)]
    if deadline.due_at is None:
        found = [one._replace(at=_worked(one.at, calendar)) for one in found]
        leads = tiers.days_before(deadline.rule_id, _span(deadline, due_on))
        nearest = morning(due_on - leads[-1] * DAY)
        if found[-1].at < nearest:
            again = Tier.AGAIN if found[-1].tier is Tier.LAST else Tier.SECOND
            at = morning(due_on) if calendar.is_working(due_on) else nearest
            found.append(Reach(again, at, ends_at))
    began = deadline.started_at
    ahead = [one for one in found if one.at > began]
    return ahead or [found[-1]._replace(at=began)]


def _after(deadline: Deadline) -> list[Reach]:
    if deadline.due_at is not None and deadline.outer_at is not None:
        due, outer, later = deadline.due_at, deadline.outer_at, AT_ONCE_AFTER
    elif deadline.due_on is not None and deadline.outer_on is not None:
        due, outer, later = _passed(deadline.due_on), _passed(deadline.outer_on), timedelta()
    else:
        return []
    doubted = [Reach(Tier.DUE_PASSED, due + later, due)] if outer > due else []
    return [*doubted, Reach(Tier.EXPIRED, outer + later, outer)]


def _leads(deadline: Deadline, tiers: Tiers) -> list[tuple[Tier, datetime]]:
    """The tiers before the end, on their plain days or hours; there is always one."""
    if deadline.due_at is not None:
        due_at = deadline.due_at
        hours = tiers.hours_before(deadline.rule_id, due_at - deadline.started_at)
        return [(tier, due_at - timedelta(hours=hour)) for tier, hour in _named(hours)]
    assert deadline.due_on is not None  # noqa: S101  # asked for only where there is a day
    kept = min(deadline.due_on, deadline.warn_on or deadline.due_on)
    leads = tiers.days_before(deadline.rule_id, _span(deadline, deadline.due_on))
    return [(tier, morning(kept - day * DAY)) for tier, day in _named(leads)]


def _span(deadline: Deadline, due_on: date) -> int:
    return (due_on - statutory_day(deadline.started_at)).days


def _named(leads: tuple[int, ...]) -> list[tuple[Tier, int]]:
    """Of three the middle one is the second; a single one is the first: the handler's."""
    if len(leads) == 1:
        return [(Tier.FIRST, leads[0])]
    names = (Tier.FIRST, Tier.SECOND)[: len(leads) - 1]
    return list(zip((*names, Tier.LAST), leads, strict=True))


def _worked(at: datetime, calendar: Calendar) -> datetime:
    day = statutory_day(at)
    while not calendar.is_working(day):
        day -= DAY
    return morning(day)


def _passed(day: date) -> datetime:
    return morning(day + DAY)


def descending(leads: tuple[int, ...]) -> bool:
    """Is each nearer to the end than the one before?"""
    return all(earlier > nearer for earlier, nearer in pairwise(leads))
