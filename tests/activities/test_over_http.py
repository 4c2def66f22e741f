"""Activities over HTTP: the doors, what each reader is shown, and what a list costs."""

from typing import Any

from sqlalchemy import event
from werkzeug.test import TestResponse

from services.activities import ActivityState
from services.invitations import InvitationState
from tests.activities.conftest import PLACE, TITLE, World
from tests.phones import Phones

NEW = {
    "kind": "public_review",
    "title": TITLE,
    "ground": "non_prosecution_review",
    "starts_at": "2026-03-12T12:00:00+08:00",
    "ends_at": "2026-03-12T14:00:00+08:00",
    "form": "either",
    "place": PLACE,
    "wanted": 2,
    "needs": [{"expertise": "finance", "number": 1}],
}
HIDDEN = (
    "case",
    "ground",
    "planned_by",
    "planned_at",
    "pressing",
    "cancelled_because",
    "without_words",
    "without_because",
)


def told(reply: TestResponse, status: int = 200) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    assert reply.json is not None
    return dict(reply.json)


def test_from_the_plan_to_the_end(world: World, phones: Phones) -> None:
    handler, manager = phones.of(world.town.prosecutor), phones.of(world.town.manager)
    organ = phones.of(world.bureau.officer)
    one = told(handler.send("POST", "/activities", NEW | {"case_id": world.case.id}), 201)
    path = f"/activities/{one['id']}"
    assert one["ground"]["article"] == "PSUP-2019 9"
    assert one["case"]["number"] == world.case.number
    assert one["pressing"] is None
    assert "send" not in one["allowed"]
    assert told(organ.get(path), 404)

    again = told(handler.send("PUT", path, NEW | {"wanted": 1}, one["version"]))
    assert told(handler.send("PUT", f"{path}/request", {}, again["version"]), 403)
    sent = told(manager.send("PUT", f"{path}/request", {}, again["version"]))
    assert (sent["state"], sent["notice_by_on"]) == ("requested", "2026-03-05")
    assert told(manager.send("PUT", f"{path}/request", {}, sent["version"]), 409)

    seen = told(organ.get(path))
    assert (seen["wanted"], seen["place"], seen["title"]) == (1, PLACE, TITLE)
    assert all(seen[name] is None for name in HIDDEN)
    assert world.case.number not in organ.get(path).text
    assert [each["case"] for each in told(organ.get("/activities"))["items"]] == [None]

    setting = {name: NEW[name] for name in ("starts_at", "ends_at", "form")} | {"place": "二楼"}
    assert told(manager.send("PUT", f"{path}/setting", setting, 1), 412)
    moved = told(manager.send("PUT", f"{path}/setting", setting, sent["version"]))
    assert moved["place"] == "二楼"
    assert told(manager.send("PUT", f"{path}/beginning", None, moved["version"]), 409)
    given_up = {"because": "organ_silent", "words": "未答复。"}
    done = told(handler.send("PUT", f"{path}/waiver", given_up, moved["version"]))
    assert (done["state"], done["without_because"], done["allowed"]) == (
        "without",
        "organ_silent",
        [],
    )
    assert told(organ.get(path))["without_because"] is None


def test_the_refusals_carry_the_days_and_the_article(world: World, phones: Phones) -> None:
    handler, manager = phones.of(world.town.prosecutor), phones.of(world.town.manager)
    soon = {"starts_at": "2026-03-04T12:00:00+08:00", "ends_at": "2026-03-04T14:00:00+08:00"}
    one = told(handler.send("POST", "/activities", NEW | soon | {"case_id": world.case.id}), 201)
    reply = manager.send("PUT", f"/activities/{one['id']}/request", {}, one["version"])
    late = told(reply, 409)
    assert late["earliest_short_on"] == "2026-03-05"
    assert late["article"] == "PSUP-2021 19"
    suspect = world.case.suspects[0]
    named = NEW | {"case_id": world.case.id, "title": f"{suspect.name}案公开审查"}
    assert told(handler.send("POST", "/activities", named), 422)
    days = told(handler.get("/supervision-notice?on=2026-10-12"))
    assert (days["notice_by_on"], days["short_notice_by_on"]) == ("2026-09-29", "2026-10-08")


def test_a_day_that_nobody_can_count_from_is_refused(world: World, phones: Phones) -> None:
    phone = phones.of(world.town.manager)
    for day in ("0001-01-03", "9999-12-31"):
        assert told(phone.get(f"/supervision-notice?on={day}"), 422)["problem"]


def test_the_organ_consents_or_not(world: World, phones: Phones) -> None:
    organ = phones.of(world.bureau.officer)
    one = world.planned(3)
    manager = phones.of(world.town.manager)
    world.session.flush()
    asked = told(
        manager.send(
            "PUT", f"/activities/{one.id}/request", {"reason": "期限将届满。"}, one.version
        )
    )
    path = f"/activities/{one.id}"
    assert asked["consent_awaited"]
    seen = told(organ.get(path))
    assert set(seen["allowed"]) == {"consent", "refuse_short_notice"}
    assert seen["short_notice_reason"] == "期限将届满。"
    no = told(organ.send("PUT", f"{path}/consent-refusal", {"reason": "迟。"}, seen["version"]))
    assert no["state"] == "planned"
    again = told(manager.send("PUT", f"{path}/request", {"reason": "确有必要。"}, no["version"]))
    assert told(organ.send("PUT", f"{path}/consent", None, again["version"]))["consented_at"]


