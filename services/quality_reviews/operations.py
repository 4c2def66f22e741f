"""Quality reviews: a reviewer fills the form and proposes, the handler answers, the chief decides.

Where no law gives a day, the office's practice does. A review changes nothing that was decided in
the case; what is wrong there goes the law's own ways (supervision, protest, retrial).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, exists, or_, select

from services import deadlines, tasks
from services.assignments import RecusalGround
from services.cases.records import RECUSALS
from services.deadlines.engine.arithmetic import working_days_after
from services.kernel.act import Act
from services.kernel.flow import WrongState
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.policy import Permission, PostKind, allows, demands, inspected
from services.quality_reviews import closed, forms, grades, practice, reviewers
from services.quality_reviews.events import (
    QualityFailureReferred,
    QualityGradeObjected,
    QualityGradeProposed,
    QualityHandlerNotified,
    QualityObjectionDecided,
    QualityReviewConcluded,
    QualityReviewerNamed,
    QualityReviewerRecused,
    QualityReviewerWanted,
    QualityReviewFilled,
    QualityReviewReturned,
    QualityReviewStarted,
    QualitySecondOpinionGiven,
)
from services.quality_reviews.flow import (
    FLOW,
    TOLD,
    ObjectionOutcome,
    QualityState,
    ReviewersFrom,
)
from services.quality_reviews.grades import QualityGrade
from services.quality_reviews.opening import close_to_reviewer, open_to_reviewer
from services.quality_reviews.records import (
    PerformanceNote,
    QualityCorrection,
    QualityFinding,
    QualityRecusal,
    QualityReview,
)
from services.quality_reviews.samplings import CaseNotClosed, NobodyToReview
from services.tasks import TaskKind

LEADING = (PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)


class UnknownFormItem(Unprocessable):
    """A finding stands under an item of the review's own form."""

    zh = "评查问题应当归入本案评查表的项目。"


class TooManyPointsOff(Unprocessable):
    """Under one item no more points are taken off than it has."""

    zh = "同一项目的扣分合计不得超过该项目的分值。"


class QualityGradeNotInForce(Unprocessable):
    """That grade is not on the list of the day on which the review began."""

    zh = "该等次不在评查开始时施行的等次目录内。"


class FindingsMissing(Unprocessable):
    """A grade below qualified rests on at least one finding."""

    zh = "评定合格以下等次的，应当逐项列明问题和理由。"


class ReviewerHandlesTheCase(Conflict):
    """The reviewer has since come to handle the case; step aside."""

    zh = "评查员现为该案承办人，应当回避。"


class AnswerStillOpen(Conflict):
    """The handler may still answer: the days given are not over."""

    zh = "承办检察官的答复期限尚未届满。"


class AnswerPeriodOver(Conflict):
    """The days to answer are over; case management has taken the silence as no objection."""

    zh = "答复期限已经届满。"


class SecondReviewHeld(Conflict):
    """A second reviewer was asked already."""

    zh = "该案已经安排第二评查员评查。"


class OutcomeDoesNotFit(Unprocessable):
    """An objection that is upheld leads to another grade; one that is dismissed to the same."""

    zh = "异议成立的应当另定等次，异议不成立的应当维持原等次。"


class ReviewerStillThere(Conflict):
    """A reviewer is drawn already."""

    zh = "该案已有评查员。"


@dataclass(frozen=True, slots=True)
class NewFinding:
    """One defect, as the reviewer puts it."""

    item: str
    words: str
    points_off: int = 0
    correction: str | None = None


@dataclass(frozen=True, slots=True)
class _Until:
    """A day of practice, as tasks keep it."""

    due_on: date | None
    outer_on: date | None = None


