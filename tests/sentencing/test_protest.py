"""The outline of a protest says what was handed in, and leaves the rest open."""

from dataclasses import replace

import pytest

from services.sentencing import (
    Accusation,
    CourtPaper,
    Fact,
    NoGroundError,
    ProtestDraft,
    ProtestGround,
    Recommendation,
    compare,
    protest_outline,
)
from tests.sentencing.values import granting, prison

INDICTED = Accusation(7, frozenset({1}), (Fact(1, 1),), frozenset(), Recommendation(prison(36)))
DIFFERENCES = compare(INDICTED, replace(granting(INDICTED), penalty=prison(12)))
DRAFT = ProtestDraft(
    procuratorate="明河市青石区人民检察院",
    court="明河市青石区人民法院",
    upper_court="明河市中级人民法院",
    paper=CourtPaper.JUDGMENT,
    number="（2026）明0101刑初12号",
    defendants=("甲某",),
    charges="盗窃罪",
    differences=DIFFERENCES,
    grounds={ProtestGround.PENALTY: "多次盗窃，判处刑罚明显偏轻。"},
    request="撤销原判，依法改判。",
    indictment_number="青检刑诉〔2026〕8号",
)


def test_an_outline_says_everything_in_its_place() -> None:
    assert protest_outline(DRAFT, {1: "盗窃罪"}).splitlines() == [
        "明河市青石区人民检察院",
        "刑事抗诉书（提纲）",
        (
            "明河市青石区人民法院以（2026）明0101刑初12号刑事判决书，对本院提起公诉的甲某涉嫌盗窃罪"
            "一案（起诉书文号：青检刑诉〔2026〕8号）作出第一审刑事判决。本院依法审查后认为，"
            "该刑事判决确有错误，提出抗诉的意见和理由如下："
        ),
        "一、判决、裁定与起诉书的差异（差异本身不是抗诉理由）",
        "（一）刑期在量刑建议之外：建议有期徒刑三年，判处有期徒刑一年，相差二年（偏轻）。",
        "二、抗诉的理由",
        (
            "（一）重罪轻判，轻罪重判，适用刑罚明显不当（《人民检察院刑事诉讼规则》第五百八十四条"
            "第（三）项）。理由：多次盗窃，判处刑罚明显偏轻。"
        ),
        "三、抗诉的请求",
        "撤销原判，依法改判。",
        (
            "综上，为维护司法公正，准确惩治犯罪，依照《中华人民共和国刑事诉讼法》第二百二十八条、"
            "第二百三十二条的规定，特提出抗诉，请依法判处。"
        ),
        "此致",
        "明河市中级人民法院",
        (
            "（本抗诉由检察长决定，通过原审人民法院提出，副本报送上一级人民检察院；自接到刑事判决书后"
            "第二日起十日以内提出。《人民检察院刑事诉讼规则》第五百八十五条至第五百八十七条）"
        ),
    ]


def test_what_is_not_written_yet_is_left_open() -> None:
    open_draft = replace(
        DRAFT,
        paper=CourtPaper.RULING,
        grounds={ProtestGround.PROCEDURE: "", ProtestGround.GUILT: ""},
        differences=(),
        request="",
        indictment_number="",
    )

    text = protest_outline(open_draft, {})

    assert text.count("［由承办检察官填写］") == 3
    assert text.index("第（二）项") < text.index("第（六）项"), "in the order of the article"
    assert "（无）" in text
    assert "五日以内提出" in text
    assert "起诉书文号" not in text


def test_a_difference_alone_is_no_ground() -> None:
    with pytest.raises(NoGroundError):
        protest_outline(replace(DRAFT, grounds={}), {})
