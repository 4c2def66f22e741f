"""Joint prosecutors' conferences (检察官联席会议): advice to the handler, on record.

RULES 6 paragraph 2: the head of a department may hold one. Its opinion decides nothing, stops no
period and never changes a case; a handler who goes another way than most members says why.
"""

from services.conferences.events import (
    ConferenceAsked,
    ConferenceCancelled,
    ConferenceClosed,
    ConferenceConvened,
    ConferenceDeparted,
    ConferenceOpinionGiven,
    ConferenceSettingsSet,
)
from services.conferences.flow import FLOW, ConferenceState
from services.conferences.operations import (
    DepartureStated,
    FormNotHeld,
    HeldTooEarly,
    NoMajority,
    NotInvitable,
    NotYetHeld,
    OpinionSaid,
    TooFewMembers,
    TooFewVoices,
    allowed,
    ask,
    call,
    call_off,
    candidates,
    close,
    convene,
    depart,
    earliest_due,
    find,
    opine,
    visible,
)
from services.conferences.records import (
    Conference,
    ConferenceForm,
    ConferenceMember,
    ConferenceOpinion,
    Position,
)
from services.conferences.settings import ConferenceSettings, Reach, SettingsOutOfBounds

__all__ = [
    "FLOW",
    "Conference",
    "ConferenceAsked",
    "ConferenceCancelled",
    "ConferenceClosed",
    "ConferenceConvened",
    "ConferenceDeparted",
    "ConferenceForm",
    "ConferenceMember",
    "ConferenceOpinion",
    "ConferenceOpinionGiven",
    "ConferenceSettings",
    "ConferenceSettingsSet",
    "ConferenceState",
    "DepartureStated",
    "FormNotHeld",
    "HeldTooEarly",
    "NoMajority",
    "NotInvitable",
    "NotYetHeld",
    "OpinionSaid",
    "Position",
    "Reach",
    "SettingsOutOfBounds",
    "TooFewMembers",
    "TooFewVoices",
    "allowed",
    "ask",
    "call",
    "call_off",
    "candidates",
    "close",
    "convene",
    "depart",
    "earliest_due",
    "find",
    "opine",
    "visible",
]
