"""What happens to a draw; `about_id` is the draw's, unless it says otherwise."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class DrawPublished(Event):
    """Pool, weights, exclusions and commitment were published."""

    activity_id: int
    candidates: int
    commitment: str


@dataclass(frozen=True, slots=True)
class DrawWitnessed(Event):
    """The procuratorate added its nonce after it had seen the commitment."""

    activity_id: int


@dataclass(frozen=True, slots=True)
class DrawHeld(Event):
    """The seed was revealed."""

    activity_id: int
    witnessed: bool


@dataclass(frozen=True, slots=True)
class DrawSeatUnfilled(Event):
    """A seat stays empty: nobody is left in the order, or the activity has begun."""

    activity_id: int
    stratum: str
    because: str


@dataclass(frozen=True, slots=True)
class PoolExhausted(Event):
    """After the exclusions the pool is too small; the event is about the activity."""

    wanted: int
    eligible: int
    stratum: str


@dataclass(frozen=True, slots=True)
class SupervisorExcluded(Event):
    """The organ keeps a supervisor out of a draw to come; the event is about the activity."""

    supervisor_id: int
    because: str
