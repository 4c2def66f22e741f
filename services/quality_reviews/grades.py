"""The grades of quality reviews, as a code list with dates.

Until 2025 press reports name 优质, 合格, 瑕疵 and 不合格; since January 2026, under a regulation on
checking and reviewing the quality of cases, 优质, 合格, 基本合格 and 不合格. The text of that
regulation has not been seen (facts.md 6.2, Y5, Y6): the list is practice until it has.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class QualityGrade(StrEnum):
    """Every grade that has ever been given."""

    EXCELLENT = "excellent"
    QUALIFIED = "qualified"
    FLAWED = "flawed"
    BASICALLY_QUALIFIED = "basically_qualified"
    UNQUALIFIED = "unqualified"


WITHOUT_DEFECTS = frozenset({QualityGrade.EXCELLENT, QualityGrade.QUALIFIED})
"""Grades that need no finding to rest on."""


@dataclass(frozen=True, slots=True)
class GradeList:
    """The grades that are given to a review begun on or after a day, the best first."""

    edition: str
    in_force_from: date
    grades: tuple[QualityGrade, ...]


GRADE_LISTS = (
    GradeList(
        "2017",
        date(2017, 1, 1),
        (
            QualityGrade.EXCELLENT,
            QualityGrade.QUALIFIED,
            QualityGrade.FLAWED,
            QualityGrade.UNQUALIFIED,
        ),
    ),
    GradeList(
        "2026",
        date(2026, 1, 1),
        (
            QualityGrade.EXCELLENT,
            QualityGrade.QUALIFIED,
            QualityGrade.BASICALLY_QUALIFIED,
            QualityGrade.UNQUALIFIED,
        ),
    ),
)


def in_force(on: date) -> GradeList:
    """The list in force on a day; before the first one, the first."""
    begun = [one for one in GRADE_LISTS if one.in_force_from <= on]
    return begun[-1] if begun else GRADE_LISTS[0]
