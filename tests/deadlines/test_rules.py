"""The rows of the table, on the dates that lawyers worked out by hand."""

import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from services import deadlines
from services.deadlines import TABLE, Computed, Custody, Kind, rule_of
from services.deadlines.rules import SOURCES, UnknownGroundError, UnknownRuleError

CALENDAR = deadlines.state_council_calendar()


def end(rule_id: str, start: str, custody: Custody, ground: str | None = None) -> Computed:
    day = date.fromisoformat(start)
    computed = rule_of(rule_id, day).ends(day, custody, CALENDAR, ground=ground)
    assert computed is not None
    return computed


@pytest.mark.parametrize(
    ("rule_id", "start", "custody", "ground", "due", "outer"),
    [
        # arrest review over National Day: held, it ends inside the holiday
        ("D06", "2026-09-29", "held", None, "2026-10-06", "2026-10-06"),
        ("D07", "2026-09-29", "at_liberty", None, "2026-10-14", "2026-10-14"),
        ("D06", "2025-09-29", "held", None, "2025-10-06", "2025-10-06"),
        ("D07", "2025-09-18", "at_liberty", None, "2025-10-09", "2025-10-09"),
        # the last day is a make-up working Saturday
        ("D07", "2026-02-13", "at_liberty", None, "2026-02-28", "2026-02-28"),
        ("D07", "2026-01-30", "at_liberty", "major_or_complex", "2026-02-24", "2026-02-24"),
        ("D07", "2026-01-30", "elsewhere", "major_or_complex", "2026-02-19", "2026-02-24"),
        ("D06", "2026-02-12", "held", None, "2026-02-19", "2026-02-19"),
        # the longest police detention: 30 and 7 days
        ("D04", "2026-01-05", "held", None, "2026-01-08", "2026-01-08"),
        ("D04", "2026-01-05", "held", "special_circumstances", "2026-01-12", "2026-01-12"),
        ("D05", "2026-01-05", "held", None, "2026-02-04", "2026-02-04"),
        ("D06", "2026-02-04", "held", None, "2026-02-11", "2026-02-11"),
        ("D07", "2026-02-04", "at_liberty", None, "2026-02-24", "2026-02-24"),
        # reconsideration: to be asked for by 5 October, at the latest by the 8th
        ("A07", "2026-09-30", "held", None, "2026-10-05", "2026-10-08"),
        ("A07", "2026-09-30", "unknown", None, "2026-10-05", "2026-10-08"),
        ("A07", "2026-09-30", "at_liberty", None, "2026-10-08", "2026-10-08"),
        ("A02", "2026-09-29", "held", None, "2026-10-02", "2026-10-08"),
        ("A03", "2026-09-29", "held", None, "2026-10-02", "2026-10-08"),
        ("A03", "2026-09-29", "at_liberty", None, "2026-10-08", "2026-10-08"),
        ("A06", "2026-09-18", "at_liberty", None, "2026-10-08", "2026-10-08"),
    ],
)
def test_worked_dates(  # noqa: PLR0917
    rule_id: str, start: str, custody: str, ground: str | None, due: str, outer: str
) -> None:
    computed = end(rule_id, start, Custody(custody), ground)
    assert (str(computed.due_on), str(computed.outer_on)) == (due, outer)


def test_twenty_four_hours_run_from_the_detention() -> None:
    detained = datetime(2026, 1, 5, 15, 20, tzinfo=deadlines.CHINA_TIME)
    for rule_id in ("D01", "D02", "D03"):
        computed = rule_of(rule_id, detained).ends(detained, Custody.HELD, CALENDAR)
        assert computed is not None
        assert computed.due_at == detained + timedelta(hours=24)
        assert computed.outer_at == datetime(2026, 1, 6, 16, tzinfo=deadlines.CHINA_TIME)
        assert (computed.due_on, computed.provisional) == (date(2026, 1, 6), False)


def test_an_approved_arrest_is_executed_at_once_and_has_no_length() -> None:
    rule = rule_of("A01", date(2026, 3, 2))
    assert rule.kind is Kind.IMMEDIATE
    assert rule.ends(date(2026, 3, 2), Custody.HELD, CALENDAR) is None


@pytest.mark.parametrize(
    ("extended_to", "last"),
    [("none", "2026-01-08"), ("seven_days", "2026-01-12"), ("thirty_days", "2026-02-04")],
)
def test_the_police_request_an_arrest_in_time(extended_to: str, last: str) -> None:
    computed = deadlines.request_due(date(2026, 1, 5), extended_to, CALENDAR)
    assert str(computed.outer_on) == last


def test_a_detained_suspect_is_decided_on_in_seven_days_another_in_fifteen_or_twenty() -> None:
    chosen = deadlines.arrest_review_rule
    grave = deadlines.MAJOR_OR_COMPLEX
    assert chosen(Custody.HELD) == ("D06", None)
    assert chosen(Custody.HELD, grave) == ("D06", None)
    assert chosen(Custody.UNKNOWN, grave) == ("D06", None)
    assert chosen(Custody.AT_LIBERTY) == ("D07", None)
    assert chosen(Custody.AT_LIBERTY, grave) == ("D07", grave)
    assert chosen(Custody.DESIGNATED_RESIDENCE) == ("D07", None)
    assert chosen(Custody.ELSEWHERE) == ("D07", None)


def test_a_period_is_counted_under_the_row_in_force_when_it_begins() -> None:
    for rule in TABLE:
        assert rule_of(rule.id, rule.effective_from) is rule
        with pytest.raises(UnknownRuleError):
            rule_of(rule.id, rule.effective_from - timedelta(days=1))
    with pytest.raises(UnknownRuleError):
        rule_of("D99", date(2026, 3, 2))


def test_a_row_ends_before_the_day_from_which_it_no_longer_holds() -> None:
    ended = replace(rule_of("D06", date(2026, 3, 2)), effective_until=date(2027, 1, 1))
    assert ended.holds_on(date(2026, 12, 31))
    assert not ended.holds_on(date(2027, 1, 1))


def test_an_unknown_ground_is_a_bug() -> None:
    with pytest.raises(UnknownGroundError):
        end("D07", "2026-03-02", Custody.AT_LIBERTY, "special_circumstances")
    with pytest.raises(UnknownGroundError):
        end("D06", "2026-03-02", Custody.HELD, "major_or_complex")


def test_the_table_is_whole() -> None:
    rows = [(rule.id, rule.effective_from) for rule in TABLE]
    assert len(rows) == len(set(rows))
    for rule in TABLE:
        articles = rule.articles + tuple(a for e in rule.extensions for a in e.articles)
        assert articles
        assert {article.source for article in articles} <= SOURCES.keys()
        assert rule.zh
        assert rule.en
        assert (rule.period is None) == (rule.kind is Kind.IMMEDIATE)
        for extension in rule.extensions:
            assert rule.period is not None
            assert extension.up_to > rule.period.length


def test_the_committed_page_is_the_tables() -> None:
    committed = Path(__file__).parents[2] / "docs" / "deadlines.md"
    assert committed.read_text(encoding="utf-8") == deadlines.page(), (
        "run: python -m services.deadlines > docs/deadlines.md"
    )


def test_every_row_stands_on_the_page() -> None:
    page = deadlines.page()
    for rule in TABLE:
        assert f"| {rule.id} |" in page
        assert rule.zh in page
        assert rule.article_zh in page


def test_the_page_is_printed_by_the_module() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "services.deadlines"],
        check=True,
        capture_output=True,
        cwd=Path(__file__).parents[2],
        encoding="utf-8",
    )
    assert printed.stdout == deadlines.page()
