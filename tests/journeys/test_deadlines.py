"""Periods on the phone: what runs out is seen, explained, replayed, checked and answered for.

The installation's legal clock is three days ahead of the machine's, so that some periods of the
demo world have run out and every page has to go by the server's clock and not by the phone's.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from checks import CHECKOUT
from jiantong.demo import city
from jiantong.demo.journeys import CHIEF, MANAGER
from services.kernel.act import SHANGHAI
from services.policy import PostKind
from tests.deadlines.year_2027 import WORDING_2027, YEAR_2027
from tests.jiantong.test_supervisor import eventually
from tests.journeys.conftest import demo_server
from tests.journeys.phone import Phone

pytestmark = pytest.mark.browser

HandOut = Callable[[str], Phone]

AHEAD = 3
"""Days by which the legal clock is ahead."""
SWEPT_WITHIN = 150
"""Seconds until the watch, which looks each minute, has told of what the new clock brought."""
WORLD = files("jiantong.demo").joinpath("data", "world.json")


@pytest.fixture(scope="module")
def server(
    executable: str,  # noqa: ARG001  # no browser, no server
    demo_data: Path,
) -> Iterator[str]:
    """An installation of its own: nobody else may be carried three days ahead."""
    with demo_server(demo_data) as (address, data):
        surroundings = {"PATH": os.defpath, "DATA_DIR": str(data), "DEMO": "on"}
        subprocess.run(  # noqa: S603  # our own command, our own words
            [sys.executable, "-m", "jiantong", "demo", "clock", "--days", str(AHEAD)],
            cwd=CHECKOUT,
            env=surroundings,
            check=True,
        )
        yield address


def test_custody_that_has_run_out_stands_on_every_page_until_it_is_closed(phone: HandOut) -> None:
    chief, prosecutor = phone("chief"), phone("prosecutor")
    sign_in(chief, CHIEF)
    expect(chief.at("alarm")).to_be_visible()
    before = held_too_long(chief)
    for tab, title in {"cases": "案件", "inbox": "消息", "me": "我的", "deadlines": "期限"}.items():
        chief.tap(f"tab-{tab}")
        expect(chief.heading).to_have_text(title)
        alarm = chief.page.get_by_role("alert").filter(has_text="羁押期限已届满")
        expect(alarm).to_be_in_viewport()
        expect(alarm.get_by_role("button")).to_have_count(0)
    chief.look("deadlines-alarm", "期限")

    chief.tap("alarm")
    first = chief.at("deadline").first
    expect(first).to_contain_text("羁押期限已届满")
    expect(first).to_contain_text(re.compile(r"已逾期 \d+ 天"))
    first.click()
    expect(chief.at("clock")).to_have_attribute("data-light", "red")
    chief.look("deadline-expired", "期限")
    clock = chief.page.url.removeprefix(chief.base)

    decide(chief, prosecutor, clock)
    chief.open("/deadlines?light=red")
    chief.settled()
    if before == 1:
        expect(chief.at("alarm")).to_have_count(0)
    else:
        expect(chief.at("alarm")).to_be_visible()
        eventually(lambda: held_too_long(chief) == before - 1)


def test_a_period_shows_its_steps_and_what_was_thought_of_it_before(phone: HandOut) -> None:
    one = phone("case-management")
    sign_in(one, MANAGER)
    eventually(lambda: reminded(one), SWEPT_WITHIN)
    reminder = one.at("task-keep_deadline").first
    asked = reminder.get_by_test_id("task-detail").inner_text()
    one.look("tasks-reminded", "今日待办")
    reminder.click()
    expect(one.at("clock").get_by_role("heading")).to_have_text(asked)
    assert re.search(r"/deadlines/\d+$", one.page.url)
    due = one.at("due").inner_text()
    steps = one.at("steps").locator("li")
    expect(steps.first).to_contain_text("不计入")
    expect(steps.first).to_contain_text("刑诉法105条2款")
    expect(one.at("entries").locator("li").first).to_contain_text("起算")

    today = datetime.now(SHANGHAI).date() + timedelta(days=AHEAD)
    one.at("replay").fill((today - timedelta(days=1)).isoformat())
    expect(one.at("past")).to_contain_text("终了时的认识")
    one.look("deadline-replayed", "期限")
    one.tap("to-now")
    expect(one.at("past")).to_have_count(0)
    one.expected = ("T23%3A59%3A59%2B08%3A00",)
    one.at("replay").fill((today - timedelta(days=400)).isoformat())
    expect(one.page.locator("#replay-note")).to_contain_text("尚无这一期限")

    one.tap("reckon")
    expect(one.heading).to_have_text("期限计算")
    one.tap("compute")
    expect(one.at("result").get_by_test_id("due")).to_have_text(due)

    one.page.go_back()
    one.tap("to-case")
    expect(one.at("case-deadlines").get_by_test_id("earliest")).not_to_be_empty()
    one.look("case-deadlines", "案件")
    one.open("/deadlines?light=grey")
    expect(one.page.get_by_role("heading", name="应当立即")).to_be_visible()
    expect(one.at("deadline").first).to_contain_text(re.compile(r"法律未规定日数 · 已过 \d+"))
    one.look("deadlines-at-once", "期限")
    one.page.go_back()
    one.at("case-deadlines").get_by_test_id("deadline").first.click()
    expect(one.at("clock")).to_be_visible()


def test_the_calculator_answers_says_what_is_wrong_and_hands_its_answer_on(phone: HandOut) -> None:
    one = phone("calculator")
    one.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(one, CHIEF)
    one.tap("tab-me")
    one.tap("to-calculator")
    one.tap("compute")
    expect(one.page.get_by_text("此项须填写")).to_have_count(2)

    choose_rule(one, "R01", "重大 移送起诉 172条")
    one.fill(trigger="2026-09-05")
    one.tick(custody="held")
    assert computed(one) == "10月5日 周一"
    one.tick(custody="at_liberty")
    expect(one.at("result")).to_have_count(0)
    assert computed(one) == "10月8日 周四"
    one.look("calculator", "期限计算")
    choice = one.at("result").get_by_test_id("choice").first
    choice.get_by_text("法律在此有不同理解").click()
    expect(choice.get_by_test_id("kept")).not_to_be_empty()
    one.look("calculator-choice", "期限计算")

    one.tap("share")
    text = one.page.evaluate("navigator.clipboard.readText()")
    assert "R01" in text
    assert "应办日：10月8日 周四" in text
    assert "刑诉法172条1款" in text

    one.tap("add-restarted")
    reasons = one.at("event-0").get_by_role("radio")
    expect(reasons).to_have_count(1)
    expect(reasons).to_be_checked()
    choose_rule(one, "D04", "D04")
    expect(one.at("add-extended")).to_be_visible()
    expect(one.at("add-restarted")).to_have_count(0)
    one.fill(trigger="2026-09-28")
    one.tap("add-extended")
    one.fill(events__0__length="5")
    one.expected = ("/api/v1/deadline-calculations",)
    one.tap("compute")
    length = one.field("events__0__length")
    expect(length).to_have_attribute("aria-invalid", "true")
    expect(length).to_be_focused()
    one.look("calculator-refused", "期限计算")
    one.fill(events__0__length="4")
    one.tick(custody="held")
    assert computed(one) == "10月5日 周一"

    choose_rule(one, "D02", "通知家属 85条")
    expect(one.field("custody-held")).to_have_count(0)
    one.fill(trigger="2026-09-07T09:20")
    assert computed(one) == "9月8日 09:20"
    expect(one.at("result").get_by_test_id("outer")).to_contain_text("9月8日 10:00")


@pytest.mark.prove
def test_the_calculator_is_worked_by_keys_alone(phone: HandOut) -> None:
    one = phone("keys")
    sign_in(one, CHIEF)
    one.open("/deadlines/calculator")
    one.field("rule").focus()
    one.page.keyboard.press("Enter")
    search = one.at("rule-search")
    expect(search).to_be_focused()
    one.page.keyboard.type("R01")
    first = one.page.get_by_role("dialog").get_by_role("listitem").first
    expect(first).to_contain_text("R01")
    one.page.keyboard.press("Tab")
    one.page.keyboard.press("Enter")
    expect(search).to_be_hidden()
    one.fill(trigger="2026-09-05")
    one.at("compute").focus()
    one.page.keyboard.press("Enter")
    expect(one.page.get_by_role("heading", name="计算结果")).to_be_focused()


def test_what_is_late_is_answered_for_by_whoever_watches(phone: HandOut) -> None:
    one = phone("execution-supervision")
    (supervisor,) = city.usernames(PostKind.EXECUTION_SUPERVISOR, "qinglan")
    sign_in(one, supervisor)
    eventually(lambda: watched(one), SWEPT_WITHIN)
    one.look("monitoring", "流程监控")
    one.at("monitoring-entry").first.click()
    one.tick(grade="notice")
    one.fill(remark="超期羁押，请立即依法变更强制措施并书面回复。")
    one.look("monitoring-answer", "流程监控")
    one.tap("submit")
    expect(one.at("answer")).to_contain_text("发出纠正违法通知书")
    expect(one.at("state")).to_have_text("已处理")


@pytest.mark.prove
def test_a_notice_of_days_off_is_typed_in_by_one_and_confirmed_by_another(phone: HandOut) -> None:
    one, other = phone("administrator"), phone("security-officer")
    (administrator, *_) = accounts_of(PostKind.ADMINISTRATOR)
    (controller, *_) = accounts_of(PostKind.SECURITY_OFFICER)
    sign_in(one, administrator)
    one.tap("tab-me")
    one.tap("to-notices")
    one.look("notices", "节假日安排")
    one.tap("new-notice")
    one.fill(
        year="2027",
        title=YEAR_2027.title,
        number=YEAR_2027.number,
        page=YEAR_2027.page,
        wording=WORDING_2027,
    )
    for place, (begun, ended) in enumerate(runs(YEAR_2027.off)):
        if place:
            one.tap("run-add")
        one.fill(
            **{
                f"runs__{place}__from": begun.isoformat(),
                f"runs__{place}__until": ended.isoformat(),
            }
        )
    fill_in_worked(one, [*YEAR_2027.work[:-1], date(2027, 3, 3)])
    one.expected = ("/api/v1/calendar-notices",)
    one.tap("submit")
    wrong = one.field(f"make_up__{len(YEAR_2027.work) - 1}")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    one.look("notice-refused", "录入放假通知")
    wrong.fill(YEAR_2027.work[-1].isoformat())
    one.tap("submit")
    expect(one.at("state")).to_have_text("待确认")
    expect(one.at("confirm")).to_have_count(0)

    sign_in(other, controller)
    other.open("/calendar-notices")
    other.at("notice").first.click()
    expect(other.at("off").locator("li")).to_have_count(len(runs(YEAR_2027.off)))
    other.look("notice", "放假通知")
    other.tap("confirm")
    other.page.get_by_role("dialog").get_by_role("button", name="核对无误，生效").click()
    expect(other.at("state")).to_have_text("已生效")


def sign_in(one: Phone, username: str) -> None:
    one.begin("/")
    one.enter(username)
    one.signed_in()


def held_too_long(one: Phone) -> int:
    """How many the alarm tells of; a single one it calls by name."""
    found = re.search(r"(\d+) 人", one.at("alarm").inner_text())
    return int(found.group(1)) if found else 1


def decide(chief: Phone, prosecutor: Phone, clock: str) -> None:
    """The review of whoever is held too long comes to its decision, late as it is."""
    chief.tap("to-case")
    handler = chief.at("handler").inner_text()
    sign_in(prosecutor, username_of(handler))
    prosecutor.open(clock)
    name = prosecutor.at("clock").locator("dd b").first.inner_text()
    prosecutor.tap("to-case")
    prosecutor.at("review").filter(has_text=name).click()
    prosecutor.file_interrogation()
    prosecutor.tap("action-opinion")
    prosecutor.tick(hearing="interrogated", proposal="approve")
    prosecutor.fill(reasons="有证据证明有犯罪事实，可能判处徒刑以上刑罚，有社会危险性。")
    prosecutor.tap("submit")
    expect(prosecutor.at("state")).to_have_text("待审批")
    # By its address: what the chief has open is being loaded anew at this very moment.
    chief.open(prosecutor.page.url.removeprefix(prosecutor.base))
    expect(chief.at("state")).to_have_text("待审批")
    chief.tap("action-decision")
    chief.tick(outcome="approve")
    chief.tap("submit")
    chief.page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(chief.at("decision-number")).to_be_visible()


def reminded(one: Phone) -> bool:
    """Has a task come that asks to keep a period? Tasks are looked at afresh."""
    one.open("/tasks")
    one.settled()
    return one.at("task-keep_deadline").count() > 0


def watched(one: Phone) -> bool:
    """Has something come that is to be answered for?"""
    one.open("/monitoring-entries")
    one.settled()
    return one.at("monitoring-entry").count() > 0


def choose_rule(one: Phone, number: str, search: str) -> None:
    one.tap("field-rule")
    one.at("rule-search").fill(search)
    one.at(f"rule-{number}").click()
    expect(one.at("rule-search")).to_be_hidden()


def computed(one: Phone) -> str:
    """Compute, and read the day to keep."""
    one.tap("compute")
    due = one.at("result").get_by_test_id("due")
    expect(due).to_be_visible()
    return due.inner_text()


def fill_in_worked(one: Phone, days: list[date]) -> None:
    for place, day in enumerate(days):
        if place:
            one.tap("work-add")
        one.fill(**{f"make_up__{place}": day.isoformat()})


def runs(days: tuple[date, ...]) -> list[tuple[date, date]]:
    """Days put together to runs, as a notice announces them."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and found[-1][1] + timedelta(days=1) == day:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def username_of(name: str) -> str:
    (username,) = [one["username"] for one in people() if one["name"] == name]
    return str(username)


def accounts_of(post: PostKind) -> list[str]:
    return [
        one["username"] for one in people() if any(post.value == held for held, _ in one["posts"])
    ]


def people() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(WORLD.read_text(encoding="utf-8"))["people"]
    return found
