"""What people hear of activities of people's supervisors.

The organ reads these lines too: number, time and place, never anything of the case.
Supervisors hear of their own invitations, in `invitations`.
"""

from datetime import datetime

from sqlalchemy.orm import joinedload

from notifications.audiences import HANDLER, pool, together
from notifications.messages import Message, Urgency, Words, on, read_with, topic_of
from services.activities import (
    Activity,
    ActivityCancelled,
    ActivityDrawPublished,
    ActivityLeftUnsupervised,
    ActivityMoved,
    ActivityPlanned,
    ActivityStaffed,
    ActivityStartMissed,
    ActivityState,
    ActivityUnstaffed,
    FewerSupervisorsAsked,
    ShortNoticeConsentGiven,
    ShortNoticeRefused,
    SupervisionRequested,
    SupervisionRequestUnanswered,
)
from services.kernel.act import SHANGHAI
from services.offices import Office
from services.policy import PostKind

read_with(
    Activity,
    joinedload(Activity.case),
    joinedload(Activity.procuratorate),
    joinedload(Activity.organ),
)

ORGAN = pool(PostKind.JUSTICE_OFFICER, of="told_organ_id")
MANAGERS = pool(PostKind.CASE_MANAGER, of="procuratorate_id")
PROCURATORATE = together(HANDLER, MANAGERS)


def _sample() -> Activity:
    return Activity(
        id=7,
        title="测试活动",
        state=ActivityState.REQUESTED,
        starts_at=datetime(2026, 3, 12, 12, 35, tzinfo=SHANGHAI),
        wanted=3,
        procuratorate=Office(name="测试市人民检察院"),
        organ=Office(name="测试市司法局"),
    )


def _link(one: Activity) -> str:
    return f"/activities/{one.id}"


def _when_en(one: Activity) -> str:
    return f"{one.starts_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _when(one: Activity) -> str:
    return f"{one.starts_at.astimezone(SHANGHAI):%Y年%m月%d日%H:%M}"


@on(
    ActivityPlanned,
    about=Activity,
    to=MANAGERS,
    urgency=Urgency.TASK,
    sample=lambda: (ActivityPlanned(7, "public_review", 1, 3), _sample()),
)
def activity_planned(_event: ActivityPlanned, one: Activity) -> Message:
    """Tell case management, the working body, that supervisors are to be asked for."""
    return Message(
        "请通知司法行政机关抽选人民监督员",
        f"“{one.title}”定于{_when(one)}，需要人民监督员{one.wanted}名，请在通知期限内办理。",
        _link(one),
        en=Words(
            "Ask the organ to draw supervisors",
            f"“{one.title}” is set for {_when_en(one)} and needs {one.wanted} people's "
            "supervisors. Give notice within the time set for it.",
        ),
    )


@on(
    SupervisionRequested,
    about=Activity,
    to=ORGAN,
    urgency=Urgency.TASK,
    topic=topic_of("supervision_request"),
    sample=lambda: (SupervisionRequested(7, 2, "2026-03-05", short=False), _sample()),
)
def supervision_requested(event: SupervisionRequested, one: Activity) -> Message:
    """Tell the organ number and time; the place stands in the request (PSUP-2021 19)."""
    short_en = (
        "Notice is under five working days: say first whether you consent."
        if event.short
        else "Please draw and answer."
    )
    short = "通知不足五个工作日，请先答复是否同意。" if event.short else "请抽选并答复。"
    return Message(
        "收到监督活动通知",
        f"{one.procuratorate.name}的“{one.title}”定于{_when(one)}，"
        f"需要人民监督员{one.wanted}名，{short}",
        _link(one),
        en=Words(
            "Notice of a supervised activity",
            f"“{one.title}” of {one.procuratorate.name} is set for {_when_en(one)} and "
            f"needs {one.wanted} people's supervisors. {short_en}",
        ),
    )


