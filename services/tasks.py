"""Tasks (待办): what lies open for a person, or for whoever holds a post, and until when.

A task changes in the act of the step that causes it, and under that step's permission; nothing
here asks for one of its own. It is a pointer to work, never the work: finishing the step
finishes the task, and nobody ticks a task off by hand.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    and_,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.act import Act, Identified, Record, record_of
from services.kernel.refusals import Conflict, NotFound
from services.policy import PostKind

ONE_OF_A_POOL = "tasks_one_open_of_a_pool"
ONE_OF_A_PERSON = "tasks_one_open_of_a_person"
OPEN_IN_A_POOL = text("state = 'open' AND person_id IS NULL")
OPEN_FOR_A_PERSON = text("state = 'open' AND person_id IS NOT NULL")


class TaskKind(StrEnum):
    """What is to be done."""

    ACCEPT_REQUEST = "accept_request"
    SUPPLEMENT_REQUEST = "supplement_request"
    ASSIGN_CASE = "assign_case"
    REVIEW_ARREST = "review_arrest"
    APPROVE_ARREST = "approve_arrest"
    RETURN_RECEIPT = "return_receipt"
    KEEP_DEADLINE = "keep_deadline"
    ANSWER_MONITORING = "answer_monitoring"
    ANSWER_CONSULTATION = "answer_consultation"
    HOLD_CONSULTATION = "hold_consultation"
    COLLECT_EVIDENCE = "collect_evidence"
    REVIEW_INQUIRY = "review_inquiry"
    REVIEW_EMERGENCY_ACCESS = "review_emergency_access"
    REPORT_PROGRESS = "report_progress"
    ACKNOWLEDGE_NOTE = "acknowledge_note"
    ACCEPT_TRANSFER = "accept_transfer"
    SUPPLEMENT_TRANSFER = "supplement_transfer"
    REVIEW_PROSECUTION = "review_prosecution"
    DECIDE_PROPOSAL = "decide_proposal"
    REVISE_PROPOSAL = "revise_proposal"
    INVESTIGATE_FURTHER = "investigate_further"
    EXECUTE_DECISION = "execute_decision"
    NAME_REVIEWER = "name_reviewer"
    RECONSIDER = "reconsider"
    RE_EXAMINE = "re_examine"
    EXTEND_CUSTODY = "extend_custody"
    REVIEW_RESTART = "review_restart"
    REVIEW_NECESSITY = "review_necessity"
    ANSWER_APPLICATION = "answer_application"
    FOLLOW_TRIAL = "follow_trial"
    REVIEW_JUDGMENT = "review_judgment"
    REVIEW_PROTEST = "review_protest"
    SUPERVISE_PROBATION = "supervise_probation"
    GIVE_REASONS = "give_reasons"
    CONVENE_CONFERENCE = "convene_conference"
    GIVE_CONFERENCE_OPINION = "give_conference_opinion"
    VOTE_IN_COMMITTEE = "vote_in_committee"
    SIGN_COMMITTEE_DECISION = "sign_committee_decision"
    CARRY_OUT_COMMITTEE_DECISION = "carry_out_committee_decision"
    FEED_BACK_COMMITTEE_DECISION = "feed_back_committee_decision"
    CONFIRM_INTERROGATION = "confirm_interrogation"
    ANSWER_TIME_PROPOSAL = "answer_time_proposal"
    ESCORT_SUSPECT = "escort_suspect"
    PREPARE_INTERROGATION = "prepare_interrogation"
    REPAIR_KIT = "repair_kit"
    RESCHEDULE_INTERROGATION = "reschedule_interrogation"
    ANSWER_SLOT_OFFER = "answer_slot_offer"
    DECIDE_OBJECTION = "decide_objection"
    SIGN_TRANSCRIPT = "sign_transcript"
    REVIEW_PLAN = "review_plan"
    SEND_SUPERVISION_REQUEST = "send_supervision_request"
    ANSWER_SUPERVISION_REQUEST = "answer_supervision_request"
    WITNESS_DRAW = "witness_draw"
    SETTLE_SHORTAGE = "settle_shortage"
    ANSWER_INVITATION = "answer_invitation"
    SIGN_UNDERTAKING = "sign_undertaking"
    READ_PACKET = "read_packet"
    GIVE_SUPERVISION_OPINION = "give_supervision_opinion"
    PREPARE_PACKET = "prepare_packet"
    CHECK_PACKET = "check_packet"
    DECIDE_SUPERVISOR_RECUSAL = "decide_supervisor_recusal"
    HOLD_ACTIVITY = "hold_activity"
    REFER_SUPERVISION_OPINION = "refer_supervision_opinion"
    ANSWER_SUPERVISION_OPINION = "answer_supervision_opinion"
    RECEIPT_SUPERVISION_ANSWER = "receipt_supervision_answer"
    DECIDE_SUPERVISION_OBJECTION = "decide_supervision_objection"
    REPORT_PERFORMANCE = "report_performance"
    CONSENT_TO_DEPARTURE = "consent_to_departure"
    HOLD_PUBLIC_HEARING = "hold_public_hearing"
    REVIEW_QUALITY = "review_quality"
    ANSWER_QUALITY_REVIEW = "answer_quality_review"
    DECIDE_QUALITY_OBJECTION = "decide_quality_objection"
    CORRECT_QUALITY_DEFECTS = "correct_quality_defects"
    WRITE_PERIODIC_REPORT = "write_periodic_report"
    CONFIRM_APPOINTMENT = "confirm_appointment"
    CONFIRM_PEOPLE_IMPORT = "confirm_people_import"
    HAND_OVER_WORK = "hand_over_work"

    @property
    def zh(self) -> str:
        """The title that people read."""
        return _TITLES[self]


_TITLES = {
    TaskKind.ACCEPT_REQUEST: "受理提请批准逮捕",
    TaskKind.SUPPLEMENT_REQUEST: "补充提请批准逮捕材料",
    TaskKind.ASSIGN_CASE: "分配案件",
    TaskKind.REVIEW_ARREST: "审查逮捕",
    TaskKind.APPROVE_ARREST: "审批逮捕意见",
    TaskKind.RETURN_RECEIPT: "送达执行回执",
    TaskKind.KEEP_DEADLINE: "期限届满提醒",
    TaskKind.ANSWER_MONITORING: "处理流程监控",
    TaskKind.ANSWER_CONSULTATION: "答复介入、协商邀请",
    TaskKind.HOLD_CONSULTATION: "参与介入、协商",
    TaskKind.COLLECT_EVIDENCE: "按介入意见收集证据",
    TaskKind.REVIEW_INQUIRY: "核查过问记录",
    TaskKind.REVIEW_EMERGENCY_ACCESS: "复核紧急查阅",
    TaskKind.REPORT_PROGRESS: "报告办案情况",
    TaskKind.ACKNOWLEDGE_NOTE: "阅知办案批示",
    TaskKind.ACCEPT_TRANSFER: "受理移送起诉",
    TaskKind.SUPPLEMENT_TRANSFER: "补充移送起诉材料",
    TaskKind.REVIEW_PROSECUTION: "审查起诉",
    TaskKind.DECIDE_PROPOSAL: "审批办案事项",
    TaskKind.REVISE_PROPOSAL: "复核后重新报批",
    TaskKind.INVESTIGATE_FURTHER: "补充侦查（调查）",
    TaskKind.EXECUTE_DECISION: "执行决定并回复",
    TaskKind.NAME_REVIEWER: "另行指派检察官",
    TaskKind.RECONSIDER: "办理复议",
    TaskKind.RE_EXAMINE: "办理复核",
    TaskKind.EXTEND_CUSTODY: "审查延长侦查羁押期限",
    TaskKind.REVIEW_RESTART: "审查重新计算侦查羁押期限备案",
    TaskKind.REVIEW_NECESSITY: "羁押必要性审查",
    TaskKind.ANSWER_APPLICATION: "答复变更措施、期满释放的申请",
    TaskKind.FOLLOW_TRIAL: "出庭支持公诉",
    TaskKind.REVIEW_JUDGMENT: "审查判决、裁定",
    TaskKind.REVIEW_PROTEST: "审查下级检察院的抗诉",
    TaskKind.SUPERVISE_PROBATION: "附条件不起诉监督考察",
    TaskKind.GIVE_REASONS: "说明理由",
    TaskKind.CONVENE_CONFERENCE: "召集检察官联席会议",
    TaskKind.GIVE_CONFERENCE_OPINION: "在联席会议上发表意见",
    TaskKind.VOTE_IN_COMMITTEE: "检察委员会发言、表决",
    TaskKind.SIGN_COMMITTEE_DECISION: "签发检察委员会决定或者报请上级",
    TaskKind.CARRY_OUT_COMMITTEE_DECISION: "执行检察委员会决定",
    TaskKind.FEED_BACK_COMMITTEE_DECISION: "反馈检察委员会决定执行情况",
    TaskKind.CONFIRM_INTERROGATION: "确认讯问安排",
    TaskKind.ANSWER_TIME_PROPOSAL: "答复看守所建议的时间",
    TaskKind.ESCORT_SUSPECT: "提押犯罪嫌疑人",
    TaskKind.PREPARE_INTERROGATION: "准备讯问事项",
    TaskKind.REPAIR_KIT: "检修讯问设备",
    TaskKind.RESCHEDULE_INTERROGATION: "重新安排讯问",
    TaskKind.ANSWER_SLOT_OFFER: "答复空出的讯问时段",
    TaskKind.DECIDE_OBJECTION: "审定讯问时段调整异议",
    TaskKind.SIGN_TRANSCRIPT: "核对、签署讯问笔录",
    TaskKind.REVIEW_PLAN: "审定讯问排期方案",
    TaskKind.SEND_SUPERVISION_REQUEST: "通知司法行政机关抽选人民监督员",
    TaskKind.ANSWER_SUPERVISION_REQUEST: "答复监督活动通知、抽选人民监督员",
    TaskKind.WITNESS_DRAW: "见证人民监督员抽选",
    TaskKind.SETTLE_SHORTAGE: "处理人民监督员人数不足",
    TaskKind.ANSWER_INVITATION: "答复监督活动邀请",
    TaskKind.SIGN_UNDERTAKING: "签署保密承诺",
    TaskKind.READ_PACKET: "阅看监督材料",
    TaskKind.GIVE_SUPERVISION_OPINION: "发表监督意见",
    TaskKind.PREPARE_PACKET: "选送监督材料",
    TaskKind.CHECK_PACKET: "核对监督材料遮盖",
    TaskKind.DECIDE_SUPERVISOR_RECUSAL: "决定人民监督员回避",
    TaskKind.HOLD_ACTIVITY: "开展监督活动",
    TaskKind.REFER_SUPERVISION_OPINION: "审查并转交监督意见",
    TaskKind.ANSWER_SUPERVISION_OPINION: "答复监督意见",
    TaskKind.RECEIPT_SUPERVISION_ANSWER: "签收监督意见答复",
    TaskKind.DECIDE_SUPERVISION_OBJECTION: "决定监督意见异议",
    TaskKind.REPORT_PERFORMANCE: "通报人民监督员履职情况",
    TaskKind.CONSENT_TO_DEPARTURE: "审批不采纳听证多数意见",
    TaskKind.HOLD_PUBLIC_HEARING: "组织公开听证、公开审查",
    TaskKind.REVIEW_QUALITY: "案件质量评查",
    TaskKind.ANSWER_QUALITY_REVIEW: "答复质量评查结果",
    TaskKind.DECIDE_QUALITY_OBJECTION: "决定质量评查异议",
    TaskKind.CORRECT_QUALITY_DEFECTS: "整改质量评查问题",
    TaskKind.WRITE_PERIODIC_REPORT: "定期通报人民监督员监督工作",
    TaskKind.CONFIRM_APPOINTMENT: "确认任职",
    TaskKind.CONFIRM_PEOPLE_IMPORT: "确认导入的人员任职",
    TaskKind.HAND_OVER_WORK: "移交离岗人员的工作",
}


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class TaskOpen(Conflict):
    """The same task already lies open there."""

    zh = "相同的待办事项尚未办结。"


class Due(Protocol):
    """Anything with a day to keep and an outer limit: a deadline, or a period computed."""

    @property
    def due_on(self) -> date | None:
        """The day to keep, if the law gives one."""
        ...

    @property
    def outer_on(self) -> date | None:
        """The latest day that the law can bear, if it gives one."""
        ...


class Task(Record):
    """One thing to do, for one person or for every holder of a post in an office."""

    __tablename__ = "tasks"
    __table_args__ = (
        CheckConstraint(
            "(person_id IS NULL) = (office_id IS NOT NULL)"
            " AND (office_id IS NULL) = (post IS NULL)",
            name="tasks_for_a_person_or_a_pool",
        ),
        CheckConstraint("due_on <= outer_on", name="tasks_due_before_outer"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="tasks_open_until_closed"),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL)", name="tasks_closed_by_somebody"
        ),
        Index(
            ONE_OF_A_POOL,
            "about_id",
            "about_kind",
            "kind",
            "office_id",
            "post",
            unique=True,
            postgresql_where=OPEN_IN_A_POOL,
        ),
        Index(
            ONE_OF_A_PERSON,
            "about_id",
            "about_kind",
            "kind",
            "person_id",
            unique=True,
            postgresql_where=OPEN_FOR_A_PERSON,
        ),
        Index("tasks_of_a_pool", "office_id", "post", "state", "due_on", "id"),
        Index("tasks_of_a_person", "person_id", "state", "due_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TaskKind]
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    post: Mapped[PostKind | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    about_kind: Mapped[str]
    """The table of the record it is about, as the record names itself in links."""
    about_id: Mapped[int]
    due_on: Mapped[date | None]
    outer_on: Mapped[date | None]
    state: Mapped[TaskState] = mapped_column(default=TaskState.OPEN)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None]


def visible(act: Act) -> Select[Task]:
    """Every task of the actor: the own ones, and those of a post the actor holds today."""
    return select(Task).where(
        or_(
            Task.person_id == act.actor.id,
            tuple_(Task.office_id, Task.post).in_(
                [(office_id, PostKind(post)) for post, office_id in sorted(act.actor.posts)]
            ),
        )
    )


def find(act: Act, task_id: int) -> Task:
    """The task, if it is the actor's; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Task.id == task_id))
    if found is None:
        raise NotFound
    return found


