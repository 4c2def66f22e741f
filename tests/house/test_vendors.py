"""The table of vendors: a code has one meaning, and a fault of ours costs nobody the phone."""

import ast
import re
from collections import Counter

import pytest

from notifications.channels import Verdict
from notifications.channels.vendors import VENDORS, About, Vendor, verdict_of
from notifications.deliveries import DeliveryChannel
from services.kernel.settings import CHECKOUT

CHANNELS = {
    "FCM": "fcm",
    "Web Push": "web_push",
    "HMS": "hms",
    "Stream": "stream",
    "Inbox": None,
}
"""The module of each vendor by which something is sent."""

MAY_BE = {
    About.DELIVERY: {Verdict.ACCEPTED},
    About.TOKEN: {Verdict.DEAD_TOKEN},
    About.PAYLOAD: {Verdict.BAD_PAYLOAD},
    About.SETUP: {Verdict.BAD_SETUP},
    About.PACE: {Verdict.RETRY},
    About.SERVICE: {Verdict.RETRY},
}
OF_A_PAYLOAD = re.compile(
    r"\b(payload|message is|content|parameter|header is|structure|field|"
    r"text was|too large|too long)\b"
)


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_every_code_has_one_meaning(vendor: Vendor) -> None:
    codes = Counter(one.code for one in vendor.answers)

    assert {code: times for code, times in codes.items() if times > 1} == {}
    assert {one.verdict for one in vendor.answers} >= {Verdict.ACCEPTED}


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_only_what_is_about_a_token_costs_the_token(vendor: Vendor) -> None:
    for one in vendor.answers:
        assert one.verdict in MAY_BE[one.about], one
        if OF_A_PAYLOAD.search(one.means):
            assert one.verdict is not Verdict.DEAD_TOKEN, one


def test_words_of_a_payload_are_found_where_there_are_any() -> None:
    blamed = [one for vendor in VENDORS for one in vendor.answers if one.about is About.PAYLOAD]

    assert sum(bool(OF_A_PAYLOAD.search(one.means)) for one in blamed) > len(blamed) / 2


def test_what_nobody_knows_is_tried_again_and_costs_nothing() -> None:
    assert {verdict_of(vendor, "no such code") for vendor in VENDORS} == {Verdict.RETRY}


def test_what_is_verified_is_what_is_sent_by() -> None:
    assert {vendor.name for vendor in VENDORS if vendor.verified} == set(CHANNELS)
    assert {one.value for one in DeliveryChannel} == {
        module or "inbox" for module in CHANNELS.values()
    }


@pytest.mark.parametrize("name", ["fcm", "web_push", "hms", "stream"])
def test_a_channel_takes_its_verdicts_from_the_table(name: str) -> None:
    tree = ast.parse((CHECKOUT / "notifications" / "channels" / f"{name}.py").read_text())

    made = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "Outcome"
    ]
    codes = {
        argument.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "said"
        for argument in node.args[1:2]
        if isinstance(argument, ast.Constant)
    }
    vendor = next(one for one in VENDORS if CHANNELS.get(one.name) == name)

    assert made == []
    assert codes <= {one.code for one in vendor.answers}
    assert codes