def test_a_supervisor_reads_where_and_when(world: World, phones: Phones) -> None:
    one = world.drawing()
    invited, other = world.make.supervisor(world.bureau), world.make.supervisor(world.bureau)
    world.make.invitation(one, invited, state=InvitationState.ACCEPTED)
    seen = told(phones.of(invited.person).get(f"/activities/{one.id}"))
    assert (seen["place"], seen["allowed"]) == (PLACE, [])
    assert all(seen[name] is None for name in (*HIDDEN, "notice_by_on", "short_notice_reason"))
    assert told(phones.of(other.person).get(f"/activities/{one.id}"), 404)
    assert told(phones.of(other.person).get("/activities"))["items"] == []


def test_fewer_are_asked_for_before_the_draw(world: World, phones: Phones) -> None:
    one = world.requested()
    world.session.flush()
    manager, path = phones.of(world.town.manager), f"/activities/{one.id}/smaller-request"
    said = {"wanted": 1, "needs": [], "reason": "名单人数不足。"}
    organ = phones.of(world.bureau.officer)
    assert told(organ.send("PUT", path, said, one.version), 403)
    fewer = told(manager.send("PUT", path, said, one.version))
    assert (fewer["state"], fewer["wanted"]) == ("requested", 1)
    assert told(manager.send("PUT", path, said, fewer["version"]), 422)
    assert told(manager.send("PUT", path, said | {"wanted": 0}, fewer["version"]), 422)


def test_fewer_begun_and_ended(world: World, phones: Phones) -> None:
    one = world.drawing()
    world.accepted(one)
    manager, path = phones.of(world.town.manager), f"/activities/{one.id}"
    fewer = told(manager.send("PUT", f"{path}/fewer", {"reason": "足够。"}, one.version))
    assert (fewer["state"], fewer["wanted"]) == ("staffed", 1)
    phones.set_clock(one.starts_at)
    begun = told(manager.send("PUT", f"{path}/beginning", None, fewer["version"]))
    ended = told(manager.send("PUT", f"{path}/end", None, begun["version"]))
    assert (ended["state"], ended["opinions_due_at"][:10]) == ("ended", "2026-03-14")
    another = world.planned()
    world.session.flush()
    gone = {"reason": "另行处理。"}
    called = manager.send("PUT", f"/activities/{another.id}/cancellation", gone, another.version)
    assert told(called)["cancelled_because"] == "另行处理。"


def test_a_page_of_many_costs_what_a_page_of_two_costs(world: World, phones: Phones) -> None:
    manager, session = phones.of(world.town.manager), world.session
    counts = []
    for more in (2, 6):
        for _ in range(more):
            world.planned()
        session.flush()
        session.expire_all()
        asked: list[str] = []

        def note(*statement: Any, into: list[str] = asked) -> None:
            into.append(statement[2])

        event.listen(session.get_bind(), "before_cursor_execute", note)
        shown = told(manager.get("/activities?kind=public_review&state=planned"))["items"]
        event.remove(session.get_bind(), "before_cursor_execute", note)
        counts.append(len(asked))
        assert {one["case"]["number"] for one in shown} == {world.case.number}
    assert counts[0] == counts[1]


def test_the_practice_is_read_and_said(world: World, phones: Phones) -> None:
    manager = phones.of(world.town.manager)
    found = told(manager.get("/supervision-practice"))
    assert (found["version"], found["remote"], found["silence_hours"]) == (0, True, 48)
    names = (
        "remote",
        "answer_hours",
        "witness_minutes",
        "packet_hours",
        "opinion_hours",
        "quorum_percent",
        "silence_hours",
        "receipt_days",
    )
    said = {name: found[name] for name in names} | {"remote": False}
    now = told(manager.send("PUT", "/supervision-practice", said, 0))
    assert (now["version"], now["remote"], now["set_by"]["id"]) == (1, False, world.town.manager.id)
    handler = phones.of(world.town.prosecutor)
    assert told(handler.send("PUT", "/supervision-practice", said, 1), 403)
    assert told(manager.send("PUT", "/supervision-practice", said | {"answer_hours": 0}, 1), 422)


def test_nobody_finds_out_by_asking_whose_case_it_is(world: World, phones: Phones) -> None:
    activity = world.make.activity(
        world.town, world.bureau, case_id=world.case.id, state=ActivityState.STAFFED
    )
    invited = world.make.supervisor(world.bureau)
    world.make.invitation(activity, invited, state=InvitationState.ACCEPTED)
    asked = f"/activities?case_id={world.case.id}"

    for person in (world.bureau.officer, invited.person):
        phone = phones.of(person)
        assert [one["id"] for one in told(phone.get("/activities"))["items"]] == [activity.id]
        assert told(phone.get(asked))["items"] == []
    for person in (world.town.prosecutor, world.town.manager):
        assert [one["id"] for one in told(phones.of(person).get(asked))["items"]] == [activity.id]
