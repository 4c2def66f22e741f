"""The registers from the console: what an installation without a demo world begins with."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, func, make_url, select, text
from sqlalchemy.orm import Session

from jiantong import database, demo
from jiantong.__main__ import jiantong
from jiantong.postgres import CannotStart, Cluster
from services.charges import Charge
from services.kernel.act import JournalEntry
from services.kernel.clock import legal_now, machine_now
from services.kernel.settings import Settings
from services.people import Person, password_fits

PASSWORD = "an-invented-password"


@pytest.fixture
def installation(cluster: Cluster, settings: Settings) -> Iterator[Settings]:
    """A database of its own, as empty as a new installation's."""
    name = "console"
    administrator = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    owner, app = (make_url(url).set(database=name) for url in (cluster.owner_url, cluster.app_url))
    urls = [url.render_as_string(hide_password=False) for url in (owner, app)]
    with administrator.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} OWNER {owner.username}"))
        there = create_engine(make_url(cluster.administrator_url).set(database=name))
        with there.begin() as inside:
            inside.execute(text("CREATE EXTENSION IF NOT EXISTS btree_gist"))
        there.dispose()
        database.migrate(urls[0], urls[1])
        yield replace(settings, owner_url=urls[0], app_url=urls[1])
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    administrator.dispose()


@pytest.fixture
def console(installation: Settings) -> "Console":
    return Console(installation)


class Console:
    """Types commands."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __call__(self, *words: str) -> Result:
        environment = {
            "DATABASE_URL": self.settings.owner_url,
            "DATABASE_APP_URL": self.settings.app_url,
            "DATA_DIR": str(self.settings.data_dir),
            "DEMO": "on",
        }
        return CliRunner().invoke(jiantong, words, env=environment)

    def person(self, username: str) -> Person:
        engine = create_engine(self.settings.app_url)
        with Session(engine, expire_on_commit=False) as session:
            found = session.scalars(select(Person).where(Person.username == username)).one()
        engine.dispose()
        return found

    def journal(self) -> list[str]:
        engine = create_engine(self.settings.app_url)
        with Session(engine) as session:
            kinds = list(session.scalars(select(JournalEntry.kind).order_by(JournalEntry.id)))
        engine.dispose()
        return kinds


def _procuratorate(console: Console) -> str:
    entered = console(
        *("offices", "add", "测试区人民检察院", "--kind", "procuratorate"),
        *("--level", "district", "--short-name", "测检"),
    )
    assert entered.exit_code == 0, entered.output
    return entered.output.strip()


def test_the_first_office_and_account_are_entered_and_journalled(console: Console) -> None:
    office = _procuratorate(console)

    added = console(
        *("users", "add", "first", "--name", "测试人", "--post", "case_manager"),
        *("--office", office, "--password", PASSWORD),
    )

    assert added.exit_code == 0, added.output
    assert re.search(
        rf"first +active +测试人  case_manager@{office}", console("users", "list").output
    )
    assert "测试区人民检察院" in console("offices", "list").output
    assert console.journal() == [
        "OfficeEntered",
        *["RotationCommitted"] * 4,
        "PersonEnrolled",
        "PostGiven",
    ]


def test_a_password_is_replaced_and_an_account_closed(console: Console) -> None:
    console("users", "add", "second", "--name", "测试人", "--password", PASSWORD)

    console("users", "password", "second", "--password", PASSWORD + "-2")
    person = console.person("second")
    assert password_fits(person, PASSWORD + "-2")
    assert not password_fits(person, PASSWORD)

    console("users", "disable", "second")
    assert console.person("second").disabled_at
    assert "disabled" in console("users", "list").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("users", "add", "x", "--name", "x", "--password", "short"), "at least twelve"),
        (("users", "disable", "nobody"), "There is no account nobody"),
        (
            ("users", "add", "x", "--name", "x", "--post", "clerk", "--password", PASSWORD),
            "together",
        ),
        (
            ("users", "post", "x", "--post", "clerk", "--office", "999"),
            "nothing by that name",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    console: Console, words: tuple[str, ...], said: str
) -> None:
    answer = console(*words)

    assert answer.exit_code != 0
    assert said in answer.output
    assert "Traceback" not in answer.output


def test_a_name_is_taken_once(console: Console) -> None:
    console("users", "add", "third", "--name", "测试人", "--password", PASSWORD)

    again = console("users", "add", "third", "--name", "另一人", "--password", PASSWORD)

    assert "There is an account of that name" in again.output
    assert console.person("third").name == "测试人"


def test_the_legal_clock_is_set_in_a_demo_world_only(installation: Settings) -> None:
    engine = create_engine(installation.app_url)

    shown = demo.set_clock(installation, 3)
    with Session(engine) as session:
        ahead = (legal_now(session) - machine_now()).total_seconds() / 86_400
    demo.set_clock(installation, 0)
    with Session(engine) as session:
        back = (legal_now(session) - machine_now()).total_seconds()
    engine.dispose()

    assert round(ahead, 3) == 3
    assert abs(back) < 5
    assert shown > machine_now()
    with pytest.raises(CannotStart, match="no demo installation"):
        demo.set_clock(replace(installation, demo=False, data_dir=Path("/nowhere")), 1)


def test_a_migrated_installation_has_the_register_of_charges(console: Console) -> None:
    for _ in range(2):
        assert console("migrate").exit_code == 0

    engine = create_engine(console.settings.app_url)
    with Session(engine) as session:
        listed = session.scalar(select(func.count()).select_from(Charge))
    engine.dispose()
    assert listed is not None
    assert listed > 400


def test_versions_of_the_app_are_let_in_again(console: Console) -> None:
    office = _procuratorate(console)
    console(
        *("users", "add", "first", "--name", "测试人", "--post", "security_officer"),
        *("--office", office, "--password", PASSWORD),
    )
    engine = create_engine(console.settings.app_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO stopped_versions (platform, number, reason, stopped_at, stopped_by)"
                " SELECT 'web', '1.4.0', '附件显示有误', now(), id FROM people"
            )
        )
    engine.dispose()

    listed = console("app-versions", "list")
    number = listed.output.partition(":")[0]
    resumed = console("app-versions", "resume", number)
    allowed = console("app-versions", "allow", "web")

    assert "web 1.4.0 stopped" in listed.output, listed.output
    assert "may be used again" in resumed.output, resumed.output
    assert "any version may be used" in allowed.output, allowed.output
    assert "at least any" in console("app-versions", "list").output
    assert console("app-versions", "resume", number).exit_code == 1
    assert {"AppVersionResumed", "LeastVersionSet"} <= set(console.journal())
