"""The schema: what the migrations raise is what the models say, and who may do what in it."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, create_engine, make_url, text

from jiantong import database
from jiantong.postgres import CannotStart, Cluster, temporary
from services.kernel.settings import Settings
from tests.rings import carrying

OLD = Path("/usr/lib/postgresql/15/bin")


@contextmanager
def connected(cluster: Cluster, name: str) -> Iterator[Connection]:
    """A connection of the owner to a fresh database of that name."""
    administrator = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    engine = carrying(create_engine(cluster.owner_url.replace("/jiantong?", f"/{name}?")))
    with administrator.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} OWNER jiantong"))
        with engine.begin() as owner:
            yield owner
        engine.dispose()
        connection.execute(text(f"DROP DATABASE {name}"))
    administrator.dispose()


def described(connection: Connection) -> set[tuple[object, ...]]:
    """Everything the catalogue says of the schema, in words."""
    return {
        (kind, *row)
        for kind, question in CATALOGUE.items()
        for row in connection.execute(text(question))
        if row[0] != "alembic_version"
    }


CATALOGUE = {
    "column": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid)
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
          LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
           AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraint": """
        SELECT c.relname, k.conname, pg_get_constraintdef(k.oid)
          FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
         WHERE c.relnamespace = 'public'::regnamespace""",
    "index": """
        SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'""",
    "trigger": """
        SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid)
          FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal""",
    "function": """
        SELECT p.proname, pg_get_functiondef(p.oid) FROM pg_proc p
         WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
           AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')""",
}


def test_the_migrated_schema_is_what_the_models_say(cluster: Cluster) -> None:
    """When this fails a model has changed: `make migrate message="why"` writes what is missing."""
    with connected(cluster, "migrated") as migrated, connected(cluster, "modelled") as modelled:
        database.upgrade(migrated)
        database.build(modelled)
        assert described(migrated) == described(modelled)
        assert {"journal", "people"} <= {row[1] for row in described(migrated)}


def test_migrating_twice_changes_nothing() -> None:
    with temporary() as fresh:
        for _ in range(2):
            database.migrate(fresh.owner_url, fresh.app_url)
        with psycopg.connect(fresh.app_url.replace("+psycopg", "")) as application:
            assert application.execute("SELECT version_num FROM alembic_version").fetchone()
            for table, rights in (
                ("journal", {"SELECT", "INSERT"}),
                ("alembic_version", {"SELECT"}),
                ("people", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
            ):
                assert {right for (right,) in application.execute(RIGHTS, [table])} == rights


RIGHTS = """
    SELECT privilege_type FROM information_schema.role_table_grants
     WHERE table_name = %s AND grantee = current_user
"""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET kind = 'x'",
        "DELETE FROM journal",
        "TRUNCATE journal",
        "DROP TABLE journal",
        "ALTER TABLE journal DISABLE TRIGGER append_only",
        "CREATE TABLE mine (x int)",
    ],
)
def test_the_application_may_not(cluster: Cluster, statement: str) -> None:
    with (
        psycopg.connect(cluster.app_url.replace("+psycopg", "")) as application,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        application.execute(statement.encode())


@pytest.mark.parametrize("statement", ["UPDATE journal SET kind = 'x'", "TRUNCATE journal CASCADE"])
def test_even_the_owner_rewrites_no_journal(cluster: Cluster, statement: str) -> None:
    with (
        psycopg.connect(cluster.owner_url.replace("+psycopg", "")) as owner,
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
    ):
        owner.execute(statement.encode())


def test_a_server_too_old_is_refused_in_one_sentence() -> None:
    database.refuse_unfit(15, "UTF8")
    with pytest.raises(CannotStart, match=r"^PostgreSQL 14 is too old: Jiantong needs 15 or newer"):
        database.refuse_unfit(14, "UTF8")
    with pytest.raises(CannotStart, match="encoding is SQL_ASCII"):
        database.refuse_unfit(16, "SQL_ASCII")


def test_a_server_out_of_reach_is_told_in_one_sentence(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://me:secret@/x?host={tmp_path}"
    with pytest.raises(CannotStart, match="cannot be used") as refused:
        database.migrate(url, url)
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_on_a_server_of_your_own_the_application_gets_a_role(
    cluster: Cluster, tmp_path: Path
) -> None:
    given = {"DATA_DIR": str(tmp_path), "DATABASE_URL": cluster.administrator_url}
    prepared = database.prepare(Settings.from_environment(given))
    assert make_url(prepared.app_url) == make_url(Settings.from_environment(given).app_url)
    assert "jiantong_app_" in prepared.app_url, "the role of another installation is left alone"
    with psycopg.connect(prepared.app_url.replace("+psycopg", "")) as application:
        assert application.execute("SHOW is_superuser").fetchone() == ("off",)
    again = Settings.from_environment(given)
    assert database.prepare(again) is again


def test_an_owner_who_may_make_no_role_is_told_what_to_do(cluster: Cluster, tmp_path: Path) -> None:
    settings = replace(
        Settings.from_environment({"DATA_DIR": str(tmp_path)}),
        owner_url=cluster.owner_url,
        app_url="postgresql+psycopg://jiantong_app@/jiantong",
    )
    with pytest.raises(CannotStart, match="DATABASE_APP_URL"):
        database.prepare(settings)


@pytest.mark.skipif(not OLD.is_dir() or os.geteuid() != 0, reason="no PostgreSQL 15 to try it on")
def test_the_schema_stands_on_the_oldest_server() -> None:
    folder = Path(tempfile.mkdtemp(prefix="jt-"))
    shutil.chown(folder, "postgres")
    subprocess.run(
        [OLD / "initdb", "-D", folder / "data", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        capture_output=True,
        user="postgres",
        cwd="/",
    )
    server = subprocess.Popen(
        [OLD / "postgres", "-D", folder / "data", "-k", folder, "-h", "", "-F"],
        stderr=subprocess.DEVNULL,
        user="postgres",
        cwd="/",
    )
    try:
        while not (folder / ".s.PGSQL.5432").exists():
            time.sleep(0.05)
        time.sleep(0.5)
        owner_url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
        engine = create_engine(owner_url)
        with engine.begin() as connection:
            connection.execute(text("CREATE ROLE jiantong_app LOGIN"))
        engine.dispose()
        database.migrate(owner_url, owner_url.replace("postgres@", "jiantong_app@"))
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()
        shutil.rmtree(folder)
