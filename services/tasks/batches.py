"""The same move of several tasks, each by itself: done wholly, or refused alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.kernel.act import Act
from services.kernel.refusals import NotFound, Refusal, Unprocessable
from services.tasks.queries import within_reach
from services.tasks.records import Task

MOST = 100


class TaskNamedTwice(Unprocessable):
    """A task is named twice."""

    zh = "同一待办在本批次中重复。"


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What came of one task: how it stands now, or why it was refused."""

    id: int
    task: Task | None = None
    refusal: Refusal | None = None


def each(act: Act, ids: Sequence[int], doing: Callable[[Task], object]) -> list[TaskResult]:
    """Do the same to several tasks; what is refused of one leaves the others as they are.

    They are locked in the order of their ids, so two phones never wait for one another.

    Refuses:
        TaskNamedTwice: a task is named twice.
    """
    if len(set(ids)) != len(ids):
        raise TaskNamedTwice
    found = {one.id: one for one in act.session.scalars(within_reach(act).where(Task.id.in_(ids)))}
    results = {task_id: _alone(act, task_id, found.get(task_id), doing) for task_id in sorted(ids)}
    return [results[task_id] for task_id in ids]


def _alone(
    act: Act, task_id: int, task: Task | None, doing: Callable[[Task], object]
) -> TaskResult:
    try:
        with act.session.begin_nested():
            if task is None:
                raise NotFound
            doing(task)
            act.session.flush()
        return TaskResult(task_id, task)
    except Refusal as refusal:
        return TaskResult(task_id, refusal=refusal)
