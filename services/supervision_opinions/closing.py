"""Who is to answer an opinion, and when nothing of an activity is open any more."""

from typing import Any

from sqlalchemy import Select, or_, select

from services import activities, tasks
from services.activities import Activity, ActivityState
from services.cases import Case
from services.kernel.act import Act
from services.policy import Permission, PostKind, demands
from services.supervision_opinions import counting
from services.supervision_opinions.flow import OPEN_STATES, SupervisionOpinionState
from services.supervision_opinions.records import PerformanceReport, SupervisionOpinion
from services.tasks import TaskKind


def ask_handler(act: Act, supervision_opinion: SupervisionOpinion) -> None:
    """Let whoever handles the case now answer; without a handler nobody can yet."""
    handler_id = supervision_opinion.handler_id
    if supervision_opinion.case_id is None and supervision_opinion.activity_id is not None:
        tasks.open_for_pool(
            act,
            TaskKind.ANSWER_SUPERVISION_OPINION,
            supervision_opinion,
            office_id=supervision_opinion.procuratorate_id,
            post=PostKind.CASE_MANAGER,
        )
    elif handler_id is not None and handler_id not in (supervision_opinion.recused_ids or ()):
        tasks.open_for_person(
            act, TaskKind.ANSWER_SUPERVISION_OPINION, supervision_opinion, person_id=handler_id
        )


def handler_changed(act: Act, case: Case) -> None:
    """The opinions of the case are answered by whoever handles it now.

    A handler who was recused, or has given the case away, answers none of them any more.
    """
    waiting = select(SupervisionOpinion).where(
        SupervisionOpinion.case_id == case.id,
        SupervisionOpinion.state == SupervisionOpinionState.TO_ANSWER,
    )
    for supervision_opinion in act.session.scalars(waiting.order_by(SupervisionOpinion.id)):
        tasks.cancel(act, TaskKind.ANSWER_SUPERVISION_OPINION, supervision_opinion)
        act.session.flush()
        ask_handler(act, supervision_opinion)


def went_over(act: Act, case: Case, into: Case) -> None:
    """The case was merged into another: what was said stands in the file of that one.

    Not a word of it changes, nor whose it is; whoever handles that case answers it.
    """
    its = select(SupervisionOpinion).where(SupervisionOpinion.case_id == case.id)
    for supervision_opinion in act.session.scalars(its.order_by(SupervisionOpinion.id)):
        supervision_opinion.case = into
    act.session.flush()
    handler_changed(act, into)


def alone(act: Act, activity_id: int | None) -> bool:
    """Is nobody else at work on the activity? It is held until the act is over.

    Who goes through many activities waits for none, so that two never wait for each other.
    """
    if activity_id is None:
        return True
    chosen = select(Activity.id).where(Activity.id == activity_id)
    held = chosen.with_for_update(of=Activity, skip_locked=True)
    return act.session.scalar(held) is not None


def settle(act: Act, activity: Activity) -> None:
    """Close the activity once every opinion is dealt with and the organ was told."""
    act.session.flush()
    act.session.refresh(activity, with_for_update=True)
    if activity.state is ActivityState.ENDED and _nothing_open(act, activity):
        activities.close(act, activity)


@demands(Permission.SUPERVISION_OPINION_WATCH)
def close(act: Act, activity: Activity) -> Activity:
    """Close an activity in which nothing is open any more.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        ActivityClosed, unless something is open after all.
    """
    settle(act, activity)
    return activity


def to_settle(act: Act, batch: int) -> list[Activity]:
    """Activities of which the organ was told and in which nothing is open; others' are skipped."""
    chosen = (
        select(Activity)
        .join(PerformanceReport, PerformanceReport.activity_id == Activity.id)
        .where(
            Activity.state == ActivityState.ENDED,
            or_(Activity.opinions_due_at.is_(None), Activity.opinions_due_at <= act.now),
            ~_open_ones(Activity.id).correlate(Activity).exists(),
        )
        .order_by(Activity.id)
        .limit(batch)
        .with_for_update(of=Activity, skip_locked=True)
    )
    return list(act.session.scalars(chosen))


def _nothing_open(act: Act, activity: Activity) -> bool:
    session = act.session
    reported = select(PerformanceReport.id).where(PerformanceReport.activity_id == activity.id)
    if session.scalar(reported) is None or session.scalar(_open_ones(activity.id)) is not None:
        return False
    if counting.time_is_over(act, activity) or counting.is_unsealed(act, activity):
        return True
    return session.scalars(counting.awaited(activity.id)).first() is None


def _open_ones(activity_id: Any) -> Select[int]:
    return (
        select(SupervisionOpinion.id)
        .where(
            SupervisionOpinion.activity_id == activity_id,
            SupervisionOpinion.state.in_(OPEN_STATES),
        )
        .limit(1)
    )
