"""When a packet may be read: its window opens, moves with the activity, and closes for good."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from services import activities, tasks
from services.activities import Activity, ActivityState, followers
from services.kernel.act import SHANGHAI, Act
from services.kernel.flow import WrongState
from services.kernel.refusals import Unprocessable
from services.packets.events import PacketExpired, PacketReleased, PacketWithdrawn
from services.packets.flow import FLOW, PacketState
from services.packets.operations import (
    knows_everybody,
    let_prepare,
    must_know_everybody,
    of_activity,
)
from services.packets.records import Packet
from services.policy import Permission, demands
from services.tasks import Task, TaskKind

CALLED_OFF = "监督活动已取消。"
KNOWN_SINCE = "材料开放后，案件人员信息有新增或者变化，须重新遮盖。"


class ReadingWindowBackwards(Unprocessable):
    """The window ends before it begins, or has ended already."""

    zh = "阅看时间的结束应当晚于开始，且晚于现在。"


class ReadingWindowTooWide(Unprocessable):
    """The window is wider than this procuratorate's practice allows."""

    zh = "阅看时间超出本院规定的范围。"


@demands(Permission.PACKET_RELEASE)
def release(act: Act, packet: Packet, *, open_from: datetime, open_until: datetime) -> Packet:
    """Let the invited read it within a window: until opinions are given, no longer.

    The window lies between so many hours before the activity and the end of the time for opinions
    (both are the procuratorate's practice). Once it has run out, a packet may be released again,
    for as long as opinions are taken.

    Refuses:
        NotAllowed: only case management and whose work it is.
        WrongState: it was not confirmed by eye, was withdrawn, or the activity is called off.
        CaseKnowsMore: the case names more people than are covered.
        ReadingWindowBackwards: it ends before it begins, or before now.
        ReadingWindowTooWide: it begins or ends outside the practice.

    Records:
        PacketReleased.
    """
    state = FLOW.after(packet.state, "release")
    activity = packet.activity
    if activity.state in (ActivityState.CANCELLED, ActivityState.WITHOUT):
        raise WrongState(state=activity.state, step="release")
    must_know_everybody(act, packet)
    if open_until <= max(open_from, act.now):
        raise ReadingWindowBackwards
    earliest, latest = window(act, packet)
    if open_from < earliest or open_until > latest:
        raise ReadingWindowTooWide(earliest=earliest.isoformat(), latest=latest.isoformat())
    packet.state, packet.open_from, packet.open_until = state, open_from, open_until
    packet.released_at, packet.released_by = act.now, act.actor.id
    packet.first_released_at = packet.first_released_at or act.now
    act.session.flush()
    _let_read(act, packet)
    act.record(PacketReleased(packet.id))
    return packet


@demands(Permission.PACKET_WITHDRAW)
def withdraw(act: Act, packet: Packet, *, because: str) -> Packet:
    """Take it back at once: nothing of it is served any more, and phones wipe it.

    Refuses:
        NotAllowed: only case management, whose work it is, and the chief.
        WrongState: it does not lie open.

    Records:
        PacketWithdrawn.
    """
    return _withdraw(act, packet, because)


@demands(Permission.PACKET_WATCH)
def watch(act: Act, batch: int) -> int:
    """Close the windows that are over, and ask whoever may read by now; how many were closed.

    What was covered before the case knew of somebody, or that somebody is a minor, is taken back
    and prepared anew.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        PacketExpired, PacketWithdrawn.
    """
    lying_open = select(Packet).where(Packet.state == PacketState.RELEASED)
    over = lying_open.where(Packet.open_until <= act.now).order_by(Packet.open_until, Packet.id)
    closed = act.session.scalars(
        over.limit(batch).with_for_update(skip_locked=True, of=Packet)
    ).all()
    for packet in closed:
        _expire(act, packet)
    known_since = 0
    going_on = lying_open.where(Packet.open_until > act.now).limit(batch)
    for packet in act.session.scalars(going_on).all():
        if knows_everybody(act, packet):
            _let_read(act, packet)
        else:
            _withdraw(act, packet, KNOWN_SINCE)
            let_prepare(act, packet)
            known_since += 1
    return len(closed) + known_since


