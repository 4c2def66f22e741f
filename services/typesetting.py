"""How a text falls into lines and pages: the same text always gives the same pages."""

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pylopdf_fonts_zh_cn as fonts
import typst

LINES = 22
"""Lines a page (GB/T 9704)."""
COLUMNS = 56
"""Half-width columns a line: 28 characters of full width (GB/T 9704)."""
NEVER_FIRST = frozenset("。，、；：？！）】》〉」』”’…—·％%)]},.;:?!")
"""What never begins a line."""
NEVER_LAST = frozenset("（【《〈「『“‘([{")
"""What never ends a line."""
PIXELS = 110
"""Of a picture of a page: dots an inch."""


class NotPrintableError(RuntimeError):
    """A layout and its fonts do not fit together: a bug, never a refusal."""


def width(char: str) -> int:
    """Half-width columns that a character takes; a combining one takes none."""
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


def measured(text: str) -> int:
    """Half-width columns that a text takes."""
    return sum(map(width, text))


def pages_of(paragraphs: Sequence[str]) -> list[list[str]]:
    """Paragraphs, broken into lines of 28 characters and pages of 22 lines; nothing is lost."""
    lines = [line for paragraph in paragraphs for line in lines_of(paragraph)]
    return [lines[start : start + LINES] for start in range(0, len(lines), LINES)]


def lines_of(paragraph: str) -> Iterator[str]:
    """A paragraph, broken into lines of 28 characters; nothing is lost."""
    starts = 0
    while (widest := _fitting(paragraph, starts)) < len(paragraph):
        ends = _break(paragraph, starts, widest)
        yield paragraph[starts:ends]
        starts = ends
    yield paragraph[starts:]


def typeset(
    layout: Path, told: Mapping[str, Any], at: datetime, *, as_: Literal["pdf", "png"]
) -> bytes:
    """Set the pages; nothing but the layout, the font and what is handed in is read.

    A PDF is of the kind that is kept (PDF/A-2b); a picture is of one page.
    """
    files = {
        "main.typ": layout.read_bytes(),
        "told.json": json.dumps(told, ensure_ascii=False).encode(),
    }
    kind: dict[str, Any] = (
        {"pdf_standards": ["a-2b"], "timestamp": int(at.timestamp())}
        if as_ == "pdf"
        else {"ppi": PIXELS}
    )
    document, warnings = typst.compile_with_warnings(
        files,
        font_paths=[str(fonts.serif_path().parent)],
        ignore_system_fonts=True,
        format=as_,
        **kind,
    )
    if warnings or not isinstance(document, bytes):
        raise NotPrintableError([one.message for one in warnings])
    return document


def _fitting(text: str, starts: int) -> int:
    """Where the characters end that one line is wide enough for; it looks no further."""
    used = 0
    for at in range(starts, len(text)):
        used += width(text[at])
        if used > COLUMNS:
            return at
    return len(text)


def _break(text: str, starts: int, widest: int) -> int:
    """Where a line ends: as late as it is wide, and where a line may end."""
    middle = starts + (widest - starts) // 2
    fitting = (end for end in range(widest, middle, -1) if _may_end(text[end - 1], text[end]))
    return next(fitting, widest)


def _may_end(last: str, following: str) -> bool:
    inside_a_word = _of_a_word(last) and _of_a_word(following)
    return (
        following not in NEVER_FIRST
        and last not in NEVER_LAST
        and width(following) > 0
        and not inside_a_word
    )


def _of_a_word(char: str) -> bool:
    return char.isascii() and char.isalnum()
