"""How fast a time is found: a centre of 200 rooms, 60 days, 100,000 bookings in the table.

Every working hour of every room is booked five times out of six, with its suspect, a desk, the
escort and two of 400 people, so that two people and a room are seldom free together. Each search
is for two people chosen by lot, by the operation that a phone calls: the best ten slots and the
last safe one. The index of the constraint is made without the constraint, whose check of every
row takes a minute. Beside it stands the naive search for the same ten: one overlap query for each
start of the grid, and the choice in Python. Both run in turn, on one connection each.
"""

import argparse
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import psycopg
from sqlalchemy import create_engine, make_url
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from benchmarks.deadlines import table
from jiantong import database
from jiantong.postgres import Cluster
from services import bookings
from services.arrest_requests.records import Suspect
from services.bookings import Want, search
from services.bookings.search import GRID, Question
from services.cases import Case
from services.interrogations import Arrangement, Role, Seat, Wish, needs, slots
from services.kernel.act import SHANGHAI, Act, Actor
from services.kernel.ciphers import KeyRing
from services.kernel.sealed import carry

ROOMS, DAYS, PEOPLE, SUSPECTS, BOOKINGS = 200, 60, 400, 2_000, 100_000
HOURS = range(8, 18)
MONDAY = datetime(2026, 3, 2, 7, tzinfo=SHANGHAI)
NAIVE_STARTS = 400
"""Starts that the naive search asks for at most."""

