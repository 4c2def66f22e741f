"""What people hear about their own phones and codes."""

from typing import Any

from notifications.audiences import person
from notifications.messages import Message, Urgency, Words, on
from notifications.sessions import SECURITY
from services.devices import Platform
from services.enrolments import (
    CodePurpose,
    Enrolment,
    EnrolmentCodeIssued,
    EnrolmentEnd,
    EnrolmentEnded,
    PhoneEnrolled,
)
from services.people import Person

ENDED = {
    EnrolmentEnd.REMOVED: "已由本人注销登记",
    EnrolmentEnd.LOST: "已挂失",
    EnrolmentEnd.BY_OFFICE: "已由安全保密员注销登记",
}
ENDED_EN = {
    EnrolmentEnd.REMOVED: "was removed by yourself",
    EnrolmentEnd.LOST: "was reported lost",
    EnrolmentEnd.BY_OFFICE: "was removed by the security officer",
}
PURPOSE = {
    CodePurpose.ENROL: "登记手机",
    CodePurpose.FIRST_PASSWORD: "设置初始口令",
    CodePurpose.FORGOTTEN_PASSWORD: "重设口令",
}


def _sample() -> Enrolment:
    return Enrolment(id=3, person_id=7, platform=Platform.ANDROID, name="工作手机")


PURPOSE_EN = {
    CodePurpose.ENROL: "enrol a phone",
    CodePurpose.FIRST_PASSWORD: "set the first password",
    CodePurpose.FORGOTTEN_PASSWORD: "set a new password",
}


@on(
    PhoneEnrolled,
    about=Enrolment,
    to=person("person_id"),
    urgency=Urgency.URGENT,
    sample=lambda: (PhoneEnrolled(3, 7), _sample()),
)
def phone_enrolled(_event: PhoneEnrolled, phone: Enrolment) -> Message:
    """Tell the owner on the other phones that one more is enrolled."""
    words = f"手机“{phone.name}”已登记，可用于登录。如非本人操作，请立即挂失并联系安全保密员。"
    return Message(
        "新手机已登记",
        words,
        SECURITY,
        en=Words(
            "A new phone was enrolled",
            f"The phone “{phone.name}” may now sign in. If it was not you, report it lost "
            "at once and call the security officer.",
        ),
    )


@on(
    EnrolmentEnded,
    about=Enrolment,
    to=person("person_id"),
    urgency=Urgency.URGENT,
    sample=lambda: (EnrolmentEnded(3, 7, EnrolmentEnd.LOST.value), _sample()),
)
def enrolment_ended(event: EnrolmentEnded, phone: Enrolment) -> Message:
    """Tell the owner on the other phones that one is enrolled no more."""
    how = ENDED[EnrolmentEnd(event.reason)]
    words = f"手机“{phone.name}”{how}，该手机上的登录均已结束。"
    return Message(
        "手机登记已失效",
        words,
        SECURITY,
        en=Words(
            "A phone is enrolled no more",
            f"The phone “{phone.name}” {ENDED_EN[EnrolmentEnd(event.reason)]}. Every "
            "session on it has ended.",
        ),
    )


@on(
    EnrolmentCodeIssued,
    about=Person,
    to=person("id"),
    sample=lambda: (EnrolmentCodeIssued(7, 2, CodePurpose.ENROL.value), Person(id=7)),
)
def enrolment_code_issued(event: EnrolmentCodeIssued, _person: Any) -> Message:
    """Tell the owner that somebody may enrol a phone in their name now."""
    what = PURPOSE[CodePurpose(event.purpose)]
    words = f"安全保密员为您的账号发放了用于{what}的一次性登记码。如非本人申请，请联系本单位。"
    return Message(
        "已发放登记码",
        words,
        SECURITY,
        en=Words(
            "A one-time code was issued",
            "The security officer issued a one-time code to "
            f"{PURPOSE_EN[CodePurpose(event.purpose)]} for your account. If you did not "
            "ask for it, call your office.",
        ),
    )
