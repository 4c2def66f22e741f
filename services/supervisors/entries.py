"""What the register says of a supervisor: changed by the organ, and in part by oneself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import column, delete, select, table

from services.kernel.act import Act
from services.kernel.refusals import Unprocessable
from services.people import Leave
from services.policy import Permission, demands
from services.supervisors.events import (
    SupervisorAllowanceRecorded,
    SupervisorAvailabilityChanged,
    SupervisorEntryChanged,
    SupervisorTrainingRecorded,
)
from services.supervisors.flow import FLOW
from services.supervisors.records import Supervisor, SupervisorAllowance, SupervisorTraining
from services.supervisors.selection import Described, lock

FURTHEST_AWAY = timedelta(days=366)
MOST_AWAY = 50
_ACTIVITIES = table("activities", column("id"), column("organ_id"))
"""The slice of activities stands above this one."""


@dataclass(frozen=True, slots=True)
class DaysAway:
    """Days on which a supervisor is away, both included."""

    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class Availability:
    """When a supervisor has time, and how."""

    weekdays: Sequence[int]
    away: Sequence[DaysAway]
    remote_able: bool
    contact: str | None


class NoSuchDaysAway(Unprocessable):
    """Days away end today or later, after they begin, and within a year."""

    zh = "不能参加的日期应当在今日以后、一年以内结束，且结束日不早于开始日。"


class StillToCome(Unprocessable):
    """A training or a payment is recorded on its day or later."""

    zh = "尚未发生的培训、补助不能登记。"


class NotOurActivity(Unprocessable):
    """The activity is not one for which this organ draws."""

    zh = "该监督活动不属于本机关抽选的活动。"


@demands(Permission.SUPERVISOR_MANAGE)
def change(act: Act, entry: Supervisor, described: Described) -> Supervisor:
    """Change what the register says of a supervisor (PSUP-2021 18).

    Refuses:
        NotAllowed: only the judicial-administration organ that keeps the register.
        WrongState: the service is over, or there was none.

    Records:
        SupervisorEntryChanged.
    """
    lock(act, entry)
    entry.state = FLOW.after(entry.state, "change")
    described.put_on(entry)
    act.session.flush()
    act.record(SupervisorEntryChanged(entry.id))
    return entry


@demands(Permission.SUPERVISOR_STATE_AVAILABILITY)
def state_availability(act: Act, entry: Supervisor, given: Availability) -> Supervisor:
    """Say when a supervisor has time: weekdays, days away, from afar or not, where to call.

    What was said of days to come is replaced.

    Refuses:
        NotAllowed: only the supervisor, or the organ that keeps the register.
        WrongState: the service is over, or has not begun.
        NoSuchDaysAway: they end before today or before they begin, or in more than a year.

    Records:
        SupervisorAvailabilityChanged.
    """
    lock(act, entry)
    entry.state = FLOW.after(entry.state, "state_availability")
    for one in given.away:
        if not (act.today <= one.until_on <= act.today + FURTHEST_AWAY) or (
            one.until_on < one.from_on
        ):
            raise NoSuchDaysAway(from_on=one.from_on, until_on=one.until_on)
    entry.weekdays = sorted(set(given.weekdays))
    entry.remote_able, entry.contact = given.remote_able, given.contact
    to_come = (Leave.person_id == entry.person_id, Leave.until_on >= act.today)
    act.session.execute(delete(Leave).where(*to_come))
    act.session.add_all(
        Leave(person_id=entry.person_id, from_on=one.from_on, until_on=one.until_on)
        for one in sorted(set(given.away), key=lambda one: (one.from_on, one.until_on))
    )
    act.session.flush()
    act.record(SupervisorAvailabilityChanged(entry.id))
    return entry


@demands(Permission.SUPERVISOR_MANAGE)
def record_training(
    act: Act, entry: Supervisor, *, held_on: date, hours: int, topic: str
) -> SupervisorTraining:
    """Record that a supervisor took part in a training.

    Refuses:
        NotAllowed: only the judicial-administration organ that keeps the register.
        WrongState: the service is over, or has not begun.
        StillToCome: its day is still to come.

    Records:
        SupervisorTrainingRecorded.
    """
    FLOW.after(entry.state, "train")
    if held_on > act.today:
        raise StillToCome
    training = SupervisorTraining(
        supervisor_id=entry.id,
        held_on=held_on,
        hours=hours,
        topic=topic,
        recorded_at=act.now,
        recorded_by=act.actor.id,
    )
    act.session.add(training)
    act.session.flush()
    act.record(SupervisorTrainingRecorded(entry.id, training.id))
    return training


@demands(Permission.SUPERVISOR_MANAGE)
def record_allowance(  # noqa: PLR0913  # each by its name
    act: Act,
    entry: Supervisor,
    *,
    paid_on: date,
    amount_fen: int,
    purpose: str,
    activity_id: int | None = None,
) -> SupervisorAllowance:
    """Record an allowance that a supervisor was paid, in fen.

    Refuses:
        NotAllowed: only the judicial-administration organ that keeps the register.
        WrongState: never served.
        StillToCome: its day is still to come.
        NotOurActivity: the organ does not draw for that activity.

    Records:
        SupervisorAllowanceRecorded.
    """
    FLOW.after(entry.state, "pay")
    if paid_on > act.today:
        raise StillToCome
    if activity_id is not None and not _ours(act, entry, activity_id):
        raise NotOurActivity
    allowance = SupervisorAllowance(
        supervisor_id=entry.id,
        paid_on=paid_on,
        amount_fen=amount_fen,
        purpose=purpose,
        activity_id=activity_id,
        recorded_at=act.now,
        recorded_by=act.actor.id,
    )
    act.session.add(allowance)
    act.session.flush()
    act.record(SupervisorAllowanceRecorded(entry.id, allowance.id))
    return allowance


def away(act: Act, entry: Supervisor) -> list[Leave]:
    """The days away that are still to come, in their order."""
    to_come = (
        select(Leave)
        .where(Leave.person_id == entry.person_id, Leave.until_on >= act.today)
        .order_by(Leave.from_on, Leave.id)
    )
    return list(act.session.scalars(to_come))


def _ours(act: Act, entry: Supervisor, activity_id: int) -> bool:
    held = select(_ACTIVITIES.c.id).where(
        _ACTIVITIES.c.id == activity_id, _ACTIVITIES.c.organ_id == entry.organ_id
    )
    return act.session.scalar(held) is not None
