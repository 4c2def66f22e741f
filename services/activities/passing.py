"""How an activity passes on when others have acted: the draw, the invitations, the opinions.

Nothing here asks for a permission: each function is called inside the act, and under the
permission, of the step that causes it.
"""

from sqlalchemy import select

from services import deadlines, tasks
from services.activities.events import (
    ActivityClosed,
    ActivityDrawPublished,
    ActivityStaffed,
    ActivityUnstaffed,
    PerformanceReported,
)
from services.activities.flow import FLOW, ActivityState
from services.activities.records import Activity
from services.cases import Case
from services.kernel.act import Act
from services.kernel.refusals import Conflict
from services.policy import PostKind
from services.tasks import TaskKind

REPORT = "L12c"
"""The rule of three working days for the report on the supervisors' performance."""


class ConsentMissing(Conflict):
    """The organ has not consented to the short notice yet."""

    zh = "司法行政机关尚未同意缩短通知期限。"


def publish(act: Act, activity: Activity) -> None:
    """The organ publishes its draw: the notice is answered, and case management may watch.

    Refuses:
        WrongState: it was not asked for, or the draw was published before.
        ConsentMissing: the notice is short and the organ has not consented.
    """
    state = FLOW.after(activity.state, "publish")
    consented(activity)
    activity.state = state
    tasks.finish(act, TaskKind.ANSWER_SUPERVISION_REQUEST, activity)
    act.record(ActivityDrawPublished(activity.id))


def staffed(act: Act, activity: Activity) -> None:
    """As many as are wanted have accepted: whose work it is prepares to hold it.

    Refuses:
        WrongState: nobody is being drawn for it.
    """
    activity.state = FLOW.after(activity.state, "staff")
    let_hold(act, activity)
    act.record(ActivityStaffed(activity.id))


def unstaffed(act: Act, activity: Activity) -> None:
    """One who had accepted steps back; another is drawn.

    Refuses:
        WrongState: it was not complete, or has begun.
    """
    activity.state = FLOW.after(activity.state, "unstaff")
    tasks.cancel(act, TaskKind.HOLD_ACTIVITY, activity)
    act.record(ActivityUnstaffed(activity.id))


def reported(act: Act, activity: Activity) -> None:
    """The organ was told of the supervisors' performance: the period of three days is kept."""
    deadlines.close_about(act, (REPORT,), activity)
    tasks.finish(act, TaskKind.REPORT_PERFORMANCE, activity)
    act.record(PerformanceReported(activity.id))


def is_reported(act: Act, activity: Activity) -> bool:
    """Was the organ told of the supervisors' performance?"""
    running = deadlines.open_about([activity]).where(deadlines.Deadline.rule_id == REPORT)
    return activity.ended_at is not None and act.session.scalar(running) is None


def close(act: Act, activity: Activity) -> None:
    """Every opinion is answered and receipted, and the organ was told: nothing is open.

    Refuses:
        WrongState: it has not ended, or was closed before.
    """
    activity.state = FLOW.after(activity.state, "close")
    activity.closed_at = act.now
    act.record(ActivityClosed(activity.id))


def handler_changed(act: Act, case: Case) -> None:
    """Whoever handles the case now holds its activities; without a handler nobody does yet."""
    ahead = select(Activity).where(
        Activity.case_id == case.id,
        Activity.state.in_({ActivityState.STAFFED, ActivityState.UNDER_WAY}),
    )
    for activity in act.session.scalars(ahead.order_by(Activity.id)):
        tasks.cancel(act, TaskKind.HOLD_ACTIVITY, activity)
        let_hold(act, activity)


def went_over(act: Act, case: Case, into: Case) -> None:
    """The case was merged into another: whatever supervisors come or came to is of that one.

    The file is one from then on; a later handler, and a later recusal, reach all of it.
    """
    its = select(Activity).where(Activity.case_id == case.id)
    for activity in act.session.scalars(its.order_by(Activity.id)):
        activity.case = into
    act.session.flush()
    handler_changed(act, into)


def consented(activity: Activity) -> None:
    """Where the notice is short, nothing follows before the organ has consented."""
    if activity.consent_awaited:
        raise ConsentMissing(
            notice_by_on=activity.notice_by_on,
            article="PSUP-2021 19",
            article_zh="《人民监督员选任管理办法》第十九条",
        )


def let_hold(act: Act, activity: Activity) -> None:
    """Ask whose work it is to hold it: the handler of the case, or case management."""
    if activity.case is None:
        tasks.open_for_pool(
            act,
            TaskKind.HOLD_ACTIVITY,
            activity,
            office_id=activity.procuratorate_id,
            post=PostKind.CASE_MANAGER,
            due=activity.day,
        )
    elif activity.handler_id is not None:
        tasks.open_for_person(
            act,
            TaskKind.HOLD_ACTIVITY,
            activity,
            person_id=activity.handler_id,
            due=activity.day,
        )
