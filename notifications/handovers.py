"""What people hear when all work of somebody goes to others."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session, selectinload

from notifications.audiences import person, together
from notifications.messages import Message, Urgency, Words, on, read_with
from services.handovers import Handover, HandoverCase, HandoverTaken
from services.kernel.act import Actor


@dataclass(frozen=True, slots=True)
class _Takers:
    """Everyone who took over a case."""

    def people(self, _session: Session, handover: Any) -> set[int]:
        """All of them."""
        return set(handover.taker_ids)

    def includes(self, actor: Actor, handover: Any) -> bool:
        """Is the actor one of them?"""
        return actor.id in handover.taker_ids


read_with(Handover, selectinload(Handover.cases))


def _sample() -> Handover:
    return Handover(id=8, person_id=3, procuratorate_id=1, cases=[HandoverCase(case_id=7, to_id=4)])


@on(
    HandoverTaken,
    about=Handover,
    to=together(person("person_id"), _Takers()),
    urgency=Urgency.TASK,
    sample=lambda: (HandoverTaken(8, 3, 1, [7], [4]), _sample()),
)
def work_handed_over(event: HandoverTaken, _handover: Handover) -> Message:
    """Tell who had the work and who has it now; every period runs on."""
    return Message(
        "工作移交",
        f"共移交{len(event.case_ids)}件在办案件，办案期限连续计算，请接收人及时办理。",
        "/tasks",
        en=Words(
            "Work handed over",
            f"{len(event.case_ids)} open cases were handed over. Their periods run on. "
            "Please take them up in time.",
        ),
    )
