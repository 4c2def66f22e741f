"""Hand-overs over HTTP: what lies open with somebody, and to whom it goes."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from api.offices import BIGGEST
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import handovers, people
from services.handovers import Handover, WorkKind
from services.handovers.work import ENDS, FOLLOWS, OWED
from services.kernel.act import Act

blp = Blueprint(
    "handovers",
    __name__,
    url_prefix="",
    description="All open work of somebody who leaves or is away goes to others.",
)

MOST_CASES = 1000
_WORDS = validate.And(validate.Length(1, 2000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))
_ID = validate.Range(1, BIGGEST)


class WorkCountSchema(Schema):
    """How much of one kind of work lies open, and what becomes of it."""

    kind = fields.Enum(WorkKind, by_value=True, required=True)
    count = fields.Integer(required=True)
    becomes = fields.String(
        required=True,
        validate=validate.OneOf(["taken", "follows", "ends", "stays"]),
        metadata={
            "description": "`taken`: somebody else takes it in the hand-over; `follows`: it goes "
            "with its case; `ends`: it ends with the post; `stays`: somebody else is named by the "
            "step that the work belongs to.",
            "example": "taken",
        },
    )


class OpenWorkSchema(Schema):
    """What lies open with somebody in a procuratorate."""

    person = fields.Nested(PersonSchema, required=True)
    case_ids = fields.List(fields.Integer(), required=True)
    work = fields.List(fields.Nested(WorkCountSchema), required=True)
    nothing_owed = fields.Boolean(
        required=True,
        metadata={
            "description": "Nobody has to take anything: work by post and office stays with the "
            "office."
        },
    )


class OpenWorkQuery(Schema):
    """In which procuratorate."""

    office_id = fields.Integer(required=True, validate=_ID, metadata={"example": 1})


class CaseTakerSchema(Schema):
    """One case, and who takes it."""

    case_id = fields.Integer(required=True, strict=True, validate=_ID)
    to_id = fields.Integer(required=True, strict=True, validate=_ID)


class HandoverSchema(Schema):
    """A hand-over that was made."""

    id = fields.Integer(required=True)
    procuratorate_id = fields.Integer(required=True)
    person = fields.Nested(PersonSchema, required=True)
    reason = fields.String(required=True)
    made_at = Instant(required=True)
    made_by = fields.Nested(PersonSchema, required=True)
    cases = fields.List(fields.Nested(CaseTakerSchema), required=True)


class NewHandover(Schema):
    """Whose work goes to whom: to one for all, and for single cases to another."""

    person_id = fields.Integer(required=True, strict=True, validate=_ID)
    office_id = fields.Integer(required=True, strict=True, validate=_ID)
    to_id = fields.Integer(load_default=None, allow_none=True, strict=True, validate=_ID)
    cases = fields.List(
        fields.Nested(CaseTakerSchema),
        load_default=list,
        validate=validate.Length(0, MOST_CASES),
    )
    reason = fields.String(
        required=True, validate=_WORDS, metadata={"example": "调离本院，移交在办案件。"}
    )
    approver_id = fields.Integer(required=True, strict=True, validate=_ID)


@blp.route("/people/<int:person_id>/open-work")
class PersonOpenWork(Resource):
    """What lies open with somebody."""

    @blp.arguments(OpenWorkQuery, location="query")
    @blp.response(200, OpenWorkSchema)
    def get(self, query: dict[str, Any], person_id: int) -> dict[str, Any]:
        """Read what lies open with somebody, before it is handed over."""
        desk = handovers.desk_of(self.act, person_id, query["office_id"])
        found = handovers.preview(self.act, desk)
        return {
            "person": desk.person,
            "case_ids": list(found.case_ids),
            "work": [
                {"kind": kind, "count": found.counts[kind], "becomes": _becomes(kind)}
                for kind in WorkKind
            ],
            "nothing_owed": not found.owed,
        }


@blp.route("/handovers")
class Handovers(Resource):
    """The hand-overs of one's procuratorate."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(HandoverSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the hand-overs that case management made, the newest first."""
        found = page(self.act.session, handovers.visible(self.act), Handover.id.desc(), **query)
        return Page(_shown(self.act, found.items), found.next_cursor)

    @blp.arguments(NewHandover)
    @blp.response(201, HandoverSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Hand over all open work of somebody, in one act."""
        desk = handovers.desk_of(self.act, given.pop("person_id"), given.pop("office_id"))
        per_case = {one["case_id"]: one["to_id"] for one in given.pop("cases")}
        return _shown(self.act, [handovers.make(self.act, desk, per_case=per_case, **given)])[0]


@blp.route("/handovers/<int:handover_id>")
class OneHandover(Resource):
    """One hand-over."""

    @blp.response(200, HandoverSchema)
    def get(self, handover_id: int) -> dict[str, Any]:
        """Read a hand-over."""
        return _shown(self.act, [handovers.find(self.act, handover_id)])[0]


def _becomes(kind: WorkKind) -> str:
    if kind in OWED:
        return "taken"
    if kind in FOLLOWS:
        return "follows"
    return "ends" if kind in ENDS else "stays"


def _shown(act: Act, found: Sequence[Handover]) -> list[dict[str, Any]]:
    names = people.names(act.session, {one.made_by for one in found})
    return [
        {
            "id": one.id,
            "procuratorate_id": one.procuratorate_id,
            "person": one.person,
            "reason": one.reason,
            "made_at": one.made_at,
            "made_by": {"id": one.made_by, "name": names[one.made_by]},
            "cases": one.cases,
        }
        for one in found
    ]
