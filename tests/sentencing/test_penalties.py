"""A penalty keeps within the general part of the Criminal Law."""

from dataclasses import replace

import pytest
from hypothesis import given

from services.sentencing import (
    Additional,
    AdditionalPenalty,
    MainPenalty,
    Penalty,
    PenaltyOrder,
    PenaltyProblem,
    Person,
    Term,
    penalty_problems,
    years,
)
from services.sentencing.penalties import WORDS
from tests.sentencing.values import (
    M,
    calm,
    detention,
    fine,
    months,
    penalties,
    prison,
    surveillance,
)

P, A = PenaltyProblem, AdditionalPenalty
LIFE_RIGHTS = Additional(A.DEPRIVATION_FOR_LIFE)


def codes(penalty: Penalty, person: Person = Person()) -> list[PenaltyProblem]:  # noqa: B008
    return [PenaltyProblem(one.code) for one in penalty_problems(penalty, person)]


def of_several(main: MainPenalty, executed: Term, *crimes: Term) -> Penalty:
    return Penalty(main, executed, combined_from=crimes)


@pytest.mark.parametrize(
    ("penalty", "found"),
    [
        (surveillance(2), [P.TERM_TOO_SHORT]),
        (surveillance(3), []),
        (surveillance(24), []),
        (Penalty(M.SURVEILLANCE, months(24, 1)), [P.TERM_TOO_LONG]),
        (detention(0, 29), [P.TERM_TOO_SHORT]),
        (detention(1), []),
        (detention(1, 15), []),
        (detention(6), []),
        (detention(6, 1), [P.TERM_TOO_LONG]),
        (prison(5, 29), [P.TERM_TOO_SHORT]),
        (prison(6), []),
        (prison(15 * 12), []),
        (prison(15 * 12, 1), [P.TERM_TOO_LONG]),
        (Penalty(M.DETENTION), [P.TERM_NEEDED]),
        (Penalty(M.EXEMPT, months(1)), [P.TERM_WITHOUT_MEANING]),
        (Penalty(M.EXEMPT), []),
    ],
)
def test_a_term_keeps_the_bounds_of_cl_38_42_and_45(
    penalty: Penalty, found: list[PenaltyProblem]
) -> None:
    assert codes(penalty) == found


@pytest.mark.parametrize(
    ("penalty", "found"),
    [
        (of_several(M.SURVEILLANCE, years(3), years(2), years(1)), []),
        (of_several(M.SURVEILLANCE, months(37), years(2), years(2)), [P.TERM_TOO_LONG]),
        (of_several(M.DETENTION, months(12), months(6), months(6)), []),
        (of_several(M.DETENTION, months(12, 1), *[months(6)] * 3), [P.TERM_TOO_LONG]),
        (of_several(M.IMPRISONMENT, years(20), years(15), years(10)), []),
        (of_several(M.IMPRISONMENT, months(241), years(15), years(15)), [P.TERM_TOO_LONG]),
        (
            of_several(M.IMPRISONMENT, years(21), years(15), years(15), months(59)),
            [P.TERM_TOO_LONG],
        ),
        (of_several(M.IMPRISONMENT, years(25), years(15), years(15), years(5)), []),
        (of_several(M.IMPRISONMENT, months(301), *[years(15)] * 3), [P.TERM_TOO_LONG]),
        (of_several(M.IMPRISONMENT, years(4), years(2), years(1)), [P.COMBINED_ABOVE_SUM]),
        (of_several(M.IMPRISONMENT, years(2), years(3), years(1)), [P.COMBINED_BELOW_HIGHEST]),
        (of_several(M.IMPRISONMENT, years(3), years(3), years(1)), []),
        (
            of_several(M.IMPRISONMENT, years(16), years(16), years(1)),
            [P.CRIME_TERM_OUT_OF_BOUNDS],
        ),
    ],
)
def test_combined_terms_keep_cl_69(penalty: Penalty, found: list[PenaltyProblem]) -> None:
    assert codes(penalty) == found


def test_surveillance_follows_only_what_is_served_in_custody_by_cl_69() -> None:
    assert codes(prison(12, surveillance_after=months(3))) == []
    assert codes(prison(12, surveillance_after=months(36))) == []
    assert codes(prison(12, surveillance_after=months(2))) == [P.SURVEILLANCE_AFTER_BOUNDS]
    assert codes(surveillance(6, surveillance_after=months(3))) == [P.SURVEILLANCE_NOT_AFTER]


