"""Sealed fields: what stood in plain text is sealed with the installation's keys, and back.

Document numbers, addresses, telephones, files, signatures, and the seeds of draws to come. The
columns that are searched get a blind index; names get an index of their pieces.

Revision: 0008, after 0007.
"""

import base64
import json
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kernel.ciphers import KeyRing
from services.kernel.sealed import ring_of

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SEALED_TEXTS = {
    "suspects": ("document_number", "address"),
    "suspect_names": ("document_number",),
    "supervisors": ("id_number", "contact"),
    "participants": ("telephone",),
}
SEALED_BYTES = {
    "attachments": ("content",),
    "transcript_marks": ("image",),
    "transcript_statements": ("content",),
    "rotation_lists": ("tail", "next_tail"),
    "draws": ("seed",),
    "quality_samplings": ("seed",),
}
SEALED_MEMBERS = {
    "taken_steps": ("document_number", "address"),
    "proposals": ("document_number", "address"),
}
"""Of `given`."""
BLIND = {
    "suspects": "document_number",
    "suspect_names": "document_number",
    "supervisors": "id_number",
}
PIECES = "regexp_replace({}, '(.)', '\\1\\1', 'g') gin_trgm_ops"


def upgrade() -> None:
    """Seal document numbers, addresses, telephones, files and signatures that stand in the tables."""
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.drop_constraint("draws_seed_of_32_bytes", "draws")
    op.drop_index("suspects_by_document", table_name="suspects")
    op.drop_index("supervisors_by_id_number", table_name="supervisors")
    op.drop_index("supervisors_one_organ_at_a_time", table_name="supervisors")
    # Files are sealed in place; nobody asks for an answer of before the upgrade again.
    op.execute("DELETE FROM idempotent_answers")
    for table in dict.fromkeys([*SEALED_TEXTS, *SEALED_BYTES, *SEALED_MEMBERS]):
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for column in SEALED_TEXTS.get(table, ()):
            _seal_text(table, column)
        if table in BLIND:
            op.add_column(
                table, sa.Column(f"{BLIND[table]}_index", sa.LargeBinary(), nullable=True)
            )
            _index(table, BLIND[table])
        for column in SEALED_BYTES.get(table, ()):
            _seal_bytes(table, column)
        if table in SEALED_MEMBERS:
            _seal_members(table, SEALED_MEMBERS[table])
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    for table, column in BLIND.items():
        op.create_check_constraint(
            f"{table}_{column}_is_indexed",
            table,
            f"({column} IS NULL) = ({column}_index IS NULL)",
        )
    op.create_index("suspects_by_document", "suspects", ["document_number_index"])
    op.create_index("suspect_names_by_document", "suspect_names", ["document_number_index"])
    op.create_index("supervisors_by_id_number", "supervisors", ["id_number_index"])
    op.create_index(
        "supervisors_one_organ_at_a_time",
        "supervisors",
        ["id_number_index"],
        unique=True,
        postgresql_where=sa.text("state IN ('nominated', 'serving', 'suspended')"),
    )
    op.create_index("suspect_charges_by_charge", "suspect_charges", ["charge_id"])
    for name, table, columns in (
        ("suspects_by_name", "suspects", ("name", "alias")),
        ("suspect_names_by_name", "suspect_names", ("name", "alias")),
        ("cases_by_words_of_number", "cases", ("number",)),
    ):
        op.create_index(
            name,
            table,
            [sa.text(PIECES.format(column)) for column in columns],
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        )


def downgrade() -> None:
    """The way back, for a downgrade: plain again, as before."""
    for name, table in (
        ("cases_by_words_of_number", "cases"),
        ("suspect_names_by_name", "suspect_names"),
        ("suspects_by_name", "suspects"),
        ("suspect_charges_by_charge", "suspect_charges"),
        ("supervisors_one_organ_at_a_time", "supervisors"),
        ("supervisors_by_id_number", "supervisors"),
        ("suspect_names_by_document", "suspect_names"),
        ("suspects_by_document", "suspects"),
    ):
        op.drop_index(name, table_name=table)
    for table, column in BLIND.items():
        op.drop_constraint(f"{table}_{column}_is_indexed", table)
    op.execute("DELETE FROM idempotent_answers")
    for table in dict.fromkeys([*SEALED_TEXTS, *SEALED_BYTES, *SEALED_MEMBERS]):
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for column in SEALED_TEXTS.get(table, ()):
            _open_text(table, column)
        if table in BLIND:
            op.drop_column(table, f"{BLIND[table]}_index")
        for column in SEALED_BYTES.get(table, ()):
            _open_bytes(table, column)
        if table in SEALED_MEMBERS:
            _open_members(table, SEALED_MEMBERS[table])
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    op.create_index("suspects_by_document", "suspects", ["document_number"])
    op.create_index("supervisors_by_id_number", "supervisors", ["id_number"])
    op.create_index(
        "supervisors_one_organ_at_a_time",
        "supervisors",
        ["id_number"],
        unique=True,
        postgresql_where=sa.text("state IN ('nominated', 'serving', 'suspended')"),
    )
    op.create_check_constraint("draws_seed_of_32_bytes", "draws", "octet_length(seed) = 32")


