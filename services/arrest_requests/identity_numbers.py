"""The eighteen-digit citizen identification number (公民身份号码, GB 11643-1999).

A flaw in a number is only ever a warning: a suspect may be put forward under the name they
gave (MPS 130), and foreigners have other papers (MPS 359). The address code is not checked:
districts are renamed and merged, and a person keeps the number given at birth.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.arrest_requests.terms import Sex

LENGTH = 18
CHECK_CHARACTERS = "10X98765432"
"""The check character by the remainder of the weighted sum (ISO 7064, MOD 11-2)."""


class Flaw(StrEnum):
    """What may be wrong with a number, or differ from what was stated beside it."""

    FORM = "form"
    CHECKSUM = "checksum"
    BIRTH_DATE = "birth_date"
    BORN_ON_DIFFERS = "born_on_differs"
    SEX_DIFFERS = "sex_differs"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a number says, as far as it can be read, and its own flaws."""

    flaws: frozenset[Flaw]
    born_on: date | None = None
    sex: Sex | None = None


def check_character(digits: str) -> str:
    """The eighteenth character that belongs to seventeen digits (ISO 7064, MOD 11-2)."""
    weighted = sum(int(digit) * pow(2, LENGTH - 1 - at, 11) for at, digit in enumerate(digits))
    return CHECK_CHARACTERS[weighted % 11]


def read(number: str) -> Reading:
    """Read a number: characters 7-14 are the birth date, the 17th is odd for men."""
    number = number.strip().upper()
    body = number[:-1]
    if len(number) != LENGTH or not (body.isascii() and body.isdigit()):
        return Reading(frozenset({Flaw.FORM}))
    flaws = set[Flaw]()
    if number[-1] != check_character(body):
        flaws.add(Flaw.CHECKSUM)
    try:
        born_on = datetime.strptime(number[6:14] + "+0000", "%Y%m%d%z").date()
    except ValueError:
        born_on = None
        flaws.add(Flaw.BIRTH_DATE)
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return Reading(frozenset(flaws), born_on, sex)


def flaws(number: str, born_on: date | None, sex: Sex | None) -> frozenset[Flaw]:
    """Every flaw of a number, and how it differs from the stated birth date and sex.

    A number whose form or checksum is wrong says nothing reliable about its holder, so it
    is not compared.
    """
    reading = read(number)
    found = set(reading.flaws)
    if not found:
        if born_on and reading.born_on != born_on:
            found.add(Flaw.BORN_ON_DIFFERS)
        if sex and reading.sex is not sex:
            found.add(Flaw.SEX_DIFFERS)
    return frozenset(found)
