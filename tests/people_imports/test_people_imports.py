"""People and their posts come in as one table, and their posts wait for the security officer."""

import base64
import io
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import appointments, people, people_imports
from services.appointments import AppointmentState
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.offices import Office, OfficeKind
from services.people import Person, Sex
from services.people_imports import (
    LARGEST,
    MOST_ROWS,
    PeopleImport,
    PeopleImportFaulty,
    PeopleImportState,
    Scope,
)
from services.people_imports.rows import POSTS
from services.policy import PostKind
from services.tasks import Task, TaskKind, TaskState
from tests.conftest import NOON
from tests.make import Make
from tests.phones import Phones

TODAY = NOON.date()
HEADER = "账号,姓名,性别,机关,岗位,任职起日,任职止日\n"


@dataclass(frozen=True)
class Desk:
    """An office with a police organ below it, and the two officers who see to a table."""

    make: Make
    office: Office
    police: Office
    administrator: Person
    security: Person

    def codes(self, rows: str | bytes) -> list[tuple[int, str, str]]:
        content = rows if isinstance(rows, bytes) else (HEADER + rows).encode()
        act = self.make.act(self.administrator)
        looked = people_imports.look(act, Scope(self.office), content)
        return [(fault.row, fault.column, fault.code) for fault in looked.faults]

    def proposed(self, rows: str) -> PeopleImport:
        act = self.make.act(self.administrator)
        return people_imports.propose(act, Scope(self.office), (HEADER + rows).encode())


@pytest.fixture
def desk(make: Make) -> Desk:
    office = make.office(name="测试区检察院", short_name="测检")
    police = make.office(OfficeKind.PUBLIC_SECURITY, name="测试公安局", procuratorate_id=office.id)
    return Desk(
        make,
        office,
        police,
        make.person(PostKind.ADMINISTRATOR, office),
        make.person(PostKind.SECURITY_OFFICER, office),
    )


TWO = "zhao.yi,赵一,女,测试区检察院,检察官,2026-03-09,\nqian.er,钱二,男,测试公安局,公安民警,,\n"


def test_a_table_is_taken_over_and_confirmed_as_a_whole(desk: Desk, session: Session) -> None:
    found = desk.proposed(TWO)

    zhao = people.by_username(session, "zhao.yi")
    qian = people.by_username(session, "qian.er")
    assert zhao is not None
    assert qian is not None
    assert (zhao.sex, zhao.office_id, qian.office_id) == (
        Sex.FEMALE,
        desk.office.id,
        desk.police.id,
    )
    assert found.people_count == 2
    assert {one.state for one in found.appointments} == {AppointmentState.PROPOSED}
    assert not people.actor_of(session, qian.id, TODAY).posts
    (task,) = session.scalars(select(Task).where(Task.kind == TaskKind.CONFIRM_PEOPLE_IMPORT))

    people_imports.confirm(desk.make.act(desk.security), found)

    assert people.actor_of(session, qian.id, TODAY).holds("police_officer", desk.police.id)
    assert people.actor_of(session, zhao.id, date(2026, 3, 9)).holds("prosecutor", desk.office.id)
    assert (found.state, task.state) == (PeopleImportState.CONFIRMED, TaskState.DONE)
    with pytest.raises(WrongState):
        people_imports.refuse(desk.make.act(desk.security), found, reason="迟了。")


def test_a_refused_table_leaves_accounts_without_a_post(desk: Desk, session: Session) -> None:
    found = desk.proposed(TWO)
    people_imports.refuse(desk.make.act(desk.security), found, reason="任免文件未附。")
    assert {one.state for one in found.appointments} == {AppointmentState.REFUSED}
    assert people.by_username(session, "zhao.yi") is not None


