"""Drawing up a plan: times for many at once, and nothing is booked yet."""

from datetime import time, timedelta

import pytest
from sqlalchemy import func, select

from services import bookings, plans
from services.bookings import BookingKind, Option, Want
from services.interrogations import Mode, NotInCase
from services.kernel.act import SHANGHAI, JournalEntry
from services.kernel.refusals import NotAllowed, NotFound
from services.plans import (
    Asked,
    ItemChange,
    LeftOut,
    Order,
    Plan,
    PlanItemState,
    PlanOfOneOffice,
    PlanOver,
    PlanState,
    TooManyToPlan,
)
from services.policy import Permission, PostKind, allows
from services.resources import Opening
from services.tasks import Task, TaskKind
from tests.make import Make
from tests.plans.conftest import Week


def test_each_has_a_time_and_nothing_is_booked(week: Week, make: Make) -> None:
    plan = week.drawn_up()
    assert {item.state for item in plan.items} == {PlanItemState.PROPOSED}
    assert plan.placed == len(week.cases)
    assert make.session.scalar(select(func.count()).select_from(bookings.Booking)) == 0
    for item in plan.items:
        assert item.starts_at is not None
        assert item.starts_at >= make.now
        assert item.not_after is not None
        assert item.starts_at + timedelta(hours=1) <= item.not_after
        assert item.room_id in {room.id for room in week.centre.rooms}
        assert item.change is ItemChange.SAME
    by_room = {(item.room_id, item.starts_at) for item in plan.items}
    assert len(by_room) == len(plan.items)


def test_who_asked_has_the_task_to_look(week: Week, make: Make) -> None:
    plan = week.drawn_up()
    task = make.session.scalars(select(Task).where(Task.kind == TaskKind.REVIEW_PLAN)).one()
    assert (task.about_kind, task.about_id, task.person_id) == (
        "plans",
        plan.id,
        week.town.manager.id,
    )
    entry = make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "PlanProposed")
    ).one()
    assert entry.details == {"asked": len(plan.items), "placed": plan.placed}


def test_what_is_booked_is_in_the_way(week: Week, make: Make) -> None:
    free = week.drawn_up().items[0]
    act = make.act(week.town.manager)
    assert free.starts_at is not None
    first = week.arranged[0].at(free.starts_at)
    for room in week.centre.rooms:
        bookings.take(
            act,
            [Want((Option(room.id),))],
            first,
            kind=BookingKind.BLOCK,
            office_id=week.centre.office.id,
        )
    for item in week.drawn_up().items:
        assert item.starts_at is not None
        assert item.starts_at >= free.starts_at + timedelta(hours=1)


def test_a_place_is_planned_in_its_hours_and_nobody_on_leave(week: Week, make: Make) -> None:
    for room in week.centre.rooms:
        room.openings = [Opening(weekday=3, from_time=time(9), until_time=time(17))]
    make.session.flush()
    for item in week.drawn_up().items:
        assert item.starts_at is not None
        local = item.starts_at.astimezone(SHANGHAI)
        assert local.isoweekday() == 3
        assert time(9) <= local.time() <= time(16)
    away = make.act(week.town.manager).today
    make.leave(week.town.prosecutor, away, away + timedelta(days=4))
    whys = {item.why for item in week.drawn_up().items}
    assert whys == {LeftOut.NEVER_TOGETHER}


def test_what_cannot_be_planned_says_why(week: Week, make: Make) -> None:
    alone = week.asked()[:1]
    seats = week.arranged[0].seats[:1]
    refused = week.drawn_up([alone[0]._replace(arrangement=type(week.arranged[0])(seats=seats))])
    assert (refused.items[0].why, refused.items[0].refusal) == (
        LeftOut.REFUSED,
        "too-few-staff",
    )
    later = week.drawn_up(from_in=30)
    assert {item.why for item in later.items} == {LeftOut.PAST_LIMIT}
    for desk in week.centre.desks:
        desk.retired_at = make.now
    make.session.flush()
    assert {item.why for item in week.drawn_up().items} == {LeftOut.NO_PLACE}


def test_more_than_the_days_hold_is_crowded_out_and_counted_late(week: Week, make: Make) -> None:
    for room in week.centre.rooms:
        room.openings = [Opening(weekday=3, from_time=time(9), until_time=time(11))]
    make.session.flush()
    plan = week.drawn_up(days=8)
    left = [item for item in plan.items if item.starts_at is None]
    assert {item.why for item in left} == {LeftOut.CROWDED_OUT}
    assert plan.late == len(left) == len(plan.items) - plan.placed


