"""Whose tasks they are, in which order they are read, and how many there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Exists,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute

from services import people
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.people import Leave, Person, Post
from services.policy import LEADERS_OF, PostKind
from services.tasks.records import Task, TaskMove, TaskState

SOON = timedelta(days=3)
"""What is due within so many days is counted as due soon."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tasks lie open with somebody, by how near their day is."""

    open: int
    """One's own, and those of a pool that one has taken on."""
    overdue: int
    due_today: int
    due_soon: int
    to_follow_up: int
    unclaimed: int
    """Of one's posts: what nobody has taken on."""


def visible(act: Act) -> Select[Task]:
    """Every task of the actor: the own ones, and those of a post the actor holds today."""
    return select(Task).where(own(act))


def own(act: Act) -> ColumnElement[bool]:
    """Is it the actor's own, or of a post the actor holds today?"""
    return or_(Task.person_id == act.actor.id, _pooled(act))


def led(act: Act) -> ColumnElement[bool]:
    """A task of a pool that the actor leads: `leads_its_pool`, as SQL."""
    return _of_posts(
        (office_id, post)
        for post, leaders in LEADERS_OF.items()
        for office_id in act.actor.offices_as(*leaders)
    )


def within_reach(act: Act) -> Select[Task]:
    """The actor's tasks, those of the pools the actor leads, and what the actor asked of others."""
    return select(Task).where(or_(own(act), Task.made_by == act.actor.id, led(act)))


def find(act: Act, task_id: int) -> Task:
    """The task, if it is within the actor's reach; otherwise it does not exist."""
    found = act.session.scalar(within_reach(act).where(Task.id == task_id))
    if found is None:
        raise NotFound
    return found


def in_order(chosen: Select[Task]) -> Select[Task]:
    """The most urgent first; what has no day comes last, and the older before the newer."""
    return chosen.order_by(Task.due_on.nulls_last(), Task.id)


def following(due_on: date | None, task_id: int) -> ColumnElement[bool]:
    """What comes after that task in `in_order`: the cursor of the next page."""
    if due_on is None:
        return and_(Task.due_on.is_(None), Task.id > task_id)
    return or_(Task.due_on.is_(None), tuple_(Task.due_on, Task.id) > (due_on, task_id))


def counts(act: Act) -> Counts:
    """What a phone polls for, in one statement over the indexes; the law decides on no record."""
    mine = or_(Task.person_id == act.actor.id, Task.claimed_by == act.actor.id)
    days = {
        "open": mine,
        "overdue": and_(mine, Task.due_on < act.today),
        "due_today": and_(mine, Task.due_on == act.today),
        "due_soon": and_(mine, Task.due_on > act.today, Task.due_on <= act.today + SOON),
        "to_follow_up": and_(mine, Task.follow_up_on <= act.today),
        "unclaimed": and_(_pooled(act), Task.claimed_by.is_(None)),
    }
    lying = Task.state == TaskState.OPEN
    found = act.session.execute(
        select(*(func.count().filter(one).label(name) for name, one in days.items())).where(
            lying, or_(mine, _pooled(act))
        )
    ).one()
    return Counts(*(int(one) for one in found))


def holders(act: Act, task: Task) -> Select[Person]:
    """Who of the pool could have it: the holders of its post who are there today."""
    held = people.posts_on(act.today).where(
        Post.kind.in_(_counting_as(task.post)),
        Post.office_id == task.office_id,
        ~_away(act, Post.person_id),
    )
    return select(Person).where(Person.id.in_(held.with_only_columns(Post.person_id)))


def _counting_as(post: PostKind | None) -> tuple[PostKind | None, ...]:
    """Whoever acts for the chief has the chief's tasks (RULES 4)."""
    if post is PostKind.CHIEF_PROCURATOR:
        return (post, PostKind.ACTING_CHIEF)
    return (post,)


def released(act: Act, batch: int) -> Select[Task]:
    """The tasks of pools whose claimer holds the post no more, or is on leave today."""
    acts = and_(Task.post == PostKind.CHIEF_PROCURATOR, Post.kind == PostKind.ACTING_CHIEF)
    held = people.posts_on(act.today).where(
        Post.person_id == Task.claimed_by,
        or_(Post.kind == Task.post, acts),
        Post.office_id == Task.office_id,
    )
    gone = or_(
        ~held.with_only_columns(Post.id).correlate(Task).exists(), _away(act, Task.claimed_by)
    )
    return (
        select(Task)
        .where(Task.state == TaskState.OPEN, Task.claimed_by.is_not(None), gone)
        .order_by(Task.id)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )


def to_remind(act: Act, batch: int) -> Select[Task]:
    """The open tasks on whose day to be reminded nobody has been."""
    return (
        select(Task)
        .where(
            Task.state == TaskState.OPEN,
            Task.follow_up_on <= act.today,
            Task.reminded_at.is_(None),
        )
        .order_by(Task.follow_up_on, Task.id)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )


def moves_of(act: Act, task: Task) -> list[TaskMove]:
    """Every move of a task, the oldest first."""
    chosen = select(TaskMove).where(TaskMove.task_id == task.id).order_by(TaskMove.id)
    return list(act.session.scalars(chosen))


def _away(act: Act, person_id: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Exists:
    return exists().where(
        Leave.person_id == person_id, Leave.from_on <= act.today, Leave.until_on >= act.today
    )


def _pooled(act: Act) -> ColumnElement[bool]:
    return _of_posts((office_id, PostKind(post)) for post, office_id in act.actor.posts)


def _of_posts(pools: Iterable[tuple[int, PostKind]]) -> ColumnElement[bool]:
    return tuple_(Task.office_id, Task.post).in_(sorted(pools))
