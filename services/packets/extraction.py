"""The words of a file: taken out of it, so that nothing else of the file ever goes on.

What is shown to readers is set anew from words. A picture and a PDF give none here: nothing that
is installed reads them, and a cover drawn over a picture can be taken off again.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, XMLParser

from services.attachments import MediaType
from services.kernel.refusals import Unprocessable

MOST_BYTES = 8 * 1024 * 1024
"""Of the text of a DOCX, unpacked."""
_UNREADABLE = (  # all that zipfile and the parser raise for a file that is spoiled
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    NotImplementedError,  # zipfile, of a compression it does not know
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BODY = "word/document.xml"
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    r"\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
"""What has no width, and what turns the order of words around: on paper nobody sees it."""
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


class ScanNotRedactable(Unprocessable):
    """Words cannot be taken out of this file; type or paste them instead."""

    zh = "该文件无法提取文字，不能遮盖。请将需要阅看的内容录入或者粘贴为文字。"


def words_of(content: bytes, media_type: str) -> str:
    """The paragraphs of a DOCX, each on a line; deleted and hidden words are left out.

    Refuses:
        ScanNotRedactable: it is a scan, a picture, a PDF or an OFD, or it cannot be read.
    """
    if media_type != MediaType.DOCX:
        raise ScanNotRedactable(media_type=media_type)
    try:
        with zipfile.ZipFile(BytesIO(content)) as container, container.open(_BODY) as body:
            text = body.read(MOST_BYTES + 1)
    except _UNREADABLE as error:
        raise ScanNotRedactable(media_type=media_type) from error
    if len(text) > MOST_BYTES or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise ScanNotRedactable(media_type=media_type)
    # Without a document type there are no entities to expand; in UTF-8 none can be hidden.
    parser = XMLParser(encoding="utf-8")  # noqa: S314
    try:
        parser.feed(text)
        root: Element = parser.close()
        return clean("\n".join("".join(_words(one)) for one in root.iter(f"{_WORD}p")))
    except (ParseError, ValueError, RecursionError) as error:
        raise ScanNotRedactable(media_type=media_type) from error


def clean(words: str) -> str:
    """Words without control characters and without blank lines at their ends."""
    lines = _LINE_ENDS.sub("\n", words).split("\n")
    return "\n".join(_CONTROL.sub("", line).rstrip() for line in lines).strip("\n")


def _words(part: Element) -> Iterator[str]:
    """The words of a paragraph, as they are read on paper; a paragraph within has its own line."""
    for one in part:
        if one.tag in {f"{_WORD}del", f"{_WORD}moveFrom", f"{_WORD}p"}:
            continue
        if one.tag == f"{_WORD}r" and one.find(f"{_WORD}rPr/{_WORD}vanish") is not None:
            continue
        if one.tag == f"{_WORD}t":
            yield one.text or ""
        elif one.tag == f"{_WORD}tab":
            yield "\t"
        elif one.tag in {f"{_WORD}br", f"{_WORD}cr"}:
            yield "\n"
        else:
            yield from _words(one)
