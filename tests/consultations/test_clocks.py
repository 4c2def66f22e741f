"""A consultation starts, stops and moves no period, and nothing waits for it."""

from datetime import date

import pytest
from sqlalchemy import func, select

from services import consultations
from services.arrest_requests import RequestState
from services.consultations import ConsultationKind, ConsultationState
from services.deadlines import Deadline, DeadlineEntry
from tests.arrest_requests.conftest import Desk
from tests.consultations.conftest import World, steps


def periods(world: World) -> list[tuple[object, ...]]:
    chosen = select(
        Deadline.rule_id,
        Deadline.started_at,
        Deadline.due_on,
        Deadline.outer_on,
        Deadline.suspended_on,
        Deadline.closed_at,
    ).order_by(Deadline.id)
    return [tuple(row) for row in world.session.execute(chosen)]


def entries(world: World) -> int:
    return world.session.scalar(select(func.count()).select_from(DeadlineEntry)) or 0


@pytest.mark.parametrize("state", [None, *ConsultationState])
def test_a_request_runs_as_it_does_without(world: World, state: ConsultationState | None) -> None:
    """D06 from receipt on 2 March: 9 March, whatever is or was being said (RULES 282)."""
    desk = Desk(world.make)
    desk.town = world.town
    if state is not None:
        world.in_state(state)
    before = len(periods(world))
    request = desk.received()
    (period,) = periods(world)[before:]

    assert request.state is RequestState.SUBMITTED
    assert (period[0], period[2], period[3]) == ("D06", date(2026, 3, 9), date(2026, 3, 9))


def test_no_step_of_a_consultation_touches_a_period(world: World) -> None:
    request = world.request()
    act = world.act(world.town.officer)
    kept, said = periods(world), entries(world)
    one = world.invited(suspects=(world.detained(),))
    take = steps(world)
    for step in ("restate_suspects", "accept", "speak", "opine", "collect", "hand_over"):
        take[step](one)
    consultations.link(act, one, request)
    world.in_state(ConsultationState.DECLINED)
    world.in_state(ConsultationState.CONCLUDED)

    assert (periods(world), entries(world)) == (kept, said)


def test_a_request_is_accepted_and_decided_while_one_is_open(world: World) -> None:
    one = world.invited(kind=ConsultationKind.PRE_ARREST)
    case = world.make.case(world.town)

    assert case.number
    assert one.state is ConsultationState.INVITED


def test_the_last_day_shown_is_no_period(world: World) -> None:
    world.invited(suspects=(world.detained(),))

    assert periods(world) == []
