"""Accepting a plan: each item is booked or refused by itself, as if it were booked alone."""

import pytest
from sqlalchemy import select

from services import interrogations, plans
from services.interrogations import InterrogationState
from services.kernel.act import JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.plans import NothingChosen, PlanItemState, PlanState
from services.policy import PostKind
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make
from tests.plans.conftest import Week


def test_everything_is_booked_where_and_when_it_was_planned(week: Week, make: Make) -> None:
    plan = week.drawn_up()
    plans.accept(make.act(week.town.manager), plan)
    assert plan.state is PlanState.ACCEPTED
    for item in plan.items:
        assert item.state is PlanItemState.BOOKED
        made = make.session.get_one(interrogations.Interrogation, item.interrogation_id)
        assert made.state is InterrogationState.BOOKED
        assert made.booking is not None
        assert made.booking.during.lower == item.starts_at
        assert item.room_id in {one.resource_id for one in made.booking.occupations}
    task = make.session.scalars(select(Task).where(Task.kind == TaskKind.REVIEW_PLAN)).one()
    assert task.state is TaskState.DONE
    with pytest.raises(WrongState):
        plans.accept(make.act(week.town.manager), plan)


def test_what_was_taken_meanwhile_is_refused_alone_with_what_is_free(
    week: Week, make: Make
) -> None:
    plan = week.drawn_up()
    first = min(plan.items, key=lambda item: item.starts_at or make.now)
    assert first.starts_at is not None
    act = make.act(week.town.prosecutor)
    taken = interrogations.wish(act, first.case, first.suspect_id)
    interrogations.book(act, taken, make.arrangement(week.town), starts_at=first.starts_at)
    plans.accept(make.act(week.town.manager), plan)
    assert (first.state, first.refusal) == (PlanItemState.REFUSED, "already-taken")
    assert len(first.alternatives) == 3
    others = {item.state for item in plan.items if item is not first}
    assert others == {PlanItemState.BOOKED}
    entry = make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "PlanAccepted")
    ).one()
    assert entry.details == {"booked": len(plan.items) - 1, "refused": 1}


def test_only_what_is_chosen_is_booked(week: Week, make: Make) -> None:
    plan = week.drawn_up()
    act = make.act(week.town.manager)
    with pytest.raises(NothingChosen):
        plans.accept(act, plan, [0])
    chosen = plan.items[2]
    plans.accept(act, plan, [chosen.id])
    states = [item.state for item in plan.items]
    assert states.count(PlanItemState.BOOKED) == 1
    assert states.count(PlanItemState.DROPPED) == len(plan.items) - 1
    assert chosen.state is PlanItemState.BOOKED


def test_only_who_drew_it_up_and_case_management_accept(week: Week, make: Make) -> None:
    plan = week.drawn_up()
    for person in (week.town.chief, week.town.prosecutor):
        with pytest.raises(NotAllowed):
            plans.accept(make.act(person), plan)
        with pytest.raises(NotAllowed):
            plans.cancel(make.act(person), plan)
    own = week.drawn_up(by=week.town.prosecutor)
    plans.accept(make.act(week.town.prosecutor), own)
    assert {item.state for item in own.items} == {PlanItemState.BOOKED}


def test_each_item_is_booked_by_who_may_book_it(week: Week, make: Make) -> None:
    head = make.person(PostKind.DEPARTMENT_HEAD, week.town.procuratorate)
    plan = week.drawn_up(by=head)
    plans.accept(make.act(head), plan)
    assert {(item.state, item.refusal) for item in plan.items} == {
        (PlanItemState.REFUSED, "not-allowed")
    }


def test_a_cancelled_plan_books_nothing(week: Week, make: Make) -> None:
    plan = week.drawn_up()
    act = make.act(week.town.manager)
    plans.cancel(act, plan)
    assert plan.state is PlanState.CANCELLED
    assert {item.state for item in plan.items} == {PlanItemState.DROPPED}
    task = make.session.scalars(select(Task).where(Task.kind == TaskKind.REVIEW_PLAN)).one()
    assert task.state is TaskState.CANCELLED
    with pytest.raises(WrongState):
        plans.accept(act, plan)
    with pytest.raises(WrongState):
        plans.cancel(act, plan)
