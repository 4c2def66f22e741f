"""Urgent interrogations over HTTP, and what those who gave way say to it."""

from typing import Any

from marshmallow import Schema, fields

from api import interrogations as sittings
from api.interrogation_changes import REASON
from api.interrogations import ArrangementSchema, InterrogationSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import interrogations
from services.interrogations import urgency
from services.interrogations.displacements import (
    Displacement,
    DisplacementState,
    ObjectionFinding,
)
from services.interrogations.flow import UrgentGround
from services.kernel.act import Act

blp = Blueprint(
    "urgency",
    __name__,
    description="Urgent interrogations: who gives way, and what they may say to it.",
)


class NewUrgentInterrogation(ArrangementSchema):
    """An interrogation that cannot wait."""

    because = fields.Enum(UrgentGround, by_value=True, required=True)
    grounds = fields.String(
        required=True, validate=REASON, metadata={"example": "关键证据可能灭失，需要立即核实。"}
    )
    starts_at = Instant(
        load_default=None,
        allow_none=True,
        metadata={"description": "The time that is wanted; without it the best is found."},
    )


class UrgentInterrogationSchema(InterrogationSchema):
    """An urgent interrogation that has a time."""

    gave_way = fields.Integer(
        required=True, metadata={"description": "How many gave way to it.", "example": 1}
    )


class NewDisplacementObjection(Schema):
    """Why it should not have given way."""

    reason = fields.String(
        required=True, validate=REASON, metadata={"example": "翻译人员仅当日能够到场。"}
    )


class NewObjectionDecision(Schema):
    """What is decided, and why."""

    finding = fields.Enum(ObjectionFinding, by_value=True, required=True)
    reasons = fields.String(required=True, validate=REASON, metadata={"example": "紧急理由成立。"})


class DisplacementSchema(Schema):
    """A time that was given up for a more urgent interrogation."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    interrogation_id = fields.Integer(required=True)
    state = fields.Enum(DisplacementState, by_value=True, required=True)
    old_starts_at = Instant(required=True)
    old_ends_at = Instant(required=True)
    new_starts_at = Instant(required=True)
    new_ends_at = Instant(required=True)
    because = fields.Enum(
        UrgentGround,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "Why the other could not wait."},
    )
    displaced_at = Instant(required=True)
    object_until = Instant(required=True)
    objected_at = Instant(required=True, allow_none=True)
    objection = fields.String(required=True)
    decided_at = Instant(required=True, allow_none=True)
    decision_reasons = fields.String(required=True)
    given_back = fields.Boolean(required=True)
    allowed = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["object"]},
    )


@blp.route("/urgent-interrogations")
class UrgentInterrogations(Resource):
    """Those that cannot wait."""

    @blp.arguments(NewUrgentInterrogation)
    @blp.response(201, UrgentInterrogationSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Book an interrogation that cannot wait."""
        asked = {name: given.pop(name) for name in ("because", "grounds", "starts_at")}
        wish, arrangement = sittings.wished(self.act, given)
        came = urgency.book_urgently(self.act, wish, arrangement, **asked)
        return sittings.shown(self.act, came.interrogation) | {"gave_way": len(came.displaced)}


@blp.route("/interrogations/<int:interrogation_id>/displacement")
class InterrogationDisplacement(Resource):
    """The one time that it gave way."""

    @blp.response(200, DisplacementSchema)
    def get(self, interrogation_id: int) -> dict[str, Any]:
        """Read why an interrogation gave way, and until when one may object."""
        found = interrogations.find(self.act, interrogation_id)
        return _shown(self.act, urgency.find_of(self.act, found))


@blp.route("/interrogations/<int:interrogation_id>/objection")
class InterrogationObjection(Resource):
    """What its handler says to having given way."""

    @blp.arguments(NewDisplacementObjection)
    @blp.response(200, DisplacementSchema)
    def put(self, given: dict[str, Any], interrogation_id: int) -> dict[str, Any]:
        """Object to having given way."""
        found = interrogations.find(self.act, interrogation_id)
        displacement = self.expect(urgency.find_of(self.act, found))
        return _shown(self.act, urgency.object_to(self.act, displacement, **given))


@blp.route("/displacements/<int:displacement_id>")
class OneDisplacement(Resource):
    """A time that was given up."""

    @blp.response(200, DisplacementSchema)
    def get(self, displacement_id: int) -> dict[str, Any]:
        """Read a displacement."""
        return _shown(self.act, urgency.find(self.act, displacement_id))


@blp.route("/displacements/<int:displacement_id>/decision")
class DisplacementDecision(Resource):
    """What is decided on an objection."""

    @blp.arguments(NewObjectionDecision)
    @blp.response(200, DisplacementSchema)
    def put(self, given: dict[str, Any], displacement_id: int) -> dict[str, Any]:
        """Decide on an objection."""
        found = self.expect(urgency.find(self.act, displacement_id))
        return _shown(self.act, urgency.decide_objection(self.act, found, **given))


def _shown(act: Act, one: Displacement) -> dict[str, Any]:
    same = (
        "id version interrogation_id state displaced_at object_until objected_at objection"
        " decided_at decision_reasons given_back"
    )
    return {name: getattr(one, name) for name in same.split()} | {
        "old_starts_at": one.before.lower,
        "old_ends_at": one.before.upper,
        "new_starts_at": one.after.lower,
        "new_ends_at": one.after.upper,
        "because": one.urgent.urgent_because,
        "allowed": urgency.allowed(act, one),
    }
