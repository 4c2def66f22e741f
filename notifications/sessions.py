"""What people hear about their own sessions: what somebody else may have done in their name."""

from notifications.audiences import person
from notifications.messages import Message, Urgency, Words, on
from services.people import Person
from services.sessions import (
    PasswordChanged,
    RefreshTokenReused,
    SignInSession,
    UnenrolledPhoneRefused,
)

SECURITY = "/me/devices"
"""The page of one's own phones and sessions."""
_IF_NOT_YOU_EN = "If it was not you, change your password at once and call the security officer."
_IF_NOT_YOU = "如非本人操作，请立即修改口令并联系本单位安全保密员。"


@on(
    RefreshTokenReused,
    about=SignInSession,
    to=person("person_id"),
    urgency=Urgency.URGENT,
    sample=lambda: (RefreshTokenReused(4), SignInSession(id=4, person_id=7)),
)
def refresh_token_reused(_event: RefreshTokenReused, _session: SignInSession) -> Message:
    """Tell the owner that two parties held one session's token, and that it has ended."""
    words = f"您的一次登录凭证被重复使用，可能已被他人获取，该登录已被终止。{_IF_NOT_YOU}"
    return Message(
        "登录凭证异常，登录已终止",
        words,
        SECURITY,
        en=Words(
            "A session was ended: its token was used twice",
            "A token of one of your sessions was used again; somebody else may have it. "
            f"The session was ended. {_IF_NOT_YOU_EN}",
        ),
    )


@on(
    UnenrolledPhoneRefused,
    about=Person,
    to=person("id"),
    urgency=Urgency.URGENT,
    sample=lambda: (UnenrolledPhoneRefused(7), Person(id=7)),
)
def unenrolled_phone_refused(_event: UnenrolledPhoneRefused, _person: Person) -> Message:
    """Tell the owner that somebody knew the password on a phone that is not enrolled."""
    words = f"有人在未登记的手机上使用了您的正确口令，登录已被拒绝。{_IF_NOT_YOU}"
    return Message(
        "未登记的手机尝试登录",
        words,
        SECURITY,
        en=Words(
            "A phone that is not enrolled tried to sign in",
            "Somebody used your right password on a phone that is not enrolled, and was "
            f"refused. {_IF_NOT_YOU_EN}",
        ),
    )


@on(
    PasswordChanged,
    about=Person,
    to=person("id"),
    sample=lambda: (PasswordChanged(7), Person(id=7)),
)
def password_changed(_event: PasswordChanged, _person: Person) -> Message:
    """Tell the owner that the password is another one now (OWASP ASVS 5.0, 6.3.7)."""
    return Message(
        "口令已修改",
        f"您的口令已修改，其他登录均已结束。{_IF_NOT_YOU}",
        SECURITY,
        en=Words(
            "Your password was changed",
            f"It was changed, and every other session has ended. {_IF_NOT_YOU_EN}",
        ),
    )