def visible(act: Act) -> Select[QualityReview]:
    """What the office manages and leads, what one reviews, one's own result, what has failed."""
    actor = act.actor
    prosecuting = actor.offices_as(PostKind.PROSECUTOR)
    recused = (
        select(RECUSALS.c.case_id)
        .where(RECUSALS.c.case_id == QualityReview.case_id, RECUSALS.c.person_id == actor.id)
        .correlate(QualityReview)
        .exists()
    )
    return select(QualityReview).where(
        or_(
            QualityReview.procuratorate_id.in_(actor.offices_as(PostKind.CASE_MANAGER)),
            and_(
                ~recused,
                or_(
                    QualityReview.procuratorate_id.in_(actor.offices_as(*LEADING)),
                    and_(
                        QualityReview.reviewer_id == actor.id,
                        QualityReview.reviewer_office_id.in_(prosecuting),
                    ),
                    and_(
                        QualityReview.second_reviewer_id == actor.id,
                        QualityReview.second_office_id.in_(prosecuting),
                    ),
                ),
            ),
            and_(QualityReview.handler_id == actor.id, QualityReview.state.in_(TOLD)),
            exists().where(
                QualityCorrection.review_id == QualityReview.id,
                QualityCorrection.person_id == actor.id,
            ),
            and_(
                QualityReview.grade == QualityGrade.UNQUALIFIED,
                QualityReview.procuratorate_id.in_(inspected(actor)),
            ),
        )
    )


def find(act: Act, review_id: int) -> QualityReview:
    """The review, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(QualityReview.id == review_id))
    if found is None:
        raise NotFound
    return found


def notes(act: Act) -> Select[PerformanceNote]:
    """One's own archive, and those that the actor manages or leads."""
    offices = act.actor.offices_as(PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR)
    return select(PerformanceNote).where(
        or_(
            PerformanceNote.person_id == act.actor.id,
            PerformanceNote.procuratorate_id.in_(offices),
        )
    )


@demands(Permission.QUALITY_REVIEW_FILL)
def begin(act: Act, review: QualityReview) -> QualityReview:
    """Begin the review, on the form and with the grades in force today.

    Refuses:
        NotAllowed: only the reviewer who was drawn, not recused from the case.
        WrongState: it has begun before.
        CaseNotClosed: the case is running again.
        ReviewerHandlesTheCase: the case was handed over to the reviewer.

    Records:
        QualityReviewStarted.
    """
    state = FLOW.after(review.state, "begin")
    if not closed.closed(act, review.case_id):
        raise CaseNotClosed
    _not_the_handler(act, review)
    review.state, review.began_at, review.began_on = state, act.now, act.today
    review.form = forms.in_force(act.session, review.procuratorate_id, act.today)
    act.session.flush()
    act.record(QualityReviewStarted(review.id, str(review.edition)))
    return review


@demands(Permission.QUALITY_REVIEW_FILL)
def fill(act: Act, review: QualityReview, findings: Sequence[NewFinding]) -> QualityReview:
    """Save the whole form as it stands now; what is sent takes the place of what was there.

    Refuses:
        NotAllowed: only the reviewer who was drawn, not recused from the case.
        WrongState: it has not begun, or was proposed.
        UnknownFormItem: a finding under an item that the form has not.
        TooManyPointsOff: more points than the item has.

    Records:
        QualityReviewFilled.
    """
    FLOW.after(review.state, "fill")
    points = {one.code: one.points for one in review.lines}
    for one in findings:
        if one.item not in points:
            raise UnknownFormItem(item=one.item)
        points[one.item] -= one.points_off
        if points[one.item] < 0:
            raise TooManyPointsOff(item=one.item)
    review.findings = [
        QualityFinding(
            item=one.item,
            words=one.words,
            points_off=one.points_off,
            correction=one.correction,
        )
        for one in findings
    ]
    review.saves, review.saved_at = review.saves + 1, act.now
    act.session.flush()
    act.record(QualityReviewFilled(review.id, len(findings)))
    return review


