"""What may follow the decision on an arrest: remedies, revocation, custody and its necessity."""

from services.arrest_reviews.flow import STEPS_OF_REVIEW
from services.arrest_reviews.flow import ReviewState as S
from services.arrest_reviews.steps import (
    corrections,
    custody,
    execution,
    necessity,
    pursuit,
    remedies,
    revocation,
)
from services.kernel.flow import Flow
from services.proceedings.table import flow_of

STEPS = (
    *execution.STEPS,
    *remedies.STEPS,
    *revocation.STEPS,
    *pursuit.STEPS,
    *custody.STEPS,
    *necessity.STEPS,
    *corrections.STEPS,
)
"""Every step after the decision, in the order in which a matter travels."""

_LATER = flow_of(STEPS)
_OBJECTED = frozenset({S.RECONSIDERATION, S.REFUSAL_UPHELD, S.RE_EXAMINATION, S.REFUSAL_FINAL})

FLOW = Flow(
    {**STEPS_OF_REVIEW, **_LATER.steps},
    {
        "released": _OBJECTED,
        "measure_changed": _OBJECTED,
        "unchanged": _OBJECTED,
        **_LATER.staying,
    },
)
"""The whole flow of one suspect's arrest; an objection does not hold up the receipt (RULES 286)."""

__all__ = ["FLOW", "STEPS"]
