"""The course of an activity: called off, held without supervisors, begun, ended."""

from sqlalchemy import func, select

from services import deadlines, tasks
from services.activities import followers, practice
from services.activities.checks import still
from services.activities.events import (
    ActivityCancelled,
    ActivityEnded,
    ActivityLeftUnsupervised,
    ActivityStarted,
    FewerSupervisorsAccepted,
)
from services.activities.flow import FLOW, WithoutBecause
from services.activities.notice import crowded, earliest
from services.activities.passing import REPORT, consented, staffed
from services.activities.records import INVITATIONS, Activity
from services.deadlines import Custody, Keepers
from services.kernel.act import Act
from services.kernel.refusals import Conflict, Unprocessable
from services.policy import Permission, PostKind, demands
from services.supervisors import SupervisorExpertise
from services.tasks import TaskKind

ACCEPTED = "accepted"
AHEAD_TASKS = (
    TaskKind.SEND_SUPERVISION_REQUEST,
    TaskKind.ANSWER_SUPERVISION_REQUEST,
    TaskKind.HOLD_ACTIVITY,
)


class NoticeStillFits(Unprocessable):
    """The case's periods leave room for the notice: give the true reason, or move the activity."""

    zh = "办案期限尚有通知的余地，请另定时间或者选择真实的理由。"


class NobodyAccepted(Conflict):
    """Nobody has accepted: draw again, or go on without supervisors for a recorded reason."""

    zh = "尚无人民监督员接受邀请，请继续抽选，或者记明理由后在无人民监督员参加的情况下进行。"


class ActivityAhead(Conflict):
    """It begins on its day, and that is still to come."""

    zh = "尚未到监督活动的日期。"


@demands(Permission.ACTIVITY_CHANGE)
def cancel(act: Act, activity: Activity, *, reason: str) -> Activity:
    """Call it off; whoever was told or invited hears of it.

    Refuses:
        NotAllowed: only the handler of the case and case management.
        WrongState: it has begun, or is over.
        Stale: somebody else changed it at the same moment.

    Records:
        ActivityCancelled.
    """
    still(act, activity)
    activity.state = FLOW.after(activity.state, "cancel")
    activity.cancelled_because = reason
    _let_go(act, activity)
    act.record(ActivityCancelled(activity.id))
    return activity


@demands(Permission.ACTIVITY_CHANGE)
def go_without(act: Act, activity: Activity, *, because: WithoutBecause, words: str) -> Activity:
    """Go on without supervisors, for a recorded reason: the case's periods come first.

    Inviting never holds up a decision. Where a period leaves no room for the notice, the period
    is recorded with the reason.

    Refuses:
        NotAllowed: only the handler of the case and case management.
        WrongState: it has begun, or is over.
        Stale: somebody else changed it at the same moment.
        NoticeStillFits: no time is said to be left, and the case's periods leave enough.

    Records:
        ActivityLeftUnsupervised.
    """
    still(act, activity)
    state = FLOW.after(activity.state, "go_without")
    pressing = None
    if because is WithoutBecause.NO_TIME_FOR_NOTICE:
        pressing = crowded(act, activity)
        if pressing is None:
            soonest = earliest(act.session, act.today)
            raise NoticeStillFits(
                earliest_on=soonest.on.isoformat(), earliest_short_on=soonest.short_on.isoformat()
            )
    activity.state, activity.without_because = state, because
    activity.without_words = words
    activity.crowding_deadline_id = pressing.deadline.id if pressing else None
    _let_go(act, activity)
    act.record(ActivityLeftUnsupervised(activity.id, because.value, activity.crowding_deadline_id))
    return activity


