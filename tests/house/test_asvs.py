"""The table of OWASP ASVS 5.0 is whole, and what it names is there.

Nobody can test that a "yes" is true; but that its file and its test exist, that no requirement is
left out or counted twice, and that the sums are right, a program can.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from services.kernel.settings import CHECKOUT

PAGE = (CHECKOUT / "docs/asvs.md").read_text()
INVENTORY = (CHECKOUT / "docs/cryptography.md").read_text()
STATES = ("yes", "partly", "no", "n.a.")

LEVELS = """
1.1=22 1.2=111112222 1.3=11222222222 1.4=222 1.5=12 2.1=122 2.2=112 2.3=1222 2.4=2 3.2=11
3.3=1222 3.4=112222 3.5=11122 3.7=22 4.1=122 4.2=2 4.3=22 4.4=1222 5.1=2 5.2=112 5.3=11 5.4=222
6.1=122 6.2=111111112222 6.3=11223333 6.4=112233 6.5=22222333 6.6=2223 6.7=33 6.8=2222 7.1=222
7.2=1111 7.3=22 7.4=11222 7.5=223 7.6=22 8.1=12 8.2=112 8.3=1 8.4=2 9.1=111 9.2=1222 10.1=22
10.2=22 10.3=2222 10.4=11111222222 10.5=22222 10.6=22 10.7=222 11.1=2233 11.2=22233 11.3=11233
11.4=1222 11.5=23 11.6=23 11.7=33 12.1=122 12.2=11 12.3=2222 13.1=2 13.2=22222 13.3=22
13.4=12222 14.1=22 14.2=1222 14.3=122 15.1=122 15.2=122 15.3=1222222 16.1=2 16.2=22222 16.3=2222
16.4=222 16.5=222 17.1=2 17.2=2222 17.3=22
"""
"""Each section with the levels of its requirements in order: those of level 1 and 2, and of level
3 in the chapters of authentication, sessions, tokens and cryptography (OWASP ASVS 5.0.0)."""

CRYPTOGRAPHIC = {
    "argon2",
    "cryptography",
    "gmssl_pyx",
    "hashlib",
    "hmac",
    "jwt",
    "secrets",
    "ssl",
    "webauthn",
}
"""Modules by which something is hashed, sealed, signed or drawn."""
SHORTEST = 8
"""So many characters a reason has at least."""
ROOMS = ("services", "api", "notifications", "jiantong")
WEAK = re.compile(r"\b(?:md5|sha1|MD5|SHA1|ARC4|TripleDES|ECB)\b")


class Row(NamedTuple):
    """One requirement as the page tells it."""

    id: str
    level: str
    asks: str
    state: str
    where: str
    test: str


def _rows() -> Iterator[Row]:
    for line in PAGE.splitlines():
        if line.startswith("| V"):
            yield Row(*(cell.strip() for cell in line.strip("|").split("|")))


ROWS = list(_rows())


def _named(text: str) -> list[str]:
    """What stands in backticks and is a path."""
    return [one for one in re.findall(r"`([^`]+)`", text) if "/" in one or one.endswith(".md")]


@cache
def _tests_of(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    }


def _is_there(named: str) -> bool:
    file, _, test = named.partition("::")
    path = CHECKOUT / file
    return path.exists() and (not test or test in _tests_of(path))


def test_every_requirement_stands_in_the_table_once_with_its_level() -> None:
    asked = {
        f"V{section}.{number}": level
        for section, levels in (one.split("=") for one in LEVELS.split())
        for number, level in enumerate(levels, start=1)
    }

    assert [row.id for row in ROWS] == list(asked)
    assert {row.id: row.level for row in ROWS} == asked


def test_every_state_is_one_of_four_and_every_row_says_something() -> None:
    assert {row.state for row in ROWS} == set(STATES)
    assert [row.id for row in ROWS if not row.asks or not row.test] == []


def test_every_file_and_test_of_the_table_is_there() -> None:
    named = [(row.id, one) for row in ROWS for one in _named(row.where) + _named(row.test)]

    assert [one for one in named if not _is_there(one[1])] == []
    assert len(named) > len(ROWS)


@pytest.mark.parametrize("state", ["yes", "partly"])
def test_what_is_met_names_a_file(state: str) -> None:
    assert [row.id for row in ROWS if row.state == state and not _named(row.where)] == []


def test_most_of_what_is_met_names_a_test() -> None:
    met = [row for row in ROWS if row.state == "yes"]
    untested = [row.id for row in met if not any("::" in one for one in _named(row.test))]

    assert len(untested) < len(met) / 8, untested


def test_what_is_not_met_is_explained_in_words() -> None:
    unmet = [row for row in ROWS if row.state in {"partly", "no"}]

    assert [
        row.id for row in unmet if len(re.sub(r"`[^`]*`", "", row.test)) < len("No TURN.")
    ] == []


def test_the_sums_of_the_page_are_right() -> None:
    told = dict(re.findall(r"^\| (yes|partly|no|n\.a\.) \| (\d+) \|$", PAGE, re.MULTILINE))
    counted = Counter(row.state for row in ROWS)
    levels = Counter(row.level for row in ROWS)
    intro = " ".join(PAGE.split())

    assert told == {state: str(counted[state]) for state in STATES}
    assert f"{len(ROWS)} requirements, {levels['1']} of level 1, {levels['2']} of level 2" in intro
    assert f"and {levels['3']} of level 3." in intro


def test_the_page_of_security_leads_here() -> None:
    assert "(docs/asvs.md)" in (CHECKOUT / "SECURITY.md").read_text()


def test_every_place_that_uses_cryptography_stands_in_the_inventory() -> None:
    python = {
        str(path.relative_to(CHECKOUT))
        for room in ROOMS
        for path in (CHECKOUT / room).rglob("*.py")
        if CRYPTOGRAPHIC & set(_imported(path))
    }
    phone = {
        str(path.relative_to(CHECKOUT))
        for path in (CHECKOUT / "mobile_stub/src").rglob("*")
        if path.suffix in {".ts", ".vue"} and "crypto.subtle." in path.read_text()
    }

    assert set(re.findall(r"^\| `([^`]+)` \|", INVENTORY, re.MULTILINE)) == python | phone


def test_no_weak_hash_is_used_but_the_one_that_janus_reads() -> None:
    weak = {
        str(path.relative_to(CHECKOUT))
        for room in ROOMS
        for path in (CHECKOUT / room).rglob("*.py")
        if WEAK.search(path.read_text())
    }

    assert weak == {"services/video.py"}


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
