"""How long: terms of sentences in months, and days where a judgment speaks of them."""

from dataclasses import dataclass

from services.sentencing.articles import numeral

_YEAR, _MONTH = 12, 30


@dataclass(frozen=True, slots=True, order=True)
class Term:
    """A length of months and fewer than thirty days; ordered by length.

    The law speaks of months and years; courts write a month and a half as 一个月十五日. The days
    are kept under thirty, so that one length is written in one way (`MONTH_OF_THIRTY_DAYS`).

    Raises:
        ValueError: a negative number, or thirty days and more.
    """

    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        if self.months < 0 or not 0 <= self.days < _MONTH:
            raise ValueError(self.months, self.days)

    def plus(self, months: int) -> "Term":
        """Longer by whole months."""
        return Term(self.months + months, self.days)

    @property
    def in_days(self) -> int:
        """As days, a month being thirty: to compare and to subtract, never to fix an end."""
        return self.months * _MONTH + self.days

    @property
    def zh(self) -> str:
        """As documents write it: 一年六个月, 三个月十五日."""
        years, months = divmod(self.months, _YEAR)
        return (
            (f"{numeral(years)}年" if years else "")
            + (f"{numeral(months)}个月" if months else "")
            + (f"{numeral(self.days)}日" if self.days else "")
        ) or "零日"

    @property
    def en(self) -> str:
        """In English: 1 year 6 months."""
        years, months = divmod(self.months, _YEAR)
        parts = ((years, "year"), (months, "month"), (self.days, "day"))
        return " ".join(f"{n} {unit}{'s' * (n > 1)}" for n, unit in parts if n) or "0 days"


def years(number: int) -> Term:
    """So many years, in months."""
    return Term(number * _YEAR)


def total(terms: tuple[Term, ...]) -> Term:
    """The sum of several terms (总和刑期)."""
    return of_days(sum(term.in_days for term in terms))


def apart(one: Term, other: Term) -> Term:
    """How far two terms lie from each other, whichever is longer."""
    return of_days(abs(one.in_days - other.in_days))


def of_days(days: int) -> Term:
    """The term of so many days, a month being thirty."""
    return Term(*divmod(days, _MONTH))
