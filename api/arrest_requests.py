"""Arrest requests over HTTP: sent in by the police, completed, accepted by case management."""

from collections.abc import Collection
from datetime import date
from typing import Any

from marshmallow import Schema, fields, post_load, validate
from sqlalchemy.orm import joinedload, selectinload

from api.attachments import AttachmentSchema
from api.cases import CaseSchema
from api.cases import shown as case_shown
from api.offices import OfficeBriefSchema
from api.paging import Page, PageQuery, page, page_of
from api.problems import ProblemErrorSchema, in_readers_language
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import arrest_requests, cases
from services.arrest_requests import (
    AcceptanceCheck,
    ArrestRequest,
    CheckResult,
    DocumentKind,
    Draft,
    Extension,
    FileItemDraft,
    Finding,
    Flag,
    Measure,
    RequestState,
    Sex,
    Suspect,
    SuspectDraft,
)
from services.attachments import Paper
from services.cases import Case, CaseList
from services.kernel.act import Act

blp = Blueprint(
    "arrest_requests",
    __name__,
    description="Requests for approval of arrest (提请批准逮捕书).",
)
BIGGEST_ID = 2**31 - 1
MOST_SUSPECTS = 100
_PRINTABLE = validate.Regexp(r"[^\x00]*\Z")
_SOME = validate.Regexp(r"[^\x00]*\S[^\x00]*\Z")
_DAYS = validate.Range(date(1900, 1, 1), date(2100, 12, 31))


def _id(**metadata: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(1, BIGGEST_ID), metadata=metadata)


def _text(most: int, example: str | None = None) -> fields.String:
    """Text that may be left out; what is missing is a finding, not a fault of form."""
    return fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.And(validate.Length(max=most), _PRINTABLE),
        metadata={} if example is None else {"example": example},
    )


def _day(example: str) -> fields.Date:
    return fields.Date(
        load_default=None, allow_none=True, validate=_DAYS, metadata={"example": example}
    )


# --- what comes in --------------------------------------------------------------------------


class NewSuspect(Schema):
    """A suspect as the police state them; what is missing is told as a finding."""

    id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, BIGGEST_ID),
        metadata={
            "description": "In a correction: which suspect this is about; by place if null.",
            "example": None,
        },
    )
    name = _text(100, "赵某")
    name_self_reported = fields.Boolean(
        load_default=False,
        metadata={"description": "Self-reported, or the identity is unknown (MPS 130)."},
    )
    alias = _text(100)
    document_kind = fields.Enum(DocumentKind, by_value=True, load_default=DocumentKind.NONE)
    document_number = _text(50, "11010519491231002X")
    born_on = _day("1949-12-31")
    sex = fields.Enum(Sex, by_value=True, load_default=None, allow_none=True)
    ethnicity = _text(50, "汉族")
    address = _text(300)
    occupation = _text(100)
    flags = fields.List(
        fields.Enum(Flag, by_value=True),
        load_default=list,
        validate=validate.Length(max=len(Flag)),
        metadata={"example": []},
    )
    measure = fields.Enum(Measure, by_value=True, load_default=None, allow_none=True)
    measure_began_at = Instant(
        load_default=None,
        allow_none=True,
        metadata={"description": "The instant it began.", "example": "2026-02-28T02:00:00Z"},
    )
    detention_centre_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, BIGGEST_ID),
    )
    detention_extended_to = fields.Enum(Extension, by_value=True, load_default=Extension.NONE)
    act_on = _day("2026-02-27")
    charge_ids = fields.List(_id(), load_default=list, validate=validate.Length(max=50))

    @post_load
    def draft(self, given: dict[str, Any], **_: Any) -> SuspectDraft:
        """Plain values for the checks."""
        began_at = given["measure_began_at"]
        if began_at is not None:
            _DAYS(began_at.date())
        return SuspectDraft(
            **_filled(given)
            | {"flags": frozenset(given["flags"]), "charge_ids": tuple(given["charge_ids"])}
        )


class NewFileItem(Schema):
    """One item of the file list."""

    title = _text(200, "证据卷第一册")
    pages = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, 1_000_000),
        metadata={"example": 96},
    )
    kind = fields.Enum(Paper, by_value=True, load_default=Paper.OTHER)

    @post_load
    def draft(self, given: dict[str, Any], **_: Any) -> FileItemDraft:
        """Plain values for the checks."""
        return FileItemDraft(given["title"] or "", given["pages"], given["kind"])


