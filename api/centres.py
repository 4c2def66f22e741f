"""The detention centre's side over HTTP: confirm, propose another time, escort, the day's list."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from api import interrogations as sittings
from api.interrogation_changes import REASON
from api.interrogations import InterrogationSchema
from api.offices import OfficeBriefSchema
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import interrogations, people
from services.bookings import Booking, BookingKind, BookingState
from services.interrogations import (
    CentreDay,
    EscortStep,
    Interrogation,
    InterrogationState,
    Mode,
    Role,
    TimeProposal,
    TimeProposalState,
    centre,
    proposals,
)
from services.kernel.act import Act
from services.policy import STAFF, Permission, allows
from services.resources import ResourceKind

blp = Blueprint(
    "centres",
    __name__,
    description="What the officers of a detention centre do for interrogations in its rooms.",
)

_ID = validate.Range(1, 2**31 - 1)


class NewTimeProposal(Schema):
    """Another time, and why the centre would rather have it."""

    starts_at = Instant(required=True)
    note = fields.String(required=True, validate=REASON, metadata={"example": "上午提押警力不足。"})


class NewTimeRefusal(Schema):
    """Why the old time is kept."""

    reason = fields.String(
        required=True, validate=REASON, metadata={"example": "法定期限临近，不宜推迟。"}
    )


class NewEscortStep(Schema):
    """What the officers have done."""

    step = fields.Enum(EscortStep, by_value=True, required=True)


class TimeProposalSchema(Schema):
    """A time that a centre proposes."""

    id = fields.Integer(required=True)
    interrogation_id = fields.Integer(required=True)
    state = fields.Enum(TimeProposalState, by_value=True, required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    old_starts_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When the interrogation begins as it stands."},
    )
    note = fields.String(required=True)
    proposed_at = Instant(required=True)
    proposed_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    held_until = Instant(
        required=True, metadata={"description": "The time is kept free until then."}
    )
    answered_at = Instant(required=True, allow_none=True)
    answered_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    refused_reason = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "For the procuratorate's own people; null for the centre."},
    )
    may_answer = fields.Boolean(
        required=True, metadata={"description": "The reader may accept or refuse it now."}
    )
    version = fields.Integer(required=True)


class CentreDayQuery(Schema):
    """Which day, and of which centre if the reader is an officer of two."""

    on = fields.Date(required=True, metadata={"example": "2026-03-02"})
    centre_id = fields.Integer(load_default=None, validate=_ID, metadata={"example": 5})


class CentreSeatSchema(Schema):
    """Somebody who comes to, or is connected with, a room of the centre."""

    role = fields.Enum(Role, by_value=True, required=True)
    name = fields.String(required=True)


class CentreSittingSchema(Schema):
    """An interrogation, as far as the officers need it."""

    id = fields.Integer(required=True)
    state = fields.Enum(InterrogationState, by_value=True, required=True)
    mode = fields.Enum(Mode, by_value=True, required=True)
    suspect_name = fields.String(required=True)
    procuratorate = fields.Nested(OfficeBriefSchema, required=True)
    seats = fields.List(fields.Nested(CentreSeatSchema), required=True)
    escorted_at = Instant(required=True, allow_none=True)
    returned_at = Instant(required=True, allow_none=True)
    allowed = fields.List(
        fields.String(validate=validate.OneOf(sorted(interrogations.STEPS))),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["confirm"]},
    )
    version = fields.Integer(required=True)


class CentreEntrySchema(Schema):
    """Something that takes a room, the escort or a suspect of the centre."""

    booking_id = fields.Integer(required=True)
    kind = fields.Enum(BookingKind, by_value=True, required=True)
    proposed = fields.Boolean(
        required=True,
        metadata={"description": "Kept free for a time that the centre has proposed."},
    )
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    note = fields.String(
        required=True, metadata={"description": "Of the centre's own blocks and engagements."}
    )
    suspect_id = fields.Integer(required=True, allow_none=True)
    interrogation = fields.Nested(CentreSittingSchema, required=True, allow_none=True)


class CentreRoomSchema(Schema):
    """One room of the centre, and who sits in it when."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    video = fields.Boolean(required=True)
    entries = fields.List(fields.Nested(CentreEntrySchema), required=True)