def test_one_fault_and_nothing_is_taken_over(desk: Desk, session: Session) -> None:
    before = session.scalar(select(func.count(Person.id)))
    with pytest.raises(PeopleImportFaulty) as refused:
        desk.proposed(TWO + "sun.san,孙三,男,别处检察院,检察官,,\n")
    (error,) = refused.value.members["errors"]
    assert (error["pointer"], error["code"]) == ("/rows/4/office", "no_such_office")
    assert error["detail"]["zh"].startswith("第4行：")
    assert error["detail"]["en"].startswith("Row 4: ")
    assert session.scalar(select(func.count(Person.id))) == before


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("", (1, "file", "empty")),
        ("a,b\n", (2, "file", "cells")),
        ("zhao.yi,,男,测检,,,\n", (2, "name", "missing")),
        ("赵一,赵一,男,测检,,,\n", (2, "username", "username")),
        ("zhao.yi,赵一,未知,测检,,,\n", (2, "sex", "unreadable")),
        ("zhao.yi,赵一,,测检,厨师,,\n", (2, "post", "unreadable")),
        ("zhao.yi,赵一,,测检,公安民警,,\n", (2, "post", "post-does-not-fit")),
        ("zhao.yi,赵一,,测检,检察官,明天,\n", (2, "from_on", "unreadable")),
        ("zhao.yi,赵一,,测检,检察官,2020-01-01,\n", (2, "from_on", "term-impossible")),
        ("zhao.yi,=1+1,,测检,,,\n", (2, "name", "formula")),
        ("zhao.yi,@SUM(A1),,测检,,,\n", (2, "name", "formula")),
        ("zhao.yi,-2,,测检,,,\n", (2, "name", "formula")),
        ("zhao.yi,+2,,测检,,,\n", (2, "name", "formula")),
        (f"zhao.yi,{'赵' * 201},,测检,,,\n", (2, "name", "too_long")),
        ('zhao.yi,"赵\x07一",,测检,,,\n', (2, "name", "control")),
        ("zhao.yi,赵一,,测检,,,\nzhao.yi,赵二,,测检,检察官,,\n", (3, "name", "another_name")),
        ("zhao.yi,赵一,,测检,,,\nzhao.yi,赵一,,测检,,,\n", (3, "post", "nothing_new")),
        (
            "zhao.yi,赵一,,测检,检察官,,\nzhao.yi,赵一,,测检,检察官,,\n",
            (3, "post", "already-appointed"),
        ),
        (
            "zhao.yi,赵一,,测检,检察官,,\nzhao.yi,赵一,,测检,安全审计员,,\n",
            (3, "post", "duties-kept-apart"),
        ),
        ('"zhao', (2, "file", "not_csv")),
    ],
)
def test_each_fault_says_its_row_and_column(
    desk: Desk, rows: str, told: tuple[int, str, str]
) -> None:
    assert desk.codes(rows) == [told]


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("账号,姓名\n", (1, "office", "column_missing")),
        ("账号,姓名,机关,备注\n", (1, "file", "unknown_column")),
        ("账号,姓名,机关,机关\n", (1, "office", "column_twice")),
    ],
)
def test_the_header_names_the_columns(desk: Desk, header: str, told: tuple[int, str, str]) -> None:
    assert desk.codes(header.encode()) == [told]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_in_the_usual_encodings(desk: Desk, encoding: str) -> None:
    assert desk.codes((HEADER + TWO).encode(encoding)) == []
    assert desk.codes(("username,name,office\nli.si,李四,测检\n").encode(encoding)) == []


def test_what_is_no_table_is_refused(desk: Desk) -> None:
    assert desk.codes(b"\xff\xfe\x00\x81") in (
        [(1, "file", "encoding")],
        [(1, "file", "not_a_table")],
    )
    assert desk.codes(b"\0" * 9) == [(1, "file", "not_a_table")]
    assert desk.codes(b"a" * (LARGEST + 1)) == [(1, "file", "too_large")]
    assert desk.codes(("x," * 40).encode()) == [(1, "file", "too_wide")]
    many = "".join(f"p{n:04},人,,测检,,,\n" for n in range(MOST_ROWS + 1))
    assert desk.codes(many) == [(MOST_ROWS + 2, "file", "too_many")]


def _book(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADER.strip().split(","), *rows):
        sheet.append(list(row))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _with(content: bytes, name: str, told: bytes) -> bytes:
    kept = io.BytesIO(content)
    with zipfile.ZipFile(kept, "a") as packed:
        packed.writestr(name, told)
    return kept.getvalue()


def test_a_workbook_is_read_like_a_table(desk: Desk) -> None:
    good = _book(("zhao.yi", "赵一", "女", "测检", "检察官", date(2026, 3, 9), None))
    assert desk.codes(good) == []
    bad = _book(("zhao.yi", "=HYPERLINK(1)", "女", "测检", "检察官", None, None))
    assert desk.codes(bad) == [(2, "name", "formula")]


def test_a_hostile_workbook_is_not_read(desk: Desk) -> None:
    good = _book(("zhao.yi", "赵一", "女", "测检", "检察官", None, None))
    assert desk.codes(_with(good, "xl/vbaProject.bin", b"x")) == [(1, "file", "macros")]
    entity = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert desk.codes(_with(good, "xl/extra.xml", entity)) == [(1, "file", "entities")]
    wide = entity.decode().encode("utf-16")
    assert desk.codes(_with(good, "xl/worksheets/of.dat", wide)) == [(1, "file", "entities")]
    assert desk.codes(_with(good, "xl/zeros.bin", b"")) == []
    assert desk.codes(b"PK\x03\x04 and no more") == [(1, "file", "not_xlsx")]
    torn = bytearray(good)
    with zipfile.ZipFile(io.BytesIO(good)) as packed_well:
        first = packed_well.infolist()[0]
    torn[first.header_offset + 30 + len(first.filename)] = 0xFF  # a block of no kind there is
    assert desk.codes(bytes(torn)) == [(1, "file", "not_xlsx")]
    packed = io.BytesIO(good)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/bomb.bin", b"\0" * (17 * 1024 * 1024))
    assert desk.codes(packed.getvalue()) == [(1, "file", "too_large")]


