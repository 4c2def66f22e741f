"""Signing a record page by page, noting who would not, and completing it (RULES 188, 258¶2)."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services import tasks
from services.attachments import FileEmpty, FileTooLarge, MediaType, UnknownFileType, media_type_of
from services.deadlines.engine.articles import cited_en, cited_zh, law
from services.interrogations import Role
from services.kernel.act import Act
from services.kernel.refusals import Conflict, NotAllowed, NotFound, Unprocessable
from services.policy import Permission, allows, demands
from services.tasks import TaskKind
from services.transcripts.events import (
    TranscriptCompleted,
    TranscriptMarked,
    TranscriptRefusalNoted,
    TranscriptStatementAttached,
)
from services.transcripts.flow import (
    BY_EVERY_PAGE,
    FLOW,
    MarkKind,
    Slot,
    TranscriptState,
    slot_of,
)
from services.transcripts.images import refuse_unfit
from services.transcripts.layout import BEGINNING
from services.transcripts.operations import NotSeatedThere, _lock
from services.transcripts.records import (
    CORRECTION_MARKED_ONCE,
    MARKED_ONCE,
    CaseEvidence,
    EvidenceKind,
    Transcript,
    TranscriptCorrection,
    TranscriptEdition,
    TranscriptMark,
    TranscriptPage,
    TranscriptStatement,
)
from services.transcripts.wording import SUSPECT, digest_of_mark, seal_of

PAGE_BY_PAGE = law("RULES 258¶2", "CPL 122")
"""RULES 188, on own investigations, says the same in more words and is followed by analogy."""


class PageChanged(Conflict):
    """The page is not the one that was before the signer; read it again."""

    zh = "该页内容已变化，请重新核对后再签署。"


class AlreadyMarked(Conflict):
    """That person has signed it, or given the fingerprint, already."""

    zh = "该处已由本人签署。"


class NotTheirsToSign(Unprocessable):
    """That page does not ask for a mark of that person."""

    zh = "该页无需此人签署。"


class NothingMissing(Conflict):
    """Nothing is missing of that person: there is no refusal to be noted."""

    zh = "此人应签署之处均已签署或者注明，无需再注明。"


class MarksMissing(Conflict):
    """Not every page bears every mark, or the note of its refusal (RULES 258¶2)."""

    zh = "笔录尚有应当签名、捺指印之处未签署，也未注明拒绝签署的情况。"


@dataclass(frozen=True, slots=True)
class Owed:
    """A mark that is still missing."""

    page: TranscriptPage | None
    correction: TranscriptCorrection | None
    signatory: Mapping[str, Any]
    slot: Slot

    @property
    def attendance_id(self) -> int | None:
        """The seat of whose it is; the suspect has none."""
        seat: int | None = self.signatory["attendance_id"]
        return seat

    @property
    def covers(self) -> str:
        """The digest of what is to be signed."""
        thing = self.page or self.correction
        return thing.sha256 if thing is not None else ""

    def shown(self) -> dict[str, Any]:
        """As the phone lists it."""
        return {
            "page": self.page.number if self.page else None,
            "correction_id": self.correction.id if self.correction else None,
            "attendance_id": self.attendance_id,
            "role": self.signatory["role"],
            "name": self.signatory["name"],
            "slot": self.slot,
        }


@dataclass(frozen=True, slots=True)
class NewStatement:
    """A statement that the suspect wrote, as it came in."""

    content: bytes
    written_on: date
    pages: int


def missing(transcript: Transcript) -> list[Owed]:
    """Every mark of the newest edition and of the corrections that is neither made nor refused."""
    edition = transcript.edition
    if edition is None:
        return []
    done = {_key(one.page_id, one.correction_id, one) for one in transcript.marks}
    return [
        owed
        for owed in _owed(transcript, edition)
        if (
            owed.page and owed.page.id,
            owed.correction and owed.correction.id,
            owed.attendance_id,
            owed.slot,
        )
        not in done
    ]


def refused(transcript: Transcript) -> bool:
    """Does the newest edition lack a mark that was refused?"""
    edition = transcript.edition
    pages = {page.id for page in edition.pages} if edition else set[int]()
    mine = [one for one in transcript.marks if one.page_id in pages or one.correction_id]
    given = {_key(one.page_id, one.correction_id, one) for one in mine if one.image_sha256}
    return any(_key(one.page_id, one.correction_id, one) not in given for one in mine)


@demands(Permission.TRANSCRIPT_MARK)
def sign_page(  # noqa: PLR0913  # each by its name
    act: Act,
    transcript: Transcript,
    *,
    number: int,
    attendance_id: int | None,
    sha256: str,
    images: Mapping[MarkKind, bytes],
) -> list[TranscriptMark]:
    """Put a signature or stamp, and a fingerprint, on a page (RULES 188, 258¶2).

    The suspect and whoever attends for a minor sign every page (RULES 465¶4), the staff, the
    recorder and the interpreter the last one. Electronic marks have the same effect (ESIGN-2019);
    each covers the digest of the page that was before the signer.

    Refuses:
        NotAllowed: only at the table or in the centre; and who has an account signs in person.
        WrongState: it was not read, or is complete.
        NotFound: there is no such page.
        PageChanged: the signer saw another text.
        NotSeatedThere: that person does not take part.
        NotTheirsToSign: the page asks for no mark of that person.
        AlreadyMarked: that person has signed it.
        FileEmpty, FileTooLarge, UnfitPicture: a picture is not fit to be kept.

    Records:
        TranscriptMarked.
    """
    _lock(act, transcript)
    state = FLOW.after(transcript.state, "sign")
    edition = transcript.editions[-1]
    page = next((one for one in edition.pages if one.number == number), None)
    if page is None:
        raise NotFound
    if page.sha256 != sha256:
        raise PageChanged
    signatory = _signatory(edition, attendance_id)
    _refuse_another(act, signatory)
    for image in images.values():
        refuse_unfit(image)
    wanted = {
        one.slot
        for one in _owed(transcript, edition)
        if one.page is page and one.attendance_id == attendance_id
    }
    marks = []
    for kind, image in images.items():
        if slot_of(kind) not in wanted:
            raise NotTheirsToSign
        owed = Owed(page, None, signatory, slot_of(kind))
        with act.unless(MARKED_ONCE, AlreadyMarked()):
            marks.append(_marked(act, transcript, owed, kind=kind, image=image))
    transcript.state = state
    act.session.flush()
    act.record(TranscriptMarked(transcript.id, [mark.id for mark in marks]))
    return marks


@demands(Permission.TRANSCRIPT_MARK)
def sign_correction(
    act: Act,
    transcript: Transcript,
    correction: TranscriptCorrection,
    *,
    images: Mapping[MarkKind, bytes],
) -> list[TranscriptMark]:
    """Let the suspect sign or fingerprint a correction (MPS 206¶1 by analogy).

    Refuses:
        NotAllowed: only at the table or in the centre.
        WrongState: it is drafted, or complete.
        AlreadyMarked: the suspect has signed it.
        FileEmpty, FileTooLarge, UnfitPicture: a picture is not fit to be kept.

    Records:
        TranscriptMarked.
    """
    _lock(act, transcript)
    FLOW.after(transcript.state, "sign_correction")
    for image in images.values():
        refuse_unfit(image)
    signatory = transcript.editions[-1].signatories[0]
    marks = []
    for kind, image in images.items():
        owed = Owed(None, correction, signatory, slot_of(kind))
        with act.unless(CORRECTION_MARKED_ONCE, AlreadyMarked()):
            marks.append(_marked(act, transcript, owed, kind=kind, image=image))
    act.record(TranscriptMarked(transcript.id, [mark.id for mark in marks]))
    return marks


@demands(Permission.TRANSCRIPT_WRITE)
def note_refusal(
    act: Act, transcript: Transcript, *, attendance_id: int | None, reason: str
) -> list[TranscriptMark]:
    """Note that somebody will not sign or give a fingerprint (RULES 188; CPL 122).

    It is noted wherever a mark of that person is missing. Who thinks better of it may sign later.

    Refuses:
        NotAllowed: only whoever holds the interrogation for the procuratorate.
        WrongState: it was not read, or is complete.
        NotSeatedThere: that person does not take part.
        NothingMissing: that person has signed everything.

    Records:
        TranscriptRefusalNoted.
    """
    _lock(act, transcript)
    state = FLOW.after(transcript.state, "sign")
    _signatory(transcript.editions[-1], attendance_id)
    owed = [one for one in missing(transcript) if one.attendance_id == attendance_id]
    if not owed:
        raise NothingMissing
    marks = [_marked(act, transcript, one, because=reason) for one in owed]
    transcript.state = state
    act.session.flush()
    act.record(TranscriptRefusalNoted(transcript.id, attendance_id))
    return marks


@demands(Permission.TRANSCRIPT_WRITE)
def attach_statement(
    act: Act, transcript: Transcript, given: NewStatement, *, limit: int
) -> TranscriptStatement:
    """Attach a statement that the suspect wrote; it never replaces the record (RULES 189, 258¶2).

    When and by whom it was received is noted with it (RULES 189).

    Refuses:
        NotAllowed: only whoever holds the interrogation for the procuratorate.
        WrongState: the record is complete.
        FileEmpty: it has no content.
        FileTooLarge: it has more than `limit` bytes.
        UnknownFileType: it is no PDF and no picture.

    Records:
        TranscriptStatementAttached.
    """
    _lock(act, transcript)
    FLOW.after(transcript.state, "attach_statement")
    if not given.content:
        raise FileEmpty
    if len(given.content) > limit:
        raise FileTooLarge(limit=limit)
    media_type = media_type_of(given.content)
    if media_type not in {MediaType.PDF, MediaType.PNG, MediaType.JPEG}:
        raise UnknownFileType
    statement = TranscriptStatement(
        transcript_id=transcript.id,
        written_on=given.written_on,
        pages=given.pages,
        received_at=act.now,
        received_by=act.actor.id,
        media_type=media_type.value,
        size=len(given.content),
        sha256=hashlib.sha256(given.content).hexdigest(),
        content=given.content,
    )
    transcript.statements.append(statement)
    act.session.flush()
    act.record(TranscriptStatementAttached(transcript.id, statement.id))
    return statement


@demands(Permission.TRANSCRIPT_WRITE)
def complete(act: Act, transcript: Transcript) -> Transcript:
    """Complete the record: from then on nothing of it changes, and it is evidence of the case.

    Refuses:
        NotAllowed: only whoever holds the interrogation for the procuratorate.
        WrongState: nobody has signed, or it is complete.
        MarksMissing: a mark is missing and its refusal was not noted.

    Records:
        TranscriptCompleted.
    """
    _lock(act, transcript)
    state = FLOW.after(transcript.state, "complete")
    owed = missing(transcript)
    if owed:
        raise MarksMissing(
            missing=[one.shown() for one in owed],
            article=cited_en(PAGE_BY_PAGE),
            article_zh=cited_zh(PAGE_BY_PAGE),
        )
    edition = transcript.editions[-1]
    sealed = seal_of(transcript, edition)
    transcript.sealed, transcript.state = sealed, state
    transcript.completed_at, transcript.completed_by = act.now, act.actor.id
    act.session.flush()
    _enter(act, transcript, edition)
    interrogation = transcript.interrogation
    interrogation.recorded_at = act.now
    tasks.finish(act, TaskKind.SIGN_TRANSCRIPT, interrogation)
    act.session.flush()
    act.record(TranscriptCompleted(transcript.id, sealed))
    return transcript


STEPS: Mapping[str, tuple[Permission, str]] = {
    "write": (Permission.TRANSCRIPT_WRITE, "write"),
    "put_for_reading": (Permission.TRANSCRIPT_WRITE, "put_for_reading"),
    "reopen": (Permission.TRANSCRIPT_WRITE, "reopen"),
    "correct": (Permission.TRANSCRIPT_WRITE, "correct"),
    "close": (Permission.TRANSCRIPT_WRITE, "close"),
    "note_recording": (Permission.TRANSCRIPT_WRITE, "note_recording"),
    "attach_statement": (Permission.TRANSCRIPT_WRITE, "attach_statement"),
    "sign_correction": (Permission.TRANSCRIPT_MARK, "sign_correction"),
    "sign": (Permission.TRANSCRIPT_MARK, "sign"),
    "note_refusal": (Permission.TRANSCRIPT_WRITE, "sign"),
    "complete": (Permission.TRANSCRIPT_WRITE, "complete"),
}
"""What a phone may offer as a button, the power it needs and the flow's step behind it."""


