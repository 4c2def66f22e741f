"""The tables of records of interrogation: what was said, each fixed edition, and every mark."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DDL,
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.interrogations import LIVE, Interrogation, InterrogationState
from services.kernel.act import Record
from services.kernel.sealed import SealedBytes
from services.transcripts.flow import (
    Closing,
    LineKind,
    MarkKind,
    Slot,
    TranscriptState,
)

ONE_RECORD = "transcripts_interrogation_id_key"
ONE_LINE = "transcript_lines_once"
MARKED_ONCE = "transcript_marks_once"
CORRECTION_MARKED_ONCE = "transcript_marks_correction_once"


class Transcript(Record):
    """The record (讯问笔录) of one interrogation (CPL 122, RULES 188, 258¶2)."""

    __tablename__ = "transcripts"
    __table_args__ = (
        CheckConstraint(
            "(state = 'complete') = (completed_at IS NOT NULL)"
            " AND (completed_at IS NULL) = (sealed IS NULL)",
            name="transcripts_complete_and_sealed",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interrogation_id: Mapped[int] = mapped_column(ForeignKey("interrogations.id"), unique=True)
    state: Mapped[TranscriptState] = mapped_column(default=TranscriptState.DRAFTING)
    opened_at: Mapped[datetime]
    opened_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    signing_recording: Mapped[str] = mapped_column(default="")
    """Where the continuous recording of the signing is kept (ESIGN-2019)."""
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    sealed: Mapped[str | None]
    """SHA-256, hexadecimal, over the last edition and every mark; it stands in the journal too."""
    version: Mapped[int] = mapped_column()

    interrogation: Mapped[Interrogation] = relationship()
    lines: Mapped[list["TranscriptLine"]] = relationship(
        order_by="(TranscriptLine.ordinal, TranscriptLine.said_at, TranscriptLine.id)"
    )
    editions: Mapped[list["TranscriptEdition"]] = relationship(order_by="TranscriptEdition.number")
    corrections: Mapped[list["TranscriptCorrection"]] = relationship(
        order_by="TranscriptCorrection.id"
    )
    marks: Mapped[list["TranscriptMark"]] = relationship(order_by="TranscriptMark.id")
    statements: Mapped[list["TranscriptStatement"]] = relationship(
        order_by="TranscriptStatement.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def edition(self) -> "TranscriptEdition | None":
        """The newest fixed edition."""
        return self.editions[-1] if self.editions else None

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate that handles the case."""
        return self.interrogation.procuratorate_id

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case."""
        return self.interrogation.handler_id

    @property
    def recused_ids(self) -> Sequence[int] | None:
        """Whoever was recused from the case (CPL 29)."""
        return self.interrogation.recused_ids

    @property
    def attending_ids(self) -> frozenset[int]:
        """Whoever takes part and has an account."""
        return self.interrogation.attending_ids

    @property
    def centre_id(self) -> int | None:
        """The detention centre in which the suspect sits."""
        return self.interrogation.centre_id

    @property
    def is_sitting(self) -> bool:
        """Does the interrogation go on, or does it only wait for its record?"""
        state = self.interrogation.state
        over = state is InterrogationState.ENDED and self.state is not TranscriptState.COMPLETE
        return over or state in LIVE


class TranscriptLine(Record):
    """One line as it stands now; the phone makes its id, so that a retry adds nothing twice."""

    __tablename__ = "transcript_lines"
    __table_args__ = (UniqueConstraint("transcript_id", "client_id", name=ONE_LINE),)

    id: Mapped[int] = mapped_column(primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcripts.id"))
    client_id: Mapped[UUID]
    kind: Mapped[LineKind]
    ordinal: Mapped[int]
    """Where it stands; phones count in tens, so that a line fits between two."""
    said_at: Mapped[datetime]
    """By the phone that wrote it."""
    words: Mapped[str]
    """Empty when the line was struck out; its revisions keep what it said."""
    version: Mapped[int] = mapped_column()

    revisions: Mapped[list["TranscriptRevision"]] = relationship(order_by="TranscriptRevision.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks


class TranscriptRevision(Record):
    """What a line said at one time, and who wrote it."""

    __tablename__ = "transcript_revisions"
    __table_args__ = (Index("transcript_revisions_of_line", "line_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcripts.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("transcript_lines.id"))
    kind: Mapped[LineKind]
    ordinal: Mapped[int]
    said_at: Mapped[datetime]
    words: Mapped[str]
    written_at: Mapped[datetime]
    written_by: Mapped[int] = mapped_column(ForeignKey("people.id"))


class TranscriptEdition(Record):
    """A fixed text: its heading, its paragraphs, and the digest of its pages."""

    __tablename__ = "transcript_editions"
    __table_args__ = (
        UniqueConstraint("transcript_id", "number", name="transcript_editions_once"),
        CheckConstraint(
            "(closing IS NULL) = (closed_on IS NULL)", name="transcript_editions_closed_on_a_day"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcripts.id"))
    number: Mapped[int]
    head: Mapped[list[Any]]
    """`[label, words]` in order: time, place, staff, recorder, suspect, language, who attends."""
    signatories: Mapped[list[Any]]
    """`{attendance_id, person_id, role, name}`: whose marks it needs; the suspect comes first."""
    paragraphs: Mapped[list[str]]
    closing: Mapped[Closing | None]
    closing_reason: Mapped[str] = mapped_column(default="")
    """Why the suspect would not say that it is right."""
    closed_on: Mapped[date | None]
    history_sha256: Mapped[str]
    """Of everything that was written until then, in the order of writing."""
    sha256: Mapped[str]
    """Of its last page, which follows all others and what is said above."""
    fixed_at: Mapped[datetime]
    fixed_by: Mapped[int] = mapped_column(ForeignKey("people.id"))

    pages: Mapped[list["TranscriptPage"]] = relationship(order_by="TranscriptPage.number")


class TranscriptPage(Record):
    """One page of an edition."""

    __tablename__ = "transcript_pages"
    __table_args__ = (UniqueConstraint("edition_id", "number", name="transcript_pages_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcripts.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("transcript_editions.id"))
    number: Mapped[int]
    lines: Mapped[list[str]]
    sha256: Mapped[str]


class TranscriptCorrection(Record):
    """What was corrected or added while the record was checked (RULES 188, CPL 122)."""

    __tablename__ = "transcript_corrections"
    __table_args__ = (Index("transcript_corrections_of_transcript", "transcript_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcripts.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("transcript_lines.id"))
    in_edition: Mapped[int]
    """The edition that was read when it was asked for."""
    old: Mapped[str]
    """Empty where something was left out and is added at the end of the line."""
    new: Mapped[str]
    """Empty where something is struck out."""
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("attendances.id"))
    """Whoever asked for it; the suspect has no seat."""
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    sha256: Mapped[str]

    line: Mapped[TranscriptLine] = relationship()


class TranscriptMark(Record):
    """A signature, a stamp or a fingerprint, or the note that it was refused (RULES 188)."""

    __tablename__ = "transcript_marks"
    __table_args__ = (
        CheckConstraint(
            "(page_id IS NULL) <> (correction_id IS NULL)", name="transcript_marks_on_one_thing"
        ),
        CheckConstraint(
            "(image IS NULL) = (refused_because IS NOT NULL)"
            " AND (image IS NULL) = (image_sha256 IS NULL) AND (image IS NULL) = (kind IS NULL)",
            name="transcript_marks_given_or_refused",
        ),
        Index(
            MARKED_ONCE,
            "page_id",
            func.coalesce(text("attendance_id"), 0),
            "slot",
            unique=True,
            postgresql_where=text("page_id IS NOT NULL AND image IS NOT NULL"),
        ),
        Index(
            CORRECTION_MARKED_ONCE,
            "correction_id",
            func.coalesce(text("attendance_id"), 0),
            "slot",
            unique=True,
            postgresql_where=text("correction_id IS NOT NULL AND image IS NOT NULL"),
        ),
        Index("transcript_marks_of_transcript", "transcript_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcripts.id"))
    page_id: Mapped[int | None] = mapped_column(ForeignKey("transcript_pages.id"))
    correction_id: Mapped[int | None] = mapped_column(ForeignKey("transcript_corrections.id"))
    attendance_id: Mapped[int | None] = mapped_column(ForeignKey("attendances.id"))
    """Whose it is; the suspect has no seat."""
    slot: Mapped[Slot]
    kind: Mapped[MarkKind | None]
    refused_because: Mapped[str | None]
    covers: Mapped[str]
    """The digest of the page, or of the correction, that was before the signer."""
    image_sha256: Mapped[str | None]
    image: Mapped[bytes | None] = mapped_column(
        SealedBytes("transcript_marks.image"), deferred=True
    )
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    """Whose device took it."""
    session_id: Mapped[int | None]
    """The sign-in session of that device."""
    sha256: Mapped[str]
    """Over all of this, and the mark before."""


class TranscriptStatement(Record):
    """A statement that the suspect wrote; it never takes the place of the record (RULES 258¶2)."""

    __tablename__ = "transcript_statements"
    __table_args__ = (Index("transcript_statements_of_transcript", "transcript_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcripts.id"))
    written_on: Mapped[date]
    """As the suspect dated it."""
    pages: Mapped[int]
    received_at: Mapped[datetime]
    """于某年某月某日收到 (RULES 189)."""
    received_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(
        SealedBytes("transcript_statements.content"), deferred=True
    )


class EvidenceKind(StrEnum):
    """What an item of a case's evidence is (CPL 50(5): statements and defences of suspects)."""

    TRANSCRIPT = "transcript"
    STATEMENT = "statement"


