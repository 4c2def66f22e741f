"""What differs between indictment and judgment is found, weighed and measured."""

from dataclasses import replace

import pytest
from hypothesis import given

from services.sentencing import (
    Accusation,
    Additional,
    AdditionalPenalty,
    Circumstance,
    CourtFinding,
    Difference,
    DifferenceKind,
    DifferentPeopleError,
    Fact,
    Leaning,
    Penalty,
    PenaltyOrder,
    ProtestGround,
    RangeReason,
    Recommendation,
    Term,
    TrialOutcome,
    TrialProcedure,
    compare,
    hints,
    within_recommendation,
    years,
)
from services.sentencing.comparison import WORDS
from tests.sentencing.values import (
    M,
    accusations,
    calm,
    detention,
    findings,
    fine,
    granting,
    months,
    prison,
    recommendations,
    surveillance,
)

K, G = DifferenceKind, ProtestGround
THEFT, FRAUD, ROBBERY = 1, 2, 3
NAMES = {THEFT: "盗窃罪", FRAUD: "诈骗罪", ROBBERY: "抢劫罪"}
INDICTED = Accusation(
    7,
    frozenset({THEFT}),
    (Fact(1, THEFT, 300_000), Fact(2, THEFT, 150_000)),
    frozenset({Circumstance.SURRENDER, Circumstance.PLEA}),
    Recommendation(prison(8, additional=(fine(2000),)), months(10), RangeReason.UNCOMMON),
    TrialProcedure.EXPEDITED,
)
JUDGED = granting(INDICTED)


def differences(accusation: Accusation, finding: CourtFinding) -> list[Difference]:
    return list(compare(accusation, finding))


def kinds(accusation: Accusation, finding: CourtFinding) -> list[DifferenceKind]:
    return [one.kind for one in compare(accusation, finding)]


@calm
@given(accusations)
def test_a_judgment_that_grants_everything_differs_in_nothing(accusation: Accusation) -> None:
    assert compare(accusation, granting(accusation)) == ()
    assert hints(()) == ()


@calm
@given(accusations, findings)
def test_any_two_are_compared_and_said(accusation: Accusation, finding: CourtFinding) -> None:
    found = compare(accusation, finding)

    for one in found:
        assert one.zh(NAMES).endswith("。")
        assert one.en({}).endswith(".")
        assert one.as_plain(NAMES)["kind"] == one.kind
    because = {kind for hint in hints(found) for kind in hint.because}
    assert because == {one.kind for one in found}, "each difference reminds of some ground"


@calm
@given(accusations, accusations)
def test_what_one_side_misses_the_other_added(one: Accusation, other: Accusation) -> None:
    """Laid the other way round, facts, charges and circumstances change sides."""
    there = compare(replace(one, recommendation=None), granting(replace(other)))
    back = compare(replace(other, recommendation=None), granting(replace(one)))
    opposite = {
        K.FACT_NOT_FOUND: K.FACT_ADDED,
        K.CIRCUMSTANCE_NOT_FOUND: K.CIRCUMSTANCE_ADDED,
    }
    for missing, added in opposite.items():
        assert sum(a.kind is missing for a in there) == sum(b.kind is added for b in back)
        assert sum(a.kind is added for a in there) == sum(b.kind is missing for b in back)
    amounts = [a.apart_fen for a in there if a.kind is K.AMOUNT_DIFFERS]
    assert amounts == [b.apart_fen for b in back if b.kind is K.AMOUNT_DIFFERS]


@calm
@given(recommendations)
def test_both_ends_lie_within_a_recommendation(recommendation: Recommendation) -> None:
    assert within_recommendation(recommendation, recommendation.penalty)
    term, up_to = recommendation.penalty.term, recommendation.up_to
    if term and up_to and term <= up_to:
        assert within_recommendation(recommendation, recommendation.heaviest)


@pytest.mark.parametrize(
    ("imposed", "leaning", "gap"),
    [
        (prison(7, 29), Leaning.LIGHTER, Term(0, 1)),
        (prison(8), None, None),
        (prison(9), None, None),
        (prison(10), None, None),
        (prison(10, 1), Leaning.HEAVIER, Term(0, 1)),
        (prison(14), Leaning.HEAVIER, Term(4)),
    ],
)
def test_a_term_outside_the_range_is_measured_from_the_nearer_end(
    imposed: Penalty, leaning: Leaning | None, gap: Term | None
) -> None:
    imposed = replace(imposed, additional=(fine(2000),))
    found = differences(INDICTED, replace(JUDGED, penalty=imposed))

    assert [(one.kind, one.leaning, one.apart) for one in found] == (
        [(K.PENALTY_OUTSIDE_RECOMMENDATION, leaning, gap)] if leaning else []
    )


