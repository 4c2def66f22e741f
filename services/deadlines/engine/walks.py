"""How long a period is: every reading is a walk from the first day to an unrolled end.

Where the texts leave one reading there is one walk. Where they leave two (months that extend one
another, days of an evaluation, a case that came with retention) each is walked to its end; the
earliest end is the day to keep and the latest is the limit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from services.deadlines.engine.arithmetic import (
    HALF_MONTH,
    Calendar,
    Period,
    Unit,
    add_months,
    clamp_months,
    month_end,
    working_days_after,
)
from services.deadlines.engine.articles import Article
from services.deadlines.engine.choices import Choice
from services.deadlines.engine.events import Excluded, ExclusionReason
from services.deadlines.engine.reasons import LEFT_OUT_UNDER
from services.deadlines.engine.rules import Extension, Rule
from services.deadlines.engine.steps import Reading, Step, StepCode

CPL_105_1 = (Article("CPL", 105, 1),)
MONTHS = (Article("SPC-I", 202, 1),)
_CHAINED = (Article("EXT-2016", 16),)


class Link(NamedTuple):
    """One length of the way, as the law adds it to what was there before."""

    length: int
    unit: Unit
    articles: tuple[Article, ...]
    code: StepCode | None = None
    """None for the period itself: how it ends says which step it is."""
    detail: str = ""
    choice: Choice | None = None
    from_start: bool = False
    """It is the whole, counted from the first day, and not added to the link before it."""


class Shift(NamedTuple):
    """Days by which every reading moves, whatever it is."""

    code: StepCode
    days: int
    articles: tuple[Article, ...]
    choice: Choice


@dataclass(slots=True)
class Walk:
    """One reading, on its way: where it stands, and from which day people are warned."""

    start: date
    end: date = field(init=False)
    warn: date = field(init=False)
    steps: list[Step] = field(default_factory=list[Step])

    def __post_init__(self) -> None:
        self.end = self.warn = self.start

    def step(  # noqa: PLR0913, PLR0917  # one step, part by part
        self,
        code: StepCode,
        end: date,
        length: int,
        articles: tuple[Article, ...] = (),
        choice: Choice | None = None,
        detail: str = "",
        *,
        from_on: date | None = None,
    ) -> None:
        """Go to `end`, and say by what."""
        self.steps.append(
            Step(
                code,
                end,
                from_on or self.end,
                length,
                articles=articles,
                choice=choice,
                detail=detail,
            )
        )
        self.end = end

    def shift(
        self,
        code: StepCode,
        days: int,
        articles: tuple[Article, ...],
        choice: Choice | None = None,
        detail: str = "",
    ) -> None:
        """Go so many days further, or back."""
        if days:
            moved = timedelta(days=days)
            self.warn += moved
            self.step(code, self.end + moved, abs(days), articles, choice, detail)


class Way(NamedTuple):
    """What has to be walked: the links, what is left out, what every reading adds."""

    start: date
    links: Sequence[Link]
    excluded: Sequence[Excluded]
    shifts: Sequence[Shift]
    stated: Extension | None
    calendar: Calendar

    def walked(self) -> tuple[Walk, Walk]:
        """The reading that ends first and the one that ends last; the same where there is one."""
        if len(self.links) == 1 and not (self.excluded or self.shifts or self.stated):
            only = self._by_links(self.start, most=False)
            return only, only
        walks = list(self._readings())
        for walk in walks:
            for shift in self.shifts:
                walk.shift(shift.code, shift.days, shift.articles, shift.choice)
        first = min(walks, key=lambda walk: walk.end)
        last = max(walks, key=lambda walk: walk.end)
        first.warn = min(walk.warn for walk in walks)
        if self.stated is None:
            return first, (first if first.end == last.end else last)
        limit = Walk(last.start)
        limit.end, limit.warn, limit.steps = last.end, last.warn, [*last.steps]
        limit.shift(
            StepCode.STATED_DAYS,
            self.stated.more,
            self.stated.articles,
            Choice.GROUND_ONLY_STATED,
            self.stated.ground,
        )
        return first, limit

    def _readings(self) -> Iterator[Walk]:
        finished = [one for one in self.excluded if one.until_on is not None]
        retention = [one for one in finished if one.reason is ExclusionReason.RETENTION]
        evaluated = any(one.reason is not ExclusionReason.RETENTION for one in finished)
        months = self._months()
        for most in (False, True) if evaluated else (False,):
            for begun in (self.start, *(one.until_on for one in retention)):
                if begun is None:
                    continue
                yield self._left_out(self._by_links(begun, most=most), retention, begun)
                if len(months) > 1:
                    one = self._in_one_go(begun, sum(months), most=most)
                    yield self._left_out(one, retention, begun)

    def _months(self) -> list[int]:
        """The months that extend one another; a whole that is counted from the start is one."""
        months: list[int] = []
        for link in self.links:
            if link.unit is Unit.MONTHS:
                months = [link.length] if link.from_start else [*months, link.length]
        return months

    def _by_links(self, begun: date, *, most: bool) -> Walk:
        """Each link from the end of the one before it (EXT-2016 16)."""
        walk = self._begin(begun)
        ahead = self._evaluations() if self.excluded else []
        for link, following in zip(self.links, [*self.links[1:], None], strict=True):
            self._add(walk, link)
            if following is not None and following.from_start:
                continue  # this link is counted again as part of the whole
            while ahead and ahead[0].from_on <= walk.end:
                _leave_out(walk, ahead.pop(0), most=most)
        return walk

    def _in_one_go(self, begun: date, months: int, *, most: bool) -> Walk:
        """All months counted from the first day, then everything else."""
        walk = self._begin(begun)
        walk.warn = clamp_months(begun, months)
        end = add_months(begun, months)
        cited = [one for link in self.links if link.unit is Unit.MONTHS for one in link.articles]
        articles = tuple(dict.fromkeys(cited))
        walk.step(StepCode.IN_ONE_GO, end, months, articles, Choice.CHAINED_MONTHS)
        for link in self.links:
            if link.unit is not Unit.MONTHS:
                self._add(walk, link)
        for evaluation in self._evaluations():
            _leave_out(walk, evaluation, most=most)
        return walk

    def _begin(self, begun: date) -> Walk:
        walk = Walk(begun)
        if begun != self.start:
            walk.steps.append(
                Step(
                    StepCode.COUNTED_FROM_DECISION,
                    begun,
                    articles=LEFT_OUT_UNDER[ExclusionReason.RETENTION],
                    choice=Choice.RETENTION,
                )
            )
        return walk

    def _evaluations(self) -> list[Excluded]:
        evaluations = [
            one
            for one in self.excluded
            if one.reason is not ExclusionReason.RETENTION and one.until_on is not None
        ]
        return sorted(evaluations, key=lambda one: one.from_on)

    def _left_out(self, walk: Walk, retention: Sequence[Excluded], begun: date) -> Walk:
        """From receipt, the days in which the measure was decided are added (O6)."""
        if begun == self.start:
            for one in retention:
                days = ((one.until_on or one.from_on) - one.from_on).days
                walk.shift(
                    StepCode.DAYS_NOT_COUNTED,
                    days,
                    LEFT_OUT_UNDER[one.reason],
                    Choice.RETENTION,
                    one.reason.value,
                )
        return walk

    def _add(self, walk: Walk, link: Link) -> None:
        start = walk.start if link.from_start else walk.end
        if link.choice is Choice.RANGE_TAKEN_WHOLE:
            walk.steps.append(
                Step(
                    StepCode.RANGE_TAKEN_WHOLE,
                    length=link.length,
                    articles=link.articles,
                    choice=link.choice,
                    detail=link.detail,
                )
            )
        match link.unit:
            case Unit.MONTHS:
                warned = walk.start if link.from_start else walk.warn
                walk.warn = clamp_months(warned, link.length)
                end = add_months(start, link.length)
                code = link.code or _month_code(start, end)
            case Unit.HALF_MONTHS:
                end = start + timedelta(days=HALF_MONTH * link.length)
                code, walk.warn = link.code or StepCode.HALF_MONTH_IS_FIFTEEN_DAYS, end
            case Unit.WORKING_DAYS:
                end = working_days_after(start, link.length, self.calendar)
                code, walk.warn = StepCode.WORKING_DAYS_ADDED, end
            case _:
                more = timedelta(days=link.length)
                walk.warn += more
                end = start + more
                code = link.code or StepCode.DAYS_ADDED
        walk.step(code, end, link.length, link.articles, link.choice, link.detail, from_on=start)


def links_of(
    rule: Rule, period: Period, granted: Sequence[tuple[Extension, int]], *, whole: bool
) -> list[Link]:
    """The period and its extensions, link by link; `whole` says that a range was taken whole."""
    base = MONTHS if period.unit in {Unit.MONTHS, Unit.HALF_MONTHS} else CPL_105_1
    choice = Choice.DAYS_OFF if period.unit is Unit.WORKING_DAYS else None
    articles = rule.articles if period.unit is Unit.WORKING_DAYS else _cited(rule.articles, base)
    links = [Link(period.length, period.unit, articles, choice=choice)]
    if period.and_days:
        links.append(Link(period.and_days, Unit.DAYS, MONTHS))
    months = period.length
    for extension, length in granted:
        in_months = extension.unit is Unit.MONTHS
        months = months + length if extension.total else length
        chosen = Choice.RANGE_TAKEN_WHOLE if whole and extension.is_range else None
        links.append(
            Link(
                months if extension.total and in_months else _days(extension, length),
                Unit.MONTHS if in_months else Unit.DAYS,
                (*extension.articles, *(_CHAINED if extension.request_days_before else ())),
                _lengthened(extension, in_months=in_months),
                extension.ground,
                chosen or (None if extension.total else Choice.EXTENSION_BASE),
                from_start=extension.total and in_months,
            )
        )
    return links


def _cited(articles: tuple[Article, ...], base: tuple[Article, ...]) -> tuple[Article, ...]:
    return (*articles, *(article for article in base if article not in articles))


def merged(first: Walk, last: Walk) -> Iterator[Step]:
    """The steps of both readings: together as far as they go together, then one after the other."""
    if last is first:
        yield from first.steps
        return
    together = 0
    for one, other in zip(first.steps, last.steps, strict=False):
        if one != other:
            break
        together += 1
    yield from first.steps[:together]
    for walk, reading in ((first, Reading.DUE), (last, Reading.OUTER)):
        for step in walk.steps[together:]:
            yield step._replace(reading=reading)


def _leave_out(walk: Walk, evaluation: Excluded, *, most: bool) -> None:
    """The fewest days lie wholly inside the evaluation; the most include the day it ends (O7)."""
    days = ((evaluation.until_on or evaluation.from_on) - evaluation.from_on).days
    walk.shift(
        StepCode.DAYS_NOT_COUNTED,
        days if most else max(days - 1, 0),
        LEFT_OUT_UNDER[evaluation.reason],
        Choice.EVALUATION,
        evaluation.reason.value,
    )


def _month_code(start: date, end: date) -> StepCode:
    if start == month_end(start):
        return StepCode.MONTH_END_TO_MONTH_END
    return StepCode.SAME_DAY_OF_MONTH if end.day == start.day else StepCode.NO_SUCH_DAY_IN_MONTH


def _lengthened(extension: Extension, *, in_months: bool) -> StepCode:
    if not in_months:
        return StepCode.EXTENDED_DAYS
    return StepCode.IN_ONE_GO if extension.total else StepCode.EXTENDED_MONTHS


def _days(extension: Extension, length: int) -> int:
    return length * HALF_MONTH if extension.unit is Unit.HALF_MONTHS else length
