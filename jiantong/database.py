"""The schema: raised by the owner's role, used by the application's role.

The application may read and write everything but two tables: the journal, which it may only
read and append to, and the list of migrations, which it may only read.
"""

import importlib
import pkgutil
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from itertools import takewhile
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from procrastinate import PsycopgConnector
from procrastinate.schema import SchemaManager
from psycopg import sql
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from jiantong.postgres import CannotStart, temporary
from services.kernel.act import Record
from services.kernel.ciphers import KeyRing
from services.kernel.sealed import carry
from services.kernel.settings import APP_ROLE, CHECKOUT, Settings

OLDEST = 15
"""The oldest PostgreSQL this project runs on; `make check` refuses what is newer in our SQL."""

APPEND_ONLY = (
    "journal",
    "journal_links",
    "journal_checkpoints",
    "readings",
    "checkpoint_keys",
    "deadline_entries",
    "calendar_editions",
    "inquiries",
    "inquiry_reviews",
    "zero_reports",
    "oversight_entries",
    "oversight_answers",
    "suspect_names",
    "taken_steps",
    "kit_tests",
    "sitting_notices",
    "sitting_events",
    "transcript_revisions",
    "transcript_editions",
    "transcript_pages",
    "transcript_corrections",
    "transcript_marks",
    "transcript_statements",
    "case_evidence",
    "packet_views",
    "performance_reports",
    "performance_lines",
    "draw_exclusions",
    "draw_candidates",
    "draw_changes",
)
"""Tables the application may read and add to, and neither change nor empty."""

EXTENSIONS = ("btree_gist", "pg_trgm")
"""What PostgreSQL must bring along: exclusion over times, and search in Chinese names."""

ONE_AT_A_TIME = 2_211_061_502
"""The advisory lock under which a schema is changed, so that two starts do not meet."""


def migrate(owner_url: str, app_url: str, ring: KeyRing | None = None) -> None:
    """Raise the schema to its newest version and give the application's role its rights.

    A migration that seals what stood in plain text needs the installation's keys; on an empty
    database none does.

    Raises:
        CannotStart: the server is too old, cannot be reached, or the owner may not do this.
    """
    with _owner(owner_url) as connection:
        version = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
        refuse_unfit(version, str(connection.scalar(text("SHOW server_encoding"))))
        upgrade(connection, ring=ring)
        _grant(connection, make_url(app_url).username or APP_ROLE)


def upgrade(connection: Connection, *, to: str = "head", ring: KeyRing | None = None) -> None:
    """Run the migrations that have not run yet."""
    config = _alembic(connection, ring)
    command.upgrade(config, to)


def downgrade(connection: Connection, *, to: str, ring: KeyRing | None = None) -> None:
    """Undo migrations down to that one, as far as each says how."""
    command.downgrade(_alembic(connection, ring), to)


def revisions() -> list[str]:
    """Every migration this program knows, the newest first."""
    return [one.revision for one in _scripts()]


def undoable() -> list[str]:
    """The migrations that can be undone, the newest first, as far as it goes.

    The earlier ones say nothing of the way back: that way is a backup.
    """
    back = takewhile(lambda one: hasattr(one.module, "downgrade"), _scripts())
    return [one.revision for one in back]


def _scripts() -> list[Script]:
    return list(ScriptDirectory(str(CHECKOUT / "migrations")).walk_revisions())


def model(owner_url: str, app_url: str) -> None:
    """Raise the schema from the models, for tests; one of them compares it with `migrate`."""
    with _owner(owner_url) as connection:
        build(connection)
        _grant(connection, make_url(app_url).username or APP_ROLE)


def build(connection: Connection) -> None:
    """Make every table the models know, with what stands on and below them."""
    models()
    for extension in EXTENSIONS:
        connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {extension}"))
    Record.metadata.create_all(connection)
    raise_jobs(connection)


