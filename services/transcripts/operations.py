"""Keeping a record: begin it, write it, put it for reading, correct it, close it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from services import interrogations
from services.interrogations import Interrogation
from services.kernel.act import Act
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.policy import Permission, demands
from services.transcripts.events import (
    TranscriptCorrected,
    TranscriptFixed,
    TranscriptOpened,
    TranscriptReopened,
)
from services.transcripts.flow import FLOW, Closing, LineKind
from services.transcripts.layout import page_hash
from services.transcripts.records import (
    ONE_RECORD,
    CaseEvidence,
    Transcript,
    TranscriptCorrection,
    TranscriptEdition,
    TranscriptLine,
    TranscriptPage,
    TranscriptRevision,
)
from services.transcripts.wording import (
    before_the_pages,
    digest_of_correction,
    head_of,
    history_of,
    signatories_of,
    text_of,
)
from services.typesetting import pages_of


class TranscriptBegun(Conflict):
    """A record of this interrogation has been begun."""

    zh = "本次讯问的笔录已经开始制作。"


class LineDiffers(Conflict):
    """Under the id of a line something else is kept; read it, and change it there."""

    zh = "该条记录已保存为其他内容，请读取后再修改。"


class NothingWritten(Conflict):
    """Nothing is written yet that could be read."""

    zh = "笔录尚无内容，不能交付核对。"


class WordsNotThere(Unprocessable):
    """The words to be corrected do not stand in that line, or stand there more than once."""

    zh = "所要改正的文字在该条记录中没有，或者不止一处。"


class NothingCorrected(Unprocessable):
    """A correction that changes nothing."""

    zh = "补充、改正的内容没有变化。"


class NotSeatedThere(Unprocessable):
    """That person does not take part in this interrogation."""

    zh = "该人员未参加本次讯问。"


class ReasonMissing(Unprocessable):
    """Where the suspect does not say that the record is right, the reason is noted (RULES 188)."""

    zh = "犯罪嫌疑人不写明核对意见的，应当注明原因。"


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line as a phone wrote it, under an id that the phone made."""

    client_id: UUID
    kind: LineKind
    ordinal: int
    said_at: datetime
    words: str


def visible(act: Act) -> Select[Transcript]:
    """The records of every interrogation that the actor may see; what they say is another law."""
    seen = interrogations.visible(act).with_only_columns(Interrogation.id)
    return select(Transcript).where(Transcript.interrogation_id.in_(seen))


