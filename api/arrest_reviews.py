"""Arrest reviews over HTTP: opinion, decision, receipt."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from api.deadlines import DeadlineSchema, Name, Named, Number
from api.deadlines import item as deadline_item
from api.delegations import ByDelegationSchema
from api.hearings import HearingSchema, heard
from api.people import PersonSchema
from api.proceedings import NewStep, OpenStepSchema, TakenStepSchema, matter_shown, take
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import arrest_reviews
from services.arrest_reviews import (
    ArrestDecision,
    ArrestReview,
    Hearing,
    InterrogationGround,
    NewMeasure,
    Outcome,
    Proposal,
    ReceiptOutcome,
    RefusalKind,
    ReviewState,
)
from services.deadlines import Deadline, warning_settings
from services.deadlines.tiers import Tiers
from services.interrogations import Wish
from services.kernel.act import Act
from services.policy import STAFF, Permission, allows

blp = Blueprint(
    "arrest_reviews",
    __name__,
    url_prefix="/arrest-reviews",
    description="One suspect's arrest review, from the opinion to the receipt.",
)

_WORDS = validate.And(validate.Length(1, 20_000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))


class OpinionSchema(Schema):
    """The handler's opinion; people outside the procuratorate do not see it."""

    proposal = fields.Enum(Proposal, by_value=True, required=True)
    refusal_kind = fields.Enum(RefusalKind, by_value=True, required=True, allow_none=True)
    hearing = fields.Enum(Hearing, by_value=True, required=True)
    reasons = fields.String(required=True)
    outline = fields.String(required=True, allow_none=True)
    by = fields.Nested(PersonSchema, required=True)
    at = Instant(required=True)
    returned_at = Instant(required=True, allow_none=True)
    returned_note = fields.String(required=True, allow_none=True)


class ArrestDecisionSchema(Schema):
    """The decision under its number."""

    number = fields.String(required=True, metadata={"example": "云青检批捕〔2026〕12号"})
    outcome = fields.Enum(Outcome, by_value=True, required=True)
    refusal_kind = fields.Enum(RefusalKind, by_value=True, required=True, allow_none=True)
    reasons = fields.String(
        required=True,
        metadata={"description": "Of a refusal (RULES 285); of an approval, for insiders only."},
    )
    outline = fields.String(required=True, allow_none=True)
    by = fields.Nested(PersonSchema, required=True)
    by_delegation = fields.Nested(ByDelegationSchema, required=True, allow_none=True)
    at = Instant(required=True)
    after_due = fields.Boolean(
        required=True, metadata={"description": "Decided after the period had expired."}
    )


