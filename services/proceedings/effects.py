"""What steps bring about: periods that start, move and end; measures; tasks; who may read.

Each effect is a value with its words, so that the printed table says what the code does.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, or_, select

from services import cases, deadlines, tasks
from services.arrest_requests.terms import Measure
from services.deadlines import (
    CloseReason,
    Deadline,
    ExclusionReason,
    Keepers,
    RestartReason,
)
from services.deadlines.lists import CUSTODY_RULES
from services.interrogations import consequences
from services.kernel.act import record_of
from services.offices import OfficeKind
from services.policy import PostKind
from services.proceedings.table import Taking
from services.tasks import TaskKind

Condition = Callable[[Taking], bool]


def always(_taking: Taking) -> bool:
    """In every case."""
    return True


def held(taking: Taking) -> bool:
    """Is the suspect in custody?"""
    return taking.suspect.custody.counts_as_held


def keepers(taking: Taking) -> Keepers:
    """Whose period it is to keep."""
    subject = taking.subject
    return Keepers(subject.procuratorate_id, subject.police_office_id, subject.handler_id)


def running(taking: Taking, rules: Collection[str]) -> list[Deadline]:
    """The suspect's open periods of these rules, and those of the matter as a whole."""
    subject = taking.subject
    of_the_matter = and_(
        Deadline.suspect_id.is_(None),
        Deadline.about_kind == record_of(subject),
        Deadline.about_id == subject.id,
    )
    chosen = select(Deadline).where(
        Deadline.closed_at.is_(None),
        Deadline.rule_id.in_(rules),
        or_(Deadline.suspect_id == taking.suspect.id, of_the_matter),
    )
    return list(taking.act.session.scalars(chosen.order_by(Deadline.id)))


def above(taking: Taking) -> Keepers:
    """The procuratorate one level above, before which the matter is: its period (RULES 291)."""
    subject = taking.subject
    return Keepers(subject.raised_to_id, subject.police_office_id)


def moment(taking: Taking, at: str | None) -> datetime:
    """When it takes effect: the moment a field names, or now."""
    named = taking.given.get(at) if at else None
    return named if isinstance(named, datetime) else taking.now


@dataclass(frozen=True, slots=True)
class Start:
    """A period begins, from now or from the moment that a field names."""

    rule_id: str
    at: str | None = None
    when: Condition = always
    only: str = ""
    """The condition in words."""
    kept_by: Callable[[Taking], Keepers] = keepers

    @property
    def zh(self) -> str:
        """起算."""
        return f"起算 {self.rule_id}{self.only and f'（{self.only}）'}"

    def apply(self, taking: Taking) -> None:
        """Start it, unless the condition does not hold."""
        if not self.when(taking):
            return
        deadlines.start(
            taking.act,
            self.rule_id,
            taking.subject,
            suspect_id=None
            if deadlines.rule_of(self.rule_id, taking.act.today).per_case
            else taking.suspect.id,
            keepers=self.kept_by(taking),
            started_at=moment(taking, self.at),
            custody=taking.suspect.custody,
        )


@dataclass(frozen=True, slots=True)
class Owe(Start):
    """A notice becomes due; one that is due already stays, with its earlier day."""

    def apply(self, taking: Taking) -> None:
        """Start it unless it runs."""
        if not running(taking, (self.rule_id,)):
            Start.apply(self, taking)


@dataclass(frozen=True, slots=True)
class Close:
    """Periods end because what the law asks for is done."""

    rules: tuple[str, ...]
    reason: CloseReason = CloseReason.DONE
    at: str | None = None
    """The field that names the moment of the deed, where that is not now."""

    @property
    def zh(self) -> str:
        """终结."""
        return ("终结 " if self.reason is CloseReason.DONE else "失去对象 ") + "、".join(self.rules)

    def apply(self, taking: Taking) -> None:
        """Close what of them is running."""
        for deadline in running(taking, self.rules):
            done_at = moment(taking, self.at) if self.at else None
            deadlines.close(taking.act, deadline, reason=self.reason, at=done_at)


@dataclass(frozen=True, slots=True)
class Extend:
    """A running period is lengthened on a ground, fixed or as a field names it."""

    rules: tuple[str, ...]
    ground: str | None = None
    ground_field: str = "ground"
    length_field: str | None = None
    requested_field: str | None = None

    @property
    def zh(self) -> str:
        """延长."""
        return "延长 " + "、".join(self.rules)

    def apply(self, taking: Taking) -> None:
        """Lengthen the one that is running; nothing to lengthen is a bar."""
        found = running(taking, self.rules)
        if not found:
            raise deadlines.DeadlineClosed(rules=list(self.rules))
        requested = taking.given.get(self.requested_field) if self.requested_field else None
        deadlines.extend(
            taking.act,
            found[0],
            ground=self.ground or str(taking.given[self.ground_field]),
            length=taking.given.get(self.length_field) if self.length_field else None,
            requested_on=requested if isinstance(requested, date) else None,
        )


