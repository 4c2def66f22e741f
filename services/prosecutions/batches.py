"""Simple cases from one list (简案快办): the same step in several, each by itself.

A batch gives no power and skips no guard. Every item is a savepoint of the one act: it is done
wholly, or refused with its own problem and leaves nothing behind.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError

from services import proceedings
from services.cases import Case
from services.deadlines import Deadline
from services.kernel.act import Act
from services.kernel.refusals import Conflict, NotFound, Refusal, Stale, Unprocessable
from services.policy import PostKind
from services.proceedings import Proposal, ProposalOutcome, TakenStep
from services.prosecutions.operations import visible
from services.prosecutions.pleas import STANDS
from services.prosecutions.records import Prosecution
from services.prosecutions.states import ProsecutionState
from services.prosecutions.steps.review import REVIEW_RULES
from services.prosecutions.tracks import EXPEDITED
from services.sentencing import TrialProcedure

BATCHED = frozenset(
    {
        "tell_rights",
        "tell_plea_rights",
        "review_plea",
        "notify_duty_lawyer",
        "interrogate",
        "hear_opinions",
        "hear_plea_opinion",
        "recommend",
        "review_necessity",
        "extend_review",
        "leave_expedited",
        "indict",
    }
)
"""What may be done for several at once. A statement is signed one by one (SENT-2021 27)."""
DECIDED = frozenset({ProposalOutcome.APPROVE, ProposalOutcome.RETURN, ProposalOutcome.REFUSE})
QUICK = (TrialProcedure.EXPEDITED.value, TrialProcedure.SUMMARY.value)
NO_DAY = date(9999, 12, 31)


class NotSimple(Conflict):
    """This is no simple case: neither on the expedited track, nor a plea for a quick trial."""

    zh = "该案不属于速裁或者认罪认罚适用简易程序的简单案件，请单独办理。"


class NotForBatches(Unprocessable):
    """This step is taken in each case by itself."""

    zh = "该步骤不能批量办理，请逐案办理。"


class NamedTwice(Unprocessable):
    """One of them is named twice."""

    zh = "同一事项在本批次中重复。"


class DifferentSteps(Unprocessable):
    """Only proposals of the same step are decided together."""

    zh = "批量审批只能处理同一步骤的报批意见。"


Doing = Callable[[Any, Mapping[str, Any]], Any]
"""The verb of one item: what it is done to, and what is said. It refuses as it does alone."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One item of a batch: which record, as read in which version."""

    id: int
    version: int
    given: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What is said in it, as it was sent: the verb reads it."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one item: the record it left, or why it was refused."""

    id: int
    left: Prosecution | Proposal | None = None
    done: TakenStep | Proposal | None = None
    refusal: Refusal | None = None


def simple(act: Act) -> Select[Prosecution]:
    """The actor's own prosecutions in review that are expedited, or pleas for a quick trial."""
    actor = act.actor
    plea = Prosecution.plea
    runs = exists().where(
        Deadline.suspect_id == Prosecution.suspect_id,
        Deadline.rule_id == EXPEDITED,
        Deadline.closed_at.is_(None),
    )
    quick = and_(
        plea["standing"].astext.in_([one.value for one in sorted(STANDS)]),
        plea["procedure"].astext.in_(QUICK),
    )
    return (
        select(Prosecution)
        .join(Case, Prosecution.case_id == Case.id)
        .where(
            Case.handler_id == actor.id,
            Case.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
            Prosecution.state == ProsecutionState.UNDER_REVIEW,
            or_(runs, quick),
        )
    )


def with_names(chosen: Select[Prosecution]) -> Select[Prosecution]:
    """The same prosecutions, with what a list shows of each."""
    return chosen.options(joinedload(Prosecution.case), joinedload(Prosecution.suspect))


def kept_until() -> ColumnElement[date]:
    """The day on which the review's period ends: the key by which the list is ordered."""
    running = (
        select(func.min(Deadline.due_on))
        .where(
            Deadline.suspect_id == Prosecution.suspect_id,
            Deadline.rule_id.in_(REVIEW_RULES),
            Deadline.closed_at.is_(None),
        )
        .scalar_subquery()
    )
    return func.coalesce(running, literal(NO_DAY, Date))


