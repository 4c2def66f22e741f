"""The numbers of an office's month over HTTP."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.resource import Blueprint, Resource
from services import usage
from services.resources import ResourceKind
from services.usage import Usage

blp = Blueprint(
    "usage",
    __name__,
    url_prefix="/usage",
    description="How an office's interrogations and rooms went in a month.",
)


class UsageQuery(Schema):
    """Which office, which month."""

    office_id = fields.Integer(
        required=True, validate=validate.Range(1, 2**31 - 1), metadata={"example": 1}
    )
    month = fields.Date(
        load_default=None,
        metadata={"description": "Any day of the month; the present one if none is given."},
    )


class RoomUsageSchema(Schema):
    """One room or desk."""

    resource_id = fields.Integer(required=True)
    name = fields.String(required=True)
    kind = fields.Enum(ResourceKind, by_value=True, required=True)
    open_minutes = fields.Integer(required=True)
    booked_minutes = fields.Integer(required=True)
    blocked_minutes = fields.Integer(required=True)
    share = fields.Float(
        required=True, allow_none=True, metadata={"description": "Booked of open time, 0 to 1."}
    )


class UsageSchema(Schema):
    """One office in one month."""

    office_id = fields.Integer(required=True)
    month = fields.Date(required=True)
    held = fields.Integer(required=True)
    not_held = fields.Integer(required=True)
    cancelled = fields.Integer(required=True)
    waiting_hours = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "The median from asking to beginning."},
    )
    in_good_time = fields.Integer(
        required=True,
        metadata={"description": "Held before the last third of the period it had to keep."},
    )
    with_period = fields.Integer(required=True)
    rooms = fields.List(fields.Nested(RoomUsageSchema), required=True)


@blp.route("")
class OfficeUsage(Resource):
    """The numbers of a month."""

    @blp.arguments(UsageQuery, location="query")
    @blp.response(200, UsageSchema)
    def get(self, query: dict[str, Any]) -> Usage:
        """Read how an office's interrogations and rooms went in a month."""
        return usage.of_office(self.act, query["office_id"], query["month"] or self.act.today)
