"""The text of a record: its heading from the interrogation, its lines, corrections and closing."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from services.interrogations import Attendance, Interrogation, Mode, Role
from services.interrogations.flow import STAFF_ROLES
from services.kernel.act import SHANGHAI, Act
from services.resources import ResourceKind
from services.transcripts.flow import AT_THE_END, BY_EVERY_PAGE, CLOSING_WORDS, Closing
from services.transcripts.layout import chained
from services.transcripts.records import (
    Transcript,
    TranscriptCorrection,
    TranscriptEdition,
    TranscriptLine,
    TranscriptMark,
    TranscriptRevision,
)

TITLE = "讯问笔录"
ROLES = {
    Role.LEAD: "检察官",
    Role.STAFF: "检察人员",
    Role.CLERK: "书记员",
    Role.INTERPRETER: "翻译人员",
    Role.SIGN_INTERPRETER: "手语翻译人员",
    Role.LEGAL_REPRESENTATIVE: "法定代理人",
    Role.APPROPRIATE_ADULT: "合适成年人",
    Role.LAWYER: "律师",
}
_MODES = {Mode.REMOTE: "远程视频讯问", Mode.IN_PERSON: "当面讯问"}
_SEXES = {"male": "男", "female": "女"}
SUSPECT = "suspect"
"""The one signer who has no seat."""


def attended(interrogation: Interrogation) -> list[Attendance]:
    """Whoever came; everybody, where nobody noted who did."""
    came = [one for one in interrogation.attendances if one.arrived_at is not None]
    return came or list(interrogation.attendances)


def name_of(seat: Attendance) -> str:
    """The name of whoever has that seat."""
    somebody = seat.person or seat.participant
    return somebody.name if somebody else ""


def head_of(act: Act, interrogation: Interrogation) -> list[Any]:
    """Time, place, staff, recorder, suspect, language and who attends, as `[label, words]`."""
    one, seats = interrogation, attended(interrogation)
    suspect = one.suspect
    staff = [seat for seat in seats if seat.role in {Role.LEAD, Role.STAFF}]
    others = [seat for seat in seats if seat.role not in STAFF_ROLES]
    began = one.started_at or (one.during.lower if one.during else None)
    until = one.ended_at or act.now
    born = f"，{_day(suspect.born_on)}出生" if suspect.born_on else ""
    said = [
        ("时间", f"{_instant(began)}至{_instant(until)}"),
        ("地点", _place(one)),
        ("方式", _MODES[one.mode]),
        ("案件", one.case.number),
        ("讯问人", "、".join(map(name_of, staff))),
        ("记录人", "、".join(name_of(seat) for seat in seats if seat.role is Role.CLERK)),
        ("犯罪嫌疑人", f"{suspect.name}，{_SEXES.get(suspect.sex.value, '')}{born}"),
        ("翻译语言", one.language or ""),
        ("到场人员", "、".join(f"{name_of(seat)}（{ROLES[seat.role]}）" for seat in others)),
    ]
    return [[label, words] for label, words in said if words]


def signatories_of(interrogation: Interrogation) -> list[Any]:
    """Whose marks it needs: the suspect's, the attending adults', the staff's, the interpreter's.

    RULES 188, 258¶2 for the suspect and the staff, RULES 465¶4 for whoever attends for a minor.
    """
    seats = [
        seat
        for seat in attended(interrogation)
        if seat.role in BY_EVERY_PAGE or seat.role in AT_THE_END
    ]
    suspect = {
        "attendance_id": None,
        "person_id": None,
        "role": SUSPECT,
        "name": interrogation.suspect.name,
    }
    return [suspect] + [
        {
            "attendance_id": seat.id,
            "person_id": seat.person_id,
            "role": seat.role.value,
            "name": name_of(seat),
        }
        for seat in seats
    ]


def paragraphs_of(
    head: Sequence[Any],
    lines: Sequence[TranscriptLine],
    corrections: Sequence[TranscriptCorrection],
    closing: Sequence[str] = (),
) -> list[str]:
    """The whole text, a paragraph an item."""
    said = [
        part
        for line in lines
        if line.words
        for part in f"{line.kind.opening}{line.words}".split("\n")
    ]
    return [
        TITLE,
        *(f"{label}：{words}" for label, words in head),
        *said,
        *(_corrected(number, one) for number, one in enumerate(corrections, start=1)),
        *closing,
    ]


def closing_of(closing: Closing | None, reason: str, on: date | None) -> list[str]:
    """The closing words, or why there are none; and the day (RULES 188)."""
    if closing is None or on is None:
        return []
    words = CLOSING_WORDS.get(closing, f"犯罪嫌疑人拒绝写明核对意见，原因：{reason}")
    return [*words.split("\n"), _day(on)]


def text_of(edition: TranscriptEdition, transcript: Transcript) -> list[str]:
    """What an edition has to say, from everything it is made of."""
    return paragraphs_of(
        edition.head,
        transcript.lines,
        transcript.corrections,
        closing_of(edition.closing, edition.closing_reason, edition.closed_on),
    )


def history_of(revisions: Sequence[TranscriptRevision]) -> str:
    """The digest of everything that was written, in order."""
    return chained(
        *(
            _told(
                one.line_id,
                one.kind.value,
                one.ordinal,
                _exact(one.said_at),
                one.words,
                _exact(one.written_at),
                one.written_by,
            )
            for one in revisions
        )
    )


def before_the_pages(edition: TranscriptEdition) -> str:
    """What the first page of an edition follows: everything that is said of the whole."""
    return chained(
        _told(edition.transcript_id, edition.number, edition.head, edition.signatories),
        _told(edition.paragraphs),
        _told(edition.closing and edition.closing.value, edition.closing_reason),
        _told(edition.closed_on and edition.closed_on.isoformat(), edition.history_sha256),
        _told(_exact(edition.fixed_at), edition.fixed_by),
    )


def digest_of_correction(one: TranscriptCorrection) -> str:
    """The digest of a correction: what its marks cover."""
    return chained(
        _told(one.transcript_id, one.line_id, one.in_edition, one.old, one.new),
        _told(one.asked_by, _exact(one.made_at), one.made_by),
    )


def digest_of_mark(one: TranscriptMark, previous: str) -> str:
    """The digest of a mark, which follows the one before."""
    return chained(
        previous,
        _told(one.transcript_id, one.page_id, one.correction_id, one.attendance_id),
        _told(one.slot.value, one.kind and one.kind.value, one.refused_because),
        _told(one.covers, one.image_sha256, _exact(one.made_at), one.made_by, one.session_id),
    )


def seal_of(transcript: Transcript, edition: TranscriptEdition) -> str:
    """The digest of a complete record: its text, its last mark, its statements, the recording."""
    marks = transcript.marks
    return chained(
        edition.sha256,
        marks[-1].sha256 if marks else "",
        *(one.sha256 for one in transcript.statements),
        transcript.signing_recording,
    )


def _told(*values: object) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _exact(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _corrected(number: int, one: TranscriptCorrection) -> str:
    if not one.old:
        return f"补充之{number}：补充“{one.new}”"
    if not one.new:
        return f"改正之{number}：删去“{one.old}”"
    return f"改正之{number}：原记“{one.old}”，改正为“{one.new}”"


def _place(one: Interrogation) -> str:
    taken = one.booking.occupations if one.booking is not None else []
    rooms = [
        each.resource.name
        for each in taken
        if each.resource.kind in {ResourceKind.INTERROGATION_ROOM, ResourceKind.OFFICE_ROOM}
    ]
    where = one.centre.name if one.centre else one.place
    return where + "".join(dict.fromkeys(rooms))


def _instant(moment: datetime | None) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(SHANGHAI)
    return f"{_day(local.date())}{local.hour}时{local.minute:02}分"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
