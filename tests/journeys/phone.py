"""A phone in a headless browser: taps, fills and looks, and keeps account of what it saw."""

import json
import re
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from jiantong.demo import city
from services.kernel.act import SHANGHAI

CLIENT = Path(__file__).resolve().parents[2] / "mobile_stub"
AXE = CLIENT / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 30_000
"""Milliseconds a page may take on a busy machine; what is there sooner is not waited for."""

LOOKS = 3
"""How often a page with a fault is looked at again before the fault counts."""

expect.set_options(timeout=PATIENCE)
FIRST_PAGE = re.compile("^(今日待办|首页)$")
NEUTRAL = re.compile(r"^您有(新的|紧急|即将到期的)(待办|消息)\s*查看$")
"""All that a banner says: no name, no number, no charge."""

# What a screen reader would call each thing that can be acted upon; a wrapped input counts.
NAMELESS = """() => [...document.querySelectorAll('button, a[href], input, select, textarea')]
  .filter(one => one.checkVisibility() && one.type !== 'hidden')
  .filter(one => !(one.innerText || one.getAttribute('aria-label') || one.title
    || [...(one.labels ?? [])].map(label => label.innerText).join('')
    || document.getElementById(one.getAttribute('aria-labelledby'))?.innerText || '').trim())
  .map(one => one.outerHTML.slice(0, 200))"""
SMALL = """() => [...document.querySelectorAll('button, a[href], select')]
  .filter(one => one.checkVisibility())
  .map(one => [one.getBoundingClientRect(), one])
  .filter(([box]) => box.width && (box.height < 40 || box.width < 40))
  .map(([box, one]) => `${box.width} by ${box.height}: ${one.outerHTML.slice(0, 120)}`)"""
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
WATCH = """new MutationObserver(() => {
  const banner = document.querySelector('[data-testid=push-banner]');
  if (banner) window.sawBanner(banner.innerText);
}).observe(document, { subtree: true, childList: true })"""
CHECK = """async () => (await axe.run({ exclude: ['.van-toast'] }, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
  })).violations.map(found => [found.id, ...found.nodes.map(node => node.html)].join(' '))
"""


