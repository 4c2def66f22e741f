"""Small pictures of signatures, stamps and fingerprints: PNG, and whole."""

import struct
import zlib

from services.attachments import FileEmpty, FileTooLarge
from services.kernel.refusals import Unprocessable

MOST_BYTES = 256 * 1024
MOST_PIXELS = 2000
"""A side of a picture is at most so long."""
_BEGINNING = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


class UnfitPicture(Unprocessable):
    """A mark is a whole PNG picture of at most 2000 × 2000 pixels."""

    zh = "签名、盖章、指印应当是完整的 PNG 图片，边长不超过 2000 像素。"


def refuse_unfit(content: bytes) -> None:
    """Refuse what is no whole, small picture: it is printed as it is.

    Refuses:
        FileEmpty: it has no content.
        FileTooLarge: it has more than 256 KiB.
        UnfitPicture: it is no PNG, is damaged, or is too large.
    """
    if not content:
        raise FileEmpty
    if len(content) > MOST_BYTES:
        raise FileTooLarge(limit=MOST_BYTES)
    try:
        whole = _is_whole(content)
    except (struct.error, zlib.error, KeyError):
        whole = False
    if not whole:
        raise UnfitPicture


def _is_whole(content: bytes) -> bool:
    """Does every chunk fit its checksum, and do the pixels fill the picture?"""
    chunks = list(_chunks(content))
    if not chunks or chunks[0][0] != b"IHDR" or chunks[-1] != (b"IEND", b""):
        return False
    wide, high, depth, colour, compression, filtering, interlaced = struct.unpack(
        ">IIBBBBB", chunks[0][1]
    )
    if not (0 < wide <= MOST_PIXELS and 0 < high <= MOST_PIXELS):
        return False
    if (compression, filtering, interlaced) != (0, 0, 0) or depth not in {1, 2, 4, 8, 16}:
        return False
    row = 1 + (wide * _CHANNELS[colour] * depth + 7) // 8
    pixels = b"".join(body for kind, body in chunks if kind == b"IDAT")
    unpacking = zlib.decompressobj()
    found = len(unpacking.decompress(pixels, row * high + 1))
    has_palette = any(kind == b"PLTE" for kind, _ in chunks)
    return found == row * high and unpacking.eof and (colour != 3 or has_palette)  # noqa: PLR2004


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    if not content.startswith(_BEGINNING):
        return []
    chunks, at = [], len(_BEGINNING)
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", content, at + 8 + length)
        if len(body) != length or zlib.crc32(kind + body) != checksum:
            return []
        chunks.append((kind, body))
        at += 12 + length
    return chunks
