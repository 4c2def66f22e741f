"""`python -m checks.audit`: are the locked dependencies known to have holes?

Python's are asked of the advisories that `pip-audit` reads, the phone app's of those that `npm
audit` reads. A known hole fails the check, unless `ACCEPTED` says why it is none here, and until
when. Where nobody can be asked, as on a closed network, the check says so in words that cannot be
overlooked, and passes: run it where it can ask before you ship.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from checks import CHECKOUT

_WITHIN = 120
_PIP_AUDIT = (
    *(sys.executable, "-m", "pip_audit", "--requirement", "requirements/run.txt"),
    *("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"),
)
_NPM_AUDIT = ("npm", "audit", "--prefix", "mobile_stub", "--omit", "dev", "--json")


@dataclass(frozen=True, slots=True)
class Hole:
    """A known hole in what we ship."""

    package: str
    advisory: str

    def __str__(self) -> str:
        return f"{self.package}: {self.advisory}"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Why a known hole is none here, and until when somebody believes so."""

    why: str
    until: date


@dataclass(frozen=True, slots=True)
class Answer:
    """What the advisories say of one lock."""

    asked: int
    """Of so many packages something is known, be it that they have no hole."""
    holes: Sequence[Hole]


ACCEPTED: Mapping[str, Acceptance] = {}
"""By the advisory's name."""


def python_holes(told: Mapping[str, Any]) -> Answer:
    """What `pip-audit --format json` tells."""
    packages = told.get("dependencies", [])
    audited = [package for package in packages if "skip_reason" not in package]
    holes = [Hole(package["name"], hole["id"]) for package in audited for hole in package["vulns"]]
    return Answer(len(audited), holes)


def phone_holes(told: Mapping[str, Any]) -> Answer:
    """What `npm audit --json` tells; an error has no number of packages."""
    asked = told.get("metadata", {}).get("dependencies", {}).get("total", 0)
    found = told.get("vulnerabilities", {}).values()
    return Answer(asked, [hole for package in found for hole in _of_package(package)])


def open_holes(
    holes: Sequence[Hole], today: date, accepted: Mapping[str, Acceptance] = ACCEPTED
) -> list[Hole]:
    """The holes that nobody has accepted, or no longer."""
    still = {name for name, one in accepted.items() if one.until >= today}
    return [hole for hole in holes if hole.advisory not in still]


def main() -> int:
    """Ask, and say what was found."""
    answers = {
        "Python": python_holes(_told(_PIP_AUDIT)),
        "the phone app": phone_holes(_told(_NPM_AUDIT)),
    }
    today = datetime.now(UTC).date()
    found = [hole for answer in answers.values() for hole in open_holes(answer.holes, today)]
    for hole in found:
        print(hole)
    for name, answer in answers.items():
        if answer.asked:
            print(f"{name}: {answer.asked} packages audited, {len(answer.holes)} known holes")
        else:
            print(f"*** NOT AUDITED: of the packages of {name} nobody could be asked. ***")
    return 1 if found else 0


def _of_package(package: Mapping[str, Any]) -> Iterator[Hole]:
    """The advisories themselves; a name among them is another package, told by itself."""
    for via in package.get("via", []):
        if isinstance(via, Mapping):
            yield Hole(package["name"], str(via.get("url") or via.get("source")).rpartition("/")[2])


def _told(command: Sequence[str]) -> Mapping[str, Any]:
    """What a command answers; nothing where it cannot be run or answers something else."""
    try:
        asked = subprocess.run(
            command, cwd=CHECKOUT, capture_output=True, text=True, timeout=_WITHIN, check=False
        )
        told = json.loads(asked.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return {}
    return told if isinstance(told, Mapping) else {}


if __name__ == "__main__":
    sys.exit(main())
