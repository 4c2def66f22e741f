"""Dates that lawyers worked out by hand, and those that public calculators get wrong.

E and K are single periods and chains worked out from the texts; each date is written down, none is
computed here.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from services.deadlines.engine.arithmetic import CHINA_TIME, Custody, Period, PeriodClass, Unit
from services.deadlines.engine.calculation import Calculation, Flag, calculate, calculate_row
from services.deadlines.engine.calendar import state_council_calendar
from services.deadlines.engine.events import (
    CustodyChanged,
    Event,
    Excluded,
    ExclusionReason,
    Extended,
    Restarted,
)
from services.deadlines.engine.periods import (
    MAJOR_OR_COMPLEX,
    arrest_review_rule,
    request_due,
)
from services.deadlines.engine.problems import ImpossibleError
from services.deadlines.engine.rules import RestartReason
from services.deadlines.engine.table import rule_of

CALENDAR = state_council_calendar()
HELD, FREE, UNKNOWN = Custody.HELD, Custody.AT_LIBERTY, Custody.UNKNOWN
ELSEWHERE, RESIDENCE = Custody.ELSEWHERE, Custody.DESIGNATED_RESIDENCE
GRANTED = (Extended(),)
"""The extension that comes first in the table's order."""


def day(text: str) -> date:
    return date.fromisoformat(text)


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA_TIME)


def ends(
    rule: str, trigger: str, custody: Custody, events: Sequence[Event] = ()
) -> tuple[str, str]:
    calculation = calculate(rule, day(trigger), custody, CALENDAR, events)
    return str(calculation.due_on), str(calculation.outer_on)


def calculated(
    rule: str, trigger: str, custody: Custody, events: Sequence[Event] = ()
) -> Calculation:
    return calculate(rule, day(trigger), custody, CALENDAR, events)


# One period


