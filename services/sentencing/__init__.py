"""Sentencing (量刑): penalties, recommendations, pleas, the expedited track, the judgment compared.

    recommendation_problems(of_plain(Recommendation, plain), Person(), crimes=1)
    compare(accusation, finding)

Pure: no session, no clock, nothing but the standard library. Amounts are in fen, terms in months
and days. Which readings were chosen stands in `choices.py`.
"""

from services.sentencing.choices import CHOICES, SentencingChoice
from services.sentencing.circumstances import Circumstance, Leaning
from services.sentencing.comparison import (
    Accusation,
    CourtFinding,
    Difference,
    DifferenceKind,
    DifferentPeopleError,
    Fact,
    TrialOutcome,
    TrialProcedure,
    compare,
    within_recommendation,
)
from services.sentencing.expedited import (
    Candidate,
    CivilClaim,
    Disputed,
    Exclusion,
    ExpeditedExclusion,
    Matter,
    exclusions,
    expedited_days,
    expedited_extension,
)
from services.sentencing.grounds import Hint, ProtestGround, hints
from services.sentencing.lengths import Term, years
from services.sentencing.penalties import (
    Additional,
    AdditionalPenalty,
    MainPenalty,
    Penalty,
    PenaltyOrder,
    PenaltyProblem,
    Person,
    penalty_problems,
)
from services.sentencing.plea import (
    ChangeCause,
    Guardian,
    LawyerKind,
    OpinionGiver,
    OpinionTopic,
    Pleader,
    PleaExemption,
    PleaProblem,
    Statement,
    WitnessPresence,
    aggravation_problems,
    change_problems,
    exemptions,
    hearing_problems,
    statement_problems,
)
from services.sentencing.problems import Firmness, Problem, Problems, barred
from services.sentencing.protest import CourtPaper, NoGroundError, ProtestDraft, protest_outline
from services.sentencing.recommendations import (
    RangeReason,
    Recommendation,
    assessment_advised,
    recommendation_problems,
)
from services.sentencing.wire import UnreadableError, as_plain, of_plain

__all__ = [
    "CHOICES",
    "Accusation",
    "Additional",
    "AdditionalPenalty",
    "Candidate",
    "ChangeCause",
    "Circumstance",
    "CivilClaim",
    "CourtFinding",
    "CourtPaper",
    "Difference",
    "DifferenceKind",
    "DifferentPeopleError",
    "Disputed",
    "Exclusion",
    "ExpeditedExclusion",
    "Fact",
    "Firmness",
    "Guardian",
    "Hint",
    "LawyerKind",
    "Leaning",
    "MainPenalty",
    "Matter",
    "NoGroundError",
    "OpinionGiver",
    "OpinionTopic",
    "Penalty",
    "PenaltyOrder",
    "PenaltyProblem",
    "Person",
    "PleaExemption",
    "PleaProblem",
    "Pleader",
    "Problem",
    "Problems",
    "ProtestDraft",
    "ProtestGround",
    "RangeReason",
    "Recommendation",
    "SentencingChoice",
    "Statement",
    "Term",
    "TrialOutcome",
    "TrialProcedure",
    "UnreadableError",
    "WitnessPresence",
    "aggravation_problems",
    "as_plain",
    "assessment_advised",
    "barred",
    "change_problems",
    "compare",
    "exclusions",
    "exemptions",
    "expedited_days",
    "expedited_extension",
    "hearing_problems",
    "hints",
    "of_plain",
    "penalty_problems",
    "protest_outline",
    "recommendation_problems",
    "statement_problems",
    "within_recommendation",
    "years",
]
