"""Consultations as phones see them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from services.consultations import ConsultationKind, ConsultationState
from tests.consultations.conftest import MATTER, Phones, World, told

INVITATION: dict[str, Any] = {
    "kind": "pre_arrest",
    "title": MATTER.title,
    "account": MATTER.account,
    "document_number": MATTER.document_number,
    "ground": "difficult",
    "form": "present",
    "suspects": [{"label": "Z某", "detained_at": "2026-03-01T12:00:00+08:00"}, {}],
}


def test_a_consultation_is_held_from_phone_to_phone(world: World, phones: Phones) -> None:
    town = world.town
    officer, manager = phones.of(town.officer), phones.of(town.manager)
    prosecutor, second = phones.of(town.prosecutor), phones.of(world.second)

    one = told(officer.send("POST", "/consultations", INVITATION), 201)
    path = f"/consultations/{one['id']}"
    assert (one["state"], one["allowed"]) == ("invited", ["link", "restate_suspects"])
    assert one["ask_by"] == {"rule_id": "D04", "due_on": "2026-03-04", "outer_on": "2026-03-04"}
    assert [each["label"] for each in one["suspects"]] == ["Z某", "身份不明者2"]
    assert prosecutor.get(path).status_code == 404
    (task,) = [
        each
        for each in told(manager.get("/tasks"))["items"]
        if each["kind"] == "answer_consultation"
    ]
    assert (task["about_kind"], task["about_id"], task["suspects"]) == (
        "consultations",
        one["id"],
        [MATTER.title],
    )
    assert (task["document_number"], task["due_on"]) == (MATTER.document_number, "2026-03-04")

    body = {"handler_id": town.prosecutor.id}
    assert told(manager.send("PUT", f"{path}/acceptance", body), 428)["type"].endswith(
        "unversioned"
    )
    assert told(manager.send("PUT", f"{path}/acceptance", body, 77), 412)["type"].endswith("stale")
    one = told(manager.send("PUT", f"{path}/acceptance", body, one["version"]))
    assert one["prosecutor"] == {"id": town.prosecutor.id, "name": town.prosecutor.name}
    assert told(prosecutor.get("/tasks"))["items"][0]["kind"] == "hold_consultation"

    for phone, words in ((officer, "证据已经固定。"), (prosecutor, "尚缺电子数据。")):
        version = told(phone.get(path))["version"]
        one = told(phone.send("POST", f"{path}/views", {"words": words}, version), 201)
    assert [(view["side"], view["words"]) for view in one["views"]] == [
        ("organ", "证据已经固定。"),
        ("procuratorate", "尚缺电子数据。"),
    ]
    opinion = {"words": "请补充。", "evidence": [{"what": "手机数据", "purpose": "证明明知"}]}
    one = told(prosecutor.send("POST", f"{path}/opinions", opinion, one["version"]), 201)
    (wanted,) = one["opinions"][0]["evidence"]
    assert (wanted["what"], wanted["done_at"]) == ("手机数据", None)

    mark = f"{path}/evidence/{wanted['id']}/collection"
    one = told(officer.send("PUT", mark, {"note": "已提取。"}, one["version"]))
    assert one["opinions"][0]["evidence"][0]["done_by"]["id"] == town.officer.id
    again = told(officer.send("PUT", mark, {}, one["version"]), 409)
    assert again["type"].endswith("already-collected")
    nowhere = f"{path}/evidence/{wanted['id'] + 1}/collection"
    assert officer.send("PUT", nowhere, {}, one["version"]).status_code == 404

    one = told(
        prosecutor.send("PUT", f"{path}/conclusion", {"words": "可以提请。"}, one["version"])
    )
    assert (one["state"], one["conclusion"]) == ("concluded", "可以提请。")

    request = world.request(received_at=world.make.now + timedelta(hours=1))
    one = told(officer.get(path))
    assert [each["id"] for each in one["linkable"]] == [request.id]
    offered = f"/consultations?before_request_id={request.id}"
    assert [each["id"] for each in told(officer.get(offered))["items"]] == [one["id"]]
    linked = officer.send("POST", f"{path}/link", {"arrest_request_id": request.id}, one["version"])
    assert told(linked, 201)["arrest_request_id"] == request.id
    assert told(officer.get(offered))["items"] == []
    assert phones.of(world.make.town().officer).get(offered).status_code == 404
    followed = f"/consultations?arrest_request_id={request.id}"
    for phone in (manager, officer, prosecutor):
        (shown,) = told(phone.get(followed))["items"]
        assert shown["prosecutor"]["id"] == town.prosecutor.id
    assert told(second.get(followed))["items"] == []


def test_an_invitation_is_declined_or_handed_over(world: World, phones: Phones) -> None:
    head, officer = phones.of(world.head), phones.of(world.town.officer)
    one = told(officer.send("POST", "/consultations", INVITATION), 201)
    path = f"/consultations/{one['id']}"
    reason = {"reason": "事实清楚，可以直接提请。"}
    one = told(head.send("PUT", f"{path}/refusal", reason, one["version"]))
    assert (one["state"], one["decline_reason"]) == ("declined", reason["reason"])
    late = told(head.send("PUT", f"{path}/refusal", reason, one["version"]), 409)
    assert late["type"].endswith("wrong-state")

    held = world.accepted()
    world.session.flush()
    moved = head.send(
        "PUT",
        f"/consultations/{held.id}/prosecutor",
        {"handler_id": world.second.id},
        held.version,
    )
    assert told(moved)["prosecutor"]["id"] == world.second.id


def test_the_procuratorate_offers_over_http(world: World, phones: Phones) -> None:
    head = phones.of(world.head)
    given = {name: INVITATION[name] for name in ("title", "account", "ground", "form")}
    offered = given | {"office_id": world.town.police.id}
    one = told(head.send("POST", "/consultation-offers", offered), 201)
    assert (one["origin"], one["kind"]) == ("offered", "early_intervention")
    officer = phones.of(world.town.officer)
    assert officer.send("POST", "/consultation-offers", offered).status_code == 403
    assert told(officer.get("/consultations?kind=early_intervention"))["items"]


def test_the_suspects_are_said_anew(world: World, phones: Phones) -> None:
    officer = phones.of(world.town.officer)
    one = world.invited()
    world.session.flush()
    body = {
        "suspects": [
            {
                "label": "阿强",
                "detained_at": "2026-03-01T09:00:00+08:00",
                "detention_extended_to": "thirty_days",
            }
        ]
    }
    path = f"/consultations/{one.id}/suspects"
    shown = told(officer.send("PUT", path, body, one.version))
    assert shown["ask_by"]["due_on"] == "2026-03-31"
    body["suspects"][0]["detained_at"] = "2026-03-09T09:00:00+08:00"
    refused = told(officer.send("PUT", path, body, shown["version"]), 422)
    assert refused["errors"][0]["pointer"] == "/suspects/0/detained_at"


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("", "GET"),
        ("/suspects", "PUT"),
        ("/acceptance", "PUT"),
        ("/prosecutor", "PUT"),
        ("/refusal", "PUT"),
        ("/views", "POST"),
        ("/opinions", "POST"),
        ("/conclusion", "PUT"),
        ("/link", "POST"),
    ],
)
def test_another_organ_and_another_office_find_nothing(
    world: World, phones: Phones, path: str, method: str
) -> None:
    other = world.make.town()
    one = world.opined()
    world.session.flush()
    bodies: dict[str, Any] = {
        "/suspects": {"suspects": []},
        "/acceptance": {"handler_id": 1},
        "/prosecutor": {"handler_id": 1},
        "/refusal": {"reason": "无。"},
        "/views": {"words": "无。"},
        "/opinions": {"words": "无。"},
        "/conclusion": {"words": "无。"},
        "/link": {"arrest_request_id": 1},
    }
    for person in (other.officer, other.manager, other.chief, other.prosecutor, world.second):
        phone = phones.of(person)
        assert told(phone.get("/consultations"))["items"] == []
        reply = (
            phone.get(f"/consultations/{one.id}")
            if method == "GET"
            else phone.send(method, f"/consultations/{one.id}{path}", bodies[path], one.version)
        )
        assert reply.status_code == 404


def test_who_sees_it_and_may_not_is_told_so(world: World, phones: Phones) -> None:
    """403: never you; the chief reads and takes no step."""
    one = world.opined()
    world.session.flush()
    chief = phones.of(world.town.chief)
    path = f"/consultations/{one.id}"
    assert told(chief.get(path))["allowed"] == []
    mark = f"{path}/evidence/{one.evidence[0].id}/collection"
    for method, to, body in (
        ("PUT", f"{path}/suspects", {"suspects": []}),
        ("PUT", f"{path}/acceptance", {"handler_id": world.second.id}),
        ("PUT", f"{path}/prosecutor", {"handler_id": world.second.id}),
        ("PUT", f"{path}/refusal", {"reason": "无。"}),
        ("POST", f"{path}/views", {"words": "无。"}),
        ("POST", f"{path}/opinions", {"words": "无。"}),
        ("PUT", mark, {}),
        ("PUT", f"{path}/conclusion", {"words": "无。"}),
        ("POST", f"{path}/link", {"arrest_request_id": world.request().id}),
    ):
        assert chief.send(method, to, body, one.version).status_code == 403, to


@pytest.mark.parametrize(
    "change",
    [
        {"kind": None},
        {"kind": "chat"},
        {"title": "  "},
        {"title": "x" * 201},
        {"account": ""},
        {"form": "letter"},
        {"ground": "small"},
        {"case_id": 0},
        {"suspects": [{"label": "x" * 61}]},
        {"suspects": [{"detained_at": "2026-03-01"}]},
        {"suspects": [{"detained_at": "2026-03-01T09:00:00"}]},
        {"suspects": [{"detention_extended_to": "for_ever"}]},
        {"suspects": [{}] * 51},
        {"more": 1},
        {"kind": "early_intervention", "ground": None},
        {"kind": "supplement_guidance"},
    ],
)
def test_an_invitation_is_whole(world: World, phones: Phones, change: dict[str, object]) -> None:
    reply = phones.of(world.town.officer).send("POST", "/consultations", INVITATION | change)
    assert told(reply, 422)["type"]
    assert told(phones.of(world.town.manager).get("/consultations"))["items"] == []


def test_guidance_is_asked_of_a_case_one_may_see(world: World, phones: Phones) -> None:
    officer = phones.of(world.town.officer)
    mine, strange = world.make.case(world.town), world.make.case(world.make.town())
    asked = INVITATION | {"kind": "supplement_guidance", "suspects": []}
    one = told(officer.send("POST", "/consultations", asked | {"case_id": mine.id}), 201)
    assert one["case_id"] == mine.id
    assert [each["id"] for each in told(officer.get(f"/consultations?case_id={mine.id}"))["items"]]
    assert (
        officer.send("POST", "/consultations", asked | {"case_id": strange.id}).status_code == 404
    )


def test_what_is_offered_is_read_by_all_and_set_by_few(world: World, phones: Phones) -> None:
    manager, officer = phones.of(world.town.manager), phones.of(world.town.officer)
    found = told(officer.get("/consultation-practice"))
    assert (found["pre_arrest"], found["remote"], found["version"]) == (True, True, 0)
    off = {"pre_arrest": False, "remote": False}
    assert manager.send("PUT", "/consultation-practice", off).status_code == 428
    assert officer.send("PUT", "/consultation-practice", off, 0).status_code == 403
    changed = told(manager.send("PUT", "/consultation-practice", off, 0))
    assert (changed["pre_arrest"], changed["version"]) == (False, 1)
    assert changed["set_by"]["id"] == world.town.manager.id
    assert manager.send("PUT", "/consultation-practice", off, 0).status_code == 412

    refused = told(officer.send("POST", "/consultations", INVITATION), 409)
    assert refused["type"].endswith("pre-arrest-not-offered")
    assert "直接提请" in refused["title"]
    for wrong in ({}, {"pre_arrest": "no", "remote": 3}, {"pre_arrest": False}):
        assert manager.send("PUT", "/consultation-practice", wrong, 1).status_code == 422
    elsewhere = world.make.town().procuratorate.id
    there = told(officer.get(f"/consultation-practice?procuratorate_id={elsewhere}"))
    assert there["pre_arrest"] is True


def test_a_list_of_consultations_asks_few_questions(
    world: World, phones: Phones, session: Session
) -> None:
    manager = phones.of(world.town.manager)
    counts = []
    for more in (2, 8):
        for _ in range(more):
            world.opined()
            world.invited(ConsultationKind.PRE_ARREST, suspects=(world.detained(),))
        session.flush()
        asked: list[str] = []

        def note(_c: Any, _u: Any, statement: str, *_: Any, into: list[str] = asked) -> None:
            into.append(statement)

        event.listen(session.get_bind(), "before_cursor_execute", note)
        shown = told(manager.get("/consultations?limit=100"))["items"]
        event.remove(session.get_bind(), "before_cursor_execute", note)
        counts.append(len(asked))
        assert {one["state"] for one in shown} == {"invited", "accepted"}
    assert counts[0] == counts[1]
    page = told(manager.get("/consultations?limit=3&state=invited"))
    following = told(manager.get(f"/consultations?limit=3&cursor={page['next_cursor']}"))["items"]
    assert page["items"][-1]["id"] > following[0]["id"]
    assert {one["state"] for one in page["items"]} == {ConsultationState.INVITED.value}
