"""Counting anew on several workers, beside acts that count, and through crashes."""

import threading
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, create_engine, func, insert, make_url, select, text
from sqlalchemy.orm import Session, sessionmaker

from jiantong import database
from jiantong.postgres import Cluster
from services import deadlines
from services.arrest_requests.records import ArrestRequest
from services.deadlines import Custody, Deadline, Keepers, notices, recalculation
from services.deadlines.engine.calendar import VERSION, bundled_notices
from services.deadlines.notices import CalendarNotice, Recalculation, RecalculationPart
from services.deadlines.records import DeadlineEntry, EntryKind
from services.kernel.act import Act, Actor, JournalEntry, acting
from services.offices import Office
from services.policy import MACHINE, PostKind
from tests.deadlines.year_2027 import YEAR_2027, notice_2027
from tests.make import Make
from tests.rings import carrying

NOW = datetime(2027, 1, 26, 2, tzinfo=UTC)
IN_THE_FESTIVAL = datetime(2027, 1, 25, 2, tzinfo=UTC)
"""Fifteen days from it end on 9 February 2027: worked without the notice, off with it."""
BEFORE, AFTER = date(2027, 2, 9), date(2027, 2, 15)


class Died(BaseException):
    """The process was killed here."""


@pytest.fixture(scope="module")
def apart(cluster: Cluster) -> Iterator[Engine]:
    """A database of its own, for acts that commit."""
    name = "recalculations"
    here = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    owner, app = (make_url(url).set(database=name) for url in (cluster.owner_url, cluster.app_url))
    with here.connect() as connection:
        connection.execute(text(f'CREATE DATABASE {name} OWNER "{owner.username}"'))
    shown = [url.render_as_string(hide_password=False) for url in (owner, app)]
    database.model(shown[0], shown[1])
    engine = carrying(create_engine(app, pool_size=20))
    yield engine
    engine.dispose()
    with here.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    here.dispose()


@dataclass
class Court:
    """Committed periods, and two people who load the calendar."""

    sessions: sessionmaker[Session]
    office_id: int
    suspect_id: int
    first: Actor
    second: Actor

    def start(self, count: int) -> list[int]:
        with acting(self.sessions, self.first, NOW) as act:
            self.allow(act)
            return [self.started(act).id for _ in range(count)]

    def started(self, act: Act) -> Deadline:
        about = (act.session.scalar(select(func.max(Deadline.about_id))) or 0) + 1
        return deadlines.start(
            act,
            "D07",
            Office(id=about),
            suspect_id=self.suspect_id,
            keepers=Keepers(self.office_id),
            started_at=IN_THE_FESTIVAL,
            custody=Custody.AT_LIBERTY,
        )

    def allow(self, act: Act) -> None:
        """The ledger asks for no permission; the step it belongs to does."""
        act.authorised.add("a step of the work")

    def load(self, given: notices.NewNotice = YEAR_2027) -> int:
        with acting(self.sessions, self.first, NOW) as act:
            notice_id = notices.propose(act, given).id
        with acting(self.sessions, self.second, NOW) as act:
            notices.confirm(act, act.session.get_one(CalendarNotice, notice_id))
        return notice_id

    def recalculate(self, follow: recalculation.Follow = lambda _act, _ids: None) -> None:
        recalculation.run(self.sessions, follow, NOW)

    def due(self) -> set[date | None]:
        with self.sessions() as session:
            return set(session.scalars(select(Deadline.due_on)))

    def changes(self) -> list[int]:
        """How often each period was moved, by its entries."""
        with self.sessions() as session:
            moved = select(func.count(DeadlineEntry.id)).where(
                DeadlineEntry.kind == EntryKind.CALENDAR_CHANGED
            )
            return list(session.scalars(moved.group_by(DeadlineEntry.deadline_id)))

    def left(self) -> int:
        with self.sessions() as session:
            return session.scalar(select(func.count(RecalculationPart.id))) or 0


@pytest.fixture
def court(apart: Engine, cluster: Cluster) -> Court:
    """Everything emptied first, past the triggers that keep the application from it."""
    owner = create_engine(make_url(cluster.administrator_url).set(database=apart.url.database))
    with owner.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("TRUNCATE offices, people, journal CASCADE"))
    owner.dispose()
    sessions = sessionmaker(apart, expire_on_commit=False)
    with sessions.begin() as session:
        make = Make(session, NOW)
        office = make.office()
        people = [
            make.person(post, office)
            for post in (PostKind.ADMINISTRATOR, PostKind.SECURITY_OFFICER)
        ]
        request_id = session.scalars(
            insert(ArrestRequest)
            .values(
                version=1,
                office_id=office.id,
                procuratorate_id=office.id,
                document_number="提捕1号",
                document_on=NOW.date(),
                facts="",
                received_at=NOW,
                submitted_by=people[0].id,
                nonce="00",
            )
            .returning(ArrestRequest.id)
        ).one()
        suspect = make.suspect(arrest_request_id=request_id)
        session.add(suspect)
        session.flush()
        actors = [make.act(person).actor for person in people]
        made = Court(sessions, office.id, suspect.id, actors[0], actors[1])
    with acting(sessions, MACHINE, NOW - timedelta(days=1)) as act:
        notices.adopt(act, bundled_notices(), VERSION)
    return made


