"""The ladders: who hears next of what nobody has confirmed, and after which time.

A table that a lawyer can proofread, and pure functions that read it. No text sets any of these
windows, and no text knows such a ladder: RULES 620 speaks of the reminder by case management,
RULES 613 and 664 say who watches. All else here is practice, and stays below the law: where
somebody is held beyond the end, no night and no day off stops it (CPL 98, 99).

A ladder goes on from whoever the clock's tier has told already (`services/deadlines/watch.py`).
Nobody is told by a rung what they have heard as somebody else; the window runs all the same.
Where nobody who has heard is there, no window is waited for. Where the handler is on leave, the
substitute hears at once and the ladder goes on with both.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from notifications.messages import Urgency
from services.deadlines.engine.arithmetic import CHINA_TIME, Calendar

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WORKING_DAY = timedelta(hours=9)
"""From the opening of an office to its closing."""
NEAR = timedelta(hours=24)
"""A custody with less than this left is counted like a limit in hours."""


class LadderRung(StrEnum):
    """Who hears at a step."""

    AGAIN = "again"
    """Everyone who has heard and is there, once more."""
    EVERY_CHANNEL = "every_channel"
    """They once more, by every channel they have, in quiet hours and whatever they have muted."""
    SUBSTITUTE = "substitute"
    """Whoever stands in: the other prosecutors of the case, who acts for an absent chief. For
    recipients of another organ: case management of the procuratorate concerned."""
    HEAD = "head"
    """The heads of department, with case management beside them (RULES 620, 664)."""
    CHIEF = "chief"
    """The chief procurator, or who acts as one."""
    SECURITY = "security"
    """The security officers of the office that keeps the account."""


class LadderHours(StrEnum):
    """In which hours the windows run."""

    ROUND_THE_CLOCK = "round_the_clock"
    DAYTIME = "daytime"
    """From 07:00 to 22:00 on every day, days off included."""
    WORKING = "working"
    """From 08:30 to 17:30 on working days."""


OPEN = {
    LadderHours.DAYTIME: (time(7), time(22)),
    LadderHours.WORKING: (time(8, 30), time(17, 30)),
}


class LadderName(StrEnum):
    """Which ladder."""

    ALARM = "alarm"
    HOURS = "hours"
    CUSTODY = "custody"
    URGENT = "urgent"
    CLOCK = "clock"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Step:
    """After so long without an answer these people hear."""

    after: timedelta
    to: LadderRung


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps of one ladder, the hours in which its windows run, and how it ends."""

    name: LadderName
    zh: str
    en: str
    hours: LadderHours
    steps: tuple[Step, ...]
    silence: timedelta
    """How long the last who were told may be silent before the ladder is exhausted."""
    explicit: bool = False
    """Only somebody who says "known, and dealt with" stops it; reading the line does not."""
    daily: bool = False
    """Once exhausted it is told again every day until somebody answers."""

    @property
    def bound(self) -> timedelta:
        """How long it takes at the most, in its own hours, until everybody of it has heard."""
        return sum((step.after for step in self.steps), timedelta())

    @property
    def in_place(self) -> tuple[Step, ...]:
        """The steps where the handler is on leave: the substitute first, and at once."""
        first = tuple(replace(one, after=timedelta()) for one in self.steps if one.to in _STAND_IN)
        return first + tuple(one for one in self.steps if one.to not in _STAND_IN)

    def overrides(self, rung: LadderRung) -> bool:
        """Does that step break quiet hours and what somebody has muted?"""
        return rung is not LadderRung.AGAIN or self.hours is LadderHours.ROUND_THE_CLOCK


_STAND_IN = frozenset({LadderRung.SUBSTITUTE})

