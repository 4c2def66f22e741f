"""Records, the verifier, shares and teams, over HTTP."""

import subprocess
import sys
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from services import assignments
from services.assignments import verifier
from services.policy import CONSOLE, PostKind
from tests.make import Make, Town
from tests.phones import Phones


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


def test_a_record_is_downloaded_and_runs_again(
    make: Make, phones: Phones, town: Town, tmp_path: Path
) -> None:
    assignments.open_lists(make.act(CONSOLE), town.procuratorate)
    assignment = assignments.assign(make.act(town.manager), make.case(town))
    path = f"/assignments/{assignment.id}/record"

    record = phones.of(town.manager).get(path)
    program = phones.of(town.officer).get("/assignments/verifier")

    assert record.status_code == program.status_code == 200
    (tmp_path / "record.json").write_bytes(record.data)
    (tmp_path / "verifier.py").write_bytes(program.data)
    run = subprocess.run(  # noqa: S603  # our own file
        [sys.executable, "-I", tmp_path / "verifier.py", tmp_path / "record.json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, ": OK, turn 1 of " in run.stdout) == (0, True), run.stdout
    assert verifier.problems(record.get_json()) == []
    assert phones.of(town.officer).get(path).status_code == 403
    stranger = make.person(PostKind.CASE_MANAGER, make.office())
    assert phones.of(stranger).get(path).status_code == 404
    assert phones.of(town.manager).get("/assignments/999999/record").status_code == 404


def test_shares_are_set_and_counted(make: Make, phones: Phones, town: Town) -> None:
    phone = phones.of(town.manager)
    today = make.act(town.manager).today.isoformat()
    new = {
        "person_id": town.prosecutor.id,
        "percent": 50,
        "ground": "leadership",
        "from_on": today,
    }

    made = phone.send("POST", "/rotation/shares", new)
    listed = phone.get("/rotation/shares").get_json()["items"]
    counted = phone.get(f"/rotation/tallies?from_on={today}&until_on={today}").get_json()

    assert made.status_code == 201, made.get_json()
    assert [(one["person"]["id"], one["percent"]) for one in listed] == [(town.prosecutor.id, 50)]
    assert counted["may_set"]
    assert [(one["share"], one["drawn"]) for one in counted["items"]] == [(50, 0)]
    auditor = phones.of(make.person(PostKind.AUDITOR, town.procuratorate))
    tallied = auditor.get(f"/rotation/tallies?from_on={today}&until_on={today}")
    assert (tallied.status_code, tallied.get_json()["may_set"]) == (200, False)
    assert auditor.send("POST", "/rotation/shares", new).status_code == 403
    assert phones.of(town.prosecutor).get("/rotation/shares").status_code == 404
    zero = phone.send("POST", "/rotation/shares", new | {"percent": 0})
    backwards = phone.get("/rotation/tallies?from_on=2026-02-01&until_on=2026-01-01")
    assert (zero.status_code, backwards.status_code) == (422, 422)


def test_a_team_is_formed_changed_and_ended(make: Make, phones: Phones, town: Town) -> None:
    chief = phones.of(town.chief)
    second, third = (make.person(PostKind.PROSECUTOR, town.procuratorate) for _ in range(2))
    today = make.act(town.chief).today.isoformat()
    new = {"lead_id": town.prosecutor.id, "member_ids": [second.id], "from_on": today}

    assert phones.of(town.manager).send("POST", "/rotation/teams", new).status_code == 403
    made = chief.send("POST", "/rotation/teams", new)
    assert made.status_code == 201, made.get_json()
    path = f"/rotation/teams/{made.get_json()['id']}"
    joined = chief.send(
        "POST", f"{path}/members", {"person_id": third.id}, version=_version(chief.get(path))
    )
    assert joined.status_code == 201, joined.get_json()
    left = chief.send("DELETE", f"{path}/members/{second.id}", version=_version(chief.get(path)))
    assert left.status_code == 200, left.get_json()
    stale = chief.send("PUT", f"{path}/end", {"until_on": today}, version=_version(made))
    ended = chief.send("PUT", f"{path}/end", {"until_on": today}, version=_version(chief.get(path)))
    shown = phones.of(town.manager).get("/rotation/teams").get_json()["items"]

    assert (stale.status_code, ended.status_code) == (412, 200)
    assert [one["person"]["id"] for one in shown[0]["members"]] == [town.prosecutor.id, third.id]
    assert (shown[0]["until_on"], shown[0]["may_change"]) == (today, False)


def _version(answer: TestResponse) -> int:
    return int(answer.get_json()["version"])
