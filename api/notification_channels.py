"""The desk of operations over HTTP: how channels do, pauses by hand, and dead letters."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import select

from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from notifications import desk, faults, health
from notifications.channels import Verdict
from notifications.deliveries import DeliveryChannel, DeliveryState
from notifications.faults import DeliveryFault, FaultState
from notifications.health import ChannelHealth, CircuitState
from services import people
from services.kernel.act import Act
from services.kernel.clock import machine_now
from services.offices import Office
from services.policy import Permission, PostKind, allows

blp = Blueprint(
    "notification_channels",
    __name__,
    description="How pushes go out: channels, pauses, dead letters. Numbers and codes only.",
)

_WORDS = validate.And(validate.Length(1, 500), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))


class DeliveryCountSchema(Schema):
    """How many deliveries of the last day stand in a state."""

    state = fields.Enum(DeliveryState, by_value=True, required=True)
    deliveries = fields.Integer(required=True)


class AnswerCountSchema(Schema):
    """How many pushes of the last day a vendor answered with one code."""

    verdict = fields.Enum(Verdict, by_value=True, required=True)
    code = fields.String(required=True, metadata={"example": "QUOTA_EXCEEDED"})
    pushes = fields.Integer(required=True)


class NotificationChannelSchema(Schema):
    """How one channel does."""

    id = fields.Integer(required=True)
    channel = fields.Enum(DeliveryChannel, by_value=True, required=True)
    state = fields.Enum(
        CircuitState,
        by_value=True,
        required=True,
        metadata={"description": "Of its circuit; open: nothing goes out but one try at times."},
    )
    error = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The vendor's code.", "example": "UNAVAILABLE"},
    )
    failures = fields.Integer(required=True, metadata={"description": "In a row."})
    opened_until = Instant(required=True, allow_none=True)
    not_before = Instant(
        required=True, allow_none=True, metadata={"description": "The vendor asked to wait."}
    )
    paused_at = Instant(required=True, allow_none=True)
    paused_by = fields.Nested(
        PersonSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Null as well where the console paused it."},
    )
    pause_reason = fields.String(required=True, allow_none=True)
    last_success_at = Instant(required=True, allow_none=True)
    last_failure_at = Instant(required=True, allow_none=True)
    pending = fields.Integer(required=True)
    oldest_pending_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "Of those that nobody's quiet hours or digest hold back."},
    )
    deliveries = fields.List(fields.Nested(DeliveryCountSchema), required=True)
    answers = fields.List(fields.Nested(AnswerCountSchema), required=True)
    dead_letters = fields.Integer(required=True, metadata={"description": "On open heaps."})
    may_pause = fields.Boolean(
        required=True, metadata={"description": "The reader may pause it, or let it go on."}
    )
    version = fields.Integer(required=True)


class NewChannelPause(Schema):
    """Why nothing is to go out."""

    reason = fields.String(required=True, validate=_WORDS, metadata={"example": "供应商维护"})


class NotificationOutboxSchema(Schema):
    """What has happened and has not been told yet."""

    waiting = fields.Integer(required=True)
    oldest_at = Instant(required=True, allow_none=True)


class FaultOfficeSchema(Schema):
    """An office."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)


class DeliveryFaultSchema(Schema):
    """The dead letters of one channel and code, for the people of one office."""

    id = fields.Integer(required=True)
    channel = fields.Enum(DeliveryChannel, by_value=True, required=True)
    code = fields.String(required=True, metadata={"example": "INVALID_ARGUMENT"})
    office = fields.Nested(FaultOfficeSchema, required=True)
    owner_post = fields.Enum(PostKind, by_value=True, required=True)
    state = fields.Enum(FaultState, by_value=True, required=True)
    letters = fields.Integer(required=True)
    replayed = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "How many went out again; the others were read meanwhile."},
    )
    first_at = Instant(required=True)
    last_at = Instant(required=True)
    closed_at = Instant(required=True, allow_none=True)
    closed_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    may_close = fields.Boolean(
        required=True, metadata={"description": "The reader may replay or dismiss it now."}
    )
    version = fields.Integer(required=True)


class DeliveryFaultQuery(PageQuery):
    """Which heaps."""

    state = fields.Enum(FaultState, by_value=True, load_default=None)


class NewFaultDismissal(Schema):
    """Why they need not go out."""

    reason = fields.String(
        required=True, validate=_WORDS, metadata={"example": "测试推送，无需重发"}
    )


@blp.route("/notification-channels")
class NotificationChannels(Resource):
    """The channels."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(NotificationChannelSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List how the channels do; for administrators."""
        found = page(self.act.session, health.visible(self.act), ChannelHealth.id, **query)
        return Page(_channels(self.act, found.items), found.next_cursor)


@blp.route("/notification-channels/<int:channel_id>")
class OneNotificationChannel(Resource):
    """One channel."""

    @blp.response(200, NotificationChannelSchema)
    def get(self, channel_id: int) -> dict[str, Any]:
        """Read how a channel does."""
        return _channels(self.act, [health.find(self.act, channel_id)])[0]


@blp.route("/notification-channels/<int:channel_id>/pause")
class ChannelPause(Resource):
    """A pause by hand."""

    @blp.arguments(NewChannelPause)
    @blp.response(200, NotificationChannelSchema)
    def put(self, given: dict[str, Any], channel_id: int) -> dict[str, Any]:
        """Let nothing go out by a channel for now."""
        channel = self.expect(health.find(self.act, channel_id))
        return _channels(self.act, [health.pause(self.act, channel, **given)])[0]