def in_order(chosen: Select[Task]) -> Select[Task]:
    """The most urgent first; what has no day comes last, and the older before the newer."""
    return chosen.order_by(Task.due_on.nulls_last(), Task.id)


def following(due_on: date | None, task_id: int) -> ColumnElement[bool]:
    """What comes after that task in `in_order`: the cursor of the next page."""
    if due_on is None:
        return and_(Task.due_on.is_(None), Task.id > task_id)
    return or_(Task.due_on.is_(None), tuple_(Task.due_on, Task.id) > (due_on, task_id))


def open_for_person(
    act: Act, kind: TaskKind, about: Identified, *, person_id: int, due: Due | None = None
) -> Task:
    """Open a task about a record for one person.

    Refuses:
        TaskOpen: the same task already lies open for that person.
    """
    task = for_person(act, kind, about, person_id=person_id, due=due)
    with act.unless(ONE_OF_A_PERSON, TaskOpen(kind=kind)):
        act.session.add(task)
    return task


def open_for_pool(  # noqa: PLR0913  # each by its name
    act: Act,
    kind: TaskKind,
    about: Identified,
    *,
    office_id: int,
    post: PostKind,
    due: Due | None = None,
) -> Task:
    """Open a task about a record for whoever holds that post in that office.

    Refuses:
        TaskOpen: the same task already lies open there.
    """
    task = for_pool(act, kind, about, office_id=office_id, post=post, due=due)
    with act.unless(ONE_OF_A_POOL, TaskOpen(kind=kind)):
        act.session.add(task)
    return task


