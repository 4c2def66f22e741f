"""What comes after an arrest in the demo world: the transfer, the review, and how far it got."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.kernel.act import Act

Given = Callable[[Act], Mapping[str, Any]]


class Doing(StrEnum):
    """What somebody does in a sequel."""

    TRANSFER = "transfer"
    ACCEPT = "accept"
    ASK_FOR_PAPERS = "ask_for_papers"
    ASSIGN = "assign"
    STEP = "step"
    APPROVE = "approve"


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that is done, so many days after the one before."""

    days: float
    doing: Doing
    step: str = ""
    by: str = "handler"
    """For a step: handler, officer or manager."""
    given: Given = lambda _act: {}


def _said(**given: Any) -> Given:
    return lambda _act: given


_OUTLINE = (
    "一、调取案发现场及周边监控录像，查明同案人员；\n二、对扣押的赃物补充价格认定；\n"
    "三、就供述与被害人陈述的矛盾之处补充讯问、询问。"
)
_INTERROGATED: Given = lambda act: {  # noqa: E731  # a value of the table below
    "on": act.today,
    "form": "in_person",
    "summary": "犯罪嫌疑人对主要犯罪事实供认不讳，对指控罪名无异议。",
    "admits": True,
}
_HEARD: Given = lambda act: {  # noqa: E731
    "heard": "duty_lawyer",
    "on": act.today,
    "form": "telephone",
    "summary": "对定性无异议，建议从轻处罚。",
}
_TRANSFER = (Move(8.0, Doing.TRANSFER),)
_ACCEPTED = (*_TRANSFER, Move(0.3, Doing.ACCEPT))
_ASSIGNED = (*_ACCEPTED, Move(0.2, Doing.ASSIGN))
_TOLD = (
    *_ASSIGNED,
    Move(
        1.0,
        Doing.STEP,
        "tell_rights",
        given=_said(told=["suspect", "victim"], form="written"),
    ),
)
_REVIEWED = (
    *_TOLD,
    Move(2.0, Doing.STEP, "interrogate", given=_INTERROGATED),
    Move(0.5, Doing.STEP, "hear_opinions", given=_HEARD),
)
_RETURN = _said(outline=_OUTLINE, reasons="主要犯罪事实有待进一步查清，证据之间存在矛盾。")
_RETURNED = (
    *_REVIEWED,
    Move(1.0, Doing.STEP, "return_case", given=_RETURN),
    Move(0.3, Doing.APPROVE),
)
_AGAIN: tuple[Doing, str, str, Given] = (
    Doing.STEP,
    "transfer_again",
    "officer",
    _said(found="已调取监控录像并补充价格认定，供述与陈述的矛盾已排除。"),
)
_EXTENDED = (
    *_REVIEWED,
    Move(
        6.0,
        Doing.STEP,
        "extend_review",
        given=_said(ground="major_or_complex", reasons="涉案人员众多，作案次数多，案情复杂。"),
    ),
)

SEQUELS: Mapping[int, tuple[Move, ...]] = {
    15: (Move(9.0, Doing.TRANSFER), Move(0.2, Doing.ASK_FOR_PAPERS)),
    17: (Move(11.5, Doing.TRANSFER),),
    20: (Move(14.0, Doing.TRANSFER), Move(0.3, Doing.ACCEPT)),
    23: _TOLD,
    26: _REVIEWED,
    30: _EXTENDED,
    33: (*_EXTENDED, Move(0.5, Doing.APPROVE)),
    38: _RETURNED,
    42: (*_RETURNED, Move(9.0, *_AGAIN)),
    47: (*_RETURNED, Move(16.0, *_AGAIN)),
}
"""How far the case has come by the days since its request came in."""