@demands(Permission.QUALITY_REVIEW_FILL)
def propose(act: Act, review: QualityReview, *, grade: QualityGrade, words: str) -> QualityReview:
    """Propose a grade; each finding is a reason, and the words say how it follows.

    Refuses:
        NotAllowed: only the reviewer who was drawn, not recused from the case.
        WrongState: it has not begun, or was proposed before.
        QualityGradeNotInForce: not on the list of the day on which the review began.
        FindingsMissing: below qualified, and nothing was found.
        ReviewerHandlesTheCase: the case was handed over to the reviewer.

    Records:
        QualityGradeProposed.
    """
    state = FLOW.after(review.state, "propose")
    _fitting(review, grade)
    if grade not in grades.WITHOUT_DEFECTS and not review.findings:
        raise FindingsMissing
    _not_the_handler(act, review)
    review.state, review.proposed_at = state, act.now
    review.proposed_grade, review.proposed_words = grade, words
    tasks.finish(act, TaskKind.REVIEW_QUALITY, review)
    act.session.flush()
    act.record(QualityGradeProposed(review.id, grade.value))
    return review


@demands(Permission.QUALITY_REVIEW_RECUSE)
def recuse(act: Act, review: QualityReview, *, ground: RecusalGround) -> QualityReview:
    """Let the reviewer step aside, or keep the reviewer away; somebody else is drawn at once.

    The grounds are those of CPL 29 and 30, kept in spirit: their text speaks of running cases.
    What the recused reviewer has drafted is discarded. Where nobody else can be drawn, case
    management looks further.

    Refuses:
        NotAllowed: only the reviewer, case management or the chief procurator.
        WrongState: no review is awaited now, or nobody is drawn.

    Records:
        QualityReviewerRecused, and QualityReviewerNamed or QualityReviewerWanted.
    """
    state = FLOW.after(review.state, "recuse")
    person = review.reviewing_id
    if person is None:
        raise WrongState(state=review.state, step="recuse")
    recusal = QualityRecusal(
        review_id=review.id,
        person_id=person,
        ground=ground,
        recorded_by=act.actor.id,
        recorded_at=act.now,
    )
    act.session.add(recusal)
    close_to_reviewer(act, review, person)
    tasks.cancel(act, TaskKind.REVIEW_QUALITY, review)
    if review.state is QualityState.SECOND_REVIEW:
        review.second_reviewer_id = review.second_office_id = None
    else:
        review.reviewer_id = review.reviewer_office_id = None
        review.findings, review.form = [], None
        review.began_at = review.began_on = None
        review.proposed_grade = review.proposed_words = review.proposed_at = None
    review.state = state
    act.session.flush()
    act.record(QualityReviewerRecused(review.id, person, ground.value))
    if not _drawn(act, review, review.sampling.reviewers_from):
        tasks.open_for_pool(
            act,
            TaskKind.REVIEW_QUALITY,
            review,
            office_id=review.procuratorate_id,
            post=PostKind.CASE_MANAGER,
        )
        act.record(QualityReviewerWanted(review.id))
    return review


@demands(Permission.QUALITY_REVIEW_MANAGE)
def redraw(act: Act, review: QualityReview, *, reviewers_from: ReviewersFrom) -> QualityReview:
    """Draw again where nobody could be drawn, from more procuratorates or at a later time.

    Refuses:
        NotAllowed: only case management of that procuratorate.
        WrongState: no reviewer is awaited now.
        ReviewerStillThere: a reviewer is drawn already.
        NobodyToReview: still nobody can be drawn.

    Records:
        QualityReviewerNamed.
    """
    FLOW.after(review.state, "redraw")
    if review.reviewing_id is not None:
        raise ReviewerStillThere
    tasks.finish(act, TaskKind.REVIEW_QUALITY, review)
    if not _drawn(act, review, reviewers_from):
        raise NobodyToReview(case_id=review.case_id, exclusions=review.reviewer_out)
    return review