def test_an_account_that_is_known_only_gets_its_post(desk: Desk) -> None:
    known = desk.make.person(name="赵一", username="zhao.yi", office_id=desk.office.id)
    row = "zhao.yi,赵一,,测检,检察官,,\n"
    found = desk.proposed(row)
    assert found.people_count == 0
    assert [one.person_id for one in found.appointments] == [known.id]
    assert desk.codes(row) == [(2, "post", "already-appointed")]
    assert desk.codes("zhao.yi,赵二,,测检,书记员,,\n") == [(2, "name", "another_name")]
    assert desk.codes("zhao.yi,赵一,,测检,,,\n") == [(2, "post", "nothing_new")]
    desk.make.person(name="钱二", username="qian.er", office_id=desk.make.office().id)
    assert desk.codes("qian.er,钱二,,测检,检察官,,\n") == [(2, "username", "username-taken")]


def test_a_post_held_keeps_duties_apart_here_too(desk: Desk) -> None:
    who = desk.make.person(PostKind.PROSECUTOR, desk.office, name="赵一", username="zhao.yi")
    row = "zhao.yi,赵一,,测检,安全审计员,,\n"
    assert desk.codes(row) == [(2, "post", "duties-kept-apart")]
    who.posts[0].until_on = TODAY + timedelta(days=1)
    desk.make.session.flush()
    later = "zhao.yi,赵一,,测检,安全审计员,2026/3/9,\n".replace("3/9", "03/09")
    assert desk.codes(later) == []


def test_nobody_proposes_a_post_for_themselves_by_a_table(desk: Desk) -> None:
    own = desk.administrator
    rows = f"{own.username},{own.name},,测检,系统管理员,,\n"
    assert desk.codes(rows) == [(2, "username", "oneself")]


def test_two_people_see_a_table(desk: Desk) -> None:
    found = desk.proposed(TWO)
    act = desk.make.act(desk.security)
    for person in (desk.security, desk.make.person(PostKind.ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            people_imports.look(desk.make.act(person), Scope(desk.office), b"")
        with pytest.raises(NotAllowed):
            people_imports.propose(desk.make.act(person), Scope(desk.office), b"")
    elsewhere = desk.make.person(PostKind.SECURITY_OFFICER)
    for person in (desk.administrator, elsewhere):
        with pytest.raises(NotAllowed):
            people_imports.confirm(desk.make.act(person), found)
        with pytest.raises(NotAllowed):
            people_imports.refuse(desk.make.act(person), found, reason="不。")
    assert people_imports.find(act, found.id) is found
    with pytest.raises(NotFound):
        people_imports.find(desk.make.act(elsewhere), found.id)


def test_one_appointment_answered_by_itself_stays_as_it_is(desk: Desk) -> None:
    found = desk.proposed(TWO)
    act = desk.make.act(desk.security)
    appointments.refuse(act, found.appointments[0], reason="有误。")
    people_imports.confirm(act, found)
    assert [one.state for one in found.appointments] == [
        AppointmentState.REFUSED,
        AppointmentState.CONFIRMED,
    ]


def test_every_post_that_is_appointed_has_its_name() -> None:
    assert set(POSTS.values()) == set(appointments.HELD_IN)


def test_a_table_over_http(phones: Phones, desk: Desk) -> None:
    phone = phones.of(desk.administrator)
    body = {
        "office_id": desk.office.id,
        "content": base64.b64encode((HEADER + TWO).encode()).decode(),
    }
    looked = phone.send("POST", "/people-imports/look", body)
    assert looked.json == {"rows": 2, "newcomers": 2, "errors": []}, looked.json
    taken = phone.send("POST", "/people-imports", body)
    assert taken.status_code == 201, taken.json
    again = phone.send("POST", "/people-imports", body)
    assert again.status_code == 422
    assert again.json is not None
    assert again.json["errors"][0]["code"] == "already-appointed"
    assert taken.json is not None
    security = phones.of(desk.security)
    path = f"/people-imports/{taken.json['id']}"
    done = security.send("PUT", f"{path}/confirmation", version=taken.json["version"])
    assert done.status_code == 200, done.json
    assert done.json is not None
    assert (done.json["state"], done.json["posts_waiting"]) == ("confirmed", 0)
    assert security.get("/people-imports").status_code == 200
    bad = phone.send("POST", "/people-imports/look", body | {"content": "***"})
    assert bad.status_code == 422
