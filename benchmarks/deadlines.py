"""How fast periods are counted, found and counted anew: one at a time, and a million of them.

The clocks are real rows in a PostgreSQL of their own: the table's commonest rules, begun on the
days of the last year, each with the entry that started it. Three things are measured for each
size: finding those due within three days, the watch's sweep over what has to be looked at, and
counting anew what a State Council notice touches. Nothing is compared with another system; what
matters is how the times grow.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from statistics import median

import psycopg

from services.deadlines.engine.arithmetic import Custody
from services.deadlines.engine.calculation import Calculation, calculate
from services.deadlines.engine.calendar import state_council_calendar
from services.deadlines.engine.events import Event, Extended
from services.deadlines.engine.wire import calculation_as_plain

TODAY = date(2026, 11, 22)
SIZES = (10_000, 100_000, 1_000_000)
MIX = (
    ("D06", Custody.HELD, 7),
    ("R01", Custody.HELD, 30),
    ("R01", Custody.AT_LIBERTY, 30),
    ("C01", Custody.HELD, 60),
    ("B01", Custody.AT_LIBERTY, 360),
    ("T06", Custody.HELD, 10),
)
"""Rules, the person's custody, and for how many days back clocks of that kind are open."""

ONE = (
    ("D06, held", "D06", date(2026, 9, 29), Custody.HELD, ()),
    ("R01, at liberty, rolled", "R01", date(2026, 9, 5), Custody.AT_LIBERTY, ()),
    ("R01 and 15 days", "R01", date(2026, 9, 5), Custody.HELD, (Extended(),)),
    ("C01, three times extended", "C01", date(2025, 12, 28), Custody.HELD, (Extended(),) * 3),
    ("L12, working days back", "L12", date(2026, 10, 12), Custody.AT_LIBERTY, ()),
)


@dataclass(frozen=True, slots=True)
class One:
    """What counting one period takes, in microseconds: alone, and with all its words."""

    name: str
    counted: float
    worded: float


def one_at_a_time(rounds: int = 15, each: int = 2_000) -> list[One]:
    """The median of `rounds` rounds of `each` calculations, taking turns."""
    calendar = state_council_calendar()
    taken: dict[str, tuple[list[float], list[float]]] = {}
    for _ in range(rounds):
        for name, rule, start, custody, events in ONE:
            counted, worded = taken.setdefault(name, ([], []))
            count = partial(calculate, rule, start, custody, calendar, events)
            counted.append(_each(each, count))
            worded.append(_each(each // 10, partial(calculation_as_plain, count())))
    return [One(name, median(counted), median(worded)) for name, (counted, worded) in taken.items()]


def _each(times: int, work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begun) / times * 1e6


@cache
def _counted(rule: str, start: date, custody: Custody, events: tuple[Event, ...]) -> Calculation:
    return calculate(rule, start, custody, state_council_calendar(), events)


def _rows(many: int, first: int) -> Iterator[tuple[Calculation, int, datetime]]:
    for number in range(many):
        rule, custody, days = MIX[number % len(MIX)]
        start = TODAY - timedelta(days=number // len(MIX) % days)
        begun = datetime(start.year, start.month, start.day, 2, tzinfo=UTC)
        yield _counted(rule, start, custody, ()), first + number, begun


def fill(connection: psycopg.Connection, many: int, office_id: int, *, first: int = 1) -> float:
    """Write so many open clocks with their first entries; say how long it took, in seconds."""
    begun = time.perf_counter()
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY deadlines (id, rule_id, about_kind, about_id, procuratorate_id, started_at,"
            " custody, due_on, outer_on, unrolled_on, warn_on, provisional, flags, look_at)"
            " FROM STDIN"
        ) as copy,
    ):
        for counted, number, started in _rows(many, first):
            copy.write_row((
                number, counted.rule.id, "cases", number, office_id, started,
                counted.custody.value, counted.due_on, counted.outer_on, counted.unrolled_on,
                counted.warn_on, counted.provisional, "[]", None,
            ))  # fmt: skip
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY deadline_entries (deadline_id, kind, details, happened_at, recorded_at, by_id)"
            " FROM STDIN"
        ) as copy,
    ):
        for counted, number, started in _rows(many, first):
            opening = {"started": started.isoformat(), "custody": counted.custody.value}
            copy.write_row((number, "started", json.dumps(opening), started, started, 0))
    connection.execute("ANALYZE deadlines, deadline_entries")
    return time.perf_counter() - begun


DUE_SOON = (
    "SELECT id, due_on FROM deadlines WHERE closed_at IS NULL AND due_on <= %s"
    " AND due_on >= %s ORDER BY due_on, id"
)


def due_soon(connection: psycopg.Connection, rounds: int = 7) -> tuple[int, float]:
    """How many are due within three days, and the median milliseconds of finding them all."""
    found, taken = 0, []
    for _ in range(rounds):
        begun = time.perf_counter()
        found = len(connection.execute(DUE_SOON, (TODAY + timedelta(days=3), TODAY)).fetchall())
        taken.append((time.perf_counter() - begun) * 1e3)
    return found, median(taken)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as what stands in them."""
    lines = [[str(cell) for cell in row] for row in (head, *rows)]
    wide = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, wide, strict=True))
        for line in lines
    )
