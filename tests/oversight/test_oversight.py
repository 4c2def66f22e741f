"""The chief's oversight: every look, question and note stays on record, and is answered."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from api.identity import access_token
from notifications.messages import notices
from services import assignments, oversight
from services.cases import Case
from services.kernel.act import Act, Actor, JournalEntry
from services.kernel.clock import LegalClock, machine_now
from services.kernel.refusals import NotAllowed, NotFound
from services.oversight import (
    AnswerDoesNotFit,
    AnswerInWords,
    DayGone,
    NobodyHandlesIt,
    OversightAlreadyAnswered,
    OversightAnswerKind,
    OversightEntry,
    OversightKind,
)
from services.people import Person
from services.policy import LEADERS, Permission, PostKind, allows
from services.sessions import SignInSession
from services.tasks import Task, TaskKind, TaskState
from tests.conftest import NOON
from tests.make import Make, Town

TODAY = date(2026, 3, 2)
SECRET = "请说明苍澜案的证据是否充分"
OBJECTION = "本人认为该批示与在案证据不符"


@dataclass
class World:
    """A town whose chief looks after the cases, and one case with its handler."""

    make: Make
    town: Town
    head: Person
    inspector: Person
    case: Case

    @property
    def session(self) -> Session:
        return self.make.session

    def act(self, person: Person) -> Act:
        return self.make.act(person)

    def entered(self, kind: OversightKind, by: Person | None = None) -> OversightEntry:
        act = self.act(by or self.town.chief)
        if kind is OversightKind.LOOK:
            return oversight.look(act, self.case)
        if kind is OversightKind.NOTE:
            return oversight.set_note(act, self.case, words=SECRET)
        return oversight.ask(act, self.case, words=SECRET, due_on=TODAY)

    def answered(
        self,
        entry: OversightEntry,
        kind: OversightAnswerKind,
        words: str | None = OBJECTION,
        by: Person | None = None,
    ) -> OversightEntry:
        return oversight.answer(self.act(by or self.town.prosecutor), entry, kind=kind, words=words)

    def tasks(self, entry: OversightEntry) -> list[Task]:
        chosen = select(Task).where(
            Task.about_kind == "oversight_entries", Task.about_id == entry.id
        )
        return list(self.session.scalars(chosen))

    def hears(self, entry: OversightEntry, kind: str) -> set[int]:
        """Who is told, as the dispatcher finds them, and with none of the words."""
        notice = notices()[kind]
        told = self.session.scalars(
            select(JournalEntry).where(JournalEntry.kind == kind, JournalEntry.about_id == entry.id)
        ).one()
        words = notice.write(told.event, entry)
        assert words.link == f"/oversight-entries/{entry.id}"
        assert SECRET not in f"{words}"
        assert OBJECTION not in f"{words}"
        return notice.to.people(self.session, entry)


@pytest.fixture
def world(make: Make) -> World:
    town = make.town()
    case = make.case(town)
    assignments.designate(
        make.act(town.manager),
        case,
        handler_id=town.prosecutor.id,
        reason="专业",
        approver_id=town.chief.id,
    )
    make.session.add(LegalClock(id=1, offset=NOON - machine_now()))
    make.session.flush()
    return World(
        make,
        town,
        make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate),
        make.person(PostKind.INSPECTOR, town.procuratorate),
        case,
    )


# --- looking, asking, noting --------------------------------------------------------------------


@pytest.mark.parametrize("post", LEADERS)
def test_a_look_is_on_record_and_asks_nothing(world: World, post: PostKind) -> None:
    """RULES 4, 6: whoever leads may look; ORG 47: that they looked is seen."""
    leader = world.make.person(post, world.town.procuratorate)

    entry = world.entered(OversightKind.LOOK, by=leader)

    assert (entry.made_by, entry.made_at, entry.case_id) == (leader.id, NOON, world.case.id)
    assert world.tasks(entry) == []
    assert world.hears(entry, "ProgressLooked") == {world.town.prosecutor.id}


@pytest.mark.parametrize("post", LEADERS)
def test_a_report_is_asked_of_the_handler_by_a_day(world: World, post: PostKind) -> None:
    leader = world.make.person(post, world.town.procuratorate)

    entry = world.entered(OversightKind.REPORT_ASKED, by=leader)

    (task,) = world.tasks(entry)
    assert (task.kind, task.person_id, task.due_on, task.outer_on) == (
        TaskKind.REPORT_PROGRESS,
        world.town.prosecutor.id,
        TODAY,
        None,
    )
    assert world.hears(entry, "ReportAsked") == {world.town.prosecutor.id}

    world.answered(entry, OversightAnswerKind.REPORT)
    assert entry.answer is not None
    assert (entry.answer.words, entry.answer.answered_by) == (OBJECTION, world.town.prosecutor.id)
    assert task.state is TaskState.DONE
    assert world.hears(entry, "OversightAnswered") == {leader.id}


@pytest.mark.parametrize(
    ("kind", "words"),
    [(OversightAnswerKind.ACKNOWLEDGEMENT, None), (OversightAnswerKind.OBJECTION, OBJECTION)],
)
def test_a_note_is_acknowledged_or_objected_to_in_writing(
    world: World, kind: OversightAnswerKind, words: str | None
) -> None:
    """RULES 7 paragraph 2: whoever thinks it wrong says so in writing."""
    entry = world.entered(OversightKind.NOTE)
    (task,) = world.tasks(entry)
    assert (task.kind, task.person_id) == (
        TaskKind.ACKNOWLEDGE_NOTE,
        world.town.prosecutor.id,
    )
    assert world.hears(entry, "OversightNoteSet") == {world.town.prosecutor.id}

    world.answered(entry, kind, words)

    assert entry.answer is not None
    assert (entry.answer.kind, entry.answer.words) == (kind, words)
    assert task.state is TaskState.DONE
    assert world.hears(entry, "OversightAnswered") == {world.town.chief.id}
    with pytest.raises(OversightAlreadyAnswered):
        world.answered(entry, OversightAnswerKind.ACKNOWLEDGEMENT)


@pytest.mark.parametrize("kind", OversightKind)
def test_only_who_leads_there_oversees(world: World, kind: OversightKind) -> None:
    town, elsewhere = world.town, world.make.town()
    others = (town.prosecutor, town.manager, town.officer, world.inspector, elsewhere.chief)
    for person in others:
        with pytest.raises(NotAllowed):
            world.entered(kind, by=person)


def test_a_case_without_a_handler_is_looked_at_only(world: World) -> None:
    world.case.handler_id = None
    world.session.flush()
    world.session.refresh(world.case)

    assert world.entered(OversightKind.LOOK).asked_of is None
    for kind in (OversightKind.REPORT_ASKED, OversightKind.NOTE):
        with pytest.raises(NobodyHandlesIt):
            world.entered(kind)


def test_a_report_is_not_asked_for_by_yesterday(world: World) -> None:
    with pytest.raises(DayGone):
        oversight.ask(
            world.act(world.town.chief), world.case, words=SECRET, due_on=TODAY - timedelta(1)
        )


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (OversightKind.LOOK, OversightAnswerKind.REPORT),
        (OversightKind.LOOK, OversightAnswerKind.ACKNOWLEDGEMENT),
        (OversightKind.LOOK, OversightAnswerKind.OBJECTION),
        (OversightKind.REPORT_ASKED, OversightAnswerKind.ACKNOWLEDGEMENT),
        (OversightKind.REPORT_ASKED, OversightAnswerKind.OBJECTION),
        (OversightKind.NOTE, OversightAnswerKind.REPORT),
    ],
)
def test_an_answer_fits_what_was_asked(
    world: World, kind: OversightKind, said: OversightAnswerKind
) -> None:
    with pytest.raises(AnswerDoesNotFit):
        world.answered(world.entered(kind), said)


def test_reports_and_objections_are_in_writing(world: World) -> None:
    asked, noted = world.entered(OversightKind.REPORT_ASKED), world.entered(OversightKind.NOTE)
    with pytest.raises(AnswerInWords):
        world.answered(asked, OversightAnswerKind.REPORT, None)
    with pytest.raises(AnswerInWords) as refused:
        world.answered(noted, OversightAnswerKind.OBJECTION, None)
    assert refused.value.members["article"] == "RULES 7"


def test_only_the_handler_answers(world: World) -> None:
    entry, colleague = (
        world.entered(OversightKind.NOTE),
        world.make.person(PostKind.PROSECUTOR, world.town.procuratorate),
    )
    for person in (world.town.chief, world.head, world.inspector, world.town.manager, colleague):
        with pytest.raises(NotAllowed):
            world.answered(entry, OversightAnswerKind.ACKNOWLEDGEMENT, by=person)


def test_whoever_handles_the_case_now_answers(world: World) -> None:
    entry = world.entered(OversightKind.NOTE)
    successor = world.make.person(PostKind.PROSECUTOR, world.town.procuratorate)
    assignments.change_handler(
        world.act(world.town.manager),
        world.case,
        handler_id=successor.id,
        reason="调整",
        approver_id=world.town.chief.id,
    )

    with pytest.raises(NotFound):
        oversight.find(world.act(world.town.prosecutor), entry.id)
    with pytest.raises(NotAllowed):
        world.answered(entry, OversightAnswerKind.ACKNOWLEDGEMENT)
    world.answered(entry, OversightAnswerKind.ACKNOWLEDGEMENT, by=successor)
    assert {task.person_id: task.state for task in world.tasks(entry)} == {
        world.town.prosecutor.id: TaskState.CANCELLED,
        successor.id: TaskState.DONE,
    }


def test_what_waits_for_an_answer_follows_the_case(world: World) -> None:
    asked, noted = world.entered(OversightKind.REPORT_ASKED), world.entered(OversightKind.NOTE)
    world.answered(noted, OversightAnswerKind.ACKNOWLEDGEMENT)
    world.entered(OversightKind.LOOK)
    manager, first = world.act(world.town.manager), world.town.prosecutor.id
    for handler_id in (None, world.make.person(PostKind.PROSECUTOR, world.town.procuratorate).id):
        world.case.handler_id = handler_id
        oversight.hand_over(manager, world.case)

    found = [(task.person_id, task.state, task.due_on) for task in world.tasks(asked)]
    assert found == [
        (first, TaskState.CANCELLED, TODAY),
        (world.case.handler_id, TaskState.OPEN, TODAY),
    ]
    assert [task.state for task in world.tasks(noted)] == [TaskState.DONE]


# --- who reads, and that nothing is ever changed ------------------------------------------------


def test_what_is_visible_is_what_the_law_lets_one_read(world: World) -> None:
    entries = [world.entered(kind) for kind in OversightKind]
    other = world.make.town()
    offices = (world.town.procuratorate.id, world.town.police.id, other.procuratorate.id)
    posts = [(post.value, office) for post in PostKind for office in offices]
    handler, sizes = world.town.prosecutor.id, set[int]()
    for held in [(), *itertools.combinations(posts, 1), *itertools.combinations(posts, 2)]:
        for person_id in (handler, 0):
            act = Act(Actor(person_id, frozenset(held)), NOON, world.session)
            seen = {one.id for one in world.session.scalars(oversight.visible(act))}
            law = {one.id for one in entries if allows(act.actor, Permission.OVERSIGHT_READ, one)}
            assert seen == law, (person_id, held)
            sizes.add(len(seen))
    assert sizes == {0, 3}


@pytest.mark.parametrize("table", ["oversight_entries", "oversight_answers"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_is_on_record_stays(world: World, table: str, statement: str) -> None:
    world.answered(world.entered(OversightKind.NOTE), OversightAnswerKind.OBJECTION)

    with pytest.raises(DatabaseError, match=r"append-only|permission denied"):
        world.session.execute(text(statement.format(table)))


def test_the_trigger_holds_against_the_owner_too(world: World) -> None:
    names = world.session.scalars(
        text(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname = 'append_only'"
        )
    )
    assert {"oversight_entries", "oversight_answers"} <= set(names)


def test_no_word_of_it_stands_in_the_journal(world: World) -> None:
    asked, noted = world.entered(OversightKind.REPORT_ASKED), world.entered(OversightKind.NOTE)
    world.answered(asked, OversightAnswerKind.REPORT)
    world.answered(noted, OversightAnswerKind.OBJECTION)

    rows = world.session.execute(text("SELECT row_to_json(j)::text FROM journal j")).scalars()
    journal = "".join(rows)

    assert "OversightAnswered" in journal
    for said in (SECRET, OBJECTION, world.town.chief.name, world.case.number):
        assert said not in journal


# --- over HTTP ----------------------------------------------------------------------------------

KEYS = itertools.count()


@dataclass
class Phone:
    """Somebody's phone, signed in."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def send(self, method: str, path: str, body: Mapping[str, object]) -> TestResponse:
        key = {"Idempotency-Key": f"oversight-{next(KEYS)}"}
        return self.client.open(
            f"/api/v1{path}", method=method, json=body, headers=self.headers | key
        )


