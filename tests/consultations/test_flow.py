"""Every state and step: what is open leads on, what is not is refused and changes nothing."""

import pytest

from services import consultations
from services.consultations import FLOW, ConsultationState
from services.kernel.flow import WrongState
from tests.consultations.conftest import World, steps

PAIRS = [(state, step) for state in ConsultationState for step in FLOW.every_step]
TALKED = {ConsultationState.ACCEPTED, ConsultationState.CONCLUDED, ConsultationState.OVERTAKEN}
OPEN = {
    ("invited", "accept"),
    ("invited", "decline"),
    ("invited", "link"),
    ("invited", "restate_suspects"),
    ("accepted", "conclude"),
    ("accepted", "link"),
    ("accepted", "restate_suspects"),
    ("accepted", "hand_over"),
    ("accepted", "speak"),
    ("accepted", "opine"),
    ("accepted", "collect"),
    ("concluded", "collect"),
    ("concluded", "link"),
    ("overtaken", "collect"),
}


@pytest.mark.parametrize(("state", "step"), PAIRS)
def test_every_step_is_open_where_the_table_says_and_nowhere_else(
    world: World, state: ConsultationState, step: str
) -> None:
    one = world.in_state(state)
    if state not in TALKED:
        one.handler_id = world.town.prosecutor.id  # the state is asked, not the law
        if step == "collect":
            one.evidence = world.opined().evidence
    take = steps(world)[step]

    if (state, step) in OPEN:
        take(one)
        assert one.state is FLOW.after(state, step)
    else:
        with pytest.raises(WrongState):
            take(one)
        assert one.state is state


def test_the_table_is_the_one_written_down_here() -> None:
    said = {
        (state, step)
        for state in ConsultationState
        for step in FLOW.every_step
        if step in FLOW.open_from(state)
    }

    assert said == OPEN
    assert set(consultations.STEPS) == set(FLOW.every_step)


@pytest.mark.parametrize("state", list(ConsultationState))
def test_what_is_offered_can_be_done(world: World, state: ConsultationState) -> None:
    """Each person is offered only what the next request would not refuse."""
    town = world.town
    for person in (town.officer, town.manager, world.head, town.prosecutor):
        one = world.in_state(state)
        for step in consultations.allowed(world.act(person), one):
            fresh = world.in_state(state)
            steps(world)[step](fresh)
            assert (state, step) in OPEN
    assert consultations.allowed(world.act(town.chief), world.in_state(state)) == []
