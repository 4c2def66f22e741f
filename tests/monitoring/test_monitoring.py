"""Process monitoring: where a late period goes, who may do what about it, and the ten days."""

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from api.identity import access_token
from notifications.messages import notices
from services import deadlines, monitoring
from services.cases import Case
from services.deadlines import Custody, Deadline, Keepers
from services.deadlines.watch import BATCH
from services.kernel.act import SHANGHAI, Act, Actor, JournalEntry
from services.kernel.clock import LegalClock, machine_now
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.monitoring import (
    Grade,
    MonitoringEntry,
    MonitoringState,
    NoReplyAwaited,
    NoticeRequired,
)
from services.people import Person
from services.policy import MACHINE, Permission, PostKind, allows
from services.sessions import SignInSession
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Town

LONG_PAST = datetime(2026, 8, 3, 8, tzinfo=SHANGHAI)
REMARK = "经核查，承办人未在应办日前作出决定。"


@dataclass
class World:
    """A town in which periods have run out."""

    make: Make
    town: Town
    head: Person
    supervisor: Person
    case: Case

    @property
    def session(self) -> Session:
        return self.make.session

    def late(self, rule: str, custody: Custody = Custody.HELD) -> MonitoringEntry:
        """A period that began on 1 June, past its end, and the entry opened for it."""
        act = self.make.act(self.town.manager, datetime(2026, 6, 1, 9, tzinfo=SHANGHAI))
        deadline = deadlines.start(
            act,
            rule,
            self.case,
            suspect_id=self.case.suspects[0].id,
            keepers=Keepers(
                self.town.procuratorate.id, self.town.police.id, self.town.prosecutor.id
            ),
            started_at=act.now,
            custody=custody,
        )
        self.sweep()
        return self.session.scalars(
            select(MonitoringEntry).where(MonitoringEntry.deadline_id == deadline.id)
        ).one()

    def sweep(self, at: datetime = LONG_PAST) -> None:
        self.session.flush()
        monitoring.sweep(self.make.act(MACHINE, at), BATCH)
        self.session.flush()

    def act(self, person: Person) -> Act:
        return self.make.act(person, LONG_PAST)


@pytest.fixture
def world(make: Make) -> World:
    town = make.town()
    case = make.case(town)
    case.handler_id = town.prosecutor.id
    make.session.execute(text("UPDATE deadlines SET look_at = NULL"))
    return World(
        make,
        town,
        make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate),
        make.person(PostKind.EXECUTION_SUPERVISOR, town.procuratorate),
        case,
    )


@pytest.mark.parametrize(
    ("rule", "custody", "route"),
    [
        ("R01", Custody.HELD, PostKind.CASE_MANAGER),
        ("R01", Custody.AT_LIBERTY, PostKind.CASE_MANAGER),
        ("R16", Custody.HELD, PostKind.EXECUTION_SUPERVISOR),
        ("A02", Custody.UNKNOWN, PostKind.EXECUTION_SUPERVISOR),
        ("R16", Custody.AT_LIBERTY, PostKind.DEPARTMENT_HEAD),
        ("T01", Custody.HELD, PostKind.EXECUTION_SUPERVISOR),
        ("S06", Custody.HELD, PostKind.DEPARTMENT_HEAD),
        ("R13", Custody.HELD, PostKind.EXECUTION_SUPERVISOR),
    ],
)
def test_a_late_period_goes_to_the_department_that_watches_such(
    world: World, rule: str, custody: Custody, route: PostKind
) -> None:
    """RULES 613, 615, 664: own periods, others' in custody, others' at liberty."""
    entry = world.late(rule, custody)

    assert (entry.route, entry.in_place_of) == (route, None)
    (task,) = tasks_of(world, entry)
    assert (task.post, task.office_id) == (route, world.town.procuratorate.id)
    watchers = {
        PostKind.CASE_MANAGER: world.town.manager,
        PostKind.EXECUTION_SUPERVISOR: world.supervisor,
        PostKind.DEPARTMENT_HEAD: world.head,
    }
    assert hears(world, entry, "MonitoringOpened") == {watchers[route].id}


def tasks_of(world: World, entry: MonitoringEntry, state: TaskState = TaskState.OPEN) -> list[Task]:
    chosen = select(Task).where(
        Task.kind == TaskKind.ANSWER_MONITORING, Task.about_id == entry.id, Task.state == state
    )
    return list(world.session.scalars(chosen))


