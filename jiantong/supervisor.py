"""`jiantong run`: everything under one command in the foreground, which leaves nothing behind.

The database, the API, the worker and, in the demo, a simulator of the push service. When one of
them dies, all stop; when the supervisor itself is killed, Linux tells each of them to stop.
"""

import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from types import FrameType

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from jiantong import database
from jiantong.postgres import CannotStart, Cluster, die_with_parent, make_folder
from services.kernel.ciphers import KeyRing
from services.kernel.engines import open_engine
from services.kernel.settings import CHECKOUT, Settings

READY_WITHIN = 60.0
"""Seconds the API has to answer /readyz."""

STOP_WITHIN = 10.0
"""Seconds a process has to finish what it is doing once it is told to stop."""

PORT_FREE_WITHIN = 3.0
"""Seconds to wait for a port that a process just killed may still hold."""

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(settings: Settings) -> None:
    """Start everything, say where it is, and stay until told to stop.

    Raises:
        CannotStart: in one sentence, what is in the way, or which process died.
    """
    children: list[Child] = []
    cluster: Cluster | None = None
    for number in STOPPING:
        signal.signal(number, _stop)
    try:
        _refuse_busy(settings.host, settings.port)
        make_folder(settings.data_dir, 0o711)
        if settings.is_embedded:
            print("Starting PostgreSQL ...", flush=True)
            cluster = Cluster(settings.embedded)
            cluster.start()
            settings = replace(settings, owner_url=cluster.owner_url, app_url=cluster.app_url)
        settings = raise_house(settings)
        settings = _start(children, settings)
        _await_ready(settings, children)
        print(_greeting(settings), flush=True)
        while True:
            _watch(children)
            time.sleep(0.2)
    except _Stopped:
        print("\nStopping ...", flush=True)
    finally:
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        for child in reversed(children):
            child.stop()
        if cluster is not None:
            cluster.stop()


def raise_house(settings: Settings) -> Settings:
    """Bring the database to the state in which API and worker may start."""
    settings = database.prepare(settings)
    print("Migrating the database ...", flush=True)
    make_folder(settings.secrets, 0o700)
    ring = KeyRing.kept_in(settings.secrets, settings.crypto)
    database.migrate(settings.owner_url, settings.app_url, ring)
    furnish(settings)
    if settings.demo and _is_empty(settings.app_url):
        print("Making the demo world ...", flush=True)
        from jiantong import demo  # noqa: PLC0415  # only a demo pays for importing it

        demo.load(settings)
        settings.demo_mark.touch()
    return settings


