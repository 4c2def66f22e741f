"""Tasks: whose they are, in which order, and that each lies open once."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from api.identity import access_token
from services import assignments, tasks
from services.kernel.act import Act, Identified
from services.kernel.clock import machine_now
from services.kernel.refusals import NotFound
from services.offices import Office
from services.people import Person, Post
from services.policy import PostKind
from services.sessions import SignInSession
from services.tasks import Due, Task, TaskKind, TaskOpen, TaskState
from tests.make import Make


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
        opened = SignInSession(
            person_id=person.id, opened_at=machine_now(), renewed_at=machine_now()
        )
        make.session.add(opened)
        make.session.flush()
        token = access_token(app.extensions["token_key"], opened, lasting=timedelta(minutes=5))
        told = [
            app.test_client().get(
                f"/api/v1/tasks?state={state.value}", headers={"Authorization": f"Bearer {token}"}
            )
            for state in TaskState
        ]
        return [
            name for one in told for item in (one.json or {})["items"] for name in item["suspects"]
        ]

    [suspect] = case.request.suspects
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
