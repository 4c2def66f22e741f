"""Tasks from a phone: lists of one's own, of the team, of the office; moves, bulk, counters."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from api.tasks import light_of
from services import assignments, tasks
from services.deadlines.tiers import Light
from services.kernel.act import SHANGHAI
from services.policy import PostKind
from services.tasks import Task, TaskKind
from tests.make import Make, Town
from tests.phones import Phone, Phones
from tests.tasks.conftest import Pool


@contextmanager
def statements(make: Make) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    bind = make.session.connection()
    assert isinstance(bind, Connection)
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(bind, "before_cursor_execute", note)
    yield found
    event.remove(bind, "before_cursor_execute", note)


def ids(phone: Phone, query: str = "") -> list[int]:
    told = phone.get(f"/tasks?{query}")
    assert told.status_code == 200, told.text
    return [one["id"] for one in (told.json or {})["items"]]


def one(phone: Phone, task: Task, query: str = "") -> dict[str, Any]:
    items = (phone.get(f"/tasks?{query}").json or {})["items"]
    [found] = [item for item in items if item["id"] == task.id]
    return dict(found)


def test_a_phone_claims_and_others_see_who_has_it(phones: Phones, pool: Pool) -> None:
    task = pool.task()
    first, second = phones.of(pool.first), phones.of(pool.second)
    assert one(first, task)["steps"] == ["claim"]

    told = first.send("PUT", f"/tasks/{task.id}/claim")

    assert told.status_code == 200, told.text
    assert (told.json or {})["steps"] == ["return", "delegate", "follow_up"]
    seen = one(second, task)
    assert (seen["holder_id"], seen["holder_name"]) == (pool.first.id, pool.first.name)
    assert (seen["post"], seen["steps"], seen["light"]) == ("clerk", [], "grey")
    late = second.send("PUT", f"/tasks/{task.id}/claim")
    assert (late.status_code, (late.json or {})["type"]) == (409, "/problems/task-taken")
    assert (late.json or {})["by_name"] == pool.first.name
    assert ids(second, "claimed=nobody") == []
    assert ids(second, "claimed=somebody") == ids(first, "claimed=me") == [task.id]


def test_every_move_has_its_door(phones: Phones, pool: Pool) -> None:
    task = pool.task()
    first, second, head = (phones.of(one) for one in (pool.first, pool.second, pool.head))
    at = f"/tasks/{task.id}"
    give = {"to_id": pool.first.id, "reason": "外出"}

    assert head.send("PUT", f"{at}/assignment", give).status_code == 200
    assert (
        first.send("PUT", f"{at}/delegation", give | {"to_id": pool.second.id}).status_code == 200
    )
    assert second.send("PUT", f"{at}/follow-up", {"on": "2026-03-03"}).status_code == 200
    assert ids(second, "follow_up=set") == [task.id]
    assert ids(second, "follow_up=due") == []
    assert head.send("PUT", f"{at}/return", {"reason": "改由他人"}).status_code == 200
    assert second.send("PUT", f"{at}/return", {"reason": "无"}).status_code == 409
    ticked = second.send("PUT", f"{at}/completion")
    assert (ticked.status_code, (ticked.json or {})["task_kind"]) == (409, "return_receipt")
    moves = (head.get(f"{at}/moves").json or {})["items"]
    assert [move["step"] for move in moves] == ["assign", "delegate", "follow_up", "recall"]
    assert (moves[0]["by_name"], moves[0]["to_name"]) == (pool.head.name, pool.first.name)
    holders = (head.get(f"{at}/holders").json or {})["items"]
    assert [one["id"] for one in holders] == sorted([pool.first.id, pool.second.id])
    stranger = phones.of(pool.stranger())
    assert stranger.get(f"{at}/moves").status_code == 404
    assert (
        phones.of(pool.make.person(PostKind.ASSISTANT, pool.office))
        .send("PUT", f"{at}/claim")
        .status_code
        == 404
    )


def test_a_follow_up_shows_its_words_to_two_people(make: Make, phones: Phones) -> None:
    town = make.town()
    case = make.handled(town)
    handler, manager = phones.of(town.prosecutor), phones.of(town.manager)
    new = {"words": "核对物证", "due_on": "2026-03-04", "about_kind": "cases", "about_id": case.id}

    made = manager.send("POST", "/follow-ups", new | {"to_id": town.prosecutor.id})

    assert made.status_code == 201, made.text
    told = made.json or {}
    assert (told["detail"], told["leads_to"]) == (
        "核对物证",
        {"about_kind": "cases", "about_id": case.id},
    )
    assert told["steps"] == ["cancel"]
    task = make.session.get_one(Task, told["id"])
    mine = one(handler, task)
    assert (mine["detail"], mine["steps"]) == ("核对物证", ["follow_up", "complete", "cancel"])
    assert task.id in ids(manager, "scope=office&kind=follow_up")
    assert task.id not in ids(phones.of(town.chief), "scope=office")
    unknown = handler.send("POST", "/follow-ups", new | {"about_id": 2**31 - 1})
    assert unknown.status_code == 404
    assert handler.send("POST", "/follow-ups", new | {"about_id": None}).status_code == 422
    assert handler.send("POST", "/follow-ups", new | {"to_id": town.manager.id}).status_code == 403
    done = handler.send("PUT", f"/tasks/{task.id}/completion")
    assert (done.status_code, (done.json or {})["state"]) == (200, "done")


def test_words_about_a_case_go_when_the_case_goes(make: Make, phones: Phones) -> None:
    town = make.town()
    case = make.case(town)
    assignments.assign(make.act(town.manager), case)
    handler = phones.of(town.prosecutor)
    new = {"words": "核对物证", "due_on": "2026-03-04", "about_kind": "cases", "about_id": case.id}
    made = handler.send("POST", "/follow-ups", new).json or {}
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    assignments.change_handler(
        make.act(town.manager),
        case,
        handler_id=other.id,
        reason="原承办人调离",
        approver_id=town.chief.id,
    )

    [left] = (handler.get("/tasks").json or {})["items"]

    assert (left["id"], left["detail"], left["leads_to"]) == (made["id"], None, None)


def test_lists_of_the_team_and_of_the_office(make: Make, phones: Phones) -> None:
    town: Town = make.town()
    case = make.case(town)
    assignments.assign(make.act(town.manager), case)
    head = make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate)
    peer = make.person(PostKind.PROSECUTOR, town.procuratorate)
    elsewhere = make.person(PostKind.CHIEF_PROCURATOR, make.office())
    [task] = ids(phones.of(town.prosecutor), "kind=review_arrest")

    for person, scope, found in (
        (head, "team", True),
        (head, "office", False),
        (town.chief, "office", True),
        (town.manager, "office", True),
        (peer, "team", False),
        (peer, "office", False),
        (elsewhere, "office", False),
        (head, "mine", False),
    ):
        assert (task in ids(phones.of(person), f"scope={scope}")) == found, (person.name, scope)
    told = one(phones.of(head), make.session.get_one(Task, task), "scope=team")
    assert (told["holder_name"], told["steps"]) == (town.prosecutor.name, [])
    assert told["suspects"] == [case.suspects[0].name]


def test_the_light_of_a_list_is_that_of_the_phone(phones: Phones, pool: Pool) -> None:
    today = pool.act(pool.first).today
    for opened, due in (
        (0, None), (0, -1), (0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (0, 9),
        (5, 2), (5, 3), (20, 1), (20, 3), (20, 7), (20, 8),
    ):  # fmt: skip
        task = pool.task()
        task.opened_at -= timedelta(days=opened)
        task.due_on = None if due is None else today + timedelta(days=due)
    phone = phones.of(pool.first)

    everything = {
        task: light_of(pool.make.session.get_one(Task, task), today) for task in ids(phone)
    }

    assert set(everything.values()) == set(Light)
    for light in Light:
        wanted = {task for task, shown in everything.items() if shown is light}
        assert set(ids(phone, f"light={light.value}")) == wanted, light
    assert light_of(Task(kind=TaskKind.FOLLOW_UP, due_on=None), date(2026, 3, 2)) is Light.GREY


def test_a_batch_answers_for_each_and_is_done_once(phones: Phones, pool: Pool) -> None:
    mine, taken = pool.task(), pool.task()
    tasks.claim(pool.act(pool.second), taken)
    phone = phones.of(pool.first)
    body = {"step": "claim", "ids": [taken.id, mine.id, 2**31 - 1]}
    key = {"Idempotency-Key": "batch-of-tasks"} | phone.headers

    first, again = (
        phone.client.post("/api/v1/task-batches", json=body, headers=key) for _ in range(2)
    )

    assert first.status_code == 200, first.text
    items = (first.json or {})["items"]
    assert [one["outcome"] for one in items] == ["refused", "done", "refused"]
    assert [one["problem"] and one["problem"]["type"] for one in items] == [
        "/problems/task-taken",
        None,
        "/problems/not-found",
    ]
    assert items[1]["task"]["holder_id"] == pool.first.id
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(tasks.moves_of(pool.act(pool.first), mine)) == 1


@pytest.mark.parametrize(
    ("step", "more", "problem"),
    [
        ("return", {"reason": "无"}, "not-claimed"),
        ("assign", {"reason": "无", "to_id": 1}, "not-allowed"),
        ("delegate", {"reason": "无", "to_id": 1}, "not-claimed"),
        ("follow_up", {"follow_up_on": "2026-03-03"}, "not-claimed"),
        ("complete", {}, "finished-by-its-step"),
        ("cancel", {"reason": "无"}, "finished-by-its-step"),
    ],
)
def test_each_step_of_a_batch_is_refused_as_it_is_alone(
    phones: Phones, pool: Pool, step: str, more: dict[str, object], problem: str
) -> None:
    task, phone = pool.task(), phones.of(pool.first)

    told = phone.send("POST", "/task-batches", {"step": step, "ids": [task.id]} | more)

    [item] = (told.json or {})["items"]
    assert item["problem"]["type"] == f"/problems/{problem}"
    if "reason" in more:
        bare = phone.send("POST", "/task-batches", {"step": step, "ids": [task.id]})
        assert bare.status_code == 422
    assert phone.send("POST", "/task-batches", {"step": "make", "ids": [1]}).status_code == 422


def test_counters_are_one_statement_and_nothing_new_is_no_answer(
    make: Make, phones: Phones, pool: Pool
) -> None:
    pool.task()
    phone = phones.of(pool.first)
    act = pool.act(pool.first)
    with statements(make) as asked:
        tasks.counts(act)
    assert len(asked) == 1

    first = phone.get("/task-counts")
    known = phone.headers | {"If-None-Match": first.headers["ETag"]}
    again = phone.client.get("/api/v1/task-counts", headers=known)
    assert (first.json or {})["unclaimed"] == 1
    assert (again.status_code, again.data) == (304, b"")
    pool.task()
    changed = phone.client.get("/api/v1/task-counts", headers=known)
    assert (changed.status_code, (changed.json or {})["unclaimed"]) == (200, 2)


def test_a_longer_list_asks_the_database_no_more(make: Make, phones: Phones, pool: Pool) -> None:
    phone = phones.of(pool.first)
    counts = []
    for more in (1, 5):
        for _ in range(more):
            tasks.claim(pool.act(pool.first), pool.task())
        make.session.flush()
        with statements(make) as asked:
            assert ids(phone, "scope=office")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert make.now.astimezone(SHANGHAI).date() == pool.act(pool.first).today


def test_a_task_is_read_by_itself_by_whoever_it_is_within_reach_of(
    phones: Phones, pool: Pool
) -> None:
    task = pool.task()

    told = phones.of(pool.head).get(f"/tasks/{task.id}")

    assert told.status_code == 200, told.text
    assert ((told.json or {})["id"], (told.json or {})["steps"]) == (task.id, ["assign"])
    assert phones.of(pool.stranger()).get(f"/tasks/{task.id}").status_code == 404