@dataclass(frozen=True, slots=True)
class Suspend:
    """Days are not counted from now on (CPL 149, 170)."""

    rules: tuple[str, ...]
    reason: ExclusionReason
    on: str | None = None

    @property
    def zh(self) -> str:
        """暂停计算."""
        return "暂停计算 " + "、".join(self.rules)

    def apply(self, taking: Taking) -> None:
        """Stop counting what of them runs."""
        for deadline in running(taking, self.rules):
            if deadline.suspended_on is None:
                deadlines.suspend(
                    taking.act, deadline, reason=self.reason, from_on=moment(taking, self.on)
                )


@dataclass(frozen=True, slots=True)
class Resume:
    """Days are counted again."""

    rules: tuple[str, ...]
    on: str | None = None

    @property
    def zh(self) -> str:
        """恢复计算."""
        return "恢复计算 " + "、".join(self.rules)

    def apply(self, taking: Taking) -> None:
        """Go on counting what of them is stopped."""
        for deadline in running(taking, self.rules):
            if deadline.suspended_on is not None:
                deadlines.resume(taking.act, deadline, until_on=moment(taking, self.on))


@dataclass(frozen=True, slots=True)
class Restart:
    """A running period begins again."""

    rules: tuple[str, ...]
    reason: RestartReason
    at: str | None = None

    @property
    def zh(self) -> str:
        """重新计算."""
        return "重新计算 " + "、".join(self.rules)

    def apply(self, taking: Taking) -> None:
        """Count it anew; nothing to count anew is a bar."""
        found = running(taking, self.rules)
        if not found:
            raise deadlines.DeadlineClosed(rules=list(self.rules))
        deadlines.restart(taking.act, found[0], reason=self.reason, at=moment(taking, self.at))


@dataclass(frozen=True, slots=True)
class SetMeasure:
    """The compulsory measure changes: fixed, or as a field names it."""

    measure: Measure | None = None
    measure_field: str = "measure"
    at: str | None = None

    @property
    def zh(self) -> str:
        """强制措施."""
        return "变更强制措施，重算有关期限"

    def apply(self, taking: Taking) -> None:
        """Write it down and count the periods anew (CPL 105)."""
        change_measure(
            taking,
            self.measure or Measure(taking.given[self.measure_field]),
            moment(taking, self.at),
        )


MEASURE_RULES = {
    Measure.BAIL: "B01",
    Measure.RESIDENTIAL_SURVEILLANCE: "B02",
    Measure.DESIGNATED_RESIDENCE: "B02",
}


def change_measure(taking: Taking, measure: Measure, at: datetime) -> None:
    """Put a suspect under another measure; what limited the old one ends (RULES 154)."""
    suspect = taking.suspect
    was_held = suspect.custody.counts_as_held
    suspect.measure, suspect.measure_began_at = measure, at
    taking.act.session.flush()
    for deadline in running(taking, {*MEASURE_RULES.values(), "B03"}):
        deadlines.close(taking.act, deadline)
    if was_held and not suspect.custody.counts_as_held:
        ended = CUSTODY_RULES & {"C01", "C06", "C07", "D04", "S02"}
        for deadline in running(taking, ended):
            deadlines.close(taking.act, deadline, at=at)
    deadlines.change_custody(taking.act, suspect.id, suspect.custody, on=at)
    if rule_id := MEASURE_RULES.get(measure):
        deadlines.start(
            taking.act,
            rule_id,
            taking.subject,
            suspect_id=suspect.id,
            keepers=keepers(taking),
            started_at=at,
            custody=suspect.custody,
        )
    consequences.measure_changed(taking.act, suspect)


class Whom(StrEnum):
    """Who gets a task."""

    HANDLER = "handler"
    ORGAN = "organ"
    CASE_MANAGEMENT = "case_management"
    REVIEWER = "reviewer"
    UPPER = "upper"
    EXECUTOR = "executor"
    """Who executes: the police; in a commission's case by way of case management."""


