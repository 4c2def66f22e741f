"""Plans over HTTP: ask for many interrogations at once, watch, look, and accept."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.interrogations import ArrangementSchema
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import people, plans
from services.interrogations import Arrangement, Mode
from services.kernel.act import Act
from services.plans import (
    Asked,
    ItemChange,
    LeftOut,
    Order,
    Plan,
    PlanItem,
    PlanItemState,
    PlanState,
    Proof,
)
from services.policy import Permission, allows

blp = Blueprint(
    "plans",
    __name__,
    url_prefix="/plans",
    description="Times proposed for many interrogations at once; a human accepts them.",
)

_ID = validate.Range(1, 2**31 - 1)


class NewPlan(Schema):
    """Which interrogations, in which days."""

    from_on = fields.Date(required=True, metadata={"example": "2026-03-09"})
    days = fields.Integer(
        strict=True,
        load_default=5,
        validate=validate.Range(1, plans.LONGEST),
        metadata={"example": 5},
    )
    interrogations = fields.List(
        fields.Nested(ArrangementSchema),
        required=True,
        validate=validate.Length(1, plans.MOST),
        metadata={
            "example": [
                {
                    "case_id": 31,
                    "suspect_id": 64,
                    "seats": [
                        {"role": "lead", "person_id": 12},
                        {"role": "staff", "person_id": 14},
                    ],
                }
            ]
        },
    )


class NewPlanAcceptance(Schema):
    """What is chosen of a plan."""

    item_ids = fields.List(
        fields.Integer(strict=True, validate=_ID),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, plans.MOST),
        metadata={"description": "Null takes all that have a time.", "example": [7]},
    )


class PlanQuery(PageQuery):
    """Which plans."""

    state = fields.Enum(PlanState, by_value=True, load_default=None)


class PlanBriefSchema(Schema):
    """A plan in a list, and how far the search has come."""

    id = fields.Integer(required=True)
    state = fields.Enum(PlanState, by_value=True, required=True)
    from_on = fields.Date(required=True)
    days = fields.Integer(required=True)
    drawn_up_at = Instant(required=True)
    drawn_up_by = fields.Nested(PersonSchema, required=True)
    placed = fields.Integer(required=True, metadata={"description": "How many have a time."})
    late = fields.Integer(
        required=True,
        metadata={"description": "How many have none though their period ends in these days."},
    )
    objective = fields.Integer(
        required=True, metadata={"description": "The worth of the best answer so far."}
    )
    bound = fields.Integer(required=True, metadata={"description": "No answer can be worth more."})
    proof = fields.Enum(Proof, by_value=True, required=True)
    elapsed_ms = fields.Integer(required=True)
    improved_at = Instant(required=True, allow_none=True)
    accepted_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)


class AlternativeSchema(Schema):
    """A time that was free when the proposed one was taken."""

    starts_at = fields.AwareDateTime(required=True, format="iso")
    room = fields.String(required=True, allow_none=True)


class PlanItemSchema(Schema):
    """One interrogation of a plan; what the search has changed is the diff."""

    id = fields.Integer(required=True)
    state = fields.Enum(PlanItemState, by_value=True, required=True)
    case_id = fields.Integer(required=True)
    case_number = fields.String(required=True)
    suspect_id = fields.Integer(required=True)
    suspect_name = fields.String(required=True)
    mode = fields.Enum(Mode, by_value=True, required=True)
    minutes = fields.Integer(required=True)
    starts_at = Instant(required=True, allow_none=True)
    room = fields.String(required=True, allow_none=True)
    first_starts_at = Instant(
        required=True, allow_none=True, metadata={"description": "The time in the first answer."}
    )
    change = fields.Enum(
        ItemChange,
        by_value=True,
        required=True,
        metadata={"description": "Against the first answer."},
    )
    not_after = Instant(required=True, allow_none=True)
    why = fields.Enum(
        LeftOut,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "Why there is no time for it."},
    )
    refusal = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "The problem type for which it has no time, or was not booked.",
            "example": "already-taken",
        },
    )
    alternatives = fields.List(fields.Nested(AlternativeSchema), required=True)
    interrogation_id = fields.Integer(required=True, allow_none=True)


class PlanSchema(PlanBriefSchema):
    """A plan with all that was asked for, the earliest first and what has no time last."""

    items = fields.List(fields.Nested(PlanItemSchema), required=True)
    may_accept = fields.Boolean(
        required=True, metadata={"description": "The reader may accept or cancel it now."}
    )


@blp.route("")
class Plans(Resource):
    """Plans."""

    @blp.arguments(PlanQuery, location="query")
    @blp.response(200, page_of(PlanBriefSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the plans that the reader may see, the newest first."""
        chosen = plans.visible(self.act)
        if query["state"] is not None:
            chosen = chosen.where(Plan.state == query["state"])
        found = page(self.act.session, chosen, Plan.id.desc(), **query)
        names = people.names(self.act.session, {one.drawn_up_by for one in found.items})
        return Page([_brief(one, names) for one in found.items], found.next_cursor)

    @blp.arguments(NewPlan)
    @blp.response(201, PlanSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Propose times for many interrogations at once."""
        asked = [_asked(one) for one in given["interrogations"]]
        order = Order(plans.wanted(self.act, asked), given["from_on"], given["days"])
        return _shown(self.act, plans.draw_up(self.act, order))


@blp.route("/<int:plan_id>")
class OnePlan(Resource):
    """One plan."""

    @blp.response(200, PlanSchema)
    def get(self, plan_id: int) -> dict[str, Any]:
        """Read a plan, and how far the search has come."""
        return _shown(self.act, plans.find(self.act, plan_id))


@blp.route("/<int:plan_id>/cancellation")
class PlanCancellation(Resource):
    """A plan that is dropped."""

    @blp.response(200, PlanSchema)
    def put(self, plan_id: int) -> dict[str, Any]:
        """Drop a plan and stop its search."""
        plan = self.expect(plans.find(self.act, plan_id))
        return _shown(self.act, plans.cancel(self.act, plan))


@blp.route("/<int:plan_id>/acceptance")
class PlanAcceptance(Resource):
    """A plan that is accepted."""

    @blp.arguments(NewPlanAcceptance)
    @blp.response(200, PlanSchema)
    def put(self, given: dict[str, Any], plan_id: int) -> dict[str, Any]:
        """Book what was chosen of a plan."""
        plan = self.expect(plans.find(self.act, plan_id))
        return _shown(self.act, plans.accept(self.act, plan, given["item_ids"]))


def _asked(given: dict[str, Any]) -> Asked:
    case_id, suspect_id = given.pop("case_id"), given.pop("suspect_id")
    return Asked(case_id, suspect_id, Arrangement(**given | {"seats": tuple(given["seats"])}))


def _brief(plan: Plan, names: dict[int, str]) -> dict[str, Any]:
    kept = (
        "id state from_on days drawn_up_at placed late objective bound proof elapsed_ms"
        " improved_at accepted_at version"
    )
    by = {"id": plan.drawn_up_by, "name": names[plan.drawn_up_by]}
    return {name: getattr(plan, name) for name in kept.split()} | {"drawn_up_by": by}


def _shown(act: Act, plan: Plan) -> dict[str, Any]:
    names = people.names(act.session, {plan.drawn_up_by})
    timed = sorted(
        plan.items, key=lambda item: (item.starts_at is None, item.starts_at or act.now, item.id)
    )
    still = bool(plans.FLOW.open_from(plan.state))
    return _brief(plan, names) | {
        "items": [_item(item) for item in timed],
        "may_accept": still and allows(act.actor, Permission.PLAN_ACCEPT, plan),
    }


def _item(item: PlanItem) -> dict[str, Any]:
    kept = (
        "id state case_id suspect_id starts_at first_starts_at change not_after why refusal"
        " alternatives interrogation_id"
    )
    return {name: getattr(item, name) for name in kept.split()} | {
        "case_number": item.case.number,
        "suspect_name": item.suspect.name,
        "mode": Mode(item.wanted["mode"]),
        "minutes": item.wanted["minutes"],
        "room": item.room.name if item.room else None,
    }
