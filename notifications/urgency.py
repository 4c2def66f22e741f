"""What people hear when an interrogation gives way to an urgent one, and may say to it."""

from datetime import UTC, datetime

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import joinedload

from notifications.audiences import person, pool
from notifications.messages import Message, Urgency, Words, on, read_with, topic_of
from services.arrest_requests.records import Suspect
from services.cases import Case
from services.interrogations import Interrogation
from services.interrogations.displacements import Displacement, DisplacementState
from services.interrogations.urgency import (
    DisplacementObjected,
    InterrogationDisplaced,
    ObjectionDecided,
)
from services.kernel.act import SHANGHAI
from services.policy import PostKind

read_with(
    Displacement,
    joinedload(Displacement.interrogation).joinedload(Interrogation.case).undefer(Case.recused_ids),
    joinedload(Displacement.interrogation).joinedload(Interrogation.suspect),
)

WHOSE = person("handler_id", PostKind.PROSECUTOR, of="procuratorate_id")


def _sample() -> Displacement:
    start = datetime(2026, 9, 9, 1, 15, tzinfo=UTC)
    return Displacement(
        id=4,
        interrogation=Interrogation(
            id=12,
            case=Case(id=7, number="测检捕受〔2026〕7号"),
            suspect=Suspect(id=5, name="赵某"),
        ),
        state=DisplacementState.UPHELD,
        before=Range(start, start.replace(hour=2)),
        after=Range(start.replace(day=10), start.replace(day=10, hour=2)),
        object_until=start.replace(day=8),
        given_back=True,
    )


def _time(during: Range[datetime]) -> str:
    return _moment(during.lower) if during.lower is not None else "待定"


def _moment(at: datetime) -> str:
    here = at.astimezone(SHANGHAI)
    return f"{here.month}月{here.day}日{here:%H:%M}"


def _time_en(during: Range[datetime]) -> str:
    return _moment_en(during.lower) if during.lower is not None else "open"


def _moment_en(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _named(displacement: Displacement) -> str:
    sitting = displacement.interrogation
    return f"{sitting.case.number} {sitting.suspect.name}"


@on(
    InterrogationDisplaced,
    about=Displacement,
    to=WHOSE,
    urgency=Urgency.TASK,
    topic=topic_of("displacement"),
    sample=lambda: (InterrogationDisplaced(4, 12, 13), _sample()),
)
def interrogation_displaced(_event: InterrogationDisplaced, one: Displacement) -> Message:
    """Tell the handler which time was taken, which is given for it, and until when to object."""
    return Message(
        "讯问时段已让与紧急讯问",
        f"{_named(one)}：原定{_time(one.before)}，已改为{_time(one.after)}；"
        f"如有异议，请于{_moment(one.object_until)}前提出。",
        f"/interrogations/{one.interrogation.id}",
        en=Words(
            "Your time was given to an urgent interrogation",
            f"{_named(one)}: was set for {_time_en(one.before)}, now "
            f"{_time_en(one.after)}. If you object, do so by "
            f"{_moment_en(one.object_until)}.",
        ),
    )


@on(
    DisplacementObjected,
    about=Displacement,
    to=pool(PostKind.CASE_MANAGER, PostKind.DEPARTMENT_HEAD, of="procuratorate_id"),
    urgency=Urgency.TASK,
    sample=lambda: (DisplacementObjected(4, 12), _sample()),
)
def displacement_objected(_event: DisplacementObjected, one: Displacement) -> Message:
    """Tell whoever decides that there is an objection."""
    return Message(
        "讯问时段调整有异议，待审定",
        f"{_named(one)}：承办检察官对{_time(one.before)}的时段让与紧急讯问提出异议。",
        f"/displacements/{one.id}",
        en=Words(
            "An objection to a change awaits a decision",
            f"{_named(one)}: the handler objects to giving {_time_en(one.before)} to an "
            "urgent interrogation.",
        ),
    )


@on(
    ObjectionDecided,
    about=Displacement,
    to=WHOSE,
    urgency=Urgency.TASK,
    topic=topic_of("displacement"),
    sample=lambda: (ObjectionDecided(4, 12, "upheld"), _sample()),
)
def objection_decided(_event: ObjectionDecided, one: Displacement) -> Message:
    """Tell the handler what was decided, and which time stands."""
    finding_en = "is upheld" if one.state is DisplacementState.UPHELD else "is not upheld"
    finding = "成立" if one.state is DisplacementState.UPHELD else "不成立"
    stands = one.before if one.given_back else one.after
    return Message(
        "讯问时段调整异议已审定",
        f"{_named(one)}：异议{finding}，讯问时间为{_time(stands)}。",
        f"/interrogations/{one.interrogation.id}",
        en=Words(
            "An objection to a change was decided",
            f"{_named(one)}: the objection {finding_en}. The time is {_time_en(stands)}.",
        ),
    )