SEED = """
INSERT INTO offices (id, kind, name, short_name, level, procuratorate_id) VALUES
  (1, 'procuratorate', '云江市测试区人民检察院', '云测检', 'district', NULL),
  (2, 'detention_centre', '云江市测试区看守所', '云测看', 'district', 1);
INSERT INTO people (id, username, name, password_hash)
  SELECT n, 'person' || n, '某' || n, 'x' FROM generate_series(1, {people}) AS n;
INSERT INTO suspects (id, ordinal, received_at, name, document_kind, sex, flags, measure,
    detention_centre_id, name_self_reported,
    detention_extended_to)
  SELECT n, 1, now(), '某' || n, 'none', 'male', '[]', 'detention', 2, false, 'none'
  FROM generate_series(1, {suspects} + 1) AS n;
INSERT INTO resources (id, kind, office_id, name, units, video, before_minutes, after_minutes,
    version)
  SELECT n, 'interrogation_room', 2, '第' || n || '讯问室', 1, true, 0, 0, 1
  FROM generate_series(1, {rooms}) AS n;
INSERT INTO resources (id, kind, office_id, name, units, video, before_minutes, after_minutes,
    version) VALUES
  (1001, 'desk', 1, '远程工位', 100, true, 0, 0, 1), (1002, 'desk', 1, '备用', 100, true, 0, 0, 1),
  (1003, 'escort', 2, '押解', 100, false, 5, 5, 1),
  (1004, 'escort', 2, '备押', 100, false, 5, 5, 1);
INSERT INTO resources (id, kind, name, units, video, before_minutes, after_minutes, person_id,
    version)
  SELECT 2000 + n, 'person', '', 1, false, 0, 0, n, 1 FROM generate_series(1, {people}) AS n;
INSERT INTO resources (id, kind, name, units, video, before_minutes, after_minutes, suspect_id,
    version)
  SELECT 10000 + n, 'suspect', '', 1, false, 0, 0, n, 1
  FROM generate_series(1, {suspects} + 1) AS n;
INSERT INTO openings (resource_id, weekday, from_time, until_time)
  SELECT room, weekday, '08:00', '18:00'
  FROM generate_series(1, {rooms}) AS room, generate_series(1, 7) AS weekday;
CREATE TEMP TABLE sittings AS
  SELECT row_number() OVER () AS id, day, hour, nth
  FROM generate_series(0, {days} - 1) AS day, generate_series(8, 17) AS hour,
    generate_series(1, {rooms}) AS nth
  WHERE nth * 6 <= {rooms} * 5 + 3 LIMIT {bookings};
INSERT INTO bookings (id, kind, state, office_id, during, note, booked_at, booked_by, version)
  SELECT id, 'interrogation', 'booked', 1, tstzrange(at, at + interval '50 minutes'), '', at, 1, 1
  FROM sittings, LATERAL (SELECT (date '2026-03-02' + day + hour * interval '1 hour')
    AT TIME ZONE 'Asia/Shanghai' AS at) AS t;
CREATE TEMP TABLE rows AS
  SELECT b.id, b.during, s.day * 10 + s.hour AS shift, s.nth
  FROM bookings b JOIN sittings s USING (id);
ALTER TABLE occupations DROP CONSTRAINT occupations_never_twice,
  DROP CONSTRAINT occupations_booking_id_fkey, DROP CONSTRAINT occupations_resource_id_fkey;
DROP INDEX occupations_by_booking;
SET maintenance_work_mem = '256MB';
INSERT INTO occupations (booking_id, resource_id, unit, during)
  SELECT * FROM (
  SELECT id, 1 + (nth * 7 + shift) % {rooms}, 1, during FROM rows
  UNION ALL SELECT id, 1001 + (nth - 1) / 100, 1 + (nth - 1) % 100, during FROM rows
  UNION ALL SELECT id, 10001 + (nth + shift * 211) % {suspects}, 1,
    tstzrange(lower(during) - interval '5 minutes', upper(during) + interval '5 minutes') FROM rows
  UNION ALL SELECT id, 2001 + (nth * 2 + shift * 37) % {people}, 1, during FROM rows
  UNION ALL SELECT id, 2001 + (nth * 2 + 1 + shift * 37) % {people}, 1, during FROM rows
  UNION ALL SELECT id, 1003 + (nth - 1) / 100, 1 + (nth - 1) % 100,
    tstzrange(lower(during) - interval '5 minutes', lower(during)) FROM rows
  UNION ALL SELECT id, 1003 + (nth - 1) / 100, 1 + (nth - 1) % 100,
    tstzrange(upper(during), upper(during) + interval '5 minutes') FROM rows
  ) AS all_of_it(booking_id, resource_id, unit, during) ORDER BY lower(during);
CREATE INDEX occupations_by_booking ON occupations (booking_id);
ALTER TABLE occupations ADD CONSTRAINT occupations_booking_id_fkey
    FOREIGN KEY (booking_id) REFERENCES bookings,
  ADD CONSTRAINT occupations_resource_id_fkey FOREIGN KEY (resource_id) REFERENCES resources;
CREATE INDEX occupations_never_twice ON occupations USING gist (resource_id, during, unit);
ANALYZE
"""


def naive(act: Act, wants: list[Want], length: timedelta, first: datetime, limit: int) -> int:
    """One overlap query for each start; how many of the first are free."""
    found, at = 0, first
    ids = sorted({option.resource_id for want in wants for option in want.any_of})
    units = dict.fromkeys(ids, 1) | {1001: 100, 1002: 100, 1003: 100, 1004: 100}
    for _ in range(NAIVE_STARTS):
        during = Range(at, at + length)
        busy = defaultdict(list)
        for row in act.session.execute(
            bookings.overlapping(ids, bookings.span(wants, during)).with_only_columns(
                bookings.Occupation.resource_id,
                bookings.Occupation.unit,
                bookings.Occupation.during,
            )
        ):
            busy[row.resource_id, row.unit].append(row.during)
        opens = all(search.open_options(act, wants, during))
        found += opens and all(
            any(
                not any(
                    a.overlaps(b)
                    for a in want.ranges(option, during)
                    for b in busy[option.resource_id, unit]
                )
                for option in want.any_of
                for unit in range(1, units[option.resource_id] + 1)
            )
            for want in wants
        )
        if found >= limit:
            break
        at += GRID
    return found


def timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1e3


def percentile(times: list[float], share: float) -> float:
    """The time below which that share of them lies."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measured(session: Session, rounds: int, naives: int) -> dict[str, list[float]]:
    """Each search in turn, for people chosen by lot."""
    chance = Random(5)  # noqa: S311  # no secret
    times: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds):
        session.expunge_all()
        now = MONDAY + timedelta(days=chance.randrange(10))
        people = chance.sample(range(1, PEOPLE + 1), 2)
        for name, taken in _searches(session, now, people, beside=number < naives):
            times[name].append(taken)
    return times


def _searches(
    session: Session, now: datetime, people: list[int], *, beside: bool
) -> Iterator[tuple[str, float]]:
    act = Act(Actor(1, frozenset()), now, session)
    suspect = session.get_one(Suspect, SUSPECTS + 1)
    with session.no_autoflush:
        wish = Wish(Case(procuratorate_id=1), suspect)
    seats = tuple(Seat(Role.STAFF, one) for one in people)
    arranged = Arrangement(minutes=45, seats=seats)
    yield "survey: best ten and last safe", timed(lambda: slots.surveyed(act, wish, arranged))
    yield "earliest ten", timed(lambda: slots.search(act, wish, arranged))
    wants = needs.of(act, arranged, suspect, procuratorate_id=1)
    length = timedelta(minutes=45)
    asked = Question(tuple(wants), length)
    day = now.replace(hour=8)
    night = day + timedelta(hours=15)
    yield (
        "one day",
        timed(lambda: search.free_starts(act, asked, day, night, limit=10)),
    )
    if beside:
        yield "naive", timed(lambda: naive(act, wants, length, day, 10))


def main() -> None:
    """Measure, and print what was measured on what."""
    arguments = argparse.ArgumentParser(prog="benchmarks.slots", description=main.__doc__)
    arguments.add_argument("--rounds", type=int, default=100)
    arguments.add_argument("--naives", type=int, default=5, help="how often the naive search runs")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="jiantong-bench-") as folder:
        Path(folder).chmod(0o711)
        with Cluster(Path(folder) / "pg", durable=False) as cluster:
            database.model(cluster.owner_url, cluster.app_url)
            url = make_url(cluster.owner_url).set(drivername="postgresql")
            begun = time.perf_counter()
            sizes = {
                "people": PEOPLE,
                "suspects": SUSPECTS,
                "rooms": ROOMS,
                "days": DAYS,
                "bookings": BOOKINGS,
            }
            owner = url.render_as_string(hide_password=False)
            with psycopg.connect(owner, autocommit=True) as connection:
                for statement in SEED.format(**sizes).split(";\n"):
                    connection.execute(statement)
                row = connection.execute(
                    "SELECT count(DISTINCT booking_id), count(*) FROM occupations"
                ).fetchone()
            assert row is not None  # noqa: S101  # a count is a row
            print(
                f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {row[0]:,} bookings with"
                f" {row[1]:,} occupations, {ROOMS} rooms, {DAYS} days,"
                f" written in {time.perf_counter() - begun:.0f} s; milliseconds",
                flush=True,
            )
            engine = create_engine(cluster.app_url)
            carry(engine, KeyRing.kept_in(Path(folder) / "secrets"))
            with Session(engine) as session:
                times = measured(session, given.rounds, given.naives)
                session.rollback()
            engine.dispose()
    slow = percentile(times["naive"], 0.5)
    rows = [
        (
            name,
            len(each),
            f"{percentile(each, 0.5):.1f}",
            f"{percentile(each, 0.95):.1f}",
            f"{slow / percentile(each, 0.5):.0f}",
        )
        for name, each in times.items()
    ]
    print(table(("search", "times", "p50", "p95", "naive / this"), rows))


if __name__ == "__main__":
    main()
