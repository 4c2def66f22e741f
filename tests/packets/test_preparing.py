"""The handler chooses, the rule covers, a second person looks; whatever changes is covered anew."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from services import packets, tasks
from services.activities import ActivityState
from services.attachments import Attachment, MediaType, Paper
from services.cases import Case
from services.kernel.act import Act, JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.packets import (
    CaseKnowsMore,
    MaskIsLifted,
    MaskReason,
    MinorStaysCovered,
    NewPacketDocument,
    NewPacketPerson,
    NoSuchSource,
    NothingToCover,
    NothingToRead,
    OfTheCase,
    Packet,
    PacketEmpty,
    PacketExists,
    PacketMask,
    PacketRole,
    PacketState,
    ScanNotRedactable,
    SourceKind,
    TooMuchToRead,
)
from services.participants import Participant, ParticipantKind
from services.people import Person
from services.policy import Permission, PostKind, allows
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make
from tests.packets.conftest import CANARY, CHILD, HOUR, SECRETS, VICTIM, Reading
from tests.packets.test_extraction import docx, run

TYPED = NewPacketDocument(SourceKind.WORDS, None, "案情", "经过。")


def open_tasks(reading: Reading, kind: TaskKind) -> list[tuple[int | None, PostKind | None]]:
    chosen = select(Task).where(Task.kind == kind, Task.state == TaskState.OPEN).order_by(Task.id)
    return [(one.person_id, one.post) for one in reading.session.scalars(chosen)]


def masks(packet: Packet) -> list[PacketMask]:
    return [mask for document in packet.documents for mask in document.masks]


def test_from_the_choice_to_the_confirmed_pages(reading: Reading) -> None:
    packet = reading.drafted()
    assert open_tasks(reading, TaskKind.PREPARE_PACKET) == [(reading.town.prosecutor.id, None)]

    packets.redact(reading.act(reading.town.prosecutor), packet)
    assert open_tasks(reading, TaskKind.PREPARE_PACKET) == []
    assert open_tasks(reading, TaskKind.CHECK_PACKET) == [(None, PostKind.CASE_MANAGER)]

    packets.check(reading.act(reading.town.manager), packet)
    assert packet.state is PacketState.CHECKED
    assert open_tasks(reading, TaskKind.CHECK_PACKET) == []
    assert [one.number for one in packet.pages] == list(range(1, len(packet.pages) + 1))
    assert [one.begins for one in packet.pages][:2] == [True, True]
    words = "".join("".join(one.paragraphs) for one in packet.pages)
    assert not [one for one in SECRETS if one in words + packet.pages[1].title]
    assert packet.pages[1].title == "甲某案审查意见"
    assert words.count("事实清楚。") == 400


def test_the_people_of_the_case_are_known_with_their_codes_and_ages(reading: Reading) -> None:
    packet = reading.drafted()
    known = {one.names[0]: (one.role, one.minor) for one in packet.people}
    assert known == {
        CANARY: (PacketRole.SUSPECT, False),
        CHILD: (PacketRole.SUSPECT, True),
        VICTIM: (PacketRole.VICTIM, False),
    }
    assert [packets.code_name(one.ordinal) for one in packet.people] == ["甲某", "乙某", "丙某"]


def test_somebody_who_comes_to_the_case_later_is_covered_too(reading: Reading) -> None:
    packet = reading.drafted()
    late = reading.make.suspect(name="卫青岚")
    late.arrest_request_id = reading.case.arrest_request_id
    reading.case.suspects.append(late)
    reading.session.flush()
    act = reading.act(reading.town.prosecutor)
    packets.add_document(act, packet, replace(TYPED, words="卫青岚到场。"))
    packets.redact(act, packet)
    assert packets.shown_of(packet.documents[-1]) == "案情\n丁某到场。"


def test_nothing_is_confirmed_or_released_that_does_not_know_everybody(reading: Reading) -> None:
    packet = reading.redacted()
    reading.session.add(
        Participant(
            office_id=reading.town.procuratorate.id,
            kind=ParticipantKind.LEGAL_REPRESENTATIVE,
            name="方晓云",
            suspect_id=reading.case.suspects[1].id,
            entered_at=reading.make.now,
            entered_by=reading.town.manager.id,
        )
    )
    reading.session.flush()
    manager = reading.act(reading.town.manager)
    with pytest.raises(CaseKnowsMore):
        packets.check(manager, packet)

    packets.redact(reading.act(reading.town.prosecutor), packet)
    packets.check(manager, packet)
    reading.case.suspects[0].alias = "新绰号"
    reading.session.flush()
    window = reading.activity.starts_at - HOUR, reading.activity.ends_at
    with pytest.raises(CaseKnowsMore):
        packets.release(manager, packet, open_from=window[0], open_until=window[1])


@pytest.mark.parametrize("step", ["document", "removal", "person", "forgotten"])
@pytest.mark.parametrize("state", [PacketState.REDACTED, PacketState.CHECKED])
def test_whatever_is_changed_is_covered_and_looked_at_anew(
    reading: Reading, state: PacketState, step: str
) -> None:
    packet = reading.redacted() if state is PacketState.REDACTED else reading.checked()
    act = reading.act(reading.town.prosecutor)
    before = packet.version
    if step == "document":
        packets.add_document(act, packet, TYPED)
    elif step == "removal":
        packets.remove_document(act, packet, packet.documents[0])
    elif step == "person":
        packets.name_person(act, packet, NewPacketPerson(PacketRole.WITNESS, ("冯七",)))
    else:
        packets.forget_person(act, packet, packet.people[-1])
    assert (packet.state, packet.pages, masks(packet)) == (PacketState.DRAFTED, [], [])
    assert (packet.checked_by, packet.redacted_by) == (None, None)
    assert packet.version > before
    assert open_tasks(reading, TaskKind.CHECK_PACKET) == []
    assert open_tasks(reading, TaskKind.PREPARE_PACKET) == [(act.actor.id, None)]


def test_two_changes_of_a_draft_meet(reading: Reading) -> None:
    packet = reading.drafted()
    before = packet.version
    packets.add_document(reading.act(reading.town.prosecutor), packet, TYPED)
    assert packet.version == before + 1


def test_what_lies_open_is_not_changed(reading: Reading) -> None:
    packet = reading.released()
    act = reading.act(reading.town.prosecutor)
    for change in (
        lambda: packets.add_document(act, packet, TYPED),
        lambda: packets.remove_document(act, packet, packet.documents[0]),
        lambda: packets.name_person(act, packet, NewPacketPerson(PacketRole.OTHER, ("冯七",))),
        lambda: packets.forget_person(act, packet, packet.people[-1]),
        lambda: packets.redact(act, packet),
    ):
        with pytest.raises(WrongState):
            change()


def test_an_activity_has_one_packet(reading: Reading) -> None:
    reading.drafted()
    with pytest.raises(PacketExists):
        packets.begin(reading.act(reading.town.prosecutor), reading.activity)


def test_an_activity_that_is_called_off_gets_no_packet(reading: Reading) -> None:
    reading.activity.state, reading.activity.cancelled_because = ActivityState.CANCELLED, "改期"
    with pytest.raises(WrongState):
        packets.begin(reading.act(reading.town.prosecutor), reading.activity)


def test_a_packet_without_documents_is_not_covered(reading: Reading) -> None:
    act = reading.act(reading.town.prosecutor)
    packet = packets.begin(act, reading.activity)
    with pytest.raises(PacketEmpty):
        packets.redact(act, packet)


def test_a_document_has_a_title_and_words_and_an_end(reading: Reading) -> None:
    act = reading.act(reading.town.prosecutor)
    packet = packets.begin(act, reading.activity)
    for empty in (replace(TYPED, title=" "), replace(TYPED, words="\n ")):
        with pytest.raises(NothingToRead):
            packets.add_document(act, packet, empty)
    with pytest.raises(TooMuchToRead):
        packets.add_document(act, packet, replace(TYPED, words="长" * 120_000))


def attached(reading: Reading, content: bytes, kind: MediaType, case: Case) -> Attachment:
    kept = Attachment(
        arrest_request_id=case.arrest_request_id,
        title="说明",
        kind=Paper.OTHER,
        file_name="说明.docx",
        media_type=kind.value,
        size=len(content),
        sha256="0" * 64,
        uploaded_by=reading.town.officer.id,
        uploaded_at=reading.make.now,
        content=content,
    )
    reading.session.add(kept)
    reading.session.flush()
    return kept


def test_an_attachment_gives_its_words_and_a_scan_none(reading: Reading) -> None:
    act = reading.act(reading.town.prosecutor)
    packet = packets.begin(act, reading.activity)
    file = attached(reading, docx(f"<w:p>{run(CANARY)}</w:p>"), MediaType.DOCX, reading.case)
    scan = attached(reading, b"%PDF-1.7", MediaType.PDF, reading.case)

    taken = packets.add_document(act, packet, NewPacketDocument(SourceKind.ATTACHMENT, file.id))
    packets.redact(act, packet)

    assert taken.words == f"说明\n{CANARY}"
    assert packets.shown_of(taken) == "说明\n甲某"
    with pytest.raises(ScanNotRedactable):
        packets.add_document(act, packet, NewPacketDocument(SourceKind.ATTACHMENT, scan.id))


def test_a_paper_of_another_case_is_not_there(reading: Reading) -> None:
    act = reading.act(reading.town.prosecutor)
    packet = packets.begin(act, reading.activity)
    other = reading.make.handled(reading.town)
    foreign = attached(reading, docx("<w:p/>"), MediaType.DOCX, other)
    for source_id in (foreign.id, None):
        with pytest.raises(NotFound):
            packets.add_document(act, packet, NewPacketDocument(SourceKind.ATTACHMENT, source_id))


def test_an_activity_about_no_case_has_typed_words_only(reading: Reading) -> None:
    activity = reading.make.activity(reading.town, reading.bureau)
    act = reading.act(reading.town.prosecutor)
    packet = packets.begin(act, activity)
    with pytest.raises(NoSuchSource):
        packets.add_document(act, packet, NewPacketDocument(SourceKind.FACTS))
    packets.add_document(act, packet, TYPED)
    assert packets.redact(act, packet).state is PacketState.REDACTED


def test_who_the_case_names_stays_covered(reading: Reading) -> None:
    packet = reading.drafted()
    with pytest.raises(OfTheCase):
        packets.forget_person(reading.act(reading.town.prosecutor), packet, packet.people[0])


def test_a_word_is_covered_wherever_it_stands(reading: Reading) -> None:
    packet = reading.redacted()
    act = reading.act(reading.town.manager)
    made = packets.cover_word(act, packet, word="事实清楚")
    assert len(made) == 400
    assert {one.made_by for one in made} == {reading.town.manager.id}
    packets.check(act, packet)
    assert "事实清楚" not in "".join("".join(one.paragraphs) for one in packet.pages)


def test_a_piece_is_covered_by_eye_and_nothing_beyond_the_end(reading: Reading) -> None:
    packet = reading.redacted()
    act, document = reading.act(reading.town.manager), packet.documents[0]
    packets.cover_span(act, packet, document, starts=0, ends=4)
    assert packets.shown_of(document).startswith("【已遮盖】")
    for starts, ends in ((4, 4), (5, 4), (0, len(document.words) + 1)):
        with pytest.raises(NothingToCover):
            packets.cover_span(act, packet, document, starts=starts, ends=ends)
    with pytest.raises(NothingToCover):
        packets.cover_word(act, packet, word="无此词语")


def test_a_piece_is_shown_for_a_reason_but_never_a_minors(reading: Reading) -> None:
    packet = reading.redacted()
    act = reading.act(reading.town.manager)
    phone = next(one for one in masks(packet) if one.reason is MaskReason.TELEPHONE)
    packets.lift(act, packet, phone, because="系报警电话。")
    assert "13800138000" in packets.shown_of(packet.documents[0])
    with pytest.raises(MaskIsLifted):
        packets.lift(act, packet, phone, because="系报警电话。")
    of_minors = [one for one in masks(packet) if one.minor]
    assert {one.reason for one in of_minors} == {MaskReason.NAME, MaskReason.SCHOOL}
    for one in of_minors:
        with pytest.raises(MinorStaysCovered) as refused:
            packets.lift(act, packet, one, because="无关。")
        assert refused.value.members["article"] == "RULES 461"


def test_nothing_is_covered_or_lifted_or_confirmed_out_of_turn(reading: Reading) -> None:
    packet = reading.checked()
    act = reading.act(reading.town.manager)
    mask = masks(packet)[0]
    for step in (
        lambda: packets.cover_word(act, packet, word="事实清楚"),
        lambda: packets.cover_span(act, packet, packet.documents[0], starts=0, ends=1),
        lambda: packets.lift(act, packet, mask, because="无关。"),
        lambda: packets.check(act, packet),
    ):
        with pytest.raises(WrongState):
            step()


def test_nobody_confirms_the_own_work(reading: Reading, make: Make) -> None:
    activity = make.activity(reading.town, reading.bureau, planned_by=reading.town.manager.id)
    act = reading.act(reading.town.manager)
    packet = packets.begin(act, activity)
    packets.add_document(act, packet, TYPED)
    packets.redact(act, packet)
    with pytest.raises(NotAllowed):
        packets.check(act, packet)
    colleague = make.person(PostKind.CASE_MANAGER, reading.town.procuratorate)
    packets.check(reading.act(colleague), packet)
    assert packet.checked_by == colleague.id


def test_only_whose_work_it_is_prepares_and_only_case_management_checks(
    reading: Reading,
) -> None:
    packet = reading.redacted()
    town = reading.town
    everybody = [town.manager, town.prosecutor, town.chief, town.officer, reading.one.person]
    everybody.append(reading.bureau.officer)

    def may(permission: Permission) -> list[Person]:
        return [one for one in everybody if allows(reading.act(one).actor, permission, packet)]

    assert may(Permission.PACKET_PREPARE) == [town.prosecutor]
    assert may(Permission.PACKET_CHECK) == [town.manager]
    assert may(Permission.PACKET_DRAFT_READ) == [town.manager, town.prosecutor, town.chief]
    assert may(Permission.PACKET_RELEASE) == [town.manager, town.prosecutor]
    assert may(Permission.PACKET_WITHDRAW) == [town.manager, town.prosecutor, town.chief]
    assert may(Permission.PACKET_WATCH) == []


def refused_acts(reading: Reading) -> list[Act]:
    people = [reading.one.person, reading.bureau.officer, reading.town.officer]
    return [reading.act(one) for one in people]


def test_others_are_refused_each_step(reading: Reading) -> None:
    packet = reading.redacted()
    for act in refused_acts(reading):
        for step in (
            lambda act=act: packets.begin(act, reading.activity),
            lambda act=act: packets.add_document(act, packet, TYPED),
            lambda act=act: packets.redact(act, packet),
            lambda act=act: packets.check(act, packet),
            lambda act=act: packets.drafted(act, packet),
            lambda act=act: packets.withdraw(act, packet, because="无"),
            lambda act=act: packets.watch(act, 1),
        ):
            with pytest.raises(NotAllowed):
                step()


def test_the_task_goes_with_the_case_to_another_handler(reading: Reading, make: Make) -> None:
    reading.drafted()
    successor = make.person(PostKind.PROSECUTOR, reading.town.procuratorate)
    reading.case.handler_id = successor.id
    reading.session.flush()
    packets.handler_changed(reading.act(reading.town.manager), reading.case)
    assert open_tasks(reading, TaskKind.PREPARE_PACKET) == [(successor.id, None)]

    reading.case.handler_id = None
    reading.session.flush()
    packets.handler_changed(reading.act(reading.town.manager), reading.case)
    assert open_tasks(reading, TaskKind.PREPARE_PACKET) == []


def test_the_journal_and_the_tasks_hold_no_canary(reading: Reading) -> None:
    packet = reading.redacted()
    act = reading.act(reading.town.manager)
    packets.cover_word(act, packet, word=CANARY)
    packets.check(act, packet)
    reading.session.flush()
    kept = reading.session.scalars(select(JournalEntry)).all()
    assert len(kept) > 5
    told = json.dumps([one.details for one in kept], ensure_ascii=False)
    assert not [one for one in SECRETS if one in told]
    assert tasks.open_about(act, TaskKind.CHECK_PACKET, packet) == []
