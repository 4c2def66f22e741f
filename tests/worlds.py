"""The demo world, made once for all tests that live in it; each gets a copy of its own."""

import fcntl
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from jiantong import supervisor
from jiantong.postgres import Cluster
from services.kernel.settings import Settings


def made_once(shared: Path) -> Path:
    """The data folder of a demo installation that is not running; whoever comes first makes it.

    The shared folder belongs to all processes of one run of the tests.
    """
    made = shared / "world"
    with (shared / "world.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.is_dir():
            with tempfile.TemporaryDirectory(prefix="jt-") as folder:
                data = Path(folder) / "var"
                _make(data)
                copy(data, made)
    return made


def copy(data: Path, target: Path) -> None:
    """Copy a data folder with what belongs to the account of PostgreSQL, whole or not at all.

    The addresses of its database name its folder, so they are those of the new one.
    """
    fresh = target.with_suffix(".new")
    subprocess.run(["cp", "--archive", "--reflink=auto", data, fresh], check=True)  # noqa: S603, S607  # our own folders
    addresses = fresh / "postgres" / "urls.json"
    addresses.write_text(addresses.read_text().replace(str(data), str(target)))
    fresh.rename(target)


def _make(data: Path) -> None:
    """What `jiantong run` does before it starts anything."""
    data.parent.chmod(0o711)  # the unprivileged account of PostgreSQL must get through
    settings = Settings.from_environment({"DATA_DIR": str(data), "DEMO": "on"})
    data.mkdir(0o711)
    with Cluster(settings.embedded, durable=False) as cluster:
        supervisor.raise_house(
            replace(settings, owner_url=cluster.owner_url, app_url=cluster.app_url)
        )
