"""What happens to a case as a whole."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class CaseAccepted(Event):
    """Case management accepted the files and gave the case its number (RULES 158)."""

    arrest_request_id: int | None
    """None for a case transferred for prosecution."""


@dataclass(frozen=True, slots=True)
class CaseClosed(Event):
    """Every decision of the case has its receipt."""


@dataclass(frozen=True, slots=True)
class SuspectIdentified(Event):
    """A suspect was found to be somebody; what was known before is kept. About the suspect."""

    former_id: int
