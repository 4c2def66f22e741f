"""Counting anew after a notice: nothing that it touches is missed, nothing else is moved."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from services import deadlines
from services.arrest_requests.records import ArrestRequest
from services.deadlines import Custody, Deadline, ExclusionReason, notices, recalculation
from services.deadlines.engine.calendar import bundled_notices, fixed_days_off
from services.deadlines.engine.rules import Rule
from services.deadlines.engine.table import TABLE
from services.deadlines.notices import (
    CalendarNotice,
    NewNotice,
    Recalculation,
    RecalculationPart,
    calendar_of,
)
from services.deadlines.recalculation import CalendarRecalculated, Progress
from services.deadlines.records import DeadlineEntry, EntryKind
from services.kernel.act import Act, JournalEntry
from services.kernel.refusals import NotAllowed, Refusal
from services.offices import Office
from services.policy import MACHINE, PostKind
from tests.deadlines.year_2027 import YEAR_2027
from tests.make import Make

NOW = datetime(2027, 4, 30, 2, tzinfo=UTC)
"""Late for a notice, so that periods it touches have begun."""


@dataclass
class Office2027:
    """Two administrators, suspects to count for, and the machine."""

    make: Make
    first: Act = field(init=False)
    second: Act = field(init=False)
    worker: Act = field(init=False)
    office: Office = field(init=False)
    request_id: int = field(init=False)
    suspect_id: int = field(init=False)
    followed: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.office = self.make.office()
        person = self.make.person(PostKind.ADMINISTRATOR, self.office)
        self.first = self.make.act(person, NOW)
        self.second = self.make.act(
            self.make.person(PostKind.SECURITY_OFFICER, self.office), NOW + timedelta(hours=1)
        )
        self.worker = self.make.act(MACHINE, NOW + timedelta(hours=2))
        self.request_id = self.session.scalars(
            insert(ArrestRequest)
            .values(
                version=1,
                office_id=self.office.id,
                procuratorate_id=self.office.id,
                document_number="提捕1号",
                document_on=NOW.date(),
                facts="",
                received_at=NOW,
                submitted_by=person.id,
                nonce="00",
            )
            .returning(ArrestRequest.id)
        ).one()
        self.suspect_id = self.suspect()

    def suspect(self) -> int:
        suspect = self.make.suspect(arrest_request_id=self.request_id)
        self.session.add(suspect)
        self.session.flush()
        return suspect.id

    @property
    def session(self) -> Session:
        return self.make.session

    def start(
        self, rule_id: str, at: datetime, custody: Custody = Custody.AT_LIBERTY, about: int = 1
    ) -> Deadline:
        return deadlines.start(
            self.first,
            rule_id,
            Office(id=about),
            suspect_id=self.suspect_id,
            keepers=deadlines.Keepers(self.office.id),
            started_at=at,
            custody=custody,
        )

    def load(self, given: NewNotice = YEAR_2027) -> CalendarNotice:
        notice = notices.propose(self.first, given)
        self.session.flush()
        return notices.confirm(self.second, notice)

    def recalculate(self) -> int:
        """Step by step to the end; how many steps it took."""
        for steps in range(10_000):
            if recalculation.advance(self.worker, self.follow) is Progress.ENDED:
                self.session.flush()
                self.session.expire_all()
                return steps
        raise AssertionError

    def follow(self, _act: Act, suspect_ids: Collection[int]) -> None:
        self.followed += suspect_ids

    def changes(self, deadline: Deadline) -> list[DeadlineEntry]:
        return [one for one in self.entries(deadline) if one.kind is EntryKind.CALENDAR_CHANGED]

    def entries(self, deadline: Deadline) -> list[DeadlineEntry]:
        chosen = select(DeadlineEntry).where(DeadlineEntry.deadline_id == deadline.id)
        return list(self.session.scalars(chosen.order_by(DeadlineEntry.id)))


@pytest.fixture
def world(make: Make) -> Office2027:
    return Office2027(make)


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=deadlines.CHINA_TIME)


def test_a_new_years_notice_moves_what_ends_in_its_days_off_and_settles_the_rest(
    world: Office2027,
) -> None:
    in_the_festival = world.start("D07", china("2027-01-25 10:00"))
    unmoved = world.start("D07", china("2027-01-04 10:00"), about=2)
    this_year = world.start("D07", china("2026-11-10 10:00"), about=3)
    assert in_the_festival.due_on == date(2027, 2, 9)
    assert [one.provisional for one in (in_the_festival, unmoved, this_year)] == [True, True, False]
    looked_at = unmoved.look_at

    notice = world.load()
    assert in_the_festival.due_on == date(2027, 2, 9)
    world.recalculate()

    assert (in_the_festival.due_on, in_the_festival.outer_on) == (date(2027, 2, 15),) * 2
    assert [one.provisional for one in (in_the_festival, unmoved, this_year)] == [False] * 3
    assert unmoved.due_on == date(2027, 1, 19)
    (change,) = world.changes(in_the_festival)
    assert change.details["notice_id"] == notice.id
    assert (change.recorded_at, change.by_id) == (world.worker.now, MACHINE.id)
    assert in_the_festival.look_at == world.worker.now
    assert unmoved.look_at == looked_at
    assert world.changes(unmoved) == world.changes(this_year) == []
    assert world.followed == [world.suspect_id]


def test_what_was_thought_before_can_still_be_said(world: Office2027) -> None:
    deadline = world.start("D07", china("2027-01-25 10:00"))
    world.load()
    world.recalculate()

    before = deadlines.replayed(world.session, deadline, NOW + timedelta(minutes=59))
    after = deadlines.replayed(world.session, deadline, NOW + timedelta(minutes=60))
    assert before is not None
    assert after is not None
    assert (before[1].due_on, before[1].provisional) == (date(2027, 2, 9), True)
    assert (after[1].due_on, after[1].provisional) == (date(2027, 2, 15), False)


def test_the_journal_says_how_many_were_counted_and_moved(world: Office2027) -> None:
    for number in range(4):
        world.start("D07", china(f"2027-01-2{number} 10:00"), about=number)
    world.start("D07", china("2026-11-10 10:00"), about=9)
    world.load()
    world.recalculate()

    told = world.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "CalendarRecalculated")
    ).one()
    moved = 3
    assert told.event == CalendarRecalculated(told.about_id, counted=4, moved=moved, unsettled=0)
    assert world.session.scalar(select(func.count(RecalculationPart.id))) == 0
    assert world.recalculate() == 0


def test_a_closed_period_stays_as_it_was(world: Office2027) -> None:
    deadline = world.start("D07", china("2027-01-25 10:00"))
    deadlines.close(world.first, deadline)
    world.load()
    world.recalculate()

    assert deadline.due_on == date(2027, 2, 9)
    assert world.changes(deadline) == []


def test_many_periods_are_counted_in_parts(
    world: Office2027, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalculation, "PART", 3)
    started = [world.start("D07", china("2027-01-25 10:00"), about=n) for n in range(10)]
    world.load()

    steps = world.recalculate()

    assert {one.due_on for one in started} == {date(2027, 2, 15)}
    assert [len(world.changes(one)) for one in started] == [1] * 10
    assert steps == 1 + 1 + 4 + 1  # noted, cut, four parts, ended


def test_a_period_that_cannot_be_counted_any_more_is_left_and_told(world: Office2027) -> None:
    sound = world.start("D07", china("2027-01-25 10:00"))
    broken = world.start("D07", china("2027-01-25 10:00"), about=2)
    world.session.execute(
        insert(DeadlineEntry).values(
            deadline_id=broken.id,
            kind=EntryKind.EXTENDED,
            details={"kind": "extended", "ground": "no_such_ground"},
            happened_at=NOW,
            recorded_at=NOW,
            by_id=0,
        )
    )
    world.load()
    world.recalculate()

    assert (sound.due_on, broken.due_on) == (date(2027, 2, 15), date(2027, 2, 9))
    (change,) = world.changes(broken)
    assert change.details["problem"] == "ground_unknown"
    assert broken.look_at == world.worker.now
    recalculated = world.session.scalars(select(Recalculation)).one()
    assert (recalculated.moved, recalculated.unsettled) == (1, 1)


def test_only_the_machine_counts_anew(world: Office2027) -> None:
    with pytest.raises(NotAllowed):
        recalculation.advance(world.first, world.follow)


def test_newer_days_off_in_the_software_are_taken_up_and_counted_with(world: Office2027) -> None:
    assert notices.adopt(world.worker, bundled_notices(), "2026-08-07")
    deadline = world.start("D07", china("2027-01-25 10:00"))
    brought = {
        "off": [str(day) for day in YEAR_2027.off],
        "work": [str(day) for day in YEAR_2027.work],
        "papers": [YEAR_2027.page],
    }

    assert notices.adopt(world.worker, bundled_notices() | {2027: brought}, "2026-12-01")
    world.recalculate()

    assert deadline.due_on == date(2027, 2, 15)
    (change,) = world.changes(deadline)
    assert change.details["notice_id"] is None
    assert not notices.adopt(world.worker, bundled_notices() | {2027: brought}, "2026-12-01")
    assert not notices.adopt(world.worker, bundled_notices(), "2026-08-07")
    assert calendar_of(world.session).knows(date(2027, 6, 1))


def test_a_year_that_people_loaded_is_not_overwritten_by_the_software(world: Office2027) -> None:
    notices.adopt(world.worker, bundled_notices(), "2026-08-07")
    world.load()
    other = {"off": ["2027-01-01"], "work": [], "papers": []}

    assert notices.adopt(world.worker, bundled_notices() | {2027: other}, "2026-12-01")

    assert not calendar_of(world.session).is_working(date(2027, 2, 8))


# Nothing is missed: against counting everything anew

STARTS = (date(2026, 1, 5), date(2027, 3, 31))
CUSTODIES = list(Custody)
RULES = [rule for rule in TABLE if rule.period is not None and rule.base is None]


@dataclass
class Chance:
    """Periods with random histories, drawn from one seed."""

    random: Random
    world: Office2027

    def periods(self, count: int) -> Iterator[Deadline]:
        for about in range(count):
            rule = self.random.choice(RULES)
            day = STARTS[0] + timedelta(self.random.randrange((STARTS[1] - STARTS[0]).days))
            self.world.suspect_id = self.world.suspect()
            at = datetime(day.year, day.month, day.day, 10, tzinfo=deadlines.CHINA_TIME)
            try:
                deadline = self.world.start(rule.id, at, self.random.choice(CUSTODIES), about)
            except Refusal:
                continue
            for _ in range(self.random.randrange(4)):
                try:
                    self.something_happens(deadline, rule, day)
                except Refusal:
                    continue
            yield deadline

    def something_happens(self, deadline: Deadline, rule: Rule, day: date) -> None:
        act, some_days = self.world.first, timedelta(self.random.randrange(1, 40))
        match self.random.randrange(6):
            case 0 if rule.extensions:
                extension = self.random.choice(rule.extensions)
                length = extension.more if extension.is_range else None
                requested = (deadline.due_on or day) - timedelta(self.random.randrange(12))
                deadlines.extend(
                    act,
                    deadline,
                    ground=extension.ground,
                    length=length,
                    requested_on=requested,
                    decided_on=requested,
                )
            case 1:
                reason = self.random.choice(list(ExclusionReason))
                deadlines.suspend(act, deadline, reason=reason, from_on=day + some_days)
            case 2:
                deadlines.resume(act, deadline, until_on=day + 2 * some_days)
            case 3:
                deadlines.travel(act, deadline, days=some_days.days)
            case 4 if rule.restarts:
                why = self.random.choice(sorted(rule.restarts))
                at = deadline.started_at + some_days
                deadlines.restart(act, deadline, reason=why, at=at)
            case _:
                custody = self.random.choice(CUSTODIES)
                on = (deadline.unrolled_on or day) + timedelta(self.random.randrange(-3, 4))
                deadlines.change_custody(act, self.world.suspect_id, custody, on=min(on, act.today))

    def notice(self, year: int) -> NewNotice:
        """Any notice that would be taken."""
        off = set(fixed_days_off(year))
        while len(off) < self.random.randrange(24, 32):
            first = date(year, 1, 4) + timedelta(self.random.randrange(355))
            run = {first + timedelta(n) for n in range(self.random.randrange(1, 7))}
            off |= {day for day in run if day.year == year}
        weekends = [
            day
            for day in (date(year, 1, 2) + timedelta(n) for n in range(363))
            if day.isoweekday() > 5 and day not in off
        ]
        return NewNotice(
            year,
            "通知",
            "国办发明电〔2026〕1号",
            "https://www.gov.cn/",
            tuple(sorted(off)),
            tuple(self.random.sample(weekends, 6)),
        )


def counted_anew(
    session: Session, deadline: Deadline, entries: Iterable[DeadlineEntry]
) -> tuple[object, ...]:
    known = deadlines.history(deadline.rule_id, entries)
    counted = known.calculated(calendar_of(session))
    return (
        counted.due_on,
        counted.outer_on,
        counted.unrolled_on,
        counted.warn_on,
        counted.provisional,
        sorted(flag.value for flag in counted.flags),
    )


def as_kept(deadline: Deadline) -> tuple[object, ...]:
    return (
        deadline.due_on,
        deadline.outer_on,
        deadline.unrolled_on,
        deadline.warn_on,
        deadline.provisional,
        deadline.flags,
    )


@pytest.mark.parametrize("seed", range(2))
def test_after_any_notice_every_open_period_says_what_counting_it_anew_says(
    world: Office2027, seed: int
) -> None:
    chance = Chance(Random(seed), world)  # noqa: S311  # drawn again from its seed
    running = list(chance.periods(150))
    assert len(running) > 100
    moved = 0
    for year in (2027, 2026, 2027):
        before = {one.id: as_kept(one) for one in running}
        entries = {one.id: world.entries(one) for one in running}
        world.load(chance.notice(year))
        wrong = [
            one.id
            for one in running
            if as_kept(one) != counted_anew(world.session, one, entries[one.id])
        ]
        world.recalculate()
        for one in running:
            assert as_kept(one) == counted_anew(world.session, one, entries[one.id])
        moved += len(wrong)
        assert {one.id for one in running if as_kept(one) != before[one.id]} == set(wrong)
    assert moved > 40
