"""Joint conferences over HTTP: who is refused, and how little a guest is told."""

from typing import Any

import pytest
from sqlalchemy import Engine, event

from services.conferences import Conference, ConferenceForm, ConferenceState, Position
from services.policy import PostKind
from tests.conferences.conftest import FACTS, LATER, QUESTION, Hall, Phones, told


def convening(hall: Hall, form: str = "written") -> dict[str, Any]:
    return {
        "form": form,
        "held_at": LATER.isoformat(),
        "members": [
            {"person_id": person_id, "office_id": office_id}
            for person_id, office_id in hall.members()
        ],
    }


def question(hall: Hall) -> dict[str, Any]:
    return {"case_id": hall.case.id, "question": QUESTION, "facts": FACTS}


def test_a_conference_from_the_question_to_the_departure(hall: Hall, phones: Phones) -> None:
    handler, head, guest = (phones.of(one) for one in (hall.town.prosecutor, hall.head, hall.guest))
    asked = told(handler.post("/conferences", question(hall)), 201)
    assert (asked["state"], asked["allowed"]) == ("asked", [])
    assert asked["case"] == {"id": hall.case.id, "number": hall.case.number}
    assert asked["earliest_due"]["due_on"] is not None
    (task,) = told(head.get("/tasks"))["items"]
    assert (task["kind"], task["about_kind"], task["case_number"], task["suspects"]) == (
        "convene_conference",
        "conferences",
        None,
        [],
    )

    path = f"/conferences/{asked['id']}"
    pool = told(head.get(f"/cases/{hall.case.id}/conference-candidates?limit=100"))["items"]
    assert {one["person"]["id"] for one in pool} >= {hall.guest.id, hall.own[0].id}
    etag = head.get(path).headers["ETag"]
    assert head.put(f"{path}/convening", convening(hall)).status_code == 428
    assert handler.put(f"{path}/convening", convening(hall), etag).status_code == 403
    told(head.put(f"{path}/convening", convening(hall), etag))

    for person, position in zip(
        (*hall.own, hall.guest), ("disagree", "disagree", "agree"), strict=True
    ):
        phone = phones.of(person)
        etag = phone.get(path).headers["ETag"]
        body = {"position": position, "opinion": "理由见书面意见。"}
        told(phone.put(f"{path}/opinion", body, etag))
    etag = guest.get(path).headers["ETag"]
    assert guest.put(f"{path}/closing", {"summary": "。"}, etag).status_code == 403
    closed = told(head.put(f"{path}/closing", {"summary": "两人不同意。"}, etag))
    assert (closed["majority"], closed["count"]) == (
        "disagree",
        {"agree": 1, "disagree": 2, "other": 0},
    )

    mine = handler.get(path)
    assert told(mine)["allowed"] == ["depart"]
    departed = told(
        handler.put(f"{path}/departure", {"reasons": "第二次认定合法。"}, mine.headers["ETag"])
    )
    assert departed["departure"] == "第二次认定合法。"
    again = handler.put(f"{path}/departure", {"reasons": "再次。"}, f'"{departed["version"]}"')
    assert told(again, 409)["type"].endswith("departure-stated")


def test_a_guest_learns_the_question_and_nothing_of_the_case(hall: Hall, phones: Phones) -> None:
    conference = hall.called()
    hall.says(conference, hall.own[0], Position.AGREE)
    hall.says(conference, hall.guest, Position.DISAGREE)
    hall.session.flush()
    hall.session.expire_all()
    guest = phones.of(hall.guest)

    reply = guest.get(f"/conferences/{conference.id}")
    shown = told(reply)
    assert (shown["question"], shown["facts"]) == (QUESTION, FACTS)
    assert shown["case"] is shown["earliest_due"] is shown["count"] is shown["summary"] is None
    assert [one["person"]["id"] for one in shown["opinions"]] == [hall.guest.id]
    assert [one["person"]["id"] for one in shown["members"]] == [hall.guest.id]
    suspect = hall.case.suspects[0]
    for secret in (hall.case.number, suspect.name):
        assert secret not in reply.text
    assert guest.get(f"/cases/{hall.case.id}").status_code == 404
    assert told(guest.get(f"/conferences?case_id={hall.case.id}"))["items"] == []
    candidates = guest.get(f"/cases/{hall.case.id}/conference-candidates")
    assert candidates.status_code == 404

    hall.says(conference, hall.own[1], Position.AGREE)
    head = phones.of(hall.head)
    etag = head.get(f"/conferences/{conference.id}").headers["ETag"]
    told(head.put(f"/conferences/{conference.id}/closing", {"summary": "两人同意。"}, etag))

    hall.session.expire_all()
    after = told(guest.get(f"/conferences/{conference.id}"))
    assert (after["question"], after["facts"], after["majority"]) == (None, None, None)
    assert [one["position"] for one in after["opinions"]] == ["disagree"]
    (line,) = told(guest.get("/conferences"))["items"]
    assert (line["question"], line["case"], line["state"]) == (None, None, "closed")
    late = guest.put(
        f"/conferences/{conference.id}/opinion",
        {"position": "agree", "opinion": "晚了。"},
        f'"{after["version"]}"',
    )
    assert told(late, 409)["type"].endswith("wrong-state")


