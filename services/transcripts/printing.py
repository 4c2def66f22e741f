"""The record on paper: A4, 22 lines of 28 characters a page, its marks below each page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from services.interrogations import Role
from services.kernel.act import SHANGHAI, Act
from services.kernel.refusals import Conflict
from services.policy import Permission, demands
from services.transcripts.flow import Slot, TranscriptState
from services.transcripts.records import Transcript, TranscriptMark
from services.transcripts.wording import ROLES, SUSPECT
from services.typesetting import typeset

LAYOUT = Path(__file__).with_name("transcript.typ")
_ASKED = {Slot.NAME: "签名、盖章", Slot.FINGERPRINT: "捺指印"}


class NotFixedYet(Conflict):
    """The record is drafted; only a fixed text is printed."""

    zh = "笔录尚在制作，固定后方可打印。"


@demands(Permission.TRANSCRIPT_PRINT)
def printed(act: Act, transcript: Transcript) -> bytes:
    """Print the newest edition as PDF, page by page as it was signed (RULES 188, 258¶2).

    Refuses:
        NotAllowed: in the centre only while it is signed; otherwise who may read it.
        NotFixedYet: it is drafted.

    Records:
        Nothing: nothing changes.
    """
    edition = transcript.edition
    if edition is None or transcript.state is TranscriptState.DRAFTING:
        raise NotFixedYet
    marks = act.session.scalars(
        select(TranscriptMark)
        .where(TranscriptMark.transcript_id == transcript.id)
        .options(undefer(TranscriptMark.image))
        .order_by(TranscriptMark.id)
        .execution_options(populate_existing=True)
    ).all()
    told = {
        "pages": [
            {
                "number": page.number,
                "lines": page.lines,
                "sha256": page.sha256,
                "marks": _shown([one for one in marks if one.page_id == page.id], edition),
            }
            for page in edition.pages
        ],
        "corrections": [
            {"number": number, "marks": _shown(made, edition)}
            for number, correction in enumerate(transcript.corrections, start=1)
            if (made := [one for one in marks if one.correction_id == correction.id])
        ],
        "edition": edition.number,
        "complete": transcript.state is TranscriptState.COMPLETE,
    }
    return typeset(LAYOUT, told, edition.fixed_at, as_="pdf")


def _shown(marks: Sequence[TranscriptMark], edition: Any) -> list[dict[str, Any]]:
    """The marks on one page, by whose they are; a mark made later than its refusal replaces it."""
    shown = []
    for signatory in edition.signatories:
        theirs = [one for one in marks if one.attendance_id == signatory["attendance_id"]]
        newest = {one.slot: one for one in theirs if one.image is None}
        newest |= {one.slot: one for one in theirs if one.image is not None}
        if newest:
            role = signatory["role"]
            shown.append(
                {
                    "role": "犯罪嫌疑人" if role == SUSPECT else ROLES[Role(role)],
                    "name": signatory["name"],
                    "given": [_given(newest[slot]) for slot in Slot if slot in newest],
                }
            )
    return shown


def _given(mark: TranscriptMark) -> dict[str, Any]:
    local = mark.made_at.astimezone(SHANGHAI)
    return {
        "slot": mark.slot.value,
        "what": _ASKED[mark.slot],
        "image": list(mark.image or b""),
        "refused": mark.refused_because,
        "on": f"{local:%Y-%m-%d}" if mark.slot is Slot.NAME else None,
    }
