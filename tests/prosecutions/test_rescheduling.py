"""Open tasks of a prosecution name the day that its period has now."""

from datetime import date
from typing import Any

from sqlalchemy import select

from services import proceedings, prosecutions
from services.deadlines import Deadline
from services.proceedings import ProposalOutcome
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make
from tests.prosecutions.trials import at_trial

DAYS = (date(2027, 2, 15), date(2027, 2, 16))


def days_of(make: Make, kind: TaskKind) -> list[tuple[date | None, date | None]]:
    chosen = select(Task).where(Task.state == TaskState.OPEN, Task.kind == kind)
    found = make.session.scalars(chosen.order_by(Task.id).execution_options(populate_existing=True))
    return [(task.due_on, task.outer_on) for task in found]


def moved(make: Make, suspect_id: int, *rules: str) -> None:
    """As counting anew leaves it: these periods of the suspect end on other days."""
    running = select(Deadline).where(
        Deadline.suspect_id == suspect_id, Deadline.rule_id.in_(rules), Deadline.closed_at.is_(None)
    )
    for deadline in make.session.scalars(running):
        deadline.due_on, deadline.outer_on = DAYS
    make.session.flush()


def test_review_and_acceptance_follow_a_new_calendar(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    transfer = make.transfer(town)
    other = make.prosecution(town)
    untouched = days_of(make, TaskKind.REVIEW_PROSECUTION)[1]
    (named,) = transfer.suspects
    moved(make, prosecution.suspect_id, "R01")
    moved(make, named.id, "R01", "R04")

    touched = {prosecution.suspect_id, named.id}
    prosecutions.follow_calendar(make.act(town.manager), touched)

    assert days_of(make, TaskKind.REVIEW_PROSECUTION) == [DAYS, untouched]
    assert days_of(make, TaskKind.ACCEPT_TRANSFER) == [DAYS]
    assert other.suspect_id not in touched


def test_the_trial_follows_a_new_calendar(make: Make) -> None:
    walk = at_trial(make)
    moved(make, walk.prosecution.suspect_id, "T01", "T02", "T02b", "T03")

    prosecutions.follow_calendar(make.act(walk.town.manager), {walk.prosecution.suspect_id})

    assert days_of(make, TaskKind.FOLLOW_TRIAL) == [DAYS]


def test_an_extension_moves_the_day_of_the_review(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    given: dict[str, Any] = {"ground": "major_or_complex", "reasons": "案情重大复杂。"}

    proposal = proceedings.take(make.act(town.prosecutor), prosecution, "extend_review", given)
    assert days_of(make, TaskKind.REVIEW_PROSECUTION) == [(date(2026, 4, 2), date(2026, 4, 2))]
    proceedings.decide(make.act(town.chief), proposal, outcome=ProposalOutcome.APPROVE, note=None)

    assert days_of(make, TaskKind.REVIEW_PROSECUTION) == [(date(2026, 4, 17), date(2026, 4, 17))]


def test_what_a_court_asks_for_is_due_first_and_stands_with_the_matter(make: Make) -> None:
    walk = at_trial(make)
    walk.take(walk.town.manager, "court_asks_for_material", received_at=walk.now, wanted="光盘。")

    assert days_of(make, TaskKind.FOLLOW_TRIAL) == [(date(2026, 3, 5), date(2026, 3, 5))]
    act = make.act(walk.town.prosecutor)
    shown = prosecutions.periods(act, [walk.prosecution])[walk.prosecution.suspect_id]
    assert {"T01", "T05"} <= {one.rule_id for one in shown if one.closed_at is None}

    walk.take(walk.town.prosecutor, "send_material", answer="sent", what="光盘一张。")
    assert days_of(make, TaskKind.FOLLOW_TRIAL) == [(date(2026, 5, 2), date(2026, 5, 2))]
