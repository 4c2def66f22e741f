"""What people hear on the day before an interrogation, and when it was not held."""

from datetime import UTC, datetime

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import joinedload

from notifications.audiences import HANDLER, pool, together
from notifications.messages import Message, Urgency, Words, on, read_with, topic_of
from services.arrest_requests.records import Suspect
from services.bookings import Booking
from services.cases import Case
from services.interrogations import Interrogation
from services.interrogations.checklist import UnreadinessNoticed
from services.interrogations.flow import NotHeldBecause
from services.interrogations.readiness import InterrogationMissed
from services.interrogations.sitting import NoShowRecorded
from services.kernel.act import SHANGHAI
from services.policy import PostKind

read_with(
    Interrogation,
    joinedload(Interrogation.case),
    joinedload(Interrogation.suspect),
    joinedload(Interrogation.booking),
)

CENTRE = pool(PostKind.DETENTION_OFFICER, of="centre_id")
DESK = pool(PostKind.CASE_MANAGER, of="procuratorate_id")

BECAUSE = {
    NotHeldBecause.SUSPECT_ABSENT: "犯罪嫌疑人未提押到场",
    NotHeldBecause.SUSPECT_ILL: "犯罪嫌疑人患病",
    NotHeldBecause.STAFF_ABSENT: "办案人员未到场",
    NotHeldBecause.INTERPRETER_ABSENT: "翻译或者手语人员未到场",
    NotHeldBecause.ADULT_ABSENT: "法定代理人或者合适成年人未到场",
    NotHeldBecause.LAWYER_ABSENT: "律师未到场",
    NotHeldBecause.NO_CERTIFICATE: "未办理提讯、提解证",
    NotHeldBecause.LINK_FAILED: "视频线路故障",
    NotHeldBecause.ROOM_UNUSABLE: "讯问室无法使用",
    NotHeldBecause.OTHER: "其他原因",
}

BECAUSE_EN = {
    NotHeldBecause.SUSPECT_ABSENT: "the suspect was not brought",
    NotHeldBecause.SUSPECT_ILL: "the suspect is ill",
    NotHeldBecause.STAFF_ABSENT: "the interrogators were absent",
    NotHeldBecause.INTERPRETER_ABSENT: "the interpreter was absent",
    NotHeldBecause.ADULT_ABSENT: "the legal representative or appropriate adult was absent",
    NotHeldBecause.LAWYER_ABSENT: "the lawyer was absent",
    NotHeldBecause.NO_CERTIFICATE: "there was no certificate of interrogation",
    NotHeldBecause.LINK_FAILED: "the video line failed",
    NotHeldBecause.ROOM_UNUSABLE: "the room could not be used",
    NotHeldBecause.OTHER: "another reason",
}


def _sample() -> Interrogation:
    starts_at = datetime(2026, 9, 8, 1, 45, tzinfo=UTC)
    return Interrogation(
        id=7,
        case=Case(id=3, number="测检捕受〔2026〕7号"),
        suspect=Suspect(id=5, name="赵某"),
        booking=Booking(during=Range(starts_at, starts_at.replace(hour=2))),
    )


def _told(one: Interrogation, title: str, then: str, en: Words) -> Message:
    during = one.during
    at = during.lower.astimezone(SHANGHAI) if during is not None and during.lower else None
    when = f"{at.month}月{at.day}日{at:%H:%M}" if at else ""
    words = f"{one.case.number} {one.suspect.name}：{when}讯问{then}。"
    when_en = f" of {at:%Y-%m-%d %H:%M}" if at else ""
    named = f"{one.case.number} {one.suspect.name}: the interrogation{when_en} {en.body}."
    return Message(title, words, f"/interrogations/{one.id}", en=Words(en.title, named))


@on(
    UnreadinessNoticed,
    about=Interrogation,
    to=together(HANDLER, CENTRE),
    urgency=Urgency.TASK,
    topic=topic_of("readiness"),
    sample=lambda: (UnreadinessNoticed(7, 2), _sample()),
)
def unreadiness_noticed(event: UnreadinessNoticed, one: Interrogation) -> Message:
    """Tell the handler and the centre what an interrogation that is near still lacks."""
    return _told(
        one,
        "讯问准备事项未完成",
        f"临近，尚有{event.missing}项准备事项未完成",
        Words(
            "An interrogation is not ready", f"is near, and {event.missing} things are not ready"
        ),
    )


@on(
    InterrogationMissed,
    about=Interrogation,
    to=together(HANDLER, DESK),
    urgency=Urgency.TASK,
    topic=topic_of("sitting"),
    sample=lambda: (InterrogationMissed(7, 9), _sample()),
)
def interrogation_missed(_event: InterrogationMissed, one: Interrogation) -> Message:
    """Tell the handler and case management that nobody began it or said why."""
    return _told(
        one,
        "讯问未按时进行",
        "的时段已过，既未开始，也未登记原因，请重新安排",
        Words(
            "An interrogation was missed",
            "neither began nor has a reason on record; please arrange it anew",
        ),
    )


@on(
    NoShowRecorded,
    about=Interrogation,
    to=together(HANDLER, DESK, CENTRE),
    urgency=Urgency.TASK,
    topic=topic_of("sitting"),
    sample=lambda: (
        NoShowRecorded(7, NotHeldBecause.LINK_FAILED.value),
        _sample(),
    ),
)
def no_show_recorded(event: NoShowRecorded, one: Interrogation) -> Message:
    """Tell everybody concerned why it was not held."""
    return _told(
        one,
        "讯问未进行",
        f"未能进行：{BECAUSE[NotHeldBecause(event.because)]}",
        Words(
            "An interrogation was not held",
            f"was not held: {BECAUSE_EN[NotHeldBecause(event.because)]}",
        ),
    )
