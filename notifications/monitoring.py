"""What people hear about process monitoring."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, Session, column_property, joinedload, relationship

from notifications.audiences import HANDLER, pool, together
from notifications.deadlines import case_of, end_of, end_of_en, suspect_of
from notifications.messages import Message, Urgency, Words, on, read_with
from services.deadlines import Custody, Deadline, Organ
from services.kernel.act import Actor, Record
from services.monitoring import (
    Grade,
    MonitoringAnswered,
    MonitoringEntry,
    MonitoringOpened,
    MonitoringReplied,
)
from services.policy import PostKind


class ToldEntry(Record):
    """An entry, with the names that tell one matter from another inside the app."""

    __table__ = MonitoringEntry.__table__

    deadline: Mapped[Deadline] = relationship(viewonly=True)
    suspect_name: Mapped[str | None] = column_property(suspect_of(__table__.c.deadline_id))
    case_number: Mapped[str | None] = column_property(case_of(__table__.c.deadline_id))

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case now."""
        return self.deadline.handler_id

    @property
    def about(self) -> str:
        """The case and the suspect, as far as there are any yet."""
        return " ".join(part for part in (self.case_number, self.suspect_name) if part)


read_with(ToldEntry, joinedload(ToldEntry.deadline))

ANSWERED = {
    Grade.ORAL_PROMPT: "已作口头提示",
    Grade.NOTICE: "已发送案件流程监控通知书，请在十日以内将核查情况书面回复",
    Grade.NOTICE_AND_REPORT: "已发送案件流程监控通知书并报告检察长，请在十日以内将核查情况书面回复",
}
"""RULES 665 paragraphs 2 and 3: this procuratorate's own periods."""
ANSWERED_EN = {
    Grade.ORAL_PROMPT: "an oral prompt was given",
    Grade.NOTICE: "a monitoring notice was sent; answer in writing within ten days",
    Grade.NOTICE_AND_REPORT: (
        "a monitoring notice was sent and the chief procurator told; "
        "answer in writing within ten days"
    ),
}
ANSWERED_ELSEWHERE_EN = {
    Grade.ORAL_PROMPT: "correction was asked for orally",
    Grade.NOTICE: "a notice to correct a violation was issued",
    Grade.NOTICE_AND_REPORT: (
        "a notice to correct a violation was issued and the chief procurator told"
    ),
}
ANSWERED_ELSEWHERE = {
    Grade.ORAL_PROMPT: "已口头提出纠正意见",
    Grade.NOTICE: "已发出纠正违法通知书",
    Grade.NOTICE_AND_REPORT: "已发出纠正违法通知书并报告检察长",
}
"""RULES 552, 618: the periods of other organs."""


@dataclass(frozen=True, slots=True)
class _Watchers:
    """Everyone of the department to which the entry goes."""

    def people(self, session: Session, entry: Any) -> set[int]:
        """The holders of that post today."""
        return pool(entry.route, of="procuratorate_id").people(session, entry)

    def includes(self, actor: Actor, entry: Any) -> bool:
        """Does the actor hold that post there?"""
        return pool(entry.route, of="procuratorate_id").includes(actor, entry)


@dataclass(frozen=True, slots=True)
class _Reported:
    """The chief procurator, where the entry was reported to the chief."""

    def people(self, session: Session, entry: Any) -> set[int]:
        """The chief, or nobody."""
        return _CHIEF.people(session, entry) if _is_reported(entry) else set()

    def includes(self, actor: Actor, entry: Any) -> bool:
        """Is the actor the chief to whom it was reported?"""
        return _is_reported(entry) and _CHIEF.includes(actor, entry)


def _is_reported(entry: Any) -> bool:
    return bool(entry.grade is Grade.NOTICE_AND_REPORT)


_CHIEF = pool(PostKind.CHIEF_PROCURATOR, of="procuratorate_id")
WATCHERS, REPORTED = _Watchers(), _Reported()


def _sample(*, grade: Grade | None = None) -> ToldEntry:
    deadline = Deadline(
        id=5,
        rule_id="D06",
        started_at=datetime(2026, 9, 7, 2, tzinfo=UTC),
        custody=Custody.HELD,
        due_on=date(2026, 9, 14),
        outer_on=date(2026, 9, 14),
    )
    entry = ToldEntry(
        id=3, deadline=deadline, suspect_name="赵某", case_number="测检捕受〔2026〕7号"
    )
    return _graded(entry, grade)


def _graded(entry: Any, grade: Grade | None) -> ToldEntry:
    entry.grade, entry.in_place_of = grade, None
    told: ToldEntry = entry
    return told


def _told(entry: ToldEntry, title: str, then: str, en: Words) -> Message:
    rule = entry.deadline.rule
    words = f"{entry.about}：{rule.zh}（应办日{end_of(entry.deadline)}）。{then}。"
    named = f"{entry.about}: {rule.en} (day to keep: {end_of_en(entry.deadline)}). {en.body}."
    return Message(
        title,
        words.removeprefix("："),
        f"/deadlines/{entry.deadline.id}",
        en=Words(en.title, named.removeprefix(": ")),
    )


@on(
    MonitoringOpened,
    about=ToldEntry,
    to=WATCHERS,
    urgency=Urgency.TASK,
    sample=lambda: (MonitoringOpened(3, 5, PostKind.CASE_MANAGER.value), _sample()),
)
def monitoring_opened(_event: MonitoringOpened, entry: ToldEntry) -> Message:
    """Tell whoever watches that a period is past its day (RULES 613, 664)."""
    stands_in: Any = entry.in_place_of  # type: ignore[attr-defined]  # of the entry's own table
    why_en = " (in place of execution supervision, which has nobody here)" if stands_in else ""
    why = "（本院刑事执行检察岗位无人，由案件管理部门代为监督）" if stands_in else ""
    return _told(
        entry,
        "期限逾期，请监控处理",
        f"请按情节提出处理意见{why}",
        Words("A period is overdue: please monitor", f"Choose the answer by its gravity{why_en}"),
    )


@on(
    MonitoringAnswered,
    about=ToldEntry,
    to=together(HANDLER, pool(PostKind.DEPARTMENT_HEAD, of="procuratorate_id"), REPORTED),
    urgency=Urgency.TASK,
    sample=lambda: (MonitoringAnswered(3, 5, Grade.NOTICE.value), _sample(grade=Grade.NOTICE)),
)
def monitoring_answered(event: MonitoringAnswered, entry: ToldEntry) -> Message:
    """Tell the department what whoever watches has done about it."""
    own = entry.deadline.binds is Organ.PROCURATORATE
    said_en = (ANSWERED_EN if own else ANSWERED_ELSEWHERE_EN)[Grade(event.grade)]
    said = (ANSWERED if own else ANSWERED_ELSEWHERE)[Grade(event.grade)]
    return _told(entry, "案件流程监控", said, Words("Process monitoring", f"{said_en}"))


@on(
    MonitoringReplied,
    about=ToldEntry,
    to=together(WATCHERS, REPORTED),
    sample=lambda: (MonitoringReplied(3, 5), _sample(grade=Grade.NOTICE)),
)
def monitoring_replied(_event: MonitoringReplied, entry: ToldEntry) -> Message:
    """Tell whoever watches that the department has answered in writing."""
    return _told(
        entry,
        "流程监控通知已书面回复",
        "办案部门已回复核查情况",
        Words("A monitoring notice was answered", "the department has answered in writing"),
    )
