"""How fast the lists of a large procuratorate answer: ten thousand cases, and a hundred thousand.

The cases are real rows in a PostgreSQL of their own, of one procuratorate and its police: half of
them arrest cases and half prosecution cases, in the hands of forty prosecutors, the latest tenth
still open with their periods, tasks and proposals. Each list is asked for over the whole house,
its first page and its two-hundredth, by whoever reads it on a phone. `--explain` prints the plan
of the slowest statement of each.
"""

import argparse
import gzip
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
import structlog
from flask import Flask
from sqlalchemy import Engine, event, make_url

from api.app import create_app
from api.limits import Limit, Limits
from benchmarks.deadlines import table
from benchmarks.polling import token_for
from jiantong import database
from jiantong.postgres import Cluster
from services.kernel.engines import open_engine
from services.kernel.settings import Settings

SIZES = (10_000, 100_000)
OK = 200
UNTHROTTLED = Limit(burst=10**9, per_second=10**9)
HANDLERS = 40
PROCURATORATE, POLICE = 1, 2
CHIEF, MANAGER, OFFICER, HANDLER = 1, 2, 3, 4
"""Ids of the people; the handlers go on from there."""

SEED = """
INSERT INTO offices (id, kind, name, short_name, level, procuratorate_id) VALUES
  (1, 'procuratorate', '云江市测试区人民检察院', '云测检', 'district', NULL),
  (2, 'public_security', '云江市公安局测试分局', '云公测', 'district', 1);
INSERT INTO people (id, username, name, password_hash)
  SELECT n, 'person' || n, '某' || n, 'x' FROM generate_series(1, {people}) AS n;
INSERT INTO posts (person_id, office_id, kind, from_on) VALUES
  (1, 1, 'chief_procurator', '2020-01-01'),
  (2, 1, 'case_manager', '2020-01-01'),
  (3, 2, 'police_officer', '2020-01-01');
INSERT INTO posts (person_id, office_id, kind, from_on)
  SELECT n, 1, 'prosecutor', '2020-01-01' FROM generate_series(4, {people}) AS n;
INSERT INTO arrest_requests (id, state, version, office_id, procuratorate_id, document_number,
    document_on, facts, danger_grounds, major_or_complex, property_transferred, received_at,
    submitted_by, findings, nonce, accepted_at, accepted_by)
  SELECT n, 'accepted', 1, 2, 1, '云公测捕字〔' || n || '〕', '2026-01-05', '盗窃他人财物。', '',
    false, false, now() - interval '1 hour' * ({cases} - n), 3, '[]', md5(n::text),
    now(), 2
  FROM generate_series(1, {cases}, 2) AS n;
INSERT INTO suspects (id, ordinal, received_at, name, name_self_reported, document_kind, sex,
    flags, measure, detention_extended_to, arrest_request_id)
  SELECT n, 1, now(), '嫌疑人' || n, false, 'none', 'male', '[]', 'arrest', 'none',
    CASE WHEN n % 2 = 1 THEN n END
  FROM generate_series(1, {cases}) AS n;
INSERT INTO transfers (id, state, source, version, office_id, procuratorate_id, document_number,
    document_on, facts, major_or_complex, expedited_proposed, received_at, submitted_by, nonce)
  SELECT n, 'accepted', 'police', 1, 2, 1, '云公测诉字〔' || n || '〕', '2026-01-05',
    '盗窃他人财物。', false, false, now() - interval '1 hour' * ({cases} - n), 3, md5(n::text)
  FROM generate_series(2, {cases}, 2) AS n;
INSERT INTO transferred_suspects (transfer_id, suspect_id, ordinal, at_large, pleads, charge_ids)
  SELECT n, n, 1, false, false, '[]' FROM generate_series(2, {cases}, 2) AS n;
INSERT INTO cases (id, kind, number, procuratorate_id, police_office_id, arrest_request_id,
    transfer_id, list, state, handler_id, accepted_at, accepted_by, version)
  SELECT n, CASE WHEN n % 2 = 1 THEN 'arrest' ELSE 'prosecution' END, '云测检受〔' || n || '〕',
    1, 2, CASE WHEN n % 2 = 1 THEN n END, CASE WHEN n % 2 = 0 THEN n END, 'ordinary',
    CASE WHEN n > {closed} THEN 'assigned' ELSE 'closed' END, 4 + n % {handlers},
    now() - interval '1 hour' * ({cases} - n), 2, 1
  FROM generate_series(1, {cases}) AS n;
INSERT INTO case_suspects (case_id, suspect_id)
  SELECT n, n FROM generate_series(1, {cases}) AS n;
INSERT INTO arrest_reviews (id, case_id, suspect_id, state, version)
  SELECT n, n, n, CASE WHEN n > {closed} THEN 'under_review' ELSE 'arrested' END, 1
  FROM generate_series(1, {cases}, 2) AS n;
INSERT INTO prosecutions (id, case_id, suspect_id, state, version)
  SELECT n, n, n, CASE WHEN n > {closed} THEN 'under_review' ELSE 'concluded' END, 1
  FROM generate_series(2, {cases}, 2) AS n;
INSERT INTO deadlines (rule_id, about_kind, about_id, suspect_id, procuratorate_id,
    police_office_id, handler_id, started_at, custody, due_on, outer_on, provisional, flags,
    closed_at, close_reason)
  SELECT CASE WHEN n % 2 = 1 THEN 'D06' ELSE 'R01' END,
    CASE WHEN n % 2 = 1 THEN 'arrest_requests' ELSE 'transfers' END, n, n, 1, 2,
    4 + n % {handlers}, now(), 'held', current_date + (n % 30)::int,
    current_date + (n % 30)::int, false, '[]',
    CASE WHEN n > {closed} THEN NULL ELSE now() END,
    CASE WHEN n > {closed} THEN NULL ELSE 'done' END
  FROM generate_series(1, {cases}) AS n;
INSERT INTO tasks (kind, about_kind, about_id, person_id, due_on, outer_on, state, opened_at,
    closed_at, closed_by)
  SELECT CASE WHEN n % 2 = 1 THEN 'review_arrest' ELSE 'review_prosecution' END,
    CASE WHEN n % 2 = 1 THEN 'arrest_reviews' ELSE 'prosecutions' END, n, 4 + n % {handlers},
    current_date + (n % 30)::int, current_date + (n % 30)::int,
    CASE WHEN n > {closed} THEN 'open' ELSE 'done' END, now(),
    CASE WHEN n > {closed} THEN NULL ELSE now() END, CASE WHEN n > {closed} THEN NULL ELSE 2 END
  FROM generate_series(1, {cases}) AS n;
INSERT INTO tasks (kind, about_kind, about_id, office_id, post, due_on, state, opened_at,
    closed_at, closed_by)
  SELECT 'assign_case', 'cases', n, 1, 'case_manager', current_date + (n % 30)::int,
    CASE WHEN n % 10 = 0 AND n > {closed} THEN 'open' ELSE 'done' END, now(),
    CASE WHEN n % 10 = 0 AND n > {closed} THEN NULL ELSE now() END,
    CASE WHEN n % 10 = 0 AND n > {closed} THEN NULL ELSE 2 END
  FROM generate_series(1, {cases}) AS n;
INSERT INTO proposals (id, state, version, subject_kind, subject_id, case_id, suspect_id, step,
    lane, given, chain, level, approver_post, approver_office_id, for_committee, put_by,
    put_office_id, put_at, decided_at, decided_by)
  SELECT n, CASE WHEN n > {closed} AND n % 10 = 0 THEN 'pending' ELSE 'approved' END, 1,
    'prosecutions', n, n, n, 'extend_review', 'extend_review', '{{}}',
    '[{{"post": "chief_procurator", "office_id": 1}}]', 0, 'chief_procurator', 1, false,
    4 + n % {handlers}, 1, now(),
    CASE WHEN n > {closed} AND n % 10 = 0 THEN NULL ELSE now() END,
    CASE WHEN n > {closed} AND n % 10 = 0 THEN NULL ELSE 1 END
  FROM generate_series(2, {cases}, 2) AS n;
INSERT INTO tasks (kind, about_kind, about_id, office_id, post, due_on, state, opened_at,
    closed_at, closed_by)
  SELECT 'decide_proposal', 'proposals', n, 1, 'chief_procurator', current_date + (n % 30)::int,
    CASE WHEN n > {closed} AND n % 10 = 0 THEN 'open' ELSE 'done' END, now(),
    CASE WHEN n > {closed} AND n % 10 = 0 THEN NULL ELSE now() END,
    CASE WHEN n > {closed} AND n % 10 = 0 THEN NULL ELSE 2 END
  FROM generate_series(2, {cases}, 2) AS n;
ANALYZE
"""

