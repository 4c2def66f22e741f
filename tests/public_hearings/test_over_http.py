"""A hearing over HTTP: from the plan to the chief's consent; who is told; lists and tasks."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from notifications.messages import notices
from services import public_hearings
from services.activities import ActivityState
from services.kernel.act import Actor, JournalEntry
from services.kernel.refusals import NotFound
from services.policy import Permission, PostKind, allows
from services.public_hearings import PublicHearing
from tests.phones import Phones
from tests.public_hearings.conftest import World, departed

PLAN: dict[str, Any] = {
    "form": "public_hearing",
    "matter": "non_prosecution",
    "place": "第一听证室",
    "agenda": ["宣布纪律", "介绍案情"],
    "intention": "拟作出相对不起诉决定。",
    "officers": [
        {"name": name, "born_on": "1980-05-01", "occupation": "教师"}
        for name in ("方某", "施某", "汤某")
    ],
    "parties": [{"kind": "victim", "name": "林某"}],
}


def body_of(reply: TestResponse) -> dict[str, Any]:
    """What was answered."""
    found = reply.json
    assert isinstance(found, dict)
    return found


def plan(world: World) -> dict[str, Any]:
    starts_at = world.make.now + timedelta(days=4)
    return PLAN | {
        "case_id": world.case.id,
        "suspect_ids": [one.id for one in world.case.suspects],
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
    }


def test_a_hearing_from_the_plan_to_the_chiefs_consent(world: World, phones: Phones) -> None:
    handler, chief = phones.of(world.town.prosecutor), phones.of(world.town.chief)
    told = handler.send("POST", "/public-hearings", plan(world))
    assert told.status_code == HTTPStatus.CREATED, told.json
    at = f"/public-hearings/{body_of(told)['id']}"
    assert body_of(told)["ground"] == body_of(told)["lacking"] == "non_prosecution_review"
    assert body_of(told)["chair"]["id"] == world.town.prosecutor.id
    assert body_of(told)["earliest_due"]["rule_id"] == "D06"
    assert not body_of(told)["after_deadline"]

    def put(what: str, body: object = None, who: Any = handler) -> dict[str, Any]:
        version = body_of(who.get(at))["version"]
        answer = who.send("PUT", f"{at}/{what}", body, version)
        assert answer.status_code == HTTPStatus.OK, answer.json
        return body_of(answer)

    noticed = put("notice", {})
    there = {name: [one["id"] for one in noticed[name]] for name in ("officers", "parties")}
    phones.set_clock(world.make.now + timedelta(days=4))
    refused = handler.send("PUT", f"{at}/opening", there, noticed["version"])
    assert (refused.status_code, body_of(refused)["type"].rsplit("/", 1)[-1]) == (
        HTTPStatus.CONFLICT,
        "supervisors-not-invited",
    )
    assert body_of(refused)["article"] == "PSUP-2019 9"
    assert "no_time_for_notice" in body_of(refused)["offered"]
    put("unsupervised", {"because": "no_time_for_notice", "words": "期限将届满。"})
    put("opening", there)
    first = there["officers"][0]
    said = {"kind": "question", "speaker": "officer", "officer_id": first, "words": "是否赔偿？"}
    assert handler.send("POST", f"{at}/statements", said).status_code == HTTPStatus.CREATED
    put("deliberation")
    opinions = [
        {"officer_id": one, "position": "disagree", "opinion": "应当起诉。"}
        for one in there["officers"]
    ]
    assert put("votes", {"opinions": opinions})["majority"] == "disagree"
    ended = {"record": "听证笔录。", "signed": there["officers"]}
    assert put("conclusion", ended)["allowed"] == ["state_result"]
    departure = {"following": "departed", "result": "拟不起诉。", "reasons": "情节轻微。"}
    assert put("result", departure)["results"][0]["consent"] == "awaited"
    (task,) = [
        one
        for one in body_of(chief.get("/tasks"))["items"]
        if one["kind"] == "consent_to_departure"
    ]
    assert (task["about_kind"], task["case_number"]) == ("public_hearings", world.case.number)
    agreed = put("consent", {"consent": "given", "note": "同意。"}, chief)
    assert agreed["results"][0]["answered_by"]["id"] == world.town.chief.id
    assert put("announcement")["announced_at"] is not None


def test_what_supervisors_and_strangers_are_told(world: World, phones: Phones) -> None:
    hearing = world.planned()
    supervisor = world.make.supervisor(world.bureau)
    world.make.invitation(world.activity(ActivityState.STAFFED), supervisor)
    for person in (supervisor.person, world.bureau.officer, world.second):
        phone = phones.of(person)
        assert phone.get(f"/public-hearings/{hearing.id}").status_code == HTTPStatus.NOT_FOUND
        assert body_of(phone.get("/public-hearings"))["items"] == []
        grounds = phone.get(f"/cases/{world.case.id}/supervision-grounds")
        assert grounds.status_code == HTTPStatus.NOT_FOUND
        answer = phone.send("POST", "/public-hearings", plan(world))
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    officer = phones.of(world.town.officer)
    grounds = officer.get(f"/cases/{world.case.id}/supervision-grounds")
    assert grounds.status_code == HTTPStatus.FORBIDDEN


def test_grounds_an_activity_and_a_cancellation(world: World, phones: Phones) -> None:
    manager = phones.of(world.town.manager)
    found = body_of(manager.get(f"/cases/{world.case.id}/supervision-grounds"))
    assert (found["items"], found["hint"]) == ([], None)
    assert found["room"]["earliest_on"] == "2026-03-09"

    hearing = world.planned()
    at = f"/public-hearings/{hearing.id}"
    unread = manager.send("PUT", f"{at}/cancellation", {"reason": "改期。"})
    assert unread.status_code == HTTPStatus.PRECONDITION_REQUIRED
    nothing = manager.send("PUT", f"{at}/activity", {"activity_id": 2**30}, hearing.version)
    assert nothing.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    linked = manager.send("PUT", f"{at}/activity", {"wanted": 1}, hearing.version)
    assert body_of(linked)["activity"]["state"] == "planned"
    assert not body_of(linked)["activity"]["differs"]
    assert body_of(manager.get(f"/public-hearings?case_id={world.case.id}&state=planned"))["items"]
    changed = manager.send("PUT", at, plan(world), body_of(linked)["version"])
    assert changed.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, "no case is moved"
    body = {name: value for name, value in plan(world).items() if name != "case_id"}
    changed = manager.send("PUT", at, body, body_of(linked)["version"])
    assert body_of(changed)["matter"] == "non_prosecution"
    over = manager.send(
        "PUT", f"{at}/cancellation", {"reason": "改期。"}, body_of(changed)["version"]
    )
    assert body_of(over)["state"] == "cancelled"


def test_a_list_asks_the_same_however_long_it_is(world: World, phones: Phones) -> None:
    phone = phones.of(world.town.manager)

    def asked(number: int) -> int:
        for _ in range(number):
            world.planned()
        world.session.flush()
        world.session.expire_all()
        with counting(world) as counter:
            phone.get("/public-hearings")
        return counter["queries"]

    assert asked(1) == asked(5)


@contextmanager
def counting(world: World) -> Iterator[Counter[str]]:
    counter: Counter[str] = Counter()
    connection = world.session.connection()

    def count(*_: object) -> None:
        counter["queries"] += 1

    event.listen(connection, "before_cursor_execute", count)
    yield counter
    event.remove(connection, "before_cursor_execute", count)


# --- the law and the messages -------------------------------------------------------------------


def test_what_is_visible_is_what_the_law_lets_one_read(world: World) -> None:
    hearing = world.planned()
    other = world.make.town()
    world.session.flush()
    sizes = set()
    for person_id in (world.town.prosecutor.id, 0):
        for post in PostKind:
            for office in (world.town.procuratorate, world.town.police, other.procuratorate):
                actor = Actor(person_id, frozenset({(post.value, office.id)}))
                lawful = allows(actor, Permission.PUBLIC_HEARING_READ, hearing)
                act = world.make.act(actor)
                if lawful:
                    assert public_hearings.find(act, hearing.id) is hearing, actor
                else:
                    with pytest.raises(NotFound):
                        public_hearings.find(act, hearing.id)
                sizes.add(lawful)
    assert sizes == {False, True}


def told(world: World, hearing: PublicHearing, kind: str) -> set[int]:
    """Who is told, as the dispatcher finds them; the words name no case and nobody."""
    world.session.flush()
    notice = notices()[kind]
    chosen = select(JournalEntry).where(
        JournalEntry.kind == kind, JournalEntry.about_id == hearing.id
    )
    entry = world.session.scalars(chosen.order_by(JournalEntry.id.desc())).first()
    assert entry is not None, kind
    words = notice.write(entry.event, hearing)
    for name in (world.case.number, *(one.name for one in hearing.officers)):
        assert name not in words.title + words.body
    assert words.link == f"/public-hearings/{hearing.id}"
    return notice.to.people(world.session, hearing)


def test_whoever_has_to_act_is_told(world: World) -> None:
    hearing = departed(world, chaired_by=world.head.id)
    handler, chief = {world.town.prosecutor.id}, {world.town.chief.id}

    assert told(world, hearing, "PublicHearingPlanned") == {world.head.id, world.town.manager.id}
    assert told(world, hearing, "PublicHearingNoticed") == handler | {world.head.id}
    assert told(world, hearing, "PublicHearingConcluded") == handler
    assert told(world, hearing, "PublicHearingResultStated") == chief
    public_hearings.refuse_consent(
        world.then(hearing, world.town.chief), hearing, note="应当采纳。"
    )
    assert told(world, hearing, "PublicHearingDepartureRefused") == handler
