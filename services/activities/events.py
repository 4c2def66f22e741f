"""What happens to an activity; `about_id` is the activity's."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class ActivityPlanned(Event):
    """An activity that people's supervisors are to come to was planned."""

    kind: str
    procuratorate_id: int
    case_id: int | None


@dataclass(frozen=True, slots=True)
class ActivityRestated(Event):
    """What it is, or who is wanted, was said anew before the organ was told."""


@dataclass(frozen=True, slots=True)
class SupervisionRequested(Event):
    """The organ was told number, time and place (PSUP-2021 19)."""

    organ_id: int
    notice_by_on: str
    short: bool


@dataclass(frozen=True, slots=True)
class ShortNoticeConsentGiven(Event):
    """The organ consented to a notice of three working days (PSUP-2021 19)."""

    organ_id: int


@dataclass(frozen=True, slots=True)
class ShortNoticeRefused(Event):
    """The organ did not consent to the short notice; its reason stands in the record."""

    organ_id: int


@dataclass(frozen=True, slots=True)
class ActivityDrawPublished(Event):
    """The organ published the draw of its supervisors."""


@dataclass(frozen=True, slots=True)
class ActivityStaffed(Event):
    """As many supervisors as are wanted have accepted."""


@dataclass(frozen=True, slots=True)
class ActivityUnstaffed(Event):
    """One who had accepted steps back: another is to be drawn."""


@dataclass(frozen=True, slots=True)
class ActivityMoved(Event):
    """It has another time or place."""

    short: bool


@dataclass(frozen=True, slots=True)
class ActivityCancelled(Event):
    """It does not take place; the reason stands in the record."""


@dataclass(frozen=True, slots=True)
class ActivityLeftUnsupervised(Event):
    """It is held without supervisors, for a recorded reason."""

    because: str
    deadline_id: int | None


@dataclass(frozen=True, slots=True)
class FewerSupervisorsAccepted(Event):
    """The procuratorate makes do with those who have accepted."""

    wanted: int
    before: int


@dataclass(frozen=True, slots=True)
class FewerSupervisorsAsked(Event):
    """The pool does not reach: the organ is asked for fewer, or for less knowledge."""

    wanted: int
    before: int


@dataclass(frozen=True, slots=True)
class ActivityStarted(Event):
    """It has begun."""


@dataclass(frozen=True, slots=True)
class ActivityEnded(Event):
    """It is over; opinions and answers are still to come."""


@dataclass(frozen=True, slots=True)
class ActivityClosed(Event):
    """Every opinion is answered, and the organ was told of the performance."""


@dataclass(frozen=True, slots=True)
class PerformanceReported(Event):
    """The organ was told how the supervisors performed (PSUP-2021 22)."""


@dataclass(frozen=True, slots=True)
class SupervisionRequestUnanswered(Event):
    """The activity is near, and the organ has published no draw."""


@dataclass(frozen=True, slots=True)
class ActivityStartMissed(Event):
    """Its time has come, and it was neither begun, moved nor called off."""
