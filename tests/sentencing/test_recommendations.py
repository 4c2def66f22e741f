"""A recommendation is fixed, or a range no wider than SENT-2021 13 lets it be."""

import pytest
from hypothesis import given

from services.sentencing import (
    Penalty,
    PenaltyProblem,
    Person,
    RangeReason,
    Recommendation,
    Term,
    assessment_advised,
    barred,
    recommendation_problems,
    years,
)
from services.sentencing.choices import CHOICES, SentencingChoice
from tests.sentencing.values import (
    M,
    calm,
    detention,
    fine,
    months,
    prison,
    recommendations,
    surveillance,
)

P = PenaltyProblem


def codes(recommendation: Recommendation, *, crimes: int = 1) -> list[PenaltyProblem]:
    found = recommendation_problems(recommendation, Person(), crimes=crimes)
    return [PenaltyProblem(one.code) for one in found]


def range_of(penalty: Penalty, up_to: Term) -> Recommendation:
    return Recommendation(penalty, up_to, RangeReason.UNCOMMON)


@pytest.mark.parametrize(
    ("lowest", "up_to", "wide"),
    [
        (months(6), months(8), False),
        (months(6), months(8, 1), True),
        (months(11, 29), months(13, 29), False),
        (months(11, 29), months(14), True),
        (months(11), months(14), True),  # straddles one year: the lower class holds
        (months(12), months(18), False),
        (months(12), months(18, 1), True),
        (months(35, 29), months(41, 29), False),
        (months(35), months(42), True),  # straddles three years
        (months(36), months(48), False),
        (months(36), months(48, 1), True),
        (months(119), months(131), False),
        (months(119), months(132), True),  # straddles ten years
        (months(120), months(144), False),
        (months(120), months(144, 1), True),
    ],
)
def test_a_range_is_as_wide_as_the_class_of_its_lower_end(
    lowest: Term, up_to: Term, *, wide: bool
) -> None:
    found = recommendation_problems(
        range_of(Penalty(M.IMPRISONMENT, lowest), up_to), Person(), crimes=1
    )

    assert [one.code for one in found] == [P.RANGE_TOO_WIDE] * wide
    assert not any(one.bars for one in found), "SENT-2021 13 only says 一般"
    assert all(one.article == "SENT-2021 13" for one in found)


@pytest.mark.parametrize(("up_to", "wide"), [(months(9), False), (months(9, 1), True)])
def test_a_range_of_surveillance_is_three_months_wide(up_to: Term, *, wide: bool) -> None:
    assert codes(range_of(surveillance(6), up_to)) == [P.RANGE_TOO_WIDE] * wide


def test_detention_is_generally_fixed_by_sent_2021_12() -> None:
    assert codes(range_of(detention(2), months(3))) == [P.RANGE_OF_DETENTION]


def test_a_range_asks_for_its_reason_by_rules_275() -> None:
    (found,) = recommendation_problems(Recommendation(prison(12), months(15)), Person(), crimes=1)

    assert (found.code, found.bars) == (P.RANGE_WITHOUT_REASON, False)
    assert "RULES 275" in found.article


def test_what_the_law_bars_is_told_from_what_it_only_generally_asks() -> None:
    found = recommendation_problems(range_of(prison(5), months(9)), Person(), crimes=1)

    assert [one.code for one in found] == [P.TERM_TOO_SHORT, P.RANGE_TOO_WIDE]
    assert [one.code for one in barred(found)] == [P.TERM_TOO_SHORT]
    assert [one.firmness.zh for one in found] == ["应当", "一般应当"]


@pytest.mark.parametrize("up_to", [months(12), months(11)])
def test_a_range_goes_upwards(up_to: Term) -> None:
    assert codes(range_of(prison(12), up_to)) == [P.RANGE_REVERSED]


def test_what_has_no_term_has_no_range() -> None:
    assert codes(range_of(Penalty(M.EXEMPT), months(3)))[0] == P.RANGE_WITHOUT_TERM
    assert codes(range_of(Penalty(M.IMPRISONMENT), months(8))) == [P.TERM_NEEDED]


def test_both_ends_keep_the_bounds() -> None:
    assert codes(range_of(detention(5), months(7))) == [P.RANGE_OF_DETENTION, P.TERM_TOO_LONG]
    assert codes(range_of(prison(5), months(7))) == [P.TERM_TOO_SHORT]
    assert codes(range_of(prison(34, suspended_for=years(3)), months(37))) == [P.NOT_SUSPENDABLE]
    assert codes(range_of(prison(12, suspended_for=months(12)), months(14))) == [
        P.PROBATION_TOO_SHORT
    ]


def test_several_crimes_are_listed_one_by_one_by_sent_2021_17() -> None:
    assert codes(Recommendation(prison(12)), crimes=2) == [P.CRIMES_NOT_LISTED]
    listed = prison(12, combined_from=(months(8), months(10)))
    assert codes(Recommendation(listed), crimes=2) == []
    assert codes(Recommendation(Penalty(M.EXEMPT)), crimes=2) == []


def test_a_survey_may_be_asked_for_suspension_and_surveillance_by_rules_277() -> None:
    assert assessment_advised(Recommendation(surveillance(6)))
    assert assessment_advised(Recommendation(prison(12, suspended_for=years(1))))
    assert not assessment_advised(Recommendation(prison(12)))


def test_a_range_is_written_with_both_ends() -> None:
    written = range_of(prison(12, additional=(fine(2000),)), months(18))

    assert written.zh == "有期徒刑一年至一年六个月，并处罚金人民币2000元"
    assert written.en == "fixed-term imprisonment of 1 year to 1 year 6 months, a fine of 2000 yuan"
    assert Recommendation(prison(12)).zh == "有期徒刑一年"
    assert Recommendation(prison(12)).en == "fixed-term imprisonment of 1 year"


@calm
@given(recommendations)
def test_any_recommendation_is_judged_and_said(recommendation: Recommendation) -> None:
    assert recommendation.zh
    assert recommendation.en
    for one in recommendation_problems(recommendation, Person(), crimes=2):
        assert one.zh.endswith("。")
        assert one.en.endswith(".")


def test_every_choice_says_its_question_and_what_is_kept() -> None:
    assert set(CHOICES) == set(SentencingChoice)
    assert all(one.basis and one.kept_zh and one.kept_en for one in CHOICES.values())
    assert all(reason.zh for reason in RangeReason)
