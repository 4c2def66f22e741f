"""How periods are counted: against the texts, and against slow readings of them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services import deadlines
from services.deadlines import Custody, Period, PeriodClass, StepCode, Unit
from services.deadlines.arithmetic import EmptyPeriodError, NaiveInstantError, NotAnInstantError

CALENDAR = deadlines.state_council_calendar()
DAY = timedelta(days=1)

days = st.dates(date(2018, 1, 1), date(2030, 12, 31))
known_days = st.dates(date(2018, 1, 1), date(2026, 10, 31))
lengths = st.integers(1, 40)
custodies = st.sampled_from(Custody)
classes = st.sampled_from(PeriodClass)
calm = settings(deadline=None)
"""A busy machine is no reason to fail."""


def day(text: str) -> date:
    return date.fromisoformat(text)


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=deadlines.CHINA_TIME)


# The texts


def corresponding_day(first: date, months: int) -> date | None:
    """The day that bears the same number `months` months on, if there is one."""
    month = first.month - 1 + months
    try:
        return first.replace(year=first.year + month // 12, month=month % 12 + 1)
    except ValueError:
        return None


def months_by_ext_2016(arrested: date, months: int) -> date:
    """EXT-2016 16: from the second day to the day before the corresponding day.

    “应当自对犯罪嫌疑人执行逮捕的第二日起，至二个月后对应日期的前一日止，无对应日期的，以该月的最后
    一日为截止日。”
    """
    second = arrested + DAY
    corresponding = corresponding_day(second, months)
    if corresponding is not None:
        return corresponding - DAY
    month = second.month - 1 + months
    beginning = date(second.year + month // 12, month % 12 + 1, 1)
    while (beginning + DAY).month == beginning.month:
        beginning += DAY
    return beginning


@pytest.mark.parametrize("months", [1, 2, 3, 5, 6, 7, 12])
def test_months_are_those_of_the_procuratorates_own_formula(months: int) -> None:
    first = date(2018, 1, 1)
    while first < date(2031, 1, 1):
        assert deadlines.add_months(first, months) == months_by_ext_2016(first, months), first
        first += DAY


@calm
@given(days, st.integers(1, 24))
@example(date(2024, 2, 29), 12)
@example(date(2025, 2, 28), 1)
def test_a_month_ends_on_the_same_day_or_on_a_months_last_day(first: date, months: int) -> None:
    last = deadlines.add_months(first, months)
    ends_its_month = (last + DAY).month != last.month
    assert (last.year * 12 + last.month) - (first.year * 12 + first.month) == months
    if (first + DAY).month != first.month:
        assert ends_its_month
    else:
        assert last.day == first.day or (ends_its_month and last.day < first.day)


@pytest.mark.parametrize(
    ("trigger", "unit", "length", "unrolled", "rolled"),
    [
        ("2026-01-30", Unit.DAYS, 20, "2026-02-19", "2026-02-24"),
        ("2026-09-10", Unit.MONTHS, 1, "2026-10-10", "2026-10-10"),
        ("2025-01-31", Unit.MONTHS, 1, "2025-02-28", "2025-02-28"),
        ("2024-01-30", Unit.MONTHS, 1, "2024-02-29", "2024-02-29"),
        ("2026-02-28", Unit.MONTHS, 1, "2026-03-31", "2026-03-31"),
        ("2026-04-30", Unit.MONTHS, 1, "2026-05-31", "2026-06-01"),
        ("2026-11-30", Unit.MONTHS, 1, "2026-12-31", "2026-12-31"),
        ("2025-09-01", Unit.MONTHS, 1, "2025-10-01", "2025-10-09"),
        ("2026-08-20", Unit.MONTHS, 1, "2026-09-20", "2026-09-20"),
        ("2026-03-13", Unit.MONTHS, 2, "2026-05-13", "2026-05-13"),
        ("2026-03-13", Unit.MONTHS, 7, "2026-10-13", "2026-10-13"),
        ("2026-01-31", Unit.MONTHS, 2, "2026-03-31", "2026-03-31"),
        ("2025-08-31", Unit.MONTHS, 6, "2026-02-28", "2026-02-28"),
        # a month that ends in a holiday, and one that rolls onto a working Sunday
        ("2024-01-12", Unit.MONTHS, 1, "2024-02-12", "2024-02-18"),
        ("2024-02-29", Unit.MONTHS, 1, "2024-03-31", "2024-04-01"),
        ("2026-03-10", Unit.MONTHS, 1, "2026-04-10", "2026-04-10"),
        ("2026-09-05", Unit.MONTHS, 1, "2026-10-05", "2026-10-08"),
        ("2026-02-27", Unit.MONTHS, 1, "2026-03-27", "2026-03-27"),
        ("2026-09-01", Unit.DAYS, 10, "2026-09-11", "2026-09-11"),
        ("2026-09-01", Unit.DAYS, 15, "2026-09-16", "2026-09-16"),
        ("2026-09-01", Unit.HALF_MONTHS, 1, "2026-09-16", "2026-09-16"),
        ("2026-09-01", Unit.MONTHS, 1, "2026-10-01", "2026-10-08"),
    ],
)
def test_worked_examples(trigger: str, unit: Unit, length: int, unrolled: str, rolled: str) -> None:
    period = Period(length, unit, PeriodClass.CUSTODY)
    held = deadlines.compute(period, day(trigger), Custody.HELD, CALENDAR)
    free = deadlines.compute(period, day(trigger), Custody.AT_LIBERTY, CALENDAR)
    assert (held.due_on, held.outer_on) == (day(unrolled), day(unrolled))
    assert (free.due_on, free.outer_on) == (day(rolled), day(rolled))


def test_fifteen_days_more_are_counted_from_the_unrolled_end() -> None:
    month = Period(1, Unit.MONTHS, PeriodClass.CUSTODY)
    first = deadlines.compute(month, day("2026-09-05"), Custody.AT_LIBERTY, CALENDAR)
    longer = deadlines.add_days(first.unrolled_on, 15)
    assert (first.due_on, longer) == (day("2026-10-08"), day("2026-10-20"))
    assert deadlines.roll(longer, CALENDAR) == day("2026-10-20")


@pytest.mark.parametrize(
    ("arrested", "links", "due", "outer"),
    [
        ("2026-07-30", [2], "2026-09-30", "2026-09-30"),
        ("2026-07-30", [2, 1], "2026-10-30", "2026-10-31"),
        ("2025-12-28", [2, 1], "2026-03-28", "2026-03-31"),
        ("2025-12-30", [2, 1], "2026-03-30", "2026-03-31"),
        ("2026-03-13", [2, 1, 2, 2], "2026-10-13", "2026-10-13"),
    ],
)
def test_chained_months_give_both_readings(
    arrested: str, links: list[int], due: str, outer: str
) -> None:
    assert deadlines.chain_months(day(arrested), links) == (day(due), day(outer))


def test_the_two_readings_of_a_chain_differ_for_thirty_three_days_of_three_years() -> None:
    differing = 0
    arrested = date(2024, 1, 1)
    while arrested.year <= 2026:
        due, outer = deadlines.chain_months(arrested, [2, 1])
        later = deadlines.chain_months(arrested, [2, 1, 2])
        last = deadlines.chain_months(arrested, [2, 1, 2, 2])
        differing += due != outer or later[0] != later[1] or last[0] != last[1]
        arrested += DAY
    assert differing == 33


def test_hours_run_to_the_minute_and_their_outer_limit_to_the_full_hour() -> None:
    detained = china("2026-01-05 15:20:41")
    assert deadlines.hours_to_the_minute(detained, 24) == china("2026-01-06 15:20")
    assert deadlines.hours_to_the_full_hour(detained, 24) == china("2026-01-06 16:00")


def test_a_summoned_suspect_leaves_to_the_minute() -> None:
    arrived = china("2026-09-07 09:20")
    assert deadlines.hours_to_the_minute(arrived, 12) == china("2026-09-07 21:20")


@calm
@given(st.datetimes(datetime(2018, 1, 1), datetime(2030, 1, 1)), st.integers(1, 48))  # noqa: DTZ001
def test_the_running_hour_lengthens_by_more_than_nothing_and_at_most_an_hour(
    start: datetime, length: int
) -> None:
    at = start.replace(tzinfo=UTC)
    gained = deadlines.hours_to_the_full_hour(at, length) - deadlines.hours_to_the_minute(
        at, length
    )
    assert timedelta() < gained <= timedelta(hours=1)


def test_a_day_is_the_day_in_china() -> None:
    assert deadlines.statutory_day(datetime(2026, 9, 28, 16, 0, tzinfo=UTC)) == day("2026-09-29")
    assert deadlines.statutory_day(datetime(2026, 9, 28, 15, 59, tzinfo=UTC)) == day("2026-09-28")
    assert deadlines.statutory_day(day("2026-09-28")) == day("2026-09-28")


def test_an_instant_without_an_offset_is_a_bug() -> None:
    period = Period(24, Unit.HOURS, PeriodClass.HOURS)
    naive = datetime(2026, 9, 7, 9, 20)  # noqa: DTZ001
    with pytest.raises(NaiveInstantError):
        deadlines.statutory_day(naive)
    with pytest.raises(NaiveInstantError):
        deadlines.compute(period, naive, Custody.HELD, CALENDAR)
    with pytest.raises(NotAnInstantError):
        deadlines.compute(period, day("2026-09-07"), Custody.HELD, CALENDAR)


def test_a_period_has_a_length() -> None:
    with pytest.raises(EmptyPeriodError):
        Period(0, Unit.DAYS, PeriodClass.NEUTRAL)
    with pytest.raises(EmptyPeriodError):
        deadlines.working_days_after(day("2026-09-07"), 0, CALENDAR)


def test_working_days_are_counted_back_from_an_event() -> None:
    held_on = day("2026-10-12")
    assert deadlines.working_days_before(held_on, 5, CALENDAR) == day("2026-09-29")
    assert deadlines.working_days_before(held_on, 3, CALENDAR) == day("2026-10-08")
    assert deadlines.working_days_after(held_on, 3, CALENDAR) == day("2026-10-15")


@calm
@given(known_days, st.integers(1, 15))
def test_working_days_forward_and_back_meet(first: date, length: int) -> None:
    last = deadlines.working_days_after(first, length, CALENDAR)
    worked = [
        first + n * DAY
        for n in range(1, (last - first).days + 1)
        if CALENDAR.is_working(first + n * DAY)
    ]
    assert len(worked) == length
    assert worked[-1] == last
    back = deadlines.working_days_before(last + DAY, length, CALENDAR)
    assert back == worked[0]


# Classes and custody

NATIONAL_DAY = day("2026-09-23")
"""Ten days on is 3 October, inside the holiday; the first working day after it is the 8th."""


@pytest.mark.parametrize(
    ("period_class", "custody", "due", "outer"),
    [
        (PeriodClass.CUSTODY, Custody.HELD, 3, 3),
        (PeriodClass.CUSTODY, Custody.UNKNOWN, 3, 3),
        (PeriodClass.CUSTODY, Custody.ELSEWHERE, 3, 3),
        (PeriodClass.CUSTODY, Custody.DESIGNATED_RESIDENCE, 3, 8),
        (PeriodClass.CUSTODY, Custody.AT_LIBERTY, 8, 8),
        (PeriodClass.LIBERTY, Custody.HELD, 3, 8),
        (PeriodClass.LIBERTY, Custody.DESIGNATED_RESIDENCE, 3, 8),
        (PeriodClass.LIBERTY, Custody.AT_LIBERTY, 8, 8),
        (PeriodClass.NEUTRAL, Custody.HELD, 3, 8),
        (PeriodClass.NEUTRAL, Custody.UNKNOWN, 3, 8),
        (PeriodClass.NEUTRAL, Custody.ELSEWHERE, 3, 8),
        (PeriodClass.NEUTRAL, Custody.DESIGNATED_RESIDENCE, 3, 8),
        (PeriodClass.NEUTRAL, Custody.AT_LIBERTY, 8, 8),
        (PeriodClass.MEASURE, Custody.AT_LIBERTY, 3, 3),
        (PeriodClass.MEASURE, Custody.HELD, 3, 3),
    ],
)
def test_a_last_day_off_moves_as_class_and_custody_say(
    period_class: PeriodClass, custody: Custody, due: int, outer: int
) -> None:
    ten_days = Period(10, Unit.DAYS, period_class)
    computed = deadlines.compute(ten_days, NATIONAL_DAY, custody, CALENDAR)
    assert (computed.due_on, computed.outer_on) == (date(2026, 10, due), date(2026, 10, outer))


@calm
@given(days, lengths, st.sampled_from([Unit.DAYS, Unit.MONTHS]), classes, custodies)
def test_no_reading_is_later_than_the_outer_limit(
    first: date, length: int, unit: Unit, period_class: PeriodClass, custody: Custody
) -> None:
    period = Period(length, unit, period_class)
    computed = deadlines.compute(period, first, custody, CALENDAR)
    free = deadlines.compute(period, first, Custody.AT_LIBERTY, CALENDAR)
    assert first < computed.warn_on <= computed.unrolled_on
    assert computed.unrolled_on <= computed.due_on <= computed.outer_on <= free.outer_on
    assert computed.due_on in {computed.unrolled_on, free.outer_on}
    assert computed.steps[0].on == first
    if custody.counts_as_held:
        assert computed.due_on == computed.unrolled_on
    if custody is Custody.AT_LIBERTY and period_class is not PeriodClass.MEASURE:
        assert CALENDAR.is_working(computed.due_on)


@calm
@given(days, st.integers(1, 24))
def test_people_are_warned_from_the_plain_same_day(first: date, months: int) -> None:
    period = Period(months, Unit.MONTHS, PeriodClass.CUSTODY)
    computed = deadlines.compute(period, first, Custody.HELD, CALENDAR)
    assert computed.warn_on == (corresponding_day(first, months) or computed.due_on)


def test_a_measure_says_whether_a_person_is_held() -> None:
    assert Custody.under("detention") is Custody.HELD
    assert Custody.under("bail") is Custody.AT_LIBERTY
    assert Custody.under("custody_elsewhere").counts_as_held
    assert Custody.under(None).counts_as_held
    assert not Custody.under("designated_residence").counts_as_held
    with pytest.raises(KeyError):
        Custody.under("detained")


def test_the_steps_say_why() -> None:
    month = Period(1, Unit.MONTHS, PeriodClass.CUSTODY)
    free = deadlines.compute(month, day("2026-09-05"), Custody.AT_LIBERTY, CALENDAR)
    assert [(step.code, step.on, step.article) for step in free.steps] == [
        (StepCode.START_NOT_COUNTED, day("2026-09-05"), "CPL 105¶2"),
        (StepCode.SAME_DAY_OF_MONTH, day("2026-10-05"), "SPC-I 202¶1"),
        (StepCode.LAST_DAY_OFF, day("2026-10-05"), "CPL 105¶4"),
        (StepCode.ROLLED, day("2026-10-08"), "CPL 105¶4"),
    ]
    unknown = deadlines.compute(month, day("2026-09-05"), Custody.UNKNOWN, CALENDAR)
    assert [step.code for step in unknown.steps][-2:] == [
        StepCode.UNKNOWN_TAKEN_AS_HELD,
        StepCode.HELD_NOT_ROLLED,
    ]
    month_end = deadlines.compute(month, day("2026-02-28"), Custody.HELD, CALENDAR)
    assert month_end.steps[1].code is StepCode.MONTH_END_TO_MONTH_END
    assert month_end.warn_on == day("2026-03-28")
    clamped = deadlines.compute(month, day("2026-01-30"), Custody.HELD, CALENDAR)
    assert clamped.steps[1].code is StepCode.NO_SUCH_DAY_IN_MONTH


def test_a_date_beyond_the_known_calendar_is_provisional() -> None:
    six_months = Period(6, Unit.MONTHS, PeriodClass.MEASURE)
    computed = deadlines.compute(six_months, day("2026-08-31"), Custody.AT_LIBERTY, CALENDAR)
    assert (computed.due_on, computed.outer_on) == (day("2027-02-28"), day("2027-02-28"))
    assert computed.provisional
    assert computed.steps[-1].code is StepCode.CALENDAR_INCOMPLETE
    ten_days = Period(10, Unit.DAYS, PeriodClass.NEUTRAL)
    weekend = deadlines.compute(ten_days, day("2027-03-10"), Custody.AT_LIBERTY, CALENDAR)
    assert (weekend.due_on, weekend.provisional) == (day("2027-03-22"), True)
    known = deadlines.compute(ten_days, day("2026-11-22"), Custody.AT_LIBERTY, CALENDAR)
    assert not known.provisional


def test_an_end_that_rolls_out_of_the_unknown_is_provisional() -> None:
    ten_days = Period(10, Unit.DAYS, PeriodClass.NEUTRAL)
    computed = deadlines.compute(ten_days, day("2017-12-20"), Custody.AT_LIBERTY, CALENDAR)
    assert (computed.unrolled_on, computed.due_on) == (day("2017-12-30"), day("2018-01-02"))
    assert computed.provisional
