"""What is covered by rule: a canary never comes through, however it is written."""

from datetime import date
from itertools import chain

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from services.packets.flow import MaskReason
from services.packets.redaction import Known, Piece, code_name, cover, merged, redacted

CANARY = "欧阳丹青"
CHILD = Known(
    "甲某",
    ("柳依依", "依依妞"),
    minor=True,
    addresses=("云川省青澜区柳树路12号",),
    born_on=date(2010, 9, 10),
)
ADULT = Known("乙某", (CANARY, "老鹞子"))


def told(text: str, *known: Known) -> str:
    return redacted(text, cover([text], known)[0])


@pytest.mark.parametrize(
    "written",
    [
        "欧阳丹青",
        "欧 阳 丹 青",
        "欧\u3000阳丹\u00a0青",
        "欧\u200b阳\u200c丹\u2060青",
        "欧阳\n丹青",
        "欧·阳·丹·青",
        "歐陽丹青",
        "欧阳-丹青",
        "欧\ufe00阳丹青",
        "老鹞子",
        "老 鹞 子",
    ],
)
def test_a_known_name_is_covered_however_it_is_written(written: str) -> None:
    text = f"犯罪嫌疑人{written}等人到场。"
    assert told(text, ADULT) == "犯罪嫌疑人乙某等人到场。"


def test_a_name_within_a_longer_word_is_covered() -> None:
    assert told("某公司欧阳丹青工作室开业。", ADULT) == "某公司乙某工作室开业。"


def test_latin_names_in_full_width_and_other_case_are_covered() -> None:
    known = Known("丙某", ("Mike Chen",))
    assert told("ＭＩＫＥ　ＣＨＥＮ和mikechen到场。", known) == "丙某和丙某到场。"


def test_a_given_name_alone_is_covered() -> None:
    assert told("依依说她害怕。", CHILD) == "甲某说她害怕。"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("530102201009101234", MaskReason.IDENTITY_NUMBER),
        ("５３０１０２２０１００９１０１２３Ｘ", MaskReason.IDENTITY_NUMBER),
        ("530102 20100910 123X", MaskReason.IDENTITY_NUMBER),
        ("13800138000", MaskReason.TELEPHONE),
        ("138-0013-8000", MaskReason.TELEPHONE),
        ("1 3 8 0 0 1 3 8 0 0 0", MaskReason.TELEPHONE),
        ("①③⑧００1380００", MaskReason.TELEPHONE),
        ("一三八零零一三八零零零", MaskReason.TELEPHONE),
        ("0871-6312345", MaskReason.TELEPHONE),
        ("6222021234567890123", MaskReason.BANK_CARD),
        ("6222 0212 3456 7890", MaskReason.BANK_CARD),
        ("云A12B45", MaskReason.PLATE),
        ("云A·12 B45", MaskReason.PLATE),
        ("云Ａ１２Ｂ４５", MaskReason.PLATE),
        ("E12345678", MaskReason.IDENTITY_NUMBER),
        ("a.b-c@example.invalid", MaskReason.ACCOUNT),
        ("测公提捕字〔2026〕12号", MaskReason.FILE_NUMBER),
        ("柳树路8号3栋402室", MaskReason.ADDRESS),
    ],
)
def test_what_tells_of_somebody_is_found_by_its_shape(written: str, reason: MaskReason) -> None:
    (pieces,) = cover([f"经查，{written}。"], [])
    assert [one.reason for one in pieces] == [reason]
    assert told(f"经查，{written}。") == f"经查，{pieces[0].shown}。"


@pytest.mark.parametrize(
    "text",
    [
        "2026年3月2日，在商场窃得手机二部，价值12345678元。",
        "2026-03-02 13时，第3次讯问。",
        "根据《中华人民共和国刑法》第二百六十四条，数额较大。",
    ],
)
def test_days_money_and_articles_stay(text: str) -> None:
    assert told(text, ADULT) == text


