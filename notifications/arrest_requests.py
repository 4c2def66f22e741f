"""What people hear about arrest requests until they are accepted.

Acceptance itself is told with the case's number (`notifications/cases.py`).
"""

from sqlalchemy.orm import joinedload, selectinload

from notifications.audiences import pool
from notifications.messages import Message, Urgency, Words, on, read_with
from services.arrest_requests import (
    ArrestRequest,
    ArrestRequestCorrected,
    ArrestRequestSubmitted,
    JurisdictionDoubted,
    SupplementAnswered,
    SupplementRequested,
    Suspect,
)
from services.offices import Office
from services.policy import PostKind

SHOWN = 3
"""So many suspects are named before the others are counted."""

read_with(ArrestRequest, joinedload(ArrestRequest.office), selectinload(ArrestRequest.suspects))

CASE_MANAGEMENT = pool(PostKind.CASE_MANAGER, of="procuratorate_id")


def _sample() -> ArrestRequest:
    return ArrestRequest(
        id=7,
        document_number="测公提捕字〔2026〕7号",
        office=Office(name="测试市公安局"),
        suspects=[Suspect(name=name) for name in ("赵某", "钱某", "孙某", "李某")],
    )


def _who(request: ArrestRequest) -> str:
    names = [suspect.name for suspect in request.suspects]
    others = f"等{len(names)}人" if len(names) > SHOWN else ""
    return "、".join(names[:SHOWN]) + others


def _who_en(request: ArrestRequest) -> str:
    names = [suspect.name for suspect in request.suspects]
    others = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + others


def _link(request: ArrestRequest) -> str:
    return f"/arrest-requests/{request.id}"


@on(
    ArrestRequestSubmitted,
    about=ArrestRequest,
    to=CASE_MANAGEMENT,
    urgency=Urgency.TASK,
    sample=lambda: (ArrestRequestSubmitted(7, 2, 1), _sample()),
)
def arrest_request_submitted(_event: ArrestRequestSubmitted, request: ArrestRequest) -> Message:
    """Tell case management that a request is to be checked and accepted at once (RULES 157)."""
    return Message(
        "收到提请批准逮捕",
        f"{request.office.name}提请批准逮捕{_who(request)}（{request.document_number}），"
        "请立即审查受理，审查逮捕期限已开始计算。",
        _link(request),
        en=Words(
            "Request for approval of arrest received",
            f"{request.office.name} asks for approval of the arrest of {_who_en(request)} "
            f"({request.document_number}). Check and accept it at once: the review period "
            "has begun.",
        ),
    )


@on(
    ArrestRequestCorrected,
    about=ArrestRequest,
    to=CASE_MANAGEMENT,
    sample=lambda: (ArrestRequestCorrected(7, 1), _sample()),
)
def arrest_request_corrected(_event: ArrestRequestCorrected, request: ArrestRequest) -> Message:
    """Tell case management that what it may already have read has changed."""
    return Message(
        "提请内容已更正",
        f"{request.office.name}更正了{_who(request)}的提请（{request.document_number}）。",
        _link(request),
        en=Words(
            "A request was corrected",
            f"{request.office.name} corrected the request about {_who_en(request)} "
            f"({request.document_number}).",
        ),
    )


@on(
    SupplementRequested,
    about=ArrestRequest,
    to=pool(PostKind.POLICE_OFFICER, of="police_office_id"),
    urgency=Urgency.TASK,
    sample=lambda: (SupplementRequested(7, 1), _sample()),
)
def supplement_requested(_event: SupplementRequested, request: ArrestRequest) -> Message:
    """Tell the police what to send after; the clock keeps running (RULES 158)."""
    return Message(
        "要求补送材料",
        f"{_who(request)}的提请（{request.document_number}）需要补送材料，"
        "审查逮捕期限自首次收到起继续计算。",
        _link(request),
        en=Words(
            "Material to be sent after",
            f"The request about {_who_en(request)} ({request.document_number}) needs more "
            "material. The review period runs on from the first receipt.",
        ),
    )


@on(
    SupplementAnswered,
    about=ArrestRequest,
    to=CASE_MANAGEMENT,
    urgency=Urgency.TASK,
    sample=lambda: (SupplementAnswered(7, 1, 2), _sample()),
)
def supplement_answered(_event: SupplementAnswered, request: ArrestRequest) -> Message:
    """Tell case management that it can go on checking."""
    return Message(
        "材料已补送",
        f"{request.office.name}已补送{_who(request)}的材料（{request.document_number}），"
        "请继续审查受理。",
        _link(request),
        en=Words(
            "Material was sent after",
            f"{request.office.name} sent the material about {_who_en(request)} "
            f"({request.document_number}). Go on checking it.",
        ),
    )


@on(
    JurisdictionDoubted,
    about=ArrestRequest,
    to=pool(PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD, of="procuratorate_id"),
    sample=lambda: (JurisdictionDoubted(7, 1), _sample()),
)
def jurisdiction_doubted(_event: JurisdictionDoubted, request: ArrestRequest) -> Message:
    """Tell those who lead the procuratorate; the request is received all the same."""
    return Message(
        "管辖存疑",
        f"对{_who(request)}的提请（{request.document_number}）记录了管辖疑问，照常接收、审查。",
        _link(request),
        en=Words(
            "Jurisdiction in doubt",
            "A doubt about jurisdiction was noted on the request about "
            f"{_who_en(request)} ({request.document_number}). It is received and checked "
            "all the same.",
        ),
    )
