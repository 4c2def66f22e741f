"""What happens to an entry of the register of people's supervisors."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class SupervisorNominated(Event):
    """Somebody was put forward."""

    organ_id: int


@dataclass(frozen=True, slots=True)
class NomineePublished(Event):
    """The public notice that names a nominee was put up (PSUP-2021 15)."""


@dataclass(frozen=True, slots=True)
class SupervisorAppointed(Event):
    """Somebody became a people's supervisor, for the first or the second term in a row."""

    organ_id: int
    term: int


@dataclass(frozen=True, slots=True)
class NomineeRejected(Event):
    """A nominee was not appointed."""


@dataclass(frozen=True, slots=True)
class SupervisorSuspended(Event):
    """A supervisor is drawn for nothing until further word."""


@dataclass(frozen=True, slots=True)
class SupervisorReinstated(Event):
    """A suspension is over."""


@dataclass(frozen=True, slots=True)
class SupervisorRemoved(Event):
    """A supervisor was removed for a ground of PSUP-2021 26."""

    organ_id: int
    ground: str


@dataclass(frozen=True, slots=True)
class SupervisorServiceEnded(Event):
    """A supervisor's service is over."""

    organ_id: int
    because: str


@dataclass(frozen=True, slots=True)
class SupervisorEntryChanged(Event):
    """The organ changed what the register says of somebody."""


@dataclass(frozen=True, slots=True)
class SupervisorAvailabilityChanged(Event):
    """A supervisor has said when there is time."""


@dataclass(frozen=True, slots=True)
class SupervisorTrainingRecorded(Event):
    """A supervisor took part in a training."""

    training_id: int


@dataclass(frozen=True, slots=True)
class SupervisorAllowanceRecorded(Event):
    """A supervisor was paid an allowance."""

    allowance_id: int


@dataclass(frozen=True, slots=True)
class SupervisorRegisterImported(Event):
    """A register kept elsewhere was taken over; the event is about the organ."""

    entries: int
