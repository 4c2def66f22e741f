"""What people hear of public hearings: handler, whoever presides, case management, the chief.

Hearing officers and parties have no accounts; they are given notice on paper. People's supervisors
hear of their own activity.
"""

from datetime import datetime

from sqlalchemy.orm import joinedload

from notifications.audiences import HANDLER, person, pool, together
from notifications.messages import Message, Urgency, Words, on, read_with, topic_of
from services.kernel.act import SHANGHAI
from services.policy import PostKind
from services.public_hearings import (
    Following,
    PublicHearing,
    PublicHearingActivityLinked,
    PublicHearingCancelled,
    PublicHearingConcluded,
    PublicHearingDepartureConsented,
    PublicHearingDepartureRefused,
    PublicHearingForm,
    PublicHearingNoticed,
    PublicHearingPlanned,
    PublicHearingResultStated,
    PublicHearingState,
)

read_with(PublicHearing, joinedload(PublicHearing.case))

MANAGERS = pool(PostKind.CASE_MANAGER, of="procuratorate_id")
CHIEF = pool(PostKind.CHIEF_PROCURATOR, of="procuratorate_id")
CHAIR = together(
    person("chaired_by", PostKind.CHIEF_PROCURATOR, of="procuratorate_id"),
    person("chaired_by", PostKind.DEPARTMENT_HEAD, of="procuratorate_id"),
)
"""A chief or head who was named to preside."""
FORMS = {
    PublicHearingForm.PUBLIC_REVIEW: "公开审查",
    PublicHearingForm.PUBLIC_HEARING: "公开听证",
}


def _sample() -> PublicHearing:
    return PublicHearing(
        id=5,
        procuratorate_id=1,
        form=PublicHearingForm.PUBLIC_HEARING,
        state=PublicHearingState.PLANNED,
        starts_at=datetime(2026, 3, 12, 9, 30, tzinfo=SHANGHAI),
    )


FORMS_EN = {
    PublicHearingForm.PUBLIC_REVIEW: "Public review",
    PublicHearingForm.PUBLIC_HEARING: "Public hearing",
}


def _link(hearing: PublicHearing) -> str:
    return f"/public-hearings/{hearing.id}"


def _when_en(hearing: PublicHearing) -> str:
    return f"{hearing.starts_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _when(hearing: PublicHearing) -> str:
    return f"{hearing.starts_at.astimezone(SHANGHAI):%Y年%m月%d日%H:%M}"


@on(
    PublicHearingPlanned,
    about=PublicHearing,
    to=together(CHAIR, MANAGERS),
    urgency=Urgency.TASK,
    topic=topic_of("public_hearing"),
    sample=lambda: (
        PublicHearingPlanned(5, 7, "public_hearing", matter="non_prosecution"),
        _sample(),
    ),
)
def public_hearing_planned(_event: PublicHearingPlanned, hearing: PublicHearing) -> Message:
    """Tell whoever presides and case management when it is to be held."""
    said = FORMS[hearing.form]
    return Message(
        f"{said}已安排",
        f"{said}定于{_when(hearing)}举行。",
        _link(hearing),
        en=Words(f"{FORMS_EN[hearing.form]}: arranged", f"It is set for {_when_en(hearing)}."),
    )


@on(
    PublicHearingNoticed,
    about=PublicHearing,
    to=together(CHAIR, HANDLER),
    sample=lambda: (PublicHearingNoticed(5, 7, officers=3, parties=2, short=False), _sample()),
)
def public_hearing_noticed(event: PublicHearingNoticed, hearing: PublicHearing) -> Message:
    """Tell whoever presides and the handler that officers and parties were given notice."""
    words = f"已告知听证员{event.officers}名、参加人{event.parties}名，定于{_when(hearing)}举行。"
    return Message(
        f"{FORMS[hearing.form]}已告知参加人",
        words,
        _link(hearing),
        en=Words(
            f"{FORMS_EN[hearing.form]}: those who take part were told",
            f"{event.officers} hearing officers and {event.parties} others were told. It "
            f"is set for {_when_en(hearing)}.",
        ),
    )


@on(
    PublicHearingActivityLinked,
    about=PublicHearing,
    to=together(HANDLER, MANAGERS),
    sample=lambda: (
        PublicHearingActivityLinked(5, activity_id=3, ground="non_prosecution_review"),
        _sample(),
    ),
)
def public_hearing_activity_linked(
    _event: PublicHearingActivityLinked, hearing: PublicHearing
) -> Message:
    """Tell the handler and case management that people's supervisors are asked to it."""
    words = f"{_when(hearing)}举行的{FORMS[hearing.form]}已安排邀请人民监督员。"
    return Message(
        "邀请人民监督员",
        words,
        _link(hearing),
        en=Words(
            "People's supervisors are invited",
            f"Supervisors are invited to the hearing at {_when_en(hearing)}.",
        ),
    )


