"""Invitations follow the activity and the register: moved, called off, suspended, term over."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import activities, draws, invitations
from services.activities import Activity, ActivityForm, ActivityState
from services.draws import Draw, SeatChange, UnfilledBecause
from services.invitations import Attending, Invitation, InvitationState, seats
from services.policy import MACHINE
from services.supervisors import SupervisorState
from services.tasks import Task, TaskKind, TaskState
from tests.invitations.conftest import Panel
from tests.make import Make


def _accept_all(panel: Panel) -> None:
    for one in panel.open:
        act = panel.make.act(one.supervisor.person)
        invitations.accept(act, one, attending=Attending.PRESENT)


def _move(panel: Panel, days: int) -> None:
    """As the activity's own operation does it."""
    activity = panel.activity
    before = activity.starts_at
    activity.starts_at += timedelta(days=days)
    activity.ends_at += timedelta(days=days)
    panel.make.session.flush()
    activities.followers.moved(panel.make.act(panel.town.manager), activity, before)


def _tasks(session: Session, one: Invitation) -> list[TaskKind]:
    chosen = select(Task.kind).where(Task.person_id == one.person_id, Task.state == TaskState.OPEN)
    return list(session.scalars(chosen))


def test_when_it_is_moved_everybody_is_asked_again(make: Make, panel: Panel) -> None:
    _accept_all(panel)

    _move(panel, 3)

    assert panel.stands(ActivityState.DRAWING)
    for one in panel.asked:
        assert one.state is InvitationState.INVITED
        assert (one.attending, one.answered_at) == (None, None)
        assert _tasks(make.session, one) == [TaskKind.ANSWER_INVITATION]
    _accept_all(panel)
    assert panel.stands(ActivityState.STAFFED)
    assert panel.fits()


def test_whoever_has_no_time_then_is_followed_by_the_next(make: Make, panel: Panel) -> None:
    first, second = panel.asked
    first.supervisor.term_until_on = panel.activity.starts_on
    make.session.flush()

    _move(panel, 1)

    assert (first.state, second.state) == (InvitationState.RELEASED, InvitationState.INVITED)
    assert panel.draw.changes[-2].because == "term_ends_before"
    assert len(panel.open) == 2
    assert panel.fits()


def test_another_place_at_the_same_time_asks_only_whoever_cannot_come_there(
    make: Make, panel: Panel
) -> None:
    first, second = panel.asked
    own = make.act(first.supervisor.person)
    invitations.accept(own, first, attending=Attending.REMOTE)
    own = make.act(second.supervisor.person)
    invitations.accept(own, second, attending=Attending.PRESENT)
    panel.activity.place = "第二听证室"

    _move(panel, 0)
    assert panel.stands(ActivityState.STAFFED)

    panel.activity.form = ActivityForm.PRESENT
    _move(panel, 0)
    assert (first.state, second.state) == (InvitationState.INVITED, InvitationState.ACCEPTED)
    assert panel.stands(ActivityState.DRAWING)


def test_a_seat_given_up_for_want_of_time_is_filled_after_a_move(make: Make, panel: Panel) -> None:
    first, _ = panel.asked
    late = make.act(MACHINE, panel.activity.starts_at)
    assert invitations.sweep(late, 10) == 2
    assert first.state is InvitationState.LAPSED
    unfilled = [one.because for one in panel.draw.changes if one.kind is SeatChange.UNFILLED]
    assert unfilled == [UnfilledBecause.NO_TIME, UnfilledBecause.NO_TIME]

    _move(panel, 14)

    assert len(panel.open) == 2
    assert panel.fits()


def test_when_it_is_called_off_everybody_is_released(make: Make, panel: Panel) -> None:
    _accept_all(panel)

    activities.cancel(make.act(panel.town.manager), panel.activity, reason="案件撤回")

    assert {one.state for one in panel.asked} == {InvitationState.RELEASED}
    assert all(_tasks(make.session, one) == [] for one in panel.asked)
    assert len(panel.asked) == 2


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("state", [SupervisorState.SUSPENDED, SupervisorState.REMOVED])
def test_whoever_is_suspended_or_removed_is_followed_by_the_next(
    make: Make, panel: Panel, state: SupervisorState, *, accepted: bool
) -> None:
    if accepted:
        _accept_all(panel)
    first = panel.asked[0]
    first.supervisor.state = state
    make.session.flush()

    assert invitations.sweep(make.act(MACHINE), 10) == 1
    assert invitations.sweep(make.act(MACHINE), 10) == 0

    assert first.state is InvitationState.RELEASED
    assert panel.stands(ActivityState.DRAWING)
    assert len(panel.asked) == 3
    assert panel.fits()


