"""Memberships over HTTP: the phone's way, versions, and what is hidden from whom."""

from typing import Any

import pytest
from sqlalchemy import event

from services import assignments
from services.cases import Case
from services.policy import PostKind
from tests.consultations.conftest import Phones, told
from tests.consultations.conftest import phones as phones  # noqa: PLC0414  # a fixture, passed on
from tests.make import Make, Town
from tests.memberships.test_members import charge


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


def handled(make: Make, town: Town, count: int = 2, handler_id: int | None = None) -> Case:
    case = make.case(town, *[make.suspect() for _ in range(count)])
    assignments.designate(
        make.act(town.manager),
        case,
        handler_id=handler_id or town.prosecutor.id,
        reason="测试指定。",
        approver_id=town.chief.id,
    )
    make.session.flush()
    return case


def test_a_case_grows_by_somebody_unknown_who_is_identified_and_split_off(
    make: Make, town: Town, phones: Phones
) -> None:
    case = handled(make, town)
    officer, handler = phones.of(town.officer), phones.of(town.prosecutor)
    new = {
        "alias": "阿测",
        "sex": "male",
        "measure": "detention",
        "charge_ids": [charge(make)],
    }
    before = told(officer.get(f"/cases/{case.id}/membership"))
    assert before["allowed"] == ["add_suspect", "identify"]

    grown = told(officer.send("POST", f"/cases/{case.id}/suspects", new, before["version"]), 201)
    (added,) = [one for one in grown["suspects"] if one["alias"] == "阿测"]
    assert added["name"].startswith("身份不明者")
    assert added["earlier"] == []

    known = {"name": "测试甲", "alias": "阿测", "basis": "户籍资料。"}
    path = f"/cases/{case.id}/suspects/{added['id']}/identity"
    told_of = told(handler.send("PUT", path, known, grown["version"]))
    (found,) = [one for one in told_of["suspects"] if one["id"] == added["id"]]
    assert found["name"] == "测试甲"
    assert [one["name"] for one in found["earlier"]] == [added["name"]]

    body = {"suspect_ids": [added["id"]], "reason": "different_progress"}
    split = told(handler.send("POST", f"/cases/{case.id}/splits", body, told_of["version"]), 201)
    assert [one["id"] for one in split["suspects"]] == [added["id"]]
    assert [(one["id"], one["relation"]) for one in split["related"]] == [(case.id, "split_from")]
    assert told(officer.get(f"/cases/{split['case_id']}"))["state"] == "assigned"


def test_a_later_case_is_merged_and_linked_by_case_management(
    make: Make, town: Town, phones: Phones
) -> None:
    first, later, third = (handled(make, town, 1) for _ in range(3))
    manager = phones.of(town.manager)

    merged = told(
        manager.send("PUT", f"/cases/{later.id}/merger", {"into_id": first.id}, later.version)
    )
    assert len(merged["suspects"]) == 2
    assert told(manager.get(f"/cases/{later.id}"))["state"] == "merged"
    linked = told(
        manager.send(
            "POST", f"/cases/{first.id}/links", {"other_id": third.id, "reason": "accomplices"}
        ),
        201,
    )
    assert {one["relation"] for one in linked["related"]} == {"merged_from", "accomplices"}


def test_what_one_may_not_see_is_not_merged_with_linked_to_or_shown(
    make: Make, town: Town, phones: Phones
) -> None:
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    hidden, mine = handled(make, town, 1, other.id), handled(make, town)
    handler = phones.of(town.prosecutor)

    merger = handler.send("PUT", f"/cases/{mine.id}/merger", {"into_id": hidden.id}, mine.version)
    link = {"other_id": hidden.id, "reason": "accomplices"}
    for reply in (
        merger,
        handler.send("POST", f"/cases/{mine.id}/links", link),
        handler.get(f"/cases/{hidden.id}/membership"),
    ):
        assert reply.status_code == 404


@pytest.mark.parametrize(("who", "status"), [("chief", 403), ("officer", 403), ("manager", 201)])
def test_a_split_is_for_the_handler_and_case_management(
    make: Make, town: Town, phones: Phones, who: str, status: int
) -> None:
    case = handled(make, town)
    body = {"suspect_ids": [case.suspects[0].id], "reason": "minor"}

    reply = phones.of(getattr(town, who)).send(
        "POST", f"/cases/{case.id}/splits", body, case.version
    )

    assert reply.status_code == status, reply.text


def test_a_case_read_before_it_changed_is_read_again(
    make: Make, town: Town, phones: Phones
) -> None:
    case = handled(make, town, 3)
    body = {"suspect_ids": [case.suspects[0].id], "reason": "minor"}
    handler = phones.of(town.prosecutor)
    read = case.version
    told(handler.send("POST", f"/cases/{case.id}/splits", body, read), 201)

    body = {"suspect_ids": [case.suspects[1].id], "reason": "minor"}
    assert handler.send("POST", f"/cases/{case.id}/splits", body, read).status_code == 412
    assert handler.send("POST", f"/cases/{case.id}/splits", body).status_code == 428


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"charge_ids": [2**31 - 1]}, "/charge_ids"),
        ({"detention_centre_id": 2**31 - 1}, "/detention_centre_id"),
        ({"measure_began_at": "2030-01-01T00:00:00Z"}, "/measure_began_at"),
        ({"born_on": "2030-01-01"}, "/born_on"),
        ({"act_on": "2030-01-01"}, "/act_on"),
        ({"sex": None}, "/sex"),
    ],
)
def test_a_suspect_who_cannot_be_so_is_refused_with_the_place(
    make: Make, town: Town, phones: Phones, changed: dict[str, Any], pointer: str
) -> None:
    case = handled(make, town)
    new = {"sex": "male", "measure": "detention", "charge_ids": [charge(make)]} | changed

    problem = told(
        phones.of(town.officer).send("POST", f"/cases/{case.id}/suspects", new, case.version), 422
    )

    assert [one["pointer"] for one in problem["errors"]] == [pointer]


def test_reading_who_is_in_a_case_costs_the_same_however_many_there_are(
    make: Make, town: Town, phones: Phones
) -> None:
    case = handled(make, town, 1)
    handler = phones.of(town.prosecutor)

    def queries() -> int:
        make.session.flush()
        make.session.expunge_all()
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        connection = make.session.connection()
        event.listen(connection, "before_cursor_execute", note)
        told(handler.get(f"/cases/{case.id}/membership"))
        event.remove(connection, "before_cursor_execute", note)
        return len(seen)

    alone = queries()
    case = make.session.get_one(Case, case.id)
    for number in range(3):
        given = {"sex": "male", "measure": "detention", "charge_ids": [charge(make)]}
        grown = told(handler.send("POST", f"/cases/{case.id}/suspects", given, case.version), 201)
        make.session.refresh(case)
        suspect_id = grown["suspects"][-1]["id"]
        known = {"name": f"测试人{number}", "basis": "户籍资料。"}
        path = f"/cases/{case.id}/suspects/{suspect_id}/identity"
        told(phones.of(town.manager).send("PUT", path, known, case.version))
        make.session.refresh(case)
        other = handled(make, town, 1)
        body = {"other_id": other.id, "reason": "accomplices"}
        told(handler.send("POST", f"/cases/{case.id}/links", body), 201)

    assert queries() == alone
