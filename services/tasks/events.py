"""What happened to tasks: each event is about a move, and names the task and its kind."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class TaskClaimed(Event):
    """Somebody of a pool has taken a task on."""

    task_id: int


@dataclass(frozen=True, slots=True)
class TaskAssigned(Event):
    """Whoever leads a pool has said who takes a task on."""

    task_id: int
    to_id: int


@dataclass(frozen=True, slots=True)
class TaskReturned(Event):
    """A task lies with its pool again: given back, taken back, or nobody is there any more."""

    task_id: int
    from_id: int
    step: str


@dataclass(frozen=True, slots=True)
class TaskDelegated(Event):
    """Whoever had taken a task on has passed it to another holder of the post."""

    task_id: int
    to_id: int


@dataclass(frozen=True, slots=True)
class TaskFollowUpSet(Event):
    """Whoever has a task said on which day to be reminded of it, or that no more."""

    task_id: int


@dataclass(frozen=True, slots=True)
class TaskFollowUpReached(Event):
    """The day has come on which whoever has a task wanted to be reminded; it is about the task."""

    person_id: int


@dataclass(frozen=True, slots=True)
class FollowUpGiven(Event):
    """Somebody is to look after something by a day."""

    task_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class TaskCompleted(Event):
    """A follow-up was looked after."""

    task_id: int


@dataclass(frozen=True, slots=True)
class TaskCancelled(Event):
    """A follow-up is no longer wanted."""

    task_id: int