def test_schools_parents_and_days_of_birth_are_covered_where_a_minor_is_concerned() -> None:
    text = "柳依依（2010年9月10日出生）就读于青澜第三中学初二年级3班，其母方晓云到场。方晓云同意。"
    assert told(text, CHILD) == "甲某（【出生日期】出生）就读于【学校】，其母某某到场。某某同意。"
    (pieces,) = cover([text], [CHILD])
    assert all(one.minor for one in pieces)


def test_schools_stay_where_nobody_is_a_minor() -> None:
    assert told("在青澜第三中学门口。", ADULT) == "在青澜第三中学门口。"


def test_a_name_behind_a_word_for_somebody_is_covered_in_every_document() -> None:
    texts = ["证人孙七宝陈述。", "孙七宝到场。", "绰号“黑皮”的人；黑皮跑了。"]
    shown = [redacted(text, pieces) for text, pieces in zip(texts, cover(texts, []), strict=True)]
    assert shown == ["证人某某陈述。", "某某到场。", "绰号“某某”的人；某某跑了。"]


def test_a_known_address_is_covered_whole_and_by_its_end() -> None:
    assert "柳树路" not in told("到云川省青澜区柳树路12号；又到柳树路12号。", CHILD)


def test_the_names_in_place_of_people_are_steady_and_different() -> None:
    codes = [code_name(one) for one in range(1, 100)]
    assert codes[:3] == ["甲某", "乙某", "丙某"]
    assert len(set(codes)) == len(codes)


def test_pieces_that_overlap_are_one() -> None:
    pieces = [
        Piece(0, 4, MaskReason.TELEPHONE, "【电话】"),
        Piece(2, 9, MaskReason.ADDRESS, "【地址】", minor=True),
    ]
    assert merged(pieces) == [Piece(0, 9, MaskReason.ADDRESS, "【地址】", minor=True)]
    assert redacted("0123456789", pieces) == "【地址】9"


def test_a_name_within_an_address_stays_covered_when_the_address_is_shown() -> None:
    text = f"{CANARY}租用青澜区码头路18号仓库，{CANARY}又住三楼"
    (pieces,) = cover([text], [ADULT])
    names = [one for one in pieces if one.reason is MaskReason.NAME]
    assert [text[one.starts : one.ends] for one in names] == [CANARY, CANARY]
    assert any(one.reason is MaskReason.ADDRESS for one in pieces)
    assert CANARY not in redacted(text, names)
    swallowing = [
        Piece(0, 12, MaskReason.ADDRESS, "【地址】"),
        Piece(3, 6, MaskReason.NAME, "甲某"),
    ]
    assert merged(swallowing) == [
        Piece(0, 3, MaskReason.ADDRESS, "【地址】"),
        Piece(3, 6, MaskReason.NAME, "甲某"),
        Piece(6, 12, MaskReason.ADDRESS, "【地址】"),
    ]


FILLING = st.text(alphabet=" \u200b\u3000\n·-，。的了", max_size=3)


@given(
    st.lists(FILLING, min_size=len(CANARY) - 1, max_size=len(CANARY) - 1),
    st.text(alphabet="我们在商场见到他0123 abc，。", max_size=30),
    st.text(alphabet="我们在商场见到他0123 abc，。", max_size=30),
)
@settings(max_examples=50, deadline=None)
def test_no_spacing_lets_a_canary_through(between: list[str], before: str, after: str) -> None:
    spacing = [part.replace("的", "").replace("了", "") for part in between]
    name = "".join(chain.from_iterable(zip(CANARY, [*spacing, ""], strict=True)))
    shown = told(before + name + after, ADULT)
    assert not set(CANARY) & set(shown)


@pytest.mark.parametrize("again", ["市", "市区", "中学", "一", "市1号", "住址", "1 "])
def test_no_text_keeps_the_rule_busy(again: str) -> None:
    (pieces,) = cover([again * 3000], [CHILD])
    assert all(one.ends <= 3000 * len(again) for one in pieces)


def test_an_address_begins_behind_the_words_before_it() -> None:
    assert told("他在青澜区柳树路8号见到她。") == "他在【地址】见到她。"
