"""What happens to a public hearing; never who came or what was said."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class PublicHearingPlanned(Event):
    """A public hearing or review of a case was planned."""

    case_id: int
    form: str
    matter: str


@dataclass(frozen=True, slots=True)
class PublicHearingRestated(Event):
    """Its time, place, officers or parties were changed; notice is given anew."""

    case_id: int


@dataclass(frozen=True, slots=True)
class PublicHearingNoticed(Event):
    """Notice was given to so many hearing officers and parties."""

    case_id: int
    officers: int
    parties: int
    short: bool


@dataclass(frozen=True, slots=True)
class PublicHearingActivityLinked(Event):
    """People's supervisors are asked to it, through that activity."""

    activity_id: int
    ground: str | None


@dataclass(frozen=True, slots=True)
class PublicHearingWithoutSupervisorsRecorded(Event):
    """It goes on without people's supervisors, for a reason that was recorded."""

    because: str


@dataclass(frozen=True, slots=True)
class PublicHearingOpened(Event):
    """It was opened, with so many hearing officers."""

    case_id: int
    officers: int
    activity_id: int | None


@dataclass(frozen=True, slots=True)
class PublicHearingStatementRecorded(Event):
    """Something that was said is on record."""

    statement_id: int


@dataclass(frozen=True, slots=True)
class PublicHearingQuestionsClosed(Event):
    """The hearing officers went to deliberate."""

    case_id: int


@dataclass(frozen=True, slots=True)
class PublicHearingOpinionsRecorded(Event):
    """What the hearing officers think is on record, by number of voices."""

    agree: int
    disagree: int
    other: int


@dataclass(frozen=True, slots=True)
class PublicHearingConcluded(Event):
    """It is over; the majority's position, if there was one."""

    case_id: int
    majority: str | None


@dataclass(frozen=True, slots=True)
class PublicHearingResultStated(Event):
    """The handler said what becomes of the hearing officers' opinion."""

    case_id: int
    following: str


@dataclass(frozen=True, slots=True)
class PublicHearingDepartureConsented(Event):
    """The chief procurator agrees that the majority is not followed."""

    case_id: int


@dataclass(frozen=True, slots=True)
class PublicHearingDepartureRefused(Event):
    """The chief procurator does not agree; the handler states a result again."""

    case_id: int


@dataclass(frozen=True, slots=True)
class PublicHearingResultAnnounced(Event):
    """Hearing officers and parties were told the result."""

    case_id: int


@dataclass(frozen=True, slots=True)
class PublicHearingCancelled(Event):
    """It will not be held."""

    case_id: int
