"""Terms are ordered, written as documents write them, and added without a calendar."""

import pytest
from hypothesis import given

from services.sentencing import Term, years
from services.sentencing.articles import Article, numeral
from services.sentencing.lengths import apart, of_days, total
from tests.sentencing.values import calm, terms


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1, "一"),
        (10, "十"),
        (15, "十五"),
        (20, "二十"),
        (99, "九十九"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (228, "二百二十八"),
        (584, "五百八十四"),
        (999, "九百九十九"),
        (1000, "1000"),
    ],
)
def test_a_number_is_written_as_documents_write_it(number: int, written: str) -> None:
    assert numeral(number) == written


def test_there_is_no_numeral_below_one() -> None:
    with pytest.raises(ValueError, match="0"):
        numeral(0)


@pytest.mark.parametrize(
    ("term", "zh", "en"),
    [
        (Term(18), "一年六个月", "1 year 6 months"),
        (Term(1, 15), "一个月十五日", "1 month 15 days"),
        (years(25), "二十五年", "25 years"),
        (Term(), "零日", "0 days"),
    ],
)
def test_a_term_is_written_in_years_months_and_days(term: Term, zh: str, en: str) -> None:
    assert (term.zh, term.en) == (zh, en)


@pytest.mark.parametrize(("months", "days"), [(-1, 0), (0, -1), (0, 30)])
def test_a_term_is_written_in_one_way_only(months: int, days: int) -> None:
    with pytest.raises(ValueError, match=str(days)):
        Term(months, days)


@calm
@given(terms, terms)
def test_the_distance_of_two_terms_has_no_direction(one: Term, other: Term) -> None:
    assert apart(one, other) == apart(other, one)
    assert (apart(one, other) == Term()) is (one == other)


@calm
@given(terms, terms)
def test_terms_are_added_and_taken_apart_again(one: Term, other: Term) -> None:
    assert apart(total((one, other)), one) == other
    assert of_days(one.in_days) == one
    assert (one < other) is (one.in_days < other.in_days)


def test_an_article_is_cited_in_three_ways() -> None:
    item, inserted = Article("RULES", 584, item=2), Article("CL", 37, 1, sub=1)

    assert (item.en, item.zh) == ("RULES 584(2)", "刑诉规则584条2项")
    assert item.written == "《人民检察院刑事诉讼规则》第五百八十四条第（二）项"
    assert (inserted.en, inserted.zh) == ("CL 37-1¶1", "刑法37条之一1款")
    assert inserted.written == "《中华人民共和国刑法》第三十七条之一第一款"
