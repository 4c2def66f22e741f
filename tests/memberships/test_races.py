"""Several people at one case at the same moment, on committed data: one of them wins."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest
from sqlalchemy import Engine, create_engine, func, make_url, select, text
from sqlalchemy.orm import Session, sessionmaker

from jiantong import database
from jiantong.postgres import Cluster
from services import assignments, cases, memberships
from services.cases import Case, case_suspects
from services.kernel.act import Act, Actor, acting
from services.kernel.refusals import Refusal
from services.memberships import CaseLink, LinkReason, SplitReason
from services.people import actor_of
from tests.conftest import NOON
from tests.make import Make, Town
from tests.rings import carrying

NAME = "membership_races"
NUMBERS = count(1)
"""Of everything made there: what is committed keeps its number."""
ROUNDS, PEOPLE = 6, 4


class Bench:
    """A town with committed cases, and work that happens in the same instant."""

    def __init__(self, engine: Engine) -> None:
        self.sessions = sessionmaker(engine, expire_on_commit=False)
        with self.sessions.begin() as session:
            self.town: Town = Make(session, NOON, NUMBERS).town()
            session.flush()
            self.manager: Actor = actor_of(session, self.town.manager.id, NOON.date())
            session.expunge_all()

    def case(self, suspects: int) -> int:
        with self.sessions.begin() as session:
            make = Make(session, NOON, NUMBERS)
            case = make.case(self.town, *[make.suspect() for _ in range(suspects)])
            assignments.designate(
                make.act(self.manager),
                case,
                handler_id=self.town.prosecutor.id,
                reason="测试指定。",
                approver_id=self.town.chief.id,
            )
            return case.id

    def at_once(self, *works: Callable[[Act], object]) -> Counter[str]:
        barrier = Barrier(len(works))

        def ended(work: Callable[[Act], object]) -> str:
            try:
                with acting(self.sessions, self.manager, NOON) as act:
                    act.session.execute(select(1))
                    barrier.wait(timeout=20)
                    work(act)
            except Refusal as refusal:
                return type(refusal).__name__
            return "done"

        with ThreadPoolExecutor(len(works)) as pool:
            return Counter(pool.map(ended, works))

    def session(self) -> Session:
        return self.sessions()


@pytest.fixture(scope="module")
def bench(cluster: Cluster) -> Iterator[Bench]:
    """A database of its own, for acts that commit."""
    here = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    owner, app = (make_url(url).set(database=NAME) for url in (cluster.owner_url, cluster.app_url))
    with here.connect() as connection:
        connection.execute(text(f'CREATE DATABASE {NAME} OWNER "{owner.username}"'))
    shown = [url.render_as_string(hide_password=False) for url in (owner, app)]
    database.model(shown[0], shown[1])
    engine = carrying(create_engine(app, pool_size=20))
    yield Bench(engine)
    engine.dispose()
    with here.connect() as connection:
        connection.execute(text(f"DROP DATABASE {NAME} WITH (FORCE)"))
    here.dispose()


def members(bench: Bench, case_id: int) -> list[int]:
    with bench.session() as session:
        chosen = select(case_suspects.c.suspect_id).where(case_suspects.c.case_id == case_id)
        return sorted(session.scalars(chosen))


def test_two_splits_at_once_are_one(bench: Bench) -> None:
    for _ in range(ROUNDS):
        case_id = bench.case(3)
        before = members(bench, case_id)

        def work(act: Act, case_id: int = case_id, named: int = before[0]) -> None:
            memberships.split(
                act,
                cases.find(act, case_id),
                suspect_ids=[named],
                reason=SplitReason.MINOR,
            )

        ended = bench.at_once(*[work] * PEOPLE)

        assert ended["done"] == 1
        assert set(ended) <= {"done", "Stale", "SuspectUnknown"}
        assert members(bench, case_id) == before[1:]
        with bench.session() as session:
            split_off = select(func.count()).where(Case.split_from_id == case_id)
            assert session.scalar(split_off) == 1


def test_two_mergers_and_a_split_never_lose_a_suspect(bench: Bench) -> None:
    for _ in range(ROUNDS):
        first, later = bench.case(1), bench.case(2)
        moved = members(bench, later)

        def merge(act: Act, first: int = first, later: int = later) -> None:
            memberships.merge(act, cases.find(act, later), into=cases.find(act, first))

        def split(act: Act, later: int = later, named: int = moved[0]) -> None:
            memberships.split(
                act, cases.find(act, later), suspect_ids=[named], reason=SplitReason.OTHER
            )

        ended = bench.at_once(merge, merge, split)

        assert 1 <= ended["done"] <= 2
        with bench.session() as session:
            places = select(func.count()).where(case_suspects.c.suspect_id.in_(moved))
            assert session.scalar(places) == len(moved)


def test_two_links_at_once_are_one(bench: Bench) -> None:
    first, second = bench.case(1), bench.case(1)

    def work(act: Act) -> None:
        memberships.link(
            act,
            cases.find(act, first),
            cases.find(act, second),
            reason=LinkReason.ACCOMPLICES,
        )

    ended = bench.at_once(*[work] * PEOPLE)

    assert ended == Counter(done=1, LinkedBefore=PEOPLE - 1)
    with bench.session() as session:
        linked = select(func.count()).select_from(CaseLink)
        assert session.scalar(linked.where(CaseLink.lower_id == first)) == 1
