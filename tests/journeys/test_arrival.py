"""News arrive on two phones of one person: the open one hears the stream, the closed one is woken.

The browser's push service is the demo's simulator: the page subscribes there in place of the
browser's own, and what the simulator decrypts is handed to the service worker by the browser's
development protocol, as the browser itself would.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession, Route, Worker, expect

from jiantong.demo import phones
from jiantong.demo.journeys import CHIEF
from services.kernel.act import SHANGHAI
from tests.jiantong.test_supervisor import eventually
from tests.journeys.phone import NEUTRAL, Phone

pytestmark = pytest.mark.browser

HandOut = Callable[[str], Phone]
READER = "luojinghang"
REASON = "外出参加培训期间。"
GIVEN, ENDED = "授权代行审批职责", "授权已结束"
SUBSCRIBE = """PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
  const given = await window.subscribedHere(applicationServerKey)
  return { toJSON: () => given, unsubscribe: async () => true }
}"""
SHOWN = """async () => (await self.registration.getNotifications())
  .map(one => ({ title: one.title, body: one.body, tag: one.tag }))"""
CLICK = """async () => {
  const [notification] = await self.registration.getNotifications()
  const asked = new Promise((done) => {
    self.clients.openWindow = async path => done(path)
  })
  self.dispatchEvent(new NotificationEvent('notificationclick', { notification }))
  return await asked
}"""
"""A browser opens a window for a finger only: here it is noted which one the worker asks for."""


class Chief:
    """The chief procurator, elsewhere: each delegation and each end of one is told."""

    def __init__(self, server: str, reader: str) -> None:
        self.phone = phones.Phone(phones.Live(server), CHIEF)
        self.phone.sign_in()
        me = self.phone.get("/me")
        self.office = next(
            post["office_id"] for post in me["posts"] if post["post"] == "chief_procurator"
        )
        found = phones.Phone(phones.Live(server), reader)
        found.sign_in()
        self.reader = found.get("/me")["id"]
        stay_awake(found)
        self.today = datetime.now(SHANGHAI).date()
        for left in self.phone.get("/delegations")["items"]:
            if left["reason"] == REASON and left["ended_at"] is None:
                self.end(left["id"])

    def give(self, days: int) -> int:
        """Let the reader act on a day to come."""
        on = (self.today + timedelta(days=days)).isoformat()
        given = self.phone.send(
            "POST",
            "/delegations",
            {
                "office_id": self.office,
                "to_id": self.reader,
                "from_on": on,
                "until_on": on,
                "matters": ["consultations"],
                "reason": REASON,
            },
        )
        return int(given.json["id"])

    def end(self, delegation: int) -> None:
        self.phone.send("PUT", f"/delegations/{delegation}/end")


class PushService:
    """The simulator of the browser's push service."""

    def __init__(self, server: str) -> None:
        self.port = _simulator_of(urlsplit(server).port or 0)
        self.subscribed: dict[str, Any] = {}

    def subscribe(self, server_key: str) -> dict[str, Any]:
        """What the browser would answer a page; the same the second time."""
        wanted = {"application_server_key": server_key}
        self.subscribed = self.subscribed or self._ask("POST", "/registrations", wanted)
        return {name: self.subscribed[name] for name in ("endpoint", "keys")}

    def messages(self) -> list[dict[str, str]]:
        """What has been pushed to the phone so far."""
        sent = self._ask("GET", "/messages")["messages"]
        return [one["message"]["data"] for one in sent if one["token"] == self.subscribed["token"]]

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


class Sleeper:
    """A phone whose app is closed, and the browser that wakes its worker."""

    def __init__(self, one: Phone, service: PushService) -> None:
        self.one, self.service, self.woken = one, service, 0
        one.context.grant_permissions(["notifications"], origin=one.base)
        one.context.expose_function("subscribedHere", service.subscribe)
        one.context.add_init_script(SUBSCRIBE)
        self.registration = ""

    def lay_aside(self) -> None:
        """Close the app; the browser stays."""
        blank = self.one.context.new_page()
        self.one.page.close()
        self.wire: CDPSession = self.one.context.new_cdp_session(blank)
        self.wire.on("ServiceWorker.workerRegistrationUpdated", self._registered)
        self.wire.send("ServiceWorker.enable")
        assert eventually(lambda: bool(blank.evaluate("true")) and bool(self.registration), 20)

    def is_woken(self) -> dict[str, str]:
        """Wait for the next push, and hand it to the worker."""
        assert eventually(lambda: len(self.service.messages()) > self.woken)
        push = self.service.messages()[self.woken]
        self.woken += 1
        self.deliver(push)
        return push

    def deliver(self, push: dict[str, str]) -> None:
        """Hand a push to the worker, as the browser does."""
        to = {"origin": self.one.base, "registrationId": self.registration}
        self.wire.send("ServiceWorker.deliverPushMessage", to | {"data": json.dumps(push)})

    def shows(self, *tags: str) -> bool:
        """Are these notices on the lock screen, and no others; each in neutral words?"""

        def shown() -> bool:
            found = self.worker.evaluate(SHOWN)
            assert all(one["title"] == "检通" for one in found)
            assert all(NEUTRAL.match(f"{one['body']} 查看") for one in found), found
            return {one["tag"] for one in found} == set(tags)

        return eventually(shown, 20)

    @property
    def worker(self) -> Worker:
        return self.one.context.service_workers[0]

    def _registered(self, event: dict[str, Any]) -> None:
        for found in event["registrations"]:
            if found["scopeURL"].startswith(self.one.base):
                self.registration = found["registrationId"]


