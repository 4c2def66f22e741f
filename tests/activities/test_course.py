"""Called off, held without supervisors, with fewer, begun, ended: nothing waits in silence."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import activities, arrest_reviews, assignments, memberships, monitoring
from services.activities import (
    ActivityAhead,
    ActivityState,
    Need,
    NobodyAccepted,
    NoticeStillFits,
    NoticeTooLate,
    WithoutBecause,
    practice,
    watch,
)
from services.activities.practice import Practice
from services.arrest_reviews import ArrestReview
from services.assignments import RecusalGround
from services.deadlines import Deadline
from services.kernel.act import Act
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import MACHINE
from services.supervisors import Expertise
from services.tasks import TaskKind
from tests.activities.conftest import TITLE, World, noon
from tests.make import Make
from tests.phones import Phones


def test_a_custody_period_that_leaves_no_room_says_so_and_goes_on(session: Session) -> None:
    """Received 2026-02-12, detained, due 02-19: neither five working days fit nor three."""
    world = World(Make(session, noon(2026, 2, 12)))
    one = world.planned(5)
    act = world.act(world.town.prosecutor)
    pressing = activities.crowded(act, one)
    assert pressing is not None
    assert (pressing.deadline.rule_id, pressing.due_on) == ("D06", date(2026, 2, 19))
    assert (pressing.earliest.on, pressing.earliest.short_on) == (
        date(2026, 2, 26),
        date(2026, 2, 24),
    )
    later = world.act(world.town.manager, noon(2026, 2, 13))
    with pytest.raises(NoticeTooLate):
        activities.send(later, one, reason="期限将届满。")

    activities.go_without(
        act, one, because=WithoutBecause.NO_TIME_FOR_NOTICE, words="审查逮捕期限先届满。"
    )

    assert (one.state, one.without_because) == (
        ActivityState.WITHOUT,
        WithoutBecause.NO_TIME_FOR_NOTICE,
    )
    assert one.crowding_deadline_id == pressing.deadline.id
    assert not world.tasks(one, TaskKind.SEND_SUPERVISION_REQUEST)
    world.session.flush()
    assert pressing.deadline.closed_at is None, "the period runs on"
    assert world.told(one, "ActivityLeftUnsupervised") == {
        world.town.prosecutor.id,
        world.town.manager.id,
    }


def test_the_decision_waits_for_no_supervisor(world: World) -> None:
    """The request lies with the organ; the handler opines as ever."""
    world.requested(9)
    review = world.session.scalars(
        select(ArrestReview).where(ArrestReview.case_id == world.case.id)
    ).one()
    assert "opine" in arrest_reviews.allowed(world.act(world.town.prosecutor), review)


def test_no_time_is_no_reason_where_there_is_time(world: World) -> None:
    one = world.planned()
    act = world.act(world.town.prosecutor)
    because = WithoutBecause.NO_TIME_FOR_NOTICE
    with pytest.raises(NoticeStillFits) as fits:
        activities.go_without(act, one, because=because, words="没有时间。")
    assert fits.value.members == {"earliest_on": "2026-03-09", "earliest_short_on": "2026-03-05"}
    of_none = activities.plan(
        world.act(world.town.manager),
        activities.planning(world.act(world.town.manager), None),
        world.said(kind=activities.ActivityKind.BRIEFING, ground=None),
    )
    with pytest.raises(NoticeStillFits):
        activities.go_without(
            world.act(world.town.manager), of_none, because=because, words="没有时间。"
        )
    activities.go_without(act, one, because=WithoutBecause.OTHER, words="另有原因。")
    assert one.crowding_deadline_id is None


@pytest.mark.parametrize(
    ("state", "because"),
    [
        (ActivityState.PLANNED, WithoutBecause.ORGAN_REFUSED),
        (ActivityState.REQUESTED, WithoutBecause.ORGAN_SILENT),
        (ActivityState.DRAWING, WithoutBecause.POOL_TOO_SMALL),
        (ActivityState.DRAWING, WithoutBecause.ALL_DECLINED),
        (ActivityState.STAFFED, WithoutBecause.OTHER),
    ],
)
def test_it_goes_on_without_from_wherever_it_stands(
    world: World, state: ActivityState, because: WithoutBecause
) -> None:
    one = world.in_state(state)
    activities.go_without(world.act(world.town.prosecutor), one, because=because, words="如上。")
    assert (one.state, one.without_because) == (ActivityState.WITHOUT, because)
    for kind in (TaskKind.ANSWER_SUPERVISION_REQUEST, TaskKind.HOLD_ACTIVITY):
        assert not world.tasks(one, kind)


def test_fewer_who_accepted_are_enough_and_so_is_what_they_know(world: World) -> None:
    act = world.act(world.town.manager)
    needs = (Need(Expertise.FINANCE, 2), Need(Expertise.CYBER))
    one = world.planned(wanted=3, needs=needs)
    activities.send(act, one)
    activities.publish(world.act(world.bureau.officer), one)
    with pytest.raises(NobodyAccepted):
        activities.accept_fewer(act, one, reason="无人。")
    world.accepted(one, Expertise.FINANCE)
    activities.accept_fewer(act, one, reason="一人足够。")

    assert (one.state, one.wanted) == (ActivityState.STAFFED, 1)
    assert [(need.expertise, need.number) for need in one.needs] == [(Expertise.FINANCE, 1)]
    assert one.fewer_because == "一人足够。"
    (task,) = world.tasks(one, TaskKind.HOLD_ACTIVITY)
    assert task.person_id == world.town.prosecutor.id
    with pytest.raises(WrongState):
        activities.accept_fewer(act, one, reason="再少。")


def test_one_who_steps_back_opens_the_draw_again(world: World) -> None:
    one = world.staffed()
    activities.unstaffed(world.act(world.bureau.officer), one)
    assert one.state is ActivityState.DRAWING
    assert not world.tasks(one, TaskKind.HOLD_ACTIVITY)


def test_it_begins_on_its_day(world: World) -> None:
    one = world.staffed()
    with pytest.raises(ActivityAhead):
        activities.begin(world.act(world.town.prosecutor, noon(2026, 3, 11)), one)
    at = noon(2026, 3, 12) - timedelta(hours=3)
    activities.begin(world.act(world.town.prosecutor, at), one)
    assert (one.state, one.began_at) == (ActivityState.UNDER_WAY, at)


def test_its_end_opens_the_days_of_opinions_and_of_the_report(world: World) -> None:
    one = world.ended()

    assert one.opinions_due_at == one.ends_at + timedelta(hours=48)
    period = world.session.scalars(select(Deadline).where(Deadline.rule_id == "L12c")).one()
    assert (period.about_kind, period.about_id) == ("activities", one.id)
    assert (period.suspect_id, period.due_on) == (None, date(2026, 3, 17))
    (task,) = world.tasks(one, TaskKind.REPORT_PERFORMANCE)
    assert (task.office_id, task.due_on) == (world.town.procuratorate.id, date(2026, 3, 17))
    assert not world.tasks(one, TaskKind.HOLD_ACTIVITY)
    act = world.act(world.town.manager, one.ends_at)
    assert not activities.is_reported(act, one)

    activities.reported(act, one)

    assert activities.is_reported(act, one)
    assert period.closed_at is not None
    assert not world.tasks(one, TaskKind.REPORT_PERFORMANCE)
    activities.close(act, one)
    assert (one.state, one.closed_at) == (ActivityState.CLOSED, one.ends_at)


def test_how_long_opinions_are_taken_the_office_says(world: World) -> None:
    act = world.act(world.town.chief)
    practice.change(act, practice.find(act), Practice(opinion_hours=24))
    one = world.ended()
    assert one.opinions_due_at == one.ends_at + timedelta(hours=24)


# --- the handler ----------------------------------------------------------------------------


def test_a_new_handler_has_the_activity_and_its_task(world: World) -> None:
    one = world.staffed()
    assignments.change_handler(
        world.act(world.town.manager),
        world.case,
        handler_id=world.second.id,
        reason="工作调整。",
        approver_id=world.town.chief.id,
    )
    world.session.flush()
    (task,) = world.tasks(one, TaskKind.HOLD_ACTIVITY)
    assert task.person_id == world.second.id
    assert activities.find(world.act(world.second), one.id) is one
    with pytest.raises(NotFound):
        activities.find(world.act(world.town.prosecutor), one.id)


def test_a_handler_recused_mid_review_reads_nothing_more_and_the_next_goes_on(
    world: World,
) -> None:
    one = world.under_way()
    assignments.recuse(
        world.act(world.town.chief),
        world.case,
        person_id=world.town.prosecutor.id,
        ground=RecusalGround.INTEREST,
    )
    world.session.flush()
    world.session.expire_all()
    recused = world.act(world.town.prosecutor, one.ends_at)
    with pytest.raises(NotFound):
        activities.find(recused, one.id)
    with pytest.raises(NotAllowed):
        activities.end(recused, one)
    assert not world.tasks(one, TaskKind.HOLD_ACTIVITY), "nobody's, until somebody is assigned"

    assignments.designate(
        world.act(world.town.manager),
        world.case,
        handler_id=world.second.id,
        reason="回避后另行指定。",
        approver_id=world.town.chief.id,
    )
    world.session.flush()
    (task,) = world.tasks(one, TaskKind.HOLD_ACTIVITY)
    assert task.person_id == world.second.id
    activities.end(world.act(world.second, one.ends_at), one)
    assert one.state is ActivityState.ENDED


def test_without_a_handler_case_management_can_go_on(world: World) -> None:
    one = world.planned()
    assignments.recuse(
        world.act(world.town.chief),
        world.case,
        person_id=world.town.prosecutor.id,
        ground=RecusalGround.INTEREST,
    )
    world.session.flush()
    world.session.expire_all()
    activities.send(world.act(world.town.manager), one)
    activities.publish(world.act(world.bureau.officer), one)
    activities.staffed(world.act(world.bureau.officer), one)
    assert not world.tasks(one, TaskKind.HOLD_ACTIVITY)


# --- silence --------------------------------------------------------------------------------


def looking(world: World, at: Act) -> int:
    world.session.flush()
    return watch.look(at)


def test_an_organ_that_is_silent_is_told_of_once_and_the_state_stays(world: World) -> None:
    one = world.requested()
    machine = replace(world.act(world.town.manager), actor=MACHINE)
    assert looking(world, replace(machine, now=noon(2026, 3, 10) - timedelta(minutes=1))) == 0
    near = replace(machine, now=noon(2026, 3, 10))
    assert looking(world, near) == 1
    assert (one.state, one.silent_at) == (ActivityState.REQUESTED, near.now)
    assert world.told(one, "SupervisionRequestUnanswered") == {
        world.town.prosecutor.id,
        world.town.manager.id,
        world.bureau.officer.id,
    }
    assert looking(world, near) == 0

    activities.go_without(
        world.act(world.town.manager, near.now),
        one,
        because=WithoutBecause.ORGAN_SILENT,
        words="司法行政机关未答复。",
    )
    assert looking(world, replace(machine, now=one.ends_at)) == 0


def test_how_near_is_too_near_each_office_says(world: World) -> None:
    act = world.act(world.town.manager)
    practice.change(act, practice.find(act), Practice(silence_hours=72))
    world.requested()
    machine = replace(act, actor=MACHINE, now=noon(2026, 3, 9))
    assert looking(world, machine) == 1


@pytest.mark.parametrize(
    "state",
    [
        ActivityState.PLANNED,
        ActivityState.REQUESTED,
        ActivityState.DRAWING,
        ActivityState.STAFFED,
    ],
)
def test_a_time_that_came_and_went_is_told_of_once(world: World, state: ActivityState) -> None:
    one = world.in_state(state)
    machine = replace(world.act(world.town.manager), actor=MACHINE, now=one.starts_at)
    before = one.version
    assert looking(world, machine) == 1
    assert (one.state, one.missed_at) == (state, one.starts_at)
    assert one.version == before, "a page that is open at that minute still begins it"
    assert looking(world, machine) == 0
    moved = world.setting(noon(2026, 3, 24))
    activities.move(world.act(world.town.manager, one.starts_at), one, moved)
    assert one.missed_at is None, "the new time is looked at again"


def test_only_the_house_itself_looks(world: World) -> None:
    one = world.requested()
    for step in (watch.note_silence, watch.note_missed):
        with pytest.raises(NotAllowed):
            step(world.act(world.town.manager), one)


def test_a_report_that_is_late_is_found_as_every_period_is(world: World, phones: Phones) -> None:
    one = world.ended()
    phones.set_clock(noon(2026, 3, 20))
    machine = replace(world.act(world.town.manager), actor=MACHINE, now=noon(2026, 3, 20))
    world.session.flush()
    assert monitoring.sweep(machine).told
    late = phones.of(world.town.manager).get("/deadlines?rule_id=L12c")
    assert late.status_code == 200, late.text
    phone = phones.of(world.town.manager)
    listed = [each for each in phone.get("/tasks").json["items"] if each["about_id"] == one.id]  # type: ignore[index]
    assert {"report_performance"} <= {each["kind"] for each in listed}
    assert TITLE in {name for each in listed for name in each["suspects"]}


def test_what_supervisors_come_to_goes_over_with_a_case_that_is_merged(world: World) -> None:
    """Recusal and a change of handler in the case that goes on reach it too."""
    first, later = world.case, world.make.handled(world.town)
    world.case = later
    ahead, held = world.staffed(), world.under_way()
    memberships.merge(world.act(world.town.manager), later, into=first)
    assert (ahead.case, held.case) == (first, first)

    assignments.change_handler(
        world.act(world.town.manager),
        first,
        handler_id=world.second.id,
        reason="工作调整。",
        approver_id=world.town.chief.id,
    )
    world.session.flush()
    for one in (ahead, held):
        (task,) = world.tasks(one, TaskKind.HOLD_ACTIVITY)
        assert task.person_id == world.second.id
