"""What happens to a transfer for prosecution; `about_id` is the transfer's."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class TransferSubmitted(Event):
    """The organ transferred the case; the periods of review run from here (RULES 351)."""

    office_id: int
    procuratorate_id: int


@dataclass(frozen=True, slots=True)
class TransferSupplementRequested(Event):
    """Case management asked for what is missing (RULES 158)."""


@dataclass(frozen=True, slots=True)
class TransferSupplemented(Event):
    """The organ sent what was missing."""


@dataclass(frozen=True, slots=True)
class TransferAccepted(Event):
    """Case management accepted the transfer (RULES 158)."""
