"""What people hear when an interrogation is arranged, changed or brought about, and why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session, joinedload, selectinload

from notifications.audiences import pool
from notifications.messages import Message, Urgency, Words, on, read_with
from services.arrest_requests.records import Suspect
from services.cases import Case
from services.interrogations import (
    ChangeKind,
    Interrogation,
    InterrogationChange,
    InterrogationChanged,
    LostBecause,
    ToldBecause,
)
from services.interrogations.history import ChangeTold
from services.kernel.act import SHANGHAI, Actor
from services.participants import Participant
from services.policy import STAFF, PostKind

read_with(
    InterrogationChange,
    joinedload(InterrogationChange.interrogation)
    .joinedload(Interrogation.case)
    .undefer(Case.recused_ids),
    joinedload(InterrogationChange.interrogation).joinedload(Interrogation.suspect),
    selectinload(InterrogationChange.told).joinedload(ChangeTold.participant),
)

WHY = {
    LostBecause.HANDLER: "承办人变更安排",
    LostBecause.DISPLACED: "另有更紧迫的讯问需要使用该时段",
    LostBecause.CENTRE_CLOSED: "看守所的场所在该时段不能使用",
    LostBecause.SUSPECT_ENGAGED: "犯罪嫌疑人该时段另有安排",
    LostBecause.SUSPECT_MOVED: "犯罪嫌疑人已换押至其他看守所",
    LostBecause.MEASURE_CHANGED: "犯罪嫌疑人的强制措施已变更",
    LostBecause.STAFF_LOST: "参加讯问的人员不能参加",
    LostBecause.CASE_CLOSED: "案件已办结或者并案",
}
"""Why, in words, from the code; the reason's own words stay with the procuratorate."""
TITLES = {
    ChangeKind.BOOKED: "已安排讯问",
    ChangeKind.RESCHEDULED: "讯问时间变更",
    ChangeKind.RESEATED: "讯问参加人员变更",
    ChangeKind.EXTENDED: "讯问时长延长",
    ChangeKind.LOST_TIME: "讯问时段取消，待重新安排",
    ChangeKind.CANCELLED: "讯问取消",
    ChangeKind.CONFIRMED: "看守所已确认讯问",
    ChangeKind.TIME_PROPOSED: "看守所建议另定时间",
    ChangeKind.PROPOSAL_ACCEPTED: "讯问改至看守所建议的时间",
    ChangeKind.PROPOSAL_REFUSED: "未采纳建议的时间",
    ChangeKind.PROPOSAL_LAPSED: "建议的时间已过保留期限",
    ChangeKind.QUEUED: "讯问已进入候补名单",
    ChangeKind.SLOT_OFFERED: "有空出的讯问时段，请答复",
    ChangeKind.OFFER_REFUSED: "未接受空出的讯问时段",
    ChangeKind.OFFER_LAPSED: "空出的讯问时段已过保留期限",
    ChangeKind.BROUGHT: "犯罪嫌疑人已提押到位",
    ChangeKind.BROUGHT_BACK: "犯罪嫌疑人已还押",
}


def _moved(change: InterrogationChange) -> str:
    return f"由{_time(change.before)}改为{_time(change.after)}"


def _now(change: InterrogationChange) -> str:
    return f"时间为{_time(change.after)}"


def _was(change: InterrogationChange) -> str:
    return f"原定{_time(change.before)}" if change.before else "尚未确定时间"


def _kept(change: InterrogationChange) -> str:
    return f"仍按原定的{_time(change.before)}进行"


BODIES: dict[ChangeKind, Callable[[InterrogationChange], str]] = {
    ChangeKind.BOOKED: _now,
    ChangeKind.RESCHEDULED: _moved,
    ChangeKind.RESEATED: lambda change: f"参加人员有调整，{_now(change)}" if change.after else "",
    ChangeKind.EXTENDED: _moved,
    ChangeKind.LOST_TIME: _was,
    ChangeKind.CANCELLED: _was,
    ChangeKind.CONFIRMED: _now,
    ChangeKind.TIME_PROPOSED: lambda change: f"{_was(change)}，建议{_time(change.after)}，请答复",
    ChangeKind.PROPOSAL_ACCEPTED: _moved,
    ChangeKind.PROPOSAL_REFUSED: _kept,
    ChangeKind.PROPOSAL_LAPSED: _kept,
    ChangeKind.QUEUED: lambda _change: "时段空出时将按期限先后通知承办人",
    ChangeKind.SLOT_OFFERED: lambda change: f"空出{_time(change.after)}，请在保留期限前答复",
    ChangeKind.OFFER_REFUSED: lambda change: f"{_time(change.after)}让与下一顺位，继续候补",
    ChangeKind.OFFER_LAPSED: lambda change: f"{_time(change.after)}让与下一顺位，继续候补",
    ChangeKind.BROUGHT: _now,
    ChangeKind.BROUGHT_BACK: _now,
}


