"""Delegations over HTTP: who acts for an absent chief procurator."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import joinedload

from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import delegations, people
from services.delegations import Chair, Delegation, SubstitutionOrder
from services.policy import MATTERS_ZH, RESERVED, Matter

blp = Blueprint(
    "delegations",
    __name__,
    url_prefix="/delegations",
    description="Who acts for an absent chief procurator, and until when.",
)
BIGGEST = 2**31 - 1


class ByDelegationSchema(Schema):
    """By whose delegation somebody decided for a chief procurator who was away (RULES 4¶2)."""

    id = fields.Integer(required=True)
    holder = fields.Nested(PersonSchema, required=True, attribute="taker")
    of = fields.Nested(PersonSchema, required=True, attribute="giver")
    until_on = fields.Date(required=True)


class DelegationSchema(Schema):
    """One delegation (授权)."""

    id = fields.Integer(required=True)
    office_id = fields.Integer(required=True)
    giver = fields.Nested(PersonSchema, required=True)
    taker = fields.Nested(PersonSchema, required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    matters = fields.List(
        fields.String(validate=validate.OneOf([one.value for one in Matter])), required=True
    )
    by_order = fields.Boolean(
        required=True,
        metadata={"description": "It came of the standing order, as the chief went on leave."},
    )
    reason = fields.String(required=True)
    given_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)


class DelegableMatterSchema(Schema):
    """What a chief procurator can let others decide, or decides in person."""

    code = fields.Enum(Matter, by_value=True, required=True)
    zh = fields.String(required=True, metadata={"example": "审查逮捕决定"})
    reserved = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The article that reserves it to the chief, if one does."},
    )


class DelegableMattersSchema(Schema):
    """Every matter."""

    items = fields.List(fields.Nested(DelegableMatterSchema), required=True)


class SubstitutionOrderSchema(Schema):
    """Who stands in on the chief's days of leave (代行顺序), the first one first."""

    office_id = fields.Integer(required=True)
    substitutes = fields.List(fields.Nested(PersonSchema), required=True)
    matters = fields.List(fields.Enum(Matter, by_value=True), required=True)
    ordered_at = Instant(required=True)


class NewSubstitutionOrder(Schema):
    """Who is to stand in, and in what."""

    substitute_ids = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, BIGGEST)),
        required=True,
        validate=validate.Length(1, 20),
    )
    matters = fields.List(
        fields.Enum(Matter, by_value=True), required=True, validate=validate.Length(1, len(Matter))
    )


class DelegationsSchema(Schema):
    """The delegations of the reader's offices."""

    items = fields.List(fields.Nested(DelegationSchema), required=True)


class NewDelegation(Schema):
    """Who is to act, from–to a day."""

    office_id = fields.Integer(required=True, strict=True, validate=validate.Range(1, BIGGEST))
    to_id = fields.Integer(required=True, strict=True, validate=validate.Range(1, BIGGEST))
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    matters = fields.List(
        fields.Enum(Matter, by_value=True),
        required=True,
        validate=validate.Length(1, len(Matter)),
        metadata={"description": "What the person may decide; what the law reserves is refused."},
    )
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


@blp.route("/matters")
class Matters(Resource):
    """What can be delegated."""

    @blp.response(200, DelegableMattersSchema)
    def get(self) -> dict[str, Any]:
        """List what a chief procurator can let others decide, and what not."""
        return {
            "items": [
                {
                    "code": matter,
                    "zh": MATTERS_ZH[matter],
                    "reserved": RESERVED[matter][1] if matter in RESERVED else None,
                }
                for matter in Matter
            ]
        }


@blp.route("/orders/<int:office_id>")
class SubstitutionOrders(Resource):
    """The standing order of an office."""

    @blp.response(200, SubstitutionOrderSchema)
    def get(self, office_id: int) -> dict[str, Any]:
        """Show who stands in on the chief's days of leave."""
        return self._shown(delegations.order_of(self.act, office_id))

    @blp.arguments(NewSubstitutionOrder)
    @blp.response(200, SubstitutionOrderSchema)
    def put(self, given: dict[str, Any], office_id: int) -> dict[str, Any]:
        """Say who stands in on the chief's days of leave, and in what."""
        ordered = delegations.order(
            self.act,
            Chair(office_id),
            substitutes=given["substitute_ids"],
            matters=given["matters"],
        )
        return self._shown(ordered)

    def _shown(self, standing: SubstitutionOrder) -> dict[str, Any]:
        named = people.names(self.act.session, standing.substitutes)
        return {
            "office_id": standing.office_id,
            "substitutes": [{"id": one, "name": named[one]} for one in standing.substitutes],
            "matters": [Matter(one) for one in standing.matters],
            "ordered_at": standing.ordered_at,
        }
