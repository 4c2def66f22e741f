"""Where a draw stands, and what happens to its seats (PSUP-2021 20, 21)."""

from enum import StrEnum

from services.kernel.flow import Flow


class DrawState(StrEnum):
    """Where a draw stands."""

    PUBLISHED = "published"
    """Pool, weights, exclusions and commitment are open to all three parties."""
    WITNESSED = "witnessed"
    """The procuratorate has added its nonce."""
    HELD = "held"
    """The seed is revealed; supervisors are being asked."""


class RecusalBecause(StrEnum):
    """Why a supervisor is kept away (PSUP-2021 21)."""

    NEAR_RELATIVE = "near_relative"
    INTEREST = "interest"
    FORMER_PARTICIPANT = "former_participant"
    OTHER_RELATION = "other_relation"


class KeptOut(StrEnum):
    """Why somebody of the pool can be drawn for nothing, beside what the register says."""

    RECUSED = "recused"
    """The organ has kept the supervisor away; for which ground is nobody else's matter."""
    EXPERTISE = "expertise"
    """Every seat asks for knowledge that the supervisor has not (PSUP-2021 20)."""
    OTHER_ACTIVITY = "other_activity"
    """The supervisor is asked to another activity at that time."""


class SeatChange(StrEnum):
    """What happens to the seats after the draw is held; the verifier knows each."""

    DRAWN = "drawn"
    BARRED = "barred"
    """Somebody of the pool can be drawn no more: suspended, removed, away by now."""
    OUT = "out"
    """Somebody who had a seat has none any more."""
    UNFILLED = "unfilled"
    """A seat stays empty."""
    FEWER = "fewer"
    """The procuratorate goes on with fewer."""
    REOPENED = "reopened"
    """The activity was moved: a seat that was given up is to be filled."""


class UnfilledBecause(StrEnum):
    """Why a seat stays empty."""

    EXHAUSTED = "exhausted"
    NO_TIME = "no_time"
    """The activity has begun."""


FLOW = Flow(
    {
        "witness": ({DrawState.PUBLISHED}, DrawState.WITNESSED),
        "hold": ({DrawState.PUBLISHED, DrawState.WITNESSED}, DrawState.HELD),
    },
    staying={"redraw": {DrawState.HELD}},
)
"""An unwitnessed draw is held only when the witness has stayed silent long enough."""