class ArrestRequestChange(Schema):
    """All that an arrest request says, as it is to stand from now on."""

    document_number = _text(100, "江公提捕字〔2026〕31号")
    document_on = _day("2026-03-02")
    head_approved_on = _day("2026-03-01")
    facts = _text(20_000, "2026年2月27日21时许，赵某在某商场窃取他人手机一部，价值五千元。")
    danger_grounds = _text(5_000, "无固定住所，可能实施新的犯罪。")
    major_or_complex = fields.Boolean(load_default=False)
    property_transferred = fields.Boolean(
        load_default=False,
        metadata={"description": "Money or objects come with the case."},
    )
    suspects = fields.List(
        fields.Nested(NewSuspect), load_default=list, validate=validate.Length(max=MOST_SUSPECTS)
    )
    file_items = fields.List(
        fields.Nested(NewFileItem), load_default=list, validate=validate.Length(max=500)
    )
    attachment_ids = fields.List(
        _id(),
        load_default=list,
        validate=validate.Length(max=200),
        metadata={"description": "Files uploaded before; what was sent stays.", "example": []},
    )

    @post_load
    def draft(self, given: dict[str, Any], **_: Any) -> Any:
        """Plain values for the checks."""
        lists = {name: tuple(given[name]) for name in ("suspects", "file_items", "attachment_ids")}
        return Draft(**_filled(given) | lists)


class NewArrestRequest(ArrestRequestChange):
    """A request for approval of arrest as the police state it."""

    office_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, BIGGEST_ID),
        metadata={"description": "The organ that asks, for officers of several organs."},
    )

    @post_load
    def draft(self, given: dict[str, Any], **named: Any) -> Any:
        """The organ that is named, and plain values for the checks."""
        office_id = given.pop("office_id")
        return office_id, super().draft(given, **named)


class ArrestRequestCheck(NewArrestRequest):
    """A request to be checked: a new one, or the correction of one that was sent in."""

    arrest_request_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, BIGGEST_ID),
        metadata={"description": "The request it would correct; null for a new one."},
    )

    @post_load
    def draft(self, given: dict[str, Any], **named: Any) -> Any:
        """The request to be corrected, the organ that is named, and plain values."""
        request_id = given.pop("arrest_request_id")
        return request_id, *super().draft(given, **named)


def _filled(given: dict[str, Any]) -> dict[str, Any]:
    """Without what was left out or null, so that the draft's own "nothing" stands there."""
    return {name: value for name, value in given.items() if value is not None}


class NewSupplementItem(Schema):
    """One thing that is to be sent after."""

    code = fields.String(
        required=True,
        validate=validate.Length(1, 60),
        metadata={
            "description": "procedure, evidence, binding, list, measure, other, or a check's code.",
            "example": "evidence",
        },
    )
    detail = fields.String(required=True, validate=validate.And(validate.Length(1, 2_000), _SOME))


class NewSupplementRequest(Schema):
    """Everything that is missing, at once (RULES 158)."""

    items = fields.List(
        fields.Nested(NewSupplementItem), required=True, validate=validate.Length(1, 50)
    )


class NewJurisdictionDoubt(Schema):
    """Why the case may belong elsewhere."""

    grounds = fields.String(
        required=True,
        validate=validate.And(validate.Length(1, 2_000), _SOME),
        metadata={"example": "主要犯罪地和居住地均不在本辖区。"},
    )


class AcceptanceChecksSchema(Schema):
    """The five checks of RULES 157."""

    jurisdiction = fields.Enum(CheckResult, by_value=True, required=True)
    file_complete = fields.Enum(CheckResult, by_value=True, required=True)
    property_matches = fields.Enum(CheckResult, by_value=True, required=True)
    suspects_present = fields.Enum(CheckResult, by_value=True, required=True)
    in_time = fields.Enum(CheckResult, by_value=True, required=True)


class NewAcceptance(Schema):
    """Acceptance as a case."""

    list = fields.Enum(
        CaseList,
        by_value=True,
        required=True,
        metadata={"description": "From which rotation the case is assigned."},
    )
    checks = fields.Nested(AcceptanceChecksSchema, required=True)
    jurisdiction_note = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.And(validate.Length(1, 2_000), _SOME),
        metadata={"description": "Grounds of a doubt about jurisdiction.", "example": None},
    )


# --- what goes out --------------------------------------------------------------------------


class FindingSchema(ProblemErrorSchema):
    """A rule that the request breaks at one place."""

    pointer = fields.String(required=True)
    article = fields.String(required=True)


class FindingsSchema(Schema):
    """Everything found; a request with no error among it can be sent in."""

    findings = fields.List(fields.Nested(FindingSchema), required=True)


class ChargeNameSchema(Schema):
    """A charge, by name."""

    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "盗窃罪"})


