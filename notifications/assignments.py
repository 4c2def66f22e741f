"""What people hear about who handles a case."""

from notifications.audiences import HANDLER, pool
from notifications.messages import Message, Urgency, Words, on
from services.assignments import CaseAssigned, HandlerChanged, HandlerRecused
from services.cases import Case
from services.policy import PostKind


def _sample() -> Case:
    return Case(id=7, number="测检捕受〔2026〕7号", handler_id=3, procuratorate_id=1)


@on(
    CaseAssigned,
    about=Case,
    to=HANDLER,
    urgency=Urgency.TASK,
    sample=lambda: (CaseAssigned(7, 4, 3), _sample()),
)
def case_assigned(_event: CaseAssigned, case: Case) -> Message:
    """Tell the handler that the case is theirs."""
    return Message(
        "新分案件待审查",
        f"{case.number} 已分配给您承办。",
        f"/cases/{case.id}",
        en=Words("A new case to review", f"{case.number} has been assigned to you."),
    )


@on(
    HandlerChanged,
    about=Case,
    to=HANDLER,
    urgency=Urgency.TASK,
    sample=lambda: (HandlerChanged(7, 4, 2, 3), _sample()),
)
def handler_changed(_event: HandlerChanged, case: Case) -> Message:
    """Tell the new handler that the case is theirs, with its clocks running."""
    return Message(
        "变更承办人",
        f"{case.number} 变更由您承办，办案期限连续计算。",
        f"/cases/{case.id}",
        en=Words(
            "You are the new handler",
            f"{case.number} is now handled by you. Its periods run on without a break.",
        ),
    )


@on(
    HandlerRecused,
    about=Case,
    to=pool(PostKind.CASE_MANAGER, of="procuratorate_id"),
    urgency=Urgency.TASK,
    sample=lambda: (HandlerRecused(7, 3, "interest"), _sample()),
)
def handler_recused(_event: HandlerRecused, case: Case) -> Message:
    """Tell case management that a prosecutor is out, so that the case may be assigned anew."""
    return Message(
        "检察官回避",
        f"{case.number} 有检察官回避，请核对承办人。",
        f"/cases/{case.id}",
        en=Words(
            "A prosecutor is recused",
            f"A prosecutor is recused in {case.number}. Please check who handles it.",
        ),
    )
