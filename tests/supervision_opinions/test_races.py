"""Several workers and several phones at once, on committed data: everything happens once."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count

import pytest
from sqlalchemy import Engine, create_engine, func, make_url, select, text
from sqlalchemy.orm import Session, sessionmaker

from jiantong import database
from jiantong.postgres import Cluster
from services import invitations, supervision_opinions
from services.kernel.act import Act, Actor, JournalEntry
from services.kernel.refusals import Refusal
from services.people import actor_of
from services.policy import MACHINE
from services.supervision_opinions import SupervisionOpinion, SupervisionOpinionState
from tests.conftest import NOON
from tests.make import Make
from tests.proofs.house import at_once
from tests.rings import carrying
from tests.supervision_opinions.conftest import DUE, opinion_of, staged

pytestmark = pytest.mark.prove
NAME = "opinion_races"
NUMBERS = count(1)
SUPERVISORS, WORKERS, ROUNDS = 6, 6, 4
GIVEN = "given"


@pytest.fixture(scope="module")
def sessions(cluster: Cluster) -> Iterator[sessionmaker[Session]]:
    """A database of its own, for acts that commit."""
    here = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    owner, app = (make_url(url).set(database=NAME) for url in (cluster.owner_url, cluster.app_url))
    with here.connect() as connection:
        connection.execute(text(f'CREATE DATABASE {NAME} OWNER "{owner.username}"'))
    shown = [url.render_as_string(hide_password=False) for url in (owner, app)]
    database.model(shown[0], shown[1])
    engine: Engine = carrying(create_engine(app, pool_size=20))
    yield sessionmaker(engine, expire_on_commit=False)
    engine.dispose()
    with here.connect() as connection:
        connection.execute(text(f"DROP DATABASE {NAME} WITH (FORCE)"))
    here.dispose()


def _stage(sessions: sessionmaker[Session]) -> tuple[int, list[tuple[int, int]]]:
    """An activity that has ended, by id, and who was there: invitation and person."""
    with sessions.begin() as session:
        stage = staged(Make(session, NOON, NUMBERS), SUPERVISORS)
        return stage.activity.id, [(one.id, one.person_id) for one in stage.invited]


def _giving(
    sessions: sessionmaker[Session], invitation_id: int, person_id: int
) -> Callable[[], str]:
    def give() -> str:
        try:
            with sessions.begin() as session:
                act = Act(actor_of(session, person_id, NOON.date()), NOON, session)
                invitation = invitations.find(act, invitation_id)
                supervision_opinions.give(act, invitation, opinion_of())
        except Refusal as refusal:
            return refusal.slug
        return GIVEN

    return give


def _sweeping(
    sessions: sessionmaker[Session], at: datetime, actor: Actor = MACHINE
) -> Callable[[], str]:
    def sweep() -> str:
        with sessions.begin() as session:
            return str(len(supervision_opinions.unseal_due(Act(actor, at, session), 10)))

    return sweep


def _unsealings(sessions: sessionmaker[Session], activity_id: int) -> int:
    with sessions() as session:
        told = select(func.count(JournalEntry.id)).where(
            JournalEntry.kind == "SupervisionOpinionsUnsealed",
            JournalEntry.about_id == activity_id,
        )
        return session.scalars(told).one()


def _states(sessions: sessionmaker[Session], activity_id: int) -> list[SupervisionOpinionState]:
    chosen = select(SupervisionOpinion.state).where(SupervisionOpinion.activity_id == activity_id)
    with sessions() as session:
        return list(session.scalars(chosen))


@pytest.mark.parametrize("number", range(ROUNDS))
def test_all_give_at_once_and_the_last_one_opens_them(
    sessions: sessionmaker[Session], number: int
) -> None:
    activity_id, invited = _stage(sessions)

    done = Counter(at_once(*[_giving(sessions, *one) for one in invited]))

    assert done == {GIVEN: SUPERVISORS}, number
    assert _unsealings(sessions, activity_id) == 1
    opened = [SupervisionOpinionState.TO_ANSWER] * SUPERVISORS
    assert _states(sessions, activity_id) == opened


def test_one_supervisor_with_many_phones_gives_one_opinion(
    sessions: sessionmaker[Session],
) -> None:
    _, invited = _stage(sessions)

    done = Counter(at_once(*[_giving(sessions, *invited[0]) for _ in range(WORKERS)]))

    assert done == {GIVEN: 1, "supervision-opinion-given-already": WORKERS - 1}


def test_many_workers_open_them_once(sessions: sessionmaker[Session]) -> None:
    activity_id, invited = _stage(sessions)
    for one in invited[:3]:
        assert _giving(sessions, *one)() == GIVEN

    at_once(*[_sweeping(sessions, DUE) for _ in range(WORKERS)])

    assert _unsealings(sessions, activity_id) == 1
    assert _states(sessions, activity_id) == [SupervisionOpinionState.TO_ANSWER] * 3
