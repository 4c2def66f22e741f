"""What an organ says of a matter before there is a case here; plain values."""

from dataclasses import dataclass
from datetime import datetime

from services.arrest_requests.terms import Extension
from services.consultations.flow import ConsultationForm, ConsultationGround


@dataclass(frozen=True, slots=True)
class SuspectSketch:
    """Somebody suspected, by initials or an alias, or by nothing yet."""

    label: str = ""
    detained_at: datetime | None = None
    detention_extended_to: Extension = Extension.NONE


@dataclass(frozen=True, slots=True)
class Matter:
    """What the consultation is to be about."""

    title: str
    account: str
    form: ConsultationForm
    ground: ConsultationGround | None = None
    document_number: str = ""
    suspects: tuple[SuspectSketch, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A piece of evidence to collect, and what it is to prove."""

    what: str
    purpose: str = ""
