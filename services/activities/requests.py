"""Telling the organ: the notice, the consent to a short one, another time (PSUP-2021 19)."""

from datetime import date

from sqlalchemy.orm.attributes import flag_modified

from services import tasks
from services.activities import followers
from services.activities.checks import by_field, nameless, placed, still, within
from services.activities.drafts import Need, Setting
from services.activities.events import (
    ActivityMoved,
    FewerSupervisorsAsked,
    ShortNoticeConsentGiven,
    ShortNoticeRefused,
    SupervisionRequested,
)
from services.activities.flow import FLOW, ActivityState
from services.activities.notice import earliest, notice_days
from services.activities.operations import count, let_send, need
from services.activities.records import Activity
from services.deadlines import statutory_day
from services.kernel.act import Act
from services.kernel.refusals import Conflict, Unprocessable
from services.policy import Permission, PostKind, demands
from services.tasks import TaskKind

ARTICLE = {
    "article": "PSUP-2021 19",
    "article_zh": "《人民监督员选任管理办法》第十九条",
}


class NoticeTooLate(Conflict):
    """Not even three working days are left: move the activity, or go on without supervisors."""

    zh = "距活动开始已不足三个工作日，请另定时间，或者记明理由后在无人民监督员参加的情况下进行。"


class ShortNoticeReasonMissing(Unprocessable):
    """Fewer than five working days are left: the organ is asked to consent, with the reason."""

    zh = "距活动开始不足五个工作日，须说明特殊情况，并经司法行政机关同意。"


class NotFewer(Unprocessable):
    """What is asked for now is no less than before: ask for fewer people, or for less knowledge."""

    zh = "减少后的人数或者专业要求应当少于原要求。"


class NoConsentAsked(Conflict):
    """No consent to a short notice is being asked for."""

    zh = "该活动不需要司法行政机关同意缩短通知期限，或者已经同意。"


@demands(Permission.ACTIVITY_SEND)
def send(act: Act, activity: Activity, *, reason: str | None = None) -> Activity:
    """Tell the organ number, time and place five working days before (PSUP-2021 19).

    With fewer days left, at least three, the reason goes with it, and the organ draws once it has
    consented. With fewer than three it is refused with the days: the activity is moved, or goes
    on without supervisors for a recorded reason. The case's own periods run on.

    Refuses:
        NotAllowed: only case management of the procuratorate.
        WrongState: the organ was told, or it is over.
        Stale: somebody else changed it at the same moment.
        NoticeTooLate: fewer than three working days are left.
        ShortNoticeReasonMissing: fewer than five are left, and no reason is given.
        NameInTitle: the title, the place or the reason names a suspect, or the case.

    Records:
        SupervisionRequested.
    """
    still(act, activity)
    state = FLOW.after(activity.state, "send")
    nameless(act, activity.case, activity.title, activity.place, reason)
    short = _short(act, activity.starts_on, reason)
    activity.state = state
    count(act, activity)
    _tell(act, activity, short)
    tasks.finish(act, TaskKind.SEND_SUPERVISION_REQUEST, activity)
    _ask(act, activity)
    act.record(
        SupervisionRequested(
            activity.id,
            activity.organ_id,
            f"{activity.notice_by_on:%Y-%m-%d}",
            short is not None,
        )
    )
    return activity


@demands(Permission.ACTIVITY_SEND)
def ask_for_fewer(
    act: Act, activity: Activity, *, wanted: int, needs: tuple[Need, ...] = (), reason: str
) -> Activity:
    """Ask the organ for fewer, or for less knowledge: its pool does not reach (PSUP-2019 20).

    The law names no number. The notice of time and place was given and stands as it is.

    Refuses:
        NotAllowed: only case management of the procuratorate.
        WrongState: the organ was not told, or has published its draw.
        Stale: somebody else changed it at the same moment.
        NotFewer: nothing of what was asked for is less, or some of it is more.
        NeedsBeyondWanted: more of certain fields than people.

    Records:
        FewerSupervisorsAsked.
    """
    still(act, activity)
    state = FLOW.after(activity.state, "ask_for_fewer")
    asked = {one.expertise: one.number for one in activity.needs}
    said = by_field(needs)
    more = any(number > asked.get(code, 0) for code, number in said.items())
    if wanted < 1 or wanted > activity.wanted or more or (wanted, said) == (activity.wanted, asked):
        raise NotFewer
    within(wanted, needs)
    before = activity.wanted
    activity.state, activity.wanted, activity.fewer_because = state, wanted, reason
    need(activity, needs)
    flag_modified(activity, "state")
    act.session.flush()
    tasks.finish(act, TaskKind.SETTLE_SHORTAGE, activity)
    act.record(FewerSupervisorsAsked(activity.id, wanted, before))
    return activity


@demands(Permission.ACTIVITY_CONSENT)
def consent(act: Act, activity: Activity) -> Activity:
    """Consent, as the organ, to a notice of three working days (PSUP-2021 19).

    Refuses:
        NotAllowed: only officers of the organ that was asked.
        WrongState: it was not asked for, has begun, or is over.
        Stale: somebody else changed it at the same moment.
        NoConsentAsked: the notice is not short, or the organ has consented.

    Records:
        ShortNoticeConsentGiven.
    """
    still(act, activity)
    state = FLOW.after(activity.state, "consent")
    if not activity.consent_awaited:
        raise NoConsentAsked
    activity.state = state
    activity.consented_at, activity.consented_by = act.now, act.actor.id
    activity.short_notice_refused = None
    if state is not ActivityState.REQUESTED:
        tasks.finish(act, TaskKind.ANSWER_SUPERVISION_REQUEST, activity)
    act.record(ShortNoticeConsentGiven(activity.id, activity.organ_id))
    return activity


