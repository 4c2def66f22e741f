"""The last day of the notice to the organ: working days counted back (PSUP-2021 19)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from services import deadlines
from services.activities.records import Activity
from services.deadlines import (
    Custody,
    Deadline,
    ImpossibleCalculation,
    ImpossibleError,
    Kind,
    Organ,
    WorkCalendar,
)
from services.kernel.act import Act

FULL, SHORT = "L12", "L12b"
"""The rules of five working days, and of three with the organ's consent."""
REVIEWS = frozenset({"D06", "D07", "R01", "R02"})
"""The periods in which a case is decided, held or not."""
FURTHEST = 60
"""Days after which some working day always leaves room for the notice."""


@dataclass(frozen=True, slots=True)
class NoticeDays:
    """Until when the organ is to be told of an activity on one day."""

    by_on: date
    short_by_on: date

    @property
    def due_on(self) -> date:
        """Five working days before: the rule."""
        return self.by_on

    @property
    def outer_on(self) -> date:
        """Three working days before: with the organ's consent."""
        return self.short_by_on


@dataclass(frozen=True, slots=True)
class Earliest:
    """The first working days for which a notice today is early enough."""

    on: date
    short_on: date


@dataclass(frozen=True, slots=True)
class Crowded:
    """A period of the case ends before any supervisor can be there."""

    deadline: Deadline
    due_on: date
    earliest: Earliest


def asked(session: Session, day: date) -> NoticeDays:
    """The same for whoever only asks.

    Refuses:
        ImpossibleCalculation: no day can be counted from there.
    """
    try:
        return notice_days(session, day)
    except ImpossibleError as error:
        raise ImpossibleCalculation.because(error, "/on") from error


def notice_days(session: Session, day: date) -> NoticeDays:
    """The last days of the notice for an activity on that day, which is not counted itself.

    Make-up working days count, days off do not: told on the fifth (the third) working day
    counted back is in time.

    Raises:
        ImpossibleError: no day can be counted from there.
    """
    return _days(deadlines.calendar_of(session), day)


def earliest(session: Session, today: date) -> Earliest:
    """The first working days on which it can be held if the organ is told today."""
    calendar = deadlines.calendar_of(session)
    working = [
        day
        for day in (today + timedelta(days=count) for count in range(1, FURTHEST))
        if calendar.is_working(day)
    ]

    def first(by: Callable[[NoticeDays], date]) -> date:
        return next(day for day in working if by(_days(calendar, day)) >= today)

    return Earliest(first(lambda days: days.by_on), first(lambda days: days.short_by_on))


def crowded(act: Act, activity: Activity) -> Crowded | None:
    """The period of the case that leaves no room even for the short notice, if there is one.

    It is the first that ends: custody, or the period in which the case is decided. The decision
    never waits for supervisors.
    """
    if activity.case is None:
        return None
    chosen = deadlines.open_of([suspect.id for suspect in activity.case.suspects])
    periods = [one for one in act.session.scalars(chosen) if presses(one)]
    first = min(periods, key=lambda one: one.due_on or date.max, default=None)
    if first is None or first.due_on is None:
        return None
    soonest = earliest(act.session, act.today)
    return Crowded(first, first.due_on, soonest) if soonest.short_on > first.due_on else None


def presses(one: Deadline) -> bool:
    """Is it a period of custody, or of the procuratorate's own review, with a day to keep?"""
    if one.due_on is None or one.rule.kind is not Kind.DEADLINE:
        return False
    return one.is_custody or (one.rule_id in REVIEWS and one.binds is Organ.PROCURATORATE)


def _days(calendar: WorkCalendar, day: date) -> NoticeDays:
    by_on, short_by_on = (
        deadlines.calculate(rule_id, day, Custody.UNKNOWN, calendar).due_on
        for rule_id in (FULL, SHORT)
    )
    assert by_on is not None  # noqa: S101  # both rules have a length
    assert short_by_on is not None  # noqa: S101
    return NoticeDays(by_on, short_by_on)
