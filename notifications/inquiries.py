"""What people hear about recorded inquiries: that there is one, and never what it says."""

from typing import Any

from notifications.audiences import person, pool
from notifications.messages import Message, Urgency, Words, on
from services.inquiries import (
    Inquiry,
    InquiryCorrected,
    InquiryRecorded,
    InquiryReviewed,
    SupervisionRecorded,
)
from services.policy import PostKind

INSPECTION = pool(PostKind.INSPECTOR, of="procuratorate_id")
"""Whoever inspects that procuratorate's staff. What they may read of it, the law says apart."""


def _sample() -> Inquiry:
    return Inquiry(id=7, procuratorate_id=1, recorded_by=3)


def _link(inquiry: Any) -> str:
    return f"/inquiries/{inquiry.id}"


@on(
    InquiryRecorded,
    about=Inquiry,
    to=INSPECTION,
    urgency=Urgency.TASK,
    sample=lambda: (InquiryRecorded(7), _sample()),
)
def inquiry_recorded(_event: InquiryRecorded, inquiry: Inquiry) -> Message:
    """Report an inquiry or interference to the inspection (ORG 47 paragraph 2)."""
    return Message(
        "有新的过问记录",
        "办案人员记录并报告了过问情况，请核查。",
        _link(inquiry),
        en=Words(
            "A new record of interference",
            "The handlers recorded and reported an inquiry. Please look into it.",
        ),
    )


@on(
    InquiryCorrected,
    about=Inquiry,
    to=INSPECTION,
    urgency=Urgency.TASK,
    sample=lambda: (InquiryCorrected(7, 5), _sample()),
)
def inquiry_corrected(_event: InquiryCorrected, inquiry: Inquiry) -> Message:
    """Tell the inspection that a further entry stands in the place of an earlier one."""
    return Message(
        "过问记录已更正",
        "办案人员以新的记录更正了先前的记录。",
        _link(inquiry),
        en=Words(
            "A record of interference was corrected",
            "The handlers corrected an earlier record by a new one.",
        ),
    )


@on(
    SupervisionRecorded,
    about=Inquiry,
    to=INSPECTION,
    sample=lambda: (SupervisionRecorded(7), _sample()),
)
def supervision_recorded(_event: SupervisionRecorded, inquiry: Inquiry) -> Message:
    """Tell the inspection that lawful supervision was put on record; nothing is to be done."""
    return Message(
        "已登记依法监督事项",
        "该事项与过问分开登记，无需核查。",
        _link(inquiry),
        en=Words(
            "Lawful supervision was recorded",
            "It is kept apart from interference and needs no review.",
        ),
    )


@on(
    InquiryReviewed,
    about=Inquiry,
    to=person("recorded_by"),
    sample=lambda: (InquiryReviewed(7), _sample()),
)
def inquiry_reviewed(_event: InquiryReviewed, inquiry: Inquiry) -> Message:
    """Tell whoever recorded it that it was received and looked into."""
    words = "您记录并报告的过问情况，检务督察部门已收到并核查。"
    return Message(
        "过问记录已收到并核查",
        words,
        _link(inquiry),
        en=Words(
            "Your record was received and looked into",
            "Procuratorial supervision received and looked into what you recorded.",
        ),
    )
