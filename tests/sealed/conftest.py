"""A database of its own in which every table that seals something has some rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    LargeBinary,
    create_engine,
    delete,
    insert,
    make_url,
    select,
    text,
    type_coerce,
)

from jiantong import database
from jiantong.postgres import Cluster
from services.kernel.ciphers import KeyRing, Suite
from services.kernel.rewrapping import sealed_columns
from services.kernel.sealed import BlindIndex, SealedMembers, SealedText, carry, pairs

NAME = "sealed"
ROWS = 3
FILLING: dict[type[Any], Any] = {
    bool: False,
    date: date(2026, 3, 2),
    datetime: datetime(2026, 3, 2, tzinfo=UTC),
    dict: {},
    list: [],
    bytes: b"",
}


@dataclass
class Vault:
    """The database, and the folder of its keys."""

    owner_url: str
    app_url: str
    keys: Path
    """As a data folder: the keys are in its folder of secrets."""

    @property
    def folder(self) -> Path:
        return self.keys / "secrets"

    def engine(self, suite: Suite = Suite.INTERNATIONAL) -> Engine:
        """The owner's way in, as a process that starts now has it."""
        ring = KeyRing.kept_in(self.folder, suite)
        return carry(create_engine(self.owner_url), ring)

    def fill(self, suite: Suite = Suite.INTERNATIONAL) -> None:
        """Some rows in every table that seals something, as that suite seals them."""
        engine = self.engine(suite)
        with engine.begin() as connection:
            for table in _tables():
                connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
                connection.execute(delete(table))
                connection.execute(text(f"ALTER TABLE {table.name} ENABLE TRIGGER USER"))
                own = {index.name: plain for index, plain in pairs(table)}
                for row in range(1, ROWS + 1):
                    given = {one.name: _filled(one, row) for one in table.columns if _asked(one)}
                    given |= {index: plain_of(plain, row) for index, plain in own.items()}
                    connection.execute(insert(table).values(given))
        engine.dispose()

    def read(self, connection: Connection, column: Any) -> list[Any]:
        """What stands in a column, opened."""
        own = column.table.primary_key.columns
        return list(connection.scalars(select(column).order_by(*own)))

    def raw(self, connection: Connection, column: Any) -> list[bytes]:
        """What stands in a column, as the database has it."""
        kind = None if isinstance(column.type, SealedMembers) else LargeBinary
        seen = text(f"CAST({column.name} AS text)") if kind is None else type_coerce(column, kind)
        found = connection.scalars(select(seen).select_from(column.table))
        return [one.encode() if isinstance(one, str) else bytes(one) for one in found]


def plain_of(column: Any, row: int) -> Any:
    """What the tests put into a sealed column of a row."""
    word = f"9901011990010{row}-{column.name}"
    if isinstance(column.type, SealedMembers):
        return dict.fromkeys(column.type.members, word) | {"outcome": "kept", "row": row}
    return word if isinstance(column.type, SealedText) else word.encode()


def _tables() -> list[Any]:
    return list(dict.fromkeys(column.table for column in sealed_columns()))


def _asked(column: Column[Any]) -> bool:
    return column in sealed_columns() or (
        not column.nullable and not isinstance(column.type, BlindIndex)
    )


def _filled(column: Column[Any], row: int) -> Any:
    if column in sealed_columns():
        return plain_of(column, row)
    kind = column.type.python_type
    if kinds := getattr(column.type, "enum_class", None):
        return next(iter(kinds))
    return FILLING.get(kind, row if kind is int else f"x{row}")


@pytest.fixture(scope="module")
def _raised(cluster: Cluster) -> Iterator[tuple[str, str]]:
    here = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    owner, app = (make_url(url).set(database=NAME) for url in (cluster.owner_url, cluster.app_url))
    with here.connect() as connection:
        connection.execute(text(f'CREATE DATABASE {NAME} OWNER "{owner.username}"'))
    urls = [url.render_as_string(hide_password=False) for url in (owner, app)]
    database.model(urls[0], urls[1])
    there = create_engine(urls[0])
    with there.begin() as connection:
        rules = text(
            "SELECT conrelid::regclass, conname FROM pg_constraint"
            " WHERE contype IN ('c', 'f') AND conrelid::regclass::text = ANY(:names)"
        )
        found = connection.execute(rules, {"names": [table.name for table in _tables()]})
        for table, rule in found.all():
            connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {rule}"))
    there.dispose()
    yield urls[0], urls[1]
    with here.connect() as connection:
        connection.execute(text(f"DROP DATABASE {NAME} WITH (FORCE)"))
    here.dispose()


@pytest.fixture
def vault(_raised: tuple[str, str], tmp_path: Path) -> Vault:
    """Its rules are off, so that any row may stand there; its keys are new."""
    return Vault(*_raised, tmp_path)
