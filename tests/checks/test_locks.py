"""The locks say what pyproject.toml asks for, and every line has its hashes."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from checks import CHECKOUT

LINE = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)((?:.*\\\n)*.*)", re.MULTILINE)


def locked(name: str) -> dict[str, str]:
    text = (CHECKOUT / "requirements" / name).read_text()
    found = LINE.findall(text)
    assert all("--hash=sha256:" in rest for _, _, rest in found)
    assert len(found) == len(re.findall(r"^\S", text, re.MULTILINE)), "nothing but pinned lines"
    return {canonicalize_name(package): version for package, version, _ in found}


def asked(*names: str) -> list[Requirement]:
    lines = [
        line
        for name in names
        for line in (CHECKOUT / "requirements" / name).read_text().splitlines()
        if line and not line.startswith("#")
    ]
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    return [Requirement(line) for line in [*project["dependencies"], *lines]]


@pytest.mark.parametrize(
    ("lock", "sources"), [("run.txt", ["build.in"]), ("test.txt", ["build.in", "test.in"])]
)
def test_what_is_asked_for_is_locked(lock: str, sources: list[str]) -> None:
    """When this fails pyproject.toml has changed: `make lock` resolves anew."""
    versions = locked(lock)
    for requirement in asked(*sources):
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)])


def test_tests_run_on_what_the_service_runs_on() -> None:
    service, tests = locked("run.txt"), locked("test.txt")
    assert service.items() <= tests.items()
