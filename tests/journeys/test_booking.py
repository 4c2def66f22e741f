"""An interrogation on a phone: three taps to a booked slot; made ready, moved, cancelled."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from jiantong.demo import phones
from tests.journeys.phone import Phone

pytestmark = [pytest.mark.browser, pytest.mark.prove]

HandOut = Callable[[str], Phone]
HANDLERS = ("zhouyanbai", "tangyuji")


def test_three_taps_book_an_interrogation(phone: HandOut, server: str) -> None:
    username, review_id = detained(server)
    prosecutor = phone("prosecutor")
    prosecutor.open("/sign-in")
    prosecutor.enter(username)
    prosecutor.signed_in()
    prosecutor.open(f"/arrest-reviews/{review_id}")

    prosecutor.tap("book-interrogation")
    expect(prosecutor.at("slots")).to_be_visible()
    prosecutor.page.locator("[data-testid^=slot-]").first.check()
    expect(prosecutor.at("held")).to_be_visible()
    prosecutor.look("booking", "预约讯问")
    prosecutor.tap("book")

    expect(prosecutor.at("readiness")).to_be_visible()
    prosecutor.look("interrogation", "讯问")
    make_ready(prosecutor)
    move(prosecutor)
    cancel(prosecutor)

    one = phones.Phone(phones.Live(server), username)
    one.sign_in()
    kept = one.get(prosecutor.page.url.removeprefix(prosecutor.base))
    assert (kept["state"], kept["places"]) == ("cancelled", [])


def detained(server: str) -> tuple[str, int]:
    """A handler, and a review of a detained suspect for whom nobody else has to be there."""
    for username in HANDLERS:
        one = phones.Phone(phones.Live(server), username)
        one.sign_in()
        for brief in one.get("/cases?limit=50")["items"]:
            if brief["state"] != "assigned":
                continue
            for review in one.get(f"/cases/{brief['id']}")["arrest_reviews"]:
                suspect = review["suspect"]
                held = suspect["measure"] == "detention" and not suspect["flags"]
                if held and review["state"] == "under_review":
                    return username, review["id"]
    pytest.fail("the demo world has no detained suspect under review")


def make_ready(prosecutor: Phone) -> None:
    prosecutor.tap("tick-certificate")
    expect(prosecutor.at("ready-certificate")).to_have_attribute("data-state", "done")
    prosecutor.tap("waive-papers")
    prosecutor.fill(reason="已当面送达。")
    prosecutor.tap("waive")
    expect(prosecutor.at("ready-papers")).to_have_attribute("data-state", "waived")


def move(prosecutor: Phone) -> None:
    before = prosecutor.at("time").inner_text()
    prosecutor.tap("action-reschedule")
    prosecutor.fill(reason="当日另有庭审。")
    prosecutor.page.locator("[data-testid^=slot-]").nth(5).check()
    prosecutor.look("another-time", "改期")
    prosecutor.tap("submit")
    expect(prosecutor.at("changes")).to_contain_text("当日另有庭审")
    expect(prosecutor.at("time")).not_to_have_text(before)


def cancel(prosecutor: Phone) -> None:
    prosecutor.tick(step="cancel")
    prosecutor.fill(reason="改为当面讯问。")
    prosecutor.tap("change-submit")
    expect(prosecutor.at("changes")).to_contain_text("改为当面讯问")
    prosecutor.look("interrogation-cancelled", "讯问")