def find(act: Act, transcript_id: int) -> Transcript:
    """The record, if the actor may see that there is one; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Transcript.id == transcript_id))
    if found is None:
        raise NotFound
    return found


def evidence(act: Act) -> Select[CaseEvidence]:
    """What complete records have added to the evidence of cases, for whoever sees the record."""
    seen = visible(act).with_only_columns(Transcript.id)
    return select(CaseEvidence).where(CaseEvidence.transcript_id.in_(seen))


def line_of(act: Act, transcript: Transcript, client_id: UUID) -> TranscriptLine:
    """The line under that id."""
    found = act.session.scalar(
        select(TranscriptLine).where(
            TranscriptLine.transcript_id == transcript.id, TranscriptLine.client_id == client_id
        )
    )
    if found is None:
        raise NotFound
    return found


@demands(Permission.TRANSCRIPT_WRITE)
def begin(act: Act, interrogation: Interrogation) -> Transcript:
    """Begin the record of an interrogation that runs or has ended (CPL 122, RULES 188, 258).

    Refuses:
        NotAllowed: only whoever holds the interrogation for the procuratorate.
        WrongState: it has not begun, or was not held.
        TranscriptBegun: there is one.

    Records:
        TranscriptOpened.
    """
    interrogations.FLOW.after(interrogation.state, "write")
    transcript = Transcript(interrogation=interrogation, opened_at=act.now, opened_by=act.actor.id)
    with act.unless(ONE_RECORD, TranscriptBegun()):
        act.session.add(transcript)
    act.record(TranscriptOpened(transcript.id, interrogation.id))
    return transcript


@demands(Permission.TRANSCRIPT_WRITE)
def write(act: Act, transcript: Transcript, lines: Sequence[NewLine]) -> list[TranscriptLine]:
    """Add lines, in the words that were said (RULES 188); what came before is not added twice.

    Two phones may write at once, and one that was offline sends its lines later.

    Refuses:
        NotAllowed: only whoever holds the interrogation for the procuratorate.
        WrongState: the text is fixed; it has to be reopened.
        LineDiffers: under one of the ids something else was written.

    Records:
        Nothing: every line keeps its revisions.
    """
    act.session.refresh(transcript, with_for_update={"read": True})
    FLOW.after(transcript.state, "write")
    given = {line.client_id: line for line in lines}
    added = _added(act, transcript, given)
    act.session.add_all(
        _revised(act, transcript, line_id, given[client_id]) for client_id, line_id in added.items()
    )
    act.session.flush()
    kept = act.session.scalars(
        select(TranscriptLine)
        .where(TranscriptLine.transcript_id == transcript.id, TranscriptLine.client_id.in_(given))
        .options(selectinload(TranscriptLine.revisions))
        .order_by(TranscriptLine.ordinal, TranscriptLine.said_at, TranscriptLine.id)
        .execution_options(populate_existing=True)
    ).all()
    differing = [line for line in kept if not _was_written(line, given[line.client_id])]
    if differing:
        raise LineDiffers(client_ids=[str(line.client_id) for line in differing])
    return list(kept)


@demands(Permission.TRANSCRIPT_WRITE)
def rewrite(  # noqa: PLR0913  # each by its name
    act: Act,
    transcript: Transcript,
    line: TranscriptLine,
    *,
    kind: LineKind,
    ordinal: int,
    words: str,
) -> TranscriptLine:
    """Change a line while the record is drafted; empty words strike it out.

    Refuses:
        NotAllowed: only whoever holds the interrogation for the procuratorate.
        WrongState: the text is fixed; it has to be reopened, or is corrected.

    Records:
        Nothing: every line keeps its revisions.
    """
    act.session.refresh(transcript, with_for_update={"read": True})
    FLOW.after(transcript.state, "write")
    line.kind, line.ordinal, line.words = kind, ordinal, words
    said = NewLine(line.client_id, kind, ordinal, line.said_at, words)
    act.session.add(_revised(act, transcript, line.id, said))
    act.session.flush()
    return line


@demands(Permission.TRANSCRIPT_WRITE)
def put_for_reading(act: Act, transcript: Transcript) -> Transcript:
    """Fix the text and let the suspect check it, or read it out (RULES 188, 258¶2; CPL 122).

    Refuses:
        NotAllowed: only whoever holds the interrogation for the procuratorate.
        WrongState: it was put for reading before.
        NothingWritten: there is no line.

    Records:
        TranscriptFixed.
    """
    _lock(act, transcript)
    state = FLOW.after(transcript.state, "put_for_reading")
    if not any(line.words for line in transcript.lines):
        raise NothingWritten
    transcript.state = state
    _fix(act, transcript)
    return transcript


@demands(Permission.TRANSCRIPT_WRITE)
def reopen(act: Act, transcript: Transcript) -> Transcript:
    """Write on: the edition that was read is kept, and another is put for reading later.

    Refuses:
        NotAllowed: only whoever holds the interrogation for the procuratorate.
        WrongState: it is drafted, or complete.

    Records:
        TranscriptReopened.
    """
    _lock(act, transcript)
    transcript.state = FLOW.after(transcript.state, "reopen")
    act.session.flush()
    act.record(TranscriptReopened(transcript.id, transcript.editions[-1].number))
    return transcript


@demands(Permission.TRANSCRIPT_WRITE)
def correct(  # noqa: PLR0913  # each by its name
    act: Act,
    transcript: Transcript,
    line: TranscriptLine,
    *,
    old: str,
    new: str,
    asked_by: int | None = None,
) -> TranscriptCorrection:
    """Correct or complete what was read, and fix the text anew (RULES 188, CPL 122).

    The old words are kept beside the new ones; whatever was signed before is signed again.
    `asked_by` is the seat of whoever asked for it; the suspect has none.

    Refuses:
        NotAllowed: only whoever holds the interrogation for the procuratorate.
        WrongState: it is drafted, or complete.
        WordsNotThere: the old words do not stand in the line just once.
        NothingCorrected: the new words are the old ones.
        NotSeatedThere: whoever asked does not take part.

    Records:
        TranscriptCorrected, TranscriptFixed.
    """
    _lock(act, transcript)
    state = FLOW.after(transcript.state, "correct")
    if old == new:
        raise NothingCorrected
    if old and line.words.count(old) != 1:
        raise WordsNotThere
    if asked_by not in {None, *(seat.id for seat in transcript.interrogation.attendances)}:
        raise NotSeatedThere
    edition = transcript.editions[-1]
    line.words = line.words.replace(old, new) if old else line.words + new
    said = NewLine(line.client_id, line.kind, line.ordinal, line.said_at, line.words)
    correction = TranscriptCorrection(
        transcript_id=transcript.id,
        line=line,
        line_id=line.id,
        in_edition=edition.number,
        old=old,
        new=new,
        asked_by=asked_by,
        made_at=act.now,
        made_by=act.actor.id,
    )
    correction.sha256 = digest_of_correction(correction)
    transcript.corrections.append(correction)
    act.session.add(_revised(act, transcript, line.id, said))
    transcript.state = state
    act.session.flush()
    act.record(TranscriptCorrected(transcript.id, correction.id))
    _fix(act, transcript)
    return correction


@demands(Permission.TRANSCRIPT_WRITE)
def close(act: Act, transcript: Transcript, *, closing: Closing, reason: str = "") -> Transcript:
    """Set the closing words below the record, as the suspect has checked it (RULES 188).

    Refuses:
        NotAllowed: only whoever holds the interrogation for the procuratorate.
        WrongState: it is not being read.
        ReasonMissing: the suspect would not say that it is right, and no reason is given.

    Records:
        TranscriptFixed.
    """
    _lock(act, transcript)
    state = FLOW.after(transcript.state, "close")
    if closing is Closing.DECLINED and not reason.strip():
        raise ReasonMissing(article="RULES 188")
    transcript.state = state
    _fix(act, transcript, closing=closing, reason=reason)
    return transcript


@demands(Permission.TRANSCRIPT_WRITE)
def note_recording(act: Act, transcript: Transcript, *, reference: str) -> Transcript:
    """Note where the continuous recording of the signing is kept (ESIGN-2019).

    Refuses:
        NotAllowed: only whoever holds the interrogation for the procuratorate.
        WrongState: the record is complete.

    Records:
        Nothing: the record itself says it.
    """
    _lock(act, transcript)
    FLOW.after(transcript.state, "note_recording")
    transcript.signing_recording = reference
    act.session.flush()
    return transcript


def _lock(act: Act, transcript: Transcript) -> None:
    """Read the record again, with its lines, so that two acts on it take turns."""
    act.session.refresh(transcript, with_for_update=True)
    act.session.expire(transcript, ["lines", "editions", "corrections", "marks", "statements"])


def _added(act: Act, transcript: Transcript, given: dict[UUID, NewLine]) -> dict[UUID, int]:
    """Insert what is not there yet; the database keeps a second one out."""
    if not given:
        return {}
    inserted = act.session.execute(
        insert(TranscriptLine)
        .values(
            [
                {
                    "transcript_id": transcript.id,
                    "client_id": line.client_id,
                    "kind": line.kind,
                    "ordinal": line.ordinal,
                    "said_at": line.said_at,
                    "words": line.words,
                    "version": 1,
                }
                for line in sorted(given.values(), key=lambda line: line.client_id)
            ]
        )
        .on_conflict_do_nothing(index_elements=["transcript_id", "client_id"])
        .returning(TranscriptLine.client_id, TranscriptLine.id)
    )
    return dict(iter(inserted))


def _revised(act: Act, transcript: Transcript, line_id: int, said: NewLine) -> TranscriptRevision:
    return TranscriptRevision(
        transcript_id=transcript.id,
        line_id=line_id,
        kind=said.kind,
        ordinal=said.ordinal,
        said_at=said.said_at,
        words=said.words,
        written_at=act.now,
        written_by=act.actor.id,
    )


def _was_written(line: TranscriptLine, given: NewLine) -> bool:
    return any(
        (one.kind, one.ordinal, one.said_at, one.words)
        == (given.kind, given.ordinal, given.said_at, given.words)
        for one in line.revisions
    )


def _fix(
    act: Act, transcript: Transcript, *, closing: Closing | None = None, reason: str = ""
) -> None:
    """Make a new edition of the text as it stands, with its pages and their digests."""
    act.session.flush()
    act.session.expire(transcript, ["lines"])
    revisions = act.session.scalars(
        select(TranscriptRevision)
        .where(TranscriptRevision.transcript_id == transcript.id)
        .order_by(TranscriptRevision.id)
    ).all()
    before = transcript.edition
    edition = TranscriptEdition(
        transcript_id=transcript.id,
        number=before.number + 1 if before else 1,
        head=head_of(act, transcript.interrogation),
        signatories=signatories_of(transcript.interrogation),
        closing=closing,
        closing_reason=reason,
        closed_on=act.today if closing else None,
        history_sha256=history_of(revisions),
        fixed_at=act.now,
        fixed_by=act.actor.id,
    )
    edition.paragraphs = text_of(edition, transcript)
    previous = before_the_pages(edition)
    for number, lines in enumerate(pages_of(edition.paragraphs), start=1):
        text = "\n".join(lines)
        previous = page_hash(edition=edition.number, number=number, previous=previous, text=text)
        edition.pages.append(
            TranscriptPage(transcript_id=transcript.id, number=number, lines=lines, sha256=previous)
        )
    edition.sha256 = previous
    transcript.editions.append(edition)
    act.session.flush()
    act.record(TranscriptFixed(transcript.id, edition.number, edition.sha256))
