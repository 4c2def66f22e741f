"""The inbox over HTTP: everything one was told, newest first. It is the truth; a push is a hint.

A phone that asks again sends the ETag it has: an inbox that has not changed is answered 304 after
one read of its version. What has changed since is to be had from `/inbox/changes`
(`api/streams.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.paging import PageQuery, page
from api.problems import reads_english
from api.resource import Blueprint, Resource
from api.wire import Instant
from notifications import deliveries
from notifications.deliveries import Delivery, Item, Marked, Wanted
from notifications.messages import Urgency, notices
from services import devices
from services.kernel.act import Act

MOST_IDS = 200
LATEST = 2**62
"""No inbox will ever have changed so often."""

blp = Blueprint("inbox", __name__, url_prefix="/inbox", description="What one was told.")


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Some lines of an inbox, how many of all its lines are unread, and its version."""

    items: Sequence[Item]
    next_cursor: str | None
    unread: int
    version: int


class InboxItemSchema(Schema):
    """One line of an inbox."""

    id = fields.UUID(required=True)
    kind = fields.String(
        required=True, metadata={"description": "What happened.", "example": "CaseAccepted"}
    )
    group = fields.String(
        required=True, metadata={"description": "What it is told of.", "example": "cases"}
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
    superseded = fields.Boolean(
        required=True,
        metadata={
            "description": "A later line takes its place; it no longer counts as unread.",
            "example": False,
        },
    )


class InboxFilters(Schema):
    """Which lines; without a word more, all of them."""

    urgencies = fields.List(
        fields.Enum(Urgency, by_value=True),
        data_key="class",
        load_default=list,
        validate=validate.Length(max=len(Urgency)),
        metadata={"description": "Of these classes only.", "example": ["urgent", "alarm"]},
    )
    groups = fields.List(
        fields.String(validate=validate.Length(1, 50)),
        data_key="group",
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": "Of these groups only.", "example": ["cases"]},
    )


class InboxQuery(PageQuery, InboxFilters):
    """Which lines of the inbox."""

    unread = fields.Boolean(
        load_default=False, metadata={"description": "Only what is unread.", "example": True}
    )
    since = Instant(
        load_default=None,
        metadata={"description": "Only what happened since.", "example": "2026-03-02T00:00:00Z"},
    )


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
    version = fields.Integer(
        required=True,
        metadata={"description": "Of the inbox; ask `/inbox/changes` for what comes after it."},
    )


class NewReadings(InboxFilters):
    """Which lines were read: these, or all that were shown at a version of the inbox."""

    ids = fields.List(
        fields.UUID(),
        validate=validate.Length(1, MOST_IDS),
        metadata={"description": "Lines, by their ids."},
    )
    until_version = fields.Integer(
        validate=validate.Range(0, LATEST),
        metadata={
            "description": "All lines that were there at this version, as far as `class` and "
            "`group` name them; what has come since stays unread."
        },
    )

    @validates_schema
    def one_way(self, given: dict[str, Any], **_: Any) -> None:
        """Either lines or a version: both would contradict each other."""
        if ("ids" in given) == ("until_version" in given):
            message = "ids 与 until_version 须填写其中一项。"
            raise ValidationError(message, "ids")


class ReadingsSchema(Schema):
    """What came of marking several lines as read."""

    read = fields.List(
        fields.UUID(), required=True, metadata={"description": "Read now, or before already."}
    )
    not_there = fields.List(
        fields.UUID(),
        required=True,
        data_key="unknown",
        metadata={"description": "In no inbox of one's own."},
    )
    more = fields.Boolean(
        required=True,
        metadata={"description": "More is meant than is done at once: send it again."},
    )
    unread = fields.Integer(required=True, metadata={"description": "Of the whole inbox."})
    version = fields.Integer(required=True, metadata={"description": "Of the inbox now."})


@blp.route("")
class Inbox(Resource):
    """One's own inbox."""

    @blp.arguments(InboxQuery, location="query")
    @blp.alt_response(304, description="Nothing has changed since `If-None-Match`.")
    @blp.response(200, InboxPageSchema)
    def get(self, wanted: dict[str, Any]) -> Any:
        """List what one was told, newest first."""
        version = deliveries.version_of(self.act)
        tag = tag_of(version)
        if request.if_none_match.contains(tag):
            reply = Response(status=304)
            reply.set_etag(tag)
            return reply
        lines = _wanted(wanted).among(deliveries.visible(self.act), notices())
        found = page(self.act.session, lines, Delivery.id.desc(), **wanted)
        shown = deliveries.items(self.act, found.items, notices(), language())
        told = InboxPage(shown, found.next_cursor, deliveries.unread(self.act), version)
        return told, 200, {"ETag": f'"{tag}"'}


@blp.route("/readings")
class Readings(Resource):
    """That several lines were read."""

    @blp.arguments(NewReadings)
    @blp.response(200, ReadingsSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Mark several lines as read at once, on every device."""
        inbox = deliveries.own(self.act)
        if "ids" in given:
            marked = deliveries.read_these(self.act, inbox, given["ids"])
        else:
            marked = deliveries.read_until(
                self.act,
                inbox,
                version=given["until_version"],
                wanted=_wanted(given),
                notices=notices(),
            )
        return _told(self.act, marked)


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
        devices.note_seen(self.act)


def language() -> str:
    """The reader's, as the answer's problems have it."""
    return "en" if reads_english() else "zh"


def tag_of(version: int) -> str:
    """What an answer is known by: the version of the inbox, in the reader's language."""
    return f"{version}-en" if reads_english() else str(version)


def _words(act: Act, delivery: Delivery) -> Item:
    (line,) = deliveries.items(act, [delivery], notices(), language())
    return line


def _wanted(given: dict[str, Any]) -> Wanted:
    return Wanted(
        unread=given.get("unread", False),
        urgencies=given["urgencies"],
        groups=given["groups"],
        since=given.get("since"),
    )


def _told(act: Act, marked: Marked) -> dict[str, Any]:
    return {
        "read": marked.read,
        "not_there": marked.unknown,
        "more": marked.more,
        "unread": deliveries.unread(act),
        "version": marked.version,
    }