def _simulator_of(port: int) -> int:
    """Where the simulator of the server on that port listens."""
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                command = (process / "cmdline").read_bytes().decode().split("\0")
                around = (process / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if "--web-push-port" in command and f"PORT={port}".encode() in around:
                return int(command[command.index("--web-push-port") + 1])
    pytest.fail(f"the server on port {port} has no simulator of a push service")


def without_simulator(route: Route) -> None:
    """A house as on a closed network: it has a stream, and no phone maker's service."""
    answer = route.fetch()
    route.fulfill(response=answer, json=answer.json() | {"development_stream": None})


def stay_awake(one: phones.Phone) -> None:
    """No quiet hours and no low cap: the journey is played at any time of day, and again."""
    habits = one.get("/preferences")
    kept = {name: said for name, said in habits.items() if name not in {"set_at", "version"}}
    awake = {"quiet_from": None, "quiet_until": None, "working_days_only": False, "cap": 60}
    one.send("PUT", "/preferences", kept | awake, if_match=f'"{habits["version"]}"')


def in_hand(one: Phone) -> Phone:
    one.open("/sign-in")
    one.enter(READER)
    one.signed_in()
    return one


def line(one: Phone, title: str, nth: int = 0) -> Any:
    return one.page.locator("li", has_text=title).nth(nth)


def told_how_they_are_woken(first: Phone, second: Phone) -> None:
    """Each phone says how it is woken, and is listed so among one's devices."""
    for one, way in ((first, "stream"), (second, "web_push")):
        one.tap("tab-me")
        expect(one.at("push-state")).to_have_attribute("data-state", "listening")
        one.tap("to-devices")
        here = one.at("device").filter(has=one.at("this-device"))
        expect(here).to_have_attribute("data-service", way)
    second.look("devices-woken", "我的设备与登录")
    first.tap("back")
    first.tap("tab-inbox")
    first.settled()


def woken(sleeper: Sleeper) -> str:
    """The closed phone shows a notice, which says nothing; a forged push shows none."""
    push = sleeper.is_woken()
    assert set(push) == {"id", "class", "exp", "sig"}
    assert sleeper.shows(push["id"])
    sleeper.deliver(push | {"id": "00000000-0000-4000-8000-000000000000"})
    return push["id"]


def read_on_both(first: Phone, sleeper: Sleeper, item: str) -> None:
    """Read on one phone, it is gone from the other one: the line's mark and the notice."""
    second = sleeper.one
    second.hold(second.context.new_page())
    second.open("/inbox")
    expect(line(second, GIVEN).get_by_test_id("unread")).to_be_visible()
    assert sleeper.shows(item)
    first.tap("choose")
    first.look("inbox-choosing", "消息")
    line(first, GIVEN).get_by_test_id("pick").check()
    expect(first.at("read-chosen")).to_contain_text("1")
    first.tap("read-chosen")
    for one in (first, second):
        expect(line(one, GIVEN).get_by_test_id("unread")).to_have_count(0)
    assert sleeper.shows()


def replaced(first: Phone) -> None:
    """What a later line replaces is shown so, and counts as unread no more."""
    expect(line(first, ENDED).get_by_test_id("unread")).to_be_visible()
    expect(line(first, GIVEN).get_by_test_id("superseded")).to_be_visible()
    first.look("inbox", "消息")
    first.tap("tab-me")
    first.at("letters-largest").check(force=True)
    first.tap("tab-inbox")
    first.look("inbox-largest", "消息")
    first.at("show-unread").check(force=True)
    expect(line(first, ENDED)).to_be_visible()
    expect(first.at("superseded")).to_have_count(0)
    first.tap("read-all")
    expect(first.at("inbox-empty")).to_be_visible()
    expect(first.at("unread-count")).to_have_count(0)


def test_news_arrive_on_the_open_phone_and_wake_the_closed_one(phone: HandOut, server: str) -> None:
    chief = Chief(server, READER)
    first, second = phone("reader"), phone("sleeper")
    first.context.route("**/api/v1/push-settings", without_simulator)
    sleeper = Sleeper(second, PushService(server))
    told_how_they_are_woken(in_hand(first), in_hand(second))
    sleeper.lay_aside()

    # In the foreground: the banner and the line, without a reload.
    chief.give(40)
    expect(first.at("push-banner")).to_have_text(NEUTRAL)
    expect(line(first, GIVEN).get_by_test_id("unread")).to_be_visible()
    read_on_both(first, sleeper, woken(sleeper))
    sleeper.lay_aside()

    # Woken again before the line is replaced: what is replaced sooner is not pushed at all.
    given = chief.give(50)
    sleeper.is_woken()
    chief.end(given)
    replaced(first)

    # A tap on the notice opens the inbox.
    assert eventually(lambda: len(sleeper.worker.evaluate(SHOWN)) == 1, 20)
    second.hold(second.context.new_page())
    second.open(sleeper.worker.evaluate(CLICK))
    expect(second.heading).to_have_text("消息")
    expect(line(second, ENDED)).to_be_visible()
    assert sleeper.shows()
