"""What somebody's open work is: found wherever a record names them, counted by its kind.

Work that goes by a post and an office (a pool's tasks, a liaison officer's requests) is nobody's
own: whoever holds the post next has it, and nothing of it is handed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from services.activities import Activity, ActivityState
from services.arrest_reviews import ArrestReview
from services.calendar_feeds import CalendarFeed
from services.cases import Case, CaseReader, CaseState
from services.committees import CommitteeMember
from services.delegations import Delegation
from services.interrogations import Attendance, Interrogation
from services.interrogations.flow import AHEAD, InterrogationState
from services.packets import Packet
from services.packets.flow import PacketState
from services.prosecutions import Prosecution
from services.quality_reviews import QualityReview, QualityState
from services.tasks import Task, TaskKind, TaskState


class WorkKind(StrEnum):
    """A kind of open work."""

    CASES = "cases"
    """Cases the person handles."""
    SECOND_REVIEWS = "second_reviews"
    """Matters in which the person is the other prosecutor (RULES 290, 379)."""
    INTERROGATIONS = "interrogations"
    """Interrogations to come in which the person has a seat."""
    CASES_OPENED = "cases_opened"
    """Cases that were opened to the person beside their handler."""
    TASKS = "tasks"
    ACTIVITIES = "activities"
    PACKETS = "packets"
    SUPERVISION_ANSWERS = "supervision_answers"
    QUALITY_REVIEWS = "quality_reviews"
    COMMITTEE_SEATS = "committee_seats"
    DELEGATIONS = "delegations"
    CALENDAR_FEEDS = "calendar_feeds"


OWED = (WorkKind.CASES, WorkKind.SECOND_REVIEWS, WorkKind.INTERROGATIONS)
"""What somebody else has to take before the person may leave."""
FOLLOWS = frozenset({WorkKind.ACTIVITIES, WorkKind.PACKETS, WorkKind.SUPERVISION_ANSWERS})
"""What goes with the case to whoever handles it next."""
ENDS = frozenset({WorkKind.CASES_OPENED, WorkKind.DELEGATIONS, WorkKind.CALENDAR_FEEDS})
"""What ends with the person's post, and nobody takes over."""

_LIVING = (CaseState.ACCEPTED, CaseState.ASSIGNED)
_AHEAD = (*AHEAD, InterrogationState.WAITING)
_PLANNED = (
    ActivityState.PLANNED,
    ActivityState.REQUESTED,
    ActivityState.DRAWING,
    ActivityState.STAFFED,
    ActivityState.UNDER_WAY,
)


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What lies open with somebody in one office."""

    case_ids: tuple[int, ...]
    counts: Mapping[WorkKind, int]

    @property
    def owed(self) -> dict[WorkKind, int]:
        """What somebody else has to take over, by its kind."""
        return {kind: self.counts[kind] for kind in OWED if self.counts[kind]}


def cases_handled(person_id: int, office_id: int) -> Select[Case]:
    """The cases the person handles there that are not decided."""
    return select(Case).where(
        Case.handler_id == person_id,
        Case.procuratorate_id == office_id,
        Case.state.in_(_LIVING),
    )


def cases_touched(person_id: int, office_id: int) -> Select[Case]:
    """Every case there in which the person has a part beside its handler's."""
    its = Case.procuratorate_id == office_id
    reviewed = [
        select(matter.case_id).where(matter.reviewer_id == person_id)
        for matter in (ArrestReview, Prosecution)
    ]
    opened = select(CaseReader.case_id).where(CaseReader.person_id == person_id)
    seated = (
        select(Interrogation.case_id)
        .join(Attendance, Attendance.interrogation_id == Interrogation.id)
        .where(Attendance.person_id == person_id, Interrogation.state.in_(_AHEAD))
    )
    parts = [Case.id.in_(ids) for ids in (*reviewed, opened, seated)]
    return select(Case).where(its, or_(*parts)).order_by(Case.id)


