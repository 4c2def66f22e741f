"""Hand-over (工作移交): whoever leaves or is away leaves no work behind that nobody has."""

from services.handovers.leaving import (
    WorkLeft,
    close_account,
    close_at_once,
    end_post,
    foresee,
    leaving_soon,
)
from services.handovers.operations import (
    Desk,
    HandoverTaken,
    HandoverTwice,
    NothingToHandOver,
    NotTheirs,
    desk_of,
    find,
    make,
    preview,
    visible,
)
from services.handovers.records import Handover, HandoverCase
from services.handovers.work import OpenWork, WorkKind

__all__ = [
    "Desk",
    "Handover",
    "HandoverCase",
    "HandoverTaken",
    "HandoverTwice",
    "NotTheirs",
    "NothingToHandOver",
    "OpenWork",
    "WorkKind",
    "WorkLeft",
    "close_account",
    "close_at_once",
    "desk_of",
    "end_post",
    "find",
    "foresee",
    "leaving_soon",
    "make",
    "preview",
    "visible",
]
