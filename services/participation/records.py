"""The tables of the reports to the organ: how often, and what was reported (PSUP-2019 28)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, literal_column
from sqlalchemy import event as sa_event
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.act import Record
from services.kernel.flow import Flow
from services.participation.periods import ReportingPeriod, Span

ONE_FOR_AN_OFFICE = "reporting_practices_pkey"
NEVER_TWICE = "periodic_reports_never_twice"


class PeriodicReportState(StrEnum):
    """Where a report stands."""

    DRAFTED = "drafted"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    """The organ has confirmed that it received it."""


FLOW = Flow(
    {
        "send": ({PeriodicReportState.DRAFTED}, PeriodicReportState.SENT),
        "acknowledge": ({PeriodicReportState.SENT}, PeriodicReportState.ACKNOWLEDGED),
    },
    staying={"restate": {PeriodicReportState.DRAFTED}},
)


class ReportingPractice(Record):
    """How often one procuratorate reports; an office that has said nothing has no row."""

    __tablename__ = "reporting_practices"

    procuratorate_id: Mapped[int] = mapped_column(
        ForeignKey("offices.id"), primary_key=True, autoincrement=False
    )
    every: Mapped[ReportingPeriod]
    set_at: Mapped[datetime | None]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks


class PeriodicReport(Record):
    """What a procuratorate tells the organ of its activities in a period (PSUP-2019 28)."""

    __tablename__ = "periodic_reports"
    __table_args__ = (
        ExcludeConstraint(
            (literal_column("procuratorate_id"), "="),
            (literal_column("organ_id"), "="),
            (literal_column("daterange(from_on, until_on, '[]')"), "&&"),
            name=NEVER_TWICE,
            using="gist",
        ),
        CheckConstraint("from_on < until_on", name="periodic_reports_some_days"),
        CheckConstraint(
            "(state = 'drafted') = (sent_at IS NULL)"
            " AND (sent_at IS NULL) = (numbers IS NULL)"
            " AND (sent_at IS NULL) = (sha256 IS NULL)",
            name="periodic_reports_frozen_when_sent",
        ),
        CheckConstraint(
            "(state = 'acknowledged') = (acknowledged_at IS NOT NULL)",
            name="periodic_reports_acknowledged",
        ),
        Index("periodic_reports_by_procuratorate", "procuratorate_id", "id"),
        Index("periodic_reports_by_organ", "organ_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    organ_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    every: Mapped[ReportingPeriod]
    from_on: Mapped[date]
    until_on: Mapped[date]
    state: Mapped[PeriodicReportState] = mapped_column(default=PeriodicReportState.DRAFTED)
    words: Mapped[str | None]
    """What the procuratorate says to the numbers; asked for when it is sent."""
    numbers: Mapped[dict[str, Any] | None]
    """The numbers as they were sent."""
    sha256: Mapped[str | None]
    """Over period, words and numbers, as they were sent."""
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Nobody where the house opened it, because the period was over."""
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def span(self) -> Span:
        """The period it is about."""
        return Span(self.from_on, self.until_on)

    @property
    def delivered_at(self) -> datetime | None:
        """When the organ got it."""
        return self.sent_at


WHAT_WAS_REPORTED_STAYS = """
CREATE FUNCTION refuse_change_of_periodic_report() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF OLD.sent_at IS NOT NULL AND (TG_OP = 'DELETE' OR
     ROW(NEW.procuratorate_id, NEW.organ_id, NEW.from_on, NEW.until_on, NEW.words, NEW.numbers,
         NEW.sha256, NEW.sent_at, NEW.sent_by)
     IS DISTINCT FROM
     ROW(OLD.procuratorate_id, OLD.organ_id, OLD.from_on, OLD.until_on, OLD.words, OLD.numbers,
         OLD.sha256, OLD.sent_at, OLD.sent_by))
  THEN RAISE EXCEPTION 'what was reported to the organ is never changed';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER what_was_reported_stays BEFORE UPDATE OR DELETE ON periodic_reports
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_periodic_report()
"""
_ddl = DDL(WHAT_WAS_REPORTED_STAYS)  # type: ignore[no-untyped-call]  # SQLAlchemy ships it untyped
sa_event.listen(PeriodicReport.__table__, "after_create", _ddl)