def hears(world: World, entry: MonitoringEntry, kind: str) -> set[int]:
    """Who is told, as the dispatcher finds them."""
    notice = notices()[kind]
    world.session.flush()
    about = world.session.get_one(notice.about, entry.id, populate_existing=True)
    told = world.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == kind, JournalEntry.about_id == entry.id)
    ).one()
    words = notice.write(told.event, about)
    assert world.case.number in words.body
    assert words.link == f"/deadlines/{entry.deadline_id}"
    return notice.to.people(world.session, about)


def test_a_period_has_one_entry_however_often_it_is_looked_at(world: World) -> None:
    entry = world.late("R01")
    for day in range(1, 5):
        world.sweep(LONG_PAST + timedelta(days=day))

    assert world.session.scalars(select(MonitoringEntry.id)).all() == [entry.id]
    assert len(tasks_of(world, entry)) == 1


@pytest.mark.parametrize(("closed_on", "late"), [(6, False), (7, True)])
def test_an_outage_hides_nothing_that_was_done_late(
    world: World, closed_on: int, *, late: bool
) -> None:
    """D06 from 29 September ends on 6 October; nobody looked until it had been closed."""
    began, closed = (
        world.make.act(world.town.manager, datetime(2026, month, day, 9, tzinfo=SHANGHAI))
        for month, day in ((9, 29), (10, closed_on))
    )
    deadline = deadlines.start(
        began,
        "D06",
        world.case,
        suspect_id=world.case.suspects[0].id,
        keepers=Keepers(world.town.procuratorate.id),
        started_at=began.now,
        custody=Custody.HELD,
    )
    deadlines.close(closed, deadline)
    for hours in (1, 2):
        world.sweep(closed.now + timedelta(hours=hours))
    of_it = select(MonitoringEntry).where(MonitoringEntry.deadline_id == deadline.id)
    assert len(world.session.scalars(of_it).all()) == late


def test_an_entry_is_opened_on_the_first_day_in_doubt_and_not_before(world: World) -> None:
    """T06 received 2026-09-23, the person in custody: due 10-03, outer 10-08."""
    act = world.make.act(world.town.manager, datetime(2026, 9, 23, 9, tzinfo=SHANGHAI))
    deadlines.start(
        act,
        "T06",
        world.case,
        suspect_id=world.case.suspects[0].id,
        keepers=Keepers(world.town.procuratorate.id, None, world.town.prosecutor.id),
        started_at=act.now,
        custody=Custody.HELD,
    )
    opened = []
    for day in range(24, 36):
        world.sweep(datetime(2026, 9, 1, 8, tzinfo=SHANGHAI) + timedelta(days=day - 1))
        opened.append(len(world.session.scalars(select(MonitoringEntry.id)).all()))

    assert opened == [0] * 10 + [1] * 2


@pytest.mark.parametrize("rule", ["X06", "A06", "C11"])
def test_what_is_nobody_s_fault_is_not_monitored(world: World, rule: str) -> None:
    """What a party lets pass; a threshold; "at once", which has no day."""
    with pytest.raises(NoResultFound):
        world.late(rule, Custody.AT_LIBERTY)

    assert world.session.scalars(select(MonitoringEntry.id)).all() == []


def test_without_execution_supervision_case_management_stands_in_and_says_so(
    world: World,
) -> None:
    world.session.execute(
        text("DELETE FROM posts WHERE person_id = :id"), {"id": world.supervisor.id}
    )
    entry = world.late("R16")

    assert (entry.route, entry.in_place_of) == (
        PostKind.CASE_MANAGER,
        PostKind.EXECUTION_SUPERVISOR,
    )
    notice = notices()["MonitoringOpened"]
    told = world.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "MonitoringOpened")
    ).one()
    words = notice.write(told.event, world.session.get_one(notice.about, entry.id))
    assert "代为监督" in words.body


# --- what is done about it ----------------------------------------------------------------------


