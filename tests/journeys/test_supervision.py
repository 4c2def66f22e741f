"""People's supervisors on phones: asked for, drawn, sworn, reading, heard, answered, decided.

Three parties meet: the procuratorate, the organ that keeps the register and draws, and whoever is
drawn. The installation is one of its own, because days pass in it: its legal clock is set by hand.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from jiantong import demo
from jiantong.demo import phones
from jiantong.demo.journeys import CHIEF, MANAGER
from services.draws import verifier
from services.kernel.act import SHANGHAI
from services.kernel.clock import machine_now
from services.kernel.settings import Settings
from tests.journeys.conftest import demo_server
from tests.journeys.phone import Phone

pytestmark = pytest.mark.browser

HandOut = Callable[[str], Phone]
HANDLER, ORGAN = "zhouyanbai", "yaoanlan"
TITLE, PLACE = "审查逮捕案件公开审查", "第一听证室"
SAID = "没有看到他还会再犯的根据，逮捕的理由不够。"
EXPLAINED = "其一年内两次作案，见材料第二段。"
INSISTED = "两次都已赔偿，材料里没有写。"
RULED = "赔偿不影响社会危险性的判断，答复成立。"
COMING = {"accepted": True, "attending": "remote", "no_conflict": True}
AGREED = {
    "facts": {"view": "agree"},
    "evidence": {"view": "agree"},
    "handling": {"view": "agree"},
    "overall": "agree",
    "words": "同意。",
}
MISSING = ("/draw", "/performance-report")
"""What a page asks for before it is there: the browser reports each 404."""
WORLD = files("jiantong.demo").joinpath("data", "world.json")


@dataclass(frozen=True)
class House:
    """A running installation, and the hand on its clock."""

    address: str
    data: Path

    def at(self, moment: datetime) -> None:
        """It is that moment from now on, by the legal clock."""
        settings = Settings.from_environment({"DATA_DIR": str(self.data), "DEMO": "on"})
        addresses = json.loads((self.data / "postgres" / "urls.json").read_text())
        days = (moment - machine_now()) / timedelta(days=1)
        demo.set_clock(replace(settings, app_url=addresses["app_url"]), days)

    def of(self, username: str) -> phones.Phone:
        """A phone without a screen."""
        one = phones.Phone(phones.Live(self.address), username)
        one.sign_in()
        return one


@pytest.fixture(scope="module")
def house(
    executable: str,  # noqa: ARG001  # no browser, no server
    demo_data: Path,
) -> Iterator[House]:
    """An installation of its own: nobody else may be carried ten days ahead."""
    with demo_server(demo_data) as (address, data):
        yield House(address, data)


@pytest.fixture(scope="module")
def server(house: House) -> str:
    """Where its phones call."""
    return house.address


@pytest.mark.prove
def test_three_parties_from_the_request_to_the_chiefs_decision(
    phone: HandOut, house: House, tmp_path: Path
) -> None:
    house.at(machine_now())
    handler, manager, organ = (in_hand(phone, username) for username in (HANDLER, MANAGER, ORGAN))
    watching = house.of(ORGAN)
    case = a_case(house)
    starts = first_morning(watching)

    activity = plan(handler, case["id"], starts)
    request(manager, activity)
    draw(organ, manager, activity)
    one, other = drawn(house, watching, activity)
    supervisor = in_hand(phone, one.username)
    letters(supervisor)
    invitation = accept(supervisor, one, activity)
    sign(supervisor, invitation)
    expect_state(watching, activity, "staffed")
    packet = choose(handler, activity)
    release(manager, packet, case["suspects"])

    house.at(starts - timedelta(days=1))
    read(supervisor, invitation, case["suspects"])
    read_elsewhere(phone, one.username, packet)
    house.at(starts - timedelta(minutes=30))
    begin(handler, activity)
    house.at(starts + timedelta(minutes=1))
    hold(handler, activity)
    opinion = give(supervisor, invitation)
    assert_sealed(house, activity, opinion)
    handler.open(activity)
    expect(handler.at("sealed")).to_have_attribute("data-given", "1")
    handler.look("supervision-sealed", "监督活动")
    easy = other.send("PUT", f"{own(other, activity)}/opinion", AGREED).json["id"]

    answer(handler, opinion, easy)
    object_to(supervisor, opinion)
    confirm(other, f"/supervision-opinions/{easy}", "receipt")
    report(manager, activity)
    chief = in_hand(phone, CHIEF)
    decide(chief, opinion)
    supervisor.open(f"/own-opinions/{opinion}")
    expect(supervisor.at("ruling")).to_contain_text(RULED)
    supervisor.look("supervision-decided", "我的意见")
    organ.open(activity)
    expect(organ.at("performance-line")).to_have_count(2)
    organ.look("supervision-closed", "监督活动")

    expect_state(watching, activity, "closed")
    told = house.of(CHIEF).get(f"/supervision-opinions/{opinion}")
    assert (told["state"], told["outcome"], told["is_intact"]) == ("decided", "not_adopted", True)
    seen = watching.get(f"/supervision-opinions/{opinion}")
    assert (seen["words"], seen["answer"], seen["case_id"]) == (None, None, None)
    runs_again(watching, activity, tmp_path)


@pytest.mark.prove
def test_a_public_hearing_whose_majority_is_not_followed(phone: HandOut, house: House) -> None:
    """It is held without supervisors, and says why before it is opened."""
    now = datetime.now(SHANGHAI) + timedelta(days=1)
    house.at(now.replace(hour=9, minute=0))
    handler, chief = in_hand(phone, HANDLER), in_hand(phone, CHIEF)
    hearing = plan_hearing(handler, a_case(house)["id"], now.replace(hour=10, minute=0))

    handler.tap("action-notice")
    handler.fill(short_because="审查逮捕期限即将届满。")
    handler.look("hearing-notice", "告知听证员和参加人")
    handler.tap("submit")
    expect(handler.at("notice")).to_contain_text("已告知")
    say_why_without(handler, hearing)
    open_hearing(handler, hearing)
    deliberate(handler, hearing)
    conclude(handler, hearing)
    depart(handler, chief, hearing)
    handler.open(hearing)
    handler.tap("announce")
    agree(handler, "已告知")
    expect(handler.at("announced")).to_be_visible()
    handler.look("hearing-announced", "公开听证")

    told = house.of(CHIEF).get(hearing)
    assert (told["state"], told["majority"]) == ("concluded", "disagree")
    assert [one["consent"] for one in told["results"]] == ["given"]
    assert told["without_because"] == "other"


# --- each in hand ---------------------------------------------------------------------------


def in_hand(phone: HandOut, username: str) -> Phone:
    one = phone(username)
    one.expected = MISSING
    one.open("/sign-in")
    one.enter(username)
    one.signed_in()
    return one


def agree(one: Phone, word: str = "确定") -> None:
    """Yes, that is meant."""
    one.page.get_by_role("dialog").get_by_role("button", name=word, exact=True).click()


def confirm(one: phones.Phone, path: str, step: str, body: Any = None) -> Any:
    """A step without a screen, with the version that was read."""
    return one.send("PUT", f"{path}/{step}", body, one.version(path)).json


def own(one: phones.Phone, activity: str) -> str:
    """The address of that supervisor's own invitation."""
    (found,) = one.get(f"{activity}/invitations")["items"]
    return f"/invitations/{found['id']}"


