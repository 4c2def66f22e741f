"""What the rows of a table say, and what is wrong with them, row by row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from services import appointments, offices
from services.appointments import (
    AlreadyAppointed,
    Appointment,
    AppointmentState,
    PostDoesNotFit,
    TermImpossible,
)
from services.kernel.act import Act
from services.kernel.refusals import Refusal
from services.offices import Office
from services.people import DUTIES, DutiesKeptApart, Duty, Person, Post, Sex, UsernameTaken
from services.people_imports.sheets import HEADER, RowFault, UnreadableError, faults_of, rows_of
from services.policy import PostKind

T = TypeVar("T")


class Column(NamedTuple):
    """A column of the table."""

    zh: str
    is_needed: bool


COLUMNS: Mapping[str, Column] = {
    "username": Column("账号", is_needed=True),
    "name": Column("姓名", is_needed=True),
    "sex": Column("性别", is_needed=False),
    "office": Column("机关", is_needed=True),
    "post": Column("岗位", is_needed=False),
    "from_on": Column("任职起日", is_needed=False),
    "until_on": Column("任职止日", is_needed=False),
}
SEXES = {"男": Sex.MALE, "女": Sex.FEMALE}
POSTS = {
    "公安民警": PostKind.POLICE_OFFICER,
    "监察人员": PostKind.COMMISSION_OFFICER,
    "案管人员": PostKind.CASE_MANAGER,
    "检察官": PostKind.PROSECUTOR,
    "部门负责人": PostKind.DEPARTMENT_HEAD,
    "检察长": PostKind.CHIEF_PROCURATOR,
    "检察官助理": PostKind.ASSISTANT,
    "书记员": PostKind.CLERK,
    "刑事执行检察人员": PostKind.EXECUTION_SUPERVISOR,
    "看守所民警": PostKind.DETENTION_OFFICER,
    "司法行政人员": PostKind.JUSTICE_OFFICER,
    "系统管理员": PostKind.ADMINISTRATOR,
    "安全保密员": PostKind.SECURITY_OFFICER,
    "安全审计员": PostKind.AUDITOR,
    "检务督察人员": PostKind.INSPECTOR,
}
_USERNAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_.-")
_SHORTEST, _LONGEST = 3, 40


@dataclass(frozen=True, slots=True)
class Row:
    """One row that can be read."""

    number: int
    username: str
    name: str
    sex: Sex | None
    office: Office
    post: PostKind | None
    from_on: date
    until_on: date | None

    @property
    def duty(self) -> Duty:
        """Which kind of duty the post is."""
        return DUTIES.get(self.post, Duty.WORK) if self.post else Duty.WORK


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at a table found."""

    rows: Sequence[Row]
    known: Mapping[str, Person]
    """Those of its people who have an account already."""
    faults: Sequence[RowFault]

    @property
    def newcomers(self) -> dict[str, Row]:
        """The first row of everyone who has no account yet."""
        first: dict[str, Row] = {}
        for row in self.rows:
            if row.username not in self.known:
                first.setdefault(row.username, row)
        return first


def read(act: Act, scope: Office, content: bytes) -> Looked:
    """Every row as values, and everything that is wrong, in the order of the rows."""
    faults: list[RowFault] = []
    rows: list[Row] = []
    reachable = _offices(act, scope)
    try:
        for number, cells in _cells(content, faults):
            row = _read(act, number, cells, reachable, faults)
            if row is not None:
                rows.append(row)
    except UnreadableError as error:
        faults.append(error.fault)
    if not rows and not faults:
        faults.append(RowFault(HEADER, "file", "empty", "没有人员。", "Nobody is in it."))
    known = _known(act, rows)
    faults += _against(act, rows, known)
    return Looked(rows, known, sorted(set(faults), key=lambda fault: fault.row))


def _offices(act: Act, scope: Office) -> dict[str, Office]:
    ids = offices.at_or_below(act.session, {scope.id})
    found = act.session.scalars(select(Office).where(Office.id.in_(ids)))
    return {name: office for office in found for name in (office.name, office.short_name)}


def _cells(content: bytes, faults: list[RowFault]) -> Iterator[tuple[int, dict[str, str]]]:
    """Every row as its cells by the columns' English names; what cannot be read is told."""
    names = {column.zh: name for name, column in COLUMNS.items()} | {name: name for name in COLUMNS}
    read = rows_of(content)
    first, titles = next(read, (HEADER, []))
    while titles and not titles[-1]:
        titles.pop()
    header = [names.get(cell.strip("\ufeff "), "") for cell in titles]
    found = list(_header_faults(first, header))
    faults += found
    if found:
        return
    for number, cells in read:
        given, beyond = cells[: len(header)], cells[len(header) :]
        if any(beyond) or len(given) < len(header):
            faults.append(RowFault(number, "file", "cells", "列数不符。", "Odd columns."))
            continue
        wrong = list(faults_of(number, header, given))
        faults += wrong
        if not wrong:
            yield number, dict(zip(header, given, strict=True))


def _header_faults(number: int, header: Sequence[str]) -> Iterator[RowFault]:
    if "" in header:
        yield RowFault(number, "file", "unknown_column", "有不认识的列。", "An unknown column.")
    for name, column in COLUMNS.items():
        if header.count(name) > 1:
            yield RowFault(
                number, name, "column_twice", f"“{column.zh}”列重复。", f"{name} stands twice."
            )
        if column.is_needed and name not in header:
            yield RowFault(
                number, name, "column_missing", f"缺少“{column.zh}”列。", f"No column {name}."
            )


