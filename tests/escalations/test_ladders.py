"""The ladders themselves: their windows, who hears at which rung, and that the table is whole."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from notifications.ladders import (
    CHOICE,
    LADDERS,
    Climb,
    ClockKind,
    Ladder,
    LadderHours,
    LadderName,
    LadderRung,
    after,
    first_look,
    ladder_of,
    raise_daily,
    raise_next,
)
from notifications.messages import Urgency
from services.deadlines.engine.calendar import WorkCalendar, bundled_notices
from services.deadlines.tiers import DEFAULT
from services.kernel.act import SHANGHAI

CALENDAR = WorkCalendar.of_notices(bundled_notices())
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HANDLER, COLLEAGUE, HEAD, MANAGER, CHIEF = 1, 2, 3, 4, 5
RUNGS = {
    LadderRung.SUBSTITUTE: (COLLEAGUE,),
    LadderRung.HEAD: (HEAD, MANAGER),
    LadderRung.CHIEF: (CHIEF,),
}


@dataclass(frozen=True)
class Staff:
    away: frozenset[int] = frozenset()
    rungs: Mapping[LadderRung, Collection[int]] = field(default_factory=lambda: RUNGS)

    def at(self, rung: LadderRung) -> Collection[int]:
        return self.rungs.get(rung, ())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def climb(name: LadderName, step: int = 0, heard: Collection[int] = (HANDLER,)) -> Climb:
    ladder = LADDERS[name]
    return Climb(ladder, ladder.steps, step, frozenset(heard))


@pytest.mark.parametrize(
    ("start", "hours", "window", "end"),
    [
        ("2026-02-13T16:30", LadderHours.ROUND_THE_CLOCK, 2 * HOUR, "2026-02-13T18:30"),
        ("2026-02-13T21:30", LadderHours.DAYTIME, HOUR, "2026-02-14T07:30"),
        ("2026-02-13T03:00", LadderHours.DAYTIME, timedelta(), "2026-02-13T07:00"),
        ("2026-02-13T16:30", LadderHours.WORKING, HOUR, "2026-02-14T08:30"),  # a made-up workday
        ("2026-02-14T17:00", LadderHours.WORKING, HOUR, "2026-02-24T09:00"),  # Spring Festival
        ("2026-07-04T12:00", LadderHours.WORKING, timedelta(), "2026-07-06T08:30"),
    ],
)
def test_a_window_runs_in_its_hours_only(
    start: str, hours: LadderHours, window: timedelta, end: str
) -> None:
    assert after(at(start), window, hours, CALENDAR) == at(end)


@pytest.mark.parametrize("hours", list(LadderHours))
def test_two_windows_are_as_long_as_one_of_both(hours: LadderHours) -> None:
    for start in (at("2026-02-12T00:00") + n * 137 * MINUTE for n in range(40)):
        for first, second in ((30, 45), (0, 540), (539, 2), (900, 900)):
            between = after(start, first * MINUTE, hours, CALENDAR)
            both = after(start, (first + second) * MINUTE, hours, CALENDAR)
            assert after(between, second * MINUTE, hours, CALENDAR) == both


@pytest.mark.parametrize("ladder", LADDERS.values(), ids=list(LADDERS))
def test_each_ladder_rises_and_ends_with_whoever_answers_for_it(ladder: Ladder) -> None:
    rungs = [one.to for one in ladder.steps]
    last = {LadderName.ACCOUNT: LadderRung.SECURITY, LadderName.CLOCK: LadderRung.HEAD}

    assert rungs == sorted(rungs, key=list(LadderRung).index)
    assert rungs[:2] == [LadderRung.AGAIN, LadderRung.EVERY_CHANNEL]
    assert rungs[-1] is last.get(ladder.name, LadderRung.CHIEF)
    assert all(one.after > timedelta() for one in ladder.steps)


def test_what_is_counted_in_hours_reaches_the_chief_before_it_ends() -> None:
    last = min(DEFAULT.long_hours[-1], DEFAULT.short_hours[-1])

    assert LADDERS[LadderName.HOURS].bound < last * HOUR
    assert LADDERS[LadderName.ALARM].bound < HOUR


def test_whatever_is_urgent_has_a_ladder_and_what_is_good_to_know_has_none() -> None:
    for clock in ClockKind:
        assert ladder_of(Urgency.URGENT, clock) is not None
        assert ladder_of(Urgency.ALARM, clock) is LADDERS[LadderName.ALARM]
        assert ladder_of(Urgency.INFO, clock) is None
    assert set(CHOICE.values()) == set(LadderName)
    held = {ladder_of(Urgency.URGENT, clock) for clock in (ClockKind.HOURS, ClockKind.CUSTODY)}
    assert all(one and one.hours is not LadderHours.WORKING for one in held)


def test_each_rung_is_told_to_whoever_has_not_heard() -> None:
    told: list[tuple[LadderRung | None, set[int]]] = []
    heard, now, step = {HANDLER}, at("2026-07-11T00:10"), 0
    while True:
        raised = raise_next(climb(LadderName.ALARM, step, heard), Staff(), now, CALENDAR)
        if raised.exhausted or raised.at is None:
            break
        told.append((raised.to, set(raised.people)))
        heard, now, step = heard | raised.people, raised.at, raised.step

    assert told == [
        (LadderRung.AGAIN, {HANDLER}),
        (LadderRung.EVERY_CHANNEL, {HANDLER}),
        (LadderRung.SUBSTITUTE, {COLLEAGUE}),
        (LadderRung.HEAD, {HEAD, MANAGER}),
        (LadderRung.CHIEF, {CHIEF}),
    ]
    assert now == at("2026-07-11T01:20")
    assert raised.at == now + timedelta(days=1)


def test_outside_its_hours_a_ladder_tells_nobody() -> None:
    raised = raise_next(climb(LadderName.URGENT), Staff(), at("2026-07-11T10:00"), CALENDAR)

    assert (raised.people, raised.step, raised.at) == (frozenset(), 0, at("2026-07-13T08:30"))


def test_no_window_is_waited_for_where_nobody_is_there() -> None:
    staff, now = Staff(away=frozenset({HANDLER, COLLEAGUE})), at("2026-07-13T10:00")
    alone = climb(LadderName.URGENT)

    raised = raise_next(alone, staff, now, CALENDAR)

    assert first_look(alone, staff, now, CALENDAR) == now
    assert (raised.to, set(raised.people)) == (LadderRung.HEAD, {HEAD, MANAGER})


def test_whoever_is_on_leave_hears_of_no_rung() -> None:
    staff = Staff(away=frozenset({HEAD}))

    raised = raise_next(climb(LadderName.ALARM, 3), staff, at("2026-07-11T00:10"), CALENDAR)

    assert raised.people == {MANAGER}


def test_a_chief_on_leave_hears_where_nobody_stands_in_and_never_alone() -> None:
    now, last = at("2026-07-11T00:10"), 4
    away = Staff(away=frozenset({CHIEF}))
    nobody = Staff(away=frozenset({CHIEF, HANDLER}))
    stood_in = Staff(away=frozenset({CHIEF}), rungs={LadderRung.CHIEF: (CHIEF, HEAD)})

    def told(staff: Staff) -> frozenset[int]:
        return raise_next(climb(LadderName.ALARM, last), staff, now, CALENDAR).people

    assert [told(staff) for staff in (away, stood_in, nobody)] == [{CHIEF}, {HEAD}, set()]


def test_where_the_handler_is_away_the_substitute_hears_first_and_the_bound_holds() -> None:
    for ladder in LADDERS.values():
        steps = ladder.in_place
        assert sorted(one.to for one in steps) == sorted(one.to for one in ladder.steps)
        assert sum((one.after for one in steps), timedelta()) <= ladder.bound
    first = LADDERS[LadderName.ALARM].in_place[0]
    assert (first.to, first.after) == (LadderRung.SUBSTITUTE, timedelta())


def test_what_stays_unanswered_is_told_every_day_to_whoever_is_there() -> None:
    now = at("2026-07-12T01:20")
    done = climb(LadderName.ALARM, 5, (HANDLER, COLLEAGUE, HEAD, MANAGER, CHIEF))

    assert raise_daily(done, Staff(away=frozenset({HEAD})), now).people == {MANAGER, CHIEF}
    everybody = Staff(away=frozenset({HEAD, MANAGER, CHIEF}))
    assert raise_daily(done, everybody, now).people == {HEAD, MANAGER, CHIEF}
    assert raise_daily(done, everybody, now).at == now + timedelta(days=1)
