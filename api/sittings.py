"""The day of an interrogation over HTTP: who came, what was told, when it ran."""

from typing import Any

from flask import current_app
from marshmallow import Schema, fields, validate

from api.interrogations import InterrogationSeatSchema, seated
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import interrogations, people
from services.interrogations import Interrogation, InterrogationState, Role, sitting
from services.interrogations.flow import NotHeldBecause
from services.interrogations.sitting import (
    NEWEST,
    IdentityCheck,
    NoticeKind,
    RoomEvent,
    RoomReport,
    SittingStep,
)
from services.kernel.act import Act
from services.policy import STAFF
from services.video import VideoRole

blp = Blueprint(
    "sittings",
    __name__,
    url_prefix="/interrogations",
    description="The day of an interrogation: arrivals, notices, start, pauses, end.",
)

_ID = validate.Range(1, 2**31 - 1)
_WORDS = validate.And(validate.Length(1, 500), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))


# --- what comes in --------------------------------------------------------------------------


class NewArrival(Schema):
    """Somebody who is there."""

    seat_id = fields.Integer(strict=True, required=True, validate=_ID, metadata={"example": 3})


class NewIdentityCheck(Schema):
    """How the suspect was identified."""

    how = fields.Enum(IdentityCheck, by_value=True, required=True)
    note = fields.String(load_default="", validate=validate.Length(max=500))


class NewSittingNotice(Schema):
    """What was told to the suspect: rights and the law on leniency together, or the recording."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf([NoticeKind.RIGHTS.value, NoticeKind.RECORDING.value]),
        metadata={"example": "rights"},
    )
    note = fields.String(load_default="", validate=validate.Length(max=500))


class NewPause(Schema):
    """Why it stands still."""

    reason = fields.String(required=True, validate=_WORDS)


class NewLinkLoss(Schema):
    """What is known of the loss of the link."""

    reason = fields.String(load_default="", validate=validate.Length(max=500))


class NewNotHeld(Schema):
    """Why it was not held, and who did not come."""

    because = fields.Enum(NotHeldBecause, by_value=True, required=True)
    words = fields.String(required=True, validate=_WORDS)
    absent_seat_ids = fields.List(
        fields.Integer(strict=True, validate=_ID),
        load_default=list,
        validate=validate.Length(max=20),
        metadata={"example": []},
    )


class NewRoomEvent(Schema):
    """What a room's terminal or the video server reports."""

    sequence = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(1, NEWEST),
        metadata={"description": "Grows with every event of this interrogation; gaps are fine."},
    )
    report = fields.Enum(RoomReport, by_value=True, required=True)
    happened_at = Instant(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=500))


# --- what goes out --------------------------------------------------------------------------


class PresentSchema(Schema):
    """Somebody who was present."""

    role = fields.Enum(Role, by_value=True, required=True)
    person_id = fields.Integer(required=True, allow_none=True)
    participant_id = fields.Integer(required=True, allow_none=True)


class SittingNoticeSchema(Schema):
    """What was told or checked, by whom, and who was present."""

    id = fields.Integer(required=True)
    kind = fields.Enum(NoticeKind, by_value=True, required=True)
    how = fields.Enum(IdentityCheck, by_value=True, required=True, allow_none=True)
    note = fields.String(required=True)
    present = fields.List(fields.Nested(PresentSchema), required=True)
    told_at = Instant(required=True)
    told_by = fields.Nested(PersonSchema, required=True)


class SittingEventSchema(Schema):
    """What happened in the room."""

    id = fields.Integer(required=True)
    step = fields.Enum(SittingStep, by_value=True, required=True)
    state = fields.Enum(InterrogationState, by_value=True, required=True)
    sequence = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True)
    happened_at = Instant(required=True)
    recorded_at = Instant(required=True)


class InterruptionSchema(Schema):
    """From when to when it stood still."""

    step = fields.Enum(SittingStep, by_value=True, required=True)
    reason = fields.String(required=True)
    began_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)