class SuspectNameSchema(Schema):
    """A suspect, by name, inside the app."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)


class SuspectSchema(Schema):
    """A suspect as the police stated them."""

    id = fields.Integer(required=True)
    ordinal = fields.Integer(required=True)
    name = fields.String(required=True)
    name_self_reported = fields.Boolean(required=True)
    alias = fields.String(required=True, allow_none=True)
    document_kind = fields.Enum(DocumentKind, by_value=True, required=True)
    document_number = fields.String(required=True, allow_none=True)
    born_on = fields.Date(required=True, allow_none=True)
    sex = fields.Enum(Sex, by_value=True, required=True)
    ethnicity = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    occupation = fields.String(required=True, allow_none=True)
    flags = fields.List(
        fields.String(validate=validate.OneOf([flag.value for flag in Flag])), required=True
    )
    measure = fields.Enum(Measure, by_value=True, required=True)
    measure_began_at = Instant(required=True, allow_none=True)
    detention_centre_id = fields.Integer(required=True, allow_none=True)
    detention_extended_to = fields.Enum(Extension, by_value=True, required=True)
    act_on = fields.Date(required=True, allow_none=True)
    charge_ids = fields.List(fields.Integer(), required=True)
    charges = fields.List(fields.Nested(ChargeNameSchema), required=True)


class FileItemSchema(Schema):
    """One item of the file list."""

    title = fields.String(required=True)
    pages = fields.Integer(required=True, allow_none=True)
    kind = fields.Enum(Paper, by_value=True, required=True)


class SupplementItemSchema(Schema):
    """One thing that is to be sent after."""

    code = fields.String(required=True, metadata={"example": "evidence"})
    detail = fields.String(required=True)


class SupplementRequestSchema(Schema):
    """What case management asked for."""

    id = fields.Integer(required=True)
    items = fields.List(fields.Nested(SupplementItemSchema), required=True)
    asked_at = Instant(required=True)
    answered_at = Instant(required=True, allow_none=True)


class JurisdictionDoubtSchema(Schema):
    """A doubt about jurisdiction on record."""

    grounds = fields.String(required=True)
    recorded_at = Instant(required=True)


class ArrestRequestBriefSchema(Schema):
    """An arrest request in a list."""

    id = fields.Integer(required=True)
    state = fields.Enum(RequestState, by_value=True, required=True)
    document_number = fields.String(required=True)
    document_on = fields.Date(required=True)
    office = fields.Nested(OfficeBriefSchema, required=True)
    procuratorate = fields.Nested(OfficeBriefSchema, required=True)
    received_at = Instant(
        required=True,
        metadata={"description": "First receipt: the period of review runs from here."},
    )
    major_or_complex = fields.Boolean(required=True)
    suspects = fields.List(fields.Nested(SuspectNameSchema), required=True)


class ArrestRequestSchema(ArrestRequestBriefSchema):
    """An arrest request as it stands."""

    version = fields.Integer(required=True)
    head_approved_on = fields.Date(required=True, allow_none=True)
    facts = fields.String(required=True)
    danger_grounds = fields.String(required=True)
    property_transferred = fields.Boolean(required=True)
    suspects = fields.List(fields.Nested(SuspectSchema), required=True)
    file_items = fields.List(fields.Nested(FileItemSchema), required=True)
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)
    supplement_requests = fields.List(fields.Nested(SupplementRequestSchema), required=True)
    jurisdiction_doubts = fields.List(fields.Nested(JurisdictionDoubtSchema), required=True)
    findings = fields.List(fields.Nested(FindingSchema), required=True)
    corrected_at = Instant(required=True, allow_none=True)
    accepted_at = Instant(required=True, allow_none=True)
    acceptance_checks = fields.Nested(AcceptanceChecksSchema, required=True, allow_none=True)
    case_id = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Once accepted, if the reader may see the case.", "example": None},
    )
    allowed = fields.List(
        fields.String(
            validate=validate.OneOf(
                ["correct", "request_supplement", "accept", "record_jurisdiction_doubt"]
            )
        ),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["correct"]},
    )


class ArrestRequestQuery(PageQuery):
    """Which arrest requests."""

    state = fields.Enum(RequestState, by_value=True, load_default=None)


def worded(found: Collection[Finding]) -> list[dict[str, Any]]:
    """Findings in the reader's language."""
    return [in_readers_language(one.as_problem()) for one in found]


def shown(act: Act, request: ArrestRequest) -> dict[str, Any]:
    """The request as this reader may see it."""
    act.session.flush()
    names = set(ArrestRequestSchema().fields) - {"findings", "case_id", "allowed"}
    mine = cases.visible(act).where(Case.arrest_request_id == request.id)
    checks = request.acceptance_checks
    return {name: getattr(request, name) for name in names} | {
        "acceptance_checks": checks
        and {one.value: CheckResult(checks[one.value]) for one in AcceptanceCheck},
        "findings": worded(request.warnings),
        "case_id": act.session.scalar(mine.with_only_columns(Case.id)),
        "allowed": arrest_requests.allowed(act, request),
    }


