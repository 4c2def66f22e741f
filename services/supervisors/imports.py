"""A register that was kept elsewhere is taken over: everybody in it serves already.

One table in comma-separated values, UTF-8, its first line the names of the columns in Chinese or
in English. It is taken over as a whole or not at all; what is wrong is named line by line, and a
look beforehand changes nothing.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import select

from services.kernel.act import Act
from services.kernel.refusals import Refusal, Unprocessable
from services.people import ONE_USERNAME, Person, UsernameTaken, unusable_hash
from services.policy import Permission, demands
from services.supervisors.eligibility import (
    MOST_TERMS,
    Declared,
    Fault,
    faults_of,
    is_id_number,
    term_end,
)
from services.supervisors.events import SupervisorRegisterImported
from services.supervisors.flow import Education, Expertise, Occupation, SupervisorState
from services.supervisors.records import ONE_ORGAN_AT_A_TIME, Supervisor
from services.supervisors.selection import (
    Described,
    OnAnotherRegister,
    Register,
    give_post,
    keep,
    next_terms,
)

MOST_ROWS = 500
LONGEST_TEXT = 200_000
LONGEST_CELL = 200
HEADER = 1
"""The line that names the columns; the first entry stands in line 2."""

C = TypeVar("C", bound=StrEnum)


class Column(NamedTuple):
    """A column of the table."""

    zh: str
    is_needed: bool


COLUMNS: Mapping[str, Column] = {
    "username": Column("账号", is_needed=True),
    "name": Column("姓名", is_needed=True),
    "id_number": Column("身份证号", is_needed=True),
    "born_on": Column("出生日期", is_needed=True),
    "education": Column("文化程度", is_needed=True),
    "occupation": Column("职业类别", is_needed=True),
    "profession": Column("职业", is_needed=True),
    "region": Column("区县", is_needed=True),
    "contact": Column("联系电话", is_needed=False),
    "expertise": Column("专业领域", is_needed=False),
    "languages": Column("语言", is_needed=False),
    "term_from_on": Column("任期起始日", is_needed=True),
    "term_number": Column("届次", is_needed=False),
}
EDUCATION = {
    "高中以下": Education.BELOW_HIGH_SCHOOL,
    "高中": Education.HIGH_SCHOOL,
    "大专": Education.COLLEGE,
    "本科": Education.BACHELOR,
    "研究生": Education.POSTGRADUATE,
}
OCCUPATION = {
    "公务员": Occupation.CIVIL_SERVANT,
    "事业单位": Occupation.PUBLIC_INSTITUTION,
    "企业": Occupation.ENTERPRISE,
    "个体": Occupation.SELF_EMPLOYED,
    "农民": Occupation.FARMER,
    "退休": Occupation.RETIRED,
    "其他": Occupation.OTHER,
}
EXPERTISE = {
    "金融": Expertise.FINANCE,
    "医学": Expertise.MEDICINE,
    "网络": Expertise.CYBER,
    "环境": Expertise.ENVIRONMENT,
    "未成年人": Expertise.MINORS,
    "知识产权": Expertise.INTELLECTUAL_PROPERTY,
    "工程": Expertise.ENGINEERING,
    "教育": Expertise.EDUCATION,
    "手语": Expertise.SIGN_LANGUAGE,
}


class ImportFaulty(Unprocessable):
    """The register cannot be taken over as it is; nothing was. See `errors`."""

    zh = "名册有误，未导入任何人员，详见各行。"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table that can be read."""

    line: int
    username: str
    name: str
    id_number: str
    term_from_on: date
    term_number: int
    declared: Declared
    described: Described


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at the table found."""

    rows: Sequence[Row]
    errors: Sequence[dict[str, Any]]


@demands(Permission.SUPERVISOR_NOMINATE)
def look(act: Act, register: Register, text: str) -> Looked:
    """Look whether a register could be taken over; nothing is changed.

    Refuses:
        NotAllowed: only the judicial-administration organ that keeps the register.

    Records:
        Nothing.
    """
    return _look(act, register, text)


@demands(Permission.SUPERVISOR_NOMINATE)
def take_over(act: Act, register: Register, text: str) -> list[Supervisor]:
    """Take over a register kept elsewhere, as a whole or not at all (PSUP-2021 18).

    Everybody in it was appointed before, so nothing is published anew; what is asked of a
    supervisor is asked all the same.

    Refuses:
        NotAllowed: only the judicial-administration organ that keeps the register.
        ImportFaulty: a line cannot be taken over; `errors` names every fault of every line.
        UsernameTaken: somebody else took one of the accounts' names at that moment.
        OnAnotherRegister: somebody else entered one of the people at that moment.

    Records:
        SupervisorRegisterImported.
    """
    looked = _look(act, register, text)
    if looked.errors:
        raise ImportFaulty(errors=list(looked.errors))
    people = [
        Person(
            username=row.username,
            name=row.name,
            office_id=register.organ_id,
            password_hash=unusable_hash(),
        )
        for row in looked.rows
    ]
    with act.unless(ONE_USERNAME, UsernameTaken()):
        act.session.add_all(people)
    taken = [
        _entry(act, register, row, person) for row, person in zip(looked.rows, people, strict=True)
    ]
    with act.unless(ONE_ORGAN_AT_A_TIME, OnAnotherRegister(article="PSUP-2021 6")):
        act.session.add_all(taken)
    for entry in taken:
        keep(act, entry, "take_over")
        give_post(act, entry)
    act.record(SupervisorRegisterImported(register.organ_id, len(taken)))
    return taken


def _entry(act: Act, register: Register, row: Row, person: Person) -> Supervisor:
    entry = Supervisor(
        person_id=person.id,
        organ_id=register.organ_id,
        state=SupervisorState.SERVING,
        id_number=row.id_number,
        born_on=row.declared.born_on,
        education=row.declared.education,
        term_number=row.term_number,
        term_from_on=row.term_from_on,
        term_until_on=term_end(row.term_from_on),
        entered_at=act.now,
        entered_by=act.actor.id,
    )
    row.described.put_on(entry)
    return entry


def _look(act: Act, register: Register, text: str) -> Looked:
    errors: list[dict[str, Any]] = []
    rows: list[Row] = []
    for line, cells in _lines(text, errors):
        faults: list[Fault] = []
        row = _read(line, cells, faults)
        if not faults:
            faults += _against(row, act.today)
        errors += [_told(line, fault) for fault in faults]
        rows.append(row)
    if not rows and not errors:
        errors.append(_told(HEADER, _fault("csv", "empty", "没有人员。", "Nobody is in it.")))
    errors += [_told(line, fault) for line, fault in _known(act, register, rows)]
    return Looked(rows, sorted(errors, key=lambda error: int(error["pointer"].split("/")[2])))


def _lines(text: str, errors: list[dict[str, Any]]) -> Iterator[tuple[int, dict[str, str]]]:
    """Every line as its cells by the columns' English names; what cannot be read is told."""
    names = {column.zh: name for name, column in COLUMNS.items()} | {name: name for name in COLUMNS}
    reader = csv.reader(text.removeprefix("\ufeff").splitlines(), strict=True)
    try:
        header = [names.get(cell.strip(), "") for cell in next(reader, [])]
        faults = list(_header_faults(header))
        errors += [_told(HEADER, fault) for fault in faults]
        if faults:
            return
        for count, cells in enumerate(reader):
            line = reader.line_num
            if count == MOST_ROWS:
                errors.append(_told(line, _fault("csv", "too_many", "超过五百人。", "Over 500.")))
                return
            if len(cells) != len(header):
                if cells:
                    errors.append(_told(line, _fault("csv", "cells", "列数不符。", "Odd columns.")))
                continue
            yield line, dict(zip(header, (cell.strip() for cell in cells), strict=True))
    except csv.Error:
        unread = _fault("csv", "not_csv", "不是有效的 CSV。", "Not comma-separated values.")
        errors.append(_told(reader.line_num, unread))


