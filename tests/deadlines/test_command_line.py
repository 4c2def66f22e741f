"""`jiantong deadlines`: dates that anybody can check, without a database, settings or a case."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from jiantong.__main__ import jiantong
from jiantong.deadlines import answers
from services.deadlines.engine.arithmetic import Custody
from services.deadlines.engine.calculation import calculate
from services.deadlines.engine.calendar import state_council_calendar
from services.deadlines.engine.table import TABLE
from services.deadlines.engine.wire import calculation_as_plain, rule_as_plain
from services.kernel.settings import CHECKOUT

HAN = re.compile(r"[\u4e00-\u9fff]")
BROKEN = {"PORT": "none", "DATABASE_URL": "nowhere", "DEMO": "perhaps", "DATA_DIR": "/dev/null"}
"""An environment in which no other command would start."""


def typed(*words: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(jiantong, ["deadlines", *words], input=given, env=BROKEN)


def computed(*words: str) -> dict[str, Any]:
    result = typed("compute", *words, "--json")
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def batch(*lines: object, json_too: bool = True) -> Result:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    words = ["compute", "--batch", "-", *(["--json"] if json_too else [])]
    return typed(*words, given=text.encode())


# One date


@pytest.mark.parametrize(
    ("words", "due_on", "outer_on"),
    [
        (("R01", "--trigger", "2026-09-05", "--custody"), "2026-10-05", "2026-10-05"),
        (("R01", "--trigger", "2026-09-05", "--no-custody"), "2026-10-08", "2026-10-08"),
        (("T06", "--trigger", "2026-09-23", "--custody"), "2026-10-03", "2026-10-08"),
        (("C02", "--trigger", "2026-07-30"), "2026-10-30", "2026-10-31"),
        (("C01", "--trigger", "2026-07-30", "--extend", "1"), "2026-10-30", "2026-10-31"),
        (
            ("R01", "--trigger", "2026-09-05", "--no-custody", "--extend", "1"),
            "2026-10-20",
            "2026-10-20",
        ),
        (("D04", "--trigger", "2026-09-07", "--extend-days", "2"), "2026-09-12", "2026-09-12"),
        (
            ("D04", "--trigger", "2026-09-07", "--extend", "1", "--extend-days", "4"),
            "2026-09-14",
            "2026-09-14",
        ),
    ],
)
def test_the_json_has_the_day_to_keep_and_the_latest_day(
    words: tuple[str, ...], due_on: str, outer_on: str
) -> None:
    answer = computed(*words)

    assert (answer["due_on"], answer["outer_on"]) == (due_on, outer_on)
    assert {"rule", "provisional", "article", "steps"} <= set(answer)
    assert answer["rule"] == words[0]
    assert answer["provisional"] is False
    assert answer["steps"]


def test_the_json_is_what_the_engine_says() -> None:
    counted = calculate("R01", date(2026, 9, 5), Custody.HELD, state_council_calendar())

    assert computed("R01", "--trigger", "2026-09-05", "--custody") == calculation_as_plain(counted)


def test_people_read_the_steps_in_chinese_with_their_articles() -> None:
    said = typed("compute", "R01", "--trigger", "2026-09-05", "--custody").stdout

    assert "应办日：2026-10-05（星期一）" in said
    assert "外限：2026-10-05（星期一）" in said
    assert "收到移送起诉案件之日（9月5日）不计入（刑诉法105条2款）" in said
    assert "1个月至10月5日（刑诉法172条1款；刑诉规则351条1款；高法解释202条1款）" in said
    assert "在押，不顺延（刑诉法105条4款）" in said
    assert "in custody" not in said


def test_english_stands_beside_it_when_asked_for() -> None:
    said = typed("compute", "R01", "--trigger", "2026-09-05", "--custody", "--english").stdout

    assert "在押，不顺延（刑诉法105条4款）" in said
    assert "in custody: it does not move [CPL 105¶4]" in said
    assert "应办日 day to keep：2026-10-05" in said


def test_hours_are_counted_from_an_instant_and_told_in_china_time() -> None:
    words = ("D08", "--trigger", "2026-09-07T01:20Z", "--custody")

    assert computed(*words)["due_at"] == "2026-09-07T21:20:00+08:00"
    assert "应办日：2026-09-07 21:20（星期一）" in typed("compute", *words).stdout


def test_custody_that_nobody_stated_is_taken_as_held_and_says_so() -> None:
    unsaid = computed("R01", "--trigger", "2026-09-05")

    assert unsaid["custody"] == "unknown"
    assert unsaid["due_on"] == "2026-10-05"
    for day in ("2026-09-05", "2026-09-07"):
        assert "是否在押不明，按在押计算" in typed("compute", "R01", "--trigger", day).stdout


@pytest.mark.parametrize("state", list(Custody))
def test_every_state_of_custody_can_be_named(state: Custody) -> None:
    assert computed("T06", "--trigger", "2026-09-23", "--state", state.value)["custody"] == state


def test_beyond_the_known_calendar_the_date_is_marked() -> None:
    words = ("R01", "--trigger", "2031-09-05", "--no-custody")

    assert computed(*words)["provisional"] is True
    assert "（暂定）" in typed("compute", *words).stdout


def test_what_has_no_last_day_says_so() -> None:
    assert computed("A01", "--trigger", "2026-09-05")["due_on"] is None
    assert "没有届满日" in typed("compute", "A01", "--trigger", "2026-09-05").stdout


def test_what_happened_can_be_given_in_any_order() -> None:
    answer = computed(
        *("C01", "--trigger", "2026-07-30", "--custody", "--extend", "1"),
        *("--exclude", "psychiatric_evaluation:2026-09-20..2026-09-30"),
        *("--restart", "new_crime:2026-09-10"),
        *("--custody-changed", "elsewhere:2026-09-15"),
    )

    assert [event["kind"] for event in answer["events"]] == [
        "restarted",
        "extended",
        "custody_changed",
        "excluded",
    ]
    assert answer["due_on"] == "2026-12-19", "two months from the new crime, one more, nine days"
    assert answer["outer_on"] == "2026-12-20", "ten days"


def test_days_on_the_way_and_days_used_before_are_counted() -> None:
    plain = computed("T06", "--trigger", "2026-09-07", "--no-custody")["due_on"]
    later = computed("T06", "--trigger", "2026-09-07", "--no-custody", "--travel", "3")["due_on"]
    used = computed("B01", "--trigger", "2026-09-07", "--no-custody", "--used", "30")

    assert (plain, later) == ("2026-09-17", "2026-09-20")
    assert used["due_on"] == "2027-08-08"


def test_days_still_left_out_are_marked() -> None:
    words = ("R01", "--trigger", "2026-09-05", "--exclude", "psychiatric_evaluation:2026-09-09..")

    assert computed(*words)["flags"] == ["still_not_counted"]
    assert "注意：不计入的期间尚未结束" in typed("compute", *words).stdout


def test_a_late_request_is_taken_and_marked_and_one_after_the_end_refused() -> None:
    words = ("C01", "--trigger", "2026-03-13", "--custody", "--requested-on")

    assert computed(*words, "2026-05-06")["flags"] == []
    assert computed(*words, "2026-05-10")["flags"] == ["requested_late"]
    refused = typed("compute", *words, "2026-05-14")
    assert refused.exit_code == 1
    assert "刑诉规则309条3款" in refused.stderr
    assert "RULES 309¶3" in refused.stderr


# What cannot be


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("Z99", "--trigger", "2026-09-05"), "rule_unknown"),
        (("r01", "--trigger", "2026-09-05"), "rule_unknown"),
        (("R01", "--trigger", "2026-02-30"), "date_unreadable"),
        (("R01", "--trigger", "yesterday"), "date_unreadable"),
        (("R01", "--trigger", "2017-09-05"), "date_out_of_range"),
        (("R01", "--trigger", "9999-12-31"), "date_out_of_range"),
        (("D01", "--trigger", "2026-09-05"), "instant_needed"),
        (("D01", "--trigger", "2026-09-05T09:20"), "instant_without_offset"),
        (("R01", "--trigger", "2026-09-05", "--extend", "2"), "no_further_extension"),
        (("R01", "--trigger", "2026-09-05", "--extend-days", "14"), "length_out_of_range"),
        (("D06", "--trigger", "2026-09-05", "--extend", "1"), "no_further_extension"),
        (("R01", "--trigger", "2026-09-05", "--travel", "2"), "travel_in_custody"),
        (("R01", "--trigger", "2026-09-05", "--used", "2"), "not_a_measure"),
        (("R01", "--trigger", "2026-09-05", "--restart", "rain:2026-09-07"), "event_unreadable"),
        (
            ("R01", "--trigger", "2026-09-05", "--custody-changed", "held:2026-09-01"),
            "event_out_of_order",
        ),
        (
            ("R01", "--trigger", "2026-09-05", "--exclude", "retention:2027-09-07.."),
            "excluded_after_expiry",
        ),
        (("R01", "--trigger", "2026-09-05", "--requested-on", "soon"), "date_unreadable"),
    ],
)
def test_what_cannot_be_counted_is_said_in_one_line_in_both_languages(
    words: tuple[str, ...], problem: str
) -> None:
    result = typed("compute", *words)
    as_json = typed("compute", *words, "--json")

    assert result.exit_code == as_json.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr == as_json.stderr
    assert HAN.search(result.stderr)
    error = json.loads(as_json.stdout)["error"]
    assert error["problem"] == problem
    assert result.stderr == f"jiantong: {error['zh']} {error['en']}\n"
    assert set(error) == {"problem", "zh", "en", "article"}


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("R01",),
        ("--trigger", "2026-09-05"),
        ("R01", "--trigger", "2026-09-05", "--extend", "-1"),
        ("R01", "--trigger", "2026-09-05", "--custody", "--state", "held"),
        ("R01", "--trigger", "2026-09-05", "--exclude", "retention"),
        ("R01", "--trigger", "2026-09-05", "--exclude", "retention:2026-09-07"),
        ("R01", "--batch", "-"),
        ("--batch", "-", "--extend", "1"),
        ("--batch", "/nowhere/at/all.jsonl"),
    ],
)
def test_a_command_that_makes_no_sense_is_answered_with_its_usage(words: tuple[str, ...]) -> None:
    result = typed("compute", *words)

    assert result.exit_code == 2
    assert "Usage:" in result.stderr
    assert result.stdout == ""


# Many dates


LINES = (
    {"rule": "R01", "trigger": "2026-09-05", "custody": True},
    {"rule": "R01", "trigger": "2026-09-05", "custody": False},
    {"rule": "T06", "trigger": "2026-09-23", "custody": "held"},
    {"rule": "C02", "trigger": "2026-07-30", "custody": None},
    {"rule": "D08", "trigger": "2026-09-07T09:20+08:00"},
    {"rule": "D04", "trigger": "2026-09-07", "custody": True, "extend_days": 2},
    {"rule": "C01", "trigger": "2026-07-30", "custody": True, "extend": 2},
    {
        "rule": "R01",
        "trigger": "2026-09-05",
        "custody": True,
        "events": [{"kind": "custody_changed", "custody": "at_liberty", "on": "2026-09-30"}],
    },
)


def test_a_batch_answers_each_line_in_its_order() -> None:
    result = batch(*LINES)

    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [answer["rule"] for answer in answers] == [line["rule"] for line in LINES]
    assert [answer["due_on"] for answer in answers] == [
        "2026-10-05",
        "2026-10-08",
        "2026-10-03",
        "2026-10-30",
        "2026-09-07",
        "2026-09-12",
        "2026-12-30",
        "2026-10-08",
    ]


def test_a_line_is_answered_as_the_single_command_answers() -> None:
    single = computed("R01", "--trigger", "2026-09-05", "--custody", "--extend", "1")
    line = {"rule": "R01", "trigger": "2026-09-05", "custody": True, "extend": 1}

    assert json.loads(batch(line).stdout) == single
    assert single["events"] == [{"kind": "extended"}]


def test_a_batch_comes_from_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "asked.jsonl"
    path.write_text("\n".join(map(json.dumps, LINES)) + "\n\n")

    result = typed("compute", "--batch", str(path), "--json")

    assert result.stdout == batch(*LINES).stdout
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "line_unreadable"),
        ("[]", "line_unreadable"),
        ("7", "line_unreadable"),
        ("[" * 100_000, "line_unreadable"),
        ("{}", "field_unreadable"),
        ({"rule": "R01"}, "field_unreadable"),
        ({"rule": 1, "trigger": "2026-09-05"}, "field_unreadable"),
        ({"rule": "R01", "trigger": 20260905}, "field_unreadable"),
        ({"rule": "R01", "trigger": "2026-09-05", "custody": 1}, "field_unreadable"),
        ({"rule": "R01", "trigger": "2026-09-05", "custody": "gaol"}, "custody_unreadable"),
        ({"rule": "R01", "trigger": "2026-09-05", "extend": True}, "field_unreadable"),
        ({"rule": "R01", "trigger": "2026-09-05", "extend": 10**9}, "field_unreadable"),
        ({"rule": "R01", "trigger": "2026-09-05", "extend_days": -1}, "field_unreadable"),
        ({"rule": "R01", "trigger": "2026-09-05", "events": {}}, "field_unreadable"),
        ({"rule": "R01", "trigger": "2026-09-05", "events": ["x"]}, "field_unreadable"),
        ({"rule": "R01", "trigger": "2026-09-05", "events": [{}]}, "event_unreadable"),
        ({"rule": "R01", "trigger": "2026-09-05", "trigers": ""}, "field_unknown"),
        ({"rule": "Z99", "trigger": "2026-09-05"}, "rule_unknown"),
        ({"rule": "R01", "trigger": "2026-09-05\u0000"}, "date_unreadable"),
    ],
)
def test_a_bad_line_says_why_in_its_place_and_the_others_are_counted(
    line: object, problem: str
) -> None:
    result = batch(LINES[0], line, LINES[1])

    first, bad, last = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 1
    assert (first["due_on"], last["due_on"]) == ("2026-10-05", "2026-10-08")
    assert bad["line"] == 2
    assert bad["error"]["problem"] == problem
    assert HAN.search(bad["error"]["zh"])
    assert bad["error"]["en"].endswith(".")


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=60).filter(lambda line: b"\n" not in line and b"\r" not in line),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "rule",
                            "trigger",
                            "custody",
                            "events",
                            "extend",
                            "kind",
                            "on",
                            "at",
                            "length",
                        ]
                    ),
                    inner | st.sampled_from(["R01", "D08", "2026-09-05", "extended", "restarted"]),
                    max_size=5,
                )
            ),
            max_leaves=12,
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_whatever_a_line_holds_it_is_answered(line: bytes) -> None:
    told = [json.loads(answer) for answer, _ in answers([line], as_json=True)]

    assert len(told) == (1 if line.strip() else 0)
    assert all(("error" in answer) != ("due_on" in answer) for answer in told)


def test_a_batch_is_answered_line_by_line_and_never_held_in_memory() -> None:
    read = 0

    def lines() -> Iterator[bytes]:
        nonlocal read
        while read < 1000:
            read += 1
            yield b'{"rule": "D06", "trigger": "2026-09-05", "custody": true}\n'

    told = 0
    for told, _ in enumerate(answers(lines(), as_json=True), 1):
        assert read == told
    assert told == 1000


def test_people_read_a_batch_in_one_line_each() -> None:
    result = batch(LINES[0], {"rule": "Z99", "trigger": "2026-09-05"}, json_too=False)

    assert result.stdout.splitlines() == [
        "R01\t2026-10-05\t2026-10-05",
        "2: 期限表中没有编号Z99。 The table knows no rule Z99.",
    ]
    assert result.exit_code == 1


# The table and the calendar


def test_the_table_is_listed_whole() -> None:
    listed = json.loads(typed("rules", "--json").stdout)

    assert listed == [rule_as_plain(rule) for rule in TABLE]
    said = typed("rules").stdout.splitlines()
    assert [line.split()[0] for line in said] == [rule.id for rule in TABLE]


def test_one_rule_is_shown_alone() -> None:
    assert [rule["rule"] for rule in json.loads(typed("rules", "R01", "--json").stdout)] == ["R01"]
    said = typed("rules", "R01").stdout
    assert "刑诉法172条1款" in said
    assert "CPL 172¶1" in said
    unknown = typed("rules", "Z99", "--json")
    assert unknown.exit_code == 1
    assert json.loads(unknown.stdout)["error"]["problem"] == "rule_unknown"


def test_the_calendar_is_shown_as_the_engine_knows_it() -> None:
    calendar = state_council_calendar()

    shown = json.loads(typed("calendar", "--json").stdout)

    days = {
        which: {date.fromisoformat(day) for year in shown["years"] for day in year[which]}
        for which in ("off", "work")
    }
    assert days == {"off": set(calendar.off), "work": set(calendar.work)}
    assert date.fromisoformat(shown["known_until"]) == calendar.known_until
    assert [paper for year in shown["years"] for paper in year["papers"]] == list(calendar.papers)


def test_a_year_is_shown_in_runs_of_days() -> None:
    said = typed("calendar", "2026").stdout

    assert "2026-10-01…2026-10-07" in said
    assert "2026-10-10" in said
    assert "放假安排已知：" in said
    unknown = typed("calendar", "1999", "--json")
    assert unknown.exit_code == 1
    assert json.loads(unknown.stdout)["error"]["problem"] == "year_unknown"


# The command itself


def test_it_runs_as_a_command_of_its_own() -> None:
    words = ("deadlines", "compute", "C02", "--trigger", "2026-07-30", "--json")

    ran = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "jiantong", *words],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        env={**BROKEN, "LC_ALL": "C.UTF-8"},
        check=False,
    )

    answer = json.loads(ran.stdout)
    assert ran.stderr == ""
    assert ran.returncode == 0
    assert (answer["due_on"], answer["outer_on"]) == ("2026-10-30", "2026-10-31")


def test_the_other_commands_still_ask_for_sound_settings() -> None:
    refused = CliRunner().invoke(jiantong, ["serve"], env=BROKEN)

    assert refused.exit_code == 1
    assert type(refused.exception).__name__ == "Misconfigured"


def test_every_command_is_listed() -> None:
    listed = CliRunner().invoke(jiantong, ["--help"]).stdout

    for name in ("deadlines", "demo", "migrate", "offices", "run", "serve", "users", "worker"):
        assert re.search(rf"^  {name} ", listed, re.MULTILINE), name