def test_a_term_that_ends_before_the_activity_frees_the_seat(make: Make, panel: Panel) -> None:
    first = panel.asked[0]
    first.supervisor.term_until_on = panel.activity.starts_on - timedelta(days=1)
    make.session.flush()

    assert invitations.sweep(make.act(MACHINE), 10) == 1

    assert first.state is InvitationState.RELEASED
    assert panel.draw.changes[-2].because == "term_ends_before"


def test_a_seat_freed_while_it_is_under_way_stays_empty(make: Make, panel: Panel) -> None:
    _accept_all(panel)
    panel.activity.state = ActivityState.UNDER_WAY
    first = panel.asked[0]
    act = make.act(first.supervisor.person, panel.activity.starts_at)

    invitations.step_aside(act, first, because=invitations.RecusalBecause.INTEREST)

    assert panel.draw.changes[-1].because == UnfilledBecause.NO_TIME
    assert panel.stands(ActivityState.UNDER_WAY)
    assert panel.fits()


def test_an_invitation_without_a_draw_can_be_released(make: Make, panel: Panel) -> None:
    activity = make.activity(panel.town, panel.bureau, state=ActivityState.STAFFED, wanted=1)
    one = make.invitation(activity, panel.pool[0], state=InvitationState.ACCEPTED)

    seats.bar(make.act(panel.town.manager), one, "suspended")

    assert one.state is InvitationState.RELEASED
    assert activity.state is ActivityState.DRAWING


def _weeks(make: Make, panels: int) -> list[Draw]:
    """So many activities, each lived through by a clock of its own; who does what is fixed.

    No two overlap: nobody is drawn for two at once.
    """
    town = make.town()
    bureau = make.bureau(town)
    for _ in range(12):
        make.supervisor(bureau)
    lived = list[Draw]()
    for number in range(panels):
        start = make.now + timedelta(days=1 + number % 5, hours=number % 7, seconds=number)
        activity = make.activity(
            town,
            bureau,
            state=ActivityState.REQUESTED,
            wanted=1 + number % 3,
            starts_at=start,
            ends_at=start + timedelta(seconds=1),
        )
        lived.append(make.draw(town, bureau, activity))
        _live(make, activity, number)
    return lived


def _live(make: Make, activity: Activity, number: int) -> None:
    """Every twelve hours: some accept, some decline, some say nothing; the house looks."""
    now = make.now
    while now <= activity.starts_at:
        chosen = select(Invitation).where(
            Invitation.activity_id == activity.id,
            Invitation.state == InvitationState.INVITED,
            Invitation.answer_by > now,
        )
        for one in make.session.scalars(chosen.order_by(Invitation.id)).all():
            mood = (one.supervisor_id + number + now.day) % 4
            act = make.act(one.supervisor.person, now)
            if mood == 0:
                invitations.decline(act, one, reason="没有时间")
            elif mood == 1:
                invitations.accept(act, one, attending=Attending.PRESENT)
        now += timedelta(hours=12)
        invitations.sweep(make.act(MACHINE, now), 100)
        if activity.state is ActivityState.STAFFED:
            return


@pytest.mark.parametrize("panels", [5, pytest.param(1000, marks=pytest.mark.prove)])
def test_no_panel_is_too_small_or_late_without_a_reason(make: Make, panels: int) -> None:
    for draw in _weeks(make, panels):
        activity = draw.activity
        asked = make.session.scalars(
            select(Invitation).where(Invitation.activity_id == activity.id)
        ).all()
        accepted = [one for one in asked if one.state is InvitationState.ACCEPTED]
        if len(accepted) < activity.wanted:
            told = [one for one in draw.changes if one.kind is SeatChange.UNFILLED]
            assert activity.state is ActivityState.DRAWING
            assert len(told) >= activity.wanted - len(accepted)
        else:
            assert activity.state is ActivityState.STAFFED
        for one in asked:
            late = activity.starts_at - one.invited_at < timedelta(hours=48)
            assert (one.late_because is not None) == late
            assert one.answer_by <= activity.starts_at
        assert draws.verifier.problems(draws.publication(draw)) == []
