"""A second, slow reading of how periods end, written from the texts and not from the engine.

Nothing of the engine is imported: only the notices are read from the same file. Days are walked
one at a time and hours minute by minute, so that every line can be held against the sentence it
stands for. Units, classes and states of custody are plain words.
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import NamedTuple

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MINUTES_OF_AN_HOUR = 60
BEIJING = timezone(timedelta(hours=8))
ENGINE = Path(__file__).parents[2] / "services" / "deadlines" / "engine"

HELD = frozenset({"held", "unknown", "elsewhere"})
"""In custody, or to be taken so: nobody has said, or held for something else."""
FREE = "at_liberty"


class Link(NamedTuple):
    """One length of time; a period is one or several, each joined to the end before it."""

    length: int
    unit: str


class Ends(NamedTuple):
    """The day to keep, the latest day that the law can bear, and is either only provisional."""

    due_on: date
    outer_on: date
    provisional: bool


# Which days are days off


def _noticed(which: str) -> frozenset[date]:
    written = json.loads((ENGINE / "data" / "state_council_holidays.json").read_text("utf-8"))
    return frozenset(date.fromisoformat(day) for year in written.values() for day in year[which])


_OFF = _noticed("off")
_WORKED = _noticed("work")
_FIRST_YEAR, _LAST_YEAR = 2018, 2026
_MAY_HAS_TWO = 2025
_SATURDAY, _SUNDAY = 6, 7


def settled(day: date) -> bool:
    """Has the notice been read that settles this day?

    The notice for a year may give off the last three days of the year before.
    """
    return day.year >= _FIRST_YEAR and (day + DAY + DAY + DAY).year <= _LAST_YEAR


def day_off(day: date) -> bool:
    """A day that the notices give off, or a weekend day that they do not make a working day.

    Where no notice has been read, the days that no notice moves are off too.
    """
    if day in _OFF:
        return True
    if day in _WORKED:
        return False
    if day.isoweekday() in {_SATURDAY, _SUNDAY}:
        return True
    fixed = {"01-01", "05-01", "10-01", "10-02", "10-03"}
    if day.year >= _MAY_HAS_TWO:
        fixed.add("05-02")
    return not settled(day) and f"{day:%m-%d}" in fixed


@cache
def first_day_worked(day: date) -> date:
    """以节假日后的第一日为期满日期 (CPL 105 paragraph 4)."""
    while day_off(day):
        day += DAY
    return day


# How a length is counted


def is_last_of_its_month(day: date) -> bool:
    """本月最后一日."""
    return (day + DAY).day == 1


def months(start: date, length: int) -> date:
    """SPC-I 202 paragraph 1, read clause by clause.

    自本月某日至下月同日为一个月；期限起算日为本月最后一日的，至下月最后一日为一个月；
    下月同日不存在的，自本月某日至下月最后一日为一个月。
    """
    from_the_last = is_last_of_its_month(start)
    day, months_entered = start, 0
    while True:
        day += DAY
        if day.day == 1:
            months_entered += 1
        if months_entered < length:
            continue
        if is_last_of_its_month(day):
            return day
        if day.day == start.day and not from_the_last:
            return day


def months_of_the_procuratorates(executed: date, length: int) -> date:
    """EXT-2016 16, the procuratorates' own words for the same.

    自对犯罪嫌疑人执行逮捕的第二日起，至二个月后对应日期的前一日止，无对应日期的，以该月的最后一日为
    截止日。
    """
    second = executed + DAY
    day, months_entered = second, 0
    while True:
        before, day = day, day + DAY
        if day.day == 1:
            months_entered += 1
        if months_entered == length and day.day == second.day:
            return before
        if months_entered == length and is_last_of_its_month(day):
            return day


def same_day_or_last_of_month(start: date, length: int) -> date:
    """The same day of the month or, where it is missing, the last: people are warned from it."""
    day, months_entered = start, 0
    while True:
        day += DAY
        if day.day == 1:
            months_entered += 1
        if months_entered == length and (day.day == start.day or is_last_of_its_month(day)):
            return day


def days(start: date, length: int) -> date:
    """开始的日不算在期间以内 (CPL 105 paragraph 2): the day after the first is day one."""
    day, counted = start, 0
    while counted < length:
        day += DAY
        counted += 1
    return day


def half_months(start: date, length: int) -> date:
    """半个月一律按十五日计算 (SPC-I 202 paragraph 1)."""
    for _ in range(length):
        start = days(start, 15)
    return start


def working_days_after(start: date, length: int) -> tuple[date, ...]:
    """Every day walked until so many days have been worked; the first is not counted."""
    walked: list[date] = []
    while sum(not day_off(day) for day in walked) < length:
        walked.append((walked[-1] if walked else start) + DAY)
    return tuple(walked)


def working_days_before(event: date, length: int) -> tuple[date, ...]:
    """Every day walked back until so many days have been worked; the event's is not counted."""
    walked: list[date] = []
    while sum(not day_off(day) for day in walked) < length:
        walked.append((walked[-1] if walked else event) - DAY)
    return tuple(walked)


def days_before(event: date, length: int) -> date:
    """届满七日前: the event's own day is not counted."""
    day, counted = event, 0
    while counted < length:
        day -= DAY
        counted += 1
    return day


def minutes_on(start: datetime, hours: int) -> datetime:
    """So many hours from the minute in which they begin."""
    at = start.astimezone(UTC).replace(second=0, microsecond=0)
    for _ in range(hours * MINUTES_OF_AN_HOUR):
        at += MINUTE
    return at.astimezone(BEIJING)


