"""What happened: 46 case facts, told with other names and other days each time.

A fact's placeholders are filled when a case is made: `{s1}` is the first suspect, `{day-3}` the
third day before the detention, `{month-60}` the month 60 days before it, `{year-2}` a year.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

_HOLE = re.compile(r"\{(?P<what>s|day-|month-|year-)(?P<count>\d+)\}")


@dataclass(frozen=True, slots=True)
class Role:
    """What a fact says of one of its suspects."""

    sex: str
    minor: bool
    charges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One story, its charges, and how many days before the detention the (last) act was."""

    source: int
    charges: tuple[str, ...]
    act_days_before: int
    suspects: tuple[Role, ...]
    text: str
    serious: bool
    """A death, an organised group or a large sum: major or complex."""
    light: bool
    """Such that not approving the arrest is plausible."""

    def told(self, names: Sequence[str], detained_on: date) -> str:
        """The story with these suspects, the detention being on that day."""

        def fill(hole: re.Match[str]) -> str:
            count = int(hole["count"])
            if hole["what"] == "s":
                return names[count - 1]
            if hole["what"] == "year-":
                return str(detained_on.year - count)
            day = detained_on - timedelta(days=count)
            month = f"{day.year}年{day.month}月"
            return month if hole["what"] == "month-" else f"{month}{day.day}日"

        return _HOLE.sub(fill, self.text)


@cache
def every_fact() -> tuple[Fact, ...]:
    """All facts, in a fixed order."""
    stored = files("jiantong.demo").joinpath("data", "facts.json").read_text(encoding="utf-8")
    return tuple(
        Fact(
            source=row["source"],
            charges=tuple(row["charges"]),
            act_days_before=row["act_days_before"],
            suspects=tuple(
                Role(role["sex"], role["minor"], tuple(role["charges"])) for role in row["suspects"]
            ),
            text=row["text"],
            serious=row["serious"],
            light=row["light"],
        )
        for row in json.loads(stored)
    )
