"""Drawing up a plan, letting the machine improve it, and accepting what a human has looked at."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session, selectinload, sessionmaker, undefer

from services import cases, interrogations, tasks
from services.arrest_requests.records import Suspect
from services.cases import Case
from services.cases.records import RECUSALS, case_suspects
from services.interrogations import Arrangement, NotInCase, Wish, needs, operations, slots
from services.interrogations.needs import NoRoomThere
from services.kernel import jobs
from services.kernel.act import SHANGHAI, Act, Event, acting
from services.kernel.clock import legal_now, machine_now
from services.kernel.refusals import Conflict, NotFound, Refusal, Unprocessable
from services.plans import solver
from services.plans.picture import Picture, Wanted, drawn
from services.plans.records import (
    FLOW,
    LeftOut,
    Plan,
    PlanItem,
    PlanItemState,
    PlanState,
    kept,
)
from services.plans.solver import Placed, Progress, Proof, Solution
from services.policy import MACHINE, STAFF, Permission, PostKind, demands
from services.resources import Resource
from services.tasks import TaskKind

IMPROVE = "improve_plan"
"""The job that looks for a better plan."""
MOST = 300
LONGEST = 14
LEASE = timedelta(seconds=30)
"""So long after its last word a worker is taken for dead, and another begins anew."""
LEADING = (PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)


@dataclass(frozen=True, slots=True)
class PlanProposed(Event):
    """A plan was drawn up; nothing of it is booked."""

    asked: int
    placed: int


@dataclass(frozen=True, slots=True)
class PlanImproved(Event):
    """The search for a better plan is over."""

    placed: int
    moved: int


@dataclass(frozen=True, slots=True)
class PlanAccepted(Event):
    """Somebody chose from a plan, and what was still free is booked."""

    booked: int
    refused: int


@dataclass(frozen=True, slots=True)
class PlanCancelled(Event):
    """A plan was dropped; nothing of it was booked."""


class TooManyToPlan(Unprocessable):
    """A plan holds between 1 and 300 interrogations, each suspect of a case once, of 14 days."""

    zh = "一次排期应为一至三百件、不超过十四天，且同一案件的同一犯罪嫌疑人不得重复。"


class PlanOfOneOffice(Unprocessable):
    """A plan is made for the cases of one procuratorate."""

    zh = "一次排期只能包含同一检察院的案件。"


class NothingChosen(Unprocessable):
    """None of the items that were chosen has a time in this plan."""

    zh = "所选事项不在本方案中，或者尚无可用时段。"


class PlanOver(Conflict):
    """The days of the plan have passed."""

    zh = "排期方案的日期已经过去。"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be planned: these interrogations, in these days."""

    wanted: tuple[Wanted, ...]
    from_on: date
    days: int

    @property
    def procuratorate_id(self) -> int | None:
        """The procuratorate of the first case; the others have to be of the same."""
        return next((one.wish.procuratorate_id for one in self.wanted), None)

    @property
    def handler_ids(self) -> frozenset[int | None]:
        """Whoever handles one of the cases."""
        return frozenset(one.wish.handler_id for one in self.wanted)

    @property
    def recused_ids(self) -> frozenset[int]:
        """Whoever was recused from one of the cases (CPL 29)."""
        return frozenset(p for one in self.wanted for p in one.wish.recused_ids or ())


class Asked(NamedTuple):
    """One interrogation as it comes in: the case, the suspect, and how."""

    case_id: int
    suspect_id: int
    arrangement: Arrangement