def hours_on(start: datetime, hours: int) -> datetime:
    """开始的时不算在期间以内 (CPL 105 paragraph 2): the running clock hour is none of them."""
    at = start.astimezone(BEIJING).replace(second=0, microsecond=0)
    running = at.hour
    while at.hour == running:
        at += MINUTE
    return minutes_on(at, hours)


# Several lengths, one after the other


def _count(start: date, link: Link) -> date:
    counted = {"months": months, "days": days, "half_months": half_months}
    return counted[link.unit](start, link.length)


def unrolled_ends(start: date, links: Sequence[Link]) -> tuple[date, ...]:
    """The last day before days off are looked at, in each of the two readings of a chain.

    延长侦查羁押期限的起始日应当与延长前侦查羁押期限的截止日连续计算 (EXT-2016 16): every link from
    the end before it. Or months that follow months counted in one go, from the first day.
    """
    by_links = start
    for link in links:
        by_links = _count(by_links, link)
    return tuple(sorted({by_links, _in_one_go(start, links)}))


def _in_one_go(start: date, links: Sequence[Link]) -> date:
    end, running = start, 0
    for link in links:
        if link.unit == "months":
            running += link.length
            continue
        end = months(end, running) if running else end
        end, running = _count(end, link), 0
    return months(end, running) if running else end


# The last day


def _custody_that_counts(
    unrolled: date, custody: str, changes: Sequence[tuple[str, date]]
) -> str | None:
    """The state on the last day; `None` where the person was let go on that very day."""
    rolled = first_day_worked(unrolled)
    state, on_the_day = custody, {custody}
    for new, on in changes:
        if on < unrolled:
            state, on_the_day = new, {new}
        elif on == unrolled:
            state = new
            on_the_day.add(new)
    held_before_it_rolled = {new for new, on in changes if unrolled < on < rolled} & HELD
    if state == FREE and held_before_it_rolled:
        return "held"
    if state == FREE and on_the_day != {FREE}:
        return None
    return state


def last_day(
    unrolled: date, period_class: str, custody: str, changes: Sequence[tuple[str, date]] = ()
) -> tuple[date, date]:
    """期间的最后一日为节假日的……但……在押期间……不得因节假日而延长 (CPL 105 paragraph 4).

    `changes` are new states of custody with their days, in the order in which they happened.
    """
    rolled = first_day_worked(unrolled)
    if period_class in {"measure", "workdays", "hours"}:
        return unrolled, unrolled
    state = _custody_that_counts(unrolled, custody, changes)
    if state == FREE:
        return rolled, rolled
    if period_class == "custody" and state in HELD:
        return unrolled, unrolled
    return unrolled, rolled


def period(
    start: date,
    links: Sequence[Link],
    period_class: str,
    custody: str,
    changes: Sequence[tuple[str, date]] = (),
) -> Ends:
    """When a period counted in days, half months or months ends."""
    return ends_of(unrolled_ends(start, links), period_class, custody, changes)


def ends_of(
    readings: Sequence[date],
    period_class: str,
    custody: str,
    changes: Sequence[tuple[str, date]] = (),
) -> Ends:
    """The earliest end of all readings is to be kept, the latest can still be borne."""
    ends = [last_day(reading, period_class, custody, changes) for reading in readings]
    due_on, outer_on = min(due for due, _ in ends), max(outer for _, outer in ends)
    return Ends(due_on, outer_on, provisional=not all(map(settled, (*readings, due_on, outer_on))))


def working_days(start: date, length: int) -> Ends:
    """So many working days on: the last is one, so nothing rolls."""
    walked = working_days_after(start, length)
    return Ends(walked[-1], walked[-1], provisional=not all(map(settled, walked)))


def working_days_back(event: date, length: int) -> Ends:
    """The latest day that lies so many working days before an event."""
    walked = working_days_before(event, length)
    return Ends(walked[-1], walked[-1], provisional=not all(map(settled, walked)))


# Time that is not counted


def evaluated(
    start: date, links: Sequence[Link], evaluations: Sequence[tuple[date, date]]
) -> tuple[date, ...]:
    """对犯罪嫌疑人作精神病鉴定的期间不计入办案期限 (CPL 149).

    The fewest days that the words bear are those that lie wholly inside the evaluation; the most,
    those after the day on which it begins until the day on which it ends. In a chain, what is left
    out of a link moves that link's end, with which the next is joined (EXT-2016 16); or all of it
    is added to months that are counted in one go.
    """
    readings = set[date]()
    for most in (False, True):
        end, ahead = start, [*evaluations]
        for link in links:
            end = _count(end, link)
            while ahead and ahead[0][0] <= end:
                end = days(end, _left_out(*ahead.pop(0), most=most))
        readings.add(end)
        in_all = sum(_left_out(*evaluation, most=most) for evaluation in evaluations)
        readings.add(days(_in_one_go(start, links), in_all))
    return tuple(sorted(readings))


def _left_out(begun: date, done: date, *, most: bool) -> int:
    inside, day = 0, begun
    while day < done:
        day += DAY
        inside += day < done or most
    return inside


def retained(
    received: date, links: Sequence[Link], executed: date, decided: date
) -> tuple[date, ...]:
    """人民检察院决定采取强制措施的期间不计入审查起诉期限 (CPL 170 paragraph 2).

    Counted from the decision, or from the receipt with the days of the detention added.
    """
    excluded, day = 0, executed
    while day < decided:
        day += DAY
        excluded += 1
    from_receipt = (days(end, excluded) for end in unrolled_ends(received, links))
    return tuple(sorted({*unrolled_ends(decided, links), *from_receipt}))
