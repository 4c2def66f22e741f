"""Where a transfer for prosecution stands until it is accepted, and who sends one."""

from enum import StrEnum

from services.kernel.flow import Flow


class TransferState(StrEnum):
    """Where a transfer for prosecution (移送起诉) stands."""

    SUBMITTED = "submitted"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    ACCEPTED = "accepted"


class TransferSource(StrEnum):
    """Which organ transfers: its kind decides what follows (RULES 156; CPL 162, 170)."""

    POLICE = "police"
    COMMISSION = "commission"
    PROCURATORATE = "procuratorate"
    """Another procuratorate without jurisdiction (RULES 328)."""


_OPEN = frozenset({TransferState.SUBMITTED, TransferState.SUPPLEMENT_REQUESTED})

FLOW = Flow(
    {
        "supplement": (_OPEN, TransferState.SUBMITTED),
        "request_supplement": ({TransferState.SUBMITTED}, TransferState.SUPPLEMENT_REQUESTED),
        "accept": (_OPEN, TransferState.ACCEPTED),
    }
)
"""The period of review runs from first receipt; a supplement moves nothing (RULES 158)."""