def allowed(act: Act, transcript: Transcript) -> list[str]:
    """What the actor may do with it now."""
    open_now = set(FLOW.open_from(transcript.state))
    return [
        verb
        for verb, (permission, step) in STEPS.items()
        if step in open_now and allows(act.actor, permission, transcript)
    ]


def correction_of(transcript: Transcript, correction_id: int) -> TranscriptCorrection:
    """The correction of that record."""
    for one in transcript.corrections:
        if one.id == correction_id:
            return one
    raise NotFound


def warnings(transcript: Transcript) -> list[str]:
    """What ought to be seen to, and stops nothing."""
    signed = transcript.state not in {TranscriptState.DRAFTING, TranscriptState.FOR_READING}
    return ["signing_not_recorded"] if signed and not transcript.signing_recording else []


def _owed(transcript: Transcript, edition: TranscriptEdition) -> Iterator[Owed]:
    """Every mark that the edition and the corrections ask for, made or not."""
    pages = edition.pages
    for signatory in edition.signatories:
        role = signatory["role"]
        if role == SUSPECT or Role(role) in BY_EVERY_PAGE:
            for page in pages:
                yield Owed(page, None, signatory, Slot.NAME)
                yield Owed(page, None, signatory, Slot.FINGERPRINT)
        else:
            yield Owed(pages[-1], None, signatory, Slot.NAME)
    for correction in transcript.corrections:
        yield Owed(None, correction, edition.signatories[0], Slot.FINGERPRINT)


