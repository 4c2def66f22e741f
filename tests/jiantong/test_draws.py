"""`jiantong draw verify`: what fits ends with 0, what differs is named and ends with 1."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from jiantong.draws import differences, draw, records
from jiantong.postgres import CannotStart
from services import assignments
from services.kernel.settings import Settings
from services.policy import CONSOLE, PostKind
from tests.make import Make


def _verify(*arguments: object, settings: Settings | None = None) -> Result:
    return CliRunner().invoke(draw, ["verify", *map(str, arguments)], obj=settings)


@pytest.fixture
def told(make: Make) -> dict[str, Any]:
    """Three draws of cases as published, one designation, and a draw of supervisors."""
    town = make.town()
    make.person(PostKind.PROSECUTOR, town.procuratorate)
    assignments.open_lists(make.act(CONSOLE), town.procuratorate)
    for _ in range(3):
        assignments.assign(make.act(town.manager), make.case(town))
    found = records(make.session, everything=True)
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


def test_all_draws_are_run_again(told: dict[str, Any]) -> None:
    assert len(told) == 3
    assert differences(told, whole=True) == []


def test_a_missing_or_changed_draw_is_named(told: dict[str, Any]) -> None:
    first, second, _ = sorted(told)
    told[second]["handler"] = 0
    assert "handler: by the draw it is" in differences(told, whole=False)[0]
    del told[first]
    assert any("no record of turn 1" in line for line in differences(told, whole=True))


def test_files_are_checked_without_a_database(told: dict[str, Any], tmp_path: Path) -> None:
    files = []
    for number, record in enumerate(told.values()):
        files.append(tmp_path / f"{number}.json")
        files[-1].write_text(json.dumps(record))

    fine = _verify(*files)
    (tmp_path / "0.json").write_text("[]")
    (tmp_path / "1.json").write_text("{")
    bad = _verify(*files)

    assert (fine.exit_code, fine.output) == (0, "3 records, 3 draws run again, 0 differences\n")
    assert bad.exit_code == 1
    assert bad.output.count("form: ") == 2
    assert _verify().exit_code == 2


def test_a_draw_that_is_not_there_is_said(settings: Settings) -> None:
    missing = _verify("--assignment", 999_999_999, settings=settings)
    assert "There is no assignment 999999999." in missing.output
    everything = _verify("--all", settings=settings)
    assert everything.exit_code == 0, everything.output
    nowhere = _verify("--all", settings=replace(settings, app_url=""))
    assert isinstance(nowhere.exception, CannotStart)
