"""What is said of a public hearing before it is planned; plain values."""

from dataclasses import dataclass
from datetime import date, datetime

from services.activities.grounds import PublicMatter
from services.public_hearings.flow import PartyKind, PublicHearingForm


@dataclass(frozen=True, slots=True)
class OfficerDraft:
    """A hearing officer: who, how old, and of which walk of life."""

    name: str
    born_on: date
    occupation: str


@dataclass(frozen=True, slots=True)
class PartyDraft:
    """Who else is to be present, and as what."""

    kind: PartyKind
    name: str


@dataclass(frozen=True, slots=True)
class PublicHearingDraft:
    """All that is planned of a public hearing or review."""

    form: PublicHearingForm
    matter: PublicMatter
    starts_at: datetime
    ends_at: datetime
    place: str
    agenda: tuple[str, ...]
    intention: str
    suspect_ids: tuple[int, ...]
    officers: tuple[OfficerDraft, ...] = ()
    parties: tuple[PartyDraft, ...] = ()
    major_influence: bool = False
    remote: bool = False
    open_to_public: bool = False
    open_because: str | None = None
    chaired_by: int | None = None
