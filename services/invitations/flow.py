"""Where an invitation stands."""

from enum import StrEnum

from services.kernel.flow import Flow


class InvitationState(StrEnum):
    """Where an invitation stands."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    """No answer came in time."""
    RECUSED = "recused"
    """Kept away by the organ, or stepped aside (PSUP-2021 21)."""
    RELEASED = "released"
    """No longer needed: the activity was cancelled, or moved to when there is no time."""
    ATTENDED = "attended"
    ABSENT = "absent"


class Attending(StrEnum):
    """How a supervisor takes part."""

    PRESENT = "present"
    REMOTE = "remote"


class RecusalBecause(StrEnum):
    """Why a supervisor is kept away (PSUP-2021 21)."""

    NEAR_RELATIVE = "near_relative"
    INTEREST = "interest"
    FORMER_PARTICIPANT = "former_participant"
    OTHER_RELATION = "other_relation"


_OPEN = frozenset({InvitationState.INVITED, InvitationState.ACCEPTED})

FLOW = Flow(
    {
        "accept": ({InvitationState.INVITED}, InvitationState.ACCEPTED),
        "decline": (_OPEN, InvitationState.DECLINED),
        "lapse": ({InvitationState.INVITED}, InvitationState.LAPSED),
        "recuse": (_OPEN, InvitationState.RECUSED),
        "release": (_OPEN, InvitationState.RELEASED),
        "mark_attended": ({InvitationState.ACCEPTED}, InvitationState.ATTENDED),
        "mark_absent": ({InvitationState.ACCEPTED}, InvitationState.ABSENT),
    },
    staying={
        "propose_form": {InvitationState.ACCEPTED},
        "undertake": {InvitationState.ACCEPTED, InvitationState.ATTENDED},
        "report_conflict": _OPEN,
    },
)