def visible(act: Act) -> Select[Plan]:
    """The plans of the office for who manages or leads it, and the own ones.

    Whoever was recused from one of its cases reads nothing of it (CPL 29).
    """
    actor = act.actor
    recused = exists().where(
        PlanItem.plan_id == Plan.id,
        RECUSALS.c.case_id == PlanItem.case_id,
        RECUSALS.c.person_id == actor.id,
    )
    seen: list[ColumnElement[bool]] = [
        Plan.procuratorate_id.in_(actor.offices_as(PostKind.CASE_MANAGER)),
        and_(Plan.procuratorate_id.in_(actor.offices_as(*LEADING)), ~recused),
        and_(
            Plan.drawn_up_by == actor.id,
            Plan.procuratorate_id.in_(actor.offices_as(*STAFF)),
            ~recused,
        ),
    ]
    return select(Plan).where(or_(*seen))


def find(act: Act, plan_id: int) -> Plan:
    """The plan, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Plan.id == plan_id).options(*whole()))
    if found is None:
        raise NotFound
    return found


def whole() -> tuple[Any, ...]:
    """With everything that is shown of a plan, in as many queries as one of one item takes."""
    items = selectinload(Plan.items)
    return (
        items.joinedload(PlanItem.case),
        items.joinedload(PlanItem.suspect),
        items.joinedload(PlanItem.room),
    )


def wanted(act: Act, asked: Sequence[Asked]) -> tuple[Wanted, ...]:
    """The suspects in their cases, read at once.

    Refuses:
        NotFound: one of the cases does not exist for the actor.
        NotInCase: a suspect is not in that case.
    """
    ids = {one.case_id for one in asked}
    # Whoever was recused is asked about for every case, so it is read with them.
    seen = cases.visible(act).where(Case.id.in_(ids)).options(undefer(Case.recused_ids))
    found = {case.id: case for case in act.session.scalars(seen)}
    if ids - found.keys():
        raise NotFound
    rows = act.session.execute(
        select(case_suspects.c.case_id, Suspect)
        .join(Suspect, Suspect.id == case_suspects.c.suspect_id)
        .where(case_suspects.c.case_id.in_(ids), Suspect.id.in_({one.suspect_id for one in asked}))
    )
    suspects = {(case_id, suspect.id): suspect for case_id, suspect in rows}
    if any((one.case_id, one.suspect_id) not in suspects for one in asked):
        raise NotInCase
    return tuple(
        Wanted(Wish(found[one.case_id], suspects[one.case_id, one.suspect_id]), one.arrangement)
        for one in asked
    )


@demands(Permission.PLAN_DRAW_UP)
def draw_up(act: Act, order: Order) -> Plan:
    """Propose a time for each of these interrogations at once; a better plan is looked for after.

    The earliest deadline comes first (CPL 91, 156, 172). Nothing is booked: whoever asked looks at
    it and accepts. What the law or the office does not allow has no time, and the reason is said.

    Refuses:
        NotAllowed: only case management, who heads a department, and handlers for their own cases.
        TooManyToPlan: none or more than 300, one suspect twice, or more than 14 days.
        PlanOfOneOffice: the cases are of two procuratorates.
        PlanOver: the days have passed.

    Records:
        PlanProposed.
    """
    pairs = {(one.wish.case.id, one.wish.suspect.id) for one in order.wanted}
    if not 0 < len(order.wanted) <= MOST or len(pairs) < len(order.wanted):
        raise TooManyToPlan
    if not 0 < order.days <= LONGEST:
        raise TooManyToPlan
    offices = {one.wish.procuratorate_id for one in order.wanted}
    if len(offices) > 1:
        raise PlanOfOneOffice
    if order.from_on + timedelta(days=order.days) <= act.today:
        raise PlanOver
    plan = Plan(
        procuratorate_id=offices.pop(),
        from_on=order.from_on,
        days=order.days,
        drawn_up_at=act.now,
        drawn_up_by=act.actor.id,
        items=[_item(act, one) for one in order.wanted],
    )
    picture, numbers = _picture(act, plan)
    found = solver.greedy(picture.problem)
    _put(plan, picture, numbers, found.placed)
    for item in plan.items:
        item.first_starts_at = item.starts_at
    _measure(plan, picture, found)
    act.session.add(plan)
    act.session.flush()
    tasks.open_for_person(act, TaskKind.REVIEW_PLAN, plan, person_id=act.actor.id)
    act.record(PlanProposed(plan.id, len(plan.items), plan.placed))
    if found.proof is Proof.OPTIMAL:
        plan.state, plan.improved_at = FLOW.after(plan.state, "improve"), act.now
    else:
        jobs.defer(act.session, IMPROVE, plan_id=plan.id)
    act.session.flush()
    return plan


@demands(Permission.PLAN_ACCEPT)
def accept(act: Act, plan: Plan, item_ids: Collection[int] | None = None) -> Plan:
    """Book what was chosen of a plan, or all of it, each as if it were booked alone.

    Every item is refused or booked by itself: one whose time was taken meanwhile says what is free
    instead, and the others stand. A search that still runs is stopped.

    Refuses:
        NotAllowed: only who drew it up and case management; each item is booked by who may book it.
        WrongState: it was accepted or cancelled before.
        NothingChosen: none that was chosen has a time.

    Records:
        PlanAccepted.
    """
    act.session.refresh(plan, with_for_update=True)
    state = FLOW.after(plan.state, "accept")
    chosen = [
        item
        for item in plan.items
        if item.starts_at is not None and (item_ids is None or item.id in item_ids)
    ]
    if not chosen:
        raise NothingChosen
    _in_one_order(act, chosen)
    chosen.sort(key=lambda item: (item.starts_at or act.now, item.id))
    for item in chosen:
        _book(act, item)
    for item in plan.items:
        if item.state is PlanItemState.PROPOSED:
            item.state = PlanItemState.DROPPED
    plan.state, plan.accepted_at, plan.accepted_by = state, act.now, act.actor.id
    tasks.finish(act, TaskKind.REVIEW_PLAN, plan)
    booked = sum(item.state is PlanItemState.BOOKED for item in chosen)
    act.record(PlanAccepted(plan.id, booked, len(chosen) - booked))
    act.session.flush()
    return plan


@demands(Permission.PLAN_ACCEPT)
def cancel(act: Act, plan: Plan) -> Plan:
    """Drop a plan; a search that still runs is stopped, and nothing of it is booked.

    Refuses:
        NotAllowed: only who drew it up, and case management.
        WrongState: it was accepted or cancelled before.

    Records:
        PlanCancelled.
    """
    act.session.refresh(plan, with_for_update=True)
    plan.state = FLOW.after(plan.state, "cancel")
    for item in plan.items:
        if item.state is PlanItemState.PROPOSED:
            item.state = PlanItemState.DROPPED
    tasks.cancel(act, TaskKind.REVIEW_PLAN, plan)
    act.record(PlanCancelled(plan.id))
    act.session.flush()
    return plan


# --- the search in the background -------------------------------------------------------------


@dataclass(slots=True)
class Search:
    """One plan taken up by one worker: the problem as it is now, and the standing answer."""

    plan_id: int
    picture: Picture
    numbers: Sequence[int]
    standing: Solution


def improve(
    sessions: sessionmaker[Session], plan_id: int, *, seconds: float = solver.SECONDS
) -> Solution | None:
    """Look for a better plan for so many seconds; none where nobody wants it any more.

    Three acts: the plan is taken up, it says every second how far it has come, and the best found
    is written. A worker that is killed leaves the plan as it was, and another takes it up when its
    lease has run out.
    """
    with acting(sessions, MACHINE, legal_now) as act:
        search = take_up(act, act.session.get(Plan, plan_id))
    if search is None:
        return None

    def watch(come: Progress) -> bool:
        with acting(sessions, MACHINE, legal_now) as act:
            return say(act, search, come)

    found = solver.solve(search.picture.problem, search.standing, seconds=seconds, watch=watch)
    with acting(sessions, MACHINE, legal_now) as act:
        conclude(act, search, found)
    return found


def left_behind(session: Session) -> list[int]:
    """The plans whose worker has not said anything for a while, or that none has taken up."""
    waiting = or_(Plan.searched_until.is_(None), Plan.searched_until < machine_now())
    chosen = select(Plan.id).where(Plan.state == PlanState.DRAFT, waiting).order_by(Plan.id)
    return list(session.scalars(chosen))


@demands(Permission.PLAN_IMPROVE)
def take_up(act: Act, plan: Plan | None) -> Search | None:
    """Take a plan up, unless another worker lives that has, or nobody wants it any more.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        Nothing.
    """
    if plan is None:
        return None
    act.session.refresh(plan, with_for_update=True)
    taken = plan.searched_until is not None and plan.searched_until > machine_now()
    if plan.state is not PlanState.DRAFT or taken:
        return None
    _tell(act, plan.id, searched_until=machine_now() + LEASE)
    picture, numbers = _picture(act, plan)
    begins = [_slot(picture, plan.items[number].starts_at) for number in numbers]
    placed = solver.coloured(picture.problem, begins)
    fresh = solver.greedy(picture.problem)
    worth = solver.Worth(picture.problem)
    best = max([placed, list(fresh.placed)], key=worth.total)
    standing = Solution(tuple(best), worth.total(best), worth.ceiling(), Proof.GREEDY)
    return Search(plan.id, picture, numbers, standing)


@demands(Permission.PLAN_IMPROVE)
def say(act: Act, search: Search, come: Progress) -> bool:
    """Write how far the search has come; False says that nobody wants the answer any more.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        Nothing.
    """
    state = act.session.scalar(select(Plan.state).where(Plan.id == search.plan_id))
    if state is not PlanState.DRAFT:
        return False
    better = come.value > search.standing.value
    _tell(
        act,
        search.plan_id,
        searched_until=machine_now() + LEASE,
        placed=come.placed if better else search.standing.count,
        objective=max(come.value, search.standing.value),
        bound=come.bound,
        elapsed_ms=round(come.seconds * 1000),
    )
    return True


@demands(Permission.PLAN_IMPROVE)
def conclude(act: Act, search: Search, found: Solution) -> Plan | None:
    """Write the best plan found, unless it was accepted or cancelled meanwhile.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        PlanImproved.
    """
    plan = act.session.get(Plan, search.plan_id, with_for_update=True, populate_existing=True)
    if plan is None or plan.state is not PlanState.DRAFT:
        return None
    _put(plan, search.picture, search.numbers, found.placed)
    _measure(plan, search.picture, found)
    plan.state, plan.improved_at = FLOW.after(plan.state, "improve"), act.now
    plan.searched_until = None
    moved = sum(item.starts_at != item.first_starts_at for item in plan.items)
    act.record(PlanImproved(plan.id, plan.placed, moved))
    act.session.flush()
    return plan


def _tell(act: Act, plan_id: int, **values: object) -> None:
    """Not a change of the plan: phones that have read it need not read it again to accept."""
    telling = update(Plan).where(Plan.id == plan_id).values(**values)
    act.session.execute(telling.execution_options(synchronize_session=False))


# --- between records and numbers --------------------------------------------------------------


def _item(act: Act, one: Wanted) -> PlanItem:
    item = PlanItem(
        case=one.wish.case,
        suspect=one.wish.suspect,
        wanted=kept(one.arrangement),
        state=PlanItemState.LEFT_OUT,
        places=[],
        alternatives=[],
    )
    try:
        operations.refuse_impossible(act, one.wish, one.arrangement)
    except Refusal as refused:
        item.why, item.refusal = LeftOut.REFUSED, refused.slug
    return item


def _picture(act: Act, plan: Plan) -> tuple[Picture, Sequence[int]]:
    """The picture of all that the law allows, and the number of each among the plan's items."""
    numbers = [n for n, item in enumerate(plan.items) if item.why is not LeftOut.REFUSED]
    planned = [Wanted(plan.items[n].wish, plan.items[n].arrangement) for n in numbers]
    picture = drawn(act, plan.procuratorate_id, planned, from_on=plan.from_on, days=plan.days)
    return picture, numbers


