"""Seats: whoever is drawn is asked; whoever steps out is followed by the next of the order.

Nothing here asks for a permission: it happens inside the act, and under the permission, of the
step that frees or fills a seat.
"""

from datetime import datetime

from sqlalchemy import func, select

from services import activities, draws, supervisors, tasks
from services.activities import Activity, ActivityForm, ActivityState
from services.activities.practice import SupervisionPractice
from services.activities.records import Day
from services.draws import Draw, KeptOut
from services.invitations.events import InvitationReleased, InvitationRenewed, SupervisorInvited
from services.invitations.flow import (
    FLOW,
    Attending,
    InvitationState,
    LateBecause,
    RecusalOutcome,
)
from services.invitations.records import Invitation, SupervisorRecusal
from services.kernel.act import SHANGHAI, Act
from services.supervisors import Expertise
from services.tasks import TaskKind

COUNTED = (InvitationState.ACCEPTED, InvitationState.ATTENDED, InvitationState.ABSENT)
OPEN = (InvitationState.INVITED, InvitationState.ACCEPTED)
OF_SUPERVISORS = (TaskKind.ANSWER_INVITATION, TaskKind.SIGN_UNDERTAKING)
NOT_NEEDED = "not_needed"
CALLED_OFF = "called_off"


def fill(act: Act, draw: Draw, why: LateBecause) -> None:
    """Ask whoever is next for each free seat; `why` is said where that is late."""
    practice = activities.practice.of_office(act.session, draw.procuratorate_id)
    activity = draw.activity
    for one in draws.fill(act, draw):
        in_all = one.stratum not in set(Expertise)
        invitation = Invitation(
            activity_id=activity.id,
            activity=activity,
            supervisor_id=one.supervisor_id,
            stratum=None if in_all else Expertise(one.stratum),
            place_in_draw=one.place,
            invited_at=act.now,
            late_because=why if _is_late(act, activity, practice) else None,
        )
        act.session.add(invitation)
        _ask(act, invitation, practice)
        late = invitation.late_because is not None
        act.record(SupervisorInvited(invitation.id, activity.id, one.supervisor_id, late))
    act.session.expire(activity, ["invited"])


def leave(act: Act, invitation: Invitation, step: str, because: LateBecause) -> None:
    """The supervisor's seat is free, and goes to whoever is next under the same commitment.

    Refuses:
        WrongState: the seat was given up before, or it is known who came.
    """
    state = FLOW.after(invitation.state, step)
    activity = invitation.activity
    lock(act, activity)
    _let_go(act, invitation, state)
    draw = draws.held_for(act, activity)
    if draw is not None:
        draws.step_out(act, draw, invitation.supervisor_id, because.value)
    settle(act, activity)
    if draw is not None:
        fill(act, draw, because)


def bar(act: Act, invitation: Invitation, because: str) -> None:
    """The register has the supervisor no more for that time; the next of the order is asked."""
    activity = invitation.activity
    lock(act, activity)
    release(act, invitation, because)
    draw = draws.held_for(act, activity)
    if draw is not None:
        draws.step_out(act, draw, invitation.supervisor_id, because)
    settle(act, activity)
    if draw is not None:
        fill(act, draw, LateBecause.BARRED)


def settle(act: Act, activity: Activity) -> None:
    """Have as many accepted as are wanted? The activity knows."""
    act.session.flush()
    counting = select(func.count()).where(
        Invitation.activity_id == activity.id, Invitation.state.in_(COUNTED)
    )
    accepted = act.session.scalar(counting) or 0
    if activity.state is ActivityState.DRAWING and accepted >= activity.wanted:
        activities.staffed(act, activity)
        tasks.cancel(act, TaskKind.SETTLE_SHORTAGE, activity)
    elif activity.state is ActivityState.STAFFED and accepted < activity.wanted:
        activities.unstaffed(act, activity)
    act.session.expire(activity, ["invited"])


def lock(act: Act, activity: Activity) -> None:
    """Whoever comes second waits: two answers at once are counted one after the other."""
    act.session.refresh(activity, with_for_update=True)


