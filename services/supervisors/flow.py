"""Where a people's supervisor stands, and what is known of one (PSUP-2021)."""

from enum import StrEnum

from services.kernel.flow import Flow


class SupervisorState(StrEnum):
    """Where a people's supervisor stands."""

    NOMINATED = "nominated"
    """Put forward, and named in a public notice; takes part in nothing yet (PSUP-2021 15)."""
    SERVING = "serving"
    SUSPENDED = "suspended"
    """Drawn for nothing while it lasts; the term runs on."""
    ENDED = "ended"
    """The term is over, or the supervisor has resigned."""
    REMOVED = "removed"
    """Removed for a ground of PSUP-2021 26: never again a supervisor (10)."""
    REJECTED = "rejected"
    """Not appointed after the public notice."""


class Education(StrEnum):
    """The highest schooling; high school is asked for (PSUP-2021 8)."""

    BELOW_HIGH_SCHOOL = "below_high_school"
    HIGH_SCHOOL = "high_school"
    COLLEGE = "college"
    BACHELOR = "bachelor"
    POSTGRADUATE = "postgraduate"


class Occupation(StrEnum):
    """For whom a supervisor works; half at most are of the state (PSUP-2021 14)."""

    CIVIL_SERVANT = "civil_servant"
    PUBLIC_INSTITUTION = "public_institution"
    ENTERPRISE = "enterprise"
    SELF_EMPLOYED = "self_employed"
    FARMER = "farmer"
    RETIRED = "retired"
    OTHER = "other"


class Expertise(StrEnum):
    """What a supervisor knows of; some activities ask for it (PSUP-2021 20)."""

    FINANCE = "finance"
    MEDICINE = "medicine"
    CYBER = "cyber"
    ENVIRONMENT = "environment"
    MINORS = "minors"
    INTELLECTUAL_PROPERTY = "intellectual_property"
    ENGINEERING = "engineering"
    EDUCATION = "education"
    SIGN_LANGUAGE = "sign_language"


class CameBy(StrEnum):
    """How somebody came to be put forward (PSUP-2021 13)."""

    APPLICATION = "application"
    RECOMMENDATION = "recommendation"


class ExcludedOffice(StrEnum):
    """Who is not a supervisor while holding it (PSUP-2021 9)."""

    CONGRESS_STANDING_COMMITTEE = "congress_standing_committee"
    SUPERVISION_ORGAN = "supervision_organ"
    COURT = "court"
    PROCURATORATE = "procuratorate"
    PUBLIC_SECURITY = "public_security"
    STATE_SECURITY = "state_security"
    JUDICIAL_ADMINISTRATION = "judicial_administration"
    PEOPLES_ASSESSOR = "peoples_assessor"
    """人民陪审员."""
    OTHER = "other"
    """Another whose work does not go with it."""


class Disqualification(StrEnum):
    """Who is never a supervisor (PSUP-2021 10)."""

    PUNISHED = "punished"
    DISMISSED = "dismissed"
    LICENCE_REVOKED = "licence_revoked"
    """As a lawyer or notary, or struck off by an arbitration commission."""
    DISHONEST_DEBTOR = "dishonest_debtor"
    ASSESSOR_REMOVED = "assessor_removed"
    OTHER_BREACH = "other_breach"


class RemovalGround(StrEnum):
    """Which ground of PSUP-2021 26 the organ names; its own words stand beside it."""

    UNFIT = "unfit"
    """No longer meets what is asked of a supervisor."""
    SECRETS_LEAKED = "secrets_leaked"
    OBSTRUCTED = "obstructed"
    """Obstructed the handling of a case (7)."""
    DUTY_NEGLECTED = "duty_neglected"
    OTHER = "other"


class EndedBecause(StrEnum):
    """Why a supervisor's service ended without a removal."""

    TERM_OVER = "term_over"
    RESIGNED = "resigned"
    DIED = "died"
    OTHER = "other"


_IN_OFFICE = frozenset({SupervisorState.SERVING, SupervisorState.SUSPENDED})

FLOW = Flow(
    {
        "appoint": ({SupervisorState.NOMINATED}, SupervisorState.SERVING),
        "reject": ({SupervisorState.NOMINATED}, SupervisorState.REJECTED),
        "suspend": ({SupervisorState.SERVING}, SupervisorState.SUSPENDED),
        "reinstate": ({SupervisorState.SUSPENDED}, SupervisorState.SERVING),
        "end": (_IN_OFFICE, SupervisorState.ENDED),
        "remove": (_IN_OFFICE, SupervisorState.REMOVED),
        "reappoint": ({SupervisorState.ENDED}, SupervisorState.SERVING),
    },
    staying={
        "publish": {
            SupervisorState.NOMINATED,
            SupervisorState.SERVING,
            SupervisorState.ENDED,
        },
        "change": {SupervisorState.NOMINATED, *_IN_OFFICE},
        "state_availability": _IN_OFFICE,
        "train": _IN_OFFICE,
        "pay": {SupervisorState.ENDED, SupervisorState.REMOVED, *_IN_OFFICE},
    },
)
"""A second term follows the first; a third in a row is refused (PSUP-2021 6)."""
