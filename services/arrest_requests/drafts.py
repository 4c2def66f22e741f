"""An arrest request as plain values: what was sent in, and what is known beside it.

The checks look only at these values, so that a dry run, the receipt and a test all ask the
same question.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from services.arrest_requests.terms import (
    DocumentKind,
    Extension,
    Flag,
    Measure,
    Sex,
)
from services.attachments import Paper
from services.deadlines.engine.arithmetic import statutory_day


@dataclass(frozen=True, slots=True)
class SuspectDraft:
    """One suspect as the police state them."""

    name: str = ""
    name_self_reported: bool = False
    alias: str = ""
    document_kind: DocumentKind = DocumentKind.NONE
    document_number: str = ""
    born_on: date | None = None
    sex: Sex | None = None
    ethnicity: str = ""
    address: str = ""
    occupation: str = ""
    flags: frozenset[Flag] = frozenset()
    measure: Measure | None = None
    measure_began_at: datetime | None = None
    detention_centre_id: int | None = None
    detention_extended_to: Extension = Extension.NONE
    act_on: date | None = None
    charge_ids: tuple[int, ...] = ()
    id: int | None = None
    """The suspect this corrects; None for one stated for the first time."""
    received_at: datetime | None = None
    """When this suspect was put forward; None if that is with the request itself."""


@dataclass(frozen=True, slots=True)
class FileItemDraft:
    """One item of the file list (卷宗目录)."""

    title: str = ""
    pages: int | None = None
    kind: Paper = Paper.OTHER


@dataclass(frozen=True, slots=True)
class ChargeTerm:
    """A charge in the register: its name and the days it is in force (both included)."""

    name: str
    in_force_from: date | None = None
    in_force_until: date | None = None

    def in_force(self, on: date) -> bool:
        """Was it in force on that day?"""
        return (self.in_force_from or date.min) <= on <= (self.in_force_until or date.max)


@dataclass(frozen=True, slots=True)
class Known:
    """What the registers and the clock say beside the request."""

    now: datetime
    """The instant of this check."""
    received_at: datetime
    """The instant of the first receipt; the clock runs from it (RULES 282)."""
    procuratorate_id: int | None
    """The procuratorate of the same level (MPS 137); None if the organ has none on record."""
    charges: Mapping[int, ChargeTerm]
    detention_centre_ids: frozenset[int]
    attachments: Mapping[int, Paper]
    """What each attachment that the sender may attach is, by its id."""
    pending_numbers: frozenset[str] = frozenset()
    """Identity documents of suspects whom the organ's other requests, not yet accepted, name."""

    @property
    def today(self) -> date:
        """The day of this check in Asia/Shanghai."""
        return statutory_day(self.now)

    @property
    def received_on(self) -> date:
        """The day of the first receipt in Asia/Shanghai."""
        return statutory_day(self.received_at)


@dataclass(frozen=True, slots=True)
class Draft:
    """A request for approval of arrest (提请批准逮捕书) as the police state it."""

    document_number: str = ""
    document_on: date | None = None
    head_approved_on: date | None = None
    facts: str = ""
    danger_grounds: str = ""
    major_or_complex: bool = False
    property_transferred: bool = False
    suspects: tuple[SuspectDraft, ...] = ()
    file_items: tuple[FileItemDraft, ...] = ()
    attachment_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """A draft together with what is known beside it: all that a check may look at."""

    draft: Draft
    known: Known
    papers: frozenset[Paper] = field(init=False)
    """Every kind of paper that the file list or the attachments hold."""

    def __post_init__(self) -> None:
        """Gather the papers."""
        attached = {
            self.known.attachments[at]
            for at in self.draft.attachment_ids
            if at in self.known.attachments
        }
        listed = {item.kind for item in self.draft.file_items}
        object.__setattr__(self, "papers", frozenset(attached | listed))
