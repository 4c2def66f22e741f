"""The engine against the oracle: every row of the table, every day on which it may begin.

What is compared is read from the table, so a new row is proven without touching this file. In
`make test` a seeded sample of days; under `make prove` every day from 2018 to 2030.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from itertools import product

import pytest

from services.deadlines.engine.arithmetic import Custody, PeriodClass, Unit
from services.deadlines.engine.calculation import Calculation, calculate_row
from services.deadlines.engine.events import (
    CustodyChanged,
    Event,
    Excluded,
    ExclusionReason,
    ExtensionStated,
)
from services.deadlines.engine.rules import Extension, Kind, Rule
from services.deadlines.engine.steps import Step, StepCode
from services.deadlines.engine.table import ROWS, TABLE, rule_of
from tests.deadlines import oracle
from tests.deadlines.oracle import Ends, Link
from tests.deadlines.ways import (
    BY_DAY,
    CALENDAR,
    CLOCKS,
    DAY,
    DAYS,
    HARD_DAYS,
    SHAPES,
    WAYS,
    Way,
    drawn_by,
    longer,
    named,
    sampled,
)


def by_the_law(way: Way, start: date, custody: Custody) -> Ends:
    if way.rule.kind is Kind.BACKWARD:
        [link] = way.links
        if link.unit == "working_days":
            latest = oracle.working_days_back(start, link.length)
        else:
            back = oracle.days_before(start, link.length)
            latest = Ends(back, back, provisional=not oracle.settled(back))
        if not way.rule.until_event:
            return latest
        return Ends(latest.due_on, start, latest.provisional or not oracle.settled(start))
    if way.period.unit is Unit.WORKING_DAYS:
        return oracle.working_days(start, sum(link.length for link in way.links))
    return oracle.period(start, way.links, way.period.period_class.value, custody.value)


def assert_agrees(way: Way, start: date, custody: Custody) -> Calculation:
    calculation = calculate_row(way.rule, start, custody, CALENDAR, way.granted)
    reached = calculation.due_on, calculation.outer_on, calculation.provisional
    assert reached == by_the_law(way, start, custody), (way.name, start, custody)
    return calculation


def assert_hours_agree(way: Way, start: datetime, custody: Custody) -> None:
    calculation = calculate_row(way.rule, start, custody, CALENDAR, way.granted)
    hours = sum(link.length for link in way.links)
    due_at = outer_at = oracle.minutes_on(start, hours)
    if not way.period.to_the_minute:
        outer_at = oracle.hours_on(start, hours)
    assert (calculation.due_at, calculation.outer_at) == (due_at, outer_at), (way.name, start)
    assert (calculation.due_on, calculation.outer_on) == (due_at.date(), outer_at.date())


def in_china(start: date, clock: time) -> datetime:
    return datetime.combine(start, clock, oracle.BEIJING)


# The oracle itself


def test_the_oracle_reads_months_as_both_texts_do() -> None:
    for start in DAYS:
        for length in (1, 2, 3, 5, 6, 7, 12):
            by_the_court = oracle.months(start, length)
            assert by_the_court == oracle.months_of_the_procuratorates(start, length), start


def test_the_two_readings_of_a_chain_differ_for_thirty_three_arrests_of_three_years() -> None:
    chain = [Link(2, "months"), Link(1, "months"), Link(2, "months"), Link(2, "months")]
    differing = {
        start
        for start in DAYS
        for links in (chain[:2], chain[:3], chain)
        if 2024 <= start.year <= 2026 and len(oracle.unrolled_ends(start, links)) == 2
    }
    assert len(differing) == 33
    assert {date(2026, 7, 30), date(2025, 12, 28), date(2025, 12, 30)} < differing


# Every row


@named(WAYS)
def test_every_row_ends_as_the_law_says(way: Way) -> None:
    if way.period.unit is Unit.HOURS:
        for start, clock, custody in product(sampled(way, 2), CLOCKS, Custody):
            assert_hours_agree(way, in_china(start, clock), custody)
        return
    for start, custody in product(sampled(way, 8), Custody):
        assert_agrees(way, start, custody)


@pytest.mark.prove
@named(SHAPES)
def test_every_row_ends_as_the_law_says_on_every_day(way: Way) -> None:
    if way.period.unit is Unit.HOURS:
        for start, clock in product(DAYS, CLOCKS):
            assert_hours_agree(way, in_china(start, clock), Custody.HELD)
        return
    for start, custody in product(DAYS, Custody):
        assert_agrees(way, start, custody)


def test_the_proof_leaves_no_row_out() -> None:
    proven = {way.shape for way in SHAPES}
    assert {way.rule.id for way in WAYS if way.shape in proven} == {
        rule.id for rule in TABLE if rule.period is not None
    }
    assert {rule.id for rule in TABLE} == ROWS.keys()
    assert len(SHAPES) > 40
    assert len(DAYS) == 4748


@pytest.mark.parametrize(
    "rule", [rule for rule in TABLE if rule.period is None], ids=lambda r: r.id
)
def test_a_row_without_a_length_has_a_date_only_where_it_is_the_same_day(rule: Rule) -> None:
    for start in HARD_DAYS:
        calculation = calculate_row(rule, start, Custody.UNKNOWN, CALENDAR)
        same_day = start if rule.same_day else None
        assert (calculation.due_on, calculation.outer_on) == (same_day, same_day)
        assert calculation.steps


# Custody that changes

CUSTODY_ITSELF = [way for way in BY_DAY if way.period.period_class is PeriodClass.CUSTODY]

TO_AND_FRO = (
    (Custody.HELD, Custody.AT_LIBERTY),
    (Custody.UNKNOWN, Custody.AT_LIBERTY),
    (Custody.AT_LIBERTY, Custody.HELD),
    (Custody.AT_LIBERTY, Custody.ELSEWHERE),
    (Custody.AT_LIBERTY, Custody.UNKNOWN),
)


def assert_custody_changes_agree(way: Way, start: date) -> int:
    """Compare every change on every day around an end that is a day off."""
    ends = oracle.unrolled_ends(start, way.links)
    first, last = ends[0], oracle.first_day_worked(ends[-1])
    if first == last:
        return 0
    compared = 0
    around = [first + n * DAY for n in range(-1, (last - first).days + 2)]
    rolled = {oracle.first_day_worked(end) for end in ends}
    for (before, after), on in product(TO_AND_FRO, around):
        if on <= start or (on in rolled and before is Custody.AT_LIBERTY):
            continue  # an arrest on the rolled day itself has a test of its own
        expected = oracle.period(
            start, way.links, way.period.period_class.value, before.value, [(after.value, on)]
        )
        events: list[Event] = [*way.granted, CustodyChanged(after, on)]
        calculation = calculate_row(way.rule, start, before, CALENDAR, events)
        reached = calculation.due_on, calculation.outer_on, calculation.provisional
        assert reached == expected, (way.name, start, before, after, on)
        compared += 1
    return compared


@named(BY_DAY)
def test_the_custody_that_counts_is_that_of_the_last_day(way: Way) -> None:
    assert sum(assert_custody_changes_agree(way, start) for start in sampled(way, 20)) > 20


@pytest.mark.prove
@named(BY_DAY)
def test_the_custody_that_counts_is_that_of_the_last_day_on_every_day(way: Way) -> None:
    assert sum(assert_custody_changes_agree(way, start) for start in DAYS) > 10_000


@named(CUSTODY_ITSELF)
def test_an_arrest_on_the_day_to_which_an_end_has_rolled_is_no_reason_to_wait_for_it(
    way: Way,
) -> None:
    for start in sampled(way, 60):
        [unrolled, *other] = oracle.unrolled_ends(start, way.links)
        rolled = oracle.first_day_worked(unrolled)
        if other or rolled == unrolled:
            continue
        events: list[Event] = [*way.granted, CustodyChanged(Custody.HELD, rolled)]
        calculation = calculate_row(way.rule, start, Custody.AT_LIBERTY, CALENDAR, events)
        assert calculation.due_on == unrolled
        assert calculation.outer_on in {unrolled, rolled}


# Time that is not counted


def assert_evaluation_agrees(way: Way, start: date, custody: Custody, inside: date) -> None:
    """Compare an evaluation that begins on a day `inside` and takes some days or weeks."""
    draw = drawn_by(f"{way.name} {start}")
    done = inside + draw.randint(1, 40) * DAY
    readings = oracle.evaluated(start, way.links, [(inside, done)])
    expected = oracle.ends_of(readings, "custody", custody.value)
    evaluation = Excluded(ExclusionReason.PSYCHIATRIC_EVALUATION, inside, done)
    calculation = calculate_row(way.rule, start, custody, CALENDAR, (evaluation, *way.granted))
    reached = calculation.due_on, calculation.outer_on
    assert reached == expected[:2], (way.name, start, custody, inside, done)


@named([way for way in CUSTODY_ITSELF if [link.unit for link in way.links].count("months") < 2])
def test_an_evaluation_is_left_out_by_its_fewest_and_its_most_days(way: Way) -> None:
    for start, custody in product(sampled(way, 10), (Custody.HELD, Custody.AT_LIBERTY)):
        assert_evaluation_agrees(way, start, custody, start + DAY)


@named([way for way in CUSTODY_ITSELF if [link.unit for link in way.links].count("months") > 1])
def test_an_evaluation_moves_the_end_with_which_the_next_link_of_custody_is_joined(
    way: Way,
) -> None:
    """EXT-2016 16 joins a link to the end before it, and the evaluation has moved that end."""
    for start in sampled(way, 100):
        assert_evaluation_agrees(way, start, Custody.HELD, start + 20 * DAY)


REVIEWS = tuple(way for way in WAYS if way.rule.id == "R01")


@named(REVIEWS)
def test_deciding_the_measure_after_retention_is_left_out_in_both_readings(way: Way) -> None:
    draw = drawn_by(way.name)
    for received, custody in product(sampled(way, 200), Custody):
        executed = received + draw.randint(0, 3) * DAY
        decided = executed + draw.randint(1, 14) * DAY
        readings = oracle.retained(received, way.links, executed, decided)
        expected = oracle.ends_of(readings, "custody", custody.value)
        retention = Excluded(ExclusionReason.RETENTION, executed, decided)
        events: list[Event] = [retention, *way.granted]
        for told in (events, events[::-1]):
            calculation = calculate_row(way.rule, received, custody, CALENDAR, told)
            reached = calculation.due_on, calculation.outer_on
            assert reached == expected[:2], (received, custody, executed, decided, told)


# Extensions that are only stated

STATED = tuple(
    (way, extension)
    for way in WAYS
    if not way.granted
    for extension in way.rule.extensions
    if way.period.unit is Unit.DAYS and extension is way.rule.extensions[0]
)


@pytest.mark.parametrize(
    ("way", "extension"), STATED, ids=[f"{way.name}-{more.ground}" for way, more in STATED]
)
def test_a_ground_that_is_only_stated_moves_the_limit_and_not_the_day_to_keep(
    way: Way, extension: Extension
) -> None:
    longest = longer(way.links, extension, extension.more)
    period_class = way.period.period_class.value
    for start, custody in product(sampled(way, 10), Custody):
        kept = oracle.period(start, way.links, period_class, custody.value)
        borne = oracle.period(start, longest, period_class, custody.value)
        stated = (ExtensionStated(extension.ground),)
        calculation = calculate_row(way.rule, start, custody, CALENDAR, stated)
        reached = calculation.due_on, calculation.outer_on
        assert reached == (kept.due_on, borne.outer_on), (way.name, start, custody)


# The explanation, walked again by the oracle


WALKS: Mapping[StepCode, Callable[[date, int], date]] = {
    StepCode.DAYS_ADDED: oracle.days,
    StepCode.EXTENDED_DAYS: oracle.days,
    StepCode.STATED_DAYS: oracle.days,
    StepCode.DAYS_NOT_COUNTED: oracle.days,
    StepCode.HALF_MONTH_IS_FIFTEEN_DAYS: oracle.half_months,
    StepCode.SAME_DAY_OF_MONTH: oracle.months,
    StepCode.MONTH_END_TO_MONTH_END: oracle.months,
    StepCode.NO_SUCH_DAY_IN_MONTH: oracle.months,
    StepCode.EXTENDED_MONTHS: oracle.months,
    StepCode.IN_ONE_GO: oracle.months,
    StepCode.COUNTED_FROM_DECISION: oracle.months,
    StepCode.DAYS_BACK: oracle.days_before,
    StepCode.WORKING_DAYS_ADDED: lambda day, length: oracle.working_days_after(day, length)[-1],
    StepCode.WORKING_DAYS_BACK: lambda day, length: oracle.working_days_before(day, length)[-1],
    StepCode.ROLLED: lambda day, _: oracle.first_day_worked(day),
    StepCode.OUTER_LIMIT_ROLLED: lambda day, _: oracle.first_day_worked(day),
}
"""What each step claims, in the oracle's words."""