def _header_faults(header: Sequence[str]) -> Iterator[Fault]:
    if "" in header:
        yield _fault("csv", "unknown_column", "有不认识的列。", "A column is not known.")
    for name, column in COLUMNS.items():
        if header.count(name) > 1:
            yield _fault(name, "column_twice", f"“{column.zh}”列重复。", f"{name} stands twice.")
        if column.is_needed and name not in header:
            yield _fault(name, "column_missing", f"缺少“{column.zh}”列。", f"No column {name}.")


def _read(line: int, cells: Mapping[str, str], faults: list[Fault]) -> Row:
    """The line as values; a value that cannot be read is told, and something stands for it."""

    def day(name: str) -> date:
        return _one(name, cells[name], date.fromisoformat, faults, date.max)

    def code(name: str, kind: type[C], words: Mapping[str, C], otherwise: C) -> C:
        return _one(
            name, cells[name], lambda cell: words.get(cell) or kind(cell), faults, otherwise
        )

    for name, column in COLUMNS.items():
        cell = cells.get(name, "")
        if column.is_needed and not cell:
            faults.append(_fault(name, "missing", f"缺少{column.zh}。", f"No {name}."))
        elif len(cell) > LONGEST_CELL:
            faults.append(_fault(name, "too_long", f"{column.zh}过长。", f"{name} is too long."))
    number = cells["id_number"].upper()
    if number and not is_id_number(number):
        faults.append(
            _fault("id_number", "id_number", "身份证号应为十八位。", "Not eighteen places.")
        )
    term = _one("term_number", cells.get("term_number") or "1", int, faults, 1)
    if not 1 <= term <= MOST_TERMS:
        faults.append(_fault("term_number", "term_number", "届次只能是1或2。", "Only 1 or 2."))
    return Row(
        line,
        cells["username"],
        cells["name"],
        number,
        day("term_from_on"),
        term,
        Declared(
            day("born_on"),
            code("education", Education, EDUCATION, Education.BACHELOR),
            upholds_constitution=True,
            good_conduct=True,
            healthy=True,
        ),
        Described(
            code("occupation", Occupation, OCCUPATION, Occupation.OTHER),
            cells["profession"],
            cells["region"],
            cells.get("contact") or None,
            [
                _one(
                    "expertise",
                    cell,
                    lambda one: EXPERTISE.get(one) or Expertise(one),
                    faults,
                    Expertise.FINANCE,
                )
                for cell in _several(cells.get("expertise", ""))
            ],
            _several(cells.get("languages", "")),
        ),
    )


