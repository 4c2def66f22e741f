"""Leaves over HTTP: the days on which somebody of the staff is away."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.offices import BIGGEST
from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from services import leaves
from services.people import Leave

blp = Blueprint(
    "leaves",
    __name__,
    url_prefix="/leaves",
    description="The days on which somebody of the staff is away.",
)


class LeaveSchema(Schema):
    """Days on which somebody is away (请假), both included."""

    id = fields.Integer(required=True)
    person_id = fields.Integer(required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)


class NewLeave(Schema):
    """Who is away, from–to a day; oneself if nobody is named."""

    person_id = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, BIGGEST)
    )
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)


@blp.route("")
class Leaves(Resource):
    """The leaves one may see."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(LeaveSchema))
    def get(self, wanted: dict[str, Any]) -> Page[Leave]:
        """List one's own leaves, and for case management and the chief those of the staff."""
        return page(self.act.session, leaves.visible(self.act), Leave.id, **wanted)

    @blp.arguments(NewLeave)
    @blp.response(201, LeaveSchema)
    def post(self, given: dict[str, Any]) -> Leave:
        """Enter on which days somebody is away."""
        named = given.pop("person_id")
        away = leaves.colleague(self.act, self.act.actor.id if named is None else named)
        return leaves.enter(self.act, away, **given)


@blp.route("/<int:leave_id>")
class OneLeave(Resource):
    """One leave."""

    @blp.response(204)
    def delete(self, leave_id: int) -> None:
        """Say that somebody is there after all."""
        leave = leaves.find(self.act, leave_id)
        leaves.withdraw(self.act, leaves.colleague(self.act, leave.person_id), leave)