@demands(Permission.QUALITY_REVIEW_MANAGE)
def send_back(act: Act, review: QualityReview, *, words: str) -> QualityReview:
    """Send the form back to the reviewer, before the handler has heard of it.

    Refuses:
        NotAllowed: only case management of that procuratorate.
        WrongState: nothing is proposed, or the handler was told.

    Records:
        QualityReviewReturned.
    """
    review.state = FLOW.after(review.state, "send_back")
    review.returned_words = words
    act.session.flush()
    if review.reviewer_id is not None:
        tasks.open_for_person(act, TaskKind.REVIEW_QUALITY, review, person_id=review.reviewer_id)
    act.record(QualityReviewReturned(review.id))
    return review


@demands(Permission.QUALITY_REVIEW_MANAGE)
def notify(act: Act, review: QualityReview) -> QualityReview:
    """Tell the handler what is proposed; so many working days are given to agree or object.

    It is whoever handled the case when it was drawn, whoever handles it now: theirs is the
    archive that the result goes into.

    Refuses:
        NotAllowed: only case management of that procuratorate.
        WrongState: nothing is proposed, or the handler was told before.

    Records:
        QualityHandlerNotified.
    """
    review.state = FLOW.after(review.state, "notify")
    days = practice.of_office(act.session, review.procuratorate_id).answer_days
    review.notified_at, review.answer_by_on = act.now, _after(act, days)
    act.session.flush()
    tasks.open_for_person(
        act,
        TaskKind.ANSWER_QUALITY_REVIEW,
        review,
        person_id=review.handler_id,
        due=_Until(review.answer_by_on),
    )
    act.record(QualityHandlerNotified(review.id, review.handler_id))
    return review


@demands(Permission.QUALITY_REVIEW_ANSWER)
def agree(act: Act, review: QualityReview) -> QualityReview:
    """Agree with the grade, which makes it final.

    Refuses:
        NotAllowed: only who handled the case.
        WrongState: the handler was not told, or has answered.

    Records:
        QualityReviewConcluded, and QualityFailureReferred where the case is unqualified.
    """
    state = FLOW.after(review.state, "agree")
    review.answered_at = act.now
    return _concluded(act, review, state, review.proposed_grade)


@demands(Permission.QUALITY_REVIEW_MANAGE)
def take_silence(act: Act, review: QualityReview) -> QualityReview:
    """Take the silence of a handler whose days are over as no objection; practice, not law.

    Refuses:
        NotAllowed: only case management of that procuratorate.
        WrongState: the handler was not told, or has answered.
        AnswerStillOpen: the days are not over.

    Records:
        QualityReviewConcluded, and QualityFailureReferred where the case is unqualified.
    """
    state = FLOW.after(review.state, "take_silence")
    if not _answer_is_over(act, review):
        raise AnswerStillOpen(until=review.answer_by_on and review.answer_by_on.isoformat())
    return _concluded(act, review, state, review.proposed_grade)


@demands(Permission.QUALITY_REVIEW_ANSWER)
def object(act: Act, review: QualityReview, *, reasons: str) -> QualityReview:  # noqa: A001  # the step's name
    """Object to the grade, with reasons; the chief procurator decides.

    Refuses:
        NotAllowed: only who handled the case.
        WrongState: the handler was not told, or has answered.
        AnswerPeriodOver: the days given are over.

    Records:
        QualityGradeObjected.
    """
    state = FLOW.after(review.state, "object")
    if _answer_is_over(act, review):
        raise AnswerPeriodOver
    review.state, review.objection, review.answered_at = state, reasons, act.now
    act.session.flush()
    tasks.finish(act, TaskKind.ANSWER_QUALITY_REVIEW, review)
    _ask_the_chief(act, review)
    act.record(QualityGradeObjected(review.id))
    return review


