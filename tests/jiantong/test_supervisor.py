"""`jiantong run`: what it starts it also takes away, and what is in the way it says."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checks import CHECKOUT
from jiantong.supervisor import columns

READY = "is ready"


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data folder that every account can enter."""
    folder = Path(tempfile.mkdtemp(prefix="jt-"))
    folder.chmod(0o711)
    yield folder / "var"
    shutil.rmtree(folder)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data: Path, port: int, **given: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "jiantong", "run"],
        cwd=CHECKOUT,
        env={
            "PATH": os.defpath,
            "DATA_DIR": str(data),
            "PORT": str(port),
            "DEMO": "off",
            "PYTHONUNBUFFERED": "1",
            **given,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until_ready(running: subprocess.Popen[str]) -> str:
    assert running.stdout
    said = ""
    for line in running.stdout:
        said += line
        if "Ctrl-C stops" in line:
            return said
    pytest.fail(f"it never became ready:\n{said}")


def said_at_the_end(running: subprocess.Popen[str], patience: int = 90) -> str:
    said, _ = running.communicate(timeout=patience)
    return said


def processes(data: Path) -> dict[int, str]:
    """Every process that belongs to the service on that folder, by what it is."""
    wanted = os.fsencode(data)
    found = {}
    for process in Path("/proc").iterdir():
        if process.name.isdecimal() and int(process.name) != os.getpid():
            try:
                command = (process / "cmdline").read_bytes()
                around = (process / "environ").read_bytes()
            except OSError:
                continue
            if wanted in command or b"DATA_DIR=" + wanted in around:
                found[int(process.name)] = command.replace(b"\0", b" ").decode()
    return found


def child(data: Path, command: str) -> int:
    """The process that runs this command (and not one it forked)."""
    return min(pid for pid, found in processes(data).items() if f"jiantong {command}" in found)


def eventually(condition: Callable[[], bool], patience: int = 60) -> bool:
    until = time.monotonic() + patience
    while not condition() and time.monotonic() < until:
        time.sleep(0.1)
    return condition()


def status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_ctrl_c_a_kill_and_a_dead_child_leave_no_process(data: Path, port: int) -> None:
    with start(data, port) as running:
        assert READY in until_ready(running)
        assert status(port, "/readyz") == http.HTTPStatus.OK
        assert len(processes(data)) >= 4, "supervisor, PostgreSQL, API, worker"
        running.send_signal(signal.SIGINT)
        assert "Stopping" in said_at_the_end(running)
    assert running.returncode == 0
    assert processes(data) == {}

    with start(data, port) as running:
        until_ready(running)
        running.kill()
        running.wait()
        assert eventually(lambda: not processes(data)), processes(data)

    with start(data, port) as running:
        until_ready(running)
        os.kill(child(data, "serve"), signal.SIGKILL)
        said = said_at_the_end(running)
    assert "The API was killed by signal 9, so everything stops." in said
    assert running.returncode == 1
    assert processes(data) == {}


def test_a_busy_port_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with start(tmp_path / "var", port) as running:
            said = said_at_the_end(running)
    assert running.returncode == 1
    assert said == (
        f"jiantong: Port {port} is in use: stop what uses it, or choose another, "
        "for example PORT=8080 make run.\n"
    )
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "http", "jiantong: PORT must be a whole number from 1 to 65535, not 'http'.\n"),
        ("HOST", "192.0.2.1", "cannot be listened on"),
        ("DATABASE_URL", "postgresql://me@127.0.0.1:1/x", "The database cannot be used"),
    ],
)
def test_what_is_in_the_way_is_said_in_one_sentence(
    tmp_path: Path, port: int, name: str, value: str, sentence: str
) -> None:
    with start(tmp_path / "var", port, **{name: value}) as running:
        said = said_at_the_end(running)
    assert running.returncode == 1
    assert sentence in said.splitlines(keepends=True)[-1]
    assert "Traceback" not in said


def test_chinese_columns_stand_in_line() -> None:
    rows = columns([("检察长 chief", "a", "b"), ("书记员", "cc", "d")])
    assert rows == ["检察长 chief  a   b", "书记员        cc  d"]