def _put(
    plan: Plan, picture: Picture, numbers: Sequence[int], placed: Sequence[Placed | None]
) -> None:
    """Write down the times, and why there is none."""
    in_order = solver.coloured(picture.problem, solver.starts_of(placed))
    same = solver.starts_of(in_order) == solver.starts_of(placed)
    # The units in the order in which they will be booked, if that brings the same times.
    for where, one in enumerate(in_order if same else placed):
        item = plan.items[numbers[where]]
        limit = picture.limits.get(item.wish.suspect.id)
        item.not_after = limit.ends_at if limit else None
        if one is None:
            item.state = PlanItemState.LEFT_OUT
            item.starts_at, item.room_id, item.places = None, None, []
            item.why = picture.hopeless.get(where, LeftOut.CROWDED_OUT)
            continue
        item.state, item.why = PlanItemState.PROPOSED, None
        item.starts_at, item.places = picture.at(one.start), picture.places(one)
        item.room_id = next((each for each in item.places if each in picture.rooms), None)


def _measure(plan: Plan, picture: Picture, found: Solution) -> None:
    plan.placed = found.count
    plan.late = sum(
        job.must and one is None
        for job, one in zip(picture.problem.jobs, found.placed, strict=True)
    )
    plan.objective, plan.bound, plan.proof = found.value, found.bound, found.proof
    plan.elapsed_ms = round(found.seconds * 1000)