def _key(
    page_id: int | None, correction_id: int | None, mark: TranscriptMark
) -> tuple[int | None, int | None, int | None, Slot]:
    return page_id, correction_id, mark.attendance_id, mark.slot


def _signatory(edition: TranscriptEdition, attendance_id: int | None) -> Mapping[str, Any]:
    for one in edition.signatories:
        if one["attendance_id"] == attendance_id:
            return one  # type: ignore[no-any-return]  # as `signatories_of` wrote it
    raise NotSeatedThere


def _refuse_another(act: Act, signatory: Mapping[str, Any]) -> None:
    """Whoever has an account signs in person, in their own session."""
    if signatory["person_id"] not in {None, act.actor.id}:
        raise NotAllowed(permission=Permission.TRANSCRIPT_MARK)


def _marked(  # noqa: PLR0913  # each by its name
    act: Act,
    transcript: Transcript,
    owed: Owed,
    *,
    kind: MarkKind | None = None,
    image: bytes | None = None,
    because: str | None = None,
) -> TranscriptMark:
    mark = TranscriptMark(
        transcript_id=transcript.id,
        page_id=owed.page.id if owed.page else None,
        correction_id=owed.correction.id if owed.correction else None,
        attendance_id=owed.attendance_id,
        slot=owed.slot,
        kind=kind,
        refused_because=because,
        covers=owed.covers,
        image=image,
        image_sha256=hashlib.sha256(image).hexdigest() if image is not None else None,
        made_at=act.now,
        made_by=act.actor.id,
        session_id=act.actor.session_id,
    )
    previous = transcript.marks[-1].sha256 if transcript.marks else BEGINNING
    mark.sha256 = digest_of_mark(mark, previous)
    act.session.add(mark)
    act.session.flush()
    transcript.marks.append(mark)
    return mark


def _enter(act: Act, transcript: Transcript, edition: TranscriptEdition) -> None:
    """Enter the record, and the statements with it, into the evidence of the case."""
    interrogation = transcript.interrogation
    same = {
        "case_id": interrogation.case_id,
        "suspect_id": interrogation.suspect_id,
        "transcript_id": transcript.id,
        "entered_at": act.now,
    }
    act.session.add(
        CaseEvidence(
            kind=EvidenceKind.TRANSCRIPT,
            pages=len(edition.pages),
            sha256=transcript.sealed,
            **same,
        )
    )
    act.session.add_all(
        CaseEvidence(
            kind=EvidenceKind.STATEMENT,
            statement_id=one.id,
            pages=one.pages,
            sha256=one.sha256,
            **same,
        )
        for one in transcript.statements
    )
