"""Tasks as records: what lies open, who has taken it on, every move of it, follow-ups."""

from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import (
    DDL,
    CheckConstraint,
    ForeignKey,
    Index,
    text,
)
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from services.kernel.act import Record
from services.kernel.refusals import Conflict
from services.kernel.sealed import SealedText
from services.people import Person
from services.policy import PostKind

ONE_OF_A_POOL = "tasks_one_open_of_a_pool"
ONE_OF_A_PERSON = "tasks_one_open_of_a_person"
OPEN_IN_A_POOL = text("state = 'open' AND person_id IS NULL")
OPEN_FOR_A_PERSON = text("state = 'open' AND person_id IS NOT NULL")
OPEN_AND_CLAIMED = text("state = 'open' AND claimed_by IS NOT NULL")
TO_FOLLOW_UP = text("state = 'open' AND follow_up_on IS NOT NULL AND reminded_at IS NULL")


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
    LOOK_INTO_SILENCE = "look_into_silence"
    REPLAY_DELIVERIES = "replay_deliveries"
    FOLLOW_UP = "follow_up"
    """What somebody is to look after by a day, and no step of the law."""

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
    TaskKind.LOOK_INTO_SILENCE: "查问无人确认的提醒",
    TaskKind.REPLAY_DELIVERIES: "处理推送失败",
    TaskKind.FOLLOW_UP: "跟进事项",
}


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class TaskStep(StrEnum):
    """A move of a task: who is to do it, when somebody comes back to it, how it ended by hand."""

    CLAIM = "claim"
    ASSIGN = "assign"
    RETURN = "return"
    """Whoever had it gives it back to the pool."""
    RECALL = "recall"
    """Whoever leads the pool takes it back."""
    RELEASE = "release"
    """Whoever had it is there no more: the house gives it back to the pool."""
    DELEGATE = "delegate"
    FOLLOW_UP = "follow_up"
    MAKE = "make"
    COMPLETE = "complete"
    CANCEL = "cancel"


class ReleaseReason(StrEnum):
    """Why a task that somebody had taken on fell back to its pool."""

    POST_ENDED = "post_ended"
    ON_LEAVE = "on_leave"


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
        CheckConstraint(
            "(claimed_by IS NULL) = (claimed_at IS NULL)", name="tasks_claimed_by_somebody"
        ),
        CheckConstraint(
            "claimed_by IS NULL OR office_id IS NOT NULL", name="tasks_claimed_from_a_pool"
        ),
        CheckConstraint(
            "reminded_at IS NULL OR follow_up_on IS NOT NULL", name="tasks_reminded_on_a_day"
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
        Index("tasks_claimed", "claimed_by", "due_on", postgresql_where=OPEN_AND_CLAIMED),
        Index("tasks_to_follow_up", "follow_up_on", "id", postgresql_where=TO_FOLLOW_UP),
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
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Who of a pool has taken it on; kept when it is done."""
    claimed_at: Mapped[datetime | None]
    follow_up_on: Mapped[date | None]
    """The day on which whoever has it wants to be reminded."""
    reminded_at: Mapped[datetime | None]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Of a follow-up: who asked for it."""

    @property
    def holder_id(self) -> int | None:
        """With whom it lies: its person, or who of the pool has taken it on."""
        return self.person_id or self.claimed_by

    @validates("due_on")
    def _remind_before(self, _key: str, due_on: date | None) -> date | None:
        """A day that moves nearer takes the reminder with it."""
        if due_on and self.follow_up_on and self.follow_up_on > due_on:
            self.follow_up_on = due_on
        return due_on


class TaskMove(Record):
    """One move of a task, with who made it and why; never changed."""

    __tablename__ = "task_moves"
    __table_args__ = (Index("task_moves_of_a_task", "task_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    step: Mapped[TaskStep]
    by_id: Mapped[int]
    """Who made it; 0 is the house itself."""
    from_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    why: Mapped[ReleaseReason | None]
    until_on: Mapped[date | None]
    """The day on which to be reminded."""
    reason: Mapped[str | None] = mapped_column(SealedText("task_moves.reason"))

    task: Mapped[Task] = relationship()
    to: Mapped[Person | None] = relationship(foreign_keys=to_id)


class FollowUp(Record):
    """What somebody is to look after, in words; the task about it says who, and until when."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        CheckConstraint(
            "(about_kind IS NULL) = (about_id IS NULL)", name="follow_ups_about_a_record"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(SealedText("follow_ups.words"))
    about_kind: Mapped[str | None]
    """The table of the record that it is about, if it is about one."""
    about_id: Mapped[int | None]
    made_at: Mapped[datetime]


sa_event.listen(
    TaskMove.__table__,
    "after_create",
    DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON task_moves "
        "EXECUTE FUNCTION refuse_change()"
    ),
)
