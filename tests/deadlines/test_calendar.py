"""The calendar against the notices, an independent library, and the years written by hand."""

import json
from datetime import date, timedelta
from importlib.resources import files

import chinese_calendar  # type: ignore[import-untyped]
import pytest

from services.deadlines import WorkCalendar, state_council_calendar
from services.deadlines.engine.calendar import (
    VERSION,
    CalendarError,
    bundled_notices,
    changed_days,
    longest_rest,
)

CALENDAR = state_council_calendar()


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_every_day_from_2018_to_2026_is_as_the_notices_say() -> None:
    source = files("services.deadlines.engine").joinpath("data/state_council_holidays.json")
    notices = json.loads(source.read_text(encoding="utf-8"))
    assert sorted(notices) == [str(year) for year in range(2018, 2027)]
    off = {day for notice in notices.values() for day in notice["off"]}
    work = {day for notice in notices.values() for day in notice["work"]}
    for day in every_day(date(2018, 1, 1), date(2026, 12, 31)):
        written = str(day)
        worked = written in work or (day.isoweekday() < 6 and written not in off)
        assert CALENDAR.is_working(day) == worked, day


def test_an_independent_library_agrees_on_every_day() -> None:
    """No difference is tolerated; the library refuses the years that it does not know."""
    days = every_day(date(2018, 1, 1), date(2026, 12, 31))
    theirs = {day: chinese_calendar.is_workday(day) for day in days}

    assert len(days) == 3287
    assert [day for day in days if CALENDAR.is_working(day) != theirs[day]] == []
    with pytest.raises(NotImplementedError):  # as it answers for a year it does not know
        chinese_calendar.is_workday(date(2027, 1, 4))


def test_the_days_off_say_as_of_when_they_were_taken() -> None:
    assert date(2025, 11, 1) < date.fromisoformat(VERSION) < date(2030, 1, 1)


def test_the_days_that_two_calendars_say_differently_are_found() -> None:
    notices = bundled_notices()
    shorter = WorkCalendar.of_notices({year: notices[year] for year in notices if year < 2026})

    changed = changed_days(shorter, CALENDAR)

    assert changed == changed_days(CALENDAR, shorter)
    assert (changed[0], changed[-1]) == (date(2025, 12, 29), date(2026, 12, 28))
    assert len(changed) == 365, "every day of it is settled, whether or not it works otherwise"
    assert changed_days(CALENDAR, CALENDAR) == []


def test_a_day_moved_within_known_years_is_the_only_one_found() -> None:
    notices = bundled_notices()
    moved = [day for day in notices[2026]["work"] if day != "2026-10-10"]
    corrected = WorkCalendar.of_notices(notices | {2026: notices[2026] | {"work": moved}})

    assert changed_days(CALENDAR, corrected) == [date(2026, 10, 10)]


def test_the_longest_rest_is_the_spring_festival_of_2020() -> None:
    days = every_day(date(2018, 1, 1), date(2028, 12, 31))
    run = longest = 0
    for day in days:
        run = 0 if CALENDAR.is_working(day) else run + 1
        longest = max(longest, run)

    assert longest_rest(CALENDAR) == longest == 10


@pytest.mark.parametrize(
    ("year", "off", "work"),
    [
        (
            2024,
            "01-01 02-10..02-17 04-04..04-06 05-01..05-05 06-10..06-10 09-15..09-17 10-01..10-07",
            "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
        ),
        (
            2025,
            "01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08",
            "01-26 02-08 04-27 09-28 10-11",
        ),
        (
            2026,
            (
                "01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 "
                "10-01..10-07"
            ),
            "01-04 02-14 02-28 05-09 09-20 10-10",
        ),
    ],
)
def test_three_years_as_read_from_the_notices(year: int, off: str, work: str) -> None:
    days_off: set[date] = set()
    for run in off.split():
        first, _, last = run.partition("..")
        days_off |= set(
            every_day(
                date.fromisoformat(f"{year}-{first}"),
                date.fromisoformat(f"{year}-{last or first}"),
            )
        )
    make_up = {date.fromisoformat(f"{year}-{day}") for day in work.split()}
    for day in every_day(date(year, 1, 1), date(year, 12, 31)):
        expected = day in make_up or (day not in days_off and day.isoweekday() < 6)
        assert CALENDAR.is_working(day) == expected, day


def test_the_known_calendar_ends_where_the_next_notice_may_reach_back() -> None:
    assert CALENDAR.knows(date(2018, 1, 1))
    assert not CALENDAR.knows(date(2017, 12, 31))
    assert CALENDAR.knows(date(2026, 12, 28))
    assert not CALENDAR.knows(date(2026, 12, 29))
    assert not CALENDAR.knows(date(2027, 1, 4))


@pytest.mark.parametrize(
    ("year", "weekdays_off"),
    [(2027, ["01-01", "10-01"]), (2028, ["05-01", "05-02", "10-02", "10-03"])],
)
def test_beyond_the_known_calendar_weekends_and_fixed_days_are_off(
    year: int, weekdays_off: list[str]
) -> None:
    days = every_day(date(year, 1, 1), date(year, 12, 31))
    off = [day for day in days if not CALENDAR.is_working(day)]
    assert [f"{day:%m-%d}" for day in off if day.isoweekday() < 6] == weekdays_off
    assert [day for day in days if day.isoweekday() > 5] == [
        day for day in off if day.isoweekday() > 5
    ]


def test_the_second_of_may_is_off_since_2025() -> None:
    short = WorkCalendar.of_notices({2020: {}})
    assert short.is_working(date(2024, 5, 2))
    assert not short.is_working(date(2025, 5, 2))


def test_a_notice_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(CalendarError):
        WorkCalendar.of_notices({2026: {"off": ["2026-10-01"], "work": ["2026-10-01"]}})
    with pytest.raises(CalendarError):
        WorkCalendar.of_notices({2024: {}, 2026: {}})
    with pytest.raises(CalendarError):
        WorkCalendar.of_notices({})


def test_the_sources_are_the_public_notices() -> None:
    assert len(CALENDAR.papers) >= 9
    for paper in CALENDAR.papers:
        assert paper.split("/")[2] == "www.gov.cn"
