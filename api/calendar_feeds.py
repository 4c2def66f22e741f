"""Calendar feeds over HTTP: open an address, revoke it; and the address itself, without a token."""

from typing import Any

from flask import Response, url_for
from marshmallow import Schema, fields, validate

from api.resource import Blueprint, Resource
from api.wire import Instant
from services import calendar_feeds, resources
from services.calendar_feeds import CalendarFeed, Owner

blp = Blueprint(
    "calendar_feeds",
    __name__,
    url_prefix="/calendar-feeds",
    description="Addresses that calendar programs read: times without content (RFC 5545).",
)


class NewCalendarFeed(Schema):
    """Of what."""

    resource_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, 2**31 - 1),
        metadata={"description": "A place; the own agenda if none is named.", "example": None},
    )


class CalendarFeedSchema(Schema):
    """An address that counts; where it lies was told once."""

    id = fields.Integer(required=True)
    resource_id = fields.Integer(required=True, allow_none=True)
    opened_at = Instant(required=True)


class OpenedCalendarFeedSchema(CalendarFeedSchema):
    """An address just opened: it is told this once."""

    address = fields.String(
        required=True,
        metadata={"description": "Below the server's own.", "example": "/api/v1/calendar-feeds/…"},
    )


class CalendarFeedListSchema(Schema):
    """One's own addresses."""

    feeds = fields.List(fields.Nested(CalendarFeedSchema), required=True)


@blp.route("")
class CalendarFeeds(Resource):
    """One's own addresses."""

    @blp.response(200, CalendarFeedListSchema)
    def get(self) -> dict[str, Any]:
        """List one's own addresses that still count."""
        chosen = calendar_feeds.visible(self.act).order_by(CalendarFeed.id)
        return {"feeds": self.act.session.scalars(chosen).all()}

    @blp.arguments(NewCalendarFeed)
    @blp.response(201, OpenedCalendarFeedSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Open an address of one's own agenda, or of a place's."""
        wanted = given["resource_id"]
        place = None if wanted is None else resources.find(self.act, wanted)
        feed, token = calendar_feeds.start(self.act, Owner(self.act.actor.id), place=place)
        address = url_for("calendar_feeds.CalendarFeedContent", token=token)
        return {
            "id": feed.id,
            "resource_id": feed.resource_id,
            "opened_at": feed.opened_at,
            "address": address,
        }


@blp.route("/<int:feed_id>")
class OneCalendarFeed(Resource):
    """One address."""

    @blp.response(204)
    def delete(self, feed_id: int) -> None:
        """Revoke an address."""
        calendar_feeds.revoke(self.act, calendar_feeds.find(self.act, feed_id))


@blp.route("/content/<string:token>")
class CalendarFeedContent(Resource):
    """What an address tells."""

    @blp.response(
        200,
        {"type": "string"},
        content_type="text/calendar",
        description="iCalendar (RFC 5545).",
    )
    def get(self, token: str) -> Response:
        """Read an address: times and nothing else. The address is the key."""
        reply = Response(calendar_feeds.told(self.act, token), mimetype="text/calendar")
        reply.headers["Cache-Control"] = "private, no-store"
        reply.headers["X-Content-Type-Options"] = "nosniff"
        return reply
