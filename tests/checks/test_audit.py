"""A known hole fails the check; silence is told, not taken for health."""

from datetime import date, timedelta

import pytest

from checks.audit import Acceptance, Hole, open_holes, phone_holes, python_holes

TODAY = date(2026, 11, 22)
OF_PIP = {
    "dependencies": [
        {"name": "sound", "version": "1", "vulns": []},
        {"name": "leaky", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]},
        {"name": "unknown", "skip_reason": "not found"},
    ]
}
OF_NPM = {
    "vulnerabilities": {
        "leaky": {"name": "leaky", "via": [{"url": "advisories/GHSA-1", "source": 7}]},
        "user": {"name": "user", "via": ["leaky"]},
    },
    "metadata": {"dependencies": {"total": 40}},
}


def test_a_known_hole_of_a_python_package_is_found() -> None:
    answer = python_holes(OF_PIP)
    assert answer.asked == 2
    assert answer.holes == [Hole("leaky", "PYSEC-1")]


def test_a_known_hole_of_the_phone_app_is_found_once() -> None:
    answer = phone_holes(OF_NPM)
    assert answer.asked == 40
    assert answer.holes == [Hole("leaky", "GHSA-1")]


@pytest.mark.parametrize("silence", [{}, {"message": "405"}, {"dependencies": []}])
def test_silence_is_no_answer(silence: dict[str, object]) -> None:
    assert python_holes(silence).asked == phone_holes(silence).asked == 0


def test_whoever_could_not_be_asked_has_audited_nothing() -> None:
    skipped = {"dependencies": [{"name": "sound", "skip_reason": "not found"}]}
    assert python_holes(skipped).asked == 0


def test_an_acceptance_ends() -> None:
    hole = Hole("leaky", "PYSEC-1")
    assert open_holes([hole], TODAY) == [hole]
    for until, left in ((TODAY, []), (TODAY - timedelta(days=1), [hole])):
        accepted = {"PYSEC-1": Acceptance("never called", until)}
        assert open_holes([hole], TODAY, accepted) == left
