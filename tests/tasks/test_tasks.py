"""Tasks: whose they are, in which order, and that each lies open once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from api.identity import access_token
from services import assignments, deadlines, monitoring, tasks
from services.deadlines import Custody, Deadline, Keepers
from services.kernel.act import SHANGHAI, Act, Identified
from services.kernel.clock import machine_now
from services.kernel.refusals import NotFound
from services.monitoring import MonitoringEntry
from services.offices import Office
from services.people import Person, Post
from services.policy import MACHINE, PostKind
from services.sessions import SignInSession
from services.tasks import Due, Task, TaskKind, TaskOpen, TaskState
from tests.make import Make, Town


@dataclass(frozen=True)
class Days:
    """A day to keep and an outer limit."""

    due_on: date | None
    outer_on: date | None


@pytest.fixture
def office(make: Make) -> Office:
    return make.office()


@pytest.fixture
def manager(make: Make, office: Office) -> Act:
    return make.act(make.person(PostKind.CASE_MANAGER, office))


def pooled(
    act: Act, office: Office, kind: TaskKind, about: Identified, due: Due | None = None
) -> Task:
    """A task of that office's case management."""
    return tasks.open_for_pool(
        act, kind, about, office_id=office.id, post=PostKind.CASE_MANAGER, due=due
    )


def listed(act: Act) -> list[Task]:
    return list(act.session.scalars(tasks.in_order(tasks.visible(act))))


def test_a_task_of_a_pool_is_seen_by_whoever_holds_the_post(
    make: Make, office: Office, manager: Act
) -> None:
    task = pooled(
        manager,
        office,
        TaskKind.ACCEPT_REQUEST,
        office,
        due=Days(date(2026, 10, 5), date(2026, 10, 8)),
    )
    colleague = make.act(make.person(PostKind.CASE_MANAGER, office))
    elsewhere = make.act(make.person(PostKind.CASE_MANAGER, make.office()))
    other_post = make.act(make.person(PostKind.CLERK, office))
    nobody = make.act(make.person())

    assert listed(manager) == listed(colleague) == [task]
    assert tasks.find(colleague, task.id) is task
    for stranger in (elsewhere, other_post, nobody):
        assert listed(stranger) == []
        with pytest.raises(NotFound):
            tasks.find(stranger, task.id)
    assert (task.about_kind, task.about_id) == ("offices", office.id)
    assert (task.due_on, task.outer_on) == (date(2026, 10, 5), date(2026, 10, 8))
    assert (task.state, task.opened_at) == (TaskState.OPEN, manager.now)


def test_a_task_of_a_person_is_that_persons_alone(make: Make, office: Office, manager: Act) -> None:
    handler = make.person(PostKind.PROSECUTOR, office)
    task = tasks.open_for_person(manager, TaskKind.REVIEW_ARREST, office, person_id=handler.id)
    assert listed(make.act(handler)) == [task]
    assert listed(make.act(make.person(PostKind.PROSECUTOR, office))) == []
    assert (task.due_on, task.outer_on) == (None, None)


def test_a_post_that_is_no_longer_held_shows_no_task(make: Make, office: Office) -> None:
    person = make.person()
    make.post(person, PostKind.CASE_MANAGER, office, until_on=date(2026, 3, 2))
    today = make.act(person)
    pooled(today, office, TaskKind.ASSIGN_CASE, office)
    assert len(listed(today)) == 1
    assert listed(make.act(person, today.now + timedelta(days=1))) == []


def test_the_same_task_lies_open_once(make: Make, office: Office, manager: Act) -> None:
    pooled(manager, office, TaskKind.ASSIGN_CASE, office)
    with pytest.raises(TaskOpen):
        pooled(manager, office, TaskKind.ASSIGN_CASE, office)
    pooled(manager, office, TaskKind.ACCEPT_REQUEST, office)
    pooled(manager, office, TaskKind.ASSIGN_CASE, make.office())

    first, second = make.person(), make.person()
    tasks.open_for_person(manager, TaskKind.REVIEW_ARREST, office, person_id=first.id)
    with pytest.raises(TaskOpen):
        tasks.open_for_person(manager, TaskKind.REVIEW_ARREST, office, person_id=first.id)
    tasks.open_for_person(manager, TaskKind.REVIEW_ARREST, office, person_id=second.id)