@dataclass
class Phones:
    app: Flask
    client: FlaskClient
    make: Make

    def of(self, person: Person) -> Phone:
        opened = SignInSession(
            person_id=person.id, opened_at=machine_now(), renewed_at=machine_now()
        )
        self.make.session.add(opened)
        self.make.session.flush()
        token = access_token(self.app.extensions["token_key"], opened, lasting=timedelta(minutes=5))
        return Phone(self.client, {"Authorization": f"Bearer {token}"})


@pytest.fixture
def phones(app: Flask, client: FlaskClient, make: Make) -> Phones:
    return Phones(app, client, make)


def told(reply: TestResponse, status: int = 200) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    assert reply.json is not None
    return dict(reply.json)


def test_a_look_answers_with_the_progress_and_is_seen(world: World, phones: Phones) -> None:
    chief, handler, inspector = (
        phones.of(one) for one in (world.town.chief, world.town.prosecutor, world.inspector)
    )
    path = f"/cases/{world.case.id}/oversight-entries"
    assert told(chief.get(f"/cases/{world.case.id}"))["id"] == world.case.id
    assert told(chief.get(path))["items"] == [], "a plain read of the case is no look"

    made = told(chief.send("POST", path, {"kind": "look"}), 201)

    progress = made["progress"]
    (suspect,) = progress["suspects"]
    assert (suspect["name"], suspect["arrest_review_state"]) == (
        world.case.suspects[0].name,
        "under_review",
    )
    assert [one["rule_id"] for one in progress["deadlines"]] == ["D06"]
    assert [one["kind"] for one in progress["steps"]] == ["CaseAssigned", "CaseAccepted"]
    assert progress["steps"][0]["by"]["name"] == world.town.manager.name
    for phone in (chief, handler, inspector):
        (shown,) = told(phone.get(path))["items"]
        assert (shown["kind"], shown["made_by"]["id"]) == ("look", world.town.chief.id)
        assert told(phone.get("/oversight-entries"))["items"] == [shown]