def for_person(
    act: Act, kind: TaskKind, about: Identified, *, person_id: int, due: Due | None = None
) -> Task:
    """A task for one person, to be added by who holds the lock that keeps a second one out."""
    task = _task(act, kind, about, due)
    task.person_id = person_id
    return task


def for_pool(  # noqa: PLR0913  # each by its name
    act: Act,
    kind: TaskKind,
    about: Identified,
    *,
    office_id: int,
    post: PostKind,
    due: Due | None = None,
) -> Task:
    """A task for a pool, to be added by who holds the lock that keeps a second one out."""
    task = _task(act, kind, about, due)
    task.office_id, task.post = office_id, post
    return task


def finish(act: Act, kind: TaskKind, about: Identified) -> list[Task]:
    """The step is taken: every open task of that kind about that record is done."""
    return _end(act, kind, about, TaskState.DONE)


def finish_for(act: Act, kind: TaskKind, about: Identified, *, person_id: int) -> list[Task]:
    """One of several has taken the step: that person's own open task is done."""
    return [
        _ended(act, task, TaskState.DONE)
        for task in _open(act, kind, about)
        if task.person_id == person_id
    ]


def finish_in(act: Act, kind: TaskKind, about: Identified, *, office_id: int) -> list[Task]:
    """One of several offices has taken the step: its own open task is done."""
    return [
        _ended(act, task, TaskState.DONE)
        for task in _open(act, kind, about)
        if task.office_id == office_id
    ]


