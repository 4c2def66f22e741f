"""Agendas over HTTP: the own days and weeks, those of a place, and what is free."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from api.resource import Blueprint, Resource
from api.wire import Instant
from services import agendas, resources
from services.agendas import LONGEST, Busy, Entry
from services.bookings import BookingKind
from services.interrogations import InterrogationState
from services.resources import ResourceKind

blp = Blueprint(
    "agendas",
    __name__,
    description="What is booked for oneself or in a place, and when an office's places are free.",
)

_ID = validate.Range(1, 2**31 - 1)


class DaysQuery(Schema):
    """Which days, in Asia/Shanghai."""

    from_on = fields.Date(
        load_default=None, metadata={"description": "The first day; today if none is given."}
    )
    days = fields.Integer(
        load_default=7, validate=validate.Range(1, LONGEST), metadata={"example": 7}
    )


class FreeBusyQuery(DaysQuery):
    """Whose places."""

    office_id = fields.Integer(required=True, validate=_ID, metadata={"example": 6})


class AgendaEntrySchema(Schema):
    """One booking; without an interrogation it is only known that time is taken."""

    booking_id = fields.Integer(required=True)
    kind = fields.Enum(BookingKind, by_value=True, required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    interrogation_id = fields.Integer(required=True, allow_none=True)
    state = fields.Enum(InterrogationState, by_value=True, required=True, allow_none=True)
    suspect_name = fields.String(required=True, allow_none=True)
    place = fields.String(required=True, allow_none=True)


class AgendaSchema(Schema):
    """What is booked, in the order in which it begins."""

    entries = fields.List(fields.Nested(AgendaEntrySchema), required=True)


class TakenSchema(Schema):
    """One unit of a place, taken."""

    unit = fields.Integer(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)


class BusyPlaceSchema(Schema):
    """A place, and when it is taken; what for is not said."""

    resource_id = fields.Integer(required=True)
    kind = fields.Enum(ResourceKind, by_value=True, required=True)
    name = fields.String(required=True)
    units = fields.Integer(required=True)
    taken = fields.List(fields.Nested(TakenSchema), required=True)


class FreeBusySchema(Schema):
    """The places of one office."""

    places = fields.List(fields.Nested(BusyPlaceSchema), required=True)


@blp.route("/agendas/own")
class OwnAgenda(Resource):
    """The actor's own agenda."""

    @blp.arguments(DaysQuery, location="query")
    @blp.response(200, AgendaSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Sequence[Entry]]:
        """Read one's own agenda."""
        first = query["from_on"] or self.act.today
        return {"entries": agendas.own(self.act, first, query["days"])}


@blp.route("/agendas/places/<int:resource_id>")
class PlaceAgenda(Resource):
    """The agenda of a room, a desk, a line or an escort."""

    @blp.arguments(DaysQuery, location="query")
    @blp.response(200, AgendaSchema)
    def get(self, query: dict[str, Any], resource_id: int) -> dict[str, Sequence[Entry]]:
        """Read what is booked in a place."""
        place = resources.find(self.act, resource_id)
        first = query["from_on"] or self.act.today
        return {"entries": agendas.of_place(self.act, place, first, query["days"])}


@blp.route("/free-busy")
class FreeBusy(Resource):
    """When an office's places are taken."""

    @blp.arguments(FreeBusyQuery, location="query")
    @blp.response(200, FreeBusySchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Read when the places of an office are taken, and nothing of what for."""
        first = query["from_on"] or self.act.today
        found = agendas.free_busy(self.act, query["office_id"], first, query["days"])
        return {"places": [_busy(one) for one in found]}


def _busy(one: Busy) -> dict[str, Any]:
    return {
        "resource_id": one.resource_id,
        "kind": one.kind,
        "name": one.name,
        "units": one.units,
        "taken": [
            {"unit": unit, "starts_at": start, "ends_at": end} for unit, start, end in one.taken
        ],
    }
