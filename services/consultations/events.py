"""What happens to a consultation; `about_id` is the consultation's."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class ConsultationInvited(Event):
    """An organ that investigates asked for a consultation (RULES 256)."""

    office_id: int
    procuratorate_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class ConsultationOffered(Event):
    """The procuratorate deems early intervention necessary (RULES 256)."""

    office_id: int
    procuratorate_id: int


@dataclass(frozen=True, slots=True)
class ConsultationSuspectsRestated(Event):
    """The organ has said anew who is suspected, and who is detained."""


@dataclass(frozen=True, slots=True)
class ConsultationAccepted(Event):
    """A prosecutor was named for it."""

    handler_id: int


@dataclass(frozen=True, slots=True)
class ConsultationReassigned(Event):
    """Another prosecutor was named for it."""

    handler_id: int
    before_id: int | None


@dataclass(frozen=True, slots=True)
class ConsultationDeclined(Event):
    """The procuratorate does not take part; the reason stands in the record."""


@dataclass(frozen=True, slots=True)
class ConsultationViewRecorded(Event):
    """One side put its view on record."""

    view_id: int
    side: str


@dataclass(frozen=True, slots=True)
class ConsultationOpinionGiven(Event):
    """The prosecutor gave a written opinion."""

    opinion_id: int


@dataclass(frozen=True, slots=True)
class ConsultationEvidenceCollected(Event):
    """The organ has collected what an opinion asked for."""

    evidence_id: int


@dataclass(frozen=True, slots=True)
class ConsultationConcluded(Event):
    """The prosecutor has concluded it."""


@dataclass(frozen=True, slots=True)
class ConsultationLinked(Event):
    """The request for approval of arrest that followed was linked to it."""

    arrest_request_id: int
