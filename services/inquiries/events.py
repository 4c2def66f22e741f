"""What happens to a recorded inquiry. Whom it is about stands in no event."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class InquiryRecorded(Event):
    """Somebody recorded an inquiry or interference, and so reported it (ORG 47)."""


@dataclass(frozen=True, slots=True)
class SupervisionRecorded(Event):
    """Somebody recorded a question that belongs to lawful supervision (RULES 4, 6)."""


@dataclass(frozen=True, slots=True)
class InquiryCorrected(Event):
    """A further entry stands in the place of an earlier one, which stays as it is."""

    earlier_id: int


@dataclass(frozen=True, slots=True)
class InquiryReviewed(Event):
    """The inspection has looked into it."""


@dataclass(frozen=True, slots=True)
class ZeroReportDeclared(Event):
    """Somebody declared that nothing had happened in a month."""
