"""What people hear about the periodic reports on supervision (PSUP-2019 28)."""

from datetime import date

from notifications.audiences import pool
from notifications.messages import Message, Urgency, Words, on
from services.participation import (
    PeriodicReport,
    PeriodicReportAcknowledged,
    PeriodicReportDelivered,
    PeriodicReportOpened,
    ReportingPeriod,
)
from services.policy import PostKind

ORGAN = pool(PostKind.JUSTICE_OFFICER, of="organ_id")
CASE_MANAGEMENT = pool(PostKind.CASE_MANAGER, of="procuratorate_id")


def _sample() -> PeriodicReport:
    return PeriodicReport(
        id=1,
        procuratorate_id=2,
        organ_id=3,
        every=ReportingPeriod.HALF_YEAR,
        from_on=date(2026, 1, 1),
        until_on=date(2026, 6, 30),
    )


def _told(report: PeriodicReport, title: str, then: str, en: Words) -> Message:
    words = f"{report.from_on}至{report.until_on}的人民监督员监督活动情况通报{then}。"
    named = f"The report on supervision from {report.from_on} to {report.until_on} {en.body}."
    return Message(title, words, f"/periodic-reports/{report.id}", en=Words(en.title, named))


@on(
    PeriodicReportOpened,
    about=PeriodicReport,
    to=CASE_MANAGEMENT,
    urgency=Urgency.TASK,
    sample=lambda: (PeriodicReportOpened(1, 2, 3, "2026-01-01"), _sample()),
)
def periodic_report_opened(_event: PeriodicReportOpened, report: PeriodicReport) -> Message:
    """Ask case management for the report on a period that is over."""
    return _told(
        report,
        "请编制定期通报",
        "尚未发送，请核对数据、填写情况说明后发送司法行政机关",
        Words(
            "Write a periodic report",
            "has not been sent; check the numbers, add the account and send it to the organ",
        ),
    )


@on(
    PeriodicReportDelivered,
    about=PeriodicReport,
    to=ORGAN,
    urgency=Urgency.TASK,
    sample=lambda: (PeriodicReportDelivered(1, 3, "0" * 64), _sample()),
)
def periodic_report_sent(_event: PeriodicReportDelivered, report: PeriodicReport) -> Message:
    """Tell the organ of the report."""
    return _told(
        report,
        "监督活动定期通报",
        "已送达，请查阅并确认收到",
        Words(
            "Periodic report on supervision",
            "has been delivered; please read it and confirm receipt",
        ),
    )


@on(
    PeriodicReportAcknowledged,
    about=PeriodicReport,
    to=CASE_MANAGEMENT,
    sample=lambda: (PeriodicReportAcknowledged(1, 2), _sample()),
)
def periodic_report_acknowledged(
    _event: PeriodicReportAcknowledged, report: PeriodicReport
) -> Message:
    """Tell case management that the organ has received it."""
    return _told(
        report,
        "定期通报已签收",
        "已由司法行政机关确认收到",
        Words("A periodic report was received", "was received by the organ"),
    )