class SittingSchema(Schema):
    """The day of one interrogation; what was said of it in words is for the procuratorate."""

    interrogation_id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    state = fields.Enum(InterrogationState, by_value=True, required=True)
    started_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    not_held_because = fields.Enum(NotHeldBecause, by_value=True, required=True, allow_none=True)
    not_held_reason = fields.String(required=True)
    last_sequence = fields.Integer(required=True)
    seats = fields.List(fields.Nested(InterrogationSeatSchema), required=True)
    notices = fields.List(fields.Nested(SittingNoticeSchema), required=True)
    events = fields.List(fields.Nested(SittingEventSchema), required=True)
    interruptions = fields.List(fields.Nested(InterruptionSchema), required=True)
    allowed = fields.List(
        fields.String(validate=validate.OneOf(sorted(interrogations.STEPS))),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["start"]},
    )


class RoomEventAnswer(Schema):
    """Whether the report had an effect, and where the interrogation stands."""

    applied = fields.Boolean(
        required=True,
        metadata={"description": "False for one that is repeated or comes late."},
    )
    state = fields.Enum(InterrogationState, by_value=True, required=True)
    last_sequence = fields.Integer(required=True)


class JoinTokenSchema(Schema):
    """What opens the video room to the reader until it expires; ask again when it has."""

    room = fields.Integer(required=True)
    role = fields.Enum(VideoRole, by_value=True, required=True)
    server_token = fields.String(required=True)
    room_token = fields.String(required=True)
    expires_at = Instant(required=True)


# --- the doors ------------------------------------------------------------------------------


@blp.route("/<int:interrogation_id>/sitting")
class Sitting(Resource):
    """The day of an interrogation."""

    @blp.response(200, SittingSchema)
    def get(self, interrogation_id: int) -> dict[str, Any]:
        """Read who came, what was told and what happened."""
        return _shown(self.act, interrogations.find(self.act, interrogation_id))


@blp.route("/<int:interrogation_id>/arrivals")
class SittingArrivals(Resource):
    """Who is there."""

    @blp.arguments(NewArrival)
    @blp.response(201, SittingSchema)
    def post(self, given: dict[str, Any], interrogation_id: int) -> dict[str, Any]:
        """Check somebody in."""
        found = interrogations.find(self.act, interrogation_id)
        there = sitting.seat_of(found, given["seat_id"])
        return _shown(self.act, sitting.check_in(self.act, found, there))


@blp.route("/<int:interrogation_id>/identity")
class SittingIdentity(Resource):
    """Who the suspect is."""

    @blp.arguments(NewIdentityCheck)
    @blp.response(200, SittingSchema)
    def put(self, given: dict[str, Any], interrogation_id: int) -> dict[str, Any]:
        """Record that the suspect was identified, and how."""
        found = interrogations.find(self.act, interrogation_id)
        return _shown(self.act, sitting.check_identity(self.act, found, **given))


@blp.route("/<int:interrogation_id>/notices")
class SittingNotices(Resource):
    """What was told to the suspect."""

    @blp.arguments(NewSittingNotice)
    @blp.response(201, SittingSchema)
    def post(self, given: dict[str, Any], interrogation_id: int) -> dict[str, Any]:
        """Record that rights, duties and the law on leniency, or the recording, were told."""
        found = interrogations.find(self.act, interrogation_id)
        if given.pop("kind") == NoticeKind.RIGHTS:
            return _shown(self.act, sitting.state_rights(self.act, found, **given))
        return _shown(self.act, sitting.state_recording(self.act, found, **given))


@blp.route("/<int:interrogation_id>/start")
class SittingStart(Resource):
    """The start."""

    @blp.response(200, SittingSchema)
    def put(self, interrogation_id: int) -> dict[str, Any]:
        """Begin, with everybody present whom the law wants present."""
        found = interrogations.find(self.act, interrogation_id)
        return _shown(self.act, sitting.start(self.act, found))


@blp.route("/<int:interrogation_id>/pauses")
class SittingPauses(Resource):
    """When it stood still."""

    @blp.arguments(NewPause)
    @blp.response(201, SittingSchema)
    def post(self, given: dict[str, Any], interrogation_id: int) -> dict[str, Any]:
        """Let it stand still for a while."""
        found = interrogations.find(self.act, interrogation_id)
        return _shown(self.act, sitting.pause(self.act, found, **given))


