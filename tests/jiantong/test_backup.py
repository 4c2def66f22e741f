"""A backup comes back whole, or is refused in words before anything is touched."""

import io
import json
import stat
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from jiantong import backup, database
from jiantong.backup import BadBackup
from jiantong.postgres import CannotStart, Cluster
from services import assignments
from services.kernel.ciphers import KeyRing
from services.kernel.engines import open_engine
from services.kernel.settings import Settings
from tests.conftest import NOON
from tests.make import Make

PASSPHRASE = "测试用的一句长口令-0042"


@contextmanager
def database_of_its_own(cluster: Cluster, name: str, folder: Path) -> Iterator[Settings]:
    """The settings of an installation whose database is empty."""
    administrator = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} OWNER jiantong"))
        owner, app = (
            make_url(url).set(database=name).render_as_string(hide_password=False)
            for url in (cluster.owner_url, cluster.app_url)
        )
        settings = Settings.from_environment({"DATA_DIR": str(folder)})
        try:
            yield replace(settings, owner_url=owner, app_url=app)
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    administrator.dispose()


@dataclass(frozen=True)
class Filled:
    """An installation with a few cases, and a backup of it with its keys."""

    settings: Settings
    file: Path
    counts: dict[str, int]

    @property
    def signer(self) -> str:
        """The name of the key it signs with."""
        return KeyRing.kept_in(self.settings.secrets).public_key().key_id


@pytest.fixture(scope="module")
def filled(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    folder = tmp_path_factory.mktemp("installation")
    with database_of_its_own(cluster, "backed_up", folder) as settings:
        database.model(settings.owner_url, settings.app_url)
        engine = open_engine(settings, settings.owner_url)
        with Session(engine) as session, session.begin():
            make = Make(session, NOON)
            town = make.town()
            for _ in range(3):
                assignments.assign(make.act(town.manager), make.case(town))
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE alembic_version (version_num text PRIMARY KEY)"))
            newest = {"newest": database.revisions()[0]}
            connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), newest)
        made, _ = backup.write(settings, folder, PASSPHRASE)
        with engine.connect() as connection:
            counts = backup.counts(connection)
        engine.dispose()
        yield Filled(settings, made, counts)


@pytest.fixture
def target(cluster: Cluster, tmp_path: Path) -> Iterator[Settings]:
    with database_of_its_own(cluster, "restored", tmp_path / "other") as settings:
        yield settings


def test_it_comes_back_with_rows_rights_keys_and_an_unbroken_journal(
    filled: Filled, target: Settings
) -> None:
    found = backup.put_back(target, filled.file, PASSPHRASE)

    assert found.findings == ()
    assert found.migrated_from is None
    assert "signed by this installation" in found.signed
    with psycopg.connect(target.owner_url.replace("+psycopg", "")) as owner:
        engine = create_engine(target.owner_url)
        with engine.connect() as connection:
            assert backup.counts(connection) == filled.counts
        engine.dispose()
        assert owner.execute("SELECT count(*) FROM journal").fetchone() != (0,)
    for statement in ("UPDATE journal SET kind = 'x'", "DROP TABLE journal"):
        with (
            psycopg.connect(target.app_url.replace("+psycopg", "")) as application,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            application.execute(statement.encode())
    kept = {path.name: path.read_bytes() for path in target.secrets.iterdir()}
    assert kept == {path.name: path.read_bytes() for path in filled.settings.secrets.iterdir()}
    assert {stat.S_IMODE(path.stat().st_mode) for path in target.secrets.iterdir()} == {0o600}
    with pytest.raises(CannotStart, match="not empty"):
        backup.put_back(target, filled.file)


@pytest.mark.prove
def test_what_is_there_is_replaced_whole_or_not_at_all(filled: Filled, target: Settings) -> None:
    backup.put_back(target, filled.file, signed_by=filled.signer)
    again = backup.put_back(target, filled.file, replacing=True, signed_by=filled.signer)
    assert again.findings == ()


@pytest.mark.prove
def test_a_changed_entry_is_found_though_the_backup_is_whole(
    filled: Filled, target: Settings, tmp_path: Path
) -> None:
    with psycopg.connect(filled.settings.owner_url.replace("+psycopg", "")) as owner:
        owner.execute("ALTER TABLE journal DISABLE TRIGGER USER")
        owner.execute("UPDATE journal SET by_id = by_id + 1 WHERE id = 1")
        owner.commit()
        try:
            made, _ = backup.write(filled.settings, tmp_path / "changed.backup")
        finally:
            owner.execute("UPDATE journal SET by_id = by_id - 1 WHERE id = 1")
            owner.execute("ALTER TABLE journal ENABLE TRIGGER USER")
            owner.commit()

    found = backup.put_back(target, made, signed_by=filled.signer)

    assert any("entry 1 or its link" in line for line in found.findings)
    assert "which is not the key here" in found.signed or "compare" in found.signed
    assert "put back the folder of secrets" in found.keys


def _flip(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1000])


