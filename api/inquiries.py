"""Recorded inquiries over HTTP: for whoever was asked, and for the inspection of that office."""

from collections.abc import Callable, Sequence
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from api.offices import OfficeBriefSchema
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import inquiries, people
from services.inquiries import (
    Inquiry,
    InquiryChannel,
    InquiryFinding,
    InquiryKind,
    InquiryReview,
    NewInquiry,
)
from services.kernel.act import Act
from services.offices import Office
from services.policy import Permission, allows

blp = Blueprint(
    "inquiries",
    __name__,
    url_prefix="/inquiries",
    description="Inquiries and interference, recorded and reported (ORG 47).",
)

NOT_BLANK = validate.Regexp(r"[^\x00]*\S[^\x00]*\Z")
ID = validate.Range(1, 2**31 - 1)
_BRIEF = validate.And(validate.Length(1, 200), NOT_BLANK)
_WORDS = validate.And(validate.Length(1, 5000), NOT_BLANK)


class InquiryCaseSchema(Schema):
    """About which case."""

    id = fields.Integer(required=True)
    number = fields.String(required=True, metadata={"example": "云青检捕受〔2026〕12号"})


class InquiryReviewSchema(Schema):
    """What the inspection found; only the inspection reads it."""

    finding = fields.Enum(InquiryFinding, by_value=True, required=True)
    remark = fields.String(required=True)
    reviewed_by = fields.Nested(PersonSchema, required=True)
    reviewed_at = Instant(required=True)


class InquirySchema(Schema):
    """One inquiry or interference, as the person who was asked recorded it."""

    id = fields.Integer(required=True)
    procuratorate = fields.Nested(OfficeBriefSchema, required=True)
    case = fields.Nested(InquiryCaseSchema, required=True, allow_none=True)
    kind = fields.Enum(InquiryKind, by_value=True, required=True)
    channel = fields.Enum(InquiryChannel, by_value=True, required=True)
    asker_name = fields.String(required=True)
    asker_unit = fields.String(required=True, allow_none=True)
    asker_post = fields.String(required=True, allow_none=True)
    asker_relation = fields.String(required=True, allow_none=True)
    place = fields.String(required=True, allow_none=True)
    content = fields.String(required=True)
    evidence = fields.String(required=True, allow_none=True)
    seems_unlawful = fields.Boolean(required=True)
    happened_at = Instant(required=True)
    recorded_by = fields.Nested(PersonSchema, required=True)
    recorded_at = Instant(required=True)
    corrects_id = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The earlier entry in whose place it stands."},
    )
    corrected_by_id = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The later entry that stands in its place."},
    )
    reviewed_at = Instant(required=True, allow_none=True)
    review = fields.Nested(InquiryReviewSchema, required=True, allow_none=True)
    may_correct = fields.Boolean(required=True)
    may_review = fields.Boolean(required=True)


class InquiryQuery(PageQuery):
    """Which entries."""

    kind = fields.Enum(InquiryKind, by_value=True, load_default=None)


class InquiryCorrection(Schema):
    """An inquiry as the person who was asked tells it."""

    case_id = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=ID,
        metadata={"description": "A case that the recorder may see; none otherwise."},
    )
    kind = fields.Enum(InquiryKind, by_value=True, required=True)
    channel = fields.Enum(InquiryChannel, by_value=True, required=True)
    asker_name = fields.String(required=True, validate=_BRIEF)
    asker_unit = fields.String(load_default=None, allow_none=True, validate=_BRIEF)
    asker_post = fields.String(load_default=None, allow_none=True, validate=_BRIEF)
    asker_relation = fields.String(
        load_default=None,
        allow_none=True,
        validate=_BRIEF,
        metadata={"description": "What the person has to do with the case."},
    )
    place = fields.String(load_default=None, allow_none=True, validate=_BRIEF)
    content = fields.String(required=True, validate=_WORDS)
    evidence = fields.String(load_default=None, allow_none=True, validate=_WORDS)
    seems_unlawful = fields.Boolean(
        required=True,
        truthy={True},
        falsy={False},
        metadata={
            "description": "The recorder thinks it against the law; never of lawful supervision.",
            "example": False,
        },
    )
    happened_at = Instant(required=True)


class NewInquirySchema(InquiryCorrection):
    """An inquiry, and in which procuratorate it is recorded."""

    procuratorate_id = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=ID,
        metadata={"description": "Only for who has a part in the cases of several."},
    )


class NewInquiryReview(Schema):
    """What the inspection found."""

    finding = fields.Enum(InquiryFinding, by_value=True, required=True)
    remark = fields.String(required=True, validate=_WORDS)


