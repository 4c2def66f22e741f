"""The committee over HTTP: one matter from the agenda to the feedback, and who is refused."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from services.committees import Ballot
from services.kernel.clock import LegalClock, machine_now
from services.people import Person
from services.policy import PostKind
from tests.committees.conftest import NOW, QUESTION, REPORT, SITS, Chamber
from tests.conferences.conftest import Phones, told

PUT = {"ground": "major_arrest", "question": QUESTION, "report": REPORT}


def at(chamber: Chamber, moment: Any) -> None:
    """Set the legal clock."""
    clock = chamber.session.get_one(LegalClock, 1)
    clock.offset = moment - machine_now()
    chamber.session.flush()


def test_a_matter_from_the_agenda_to_the_feedback(chamber: Chamber, phones: Phones) -> None:
    chief, handler = phones.of(chamber.town.chief), phones.of(chamber.town.prosecutor)
    matter = told(chief.post("/committee-matters", PUT | {"case_id": chamber.case.id}), 201)
    assert (matter["state"], matter["case"]["number"]) == ("on_agenda", chamber.case.number)
    assert matter["allowed"] == ["summon", "withdraw"]
    path = f"/committee-matters/{matter['id']}"

    def does(person: Person, step: str, body: object = None, status: int = 200) -> dict[str, Any]:
        phone = phones.of(person)
        etag = phone.get(path).headers["ETag"]
        return told(phone.put(f"{path}/{step}", body, etag), status)

    soon = {
        "sits_at": (NOW + timedelta(days=1)).isoformat(),
        "presider_id": chamber.town.chief.id,
    }
    refused = does(chamber.town.chief, "summons", soon, 422)
    assert refused["type"].endswith("papers-too-late")
    assert refused["article"] == "PCOM 14"
    told(
        chief.put(f"{path}/summons", soon | {"sits_at": SITS.isoformat()}),
        428,
    )
    summoned = does(chamber.town.chief, "summons", soon | {"sits_at": SITS.isoformat()})
    assert summoned["state"] == "summoned"
    at(chamber, SITS)

    ids = [one.id for one in chamber.all]
    absent = [{"person_id": ids[0], "reason": "出差"}]
    opening = {"present": ids[1:], "absent": absent}
    assert does(chamber.deputy, "opening", opening, 403)["type"].endswith("not-allowed")
    short = {"present": ids[4:], "absent": [{"person_id": i, "reason": "出差"} for i in ids[:4]]}
    refused = does(chamber.town.chief, "opening", short, 409)
    assert (refused["type"], refused["quorum"], refused["size"]) == ("/problems/no-quorum", 3, 5)
    opened = does(chamber.town.chief, "opening", opening)
    assert (opened["state"], opened["size"], opened["quorum"]) == ("in_session", 5, 3)

    sitting = chamber.all[1:]
    for person in sitting:
        shown = told(phones.of(person).get(path))
        assert "speak" in shown["allowed"]
        does(person, "speech", {"speech": "我的意见。"})
    for person, ballot in zip(sitting, ("approve", "approve", "approve", "reject"), strict=True):
        assert "vote" in told(phones.of(person).get(path))["allowed"]
        voted = does(person, "vote", {"ballot": ballot})
        assert [one["person"]["id"] for one in voted["votes"]] == [person.id]
        again = does(person, "vote", {"ballot": ballot}, 409)
        assert again["type"].endswith("voted-already")

    counted = does(chamber.town.chief, "count")
    assert (counted["state"], counted["count"]) == (
        "majority",
        {"approve": 3, "reject": 1, "other": 0},
    )
    decided = does(chamber.town.chief, "decision", {"wording": "批准逮捕。"})
    assert decided["notice_number"].endswith("检委决〔2026〕1号")
    minority = [one["person"]["id"] for one in decided["votes"] if one["minority"]]
    assert minority == [chamber.town.chief.id]
    assert [one["presence"] for one in decided["attendance"]].count("absent") == 1

    mine = told(handler.get(path))
    assert (mine["votes"], mine["attendance"], mine["count"]) == ([], [], None)
    assert (mine["decision"], mine["allowed"]) == ("approve", ["execute"])
    (task,) = [
        one
        for one in told(handler.get("/tasks"))["items"]
        if one["kind"] == "carry_out_committee_decision"
    ]
    assert (task["about_kind"], task["case_number"]) == ("committee_matters", chamber.case.number)
    done = does(chamber.town.prosecutor, "execution", {"executed_on": str(SITS.date())})
    assert done["feedback_due_on"] == str(date(2026, 3, 10))
    fed = does(chamber.town.prosecutor, "feedback", {"feedback": "已执行。"})
    assert (fed["state"], fed["feedback"]) == ("fed_back", "已执行。")


def test_what_the_upper_level_says_is_entered(chamber: Chamber, phones: Phones) -> None:
    matter = chamber.counted(
        (Ballot.APPROVE, Ballot.APPROVE, Ballot.APPROVE) + (Ballot.REJECT,) * 2
    )
    at(chamber, SITS)
    chief, path = phones.of(chamber.town.chief), f"/committee-matters/{matter.id}"
    etag = chief.get(path).headers["ETag"]
    reported = told(chief.put(f"{path}/report", {"reasons": "不同意多数意见。"}, etag))
    assert reported["reported_to"] == {"id": chamber.upper.id, "name": chamber.upper.name}

    answer = {"decision": "reject", "wording": "不批准逮捕。"}
    decided = told(chief.put(f"{path}/upper-decision", answer, f'"{reported["version"]}"'))

    assert (decided["state"], decided["decision"]) == ("decided", "reject")


def test_the_register_over_http(chamber: Chamber, phones: Phones) -> None:
    manager, deputy = phones.of(chamber.town.manager), phones.of(chamber.deputy)
    shown = told(manager.get("/committee"))
    assert (shown["size"], shown["quorum"], shown["is_odd"]) == (5, 3, True)
    assert shown["may_register"] is True
    assert told(deputy.get("/committee"))["may_register"] is False

    body = {"person_id": chamber.head.id, "seat": "member"}
    assert deputy.post("/committee/seats", body).status_code == 403
    seat = told(manager.post("/committee/seats", body), 201)
    assert told(manager.post("/committee/seats", body), 409)["type"].endswith("seat-held")
    shown = told(manager.get("/committee"))
    assert (shown["size"], shown["quorum"], shown["is_odd"]) == (6, 4, False)
    path = f"/committee/seats/{seat['id']}/departure"
    assert deputy.put(path).status_code == 403
    assert told(manager.put(path))["left_at"] is not None
    assert told(manager.put(path), 409)["type"].endswith("seat-left")
    stranger = phones.of(chamber.make.person(PostKind.CASE_MANAGER, chamber.upper))
    assert stranger.put(path).status_code == 404
    empty = told(stranger.get("/committee"))
    assert (empty["size"], empty["quorum"], empty["seats"]) == (0, 0, [])
    wrong = body | {"person_id": chamber.town.officer.id}
    assert told(manager.post("/committee/seats", wrong), 422)["type"].endswith("not-to-be-seated")


def test_whose_it_is_not_finds_nothing(chamber: Chamber, phones: Phones) -> None:
    matter = chamber.summoned()
    stranger = chamber.make.person(PostKind.PROSECUTOR, chamber.town.procuratorate)
    for person in (chamber.town.officer, stranger, chamber.make.town().chief):
        phone = phones.of(person)
        assert phone.get(f"/committee-matters/{matter.id}").status_code == 404
        assert told(phone.get("/committee-matters"))["items"] == []
        body = {"speech": "外人。"}
        path = f"/committee-matters/{matter.id}/speech"
        assert phone.put(path, body, '"1"').status_code == 404
    manager = phones.of(chamber.town.manager)
    (line,) = told(manager.get(f"/committee-matters?case_id={chamber.case.id}&state=summoned"))[
        "items"
    ]
    assert line["id"] == matter.id
    given = PUT | {"case_id": chamber.case.id}
    assert manager.post("/committee-matters", given).status_code == 403
    unseen = told(phones.of(stranger).post("/committee-matters", given), 422)
    assert (unseen["type"], unseen["errors"][0]["pointer"]) == (
        "/problems/nothing-there",
        "/case_id",
    )


@pytest.mark.parametrize(
    "change",
    [
        {"ground": "curiosity"},
        {"question": " "},
        {"report": ""},
        {"report": "长" * 20001},
        {"case_id": "x"},
        {"more": 1},
    ],
)
def test_a_matter_is_whole(chamber: Chamber, phones: Phones, change: dict[str, Any]) -> None:
    chief = phones.of(chamber.town.chief)

    reply = chief.post("/committee-matters", PUT | {"case_id": chamber.case.id} | change)

    assert told(reply, 422)["errors"]


def test_a_vote_for_something_else_says_for_what(chamber: Chamber, phones: Phones) -> None:
    matter = chamber.spoken()
    at(chamber, SITS)
    phone = phones.of(chamber.deputy)
    etag = phone.get(f"/committee-matters/{matter.id}").headers["ETag"]

    reply = phone.put(f"/committee-matters/{matter.id}/vote", {"ballot": "other"}, etag)

    (error,) = told(reply, 422)["errors"]
    assert error["pointer"] == "/opinion"
    told_again = phone.put(
        f"/committee-matters/{matter.id}/vote",
        {"ballot": "other", "opinion": "建议补充侦查。"},
        etag,
    )
    assert [one["ballot"] for one in told(told_again)["votes"]] == ["other"]


def test_a_long_agenda_asks_the_database_as_often_as_a_short_one(
    chamber: Chamber, phones: Phones, engine: Engine
) -> None:
    manager = phones.of(chamber.town.manager)

    def counted() -> int:
        chamber.session.flush()
        chamber.session.expire_all()
        asked: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            told(manager.get("/committee-matters?limit=100"))
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(asked)

    chamber.put()
    few = counted()
    for _ in range(7):
        chamber.put()
    assert counted() == few