T = TypeVar("T")


def _one(name: str, cell: str, reads: Callable[[str], T], faults: list[Fault], otherwise: T) -> T:
    try:
        return reads(cell)
    except ValueError:
        if cell:
            zh = f"{COLUMNS[name].zh}无法识别。"
            faults.append(_fault(name, "unreadable", zh, f"{name} cannot be read."))
        return otherwise


def _several(cell: str) -> list[str]:
    return [
        part.strip()
        for part in cell.replace("；", ";").replace("、", ";").split(";")
        if part.strip()
    ]


def _against(row: Row, today: date) -> Iterator[Fault]:
    """What the law has against the entry."""
    if row.term_from_on >= today:
        yield _fault(
            "term_from_on",
            "not_yet_serving",
            "名册只收任期已经开始的人员，新人选请逐人提名。",
            "Only people whose term has begun are taken over; put forward the others one by one.",
        )
        return
    if term_end(row.term_from_on) < today:
        yield _fault("term_from_on", "term_over", "任期已满。", "The term is over.")
    if row.declared.born_on >= row.term_from_on:
        yield _fault("born_on", "too_young", "未满二十三周岁。", "Not yet twenty-three.")
        return
    yield from faults_of(row.declared, row.term_from_on)


def _known(act: Act, register: Register, rows: Sequence[Row]) -> Iterator[tuple[int, Fault]]:
    """What the registers have against it, and what is in the table twice."""
    usernames = Counter(row.username for row in rows)
    numbers = Counter(row.id_number for row in rows)
    taken = set(act.session.scalars(select(Person.username).where(Person.username.in_(usernames))))
    terms = next_terms(act, register, list(numbers))
    for row in rows:
        if row.username in taken or usernames[row.username] > 1:
            yield (
                row.line,
                _fault("username", UsernameTaken.slug, UsernameTaken.zh, UsernameTaken.title),
            )
        if row.id_number and numbers[row.id_number] > 1:
            yield row.line, _fault("id_number", "twice", "名册内重复。", "Twice in this table.")
        against = terms[row.id_number]
        if isinstance(against, Refusal):
            yield row.line, _fault("id_number", against.slug, against.zh, against.title)


def _fault(place: str, code: str, zh: str, en: str) -> Fault:
    return Fault(place, code, zh, en, "PSUP-2021 18")


def _told(line: int, fault: Fault) -> dict[str, Any]:
    told = fault.as_plain(f"/lines/{line}")
    detail = {"zh": f"第{line}行：{fault.zh}", "en": f"Line {line}: {fault.en}"}
    return told | {"detail": detail}