@pytest.mark.parametrize("grade", [Grade.NOTICE, Grade.NOTICE_AND_REPORT])
def test_a_notice_to_the_own_department_is_replied_to_within_ten_days(
    world: World, grade: Grade
) -> None:
    """RULES 665 paragraph 3."""
    entry = world.late("R01")

    monitoring.answer(world.act(world.town.manager), entry, grade=grade, remark=REMARK)

    assert (entry.state, entry.grade, entry.remark) == (MonitoringState.ANSWERED, grade, REMARK)
    assert tasks_of(world, entry) == []
    assert len(tasks_of(world, entry, TaskState.DONE)) == 1
    told = {world.town.prosecutor.id, world.head.id}
    reported = {world.town.chief.id} if grade is Grade.NOTICE_AND_REPORT else set[int]()
    assert hears(world, entry, "MonitoringAnswered") == told | reported
    (reply,) = replies(world, entry)
    assert (reply.due_on, reply.handler_id) == (date(2026, 8, 13), world.town.prosecutor.id)

    monitoring.reply(world.act(world.town.prosecutor), entry, remark="已于当日办结。")

    assert (entry.state, entry.reply) == (MonitoringState.REPLIED, "已于当日办结。")
    assert reply.closed_at == LONG_PAST
    assert world.town.manager.id in hears(world, entry, "MonitoringReplied")


def test_the_ten_days_of_the_own_department_are_not_the_police_s_to_see(world: World) -> None:
    entry = world.late("R01")
    monitoring.answer(world.act(world.town.manager), entry, grade=Grade.NOTICE, remark=REMARK)
    [reply] = replies(world, entry)
    assert allows(world.act(world.town.manager).actor, Permission.DEADLINE_READ, reply)
    assert not allows(world.act(world.town.officer).actor, Permission.DEADLINE_READ, reply)


def replies(world: World, entry: MonitoringEntry) -> list[Deadline]:
    chosen = select(Deadline).where(
        Deadline.rule_id == monitoring.REPLY,
        Deadline.about_kind == "monitoring_entries",
        Deadline.about_id == entry.id,
    )
    return list(world.session.scalars(chosen))


def test_a_prompt_awaits_no_reply(world: World) -> None:
    entry = world.late("R01")
    act = world.act(world.town.manager)
    monitoring.answer(act, entry, grade=Grade.ORAL_PROMPT, remark=REMARK)

    assert replies(world, entry) == []
    with pytest.raises(NoReplyAwaited):
        monitoring.reply(world.act(world.head), entry, remark=REMARK)


def test_a_notice_to_the_police_starts_no_ten_days_of_ours(world: World) -> None:
    entry = world.late("A02")
    monitoring.answer(
        world.act(world.supervisor), entry, grade=Grade.NOTICE_AND_REPORT, remark=REMARK
    )

    assert replies(world, entry) == []
    with pytest.raises(NoReplyAwaited):
        monitoring.reply(world.act(world.head), entry, remark=REMARK)


def test_custody_beyond_its_end_calls_for_the_notice(world: World) -> None:
    """RULES 618: a notice to correct the violation, never only a word."""
    entry = world.late("C01")
    act = world.act(world.supervisor)
    assert entry.deadline.is_custody

    with pytest.raises(NoticeRequired):
        monitoring.answer(act, entry, grade=Grade.ORAL_PROMPT, remark=REMARK)
    monitoring.answer(act, entry, grade=Grade.NOTICE, remark=REMARK)

    assert entry.grade is Grade.NOTICE


def test_an_entry_is_answered_once_and_replied_to_once(world: World) -> None:
    entry = world.late("R01")
    manager, handler = world.act(world.town.manager), world.act(world.town.prosecutor)
    with pytest.raises(WrongState):
        monitoring.reply(handler, entry, remark=REMARK)
    monitoring.answer(manager, entry, grade=Grade.NOTICE, remark=REMARK)
    with pytest.raises(WrongState):
        monitoring.answer(manager, entry, grade=Grade.NOTICE, remark=REMARK)
    monitoring.reply(handler, entry, remark=REMARK)
    with pytest.raises(WrongState):
        monitoring.reply(handler, entry, remark=REMARK)


def test_a_reply_that_is_late_is_monitored_itself(world: World) -> None:
    entry = world.late("R01")
    monitoring.answer(world.act(world.town.manager), entry, grade=Grade.NOTICE, remark=REMARK)
    (reply,) = replies(world, entry)

    world.sweep(datetime(2026, 9, 1, 8, tzinfo=SHANGHAI))

    late = world.session.scalars(
        select(MonitoringEntry).where(MonitoringEntry.deadline_id == reply.id)
    ).one()
    assert late.route is PostKind.CASE_MANAGER


