"""Values of sentencing travel as JSON and come back the same; what is not one is refused."""

import json
from typing import Any

import pytest
from hypothesis import given

from services.sentencing import (
    Accusation,
    Candidate,
    CourtFinding,
    MainPenalty,
    Penalty,
    Recommendation,
    UnreadableError,
    as_plain,
    of_plain,
)
from tests.sentencing.values import accusations, calm, findings, fine, prison, recommendations


@calm
@given(recommendations)
def test_a_recommendation_goes_there_and_back(value: Recommendation) -> None:
    assert of_plain(Recommendation, json.loads(json.dumps(as_plain(value)))) == value


@calm
@given(accusations)
def test_an_accusation_goes_there_and_back(value: Accusation) -> None:
    assert of_plain(Accusation, json.loads(json.dumps(as_plain(value)))) == value


@calm
@given(findings)
def test_a_finding_goes_there_and_back(value: CourtFinding) -> None:
    assert of_plain(CourtFinding, json.loads(json.dumps(as_plain(value)))) == value


def test_a_penalty_is_written_in_codes_and_numbers() -> None:
    assert as_plain(prison(18, additional=(fine(20),))) == {
        "main": "imprisonment",
        "term": {"months": 18, "days": 0},
        "suspended_for": None,
        "additional": [{"kind": "fine", "amount": 2000, "term": None}],
        "orders": [],
        "combined_from": [],
        "surveillance_after": None,
    }


def test_what_has_a_default_may_be_left_out() -> None:
    assert of_plain(Penalty, {"main": "exempt"}) == Penalty(MainPenalty.EXEMPT)


@pytest.mark.parametrize(
    ("plain", "pointer"),
    [
        ({}, "/main"),
        ("exempt", ""),
        ({"main": "whipping"}, "/main"),
        ({"main": None}, "/main"),
        ({"main": "exempt", "a/b": 1}, "/a~1b"),
        ({"main": "detention", "term": {"months": "1"}}, "/term/months"),
        ({"main": "detention", "term": {"months": True}}, "/term/months"),
        ({"main": "detention", "term": {"months": 1.5}}, "/term/months"),
        ({"main": "detention", "term": {"months": -1}}, "/term"),
        ({"main": "detention", "additional": {}}, "/additional"),
        ({"main": "detention", "additional": [{"kind": "gift"}]}, "/additional/0/kind"),
        ({"main": "detention", "orders": ["none"]}, "/orders/0"),
    ],
)
def test_what_is_no_penalty_is_refused_where_it_is_wrong(plain: Any, pointer: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        of_plain(Penalty, plain)

    assert refused.value.pointer == pointer
    assert refused.value.why


def test_flags_are_yes_or_no() -> None:
    plain = {
        "suspect_id": 1,
        "likely": {"penalty": {"main": "exempt"}},
        "pleads": 1,
        "agrees_to_procedure": True,
    }

    with pytest.raises(UnreadableError, match="/pleads: not bool"):
        of_plain(Candidate, plain)


def test_only_values_of_sentencing_are_written() -> None:
    with pytest.raises(TypeError):
        as_plain("a year")