def test_an_order_is_whole(week: Week, make: Make) -> None:
    act = make.act(week.town.manager)
    twice = week.asked()[:1] * 2
    order = Order(plans.wanted(act, twice), act.today, 5)
    with pytest.raises(TooManyToPlan):
        plans.draw_up(act, order)
    with pytest.raises(TooManyToPlan):
        plans.draw_up(act, Order(order.wanted[:1], act.today, 15))
    with pytest.raises(PlanOver):
        plans.draw_up(act, Order(order.wanted[:1], act.today - timedelta(days=5), 5))
    with pytest.raises(NotInCase):
        plans.wanted(act, [week.asked()[0]._replace(suspect_id=week.cases[1].suspects[0].id)])
    elsewhere = make.town()
    theirs = make.handled(elsewhere)
    asked = Asked(theirs.id, theirs.suspects[0].id, week.arranged[0])
    with pytest.raises(NotFound):
        plans.wanted(act, [asked])
    both = make.person(PostKind.CASE_MANAGER, elsewhere.procuratorate)
    make.post(both, PostKind.CASE_MANAGER, week.town.procuratorate)
    act = make.act(both)
    with pytest.raises(PlanOfOneOffice):
        plans.draw_up(act, Order(plans.wanted(act, [*week.asked()[:1], asked]), act.today, 5))


def test_who_may_draw_up_a_plan(week: Week, make: Make) -> None:
    head = make.person(PostKind.DEPARTMENT_HEAD, week.town.procuratorate)
    for person in (head, week.town.prosecutor):
        assert week.drawn_up(by=person).drawn_up_by == person.id
    order = Order(plans.wanted(make.act(week.town.chief), week.asked()), make.now.date(), 5)
    with pytest.raises(NotAllowed):
        plans.draw_up(make.act(week.town.chief), order)
    other = make.person(PostKind.PROSECUTOR, week.town.procuratorate)
    with pytest.raises(NotAllowed):
        plans.draw_up(make.act(other), order)


def test_the_list_is_the_law(week: Week, make: Make) -> None:
    plan = week.drawn_up(by=week.town.prosecutor)
    head = make.person(PostKind.DEPARTMENT_HEAD, week.town.procuratorate)
    everyone = [
        week.town.manager,
        week.town.prosecutor,
        week.town.chief,
        week.town.officer,
        week.centre.officer,
        head,
        make.person(PostKind.PROSECUTOR, week.town.procuratorate),
        make.person(PostKind.CASE_MANAGER),
    ]
    seen = []
    for person in everyone:
        act = make.act(person)
        lists = plan in make.session.scalars(plans.visible(act)).all()
        assert lists == allows(act.actor, Permission.PLAN_READ, plan), person.username
        seen.append(lists)
    assert seen == [True, True, True, False, False, True, False, False]
    with pytest.raises(NotFound):
        plans.find(make.act(everyone[-1]), plan.id)


def test_whoever_was_recused_reads_nothing_of_it(week: Week, make: Make) -> None:
    plan = week.drawn_up()
    head = make.person(PostKind.DEPARTMENT_HEAD, week.town.procuratorate)
    week.recuse(head, week.cases[0])
    make.session.expire(plan)
    act = make.act(head)
    assert plan not in make.session.scalars(plans.visible(act)).all()
    assert not allows(act.actor, Permission.PLAN_READ, plan)


def test_one_in_person_needs_no_desk(week: Week) -> None:
    asked = week.asked()[0]
    inside = asked._replace(
        arrangement=type(asked.arrangement)(mode=Mode.IN_PERSON, seats=asked.arrangement.seats)
    )
    plan = week.drawn_up([inside])
    assert plan.state in {PlanState.DRAFT, PlanState.IMPROVED}
    assert not set(plan.items[0].places) & {desk.id for desk in week.centre.desks}


def test_a_plan_is_drawn_up_in_few_queries(week: Week, statements: list[str]) -> None:
    week.drawn_up(week.asked()[:2])
    few = len(statements)
    statements.clear()
    week.drawn_up(week.asked())
    more = len(week.cases) - 2
    assert len(statements) - few <= 12 * more
    assert isinstance(week.drawn_up(), Plan)