class CentreDaySchema(Schema):
    """One day of a detention centre."""

    on = fields.Date(required=True)
    centre = fields.Nested(OfficeBriefSchema, required=True)
    rooms = fields.List(fields.Nested(CentreRoomSchema), required=True)
    elsewhere = fields.List(
        fields.Nested(CentreEntrySchema),
        required=True,
        metadata={"description": "What takes none of the rooms: court, a doctor, the escort."},
    )


@blp.route("/interrogations/<int:interrogation_id>/confirmation")
class InterrogationConfirmation(Resource):
    """The centre's word that it brings the suspect."""

    @blp.response(200, InterrogationSchema)
    def put(self, interrogation_id: int) -> dict[str, Any]:
        """Confirm the time of an interrogation, for the centre."""
        found = self.expect(interrogations.find(self.act, interrogation_id))
        return sittings.shown(self.act, interrogations.confirm(self.act, found))


@blp.route("/interrogations/<int:interrogation_id>/escort")
class InterrogationEscort(Resource):
    """The suspect on the way to the room and back."""

    @blp.arguments(NewEscortStep)
    @blp.response(200, InterrogationSchema)
    def put(self, given: dict[str, Any], interrogation_id: int) -> dict[str, Any]:
        """Note that the suspect was brought to the room, or taken back."""
        found = self.expect(interrogations.find(self.act, interrogation_id))
        marked = interrogations.mark_escort(self.act, found, given["step"])
        return sittings.shown(self.act, marked)


@blp.route("/interrogations/<int:interrogation_id>/time-proposals")
class TimeProposals(Resource):
    """Other times that the centre proposes."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(TimeProposalSchema))
    def get(self, query: dict[str, Any], interrogation_id: int) -> Page[dict[str, Any]]:
        """List what the centre has proposed, the newest first."""
        found = interrogations.find(self.act, interrogation_id)
        chosen = proposals.proposals_of(found)
        kept = page(self.act.session, chosen, TimeProposal.id.desc(), **query)
        return Page(_proposals(self.act, kept.items), kept.next_cursor)

    @blp.arguments(NewTimeProposal)
    @blp.response(201, TimeProposalSchema)
    def post(self, given: dict[str, Any], interrogation_id: int) -> dict[str, Any]:
        """Propose another time, for the centre."""
        found = self.expect(interrogations.find(self.act, interrogation_id))
        made = interrogations.propose_time(self.act, found, **given)
        return _proposals(self.act, [made])[0]


@blp.route("/time-proposals/<int:proposal_id>")
class OneTimeProposal(Resource):
    """One proposal."""

    @blp.response(200, TimeProposalSchema)
    def get(self, proposal_id: int) -> dict[str, Any]:
        """Read a proposed time."""
        return _proposals(self.act, [centre.find_proposal(self.act, proposal_id)])[0]


@blp.route("/time-proposals/<int:proposal_id>/acceptance")
class TimeProposalAcceptance(Resource):
    """The proposed time is taken."""

    @blp.response(200, TimeProposalSchema)
    def put(self, proposal_id: int) -> dict[str, Any]:
        """Take the time that the centre proposes."""
        found = self.expect(centre.find_proposal(self.act, proposal_id))
        return _proposals(self.act, [centre.accept(self.act, found)])[0]


@blp.route("/time-proposals/<int:proposal_id>/refusal")
class TimeProposalRefusal(Resource):
    """The old time is kept."""

    @blp.arguments(NewTimeRefusal)
    @blp.response(200, TimeProposalSchema)
    def put(self, given: dict[str, Any], proposal_id: int) -> dict[str, Any]:
        """Keep the old time instead of the proposed one."""
        found = self.expect(centre.find_proposal(self.act, proposal_id))
        return _proposals(self.act, [centre.decline(self.act, found, **given)])[0]


@blp.route("/centre-days")
class CentreDays(Resource):
    """The day of a detention centre."""

    @blp.arguments(CentreDayQuery, location="query")
    @blp.response(200, CentreDaySchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Read one day of the reader's own centre, room by room."""
        return _day(self.act, centre.day(self.act, **query))


