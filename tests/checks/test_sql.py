"""The check for SQL newer than PostgreSQL 15 can fail, and lets what 15 knows pass."""

import pytest

from checks import sql

NEWER = [
    "session.execute(text('SELECT any_value(name) FROM people'))",
    "x = func.uuidv7()",
    "x = sa.func.any_value(Person.name)",
    "x = Column(Integer, sa.Computed('a * 2'))",
    "from sqlalchemy import Computed as C\nx = C('a * 2', persisted=False)",
    "x = \"SELECT * FROM JSON_TABLE(doc, '$' COLUMNS (a int))\"",
    "x = '''MERGE INTO a USING b ON true\nWHEN MATCHED THEN DELETE RETURNING a.id'''",
    "x = 'UPDATE a SET b = 1 RETURNING OLD.b, NEW.b'",
    "x = 'ALTER TABLE a ADD EXCLUDE (x WITH =), ADD PRIMARY KEY (id, held WITHOUT OVERLAPS)'",
    "x = 'CREATE TABLE a (b int GENERATED ALWAYS AS (coalesce(c, lower(d))) VIRTUAL)'",
    "x = 'CREATE TABLE a (b int GENERATED ALWAYS AS (c + 1))'",
    "x = 'ALTER TABLE a ADD CHECK (b > 0) NOT ENFORCED'",
    "x = 'CREATE TABLE a (b text CHECK (b IS JSON))'",
    "x = \"SELECT JSON_OBJECT('a' VALUE 1)\"",
    "x = 'SELECT pg_input_is_valid(a, b) FROM c'",
    "x = f'SELECT {column}, json_value(doc, $1) FROM a'",
]

KNOWN = [
    '"""PostgreSQL 18 has uuidv7() and any_value(); we do not use them."""',
    "x = 'SELECT json_build_object(a, b), gen_random_uuid() FROM c'",
    "x = 'MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE; UPDATE a SET b = 1 RETURNING b'",
    "x = 'CREATE TABLE a (b int GENERATED ALWAYS AS (coalesce(c, (d))) STORED)'",
    "x = 'CREATE TABLE a (b int GENERATED ALWAYS AS IDENTITY)'",
    "x = 'CREATE UNIQUE INDEX a ON b (c) NULLS NOT DISTINCT'",
    "x = sa.Computed('a * 2', persisted=True)",
    "x = Computed('a class of our own')",
    "x = 'The body is JSON, and it is not enforced.'",
    "x = 'CREATE TRIGGER t BEFORE UPDATE ON a EXECUTE FUNCTION f()'",
]


@pytest.mark.parametrize("code", NEWER)
def test_what_is_newer_is_found(code: str) -> None:
    assert list(sql.findings("services/slice.py", code))


@pytest.mark.parametrize("code", KNOWN)
def test_what_15_knows_passes(code: str) -> None:
    assert not list(sql.findings("services/slice.py", code))


@pytest.mark.parametrize("name", sorted(sql.FUNCTIONS))
def test_every_listed_function_is_found_in_sql_and_in_code(name: str) -> None:
    assert list(sql.findings("migrations/0001.sql", f"SELECT {name.upper()} (a);"))
    assert list(sql.findings("notifications/slice.py", f"x = func.{name}(a)"))


def test_the_line_is_named() -> None:
    [finding] = sql.findings("services/slice.py", "a = 1\nb = '''\nSELECT\n uuidv4()'''")
    assert finding.line == 4


def test_only_what_reaches_the_database_is_read() -> None:
    assert not list(sql.findings("docs/history.md", "SELECT uuidv7()"))
    assert not list(sql.findings("tests/test_x.py", "x = func.uuidv7()"))
