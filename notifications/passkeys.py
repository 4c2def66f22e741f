"""What people hear about their own passkeys: what somebody else may have done in their name."""

from notifications.audiences import person
from notifications.messages import Message, Urgency, Words, on
from services.passkeys import Passkey, PasskeyAdded, PasskeyRemoved

PAGE = "/me/passkeys"
"""The page of one's own passkeys."""
_IF_NOT_YOU_EN = "If it was not you, change your password at once and call the security officer."
_IF_NOT_YOU = "如非本人操作，请立即修改口令并联系本单位安全保密员。"


def _sample() -> Passkey:
    return Passkey(id=4, person_id=7)


@on(
    PasskeyAdded,
    about=Passkey,
    to=person("person_id"),
    urgency=Urgency.URGENT,
    sample=lambda: (PasskeyAdded(4, 7), _sample()),
)
def passkey_added(_event: PasskeyAdded, _passkey: Passkey) -> Message:
    """Tell the owner that one more passkey confirms in their name (OWASP ASVS 5.0, 6.3.7)."""
    words = f"您的账号添加了一个通行密钥，可用于再次确认。{_IF_NOT_YOU}"
    return Message(
        "已添加通行密钥",
        words,
        PAGE,
        en=Words(
            "A passkey was added",
            f"A passkey was added to your account for confirmations. {_IF_NOT_YOU_EN}",
        ),
    )


@on(
    PasskeyRemoved,
    about=Passkey,
    to=person("person_id"),
    sample=lambda: (PasskeyRemoved(4, 7), _sample()),
)
def passkey_removed(_event: PasskeyRemoved, _passkey: Passkey) -> Message:
    """Tell the owner that a passkey of theirs confirms nothing any more."""
    words = f"您账号的一个通行密钥已被移除，今后不能用于再次确认。{_IF_NOT_YOU}"
    return Message(
        "通行密钥已移除",
        words,
        PAGE,
        en=Words(
            "A passkey was removed",
            "A passkey was removed from your account and confirms nothing any more. "
            f"{_IF_NOT_YOU_EN}",
        ),
    )
