"""Without a browser: a loud skip at home, a failure on the build server."""

import pytest

from tests.journeys.conftest import refuse


def test_without_a_browser_the_journey_is_skipped_with_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="BROWSER TESTS DID NOT RUN: no browser"):
        refuse("no browser")


def test_on_the_build_server_that_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="BROWSER TESTS DID NOT RUN: no browser"):
        refuse("no browser")