def claimed(step: Step) -> date | None:
    walk = WALKS.get(step.code)
    return None if walk is None or step.from_on is None else walk(step.from_on, step.length or 0)


@named([way for way in WAYS if way.period.unit is not Unit.HOURS])
def test_every_step_of_the_explanation_is_true(way: Way) -> None:
    for start, custody in product(sampled(way, 5), Custody):
        calculation = calculate_row(way.rule, start, custody, CALENDAR, way.granted)
        moves = [step for step in calculation.steps if step.code in WALKS]
        assert [step.on for step in moves] == [claimed(step) for step in moves]
        assert moves
        reached = {step.on for step in calculation.steps}
        assert {calculation.due_on, calculation.outer_on} <= reached


def test_a_month_is_explained_by_the_clause_it_rests_on() -> None:
    one_month = rule_of("R01", date(2026, 3, 2))
    for start in DAYS:
        calculation = calculate_row(one_month, start, Custody.HELD, CALENDAR)
        end = oracle.months(start, 1)
        if oracle.is_last_of_its_month(start):
            clause = StepCode.MONTH_END_TO_MONTH_END
        elif end.day == start.day:
            clause = StepCode.SAME_DAY_OF_MONTH
        else:
            clause = StepCode.NO_SUCH_DAY_IN_MONTH
        assert clause in {step.code for step in calculation.steps}, start
        assert calculation.unrolled_on == end
        assert calculation.warn_on == oracle.same_day_or_last_of_month(start, 1)
