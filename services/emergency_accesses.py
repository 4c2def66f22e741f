"""Emergency accesses (紧急查阅): a case opened for reading by somebody who may not see it.

Somebody of the staff says why, and reads at once, for some hours, and never acts. The chief
procurator, the auditor and the handler hear of it at that moment, each reading under it is
marked, and within three working days somebody else says whether it was justified.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    and_,
    exists,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from services import cases, deadlines, tasks
from services.cases import Case
from services.deadlines.engine.arithmetic import working_days_after
from services.kernel.act import Act, Event, Record
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.people import Person
from services.policy import EMERGENCY_POSTS, Permission, PostKind, allows, demands, inspected
from services.tasks import TaskKind

ONE_AT_A_TIME = "emergency_accesses_one_at_a_time"
LONGEST_HOURS = 4
"""How long a case stays open at the longest; an office may set less."""
REVIEWED_WITHIN = 3
"""Working days within which somebody else looks into it."""


class EmergencyReason(StrEnum):
    """Why a case is opened that one may not see."""

    DEADLINE_ENDS = "deadline_ends"
    """A period ends, and whoever handles the case cannot be reached."""
    PERSON_IN_DANGER = "person_in_danger"
    """Somebody's life or health is in danger."""
    CUSTODY_UNLAWFUL = "custody_unlawful"
    """Somebody may be held without a ground, or beyond the time."""
    EVIDENCE_AT_RISK = "evidence_at_risk"
    """Evidence may be lost."""
    OTHER = "other"


class EmergencyFinding(StrEnum):
    """What the review came to."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"


class EmergencyAccess(Record):
    """One case opened by one person for some hours."""

    __tablename__ = "emergency_accesses"
    __table_args__ = (
        CheckConstraint("until_at >= opened_at", name="emergency_accesses_end_after_start"),
        CheckConstraint(
            "(finding IS NULL) = (reviewed_at IS NULL)"
            " AND (finding IS NULL) = (reviewed_by IS NULL) AND reviewed_by <> person_id",
            name="emergency_accesses_reviewed_by_another",
        ),
        ExcludeConstraint(
            (literal_column("person_id"), "="),
            (literal_column("case_id"), "="),
            (literal_column("tstzrange(opened_at, until_at)"), "&&"),
            name=ONE_AT_A_TIME,
            using="gist",
        ),
        Index("emergency_accesses_of_office", "procuratorate_id", "id"),
        Index("emergency_accesses_of_case", "case_id", "id"),
        Index("emergency_accesses_of_person", "person_id", "until_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[EmergencyReason]
    words: Mapped[str]
    opens: Mapped[list[Any]]
    """What it opens, as `[table, id]`: the case, what it came from, and its suspects."""
    opened_at: Mapped[datetime]
    until_at: Mapped[datetime]
    review_by_on: Mapped[date]
    finding: Mapped[EmergencyFinding | None]
    finding_words: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    case: Mapped[Case] = relationship()
    reader: Mapped[Person] = relationship(foreign_keys=person_id)
    reviewer: Mapped[Person | None] = relationship(foreign_keys=reviewed_by)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case."""
        return self.case.handler_id

    @property
    def is_unjustified(self) -> bool:
        """Was it looked into, and found to be no emergency?"""
        return self.finding is EmergencyFinding.NOT_JUSTIFIED


class EmergencyPractice(Record):
    """For how many hours a procuratorate lets a case be opened; without a row, for four."""

    __tablename__ = "emergency_practices"
    __table_args__ = (
        CheckConstraint(f"hours BETWEEN 1 AND {LONGEST_HOURS}", name="emergency_practices_bounds"),
    )

    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    hours: Mapped[int]
    set_at: Mapped[datetime | None]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


@dataclass(frozen=True, slots=True)
class EmergencyAccessOpened(Event):
    """Somebody opened a case that they may not see."""

    case_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class EmergencyAccessEnded(Event):
    """Whoever opened a case in an emergency has closed it before the time."""

    case_id: int


@dataclass(frozen=True, slots=True)
class EmergencyAccessJustified(Event):
    """Somebody else has looked into an emergency: it was one."""

    case_id: int


