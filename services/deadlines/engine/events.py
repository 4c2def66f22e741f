"""What can happen to a period between its first day and its last."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from services.deadlines.engine.arithmetic import Custody
from services.deadlines.engine.rules import RestartReason


class ExclusionReason(StrEnum):
    """Why days are not counted."""

    PSYCHIATRIC_EVALUATION = "psychiatric_evaluation"
    """CPL 149. No other expert evaluation stops a period."""
    RETENTION = "retention"
    """CPL 170 paragraph 2: deciding the measure after prior detention in a 留置 case."""
    TRIAL_SUSPENDED = "trial_suspended"
    """CPL 206 paragraph 2: while the trial is suspended the court's own period stands still."""


@dataclass(frozen=True, slots=True)
class Extended:
    """An extension was granted; without a ground it is the next in the table's order.

    `length` is given where the law leaves a range, in the unit of the extension. `on` is the
    day of the decision, `requested_on` that of the request; either may be unknown.
    """

    ground: str | None = None
    length: int | None = None
    on: date | None = None
    requested_on: date | None = None


@dataclass(frozen=True, slots=True)
class ExtensionStated:
    """A ground was stated by whoever asks, and nobody has decided: it moves the limit only."""

    ground: str


@dataclass(frozen=True, slots=True)
class Excluded:
    """Days that are not counted, from one day until another; open while it lasts."""

    reason: ExclusionReason
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Travelled:
    """Days on the way, which no statutory period includes (CPL 105 paragraph 3)."""

    days: int


@dataclass(frozen=True, slots=True)
class Used:
    """Days that the same organ has used before (RULES 100 paragraph 3): they are taken off."""

    days: int


@dataclass(frozen=True, slots=True)
class Restarted:
    """The period begins again at `at`; what was granted or left out before no longer counts."""

    reason: RestartReason
    at: date | datetime


@dataclass(frozen=True, slots=True)
class CustodyChanged:
    """From that day on the person is held, or is not."""

    custody: Custody
    on: date


Event: TypeAlias = (
    Extended | ExtensionStated | Excluded | Travelled | Used | Restarted | CustodyChanged
)