class CaseEvidence(Record):
    """An item that the procuratorate's own work has added to the evidence of a case."""

    __tablename__ = "case_evidence"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'statement') = (statement_id IS NOT NULL)", name="case_evidence_of_its_kind"
        ),
        Index("case_evidence_of_case", "case_id", "id"),
        Index(
            "case_evidence_of_transcript",
            "transcript_id",
            unique=True,
            postgresql_where=text("statement_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    suspect_id: Mapped[int] = mapped_column(ForeignKey("suspects.id"))
    kind: Mapped[EvidenceKind]
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcripts.id"))
    statement_id: Mapped[int | None] = mapped_column(
        ForeignKey("transcript_statements.id"), unique=True
    )
    pages: Mapped[int]
    sha256: Mapped[str]
    entered_at: Mapped[datetime]


KEPT = (
    TranscriptRevision,
    TranscriptEdition,
    TranscriptPage,
    TranscriptCorrection,
    TranscriptMark,
    TranscriptStatement,
    CaseEvidence,
)
"""Added to, and never changed."""
CLOSED = (
    TranscriptLine,
    TranscriptRevision,
    TranscriptEdition,
    TranscriptPage,
    TranscriptCorrection,
    TranscriptMark,
    TranscriptStatement,
)
"""What is not even added to once the record is complete."""

NOTHING_AFTER_COMPLETION = """
CREATE FUNCTION refuse_change_of_complete_transcript() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF EXISTS (SELECT FROM transcripts WHERE state = 'complete' AND id = CASE TG_TABLE_NAME
    WHEN 'transcripts' THEN (to_jsonb(OLD) ->> 'id')::int
    ELSE (to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END) ->> 'transcript_id')::int END)
  THEN RAISE EXCEPTION 'a complete record of interrogation is never changed';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER complete_is_complete BEFORE UPDATE OR DELETE ON transcripts
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_complete_transcript()
"""


def _after_create(table: Any, statement: str) -> None:
    ddl = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
    sa_event.listen(table, "after_create", ddl)


_after_create(Transcript.__table__, NOTHING_AFTER_COMPLETION)
for _closed in CLOSED:
    _after_create(
        _closed.__table__,
        f"CREATE TRIGGER complete_is_complete BEFORE INSERT OR UPDATE OR DELETE "
        f"ON {_closed.__tablename__} FOR EACH ROW "
        f"EXECUTE FUNCTION refuse_change_of_complete_transcript()",
    )
for _kept in KEPT:
    _after_create(
        _kept.__table__,
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        f"ON {_kept.__tablename__} EXECUTE FUNCTION refuse_change()",
    )
