"""What people hear about the procuratorial committee."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session, joinedload

from notifications.audiences import HANDLER, pool, together
from notifications.messages import Message, Urgency, Words, on, read_with, topic_of
from services.cases import Case
from services.committees import (
    Ballot,
    CommitteeCounted,
    CommitteeDecided,
    CommitteeFeedbackGiven,
    CommitteeMatter,
    CommitteeMatterDropped,
    CommitteeMatterListed,
    CommitteeMatterRaised,
    CommitteeOpened,
    CommitteeState,
    CommitteeSummoned,
)
from services.kernel.act import SHANGHAI, Actor
from services.policy import PostKind

read_with(CommitteeMatter, joinedload(CommitteeMatter.case))

STATES = {
    CommitteeState.MAJORITY: "已形成多数意见，请签发决定或者报请上一级人民检察院决定",
    CommitteeState.NO_MAJORITY: "未形成多数意见，正在征求缺席委员的书面意见",
    CommitteeState.UNDECIDED: "征求缺席委员意见后仍未形成多数意见，请报请上一级人民检察院决定",
}
BALLOTS = {Ballot.APPROVE: "同意", Ballot.REJECT: "不同意", Ballot.OTHER: "其他决定"}
STATES_EN = {
    CommitteeState.MAJORITY: "there is a majority; sign it or put it before the level above",
    CommitteeState.NO_MAJORITY: "there is no majority; the absent members are asked in writing",
    CommitteeState.UNDECIDED: "still no majority; put it before the level above",
}
BALLOTS_EN = {Ballot.APPROVE: "approved", Ballot.REJECT: "rejected", Ballot.OTHER: "other decision"}


@dataclass(frozen=True, slots=True)
class _Members:
    """Who sits in the committee today: nobody recused from the case."""

    def people(self, _session: Session, matter: Any) -> set[int]:
        """Every member."""
        return set(matter.committee)

    def includes(self, actor: Actor, matter: Any) -> bool:
        """Is the actor one?"""
        return actor.id in matter.committee and matter.procuratorate_id in actor.offices


MEMBERS = _Members()
CHIEF = pool(PostKind.CHIEF_PROCURATOR, of="procuratorate_id")
HEADS = pool(PostKind.DEPARTMENT_HEAD, of="procuratorate_id")


def _sample() -> CommitteeMatter:
    return CommitteeMatter(
        id=6,
        procuratorate_id=1,
        case=Case(id=7, number="测检捕受〔2026〕7号", procuratorate_id=1),
        state=CommitteeState.SUMMONED,
        sits_at=datetime(2026, 3, 6, 1, 30, tzinfo=UTC),
        notice_number="测检检委决〔2026〕1号",
    )


def _told(matter: CommitteeMatter, title: str, then: str, en: Words) -> Message:
    return Message(
        title,
        f"{matter.case.number}：{then}。",
        f"/committee-matters/{matter.id}",
        en=Words(en.title, f"{matter.case.number}: {en.body}."),
    )


@on(
    CommitteeMatterListed,
    about=CommitteeMatter,
    to=together(MEMBERS, HANDLER),
    topic=topic_of("committee_session"),
    sample=lambda: (CommitteeMatterListed(6, 7, "major_arrest"), _sample()),
)
def committee_matter_listed(_event: CommitteeMatterListed, matter: CommitteeMatter) -> Message:
    """Tell the members and the handler that a matter is on the agenda."""
    return _told(
        matter,
        "提请检察委员会讨论",
        "已列入检察委员会议程",
        Words("Put before the procuratorial committee", "on the committee's agenda"),
    )


@on(
    CommitteeSummoned,
    about=CommitteeMatter,
    to=together(MEMBERS, HANDLER),
    urgency=Urgency.TASK,
    topic=topic_of("committee_session"),
    sample=lambda: (CommitteeSummoned(6, urgent=False), _sample()),
)
def committee_summoned(event: CommitteeSummoned, matter: CommitteeMatter) -> Message:
    """Tell the members and the handler when the committee sits, with the papers."""
    when = matter.sits_at
    at = f"{when.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if when else ""
    urgent_en = " (urgent)" if event.urgent else ""
    urgent = "（情况紧急）" if event.urgent else ""
    return _told(
        matter,
        "检察委员会会议通知",
        f"会议定于 {at} 召开{urgent}，请审阅会议材料",
        Words(
            "Committee meeting", f"the committee meets at {at}{urgent_en}; please read the papers"
        ),
    )


@on(
    CommitteeOpened,
    about=CommitteeMatter,
    to=MEMBERS,
    urgency=Urgency.TASK,
    topic=topic_of("committee_session"),
    sample=lambda: (CommitteeOpened(6, present=5, size=7), _sample()),
)
def committee_opened(event: CommitteeOpened, matter: CommitteeMatter) -> Message:
    """Tell the members that the session is open."""
    words = f"会议开始，出席 {event.present} 人，全体委员 {event.size} 人，请依次发言、表决"
    return _told(
        matter,
        "检察委员会开会",
        words,
        Words(
            "The committee is in session",
            f"the meeting has begun with {event.present} of {event.size} members; "
            "please speak and vote in turn",
        ),
    )


@on(
    CommitteeCounted,
    about=CommitteeMatter,
    to=together(MEMBERS, CHIEF),
    urgency=Urgency.TASK,
    sample=lambda: (CommitteeCounted(6, "majority", approve=4, reject=1, other=0), _sample()),
)
def committee_counted(event: CommitteeCounted, matter: CommitteeMatter) -> Message:
    """Tell the members what the count came to; the absent are asked in writing if need be."""
    return _told(
        matter,
        "检察委员会表决结果",
        STATES[CommitteeState(event.state)],
        Words("Result of the vote", STATES_EN[CommitteeState(event.state)]),
    )


@on(
    CommitteeMatterRaised,
    about=CommitteeMatter,
    to=together(MEMBERS, HANDLER, HEADS),
    sample=lambda: (CommitteeMatterRaised(6, 7, 2), _sample()),
)
def committee_matter_raised(_event: CommitteeMatterRaised, matter: CommitteeMatter) -> Message:
    """Tell everybody of the matter that the upper level decides."""
    return _told(
        matter,
        "报请上一级人民检察院决定",
        "检察委员会议题已报请上一级人民检察院决定",
        Words(
            "Put before the procuratorate above",
            "the matter was put before the procuratorate above for decision",
        ),
    )


@on(
    CommitteeDecided,
    about=CommitteeMatter,
    to=together(HANDLER, HEADS, MEMBERS),
    urgency=Urgency.TASK,
    sample=lambda: (CommitteeDecided(6, 7, "approve"), _sample()),
)
def committee_decided(event: CommitteeDecided, matter: CommitteeMatter) -> Message:
    """Tell the handler what was decided: it is carried out (ORG 33)."""
    words = f"{matter.notice_number} 决定事项通知书：{BALLOTS[Ballot(event.decision)]}，请执行"
    return _told(
        matter,
        "检察委员会作出决定",
        words,
        Words(
            "The committee has decided",
            f"notice {matter.notice_number}: {BALLOTS_EN[Ballot(event.decision)]}; "
            "please carry it out",
        ),
    )


@on(
    CommitteeFeedbackGiven,
    about=CommitteeMatter,
    to=together(CHIEF, MEMBERS),
    sample=lambda: (CommitteeFeedbackGiven(6, 7), _sample()),
)
def committee_feedback_given(_event: CommitteeFeedbackGiven, matter: CommitteeMatter) -> Message:
    """Tell the committee what became of its decision."""
    return _told(
        matter,
        "检察委员会决定已执行",
        "承办部门已反馈执行情况",
        Words("The committee's decision was carried out", "the department has reported"),
    )


@on(
    CommitteeMatterDropped,
    about=CommitteeMatter,
    to=together(MEMBERS, HANDLER),
    topic=topic_of("committee_session"),
    sample=lambda: (CommitteeMatterDropped(6, 7), _sample()),
)
def committee_matter_dropped(_event: CommitteeMatterDropped, matter: CommitteeMatter) -> Message:
    """Tell the members and the handler that it is off the agenda."""
    return _told(
        matter,
        "议题撤回",
        "已从检察委员会议程撤回",
        Words("A matter was withdrawn", "taken off the committee's agenda"),
    )