class ReceiptSchema(Schema):
    """What the police did with the decision."""

    outcome = fields.Enum(ReceiptOutcome, by_value=True, required=True)
    executed_at = Instant(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    new_measure = fields.Enum(NewMeasure, by_value=True, required=True, allow_none=True)
    by = fields.Nested(PersonSchema, required=True)
    at = Instant(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    late = fields.Boolean(required=True)


class ReviewedSuspectSchema(Schema):
    """The suspect as the review shows them."""

    id = fields.Integer(required=True)
    ordinal = fields.Integer(required=True)
    name = fields.String(required=True)
    measure = fields.String(required=True)
    flags = fields.List(fields.String(), required=True)


class ArrestReviewBriefSchema(Schema):
    """One suspect's arrest review, as the case shows it."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    case_id = fields.Integer(required=True)
    case_number = fields.String(required=True)
    state = fields.Enum(ReviewState, by_value=True, required=True)
    suspect = fields.Nested(ReviewedSuspectSchema, required=True)
    grounds_to_interrogate = fields.List(
        fields.Enum(InterrogationGround, by_value=True),
        required=True,
        metadata={"description": "Why interrogation is a duty here (RULES 280)."},
    )
    deadlines = fields.List(fields.Nested(DeadlineSchema), required=True)
    opinion = fields.Nested(OpinionSchema, required=True, allow_none=True)
    decision = fields.Nested(ArrestDecisionSchema, required=True, allow_none=True)
    receipt = fields.Nested(ReceiptSchema, required=True, allow_none=True)
    allowed = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["opine"]},
    )


class ArrestReviewSchema(ArrestReviewBriefSchema):
    """One suspect's arrest review, with what can be done and what was done."""

    hearing = fields.Nested(
        HearingSchema,
        required=True,
        allow_none=True,
        metadata={"description": "For the procuratorate's own people."},
    )
    open_steps = fields.List(fields.Nested(OpenStepSchema), required=True)
    history = fields.List(fields.Nested(TakenStepSchema), required=True)
    proposal_id = fields.Integer(required=True, allow_none=True)
    proposed = fields.String(required=True, allow_none=True)


class NewOpinion(Schema):
    """An opinion put up for approval (审查逮捕意见书)."""

    proposal = fields.Enum(Proposal, by_value=True, required=True)
    refusal_kind = fields.Enum(
        RefusalKind, by_value=True, load_default=None, metadata={"example": None}
    )
    hearing = fields.Enum(
        Hearing,
        by_value=True,
        required=True,
        metadata={"description": "How the suspect was heard (RULES 280)."},
    )
    reasons = fields.String(required=True, validate=_WORDS)
    outline = fields.String(
        load_default=None,
        allow_none=True,
        validate=_WORDS,
        metadata={"description": "Outline for further or supplementary investigation."},
    )


class NewDecision(Schema):
    """The chief procurator's decision, or the wish that the handler check again."""

    outcome = fields.String(
        required=True,
        validate=validate.OneOf(["approve", "refuse", "return"]),
    )
    refusal_kind = fields.Enum(
        RefusalKind, by_value=True, load_default=None, metadata={"example": None}
    )
    note = fields.String(
        load_default=None,
        allow_none=True,
        validate=_WORDS,
        metadata={"description": "Own reasons, or what to check again."},
    )


class NewReceipt(Schema):
    """The execution receipt (执行回执)."""

    outcome = fields.Enum(ReceiptOutcome, by_value=True, required=True)
    executed_at = Instant(load_default=None, allow_none=True)
    reason = fields.String(load_default=None, allow_none=True, validate=_WORDS)
    new_measure = fields.Enum(
        NewMeasure,
        by_value=True,
        load_default=None,
        allow_none=True,
        metadata={"example": None},
    )


def shown(
    act: Act,
    review: ArrestReview,
    periods: Sequence[Deadline],
    set_by: Mapping[int, Tiers],
    matter: Mapping[str, Any],
) -> dict[str, Any]:
    """The review as this reader may see it; each procuratorate's own tiers colour the lights."""
    inside = allows(act.actor, Permission.OPINION_READ, review)
    outside = allows(act.actor, Permission.ARREST_REVIEW_RECEIPT, review)
    awaiting = review.state is ReviewState.AWAITING_APPROVAL
    named = Named(
        Name(review.suspect.id, review.suspect.name), Number(review.case_id, review.case.number)
    )
    return {
        "id": review.id,
        "version": review.version,
        "case_id": review.case_id,
        "case_number": review.case.number,
        "state": ReviewState.UNDER_REVIEW if awaiting and outside else review.state,
        "suspect": review.suspect,
        "grounds_to_interrogate": arrest_reviews.grounds_to_interrogate(act, review),
        "deadlines": [deadline_item(act, one, named, set_by) for one in periods],
        "opinion": review.opinion if inside else None,
        "decision": review.decision and _decision(review.decision, inside=inside),
        "receipt": review.receipt,
        "allowed": arrest_reviews.allowed(act, review),
        **matter,
    }


def _decision(decision: ArrestDecision, *, inside: bool) -> dict[str, Any]:
    """A refusal gives its reasons (RULES 285); why an arrest was approved stays inside."""
    told = {name: getattr(decision, name) for name in ArrestDecisionSchema().fields}
    given = inside or decision.outcome is Outcome.REFUSE
    return told | {"reasons": decision.reasons if given else ""}


def _shown(act: Act, review: ArrestReview) -> dict[str, Any]:
    act.session.flush()
    (periods,) = arrest_reviews.periods(act, [review]).values()
    inside = review.procuratorate_id in act.actor.offices_as(*STAFF)
    hearing = heard(act, Wish(review.case, review.suspect)) if inside else None
    matter = {**matter_shown(act, review), "hearing": hearing}
    return shown(act, review, periods, warning_settings.tiers_set(act.session), matter)


@blp.route("/<int:review_id>")
class Review(Resource):
    """One review."""

    @blp.response(200, ArrestReviewSchema)
    def get(self, review_id: int) -> dict[str, Any]:
        """Read one suspect's arrest review."""
        return _shown(self.act, arrest_reviews.find(self.act, review_id))


@blp.route("/<int:review_id>/opinion")
class ReviewOpinion(Resource):
    """The handler's opinion."""

    @blp.arguments(NewOpinion)
    @blp.response(200, ArrestReviewSchema)
    def put(self, given: dict[str, Any], review_id: int) -> dict[str, Any]:
        """Put the handler's opinion up for approval."""
        review = self.expect(arrest_reviews.find(self.act, review_id))
        return _shown(self.act, arrest_reviews.opine(self.act, review, **given))


@blp.route("/<int:review_id>/decision")
class ReviewDecision(Resource):
    """The chief procurator's decision."""

    @blp.arguments(NewDecision)
    @blp.response(200, ArrestReviewSchema)
    def put(self, given: dict[str, Any], review_id: int) -> dict[str, Any]:
        """Approve the arrest or not, or ask the handler to check again."""
        review = self.expect(arrest_reviews.find(self.act, review_id))
        if given["outcome"] == "return":
            return _shown(
                self.act, arrest_reviews.send_back(self.act, review, note=given["note"] or "")
            )
        decided = arrest_reviews.decide(
            self.act,
            review,
            outcome=Outcome(given["outcome"]),
            refusal_kind=given["refusal_kind"],
            reasons=given["note"],
        )
        return _shown(self.act, decided)


@blp.route("/<int:review_id>/receipt")
class ReviewReceipt(Resource):
    """The police receipt."""

    @blp.arguments(NewReceipt)
    @blp.response(200, ArrestReviewSchema)
    def put(self, given: dict[str, Any], review_id: int) -> dict[str, Any]:
        """Return the execution receipt."""
        review = self.expect(arrest_reviews.find(self.act, review_id))
        return _shown(self.act, arrest_reviews.return_receipt(self.act, review, **given))


@blp.route("/<int:review_id>/steps")
class ReviewSteps(Resource):
    """The steps after the decision: remedies, custody, its necessity."""

    @blp.arguments(NewStep)
    @blp.response(200, ArrestReviewSchema)
    def post(self, given: dict[str, Any], review_id: int) -> dict[str, Any]:
        """Take a step after the decision on an arrest, or put it forward for approval."""
        review = self.expect(arrest_reviews.find(self.act, review_id))
        take(self.act, review, given)
        return _shown(self.act, review)
