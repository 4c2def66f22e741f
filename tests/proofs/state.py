"""Everything a database holds, to be compared: as it is, or as it must be after any crash."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, text

State = Mapping[str, list[dict[str, Any]]]

BY_LOT = frozenset({"nonce", "item", "body", "hash", "previous"})
"""Columns of random content, or that hash or repeat an instant."""
TRIES = frozenset({"attempts"})
"""How often something was tried: the one thing that a crash may leave behind."""
NOT_COMPARED = frozenset(
    {
        "procrastinate_events",
        "procrastinate_workers",
        "alembic_version",
        "step_ups",
        "channel_tallies",
    }
)
"""The queue's own bookkeeping, while its jobs are compared; confirmations, which are acts of their
own before the deed: that one was used stands in the journal; and answers counted by the hour, which
may change between two runs: their sums are compared beside."""

WAKES = frozenset({"dispatch", "send"})
"""Jobs that only say that there may be something to do."""

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
"""A moment that an entry of the ledger keeps among its details."""

_COLUMNS = """
SELECT c.table_name, c.column_name, c.data_type
FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' ORDER BY 1, c.ordinal_position
"""
_SEQUENCES = """
SELECT s.oid::regclass::text, t.relname, a.attname
FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
JOIN pg_class t ON t.oid = d.refobjid
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE s.relkind = 'S'
"""


def exactly(engine: Engine) -> State:
    """Every row of every table, to the last byte."""
    with engine.connect() as connection:
        return _rows(connection, _columns(connection))


def in_the_end(engine: Engine) -> State:
    """Every row of every table, but for instants, chance and the number of tries."""
    with engine.connect() as connection:
        columns = _columns(connection)
        return {
            name: sorted(
                ({key: _seen(columns[name][key], key, row[key]) for key in row} for row in rows),
                key=repr,
            )
            for name, rows in _rows(connection, columns).items()
        }


def but_for_wakes(state: State) -> State:
    """The same, where only whether somebody is woken counts, and not how often.

    What a death cut in two is told in two batches, and each asks for a sender.
    """
    jobs = state["procrastinate_jobs"]
    woken = sorted({job["task_name"] for job in jobs} & WAKES)
    others = [job for job in jobs if job["task_name"] not in WAKES]
    return {**state, "procrastinate_jobs": [*others, *({"task_name": one} for one in woken)]}


def rewind(owner: Engine) -> None:
    """Let ids go on where the rows end: PostgreSQL does not take back what a crash had drawn.

    Only so can two histories be compared id by id. Nothing in the house counts on ids without
    gaps; the numbers of documents, which must have none, come from no sequence.
    """
    with owner.begin() as connection:
        for sequence, table, column in connection.execute(text(_SEQUENCES)).all():
            last = connection.scalar(text(f'SELECT max("{column}") FROM "{table}"')) or 0  # noqa: S608  # names from the catalogue
            connection.execute(
                text("SELECT setval(CAST(:sequence AS regclass), :next, false)"),
                {"sequence": sequence, "next": last + 1},
            )


def _columns(connection: Connection) -> dict[str, dict[str, str]]:
    found = defaultdict[str, dict[str, str]](dict)
    for table, column, kind in connection.execute(text(_COLUMNS)):
        if table not in NOT_COMPARED:
            found[table][column] = kind
    return found


def _rows(connection: Connection, tables: Mapping[str, object]) -> dict[str, list[dict[str, Any]]]:
    every = " UNION ALL ".join(
        f"SELECT '{name}' AS name, to_jsonb(t) AS row FROM \"{name}\" t"  # noqa: S608  # ours
        for name in tables
    )
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in tables}
    for name, row in connection.execute(text(every)):
        found[name].append(row)
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def _seen(kind: str, column: str, value: object) -> object:
    hidden = kind.startswith("timestamp") or column in BY_LOT | TRIES
    if isinstance(value, dict) and not hidden:
        return {name: "something" if _is_instant(each) else each for name, each in value.items()}
    return "something" if hidden and value is not None else value


def _is_instant(value: object) -> bool:
    return isinstance(value, str) and bool(INSTANT.fullmatch(value))