def test_a_finished_task_may_come_again(office: Office, manager: Act) -> None:
    before = pooled(manager, office, TaskKind.ACCEPT_REQUEST, office)
    assert tasks.finish(manager, TaskKind.ACCEPT_REQUEST, office) == [before]
    again = pooled(manager, office, TaskKind.ACCEPT_REQUEST, office)
    assert (before.state, again.state) == (TaskState.DONE, TaskState.OPEN)


def test_finishing_a_step_finishes_its_task_and_no_other(
    make: Make, office: Office, manager: Act
) -> None:
    other = make.office()
    wanted = pooled(manager, office, TaskKind.ASSIGN_CASE, office)
    of_another_kind = pooled(manager, office, TaskKind.ACCEPT_REQUEST, office)
    about_another = pooled(manager, office, TaskKind.ASSIGN_CASE, other)
    about_a_namesake = pooled(
        manager, office, TaskKind.ASSIGN_CASE, make.person(id=office.id + 10_000)
    )
    about_a_namesake.about_id = office.id

    later = make.act(manager.actor, manager.now + timedelta(hours=2))
    assert tasks.finish(later, TaskKind.ASSIGN_CASE, office) == [wanted]
    assert tasks.finish(later, TaskKind.ASSIGN_CASE, office) == []
    assert (wanted.state, wanted.closed_at, wanted.closed_by) == (
        TaskState.DONE,
        later.now,
        manager.actor.id,
    )
    for untouched in (of_another_kind, about_another, about_a_namesake):
        assert untouched.state is TaskState.OPEN
        assert untouched.closed_at is None


def test_a_change_of_handler_cancels_the_first_ones_task(
    make: Make, office: Office, manager: Act
) -> None:
    first, second = make.person(), make.person()
    old = tasks.open_for_person(manager, TaskKind.REVIEW_ARREST, office, person_id=first.id)
    assert tasks.cancel(manager, TaskKind.REVIEW_ARREST, office) == [old]
    new = tasks.open_for_person(manager, TaskKind.REVIEW_ARREST, office, person_id=second.id)
    assert old.state is TaskState.CANCELLED
    assert new.state is TaskState.OPEN


def test_a_day_that_moves_takes_the_open_task_with_it(office: Office, manager: Act) -> None:
    pooled(
        manager,
        office,
        TaskKind.ASSIGN_CASE,
        office,
        due=Days(date(2026, 10, 5), date(2026, 10, 5)),
    )
    moved = Days(date(2026, 10, 8), date(2026, 10, 8))
    [task] = tasks.reschedule(manager, TaskKind.ASSIGN_CASE, office, moved)
    assert (task.due_on, task.outer_on) == (date(2026, 10, 8), date(2026, 10, 8))


def test_the_most_urgent_come_first_and_pages_meet_without_gap_or_repeat(
    make: Make, office: Office, manager: Act
) -> None:
    for due_on in (None, date(2026, 10, 8), date(2026, 10, 5), None, date(2026, 10, 5)):
        pooled(manager, office, TaskKind.ASSIGN_CASE, make.office(), due=Days(due_on, due_on))
    whole = listed(manager)
    assert [task.due_on for task in whole] == [
        date(2026, 10, 5),
        date(2026, 10, 5),
        date(2026, 10, 8),
        None,
        None,
    ]
    assert [task.id for task in whole] == [
        task.id for task in sorted(whole, key=lambda t: (t.due_on or date.max, t.id))
    ]
    walked: list[Task] = []
    page = tasks.in_order(tasks.visible(manager)).limit(1)
    while found := manager.session.scalar(page):
        walked.append(found)
        page = (
            tasks.in_order(tasks.visible(manager))
            .where(tasks.following(found.due_on, found.id))
            .limit(1)
        )
    assert walked == whole


@pytest.mark.parametrize("broken", ["both", "neither", "closed without an hour"])
def test_the_database_keeps_a_task_whole(broken: str, office: Office, manager: Act) -> None:
    task = tasks.open_for_person(
        manager, TaskKind.REVIEW_ARREST, office, person_id=manager.actor.id
    )
    if broken == "both":
        task.office_id, task.post = office.id, PostKind.CLERK
    elif broken == "neither":
        task.person_id = None
    else:
        task.state = TaskState.DONE
    with pytest.raises(IntegrityError), manager.session.begin_nested():
        manager.session.flush()


def test_every_kind_has_a_title() -> None:
    titles = {kind.zh for kind in TaskKind}
    assert len(titles) == len(TaskKind)


