"""Corrections (整改): each defect is corrected by somebody, by a day, and looked at afterwards.

Ten working days are Gansu's practice, and each office may set others. Nothing lapses with the day:
a correction that is late stays open and is seen to be late.
"""

from sqlalchemy import Select, or_, select

from services import tasks
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.policy import Permission, PostKind, allows, demands
from services.quality_reviews import flow
from services.quality_reviews.events import (
    QualityCorrectionReturned,
    QualityCorrectionVerified,
    QualityDefectCorrected,
)
from services.quality_reviews.flow import CorrectionState
from services.quality_reviews.operations import LEADING
from services.quality_reviews.records import QualityCorrection, QualityReview
from services.tasks import TaskKind


def visible(act: Act) -> Select[QualityCorrection]:
    """One's own, and those of the office that one manages or leads."""
    offices = act.actor.offices_as(PostKind.CASE_MANAGER, *LEADING)
    return (
        select(QualityCorrection)
        .join(QualityReview, QualityCorrection.review_id == QualityReview.id)
        .where(
            or_(
                QualityCorrection.person_id == act.actor.id,
                QualityReview.procuratorate_id.in_(offices),
            )
        )
    )


def find(act: Act, correction_id: int) -> QualityCorrection:
    """The correction, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(QualityCorrection.id == correction_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.QUALITY_CORRECTION_CORRECT)
def correct(act: Act, correction: QualityCorrection, *, words: str) -> QualityCorrection:
    """Say how a defect was corrected.

    The head of a department does it for somebody who is gone.

    Refuses:
        NotAllowed: only who has to correct it, or a head of department there.
        WrongState: it was corrected before.

    Records:
        QualityDefectCorrected.
    """
    correction.state = flow.CORRECTION_FLOW.after(correction.state, "correct")
    correction.done, correction.done_at, correction.done_by = words, act.now, act.actor.id
    act.session.flush()
    review = correction.review
    if all(one.state is not CorrectionState.OPEN for one in review.corrections):
        tasks.finish(act, TaskKind.CORRECT_QUALITY_DEFECTS, review)
    act.record(QualityDefectCorrected(review.id, correction.id))
    return correction


@demands(Permission.QUALITY_CORRECTION_MANAGE)
def verify(act: Act, correction: QualityCorrection) -> QualityCorrection:
    """Look at a correction, and find that it does.

    Refuses:
        NotAllowed: only case management of that procuratorate.
        WrongState: it is not corrected yet, or was verified before.

    Records:
        QualityCorrectionVerified.
    """
    correction.state = flow.CORRECTION_FLOW.after(correction.state, "verify")
    correction.verified_at, correction.verified_by = act.now, act.actor.id
    act.session.flush()
    act.record(QualityCorrectionVerified(correction.review_id, correction.id))
    return correction


@demands(Permission.QUALITY_CORRECTION_MANAGE)
def send_back(act: Act, correction: QualityCorrection, *, words: str) -> QualityCorrection:
    """Send a correction back that does not do; its day stays what it was.

    Refuses:
        NotAllowed: only case management of that procuratorate.
        WrongState: it is not corrected yet, or was verified before.

    Records:
        QualityCorrectionReturned.
    """
    correction.state = flow.CORRECTION_FLOW.after(correction.state, "return")
    correction.returned_words = words
    act.session.flush()
    review = correction.review
    if not tasks.open_about(act, TaskKind.CORRECT_QUALITY_DEFECTS, review):
        tasks.open_for_person(
            act, TaskKind.CORRECT_QUALITY_DEFECTS, review, person_id=correction.person_id
        )
    act.record(QualityCorrectionReturned(review.id, correction.id))
    return correction


def allowed(act: Act, correction: QualityCorrection) -> list[str]:
    """The steps that the law gives the actor and that are open now."""
    powers = {
        "correct": Permission.QUALITY_CORRECTION_CORRECT,
        "verify": Permission.QUALITY_CORRECTION_MANAGE,
        "return": Permission.QUALITY_CORRECTION_MANAGE,
    }
    open_steps = flow.CORRECTION_FLOW.open_from(correction.state)
    return [
        name
        for name, power in powers.items()
        if name in open_steps and allows(act.actor, power, correction)
    ]
