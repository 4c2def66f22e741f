"""A register kept elsewhere is taken over as a whole or not at all."""

from datetime import date

import pytest
from sqlalchemy import func, select

from services import supervisors
from services.kernel.act import JournalEntry
from services.kernel.refusals import NotAllowed
from services.people import Person, actor_of
from services.policy import PostKind
from services.supervisors import Education, Expertise, Occupation, RemovalGround, SupervisorState
from services.supervisors.imports import ImportFaulty
from tests.supervisors.conftest import Pool

TODAY = date(2026, 3, 2)
HEADER = "账号,姓名,身份证号,出生日期,文化程度,职业类别,职业,区县,联系电话,专业领域,任期起始日,届次"
FANG = "fangxiao,方晓,00000000000000101X,1985-06-15,本科,企业,会计,青澜区,,金融;网络,2024-01-01,1"
LUO = "luoan,罗安,00000000000000102X,1990-01-31,高中,退休,教师,白沙县,0000-1,,2023-05-01,2"


def table(*lines: str, header: str = HEADER) -> str:
    return "\n".join((header, *lines)) + "\n"


def found(pool: Pool, text: str) -> list[tuple[str, str]]:
    looked = supervisors.look(pool.on(TODAY), pool.register, text)
    return [(error["pointer"], error["code"]) for error in looked.errors]


def people(pool: Pool) -> int:
    return pool.make.session.scalars(select(func.count()).select_from(Person)).one()


def test_a_register_is_taken_over(pool: Pool) -> None:
    text = "\ufeff" + table(FANG, "", LUO)
    before = people(pool)
    assert found(pool, text) == []
    assert people(pool) == before, "a look changes nothing"

    fang, luo = supervisors.take_over(pool.on(TODAY), pool.register, text)

    assert fang.state is SupervisorState.SERVING
    assert (fang.education, fang.occupation) == (Education.BACHELOR, Occupation.ENTERPRISE)
    assert fang.expertise == {Expertise.FINANCE, Expertise.CYBER}
    assert (fang.term_from_on, fang.term_until_on) == (date(2024, 1, 1), date(2028, 12, 31))
    assert (luo.term_number, luo.contact, luo.person.name) == (2, "0000-1", "罗安")
    held = actor_of(pool.make.session, luo.person_id, TODAY).posts
    assert held == {(PostKind.SUPERVISOR.value, pool.bureau.office.id)}
    told = select(JournalEntry).where(JournalEntry.kind == "SupervisorRegisterImported")
    assert pool.make.session.scalars(told).one().details == {"entries": 2}


def test_english_columns_and_codes_do_as_well(pool: Pool) -> None:
    header = (
        "username,name,id_number,born_on,education,occupation,profession,region,languages,"
        "term_from_on"
    )
    line = FANG.replace("本科,企业,会计,青澜区,,金融;网络", "bachelor,farmer,农民,青澜区,yue; csl")
    line = line.removesuffix(",1").replace("101X", "101x")

    (one,) = supervisors.take_over(pool.on(TODAY), pool.register, table(line, header=header))

    assert (one.languages, one.id_number) == (["yue", "csl"], "00000000000000101X")


def test_one_faulty_line_keeps_everybody_out(pool: Pool) -> None:
    before = people(pool)
    young = LUO.replace("1990-01-31", "2001-05-01")

    with pytest.raises(ImportFaulty) as refused:
        supervisors.take_over(pool.on(TODAY), pool.register, table(FANG, young))

    (error,) = refused.value.members["errors"]
    assert (error["pointer"], error["code"]) == ("/lines/3/born_on", "too_young")
    assert error["detail"]["zh"] == "第3行：未满二十三周岁。"
    assert people(pool) == before


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (FANG.replace("方晓", ""), ("/lines/2/name", "missing")),
        (FANG.replace("方晓", "方" * 201), ("/lines/2/name", "too_long")),
        (FANG.replace("1985-06-15", "1985年"), ("/lines/2/born_on", "unreadable")),
        (FANG.replace("本科", "小学"), ("/lines/2/education", "unreadable")),
        (FANG.replace("本科", "高中以下"), ("/lines/2/education", "schooling")),
        (FANG.replace("网络", "占星"), ("/lines/2/expertise", "unreadable")),
        (FANG.replace("00101X", "00101"), ("/lines/2/id_number", "id_number")),
        (FANG + "9", ("/lines/2/term_number", "term_number")),
        (FANG.replace("2024-01-01", "2020-01-01"), ("/lines/2/term_from_on", "term_over")),
        (FANG.replace("2024-01-01", "2026-03-02"), ("/lines/2/term_from_on", "not_yet_serving")),
        (FANG.replace("1985-06-15", "2025-06-15"), ("/lines/2/born_on", "too_young")),
        (FANG + ",多余", ("/lines/2/csv", "cells")),
        ('"方晓', ("/lines/2/csv", "not_csv")),
    ],
)
def test_every_fault_is_told_by_its_line(pool: Pool, line: str, expected: tuple[str, str]) -> None:
    assert found(pool, table(line)) == [expected]


def test_a_table_that_is_none_is_told(pool: Pool) -> None:
    assert found(pool, table()) == [("/lines/1/csv", "empty")]
    assert ("/lines/1/csv", "unknown_column") in found(pool, "星座\n白羊\n")
    assert ("/lines/1/name", "column_missing") in found(pool, "账号\nfangxiao\n")
    assert ("/lines/1/name", "column_twice") in found(pool, HEADER + ",name\n")


def test_no_more_than_five_hundred_at_once(pool: Pool) -> None:
    assert ("/lines/502/csv", "too_many") in found(pool, table(*[FANG] * 501))


def test_nobody_stands_in_it_twice_or_is_known_already(pool: Pool) -> None:
    removed = pool.appointed(username="luoan", id_number="00000000000000102X")
    supervisors.remove(pool.on(TODAY), removed, ground=RemovalGround.OTHER, reason="其他")
    serving = pool.appointed(username="fangxiao")
    again = FANG.replace("00000000000000101X", serving.id_number or "")

    assert found(pool, table(again, LUO)) == [
        ("/lines/2/username", "username-taken"),
        ("/lines/2/id_number", "on-another-register"),
        ("/lines/3/username", "username-taken"),
        ("/lines/3/id_number", "removed-before"),
    ]
    new = FANG.replace("fangxiao", "fang2")
    assert found(pool, table(new, new)) == [
        ("/lines/2/username", "username-taken"),
        ("/lines/2/id_number", "twice"),
        ("/lines/3/username", "username-taken"),
        ("/lines/3/id_number", "twice"),
    ]


def test_only_the_organ_takes_a_register_over(pool: Pool) -> None:
    for person in (pool.town.manager, pool.town.chief, pool.appointed().person):
        with pytest.raises(NotAllowed):
            supervisors.take_over(pool.on(TODAY, person), pool.register, table(FANG))
        with pytest.raises(NotAllowed):
            supervisors.look(pool.on(TODAY, person), pool.register, table(FANG))
