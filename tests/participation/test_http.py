"""Numbers and reports over HTTP: the doors, what each party gets, and what a list costs."""

from typing import Any

from sqlalchemy import event
from werkzeug.test import TestResponse

from services.invitations import InvitationState
from tests.participation.conftest import WORDS, World, at
from tests.phones import Phones

LAST_YEAR = 2025
"""Whose halves were over before every test's day."""


def told(reply: TestResponse, status: int = 200) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    assert reply.json is not None
    return dict(reply.json)


def test_each_party_counts_its_own(world: World, phones: Phones) -> None:
    world.asked(world.held(at(3, 12)), 0, InvitationState.ATTENDED)
    world.without(at(3, 19))
    manager, organ = phones.of(world.town.manager), phones.of(world.bureau.officer)

    own = told(manager.get("/participation?year=2026"))
    assert own["procuratorate_id"] == world.town.procuratorate.id
    assert own["numbers"]["activities"]["by_ground"]["non_prosecution_review"]["missed"] == 1
    assert own["numbers"]["lead_times"]["notice"]["count"] == 1
    theirs = told(organ.get("/participation?year=2026&month=3"))
    assert (theirs["organ_id"], theirs["procuratorate_id"]) == (world.bureau.office.id, None)
    assert theirs["numbers"]["activities"]["by_ground"] == {}
    lines = told(organ.get("/participation/supervisors?year=2026&limit=2"))
    assert [one["attended"] for one in lines["items"]] == [1, 0]
    assert lines["next_cursor"] is not None
    told(manager.get("/participation?month=13"), 422)
    told(phones.of(world.town.prosecutor).get("/participation"), 404)


def test_a_supervisor_counts_the_own_years_and_nobody_else_s(world: World, phones: Phones) -> None:
    world.asked(world.held(at(3, 12)), 0, InvitationState.ATTENDED)
    phone = phones.of(world.people[0].person)

    own = told(phone.get("/participation/me"))
    assert (own["supervisor_id"], own["years"][0]["attended"]) == (world.people[0].id, 1)
    register = told(phone.get(f"/participation/supervisors/{own['supervisor_id']}/attendance"))
    assert [one["title"] for one in register["items"]] == ["拟不起诉案件公开审查"]
    told(phone.get(f"/participation/supervisors/{world.people[1].id}"), 404)
    told(phone.get("/participation"), 404)
    told(phone.get("/participation/supervisors"), 404)
    assert told(phone.get("/periodic-reports"))["items"] == []
    told(phones.of(world.town.manager).get("/participation/me"), 404)


def test_from_the_draft_to_the_receipt_over_http(world: World, phones: Phones) -> None:
    manager, organ = phones.of(world.town.manager), phones.of(world.bureau.officer)
    new = {
        "procuratorate_id": world.town.procuratorate.id,
        "organ_id": world.bureau.office.id,
        "year": LAST_YEAR,
        "number": 1,
    }
    assert told(phones.of(world.town.prosecutor).send("POST", "/periodic-reports", new), 403)
    draft = told(manager.send("POST", "/periodic-reports", new), 201)
    path = f"/periodic-reports/{draft['id']}"
    assert (draft["may_write"], draft["words"], draft["sha256"]) == (True, None, None)
    told(organ.get(path), 404)
    told(manager.send("POST", "/periodic-reports", new), 409)
    told(manager.send("PUT", f"{path}/delivery", None, draft["version"]), 409)

    worded = told(manager.send("PUT", path, {"words": WORDS}, draft["version"]))
    told(manager.send("PUT", path, {"words": WORDS}, draft["version"]), 412)
    sent = told(manager.send("PUT", f"{path}/delivery", None, worded["version"]))
    assert (sent["state"], len(sent["sha256"])) == ("sent", 64)

    seen = told(organ.get(path))
    assert (seen["may_acknowledge"], seen["numbers"]) == (True, draft["numbers"])
    done = told(organ.send("PUT", f"{path}/receipt", None, seen["version"]))
    assert done["state"] == "acknowledged"
    told(organ.send("PUT", f"{path}/receipt", None, done["version"]), 409)
    listed = told(organ.get("/periodic-reports?state=acknowledged"))
    assert [one["id"] for one in listed["items"]] == [draft["id"]]


def test_how_often_is_said_by_the_office(world: World, phones: Phones) -> None:
    chief = phones.of(world.town.chief)
    practice = told(chief.get("/reporting-practice"))
    assert (practice["every"], practice["version"]) == ("half_year", 0)
    change = {"every": "quarter"}
    assert told(chief.send("PUT", "/reporting-practice", change, 0))["every"] == "quarter"
    told(chief.send("PUT", "/reporting-practice", change, 0), 412)
    told(phones.of(world.bureau.officer).get("/reporting-practice"), 404)


def test_longer_lists_cost_no_more(world: World, phones: Phones) -> None:
    phone = phones.of(world.bureau.officer)
    bind = world.make.session.get_bind()
    paths = (
        "/participation/supervisors?year=2026",
        f"/participation/supervisors/{world.people[0].id}/attendance",
    )

    def costs(path: str) -> int:
        asked: list[str] = []

        def note(*given: object) -> None:
            asked.append(str(given[2]))

        world.make.session.expunge_all()
        event.listen(bind, "before_cursor_execute", note)
        told(phone.get(path))
        event.remove(bind, "before_cursor_execute", note)
        return len(asked)

    world.asked(world.held(at(2, 12)), 0, InvitationState.ATTENDED)
    few = [costs(path) for path in paths]
    for day in (3, 10, 17):
        review = world.held(at(3, day))
        for place in range(4):
            world.asked(review, place, InvitationState.ATTENDED)
    assert [costs(path) for path in paths] == few
