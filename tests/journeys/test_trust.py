"""Two phones of one person: enrolled with a code, signed in with a key, and one of them lost."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import APIRequestContext, expect

from jiantong.demo import city
from services.kernel.act import SHANGHAI
from tests.journeys.phone import Phone

pytestmark = pytest.mark.browser

HandOut = Callable[[str], Phone]
CHIEF, DELEGATE, OFFICER = "wenruolin", "luojinghang", "weichuyuan"
SEALED = """() => new Promise((resolve) => {
  const asked = indexedDB.open('jiantong')
  asked.onsuccess = () => {
    const names = asked.result.transaction('sealed').objectStore('sealed').getAllKeys()
    names.onsuccess = () => resolve(names.result)
  }
})"""


class Desk:
    """The security officer's desk, over HTTP: every legal act is confirmed with the password."""

    def __init__(self, door: APIRequestContext) -> None:
        self.door = door
        credentials = {"username": OFFICER, "password": city.PASSWORD}
        opened = self._ask("POST", "/sessions", credentials)
        self.headers = {"Authorization": f"Bearer {opened['access_token']}"}

    def enrolled_only(self, *, asked: bool) -> None:
        """Say on which phones the people of the office sign in."""
        version = self._ask("GET", "/security-practices")["version"]
        headers = {"If-Match": f'"{version}"'}
        self._ask("PUT", "/security-practices", {"enrolled_only": asked}, headers)

    def code_for(self, username: str) -> str:
        """A one-time code for somebody's phone."""
        found = self._ask("GET", f"/accounts?words={username}")["items"]
        issued = self._ask(
            "POST", f"/accounts/{found[0]['id']}/enrolment-codes", {"purpose": "enrol"}
        )
        return str(issued["code"])

    headers: dict[str, str] = {}  # noqa: RUF012  # nobody is signed in yet

    def _ask(
        self, method: str, path: str, body: Any = None, more: dict[str, str] | None = None
    ) -> Any:
        headers = {"Idempotency-Key": str(uuid4()), **self.headers, **(more or {})}
        sent = None if body is None else json.dumps(body).encode()
        if sent is not None:
            headers["Content-Type"] = "application/json"
        reply = self.door.fetch(f"/api/v1{path}", method=method, headers=headers, data=sent)
        told = reply.json()
        if reply.status == 428:
            deed = {name: told[name] for name in ("method", "path", "content_hash")}
            taken = self._ask("POST", "/step-ups", deed | {"password": city.PASSWORD})
            return self._ask(method, path, body, (more or {}) | {"Step-Up": taken["token"]})
        assert reply.ok, told
        return told


@pytest.fixture
def desk(phone: HandOut) -> Iterator[Desk]:
    """The officer asks for enrolled phones; afterwards for none, as before."""
    desk = Desk(phone(OFFICER).context.request)
    desk.enrolled_only(asked=True)
    yield desk
    desk.enrolled_only(asked=False)


def enrol(one: Phone, code: str, name: str) -> None:
    one.fill(code=code, password=city.PASSWORD, name=name)
    one.tap("submit")
    one.signed_in()


def ended(chief: Phone) -> None:
    """Nobody acts for the chief any more."""
    chief.open("/delegations")
    expect(chief.heading).to_have_text("授权代行")
    chief.settled()
    while chief.at("end-delegation").count():
        left = chief.at("end-delegation").count() - 1
        chief.at("end-delegation").first.click()
        chief.page.get_by_role("button", name="终止", exact=True).click()
        expect(chief.at("end-delegation")).to_have_count(left)


def enrolled_at_the_door(one: Phone, desk: Desk, name: str) -> None:
    """The password is right and the phone unknown: it is enrolled, and signs in with its key."""
    one.expected = ("/api/v1/sessions", "/api/v1/enrolments")
    one.open("/sign-in")
    one.look("sign-in", "检通")
    one.enter(CHIEF)
    expect(one.at("enrolment-needed")).to_be_visible()
    expect(one.field("username")).to_have_value(CHIEF)
    one.look("enrolment", "登记本机")
    one.fill(code="NO-SUCH-CODE", password=city.PASSWORD)
    one.tap("submit")
    expect(one.at("form-problem")).to_contain_text("登记码")
    enrol(one, desk.code_for(CHIEF).lower(), name)


def out_and_in_again(one: Phone) -> None:
    """Sign out, and in again with the key."""
    one.open("/me")
    one.tap("sign-out")
    one.page.get_by_role("button", name="退出", exact=True).click()
    expect(one.heading).to_have_text("检通")
    one.enter(CHIEF)
    one.signed_in()


def delegated(chief: Phone) -> None:
    """Let somebody act for three days, confirmed anew by the sheet."""
    ended(chief)
    chief.open("/delegations/new")
    chief.choose(to_id="罗景行（部门负责人）")
    chief.tick(matters="consultations")
    until = datetime.now(SHANGHAI).date() + timedelta(days=3)
    chief.fill(until_on=until.isoformat(), reason="外出学习期间。")
    chief.look("delegation-form", "新的授权")
    chief.tap("submit")
    expect(chief.at("delegation").first).to_contain_text("提前介入")
    chief.look("delegations", "授权代行")
    chief.open("/tasks")
    chief.signed_in()


def reported_lost(second: Phone, desk: Desk, name: str) -> None:
    """Enrol another phone, and say from there that the first one is lost."""
    second.open("/sign-in")
    second.tap("to-enrolment")
    expect(second.heading).to_have_text("登记本机")
    second.fill(username=CHIEF)
    enrol(second, desk.code_for(CHIEF), "备用手机")
    second.open("/me/devices")
    lost = second.at("phone").filter(has_text=name)
    expect(lost).to_have_count(1)
    expect(second.at("this-phone")).to_have_count(1)
    second.look("devices", "我的设备与登录")
    lost.get_by_test_id("lost").click()
    expect(second.at("lost-name")).to_have_text(name)
    second.look("loss", "报告手机丢失")
    second.tap("report-loss")
    expect(second.at("this-phone")).to_have_count(1)
    expect(lost).to_have_count(0)


def test_a_phone_is_enrolled_confirms_a_delegation_and_is_lost(phone: HandOut, desk: Desk) -> None:
    first, second = phone(CHIEF), phone(CHIEF)
    name = f"工作手机 {uuid4().hex[:4]}"
    enrolled_at_the_door(first, desk, name)
    out_and_in_again(first)
    delegated(first)
    reported_lost(second, desk, name)

    # Out at its next tap, with nothing kept; what to do next is read without network.
    first.expected = ("",)
    first.tap("tab-inbox")
    expect(first.at("session-ended")).to_contain_text("本机已被报告丢失")
    assert first.page.evaluate(SEALED) == []
    first.cut_off()
    first.tap("to-lost-phone")
    first.look("lost-phone", "丢失手机怎么办")
    first.reconnect()

    # Whoever acts for the chief reads so, until it is ended.
    desk.enrolled_only(asked=False)
    delegate = phone(DELEGATE)
    delegate.open("/sign-in")
    delegate.enter(DELEGATE)
    delegate.signed_in()
    expect(delegate.at("acting")).to_contain_text("您代温若霖行使检察长职权：提前介入")
    delegate.look("acting", "今日待办")
    ended(second)
