"""What happens to an interrogation, as the journal keeps it."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class InterrogationBooked(Event):
    """An interrogation was given a time."""

    booking_id: int


@dataclass(frozen=True, slots=True)
class InterrogationCancelled(Event):
    """An interrogation will not be held."""

    because: str


@dataclass(frozen=True, slots=True)
class InterrogationUnbooked(Event):
    """An interrogation lost its time and waits for another."""

    because: str