@blp.route("")
class Inquiries(Resource):
    """What was recorded."""

    @blp.arguments(InquiryQuery, location="query")
    @blp.response(200, page_of(InquirySchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the inquiries that one has recorded, or inspects, the newest first."""
        chosen = inquiries.visible(self.act).options(joinedload(Inquiry.case))
        if query["kind"] is not None:
            chosen = chosen.where(Inquiry.kind == query["kind"])
        found = page(self.act.session, chosen, Inquiry.id.desc(), **query)
        return Page(shown(self.act, found.items), found.next_cursor)

    @blp.arguments(NewInquirySchema)
    @blp.response(201, InquirySchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Record an inquiry or interference, which reports it to the inspection at once."""
        case = inquiries.case_of(self.act, given.pop("case_id"))
        office_id = given.pop("procuratorate_id") or inquiries.office_of(self.act, case)
        new = NewInquiry(**given, case=case, procuratorate_id=office_id)
        return shown(self.act, [inquiries.record(self.act, new)])[0]


@blp.route("/<int:inquiry_id>")
class OneInquiry(Resource):
    """One entry."""

    @blp.response(200, InquirySchema)
    def get(self, inquiry_id: int) -> dict[str, Any]:
        """Read a recorded inquiry."""
        return shown(self.act, [inquiries.find(self.act, inquiry_id)])[0]


@blp.route("/<int:inquiry_id>/corrections")
class InquiryCorrections(Resource):
    """What stands in its place."""

    @blp.arguments(InquiryCorrection)
    @blp.response(201, InquirySchema)
    def post(self, given: dict[str, Any], inquiry_id: int) -> dict[str, Any]:
        """Put a further entry in the place of an earlier one, which stays as it is."""
        earlier = inquiries.find(self.act, inquiry_id)
        case_id = given.pop("case_id")
        # A recorder who no longer sees the case may still say of which one it was.
        case = earlier.case if case_id == earlier.case_id else inquiries.case_of(self.act, case_id)
        new = NewInquiry(**given, case=case, procuratorate_id=earlier.procuratorate_id)
        return shown(self.act, [inquiries.correct(self.act, earlier, new)])[0]


@blp.route("/<int:inquiry_id>/review")
class OneInquiryReview(Resource):
    """What the inspection found."""

    @blp.arguments(NewInquiryReview)
    @blp.response(200, InquirySchema)
    def put(self, given: dict[str, Any], inquiry_id: int) -> dict[str, Any]:
        """Look into an entry: no breach, or one passed on to the disciplinary organ."""
        inquiry = inquiries.find(self.act, inquiry_id)
        inquiries.review(self.act, inquiry, **given)
        return shown(self.act, [inquiry])[0]


def shown(act: Act, found: Sequence[Inquiry]) -> list[dict[str, Any]]:
    """The entries with what became of them, in few queries."""
    ids = {one.id for one in found}
    later = select(Inquiry.corrects_id, Inquiry.id).where(Inquiry.corrects_id.in_(ids))
    corrected = {row.corrects_id: row.id for row in act.session.execute(later)}
    of_these = select(InquiryReview).where(InquiryReview.inquiry_id.in_(ids))
    reviews = {one.inquiry_id: one for one in act.session.scalars(of_these)}
    names = people.names(
        act.session,
        {one.recorded_by for one in found} | {one.reviewed_by for one in reviews.values()},
    )
    held = select(Office).where(Office.id.in_({one.procuratorate_id for one in found}))
    offices = {one.id: one for one in act.session.scalars(held)}

    def named(person_id: int) -> dict[str, Any]:
        return {"id": person_id, "name": names[person_id]}

    def item(inquiry: Inquiry) -> dict[str, Any]:
        review, corrected_by = reviews.get(inquiry.id), corrected.get(inquiry.id)
        reviewed_at = review.reviewed_at if review else None
        inspects = allows(act.actor, Permission.INQUIRY_REVIEW, inquiry)
        return {name: getattr(inquiry, name) for name in _KEPT} | {
            "procuratorate": offices[inquiry.procuratorate_id],
            "case": inquiry.case,
            "recorded_by": named(inquiry.recorded_by),
            "corrected_by_id": corrected_by,
            "reviewed_at": reviewed_at,
            "review": _read(review, named) if review and inspects else None,
            "may_correct": inquiries.correctable(act, inquiry, corrected_by=corrected_by),
            "may_review": inquiries.reviewable(
                act, inquiry, corrected_by=corrected_by, reviewed_at=reviewed_at
            ),
        }

    return [item(one) for one in found]


def _read(review: InquiryReview, named: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
    return {
        "finding": review.finding,
        "remark": review.remark,
        "reviewed_by": named(review.reviewed_by),
        "reviewed_at": review.reviewed_at,
    }


_KEPT = (
    "id",
    "kind",
    "channel",
    "asker_name",
    "asker_unit",
    "asker_post",
    "asker_relation",
    "place",
    "content",
    "evidence",
    "seems_unlawful",
    "happened_at",
    "recorded_at",
    "corrects_id",
)
