"""A really running server and a real browser: what it takes to play the journey on phones."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn, TextIO

import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from checks import CHECKOUT
from jiantong.demo import city
from services.kernel.act import SHANGHAI
from services.people import Leave, Person
from services.policy import PostKind
from tests import worlds
from tests.jiantong.test_supervisor import eventually, processes
from tests.journeys.phone import CLIENT, Phone

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",  # the machines that run the tests are containers; people's browsers keep it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ON_DUTY = ("zhouyanbai", "tangyuji")
"""The prosecutors among whom the draw is made: each needs a phone that rings."""

READY_WITHIN = 180
STOPPED_WITHIN = 60


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A journey that fails is played once more, and the summary counts it as rerun.

    Several phones, a server, a worker and a database share two processors with another batch of
    tests; a tap that meets a page being drawn anew is lost for nobody but a robot. What fails
    twice fails (docs/decisions/0019).
    """
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.flaky(reruns=1))


def refuse(reason: str) -> NoReturn:
    """Skip so that nobody can overlook it; on the build server it is a failure."""
    sentence = f"*** BROWSER TESTS DID NOT RUN: {reason} ***"
    if os.environ.get("CI") == "true":  # noqa: TID251  # a question to the machine, not a setting
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def executable() -> str:
    """Where the browser is, when everything a browser test needs is there."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        refuse("there is no chromium (make browser)")
    if not (CLIENT / "dist" / "index.html").is_file():
        refuse("the phone app is not built (make app; it needs Node 20)")
    return found


@pytest.fixture(scope="session")
def server(
    executable: str,  # noqa: ARG001  # no browser, no server
    demo_data: Path,
) -> Iterator[str]:
    """The address of `jiantong run` with the demo world; afterwards no process is left."""
    with demo_server(demo_data) as (address, data):
        send_on_leave(data)
        yield address


@contextmanager
def demo_server(made: Path) -> Iterator[tuple[str, Path]]:
    """The address and the data folder of a demo installation that nobody else uses: a copy."""
    folder = Path(tempfile.mkdtemp(prefix="jt-"))
    folder.chmod(0o711)  # the unprivileged account of PostgreSQL must get through
    data, port, log = folder / "var", _free_port(), folder / "server.log"
    worlds.copy(made, data)
    with log.open("w") as said, _start(data, port, said) as running:
        try:
            eventually(lambda: running.poll() is not None or _is_ready(port), READY_WITHIN)
            assert _is_ready(port), log.read_text()
            yield f"http://127.0.0.1:{port}", data
            assert running.poll() is None, log.read_text()
        finally:
            running.send_signal(signal.SIGINT)
            try:
                running.wait(STOPPED_WITHIN)
            except subprocess.TimeoutExpired:
                running.kill()
    assert running.returncode == 0, log.read_text()
    assert processes(data) == {}
    shutil.rmtree(folder)


def send_on_leave(data: Path) -> None:
    """Give the day off to every prosecutor but two, so that not eleven browsers must be open."""
    addresses = json.loads((data / "postgres" / "urls.json").read_text())
    engine = create_engine(addresses["app_url"])
    today = datetime.now(SHANGHAI).date()
    away = set(city.usernames(PostKind.PROSECUTOR, "qinglan")) - set(ON_DUTY)
    with Session(engine) as session, session.begin():
        people = session.scalars(select(Person).where(Person.username.in_(away)))
        session.add_all(
            Leave(person_id=person.id, from_on=today, until_on=today + timedelta(days=1))
            for person in people
        )
    engine.dispose()


@pytest.fixture(scope="module")
def browser(executable: str) -> Iterator[Browser]:
    """A browser for one file: as long as it is open, an event loop runs under every test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=ARGUMENTS,
            env={"PATH": os.defpath, "LANGUAGE": "zh_CN", "HOME": tempfile.gettempdir()},
        )
        yield browser
        browser.close()


@pytest.fixture
def phone(
    request: pytest.FixtureRequest, browser: Browser, server: str
) -> Iterator[Callable[[str], Phone]]:
    """Hand out phones; afterwards each is asked what it had to complain about."""
    handed: list[Phone] = []
    shots = CLIENT / "test-results" if request.config.getoption("--pictures") else None

    def hand_out(who: str) -> Phone:
        handed.append(Phone(browser, server, shots, who))
        return handed[-1]

    yield hand_out
    for one in handed:
        one.close()


def _start(data: Path, port: int, said: TextIO) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "jiantong", "run"],
        cwd=CHECKOUT,
        env={"PATH": os.defpath, "DATA_DIR": str(data), "PORT": str(port), "DEMO": "on"},
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=subprocess.STDOUT,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
