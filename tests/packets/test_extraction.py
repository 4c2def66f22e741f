"""Words are taken out of a DOCX; of a picture, a scan or a broken file there are none."""

import zipfile
from io import BytesIO

import pytest

from services.attachments import MediaType
from services.packets.extraction import ScanNotRedactable, words_of

NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(body: str, **more: str) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("word/document.xml", f"<w:document {NS}><w:body>{body}</w:body></w:document>")
        for name, text in more.items():
            made.writestr(name, text)
    return content.getvalue()


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
