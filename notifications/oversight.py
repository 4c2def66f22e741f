"""What people hear about the chief's oversight of handling."""

from sqlalchemy.orm import joinedload

from notifications.audiences import HANDLER, person
from notifications.messages import Message, Urgency, Words, on, read_with
from services.cases import Case
from services.oversight import (
    OversightAnswered,
    OversightAnswerKind,
    OversightEntry,
    OversightKind,
    OversightNoteSet,
    ProgressLooked,
    ReportAsked,
)

read_with(OversightEntry, joinedload(OversightEntry.case))

ANSWERED = {
    OversightAnswerKind.REPORT: "承办检察官已报告办案情况",
    OversightAnswerKind.ACKNOWLEDGEMENT: "承办检察官已阅知批示",
    OversightAnswerKind.OBJECTION: "承办检察官对批示书面提出不同意见（刑诉规则7条）",
}

ANSWERED_EN = {
    OversightAnswerKind.REPORT: "the handler has reported",
    OversightAnswerKind.ACKNOWLEDGEMENT: "the handler has taken notice of the note",
    OversightAnswerKind.OBJECTION: "the handler objects in writing (RULES 7)",
}


def _sample(kind: OversightKind = OversightKind.NOTE) -> OversightEntry:
    case = Case(id=5, number="测检捕受〔2026〕7号", handler_id=3, procuratorate_id=1)
    return OversightEntry(id=7, case=case, procuratorate_id=1, kind=kind, made_by=4)


def _told(entry: OversightEntry, title: str, words: str, en: Words) -> Message:
    return Message(
        title,
        f"{entry.case.number}：{words}。",
        f"/oversight-entries/{entry.id}",
        en=Words(en.title, f"{entry.case.number}: {en.body}."),
    )


@on(
    ProgressLooked,
    about=OversightEntry,
    to=HANDLER,
    sample=lambda: (ProgressLooked(7, 5), _sample(OversightKind.LOOK)),
)
def progress_looked(_event: ProgressLooked, entry: OversightEntry) -> Message:
    """Tell the handler that somebody looked into the progress of the case."""
    return _told(
        entry,
        "案件进度已被查看",
        "领导依职责查看了办案进度，已记录在案",
        Words(
            "The progress of a case was looked at",
            "a leader looked at it as the post allows; this is on record",
        ),
    )


@on(
    ReportAsked,
    about=OversightEntry,
    to=HANDLER,
    urgency=Urgency.TASK,
    sample=lambda: (ReportAsked(7, 5), _sample(OversightKind.REPORT_ASKED)),
)
def report_asked(_event: ReportAsked, entry: OversightEntry) -> Message:
    """Tell the handler that a report is asked for."""
    return _told(
        entry,
        "要求报告办案情况",
        "请按要求的日期报告办案情况",
        Words("A report is asked for", "please report by the day asked for"),
    )


@on(
    OversightNoteSet,
    about=OversightEntry,
    to=HANDLER,
    urgency=Urgency.TASK,
    sample=lambda: (OversightNoteSet(7, 5), _sample()),
)
def note_set(_event: OversightNoteSet, entry: OversightEntry) -> Message:
    """Tell the handler that a note was set on the case."""
    return _told(
        entry,
        "案件有新的批示",
        "请阅知；认为有错误的，可以书面提出意见",
        Words(
            "A new note on a case",
            "please take notice; if you hold it wrong, you may say so in writing",
        ),
    )


@on(
    OversightAnswered,
    about=OversightEntry,
    to=person("made_by"),
    urgency=Urgency.TASK,
    sample=lambda: (OversightAnswered(7, 5, OversightAnswerKind.OBJECTION.value), _sample()),
)
def oversight_answered(event: OversightAnswered, entry: OversightEntry) -> Message:
    """Tell whoever asked or noted what the handler said to it."""
    return _told(
        entry,
        "办案监督事项已答复",
        ANSWERED[OversightAnswerKind(event.kind)],
        Words("An oversight entry was answered", f"{ANSWERED_EN[OversightAnswerKind(event.kind)]}"),
    )
