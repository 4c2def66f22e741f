"""The register of offices over HTTP."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from services import assignments, offices
from services.kernel.act import Act
from services.offices import Level, NewOffice, Office, OfficeKind, Standing

blp = Blueprint("offices", __name__, url_prefix="/offices", description="The register of offices.")

BIGGEST = 2**31 - 1
_LINE = validate.And(validate.Length(1, 100), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))


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
    version = fields.Integer(required=True)


class OfficeEntry(Schema):
    """An office to enter in the register."""

    kind = fields.Enum(OfficeKind, by_value=True, required=True)
    level = fields.Enum(Level, by_value=True, required=True)
    name = fields.String(
        required=True, validate=_LINE, metadata={"example": "云江市青澜区人民检察院"}
    )
    short_name = fields.String(required=True, validate=_LINE, metadata={"example": "云青检"})
    procuratorate_id = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, BIGGEST)
    )
    superior_id = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, BIGGEST)
    )


class OfficeChange(Schema):
    """What the register is to say of an office; what is left out stays as it is."""

    name = fields.String(validate=_LINE, metadata={"example": "云江市青澜区人民检察院"})
    short_name = fields.String(validate=_LINE, metadata={"example": "云青检"})
    procuratorate_id = fields.Integer(
        allow_none=True, strict=True, validate=validate.Range(1, BIGGEST)
    )
    superior_id = fields.Integer(allow_none=True, strict=True, validate=validate.Range(1, BIGGEST))


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

    @blp.arguments(OfficeEntry)
    @blp.response(201, OfficeSchema)
    def post(self, given: dict[str, Any]) -> Office:
        """Enter an office that the own one leads; a procuratorate's lists of rotation open."""
        standing = _standing(self.act, given.pop("procuratorate_id"), given.pop("superior_id"))
        office = offices.enter(self.act, NewOffice(**given, standing=standing))
        assignments.open_lists(self.act, office)
        return office


@blp.route("/<int:office_id>")
class OneOffice(Resource):
    """One office."""

    @blp.response(200, OfficeSchema)
    def get(self, office_id: int) -> Office:
        """Read an office."""
        return offices.find(self.act, office_id)

    @blp.arguments(OfficeChange)
    @blp.response(200, OfficeSchema)
    def patch(self, given: dict[str, Any], office_id: int) -> Office:
        """Change what the register says of an office."""
        office = self.expect(offices.find(self.act, office_id))
        try:
            standing = _standing(
                self.act,
                given.get("procuratorate_id", office.procuratorate_id),
                given.get("superior_id", office.superior_id),
            )
        except offices.NoSuchOffice as refusal:  # told to whom the law lets through
            self.act.held_back.append(refusal)
            standing = Standing(office.procuratorate, office.superior)
        names = {name: given.get(name, getattr(office, name)) for name in ("name", "short_name")}
        changed = offices.change(self.act, office, **names, standing=standing)
        self.act.session.flush()
        return changed


def _standing(act: Act, procuratorate_id: int | None, superior_id: int | None) -> Standing:
    return Standing(offices.named(act, procuratorate_id), offices.named(act, superior_id))
