"""Records of interrogation over HTTP: write, put for reading, correct, sign page by page."""

import base64
from typing import Any
from uuid import UUID

from flask import Response, current_app
from flask_smorest.fields import Upload
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import FileStorage

from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import cases, interrogations, transcripts
from services.interrogations import Interrogation, Role
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.policy import Permission, allows
from services.transcripts import (
    CLOSING_WORDS,
    CaseEvidence,
    Closing,
    EvidenceKind,
    Fault,
    LineKind,
    MarkKind,
    NewLine,
    NewStatement,
    Slot,
    Transcript,
    TranscriptEdition,
    TranscriptMark,
    TranscriptState,
    Verified,
)
from services.transcripts.wording import SUSPECT

blp = Blueprint(
    "transcripts",
    __name__,
    description="Records of interrogation (讯问笔录): RULES 188, 258; CPL 122.",
)

_ID = validate.Range(1, 2**31 - 1)
_WORDS = validate.And(validate.Length(max=4000), validate.Regexp(r"[^\x00-\x09\x0b-\x1f\x7f]*\Z"))
_SAID = validate.And(
    validate.Length(1, 2000),
    validate.Regexp(r"[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*\Z"),
)
_BASE64 = validate.And(
    validate.Length(4, 400_000),
    validate.Regexp(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z"),
)
_ORDINAL = validate.Range(0, 1_000_000)
_A_DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
_ROLES = (SUSPECT, *(role.value for role in Role))


# --- what comes in --------------------------------------------------------------------------


class NewTranscriptLine(Schema):
    """A line as the phone wrote it; the phone makes its id, so that it may be sent twice."""

    client_id = fields.UUID(
        required=True, metadata={"example": "6b7c1d0e-3f0a-4f6e-9a51-0c1f1f2e7a10"}
    )
    kind = fields.Enum(LineKind, by_value=True, required=True)
    ordinal = fields.Integer(
        strict=True,
        required=True,
        validate=_ORDINAL,
        metadata={"description": "Where it stands: count in tens.", "example": 10},
    )
    said_at = Instant(required=True)
    words = fields.String(
        required=True, validate=_WORDS, metadata={"example": "你的姓名、出生日期？"}
    )

    @post_load
    def line(self, given: dict[str, Any], **_: Any) -> NewLine:
        """Plain values."""
        return NewLine(**given)


class NewTranscriptLines(Schema):
    """Lines in one go: what a phone wrote since it last reached the service."""

    lines = fields.List(
        fields.Nested(NewTranscriptLine), required=True, validate=validate.Length(1, 200)
    )


class TranscriptLineChange(Schema):
    """A line as it reads now; empty words strike it out."""

    kind = fields.Enum(LineKind, by_value=True, required=True)
    ordinal = fields.Integer(
        strict=True, required=True, validate=_ORDINAL, metadata={"example": 10}
    )
    words = fields.String(
        required=True, validate=_WORDS, metadata={"example": "你的姓名、出生日期、住址？"}
    )


class NewTranscriptCorrection(Schema):
    """What is corrected, in which line, and who asked for it."""

    client_id = fields.UUID(
        required=True,
        metadata={
            "description": "The line.",
            "example": "6b7c1d0e-3f0a-4f6e-9a51-0c1f1f2e7a10",
        },
    )
    old = fields.String(
        load_default="",
        validate=_WORDS,
        metadata={
            "description": "Stands in the line just once; empty to add words at its end.",
            "example": "三月",
        },
    )
    new = fields.String(
        load_default="",
        validate=_WORDS,
        metadata={"description": "Empty to strike words out.", "example": "四月"},
    )
    attendance_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={"description": "Whoever asked; the suspect without.", "example": None},
    )