LISTS = (
    ("/cases", CHIEF, "chief"),
    ("/cases", MANAGER, "management"),
    ("/cases", HANDLER, "handler"),
    ("/cases", OFFICER, "police"),
    ("/cases?state=assigned", CHIEF, "chief"),
    ("/cases?state=accepted", MANAGER, "management"),
    ("/cases?kind=prosecution", MANAGER, "management"),
    ("/transfers", MANAGER, "management"),
    ("/proposals", CHIEF, "chief"),
    ("/proposals", HANDLER, "handler"),
    ("/proposals?state=pending", CHIEF, "chief"),
    ("/tasks", HANDLER, "handler"),
    ("/tasks", MANAGER, "management"),
    ("/tasks", CHIEF, "chief"),
    ("/deadlines", CHIEF, "chief"),
    ("/prosecutions/{last}", HANDLER, "handler"),
    ("/cases/{last}", HANDLER, "handler"),
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as the house sent it, and how long it took."""

    sql: str
    given: Any
    ms: float


@dataclass(frozen=True, slots=True)
class Asked:
    """One list and one reader: milliseconds of the first page and of a later one, and its size."""

    path: str
    reader: str
    first: float
    later: float | None
    statements: int
    plain: int
    zipped: int
    slowest: Statement


@dataclass(slots=True)
class House:
    """The whole house over a database of so many cases."""

    app: Flask
    engine: Engine
    sent: list[Statement]
    _begun: float = 0.0

    def listen(self) -> None:
        """Keep every statement with its time."""

        def before(*_: Any) -> None:
            self._begun = time.perf_counter()

        def after(_: Any, __: Any, sql: str, given: Any, *___: Any) -> None:
            self.sent.append(Statement(sql, given, (time.perf_counter() - self._begun) * 1e3))

        event.listen(self.engine, "before_cursor_execute", before)
        event.listen(self.engine, "after_cursor_execute", after)

    def get(self, path: str, token: str) -> tuple[float, bytes]:
        """How long one answer took, and what it was."""
        client = self.app.test_client()
        begun = time.perf_counter()
        reply = client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
        taken = (time.perf_counter() - begun) * 1e3
        assert reply.status_code == OK, reply.get_data(as_text=True)  # noqa: S101  # a broken seed
        return taken, reply.get_data()

    def asked(self, path: str, reader: str, token: str, page: int, rounds: int) -> Asked:
        """One list, its first page and a later one."""
        self.get(path, token)
        first, body = self._often(path, token, rounds)
        self.sent.clear()
        self.get(path, token)
        sent = list(self.sent)
        later = None
        if (cursor := _after(body)) is not None:
            joint = "&" if "?" in path else "?"
            at = 2
            while at < page and cursor is not None:
                _, body_at = self.get(f"{path}{joint}cursor={cursor}", token)
                cursor, at = _after(body_at), at + 1
            if cursor is not None:
                later, _ = self._often(f"{path}{joint}cursor={cursor}", token, rounds)
        slowest = max(sent, key=lambda one: one.ms)
        zipped = len(gzip.compress(body, 6))
        return Asked(path, reader, first, later, len(sent), len(body), zipped, slowest)

    def _often(self, path: str, token: str, rounds: int) -> tuple[float, bytes]:
        found = [self.get(path, token) for _ in range(rounds)]
        return median(taken for taken, _ in found), found[0][1]


def _after(body: bytes) -> str | None:
    cursor: str | None = json.loads(body).get("next_cursor")
    return cursor


def fill(url: str, cases: int) -> float:
    """Write so many cases and what hangs on them; say how long it took, in seconds."""
    begun = time.perf_counter()
    given = {
        "cases": cases,
        "closed": cases * 9 // 10,
        "people": HANDLER + HANDLERS - 1,
        "handlers": HANDLERS,
    }
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in SEED.format(**given).split(";\n"):
            connection.execute(statement)
    return time.perf_counter() - begun


def measured(
    folder: Path, cases: int, page: int, rounds: int, then: Callable[[str, Asked], None]
) -> Iterator[Asked]:
    """Each list in turn, over a database of its own."""
    with Cluster(folder / f"pg{cases}", durable=False) as cluster:
        database.model(cluster.owner_url, cluster.app_url)
        url = make_url(cluster.owner_url).set(drivername="postgresql")
        owner = url.render_as_string(hide_password=False)
        print(f"{cases:,} cases, written in {fill(owner, cases):.0f} s", flush=True)
        settings = replace(
            Settings.from_environment({"DATA_DIR": str(folder / "data"), "DEMO": "on"}),
            owner_url=cluster.owner_url,
            app_url=cluster.app_url,
        )
        engine = open_engine(settings)
        app = create_app(settings, engine, Limits(person=UNTHROTTLED, open_door=UNTHROTTLED))
        house = House(app, engine, [])
        house.listen()
        last = cases - cases % (2 * HANDLERS)  # of the first handler, and a prosecution
        for person, group in groupby(sorted(LISTS, key=lambda one: one[1]), lambda one: one[1]):
            token = token_for(app, person)
            for path, _, reader in group:
                one = house.asked(path.format(last=last), reader, token, page, rounds)
                then(owner, one)
                yield one
        engine.dispose()


def _nothing(_url: str, _asked: Asked) -> None:
    """The plan is not asked for."""


def _explain(url: str, asked: Asked) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        plan = connection.execute(
            "EXPLAIN (ANALYZE, BUFFERS) " + asked.slowest.sql, asked.slowest.given
        ).fetchall()
    print(f"\n-- {asked.path} {asked.reader}: {asked.slowest.ms:.1f} ms\n{asked.slowest.sql}\n")
    print("\n".join(str(line) for (line,) in plan))


def main() -> None:
    """Measure, and print what was measured on what."""
    arguments = argparse.ArgumentParser(prog="benchmarks.cases", description=main.__doc__)
    arguments.add_argument("sizes", type=int, nargs="*", default=SIZES)
    arguments.add_argument("--page", type=int, default=200, help="the later page")
    arguments.add_argument("--rounds", type=int, default=9)
    arguments.add_argument("--explain", action="store_true")
    given = arguments.parse_args()
    structlog.configure(logger_factory=_Nowhere(), cache_logger_on_first_use=True)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; milliseconds, bytes")
    then = _explain if given.explain else _nothing
    later = f"page {given.page}"
    head = ("list", "reader", "first", later, "statements", "slowest", "plain", "gzip")
    for cases in given.sizes:
        with tempfile.TemporaryDirectory(prefix="jiantong-bench-") as folder:
            Path(folder).chmod(0o711)
            rows = [
                (
                    one.path, one.reader, f"{one.first:.0f}",
                    "-" if one.later is None else f"{one.later:.0f}", one.statements,
                    f"{one.slowest.ms:.1f}", one.plain, one.zipped,
                )
                for one in measured(Path(folder), cases, given.page, given.rounds, then)
            ]  # fmt: skip
        print(table(head, rows), flush=True)


class _Nowhere:
    """Lets the house write its log, as it always does, to no terminal."""

    def __call__(self, *_: object) -> structlog.PrintLogger:
        return structlog.PrintLogger(Path(os.devnull).open("w"))


if __name__ == "__main__":
    main()
