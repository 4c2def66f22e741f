"""What holds for every period, whatever happens to it: drawn at random, and shrunk to a case."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from services.deadlines.engine.arithmetic import (
    CHINA_TIME,
    Custody,
    EmptyPeriodError,
    NaiveInstantError,
    Period,
    PeriodClass,
    Unit,
    statutory_day,
    working_days_after,
    working_days_before,
)
from services.deadlines.engine.calculation import Calculation, Flag, calculate, calculate_row
from services.deadlines.engine.calendar import WorkCalendar
from services.deadlines.engine.events import (
    CustodyChanged,
    Event,
    Excluded,
    ExclusionReason,
    Extended,
    ExtensionStated,
    Restarted,
    Travelled,
    Used,
)
from services.deadlines.engine.problems import ImpossibleError, Problem
from services.deadlines.engine.rules import Kind, RestartReason, Rule
from services.deadlines.engine.steps import BrokenExplanationError, StepCode, follow
from services.deadlines.engine.table import TABLE, rule_of
from services.deadlines.engine.words import explained_en, explained_zh
from tests.deadlines import oracle
from tests.deadlines.ways import BY_DAY, CALENDAR, DAY, FIRST, LAST, WAYS, Way

calm = settings(deadline=None)
"""A busy machine is no reason to fail."""

HELD, FREE = Custody.HELD, Custody.AT_LIBERTY
HELD_LIKE = (Custody.HELD, Custody.UNKNOWN, Custody.ELSEWHERE)

days = st.dates(FIRST, LAST)
custodies = st.sampled_from(Custody)
forward = st.sampled_from(BY_DAY)
"""Periods counted in days or months: their last day can be a day off."""
in_months = st.sampled_from([way for way in BY_DAY if way.period.unit is Unit.MONTHS])
custody_itself = st.sampled_from(
    [way for way in BY_DAY if way.period.period_class is PeriodClass.CUSTODY]
)
in_hours = st.sampled_from([way for way in WAYS if way.period.unit is Unit.HOURS])


def counted(way: Way, start: date, custody: Custody, *events: Event) -> Calculation:
    return calculate_row(way.rule, start, custody, CALENDAR, (*way.granted, *events))


def ends(calculation: Calculation) -> tuple[date, date]:
    """The two dates of a calculation that has dates."""
    assert calculation.due_on is not None
    assert calculation.outer_on is not None
    return calculation.due_on, calculation.outer_on


def unrolled(calculation: Calculation) -> date:
    assert calculation.unrolled_on is not None
    return calculation.unrolled_on


# Order


@calm
@given(st.sampled_from([way for way in WAYS if way.period.unit is not Unit.HOURS]), days, custodies)
def test_what_begins_a_day_later_never_ends_earlier(
    way: Way, start: date, custody: Custody
) -> None:
    one, other = ends(counted(way, start, custody)), ends(counted(way, start + DAY, custody))
    assert one[0] <= other[0]
    assert one[1] <= other[1]


@calm
@given(forward, days, custodies)
def test_no_reading_is_earlier_than_the_day_to_keep_or_later_than_the_limit(
    way: Way, start: date, custody: Custody
) -> None:
    calculation = counted(way, start, custody)
    due_on, outer_on = ends(calculation)
    assert calculation.warn_on is not None
    assert start < calculation.warn_on <= unrolled(calculation) <= due_on <= outer_on
    if custody is Custody.AT_LIBERTY and way.period.period_class is not PeriodClass.MEASURE:
        assert CALENDAR.is_working(due_on)
        assert CALENDAR.is_working(outer_on)


@calm
@given(forward, days)
def test_who_is_held_never_waits_longer_than_who_is_free(way: Way, start: date) -> None:
    held, residence, free = (
        ends(counted(way, start, custody)) for custody in (HELD, Custody.DESIGNATED_RESIDENCE, FREE)
    )
    assert held[0] <= residence[0] <= free[0]
    assert held[1] <= residence[1] <= free[1]


@calm
@given(forward, days)
def test_who_may_be_held_is_counted_as_who_is(way: Way, start: date) -> None:
    assert len({ends(counted(way, start, custody)) for custody in HELD_LIKE}) == 1


@calm
@given(st.sampled_from([way for way in WAYS if way.granted]), days, custodies)
def test_an_extension_gives_more_time(way: Way, start: date, custody: Custody) -> None:
    begun = start
    if way.period.unit is Unit.HOURS:
        begun = datetime.combine(start, datetime.min.time(), CHINA_TIME)
    shorter = replace(way, granted=way.granted[:-1])
    before, after = counted(shorter, begun, custody), counted(way, begun, custody)
    assert ends(before)[0] <= ends(after)[0]
    assert ends(before)[1] <= ends(after)[1]
    if way.period.unit is Unit.HOURS:
        assert before.due_at is not None
        assert after.due_at is not None
        assert before.due_at < after.due_at
    else:
        assert unrolled(before) < unrolled(after)


@calm
@given(in_months, days, custodies)
def test_people_are_warned_before_a_month_is_longer_than_to_the_same_day(
    way: Way, start: date, custody: Custody
) -> None:
    calculation = counted(way, start, custody)
    links = [*way.links]
    if any(link.unit != "months" for link in links):
        return
    plain = oracle.same_day_or_last_of_month(start, sum(link.length for link in links))
    assert calculation.warn_on is not None
    assert calculation.warn_on <= plain
    if len(links) == 1:
        assert calculation.warn_on == plain


@calm
@given(days, st.integers(1, 15))
def test_working_days_forward_and_back_meet(first: date, length: int) -> None:
    last = working_days_after(first, length, CALENDAR)
    worked = [
        first + n * DAY
        for n in range(1, (last - first).days + 1)
        if CALENDAR.is_working(first + n * DAY)
    ]
    assert (len(worked), worked[-1]) == (length, last)
    assert working_days_before(last + DAY, length, CALENDAR) == worked[0]


# Custody that changes


@st.composite
def custody_histories(draw: st.DrawFn) -> tuple[Way, date, Custody, list[CustodyChanged]]:
    """A period, and changes of custody that crowd round its end, in their order."""
    way, start, custody = draw(forward), draw(days), draw(custodies)
    last = oracle.unrolled_ends(start, way.links)[-1]
    near = st.integers(-4, 12).map(lambda n: last + n * DAY)
    changes = st.builds(CustodyChanged, custodies, near)
    happened = draw(st.lists(changes, min_size=1, max_size=4))
    return (
        way,
        start,
        custody,
        sorted((change for change in happened if change.on > start), key=lambda change: change.on),
    )


@settings(deadline=None, max_examples=150)
@given(custody_histories())
def test_any_history_of_custody_is_read_as_the_law_reads_it(
    history: tuple[Way, date, Custody, list[CustodyChanged]],
) -> None:
    way, start, custody, changes = history
    rolled = {oracle.first_day_worked(end) for end in oracle.unrolled_ends(start, way.links)}
    assume(not rolled & {change.on for change in changes if change.custody in HELD_LIKE})
    residence = Custody.DESIGNATED_RESIDENCE
    assume(residence is not custody and residence not in {change.custody for change in changes})
    told = [(change.custody.value, change.on) for change in changes]
    period_class = way.period.period_class.value
    expected = oracle.period(start, way.links, period_class, custody.value, told)
    assert ends(counted(way, start, custody, *changes)) == expected[:2]


@calm
@given(
    custody_itself,
    days,
    st.sampled_from([*HELD_LIKE, FREE]),
    st.integers(1, 30),
    st.lists(st.tuples(st.sampled_from([*HELD_LIKE, FREE]), st.integers(-3, 12)), max_size=3),
)
def test_custody_is_that_of_the_last_day_which_an_evaluation_has_moved(
    way: Way, start: date, custody: Custody, lasts: int, near_the_end: list[tuple[Custody, int]]
) -> None:
    assume([link.unit for link in way.links].count("months") < 2)
    begun, done = start + DAY, start + (1 + lasts) * DAY
    readings = oracle.evaluated(start, way.links, [(begun, done)])
    changes = sorted(
        ((new, readings[0] + near * DAY) for new, near in near_the_end),
        key=lambda change: change[1],
    )
    rolled = {oracle.first_day_worked(end) for end in readings}
    assume(not any(new in HELD_LIKE and on in rolled for new, on in changes))
    assume(all(on > start for _, on in changes))
    told = [(new.value, on) for new, on in changes]
    expected = oracle.ends_of(readings, "custody", custody.value, told)
    evaluation = Excluded(ExclusionReason.PSYCHIATRIC_EVALUATION, begun, done)
    happened: list[Event] = [evaluation, *(CustodyChanged(new, on) for new, on in changes)]
    calculation = calculate_row(way.rule, start, custody, CALENDAR, [*way.granted, *happened])
    assert ends(calculation) == expected[:2]


@calm
@given(forward, days, custodies, custodies, st.data())
def test_a_change_before_the_last_day_is_as_if_it_had_always_been_so(
    way: Way, start: date, before: Custody, after: Custody, data: st.DataObject
) -> None:
    first_end = oracle.unrolled_ends(start, way.links)[0]
    on = start + data.draw(st.integers(1, (first_end - start).days)) * DAY
    assume(on < first_end)
    changed = counted(way, start, before, CustodyChanged(after, on))
    assert ends(changed) == ends(counted(way, start, after))


@calm
@given(forward, days, custodies, custodies, st.integers(1, 40))
def test_a_change_after_the_end_moves_nothing(
    way: Way, start: date, before: Custody, after: Custody, later: int
) -> None:
    plain = counted(way, start, before)
    assert ends(counted(way, start, before, CustodyChanged(before, start + DAY))) == ends(plain)
    over = oracle.first_day_worked(oracle.unrolled_ends(start, way.links)[-1]) + later * DAY
    assert ends(counted(way, start, before, CustodyChanged(after, over))) == ends(plain)


@calm
@given(forward, days)
def test_a_later_release_never_gives_more_time_and_a_later_arrest_never_less(
    way: Way, start: date
) -> None:
    first, *_, last = (
        *oracle.unrolled_ends(start, way.links),
        oracle.first_day_worked(oracle.unrolled_ends(start, way.links)[-1]),
    )
    around = [first + n * DAY for n in range(-2, (last - first).days + 3)]
    around = [on for on in around if on > start]
    released = [ends(counted(way, start, HELD, CustodyChanged(FREE, on))) for on in around]
    arrested = [ends(counted(way, start, FREE, CustodyChanged(HELD, on))) for on in around]
    for which in (0, 1):
        moved = [end[which] for end in released]
        assert moved == sorted(moved, reverse=True)
        moved = [end[which] for end in arrested]
        assert moved == sorted(moved)


@calm
@given(custody_itself, days)
def test_who_leaves_a_designated_residence_on_the_last_day_is_counted_cautiously(
    way: Way, start: date
) -> None:
    """Whoever leaves custody that day is; a residence is no more lenient on the day it ends."""
    [last, *other] = oracle.unrolled_ends(start, way.links)
    assume(not other)
    left = CustodyChanged(FREE, last)
    residence = ends(counted(way, start, Custody.DESIGNATED_RESIDENCE, left))
    assert residence[0] == last
    assert residence[1] == oracle.first_day_worked(last)


# Time that is not counted


@calm
@given(custody_itself, days, custodies, st.integers(1, 60), st.integers(1, 30))
def test_a_longer_evaluation_leaves_out_more(
    way: Way, start: date, custody: Custody, lasts: int, longer: int
) -> None:
    def evaluated(for_days: int) -> Calculation:
        begun = start + DAY
        reason = ExclusionReason.PSYCHIATRIC_EVALUATION
        return counted(way, start, custody, Excluded(reason, begun, begun + for_days * DAY))

    none, short, long = counted(way, start, custody), evaluated(lasts), evaluated(lasts + longer)
    for which in (0, 1):
        assert ends(none)[which] <= ends(short)[which] <= ends(long)[which]
    if [link.unit for link in way.links].count("months") < 2:
        assert unrolled(long) - unrolled(short) == longer * DAY


@calm
@given(st.sampled_from(["B01", "B02"]), days, st.integers(1, 30))
def test_travel_never_lengthens_bail_or_surveillance(
    rule_id: str, start: date, travelled: int
) -> None:
    """不得超过十二个月 (CPL 79): that is how long a person is bound, not a time to act in."""
    with pytest.raises(ImpossibleError):
        calculate(rule_id, start, FREE, CALENDAR, [Travelled(travelled)])


@calm
@given(custody_itself, days, st.integers(1, 30))
def test_travel_never_lengthens_custody(way: Way, start: date, travelled: int) -> None:
    with pytest.raises(ImpossibleError) as refused:
        counted(way, start, HELD, Travelled(travelled))
    assert refused.value.problem is Problem.TRAVEL_IN_CUSTODY


@calm
@given(
    st.sampled_from([w for w in BY_DAY if w.period.period_class is PeriodClass.NEUTRAL]),
    days,
    custodies,
    st.integers(1, 30),
)
def test_days_on_the_way_are_added_to_the_unrolled_end(
    way: Way, start: date, custody: Custody, travelled: int
) -> None:
    plain, travelling = (
        counted(way, start, custody),
        counted(way, start, custody, Travelled(travelled)),
    )
    assert unrolled(travelling) == unrolled(plain) + travelled * DAY
    later = [oracle.days(end, travelled) for end in oracle.unrolled_ends(start, way.links)]
    expected = oracle.ends_of(later, "neutral", custody.value)
    assert ends(travelling) == expected[:2]


@calm
@given(st.sampled_from(["B01", "B02"]), days, st.integers(1, 150))
def test_days_used_by_the_same_organ_are_taken_off(rule_id: str, start: date, used: int) -> None:
    whole = calculate(rule_id, start, FREE, CALENDAR)
    rest = calculate(rule_id, start, FREE, CALENDAR, [Used(used)])
    assert ends(rest) == (ends(whole)[0] - used * DAY,) * 2


@pytest.mark.parametrize("rule_id", ["B01", "B02"])
def test_an_organ_that_has_used_its_time_up_has_none_left(rule_id: str) -> None:
    """No date lies before the day on which it begins: the time is over, and that is said."""
    with pytest.raises(ImpossibleError):
        calculate(rule_id, date(2026, 1, 5), FREE, CALENDAR, [Used(400)])


@pytest.mark.parametrize("rule_id", ["C02", "C03", "C04"])
def test_another_important_crime_gives_two_months_and_no_extension_with_them(rule_id: str) -> None:
    """重新计算 (CPL 160 paragraph 1): what was granted for the first crime is not granted again."""
    discovered = date(2026, 6, 1)
    anew = ends(calculate("C01", discovered, HELD, CALENDAR))
    restarted = Restarted(RestartReason.NEW_CRIME, discovered)
    try:
        calculation = calculate(rule_id, date(2026, 3, 13), HELD, CALENDAR, [restarted])
    except ImpossibleError as refused:
        assert refused.problem is Problem.RESTART_NOT_KNOWN  # noqa: PT017  # as good an answer
        return
    assert ends(calculation) == anew


@pytest.mark.parametrize("rule_id", ["B10", "X12"])
def test_only_bail_and_surveillance_accumulate(rule_id: str) -> None:
    """RULES 100 paragraph 3 speaks of bail, not of every limit that is of class MEASURE."""
    with pytest.raises(ImpossibleError) as refused:
        calculate(rule_id, date(2026, 1, 5), FREE, CALENDAR, [Used(3)])
    assert refused.value.problem is Problem.NOT_A_MEASURE


def test_a_restart_after_the_end_is_marked_and_heals_nothing() -> None:
    """CPL 160 gives a new period from the discovery; who was held until then was held too long."""
    executed = date(2026, 3, 13)
    in_time, late = (
        calculate("C01", executed, HELD, CALENDAR, [Restarted(RestartReason.NEW_CRIME, found)])
        for found in (date(2026, 5, 13), date(2026, 5, 14))
    )
    assert ends(late) == (date(2026, 7, 14),) * 2
    assert not in_time.flags
    assert late.flags == {Flag.TAKEN_AFTER_EXPIRY}


@calm
@given(days, custodies, st.integers(1, 28), st.sampled_from([0, 1]))
def test_a_restart_is_a_new_beginning(
    start: date, custody: Custody, later: int, extended: int
) -> None:
    moved = start + later * DAY
    restarted: list[Event] = [
        *[Extended("major_or_complex")] * extended,
        Restarted(RestartReason.JURISDICTION_CHANGED, moved),
    ]
    afterwards: list[list[Event]] = [
        [],
        [Extended("major_or_complex")],
        [CustodyChanged(FREE, moved + 3 * DAY)],
    ]
    for after in afterwards:
        again = calculate("R01", start, custody, CALENDAR, [*restarted, *after])
        anew = calculate("R01", moved, custody, CALENDAR, after)
        assert ends(again) == ends(anew)
        assert unrolled(again) == unrolled(anew)
    freed = CustodyChanged(FREE, start + DAY)
    again = calculate("R01", start, custody, CALENDAR, [freed, *restarted])
    assert ends(again) == ends(calculate("R01", moved, FREE, CALENDAR))


# The calendar


@st.composite
def notices_for_2027(draw: st.DrawFn) -> WorkCalendar:
    """The calendar once a notice for 2027 is read, whatever it says."""
    first = date(2026, 12, 29)
    moved = draw(st.sets(st.integers(0, 367).map(lambda n: first + n * DAY), max_size=40))
    off = sorted(str(day) for day in moved if day.isoweekday() < 6)
    work = sorted(str(day) for day in moved if day.isoweekday() > 5)
    path = oracle.ENGINE / "data" / "state_council_holidays.json"
    notices = {int(year): notice for year, notice in json.loads(path.read_text("utf-8")).items()}
    return WorkCalendar.of_notices(notices | {2027: {"off": off, "work": work}})


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from([way for way in WAYS if way.period.unit is not Unit.HOURS]),
    st.dates(date(2026, 6, 1), date(2027, 2, 1)),
    custodies,
    notices_for_2027(),
)
def test_a_date_that_is_not_provisional_stays_whatever_the_next_notice_says(
    way: Way, start: date, custody: Custody, later: WorkCalendar
) -> None:
    calculation = counted(way, start, custody)
    assume(not calculation.provisional)
    again = calculate_row(way.rule, start, custody, later, way.granted)
    assert ends(again) == ends(calculation)
    assert again.steps == calculation.steps


@calm
@given(forward, st.dates(date(2026, 12, 29), LAST), custodies)
def test_a_date_beyond_the_known_calendar_says_so(way: Way, start: date, custody: Custody) -> None:
    calculation = counted(way, start, custody)
    assert calculation.provisional
    assert StepCode.CALENDAR_INCOMPLETE in {step.code for step in calculation.steps}


# Hours and days


@calm
@given(
    in_hours,
    st.datetimes(datetime(2018, 1, 2), datetime(2030, 12, 30)),  # noqa: DTZ001
    st.integers(-12, 14),
)
def test_an_instant_is_the_same_wherever_it_is_written(way: Way, at: datetime, offset: int) -> None:
    start = at.replace(tzinfo=UTC)
    elsewhere = start.astimezone(timezone(timedelta(hours=offset)))
    one, other = counted(way, start, HELD), counted(way, elsewhere, HELD)
    assert one.due_at is not None
    assert one.outer_at is not None
    assert (one.due_at, one.outer_at) == (other.due_at, other.outer_at)
    assert ends(one) == ends(other)
    gained = one.outer_at - one.due_at
    if way.period.to_the_minute:
        assert gained == timedelta()
    else:
        assert timedelta() < gained <= timedelta(hours=1)


@calm
@given(forward, st.datetimes(datetime(2018, 1, 2), datetime(2030, 12, 30)), custodies)  # noqa: DTZ001
def test_a_period_in_days_begins_on_the_day_in_china(
    way: Way, at: datetime, custody: Custody
) -> None:
    start = at.replace(tzinfo=UTC)
    in_china = start.astimezone(oracle.BEIJING).date()
    assert ends(counted(way, start, custody)) == ends(counted(way, in_china, custody))


def test_a_day_is_the_day_in_china() -> None:
    assert statutory_day(datetime(2026, 9, 28, 16, 0, tzinfo=UTC)) == date(2026, 9, 29)
    assert statutory_day(datetime(2026, 9, 28, 15, 59, tzinfo=UTC)) == date(2026, 9, 28)
    assert statutory_day(date(2026, 9, 28)) == date(2026, 9, 28)


def test_an_instant_without_an_offset_names_no_moment() -> None:
    naive = datetime(2026, 9, 7, 9, 20)  # noqa: DTZ001
    with pytest.raises(NaiveInstantError):
        statutory_day(naive)
    for rule_id in ("D01", "R01"):
        with pytest.raises(ImpossibleError) as refused:
            calculate(rule_id, naive, HELD, CALENDAR)
        assert refused.value.problem is Problem.INSTANT_WITHOUT_OFFSET
    with pytest.raises(ImpossibleError) as refused:
        calculate("D01", date(2026, 9, 7), HELD, CALENDAR)
    assert refused.value.problem is Problem.INSTANT_NEEDED


def test_a_period_has_a_length() -> None:
    with pytest.raises(EmptyPeriodError):
        Period(0, Unit.DAYS, PeriodClass.NEUTRAL)
    with pytest.raises(EmptyPeriodError):
        working_days_after(date(2026, 9, 7), 0, CALENDAR)


def test_a_measure_says_whether_a_person_is_held() -> None:
    assert Custody.under("detention") is HELD
    assert Custody.under("bail") is FREE
    assert Custody.under("custody_elsewhere").counts_as_held
    assert Custody.under(None).counts_as_held
    assert not Custody.under("designated_residence").counts_as_held
    with pytest.raises(KeyError):
        Custody.under("detained")


# Anything at all

SOME_DAYS = st.one_of(days, st.dates(date(2026, 1, 1), date(2026, 12, 31)))
GROUNDS = sorted({extension.ground for rule in TABLE for extension in rule.extensions})


def happenings(rule: Rule, start: date) -> st.SearchStrategy[Event]:
    """What may be said to have happened, possible or not."""
    near = st.integers(-3, 120).map(lambda n: start + n * DAY)
    own = [extension.ground for extension in rule.extensions]
    ground = st.sampled_from([*own, *own, *GROUNDS])
    lengths = st.one_of(st.none(), st.integers(-1, 30))
    maybe = st.one_of(st.none(), near)
    return st.one_of(
        st.builds(Extended, st.one_of(st.none(), ground), lengths, maybe, maybe),
        st.builds(ExtensionStated, ground),
        st.builds(Excluded, st.sampled_from(ExclusionReason), near, maybe),
        st.builds(Travelled, st.integers(-1, 20)),
        st.builds(Used, st.integers(-1, 400)),
        st.builds(Restarted, st.sampled_from(RestartReason), near),
        st.builds(CustodyChanged, custodies, near),
    )


@st.composite
def stories(draw: st.DrawFn) -> tuple[Rule, date, Custody, list[Event]]:
    rule, start = draw(st.sampled_from(TABLE)), draw(SOME_DAYS)
    events = draw(st.lists(happenings(rule, start), max_size=4))
    if rule.period is not None and rule.period.unit is Unit.HOURS:
        start = datetime.combine(start, draw(st.times()), CHINA_TIME)
    return rule, start, draw(custodies), events


@settings(deadline=None, max_examples=300)
@given(stories())
def test_whatever_happens_there_is_a_date_that_explains_itself_or_a_refusal_that_says_why(
    story: tuple[Rule, date, Custody, list[Event]],
) -> None:
    rule, start, custody, events = story
    try:
        calculation = calculate_row(rule, start, custody, CALENDAR, events)
    except ImpossibleError as refused:
        assert refused.zh  # noqa: PT017  # both outcomes are checked
        assert "{" not in refused.zh + refused.en  # noqa: PT017
        return
    assert follow(calculation.steps, CALENDAR) == (calculation.due_on, calculation.outer_on)
    for explained in (explained_zh(calculation), explained_en(calculation)):
        assert explained
        assert "None" not in explained
        assert "{" not in explained
    if calculation.due_on is None:
        assert rule.period is None
        return
    due_on, outer_on = ends(calculation)
    assert due_on <= outer_on
    assert calculation.events == tuple(events)
    assert calculation == calculate_row(rule, start, custody, CALENDAR, events)
    if rule.kind is not Kind.BACKWARD:
        assert calculation.warn_on is not None
        assert calculation.warn_on <= due_on
        assert statutory_day(start) <= due_on
    else:
        assert due_on < statutory_day(start)


@calm
@given(
    st.sampled_from(TABLE),
    st.one_of(st.dates(), st.datetimes(timezones=st.just(UTC))),
    custodies,
)
@example(rule_of("R01", date(2026, 3, 2)), date.max, FREE)
@example(rule_of("R01", date(2026, 3, 2)), date.min, FREE)
@example(rule_of("D01", date(2026, 3, 2)), datetime.max.replace(tzinfo=UTC), FREE)
def test_any_day_of_any_century_is_counted_or_refused(
    rule: Rule, start: date, custody: Custody
) -> None:
    try:
        calculation = calculate_row(rule, start, custody, CALENDAR)
    except ImpossibleError as refused:
        assert refused.problem in {Problem.DATE_OUT_OF_RANGE, Problem.INSTANT_NEEDED}  # noqa: PT017
        return
    assert follow(calculation.steps, CALENDAR) == (calculation.due_on, calculation.outer_on)


# An explanation that lies


@calm
@given(forward, days, custodies, st.data())
def test_an_explanation_that_lies_about_a_day_is_caught(
    way: Way, start: date, custody: Custody, data: st.DataObject
) -> None:
    steps = counted(way, start, custody).steps
    moves = [n for n, step in enumerate(steps) if step.from_on is not None and step.length]
    assume(moves)
    lie = data.draw(st.sampled_from(moves))
    wrong = data.draw(st.sampled_from([-1, 1])) * DAY
    on = steps[lie].on
    assert on is not None
    told = [*steps[:lie], steps[lie]._replace(on=on + wrong), *steps[lie + 1 :]]
    with pytest.raises(BrokenExplanationError):
        follow(told, CALENDAR)


# Rows in force


def test_a_period_is_counted_under_the_row_in_force_when_it_begins() -> None:
    for rule in TABLE:
        assert rule_of(rule.id, rule.effective_from) is rule
        assert rule_of(rule.id, FIRST).id == rule.id
    with pytest.raises(ImpossibleError) as refused:
        calculate("D99", date(2026, 3, 2), HELD, CALENDAR)
    assert refused.value.problem is Problem.RULE_UNKNOWN
