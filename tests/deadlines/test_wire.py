"""Calculations, rows and events on the wire: what the API, the ledger and the console all read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from services.deadlines.engine.arithmetic import CHINA_TIME, Custody
from services.deadlines.engine.calculation import calculate
from services.deadlines.engine.calendar import state_council_calendar
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
from services.deadlines.engine.rules import RestartReason
from services.deadlines.engine.table import rule_of
from services.deadlines.engine.wire import (
    KINDS,
    calculation_as_plain,
    event_as_plain,
    event_of_plain,
    events_of_plain,
    moment_of,
    rule_as_plain,
)

CALENDAR = state_council_calendar()
ON = date(2026, 3, 10)
EVALUATION = ExclusionReason.PSYCHIATRIC_EVALUATION


def test_a_date_goes_out_with_all_that_is_needed_to_see_check_and_explain_it() -> None:
    granted = Extended("special_circumstances", 2, on=date(2026, 10, 1))
    plain = calculation_as_plain(
        calculate("D04", date(2026, 9, 29), Custody.UNKNOWN, CALENDAR, [granted])
    )
    steps = plain.pop("steps")
    assert plain == {
        "rule": "D04",
        "kind": "deadline",
        "title_zh": "拘留后三日以内提请批准逮捕",
        "title_en": "Request approval of arrest within 3 days of detention",
        "trigger": "detention_executed",
        "trigger_zh": "执行拘留",
        "trigger_en": "execution of the detention",
        "started": "2026-09-29",
        "custody": "unknown",
        "events": [
            {
                "kind": "extended",
                "ground": "special_circumstances",
                "length": 2,
                "on": "2026-10-01",
            }
        ],
        "due_on": "2026-10-04",
        "outer_on": "2026-10-04",
        "due_at": None,
        "outer_at": None,
        "unrolled_on": "2026-10-04",
        "warn_on": "2026-10-04",
        "provisional": False,
        "flags": [],
        "article": "CPL 91¶1; MPS 129¶1",
        "article_zh": "刑诉法91条1款；公安程序规定129条1款",
        "explanation_zh": (
            "执行拘留之日（9月29日）不计入（刑诉法105条2款）；"
            "3日，至10月2日（刑诉法91条1款；公安程序规定129条1款；刑诉法105条1款）；"
            "特殊情况，延长一日至四日：自10月2日（未顺延）起连续计算2日，至10月4日"
            "（刑诉法91条1款；公安程序规定129条1款）；"
            "最后一日（10月4日）为节假日（刑诉法105条4款）；"
            "是否在押不明，按在押计算（刑诉法105条4款）；"
            "在押，不顺延（刑诉法105条4款）"
        ),
        "explanation_en": (
            "the day of execution of the detention (2026-09-29) is not counted [CPL 105¶2]; "
            "3 days, until 2026-10-02 [CPL 91¶1; MPS 129¶1; CPL 105¶1]; "
            "special circumstances, 1 to 4 days more: 2 days running on from 2026-10-02, "
            "the end before any roll, until 2026-10-04 [CPL 91¶1; MPS 129¶1]; "
            "the last day, 2026-10-04, is a day off [CPL 105¶4]; "
            "custody is unknown: taken as held [CPL 105¶4]; "
            "in custody: it does not move [CPL 105¶4]"
        ),
    }
    assert steps[2] == {
        "code": "extended_days",
        "reading": "both",
        "from_on": "2026-10-02",
        "length": 2,
        "on": "2026-10-04",
        "at": None,
        "article": "CPL 91¶1; MPS 129¶1",
        "article_zh": "刑诉法91条1款；公安程序规定129条1款",
        "choice": "extension_base",
        "choice_zh": ("前一期限因节假日顺延的，延长的期限自顺延日起，还是自未顺延的届满日起"),
        "choice_en": "Is an extension counted from the rolled or the unrolled end?",
        "kept_zh": "自未顺延的届满日起连续计算",
        "kept_en": "from the unrolled end",
        "other_zh": "同应办日",
        "other_en": "the same day",
        "zh": (
            "特殊情况，延长一日至四日：自10月2日（未顺延）起连续计算2日，至10月4日"
            "（刑诉法91条1款；公安程序规定129条1款）"
        ),
        "en": (
            "special circumstances, 1 to 4 days more: 2 days running on from 2026-10-02, "
            "the end before any roll, until 2026-10-04 [CPL 91¶1; MPS 129¶1]"
        ),
    }
    assert [step["choice"] for step in steps] == [
        None,
        None,
        "extension_base",
        "days_off",
        "custody_unknown",
        None,
    ]
    assert (steps[0]["from_on"], steps[0]["length"]) == (None, None)
    assert (steps[0]["choice_zh"], steps[0]["choice_en"]) == (None, None)
    assert (steps[0]["kept_zh"], steps[0]["other_en"]) == (None, None)


def test_a_period_in_hours_goes_out_to_the_minute_with_its_offset() -> None:
    begun = datetime(2026, 9, 7, 9, 20, tzinfo=CHINA_TIME)
    plain = calculation_as_plain(calculate("D01", begun, Custody.HELD, CALENDAR))
    assert plain["started"] == "2026-09-07T09:20:00+08:00"
    assert plain["due_at"] == "2026-09-08T09:20:00+08:00"
    assert plain["outer_at"] == "2026-09-08T10:00:00+08:00"
    assert (plain["due_on"], plain["outer_on"]) == ("2026-09-08", "2026-09-08")
    last = plain["steps"][-1]
    assert (last["from_on"], last["length"], last["on"]) == ("2026-09-07", 24, "2026-09-08")
    assert (last["reading"], last["at"]) == ("outer", "2026-09-08T10:00:00+08:00")
    assert last["zh"] == "开始的时不计入，外限至9月8日10时（刑诉法105条2款）"


def test_marks_and_provisional_dates_are_told_and_the_year_is_that_of_china() -> None:
    begun = datetime(2026, 12, 31, 17, tzinfo=UTC)
    plain = calculation_as_plain(calculate("D04", begun, Custody.HELD, CALENDAR, [Extended()]))
    assert plain["provisional"] is True
    assert plain["flags"] == ["range_taken_whole"]
    assert plain["due_on"] == "2027-01-08"
    assert "执行拘留之日（1月1日）不计入" in plain["explanation_zh"]
    assert plain["explanation_zh"].endswith("截至1月8日的放假安排尚未全部公布，日期暂定")


def test_what_has_no_last_day_goes_out_without_one() -> None:
    plain = calculation_as_plain(calculate("A01", ON, Custody.HELD, CALENDAR))
    days = ("due_on", "outer_on", "due_at", "outer_at", "unrolled_on", "warn_on")
    assert {plain[day] for day in days} == {None}


def test_a_row_goes_out_with_its_extensions_and_its_text() -> None:
    assert rule_as_plain(rule_of("D04", ON)) == {
        "rule": "D04",
        "kind": "deadline",
        "title_zh": "拘留后三日以内提请批准逮捕",
        "title_en": "Request approval of arrest within 3 days of detention",
        "trigger": "detention_executed",
        "trigger_zh": "执行拘留",
        "trigger_en": "execution of the detention",
        "binds": "police",
        "length": 3,
        "and_days": 0,
        "unit": "days",
        "class": "custody",
        "extensions": [
            {
                "ground": "special_circumstances",
                "more": 4,
                "at_least": 1,
                "unit": "days",
                "in_one_go": False,
                "zh": "特殊情况，延长一日至四日",
                "en": "special circumstances, 1 to 4 days more",
                "by_zh": "县级以上公安机关负责人",
                "by_en": "the head of a public-security organ at county level or above",
                "article": "CPL 91¶1; MPS 129¶1",
                "article_zh": "刑诉法91条1款；公安程序规定129条1款",
            }
        ],
        "extends": None,
        "restarts": [],
        "at_most": None,
        "per_case": False,
        "article": "CPL 91¶1; MPS 129¶1",
        "article_zh": "刑诉法91条1款；公安程序规定129条1款",
        "effective_from": "2018-10-26",
        "effective_until": None,
        "note_zh": "",
        "note_en": "",
    }


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "A01",
            {
                "kind": "immediate",
                "length": None,
                "and_days": 0,
                "unit": None,
                "class": None,
                "extensions": [],
            },
        ),
        ("C02", {"extends": "C01", "length": 1, "unit": "months"}),
        ("C01", {"restarts": ["identity_established", "new_crime"]}),
        ("R16", {"at_most": 2, "note_en": rule_of("R16", ON).note_en}),
        ("T02b", {"length": 1, "and_days": 15, "unit": "months"}),
    ],
)
def test_a_row_says_what_is_special_about_it(rule: str, said: Mapping[str, object]) -> None:
    plain = rule_as_plain(rule_of(rule, ON))
    assert {name: plain[name] for name in said} == said


def test_a_row_that_has_ended_says_when() -> None:
    ended = replace(rule_of("D04", ON), effective_until=date(2027, 1, 1))
    assert rule_as_plain(ended)["effective_until"] == "2027-01-01"


ON_THE_WIRE: tuple[tuple[Event, dict[str, Any]], ...] = (
    (Extended(), {"kind": "extended"}),
    (
        Extended("over_one_year", 5, ON, date(2026, 3, 9)),
        {
            "kind": "extended",
            "ground": "over_one_year",
            "length": 5,
            "on": "2026-03-10",
            "requested_on": "2026-03-09",
        },
    ),
    (ExtensionStated("over_one_year"), {"kind": "extension_stated", "ground": "over_one_year"}),
    (
        Excluded(EVALUATION, ON),
        {"kind": "excluded", "reason": "psychiatric_evaluation", "from_on": "2026-03-10"},
    ),
    (
        Excluded(ExclusionReason.RETENTION, ON, date(2026, 3, 20)),
        {
            "kind": "excluded",
            "reason": "retention",
            "from_on": "2026-03-10",
            "until_on": "2026-03-20",
        },
    ),
    (Travelled(2), {"kind": "travelled", "days": 2}),
    (Used(30), {"kind": "used", "days": 30}),
    (
        Restarted(RestartReason.NEW_CRIME, ON),
        {"kind": "restarted", "reason": "new_crime", "at": "2026-03-10"},
    ),
    (
        Restarted(
            RestartReason.NEW_ORGAN, datetime(2026, 3, 10, 9, tzinfo=timezone(timedelta(hours=8)))
        ),
        {"kind": "restarted", "reason": "new_organ", "at": "2026-03-10T09:00:00+08:00"},
    ),
    (
        CustodyChanged(Custody.AT_LIBERTY, ON),
        {"kind": "custody_changed", "custody": "at_liberty", "on": "2026-03-10"},
    ),
)


@pytest.mark.parametrize(("event", "plain"), ON_THE_WIRE, ids=lambda value: str(value)[:40])
def test_an_event_comes_back_as_it_went_out(event: Event, plain: dict[str, Any]) -> None:
    sent = event_as_plain(event)
    assert sent == plain
    assert {type(value) for value in sent.values()} <= {str, int}
    assert event_of_plain(plain) == event


def test_every_kind_of_event_is_known_on_the_wire() -> None:
    assert {type(event) for event, _ in ON_THE_WIRE} == set(KINDS.values())


def test_events_are_read_in_their_order_and_nulls_are_left_out() -> None:
    plain: list[dict[str, Any]] = [
        {"kind": "travelled", "days": 2},
        {"kind": "extended", "ground": None, "length": None, "on": None, "requested_on": None},
    ]
    assert events_of_plain(plain) == (Travelled(2), Extended())


@pytest.mark.parametrize(
    ("plain", "kind"),
    [
        ("extended", "extended"),
        ({}, None),
        ({"kind": None}, None),
        ({"kind": 7}, 7),
        ({"kind": ["extended"]}, ["extended"]),
        ({"kind": "shortened"}, "shortened"),
        ({"kind": "travelled"}, "travelled"),
        ({"kind": "travelled", "days": None}, "travelled"),
        ({"kind": "travelled", "days": "2"}, "travelled"),
        ({"kind": "travelled", "days": 2.0}, "travelled"),
        ({"kind": "travelled", "days": True}, "travelled"),
        ({"kind": "travelled", "days": 2, "on": "2026-03-10"}, "travelled"),
        ({"kind": "travelled", "days": 2, "nights": 1}, "travelled"),
        ({"kind": "extended", "on": "yesterday"}, "extended"),
        ({"kind": "extended", "on": 20260310}, "extended"),
        ({"kind": "excluded", "reason": "new_crime", "from_on": "2026-03-10"}, "excluded"),
        ({"kind": "restarted", "reason": "retention", "at": "2026-03-10"}, "restarted"),
        ({"kind": "custody_changed", "custody": "asleep", "on": "2026-03-10"}, "custody_changed"),
    ],
)
def test_what_is_no_event_is_refused_by_its_kind(plain: Any, kind: object) -> None:
    with pytest.raises(ImpossibleError) as refused:
        event_of_plain(plain)
    assert refused.value.problem is Problem.EVENT_UNREADABLE
    assert refused.value.details == {"kind": kind}


def test_a_moment_is_a_day_or_an_instant_with_its_offset() -> None:
    assert moment_of("2026-03-10") == ON
    assert type(moment_of("2026-03-10")) is date
    assert moment_of("2026-09-07T09:20+08:00") == datetime(2026, 9, 7, 1, 20, tzinfo=UTC)
    assert moment_of("2026-09-07T01:20:00Z") == datetime(2026, 9, 7, 1, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("", "today", "2026-02-30", "2026-3-10", "2026-09-07T25:00Z"),
        *("2026-W10-2", "20260310", "20260907T0920+0800"),  # Python reads these; people might not
    ],
)
def test_what_is_neither_a_day_nor_an_instant_is_refused_as_it_was_written(text: str) -> None:
    with pytest.raises(ImpossibleError) as refused:
        moment_of(text)
    assert refused.value.problem is Problem.DATE_UNREADABLE
    assert refused.value.details == {"text": text}


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(ImpossibleError) as refused:
        moment_of("2026-09-07T09:20")
    assert refused.value.problem is Problem.INSTANT_WITHOUT_OFFSET
