"""The words of a file: taken out of it, so that nothing else of the file ever goes on.

What is shown to readers is set anew from words. A picture and a PDF give none here: nothing that
is installed reads them, and a cover drawn over a picture can be taken off again.
"""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, XMLParser

from services.attachments import MediaType
from services.kernel.refusals import Unprocessable

MOST_BYTES = 8 * 1024 * 1024
"""Of the text of a DOCX, unpacked."""
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BODY = "word/document.xml"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


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
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError) as error:
        raise ScanNotRedactable(media_type=media_type) from error
    if len(text) > MOST_BYTES or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise ScanNotRedactable(media_type=media_type)
    parser = XMLParser()  # noqa: S314  # without a document type there are no entities to expand
    try:
        parser.feed(text)
        root: Element = parser.close()
    except (ParseError, ValueError) as error:
        raise ScanNotRedactable(media_type=media_type) from error
    return clean("\n".join("".join(_words(one)) for one in root.iter(f"{_WORD}p")))


def clean(words: str) -> str:
    """Words without control characters and without blank lines at their ends."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n").split("\n")
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
