"""Is a record still what was signed? Everything is computed again, from the rows."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from services.kernel.act import Act, Event, JournalEntry
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


@dataclass(frozen=True, slots=True)
class Known:
    """What else there is to compare a record with: its history, and what the journal says."""

    revisions: Sequence[TranscriptRevision]
    fixed: Collection[tuple[int, str]]
    """Edition and digest of each entry."""
    completed: Collection[str]
    """The digest of the entry."""


def verify(act: Act, transcript: Transcript) -> Verified:
    """Compute every digest again and name the first page that does not fit."""
    act.session.flush()
    act.session.expire(transcript)
    revisions = act.session.scalars(
        select(TranscriptRevision)
        .where(TranscriptRevision.transcript_id == transcript.id)
        .order_by(TranscriptRevision.id)
        .execution_options(populate_existing=True)
    ).all()
    fixed = [one.details for one in _entries(act, transcript, TranscriptFixed)]
    completed = [one.details for one in _entries(act, transcript, TranscriptCompleted)]
    known = Known(
        revisions,
        {(one["edition"], one["sha256"]) for one in fixed},
        {one["sha256"] for one in completed},
    )
    return examined(transcript, known)


def examined(transcript: Transcript, known: Known) -> Verified:
    """The first thing of a record that does not fit what it was signed as."""
    return (
        _editions(transcript, known)
        or _marks(transcript)
        or Verified(_statements(transcript) or _seal(transcript, known))
    )


def _editions(transcript: Transcript, known: Known) -> Verified | None:
    for edition in transcript.editions:
        page = _first_wrong_page(edition)
        if page is not None:
            return Verified(Fault.PAGE, edition.number, page)
        if (edition.number, edition.sha256) not in known.fixed:
            return Verified(Fault.EDITION, edition.number)
    newest = transcript.edition
    fixed = newest is not None and transcript.state is not TranscriptState.DRAFTING
    if newest is not None and fixed:
        page = _differs_at(newest, text_of(newest, transcript))
        if page is not None:
            return Verified(Fault.PAGE, newest.number, page)
    if not _lines_fit(transcript, known.revisions) or (
        newest is not None and fixed and newest.history_sha256 != history_of(known.revisions)
    ):
        return Verified(Fault.LINE)
    if any(one.sha256 != digest_of_correction(one) for one in transcript.corrections):
        return Verified(Fault.CORRECTION)
    return None


def _entries(act: Act, transcript: Transcript, kind: type[Event]) -> Sequence[JournalEntry]:
    """What the journal, which nobody rewrites, says of the record."""
    return act.session.scalars(
        select(JournalEntry).where(
            JournalEntry.kind == kind.__name__, JournalEntry.about_id == transcript.id
        )
    ).all()


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


def _lines_fit(transcript: Transcript, revisions: Sequence[TranscriptRevision]) -> bool:
    """Is every line what its last revision says?"""
    last = {one.line_id: one for one in revisions}
    return all(
        (said := last.get(line.id)) is not None
        and (said.kind, said.ordinal, said.said_at, said.words)
        == (line.kind, line.ordinal, line.said_at, line.words)
        for line in transcript.lines
    )


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


def _seal(transcript: Transcript, known: Known) -> Fault | None:
    if transcript.state is not TranscriptState.COMPLETE:
        return None
    sealed = seal_of(transcript, transcript.editions[-1])
    return None if transcript.sealed == sealed and sealed in known.completed else Fault.SEAL
