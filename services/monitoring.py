"""Process monitoring (案件流程监控): what is past its day is looked into by whoever watches it.

RULES 664, 665: case management watches the periods of its own procuratorate; a lighter case is
prompted by word of mouth, a heavier one gets a notice (案件流程监控通知书), a serious one is
reported to the chief procurator as well; the department answers a notice in writing within ten
days. RULES 613: the periods of the police and the courts are watched by execution supervision
while the person is held, and by the department that handles the case when not; there the same
three grades are a correction by word of mouth, a notice to correct a violation (纠正违法通知书),
and that with a report (RULES 552); custody beyond its end always calls for the notice (RULES 618).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from services import deadlines, tasks
from services.deadlines import CloseReason, Deadline, Keepers, Organ, Standing
from services.deadlines.watch import (
    BATCH,
    ELSEWHERE,
    Looked,
    Overdue,
    is_watched,
    look,
    route,
)
from services.kernel.act import Act, Event, Record
from services.kernel.flow import Flow
from services.kernel.refusals import Conflict, NotFound
from services.policy import Permission, PostKind, demands
from services.tasks import TaskKind

REPLY = "L09"
"""The department's answer in writing within ten days (RULES 665 paragraph 3)."""
LOOKED_BACK = timedelta(days=30)
"""So long after the deed a period that was closed late is still found by the sweep."""
OFFICE_WIDE = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)

log = structlog.get_logger()


class MonitoringState(StrEnum):
    """Where an entry stands."""

    OPEN = "open"
    ANSWERED = "answered"
    """Whoever watches has prompted, or has sent the notice."""
    REPLIED = "replied"
    """The department has answered the notice in writing."""


class Grade(StrEnum):
    """How serious it is, and so what is done about it (RULES 552, 665 paragraph 2)."""

    ORAL_PROMPT = "oral_prompt"
    NOTICE = "notice"
    NOTICE_AND_REPORT = "notice_and_report"


FLOW = Flow(
    {
        "answer": ({MonitoringState.OPEN}, MonitoringState.ANSWERED),
        "reply": ({MonitoringState.ANSWERED}, MonitoringState.REPLIED),
    }
)


