"""When a period ends, and why: the one calculation of the house, pure and without a case.

`calculate` folds what happened to a period (extensions, days not counted, restarts, changes of
custody) over its row of the table. Wherever the texts leave two readings both are carried to the
end: `due_on` is the day to keep, `outer_on` the latest day that the law can bear.
"""

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from operator import itemgetter

from services.deadlines.engine.arithmetic import (
    Calendar,
    Custody,
    NaiveInstantError,
    Period,
    PeriodClass,
    Unit,
    hours_to_the_full_hour,
    hours_to_the_minute,
    roll,
    statutory_day,
    working_days_before,
)
from services.deadlines.engine.articles import Article
from services.deadlines.engine.choices import Choice
from services.deadlines.engine.events import (
    CustodyChanged,
    Event,
    Excluded,
    ExclusionReason,
    Extended,
    ExtensionStated,
    Restarted,
    Travelled,
    Used,
)
from services.deadlines.engine.problems import ImpossibleError, Problem
from services.deadlines.engine.reasons import LEFT_OUT_UNDER, RESTARTED_UNDER
from services.deadlines.engine.rules import Extension, Kind, RestartReason, Rule
from services.deadlines.engine.steps import Reading, Step, StepCode
from services.deadlines.engine.table import UnknownRuleError, rule_of
from services.deadlines.engine.triggers import COURT_CASE_ACCEPTED
from services.deadlines.engine.walks import CPL_105_1, MONTHS, Shift, Way, links_of, merged

EARLIEST, LATEST = date(2018, 1, 1), date(2100, 12, 31)
"""The days for which the table and the calendar can be asked at all."""

MOST_DAYS = 3650
"""More days on the way, or used before, than any period has."""

CPL_105_2 = (Article("CPL", 105, 2),)
CPL_105_3 = (Article("CPL", 105, 3),)
CPL_105_4 = (Article("CPL", 105, 4),)


class Flag(StrEnum):
    """What whoever reads the date has to be told beside it."""

    REQUESTED_LATE = "requested_late"
    RANGE_TAKEN_WHOLE = "range_taken_whole"
    STILL_NOT_COUNTED = "still_not_counted"
    BEFORE_THE_TEXT = "before_the_text"
    TAKEN_AFTER_EXPIRY = "taken_after_expiry"
    """As it is known now, the period had ended before something that was taken (`taken`)."""


@dataclass(frozen=True, slots=True)
class Calculation:
    """When a period ends, and why.

    `due_on` is the day to keep, `outer_on` the latest day that the law can bear; both are empty
    where the law gives no length. `unrolled_on` is the end before any day off is looked at: an
    extension is counted from it (EXT-2016 16). `warn_on` is the first day on which any reading
    ends the period. `provisional` says that the end lies beyond the calendar that is known.
    Hours also give `due_at` and `outer_at`.
    """

    rule: Rule
    started: date | datetime
    custody: Custody
    events: tuple[Event, ...]
    due_on: date | None
    outer_on: date | None
    unrolled_on: date | None
    warn_on: date | None
    provisional: bool
    steps: tuple[Step, ...]
    due_at: datetime | None = None
    outer_at: datetime | None = None
    flags: frozenset[Flag] = frozenset()


def calculate(  # noqa: PLR0913  # the last by its name
    rule_id: str,
    started: date | datetime,
    custody: Custody,
    calendar: Calendar,
    events: Sequence[Event] = (),
    *,
    taken: int = 0,
) -> Calculation:
    """When a period of that rule ends if it begins at `started`, and the steps that lead there.

    `started` is an aware instant, or a plain day for anything not counted in hours; for a
    backward rule it is the event counted back from. `custody` is the state at the start.

    The `events` stand in the order in which they became known. Changes of custody are read by
    their days, whenever they were told. The first `taken` events were taken on what was known
    then: if it is found now that the period had ended before one of them, that is flagged.

    Raises:
        ImpossibleError: no such rule, a date out of range, or an event that cannot be.
    """
    day = _day_of(started)
    try:
        rule = rule_of(rule_id, day)
    except UnknownRuleError as error:
        problem = Problem.RULE_UNKNOWN if error.on is None else Problem.RULE_ENDED
        raise ImpossibleError(problem, rule=rule_id) from error
    return calculate_row(rule, started, custody, calendar, events, taken=taken)


