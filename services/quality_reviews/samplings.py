"""Samplings: which closed cases are reviewed, announced with a hash, then drawn."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from sqlalchemy import Select, select

from services import tasks
from services.activities import Activity, ActivityKind
from services.cases import Case, CaseKind
from services.kernel.act import Act
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.offices import Office
from services.policy import Permission, PostKind, allows, demands
from services.quality_reviews import closed, flow, practice, reviewers
from services.quality_reviews.events import (
    QualityReviewerNamed,
    QualitySamplingAnnounced,
    QualitySamplingCancelled,
    QualitySamplingHeld,
    QualitySamplingLinked,
)
from services.quality_reviews.flow import (
    SCOPES,
    KeyGround,
    QualityState,
    ReviewersFrom,
    SamplingKind,
    SamplingScope,
    SamplingState,
)
from services.quality_reviews.opening import open_to_reviewer
from services.quality_reviews.records import (
    ONCE_A_CASE,
    ONCE_A_SCOPE,
    QualityReview,
    QualitySampling,
)
from services.tasks import TaskKind

READING = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
WHOLE = 100
MOST_CASES = 500


class ScopeDoesNotFit(Unprocessable):
    """A kind of sampling has its own scopes, grounds and theme."""

    zh = "评查类型与评查范围、事由或者主题不相符。"


class NothingClosed(Conflict):
    """No closed case fits, or each was reviewed before; running cases are watched, not reviewed."""

    zh = "没有符合条件且未经评查的已办结案件；正在办理的案件属于流程监控。"


class TooManyCases(Unprocessable):
    """A sampling draws at most 500 cases."""

    zh = "一次评查最多抽取五百件案件。"


class SampledBefore(Conflict):
    """This was sampled before: the office keeps one review a category, a theme, a year."""

    zh = "该类别、专项或者年度已经评查过（一类一评查、一专一评查、一年一评查）。"


class CaseReviewedBefore(Conflict):
    """A case is reviewed once."""

    zh = "案件已经评查过，不重复评查（一案一评查）。"


class CaseNotClosed(Conflict):
    """The case is running again: it belongs to process monitoring, not to quality review."""

    zh = "案件尚未办结，属于流程监控，不进行质量评查。"


class NobodyToReview(Conflict):
    """Nobody can be drawn for a case; draw from more procuratorates."""

    zh = "没有符合条件的评查员，请扩大评查员范围后再抽选。"


class UnfitActivity(Unprocessable):
    """Supervisors are invited through an activity of this kind, of the same procuratorate."""

    zh = "应当关联本院的案件质量评查监督活动。"


@dataclass(frozen=True, slots=True)
class NewSampling:
    """What is to be sampled."""

    kind: SamplingKind
    scope: SamplingScope
    closed_from_on: date
    closed_until_on: date
    number: int | None = None
    """How many; or `share`, in percent; a key sampling takes all that have a ground."""
    share: int | None = None
    case_kind: CaseKind | None = None
    charge_id: int | None = None
    grounds: tuple[KeyGround, ...] = ()
    theme: str | None = None
    reviewers_from: ReviewersFrom = ReviewersFrom.BOTH


def visible(act: Act) -> Select[QualitySampling]:
    """The samplings of the procuratorates that the actor manages or leads."""
    offices = act.actor.offices_as(*READING)
    return select(QualitySampling).where(QualitySampling.procuratorate_id.in_(offices))


def find(act: Act, sampling_id: int) -> QualitySampling:
    """The sampling, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(QualitySampling.id == sampling_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.QUALITY_SAMPLING_START)
