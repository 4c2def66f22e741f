"""What happens to an invitation; `about_id` is the invitation's."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class SupervisorInvited(Event):
    """A drawn supervisor was asked to come."""

    activity_id: int
    supervisor_id: int
    late: bool


@dataclass(frozen=True, slots=True)
class InvitationAccepted(Event):
    """The supervisor will come, and knows of no ground for recusal."""

    activity_id: int
    attending: str


@dataclass(frozen=True, slots=True)
class InvitationDeclined(Event):
    """The supervisor cannot come; the reason stands in the record."""

    activity_id: int


@dataclass(frozen=True, slots=True)
class InvitationLapsed(Event):
    """No answer came in time."""

    activity_id: int


@dataclass(frozen=True, slots=True)
class InvitationReleased(Event):
    """The supervisor is not needed, or cannot come, any more."""

    activity_id: int
    because: str


@dataclass(frozen=True, slots=True)
class InvitationRenewed(Event):
    """The activity was moved: whoever was asked is asked again."""

    activity_id: int


@dataclass(frozen=True, slots=True)
class AttendanceFormProposed(Event):
    """The supervisor would take part in the other way."""

    activity_id: int
    attending: str


@dataclass(frozen=True, slots=True)
class UndertakingGiven(Event):
    """The supervisor has signed the undertaking of secrecy on a phone (PSUP-2021 7)."""

    activity_id: int
    edition: str
    device_id: int


@dataclass(frozen=True, slots=True)
class SupervisorRecused(Event):
    """The supervisor stepped aside, or was kept away by the organ (PSUP-2021 21)."""

    activity_id: int
    because: str


@dataclass(frozen=True, slots=True)
class SupervisorConflictReported(Event):
    """The procuratorate told the organ of a ground, or of a party's request (PSUP-2021 21)."""

    activity_id: int
    recusal_id: int
    because: str
    raised_by: str


@dataclass(frozen=True, slots=True)
class SupervisorRecusalRefused(Event):
    """The organ sees no ground; its reason stands in the record."""

    activity_id: int
    recusal_id: int


@dataclass(frozen=True, slots=True)
class AttendanceMarked(Event):
    """It was noted whether the supervisor came."""

    activity_id: int
    attended: bool
