"""Plans over HTTP: asked for, read while the search runs, accepted in part."""

from typing import Any

from werkzeug.test import TestResponse

from tests.phones import Phones
from tests.plans.conftest import Week


def told(reply: TestResponse) -> Any:
    return reply.json


def wanted(week: Week) -> list[dict[str, object]]:
    return [
        {
            "case_id": one.case_id,
            "suspect_id": one.suspect_id,
            "seats": [
                {"role": seat.role.value, "person_id": seat.person_id}
                for seat in one.arrangement.seats
            ],
        }
        for one in week.asked()
    ]


def test_from_the_order_to_what_is_booked(week: Week, phones: Phones) -> None:
    phone = phones.of(week.town.manager)
    day = week.make.act(week.town.manager).today.isoformat()
    order = {"from_on": day, "days": 5, "interrogations": wanted(week)}
    made = phone.send("POST", "/plans", order)
    assert made.status_code == 201, made.json
    plan = told(made)
    assert plan["placed"] == len(week.cases)
    assert plan["may_accept"]
    times = [item["starts_at"] for item in plan["items"]]
    assert times == sorted(times)
    assert told(phone.get("/plans"))["items"][0]["id"] == plan["id"]
    read = told(phone.get(f"/plans/{plan['id']}"))
    assert read["items"] == plan["items"]

    chosen = {"item_ids": [plan["items"][0]["id"]]}
    path = f"/plans/{plan['id']}/acceptance"
    assert phone.send("PUT", path, chosen).status_code == 428
    accepted = told(phone.send("PUT", path, chosen, version=read["version"]))
    states = [item["state"] for item in accepted["items"]]
    assert (states.count("booked"), states.count("dropped")) == (1, len(states) - 1)
    assert not accepted["may_accept"]
    stranger = phones.of(week.town.officer)
    assert stranger.get(f"/plans/{plan['id']}").status_code == 404


def test_a_plan_is_cancelled(week: Week, phones: Phones) -> None:
    phone = phones.of(week.town.prosecutor)
    plan = week.drawn_up(by=week.town.prosecutor)
    read = told(phone.get(f"/plans/{plan.id}"))
    path = f"/plans/{plan.id}/cancellation"
    dropped = phone.send("PUT", path, version=read["version"])
    assert told(dropped)["state"] == "cancelled"
    again = phone.send("PUT", path, version=told(dropped)["version"])
    assert (again.status_code, told(again)["type"].rsplit("/", 1)[-1]) == (409, "wrong-state")


def test_a_plan_is_read_in_as_many_queries_as_one_of_one(
    week: Week, phones: Phones, statements: list[str]
) -> None:
    phone = phones.of(week.town.manager)
    counted = []
    for asked in (week.asked()[:1], week.asked()):
        plan = week.drawn_up(asked)
        week.make.session.expire_all()
        statements.clear()
        assert phone.get(f"/plans/{plan.id}").status_code == 200
        counted.append(len(statements))
    assert counted[0] == counted[1]
