"""Searching for a piece of a text, Chinese names of two characters among them, by an index.

An index of trigrams (pg_trgm) knows nothing of a piece that is shorter than three characters, and
most names are. So every character is written twice for it, `赵赵某某`: two characters make four,
which have two trigrams. A text holds a piece exactly if it does so with every character twice.

The database's lc_ctype has to know Chinese characters as letters, as C.UTF-8 does: under C the
index would hold nothing of them, and every search would read the whole table.
"""

from typing import Any

from sqlalchemy import ColumnElement, Index, Text, func, literal_column, text
from sqlalchemy.orm import InstrumentedAttribute

LEAST = 2
"""A shorter piece has no trigram even so."""
_EACH_TWICE = ("'(.)'", r"'\1\1'", "'g'")


def index(name: str, *columns: str) -> Index:
    """An index over the pieces of each of these columns."""
    how = ", ".join(_EACH_TWICE)
    return Index(
        name,
        *(text(f"regexp_replace({one}, {how}) gin_trgm_ops") for one in columns),
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},  # a name is found at once, and by the index
    )


def holds(column: InstrumentedAttribute[Any], piece: str) -> ColumnElement[bool]:
    """Does the column hold that piece, in whichever case? By the index, if it has one."""
    doubled: ColumnElement[str] = func.regexp_replace(
        column, *map(literal_column, _EACH_TWICE), type_=Text()
    )
    return doubled.ilike(f"%{''.join(_plain(one) * 2 for one in piece)}%")


def _plain(character: str) -> str:
    r"""A character that stands for itself in a pattern: `%` is written `\%`."""
    return f"\\{character}" if character in "%_\\" else character
