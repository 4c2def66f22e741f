"""Assignments: which prosecutor handles a case, by a draw that anyone can replay."""

from services.assignments.events import (
    CaseAssigned,
    HandlerChanged,
    HandlerRecused,
    RotationCommitted,
)
from services.assignments.operations import (
    NobodyEligible,
    NotEligible,
    NotTheChiefsToDecide,
    assign,
    change_handler,
    designate,
    of_case,
    open_lists,
    recuse,
)
from services.assignments.records import (
    Assignment,
    AssignmentKind,
    ExclusionReason,
    Recusal,
    RecusalGround,
    RotationList,
    RotationLoad,
)

__all__ = [
    "Assignment",
    "AssignmentKind",
    "CaseAssigned",
    "ExclusionReason",
    "HandlerChanged",
    "HandlerRecused",
    "NobodyEligible",
    "NotEligible",
    "NotTheChiefsToDecide",
    "Recusal",
    "RecusalGround",
    "RotationCommitted",
    "RotationList",
    "RotationLoad",
    "assign",
    "change_handler",
    "designate",
    "of_case",
    "open_lists",
    "recuse",
]