def test_a_personal_task_goes_with_the_case(app: Flask, make: Make) -> None:
    town = make.town()
    case = make.case(town)
    assignments.assign(make.act(town.manager), case)
    first = town.prosecutor

    def phone(person: Person) -> list[str]:
        told = [item for state in TaskState for item in told_on_the_phone(app, make, person, state)]
        return [name for item in told for name in item["suspects"]]

    [suspect] = case.suspects
    assert phone(first) == [suspect.name]

    post = make.session.scalars(select(Post).where(Post.person_id == first.id)).one()
    post.until_on = make.now.date()
    make.session.flush()
    assert phone(first) == [], "who has left the post reads no name"

    post.until_on = None
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    assignments.change_handler(
        make.act(town.manager),
        case,
        handler_id=other.id,
        reason="原承办人调离",
        approver_id=town.chief.id,
    )
    assert (phone(first), phone(other)) == ([], [suspect.name]), "nor who has handed it on"


SWEPT = datetime(2026, 8, 3, 8, tzinfo=SHANGHAI)


def test_a_reminder_says_which_period_of_whom_it_is_about(app: Flask, make: Make) -> None:
    """One that is past its day lies with who keeps it and, as monitoring, with who watches."""
    town = make.town()
    case = make.case(town)
    make.session.execute(update(Deadline).values(look_at=None))  # its review is none of the four
    [suspect] = case.suspects
    late = {
        "of a suspect": period(make, town, case, suspect.id),
        "of a case": period(make, town, case, None),
        "of a request": period(make, town, case.origin, None),
        "of neither": period(make, town, town.police, None),
    }
    monitoring.sweep(make.act(MACHINE, SWEPT))
    make.session.flush()

    known: dict[str, object] = {
        "case_number": case.number,
        "document_number": case.origin.document_number,
        "suspects": [suspect.name],
        "detail": "监察机关、公安机关移送起诉的案件，一个月以内作出决定",
    }
    unknown: dict[str, object] = {"case_number": None, "document_number": "", "suspects": []}
    reminders = told_on_the_phone(app, make, town.prosecutor)
    assert {item["kind"] for item in reminders} == {"keep_deadline"}
    watched = [
        item
        for item in told_on_the_phone(app, make, town.manager)
        if item["kind"] == "answer_monitoring"
    ]
    entries = {
        entry.id: entry.deadline_id for entry in make.session.scalars(select(MonitoringEntry))
    }
    for whose, deadline in late.items():
        told = known if whose != "of neither" else known | unknown
        [reminder] = [one for one in reminders if one["about_id"] == deadline.id]
        assert reminder | told == reminder, whose
        assert (reminder["title"], reminder["about_kind"]) == ("期限届满提醒", "deadlines")
        [entry] = [one for one in watched if entries[one["about_id"]] == deadline.id]
        assert entry | told == entry, whose
        assert (entry["title"], entry["about_kind"]) == ("处理流程监控", "monitoring_entries")

    [other] = [
        one for one in told_on_the_phone(app, make, town.manager) if one["kind"] == "assign_case"
    ]
    assert other["detail"] is None


def period(make: Make, town: Town, about: Identified, suspect_id: int | None) -> Deadline:
    """One that is the prosecutor's to keep, begun in June."""
    act = make.act(town.manager, datetime(2026, 6, 1, 9, tzinfo=SHANGHAI))
    keepers = Keepers(town.procuratorate.id, town.police.id, town.prosecutor.id)
    return deadlines.start(
        act,
        "R01",
        about,
        suspect_id=suspect_id,
        keepers=keepers,
        started_at=act.now,
        custody=Custody.HELD,
    )


def told_on_the_phone(
    app: Flask, make: Make, person: Person, state: TaskState = TaskState.OPEN
) -> list[dict[str, Any]]:
    """That person's tasks, as the first page of the phone gets them."""
    opened = SignInSession(person_id=person.id, opened_at=machine_now(), renewed_at=machine_now())
    make.session.add(opened)
    make.session.flush()
    token = access_token(app.extensions["token_key"], opened, lasting=timedelta(minutes=5))
    told = app.test_client().get(
        f"/api/v1/tasks?state={state.value}", headers={"Authorization": f"Bearer {token}"}
    )
    assert told.status_code == HTTPStatus.OK, told.text
    return list((told.json or {})["items"])
