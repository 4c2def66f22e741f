"""A reset empties what was there, keeps the journal's guard and makes the world anew."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from jiantong import database, demo
from jiantong.postgres import CannotStart, temporary
from services.cases import Case
from services.kernel.act import JournalEntry
from services.kernel.settings import Settings
from services.people import Person


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Settings]:
    with temporary() as cluster:
        database.migrate(cluster.owner_url, cluster.app_url)
        settings = Settings.from_environment({"DATA_DIR": str(tmp_path), "DEMO": "on"})
        yield replace(settings, owner_url=cluster.owner_url, app_url=cluster.app_url)


def test_a_reset_makes_a_fresh_world_and_the_journal_keeps_its_guard(
    installed: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = create_engine(installed.owner_url)
    with Session(engine) as session:
        session.add(Person(username="leftover", name="某人", password_hash=""))
        session.commit()

    demo.reset(installed)

    assert "fresh demo world" in capsys.readouterr().out
    with Session(engine) as session:
        assert session.scalar(select(Person.id).where(Person.username == "leftover")) is None
        assert (session.scalar(select(func.count()).select_from(Case)) or 0) > 50
        assert session.scalar(select(func.count()).select_from(JournalEntry)) or 0
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(text("DELETE FROM journal"))
    engine.dispose()
    assert not demo.load(installed)


def test_an_installation_that_is_no_demo_is_not_touched(settings: Settings) -> None:
    with pytest.raises(CannotStart, match="nothing was touched"):
        demo.reset(replace(settings, demo=False))
