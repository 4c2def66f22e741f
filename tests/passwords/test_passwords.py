"""Which passwords are good enough: long, and not what a guesser tries first."""

import pytest

from services import people
from services.passwords import LONGEST, is_common
from services.people import NewPerson, PasswordTooCommon, PasswordTooLong, PasswordTooShort
from services.policy import CONSOLE
from tests.make import Make

ABOUT = ("zhao.lin", "zhaolin", "赵林", "测江市青澜区人民检察院", "测青检")


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd!2026",
        "PassWord PassWord",
        "qwertyuiop12",
        "zyxwvutsrqponm",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "123456789012",
        "1qaz2wsx3edc",
        "administrator1",
        "iloveyou2026!",
        "密码密码密码密码密码密码",
        "zhaolin202612",
        "赵林赵林赵林赵林赵林赵林!!",
        "测江市青澜区人民检察院2026",
        "!!!!20262026!",
    ],
)
def test_what_a_guesser_tries_first_is_refused(password: str) -> None:
    assert is_common(password, ABOUT)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "an-invented-password",
        "measured otter lagoon",
        "湖边的水獭数着石头过河去",
        "bJ7wq2LsT0xPz",
        "password for the third drawer",
    ],
)
def test_a_long_one_of_ones_own_is_good_enough(password: str) -> None:
    assert not is_common(password, ABOUT)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("elf letters"[:11], PasswordTooShort),
        ("ab " * 67, PasswordTooLong),
        ("password1234", PasswordTooCommon),
        ("odd.name.2026!", PasswordTooCommon),
    ],
)
def test_a_password_that_is_not_good_enough_opens_no_account(
    make: Make, password: str, why: type[Exception]
) -> None:
    with pytest.raises(why):
        people.enrol(make.act(CONSOLE), NewPerson("odd.name", "某某", password))


def test_two_hundred_characters_and_any_sign_are_taken(make: Make) -> None:
    password = ("湖边 otter ☂ " * 40)[:LONGEST]
    person = people.enrol(make.act(CONSOLE), NewPerson("odd.name", "某某", password))

    assert people.password_fits(person, password)
    assert not people.password_fits(person, password[:-1])
