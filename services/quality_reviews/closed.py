"""Which cases are closed (已经办结), and what makes one a key case.

A case is closed when it is decided and nothing of it is under review: every arrest review has its
receipt or went on to prosecution, every prosecution is in an end state, and no remedy is open.
Running cases belong to process monitoring (RULES 664), never to a quality review.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
    type_coerce,
)

from services.arrest_requests.records import SuspectCharge
from services.arrest_reviews import ArrestReview, RefusalKind, ReviewState
from services.arrest_reviews.flow import ENDED
from services.arrest_reviews.records import ArrestDecision
from services.assignments import Assignment
from services.cases import Case, CaseState, case_suspects
from services.kernel.act import Act, JournalEntry
from services.proceedings import TakenStep
from services.prosecutions import Prosecution, ProsecutionState
from services.prosecutions.operations import FINAL
from services.quality_reviews.flow import KeyGround
from services.quality_reviews.records import QualityReview, QualitySampling

ARREST_OVER = ENDED - {ReviewState.RECONSIDERATION, ReviewState.RE_EXAMINATION}
DECIDED_STATES = (CaseState.DECIDED, CaseState.CLOSED)
NOT_GUILTY = ("not_guilty", "not_proven")
CHANGING = (
    "change_refusal",
    "change_above",
    "approve_above",
    "revoke_approval",
    "revoke_refusal",
    "change_on_reconsideration",
    "change_basis_above",
    "overturn_above",
    "prosecute_on_appeal",
    "change_basis_after_review",
    "revoke_after_review",
    "revoke_non_prosecution",
)
"""The steps that change a decision, by their codes in the tables of the two flows."""
APPEALING = (
    "appeal_of_victim",
    "appeal_of_person",
    "register_late_appeal",
    "appeal_registered",
    "protest",
)


def is_closed() -> ColumnElement[bool]:
    """Is the case of the row closed?"""
    return and_(
        Case.state.in_(DECIDED_STATES),
        ~exists().where(ArrestReview.case_id == Case.id, ArrestReview.state.not_in(ARREST_OVER)),
        ~exists().where(Prosecution.case_id == Case.id, Prosecution.state.not_in(FINAL)),
    )


def closed(act: Act, case_id: int) -> bool:
    """Is that case closed?"""
    found = select(Case.id).where(Case.id == case_id, is_closed())
    return act.session.scalar(found) is not None


def handlers(act: Act, found: Sequence[Case]) -> dict[int, int]:
    """Who handles each case, or handled it last, by case."""
    known = {one.id: one.handler_id for one in found if one.handler_id is not None}
    rest = [one.id for one in found if one.id not in known]
    rows = act.session.execute(
        select(Assignment.case_id, Assignment.handler_id)
        .where(Assignment.case_id.in_(rest))
        .order_by(Assignment.id)
    )
    return known | {row.case_id: row.handler_id for row in rows}


def frame(sampling: QualitySampling, grounds: Iterable[KeyGround]) -> Select[Case]:
    """The closed cases of the sampling's office and time that were never reviewed."""
    last = (
        select(
            JournalEntry.about_id.label("case_id"),
            func.max(JournalEntry.happened_at).label("at"),
        )
        .where(JournalEntry.kind == "CaseClosed")
        .group_by(JournalEntry.about_id)
        .subquery()
    )
    decided = (
        select(func.max(ArrestDecision.at))
        .join(ArrestReview, ArrestDecision.arrest_review_id == ArrestReview.id)
        .where(ArrestReview.case_id == Case.id)
        .correlate(Case)
        .scalar_subquery()
    )
    closed_at = type_coerce(
        func.coalesce(last.c.at, decided, Case.accepted_at), DateTime(timezone=True)
    )
    closed_on = func.timezone("Asia/Shanghai", closed_at).cast(Date)
    chosen = (
        select(Case)
        .outerjoin(last, last.c.case_id == Case.id)
        .where(
            Case.procuratorate_id == sampling.procuratorate_id,
            is_closed(),
            closed_on.between(sampling.closed_from_on, sampling.closed_until_on),
            ~exists().where(QualityReview.case_id == Case.id),
        )
        .order_by(Case.id)
    )
    if sampling.case_kind is not None:
        chosen = chosen.where(Case.kind == sampling.case_kind)
    if sampling.charge_id is not None:
        charged = (
            select(case_suspects.c.case_id)
            .join(SuspectCharge, SuspectCharge.suspect_id == case_suspects.c.suspect_id)
            .where(SuspectCharge.charge_id == sampling.charge_id)
        )
        chosen = chosen.where(Case.id.in_(charged))
    wanted = [GROUNDS[one] for one in grounds]
    return chosen.where(or_(*wanted)) if wanted else chosen


def grounds_of(act: Act, case_ids: Sequence[int]) -> dict[int, list[KeyGround]]:
    """What makes each of these cases a key one, in the list's order; few queries for all."""
    found: dict[int, list[KeyGround]] = {one: [] for one in case_ids}
    for ground, holds in GROUNDS.items():
        for case_id in act.session.scalars(select(Case.id).where(Case.id.in_(case_ids), holds)):
            found[case_id].append(ground)
    return found


def _taken(*steps: str) -> ColumnElement[bool]:
    return exists().where(TakenStep.case_id == Case.id, TakenStep.step.in_(steps))


GROUNDS: Mapping[KeyGround, ColumnElement[bool]] = MappingProxyType(
    {
        KeyGround.NON_ARREST_EVIDENCE: exists().where(
            ArrestReview.case_id == Case.id,
            ArrestDecision.arrest_review_id == ArrestReview.id,
            ArrestDecision.refusal_kind == RefusalKind.INSUFFICIENT_EVIDENCE,
        ),
        KeyGround.NON_PROSECUTION: exists().where(
            Prosecution.case_id == Case.id,
            Prosecution.state == ProsecutionState.NOT_PROSECUTED,
        ),
        KeyGround.WITHDRAWN: _taken("withdraw_indictment"),
        KeyGround.ACQUITTED: exists().where(
            TakenStep.case_id == Case.id,
            TakenStep.step.in_(("judgment_received", "second_judgment_received")),
            TakenStep.given["outcome"].astext.in_(NOT_GUILTY),
        ),
        KeyGround.CHANGED: _taken(*CHANGING),
        KeyGround.APPEALED: _taken(*APPEALING),
    }
)
