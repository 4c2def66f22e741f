"""Where a matter of the procuratorial committee stands (PCOM-2020; ORG 30-33)."""

from enum import StrEnum

from services.kernel.flow import Flow


class CommitteeState(StrEnum):
    """Where a matter stands."""

    ON_AGENDA = "on_agenda"
    SUMMONED = "summoned"
    """The members have the papers and know when they sit."""
    IN_SESSION = "in_session"
    MAJORITY = "majority"
    """More than half of all members agree; the chief procurator has yet to sign or to report."""
    NO_MAJORITY = "no_majority"
    """The absent members are asked for their opinions in writing (PCOM 23)."""
    UNDECIDED = "undecided"
    """The absent have been heard and there is still no majority (PCOM 23)."""
    REPORTED = "reported"
    """It lies before the procuratorate one level above (PCOM 22, 23; ORG 32)."""
    DECIDED = "decided"
    EXECUTED = "executed"
    FED_BACK = "fed_back"
    WITHDRAWN = "withdrawn"


_S = CommitteeState

FLOW = Flow(
    {
        "summon": ({_S.ON_AGENDA, _S.SUMMONED}, _S.SUMMONED),
        "open": ({_S.SUMMONED}, _S.IN_SESSION),
        "find_majority": ({_S.IN_SESSION, _S.NO_MAJORITY}, _S.MAJORITY),
        "miss_majority": ({_S.IN_SESSION}, _S.NO_MAJORITY),
        "remain_undecided": ({_S.IN_SESSION, _S.NO_MAJORITY}, _S.UNDECIDED),
        "report_up": ({_S.MAJORITY, _S.UNDECIDED}, _S.REPORTED),
        "decide": ({_S.MAJORITY}, _S.DECIDED),
        "receive": ({_S.REPORTED}, _S.DECIDED),
        "execute": ({_S.DECIDED}, _S.EXECUTED),
        "feed_back": ({_S.EXECUTED}, _S.FED_BACK),
        "withdraw": ({_S.ON_AGENDA, _S.SUMMONED}, _S.WITHDRAWN),
    },
    {
        "speak": {_S.IN_SESSION},
        "excuse": {_S.IN_SESSION},
        "vote": {_S.IN_SESSION, _S.NO_MAJORITY},
    },
)