@dataclass(eq=False)
class Phone:
    """One person's phone: a browser context of its own."""

    browser: Browser
    base: str
    shots: Path | None
    """Where pictures are kept, if they are wanted."""
    who: str
    offline: bool = False
    pushes: list[dict[str, Any]] = field(default_factory=list)
    banners: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()
    """Addresses whose refusal is part of the story (the browser reports each refusal)."""
    _noticed: int = 0
    context: BrowserContext = field(init=False)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.context = self.browser.new_context(
            viewport={"width": 390, "height": 844},
            device_scale_factor=2 if self.shots else 1,
            is_mobile=True,
            has_touch=True,
            locale="zh-CN",
            reduced_motion="reduce",
            timezone_id="Asia/Shanghai",
            base_url=self.base,
        )
        self.context.set_default_timeout(PATIENCE)
        self.context.on("request", lambda request: self._met(request.url))
        self.context.expose_function("sawBanner", self._saw)
        self.context.add_init_script(WATCH)
        self.hold(self.context.new_page())
        wire = self.context.new_cdp_session(self.page)
        wire.send("Network.enable")
        wire.on("Network.eventSourceMessageReceived", self._pushed)

    def hold(self, page: Page) -> None:
        """Go on with this page, and keep account of what it says."""
        self.page = page
        page.add_locator_handler(self.at("confirm-sheet"), self._confirm)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))

    def close(self) -> None:
        """Put the phone away, having found nothing to complain about."""
        self.context.close()
        assert not self.complaints, "\n".join([self.who, *self.complaints])
        assert not self.strangers, f"{self.who} called {self.strangers}"

    # What a finger does.

    def begin(self, path: str) -> None:
        """Ask for a page without waiting for it."""
        self.page.goto(path, wait_until="commit")

    def open(self, path: str) -> None:
        self.page.goto(path)

    def tap(self, testid: str) -> None:
        self.at(testid).click()

    def fill(self, **values: str) -> None:
        """Fill fields by the pointer of their value, `__` for `/`: `suspects__0__name`."""
        for name, value in values.items():
            self.field(name).fill(value)

    def choose(self, **labels: str) -> None:
        """Choose from selects by the word a person reads."""
        for name, label in labels.items():
            self.field(name).select_option(label=label)

    def tick(self, **choices: str) -> None:
        """Tick a radio button or a box."""
        for name, choice in choices.items():
            box = self.at(f"{_testid(name)}-{choice}")
            # Away from the bar at the foot, as a thumb would.
            box.evaluate("one => one.scrollIntoView({ block: 'center' })")
            box.check()

    def at(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def field(self, name: str) -> Locator:
        return self.at(_testid(name))

    def _confirm(self, sheet: Locator) -> None:
        """Confirm a legal act anew with the demo password, wherever the sheet comes up."""
        sheet.get_by_test_id("confirm-password").fill(city.PASSWORD)
        sheet.get_by_test_id("confirm-submit").click()

    def file_interrogation(self, link: str = "action-interrogation", then: str = "heard") -> None:
        """In a review: enter that the suspect was met on paper just now, with a colleague."""
        self.tap(link)
        now = datetime.now(SHANGHAI)
        began, ended = (now - timedelta(minutes=minutes) for minutes in (15, 2))
        self.field("seats__1").select_option(index=1)
        if self.field("centre_id").count():
            self.field("centre_id").select_option(index=1)
        self.fill(
            held_from=began.strftime("%Y-%m-%dT%H:%M"), held_until=ended.strftime("%Y-%m-%dT%H:%M")
        )
        self.tap("submit")
        expect(self.at(then)).to_be_visible()

    # What happens around it.

    def enter(self, username: str, password: str = city.PASSWORD) -> None:
        """Type the account and press; do not wait for the answer."""
        self.fill(username=username, password=password)
        self.tap("sign-in")

    def signed_in(self) -> None:
        """Wait until today's tasks are there; a people's supervisor sees one step at a time."""
        expect(self.heading).to_have_text(FIRST_PAGE)
        self.settled()

    @property
    def heading(self) -> Locator:
        return self.page.locator("h1")

    def settled(self) -> None:
        """Wait until nothing is being loaded."""
        expect(self.page.get_by_label("正在加载")).to_have_count(0)

    def look(self, name: str, title: str) -> None:
        """Look at the page as a person does and as a screen reader does."""
        expect(self.heading).to_have_text(title)
        self.settled()
        self.shoot(name)
        faults = self._faults()
        for _ in range(LOOKS):
            if not faults:
                break
            # What a busy machine shows for a moment, such as a button at work, is no fault.
            self.page.wait_for_timeout(500)
            faults = self._faults()
        self.complaints += [f"{name}: {fault}" for fault in faults]

    def _faults(self) -> list[str]:
        """What a person, or a screen reader, would stumble over now."""
        faults = [f"unnamed: {html}" for html in self.page.evaluate(NAMELESS)]
        faults += [f"small: {html}" for html in self.page.evaluate(SMALL)]
        if (headings := self.heading.count()) != 1:
            faults.append(f"{headings} headings")
        if (over := self.page.evaluate(WIDE)) > 0:
            faults.append(f"{over} pixels wider than the screen")
        if AXE.is_file():
            if not self.page.evaluate("() => 'axe' in window"):
                self.page.evaluate(AXE.read_text(encoding="utf-8"))
            faults += self.page.evaluate(CHECK)
        return faults

    def shoot(self, name: str) -> None:
        """Keep the picture of the screen, if pictures are wanted."""
        if self.shots is None:
            return
        self.shots.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self.shots / f"{name}.png", animations="disabled")

    def hears(self) -> None:
        """Wait for a push: four opaque strings, and a banner that anybody may read."""
        until = time.monotonic() + PATIENCE / 1000
        while len(self.pushes) == self._noticed or not self.banners:
            assert time.monotonic() < until, f"{self.who}: no push came"
            self.page.wait_for_timeout(50)
        self._noticed = len(self.pushes)
        for push in self.pushes:
            assert set(push) == {"id", "class", "exp", "sig"}, push
            assert all(isinstance(value, str) and value.isascii() for value in push.values()), push
        for banner in self.banners:
            assert NEUTRAL.match(banner), banner

    def inbox(self, about: tuple[str, ...]) -> list[str]:
        """The titles of the messages about something, newest first."""
        self.open("/inbox")
        expect(self.heading).to_have_text("消息")
        self.settled()
        texts = self.page.locator("[data-item-id]").all_inner_texts()
        return [text.splitlines()[0] for text in texts if any(word in text for word in about)]

    def cut_off(self) -> None:
        """Into the lift."""
        self.offline = True
        self.context.set_offline(True)

    def reconnect(self) -> None:
        """Out of the lift."""
        self.context.set_offline(False)
        self.offline = False

    def _met(self, url: str) -> None:
        parts = urlsplit(url)
        inside = parts.scheme in {"data", "blob", "about"}
        if not inside and parts.hostname not in {"127.0.0.1", "localhost"}:
            self.strangers.append(url)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        address = message.location["url"]
        refused = "Failed to load resource" in message.text
        if refused and any(address.endswith(path) for path in self.expected):
            return
        if refused and "status of 428" in message.text:
            return
        if self.offline and "ERR_INTERNET_DISCONNECTED" in message.text:
            return
        self.complaints.append(f"{message.text} ({address})")

    def _saw(self, banner: str) -> None:
        self.banners.append(banner)

    def _pushed(self, event: dict[str, Any]) -> None:
        self.pushes.append(json.loads(event["data"]))


def _testid(name: str) -> str:
    return f"field-{name.replace('__', '-')}"
