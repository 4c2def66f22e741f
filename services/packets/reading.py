"""Reading a packet: on the enrolled phone, within the window, each look written down.

Before the window there is nothing yet, after it nothing any more: no form of a page is served,
whole or in part. Every page bears who looks at it and when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select

from services import devices, invitations, tasks
from services.devices import Device
from services.invitations import Invitation
from services.kernel.act import SHANGHAI, Act
from services.kernel.refusals import Conflict, Gone, NotAllowed, NotFound
from services.packets.extraction import clean
from services.packets.flow import PacketState, ViewForm
from services.packets.operations import find, knows_everybody
from services.packets.records import READING_STATES, Packet, PacketView
from services.people import Person
from services.policy import Permission, allows, demands
from services.supervisors import Supervisor
from services.tasks import TaskKind

LAST_DIGITS = 10_000


class NotYetOpen(Conflict):
    """The time for reading has not begun."""

    zh = "阅看时间尚未开始。"


class PacketGone(Gone):
    """The time for reading is over; whatever a phone has kept of it is to be wiped."""

    zh = "阅看时间已过或者材料已撤回，不再提供；手机上的留存应当清除。"


class OtherDevice(NotAllowed):
    """Papers are read on the phone on which the undertaking was signed, and on no other."""

    zh = "监督材料只能在签署保密承诺的手机上阅看。"


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page as it is shown to one reader at one moment."""

    number: int
    of: int
    title: str
    paragraphs: Sequence[str]
    watermark: str
    viewed_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Contents:
    """What there is to read, and until when a phone may keep a copy."""

    pages: int
    documents: Sequence[tuple[str, int]]
    """The title of each document, and its first page."""
    expires_at: datetime


@demands(Permission.PACKET_VIEW)
def contents(act: Act, packet: Packet) -> Contents:
    """The titles of what can be read, and on which page each begins (PSUP-2021 7).

    Refuses:
        NotAllowed: only the invited who have accepted and signed the undertaking.
        NotYetOpen: its window has not begun.
        PacketGone: its window is over, it was withdrawn, or the case knows more by now.
        OtherDevice: this is not the phone on which the undertaking was signed.

    Records:
        Nothing: no page is shown.
    """
    expires_at, _ = _open_to(act, packet)
    documents = [(page.title, page.number) for page in packet.pages if page.begins]
    return Contents(len(packet.pages), documents, expires_at)


@demands(Permission.PACKET_VIEW)
def view(act: Act, packet: Packet, *, number: int, form: ViewForm) -> ShownPage:
    """Show one page to one reader; the look is written down in the ledger of views.

    Refuses:
        NotAllowed: only the invited who have accepted and signed the undertaking.
        NotYetOpen: its window has not begun.
        PacketGone: its window is over, it was withdrawn, or the case knows more by now.
        OtherDevice: this is not the phone on which the undertaking was signed.
        NotFound: it has no such page.

    Records:
        Nothing: the ledger of views keeps it, page by page.
    """
    expires_at, device_id = _open_to(act, packet)
    page = next((one for one in packet.pages if one.number == number), None)
    if page is None:
        raise NotFound
    act.session.add(
        PacketView(
            packet_id=packet.id,
            page=number,
            form=form,
            person_id=act.actor.id,
            device_id=device_id,
            viewed_at=act.now,
        )
    )
    act.session.flush()
    if _has_seen_all(act, packet):
        tasks.finish_for(act, TaskKind.READ_PACKET, packet, person_id=act.actor.id)
    return ShownPage(
        number,
        len(packet.pages),
        page.title,
        page.paragraphs,
        _watermark(act, packet),
        act.now,
        expires_at,
    )


def views(act: Act, packet: Packet) -> Select[PacketView]:
    """Who has looked at which page: for the procuratorate all, for a reader the own."""
    chosen = select(PacketView).where(PacketView.packet_id == packet.id)
    if allows(act.actor, Permission.PACKET_LEDGER_READ, packet):
        return chosen
    return chosen.where(PacketView.person_id == act.actor.id)


def to_wipe(act: Act) -> list[int]:
    """The packets of which the actor's phone may have kept something, and may keep it no longer."""
    once = (
        select(Packet.id)
        .join(Invitation, Invitation.activity_id == Packet.activity_id)
        .join(Supervisor, Invitation.supervisor_id == Supervisor.id)
        .where(
            Supervisor.person_id == act.actor.id,
            Invitation.undertook_at.is_not(None),
            Packet.first_released_at.is_not(None),
            or_(
                Packet.state != PacketState.RELEASED,
                Packet.open_until <= act.now,
                Invitation.state.not_in(READING_STATES),
            ),
        )
    )
    return list(act.session.scalars(once.order_by(Packet.id)))


def is_gone(act: Act, packet: Packet) -> bool:
    """Is nothing of it served any more?"""
    over = packet.open_until is None or packet.open_until <= act.now
    return packet.state is not PacketState.RELEASED or over


def read(act: Act, packet_id: int) -> Packet:
    """The packet for whoever may read of it; a reader after the window is told that it is gone.

    Refuses:
        NotFound: it is not the actor's to know of.
        PacketGone: the actor is a reader, and its window is over.
    """
    packet = find(act, packet_id)
    if is_gone(act, packet) and not allows(act.actor, Permission.PACKET_LEDGER_READ, packet):
        raise PacketGone(packet_id=packet.id)
    return packet


def _open_to(act: Act, packet: Packet) -> tuple[datetime, int]:
    """Until when it lies open, and the phone on which it is read."""
    if is_gone(act, packet) or packet.open_from is None or packet.open_until is None:
        raise PacketGone(packet_id=packet.id)
    if not knows_everybody(act, packet):
        raise PacketGone(packet_id=packet.id)
    if act.now < packet.open_from:
        raise NotYetOpen(open_from=packet.open_from.isoformat())
    invitation = invitations.of(act, packet.activity, act.actor.id)
    here = act.session.scalar(
        devices.visible(act)
        .with_only_columns(Device.id)
        .where(Device.session_id == act.actor.session_id)
    )
    if here is None or invitation is None or here != invitation.device_id:
        raise OtherDevice
    return packet.open_until, here


def _has_seen_all(act: Act, packet: Packet) -> bool:
    seen = select(func.count(PacketView.page.distinct())).where(
        PacketView.packet_id == packet.id,
        PacketView.person_id == act.actor.id,
        PacketView.viewed_at >= packet.released_at,
    )
    return act.session.scalar(seen) == len(packet.pages)


def _watermark(act: Act, packet: Packet) -> str:
    name = clean(act.session.get_one(Person, act.actor.id).name)
    local = act.now.astimezone(SHANGHAI)
    digits = f"{act.actor.id % LAST_DIGITS:04d}"
    return f"{name} {digits} {local:%Y-%m-%d %H:%M} 活动{packet.activity_id}"
