"""Assignments: which prosecutor handles a case, by a draw that anyone can replay."""

from services.assignments import shares, teams
from services.assignments.events import (
    CaseAssigned,
    CaseTeamEnded,
    CaseTeamFormed,
    CaseTeamJoined,
    CaseTeamMemberRemoved,
    HandlerChanged,
    HandlerRecused,
    LoadShareSet,
    RotationCommitted,
)
from services.assignments.operations import (
    NobodyEligible,
    NotEligible,
    NotTheChiefsToDecide,
    assign,
    change_handler,
    designate,
    find,
    name_another,
    of_case,
    open_lists,
    recuse,
)
from services.assignments.publications import publication
from services.assignments.records import (
    Assignment,
    AssignmentKind,
    ExclusionReason,
    Recusal,
    RecusalGround,
    RotationList,
    RotationLoad,
)
from services.assignments.shares import LoadShare, Roster, ShareGround
from services.assignments.teams import CaseTeam, CaseTeamMember

__all__ = [
    "Assignment",
    "AssignmentKind",
    "CaseAssigned",
    "CaseTeam",
    "CaseTeamEnded",
    "CaseTeamFormed",
    "CaseTeamJoined",
    "CaseTeamMember",
    "CaseTeamMemberRemoved",
    "ExclusionReason",
    "HandlerChanged",
    "HandlerRecused",
    "LoadShare",
    "LoadShareSet",
    "NobodyEligible",
    "NotEligible",
    "NotTheChiefsToDecide",
    "Recusal",
    "RecusalGround",
    "Roster",
    "RotationCommitted",
    "RotationList",
    "RotationLoad",
    "ShareGround",
    "assign",
    "change_handler",
    "designate",
    "find",
    "name_another",
    "of_case",
    "open_lists",
    "publication",
    "recuse",
    "shares",
    "teams",
]