def calculate_row(  # noqa: PLR0913  # the last by its name
    rule: Rule,
    started: date | datetime,
    custody: Custody,
    calendar: Calendar,
    events: Sequence[Event] = (),
    *,
    taken: int = 0,
) -> Calculation:
    """As `calculate`, for a row that is at hand.

    Raises:
        ImpossibleError: a date out of range, or an event that cannot be.
    """
    _day_of(started)
    try:
        return _Fold(rule, started, custody, calendar, tuple(events), taken).calculation()
    except OverflowError as error:
        raise ImpossibleError(
            Problem.DATE_OUT_OF_RANGE, day=date.max, first=EARLIEST, last=LATEST
        ) from error


def _day_of(started: date | datetime) -> date:
    try:
        day = statutory_day(started)
    except NaiveInstantError as error:
        raise ImpossibleError(Problem.INSTANT_WITHOUT_OFFSET) from error
    except OverflowError as error:  # an hour away from the first or the last year there is
        raise ImpossibleError(
            Problem.DATE_OUT_OF_RANGE, day=started, first=EARLIEST, last=LATEST
        ) from error
    if not EARLIEST <= day <= LATEST:
        raise ImpossibleError(Problem.DATE_OUT_OF_RANGE, day=day, first=EARLIEST, last=LATEST)
    return day


