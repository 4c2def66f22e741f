"""A page of a packet as a picture: set anew from covered words, with who looks at it across it."""

from pathlib import Path

from services.packets.reading import ShownPage
from services.typesetting import lines_of, typeset

LAYOUT = Path(__file__).with_name("packet.typ")


def picture(page: ShownPage) -> bytes:
    """The page as PNG; nothing but the words and the watermark goes into it."""
    told = {
        "number": page.number,
        "of": page.of,
        "lines": [line for paragraph in page.paragraphs for line in lines_of(paragraph)],
        "watermark": page.watermark,
    }
    return typeset(LAYOUT, told, page.viewed_at, as_="png")
