"""Where an arrest request stands until it is accepted."""

from enum import StrEnum

from services.kernel.flow import Flow


class RequestState(StrEnum):
    """Where an arrest request stands."""

    SUBMITTED = "submitted"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    ACCEPTED = "accepted"


_OPEN = frozenset({RequestState.SUBMITTED, RequestState.SUPPLEMENT_REQUESTED})

FLOW = Flow(
    {
        "correct": (_OPEN, RequestState.SUBMITTED),
        "request_supplement": ({RequestState.SUBMITTED}, RequestState.SUPPLEMENT_REQUESTED),
        "accept": (_OPEN, RequestState.ACCEPTED),
    }
)
"""A correction answers a supplement request. An unanswered one does not hold up acceptance: the
period of review has run since first receipt (RULES 282) and custody does not wait."""