# --- the doors ------------------------------------------------------------------------------


@blp.route("/arrest-request-checks")
class ArrestRequestChecks(Resource):
    """The checks of an arrest request."""

    @blp.arguments(ArrestRequestCheck)
    @blp.response(200, FindingsSchema)
    def post(self, sent: tuple[int | None, int | None, Draft]) -> dict[str, Any]:
        """Say what would be found wrong with a request or a correction, and store nothing."""
        request_id, office_id, draft = sent
        if request_id is not None:
            request = arrest_requests.find(self.act, request_id)
            found = arrest_requests.check_correction(self.act, request, draft)
        else:
            organ = arrest_requests.organ_of(self.act, office_id)
            found = arrest_requests.check(self.act, organ, draft)
        return {"findings": worded(found)}


@blp.route("/arrest-requests")
class ArrestRequests(Resource):
    """Arrest requests."""

    @blp.arguments(ArrestRequestQuery, location="query")
    @blp.response(200, page_of(ArrestRequestBriefSchema))
    def get(self, query: dict[str, Any]) -> Page[ArrestRequest]:
        """List the arrest requests that the reader may see, the newest first."""
        chosen = arrest_requests.in_state(self.act, query.pop("state")).options(
            joinedload(ArrestRequest.office),
            joinedload(ArrestRequest.procuratorate),
            selectinload(ArrestRequest.suspects).lazyload(Suspect.suspect_charges),
        )
        return page(self.act.session, chosen, ArrestRequest.id.desc(), **query)

    @blp.arguments(NewArrestRequest)
    @blp.response(201, ArrestRequestSchema)
    def post(self, sent: tuple[int | None, Draft]) -> dict[str, Any]:
        """Send in a request for approval of arrest."""
        office_id, draft = sent
        organ = arrest_requests.organ_of(self.act, office_id)
        return shown(self.act, arrest_requests.submit(self.act, organ, draft))


@blp.route("/arrest-requests/<int:request_id>")
class OneArrestRequest(Resource):
    """One arrest request."""

    @blp.response(200, ArrestRequestSchema)
    def get(self, request_id: int) -> dict[str, Any]:
        """Read an arrest request."""
        return shown(self.act, arrest_requests.find(self.act, request_id))

    @blp.arguments(ArrestRequestChange)
    @blp.response(200, ArrestRequestSchema)
    def put(self, draft: Draft, request_id: int) -> dict[str, Any]:
        """Correct a request that has not been accepted; this also answers a supplement."""
        request = self.expect(arrest_requests.find(self.act, request_id))
        return shown(self.act, arrest_requests.correct(self.act, request, draft))


@blp.route("/arrest-requests/<int:request_id>/supplement-requests")
class SupplementRequests(Resource):
    """What case management asks to be sent after."""

    @blp.arguments(NewSupplementRequest)
    @blp.response(201, ArrestRequestSchema)
    def post(self, sent: dict[str, Any], request_id: int) -> dict[str, Any]:
        """Ask the police for what is missing; the period of review goes on running."""
        request = self.expect(arrest_requests.find(self.act, request_id))
        items = [(item["code"], item["detail"]) for item in sent["items"]]
        arrest_requests.request_supplement(self.act, request, items=items)
        return shown(self.act, request)


@blp.route("/arrest-requests/<int:request_id>/jurisdiction-doubts")
class JurisdictionDoubts(Resource):
    """Doubts whether the case belongs here."""

    @blp.arguments(NewJurisdictionDoubt)
    @blp.response(201, ArrestRequestSchema)
    def post(self, sent: dict[str, Any], request_id: int) -> dict[str, Any]:
        """Record a doubt about jurisdiction; the request is received all the same."""
        request = self.expect(arrest_requests.find(self.act, request_id))
        arrest_requests.record_jurisdiction_doubt(self.act, request, grounds=sent["grounds"])
        return shown(self.act, request)


@blp.route("/arrest-requests/<int:request_id>/acceptance")
class Acceptance(Resource):
    """Acceptance by case management."""

    @blp.arguments(NewAcceptance)
    @blp.response(200, CaseSchema)
    def put(self, sent: dict[str, Any], request_id: int) -> dict[str, Any]:
        """Accept a request as a case after the five checks of RULES 157."""
        request = self.expect(arrest_requests.find(self.act, request_id))
        if sent["jurisdiction_note"]:
            arrest_requests.record_jurisdiction_doubt(
                self.act, request, grounds=sent["jurisdiction_note"]
            )
        case = cases.accept(self.act, request, list_=sent["list"], checks=sent["checks"])
        return case_shown(self.act, case)
