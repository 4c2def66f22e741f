"""Two officers at one person in the same moment, on committed data: duties stay apart."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest
from sqlalchemy import Engine, create_engine, make_url, select, text
from sqlalchemy.orm import sessionmaker

from jiantong import database
from jiantong.postgres import Cluster
from services import appointments
from services.appointments import Appointment, NewAppointment
from services.kernel.act import Actor, acting
from services.kernel.refusals import Refusal
from services.people import DUTIES, Duty, Post, actor_of
from services.policy import PostKind
from tests.conftest import NOON
from tests.make import Make
from tests.rings import carrying

NAME = "appointment_races"
NUMBERS = count(1)
pytestmark = pytest.mark.prove
KINDS = (PostKind.PROSECUTOR, PostKind.AUDITOR, PostKind.ADMINISTRATOR, PostKind.SECURITY_OFFICER)


class Bench:
    """A committed office with its officers, and confirmations in the same instant."""

    def __init__(self, engine: Engine) -> None:
        self.sessions = sessionmaker(engine, expire_on_commit=False)
        with self.sessions.begin() as session:
            make = Make(session, NOON, NUMBERS)
            self.office = make.office()
            self.administrator = make.person(PostKind.ADMINISTRATOR, self.office)
            security = make.person(PostKind.SECURITY_OFFICER, self.office)
            self.security: Actor = actor_of(session, security.id, NOON.date())

    def proposed(self) -> list[int]:
        """One person, put forward for four duties that nobody may have together."""
        with self.sessions.begin() as session:
            make = Make(session, NOON, NUMBERS)
            office = session.merge(self.office)
            somebody = make.person(office_id=office.id)
            act = make.act(actor_of(session, self.administrator.id, NOON.date()))
            return [
                appointments.propose(act, NewAppointment(somebody, office, kind, NOON.date())).id
                for kind in KINDS
            ]

    def confirmed_at_once(self, ids: list[int]) -> Counter[str]:
        barrier = Barrier(len(ids))

        def confirmed(appointment_id: int) -> str:
            try:
                with acting(self.sessions, self.security, NOON) as act:
                    found = act.session.get_one(Appointment, appointment_id)
                    barrier.wait()
                    appointments.confirm(act, found)
            except Refusal as refusal:
                return type(refusal).__name__
            return "confirmed"

        with ThreadPoolExecutor(len(ids)) as pool:
            return Counter(pool.map(confirmed, ids))

    def duties_held(self, appointment_id: int) -> set[Duty]:
        with self.sessions.begin() as session:
            person_id = session.get_one(Appointment, appointment_id).person_id
            kinds = session.scalars(select(Post.kind).where(Post.person_id == person_id))
            return {DUTIES.get(kind, Duty.WORK) for kind in kinds}


@pytest.fixture(scope="module")
def bench(cluster: Cluster) -> Iterator[Bench]:
    """A database of its own, for acts that commit."""
    here = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    owner, app = (make_url(url).set(database=NAME) for url in (cluster.owner_url, cluster.app_url))
    with here.connect() as connection:
        connection.execute(text(f'CREATE DATABASE {NAME} OWNER "{owner.username}"'))
    shown = [url.render_as_string(hide_password=False) for url in (owner, app)]
    database.model(shown[0], shown[1])
    engine = carrying(create_engine(app, pool_size=8))
    yield Bench(engine)
    engine.dispose()
    with here.connect() as connection:
        connection.execute(text(f"DROP DATABASE {NAME} WITH (FORCE)"))
    here.dispose()


def _nobody_has_two_duties(bench: Bench) -> None:
    ids = bench.proposed()
    ended = bench.confirmed_at_once(ids)
    assert ended == {"confirmed": 1, "DutiesKeptApart": len(KINDS) - 1}
    assert len(bench.duties_held(ids[0])) == 1


def test_of_four_duties_confirmed_at_once_one_is_held(bench: Bench) -> None:
    _nobody_has_two_duties(bench)


def test_one_appointment_is_confirmed_once(bench: Bench) -> None:
    first, *_ = bench.proposed()
    assert bench.confirmed_at_once([first] * 4) == {"confirmed": 1, "WrongState": 3}


def test_of_four_duties_one_is_held_however_often(bench: Bench) -> None:
    for _ in range(30):
        _nobody_has_two_duties(bench)