def of(session: Session, person_id: int, office_id: int, today: date) -> OpenWork:
    """All open work of a person in an office."""
    chosen = cases_handled(person_id, office_id).with_only_columns(Case.id).order_by(Case.id)
    handled = tuple(session.scalars(chosen))
    here = Case.procuratorate_id == office_id
    mine = Case.id.in_(handled)
    counted = {
        WorkKind.SECOND_REVIEWS: _reviews(person_id, here),
        WorkKind.INTERROGATIONS: _count(
            select(Attendance.id)
            .join(Interrogation, Attendance.interrogation_id == Interrogation.id)
            .join(Case, Interrogation.case_id == Case.id)
            .where(here, Attendance.person_id == person_id, Interrogation.state.in_(_AHEAD))
        ),
        WorkKind.CASES_OPENED: _count(
            select(CaseReader.case_id)
            .join(Case, CaseReader.case_id == Case.id)
            .where(here, CaseReader.person_id == person_id, Case.state.in_(_LIVING))
        ),
        WorkKind.TASKS: _tasks(person_id, Task.kind != TaskKind.ANSWER_SUPERVISION_OPINION),
        WorkKind.SUPERVISION_ANSWERS: _tasks(
            person_id, Task.kind == TaskKind.ANSWER_SUPERVISION_OPINION
        ),
        WorkKind.ACTIVITIES: _count(
            select(Activity.id).where(
                Activity.procuratorate_id == office_id,
                or_(Activity.planned_by == person_id, Activity.case_id.in_(handled)),
                Activity.state.in_(_PLANNED),
            )
        ),
        WorkKind.PACKETS: _count(
            select(Packet.id)
            .join(Activity, Packet.activity_id == Activity.id)
            .join(Case, Activity.case_id == Case.id)
            .where(mine, Packet.state != PacketState.WITHDRAWN)
        ),
        WorkKind.QUALITY_REVIEWS: _count(
            select(QualityReview.id).where(
                or_(
                    QualityReview.reviewer_id == person_id,
                    QualityReview.second_reviewer_id == person_id,
                ),
                QualityReview.state != QualityState.FINAL,
            )
        ),
        WorkKind.COMMITTEE_SEATS: _count(
            select(CommitteeMember.id).where(
                CommitteeMember.procuratorate_id == office_id,
                CommitteeMember.person_id == person_id,
                CommitteeMember.left_at.is_(None),
            )
        ),
        WorkKind.DELEGATIONS: _count(
            select(Delegation.id).where(
                Delegation.office_id == office_id,
                Delegation.to_id == person_id,
                Delegation.ended_at.is_(None),
                Delegation.until_on >= today,
            )
        ),
        WorkKind.CALENDAR_FEEDS: _count(
            select(CalendarFeed.id).where(
                CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None)
            )
        ),
    }
    found = session.execute(select(*(count.label(kind) for kind, count in counted.items()))).one()
    counts = dict(zip(counted, (int(count) for count in found), strict=True))
    return OpenWork(handled, {WorkKind.CASES: len(handled)} | counts)


def offices_of(session: Session, person_id: int) -> list[int]:
    """The procuratorates in which somebody has a case, or a part in one."""
    handled = select(Case.procuratorate_id).where(
        Case.handler_id == person_id, Case.state.in_(_LIVING)
    )
    seated = (
        select(Case.procuratorate_id)
        .join(Interrogation, Interrogation.case_id == Case.id)
        .join(Attendance, Attendance.interrogation_id == Interrogation.id)
        .where(Attendance.person_id == person_id, Interrogation.state.in_(_AHEAD))
    )
    reviewed = [
        select(Case.procuratorate_id)
        .join(matter, matter.case_id == Case.id)
        .where(matter.reviewer_id == person_id, Case.state.in_(_LIVING))
        for matter in (ArrestReview, Prosecution)
    ]
    return sorted(session.scalars(handled.union(seated, *reviewed)))


def _reviews(person_id: int, here: ColumnElement[bool]) -> ColumnElement[int]:
    arrests, prosecutions = (
        _count(
            select(matter.id)
            .join(Case, matter.case_id == Case.id)
            .where(here, matter.reviewer_id == person_id, Case.state.in_(_LIVING))
        )
        for matter in (ArrestReview, Prosecution)
    )
    return arrests + prosecutions


def _tasks(person_id: int, *which: ColumnElement[bool]) -> ColumnElement[int]:
    chosen = select(Task.id).where(
        Task.person_id == person_id, Task.state == TaskState.OPEN, *which
    )
    return _count(chosen)


def _count(chosen: Select[int]) -> ColumnElement[int]:
    return select(func.count()).select_from(chosen.subquery()).scalar_subquery()
