"""The states of one suspect's arrest review, and the words a decision may use."""

from collections.abc import Collection, Mapping
from enum import StrEnum


class ReviewState(StrEnum):
    """Where one suspect's arrest review stands."""

    UNDER_REVIEW = "under_review"
    AWAITING_APPROVAL = "awaiting_approval"
    ARREST_APPROVED = "arrest_approved"
    ARREST_REFUSED = "arrest_refused"
    ARRESTED = "arrested"
    ARREST_NOT_EXECUTED = "arrest_not_executed"
    RELEASED = "released"
    MEASURE_CHANGED = "measure_changed"
    MEASURE_UNCHANGED = "measure_unchanged"
    RECONSIDERATION = "reconsideration"
    """The police asked to reconsider the refusal (RULES 290)."""
    REFUSAL_UPHELD = "refusal_upheld"
    """Upheld on reconsideration; the police may go one level up (RULES 291)."""
    RE_EXAMINATION = "re_examination"
    """The procuratorate one level above re-examines (RULES 291)."""
    REFUSAL_FINAL = "refusal_final"
    """Upheld on re-examination as well: what remains is a new request (RULES 291)."""
    ARREST_REVOKED = "arrest_revoked"
    """The approval was revoked as wrong (RULES 289)."""
    FOR_PROSECUTION = "for_prosecution"
    """The case was transferred for prosecution: it goes on in the prosecution case."""


class Proposal(StrEnum):
    """What the handler proposes, and what the decision can be."""

    APPROVE = "approve"
    REFUSE = "refuse"


Outcome = Proposal


class RefusalKind(StrEnum):
    """The kinds of non-approval (不批准逮捕), NA-1 to NA-8."""

    NO_CRIME = "no_crime"
    """NA-1: no crime facts; the police are told to withdraw the case (RULES 139, 287¶1)."""
    CPL_16 = "cpl_16"
    """NA-2: one of the situations of CPL 16 (RULES 139, 287¶1)."""
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"
    """NA-3: with an outline for supplementary investigation (RULES 139, 257, 285)."""
    NO_DANGER = "no_danger"
    """NA-4: no danger to society shown (RULES 135, 139; CPL 81)."""
    MINOR_CIRCUMSTANCES = "minor_circumstances"
    """NA-5: lighter circumstances, arrest is not needed (RULES 140)."""
    RESIDENTIAL_SURVEILLANCE = "residential_surveillance"
    """NA-6: arrest conditions met, a person of CPL 74¶1 (RULES 141)."""
    JUVENILE = "juvenile"
    """NA-7: a minor with a light crime and guardianship, or of unclear age (RULES 463, 464)."""
    NOT_THE_OFFENDER = "not_the_offender"
    """NA-8: another person's act, or not liable among accomplices (RULES 287¶2)."""


ENDING = frozenset({RefusalKind.NO_CRIME, RefusalKind.CPL_16, RefusalKind.NOT_THE_OFFENDER})
"""Refusals with which the police are told to dismiss the case or end it for the suspect (287)."""


class Hearing(StrEnum):
    """How the suspect was heard before the opinion (RULES 280)."""

    INTERROGATED = "interrogated"
    WRITTEN_OPINION = "written_opinion"
    NOT_HEARD = "not_heard"


class ReceiptOutcome(StrEnum):
    """What the police did with the decision (RULES 286)."""

    EXECUTED = "executed"
    NOT_EXECUTED = "not_executed"
    RELEASED = "released"
    MEASURE_CHANGED = "measure_changed"
    UNCHANGED = "unchanged"
    """Nothing to release or change: the suspect was not held in this case."""


class NewMeasure(StrEnum):
    """The measures that detention may change into after a non-approval (CPL 91¶3)."""

    BAIL = "bail"
    RESIDENTIAL_SURVEILLANCE = "residential_surveillance"


STEPS_OF_REVIEW: Mapping[str, tuple[Collection[ReviewState], ReviewState]] = {
    "opine": ({ReviewState.UNDER_REVIEW}, ReviewState.AWAITING_APPROVAL),
    "send_back": ({ReviewState.AWAITING_APPROVAL}, ReviewState.UNDER_REVIEW),
    "approve": ({ReviewState.AWAITING_APPROVAL}, ReviewState.ARREST_APPROVED),
    "refuse": ({ReviewState.AWAITING_APPROVAL}, ReviewState.ARREST_REFUSED),
    "executed": ({ReviewState.ARREST_APPROVED}, ReviewState.ARRESTED),
    "not_executed": ({ReviewState.ARREST_APPROVED}, ReviewState.ARREST_NOT_EXECUTED),
    "released": ({ReviewState.ARREST_REFUSED}, ReviewState.RELEASED),
    "measure_changed": ({ReviewState.ARREST_REFUSED}, ReviewState.MEASURE_CHANGED),
    "unchanged": ({ReviewState.ARREST_REFUSED}, ReviewState.MEASURE_UNCHANGED),
}

"""What the handler, the chief procurator and the receipt do; the later steps are in `steps.py`."""

DECIDED = frozenset(ReviewState) - {ReviewState.UNDER_REVIEW, ReviewState.AWAITING_APPROVAL}
ENDED = DECIDED - {ReviewState.ARREST_APPROVED, ReviewState.ARREST_REFUSED}
