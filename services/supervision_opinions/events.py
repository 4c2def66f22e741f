"""What happens to an opinion of a people's supervisor; never a word of it, never whose it is."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class SupervisionOpinionGiven(Event):
    """An opinion was given and sealed; `sha256` proves later that nobody changed it."""

    activity_id: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SupervisionProposalReceived(Event):
    """An opinion or proposal came without an activity (PSUP-2019 17)."""

    sha256: str


@dataclass(frozen=True, slots=True)
class SupervisionOpinionReferred(Event):
    """Case management has examined a proposal and passed it on."""

    case_id: int | None
    prosecutor_id: int | None


@dataclass(frozen=True, slots=True)
class SupervisionOpinionsUnsealed(Event):
    """All opinions of an activity were opened at once; the event is about the activity."""

    opinion_ids: list[int]
    because: str


@dataclass(frozen=True, slots=True)
class SupervisionOpinionAnswered(Event):
    """The handler's answer was delivered to the supervisor."""

    adoption: str


@dataclass(frozen=True, slots=True)
class SupervisionAnswerReceipted(Event):
    """The supervisor has receipted the answer."""


@dataclass(frozen=True, slots=True)
class SupervisionAnswerLapsed(Event):
    """The supervisor said nothing to the answer in time: silence, and no receipt."""


@dataclass(frozen=True, slots=True)
class SupervisionAnswerObjected(Event):
    """The supervisor objects to the answer."""


@dataclass(frozen=True, slots=True)
class SupervisionObjectionDecided(Event):
    """The chief procurator has decided on the objection."""

    ruling: str