@demands(Permission.QUALITY_REVIEW_DECIDE)
def ask_second(act: Act, review: QualityReview, *, reviewers_from: ReviewersFrom) -> QualityReview:
    """Let a second reviewer look at it before the decision; drawn as the first was.

    Refuses:
        NotAllowed: only the chief procurator, not recused, and never on the own work.
        WrongState: nobody has objected, or it was decided.
        SecondReviewHeld: a second reviewer was asked before.
        NobodyToReview: nobody can be drawn.

    Records:
        QualityReviewerNamed.
    """
    state = FLOW.after(review.state, "ask_second")
    if review.second_grade is not None:
        raise SecondReviewHeld
    review.state = state
    if not _drawn(act, review, reviewers_from):
        raise NobodyToReview(case_id=review.case_id, exclusions=review.reviewer_out)
    tasks.cancel(act, TaskKind.DECIDE_QUALITY_OBJECTION, review)
    return review


@demands(Permission.QUALITY_REVIEW_OPINE)
def second(act: Act, review: QualityReview, *, grade: QualityGrade, words: str) -> QualityReview:
    """Say, as the second reviewer, which grade the case deserves, and why.

    Refuses:
        NotAllowed: only the second reviewer, not recused from the case.
        WrongState: no second review is awaited.
        QualityGradeNotInForce: not on the list of the day on which the review began.

    Records:
        QualitySecondOpinionGiven.
    """
    state = FLOW.after(review.state, "second")
    _fitting(review, grade)
    review.second_grade, review.second_words, review.state = grade, words, state
    act.session.flush()
    tasks.finish(act, TaskKind.REVIEW_QUALITY, review)
    close_to_reviewer(act, review, review.second_reviewer_id)
    _ask_the_chief(act, review)
    act.record(QualitySecondOpinionGiven(review.id, grade.value))
    return review


@demands(Permission.QUALITY_REVIEW_DECIDE)
def decide(
    act: Act,
    review: QualityReview,
    *,
    outcome: ObjectionOutcome,
    grade: QualityGrade,
    words: str,
) -> QualityReview:
    """Decide on the handler's objection, which makes the grade final.

    Refuses:
        NotAllowed: only the chief procurator, not recused, and never on the own work.
        WrongState: nobody has objected, a second review is awaited, or it was decided.
        QualityGradeNotInForce: not on the list of the day on which the review began.
        OutcomeDoesNotFit: upheld with the same grade, or dismissed with another.

    Records:
        QualityObjectionDecided, QualityReviewConcluded, and QualityFailureReferred where the case
        is unqualified.
    """
    state = FLOW.after(review.state, "decide")
    _fitting(review, grade)
    if (outcome is ObjectionOutcome.DISMISSED) != (grade is review.proposed_grade):
        raise OutcomeDoesNotFit
    review.objection_outcome, review.decision_words = outcome, words
    review.decided_by = act.actor.id
    tasks.finish(act, TaskKind.DECIDE_QUALITY_OBJECTION, review)
    act.record(QualityObjectionDecided(review.id, outcome.value))
    return _concluded(act, review, state, grade)


STEPS = {
    "begin": Permission.QUALITY_REVIEW_FILL,
    "fill": Permission.QUALITY_REVIEW_FILL,
    "propose": Permission.QUALITY_REVIEW_FILL,
    "recuse": Permission.QUALITY_REVIEW_RECUSE,
    "redraw": Permission.QUALITY_REVIEW_MANAGE,
    "send_back": Permission.QUALITY_REVIEW_MANAGE,
    "notify": Permission.QUALITY_REVIEW_MANAGE,
    "take_silence": Permission.QUALITY_REVIEW_MANAGE,
    "agree": Permission.QUALITY_REVIEW_ANSWER,
    "object": Permission.QUALITY_REVIEW_ANSWER,
    "ask_second": Permission.QUALITY_REVIEW_DECIDE,
    "second": Permission.QUALITY_REVIEW_OPINE,
    "decide": Permission.QUALITY_REVIEW_DECIDE,
}
"""What a phone may offer as a button, and the power it needs."""


