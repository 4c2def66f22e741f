"""Who may review a case, and the draw of one of them.

Nobody reviews the own work: whoever handled the case or took part in it, was recused from it or
leads the office that handled it is kept out, in the spirit of CPL 29 (the article itself speaks
of cases that run). The draw is that of case assignment: HMAC-SHA256 of a seed whose hash was
published before, and anyone can run it again (`services.assignments.rotation`).
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, select, union

from services import cases, people
from services.arrest_reviews import ArrestReview
from services.arrest_reviews.records import ArrestDecision, Opinion
from services.assignments import Assignment, Recusal
from services.assignments.rotation import Candidate, draw
from services.cases import Case, CaseReader
from services.interrogations import Interrogation
from services.interrogations.records import Attendance
from services.kernel.act import Act
from services.offices import Office, OfficeKind
from services.people import Leave, Post
from services.policy import PostKind
from services.proceedings import Proposal, TakenStep
from services.proceedings.records import Remark
from services.quality_reviews.flow import QualityState, ReviewerOutBecause, ReviewersFrom
from services.quality_reviews.records import QualityRecusal, QualityReview, QualitySampling

LEADING = (PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Who was drawn, of which office; and who could not be, and why."""

    person_id: int | None
    office_id: int | None
    out: list[dict[str, int | str]]


def draw_one(
    act: Act,
    sampling: QualitySampling,
    review: QualityReview,
    where: ReviewersFrom,
    *,
    loads: Counter[int] | None = None,
) -> Drawn:
    """Draw a reviewer among those with the fewest reviews of this sampling.

    The nonce is the review's case and how often a reviewer was drawn for it before, so that a
    draw after a recusal is as open to be run again as the first.
    """
    offices = _offices(act, sampling.procuratorate_id, where)
    pool = _prosecutors(act, offices)
    out = _out(act, review, set(pool))
    eligible = sorted(set(pool) - set(out))
    shown: list[dict[str, int | str]] = [
        {"person_id": person, "reason": out[person].value} for person in sorted(out)
    ]
    if not eligible:
        return Drawn(None, None, shown)
    held = _loads(act, sampling) if loads is None else loads
    chosen = draw(
        [Candidate(one, held[one]) for one in eligible],
        sampling.seed,
        f"reviewer/{review.case_id}/{review.draws}".encode(),
    )
    held[chosen] += 1
    return Drawn(chosen, pool[chosen], shown)


def draw_cases(frame: Collection[int], number: int, seed: bytes) -> list[int]:
    """So many of the cases, each as likely as any other, in the order drawn."""
    rest, drawn = sorted(frame), list[int]()
    for place in range(min(number, len(rest))):
        chosen = draw([Candidate(one, 0) for one in rest], seed, f"case/{place}".encode())
        rest.remove(chosen)
        drawn.append(chosen)
    return drawn


def _offices(act: Act, procuratorate_id: int, where: ReviewersFrom) -> set[int]:
    own = {procuratorate_id}
    if where is ReviewersFrom.OWN_OFFICE:
        return own
    superior = act.session.get_one(Office, procuratorate_id).superior_id
    beside = select(Office.id).where(
        Office.kind == OfficeKind.PROCURATORATE,
        Office.superior_id == superior,
        Office.id != procuratorate_id,
    )
    others = set(act.session.scalars(beside)) if superior is not None else set[int]()
    return others | (own if where is ReviewersFrom.BOTH else set())


def _prosecutors(act: Act, offices: Collection[int]) -> dict[int, int]:
    """Every prosecutor of these offices today, and the office; the first where there are two."""
    held = people.posts_on(act.today).where(
        Post.kind == PostKind.PROSECUTOR, Post.office_id.in_(offices)
    )
    rows = act.session.execute(
        held.with_only_columns(Post.person_id, Post.office_id).order_by(Post.id.desc())
    )
    return {row.person_id: row.office_id for row in rows}


def _out(act: Act, review: QualityReview, pool: set[int]) -> dict[int, ReviewerOutBecause]:
    """Why each of these cannot be drawn; the first reason that holds."""
    related = _related(act, review.case_id)
    handled = {review.handler_id, *_handled(act, related)}
    recused = set(
        act.session.scalars(
            union(
                select(Recusal.person_id).where(Recusal.case_id.in_(related)),
                select(QualityRecusal.person_id).where(QualityRecusal.review_id == review.id),
            )
        )
    )
    away = select(Leave.person_id).where(Leave.from_on <= act.today, Leave.until_on >= act.today)
    first = {review.reviewer_id} if review.state is QualityState.SECOND_REVIEW else set()
    reasons: Mapping[ReviewerOutBecause, Collection[int | None]] = {
        ReviewerOutBecause.HANDLED: handled,
        ReviewerOutBecause.RECUSED: recused,
        ReviewerOutBecause.TOOK_PART: _took_part(act, related),
        ReviewerOutBecause.REVIEWED: first,
        ReviewerOutBecause.LEADS: people.holders(
            act.session, LEADING, review.procuratorate_id, act.today
        ),
        ReviewerOutBecause.ON_LEAVE: set(act.session.scalars(away)),
    }
    out: dict[int, ReviewerOutBecause] = {}
    for reason, persons in reasons.items():
        for person in pool.intersection(persons) - set(out):
            out[person] = reason
    return out


def _related(act: Act, case_id: int) -> list[int]:
    """The case, and every other case of its suspects: arrest and prosecution go together."""
    suspects = [one.id for one in act.session.scalars(cases.suspects_of(case_id))]
    found = cases.of_suspects(suspects).with_only_columns(Case.id)
    return sorted({case_id, *act.session.scalars(found)})


def _handled(act: Act, related: Collection[int]) -> set[int]:
    handled: CompoundSelect[Any] = union(
        select(Assignment.handler_id).where(Assignment.case_id.in_(related)),
        select(Case.handler_id).where(Case.id.in_(related), Case.handler_id.is_not(None)),
    )
    return set(act.session.scalars(handled))


def _took_part(act: Act, related: Collection[int]) -> set[int]:
    """Whoever opined, decided, approved, remarked, interrogated, or was given the case to read."""
    reviews = select(ArrestReview.id).where(ArrestReview.case_id.in_(related))
    part: CompoundSelect[Any] = union(
        select(CaseReader.person_id).where(CaseReader.case_id.in_(related)),
        select(ArrestReview.reviewer_id).where(ArrestReview.case_id.in_(related)),
        select(Opinion.by_id).where(Opinion.arrest_review_id.in_(reviews)),
        select(ArrestDecision.by_id).where(ArrestDecision.arrest_review_id.in_(reviews)),
        select(TakenStep.by_id).where(TakenStep.case_id.in_(related)),
        select(TakenStep.put_by).where(TakenStep.case_id.in_(related)),
        select(Proposal.decided_by).where(Proposal.case_id.in_(related)),
        select(Remark.by_id)
        .join(Proposal, Remark.proposal_id == Proposal.id)
        .where(Proposal.case_id.in_(related)),
        select(Attendance.person_id)
        .join(Interrogation, Attendance.interrogation_id == Interrogation.id)
        .where(Interrogation.case_id.in_(related)),
    )
    return {one for one in act.session.scalars(part) if one is not None}


def _loads(act: Act, sampling: QualitySampling) -> Counter[int]:
    chosen = select(QualityReview.reviewer_id, QualityReview.second_reviewer_id).where(
        QualityReview.sampling_id == sampling.id
    )
    rows = act.session.execute(chosen).all()
    return Counter(person for row in rows for person in row if person is not None)