def revise(message: str) -> None:
    """Write a new migration: the difference between the models and the migrations so far.

    Alembic sees tables, columns, keys and indexes. What it cannot see (triggers, functions) is
    added by hand; a test compares the outcome with the models.
    """
    with temporary() as cluster, _owner(cluster.owner_url) as connection:
        upgrade(connection)
        config = _alembic(connection)
        latest = ScriptDirectory.from_config(config).get_current_head() or "0000"
        command.revision(config, message, autogenerate=True, rev_id=f"{int(latest) + 1:04}")


def prepare(settings: Settings) -> Settings:
    """Make the application's role on a server of your own, if it has none yet.

    Its name and password are kept in the folder of secrets. A role is never taken over from
    another installation on the same server.

    Raises:
        CannotStart: the owner may not make roles, and no `DATABASE_APP_URL` was given.
    """
    url = make_url(settings.app_url)
    if url.password or url.username != APP_ROLE:
        return settings
    password = secrets.token_urlsafe(24)
    with _owner(settings.owner_url) as connection:
        taken = connection.scalar(
            text("SELECT true FROM pg_roles WHERE rolname = :name"), {"name": APP_ROLE}
        )
        name = f"{APP_ROLE}_{secrets.token_hex(4)}" if taken else APP_ROLE
        make = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), password)
        try:
            connection.exec_driver_sql(make.as_string())
        except DBAPIError as error:
            message = (
                f"The owner in DATABASE_URL may not make the role {APP_ROLE}: make a login role "
                "for the application and give its address in DATABASE_APP_URL."
            )
            raise CannotStart(message) from error
    settings.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = settings.secrets / APP_ROLE
    kept.touch(mode=0o600)
    account = f"{name}:{quote(password, safe='')}"
    kept.write_text(account)
    app_url = make_url(settings.owner_url).set(username=name, password=password)
    return replace(settings, app_url=app_url.render_as_string(hide_password=False))


def models() -> None:
    """Import every module that may define a table."""
    for room in ("services", "notifications"):
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if module.name.endswith("__main__"):
                continue
            importlib.import_module(module.name)


def raise_jobs(connection: Connection) -> None:
    """Make the tables and functions of the job queue, as its library ships them."""
    schema = SchemaManager(PsycopgConnector()).get_schema()
    connection.exec_driver_sql(schema, execution_options={"no_parameters": True})


def unreachable(error: OperationalError) -> CannotStart:
    """Say in one sentence why a database cannot be reached; the driver never tells passwords."""
    said = str(error.orig).strip().splitlines()
    return CannotStart(f"The database cannot be used: {said[0] if said else ''}")


def _alembic(connection: Connection, ring: KeyRing | None = None) -> Config:
    if ring is not None:
        carry(connection.engine, ring)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(CHECKOUT / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


@contextmanager
def _owner(url: str) -> Generator[Connection]:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
            yield connection
    except OperationalError as error:
        raise unreachable(error) from error
    finally:
        engine.dispose()


def refuse_unfit(version: int, encoding: str) -> None:
    """Refuse a server this project cannot run on, before anything is changed."""
    if version < OLDEST:
        message = f"PostgreSQL {version} is too old: Jiantong needs {OLDEST} or newer."
        raise CannotStart(message)
    if encoding != "UTF8":
        message = f"The database's encoding is {encoding}: Jiantong needs UTF8."
        raise CannotStart(message)


def _grant(connection: Connection, role: str) -> None:
    """Give the application's role exactly its rights, whatever it held before."""
    name = sql.Identifier(role)
    statements = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {role}"),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"),
    ]
    statements += [_take("UPDATE, DELETE", table) for table in APPEND_ONLY]
    if connection.scalar(text("SELECT to_regclass('alembic_version')")):
        statements.append(_take("INSERT, UPDATE, DELETE", "alembic_version"))
    for statement in statements:
        connection.exec_driver_sql(statement.format(role=name).as_string())


def _take(rights: str, table: str) -> sql.SQL:
    return sql.SQL(f"REVOKE {rights} ON {table} FROM {{role}}")
