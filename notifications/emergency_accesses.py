"""What people hear of emergency accesses: that there was one, and nothing of the case."""

from typing import Any

from notifications.audiences import person, pool, together
from notifications.messages import Message, Urgency, Words, on
from services.cases import Case
from services.emergency_accesses import (
    EmergencyAccess,
    EmergencyAccessEnded,
    EmergencyAccessJustified,
    EmergencyAccessOpened,
    EmergencyAccessRejected,
)
from services.policy import PostKind

WATCHING = pool(PostKind.CHIEF_PROCURATOR, PostKind.AUDITOR, of="procuratorate_id")
HANDLING = person("handler_id", PostKind.PROSECUTOR, of="procuratorate_id")
READER = person("person_id")


def _sample() -> EmergencyAccess:
    return EmergencyAccess(
        id=7,
        procuratorate_id=1,
        case_id=5,
        person_id=3,
        case=Case(id=5, procuratorate_id=1, handler_id=4),
    )


def _link(access: Any) -> str:
    return f"/emergency-accesses/{access.id}"


@on(
    EmergencyAccessOpened,
    about=EmergencyAccess,
    to=together(WATCHING, HANDLING),
    urgency=Urgency.TASK,
    sample=lambda: (EmergencyAccessOpened(7, 5, "deadline_ends"), _sample()),
)
def emergency_access_opened(_event: EmergencyAccessOpened, access: EmergencyAccess) -> Message:
    """Tell the chief, the auditor and the handler at that moment."""
    return Message(
        "案件被紧急查阅",
        "有人员启动紧急查阅，请在三个工作日内复核。",
        _link(access),
        en=Words(
            "A case was opened in an emergency",
            "Somebody opened emergency access. Review it within three working days.",
        ),
    )


@on(
    EmergencyAccessEnded,
    about=EmergencyAccess,
    to=together(WATCHING, HANDLING),
    sample=lambda: (EmergencyAccessEnded(7, 5), _sample()),
)
def emergency_access_ended(_event: EmergencyAccessEnded, access: EmergencyAccess) -> Message:
    """Tell that the case is closed again."""
    return Message(
        "紧急查阅已结束",
        "查阅人员已提前结束紧急查阅。",
        _link(access),
        en=Words("Emergency access was ended", "The reader ended it early."),
    )


@on(
    EmergencyAccessJustified,
    about=EmergencyAccess,
    to=together(READER, HANDLING),
    sample=lambda: (EmergencyAccessJustified(7, 5), _sample()),
)
def emergency_access_justified(
    _event: EmergencyAccessJustified, access: EmergencyAccess
) -> Message:
    """Tell that there was an emergency."""
    return Message(
        "紧急查阅复核完毕",
        "经复核，该次紧急查阅理由成立。",
        _link(access),
        en=Words("Emergency access reviewed", "The reasons of this emergency access hold."),
    )


@on(
    EmergencyAccessRejected,
    about=EmergencyAccess,
    to=together(pool(PostKind.INSPECTOR, of="procuratorate_id"), READER, HANDLING),
    urgency=Urgency.TASK,
    sample=lambda: (EmergencyAccessRejected(7, 5), _sample()),
)
def emergency_access_rejected(_event: EmergencyAccessRejected, access: EmergencyAccess) -> Message:
    """Tell the inspection that there was none (ORG 47)."""
    return Message(
        "紧急查阅理由不成立",
        "经复核，该次紧急查阅理由不成立，已通报检务督察。",
        _link(access),
        en=Words(
            "Emergency access was not justified",
            "The reasons do not hold. Procuratorial supervision has been told.",
        ),
    )
