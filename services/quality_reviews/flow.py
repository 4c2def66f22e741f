"""Where samplings, quality reviews and corrections stand, and how a review came about."""

from collections.abc import Mapping
from enum import StrEnum

from services.kernel.flow import Flow


class SamplingKind(StrEnum):
    """The three kinds of quality review."""

    ROUTINE = "routine"
    """So many closed cases, drawn at random (常规抽查)."""
    KEY = "key"
    """Every closed case with one of the grounds (重点评查)."""
    SPECIAL = "special"
    """Cases of one charge or theme (专项评查)."""


class SamplingScope(StrEnum):
    """The "four ones" of Gansu (四个一): practice, not law."""

    ONE_CASE = "one_case"
    """One case, one review (一案一评查)."""
    ONE_CATEGORY = "one_category"
    """One category, one review a year (一类一评查)."""
    ONE_SPECIAL = "one_special"
    """One theme, one review a year (一专一评查)."""
    ONE_YEAR = "one_year"
    """One review of the whole year (一年一评查)."""


SCOPES: Mapping[SamplingKind, frozenset[SamplingScope]] = {
    SamplingKind.ROUTINE: frozenset({SamplingScope.ONE_CATEGORY, SamplingScope.ONE_YEAR}),
    SamplingKind.KEY: frozenset({SamplingScope.ONE_CASE}),
    SamplingKind.SPECIAL: frozenset({SamplingScope.ONE_SPECIAL}),
}
"""Which scopes a kind of sampling may have."""


class KeyGround(StrEnum):
    """What makes a closed case a key one. Which grounds count is practice: no text was found."""

    NON_ARREST_EVIDENCE = "non_arrest_evidence"
    """Arrest was refused for insufficient evidence."""
    NON_PROSECUTION = "non_prosecution"
    WITHDRAWN = "withdrawn"
    """The indictment was withdrawn."""
    ACQUITTED = "acquitted"
    CHANGED = "changed"
    """A decision was changed on reconsideration, re-examination or appeal, or revoked."""
    APPEALED = "appealed"
    """Somebody appealed, or the procuratorate protested."""


class ReviewersFrom(StrEnum):
    """Whose prosecutors may be drawn as reviewers."""

    OWN_OFFICE = "own_office"
    SAME_SUPERIOR = "same_superior"
    """Of the other procuratorates under the same superior (交叉评查)."""
    BOTH = "both"


class ReviewerOutBecause(StrEnum):
    """Why a prosecutor was not among those who could be drawn."""

    HANDLED = "handled"
    """Handles the case, or handled it or another case of its suspects."""
    TOOK_PART = "took_part"
    """Decided, approved, remarked, interrogated, or the case was opened to them."""
    RECUSED = "recused"
    """Recused from the case (CPL 29), or from this review."""
    LEADS = "leads"
    """Heads a department, or the office, that handled it."""
    ON_LEAVE = "on_leave"
    REVIEWED = "reviewed"
    """Gave the first review, and so not the second."""


class SamplingState(StrEnum):
    """Where a sampling stands."""

    ANNOUNCED = "announced"
    """The frame and the hash of the seed are published; nobody knows what will be drawn."""
    DRAWN = "drawn"
    CANCELLED = "cancelled"


class QualityState(StrEnum):
    """Where one case's quality review stands."""

    DRAWN = "drawn"
    UNDER_REVIEW = "under_review"
    PROPOSED = "proposed"
    """The reviewer has proposed a grade."""
    NOTIFIED = "notified"
    """The handler was told, and agrees or objects."""
    OBJECTED = "objected"
    SECOND_REVIEW = "second_review"
    """A second reviewer looks at it before the chief procurator decides."""
    FINAL = "final"


class CorrectionState(StrEnum):
    """Where the correction of one defect stands."""

    OPEN = "open"
    MADE = "made"
    VERIFIED = "verified"


class ObjectionOutcome(StrEnum):
    """What the chief procurator makes of an objection."""

    UPHELD = "upheld"
    """Another grade is given."""
    DISMISSED = "dismissed"


SAMPLING_FLOW = Flow(
    {
        "draw": ({SamplingState.ANNOUNCED}, SamplingState.DRAWN),
        "cancel": ({SamplingState.ANNOUNCED}, SamplingState.CANCELLED),
    },
    {"link": {SamplingState.ANNOUNCED, SamplingState.DRAWN}},
)
CORRECTION_FLOW = Flow(
    {
        "correct": ({CorrectionState.OPEN}, CorrectionState.MADE),
        "verify": ({CorrectionState.MADE}, CorrectionState.VERIFIED),
        "return": ({CorrectionState.MADE}, CorrectionState.OPEN),
    }
)
FLOW = Flow(
    {
        "begin": ({QualityState.DRAWN}, QualityState.UNDER_REVIEW),
        "propose": ({QualityState.UNDER_REVIEW}, QualityState.PROPOSED),
        "send_back": ({QualityState.PROPOSED}, QualityState.UNDER_REVIEW),
        "notify": ({QualityState.PROPOSED}, QualityState.NOTIFIED),
        "agree": ({QualityState.NOTIFIED}, QualityState.FINAL),
        "take_silence": ({QualityState.NOTIFIED}, QualityState.FINAL),
        "object": ({QualityState.NOTIFIED}, QualityState.OBJECTED),
        "ask_second": ({QualityState.OBJECTED}, QualityState.SECOND_REVIEW),
        "second": ({QualityState.SECOND_REVIEW}, QualityState.OBJECTED),
        "decide": ({QualityState.OBJECTED}, QualityState.FINAL),
        "recuse": (
            {QualityState.DRAWN, QualityState.UNDER_REVIEW, QualityState.PROPOSED},
            QualityState.DRAWN,
        ),
    },
    {
        "redraw": {QualityState.DRAWN, QualityState.SECOND_REVIEW},
        "fill": {QualityState.UNDER_REVIEW},
        "recuse": {QualityState.SECOND_REVIEW},
    },
)
"""A review never changes what was decided in the case, and no period waits for one."""

TOLD = frozenset(
    {
        QualityState.NOTIFIED,
        QualityState.OBJECTED,
        QualityState.SECOND_REVIEW,
        QualityState.FINAL,
    }
)
"""From here on the handler reads the result: never what the reviewer is still drafting."""
