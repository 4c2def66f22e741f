"""The expedited procedure keeps CPL 222 and 223, and its clock CPL 172."""

from dataclasses import replace
from datetime import date

import pytest

from services.deadlines.engine.table import rule_of
from services.sentencing import (
    Candidate,
    CivilClaim,
    Disputed,
    ExpeditedExclusion,
    Matter,
    Penalty,
    Recommendation,
    exclusions,
    expedited_days,
    expedited_extension,
)
from services.sentencing.expedited import WORDS
from tests.sentencing.values import M, detention, months, prison, surveillance

X = ExpeditedExclusion
MATTER = Matter(facts_clear=True, basic_level_court=True)
CANDIDATE = Candidate(1, Recommendation(prison(8)), pleads=True, agrees_to_procedure=True)


def codes(matter: Matter, *candidates: Candidate) -> list[tuple[int | None, ExpeditedExclusion]]:
    found = exclusions(matter, candidates)
    return [(one.suspect_id, ExpeditedExclusion(one.problem.code)) for one in found]


def test_nothing_stands_against_a_simple_plea() -> None:
    assert codes(MATTER, CANDIDATE) == []


@pytest.mark.parametrize(
    ("candidate", "code", "article"),
    [
        (replace(CANDIDATE, pleads=False), X.NO_PLEA, "CPL 222¶1; RULES 437(3)"),
        (replace(CANDIDATE, agrees_to_procedure=False), X.NO_AGREEMENT, "CPL 222¶1; RULES 437(3)"),
        (
            replace(CANDIDATE, blind_deaf_or_mute=True),
            X.BLIND_DEAF_OR_MUTE,
            "CPL 223(1); RULES 438(1)",
        ),
        (
            replace(CANDIDATE, limited_capacity=True),
            X.LIMITED_CAPACITY,
            "CPL 223(1); RULES 438(1)",
        ),
        (replace(CANDIDATE, minor_now=True), X.MINOR, "CPL 223(2); RULES 438(2)"),
        (
            replace(CANDIDATE, minor_now=True, minor_at_act=True),
            X.MINOR,
            "CPL 223(2); RULES 438(2)",
        ),
        (
            replace(CANDIDATE, civil_claim=CivilClaim.OPEN),
            X.NO_SETTLEMENT,
            "CPL 223(5); RULES 438(5)",
        ),
        (
            replace(CANDIDATE, disputes=frozenset({Disputed.CHARGE})),
            X.OBJECTS,
            "CPL 222¶1; RULES 437",
        ),
    ],
)
def test_a_defendant_is_excluded_by_one_article(
    candidate: Candidate, code: ExpeditedExclusion, article: str
) -> None:
    (found,) = exclusions(MATTER, [candidate])

    assert (found.suspect_id, found.problem.code) == (1, code)
    assert found.problem.article == article
    assert found.problem.bars


@pytest.mark.parametrize(
    ("matter", "code", "article"),
    [
        (replace(MATTER, facts_clear=False), X.FACTS_NOT_CLEAR, "CPL 222¶1; RULES 437(2)"),
        (replace(MATTER, basic_level_court=False), X.NOT_BASIC_COURT, "CPL 222¶1; RULES 437"),
        (
            replace(MATTER, major_social_influence=True),
            X.MAJOR_SOCIAL_INFLUENCE,
            "CPL 223(3); RULES 438(3)",
        ),
        (replace(MATTER, otherwise_unfit=True), X.OTHERWISE_UNFIT, "CPL 223(6); RULES 438(6)"),
    ],
)
def test_a_case_is_excluded_by_one_article(
    matter: Matter, code: ExpeditedExclusion, article: str
) -> None:
    (found,) = exclusions(matter, [CANDIDATE])

    assert (found.suspect_id, found.problem.code) == (None, code)
    assert found.problem.article == article


@pytest.mark.parametrize(
    ("likely", "excluded"),
    [
        (Recommendation(prison(36)), False),
        (Recommendation(prison(36, 1)), True),
        (Recommendation(prison(30), months(36)), False),
        (Recommendation(prison(32), months(37)), True),
        (Recommendation(detention(6)), False),
        (Recommendation(surveillance(24)), False),
        (Recommendation(Penalty(M.EXEMPT)), False),
        (Recommendation(Penalty(M.LIFE)), True),
        (Recommendation(Penalty(M.IMPRISONMENT)), True),
    ],
)
def test_up_to_three_years_may_be_likely(likely: Recommendation, *, excluded: bool) -> None:
    found = codes(MATTER, replace(CANDIDATE, likely=likely))

    assert found == [(1, X.OVER_THREE_YEARS)] * excluded


def test_one_of_several_who_objects_excludes_the_case_by_cpl_223() -> None:
    other = replace(CANDIDATE, suspect_id=2, disputes=frozenset({Disputed.RECOMMENDATION}))

    (found,) = exclusions(MATTER, [CANDIDATE, other])

    assert (found.suspect_id, found.problem.code) == (2, X.CO_DEFENDANT_OBJECTS)
    assert found.problem.article == "CPL 223(4); RULES 438(4)"
    assert found.as_plain()["suspect_id"] == 2
    assert found.problem.zh == (
        "共同犯罪案件中部分被告人对量刑建议有异议（刑诉法223条4项；刑诉规则438条4项）。"
    )


def test_a_minor_at_the_act_who_is_an_adult_now_is_shown_and_not_barred() -> None:
    (found,) = exclusions(MATTER, [replace(CANDIDATE, minor_at_act=True)])

    assert (found.problem.code, found.problem.bars) == (X.MINOR_AT_ACT, False)


def test_a_case_without_a_defendant_is_no_case() -> None:
    with pytest.raises(ValueError, match=r"^$"):
        exclusions(MATTER, [])


@pytest.mark.parametrize(
    ("likely", "days"),
    [
        (Recommendation(prison(12)), 10),
        (Recommendation(prison(12, 1)), 15),
        (Recommendation(prison(11), months(13)), 15),
        (Recommendation(surveillance(24)), 10),
        (Recommendation(detention(6)), 10),
    ],
)
def test_over_one_year_of_imprisonment_there_are_fifteen_days(
    likely: Recommendation, days: int
) -> None:
    assert expedited_days(likely) == days
    assert (expedited_extension(likely) is not None) is (days == 15)


def test_the_ground_and_the_days_are_those_of_rule_r02() -> None:
    rule = rule_of("R02", date(2026, 9, 1))
    (extension,) = rule.extensions
    short, long = Recommendation(prison(12)), Recommendation(prison(13))

    assert rule.period is not None
    assert rule.period.length == expedited_days(short)
    assert rule.period.length + 5 == expedited_days(long)
    assert extension.ground == expedited_extension(long)


def test_every_exclusion_has_words_and_articles() -> None:
    assert set(WORDS) == set(ExpeditedExclusion)
    assert all(words.articles for words in WORDS.values())
    assert all(claim.zh for claim in CivilClaim)
    assert all(what.zh and what.en for what in Disputed)
