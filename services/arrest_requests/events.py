"""What happens to an arrest request; `about_id` is the request's."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class ArrestRequestSubmitted(Event):
    """The police asked for an arrest; the periods of review run from here (RULES 282)."""

    office_id: int
    procuratorate_id: int


@dataclass(frozen=True, slots=True)
class ArrestRequestCorrected(Event):
    """The police corrected the request."""

    version: int
    """The version that the correction replaced."""


@dataclass(frozen=True, slots=True)
class SupplementRequested(Event):
    """Case management asked for what is missing (RULES 158)."""

    supplement_request_id: int


@dataclass(frozen=True, slots=True)
class SupplementAnswered(Event):
    """The police sent what was missing, by correcting the request."""

    supplement_request_id: int
    version: int
    """The version that the correction replaced."""


@dataclass(frozen=True, slots=True)
class JurisdictionDoubted(Event):
    """Case management doubts that the case belongs to this procuratorate (RULES 157(1))."""

    jurisdiction_doubt_id: int


@dataclass(frozen=True, slots=True)
class ArrestRequestAccepted(Event):
    """Case management accepted the request (RULES 158)."""