@blp.route("/notification-channels/<int:channel_id>/resumption")
class ChannelResumption(Resource):
    """The end of a pause."""

    @blp.response(200, NotificationChannelSchema)
    def put(self, channel_id: int) -> dict[str, Any]:
        """Let a channel go on."""
        channel = self.expect(health.find(self.act, channel_id))
        return _channels(self.act, [health.resume(self.act, channel)])[0]


@blp.route("/notification-outbox")
class NotificationOutbox(Resource):
    """The outbox."""

    @blp.response(200, NotificationOutboxSchema)
    def get(self) -> dict[str, Any]:
        """Read how long the outbox is and how old; for administrators, else there is nothing."""
        if not allows(self.act.actor, Permission.CHANNEL_READ, None):
            return {"waiting": 0, "oldest_at": None}
        found = desk.outbox(self.act.session)
        return {"waiting": found.waiting, "oldest_at": found.oldest_at}


@blp.route("/delivery-faults")
class DeliveryFaults(Resource):
    """The heaps of dead letters."""

    @blp.arguments(DeliveryFaultQuery, location="query")
    @blp.response(200, page_of(DeliveryFaultSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the heaps that the reader keeps, the newest first."""
        chosen = faults.visible(self.act)
        if query["state"] is not None:
            chosen = chosen.where(DeliveryFault.state == query["state"])
        found = page(self.act.session, chosen, DeliveryFault.id.desc(), **query)
        return Page(_faults(self.act, found.items), found.next_cursor)


@blp.route("/delivery-faults/<int:fault_id>")
class OneDeliveryFault(Resource):
    """One heap."""

    @blp.response(200, DeliveryFaultSchema)
    def get(self, fault_id: int) -> dict[str, Any]:
        """Read a heap."""
        return _faults(self.act, [faults.find(self.act, fault_id)])[0]


@blp.route("/delivery-faults/<int:fault_id>/replay")
class FaultReplay(Resource):
    """Its letters go out again."""

    @blp.response(200, DeliveryFaultSchema)
    def put(self, fault_id: int) -> dict[str, Any]:
        """Let the letters of a heap go out again, as far as they still make sense."""
        fault = self.expect(faults.find(self.act, fault_id))
        return _faults(self.act, [faults.replay(self.act, fault)])[0]


@blp.route("/delivery-faults/<int:fault_id>/dismissal")
class FaultDismissal(Resource):
    """They need not."""

    @blp.arguments(NewFaultDismissal)
    @blp.response(200, DeliveryFaultSchema)
    def put(self, given: dict[str, Any], fault_id: int) -> dict[str, Any]:
        """Say why the letters of a heap need not go out."""
        fault = self.expect(faults.find(self.act, fault_id))
        return _faults(self.act, [faults.dismiss(self.act, fault, **given)])[0]


def _channels(act: Act, found: Sequence[ChannelHealth]) -> list[dict[str, Any]]:
    """The channels with their figures: so many queries, however many channels."""
    session, now = act.session, machine_now()
    names = _names(act, (one.paused_by for one in found))
    pending, oldest = desk.pending(session), desk.oldest(session)
    states = defaultdict[DeliveryChannel, list[desk.Stood]](list)
    for stood in desk.stood(session, now):
        states[stood.channel].append(stood)
    answers = defaultdict[DeliveryChannel, list[desk.Answered]](list)
    for answered in desk.answered(session, now - desk.DAY):
        answers[answered.channel].append(answered)
    letters = defaultdict[DeliveryChannel, int](int)
    for heaped in desk.heaped(session):
        letters[heaped.channel] += heaped.letters
    return [
        {name: getattr(one, name) for name in _TOLD}
        | {
            "paused_by": _named(names, one.paused_by),
            "pending": pending.get(one.channel, 0),
            "oldest_pending_at": oldest.get(one.channel),
            "deliveries": states[one.channel],
            "answers": answers[one.channel],
            "dead_letters": letters[one.channel],
            "may_pause": allows(act.actor, Permission.CHANNEL_PAUSE, one),
        }
        for one in found
    ]


def _faults(act: Act, found: Sequence[DeliveryFault]) -> list[dict[str, Any]]:
    names = _names(act, (one.closed_by for one in found))
    offices = {
        office.id: office
        for office in act.session.scalars(
            select(Office).where(Office.id.in_({one.office_id for one in found}))
        )
    }
    return [
        {name: getattr(one, name) for name in _KEPT}
        | {
            "office": {"id": one.office_id, "name": offices[one.office_id].name},
            "closed_by": _named(names, one.closed_by),
            "may_close": one.state is FaultState.OPEN
            and allows(act.actor, Permission.DELIVERY_FAULT_REPLAY, one),
        }
        for one in found
    ]


def _names(act: Act, ids: Any) -> Mapping[int, str]:
    wanted = {one for one in ids if one}
    return people.names(act.session, wanted) if wanted else {}


def _named(names: Mapping[int, str], person_id: int | None) -> dict[str, Any] | None:
    return None if person_id is None else {"id": person_id, "name": names[person_id]}


_TOLD = (
    "id",
    "channel",
    "state",
    "error",
    "failures",
    "opened_until",
    "not_before",
    "paused_at",
    "pause_reason",
    "last_success_at",
    "last_failure_at",
    "version",
)
_KEPT = (
    "id",
    "channel",
    "code",
    "owner_post",
    "state",
    "letters",
    "replayed",
    "first_at",
    "last_at",
    "closed_at",
    "reason",
    "version",
)