def expect_state(one: phones.Phone, activity: str, state: str) -> None:
    assert one.get(activity)["state"] == state


def a_case(house: House) -> dict[str, Any]:
    """A case that the prosecutor handles."""
    for case in house.of(HANDLER).get("/cases?limit=50")["items"]:
        if case["state"] == "assigned" and case["kind"] == "arrest":
            found: dict[str, Any] = case
            return found
    pytest.fail("the demo world has no case of hers")


def first_morning(organ: phones.Phone) -> datetime:
    """Half past nine on the first day for which a notice today is early enough."""
    today = datetime.now(SHANGHAI).date()
    days = organ.get(f"/supervision-notice?on={today + timedelta(days=14)}")
    first = date.fromisoformat(days["earliest_on"])
    return datetime(first.year, first.month, first.day, 1, 30, tzinfo=UTC)


# --- before ---------------------------------------------------------------------------------


def plan(handler: Phone, case_id: int, starts: datetime) -> str:
    handler.open(f"/activities/new?case={case_id}")
    handler.fill(
        title=TITLE,
        starts_at=starts.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
        place=PLACE,
        wanted="2",
    )
    handler.tick(form="either")
    handler.look("supervision-plan", "安排监督活动")
    handler.tap("submit")
    expect(handler.heading).to_have_text("监督活动")
    return handler.page.url.removeprefix(handler.base)


