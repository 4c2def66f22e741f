"""The heads of all chains, as lines: what a checkpoint signs and what its file holds.

A line is `subject about_id seq algorithm hash`; the lines stand in the order of their subjects
(by code points) and numbers. A chain that is gone has the line `subject about_id 0 - -`.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from services.kernel.chain import Subject
from services.kernel.ciphers import Digest, digest

Key = tuple[str, int]

_HEADS = text(
    "SELECT subject, about_id, seq, algorithm, encode(hash, 'hex') AS hash FROM journal_heads"
)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends."""

    seq: int
    algorithm: str
    hash: str
    """In hexadecimal."""


GONE = Head(0, "-", "-")
"""A chain that was there and is not: no honest journal ever has one."""


def now(connection: Connection) -> dict[Key, Head]:
    """The heads of this moment, read by one statement."""
    rows = connection.execute(_HEADS)
    return {(row.subject, row.about_id): Head(row.seq, row.algorithm, row.hash) for row in rows}


def lines(heads: Mapping[Key, Head]) -> str:
    """One line for each head, in their order."""
    return "".join(
        f"{subject} {about_id} {head.seq} {head.algorithm} {head.hash}\n"
        for (subject, about_id), head in sorted(heads.items())
    )


def read(written: str) -> dict[Key, Head]:
    """The heads that the lines tell.

    Raises:
        ValueError: a line is not as `lines` writes it.
    """
    return dict(_read(written.splitlines()))


def root(heads: Mapping[Key, Head], algorithm: Digest) -> bytes:
    """The hash over all lines."""
    return digest(algorithm, lines(heads).encode())


def changes(before: Mapping[Key, Head], after: Mapping[Key, Head]) -> dict[Key, Head]:
    """The heads that are not as they were."""
    fresh = {key: head for key, head in after.items() if before.get(key) != head}
    return fresh | {key: GONE for key in before if key not in after}


def fold(before: dict[Key, Head], changed: Mapping[Key, Head]) -> None:
    """Let the changes come to pass."""
    for key, head in changed.items():
        if head == GONE:
            before.pop(key, None)
        else:
            before[key] = head


def pack(changed: Mapping[Key, Head]) -> bytes:
    """The lines, compressed."""
    return zlib.compress(lines(changed).encode(), 9)


def unpack(packed: bytes) -> dict[Key, Head]:
    """The heads that were packed.

    Raises:
        ValueError: it is not what `pack` made.
    """
    try:
        return read(zlib.decompress(packed).decode())
    except zlib.error as error:
        raise ValueError from error


def named(key: Key) -> Subject:
    """The chain of that key."""
    return Subject(*key)


def _read(written: Iterable[str]) -> Iterator[tuple[Key, Head]]:
    for line in written:
        subject, about_id, seq, algorithm, hashed = line.rsplit(" ", 4)
        yield (subject, int(about_id)), Head(int(seq), algorithm, hashed)
