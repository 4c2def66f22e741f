"""The search in the background: it says how far it has come, and stops when nobody wants it."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services import plans
from services.kernel.clock import machine_now
from services.kernel.refusals import NotAllowed
from services.plans import Plan, PlanState
from services.plans.operations import LEASE, conclude, say, take_up
from services.plans.solver import Progress, solve
from services.policy import MACHINE
from tests.make import Make
from tests.plans.conftest import Week


@pytest.fixture
def draft(week: Week, make: Make) -> Plan:
    """A plan whose search is not over, whatever the first answer was worth."""
    plan = week.drawn_up()
    plan.state, plan.improved_at = PlanState.DRAFT, None
    make.session.flush()
    return plan


def test_the_search_ends_in_a_plan_to_look_at(draft: Plan, make: Make) -> None:
    sessions = sessionmaker(make.session.connection(), join_transaction_mode="create_savepoint")
    assert plans.left_behind(make.session) == [draft.id]
    # The worker's own clock is the machine's: by it the plan's days are over, and none has a time.
    found = plans.improve(sessions, draft.id, seconds=1)
    make.session.refresh(draft)
    assert found is not None
    assert draft.state is PlanState.IMPROVED
    assert draft.searched_until is None
    assert plans.left_behind(make.session) == []
    assert plans.improve(sessions, draft.id) is None


def test_an_improved_plan_is_never_worse_and_tells_the_difference(draft: Plan, make: Make) -> None:
    machine = make.act(MACHINE)
    first = {item.id: item.starts_at for item in draft.items}
    search = take_up(machine, draft)
    assert search is not None
    found = solve(search.picture.problem, search.standing, seconds=1)
    assert found.value >= search.standing.value
    conclude(machine, search, found)
    assert draft.placed == len(draft.items)
    for item in draft.items:
        assert item.first_starts_at == first[item.id]
        assert (item.change == "moved") == (item.starts_at != first[item.id])


def test_progress_is_told_and_is_no_change_of_the_plan(draft: Plan, make: Make) -> None:
    machine = make.act(MACHINE)
    search = take_up(machine, draft)
    assert search is not None
    version = draft.version
    value = search.standing.value + 5
    assert say(machine, search, Progress(5, value, value + 9, 3.5))
    make.session.refresh(draft)
    told = (draft.objective, draft.bound, draft.elapsed_ms, draft.version)
    assert told == (value, value + 9, 3500, version)


def test_a_cancelled_plan_stops_its_search(draft: Plan, week: Week, make: Make) -> None:
    machine = make.act(MACHINE)
    search = take_up(machine, draft)
    assert search is not None
    plans.cancel(make.act(week.town.manager), draft)
    assert not say(machine, search, Progress(0, 0, 0, 1.0))
    assert conclude(machine, search, search.standing) is None
    assert draft.state is PlanState.CANCELLED


def test_a_plan_that_is_accepted_during_the_search_stays_as_accepted(
    draft: Plan, week: Week, make: Make
) -> None:
    machine = make.act(MACHINE)
    search = take_up(machine, draft)
    assert search is not None
    plans.accept(make.act(week.town.manager), draft)
    times = [item.starts_at for item in draft.items]
    assert conclude(machine, search, search.standing) is None
    assert [item.starts_at for item in draft.items] == times


def test_what_a_killed_worker_left_is_taken_up_again(draft: Plan, make: Make) -> None:
    machine = make.act(MACHINE)
    assert take_up(machine, draft) is not None
    assert take_up(machine, draft) is None
    assert plans.left_behind(make.session) == []
    draft.searched_until = machine_now() - LEASE - timedelta(seconds=1)
    make.session.flush()
    assert plans.left_behind(make.session) == [draft.id]
    assert take_up(machine, draft) is not None
    assert take_up(machine, None) is None


def test_only_the_machine_improves(draft: Plan, week: Week, make: Make) -> None:
    search = take_up(make.act(MACHINE), draft)
    act = make.act(week.town.manager)
    assert search is not None
    with pytest.raises(NotAllowed):
        take_up(act, draft)
    with pytest.raises(NotAllowed):
        say(act, search, Progress(0, 0, 0, 0.0))
    with pytest.raises(NotAllowed):
        conclude(act, search, search.standing)


def test_the_job_is_asked_for_in_the_act_of_drawing_up(week: Week, session: Session) -> None:
    plan = week.drawn_up()
    asked = session.scalar(
        text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'improve_plan'")
    )
    assert asked == (plan.state is PlanState.DRAFT)
