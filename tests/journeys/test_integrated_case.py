"""Four phones: the police transfer an arrested suspect's case, and it is returned once.

Nobody types anything twice; a decision of the chief procurator is three taps from the task.
"""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import expect

from jiantong.demo import city, phones
from jiantong.demo.journeys import CHIEF, MANAGER, OFFICER
from services.kernel.act import SHANGHAI
from services.policy import PostKind
from tests.journeys.phone import Phone

pytestmark = pytest.mark.browser

HandOut = Callable[[str], Phone]
DOCUMENT = "云公青诉字〔2026〕99001号"
OUTLINE = "一、调取案发现场监控录像；二、对赃物补充价格认定。"


def arrested(server: str) -> tuple[int, str]:
    """A case all of whose suspects are arrested and not yet transferred, and the first's name."""
    officer = phones.Phone(phones.Live(server), OFFICER)
    officer.sign_in()
    for brief in officer.get("/cases?kind=arrest&limit=100")["items"]:
        case = officer.get(f"/cases/{brief['id']}")
        reviews = case["arrest_reviews"]
        if reviews and all(one["state"] == "arrested" for one in reviews):
            return int(case["id"]), str(reviews[0]["suspect"]["name"])
    pytest.fail("the demo world holds no arrested suspect")


def review_states(server: str, case_id: int) -> set[str]:
    """Where the arrest reviews of the case stand, as the police read them."""
    officer = phones.Phone(phones.Live(server), OFFICER)
    officer.sign_in()
    return {one["state"] for one in officer.get(f"/cases/{case_id}")["arrest_reviews"]}


def username_of(server: str, name: str) -> str:
    """The account of the prosecutor of that name."""
    for username in city.usernames(PostKind.PROSECUTOR, "qinglan"):
        one = phones.Phone(phones.Live(server), username)
        one.sign_in()
        if one.name == name:
            return str(username)
    pytest.fail(f"nobody is called {name}")


def transfer(police: Phone, case_id: int) -> None:
    police.open(f"/cases/{case_id}")
    police.settled()
    police.tap("action-transfer")
    expect(police.at("known-suspect").first).to_be_visible()
    expect(police.field("facts")).not_to_have_value("")
    today = datetime.now(SHANGHAI).date().isoformat()
    police.fill(document_number=DOCUMENT, document_on=today)
    police.look("transfer-form", "移送起诉")
    police.tap("submit")
    expect(police.at("state")).to_have_text("待受理")
    police.look("transfer", "移送起诉")


def accept(manager: Phone, name: str) -> str:
    """Accept it and give it to its handler; the handler's name."""
    task(manager, "accept_transfer", name)
    manager.tap("action-accept")
    for check in (
        "jurisdiction",
        "file_complete",
        "property_matches",
        "suspects_present",
        "in_time",
    ):
        manager.tick(**{f"checks__{check}": "ok"})
    manager.look("transfer-acceptance", "受理审查")
    manager.tap("submit")
    expect(manager.at("case-number")).to_contain_text("诉受")
    manager.tap("action-assign")
    manager.tap("submit")
    expect(manager.at("handler")).not_to_have_text("尚未分案")
    manager.look("case-prosecution", "案件")
    return manager.at("handler").inner_text()


def task(one: Phone, kind: str, name: str) -> None:
    """Open the task of that kind about that suspect."""
    one.at(f"task-{kind}").filter(has_text=name).first.click()


def step(one: Phone, code: str) -> None:
    """Open the form of a step, wherever on the page its button is."""
    one.settled()
    button = one.at(f"step-{code}").first
    expect(button).to_be_attached()
    if not button.is_visible():  # in one of the groups below the main ones
        button.locator("xpath=ancestor::details").locator("summary").click()
    button.click()
    expect(one.at("submit")).to_be_visible()


def sent(one: Phone) -> None:
    """Send the form, and say so again where the phone asks."""
    one.tap("submit")
    sure = one.page.get_by_role("dialog").get_by_role("button", name="确定")
    if sure.count():
        sure.click()
    expect(one.at("state").first).to_be_visible()


def approve(chief: Phone, name: str) -> None:
    """Three taps from the task: the proposal, yes, and yes again."""
    chief.open("/tasks")
    chief.signed_in()
    task(chief, "decide_proposal", name)
    expect(chief.at("said")).to_contain_text(OUTLINE)
    chief.look("proposal", "审批")
    proposal = chief.page.url.removeprefix(chief.base)
    chief.tap("approve")
    chief.page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(chief.heading).to_have_text("今日待办")
    chief.open(proposal)
    expect(chief.at("decision-number")).to_contain_text("退补")
    chief.look("proposal-decided", "审批")


def send_again(police: Phone, name: str) -> None:
    """The police read what is wanted, and nothing of what stays inside."""
    police.open("/tasks")
    police.signed_in()
    task(police, "investigate_further", name)
    expect(police.at("state").first).to_have_text("退回补充侦查（调查）")
    expect(police.at("history")).to_contain_text(OUTLINE)
    expect(police.at("history")).not_to_contain_text("供认不讳")
    police.look("prosecution-police", "审查起诉")
    step(police, "transfer_again")
    police.fill(given__found="已调取监控录像，补充价格认定。")
    sent(police)
    expect(police.at("state").first).to_have_text("审查起诉中")


def test_an_arrested_suspect_is_transferred_reviewed_and_returned(
    phone: HandOut, server: str
) -> None:
    case_id, name = arrested(server)
    police, manager, chief = (phone(who) for who in ("police", "case-management", "chief"))
    for one, username in ((police, OFFICER), (manager, MANAGER), (chief, CHIEF)):
        one.open("/sign-in")
        one.enter(username)
        one.signed_in()
    transfer(police, case_id)
    manager.open("/tasks")
    manager.signed_in()
    assert review_states(server, case_id) == {"arrested"}, "over with the assignment, not before"
    handler = accept(manager, name)

    assert review_states(server, case_id) == {"for_prosecution"}
    prosecutor = phone("prosecutor")
    prosecutor.open("/sign-in")
    prosecutor.enter(username_of(server, handler))
    prosecutor.signed_in()
    task(prosecutor, "review_prosecution", name)
    expect(prosecutor.at("charges")).to_be_visible()
    prosecutor.look("prosecution", "审查起诉")
    step(prosecutor, "tell_rights")
    prosecutor.tick(given__told="suspect")
    prosecutor.tick(given__told="victim")
    prosecutor.tick(given__form="written")
    prosecutor.look("step-form", "告知权利")
    sent(prosecutor)
    prosecutor.file_interrogation("file-interrogation", "charges")
    step(prosecutor, "interrogate")
    prosecutor.fill(
        given__on=datetime.now(SHANGHAI).date().isoformat(), given__summary="供认不讳。"
    )
    prosecutor.tick(given__form="in_person")
    sent(prosecutor)
    expect(prosecutor.at("taken")).to_have_count(2)
    step(prosecutor, "return_case")
    prosecutor.fill(given__outline=OUTLINE, given__reasons="主要犯罪事实证据不足。")
    prosecutor.look("step-return", "退回补充侦查（调查）")
    sent(prosecutor)
    expect(prosecutor.at("to-proposal").first).to_be_visible()
    prosecutor.look("prosecution-proposed", "审查起诉")

    approve(chief, name)
    send_again(police, name)
