"""How one's procuratorate arranges interrogations, over HTTP."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import people
from services.interrogations import practice
from services.interrogations.practice import InterrogationPractice
from services.kernel.act import Act

blp = Blueprint(
    "interrogation_practices",
    __name__,
    url_prefix="/interrogation-practices",
    description="What no article says about arranging interrogations, as an office has it.",
)


class NewInterrogationPractice(Schema):
    """How interrogations are arranged."""

    remote = fields.Boolean(required=True, metadata={"example": True})
    displacing = fields.Boolean(required=True, metadata={"example": True})
    apart_minutes = fields.Integer(
        strict=True, required=True, validate=validate.Range(0, 480), metadata={"example": 30}
    )
    hold_minutes = fields.Integer(
        strict=True, required=True, validate=validate.Range(1, 60), metadata={"example": 10}
    )
    offer_minutes = fields.Integer(
        strict=True, required=True, validate=validate.Range(5, 1440), metadata={"example": 120}
    )


class InterrogationPracticeSchema(NewInterrogationPractice):
    """How a procuratorate arranges interrogations; version 0 is what holds until it has said so."""

    procuratorate_id = fields.Integer(required=True)
    set_at = Instant(required=True, allow_none=True)
    set_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    version = fields.Integer(required=True)


class PracticeOfficeQuery(Schema):
    """Whose practice."""

    procuratorate_id = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 2**31 - 1),
        metadata={"description": "Which procuratorate, where one holds posts in several."},
    )


@blp.route("")
class OfficeInterrogationPractice(Resource):
    """The practice of one's procuratorate."""

    @blp.arguments(PracticeOfficeQuery, location="query")
    @blp.response(200, InterrogationPracticeSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Read how one's procuratorate arranges interrogations."""
        return _shown(self.act, practice.find(self.act, **query))

    @blp.arguments(PracticeOfficeQuery, location="query")
    @blp.arguments(NewInterrogationPractice)
    @blp.response(200, InterrogationPracticeSchema)
    def put(self, query: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        """Say how one's procuratorate arranges interrogations."""
        said = self.expect(practice.find(self.act, **query))
        return _shown(self.act, practice.change(self.act, said, **given))


def _shown(act: Act, said: InterrogationPractice) -> dict[str, Any]:
    by_id = said.set_by
    names = people.names(act.session, [by_id]) if by_id is not None else {}
    same = (
        "procuratorate_id remote displacing apart_minutes hold_minutes offer_minutes set_at version"
    )
    return {name: getattr(said, name) for name in same.split()} | {
        "set_by": {"id": by_id, "name": names[by_id]} if by_id is not None else None
    }
