"""What a browser is told to do and not to do, and what the app's own pages never do."""

import io
import json
import re

import pytest
from flask.testing import FlaskClient

from api import logs
from services.kernel.settings import CHECKOUT
from tests.api.conftest import Headers

ADDRESSES = ("/", "/openapi.json", "/healthz", "/.well-known/jwks.json", "/api/v1/toys/ball")
RUNS_TEXT = re.compile(r"v-html|\.(?:inner|outer)HTML\b|insertAdjacentHTML|\beval\(|new Function\(")


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_answer_sets_a_cookie_or_opens_itself_to_another_origin(
    phone: FlaskClient, me: Headers, address: str
) -> None:
    reply = phone.get(address, headers=me | {"Origin": "https://elsewhere.example"})

    assert "Set-Cookie" not in reply.headers
    assert not [name for name, _ in reply.headers if name.startswith("Access-Control-")]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_says_what_a_browser_may_do_with_it(phone: FlaskClient, address: str) -> None:
    headers = phone.get(address, base_url="https://localhost").headers
    policy = set(headers["Content-Security-Policy"].split("; "))

    assert {"object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_the_app_shows_text_as_text_and_runs_none() -> None:
    pages = [
        path for path in (CHECKOUT / "mobile_stub/src").rglob("*") if path.suffix in {".ts", ".vue"}
    ]

    assert [path.name for path in pages if RUNS_TEXT.search(path.read_text())] == []
    assert len(pages) > 100


def test_a_refusal_stands_in_the_log_with_who_asked(phone: FlaskClient, me: Headers) -> None:
    kept = io.StringIO()
    logs.configure(kept)

    phone.get("/api/v1/toys/ball")
    phone.put("/api/v1/toys/ball", headers=me)
    logs.configure()

    stranger, colleague = (json.loads(line) for line in kept.getvalue().splitlines())
    assert (stranger["status"], "person" in stranger) == (401, False)
    assert (colleague["status"], "person" in colleague) == (400, True)
    assert {"request", "timestamp", "route", "method"} <= set(colleague)