def address(settings: Settings) -> str:
    """Where a browser on this machine finds the service."""
    host = _near(settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


class Child:
    """One process of the service, in a process group of its own."""

    def __init__(self, name: str, arguments: list[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=subprocess.DEVNULL,
            env=environment,
            cwd=CHECKOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509
        )

    def stop(self) -> None:
        """Ask it to finish, then insist; whatever it started goes with it."""
        with suppress(ProcessLookupError):
            self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_WITHIN)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class _Stopped(BaseException):
    """Somebody asked us to stop."""


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    raise _Stopped


def _start(children: list[Child], settings: Settings) -> Settings:
    if settings.demo and settings.fcm_credentials is None:
        folder = settings.data_dir / "fcm"
        port = _free_port(settings.port + 1)
        browsers = _free_port(settings.port + 2)
        make_folder(folder, 0o700)
        arguments = ["jiantong.simulators", "--folder", str(folder)]
        arguments += ["--fcm-port", str(port), "--web-push-port", str(browsers)]
        account = folder / "service-account.json"
        account.unlink(missing_ok=True)
        url = f"http://127.0.0.1:{port}"
        children.append(Child("push simulators", arguments, settings.as_environment()))
        _await(account.is_file, children, "the push simulators")
        settings = replace(
            settings,
            fcm_credentials=account,
            fcm_proxy=url,
            fcm_ca=folder / "ca.pem",
            fcm_simulator=url,
            web_push_contact=settings.web_push_contact or "mailto:demo@jiantong.example",
            web_push_hosts=(*settings.web_push_hosts, f"http://127.0.0.1:{browsers}"),
        )
    # Neither process needs the owner's role, so neither is told of it.
    environment = replace(settings, owner_url="").as_environment()
    children.append(Child("worker", ["jiantong", "worker"], environment))
    children.append(Child("API", ["jiantong", "serve"], environment))
    return settings


def _await_ready(settings: Settings, children: list[Child]) -> None:
    def ready() -> bool:
        connection = http.client.HTTPConnection(_near(settings.host), settings.port, timeout=5)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        return False

    _await(ready, children, "the API")


def _await(condition: Callable[[], bool], children: list[Child], what: str) -> None:
    until = time.monotonic() + READY_WITHIN
    while not condition():
        _watch(children)
        if time.monotonic() > until:
            message = f"{what.capitalize()} was not ready within {READY_WITHIN:.0f} seconds."
            raise CannotStart(message)
        time.sleep(0.05)


def _watch(children: list[Child]) -> None:
    for child in children:
        code = child.process.poll()
        if code is not None:
            how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
            message = f"The {child.name} {how}, so everything stops."
            raise CannotStart(message)


def _refuse_busy(host: str, port: int) -> None:
    """Find out whether the port can be had before anything is started."""
    until = time.monotonic() + PORT_FREE_WITHIN
    while True:
        try:
            family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < until:
                time.sleep(0.2)
                continue
            why = {
                errno.EADDRINUSE: f"Port {port} is in use: stop what uses it, or choose another",
                errno.EACCES: f"Port {port} is reserved for root: choose another",
            }.get(error.errno or 0, f"{host}:{port} cannot be listened on ({error.strerror})")
            message = f"{why}, for example PORT=8080 make run."
            raise CannotStart(message) from error
        return


def _free_port(wanted: int) -> int:
    """The wanted port of the loopback interface, or any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe, suppress(OSError, OverflowError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    message = "The loopback interface has no free port for the push simulator."
    raise CannotStart(message)


def furnish(settings: Settings) -> None:
    """What every installation has; doing it again changes nothing.

    The register of charges, and for each procuratorate its lists of rotation, opened and
    committed to before a case comes in.
    """
    from services import assignments, charges, offices  # noqa: PLC0415  # only who raises the house
    from services.kernel.act import acting  # noqa: PLC0415
    from services.kernel.clock import legal_now  # noqa: PLC0415
    from services.policy import MACHINE  # noqa: PLC0415

    engine = open_engine(settings)
    with Session(engine) as session, session.begin():
        charges.load(session)
    with acting(sessionmaker(engine), MACHINE, legal_now) as act:
        chosen = offices.of_kind(act, offices.OfficeKind.PROCURATORATE)
        for office in act.session.scalars(chosen).all():
            assignments.open_lists(act, office)
    engine.dispose()


def _is_empty(url: str) -> bool:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT 1 FROM people LIMIT 1"))
    engine.dispose()
    return found is None


def _near(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def _greeting(settings: Settings) -> str:
    here = address(settings)
    lines = [
        "",
        f"  Jiantong (检通) is ready:  {here}",
        f"  API and documentation:    {here}/api/v1  {here}/docs",
        f"  Data folder:              {settings.data_dir}",
    ]
    if settings.demo:
        lines += ["", "  Demo accounts:", *_accounts()]
    return "\n".join([*lines, "", "  Ctrl-C stops everything.", ""])


def _accounts() -> list[str]:
    from jiantong import demo  # noqa: PLC0415

    return [f"    {row}" for row in columns(demo.accounts())]


def columns(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Set rows in columns; a Chinese character is two places wide."""
    rows = list(rows)
    widths = [max(map(_places, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(_padded, row, widths)).rstrip() for row in rows]


def _padded(word: str, width: int) -> str:
    return word + " " * (width - _places(word))


def _places(word: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in word)