def _read(
    act: Act,
    number: int,
    cells: Mapping[str, str],
    reachable: Mapping[str, Office],
    faults: list[RowFault],
) -> Row | None:
    """The row as values; where one cannot be read, what is wrong with it."""
    wrong: list[RowFault] = list(_missing(number, cells))

    def value(column: str, reads: Callable[[str], T | None]) -> T | None:
        cell = cells.get(column, "")
        made = _value(cell, reads)
        if cell and made is None:
            zh = f"{COLUMNS[column].zh}无法识别。"
            wrong.append(RowFault(number, column, "unreadable", zh, f"Unreadable {column}."))
        return made

    office = reachable.get(cells["office"])
    if office is None and cells["office"]:
        zh, en = "该机关未登记，或者不属本机关管理。", "Not an office that this one leads."
        wrong.append(RowFault(number, "office", "no_such_office", zh, en))
    post = value("post", lambda cell: POSTS.get(cell) or PostKind(cell))
    sex = value("sex", lambda cell: SEXES.get(cell) or Sex(cell))
    from_on = value("from_on", _day) or act.today
    until_on = value("until_on", _day)
    if office is not None and post is not None:
        if not appointments.fits(post, office.kind):
            wrong.append(_as(number, "post", PostDoesNotFit))
        if not appointments.in_time(act.today, from_on, until_on):
            wrong.append(_as(number, "from_on", TermImpossible))
    faults += wrong
    if office is None or wrong:
        return None
    username = cells["username"].lower()
    return Row(number, username, cells["name"], sex, office, post, from_on, until_on)


def _missing(number: int, cells: Mapping[str, str]) -> Iterator[RowFault]:
    for column, told in COLUMNS.items():
        if told.is_needed and not cells[column]:
            yield RowFault(number, column, "missing", f"缺少{told.zh}。", f"No {column}.")
    username = cells["username"].lower()
    fits = _SHORTEST <= len(username) <= _LONGEST and set(username) <= _USERNAME
    if username and not fits:
        zh = "账号应为三至四十位小写字母、数字或者“_.-”。"
        en = "A username has 3 to 40 small letters, digits or _ . -"
        yield RowFault(number, "username", "username", zh, en)


def _value(cell: str, reads: Callable[[str], T | None]) -> T | None:
    try:
        return reads(cell) if cell else None
    except ValueError:
        return None


def _day(cell: str) -> date:
    return date.fromisoformat(cell.replace("/", "-").replace(".", "-"))


def _known(act: Act, rows: Sequence[Row]) -> dict[str, Person]:
    names = {row.username for row in rows}
    found = act.session.scalars(
        select(Person).where(Person.username.in_(names)).options(joinedload(Person.office))
    )
    return {person.username: person for person in found}


def _against(act: Act, rows: Sequence[Row], known: Mapping[str, Person]) -> Iterator[RowFault]:
    """What the registers have against a row, and what two rows say against each other."""
    mine = set(act.session.scalars(_kept(act, known)))
    held = _held(act, [person.id for person in known.values()])
    earlier: dict[str, list[Row]] = {}
    for row in rows:
        person = known.get(row.username)
        before = earlier.setdefault(row.username, [])
        if person is not None and person.id not in mine:
            yield _as(row.number, "username", UsernameTaken)
        elif (person is not None and person.name != row.name) or any(
            one.name != row.name for one in before
        ):
            yield RowFault(
                row.number,
                "name",
                "another_name",
                "同一账号的姓名不一致。",
                "The same account has another name.",
            )
        elif person is not None and person.id == act.actor.id:
            yield RowFault(
                row.number,
                "username",
                "oneself",
                "不得为本人提请任职。",
                "Nobody proposes a post for themselves.",
            )
        elif row.post is not None:
            yield from _clashes(row, before, held.get(person.id, []) if person else [])
        elif before or person is not None:
            yield RowFault(
                row.number, "post", "nothing_new", "该行没有新内容。", "Nothing new in this row."
            )
        before.append(row)


def _kept(act: Act, known: Mapping[str, Person]) -> Select[int]:
    ids = [person.id for person in known.values()]
    kept = offices.at_or_below(act.session, act.actor.offices_as(PostKind.ADMINISTRATOR))
    return select(Person.id).where(
        Person.id.in_(ids), Person.office_id.in_(kept), Person.disabled_at.is_(None)
    )


class _Held(NamedTuple):
    post: PostKind
    office_id: int
    from_on: date
    until_on: date | None


def _held(act: Act, ids: Sequence[int]) -> dict[int, list[_Held]]:
    """Every post held or proposed from today on, by person."""
    found: dict[int, list[_Held]] = {}
    held = select(Post).where(
        Post.person_id.in_(ids), or_(Post.until_on.is_(None), Post.until_on >= act.today)
    )
    waiting = select(Appointment).where(
        Appointment.person_id.in_(ids), Appointment.state == AppointmentState.PROPOSED
    )
    for one in (*act.session.scalars(held), *act.session.scalars(waiting)):
        known = _Held(one.kind, one.office_id, one.from_on, one.until_on)
        found.setdefault(one.person_id, []).append(known)
    return found


def _clashes(row: Row, before: Sequence[Row], held: Sequence[_Held]) -> Iterator[RowFault]:
    others = [
        _Held(one.post, one.office.id, one.from_on, one.until_on)
        for one in before
        if one.post is not None
    ]
    for other in (*held, *others):
        if (row.until_on or date.max) < other.from_on or (other.until_on or date.max) < row.from_on:
            continue
        if DUTIES.get(other.post, Duty.WORK) is not row.duty:
            yield _as(row.number, "post", DutiesKeptApart)
        elif (other.post, other.office_id) == (row.post, row.office.id):
            yield _as(row.number, "post", AlreadyAppointed)


def _as(number: int, column: str, refusal: type[Refusal]) -> RowFault:
    return RowFault(number, column, refusal.slug, refusal.zh, refusal.title)