@on(
    PublicHearingConcluded,
    about=PublicHearing,
    to=HANDLER,
    urgency=Urgency.TASK,
    sample=lambda: (PublicHearingConcluded(5, 7, majority="agree"), _sample()),
)
def public_hearing_concluded(event: PublicHearingConcluded, hearing: PublicHearing) -> Message:
    """Ask the handler to say what becomes of the hearing officers' opinion."""
    found_en = "have a majority" if event.majority else "have no majority"
    found = "已形成多数意见" if event.majority else "未形成多数意见"
    words = f"听证员{found}，请记录采纳情况并告知结果。"
    return Message(
        f"{FORMS[hearing.form]}已结束",
        words,
        _link(hearing),
        en=Words(
            f"{FORMS_EN[hearing.form]}: concluded",
            f"The hearing officers {found_en}. Record what is adopted and tell the result.",
        ),
    )


@on(
    PublicHearingResultStated,
    about=PublicHearing,
    to=CHIEF,
    urgency=Urgency.TASK,
    sample=lambda: (PublicHearingResultStated(5, 7, Following.DEPARTED.value), _sample()),
)
def public_hearing_result_stated(
    event: PublicHearingResultStated, hearing: PublicHearing
) -> Message:
    """Tell the chief what becomes of it; a departure asks for consent (HEAR-2020 16)."""
    if event.following == Following.DEPARTED:
        words = "承办检察官拟不采纳听证员多数意见，理由已记录，请审批。"
        return Message(
            "不采纳听证多数意见，请审批",
            words,
            _link(hearing),
            en=Words(
                "The majority is not followed: please decide",
                "The handler wants to depart from the majority of the hearing officers. The "
                "reason is on record.",
            ),
        )
    return Message(
        "听证意见采纳情况",
        "承办检察官已记录听证意见采纳情况。",
        _link(hearing),
        en=Words(
            "What was adopted from a hearing",
            "The handler recorded what was adopted from the hearing.",
        ),
    )


@on(
    PublicHearingDepartureConsented,
    about=PublicHearing,
    to=HANDLER,
    urgency=Urgency.TASK,
    sample=lambda: (PublicHearingDepartureConsented(5, 7), _sample()),
)
def public_hearing_departure_consented(
    _event: PublicHearingDepartureConsented, hearing: PublicHearing
) -> Message:
    """Tell the handler that the chief agrees; the result is to be told."""
    words = "检察长已同意不采纳听证员多数意见，请告知听证员和参加人。"
    return Message(
        "检察长已同意",
        words,
        _link(hearing),
        en=Words(
            "The chief procurator consents",
            "The chief procurator consents to departing from the majority. Tell the "
            "hearing officers and the others.",
        ),
    )


@on(
    PublicHearingDepartureRefused,
    about=PublicHearing,
    to=HANDLER,
    urgency=Urgency.TASK,
    sample=lambda: (PublicHearingDepartureRefused(5, 7), _sample()),
)
def public_hearing_departure_refused(
    _event: PublicHearingDepartureRefused, hearing: PublicHearing
) -> Message:
    """Tell the handler that the chief does not agree; another result is to be stated."""
    words = "检察长不同意不采纳听证员多数意见，请查看理由并重新记录采纳情况。"
    return Message(
        "检察长不同意",
        words,
        _link(hearing),
        en=Words(
            "The chief procurator does not consent",
            "Read the reason, then record again what is adopted.",
        ),
    )


@on(
    PublicHearingCancelled,
    about=PublicHearing,
    to=together(CHAIR, HANDLER, MANAGERS),
    urgency=Urgency.TASK,
    topic=topic_of("public_hearing"),
    sample=lambda: (PublicHearingCancelled(5, 7), _sample()),
)
def public_hearing_cancelled(_event: PublicHearingCancelled, hearing: PublicHearing) -> Message:
    """Tell everybody here that it is not held."""
    words = f"原定{_when(hearing)}的{FORMS[hearing.form]}不再举行。"
    return Message(
        f"{FORMS[hearing.form]}取消",
        words,
        _link(hearing),
        en=Words(
            f"{FORMS_EN[hearing.form]}: cancelled",
            f"What was set for {_when_en(hearing)} will not be held.",
        ),
    )