@dataclass(frozen=True, slots=True)
class EmergencyAccessRejected(Event):
    """Somebody else has looked into an emergency: it was none."""

    case_id: int


@dataclass(frozen=True, slots=True)
class EmergencyPracticeSet(Event):
    """A procuratorate said for how long a case may be opened; it is about the office."""

    hours: int


class CaseSeenAlready(Conflict):
    """You may see this case; there is no emergency in reading it."""

    zh = "您有权查看该案件，无需紧急查阅。"


class EmergencyOpenAlready(Conflict):
    """You have this case open in an emergency already."""

    zh = "您对该案件的紧急查阅尚未结束。"


class EmergencyOver(Conflict):
    """The time of this emergency access is over."""

    zh = "该次紧急查阅已经结束。"


class EmergencyReviewedAlready(Conflict):
    """Somebody has looked into this emergency access before."""

    zh = "该次紧急查阅已经复核。"


class NoSuchHours(Unprocessable):
    """A case is opened for one hour at least and four at most."""

    zh = "紧急查阅时限应当为一至四小时。"


@dataclass(frozen=True, slots=True)
class _ReviewBy:
    """The day by which it is to be looked into."""

    due_on: date
    outer_on: date | None = None


def visible(act: Act) -> Select[EmergencyAccess]:
    """The actor's own, those of the offices they audit or lead, and those to the own cases."""
    actor = act.actor
    watched = actor.offices_as(PostKind.AUDITOR, PostKind.CHIEF_PROCURATOR)
    handled = exists().where(
        Case.id == EmergencyAccess.case_id,
        Case.handler_id == actor.id,
        EmergencyAccess.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
    )
    return select(EmergencyAccess).where(
        or_(
            EmergencyAccess.person_id == actor.id,
            EmergencyAccess.procuratorate_id.in_(watched),
            handled,
            and_(
                EmergencyAccess.procuratorate_id.in_(inspected(actor)),
                EmergencyAccess.finding == EmergencyFinding.NOT_JUSTIFIED,
            ),
        )
    )


