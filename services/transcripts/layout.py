"""How a record falls into lines and pages: the same text always gives the same pages."""

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence

LINES = 22
"""Lines a page (GB/T 9704)."""
COLUMNS = 56
"""Half-width columns a line: 28 characters of full width (GB/T 9704)."""
NEVER_FIRST = frozenset("。，、；：？！）】》〉」』”’…—·％%)]},.;:?!")
"""What never begins a line."""
NEVER_LAST = frozenset("（【《〈「『“‘([{")
"""What never ends a line."""
BEGINNING = "0" * 64
"""What the first page of an edition follows."""


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
    lines = [line for paragraph in paragraphs for line in _lines(paragraph)]
    return [lines[start : start + LINES] for start in range(0, len(lines), LINES)]


def page_hash(*, edition: int, number: int, previous: str, text: str) -> str:
    """SHA-256, hexadecimal, over the edition, the page's number, the page before and its text."""
    return chained(str(edition), str(number), previous, text)


def chained(*parts: str) -> str:
    """SHA-256, hexadecimal, over texts; each with its length, so that none runs into the next."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode()
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def _lines(paragraph: str) -> Iterator[str]:
    left = paragraph
    while measured(left) > COLUMNS:
        end = _break(left)
        yield left[:end]
        left = left[end:]
    yield left


def _break(text: str) -> int:
    """Where the first line ends: as late as the line is wide, and where a line may end."""
    widest = used = 0
    for char in text:
        used += width(char)
        if used > COLUMNS:
            break
        widest += 1
    fitting = (end for end in range(widest, widest // 2, -1) if _may_end(text[end - 1], text[end]))
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
