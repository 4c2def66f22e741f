"""Which row applies to an arrest: the questions that the work asks of the table."""

from collections.abc import Mapping
from datetime import date

from services.deadlines.engine.arithmetic import Calendar, Custody
from services.deadlines.engine.calculation import Calculation, calculate
from services.deadlines.engine.events import Extended

MAJOR_OR_COMPLEX = "major_or_complex"
SPECIAL_CIRCUMSTANCES = "special_circumstances"


def request_rule(extended_to: str) -> tuple[str, str | None]:
    """The rule, and the ground, under which a detained person's arrest is to be requested.

    `extended_to` is what the police say of the detention: `none`, `seven_days`, `thirty_days`
    (CPL 91 paragraphs 1 and 2).
    """
    return _REQUEST_RULES[extended_to]


_REQUEST_RULES: Mapping[str, tuple[str, str | None]] = {
    "none": ("D04", None),
    "seven_days": ("D04", SPECIAL_CIRCUMSTANCES),
    "thirty_days": ("D05", None),
}


def request_due(detained_at: date, extended_to: str, calendar: Calendar) -> Calculation:
    """The last day on which the police may request the arrest of a person they detained.

    Raises:
        ImpossibleError: the person was detained on a day that cannot be counted from.
    """
    rule_id, ground = request_rule(extended_to)
    events = () if ground is None else (Extended(ground),)
    return calculate(rule_id, detained_at, Custody.HELD, calendar, events)


def arrest_review_rule(custody: Custody, gravity: str | None = None) -> tuple[str, str | None]:
    """The rule, and the ground, under which an arrest request is to be decided (RULES 282).

    Seven days where the suspect has been detained in this case, or nobody has said otherwise;
    fifteen where not, twenty where `gravity` is `MAJOR_OR_COMPLEX`. Held elsewhere is not
    detained in this case: the length is that of D07, and caution keeps its end from moving.
    """
    if custody in {Custody.HELD, Custody.UNKNOWN}:
        return "D06", None
    return "D07", gravity