@dataclass(frozen=True, slots=True)
class _Told:
    """Whoever the entry says is told: staff who still are, not recused; the centre's officers."""

    def people(self, session: Session, change: Any) -> set[int]:
        """Everybody with an account, but never whoever made the change."""
        sitting = change.interrogation
        named = {one.person_id for one in change.told if one.person_id is not None}
        named &= pool(*_STAFF, of="procuratorate_id").people(session, sitting)
        for one in change.told:
            if one.office_id is not None:
                officers = pool(PostKind.DETENTION_OFFICER, of="office_id")
                named |= officers.people(session, one)
        return named - {change.made_by} - set(sitting.recused_ids or ())

    def includes(self, actor: Actor, change: Any) -> bool:
        """Is the actor one of them, still in that post?"""
        sitting = change.interrogation
        if actor.id == change.made_by or actor.id in (sitting.recused_ids or ()):
            return False
        staff = sitting.procuratorate_id in actor.offices_as(*_STAFF)
        return any(
            (staff and one.person_id == actor.id)
            or (one.office_id and actor.holds(PostKind.DETENTION_OFFICER, one.office_id))
            for one in change.told
        )


_STAFF = tuple(STAFF)
TOLD = _Told()


def _sample() -> InterrogationChange:
    start = datetime(2026, 9, 9, 1, 17, tzinfo=UTC)
    sitting = Interrogation(
        id=12,
        case=Case(id=7, number="测检捕受〔2026〕7号"),
        suspect=Suspect(id=5, name="赵某"),
    )
    return InterrogationChange(
        id=4,
        interrogation=sitting,
        kind=ChangeKind.RESCHEDULED,
        because=LostBecause.SUSPECT_ENGAGED,
        before=Range(start, start.replace(minute=47)),
        after=Range(start.replace(hour=6), start.replace(hour=6, minute=47)),
        told=[ChangeTold(because=ToldBecause.TAKES_PART, participant=Participant(name="测试译员"))],
    )


WHY_EN = {
    LostBecause.HANDLER: "the handler changed the arrangement",
    LostBecause.DISPLACED: "a more urgent interrogation needs the time",
    LostBecause.CENTRE_CLOSED: "the detention centre's room cannot be used then",
    LostBecause.SUSPECT_ENGAGED: "the suspect is engaged then",
    LostBecause.SUSPECT_MOVED: "the suspect was moved to another centre",
    LostBecause.MEASURE_CHANGED: "the suspect's coercive measure has changed",
    LostBecause.STAFF_LOST: "somebody who takes part cannot",
    LostBecause.CASE_CLOSED: "the case was concluded or merged",
}
TITLES_EN = {
    ChangeKind.BOOKED: "Interrogation arranged",
    ChangeKind.RESCHEDULED: "Interrogation moved",
    ChangeKind.RESEATED: "Other people take part in the interrogation",
    ChangeKind.EXTENDED: "Interrogation made longer",
    ChangeKind.LOST_TIME: "The interrogation has lost its time",
    ChangeKind.CANCELLED: "Interrogation cancelled",
    ChangeKind.CONFIRMED: "The centre confirmed the interrogation",
    ChangeKind.TIME_PROPOSED: "The centre proposes another time",
    ChangeKind.PROPOSAL_ACCEPTED: "Moved to the time the centre proposed",
    ChangeKind.PROPOSAL_REFUSED: "The proposed time was not taken",
    ChangeKind.PROPOSAL_LAPSED: "The proposed time has lapsed",
    ChangeKind.QUEUED: "On the waiting list",
    ChangeKind.SLOT_OFFERED: "A time is free: please answer",
    ChangeKind.OFFER_REFUSED: "The free time was not taken",
    ChangeKind.OFFER_LAPSED: "The free time has lapsed",
    ChangeKind.BROUGHT: "The suspect has been brought",
    ChangeKind.BROUGHT_BACK: "The suspect has been brought back",
}


def _moved_en(change: InterrogationChange) -> str:
    return f"from {_time_en(change.before)} to {_time_en(change.after)}"


def _now_en(change: InterrogationChange) -> str:
    return f"at {_time_en(change.after)}"


def _was_en(change: InterrogationChange) -> str:
    return f"was set for {_time_en(change.before)}" if change.before else "no time was set yet"


def _kept_en(change: InterrogationChange) -> str:
    return f"it stays at {_time_en(change.before)}"


def _passed_on_en(change: InterrogationChange) -> str:
    return f"{_time_en(change.after)} goes to the next in line; the wait goes on"


