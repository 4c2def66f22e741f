"""The register of charges over HTTP."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from services import charges
from services.charges import Charge
from services.people import SpecialityCode

blp = Blueprint("charges", __name__, url_prefix="/charges", description="The register of charges.")


class ChargeSchema(Schema):
    """A charge as a phone sees it."""

    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "盗窃罪"})
    in_force_from = fields.Date(required=True, metadata={"example": "1997-10-01"})
    in_force_until = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "Its last day; null while it is in force.", "example": None},
    )
    successor = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What it was renamed to or absorbed by.", "example": None},
    )
    speciality = fields.Enum(SpecialityCode, by_value=True, required=True, allow_none=True)


class ChargeQuery(PageQuery):
    """Which charges."""

    on = fields.Date(
        load_default=None,
        metadata={
            "description": "In force on that day (the day of the act); today unless given.",
            "example": "2026-03-02",
        },
    )
    q = fields.String(
        load_default="",
        validate=validate.Length(max=40),
        metadata={"description": "Part of the name.", "example": "盗窃"},
    )


@blp.route("")
class Charges(Resource):
    """The charges in force on a day."""

    @blp.arguments(ChargeQuery, location="query")
    @blp.response(200, page_of(ChargeSchema))
    def get(self, wanted: dict[str, Any]) -> Page[Charge]:
        """List the charges in force on a day, in the order of the law."""
        found = charges.in_force(self.act, on=wanted["on"] or self.act.today, like=wanted["q"])
        return page(self.act.session, found, Charge.position, Charge.id, **wanted)


@blp.route("/<int:charge_id>")
class OneCharge(Resource):
    """One charge."""

    @blp.response(200, ChargeSchema)
    def get(self, charge_id: int) -> Charge:
        """Read a charge, whether still in force or not."""
        return charges.find(self.act, charge_id)
