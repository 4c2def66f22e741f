"""Read on the enrolled phone, within the window, by whoever may; each look is written down."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from services import invitations, packets
from services.activities import ActivityState, followers
from services.assignments.records import Recusal, RecusalGround
from services.devices import Device
from services.invitations import InvitationState
from services.kernel.act import Act
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.packets import (
    NotYetOpen,
    OtherDevice,
    Packet,
    PacketGone,
    PacketState,
    PacketView,
    ReadingWindowBackwards,
    ReadingWindowTooWide,
    ViewForm,
)
from services.policy import MACHINE, Permission, PostKind, allows
from services.tasks import Task, TaskKind, TaskState
from tests.packets.conftest import HOUR, SECRETS, Reading

INSTANT = timedelta(microseconds=1)


def looks(reading: Reading, packet: Packet) -> list[tuple[int, int, ViewForm]]:
    found = reading.session.scalars(
        select(PacketView).where(PacketView.packet_id == packet.id).order_by(PacketView.id)
    )
    return [(one.person_id, one.page, one.form) for one in found]


def open_to(reading: Reading) -> list[int | None]:
    chosen = select(Task).where(Task.kind == TaskKind.READ_PACKET, Task.state == TaskState.OPEN)
    return [one.person_id for one in reading.session.scalars(chosen.order_by(Task.person_id))]


def every_form(act: Act, packet: Packet) -> list[Callable[[], object]]:
    return [
        lambda: packets.contents(act, packet),
        lambda: packets.view(act, packet, number=1, form=ViewForm.TEXT),
        lambda: packets.view(act, packet, number=1, form=ViewForm.IMAGE),
    ]


def test_a_page_is_read_and_bears_who_looks_at_it(reading: Reading) -> None:
    packet = reading.released()
    act = reading.act(reading.one.person, reading.within)
    page = packets.view(act, packet, number=1, form=ViewForm.TEXT)
    name, digits = reading.one.person.name, f"{reading.one.person_id:04d}"
    assert page.watermark == f"{name} {digits[-4:]} 2026-03-12 11:00 活动{reading.activity.id}"
    assert (page.number, page.of) == (1, len(packet.pages))
    assert page.expires_at == packet.open_until
    assert looks(reading, packet) == [(act.actor.id, 1, ViewForm.TEXT)]


def test_text_and_picture_agree_in_their_pages_and_each_is_counted(reading: Reading) -> None:
    packet = reading.released()
    act = reading.act(reading.one.person, reading.within)
    for number in range(1, len(packet.pages) + 1):
        for form in ViewForm:
            assert packets.view(act, packet, number=number, form=form).number == number
    assert len(looks(reading, packet)) == 2 * len(packet.pages)
    for number in (0, len(packet.pages) + 1):
        with pytest.raises(NotFound):
            packets.view(act, packet, number=number, form=ViewForm.TEXT)


def test_the_contents_tell_covered_titles_and_where_they_begin(reading: Reading) -> None:
    packet = reading.released()
    told = packets.contents(reading.act(reading.one.person, reading.within), packet)
    assert told.documents == [("提请批准逮捕的案件事实", 1), ("甲某案审查意见", 2)]
    assert not [one for one in SECRETS if one in str(told)]


def test_the_window_opens_and_closes_to_the_instant(reading: Reading) -> None:
    packet = reading.released()
    opens, closes = packet.open_from, packet.open_until
    assert opens is not None
    assert closes is not None
    for at, refusal in (
        (opens - INSTANT, NotYetOpen),
        (closes, PacketGone),
        (closes + 100 * HOUR, PacketGone),
    ):
        for look in every_form(reading.act(reading.one.person, at), packet):
            with pytest.raises(refusal):
                look()
    for at in (opens, closes - INSTANT):
        for look in every_form(reading.act(reading.one.person, at), packet):
            look()


def test_on_another_phone_it_is_not_read(reading: Reading) -> None:
    packet = reading.released()
    session_id, _ = reading.phone(reading.one.person)
    act = reading.act(reading.one.person, reading.within)
    elsewhere = replace(act, actor=replace(act.actor, session_id=session_id))
    nowhere = replace(act, actor=replace(act.actor, session_id=None))
    for other in (elsewhere, nowhere):
        for look in every_form(other, packet):
            with pytest.raises(OtherDevice):
                look()
    assert looks(reading, packet) == []


def test_a_phone_that_signed_out_reads_no_more(reading: Reading) -> None:
    packet = reading.released()
    device = reading.session.get_one(Device, reading.phones[reading.one.person_id][1])
    device.token, device.freed_at = None, reading.make.now
    with pytest.raises(OtherDevice):
        packets.contents(reading.act(reading.one.person, reading.within), packet)


def test_a_supervisor_who_is_kept_away_loses_it_at_once(reading: Reading) -> None:
    packet = reading.released()
    act = reading.act(reading.one.person, reading.within)
    packets.view(act, packet, number=1, form=ViewForm.TEXT)
    invitation = invitations.of(act, reading.activity, act.actor.id)
    assert invitation is not None
    invitation.state = InvitationState.RECUSED
    reading.session.flush()
    reading.session.expire(packet, ["readers"])
    for look in every_form(act, packet):
        with pytest.raises(NotAllowed):
            look()
    with pytest.raises(NotFound):
        packets.find(act, packet.id)
    assert packets.to_wipe(act) == [packet.id]


@pytest.mark.parametrize("state", ["invited", "declined", "lapsed", "absent"])
def test_who_has_not_accepted_or_stays_away_knows_of_no_packet(
    reading: Reading, state: str
) -> None:
    packet = reading.released()
    third = reading.make.supervisor(reading.bureau)
    reading.invitation(third, state=InvitationState(state), decline_reason="出差")
    act = reading.act(third.person, reading.within)
    with pytest.raises(NotFound):
        packets.find(act, packet.id)


def test_who_has_not_signed_knows_of_no_packet(reading: Reading) -> None:
    packet = reading.released()
    third = reading.make.supervisor(reading.bureau)
    reading.invitation(third, undertook_at=None)
    with pytest.raises(NotFound):
        packets.find(reading.act(third.person, reading.within), packet.id)


def test_the_list_of_packets_is_equal_to_the_clause(reading: Reading) -> None:
    released = reading.released()
    activity = reading.make.activity(reading.town, reading.bureau)
    drafted = packets.begin(reading.act(reading.town.prosecutor), activity)
    elsewhere = reading.make.town()
    former = reading.make.supervisor(reading.bureau)
    reading.invitation(former)
    reading.session.execute(
        text("UPDATE posts SET until_on = '2026-01-01' WHERE person_id = :one"),
        {"one": former.person_id},
    )
    reading.session.expire_all()
    town = reading.town
    seen: dict[int, set[int]] = {}
    for person in (
        town.manager,
        town.prosecutor,
        town.chief,
        town.officer,
        reading.bureau.officer,
        reading.make.person(PostKind.PROSECUTOR, town.procuratorate),
        elsewhere.manager,
        reading.one.person,
        former.person,
    ):
        act = reading.act(person)
        listed = {one.id for one in reading.session.scalars(packets.visible(act))}
        for packet in (released, drafted):
            readable = allows(act.actor, Permission.PACKET_READ, packet)
            assert readable == (packet.id in listed), person.id
        seen[person.id] = listed
    assert seen[reading.one.person_id] == {released.id}
    assert seen[town.chief.id] == seen[town.prosecutor.id] == {released.id, drafted.id}
    assert (
        seen[former.person_id] == seen[town.officer.id] == seen[reading.bureau.officer.id] == set()
    )


def test_a_handler_who_is_kept_away_reads_and_prepares_no_more(reading: Reading) -> None:
    packet = reading.released()
    reading.session.add(
        Recusal(
            case_id=reading.case.id,
            person_id=reading.town.prosecutor.id,
            ground=RecusalGround.INTEREST,
            recorded_by=reading.town.chief.id,
            recorded_at=reading.make.now,
        )
    )
    reading.session.flush()
    reading.session.expire_all()
    act = reading.act(reading.town.prosecutor)
    with pytest.raises(NotFound):
        packets.find(act, packet.id)
    with pytest.raises(NotAllowed):
        packets.withdraw(act, packet, because="回避")


def test_what_is_withdrawn_is_gone_in_every_form(reading: Reading) -> None:
    packet = reading.released()
    reader = reading.act(reading.one.person, reading.within)
    packets.withdraw(reading.act(reading.town.chief, reading.within), packet, because="选取有误。")
    for look in every_form(reader, packet):
        with pytest.raises(PacketGone):
            look()
    with pytest.raises(PacketGone):
        packets.read(reader, packet.id)
    assert packets.to_wipe(reader) == [packet.id]
    assert packets.to_wipe(reading.act(reading.town.manager)) == []
    assert open_to(reading) == []
    with pytest.raises(WrongState):
        packets.withdraw(reading.act(reading.town.chief), packet, because="再撤。")
    with pytest.raises(WrongState):
        release(reading, packet)


def test_what_was_withdrawn_and_is_prepared_anew_stays_gone_until_it_is_released(
    reading: Reading,
) -> None:
    packet = reading.released()
    packets.withdraw(reading.act(reading.town.manager), packet, because="选取有误。")
    packets.redact(reading.act(reading.town.prosecutor), packet)
    packets.check(reading.act(reading.town.manager), packet)
    reader = reading.act(reading.one.person, reading.within)
    for look in every_form(reader, packet):
        with pytest.raises(PacketGone):
            look()
    release(reading, packet)
    packets.view(reader, packet, number=1, form=ViewForm.TEXT)
    assert packets.to_wipe(reader) == []


def release(reading: Reading, packet: Packet, **given: timedelta) -> Packet:
    starts, ends = reading.activity.starts_at, reading.activity.ends_at
    return packets.release(
        reading.act(reading.town.manager),
        packet,
        open_from=starts - given.get("before", 24 * HOUR),
        open_until=ends + given.get("after", 0 * HOUR),
    )


def test_the_window_lies_within_the_practice(reading: Reading) -> None:
    packet = reading.checked()
    for given in ({"before": 73 * HOUR}, {"after": 49 * HOUR}):
        with pytest.raises(ReadingWindowTooWide):
            release(reading, packet, **given)
    with pytest.raises(ReadingWindowBackwards):
        release(reading, packet, after=-26 * HOUR)
    release(reading, packet, before=72 * HOUR, after=48 * HOUR)
    assert packet.state is PacketState.RELEASED


def test_a_window_that_is_over_already_is_refused(reading: Reading) -> None:
    packet = reading.checked()
    late = reading.act(reading.town.manager, reading.activity.ends_at + HOUR)
    with pytest.raises(ReadingWindowBackwards):
        packets.release(late, packet, open_from=reading.within, open_until=reading.activity.ends_at)


def test_what_nobody_confirmed_is_not_released(reading: Reading) -> None:
    packet = reading.redacted()
    with pytest.raises(WrongState):
        release(reading, packet)


def test_for_an_activity_that_is_called_off_nothing_is_released(reading: Reading) -> None:
    packet = reading.checked()
    reading.activity.state, reading.activity.cancelled_because = ActivityState.CANCELLED, "改期"
    with pytest.raises(WrongState):
        release(reading, packet)


def test_the_readers_are_asked_once_and_done_when_all_is_read(reading: Reading) -> None:
    packet = reading.released()
    assert open_to(reading) == sorted([reading.one.person_id, reading.other.person_id])
    act = reading.act(reading.one.person, reading.within)
    for number in range(1, len(packet.pages) + 1):
        packets.view(act, packet, number=number, form=ViewForm.TEXT)
    assert open_to(reading) == [reading.other.person_id]
    packets.watch(reading.make.act(MACHINE, reading.within), 10)
    assert open_to(reading) == [reading.other.person_id]


def test_who_signs_later_is_asked_by_the_next_look(reading: Reading) -> None:
    reading.released()
    third = reading.make.supervisor(reading.bureau)
    reading.invitation(third)
    packets.watch(reading.make.act(MACHINE, reading.within), 10)
    assert third.person_id in open_to(reading)


def test_the_watch_closes_what_is_over_and_the_packet_may_be_released_again(
    reading: Reading,
) -> None:
    packet = reading.released()
    assert packet.open_until is not None
    assert packets.watch(reading.make.act(MACHINE, packet.open_until - INSTANT), 10) == 0
    assert packets.watch(reading.make.act(MACHINE, packet.open_until), 10) == 1
    assert (packet.state, open_to(reading)) == (PacketState.EXPIRED, [])
    late = packet.open_until + 100 * HOUR
    reader = reading.act(reading.one.person, late + HOUR)
    assert packets.to_wipe(reader) == [packet.id]
    packets.release(
        reading.act(reading.town.manager, late), packet, open_from=late, open_until=late + 48 * HOUR
    )
    packets.view(reader, packet, number=1, form=ViewForm.TEXT)
    assert packets.to_wipe(reader) == []


def test_when_the_opinions_are_open_it_is_read_no_more(reading: Reading) -> None:
    packet = reading.released()
    packets.close_for(reading.act(reading.town.manager, reading.within), reading.activity)
    assert packet.state is PacketState.EXPIRED
    with pytest.raises(PacketGone):
        packets.contents(reading.act(reading.one.person, reading.within), packet)


def test_the_window_follows_an_activity_that_is_moved(reading: Reading) -> None:
    packet = reading.released()
    opens, closes = packet.open_from, packet.open_until
    assert opens is not None
    assert closes is not None
    before = reading.activity.starts_at
    reading.activity.starts_at += 48 * HOUR
    reading.activity.ends_at += 48 * HOUR
    followers.moved(reading.act(reading.town.manager), reading.activity, before)
    assert (packet.open_from, packet.open_until) == (opens, closes + 48 * HOUR)


def test_what_is_for_an_activity_that_is_called_off_is_taken_back(reading: Reading) -> None:
    packet = reading.released()
    followers.called_off(reading.act(reading.town.manager), reading.activity)
    assert packet.state is PacketState.WITHDRAWN
    assert open_to(reading) == []


def test_the_ledger_is_the_procuratorates_and_ones_own(reading: Reading) -> None:
    packet = reading.released()
    for supervisor in (reading.one, reading.other):
        act = reading.act(supervisor.person, reading.within)
        packets.view(act, packet, number=1, form=ViewForm.IMAGE)
    town = reading.town
    for person, count in (
        (town.manager, 2),
        (town.chief, 2),
        (town.prosecutor, 2),
        (reading.one.person, 1),
    ):
        act = reading.act(person)
        assert len(reading.session.scalars(packets.views(act, packet)).all()) == count


@pytest.mark.parametrize(
    "statement", ["UPDATE packet_views SET page = 9", "DELETE FROM packet_views"]
)
def test_the_ledger_is_never_rewritten(reading: Reading, statement: str) -> None:
    packet = reading.released()
    act = reading.act(reading.one.person, reading.within)
    packets.view(act, packet, number=1, form=ViewForm.TEXT)
    with pytest.raises(DatabaseError, match=r"permission denied|append-only"):
        reading.session.execute(text(statement))


def test_staff_read_no_page_in_a_readers_place(reading: Reading) -> None:
    packet = reading.released()
    for person in (reading.town.manager, reading.town.prosecutor, reading.town.chief):
        for look in every_form(reading.act(person, reading.within), packet):
            with pytest.raises(NotAllowed):
                look()


def test_a_picture_is_set_from_covered_words_and_carries_nothing_else(reading: Reading) -> None:
    packet = reading.released()
    act = reading.act(reading.one.person, reading.within)
    shown = packets.view(act, packet, number=1, form=ViewForm.IMAGE)
    assert not [one for one in SECRETS if one in str(shown)]
    png = packets.picture(shown)
    assert png.startswith(b"\x89PNG")
    assert chunks(png) <= {b"IHDR", b"IDAT", b"IEND", b"pHYs", b"sRGB", b"gAMA"}
    assert not [one for one in SECRETS if one.encode() in png]


def chunks(png: bytes) -> set[bytes]:
    """The kinds of pieces of a PNG: none of them holds text."""
    kinds, at = set(), 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        kinds.add(png[at + 4 : at + 8])
        at += size + 12
    return kinds
