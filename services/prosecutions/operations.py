"""Prosecutions: one for each suspect of a case that was transferred, and its open work."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Select, and_, or_, select

from services import arrest_reviews, cases, deadlines, proceedings, tasks
from services.arrest_requests.records import Suspect
from services.cases import Case, CaseClosed, CaseState
from services.deadlines import Deadline, lists
from services.interrogations import consequences
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.proceedings.table import flow_of
from services.prosecutions.records import Prosecution
from services.prosecutions.states import ProsecutionState
from services.prosecutions.steps import STEPS
from services.prosecutions.steps.judgment import PROTEST_RULES
from services.prosecutions.steps.review import REVIEW_RULES
from services.prosecutions.steps.trial import COURT_RULES, EVIDENCE_RULES
from services.tasks import TaskKind

FLOW = flow_of(STEPS)
HANDLED = (
    TaskKind.REVIEW_PROSECUTION,
    TaskKind.FOLLOW_TRIAL,
    TaskKind.REVIEW_JUDGMENT,
    TaskKind.SUPERVISE_PROBATION,
    TaskKind.REVIEW_NECESSITY,
    TaskKind.ANSWER_APPLICATION,
)
"""The open work that goes with the handler."""

FOLLOWED = {
    TaskKind.REVIEW_PROSECUTION: REVIEW_RULES,
    TaskKind.FOLLOW_TRIAL: (*COURT_RULES, "T04", *EVIDENCE_RULES),
}
"""The work whose day moves with these periods, whichever step moves them."""
HANDLED_BY = (*REVIEW_RULES, *COURT_RULES, "T04", *PROTEST_RULES, "X11")
"""The periods by which that work has to be done."""

FINAL = frozenset(
    {
        ProsecutionState.TRANSFERRED,
        ProsecutionState.SENT_BACK,
        ProsecutionState.NOT_PROSECUTED,
        ProsecutionState.CONCLUDED,
        ProsecutionState.ARCHIVED,
    }
)


def settle(act: Act, prosecution: Prosecution) -> None:
    """The open work keeps the day of its period, and the case is closed with the last suspect's.

    A remedy later on leaves a closed case as it is.
    """
    for kind, rules in FOLLOWED.items():
        if due := _due(act, prosecution, rules):
            tasks.reschedule(act, kind, prosecution, due)
    case = prosecution.case
    if case.state is CaseState.ASSIGNED and all(one.state in FINAL for one in of_case(act, case)):
        cases.move(case, "decide")
        cases.move(case, "close")
        consequences.case_closed(act, case)
        act.record(CaseClosed(case.id))


proceedings.enter(Prosecution, STEPS, settle)


def visible(act: Act) -> Select[Prosecution]:
    """Every prosecution of a case that the actor may see."""
    seen = cases.visible(act).with_only_columns(Case.id)
    return select(Prosecution).where(Prosecution.case_id.in_(seen))


def find(act: Act, prosecution_id: int) -> Prosecution:
    """The prosecution, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Prosecution.id == prosecution_id))
    if found is None:
        raise NotFound
    return found


def of_case(act: Act, case: Case) -> list[Prosecution]:
    """The prosecutions of a case, by suspect."""
    chosen = select(Prosecution).where(Prosecution.case_id == case.id).order_by(Prosecution.id)
    return list(act.session.scalars(chosen))


def begin(act: Act, case: Case) -> None:
    """Open a prosecution for every suspect of a case just assigned, and the handler's tasks.

    Part of assigning the case, which has been allowed. The arrest case of each suspect is over
    with the transfer (RULES 8: the same prosecutor carries both).
    """
    known = {one.suspect_id for one in of_case(act, case)}
    for suspect in act.session.scalars(cases.suspects_of(case.id)):
        if suspect.id not in known:
            act.session.add(Prosecution(case=case, suspect=suspect))
    act.session.flush()
    arrest_reviews.transferred(act, [suspect.id for suspect in case.suspects])
    tasks.finish(act, TaskKind.ASSIGN_CASE, case)
    for deadline in act.session.scalars(
        deadlines.open_about([case.origin]).where(Deadline.rule_id == "R03")
    ).all():
        deadlines.close(act, deadline)
    _open_handler_tasks(act, case)


