"""Handing over: case management carries it out, in one act, with all that follows the case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from services import assignments, cases, tasks
from services.cases import Case
from services.handovers import work
from services.handovers.records import Handover, HandoverCase
from services.handovers.work import OpenWork
from services.interrogations import consequences
from services.kernel.act import Act, Event
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.people import Person, Post
from services.policy import Permission, PostKind, demands
from services.tasks import TaskKind


@dataclass(frozen=True, slots=True)
class HandoverTaken(Event):
    """All open work of somebody in a procuratorate went to others."""

    person_id: int
    procuratorate_id: int
    case_ids: list[int]
    taker_ids: list[int]


class NothingToHandOver(Conflict):
    """Nothing that somebody else would have to take lies open with that person here."""

    zh = "该人员在本院没有需要移交的在办工作。"


class NotTheirs(Unprocessable):
    """A case is named that this person does not handle here."""

    zh = "所列案件不由该人员在本院承办。"


class HandoverTwice(Unprocessable):
    """Whoever hands over takes nothing of it."""

    zh = "接收人不能是移交人本人。"


@dataclass(frozen=True, slots=True)
class Desk:
    """One person's work in one procuratorate."""

    person: Person
    procuratorate_id: int

    @property
    def person_id(self) -> int:
        """Whose work it is."""
        return self.person.id


def desk_of(act: Act, person_id: int, office_id: int) -> Desk:
    """Somebody's work in a procuratorate whose case management the actor is of; else nothing.

    Refuses:
        NotFound: the actor runs no case management there, or that person never worked there.
    """
    worked = or_(
        exists().where(Post.person_id == person_id, Post.office_id == office_id),
        exists().where(Case.handler_id == person_id, Case.procuratorate_id == office_id),
    )
    person = act.session.scalar(select(Person).where(Person.id == person_id, worked))
    if person is None or not act.actor.holds(PostKind.CASE_MANAGER, office_id):
        raise NotFound
    return Desk(person, office_id)


def visible(act: Act) -> Select[Handover]:
    """Every hand-over of the procuratorates whose case management the actor is of."""
    return (
        select(Handover)
        .options(selectinload(Handover.cases), joinedload(Handover.person))
        .where(Handover.procuratorate_id.in_(act.actor.offices_as(PostKind.CASE_MANAGER)))
    )


def find(act: Act, handover_id: int) -> Handover:
    """The hand-over, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Handover.id == handover_id))
    if found is None:
        raise NotFound
    return found


def preview(act: Act, desk: Desk) -> OpenWork:
    """What lies open with somebody, before it is handed over."""
    return work.of(act.session, desk.person.id, desk.procuratorate_id, act.today)


@demands(Permission.HANDOVER_MAKE)
def make(  # noqa: PLR0913  # each by its name
    act: Act,
    desk: Desk,
    *,
    to_id: int | None,
    per_case: Mapping[int, int],
    reason: str,
    approver_id: int,
) -> Handover:
    """Hand over all open work of somebody: one new handler for all, or one for each case.

    Each case changes its handler as it would by itself, so its periods run on, and its tasks,
    interrogations, activities, packets and answers follow (RULES 8). A seat at somebody else's
    interrogation is given up and its handler finds another; where the law asks for another
    prosecutor, another is to be named.

    Refuses:
        NotAllowed: only case management of that procuratorate.
        NothingToHandOver: nothing lies open that somebody would have to take.
        NotTheirs: a case that this person does not handle there is named, or one is left out.
        HandoverTwice: it would go back to the same person.
        NotEligible: somebody is no prosecutor there today, or was recused.
        NotAnApprover: the approver is not the chief procurator.

    Records:
        HandoverTaken, and HandlerChanged for every case.
    """
    person_id, office_id = desk.person.id, desk.procuratorate_id
    act.session.refresh(desk.person, with_for_update={"key_share": True})
    if not preview(act, desk).owed:
        raise NothingToHandOver
    if person_id in {to_id, *per_case.values()}:
        raise HandoverTwice
    handled = act.session.scalars(work.cases_handled(person_id, office_id).order_by(Case.id)).all()
    takers = _takers(handled, to_id, per_case)
    handover = Handover(
        person_id=person_id,
        procuratorate_id=office_id,
        reason=reason,
        made_at=act.now,
        made_by=act.actor.id,
    )
    for case in handled:
        assignments.change_handler(
            act, case, handler_id=takers[case.id], reason=reason, approver_id=approver_id
        )
        handover.cases.append(HandoverCase(case_id=case.id, to_id=takers[case.id]))
    for case in act.session.scalars(work.cases_touched(person_id, office_id)).all():
        cases.close_to(act, case, person_id)
        assignments.name_another(act, case, person_id)
        consequences.recused(act, case, person_id)
    act.session.add(handover)
    act.session.flush()
    tasks.finish_in(act, TaskKind.HAND_OVER_WORK, desk.person, office_id=office_id)
    act.record(
        HandoverTaken(
            handover.id,
            person_id,
            office_id,
            [case.id for case in handled],
            sorted(handover.taker_ids),
        )
    )
    return handover


def _takers(
    handled: Sequence[Case], to_id: int | None, per_case: Mapping[int, int]
) -> dict[int, int]:
    """Who takes each case; every one is taken, and no other."""
    ids = {case.id for case in handled}
    if per_case.keys() - ids:
        raise NotTheirs(case_ids=sorted(per_case.keys() - ids))
    taken = {case_id: per_case.get(case_id, to_id) for case_id in sorted(ids)}
    if left := [case_id for case_id, taker in taken.items() if taker is None]:
        raise NotTheirs(case_ids=left)
    return {case_id: taker for case_id, taker in taken.items() if taker is not None}