def request(manager: Phone, activity: str) -> None:
    manager.open(activity)
    manager.tick(step="send")
    manager.look("supervision-request", "监督活动")
    manager.tap("submit")
    expect(manager.at("notice-card")).to_contain_text("已通知")


def draw(organ: Phone, manager: Phone, activity: str) -> None:
    """Published by the organ, witnessed by the procuratorate, held by the organ."""
    organ.open(activity)
    organ.look("supervision-asked", "监督活动")
    organ.tap("to-draw")
    organ.tap("publish-draw")
    agree(organ, "公布")
    expect(organ.at("commitment")).to_be_visible()
    organ.look("draw-published", "抽选人民监督员")
    address = organ.page.url.removeprefix(organ.base)

    manager.open(address)
    manager.at("witness-seen").check()
    manager.look("draw-to-witness", "抽选人民监督员")
    manager.tap("witness")
    expect(manager.at("kept-nonce")).to_have_attribute("data-same", "true")

    organ.open(address)
    organ.tap("hold")
    agree(organ, "抽选")
    expect(organ.at("drawn")).to_have_count(2)
    for name in ("pool", "witness", "seed"):
        expect(organ.at(f"found-{name}")).to_have_attribute("data-found", "fits")
    organ.look("draw-held", "抽选人民监督员")


def drawn(house: House, organ: phones.Phone, activity: str) -> tuple[phones.Phone, phones.Phone]:
    """Who has still to answer, and who has sworn; one more declined, and the next was asked."""
    gone = asked(house, organ, activity)[0]
    declined = {"accepted": False, "reason": "出差在外。"}
    confirm(gone, own(gone, activity), "answer", declined)
    one, other = asked(house, organ, activity)
    assert gone.username not in {one.username, other.username}
    path = own(other, activity)
    confirm(other, path, "answer", COMING)
    confirm(other, path, "undertaking", {"edition": other.get("/undertaking")["edition"]})
    return one, other


def asked(house: House, organ: phones.Phone, activity: str) -> list[phones.Phone]:
    """Who has still to answer."""
    people = json.loads(WORLD.read_text())["people"]
    usernames = {person["name"]: person["username"] for person in people}
    found = organ.get(f"{activity}/invitations?state=invited")["items"]
    return [house.of(usernames[one["supervisor"]["name"]]) for one in reversed(found)]


def letters(supervisor: Phone) -> None:
    """The largest letters there are: they stay for all that follows on this phone."""
    supervisor.look("supervisor-home", "首页")
    supervisor.open("/me")
    supervisor.at("letters-largest").check()
    supervisor.look("supervisor-letters", "我的")


def accept(supervisor: Phone, known: phones.Phone, activity: str) -> str:
    invitation = own(known, activity)
    supervisor.open(invitation)
    expect(supervisor.at("invitation-step")).to_have_attribute("data-standing", "answer")
    supervisor.look("invitation", "监督活动邀请")
    supervisor.tap("step-go")
    supervisor.tick(attending="present")
    supervisor.field("no_conflict").check()
    supervisor.look("invitation-acceptance", "我能参加")
    supervisor.tap("submit")
    expect(supervisor.at("invitation-step")).to_have_attribute("data-standing", "sign")
    return invitation


