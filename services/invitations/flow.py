"""Where an invitation stands, and why it ends (PSUP-2021 20, 21)."""

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


class LateBecause(StrEnum):
    """Why somebody is asked later than the procuratorate's practice has it."""

    DRAWN_LATE = "drawn_late"
    """The draw itself was held that late."""
    DECLINED = "declined"
    LAPSED = "lapsed"
    RECUSED = "recused"
    BARRED = "barred"
    """The one before was suspended, removed, or has no time any more."""
    MOVED = "moved"


class RaisedBy(StrEnum):
    """Who says that there is a ground for recusal (PSUP-2021 21)."""

    PROCURATORATE = "procuratorate"
    PARTY = "party"


class RecusalOutcome(StrEnum):
    """What became of it."""

    GRANTED = "granted"
    REFUSED = "refused"
    MOOT = "moot"
    """The supervisor has stepped back meanwhile."""


_OPEN = frozenset({InvitationState.INVITED, InvitationState.ACCEPTED})

FLOW = Flow(
    {
        "accept": ({InvitationState.INVITED}, InvitationState.ACCEPTED),
        "decline": (_OPEN, InvitationState.DECLINED),
        "lapse": ({InvitationState.INVITED}, InvitationState.LAPSED),
        "recuse": (_OPEN, InvitationState.RECUSED),
        "release": (_OPEN, InvitationState.RELEASED),
        "ask_again": (_OPEN, InvitationState.INVITED),
        "mark_attended": (
            {InvitationState.ACCEPTED, InvitationState.ABSENT},
            InvitationState.ATTENDED,
        ),
        "mark_absent": (
            {InvitationState.ACCEPTED, InvitationState.ATTENDED},
            InvitationState.ABSENT,
        ),
    },
    staying={
        "propose_form": {InvitationState.ACCEPTED},
        "undertake": {InvitationState.ACCEPTED, InvitationState.ATTENDED},
        "report_conflict": _OPEN,
    },
)
"""About an activity that was moved, whoever had answered is asked again. Who came is put right
until the organ is told of it."""