def take_in(act: Act, case: Case, suspect: Suspect) -> None:
    """Open the prosecution of a suspect who came to a case that is handled; part of adding one."""
    prosecution = Prosecution(case=case, suspect=suspect, state=ProsecutionState.UNDER_REVIEW)
    act.session.add(prosecution)
    act.session.flush()
    arrest_reviews.transferred(act, [suspect.id])
    _open_handler_task(act, prosecution)


def hand_over(act: Act, case: Case) -> None:
    """Move the open work of a case to its new handler; part of changing the handler."""
    kinds = release(act, case)
    for prosecution, found in kinds:
        if prosecution.handler_id is not None:
            for kind in found:
                tasks.open_for_person(
                    act,
                    kind,
                    prosecution,
                    person_id=prosecution.handler_id,
                    due=_due(act, prosecution),
                )


def release(act: Act, case: Case) -> list[tuple[Prosecution, list[TaskKind]]]:
    """Take the open work of a case from its handler; part of changing or recusing the handler."""
    taken = []
    for prosecution in of_case(act, case):
        kinds = [kind for kind in HANDLED if tasks.cancel(act, kind, prosecution)]
        taken.append((prosecution, kinds))
    act.session.flush()
    return taken


def _open_handler_tasks(act: Act, case: Case) -> None:
    for prosecution in of_case(act, case):
        _open_handler_task(act, prosecution)


def _open_handler_task(act: Act, prosecution: Prosecution) -> None:
    if prosecution.state is ProsecutionState.UNDER_REVIEW and prosecution.handler_id is not None:
        tasks.open_for_person(
            act,
            TaskKind.REVIEW_PROSECUTION,
            prosecution,
            person_id=prosecution.handler_id,
            due=_due(act, prosecution),
        )


def _due(
    act: Act, prosecution: Prosecution, rules: Collection[str] = HANDLED_BY
) -> Deadline | None:
    found = [
        one
        for one in _by_suspect(act, [prosecution], _periods([prosecution]))[prosecution.suspect_id]
        if one.closed_at is None and one.rule_id in rules and one.due_on is not None
    ]
    return min(found, key=lambda one: (one.due_on or date.max, one.id), default=None)


def periods(act: Act, found: Collection[Prosecution]) -> dict[int, list[Deadline]]:
    """The periods of these prosecutions, open and closed, by suspect, oldest first.

    With those of the matter as a whole, such as the days to send a court what it asks for. The
    procuratorate reads every one, the organ those that it may.
    """
    offices = {at for one in found for at in (one.procuratorate_id, one.raised_to_id)}
    return _by_suspect(act, found, lists.as_read(act, _periods(found), offices))


def _periods(found: Collection[Prosecution]) -> Select[Deadline]:
    suspects = {one.id: one.suspect_id for one in found}
    of_the_matter = and_(
        Deadline.suspect_id.is_(None),
        Deadline.about_kind == Prosecution.__tablename__,
        Deadline.about_id.in_(suspects),
    )
    return select(Deadline).where(or_(Deadline.suspect_id.in_(suspects.values()), of_the_matter))


def _by_suspect(
    act: Act, found: Collection[Prosecution], chosen: Select[Deadline]
) -> dict[int, list[Deadline]]:
    suspects = {one.id: one.suspect_id for one in found}
    by_suspect: dict[int, list[Deadline]] = {suspect: [] for suspect in suspects.values()}
    for deadline in act.session.scalars(chosen.order_by(Deadline.id)):
        by_suspect[deadline.suspect_id or suspects[deadline.about_id]].append(deadline)
    return by_suspect
