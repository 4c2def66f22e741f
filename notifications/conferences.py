"""What people hear about joint conferences; nothing of the case, for members are of any office."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session, joinedload

from notifications.audiences import HANDLER, pool, together
from notifications.messages import Message, Urgency, Words, on, read_with, topic_of
from services import people
from services.conferences import (
    Conference,
    ConferenceAsked,
    ConferenceCancelled,
    ConferenceClosed,
    ConferenceConvened,
    ConferenceDeparted,
    ConferenceForm,
    ConferenceState,
)
from services.kernel.act import SHANGHAI, Actor
from services.kernel.clock import legal_now
from services.policy import PostKind

read_with(Conference, joinedload(Conference.case))

FORMS = {
    ConferenceForm.PRESENT: "现场",
    ConferenceForm.REMOTE: "远程视频",
    ConferenceForm.WRITTEN: "书面",
}


@dataclass(frozen=True, slots=True)
class _Members:
    """The invited: nobody recused, nobody who is no prosecutor there any longer."""

    def people(self, session: Session, conference: Any) -> set[int]:
        """Everyone invited who holds the post today."""
        today = legal_now(session).astimezone(SHANGHAI).date()
        return {
            person_id
            for person_id, office_id in conference.invited.items()
            if person_id in people.holders(session, [PostKind.PROSECUTOR], office_id, today)
        }

    def includes(self, actor: Actor, conference: Any) -> bool:
        """Is the actor invited?"""
        return actor.holds(PostKind.PROSECUTOR, conference.invited.get(actor.id))


MEMBERS = _Members()
CONVENERS = pool(PostKind.DEPARTMENT_HEAD, PostKind.CHIEF_PROCURATOR, of="procuratorate_id")


def _sample() -> Conference:
    return Conference(
        id=4,
        procuratorate_id=1,
        state=ConferenceState.CONVENED,
        form=ConferenceForm.REMOTE,
        held_at=datetime(2026, 3, 5, 1, 30, tzinfo=UTC),
    )


FORMS_EN = {
    ConferenceForm.PRESENT: "in person",
    ConferenceForm.REMOTE: "by video",
    ConferenceForm.WRITTEN: "in writing",
}


def _link(conference: Conference) -> str:
    return f"/conferences/{conference.id}"


@on(
    ConferenceAsked,
    about=Conference,
    to=CONVENERS,
    urgency=Urgency.TASK,
    sample=lambda: (ConferenceAsked(4, 7), _sample()),
)
def conference_asked(_event: ConferenceAsked, conference: Conference) -> Message:
    """Tell the head and the chief that a handler asks for a conference."""
    words = "承办检察官提请召开检察官联席会议，请决定是否召集。"
    return Message(
        "提请召开联席会议",
        words,
        _link(conference),
        en=Words(
            "A joint conference is asked for",
            "The handling prosecutor asks for a joint conference of prosecutors. Please "
            "decide whether to convene it.",
        ),
    )


@on(
    ConferenceConvened,
    about=Conference,
    to=together(MEMBERS, HANDLER),
    urgency=Urgency.TASK,
    topic=topic_of("conference"),
    sample=lambda: (ConferenceConvened(4, 7, "remote", members=3), _sample()),
)
def conference_convened(event: ConferenceConvened, conference: Conference) -> Message:
    """Tell the members and the handler when a conference is held, and in which form."""
    form = FORMS[ConferenceForm(event.form)]
    when = conference.held_at
    at = f"{when.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if when else ""
    words = f"检察官联席会议（{form}）定于 {at} 召开，请在系统中查看议题并发表意见。"
    return Message(
        "检察官联席会议通知",
        words,
        _link(conference),
        en=Words(
            "Joint conference of prosecutors",
            f"A joint conference ({FORMS_EN[ConferenceForm(event.form)]}) is set for "
            f"{at}. See the questions in the app and give your opinion.",
        ),
    )


@on(
    ConferenceCancelled,
    about=Conference,
    to=together(MEMBERS, HANDLER),
    urgency=Urgency.TASK,
    topic=topic_of("conference"),
    sample=lambda: (ConferenceCancelled(4, 7), _sample()),
)
def conference_cancelled(_event: ConferenceCancelled, conference: Conference) -> Message:
    """Tell the members and the handler that it is not held."""
    return Message(
        "联席会议取消",
        "该次检察官联席会议不再召开。",
        _link(conference),
        en=Words(
            "A joint conference was cancelled",
            "This joint conference of prosecutors will not be held.",
        ),
    )


@on(
    ConferenceClosed,
    about=Conference,
    to=together(HANDLER, CONVENERS),
    sample=lambda: (ConferenceClosed(4, agree=2, disagree=1, other=0), _sample()),
)
def conference_closed(event: ConferenceClosed, conference: Conference) -> Message:
    """Tell the handler and the office what the voices were: advice, and no decision."""
    words = (
        f"联席会议已结束：同意 {event.agree}，不同意 {event.disagree}，其他 {event.other}。"
        "会议意见供承办人参考。"
    )
    return Message(
        "联席会议已结束",
        words,
        _link(conference),
        en=Words(
            "The joint conference is over",
            f"Agree {event.agree}, disagree {event.disagree}, other {event.other}. Its "
            "opinion advises the handler.",
        ),
    )


@on(
    ConferenceDeparted,
    about=Conference,
    to=CONVENERS,
    urgency=Urgency.TASK,
    sample=lambda: (ConferenceDeparted(4, 7), _sample()),
)
def conference_departed(_event: ConferenceDeparted, conference: Conference) -> Message:
    """Report to the chief, and tell the head, that the handler goes another way, and why."""
    words = "承办检察官未采纳联席会议多数意见，理由已记录，请查阅。"
    return Message(
        "未采纳联席会议多数意见",
        words,
        _link(conference),
        en=Words(
            "The majority of a joint conference was not followed",
            "The handler did not follow the majority. The reason is on record.",
        ),
    )
