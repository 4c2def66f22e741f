"""Two who free and two who look at once, over committed data: one offer each, one slot each."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest
from sqlalchemy import create_engine, func, make_url, select, text
from sqlalchemy.orm import Session, sessionmaker

from jiantong import database
from jiantong.postgres import Cluster
from services import interrogations
from services.bookings import Booking, BookingState
from services.interrogations import Interrogation, waiting
from services.interrogations.offers import SlotOffer
from services.kernel.act import Act, acting
from services.policy import MACHINE
from tests.bookings.test_races import OVERLAPS
from tests.conftest import NOON
from tests.interrogations.scarce import scarce
from tests.make import Make
from tests.rings import carrying

NAME = "waiting_apart"


@pytest.fixture
def sessions(cluster: Cluster) -> Iterator[sessionmaker[Session]]:
    """A database of its own, for what is committed."""
    here = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    owner, app = (make_url(url).set(database=NAME) for url in (cluster.owner_url, cluster.app_url))
    with here.connect() as connection:
        connection.execute(text(f'CREATE DATABASE {NAME} OWNER "{owner.username}"'))
    shown = [url.render_as_string(hide_password=False) for url in (owner, app)]
    database.model(shown[0], shown[1])
    engine = carrying(create_engine(app))
    yield sessionmaker(engine, expire_on_commit=False)
    engine.dispose()
    with here.connect() as connection:
        connection.execute(text(f"DROP DATABASE {NAME} WITH (FORCE)"))
    here.dispose()


def test_two_frees_and_two_looks_at_once_make_one_offer_each(
    sessions: sessionmaker[Session],
) -> None:
    with sessions.begin() as session:
        few = scarce(Make(session, NOON, count(1)))
        booked = [few.booked(few.case(9), day).booking_id for day in (0, 1)]
        waits = [waiting.wait(*few.asked(few.case(1))).interrogation.id for _ in range(3)]
    ready = Barrier(4)

    def free(booking_id: int | None) -> int:
        with sessions.begin() as session:
            act = Act(MACHINE, NOON, session)
            one = session.scalars(
                select(Interrogation).where(Interrogation.booking_id == booking_id)
            ).one()
            interrogations.lose_time(act, one, interrogations.LostBecause.HANDLER)
            ready.wait()
        return 0

    def look(_number: int) -> int:
        ready.wait()
        made = 0
        for interrogation_id in waits:
            with acting(sessions, MACHINE, NOON) as act:
                made += waiting.offer(act, interrogation_id) is not None
        return made

    with ThreadPoolExecutor(4) as pool:
        freeing = [pool.submit(free, one) for one in booked]
        looking = [pool.submit(look, number) for number in range(2)]
        made = sum(one.result() for one in looking)
        assert [one.result() for one in freeing] == [0, 0]
    assert made <= 2
    look_again(sessions)
    with sessions() as session:
        offered = [one.interrogation_id for one in session.scalars(select(SlotOffer))]
        assert len(offered) == len(set(offered))
        assert len(set(offered) & set(waits)) == 2
        held = select(func.count()).select_from(Booking).where(Booking.state == BookingState.HELD)
        assert session.scalar(held) == len(offered)
        assert session.scalar(OVERLAPS) == 0


def look_again(sessions: sessionmaker[Session]) -> None:
    """The look of the next minute finds what both have missed."""
    with acting(sessions, MACHINE, NOON) as act:
        line = waiting.in_line(act)
    for interrogation_id in line:
        with acting(sessions, MACHINE, NOON) as act:
            waiting.offer(act, interrogation_id)
