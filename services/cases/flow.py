"""Where a case stands; its suspects' reviews have states of their own (facts are per suspect)."""

from enum import StrEnum

from services.kernel.flow import Flow


class CaseState(StrEnum):
    """Where a case stands as a whole."""

    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    DECIDED = "decided"
    CLOSED = "closed"
    MERGED = "merged"
    """Its suspects went over into an earlier case."""


class CaseKind(StrEnum):
    """What a case is about; the two of one suspect are linked by the suspect (RULES 8)."""

    ARREST = "arrest"
    PROSECUTION = "prosecution"


class CaseList(StrEnum):
    """Which assignment list the case is drawn from: ordinary and difficult ones lie apart."""

    ORDINARY = "ordinary"
    DIFFICULT = "difficult"


_OVER = frozenset({CaseState.DECIDED, CaseState.CLOSED})
"""What follows a decision still needs a handler, and a recusal comes at any time (CPL 29)."""
OPEN = frozenset({CaseState.ACCEPTED, CaseState.ASSIGNED})

FLOW = Flow(
    {
        "assign": ({CaseState.ACCEPTED}, CaseState.ASSIGNED),
        "change_handler": ({CaseState.ASSIGNED}, CaseState.ASSIGNED),
        "lose_handler": ({CaseState.ASSIGNED}, CaseState.ACCEPTED),
        "decide": ({CaseState.ASSIGNED}, CaseState.DECIDED),
        "close": ({CaseState.DECIDED}, CaseState.CLOSED),
        "merge": (OPEN, CaseState.MERGED),
    },
    {
        "assign": _OVER,
        "change_handler": _OVER,
        "lose_handler": _OVER,
        "take_in": OPEN,
        "split": OPEN,
    },
)
