"""Invitations: who reads them."""

from sqlalchemy import Select, or_, select

from services import activities
from services.activities import Activity
from services.invitations.records import Invitation
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.policy import PostKind
from services.supervisors import Supervisor

OVERSEEING = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)


def visible(act: Act) -> Select[Invitation]:
    """One's own; and those of every activity that one reads as organ or procuratorate."""
    actor = act.actor
    readable = activities.visible(act).with_only_columns(Activity.id)
    staff = or_(
        Activity.procuratorate_id.in_(actor.offices_as(*OVERSEEING, PostKind.PROSECUTOR)),
        Activity.organ_id.in_(actor.offices_as(PostKind.JUSTICE_OFFICER)),
    )
    return (
        select(Invitation)
        .join(Supervisor, Invitation.supervisor_id == Supervisor.id)
        .where(
            or_(
                Supervisor.person_id == actor.id,
                Invitation.activity_id.in_(readable.where(staff)),
            )
        )
    )


def find(act: Act, invitation_id: int) -> Invitation:
    """The invitation, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Invitation.id == invitation_id))
    if found is None:
        raise NotFound
    return found
