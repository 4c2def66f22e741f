"""What binds the pages of a record to each other and to their text."""

import hashlib

BEGINNING = "0" * 64
"""What the first page of an edition follows."""


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
