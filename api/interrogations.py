"""Interrogations over HTTP: book one, read it, cancel it."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate
from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from api.offices import OfficeBriefSchema
from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import cases, interrogations
from services.bookings import Booking, Occupation
from services.interrogations import (
    Arrangement,
    Attendance,
    Interrogation,
    InterrogationState,
    LostBecause,
    Mode,
    Purpose,
    Role,
    Seat,
    choosing,
)
from services.kernel.act import Act
from services.policy import STAFF
from services.resources import PLACES, ResourceKind

blp = Blueprint(
    "interrogations",
    __name__,
    description="Interrogations: of one suspect, in the centre's room, on site or by video.",
)

_ID = validate.Range(1, 2**31 - 1)


# --- what comes in --------------------------------------------------------------------------


class NewInterrogationSeat(Schema):
    """Somebody who is to take part: with an account, or from the register of participants."""

    role = fields.Enum(Role, by_value=True, required=True)
    person_id = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=_ID, metadata={"example": 12}
    )
    participant_id = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=_ID, metadata={"example": None}
    )

    @post_load
    def seat(self, given: dict[str, Any], **_: Any) -> Seat:
        """Plain values."""
        return Seat(**given)


class ArrangementSchema(Schema):
    """Whom, how, for how long and with whom: everything but the time."""

    case_id = fields.Integer(strict=True, required=True, validate=_ID, metadata={"example": 31})
    suspect_id = fields.Integer(strict=True, required=True, validate=_ID, metadata={"example": 64})
    purpose = fields.Enum(Purpose, by_value=True, load_default=Purpose.INTERROGATE)
    mode = fields.Enum(Mode, by_value=True, load_default=Mode.REMOTE)
    minutes = fields.Integer(
        strict=True, load_default=60, validate=validate.Range(5, 720), metadata={"example": 60}
    )
    seats = fields.List(
        fields.Nested(NewInterrogationSeat), required=True, validate=validate.Length(1, 20)
    )
    language = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*\Z"),
        metadata={"description": "To be interpreted: a tag of BCP 47.", "example": "ug"},
    )
    place = fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata={
            "description": "Where a suspect who is not detained is met, if not here (RULES 183).",
            "example": "",
        },
    )
    room_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={"description": "One room of the centre, if it has to be that.", "example": None},
    )


class NewInterrogation(ArrangementSchema):
    """An interrogation to book."""

    starts_at = Instant(required=True)
    hold_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={
            "description": "The reader's own slot that becomes the booking.",
            "example": None,
        },
    )


class NewInterrogationCancellation(Schema):
    """Why it will not be held."""

    because = fields.Enum(LostBecause, by_value=True, load_default=LostBecause.HANDLER)
    reason = fields.String(
        required=True,
        validate=validate.And(validate.Length(1, 500), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z")),
        metadata={"example": "已在看守所当面讯问。"},
    )


class InterrogationQuery(PageQuery):
    """Which interrogations."""

    state = fields.Enum(InterrogationState, by_value=True, load_default=None)
    case_id = fields.Integer(load_default=None, validate=_ID)
    suspect_id = fields.Integer(load_default=None, validate=_ID)


def wished(act: Act, given: dict[str, Any]) -> tuple[interrogations.Wish, Arrangement]:
    """The suspect in the case, and the arrangement, from what came in."""
    case = cases.find(act, given.pop("case_id"))
    wish = interrogations.wish(act, case, given.pop("suspect_id"))
    return wish, Arrangement(**given | {"seats": tuple(given["seats"])})


# --- what goes out --------------------------------------------------------------------------


class InterrogationSeatSchema(Schema):
    """Somebody who takes part."""

    id = fields.Integer(required=True)
    role = fields.Enum(Role, by_value=True, required=True)
    person_id = fields.Integer(required=True, allow_none=True)
    participant_id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True)
    arrived_at = Instant(required=True, allow_none=True)
    left_at = Instant(required=True, allow_none=True)


class BookedPlaceSchema(Schema):
    """A room, a desk, a line or an escort that it takes."""

    id = fields.Integer(required=True)
    kind = fields.Enum(ResourceKind, by_value=True, required=True)
    name = fields.String(required=True)
    unit = fields.Integer(required=True)


class InterrogationBriefSchema(Schema):
    """An interrogation in a list."""

    id = fields.Integer(required=True)
    state = fields.Enum(InterrogationState, by_value=True, required=True)
    purpose = fields.Enum(Purpose, by_value=True, required=True)
    mode = fields.Enum(Mode, by_value=True, required=True)
    case_id = fields.Integer(required=True)
    case_number = fields.String(required=True)
    suspect_id = fields.Integer(required=True)
    suspect_name = fields.String(required=True)
    starts_at = Instant(required=True, allow_none=True)
    ends_at = Instant(required=True, allow_none=True)
    centre = fields.Nested(OfficeBriefSchema, required=True, allow_none=True)
    room = fields.String(required=True, allow_none=True)
    not_after = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "The end of the suspect's earliest open period."},
    )
    urgent = fields.Boolean(required=True)


class InterrogationSchema(InterrogationBriefSchema):
    """An interrogation with everybody and everything it takes."""

    version = fields.Integer(required=True)
    wanted_minutes = fields.Integer(required=True)
    language = fields.String(required=True, allow_none=True)
    place = fields.String(required=True)
    seats = fields.List(fields.Nested(InterrogationSeatSchema), required=True)
    places = fields.List(fields.Nested(BookedPlaceSchema), required=True)
    lost_because = fields.Enum(LostBecause, by_value=True, required=True, allow_none=True)
    waiting_since = Instant(required=True, allow_none=True)
    confirmed_at = Instant(required=True, allow_none=True)
    police_heard_at = Instant(required=True, allow_none=True)
    escorted_at = Instant(required=True, allow_none=True)
    returned_at = Instant(required=True, allow_none=True)
    started_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    held_on_paper = fields.Boolean(required=True)
    urgent_grounds = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "For the procuratorate's own people; null for the centre."},
    )
    allowed = fields.List(
        fields.String(validate=validate.OneOf(sorted(interrogations.STEPS))),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["cancel"]},
    )


# --- the doors ------------------------------------------------------------------------------


@blp.route("/interrogations")
class Interrogations(Resource):
    """Interrogations."""

    @blp.arguments(InterrogationQuery, location="query")
    @blp.response(200, page_of(InterrogationBriefSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the interrogations that the reader may see, the latest first."""
        chosen = read(interrogations.visible(self.act))
        for name in ("state", "case_id", "suspect_id"):
            if query[name] is not None:
                chosen = chosen.where(getattr(Interrogation, name) == query[name])
        found = page(self.act.session, chosen, Interrogation.id.desc(), **query)
        return Page([brief(one) for one in found.items], found.next_cursor)

    @blp.arguments(NewInterrogation)
    @blp.response(201, InterrogationSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Book an interrogation."""
        starts_at, hold_id = given.pop("starts_at"), given.pop("hold_id")
        held = choosing.find(self.act, hold_id) if hold_id is not None else None
        wish, arrangement = wished(self.act, given)
        booked = interrogations.book(self.act, wish, arrangement, starts_at=starts_at, held=held)
        return shown(self.act, booked)


@blp.route("/interrogations/<int:interrogation_id>")
class OneInterrogation(Resource):
    """One interrogation."""

    @blp.response(200, InterrogationSchema)
    def get(self, interrogation_id: int) -> dict[str, Any]:
        """Read an interrogation."""
        return shown(self.act, interrogations.find(self.act, interrogation_id))


@blp.route("/interrogations/<int:interrogation_id>/cancellation")
class InterrogationCancellation(Resource):
    """An interrogation that will not be held."""

    @blp.arguments(NewInterrogationCancellation)
    @blp.response(200, InterrogationSchema)
    def put(self, given: dict[str, Any], interrogation_id: int) -> dict[str, Any]:
        """Cancel an interrogation."""
        found = self.expect(interrogations.find(self.act, interrogation_id))
        return shown(self.act, interrogations.cancel(self.act, found, **given))


def read(chosen: Select[Interrogation]) -> Select[Interrogation]:
    """With everything that `brief` shows, in as many queries as a page of one takes."""
    return chosen.options(
        joinedload(Interrogation.case),
        joinedload(Interrogation.suspect),
        joinedload(Interrogation.centre),
        joinedload(Interrogation.booking)
        .selectinload(Booking.occupations)
        .joinedload(Occupation.resource),
    )


def brief(one: Interrogation) -> dict[str, Any]:
    """An interrogation as lists and agendas show it."""
    during = one.during
    return {
        "id": one.id,
        "state": one.state,
        "purpose": one.purpose,
        "mode": one.mode,
        "case_id": one.case_id,
        "case_number": one.case.number,
        "suspect_id": one.suspect_id,
        "suspect_name": one.suspect.name,
        "starts_at": during.lower if during else one.started_at,
        "ends_at": during.upper if during else one.ended_at,
        "centre": one.centre,
        "room": next((place["name"] for place in _places(one) if _is_room(place)), None),
        "not_after": one.not_after,
        "urgent": one.urgent,
    }


def shown(act: Act, one: Interrogation) -> dict[str, Any]:
    """An interrogation as the reader may see it."""
    act.session.flush()
    inside = one.procuratorate_id in act.actor.offices_as(*STAFF)
    same = (
        "version wanted_minutes language place lost_because waiting_since confirmed_at"
        " police_heard_at escorted_at returned_at started_at ended_at held_on_paper"
    )
    return (
        brief(one)
        | {name: getattr(one, name) for name in same.split()}
        | {
            "seats": [seated(each) for each in one.attendances],
            "places": _places(one),
            "urgent_grounds": one.urgent_grounds if inside else None,
            "allowed": interrogations.allowed(act, one),
        }
    )


def seated(seat: Attendance) -> dict[str, Any]:
    """Somebody who takes part, by name."""
    somebody = seat.person or seat.participant
    return {
        "id": seat.id,
        "role": seat.role,
        "person_id": seat.person_id,
        "participant_id": seat.participant_id,
        "name": somebody.name if somebody else "",
        "arrived_at": seat.arrived_at,
        "left_at": seat.left_at,
    }


def _places(one: Interrogation) -> list[dict[str, Any]]:
    taken = one.booking.occupations if one.booking is not None else []
    found = {
        (each.resource_id, each.unit): {
            "id": each.resource_id,
            "kind": each.resource.kind,
            "name": each.resource.name,
            "unit": each.unit,
        }
        for each in taken
        if each.resource.kind in PLACES
    }
    return list(found.values())


def _is_room(place: dict[str, Any]) -> bool:
    return place["kind"] in {ResourceKind.INTERROGATION_ROOM, ResourceKind.OFFICE_ROOM}
