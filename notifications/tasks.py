"""What people hear when a task changes hands, or somebody wanted to be reminded of one."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session, joinedload

from notifications.audiences import person, pool
from notifications.messages import Message, Urgency, Words, on, read_with
from services.kernel.act import Actor
from services.policy import LEADERS_OF, PostKind
from services.tasks import (
    FollowUpGiven,
    Task,
    TaskAssigned,
    TaskCancelled,
    TaskCompleted,
    TaskDelegated,
    TaskFollowUpReached,
    TaskKind,
    TaskMove,
    TaskReturned,
    TaskStep,
)

PAGE = "/tasks"

read_with(TaskMove, joinedload(TaskMove.task))


@dataclass(frozen=True, slots=True)
class _Receiver:
    """Whoever is to have it now, unless it was their own doing."""

    def people(self, _session: Session, move: Any) -> set[int]:
        """That person, or nobody."""
        return {move.to_id} - {move.by_id, None}

    def includes(self, actor: Actor, move: Any) -> bool:
        """Is it the actor?"""
        return bool(actor.id == move.to_id)


@dataclass(frozen=True, slots=True)
class _Pool:
    """Who leads the pool, or the pool where nobody does; and who had it, unless they gave it back.

    Of several who lead, the nearest.
    """

    def people(self, session: Session, move: Any) -> set[int]:
        """All of them but whoever did it."""
        return (_leaders(move).people(session, move) | {move.from_id}) - {move.by_id, None}

    def includes(self, actor: Actor, move: Any) -> bool:
        """Is the actor one of them?"""
        return actor.id == move.from_id or _leaders(move).includes(actor, move)


@dataclass(frozen=True, slots=True)
class _Parties:
    """Who asked for a follow-up and who had it, but not whoever ended it."""

    def people(self, _session: Session, move: Any) -> set[int]:
        """The one, the other, or nobody."""
        return {move.task.made_by, move.task.person_id} - {move.by_id, None}

    def includes(self, actor: Actor, move: Any) -> bool:
        """Is the actor one of them?"""
        return actor.id in {move.task.made_by, move.task.person_id}


def _leaders(move: Any) -> pool:
    post = move.task.post
    return pool(LEADERS_OF.get(post, (post,))[0], of="task.office_id")


RECEIVER, POOL, PARTIES = _Receiver(), _Pool(), _Parties()


def _task() -> Task:
    return Task(
        id=5,
        kind=TaskKind.ACCEPT_REQUEST,
        office_id=1,
        post=PostKind.CASE_MANAGER,
        claimed_by=4,
        person_id=None,
        made_by=None,
        due_on=date(2026, 10, 5),
    )


def _follow_up() -> Task:
    return Task(id=6, kind=TaskKind.FOLLOW_UP, person_id=4, made_by=3, due_on=date(2026, 10, 5))


def _sample(step: TaskStep, task: Task, **given: Any) -> TaskMove:
    return TaskMove(id=9, step=step, task=task, task_id=task.id, by_id=3, **given)


def _named(task: Task) -> Words:
    """What is to be done and until when; nothing of the case."""
    zh, en = f"“{task.kind.zh}”", f"“{task.kind.value.replace('_', ' ')}”"
    if task.due_on is None:
        return Words(zh, en)
    return Words(f"{zh}（应办日{task.due_on}）", f"{en} (due {task.due_on})")


@on(
    TaskAssigned,
    about=TaskMove,
    to=RECEIVER,
    urgency=Urgency.TASK,
    sample=lambda: (
        TaskAssigned(9, 5, 4),
        _sample(TaskStep.ASSIGN, _task(), to_id=4, reason="周某休假"),
    ),
)
def task_assigned(_event: TaskAssigned, move: TaskMove) -> Message:
    """Tell who is to take a task of the pool on, and why."""
    named = _named(move.task)
    return Message(
        "待办已分派给您",
        f"{named.title}由您办理。理由：{move.reason}",
        PAGE,
        en=Words("A task was assigned to you", f"{named.body} is yours. Reason: {move.reason}"),
    )


@on(
    TaskDelegated,
    about=TaskMove,
    to=RECEIVER,
    urgency=Urgency.TASK,
    sample=lambda: (
        TaskDelegated(9, 5, 4),
        _sample(TaskStep.DELEGATE, _task(), from_id=3, to_id=4, reason="外出送达"),
    ),
)
def task_delegated(_event: TaskDelegated, move: TaskMove) -> Message:
    """Tell who has a task now that a colleague had taken on, and why."""
    named = _named(move.task)
    return Message(
        "同事将待办转交给您",
        f"{named.title}转由您办理。理由：{move.reason}",
        PAGE,
        en=Words(
            "A colleague passed a task to you", f"{named.body} is yours. Reason: {move.reason}"
        ),
    )


@on(
    TaskReturned,
    about=TaskMove,
    to=POOL,
    urgency=Urgency.TASK,
    sample=lambda: (
        TaskReturned(9, 5, 3, TaskStep.RETURN.value),
        _sample(TaskStep.RETURN, _task(), from_id=3, reason="与本人回避事项有关"),
    ),
)
def task_returned(_event: TaskReturned, move: TaskMove) -> Message:
    """Tell who leads the pool that a task lies with nobody again."""
    named = _named(move.task)
    because = f"理由：{move.reason}" if move.reason else "原领取人已不在岗或者正在请假。"
    why = f"Reason: {move.reason}" if move.reason else "Whoever had it has left or is on leave."
    return Message(
        "待办退回待领取",
        f"{named.title}已无人领取，请安排办理。{because}",
        PAGE,
        en=Words("A task lies with the pool again", f"{named.body} is with nobody now. {why}"),
    )


@on(
    FollowUpGiven,
    about=TaskMove,
    to=RECEIVER,
    urgency=Urgency.TASK,
    sample=lambda: (
        FollowUpGiven(9, 6, 4),
        _sample(TaskStep.MAKE, _follow_up(), to_id=4),
    ),
)
def follow_up_given(_event: FollowUpGiven, move: TaskMove) -> Message:
    """Tell who is to look after something by a day; what, the list of tasks says."""
    named = _named(move.task)
    return Message(
        "新的跟进事项",
        f"{named.title}交由您跟进，内容见待办列表。",
        PAGE,
        en=Words("A new follow-up", f"{named.body} is yours; the list of tasks says what it is."),
    )


@on(
    TaskCompleted,
    about=TaskMove,
    to=PARTIES,
    sample=lambda: (TaskCompleted(9, 6), _sample(TaskStep.COMPLETE, _follow_up())),
)
def task_completed(_event: TaskCompleted, move: TaskMove) -> Message:
    """Tell who asked for a follow-up that it was looked after."""
    named = _named(move.task)
    return Message(
        "跟进事项已完成",
        f"{named.title}已完成。",
        PAGE,
        en=Words("A follow-up is done", f"{named.body} is done."),
    )


@on(
    TaskCancelled,
    about=TaskMove,
    to=PARTIES,
    sample=lambda: (
        TaskCancelled(9, 6),
        _sample(TaskStep.CANCEL, _follow_up(), reason="已另行处理"),
    ),
)
def task_cancelled(_event: TaskCancelled, move: TaskMove) -> Message:
    """Tell the other of the two that a follow-up is no longer wanted."""
    named = _named(move.task)
    return Message(
        "跟进事项已取消",
        f"{named.title}已取消。理由：{move.reason}",
        PAGE,
        en=Words("A follow-up was cancelled", f"{named.body} is off. Reason: {move.reason}"),
    )


@on(
    TaskFollowUpReached,
    about=Task,
    to=person("holder_id"),
    urgency=Urgency.TASK,
    sample=lambda: (TaskFollowUpReached(5, 4), _task()),
)
def task_follow_up_reached(_event: TaskFollowUpReached, task: Task) -> Message:
    """Remind whoever has a task, on the day they asked for."""
    named = _named(task)
    return Message(
        "待办提醒",
        f"您设置的提醒日已到：{named.title}。",
        PAGE,
        en=Words("A reminder", f"The day you asked for has come: {named.body}."),
    )
