"""`python -m benchmarks`: measure on a database of its own, and print a table."""

import argparse
import os
import platform
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import psycopg
import structlog
from sqlalchemy import func, make_url, select

from api.app import create_app
from api.limits import Limit, Limits
from benchmarks import polling
from benchmarks.polling import POLLED, Measured
from jiantong import database, demo
from jiantong.postgres import Cluster
from notifications.deliveries import Delivery
from services.kernel.engines import open_engine
from services.kernel.settings import Settings
from services.tasks import Task

ROUNDS, EACH = 21, 40
UNTHROTTLED = Limit(burst=10**9, per_second=10**9)


def main() -> None:
    """Measure, and print what was measured on what."""
    arguments = argparse.ArgumentParser(prog="benchmarks", description=main.__doc__)
    arguments.add_argument("--rounds", type=int, default=ROUNDS)
    arguments.add_argument("--each", type=int, default=EACH, help="answers of each side a round")
    given = arguments.parse_args()
    structlog.configure(logger_factory=Nowhere(), cache_logger_on_first_use=True)
    with tempfile.TemporaryDirectory(prefix="jiantong-bench-") as folder:
        Path(folder).chmod(0o711)
        with Cluster(Path(folder) / "pg", durable=False) as cluster:
            _run(cluster, Path(folder), given.rounds, given.each)


def _run(cluster: Cluster, folder: Path, rounds: int, each: int) -> None:
    database.migrate(cluster.owner_url, cluster.app_url)
    settings = replace(
        Settings.from_environment({"DATA_DIR": str(folder / "data"), "DEMO": "on"}),
        owner_url=cluster.owner_url,
        app_url=cluster.app_url,
    )
    demo.load(settings)
    engine = open_engine(settings)
    app = create_app(settings, engine, Limits(person=UNTHROTTLED, open_door=UNTHROTTLED))
    url = make_url(cluster.app_url).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as bare:
        with app.extensions["sessions"].begin() as session:
            person_id = polling.busiest(session)
            deliveries = session.scalar(select(func.count()).select_from(Delivery))
            tasks = session.scalar(select(func.count()).select_from(Task))
        bare.execute("ANALYZE")
        token = polling.token_for(app, person_id)
        polls = [polling.poll(app, engine, bare, token, path) for path in POLLED]
        measured = [polling.measure(one, rounds=rounds, each=each) for one in polls]
    engine.dispose()
    _print(measured, f"{tasks} tasks and {deliveries} deliveries in the demo world", rounds, each)


def _print(measured: Sequence[Measured], world: str, rounds: int, each: int) -> None:
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores,"
        f" load {os.getloadavg()[0]:.1f}; {world};"
        f" median of {rounds} rounds of {each} answers each, taking turns."
    )
    head = f"{'polled':28} {'items':>5} {'statements':>10} {'repeated':>8}"
    print(f"{head} {'house ms':>9} {'bare ms':>8} {'ratio':>6} {'spread':>7}")
    for one in measured:
        poll = one.poll
        print(
            f"{poll.path:28} {poll.items:5} {len(poll.statements):10} {poll.repeated:8}"
            f" {one.house_ms:9.2f} {one.bare_ms:8.2f} {one.ratio:6.1f} {one.spread:7.2f}"
        )
    print(
        "house: the whole application in process; bare: the same statements through psycopg, the"
        " rows as JSON.\nrepeated: statements that differ from another of the same answer in their"
        " values only (N+1).\nspread: the largest ratio of a round over the smallest."
    )
    for one in measured:
        print(f"\n{one.poll.path}")
        for statement in one.poll.statements:
            print("  " + " ".join(statement.sql.split())[:150])


class Nowhere:
    """Lets the house write its log, as it always does, to no terminal."""

    def __call__(self, *_: object) -> structlog.PrintLogger:
        """A logger whose lines nobody reads."""
        return structlog.PrintLogger(Path(os.devnull).open("w"))


if __name__ == "__main__":
    main()
