"""Acts at once on one period, on committed data: one wins, the rest are told, nothing is lost."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, create_engine, func, make_url, select, text
from sqlalchemy.orm import Session, sessionmaker

from jiantong import database
from jiantong.postgres import Cluster
from services import deadlines
from services.deadlines import Custody, Deadline, DeadlineEntry, EntryKind, ExclusionReason
from services.kernel.act import Act
from services.kernel.refusals import Conflict
from services.offices import Office
from tests.deadlines.matters import Matter, china, matter_of
from tests.make import Make
from tests.proofs.house import at_once
from tests.rings import carrying

RECEIVED = china("2026-03-02 10:00")
NAME = "ledger_races"
DONE = "done"

ROUNDS = [
    pytest.param(4, 3, id="sample"),
    pytest.param(16, 30, id="full", marks=pytest.mark.prove),
]


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


@dataclass(frozen=True)
class Books:
    """The ledger of that database; every entry is made in an act of its own."""

    sessions: sessionmaker[Session]
    make: Make

    def matter(self) -> Matter:
        """Two suspects, committed."""
        with self.sessions.begin() as session:
            made = matter_of(replace(self.make, session=session))
            session.expunge_all()
        return made

    def started(
        self, matter: Matter, rule_id: str, custody: Custody = Custody.AT_LIBERTY
    ) -> Deadline:
        with self.sessions.begin() as session:
            return self.start(matter, rule_id, session, custody=custody)

    def start(
        self,
        matter: Matter,
        rule_id: str,
        session: Session,
        *,
        custody: Custody = Custody.AT_LIBERTY,
        about: Office | None = None,
        suspect_id: int | None = -1,
    ) -> Deadline:
        return deadlines.start(
            Act(matter.actor, RECEIVED, session),
            rule_id,
            about or matter.about,
            suspect_id=matter.one if suspect_id == -1 else suspect_id,
            keepers=matter.keepers,
            started_at=RECEIVED,
            custody=custody,
        )

    def entering(
        self,
        matter: Matter,
        deadline: Deadline,
        work: Callable[[Act, Deadline], object],
        at: datetime = RECEIVED + timedelta(days=1),
    ) -> Callable[[], str]:
        """That work in an act of its own, which read the period before anybody else wrote."""

        def enter() -> str:
            return self.tried(
                lambda session: work(
                    Act(matter.actor, at, session), session.get_one(Deadline, deadline.id)
                )
            )

        return enter

    def tried(self, work: Callable[[Session], object]) -> str:
        """Whether it was done; if not, which refusal it met."""
        try:
            with self.sessions.begin() as session:
                work(session)
        except Conflict as refusal:
            return str(refusal.members.get("problem", type(refusal).__name__))
        return DONE

    def read(self, deadline: Deadline) -> tuple[Deadline, list[DeadlineEntry]]:
        """The period and its entries; the row says what they come to."""
        with self.sessions() as session:
            row = session.get_one(Deadline, deadline.id)
            chosen = select(DeadlineEntry).where(DeadlineEntry.deadline_id == deadline.id)
            entries = list(session.scalars(chosen.order_by(DeadlineEntry.id)))
            counted = deadlines.calculation(session, row)
            known = deadlines.history(row.rule_id, entries)
        assert (row.due_on, row.outer_on) == (counted.due_on, counted.outer_on)
        assert (row.closed_at, row.custody) == (known.closed_at, known.custody_now)
        return row, entries

    def count(self, *where: object) -> int:
        with self.sessions() as session:
            chosen = select(func.count(Deadline.id)).where(*where)  # type: ignore[arg-type]
            return session.scalar(chosen) or 0


@pytest.fixture(scope="module")
def books(apart: Engine) -> Books:
    return Books(sessionmaker(apart, expire_on_commit=False), Make(Session(), RECEIVED))


@pytest.mark.parametrize(("phones", "rounds"), ROUNDS)
def test_a_period_starts_once(books: Books, phones: int, rounds: int) -> None:
    for _ in range(rounds):
        matter = books.matter()
        for rule_id, whose in (("D07", matter.one), ("R14", None)):
            start = partial(books.start, matter, rule_id, suspect_id=whose)
            ends = Counter(at_once(*[partial(books.tried, start)] * phones))
            assert ends == {DONE: 1, "DeadlineRunning": phones - 1}
        assert books.count(Deadline.about_id == matter.about.id) == 2


@pytest.mark.parametrize(("phones", "rounds"), ROUNDS)
def test_a_period_is_closed_once(books: Books, phones: int, rounds: int) -> None:
    for _ in range(rounds):
        matter = books.matter()
        period = books.started(matter, "D07")
        close = books.entering(matter, period, deadlines.close)
        assert Counter(at_once(*[close] * phones)) == {DONE: 1, "DeadlineClosed": phones - 1}
        _, entries = books.read(period)
        assert [one.kind for one in entries] == [EntryKind.STARTED, EntryKind.CLOSED]


@pytest.mark.parametrize(("phones", "rounds"), ROUNDS)
def test_fifteen_days_are_granted_once(books: Books, phones: int, rounds: int) -> None:
    for _ in range(rounds):
        matter = books.matter()
        period = books.started(matter, "R01", Custody.HELD)
        grant = partial(deadlines.extend, ground="major_or_complex")
        extend = books.entering(matter, period, grant)
        assert Counter(at_once(*[extend] * phones)) == {DONE: 1, "extended_before": phones - 1}
        row, entries = books.read(period)
        assert (str(row.due_on), len(entries)) == ("2026-04-17", 2)


@pytest.mark.parametrize(("phones", "rounds"), ROUNDS)
def test_no_entry_is_lost(books: Books, phones: int, rounds: int) -> None:
    """Each adds a day on the way; none counts from dates that another has moved meanwhile."""
    for _ in range(rounds):
        matter = books.matter()
        period = books.started(matter, "A08")
        travel = books.entering(matter, period, partial(deadlines.travel, days=1))
        assert at_once(*[travel] * phones) == [DONE] * phones
        row, entries = books.read(period)
        assert row.unrolled_on == RECEIVED.date() + timedelta(days=7 + phones)
        assert len(entries) == 1 + phones


@pytest.mark.parametrize(("phones", "rounds"), ROUNDS)
def test_days_are_left_out_once_and_counted_on_once(books: Books, phones: int, rounds: int) -> None:
    evaluation = ExclusionReason.PSYCHIATRIC_EVALUATION
    on = RECEIVED.date() + timedelta(days=1)
    for _ in range(rounds):
        matter = books.matter()
        period = books.started(matter, "R01", Custody.HELD)
        stop = partial(deadlines.suspend, reason=evaluation, from_on=on)
        suspend = books.entering(matter, period, stop)
        assert Counter(at_once(*[suspend] * phones)) == {DONE: 1, "excluded_twice": phones - 1}
        resume = books.entering(matter, period, partial(deadlines.resume, until_on=on))
        assert Counter(at_once(*[resume] * phones)) == {DONE: 1, "not_suspended": phones - 1}
        assert len(books.read(period)[1]) == 3


@pytest.mark.parametrize(("phones", "rounds"), ROUNDS)
def test_whoever_comes_after_the_end_is_told_so(books: Books, phones: int, rounds: int) -> None:
    """Closing, extending and changes of custody meet: afterwards the row is still its fold."""
    for _ in range(rounds):
        matter = books.matter()
        period = books.started(matter, "R01", Custody.HELD)
        other = books.started(matter, "D07", Custody.HELD)
        works: list[Callable[[Act, Deadline], object]] = [
            deadlines.close,
            partial(deadlines.extend, ground="major_or_complex"),
            _release,
            _close_the_other,
        ]
        tries = [books.entering(matter, period, work) for work in works * (phones // len(works))]
        ends = Counter(at_once(*tries))
        assert ends.keys() <= {DONE, "DeadlineClosed", "extended_before"}
        for one in (period, other):
            row, entries = books.read(one)
            assert row.closed_at is not None
            assert [entry.kind for entry in entries].index(EntryKind.CLOSED) == len(entries) - 1


@pytest.mark.parametrize(("phones", "rounds"), ROUNDS)
@pytest.mark.parametrize("before", [0, 1])
def test_returns_are_two_however_many_are_sent_at_once(
    books: Books, before: int, phones: int, rounds: int
) -> None:
    """Each in a matter of its own, so that no unique key could tell them apart."""
    for _ in range(rounds):
        matter = books.matter()
        with books.sessions.begin() as session:
            make = replace(books.make, session=session)
            abouts = [make.office() for _ in range(phones)]
            session.flush()
            session.expunge_all()
        for about in abouts[:before]:
            with books.sessions.begin() as session:
                books.start(matter, "R16", session, about=about)
        starts = [
            partial(books.tried, partial(books.start, matter, rule_id, about=about))
            for about, rule_id in zip(
                abouts[before:], ["R16", "S06", "R16b"] * phones, strict=False
            )
        ]
        ends = Counter(at_once(*starts))
        assert ends == {DONE: 2 - before, "TooManyTimes": len(starts) - 2 + before}
        assert books.count(Deadline.suspect_id == matter.one) == 2


def test_the_second_waits_and_finds_what_the_first_left(books: Books) -> None:
    matter = books.matter()
    period = books.started(matter, "R01", Custody.HELD)
    extend = books.entering(matter, period, partial(deadlines.extend, ground="major_or_complex"))
    with ThreadPoolExecutor(1) as thread, books.sessions.begin() as session:
        act = Act(matter.actor, RECEIVED + timedelta(days=1), session)
        deadlines.close(act, session.get_one(Deadline, period.id))
        second = thread.submit(extend)
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND wait_event_type = 'Lock'"
        )
        with books.sessions() as looking:
            while not looking.scalar(waiting):
                looking.rollback()
                assert not second.done()
        session.commit()
        assert second.result() == "DeadlineClosed"
    assert len(books.read(period)[1]) == 2


def _release(act: Act, deadline: Deadline) -> None:
    assert deadline.suspect_id is not None
    deadlines.change_custody(act, deadline.suspect_id, Custody.AT_LIBERTY)


def _close_the_other(act: Act, deadline: Deadline) -> None:
    about = act.session.get_one(Office, deadline.about_id)
    deadlines.close_about(act, {"D07"}, about)
