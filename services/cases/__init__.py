"""Cases: what case management accepted, under a number, for a handler to carry."""

from services.cases.events import CaseAccepted, CaseClosed
from services.cases.flow import FLOW, CaseList, CaseState
from services.cases.operations import accept, allowed, find, locked, move, visible
from services.cases.records import Case

__all__ = [
    "FLOW",
    "Case",
    "CaseAccepted",
    "CaseClosed",
    "CaseList",
    "CaseState",
    "accept",
    "allowed",
    "find",
    "locked",
    "move",
    "visible",
]
