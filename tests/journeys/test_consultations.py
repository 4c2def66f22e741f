"""A consultation on three phones: invited, answered, spoken, advised, collected, concluded."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from jiantong.demo import phones
from jiantong.demo.journeys import MANAGER, OFFICER
from tests.journeys.phone import Phone

pytestmark = [pytest.mark.browser, pytest.mark.prove]

HandOut = Callable[[str], Phone]
PROSECUTOR, HER_NAME = "zhouyanbai", "周砚白"
TITLE = "“夜市”系列扒窃案"


def test_both_sides_consult_before_there_is_a_case(phone: HandOut, server: str) -> None:
    police, manager, prosecutor = phone("police"), phone("case-management"), phone("prosecutor")
    for one, username in ((police, OFFICER), (manager, MANAGER), (prosecutor, PROSECUTOR)):
        one.open("/sign-in")
        one.enter(username)
        one.signed_in()

    address = invite(police)
    answer(manager, address)
    advise(prosecutor, address)
    collect(police, address)
    conclude(prosecutor, address)
    manager.open(address)
    expect(manager.at("conclusion")).to_contain_text("可以提请批准逮捕")
    manager.look("consultation-concluded", "介入与协商")
    officer = phones.Phone(phones.Live(server), OFFICER)
    officer.sign_in()
    told = officer.get(address)
    assert (told["state"], len(told["views"])) == ("concluded", 1)
    assert told["case_id"] is None, "a consultation makes no case"


def invite(police: Phone) -> str:
    police.tap("tab-arrest-requests")
    police.tap("to-consultations")
    police.look("consultations", "介入与协商")
    police.tap("new-consultation")
    expect(police.heading).to_have_text("商请介入、协商")
    expect(police.at("submit")).to_be_disabled()
    police.tick(kind="pre_arrest", form="remote", ground="difficult")
    police.fill(title=TITLE, account="嫌疑人多次在夜市扒窃，部分被害人尚未找到。")
    police.tap("suspect-add")
    police.fill(suspects__0__label="“小六”")
    police.look("consultation-form", "商请介入、协商")
    police.tap("submit")
    expect(police.heading).to_have_text("介入与协商")
    expect(police.at("state")).to_have_text("待答复")
    police.look("consultation-invited", "介入与协商")
    return police.page.url.removeprefix(police.base)


def answer(manager: Phone, address: str) -> None:
    """Three taps from the task to the answer."""
    manager.open("/tasks")
    about = address.rpartition("/")[2]
    manager.page.locator(f"[data-testid=task-answer_consultation][data-about-id='{about}']").click()
    expect(manager.page.locator("b", has_text=TITLE)).to_be_visible()
    manager.tap("action-accept")
    manager.choose(handler_id=HER_NAME)
    manager.look("consultation-prosecutor", "指派检察官")
    manager.tap("submit")
    expect(manager.at("prosecutor")).to_have_text(HER_NAME)


def advise(prosecutor: Phone, address: str) -> None:
    prosecutor.open("/tasks")
    about = address.rpartition("/")[2]
    prosecutor.page.locator(
        f"[data-testid=task-hold_consultation][data-about-id='{about}']"
    ).click()
    prosecutor.tap("action-speak")
    prosecutor.fill(words="请先固定监控录像，再找被害人核实。")
    prosecutor.look("consultation-view", "发表意见")
    prosecutor.tap("submit")
    expect(prosecutor.at("view")).to_have_count(1)
    prosecutor.tap("action-opine")
    prosecutor.fill(words="现有证据只能证明一次扒窃。")
    prosecutor.tap("evidence-add")
    prosecutor.fill(evidence__0__what="夜市监控录像", evidence__0__purpose="证明多次扒窃")
    prosecutor.look("consultation-opinion", "书面意见")
    prosecutor.tap("submit")
    expect(prosecutor.at("evidence")).to_contain_text("待收集")


def collect(police: Phone, address: str) -> None:
    police.open(address)
    police.at("evidence").get_by_role("button").click()
    expect(police.at("evidence")).to_contain_text("已收集")
    police.look("consultation-collected", "介入与协商")


def conclude(prosecutor: Phone, address: str) -> None:
    prosecutor.open(address)
    prosecutor.tap("action-conclude")
    prosecutor.fill(words="证据已经补足，可以提请批准逮捕。")
    prosecutor.tap("submit")
    expect(prosecutor.at("state")).to_have_text("已结束")


@pytest.mark.prove
def test_a_procuratorate_says_what_it_offers(phone: HandOut) -> None:
    manager = phone("case-management")
    manager.open("/sign-in")
    manager.enter(MANAGER)
    manager.signed_in()
    manager.tap("tab-me")
    manager.tap("to-consultations")
    manager.tap("to-practice")
    manager.tick(remote="no")
    manager.look("consultation-practice", "协商方式")
    manager.tap("submit")
    expect(manager.heading).to_have_text("介入与协商")
    manager.tap("new-offer")
    expect(manager.at("field-form-remote")).to_have_count(0)
    expect(manager.at("field-form-present")).to_have_count(1)
    manager.look("consultation-offer", "主动介入")

    manager.open("/consultation-practice")
    manager.tick(remote="yes")
    manager.tap("submit")
    expect(manager.heading).to_have_text("介入与协商")


@pytest.mark.prove
def test_a_request_offers_what_it_may_have_followed(phone: HandOut) -> None:
    """Two taps link them; whoever receives the request then sees both."""
    police, manager = phone("police"), phone("case-management")
    for one, username in ((police, OFFICER), (manager, MANAGER)):
        one.open("/sign-in")
        one.enter(username)
        one.signed_in()
    police.open("/arrest-requests")
    police.at("request").first.click()
    police.at("to-unlinked").filter(has_text="返利群").click()
    police.look("consultation-linkable", "介入与协商")
    police.at("linkable").get_by_role("button").first.click()
    police.page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(police.at("state")).to_have_text("已提请")
    police.tap("to-request")
    address = police.page.url.removeprefix(police.base)

    manager.open(address)
    expect(manager.at("consultation-hints")).to_contain_text("参加")
    manager.look("consultation-hints", "提请批准逮捕")
