"""What becomes of a supervisor's service: suspended, taken up again, over, removed."""

from datetime import date, timedelta

from sqlalchemy import or_, select

from services.kernel.act import Act
from services.people import Post
from services.policy import Permission, PostKind, demands
from services.supervisors.events import (
    SupervisorReinstated,
    SupervisorRemoved,
    SupervisorServiceEnded,
    SupervisorSuspended,
)
from services.supervisors.flow import FLOW, EndedBecause, RemovalGround, SupervisorState
from services.supervisors.records import Supervisor
from services.supervisors.selection import keep, lock


@demands(Permission.SUPERVISOR_MANAGE)
def suspend(act: Act, entry: Supervisor, *, reason: str) -> Supervisor:
    """Let a supervisor be drawn for nothing until further word; the term runs on.

    Refuses:
        NotAllowed: only the judicial-administration organ that keeps the register.
        WrongState: does not serve.

    Records:
        SupervisorSuspended.
    """
    lock(act, entry)
    entry.state = FLOW.after(entry.state, "suspend")
    keep(act, entry, "suspend", reason=reason)
    act.record(SupervisorSuspended(entry.id))
    return entry


@demands(Permission.SUPERVISOR_MANAGE)
def reinstate(act: Act, entry: Supervisor) -> Supervisor:
    """End a suspension.

    Refuses:
        NotAllowed: only the judicial-administration organ that keeps the register.
        WrongState: is not suspended.

    Records:
        SupervisorReinstated.
    """
    lock(act, entry)
    entry.state = FLOW.after(entry.state, "reinstate")
    keep(act, entry, "reinstate")
    act.record(SupervisorReinstated(entry.id))
    return entry


@demands(Permission.SUPERVISOR_MANAGE)
def remove(act: Act, entry: Supervisor, *, ground: RemovalGround, reason: str) -> Supervisor:
    """Remove a supervisor; the post is gone with this act, and never given again (PSUP-2021 26).

    Refuses:
        NotAllowed: only the judicial-administration organ that keeps the register.
        WrongState: neither serves nor is suspended.

    Records:
        SupervisorRemoved.
    """
    lock(act, entry)
    entry.state = FLOW.after(entry.state, "remove")
    entry.ended_on = act.today
    _take_post(act, entry, last_day=act.today - timedelta(days=1))
    keep(act, entry, "remove", ground=ground.value, reason=reason)
    act.record(SupervisorRemoved(entry.id, entry.organ_id, ground.value))
    return entry


@demands(Permission.SUPERVISOR_MANAGE)
def end(act: Act, entry: Supervisor, *, because: EndedBecause, reason: str | None) -> Supervisor:
    """End a supervisor's service with this day, at the supervisor's wish or as things are.

    Refuses:
        NotAllowed: only the judicial-administration organ that keeps the register.
        WrongState: neither serves nor is suspended.

    Records:
        SupervisorServiceEnded.
    """
    lock(act, entry)
    entry.state = FLOW.after(entry.state, "end")
    _end(act, entry, because, min(act.today, entry.term_until_on), reason)
    return entry


@demands(Permission.SUPERVISOR_SWEEP)
def sweep(act: Act, most: int) -> int:
    """End the service of so many whose five years are over; how many there were (PSUP-2021 6).

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        SupervisorServiceEnded.
    """
    over = (
        select(Supervisor)
        .where(
            Supervisor.state.in_([SupervisorState.SERVING, SupervisorState.SUSPENDED]),
            Supervisor.term_until_on < act.today,
        )
        .order_by(Supervisor.id)
        .limit(most)
        .with_for_update(of=Supervisor, skip_locked=True)
    )
    found = act.session.scalars(over).all()
    for entry in found:
        entry.state = FLOW.after(entry.state, "end")
        _end(act, entry, EndedBecause.TERM_OVER, entry.term_until_on, None)
    return len(found)


def _end(
    act: Act, entry: Supervisor, because: EndedBecause, last_day: date, reason: str | None
) -> None:
    entry.ended_on = last_day
    _take_post(act, entry, last_day=last_day)
    keep(act, entry, "end", ground=because.value, reason=reason)
    act.record(SupervisorServiceEnded(entry.id, entry.organ_id, because.value))


def _take_post(act: Act, entry: Supervisor, *, last_day: date) -> None:
    held = select(Post).where(
        Post.person_id == entry.person_id,
        Post.office_id == entry.organ_id,
        Post.kind == PostKind.SUPERVISOR,
        or_(Post.until_on.is_(None), Post.until_on > last_day),
    )
    for post in act.session.scalars(held):
        if post.from_on > last_day:
            act.session.delete(post)
        else:
            post.until_on = last_day
    act.session.flush()