def test_nobody_else_answers_or_replies(world: World) -> None:
    entry = world.late("R16")
    town = world.town
    for person in (town.officer, town.manager, town.prosecutor, town.chief, world.head):
        with pytest.raises(NotAllowed):
            monitoring.answer(world.act(person), entry, grade=Grade.NOTICE, remark=REMARK)
    for person in (town.officer, town.manager, town.chief, world.supervisor):
        with pytest.raises(NotAllowed):
            monitoring.reply(world.act(person), entry, remark=REMARK)


def test_what_is_visible_is_what_the_law_lets_one_read(world: World) -> None:
    entries = [world.late(rule) for rule in ("R01", "R16", "S06")]
    other = world.make.town()
    actors = [
        Actor(person_id, frozenset({(post.value, office.id)}))
        for person_id in (world.town.prosecutor.id, 0)
        for post in PostKind
        for office in (world.town.procuratorate, world.town.police, other.procuratorate)
    ]
    sizes = set()
    for actor in [*actors, Actor(0, frozenset())]:
        act = world.make.act(actor)
        seen = {entry.id for entry in world.session.scalars(monitoring.visible(act))}
        lawful = {entry.id for entry in entries if allows(actor, Permission.MONITORING_READ, entry)}
        assert seen == lawful, actor
        sizes.add(len(seen))
        for entry in entries:
            if entry.id not in lawful:
                with pytest.raises(NotFound):
                    monitoring.find(act, entry.id)
    assert sizes == {0, 1, 3}, "the clauses are told apart"


# --- over HTTP ----------------------------------------------------------------------------------

_KEYS = itertools.count(1)


