"""What people hear about quality reviews; a reviewer from elsewhere is told no number."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, column_property

from notifications.audiences import person, pool, together
from notifications.messages import Message, Urgency, Words, on
from services.cases import Case
from services.kernel.act import Record
from services.policy import PostKind
from services.quality_reviews import QualityGrade, QualityReview
from services.quality_reviews.events import (
    QualityCorrectionReturned,
    QualityDefectCorrected,
    QualityFailureReferred,
    QualityGradeObjected,
    QualityGradeProposed,
    QualityHandlerNotified,
    QualityObjectionDecided,
    QualityReviewConcluded,
    QualityReviewerNamed,
    QualityReviewerWanted,
    QualityReviewReturned,
    QualitySecondOpinionGiven,
)


class ToldQualityReview(Record):
    """A review, with the number that tells one case from another inside the app."""

    __table__ = QualityReview.__table__

    case_number: Mapped[str] = column_property(
        select(Case.number).where(Case.id == __table__.c.case_id).scalar_subquery()
    )
    case_handler_id: Mapped[int | None] = column_property(
        select(Case.handler_id).where(Case.id == __table__.c.case_id).scalar_subquery()
    )


GRADES = {
    QualityGrade.EXCELLENT: "优质",
    QualityGrade.QUALIFIED: "合格",
    QualityGrade.FLAWED: "瑕疵",
    QualityGrade.BASICALLY_QUALIFIED: "基本合格",
    QualityGrade.UNQUALIFIED: "不合格",
}
MANAGERS = pool(PostKind.CASE_MANAGER, of="procuratorate_id")
CHIEF = pool(PostKind.CHIEF_PROCURATOR, of="procuratorate_id")
HANDLED = person("handler_id")
REVIEWERS = together(
    person("reviewer_id", PostKind.PROSECUTOR, of="reviewer_office_id"),
    person("second_reviewer_id", PostKind.PROSECUTOR, of="second_office_id"),
)


def _sample() -> Any:
    return ToldQualityReview(
        id=4,
        case_id=7,
        case_number="测检捕受〔2026〕7号",
        answer_by_on=date(2026, 3, 9),
        proposed_grade=QualityGrade.QUALIFIED,
        grade=QualityGrade.QUALIFIED,
    )


GRADES_EN = {
    QualityGrade.EXCELLENT: "excellent",
    QualityGrade.QUALIFIED: "qualified",
    QualityGrade.FLAWED: "flawed",
    QualityGrade.BASICALLY_QUALIFIED: "basically qualified",
    QualityGrade.UNQUALIFIED: "unqualified",
}


def _told(review: Any, title: str, words: str, en: Words) -> Message:
    return Message(title, words, f"/quality-reviews/{review.id}", en=en)


@on(
    QualityReviewerNamed,
    about=ToldQualityReview,
    to=REVIEWERS,
    urgency=Urgency.TASK,
    sample=lambda: (QualityReviewerNamed(4, 9, 1), _sample()),
)
def quality_reviewer_named(event: QualityReviewerNamed, review: ToldQualityReview) -> Message:
    """Tell the reviewer, who may be of another procuratorate, and nothing of the case."""
    which_en = "second reviewer" if event.round > 1 else "reviewer"
    which = "第二评查员" if event.round > 1 else "评查员"
    return _told(
        review,
        "案件质量评查",
        f"您被抽选为{which}。有应当回避情形的，请先申请回避。",
        Words(
            "Quality review of a case",
            f"You were drawn as {which_en}. If there is a ground for recusal, ask for it first.",
        ),
    )


@on(
    QualityReviewerWanted,
    about=ToldQualityReview,
    to=MANAGERS,
    urgency=Urgency.TASK,
    sample=lambda: (QualityReviewerWanted(4), _sample()),
)
def quality_reviewer_wanted(_event: QualityReviewerWanted, review: ToldQualityReview) -> Message:
    """Tell case management that nobody could be drawn."""
    words = f"{review.case_number}：没有符合条件的评查员，请扩大范围后再抽选。"
    return _told(
        review,
        "需要另行抽选评查员",
        words,
        Words(
            "A reviewer must be drawn again",
            f"{review.case_number}: no reviewer qualifies. Widen the circle and draw again.",
        ),
    )


@on(
    QualityGradeProposed,
    about=ToldQualityReview,
    to=MANAGERS,
    urgency=Urgency.TASK,
    sample=lambda: (QualityGradeProposed(4, QualityGrade.QUALIFIED.value), _sample()),
)
def quality_grade_proposed(event: QualityGradeProposed, review: ToldQualityReview) -> Message:
    """Tell case management, which looks the form through and tells the handler."""
    grade = GRADES[QualityGrade(event.grade)]
    words = f"{review.case_number}：拟评定为{grade}，请审核后告知承办检察官。"
    return _told(
        review,
        "评查意见已提出",
        words,
        Words(
            "A grade was proposed",
            f"{review.case_number}: {GRADES_EN[QualityGrade(event.grade)]} is proposed. "
            "Check it and tell the handler.",
        ),
    )


@on(
    QualityReviewReturned,
    about=ToldQualityReview,
    to=REVIEWERS,
    urgency=Urgency.TASK,
    sample=lambda: (QualityReviewReturned(4), _sample()),
)
def quality_review_returned(_event: QualityReviewReturned, review: ToldQualityReview) -> Message:
    """Tell the reviewer that the form came back."""
    return _told(
        review,
        "评查表被退回",
        "案件管理部门退回了评查表，请补充后重新提出。",
        Words(
            "A review form was returned",
            "Case management returned it. Complete it and put it forward again.",
        ),
    )


@on(
    QualityHandlerNotified,
    about=ToldQualityReview,
    to=HANDLED,
    urgency=Urgency.TASK,
    sample=lambda: (QualityHandlerNotified(4, 3), _sample()),
)
def quality_handler_notified(_event: QualityHandlerNotified, review: ToldQualityReview) -> Message:
    """Tell whoever handled the case what is proposed, and until when to answer."""
    until: Any = review.answer_by_on  # type: ignore[attr-defined]  # of the review's own table
    words = f"{review.case_number}：请在{until:%Y-%m-%d}前同意评查意见或者提出异议。"
    return _told(
        review,
        "案件质量评查结果",
        words,
        Words(
            "Result of a quality review",
            f"{review.case_number}: agree or object by {until:%Y-%m-%d}.",
        ),
    )


@on(
    QualityGradeObjected,
    about=ToldQualityReview,
    to=together(CHIEF, MANAGERS),
    urgency=Urgency.TASK,
    sample=lambda: (QualityGradeObjected(4), _sample()),
)
def quality_grade_objected(_event: QualityGradeObjected, review: ToldQualityReview) -> Message:
    """Tell the chief, who decides."""
    words = f"{review.case_number}：承办检察官对评查意见提出异议，请决定。"
    return _told(
        review,
        "质量评查异议",
        words,
        Words(
            "A grade is objected to", f"{review.case_number}: the handler objects. Please decide."
        ),
    )


@on(
    QualitySecondOpinionGiven,
    about=ToldQualityReview,
    to=CHIEF,
    urgency=Urgency.TASK,
    sample=lambda: (
        QualitySecondOpinionGiven(4, QualityGrade.QUALIFIED.value),
        _sample(),
    ),
)
def quality_second_opinion_given(
    event: QualitySecondOpinionGiven, review: ToldQualityReview
) -> Message:
    """Tell the chief what the second reviewer thinks."""
    grade = GRADES[QualityGrade(event.grade)]
    words = f"{review.case_number}：第二评查员认为应评定为{grade}，请决定。"
    return _told(
        review,
        "第二评查意见已提出",
        words,
        Words(
            "A second opinion was given",
            f"{review.case_number}: the second reviewer holds "
            f"{GRADES_EN[QualityGrade(event.grade)]} right. Please decide.",
        ),
    )


@on(
    QualityObjectionDecided,
    about=ToldQualityReview,
    to=together(HANDLED, MANAGERS),
    sample=lambda: (QualityObjectionDecided(4, "dismissed"), _sample()),
)
def quality_objection_decided(event: QualityObjectionDecided, review: ToldQualityReview) -> Message:
    """Tell the handler what became of the objection."""
    found_en = "the objection is upheld" if event.outcome == "upheld" else "the grade stays"
    found = "异议成立" if event.outcome == "upheld" else "异议不成立，维持评查等次"
    return _told(
        review,
        "质量评查异议已决定",
        f"{review.case_number}：{found}。",
        Words("An objection to a grade was decided", f"{review.case_number}: {found_en}."),
    )


@on(
    QualityReviewConcluded,
    about=ToldQualityReview,
    to=together(HANDLED, person("case_handler_id"), MANAGERS, CHIEF),
    sample=lambda: (QualityReviewConcluded(4, QualityGrade.QUALIFIED.value, 3, 1), _sample()),
)
def quality_review_concluded(event: QualityReviewConcluded, review: ToldQualityReview) -> Message:
    """Tell the handler the grade, and that it stands in the archive."""
    grade = GRADES[QualityGrade(event.grade)]
    fixes_en = f", {event.corrections} defects to correct" if event.corrections else ""
    fixes = f"有{event.corrections}项问题需要整改，" if event.corrections else ""
    words = f"{review.case_number}：评定为{grade}，{fixes}结果已记入司法档案。"
    return _told(
        review,
        "案件质量评查已完成",
        words,
        Words(
            "A quality review is concluded",
            f"{review.case_number}: graded "
            f"{GRADES_EN[QualityGrade(event.grade)]}{fixes_en}. The result is in the "
            "professional record.",
        ),
    )


@on(
    QualityFailureReferred,
    about=ToldQualityReview,
    to=pool(PostKind.INSPECTOR, of="procuratorate_id"),
    urgency=Urgency.TASK,
    sample=lambda: (QualityFailureReferred(4), _sample()),
)
def quality_failure_referred(_event: QualityFailureReferred, review: ToldQualityReview) -> Message:
    """Pass an unqualified case to the inspection of the staff (RESP-2024 12)."""
    words = f"{review.case_number}：评定为不合格案件，移送检务督察部门处理。"
    return _told(
        review,
        "不合格案件移送",
        words,
        Words(
            "An unqualified case was referred",
            f"{review.case_number}: graded unqualified and referred to procuratorial supervision.",
        ),
    )


@on(
    QualityDefectCorrected,
    about=ToldQualityReview,
    to=MANAGERS,
    urgency=Urgency.TASK,
    sample=lambda: (QualityDefectCorrected(4, 2), _sample()),
)
def quality_defect_corrected(_event: QualityDefectCorrected, review: ToldQualityReview) -> Message:
    """Tell case management, which looks at it."""
    return _told(
        review,
        "评查问题已整改",
        f"{review.case_number}：有一项整改待核查。",
        Words(
            "A defect was corrected", f"{review.case_number}: one correction waits to be checked."
        ),
    )


@on(
    QualityCorrectionReturned,
    about=ToldQualityReview,
    to=together(HANDLED, person("case_handler_id")),
    urgency=Urgency.TASK,
    sample=lambda: (QualityCorrectionReturned(4, 2), _sample()),
)
def quality_correction_returned(
    _event: QualityCorrectionReturned, review: ToldQualityReview
) -> Message:
    """Tell whoever has to correct it that it does not do."""
    return _told(
        review,
        "整改被退回",
        f"{review.case_number}：有一项整改未通过核查，请继续整改。",
        Words(
            "A correction was returned",
            f"{review.case_number}: one correction did not pass. Please go on.",
        ),
    )
