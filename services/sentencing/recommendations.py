"""The sentencing recommendation (量刑建议, CPL 176¶2, RULES 274 to 277): fixed or a range."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from services.sentencing.lengths import Term, apart, years
from services.sentencing.penalties import (
    BOUNDS,
    MainPenalty,
    Penalty,
    PenaltyProblem,
    Person,
    penalty_problems,
    problem,
)
from services.sentencing.problems import Problem, Problems


class RangeReason(StrEnum):
    """Why a range is recommended, not a fixed sentence (RULES 275)."""

    NEW_TYPE = "new_type"
    UNCOMMON = "uncommon"
    COMPLEX_SERIOUS = "complex_serious"
    OTHER = "other"

    @property
    def zh(self) -> str:
        """As the article writes it."""
        return _REASONS[self]


_REASONS = {
    RangeReason.NEW_TYPE: "新类型案件",
    RangeReason.UNCOMMON: "不常见犯罪案件",
    RangeReason.COMPLEX_SERIOUS: "量刑情节复杂的重罪案件",
    RangeReason.OTHER: "其他情形",
}


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One penalty, or one from its term up to another.

    A range never spans two main penalties (SENT-2021 13), so it cannot be written here.
    """

    penalty: Penalty
    up_to: Term | None = None
    """The upper end of a range; the term of `penalty` is its lower end."""
    range_reason: RangeReason | None = None

    @property
    def heaviest(self) -> Penalty:
        """The upper end."""
        return replace(self.penalty, term=self.up_to) if self.up_to else self.penalty

    @property
    def zh(self) -> str:
        """As the recommendation writes it: 有期徒刑一年至一年六个月，并处罚金人民币2000元."""
        if not (self.up_to and self.penalty.term):
            return self.penalty.zh
        own = f"{self.penalty.main.zh}{self.penalty.term.zh}"
        return f"{own}至{self.up_to.zh}{self.penalty.zh.removeprefix(own)}"

    @property
    def en(self) -> str:
        """In English."""
        if not (self.up_to and self.penalty.term):
            return self.penalty.en
        own = f"{self.penalty.main.en} of {self.penalty.term.en}"
        return f"{own} to {self.up_to.en}{self.penalty.en.removeprefix(own)}"


WIDTHS = (
    (years(10), years(2)),
    (years(3), years(1)),
    (years(1), Term(6)),
    (Term(0), Term(2)),
)
"""From which term of imprisonment on, how wide a range generally is at most (SENT-2021 13).

Each class holds its lower bound and not its upper (六个月以上不满一年). A range that straddles two
classes is measured by the one its lower end lies in (`WIDTH_CLASS`).
"""
WIDTH_OF_SURVEILLANCE = Term(3)


def widest(main: MainPenalty, lowest: Term) -> Term | None:
    """How wide a range from this term on generally is at most; none is given for detention."""
    if main is MainPenalty.SURVEILLANCE:
        return WIDTH_OF_SURVEILLANCE
    if main is MainPenalty.IMPRISONMENT:
        return next(width for start, width in WIDTHS if lowest >= start)
    return None


def recommendation_problems(
    recommendation: Recommendation, person: Person, *, crimes: int = 1
) -> Problems:
    """What stands against a recommendation: the bounds of both ends, and of the range.

    Args:
        recommendation: what is to be recommended.
        person: for whom.
        crimes: how many charges there are: several are listed one by one (SENT-2021 17).
    """
    penalty = recommendation.penalty
    found = list(penalty_problems(penalty, person))
    if recommendation.up_to is not None:
        found += _of_range(recommendation, recommendation.up_to)
        if penalty.term is not None:
            upper = penalty_problems(recommendation.heaviest, person)
            found += [one for one in upper if one not in found]
    if crimes > 1 and penalty.main in BOUNDS and not penalty.combined_from:
        found.append(problem(PenaltyProblem.CRIMES_NOT_LISTED))
    return tuple(found)


def _of_range(recommendation: Recommendation, up_to: Term) -> Iterator[Problem]:
    main, lowest = recommendation.penalty.main, recommendation.penalty.term
    if main not in BOUNDS:
        yield problem(PenaltyProblem.RANGE_WITHOUT_TERM, main=main)
        return
    if recommendation.range_reason is None:
        yield problem(PenaltyProblem.RANGE_WITHOUT_REASON)
    if main is MainPenalty.DETENTION:
        yield problem(PenaltyProblem.RANGE_OF_DETENTION)
    if lowest is None:
        return
    if up_to <= lowest:
        yield problem(PenaltyProblem.RANGE_REVERSED)
        return
    most = widest(main, lowest)
    if most and up_to > lowest.plus(most.months):
        yield problem(
            PenaltyProblem.RANGE_TOO_WIDE,
            main=main,
            lowest=lowest,
            most=most,
            width=apart(up_to, lowest),
        )


def assessment_advised(recommendation: Recommendation) -> bool:
    """Whether a community survey may be commissioned: suspension or surveillance (RULES 277)."""
    penalty = recommendation.penalty
    return penalty.main is MainPenalty.SURVEILLANCE or penalty.suspended_for is not None