@dataclass
class Phone:
    """Somebody's phone."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def put(self, path: str, body: object, etag: str | None = None) -> TestResponse:
        more = {"Idempotency-Key": f"monitoring-{next(_KEYS)}"}
        if etag is not None:
            more["If-Match"] = etag
        return self.client.put(f"/api/v1{path}", json=body, headers=self.headers | more)


@dataclass
class Phones:
    """A phone for anybody."""

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
    make.session.add(LegalClock(id=1, offset=LONG_PAST - machine_now()))
    make.session.flush()
    return Phones(app, client, make)


def told(reply: TestResponse, status: int = 200) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    assert reply.json is not None
    return dict(reply.json)


def test_an_entry_is_listed_answered_and_replied_to_over_http(world: World, phones: Phones) -> None:
    entry = world.late("R01")
    manager, handler = phones.of(world.town.manager), phones.of(world.town.prosecutor)

    (shown,) = told(manager.get("/monitoring-entries?state=open"))["items"]
    assert (shown["id"], shown["route"], shown["state"]) == (entry.id, "case_manager", "open")
    assert shown["deadline"]["case"]["number"] == world.case.number
    assert shown["deadline"]["standing"] == "expired"
    assert (shown["may_answer"], shown["may_reply"]) == (True, False)
    (mine,) = told(handler.get("/monitoring-entries"))["items"]
    assert mine["may_answer"] is False

    path = f"/monitoring-entries/{entry.id}"
    etag = manager.get(path).headers["ETag"]
    body = {"grade": "notice_and_report", "remark": REMARK}
    assert told(manager.put(f"{path}/answer", body), 428)["type"].endswith("unversioned")
    assert told(manager.put(f"{path}/answer", body, '"77"'), 412)["type"].endswith("stale")
    assert told(handler.put(f"{path}/answer", body, etag), 403)["type"].endswith("not-allowed")
    answered = told(manager.put(f"{path}/answer", body, etag))
    assert (answered["state"], answered["grade"]) == ("answered", "notice_and_report")
    assert answered["answered_by"] == {
        "id": world.town.manager.id,
        "name": world.town.manager.name,
    }

    assert told(handler.get(path))["may_reply"] is True
    etag = f'"{answered["version"]}"'
    replied = told(handler.put(f"{path}/reply", {"remark": "已办结。"}, etag))
    assert (replied["state"], replied["reply"]) == ("replied", "已办结。")
    assert told(manager.get("/monitoring-entries?state=open"))["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"grade": "notice"},
        {"grade": "severe", "remark": REMARK},
        {"grade": "notice", "remark": "  "},
        {"grade": "notice", "remark": "x" * 2001},
        {"grade": "notice", "remark": REMARK, "more": 1},
    ],
)
def test_an_answer_is_whole(world: World, phones: Phones, body: dict[str, object]) -> None:
    entry = world.late("R01")

    reply = phones.of(world.town.manager).put(f"/monitoring-entries/{entry.id}/answer", body, '"1"')

    assert told(reply, 422)["errors"]


def test_whose_it_is_not_finds_nothing(world: World, phones: Phones) -> None:
    entry = world.late("R01")
    officer = phones.of(world.town.officer)

    assert told(officer.get("/monitoring-entries"))["items"] == []
    assert officer.get(f"/monitoring-entries/{entry.id}").status_code == 404


def test_reminders_stand_in_the_task_list_with_case_and_name(world: World, phones: Phones) -> None:
    world.late("R01")
    handler, manager = phones.of(world.town.prosecutor), phones.of(world.town.manager)

    (mine,) = [
        task for task in told(handler.get("/tasks"))["items"] if task["kind"] == "keep_deadline"
    ]
    suspect = world.case.suspects[0]
    assert (mine["about_kind"], mine["case_number"], mine["suspects"]) == (
        "deadlines",
        world.case.number,
        [suspect.name],
    )
    kinds = [task["kind"] for task in told(manager.get("/tasks"))["items"]]
    assert kinds.count("answer_monitoring") == kinds.count("keep_deadline") == 1


# --- the settings over HTTP ---------------------------------------------------------------------


def test_warnings_are_read_and_set_over_http(world: World, phones: Phones) -> None:
    manager, head = phones.of(world.town.manager), phones.of(world.head)
    shown = manager.get("/deadline-warnings")
    body = told(shown)
    assert (body["version"], body["tiers"]["months"], body["set_by"]) == (0, [7, 3, 1], None)
    assert shown.headers["ETag"] == '"0"'
    assert body["ladder"]["expired"] == [
        "handler",
        "department_head",
        "chief_procurator",
        "watcher",
    ]

    own = [{"rule_id": "D06", "leads": [5, 3]}]
    new = {**body["tiers"], "months": [10, 5, 2], "rules": own}
    wanted = {"tiers": new, "ladder": body["ladder"]}
    assert manager.put("/deadline-warnings", wanted).status_code == 428
    assert head.put("/deadline-warnings", wanted, '"0"').status_code == 403
    changed = told(manager.put("/deadline-warnings", wanted, '"0"'))
    assert (changed["version"], changed["tiers"]["months"]) == (1, [10, 5, 2])
    assert changed["set_by"]["id"] == world.town.manager.id
    assert manager.put("/deadline-warnings", wanted, '"0"').status_code == 412
    assert told(head.get("/deadline-warnings"))["tiers"] == new
    assert phones.of(world.town.officer).get("/deadline-warnings").status_code == 404

    wanted["tiers"]["months"] = [3, 7]
    refused = told(manager.put("/deadline-warnings", wanted, '"1"'), 422)
    assert refused["type"].endswith("warnings-out-of-bounds")
    assert refused["errors"][0]["pointer"] == "/tiers/months"


@pytest.mark.parametrize(
    "months", [None, "7", [], [1, 2, 3, 4], [0], [31], [1.5], [True], ["7"], [2**70], {}]
)
def test_warnings_take_numbers_only(world: World, phones: Phones, months: object) -> None:
    manager = phones.of(world.town.manager)
    body = told(manager.get("/deadline-warnings"))
    wanted = {"tiers": {**body["tiers"], "months": months}, "ladder": body["ladder"]}

    assert told(manager.put("/deadline-warnings", wanted, '"0"'), 422)["errors"]


def test_a_light_goes_by_what_the_office_has_set(world: World, phones: Phones) -> None:
    manager = phones.of(world.town.manager)
    act = world.make.act(world.town.manager, LONG_PAST - timedelta(days=10))
    started = deadlines.start(
        act,
        "R01",
        world.case,
        suspect_id=world.case.suspects[0].id,
        keepers=Keepers(world.town.procuratorate.id, None, world.town.prosecutor.id),
        started_at=act.now,
        custody=Custody.HELD,
    )
    path = f"/deadlines/{started.id}"
    assert told(manager.get(path))["light"] == "green"
    body = told(manager.get("/deadline-warnings"))
    wanted = {"tiers": {**body["tiers"], "months": [30, 1]}, "ladder": body["ladder"]}
    told(manager.put("/deadline-warnings", wanted, '"0"'))

    assert told(manager.get(path))["light"] == "amber"
    shown = told(manager.get("/deadlines?light=amber"))["items"]
    assert started.id in [one["id"] for one in shown]