@demands(Permission.ACTIVITY_CONSENT)
def refuse_short_notice(act: Act, activity: Activity, *, reason: str) -> Activity:
    """Do not consent, as the organ, to the short notice; five working days are the rule.

    What was only asked for goes back to case management. Where supervisors have been drawn and it
    was moved too near, they stay invited, and it does not begin with them before it is moved
    again or the organ consents.

    Refuses:
        NotAllowed: only officers of the organ that was asked.
        WrongState: it was not asked for, has begun, or is over.
        Stale: somebody else changed it at the same moment.
        NoConsentAsked: the notice is not short, or the organ has consented.

    Records:
        ShortNoticeRefused.
    """
    still(act, activity)
    before, state = activity.state, FLOW.after(activity.state, "refuse_short_notice")
    if not activity.consent_awaited:
        raise NoConsentAsked
    activity.state, activity.short_notice_refused = state, reason
    tasks.finish(act, TaskKind.ANSWER_SUPERVISION_REQUEST, activity)
    if before is not state:
        let_send(act, activity)
    act.record(ShortNoticeRefused(activity.id, activity.organ_id))
    return activity


@demands(Permission.ACTIVITY_CHANGE)
def move(act: Act, activity: Activity, setting: Setting, *, reason: str | None = None) -> Activity:
    """Hold it at another time or place; on another day the notice is counted anew.

    Telling the organ of another day is a notice for that day: with fewer than five working days
    left the organ is asked to consent, whatever it consented to before. Another hour or place on
    the same day keeps the notice. Everybody who was invited is told.

    Refuses:
        NotAllowed: only the handler of the case and case management.
        WrongState: it has begun, or is over.
        Stale: somebody else changed it at the same moment.
        ActivityTimeImpossible: it begins in the past, or ends before it begins.
        PlaceNotNamed: people come, and nobody knows where to.
        RemoteSupervisionNotOffered: from afar, where that is not offered.
        NameInTitle: the place or the reason names a suspect, or the case.
        NoticeTooLate: the organ was told, and fewer than three working days are left.
        ShortNoticeReasonMissing: fewer than five are left, and no reason is given.

    Records:
        ActivityMoved.
    """
    still(act, activity)
    state = FLOW.after(activity.state, "move")
    placed(act, setting, activity.procuratorate_id)
    nameless(act, activity.case, setting.place, reason)
    before, day = activity.starts_at, statutory_day(setting.starts_at)
    asked = state is not ActivityState.PLANNED
    other_day = day != activity.starts_on
    short = _short(act, day, reason) if asked and other_day else None
    activity.state = state
    activity.starts_at, activity.ends_at = setting.starts_at, setting.ends_at
    activity.form, activity.place = setting.form, (setting.place or "").strip() or None
    activity.silent_at = activity.missed_at = None
    if other_day:
        count(act, activity)
        _tell_of_day(act, activity, short)
    flag_modified(activity, "state")
    act.session.flush()
    followers.moved(act, activity, before)
    act.record(ActivityMoved(activity.id, short is not None))
    return activity


def _short(act: Act, day: date, reason: str | None) -> str | None:
    """The reason of a short notice; none where five working days are left."""
    days = notice_days(act.session, day)
    if act.today <= days.by_on:
        return None
    if act.today > days.short_by_on:
        soonest = earliest(act.session, act.today)
        raise NoticeTooLate(
            notice_by_on=days.by_on.isoformat(),
            short_notice_by_on=days.short_by_on.isoformat(),
            earliest_on=soonest.on.isoformat(),
            earliest_short_on=soonest.short_on.isoformat(),
            **ARTICLE,
        )
    if not (reason or "").strip():
        raise ShortNoticeReasonMissing(
            notice_by_on=days.by_on.isoformat(),
            short_notice_by_on=days.short_by_on.isoformat(),
            **ARTICLE,
        )
    return reason


def _tell_of_day(act: Act, activity: Activity, short: str | None) -> None:
    """Another day: whoever has something to do until then has it until the new one."""
    days = notice_days(act.session, activity.starts_on)
    tasks.reschedule(act, TaskKind.SEND_SUPERVISION_REQUEST, activity, days)
    tasks.reschedule(act, TaskKind.HOLD_ACTIVITY, activity, activity.day)
    if activity.state is ActivityState.PLANNED:
        return
    _tell(act, activity, short)
    if short is not None or activity.state is ActivityState.REQUESTED:
        _ask(act, activity)
    else:
        tasks.cancel(act, TaskKind.ANSWER_SUPERVISION_REQUEST, activity)


def _tell(act: Act, activity: Activity, short: str | None) -> None:
    activity.requested_at, activity.requested_by = act.now, act.actor.id
    activity.short_notice_reason, activity.short_notice_refused = short, None
    activity.consented_at = activity.consented_by = None
    activity.silent_at = None


def _ask(act: Act, activity: Activity) -> None:
    """The organ answers before the day: it draws, or says that the notice is too short."""
    tasks.cancel(act, TaskKind.ANSWER_SUPERVISION_REQUEST, activity)
    tasks.open_for_pool(
        act,
        TaskKind.ANSWER_SUPERVISION_REQUEST,
        activity,
        office_id=activity.organ_id,
        post=PostKind.JUSTICE_OFFICER,
        due=activity.day,
    )
