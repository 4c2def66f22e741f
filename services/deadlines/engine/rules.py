"""What a row of the table of statutory periods is. The rows themselves stand in `table/`.

A change in the law is a new row with its date, never an edit: a period is counted under the
row in force on the day it begins. `effective_from` is the day from which the text that was
read applies; an older text may have said the same.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.deadlines.engine.arithmetic import Period, Unit
from services.deadlines.engine.articles import Article, cited_en, cited_zh


class Kind(StrEnum):
    """What sort of rule on time it is."""

    DEADLINE = "deadline"
    """Something is to be done within a length of time."""
    IMMEDIATE = "immediate"
    """Something is to be done at once, or on the same day; the law gives no length."""
    THRESHOLD = "threshold"
    """Once the time has passed, somebody else has to act, or may."""
    BACKWARD = "backward"
    """Counted back from an event that lies ahead."""
    GUARD = "guard"
    """A limit on a step, without a date of its own."""


class Organ(StrEnum):
    """Whom a rule binds; RULES 613 routes its supervision by this."""

    POLICE = "police"
    PROCURATORATE = "procuratorate"
    COURT = "court"
    COMMISSION = "commission"
    """The supervisory commission (监察委员会)."""
    DETENTION_CENTRE = "detention_centre"
    LEGAL_AID = "legal_aid"
    PARTY = "party"
    """A suspect, victim, defender, guarantor or other person who takes part."""


class RestartReason(StrEnum):
    """Why a period is counted again from the start."""

    JURISDICTION_CHANGED = "jurisdiction_changed"
    """CPL 172 paragraph 2: from the new procuratorate's receipt."""
    NEW_CRIME = "new_crime"
    """CPL 160 paragraph 1: from the discovery of another important crime."""
    IDENTITY_ESTABLISHED = "identity_established"
    """CPL 160 paragraph 2: from the day on which the identity is established."""
    NEW_ORGAN = "new_organ"
    """RULES 103, 113: the next organ decides bail or residential surveillance anew."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """The event with which a period begins, or, for a backward rule, from which it is counted.

    `zh` and `en` read as a noun that is followed by "the day of": 收到移送审查起诉案件.
    """

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Extension:
    """A longer time that the law allows on a ground, in the order in which it may be granted.

    `more` is what is added, in `unit`, to the unrolled end. Where the law gives a range,
    `at_least` is its lower end and `more` its upper. `total` says that the whole is counted in
    one go from the beginning ("not more than six months"), not link by link.
    """

    ground: str
    more: int
    unit: Unit
    articles: tuple[Article, ...]
    zh: str
    en: str
    by_zh: str = ""
    """Who grants it, where the text says so."""
    by_en: str = ""
    at_least: int | None = None
    total: bool = False
    request_days_before: int | None = None
    """So many days before the end it is to be asked for; later is late, but not barred."""

    @property
    def is_range(self) -> bool:
        """Does the law leave the length open between two bounds?"""
        return self.at_least is not None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table."""

    id: str
    kind: Kind
    trigger: Trigger
    binds: Organ
    period: Period | None
    articles: tuple[Article, ...]
    zh: str
    en: str
    effective_from: date
    effective_until: date | None = None
    """The first day on which the row no longer holds."""
    extensions: tuple[Extension, ...] = ()
    base: tuple[str, int] | None = None
    """The row is itself the nth extension of that other row: counted from that row's trigger."""
    at_most: int | None = None
    """So often for one suspect, however often the case moves."""
    restarts: frozenset[RestartReason] = frozenset()
    """Why it may be counted again from the start."""
    same_day: bool = False
    """To be done within the very day of the trigger (当日)."""
    until_event: bool = False
    """Backward rules: what comes late, but before the event, is still taken."""
    handling: bool = False
    """A time for handling a case (办案期限) though nobody need be held: CPL 149 applies to it."""
    per_case: bool = False
    """One period for the case, not one for each suspect."""
    note_zh: str = ""
    """What whoever proofreads the row has to know."""
    note_en: str = ""

    @property
    def article(self) -> str:
        """Every article the row rests on, in English citation."""
        return cited_en(self.articles)

    @property
    def article_zh(self) -> str:
        """Every article the row rests on, in Chinese citation."""
        return cited_zh(self.articles)

    def holds_on(self, day: date) -> bool:
        """Is the row in force for a period that begins on `day`?"""
        ended = self.effective_until is not None and day >= self.effective_until
        return day >= self.effective_from and not ended