def sign(supervisor: Phone, invitation: str) -> None:
    """On this phone; where it was not enrolled yet, it is now."""
    supervisor.expected = (*MISSING, "/undertaking")
    supervisor.open(f"{invitation}/undertaking")
    supervisor.field("edition").check()
    supervisor.look("undertaking", "保密承诺")
    supervisor.tap("sign")
    enrol, waiting = supervisor.at("enrol"), supervisor.at("invitation-step")
    expect(enrol.or_(waiting)).to_be_visible()
    if enrol.is_visible():
        enrol.click()
    expect(waiting).to_have_attribute("data-standing", "wait")


# --- the papers -----------------------------------------------------------------------------


def choose(handler: Phone, activity: str) -> str:
    """The facts of the case, covered by rule."""
    handler.open(activity)
    handler.tap("begin-packet")
    handler.choose(source_id="案件事实")
    handler.tap("add-document")
    expect(handler.at("document")).to_have_count(1)
    handler.look("packet-chosen", "监督材料")
    handler.tap("redact")
    expect(handler.at("change-packet")).to_be_visible()
    return handler.page.url.removeprefix(handler.base)


def release(manager: Phone, packet: str, names: list[str]) -> None:
    """Looked at by other eyes, a word more covered, and opened for a time."""
    manager.open(packet)
    manager.at("side-after").check()
    for name in names:
        expect(manager.at("shown")).not_to_contain_text(name)
    manager.look("packet-check", "监督材料")
    manager.tap("confirm")
    agree(manager)
    manager.tap("release")
    expect(manager.at("window")).to_be_visible()
    manager.look("packet-released", "监督材料")


def read(supervisor: Phone, invitation: str, names: list[str]) -> None:
    supervisor.open(f"{invitation}/packet")
    page = supervisor.at("packet-page")
    expect(page).to_contain_text("案件事实")
    for name in names:
        expect(page).not_to_contain_text(name)
    supervisor.look("packet-read", "监督材料")
    while supervisor.at("packet-next").is_enabled():
        supervisor.tap("packet-next")
        expect(page).to_have_attribute("aria-busy", "false")
    expect(supervisor.at("packet-done")).to_be_visible()


def read_elsewhere(phone: HandOut, username: str, packet: str) -> None:
    """On another phone of the same person nothing is shown."""
    another = in_hand(phone, username)
    another.expected = (*MISSING, "/contents")
    another.open(f"{packet}/reading")
    expect(another.at("packet-closed")).to_have_attribute("data-why", "other-device")
    another.look("packet-elsewhere", "监督材料")


# --- the day, and after ---------------------------------------------------------------------


def begin(handler: Phone, activity: str) -> None:
    """Half an hour early: a time that has come unnoticed is noted by the house, page or no page."""
    handler.open(activity)
    handler.tick(step="begin")
    handler.tap("submit")
    expect(handler.at("sealed")).to_be_visible()


def hold(handler: Phone, activity: str) -> None:
    """Both are there, and it ends."""
    handler.open(activity)
    here = handler.page.locator("[data-testid^=attended-]")
    expect(here).to_have_count(2)
    for left in (1, 0):
        here.first.click()
        expect(here).to_have_count(left)
    handler.look("supervision-under-way", "监督活动")
    handler.tick(step="end")
    handler.tap("submit")
    agree(handler)
    expect(handler.at("next")).to_contain_text("意见")


def give(supervisor: Phone, invitation: str) -> int:
    """One question a page, all of it once more, and sealed."""
    supervisor.open(f"{invitation}/opinion")
    for point, view in (("facts", "agree"), ("evidence", "partly"), ("handling", "disagree")):
        supervisor.tick(**{f"{point}__view": view})
        supervisor.look(f"opinion-{point}", "我的意见")
        supervisor.tap("next")
    supervisor.tick(overall="disagree")
    supervisor.fill(words=SAID)
    supervisor.tap("next")
    expect(supervisor.at("opinion-review")).to_contain_text(SAID)
    supervisor.look("opinion-review", "我的意见")
    supervisor.tap("submit")
    expect(supervisor.at("own-words")).to_contain_text(SAID)
    return int(supervisor.page.url.rpartition("/")[2])


