"""Phones that claim at the same moment, on committed data: one has it, the others are told who."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from services import tasks
from services.kernel.act import Act, Actor, acting
from services.kernel.refusals import Refusal
from services.offices import Office
from services.policy import PostKind
from services.tasks import Task, TaskKind, TaskMove, TaskState, TaskStep
from tests.conftest import NOON
from tests.make import Make
from tests.notifications.conftest import apart as apart  # noqa: PLC0414  # a fixture, passed on

PHONES = 4


def race(apart: Engine, rounds: int, *, finishing: int = 0) -> Counter[str]:
    """Everybody claims the same task at once, and `finishing` of them take the step instead."""
    sessions: sessionmaker[Session] = sessionmaker(apart, expire_on_commit=False)
    with sessions.begin() as session:
        make = Make(session, NOON)
        first = (session.scalar(select(func.max(Office.id))) or 0) * 1000 + 1
        make._numbers = iter(range(first, 10**9))  # type: ignore[assignment]  # noqa: SLF001  # names are unique and stay
        office = make.office()
        clerks = [make.act(make.person(PostKind.CLERK, office)).actor for _ in range(PHONES)]
        abouts = [make.office().id for _ in range(rounds)]
        office_id = office.id
    ended: Counter[str] = Counter()
    for about_id in abouts:
        with acting(sessions, clerks[0], NOON) as act:
            act.authorised.add("test")
            about = act.session.get_one(Office, about_id)
            task_id = _opened(act, about, office_id)
        ended += _at_once(sessions, clerks, task_id, about_id, finishing)
        with sessions() as session:
            task = session.get_one(Task, task_id)
            claims = session.scalars(
                select(TaskMove.by_id).where(
                    TaskMove.task_id == task_id, TaskMove.step == TaskStep.CLAIM
                )
            ).all()
            assert list(claims) == ([task.claimed_by] if task.claimed_by else [])
            assert task.state is (TaskState.DONE if finishing else TaskState.OPEN)
    return ended


def _opened(act: Act, about: Office, office_id: int) -> int:
    task = tasks.open_for_pool(
        act,
        TaskKind.RETURN_RECEIPT,
        about,
        office_id=office_id,
        post=PostKind.CLERK,
    )
    return task.id


def _at_once(
    sessions: sessionmaker[Session],
    clerks: list[Actor],
    task_id: int,
    about_id: int,
    finishing: int,
) -> Counter[str]:
    barrier = Barrier(len(clerks))

    def one(number: int) -> str:
        try:
            with acting(sessions, clerks[number], NOON) as act:
                act.authorised.add("test")
                barrier.wait(timeout=20)
                if number < finishing:
                    about = act.session.get_one(Office, about_id)
                    tasks.finish(act, TaskKind.RETURN_RECEIPT, about)
                    return "finished"
                tasks.claim(act, tasks.find(act, task_id))
        except Refusal as no:
            return type(no).__name__
        return "claimed"

    with ThreadPoolExecutor(len(clerks)) as pool:
        return Counter(pool.map(one, range(len(clerks))))


def test_of_phones_that_claim_at_once_one_has_it(apart: Engine) -> None:
    assert race(apart, 3) == {"claimed": 3, "TaskTaken": 3 * (PHONES - 1)}


def test_a_claim_and_the_step_itself_leave_the_task_done(apart: Engine) -> None:
    ended = race(apart, 3, finishing=1)

    assert ended["finished"] == 3
    assert set(ended) <= {"finished", "claimed", "TaskTaken", "TaskOver"}


@pytest.mark.prove
def test_of_very_many_claims_at_once_one_each_is_kept(apart: Engine) -> None:
    assert race(apart, 60) == {"claimed": 60, "TaskTaken": 60 * (PHONES - 1)}
