"""Who reads an activity, an invitation and the register: the lists are equal to the law."""

import pytest

from services import activities, invitations, supervisors
from services.activities import ActivityState
from services.invitations import InvitationState
from services.kernel.act import Act
from services.policy import Permission, PostKind, allows
from tests.make import Make

STATES = (ActivityState.PLANNED, ActivityState.REQUESTED)


@pytest.mark.parametrize("state", STATES)
def test_the_list_of_activities_is_equal_to_the_clause(make: Make, state: ActivityState) -> None:
    town, elsewhere = make.town(), make.town()
    bureau, other = make.bureau(town), make.bureau(elsewhere)
    case = make.handled(town, make.suspect())
    of_case = make.activity(town, bureau, case_id=case.id, state=state)
    of_nothing = make.activity(town, bureau, state=state)
    invited, outside = make.supervisor(bureau), make.supervisor(bureau)
    make.invitation(of_case, invited)
    make.invitation(of_case, outside, state=InvitationState.DECLINED, decline_reason="出差")
    people = [
        town.manager,
        town.prosecutor,
        town.chief,
        town.officer,
        make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate),
        make.person(PostKind.PROSECUTOR, town.procuratorate),
        elsewhere.manager,
        bureau.officer,
        other.officer,
        invited.person,
        outside.person,
    ]
    seen: set[tuple[int, int]] = set()
    for person in people:
        act = make.act(person)
        listed = set(make.session.scalars(activities.visible(act)))
        for activity in (of_case, of_nothing):
            readable = allows(act.actor, Permission.ACTIVITY_READ, activity)
            assert readable == (activity in listed), (person.id, activity.id)
            seen |= {(person.id, activity.id)} if readable else set()
    assert (invited.person_id, of_case.id) in seen
    assert (invited.person_id, of_nothing.id) not in seen
    assert (outside.person_id, of_case.id) not in seen
    told = state is ActivityState.REQUESTED
    assert ((bureau.officer.id, of_case.id) in seen) is told


def test_a_supervisor_reads_the_own_invitation_and_nobody_elses(make: Make) -> None:
    town = make.town()
    bureau = make.bureau(town)
    activity = make.activity(town, bureau, state=ActivityState.DRAWING)
    one, other = make.supervisor(bureau), make.supervisor(bureau)
    mine, theirs = make.invitation(activity, one), make.invitation(activity, other)
    readers = (one.person, bureau.officer, town.manager, town.prosecutor, town.officer)
    for person in readers:
        act = make.act(person)
        listed = set(make.session.scalars(invitations.visible(act)))
        for invitation in (mine, theirs):
            readable = allows(act.actor, Permission.INVITATION_READ, invitation)
            assert readable == (invitation in listed), person.id
    assert _invitations(make.act(one.person)) == {mine.id}


def test_the_register_is_the_organs_the_procuratorates_and_ones_own(make: Make) -> None:
    town, elsewhere = make.town(), make.town()
    bureau = make.bureau(town)
    one, other = make.supervisor(bureau), make.supervisor(bureau)
    for person, count in (
        (bureau.officer, 2),
        (town.manager, 2),
        (town.chief, 2),
        (one.person, 1),
        (town.prosecutor, 0),
        (elsewhere.manager, 0),
    ):
        act = make.act(person)
        listed = set(make.session.scalars(supervisors.visible(act)))
        assert len(listed) == count
        for supervisor in (one, other):
            readable = allows(act.actor, Permission.SUPERVISOR_READ, supervisor)
            assert readable == (supervisor in listed)


def _invitations(act: Act) -> set[int]:
    return {one.id for one in act.session.scalars(invitations.visible(act))}
