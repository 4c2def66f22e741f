"""Writing a record: two phones, retries, editions, corrections."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services import transcripts
from services.interrogations import InterrogationState, Role
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import Permission, PostKind, allows
from services.transcripts import (
    Closing,
    LineDiffers,
    LineKind,
    NothingCorrected,
    NothingWritten,
    NotSeatedThere,
    ReasonMissing,
    Transcript,
    TranscriptBegun,
    TranscriptState,
    WordsNotThere,
)
from tests.interrogations.conftest import Scene
from tests.make import Make
from tests.transcripts.conftest import Desk


def text_of(transcript: Transcript) -> str:
    edition = transcript.edition
    assert edition is not None
    return "".join(line for page in edition.pages for line in page.lines)


def test_one_interrogation_that_has_begun_has_one_record(desk: Desk) -> None:
    desk.interrogation.state = InterrogationState.CONFIRMED
    with pytest.raises(WrongState):
        transcripts.begin(desk.act, desk.interrogation)
    desk.interrogation.state = InterrogationState.ENDED
    transcripts.begin(desk.act, desk.interrogation)
    with pytest.raises(TranscriptBegun):
        transcripts.begin(desk.act, desk.interrogation)


def test_two_phones_write_and_a_retry_adds_nothing(desk: Desk) -> None:
    transcript = desk.begin("第一句")
    late, other = desk.line("第二句", 20), desk.line("第三句", 30)
    transcripts.write(desk.make.act(desk.second), transcript, [other])
    for _ in range(2):
        transcripts.write(desk.act, transcript, [late])
    line = transcripts.line_of(desk.act, transcript, late.client_id)
    transcripts.rewrite(desk.act, transcript, line, kind=LineKind.ANSWER, ordinal=20, words="改后")
    transcripts.write(desk.act, transcript, [late])
    desk.make.session.expire_all()
    assert [one.words for one in transcript.lines] == ["第一句", "改后", "第三句"]
    assert [one.words for one in line.revisions] == ["第二句", "改后"]
    with pytest.raises(LineDiffers) as refused:
        transcripts.write(desk.act, transcript, [replace(late, words="别的")])
    assert refused.value.members["client_ids"] == [str(late.client_id)]


def test_the_heading_says_time_place_staff_and_suspect(desk: Desk) -> None:
    text = text_of(desk.fixed())
    for words in (
        "讯问笔录时间：2026年3月2日12时00分至2026年3月2日12时00分",
        f"地点：{desk.scene.centre.office.name}",
        f"讯问人：{desk.scene.town.prosecutor.name}、{desk.second.name}",
        f"犯罪嫌疑人：{desk.scene.suspect.name}",
        "答：你涉嫌什么事？答：我没有拿别人的东西。",
    ):
        assert words in text


def test_a_fixed_text_is_not_written_on_until_it_is_reopened(desk: Desk) -> None:
    empty = transcripts.begin(desk.act, desk.interrogation)
    with pytest.raises(NothingWritten):
        transcripts.put_for_reading(desk.act, empty)
    with pytest.raises(WrongState):
        transcripts.reopen(desk.act, empty)
    line = desk.line("说的话")
    transcripts.write(desk.act, empty, [line])
    transcripts.put_for_reading(desk.act, empty)
    with pytest.raises(WrongState):
        transcripts.put_for_reading(desk.act, empty)
    with pytest.raises(WrongState):
        transcripts.write(desk.act, empty, [desk.line("迟到的话")])
    kept = transcripts.line_of(desk.act, empty, line.client_id)
    with pytest.raises(WrongState):
        transcripts.rewrite(desk.act, empty, kept, kind=LineKind.ANSWER, ordinal=1, words="别的")
    transcripts.reopen(desk.act, empty)
    transcripts.write(desk.act, empty, [desk.line("迟到的话", 20)])
    transcripts.put_for_reading(desk.act, empty)
    assert [one.number for one in empty.editions] == [1, 2]
    assert "迟到的话" in text_of(empty)


def test_a_correction_is_kept_with_the_old_words_and_makes_a_new_edition(desk: Desk) -> None:
    transcript = desk.fixed("我三月去过那里，三次。")
    [line] = transcript.lines
    for old, new, refusal in (
        ("四月", "五月", WordsNotThere),
        ("三", "四", WordsNotThere),
        ("三月", "三月", NothingCorrected),
    ):
        with pytest.raises(refusal):
            transcripts.correct(desk.act, transcript, line, old=old, new=new)
    with pytest.raises(NotSeatedThere):
        transcripts.correct(desk.act, transcript, line, old="三月", new="四月", asked_by=0)
    transcripts.correct(desk.act, transcript, line, old="三月", new="四月")
    transcripts.correct(desk.act, transcript, line, old="", new="没有进门。")
    first, second, third = transcript.editions
    assert "我三月去过" in "".join(first.paragraphs)
    assert "改正之1：原记“三月”，改正为“四月”" in second.paragraphs
    assert "答：我四月去过那里，三次。没有进门。" in third.paragraphs
    assert "补充之2：补充“没有进门。”" in third.paragraphs
    assert transcript.state is TranscriptState.FOR_READING


@pytest.mark.parametrize(
    ("closing", "words"),
    [
        (Closing.READ, "以上笔录我看过，和我说的相符"),
        (Closing.READ_OUT, "以上笔录向我宣读过，和我说的相符"),
        (Closing.DECLINED, "犯罪嫌疑人拒绝写明核对意见，原因：不同意"),
    ],
)
def test_the_closing_words_stand_on_the_last_page_with_the_day(
    desk: Desk, closing: Closing, words: str
) -> None:
    transcript = desk.fixed()
    with pytest.raises(ReasonMissing):
        transcripts.close(desk.act, transcript, closing=Closing.DECLINED)
    transcripts.close(desk.act, transcript, closing=closing, reason="不同意")
    assert text_of(transcript).endswith(words + "2026年3月2日")
    with pytest.raises(WrongState):
        transcripts.close(desk.act, transcript, closing=closing, reason="不同意")
    line = transcript.lines[0]
    transcripts.correct(desk.act, transcript, line, old="什么", new="何")
    assert words not in text_of(transcript)


def test_who_sees_writes_reads_and_prints_it(desk: Desk, make: Make, scene: Scene) -> None:
    transcript = desk.read()
    town = scene.town
    head = make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate)
    stranger = make.person(PostKind.PROSECUTOR, town.procuratorate)
    powers = (
        Permission.TRANSCRIPT_FOLLOW,
        Permission.TRANSCRIPT_READ,
        Permission.TRANSCRIPT_PRINT,
        Permission.TRANSCRIPT_WRITE,
        Permission.TRANSCRIPT_MARK,
    )
    expected = {
        town.prosecutor: "11111",
        desk.second: "11111",
        town.chief: "11100",
        head: "11100",
        town.manager: "10000",
        scene.centre.officer: "10101",
        town.officer: "00000",
        stranger: "00000",
    }
    for person, may in expected.items():
        act = make.act(person)
        assert [allows(act.actor, one, transcript) for one in powers] == [c == "1" for c in may]
        seen = make.session.scalars(transcripts.visible(act)).all()
        assert seen == ([transcript] if may[0] == "1" else [])
    with pytest.raises(NotFound):
        transcripts.find(make.act(stranger), transcript.id)
    with pytest.raises(NotAllowed):
        transcripts.reopen(make.act(town.manager), transcript)
    with pytest.raises(NotAllowed):
        transcripts.begin(make.act(scene.centre.officer), desk.interrogation)
    desk.interrogation.state = InterrogationState.ENDED
    desk.sign_all(transcript)
    transcripts.complete(desk.act, transcript)
    officer = make.act(scene.centre.officer).actor
    assert not allows(officer, Permission.TRANSCRIPT_PRINT, transcript)
    assert allows(officer, Permission.TRANSCRIPT_FOLLOW, transcript)


def test_only_who_came_is_asked_to_sign(desk: Desk) -> None:
    desk.seats[0].arrived_at = desk.make.now - timedelta(minutes=1)
    transcript = desk.fixed()
    assert transcript.edition is not None
    roles = [one["role"] for one in transcript.edition.signatories]
    assert roles == ["suspect", Role.LEAD.value]
    assert desk.seats[1].role is Role.STAFF
