"""What people hear when an interrogation waits for a time and its period is nearly over."""

from datetime import UTC, datetime

from sqlalchemy.orm import joinedload

from notifications.audiences import person, pool, together
from notifications.messages import Message, Urgency, Words, on, read_with
from services.arrest_requests.records import Suspect
from services.cases import Case
from services.interrogations import Interrogation
from services.interrogations.waiting import WaitingEscalated
from services.kernel.act import SHANGHAI
from services.policy import PostKind

read_with(
    Interrogation,
    joinedload(Interrogation.case).undefer(Case.recused_ids),
    joinedload(Interrogation.suspect),
)


def _sample() -> Interrogation:
    return Interrogation(
        id=12,
        case=Case(id=7, number="测检捕受〔2026〕7号"),
        suspect=Suspect(id=5, name="赵某"),
        not_after=datetime(2026, 9, 9, 9, 37, tzinfo=UTC),
    )


@on(
    WaitingEscalated,
    about=Interrogation,
    to=together(
        person("handler_id", PostKind.PROSECUTOR, of="procuratorate_id"),
        pool(PostKind.DEPARTMENT_HEAD, of="procuratorate_id"),
    ),
    urgency=Urgency.TASK,
    sample=lambda: (WaitingEscalated(12), _sample()),
)
def waiting_escalated(_event: WaitingEscalated, sitting: Interrogation) -> Message:
    """Tell the handler and the heads: less than a third of the period is left."""
    until = sitting.not_after
    by_en = f"; it must be held by {until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if until else ""
    by = f"，应当在{until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}前进行" if until else ""
    return Message(
        "讯问仍在候补，期限已过三分之二",
        f"{sitting.case.number} {sitting.suspect.name}：尚无讯问时段{by}，请另行安排。",
        f"/interrogations/{sitting.id}",
        en=Words(
            "Still waiting, two thirds of the time are gone",
            f"{sitting.case.number} {sitting.suspect.name}: no time yet{by_en}. Please "
            "arrange it otherwise.",
        ),
    )
