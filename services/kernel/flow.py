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

    def __init__(
        self,
        steps: Mapping[str, tuple[Collection[S], S]],
        staying: Mapping[str, Collection[S]] | None = None,
    ) -> None:
        self.steps = steps
        self.staying = staying or {}
        """Steps that leave the state as it is, and the states from which they may be taken."""

    def after(self, state: S, step: str) -> S:
        """The state that `step` leads to from `state`, or a refusal."""
        if state in self.staying.get(step, ()):
            return state
        moving = self.steps.get(step)
        if moving is None or state not in moving[0]:
            raise WrongState(state=state, step=step)
        return moving[1]

    def open_from(self, state: S) -> list[str]:
        """Every step that is open from `state`, in the table's order."""
        return [step for step in self.every_step if state in self.sources(step)]

    @property
    def every_step(self) -> list[str]:
        """Every step of the table, those that lead on before those that stay."""
        return list(dict.fromkeys((*self.steps, *self.staying)))

    def sources(self, step: str) -> set[S]:
        """Every state from which the step may be taken."""
        moving = self.steps[step][0] if step in self.steps else ()
        return {*moving, *self.staying.get(step, ())}
