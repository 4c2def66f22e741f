"""Accepting a request as a case, finding cases, and moving them on."""

from collections.abc import Collection, Mapping

from sqlalchemy import Select, and_, exists, or_, select

from services import arrest_requests, numbers, tasks, transfers
from services.arrest_requests.records import ArrestRequest, Suspect
from services.cases.events import CaseAccepted
from services.cases.flow import FLOW, CaseKind, CaseList
from services.cases.records import RECUSALS, Case, CaseReader, case_suspects
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.numbers import Mark
from services.policy import (
    EMERGENCY_POSTS,
    ORGAN_POSTS,
    UPPER_POSTS,
    Permission,
    PostKind,
    allows,
    demands,
    opened_in_emergency,
)
from services.transfers.records import Transfer

LEADING = (PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
"""With case management, they see every case of their procuratorate; a prosecutor the own ones."""


def visible(act: Act) -> Select[Case]:
    """Every case that the actor may see: the organ's, the own ones, or the whole office's.

    Whoever leads or handles and was recused sees nothing of it any more (CPL 29).
    """
    actor = act.actor
    recused = exists().where(RECUSALS.c.case_id == Case.id, RECUSALS.c.person_id == actor.id)
    return select(Case).where(
        or_(
            Case.police_office_id.in_(actor.offices_as(*ORGAN_POSTS)),
            Case.procuratorate_id.in_(actor.offices_as(PostKind.CASE_MANAGER)),
            and_(Case.procuratorate_id.in_(actor.offices_as(*LEADING)), ~recused),
            and_(
                ~recused,
                or_(
                    Case.handler_id == actor.id,
                    Case.id.in_(select(CaseReader.case_id).where(CaseReader.person_id == actor.id)),
                ),
                Case.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
            ),
            and_(
                Case.id.in_(opened_in_emergency(actor, "cases")),
                ~recused,
                Case.procuratorate_id.in_(actor.offices_as(*EMERGENCY_POSTS)),
            ),
            Case.raised_to_id.in_(actor.offices_as(*UPPER_POSTS)),
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
        kind=CaseKind.ARREST,
        number=numbers.take(act, request.procuratorate, Mark.ARREST_CASE),
        procuratorate_id=request.procuratorate_id,
        police_office_id=request.office_id,
        request=request,
        list=list_,
        suspects=list(request.suspects),
        accepted_at=act.now,
        accepted_by=act.actor.id,
    )
    _opened(act, case)
    act.record(CaseAccepted(case.id, request.id))
    return case


@demands(Permission.TRANSFER_ACCEPT)
def accept_transfer(
    act: Act, transfer: Transfer, *, list_: CaseList, checks: Mapping[str, str]
) -> Case:
    """Accept a transfer as a prosecution case, linked by its suspects to their arrest case.

    Review has run since first receipt (CPL 172); acceptance neither starts nor moves it.

    Refuses:
        NotAllowed: only case management of that procuratorate accepts.
        WrongState: it has been accepted already.
        ResultsMissing: one of the five checks has no result.
        PapersMissing: something is missing and has not been asked for.

    Records:
        TransferAccepted, CaseAccepted.
    """
    transfers.accept(act, transfer, checks=checks)
    case = Case(
        kind=CaseKind.PROSECUTION,
        number=numbers.take(act, transfer.procuratorate, Mark.PROSECUTION_CASE),
        procuratorate_id=transfer.procuratorate_id,
        police_office_id=transfer.office_id,
        transfer=transfer,
        list=list_,
        suspects=transfer.suspects,
        accepted_at=act.now,
        accepted_by=act.actor.id,
    )
    _opened(act, case)
    act.record(CaseAccepted(case.id, None))
    return case


def _opened(act: Act, case: Case) -> None:
    act.session.add(case)
    act.session.flush()
    tasks.open_for_pool(
        act,
        tasks.TaskKind.ASSIGN_CASE,
        case,
        office_id=case.procuratorate_id,
        post=PostKind.CASE_MANAGER,
        due=case.origin.earliest_due(act.session),
    )


def open_to(act: Act, case: Case, person_id: int) -> None:
    """Open a case to another prosecutor, as part of naming one (RULES 290, 379)."""
    act.session.merge(CaseReader(case_id=case.id, person_id=person_id, opened_at=act.now))
    act.session.flush()
    act.session.expire(case, ["readers"])


def close_to(act: Act, case: Case, person_id: int) -> None:
    """Nobody who is recused reads the case any more; part of the recusal."""
    for one in [one for one in case.readers if one.person_id == person_id]:
        act.session.delete(one)
    act.session.flush()
    act.session.expire(case, ["readers"])


def follow(act: Act, case: Case) -> None:
    """What went over into the case has its handler, who reads what it came from; part of that."""
    for merged in act.session.scalars(select(Case).where(Case.merged_into_id == case.id)):
        merged.handler_id = case.handler_id
    act.session.flush()


def of_suspects(suspect_ids: Collection[int]) -> Select[Case]:
    """Every case of these suspects, the oldest first: how arrest and prosecution are linked."""
    linked = select(case_suspects.c.case_id).where(case_suspects.c.suspect_id.in_(suspect_ids))
    return select(Case).where(Case.id.in_(linked)).order_by(Case.id)


def suspects_of(case_id: int) -> Select[Suspect]:
    """The suspects of a case."""
    named = select(case_suspects.c.suspect_id).where(case_suspects.c.case_id == case_id)
    return select(Suspect).where(Suspect.id.in_(named)).order_by(Suspect.ordinal, Suspect.id)


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
    no_more = {"assign"} if case.handler_id else {"change_handler"}
    return [
        name
        for name, (permission, step) in STEPS.items()
        if step in open_steps and step not in no_more and allows(act.actor, permission, case)
    ]
