"""Who takes on what lies with a pool, and when somebody comes back to it.

A move of a task moves no work: the step of the law stays to be taken, and whoever holds the post
may take it, claimed or not. So a claim is a word among colleagues, and it falls back to the pool
as soon as whoever gave it is not there. Work on a case moves by designation, recusal and
hand-over alone (RULES 5, 8).
"""

from datetime import date

from sqlalchemy import exists, select

from services import people
from services.kernel.act import Act
from services.kernel.refusals import Conflict, Unprocessable
from services.people import Leave, Person
from services.policy import Permission, demands
from services.tasks.events import (
    TaskAssigned,
    TaskCancelled,
    TaskClaimed,
    TaskCompleted,
    TaskDelegated,
    TaskFollowUpReached,
    TaskFollowUpSet,
    TaskReturned,
)
from services.tasks.queries import holders, released, to_remind
from services.tasks.records import (
    ReleaseReason,
    Task,
    TaskKind,
    TaskMove,
    TaskState,
    TaskStep,
)
from services.tasks.steps import ended

CITED = {"article": "RULES 5, 8", "article_zh": "《人民检察院刑事诉讼规则》第五条、第八条"}


class TaskOver(Conflict):
    """The task is done, or no longer wanted."""

    zh = "该待办已经办结或者取消。"


class TaskTaken(Conflict):
    """Somebody else has taken it on; `by_id` and `by_name` say who."""

    zh = "该待办已由其他人员领取。"


class NotClaimed(Conflict):
    """Nobody has taken it on."""

    zh = "该待办尚无人领取。"


class WorkMovesOtherwise(Conflict):
    """It is somebody's own: work moves by designation, recusal or hand-over, not by its task."""

    zh = "本人的办案待办不能领取、退回或者转交；案件只能经指定、回避或者工作移交变更承办人。"


class NotOfThePool(Unprocessable):
    """That person does not hold the post there, or is on leave today."""

    zh = "该人员今日不在此岗位，或者正在请假。"


class FinishedByItsStep(Conflict):
    """A task of the law is finished by its step, and nobody ticks it off."""

    zh = "法定办案待办随相应步骤办结而办结，不能手工完成或者取消。"


class FollowUpImpossible(Unprocessable):
    """One is reminded from today on, and not after the day on which it is due."""

    zh = "提醒日期应当自今日起，且不得晚于应办日期。"


@demands(Permission.TASK_CLAIM)
def claim(act: Act, task: Task) -> TaskMove:
    """Take on a task that lies with everyone of a post.

    Of two who claim at once one has it: the row is locked, and the other is told who it was.

    Refuses:
        NotAllowed: only a holder of that post in that office.
        TaskOver: it is done or cancelled.
        WorkMovesOtherwise: it is somebody's own.
        TaskTaken: somebody who is there today has taken it on.

    Records:
        TaskClaimed.
    """
    _lock(act, task)
    if task.claimed_by == act.actor.id or not _is_free(act, task):
        raise _taken(act, task)
    _give(act, task, act.actor.id)
    move = noted(act, task, TaskStep.CLAIM, to_id=act.actor.id)
    act.record(TaskClaimed(move.id, task.id))
    return move


@demands(Permission.TASK_ALLOT)
def assign(act: Act, task: Task, *, to_id: int, reason: str) -> TaskMove:
    """Say who of a pool takes a task on, whoever had it before.

    Refuses:
        NotAllowed: only whoever leads that post in that office.
        TaskOver: it is done or cancelled.
        WorkMovesOtherwise: it is somebody's own.
        NotOfThePool: that person holds the post no more, or is on leave.
        TaskTaken: that person has it already.

    Records:
        TaskAssigned.
    """
    _lock(act, task)
    if task.claimed_by == to_id:
        raise _taken(act, task)
    move = _pass(act, task, TaskStep.ASSIGN, to_id, reason)
    act.record(TaskAssigned(move.id, task.id, to_id))
    return move