@pytest.mark.parametrize(
    ("penalty", "found"),
    [
        (prison(36, suspended_for=years(3)), []),
        (prison(36, suspended_for=years(5)), []),
        (prison(36, suspended_for=months(35, 29)), [P.PROBATION_TOO_SHORT]),
        (prison(36, suspended_for=months(60, 1)), [P.PROBATION_TOO_LONG]),
        (prison(36, 1, suspended_for=years(4)), [P.NOT_SUSPENDABLE]),
        (prison(6, suspended_for=months(11, 29)), [P.PROBATION_TOO_SHORT]),
        (prison(6, suspended_for=years(1)), []),
        (detention(1, suspended_for=months(1, 29)), [P.PROBATION_TOO_SHORT]),
        (detention(1, suspended_for=months(2)), []),
        (detention(5, suspended_for=months(4)), [P.PROBATION_TOO_SHORT]),
        (detention(5, suspended_for=months(12)), []),
        (detention(5, suspended_for=months(12, 1)), [P.PROBATION_TOO_LONG]),
        (surveillance(6, suspended_for=years(1)), [P.NOT_SUSPENDABLE]),
    ],
)
def test_a_suspension_keeps_cl_72_and_73(penalty: Penalty, found: list[PenaltyProblem]) -> None:
    assert codes(penalty) == found


@pytest.mark.parametrize("person", [Person(recidivist=True), Person(ringleader=True)])
def test_recidivists_and_ringleaders_get_no_suspension_by_cl_74(person: Person) -> None:
    assert codes(prison(12, suspended_for=years(1)), person) == [P.SUSPENSION_BARRED]
    assert codes(prison(12), person) == []


@pytest.mark.parametrize(
    "person",
    [Person(minor_at_act=True), Person(pregnant_at_trial=True), Person(aged_75_at_trial=True)],
)
def test_the_young_the_pregnant_and_the_old_are_suspended_where_cl_72_is_met(
    person: Person,
) -> None:
    (found,) = penalty_problems(prison(36), person)

    assert (found.code, found.bars, found.article) == (P.SUSPENSION_DUE, False, "CL 72¶1")
    assert codes(prison(36, suspended_for=years(4)), person) == []
    assert codes(prison(36, 1), person) == []
    assert codes(surveillance(6), person) == []
    assert codes(prison(36), replace(person, ringleader=True)) == []


@pytest.mark.parametrize("main", [M.DEATH, M.SUSPENDED_DEATH])
def test_the_young_and_the_pregnant_are_not_put_to_death_by_cl_49(main: MainPenalty) -> None:
    penalty = Penalty(main, additional=(LIFE_RIGHTS,))

    assert codes(penalty) == []
    assert codes(penalty, Person(minor_at_act=True)) == [P.DEATH_BARRED]
    assert codes(penalty, Person(pregnant_at_trial=True)) == [P.DEATH_BARRED]


def test_after_75_there_is_one_exception_so_a_reason_is_asked_for() -> None:
    (found,) = penalty_problems(
        Penalty(M.DEATH, additional=(LIFE_RIGHTS,)), Person(aged_75_at_trial=True)
    )

    assert (found.code, found.bars) == (P.DEATH_AFTER_75, False)


@pytest.mark.parametrize(
    ("penalty", "found"),
    [
        (Penalty(M.ADDITIONAL_ONLY), [P.ADDITIONAL_NEEDED]),
        (Penalty(M.ADDITIONAL_ONLY, additional=(fine(1000),)), []),
        (Penalty(M.EXEMPT, additional=(fine(1000),)), [P.ADDITIONAL_BARRED]),
        (prison(12, additional=(fine(1), fine(2))), [P.ADDITIONAL_TWICE]),
        (prison(12, additional=(Additional(A.FINE),)), [P.AMOUNT_NEEDED]),
        (prison(12, additional=(Additional(A.FINE, 0),)), [P.AMOUNT_WITHOUT_MEANING]),
        (prison(12, additional=(Additional(A.FINE, 1, years(1)),)), [P.AMOUNT_WITHOUT_MEANING]),
        (prison(12, additional=(Additional(A.CONFISCATION_OF_PART),)), []),
        (prison(12, additional=(Additional(A.CONFISCATION_OF_ALL),)), []),
        (
            prison(12, additional=(Additional(A.CONFISCATION_OF_ALL, 5),)),
            [P.AMOUNT_WITHOUT_MEANING],
        ),
        (
            prison(
                12,
                additional=(
                    Additional(A.CONFISCATION_OF_ALL),
                    Additional(A.CONFISCATION_OF_PART, 5),
                ),
            ),
            [P.ADDITIONAL_TWICE],
        ),
    ],
)
def test_additional_penalties_have_their_shape_by_cl_34_37_and_52(
    penalty: Penalty, found: list[PenaltyProblem]
) -> None:
    assert codes(penalty) == found