@dataclass(slots=True)
class _Fold:
    """One calculation while it is being made: the row, what happened, and the two ends."""

    row: Rule
    started: date | datetime
    custody: Custody
    calendar: Calendar
    events: tuple[Event, ...]
    taken: int = 0
    rule: Rule = field(init=False)
    """The row that is counted: for C02 it is C01, extended once."""
    start: date = field(init=False)
    """Where the present round began: the start, or the last restart."""
    instant: date | datetime = field(init=False)
    states: list[tuple[date, Custody]] = field(default_factory=list[tuple[date, Custody]])
    round: list[tuple[int, Event]] = field(default_factory=list[tuple[int, Event]])
    """What happened since the present round began, with its place among the events."""
    granted: int = 0
    due: date = field(init=False)
    outer: date = field(init=False)
    warn: date = field(init=False)
    steps: list[Step] = field(default_factory=list[Step])
    flags: set[Flag] = field(default_factory=set[Flag])
    ends: dict[int, tuple[date, date]] = field(default_factory=dict[int, tuple[date, date]])
    """The two ends as the first so many events left them: each is found once, not anew for
    every event after it, or twenty events would cost a million calculations."""

    def calculation(self) -> Calculation:
        self._begin()
        period = self.rule.period
        if period is None:
            return self._without_length()
        extended = [
            self._granted(place, event)
            for place, event in self.round
            if isinstance(event, Extended)
        ]
        if period.unit is Unit.HOURS:
            return self._hours(period, extended)
        if self.row.kind is Kind.BACKWARD:
            return self._counted_back(period)
        return self._counted_forwards(period, extended)

    # Where the period begins

    def _begin(self) -> None:
        self.rule, implied = self.row, 0
        self.start = statutory_day(self.started)
        self.instant = self.started
        if self.row.base is not None:
            base, implied = self.row.base
            self.rule = rule_of(base, self.start)
        if self.start < self.row.effective_from:
            self.flags.add(Flag.BEFORE_THE_TEXT)
            self._step(
                StepCode.BEFORE_THE_TEXT, self.row.effective_from, choice=Choice.BEFORE_THE_TEXT
            )
        period = self.rule.period
        if period is not None and period.unit is not Unit.HOURS:
            self._step(StepCode.START_NOT_COUNTED, self.start, articles=CPL_105_2)
        self.round = [(0, Extended())] * implied
        for place, event in enumerate(self.events):
            _in_range(event)
            if isinstance(event, CustodyChanged):
                self._change_custody(event)
            elif isinstance(event, Restarted):
                self._restart(place, event)
                self.round = self._going_on()
            else:
                self.round.append((place, event))

    def _change_custody(self, event: CustodyChanged) -> None:
        if event.on < statutory_day(self.started):
            raise ImpossibleError(Problem.EVENT_OUT_OF_ORDER, day=event.on)
        insort(self.states, (event.on, event.custody), key=itemgetter(0))

    def _restart(self, place: int, event: Restarted) -> None:
        """A new round; one that begins after the end heals nothing, and is marked."""
        day = _day_of(event.at)
        if event.reason not in self.rule.restarts:
            raise ImpossibleError(Problem.RESTART_NOT_KNOWN, rule=self.row.id, reason=event.reason)
        if day < self.start:
            raise ImpossibleError(Problem.EVENT_OUT_OF_ORDER, day=day)
        if day > self._so_far(place)[1]:
            self.flags.add(Flag.TAKEN_AFTER_EXPIRY)
        self.start, self.instant = day, event.at
        self._step(
            StepCode.RESTARTED,
            day,
            articles=RESTARTED_UNDER[event.reason],
            detail=event.reason.value,
        )

    def _going_on(self) -> list[tuple[int, Event]]:
        """Days left out that reach beyond a restart go on being left out (CPL 149)."""
        return [
            (_BEFORE_THE_ROUND, replace(event, from_on=max(event.from_on, self.start)))
            for _, event in self.round
            if isinstance(event, Excluded)
            and (event.until_on is None or event.until_on > self.start)
        ]

    # Extensions: whether they can be, and how long they are

    def _granted(self, place: int, event: Extended) -> tuple[Extension, int]:
        extension = self._next(event.ground)
        length = self._length(extension, event.length)
        if event.on is not None or event.requested_on is not None:
            self._in_time(extension, event, place)
        self.granted += 1
        return extension, length

    def _next(self, ground: str | None) -> Extension:
        """The extension that is meant, which has to be the next that the table allows."""
        extensions = self.rule.extensions
        grounds = [extension.ground for extension in extensions]
        if ground is not None and ground not in grounds:
            raise ImpossibleError(Problem.GROUND_UNKNOWN, rule=self.row.id, ground=ground)
        place = self.granted if ground is None else grounds.index(ground)
        if place < self.granted:
            raise ImpossibleError(
                Problem.EXTENDED_BEFORE, extensions[place].articles, ground=extensions[place]
            )
        if place >= len(extensions):
            articles = extensions[-1].articles if extensions else self.row.articles
            raise ImpossibleError(
                Problem.NO_FURTHER_EXTENSION, articles, rule=self.row.id, known=len(extensions)
            )
        if place > self.granted:
            raise ImpossibleError(
                Problem.EXTENSION_OUT_OF_ORDER,
                extensions[place].articles,
                ground=extensions[place],
                first=extensions[self.granted],
            )
        return extensions[place]

    def _length(self, extension: Extension, length: int | None) -> int:
        if length is None:
            if extension.is_range:
                self.flags.add(Flag.RANGE_TAKEN_WHOLE)
            return extension.more
        least = extension.more if extension.at_least is None else extension.at_least
        if not least <= length <= extension.more:
            raise ImpossibleError(
                Problem.LENGTH_OUT_OF_RANGE,
                extension.articles,
                ground=extension,
                least=least,
                most=extension.more,
                unit=extension.unit,
            )
        return length

    def _in_time(self, extension: Extension, event: Extended, place: int) -> None:
        """An extension is to be asked for, and granted, before the period ends (RULES 309)."""
        days = [day for day in (event.requested_on, event.on) if day is not None]
        if min(days) < self.start or days != sorted(days):
            raise ImpossibleError(Problem.EVENT_OUT_OF_ORDER, day=min(days))
        due_on, outer_on = self._so_far(place)
        stood_still_on = self._still_from(place)
        if min(max(days), stood_still_on) > outer_on:
            self._found_too_late(
                place,
                ImpossibleError(
                    Problem.EXTENSION_AFTER_EXPIRY,
                    _BARRED if extension.request_days_before else extension.articles,
                    ground=extension,
                    ended_on=outer_on,
                ),
            )
        notice = extension.request_days_before
        if (
            notice
            and event.requested_on
            and min(event.requested_on, stood_still_on) > due_on - timedelta(days=notice)
        ):
            self.flags.add(Flag.REQUESTED_LATE)
            self._step(
                StepCode.REQUESTED_LATE,
                event.requested_on,
                length=notice,
                articles=_ASKED_IN_TIME,
                detail=extension.ground,
            )

    def _still_from(self, place: int) -> date:
        """Since when no day has been counted as `place` is reached; never, if days are."""
        return next(
            (
                event.from_on
                for at, event in self.round
                if at < place and isinstance(event, Excluded) and event.until_on is None
            ),
            date.max,
        )

    def _found_too_late(self, place: int, refusal: ImpossibleError) -> None:
        """What is new is refused; what was taken before stands, and is flagged."""
        if place >= self.taken:
            raise refusal
        self.flags.add(Flag.TAKEN_AFTER_EXPIRY)

    def _so_far(self, place: int) -> tuple[date, date]:
        """The two ends as what happened before `place` left them."""
        if place not in self.ends:
            earlier = _Fold(
                self.row,
                self.started,
                self.custody,
                self.calendar,
                self.events[:place],
                self.taken,
                ends=self.ends,
            ).calculation()
            if earlier.due_on is None or earlier.outer_on is None:
                raise ImpossibleError(Problem.NO_FURTHER_EXTENSION, rule=self.row.id, known=0)
            self.ends[place] = (earlier.due_on, earlier.outer_on)
        return self.ends[place]

    # How long the period is

    def _counted_forwards(
        self, period: Period, extended: list[tuple[Extension, int]]
    ) -> Calculation:
        excluded, shifts, stated = self._happened(period)
        whole = Flag.RANGE_TAKEN_WHOLE in self.flags
        way = Way(
            self.start,
            links_of(self.rule, period, extended, whole=whole),
            excluded,
            shifts,
            stated,
            self.calendar,
        )
        first, last = way.walked()
        if first.end < self.start:
            raise ImpossibleError(Problem.TIME_USED_UP, _ACCUMULATES, rule=self.row.id)
        self.due, self.outer, self.warn = first.end, last.end, first.warn
        self.steps += merged(first, last)
        return self._ended(period.period_class)

    def _happened(self, period: Period) -> tuple[list[Excluded], list[Shift], Extension | None]:
        """What else happened: days left out, days added or taken off, a ground that was stated."""
        excluded: list[Excluded] = []
        shifts: list[Shift] = []
        stated: Extension | None = None
        for place, event in self.round:
            match event:
                case ExtensionStated(ground):
                    stated = self._stated(ground)
                case Excluded():
                    self._exclude(place, event, excluded)
                    excluded.append(event)
                case Travelled(days):
                    shifts.append(self._travelled(days, period.period_class))
                case Used(days):
                    shifts.append(self._used(days))
                case _:
                    pass  # extensions were counted before, custody comes with the end
        return excluded, shifts, stated

    def _stated(self, ground: str) -> Extension | None:
        """A ground that is only stated moves the limit, as far as it would if it were granted."""
        if ground in [one.ground for one in self.rule.extensions[: self.granted]]:
            return None
        extension = self._next(ground)
        if extension.unit is not Unit.DAYS:
            raise ImpossibleError(Problem.ONLY_GRANTED, extension.articles, ground=extension)
        return extension

    def _exclude(self, place: int, event: Excluded, before: list[Excluded]) -> None:
        if not _stands_still(self.rule, event.reason):
            raise ImpossibleError(
                Problem.NEVER_STANDS_STILL,
                LEFT_OUT_UNDER[event.reason],
                rule=self.row.id,
                reason=event.reason,
            )
        until = event.until_on
        if event.from_on < self.start or (until is not None and until < event.from_on):
            raise ImpossibleError(Problem.EVENT_OUT_OF_ORDER, day=event.from_on)
        for other in before:
            if other.until_on is None or (
                other.until_on > event.from_on and (until is None or until > other.from_on)
            ):
                raise ImpossibleError(Problem.EXCLUDED_TWICE, day=event.from_on)
        if place != _BEFORE_THE_ROUND and event.from_on > (ended_on := self._so_far(place)[1]):
            self._found_too_late(
                place,
                ImpossibleError(
                    Problem.EXCLUDED_AFTER_EXPIRY, day=event.from_on, ended_on=ended_on
                ),
            )
        if until is None:
            self.flags.add(Flag.STILL_NOT_COUNTED)
            self._step(
                StepCode.STILL_NOT_COUNTED,
                event.from_on,
                articles=LEFT_OUT_UNDER[event.reason],
                detail=event.reason.value,
            )

    def _travelled(self, days: int, period_class: PeriodClass) -> Shift:
        _bounded(days)
        if period_class in {PeriodClass.CUSTODY, PeriodClass.MEASURE}:
            raise ImpossibleError(Problem.TRAVEL_IN_CUSTODY, CPL_105_3, rule=self.row.id)
        return Shift(StepCode.TRAVEL_NOT_COUNTED, days, CPL_105_3, Choice.TRAVEL)

    def _used(self, days: int) -> Shift:
        _bounded(days)
        if RestartReason.NEW_ORGAN not in self.rule.restarts:
            raise ImpossibleError(Problem.NOT_A_MEASURE, _ACCUMULATES, rule=self.row.id)
        return Shift(StepCode.DAYS_USED, -days, _ACCUMULATES, Choice.MEASURE_ACCUMULATES)

    # Where it ends

    def _ended(self, period_class: PeriodClass) -> Calculation:
        unrolled, steps = self.due, self.steps
        if self.warn < self.due:
            self._step(StepCode.WARNED_FROM, self.warn, articles=MONTHS, choice=Choice.MONTH_END)
        if self.due == self.outer:
            due_on, outer_on, found = self._end(self.due, period_class, Reading.BOTH)
            steps += found
        else:
            due_on, _, found = self._end(self.due, period_class, Reading.DUE)
            steps += found
            _, outer_on, found = self._end(self.outer, period_class, Reading.OUTER)
            steps += found
        calendar = self.calendar
        provisional = not (calendar.knows(unrolled) and calendar.knows(outer_on))
        if provisional:
            self._step(StepCode.CALENDAR_INCOMPLETE, outer_on, choice=Choice.CALENDAR_UNKNOWN)
        return self._result(due_on, outer_on, unrolled, provisional=provisional)

    def _end(
        self, last: date, period_class: PeriodClass, reading: Reading
    ) -> tuple[date, date, list[Step]]:
        """Whether a last day that is a day off moves (CPL 105 paragraph 4)."""
        rolled = roll(last, self.calendar)
        if rolled == last or period_class is PeriodClass.WORKDAYS:
            return last, last, []
        steps = [Step(StepCode.LAST_DAY_OFF, last, articles=CPL_105_4, choice=Choice.DAYS_OFF)]
        if period_class is PeriodClass.MEASURE:
            steps.append(
                Step(
                    StepCode.MEASURE_NOT_ROLLED,
                    last,
                    reading=reading,
                    articles=CPL_105_4,
                    choice=Choice.MEASURE_NOT_ROLLED,
                )
            )
            return last, last, steps
        custody, why = self._state_on(last, rolled)
        if why is not None:
            steps.append(why)
        if custody.counts_as_held and period_class is PeriodClass.CUSTODY:
            steps.append(Step(StepCode.HELD_NOT_ROLLED, last, articles=CPL_105_4))
            return last, last, steps
        released = why is not None and why.code is StepCode.RELEASED_ON_LAST_DAY
        if custody is not Custody.AT_LIBERTY or released:
            if reading is not Reading.DUE:
                held = Custody.HELD.value if custody is Custody.HELD else ""
                steps.append(
                    _rolled(StepCode.OUTER_LIMIT_ROLLED, last, rolled, Reading.OUTER, held)
                )
            return last, rolled, steps
        steps.append(_rolled(StepCode.ROLLED, last, rolled, reading))
        return rolled, rolled, steps

    def _state_on(self, last: date, rolled: date) -> tuple[Custody, Step | None]:
        """The state that decides, and a step where it is not simply what everybody knows."""
        before, at_end = self.custody, self.custody
        for on, custody in self.states:
            if on < last:
                before = custody
            if on <= last:
                at_end = custody
        if not at_end.counts_as_held:
            for on, custody in self.states:
                if last < on <= rolled and custody.counts_as_held:
                    code, choice = StepCode.HELD_IN_BETWEEN, Choice.CUSTODY_CHANGED
                    return custody, Step(code, on, articles=CPL_105_4, choice=choice)
            if before is not Custody.AT_LIBERTY and at_end is Custody.AT_LIBERTY:
                code, choice = StepCode.RELEASED_ON_LAST_DAY, Choice.RELEASED_ON_LAST_DAY
                return at_end, Step(code, last, articles=CPL_105_4, choice=choice)
        if at_end in _CAUTION:
            code, choice = _CAUTION[at_end]
            return at_end, Step(code, last, articles=CPL_105_4, choice=choice)
        return at_end, None

    # What is not counted in days forwards

    def _hours(self, period: Period, extended: list[tuple[Extension, int]]) -> Calculation:
        begun, length = self.instant, period.length
        if not isinstance(begun, datetime):
            raise ImpossibleError(Problem.INSTANT_NEEDED, rule=self.row.id)
        if any(isinstance(event, _NOT_IN_HOURS) for event in self.events):
            raise ImpossibleError(Problem.NOT_IN_HOURS, CPL_105_1, rule=self.row.id)
        self.steps.append(Step(StepCode.HOURS_BEGIN, self.start, articles=CPL_105_1, at=begun))
        due_at = hours_to_the_minute(begun, length)
        self._by_hours(StepCode.HOURS_ADDED, due_at, begun, length, self.row.articles)
        for extension, more in extended:
            length += more
            due_at = hours_to_the_minute(begun, length)
            self._by_hours(
                StepCode.EXTENDED_HOURS,
                due_at,
                begun,
                length,
                extension.articles,
                detail=extension.ground,
            )
        outer_at = due_at
        if not period.to_the_minute:
            outer_at = hours_to_the_full_hour(begun, length)
            self._by_hours(
                StepCode.RUNNING_HOUR_NOT_COUNTED,
                outer_at,
                begun,
                length,
                CPL_105_2,
                reading=Reading.OUTER,
                choice=Choice.RUNNING_HOUR,
            )
        self.due, self.outer, self.warn = due_at.date(), outer_at.date(), due_at.date()
        return self._result(self.due, self.outer, self.due, due_at=due_at, outer_at=outer_at)

    def _by_hours(  # noqa: PLR0913, PLR0917  # one step, part by part
        self,
        code: StepCode,
        at: datetime,
        from_at: datetime,
        length: int,
        articles: tuple[Article, ...],
        reading: Reading = Reading.BOTH,
        choice: Choice | None = None,
        detail: str = "",
    ) -> None:
        self.steps.append(
            Step(
                code,
                at.date(),
                from_at.date(),
                length,
                reading,
                articles,
                choice,
                detail,
                at=at,
                from_at=from_at,
            )
        )

    def _counted_back(self, period: Period) -> Calculation:
        """Back from an event ahead; a day off does not move the day."""
        if self.events and not all(isinstance(event, CustodyChanged) for event in self.events):
            raise ImpossibleError(Problem.NOTHING_TO_CHANGE, rule=self.row.id)
        length, articles = period.length, self.row.articles
        if self.row.until_event:
            self._step(StepCode.UNTIL_EVENT, self.start, reading=Reading.OUTER, articles=articles)
        if period.unit is Unit.WORKING_DAYS:
            day = working_days_before(self.start, length, self.calendar)
            looked_at = self.start - timedelta(days=1)
            code, choice = StepCode.WORKING_DAYS_BACK, Choice.DAYS_OFF
        else:
            day = self.start - timedelta(days=length)
            looked_at = self.start if self.row.until_event else day
            code, choice = StepCode.DAYS_BACK, Choice.COUNTED_BACK
        only_due = self.row.until_event
        self._step(
            code,
            day,
            self.start,
            length,
            reading=Reading.DUE if only_due else Reading.BOTH,
            articles=articles,
            choice=choice,
        )
        self.warn = day
        provisional = not (self.calendar.knows(day) and self.calendar.knows(looked_at))
        if provisional:
            self._step(StepCode.CALENDAR_INCOMPLETE, day, choice=Choice.CALENDAR_UNKNOWN)
        outer_on = self.start if only_due else day
        return self._result(day, outer_on, day, provisional=provisional)

    def _without_length(self) -> Calculation:
        """At once, on the same day, or a limit on a step that has no date of its own."""
        if any(not isinstance(event, CustodyChanged) for event in self.events):
            raise ImpossibleError(Problem.NOTHING_TO_CHANGE, rule=self.row.id)
        articles = self.row.articles
        if self.row.same_day:
            self._step(StepCode.SAME_DAY, self.start, articles=articles)
            self.warn = self.start
            return self._result(self.start, self.start, self.start)
        at_once = self.row.kind is Kind.IMMEDIATE
        self._step(StepCode.AT_ONCE if at_once else StepCode.NO_DATE, articles=articles)
        return self._result(None, None, None)

    # What comes of it

    def _result(  # noqa: PLR0913  # each by its name
        self,
        due_on: date | None,
        outer_on: date | None,
        unrolled_on: date | None,
        *,
        provisional: bool = False,
        due_at: datetime | None = None,
        outer_at: datetime | None = None,
    ) -> Calculation:
        return Calculation(
            self.row,
            self.started,
            self.custody,
            self.events,
            due_on,
            outer_on,
            unrolled_on,
            None if due_on is None else min(self.warn, due_on),
            provisional,
            tuple(self.steps),
            due_at,
            outer_at,
            frozenset(self.flags),
        )

    def _step(  # noqa: PLR0913, PLR0917  # one step, part by part
        self,
        code: StepCode,
        on: date | None = None,
        from_on: date | None = None,
        length: int | None = None,
        reading: Reading = Reading.BOTH,
        articles: tuple[Article, ...] = (),
        choice: Choice | None = None,
        detail: str = "",
    ) -> None:
        self.steps.append(Step(code, on, from_on, length, reading, articles, choice, detail))


