"""What somebody is to look after by a day: asked by hand, ended by hand."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from services import tasks
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import PostKind
from services.tasks import FollowUp, Task, TaskKind, TaskOver, TaskState, TaskStep, follow_ups
from services.tasks.follow_ups import FollowUpDayGone
from tests.make import Make
from tests.tasks.conftest import Pool
from tests.tasks.test_moves import REASON, happened

WORDS = "向看守所核对送达回证"


def asked(pool: Pool, to_id: int | None = None, lead_ids: tuple[int, ...] = ()) -> Task:
    """The first clerk's own, or what the head asks of somebody."""
    act = pool.act(pool.first if to_id is None else pool.head)
    to = follow_ups.assignee(act, to_id or act.actor.id, lead_ids)
    return follow_ups.entrust(act, to, words=WORDS, due_on=act.today + timedelta(days=2))


def test_one_asks_it_of_oneself_any_number_of_times(make: Make, pool: Pool) -> None:
    first, second = asked(pool), asked(pool)

    assert first.id != second.id
    assert (first.kind, first.person_id, first.made_by) == (
        TaskKind.FOLLOW_UP,
        pool.first.id,
        pool.first.id,
    )
    [entry, _] = happened(make, "FollowUpGiven")
    assert entry.details == {"task_id": first.id, "person_id": pool.first.id}
    kept = make.session.get_one(FollowUp, first.about_id)
    assert (kept.words, kept.about_kind) == (WORDS, None)
    stored = make.session.scalars(text("SELECT words FROM follow_ups")).all()
    assert not any(WORDS.encode() in bytes(one) for one in stored)


def test_who_leads_asks_it_of_a_member(pool: Pool) -> None:
    task = asked(pool, pool.first.id)

    assert (task.person_id, task.made_by) == (pool.first.id, pool.head.id)
    assert tasks.find(pool.act(pool.first), task.id) is task
    assert tasks.find(pool.act(pool.head), task.id) is task
    for person in (pool.second, pool.chief):
        with pytest.raises(NotFound):
            tasks.find(pool.act(person), task.id)


def test_nobody_asks_it_of_whom_they_do_not_lead(pool: Pool) -> None:
    act = pool.act(pool.second)
    with pytest.raises(NotAllowed):
        follow_ups.entrust(
            act, follow_ups.assignee(act, pool.first.id), words=WORDS, due_on=act.today
        )
    with pytest.raises(NotFound):
        follow_ups.assignee(act, pool.stranger().id)
    led = follow_ups.assignee(act, pool.first.id, [pool.second.id])
    assert follow_ups.entrust(act, led, words=WORDS, due_on=act.today).person_id == pool.first.id


def test_it_is_for_today_or_later(pool: Pool) -> None:
    act = pool.act(pool.first)
    with pytest.raises(FollowUpDayGone):
        follow_ups.entrust(
            act,
            follow_ups.assignee(act, act.actor.id),
            words=WORDS,
            due_on=act.today - timedelta(days=1),
        )


def test_its_holder_completes_it(make: Make, pool: Pool) -> None:
    task, act = asked(pool, pool.first.id), pool.act(pool.first)
    with pytest.raises(NotAllowed):
        tasks.complete(pool.act(pool.head), task)

    tasks.complete(act, task)

    assert (task.state, task.closed_by) == (TaskState.DONE, pool.first.id)
    assert [one.step for one in tasks.moves_of(act, task)] == [TaskStep.MAKE, TaskStep.COMPLETE]
    assert len(happened(make, "TaskCompleted")) == 1
    with pytest.raises(TaskOver):
        tasks.complete(act, task)


@pytest.mark.parametrize("who", ["holder", "maker"])
def test_its_holder_and_who_asked_for_it_cancel_it(make: Make, pool: Pool, who: str) -> None:
    task = asked(pool, pool.first.id)
    act = pool.act(pool.first if who == "holder" else pool.head)
    with pytest.raises(NotAllowed):
        tasks.call_off(pool.act(pool.second), task, reason=REASON)

    move = tasks.call_off(act, task, reason=REASON)

    assert (task.state, move.reason) == (TaskState.CANCELLED, REASON)
    assert len(happened(make, "TaskCancelled")) == 1


def test_one_of_a_batch_is_refused_alone(make: Make, pool: Pool) -> None:
    act = pool.act(pool.first)
    mine, taken, other = pool.task(), pool.task(), pool.own(pool.second)
    tasks.claim(pool.act(pool.second), taken)

    results = tasks.batches.each(
        act, [other.id, taken.id, mine.id], lambda task: tasks.claim(act, task)
    )

    assert [one.id for one in results] == [other.id, taken.id, mine.id]
    assert [type(one.refusal).__name__ for one in results] == ["NotFound", "TaskTaken", "NoneType"]
    assert (mine.claimed_by, taken.claimed_by) == (pool.first.id, pool.second.id)
    assert len(happened(make, "TaskClaimed")) == 2, "what was refused left nothing"
    with pytest.raises(tasks.batches.TaskNamedTwice):
        tasks.batches.each(act, [mine.id, mine.id], lambda task: tasks.claim(act, task))


def test_the_counters_count(pool: Pool) -> None:
    act = pool.act(pool.first)
    for days in (-1, 0, 1, 3, 4):
        task = pool.own(pool.first)
        task.due_on = task.outer_on = act.today + timedelta(days=days)
    tasks.follow_up(act, pool.own(pool.first), on=act.today)
    claimed, free, others = pool.task(), pool.task(), pool.task()
    tasks.claim(act, claimed)
    tasks.claim(pool.act(pool.second), others)
    pool.own(pool.second)
    tasks.finish(act, TaskKind.RETURN_RECEIPT, pool.make.office())

    counted = tasks.counts(act)

    assert (counted.open, counted.overdue, counted.due_today, counted.due_soon) == (7, 1, 1, 2)
    assert (counted.to_follow_up, counted.unclaimed) == (1, 1)
    assert free.claimed_by is None


def test_who_could_take_a_task_on_is_who_is_there(make: Make, pool: Pool) -> None:
    act, task = pool.act(pool.head), pool.task()
    away = make.person(PostKind.CLERK, pool.office)
    make.leave(away, act.today, act.today)

    found = act.session.scalars(tasks.holders(act, task)).all()

    assert {one.id for one in found} == {pool.first.id, pool.second.id}
    assert act.session.scalar(select(Task.id).where(Task.id == task.id)) == task.id
