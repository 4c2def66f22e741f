"""The floor every test stands on: one real PostgreSQL, one transaction per test, rolled back."""

import gc
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

from jiantong import database
from jiantong.postgres import Cluster
from services import charges
from services.kernel.settings import Settings
from tests import worlds
from tests.make import Make
from tests.phones import ConfirmingClient, Phones
from tests.rings import carrying

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
"""Monday, 12:00 in Shanghai: a working day with nothing special about it."""

_BEFORE = 6
"""Long files that are done while the demo world is being made."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Pictures are for people, and drawing them is dear: they are kept where they are wanted."""
    parser.addoption(
        "--pictures",
        action="store_true",
        help="keep a picture of every page the browser tests look at (mobile_stub/test-results)",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow files: browsers and proofs first, then whichever file has most tests.

    Few tests may take long: whoever meets the proofs last works while the others have gone home.

    Two workers that meet the browsers last wait for each other at the end. Where both begin with
    them, one waits for the demo world that the other makes: so it has long files to do before.
    """
    tests = Counter(item.path for item in items)
    rooms = {path: path.parent.name for path, _ in tests.most_common()}
    files = [path for path, room in rooms.items() if room not in {"journeys", "proofs"}]
    browsers = [path for path, room in rooms.items() if room == "journeys"]
    proofs = [path for path, room in rooms.items() if room == "proofs"]
    first, rest = files[:_BEFORE], files[_BEFORE:]
    order = [*first[:1], *browsers[:1], *first[1:], *browsers[1:], *proofs, *rest]
    items.sort(key=lambda item: order.index(item.path))


def pytest_collection_finish() -> None:
    """What the collection leaves stays to the end, so no collection of garbage looks at it again.

    It is some hundred thousand objects, and looking at them was a tenth of every test.
    """
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the very end, in red, why no browser test ran: a skip is easily overlooked."""
    skipped = terminalreporter.stats.get("skipped", [])
    for reason in sorted(
        {report.longrepr[2] for report in skipped if "browser" in report.keywords}
    ):
        terminalreporter.write_line(reason, red=True, bold=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One real PostgreSQL for the whole run, raised as the owner."""
    folder = Path(tempfile.mkdtemp(prefix="jiantong-"))
    folder.chmod(0o711)
    with Cluster(folder / "pg", durable=False) as cluster:
        database.model(cluster.owner_url, cluster.app_url)
        yield cluster
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def settings(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("data")
    settings = Settings.from_environment({"DATA_DIR": str(folder), "DEMO": "on"})
    return replace(settings, owner_url=cluster.owner_url, app_url=cluster.app_url)


@pytest.fixture(scope="session")
def engine(cluster: Cluster) -> Iterator[Engine]:
    """The application's role, which cannot rewrite the journal; the register of charges stands."""
    engine = carrying(create_engine(cluster.app_url))
    with Session(engine) as session, session.begin():
        charges.load(session)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def demo_data(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a demo installation, to be copied: it is made once for all workers."""
    own = tmp_path_factory.getbasetemp()
    return worlds.made_once(own.parent if hasattr(request.config, "workerinput") else own)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session:
            yield session
        outer.rollback()


@pytest.fixture
def make(session: Session) -> Make:
    """Builders of whatever a test needs."""
    return Make(session, NOON)


@pytest.fixture(scope="session")
def _app(settings: Settings, engine: Engine) -> Flask:
    from api.app import create_app  # noqa: PLC0415  # only tests of the wire need the door

    app = create_app(settings, engine)
    app.test_client_class = ConfirmingClient
    return app


@pytest.fixture
def app(_app: Flask, session: Session) -> Iterator[Flask]:
    """The whole house, inside the test's own transaction."""
    real = _app.extensions["sessions"]
    _app.extensions["sessions"] = sessionmaker(
        session.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False
    )
    yield _app
    _app.extensions["sessions"] = real


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def phones(app: Flask, client: FlaskClient, make: Make) -> Phones:
    return Phones(app, client, make)