def test_the_head_calls_one_at_once_and_calls_it_off(hall: Hall, phones: Phones) -> None:
    head = phones.of(hall.head)
    called = told(head.post("/conferences", question(hall) | {"convening": convening(hall)}), 201)
    assert (called["state"], called["form"], len(called["members"])) == ("convened", "written", 3)
    path = f"/conferences/{called['id']}/calling-off"
    etag = f'"{called["version"]}"'
    off = told(head.put(path, {"reason": "期限将届。"}, etag))
    assert (off["state"], off["called_off"], off["allowed"]) == ("called_off", "期限将届。", [])


def test_whose_it_is_not_finds_nothing(hall: Hall, phones: Phones) -> None:
    conference = hall.called()
    for person in (hall.town.officer, hall.make.person(PostKind.PROSECUTOR, hall.elsewhere)):
        phone = phones.of(person)
        assert phone.get(f"/conferences/{conference.id}").status_code == 404
        assert told(phone.get("/conferences"))["items"] == []
        body = {"position": "agree", "opinion": "外人。"}
        assert phone.put(f"/conferences/{conference.id}/opinion", body, '"1"').status_code == 404
    assert phones.of(hall.town.officer).post("/conferences", question(hall)).status_code == 403
    unseen = told(phones.of(hall.own[0]).post("/conferences", question(hall)), 422)
    assert (unseen["type"], unseen["errors"][0]["pointer"]) == (
        "/problems/nothing-there",
        "/case_id",
    )


@pytest.mark.parametrize(
    "change",
    [
        {"question": " "},
        {"facts": ""},
        {"question": "问" * 4001},
        {"case_id": 0},
        {"convening": {"form": "dinner"}},
        {"more": 1},
    ],
)
def test_a_question_is_whole(hall: Hall, phones: Phones, change: dict[str, Any]) -> None:
    handler = phones.of(hall.town.prosecutor)

    assert told(handler.post("/conferences", question(hall) | change), 422)["errors"]


def test_settings_over_http(hall: Hall, phones: Phones) -> None:
    manager, head = phones.of(hall.town.manager), phones.of(hall.head)
    shown = manager.get("/conference-settings")
    assert told(shown)["forms"] == ["present", "remote", "written"]
    wanted = {"fewest": 1, "forms": ["written"], "reach": "own_office"}

    assert manager.put("/conference-settings", wanted).status_code == 428
    assert head.put("/conference-settings", wanted, shown.headers["ETag"]).status_code == 403
    changed = told(manager.put("/conference-settings", wanted, shown.headers["ETag"]))
    assert (changed["fewest"], changed["forms"], changed["version"]) == (1, ["written"], 1)
    assert changed["set_by"]["id"] == hall.town.manager.id
    assert told(head.get("/conference-settings"))["reach"] == "own_office"
    assert phones.of(hall.town.officer).get("/conference-settings").status_code == 404
    faults: list[dict[str, Any]] = [{"fewest": 0}, {"fewest": 31}, {"forms": []}, {"reach": "x"}]
    for wrong in faults:
        body = wanted | wrong
        assert told(manager.put("/conference-settings", body, '"1"'), 422)["errors"]


def test_a_long_list_asks_the_database_as_often_as_a_short_one(
    hall: Hall, phones: Phones, engine: Engine
) -> None:
    head = phones.of(hall.head)

    def counted() -> int:
        hall.session.expunge_all()
        asked: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            told(head.get("/conferences?limit=100"))
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(asked)

    hall.called(ConferenceForm.WRITTEN)
    few = counted()
    for _ in range(8):
        hall.session.add(
            Conference(
                procuratorate_id=hall.town.procuratorate.id,
                case_id=hall.case.id,
                question=QUESTION,
                facts=FACTS,
                asked_at=LATER,
                asked_by=hall.head.id,
                state=ConferenceState.ASKED,
            )
        )
    hall.session.flush()
    assert counted() == few