def _rolled(code: StepCode, last: date, rolled: date, reading: Reading, detail: str = "") -> Step:
    return Step(code, rolled, last, reading=reading, articles=CPL_105_4, detail=detail)


def _stands_still(rule: Rule, reason: ExclusionReason) -> bool:
    """Is it a period of the kind from which the law leaves these days out?

    An evaluation is left out of 办案期限, the time for handling a case (CPL 149): custody and
    reviews, not bail, remedies or replies. Deciding the measure is left out of the review for
    prosecution alone (RULES 143 paragraph 2), which a change of jurisdiction begins anew. A trial
    suspended stops the court's period for the trial, and nothing else (CPL 206 paragraph 2).
    """
    if reason is ExclusionReason.TRIAL_SUSPENDED:
        return rule.trigger is COURT_CASE_ACCEPTED
    if reason is ExclusionReason.RETENTION:
        return RestartReason.JURISDICTION_CHANGED in rule.restarts
    return rule.handling or (
        rule.period is not None and rule.period.period_class is PeriodClass.CUSTODY
    )


def _in_range(event: Event) -> None:
    """Every day that is named lies within the days that can be counted."""
    match event:
        case Extended(_, _, on, requested_on):
            days = (on, requested_on)
        case Excluded(_, from_on, until_on):
            days = (from_on, until_on)
        case CustodyChanged(_, on):
            days = (on, None)
        case _:
            return
    for day in days:
        if day is not None:
            _day_of(day)


def _bounded(days: int) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise ImpossibleError(Problem.DAYS_OUT_OF_RANGE, most=MOST_DAYS)


_ASKED_IN_TIME = (Article("RULES", 309, 1), Article("MPS", 148))
_BARRED = (Article("RULES", 309, 3),)
_ACCUMULATES = (Article("RULES", 100, 3),)
_BEFORE_THE_ROUND = -1
"""The place of what goes on from before a restart: it was judged where it began."""
_NOT_IN_HOURS = (ExtensionStated, Excluded, Travelled, Used)
_CAUTION = {
    Custody.UNKNOWN: (StepCode.UNKNOWN_TAKEN_AS_HELD, Choice.CUSTODY_UNKNOWN),
    Custody.ELSEWHERE: (StepCode.ELSEWHERE_TAKEN_AS_HELD, Choice.CUSTODY_ELSEWHERE),
    Custody.DESIGNATED_RESIDENCE: (
        StepCode.DESIGNATED_RESIDENCE_AS_LIBERTY,
        Choice.DESIGNATED_RESIDENCE,
    ),
}
