"""The register at the door: from a candidate to a supervisor, and who is shown what."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Any

import pytest

from services import supervisors
from services.kernel.act import SHANGHAI
from services.supervisors import Expertise
from tests.phones import Phone, Phones
from tests.supervisors.conftest import CALLED_ON, Pool
from tests.supervisors.test_imports import FANG, LUO, table

CANDIDATE: dict[str, Any] = {
    "username": "fangxiao",
    "name": "方晓",
    "id_number": "00000000000000101X",
    "born_on": "1985-06-15",
    "education": "bachelor",
    "upholds_constitution": True,
    "good_conduct": True,
    "healthy": True,
    "occupation": "enterprise",
    "profession": "会计",
    "region": "青澜区",
    "expertise": ["finance"],
    "came_by": "application",
    "announced_on": CALLED_ON.isoformat(),
}


@pytest.fixture
def officer(pool: Pool, phones: Phones) -> Phone:
    return phones.of(pool.bureau.officer)


def at(phones: Phones, month: int, day: int) -> None:
    phones.set_clock(datetime(2026, month, day, 10, tzinfo=SHANGHAI))


def test_a_candidate_becomes_a_supervisor_and_says_when_there_is_time(
    pool: Pool, phones: Phones, officer: Phone
) -> None:
    at(phones, 2, 3)
    made = officer.send("POST", "/supervisors", CANDIDATE | {"organ_id": pool.bureau.office.id})
    assert made.status_code == HTTPStatus.CREATED, made.get_json()
    address = f"/supervisors/{made.get_json()['id']}"
    assert "id_number" not in made.get_json()
    noticed = officer.send("PUT", f"{address}/public-notice", version=made.get_json()["version"])
    assert noticed.get_json()["notice_until_on"] == "2026-02-10"

    early = officer.send(
        "PUT", f"{address}/appointment", {"from_on": "2026-02-10"}, noticed.get_json()["version"]
    )
    assert early.status_code == HTTPStatus.CONFLICT
    assert early.get_json()["type"] == "/problems/notice-too-short"
    assert early.get_json()["article"] == "PSUP-2021 15"
    at(phones, 2, 11)
    done = officer.send(
        "PUT", f"{address}/appointment", {"from_on": "2026-02-11"}, noticed.get_json()["version"]
    )
    assert (done.get_json()["state"], done.get_json()["term_until_on"]) == ("serving", "2031-02-10")

    entry = supervisors.find(pool.on(date(2026, 2, 11)), made.get_json()["id"])
    own = phones.of(entry.person)
    mine = own.get("/supervisors/me")
    assert mine.get_json()["allowed"] == ["state_availability"]
    body = {
        "weekdays": [6, 7],
        "away": [{"from_on": "2026-03-01", "until_on": "2026-03-05"}],
        "remote_able": False,
        "contact": None,
    }
    stale = own.send("PUT", f"{address}/availability", body, 1)
    assert stale.status_code == HTTPStatus.PRECONDITION_FAILED
    said = own.send("PUT", f"{address}/availability", body, mine.get_json()["version"])
    assert (said.get_json()["weekdays"], len(said.get_json()["away"])) == ([6, 7], 1)


def test_all_that_keeps_a_candidate_out_stands_in_one_answer(
    pool: Pool, phones: Phones, officer: Phone
) -> None:
    at(phones, 2, 3)
    faulty = {"born_on": "2010-01-01", "offices": ["court"], "disqualifications": ["punished"]}

    answer = officer.send(
        "POST", "/supervisors", CANDIDATE | faulty | {"organ_id": pool.bureau.office.id}
    )

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.get_json()["type"] == "/problems/not-qualified"
    told = [(error["pointer"], error["article"]) for error in answer.get_json()["errors"]]
    assert told == [
        ("/born_on", "PSUP-2021 8"),
        ("/offices", "PSUP-2021 9"),
        ("/disqualifications", "PSUP-2021 10"),
    ]


def test_the_procuratorate_reads_what_is_open_and_nothing_personal(
    pool: Pool, phones: Phones
) -> None:
    """PSUP-2021 18: names and how to reach people are open; a birthday is not."""
    entry = pool.make.supervisor(pool.bureau, contact="0000-100")
    manager = phones.of(pool.town.manager)

    read = manager.get(f"/supervisors/{entry.id}").get_json()

    assert (read["name"], read["contact"]) == (entry.person.name, "0000-100")
    assert (read["born_on"], read["education"], read["history"], read["away"]) == (
        None,
        None,
        [],
        [],
    )
    assert manager.get(f"/supervisors/{entry.id}/trainings").status_code == HTTPStatus.NOT_FOUND
    assert manager.get("/supervisors/me").status_code == HTTPStatus.NOT_FOUND
    prosecutor = phones.of(pool.town.prosecutor)
    assert prosecutor.get(f"/supervisors/{entry.id}").status_code == HTTPStatus.NOT_FOUND
    assert prosecutor.get("/supervisors").get_json()["items"] == []


def test_the_register_is_listed_and_filtered(pool: Pool, officer: Phone) -> None:
    knows = pool.make.supervisor(pool.bureau, Expertise.FINANCE)
    other = pool.make.supervisor(pool.bureau, region="白沙县")

    def listed(query: str) -> list[int]:
        return [item["id"] for item in officer.get(f"/supervisors?{query}").get_json()["items"]]

    assert listed("state=serving") == [knows.id, other.id]
    assert listed("expertise=finance") == [knows.id]
    assert listed("region=白沙县") == [other.id]
    assert listed("state=removed") == []
    first = officer.get("/supervisors?limit=1").get_json()
    assert listed(f"limit=1&cursor={first['next_cursor']}") == [other.id]
    made_up = officer.get(f"/supervisors/composition?organ_id={pool.bureau.office.id}").get_json()
    assert made_up["serving"] == 2
    assert officer.get("/supervisors/composition?organ_id=0").status_code != HTTPStatus.OK


def test_a_longer_register_costs_no_more_questions(
    pool: Pool, officer: Phone, statements: list[str]
) -> None:
    costs = []
    for _ in range(2):
        for _ in range(3):
            pool.make.supervisor(pool.bureau, Expertise.FINANCE, Expertise.CYBER)
        pool.make.session.expunge_all()
        statements.clear()
        assert officer.get("/supervisors").status_code == HTTPStatus.OK
        costs.append(len(statements))

    assert costs[0] == costs[1]


def test_a_register_is_looked_at_and_taken_over(pool: Pool, phones: Phones, officer: Phone) -> None:
    at(phones, 3, 2)
    body = {"organ_id": pool.bureau.office.id, "csv": table(FANG, LUO.replace("高中", "小学"))}
    look = officer.send("POST", "/supervisor-imports/look", body)
    assert look.status_code == HTTPStatus.OK
    assert look.get_json()["errors"][0]["pointer"] == "/lines/3/education"
    refused = officer.send("POST", "/supervisor-imports", body)
    assert refused.get_json()["type"] == "/problems/import-faulty"
    assert officer.get("/supervisors").get_json()["items"] == []

    taken = officer.send("POST", "/supervisor-imports", body | {"csv": table(FANG, LUO)})

    assert (taken.status_code, taken.get_json()) == (HTTPStatus.CREATED, {"entries": 2})
    assert len(officer.get("/supervisors").get_json()["items"]) == 2
