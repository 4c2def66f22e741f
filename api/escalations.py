"""Escalations over HTTP: what nobody has confirmed, who was told when, and who has answered."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.problems import reads_english
from api.resource import Blueprint, Resource
from api.wire import Instant
from notifications import deliveries, escalations
from notifications.escalations import UNANSWERED, Escalation, EscalationState
from notifications.ladders import LADDERS, LadderName, LadderRung
from notifications.messages import Urgency
from services import people
from services.kernel.act import Act
from services.policy import PostKind

blp = Blueprint(
    "escalations",
    __name__,
    description="What nobody has confirmed goes up a ladder until somebody has (RULES 613, 664).",
)


class EscalationQuery(PageQuery):
    """Which escalations."""

    state = fields.Enum(
        EscalationState,
        by_value=True,
        load_default=None,
        metadata={"description": "Without one: whatever is not answered yet."},
    )


class EscalationToldSchema(Schema):
    """Somebody who was told, and as which post."""

    person = fields.Nested(PersonSchema, required=True)
    post = fields.Enum(PostKind, by_value=True, required=True, allow_none=True)


class EscalationCallSchema(Schema):
    """One rung that was told."""

    rung = fields.Enum(
        LadderRung,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "Null for the message itself."},
    )
    told_at = Instant(required=True)
    told = fields.List(fields.Nested(EscalationToldSchema), required=True)


class EscalationSchema(Schema):
    """One message on its ladder."""

    id = fields.Integer(required=True)
    title = fields.String(required=True, metadata={"example": "期限即将届满"})
    body = fields.String(required=True)
    link = fields.String(required=True, metadata={"example": "/deadlines/5"})
    ladder = fields.Enum(LadderName, by_value=True, required=True)
    urgency = fields.Enum(Urgency, by_value=True, required=True, data_key="class")
    state = fields.Enum(EscalationState, by_value=True, required=True)
    explicit = fields.Boolean(
        required=True,
        metadata={"description": "Only an acknowledgement stops it; reading the line does not."},
    )
    begun_at = Instant(required=True)
    next_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When the next rung is told; null where none is left."},
    )
    next_rung = fields.Enum(LadderRung, by_value=True, required=True, allow_none=True)
    acknowledged_at = Instant(required=True, allow_none=True)
    acknowledged_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    calls = fields.List(
        fields.Nested(EscalationCallSchema),
        required=True,
        metadata={"description": "Who was told when, the message itself first."},
    )


class AcknowledgementSchema(Schema):
    """Whether anybody has answered, and who."""

    state = fields.Enum(EscalationState, by_value=True, required=True)
    acknowledged_at = Instant(required=True, allow_none=True)
    acknowledged_by = fields.Nested(PersonSchema, required=True, allow_none=True)


@blp.route("/escalations")
class Escalations(Resource):
    """What is on a ladder."""

    @blp.arguments(EscalationQuery, location="query")
    @blp.response(200, page_of(EscalationSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List what nobody has confirmed in one's procuratorate, the newest first."""
        wanted = query["state"]
        states = UNANSWERED if wanted is None else (wanted,)
        chosen = escalations.visible(self.act).where(Escalation.state.in_(states))
        found = page(self.act.session, chosen, Escalation.id.desc(), **query)
        return Page(_shown(self.act, found.items), found.next_cursor)


@blp.route("/escalations/<int:escalation_id>")
class OneEscalation(Resource):
    """One escalation."""

    @blp.response(200, EscalationSchema)
    def get(self, escalation_id: int) -> dict[str, Any]:
        """Read who was told when, and who has answered."""
        return _shown(self.act, [escalations.find(self.act, escalation_id)])[0]


@blp.route("/inbox/<uuid:item>/acknowledgement")
class InboxAcknowledgement(Resource):
    """That what a line tells of is known and dealt with."""

    @blp.response(200, AcknowledgementSchema)
    def put(self, item: UUID) -> dict[str, Any]:
        """Say that it is known and dealt with; the line is read with it."""
        found = escalations.acknowledge(self.act, escalations.find_told(self.act, item))
        deliveries.read(self.act, deliveries.find(self.act, item))
        by_id = found.acknowledged_by
        names = people.names(self.act.session, {by_id} if by_id else set())
        return {
            "state": found.state,
            "acknowledged_at": found.acknowledged_at,
            "acknowledged_by": _named(by_id, names),
        }


def _shown(act: Act, found: Sequence[Escalation]) -> list[dict[str, Any]]:
    """The escalations with everybody's names, in few queries."""
    ids = {one for each in found for one in (*each.heard, each.acknowledged_by) if one}
    names = people.names(act.session, ids)
    return [_one(each, names) for each in found]


def _one(one: Escalation, names: dict[int, str]) -> dict[str, Any]:
    message = escalations.original(one)
    words = message.said_in("en" if reads_english() else "zh")
    coming = escalations.coming(one)
    return {name: getattr(one, name) for name in _KEPT} | {
        "title": words.title,
        "body": words.body,
        "link": message.link,
        "explicit": LADDERS[one.ladder].explicit,
        "next_rung": coming,
        "acknowledged_by": _named(one.acknowledged_by, names),
        "calls": [
            {
                "rung": call.rung,
                "told_at": call.told_at,
                "told": [
                    {"person": _named(told.person_id, names), "post": told.post}
                    for told in call.told
                ],
            }
            for call in one.calls
        ],
    }


def _named(person_id: int | None, names: dict[int, str]) -> dict[str, Any] | None:
    return None if person_id is None else {"id": person_id, "name": names[person_id]}


_KEPT = (
    "id",
    "ladder",
    "urgency",
    "state",
    "begun_at",
    "next_at",
    "acknowledged_at",
    "ended_at",
)