def test_a_question_and_a_note_are_answered_over_http(world: World, phones: Phones) -> None:
    chief, handler = phones.of(world.town.chief), phones.of(world.town.prosecutor)
    path = f"/cases/{world.case.id}/oversight-entries"
    ask: dict[str, object] = {"kind": "report_asked", "words": SECRET, "due_on": "2026-03-05"}
    asked = told(chief.send("POST", path, ask), 201)
    noted = told(chief.send("POST", path, {"kind": "note", "words": SECRET}), 201)
    assert (asked["progress"], asked["may_answer"]) == (None, False)

    mine = {
        task["kind"]: task
        for task in told(handler.get("/tasks"))["items"]
        if task["about_kind"] == "oversight_entries"
    }
    assert set(mine) == {"report_progress", "acknowledge_note"}
    assert mine["report_progress"]["due_on"] == "2026-03-05"
    assert mine["report_progress"]["case_number"] == world.case.number
    assert mine["report_progress"]["suspects"] == [world.case.suspects[0].name]

    one = f"/oversight-entries/{asked['id']}"
    assert told(handler.get(one))["may_answer"] is True
    answer: dict[str, object] = {"kind": "report"}
    wordless = told(handler.send("PUT", f"{one}/answer", answer), 422)
    assert wordless["type"].endswith("answer-in-words")
    answer["words"] = "已讯问，拟提出审查意见。"
    assert told(chief.send("PUT", f"{one}/answer", answer), 403)["type"].endswith("not-allowed")
    done = told(handler.send("PUT", f"{one}/answer", answer))
    assert (done["answer"]["words"], done["may_answer"]) == (answer["words"], False)
    again = told(handler.send("PUT", f"{one}/answer", answer), 409)
    assert again["type"].endswith("oversight-already-answered")

    one = f"/oversight-entries/{noted['id']}"
    objection: dict[str, object] = {"kind": "objection", "words": OBJECTION}
    told(handler.send("PUT", f"{one}/answer", objection))
    assert told(chief.get(one))["answer"]["kind"] == "objection"
    assert told(chief.get("/oversight-entries?kind=look"))["items"] == []


