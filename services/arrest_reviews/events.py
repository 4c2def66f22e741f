"""What happens in an arrest review; every event is about the review."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class OpinionGiven(Event):
    """The handler put an opinion up for approval."""

    opinion_id: int
    proposal: str
    refusal_kind: str | None


@dataclass(frozen=True, slots=True)
class OpinionReturned(Event):
    """The chief procurator asked the handler to check again (RULES 7)."""

    opinion_id: int


@dataclass(frozen=True, slots=True)
class ArrestDecided(Event):
    """An arrest was approved or not (CPL 90)."""

    decision_id: int
    outcome: str
    refusal_kind: str | None


@dataclass(frozen=True, slots=True)
class ReceiptReturned(Event):
    """The police said what they did with the decision (RULES 286)."""

    receipt_id: int
    outcome: str
    late: bool
