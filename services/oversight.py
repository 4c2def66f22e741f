"""The chief's oversight of handling (办案监督): every look, every question, every note on record.

Prosecutors work under the leadership of the chief procurator (RULES 4), the head of a department
watches over what it handles (RULES 6). That is lawful supervision and no interference (ORG 47),
and it stays on record: who looked, asked or noted, when, on which case, and what the handler
said. Who thinks a decision of the chief wrong says so in writing (RULES 7 paragraph 2).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    DDL,
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    and_,
    or_,
    select,
)
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services import tasks
from services.cases import Case
from services.kernel.act import Act, Event, Record
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.policy import LEADERS, Permission, PostKind, allows, demands, inspected
from services.tasks import TaskKind

ANSWERED_ONCE = "oversight_answers_once"


class OversightKind(StrEnum):
    """What the chief or the head did."""

    LOOK = "look"
    """Read how far the case is."""
    REPORT_ASKED = "report_asked"
    """Asked the handler to report by a day."""
    NOTE = "note"
    """Set a note (批示) on the case."""


class OversightAnswerKind(StrEnum):
    """What the handler says to it."""

    REPORT = "report"
    ACKNOWLEDGEMENT = "acknowledgement"
    OBJECTION = "objection"
    """The handler thinks the note wrong and says so in writing (RULES 7 paragraph 2)."""


FITS = {
    OversightKind.LOOK: frozenset[OversightAnswerKind](),
    OversightKind.REPORT_ASKED: frozenset({OversightAnswerKind.REPORT}),
    OversightKind.NOTE: frozenset(
        {OversightAnswerKind.ACKNOWLEDGEMENT, OversightAnswerKind.OBJECTION}
    ),
}
"""What may be said to what; a look asks nothing of anybody."""

TASK_OF = {
    OversightKind.REPORT_ASKED: TaskKind.REPORT_PROGRESS,
    OversightKind.NOTE: TaskKind.ACKNOWLEDGE_NOTE,
}


class OversightAnswer(Record):
    """What the handler said to a question or a note, once."""

    __tablename__ = "oversight_answers"
    __table_args__ = (
        UniqueConstraint("entry_id", name=ANSWERED_ONCE),
        CheckConstraint(
            "kind = 'acknowledgement' OR words IS NOT NULL", name="oversight_answers_in_words"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("oversight_entries.id"))
    kind: Mapped[OversightAnswerKind]
    words: Mapped[str | None]
    answered_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime]


class OversightEntry(Record):
    """One look, one question or one note."""

    __tablename__ = "oversight_entries"
    __table_args__ = (
        CheckConstraint("(kind = 'look') = (words IS NULL)", name="oversight_entries_in_words"),
        CheckConstraint(
            "(kind = 'report_asked') = (due_on IS NOT NULL)", name="oversight_entries_by_a_day"
        ),
        CheckConstraint("kind = 'look' OR asked_of IS NOT NULL", name="oversight_entries_to_whom"),
        Index("oversight_entries_of_case", "case_id", "id"),
        Index("oversight_entries_of_office", "procuratorate_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    """The procuratorate that had the case then: what it says to its own people stays there."""
    kind: Mapped[OversightKind]
    words: Mapped[str | None]
    due_on: Mapped[date | None]
    asked_of: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Who handled the case then."""
    made_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]

    case: Mapped[Case] = relationship()
    answer: Mapped[OversightAnswer | None] = relationship(viewonly=True, uselist=False)

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case now."""
        return self.case.handler_id


for _kept in (OversightEntry, OversightAnswer):
    sa_event.listen(
        _kept.__table__,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {_kept.__tablename__} EXECUTE FUNCTION refuse_change()"
        ),
    )


@dataclass(frozen=True, slots=True)
class ProgressLooked(Event):
    """A chief or a head read how far a case is."""

    case_id: int


@dataclass(frozen=True, slots=True)
class ReportAsked(Event):
    """A chief or a head asked the handler to report by a day."""

    case_id: int


@dataclass(frozen=True, slots=True)
class OversightNoteSet(Event):
    """A chief or a head set a note on a case."""

    case_id: int


@dataclass(frozen=True, slots=True)
class OversightAnswered(Event):
    """The handler reported, acknowledged a note, or objected to it."""

    case_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class By:
    """The day by which a report is asked for."""

    due_on: date | None
    outer_on: None = None


class NobodyHandlesIt(Conflict):
    """The case has no handler of whom anything could be asked."""

    zh = "案件尚无承办检察官，无法要求报告或者批示。"


class DayGone(Unprocessable):
    """The day by which a report is asked for is past."""

    zh = "要求报告的日期不能早于今天。"


class AnswerDoesNotFit(Unprocessable):
    """A question is answered by a report; a note is acknowledged, or objected to in writing."""

    zh = "要求报告的应当以报告答复；批示应当阅知，或者书面提出意见；查看进度无需答复。"


class AnswerInWords(Unprocessable):
    """A report and an objection are made in writing."""

    zh = "报告和不同意见应当书面写明。"


class OversightAlreadyAnswered(Conflict):
    """The handler has answered it before."""

    zh = "已经答复。"


def visible(act: Act) -> Select[OversightEntry]:
    """What the handler, the chief, the heads and the inspection of that office may read."""
    actor = act.actor
    return (
        select(OversightEntry)
        .join(Case, OversightEntry.case_id == Case.id)
        .where(
            or_(
                OversightEntry.procuratorate_id.in_(actor.offices_as(*LEADERS) | inspected(actor)),
                and_(
                    Case.handler_id == actor.id,
                    OversightEntry.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
                ),
            )
        )
    )


def find(act: Act, entry_id: int) -> OversightEntry:
    """The entry, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(OversightEntry.id == entry_id))
    if found is None:
        raise NotFound
    return found


