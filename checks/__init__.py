"""What `make check` finds that no linter does: things that bind the house to one machine."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line that must not stay, and why."""

    path: str
    line: int
    why: str
    shown: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.why}: {self.shown}"


def at(path: str, text: str, match: re.Match[str], why: str) -> Finding:
    """Where in a text a pattern was found."""
    line = text.count("\n", 0, match.start()) + 1
    shown = " ".join(match.group().split())
    return Finding(path, line, why, shown if len(shown) <= _WIDTH else f"{shown[:_WIDTH]}…")


def texts(folder: Path = CHECKOUT) -> Iterator[tuple[str, str]]:
    """Every text file that is in the repository or about to be: its path and what it says."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=folder,
        check=True,
        capture_output=True,
    )
    for name in sorted(filter(None, listing.stdout.decode().split("\0"))):
        path = folder / name
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if b"\0" not in content:
                yield name, content.decode(errors="replace")


_WIDTH = 60