@demands(Permission.TASK_DELEGATE)
def delegate(act: Act, task: Task, *, to_id: int, reason: str) -> TaskMove:
    """Pass on what one has taken on, to another holder of the same post.

    Refuses:
        NotAllowed: only a holder of that post in that office.
        TaskOver: it is done or cancelled.
        WorkMovesOtherwise: it is somebody's own.
        NotClaimed: nobody has taken it on.
        TaskTaken: somebody else has it, or the actor is to have it from the actor.
        NotOfThePool: that person holds the post no more, or is on leave.

    Records:
        TaskDelegated.
    """
    _lock(act, task)
    _hold(act, task)
    if to_id == act.actor.id:
        raise _taken(act, task)
    move = _pass(act, task, TaskStep.DELEGATE, to_id, reason)
    act.record(TaskDelegated(move.id, task.id, to_id))
    return move


@demands(Permission.TASK_RETURN)
def give_back(act: Act, task: Task, *, reason: str) -> TaskMove:
    """Give back to the pool what one has taken on.

    Refuses:
        NotAllowed: only a holder of that post in that office.
        TaskOver: it is done or cancelled.
        WorkMovesOtherwise: it is somebody's own.
        NotClaimed: nobody has taken it on.
        TaskTaken: somebody else has it.

    Records:
        TaskReturned.
    """
    _lock(act, task)
    _hold(act, task)
    return _back(act, task, TaskStep.RETURN, reason=reason)


@demands(Permission.TASK_ALLOT)
def recall(act: Act, task: Task, *, reason: str) -> TaskMove:
    """Take a task back from whoever has it, so that it lies with the pool again.

    Refuses:
        NotAllowed: only whoever leads that post in that office.
        TaskOver: it is done or cancelled.
        WorkMovesOtherwise: it is somebody's own.
        NotClaimed: nobody has taken it on.

    Records:
        TaskReturned.
    """
    _lock(act, task)
    if task.claimed_by is None:
        raise NotClaimed
    return _back(act, task, TaskStep.RECALL, reason=reason)


@demands(Permission.TASK_FOLLOW_UP)
def follow_up(act: Act, task: Task, *, on: date | None) -> TaskMove:
    """Say on which day to be reminded of a task one has; none takes the reminder back.

    Refuses:
        NotAllowed: only whoever it lies with.
        TaskOver: it is done or cancelled.
        NotClaimed: it lies with a pool, and nobody has taken it on.
        TaskTaken: somebody else has it.
        FollowUpImpossible: the day is past, or after the day on which it is due.

    Records:
        TaskFollowUpSet.
    """
    _keep(act, task)
    if task.person_id is None:
        _hold(act, task)
    if on and (on < act.today or (task.due_on and on > task.due_on)):
        raise FollowUpImpossible
    task.follow_up_on, task.reminded_at = on, None
    move = noted(act, task, TaskStep.FOLLOW_UP, until_on=on)
    act.record(TaskFollowUpSet(move.id, task.id))
    return move


@demands(Permission.TASK_COMPLETE)
def complete(act: Act, task: Task) -> TaskMove:
    """Say that a follow-up was looked after; every other task is finished by its step.

    Refuses:
        NotAllowed: only whoever it lies with.
        TaskOver: it is done or cancelled.
        FinishedByItsStep: it is a task of the law.

    Records:
        TaskCompleted.
    """
    _keep(act, task)
    _refuse_steps(task)
    ended(act, task, TaskState.DONE)
    move = noted(act, task, TaskStep.COMPLETE)
    act.record(TaskCompleted(move.id, task.id))
    return move


@demands(Permission.TASK_CANCEL)
def call_off(act: Act, task: Task, *, reason: str) -> TaskMove:
    """Say that a follow-up is no longer wanted; every other task ends with its work.

    Refuses:
        NotAllowed: only whoever it lies with, or asked for it.
        TaskOver: it is done or cancelled.
        FinishedByItsStep: it is a task of the law.

    Records:
        TaskCancelled.
    """
    _keep(act, task)
    _refuse_steps(task)
    ended(act, task, TaskState.CANCELLED)
    move = noted(act, task, TaskStep.CANCEL, reason=reason)
    act.record(TaskCancelled(move.id, task.id))
    return move


@demands(Permission.TASK_WATCH)
def release(act: Act, task: Task) -> TaskMove:
    """Let a task fall back to its pool, because whoever had it is not there any more.

    Refuses:
        NotAllowed: only the house itself.

    Records:
        TaskReturned.
    """
    gone = task.claimed_by not in people_of(act, task)
    why = ReleaseReason.POST_ENDED if gone else ReleaseReason.ON_LEAVE
    return _back(act, task, TaskStep.RELEASE, why=why)


