"""The waiting list over HTTP: stand in line, see who is in it, answer an offer."""

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import func

from api import interrogations as sittings
from api.interrogations import ArrangementSchema, InterrogationBriefSchema, InterrogationSchema
from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from api.slots import SlotSchema
from api.wire import Instant
from services import interrogations
from services.interrogations import Interrogation, offers, waiting
from services.interrogations.offers import SlotOffer, SlotOfferState

blp = Blueprint(
    "waiting",
    __name__,
    description="The waiting list: in the order in which periods end; slots that fall free.",
)


class NewWaitingInterrogation(ArrangementSchema):
    """An interrogation for which there is no time yet."""

    reason = fields.String(
        load_default="", validate=validate.Length(max=500), metadata={"example": "等候空出时段。"}
    )


class WaitingInterrogationSchema(InterrogationSchema):
    """An interrogation on the waiting list."""

    free_slot = fields.Nested(
        SlotSchema,
        required=True,
        allow_none=True,
        metadata={"description": "A slot that is free all the same: book it, or be offered it."},
    )


class WaitingBriefSchema(InterrogationBriefSchema):
    """An interrogation in the waiting list."""

    waiting_since = Instant(required=True, allow_none=True)
    escalated_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When less than a third of its period was left."},
    )


class SlotOfferSchema(Schema):
    """A slot that is kept for an interrogation until it is answered."""

    id = fields.Integer(required=True)
    interrogation_id = fields.Integer(required=True)
    state = fields.Enum(SlotOfferState, by_value=True, required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    room_id = fields.Integer(required=True, allow_none=True)
    offered_at = Instant(required=True)
    held_until = Instant(required=True)
    answered_at = Instant(required=True, allow_none=True)


@blp.route("/waiting-interrogations")
class WaitingInterrogations(Resource):
    """Those for which there is no time yet."""

    @blp.arguments(NewWaitingInterrogation)
    @blp.response(201, WaitingInterrogationSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Put an interrogation on the waiting list."""
        reason = given.pop("reason")
        wish, arrangement = sittings.wished(self.act, given)
        queued = waiting.wait(self.act, wish, arrangement, reason=reason)
        return sittings.shown(self.act, queued.interrogation) | {"free_slot": queued.free}

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(WaitingBriefSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List who waits, in the order in which slots are offered."""
        found = page(
            self.act.session,
            sittings.read(waiting.waiting_list(self.act)),
            func.coalesce(Interrogation.not_after, waiting.NEVER),
            func.coalesce(Interrogation.waiting_since, waiting.NEVER),
            Interrogation.id,
            **query,
        )
        rows = [
            sittings.brief(one)
            | {"waiting_since": one.waiting_since, "escalated_at": one.escalated_at}
            for one in found.items
        ]
        return Page(rows, found.next_cursor)


@blp.route("/interrogations/<int:interrogation_id>/offers")
class InterrogationOffers(Resource):
    """What was offered to one that waits."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(SlotOfferSchema))
    def get(self, query: dict[str, Any], interrogation_id: int) -> Page[dict[str, Any]]:
        """List what was offered, the newest first."""
        found = interrogations.find(self.act, interrogation_id)
        chosen = offers.offers_of(found)
        kept = page(self.act.session, chosen, SlotOffer.id.desc(), **query)
        return Page([_shown(one) for one in kept.items], kept.next_cursor)


@blp.route("/slot-offers/<int:offer_id>/acceptance")
class SlotOfferAcceptance(Resource):
    """An offer that is taken."""

    @blp.response(200, SlotOfferSchema)
    def put(self, offer_id: int) -> dict[str, Any]:
        """Take the slot that is offered."""
        found = waiting.find_offer(self.act, offer_id)
        return _shown(waiting.accept_offer(self.act, found))


@blp.route("/slot-offers/<int:offer_id>/refusal")
class SlotOfferRefusal(Resource):
    """An offer that is left to the next in line."""

    @blp.response(200, SlotOfferSchema)
    def put(self, offer_id: int) -> dict[str, Any]:
        """Leave the slot to the next in line."""
        found = waiting.find_offer(self.act, offer_id)
        return _shown(waiting.decline_offer(self.act, found))


def _shown(one: SlotOffer) -> dict[str, Any]:
    same = "id interrogation_id state room_id offered_at held_until answered_at"
    return {name: getattr(one, name) for name in same.split()} | {
        "starts_at": one.during.lower,
        "ends_at": one.during.upper,
    }
