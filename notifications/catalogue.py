"""The catalogue of messages: what every kind says, in both languages, in every version it ever had.

A delivery keeps the version with which it was told; the catalogue shows the words of that version
on its sample. Words that change without a new version, or a version without words, fail the build:

    python -m notifications.catalogue          write new versions down
    python -m notifications.catalogue --check  say what is not written down

Versions are only added. What was once said stays readable.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from notifications.messages import Notice, Urgency, Words, notices

FILE = Path(__file__).with_name("catalogue.json")


@dataclass(frozen=True, slots=True)
class Template:
    """One version of what one kind of event says, shown on its sample."""

    kind: str
    version: int
    urgency: Urgency
    zh: Words
    en: Words
    link: str


class CatalogueError(Exception):
    """A kind whose words are not in the catalogue as they stand."""


def rendered(kind: str, notice: Notice) -> Template:
    """What a kind says today of its sample.

    Raises:
        CatalogueError: it has no sample, or nothing to say in English.
    """
    if notice.sample is None:
        message = f"the notice of {kind} has no sample=…: give it one"
        raise CatalogueError(message)
    said = notice.write(*notice.sample())
    if said.en is None:
        message = f"the notice of {kind} says nothing in English: give its Message en=Words(…)"
        raise CatalogueError(message)
    words = Words(said.title, said.body)
    return Template(kind, notice.version, notice.urgency, words, said.en, said.link)


@cache
def written() -> Mapping[str, tuple[Template, ...]]:
    """Every version of every kind, the oldest first."""
    kept: dict[str, list[dict[str, Any]]] = json.loads(FILE.read_text("utf-8"))
    return {kind: tuple(_read(kind, one) for one in versions) for kind, versions in kept.items()}


def missing(
    known: Mapping[str, tuple[Template, ...]], today: Mapping[str, Notice]
) -> dict[str, Template]:
    """The new versions that are to be written down, by kind.

    Raises:
        CatalogueError: words changed and their version did not, or a version was left out.
    """
    found: dict[str, Template] = {}
    for kind, notice in sorted(today.items()):
        now = rendered(kind, notice)
        last = known[kind][-1] if known.get(kind) else None
        if last == now:
            continue
        expected = last.version + 1 if last else 1
        if now.version != expected:
            message = (
                f"the words of {kind} are new: its notice needs version={expected}, "
                f"and has {now.version}"
            )
            raise CatalogueError(message)
        found[kind] = now
    return found


def main(arguments: Sequence[str], today: Mapping[str, Notice] | None = None) -> int:
    """Write new versions down, or with `--check` only say which are missing."""
    known = dict(written()) if FILE.exists() else {}
    try:
        new = missing(known, notices() if today is None else today)
    except CatalogueError as error:
        sys.stderr.write(f"catalogue: {error}\n")
        return 1
    if "--check" in arguments:
        for kind in new:
            sys.stderr.write(f"catalogue: {kind} is not written down: run make docs\n")
        return 1 if new else 0
    for kind, template in new.items():
        known[kind] = (*known.get(kind, ()), template)
    shown = {kind: [_shown(one) for one in known[kind]] for kind in sorted(known)}
    FILE.write_text(json.dumps(shown, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 0


def _read(kind: str, kept: Mapping[str, Any]) -> Template:
    return Template(
        kind,
        kept["version"],
        Urgency(kept["class"]),
        Words(*kept["zh"]),
        Words(*kept["en"]),
        kept["link"],
    )


def _shown(one: Template) -> dict[str, Any]:
    return {
        "version": one.version,
        "class": one.urgency.value,
        "zh": [one.zh.title, one.zh.body],
        "en": [one.en.title, one.en.body],
        "link": one.link,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
