"""The demo world holds no trace of real people and places, and the scan can find one."""

import re

import pytest

from jiantong.demo import scan

PLANTED = {
    "plate": "张某驾驶湘A·12345小型轿车。",
    "mobile number": "打电话13800138000联系。",
    "telephone number": "拨打0731-8888888报警。",
    "long number": "银行卡6222021234567890123。",
    "masked number": "共计×××××××元。",
    "garbled name": "被害人杨某乙责放风。",
    "stage of the court": "被告人到案后如实供述。",
    "road number": "沿S207行驶。",
    "house number": "乌桥路17号门前。",
    "real place": "在长沙市某路口。",
}


def test_the_demo_world_is_clean() -> None:
    assert scan.all_traces() == []


@pytest.mark.parametrize(("kind", "text"), PLANTED.items())
def test_a_planted_trace_is_found(kind: str, text: str) -> None:
    assert kind in {trace.kind for trace in scan.traces(text)}


def test_a_county_is_found_by_its_full_name() -> None:
    assert [trace.piece for trace in scan.traces("行驶至涡阳县境内")] == ["涡阳县"]


def test_every_text_of_the_demo_world_is_read() -> None:
    read = {where.partition("/")[0] for where, _ in scan.texts()}
    assert read == {"facts.json", "world.json", "names.json"}
    assert sum("facts.json" in where and where.endswith("/text") for where, _ in scan.texts()) == 46


def test_the_printed_scan_fails_on_a_trace(capsys: pytest.CaptureFixture[str]) -> None:
    assert scan.report(scan.all_traces()) == 0
    assert scan.report(list(scan.traces(PLANTED["plate"], "planted"))) == 1
    assert "planted: plate: 湘A·12345" in capsys.readouterr().out


def test_people_in_the_facts_are_placeholders_or_initials() -> None:
    for where, text in scan.texts():
        if where.startswith("facts.json") and where.endswith("/text"):
            holes = set(re.findall(r"\{[^}]*\}", text))
            assert all(re.fullmatch(r"\{(s[1-9]|(day|month|year)-\d+)\}", hole) for hole in holes)
