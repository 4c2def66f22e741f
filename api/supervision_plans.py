"""The year's plan of activities for people's supervisors over HTTP (PSUP-2021 31)."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import supervision_plans
from services.activities import ActivityKind
from services.supervision_plans import (
    PlannedKind,
    Planner,
    SupervisionPlan,
    SupervisionPlanState,
)

blp = Blueprint(
    "supervision_plans",
    __name__,
    url_prefix="/supervision-plans",
    description="How many activities for people's supervisors a year is to bring (PSUP-2021 31).",
)

BIGGEST = 2**31 - 1
MOST = 10_000
_WORDS = validate.And(validate.Length(1, 2000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))


class PlannedKindSchema(Schema):
    """How many activities of a kind, and for how many supervisors in all."""

    kind = fields.Enum(ActivityKind, by_value=True, required=True)
    activities = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, MOST), metadata={"example": 12}
    )
    supervisors = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, MOST), metadata={"example": 36}
    )


class SupervisionPlanSchema(Schema):
    """One edition of the plan of a year."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    procuratorate_id = fields.Integer(required=True)
    organ_id = fields.Integer(required=True)
    year = fields.Integer(required=True, metadata={"example": 2026})
    edition = fields.Integer(required=True, metadata={"example": 1})
    state = fields.Enum(SupervisionPlanState, by_value=True, required=True)
    lines = fields.List(fields.Nested(PlannedKindSchema), required=True)
    remark = fields.String(required=True, allow_none=True)
    drafted_at = Instant(required=True)
    delivered_at = Instant(required=True, allow_none=True)


class SupervisionPlanQuery(PageQuery):
    """Which plans."""

    year = fields.Integer(load_default=None, validate=validate.Range(2000, 2200))
    state = fields.Enum(SupervisionPlanState, by_value=True, load_default=None)


class SupervisionPlanChange(Schema):
    """What is planned."""

    lines = fields.List(
        fields.Nested(PlannedKindSchema),
        required=True,
        validate=validate.Length(1, len(ActivityKind)),
    )
    remark = fields.String(load_default=None, allow_none=True, validate=_WORDS)


class NewSupervisionPlan(SupervisionPlanChange):
    """A plan, or a correction of the one that was handed over."""

    procuratorate_id = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, BIGGEST)
    )
    organ_id = fields.Integer(required=True, strict=True, validate=validate.Range(1, BIGGEST))
    year = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(2000, 2200),
        metadata={"example": 2026},
    )


def _lines(given: dict[str, Any]) -> list[PlannedKind]:
    return [PlannedKind(**line) for line in given.pop("lines")]


@blp.route("")
class SupervisionPlans(Resource):
    """The plans one may read."""

    @blp.arguments(SupervisionPlanQuery, location="query")
    @blp.response(200, page_of(SupervisionPlanSchema))
    def get(self, wanted: dict[str, Any]) -> Page[SupervisionPlan]:
        """List the plans, the newest first."""
        chosen = supervision_plans.visible(self.act)
        for name in ("year", "state"):
            if wanted[name] is not None:
                chosen = chosen.where(getattr(SupervisionPlan, name) == wanted[name])
        return page(self.act.session, chosen, SupervisionPlan.id.desc(), **wanted)

    @blp.arguments(NewSupervisionPlan)
    @blp.response(201, SupervisionPlanSchema)
    def post(self, given: dict[str, Any]) -> SupervisionPlan:
        """Draw up the plan of a year, or a correction of it."""
        planner = Planner(given.pop("procuratorate_id"))
        return supervision_plans.draw_up(self.act, planner, lines=_lines(given), **given)


@blp.route("/<int:plan_id>")
class OneSupervisionPlan(Resource):
    """One edition of a plan."""

    @blp.response(200, SupervisionPlanSchema)
    def get(self, plan_id: int) -> SupervisionPlan:
        """Read a plan."""
        return supervision_plans.find(self.act, plan_id)

    @blp.arguments(SupervisionPlanChange)
    @blp.response(200, SupervisionPlanSchema)
    def put(self, given: dict[str, Any], plan_id: int) -> SupervisionPlan:
        """State a draft anew."""
        plan = self.expect(supervision_plans.find(self.act, plan_id))
        return supervision_plans.restate(self.act, plan, lines=_lines(given), **given)


@blp.route("/<int:plan_id>/delivery")
class SupervisionPlanDelivery(Resource):
    """A plan goes to the organ."""

    @blp.response(200, SupervisionPlanSchema)
    def put(self, plan_id: int) -> SupervisionPlan:
        """Hand a plan to the organ."""
        plan = self.expect(supervision_plans.find(self.act, plan_id))
        return supervision_plans.deliver(self.act, plan)
