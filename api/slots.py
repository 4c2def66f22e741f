"""Slots over HTTP: search for a time, keep one, let it go."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.interrogations import ArrangementSchema, wished
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import interrogations
from services.bookings import Booking
from services.interrogations import choosing
from services.interrogations.limits import Limit
from services.interrogations.ranking import SlotReason
from services.interrogations.slots import Slot, SlotOrder, WhyNoSlot

blp = Blueprint(
    "slots",
    __name__,
    description="Slots: when everything that an interrogation needs is free at once.",
)

_ID = validate.Range(1, 2**31 - 1)
MOST_SLOTS = 50


# --- what comes in --------------------------------------------------------------------------


class SlotSearchSchema(ArrangementSchema):
    """What to look for: an arrangement, a window, and which slots come first."""

    from_at = Instant(load_default=None, allow_none=True)
    until_at = Instant(
        load_default=None,
        allow_none=True,
        metadata={"description": "When it has to be over; the suspect's limit if that is sooner."},
    )
    order = fields.Enum(SlotOrder, by_value=True, load_default=SlotOrder.BEST)
    limit = fields.Integer(
        strict=True,
        load_default=10,
        validate=validate.Range(1, MOST_SLOTS),
        metadata={"example": 10},
    )
    interrogation_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={
            "description": "One that is to be moved: its own time counts as free.",
            "example": None,
        },
    )


class NewSlotHold(ArrangementSchema):
    """A slot to keep."""

    starts_at = Instant(required=True)


# --- what goes out --------------------------------------------------------------------------


class SlotSchema(Schema):
    """A time at which everything is free."""

    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    centre_id = fields.Integer(required=True, allow_none=True)
    room_id = fields.Integer(required=True, allow_none=True)
    room = fields.String(required=True, allow_none=True)
    reasons = fields.List(
        fields.Enum(SlotReason, by_value=True),
        required=True,
        metadata={"description": "What speaks for it or against it; told in the best order."},
    )


class SlotLimitSchema(Schema):
    """The suspect's earliest open period, before whose end it has to be held."""

    deadline_id = fields.Integer(required=True)
    rule = fields.String(required=True, metadata={"example": "D06"})
    ends_at = Instant(required=True)


class SurveySchema(Schema):
    """What a search found."""

    slots = fields.List(fields.Nested(SlotSchema), required=True)
    latest_safe = fields.Nested(
        SlotSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The last slot before the limit; null where no period runs."},
    )
    limit = fields.Nested(SlotLimitSchema, required=True, allow_none=True)
    why = fields.Enum(
        WhyNoSlot,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "Why there is no slot; null if there are some."},
    )


class SlotHoldSchema(Schema):
    """A slot that is kept for whoever asked."""

    id = fields.Integer(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    held_until = Instant(required=True)
    room_id = fields.Integer(required=True, allow_none=True)
    room = fields.String(required=True, allow_none=True)


# --- the doors ------------------------------------------------------------------------------


@blp.route("/slot-searches")
class SlotSearches(Resource):
    """Searches for a slot."""

    @blp.arguments(SlotSearchSchema)
    @blp.response(200, SurveySchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Look for slots: the best or the earliest, and the last safe one."""
        chosen = {name: given.pop(name) for name in ("order", "from_at", "until_at", "limit")}
        moved_id = given.pop("interrogation_id")
        moved = interrogations.find(self.act, moved_id) if moved_id is not None else None
        own = moved.booking_id if moved is not None else None
        wish, arrangement = wished(self.act, given)
        found = choosing.survey(
            self.act, wish, arrangement, **chosen, ignoring=[own] if own is not None else []
        )
        return {
            "slots": [_slot(one) for one in found.slots],
            "latest_safe": _slot(found.latest_safe) if found.latest_safe else None,
            "limit": _limit(found.limit) if found.limit else None,
            "why": found.why,
        }


@blp.route("/slot-holds")
class SlotHolds(Resource):
    """Slots that are kept."""

    @blp.arguments(NewSlotHold)
    @blp.response(201, SlotHoldSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Keep a slot for some minutes."""
        starts_at = given.pop("starts_at")
        wish, arrangement = wished(self.act, given)
        return _held(choosing.hold(self.act, wish, arrangement, starts_at=starts_at))


@blp.route("/slot-holds/<int:hold_id>")
class OneSlotHold(Resource):
    """One slot that is kept."""

    @blp.response(204)
    def delete(self, hold_id: int) -> None:
        """Let a kept slot go."""
        choosing.let_go(self.act, choosing.find(self.act, hold_id))


def _slot(one: Slot) -> dict[str, Any]:
    names = ("starts_at", "ends_at", "centre_id", "room_id", "room", "reasons")
    return {name: getattr(one, name) for name in names}


def _limit(limit: Limit) -> dict[str, Any]:
    return {"deadline_id": limit.deadline_id, "rule": limit.rule_id, "ends_at": limit.ends_at}


def _held(held: Booking) -> dict[str, Any]:
    room = choosing.room_of(held)
    return {
        "id": held.id,
        "starts_at": held.during.lower,
        "ends_at": held.during.upper,
        "held_until": held.held_until,
        "room_id": room.id if room else None,
        "room": room.name if room else None,
    }
