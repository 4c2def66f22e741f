"""The papers of a case that are lent: its own, and only what the handler may read oneself."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services import packets
from services.arrest_reviews import ArrestReview
from services.arrest_reviews.flow import Hearing
from services.arrest_reviews.flow import Proposal as Opined
from services.arrest_reviews.records import Opinion
from services.kernel.refusals import NotFound
from services.packets import NewPacketDocument, Packet, SourceKind
from services.policy import PostKind
from services.proceedings.records import Proposal
from services.transcripts import Transcript, TranscriptEdition
from tests.packets.conftest import CANARY, Reading

SAID = f"经审查，{CANARY}认罪认罚。"


def opinion(reading: Reading) -> int:
    review = reading.session.scalars(
        select(ArrestReview).where(ArrestReview.case_id == reading.case.id)
    ).first()
    assert review is not None
    review.opinions.append(
        Opinion(
            proposal=Opined.APPROVE,
            hearing=Hearing.INTERROGATED,
            reasons=SAID,
            by_id=reading.town.prosecutor.id,
            at=reading.make.now,
        )
    )
    reading.session.flush()
    return review.id


def proposal(reading: Reading) -> int:
    suspect = reading.case.suspects[0]
    put = Proposal(
        subject_kind="prosecutions",
        subject_id=1,
        case_id=reading.case.id,
        suspect_id=suspect.id,
        step="not_prosecute_minor",
        lane="main",
        given={"reasons": SAID},
        chain=[],
        approver_post=PostKind.CHIEF_PROCURATOR,
        approver_office_id=reading.town.procuratorate.id,
        put_by=reading.town.prosecutor.id,
        put_office_id=reading.town.procuratorate.id,
        put_at=reading.make.now,
    )
    reading.session.add(put)
    reading.session.flush()
    return put.id


def transcript(reading: Reading) -> int:
    suspect = reading.case.suspects[0]
    held = reading.make.held(reading.case, suspect)
    kept = Transcript(
        interrogation=held, opened_at=reading.make.now, opened_by=reading.town.prosecutor.id
    )
    kept.editions.append(
        TranscriptEdition(
            number=1,
            head=[["记录人", "书记员"]],
            signatories=[],
            paragraphs=["问：你的姓名？", SAID],
            history_sha256="0" * 64,
            sha256="0" * 64,
            fixed_at=reading.make.now + timedelta(hours=1),
            fixed_by=reading.town.prosecutor.id,
        )
    )
    reading.session.add(kept)
    reading.session.flush()
    return kept.id


PAPERS = {
    SourceKind.OPINION: opinion,
    SourceKind.PROPOSAL: proposal,
    SourceKind.TRANSCRIPT: transcript,
}


def begun(reading: Reading) -> Packet:
    return packets.begin(reading.act(reading.town.prosecutor), reading.activity)


@pytest.mark.parametrize("kind", PAPERS)
def test_a_paper_of_the_case_is_lent_and_covered(reading: Reading, kind: SourceKind) -> None:
    packet, paper_id = begun(reading), PAPERS[kind](reading)
    act = reading.act(reading.town.prosecutor)
    document = packets.add_document(act, packet, NewPacketDocument(kind, paper_id))
    assert SAID in document.words
    packets.redact(act, packet)
    assert "经审查，甲某认罪认罚。" in packets.shown_of(document)


@pytest.mark.parametrize("kind", PAPERS)
def test_a_paper_of_another_case_is_not_lent(reading: Reading, kind: SourceKind) -> None:
    paper_id = PAPERS[kind](reading)
    other = reading.make.handled(reading.town)
    activity = reading.make.activity(reading.town, reading.bureau, case_id=other.id)
    act = reading.act(reading.town.prosecutor)
    packet = packets.begin(act, activity)
    with pytest.raises(NotFound):
        packets.add_document(act, packet, NewPacketDocument(kind, paper_id))