@demands(Permission.TASK_WATCH)
def remind(act: Act, task: Task) -> None:
    """Remind whoever has a task that they wanted to come back to it.

    Refuses:
        NotAllowed: only the house itself.

    Records:
        TaskFollowUpReached.
    """
    task.reminded_at = act.now
    if task.holder_id is not None:
        act.record(TaskFollowUpReached(task.id, task.holder_id))


def watch(act: Act, batch: int) -> int:
    """Let fall back what nobody is there for, and remind; how many tasks were found."""
    fallen = list(act.session.scalars(released(act, batch)))
    for task in fallen:
        release(act, task)
    reached = list(act.session.scalars(to_remind(act, batch)))
    for task in reached:
        remind(act, task)
    return len(fallen) + len(reached)


def people_of(act: Act, task: Task) -> set[int]:
    """The holders of the post with which it lies, on leave or not."""
    if task.post is None or task.office_id is None:
        return set()
    return people.holders(act.session, (task.post,), task.office_id, act.today)


def _keep(act: Act, task: Task) -> None:
    """Lock it: what two phones do to it happens one after the other."""
    act.session.flush()
    act.session.refresh(task, with_for_update=True)
    if task.state is not TaskState.OPEN:
        raise TaskOver(state=task.state.value)


def _lock(act: Act, task: Task) -> None:
    _keep(act, task)
    if task.person_id is not None:
        raise WorkMovesOtherwise(**CITED)


def _hold(act: Act, task: Task) -> None:
    if task.claimed_by is None:
        raise NotClaimed
    if task.claimed_by != act.actor.id:
        raise _taken(act, task)


def _is_free(act: Act, task: Task) -> bool:
    """Has nobody taken it on, or nobody who is there today?"""
    if task.claimed_by is None:
        return True
    away = exists().where(
        Leave.person_id == task.claimed_by, Leave.from_on <= act.today, Leave.until_on >= act.today
    )
    return task.claimed_by not in people_of(act, task) or bool(act.session.scalar(select(away)))


def _taken(act: Act, task: Task) -> TaskTaken:
    names = people.names(act.session, {task.claimed_by} - {None})  # type: ignore[arg-type]  # none is left out
    return TaskTaken(by_id=task.claimed_by, by_name=names.get(task.claimed_by or 0))


def _pass(act: Act, task: Task, step: TaskStep, to_id: int, reason: str) -> TaskMove:
    if act.session.scalar(holders(act, task).where(Person.id == to_id)) is None:
        raise NotOfThePool(person_id=to_id)
    before = task.claimed_by
    _give(act, task, to_id)
    return noted(act, task, step, from_id=before, to_id=to_id, reason=reason)


def _give(act: Act, task: Task, person_id: int) -> None:
    task.claimed_by, task.claimed_at = person_id, act.now
    task.follow_up_on = task.reminded_at = None


def _back(
    act: Act,
    task: Task,
    step: TaskStep,
    *,
    reason: str | None = None,
    why: ReleaseReason | None = None,
) -> TaskMove:
    before = task.claimed_by or 0
    task.claimed_by = task.claimed_at = None
    task.follow_up_on = task.reminded_at = None
    move = noted(act, task, step, from_id=before, reason=reason, why=why)
    act.record(TaskReturned(move.id, task.id, before, step.value))
    return move


def _refuse_steps(task: Task) -> None:
    if task.kind is not TaskKind.FOLLOW_UP:
        raise FinishedByItsStep(task_kind=task.kind.value)


def noted(  # noqa: PLR0913  # each by its name
    act: Act,
    task: Task,
    step: TaskStep,
    *,
    from_id: int | None = None,
    to_id: int | None = None,
    until_on: date | None = None,
    reason: str | None = None,
    why: ReleaseReason | None = None,
) -> TaskMove:
    """Keep a move of a task, for good."""
    move = TaskMove(
        task=task,
        step=step,
        by_id=act.actor.id,
        from_id=from_id,
        to_id=to_id,
        at=act.now,
        until_on=until_on,
        reason=reason,
        why=why,
    )
    act.session.add(move)
    act.session.flush()
    return move