def side_by_side(works: Collection[Callable[[], None]]) -> None:
    gate = threading.Barrier(len(works))

    def start(work: Callable[[], None]) -> None:
        gate.wait()
        work()

    with ThreadPoolExecutor(len(works)) as threads:
        list(threads.map(start, works))


def test_several_workers_share_the_parts_and_move_each_period_once(
    court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalculation, "PART", 5)
    court.start(60)
    court.load()
    workers: set[int] = set()

    def follow(_act: Act, _ids: Collection[int]) -> None:
        workers.add(threading.get_ident())
        time.sleep(0.01)

    side_by_side([lambda: court.recalculate(follow)] * 3)

    assert court.due() == {AFTER}
    assert court.changes() == [1] * 60
    assert court.left() == 0
    assert len(workers) > 1
    with court.sessions() as session:
        done = session.scalars(select(Recalculation)).one()
        assert (done.counted, done.moved) == (60, 60)
        told = select(func.count(JournalEntry.id)).where(
            JournalEntry.kind == "CalendarRecalculated"
        )
        assert session.scalar(told) == 1


def test_a_worker_that_dies_leaves_its_part_to_the_next(
    court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalculation, "PART", 5)
    court.start(20)
    court.load()
    parts = 0

    def dies(_act: Act, _ids: Collection[int]) -> None:
        nonlocal parts
        parts += 1
        if parts == 3:
            raise Died

    with pytest.raises(Died):
        court.recalculate(dies)
    assert court.due() == {BEFORE, AFTER}
    assert court.changes() == [1] * 10
    court.recalculate()

    assert court.due() == {AFTER}
    assert court.changes() == [1] * 20


def test_an_act_that_still_counts_under_the_old_calendar_is_waited_for(court: Court) -> None:
    court.start(1)
    counted, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with acting(court.sessions, court.first, NOW) as act:
            court.allow(act)
            court.started(act)
            counted.set()
            go_on.wait(10)

    def let_go() -> None:
        time.sleep(0.5)
        go_on.set()

    with ThreadPoolExecutor(3) as threads:
        act = threads.submit(slow)
        counted.wait(10)
        court.load()
        worker = threads.submit(court.recalculate)
        threads.submit(let_go)
        act.result(20)
        worker.result(20)

    assert court.due() == {AFTER}
    assert court.changes() == [1, 1]


def test_a_period_that_an_act_holds_is_counted_when_it_is_free(court: Court) -> None:
    held, *_ = court.start(4)
    court.load()
    let_go, holds = threading.Event(), threading.Event()

    def hold() -> None:
        with court.sessions.begin() as session:
            session.scalar(select(Deadline).where(Deadline.id == held).with_for_update())
            holds.set()
            let_go.wait(10)

    with ThreadPoolExecutor(2) as threads:
        step = Recalculation.parted_at.is_not(None)
        while True:
            with acting(court.sessions, MACHINE, NOW) as act:
                recalculation.advance(act, lambda _act, _ids: None)
            with court.sessions() as session:
                if session.scalar(select(func.count(Recalculation.edition_id)).where(step)):
                    break
        holding = threads.submit(hold)
        holds.wait(10)
        worker = threads.submit(court.recalculate)
        time.sleep(0.3)
        assert court.due() == {BEFORE, AFTER}
        let_go.set()
        holding.result(20)
        worker.result(20)

    assert court.due() == {AFTER}
    assert court.changes() == [1] * 4


def test_a_second_notice_in_the_middle_of_counting_is_counted_with(
    court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalculation, "PART", 5)
    court.start(20)
    court.load()
    loaded = False

    def another(_act: Act, _ids: Collection[int]) -> None:
        nonlocal loaded
        if not loaded:
            loaded = True
            off = tuple(day for day in YEAR_2027.off if day != date(2027, 2, 13))
            with ThreadPoolExecutor(1) as thread:
                later = (*off, date(2027, 2, 15))
                thread.submit(court.load, notice_2027(off=later)).result(20)

    court.recalculate(another)

    assert court.due() == {date(2027, 2, 16)}
    with court.sessions() as session:
        rows = session.scalars(select(Recalculation).order_by(Recalculation.edition_id)).all()
        assert [row.ended_at is not None for row in rows] == [True, True]


def test_two_confirmations_at_once_make_one_edition_each_and_the_last_holds_both(
    court: Court,
) -> None:
    known = bundled_notices()[2026]
    correction = notice_2027(
        year=2026,
        off=(*map(date.fromisoformat, known["off"]), date(2026, 12, 25)),
        work=tuple(map(date.fromisoformat, known["work"])),
    )
    ids = []
    for given in (YEAR_2027, correction):
        with acting(court.sessions, court.first, NOW) as act:
            ids.append(notices.propose(act, given).id)

    def confirm(notice_id: int) -> None:
        with acting(court.sessions, court.second, NOW) as act:
            notices.confirm(act, act.session.get_one(CalendarNotice, notice_id))

    side_by_side([lambda one=one: confirm(one) for one in ids])  # type: ignore[misc]  # bound now

    with court.sessions() as session:
        calendar = deadlines.calendar_of(session)
    assert not calendar.is_working(date(2026, 12, 25))
    assert not calendar.is_working(date(2027, 2, 8))
