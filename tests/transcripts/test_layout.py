"""The same text falls into the same pages, and nothing is lost."""

import hypothesis.strategies as st
from hypothesis import given, settings

from services.transcripts.layout import chained
from services.typesetting import COLUMNS, LINES, NEVER_FIRST, measured, pages_of

TEXTS = st.lists(
    st.text(alphabet="我说的相符，。“”（）《》abc 123é\u0301藏ཀ", max_size=300), max_size=8
)


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_what_goes_in_comes_out_on_pages_of_22_lines_of_28_characters(texts: list[str]) -> None:
    pages = pages_of(texts)
    assert "".join(line for page in pages for line in page) == "".join(texts)
    assert all(len(page) == LINES for page in pages[:-1])
    assert all(0 < len(page) <= LINES for page in pages)
    assert all(measured(line) <= COLUMNS for page in pages for line in page)
    assert pages == pages_of(texts)


def test_a_full_stop_begins_no_line_and_an_opening_mark_ends_none() -> None:
    [[first, second]] = pages_of(["字" * 28 + "。"])
    assert (first, second) == ("字" * 27, "字。")
    [[first, second]] = pages_of(["字" * 27 + "“好”"])
    assert (first, second) == ("字" * 27, "“好”")
    [[first, second]] = pages_of(["字" * 26 + "number"])
    assert (first, second) == ("字" * 26, "number")
    assert not NEVER_FIRST & set("字")


def test_latin_letters_take_half_a_character() -> None:
    assert pages_of(["a" * COLUMNS]) == [["a" * COLUMNS]]
    assert pages_of(["a" * (COLUMNS + 1)]) == [["a" * COLUMNS, "a"]]


def test_two_texts_never_run_into_each_other() -> None:
    assert chained("ab", "c") != chained("a", "bc")
