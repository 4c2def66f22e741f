"""Where a joint conference stands; nothing in this table touches the case."""

from enum import StrEnum

from services.kernel.flow import Flow


class ConferenceState(StrEnum):
    """Where a conference stands."""

    ASKED = "asked"
    """The handler has asked for it; the head or the chief has yet to convene it."""
    CONVENED = "convened"
    CLOSED = "closed"
    """What was said is on record; it advises, and decides nothing."""
    CALLED_OFF = "called_off"


FLOW = Flow(
    {
        "convene": ({ConferenceState.ASKED, ConferenceState.CONVENED}, ConferenceState.CONVENED),
        "close": ({ConferenceState.CONVENED}, ConferenceState.CLOSED),
        "call_off": (
            {ConferenceState.ASKED, ConferenceState.CONVENED},
            ConferenceState.CALLED_OFF,
        ),
    },
    {
        "opine": {ConferenceState.CONVENED},
        "depart": {ConferenceState.CLOSED},
    },
)