def allowed(act: Act, review: QualityReview) -> list[str]:
    """The steps that the law gives the actor and that are open now."""
    shut = {
        "redraw": review.reviewing_id is not None,
        "recuse": review.reviewing_id is None,
        "take_silence": not _answer_is_over(act, review),
        "object": _answer_is_over(act, review),
        "ask_second": review.second_grade is not None,
    }
    open_steps = FLOW.open_from(review.state)
    return [
        name
        for name, permission in STEPS.items()
        if name in open_steps and not shut.get(name) and allows(act.actor, permission, review)
    ]


def _not_the_handler(act: Act, review: QualityReview) -> None:
    if review.case.handler_id == act.actor.id:
        raise ReviewerHandlesTheCase(article="CPL 29")


def _fitting(review: QualityReview, grade: QualityGrade) -> None:
    began_on = review.began_on
    assert began_on is not None  # noqa: S101  # the flow leads here by a review that has begun
    listed = grades.in_force(began_on)
    if grade not in listed.grades:
        raise QualityGradeNotInForce(edition=listed.edition)


def _answer_is_over(act: Act, review: QualityReview) -> bool:
    return review.answer_by_on is not None and act.today > review.answer_by_on


def _after(act: Act, days: int) -> date:
    """So many working days after today, by the calendar of the deadlines."""
    return working_days_after(act.today, days, deadlines.calendar_of(act.session))


def _ask_the_chief(act: Act, review: QualityReview) -> None:
    tasks.open_for_pool(
        act,
        TaskKind.DECIDE_QUALITY_OBJECTION,
        review,
        office_id=review.procuratorate_id,
        post=PostKind.CHIEF_PROCURATOR,
    )


def _drawn(act: Act, review: QualityReview, where: ReviewersFrom) -> bool:
    """Draw the first or the second reviewer, as the state asks; nobody: it is told."""
    drawn = reviewers.draw_one(act, review.sampling, review, where)
    review.reviewer_out = drawn.out
    if drawn.person_id is None:
        return False
    review.draws += 1
    second_round = review.state is QualityState.SECOND_REVIEW
    if second_round:
        review.second_reviewer_id, review.second_office_id = drawn.person_id, drawn.office_id
    else:
        review.reviewer_id, review.reviewer_office_id = drawn.person_id, drawn.office_id
    act.session.flush()
    open_to_reviewer(act, review, drawn.person_id, drawn.office_id)
    tasks.open_for_person(act, TaskKind.REVIEW_QUALITY, review, person_id=drawn.person_id)
    act.record(QualityReviewerNamed(review.id, drawn.person_id, 2 if second_round else 1))
    return True


def _concluded(
    act: Act, review: QualityReview, state: QualityState, grade: QualityGrade | None
) -> QualityReview:
    """The grade is final: into the archive, the defects to be corrected, a failure passed on."""
    assert grade is not None  # noqa: S101  # the flow leads here by a proposal only
    review.state, review.grade = state, grade
    review.final_at, review.final_on = act.now, act.today
    tasks.finish(act, TaskKind.ANSWER_QUALITY_REVIEW, review)
    close_to_reviewer(act, review, review.reviewer_id)
    act.session.add(
        PerformanceNote(
            person_id=review.handler_id,
            procuratorate_id=review.procuratorate_id,
            review_id=review.id,
            grade=grade,
            noted_at=act.now,
        )
    )
    days = practice.of_office(act.session, review.procuratorate_id).correction_days
    person, due_on = review.case.handler_id or review.handler_id, _after(act, days)
    review.corrections += [
        QualityCorrection(item=one.item, what=one.correction, person_id=person, due_on=due_on)
        for one in review.findings
        if one.correction
    ]
    act.session.flush()
    if review.corrections:
        tasks.open_for_person(
            act,
            TaskKind.CORRECT_QUALITY_DEFECTS,
            review,
            person_id=person,
            due=_Until(due_on),
        )
    act.record(
        QualityReviewConcluded(review.id, grade.value, review.handler_id, len(review.corrections))
    )
    if review.is_failed:
        act.record(QualityFailureReferred(review.id))
    return review