def review_periods(act: Act, found: Collection[Prosecution]) -> dict[int, Deadline]:
    """The running period of review of each of them, by suspect."""
    chosen = select(Deadline).where(
        Deadline.suspect_id.in_([one.suspect_id for one in found]),
        Deadline.rule_id.in_(REVIEW_RULES),
        Deadline.closed_at.is_(None),
    )
    return {one.suspect_id: one for one in act.session.scalars(chosen) if one.suspect_id}


def steps_done(act: Act, found: Collection[Prosecution]) -> dict[int, list[str]]:
    """Which of the steps of a batch were taken in each of them, by prosecution."""
    done: dict[int, list[str]] = {one.id: [] for one in found}
    chosen = (
        select(TakenStep.subject_id, TakenStep.step)
        .where(
            TakenStep.subject_kind == Prosecution.__tablename__,
            TakenStep.subject_id.in_(done),
            TakenStep.step.in_(BATCHED | {"sign_statement", "exempt_from_statement"}),
        )
        .distinct()
        .order_by(TakenStep.subject_id, TakenStep.step)
    )
    for subject_id, step in act.session.execute(chosen):
        done[subject_id].append(step)
    return done


def take(act: Act, step: str, items: Sequence[Asked], doing: Doing) -> list[Result]:
    """Take the same step in several simple cases, or put it forward in each.

    `doing` takes that step in one prosecution, as if it were alone.

    Refuses:
        NotForBatches: it is a step for each case by itself.
        NamedTwice: a prosecution is named twice.
    """
    if step not in BATCHED:
        raise NotForBatches(step=step)
    ids = _once(items)
    found = {one.id: one for one in act.session.scalars(visible(act).where(_one_of(ids)))}
    quick = set(
        act.session.scalars(simple(act).where(_one_of(ids)).with_only_columns(Prosecution.id))
    )

    def act_on(one: Asked) -> Result:
        prosecution = found.get(one.id)
        if prosecution is None:
            raise NotFound
        if prosecution.handler_id == act.actor.id and one.id not in quick:
            raise NotSimple
        if prosecution.version != one.version:
            act.held_back.append(Stale())
        return Result(one.id, prosecution, doing(prosecution, one.given))

    return _each(act, items, {one.id: one.case_id for one in found.values()}, act_on)


def decide(
    act: Act, outcome: ProposalOutcome, items: Sequence[Asked], doing: Doing
) -> list[Result]:
    """Decide several proposals of one step in the same way, each by itself (RULES 4).

    `doing` decides one of them so, as if it were alone.

    Refuses:
        NotForBatches: deciding otherwise, and the committee, are for each by itself.
        NamedTwice: a proposal is named twice.
        DifferentSteps: they put different steps forward.
    """
    if outcome not in DECIDED:
        raise NotForBatches(outcome=outcome.value)
    ids = _once(items)
    chosen = proceedings.visible(act).where(Proposal.id.in_(ids))
    found = {one.id: one for one in act.session.scalars(chosen)}
    if len({(one.subject_kind, one.step) for one in found.values()}) > 1:
        raise DifferentSteps

    def act_on(one: Asked) -> Result:
        proposal = found.get(one.id)
        if proposal is None:
            raise NotFound
        if proposal.version != one.version:
            act.held_back.append(Stale())
        doing(proposal, one.given)
        taken = act.session.get(TakenStep, proposal.taken_id) if proposal.taken_id else None
        return Result(one.id, proposal, taken)

    return _each(act, items, {one.id: one.case_id for one in found.values()}, act_on)


def _one_of(ids: Collection[int]) -> ColumnElement[bool]:
    return Prosecution.id.in_(ids)


def _once(items: Sequence[Asked]) -> list[int]:
    ids = [one.id for one in items]
    if len(set(ids)) != len(ids):
        raise NamedTwice
    return ids


def _each(
    act: Act,
    items: Sequence[Asked],
    cases: Mapping[int, int],
    act_on: Callable[[Asked], Result],
) -> list[Result]:
    """Every item in a savepoint of its own, by case, so that two batches lock in one order."""
    results = {
        one.id: _alone(act, one, act_on)
        for one in sorted(items, key=lambda one: (cases.get(one.id, 0), one.id))
    }
    return [results[one.id] for one in items]


def _alone(act: Act, one: Asked, act_on: Callable[[Asked], Result]) -> Result:
    try:
        with act.session.begin_nested():
            result = act_on(one)
            act.go_on()
            act.session.flush()
            return result
    except Refusal as refusal:
        return Result(one.id, refusal=refusal)
    except StaleDataError:
        return Result(one.id, refusal=Stale())
    finally:
        act.held_back.clear()
