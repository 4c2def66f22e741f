"""What may follow the decision on an arrest: remedies, revocation, custody and its necessity."""

from typing import Any

from services.arrest_reviews.flow import STEPS_OF_REVIEW
from services.arrest_reviews.flow import ReviewState as S
from services.kernel.flow import Flow
from services.proceedings.table import Step, flow_of

STEPS: tuple[Step[Any], ...] = ()

_LATER = flow_of(STEPS)
_OBJECTED = frozenset({S.RECONSIDERATION, S.REFUSAL_UPHELD, S.RE_EXAMINATION})

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
