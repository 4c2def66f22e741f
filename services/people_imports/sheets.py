"""A file as rows of text: comma-separated values or one sheet of a workbook, never evaluated.

A file is judged by its content, not by its name. Nothing in it is calculated or run: a cell that
begins like a formula is a fault, a workbook with macros is refused, and what unpacks to more than
a table of people could need is not unpacked.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

LARGEST = 512 * 1024
"""Bytes of a file."""
MOST_ROWS = 1000
MOST_COLUMNS = 30
LONGEST_CELL = 200
UNPACKED = 16 * 1024 * 1024
"""Bytes to which a workbook may unpack."""
MOST_PARTS = 100
HEADER = 1
"""The row that names the columns; the first entry stands in row 2."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ENTITIES = (b"<!DOCTYPE", b"<!ENTITY")


class RowFault(NamedTuple):
    """One thing that is wrong, and where."""

    row: int
    column: str
    code: str
    zh: str
    en: str

    def as_plain(self) -> dict[str, object]:
        """As the errors of a problem tell it."""
        return {
            "pointer": f"/rows/{self.row}/{self.column}",
            "code": self.code,
            "detail": {
                "zh": f"第{self.row}行：{self.zh}",
                "en": f"Row {self.row}: {self.en}",
            },
            "severity": "error",
        }


class UnreadableError(Exception):
    """The file is no table that can be read; it carries what is wrong."""

    def __init__(self, fault: RowFault) -> None:
        super().__init__(fault.en)
        self.fault = fault


def _file(code: str, zh: str, en: str) -> RowFault:
    return RowFault(HEADER, "file", code, zh, en)


TOO_LARGE = _file("too_large", "文件超过512KB。", "The file is over 512 KiB.")
TOO_MUCH = _file("too_large", "文件解压后过大。", "The file unpacks to too much.")
TOO_MANY = _file("too_many", "超过一千行。", "Over 1,000 rows.")
TOO_WIDE = _file("too_wide", "列数过多。", "Too many columns.")
ENCODING = _file("encoding", "编码应为UTF-8或者GB18030。", "Not UTF-8 or GB 18030.")
NO_TABLE = _file("not_a_table", "不是CSV或者XLSX文件。", "Neither CSV nor XLSX.")
NOT_CSV = _file("not_csv", "不是有效的CSV。", "Not comma-separated values.")
NOT_XLSX = _file("not_xlsx", "不是有效的XLSX文件。", "Not a workbook.")
MACROS = _file("macros", "文件含有宏，不予读取。", "The file has macros.")
ENTITIES = _file("entities", "文件含有实体定义。", "The file defines entities.")


def rows_of(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not empty, with its number, its cells as text.

    Raises:
        UnreadableError: too large, not a table, locked, with macros or with hidden entities.
    """
    if len(content) > LARGEST:
        raise UnreadableError(TOO_LARGE)
    read = _workbook(content) if content[:4] == b"PK\x03\x04" else _text(content)
    count = 0
    for number, cells in read:
        if not any(cells):
            continue
        count += 1
        if count > MOST_ROWS + 1:
            raise UnreadableError(TOO_MANY._replace(row=number))
        yield number, cells


def faults_of(number: int, columns: Sequence[str], cells: Sequence[str]) -> Iterator[RowFault]:
    """Cells that are too long, or that a spreadsheet would calculate."""
    for column, cell in zip(columns, cells, strict=True):
        if len(cell) > LONGEST_CELL:
            yield RowFault(number, column, "too_long", "内容过长。", "The cell is too long.")
        elif cell.startswith(_FORMULA):
            yield RowFault(
                number,
                column,
                "formula",
                "不得以“=”“+”“-”“@”开头（公式不予计算）。",
                "A cell must not begin with =, +, - or @: formulas are never evaluated.",
            )
        elif any(ord(char) < ord(" ") for char in cell):
            yield RowFault(number, column, "control", "含有控制字符。", "Control characters.")


def _text(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Comma-separated values in UTF-8, with or without its mark, or in GB 18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise UnreadableError(ENCODING)
    if "\0" in text:
        raise UnreadableError(NO_TABLE)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS:
                raise UnreadableError(TOO_WIDE._replace(row=reader.line_num))
            yield reader.line_num, [cell.strip(" \u3000") for cell in cells]
    except csv.Error as error:
        raise UnreadableError(NOT_CSV._replace(row=max(reader.line_num, 1))) from error


def _workbook(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The first sheet of a workbook; formulas are read as they are written, so they are seen."""
    broken = UnreadableError(NOT_XLSX)
    try:
        _refuse_dangerous(content)
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=False, keep_links=False
        )
        sheet = book.worksheets[0]
        for number, row in enumerate(
            sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True), 1
        ):
            yield number, [_plain(value) for value in row]
        book.close()
    except (
        zipfile.BadZipFile,
        zlib.error,
        InvalidFileException,
        ParseError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        EOFError,
        NotImplementedError,  # zipfile, of a compression it does not know
        RuntimeError,
    ) as error:
        raise broken from error


def _refuse_dangerous(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > UNPACKED:
            raise UnreadableError(TOO_MUCH)
        for part in parts:
            name = part.filename.lower()
            if "vbaproject" in name or "macrosheets" in name or "activex" in name:
                raise UnreadableError(MACROS)
            with packed.open(part) as opened:
                told = opened.read(UNPACKED + 1)
            written = told.replace(b"\0", b"")  # as it stands in UTF-16 as well
            if len(told) > part.file_size or any(mark in written for mark in _ENTITIES):
                raise UnreadableError(ENTITIES)


def _plain(value: object) -> str:
    """The cell as text; what is neither text nor number nor day is as good as a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (str, int, float)):
        return str(value).strip(" \u3000")
    return _FORMULA[0]
