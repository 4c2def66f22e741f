"""The periodic report to the organ (PSUP-2019 28): numbers that are counted, words to them.

No article names who approves it: case management, the working body, sends it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Select, and_, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from services import tasks
from services.activities import Activity
from services.kernel.act import Act
from services.kernel.refusals import Conflict, NotFound
from services.participation import counting, practice
from services.participation.events import (
    PeriodicReportAcknowledged,
    PeriodicReportDelivered,
    PeriodicReportDrafted,
    PeriodicReportOpened,
)
from services.participation.numbers import Numbers
from services.participation.periods import ReportingPeriod, last_ended, of_number
from services.participation.records import (
    FLOW,
    NEVER_TWICE,
    PeriodicReport,
    PeriodicReportState,
    ReportingPractice,
)
from services.participation.scopes import COUNTERS, OfficeScope, organs_of
from services.policy import Permission, PostKind, demands
from services.supervision_plans import NotItsOrgan
from services.tasks import TaskKind

ARTICLE = {
    "article": "PSUP-2019 28",
    "article_zh": "《人民检察院办案活动接受人民监督员监督的规定》第二十八条",
}


class PeriodStillRuns(Conflict):
    """The period is not over: its numbers still change."""

    zh = "该期间尚未结束，不能编制定期通报。"


class PeriodReported(Conflict):
    """A report about some of these days is there already."""

    zh = "该期间已有定期通报，不能重复编制。"


class PeriodicReportUnworded(Conflict):
    """Numbers alone are no report: say what they mean."""

    zh = "请先填写情况说明，再发送定期通报。"


@dataclass(frozen=True, slots=True)
class Reporter:
    """The procuratorate that reports, as the law on one page asks about it."""

    procuratorate_id: int


def visible(act: Act) -> Select[PeriodicReport]:
    """The own procuratorate's reports; for the organ, those that were sent to it."""
    actor = act.actor
    return select(PeriodicReport).where(
        or_(
            PeriodicReport.procuratorate_id.in_(actor.offices_as(*COUNTERS)),
            and_(
                PeriodicReport.organ_id.in_(actor.offices_as(PostKind.JUSTICE_OFFICER)),
                PeriodicReport.sent_at.is_not(None),
            ),
        )
    )


