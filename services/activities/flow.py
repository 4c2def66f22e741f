"""Where an activity of people's supervisors stands, and what it is (PSUP-2019)."""

from enum import StrEnum

from services.kernel.flow import Flow


class ActivityKind(StrEnum):
    """The nine kinds of work that people's supervisors supervise (PSUP-2019 8)."""

    PUBLIC_REVIEW = "public_review"
    """Public review or public hearing of a case (案件公开审查、公开听证)."""
    COURT_APPEARANCE = "court_appearance"
    CIRCUIT_INSPECTION = "circuit_inspection"
    PROPOSAL = "proposal"
    """A procuratorial proposal is drawn up, or its effect followed (检察建议)."""
    DOCUMENT_SERVICE = "document_service"
    """A legal document is announced and served (法律文书宣告送达)."""
    QUALITY_REVIEW = "quality_review"
    STANDARDS_INSPECTION = "standards_inspection"
    BRIEFING = "briefing"
    OTHER = "other"


class InviteGround(StrEnum):
    """Where the law says "shall invite" (PSUP-2019 9)."""

    COMPLAINT_REVIEW = "complaint_review"
    """Public review of an appeal against a procuratorate's decision."""
    NON_PROSECUTION_REVIEW = "non_prosecution_review"
    """Public review of an intended non-prosecution."""
    NECESSITY_REVIEW = "necessity_review"
    """Public review of the necessity of custody."""
    ARREST_HEARING = "arrest_hearing"
    """Public hearing of an arrest review of major influence."""
    ADMINISTRATIVE_HEARING = "administrative_hearing"
    """Public hearing in the supervision of administrative litigation."""


class ActivityForm(StrEnum):
    """How supervisors take part. No text allows or forbids taking part from afar."""

    PRESENT = "present"
    REMOTE = "remote"
    EITHER = "either"
    """Each supervisor says which."""


class ActivityState(StrEnum):
    """Where an activity stands."""

    PLANNED = "planned"
    REQUESTED = "requested"
    """The organ was told number, time and place (PSUP-2021 19)."""
    DRAWING = "drawing"
    """The draw was published; supervisors are being drawn and asked."""
    STAFFED = "staffed"
    """As many as are wanted have accepted."""
    UNDER_WAY = "under_way"
    ENDED = "ended"
    """It is over; opinions and answers are still to come."""
    CLOSED = "closed"
    CANCELLED = "cancelled"
    WITHOUT = "without"
    """Held without supervisors, for a recorded reason."""


class WithoutBecause(StrEnum):
    """Why the procuratorate goes on without supervisors."""

    NO_TIME_FOR_NOTICE = "no_time_for_notice"
    """The statutory period leaves no room for the notice; it comes first."""
    POOL_TOO_SMALL = "pool_too_small"
    ALL_DECLINED = "all_declined"
    ORGAN_SILENT = "organ_silent"
    ORGAN_REFUSED = "organ_refused"
    """The organ did not consent to the short notice."""
    OTHER = "other"


_BEFORE = frozenset(
    {
        ActivityState.PLANNED,
        ActivityState.REQUESTED,
        ActivityState.DRAWING,
        ActivityState.STAFFED,
    }
)
_ASKED = _BEFORE - {ActivityState.PLANNED}
_HELD = frozenset({ActivityState.UNDER_WAY, ActivityState.ENDED})

FLOW = Flow(
    {
        "send": ({ActivityState.PLANNED}, ActivityState.REQUESTED),
        "refuse_short_notice": ({ActivityState.REQUESTED}, ActivityState.PLANNED),
        "publish": ({ActivityState.REQUESTED}, ActivityState.DRAWING),
        "staff": ({ActivityState.DRAWING}, ActivityState.STAFFED),
        "unstaff": ({ActivityState.STAFFED}, ActivityState.DRAWING),
        "begin": ({ActivityState.STAFFED}, ActivityState.UNDER_WAY),
        "end": ({ActivityState.UNDER_WAY}, ActivityState.ENDED),
        "close": ({ActivityState.ENDED}, ActivityState.CLOSED),
        "cancel": (_BEFORE, ActivityState.CANCELLED),
        "go_without": (_BEFORE, ActivityState.WITHOUT),
    },
    staying={
        "restate": {ActivityState.PLANNED},
        "consent": _ASKED,
        "refuse_short_notice": _ASKED - {ActivityState.REQUESTED},
        "move": _BEFORE,
        "ask_for_fewer": {ActivityState.REQUESTED},
        "accept_fewer": {ActivityState.DRAWING},
        "attend": {ActivityState.STAFFED, ActivityState.UNDER_WAY, ActivityState.ENDED},
        "opine": _HELD,
    },
)
"""None of its steps starts, stops or moves a period of the case, and no decision waits for one."""
