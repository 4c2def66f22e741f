"""What happens to a record of interrogation, as the journal keeps it."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class TranscriptOpened(Event):
    """A record of an interrogation was begun."""

    interrogation_id: int


@dataclass(frozen=True, slots=True)
class TranscriptFixed(Event):
    """The text of a record was fixed: an edition with its digest."""

    edition: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TranscriptReopened(Event):
    """A record that had been put for reading is written on."""

    edition: int


@dataclass(frozen=True, slots=True)
class TranscriptCorrected(Event):
    """Something in a record was corrected or added while it was checked."""

    correction_id: int


@dataclass(frozen=True, slots=True)
class TranscriptMarked(Event):
    """Somebody signed, stamped or fingerprinted a page or a correction."""

    mark_ids: list[int]


@dataclass(frozen=True, slots=True)
class TranscriptRefusalNoted(Event):
    """Somebody would not sign or give a fingerprint."""

    attendance_id: int | None


@dataclass(frozen=True, slots=True)
class TranscriptStatementAttached(Event):
    """A statement that the suspect wrote was attached."""

    statement_id: int


@dataclass(frozen=True, slots=True)
class TranscriptCompleted(Event):
    """A record is complete: the digest of its text and of every mark."""

    sha256: str
