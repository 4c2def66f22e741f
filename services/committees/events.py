"""What happens in the procuratorial committee; never what was asked, said or written."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class CommitteeMemberRegistered(Event):
    """Somebody took a seat in a committee; the event is about the seat."""

    person_id: int
    office_id: int
    seat: str


@dataclass(frozen=True, slots=True)
class CommitteeMemberReleased(Event):
    """Somebody gave up a seat; the event is about the seat."""

    person_id: int
    office_id: int


@dataclass(frozen=True, slots=True)
class CommitteeMatterListed(Event):
    """The chief procurator put a matter on the agenda."""

    case_id: int
    ground: str


@dataclass(frozen=True, slots=True)
class CommitteeSummoned(Event):
    """The members were called to a session and got the papers."""

    urgent: bool


@dataclass(frozen=True, slots=True)
class CommitteeOpened(Event):
    """A session was opened with so many present of so many members."""

    present: int
    size: int


@dataclass(frozen=True, slots=True)
class CommitteeMemberExcused(Event):
    """A member left the session before voting."""

    person_id: int


@dataclass(frozen=True, slots=True)
class CommitteeSpeechGiven(Event):
    """A member has spoken, in this place of the order."""

    place: int


@dataclass(frozen=True, slots=True)
class CommitteeVoteGiven(Event):
    """A member has voted; for what stays in the record of the session."""

    vote_id: int


@dataclass(frozen=True, slots=True)
class CommitteeCounted(Event):
    """The votes were counted."""

    state: str
    approve: int
    reject: int
    other: int


@dataclass(frozen=True, slots=True)
class CommitteeMatterRaised(Event):
    """The matter was laid before the procuratorate one level above."""

    case_id: int
    office_id: int


@dataclass(frozen=True, slots=True)
class CommitteeDecided(Event):
    """There is a decision, with its notice (决定事项通知书)."""

    case_id: int
    decision: str


@dataclass(frozen=True, slots=True)
class CommitteeDecisionExecuted(Event):
    """The handler has carried the decision out."""

    case_id: int


@dataclass(frozen=True, slots=True)
class CommitteeFeedbackGiven(Event):
    """The handler has reported what became of the decision."""

    case_id: int


@dataclass(frozen=True, slots=True)
class CommitteeMatterDropped(Event):
    """The chief procurator took a matter off the agenda."""

    case_id: int
