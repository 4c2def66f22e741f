"""The case itself: opened to a reviewer of the same office, and closed again.

A reviewer of another procuratorate never reads the case: only what the review shows of it.
"""

from services import cases
from services.kernel.act import Act
from services.quality_reviews.records import QualityReview


def open_to_reviewer(
    act: Act, review: QualityReview, person_id: int, office_id: int | None
) -> None:
    """A reviewer of the office that handled the case reads it while reviewing."""
    if office_id == review.procuratorate_id:
        cases.open_to(act, review.case, person_id)


def close_to_reviewer(act: Act, review: QualityReview, person_id: int | None) -> None:
    """Whoever has reviewed, or was recused, reads the case no more.

    Nobody to whom it was open before is ever drawn, so nobody loses more than the review gave.
    """
    if person_id is not None:
        cases.close_to(act, review.case, person_id)
