"""The citizen identification number: read by GB 11643-1999, and never a reason to refuse."""

from datetime import date

import pytest

from services.arrest_requests.identity_numbers import (
    CHECK_CHARACTERS,
    Flaw,
    check_character,
    flaws,
    read,
)
from services.arrest_requests.terms import Sex
from tests.arrest_requests.drafts import MALE_NUMBER

STANDARD = "11010519491231002"
"""The example printed in the standard; its check character is X."""


@pytest.mark.parametrize(
    ("digits", "check"), [(STANDARD, "X"), ("44052418800101001", "4"), ("99010219900307281", "8")]
)
def test_the_check_character_is_that_of_the_standard(digits: str, check: str) -> None:
    assert check_character(digits) == check


def test_a_number_tells_the_birth_date_and_the_sex() -> None:
    assert read(STANDARD + "X").born_on == date(1949, 12, 31)
    assert read(STANDARD + "X").sex is Sex.FEMALE
    assert read(MALE_NUMBER).sex is Sex.MALE
    assert read(MALE_NUMBER).flaws == frozenset()


def test_a_small_x_and_spaces_around_it_are_no_flaw() -> None:
    assert read(f" {STANDARD}x ").flaws == frozenset()


def test_every_single_wrong_digit_is_noticed() -> None:
    for at in range(17):
        for digit in "0123456789":
            wrong = STANDARD[:at] + digit + STANDARD[at + 1 :] + "X"
            if wrong != STANDARD + "X":
                assert Flaw.CHECKSUM in read(wrong).flaws, wrong


def test_every_wrong_check_character_is_noticed() -> None:
    for character in set(CHECK_CHARACTERS) - {"X"}:
        assert read(STANDARD + character).flaws == {Flaw.CHECKSUM}


@pytest.mark.parametrize(
    "number", ["", "110105491231002", STANDARD + "XX", "1101051949123100²X", "1101O519491231002X"]
)
def test_what_is_not_eighteen_characters_with_digits_before_the_last_is_malformed(
    number: str,
) -> None:
    assert read(number).flaws == {Flaw.FORM}


def test_a_birth_date_that_does_not_exist_is_noticed() -> None:
    body = "11010519490231002"

    assert read(body + check_character(body)).flaws == {Flaw.BIRTH_DATE}


def test_a_number_is_compared_with_what_is_stated_beside_it() -> None:
    assert flaws(MALE_NUMBER, date(1990, 3, 7), Sex.MALE) == frozenset()
    assert flaws(MALE_NUMBER, date(1990, 3, 8), Sex.MALE) == {Flaw.BORN_ON_DIFFERS}
    assert flaws(MALE_NUMBER, date(1990, 3, 7), Sex.FEMALE) == {Flaw.SEX_DIFFERS}
    assert flaws(MALE_NUMBER, None, None) == frozenset()


def test_a_number_with_a_wrong_checksum_is_not_compared() -> None:
    wrong = MALE_NUMBER[:-1] + "0"

    assert flaws(wrong, date(1980, 1, 1), Sex.FEMALE) == {Flaw.CHECKSUM}
