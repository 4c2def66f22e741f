"""On which phones the people of one's office sign in, over HTTP."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import people, security_practices
from services.kernel.act import Act
from services.security_practices import SecurityPractice

blp = Blueprint(
    "security_practices",
    __name__,
    url_prefix="/security-practices",
    description="What an office asks of the phones its people sign in on.",
)


class NewSecurityPractice(Schema):
    """Which phones."""

    enrolled_only = fields.Boolean(
        required=True,
        metadata={"description": "Only phones that are enrolled.", "example": True},
    )


class SecurityPracticeSchema(NewSecurityPractice):
    """Which phones an office asks for; version 0 is what holds until it has said so."""

    office_id = fields.Integer(required=True)
    set_at = Instant(required=True, allow_none=True)
    set_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    version = fields.Integer(required=True)


class SecurityOfficeQuery(Schema):
    """Whose practice."""

    office_id = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 2**31 - 1),
        metadata={"description": "Which office, where one holds posts in several."},
    )


@blp.route("")
class OfficeSecurityPractice(Resource):
    """The practice of one's office."""

    @blp.arguments(SecurityOfficeQuery, location="query")
    @blp.response(200, SecurityPracticeSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Read on which phones the people of one's office sign in."""
        return _shown(self.act, security_practices.find(self.act, **query))

    @blp.arguments(SecurityOfficeQuery, location="query")
    @blp.arguments(NewSecurityPractice)
    @blp.response(200, SecurityPracticeSchema)
    def put(self, query: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        """Say on which phones the people of one's office sign in."""
        said = self.expect(security_practices.find(self.act, **query))
        return _shown(self.act, security_practices.change(self.act, said, **given))


def _shown(act: Act, said: SecurityPractice) -> dict[str, Any]:
    by_id = said.set_by
    names = people.names(act.session, [by_id]) if by_id is not None else {}
    return {
        "office_id": said.office_id,
        "enrolled_only": said.enrolled_only,
        "set_at": said.set_at,
        "set_by": {"id": by_id, "name": names[by_id]} if by_id is not None else None,
        "version": said.version,
    }