def find(act: Act, report_id: int) -> PeriodicReport:
    """The report, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(PeriodicReport.id == report_id))
    if found is None:
        raise NotFound
    return found


def numbers_of(act: Act, report: PeriodicReport) -> Mapping[str, Any] | Numbers:
    """The numbers as they were sent; of a draft, as they stand now."""
    return report.numbers if report.numbers is not None else _count(act, report)


@demands(Permission.PERIODIC_REPORT_DRAW_UP)
def draft(  # noqa: PLR0913  # each by its name
    act: Act,
    reporter: Reporter,
    *,
    organ_id: int,
    year: int,
    number: int,
    words: str | None = None,
) -> PeriodicReport:
    """Draft the report on a period that is over, the how-manieth of its year (PSUP-2019 28).

    Refuses:
        NotAllowed: only the procuratorate's case management.
        NotItsOrgan: the office keeps no pool for this procuratorate or the one above it.
        NoSuchPeriod: the year has not so many periods.
        PeriodStillRuns: it is not over.
        PeriodReported: a report about some of its days is there.

    Records:
        PeriodicReportDrafted.
    """
    served = organs_of(reporter.procuratorate_id)
    if organ_id not in set(act.session.scalars(served)):
        raise NotItsOrgan(article="PSUP-2021 20")
    every = practice.of_office(act.session, reporter.procuratorate_id).every
    span = of_number(every, year, number)
    if act.today <= span.until_on:
        raise PeriodStillRuns(until_on=span.until_on, **ARTICLE)
    report = PeriodicReport(
        procuratorate_id=reporter.procuratorate_id,
        organ_id=organ_id,
        every=every,
        from_on=span.from_on,
        until_on=span.until_on,
        state=PeriodicReportState.DRAFTED,
        words=words,
        drafted_at=act.now,
        drafted_by=act.actor.id,
    )
    with act.unless(NEVER_TWICE, PeriodReported()):
        act.session.add(report)
        act.session.flush()
    _ask_for(act, report)
    act.record(_drafted(report))
    return report


@demands(Permission.PERIODIC_REPORT_DRAW_UP)
def restate(act: Act, report: PeriodicReport, *, words: str) -> PeriodicReport:
    """State the words of a draft anew.

    Refuses:
        NotAllowed: only the procuratorate's case management.
        WrongState: it was sent.

    Records:
        PeriodicReportDrafted.
    """
    act.session.refresh(report, with_for_update=True)
    report.state = FLOW.after(report.state, "restate")
    report.words, report.drafted_at, report.drafted_by = words, act.now, act.actor.id
    act.session.flush()
    act.record(_drafted(report))
    return report


@demands(Permission.PERIODIC_REPORT_SEND)
def send(act: Act, report: PeriodicReport) -> PeriodicReport:
    """Send the report to the organ; its numbers are kept as they are now (PSUP-2019 28).

    Refuses:
        NotAllowed: only the procuratorate's case management.
        WrongState: it was sent before.
        PeriodicReportUnworded: nothing is said to the numbers.

    Records:
        PeriodicReportDelivered.
    """
    act.session.refresh(report, with_for_update=True)
    state = FLOW.after(report.state, "send")
    if not (report.words or "").strip():
        raise PeriodicReportUnworded(**ARTICLE)
    numbers = _plain(_count(act, report))
    report.state, report.sent_at, report.sent_by = state, act.now, act.actor.id
    report.numbers, report.sha256 = numbers, digest(report, numbers)
    act.session.flush()
    tasks.finish(act, TaskKind.WRITE_PERIODIC_REPORT, report)
    act.record(PeriodicReportDelivered(report.id, report.organ_id, report.sha256))
    return report


@demands(Permission.PERIODIC_REPORT_ACKNOWLEDGE)
def acknowledge(act: Act, report: PeriodicReport) -> PeriodicReport:
    """Confirm that the organ received the report.

    Refuses:
        NotAllowed: only the organ to which it was sent.
        WrongState: it was confirmed before.

    Records:
        PeriodicReportAcknowledged.
    """
    act.session.refresh(report, with_for_update=True)
    report.state = FLOW.after(report.state, "acknowledge")
    report.acknowledged_at, report.acknowledged_by = act.now, act.actor.id
    act.session.flush()
    act.record(PeriodicReportAcknowledged(report.id, report.procuratorate_id))
    return report


@dataclass(frozen=True, slots=True)
class Silence:
    """A procuratorate that had activities in a period and has begun no report on it."""

    procuratorate_id: int
    organ_id: int
    every: ReportingPeriod


def unreported(act: Act, batch: int) -> list[Silence]:
    """Who has had activities in the newest period that is over, and begun no report on it."""
    every = func.coalesce(ReportingPractice.every, literal(practice.DEFAULT.value))
    found: list[Silence] = []
    for one in ReportingPeriod:
        span = last_ended(one, act.today)
        begun = exists().where(
            PeriodicReport.procuratorate_id == Activity.procuratorate_id,
            PeriodicReport.organ_id == Activity.organ_id,
            PeriodicReport.until_on >= span.from_on,
        )
        chosen = (
            select(Activity.procuratorate_id, Activity.organ_id)
            .outerjoin(
                ReportingPractice,
                ReportingPractice.procuratorate_id == Activity.procuratorate_id,
            )
            .where(
                Activity.starts_at >= span.starts_at,
                Activity.starts_at < span.ends_at,
                every == one.value,
                ~begun,
            )
            .distinct()
            .order_by(Activity.procuratorate_id, Activity.organ_id)
            .limit(batch - len(found))
        )
        found += [Silence(office, organ, one) for office, organ in act.session.execute(chosen)]
    return found


@demands(Permission.PERIODIC_REPORT_WATCH)
def open_for(act: Act, silence: Silence) -> PeriodicReport | None:
    """Open the report on the newest period that is over, once; case management is asked for it.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        PeriodicReportOpened, unless somebody has begun one meanwhile.
    """
    span = last_ended(silence.every, act.today)
    opened = act.session.scalar(
        insert(PeriodicReport)
        .values(
            procuratorate_id=silence.procuratorate_id,
            organ_id=silence.organ_id,
            every=silence.every,
            from_on=span.from_on,
            until_on=span.until_on,
            state=PeriodicReportState.DRAFTED,
            drafted_at=act.now,
            version=1,
        )
        .on_conflict_do_nothing()
        .returning(PeriodicReport.id)
    )
    if opened is None:
        return None
    report = act.session.get_one(PeriodicReport, opened)
    _ask_for(act, report)
    act.record(
        PeriodicReportOpened(
            report.id, report.procuratorate_id, report.organ_id, f"{report.from_on}"
        )
    )
    return report


def sweep(act: Act, batch: int) -> int:
    """Open every report that has fallen due; how many were opened.

    Any number of workers may do it at once: the database keeps a second report out.

    Refuses:
        NotAllowed: only the house's own machine.
    """
    return sum(open_for(act, one) is not None for one in unreported(act, batch))


def digest(report: PeriodicReport, numbers: Mapping[str, Any]) -> str:
    """SHA-256 over the period, the words and the numbers, as one line of JSON in UTF-8.

    Keys are sorted, no spaces stand between them, nothing is escaped that need not be.
    """
    told = {
        "procuratorate_id": report.procuratorate_id,
        "organ_id": report.organ_id,
        "from_on": f"{report.from_on}",
        "until_on": f"{report.until_on}",
        "words": report.words,
        "numbers": numbers,
    }
    line = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()


def _count(act: Act, report: PeriodicReport) -> Numbers:
    scope = OfficeScope(report.procuratorate_id, report.organ_id)
    return counting.count(act, scope, report.span)


def _plain(numbers: Numbers) -> dict[str, Any]:
    """As JSON has it: the same after it was stored and read."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(numbers)))
    return plain


def _drafted(report: PeriodicReport) -> PeriodicReportDrafted:
    return PeriodicReportDrafted(
        report.id, report.procuratorate_id, report.organ_id, f"{report.from_on}"
    )


def _ask_for(act: Act, report: PeriodicReport) -> None:
    tasks.open_for_pool(
        act,
        TaskKind.WRITE_PERIODIC_REPORT,
        report,
        office_id=report.procuratorate_id,
        post=PostKind.CASE_MANAGER,
    )
