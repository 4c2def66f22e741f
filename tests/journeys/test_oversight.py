"""Three phones: the chief looks and notes, the handler objects and records an inquiry."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from jiantong.demo.journeys import CHIEF
from tests.journeys.conftest import ON_DUTY
from tests.journeys.phone import Phone

pytestmark = [pytest.mark.browser, pytest.mark.prove]

HandOut = Callable[[str], Phone]
INSPECTOR = "yunanzhi"
NOTE = "请说明本案证据是否充分。"
OBJECTION = "在案证据充分，批示与事实不符。"
SAID = "此人打听案件进展，要求从轻处理。"


def signed_in(phone: HandOut, username: str) -> Phone:
    one = phone(username)
    one.open("/sign-in")
    one.enter(username)
    one.signed_in()
    return one


def first_case(handler: Phone) -> str:
    """The address of a case on the handler's own list."""
    handler.open("/cases")
    expect(handler.heading).to_have_text("案件")
    handler.settled()
    path = handler.page.locator("a[href^='/cases/']").first.get_attribute("href")
    assert path is not None
    return path


def test_a_note_of_the_chief_is_objected_to_in_writing(phone: HandOut) -> None:
    handler, chief = signed_in(phone, ON_DUTY[0]), signed_in(phone, CHIEF)
    chief.open(first_case(handler))
    chief.settled()
    chief.tap("oversee")
    expect(chief.at("progress")).to_be_visible()
    chief.tick(kind="note")
    chief.fill(words=NOTE)
    chief.tap("oversee")
    expect(chief.at("oversight-entry")).to_have_count(2)
    chief.look("oversight-chief", "案件")

    handler.open("/tasks")
    handler.signed_in()
    handler.at("task-acknowledge_note").first.click()
    expect(handler.at("words")).to_have_text(NOTE)
    handler.tick(kind="objection")
    handler.fill(words=OBJECTION)
    handler.look("oversight-answer", "办案监督")
    handler.tap("submit")
    expect(handler.at("answer")).to_contain_text(OBJECTION)
    handler.look("oversight-answered", "办案监督")

    inspector = signed_in(phone, INSPECTOR)
    inspector.open("/oversight-entries")
    expect(inspector.at("oversight-entry")).to_have_count(2)
    inspector.look("oversight-list", "办案监督")


@pytest.mark.prove
def test_an_inquiry_is_recorded_and_lies_before_the_inspection(phone: HandOut) -> None:
    handler, inspector = signed_in(phone, ON_DUTY[0]), signed_in(phone, INSPECTOR)
    handler.open(first_case(handler))
    handler.tap("to-inquiry")
    handler.tick(kind="insider_inquiry", channel="phone", seems_unlawful="yes")
    handler.fill(asker_name="某甲", content=SAID, happened_at="2026-01-05T09:00")
    handler.look("inquiry-form", "记录过问")
    handler.tap("submit")
    expect(handler.at("asker")).to_have_text("某甲")
    handler.look("inquiry", "过问记录")

    inspector.open("/tasks")
    inspector.signed_in()
    inspector.at("task-review_inquiry").first.click()
    expect(inspector.page.get_by_text(SAID)).to_be_visible()
    inspector.tick(finding="no_breach")
    inspector.fill(remark="已核查。")
    inspector.look("inquiry-review", "过问记录")
    inspector.tap("submit")
    expect(inspector.at("review")).to_contain_text("已核查。")

    handler.open("/inquiries")
    expect(handler.at("inquiry").first).to_contain_text("已核查")
    handler.look("inquiries", "过问记录")


@pytest.mark.prove
def test_a_month_without_inquiries_is_reported(phone: HandOut) -> None:
    clerk, inspector = signed_in(phone, "baiyinuo"), signed_in(phone, INSPECTOR)
    clerk.open("/me")
    clerk.tap("to-inquiries")
    expect(clerk.page).to_have_url(re.compile("/inquiries$"))
    clerk.tap("to-reports")
    clerk.tap("declare")
    clerk.page.get_by_role("button", name="确认").click()
    expect(clerk.at("report")).to_contain_text("零报告")
    clerk.look("zero-report", "过问情况月报告")

    inspector.open("/inquiry-reports")
    inspector.at("filter-zero").check()
    expect(inspector.at("report")).to_have_count(1)
    inspector.look("inquiry-reports", "过问情况月报告")
