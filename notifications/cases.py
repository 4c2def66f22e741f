"""What people hear about a case as a whole."""

from notifications.audiences import HANDLER, pool, together
from notifications.messages import Message, Urgency, Words, on
from services.cases import Case, CaseAccepted, CaseClosed
from services.policy import PostKind


def _sample() -> Case:
    return Case(id=7, number="测检捕受〔2026〕7号", handler_id=3, procuratorate_id=1)


@on(
    CaseAccepted,
    about=Case,
    to=together(
        pool(PostKind.CASE_MANAGER, of="procuratorate_id"),
        pool(PostKind.POLICE_OFFICER, of="police_office_id"),
    ),
    urgency=Urgency.INFO,
    sample=lambda: (CaseAccepted(7, 5), _sample()),
)
def case_accepted(_event: CaseAccepted, case: Case) -> Message:
    """Tell the organ and case management that the case has its number."""
    return Message(
        "案件已受理",
        f"受理案号：{case.number}",
        f"/cases/{case.id}",
        en=Words("Case accepted", f"Case number: {case.number}"),
    )


@on(
    CaseClosed,
    about=Case,
    to=together(HANDLER, pool(PostKind.CASE_MANAGER, of="procuratorate_id")),
    sample=lambda: (CaseClosed(7), _sample()),
)
def case_closed(_event: CaseClosed, case: Case) -> Message:
    """Tell the handler and case management that every receipt is in."""
    return Message(
        "案件办结",
        f"{case.number}：执行回执已全部收到。",
        f"/cases/{case.id}",
        en=Words("Case concluded", f"{case.number}: every receipt of execution has come in."),
    )
