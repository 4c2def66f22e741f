"""What is counted: plain numbers and codes, nobody's name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.participation.spread import Lasting, Spread


class LeadTime(StrEnum):
    """From what to what a time is taken."""

    NOTICE = "notice"
    """From the notice to the organ to the activity (PSUP-2021 19)."""
    INVITATION_ANSWER = "invitation_answer"
    """From the invitation to its answer."""
    OPINION_ANSWER = "opinion_answer"
    """From an opinion that is opened, or came in, to its answer (PSUP-2019 19)."""
    RECEIPT = "receipt"
    """From the answer to its receipt or the objection."""
    PERFORMANCE_REPORT = "performance_report"
    """From the end of the activity to the report of performance (PSUP-2021 22)."""


@dataclass(frozen=True, slots=True)
class GroundNumbers:
    """Of one ground of PSUP-2019 9: how often it was met, missed, or is still ahead."""

    met: int
    """Supervisors were invited, and it was held with them."""
    missed: int
    """It was held without them, for a recorded reason."""
    ahead: int


@dataclass(frozen=True, slots=True)
class ActivityNumbers:
    """Activities by how they ended, of which kind they were, and on which ground."""

    total: int
    held: int
    """Begun, over or closed."""
    cancelled: int
    without: int
    ahead: int
    by_kind: Mapping[str, int]
    by_ground: Mapping[str, GroundNumbers]
    """Empty for the organ: a ground tells of a case."""
    without_because: Mapping[str, int]
    """Empty for the organ."""


@dataclass(frozen=True, slots=True)
class InvitationNumbers:
    """Invitations by what became of them."""

    invited: int
    waiting: int
    accepted: int
    """Said yes and were not released or recused after: the attended and the absent with them."""
    declined: int
    lapsed: int
    recused: int
    released: int
    attended: int
    absent: int
    present: int
    """Of those who attended: there in person."""
    remote: int
    """Of those who attended: from afar."""


@dataclass(frozen=True, slots=True)
class OpinionNumbers:
    """Opinions that are opened, by what became of them; a sealed one is not counted yet."""

    given: int
    waiting: int
    """Not answered yet."""
    adopted: int
    partly_adopted: int
    not_adopted: int
    adoption_rate: float | None
    """(adopted + partly adopted) / answered, after what the chief procurator has decided."""
    objections: int
    granted: int
    """The chief procurator adopted the opinion after all (PSUP-2019 19)."""
    upheld: int
    undecided: int


@dataclass(frozen=True, slots=True)
class LateNumbers:
    """What came too late, or in silence."""

    short_notices: int
    """The organ was told later than five working days before (PSUP-2021 19)."""
    performance_reports: int
    """Later than three working days, or not there by then (PSUP-2021 22)."""
    invitations_lapsed: int
    receipts_lapsed: int


@dataclass(frozen=True, slots=True)
class DrawNumbers:
    """What became of seats after the draw."""

    held: int
    redrawn: int
    """Seats that went to another under the same draw."""
    unfilled: int


@dataclass(frozen=True, slots=True)
class MonthNumbers:
    """One month, as `2026-03`."""

    month: str
    activities: int
    held: int
    participations: int


@dataclass(frozen=True, slots=True)
class OfficeNumbers:
    """One procuratorate."""

    procuratorate_id: int
    activities: int
    held: int
    participations: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """Everything that is counted of one stretch of time.

    An activity belongs to the day on which it begins, with its invitations, opinions and draws; an
    opinion without an activity to the day on which it came in.
    """

    activities: ActivityNumbers
    invitations: InvitationNumbers
    opinions: OpinionNumbers
    lead_times: Mapping[str, Lasting]
    late: LateNumbers
    draws: DrawNumbers
    drawn: Spread
    """How evenly invitations fell on those who served in that time."""
    attended: Spread
    """How evenly participations did."""
    months: Sequence[MonthNumbers]
    offices: Sequence[OfficeNumbers]
