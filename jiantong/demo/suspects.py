"""Invented people: names nobody has on purpose, and identity numbers of a place that is none."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from services.arrest_requests.identity_numbers import check_character

NOWHERE = "990101"
"""An administrative code that does not exist (GB/T 2260 goes up to 82)."""


@dataclass(frozen=True, slots=True)
class Invented:
    """Somebody who does not exist."""

    name: str
    alias: str
    sex: str
    born_on: date
    document_number: str
    ethnicity: str
    address: str
    occupation: str


class Inventor:
    """Invents people, never two of one name, and the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311  # a story, not a secret
        self._taken = set[str]()
        self._serial = 0

    def invent(self, sex: str, *, born_on: date) -> Invented:
        """Somebody of that sex, born that day."""
        words, choose = _words(), self._random.choice
        name = self._name(sex)
        return Invented(
            name=name,
            alias=choose(words["aliases"]) if self._random.random() < 1 / 6 else "",
            sex=sex,
            born_on=born_on,
            document_number=self._number(sex, born_on),
            ethnicity=choose(words["ethnicities"]),
            address=f"云江市青澜区{choose(words['places'])}",
            occupation=choose(words["occupations"]),
        )

    def birthday(self, on: date, *, youngest: int, oldest: int) -> date:
        """A birth date by which one is of such an age on that day."""
        days = self._random.randint(round(youngest * 365.25) + 1, round(oldest * 365.25))
        return on - timedelta(days=days)

    def _name(self, sex: str) -> str:
        words = _words()
        while True:
            name: str = self._random.choice(words["surnames"]) + self._random.choice(words[sex])
            if name not in self._taken:
                self._taken.add(name)
                return name

    def _number(self, sex: str, born_on: date) -> str:
        self._serial += 1
        order = 2 * self._serial + (1 if sex == "male" else 0)
        digits = f"{NOWHERE}{born_on:%Y%m%d}{order % 1000:03}"
        return digits + check_character(digits)


@cache
def _words() -> dict[str, Any]:
    data = files("jiantong.demo").joinpath("data")
    names = json.loads(data.joinpath("names.json").read_text(encoding="utf-8"))
    world = json.loads(data.joinpath("world.json").read_text(encoding="utf-8"))
    return {**names, "places": world["roads"] + world["villages"]}
