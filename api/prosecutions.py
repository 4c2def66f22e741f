"""Prosecutions over HTTP: one suspect's way from the transfer to the judgment."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields

from api.arrest_reviews import ReviewedSuspectSchema
from api.deadlines import DeadlineSchema, Name, Named, Number
from api.deadlines import item as deadline_item
from api.pleas import PleaSchema, plea_shown
from api.proceedings import NewStep, OpenStepSchema, TakenStepSchema, insider, matter_shown, take
from api.resource import Blueprint, Resource
from services import cases, proceedings, prosecutions
from services.cases import Case, CaseKind
from services.deadlines import Deadline, warning_settings
from services.deadlines.tiers import Tiers
from services.kernel.act import Act
from services.policy import Permission, allows
from services.prosecutions import Prosecution, ProsecutionState

blp = Blueprint(
    "prosecutions",
    __name__,
    url_prefix="/prosecutions",
    description="One suspect's prosecution: review, indictment or not, trial, protest.",
)


class LinkedCaseSchema(Schema):
    """Another case of the same suspect."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    kind = fields.Enum(CaseKind, by_value=True, required=True)


class ProsecutionBriefSchema(Schema):
    """One suspect's prosecution, as the case shows it."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    case_id = fields.Integer(required=True)
    case_number = fields.String(required=True)
    state = fields.Enum(ProsecutionState, by_value=True, required=True)
    suspect = fields.Nested(ReviewedSuspectSchema, required=True)
    charges = fields.List(fields.String(), required=True, metadata={"example": ["盗窃罪"]})
    deadlines = fields.List(fields.Nested(DeadlineSchema), required=True)
    proposal_id = fields.Integer(required=True, allow_none=True)


class ProsecutionSchema(ProsecutionBriefSchema):
    """One suspect's prosecution, with what can be done and what was done."""

    open_steps = fields.List(fields.Nested(OpenStepSchema), required=True)
    history = fields.List(fields.Nested(TakenStepSchema), required=True)
    proposed = fields.String(required=True, allow_none=True)
    linked = fields.List(fields.Nested(LinkedCaseSchema), required=True)
    indictment = fields.Dict(required=True, allow_none=True)
    plea = fields.Nested(PleaSchema, required=True)


def _brief(
    prosecution: Prosecution,
    act: Act,
    periods: Sequence[Deadline],
    set_by: Mapping[int, Tiers],
    proposal_id: int | None,
) -> dict[str, Any]:
    """The prosecution as the case shows it."""
    named = Named(
        Name(prosecution.suspect.id, prosecution.suspect.name),
        Number(prosecution.case_id, prosecution.case.number),
    )
    return {
        "id": prosecution.id,
        "version": prosecution.version,
        "case_id": prosecution.case_id,
        "case_number": prosecution.case.number,
        "state": prosecution.state,
        "suspect": prosecution.suspect,
        "charges": [charge.name for charge in prosecution.suspect.charges],
        "deadlines": [
            deadline_item(act, one, named, set_by)
            for one in periods
            if allows(act.actor, Permission.DEADLINE_READ, one) or insider(act, prosecution)
        ],
        "proposal_id": proposal_id if insider(act, prosecution) else None,
    }


def all_shown(act: Act, found: Sequence[Prosecution]) -> list[dict[str, Any]]:
    """The prosecutions of a case as this reader may see them."""
    periods = prosecutions.periods(act, found)
    set_by = warning_settings.tiers_set(act.session)
    waiting = proceedings.awaited_in(act, found)
    return [_brief(one, act, periods[one.suspect_id], set_by, waiting.get(one.id)) for one in found]


def _shown(act: Act, prosecution: Prosecution) -> dict[str, Any]:
    act.session.flush()
    (told,) = all_shown(act, [prosecution])
    mine = cases.visible(act).with_only_columns(Case.id)
    others = cases.of_suspects([prosecution.suspect_id]).where(
        Case.id.in_(mine), Case.id != prosecution.case_id
    )
    return {
        **told,
        "linked": act.session.scalars(others).all(),
        "indictment": prosecution.indictment if insider(act, prosecution) else None,
        "plea": plea_shown(act, prosecution),
        **matter_shown(act, prosecution),
    }


@blp.route("/<int:prosecution_id>")
class OneProsecution(Resource):
    """One prosecution."""

    @blp.response(200, ProsecutionSchema)
    def get(self, prosecution_id: int) -> dict[str, Any]:
        """Read one suspect's prosecution, with what can be done and what was done."""
        return _shown(self.act, prosecutions.find(self.act, prosecution_id))


@blp.route("/<int:prosecution_id>/steps")
class ProsecutionSteps(Resource):
    """The steps of a prosecution."""

    @blp.arguments(NewStep)
    @blp.response(200, ProsecutionSchema)
    def post(self, given: dict[str, Any], prosecution_id: int) -> dict[str, Any]:
        """Take a step in one suspect's prosecution, or put it forward for approval."""
        prosecution = self.expect(prosecutions.find(self.act, prosecution_id))
        take(self.act, prosecution, given)
        return _shown(self.act, prosecution)
