"""Activities: who reads them."""

from sqlalchemy import Select, and_, exists, or_, select

from services.activities.records import INVITATIONS, INVITED_STATES, Activity
from services.cases import Case
from services.cases.records import RECUSALS
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.policy import PostKind
from services.supervisors import Supervisor

LEADING = (PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)


def visible(act: Act) -> Select[Activity]:
    """The procuratorate's, unless recused from the case; the organ's; where one is invited."""
    actor = act.actor
    recused = exists().where(
        RECUSALS.c.person_id == actor.id, RECUSALS.c.case_id == Activity.case_id
    )
    handled = or_(
        and_(Activity.case_id.is_(None), Activity.planned_by == actor.id),
        exists().where(Case.id == Activity.case_id, Case.handler_id == actor.id),
    )
    invited = exists().where(
        INVITATIONS.c.activity_id == Activity.id,
        INVITATIONS.c.state.in_(INVITED_STATES),
        INVITATIONS.c.supervisor_id == Supervisor.id,
        Supervisor.person_id == actor.id,
    )
    return select(Activity).where(
        or_(
            Activity.procuratorate_id.in_(actor.offices_as(PostKind.CASE_MANAGER)),
            and_(Activity.procuratorate_id.in_(actor.offices_as(*LEADING)), ~recused),
            and_(
                Activity.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
                handled,
                ~recused,
            ),
            and_(
                Activity.organ_id.in_(actor.offices_as(PostKind.JUSTICE_OFFICER)),
                Activity.requested_at.is_not(None),
            ),
            invited,
        )
    )


def find(act: Act, activity_id: int) -> Activity:
    """The activity, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Activity.id == activity_id))
    if found is None:
        raise NotFound
    return found