_WHOM = {
    Whom.HANDLER: "承办检察官",
    Whom.ORGAN: "侦查（调查）机关",
    Whom.CASE_MANAGEMENT: "案管部门",
    Whom.REVIEWER: "另行指派的检察官",
    Whom.UPPER: "上一级检察院",
    Whom.EXECUTOR: "执行机关（监察案件由案管登记）",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """A task opens; its day is that of the first of these rules that runs."""

    kind: TaskKind
    whom: Whom
    rules: tuple[str, ...] = ()

    @property
    def zh(self) -> str:
        """待办."""
        return f"{_WHOM[self.whom]}待办：{self.kind.zh}"

    def apply(self, taking: Taking) -> None:
        """Open it for the person, or for the holders of the post; an open one stays."""
        due = next(iter(running(taking, self.rules)), None) if self.rules else None
        subject, act = taking.subject, taking.act
        person = {Whom.HANDLER: subject.handler_id, Whom.REVIEWER: subject.reviewer_id}
        tasks.cancel(act, self.kind, subject)
        act.session.flush()
        if self.whom in person:
            person_id = person[self.whom]
            if person_id is not None:
                tasks.open_for_person(act, self.kind, subject, person_id=person_id, due=due)
            return
        office_id, post = _pool(taking, self.whom)
        if office_id is not None:
            tasks.open_for_pool(act, self.kind, subject, office_id=office_id, post=post, due=due)


def _pool(taking: Taking, whom: Whom) -> tuple[int | None, PostKind]:
    subject = taking.subject
    commission = subject.case.police_office.kind is OfficeKind.SUPERVISORY_COMMISSION
    if whom is Whom.ORGAN or (whom is Whom.EXECUTOR and not commission):
        post = PostKind.COMMISSION_OFFICER if commission else PostKind.POLICE_OFFICER
        return subject.police_office_id, post
    if whom is Whom.UPPER:
        return subject.raised_to_id, PostKind.PROSECUTOR
    return subject.procuratorate_id, PostKind.CASE_MANAGER


@dataclass(frozen=True, slots=True)
class Finish:
    """Tasks are done."""

    kinds: tuple[TaskKind, ...]

    @property
    def zh(self) -> str:
        """办结."""
        return "办结待办：" + "、".join(kind.zh for kind in self.kinds)

    def apply(self, taking: Taking) -> None:
        """Finish what of them is open in this matter."""
        for kind in self.kinds:
            tasks.finish(taking.act, kind, taking.subject)


@dataclass(frozen=True, slots=True)
class Cancel:
    """Tasks have lost their object."""

    kinds: tuple[TaskKind, ...]

    @property
    def zh(self) -> str:
        """撤销待办."""
        return "撤销待办：" + "、".join(kind.zh for kind in self.kinds)

    def apply(self, taking: Taking) -> None:
        """Cancel what of them is open in this matter."""
        for kind in self.kinds:
            tasks.cancel(taking.act, kind, taking.subject)


@dataclass(frozen=True, slots=True)
class Raise:
    """The matter goes before the procuratorate one level above, which may now read the case."""

    @property
    def zh(self) -> str:
        """上一级."""
        return "上一级检察院可以查阅本案"

    def apply(self, taking: Taking) -> None:
        """Let it read the case."""
        case = taking.subject.case
        case.raised_to_id = case.procuratorate.superior_id
        taking.act.session.flush()


@dataclass(frozen=True, slots=True)
class NameReviewer:
    """Another prosecutor is named, who may now read the case (RULES 290, 379)."""

    @property
    def zh(self) -> str:
        """另行指派."""
        return "另行指派的检察官可以查阅本案"

    def apply(self, taking: Taking) -> None:
        """Name the person of the field `reviewer_id`; whoever was named before reads no more."""
        act, subject, named = taking.act, taking.subject, taking.given["reviewer_id"]
        former, subject.reviewer_id = subject.reviewer_id, named
        act.session.flush()
        if former is not None and former != named and not _reviews_another(taking, former):
            cases.close_to(act, subject.case, former)
        cases.open_to(act, subject.case, named)


def _reviews_another(taking: Taking, person_id: int) -> bool:
    """Does that prosecutor review the matter of another suspect of the case?"""
    record = type(taking.subject)
    others = select(record.id).where(
        record.case_id == taking.subject.case_id, record.reviewer_id == person_id
    )
    return taking.act.session.scalars(others).first() is not None


@dataclass(frozen=True, slots=True)
class Do:
    """Something particular to one step, with its words."""

    zh: str
    what: Callable[[Taking], Any]

    def apply(self, taking: Taking) -> None:
        """Do it."""
        self.what(taking)
