"""What happens to the reports to the organ; `about_id` is the report's."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class PeriodicReportOpened(Event):
    """A period was over and no report had been begun: one was opened (PSUP-2019 28)."""

    procuratorate_id: int
    organ_id: int
    from_on: str


@dataclass(frozen=True, slots=True)
class PeriodicReportDrafted(Event):
    """A report was drafted, or its words were stated anew."""

    procuratorate_id: int
    organ_id: int
    from_on: str


@dataclass(frozen=True, slots=True)
class PeriodicReportDelivered(Event):
    """The organ was told; numbers and words stay as they are."""

    organ_id: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PeriodicReportAcknowledged(Event):
    """The organ has confirmed the receipt."""

    procuratorate_id: int


@dataclass(frozen=True, slots=True)
class ReportingPracticeSet(Event):
    """A procuratorate has said how often it reports; the event is about the office."""

    every: str
