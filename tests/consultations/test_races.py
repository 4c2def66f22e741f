"""Two managers at one invitation, on committed data: one names, the others are told."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from sqlalchemy import Engine, create_engine, make_url, select, text
from sqlalchemy.orm import Session, sessionmaker

from jiantong import database
from jiantong.postgres import Cluster
from services import consultations
from services.consultations import Consultation, ConsultationState, practice
from services.kernel.act import Act
from services.kernel.refusals import Refusal
from services.people import Person
from services.tasks import Task, TaskKind, TaskState
from tests.consultations.conftest import World
from tests.make import Make
from tests.proofs.house import at_once
from tests.rings import carrying

NAME = "consultation_races"
DONE = "done"
NUMBERS = count(1)
"""Of everything made there: what is committed keeps its number."""

ROUNDS = [
    pytest.param(4, 3, id="sample"),
    pytest.param(16, 20, id="full", marks=pytest.mark.prove),
]
Work = Callable[[Act, Consultation], object]


@pytest.fixture(scope="module")
def apart(cluster: Cluster) -> Iterator[Engine]:
    """A database of its own, for acts that commit."""
    here = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    owner, app = (make_url(url).set(database=NAME) for url in (cluster.owner_url, cluster.app_url))
    with here.connect() as connection:
        connection.execute(text(f'CREATE DATABASE {NAME} OWNER "{owner.username}"'))
    shown = [url.render_as_string(hide_password=False) for url in (owner, app)]
    database.model(shown[0], shown[1])
    engine = carrying(create_engine(app, pool_size=20))
    yield engine
    engine.dispose()
    with here.connect() as connection:
        connection.execute(text(f"DROP DATABASE {NAME} WITH (FORCE)"))
    here.dispose()


class Hall:
    """A town in that database, and works that meet in it."""

    def __init__(self, engine: Engine, make: Make) -> None:
        self.sessions = sessionmaker(engine, expire_on_commit=False)
        with self.sessions.begin() as session:
            self.world = World(Make(session, make.now, NUMBERS))
            session.flush()
            session.expunge_all()
        self.now = make.now

    def begun(self, begin: Callable[[World], Consultation]) -> int:
        with self.sessions.begin() as session:
            self.world.make = Make(session, self.now, NUMBERS)
            one = begin(self.world)
            session.flush()
            one_id = one.id
            session.expunge_all()
        return one_id

    def trying(self, one_id: int, person: Person, work: Work) -> Callable[[], str]:
        """That work in an act of its own, which read the consultation before anybody wrote."""

        def attempt() -> str:
            try:
                with self.sessions.begin() as session:
                    act = Make(session, self.now).act(person)
                    work(act, consultations.find(act, one_id))
            except Refusal as refusal:
                return type(refusal).__name__
            return DONE

        return attempt

    def read(self, one_id: int) -> Consultation:
        with self.sessions() as session:
            return session.get_one(Consultation, one_id)

    def open_tasks(self, one_id: int, kind: TaskKind) -> list[Task]:
        with self.sessions() as session:
            chosen = select(Task).where(
                Task.about_id == one_id,
                Task.about_kind == "consultations",
                Task.kind == kind,
                Task.state == TaskState.OPEN,
            )
            return list(session.scalars(chosen))


@pytest.fixture
def hall(apart: Engine, make: Make) -> Hall:
    return Hall(apart, make)


def lost(answers: list[str]) -> Counter[str]:
    """How often one was done; whoever came later has lost, by the version or by the state."""
    return Counter(DONE if one == DONE else "lost" for one in answers)


@pytest.mark.parametrize(("phones", "rounds"), ROUNDS)
def test_a_prosecutor_is_named_once(hall: Hall, phones: int, rounds: int) -> None:
    town = hall.world.town
    named = [town.prosecutor.id, hall.world.second.id]
    for _ in range(rounds):
        one_id = hall.begun(World.invited)
        works = [
            hall.trying(
                one_id,
                (town.manager, hall.world.head)[place % 2],
                lambda act, one, who=named[place % 2]: consultations.accept(  # type: ignore[misc]
                    act, one, handler_id=who
                ),
            )
            for place in range(phones)
        ]
        answers = at_once(*works)
        assert lost(answers) == {DONE: 1, "lost": phones - 1}
        assert set(answers) <= {DONE, "Stale", "WrongState"}
        (task,) = hall.open_tasks(one_id, TaskKind.HOLD_CONSULTATION)
        assert task.person_id == hall.read(one_id).handler_id


@pytest.mark.parametrize(("phones", "rounds"), ROUNDS)
def test_an_invitation_is_accepted_declined_or_overtaken(
    hall: Hall, phones: int, rounds: int
) -> None:
    town = hall.world.town
    accept: Work = lambda act, one: consultations.accept(  # noqa: E731
        act, one, handler_id=town.prosecutor.id
    )
    decline: Work = lambda act, one: consultations.decline(act, one, reason="无须。")  # noqa: E731
    for _ in range(rounds):
        one_id = hall.begun(World.invited)
        works = [
            hall.trying(one_id, town.manager, (accept, decline)[place % 2])
            for place in range(phones)
        ]
        assert lost(at_once(*works))[DONE] == 1
        one = hall.read(one_id)
        assert (one.state is ConsultationState.ACCEPTED) == (one.handler_id is not None)
        assert (one.state is ConsultationState.DECLINED) == (one.decline_reason is not None)
        assert hall.open_tasks(one_id, TaskKind.ANSWER_CONSULTATION) == []


@pytest.mark.parametrize(("phones", "rounds"), ROUNDS)
def test_evidence_is_marked_once(hall: Hall, phones: int, rounds: int) -> None:
    town = hall.world.town
    for _ in range(rounds):
        one_id = hall.begun(World.opined)
        collect: Work = lambda act, one: consultations.collect(  # noqa: E731
            act, one, one.evidence[0].id, note=None
        )
        answers = at_once(*[hall.trying(one_id, town.officer, collect)] * phones)
        assert lost(answers) == {DONE: 1, "lost": phones - 1}
        assert set(answers) <= {DONE, "Stale", "AlreadyCollected"}


@pytest.mark.parametrize(("phones", "rounds"), ROUNDS)
def test_the_practice_is_said_first_by_one(hall: Hall, phones: int, rounds: int) -> None:
    for _ in range(rounds):
        with hall.sessions.begin() as session:
            world = World(Make(session, hall.now, NUMBERS))
            manager, office_id = world.town.manager, world.town.procuratorate.id
            session.expunge_all()

        def say(person: Person = manager) -> str:
            try:
                with hall.sessions.begin() as session:
                    act = Make(session, hall.now).act(person)
                    found = practice.find(act)
                    if found.version:
                        return "lost"
                    practice.change(act, found, pre_arrest=False, remote=False)
            except Refusal as refusal:
                return type(refusal).__name__
            return DONE

        assert lost(at_once(*[say] * phones)) == {DONE: 1, "lost": phones - 1}
        with Session(hall.sessions.kw["bind"]) as session:
            assert practice.of_office(session, office_id).version == 1
