"""The inbox over HTTP: everything one was told, newest first. It is the truth; a push is a hint."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from api.paging import PageQuery, page
from api.resource import Blueprint, Resource
from api.wire import Instant
from notifications import deliveries
from notifications.deliveries import Delivery, Item
from notifications.messages import Urgency, notices
from services.kernel.act import Act

blp = Blueprint("inbox", __name__, url_prefix="/inbox", description="What one was told.")


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Some lines of an inbox, and how many of all its lines are unread."""

    items: Sequence[Item]
    next_cursor: str | None
    unread: int


class InboxItemSchema(Schema):
    """One line of an inbox."""

    id = fields.UUID(required=True)
    kind = fields.String(
        required=True, metadata={"description": "What happened.", "example": "CaseAccepted"}
    )
    title = fields.String(required=True, metadata={"example": "案件已受理"})
    body = fields.String(required=True, metadata={"example": "江检捕受〔2026〕12号"})
    link = fields.String(required=True, metadata={"description": "Where a tap leads in the app."})
    urgency = fields.Enum(
        Urgency,
        by_value=True,
        required=True,
        data_key="class",
        metadata={"description": "As in the push's `class`."},
    )
    at = Instant(required=True)
    read_at = Instant(required=True, allow_none=True)


class InboxPageSchema(Schema):
    """One page of the inbox."""

    items = fields.List(fields.Nested(InboxItemSchema), required=True)
    next_cursor = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Hand it back as `cursor`; null on the last page."},
    )
    unread = fields.Integer(
        required=True, metadata={"description": "Of the whole inbox, not of this page."}
    )


@blp.route("")
class Inbox(Resource):
    """One's own inbox."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, InboxPageSchema)
    def get(self, wanted: dict[str, Any]) -> InboxPage:
        """List what one was told, newest first."""
        found = page(self.act.session, deliveries.visible(self.act), Delivery.id.desc(), **wanted)
        lines = deliveries.items(self.act, found.items, notices())
        return InboxPage(lines, found.next_cursor, deliveries.unread(self.act))


@blp.route("/<uuid:item>")
class InboxLine(Resource):
    """One line of one's own inbox: what a push's `id` leads to."""

    @blp.response(200, InboxItemSchema)
    def get(self, item: UUID) -> Item:
        """Read one line, by the id a push carried."""
        return _words(self.act, deliveries.find(self.act, item))


@blp.route("/<uuid:item>/reading")
class Reading(Resource):
    """That a line was read."""

    @blp.response(200, InboxItemSchema)
    def put(self, item: UUID) -> Item:
        """Mark a line as read, on every device."""
        return _words(self.act, deliveries.read(self.act, deliveries.find(self.act, item)))


@blp.route("/<uuid:item>/arrival")
class Arrival(Resource):
    """That a push about a line reached a device."""

    @blp.response(204)
    def put(self, item: UUID) -> None:
        """Note that a push reached a device of one's own."""
        deliveries.arrive(self.act, deliveries.find(self.act, item))


def _words(act: Act, delivery: Delivery) -> Item:
    (line,) = deliveries.items(act, [delivery], notices())
    return line
