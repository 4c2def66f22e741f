"""What a notice of days off must be before anybody may count with it, and how its words are read.

The General Office of the State Council announces each year's days off in one notice. Whoever
types it in can slip; a wrong day moves the end of somebody's custody. So a notice is held
against the law (全国年节及纪念日放假办法), against the calendar, against the years before it and,
where its wording is given, against its own words.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from services.deadlines.engine.calendar import (
    REACH_BACK,
    SATURDAY,
    SECOND_OF_MAY_SINCE,
    Notice,
    fixed_days_off,
)

STATUTORY_DAYS, STATUTORY_DAYS_BEFORE = 13, 11
"""Days off a year for everybody, since 2025 and before. What a notice gives beyond them on
weekdays it takes back on weekends, so weekdays off less weekends worked is this number: so it
was in 2018–2026 but for 2020, when the epidemic added a day."""

DAYS_OFF = (20, 40)
"""How many days a notice marks off, weekends among them. 2018–2026: 23 to 33; room for the law to
give as many more as it did in 2025, and for a year in which few days meet a weekend."""
DAYS_WORKED = (0, 15)
"""How many weekend days it makes working days. 2018–2026: 5 to 8."""
LONGEST_RUN = 12
"""Days off in one run; the longest was ten, in 2020."""
FURTHEST_MADE_UP = 14
"""Days between a make-up working day and the days off that it makes up for; the furthest: 7."""


Known = Mapping[int, Notice]
"""The notices that are known, by year."""


class Words(NamedTuple):
    """A fault in words; `{day}` and `{number}` are filled in."""

    zh: str
    en: str


FAULTS = {
    "year_out_of_turn": Words(
        "只能录入已知年份的更正通知，或者{number}年的通知。",
        "Only a correction of a known year can be loaded, or the notice for {number}.",
    ),
    "outside_the_year": Words(
        "{day}不属于该年，也不是上一年的最后三日。",
        "{day} is neither in the year nor one of the last three days of the year before.",
    ),
    "named_twice": Words("{day}重复。", "{day} is named twice."),
    "both_off_and_worked": Words(
        "{day}既是放假日又是上班日。", "{day} is said to be both off and worked."
    ),
    "weekday_worked": Words(
        "{day}不是周六、周日，本来就上班。",
        "{day} is neither a Saturday nor a Sunday: it is worked anyway.",
    ),
    "fixed_day_missing": Words(
        "缺少法定放假日{day}（全国年节及纪念日放假办法第二条）。",
        "The statutory day off {day} is missing.",
    ),
    "too_long_a_run": Words(
        "自{day}起连续放假超过{number}日。", "More than {number} days off in one run from {day}."
    ),
    "days_off_implausible": Words(
        "放假日共{number}日，与历年通知相差过大。",
        "{number} days off are not like any year's notice.",
    ),
    "days_worked_implausible": Words(
        "调休上班日共{number}日，与历年通知相差过大。",
        "{number} make-up working days are not like any year's notice.",
    ),
    "against_another_year": Words(
        "{day}与相邻年份的通知矛盾。", "{day} contradicts the notice of a neighbouring year."
    ),
    "not_in_the_text": Words(
        "通知原文没有写明{day}。", "The wording of the notice does not name {day}."
    ),
    "only_in_the_text": Words(
        "通知原文写明的{day}未录入。", "{day}, which the wording names, was left out."
    ),
    "text_miscounts": Words(
        "通知原文自{day}起的天数与“共{number}天”不符。",
        "From {day} the wording does not come to the {number} days that it says.",
    ),
    "text_wrong_weekday": Words(
        "通知原文中{day}的星期有误。", "The wording gives {day} a wrong day of the week."
    ),
    "text_unreadable": Words(
        "通知原文中没有找到放假安排。", "The wording names no days off that can be read."
    ),
    "unbalanced": Words(
        "放假占用的工作日减去调休上班日为{number}日，与法定放假日数不符。",
        "Weekdays off less weekend days worked are {number}, not the statutory number of days off.",
    ),
    "made_up_far_away": Words(
        "{day}上班，但前后十四日内没有放假日。",
        "{day} is worked, but no day off lies within fourteen days of it.",
    ),
    "run_without_a_weekday": Words(
        "自{day}起的放假日均为周末，没有实际效果。",
        "The run of days off from {day} holds only weekend days: it changes nothing.",
    ),
}
WARNINGS = frozenset({"unbalanced", "made_up_far_away", "run_without_a_weekday"})
"""Unheard of, but the State Council may do it: both who load the notice are told."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What a notice says of one year."""

    year: int
    off: tuple[date, ...]
    work: tuple[date, ...]
    text: str | None = None
    """The wording, where it is at hand."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a notice, or strange about it, and where."""

    code: str
    place: tuple[str | int, ...]
    day: date | None = None
    number: int | None = None

    @property
    def is_warning(self) -> bool:
        """Is it only strange?"""
        return self.code in WARNINGS

    @property
    def zh(self) -> str:
        """The fault in Chinese, naming the day."""
        day = f"{self.day.year}年{self.day.month}月{self.day.day}日" if self.day else ""
        return FAULTS[self.code].zh.format(day=day, number=self.number)

    @property
    def en(self) -> str:
        """The fault in English, naming the day."""
        return FAULTS[self.code].en.format(day=self.day, number=self.number)


