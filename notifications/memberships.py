"""What people hear of suspects who come to a case, and of cases split, merged and linked."""

from notifications.audiences import HANDLER, pool, together
from notifications.messages import Message, Urgency, Words, on
from services.cases import Case
from services.memberships import CaseDivided, CasesMerged, SuspectAdded
from services.policy import ORGAN_POSTS, PostKind

ALL = together(
    HANDLER,
    pool(PostKind.CASE_MANAGER, of="procuratorate_id"),
    pool(*ORGAN_POSTS, of="police_office_id"),
)


def _sample() -> Case:
    return Case(
        id=7, number="测检诉受〔2026〕7号", handler_id=3, procuratorate_id=1, police_office_id=2
    )


@on(
    SuspectAdded,
    about=Case,
    to=ALL,
    urgency=Urgency.TASK,
    sample=lambda: (SuspectAdded(7, 12), _sample()),
)
def suspect_added(_event: SuspectAdded, case: Case) -> Message:
    """Tell everybody at the case that somebody was added, whose periods run from now."""
    return Message(
        "案件新增犯罪嫌疑人",
        f"{case.number}：新增犯罪嫌疑人一名，期限自提出之日起单独计算。",
        f"/cases/{case.id}",
        en=Words(
            "A suspect was added to a case",
            f"{case.number}: one suspect more, whose periods run from the day of the request.",
        ),
    )


@on(
    CaseDivided,
    about=Case,
    to=ALL,
    sample=lambda: (CaseDivided(7, 8, "minor"), _sample()),
)
def case_split(event: CaseDivided, case: Case) -> Message:
    """Tell everybody at the case that some of its suspects have one of their own."""
    return Message(
        "案件已分案",
        f"{case.number}：部分犯罪嫌疑人已另案办理，期限不变。",
        f"/cases/{event.new_case_id}",
        en=Words(
            "A case was split",
            f"{case.number}: some suspects go on in a case of their own. Periods stay.",
        ),
    )


@on(
    CasesMerged,
    about=Case,
    to=ALL,
    sample=lambda: (CasesMerged(7, 8), _sample()),
)
def cases_merged(_event: CasesMerged, case: Case) -> Message:
    """Tell everybody at the earlier case that the later one has gone over into it."""
    return Message(
        "案件已并案",
        f"{case.number}：另一案件已并入本案，期限不变。",
        f"/cases/{case.id}",
        en=Words(
            "Cases were merged", f"{case.number}: another case was merged into it. Periods stay."
        ),
    )
