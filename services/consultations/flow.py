"""Where a consultation stands, what it is for, and who speaks in it."""

from enum import StrEnum

from services.kernel.flow import Flow


class ConsultationState(StrEnum):
    """Where a consultation stands."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CONCLUDED = "concluded"
    OVERTAKEN = "overtaken"
    """The request for approval of arrest came before it was concluded."""


class ConsultationKind(StrEnum):
    """What a consultation is for."""

    EARLY_INTERVENTION = "early_intervention"
    """The procuratorate takes part in an investigation (适时介入, RULES 256)."""
    PRE_ARREST = "pre_arrest"
    """Before the arrest is asked for (捕前协商); practice, no text asks for it."""
    SUPPLEMENT_GUIDANCE = "supplement_guidance"
    """How to supplement a case that is here already (RULES 257)."""


class ConsultationOrigin(StrEnum):
    """Who began it (RULES 256)."""

    INVITED = "invited"
    """The investigating organ asked."""
    OFFERED = "offered"
    """The procuratorate deems it necessary; never in a case of a commission."""


class ConsultationGround(StrEnum):
    """Why the case calls for early intervention (RULES 256)."""

    MAJOR = "major"
    DIFFICULT = "difficult"
    COMPLEX = "complex"


class ConsultationForm(StrEnum):
    """How both sides meet."""

    PRESENT = "present"
    REMOTE = "remote"


class ConsultationSide(StrEnum):
    """Whose view it is."""

    ORGAN = "organ"
    PROCURATORATE = "procuratorate"


_OPEN = frozenset({ConsultationState.INVITED, ConsultationState.ACCEPTED})
_TALKED = frozenset(ConsultationState) - {ConsultationState.INVITED, ConsultationState.DECLINED}

FLOW = Flow(
    {
        "accept": ({ConsultationState.INVITED}, ConsultationState.ACCEPTED),
        "decline": ({ConsultationState.INVITED}, ConsultationState.DECLINED),
        "conclude": ({ConsultationState.ACCEPTED}, ConsultationState.CONCLUDED),
        "link": (_OPEN, ConsultationState.OVERTAKEN),
    },
    staying={
        "restate_suspects": _OPEN,
        "hand_over": {ConsultationState.ACCEPTED},
        "speak": {ConsultationState.ACCEPTED},
        "opine": {ConsultationState.ACCEPTED},
        "collect": _TALKED,
        "link": {ConsultationState.CONCLUDED},
    },
)
"""No step of it starts, stops or moves a period, and no step of a request waits for it."""
