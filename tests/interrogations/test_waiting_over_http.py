"""The waiting list, urgent interrogations and objections, as a phone meets them."""

from typing import Any

from werkzeug.test import TestResponse

from api.wire import instant
from services.interrogations import waiting
from services.people import Person
from services.policy import MACHINE
from tests.interrogations.scarce import Scarce, scarce
from tests.make import Make
from tests.phones import Phone, Phones


def told(reply: TestResponse, status: int = 200) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    assert reply.json is not None
    return dict(reply.json)


def asks(few: Scarce, phones: Phones, due_in: int) -> tuple[Phone, dict[str, Any]]:
    """A handler's phone, and what it sends for the case's suspect."""
    case = few.case(due_in)
    _, wish, arranged = few.asked(case)
    seats = [{"role": one.role.value, "person_id": one.person_id} for one in arranged.seats]
    handler = few.make.session.get_one(Person, case.handler_id)
    return phones.of(handler), {
        "case_id": case.id,
        "suspect_id": wish.suspect.id,
        "seats": seats,
    }


def test_a_phone_waits_is_offered_a_slot_and_answers(make: Make, phones: Phones) -> None:
    few = scarce(make)
    first, asked = asks(few, phones, 0)
    one = told(first.send("POST", "/waiting-interrogations", asked), 201)
    assert (one["state"], one["free_slot"]["starts_at"]) == ("waiting", instant(few.hour(0)))
    twice = first.send("POST", "/waiting-interrogations", asked)
    assert (twice.status_code, told(twice, 409)["type"].rsplit("/")[-1]) == (
        409,
        "already-waiting",
    )
    second, asked = asks(few, phones, 1)
    two = told(second.send("POST", "/waiting-interrogations", asked), 201)
    manager = phones.of(few.town.manager)
    listed = told(manager.get("/waiting-interrogations?limit=1"))
    assert [each["id"] for each in listed["items"]] == [one["id"]]
    rest = told(manager.get(f"/waiting-interrogations?cursor={listed['next_cursor']}"))
    assert [each["id"] for each in rest["items"]] == [two["id"]]

    act = make.act(MACHINE)
    for each in waiting.in_line(act):
        waiting.offer(act, each)
    mine = told(first.get(f"/interrogations/{one['id']}/offers"))["items"]
    theirs = told(second.get(f"/interrogations/{two['id']}/offers"))["items"]
    assert mine[0]["state"] == "open"
    assert second.send("PUT", f"/slot-offers/{mine[0]['id']}/acceptance").status_code == 404
    taken = told(first.send("PUT", f"/slot-offers/{mine[0]['id']}/acceptance"))
    assert taken["state"] == "accepted"
    assert told(first.get(f"/interrogations/{one['id']}"))["state"] == "booked"
    left = told(second.send("PUT", f"/slot-offers/{theirs[0]['id']}/refusal"))
    assert left["state"] == "refused"
    again = second.send("PUT", f"/slot-offers/{theirs[0]['id']}/refusal")
    assert again.status_code == 409


def test_a_phone_asks_urgently_and_whoever_gave_way_objects(make: Make, phones: Phones) -> None:
    few = scarce(make)
    displaced = few.case(7)
    booked = few.booked(displaced, 0)
    phone, asked = asks(few, phones, 0)
    asked |= {"because": "evidence_at_risk", "grounds": "关键证据可能灭失。"}
    came = told(phone.send("POST", "/urgent-interrogations", asked), 201)
    assert (came["urgent"], came["gave_way"]) == (True, 1)
    assert came["starts_at"] == instant(few.hour(0))

    handler = phones.of(make.session.get_one(Person, displaced.handler_id))
    path = f"/interrogations/{booked.id}"
    read = told(handler.get(f"{path}/displacement"))
    assert (read["state"], read["because"]) == ("standing", "evidence_at_risk")
    assert read["allowed"] == ["object"]
    assert phone.get(f"{path}/displacement").status_code == 404
    why = {"reason": "翻译仅当日到场。"}
    against = told(handler.send("PUT", f"{path}/objection", why, read["version"]))
    assert against["state"] == "objected"
    manager = phones.of(few.town.manager)
    decide = f"/displacements/{read['id']}/decision"
    decided = {"finding": "dismissed", "reasons": "紧急理由成立。"}
    seen = told(manager.get(f"/displacements/{read['id']}"))
    assert (seen["allowed"], against["allowed"]) == (["decide"], [])
    assert handler.send("PUT", decide, decided, against["version"]).status_code == 403
    assert manager.send("PUT", decide, decided, seen["version"] - 1).status_code == 412
    done = told(manager.send("PUT", decide, decided, seen["version"]))
    assert (done["state"], done["given_back"]) == ("dismissed", False)
