"""Simple cases over HTTP: one list, the same step in several, and several decisions at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from api.paging import Page, PageQuery, page, page_of
from api.problems import ProblemErrorSchema, in_readers_language, reads_english, status_of
from api.proceedings import WORDS, take
from api.resource import Blueprint, Resource
from services import proceedings
from services.kernel.act import Act
from services.kernel.refusals import Refusal
from services.proceedings import Proposal, ProposalOutcome, ProposalState, TakenStep
from services.prosecutions import Prosecution, ProsecutionState, batches, pleas
from services.prosecutions.batches import Asked, Result
from services.prosecutions.pleas import PleaStanding
from services.sentencing import TrialProcedure

blp = Blueprint(
    "batches",
    __name__,
    url_prefix="",
    description="Simple cases handled from one list: expedited, or pleas for a quick trial.",
)

AT_ONCE, BIGGEST = 50, 2**31 - 1
_ID = validate.Range(1, BIGGEST)
_SOME = validate.Length(1, AT_ONCE)


class SimpleCaseSchema(Schema):
    """One suspect's prosecution in the list of simple cases."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    case_id = fields.Integer(required=True)
    case_number = fields.String(required=True)
    suspect_name = fields.String(required=True)
    charges = fields.List(fields.String(), required=True, metadata={"example": ["盗窃罪"]})
    rule_id = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "R02: reviewed within ten days.", "example": "R02"},
    )
    due_on = fields.Date(required=True, allow_none=True)
    outer_on = fields.Date(required=True, allow_none=True)
    standing = fields.Enum(PleaStanding, by_value=True, required=True)
    procedure = fields.Enum(TrialProcedure, by_value=True, required=True, allow_none=True)
    recommended = fields.String(
        required=True, allow_none=True, metadata={"example": "有期徒刑八个月"}
    )
    proposal_id = fields.Integer(required=True, allow_none=True)
    done = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Steps taken so far.", "example": ["tell_rights"]},
    )


class BatchProblemSchema(Schema):
    """Why one item was refused: as the problem document of the single request would say."""

    type = fields.String(required=True, metadata={"example": "/problems/step-barred"})
    title = fields.String(required=True)
    status = fields.Integer(required=True, metadata={"example": 409})
    ground = fields.String(metadata={"example": "not_interrogated"})
    why = fields.String()
    article = fields.String()
    article_zh = fields.String()
    problems = fields.List(fields.Dict(), metadata={"example": []})
    errors = fields.List(fields.Nested(ProblemErrorSchema))


class NewBatchItem(Schema):
    """One prosecution of a batch, and what is particular to it."""

    prosecution_id = fields.Integer(required=True, strict=True, validate=_ID)
    version = fields.Integer(
        required=True,
        strict=True,
        validate=_ID,
        metadata={"description": "The version that was read, as If-Match says it elsewhere."},
    )
    given = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"description": "Goes before what the batch says.", "example": {}},
    )


class NewBatch(Schema):
    """The same step for several prosecutions."""

    step = fields.String(
        required=True, validate=validate.Length(1, 60), metadata={"example": "tell_rights"}
    )
    given = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"example": {"told": ["suspect"], "form": "oral"}},
    )
    items = fields.List(fields.Nested(NewBatchItem), required=True, validate=_SOME)


class BatchResultSchema(Schema):
    """What came of one prosecution."""

    prosecution_id = fields.Integer(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(["done", "proposed", "refused"]))
    version = fields.Integer(required=True, allow_none=True)
    state = fields.Enum(ProsecutionState, by_value=True, required=True, allow_none=True)
    number = fields.String(required=True, allow_none=True)
    proposal_id = fields.Integer(required=True, allow_none=True)
    problem = fields.Nested(BatchProblemSchema, required=True, allow_none=True)


class BatchSchema(Schema):
    """What came of a batch, in the order in which it was asked."""

    step = fields.String(required=True)
    items = fields.List(fields.Nested(BatchResultSchema), required=True)


class DecidedProposal(Schema):
    """One proposal to be decided."""

    proposal_id = fields.Integer(required=True, strict=True, validate=_ID)
    version = fields.Integer(required=True, strict=True, validate=_ID)


class ProposalDecisions(Schema):
    """The same decision on several proposals of one step."""

    outcome = fields.Enum(ProposalOutcome, by_value=True, required=True)
    note = fields.String(load_default=None, allow_none=True, validate=WORDS)
    items = fields.List(fields.Nested(DecidedProposal), required=True, validate=_SOME)


