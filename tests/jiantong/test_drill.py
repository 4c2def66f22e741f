"""The drill: a world is backed up, put back on a machine that never saw it, and worked with.

And every migration that can be undone is undone and done again on that world.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import sessionmaker

from jiantong import backup, database
from jiantong.demo.journeys import travel
from jiantong.draws import differences, records
from jiantong.postgres import Cluster
from notifications import dispatcher
from notifications.deliveries import DeliveryChannel
from notifications.messages import notices
from notifications.payloads import Seal
from notifications.sender import Sender
from services.kernel.ciphers import KeyRing
from services.kernel.engines import open_engine
from services.kernel.settings import Settings
from tests import worlds
from tests.demo.test_world import Carrier, InProcess

pytestmark = pytest.mark.prove
PASSPHRASE = "演练用的一句长口令-0042"


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that PostgreSQL's account can enter."""
    folder = Path(mkdtemp(prefix="jt-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def of(data: Path, cluster: Cluster) -> Settings:
    settings = Settings.from_environment({"DATA_DIR": str(data), "DEMO": "on"})
    return replace(settings, owner_url=cluster.owner_url, app_url=cluster.app_url)


def test_a_world_comes_back_on_another_machine_and_a_case_is_handled_there(
    demo_data: Path, place: Path
) -> None:
    worlds.copy(demo_data, place / "here")
    with Cluster(place / "here" / "postgres", durable=False) as cluster:
        file, told = backup.write(of(place / "here", cluster), place, PASSPHRASE)
    (place / "there").mkdir(mode=0o711)

    with Cluster(place / "there" / "postgres", durable=False) as cluster:
        settings = of(place / "there", cluster)
        found = backup.put_back(settings, file, PASSPHRASE)
        assert found.findings == ()
        assert told["rows"] > 1000
        engine = open_engine(settings)
        with engine.connect() as connection:
            bind = sessionmaker(connection)
            with bind() as session:
                drawn = records(session, everything=True)
        assert drawn
        assert differences(drawn, whole=True) == []
        _play(settings)
        engine.dispose()


def _play(settings: Settings) -> None:
    from api.app import create_app  # noqa: PLC0415  # only this journey needs the door

    engine = open_engine(settings)
    app = create_app(settings, engine)
    app.testing = True
    sessions = app.extensions["sessions"]
    carrier = Carrier()
    sender = Sender(sessions, {DeliveryChannel.FCM: carrier}, Seal.kept_in(settings.secrets))

    def background() -> None:
        dispatcher.drain(sessions, notices())
        sender.run()

    assert len(travel(InProcess(app.test_client(), background, carrier)).steps) == 9
    engine.dispose()


def test_every_migration_that_can_be_undone_is_undone_and_done_again_on_a_filled_world(
    demo_data: Path, place: Path
) -> None:
    """Down one by one as far as it goes, then up; what was there before and after is as many."""
    worlds.copy(demo_data, place / "here")
    with Cluster(place / "here" / "postgres", durable=False) as cluster:
        ring = KeyRing.kept_in(place / "here" / "secrets")
        engine = create_engine(cluster.owner_url)
        with engine.begin() as connection:
            before = backup.counts(connection)
            undone = [_down(connection, one, ring) for one in database.undoable()]
        with engine.begin() as connection:
            database.upgrade(connection, ring=ring)
            after = backup.counts(connection)
        engine.dispose()
    kept = set(before).intersection(*undone)
    assert {table: after[table] for table in kept} == {table: before[table] for table in kept}
    assert set(after) == set(before)


def _down(connection: Connection, revision: str, ring: KeyRing) -> set[str]:
    """The tables that are left when that migration is undone; none of them has lost a row."""
    before = backup.counts(connection)
    database.downgrade(connection, to=f"{revision}-1", ring=ring)
    after = backup.counts(connection)
    lost = {table for table in after if after[table] < before.get(table, 0)}
    assert not lost - {"alembic_version"}, f"{revision} loses rows of {lost}"
    assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    return set(after)