class MonitoringEntry(Record):
    """One period that was found past its day, and what was done about it."""

    __tablename__ = "monitoring_entries"
    __table_args__ = (
        CheckConstraint(
            "(state = 'open') = (grade IS NULL)", name="monitoring_entries_answered_with_a_grade"
        ),
        CheckConstraint(
            "(state = 'replied') = (replied_at IS NOT NULL)", name="monitoring_entries_replied"
        ),
        Index("monitoring_entries_of_office", "procuratorate_id", "route", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadlines.id"), unique=True)
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    route: Mapped[PostKind]
    """The department that watches, as the post in it."""
    in_place_of: Mapped[PostKind | None]
    """The post that should watch, where nobody in the office held it."""
    opened_at: Mapped[datetime]
    state: Mapped[MonitoringState] = mapped_column(default=MonitoringState.OPEN)
    grade: Mapped[Grade | None]
    remark: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reply: Mapped[str | None]
    replied_at: Mapped[datetime | None]
    replied_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    deadline: Mapped[Deadline] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case now."""
        return self.deadline.handler_id


@dataclass(frozen=True, slots=True)
class MonitoringOpened(Event):
    """A period was found past its day."""

    deadline_id: int
    route: str


@dataclass(frozen=True, slots=True)
class MonitoringAnswered(Event):
    """Whoever watches has prompted, sent a notice, or sent one and reported."""

    deadline_id: int
    grade: str


@dataclass(frozen=True, slots=True)
class MonitoringReplied(Event):
    """The department has answered the notice."""

    deadline_id: int


class NoticeRequired(Conflict):
    """Custody beyond its end calls for a notice to correct the violation (RULES 618)."""

    zh = "发现超期羁押的，应当发出纠正违法通知书，不能仅作口头提示。"


class NoReplyAwaited(Conflict):
    """No notice was sent to this procuratorate's own department: no written reply is awaited."""

    zh = "未向本院办案部门发送案件流程监控通知书，无需书面回复。"


def visible(act: Act) -> Select[MonitoringEntry]:
    """What whoever watches, case management, the chief, the heads and the handler may read."""
    actor = act.actor
    watching = [
        and_(
            MonitoringEntry.route == post,
            MonitoringEntry.procuratorate_id.in_(actor.offices_as(post)),
        )
        for post in ROUTES
    ]
    return (
        select(MonitoringEntry)
        .join(Deadline, MonitoringEntry.deadline_id == Deadline.id)
        .options(joinedload(MonitoringEntry.deadline))
        .where(
            or_(
                *watching,
                MonitoringEntry.procuratorate_id.in_(actor.offices_as(*OFFICE_WIDE)),
                and_(
                    Deadline.handler_id == actor.id,
                    MonitoringEntry.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
                ),
            )
        )
    )


ROUTES = (PostKind.CASE_MANAGER, PostKind.EXECUTION_SUPERVISOR, PostKind.DEPARTMENT_HEAD)


def find(act: Act, entry_id: int) -> MonitoringEntry:
    """The entry, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(MonitoringEntry.id == entry_id))
    if found is None:
        raise NotFound
    return found


def sweep(act: Act, batch: int = BATCH) -> Looked:
    """Let the watch look at the periods whose time has come; open an entry for each that is late.

    Refuses:
        NotAllowed: only the house's own machine.
    """
    looked = look(act, batch)
    for late in [*looked.overdue, *_closed_late(act, batch)]:
        try:
            with act.session.begin_nested():
                _open(act, late)
        except Exception as error:  # noqa: BLE001  # one entry's mistake, whatever it is
            log.error(  # noqa: TRY400  # a traceback would carry the record's own words
                "monitoring_not_opened", deadline=late.deadline.id, error=type(error).__name__
            )
    return looked


def _closed_late(act: Act, batch: int) -> list[Overdue]:
    """Periods that were over, and closed, before any look found them late: an outage hides none."""
    day = func.timezone("Asia/Shanghai", Deadline.closed_at).cast(Date)
    chosen = (
        select(Deadline)
        .where(
            Deadline.closed_at > act.now - LOOKED_BACK,
            Deadline.close_reason == CloseReason.DONE,
            Deadline.suspended_on.is_(None),
            or_(
                Deadline.closed_at > Deadline.due_at,
                and_(Deadline.due_at.is_(None), day > Deadline.due_on),
            ),
            ~exists().where(MonitoringEntry.deadline_id == Deadline.id),
        )
        .order_by(Deadline.id)
        .limit(batch)
    )
    late = [one for one in act.session.scalars(chosen) if is_watched(one)]
    return [Overdue(one, route(act.session, one, act.today)) for one in late]


@demands(Permission.MONITORING_ANSWER)
def answer(act: Act, entry: MonitoringEntry, *, grade: Grade, remark: str) -> MonitoringEntry:
    """Prompt, send a notice, or send one and report to the chief (RULES 552, 665 paragraph 2).

    A notice to this procuratorate's own department lets its ten days to reply begin.

    Refuses:
        NotAllowed: only whoever watches such periods (RULES 613, 664).
        WrongState: it was answered before.
        NoticeRequired: only a prompt, where somebody was held beyond the end (RULES 618).

    Records:
        MonitoringAnswered.
    """
    state = FLOW.after(entry.state, "answer")
    deadline = entry.deadline
    if grade is Grade.ORAL_PROMPT and _held_too_long(act, deadline):
        raise NoticeRequired(article="RULES 618")
    entry.state, entry.grade, entry.remark = state, grade, remark
    entry.answered_at, entry.answered_by = act.now, act.actor.id
    tasks.finish(act, TaskKind.ANSWER_MONITORING, entry)
    if grade is not Grade.ORAL_PROMPT and deadline.binds is Organ.PROCURATORATE:
        deadlines.start(
            act,
            REPLY,
            entry,
            suspect_id=deadline.suspect_id,
            keepers=Keepers(deadline.procuratorate_id, handler_id=deadline.handler_id),
            started_at=act.now,
            custody=deadline.custody,
        )
    act.record(MonitoringAnswered(entry.id, deadline.id, grade.value))
    return entry


@demands(Permission.MONITORING_REPLY)
def reply(act: Act, entry: MonitoringEntry, *, remark: str) -> MonitoringEntry:
    """Answer a notice in writing, which ends the ten days (RULES 665 paragraph 3).

    Refuses:
        NotAllowed: only the department that handles the case.
        WrongState: nothing was sent yet, or it was replied to before.
        NoReplyAwaited: it was a prompt, or went to another organ.

    Records:
        MonitoringReplied.
    """
    state = FLOW.after(entry.state, "reply")
    if not awaits_reply(entry):
        raise NoReplyAwaited(article="RULES 665")
    entry.state, entry.reply = state, remark
    entry.replied_at, entry.replied_by = act.now, act.actor.id
    deadlines.close_about(act, [REPLY], entry)
    act.record(MonitoringReplied(entry.id, entry.deadline_id))
    return entry


def answerable(entry: MonitoringEntry) -> bool:
    """Is it still to be answered by whoever watches?"""
    return entry.state is MonitoringState.OPEN


def awaits_reply(entry: MonitoringEntry) -> bool:
    """Was a notice sent to this procuratorate's own department, and not replied to?"""
    noticed = entry.grade in {Grade.NOTICE, Grade.NOTICE_AND_REPORT}
    answered = entry.state is MonitoringState.ANSWERED
    return answered and noticed and entry.deadline.binds is Organ.PROCURATORATE


def _open(act: Act, late: Overdue) -> None:
    """Open an entry for a period, once: the database keeps a second one out."""
    deadline, route = late.deadline, late.route
    opened = act.session.scalar(
        insert(MonitoringEntry)
        .values(
            deadline_id=deadline.id,
            procuratorate_id=deadline.procuratorate_id,
            route=route.post,
            in_place_of=route.in_place_of,
            opened_at=act.now,
            state=MonitoringState.OPEN,
            version=1,
        )
        .on_conflict_do_nothing(index_elements=[MonitoringEntry.deadline_id])
        .returning(MonitoringEntry.id)
    )
    if opened is None:
        return
    entry = act.session.get_one(MonitoringEntry, opened)
    tasks.open_for_pool(
        act,
        TaskKind.ANSWER_MONITORING,
        entry,
        office_id=entry.procuratorate_id,
        post=entry.route,
    )
    act.record(MonitoringOpened(entry.id, deadline.id, route.post.value))


def _held_too_long(act: Act, deadline: Deadline) -> bool:
    """Was somebody held by the police or a court beyond the end?"""
    late = deadline.standing(act.now) is Standing.EXPIRED
    return late and deadline.is_custody and deadline.binds in ELSEWHERE
