"""What became of supervision in numbers, and the reports to the organ (PSUP-2019 28)."""

from services.participation import attendance, practice, reports
from services.participation.counting import count_of
from services.participation.events import (
    PeriodicReportAcknowledged,
    PeriodicReportDelivered,
    PeriodicReportDrafted,
    PeriodicReportOpened,
    ReportingPracticeSet,
)
from services.participation.numbers import LeadTime, Numbers
from services.participation.periods import NoSuchPeriod, ReportingPeriod, Span, of_year
from services.participation.records import (
    FLOW,
    PeriodicReport,
    PeriodicReportState,
    ReportingPractice,
)
from services.participation.reports import (
    PeriodicReportUnworded,
    PeriodReported,
    PeriodStillRuns,
    Reporter,
    sweep,
)
from services.participation.scopes import OfficeScope, OrganScope, Scope, of_actor

__all__ = [
    "FLOW",
    "LeadTime",
    "NoSuchPeriod",
    "Numbers",
    "OfficeScope",
    "OrganScope",
    "PeriodReported",
    "PeriodStillRuns",
    "PeriodicReport",
    "PeriodicReportAcknowledged",
    "PeriodicReportDelivered",
    "PeriodicReportDrafted",
    "PeriodicReportOpened",
    "PeriodicReportState",
    "PeriodicReportUnworded",
    "Reporter",
    "ReportingPeriod",
    "ReportingPractice",
    "ReportingPracticeSet",
    "Scope",
    "Span",
    "attendance",
    "count_of",
    "of_actor",
    "of_year",
    "practice",
    "reports",
    "sweep",
]
