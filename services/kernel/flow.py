"""Workflows as tables: which step leads from which state to which."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from services.kernel.refusals import Conflict

S = TypeVar("S", bound=StrEnum)


class WrongState(Conflict):
    """The matter has moved on; this step is no longer open."""

    zh = "事项已进入下一环节，此步骤已关闭。"


class Flow(Generic[S]):
    """A state machine written as data, so a lawyer can proofread it."""

    def __init__(self, steps: Mapping[str, tuple[Collection[S], S]]) -> None:
        self.steps = steps

    def after(self, state: S, step: str) -> S:
        """The state that `step` leads to from `state`, or a refusal."""
        sources, target = self.steps[step]
        if state not in sources:
            raise WrongState(state=state, step=step)
        return target

    def open_from(self, state: S) -> list[str]:
        """Every step that is open from `state`, in the table's order."""
        return [step for step, (sources, _) in self.steps.items() if state in sources]
