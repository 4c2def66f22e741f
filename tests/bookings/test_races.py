"""Everybody wants the same at once, and commits: nothing is ever taken twice."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from jiantong import database
from jiantong.postgres import Cluster
from services import bookings, resources
from services.bookings import AlreadyTaken, BookingKind, HoldOver, Option, Part, Want
from services.kernel.act import Act, Actor
from services.resources import ResourceKind
from tests.conftest import NOON
from tests.make import Make
from tests.rings import carrying

NAME = "booked_apart"
MINUTE = timedelta(minutes=1)
WORKERS, REQUESTS = 6, 60
MANY_WORKERS, MANY_REQUESTS = 64, 10_000
OVERLAPS = text(
    """
    SELECT count(*) FROM (
        SELECT lower(during) AS begins, max(upper(during)) OVER (
            PARTITION BY resource_id, unit ORDER BY lower(during), id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS taken_until FROM occupations
    ) AS taken WHERE taken_until > begins
    """
)
"""Without asking the constraint or its operator: the ends of what came before, in order."""
HALVES = text(
    """
    SELECT count(*) FROM bookings LEFT JOIN (
        SELECT booking_id, count(*) AS parts FROM occupations GROUP BY booking_id
    ) AS taken ON booking_id = bookings.id
    WHERE coalesce(parts, 0) <> CASE state WHEN 'released' THEN 0 ELSE 5 END
    """
)
"""Bookings that have only some of a room, the escort (twice), a suspect and a person."""


@dataclass(frozen=True)
class World:
    """A database of its own, with few things that many want."""

    sessions: sessionmaker[Session]
    owner: Engine
    office_id: int
    rooms: tuple[int, ...]
    escort: int
    suspects: tuple[int, ...]
    people: tuple[int, ...]

    def wants(self, chance: random.Random) -> list[Want]:
        """As an interrogation wants them; its rows come in no particular order."""
        quarter = 15 * MINUTE
        wanted = [
            Want(tuple(Option(one, after=10 * MINUTE) for one in self.rooms)),
            Want((Option(self.escort, quarter, quarter),), Part.ENDS),
            Want((Option(chance.choice(self.suspects), quarter, quarter),)),
            Want((Option(chance.choice(self.people)),)),
        ]
        chance.shuffle(wanted)
        return wanted

    def count(self, statement: object) -> int:
        with self.sessions() as session:
            return session.scalar(statement) or 0  # type: ignore[call-overload]  # a text


@pytest.fixture(scope="module")
def world(cluster: Cluster) -> Iterator[World]:
    here = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    owner, app = (make_url(url).set(database=NAME) for url in (cluster.owner_url, cluster.app_url))
    with here.connect() as connection:
        connection.execute(text(f'CREATE DATABASE {NAME} OWNER "{owner.username}"'))
    shown = [url.render_as_string(hide_password=False) for url in (owner, app)]
    database.model(shown[0], shown[1])
    engine, owning = (
        carrying(create_engine(app, pool_size=MANY_WORKERS)),
        carrying(create_engine(owner)),
    )
    sessions = sessionmaker(engine, expire_on_commit=False)
    with sessions.begin() as session:
        make = Make(session, NOON, count(1))
        town = make.town()
        centre = make.centre(town, rooms=3)
        suspects = [make.suspect() for _ in range(6)]
        session.add_all(suspects)
        session.flush()
        act = make.act(town.prosecutor)
        world = World(
            sessions,
            owning,
            town.procuratorate.id,
            tuple(room.id for room in centre.rooms),
            centre.escort.id,
            tuple(resources.of_suspect(act, one.id) for one in suspects),
            tuple(resources.of_person(act, make.person().id) for _ in range(6)),
        )
    yield world
    engine.dispose()
    owning.dispose()
    with here.connect() as connection:
        connection.execute(text(f"DROP DATABASE {NAME} WITH (FORCE)"))
    here.dispose()


def ask(world: World, number: int, at: datetime, spread: int) -> str:
    """One request of one worker: book, hold, move, confirm or give back; what came of it."""
    chance = random.Random(number)  # noqa: S311  # the same requests each time
    now = at + timedelta(seconds=number % 600)
    start = at + timedelta(hours=1, minutes=15 * chance.randrange(spread))
    during = Range(start, start + chance.choice((30, 60, 90)) * MINUTE)
    try:
        with world.sessions.begin() as session:
            act = Act(Actor(1 + number % 3, frozenset()), now, session)
            booking = bookings.take(
                act,
                world.wants(chance),
                during,
                kind=BookingKind.INTERROGATION,
                office_id=world.office_id,
                held_until=now + 3 * MINUTE if number % 4 == 0 else None,
            )
        if number % 3 == 0:
            with world.sessions.begin() as session:
                act = Act(Actor(1 + number % 3, frozenset()), now, session)
                again = bookings.find(act, booking.id)
                if number % 4 == 0:
                    bookings.confirm(act, again)
                elif number % 5 == 0:
                    bookings.release(act, again)
                else:
                    later = Range(*(each + 15 * MINUTE for each in bookings.bounds(during)))
                    bookings.retake(act, again, world.wants(chance), later)
    except (AlreadyTaken, HoldOver) as refused:
        return type(refused).__name__
    except DBAPIError as error:
        return f"{getattr(error.orig, 'sqlstate', None)}"
    return "taken"


def rush(world: World, workers: int, requests: int, spread: int) -> Counter[str]:
    with ThreadPoolExecutor(workers) as pool:
        return Counter(pool.map(lambda number: ask(world, number, NOON, spread), range(requests)))


def proven(world: World, came: Counter[str]) -> None:
    assert set(came) <= {"taken", "AlreadyTaken", "HoldOver"}, came
    assert came["taken"]
    assert came["AlreadyTaken"]
    assert world.count(OVERLAPS) == 0
    assert world.count(HALVES) == 0


def test_nothing_is_taken_twice_and_every_loser_is_told(world: World) -> None:
    proven(world, rush(world, WORKERS, REQUESTS, spread=24))


@pytest.mark.prove
def test_nothing_is_taken_twice_by_64_workers_and_10000_requests(world: World) -> None:
    proven(world, rush(world, MANY_WORKERS, MANY_REQUESTS, spread=4 * 24 * 10))


def test_a_loser_hears_what_is_taken(world: World) -> None:
    together = threading.Barrier(4)
    start = NOON + timedelta(days=30)

    def one(_number: int) -> AlreadyTaken | None:
        together.wait(10)
        try:
            with world.sessions.begin() as session:
                bookings.take(
                    Act(Actor(1, frozenset()), NOON, session),
                    [Want((Option(world.rooms[0]),))],
                    Range(start, start + 60 * MINUTE),
                    kind=BookingKind.BLOCK,
                    office_id=world.office_id,
                )
        except AlreadyTaken as refused:
            return refused
        return None

    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(one, range(4)))
    losers = [refused for refused in came if refused is not None]
    assert len(losers) == 3
    for refused in losers:
        [told] = refused.members["taken"]
        assert told["kind"] == ResourceKind.INTERROGATION_ROOM
        assert told["from"] == start
    with world.owner.begin() as connection:
        connection.execute(text("DELETE FROM occupations WHERE lower(during) = :at"), {"at": start})
        connection.execute(text("DELETE FROM bookings WHERE lower(during) = :at"), {"at": start})


def first_of(*races: Callable[[], str]) -> list[str]:
    together = threading.Barrier(len(races))

    def run(race: Callable[[], str]) -> str:
        together.wait(10)
        return race()

    with ThreadPoolExecutor(len(races)) as pool:
        return list(pool.map(run, races))


@pytest.mark.parametrize("number", range(4))
def test_a_hold_is_confirmed_or_runs_out_and_never_both(world: World, number: int) -> None:
    """Its owner confirms a second before the end, others come a second after it, at once."""
    start = NOON + timedelta(days=60, hours=number)
    ends = NOON + 10 * MINUTE
    room = [Want((Option(world.rooms[0]),))]

    def take(session: Session, now: datetime, held_until: datetime | None) -> int:
        act = Act(Actor(1, frozenset()), now, session)
        return bookings.take(
            act,
            room,
            Range(start, start + 60 * MINUTE),
            kind=BookingKind.LAWYER_MEETING,
            office_id=world.office_id,
            held_until=held_until,
        ).id

    with world.sessions.begin() as session:
        held = take(session, NOON, ends)
    second = timedelta(seconds=1)

    def confirm() -> str:
        try:
            with world.sessions.begin() as session:
                act = Act(Actor(1, frozenset()), ends - second, session)
                bookings.confirm(act, bookings.find(act, held))
        except HoldOver:
            return "over"
        return "confirmed"

    def book() -> str:
        try:
            with world.sessions.begin() as session:
                take(session, ends + second, None)
        except AlreadyTaken:
            return "taken"
        return "booked"

    def sweep() -> str:
        with world.sessions.begin() as session:
            bookings.give_back_expired(Act(Actor(0, frozenset()), ends + second, session))
        return "swept"

    came = first_of(confirm, book, sweep)
    assert came in (["confirmed", "taken", "swept"], ["over", "booked", "swept"])
    assert world.count(OVERLAPS) == 0
    with world.owner.begin() as connection:
        for table in ("occupations", "bookings"):
            connection.execute(
                text(f"DELETE FROM {table} WHERE lower(during) = :at"),  # noqa: S608  # names of our own
                {"at": start},
            )


def test_the_database_refuses_and_the_sweep_would_see_it(world: World) -> None:
    """With the constraint the second row is refused; without it the sweep finds the overlap."""
    start = NOON + timedelta(days=90)
    insert = text(
        "INSERT INTO occupations (booking_id, resource_id, unit, during)"
        " VALUES (:booking, :room, 1, tstzrange(:start, :end))"
    )
    with world.sessions.begin() as session:
        booking = bookings.take(
            Act(Actor(1, frozenset()), NOON, session),
            [Want((Option(world.rooms[0]),))],
            Range(start, start + 60 * MINUTE),
            kind=BookingKind.MEDICAL,
            office_id=world.office_id,
        )
    values = {
        "booking": booking.id,
        "room": world.rooms[0],
        "start": start + 59 * MINUTE,
        "end": start + 90 * MINUTE,
    }
    with pytest.raises(IntegrityError, match=bookings.NEVER_TWICE), world.owner.begin() as raw:
        raw.execute(insert, values)
    with world.owner.connect() as raw:
        raw.execute(text(f"ALTER TABLE occupations DROP CONSTRAINT {bookings.NEVER_TWICE}"))
        raw.execute(insert, values)
        assert raw.scalar(OVERLAPS) == 1
        raw.rollback()
    with world.owner.begin() as raw:
        raw.execute(text("DELETE FROM occupations WHERE booking_id = :id"), {"id": booking.id})
        raw.execute(text("DELETE FROM bookings WHERE id = :id"), {"id": booking.id})
