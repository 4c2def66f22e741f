"""What stood in the tables before a migration stands in them after it, and means the same."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from jiantong import database
from jiantong.postgres import Cluster
from services import deadlines
from services.deadlines import Deadline
from tests.rings import carrying

FILLING: dict[str, Any] = {
    "integer": 1,
    "bigint": 1,
    "text": "x",
    "character varying": "x",
    "boolean": False,
    "date": date(2026, 9, 1),
    "timestamp with time zone": datetime(2026, 9, 1, tzinfo=UTC),
    "jsonb": "[]",
}
RECEIVED = datetime(2026, 9, 29, 2, tzinfo=UTC)


@pytest.fixture
def owner(cluster: Cluster) -> Iterator[Connection]:
    """The owner in a database of its own, one migration before deadlines came in full."""
    administrator = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    engine = carrying(create_engine(cluster.owner_url.replace("/jiantong?", "/earlier?")))
    with administrator.connect() as connection:
        connection.execute(text("CREATE DATABASE earlier OWNER jiantong"))
        with engine.begin() as owner:
            database.upgrade(owner, to="0003")
            yield owner
        engine.dispose()
        connection.execute(text("DROP DATABASE earlier"))
    administrator.dispose()


def put(owner: Connection, table: str, **given: object) -> None:
    """A row with these values, and something of the right type wherever something is asked for."""
    asked = owner.execute(
        text(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = :t"
            " AND table_schema = 'public' AND is_nullable = 'NO'"
            " AND column_default IS NULL AND is_identity = 'NO'"
        ),
        {"t": table},
    )
    values = {row.column_name: FILLING[row.data_type] for row in asked} | given
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    owner.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)  # noqa: S608


@pytest.fixture
def earlier(owner: Connection) -> Connection:
    """A case with a handler, and three periods of its suspect as they were kept before."""
    put(owner, "offices", id=1)
    put(owner, "offices", id=2, name="y", short_name="y")
    put(owner, "people", id=1)
    put(owner, "arrest_requests", id=1, office_id=2, procuratorate_id=1, state="submitted")
    put(owner, "suspects", id=1, arrest_request_id=1, received_at=RECEIVED)
    put(owner, "cases", id=1, arrest_request_id=1, procuratorate_id=1, handler_id=1)
    of_suspect: dict[str, object] = {
        "suspect_id": 1, "about_kind": "arrest_requests", "about_id": 1, "started_at": RECEIVED,
    }  # fmt: skip
    put(
        owner, "deadlines", id=1, rule_id="D07", ground="major_or_complex", custody="at_liberty",
        due_on=date(2026, 10, 14), outer_on=date(2026, 10, 19), **of_suspect,
    )  # fmt: skip
    put(
        owner, "deadlines", id=2, rule_id="D06", custody="held", due_on=date(2026, 10, 6),
        outer_on=date(2026, 10, 6), closed_at=RECEIVED, close_reason="replaced", **of_suspect,
    )  # fmt: skip
    put(owner, "deadlines", id=3, rule_id="A01", custody="unknown", **of_suspect)
    return owner


def test_periods_that_ran_before_say_the_same_from_their_entries(earlier: Connection) -> None:
    database.upgrade(earlier)
    with Session(earlier) as session:
        longer, replaced, at_once = (session.get_one(Deadline, number) for number in (1, 2, 3))
        for deadline in (longer, replaced, at_once):
            counted = deadlines.calculation(session, deadline)
            assert counted.started == RECEIVED
            assert (counted.due_on, counted.outer_on) == (deadline.due_on, deadline.outer_on)
            assert counted.custody is deadline.custody
        assert replaced.closed_at == RECEIVED
        assert replaced.look_at is None
        assert at_once.due_on is None
        assert longer.look_at is not None
        assert (longer.procuratorate_id, longer.police_office_id, longer.handler_id) == (1, 2, 1)


def test_cases_that_were_there_are_arrest_cases_with_their_suspects(earlier: Connection) -> None:
    put(earlier, "suspects", id=2, arrest_request_id=1, ordinal=2, received_at=RECEIVED)
    for number, outcome in ((1, "executed"), (2, "measure_changed")):
        put(earlier, "arrest_reviews", id=number, case_id=1, suspect_id=number)
        put(earlier, "arrest_decisions", id=10 + number, arrest_review_id=number)
        put(
            earlier, "receipts", id=20 + number, arrest_review_id=number, outcome=outcome,
            executed_at=RECEIVED, new_measure="bail" if number == 2 else None,
        )  # fmt: skip

    database.upgrade(earlier)

    (kind,) = earlier.scalars(text("SELECT kind FROM cases"))
    named = earlier.execute(text("SELECT case_id, suspect_id FROM case_suspects ORDER BY 2"))
    measures = earlier.scalars(text("SELECT measure FROM suspects ORDER BY id"))
    receipts = earlier.execute(text("SELECT id, decision_id FROM receipts ORDER BY id"))
    assert kind == "arrest"
    assert [tuple(row) for row in named] == [(1, 1), (1, 2)]
    assert list(measures) == ["arrest", "bail"]
    assert [tuple(row) for row in receipts] == [(21, 11), (22, 12)]
