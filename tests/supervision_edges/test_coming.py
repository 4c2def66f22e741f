"""Who comes: all decline, terms that end, moves, doubts, two activities at once, attendance."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services import activities, draws, invitations, public_hearings, supervision_opinions
from services.activities import (
    Activity,
    ActivityForm,
    ActivityState,
    NobodyAccepted,
    Setting,
    WithoutBecause,
)
from services.activities.grounds import PublicMatter
from services.draws import Draw, KeptOut, RecusalBecause
from services.invitations import Attending, Invitation, InvitationState
from services.invitations.flow import RaisedBy
from services.invitations.operations import (
    AcceptedElsewhere,
    AttendanceReported,
    OpinionGivenThere,
)
from services.kernel.flow import WrongState
from services.policy import MACHINE
from services.public_hearings import (
    OfficerIsSupervisor,
    PublicHearingState,
    SupervisorsOnAnotherDay,
)
from services.public_hearings.drafts import OfficerDraft
from services.supervision_opinions import (
    Conduct,
    NewPerformanceLine,
    NotAttending,
    NotServing,
    SupervisionOpinionState,
)
from services.supervisors import Supervisor, SupervisorState
from services.supervisors.eligibility import Declared, faults_of
from services.supervisors.flow import Education, ExcludedOffice
from services.tasks import Task, TaskKind, TaskState
from tests.invitations.conftest import Panel
from tests.make import Make
from tests.public_hearings.conftest import OFFICERS
from tests.public_hearings.conftest import World as Courtroom
from tests.supervision_opinions.conftest import DUE, Stage, opinion_of


def accept_all(panel: Panel, attending: Attending = Attending.PRESENT) -> list[Invitation]:
    for one in panel.open:
        invitations.accept(panel.make.act(one.supervisor.person), one, attending=attending)
    return [one for one in panel.asked if one.state is InvitationState.ACCEPTED]


def moved(panel: Panel, by: timedelta) -> Activity:
    one = panel.activity
    setting = Setting(one.starts_at + by, one.ends_at + by, one.form, one.place)
    return activities.move(panel.make.act(panel.town.manager), one, setting)


def test_when_all_decline_case_management_decides_and_nothing_hangs(panel: Panel) -> None:
    while panel.open:
        one = panel.open[0]
        invitations.decline(panel.make.act(one.supervisor.person), one, reason="没有时间")
    act = panel.make.act(panel.town.manager)
    assert panel.stands(ActivityState.DRAWING)
    with pytest.raises(NobodyAccepted):
        activities.accept_fewer(act, panel.activity, reason="无人。")
    activities.go_without(
        act, panel.activity, because=WithoutBecause.ALL_DECLINED, words="全部谢绝。"
    )
    left = select(Task).where(
        Task.about_kind == "activities",
        Task.about_id == panel.activity.id,
        Task.state == TaskState.OPEN,
    )
    assert panel.stands(ActivityState.WITHOUT)
    assert panel.make.session.scalars(left).all() == []


def test_a_term_that_ends_before_a_move_or_before_the_day_frees_the_seat(panel: Panel) -> None:
    first, second = accept_all(panel)
    day = panel.activity.starts_on
    first.supervisor.term_until_on = day + timedelta(days=3)
    panel.make.session.flush()
    moved(panel, timedelta(days=7))
    assert (first.state, second.state) == (InvitationState.RELEASED, InvitationState.INVITED)
    assert first.supervisor_id not in {one.supervisor_id for one in panel.open}

    second.supervisor.term_until_on = day
    panel.make.session.flush()
    invitations.sweep(panel.make.act(MACHINE), 10)
    assert second.state is InvitationState.RELEASED
    assert len(panel.open) == panel.activity.wanted
    assert panel.fits()


def test_when_it_is_moved_whoever_accepted_is_asked_again(panel: Panel) -> None:
    accepted = accept_all(panel)
    assert panel.stands(ActivityState.STAFFED)
    moved(panel, timedelta(days=1))
    assert {one.state for one in accepted} == {InvitationState.INVITED}
    assert {(one.attending, one.no_conflict_at) for one in accepted} == {(None, None)}
    assert panel.stands(ActivityState.DRAWING)
    accept_all(panel)
    assert panel.stands(ActivityState.STAFFED)


def test_everybody_may_take_part_from_afar(panel: Panel) -> None:
    one = panel.activity
    setting = Setting(one.starts_at, one.ends_at, ActivityForm.REMOTE)
    activities.move(panel.make.act(panel.town.manager), one, setting)
    coming = accept_all(panel, Attending.REMOTE)
    act = panel.make.act(panel.town.prosecutor, one.starts_at)
    activities.begin(act, one)
    for each in coming:
        invitations.mark_attended(act, each)
    assert {each.attending for each in coming} == {Attending.REMOTE}
    assert len(invitations.attended(panel.make.session, one)) == one.wanted


def test_somebody_of_a_partys_own_firm_is_kept_away_and_the_next_is_asked(panel: Panel) -> None:
    one = accept_all(panel)[0]
    recusal = invitations.report_conflict(
        panel.make.act(panel.town.manager),
        one,
        because=RecusalBecause.INTEREST,
        raised_by=RaisedBy.PARTY,
    )
    invitations.grant_recusal(panel.make.act(panel.bureau.officer), recusal, reason="受雇于当事人")
    assert one.state is InvitationState.RECUSED
    assert panel.stands(ActivityState.DRAWING)
    assert len(panel.open) == 1
    assert panel.fits()


def test_a_lay_judge_is_no_supervisor() -> None:
    declared = Declared(
        date(1980, 5, 1),
        Education.BACHELOR,
        upholds_constitution=True,
        good_conduct=True,
        healthy=True,
        offices=[ExcludedOffice.PEOPLES_ASSESSOR],
    )
    (fault,) = faults_of(declared, date(2026, 3, 2))
    assert (fault.code, fault.article) == ("peoples_assessor", "PSUP-2021 9")


# --- two at once --------------------------------------------------------------------------------


def asked_for(make: Make, panel: Panel, shift: timedelta, **given: Any) -> Activity:
    """Another activity of the same organ."""
    values: dict[str, Any] = {
        "state": ActivityState.REQUESTED,
        "starts_at": panel.activity.starts_at + shift,
        "ends_at": panel.activity.ends_at + shift,
        "wanted": 1,
    }
    return make.activity(panel.town, panel.bureau, **(values | given))


def out_of(draw: Draw) -> dict[int, list[str]]:
    return {one.supervisor_id: one.excluded for one in draw.candidates if one.excluded}


def test_nobody_is_drawn_for_two_activities_at_once(make: Make, panel: Panel) -> None:
    seated = {one.supervisor_id for one in panel.open}
    hour = timedelta(hours=1)
    draw = make.draw(panel.town, panel.bureau, asked_for(make, panel, hour))
    assert out_of(draw) == {each: [KeptOut.OTHER_ACTIVITY.value] for each in seated}
    assert draws.verifier.problems(draws.publication(draw)) == []

    before = make.draw(panel.town, panel.bureau, asked_for(make, panel, -2 * hour))
    assert out_of(before) == {}, "one ends when the other begins"


def test_a_move_onto_another_activity_frees_the_seat_of_whoever_goes_there(
    make: Make, panel: Panel
) -> None:
    accepted = accept_all(panel)
    other = asked_for(make, panel, timedelta(days=1))
    one = accepted[0]
    make.invitation(other, one.supervisor, state=InvitationState.ACCEPTED)
    other.state = ActivityState.STAFFED
    make.session.flush()
    moved(panel, timedelta(days=1))
    assert one.state is InvitationState.RELEASED
    assert accepted[1].state is InvitationState.INVITED
    assert len(panel.open) == panel.activity.wanted


def test_two_at_once_are_not_accepted(make: Make, panel: Panel) -> None:
    one = panel.open[0]
    other = asked_for(make, panel, timedelta(hours=1), state=ActivityState.STAFFED)
    make.invitation(other, one.supervisor, state=InvitationState.ACCEPTED)
    act = make.act(one.supervisor.person)
    with pytest.raises(AcceptedElsewhere) as refused:
        invitations.accept(act, one, attending=Attending.PRESENT)
    assert refused.value.members["activity_id"] == other.id
    other.state = ActivityState.CANCELLED
    other.cancelled_because = "另行处理。"
    invitations.accept(act, one, attending=Attending.PRESENT)


# --- who came -----------------------------------------------------------------------------------


def _absent(stage: Stage, *places: int) -> None:
    for place in places:
        invitations.mark_absent(stage.act(stage.town.manager), stage.invited[place])


def test_when_nobody_attends_the_activity_closes_all_the_same(stage: Stage) -> None:
    _absent(stage, 0, 1)
    stage.report()
    assert supervision_opinions.sweep(stage.machine(DUE), 10) in {0, 1}
    assert stage.stands() is ActivityState.CLOSED


def test_an_absent_one_gives_no_opinion_and_a_mistake_is_put_right(stage: Stage) -> None:
    supervision_opinions.sweep(stage.machine(), 10)
    _absent(stage, 0)
    asked = select(Task.state).where(
        Task.kind == TaskKind.GIVE_SUPERVISION_OPINION, Task.about_id == stage.invited[0].id
    )
    assert list(stage.make.session.scalars(asked)) == [TaskState.CANCELLED]
    with pytest.raises(NotAttending):
        stage.give(0)
    invitations.mark_attended(stage.act(stage.town.manager), stage.invited[0])
    supervision_opinions.sweep(stage.machine(), 10)
    assert TaskState.OPEN in set(stage.make.session.scalars(asked))
    stage.give(0)
    with pytest.raises(OpinionGivenThere):
        _absent(stage, 0)


def test_once_the_organ_was_told_who_came_that_stays(stage: Stage) -> None:
    stage.report()
    with pytest.raises(AttendanceReported):
        _absent(stage, 0)


def test_who_did_not_come_does_not_step_back_afterwards(stage: Stage) -> None:
    one = stage.invited[0]
    one.state = InvitationState.ACCEPTED
    stage.make.session.flush()
    own = stage.act(stage.author(0))
    with pytest.raises(WrongState):
        invitations.decline(own, one, reason="未能到场")
    with pytest.raises(WrongState):
        invitations.step_aside(own, one, because=RecusalBecause.INTEREST)


def test_one_missing_opinion_holds_up_nothing_after_the_time(stage: Stage) -> None:
    opinion = stage.give(0)
    assert supervision_opinions.unseal_due(stage.machine(DUE - timedelta(seconds=1)), 10) == []
    assert supervision_opinions.unseal_due(stage.machine(DUE), 10) == [opinion]
    assert opinion.state is SupervisionOpinionState.TO_ANSWER
    lines = [NewPerformanceLine(one.id, Conduct.DILIGENT) for one in stage.invited]
    stage.report(at=DUE, lines=lines)
    act = stage.act(stage.town.prosecutor, DUE)
    supervision_opinions.answer(act, opinion, adoption=supervision_opinions.Adoption.ADOPTED)
    supervision_opinions.receipt(stage.act(stage.author(), DUE), opinion)
    assert stage.stands() is ActivityState.CLOSED


@pytest.mark.parametrize(
    ("state", "speaks"),
    [(SupervisorState.ENDED, True), (SupervisorState.REMOVED, False)],
)
def test_whose_term_is_over_since_speaks_and_who_was_removed_does_not(
    stage: Stage, state: SupervisorState, *, speaks: bool
) -> None:
    one = stage.supervisor()
    one.state, one.ended_on = state, date(2026, 3, 2)
    stage.make.session.flush()
    act, said = stage.act(one.person), opinion_of()
    if speaks:
        assert supervision_opinions.give(act, stage.invited[0], said)
    else:
        with pytest.raises(NotServing):
            supervision_opinions.give(act, stage.invited[0], said)


# --- with a hearing -----------------------------------------------------------------------------


def _both(courtroom: Courtroom) -> tuple[Any, Supervisor]:
    supervisor = courtroom.make.supervisor(courtroom.bureau)
    both = OfficerDraft(supervisor.person.name, supervisor.born_on, "工程师")
    hearing = courtroom.noticed(matter=PublicMatter.NON_PROSECUTION, officers=(*OFFICERS, both))
    activity = courtroom.activity(ActivityState.STAFFED)
    public_hearings.link(courtroom.act(), hearing, activity)
    courtroom.make.invitation(activity, supervisor, state=InvitationState.ACCEPTED)
    return hearing, supervisor


def test_an_officer_who_was_drawn_as_supervisor_sits_as_one_of_the_two(
    courtroom: Courtroom,
) -> None:
    hearing, supervisor = _both(courtroom)
    everybody = [one.id for one in hearing.officers]
    with pytest.raises(OfficerIsSupervisor):
        public_hearings.open_(courtroom.then(hearing), hearing, officers=everybody, parties=[])
    others = [one.id for one in hearing.officers if one.name != supervisor.person.name]
    public_hearings.open_(courtroom.then(hearing), hearing, officers=others, parties=[])
    assert hearing.state is PublicHearingState.OPEN


def test_supervisors_invited_for_another_day_are_not_invited_to_this_hearing(
    courtroom: Courtroom,
) -> None:
    hearing = courtroom.noticed(matter=PublicMatter.NON_PROSECUTION)
    starts_at = hearing.starts_at + timedelta(days=1)
    activity = courtroom.activity(
        ActivityState.STAFFED, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)
    )
    public_hearings.link(courtroom.act(), hearing, activity)
    officers = [one.id for one in hearing.officers]
    then = courtroom.then(hearing)
    with pytest.raises(SupervisorsOnAnotherDay) as refused:
        public_hearings.open_(then, hearing, officers=officers, parties=[])
    assert refused.value.members["activity_on"] == activity.starts_on.isoformat()
    activities.go_without(
        courtroom.then(hearing), activity, because=WithoutBecause.OTHER, words="日期不合。"
    )
    public_hearings.open_(then, hearing, officers=officers, parties=[])
    assert hearing.state is PublicHearingState.OPEN
