"""A quality review on phones: sampled, reviewed, objected to, decided, corrected."""

import json
from collections.abc import Callable
from datetime import datetime
from importlib.resources import files

import pytest
from playwright.sync_api import expect

from jiantong.demo import phones
from jiantong.demo.journeys import CHIEF, MANAGER
from services.kernel.act import SHANGHAI
from tests.journeys.phone import Phone

pytestmark = [pytest.mark.browser, pytest.mark.prove]

HandOut = Callable[[str], Phone]
FOUND, TO_MEND = "审查报告漏列一份证据。", "补正审查报告并附卷。"
OBJECTION, RULED = "该证据已在补充卷列明。", "补充卷形成于办结以后，维持等次。"
WORLD = files("jiantong.demo").joinpath("data", "world.json")


def test_a_closed_case_is_reviewed_and_what_was_found_is_mended(
    phone: HandOut, server: str
) -> None:
    watching = phones.Phone(phones.Live(server), MANAGER)
    watching.sign_in()
    manager = in_hand(phone, MANAGER)
    address = sample(manager)
    told = watching.get(address)
    reviewer = in_hand(phone, account_of(told["reviewer"]["name"]))
    handler = in_hand(phone, account_of(told["handler"]["name"]))

    review(reviewer, address)
    manager.open(address)
    manager.tap("notify")
    agree(manager, "告知")
    expect(manager.at("notify")).to_have_count(0)
    object_to(handler, address)
    chief = in_hand(phone, CHIEF)
    decide(chief, address)
    mend(handler, address)
    manager.open(address)
    manager.tap("correction-verify")
    expect(manager.at("correction")).to_contain_text("已核实")
    manager.look("quality-review-closed", "质量评查")

    final = watching.get(address)
    assert (final["state"], final["grade"]) == ("final", "basically_qualified")
    assert [fix["state"] for fix in final["corrections"]] == ["verified"]


def in_hand(phone: HandOut, username: str) -> Phone:
    one = phone(username)
    one.open("/sign-in")
    one.enter(username)
    one.signed_in()
    return one


def account_of(name: str) -> str:
    """The account of somebody whom the server names."""
    people = json.loads(WORLD.read_text())["people"]
    (found,) = (person["username"] for person in people if person["name"] == name)
    assert isinstance(found, str)
    return found


def agree(one: Phone, word: str) -> None:
    """Yes, that is meant."""
    one.page.get_by_role("dialog").get_by_role("button", name=word, exact=True).click()


def sample(manager: Phone) -> str:
    """One closed case of this year is drawn, and a colleague to review it."""
    today = datetime.now(SHANGHAI).date()
    manager.open("/quality-samplings/new")
    manager.tick(kind="routine")
    manager.tick(scope="one_year", reviewers_from="own_office")
    manager.fill(
        closed_from_on=f"{today.year - 1}-01-01",
        closed_until_on=today.isoformat(),
        number="1",
    )
    manager.look("sampling-form", "启动抽查")
    manager.tap("submit")
    expect(manager.heading).to_have_text("抽查")
    manager.tap("draw")
    agree(manager, "抽取")
    expect(manager.at("seed")).to_be_visible()
    manager.look("sampling-drawn", "抽查")
    number = manager.at("quality-review").get_attribute("data-review-id")
    return f"/quality-reviews/{number}"


def review(reviewer: Phone, address: str) -> None:
    """Through the five dimensions of the form, with one finding, to a proposed grade."""
    reviewer.open(address)
    reviewer.look("quality-review", "质量评查")
    reviewer.tap("begin")
    reviewer.tap("to-form")
    reviewer.page.locator("[data-testid^=add-]").first.click()
    reviewer.fill(
        findings__0__words=FOUND, findings__0__points_off="2", findings__0__correction=TO_MEND
    )
    reviewer.look("quality-form", "评查表 1/5")
    for place in range(2, 6):
        reviewer.tap("next-dimension")
        expect(reviewer.heading).to_have_text(f"评查表 {place}/5")
    reviewer.tap("next-dimension")
    expect(reviewer.at("tally")).to_contain_text("98")
    expect(reviewer.at("save-status")).to_have_attribute("data-saved", "true")
    reviewer.look("quality-tally", "评查表")
    reviewer.tap("to-proposal")
    reviewer.tick(grade="basically_qualified")
    reviewer.fill(words="一处文书瑕疵，不影响实体。")
    reviewer.look("quality-proposal", "提出等次")
    reviewer.tap("submit")
    expect(reviewer.heading).to_have_text("质量评查")


def object_to(handler: Phone, address: str) -> None:
    handler.open(address)
    expect(handler.at("answer-by")).to_be_visible()
    handler.tap("action-objection")
    handler.fill(reasons=OBJECTION)
    handler.look("quality-objection", "提出异议")
    handler.tap("submit")
    expect(handler.at("objection")).to_contain_text(OBJECTION)


def decide(chief: Phone, address: str) -> None:
    chief.open(address)
    chief.tap("action-objection-decision")
    chief.tick(outcome="dismissed")
    chief.tick(grade="basically_qualified")
    chief.fill(words=RULED)
    chief.look("quality-decision", "决定异议")
    chief.tap("submit")
    expect(chief.at("grade")).to_have_attribute("data-grade", "basically_qualified")


def mend(handler: Phone, address: str) -> None:
    handler.open(address)
    expect(handler.at("correction")).to_contain_text(TO_MEND)
    handler.tap("correction-correct")
    handler.fill(words="已补正并附卷。")
    handler.look("quality-correction", "质量评查")
    handler.tap("submit")
    expect(handler.at("correction")).to_contain_text("已补正并附卷。")
