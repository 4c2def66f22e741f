"""Signing page by page, refusing, completing; and whatever is altered afterwards is found."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from services import tasks, transcripts
from services.attachments import FileEmpty, FileTooLarge, UnknownFileType
from services.interrogations import Role
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.participants import ParticipantKind
from services.tasks import Task, TaskKind, TaskState
from services.transcripts import (
    AlreadyMarked,
    CaseEvidence,
    MarksMissing,
    NewStatement,
    NotFixedYet,
    NothingMissing,
    NotSeatedThere,
    NotTheirsToSign,
    PageChanged,
    Slot,
    Transcript,
    TranscriptMark,
    TranscriptState,
    UnfitPicture,
)
from services.transcripts.images import MOST_BYTES
from tests.interrogations.conftest import Scene
from tests.make import Make
from tests.transcripts.conftest import BOTH, FINGERPRINT, NAME, Desk, desk_of, picture

MANY = tuple(f"第{number}句，我当时在家里。" for number in range(30))


def sign(desk: Desk, transcript: Transcript, number: int, **given: object) -> list[TranscriptMark]:
    assert transcript.edition is not None
    pages = transcript.edition.pages
    values = {
        "number": number,
        "attendance_id": None,
        "sha256": pages[min(number, len(pages)) - 1].sha256,
        "images": BOTH,
    }
    return transcripts.sign_page(desk.act, transcript, **(values | given))  # type: ignore[arg-type]


def test_the_suspect_signs_every_page_and_the_staff_the_last(desk: Desk) -> None:
    transcript = desk.read(*MANY)
    lead, second = desk.seats
    wanted = {
        (one.page and one.page.number, one.attendance_id, one.slot)
        for one in transcripts.missing(transcript)
    }
    assert wanted == {
        (1, None, Slot.NAME),
        (1, None, Slot.FINGERPRINT),
        (2, None, Slot.NAME),
        (2, None, Slot.FINGERPRINT),
        (2, lead.id, Slot.NAME),
        (2, second.id, Slot.NAME),
    }
    sign(desk, transcript, 1)
    assert transcript.state is TranscriptState.SIGNING
    with pytest.raises(MarksMissing) as refused:
        transcripts.complete(desk.act, transcript)
    assert len(refused.value.members["missing"]) == 4


def test_what_may_not_be_signed_is_refused(desk: Desk) -> None:
    drafted = desk.begin(*MANY)
    with pytest.raises(NotFixedYet):
        transcripts.printed(desk.act, drafted)
    transcript = transcripts.put_for_reading(desk.act, drafted)
    with pytest.raises(WrongState):
        sign(desk, transcript, 1)
    with pytest.raises(WrongState):
        transcripts.note_refusal(desk.act, transcript, attendance_id=None, reason="不签")
    transcripts.close(desk.act, transcript, closing=transcripts.Closing.READ)
    lead, second = desk.seats
    with pytest.raises(NotFound):
        sign(desk, transcript, 3)
    with pytest.raises(PageChanged):
        sign(desk, transcript, 1, sha256="0" * 64)
    with pytest.raises(NotSeatedThere):
        sign(desk, transcript, 1, attendance_id=0)
    with pytest.raises(NotTheirsToSign):
        sign(desk, transcript, 1, attendance_id=lead.id, images=NAME)
    with pytest.raises(NotAllowed):
        sign(desk, transcript, 2, attendance_id=second.id, images=NAME)
    with pytest.raises(WrongState):
        transcripts.complete(desk.act, transcript)
    sign(desk, transcript, 1)
    with pytest.raises(AlreadyMarked):
        sign(desk, transcript, 1)
    assert transcripts.verify(desk.act, transcript).fits


@pytest.mark.parametrize(
    ("image", "refusal"),
    [
        (b"", FileEmpty),
        (b"\x89PNG\r\n\x1a\n" + bytes(MOST_BYTES), FileTooLarge),
        (b"GIF89a", UnfitPicture),
        (picture()[:-1], UnfitPicture),
        (picture().replace(b"IDAT", b"IDAX"), UnfitPicture),
        (picture(2001, 1), UnfitPicture),
    ],
)
def test_a_mark_is_a_whole_small_picture(
    desk: Desk, image: bytes, refusal: type[Exception]
) -> None:
    transcript = desk.read()
    with pytest.raises(refusal):
        sign(desk, transcript, 1, images={transcripts.MarkKind.STAMP: image})


def test_whoever_attends_for_a_minor_signs_every_page(make: Make, scene: Scene) -> None:
    desk = desk_of(make, scene, ParticipantKind.APPROPRIATE_ADULT, ParticipantKind.INTERPRETER)
    transcript = desk.read(*MANY)
    counted = {
        role: sum(one.signatory["role"] == role for one in transcripts.missing(transcript))
        for role in ("suspect", "lead", "staff", "appropriate_adult", "interpreter")
    }
    assert list(counted.values()) == [4, 1, 1, 4, 1]
    desk.sign_all(transcript)
    transcripts.complete(desk.act, transcript)
    adult = next(one for one in desk.seats if one.role is Role.APPROPRIATE_ADULT)
    assert sum(one.attendance_id == adult.id for one in transcript.marks) == 4


def test_a_correction_is_fingerprinted_and_the_pages_are_signed_anew(desk: Desk) -> None:
    transcript = desk.read("我三月去过。")
    sign(desk, transcript, 1)
    correction = transcripts.correct(
        desk.act, transcript, transcript.lines[0], old="三月", new="四月"
    )
    transcripts.close(desk.act, transcript, closing=transcripts.Closing.READ)
    owed = [one for one in transcripts.missing(transcript) if one.attendance_id is None]
    assert len(owed) == 3
    transcripts.sign_correction(
        desk.act, transcript, correction, images={transcripts.MarkKind.FINGERPRINT: FINGERPRINT}
    )
    with pytest.raises(AlreadyMarked):
        transcripts.sign_correction(desk.act, transcript, correction, images=BOTH)
    desk.sign_all(transcript)
    transcripts.complete(desk.act, transcript)
    assert transcripts.verify(desk.act, transcript).fits
    with pytest.raises(WrongState):
        transcripts.sign_correction(desk.act, transcript, correction, images=BOTH)
    with pytest.raises(NotFound):
        transcripts.correction_of(transcript, 0)


def test_a_refusal_is_noted_with_its_reason_and_the_record_is_completed(desk: Desk) -> None:
    transcript = desk.read(*MANY)
    with pytest.raises(NotSeatedThere):
        transcripts.note_refusal(desk.act, transcript, attendance_id=0, reason="不签")
    transcripts.note_refusal(desk.act, transcript, attendance_id=None, reason="不同意记录")
    with pytest.raises(NothingMissing):
        transcripts.note_refusal(desk.act, transcript, attendance_id=None, reason="不签")
    sign(desk, transcript, 2)
    desk.sign_all(transcript)
    transcripts.complete(desk.act, transcript)
    assert transcripts.refused(transcript)
    assert {one.refused_because for one in transcript.marks} == {"不同意记录", None}
    assert transcripts.verify(desk.act, transcript).fits
    assert transcripts.printed(desk.act, transcript).startswith(b"%PDF")


def test_whoever_thinks_better_of_it_signs_after_all(desk: Desk) -> None:
    transcript = desk.read()
    transcripts.note_refusal(desk.act, transcript, attendance_id=None, reason="不签")
    assert transcripts.refused(transcript)
    sign(desk, transcript, 1)
    assert not transcripts.refused(transcript)


def test_a_complete_record_is_evidence_and_ends_the_task(desk: Desk) -> None:
    transcript = desk.read()
    tasks.open_for_person(
        desk.act,
        TaskKind.SIGN_TRANSCRIPT,
        desk.interrogation,
        person_id=desk.scene.town.prosecutor.id,
    )
    given = NewStatement(picture(), date(2026, 3, 2), 1)
    statement = transcripts.attach_statement(desk.act, transcript, given, limit=10_000)
    assert transcripts.warnings(transcript) == ["signing_not_recorded"]
    transcripts.note_recording(desk.act, transcript, reference="录像第1号")
    assert transcripts.warnings(transcript) == []
    desk.sign_all(transcript)
    transcripts.complete(desk.act, transcript)
    items = desk.make.session.scalars(
        transcripts.evidence(desk.act).order_by(CaseEvidence.id)
    ).all()
    assert [(one.kind.value, one.case_id, one.statement_id) for one in items] == [
        ("transcript", desk.scene.case.id, None),
        ("statement", desk.scene.case.id, statement.id),
    ]
    task = select(Task.state).where(Task.kind == TaskKind.SIGN_TRANSCRIPT)
    assert desk.make.session.scalar(task) is TaskState.DONE
    assert desk.interrogation.recorded_at == desk.make.now
    outsider = desk.make.act(desk.scene.town.officer)
    assert desk.make.session.scalars(transcripts.evidence(outsider)).all() == []


@pytest.mark.parametrize(
    ("content", "refusal"), [(b"", FileEmpty), (bytes(11), FileTooLarge), (b"x", UnknownFileType)]
)
def test_a_statement_is_a_paper_or_a_picture(
    desk: Desk, content: bytes, refusal: type[Exception]
) -> None:
    transcript = desk.begin()
    given = NewStatement(content, date(2026, 3, 2), 1)
    with pytest.raises(refusal):
        transcripts.attach_statement(desk.act, transcript, given, limit=10)


def test_nothing_of_a_complete_record_changes(desk: Desk) -> None:
    transcript = desk.completed()
    given = NewStatement(picture(), date(2026, 3, 2), 1)
    for step in (
        lambda: transcripts.reopen(desk.act, transcript),
        lambda: transcripts.complete(desk.act, transcript),
        lambda: transcripts.note_recording(desk.act, transcript, reference="录像"),
        lambda: transcripts.attach_statement(desk.act, transcript, given, limit=10_000),
        lambda: transcripts.correct(
            desk.act, transcript, transcript.lines[0], old="什么", new="何"
        ),
    ):
        with pytest.raises(WrongState):
            step()
    for statement in (
        "UPDATE transcripts SET signing_recording = 'x'",
        "DELETE FROM transcripts",
        "UPDATE transcript_lines SET words = 'x'",
        "DELETE FROM transcript_lines",
        "UPDATE transcript_marks SET refused_because = 'x'",
        "DELETE FROM transcript_pages",
        "UPDATE case_evidence SET pages = 2",
        (
            "INSERT INTO transcript_lines (transcript_id, client_id, kind, ordinal, said_at, words,"
            " version) SELECT id, gen_random_uuid(), 'answer', 1, now(), 'x', 1 FROM transcripts"
        ),
    ):
        with (
            pytest.raises(DatabaseError, match=r"permission denied|append-only|never changed"),
            desk.make.session.begin_nested(),
        ):
            desk.make.session.execute(text(statement))
