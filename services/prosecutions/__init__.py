"""Prosecutions (审查起诉 and after): one per suspect, from the transfer to the judgment."""

from services.prosecutions.judgments import (
    JudgmentReview,
    NoProtestGround,
    NothingToCompare,
    judgment_differences,
    protest_draft,
)
from services.prosecutions.operations import (
    FLOW,
    begin,
    find,
    hand_over,
    of_case,
    periods,
    release,
    take_in,
    visible,
)
from services.prosecutions.records import Prosecution
from services.prosecutions.rescheduling import follow_calendar
from services.prosecutions.states import ProsecutionState
from services.prosecutions.steps import STEPS

__all__ = [
    "FLOW",
    "STEPS",
    "JudgmentReview",
    "NoProtestGround",
    "NothingToCompare",
    "Prosecution",
    "ProsecutionState",
    "begin",
    "find",
    "follow_calendar",
    "hand_over",
    "judgment_differences",
    "of_case",
    "periods",
    "protest_draft",
    "release",
    "take_in",
    "visible",
]