class DecisionResultSchema(Schema):
    """What came of one proposal."""

    proposal_id = fields.Integer(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(["done", "refused"]))
    version = fields.Integer(required=True, allow_none=True)
    state = fields.Enum(ProposalState, by_value=True, required=True, allow_none=True)
    number = fields.String(required=True, allow_none=True)
    problem = fields.Nested(BatchProblemSchema, required=True, allow_none=True)


class DecisionsSchema(Schema):
    """What came of the decisions, in the order in which they were asked."""

    items = fields.List(fields.Nested(DecisionResultSchema), required=True)


@blp.route("/simple-cases")
class SimpleCases(Resource):
    """The handler's simple cases."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(SimpleCaseSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the reader's own simple cases, the one whose period ends first at the top."""
        chosen = batches.with_names(batches.simple(self.act))
        found = page(
            self.act.session, chosen, batches.kept_until(), Prosecution.id.expression, **query
        )
        return Page(_listed(self.act, found.items), found.next_cursor)


@blp.route("/batches")
class Batches(Resource):
    """One step for several."""

    @blp.arguments(NewBatch)
    @blp.response(200, BatchSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Take the same step in several simple cases; each is done wholly, or refused alone."""
        step = proceedings.step_of(Prosecution.__tablename__, given["step"])

        def doing(prosecution: Prosecution, said: Mapping[str, Any]) -> Any:
            return take(self.act, prosecution, {"step": step.code, "given": said})

        asked = [
            Asked(one["prosecution_id"], one["version"], given["given"] | one["given"])
            for one in given["items"]
        ]
        results = batches.take(self.act, step.code, asked, doing)
        return {"step": step.code, "items": [_taken(one) for one in results]}


@blp.route("/proposal-decisions")
class Decisions(Resource):
    """One decision on several proposals."""

    @blp.arguments(ProposalDecisions)
    @blp.response(200, DecisionsSchema)
    def put(self, given: dict[str, Any]) -> dict[str, Any]:
        """Approve, return or refuse several proposals of one step; each by itself."""
        outcome, note = given["outcome"], given["note"]

        def doing(proposal: Proposal, _said: Mapping[str, Any]) -> Any:
            return proceedings.decide(self.act, proposal, outcome=outcome, note=note)

        asked = [Asked(one["proposal_id"], one["version"]) for one in given["items"]]
        results = batches.decide(self.act, outcome, asked, doing)
        return {"items": [_decided(one) for one in results]}


def _listed(act: Act, found: Sequence[Prosecution]) -> list[dict[str, Any]]:
    periods = batches.review_periods(act, found)
    done = batches.steps_done(act, found)
    waiting = proceedings.awaited_in(act, found)
    shown = []
    for one in found:
        plea, period = pleas.of(one), periods.get(one.suspect_id)
        recommended = plea.recommendation
        shown.append(
            {
                "id": one.id,
                "version": one.version,
                "case_id": one.case_id,
                "case_number": one.case.number,
                "suspect_name": one.suspect.name,
                "charges": [charge.name for charge in one.suspect.charges],
                "rule_id": period and period.rule_id,
                "due_on": period and period.due_on,
                "outer_on": period and period.outer_on,
                "standing": plea.standing,
                "procedure": plea.procedure,
                "recommended": recommended
                and (recommended.en if reads_english() else recommended.zh),
                "proposal_id": waiting.get(one.id),
                "done": done[one.id],
            }
        )
    return shown


def _taken(result: Result) -> dict[str, Any]:
    left, done = result.left, result.done
    proposed = isinstance(done, Proposal)
    return {
        "prosecution_id": result.id,
        "outcome": "refused" if result.refusal else "proposed" if proposed else "done",
        "version": left and left.version,
        "state": left and left.state,
        "number": done.number if isinstance(done, TakenStep) else None,
        "proposal_id": done.id if isinstance(done, Proposal) else None,
        "problem": problem_of(result.refusal),
    }


def _decided(result: Result) -> dict[str, Any]:
    left, done = result.left, result.done
    return {
        "proposal_id": result.id,
        "outcome": "refused" if result.refusal else "done",
        "version": left and left.version,
        "state": left and left.state,
        "number": done.number if isinstance(done, TakenStep) else None,
        "problem": problem_of(result.refusal),
    }


def problem_of(refusal: Refusal | None) -> dict[str, Any] | None:
    """The problem document of one item that was refused."""
    if refusal is None:
        return None
    kind = type(refusal)
    told: dict[str, Any] = in_readers_language(refusal.members)
    return told | {
        "type": f"/problems/{kind.slug}",
        "title": kind.title if reads_english() else kind.zh,
        "status": status_of(kind),
    }
