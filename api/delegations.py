"""Delegations over HTTP: who acts for an absent chief procurator."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import joinedload

from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import delegations
from services.delegations import Chair, Delegation

blp = Blueprint(
    "delegations",
    __name__,
    url_prefix="/delegations",
    description="Who acts for an absent chief procurator, and until when.",
)
BIGGEST = 2**31 - 1


class DelegationSchema(Schema):
    """One delegation (授权)."""

    id = fields.Integer(required=True)
    office_id = fields.Integer(required=True)
    giver = fields.Nested(PersonSchema, required=True)
    taker = fields.Nested(PersonSchema, required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    reason = fields.String(required=True)
    given_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)


class DelegationsSchema(Schema):
    """The delegations of the reader's offices."""

    items = fields.List(fields.Nested(DelegationSchema), required=True)


class NewDelegation(Schema):
    """Who is to act, from–to a day."""

    office_id = fields.Integer(required=True, strict=True, validate=validate.Range(1, BIGGEST))
    to_id = fields.Integer(required=True, strict=True, validate=validate.Range(1, BIGGEST))
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    reason = fields.String(
        required=True,
        validate=validate.And(validate.Length(1, 2_000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z")),
        metadata={"example": "检察长外出学习期间，授权副检察长代行审批职责。"},
    )


@blp.route("")
class Delegations(Resource):
    """The delegations one may see."""

    @blp.response(200, DelegationsSchema)
    def get(self) -> dict[str, Sequence[Delegation]]:
        """List the delegations of the reader's offices, the newest first."""
        chosen = delegations.visible(self.act).options(
            joinedload(Delegation.giver), joinedload(Delegation.taker)
        )
        ordered = chosen.order_by(Delegation.id.desc()).limit(200)
        return {"items": self.act.session.scalars(ordered).all()}

    @blp.arguments(NewDelegation)
    @blp.response(201, DelegationSchema)
    def post(self, given: dict[str, Any]) -> Delegation:
        """Let somebody act for the chief procurator for a time."""
        chair = Chair(given.pop("office_id"))
        return delegations.give(self.act, chair, **given)


@blp.route("/<int:delegation_id>/end")
class DelegationEnd(Resource):
    """The end of a delegation."""

    @blp.response(200, DelegationSchema)
    def put(self, delegation_id: int) -> Delegation:
        """End a delegation before its last day."""
        return delegations.end(self.act, delegations.find(self.act, delegation_id))