def moved(act: Act, activity: Activity, before: datetime) -> None:
    """Ask everybody again who was asked; whoever has no time then is followed by the next.

    Where only the place is another, nobody is asked again, unless one cannot come there as said.
    """
    asked = [
        one
        for one in _open(act, activity)
        if activity.starts_at != before or not _still_fits(activity, one.attending)
    ]
    if activity.starts_at == before and not asked:
        return
    draw = draws.held_for(act, activity)
    practice = activities.practice.of_office(act.session, activity.procuratorate_id)
    reasons = supervisors.all_reasons_out(
        act,
        [one.supervisor for one in asked],
        starts_at=activity.starts_at,
        ends_at=activity.ends_at,
    )
    elsewhere = draws.engaged(act, activity, [one.supervisor_id for one in asked])
    for one in asked:
        why = [reason.value for reason in reasons[one.supervisor_id]]
        if one.supervisor_id in elsewhere:
            why.append(KeptOut.OTHER_ACTIVITY.value)
        if why:
            release(act, one, why[0])
            if draw is not None:
                draws.step_out(act, draw, one.supervisor_id, why[0])
            continue
        one.state = FLOW.after(one.state, "ask_again")
        one.answered_at = one.attending = one.no_conflict_at = None
        _close_tasks(act, one)
        _ask(act, one, practice)
        act.record(InvitationRenewed(one.id, activity.id))
    settle(act, activity)
    if draw is not None:
        draws.reopen(act, draw)
        fill(act, draw, LateBecause.MOVED)


def called_off(act: Act, activity: Activity) -> None:
    """Nobody is wanted any more: whoever was asked is told so."""
    for one in _open(act, activity):
        release(act, one, CALLED_OFF)
    act.session.flush()
    act.session.expire(activity, ["invited"])


def release(act: Act, invitation: Invitation, because: str) -> None:
    """The supervisor need not come; nobody takes the seat by this alone."""
    _let_go(act, invitation, FLOW.after(invitation.state, "release"))
    act.record(InvitationReleased(invitation.id, invitation.activity_id, because))


def _still_fits(activity: Activity, attending: Attending | None) -> bool:
    """Can one still take part as one has said?"""
    impossible = {
        ActivityForm.PRESENT: Attending.REMOTE,
        ActivityForm.REMOTE: Attending.PRESENT,
    }
    return attending is None or impossible.get(activity.form) is not attending


def _open(act: Act, activity: Activity) -> list[Invitation]:
    chosen = select(Invitation).where(
        Invitation.activity_id == activity.id, Invitation.state.in_(OPEN)
    )
    return list(act.session.scalars(chosen.order_by(Invitation.id).with_for_update()))


def _let_go(act: Act, invitation: Invitation, state: InvitationState) -> None:
    invitation.state = state
    _close_tasks(act, invitation)
    doubts = select(SupervisorRecusal).where(
        SupervisorRecusal.invitation_id == invitation.id, SupervisorRecusal.outcome.is_(None)
    )
    for doubt in act.session.scalars(doubts):
        doubt.outcome, doubt.decided_at = RecusalOutcome.MOOT, act.now
    tasks.cancel(act, TaskKind.DECIDE_SUPERVISOR_RECUSAL, invitation)


def _close_tasks(act: Act, invitation: Invitation) -> None:
    for kind in OF_SUPERVISORS:
        tasks.cancel(act, kind, invitation)


def _ask(act: Act, invitation: Invitation, practice: SupervisionPractice) -> None:
    """An answer is due in so many hours, and never after the activity has begun."""
    until = min(act.now + practice.answer_for, invitation.activity.starts_at)
    invitation.answer_by = until
    act.session.flush()
    tasks.open_for_person(
        act,
        TaskKind.ANSWER_INVITATION,
        invitation,
        person_id=invitation.person_id,
        due=Day(until.astimezone(SHANGHAI).date()),
    )


def _is_late(act: Act, activity: Activity, practice: SupervisionPractice) -> bool:
    hours = (activity.starts_at - act.now).total_seconds() / 3600
    return hours < practice.silence_hours


activities.followers.on_moved.append(moved)
activities.followers.on_cancelled.append(called_off)