def announce(act: Act, office: Office, new: NewSampling) -> QualitySampling:
    """Publish what will be drawn from, and the hash of the seed, before anything is drawn.

    Only closed cases are reviewed (facts.md 6.2, Y1). The kinds are routine, key and special; the
    "four ones" are practice, and each office keeps those that it has set.

    Refuses:
        NotAllowed: only case management of that procuratorate.
        ScopeDoesNotFit: scope, grounds, theme, charge or number do not fit the kind.
        NothingClosed: no closed case fits, or each was reviewed before.
        TooManyCases: more than 500 would be drawn.
        SampledBefore: the office keeps one sampling of it a year, and it was held.

    Records:
        QualitySamplingAnnounced.
    """
    if not _fits(new):
        raise ScopeDoesNotFit
    seed = secrets.token_bytes(32)
    sampling = QualitySampling(
        procuratorate_id=office.id,
        kind=new.kind,
        scope=new.scope,
        state=SamplingState.ANNOUNCED,
        once_key=_once(act, office, new),
        closed_from_on=new.closed_from_on,
        closed_until_on=new.closed_until_on,
        case_kind=new.case_kind,
        charge_id=new.charge_id,
        grounds=[one.value for one in new.grounds],
        theme=new.theme,
        reviewers_from=new.reviewers_from,
        seed=seed,
        seed_hash=hashlib.sha256(seed).hexdigest(),
        announced_at=act.now,
        announced_by=act.actor.id,
    )
    found = act.session.scalars(closed.frame(sampling, new.grounds)).all()
    handled = closed.handlers(act, found)
    sampling.frame = [one.id for one in found if one.id in handled]
    if not sampling.frame:
        raise NothingClosed
    sampling.number = _number(new, len(sampling.frame))
    if max(new.number or 0, sampling.number) > MOST_CASES:
        raise TooManyCases(most=MOST_CASES)
    with act.unless(ONCE_A_SCOPE, SampledBefore()):
        act.session.add(sampling)
    act.record(
        QualitySamplingAnnounced(
            sampling.id, sampling.kind.value, len(sampling.frame), sampling.seed_hash
        )
    )
    return sampling


@demands(Permission.QUALITY_SAMPLING_DRAW)
def draw(
    act: Act, sampling: QualitySampling, *, reviewers_from: ReviewersFrom | None = None
) -> list[QualityReview]:
    """Draw the cases and a reviewer for each, and publish the seed.

    Refuses:
        NotAllowed: only case management of that procuratorate.
        WrongState: it was drawn or cancelled before.
        CaseNotClosed: a case drawn is running again since the announcement.
        NobodyToReview: every prosecutor is kept out of one of the cases.
        CaseReviewedBefore: another sampling drew one of them at the same moment.

    Records:
        QualityReviewerNamed for each case, and QualitySamplingHeld.
    """
    act.session.refresh(sampling, with_for_update=True)
    state = flow.SAMPLING_FLOW.after(sampling.state, "draw")
    where = reviewers_from or sampling.reviewers_from
    drawn = reviewers.draw_cases(sampling.frame, sampling.number, sampling.seed)
    found = act.session.scalars(select(Case).where(Case.id.in_(drawn), closed.is_closed())).all()
    if running := sorted(set(drawn) - {one.id for one in found}):
        raise CaseNotClosed(case_ids=running)
    made = _reviews(act, sampling, found)
    with act.unless(ONCE_A_CASE, CaseReviewedBefore()):
        act.session.add_all(made)
    _name_reviewers(act, sampling, made, where)
    sampling.state, sampling.drawn_at, sampling.reviewers_from = state, act.now, where
    act.record(QualitySamplingHeld(sampling.id, sampling.seed.hex(), len(made)))
    return made


@demands(Permission.QUALITY_SAMPLING_DRAW)
def cancel(act: Act, sampling: QualitySampling) -> QualitySampling:
    """Call a sampling off before its draw; the same may then be sampled again.

    Refuses:
        NotAllowed: only case management of that procuratorate.
        WrongState: it was drawn or cancelled before.

    Records:
        QualitySamplingCancelled.
    """
    act.session.refresh(sampling, with_for_update=True)
    sampling.state = flow.SAMPLING_FLOW.after(sampling.state, "cancel")
    sampling.once_key = None
    act.session.flush()
    act.record(QualitySamplingCancelled(sampling.id))
    return sampling


