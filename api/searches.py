"""Searches over HTTP: what is looked for travels in the body, which no log and no proxy keeps."""

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import joinedload, selectinload

from api.cases import CaseBriefSchema
from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from services import searches
from services.cases import Case

blp = Blueprint(
    "searches", __name__, description="Searches among the cases that the reader may see."
)

MOST = 100


class SearchSchema(Schema):
    """What to look for."""

    words = fields.String(
        required=True,
        validate=validate.And(validate.Length(max=MOST), validate.Regexp(r"[^\x00]*\Z")),
        metadata={
            "description": "A piece of a suspect's name or alias, of the case's number or of a "
            "charge, of two characters at least; or a document's whole number.",
            "example": "赵某",
        },
    )


@blp.route("/searches")
class Searches(Resource):
    """Searches for cases."""

    @blp.arguments(PageQuery, location="query")
    @blp.arguments(SearchSchema)
    @blp.response(200, page_of(CaseBriefSchema))
    def post(self, query: dict[str, Any], given: dict[str, Any]) -> Page[Case]:
        """Find cases that the reader may see, the newest first; nothing of a search is kept."""
        chosen = searches.found(self.act, given["words"]).options(
            joinedload(Case.procuratorate),
            joinedload(Case.police_office),
            joinedload(Case.handler),
            selectinload(Case.suspects),
        )
        return page(self.act.session, chosen, Case.id.desc(), **query)
