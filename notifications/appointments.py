"""What people hear about their posts, and officers about what waits for them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from notifications.audiences import person, pool
from notifications.messages import Message, Urgency, Words, on
from services.appointments import (
    Appointment,
    AppointmentConfirmed,
    AppointmentProposed,
    AppointmentRefused,
    PostEnded,
)
from services.kernel.act import Actor
from services.people import Person
from services.policy import PostKind


@dataclass(frozen=True, slots=True)
class _Holder:
    """The person whom the record is."""

    def people(self, _session: Session, record: Any) -> set[int]:
        """That one person."""
        return {record.id}

    def includes(self, actor: Actor, record: Any) -> bool:
        """Is it the actor?"""
        return bool(record.id == actor.id)


def _sample() -> Appointment:
    return Appointment(id=4, person_id=3, office_id=1, proposed_by=2, kind=PostKind.PROSECUTOR)


@on(
    AppointmentProposed,
    about=Appointment,
    to=pool(PostKind.SECURITY_OFFICER, of="office_id"),
    urgency=Urgency.TASK,
    sample=lambda: (AppointmentProposed(4, 3, 1, "prosecutor"), _sample()),
)
def appointment_proposed(_event: AppointmentProposed, appointment: Appointment) -> Message:
    """Tell the security officer that a post waits to be confirmed."""
    return Message(
        "任职待确认",
        "系统管理员提请一项任职，请核对后确认。",
        f"/appointments/{appointment.id}",
        en=Words(
            "A post waits to be confirmed",
            "The administrator proposed a post. Please check and confirm it.",
        ),
    )


@on(
    AppointmentConfirmed,
    about=Appointment,
    to=person("person_id"),
    sample=lambda: (AppointmentConfirmed(4, 3, 5), _sample()),
)
def appointment_confirmed(_event: AppointmentConfirmed, appointment: Appointment) -> Message:
    """Tell somebody which post they hold, and from when."""
    return Message(
        "任职已确认",
        "您的任职已由安全保密员确认，请查看岗位和起止日期。",
        f"/appointments/{appointment.id}",
        en=Words(
            "Your post is confirmed",
            "The security officer confirmed your post. See which one and from when.",
        ),
    )


@on(
    AppointmentRefused,
    about=Appointment,
    to=person("proposed_by"),
    urgency=Urgency.TASK,
    sample=lambda: (AppointmentRefused(4, 3), _sample()),
)
def appointment_refused(_event: AppointmentRefused, appointment: Appointment) -> Message:
    """Tell who proposed it that the post was refused, and where the reason stands."""
    return Message(
        "任职未获确认",
        "安全保密员未确认该任职，请查看理由。",
        f"/appointments/{appointment.id}",
        en=Words(
            "A post was not confirmed",
            "The security officer did not confirm the post. See the reason.",
        ),
    )


@on(
    PostEnded,
    about=Person,
    to=_Holder(),
    urgency=Urgency.URGENT,
    sample=lambda: (PostEnded(3, 5, 1, "prosecutor", "transferred"), Person(id=3)),
)
def post_ended(_event: PostEnded, _person: Person) -> Message:
    """Tell somebody that a post of theirs is over from now on."""
    return Message(
        "任职已结束",
        "您的一项任职已结束，相应权限即时失效。",
        "/appointments",
        en=Words(
            "A post of yours has ended", "One of your posts has ended, and its powers with it."
        ),
    )
