"""The register of people's supervisors: who is on it, and who may read it."""

from sqlalchemy import Select, or_, select

from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.offices import Office
from services.policy import PostKind
from services.supervisors.records import Supervisor

POOL_READERS = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR)
"""Posts of a procuratorate that read the register of its organ (PSUP-2021 18)."""


def visible(act: Act) -> Select[Supervisor]:
    """The organ's own register, the register of the procuratorate's organ, oneself (18)."""
    actor = act.actor
    served = select(Office.id).where(Office.procuratorate_id.in_(actor.offices_as(*POOL_READERS)))
    return select(Supervisor).where(
        or_(
            Supervisor.person_id == actor.id,
            Supervisor.organ_id.in_(actor.offices_as(PostKind.JUSTICE_OFFICER)),
            Supervisor.organ_id.in_(served),
        )
    )


def find(act: Act, supervisor_id: int) -> Supervisor:
    """The supervisor, if the actor may read the entry; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Supervisor.id == supervisor_id))
    if found is None:
        raise NotFound
    return found


def of_person(act: Act, person_id: int) -> Supervisor | None:
    """The entry of that person in the register, if there is one."""
    return act.session.scalar(select(Supervisor).where(Supervisor.person_id == person_id))
