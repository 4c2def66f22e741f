"""The quarterly report of quality reviews: counted from the reviews, never typed in."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import lazyload, selectinload

from services.kernel.act import Act
from services.offices import Office
from services.policy import Permission, demands
from services.quality_reviews.flow import CorrectionState, SamplingKind
from services.quality_reviews.forms import QualityDimension
from services.quality_reviews.grades import QualityGrade
from services.quality_reviews.records import QualityReview

COMMONEST = 10
MONTHS = 3
DECEMBER = 12


@dataclass(frozen=True, slots=True)
class CommonFinding:
    """How often something was found under one item, in how many words of forms."""

    item: str
    dimension: QualityDimension
    words: str
    times: int


@dataclass(frozen=True, slots=True)
class QualityReport:
    """What was reviewed in a quarter, by the day on which the grade became final."""

    office_id: int
    year: int
    quarter: int
    reviews: int
    by_grade: Mapping[QualityGrade, int]
    by_kind: Mapping[SamplingKind, int]
    by_dimension: Mapping[QualityDimension, int]
    objected: int
    changed: int
    """Grades changed by the chief procurator on an objection."""
    corrections: int
    corrected: int
    late: int
    """Corrections not made by their day."""
    commonest: Sequence[CommonFinding]


@demands(Permission.QUALITY_REPORT_READ)
def report(act: Act, office: Office, *, year: int, quarter: int) -> QualityReport:
    """Count a procuratorate's reviews whose grade became final in a quarter.

    Refuses:
        NotAllowed: only case management and the chief there, and those one level above.

    Records:
        Nothing: it is read.
    """
    first, last = span(year, quarter)
    chosen = (
        select(QualityReview)
        .where(
            QualityReview.procuratorate_id == office.id,
            QualityReview.final_on.between(first, last),
        )
        .options(
            lazyload(QualityReview.case),
            selectinload(QualityReview.findings),
            selectinload(QualityReview.corrections),
        )
    )
    found = act.session.scalars(chosen).all()
    lines = {(one.id, line.code): line for one in found for line in one.lines}
    under = [lines[one.id, finding.item] for one in found for finding in one.findings]
    items = Counter((line.code, line.dimension, line.zh) for line in under)
    fixes = [fix for one in found for fix in one.corrections]
    by_grade = Counter(one.grade for one in found)
    by_kind = Counter(one.sampling.kind for one in found)
    by_dimension = Counter(line.dimension for line in under)
    return QualityReport(
        office_id=office.id,
        year=year,
        quarter=quarter,
        reviews=len(found),
        by_grade={one: by_grade[one] for one in QualityGrade if by_grade[one]},
        by_kind={one: by_kind[one] for one in SamplingKind},
        by_dimension={one: by_dimension[one] for one in QualityDimension},
        objected=sum(one.objection is not None for one in found),
        changed=sum(one.grade is not one.proposed_grade for one in found),
        corrections=len(fixes),
        corrected=sum(fix.state is CorrectionState.VERIFIED for fix in fixes),
        late=sum(fix.state is CorrectionState.OPEN and act.today > fix.due_on for fix in fixes),
        commonest=[
            CommonFinding(code, dimension, words, times)
            for (code, dimension, words), times in sorted(
                items.items(), key=lambda one: (-one[1], one[0][0])
            )[:COMMONEST]
        ],
    )


def span(year: int, quarter: int) -> tuple[date, date]:
    """The first and the last day of a quarter, 1 to 4."""
    month = MONTHS * quarter - MONTHS + 1
    after = month + MONTHS
    end = date(year + 1, 1, 1) if after > DECEMBER else date(year, after, 1)
    return date(year, month, 1), end - timedelta(days=1)