class Run(NamedTuple):
    """Days off without a gap."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """All of them."""
        return [self.first + timedelta(n) for n in range((self.last - self.first).days + 1)]


def faults_of(announced: Announced, known: Known) -> list[Fault]:
    """All that is wrong with a notice, or strange about it, beside the years that are known."""
    return [fault for test in _TESTS for fault in test(announced, known)]


def runs_of(days: Sequence[date]) -> list[Run]:
    """The runs that these days make."""
    runs: list[Run] = []
    for day in sorted(set(days)):
        if runs and day - runs[-1].last == timedelta(1):
            runs[-1] = Run(runs[-1].first, day)
        else:
            runs.append(Run(day, day))
    return runs


def _in_turn(announced: Announced, known: Known) -> Iterator[Fault]:
    following = max(known) + 1
    if not min(known) <= announced.year <= following:
        yield Fault("year_out_of_turn", ("year",), number=following)


def _of_the_year(announced: Announced, _known: Known) -> Iterator[Fault]:
    first = date(announced.year, 1, 1) - REACH_BACK
    last = date(announced.year, 12, 31)
    for place, day in _each(announced):
        if not first <= day <= last:
            yield Fault("outside_the_year", place, day)


def _once(announced: Announced, _known: Known) -> Iterator[Fault]:
    off = set(announced.off)
    seen: set[tuple[str | int, date]] = set()
    for place, day in _each(announced):
        if (place[0], day) in seen:
            yield Fault("named_twice", place, day)
        elif place[0] == "work" and day in off:
            yield Fault("both_off_and_worked", place, day)
        seen.add((place[0], day))


def _weekends_are_made_up(announced: Announced, _known: Known) -> Iterator[Fault]:
    for at, day in enumerate(announced.work):
        if day.weekday() < SATURDAY:
            yield Fault("weekday_worked", ("work", at), day)


def _fixed_days(announced: Announced, _known: Known) -> Iterator[Fault]:
    for day in fixed_days_off(announced.year):
        if day not in announced.off:
            yield Fault("fixed_day_missing", ("off",), day)


def _plausible(announced: Announced, _known: Known) -> Iterator[Fault]:
    for run in runs_of(announced.off):
        if len(run.days) > LONGEST_RUN:
            yield Fault("too_long_a_run", _place(announced, run.first), run.first, LONGEST_RUN)
    off, worked = len(set(announced.off)), len(set(announced.work))
    if not DAYS_OFF[0] <= off <= DAYS_OFF[1]:
        yield Fault("days_off_implausible", ("off",), number=off)
    if not DAYS_WORKED[0] <= worked <= DAYS_WORKED[1]:
        yield Fault("days_worked_implausible", ("work",), number=worked)


def _beside_its_neighbours(announced: Announced, known: Known) -> Iterator[Fault]:
    """The end of a year is settled by two notices, which have to agree."""
    for place, day in _each(announced):
        other = "off" if place[0] == "work" else "work"
        against = (known[year].get(other, ()) for year in known if year != announced.year)
        if any(day.isoformat() in days for days in against):
            yield Fault("against_another_year", place, day)


def _strange(announced: Announced, _known: Known) -> Iterator[Fault]:
    weekdays_off = sum(day.weekday() < SATURDAY for day in set(announced.off))
    net = weekdays_off - len(set(announced.work))
    since = announced.year >= SECOND_OF_MAY_SINCE
    if net != (STATUTORY_DAYS if since else STATUTORY_DAYS_BEFORE):
        yield Fault("unbalanced", ("off",), number=net)
    for at, day in enumerate(announced.work):
        if all(abs((off - day).days) > FURTHEST_MADE_UP for off in announced.off):
            yield Fault("made_up_far_away", ("work", at), day)
    for run in runs_of(announced.off):
        if all(day.weekday() >= SATURDAY for day in run.days):
            yield Fault("run_without_a_weekday", _place(announced, run.first), run.first)


def _as_worded(announced: Announced, known: Known) -> Iterator[Fault]:
    """The days that the wording names are those that were typed in.

    A correction names only what it changes; the notice of a new year names everything.
    """
    if announced.text is None:
        return
    told = read(announced.text, announced.year)
    yield from told.faults
    if told.faults:
        return
    for which, typed, named in (
        ("off", announced.off, told.off),
        ("work", announced.work, told.work),
    ):
        for day in sorted(named - set(typed)):
            yield Fault("only_in_the_text", (which,), day)
        if announced.year not in known:
            for at, day in enumerate(typed):
                if day not in named:
                    yield Fault("not_in_the_text", (which, at), day)


_TESTS: tuple[Callable[[Announced, Known], Iterator[Fault]], ...] = (
    _in_turn,
    _of_the_year,
    _once,
    _weekends_are_made_up,
    _fixed_days,
    _plausible,
    _beside_its_neighbours,
    _as_worded,
    _strange,
)


def _each(announced: Announced) -> Iterator[tuple[tuple[str | int, ...], date]]:
    for which, days in (("off", announced.off), ("work", announced.work)):
        for at, day in enumerate(days):
            yield (which, at), day


def _place(announced: Announced, day: date) -> tuple[str | int, ...]:
    return "off", announced.off.index(day)


# The wording


@dataclass(frozen=True, slots=True)
class Told:
    """The days that the wording of a notice names, and where it contradicts itself."""

    off: frozenset[date]
    work: frozenset[date]
    faults: tuple[Fault, ...]


_ITEM = re.compile(r"(?:^|[\s。])[一二三四五六七八九十]+、")
_SPAN = re.compile(
    r"(?:(?P<year>20\d\d)年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日(?P<said>（[^）]*）)?"
    r"(?:至(?:(?P<to_year>20\d\d)年)?(?:(?P<to_month>\d{1,2})月)?(?P<to_day>\d{1,2})日"
    r"(?P<to_said>（[^）]*）)?)?"
)
_COUNTED = re.compile(r"[共放]假?(\d+)天")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日])")
_WEEKDAYS = "一二三四五六日"


def read(text: str, year: int) -> Told:
    """The days that the wording names: off (放假) and worked (上班), sentence by sentence.

    Only the numbered items are read where there are any: what comes before them speaks of the
    law. What is merely encouraged (鼓励……休息) is neither.
    """
    days: dict[str, set[date]] = {"off": set(), "work": set()}
    faults: list[Fault] = []
    flat = text.translate(str.maketrans("()；", "（）。"))
    items = _ITEM.split(flat)
    for sentence in "。".join(items[1:] or items).split("。"):
        which = (
            "work"
            if re.search(r"(?<!正常)上班", sentence)
            else "off"
            if "放假" in sentence
            else None
        )
        if which is None:
            continue
        try:
            runs = [_span(found, year) for found in _SPAN.finditer(sentence)]
        except ValueError:
            faults.append(Fault("text_unreadable", ("wording",)))
            continue
        for found, run in zip(_SPAN.finditer(sentence), runs, strict=True):
            days[which].update(run.days)
            faults += _misnamed(found, run)
        faults += _miscounted(sentence, runs)
    if not days["off"] and not days["work"] and not faults:
        faults.append(Fault("text_unreadable", ("wording",)))
    return Told(frozenset(days["off"]), frozenset(days["work"]), tuple(faults))


def _span(found: re.Match[str], year: int) -> Run:
    """One day or several; a month or a year that is not repeated is that before it.

    Raises:
        ValueError: there is no such day, or the span runs backwards.
    """
    month = int(found["month"])
    first = date(int(found["year"] or year), month, int(found["day"]))
    if found["to_day"] is None:
        return Run(first, first)
    to_year = int(found["to_year"] or first.year)
    last = date(to_year, int(found["to_month"] or month), int(found["to_day"]))
    if not timedelta(0) <= last - first <= timedelta(days=2 * LONGEST_RUN):
        raise ValueError(found[0])
    return Run(first, last)


def _misnamed(found: re.Match[str], run: Run) -> Iterator[Fault]:
    for day, said in ((run.first, found["said"]), (run.last, found["to_said"])):
        named = _WEEKDAY.search(said or "")
        if named and named[1] != _WEEKDAYS[day.weekday()]:
            yield Fault("text_wrong_weekday", ("wording",), day)


def _miscounted(sentence: str, runs: Sequence[Run]) -> Iterator[Fault]:
    counted = _COUNTED.search(sentence)
    if counted and runs and sum(len(run.days) for run in runs) != int(counted[1]):
        yield Fault("text_miscounts", ("wording",), runs[0].first, int(counted[1]))