def _middle(file: Path) -> None:
    _flip(file, file.stat().st_size // 2)


def _padding(file: Path) -> None:
    _flip(file, file.stat().st_size - backup.TRAILER_BYTES - 1)


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _whole(parts: dict[str, bytes], file: Path) -> None:
    """A file with these parts that is whole by its own hash, as somebody with time makes it."""
    told = io.BytesIO()
    with tarfile.open(fileobj=told, mode="w") as tar:
        for name, content in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    hashed = sha256(told.getvalue()).hexdigest().encode()
    file.write_bytes(told.getvalue() + backup.TRAILER + hashed)


def _parts(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as tar:
        return {one.name: tar.extractfile(one).read() for one in tar}  # type: ignore[union-attr]


def _manifest(file: Path, **changed: Any) -> None:
    parts = _parts(file)
    parts[backup.MANIFEST] = json.dumps(json.loads(parts[backup.MANIFEST]) | changed).encode()
    _whole(parts, file)


def _dump(file: Path) -> None:
    parts = _parts(file)
    parts[backup.DUMP] = b"PGDMP" + parts[backup.DUMP][5:-1] + b"x"
    _whole(parts, file)


def _without_dump(file: Path) -> None:
    parts = _parts(file)
    del parts[backup.DUMP]
    _whole(parts, file)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_cut, "no whole backup"),
        (_middle, "no whole backup"),
        (_padding, "no whole backup"),
        (_empty, "no whole backup"),
        (_dump, r"database\.dump is not what the manifest says"),
        (_without_dump, r"it has no database\.dump"),
        pytest.param(lambda f: _manifest(f, head="0001"), "signature", id="manifest-changed"),
        pytest.param(lambda f: _manifest(f, parts=7), "manifest cannot be read", id="no-parts"),
        pytest.param(lambda f: _manifest(f, format="x"), "of a kind", id="another-kind"),
    ],
)
def test_a_damaged_backup_is_refused_in_words(
    filled: Filled, tmp_path: Path, damage: Callable[[Path], None], said: str
) -> None:
    copy = tmp_path / "copy.backup"
    copy.write_bytes(filled.file.read_bytes())
    damage(copy)

    with pytest.raises(BadBackup, match=said):
        backup.inspect(copy)
    with pytest.raises(BadBackup, match=said):
        backup.put_back(filled.settings, copy, PASSPHRASE, replacing=True)


def test_a_wrong_passphrase_touches_nothing(filled: Filled, target: Settings) -> None:
    with pytest.raises(BadBackup, match="passphrase does not open"):
        backup.put_back(target, filled.file, PASSPHRASE + "!")

    assert not target.secrets.exists()
    engine = create_engine(target.owner_url)
    with engine.connect() as connection:
        assert backup.counts(connection) == {}
    engine.dispose()


@pytest.mark.prove
def test_other_keys_are_never_lost(filled: Filled, target: Settings) -> None:
    target.secrets.mkdir(parents=True)
    name = next(filled.settings.secrets.iterdir()).name
    (target.secrets / name).write_bytes(b"another")

    with pytest.raises(CannotStart, match="other keys"):
        backup.put_back(target, filled.file, PASSPHRASE)
    found = backup.put_back(target, filled.file, PASSPHRASE, replacing=True)

    assert "what was there lies in" in found.keys
    (aside,) = target.data_dir.glob("secrets-before-*")
    assert (aside / name).read_bytes() == b"another"


def test_it_is_private_and_overwrites_nothing(filled: Filled) -> None:
    assert stat.S_IMODE(filled.file.stat().st_mode) == 0o600
    assert PASSPHRASE.encode() not in filled.file.read_bytes()
    with pytest.raises(CannotStart, match="never overwrites"):
        backup.write(filled.settings, filled.file)
    with pytest.raises(CannotStart, match="at least 12"):
        backup.write(filled.settings, filled.file.with_name("short.backup"), "short")
    assert not [one for one in filled.file.parent.iterdir() if one.name.startswith(".jiantong")]
    assert set(_parts(filled.file)) == {
        backup.MANIFEST,
        backup.SIGNATURE,
        backup.CHECKPOINT,
        backup.KEYS,
        backup.DUMP,
    }


@pytest.mark.parametrize("command", [backup.backup, backup.restore])
def test_no_passphrase_stands_in_the_arguments(command: click.Command, tmp_path: Path) -> None:
    file = tmp_path / "file"
    said = CliRunner().invoke(command, [str(file), "--with-keys", "--passphrase", PASSPHRASE])
    assert (said.exit_code, "which others can read" in said.output) == (2, True)


def test_a_dump_of_a_stranger_is_not_run(filled: Filled, target: Settings) -> None:
    for named in (None, "0" * 32):
        with pytest.raises(BadBackup, match=f"--signed-by {filled.signer}"):
            backup.put_back(target, filled.file, signed_by=named)
    with psycopg.connect(target.owner_url.replace("+psycopg", "")) as owner:
        assert owner.execute("SELECT to_regclass('journal')").fetchone() == (None,)


def test_whoever_is_connected_is_not_cut_off(filled: Filled) -> None:
    with (
        psycopg.connect(filled.settings.app_url.replace("+psycopg", "")),
        pytest.raises(CannotStart, match="stop Jiantong first"),
    ):
        backup.put_back(filled.settings, filled.file, replacing=True)


def test_a_server_newer_than_the_program_is_refused() -> None:
    backup.refuse_newer(15, 18, "pg_dump")
    with pytest.raises(CannotStart, match="PostgreSQL 19, and pg_dump here is 18"):
        backup.refuse_newer(19, 18, "pg_dump")


@pytest.mark.prove
def test_the_command_line_checks_a_file_and_says_what_it_did(
    filled: Filled, target: Settings, tmp_path: Path
) -> None:
    run = CliRunner()
    checked = run.invoke(backup.restore, [str(filled.file), "--check"], obj=target)
    assert (checked.exit_code, "is whole" in checked.output) == (0, True)

    word = tmp_path / "word"
    word.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    arguments = [str(filled.file), "--with-keys", "--passphrase-file", str(word)]
    restored = run.invoke(backup.restore, arguments, obj=target, catch_exceptions=False)
    assert restored.exit_code == 0, restored.output
    assert "The journal is whole." in restored.output

    saved = run.invoke(backup.backup, [str(tmp_path)], obj=target, catch_exceptions=False)
    assert saved.exit_code == 0, saved.output
    assert "The keys are not in it" in saved.output
    assert len(list(tmp_path.glob("*.backup"))) == 1
