"""Finds what must not stand in the demo world: traces of real people, places and papers.

The case facts began as published judgments. `python -m jiantong.demo.scan` reads every text the
demo world is made of and names each suspicious piece; a test runs the same over them. It finds
shapes and known names, so it is a net under careful reading, not a replacement for it.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from services.packets.redaction import REGIONS

DATA = files("jiantong.demo").joinpath("data")

_SHAPES = {
    "plate": rf"[{REGIONS}][A-Z][·\s]?[A-Z0-9]{{4,5}}[A-Z0-9挂学警]",
    "mobile number": r"(?<!\d)1[3-9]\d{9}(?!\d)",
    "telephone number": r"(?<!\d)(?:0\d{2,3}-?)?\d{7,8}(?![\d.]|余?元)",
    "long number": r"\d{8,}|\d{6}[Xx](?!\w)",
    "masked number": r"[×*＊xX]{3,}|X{2,}|＊",
    "garbled name": r"某[甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥](?!方)|某\d",
    "stage of the court": r"被告人|被告单位|本院|审理查明|本案审理|判决|公诉机关|上诉",
    "road number": r"(?<![A-Z])[GSX]\d{3}(?!\d)",
    "house number": r"\d+号(?!牌|猎枪)",
}


@dataclass(frozen=True, slots=True)
class Trace:
    """A piece of text that may point at somebody or somewhere real."""

    where: str
    kind: str
    piece: str


def traces(text: str, where: str = "") -> Iterator[Trace]:
    """Every suspicious piece of `text`."""
    for kind, shape in _SHAPES.items():
        for found in re.finditer(shape, text):
            yield Trace(where, kind, found[0])
    for found in _places().finditer(text):
        yield Trace(where, "real place", found[0])


def texts() -> Iterator[tuple[str, str]]:
    """Every text the demo world is made of, with the place it stands at."""
    for name in ("facts.json", "world.json", "names.json"):
        yield from _strings(json.loads(DATA.joinpath(name).read_text(encoding="utf-8")), name)


def all_traces() -> list[Trace]:
    """Every suspicious piece in the demo world."""
    return [trace for where, text in texts() for trace in traces(text, where)]


def report(found: list[Trace]) -> int:
    """Print what was found; 1 if there was anything."""
    for trace in found:
        print(f"{trace.where}: {trace.kind}: {trace.piece}")
    return 1 if found else 0


def _strings(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, f"{where}/{key}")
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _strings(inner, f"{where}/{position}")


@cache
def _places() -> re.Pattern[str]:
    """Names of provinces and prefectures in their short form, of counties in full."""
    names = DATA.joinpath("real_places.txt").read_text(encoding="utf-8").split()
    return re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))


if __name__ == "__main__":
    sys.exit(report(all_traces()))
