"""An invitation is answered; whoever steps out is followed by the next under one commitment."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services import activities, invitations
from services.activities import ActivityForm, ActivityState
from services.activities.practice import Practice
from services.draws import SeatChange
from services.invitations import Attending, Invitation, InvitationState, LateBecause, RecusalBecause
from services.invitations.operations import AnswerTooLate, FormNotOffered
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.policy import MACHINE
from services.tasks import Task, TaskKind, TaskState
from tests.invitations.conftest import Panel
from tests.make import Make


def _tasks(make: Make, one: Invitation) -> set[TaskKind]:
    chosen = select(Task.kind).where(Task.person_id == one.person_id, Task.state == TaskState.OPEN)
    return set(make.session.scalars(chosen))


def _accept(panel: Panel, one: Invitation) -> Invitation:
    act = panel.make.act(one.supervisor.person)
    return invitations.accept(act, one, attending=Attending.PRESENT)


def _decline(panel: Panel, one: Invitation) -> Invitation:
    act = panel.make.act(one.supervisor.person)
    return invitations.decline(act, one, reason="出差")


def test_whoever_is_drawn_has_a_task_and_a_day_to_answer(make: Make, panel: Panel) -> None:
    one = panel.asked[0]

    assert one.answer_by == make.now + timedelta(hours=24)
    assert _tasks(make, one) == {TaskKind.ANSWER_INVITATION}
    assert one.late_because is None


def test_the_answer_is_never_due_after_the_activity_has_begun(make: Make) -> None:
    town = make.town()
    bureau = make.bureau(town)
    make.supervisor(bureau)
    soon = make.now + timedelta(hours=3)
    activity = make.activity(
        town,
        bureau,
        state=ActivityState.REQUESTED,
        wanted=1,
        starts_at=soon,
        ends_at=soon + timedelta(hours=1),
    )

    make.draw(town, bureau, activity)

    one = make.session.scalars(select(Invitation)).one()
    assert one.answer_by == soon
    assert one.late_because is LateBecause.DRAWN_LATE


def test_with_the_last_one_wanted_the_activity_is_staffed(make: Make, panel: Panel) -> None:
    first, second = panel.asked

    _accept(panel, first)
    assert panel.stands(ActivityState.DRAWING)
    _accept(panel, second)

    assert panel.stands(ActivityState.STAFFED)
    assert first.no_conflict_at == make.now
    assert _tasks(make, first) == {TaskKind.SIGN_UNDERTAKING}
    assert invitations.accepted(make.session, panel.activity) == [first, second]
    assert invitations.of(make.act(panel.town.manager), panel.activity, first.person_id) is first
    assert panel.fits()


def test_nobody_answers_for_somebody_else(panel: Panel) -> None:
    one, other = panel.asked
    for person in (other.supervisor.person, panel.town.manager, panel.bureau.officer):
        act = panel.make.act(person)
        with pytest.raises(NotAllowed):
            invitations.accept(act, one, attending=Attending.PRESENT)
        with pytest.raises(NotAllowed):
            invitations.decline(act, one, reason="出差")
        with pytest.raises(NotAllowed):
            invitations.step_aside(act, one, because=RecusalBecause.INTEREST)
        with pytest.raises(NotAllowed):
            invitations.propose_form(act, one, attending=Attending.REMOTE)


def test_a_decline_is_followed_by_the_next_of_the_order(panel: Panel) -> None:
    first, second = panel.asked
    order = (panel.draw.orders or {})["all"]

    _decline(panel, first)

    assert [one.supervisor_id for one in panel.asked] == order[:3]
    assert panel.open == [second, panel.asked[2]]
    assert panel.asked[2].place_in_draw == 3
    assert first.decline_reason == "出差"
    assert _tasks(panel.make, first) == set()
    assert panel.fits()


def test_whoever_accepted_can_still_step_out_and_the_activity_is_not_staffed_any_more(
    panel: Panel,
) -> None:
    first, second = panel.asked
    _accept(panel, first)
    _accept(panel, second)

    _decline(panel, second)

    assert panel.stands(ActivityState.DRAWING)
    _accept(panel, panel.asked[2])
    assert panel.stands(ActivityState.STAFFED)
    assert panel.fits()


def test_nobody_answers_twice_or_when_the_time_is_over(panel: Panel) -> None:
    first, second = panel.asked
    _decline(panel, first)
    with pytest.raises(WrongState):
        _accept(panel, first)
    with pytest.raises(WrongState):
        _decline(panel, first)
    with pytest.raises(WrongState):
        invitations.step_aside(
            panel.make.act(first.supervisor.person), first, because=RecusalBecause.INTEREST
        )
    late = panel.make.act(second.supervisor.person, second.answer_by)
    with pytest.raises(AnswerTooLate):
        invitations.accept(late, second, attending=Attending.PRESENT)


def test_silence_is_a_no_by_the_first_look_after(make: Make, panel: Panel) -> None:
    first, second = panel.asked
    _accept(panel, second)
    early = make.act(MACHINE, first.answer_by - timedelta(minutes=1))
    assert invitations.sweep(early, 10) == 0

    assert invitations.sweep(make.act(MACHINE, first.answer_by), 10) == 1

    assert first.state is InvitationState.LAPSED
    assert len(panel.open) == 1
    assert panel.draw.changes[-2].because == "lapsed"
    assert _tasks(make, first) == set()
    assert panel.fits()


def test_only_the_house_sweeps(panel: Panel) -> None:
    with pytest.raises(NotAllowed):
        invitations.sweep(panel.make.act(panel.town.manager), 10)


def test_when_all_have_declined_case_management_decides(make: Make, panel: Panel) -> None:
    while panel.open:
        _decline(panel, panel.open[0])

    assert panel.stands(ActivityState.DRAWING)
    assert {one.state for one in panel.asked} == {InvitationState.DECLINED}
    assert len(panel.asked) == 5
    unfilled = [one for one in panel.draw.changes if one.kind is SeatChange.UNFILLED]
    assert [one.because for one in unfilled] == ["exhausted", "exhausted"]
    shortage = select(Task).where(Task.kind == TaskKind.SETTLE_SHORTAGE)
    task = make.session.scalars(shortage).one()
    assert (task.office_id, task.about_id) == (panel.town.procuratorate.id, panel.activity.id)
    assert panel.fits()
    activities.go_without(
        make.act(panel.town.manager),
        panel.activity,
        because=activities.WithoutBecause.ALL_DECLINED,
        words="名单上的人民监督员均不能参加。",
    )
    assert task.state is TaskState.CANCELLED


def test_where_fewer_do_the_seat_is_given_up_and_the_verifier_says_so(
    make: Make, panel: Panel
) -> None:
    first, second = panel.asked
    _accept(panel, first)
    activities.accept_fewer(make.act(panel.town.manager), panel.activity, reason="人数已经够用")

    assert invitations.sweep(make.act(MACHINE), 10) == 1

    assert second.state is InvitationState.RELEASED
    assert panel.stands(ActivityState.STAFFED)
    assert [one.kind for one in panel.draw.changes][-2:] == [SeatChange.FEWER, SeatChange.OUT]
    assert panel.fits()


def test_a_redraw_later_than_the_practice_has_it_is_flagged_with_its_reason(
    make: Make, panel: Panel
) -> None:
    first, _ = panel.asked
    near = panel.activity.starts_at - timedelta(hours=47)
    first.answer_by = panel.activity.starts_at
    act = make.act(first.supervisor.person, near)

    invitations.decline(act, first, reason="生病")

    assert panel.asked[2].late_because is LateBecause.DECLINED
    assert panel.asked[2].answer_by == near + timedelta(hours=24)


@pytest.mark.parametrize(
    ("form", "remote", "attending", "refused"),
    [
        (ActivityForm.EITHER, True, Attending.REMOTE, False),
        (ActivityForm.EITHER, False, Attending.REMOTE, True),
        (ActivityForm.EITHER, False, Attending.PRESENT, False),
        (ActivityForm.PRESENT, True, Attending.REMOTE, True),
        (ActivityForm.REMOTE, True, Attending.PRESENT, True),
        (ActivityForm.REMOTE, True, Attending.REMOTE, False),
    ],
)
def test_how_one_takes_part_is_what_the_activity_and_the_practice_offer(
    panel: Panel, form: ActivityForm, attending: Attending, *, remote: bool, refused: bool
) -> None:
    make, one = panel.make, panel.asked[0]
    panel.activity.form = form
    practice = activities.practice.of_office(make.session, panel.town.procuratorate.id)
    activities.practice.change(make.act(panel.town.manager), practice, Practice(remote=remote))
    act = make.act(one.supervisor.person)

    if refused:
        with pytest.raises(FormNotOffered):
            invitations.accept(act, one, attending=attending)
    else:
        assert invitations.accept(act, one, attending=attending).attending is attending


def test_the_other_way_can_be_proposed_after_accepting_only(panel: Panel) -> None:
    one = panel.asked[0]
    act = panel.make.act(one.supervisor.person)
    with pytest.raises(WrongState):
        invitations.propose_form(act, one, attending=Attending.REMOTE)
    _accept(panel, one)

    invitations.propose_form(act, one, attending=Attending.REMOTE)

    assert one.attending is Attending.REMOTE
    panel.activity.form = ActivityForm.REMOTE
    with pytest.raises(FormNotOffered):
        invitations.propose_form(act, one, attending=Attending.PRESENT)