@on(
    ShortNoticeConsentGiven,
    about=Activity,
    to=PROCURATORATE,
    sample=lambda: (ShortNoticeConsentGiven(7, 2), _sample()),
)
def short_notice_consented(_event: ShortNoticeConsentGiven, one: Activity) -> Message:
    """Tell the procuratorate that the short notice will do."""
    return Message(
        "司法行政机关同意缩短通知期限",
        f"{one.organ.name}同意“{one.title}”的通知期限。",
        _link(one),
        en=Words(
            "The organ consents to short notice",
            f"{one.organ.name} consents to the notice given for “{one.title}”.",
        ),
    )


@on(
    ShortNoticeRefused,
    about=Activity,
    to=PROCURATORATE,
    urgency=Urgency.TASK,
    sample=lambda: (ShortNoticeRefused(7, 2), _sample()),
)
def short_notice_refused(_event: ShortNoticeRefused, one: Activity) -> Message:
    """Tell the procuratorate to move it, or to go on without; the reason stands in the record."""
    return Message(
        "司法行政机关不同意缩短通知期限",
        f"“{one.title}”请另定时间，或者记明理由后在无人民监督员参加的情况下进行；办案期限照常计算。",
        _link(one),
        en=Words(
            "The organ does not consent to short notice",
            f"Set another time for “{one.title}”, or hold it without a supervisor and "
            "record why. The periods of the case run on.",
        ),
    )


@on(
    FewerSupervisorsAsked,
    about=Activity,
    to=ORGAN,
    urgency=Urgency.TASK,
    sample=lambda: (FewerSupervisorsAsked(7, wanted=2, before=3), _sample()),
)
def fewer_supervisors_asked(event: FewerSupervisorsAsked, one: Activity) -> Message:
    """Tell the organ that fewer, or less knowledge, will do; time and place are as they were."""
    return Message(
        "检察机关减少了所需人数或者专业要求",
        f"“{one.title}”现需要人民监督员{event.wanted}名，时间、地点不变，请抽选。",
        _link(one),
        en=Words(
            "Fewer supervisors, or other specialities, are asked for",
            f"“{one.title}” now needs {event.wanted} supervisors. Time and place stay. "
            "Please draw.",
        ),
    )


@on(
    ActivityDrawPublished,
    about=Activity,
    to=PROCURATORATE,
    sample=lambda: (ActivityDrawPublished(7), _sample()),
)
def activity_draw_published(_event: ActivityDrawPublished, one: Activity) -> Message:
    """Tell the procuratorate that it may watch the draw."""
    return Message(
        "抽选方案已公布",
        f"{one.organ.name}已公布“{one.title}”的抽选方案。",
        _link(one),
        en=Words(
            "The plan of the draw is published",
            f"{one.organ.name} published the plan of the draw for “{one.title}”.",
        ),
    )


@on(
    ActivityStaffed,
    about=Activity,
    to=PROCURATORATE,
    topic=topic_of("staffing"),
    sample=lambda: (ActivityStaffed(7), _sample()),
)
def activity_staffed(_event: ActivityStaffed, one: Activity) -> Message:
    """Tell the procuratorate that the supervisors are coming."""
    return Message(
        "人民监督员已经确定",
        f"“{one.title}”的人民监督员已经确定，{_when(one)}开始。",
        _link(one),
        en=Words(
            "The supervisors are found",
            f"The supervisors of “{one.title}” are found. It begins at {_when_en(one)}.",
        ),
    )


@on(
    ActivityUnstaffed,
    about=Activity,
    to=together(PROCURATORATE, ORGAN),
    urgency=Urgency.TASK,
    topic=topic_of("staffing"),
    sample=lambda: (ActivityUnstaffed(7), _sample()),
)
def activity_unstaffed(_event: ActivityUnstaffed, one: Activity) -> Message:
    """Tell both that somebody who had accepted is not coming."""
    return Message(
        "人民监督员缺员",
        f"“{one.title}”的人民监督员缺员，需要补充抽选。",
        _link(one),
        en=Words(
            "A supervisor is missing",
            f"“{one.title}” lacks a supervisor. A supplementary draw is needed.",
        ),
    )


