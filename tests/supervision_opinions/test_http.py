"""Opinions over HTTP: what each side sends and is shown."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.make import Make
from tests.phones import Phones
from tests.supervision_opinions.conftest import CANARY, DUE, Stage, staged

SAID = {
    "facts": {"view": "agree"},
    "evidence": {"view": "partly", "words": "鉴定意见说明不足。"},
    "handling": {"view": "disagree", "words": CANARY},
    "overall": "partly",
    "words": CANARY,
}


def test_an_opinion_travels_from_the_supervisor_to_the_chief(phones: Phones, make: Make) -> None:
    stage = staged(make, 1)
    author, handler = phones.of(stage.author()), phones.of(stage.town.prosecutor)
    chief, organ = phones.of(stage.town.chief), phones.of(stage.bureau.officer)

    given = author.send("PUT", f"/invitations/{stage.invited[0].id}/opinion", SAID)
    assert given.status_code == 200, given.json
    assert _body(given)["is_unsealed"] is True
    path = f"/supervision-opinions/{_body(given)['id']}"

    read = _body(handler.get(path))
    assert (read["state"], read["words"], read["is_intact"]) == ("to_answer", CANARY, True)
    assert read["steps"] == ["answer"]
    assert read["case_id"] == stage.case.id
    body = {"adoption": "not_adopted", "reasons": "另有证据。"}
    assert handler.send("PUT", f"{path}/answer", body).status_code == 428
    answered = handler.send("PUT", f"{path}/answer", body, version=read["version"])
    assert answered.status_code == 200, answered.json

    mine = _body(author.get(path))
    assert (mine["answer"], mine["case_id"], mine["answered_by"]) == ("另有证据。", None, None)
    assert mine["steps"] == ["receipt", "object_to"]
    objected = author.send(
        "PUT", f"{path}/objection", {"words": "没有回应。"}, version=mine["version"]
    )
    assert objected.status_code == 200, objected.json

    before = _body(chief.get(path))
    assert before["steps"] == ["decide"]
    decided = chief.send(
        "PUT",
        f"{path}/objection-decision",
        {"ruling": "adopted", "reasons": "成立。"},
        version=before["version"],
    )
    assert (_body(decided)["state"], _body(decided)["outcome"]) == ("decided", "adopted")

    seen = _body(organ.get(path))
    assert (seen["adoption"], seen["outcome"], seen["ruling"]) == (
        "not_adopted",
        "adopted",
        "adopted",
    )
    for name in ("words", "facts", "overall", "answer", "objection", "ruling_reasons", "case_id"):
        assert seen[name] is None, name
    assert seen["steps"] == []


def test_a_late_opinion_is_a_conflict(phones: Phones, make: Make) -> None:
    stage = staged(make, 1)
    phones.set_clock(DUE)

    late = phones.of(stage.author()).send(
        "PUT", f"/invitations/{stage.invited[0].id}/opinion", SAID
    )

    assert (late.status_code, _body(late)["type"]) == (409, "/problems/opinions-late")


def test_while_sealed_the_organ_and_the_chief_read_only_how_many(
    phones: Phones, make: Make
) -> None:
    stage = staged(make, 2)
    stage.give(0)

    for person in (stage.town.chief, stage.bureau.officer, stage.author(1)):
        told = _body(phones.of(person).get(f"/activities/{stage.activity.id}/opinions"))
        assert (told["given"], told["expected"], told["is_unsealed"]) == (1, 2, False)
        assert told["opinions"] == []


def test_a_receipt_and_a_report_close_the_activity(phones: Phones, make: Make) -> None:
    stage = staged(make, 1)
    opinion = stage.answered()
    path = f"/activities/{stage.activity.id}/performance-report"
    lines = [{"invitation_id": stage.invited[0].id, "conduct": "diligent"}]

    receipted = phones.of(stage.author()).send(
        "PUT", f"/supervision-opinions/{opinion.id}/receipt", version=opinion.version
    )
    assert _body(receipted)["state"] == "receipted"
    organ = phones.of(stage.bureau.officer)
    assert organ.get(path).status_code == 404
    sent = phones.of(stage.town.manager).send("PUT", path, {"lines": lines})
    assert sent.status_code == 200, sent.json
    assert _body(organ.get(path))["lines"][0]["supervisor"]["id"] == stage.author().id
    make.session.refresh(stage.activity)
    assert stage.activity.state.value == "closed"


def test_a_proposal_is_passed_on_over_http(phones: Phones, make: Make) -> None:
    stage = staged(make, 1)
    author, manager = phones.of(stage.author()), phones.of(stage.town.manager)

    sent = author.send("POST", "/supervision-proposals", {"words": "建议公开宣告。"})
    assert sent.status_code == 201, sent.json
    path = f"/supervision-opinions/{_body(sent)['id']}/referral"
    referred = manager.send("PUT", path, {"case_id": stage.case.id}, version=_body(sent)["version"])

    assert _body(referred)["state"] == "to_answer"
    assert _body(author.get("/supervision-opinions"))["items"][0]["case_id"] is None
    nobody = phones.of(stage.town.manager)
    assert nobody.send("POST", "/supervision-proposals", {"words": "建议"}).status_code == 404


def test_the_receipt_task_tells_nothing_of_the_case(phones: Phones, make: Make) -> None:
    stage = staged(make, 1)
    stage.answered()

    (task,) = _body(phones.of(stage.author()).get("/tasks"))["items"]

    assert task["kind"] == "receipt_supervision_answer"
    assert (task["case_number"], task["suspects"]) == (None, [stage.activity.title])


def test_case_management_is_asked_to_pass_a_proposal_on(phones: Phones, make: Make) -> None:
    stage = staged(make, 1)
    phones.of(stage.author()).send("POST", "/supervision-proposals", {"words": CANARY})

    (task,) = (
        one
        for one in _body(phones.of(stage.town.manager).get("/tasks"))["items"]
        if one["about_kind"] == "supervision_opinions"
    )
    assert (task["kind"], task["suspects"]) == ("refer_supervision_opinion", [])


def test_a_page_of_opinions_costs_as_much_as_one(
    phones: Phones, make: Make, session: Session
) -> None:
    one, many = staged(make, 1), staged(make, 6)
    one.unsealed()
    many.unsealed()

    costs = [_cost(session, phones, stage) for stage in (one, many)]

    assert costs[0] == costs[1]


def _cost(session: Session, phones: Phones, stage: Stage) -> int:
    phone = phones.of(stage.town.prosecutor)
    session.flush()
    session.expunge_all()
    asked: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    assert phone.get("/supervision-opinions").status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    return len(asked)


def _body(reply: Any) -> dict[str, Any]:
    body: dict[str, Any] = reply.json
    return body
