"""Pages for people, written from the code: what can be generated is not kept by hand.

`python -m jiantong.docs` writes them, `python -m jiantong.docs --check` says whether one is not
current, and a house test does the same.
"""

from pathlib import Path

from jiantong.docs import escalations, flows, glossary, permissions, phone, vendors
from services.arrest_requests.page import page as arrest_request_checks
from services.deadlines.engine.page import page as deadlines
from services.kernel.settings import CHECKOUT

PAGES = {
    "arrest-request-checks.md": arrest_request_checks,
    "deadlines.md": deadlines,
    "escalations.md": escalations.page,
    "flows.md": flows.page,
    "glossary.md": glossary.page,
    "permissions.md": permissions.page,
    "push-vendors.md": vendors.page,
    "../mobile_stub/src/pages/journal/terms.json": phone.page,
}


def written() -> dict[Path, str]:
    """Every generated page and what it must say."""
    return {CHECKOUT / "docs" / name: page() for name, page in PAGES.items()}


def stale() -> dict[Path, str]:
    """The pages that do not say what the code says, and what they should say."""
    return {
        path: wanted
        for path, wanted in written().items()
        if not path.is_file() or path.read_text() != wanted
    }
