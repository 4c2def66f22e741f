"""What happens to samplings and quality reviews; never what was found in words."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class QualitySamplingAnnounced(Event):
    """A sampling was announced: how many cases it draws from, and the hash of its seed."""

    kind: str
    cases: int
    seed_hash: str


@dataclass(frozen=True, slots=True)
class QualitySamplingHeld(Event):
    """Cases and reviewers were drawn, and the seed was published."""

    seed: str
    reviews: int


@dataclass(frozen=True, slots=True)
class QualitySamplingCancelled(Event):
    """A sampling was called off before the draw."""


@dataclass(frozen=True, slots=True)
class QualitySamplingLinked(Event):
    """People's supervisors are invited to a sampling's reviews (PSUP-2019 14)."""

    activity_id: int


@dataclass(frozen=True, slots=True)
class QualityReviewerNamed(Event):
    """A reviewer was drawn for a case; round 2 is the second review."""

    reviewer_id: int
    round: int


@dataclass(frozen=True, slots=True)
class QualityReviewerRecused(Event):
    """A reviewer steps aside, or is kept away, and somebody else is drawn."""

    reviewer_id: int
    ground: str


@dataclass(frozen=True, slots=True)
class QualityReviewerWanted(Event):
    """Nobody can be drawn: case management looks further."""


@dataclass(frozen=True, slots=True)
class QualityReviewStarted(Event):
    """A reviewer has begun, on that form."""

    form: str


@dataclass(frozen=True, slots=True)
class QualityReviewFilled(Event):
    """The form was saved, with so many findings."""

    findings: int


@dataclass(frozen=True, slots=True)
class QualityGradeProposed(Event):
    """The reviewer has proposed a grade."""

    grade: str


@dataclass(frozen=True, slots=True)
class QualityReviewReturned(Event):
    """Case management sent the form back to the reviewer."""


@dataclass(frozen=True, slots=True)
class QualityHandlerNotified(Event):
    """The handler was told what is proposed, and may object."""

    handler_id: int


@dataclass(frozen=True, slots=True)
class QualityGradeObjected(Event):
    """The handler objects."""


@dataclass(frozen=True, slots=True)
class QualitySecondOpinionGiven(Event):
    """The second reviewer has said which grade it deserves."""

    grade: str


@dataclass(frozen=True, slots=True)
class QualityObjectionDecided(Event):
    """The chief procurator has decided on the objection."""

    outcome: str


@dataclass(frozen=True, slots=True)
class QualityReviewConcluded(Event):
    """The grade is final, and stands in the handler's archive."""

    grade: str
    handler_id: int
    corrections: int


@dataclass(frozen=True, slots=True)
class QualityFailureReferred(Event):
    """An unqualified case was passed to the inspection of the staff."""


@dataclass(frozen=True, slots=True)
class QualityDefectCorrected(Event):
    """A defect was corrected, and awaits case management's eye; about the review."""

    correction_id: int


@dataclass(frozen=True, slots=True)
class QualityCorrectionReturned(Event):
    """A correction does not do; about the review."""

    correction_id: int


@dataclass(frozen=True, slots=True)
class QualityCorrectionVerified(Event):
    """A correction was looked at and does; about the review."""

    correction_id: int


@dataclass(frozen=True, slots=True)
class QualityFormSet(Event):
    """A procuratorate has a new edition of the form; about the office."""

    edition: int


@dataclass(frozen=True, slots=True)
class QualityPracticeSet(Event):
    """A procuratorate has said how it reviews; about the office."""

    version: int