@demands(Permission.QUALITY_SAMPLING_DRAW)
def link(act: Act, sampling: QualitySampling, activity: Activity) -> QualitySampling:
    """Invite people's supervisors as reviewers, through an activity (PSUP-2019 14).

    What they say is given as their opinion on the activity, and never sets a grade.

    Refuses:
        NotAllowed: only case management of that procuratorate.
        WrongState: the sampling was cancelled.
        UnfitActivity: it is of another kind, or of another procuratorate.

    Records:
        QualitySamplingLinked.
    """
    flow.SAMPLING_FLOW.after(sampling.state, "link")
    ours = activity.procuratorate_id == sampling.procuratorate_id
    if not ours or activity.kind is not ActivityKind.QUALITY_REVIEW:
        raise UnfitActivity(article="PSUP-2019 14")
    sampling.activity = activity
    act.session.flush()
    act.record(QualitySamplingLinked(sampling.id, activity.id))
    return sampling


def allowed(act: Act, sampling: QualitySampling) -> list[str]:
    """The steps that the law gives the actor and that are open now."""
    may = allows(act.actor, Permission.QUALITY_SAMPLING_DRAW, sampling)
    return flow.SAMPLING_FLOW.open_from(sampling.state) if may else []


def _fits(new: NewSampling) -> bool:
    key, special = new.kind is SamplingKind.KEY, new.kind is SamplingKind.SPECIAL
    category = new.scope is SamplingScope.ONE_CATEGORY
    counted = [one for one in (new.number, new.share) if one is not None]
    return (
        new.scope in SCOPES[new.kind]
        and key == bool(new.grounds)
        and special == bool(new.theme)
        and (not category or bool(new.case_kind or new.charge_id))
        and len(counted) == (0 if key else 1)
        and all(one > 0 for one in counted)
        and (new.share or 1) <= WHOLE
        and new.closed_from_on <= new.closed_until_on
    )


def _number(new: NewSampling, size: int) -> int:
    if new.share is not None:
        return ceil(size * new.share / WHOLE)
    return min(new.number or size, size)


def _once(act: Act, office: Office, new: NewSampling) -> str | None:
    """What is sampled once, as a key; a single case is held once by its own constraint."""
    kept = practice.of_office(act.session, office.id).once
    if new.scope.value not in kept or new.scope is SamplingScope.ONE_CASE:
        return None
    of = {
        SamplingScope.ONE_CATEGORY: f"/{new.case_kind or ''}/{new.charge_id or ''}",
        SamplingScope.ONE_SPECIAL: f"/{(new.theme or '').strip()}",
        SamplingScope.ONE_YEAR: "",
    }[new.scope]
    return f"{new.closed_until_on.year}/{new.scope.value}{of}"


def _reviews(act: Act, sampling: QualitySampling, found: Sequence[Case]) -> list[QualityReview]:
    handled = closed.handlers(act, found)
    grounds = closed.grounds_of(act, [one.id for one in found])
    return [
        QualityReview(
            sampling=sampling,
            case=case,
            procuratorate_id=sampling.procuratorate_id,
            handler_id=handled[case.id],
            state=QualityState.DRAWN,
            grounds=[one.value for one in grounds[case.id]],
            reviewer_out=[],
            draws=0,
            saves=0,
        )
        for case in sorted(found, key=lambda one: one.id)
    ]


def _name_reviewers(
    act: Act, sampling: QualitySampling, made: Collection[QualityReview], where: ReviewersFrom
) -> None:
    loads = Counter[int]()
    for review in made:
        drawn = reviewers.draw_one(act, sampling, review, where, loads=loads)
        if drawn.person_id is None:
            raise NobodyToReview(case_id=review.case_id, exclusions=drawn.out)
        review.reviewer_id, review.reviewer_office_id = drawn.person_id, drawn.office_id
        review.reviewer_out, review.draws = drawn.out, review.draws + 1
        act.session.flush()
        open_to_reviewer(act, review, drawn.person_id, drawn.office_id)
        tasks.open_for_person(act, TaskKind.REVIEW_QUALITY, review, person_id=drawn.person_id)
        act.record(QualityReviewerNamed(review.id, drawn.person_id, 1))
