"""What a reviewer reads of the case through the review: all that a reviewer from elsewhere sees."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from services.arrest_reviews import ArrestReview
from services.arrest_reviews.records import ArrestDecision, Opinion
from services.cases import Case
from services.kernel.act import Act
from services.policy import Permission, demands
from services.proceedings import TakenStep
from services.quality_reviews.records import QualityReview


@dataclass(frozen=True, slots=True)
class ReviewedFile:
    """The case as it was decided."""

    case: Case
    facts: str
    opinions: Sequence[Opinion]
    decisions: Sequence[ArrestDecision]
    steps: Sequence[TakenStep]


@demands(Permission.QUALITY_FILE_READ)
def read(act: Act, review: QualityReview) -> ReviewedFile:
    """Let whoever reviews see what was opined and decided in the case, while it is reviewed.

    Refuses:
        NotAllowed: only the reviewer whose review is awaited, not recused from the case.

    Records:
        Nothing: it is read.
    """
    of_case = select(ArrestReview.id).where(ArrestReview.case_id == review.case_id)
    return ReviewedFile(
        case=review.case,
        facts=review.case.origin.facts,
        opinions=act.session.scalars(
            select(Opinion).where(Opinion.arrest_review_id.in_(of_case)).order_by(Opinion.id)
        ).all(),
        decisions=act.session.scalars(
            select(ArrestDecision)
            .where(ArrestDecision.arrest_review_id.in_(of_case))
            .order_by(ArrestDecision.id)
        ).all(),
        steps=act.session.scalars(
            select(TakenStep).where(TakenStep.case_id == review.case_id).order_by(TakenStep.id)
        ).all(),
    )
