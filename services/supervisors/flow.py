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


FLOW = Flow(
    {
        "appoint": ({SupervisorState.NOMINATED}, SupervisorState.SERVING),
        "reject": ({SupervisorState.NOMINATED}, SupervisorState.REJECTED),
        "suspend": ({SupervisorState.SERVING}, SupervisorState.SUSPENDED),
        "reinstate": ({SupervisorState.SUSPENDED}, SupervisorState.SERVING),
        "end": ({SupervisorState.SERVING, SupervisorState.SUSPENDED}, SupervisorState.ENDED),
        "remove": ({SupervisorState.SERVING, SupervisorState.SUSPENDED}, SupervisorState.REMOVED),
        "reappoint": ({SupervisorState.ENDED}, SupervisorState.SERVING),
    },
    staying={"change": {SupervisorState.NOMINATED, SupervisorState.SERVING}},
)
"""A second term follows the first; a third in a row is refused (PSUP-2021 6)."""