def test_who_may_not_read_finds_nothing(world: World, phones: Phones) -> None:
    entry = world.entered(OversightKind.NOTE)
    elsewhere, town = world.make.town(), world.town
    colleague = world.make.person(PostKind.PROSECUTOR, town.procuratorate)
    auditor = world.make.person(PostKind.AUDITOR, town.procuratorate)
    outsiders = (town.officer, town.manager, colleague, auditor, elsewhere.chief)
    for phone in (phones.of(person) for person in outsiders):
        assert phone.get(f"/oversight-entries/{entry.id}").status_code == 404
        assert phone.get(f"/cases/{world.case.id}/oversight-entries").status_code == 404
        answer = phone.send(
            "PUT", f"/oversight-entries/{entry.id}/answer", {"kind": "acknowledgement"}
        )
        assert answer.status_code == 404
        assert told(phone.get("/oversight-entries"))["items"] == []


def test_who_may_not_oversee_is_refused(world: World, phones: Phones) -> None:
    path, look = f"/cases/{world.case.id}/oversight-entries", {"kind": "look"}
    town, elsewhere = world.town, world.make.town()
    for person, status in (
        (town.prosecutor, 403),
        (town.manager, 403),
        (town.officer, 403),
        (world.inspector, 404),
        (elsewhere.chief, 404),
    ):
        assert phones.of(person).send("POST", path, {**look}).status_code == status


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"kind": "order"},
        {"kind": "look", "words": SECRET},
        {"kind": "note"},
        {"kind": "note", "words": "  "},
        {"kind": "note", "words": SECRET, "due_on": "2026-03-05"},
        {"kind": "report_asked", "words": SECRET},
        {"kind": "report_asked", "due_on": "2026-03-05"},
        {"kind": "report_asked", "words": SECRET, "due_on": "2026-03-01"},
        {"kind": "look", "more": 1},
    ],
)
def test_an_entry_is_whole(world: World, phones: Phones, wrong: dict[str, object]) -> None:
    path = f"/cases/{world.case.id}/oversight-entries"

    assert told(phones.of(world.town.chief).send("POST", path, wrong), 422)["errors"]
    assert world.session.scalars(select(OversightEntry)).all() == []


def test_a_list_costs_the_same_however_long_it_is(
    world: World, phones: Phones, session: Session
) -> None:
    chief, path = phones.of(world.town.chief), f"/cases/{world.case.id}/oversight-entries"
    counted = 0

    def count(*_: object) -> None:
        nonlocal counted
        counted += 1

    def cost() -> int:
        nonlocal counted
        session.flush()
        counted = 0
        told(chief.get(path))
        return counted

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", count)
    try:
        world.answered(world.entered(OversightKind.NOTE), OversightAnswerKind.OBJECTION)
        few = cost()
        for _ in range(8):
            world.answered(world.entered(OversightKind.NOTE), OversightAnswerKind.OBJECTION)
        assert cost() == few > 1
    finally:
        event.remove(connection, "before_cursor_execute", count)