def cancel_for(act: Act, kind: TaskKind, about: Identified, *, person_id: int) -> list[Task]:
    """The step is no longer wanted of one of several: that person's open task is cancelled."""
    return [
        _ended(act, task, TaskState.CANCELLED)
        for task in _open(act, kind, about)
        if task.person_id == person_id
    ]


def cancel(act: Act, kind: TaskKind, about: Identified) -> list[Task]:
    """The step is no longer wanted of whoever had it: its open tasks are cancelled."""
    return _end(act, kind, about, TaskState.CANCELLED)


def open_about(act: Act, kind: TaskKind, about: Identified) -> list[Task]:
    """Whoever still has that to do about a record, locked until the act is over."""
    return _open(act, kind, about)


def withdraw(act: Act, task: Task) -> Task:
    """The step is no longer wanted of this one holder; the others keep it."""
    return _ended(act, task, TaskState.CANCELLED)


def reschedule(act: Act, kind: TaskKind, about: Identified, due: Due) -> list[Task]:
    """The day has moved (a release, an arrest): the open tasks of that kind move with it."""
    moved = _open(act, kind, about)
    for task in moved:
        task.due_on, task.outer_on = due.due_on, due.outer_on
    return moved


def _task(act: Act, kind: TaskKind, about: Identified, due: Due | None) -> Task:
    return Task(
        kind=kind,
        about_kind=record_of(about),
        about_id=about.id,
        due_on=due and due.due_on,
        outer_on=due and due.outer_on,
        state=TaskState.OPEN,
        opened_at=act.now,
    )


def _open(act: Act, kind: TaskKind, about: Identified) -> list[Task]:
    chosen = select(Task).where(
        Task.about_id == about.id,
        Task.about_kind == record_of(about),
        Task.kind == kind,
        Task.state == TaskState.OPEN,
    )
    return list(act.session.scalars(chosen.order_by(Task.id).with_for_update()))


def _end(act: Act, kind: TaskKind, about: Identified, state: TaskState) -> list[Task]:
    return [_ended(act, task, state) for task in _open(act, kind, about)]


def _ended(act: Act, task: Task, state: TaskState) -> Task:
    task.state, task.closed_at, task.closed_by = state, act.now, act.actor.id
    return task
