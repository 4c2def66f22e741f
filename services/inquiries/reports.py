"""The monthly report (月报告): what everybody recorded, or their word that nothing happened.

An entry belongs to the month in which the inquiry happened, whenever it was recorded. What is
recorded after a zero report stands: the entry says more than the report.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from services.inquiries.events import ZeroReportDeclared
from services.inquiries.records import ONE_A_MONTH, Inquiry, InquiryKind, ZeroReport
from services.kernel.act import SHANGHAI, Act
from services.kernel.refusals import Conflict, Unprocessable
from services.people import Person, Post
from services.policy import TAKING_PART, Permission, demands, inspected

DECEMBER = 12


class ReportStanding(StrEnum):
    """What there is of a person for a month."""

    RECORDED = "recorded"
    ZERO = "zero"
    MISSING = "missing"


class MonthNotOver(Conflict):
    """What happened in a month is known when it is over."""

    zh = "当月尚未结束，不能作零报告。"


class InquiriesRecorded(Conflict):
    """You have recorded an inquiry of that month: it is no month in which nothing happened."""

    zh = "您已记录该月发生的过问情况，不能作零报告。"


class ZeroReportDeclaredBefore(Conflict):
    """You have declared it for that month."""

    zh = "您已作该月的零报告。"


class NoPostThen(Unprocessable):
    """You had no part in handling that procuratorate's cases in that month."""

    zh = "您在该月不是该检察院的办案人员，无需报告。"


@dataclass(frozen=True, slots=True)
class NewZeroReport:
    """Whose word it is, where, for which month."""

    procuratorate_id: int
    person_id: int
    month: date


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One person's month."""

    recorded: int
    supervision: int
    """Lawful supervision, counted apart."""
    zero_reported_at: datetime | None

    @property
    def standing(self) -> ReportStanding:
        """What there is of the person; an entry says more than a zero report."""
        if self.recorded:
            return ReportStanding.RECORDED
        return ReportStanding.ZERO if self.zero_reported_at else ReportStanding.MISSING


def visible_zero_reports(act: Act) -> Select[ZeroReport]:
    """One's own, and all of a procuratorate whose staff the actor inspects."""
    return select(ZeroReport).where(
        or_(
            ZeroReport.procuratorate_id.in_(inspected(act.actor)),
            ZeroReport.person_id == act.actor.id,
        )
    )


@demands(Permission.ZERO_REPORT_DECLARE)
def declare(act: Act, given: NewZeroReport) -> ZeroReport:
    """Declare that nothing happened in a month (零报告), once the month is over (ORG 47).

    Refuses:
        NotAllowed: only for oneself, with a part in handling that procuratorate's cases.
        MonthNotOver: the month has not ended.
        NoPostThen: the person held no such post there in that month.
        InquiriesRecorded: the person has recorded an inquiry of that month.
        ZeroReportDeclaredBefore: it was declared before.

    Records:
        ZeroReportDeclared.
    """
    if act.today < _next(given.month):
        raise MonthNotOver
    held = exists().where(Post.person_id == given.person_id, _took_part(given.month))
    if not act.session.scalar(select(held.where(Post.office_id == given.procuratorate_id))):
        raise NoPostThen
    counted = _counted(given.month, Inquiry.recorded_by == given.person_id)
    if act.session.scalar(select(func.count()).select_from(counted.subquery())):
        raise InquiriesRecorded
    report = ZeroReport(
        procuratorate_id=given.procuratorate_id,
        person_id=given.person_id,
        month=given.month,
        declared_at=act.now,
    )
    with act.unless(ONE_A_MONTH, ZeroReportDeclaredBefore()):
        act.session.add(report)
    act.record(ZeroReportDeclared(report.id))
    return report


def reporters(act: Act, month: date, standing: ReportStanding | None = None) -> Select[Person]:
    """Whose month the actor may see: one's own, or everybody's whom the actor inspects."""
    inside = or_(Post.office_id.in_(inspected(act.actor)), Post.person_id == act.actor.id)
    taking_part = select(Post.person_id).where(_took_part(month), inside)
    chosen = select(Person).where(Person.id.in_(taking_part))
    if standing is None:
        return chosen
    recorded = _counted(month, Inquiry.recorded_by == Person.id, _seen(act)).exists()
    declared = (
        visible_zero_reports(act)
        .where(ZeroReport.person_id == Person.id, ZeroReport.month == month)
        .exists()
    )
    rules = {
        ReportStanding.RECORDED: recorded,
        ReportStanding.ZERO: and_(~recorded, declared),
        ReportStanding.MISSING: and_(~recorded, ~declared),
    }
    return chosen.where(rules[standing])


def lines(act: Act, month: date, person_ids: Collection[int]) -> dict[int, ReportLine]:
    """The month of each of these people, as far as the actor may see it."""
    whose = Inquiry.recorded_by.in_(person_ids)
    of_month = _standing_in(month, whose, _seen(act)).subquery()
    lawful = of_month.c.kind == InquiryKind.LAWFUL_SUPERVISION
    counts = select(
        of_month.c.recorded_by,
        func.count().filter(~lawful),
        func.count().filter(lawful),
    ).group_by(of_month.c.recorded_by)
    counted = {who: (many, apart) for who, many, apart in act.session.execute(counts)}
    declared = visible_zero_reports(act).where(
        ZeroReport.month == month, ZeroReport.person_id.in_(person_ids)
    )
    zero = {one.person_id: one.declared_at for one in act.session.scalars(declared)}
    return {
        one: ReportLine(*counted.get(one, (0, 0)), zero_reported_at=zero.get(one))
        for one in person_ids
    }


def declarable(act: Act, month: date, person_id: int, line: ReportLine) -> bool:
    """May the actor declare this person's zero report now? One's own, of a month that is over."""
    over = act.today >= _next(month)
    own = person_id == act.actor.id and bool(act.actor.offices_as(*TAKING_PART))
    return own and over and line.standing is ReportStanding.MISSING


def _standing_in(month: date, *which: ColumnElement[bool]) -> Select[Inquiry]:
    """The entries of a month that no later one has replaced."""
    later = aliased(Inquiry)
    return select(Inquiry).where(
        Inquiry.happened_at >= _begins(month),
        Inquiry.happened_at < _begins(_next(month)),
        ~exists().where(later.corrects_id == Inquiry.id),
        *which,
    )


def _counted(month: date, *which: ColumnElement[bool]) -> Select[Any]:
    """Of these, what is not lawful supervision."""
    apart = Inquiry.kind != InquiryKind.LAWFUL_SUPERVISION
    return _standing_in(month, apart, *which).with_only_columns(Inquiry.id)


def _seen(act: Act) -> ColumnElement[bool]:
    return or_(
        Inquiry.procuratorate_id.in_(inspected(act.actor)), Inquiry.recorded_by == act.actor.id
    )


def _took_part(month: date) -> ColumnElement[bool]:
    """A post with a part in handling cases, held on a day of that month."""
    return and_(
        Post.kind.in_(TAKING_PART),
        Post.from_on < _next(month),
        or_(Post.until_on.is_(None), Post.until_on >= month),
    )


def _begins(month: date) -> datetime:
    return datetime.combine(month, time(), SHANGHAI)


def _next(month: date) -> date:
    if month.month == DECEMBER:
        return month.replace(year=month.year + 1, month=1)
    return month.replace(month=month.month + 1)
