"""Interrogations (讯问): who meets a suspect, when, where, and what came of it."""

from services.interrogations.drafts import Arrangement, Seat
from services.interrogations.events import (
    InterrogationBooked,
    InterrogationCancelled,
    InterrogationUnbooked,
)
from services.interrogations.flow import (
    AHEAD,
    FLOW,
    LIVE,
    OPEN,
    OVER,
    InterrogationState,
    LostBecause,
    Mode,
    Purpose,
    Role,
)
from services.interrogations.limits import Limit, earliest
from services.interrogations.operations import (
    STEPS,
    AfterDeadline,
    AlreadyBegun,
    NotInCase,
    RemoteNeedsCentre,
    RemoteNotUsed,
    Wish,
    allowed,
    book,
    cancel,
    find,
    lose_time,
    visible,
    wish,
)
from services.interrogations.records import Attendance, Interrogation

__all__ = [
    "AHEAD",
    "FLOW",
    "LIVE",
    "OPEN",
    "OVER",
    "STEPS",
    "AfterDeadline",
    "AlreadyBegun",
    "Arrangement",
    "Attendance",
    "Interrogation",
    "InterrogationBooked",
    "InterrogationCancelled",
    "InterrogationState",
    "InterrogationUnbooked",
    "Limit",
    "LostBecause",
    "Mode",
    "NotInCase",
    "Purpose",
    "RemoteNeedsCentre",
    "RemoteNotUsed",
    "Role",
    "Seat",
    "Wish",
    "allowed",
    "book",
    "cancel",
    "earliest",
    "find",
    "lose_time",
    "visible",
    "wish",
]
