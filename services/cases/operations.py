"""Accepting a request as a case, finding cases, and moving them on."""

from collections.abc import Mapping

from sqlalchemy import Select, and_, or_, select

from services import arrest_requests, numbers, tasks
from services.arrest_requests.records import ArrestRequest
from services.cases.events import CaseAccepted
from services.cases.flow import FLOW, CaseList
from services.cases.records import Case
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.numbers import Mark
from services.policy import Permission, PostKind, allows

OFFICE_WIDE = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
"""Posts that see every case of their procuratorate; a prosecutor sees only the own ones."""


def visible(act: Act) -> Select[Case]:
    """Every case that the actor may see: the organ's, the own ones, or the whole office's."""
    actor = act.actor
    return select(Case).where(
        or_(
            Case.police_office_id.in_(actor.offices_as(PostKind.POLICE_OFFICER)),
            Case.procuratorate_id.in_(actor.offices_as(*OFFICE_WIDE)),
            and_(
                Case.handler_id == actor.id,
                Case.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
            ),
        )
    )


def find(act: Act, case_id: int) -> Case:
    """The case, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Case.id == case_id))
    if found is None:
        raise NotFound
    return found


def accept(act: Act, request: ArrestRequest, *, list_: CaseList, checks: Mapping[str, str]) -> Case:
    """Accept a request as a case: register it, give it its number, pass it on for assignment.

    The arrest-review clock has run since first receipt; acceptance neither starts nor moves it.
    The law behind the five checks is RULES 157, the registration RULES 158¶1.

    Refuses:
        NotAllowed: only case management of that procuratorate accepts.
        WrongState: it has been accepted already.
        ChecksIncomplete: one of the five checks has no result.
        FilesIncomplete: something is missing and has not been asked for.
        JurisdictionGroundsMissing: jurisdiction is doubted and no grounds are on record.

    Records:
        ArrestRequestAccepted, CaseAccepted.
    """
    arrest_requests.accept(act, request, checks=checks)
    case = Case(
        number=numbers.take(act, request.procuratorate, Mark.ARREST_CASE),
        procuratorate_id=request.procuratorate_id,
        police_office_id=request.office_id,
        request=request,
        list=list_,
        accepted_at=act.now,
        accepted_by=act.actor.id,
    )
    act.session.add(case)
    act.session.flush()
    tasks.open_for_pool(
        act,
        tasks.TaskKind.ASSIGN_CASE,
        case,
        office_id=case.procuratorate_id,
        post=PostKind.CASE_MANAGER,
        due=request.earliest_due(act.session),
    )
    act.record(CaseAccepted(case.id, request.id))
    return case


def move(case: Case, step: str) -> None:
    """Take one step of the case's flow; the caller has been allowed and has locked the case.

    Refuses:
        WrongState: the step is not open from here.
    """
    case.state = FLOW.after(case.state, step)


def locked(act: Act, case: Case) -> Case:
    """The same case, read again under a row lock, so that two acts on it take turns."""
    act.session.refresh(case, with_for_update=True)
    return case


STEPS: Mapping[str, tuple[Permission, str]] = {
    "assign": (Permission.CASE_ASSIGN, "assign"),
    "designate": (Permission.CASE_DESIGNATE, "assign"),
    "change_handler": (Permission.CASE_DESIGNATE, "change_handler"),
    "recuse": (Permission.CASE_RECUSE, "lose_handler"),
}
"""What a phone may offer as a button, the power it needs and the flow's step behind it."""


def allowed(act: Act, case: Case) -> list[str]:
    """The steps that the law gives the actor and that are open now."""
    open_steps = FLOW.open_from(case.state)
    return [
        name
        for name, (permission, step) in STEPS.items()
        if step in open_steps and allows(act.actor, permission, case)
    ]
