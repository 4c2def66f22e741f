"""Emergency accesses over HTTP: a case opened for reading by somebody who may not see it."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import joinedload

from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import emergency_accesses
from services.emergency_accesses import (
    LONGEST_HOURS,
    EmergencyAccess,
    EmergencyFinding,
    EmergencyPractice,
    EmergencyReason,
)
from services.kernel.act import Act
from services.kernel.refusals import NotFound

blp = Blueprint(
    "emergency_accesses",
    __name__,
    url_prefix="",
    description="Cases opened in an emergency, for reading, for some hours, and reviewed.",
)
_WORDS = validate.And(validate.Length(1, 2000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))


class EmergencyAccessSchema(Schema):
    """One case opened by one person in an emergency (紧急查阅)."""

    id = fields.Integer(required=True)
    procuratorate_id = fields.Integer(required=True)
    case_id = fields.Integer(required=True)
    case_number = fields.String(required=True)
    reader = fields.Nested(PersonSchema, required=True)
    reason = fields.Enum(EmergencyReason, by_value=True, required=True)
    words = fields.String(required=True)
    opened_at = Instant(required=True)
    until_at = Instant(required=True)
    is_open = fields.Boolean(required=True)
    review_by_on = fields.Date(required=True)
    finding = fields.Enum(EmergencyFinding, by_value=True, required=True, allow_none=True)
    finding_words = fields.String(required=True, allow_none=True)
    reviewer = fields.Nested(PersonSchema, required=True, allow_none=True)
    reviewed_at = Instant(required=True, allow_none=True)
    may_review = fields.Boolean(
        required=True, metadata={"description": "The reader may look into it now."}
    )
    may_end = fields.Boolean(
        required=True, metadata={"description": "The reader may close the case now."}
    )
    version = fields.Integer(required=True)


class NewEmergencyAccess(Schema):
    """Which case, and why."""

    case_number = fields.String(
        required=True,
        validate=validate.Length(1, 100),
        metadata={"description": "Of the own procuratorate.", "example": "青检捕受〔2026〕12号"},
    )
    reason = fields.Enum(EmergencyReason, by_value=True, required=True)
    words = fields.String(
        required=True,
        validate=_WORDS,
        metadata={"example": "承办检察官联系不上，羁押期限今日届满。"},
    )


class NewEmergencyReview(Schema):
    """Whether there was an emergency."""

    finding = fields.Enum(EmergencyFinding, by_value=True, required=True)
    words = fields.String(
        required=True, validate=_WORDS, metadata={"example": "情况属实，确有必要。"}
    )


class EmergencyPracticeSchema(Schema):
    """For how many hours a case may be opened."""

    office_id = fields.Integer(required=True)
    hours = fields.Integer(required=True)
    set_at = Instant(required=True, allow_none=True)


class NewEmergencyPractice(Schema):
    """For how many hours a case may be opened from now on."""

    hours = fields.Integer(required=True, strict=True, validate=validate.Range(1, LONGEST_HOURS))


@blp.route("/emergency-accesses")
class EmergencyAccesses(Resource):
    """What was opened in an emergency."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(EmergencyAccessSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the emergency accesses that the reader may read of, the newest first."""
        chosen = emergency_accesses.visible(self.act).options(
            joinedload(EmergencyAccess.reader),
            joinedload(EmergencyAccess.reviewer),
        )
        found = page(self.act.session, chosen, EmergencyAccess.id.desc(), **query)
        return Page(_shown(self.act, found.items), found.next_cursor)

    @blp.arguments(NewEmergencyAccess)
    @blp.response(201, EmergencyAccessSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Open a case for reading that one may not see, for some hours."""
        case = emergency_accesses.find_case(self.act, given.pop("case_number"))
        return _shown(self.act, [emergency_accesses.open_case(self.act, case, **given)])[0]


@blp.route("/emergency-accesses/<int:access_id>")
class OneEmergencyAccess(Resource):
    """One emergency access."""

    @blp.response(200, EmergencyAccessSchema)
    def get(self, access_id: int) -> dict[str, Any]:
        """Read of an emergency access."""
        return _shown(self.act, [emergency_accesses.find(self.act, access_id)])[0]


@blp.route("/emergency-accesses/<int:access_id>/end")
class EmergencyAccessEnd(Resource):
    """Its end before the time."""

    @blp.response(200, EmergencyAccessSchema)
    def put(self, access_id: int) -> dict[str, Any]:
        """Close the case before the time."""
        access = self.expect(emergency_accesses.find(self.act, access_id))
        return _shown(self.act, [emergency_accesses.end(self.act, access)])[0]


@blp.route("/emergency-accesses/<int:access_id>/review")
class EmergencyAccessReview(Resource):
    """What somebody else says of it."""

    @blp.arguments(NewEmergencyReview)
    @blp.response(200, EmergencyAccessSchema)
    def put(self, given: dict[str, Any], access_id: int) -> dict[str, Any]:
        """Say whether there was an emergency."""
        access = self.expect(emergency_accesses.find(self.act, access_id))
        return _shown(self.act, [emergency_accesses.review(self.act, access, **given)])[0]


@blp.route("/emergency-practices/<int:office_id>")
class EmergencyPractices(Resource):
    """An office's own limit."""

    @blp.response(200, EmergencyPracticeSchema)
    def get(self, office_id: int) -> EmergencyPractice:
        """Show for how many hours a case may be opened."""
        if office_id not in self.act.actor.offices:
            raise NotFound
        return emergency_accesses.practice_of(self.act.session, office_id)

    @blp.arguments(NewEmergencyPractice)
    @blp.response(200, EmergencyPracticeSchema)
    def put(self, given: dict[str, Any], office_id: int) -> EmergencyPractice:
        """Say for how many hours a case may be opened."""
        practice = emergency_accesses.practice_of(self.act.session, office_id)
        return emergency_accesses.set_practice(self.act, practice, **given)


def _shown(act: Act, found: Sequence[EmergencyAccess]) -> list[dict[str, Any]]:
    act.session.flush()
    numbered = emergency_accesses.numbers(act, found)
    return [
        {
            "id": one.id,
            "procuratorate_id": one.procuratorate_id,
            "case_id": one.case_id,
            "case_number": numbered[one.case_id],
            "reader": one.reader,
            "reason": one.reason,
            "words": one.words,
            "opened_at": one.opened_at,
            "until_at": one.until_at,
            "is_open": one.until_at > act.now,
            "review_by_on": one.review_by_on,
            "finding": one.finding,
            "finding_words": one.finding_words,
            "reviewer": one.reviewer,
            "reviewed_at": one.reviewed_at,
            "may_review": emergency_accesses.may_review(act, one),
            "may_end": one.person_id == act.actor.id and one.until_at > act.now,
            "version": one.version,
        }
        for one in found
    ]