@pytest.mark.parametrize(
    ("rule", "trigger", "custody", "due", "outer"),
    [
        # E01: arrest review of a detained suspect ends inside National Day
        ("D06", "2025-09-29", HELD, "2025-10-06", "2025-10-06"),
        # E02: of a suspect not detained, it rolls
        ("D07", "2025-09-18", FREE, "2025-10-09", "2025-10-09"),
        ("D07", "2025-09-18", ELSEWHERE, "2025-10-03", "2025-10-09"),
        # E05: the last day is a make-up working Saturday
        ("D07", "2026-02-13", FREE, "2026-02-28", "2026-02-28"),
        ("D07", "2026-02-13", ELSEWHERE, "2026-02-28", "2026-02-28"),
        # E08: it rolls onto a working Sunday
        ("R01", "2024-01-12", HELD, "2024-02-12", "2024-02-12"),
        ("R01", "2024-01-12", FREE, "2024-02-18", "2024-02-18"),
        # E09: from the last of January to the last of February
        ("R01", "2025-01-31", HELD, "2025-02-28", "2025-02-28"),
        ("R01", "2025-01-31", FREE, "2025-02-28", "2025-02-28"),
        # E13: from the last of February to the last of March, whatever a clamp says
        ("R01", "2026-02-28", HELD, "2026-03-31", "2026-03-31"),
        ("R01", "2026-02-28", FREE, "2026-03-31", "2026-03-31"),
        ("R16", "2026-02-28", HELD, "2026-03-31", "2026-03-31"),
        ("R16", "2026-02-28", FREE, "2026-03-31", "2026-03-31"),
        # E15: from the last of a leap February to a Sunday
        ("R01", "2024-02-29", HELD, "2024-03-31", "2024-03-31"),
        ("R01", "2024-02-29", FREE, "2024-04-01", "2024-04-01"),
        # E23: twelve months of bail
        ("B01", "2024-02-29", FREE, "2025-02-28", "2025-02-28"),
        # E25: the police ask for reconsideration; the suspect is free, or held for something else
        ("A07", "2026-09-30", FREE, "2026-10-08", "2026-10-08"),
        ("A07", "2026-09-30", HELD, "2026-10-05", "2026-10-08"),
        ("A07", "2026-09-30", UNKNOWN, "2026-10-05", "2026-10-08"),
        # E28: protest against a judgment
        ("T06", "2026-09-23", FREE, "2026-10-08", "2026-10-08"),
        ("T06", "2026-09-23", HELD, "2026-10-03", "2026-10-08"),
        # E31: supervisors are told five working days before, and hear within three after
        ("L12", "2026-10-12", UNKNOWN, "2026-09-29", "2026-09-29"),
        ("L12b", "2026-10-12", UNKNOWN, "2026-10-08", "2026-10-08"),
        ("L12c", "2026-10-12", UNKNOWN, "2026-10-15", "2026-10-15"),
        # E36: six months of probation, beyond the known calendar
        ("X12", "2026-08-31", FREE, "2027-02-28", "2027-02-28"),
        # arrest review round Spring Festival and National Day
        ("D06", "2026-09-29", HELD, "2026-10-06", "2026-10-06"),
        ("D07", "2026-09-29", FREE, "2026-10-14", "2026-10-14"),
        ("D06", "2026-02-12", HELD, "2026-02-19", "2026-02-19"),
        # receipts and the police's fifteen days after a refusal
        ("A02", "2026-09-29", HELD, "2026-10-02", "2026-10-08"),
        ("A03", "2026-09-29", HELD, "2026-10-02", "2026-10-08"),
        ("A03", "2026-09-29", FREE, "2026-10-08", "2026-10-08"),
        ("A06", "2026-09-18", FREE, "2026-10-08", "2026-10-08"),
        # review for prosecution from one day to the next around the end of February
        ("R01", "2026-02-27", HELD, "2026-03-27", "2026-03-27"),
        ("R02", "2026-09-01", HELD, "2026-09-11", "2026-09-11"),
        # not fit for the expedited procedure: one month from the original receipt
        ("R01", "2026-09-01", HELD, "2026-10-01", "2026-10-01"),
        ("R01", "2026-09-01", FREE, "2026-10-08", "2026-10-08"),
        # returned on 25 February, received by the police on the 27th
        ("R16", "2026-02-27", HELD, "2026-03-27", "2026-03-27"),
        # the four ways a person may be held, or not, over National Day
        ("R01", "2026-09-05", HELD, "2026-10-05", "2026-10-05"),
        ("R01", "2026-09-05", UNKNOWN, "2026-10-05", "2026-10-05"),
        ("R01", "2026-09-05", ELSEWHERE, "2026-10-05", "2026-10-05"),
        ("R01", "2026-09-05", RESIDENCE, "2026-10-05", "2026-10-08"),
        ("R01", "2026-09-05", FREE, "2026-10-08", "2026-10-08"),
        # the ordinary custody of an arrest, and the request for a longer one
        ("C01", "2026-03-13", HELD, "2026-05-13", "2026-05-13"),
        ("C08", "2026-05-13", HELD, "2026-05-06", "2026-05-13"),
    ],
)
def test_single_periods(rule: str, trigger: str, custody: Custody, due: str, outer: str) -> None:
    assert ends(rule, trigger, custody) == (due, outer)


def test_an_end_inside_a_holiday_is_known_before_it_rolls() -> None:
    for rule, trigger, unrolled in (
        ("D07", "2025-09-18", "2025-10-03"),
        ("A07", "2026-09-30", "2026-10-05"),
        ("T06", "2026-09-23", "2026-10-03"),
        ("R01", "2026-09-05", "2026-10-05"),
    ):
        assert calculated(rule, trigger, FREE).unrolled_on == day(unrolled)


