"""Who comes, who came: what the slices above ask of invitations."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.activities import Activity
from services.invitations.flow import InvitationState
from services.invitations.records import Invitation
from services.kernel.act import Act
from services.supervisors import Supervisor


def accepted(session: Session, activity: Activity) -> list[Invitation]:
    """Whoever has accepted, and is not yet known to have come or not."""
    return _in_state(session, activity, InvitationState.ACCEPTED)


def attended(session: Session, activity: Activity) -> list[Invitation]:
    """Whoever has come."""
    return _in_state(session, activity, InvitationState.ATTENDED)


def of(act: Act, activity: Activity, person_id: int) -> Invitation | None:
    """The invitation of that person to that activity, if there was one."""
    return act.session.scalar(
        select(Invitation)
        .join(Supervisor, Supervisor.id == Invitation.supervisor_id)
        .where(Invitation.activity_id == activity.id, Supervisor.person_id == person_id)
    )


def _in_state(session: Session, activity: Activity, state: InvitationState) -> list[Invitation]:
    chosen = select(Invitation).where(
        Invitation.activity_id == activity.id, Invitation.state == state
    )
    return list(session.scalars(chosen.order_by(Invitation.id)))
