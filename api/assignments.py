"""Who handles a case, over HTTP."""

from functools import cache
from pathlib import Path
from typing import Any

from flask import Response
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.delegations import ByDelegationSchema
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import assignments, cases
from services.assignments import (
    Assignment,
    AssignmentKind,
    ExclusionReason,
    RecusalGround,
    verifier,
)

blp = Blueprint(
    "assignments",
    __name__,
    description="Assignment by a draw that can be run again, designation, change, recusal.",
)

_WORDS = validate.And(validate.Length(1, 2000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))
_ID = validate.Range(1, 2**31 - 1)


class NewAssignment(Schema):
    """By the draw, or to a named prosecutor with the reason and who approved it."""

    mode = fields.String(required=True, validate=validate.OneOf(["random", "designated"]))
    handler_id = fields.Integer(load_default=None, validate=_ID)
    reason = fields.String(load_default=None, validate=_WORDS)
    approver_id = fields.Integer(load_default=None, validate=_ID)

    @validates_schema
    def _whole(self, given: dict[str, Any], **_: object) -> None:
        if given["mode"] == "random":
            return
        missing = [
            name for name in ("handler_id", "reason", "approver_id") if given.get(name) is None
        ]
        if missing:
            raise ValidationError({name: ["Missing data for required field."] for name in missing})


class HandlerChange(Schema):
    """The new handler, why, and who approved it."""

    handler_id = fields.Integer(required=True, validate=_ID)
    reason = fields.String(required=True, validate=_WORDS)
    approver_id = fields.Integer(required=True, validate=_ID)


class NewRecusal(Schema):
    """Who is kept away from the case, and on which ground of CPL 29 and 30."""

    person_id = fields.Integer(required=True, validate=_ID)
    ground = fields.Enum(RecusalGround, by_value=True, required=True)


class CandidateSchema(Schema):
    """A prosecutor who could be drawn, and how often that had happened in this list."""

    person_id = fields.Integer(required=True)
    drawn = fields.Integer(required=True)
    share = fields.Integer(
        required=True, metadata={"description": "Percent of the usual load.", "example": 100}
    )


class ExclusionSchema(Schema):
    """A prosecutor who could not be drawn, and why."""

    person_id = fields.Integer(required=True)
    reason = fields.String(  # kept as a word inside the draw's record
        required=True, validate=validate.OneOf([reason.value for reason in ExclusionReason])
    )


class AssignmentSchema(Schema):
    """How a case came to a handler; of a draw, everything needed to run it again."""

    id = fields.Integer(required=True)
    kind = fields.Enum(AssignmentKind, by_value=True, required=True)
    handler = fields.Nested(PersonSchema, required=True)
    by = fields.Nested(PersonSchema, required=True)
    approver = fields.Nested(PersonSchema, required=True, allow_none=True)
    by_delegation = fields.Nested(ByDelegationSchema, required=True, allow_none=True)
    at = Instant(required=True)
    reason = fields.String(required=True, allow_none=True)
    turn = fields.Integer(required=True, allow_none=True)
    seed = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Revealed by this draw; SHA-256 of it is `before`."},
    )
    before = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The seed of the draw before, or the published anchor."},
    )
    committed_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When the seed was committed to: before the case came in."},
    )
    nonce = fields.String(
        required=True, allow_none=True, metadata={"description": "Fixed at intake."}
    )
    candidates = fields.List(fields.Nested(CandidateSchema), required=True, attribute="pool")
    exclusions = fields.List(fields.Nested(ExclusionSchema), required=True)
    team_id = fields.Integer(required=True, allow_none=True)
    member_ids = fields.List(
        fields.Integer(),
        required=True,
        metadata={"description": "Who handles it with the lead, as of that day (RULES 5)."},
    )


class DrawnCandidateSchema(Schema):
    """A candidate, as the verifier reads it."""

    person = fields.Integer(required=True)
    drawn = fields.Integer(required=True)
    share = fields.Integer(required=True, metadata={"example": 100})


class DrawnExclusionSchema(Schema):
    """Somebody who could not be drawn, as the verifier reads it."""

    person = fields.Integer(required=True)
    reason = fields.String(required=True)