def assert_sealed(house: House, activity: str, opinion: int) -> None:
    """Neither handler nor chief nor organ reads a word of it."""
    for username in (HANDLER, CHIEF, ORGAN):
        one = house.of(username)
        told = one.get(f"{activity}/opinions")
        assert (told["given"], told["expected"], told["opinions"]) == (1, 2, [])
        with pytest.raises(phones.JourneyError, match="404"):
            one.get(f"/supervision-opinions/{opinion}")


def answer(handler: Phone, opinion: int, easy: int) -> None:
    """One is adopted, the other is explained."""
    handler.open(f"/supervision-opinions/{easy}")
    handler.tick(adoption="adopted")
    handler.tap("submit")
    agree(handler)
    expect(handler.at("answered")).to_be_visible()
    handler.open(f"/supervision-opinions/{opinion}")
    expect(handler.at("words")).to_have_text(SAID)
    handler.tick(adoption="not_adopted")
    expect(handler.at("submit")).to_be_disabled()
    handler.fill(reasons=EXPLAINED)
    handler.look("opinion-answer", "监督意见")
    handler.tap("submit")
    agree(handler)
    expect(handler.at("answered")).to_contain_text(EXPLAINED)


def object_to(supervisor: Phone, opinion: int) -> None:
    supervisor.open(f"/own-opinions/{opinion}")
    expect(supervisor.at("answer")).to_contain_text(EXPLAINED)
    supervisor.look("opinion-answered", "我的意见")
    supervisor.tap("step-second")
    supervisor.fill(words=INSISTED)
    supervisor.look("opinion-objection", "提出异议")
    supervisor.tap("submit")
    agree(supervisor, "提出")
    expect(supervisor.at("objection")).to_contain_text(INSISTED)


def report(manager: Phone, activity: str) -> None:
    manager.open(f"{activity}/performance-report")
    conducts = manager.page.locator("[data-testid^=field-lines-][data-testid$=-conduct]")
    expect(conducts).to_have_count(2)
    for place in range(2):
        conducts.nth(place).select_option(value="diligent")
    manager.look("performance-report", "履职情况通报")
    manager.tap("submit")
    agree(manager)
    expect(manager.heading).to_have_text("监督活动")


def decide(chief: Phone, opinion: int) -> None:
    about = f"[data-testid=task-decide_supervision_objection][data-about-id='{opinion}']"
    expect(chief.page.locator(about)).to_be_visible()
    chief.open(f"/supervision-opinions/{opinion}")
    expect(chief.at("objection")).to_contain_text(INSISTED)
    chief.tick(ruling="upheld")
    chief.fill(reasons=RULED)
    chief.look("opinion-ruling", "监督意见")
    chief.tap("submit")
    agree(chief)
    expect(chief.at("ruling")).to_contain_text(RULED)


