"""What else suspects have to be at, over HTTP: lawyers, courts, doctors, other centres."""

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import joinedload

from api.blocks import ReplannedSchema, replanned_shown
from api.offices import OfficeBriefSchema
from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from api.wire import Instant
from services.arrest_requests.records import Suspect
from services.bookings import ENGAGEMENTS, BookingKind, BookingState, bounds
from services.interrogations import engagements
from services.interrogations.engagements import Engaged, Engagement, Wanted

blp = Blueprint(
    "engagements",
    __name__,
    description="What else a suspect has to be at, entered by the centre that holds them.",
)

_ID = validate.Range(1, 2**31 - 1)


class DetaineeQuery(PageQuery):
    """Which of the people held."""

    name = fields.String(
        load_default=None,
        validate=validate.Length(1, 50),
        metadata={"description": "Part of the name."},
    )


class DetaineeSchema(Schema):
    """Somebody whom the centre holds."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    centre = fields.Nested(OfficeBriefSchema, required=True)


class EngagementQuery(PageQuery):
    """Which engagements."""

    suspect_id = fields.Integer(load_default=None, validate=_ID)


class NewEngagement(Schema):
    """What a suspect has to be at, and when."""

    suspect_id = fields.Integer(strict=True, required=True, validate=_ID)
    kind = fields.Enum(
        BookingKind,
        by_value=True,
        required=True,
        metadata={"enum": sorted(ENGAGEMENTS), "example": BookingKind.COURT.value},
    )
    from_at = Instant(required=True)
    until_at = Instant(required=True)
    asked_at = Instant(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "When the lawyer asked for the meeting (CPL 39).",
            "example": None,
        },
    )
    destination_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={"description": "The centre of a transfer.", "example": None},
    )
    note = fields.String(
        load_default="", validate=validate.Length(max=500), metadata={"example": ""}
    )


class EngagementSchema(Schema):
    """What a suspect has to be at."""

    id = fields.Integer(required=True)
    kind = fields.Enum(BookingKind, by_value=True, required=True)
    state = fields.Enum(BookingState, by_value=True, required=True)
    suspect_id = fields.Integer(required=True)
    suspect_name = fields.String(required=True)
    centre_id = fields.Integer(required=True)
    destination = fields.Nested(OfficeBriefSchema, required=True, allow_none=True)
    from_at = Instant(required=True)
    until_at = Instant(required=True)
    asked_at = Instant(required=True, allow_none=True)
    arrived_at = Instant(required=True, allow_none=True)
    note = fields.String(required=True)
    version = fields.Integer(required=True)


class EngagedSchema(Schema):
    """An engagement, and what became of the interrogations in its way."""

    engagement = fields.Nested(EngagementSchema, required=True)
    replanned = fields.Nested(ReplannedSchema, required=True)


@blp.route("/detainees")
class Detainees(Resource):
    """Whoever the centre holds."""

    @blp.arguments(DetaineeQuery, location="query")
    @blp.response(200, page_of(DetaineeSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List whoever the reader's centre holds."""
        chosen = engagements.detainees(self.act).options(joinedload(Suspect.detention_centre))
        if query["name"] is not None:
            chosen = chosen.where(Suspect.name.contains(query["name"], autoescape=True))
        found = page(self.act.session, chosen, Suspect.id.desc(), **query)
        return Page(
            [
                {"id": one.id, "name": one.name, "centre": one.detention_centre}
                for one in found.items
            ],
            found.next_cursor,
        )


@blp.route("/engagements")
class Engagements(Resource):
    """Engagements."""

    @blp.arguments(EngagementQuery, location="query")
    @blp.response(200, page_of(EngagementSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List what the centre's suspects have to be at, and who is brought to it."""
        chosen = engagements.visible(self.act).options(
            joinedload(Engagement.booking),
            joinedload(Engagement.suspect),
            joinedload(Engagement.destination),
        )
        if query["suspect_id"] is not None:
            chosen = chosen.where(Engagement.suspect_id == query["suspect_id"])
        found = page(self.act.session, chosen, Engagement.id.desc(), **query)
        return Page([_shown(one) for one in found.items], found.next_cursor)

    @blp.arguments(NewEngagement)
    @blp.response(201, EngagedSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Enter what a suspect has to be at."""
        detainee = engagements.find_detainee(self.act, given.pop("suspect_id"))
        during = Range(given.pop("from_at"), given.pop("until_at"), bounds="[)")
        return _engaged(engagements.enter(self.act, detainee, Wanted(during=during, **given)))


@blp.route("/engagements/<int:engagement_id>")
class OneEngagement(Resource):
    """One engagement."""

    @blp.response(200, EngagementSchema)
    def get(self, engagement_id: int) -> dict[str, Any]:
        """Read what a suspect has to be at."""
        return _shown(engagements.find(self.act, engagement_id))


@blp.route("/engagements/<int:engagement_id>/cancellation")
class EngagementCancellation(Resource):
    """Something that a suspect does not have to be at after all."""

    @blp.response(200, EngagementSchema)
    def put(self, engagement_id: int) -> dict[str, Any]:
        """Cancel an engagement."""
        found = self.expect(engagements.find(self.act, engagement_id))
        return _shown(engagements.cancel(self.act, found))


@blp.route("/engagements/<int:engagement_id>/arrival")
class EngagementArrival(Resource):
    """The end of a transfer."""

    @blp.response(200, EngagedSchema)
    def put(self, engagement_id: int) -> dict[str, Any]:
        """Say that the suspect is in the other centre."""
        found = self.expect(engagements.find(self.act, engagement_id))
        return _engaged(engagements.arrive(self.act, found))


def _engaged(engaged: Engaged) -> dict[str, Any]:
    return {
        "engagement": _shown(engaged.engagement),
        "replanned": replanned_shown(engaged.replanned),
    }


def _shown(one: Engagement) -> dict[str, Any]:
    start, until = bounds(one.booking.during)
    same = "id kind suspect_id centre_id destination asked_at arrived_at version"
    return {name: getattr(one, name) for name in same.split()} | {
        "state": one.booking.state,
        "suspect_name": one.suspect.name,
        "from_at": start,
        "until_at": until,
        "note": one.booking.note,
    }
