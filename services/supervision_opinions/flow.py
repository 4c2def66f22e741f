"""Where an opinion of a people's supervisor stands, and what is said in it and to it."""

from enum import StrEnum

from services.kernel.flow import Flow


class SupervisionOpinionState(StrEnum):
    """Where an opinion stands."""

    SEALED = "sealed"
    """Nobody but its author reads it."""
    RECEIVED = "received"
    """Given without an activity; case management examines it (PSUP-2019 17)."""
    TO_ANSWER = "to_answer"
    ANSWERED = "answered"
    """The answer was delivered; it waits for the supervisor's receipt."""
    OBJECTED = "objected"
    RECEIPTED = "receipted"
    UNRECEIPTED = "unreceipted"
    """The answer was delivered and nothing was said to it in time: recorded as silence."""
    DECIDED = "decided"
    """The chief procurator has decided on the objection (PSUP-2019 19)."""


class OpinionWay(StrEnum):
    """How an opinion reached the procuratorate (PSUP-2019 17)."""

    ACTIVITY = "activity"
    OTHER = "other"
    """A letter, a call or a message, without an activity."""


class OpinionView(StrEnum):
    """What a supervisor thinks of one point."""

    AGREE = "agree"
    PARTLY = "partly"
    DISAGREE = "disagree"
    NO_VIEW = "no_view"


class Adoption(StrEnum):
    """What the handler does with an opinion (PSUP-2019 19)."""

    ADOPTED = "adopted"
    PARTLY_ADOPTED = "partly_adopted"
    NOT_ADOPTED = "not_adopted"


class SupervisionRuling(StrEnum):
    """What the chief procurator decides on an objection (PSUP-2019 19)."""

    ADOPTED = "adopted"
    """The opinion is adopted after all."""
    UPHELD = "upheld"
    """The handler's answer stands."""


class Conduct(StrEnum):
    """How a supervisor took part, as it is reported (PSUP-2021 22)."""

    DILIGENT = "diligent"
    ORDINARY = "ordinary"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT_EXCUSED = "absent_excused"
    ABSENT_UNEXCUSED = "absent_unexcused"
    BREACH = "breach"
    """Obstructed the work, or told what is not to be told (PSUP-2021 7)."""


OPEN_STATES = frozenset(
    {
        SupervisionOpinionState.SEALED,
        SupervisionOpinionState.RECEIVED,
        SupervisionOpinionState.TO_ANSWER,
        SupervisionOpinionState.ANSWERED,
        SupervisionOpinionState.OBJECTED,
    }
)
"""Until it leaves these, the matter stays on everybody's list."""

FLOW = Flow(
    {
        "unseal": ({SupervisionOpinionState.SEALED}, SupervisionOpinionState.TO_ANSWER),
        "refer": ({SupervisionOpinionState.RECEIVED}, SupervisionOpinionState.TO_ANSWER),
        "answer": ({SupervisionOpinionState.TO_ANSWER}, SupervisionOpinionState.ANSWERED),
        "receipt": ({SupervisionOpinionState.ANSWERED}, SupervisionOpinionState.RECEIPTED),
        "object_to": ({SupervisionOpinionState.ANSWERED}, SupervisionOpinionState.OBJECTED),
        "lapse": ({SupervisionOpinionState.ANSWERED}, SupervisionOpinionState.UNRECEIPTED),
        "decide": ({SupervisionOpinionState.OBJECTED}, SupervisionOpinionState.DECIDED),
    }
)
"""None of its steps starts, stops or moves a period of the case, and no decision waits for one."""