@on(
    ActivityMoved,
    about=Activity,
    to=together(PROCURATORATE, ORGAN),
    urgency=Urgency.TASK,
    topic=topic_of("activity"),
    sample=lambda: (ActivityMoved(7, short=True), _sample()),
)
def activity_moved(event: ActivityMoved, one: Activity) -> Message:
    """Tell both of the new time."""
    short_en = (
        " Notice is under five working days and needs the organ's consent." if event.short else ""
    )
    short = "通知不足五个工作日，须经司法行政机关同意。" if event.short else ""
    return Message(
        "监督活动改期",
        f"“{one.title}”改于{_when(one)}。{short}",
        _link(one),
        en=Words(
            "A supervised activity was moved",
            f"“{one.title}” is now set for {_when_en(one)}.{short_en}",
        ),
    )


@on(
    ActivityCancelled,
    about=Activity,
    to=together(PROCURATORATE, ORGAN),
    urgency=Urgency.TASK,
    topic=topic_of("activity"),
    sample=lambda: (ActivityCancelled(7), _sample()),
)
def activity_cancelled(_event: ActivityCancelled, one: Activity) -> Message:
    """Tell both that it is called off; the reason is the procuratorate's to read."""
    return Message(
        "监督活动取消",
        f"“{one.title}”不再举行。",
        _link(one),
        en=Words("A supervised activity was cancelled", f"“{one.title}” will not be held."),
    )


@on(
    ActivityLeftUnsupervised,
    about=Activity,
    to=together(PROCURATORATE, ORGAN),
    topic=topic_of("activity"),
    sample=lambda: (ActivityLeftUnsupervised(7, "no_time_for_notice", 9), _sample()),
)
def activity_left_unsupervised(_event: ActivityLeftUnsupervised, one: Activity) -> Message:
    """Tell both that nobody is expected; the reason is the procuratorate's to read."""
    return Message(
        "不再邀请人民监督员参加",
        f"“{one.title}”在无人民监督员参加的情况下进行，理由已经记录。",
        _link(one),
        en=Words(
            "No supervisors are invited any more",
            f"“{one.title}” is held without a supervisor. The reason is on record.",
        ),
    )


@on(
    SupervisionRequestUnanswered,
    about=Activity,
    to=together(PROCURATORATE, ORGAN),
    urgency=Urgency.TASK,
    topic=topic_of("supervision_request"),
    sample=lambda: (SupervisionRequestUnanswered(7), _sample()),
)
def supervision_request_unanswered(_event: SupervisionRequestUnanswered, one: Activity) -> Message:
    """Remind the organ; tell the procuratorate, which may go on without (PSUP-2021 19, 20)."""
    return Message(
        "监督活动通知尚未答复",
        f"“{one.title}”定于{_when(one)}，{one.organ.name}尚未公布抽选方案。",
        _link(one),
        en=Words(
            "A notice of activity is unanswered",
            f"“{one.title}” is set for {_when_en(one)}, and {one.organ.name} has "
            "published no plan of a draw.",
        ),
    )


@on(
    ActivityStartMissed,
    about=Activity,
    to=PROCURATORATE,
    urgency=Urgency.TASK,
    topic=topic_of("activity"),
    sample=lambda: (ActivityStartMissed(7), _sample()),
)
def activity_start_missed(_event: ActivityStartMissed, one: Activity) -> Message:
    """Tell the procuratorate that it has to say what became of it."""
    return Message(
        "监督活动已到开始时间",
        f"“{one.title}”原定{_when(one)}，尚未开始，请开始、改期、取消或者记明理由。",
        _link(one),
        en=Words(
            "An activity should have begun",
            f"“{one.title}” was set for {_when_en(one)} and has not begun. Begin, move or "
            "cancel it, or record why.",
        ),
    )