VECTORS = """\
2026-01-30,DAYS,20,2026-02-19,2026-02-24
2026-09-10,MONTHS,1,2026-10-10,2026-10-10
2025-01-31,MONTHS,1,2025-02-28,2025-02-28
2024-01-30,MONTHS,1,2024-02-29,2024-02-29
2026-02-28,MONTHS,1,2026-03-31,2026-03-31
2026-04-30,MONTHS,1,2026-05-31,2026-06-01
2026-11-30,MONTHS,1,2026-12-31,2026-12-31
2025-09-01,MONTHS,1,2025-10-01,2025-10-09
2026-08-20,MONTHS,1,2026-09-20,2026-09-20
2026-03-13,MONTHS,2,2026-05-13,2026-05-13
2026-03-13,MONTHS,7,2026-10-13,2026-10-13
2026-01-31,MONTHS,2,2026-03-31,2026-03-31
2025-08-31,MONTHS,6,2026-02-28,2026-02-28
2026-09-01,HALF_MONTHS,1,2026-09-16,2026-09-16
"""


@pytest.mark.parametrize("vector", VECTORS.split())
def test_the_machine_readable_vectors(vector: str) -> None:
    trigger, unit, length, not_rolled, rolled = vector.split(",")
    for period_class, held_outer in (
        (PeriodClass.CUSTODY, not_rolled),
        (PeriodClass.NEUTRAL, rolled),
    ):
        period = Period(int(length), Unit[unit], period_class)
        row = replace(rule_of("R01", day("2026-03-02")), period=period, extensions=())
        held = calculate_row(row, day(trigger), HELD, CALENDAR)
        free = calculate_row(row, day(trigger), FREE, CALENDAR)
        assert (str(held.due_on), str(held.outer_on)) == (not_rolled, held_outer)
        assert (str(free.due_on), str(free.outer_on)) == (rolled, rolled)


# Hours


def test_twenty_four_hours_run_from_the_detention() -> None:
    for rule in ("D01", "D02", "D03"):
        calculation = calculate(rule, china("2026-01-05 15:20"), HELD, CALENDAR)
        assert calculation.due_at == china("2026-01-06 15:20")
        assert calculation.outer_at == china("2026-01-06 16:00")
        assert str(calculation.due_on) == str(calculation.outer_on) == "2026-01-06"


def test_a_summoned_suspect_leaves_to_the_minute() -> None:
    arrived = china("2026-09-07 09:20")
    for events, leaves in (((), "2026-09-07 21:20"), (GRANTED, "2026-09-08 09:20")):
        calculation = calculate("D08", arrived, UNKNOWN, CALENDAR, events)
        assert (calculation.due_at, calculation.outer_at) == (china(leaves), china(leaves))


# Extensions and chains