def test_a_term_outside_is_said_with_how_far() -> None:
    (found,) = compare(INDICTED, replace(JUDGED, penalty=prison(14, additional=(fine(2000),))))

    assert found.zh(NAMES) == (
        "刑期在量刑建议之外：建议有期徒刑八个月至十个月，判处有期徒刑一年二个月，"
        "相差四个月（偏重）。"
    )
    assert found.en(NAMES) == (
        "Outside the recommendation: fixed-term imprisonment of 8 months to 10 months recommended, "
        "fixed-term imprisonment of 1 year 2 months imposed, 4 months apart (heavier)."
    )
    assert found.as_plain(NAMES)["apart_months"] == 4


@pytest.mark.parametrize(
    ("imposed", "leaning"),
    [
        (Penalty(M.EXEMPT), Leaning.LIGHTER),
        (detention(5), Leaning.LIGHTER),
        (surveillance(24), Leaning.LIGHTER),
        (Penalty(M.LIFE), Leaning.HEAVIER),
    ],
)
def test_another_main_penalty_is_lighter_or_heavier(imposed: Penalty, leaning: Leaning) -> None:
    recommended = replace(INDICTED, recommendation=Recommendation(prison(8)))
    (found,) = compare(recommended, replace(JUDGED, penalty=imposed))

    assert (found.kind, found.leaning, found.apart) == (K.PENALTY_KIND_DIFFERS, leaning, None)


@pytest.mark.parametrize(
    ("recommended", "imposed", "leaning", "gap"),
    [
        (None, years(1), Leaning.LIGHTER, None),
        (years(1), None, Leaning.HEAVIER, None),
        (years(1), months(18), Leaning.HEAVIER, months(6)),
        (months(18), years(1), Leaning.LIGHTER, months(6)),
    ],
)
def test_a_suspension_weighs_for_the_person_and_its_length_against(
    recommended: Term | None, imposed: Term | None, leaning: Leaning, gap: Term | None
) -> None:
    accusation = replace(
        INDICTED, recommendation=Recommendation(prison(8, suspended_for=recommended))
    )
    (found,) = compare(accusation, replace(JUDGED, penalty=prison(8, suspended_for=imposed)))

    assert (found.kind, found.leaning, found.apart) == (K.SUSPENSION_DIFFERS, leaning, gap)


@pytest.mark.parametrize(
    ("imposed", "leaning", "gap"),
    [
        ((), Leaning.LIGHTER, None),
        ((fine(1500),), Leaning.LIGHTER, 50_000),
        ((fine(3000),), Leaning.HEAVIER, 100_000),
    ],
)
def test_a_fine_is_compared_by_its_amount(
    imposed: tuple[Additional, ...], leaning: Leaning, gap: int | None
) -> None:
    (found,) = compare(INDICTED, replace(JUDGED, penalty=prison(8, additional=imposed)))

    assert (found.kind, found.leaning, found.apart_fen) == (
        K.ADDITIONAL_PENALTY_DIFFERS,
        leaning,
        gap,
    )


def test_additional_penalties_are_compared_kind_by_kind() -> None:
    rights = Additional(AdditionalPenalty.DEPRIVATION, term=years(1))
    longer = replace(rights, term=years(2))
    accusation = replace(INDICTED, recommendation=Recommendation(prison(8, additional=(rights,))))

    one, other = compare(
        accusation, replace(JUDGED, penalty=prison(8, additional=(fine(10), longer)))
    )

    assert one.zh(NAMES) == "附加刑不同：建议无，判处罚金人民币10元（偏重）。"
    assert (other.leaning, other.apart) == (Leaning.HEAVIER, years(1))


def test_orders_and_later_surveillance_are_part_of_the_penalty() -> None:
    accusation = replace(INDICTED, recommendation=Recommendation(prison(8)))
    imposed = prison(
        8, orders=frozenset({PenaltyOrder.OCCUPATION_BANNED}), surveillance_after=months(3)
    )

    later, order = compare(accusation, replace(JUDGED, penalty=imposed))

    assert (later.kind, later.apart) == (K.SURVEILLANCE_AFTER_DIFFERS, months(3))
    assert order.zh(NAMES) == "从业禁止不同：建议无，判决有（偏重）。"
    assert not within_recommendation(Recommendation(prison(8)), imposed)


