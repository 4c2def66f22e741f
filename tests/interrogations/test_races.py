"""Several phones at the same moment, on committed data: no overlap, no answer but the law's."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from services import interrogations
from services.cases import Case
from services.interrogations import Interrogation, LostBecause, blocks, choosing
from services.interrogations.drafts import Arrangement
from services.kernel.act import Act, Actor, acting
from services.kernel.refusals import Refusal
from services.people import Person, actor_of
from tests.bookings.test_races import OVERLAPS
from tests.conftest import NOON
from tests.make import Make, Scene
from tests.notifications.conftest import apart as apart  # noqa: PLC0414  # a fixture, passed on

Deed = tuple[Actor, Callable[[Act], object]]
TRIES, LOST = 3, {"40001", "40P01"}
"""As the door of the house has it: serialisation failures and deadlocks are tried again."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Place:
    """One room and one desk, two cases that want them, and whoever has a say."""

    sessions: sessionmaker[Session]
    handler: Actor
    officer: Actor
    cases: tuple[tuple[int, int], ...]
    arranged: Arrangement
    booked_id: int
    centre_id: int

    def book(self, number: int) -> Callable[[Act], object]:
        def deed(act: Act) -> object:
            case_id, suspect_id = self.cases[number]
            case = act.session.get_one(Case, case_id)
            wish = interrogations.wish(act, case, suspect_id)
            return interrogations.book(act, wish, self.arranged, starts_at=NOON + HOUR)

        return deed

    def hold(self, number: int) -> Callable[[Act], object]:
        def deed(act: Act) -> object:
            case_id, suspect_id = self.cases[number]
            wish = interrogations.wish(act, act.session.get_one(Case, case_id), suspect_id)
            return choosing.hold(act, wish, self.arranged, starts_at=NOON + HOUR)

        return deed

    def about(self, verb: Callable[[Act, Interrogation], object]) -> Callable[[Act], object]:
        return lambda act: verb(act, interrogations.find(act, self.booked_id))

    def at_once(self, *deeds: Deed) -> Counter[str]:
        """Let everybody act in the same instant, a lost race tried again as the door does."""
        barrier = Barrier(len(deeds))

        def ended(deed: Deed) -> str:
            actor, verb = deed
            barrier.wait(timeout=20)
            for left in reversed(range(TRIES)):
                try:
                    with acting(self.sessions, actor, NOON) as act:
                        verb(act)
                except (Refusal, StaleDataError) as no:
                    return type(no).__name__
                except DBAPIError as error:
                    if left == 0 or getattr(error.orig, "sqlstate", None) not in LOST:
                        raise
                else:
                    return "done"
            raise AssertionError

        with ThreadPoolExecutor(len(deeds)) as pool:
            came = Counter(pool.map(ended, deeds))
        with self.sessions() as session:
            assert session.scalar(OVERLAPS) == 0
        return came


@pytest.fixture
def place(apart: Engine) -> Place:
    sessions = sessionmaker(apart, expire_on_commit=False)
    with sessions.begin() as session:
        known = session.scalar(select(func.max(Person.id))) or 0
        make = Make(session, NOON, count(1000 * known + 1))
        town = make.town()
        centre = make.centre(town, rooms=1, desks=1)
        people = [make.suspect(detention_centre_id=centre.office.id) for _ in range(3)]
        cases = [make.handled(town, one) for one in people]
        arranged = make.arrangement(town)
        scene = Scene(town, centre, cases[0], people[0], NOON + HOUR)
        booked = make.interrogation(town, scene.case, NOON + 4 * HOUR)
        today = make.act(town.prosecutor).today
        return Place(
            sessions,
            actor_of(session, town.prosecutor.id, today),
            actor_of(session, centre.officer.id, today),
            tuple((case.id, one.id) for case, one in zip(cases, people, strict=True)),
            arranged,
            booked.id,
            centre.office.id,
        )


def test_two_bookings_and_a_hold_want_one_room(place: Place) -> None:
    came = place.at_once(
        (place.handler, place.book(1)),
        (place.handler, place.book(2)),
        (place.handler, place.hold(2)),
    )
    assert came["done"] >= 1
    assert set(came) <= {"done", "AlreadyTaken"}


def test_the_centre_confirms_while_the_handler_cancels(place: Place) -> None:
    came = place.at_once(
        (place.officer, place.about(interrogations.confirm)),
        (place.handler, place.about(interrogations.cancel)),
    )
    assert came["done"] >= 1
    assert set(came) <= {"done", "Stale", "WrongState"}


def test_a_room_is_blocked_while_it_is_booked_and_one_is_moved_into_it(place: Place) -> None:
    def block(act: Act) -> object:
        closed = blocks.places(act, place.centre_id)
        return blocks.block(act, closed, from_at=NOON + HOUR, until_at=NOON + 2 * HOUR, note="检修")

    def move(act: Act, one: Interrogation) -> object:
        return interrogations.reschedule(
            act, one, starts_at=NOON + HOUR, because=LostBecause.HANDLER, reason="提前。"
        )

    came = place.at_once(
        (place.officer, block),
        (place.handler, place.book(1)),
        (place.handler, place.about(move)),
    )
    assert came["done"] >= 1
    assert set(came) <= {"done", "AlreadyTaken", "Stale"}
