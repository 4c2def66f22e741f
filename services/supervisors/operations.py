"""The register of people's supervisors: who is on it, and who may read it."""

from collections.abc import Mapping

from sqlalchemy import Select, or_, select

from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.offices import Office, OfficeKind
from services.policy import Permission, PostKind, allows
from services.supervisors.flow import FLOW
from services.supervisors.records import Supervisor, SupervisorAllowance, SupervisorTraining
from services.supervisors.selection import Register

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


def find_own(act: Act) -> Supervisor:
    """The actor's own entry; whoever has none is told so."""
    found = of_person(act, act.actor.id)
    if found is None:
        raise NotFound
    return found


def of_person(act: Act, person_id: int) -> Supervisor | None:
    """The entry of that person in the register, if there is one."""
    return act.session.scalar(select(Supervisor).where(Supervisor.person_id == person_id))


STEPS: Mapping[str, Permission] = {
    "publish": Permission.SUPERVISOR_NOMINATE,
    "appoint": Permission.SUPERVISOR_APPOINT,
    "reject": Permission.SUPERVISOR_APPOINT,
    "reappoint": Permission.SUPERVISOR_APPOINT,
    "suspend": Permission.SUPERVISOR_MANAGE,
    "reinstate": Permission.SUPERVISOR_MANAGE,
    "remove": Permission.SUPERVISOR_MANAGE,
    "end": Permission.SUPERVISOR_MANAGE,
    "change": Permission.SUPERVISOR_MANAGE,
    "train": Permission.SUPERVISOR_MANAGE,
    "pay": Permission.SUPERVISOR_MANAGE,
    "state_availability": Permission.SUPERVISOR_STATE_AVAILABILITY,
}


def allowed(act: Act, entry: Supervisor) -> list[str]:
    """The steps that are open to the actor now."""
    return [step for step in FLOW.open_from(entry.state) if allows(act.actor, STEPS[step], entry)]


def shows_details(act: Act, entry: Supervisor) -> bool:
    """Is the actor of the organ, or oneself? The others read what is open (PSUP-2021 18)."""
    return allows(act.actor, Permission.SUPERVISOR_DETAILS_READ, entry)


def trainings(act: Act, entry: Supervisor) -> Select[SupervisorTraining]:
    """The trainings of the supervisor, for the organ and oneself; otherwise there are none."""
    if not shows_details(act, entry):
        raise NotFound
    return select(SupervisorTraining).where(SupervisorTraining.supervisor_id == entry.id)


def allowances(act: Act, entry: Supervisor) -> Select[SupervisorAllowance]:
    """The allowances of the supervisor, for the organ and oneself; otherwise there are none."""
    if not shows_details(act, entry):
        raise NotFound
    return select(SupervisorAllowance).where(SupervisorAllowance.supervisor_id == entry.id)


def find_register(act: Act, organ_id: int) -> Register:
    """An organ's register, if there is such an organ; who may read it is asked elsewhere."""
    organ = act.session.get(Office, organ_id)
    if organ is None or organ.kind is not OfficeKind.JUDICIAL_ADMINISTRATION:
        raise NotFound
    return Register(organ.id, organ.procuratorate_id)
