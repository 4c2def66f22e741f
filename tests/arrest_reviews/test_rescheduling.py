"""Open tasks name the day that the period has now, after a notice has moved it."""

from datetime import date

import pytest
from sqlalchemy import select

from services import arrest_reviews, assignments, tasks
from services.arrest_requests.terms import Measure
from services.arrest_reviews import ArrestReview, Hearing, Proposal
from services.deadlines import Deadline
from services.kernel.act import Act
from services.policy import PostKind
from services.tasks import Task, TaskKind, TaskState
from tests.arrest_reviews.conftest import Stage
from tests.arrest_reviews.test_necessity import applied
from tests.arrest_reviews.test_remedies import ASKED
from tests.make import Make, Town

DAYS = (date(2027, 2, 15), date(2027, 2, 16))


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


def moved(act: Act, suspect_id: int) -> None:
    """As counting anew leaves it: the periods of this suspect end on other days."""
    running = select(Deadline).where(
        Deadline.suspect_id == suspect_id, Deadline.due_on.is_not(None)
    )
    for deadline in act.session.scalars(running):
        deadline.due_on, deadline.outer_on = DAYS
    act.session.flush()
    arrest_reviews.follow_calendar(act, {suspect_id})
    act.session.expire_all()


def open_tasks(act: Act, kind: TaskKind) -> list[tuple[date | None, date | None]]:
    chosen = select(Task).where(Task.state == TaskState.OPEN, Task.kind == kind)
    return [(task.due_on, task.outer_on) for task in act.session.scalars(chosen.order_by(Task.id))]


def test_the_task_to_accept_follows_the_suspect_whose_period_ends_first(
    make: Make, town: Town
) -> None:
    held, free = make.suspect(), make.suspect(measure=Measure.BAIL)
    request = make.arrest_request(town, held, free)
    act = make.act(town.manager)
    tasks.open_for_pool(
        act,
        TaskKind.ACCEPT_REQUEST,
        request,
        office_id=town.procuratorate.id,
        post=PostKind.CASE_MANAGER,
        due=request.earliest_due(make.session),
    )
    before = open_tasks(act, TaskKind.ACCEPT_REQUEST)
    assert before == [(date(2026, 3, 9), date(2026, 3, 9))]

    moved(act, free.id)
    assert open_tasks(act, TaskKind.ACCEPT_REQUEST) == before
    moved(act, held.id)
    assert open_tasks(act, TaskKind.ACCEPT_REQUEST) == [DAYS]


def test_the_tasks_of_assignment_review_and_approval_follow(make: Make, town: Town) -> None:
    one, other = make.suspect(measure=Measure.BAIL), make.suspect(measure=Measure.BAIL)
    case = make.case(town, one, other)
    act = make.act(town.manager)
    (before,) = open_tasks(act, TaskKind.ASSIGN_CASE)
    moved(act, one.id)
    assert open_tasks(act, TaskKind.ASSIGN_CASE) == [before], "the other's ends first now"
    moved(act, other.id)
    assert open_tasks(act, TaskKind.ASSIGN_CASE) == [DAYS]

    assignments.assign(act, case)
    for deadline in make.session.scalars(select(Deadline).where(Deadline.due_on == DAYS[0])):
        deadline.due_on = deadline.outer_on = date(2026, 3, 17)
    make.session.flush()
    arrest_reviews.follow_calendar(act, {one.id, other.id})
    make.session.expire_all()
    assert open_tasks(act, TaskKind.REVIEW_ARREST) == [(date(2026, 3, 17),) * 2] * 2

    review = make.session.scalars(
        select(ArrestReview).where(ArrestReview.suspect_id == other.id)
    ).one()
    make.held(review.case, review.suspect)
    arrest_reviews.opine(
        make.act(town.prosecutor),
        review,
        proposal=Proposal.APPROVE,
        refusal_kind=None,
        hearing=Hearing.INTERROGATED,
        reasons="有证据证明有犯罪事实。",
        outline=None,
    )
    moved(act, other.id)
    assert open_tasks(act, TaskKind.APPROVE_ARREST) == [DAYS]
    assert open_tasks(act, TaskKind.REVIEW_ARREST) == [(date(2026, 3, 17),) * 2]


def test_the_tasks_of_an_objection_and_of_custody_follow(stage: Stage) -> None:
    refused = stage.refused()
    stage.take(stage.town.officer, refused, "ask_reconsideration", **ASKED)
    act = stage.make.act(stage.town.manager)
    moved(act, refused.suspect_id)
    assert open_tasks(act, TaskKind.NAME_REVIEWER) == [DAYS]

    stage.take(stage.town.manager, refused, "name_reviewer", reviewer_id=stage.other.id)
    held = stage.arrested("2026-03-13")
    applied(stage, held)
    act = stage.make.act(stage.town.manager)
    moved(act, held.suspect_id)
    assert open_tasks(act, TaskKind.REVIEW_NECESSITY) == [DAYS]
    assert open_tasks(act, TaskKind.RECONSIDER) == [DAYS]
