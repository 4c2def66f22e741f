"""Quality reviews (案件质量评查) of cases that are closed.

Definition, kinds and grades rest on facts.md 6.2, whose sources are mostly secondary: the text of
the 2026 regulation has not been seen. What is practice (the "four ones", the days) is a setting.
"""

from services.quality_reviews.flow import (
    FLOW,
    CorrectionState,
    KeyGround,
    ObjectionOutcome,
    QualityState,
    ReviewerOutBecause,
    ReviewersFrom,
    SamplingKind,
    SamplingScope,
    SamplingState,
)
from services.quality_reviews.forms import FormItem, QualityDimension, QualityForm
from services.quality_reviews.grades import QualityGrade
from services.quality_reviews.operations import (
    NewFinding,
    agree,
    allowed,
    ask_second,
    begin,
    decide,
    fill,
    find,
    notes,
    notify,
    object,  # noqa: A004  # the step's name
    propose,
    recuse,
    redraw,
    second,
    send_back,
    take_silence,
    visible,
)
from services.quality_reviews.records import (
    PerformanceNote,
    QualityCorrection,
    QualityFinding,
    QualityReview,
    QualitySampling,
)
from services.quality_reviews.samplings import NewSampling

__all__ = [
    "FLOW",
    "CorrectionState",
    "FormItem",
    "KeyGround",
    "NewFinding",
    "NewSampling",
    "ObjectionOutcome",
    "PerformanceNote",
    "QualityCorrection",
    "QualityDimension",
    "QualityFinding",
    "QualityForm",
    "QualityGrade",
    "QualityReview",
    "QualitySampling",
    "QualityState",
    "ReviewerOutBecause",
    "ReviewersFrom",
    "SamplingKind",
    "SamplingScope",
    "SamplingState",
    "agree",
    "allowed",
    "ask_second",
    "begin",
    "decide",
    "fill",
    "find",
    "notes",
    "notify",
    "object",
    "propose",
    "recuse",
    "redraw",
    "second",
    "send_back",
    "take_silence",
    "visible",
]