BODIES_EN: dict[ChangeKind, Callable[[InterrogationChange], str]] = {
    ChangeKind.BOOKED: _now_en,
    ChangeKind.RESCHEDULED: _moved_en,
    ChangeKind.RESEATED: lambda change: (
        f"other people take part, {_now_en(change)}" if change.after else ""
    ),
    ChangeKind.EXTENDED: _moved_en,
    ChangeKind.LOST_TIME: _was_en,
    ChangeKind.CANCELLED: _was_en,
    ChangeKind.CONFIRMED: _now_en,
    ChangeKind.TIME_PROPOSED: lambda change: (
        f"{_was_en(change)}, proposed: {_time_en(change.after)}; please answer"
    ),
    ChangeKind.PROPOSAL_ACCEPTED: _moved_en,
    ChangeKind.PROPOSAL_REFUSED: _kept_en,
    ChangeKind.PROPOSAL_LAPSED: _kept_en,
    ChangeKind.QUEUED: lambda _change: "handlers are told in the order of their periods",
    ChangeKind.SLOT_OFFERED: lambda change: (
        f"{_time_en(change.after)} is free; answer before the offer lapses"
    ),
    ChangeKind.OFFER_REFUSED: _passed_on_en,
    ChangeKind.OFFER_LAPSED: _passed_on_en,
    ChangeKind.BROUGHT: _now_en,
    ChangeKind.BROUGHT_BACK: _now_en,
}


TOPICS = {
    ChangeKind.BOOKED: "time",
    ChangeKind.RESCHEDULED: "time",
    ChangeKind.EXTENDED: "time",
    ChangeKind.LOST_TIME: "time",
    ChangeKind.CANCELLED: "time",
    ChangeKind.CONFIRMED: "time",
    ChangeKind.RESEATED: "seats",
    ChangeKind.TIME_PROPOSED: "proposal",
    ChangeKind.PROPOSAL_ACCEPTED: "proposal",
    ChangeKind.PROPOSAL_REFUSED: "proposal",
    ChangeKind.PROPOSAL_LAPSED: "proposal",
    ChangeKind.QUEUED: "waiting",
    ChangeKind.SLOT_OFFERED: "waiting",
    ChangeKind.OFFER_REFUSED: "waiting",
    ChangeKind.OFFER_LAPSED: "waiting",
    ChangeKind.BROUGHT: "bringing",
    ChangeKind.BROUGHT_BACK: "bringing",
}
"""What a change is about: the next change of the same takes its place, and no other does."""


def about_change(event: InterrogationChanged) -> str:
    """The topic of a change: what of the interrogation has changed."""
    return f"interrogation:{event.interrogation_id}:{TOPICS[ChangeKind(event.kind)]}"


@on(
    InterrogationChanged,
    about=InterrogationChange,
    to=TOLD,
    urgency=Urgency.TASK,
    topic=about_change,
    sample=lambda: (InterrogationChanged(4, 12, "rescheduled", "suspect_engaged"), _sample()),
)
def interrogation_changed(_event: InterrogationChanged, change: InterrogationChange) -> Message:
    """Tell whoever takes part, and the centre, what was changed and why."""
    sitting = change.interrogation
    said = [BODIES[change.kind](change), WHY[change.because] if change.because else ""]
    words = "；".join(part for part in said if part)
    body = f"{sitting.case.number} {sitting.suspect.name}：{words}。"
    absent = [one.participant.name for one in change.told if one.participant is not None]
    if absent:
        body += f"没有账号的参加人由承办人另行通知：{'、'.join(absent)}。"
    said_en = [BODIES_EN[change.kind](change), WHY_EN[change.because] if change.because else ""]
    words_en = "; ".join(part for part in said_en if part)
    body_en = f"{sitting.case.number} {sitting.suspect.name}: {words_en}."
    if absent:
        body_en += f" The handler tells those without an account: {', '.join(absent)}."
    return Message(
        TITLES[change.kind],
        body,
        f"/interrogations/{sitting.id}",
        en=Words(TITLES_EN[change.kind], body_en),
    )


def _time(during: Range[datetime] | None) -> str:
    if during is None or during.lower is None or during.upper is None:
        return "待定"
    start, end = during.lower.astimezone(SHANGHAI), during.upper.astimezone(SHANGHAI)
    return f"{start.month}月{start.day}日{start:%H:%M}至{end:%H:%M}"


def _time_en(during: Range[datetime] | None) -> str:
    if during is None or during.lower is None or during.upper is None:
        return "a time to be set"
    start, end = during.lower.astimezone(SHANGHAI), during.upper.astimezone(SHANGHAI)
    return f"{start:%Y-%m-%d %H:%M} to {end:%H:%M}"