@demands(Permission.ACTIVITY_SEND)
def accept_fewer(act: Act, activity: Activity, *, reason: str) -> Activity:
    """Make do with those who have accepted: the law names no number (PSUP-2019 20).

    What knowledge was asked for beyond theirs is asked for no more.

    Refuses:
        NotAllowed: only case management of the procuratorate.
        WrongState: nobody is being drawn for it.
        Stale: somebody else changed it at the same moment.
        NobodyAccepted: there is nobody to make do with.

    Records:
        FewerSupervisorsAccepted, ActivityStaffed.
    """
    still(act, activity)
    activity.state = FLOW.after(activity.state, "accept_fewer")
    coming = _accepted(act, activity)
    if not coming:
        raise NobodyAccepted
    before, activity.wanted = activity.wanted, min(activity.wanted, len(coming))
    activity.fewer_because = reason
    known = _knowing(act, coming)
    for need in list(activity.needs):
        need.number = min(need.number, known.get(need.expertise.value, 0))
        if need.number == 0:
            activity.needs.remove(need)
    act.record(FewerSupervisorsAccepted(activity.id, activity.wanted, before))
    staffed(act, activity)
    return activity


@demands(Permission.ACTIVITY_HOLD)
def begin(act: Act, activity: Activity) -> Activity:
    """Begin it, on its day, with the supervisors who have accepted.

    Refuses:
        NotAllowed: only the handler of the case and case management.
        WrongState: the supervisors are not complete, or it has begun.
        Stale: somebody else changed it at the same moment.
        ActivityAhead: its day is still to come.
        ConsentMissing: it was moved too near, and the organ has not consented.

    Records:
        ActivityStarted.
    """
    still(act, activity)
    state = FLOW.after(activity.state, "begin")
    if act.today < activity.starts_on:
        raise ActivityAhead
    consented(activity)
    activity.state, activity.began_at = state, act.now
    act.record(ActivityStarted(activity.id))
    return activity


@demands(Permission.ACTIVITY_HOLD)
def end(act: Act, activity: Activity) -> Activity:
    """End it: opinions are taken for a while, and the organ is told of the performance.

    The report to the organ is due within three working days (PSUP-2021 22).

    Refuses:
        NotAllowed: only the handler of the case and case management.
        WrongState: it has not begun, or is over.
        Stale: somebody else changed it at the same moment.

    Records:
        ActivityEnded.
    """
    still(act, activity)
    activity.state = FLOW.after(activity.state, "end")
    said = practice.of_office(act.session, activity.procuratorate_id)
    activity.ended_at, activity.opinions_due_at = act.now, act.now + said.opinions_for
    tasks.finish(act, TaskKind.HOLD_ACTIVITY, activity)
    report = deadlines.start(
        act,
        REPORT,
        activity,
        suspect_id=None,
        keepers=Keepers(activity.procuratorate_id),
        started_at=act.now,
        custody=Custody.AT_LIBERTY,
    )
    tasks.open_for_pool(
        act,
        TaskKind.REPORT_PERFORMANCE,
        activity,
        office_id=activity.procuratorate_id,
        post=PostKind.CASE_MANAGER,
        due=report,
    )
    act.record(ActivityEnded(activity.id))
    return activity


def _let_go(act: Act, activity: Activity) -> None:
    """Nobody has anything to do for it any more, and nobody is expected."""
    for kind in AHEAD_TASKS:
        tasks.cancel(act, kind, activity)
    act.session.flush()
    followers.called_off(act, activity)


def _accepted(act: Act, activity: Activity) -> list[int]:
    chosen = select(INVITATIONS.c.supervisor_id).where(
        INVITATIONS.c.activity_id == activity.id, INVITATIONS.c.state == ACCEPTED
    )
    return list(act.session.scalars(chosen))


def _knowing(act: Act, coming: list[int]) -> dict[str, int]:
    """How many of them know of each field."""
    chosen = (
        select(SupervisorExpertise.code, func.count())
        .where(SupervisorExpertise.supervisor_id.in_(coming))
        .group_by(SupervisorExpertise.code)
    )
    return {code.value: number for code, number in act.session.execute(chosen)}