def _ring() -> KeyRing:
    """The installation's keys; asked for only where there is something to seal or open."""
    return ring_of(op.get_bind().dialect)


def _seal_text(table: str, column: str) -> None:
    """The column keeps its place and its constraints; its text becomes bytes, then they are sealed."""
    op.execute(
        f"ALTER TABLE {table} ALTER COLUMN {column} TYPE bytea USING convert_to({column}, 'UTF8')"
    )
    _seal_bytes(table, column)


def _open_text(table: str, column: str) -> None:
    _open_bytes(table, column)
    op.execute(
        f"ALTER TABLE {table} ALTER COLUMN {column} TYPE text USING convert_from({column}, 'UTF8')"
    )


def _index(table: str, column: str) -> None:
    connection = op.get_bind()
    about = f"{table}.{column}"
    found = connection.execute(
        sa.text(f"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL")
    ).all()
    for number, sealed in found:
        plain = _ring().open(bytes(sealed), about=about).decode()
        connection.execute(
            sa.text(f"UPDATE {table} SET {column}_index = :index WHERE id = :id"),
            {"index": _ring().blind(plain, about=about), "id": number},
        )


def _seal_bytes(table: str, column: str) -> None:
    _each_file(table, column, lambda plain: _ring().seal(plain, about=f"{table}.{column}"))


def _open_bytes(table: str, column: str) -> None:
    _each_file(table, column, lambda sealed: _ring().open(sealed, about=f"{table}.{column}"))


def _each_file(table: str, column: str, change: Callable[[bytes], bytes]) -> None:
    """One file at a time: each may have 20 MiB."""
    connection = op.get_bind()
    ids = connection.scalars(
        sa.text(f"SELECT id FROM {table} WHERE {column} IS NOT NULL ORDER BY id")
    ).all()
    for number in ids:
        content = connection.scalar(
            sa.text(f"SELECT {column} FROM {table} WHERE id = :id"), {"id": number}
        )
        connection.execute(
            sa.text(f"UPDATE {table} SET {column} = :content WHERE id = :id"),
            {"content": change(bytes(content)), "id": number},
        )


def _seal_members(table: str, members: tuple[str, ...]) -> None:

    def sealed(name: str, one: object) -> object:
        plain = json.dumps(one, ensure_ascii=False).encode()
        value = _ring().seal(plain, about=f"{table}.given.{name}")
        return {"sealed": base64.b64encode(value).decode()}

    _each_member(table, members, sealed)


def _open_members(table: str, members: tuple[str, ...]) -> None:

    def opened(name: str, one: object) -> object:
        if not isinstance(one, dict):
            raise TypeError(table)
        value = base64.b64decode(one["sealed"])
        return json.loads(_ring().open(value, about=f"{table}.given.{name}"))

    _each_member(table, members, opened)


def _each_member(
    table: str, members: tuple[str, ...], change: Callable[[str, object], object]
) -> None:
    connection = op.get_bind()
    has = " OR ".join(f"jsonb_typeof(given->'{name}') <> 'null'" for name in members)
    found = connection.execute(sa.text(f"SELECT id, given FROM {table} WHERE {has}")).all()
    write = sa.text(f"UPDATE {table} SET given = :given WHERE id = :id").bindparams(
        sa.bindparam("given", type_=postgresql.JSONB)
    )
    for number, given in found:
        new = {
            name: change(name, one) if name in members and one is not None else one
            for name, one in given.items()
        }
        connection.execute(write, {"given": new, "id": number})
