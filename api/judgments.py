"""The judgment beside the indictment over HTTP: what differs, what to think about, a draft."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.problems import reads_english
from api.resource import Blueprint, Resource
from services import prosecutions
from services.prosecutions import JudgmentReview
from services.sentencing import (
    Difference,
    DifferenceKind,
    Hint,
    Leaning,
    Problem,
    ProtestGround,
    TrialOutcome,
    within_recommendation,
)

blp = Blueprint(
    "judgments",
    __name__,
    url_prefix="/prosecutions",
    description="The judgment compared with the indictment, for whoever reviews it.",
)

LONGEST_REASONS, LONGEST_NAME, LONGEST_REQUEST = 5_000, 100, 2_000


class DifferenceSchema(Schema):
    """One thing in which the judgment differs; by itself no ground of protest (RULES 584)."""

    kind = fields.Enum(DifferenceKind, by_value=True, required=True)
    leaning = fields.Enum(Leaning, by_value=True, required=True)
    text = fields.String(
        required=True, metadata={"example": "起诉罪名为盗窃罪，判决认定为侵占罪。"}
    )
    article = fields.String(required=True, metadata={"example": "刑诉法201条1款"})
    apart_months = fields.Integer(required=True, allow_none=True, metadata={"example": 12})
    apart_days = fields.Integer(required=True, allow_none=True, metadata={"example": 0})
    apart_fen = fields.Integer(
        required=True, allow_none=True, metadata={"description": "In fen.", "example": None}
    )


class HintSchema(Schema):
    """A ground to think about, and what calls it to mind; never a finding."""

    ground = fields.Enum(ProtestGround, by_value=True, required=True)
    text = fields.String(required=True)
    article = fields.String(required=True, metadata={"example": "刑诉规则584条3项"})
    because = fields.List(fields.Enum(DifferenceKind, by_value=True), required=True)


class PenaltyProblemSchema(Schema):
    """What the general part of the Criminal Law says against the penalty as imposed."""

    code = fields.String(required=True, metadata={"example": "term_too_short"})
    text = fields.String(required=True)
    article = fields.String(required=True, metadata={"example": "刑法45条"})


class JudgmentReviewSchema(Schema):
    """The judgment beside the indictment."""

    outcome = fields.Enum(TrialOutcome, by_value=True, required=True)
    document_number = fields.String(required=True, metadata={"example": "（2026）云0102刑初9号"})
    recommended = fields.String(
        required=True, allow_none=True, metadata={"example": "有期徒刑三年六个月至四年"}
    )
    imposed = fields.String(required=True, allow_none=True, metadata={"example": "有期徒刑三年"})
    within_recommendation = fields.Boolean(required=True, allow_none=True)
    differences = fields.List(fields.Nested(DifferenceSchema), required=True)
    hints = fields.List(fields.Nested(HintSchema), required=True)
    problems = fields.List(fields.Nested(PenaltyProblemSchema), required=True)


class ChosenGround(Schema):
    """A ground of RULES 584, with the handler's reasons; an empty text is left open."""

    ground = fields.Enum(ProtestGround, by_value=True, required=True)
    reasons = fields.String(load_default="", validate=validate.Length(max=LONGEST_REASONS))


class NewProtestDraft(Schema):
    """On which grounds the draft is to rest."""

    grounds = fields.List(
        fields.Nested(ChosenGround),
        required=True,
        validate=validate.Length(max=len(ProtestGround)),
    )
    request = fields.String(load_default="", validate=validate.Length(max=LONGEST_REQUEST))
    upper_court = fields.String(load_default="", validate=validate.Length(max=LONGEST_NAME))


class ProtestDraftSchema(Schema):
    """The draft, for the handler to go on writing."""

    text = fields.String(required=True, metadata={"example": "刑事抗诉书（提纲）……"})


def review_shown(review: JudgmentReview) -> dict[str, Any]:
    """The comparison in the reader's language."""
    english = reads_english()
    recommended, imposed = review.accusation.recommendation, review.finding.penalty
    return {
        "outcome": review.finding.outcome,
        "document_number": review.judgment.given["document_number"],
        "recommended": recommended and (recommended.en if english else recommended.zh),
        "imposed": imposed and (imposed.en if english else imposed.zh),
        "within_recommendation": within_recommendation(recommended, imposed)
        if recommended and imposed
        else None,
        "differences": [_difference(one, review, english=english) for one in review.differences],
        "hints": [_hint(one, english=english) for one in review.hints],
        "problems": [_problem(one, english=english) for one in review.problems],
    }


def _difference(one: Difference, review: JudgmentReview, *, english: bool) -> dict[str, Any]:
    plain = one.as_plain(review.charges)
    return plain | {
        "kind": one.kind,
        "leaning": one.leaning,
        "text": plain["en" if english else "zh"],
        "article": plain["article" if english else "article_zh"],
    }


def _hint(one: Hint, *, english: bool) -> dict[str, Any]:
    return {
        "ground": one.ground,
        "text": one.ground.en if english else one.ground.zh,
        "article": one.ground.article.en if english else one.ground.article.zh,
        "because": one.because,
    }


def _problem(one: Problem, *, english: bool) -> dict[str, Any]:
    return {
        "code": one.code.value,
        "text": one.en if english else one.zh,
        "article": one.article if english else one.article_zh,
    }


@blp.route("/<int:prosecution_id>/judgment-review")
class OneJudgmentReview(Resource):
    """The judgment compared."""

    @blp.response(200, JudgmentReviewSchema)
    def get(self, prosecution_id: int) -> dict[str, Any]:
        """Compare the first-instance judgment with the indictment."""
        prosecution = prosecutions.find(self.act, prosecution_id)
        return review_shown(prosecutions.judgment_differences(self.act, prosecution))


@blp.route("/<int:prosecution_id>/protest-drafts")
class ProtestDrafts(Resource):
    """Drafts of a protest; nothing of them is kept."""

    @blp.arguments(NewProtestDraft)
    @blp.response(200, ProtestDraftSchema)
    def post(self, given: dict[str, Any], prosecution_id: int) -> dict[str, str]:
        """Draft a protest on the grounds that the handler chose."""
        prosecution = prosecutions.find(self.act, prosecution_id)
        text = prosecutions.protest_draft(
            self.act,
            prosecution,
            grounds={one["ground"]: one["reasons"] for one in given["grounds"]},
            request=given["request"],
            upper_court=given["upper_court"],
        )
        return {"text": text}
