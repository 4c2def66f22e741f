"""Blocks over HTTP: take rooms, desks, lines or escort out of use, and put them back."""

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import selectinload

from api.interrogations import BookedPlaceSchema
from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from api.wire import Instant
from services.bookings import Booking, BookingState, Occupation, bounds
from services.interrogations import blocks
from services.interrogations.replanning import Replanned

blp = Blueprint(
    "blocks",
    __name__,
    url_prefix="/blocks",
    description="Places out of use for a while; what is booked there is held elsewhere or later.",
)

_ID = validate.Range(1, 2**31 - 1)


class BlockQuery(PageQuery):
    """Which blocks."""

    office_id = fields.Integer(load_default=None, validate=_ID)


class NewBlock(Schema):
    """Places to take out of use."""

    office_id = fields.Integer(strict=True, required=True, validate=_ID)
    resource_ids = fields.List(
        fields.Integer(strict=True, validate=_ID),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={"description": "With none, every room and desk of the office.", "example": []},
    )
    units = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, 100),
        metadata={"description": "So many of a pool; all without a number.", "example": None},
    )
    from_at = Instant(required=True)
    until_at = Instant(required=True)
    note = fields.String(
        load_default="", validate=validate.Length(max=500), metadata={"example": "设备检修"}
    )


class ReplannedSchema(Schema):
    """What became of the interrogations in the way."""

    moved = fields.List(
        fields.Integer(), required=True, metadata={"description": "Held elsewhere or later."}
    )
    waiting = fields.List(
        fields.Integer(),
        required=True,
        metadata={"description": "No time before the period ends; the handler has the task."},
    )


class BlockSchema(Schema):
    """Places out of use."""

    id = fields.Integer(required=True)
    office_id = fields.Integer(required=True)
    state = fields.Enum(BookingState, by_value=True, required=True)
    from_at = Instant(required=True)
    until_at = Instant(required=True)
    note = fields.String(required=True)
    places = fields.List(fields.Nested(BookedPlaceSchema), required=True)
    version = fields.Integer(required=True)


class BlockedSchema(Schema):
    """A new block, and what became of the interrogations in its way."""

    block = fields.Nested(BlockSchema, required=True)
    replanned = fields.Nested(ReplannedSchema, required=True)


@blp.route("")
class Blocks(Resource):
    """Blocks."""

    @blp.arguments(BlockQuery, location="query")
    @blp.response(200, page_of(BlockSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the blocks of the reader's own places, the newest first."""
        chosen = blocks.visible(self.act).options(
            selectinload(Booking.occupations).joinedload(Occupation.resource)
        )
        if query["office_id"] is not None:
            chosen = chosen.where(Booking.office_id == query["office_id"])
        found = page(self.act.session, chosen, Booking.id.desc(), **query)
        return Page([_shown(one) for one in found.items], found.next_cursor)

    @blp.arguments(NewBlock)
    @blp.response(201, BlockedSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Take places out of use, and hold elsewhere or later what is booked there."""
        places = blocks.places(
            self.act, given.pop("office_id"), given.pop("resource_ids"), given.pop("units")
        )
        blocked = blocks.block(self.act, places, **given)
        self.act.session.flush()
        return {
            "block": _shown(blocked.booking),
            "replanned": replanned_shown(blocked.replanned),
        }


@blp.route("/<int:block_id>")
class OneBlock(Resource):
    """One block."""

    @blp.response(200, BlockSchema)
    def get(self, block_id: int) -> dict[str, Any]:
        """Read a block."""
        return _shown(blocks.find(self.act, block_id))


@blp.route("/<int:block_id>/end")
class BlockEnd(Resource):
    """A block that is ended sooner."""

    @blp.response(200, BlockSchema)
    def put(self, block_id: int) -> dict[str, Any]:
        """Put the places back into use now."""
        found = self.expect(blocks.find(self.act, block_id))
        ended = blocks.end(self.act, found)
        self.act.session.flush()
        return _shown(ended)


def replanned_shown(replanned: Replanned) -> dict[str, Any]:
    """By their ids: whoever may see them reads them there."""
    return {
        "moved": [one.id for one in replanned.moved],
        "waiting": [one.id for one in replanned.waiting],
    }


def _shown(one: Booking) -> dict[str, Any]:
    start, until = bounds(one.during)
    return {
        "id": one.id,
        "office_id": one.office_id,
        "state": one.state,
        "from_at": start,
        "until_at": until,
        "note": one.note,
        "places": [
            {
                "id": each.resource_id,
                "kind": each.resource.kind,
                "name": each.resource.name,
                "unit": each.unit,
            }
            for each in one.occupations
        ],
        "version": one.version,
    }