class AssignmentRecordSchema(Schema):
    """What the verifier reads; its own words say what each means."""

    scheme = fields.String(required=True, metadata={"example": verifier.SCHEME})
    assignment = fields.Integer(required=True)
    kind = fields.String(required=True)
    office = fields.Integer(required=True)
    rotation_list = fields.Integer(required=True, allow_none=True)
    list = fields.String(required=True, allow_none=True)
    turn = fields.Integer(required=True, allow_none=True)
    anchor = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "As the journal holds it since it was committed to."},
    )
    anchor_entry = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The entry of the journal."}
    )
    committed_at = fields.String(required=True, allow_none=True)
    received_at = fields.String(required=True)
    before = fields.String(required=True, allow_none=True)
    seed = fields.String(required=True, allow_none=True)
    nonce = fields.String(required=True, allow_none=True)
    candidates = fields.List(fields.Nested(DrawnCandidateSchema), required=True)
    exclusions = fields.List(fields.Nested(DrawnExclusionSchema), required=True)
    handler = fields.Integer(required=True)
    team = fields.List(fields.Integer(), required=True)
    at = fields.String(required=True)


class AssignmentsSchema(Schema):
    """Every assignment of a case, the oldest first."""

    items = fields.List(fields.Nested(AssignmentSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


@blp.route("/cases/<int:case_id>/assignment")
class CaseAssignment(Resource):
    """Giving the case a handler."""

    @blp.arguments(NewAssignment)
    @blp.response(200, AssignmentSchema)
    def put(self, given: dict[str, Any], case_id: int) -> Assignment:
        """Assign the case, by the draw or by designation."""
        case = self.expect(cases.find(self.act, case_id))
        if given.pop("mode") == "random":
            return assignments.assign(self.act, case)
        return assignments.designate(self.act, case, **given)


@blp.route("/cases/<int:case_id>/handler")
class CaseHandler(Resource):
    """Handing the case over."""

    @blp.arguments(HandlerChange)
    @blp.response(200, AssignmentSchema)
    def put(self, given: dict[str, Any], case_id: int) -> Assignment:
        """Change the handler."""
        case = self.expect(cases.find(self.act, case_id))
        return assignments.change_handler(self.act, case, **given)


@blp.route("/cases/<int:case_id>/assignments")
class CaseAssignments(Resource):
    """The recorded draws."""

    @blp.response(200, AssignmentsSchema)
    def get(self, case_id: int) -> dict[str, Any]:
        """Read every assignment of the case, to run its draws again."""
        found = assignments.of_case(self.act, cases.find(self.act, case_id))
        return {"items": found, "next_cursor": None}


@blp.route("/cases/<int:case_id>/recusals")
class CaseRecusals(Resource):
    """Keeping somebody away from the case."""

    @blp.arguments(NewRecusal)
    @blp.response(204)
    def post(self, given: dict[str, Any], case_id: int) -> None:
        """Recuse a prosecutor; a recused handler's case is assigned anew."""
        case = self.expect(cases.find(self.act, case_id))
        assignments.recuse(self.act, case, **given)


@blp.route("/assignments/verifier")
class AssignmentVerifier(Resource):
    """The file with which anybody runs a draw again."""

    @blp.response(
        200,
        {"type": "string"},
        content_type="text/x-python",
        description="One file; it needs Python 3.11 and nothing else.",
    )
    def get(self) -> Response:
        """Download the verifier of assignments."""
        reply = Response(_verifier(), content_type="text/x-python; charset=utf-8")
        reply.headers["Content-Disposition"] = 'attachment; filename="verifier.py"'
        reply.headers["X-Content-Type-Options"] = "nosniff"
        return reply


@blp.route("/assignments/<int:assignment_id>/record")
class AssignmentRecord(Resource):
    """What the verifier reads."""

    @blp.response(
        200,
        AssignmentRecordSchema,
        description="The file that the verifier reads: save it as record.json.",
    )
    def get(self, assignment_id: int) -> dict[str, Any]:
        """Read all that anybody needs to run the draw of a case again."""
        found = assignments.find(self.act, assignment_id)
        return assignments.publication(self.act.session, found)


@cache
def _verifier() -> bytes:
    return Path(verifier.__file__).read_bytes()
