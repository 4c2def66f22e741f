"""Cases over HTTP."""

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import joinedload, selectinload

from api.arrest_reviews import ArrestReviewBriefSchema
from api.arrest_reviews import shown as review_shown
from api.offices import OfficeBriefSchema
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.problems import NothingThere
from api.prosecutions import LinkedCaseSchema, ProsecutionBriefSchema, all_shown
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import arrest_reviews, cases, prosecutions
from services.cases import Case, CaseKind, CaseList, CaseState
from services.deadlines import warning_settings
from services.kernel.act import Act
from services.kernel.refusals import NotFound

blp = Blueprint("cases", __name__, url_prefix="/cases", description="Cases and their handlers.")


class NamedSuspectSchema(Schema):
    """A suspect's name."""

    name = fields.String(required=True)


class CaseBriefSchema(Schema):
    """A case in a list."""

    id = fields.Integer(required=True)
    kind = fields.Enum(CaseKind, by_value=True, required=True)
    number = fields.String(required=True, metadata={"example": "云青检捕受〔2026〕12号"})
    state = fields.Enum(CaseState, by_value=True, required=True)
    list = fields.Enum(CaseList, by_value=True, required=True)
    accepted_at = Instant(required=True)
    procuratorate = fields.Nested(OfficeBriefSchema, required=True)
    police_office = fields.Nested(OfficeBriefSchema, required=True)
    handler = fields.Nested(PersonSchema, required=True, allow_none=True)
    arrest_request_id = fields.Integer(required=True, allow_none=True)
    transfer_id = fields.Integer(required=True, allow_none=True)
    suspects = fields.Pluck(NamedSuspectSchema, "name", many=True)


class CaseSchema(CaseBriefSchema):
    """A case, with the review or the prosecution of each suspect."""

    version = fields.Integer(required=True)
    arrest_reviews = fields.List(fields.Nested(ArrestReviewBriefSchema), required=True)
    prosecutions = fields.List(fields.Nested(ProsecutionBriefSchema), required=True)
    linked = fields.List(
        fields.Nested(LinkedCaseSchema),
        required=True,
        metadata={"description": "The other cases of the same suspects that the reader may see."},
    )
    allowed = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["assign"]},
    )


class CaseQuery(PageQuery):
    """Which cases."""

    state = fields.Enum(CaseState, by_value=True, load_default=None)
    kind = fields.Enum(CaseKind, by_value=True, load_default=None)


def shown(act: Act, case: Case) -> dict[str, Any]:
    """The case as this reader may see it."""
    reviews = arrest_reviews.of_case(act, case)
    seen = cases.visible(act).with_only_columns(Case.id)
    others = cases.of_suspects([one.id for one in case.suspects]).where(
        Case.id.in_(seen), Case.id != case.id
    )
    periods = arrest_reviews.periods(act, reviews)
    set_by = warning_settings.tiers_set(act.session)
    return {
        "id": case.id,
        "kind": case.kind,
        "number": case.number,
        "state": case.state,
        "list": case.list,
        "accepted_at": case.accepted_at,
        "procuratorate": case.procuratorate,
        "police_office": case.police_office,
        "handler": case.handler,
        "arrest_request_id": case.arrest_request_id,
        "transfer_id": case.transfer_id,
        "suspects": case.suspects,
        "version": case.version,
        "arrest_reviews": [
            review_shown(act, one, periods[one.suspect_id], set_by, {}) for one in reviews
        ],
        "prosecutions": all_shown(act, prosecutions.of_case(act, case)),
        "linked": act.session.scalars(others).all(),
        "allowed": cases.allowed(act, case),
    }


def named(act: Act, case_id: int) -> Case:
    """The case that a body names, if the reader may see it.

    Refuses:
        NothingThere: the reader may see no such case.
    """
    try:
        return cases.find(act, case_id)
    except NotFound as error:
        told = {"pointer": "/case_id", "code": "unknown", "detail": NotFound.zh}
        raise NothingThere(errors=[told | {"severity": "error"}]) from error


@blp.route("")
class Cases(Resource):
    """The cases one may see."""

    @blp.arguments(CaseQuery, location="query")
    @blp.response(200, page_of(CaseBriefSchema))
    def get(self, query: dict[str, Any]) -> Page[Case]:
        """List the cases that the reader may see, the newest first."""
        chosen = cases.visible(self.act).options(
            joinedload(Case.procuratorate),
            joinedload(Case.police_office),
            joinedload(Case.handler),
            selectinload(Case.suspects),
        )
        if query["state"] is not None:
            chosen = chosen.where(Case.state == query["state"])
        if query["kind"] is not None:
            chosen = chosen.where(Case.kind == query["kind"])
        return page(self.act.session, chosen, Case.id.desc(), **query)


@blp.route("/<int:case_id>")
class OneCase(Resource):
    """One case."""

    @blp.response(200, CaseSchema)
    def get(self, case_id: int) -> dict[str, Any]:
        """Read a case with the review of each suspect."""
        return shown(self.act, cases.find(self.act, case_id))
