"""Who takes on what lies with a post: claimed, assigned, given back, passed on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from services import delegations, people, tasks
from services.delegations import Chair
from services.kernel.act import Act, JournalEntry
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Person, Post
from services.policy import LEADERS_OF, MACHINE, Matter, Permission, PostKind, allows
from services.tasks import (
    FinishedByItsStep,
    FollowUpImpossible,
    NotClaimed,
    NotOfThePool,
    ReleaseReason,
    Task,
    TaskKind,
    TaskMove,
    TaskOver,
    TaskState,
    TaskStep,
    TaskTaken,
    WorkMovesOtherwise,
)
from tests.make import Make
from tests.tasks.conftest import Pool

Move = Callable[[Act, Task], object]
REASON = "测试理由"


@dataclass(frozen=True)
class Days:
    """A day to keep."""

    due_on: date | None
    outer_on: date | None = None


def happened(make: Make, kind: str) -> list[JournalEntry]:
    make.session.flush()
    found = select(JournalEntry).where(JournalEntry.kind == kind).order_by(JournalEntry.id)
    return list(make.session.scalars(found))


def steps(act: Act, task: Task) -> list[TaskStep]:
    return [move.step for move in tasks.moves_of(act, task)]


def test_a_task_of_a_pool_is_claimed_by_one(make: Make, pool: Pool) -> None:
    task, act = pool.task(), pool.act(pool.first)

    move = tasks.claim(act, task)

    assert (task.claimed_by, task.claimed_at) == (pool.first.id, act.now)
    assert (move.step, move.by_id, move.to_id) == (TaskStep.CLAIM, pool.first.id, pool.first.id)
    [entry] = happened(make, "TaskClaimed")
    assert (entry.about_id, entry.details) == (move.id, {"task_id": task.id})
    with pytest.raises(TaskTaken) as refused:
        tasks.claim(pool.act(pool.second), task)
    assert refused.value.members == {"by_id": pool.first.id, "by_name": pool.first.name}
    with pytest.raises(TaskTaken):
        tasks.claim(act, task)


def test_a_claim_keeps_nobody_from_taking_the_step(pool: Pool) -> None:
    task = pool.task()
    tasks.claim(pool.act(pool.first), task)
    about = pool.make.session.get_one(type(pool.office), task.about_id)

    assert tasks.finish(pool.act(pool.second), task.kind, about) == [task]
    assert (task.state, task.claimed_by) == (TaskState.DONE, pool.first.id)
    with pytest.raises(TaskOver):
        tasks.give_back(pool.act(pool.first), task, reason=REASON)


def test_whoever_leads_a_pool_says_who_takes_a_task_on(make: Make, pool: Pool) -> None:
    task, head = pool.task(), pool.act(pool.head)

    tasks.assign(head, task, to_id=pool.first.id, reason=REASON)
    again = tasks.assign(head, task, to_id=pool.second.id, reason="另有任务")

    assert task.claimed_by == pool.second.id
    assert (again.from_id, again.to_id, again.reason) == (
        pool.first.id,
        pool.second.id,
        "另有任务",
    )
    with pytest.raises(TaskTaken):
        tasks.assign(head, task, to_id=pool.second.id, reason=REASON)
    with pytest.raises(NotOfThePool):
        tasks.assign(head, task, to_id=pool.head.id, reason=REASON)
    make.leave(pool.first, head.today, head.today)
    with pytest.raises(NotOfThePool):
        tasks.assign(head, task, to_id=pool.first.id, reason=REASON)
    assert [one.details["to_id"] for one in happened(make, "TaskAssigned")] == [
        pool.first.id,
        pool.second.id,
    ]


def test_a_task_is_given_back_by_who_has_it_and_taken_back_by_who_leads(
    make: Make, pool: Pool
) -> None:
    task, first = pool.task(), pool.act(pool.first)
    for move in (tasks.give_back, tasks.recall):
        with pytest.raises(NotClaimed):
            move(first if move is tasks.give_back else pool.act(pool.head), task, reason=REASON)
    tasks.claim(first, task)
    with pytest.raises(TaskTaken):
        tasks.give_back(pool.act(pool.second), task, reason=REASON)

    back = tasks.give_back(first, task, reason=REASON)
    assert (back.from_id, back.reason, task.claimed_by) == (pool.first.id, REASON, None)

    tasks.claim(pool.act(pool.second), task)
    tasks.recall(pool.act(pool.head), task, reason=REASON)
    assert task.claimed_by is None
    assert [one.details["step"] for one in happened(make, "TaskReturned")] == ["return", "recall"]


def test_who_has_a_task_passes_it_on_to_another_holder(make: Make, pool: Pool) -> None:
    task, first = pool.task(), pool.act(pool.first)
    with pytest.raises(NotClaimed):
        tasks.delegate(first, task, to_id=pool.second.id, reason=REASON)
    tasks.claim(first, task)
    with pytest.raises(NotOfThePool):
        tasks.delegate(first, task, to_id=pool.head.id, reason=REASON)
    with pytest.raises(TaskTaken):
        tasks.delegate(first, task, to_id=pool.first.id, reason=REASON)
    with pytest.raises(TaskTaken):
        tasks.delegate(pool.act(pool.second), task, to_id=pool.second.id, reason=REASON)

    tasks.delegate(first, task, to_id=pool.second.id, reason=REASON)

    assert task.claimed_by == pool.second.id
    assert steps(first, task) == [TaskStep.CLAIM, TaskStep.DELEGATE]
    assert len(happened(make, "TaskDelegated")) == 1


OTHERWISE: dict[str, Move] = {
    "claim": tasks.claim,
    "return": lambda act, task: tasks.give_back(act, task, reason=REASON),
    "delegate": lambda act, task: tasks.delegate(act, task, to_id=1, reason=REASON),
}
BY_HAND: dict[str, Move] = {
    "complete": tasks.complete,
    "cancel": lambda act, task: tasks.call_off(act, task, reason=REASON),
}


@pytest.mark.parametrize("move", OTHERWISE)
def test_ones_own_work_moves_by_designation_recusal_or_hand_over(pool: Pool, move: str) -> None:
    task = pool.own(pool.first)

    with pytest.raises(WorkMovesOtherwise) as refused:
        OTHERWISE[move](pool.act(pool.first), task)

    assert refused.value.members["article"] == "RULES 5, 8"


@pytest.mark.parametrize("move", BY_HAND)
def test_nobody_ticks_a_step_of_the_law_off(pool: Pool, move: str) -> None:
    for task in (pool.own(pool.first), pool.task()):
        with pytest.raises(FinishedByItsStep):
            BY_HAND[move](pool.act(pool.first), task)
        assert task.state is TaskState.OPEN


@pytest.mark.parametrize("move", [*OTHERWISE, *BY_HAND, "follow_up"])
def test_nobody_else_moves_what_lies_with_a_post(pool: Pool, move: str) -> None:
    every = (
        OTHERWISE | BY_HAND | {"follow_up": lambda act, task: tasks.follow_up(act, task, on=None)}
    )
    pooled, own = pool.task(), pool.own(pool.first)

    for person in (pool.stranger(), pool.head, pool.chief):
        with pytest.raises(NotAllowed):
            every[move](pool.act(person), pooled)
    with pytest.raises(NotAllowed):
        every[move](pool.act(pool.second), own)


def test_only_who_leads_a_pool_assigns(pool: Pool) -> None:
    task = pool.task()
    manager = pool.make.person(PostKind.CASE_MANAGER, pool.office)
    elsewhere = pool.stranger(PostKind.CHIEF_PROCURATOR)

    for person in (pool.first, elsewhere, pool.stranger(PostKind.DEPARTMENT_HEAD)):
        with pytest.raises(NotAllowed):
            tasks.assign(pool.act(person), task, to_id=pool.second.id, reason=REASON)
        with pytest.raises(NotAllowed):
            tasks.recall(pool.act(person), task, reason=REASON)
    for person in (manager, pool.head, pool.chief):
        tasks.assign(pool.act(person), task, to_id=pool.second.id, reason=REASON)
        tasks.recall(pool.act(person), task, reason=REASON)


@pytest.mark.parametrize("post", sorted(PostKind))
def test_reach_is_the_read_clause(make: Make, pool: Pool, post: PostKind) -> None:
    task = tasks.open_for_pool(
        pool.act(pool.chief),
        TaskKind.RETURN_RECEIPT,
        pool.office,
        office_id=pool.office.id,
        post=post,
    )
    own = pool.own(pool.first)
    everybody = [make.person(one, pool.office) for one in PostKind]

    for person in (*everybody, pool.first, pool.stranger(post)):
        act = make.act(person)
        for one in (task, own):
            reached = act.session.scalar(tasks.within_reach(act).where(Task.id == one.id))
            assert (reached is one) == allows(act.actor, Permission.TASK_READ, one)


def test_nobody_leads_the_three_officers_nor_the_inspection(pool: Pool) -> None:
    for post in (
        PostKind.ADMINISTRATOR,
        PostKind.SECURITY_OFFICER,
        PostKind.AUDITOR,
        PostKind.INSPECTOR,
        PostKind.POLICE_OFFICER,
    ):
        assert post not in LEADERS_OF
    with pytest.raises(NotFound):
        tasks.find(pool.act(pool.stranger(PostKind.CHIEF_PROCURATOR)), pool.task().id)


def test_whoever_acts_for_the_chief_has_the_chiefs_tasks(make: Make) -> None:
    town = make.town()
    deputy = make.person(PostKind.PROSECUTOR, town.procuratorate)
    chief = make.act(town.chief)
    delegations.give(
        chief,
        Chair(town.procuratorate.id),
        to_id=deputy.id,
        from_on=chief.today,
        until_on=chief.today,
        reason=REASON,
        matters=[Matter.ARREST],
    )
    make.session.flush()
    task = tasks.open_for_pool(
        chief,
        TaskKind.APPROVE_ARREST,
        town.procuratorate,
        office_id=town.procuratorate.id,
        post=PostKind.CHIEF_PROCURATOR,
    )
    acting = make.act(deputy)

    tasks.claim(acting, task)

    assert task.claimed_by == deputy.id
    assert tasks.watch(make.act(MACHINE), 10) == 0, "still there"
    with pytest.raises(NotAllowed):
        tasks.recall(acting, task, reason=REASON)


@pytest.mark.parametrize("why", ReleaseReason)
def test_a_claim_falls_back_when_who_made_it_is_not_there(
    make: Make, pool: Pool, why: ReleaseReason
) -> None:
    task, kept = pool.task(), pool.task()
    tasks.claim(pool.act(pool.first), task)
    tasks.claim(pool.act(pool.second), kept)
    house = make.act(MACHINE)
    assert tasks.watch(house, 10) == 0

    leave(make, pool.first, why)

    assert tasks.watch(house, 10) == 1
    assert tasks.watch(house, 10) == 0
    assert (task.claimed_by, kept.claimed_by) == (None, pool.second.id)
    move = tasks.moves_of(house, task)[-1]
    assert (move.step, move.why, move.by_id) == (TaskStep.RELEASE, why, 0)


@pytest.mark.parametrize("why", ReleaseReason)
def test_a_colleague_need_not_wait_for_that(make: Make, pool: Pool, why: ReleaseReason) -> None:
    task = pool.task()
    tasks.claim(pool.act(pool.first), task)
    leave(make, pool.first, why)

    tasks.claim(pool.act(pool.second), task)

    assert task.claimed_by == pool.second.id


def leave(make: Make, person: Person, why: ReleaseReason) -> None:
    if why is ReleaseReason.ON_LEAVE:
        make.leave(person, make.now.date(), make.now.date() + timedelta(days=3))
        return
    post = make.session.scalars(select(Post).where(Post.person_id == person.id)).one()
    post.until_on = make.now.date() - timedelta(days=1)
    make.session.flush()
    assert not people.holders(make.session, (post.kind,), post.office_id, make.now.date()) & {
        person.id
    }


def test_only_the_house_lets_fall_back_and_reminds(pool: Pool) -> None:
    task = pool.task()
    tasks.claim(pool.act(pool.first), task)
    for move in (tasks.release, tasks.remind):
        with pytest.raises(NotAllowed):
            move(pool.act(pool.chief), task)


def test_one_is_reminded_once_on_the_day_one_asked_for(make: Make, pool: Pool) -> None:
    act = pool.act(pool.first)
    tomorrow, due = act.today + timedelta(days=1), act.today + timedelta(days=5)
    task = pool.own(pool.first, Days(due, due))

    tasks.follow_up(act, task, on=tomorrow)
    make.session.flush()

    assert tasks.watch(make.act(MACHINE), 10) == 0
    later = make.act(MACHINE, make.now + timedelta(days=1))
    assert tasks.watch(later, 10) == 1
    assert tasks.watch(later, 10) == 0
    [entry] = happened(make, "TaskFollowUpReached")
    assert (entry.about_id, entry.details) == (task.id, {"person_id": pool.first.id})
    tasks.follow_up(act, task, on=None)
    assert (task.follow_up_on, task.reminded_at) == (None, None)
    assert len(happened(make, "TaskFollowUpSet")) == 2


def test_a_reminder_is_for_who_has_the_task_and_before_its_day(pool: Pool) -> None:
    act = pool.act(pool.first)
    due = act.today + timedelta(days=2)
    task = pool.task(Days(due, due))
    with pytest.raises(NotClaimed):
        tasks.follow_up(act, task, on=due)
    tasks.claim(act, task)
    with pytest.raises(TaskTaken):
        tasks.follow_up(pool.act(pool.second), task, on=due)
    for day in (act.today - timedelta(days=1), due + timedelta(days=1)):
        with pytest.raises(FollowUpImpossible):
            tasks.follow_up(act, task, on=day)

    tasks.follow_up(act, task, on=due)
    task.due_on = due - timedelta(days=1)
    assert task.follow_up_on == task.due_on, "a day that moves nearer takes the reminder with it"
    tasks.delegate(act, task, to_id=pool.second.id, reason=REASON)
    assert task.follow_up_on is None, "it was the other's reminder"


def test_moves_are_never_rewritten_and_their_reasons_cannot_be_read(pool: Pool) -> None:
    task, act = pool.task(), pool.act(pool.first)
    tasks.claim(act, task)
    move = tasks.give_back(act, task, reason=REASON)
    session = pool.make.session

    kept = session.execute(text("SELECT reason FROM task_moves WHERE id = :id"), {"id": move.id})
    assert REASON.encode() not in bytes(kept.scalar_one())
    session.expire(move)
    assert move.reason == REASON
    with pytest.raises(DatabaseError, match=r"permission denied|append-only"):
        session.execute(text("DELETE FROM task_moves"))


def test_the_database_knows_no_claim_of_a_personal_task(pool: Pool) -> None:
    task = pool.own(pool.first)
    task.claimed_by, task.claimed_at = pool.first.id, pool.make.now
    with pytest.raises(IntegrityError), pool.make.session.begin_nested():
        pool.make.session.flush()


def test_every_move_has_its_row(pool: Pool) -> None:
    task, act = pool.task(), pool.act(pool.first)
    tasks.claim(act, task)
    tasks.follow_up(act, task, on=act.today)
    tasks.give_back(act, task, reason=REASON)
    found = act.session.scalars(select(TaskMove.at).where(TaskMove.task_id == task.id)).all()
    assert steps(act, task) == [TaskStep.CLAIM, TaskStep.FOLLOW_UP, TaskStep.RETURN]
    assert set(found) == {act.now}
