"""Words are taken out of a DOCX; of a picture, a scan or a broken file there are none."""

import zipfile
from contextlib import suppress
from io import BytesIO

import pytest

from services.attachments import MediaType
from services.packets.extraction import ScanNotRedactable, clean, words_of
from services.typesetting import LINES, pages_of

NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(body: str, **more: str) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("word/document.xml", f"<w:document {NS}><w:body>{body}</w:body></w:document>")
        for name, text in more.items():
            made.writestr(name, text)
    return content.getvalue()


def container(body: bytes) -> bytes:
    """A file whose body is exactly that."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("word/document.xml", body)
    return content.getvalue()


def spoiled(content: bytes) -> bytes:
    """The same with its packed words overwritten."""
    start = content.index(b"document.xml") + len(b"document.xml")
    return content[:start] + b"\xff" * 12 + content[start + 12 :]


LAUGHS = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
BOMB = f'<!DOCTYPE d [<!ENTITY e0 "哈">{LAUGHS}]><w:document {NS}><w:p>&e8;</w:p></w:document>'
READS_A_FILE = (
    f'<!DOCTYPE d [<!ENTITY x SYSTEM "secret.txt">]><w:document {NS}><w:p>&x;</w:p></w:document>'
)


def run(words: str, how: str = "") -> str:
    return f"<w:r><w:rPr>{how}</w:rPr><w:t>{words}</w:t></w:r>"


def test_paragraphs_runs_and_cells_are_read_and_the_rest_is_left() -> None:
    body = (
        f"<w:p>{run('犯罪嫌疑人欧')}{run('阳丹青')}</w:p>"
        f"<w:p>{run('见')}<w:del>{run('删去的话')}</w:del>{run('藏起来的', '<w:vanish/>')}</w:p>"
        f"<w:tbl><w:tr><w:tc><w:p>{run('格内')}</w:p></w:tc></w:tr></w:tbl>"
    )
    content = docx(body, **{"docProps/core.xml": "<c>作者欧阳丹青</c>"})
    assert words_of(content, MediaType.DOCX) == "犯罪嫌疑人欧阳丹青\n见\n格内"


@pytest.mark.parametrize(
    "media_type", [MediaType.PDF, MediaType.JPEG, MediaType.PNG, MediaType.OFD]
)
def test_a_picture_or_a_scan_gives_no_words(media_type: MediaType) -> None:
    with pytest.raises(ScanNotRedactable):
        words_of(b"%PDF-1.7", media_type)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04broken",
        docx("<w:p>"),
        docx("</w:body></w:document><!DOCTYPE x>"),
    ],
)
def test_a_broken_or_hostile_file_gives_no_words(content: bytes) -> None:
    with pytest.raises(ScanNotRedactable):
        words_of(content, MediaType.DOCX)


@pytest.mark.parametrize(
    "content",
    [
        container(BOMB.encode()),
        container(('<?xml version="1.0" encoding="utf-16"?>' + BOMB).encode("utf-16")),
        container(('<?xml version="1.0" encoding="utf-16"?>' + READS_A_FILE).encode("utf-16-le")),
        container(b'<?xml version="1.0" encoding="cp037"?>' + READS_A_FILE.encode("cp037")),
        container(b"<a>" * 100_000),
        container(b"<a>" * 50_000 + b"</a>" * 50_000),
        container(
            f"<w:document {NS}><w:p>".encode()
            + b"<w:sdt>" * 20_000
            + b"</w:sdt>" * 20_000
            + b"</w:p></w:document>"
        ),
        container(b" " * (9 * 1024 * 1024)),
        spoiled(container(b"<a>" + bytes(range(32, 127)) * 40)),
    ],
    ids=["laughs", "utf16", "file", "ebcdic", "open", "deep", "deep-words", "large", "spoiled"],
)
def test_a_file_that_would_harm_its_reader_gives_no_words(content: bytes) -> None:
    with suppress(ScanNotRedactable):
        assert words_of(content, MediaType.DOCX) == ""


def test_what_turns_words_around_or_has_no_width_is_left_out() -> None:
    assert clean("\u202e青丹阳欧\u202c见\u200b证\ufeff人\U000e0041") == "青丹阳欧见证人"
    assert clean("一\u2028二\x85三\r四\r\n五\x0c六") == "一\n二\n三\n四\n五\n六"


def test_a_paragraph_without_an_end_falls_into_pages_at_once() -> None:
    assert len(pages_of(["字" * 120_000])) == -(-120_000 // 28 // LINES)