def rights(term: Term | None) -> tuple[Additional]:
    return (Additional(A.DEPRIVATION, term=term),)


@pytest.mark.parametrize(
    ("penalty", "found"),
    [
        (prison(12, additional=rights(None)), [P.DEPRIVATION_TERM_NEEDED]),
        (prison(12, additional=rights(months(11, 29))), [P.DEPRIVATION_OUT_OF_BOUNDS]),
        (prison(12, additional=rights(years(1))), []),
        (prison(12, additional=rights(years(5))), []),
        (prison(12, additional=rights(months(60, 1))), [P.DEPRIVATION_OUT_OF_BOUNDS]),
        (prison(12, additional=rights(years(7)), combined_from=(months(12), months(6))), []),
        (surveillance(6, additional=rights(months(6))), []),
        (surveillance(6, additional=rights(years(1))), [P.DEPRIVATION_NOT_EQUAL]),
        (prison(12, additional=(LIFE_RIGHTS,)), [P.DEPRIVATION_FOR_LIFE_BARRED]),
        (Penalty(M.LIFE), [P.DEPRIVATION_FOR_LIFE_NEEDED]),
        (Penalty(M.LIFE, additional=(LIFE_RIGHTS,)), []),
    ],
)
def test_political_rights_are_deprived_by_cl_55_and_57(
    penalty: Penalty, found: list[PenaltyProblem]
) -> None:
    assert codes(penalty) == found


def test_only_a_foreigner_is_expelled_by_cl_35() -> None:
    penalty = prison(12, additional=(Additional(A.EXPULSION),))

    assert codes(penalty) == [P.EXPULSION_OF_CITIZEN]
    assert codes(penalty, Person(foreigner=True)) == []


@pytest.mark.parametrize(
    ("penalty", "order", "allowed"),
    [
        (surveillance(6), PenaltyOrder.INJUNCTION, True),
        (prison(12, suspended_for=years(1)), PenaltyOrder.INJUNCTION, True),
        (prison(12), PenaltyOrder.INJUNCTION, False),
        (Penalty(M.SUSPENDED_DEATH), PenaltyOrder.REDUCTION_LIMITED, True),
        (Penalty(M.LIFE), PenaltyOrder.REDUCTION_LIMITED, False),
        (prison(12), PenaltyOrder.OCCUPATION_BANNED, True),
        (Penalty(M.EXEMPT), PenaltyOrder.OCCUPATION_BANNED, False),
    ],
)
def test_an_order_goes_with_its_penalty_by_cl_37_38_50_and_72(
    penalty: Penalty, order: PenaltyOrder, *, allowed: bool
) -> None:
    ordered = Penalty(penalty.main, penalty.term, penalty.suspended_for, orders=frozenset({order}))

    assert (P.ORDER_BARRED not in codes(ordered)) is allowed


@calm
@given(penalties)
def test_any_penalty_is_judged_and_said_in_both_languages(penalty: Penalty) -> None:
    assert penalty.zh
    assert penalty.en
    for one in penalty_problems(penalty, Person()):
        assert one.article in one.en
        assert one.article_zh in one.zh
        assert set(one.as_plain()) == {"code", "firmness", "zh", "en", "article", "article_zh"}


def test_every_code_has_words_and_an_article() -> None:
    assert set(WORDS) == set(PenaltyProblem)
    assert all(words.articles for words in WORDS.values())


def test_a_penalty_is_written_as_a_judgment_writes_it() -> None:
    penalty = prison(12, suspended_for=months(18), additional=(fine(2000),))

    assert penalty.zh == "有期徒刑一年，缓刑一年六个月，并处罚金人民币2000元"
    assert penalty.en == (
        "fixed-term imprisonment of 1 year, suspended for 1 year 6 months, a fine of 2000 yuan"
    )
    assert Penalty(M.ADDITIONAL_ONLY, additional=(fine(1000),)).zh == "单处罚金人民币1000元"
    assert prison(12, surveillance_after=months(3)).zh == "有期徒刑一年，执行完毕后管制三个月"
    assert Penalty(
        M.SUSPENDED_DEATH,
        additional=(LIFE_RIGHTS,),
        orders=frozenset({PenaltyOrder.REDUCTION_LIMITED}),
    ).zh == ("死刑，缓期二年执行，并处剥夺政治权利终身，限制减刑")