def _slot(picture: Picture, starts_at: datetime | None) -> int | None:
    return picture.slot(starts_at) if starts_at is not None else None


# --- booking ----------------------------------------------------------------------------------


def _in_one_order(act: Act, chosen: Sequence[PlanItem]) -> None:
    """Lock the cases, then everything that could be taken, each in the order of the ids.

    Many bookings in one act would otherwise meet others in a ring.
    """
    ids = {item.case_id for item in chosen}
    locking = select(Case.id).where(Case.id.in_(ids)).order_by(Case.id)
    act.session.execute(locking.with_for_update(of=Case))
    wanted: set[int] = set()
    seen: set[object] = set()
    people: set[int] = set()
    participants: set[int] = set()
    for item in chosen:
        how, suspect = item.arrangement, item.suspect
        people.update(how.person_ids)
        participants.update(how.participant_ids)
        key = (suspect.detention_centre_id, suspect.in_custody, how.mode, how.room_id)
        if key in seen:
            continue
        seen.add(key)
        try:
            wants = needs.of(act, how, suspect, procuratorate_id=item.case.procuratorate_id)
        except NoRoomThere:
            continue
        wanted.update(option.resource_id for want in wants for option in want.any_of)
    taking = select(Resource.id).where(
        or_(
            Resource.id.in_(wanted),
            Resource.suspect_id.in_({item.suspect_id for item in chosen}),
            Resource.person_id.in_(people),
            Resource.participant_id.in_(participants),
        )
    )
    act.session.execute(taking.order_by(Resource.id).with_for_update(key_share=True))


def _book(act: Act, item: PlanItem) -> None:
    """Book one of the plan in a savepoint of its own, or say why not and what is free instead."""
    starts_at = item.starts_at
    if starts_at is None:
        return
    wish, how = item.wish, item.arrangement
    try:
        with act.session.begin_nested():
            made = interrogations.book(act, wish, how, starts_at=starts_at)
    except Refusal as refused:
        item.state, item.refusal = PlanItemState.REFUSED, refused.slug
        if isinstance(refused, Conflict):
            free = slots.alternatives(act, wish, how, near=starts_at)
            item.alternatives = [
                {"starts_at": one.starts_at.astimezone(SHANGHAI).isoformat(), "room": one.room}
                for one in free.slots
            ]
        return
    item.state, item.interrogation_id = PlanItemState.BOOKED, made.id
