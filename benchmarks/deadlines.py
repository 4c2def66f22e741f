"""How fast periods are counted, found and counted anew: one at a time, and a million of them.

The clocks are real rows in a PostgreSQL of their own: the table's commonest rules, begun on the
days of the last year, each with the entry that started it. Three things are measured for each
size: finding those due within three days, the watch's sweep over what has to be looked at, and
counting anew what a State Council notice touches. Nothing is compared with another system; what
matters is how the times grow.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from statistics import median
from threading import Thread

import psycopg
from sqlalchemy import create_engine, make_url, select
from sqlalchemy.orm import Session, sessionmaker

from jiantong import database
from jiantong.postgres import Cluster
from services.deadlines import notices, recalculation, watch
from services.deadlines.engine.arithmetic import Custody
from services.deadlines.engine.calculation import Calculation, calculate
from services.deadlines.engine.calendar import (
    VERSION,
    bundled_notices,
    fixed_days_off,
    state_council_calendar,
)
from services.deadlines.engine.events import Event, Extended
from services.deadlines.engine.wire import calculation_as_plain
from services.kernel.act import Act, acting
from services.offices import Office, OfficeKind
from services.people import Person, Post
from services.policy import MACHINE, PostKind

TODAY = date(2027, 2, 10)
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


HOLDERS = (PostKind.CASE_MANAGER, PostKind.DEPARTMENT_HEAD, PostKind.CHIEF_PROCURATOR)
"""Who is there to be reminded."""
NOON = datetime(2027, 2, 10, 4, tzinfo=UTC)
"""The moment at which a million clocks are looked at: all of them end in a year just announced."""


@dataclass(frozen=True, slots=True)
class Many:
    """So many open clocks: what filling, finding, watching and counting anew took, in seconds."""

    rows: int
    filled: float
    due: int
    found: float
    looked: int
    told: int
    watched: float
    touched: int
    moved: int
    anew: float


def many_at_once(cluster: Cluster, sizes: Sequence[int], workers: int = 2) -> Iterator[Many]:
    """Fill a database of its own with open clocks, size by size, and measure on each."""
    for rows in sizes:
        with _house(cluster, f"clocks_{rows}") as (owner, application):
            yield _measured(owner, application, rows, workers)


@contextmanager
def _house(cluster: Cluster, name: str) -> Iterator[tuple[str, str]]:
    owner, application = (
        url.replace("/jiantong?", f"/{name}?") for url in (cluster.owner_url, cluster.app_url)
    )
    administrator = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} OWNER jiantong")
        try:
            database.migrate(owner, application)
            yield owner, application
        finally:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    administrator.dispose()


def _measured(owner: str, application: str, rows: int, workers: int) -> Many:
    engine = create_engine(application, pool_size=workers + 1)
    sessions = sessionmaker(engine, expire_on_commit=False)
    with sessions.begin() as session:
        office = Office(
            kind=OfficeKind.PROCURATORATE, name="云江市检察院", short_name="云检", level="district"
        )
        session.add(office)
        session.flush()
        for number, post in enumerate(HOLDERS):
            holder = Person(username=f"holder{number}", name="某", password_hash="x")  # noqa: S106
            session.add(holder)
            session.flush()
            session.add(
                Post(person_id=holder.id, office_id=office.id, kind=post, from_on=date(2020, 1, 1))
            )
    url = make_url(owner).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as bare:
        filled = fill(bare, rows, office.id)
        due, found = due_soon(bare)
        bare.execute(
            "UPDATE deadlines SET look_at = %s WHERE due_on BETWEEN %s AND %s",
            (NOON, TODAY, TODAY + timedelta(days=3)),
        )
    with acting(sessions, MACHINE, NOON) as act:
        notices.adopt(act, bundled_notices(), VERSION)
    begun = time.perf_counter()
    looked, told = _watch(sessions)
    watched = time.perf_counter() - begun
    announced = {**bundled_notices(), 2027: {"off": _announced_2027(), "work": [], "papers": []}}
    with acting(sessions, MACHINE, NOON) as act:
        notices.adopt(act, announced, "2026-12-01")
    begun = time.perf_counter()
    _together(lambda: recalculation.run(sessions, _nobody_follows, NOON), workers)
    anew = time.perf_counter() - begun
    with sessions() as session:
        done = session.scalars(select(notices.Recalculation)).one()
    engine.dispose()
    return Many(rows, filled, due, found, looked, told, watched, done.counted, done.moved, anew)


def _watch(sessions: sessionmaker[Session]) -> tuple[int, int]:
    looked = told = 0
    while True:
        with acting(sessions, MACHINE, NOON) as act:
            found = watch.look(act, watch.BATCH)
        if not found.taken:
            return looked, told
        looked, told = looked + found.taken, told + found.told


def _together(work: Callable[[], object], workers: int) -> None:
    threads = [Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _nobody_follows(_act: Act, _suspects: Collection[int]) -> None:
    """The clocks here belong to no case, so no task follows them."""


def _announced_2027() -> list[str]:
    """A made-up notice: the first working week of every second month is off."""
    fixed = {day.isoformat() for day in fixed_days_off(2027)}
    weeks = {
        (date(2027, month, 8) + timedelta(days=day)).isoformat()
        for month in range(2, 13, 2)
        for day in range(5)
    }
    return sorted(fixed | weeks)


def main() -> None:
    """Measure, and print what was measured on what."""
    arguments = argparse.ArgumentParser(prog="benchmarks.deadlines", description=main.__doc__)
    arguments.add_argument("sizes", type=int, nargs="*", default=SIZES)
    arguments.add_argument("--workers", type=int, default=2)
    given = arguments.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print("one period, microseconds: counted with its steps, and put into words as JSON")
    ones = [(one.name, f"{one.counted:.0f}", f"{one.worded:.0f}") for one in one_at_a_time()]
    print(table(("period", "counted", "worded"), ones))
    print(f"\nopen periods, seconds; counted anew by {given.workers} workers, all of them touched")
    head = ("open", "filled", "due soon", "found ms", "looked", "told", "watched", "anew", "moved")
    with tempfile.TemporaryDirectory(prefix="jiantong-bench-") as folder:
        Path(folder).chmod(0o711)
        with Cluster(Path(folder) / "pg", durable=False) as cluster:
            database.migrate(cluster.owner_url, cluster.app_url)
            found = [
                (
                    one.rows, f"{one.filled:.1f}", one.due, f"{one.found:.1f}", one.looked,
                    one.told, f"{one.watched:.1f}", f"{one.anew:.1f} ({one.touched})", one.moved,
                )
                for one in many_at_once(cluster, given.sizes, given.workers)
            ]  # fmt: skip
    print(table(head, found))


if __name__ == "__main__":
    main()
