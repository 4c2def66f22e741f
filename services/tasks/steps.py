"""What the steps of the work do to tasks: open them, finish them, cancel them, move their day.

Finishing the step finishes the task, under that step's permission; nothing here asks for one.
"""

from sqlalchemy import select

from services.kernel.act import Act, Identified, record_of
from services.policy import PostKind
from services.tasks.records import (
    ONE_OF_A_PERSON,
    ONE_OF_A_POOL,
    Due,
    Task,
    TaskKind,
    TaskOpen,
    TaskState,
)


def open_for_person(
    act: Act, kind: TaskKind, about: Identified, *, person_id: int, due: Due | None = None
) -> Task:
    """Open a task about a record for one person.

    Refuses:
        TaskOpen: the same task already lies open for that person.
    """
    task = for_person(act, kind, about, person_id=person_id, due=due)
    with act.unless(ONE_OF_A_PERSON, TaskOpen(kind=kind)):
        act.session.add(task)
    return task


def open_for_pool(  # noqa: PLR0913  # each by its name
    act: Act,
    kind: TaskKind,
    about: Identified,
    *,
    office_id: int,
    post: PostKind,
    due: Due | None = None,
) -> Task:
    """Open a task about a record for whoever holds that post in that office.

    Refuses:
        TaskOpen: the same task already lies open there.
    """
    task = for_pool(act, kind, about, office_id=office_id, post=post, due=due)
    with act.unless(ONE_OF_A_POOL, TaskOpen(kind=kind)):
        act.session.add(task)
    return task


def for_person(
    act: Act, kind: TaskKind, about: Identified, *, person_id: int, due: Due | None = None
) -> Task:
    """A task for one person, to be added by who holds the lock that keeps a second one out."""
    task = _task(act, kind, about, due)
    task.person_id = person_id
    return task


def for_pool(  # noqa: PLR0913  # each by its name
    act: Act,
    kind: TaskKind,
    about: Identified,
    *,
    office_id: int,
    post: PostKind,
    due: Due | None = None,
) -> Task:
    """A task for a pool, to be added by who holds the lock that keeps a second one out."""
    task = _task(act, kind, about, due)
    task.office_id, task.post = office_id, post
    return task


def finish(act: Act, kind: TaskKind, about: Identified) -> list[Task]:
    """The step is taken: every open task of that kind about that record is done."""
    return _end(act, kind, about, TaskState.DONE)


def finish_for(act: Act, kind: TaskKind, about: Identified, *, person_id: int) -> list[Task]:
    """One of several has taken the step: that person's own open task is done."""
    return [
        ended(act, task, TaskState.DONE)
        for task in _open(act, kind, about)
        if task.person_id == person_id
    ]


def finish_in(act: Act, kind: TaskKind, about: Identified, *, office_id: int) -> list[Task]:
    """One of several offices has taken the step: its own open task is done."""
    return [
        ended(act, task, TaskState.DONE)
        for task in _open(act, kind, about)
        if task.office_id == office_id
    ]


def cancel_for(act: Act, kind: TaskKind, about: Identified, *, person_id: int) -> list[Task]:
    """The step is no longer wanted of one of several: that person's open task is cancelled."""
    return [
        ended(act, task, TaskState.CANCELLED)
        for task in _open(act, kind, about)
        if task.person_id == person_id
    ]


def cancel(act: Act, kind: TaskKind, about: Identified) -> list[Task]:
    """The step is no longer wanted of whoever had it: its open tasks are cancelled."""
    return _end(act, kind, about, TaskState.CANCELLED)


def open_about(act: Act, kind: TaskKind, about: Identified) -> list[Task]:
    """Whoever still has that to do about a record, locked until the act is over."""
    return _open(act, kind, about)


def withdraw(act: Act, task: Task) -> Task:
    """The step is no longer wanted of this one holder; the others keep it."""
    return ended(act, task, TaskState.CANCELLED)


def reschedule(act: Act, kind: TaskKind, about: Identified, due: Due) -> list[Task]:
    """The day has moved (a release, an arrest): the open tasks of that kind move with it."""
    moved = _open(act, kind, about)
    for task in moved:
        task.due_on, task.outer_on = due.due_on, due.outer_on
    return moved


def _task(act: Act, kind: TaskKind, about: Identified, due: Due | None) -> Task:
    return Task(
        kind=kind,
        about_kind=record_of(about),
        about_id=about.id,
        due_on=due and due.due_on,
        outer_on=due and due.outer_on,
        state=TaskState.OPEN,
        opened_at=act.now,
    )


def _open(act: Act, kind: TaskKind, about: Identified) -> list[Task]:
    chosen = select(Task).where(
        Task.about_id == about.id,
        Task.about_kind == record_of(about),
        Task.kind == kind,
        Task.state == TaskState.OPEN,
    )
    return list(act.session.scalars(chosen.order_by(Task.id).with_for_update()))


def _end(act: Act, kind: TaskKind, about: Identified, state: TaskState) -> list[Task]:
    return [ended(act, task, state) for task in _open(act, kind, about)]


def ended(act: Act, task: Task, state: TaskState) -> Task:
    """Close it, now and by the actor."""
    task.state, task.closed_at, task.closed_by = state, act.now, act.actor.id
    return task
