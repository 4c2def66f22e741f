"""A remote interrogation on two phones: booked, confirmed, brought, held, recorded and signed."""

import base64
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from jiantong.demo import city, phones
from jiantong.demo.journeys import MANAGER
from services.kernel.act import SHANGHAI
from services.policy import PostKind
from tests.journeys.phone import Phone

pytestmark = pytest.mark.browser

HandOut = Callable[[str], Phone]
OFFICERS = ("shihongyi", "jiyunfan")
"""One of each detention centre."""
OVER = {"ended", "not_held", "cancelled"}
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
ASKED, ANSWERED, STATED = "你的姓名、出生日期？", "姓名、出生日期与案卷一致。", "我愿意认罪。"


@pytest.mark.prove
def test_a_detained_adult_is_heard_by_video_and_signs_the_record(
    phone: HandOut, server: str
) -> None:
    leave_time_today()
    at_centre = open_at_all_hours(server)
    at_table, case_id, suspect_id = waiting_for_it(server)
    prosecutor = in_hand(phone, at_table.username)
    address = book(prosecutor, case_id, suspect_id)
    booked = as_soon_as_can_be(at_table, address)
    address = f"/interrogations/{booked['id']}"
    prosecutor.open(address)
    officer = in_hand(phone, at_centre[booked["centre"]["name"]])

    confirm_and_bring(officer, address)
    hold(prosecutor, address)
    record = write(prosecutor)
    sign(prosecutor)
    sign_as_the_second(server, at_table.get(record), booked)
    prosecutor.page.reload()
    prosecutor.tap("complete")
    expect(prosecutor.at("state")).to_have_text("已完成")
    prosecutor.tap("verify")
    expect(prosecutor.at("verified")).to_contain_text("与签署时一致")
    prosecutor.look("transcript-complete", "讯问笔录")

    kept = at_table.get(record)
    assert (kept["state"], kept["missing"], kept["closing"]) == ("complete", [], "read")
    assert [line["words"] for line in kept["lines"]] == [ASKED, ANSWERED, STATED]
    held = at_table.get(address)
    assert held["state"] == "ended"
    assert held["escorted_at"] is not None
    assert [item["transcript_id"] for item in at_table.get(f"/cases/{case_id}/evidence")["items"]]


