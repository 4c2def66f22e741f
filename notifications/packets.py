"""What people hear about reading packets: never a word of what is in them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session, joinedload, undefer

from notifications.audiences import HANDLER, pool, together
from notifications.messages import Message, Urgency, Words, on, read_with, topic_of
from services.activities import Activity
from services.cases import Case
from services.kernel.act import SHANGHAI, Actor
from services.packets import (
    Packet,
    PacketChecked,
    PacketExpired,
    PacketRedacted,
    PacketReleased,
    PacketState,
    PacketWithdrawn,
)
from services.policy import PostKind, packet_reader

read_with(
    Packet,
    undefer(Packet.readers),
    joinedload(Packet.activity).joinedload(Activity.case).undefer(Case.recused_ids),
)


@dataclass(frozen=True, slots=True)
class _Preparing:
    """Whose work it is, unless kept away from the case."""

    def people(self, session: Session, packet: Any) -> set[int]:
        """The handler, or nobody."""
        return HANDLER.people(session, packet) - set(packet.recused_ids)

    def includes(self, actor: Actor, packet: Any) -> bool:
        """Is the actor the handler, and not kept away?"""
        return HANDLER.includes(actor, packet) and actor.id not in packet.recused_ids


@dataclass(frozen=True, slots=True)
class _Readers:
    """The supervisors for whom it was released."""

    def people(self, _session: Session, packet: Any) -> set[int]:
        """Everyone who has accepted and undertaken secrecy."""
        return set(packet.reader_ids)

    def includes(self, actor: Actor, packet: Any) -> bool:
        """Is the actor one of them?"""
        return packet_reader(actor, packet)


CHECKERS = pool(PostKind.CASE_MANAGER, of="procuratorate_id")
PREPARING = _Preparing()
READERS = _Readers()


def _sample() -> Packet:
    activity = Activity(id=8, title="拟不起诉案件公开审查", planned_by=2, procuratorate_id=1)
    return Packet(
        id=7,
        activity_id=8,
        activity=activity,
        state=PacketState.RELEASED,
        open_from=datetime(2026, 3, 10, 1, tzinfo=UTC),
        open_until=datetime(2026, 3, 12, 9, 30, tzinfo=UTC),
    )


def _told(packet: Packet, title: str, words: str, en: Words) -> Message:
    return Message(
        title,
        f"“{packet.activity.title}”：{words}",
        f"/packets/{packet.id}",
        en=Words(en.title, f"“{packet.activity.title}”: {en.body}"),
    )


def _until(packet: Packet) -> str:
    until = packet.open_until
    return f"{until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if until else ""


@on(
    PacketRedacted,
    about=Packet,
    to=CHECKERS,
    urgency=Urgency.TASK,
    topic=topic_of("packet"),
    sample=lambda: (PacketRedacted(7, 12), _sample()),
)
def packet_redacted(_event: PacketRedacted, packet: Packet) -> Message:
    """Tell case management that what is covered is to be looked at by a second person."""
    return _told(
        packet,
        "监督材料待核对",
        "已按规则遮盖，请由未参与准备的人员逐处核对。",
        Words(
            "Materials to be checked",
            "They are redacted by the rules. Somebody who did not prepare them must "
            "check each place.",
        ),
    )


@on(
    PacketChecked,
    about=Packet,
    to=PREPARING,
    topic=topic_of("packet"),
    sample=lambda: (PacketChecked(7, 3), _sample()),
)
def packet_checked(_event: PacketChecked, packet: Packet) -> Message:
    """Tell whose work it is that the packet was confirmed."""
    return _told(
        packet,
        "监督材料已核对",
        "遮盖已经核对，可以开放阅看。",
        Words("Materials checked", "The redactions were checked. They may be opened for reading."),
    )


@on(
    PacketReleased,
    about=Packet,
    to=READERS,
    urgency=Urgency.TASK,
    topic=topic_of("packet"),
    sample=lambda: (PacketReleased(7), _sample()),
)
def packet_released(_event: PacketReleased, packet: Packet) -> Message:
    """Tell the invited that there is something to read, and until when."""
    words = f"请在{_until(packet)}前用签署保密承诺的手机阅看。"
    return _told(
        packet,
        "监督材料可以阅看",
        words,
        Words(
            "Materials may be read",
            f"Please read them by {_until(packet)} on the phone with which you signed the "
            "undertaking.",
        ),
    )


@on(
    PacketWithdrawn,
    about=Packet,
    to=together(READERS, PREPARING, CHECKERS),
    urgency=Urgency.TASK,
    topic=topic_of("packet"),
    sample=lambda: (PacketWithdrawn(7), _sample()),
)
def packet_withdrawn(_event: PacketWithdrawn, packet: Packet) -> Message:
    """Tell everybody that nothing of it is read any more."""
    return _told(
        packet,
        "监督材料已撤回",
        "不再提供阅看，手机上的留存将被清除。",
        Words("Materials withdrawn", "They can be read no more, and what a phone kept is wiped."),
    )


@on(
    PacketExpired,
    about=Packet,
    to=READERS,
    topic=topic_of("packet"),
    sample=lambda: (PacketExpired(7), _sample()),
)
def packet_expired(_event: PacketExpired, packet: Packet) -> Message:
    """Tell the invited that the time for reading is over."""
    return _told(
        packet,
        "监督材料阅看时间已过",
        "不再提供阅看，手机上的留存将被清除。",
        Words(
            "The time for reading is over",
            "They can be read no more, and what a phone kept is wiped.",
        ),
    )