@pytest.mark.parametrize(
    ("indicted", "found", "expected"),
    [
        ({THEFT}, {FRAUD}, [(K.CHARGE_CHANGED, Leaning.NEITHER)]),
        ({THEFT, FRAUD}, {THEFT}, [(K.CHARGE_DROPPED, Leaning.LIGHTER)]),
        ({THEFT}, {THEFT, FRAUD}, [(K.CHARGE_ADDED, Leaning.HEAVIER)]),
        (
            {THEFT, FRAUD},
            {ROBBERY},
            [(K.CHARGE_CHANGED, Leaning.NEITHER), (K.CHARGE_DROPPED, Leaning.LIGHTER)],
        ),
    ],
)
def test_charges_are_changed_dropped_or_added(
    indicted: set[int], found: set[int], expected: list[tuple[DifferenceKind, Leaning]]
) -> None:
    facts = (Fact(1, min(indicted)),), (Fact(1, max(found)),)
    accusation = replace(INDICTED, charges=frozenset(indicted), facts=facts[0])
    finding = replace(JUDGED, charges=frozenset(found), facts=facts[1])

    assert [(one.kind, one.leaning) for one in compare(accusation, finding)] == expected


def test_charges_are_said_by_the_names_handed_in() -> None:
    (found,) = compare(INDICTED, replace(JUDGED, charges=frozenset({FRAUD})))

    assert found.zh(NAMES) == "起诉罪名为盗窃罪，判决认定为诈骗罪。"
    assert found.en({}) == "Charged with #1, convicted of #2."
    assert found.article == "CPL 201¶1(4)"
    plain = found.as_plain(NAMES)
    assert (plain["charge_id"], plain["found_charge_id"]) == (THEFT, FRAUD)


def test_facts_are_compared_by_their_numbers_in_any_order() -> None:
    found = (Fact(3, THEFT, 1), Fact(1, THEFT, 250_000))

    amount, missing, added = compare(INDICTED, replace(JUDGED, facts=found))

    assert (amount.leaning, amount.apart_fen) == (Leaning.LIGHTER, 50_000)
    assert amount.zh(NAMES) == ("第1起事实的数额：指控3000元，认定2500元，相差500元（偏轻）。")
    assert (missing.kind, missing.details["fact"]) == (K.FACT_NOT_FOUND, 2)
    assert (added.kind, added.details["fact"]) == (K.FACT_ADDED, 3)


def test_an_amount_nobody_wrote_leaves_the_weight_open() -> None:
    (found,) = compare(
        INDICTED, replace(JUDGED, facts=(Fact(1, THEFT, None), Fact(2, THEFT, 150_000)))
    )

    assert (found.leaning, found.apart_fen) == (Leaning.NEITHER, None)


@pytest.mark.parametrize(
    ("circumstance", "charged", "leaning"),
    [
        (Circumstance.SURRENDER, True, Leaning.HEAVIER),
        (Circumstance.MERIT, False, Leaning.LIGHTER),
        (Circumstance.RECIDIVIST, False, Leaning.HEAVIER),
        (Circumstance.PRINCIPAL, False, Leaning.NEITHER),
    ],
)
def test_a_circumstance_weighs_as_the_law_says(
    circumstance: Circumstance, leaning: Leaning, *, charged: bool
) -> None:
    finding = replace(JUDGED, circumstances=JUDGED.circumstances ^ {circumstance})
    (found,) = compare(INDICTED, finding)

    assert found.kind is (K.CIRCUMSTANCE_NOT_FOUND if charged else K.CIRCUMSTANCE_ADDED)
    assert found.leaning is leaning


def test_a_circumstance_of_one_fact_names_the_fact() -> None:
    attempted = replace(INDICTED.facts[0], circumstances=frozenset({Circumstance.ATTEMPT}))
    (found,) = compare(INDICTED, replace(JUDGED, facts=(attempted, INDICTED.facts[1])))

    assert found.zh(NAMES) == "第1起事实中，判决认定了未指控的情节“犯罪未遂”（偏轻）。"
    plain = found.as_plain(NAMES)
    assert (plain["fact"], plain["circumstance"]) == (1, "attempt")