@pytest.mark.parametrize(
    ("rule", "trigger", "custody", "events", "due", "outer"),
    [
        # K1: the longest detention by the police
        ("D04", "2026-01-05", HELD, (), "2026-01-08", "2026-01-08"),
        ("D04", "2026-01-05", HELD, (Extended(length=4),), "2026-01-12", "2026-01-12"),
        ("D04", "2026-01-05", HELD, (Extended(length=1),), "2026-01-09", "2026-01-09"),
        ("D05", "2026-01-05", HELD, (), "2026-02-04", "2026-02-04"),
        ("D06", "2026-02-04", HELD, (), "2026-02-11", "2026-02-11"),
        ("D07", "2026-02-04", FREE, (), "2026-02-24", "2026-02-24"),
        # K2: fifteen days more in custody, over the whole of National Day
        ("R01", "2026-08-31", HELD, (), "2026-09-30", "2026-09-30"),
        ("R01", "2026-08-31", HELD, GRANTED, "2026-10-15", "2026-10-15"),
        # K4: fifteen days more, to a Saturday
        ("R01", "2026-03-10", FREE, (), "2026-04-10", "2026-04-10"),
        ("R01", "2026-03-10", FREE, GRANTED, "2026-04-27", "2026-04-27"),
        ("R01", "2026-03-10", HELD, GRANTED, "2026-04-25", "2026-04-25"),
        # fifteen days more are counted from the unrolled end
        ("R01", "2026-09-05", FREE, GRANTED, "2026-10-20", "2026-10-20"),
        # a published indictment: from the last of December to the last of January, and 15 days
        ("R17", "2020-12-31", HELD, (), "2021-01-31", "2021-01-31"),
        ("R17", "2020-12-31", HELD, GRANTED, "2021-02-15", "2021-02-15"),
        # K6: two returns, the suspect held throughout
        ("R01", "2026-01-12", HELD, (), "2026-02-12", "2026-02-12"),
        ("R01", "2026-01-12", HELD, GRANTED, "2026-02-27", "2026-02-27"),
        ("R16", "2026-02-27", HELD, (), "2026-03-27", "2026-03-27"),
        ("R17", "2026-03-27", HELD, (), "2026-04-27", "2026-04-27"),
        ("R17", "2026-03-27", HELD, GRANTED, "2026-05-12", "2026-05-12"),
        ("R16", "2026-05-11", HELD, (), "2026-06-11", "2026-06-11"),
        ("R17", "2026-06-11", HELD, (), "2026-07-11", "2026-07-11"),
        ("R17", "2026-06-11", HELD, GRANTED, "2026-07-26", "2026-07-26"),
        ("R17", "2026-06-11", FREE, GRANTED, "2026-07-27", "2026-07-27"),
        # K9: prior detention in a case with retention, over Spring Festival
        ("S02", "2026-02-10", HELD, (), "2026-02-20", "2026-02-20"),
        ("S02", "2026-02-10", HELD, (Extended(length=4),), "2026-02-24", "2026-02-24"),
        # expedited procedure: ten days, fifteen over one year
        ("R02", "2026-09-01", HELD, GRANTED, "2026-09-16", "2026-09-16"),
        # twenty days for a major or complex case, over Spring Festival
        ("D07", "2026-01-30", FREE, (Extended(length=5),), "2026-02-24", "2026-02-24"),
        ("D07", "2026-01-30", ELSEWHERE, (Extended(length=5),), "2026-02-19", "2026-02-24"),
        # two months, three, five, seven: where no month ends in between, one date
        ("C01", "2026-03-13", HELD, GRANTED, "2026-06-13", "2026-06-13"),
        ("C01", "2026-03-13", HELD, GRANTED * 2, "2026-08-13", "2026-08-13"),
        ("C01", "2026-03-13", HELD, GRANTED * 3, "2026-10-13", "2026-10-13"),
        ("C04", "2026-03-13", HELD, (), "2026-10-13", "2026-10-13"),
        # where one does, two
        ("C01", "2026-07-30", HELD, (), "2026-09-30", "2026-09-30"),
        ("C02", "2026-07-30", HELD, (), "2026-10-30", "2026-10-31"),
        ("C01", "2026-07-30", HELD, GRANTED, "2026-10-30", "2026-10-31"),
        ("C01", "2025-12-28", HELD, (), "2026-02-28", "2026-02-28"),
        ("C02", "2025-12-28", HELD, (), "2026-03-28", "2026-03-31"),
        ("C01", "2025-12-30", HELD, (), "2026-02-28", "2026-02-28"),
        ("C02", "2025-12-30", HELD, (), "2026-03-30", "2026-03-31"),
    ],
)
def test_chains(  # noqa: PLR0917
    rule: str, trigger: str, custody: Custody, events: tuple[Event, ...], due: str, outer: str
) -> None:
    assert ends(rule, trigger, custody, events) == (due, outer)


def test_the_longest_police_detentions_are_ten_fourteen_and_thirty_seven_days() -> None:
    detained = day("2026-03-02")
    for rule, events, longest in (
        ("D04", (), 10),
        ("D04", (Extended(length=4),), 14),
        ("D05", (), 37),
    ):
        requested = calculate(rule, detained, HELD, CALENDAR, events).due_on
        assert requested is not None
        decided = calculate("D06", requested, HELD, CALENDAR).due_on
        assert decided == detained + timedelta(days=longest)


