"""The register of offices over HTTP."""

from typing import Any

from marshmallow import Schema, fields

from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from services import offices
from services.offices import Level, Office, OfficeKind

blp = Blueprint("offices", __name__, url_prefix="/offices", description="The register of offices.")


class OfficeSchema(Schema):
    """An office as a phone sees it."""

    id = fields.Integer(required=True)
    kind = fields.Enum(OfficeKind, by_value=True, required=True)
    name = fields.String(required=True, metadata={"example": "云江市青澜区人民检察院"})
    short_name = fields.String(
        required=True,
        metadata={"description": "As in document numbers.", "example": "云青检"},
    )
    level = fields.Enum(Level, by_value=True, required=True)
    procuratorate_id = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The procuratorate it sends its cases to.", "example": None},
    )
    superior_id = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The organ of its kind one level above.", "example": 1},
    )


class OfficeBriefSchema(Schema):
    """An office, by name."""

    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "云江市青澜区人民检察院"})


class OfficeQuery(PageQuery):
    """Which offices."""

    kind = fields.Enum(OfficeKind, by_value=True, load_default=None)


@blp.route("")
class Offices(Resource):
    """The offices of a kind, or all."""

    @blp.arguments(OfficeQuery, location="query")
    @blp.response(200, page_of(OfficeSchema))
    def get(self, wanted: dict[str, Any]) -> Page[Office]:
        """List the offices, all or those of one kind."""
        found = offices.of_kind(self.act, wanted["kind"])
        return page(self.act.session, found, Office.id, **wanted)


@blp.route("/<int:office_id>")
class OneOffice(Resource):
    """One office."""

    @blp.response(200, OfficeSchema)
    def get(self, office_id: int) -> Office:
        """Read an office."""
        return offices.find(self.act, office_id)
