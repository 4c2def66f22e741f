"""What happens to invitations without anybody's hand: silence, the register, a smaller number."""

from sqlalchemy import ColumnElement, Date, func, or_, select

from services import draws, supervisors
from services.activities import Activity, ActivityState
from services.invitations import seats
from services.invitations.events import InvitationLapsed
from services.invitations.flow import InvitationState, LateBecause
from services.invitations.records import Invitation
from services.kernel.act import Act
from services.people import Person
from services.policy import Permission, demands
from services.supervisors import Supervisor, SupervisorState

BATCH = 100
AHEAD = (ActivityState.DRAWING, ActivityState.STAFFED)


@demands(Permission.INVITATION_SWEEP)
def sweep(act: Act, most: int) -> int:
    """Follow silence, the register and a smaller number; how many invitations ended by that.

    Silence until the time to answer frees the seat; so does a supervisor who is suspended or
    removed, or whose term or account ends before the activity. Where fewer do by now, whoever has
    not answered is let go. A freed seat goes to the next of the order (PSUP-2021 20).

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        InvitationLapsed, InvitationReleased; SupervisorInvited for whoever is next.
    """
    return _lapse(act, most) + _follow_register(act, most) + _let_spare_go(act, most)


def _lapse(act: Act, most: int) -> int:
    silent = _taken(
        act,
        most,
        Invitation.state == InvitationState.INVITED,
        Invitation.answer_by <= act.now,
    )
    for one in silent:
        act.record(InvitationLapsed(one.id, one.activity_id))
        seats.leave(act, one, "lapse", LateBecause.LAPSED)
    return len(silent)


def _follow_register(act: Act, most: int) -> int:
    day = func.timezone("Asia/Shanghai", Activity.ends_at).cast(Date)
    gone = _taken(
        act,
        most,
        Invitation.state.in_(seats.OPEN),
        Activity.state.in_(AHEAD),
        or_(
            Supervisor.state != SupervisorState.SERVING,
            Supervisor.term_until_on < day,
            Person.disabled_at.is_not(None),
        ),
    )
    for one in gone:
        activity = one.activity
        reasons = supervisors.reasons_out(
            act, one.supervisor, starts_at=activity.starts_at, ends_at=activity.ends_at
        )
        seats.bar(act, one, reasons[0].value)
    return len(gone)


def _let_spare_go(act: Act, most: int) -> int:
    spare = _taken(
        act,
        most,
        Invitation.state == InvitationState.INVITED,
        Activity.state == ActivityState.STAFFED,
    )
    for one in spare:
        seats.release(act, one, seats.NOT_NEEDED)
        draw = draws.held_for(act, one.activity)
        if draw is not None:
            draws.step_out(act, draw, one.supervisor_id, seats.NOT_NEEDED)
    return len(spare)


def _taken(act: Act, most: int, *which: ColumnElement[bool]) -> list[Invitation]:
    """Some invitations, the oldest first; where somebody is at work now, they are left alone.

    Each is taken together with its activity: two looks, or a look and an answer, never wait for
    each other crosswise.
    """
    chosen = (
        select(Invitation)
        .join(Activity, Activity.id == Invitation.activity_id)
        .join(Supervisor, Supervisor.id == Invitation.supervisor_id)
        .join(Person, Person.id == Supervisor.person_id)
        .where(*which)
        .order_by(Invitation.id)
        .limit(most)
    )
    locked = chosen.with_for_update(of=(Activity, Invitation), skip_locked=True)
    return list(act.session.scalars(locked.execution_options(populate_existing=True)))
