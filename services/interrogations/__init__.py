"""Interrogations (讯问): who meets a suspect, when, where, and what came of it."""

from services.interrogations.centre import (
    CentreDay,
    EscortStep,
    EscortTooEarly,
    NotBrought,
    ProposalOver,
    confirm,
    mark_escort,
    propose_time,
)
from services.interrogations.changes import (
    NothingChanges,
    NotLonger,
    extend,
    reschedule,
    swap,
)
from services.interrogations.drafts import Arrangement, Seat, Wish
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
from services.interrogations.grounds import InterrogationGround, MustInterrogate, on_record
from services.interrogations.grounds import of as grounds_of
from services.interrogations.history import (
    ChangeKind,
    InterrogationChange,
    InterrogationChanged,
    ToldBecause,
)
from services.interrogations.limits import Limit, earliest
from services.interrogations.operations import (
    STEPS,
    AfterDeadline,
    AlreadyBegun,
    NotInCase,
    RemoteNeedsCentre,
    RemoteNotUsed,
    allowed,
    book,
    cancel,
    find,
    lose_time,
    visible,
    wish,
)
from services.interrogations.opinion_forms import of as opinion_form_of
from services.interrogations.paper import HeldOnPaper, file_held, hear_police, refuse_unheard
from services.interrogations.proposals import TimeProposal, TimeProposalState
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
    "CentreDay",
    "ChangeKind",
    "EscortStep",
    "EscortTooEarly",
    "HeldOnPaper",
    "Interrogation",
    "InterrogationBooked",
    "InterrogationCancelled",
    "InterrogationChange",
    "InterrogationChanged",
    "InterrogationGround",
    "InterrogationState",
    "InterrogationUnbooked",
    "Limit",
    "LostBecause",
    "Mode",
    "MustInterrogate",
    "NotBrought",
    "NotInCase",
    "NotLonger",
    "NothingChanges",
    "ProposalOver",
    "Purpose",
    "RemoteNeedsCentre",
    "RemoteNotUsed",
    "Role",
    "Seat",
    "TimeProposal",
    "TimeProposalState",
    "ToldBecause",
    "Wish",
    "allowed",
    "book",
    "cancel",
    "confirm",
    "earliest",
    "extend",
    "file_held",
    "find",
    "grounds_of",
    "hear_police",
    "lose_time",
    "mark_escort",
    "on_record",
    "opinion_form_of",
    "propose_time",
    "refuse_unheard",
    "reschedule",
    "swap",
    "visible",
    "wish",
]
