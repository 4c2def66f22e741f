"""Every message in the inbox leads to a page that the phone has."""

import re

import pytest

from notifications.messages import notices
from services.kernel.settings import CHECKOUT

NO_PAGE_YET = {"DisplacementObjected"}
"""Decided over the API; the phone has no page for it."""
ROUTER = (CHECKOUT / "mobile_stub/src/router.ts").read_text()


def _routes() -> list[re.Pattern[str]]:
    told = re.findall(r"^\s*path: '([^']+)'", ROUTER, re.MULTILINE)
    kinds = (re.sub(r":\w+\(\\\\d\+\)", r"\\d+", one) for one in told if "(.*)" not in one)
    return [re.compile(re.sub(r":\w+", "[^/]+", one)) for one in kinds]


@pytest.mark.parametrize("kind", sorted(notices()))
def test_a_message_leads_to_a_page(kind: str) -> None:
    notice = notices()[kind]
    assert notice.sample is not None
    link = notice.write(*notice.sample()).link

    assert any(route.fullmatch(link) for route in _routes()) == (kind not in NO_PAGE_YET), link
