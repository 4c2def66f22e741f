"""Cases: what case management accepted, under a number, for a handler to carry."""

from services.cases.events import CaseAccepted, CaseClosed, SuspectIdentified
from services.cases.flow import FLOW, CaseKind, CaseList, CaseState
from services.cases.names import (
    Identity,
    IdentityMissing,
    NothingNew,
    SuspectName,
    identify,
    known_since,
    names_of,
)
from services.cases.operations import (
    accept,
    accept_transfer,
    allowed,
    close_to,
    find,
    follow,
    locked,
    move,
    of_suspects,
    open_to,
    suspects_of,
    visible,
)
from services.cases.records import Case, CaseReader, case_suspects

__all__ = [
    "FLOW",
    "Case",
    "CaseAccepted",
    "CaseClosed",
    "CaseKind",
    "CaseList",
    "CaseReader",
    "CaseState",
    "Identity",
    "IdentityMissing",
    "NothingNew",
    "SuspectIdentified",
    "SuspectName",
    "accept",
    "accept_transfer",
    "allowed",
    "case_suspects",
    "close_to",
    "find",
    "follow",
    "identify",
    "known_since",
    "locked",
    "move",
    "names_of",
    "of_suspects",
    "open_to",
    "suspects_of",
    "visible",
]
