"""The ledger remembers: a row is what its entries come to, and every moment can be asked."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from services import deadlines
from services.deadlines import (
    CloseReason,
    Custody,
    Deadline,
    DeadlineEntry,
    EntryKind,
    ExclusionReason,
    RestartReason,
    notices,
)
from services.deadlines.engine.calendar import bundled_notices
from services.deadlines.engine.steps import follow
from services.kernel.act import Act
from services.kernel.refusals import Conflict
from services.policy import MACHINE
from tests.deadlines import oracle
from tests.deadlines.matters import Matter, china, day, matter_of
from tests.make import Make

HELD, FREE = Custody.HELD, Custody.AT_LIBERTY
EVALUATION = ExclusionReason.PSYCHIATRIC_EVALUATION
BEGIN = china("2026-08-20 09:00")
MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)

COUNTED = ("due_on", "outer_on", "due_at", "outer_at", "unrolled_on", "warn_on", "provisional")
TOLD = (
    "started_at",
    "custody",
    "ground",
    "flags",
    "suspended_on",
    "closed_at",
    "close_reason",
    *COUNTED,
)


@pytest.fixture
def matter(make: Make) -> Matter:
    return matter_of(make)


def row_of(deadline: Deadline) -> dict[str, Any]:
    return deepcopy({name: getattr(deadline, name) for name in TOLD})


def read(history: deadlines.History, counted: deadlines.Calculation) -> dict[str, Any]:
    """What a row has to say, from what was folded and counted."""
    return {
        "started_at": history.round_started_at,
        "custody": history.custody_now,
        "ground": history.stated_ground,
        "flags": sorted(flag.value for flag in counted.flags),
        "suspended_on": history.suspended_on,
        "closed_at": history.closed_at,
        "close_reason": history.close_reason,
        **{name: getattr(counted, name) for name in COUNTED},
    }


# Any history of any periods


@dataclass
class Copy:
    """How a row stood from one moment on."""

    at: datetime
    row: dict[str, Any]
    entries: int


RULES = ("R01", "C01", "D04", "D06", "D07", "A08", "B01", "D01", "A01")
GROUNDS = ("major_or_complex", "complex_case", "four_case_types", "special_circumstances")
back = st.integers(0, 12).map(lambda days: days * DAY)
soon = st.sampled_from([0, 0, 0, 0, 1, 6]).map(lambda days: days * DAY)
pauses = st.sampled_from([1, 5, 20, 60, 200])
suspects = st.sampled_from([0, 1])
often = st.sampled_from([True, True, True, False])
states = st.sampled_from([HELD, FREE, Custody.UNKNOWN])


class Ledger(RuleBasedStateMachine):
    """Two suspects, and everything that may be entered of their periods, in time or late."""

    make: Make
    refusals: set[str]
    entered: set[EntryKind]

    @initialize(custody=states)
    def found(self, custody: Custody) -> None:
        """Each suspect has a review and custody running, so that no walk goes over empty ground."""
        self.matter = matter_of(self.make)
        self.now = BEGIN
        self.copies: dict[int, list[Copy]] = {}
        for whose in self.whose:
            for rule_id in ("R01", "C01", "D04"):
                self.enter(partial(self.begin, rule_id, whose, custody), whose, 1)

    def begin(self, rule_id: str, whose: int, custody: Custody, act: Act) -> None:
        deadlines.start(
            act,
            rule_id,
            self.matter.about,
            suspect_id=whose,
            keepers=self.matter.keepers,
            started_at=act.now,
            custody=custody,
        )

    @property
    def rows(self) -> list[Deadline]:
        chosen = select(Deadline).where(Deadline.suspect_id.in_(self.whose))
        return list(self.matter.session.scalars(chosen.order_by(Deadline.id)))

    @property
    def whose(self) -> tuple[int, int]:
        return self.matter.one, self.matter.other

    def enter(self, work: Callable[[Act], object], whose: int | None, hours: int) -> None:
        """Try it; then no row of the other suspect has moved, and a refusal has moved none."""
        self.now += timedelta(hours=hours)
        act = Act(self.matter.actor, self.now, self.matter.session)
        refused = False
        try:
            work(act)
        except Conflict as refusal:
            refused = True
            self.refusals.add(str(refusal.members.get("problem", type(refusal).__name__)))
        for deadline in self.rows:
            known = self.copies.setdefault(deadline.id, [])
            row, entries = row_of(deadline), len(self.matter.entries(deadline))
            if known and known[-1].entries == entries:
                assert known[-1].row == row
                continue
            assert not refused
            assert whose in {None, deadline.suspect_id}
            known.append(Copy(self.now, row, entries))
            self.entered.update(one.kind for one in self.matter.entries(deadline)[-1:])

    def some(self, data: st.DataObject) -> Deadline:
        rows = self.rows
        if data.draw(often, label="open"):
            rows = [one for one in rows if one.closed_at is None] or rows
        return data.draw(st.sampled_from(rows), label="period")

    @rule(
        rule_id=st.sampled_from(RULES),
        suspect=suspects,
        custody=states,
        since=back,
        stated=st.booleans(),
        hours=pauses,
    )
    def start(
        self,
        rule_id: str,
        suspect: int,
        custody: Custody,
        since: timedelta,
        *,
        stated: bool,
        hours: int,
    ) -> None:
        ground = "major_or_complex" if stated and rule_id == "D07" else None

        def work(act: Act) -> None:
            deadlines.start(
                act,
                rule_id,
                self.matter.about,
                suspect_id=self.whose[suspect],
                keepers=self.matter.keepers,
                started_at=act.now - since,
                custody=custody,
                ground=ground,
            )

        self.enter(work, self.whose[suspect], hours)

    @precondition(lambda self: self.rows)
    @rule(
        data=st.data(),
        ground=st.sampled_from(GROUNDS),
        length=st.one_of(st.none(), st.integers(1, 5)),
        asked=soon,
        decided=soon,
        times=st.sampled_from([1, 2]),
        hours=pauses,
    )
    def extend(  # noqa: PLR0917  # hypothesis hands each over by its name
        self,
        data: st.DataObject,
        ground: str,
        length: int | None,
        asked: timedelta,
        decided: timedelta,
        times: int,
        hours: int,
    ) -> None:
        deadline = self.some(data)
        if data.draw(often, label="the ground that comes first") and deadline.rule.extensions:
            own = deadline.rule.extensions[0]
            ground, length = own.ground, (own.more if own.is_range and times == 2 else None)

        def work(act: Act) -> None:
            on = act.today - decided
            deadlines.extend(
                act,
                deadline,
                ground=ground,
                length=length,
                requested_on=on - asked,
                decided_on=on,
            )

        for _ in range(times):
            self.enter(work, deadline.suspect_id, hours)

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), since=back, hours=pauses)
    def suspend(self, data: st.DataObject, since: timedelta, hours: int) -> None:
        deadline = self.some(data)
        self.enter(
            lambda act: deadlines.suspend(
                act, deadline, reason=EVALUATION, from_on=act.today - since
            ),
            deadline.suspect_id,
            hours,
        )

    @precondition(lambda self: any(one.suspended_on for one in self.rows))
    @rule(data=st.data(), since=back, hours=pauses)
    def resume(self, data: st.DataObject, since: timedelta, hours: int) -> None:
        stopped = [one for one in self.rows if one.suspended_on]
        deadline = data.draw(st.sampled_from(stopped), label="period")
        self.enter(
            lambda act: deadlines.resume(act, deadline, until_on=act.today - since),
            deadline.suspect_id,
            hours,
        )

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), since=back, hours=pauses)
    def restart(self, data: st.DataObject, since: timedelta, hours: int) -> None:
        deadline = self.some(data)
        reasons = sorted(deadline.rule.restarts) or list(RestartReason)
        reason = data.draw(st.sampled_from(reasons))
        self.enter(
            lambda act: deadlines.restart(act, deadline, reason=reason, at=act.now - since),
            deadline.suspect_id,
            hours,
        )

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), days=st.integers(1, 3), hours=pauses)
    def leave_out_or_take_off(self, data: st.DataObject, days: int, hours: int) -> None:
        deadline = self.some(data)
        work = deadlines.use if deadline.rule_id == "B01" else deadlines.travel
        self.enter(lambda act: work(act, deadline, days=days), deadline.suspect_id, hours)

    @rule(suspect=suspects, custody=states, since=back, hours=pauses)
    def change_custody(self, suspect: int, custody: Custody, since: timedelta, hours: int) -> None:
        whose = self.whose[suspect]
        self.enter(
            lambda act: deadlines.change_custody(act, whose, custody, on=act.now - since),
            whose,
            hours,
        )

    @precondition(lambda self: self.rows)
    @rule(
        data=st.data(),
        reason=st.sampled_from(CloseReason),
        since=st.sampled_from([timedelta(0), timedelta(0), DAY]),
        hours=pauses,
    )
    def close(self, data: st.DataObject, reason: CloseReason, since: timedelta, hours: int) -> None:
        deadline = self.some(data)
        self.enter(
            lambda act: deadlines.close(act, deadline, reason=reason, at=act.now - since),
            deadline.suspect_id,
            hours,
        )

    @invariant()
    def every_row_is_what_its_entries_come_to(self) -> None:
        session = self.matter.session
        calendar = deadlines.calendar_of(session)
        for deadline in self.rows:
            entries = self.matter.entries(deadline)
            known = deadlines.history(deadline.rule_id, entries)
            counted = deadlines.calculation(session, deadline)
            assert row_of(deadline) == read(known, counted)
            assert follow(counted.steps, calendar) == (deadline.due_on, deadline.outer_on)
            assert entries[0].kind is EntryKind.STARTED

    def teardown(self) -> None:
        """Every moment is asked: as it was entered, just before it, and before all of it."""
        session = self.matter.session
        for deadline in self.rows:
            copies = self.copies[deadline.id]
            assert deadlines.replayed(session, deadline, copies[0].at - MOMENT) is None
            for n, copy in enumerate(copies):
                then = deadlines.replayed(session, deadline, copy.at)
                assert then is not None
                assert read(*then) == copy.row
                if n:
                    before = deadlines.replayed(session, deadline, copy.at - MOMENT)
                    assert before is not None
                    assert read(*before) == copies[n - 1].row


@pytest.mark.parametrize(
    ("examples", "steps"),
    [
        pytest.param(6, 20, id="sample"),
        pytest.param(30, 40, id="full", marks=pytest.mark.prove),
    ],
)
def test_whatever_is_entered_the_row_is_its_fold_and_every_moment_is_remembered(
    make: Make, examples: int, steps: int
) -> None:
    refusals, entered, full = set[str](), set[EntryKind](), examples >= 30

    class Bound(Ledger):
        pass

    Bound.make, Bound.refusals, Bound.entered = make, refusals, entered
    run_state_machine_as_test(
        Bound,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=full,
            suppress_health_check=list(HealthCheck),
        ),
    )
    if full:
        never = {EntryKind.CALENDAR_CHANGED}
        assert entered == set(EntryKind) - never, "the walk enters every kind of entry"
        assert refusals >= {
            "DeadlineClosed",
            "DeadlineRunning",
            "extended_before",
            "extension_after_expiry",
            "excluded_after_expiry",
            "excluded_twice",
            "event_out_of_order",
            "length_needed",
        }, "the walk meets every kind of refusal, or it proves less than it says"


@pytest.mark.parametrize("told", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1), (2, 0, 1), (1, 0, 2)])
def test_in_whatever_order_custody_is_told_the_law_is_read_alike(
    matter: Matter, told: tuple[int, int, int]
) -> None:
    """Expected by the oracle, which reads the changes in the order of their days."""
    changes = [(FREE, "2026-09-20"), (HELD, "2026-09-28"), (FREE, "2026-10-04")]
    period = matter.start("R01", HELD, "2026-09-05 10:00")
    expected = oracle.period(
        day("2026-09-05"),
        [oracle.Link(1, "months")],
        "custody",
        "held",
        [(custody.value, day(on)) for custody, on in changes],
    )
    for n in told:
        custody, on = changes[n]
        act = matter.at(f"2026-10-0{5 + told.index(n)} 09:00")
        deadlines.change_custody(act, matter.one, custody, on=day(on))
    assert (period.due_on, period.outer_on) == (expected[0], expected[1])
    assert str(period.due_on) == "2026-10-08"
    assert period.custody is FREE


# What was known then


def test_a_late_word_was_not_known_before_it_was_told(matter: Matter) -> None:
    period = matter.start("R01", HELD, "2026-09-05 10:00")
    deadlines.change_custody(matter.at("2026-10-02 09:00"), matter.one, FREE, on=day("2026-09-29"))
    for at, due_on in (
        ("2026-09-05 10:00", "2026-10-05"),
        ("2026-09-29 23:59", "2026-10-05"),
        ("2026-10-02 08:59", "2026-10-05"),
        ("2026-10-02 09:00", "2026-10-08"),
    ):
        then = deadlines.replayed(matter.session, period, china(at))
        assert then is not None
        assert str(then[1].due_on) == due_on
    assert deadlines.replayed(matter.session, period, china("2026-09-05 09:59")) is None


def test_what_was_entered_in_one_act_became_known_at_once(matter: Matter) -> None:
    period = matter.start("C01", HELD, "2026-03-13 10:00")
    act = matter.at("2026-05-04 09:00")
    deadlines.suspend(act, period, reason=EVALUATION, from_on=day("2026-04-09"))
    deadlines.resume(act, period, until_on=day("2026-04-20"))
    deadlines.extend(act, period, ground="complex_case", requested_on=day("2026-05-04"))
    before = deadlines.replayed(matter.session, period, act.now - MOMENT)
    after = deadlines.replayed(matter.session, period, act.now)
    assert before is not None
    assert after is not None
    assert (before[0].events, len(after[0].events)) == ((), 2)
    assert after[1].due_on == period.due_on


def test_a_clock_that_was_set_back_loses_no_entry(matter: Matter) -> None:
    """In the demo the hour can be set: what was entered later was known later, whatever it says."""
    period = matter.start("D07", FREE, "2026-09-29 10:00", ground=deadlines.MAJOR_OR_COMPLEX)
    deadlines.change_custody(matter.at("2026-10-05 10:00"), matter.one, FREE)
    deadlines.extend(
        matter.at("2026-10-01 10:00"), period, ground=deadlines.MAJOR_OR_COMPLEX, length=2
    )
    then = deadlines.replayed(matter.session, period, china("2026-10-03 10:00"))
    assert then is not None
    assert then[0].stated_ground == deadlines.MAJOR_OR_COMPLEX
    now = deadlines.replayed(matter.session, period, china("2026-10-05 10:00"))
    assert now is not None
    assert now[1].due_on == period.due_on == day("2026-10-16")


def test_every_moment_is_read_under_the_calendar_known_then(matter: Matter) -> None:
    """A notice for 2027 moves what runs, not what is closed, and not what was thought before."""
    running = matter.start("R01", FREE, "2026-12-01 10:00")
    closed = matter.start("R01", FREE, "2026-12-01 10:00", suspect=matter.other)
    deadlines.close(matter.at("2026-12-09 09:00"), closed)
    before = (day("2027-01-04"), True)
    assert (running.due_on, running.provisional) == before

    year = {"off": [f"2027-01-0{n}" for n in range(1, 6)], "work": [], "papers": []}
    for at, known in (
        ("2026-11-01 09:00", bundled_notices()),
        ("2026-12-10 09:00", {**bundled_notices(), 2027: year}),
    ):
        act = Act(MACHINE, china(at), matter.session)
        assert notices.adopt(act, known, at)

    def thought(deadline: Deadline, at: str) -> tuple[object, bool]:
        then = deadlines.replayed(matter.session, deadline, china(at))
        assert then is not None
        return then[1].due_on, then[1].provisional

    after = (day("2027-01-06"), False)
    assert thought(running, "2026-12-09 09:00") == before
    assert thought(running, "2026-12-10 09:00") == after
    assert deadlines.calculation(matter.session, running).due_on == after[0]
    assert thought(closed, "2026-12-11 09:00") == before
    assert deadlines.calculation(matter.session, closed).due_on == before[0]


def test_a_decision_taken_in_time_is_not_undone_by_the_calendar(matter: Matter) -> None:
    """Extended on the last day off; then a notice makes the days before it working days."""
    period = matter.start("R01", FREE, "2026-12-01 10:00")
    deadlines.extend(matter.at("2027-01-04 09:00"), period, ground="major_or_complex")
    worked = {"off": [], "work": ["2027-01-02"], "papers": []}
    entries = matter.entries(period)
    known = deadlines.history(period.rule_id, entries)
    calendar = deadlines.WorkCalendar.of_notices({**bundled_notices(), 2027: worked})
    counted = known.calculated(calendar)
    assert counted.due_on == day("2027-01-18")
    assert deadlines.Flag.TAKEN_AFTER_EXPIRY in counted.flags
    with pytest.raises(deadlines.ImpossibleError):
        known.calculated(calendar, judged_from=0)


# The worked chains of facts.md, day by day


def test_k1_the_longest_police_detention(matter: Matter) -> None:
    detained = "2026-01-05 15:20"
    three = matter.start("D04", HELD, detained)
    assert str(three.due_on) == "2026-01-08"
    special = deadlines.SPECIAL_CIRCUMSTANCES
    act = matter.at("2026-01-08 10:00")
    assert str(deadlines.extend(act, three, ground=special, length=4).due_on) == "2026-01-12"
    act = matter.at("2026-01-12 09:00")
    deadlines.close(act, three, reason=CloseReason.REPLACED)
    thirty = deadlines.start(
        act,
        "D05",
        matter.about,
        suspect_id=matter.one,
        keepers=matter.keepers,
        started_at=china(detained),
        custody=HELD,
    )
    assert str(thirty.due_on) == "2026-02-04"
    deadlines.close(matter.at("2026-02-04 16:00"), thirty)
    review = matter.start("D06", HELD, "2026-02-04 16:00")
    assert str(review.due_on) == "2026-02-11"
    at_liberty = matter.start("D07", FREE, "2026-02-04 16:00", suspect=matter.other)
    assert str(at_liberty.due_on) == "2026-02-24"
    assert three.standing(china("2026-12-01 00:00")) is deadlines.Standing.RUNNING


@pytest.mark.parametrize(
    ("custody", "received", "month", "fortnight"),
    [
        (HELD, "2026-08-31", "2026-09-30", "2026-10-15"),
        (FREE, "2026-03-10", "2026-04-10", "2026-04-27"),
        (HELD, "2026-03-10", "2026-04-10", "2026-04-25"),
    ],
    ids=["K2", "K4 at liberty", "K4 held"],
)
def test_k2_and_k4_fifteen_days_more(
    matter: Matter, custody: Custody, received: str, month: str, fortnight: str
) -> None:
    period = matter.start("R01", custody, f"{received} 10:00")
    assert str(period.due_on) == month
    deadlines.extend(matter.at(f"{month} 09:00"), period, ground="major_or_complex")
    assert str(period.due_on) == fortnight


def test_k6_two_returns_and_no_third(matter: Matter) -> None:
    ground = "major_or_complex"
    rounds = (
        ("R01", "2026-01-12", "2026-02-12", "2026-02-27", "2026-02-27", "2026-03-27"),
        ("R17", "2026-03-27", "2026-04-27", "2026-05-12", "2026-05-11", "2026-06-11"),
    )
    for rule_id, received, month, fortnight, returned, back_by in rounds:
        review = matter.start(rule_id, HELD, f"{received} 10:00")
        assert str(review.due_on) == month
        deadlines.extend(matter.at(f"{month} 09:00"), review, ground=ground)
        assert str(review.due_on) == fortnight
        deadlines.close(matter.at(f"{returned} 15:00"), review)
        supplement = matter.start("R16", HELD, f"{returned} 15:00")
        assert str(supplement.due_on) == back_by
        deadlines.close(matter.at(f"{back_by} 09:00"), supplement)
        assert supplement.standing(china(f"{back_by} 09:00")) is deadlines.Standing.RUNNING
    last = matter.start("R17", HELD, "2026-06-11 10:00")
    assert str(last.due_on) == "2026-07-11"
    deadlines.extend(matter.at("2026-07-11 09:00"), last, ground=ground)
    assert (str(last.due_on), str(last.outer_on)) == ("2026-07-26", "2026-07-26")
    with pytest.raises(deadlines.TooManyTimes):
        matter.start("R16", HELD, "2026-07-20 10:00")


def test_k9_prior_detention_after_retention(matter: Matter) -> None:
    review = matter.start("R01", HELD, "2026-02-09 10:00")
    detention = matter.start("S02", HELD, "2026-02-10 10:00")
    assert str(detention.due_on) == "2026-02-20"
    retention = ExclusionReason.RETENTION
    deadlines.suspend(
        matter.at("2026-02-10 10:00"), review, reason=retention, from_on=day("2026-02-10")
    )
    longer = matter.at("2026-02-20 09:00")
    special = deadlines.SPECIAL_CIRCUMSTANCES
    deadlines.extend(longer, detention, ground=special, length=4)
    assert str(detention.due_on) == "2026-02-24"
    deadlines.close(matter.at("2026-02-20 17:00"), detention)
    deadlines.resume(matter.at("2026-02-20 17:00"), review, until_on=day("2026-02-20"))
    assert (str(review.due_on), str(review.outer_on)) == ("2026-03-19", "2026-03-20")


def test_entries_of_a_period_are_asked_for_by_the_period(matter: Matter) -> None:
    mine, other = matter.start("D06"), matter.start("D06", suspect=matter.other)
    deadlines.change_custody(matter.at("2026-09-30 09:00"), matter.one, FREE)
    assert [len(matter.entries(one)) for one in (mine, other)] == [2, 1]
    every = matter.session.scalars(
        select(DeadlineEntry).where(DeadlineEntry.deadline_id.in_([mine.id, other.id]))
    )
    assert {one.by_id for one in every} == {matter.actor.id}
