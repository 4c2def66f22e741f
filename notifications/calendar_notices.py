"""What administrators and security officers hear about the calendar."""

from notifications.audiences import everywhere
from notifications.messages import Message, Urgency, Words, on, topic_of
from services.deadlines.notices import (
    CalendarEdition,
    CalendarNotice,
    CalendarNoticeConfirmed,
    CalendarNoticeProposed,
    CalendarNoticeRejected,
)
from services.deadlines.recalculation import CalendarRecalculated
from services.policy import PostKind

CONTROLLERS = everywhere(PostKind.ADMINISTRATOR, PostKind.SECURITY_OFFICER)
"""Who may load the calendar, and who may confirm it (三员分立)."""


def _sample() -> CalendarNotice:
    return CalendarNotice(id=4, year=2027, revision=1, title="通知", number="国办发明电〔2026〕9号")


def _link(notice: CalendarNotice) -> str:
    return f"/calendar-notices/{notice.id}"


@on(
    CalendarNoticeProposed,
    about=CalendarNotice,
    to=CONTROLLERS,
    urgency=Urgency.TASK,
    topic=topic_of("calendar_notice"),
    sample=lambda: (CalendarNoticeProposed(4, 2027), _sample()),
)
def calendar_notice_proposed(_event: CalendarNoticeProposed, notice: CalendarNotice) -> Message:
    """Ask for the second pair of eyes."""
    return Message(
        "放假安排待复核",
        f"{notice.year}年放假安排（{notice.number}）已录入，请另一人对照原文复核。",
        _link(notice),
        en=Words(
            "Days off to be checked",
            f"The days off of {notice.year} ({notice.number}) were entered. Another "
            "person must compare them with the original.",
        ),
    )


@on(
    CalendarNoticeConfirmed,
    about=CalendarNotice,
    to=CONTROLLERS,
    topic=topic_of("calendar_notice"),
    sample=lambda: (CalendarNoticeConfirmed(4, 2027, 2), _sample()),
)
def calendar_notice_confirmed(_event: CalendarNoticeConfirmed, notice: CalendarNotice) -> Message:
    """Tell that the calendar has changed."""
    return Message(
        "放假安排已生效",
        f"{notice.year}年放假安排（{notice.number}）已复核，有关期限正在重新计算。",
        _link(notice),
        en=Words(
            "The days off are in force",
            f"The days off of {notice.year} ({notice.number}) were checked. The periods "
            "they touch are being computed again.",
        ),
    )


@on(
    CalendarNoticeRejected,
    about=CalendarNotice,
    to=CONTROLLERS,
    topic=topic_of("calendar_notice"),
    sample=lambda: (CalendarNoticeRejected(4, 2027), _sample()),
)
def calendar_notice_rejected(_event: CalendarNoticeRejected, notice: CalendarNotice) -> Message:
    """Tell that the notice is to be typed in again."""
    return Message(
        "放假安排未通过复核",
        f"{notice.year}年放假安排（{notice.number}）与原文不符，请重新录入。",
        _link(notice),
        en=Words(
            "The days off were not confirmed",
            f"The days off of {notice.year} ({notice.number}) differ from the original. "
            "Please enter them again.",
        ),
    )


@on(
    CalendarRecalculated,
    about=CalendarEdition,
    to=CONTROLLERS,
    sample=lambda: (CalendarRecalculated(2, 120, 30, 1), CalendarEdition(id=2, notice_id=4)),
)
def calendar_recalculated(event: CalendarRecalculated, edition: CalendarEdition) -> Message:
    """Tell how many periods were moved, and how many nobody could count."""
    left_en = f" {event.unsettled} could not be computed: check them." if event.unsettled else ""
    left = f"另有{event.unsettled}个期限无法自动计算，请核对。" if event.unsettled else ""
    return Message(
        "期限已按新的放假安排重新计算",
        f"共重新计算{event.counted}个期限，其中{event.moved}个日期有变动。{left}",
        f"/calendar-notices/{edition.notice_id}" if edition.notice_id else "/calendar-notices",
        en=Words(
            "Periods computed again under the new days off",
            f"{event.counted} periods were computed again, {event.moved} dates moved.{left_en}",
        ),
    )