def close_for(act: Act, activity: Activity) -> None:
    """The opinions are open: what was read for them is read no longer, unless released again."""
    packet = of_activity(act.session, activity.id)
    if packet is not None and packet.state is PacketState.RELEASED:
        _expire(act, packet)


def window(act: Act, packet: Packet) -> tuple[datetime, datetime]:
    """Between when and when it may be read at most, as the procuratorate works."""
    activity = packet.activity
    practice = activities.practice.of_office(act.session, activity.procuratorate_id)
    earliest = activity.starts_at - timedelta(hours=practice.packet_hours)
    latest = activity.opinions_due_at or activity.ends_at + practice.opinions_for
    if packet.state is PacketState.EXPIRED:
        latest = max(latest, act.now + practice.opinions_for)
    return earliest, latest


def _let_read(act: Act, packet: Packet) -> None:
    """Ask each of the readers once to read it, until the window closes."""
    act.session.refresh(packet, ["readers"])
    asked = select(Task.person_id).where(
        Task.kind == TaskKind.READ_PACKET,
        Task.about_kind == Packet.__tablename__,
        Task.about_id == packet.id,
        Task.opened_at >= (packet.released_at or act.now),
    )
    before = set(act.session.scalars(asked))
    still = {one.person_id for one in tasks.open_about(act, TaskKind.READ_PACKET, packet)}
    for person_id in sorted(packet.reader_ids - before - still):
        tasks.open_for_person(
            act, TaskKind.READ_PACKET, packet, person_id=person_id, due=_due(packet)
        )


def _withdraw(act: Act, packet: Packet, because: str) -> Packet:
    packet.state = FLOW.after(packet.state, "withdraw")
    packet.withdrawn_at, packet.withdrawn_because = act.now, because
    act.session.flush()
    tasks.cancel(act, TaskKind.READ_PACKET, packet)
    act.record(PacketWithdrawn(packet.id))
    return packet


def _expire(act: Act, packet: Packet) -> None:
    packet.state = FLOW.after(packet.state, "expire")
    act.session.flush()
    tasks.cancel(act, TaskKind.READ_PACKET, packet)
    act.record(PacketExpired(packet.id))


@dataclass(frozen=True, slots=True)
class _Until:
    """The last day of the window, as a task names its day."""

    due_on: date
    outer_on: date | None = None


def _due(packet: Packet) -> _Until | None:
    until = packet.open_until
    return None if until is None else _Until(until.astimezone(SHANGHAI).date())


def _moved(act: Act, activity: Activity, before: datetime) -> None:
    """The window follows the activity; what could be read already can be read on."""
    packet = of_activity(act.session, activity.id)
    if packet is None or packet.open_from is None or packet.open_until is None:
        return
    if packet.state is PacketState.RELEASED:
        by = activity.starts_at - before
        packet.open_from = min(packet.open_from, packet.open_from + by)
        packet.open_until += by
        act.session.flush()
        tasks.reschedule(
            act, TaskKind.READ_PACKET, packet, _Until(packet.open_until.astimezone(SHANGHAI).date())
        )


def _called_off(act: Act, activity: Activity) -> None:
    """Nobody comes: nothing is prepared, and what lies open is taken back."""
    packet = of_activity(act.session, activity.id)
    if packet is None:
        return
    for kind in (TaskKind.PREPARE_PACKET, TaskKind.CHECK_PACKET):
        tasks.cancel(act, kind, packet)
    if packet.state is PacketState.RELEASED:
        _withdraw(act, packet, CALLED_OFF)


followers.on_moved.append(_moved)
followers.on_cancelled.append(_called_off)