def _proposals(act: Act, found: Sequence[TimeProposal]) -> list[dict[str, Any]]:
    act.session.flush()
    ids = {one.proposed_by for one in found} | {one.answered_by or 0 for one in found}
    names = people.names(act.session, ids)

    def named(person_id: int | None) -> dict[str, Any] | None:
        known = person_id in names
        return {"id": person_id, "name": names[person_id]} if known and person_id else None

    told = []
    for one in found:
        sitting = one.interrogation
        inside = one.procuratorate_id in act.actor.offices_as(*STAFF)
        is_open = one.state is TimeProposalState.OPEN and act.now < one.held_until
        told.append(
            {name: getattr(one, name) for name in _KEPT}
            | {
                "starts_at": one.during.lower,
                "ends_at": one.during.upper,
                "old_starts_at": sitting.during.lower if sitting.during else None,
                "proposed_by": named(one.proposed_by),
                "answered_by": named(one.answered_by),
                "refused_reason": one.refused_reason if inside else None,
                "may_answer": is_open
                and allows(act.actor, Permission.INTERROGATION_CHANGE, sitting),
            }
        )
    return told


_KEPT = (
    "id",
    "interrogation_id",
    "state",
    "note",
    "proposed_at",
    "held_until",
    "answered_at",
    "version",
)


def _day(act: Act, found: CentreDay) -> dict[str, Any]:
    own = {room.id for room in found.rooms}
    entries: dict[int, list[dict[str, Any]]] = {room_id: [] for room_id in own}
    elsewhere: list[dict[str, Any]] = []
    for booking in found.bookings:
        taken = {one.resource_id for one in booking.occupations}
        told = _entry(act, found, booking)
        for room_id in taken & own:
            entries[room_id].append(told)
        if not taken & own:
            elsewhere.append(told)
    return {
        "on": found.on,
        "centre": found.centre,
        "rooms": [
            {
                "id": room.id,
                "name": room.name,
                "video": room.video,
                "entries": entries[room.id],
            }
            for room in found.rooms
            if room.retired_at is None or entries[room.id]
        ],
        "elsewhere": elsewhere,
    }


def _entry(act: Act, found: CentreDay, booking: Booking) -> dict[str, Any]:
    sitting = found.interrogations.get(booking.id)
    suspects = [
        one.resource.suspect_id
        for one in booking.occupations
        if one.resource.kind is ResourceKind.SUSPECT
    ]
    return {
        "booking_id": booking.id,
        "kind": booking.kind,
        "proposed": booking.state is BookingState.HELD,
        "starts_at": booking.during.lower,
        "ends_at": booking.during.upper,
        "note": booking.note if booking.office_id == found.centre.id else "",
        "suspect_id": sitting.suspect_id if sitting else next(iter(suspects), None),
        "interrogation": _sitting(act, sitting) if sitting else None,
    }


def _sitting(act: Act, one: Interrogation) -> dict[str, Any]:
    return {
        "id": one.id,
        "state": one.state,
        "mode": one.mode,
        "suspect_name": one.suspect.name,
        "procuratorate": one.case.procuratorate,
        "seats": [
            {"role": seat.role, "name": somebody.name}
            for seat in one.attendances
            if (somebody := seat.person or seat.participant) is not None
        ],
        "escorted_at": one.escorted_at,
        "returned_at": one.returned_at,
        "allowed": interrogations.allowed(act, one),
        "version": one.version,
    }