def find(act: Act, access_id: int) -> EmergencyAccess:
    """The access, if the actor may read of it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(EmergencyAccess.id == access_id))
    if found is None:
        raise NotFound
    return found


def find_case(act: Act, number: str) -> Case:
    """The case of that number in a procuratorate in which the actor works on cases."""
    offices = act.actor.offices_as(*EMERGENCY_POSTS)
    found = act.session.scalar(
        select(Case).where(Case.number == number, Case.procuratorate_id.in_(offices)).limit(1)
    )
    if found is None:
        raise NotFound
    return found


def practice_of(session: Session, office_id: int) -> EmergencyPractice:
    """What a procuratorate has said, or what holds where it has said nothing."""
    said = session.get(EmergencyPractice, office_id)
    return said or EmergencyPractice(
        office_id=office_id, hours=LONGEST_HOURS, set_at=None, set_by=None
    )


@demands(Permission.EMERGENCY_ACCESS_OPEN)
def open_case(act: Act, case: Case, *, reason: EmergencyReason, words: str) -> EmergencyAccess:
    """Open a case for reading that one may not see, for some hours; the next request reads it.

    Refuses:
        NotAllowed: nobody of that procuratorate's prosecutors, heads or case management; the
            administrator, the security officer or the auditor; or somebody recused from it.
        CaseSeenAlready: the actor may see it in any event.
        EmergencyOpenAlready: it lies open already.

    Records:
        EmergencyAccessOpened.
    """
    if _is_seen(act, case):
        raise CaseSeenAlready
    review_by_on = working_days_after(
        act.today, REVIEWED_WITHIN, deadlines.calendar_of(act.session)
    )
    access = EmergencyAccess(
        procuratorate_id=case.procuratorate_id,
        case_id=case.id,
        person_id=act.actor.id,
        reason=reason,
        words=words,
        opens=_opened_with(case),
        opened_at=act.now,
        until_at=act.now + timedelta(hours=practice_of(act.session, case.procuratorate_id).hours),
        review_by_on=review_by_on,
    )
    with act.unless(ONE_AT_A_TIME, EmergencyOpenAlready()):
        act.session.add(access)
    for post in (PostKind.AUDITOR, PostKind.CHIEF_PROCURATOR):
        tasks.open_for_pool(
            act,
            TaskKind.REVIEW_EMERGENCY_ACCESS,
            access,
            office_id=case.procuratorate_id,
            post=post,
            due=_ReviewBy(review_by_on),
        )
    act.record(EmergencyAccessOpened(access.id, case.id, reason.value))
    return access


@demands(Permission.EMERGENCY_ACCESS_END)
def end(act: Act, access: EmergencyAccess) -> EmergencyAccess:
    """Close a case before the time; it is reviewed all the same.

    Refuses:
        NotAllowed: only who opened it.
        EmergencyOver: the time is over.

    Records:
        EmergencyAccessEnded.
    """
    if access.until_at <= act.now:
        raise EmergencyOver
    access.until_at = act.now
    act.session.flush()
    act.record(EmergencyAccessEnded(access.id, access.case_id))
    return access


@demands(Permission.EMERGENCY_ACCESS_REVIEW)
def review(
    act: Act, access: EmergencyAccess, *, finding: EmergencyFinding, words: str
) -> EmergencyAccess:
    """Say whether there was an emergency; one that was none ends at once, and inspection hears.

    Refuses:
        NotAllowed: only the auditor or the chief of that procuratorate, and never who opened it.
        EmergencyReviewedAlready: it was looked into before.

    Records:
        EmergencyAccessJustified or EmergencyAccessRejected.
    """
    act.session.refresh(access, with_for_update=True)
    if access.finding is not None:
        raise EmergencyReviewedAlready
    access.finding, access.finding_words = finding, words
    access.reviewed_at, access.reviewed_by = act.now, act.actor.id
    if finding is EmergencyFinding.NOT_JUSTIFIED:
        access.until_at = min(access.until_at, act.now)
    act.session.flush()
    tasks.finish(act, TaskKind.REVIEW_EMERGENCY_ACCESS, access)
    if finding is EmergencyFinding.JUSTIFIED:
        act.record(EmergencyAccessJustified(access.id, access.case_id))
    else:
        act.record(EmergencyAccessRejected(access.id, access.case_id))
    return access


@demands(Permission.EMERGENCY_PRACTICE_SET)
def set_practice(act: Act, practice: EmergencyPractice, *, hours: int) -> EmergencyPractice:
    """Say for how many hours a case may be opened; what lies open stays open as it was.

    Refuses:
        NotAllowed: only the chief procurator of that procuratorate.
        NoSuchHours: less than one hour, or more than four.

    Records:
        EmergencyPracticeSet.
    """
    if not 1 <= hours <= LONGEST_HOURS:
        raise NoSuchHours
    said = EmergencyPractice(
        office_id=practice.office_id, hours=hours, set_at=act.now, set_by=act.actor.id
    )
    kept = act.session.merge(said)
    act.session.flush()
    act.record(EmergencyPracticeSet(practice.office_id, hours))
    return kept


def numbers(act: Act, found: Collection[EmergencyAccess]) -> Mapping[int, str]:
    """The numbers of the cases, and nothing else of them: an auditor sees no case."""
    wanted = {one.case_id for one in found}
    rows = act.session.execute(select(Case.id, Case.number).where(Case.id.in_(wanted)))
    return {row.id: row.number for row in rows}


def may_review(act: Act, access: EmergencyAccess) -> bool:
    """May the actor say now whether it was justified?"""
    return access.finding is None and allows(act.actor, Permission.EMERGENCY_ACCESS_REVIEW, access)


def _is_seen(act: Act, case: Case) -> bool:
    seen = cases.visible(act).where(Case.id == case.id)
    open_now = ("cases", case.id) in act.actor.emergencies
    return not open_now and act.session.scalar(seen) is not None


def _opened_with(case: Case) -> list[list[Any]]:
    opens: list[list[Any]] = [["cases", case.id]]
    if case.arrest_request_id is not None:
        opens.append(["arrest_requests", case.arrest_request_id])
    if case.transfer_id is not None:
        opens.append(["transfers", case.transfer_id])
    return opens + [["suspects", suspect.id] for suspect in case.suspects]