class TranscriptPictures(Schema):
    """Pictures of marks: PNG of at most 256 KiB and 2000 × 2000 pixels, in base64."""

    signature = fields.String(
        load_default=None, allow_none=True, validate=_BASE64, metadata={"example": _A_DOT}
    )
    stamp = fields.String(
        load_default=None, allow_none=True, validate=_BASE64, metadata={"example": None}
    )
    fingerprint = fields.String(
        load_default=None, allow_none=True, validate=_BASE64, metadata={"example": _A_DOT}
    )

    @validates_schema
    def _whole(self, given: dict[str, Any], **_: object) -> None:
        if not any(given.get(kind.value) for kind in MarkKind):
            raise ValidationError({"signature": ["Missing data for required field."]})

    @post_load
    def pictures(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The bytes of each."""
        images = {kind: given.pop(kind.value) for kind in MarkKind}
        decoded = {kind: base64.b64decode(sent) for kind, sent in images.items() if sent}
        return given | {"images": decoded}


class NewPageMarks(TranscriptPictures):
    """Whose marks, and the digest of the page that was before the signer."""

    attendance_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={"description": "Whose; the suspect's without.", "example": None},
    )
    sha256 = fields.String(
        required=True,
        validate=validate.Regexp(r"[0-9a-f]{64}\Z"),
        metadata={"example": "0" * 64},
    )


class NewTranscriptRefusal(Schema):
    """Who would not sign or give a fingerprint, and why."""

    attendance_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={"description": "The suspect without.", "example": None},
    )
    reason = fields.String(
        required=True, validate=_SAID, metadata={"example": "认为记录与其陈述不一致"}
    )


class TranscriptClosing(Schema):
    """How the suspect has checked the record."""

    closing = fields.Enum(
        Closing,
        by_value=True,
        required=True,
        metadata={"description": f"{'; '.join(CLOSING_WORDS.values())}; or declined."},
    )
    reason = fields.String(
        load_default="",
        validate=validate.And(validate.Length(max=2000), validate.Regexp(r"[^\x00-\x1f\x7f]*\Z")),
        metadata={"description": "Why it was declined.", "example": ""},
    )


class TranscriptRecording(Schema):
    """Where the recording of the signing is kept."""

    reference = fields.String(
        required=True, validate=_SAID, metadata={"example": "讯问室二 录像 第17号"}
    )


class NewStatementFile(Schema):
    """The file itself."""

    file = Upload(required=True, metadata={"description": "PDF, JPEG or PNG."})


class NewTranscriptStatement(Schema):
    """What is said of the statement beside the file."""

    written_on = fields.Date(required=True)
    pages = fields.Integer(required=True, validate=validate.Range(1, 1000), metadata={"example": 2})


class TranscriptQuery(PageQuery):
    """Which records."""

    case_id = fields.Integer(load_default=None, validate=_ID)
    interrogation_id = fields.Integer(load_default=None, validate=_ID)
    state = fields.Enum(TranscriptState, by_value=True, load_default=None)


# --- what goes out --------------------------------------------------------------------------


class TranscriptBriefSchema(Schema):
    """A record in a list."""

    id = fields.Integer(required=True)
    interrogation_id = fields.Integer(required=True)
    case_id = fields.Integer(required=True)
    case_number = fields.String(required=True)
    suspect_id = fields.Integer(required=True)
    suspect_name = fields.String(required=True)
    state = fields.Enum(TranscriptState, by_value=True, required=True)
    opened_at = Instant(required=True)
    completed_at = Instant(required=True, allow_none=True)
    edition = fields.Integer(required=True, allow_none=True)
    page_count = fields.Integer(required=True)


class TranscriptLineSchema(Schema):
    """A line as it stands."""

    client_id = fields.UUID(required=True)
    kind = fields.Enum(LineKind, by_value=True, required=True)
    ordinal = fields.Integer(required=True)
    said_at = Instant(required=True)
    words = fields.String(required=True)
    version = fields.Integer(required=True)


class TranscriptLinesSchema(Schema):
    """The lines that were sent, as they stand now."""

    lines = fields.List(fields.Nested(TranscriptLineSchema), required=True)


class TranscriptHeadSchema(Schema):
    """A line of the heading."""

    label = fields.String(required=True, metadata={"example": "地点"})
    words = fields.String(required=True)


class TranscriptPageSchema(Schema):
    """A page of the newest edition."""

    number = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    lines = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "At most 22; null for who may not read it."},
    )


class TranscriptCorrectionSchema(Schema):
    """What was corrected while the record was read."""

    id = fields.Integer(required=True)
    client_id = fields.UUID(required=True)
    in_edition = fields.Integer(required=True)
    old = fields.String(required=True)
    new = fields.String(required=True)
    attendance_id = fields.Integer(required=True, allow_none=True)
    made_at = Instant(required=True)


class TranscriptMarkSchema(Schema):
    """A mark, or the note of its refusal."""

    id = fields.Integer(required=True)
    page = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Of the newest edition; null for a correction's mark."},
    )
    correction_id = fields.Integer(required=True, allow_none=True)
    attendance_id = fields.Integer(required=True, allow_none=True)
    slot = fields.Enum(Slot, by_value=True, required=True)
    kind = fields.Enum(MarkKind, by_value=True, required=True, allow_none=True)
    refused_because = fields.String(required=True, allow_none=True)
    made_at = Instant(required=True)


class TranscriptSignatorySchema(Schema):
    """Whose marks it needs."""

    attendance_id = fields.Integer(required=True, allow_none=True)
    person_id = fields.Integer(required=True, allow_none=True)
    role = fields.String(required=True, validate=validate.OneOf(_ROLES))
    name = fields.String(required=True)


class MissingMarkSchema(Schema):
    """A mark that is missing."""

    page = fields.Integer(required=True, allow_none=True)
    correction_id = fields.Integer(required=True, allow_none=True)
    attendance_id = fields.Integer(required=True, allow_none=True)
    role = fields.String(required=True, validate=validate.OneOf(_ROLES))
    name = fields.String(required=True)
    slot = fields.Enum(Slot, by_value=True, required=True)


class TranscriptStatementSchema(Schema):
    """A statement that the suspect wrote."""

    id = fields.Integer(required=True)
    written_on = fields.Date(required=True)
    pages = fields.Integer(required=True)
    received_at = Instant(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)


class TranscriptSchema(TranscriptBriefSchema):
    """A record with everything that the reader may see of it."""

    version = fields.Integer(required=True)
    readable = fields.Boolean(
        required=True,
        metadata={"description": "Whether the reader may read what it says, or only follow it."},
    )
    head = fields.List(fields.Nested(TranscriptHeadSchema), required=True)
    lines = fields.List(
        fields.Nested(TranscriptLineSchema),
        required=True,
        metadata={"description": "Empty for who may not read it."},
    )
    pages = fields.List(fields.Nested(TranscriptPageSchema), required=True)
    corrections = fields.List(fields.Nested(TranscriptCorrectionSchema), required=True)
    signatories = fields.List(fields.Nested(TranscriptSignatorySchema), required=True)
    marks = fields.List(fields.Nested(TranscriptMarkSchema), required=True)
    missing = fields.List(fields.Nested(MissingMarkSchema), required=True)
    refused = fields.Boolean(
        required=True, metadata={"description": "A mark was refused, and the note stands for it."}
    )
    closing = fields.Enum(Closing, by_value=True, required=True, allow_none=True)
    closing_words = fields.String(required=True, allow_none=True)
    closed_on = fields.Date(required=True, allow_none=True)
    signing_recording = fields.String(required=True)
    warnings = fields.List(
        fields.String(validate=validate.OneOf(["signing_not_recorded"])), required=True
    )
    statements = fields.List(fields.Nested(TranscriptStatementSchema), required=True)
    sha256 = fields.String(
        required=True, allow_none=True, metadata={"description": "Of the newest edition."}
    )
    sealed = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Of the complete record with every mark."},
    )
    allowed = fields.List(
        fields.String(validate=validate.OneOf(sorted(transcripts.STEPS))),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["write"]},
    )


class VerifiedSchema(Schema):
    """Whether a record is still what was signed, and the first thing that does not fit."""

    fits = fields.Boolean(required=True)
    fault = fields.Enum(Fault, by_value=True, required=True, allow_none=True)
    edition = fields.Integer(required=True, allow_none=True)
    page = fields.Integer(required=True, allow_none=True)


class CaseEvidenceSchema(Schema):
    """An item that an interrogation has added to the evidence of the case."""

    id = fields.Integer(required=True)
    kind = fields.Enum(EvidenceKind, by_value=True, required=True)
    suspect_id = fields.Integer(required=True)
    transcript_id = fields.Integer(required=True)
    statement_id = fields.Integer(required=True, allow_none=True)
    pages = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    entered_at = Instant(required=True)


# --- the doors ------------------------------------------------------------------------------


@blp.route("/interrogations/<int:interrogation_id>/transcript")
class InterrogationTranscript(Resource):
    """The record of one interrogation."""

    @blp.response(201, TranscriptSchema)
    def post(self, interrogation_id: int) -> dict[str, Any]:
        """Begin the record of an interrogation."""
        found = interrogations.find(self.act, interrogation_id)
        return _shown(self.act, transcripts.begin(self.act, found))


@blp.route("/transcripts")
class Transcripts(Resource):
    """Records of interrogation."""

    @blp.arguments(TranscriptQuery, location="query")
    @blp.response(200, page_of(TranscriptBriefSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the records that the reader may follow, the newest first."""
        sitting = joinedload(Transcript.interrogation)
        chosen = transcripts.visible(self.act).options(
            sitting.joinedload(Interrogation.case),
            sitting.joinedload(Interrogation.suspect),
            selectinload(Transcript.editions).selectinload(TranscriptEdition.pages),
        )
        if query["state"] is not None:
            chosen = chosen.where(Transcript.state == query["state"])
        if query["interrogation_id"] is not None:
            chosen = chosen.where(Transcript.interrogation_id == query["interrogation_id"])
        if query["case_id"] is not None:
            chosen = chosen.where(
                Transcript.interrogation.has(Interrogation.case_id == query["case_id"])
            )
        found = page(self.act.session, chosen, Transcript.id.desc(), **query)
        return Page([_brief(one) for one in found.items], found.next_cursor)


@blp.route("/transcripts/<int:transcript_id>")
class OneTranscript(Resource):
    """One record."""

    @blp.response(200, TranscriptSchema)
    def get(self, transcript_id: int) -> dict[str, Any]:
        """Read a record, or follow how far its signing has come."""
        return _shown(self.act, transcripts.find(self.act, transcript_id))


@blp.route("/transcripts/<int:transcript_id>/lines")
class TranscriptLines(Resource):
    """What was said, line by line."""

    @blp.arguments(NewTranscriptLines)
    @blp.response(201, TranscriptLinesSchema)
    def post(self, given: dict[str, Any], transcript_id: int) -> dict[str, Any]:
        """Add lines; a line that was sent before is not added twice."""
        found = transcripts.find(self.act, transcript_id)
        return {"lines": transcripts.write(self.act, found, given["lines"])}


@blp.route("/transcripts/<int:transcript_id>/lines/<uuid:client_id>")
class OneTranscriptLine(Resource):
    """One line."""

    @blp.arguments(TranscriptLineChange)
    @blp.response(200, TranscriptLineSchema)
    def put(self, given: dict[str, Any], transcript_id: int, client_id: UUID) -> Any:
        """Change a line while the record is drafted."""
        found = transcripts.find(self.act, transcript_id)
        line = self.expect(transcripts.line_of(self.act, found, client_id))
        return transcripts.rewrite(self.act, found, line, **given)


@blp.route("/transcripts/<int:transcript_id>/reading")
class TranscriptReading(Resource):
    """A record that is put before the suspect."""

    @blp.response(200, TranscriptSchema)
    def put(self, transcript_id: int) -> dict[str, Any]:
        """Fix the text and let the suspect check it."""
        found = self.expect(transcripts.find(self.act, transcript_id))
        return _shown(self.act, transcripts.put_for_reading(self.act, found))

    @blp.response(200, TranscriptSchema)
    def delete(self, transcript_id: int) -> dict[str, Any]:
        """Write on; the edition that was read is kept."""
        found = self.expect(transcripts.find(self.act, transcript_id))
        return _shown(self.act, transcripts.reopen(self.act, found))


@blp.route("/transcripts/<int:transcript_id>/corrections")
class TranscriptCorrections(Resource):
    """What was corrected while the record was read."""

    @blp.arguments(NewTranscriptCorrection)
    @blp.response(201, TranscriptSchema)
    def post(self, given: dict[str, Any], transcript_id: int) -> dict[str, Any]:
        """Correct or complete what was read; the text is fixed anew."""
        found = self.expect(transcripts.find(self.act, transcript_id))
        line = transcripts.line_of(self.act, found, given["client_id"])
        transcripts.correct(
            self.act,
            found,
            line,
            old=given["old"],
            new=given["new"],
            asked_by=given["attendance_id"],
        )
        return _shown(self.act, found)


@blp.route("/transcripts/<int:transcript_id>/corrections/<int:correction_id>/marks")
class TranscriptCorrectionMarks(Resource):
    """The suspect's marks at a correction."""

    @blp.arguments(TranscriptPictures)
    @blp.response(201, TranscriptSchema)
    def post(self, given: dict[str, Any], transcript_id: int, correction_id: int) -> dict[str, Any]:
        """Let the suspect sign or fingerprint a correction."""
        found = transcripts.find(self.act, transcript_id)
        correction = transcripts.correction_of(found, correction_id)
        transcripts.sign_correction(self.act, found, correction, **given)
        return _shown(self.act, found)


@blp.route("/transcripts/<int:transcript_id>/closing")
class TranscriptClosingWords(Resource):
    """The words below the record."""

    @blp.arguments(TranscriptClosing)
    @blp.response(200, TranscriptSchema)
    def put(self, given: dict[str, Any], transcript_id: int) -> dict[str, Any]:
        """Set the closing words, as the suspect has checked the record."""
        found = self.expect(transcripts.find(self.act, transcript_id))
        return _shown(self.act, transcripts.close(self.act, found, **given))


@blp.route("/transcripts/<int:transcript_id>/pages/<int:number>/marks")
class TranscriptPageMarks(Resource):
    """The marks on a page."""

    @blp.arguments(NewPageMarks)
    @blp.response(201, TranscriptSchema)
    def post(self, given: dict[str, Any], transcript_id: int, number: int) -> dict[str, Any]:
        """Put a signature or stamp, and a fingerprint, on a page."""
        found = transcripts.find(self.act, transcript_id)
        transcripts.sign_page(self.act, found, number=number, **given)
        return _shown(self.act, found)


@blp.route("/transcripts/<int:transcript_id>/refusals")
class TranscriptRefusals(Resource):
    """Who would not sign."""

    @blp.arguments(NewTranscriptRefusal)
    @blp.response(201, TranscriptSchema)
    def post(self, given: dict[str, Any], transcript_id: int) -> dict[str, Any]:
        """Note that somebody will not sign or give a fingerprint."""
        found = transcripts.find(self.act, transcript_id)
        transcripts.note_refusal(self.act, found, **given)
        return _shown(self.act, found)


@blp.route("/transcripts/<int:transcript_id>/recording")
class TranscriptSigningRecording(Resource):
    """The recording of the signing."""

    @blp.arguments(TranscriptRecording)
    @blp.response(200, TranscriptSchema)
    def put(self, given: dict[str, Any], transcript_id: int) -> dict[str, Any]:
        """Note where the recording of the signing is kept."""
        found = self.expect(transcripts.find(self.act, transcript_id))
        return _shown(self.act, transcripts.note_recording(self.act, found, **given))


@blp.route("/transcripts/<int:transcript_id>/statements")
class TranscriptStatements(Resource):
    """What the suspect wrote."""

    @blp.arguments(NewStatementFile, location="files")
    @blp.arguments(NewTranscriptStatement, location="form")
    @blp.response(201, TranscriptSchema)
    def post(
        self, files: dict[str, FileStorage], told: dict[str, Any], transcript_id: int
    ) -> dict[str, Any]:
        """Attach a statement that the suspect wrote."""
        found = transcripts.find(self.act, transcript_id)
        given = NewStatement(files["file"].stream.read(), **told)
        limit = current_app.extensions["settings"].attachment_limit_bytes
        transcripts.attach_statement(self.act, found, given, limit=limit)
        return _shown(self.act, found)


@blp.route("/transcripts/<int:transcript_id>/completion")
class TranscriptCompletion(Resource):
    """A record that is complete."""

    @blp.response(200, TranscriptSchema)
    def put(self, transcript_id: int) -> dict[str, Any]:
        """Complete the record: nothing of it changes any more."""
        found = self.expect(transcripts.find(self.act, transcript_id))
        return _shown(self.act, transcripts.complete(self.act, found))


@blp.route("/transcripts/<int:transcript_id>/verification")
class TranscriptVerification(Resource):
    """Whether a record is still what was signed."""

    @blp.response(200, VerifiedSchema)
    def get(self, transcript_id: int) -> Verified:
        """Compute every digest of a record again."""
        return transcripts.verify(self.act, transcripts.find(self.act, transcript_id))


@blp.route("/transcripts/<int:transcript_id>/document")
class TranscriptDocument(Resource):
    """The record on paper."""

    @blp.response(
        200,
        {"type": "string", "format": "binary"},
        content_type="application/pdf",
        description="The newest edition with its marks.",
    )
    def get(self, transcript_id: int) -> Response:
        """Print a record."""
        found = transcripts.find(self.act, transcript_id)
        printed = transcripts.printed(self.act, found)
        return _bytes(printed, "application/pdf", f"transcript-{found.id}.pdf")


@blp.route("/transcripts/<int:transcript_id>/statements/<int:statement_id>/content")
class TranscriptStatementContent(Resource):
    """The bytes of a statement."""

    @blp.response(
        200,
        {"type": "string", "format": "binary"},
        content_type="application/octet-stream",
        description="The statement as it came in.",
    )
    def get(self, transcript_id: int, statement_id: int) -> Response:
        """Download a statement that the suspect wrote."""
        found = transcripts.find(self.act, transcript_id)
        if allows(self.act.actor, Permission.TRANSCRIPT_READ, found):
            for one in found.statements:
                if one.id == statement_id:
                    return _bytes(one.content, one.media_type, f"statement-{one.id}")
        raise NotFound


@blp.route("/cases/<int:case_id>/evidence")
class CaseEvidences(Resource):
    """What interrogations have added to the evidence of a case."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(CaseEvidenceSchema))
    def get(self, query: dict[str, Any], case_id: int) -> Page[CaseEvidence]:
        """List the complete records, and the statements with them, of a case."""
        case = cases.find(self.act, case_id)
        chosen = transcripts.evidence(self.act).where(CaseEvidence.case_id == case.id)
        return page(self.act.session, chosen, CaseEvidence.id.desc(), **query)


def _bytes(content: bytes, media_type: str, name: str) -> Response:
    reply = Response(content, mimetype=media_type)
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    reply.headers["X-Content-Type-Options"] = "nosniff"
    reply.headers["Cache-Control"] = "no-store"
    return reply


def _brief(one: Transcript) -> dict[str, Any]:
    sitting, edition = one.interrogation, one.edition
    return {
        "id": one.id,
        "interrogation_id": sitting.id,
        "case_id": sitting.case_id,
        "case_number": sitting.case.number,
        "suspect_id": sitting.suspect_id,
        "suspect_name": sitting.suspect.name,
        "state": one.state,
        "opened_at": one.opened_at,
        "completed_at": one.completed_at,
        "edition": edition.number if edition else None,
        "page_count": len(edition.pages) if edition else 0,
    }


def _shown(act: Act, one: Transcript) -> dict[str, Any]:
    """A record as the reader may see it."""
    act.session.flush()
    readable = allows(act.actor, Permission.TRANSCRIPT_READ, one)
    edition = one.edition
    pages = {page.id: page for page in edition.pages} if edition else {}
    return (
        _brief(one)
        | {
            "version": one.version,
            "readable": readable,
            "lines": one.lines if readable else [],
            "corrections": _corrections(one) if readable else [],
            "statements": one.statements if readable else [],
            "pages": [
                {"number": page.number, "sha256": page.sha256}
                | {"lines": page.lines if readable else None}
                for page in pages.values()
            ],
            "marks": [
                _mark(mark, pages[mark.page_id].number if mark.page_id else None)
                for mark in one.marks
                if mark.page_id is None or mark.page_id in pages
            ],
            "missing": [owed.shown() for owed in transcripts.missing(one)],
            "refused": transcripts.refused(one),
            "warnings": transcripts.warnings(one),
            "signing_recording": one.signing_recording,
            "sealed": one.sealed,
            "allowed": transcripts.allowed(act, one),
        }
        | _of_edition(edition)
    )


def _of_edition(edition: TranscriptEdition | None) -> dict[str, Any]:
    if edition is None:
        return {
            "head": [],
            "signatories": [],
            "closing": None,
            "closing_words": None,
            "closed_on": None,
            "sha256": None,
        }
    return {
        "head": [{"label": label, "words": words} for label, words in edition.head],
        "signatories": edition.signatories,
        "closing": edition.closing,
        "closing_words": CLOSING_WORDS.get(edition.closing) if edition.closing else None,
        "closed_on": edition.closed_on,
        "sha256": edition.sha256,
    }


def _corrections(one: Transcript) -> list[dict[str, Any]]:
    return [
        {
            "id": made.id,
            "client_id": made.line.client_id,
            "in_edition": made.in_edition,
            "old": made.old,
            "new": made.new,
            "attendance_id": made.asked_by,
            "made_at": made.made_at,
        }
        for made in one.corrections
    ]


def _mark(mark: TranscriptMark, number: int | None) -> dict[str, Any]:
    same = "id correction_id attendance_id slot kind refused_because made_at"
    return {name: getattr(mark, name) for name in same.split()} | {"page": number}