def runs_again(one: phones.Phone, activity: str, folder: Path) -> None:
    """What was published is all that anybody needs, with the seat that changed hands."""
    drawn_id = one.get(f"{activity}/draw")["id"]
    told = one.get(f"/draws/{drawn_id}/publication")
    assert {"drawn", "out"} & {change["kind"] for change in told["changes"]}
    saved = folder / "draw.json"
    saved.write_text(json.dumps(told), encoding="utf-8")
    ran = subprocess.run(  # noqa: S603  # our own file
        [sys.executable, "-I", verifier.__file__, str(saved)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout == "OK\n", ran.stdout + ran.stderr


# --- a hearing ------------------------------------------------------------------------------


def plan_hearing(handler: Phone, case_id: int, starts: datetime) -> str:
    handler.open(f"/public-hearings/new?case={case_id}")
    handler.tick(matter="arrest_review")
    handler.tick(major_influence="yes")
    handler.fill(
        intention="是否有逮捕必要，拟听取各方意见。",
        starts_at=starts.strftime("%Y-%m-%dT%H:%M"),
        ends_at=(starts + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
        place=PLACE,
    )
    for place, name in enumerate(("方听证", "施听证", "汤听证")):
        handler.fill(
            **{
                f"officers__{place}__name": name,
                f"officers__{place}__born_on": "1980-05-01",
                f"officers__{place}__occupation": "中学教师",
            }
        )
    handler.look("hearing-plan", "安排公开听证")
    handler.tap("submit")
    expect(handler.at("lacking")).to_be_visible()
    handler.look("hearing-planned", "公开听证")
    return handler.page.url.removeprefix(handler.base)


def say_why_without(handler: Phone, hearing: str) -> None:
    """It is not opened before: the page says what is missing, and leads there."""
    handler.open(f"{hearing}/opening")
    expect(handler.at("submit")).to_be_disabled()
    handler.tap("to-supervisors")
    handler.tick(way="without")
    handler.tick(because="other")
    handler.fill(words="审查逮捕期限即将届满，当日必须听证。")
    handler.look("hearing-without", "人民监督员")
    handler.tap("submit")
    expect(handler.at("without")).to_be_visible()


def open_hearing(handler: Phone, hearing: str) -> None:
    handler.open(f"{hearing}/opening")
    officers = handler.page.locator("[data-testid^=field-officers-]")
    expect(officers).to_have_count(3)
    for place in range(3):
        officers.nth(place).check()
    handler.look("hearing-opening", "开始听证")
    handler.tap("submit")
    expect(handler.heading).to_have_text("公开听证")
    handler.open(f"{hearing}/sitting")
    handler.page.locator("[data-testid^=speaker-]").first.check()
    handler.fill(words="请问是否已经赔偿？")
    handler.tap("say")
    expect(handler.at("statements")).to_contain_text("请问是否已经赔偿？")
    handler.look("hearing-sitting", "听证进行中")
    handler.tap("deliberate")
    agree(handler, "进入评议")
    expect(handler.at("deliberate")).to_have_count(0)


def deliberate(handler: Phone, hearing: str) -> None:
    """Two against one."""
    handler.open(f"{hearing}/votes")
    words = handler.page.locator("textarea[data-testid^=field-opinions-]")
    expect(words).to_have_count(3)
    for place, position in enumerate(("disagree", "disagree", "agree")):
        one = handler.page.locator(f"[data-testid^=field-opinions-][data-testid$=-{position}]")
        one.nth(place).check()
        words.nth(place).fill("理由充分。")
    handler.look("hearing-votes", "听证员意见")
    handler.tap("submit")
    expect(handler.at("officers")).to_contain_text("理由充分。")


def conclude(handler: Phone, hearing: str) -> None:
    handler.open(f"{hearing}/conclusion")
    signed = handler.page.locator("[data-testid^=field-signed-]")
    expect(signed).to_have_count(3)
    for place in range(3):
        signed.nth(place).check()
    handler.look("hearing-conclusion", "结束听证")
    handler.tap("submit")
    expect(handler.at("outcome")).to_be_visible()


def depart(handler: Phone, chief: Phone, hearing: str) -> None:
    """The handler does not follow the majority, and the chief agrees."""
    handler.open(f"{hearing}/result")
    handler.tick(following="departed")
    handler.fill(result="拟批准逮捕。", reasons="与在案证据不符。")
    handler.look("hearing-result", "采纳情况")
    handler.tap("submit")
    expect(handler.at("result")).to_have_attribute("data-following", "departed")
    chief.open(f"{hearing}/consent")
    expect(chief.at("asked")).to_contain_text("与在案证据不符。")
    chief.tick(consent="given")
    chief.fill(note="同意。")
    chief.look("hearing-consent", "不采纳听证多数意见")
    chief.tap("submit")
    expect(chief.at("result")).to_contain_text("同意。")
