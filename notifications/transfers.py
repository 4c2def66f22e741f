"""What people hear about transfers for prosecution."""

from notifications.audiences import pool
from notifications.messages import Message, Urgency, Words, on, topic_of
from services.policy import ORGAN_POSTS, PostKind
from services.transfers import (
    Transfer,
    TransferAccepted,
    TransferSubmitted,
    TransferSupplemented,
    TransferSupplementRequested,
)

MANAGEMENT = pool(PostKind.CASE_MANAGER, of="procuratorate_id")
ORGAN = pool(*ORGAN_POSTS, of="office_id")


def _sample() -> Transfer:
    return Transfer(id=6, office_id=2, procuratorate_id=1, document_number="测公诉字〔2026〕6号")


@on(
    TransferSubmitted,
    about=Transfer,
    to=MANAGEMENT,
    urgency=Urgency.TASK,
    sample=lambda: (TransferSubmitted(6, 2, 1), _sample()),
)
def transfer_submitted(_event: TransferSubmitted, transfer: Transfer) -> Message:
    """Tell case management that a case was transferred; review runs already."""
    return Message(
        "收到移送起诉",
        f"{transfer.document_number}：审查起诉期限已开始计算，请及时受理。",
        f"/transfers/{transfer.id}",
        en=Words(
            "A case was transferred for prosecution",
            f"{transfer.document_number}: the review period has begun. Please accept it in time.",
        ),
    )


@on(
    TransferSupplementRequested,
    about=Transfer,
    to=ORGAN,
    urgency=Urgency.TASK,
    topic=topic_of("transfer_papers"),
    sample=lambda: (TransferSupplementRequested(6), _sample()),
)
def supplement_requested(_event: TransferSupplementRequested, transfer: Transfer) -> Message:
    """Tell the organ what is missing."""
    return Message(
        "要求补送材料",
        f"{transfer.document_number}：请及时补送。",
        f"/transfers/{transfer.id}",
        en=Words(
            "Material to be sent after", f"{transfer.document_number}: please send it in time."
        ),
    )


@on(
    TransferSupplemented,
    about=Transfer,
    to=MANAGEMENT,
    sample=lambda: (TransferSupplemented(6), _sample()),
)
def supplemented(_event: TransferSupplemented, transfer: Transfer) -> Message:
    """Tell case management that the missing papers are there."""
    return Message(
        "移送起诉材料已补送",
        transfer.document_number,
        f"/transfers/{transfer.id}",
        en=Words("Material of a transfer was sent after", f"{transfer.document_number}"),
    )


@on(
    TransferAccepted,
    about=Transfer,
    to=ORGAN,
    topic=topic_of("transfer_papers"),
    sample=lambda: (TransferAccepted(6), _sample()),
)
def accepted(_event: TransferAccepted, transfer: Transfer) -> Message:
    """Tell the organ that its transfer is accepted."""
    return Message(
        "移送起诉已受理",
        transfer.document_number,
        f"/transfers/{transfer.id}",
        en=Words("A transfer was accepted", f"{transfer.document_number}"),
    )
