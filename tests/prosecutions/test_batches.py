"""Simple cases: one list, one step in several, several decisions at once; each by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from services import assignments, proceedings
from services.arrest_requests.terms import Measure
from services.kernel import jobs
from services.kernel.act import Act, JournalEntry
from services.kernel.clock import LegalClock, machine_now
from services.kernel.refusals import NotAllowed, NotFound, Stale
from services.people import Person
from services.policy import Permission, PostKind
from services.proceedings import (
    Proposal,
    ProposalDecided,
    ProposalOutcome,
    ProposalState,
    StepBarred,
    StepIncomplete,
    TakenStep,
)
from services.prosecutions import STEPS, Prosecution, ProsecutionState, batches
from services.prosecutions.batches import (
    Asked,
    DifferentSteps,
    NamedTwice,
    NotForBatches,
    NotSimple,
    Result,
)
from tests.consultations.conftest import Phones, told
from tests.make import Make, Town
from tests.prosecutions.pleading import TOLD, ready_to_sign, signed, take

RIGHTS: dict[str, Any] = {"told": ["suspect"], "form": "oral"}
INDICTMENT: dict[str, Any] = {
    "facts_text": "被告人盗窃他人手机一部。",
    "reasons": "应当以盗窃罪追究刑事责任。",
    "procedure": "expedited",
}


def quick(make: Make, town: Town) -> Prosecution:
    """A case reviewed within ten days."""
    suspect = make.suspect(measure=Measure.BAIL)
    return make.prosecution(town, suspect, pleads=True, expedited_proposed=True)


def asked(*items: Prosecution | Proposal, **given: Any) -> list[Asked]:
    return [Asked(one.id, one.version, given) for one in items]


def together(act: Act, step: str, items: list[Asked]) -> list[Result]:
    """The same step in several."""
    return batches.take(act, step, items, lambda one, given: take(act, one, step, dict(given)))


def decided(act: Act, outcome: ProposalOutcome, items: list[Asked]) -> list[Result]:
    """The same decision on several."""

    def doing(one: Proposal, _given: Any) -> Proposal:
        return proceedings.decide(act, one, outcome=outcome, note=None)

    return batches.decide(act, outcome, items, doing)


def interrogated(make: Make, town: Town, prosecution: Prosecution) -> None:
    act = make.act(town.prosecutor)
    said = {"form": "in_person", "summary": "供认不讳。", "on": act.today}
    make.held(prosecution.case, prosecution.suspect)
    take(act, prosecution, "interrogate", said)
    for one in ("defender", "victim"):
        heard = {"heard": one, "on": act.today, "form": "telephone"}
        take(act, prosecution, "hear_opinions", heard)


def refusals(results: list[Result]) -> list[type[Any] | None]:
    return [None if one.refusal is None else type(one.refusal) for one in results]


# --- the list ------------------------------------------------------------------------------------


def listed(make: Make, person: Person) -> list[int]:
    act = make.act(person)
    return [one.id for one in act.session.scalars(batches.simple(act))]


def test_simple_is_what_is_expedited_or_pleads_for_a_quick_trial(make: Make) -> None:
    town = make.town()
    expedited, summary = quick(make, town), make.prosecution(town)
    ready_to_sign(make, town, summary, procedure="summary")
    ordinary, refusing = make.prosecution(town), make.prosecution(town)
    ready_to_sign(make, town, ordinary, procedure="ordinary")
    refusal = TOLD | {"answer": "refuses"}
    take(make.act(town.prosecutor), refusing, "tell_plea_rights", refusal)

    assert sorted(listed(make, town.prosecutor)) == [expedited.id, summary.id]
    act = make.act(town.prosecutor)
    take(act, expedited, "leave_expedited", {"reasons": "案情复杂。"})
    take(act, summary, "withdraw_plea", {"ground": "recants", "reasons": "否认。"})
    assert listed(make, town.prosecutor) == []


def test_the_list_is_the_handlers_own(make: Make) -> None:
    town = make.town()
    quick(make, town)
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)

    for person in (other, town.chief, town.manager, town.officer):
        assert listed(make, person) == []


# --- one step in several -------------------------------------------------------------------------


def test_a_step_is_taken_in_several_cases_in_the_order_asked(make: Make) -> None:
    town = make.town()
    first, second = quick(make, town), quick(make, town)
    results = together(make.act(town.prosecutor), "tell_rights", asked(second, first, **RIGHTS))

    assert [one.id for one in results] == [second.id, first.id]
    assert refusals(results) == [None, None]
    for one in (first, second):
        assert proceedings.latest(make.act(town.prosecutor), one, "tell_rights") is not None


def test_what_is_refused_in_one_is_done_in_the_others_and_leaves_nothing(make: Make) -> None:
    town = make.town()
    fine, raw = quick(make, town), quick(make, town)
    for one in (fine, raw):
        signed(make, town, one)
    interrogated(make, town, fine)
    before = raw.version
    results = together(make.act(town.prosecutor), "indict", asked(raw, fine, **INDICTMENT))

    assert refusals(results) == [StepBarred, None]
    refusal = results[0].refusal
    assert refusal is not None
    assert refusal.members["ground"] == "not_interrogated"
    assert isinstance(results[1].done, Proposal)
    make.session.refresh(raw)
    assert (raw.version, raw.state) == (before, ProsecutionState.UNDER_REVIEW)
    assert proceedings.awaited(make.act(town.prosecutor), raw) is None


def test_an_item_half_done_is_undone_with_its_entry_in_the_journal(make: Make) -> None:
    town = make.town()
    first, second = quick(make, town), quick(make, town)
    act = make.act(town.prosecutor)

    def doing(one: Prosecution, given: Any) -> Any:
        """The step is taken, and what follows fails for the first of them."""
        take(act, one, "tell_rights", dict(given))
        if one is first:
            raise StepIncomplete(errors=[])

    count = select(func.count()).select_from(JournalEntry)
    entries = make.session.scalar(count)
    results = batches.take(act, "tell_rights", asked(first, second, **RIGHTS), doing)

    assert refusals(results) == [StepIncomplete, None]
    assert proceedings.latest(act, first, "tell_rights") is None
    assert make.session.scalar(count) == (entries or 0) + 1
    assert jobs.DISPATCH in make.session.info.get(jobs.DEFERRED, ())


def test_each_item_is_refused_for_its_own_reason(make: Make) -> None:
    town, elsewhere = make.town(), make.town()
    simple, ordinary = quick(make, town), make.prosecution(town)
    stale, foreign = quick(make, town), quick(make, elsewhere)
    items = [
        *asked(ordinary, foreign, **RIGHTS),
        Asked(stale.id, stale.version + 1, RIGHTS),
        *asked(simple),
    ]
    results = together(make.act(town.prosecutor), "tell_rights", items)

    assert refusals(results) == [NotSimple, NotFound, Stale, StepIncomplete]


def test_who_does_not_handle_the_case_takes_no_step(make: Make) -> None:
    town = make.town()
    one = quick(make, town)

    for person in (town.chief, town.manager, town.officer):
        results = together(make.act(person), "tell_rights", asked(one, **RIGHTS))
        assert refusals(results) == [NotAllowed]


def test_a_handler_who_was_replaced_takes_no_step(make: Make) -> None:
    town = make.town()
    one = quick(make, town)
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    assignments.change_handler(
        make.act(town.manager),
        one.case,
        handler_id=other.id,
        reason="测试更换。",
        approver_id=town.chief.id,
    )
    results = together(make.act(town.prosecutor), "tell_rights", asked(one, **RIGHTS))

    assert refusals(results) == [NotFound]


@pytest.mark.parametrize("step", ["sign_statement", "return_case", "no_such_step"])
def test_some_steps_are_for_each_case_by_itself(make: Make, step: str) -> None:
    town = make.town()

    with pytest.raises(NotForBatches):
        together(make.act(town.prosecutor), step, asked(quick(make, town)))


def test_what_is_batched_is_the_handlers_and_in_the_table() -> None:
    table = {one.code: one for one in STEPS}

    assert set(table) >= batches.BATCHED
    assert {table[one].by for one in batches.BATCHED} == {Permission.PROCEEDING_HANDLE}


def test_nothing_is_named_twice(make: Make) -> None:
    town = make.town()
    one = quick(make, town)

    with pytest.raises(NamedTwice):
        together(make.act(town.prosecutor), "tell_rights", asked(one, one))


# --- several decisions ---------------------------------------------------------------------------


def proposed(make: Make, town: Town, number: int = 2) -> list[Proposal]:
    found = []
    for _ in range(number):
        prosecution = quick(make, town)
        interrogated(make, town, prosecution)
        act = signed(make, town, prosecution)
        found.append(take(act, prosecution, "indict", INDICTMENT))
    return found


def test_the_chief_approves_several_at_once(make: Make) -> None:
    town = make.town()
    first, second = proposed(make, town)
    chief = make.act(town.chief)
    results = decided(chief, ProposalOutcome.APPROVE, asked(first, second))

    assert refusals(results) == [None, None]
    numbers = [one.done.number for one in results if isinstance(one.done, TakenStep)]
    assert len(set(numbers)) == 2
    assert {first.state, second.state} == {ProposalState.APPROVED}
    again = decided(chief, ProposalOutcome.APPROVE, asked(first))
    assert refusals(again) == [ProposalDecided]


def test_one_that_the_law_bars_meanwhile_does_not_hold_up_the_others(make: Make) -> None:
    town = make.town()
    first, second = proposed(make, town)
    case = make.session.get_one(Prosecution, first.subject_id)
    take(
        make.act(town.prosecutor),
        case,
        "withdraw_plea",
        {"ground": "recants", "reasons": "否认犯罪。"},
    )
    results = decided(make.act(town.chief), ProposalOutcome.APPROVE, asked(first, second))

    assert refusals(results) == [StepBarred, None]
    assert first.state is ProposalState.PENDING


def test_only_the_approver_decides_and_only_on_what_was_read(make: Make) -> None:
    town, elsewhere = make.town(), make.town()
    first, second = proposed(make, town)
    approve = ProposalOutcome.APPROVE

    own = decided(make.act(town.prosecutor), approve, asked(first))
    assert refusals(own) == [NotAllowed]
    unseen = decided(make.act(elsewhere.chief), approve, asked(first))
    assert refusals(unseen) == [NotFound]
    old = [Asked(second.id, second.version + 1)]
    assert refusals(decided(make.act(town.chief), approve, old)) == [Stale]


def test_different_steps_are_not_decided_together(make: Make) -> None:
    town = make.town()
    (indictment,) = proposed(make, town, 1)
    other = quick(make, town)
    longer = {"ground": "over_one_year", "reasons": "可能判处一年六个月。"}
    extension = take(make.act(town.prosecutor), other, "extend_review", longer)
    items = asked(indictment, extension)

    with pytest.raises(DifferentSteps):
        decided(make.act(town.chief), ProposalOutcome.APPROVE, items)
    with pytest.raises(NamedTwice):
        decided(make.act(town.chief), ProposalOutcome.APPROVE, items[:1] * 2)


@pytest.mark.parametrize("outcome", [ProposalOutcome.OTHERWISE, ProposalOutcome.REFER])
def test_deciding_otherwise_is_for_each_by_itself(make: Make, outcome: ProposalOutcome) -> None:
    town = make.town()
    items = asked(*proposed(make, town, 1))

    with pytest.raises(NotForBatches):
        decided(make.act(town.chief), outcome, items)


# --- over HTTP -----------------------------------------------------------------------------------


@pytest.fixture
def phones(app: Flask, client: FlaskClient, make: Make) -> Phones:
    make.session.add(LegalClock(id=1, offset=make.now - machine_now()))
    make.session.flush()
    return Phones(app, client, make)


def item(prosecution: Prosecution, **given: Any) -> dict[str, Any]:
    return {
        "prosecution_id": prosecution.id,
        "version": prosecution.version,
        "given": given,
    }


def test_simple_cases_are_indicted_from_one_list(make: Make, phones: Phones) -> None:
    town = make.town()
    pair = [quick(make, town), quick(make, town)]
    handler, chief = phones.of(town.prosecutor), phones.of(town.chief)
    page = told(handler.get("/simple-cases?limit=1"))
    assert [one["id"] for one in page["items"]] == [pair[0].id]
    (other,) = told(handler.get(f"/simple-cases?cursor={page['next_cursor']}"))["items"]
    assert (other["id"], other["rule_id"], other["due_on"]) == (pair[1].id, "R02", "2026-03-12")
    assert (other["standing"], other["recommended"], other["done"]) == ("not_told", None, [])
    assert told(chief.get("/simple-cases"))["items"] == []

    for one in pair:
        signed(make, town, one)
    make.session.flush()
    said = {"form": "in_person", "summary": "供认不讳。", "on": "2026-03-02"}
    for one in pair:
        make.held(one.case, one.suspect)
    body = {"step": "interrogate", "given": said, "items": [item(one) for one in pair]}
    versions = {
        one["prosecution_id"]: one["version"]
        for one in told(handler.send("POST", "/batches", body))["items"]
    }
    (first, _) = told(handler.get("/simple-cases"))["items"]
    assert first["recommended"] == "有期徒刑八个月，并处罚金人民币2000元"
    assert {"interrogate", "sign_statement"} <= set(first["done"])

    facts = [{"facts_text": f"被告人第{number}次盗窃。"} for number in (1, 2)]
    shared = {name: value for name, value in INDICTMENT.items() if name != "facts_text"}
    body = {
        "step": "indict",
        "given": shared,
        "items": [
            item(one, **own) | {"version": versions[one.id]}
            for one, own in zip(pair, facts, strict=True)
        ],
    }
    batch = told(handler.send("POST", "/batches", body))
    assert [one["outcome"] for one in batch["items"]] == ["proposed", "proposed"]
    assert told(chief.get("/proposals?state=pending&step=extend_review"))["items"] == []
    waiting = told(chief.get("/proposals?state=pending&step=indict"))["items"]
    decisions = {
        "outcome": "approve",
        "items": [{"proposal_id": one["id"], "version": one["version"]} for one in waiting],
    }
    done = told(chief.send("PUT", "/proposal-decisions", decisions))["items"]
    assert [(one["outcome"], one["state"]) for one in done] == [("done", "approved")] * 2
    assert len({one["number"] for one in done}) == 2
    for one, own in zip(pair, facts, strict=True):
        shown = told(handler.get(f"/prosecutions/{one.id}"))
        assert shown["state"] == "indicted"
        said_last = {each["name"]: each["text"] for each in shown["history"][-1]["said"]}
        assert said_last["facts_text"] == own["facts_text"]


def test_a_refused_item_tells_its_problem_with_the_article(make: Make, phones: Phones) -> None:
    town = make.town()
    one = quick(make, town)
    handler = phones.of(town.prosecutor)
    body = {"step": "indict", "given": INDICTMENT, "items": [item(one)]}
    (refused,) = told(handler.send("POST", "/batches", body))["items"]

    assert (refused["outcome"], refused["state"], refused["version"]) == ("refused", None, None)
    problem = refused["problem"]
    assert (problem["type"], problem["status"]) == ("/problems/step-barred", 409)
    assert problem["ground"] == "not_interrogated"
    assert problem["article_zh"] == "刑诉规则331条；刑诉法173条1款"

    body = {"step": "tell_rights", "given": {"form": "oral"}, "items": [item(one)]}
    (refused,) = told(handler.send("POST", "/batches", body))["items"]
    (error,) = refused["problem"]["errors"]
    assert (refused["problem"]["status"], error["pointer"]) == (422, "/given/told")


def test_bad_batches_are_refused_as_a_whole(make: Make, phones: Phones) -> None:
    town = make.town()
    one = quick(make, town)
    handler = phones.of(town.prosecutor)

    def problem(**body: Any) -> str:
        reply = handler.send("POST", "/batches", {"given": RIGHTS} | body)
        return str(told(reply, 422)["type"]).removeprefix("/problems/")

    assert problem(step="no_such_step", items=[item(one)]) == "unknown-step"
    assert problem(step="sign_statement", items=[item(one)]) == "not-for-batches"
    assert problem(step="tell_rights", items=[item(one)] * 2) == "named-twice"
    assert problem(step="tell_rights", items=[]) == "invalid-content"
    assert problem(step="tell_rights", items=[item(one)] * 51) == "invalid-content"
    assert problem(step="tell_rights", items=[{"prosecution_id": one.id}]) == "invalid-content"


def test_a_batch_sent_twice_is_done_once(make: Make, phones: Phones) -> None:
    town = make.town()
    one = quick(make, town)
    handler = phones.of(town.prosecutor)
    body = {"step": "tell_rights", "given": RIGHTS, "items": [item(one)]}
    path, headers = "/api/v1/batches", handler.headers | {"Idempotency-Key": "batch-1"}
    first = handler.client.post(path, json=body, headers=headers)
    second = handler.client.post(path, json=body, headers=headers)

    assert second.headers["Idempotency-Replayed"] == "true"
    assert told(second) == told(first)
    assert proceedings.times(make.act(town.prosecutor), one, "tell_rights") == 1
    assert handler.client.post(path, json=body, headers=handler.headers).status_code == 400


def test_the_list_asks_as_often_for_many_as_for_few(make: Make, phones: Phones) -> None:
    town = make.town()
    handler = phones.of(town.prosecutor)
    counts = []
    for _ in range(2):
        for _ in range(3):
            signed(make, town, quick(make, town))
        make.session.flush()
        make.session.expunge_all()
        handler = phones.of(town.prosecutor)
        with counted(make) as asked_for:
            page = told(handler.get("/simple-cases?limit=100"))
        counts.append((len(page["items"]), len(asked_for)))

    assert [number for number, _ in counts] == [3, 6]
    assert counts[0][1] == counts[1][1]


@contextmanager
def counted(make: Make) -> Iterator[list[str]]:
    """Every statement that is sent meanwhile."""
    statements: list[str] = []

    def note(*told_: Any) -> None:
        statements.append(told_[2])

    engine = make.session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_the_organ_reads_that_there_is_a_plea_and_no_more(make: Make, phones: Phones) -> None:
    town = make.town()
    one = quick(make, town)
    ready_to_sign(make, town, one)
    make.session.flush()
    path = f"/prosecutions/{one.id}"
    organ = told(phones.of(town.officer).get(path))
    inside = told(phones.of(town.prosecutor).get(path))

    assert organ["plea"] == {"standing": "pleads", "stated": True, "details": None}
    plain = {each["code"] for each in organ["history"]}
    assert not plain & {"hear_plea_opinion", "recommend", "tell_plea_rights"}
    details = inside["plea"]["details"]
    assert details["recommended"] == "有期徒刑八个月，并处罚金人民币2000元"
    assert details["lawyer_by"] == "2026-03-04"
    assert details["missing"] == []
    (said,) = [
        each["text"]
        for step in inside["history"]
        if step["code"] == "recommend"
        for each in step["said"]
        if each["name"] == "recommendation"
    ]
    assert said == "有期徒刑八个月，并处罚金人民币2000元"


def test_what_cannot_be_read_in_a_recommendation_is_pointed_at(make: Make, phones: Phones) -> None:
    town = make.town()
    one = quick(make, town)
    take(make.act(town.prosecutor), one, "tell_plea_rights", TOLD)
    make.session.flush()
    handler = phones.of(town.prosecutor)
    given = {
        "recommendation": {"penalty": {"main": "imprisonment", "term": {"months": "8"}}},
        "procedure": "expedited",
        "civil_claim": "none",
    }
    body = {"step": "recommend", "given": given}
    problem = told(handler.send("POST", f"/prosecutions/{one.id}/steps", body, one.version), 422)

    assert [each["pointer"] for each in problem["errors"]] == [
        "/given/recommendation/penalty/term/months"
    ]
    short = {"penalty": {"main": "imprisonment", "term": {"months": 3}}}
    body["given"] = given | {"recommendation": short}
    problem = told(handler.send("POST", f"/prosecutions/{one.id}/steps", body, one.version), 409)
    assert problem["ground"] == "term_too_short"
    assert problem["problems"][0]["article_zh"].startswith("刑法38条1款")
