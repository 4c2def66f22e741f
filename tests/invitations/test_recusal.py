"""Whoever should stay away does, before and after accepting; the organ decides."""

import pytest
from sqlalchemy import select

from services import invitations
from services.activities import ActivityState
from services.invitations import (
    Attending,
    Invitation,
    InvitationState,
    RaisedBy,
    RecusalBecause,
    RecusalOutcome,
    SupervisorRecusal,
)
from services.invitations.operations import ConflictKnown
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.tasks import Task, TaskKind, TaskState
from tests.invitations.conftest import Panel

GROUND = RecusalBecause.NEAR_RELATIVE


def _report(panel: Panel, one: Invitation) -> SupervisorRecusal:
    act = panel.make.act(panel.town.manager)
    return invitations.report_conflict(act, one, because=GROUND, raised_by=RaisedBy.PARTY)


def _decisions(panel: Panel) -> list[Task]:
    chosen = select(Task).where(
        Task.kind == TaskKind.DECIDE_SUPERVISOR_RECUSAL, Task.state == TaskState.OPEN
    )
    return list(panel.make.session.scalars(chosen))


def test_a_supervisor_steps_aside_and_the_next_is_asked(panel: Panel) -> None:
    one = panel.asked[0]

    invitations.step_aside(panel.make.act(one.supervisor.person), one, because=GROUND)

    assert (one.state, one.recused_because) == (InvitationState.RECUSED, GROUND)
    assert len(panel.open) == 2
    assert panel.fits()


def test_the_organ_keeps_somebody_away_who_had_accepted(panel: Panel) -> None:
    first, second = panel.asked
    for one in (first, second):
        act = panel.make.act(one.supervisor.person)
        invitations.accept(act, one, attending=Attending.PRESENT)
    recusal = _report(panel, first)
    assert [task.office_id for task in _decisions(panel)] == [panel.bureau.office.id]

    invitations.grant_recusal(panel.make.act(panel.bureau.officer), recusal)

    assert first.state is InvitationState.RECUSED
    assert recusal.outcome is RecusalOutcome.GRANTED
    assert panel.stands(ActivityState.DRAWING)
    assert len(panel.open) == 1
    assert _decisions(panel) == []
    assert panel.fits()
    with pytest.raises(WrongState):
        invitations.grant_recusal(panel.make.act(panel.bureau.officer), recusal)


def test_the_organ_lets_somebody_stay_with_a_reason(panel: Panel) -> None:
    one = panel.asked[0]
    recusal = _report(panel, one)
    act = panel.make.act(panel.bureau.officer)

    invitations.refuse_recusal(act, recusal, reason="并非近亲属")

    assert (one.state, recusal.outcome) == (InvitationState.INVITED, RecusalOutcome.REFUSED)
    assert _decisions(panel) == []
    with pytest.raises(WrongState):
        invitations.refuse_recusal(act, recusal, reason="并非近亲属")
    with pytest.raises(NotFound):
        invitations.open_recusal(act, one)
    assert _report(panel, one).id != recusal.id


def test_only_the_procuratorate_reports_and_only_the_organ_decides(panel: Panel) -> None:
    make, (one, other) = panel.make, panel.asked
    stranger = make.town()
    for person in (panel.bureau.officer, one.supervisor.person, stranger.manager):
        with pytest.raises(NotAllowed):
            invitations.report_conflict(
                make.act(person), one, because=GROUND, raised_by=RaisedBy.PROCURATORATE
            )
    recusal = _report(panel, one)
    for person in (panel.town.manager, panel.town.chief, other.supervisor.person):
        with pytest.raises(NotAllowed):
            invitations.grant_recusal(make.act(person), recusal)
        with pytest.raises(NotAllowed):
            invitations.refuse_recusal(make.act(person), recusal, reason="不构成")
    with pytest.raises(ConflictKnown):
        _report(panel, one)
    assert invitations.open_recusal(make.act(panel.bureau.officer), one) is recusal


def test_where_the_supervisor_has_stepped_out_nothing_is_left_to_decide(panel: Panel) -> None:
    one = panel.asked[0]
    recusal = _report(panel, one)

    invitations.decline(panel.make.act(one.supervisor.person), one, reason="出差")

    assert recusal.outcome is RecusalOutcome.MOOT
    assert _decisions(panel) == []
    with pytest.raises(WrongState):
        _report(panel, one)