def find_case(act: Act, case_id: int) -> Case:
    """The case, if the actor may read what was entered about it; otherwise it does not exist."""
    found = act.session.get(Case, case_id)
    if found is None or not allows(act.actor, Permission.OVERSIGHT_READ, found):
        raise NotFound
    return found


@demands(Permission.CASE_OVERSEE)
def look(act: Act, case: Case) -> OversightEntry:
    """Look into the progress of a case, which is on record (RULES 4, 6; ORG 47).

    Refuses:
        NotAllowed: only the chief procurator or a department head of that procuratorate.

    Records:
        ProgressLooked.
    """
    entry = _entered(act, case, OversightKind.LOOK)
    act.record(ProgressLooked(entry.id, case.id))
    return entry


@demands(Permission.CASE_OVERSEE)
def ask(act: Act, case: Case, *, words: str, due_on: date) -> OversightEntry:
    """Ask the handler for a report by a day (RULES 4, 6).

    Refuses:
        NotAllowed: only the chief procurator or a department head of that procuratorate.
        NobodyHandlesIt: the case has no handler.
        DayGone: the day is past.

    Records:
        ReportAsked.
    """
    if due_on < act.today:
        raise DayGone(errors=[_at_fault("/due_on", DayGone.zh)])
    _refuse_unhandled(case)
    entry = _entered(act, case, OversightKind.REPORT_ASKED, words=words, due_on=due_on)
    act.record(ReportAsked(entry.id, case.id))
    return entry


@demands(Permission.CASE_OVERSEE)
def set_note(act: Act, case: Case, *, words: str) -> OversightEntry:
    """Set a note (批示) on a case, for its handler to acknowledge or object to (RULES 4, 6, 7).

    Refuses:
        NotAllowed: only the chief procurator or a department head of that procuratorate.
        NobodyHandlesIt: the case has no handler.

    Records:
        OversightNoteSet.
    """
    _refuse_unhandled(case)
    entry = _entered(act, case, OversightKind.NOTE, words=words)
    act.record(OversightNoteSet(entry.id, case.id))
    return entry


@demands(Permission.OVERSIGHT_ANSWER)
def answer(
    act: Act, entry: OversightEntry, *, kind: OversightAnswerKind, words: str | None = None
) -> OversightEntry:
    """Report, acknowledge a note, or object to it in writing (RULES 7 paragraph 2).

    Refuses:
        NotAllowed: only the prosecutor who handles the case now.
        AnswerDoesNotFit: a report to a note, an acknowledgement of a question, anything to a look.
        AnswerInWords: a report or an objection without words.
        OversightAlreadyAnswered: it was answered before.

    Records:
        OversightAnswered.
    """
    if kind not in FITS[entry.kind]:
        raise AnswerDoesNotFit
    if kind is not OversightAnswerKind.ACKNOWLEDGEMENT and words is None:
        raise AnswerInWords(
            errors=[_at_fault("/words", AnswerInWords.zh)],
            article="RULES 7",
            article_zh="刑诉规则7条",
        )
    said = OversightAnswer(
        entry_id=entry.id, kind=kind, words=words, answered_by=act.actor.id, answered_at=act.now
    )
    with act.unless(ANSWERED_ONCE, OversightAlreadyAnswered()):
        act.session.add(said)
    tasks.finish(act, TASK_OF[entry.kind], entry)
    act.session.refresh(entry, ["answer"])
    act.record(OversightAnswered(entry.id, entry.case_id, kind.value))
    return entry


def hand_over(act: Act, case: Case) -> None:
    """What waits for an answer waits for whoever handles the case now; called by that step."""
    waiting = (
        select(OversightEntry)
        .outerjoin(OversightAnswer, OversightAnswer.entry_id == OversightEntry.id)
        .where(
            OversightEntry.case_id == case.id,
            OversightEntry.procuratorate_id == case.procuratorate_id,
            OversightEntry.kind.in_(TASK_OF),
            OversightAnswer.id.is_(None),
        )
        .order_by(OversightEntry.id)
    )
    for entry in act.session.scalars(waiting).all():
        tasks.cancel(act, TASK_OF[entry.kind], entry)
        _open_task(act, entry, case.handler_id)


def answerable(act: Act, entry: OversightEntry) -> bool:
    """May the actor answer it now?"""
    waiting = entry.answer is None and bool(FITS[entry.kind])
    return waiting and allows(act.actor, Permission.OVERSIGHT_ANSWER, entry)


def _refuse_unhandled(case: Case) -> None:
    if case.handler_id is None:
        raise NobodyHandlesIt


def _entered(
    act: Act,
    case: Case,
    kind: OversightKind,
    *,
    words: str | None = None,
    due_on: date | None = None,
) -> OversightEntry:
    """Keep the entry, and let the handler know what is asked."""
    handler_id = case.handler_id
    entry = OversightEntry(
        case=case,
        procuratorate_id=case.procuratorate_id,
        kind=kind,
        words=words,
        due_on=due_on,
        asked_of=handler_id,
        made_by=act.actor.id,
        made_at=act.now,
    )
    act.session.add(entry)
    act.session.flush()
    if kind in TASK_OF:
        _open_task(act, entry, handler_id)
    return entry


def _open_task(act: Act, entry: OversightEntry, handler_id: int | None) -> None:
    if handler_id is not None:
        due = By(entry.due_on) if entry.due_on else None
        tasks.open_for_person(act, TASK_OF[entry.kind], entry, person_id=handler_id, due=due)


def _at_fault(pointer: str, zh: str) -> dict[str, str]:
    return {"pointer": pointer, "code": "invalid", "detail": zh, "severity": "error"}
