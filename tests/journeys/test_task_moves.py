"""Two phones: what lies with a post is claimed, given back, assigned; many at once; a follow-up."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, expect

from jiantong.demo.journeys import CHIEF, MANAGER
from services.kernel.act import SHANGHAI
from tests.journeys.phone import Phone

pytestmark = pytest.mark.browser

HandOut = Callable[[str], Phone]
NAME = "沈婉秋"


def signed_in(phone: HandOut, *usernames: str) -> list[Phone]:
    """All at once: whoever waits for one page lets the others load."""
    phones = [phone(username) for username in usernames]
    for one in phones:
        one.begin("/sign-in")
    for one in phones:
        one.enter(one.who)
    for one in phones:
        one.signed_in()
    return phones


def listed(one: Phone, **by: str) -> None:
    """The list of tasks that came with the sign-in, narrowed."""
    one.tap("narrow")
    one.tick(**by)
    one.settled()


def of_task(one: Phone, testid: str, task: str) -> Locator:
    return one.page.locator(f"[data-testid={testid}][data-task-id='{task}']")


def moved(one: Phone, steps: list[str]) -> None:
    """The moves of the task on the page, the oldest first, since this test began."""
    expect(one.at("move").nth(len(steps) - 1)).to_be_visible()
    told = [move.get_attribute("data-step") for move in one.at("move").all()]
    assert told[-len(steps) :] == steps


def claimed_and_returned(manager: Phone) -> str:
    """Take a task of the pool on and give it back; its id."""
    listed(manager, claimed="nobody")
    expect(manager.at("task-holder").first).to_have_text("待领取")
    manager.look("tasks-unclaimed", "今日待办")
    door = manager.at("to-moves").first
    task = door.get_attribute("data-task-id")
    assert task is not None
    door.click()
    manager.tap("step-claim")
    expect(manager.at("holder")).to_have_text("我已领取")
    manager.tap("step-return")
    expect(manager.at("move-go")).to_be_disabled()
    manager.fill(reason="本人下午参加听证。")
    manager.tap("move-go")
    expect(manager.at("holder")).to_have_text("待领取")
    moved(manager, ["claim", "return"])
    manager.look("task-moves", "办理待办")
    return task


def assigned(chief: Phone, task: str) -> None:
    """Whoever leads the office finds the task there and says who takes it on."""
    listed(chief, scope="office", claimed="nobody")
    of_task(chief, "to-moves", task).click()
    chief.tap("step-assign")
    chief.choose(to_id=NAME)
    chief.fill(reason="由值班人员办理。")
    chief.look("task-assign", "办理待办")
    chief.tap("move-go")
    expect(chief.at("holder")).to_have_text(f"{NAME} 已领取")
    moved(chief, ["claim", "return", "assign"])


def claimed_together(manager: Phone, task: str) -> None:
    """Claim two at once, of which one is taken already: it stays chosen, and the page says why."""
    manager.open("/tasks")
    manager.signed_in()
    free = manager.page.locator("li").filter(has=manager.page.get_by_text("待领取", exact=True))
    other = free.get_by_test_id("to-moves").first.get_attribute("data-task-id")
    manager.tap("choose")
    for one in (task, other):
        manager.page.locator(f"label[data-task-id='{one}'] input").check()
    expect(manager.at("chosen-count")).to_have_text("已选 2 件")
    manager.tap("bulk-claim")
    expect(manager.at("outcomes").get_by_role("heading")).to_have_text("1 件已办理，1 件未能办理")
    expect(manager.at("refused")).to_have_text("您此前已领取")
    expect(manager.at("chosen-count")).to_have_text("已选 1 件")
    manager.look("tasks-outcomes", "今日待办")
    manager.tap("bulk-follow_up")
    manager.fill(follow_up_on=datetime.now(SHANGHAI).date().isoformat())
    manager.look("tasks-follow-up", "今日待办")
    manager.tap("bulk-back")
    manager.tap("choose-none")
    expect(manager.at("bulk")).to_have_count(0)


def followed_up(manager: Phone) -> None:
    """Note something for oneself, and say that it was looked after."""
    words = f"向看守所核对送达回证 {uuid4().hex[:4]}"
    manager.tap("new-follow-up")
    manager.fill(words=words)
    manager.fill(due_on=(datetime.now(SHANGHAI).date() + timedelta(days=1)).isoformat())
    manager.look("follow-up-form", "记一条待办")
    manager.tap("submit")
    card = manager.at("task-follow_up").filter(has_text=words)
    expect(card).to_be_visible()
    card.click()
    expect(manager.at("task-detail")).to_have_text(words)
    manager.look("follow-up", "办理待办")
    manager.tap("step-complete")
    expect(manager.at("state")).to_have_text("已办结")
    moved(manager, ["make", "complete"])
    manager.tap("back")
    manager.signed_in()
    expect(card).to_have_count(0)


def test_tasks_of_a_post_change_hands_and_a_follow_up_is_completed(phone: HandOut) -> None:
    manager, chief = signed_in(phone, MANAGER, CHIEF)
    task = claimed_and_returned(manager)
    assigned(chief, task)
    claimed_together(manager, task)
    followed_up(manager)
