"""What people hear of the draw of people's supervisors: all three parties, nothing of the case."""

from datetime import datetime

from sqlalchemy.orm import joinedload

from notifications.audiences import HANDLER, pool, together
from notifications.messages import Message, Urgency, Words, on, read_with, topic_of
from services.activities import Activity, ActivityState
from services.draws import Draw
from services.draws.events import (
    DrawHeld,
    DrawPublished,
    DrawSeatUnfilled,
    DrawWitnessed,
    PoolExhausted,
)
from services.kernel.act import SHANGHAI
from services.offices import Office
from services.policy import PostKind

read_with(
    Draw,
    joinedload(Draw.activity).joinedload(Activity.case),
    joinedload(Draw.activity).joinedload(Activity.organ),
)

ORGAN = pool(PostKind.JUSTICE_OFFICER, of="organ_id")
MANAGERS = pool(PostKind.CASE_MANAGER, of="procuratorate_id")


def _activity() -> Activity:
    return Activity(
        id=7,
        title="测试活动",
        state=ActivityState.REQUESTED,
        starts_at=datetime(2026, 3, 12, 14, 17, tzinfo=SHANGHAI),
        wanted=3,
        procuratorate=Office(name="测试市人民检察院"),
        organ=Office(name="测试市司法局"),
    )


def _sample() -> Draw:
    return Draw(id=4, activity_id=7, activity=_activity())


def _link(draw: Draw) -> str:
    return f"/draws/{draw.id}"


@on(
    DrawPublished,
    about=Draw,
    to=MANAGERS,
    urgency=Urgency.TASK,
    topic=topic_of("draw"),
    sample=lambda: (DrawPublished(4, 7, 12, "5f"), _sample()),
)
def draw_published(event: DrawPublished, draw: Draw) -> Message:
    """Ask case management to add its nonce: then nobody alone has chosen the outcome."""
    return Message(
        "请见证人民监督员抽选",
        f"“{draw.activity.title}”的名单（{event.candidates}人）、权重、排除理由和承诺值已经公布，"
        "请核对后见证。",
        _link(draw),
        en=Words(
            "Please witness a draw",
            f"The list of “{draw.activity.title}” ({event.candidates} people) with "
            "weights, reasons for exclusion and commitments is published. Check it, then "
            "witness.",
        ),
    )


@on(
    DrawWitnessed,
    about=Draw,
    to=ORGAN,
    urgency=Urgency.TASK,
    topic=topic_of("draw"),
    sample=lambda: (DrawWitnessed(4, 7), _sample()),
)
def draw_witnessed(_event: DrawWitnessed, draw: Draw) -> Message:
    """Tell the organ that it can draw."""
    return Message(
        "检察机关已见证，可以抽选",
        f"“{draw.activity.title}”的抽选已经见证。",
        _link(draw),
        en=Words(
            "The procuratorate has witnessed; you may draw",
            f"The draw for “{draw.activity.title}” is witnessed.",
        ),
    )


@on(
    DrawHeld,
    about=Draw,
    to=together(MANAGERS, HANDLER, ORGAN),
    topic=topic_of("draw"),
    sample=lambda: (DrawHeld(4, 7, witnessed=False), _sample()),
)
def draw_held(event: DrawHeld, draw: Draw) -> Message:
    """Tell both that the seed is revealed, and whether anybody had watched."""
    watched_en = (
        "" if event.witnessed else " It was not witnessed by the procuratorate; this is on record."
    )
    watched = "" if event.witnessed else "本次抽选未经检察机关见证，已经记明。"
    return Message(
        "抽选结果已公布",
        f"“{draw.activity.title}”的抽选结果已经公布，可以用核验程序重新计算。{watched}",
        _link(draw),
        en=Words(
            "The result of a draw is published",
            f"The result for “{draw.activity.title}” is published and can be computed "
            f"again with the verifier.{watched_en}",
        ),
    )


@on(
    DrawSeatUnfilled,
    about=Draw,
    to=together(MANAGERS, HANDLER, ORGAN),
    urgency=Urgency.TASK,
    sample=lambda: (DrawSeatUnfilled(4, 7, "all", "exhausted"), _sample()),
)
def draw_seat_unfilled(event: DrawSeatUnfilled, draw: Draw) -> Message:
    """Tell both that a seat stays empty: fewer, another time, or none."""
    because_en = "its time has come" if event.because == "no_time" else "nobody is left on the list"
    because = "活动时间已到" if event.because == "no_time" else "名单上已无人可以递补"
    return Message(
        "人民监督员人数不足",
        f"“{draw.activity.title}”{because}，请检察机关决定减少人数、改期或者另作安排。",
        _link(draw),
        en=Words(
            "Too few supervisors",
            f"“{draw.activity.title}”: {because_en}. The procuratorate must ask for "
            "fewer, move it or arrange otherwise.",
        ),
    )


@on(
    PoolExhausted,
    about=Activity,
    to=together(MANAGERS, HANDLER, ORGAN),
    urgency=Urgency.TASK,
    sample=lambda: (PoolExhausted(7, wanted=3, eligible=2, stratum="all"), _activity()),
)
def pool_exhausted(event: PoolExhausted, activity: Activity) -> Message:
    """Tell both that the pool does not reach, with the numbers."""
    return Message(
        "可供抽选的人民监督员不足",
        f"“{activity.title}”需要{event.wanted}名，排除后只有{event.eligible}名可供抽选，"
        "请检察机关减少人数、改期或者另作安排。",
        f"/activities/{activity.id}",
        en=Words(
            "Too few supervisors to draw from",
            f"“{activity.title}” needs {event.wanted}, and only {event.eligible} are left "
            "after exclusions. The procuratorate must ask for fewer, move it or arrange "
            "otherwise.",
        ),
    )
