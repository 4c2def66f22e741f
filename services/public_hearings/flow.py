"""Where a public hearing or review stands, who takes part, and what is said (HEAR-2020)."""

from enum import StrEnum

from services.kernel.flow import Flow


class PublicHearingForm(StrEnum):
    """In which form a case is looked at before others (PSUP-2019 8, 9)."""

    PUBLIC_REVIEW = "public_review"
    """Public review (公开审查)."""
    PUBLIC_HEARING = "public_hearing"
    """Public hearing (公开听证), with hearing officers (HEAR-2020)."""


class PublicHearingState(StrEnum):
    """Where it stands."""

    PLANNED = "planned"
    NOTICED = "noticed"
    """Officers and parties were given notice (HEAR-2020)."""
    OPEN = "open"
    DELIBERATING = "deliberating"
    """Questions are over; the hearing officers deliberate."""
    CONCLUDED = "concluded"
    """Over, on record; what the handler makes of it is still to be said and told."""
    CANCELLED = "cancelled"


class PartyKind(StrEnum):
    """As what somebody is present."""

    SUSPECT = "suspect"
    VICTIM = "victim"
    DEFENDER = "defender"
    AGENT = "agent"
    """Of a party: agent ad litem (诉讼代理人)."""
    LEGAL_REPRESENTATIVE = "legal_representative"
    POLICE_OFFICER = "police_officer"
    APPELLANT = "appellant"
    OTHER = "other"


class Speaker(StrEnum):
    """Who spoke."""

    CHAIR = "chair"
    HANDLER = "handler"
    """The prosecutor who handles the case, where somebody else presides."""
    OFFICER = "officer"
    PARTY = "party"


class StatementKind(StrEnum):
    """What was said."""

    STATEMENT = "statement"
    QUESTION = "question"
    ANSWER = "answer"


class OfficerPosition(StrEnum):
    """What a hearing officer says to what the handler intends."""

    AGREE = "agree"
    DISAGREE = "disagree"
    OTHER = "other"


class Following(StrEnum):
    """What the handler makes of the hearing officers' opinion (HEAR-2020 16)."""

    FOLLOWED = "followed"
    DEPARTED = "departed"
    """The majority is not followed: the chief procurator is asked."""
    NO_MAJORITY = "no_majority"
    """No position had more than half of the voices: there was nothing to follow."""


class DepartureConsent(StrEnum):
    """Whether the chief procurator agrees that the majority is not followed (HEAR-2020 16)."""

    AWAITED = "awaited"
    GIVEN = "given"
    REFUSED = "refused"


_AHEAD = frozenset({PublicHearingState.PLANNED, PublicHearingState.NOTICED})
_ROOM = frozenset({PublicHearingState.OPEN, PublicHearingState.DELIBERATING})

FLOW = Flow(
    {
        "restate": (_AHEAD, PublicHearingState.PLANNED),
        "give_notice": (_AHEAD, PublicHearingState.NOTICED),
        "open": ({PublicHearingState.NOTICED}, PublicHearingState.OPEN),
        "deliberate": ({PublicHearingState.OPEN}, PublicHearingState.DELIBERATING),
        "conclude": ({PublicHearingState.DELIBERATING}, PublicHearingState.CONCLUDED),
        "cancel": (_AHEAD | _ROOM, PublicHearingState.CANCELLED),
    },
    staying={
        "link": _AHEAD,
        "go_without": _AHEAD,
        "say": {PublicHearingState.OPEN},
        "vote": {PublicHearingState.DELIBERATING},
        "state_result": {PublicHearingState.CONCLUDED},
        "consent": {PublicHearingState.CONCLUDED},
        "refuse_consent": {PublicHearingState.CONCLUDED},
        "announce": {PublicHearingState.CONCLUDED},
    },
)
"""None of its steps stops a period (HEAR-2020 20), and no decision on the case waits for one."""
