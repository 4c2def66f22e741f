"""Is a record still what was signed? Everything is computed again, from the rows."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from services.kernel.act import Act, JournalEntry
from services.transcripts.events import TranscriptCompleted, TranscriptFixed
from services.transcripts.flow import TranscriptState
from services.transcripts.layout import BEGINNING, page_hash
from services.transcripts.records import (
    Transcript,
    TranscriptEdition,
    TranscriptMark,
    TranscriptRevision,
    TranscriptStatement,
)
from services.transcripts.wording import (
    before_the_pages,
    digest_of_correction,
    digest_of_mark,
    history_of,
    seal_of,
    text_of,
)


class Fault(StrEnum):
    """What does not fit."""

    LINE = "line"
    """A line is not its last revision, or the revisions are not those that were fixed."""
    PAGE = "page"
    """A page is not what its digest says, or not what the lines say."""
    EDITION = "edition"
    """An edition is not the one that the journal knows."""
    CORRECTION = "correction"
    MARK = "mark"
    STATEMENT = "statement"
    SEAL = "seal"
    """The whole is not what it was when it was completed, as the journal knows."""


@dataclass(frozen=True, slots=True)
class Verified:
    """That everything fits, or the first thing that does not."""

    fault: Fault | None = None
    edition: int | None = None
    page: int | None = None

    @property
    def fits(self) -> bool:
        """Is everything as it was?"""
        return self.fault is None


def verify(act: Act, transcript: Transcript) -> Verified:
    """Compute every digest again and name the first page that does not fit."""
    act.session.flush()
    act.session.refresh(transcript)
    for edition in transcript.editions:
        page = _first_wrong_page(edition)
        if page is not None:
            return Verified(Fault.PAGE, edition.number, page)
    fixed = transcript.state is not TranscriptState.DRAFTING
    edition = transcript.edition
    if edition is not None and fixed:
        page = _differs_at(edition, text_of(edition, transcript))
        if page is not None:
            return Verified(Fault.PAGE, edition.number, page)
    for fault, number in (
        (_lines(act, transcript), None),
        *((_known(act, transcript, one), one.number) for one in transcript.editions),
        (_corrections(transcript), None),
    ):
        if fault is not None:
            return Verified(fault, number)
    return _marks(transcript) or Verified(_statements(transcript) or _seal(act, transcript))


def _first_wrong_page(edition: TranscriptEdition) -> int | None:
    """The first page that is not what its digest, or the edition's own text, says."""
    previous = before_the_pages(edition)
    for number, page in enumerate(edition.pages, start=1):
        text = "\n".join(page.lines)
        previous = page_hash(edition=edition.number, number=number, previous=previous, text=text)
        if page.number != number or page.sha256 != previous:
            return number
    if edition.sha256 != previous:
        return len(edition.pages)
    return _differs_at(edition, edition.paragraphs)


def _differs_at(edition: TranscriptEdition, paragraphs: list[str]) -> int | None:
    """The first page that says something else than the paragraphs do, however lines are broken."""
    expected, at = "".join(paragraphs), 0
    for page in edition.pages:
        text = "".join(page.lines)
        if expected[at : at + len(text)] != text:
            return page.number
        at += len(text)
    return None if at == len(expected) else edition.pages[-1].number


def _lines(act: Act, transcript: Transcript) -> Fault | None:
    revisions = act.session.scalars(
        select(TranscriptRevision)
        .where(TranscriptRevision.transcript_id == transcript.id)
        .order_by(TranscriptRevision.id)
        .execution_options(populate_existing=True)
    ).all()
    last = {one.line_id: one for one in revisions}
    for line in transcript.lines:
        said = last.get(line.id)
        now = (line.kind, line.ordinal, line.said_at, line.words)
        if said is None or (said.kind, said.ordinal, said.said_at, said.words) != now:
            return Fault.LINE
    edition = transcript.edition
    fixed = edition is not None and transcript.state is not TranscriptState.DRAFTING
    if fixed and edition is not None and edition.history_sha256 != history_of(revisions):
        return Fault.LINE
    return None


def _known(act: Act, transcript: Transcript, edition: TranscriptEdition) -> Fault | None:
    """Does the journal, which nobody rewrites, know this edition by this digest?"""
    entries = act.session.scalars(
        select(JournalEntry).where(
            JournalEntry.kind == TranscriptFixed.__name__,
            JournalEntry.about_id == transcript.id,
        )
    )
    known = {(one.details["edition"], one.details["sha256"]) for one in entries}
    return None if (edition.number, edition.sha256) in known else Fault.EDITION


def _corrections(transcript: Transcript) -> Fault | None:
    fits = all(one.sha256 == digest_of_correction(one) for one in transcript.corrections)
    return None if fits else Fault.CORRECTION


def _marks(transcript: Transcript) -> Verified | None:
    pages = {page.id: (edition, page) for edition in transcript.editions for page in edition.pages}
    corrections = {one.id: one for one in transcript.corrections}
    previous = BEGINNING
    for mark in transcript.marks:
        edition, page = pages.get(mark.page_id or 0, (None, None))
        thing = page or corrections.get(mark.correction_id or 0)
        digest = digest_of_mark(mark, previous)
        signed = thing is not None and mark.covers == thing.sha256
        if not signed or mark.sha256 != digest or not _is_its_picture(mark):
            return Verified(
                Fault.MARK, edition.number if edition else None, page.number if page else None
            )
        previous = mark.sha256
    return None


def _is_its_picture(mark: TranscriptMark) -> bool:
    if mark.image is None:
        return mark.image_sha256 is None
    return hashlib.sha256(mark.image).hexdigest() == mark.image_sha256


def _statements(transcript: Transcript) -> Fault | None:
    fits = all(_is_its_content(one) for one in transcript.statements)
    return None if fits else Fault.STATEMENT


def _is_its_content(statement: TranscriptStatement) -> bool:
    return hashlib.sha256(statement.content).hexdigest() == statement.sha256


def _seal(act: Act, transcript: Transcript) -> Fault | None:
    if transcript.state is not TranscriptState.COMPLETE:
        return None
    edition = transcript.editions[-1]
    entry = act.session.scalars(
        select(JournalEntry).where(
            JournalEntry.kind == TranscriptCompleted.__name__,
            JournalEntry.about_id == transcript.id,
        )
    ).one_or_none()
    sealed = seal_of(transcript, edition)
    known = entry is not None and entry.details["sha256"] == sealed
    return None if known and transcript.sealed == sealed else Fault.SEAL