@blp.route("/<int:interrogation_id>/link-losses")
class SittingLinkLosses(Resource):
    """When the link was lost."""

    @blp.arguments(NewLinkLoss)
    @blp.response(201, SittingSchema)
    def post(self, given: dict[str, Any], interrogation_id: int) -> dict[str, Any]:
        """Record that the link was lost."""
        found = interrogations.find(self.act, interrogation_id)
        return _shown(self.act, sitting.lose_link(self.act, found, **given))


@blp.route("/<int:interrogation_id>/resumptions")
class SittingResumptions(Resource):
    """When it went on."""

    @blp.response(201, SittingSchema)
    def post(self, interrogation_id: int) -> dict[str, Any]:
        """Let it go on."""
        found = interrogations.find(self.act, interrogation_id)
        return _shown(self.act, sitting.resume(self.act, found))


@blp.route("/<int:interrogation_id>/end")
class SittingEnd(Resource):
    """The end."""

    @blp.response(200, SittingSchema)
    def put(self, interrogation_id: int) -> dict[str, Any]:
        """End it; what is left of its time is free at once."""
        found = interrogations.find(self.act, interrogation_id)
        return _shown(self.act, sitting.end(self.act, found))


@blp.route("/<int:interrogation_id>/absence")
class SittingAbsence(Resource):
    """That it was not held."""

    @blp.arguments(NewNotHeld)
    @blp.response(200, SittingSchema)
    def put(self, given: dict[str, Any], interrogation_id: int) -> dict[str, Any]:
        """Record that it was not held, why, and who did not come."""
        found = interrogations.find(self.act, interrogation_id)
        absent = [sitting.seat_of(found, one) for one in given.pop("absent_seat_ids")]
        return _shown(self.act, sitting.not_held(self.act, found, absent=absent, **given))


@blp.route("/<int:interrogation_id>/room-events")
class SittingRoomEvents(Resource):
    """What the rooms report."""

    @blp.arguments(NewRoomEvent)
    @blp.response(200, RoomEventAnswer)
    def post(self, given: dict[str, Any], interrogation_id: int) -> dict[str, Any]:
        """Report what happened in the room; repeated or late reports have no effect."""
        found = interrogations.find(self.act, interrogation_id)
        applied = sitting.receive(self.act, found, RoomEvent(**given))
        return {"applied": applied, "state": found.state, "last_sequence": found.last_sequence}


@blp.route("/<int:interrogation_id>/join-token")
class SittingJoinToken(Resource):
    """The reader's way into the video room."""

    @blp.response(200, JoinTokenSchema)
    def get(self, interrogation_id: int) -> Any:
        """Get a token for the video room, from half an hour before the start until the end."""
        found = interrogations.find(self.act, interrogation_id)
        return sitting.join(self.act, found, current_app.extensions["video"])


_KEPT = (
    "version",
    "state",
    "started_at",
    "ended_at",
    "not_held_because",
    "last_sequence",
)


def _shown(act: Act, one: Interrogation) -> dict[str, Any]:
    act.session.flush()
    inside = one.procuratorate_id in act.actor.offices_as(*STAFF)
    notices = sitting.notices_of(act.session, one)
    events = sitting.events_of(act.session, one)
    names = people.names(act.session, {notice.told_by for notice in notices})
    same = ("id", "kind", "how", "told_at")
    happened = ("id", "step", "state", "sequence", "happened_at", "recorded_at")
    stood_still = ("step", "began_at", "ended_at")

    def said(words: str) -> str:
        return words if inside else ""

    return {name: getattr(one, name) for name in _KEPT} | {
        "interrogation_id": one.id,
        "not_held_reason": said(one.not_held_reason),
        "seats": [seated(each) for each in one.attendances],
        "notices": [
            {name: getattr(notice, name) for name in same}
            | {
                "note": said(notice.note),
                "present": [each | {"role": Role(each["role"])} for each in notice.present],
                "told_by": {"id": notice.told_by, "name": names[notice.told_by]},
            }
            for notice in notices
        ],
        "events": [
            {name: getattr(each, name) for name in happened} | {"reason": said(each.reason)}
            for each in events
        ],
        "interruptions": [
            {name: getattr(each, name) for name in stood_still} | {"reason": said(each.reason)}
            for each in sitting.interruptions(events)
        ],
        "allowed": interrogations.allowed(act, one),
    }
