"""Where the law says "shall invite" in a case, as the case stands (PSUP-2019 9).

The list of article 9 applies when a public review or a public hearing is held; it forces none, and
no decision waits for it. What is found here is a hint; what counts is the hearing that is planned.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from services import arrest_reviews, deadlines, prosecutions
from services.activities import InviteGround, WithoutBecause
from services.activities.grounds import ARTICLE, ARTICLE_ZH, WORDS, PublicMatter
from services.activities.notice import Earliest, presses
from services.activities.notice import earliest as first_days
from services.arrest_requests.records import Suspect
from services.arrest_reviews import ArrestReview, ReviewState
from services.arrest_reviews.steps import necessity
from services.cases import Case, CaseKind
from services.deadlines import Deadline, statutory_day
from services.kernel.act import Act
from services.policy import Permission, demands
from services.proceedings import Proposal, ProposalState
from services.proceedings.table import Taking
from services.prosecutions import Prosecution, ProsecutionState
from services.prosecutions.steps import remedies
from services.prosecutions.steps.non_prosecution import BASES
from services.public_hearings.flow import PublicHearingState
from services.public_hearings.records import PublicHearing

INTENDED = frozenset(BASES)
"""Proposals not to prosecute."""
STILL_INTENDED = (
    ProposalState.PENDING,
    ProposalState.BEFORE_COMMITTEE,
    ProposalState.RETURNED,
)
UNDER_REVIEW = frozenset({ReviewState.UNDER_REVIEW, ReviewState.AWAITING_APPROVAL})
OBJECTED_TO = frozenset({ReviewState.RECONSIDERATION, ReviewState.RE_EXAMINATION})
OBJECTIONS = frozenset({ProsecutionState.OBJECTION, ProsecutionState.OBJECTION_ABOVE})
NECESSITY_RULES = ("N04", "N07")
"""A review of the necessity of custody while the case is prosecuted."""


@dataclass(frozen=True, slots=True)
class Detected:
    """Something in a case about which a public review or hearing calls for supervisors."""

    suspect: Suspect
    matter: PublicMatter
    ground: InviteGround | None
    """None: they may be invited (PSUP-2019 8), but the article names no duty."""
    words: str
    article: str = ARTICLE
    article_zh: str = ARTICLE_ZH


@dataclass(frozen=True, slots=True)
class Room:
    """How much room the period that ends first leaves for the notice to the organ."""

    deadline: Deadline | None
    earliest: Earliest
    """The first days of an activity of which the organ is told today (PSUP-2021 19)."""

    @property
    def fits(self) -> bool:
        """Is there time for five working days?"""
        return self._before_the_end(self.earliest.on)

    @property
    def fits_short(self) -> bool:
        """Is there time for three?"""
        return self._before_the_end(self.earliest.short_on)

    @property
    def offered(self) -> list[WithoutBecause]:
        """The reason that the calendar itself gives for going on without supervisors."""
        return [] if self.fits_short else [WithoutBecause.NO_TIME_FOR_NOTICE]

    def _before_the_end(self, day: date) -> bool:
        due_on = None if self.deadline is None else self.deadline.due_on
        return due_on is None or day <= due_on


@demands(Permission.SUPERVISION_GROUND_DETECT)
def grounds(act: Act, case: Case) -> tuple[list[Detected], Room]:
    """What in the case calls for people's supervisors, and how much time its periods leave.

    The organ is told five working days before, with its consent three (PSUP-2021 19).

    Refuses:
        NotAllowed: only the handler, the head, the chief and case management, not recused.

    Records:
        Nothing.
    """
    return detect(act, case), room(act, [suspect.id for suspect in case.suspects])


def hint(found: Collection[Detected], left: Room) -> str | None:
    """What a phone says of it: that supervisors shall be invited, and whether there is time."""
    if all(one.ground is None for one in found):
        return None
    if left.fits:
        return "举行公开审查、公开听证的，应当邀请人民监督员参加；通知时间充足。"
    if left.fits_short:
        return "应当邀请人民监督员参加；仅够三个工作日的通知时间，须经司法行政机关同意。"
    return "办案期限容不下邀请的通知时间：请记录理由，依期限办理，决定不受影响。"


def after_deadline(hearing: PublicHearing, left: Room) -> bool:
    """Does the hearing to come lie after the end of the period? It is a warning only."""
    due_on = None if left.deadline is None else left.deadline.due_on
    over = hearing.state in {PublicHearingState.CONCLUDED, PublicHearingState.CANCELLED}
    return not over and due_on is not None and statutory_day(hearing.ends_at) > due_on


def detect(act: Act, case: Case) -> list[Detected]:
    """Everything in the case of which PSUP-2019 9 speaks, by suspect."""
    if case.kind is CaseKind.ARREST:
        reviews = arrest_reviews.of_case(act, case)
        return [found for one in reviews for found in _of_review(act, case, one)]
    ones = prosecutions.of_case(act, case)
    return [found for one in ones for found in _of_prosecution(act, one)]


def room(act: Act, suspect_ids: Collection[int]) -> Room:
    """How much room the earliest period of these suspects leaves for a notice sent today."""
    return Room(earliest(act, suspect_ids), first_days(act.session, act.today))


def earliest(act: Act, suspect_ids: Collection[int]) -> Deadline | None:
    """The custody or review of these suspects that ends first; a hearing stops none of them."""
    running = deadlines.open_of(suspect_ids).where(Deadline.due_on.is_not(None))
    pressing = (one for one in act.session.scalars(running) if presses(one))
    return next(pressing, None)


def _of_review(act: Act, case: Case, review: ArrestReview) -> list[Detected]:
    found = []
    major = _major(act, case) if review.state in UNDER_REVIEW else None
    if major is not None:
        found.append(
            Detected(
                review.suspect,
                PublicMatter.ARREST_REVIEW,
                InviteGround.ARREST_HEARING,
                f"{major}；{_shall(InviteGround.ARREST_HEARING)}",
            )
        )
    if review.state is ReviewState.ARRESTED and necessity.pending_review(act, review):
        found.append(_necessity(review.suspect))
    if review.state in OBJECTED_TO:
        found.append(_objection(review.suspect))
    return found


def _major(act: Act, case: Case) -> str | None:
    """What speaks for a major influence: the handler says so, or the police call it major."""
    chosen = select(PublicHearing.id).where(
        PublicHearing.case_id == case.id,
        PublicHearing.major_influence,
        PublicHearing.state != PublicHearingState.CANCELLED,
    )
    if act.session.scalar(chosen.limit(1)) is not None:
        return "承办检察官认定案件有重大影响"
    registered = case.request is not None and case.request.major_or_complex
    return "案件登记为重大、复杂" if registered else None


def _of_prosecution(act: Act, one: Prosecution) -> list[Detected]:
    found = []
    if _intended(act, one):
        found.append(
            Detected(
                one.suspect,
                PublicMatter.NON_PROSECUTION,
                InviteGround.NON_PROSECUTION_REVIEW,
                f"已提出不起诉意见；{_shall(InviteGround.NON_PROSECUTION_REVIEW)}",
            )
        )
    if _necessity_reviewed(act, one):
        found.append(_necessity(one.suspect))
    if _appealed(act, one):
        found.append(
            Detected(
                one.suspect,
                PublicMatter.COMPLAINT,
                InviteGround.COMPLAINT_REVIEW,
                f"正在办理申诉；{_shall(InviteGround.COMPLAINT_REVIEW)}",
            )
        )
    if one.state in OBJECTIONS:
        found.append(_objection(one.suspect))
    return found


def _shall(ground: InviteGround) -> str:
    return f"{WORDS[ground].zh}的，应当邀请人民监督员参加。"


def _necessity(suspect: Suspect) -> Detected:
    return Detected(
        suspect,
        PublicMatter.CUSTODY_NECESSITY,
        InviteGround.NECESSITY_REVIEW,
        f"正在进行羁押必要性审查；{_shall(InviteGround.NECESSITY_REVIEW)}",
    )


def _objection(suspect: Suspect) -> Detected:
    """The police are no appellant: article 9 speaks of appeals (申诉), not of their objections."""
    return Detected(
        suspect,
        PublicMatter.COMPLAINT,
        None,
        "正在办理复议、复核；公开审查的，可以邀请人民监督员参加。",
        "PSUP-2019 8",
        "《人民检察院办案活动接受人民监督员监督的规定》第八条",
    )


def _intended(act: Act, one: Prosecution) -> bool:
    if one.state in {ProsecutionState.NOT_PROSECUTED, ProsecutionState.SENT_BACK}:
        return False
    chosen = select(Proposal).where(
        Proposal.subject_kind == Prosecution.__tablename__, Proposal.subject_id == one.id
    )
    latest = act.session.scalar(chosen.order_by(Proposal.id.desc()).limit(1))
    return latest is not None and latest.step in INTENDED and latest.state in STILL_INTENDED


def _necessity_reviewed(act: Act, one: Prosecution) -> bool:
    running = deadlines.open_about([one]).where(Deadline.rule_id.in_(NECESSITY_RULES))
    return act.session.scalar(running.limit(1)) is not None


def _appealed(act: Act, one: Prosecution) -> bool:
    if one.state not in remedies.APPEALABLE:
        return False
    taking = Taking(act, one, prosecutions.STEPS[0], {})
    late = ("answer_late_appeal", "pass_on_late_appeal")
    return (
        remedies.above_reviews(taking)
        or remedies.here_reviews(taking)
        or remedies.pending(taking, ("register_late_appeal",), *late)
    )