@pytest.mark.prove
def test_a_centre_proposes_a_time_closes_a_room_and_sends_a_suspect_to_court(
    phone: HandOut, server: str
) -> None:
    at_centre = open_at_all_hours(server)
    at_table, case_id, suspect_id = waiting_for_it(server)
    prosecutor = in_hand(phone, at_table.username)
    address = book(prosecutor, case_id, suspect_id)
    booked = at_table.get(address)
    officer = in_hand(phone, at_centre[booked["centre"]["name"]])
    tomorrow = (datetime.now(SHANGHAI) + timedelta(days=1)).strftime("%Y-%m-%d")

    officer.open(f"{address}/proposed-time")
    officer.fill(starts_at=f"{tomorrow}T03:00", note="今晚提押警力不足。")
    officer.tap("submit")
    expect(officer.at("time-proposal")).to_contain_text("待答复")
    officer.look("proposal-open", "讯问")
    prosecutor.open("/tasks")
    about = address.rpartition("/")[2]
    prosecutor.page.locator(
        f"[data-testid=task-answer_time_proposal][data-about-id='{about}']"
    ).click()
    expect(prosecutor.at("accept")).to_be_visible()
    prosecutor.look("proposal-answer", "讯问")
    prosecutor.tap("accept")
    expect(prosecutor.at("time-proposal")).to_contain_text("已采纳")
    moved = at_table.get(address)
    assert moved["state"] == "confirmed"
    assert moved["starts_at"] != booked["starts_at"]

    room = next(place for place in moved["places"] if place["kind"] == "interrogation_room")
    officer.open("/centre/block")
    officer.at(f"field-resource_ids-{room['id']}").check()
    officer.fill(from_at=f"{tomorrow}T02:30", until_at=f"{tomorrow}T04:30", note="设备检修")
    officer.tap("submit")
    expect(officer.at("replanned")).to_have_text("1 次讯问已自动改排")
    officer.look("centre-blocked", "停用讯问室")

    again = at_table.get(address)
    officer.open("/centre/engagement")
    suspect = officer.field("suspect_id")
    suspect.select_option(value=str(again["suspect_id"]))
    officer.choose(kind="出庭")
    starts_at = datetime.fromisoformat(again["starts_at"]).astimezone(SHANGHAI)
    officer.fill(
        from_at=starts_at.strftime("%Y-%m-%dT%H:%M"),
        until_at=(starts_at + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
    )
    officer.tap("submit")
    expect(officer.at("replanned")).to_have_text("1 次讯问已自动改排")
    officer.look("centre-engaged", "登记其他安排")
    officer.open("/centre")
    officer.tap("day-after")
    expect(officer.page.get_by_text("设备检修")).to_be_visible()
    officer.look("centre-tomorrow", "看守所日程")


def leave_time_today() -> None:
    """The suspect is brought on the day itself: shortly before midnight no day is left."""
    now = datetime.now(SHANGHAI)
    if (now + timedelta(minutes=30)).date() != now.date():
        pytest.skip("the earliest slot is tomorrow's")


def signed_in(server: str, username: str) -> phones.Phone:
    one = phones.Phone(phones.Live(server), username)
    one.sign_in()
    return one


def in_hand(phone: HandOut, username: str) -> Phone:
    one = phone(username)
    one.open("/sign-in")
    one.enter(username)
    one.signed_in()
    return one


def open_at_all_hours(server: str) -> dict[str, str]:
    """Let every place be used at whatever hour the test runs; whose centre is whose officer's."""
    found = {}
    for username in (MANAGER, *OFFICERS):
        one = signed_in(server, username)
        post = one.get("/me")["posts"][0]
        found[post["office_name"]] = username
        for place in one.get(f"/resources?office_id={post['office_id']}&limit=100")["items"]:
            hours = f"/resources/{place['id']}/hours"
            one.send("PUT", hours, {"openings": []}, if_match=f'"{place["version"]}"')
    return found


def waiting_for_it(server: str) -> tuple[phones.Phone, int, int]:
    """A detained adult under review whom nobody is about to interrogate, and the handler."""
    return next(_waiting(server))


def _waiting(server: str) -> Iterator[tuple[phones.Phone, int, int]]:
    for username in city.usernames(PostKind.PROSECUTOR, "qinglan"):
        handler = signed_in(server, username)
        own = handler.get("/me")["id"]
        for brief in handler.get("/cases?limit=100")["items"]:
            case = handler.get(f"/cases/{brief['id']}")
            if (case["handler"] or {}).get("id") != own:
                continue
            for review in case["arrest_reviews"]:
                suspect: dict[str, Any] = review["suspect"]
                asked = handler.get(f"/interrogations?suspect_id={suspect['id']}")["items"]
                if (
                    review["state"] == "under_review"
                    and suspect["measure"] == "detention"
                    and not suspect["flags"]
                    and all(one["state"] in OVER for one in asked)
                ):
                    yield handler, case["id"], suspect["id"]


def book(prosecutor: Phone, case_id: int, suspect_id: int) -> str:
    prosecutor.open(f"/cases/{case_id}/suspects/{suspect_id}/interrogation")
    offered = prosecutor.page.locator("[data-testid^=slot-2]")
    expect(offered.first).to_be_attached()
    soonest = min(str(one.get_attribute("data-testid")) for one in offered.all())
    prosecutor.page.locator(f"label:has([data-testid='{soonest}'])").click()
    expect(prosecutor.at("held")).to_be_visible()
    prosecutor.tap("book")
    expect(prosecutor.heading).to_have_text("讯问")
    expect(prosecutor.at("state")).to_have_text("待看守所确认")
    prosecutor.look("interrogation-booked", "讯问")
    return prosecutor.page.url.removeprefix(prosecutor.base)


def as_soon_as_can_be(at_table: phones.Phone, address: str) -> dict[str, Any]:
    """Called off, and booked anew for half an hour at the first time that is free: today."""
    booked: dict[str, Any] = at_table.get(address)
    off = {"reason": "改为当日尽早进行。"}
    at_table.send("PUT", f"{address}/cancellation", off, if_match=at_table.version(address))
    asked = {
        "case_id": booked["case_id"],
        "suspect_id": booked["suspect_id"],
        "minutes": 30,
        "seats": [
            {name: seat[name] for name in ("role", "person_id", "participant_id")}
            for seat in booked["seats"]
        ],
    }
    wanted = asked | {"order": "earliest"}
    (first, *_) = at_table.send("POST", "/slot-searches", wanted).json["slots"]
    again = asked | {"starts_at": first["starts_at"]}
    found: dict[str, Any] = at_table.send("POST", "/interrogations", again).json
    return found


def confirm_and_bring(officer: Phone, address: str) -> None:
    """One tap each, from the day of the centre."""
    officer.tap("tab-agenda")
    expect(officer.heading).to_have_text("看守所日程")
    entry = officer.page.locator(f"[data-interrogation-id='{address.rpartition('/')[2]}']")
    officer.look("centre-day", "看守所日程")
    entry.get_by_test_id("confirm").click()
    expect(entry.get_by_test_id("state")).to_have_text("已确认")
    entry.get_by_test_id("bring").click()
    expect(entry.get_by_test_id("escorted")).to_contain_text("提押到位")
    entry.scroll_into_view_if_needed()
    officer.look("centre-brought", "看守所日程")
    officer.tap("to-block")
    expect(officer.at("submit")).to_be_disabled()
    officer.look("centre-block", "停用讯问室")
    officer.tap("back")
    officer.tap("to-engagement")
    officer.look("centre-engagement", "登记其他安排")
    officer.open(f"{address}/proposed-time")
    officer.look("centre-proposal", "建议改期")


def hold(prosecutor: Phone, address: str) -> None:
    prosecutor.page.reload()
    prosecutor.tap("to-sitting")
    prosecutor.tap("tick-certificate")
    prosecutor.look("sitting-before", "讯问当日")
    prosecutor.tap("arrive-lead")
    prosecutor.tap("arrive-staff")
    prosecutor.tap("check-identity")
    prosecutor.tap("tell-rights")
    prosecutor.tap("tell-recording")
    expect(prosecutor.at("missing")).to_have_count(0)
    prosecutor.look("sitting-ready", "讯问当日")
    prosecutor.tap("start")
    expect(prosecutor.at("state")).to_have_text("进行中")
    prosecutor.tap("lose-link")
    expect(prosecutor.at("state")).to_have_text("连线中断")
    prosecutor.tap("resume")
    expect(prosecutor.at("state")).to_have_text("进行中")
    prosecutor.look("sitting-running", "讯问当日")
    assert prosecutor.page.url.endswith(f"{address}/sitting")


def write(prosecutor: Phone) -> str:
    """Three lines, the second of them without network; then it is read and closed."""
    prosecutor.tap("to-record")
    expect(prosecutor.heading).to_have_text("讯问笔录")
    say(prosecutor, ASKED)
    expect(prosecutor.at("line")).to_have_count(1)
    expect(prosecutor.at("waiting")).to_have_count(0)
    prosecutor.cut_off()
    say(prosecutor, ANSWERED)
    expect(prosecutor.at("waiting")).to_contain_text("1 句尚未发送")
    prosecutor.shoot("transcript-offline")
    prosecutor.reconnect()
    expect(prosecutor.at("waiting")).to_have_count(0)
    prosecutor.at("line-kind-statement").check()
    say(prosecutor, STATED)
    expect(prosecutor.at("waiting")).to_have_count(0)
    prosecutor.look("transcript-drafting", "讯问笔录")
    record = prosecutor.page.url.removeprefix(prosecutor.base)

    prosecutor.tap("back")
    prosecutor.tap("end")
    prosecutor.page.get_by_role("button", name="结束讯问").click()
    expect(prosecutor.at("state")).to_have_text("已结束")
    prosecutor.look("sitting-ended", "讯问当日")
    prosecutor.tap("to-record")
    prosecutor.tap("put-for-reading")
    expect(prosecutor.at("state")).to_have_text("待核对")
    prosecutor.look("transcript-reading", "讯问笔录")
    prosecutor.tap("close-read")
    expect(prosecutor.at("state")).to_have_text("待签署")
    return record


def say(prosecutor: Phone, words: str) -> None:
    prosecutor.at("line-words").fill(words)
    prosecutor.tap("line-add")


def sign(prosecutor: Phone) -> None:
    """The suspect and the handler, each with a finger on the same screen."""
    draw(prosecutor)
    picture = base64.b64decode(DOT)
    prosecutor.at("picture-fingerprint").set_input_files(
        {"name": "finger.png", "mimeType": "image/png", "buffer": picture}
    )
    expect(prosecutor.at("picture-fingerprint-shown")).to_be_visible()
    prosecutor.look("transcript-signing", "讯问笔录")
    prosecutor.tap("sign")
    expect(prosecutor.at("turn")).to_contain_text("承办检察官")
    draw(prosecutor)
    prosecutor.tap("sign")
    expect(prosecutor.at("turn")).to_have_count(0)
    prosecutor.look("transcript-signed", "讯问笔录")


def draw(prosecutor: Phone) -> None:
    """A zigzag over the pad."""
    pad = prosecutor.at("pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    mouse = prosecutor.page.mouse
    mouse.move(box["x"] + 60, box["y"] + 50)
    mouse.down()
    for step in range(1, 9):
        across, down = 60 + 25 * step, 50 + (step % 2) * 60
        mouse.move(box["x"] + across, box["y"] + down)
    mouse.up()


def sign_as_the_second(server: str, record: dict[str, Any], booked: dict[str, Any]) -> None:
    """Whoever has an account signs in person, on a phone of their own."""
    seat = next(seat for seat in booked["seats"] if seat["role"] == "staff")
    for username in city.usernames(PostKind.ASSISTANT, "qinglan"):
        one = signed_in(server, username)
        if one.get("/me")["id"] == seat["person_id"]:
            last = record["pages"][-1]
            one.send(
                "POST",
                f"/transcripts/{record['id']}/pages/{last['number']}/marks",
                {"signature": DOT, "attendance_id": seat["id"], "sha256": last["sha256"]},
            )
