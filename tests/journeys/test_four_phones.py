"""A case travels over four phones: police, case management, the drawn prosecutor, the chief.

Everything is real: the server as `jiantong run` starts it, its worker and push service, the
phone app as it is built, a browser of the size of a phone.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.resources import files

import pytest
from playwright.sync_api import Locator, expect

from jiantong.demo.journeys import CHIEF, MANAGER, OFFICER
from jiantong.demo.phones import smallest_pdf
from jiantong.demo.suspects import Invented, Inventor
from services.kernel.act import SHANGHAI
from tests.journeys.conftest import ON_DUTY
from tests.journeys.phone import Phone

pytestmark = pytest.mark.browser

HandOut = Callable[[str], Phone]

WORLD = files("jiantong.demo").joinpath("data", "world.json")
NUMBER = "/suspects/0/document_number"


def test_a_case_travels_over_four_phones(phone: HandOut) -> None:
    police, manager, chief = phone("police"), phone("case-management"), phone("chief")
    prosecutors = {username: phone(username) for username in ON_DUTY}
    sign_in({OFFICER: police, MANAGER: manager, CHIEF: chief, **prosecutors})
    case = Case.invented()

    fill_in(police, case)
    mend_what_the_dry_run_finds(police, case)
    submit(police)
    ask_for_supplement(manager, case)
    send_after(police)
    number = accept(manager)
    prosecutor = prosecutors.pop(draw(manager))
    for one in prosecutors.values():
        assert not one.pushes, "whoever was not drawn hears nothing"
        one.close()
    opine(prosecutor, case)
    decision = approve(chief, case)
    return_receipt(police, case, decision)
    find_it_closed(manager, number)

    heard = {
        police: ["批准逮捕", "案件已受理", "要求补送材料"],
        manager: [
            "案件办结",
            "收到执行回执",
            "批准逮捕",
            "案件已受理",
            "材料已补送",
            "收到提请批准逮捕",
        ],
        prosecutor: ["案件办结", "收到执行回执", "批准逮捕", "新分案件待审查"],
        chief: ["审查逮捕意见待审批"],
    }
    for one, titles in heard.items():
        assert one.inbox((case.document_number, number)) == titles, one.who
        one.look(f"inbox-{one.who}", "消息")


def test_a_session_begins_with_the_right_password_survives_a_reload_and_ends(
    phone: HandOut,
) -> None:
    one = phone("session")
    one.expected = ("/api/v1/sessions",)
    one.begin("/cases")
    one.enter(CHIEF, "not the password")
    expect(one.at("sign-in-problem")).to_have_text("用户名或者口令不正确。")
    one.look("sign-in", "检通")
    one.enter(CHIEF)
    expect(one.heading).to_have_text("案件")
    one.page.reload()
    expect(one.at("case").first).to_be_visible()
    one.tap("tab-me")
    expect(one.at("push-state")).to_have_attribute("data-state", "listening")
    one.look("me", "我的")
    one.tap("sign-out")
    one.page.get_by_role("dialog").get_by_role("button", name="退出").click()
    expect(one.heading).to_have_text("检通")
    one.open("/me")
    expect(one.field("username")).to_be_visible()


def test_no_word_is_lost_in_a_lift(phone: HandOut) -> None:
    one = phone("lift")
    one.begin("/arrest-requests/new")
    one.enter("hanyuening")
    one.field("facts").fill("在进电梯以前写的。")
    one.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    one.cut_off()
    expect(one.at("offline-banner")).to_be_visible()
    one.field("facts").fill("在进电梯以前写的。在电梯里写的。")
    one.look("offline", "提请批准逮捕")
    one.tap("step-3")
    expect(one.at("check-result").get_by_role("alert")).to_contain_text("网络不可用")
    one.tap("submit")
    expect(one.at("form-problem")).to_contain_text("网络不可用")
    one.page.reload()
    expect(one.at("draft-restored")).to_be_visible()
    expect(one.field("facts")).to_have_value("在进电梯以前写的。在电梯里写的。")
    one.reconnect()
    expect(one.at("offline-banner")).to_have_count(0)
    one.tap("step-3")
    expect(one.page.get_by_test_id("finding-error").first).to_be_visible()
    one.look("form-errors", "提请批准逮捕")
    one.open("/arrest-requests/new")
    expect(one.field("facts")).to_have_value("在进电梯以前写的。在电梯里写的。")


@dataclass(frozen=True, slots=True)
class Case:
    """The case that travels."""

    suspect: Invented
    document_number: str
    now: datetime

    @classmethod
    def invented(cls) -> "Case":
        now = datetime.now(SHANGHAI)
        seed = int(now.timestamp())
        inventor = Inventor(seed)
        born_on = inventor.birthday(now.date(), youngest=20, oldest=50)
        number = f"云公青提捕字〔{now.year}〕{seed % 90_000 + 10_000}号"
        suspect = replace(inventor.invent("male", born_on=born_on), name="公孙渡")
        return cls(suspect, number, now)  # a name that nobody else in the demo world can have

    def day(self, ago: int) -> str:
        return (self.now.date() - timedelta(days=ago)).isoformat()

    def day_words(self, ago: int) -> str:
        day = self.now.date() - timedelta(days=ago)
        return f"{day.year}年{day.month}月{day.day}日"

    @property
    def mistyped(self) -> str:
        """The number with another check digit than GB 11643 computes."""
        right = self.suspect.document_number
        return right[:-1] + ("0" if right[-1] != "0" else "1")


def sign_in(phones: dict[str, Phone]) -> None:
    """All at once: whoever waits for one page lets the others load."""
    for one in phones.values():
        one.begin("/")
    for username, one in phones.items():
        one.enter(username)
    for one in phones.values():
        one.signed_in()


def fill_in(police: Phone, case: Case) -> None:
    suspect = case.suspect
    police.look("tasks-police", "今日待办")
    police.tap("tab-arrest-requests")
    police.look("requests", "我的提请")
    police.tap("new-request")
    police.fill(
        document_number=case.document_number,
        document_on=case.day(0),
        head_approved_on=case.day(0),
        facts=f"{case.day_words(2)}22时许，犯罪嫌疑人{suspect.name}在云江市青澜区新港街道一停车场内，"
        "砸破车窗窃得车内笔记本电脑1台（价值人民币6800元）及现金2300元，销赃后被民警抓获。",
        danger_grounds="无固定住所，曾因盗窃受过行政处罚，可能实施新的犯罪。",
    )
    police.tick(property_transferred="yes")
    police.look("form-document", "提请批准逮捕")
    police.tap("next")
    police.fill(
        suspects__0__name=suspect.name,
        suspects__0__document_number=case.mistyped,
        suspects__0__born_on=suspect.born_on.isoformat(),
        suspects__0__ethnicity=suspect.ethnicity,
        suspects__0__address=suspect.address,
        suspects__0__occupation=suspect.occupation,
        suspects__0__act_on=case.day(2),
        suspects__0__measure_began_at=f"{case.day(1)}T00:30",
    )
    police.tick(suspects__0__sex="male")
    police.look("form-suspect", "提请批准逮捕")
    police.tap("field-suspects-0-charge_ids-open")
    police.at("charge-search").fill("盗窃")
    charge = police.page.get_by_role("dialog").get_by_role("button", name="盗窃罪", exact=True)
    charge.click()
    expect(charge).to_have_attribute("aria-pressed", "true")
    police.look("form-charge", "提请批准逮捕")
    police.tap("charge-done")
    centres = police.field("suspects__0__detention_centre_id")
    expect(centres.locator("option")).not_to_have_count(1)
    centres.select_option(index=1)
    police.tap("next")
    for index, (kind, pages) in enumerate(
        {"诉讼文书": 32, "证据材料": 96, "款物移送清单": 1}.items(), start=1
    ):
        police.tap("file-item-add")
        police.choose(**{f"file_items__{index}__kind": kind})
        police.fill(
            **{f"file_items__{index}__title": kind, f"file_items__{index}__pages": str(pages)}
        )
    police.choose(attachment_kind="提请批准逮捕书")
    police.at("attachment-input").set_input_files(
        {
            "name": "提请批准逮捕书.pdf",
            "mimeType": "application/pdf",
            "buffer": smallest_pdf("Request for approval of arrest"),
        }
    )
    expect(police.at("attachment")).to_contain_text("提请批准逮捕书.pdf")
    police.look("form-papers", "提请批准逮捕")


def mend_what_the_dry_run_finds(police: Phone, case: Case) -> None:
    police.tap("next")
    warning = police.page.locator(f'[data-testid=finding-warning][data-pointer="{NUMBER}"]')
    expect(warning).to_be_visible()
    expect(police.at("submit")).to_be_enabled()
    police.look("form-check", "提请批准逮捕")
    warning.click()
    field = police.field("suspects__0__document_number")
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
    expect(field).to_have_value(case.mistyped)
    police.look("form-jump", "提请批准逮捕")
    field.fill(case.suspect.document_number)
    police.tap("step-3")
    expect(police.at("check-result").get_by_role("status")).to_be_visible()
    expect(warning).to_have_count(0)


def submit(police: Phone) -> None:
    police.tap("submit")
    expect(police.at("state")).to_have_text("待受理")
    police.look("request", "提请批准逮捕")


def ask_for_supplement(manager: Phone, case: Case) -> None:
    manager.hears()
    manager.shoot("banner-case-management")
    task_of(manager, case, "accept_request").click()
    manager.look("request-case-management", "提请批准逮捕")
    manager.tap("action-supplement")
    manager.choose(items__0__code="诉讼文书不全")
    manager.fill(items__0__detail="请补送拘留证。")
    manager.look("supplement", "要求补送")
    manager.tap("submit")
    expect(manager.at("supplements")).to_contain_text("请补送拘留证。")


def send_after(police: Phone) -> None:
    police.hears()
    police.look("request-to-supplement", "提请批准逮捕")
    police.tap("action-correct")
    expect(police.at("asked")).to_contain_text("请补送拘留证。")
    police.tap("step-2")
    police.tap("file-item-add")
    police.fill(file_items__4__title="拘留证", file_items__4__pages="1")
    police.choose(file_items__4__kind="拘留证")
    police.look("form-supplement", "更正提请")
    police.tap("next")
    expect(police.at("check-result").get_by_role("status")).to_be_visible()
    police.tap("submit")
    expect(police.at("state")).to_have_text("待受理")
    expect(police.at("supplements")).to_contain_text("补送")


def accept(manager: Phone) -> str:
    """Case management goes through the five checks of RULES 157; the case has its number."""
    manager.hears()
    expect(manager.at("supplements")).to_contain_text(re.compile(r"已于 .* 补送"))
    manager.tap("action-accept")
    for check in (
        "jurisdiction",
        "file_complete",
        "property_matches",
        "suspects_present",
        "in_time",
    ):
        manager.tick(**{f"checks__{check}": "ok"})
    manager.look("acceptance", "受理审查")
    manager.tap("submit")
    expect(manager.at("case-number")).to_be_visible()
    manager.look("case", "案件")
    return manager.at("case-number").inner_text()


def draw(manager: Phone) -> str:
    """Assign at random; the user name of whoever was drawn."""
    manager.tap("action-assign")
    manager.look("assignment", "分案")
    manager.tap("submit")
    expect(manager.at("handler")).not_to_have_text("尚未分案")
    handler = manager.at("handler").inner_text()
    manager.tap("to-draws")
    expect(manager.at("draw-handler")).to_have_text(handler)
    manager.look("draw", "分案记录")
    manager.tap("back")
    (username,) = [
        person["username"]
        for person in json.loads(WORLD.read_text(encoding="utf-8"))["people"]
        if person["name"] == handler
    ]
    return str(username)


def opine(prosecutor: Phone, case: Case) -> None:
    prosecutor.who = "prosecutor"
    prosecutor.hears()
    assert [push["class"] for push in prosecutor.pushes] == ["task"]
    prosecutor.shoot("banner-prosecutor")
    task_of(prosecutor, case, "review_arrest").click()
    prosecutor.look("review", "审查逮捕")
    prosecutor.tap("to-case")
    expect(prosecutor.page.get_by_role("heading", name="涉嫌犯罪事实")).to_be_visible()
    prosecutor.look("case-prosecutor", "案件")
    prosecutor.tap("back")
    prosecutor.file_interrogation()
    prosecutor.tap("action-opinion")
    prosecutor.tick(hearing="interrogated", proposal="approve")
    prosecutor.fill(
        reasons="有证据证明有犯罪事实，可能判处徒刑以上刑罚，采取取保候审尚不足以防止发生社会危险性。"
    )
    prosecutor.look("opinion", "审查逮捕意见")
    prosecutor.tap("submit")
    expect(prosecutor.at("state")).to_have_text("待审批")


def approve(chief: Phone, case: Case) -> str:
    """The chief procurator approves; the number of the decision."""
    chief.hears()
    task_of(chief, case, "approve_arrest").click()
    chief.look("review-chief", "审查逮捕")
    chief.tap("action-decision")
    chief.tick(outcome="approve")
    chief.look("decision", "审批")
    chief.tap("submit")
    chief.look("decision-sure", "审批")
    chief.page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(chief.at("decision-number")).to_be_visible()
    chief.look("decided", "审查逮捕")
    return chief.at("decision-number").inner_text()


def return_receipt(police: Phone, case: Case, decision: str) -> None:
    police.hears()
    police.open("/tasks")
    task_of(police, case, "return_receipt").click()
    expect(police.at("decision-number")).to_have_text(decision)
    police.tap("action-receipt")
    police.tick(outcome="executed")
    police.fill(executed_at=datetime.now(SHANGHAI).strftime("%Y-%m-%dT%H:%M"))
    police.look("receipt", "执行回执")
    police.tap("submit")
    expect(police.at("receipt")).to_contain_text("按期送达")
    expect(police.at("state")).to_have_text("已执行逮捕")
    police.look("receipted", "审查逮捕")


def find_it_closed(manager: Phone, number: str) -> None:
    manager.hears()
    expect(manager.at("case-number")).to_have_text(number)
    expect(manager.at("state").first).to_have_text("已办结")
    manager.look("closed", "案件")


def task_of(one: Phone, case: Case, kind: str) -> Locator:
    """The card of the case among today's tasks: it appears by itself, nothing is reloaded."""
    return one.at(f"task-{kind}").filter(has_text=case.suspect.name)
