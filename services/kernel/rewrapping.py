"""Sealing anew what older keys sealed, and coding the blind indexes anew.

Which columns are sealed is read from the tables themselves, so a new one is covered by itself.
Each row is locked while it is sealed anew, so whoever writes meanwhile is not overwritten. What a
trigger keeps from changing is changed by the owner of the tables only, who lets the trigger rest
for one batch; the plain content stays what it was.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    LargeBinary,
    Table,
    and_,
    func,
    literal,
    select,
    text,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.kernel.act import Record
from services.kernel.sealed import (
    SEALED,
    BlindIndex,
    SealedBytes,
    SealedMembers,
    SealedText,
    pairs,
    ring_of,
)

HEAD = 6
"""So many bytes say how something was sealed, and by which key."""
_MANY = 500
_FEW = 4
"""So many files at a time: each may have 20 MiB."""
_PATIENCE = "10s"
"""So long a batch waits for the lock of a table before it gives up and may be asked for again."""

_GUARDED = """
SELECT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = CAST(:name AS regclass) AND NOT tgisinternal)
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one column is."""

    column: str
    looked_at: int
    sealed_anew: int


def sealed_columns() -> list[Column[Any]]:
    """Every column of the house that holds something sealed, by table and name."""
    kinds = (SealedText, SealedBytes, SealedMembers)
    return [column for column in _columns() if isinstance(column.type, kinds)]


def blind_indexes() -> list[Column[Any]]:
    """Every blind index of the house, by table and name."""
    return [column for column in _columns() if isinstance(column.type, BlindIndex)]


def seals_by_key(connection: Connection) -> Counter[str]:
    """How many sealed values each key has to open; a key that has none may go."""
    ring = ring_of(connection.dialect)
    opened: Counter[str] = Counter()
    for column in sealed_columns():
        for head in _heads(column):
            for sealed, values in connection.execute(select(head, func.count()).group_by(head)):
                if sealed is not None:
                    opened[ring.sealed_by(sealed)[0]] += values
    return opened


def rewrap(engine: Engine) -> Iterator[Progress]:
    """Seal everything anew that another key or suite sealed than those of now, batch by batch.

    Each batch is a transaction of its own, so the service goes on, and a run that was broken off
    goes on where it ended: what is sealed as of now is passed over.

    Raises:
        CannotOpenError: a key that sealed something is missing; what came before is done.
    """
    for column in sealed_columns():
        last: tuple[Any, ...] | None = None
        looked_at = sealed_anew = 0
        while True:
            with engine.begin() as connection:
                keys, anew = _batch(connection, column, last)
            if not keys:
                break
            last = keys[-1]
            looked_at, sealed_anew = looked_at + len(keys), sealed_anew + anew
            yield Progress(str(column), looked_at, sealed_anew)


def reindex(connection: Connection) -> int:
    """Make a new key of the blind index and code every index anew, in this one transaction.

    Nobody writes to those tables until it ends, so what has to be unique stays so. If it fails
    after the key was made, do it again: until then nothing is found by its index. Says how many
    there were.
    """
    indexes = blind_indexes()
    names = sorted({column.table.name for column in indexes})
    connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
    for name in names:
        connection.execute(text(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE"))
    ring_of(connection.dialect).rotate_blind()
    done = 0
    for table in (Record.metadata.tables[name] for name in names):
        _rest(connection, table)
        own = list(table.primary_key.columns)
        for index, plain in pairs(table):
            stated = connection.execute(select(*own, plain).where(plain.is_not(None))).all()
            for *key, value in stated:
                connection.execute(update(table).where(_is(own, key)).values({index.name: value}))
            done += len(stated)
        _wake(connection, table)
    return done


def _batch(
    connection: Connection, column: Column[Any], after: tuple[Any, ...] | None
) -> tuple[list[tuple[Any, ...]], int]:
    """Look at the next rows of a column; say which, and how many were sealed anew."""
    table, ring = column.table, ring_of(connection.dialect)
    own = list(table.primary_key.columns)
    asked = select(*own, *_heads(column)).where(column.is_not(None)).order_by(*own)
    if after is not None:
        asked = asked.where(tuple_(*own) > tuple_(*map(literal, after)))
    most = _FEW if isinstance(column.type, SealedBytes) else _MANY
    found = connection.execute(asked.limit(most)).all()
    keys = [tuple(row[: len(own)]) for row in found]
    stale = [
        key
        for key, row in zip(keys, found, strict=True)
        if not all(ring.sealed_by(head)[1] for head in row[len(own) :] if head is not None)
    ]
    if stale:
        _rest(connection, table)
        for key in stale:
            _seal_anew(connection, column, key)
        _wake(connection, table)
    return keys, len(stale)


def _seal_anew(connection: Connection, column: Column[Any], key: Sequence[Any]) -> None:
    own = list(column.table.primary_key.columns)
    plain = connection.scalar(select(column).where(_is(own, key)).with_for_update())
    if plain is not None:  # a row may have been swept away meanwhile
        connection.execute(update(column.table).where(_is(own, key)).values({column.name: plain}))


def _heads(column: Column[Any]) -> list[ColumnElement[bytes]]:
    """The beginning of every sealed value in a column: how it was sealed, and by which key."""
    if not isinstance(column.type, SealedMembers):
        return [func.substring(type_coerce(column, LargeBinary), 1, HEAD)]
    said = type_coerce(column, JSONB)
    written = [said[name][SEALED].astext for name in column.type.members]
    return [func.substring(func.decode(one, "base64"), 1, HEAD) for one in written]


def _is(own: Sequence[Column[Any]], key: Sequence[Any]) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(own, key, strict=True)))


def _rest(connection: Connection, table: Table) -> None:
    """Let the triggers rest that keep what is said from changing: what is said does not change."""
    if _is_guarded(connection, table):
        connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
        connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))


def _wake(connection: Connection, table: Table) -> None:
    if _is_guarded(connection, table):
        connection.execute(text(f"ALTER TABLE {table.name} ENABLE TRIGGER USER"))


def _is_guarded(connection: Connection, table: Table) -> bool:
    named = {"name": table.name}
    return bool(connection.scalar(text(_GUARDED), named))


def _columns() -> Iterator[Column[Any]]:
    for name in sorted(Record.metadata.tables):
        yield from sorted(Record.metadata.tables[name].columns, key=lambda column: column.name)