LADDERS: Mapping[LadderName, Ladder] = MappingProxyType(
    {
        one.name: one
        for one in (
            Ladder(
                LadderName.ALARM,
                "超期羁押",
                "Somebody is held beyond the end",
                LadderHours.ROUND_THE_CLOCK,
                (
                    Step(10 * MINUTE, LadderRung.AGAIN),
                    Step(10 * MINUTE, LadderRung.EVERY_CHANNEL),
                    Step(10 * MINUTE, LadderRung.SUBSTITUTE),
                    Step(10 * MINUTE, LadderRung.HEAD),
                    Step(10 * MINUTE, LadderRung.CHIEF),
                ),
                silence=30 * MINUTE,
                explicit=True,
                daily=True,
            ),
            Ladder(
                LadderName.HOURS,
                "以小时计算的期限，或者羁押期限不足二十四小时的",
                "A limit in hours, or a custody with less than 24 hours left: urgent",
                LadderHours.ROUND_THE_CLOCK,
                (
                    Step(10 * MINUTE, LadderRung.AGAIN),
                    Step(10 * MINUTE, LadderRung.EVERY_CHANNEL),
                    Step(10 * MINUTE, LadderRung.SUBSTITUTE),
                    Step(15 * MINUTE, LadderRung.HEAD),
                    Step(10 * MINUTE, LadderRung.CHIEF),
                ),
                silence=30 * MINUTE,
            ),
            Ladder(
                LadderName.CUSTODY,
                "其他羁押期限的紧急提醒，以及以小时计算的期限的一般提醒",
                "Any other custody: urgent; a limit in hours: the earlier warnings",
                LadderHours.DAYTIME,
                (
                    Step(30 * MINUTE, LadderRung.AGAIN),
                    Step(30 * MINUTE, LadderRung.EVERY_CHANNEL),
                    Step(30 * MINUTE, LadderRung.SUBSTITUTE),
                    Step(HOUR, LadderRung.HEAD),
                    Step(HOUR, LadderRung.CHIEF),
                ),
                silence=2 * HOUR,
            ),
            Ladder(
                LadderName.URGENT,
                "其他紧急提醒",
                "Whatever else is urgent",
                LadderHours.WORKING,
                (
                    Step(HOUR, LadderRung.AGAIN),
                    Step(HOUR, LadderRung.EVERY_CHANNEL),
                    Step(HOUR, LadderRung.SUBSTITUTE),
                    Step(2 * HOUR, LadderRung.HEAD),
                    Step(2 * HOUR, LadderRung.CHIEF),
                ),
                silence=WORKING_DAY,
            ),
            Ladder(
                LadderName.CLOCK,
                "期限的一般提醒",
                "The earlier warnings of a period",
                LadderHours.WORKING,
                (
                    Step(WORKING_DAY, LadderRung.AGAIN),
                    Step(WORKING_DAY, LadderRung.EVERY_CHANNEL),
                    Step(WORKING_DAY, LadderRung.SUBSTITUTE),
                    Step(WORKING_DAY, LadderRung.HEAD),
                ),
                silence=2 * WORKING_DAY,
            ),
            Ladder(
                LadderName.ACCOUNT,
                "账号和设备的安全提醒",
                "The safety of an account or a phone",
                LadderHours.DAYTIME,
                (
                    Step(HOUR, LadderRung.AGAIN),
                    Step(HOUR, LadderRung.EVERY_CHANNEL),
                    Step(2 * HOUR, LadderRung.SECURITY),
                ),
                silence=WORKING_DAY,
            ),
        )
    }
)


class ClockKind(StrEnum):
    """Which clock runs behind a message."""

    HOURS = "hours"
    CUSTODY = "custody"
    DAYS = "days"
    NONE = "none"
    """It is about a matter, and no period of it is spoken of."""
    ACCOUNT = "account"
    """It is about somebody's own account."""


CHOICE: Mapping[tuple[Urgency, ClockKind], LadderName] = MappingProxyType(
    {
        **{(Urgency.ALARM, clock): LadderName.ALARM for clock in ClockKind},
        (Urgency.URGENT, ClockKind.HOURS): LadderName.HOURS,
        (Urgency.URGENT, ClockKind.CUSTODY): LadderName.CUSTODY,
        (Urgency.URGENT, ClockKind.DAYS): LadderName.URGENT,
        (Urgency.URGENT, ClockKind.NONE): LadderName.URGENT,
        (Urgency.URGENT, ClockKind.ACCOUNT): LadderName.ACCOUNT,
        (Urgency.TASK, ClockKind.HOURS): LadderName.CUSTODY,
        (Urgency.TASK, ClockKind.CUSTODY): LadderName.CLOCK,
        (Urgency.TASK, ClockKind.DAYS): LadderName.CLOCK,
    }
)
"""The ladder of each class and clock. What is not named has none: a task without a clock lies in
the list of tasks, and a piece of information asks for no answer."""