@pytest.mark.parametrize(
    "outcome", [TrialOutcome.NOT_GUILTY, TrialOutcome.NOT_PROVEN, TrialOutcome.TERMINATED]
)
def test_an_acquittal_says_all_there_is_to_say(outcome: TrialOutcome) -> None:
    finding = CourtFinding(7, outcome, frozenset(), ())

    assert kinds(INDICTED, finding) == [K.ACQUITTED]
    assert [hint.ground for hint in hints(compare(INDICTED, finding))] == [
        G.FACTS_OR_EVIDENCE,
        G.GUILT,
    ]


def test_another_procedure_is_a_difference_where_one_was_proposed() -> None:
    finding = replace(JUDGED, procedure=TrialProcedure.ORDINARY)

    assert kinds(INDICTED, finding) == [K.PROCEDURE_DIFFERS]
    assert kinds(replace(INDICTED, procedure=None), finding) == []


def test_a_court_asks_to_adjust_before_it_goes_outside_by_cpl_201() -> None:
    outside = replace(JUDGED, penalty=prison(14, additional=(fine(2000),)))

    unasked = replace(outside, adjustment_asked=False)
    assert kinds(INDICTED, unasked) == [
        K.PENALTY_OUTSIDE_RECOMMENDATION,
        K.ADJUSTMENT_NOT_ASKED,
    ]
    assert [hint.ground for hint in hints(compare(INDICTED, unasked))] == [G.PENALTY, G.PROCEDURE]
    for asked in (True, None):
        assert K.ADJUSTMENT_NOT_ASKED not in kinds(
            INDICTED, replace(outside, adjustment_asked=asked)
        )
    no_plea = replace(INDICTED, circumstances=frozenset({Circumstance.SURRENDER}))
    finding = replace(unasked, circumstances=no_plea.circumstances)
    assert kinds(no_plea, finding) == [K.PENALTY_OUTSIDE_RECOMMENDATION]


def test_two_people_are_not_compared() -> None:
    with pytest.raises(DifferentPeopleError):
        compare(INDICTED, replace(JUDGED, suspect_id=8))


def test_facts_bear_one_number_each() -> None:
    with pytest.raises(ValueError, match="number=1"):
        replace(INDICTED, facts=(Fact(1), Fact(1)))
    with pytest.raises(ValueError, match="0"):
        Fact(0)
    with pytest.raises(ValueError, match="-1"):
        Fact(1, amount=-1)


@pytest.mark.parametrize(
    ("finding", "grounds"),
    [
        (replace(JUDGED, facts=()), [G.FACTS_OR_EVIDENCE]),
        (replace(JUDGED, charges=frozenset({FRAUD})), [G.CHARGE]),
        (replace(JUDGED, charges=frozenset({THEFT, FRAUD})), [G.GUILT, G.CHARGE]),
        (replace(JUDGED, penalty=prison(14, additional=(fine(2000),))), [G.PENALTY]),
        (
            replace(JUDGED, penalty=prison(8, additional=(fine(2000),), suspended_for=years(1))),
            [G.EXEMPTION_OR_SUSPENSION],
        ),
        (
            replace(JUDGED, penalty=Penalty(M.EXEMPT, additional=(fine(2000),))),
            [G.PENALTY, G.EXEMPTION_OR_SUSPENSION],
        ),
        (replace(JUDGED, procedure=TrialProcedure.SUMMARY), [G.PROCEDURE]),
    ],
)
def test_a_difference_reminds_of_grounds_of_rules_584(
    finding: CourtFinding, grounds: list[ProtestGround]
) -> None:
    assert [hint.ground for hint in hints(compare(INDICTED, finding))] == grounds


def test_the_grounds_are_the_six_items_of_rules_584() -> None:
    assert [ground.article.en for ground in ProtestGround] == [
        f"RULES 584({item})" for item in range(1, 7)
    ]
    assert all(ground.zh.endswith("的") and ground.en for ground in ProtestGround)


def test_a_hint_travels_with_its_article_and_what_reminded() -> None:
    (hint,) = hints(compare(INDICTED, replace(JUDGED, facts=())))

    assert hint.as_plain() == {
        "ground": "facts_or_evidence",
        "zh": "认定的事实确有错误或者据以定罪量刑的证据不确实、不充分的",
        "en": G.FACTS_OR_EVIDENCE.en,
        "article": "RULES 584(1)",
        "article_zh": "刑诉规则584条1项",
        "because": ["fact_not_found"],
    }


def test_every_word_is_there() -> None:
    assert set(WORDS) == set(DifferenceKind)
    assert all(one.zh and one.en and one.articles for one in Circumstance)