@pytest.mark.parametrize(
    ("extended_to", "last"),
    [("none", "2026-01-08"), ("seven_days", "2026-01-12"), ("thirty_days", "2026-02-04")],
)
def test_the_police_request_an_arrest_in_time(extended_to: str, last: str) -> None:
    assert str(request_due(day("2026-01-05"), extended_to, CALENDAR).outer_on) == last


def test_a_detained_suspect_is_decided_on_in_seven_days_another_in_fifteen_or_twenty() -> None:
    assert arrest_review_rule(HELD) == ("D06", None)
    assert arrest_review_rule(HELD, MAJOR_OR_COMPLEX) == ("D06", None)
    assert arrest_review_rule(UNKNOWN, MAJOR_OR_COMPLEX) == ("D06", None)
    assert arrest_review_rule(FREE) == ("D07", None)
    assert arrest_review_rule(FREE, MAJOR_OR_COMPLEX) == ("D07", MAJOR_OR_COMPLEX)
    assert arrest_review_rule(RESIDENCE) == ("D07", None)
    assert arrest_review_rule(ELSEWHERE) == ("D07", None)


def test_the_review_after_retention_ends_on_the_earlier_of_two_readings() -> None:
    retention = Excluded(ExclusionReason.RETENTION, day("2026-02-10"), day("2026-02-20"))
    assert ends("R01", "2026-02-09", HELD, (retention,)) == ("2026-03-19", "2026-03-20")


def test_a_plain_same_day_is_wrong_on_fifteen_days_of_three_years_and_a_warning_on_each() -> None:
    wrong = set()
    for n in range((day("2026-12-31") - day("2024-01-01")).days + 1):
        received = day("2024-01-01") + timedelta(days=n)
        calculation = calculate("R01", received, HELD, CALENDAR)
        assert calculation.warn_on is not None
        assert calculation.due_on is not None
        if calculation.warn_on != calculation.due_on:
            assert calculation.warn_on < calculation.due_on
            wrong.add(str(received))
    assert len(wrong) == 15
    assert {"2024-02-29", "2024-04-30", "2025-02-28", "2026-02-28", "2026-11-30"} <= wrong


# Custody that changes


@pytest.mark.parametrize(
    ("custody", "changes", "due", "outer"),
    [
        # K12: on bail before the end; arrested before the end
        (HELD, [(FREE, "2026-09-29")], "2026-10-08", "2026-10-08"),
        (FREE, [(HELD, "2026-09-29")], "2026-10-05", "2026-10-05"),
        # arrested between the unrolled and the rolled day: it has already expired
        (FREE, [(HELD, "2026-10-06")], "2026-10-05", "2026-10-05"),
        # released on the very last day, and after it
        (HELD, [(FREE, "2026-10-05")], "2026-10-05", "2026-10-08"),
        (HELD, [(FREE, "2026-10-06")], "2026-10-05", "2026-10-05"),
        # to and fro
        (HELD, [(FREE, "2026-09-20"), (HELD, "2026-09-29")], "2026-10-05", "2026-10-05"),
        (FREE, [(HELD, "2026-09-20"), (FREE, "2026-09-29")], "2026-10-08", "2026-10-08"),
        (HELD, [(FREE, "2026-09-29"), (HELD, "2026-10-07")], "2026-10-05", "2026-10-05"),
        # it comes to be known, and a residence designated
        (UNKNOWN, [(FREE, "2026-09-10")], "2026-10-08", "2026-10-08"),
        (FREE, [(RESIDENCE, "2026-09-10")], "2026-10-05", "2026-10-08"),
    ],
)
def test_custody_changes(
    custody: Custody, changes: list[tuple[Custody, str]], due: str, outer: str
) -> None:
    events = [CustodyChanged(after, day(on)) for after, on in changes]
    assert ends("R01", "2026-09-05", custody, events) == (due, outer)


def test_two_suspects_have_two_dates_and_the_case_the_earlier() -> None:
    due = [
        calculate("R01", day("2026-09-05"), custody, CALENDAR).due_on for custody in (HELD, FREE)
    ]
    assert due == [day("2026-10-05"), day("2026-10-08")]
    assert min(filter(None, due)) == day("2026-10-05")


