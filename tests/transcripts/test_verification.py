"""Whatever of a signed record is altered, however little, is found; and on which page."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from services import transcripts
from services.transcripts import Closing, Fault, NewStatement, Transcript, Verified
from services.transcripts.records import TranscriptRevision
from services.transcripts.verification import Known, examined
from tests.transcripts.conftest import Desk, picture

LONG = tuple(f"第{number}句，我当时在家里。" for number in range(30))


def signed(desk: Desk) -> tuple[Transcript, Known]:
    """A complete record of two pages with a correction and a statement."""
    transcript = desk.fixed(*LONG)
    transcripts.correct(desk.act, transcript, transcript.lines[-1], old="家里", new="店里")
    transcripts.close(desk.act, transcript, closing=Closing.READ)
    given = NewStatement(picture(), date(2026, 3, 2), 1)
    transcripts.attach_statement(desk.act, transcript, given, limit=10_000)
    desk.sign_all(transcript)
    transcripts.complete(desk.act, transcript)
    assert transcripts.verify(desk.act, transcript) == Verified()
    revisions = desk.make.session.query(TranscriptRevision).order_by(TranscriptRevision.id).all()
    editions = {(one.number, one.sha256) for one in transcript.editions}
    return transcript, Known(revisions, editions, {str(transcript.sealed)})


def _line(one: Transcript) -> None:
    one.lines[0].words += "！"


def _last_line(one: Transcript) -> None:
    one.lines[-1].words += "！"


def _page(one: Transcript) -> None:
    page = one.editions[-1].pages[1]
    page.lines = [*page.lines[:-1], page.lines[-1] + "！"]


def _first_edition(one: Transcript) -> None:
    page = one.editions[0].pages[0]
    page.lines = ["讯问记录", *page.lines[1:]]


def _page_digest(one: Transcript) -> None:
    one.editions[-1].pages[0].sha256 = "0" * 64


def _head(one: Transcript) -> None:
    one.editions[-1].head = [["地点", "别处"], *one.editions[-1].head[1:]]


def _paragraphs(one: Transcript) -> None:
    one.editions[-1].paragraphs = [*one.editions[-1].paragraphs, "补写"]


def _closing(one: Transcript) -> None:
    one.editions[-1].closing = Closing.READ_OUT


def _edition_digest(one: Transcript) -> None:
    one.editions[-1].sha256 = "0" * 64


def _correction(one: Transcript) -> None:
    one.corrections[0].old = "三月"


def _correction_moment(one: Transcript) -> None:
    one.corrections[0].made_at += timedelta(seconds=1)


def _mark_picture(one: Transcript) -> None:
    one.marks[2].image = picture(ink=9)


def _mark_covers(one: Transcript) -> None:
    one.marks[2].covers = "0" * 64


def _mark_moment(one: Transcript) -> None:
    one.marks[0].made_at += timedelta(seconds=1)


def _mark_signer(one: Transcript) -> None:
    one.marks[0].made_by += 1


def _mark_gone(one: Transcript) -> None:
    del one.marks[1]


def _last_mark_gone(one: Transcript) -> None:
    del one.marks[-1]


def _statement(one: Transcript) -> None:
    one.statements[0].content += b"x"


def _recording(one: Transcript) -> None:
    one.signing_recording = "别的录像"


def _seal(one: Transcript) -> None:
    one.sealed = "0" * 64


@pytest.mark.parametrize(
    ("alter", "fault", "page"),
    [
        (_line, Fault.PAGE, 1),
        (_last_line, Fault.PAGE, 2),
        (_page, Fault.PAGE, 2),
        (_first_edition, Fault.PAGE, 1),
        (_page_digest, Fault.PAGE, 1),
        (_head, Fault.PAGE, 1),
        (_paragraphs, Fault.PAGE, 1),
        (_closing, Fault.PAGE, 1),
        (_edition_digest, Fault.PAGE, 2),
        (_correction, Fault.PAGE, 2),
        (_correction_moment, Fault.CORRECTION, None),
        (_mark_picture, Fault.MARK, 2),
        (_mark_covers, Fault.MARK, 2),
        (_mark_moment, Fault.MARK, 1),
        (_mark_signer, Fault.MARK, 1),
        (_mark_gone, Fault.MARK, 2),
        (_last_mark_gone, Fault.SEAL, None),
        (_statement, Fault.STATEMENT, None),
        (_recording, Fault.SEAL, None),
        (_seal, Fault.SEAL, None),
    ],
)
def test_whatever_is_altered_is_found(
    desk: Desk, alter: Callable[[Transcript], None], fault: Fault, page: int | None
) -> None:
    transcript, known = signed(desk)
    with desk.make.session.no_autoflush:
        assert examined(transcript, known).fits
        alter(transcript)
        found = examined(transcript, known)
    assert (found.fault, found.page) == (fault, page)


def test_a_revision_or_an_entry_of_the_journal_that_differs_is_found(desk: Desk) -> None:
    transcript, known = signed(desk)
    with desk.make.session.no_autoflush:
        assert examined(transcript, Known(known.revisions, set(), known.completed)) == Verified(
            Fault.EDITION, 1
        )
        assert examined(transcript, Known(known.revisions, known.fixed, set())) == Verified(
            Fault.SEAL
        )
        assert examined(
            transcript, Known(known.revisions[1:], known.fixed, known.completed)
        ) == Verified(Fault.LINE)