def ladder_of(urgency: Urgency, clock: ClockKind) -> Ladder | None:
    """The ladder on which such a message is put, if there is one."""
    name = CHOICE.get((urgency, clock))
    return LADDERS[name] if name else None


def after(start: datetime, window: timedelta, hours: LadderHours, calendar: Calendar) -> datetime:
    """The moment at which a window is over that runs in those hours only.

    What would be over with the closing is over with the next opening, when somebody is there.
    """
    if hours is LadderHours.ROUND_THE_CLOCK:
        return start + window
    opens, closes = OPEN[hours]
    moment = start.astimezone(CHINA_TIME)
    while True:
        day = moment.date()
        if hours is LadderHours.DAYTIME or calendar.is_working(day):
            begins = max(moment, datetime.combine(day, opens, CHINA_TIME))
            ends = datetime.combine(day, closes, CHINA_TIME)
            if begins + window < ends:
                return begins + window
            window -= max(ends - begins, timedelta())
        moment = datetime.combine(day + DAY, time(), CHINA_TIME)


class Staff(Protocol):
    """Who stands where at this moment, as far as one message is concerned."""

    @property
    def away(self) -> Collection[int]:
        """Those who are on recorded leave."""
        ...

    def at(self, rung: LadderRung, /) -> Collection[int]:
        """Everyone of that rung, on leave or not."""
        ...


@dataclass(frozen=True, slots=True)
class Climb:
    """How far up its ladder a message is: the steps in their order, which is next, who heard."""

    ladder: Ladder
    steps: tuple[Step, ...]
    step: int
    heard: frozenset[int]


@dataclass(frozen=True, slots=True)
class Raised:
    """What one look at a ladder comes to: who hears now, and when to look again at which step."""

    to: LadderRung | None
    """None where nobody is told now."""
    people: frozenset[int]
    step: int
    at: datetime | None
    exhausted: bool = False


def first_look(climb: Climb, staff: Staff, now: datetime, calendar: Calendar) -> datetime:
    """When a message that has just been told is looked at: at once where nobody there heard it."""
    window = climb.steps[0].after if climb.heard - set(staff.away) else timedelta()
    return after(now, window, climb.ladder.hours, calendar)


def raise_next(climb: Climb, staff: Staff, now: datetime, calendar: Calendar) -> Raised:
    """Go on by one rung; never by two for people who had no time to answer the first.

    Outside the ladder's hours nobody is told, and the look is put off to their beginning.
    """
    ladder, away = climb.ladder, set(staff.away)
    opening = after(now, timedelta(), ladder.hours, calendar)
    if opening > now:
        return Raised(None, frozenset(), climb.step, opening)
    there = climb.heard - away
    for number in range(climb.step, len(climb.steps)):
        rung = climb.steps[number].to
        people = _people(rung, climb.heard, staff)
        if people or there:
            at = after(now, _window(climb, number + 1), ladder.hours, calendar)
            return Raised(rung if people else None, people, number + 1, at)
    again = now + DAY if ladder.daily else None
    return Raised(None, frozenset(), len(climb.steps), again, exhausted=True)


def raise_daily(climb: Climb, staff: Staff, now: datetime) -> Raised:
    """Tell the head, case management and the chief once more of what stayed without an answer."""
    everybody = {*staff.at(LadderRung.HEAD), *staff.at(LadderRung.CHIEF)}
    people = frozenset(everybody - set(staff.away) or everybody)
    return Raised(LadderRung.CHIEF, people, climb.step, now + DAY)


def _window(climb: Climb, number: int) -> timedelta:
    """How long whoever is told now has, before the step of that number comes."""
    return climb.steps[number].after if number < len(climb.steps) else climb.ladder.silence


def _people(rung: LadderRung, heard: frozenset[int], staff: Staff) -> frozenset[int]:
    """Who hears at a rung: who is there, and the chief even on leave, but never alone."""
    away = set(staff.away)
    if rung in {LadderRung.AGAIN, LadderRung.EVERY_CHANNEL}:
        return frozenset(heard - away)
    found = frozenset(staff.at(rung)) - heard
    if rung is LadderRung.CHIEF and heard - away:
        return (found - away) or found
    return found - away
