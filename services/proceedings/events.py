"""What happens in a matter; `about_id` is the proposal's, or the taken step's."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class StepProposed(Event):
    """Somebody put a step forward for approval."""

    subject_id: int
    subject_kind: str
    step: str


@dataclass(frozen=True, slots=True)
class ProposalRaised(Event):
    """The chief procurator agreed; the procuratorate one level above decides next."""

    office_id: int


@dataclass(frozen=True, slots=True)
class ProposalReturned(Event):
    """The approver asked to check again (RULES 7)."""


@dataclass(frozen=True, slots=True)
class ProposalReferred(Event):
    """The chief procurator put it before the procuratorial committee (RULES 7, 4)."""


@dataclass(frozen=True, slots=True)
class ProposalRefused(Event):
    """The proposal was not approved."""


@dataclass(frozen=True, slots=True)
class ProposalWithdrawn(Event):
    """Whoever put it forward took it back before it was decided."""


@dataclass(frozen=True, slots=True)
class RemarkGiven(Event):
    """The head's view, or the handler's written objection (RULES 6, 7), was put beside it."""

    remark_id: int
    remark_kind: str


@dataclass(frozen=True, slots=True)
class StepTaken(Event):
    """A step was taken in a suspect's matter."""

    subject_id: int
    subject_kind: str
    step: str
    state: str


@dataclass(frozen=True, slots=True)
class PowerListSet(Event):
    """A procuratorate put a new edition of its power list in force (RULES 4)."""

    office_id: int