# Requests for longer custody


def test_a_request_for_longer_custody_is_in_time_late_or_barred() -> None:
    def requested(on: str) -> Calculation:
        return calculated("C01", "2026-03-13", HELD, [Extended(requested_on=day(on))])

    assert str(calculated("C01", "2026-03-13", HELD).due_on) == "2026-05-13"
    assert Flag.REQUESTED_LATE not in requested("2026-05-06").flags
    for late in ("2026-05-07", "2026-05-10", "2026-05-13"):
        assert Flag.REQUESTED_LATE in requested(late).flags
        assert str(requested(late).due_on) == "2026-06-13"
    with pytest.raises(ImpossibleError):
        requested("2026-05-14")


def test_a_return_is_possible_twice() -> None:
    assert rule_of("R16", day("2026-02-27")).at_most == 2
    assert rule_of("T04", day("2026-02-27")).at_most == 2


def test_a_second_fifteen_days_in_one_round_are_refused_and_allowed_in_the_next() -> None:
    with pytest.raises(ImpossibleError):
        calculated("R01", "2026-03-10", HELD, GRANTED * 2)
    moved = Restarted(RestartReason.JURISDICTION_CHANGED, day("2026-04-01"))
    assert ends("R01", "2026-03-10", HELD, (*GRANTED, moved)) == ("2026-05-01", "2026-05-01")
    again = (*GRANTED, moved, *GRANTED)
    assert ends("R01", "2026-03-10", HELD, again) == ("2026-05-16", "2026-05-16")


def test_the_expedited_review_has_no_other_extension_than_its_own() -> None:
    with pytest.raises(ImpossibleError):
        calculated("R02", "2026-09-01", HELD, [Extended("major_or_complex")])
    with pytest.raises(ImpossibleError):
        calculated("D06", "2026-09-29", HELD, GRANTED)


# Beyond the known calendar


def test_beyond_the_known_calendar_weekends_and_fixed_days_are_off_and_the_date_provisional() -> (
    None
):
    probation = calculated("X12", "2026-08-31", FREE)
    assert probation.provisional
    for trigger, rolled in (
        ("2027-02-27", "2027-03-29"),  # a Saturday; from the plain 27th, not a month's last day
        ("2027-04-03", "2027-05-03"),  # a Monday; 1 and 2 May are off and no notice is known
        ("2027-04-01", "2027-05-03"),
        ("2028-04-01", "2028-05-03"),  # a Wednesday, behind two fixed days off
        ("2027-09-01", "2027-10-04"),
        ("2029-09-01", "2029-10-04"),  # a Thursday, behind three
    ):
        calculation = calculated("R01", trigger, FREE)
        assert (str(calculation.due_on), calculation.provisional) == (rolled, True)


def test_the_last_days_of_a_year_are_settled_by_the_next_years_notice() -> None:
    assert not calculated("R01", "2026-11-28", FREE).provisional
    assert calculated("R01", "2026-11-29", FREE).provisional
    assert not calculated("T06", "2026-11-22", FREE).provisional


# The supervisors' notice against the arrest review


def test_neither_five_nor_three_working_days_notice_fits_a_review_over_spring_festival() -> None:
    received = day("2026-02-12")
    assert not _fits("L12", received)
    assert not _fits("L12b", received)
    ordinary = day("2026-03-02")
    assert _fits("L12", ordinary)
    assert _fits("L12b", ordinary)


def _fits(notice: str, received: date) -> bool:
    """Can a hearing be held on a working day of the review, with notice on the day of receipt?"""
    due = calculate("D06", received, HELD, CALENDAR).due_on
    assert due is not None
    for n in range((due - received).days + 1):
        hearing = received + timedelta(days=n)
        told = calculate(notice, hearing, UNKNOWN, CALENDAR).due_on
        assert told is not None
        if CALENDAR.is_working(hearing) and told >= received:
            return True
    return False
