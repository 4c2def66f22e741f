"""The ways in which each row of the table can be counted, in the oracle's words."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

import pytest

from services.deadlines.engine.arithmetic import Period, Unit
from services.deadlines.engine.calendar import state_council_calendar
from services.deadlines.engine.events import Extended
from services.deadlines.engine.rules import Extension, Kind, Rule
from services.deadlines.engine.table import TABLE, rule_of
from tests.deadlines.oracle import Link

CALENDAR = state_council_calendar()
DAY = timedelta(days=1)
FIRST, LAST = date(2018, 1, 1), date(2030, 12, 31)
DAYS = tuple(FIRST + n * DAY for n in range((LAST - FIRST).days + 1))
HARD_DAYS = tuple(
    date.fromisoformat(day)
    for row in (
        "2018-12-28 2019-12-31 2023-12-29 2024-01-30 2024-01-31 2024-02-28 2024-02-29 2024-12-31",
        "2025-02-28 2025-12-28 2025-12-30 2026-12-29 2026-02-27 2026-02-28 2026-04-30 2026-07-30",
        "2026-09-05 2026-09-23 2026-12-13 2026-12-18 2026-12-28 2027-04-21 2028-02-29 2030-12-31",
    )
    for day in row.split()
)
"""Month ends, February, long holidays, the edge of the calendar."""
CLOCKS = tuple(
    time.fromisoformat(clock)
    for clock in ("00:00", "00:00:01", "09:20:41", "15:20", "16:00", "23:00", "23:59:59")
)


@dataclass(frozen=True)
class Way:
    """One way to count a row: with the extensions granted, and what its end depends on."""

    rule: Rule
    granted: tuple[Extended, ...]
    links: tuple[Link, ...]

    @property
    def period(self) -> Period:
        assert self.rule.period is not None
        return self.rule.period

    @property
    def shape(self) -> tuple[object, ...]:
        rule, period = self.rule, self.period
        back = rule.kind is Kind.BACKWARD, rule.until_event
        return back, period.period_class, period.to_the_minute, self.links

    @property
    def name(self) -> str:
        return f"{self.rule.id}@{self.rule.effective_from}" + "".join(
            f"+{link.length}{link.unit}"
            for link in self.links[-len(self.granted) :]
            if self.granted
        )


def links_of(rule: Rule) -> tuple[Link, ...]:
    """What the row alone is counted in; a row that is the nth extension of another with it."""
    assert rule.period is not None
    own = [Link(rule.period.length, rule.period.unit.value)]
    if rule.period.and_days:
        own.append(Link(rule.period.and_days, "days"))
    if rule.base is None:
        return tuple(own)
    before, nth = rule_of(rule.base[0], rule.effective_from), rule.base[1]
    links = links_of(before)
    for extension in before.extensions[:nth]:
        links = longer(links, extension, extension.more)
    return links


def longer(links: tuple[Link, ...], extension: Extension, more: int) -> tuple[Link, ...]:
    """The links with one more; where the law states the whole, it is counted in one go."""
    if not extension.total:
        return (*links, Link(more, extension.unit.value))
    assert links[-1].unit == extension.unit.value
    return (*links[:-1], Link(links[-1].length + more, links[-1].unit))


def ways_of(rule: Rule) -> Iterator[Way]:
    """The row as it stands and with its extensions in their order, each by every length."""
    links = links_of(rule)
    yield Way(rule, (), links)
    granted: tuple[Extended, ...] = ()
    for extension in rule.extensions:
        shortest = extension.more if extension.at_least is None else extension.at_least
        for more in range(shortest, extension.more + 1):
            event = Extended(extension.ground, more if extension.is_range else None)
            yield Way(rule, (*granted, event), longer(links, extension, more))
        granted, links = (*granted, event), longer(links, extension, extension.more)


WAYS = tuple(way for rule in TABLE if rule.period is not None for way in ways_of(rule))
SHAPES = tuple({way.shape: way for way in reversed(WAYS)}.values())
"""One way for everything that an end can depend on."""
BY_DAY = tuple(
    way
    for way in SHAPES
    if way.rule.kind is not Kind.BACKWARD and way.period.unit not in {Unit.HOURS, Unit.WORKING_DAYS}
)
"""Periods whose last day can be a day off."""


def named(ways: Sequence[Way]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("way", ways, ids=[way.name for way in ways])


def sampled(way: Way, count: int) -> list[date]:
    """Days drawn by the name of the way, the same in every run, and some of the hard ones."""
    draw = drawn_by(way.name)
    return [*draw.sample(DAYS, count), *draw.sample(HARD_DAYS, 8)]


def drawn_by(name: str) -> random.Random:
    """A draw that is the same in every run."""
    return random.Random(name)  # noqa: S311  # nothing is kept secret by it
