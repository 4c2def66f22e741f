"""The stretches of time that are counted and reported: a month, a quarter, half a year, a year."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from services.kernel.act import SHANGHAI
from services.kernel.refusals import Unprocessable

MONTHS = 12
FIRST_YEAR, LAST_YEAR = 2000, 2200


class ReportingPeriod(StrEnum):
    """How often the organ is reported to: PSUP-2019 28 says periodically, and no more."""

    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def months(self) -> int:
        """How many months one has."""
        return _MONTHS[self]

    @property
    def in_a_year(self) -> int:
        """How many of them a year has."""
        return MONTHS // self.months


_MONTHS = {
    ReportingPeriod.QUARTER: 3,
    ReportingPeriod.HALF_YEAR: 6,
    ReportingPeriod.YEAR: 12,
}


class NoSuchPeriod(Unprocessable):
    """A year has four quarters, two halves or one whole."""

    zh = "统计期间不存在：一年只有四个季度、两个半年。"


@dataclass(frozen=True, slots=True)
class Span:
    """Some days in Shanghai, the first and the last with them."""

    from_on: date
    until_on: date

    @property
    def starts_at(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.from_on, time.min, SHANGHAI)

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.until_on + timedelta(days=1), time.min, SHANGHAI)


def of_year(year: int, month: int | None = None) -> Span:
    """A calendar year, or one month of it, 1 to 12."""
    if month is None:
        return Span(date(year, 1, 1), date(year, MONTHS, 31))
    return _span(year, month, 1)


def of_number(every: ReportingPeriod, year: int, number: int) -> Span:
    """The how-manieth quarter or half of a year, from 1 on.

    Refuses:
        NoSuchPeriod: the year has not so many.
    """
    if not 1 <= number <= every.in_a_year:
        raise NoSuchPeriod
    return _span(year, (number - 1) * every.months + 1, every.months)


def last_ended(every: ReportingPeriod, today: date) -> Span:
    """The newest period that is over on that day."""
    begun = (today.month - 1) // every.months
    if begun == 0:
        return of_number(every, today.year - 1, every.in_a_year)
    return of_number(every, today.year, begun)


def _span(year: int, month: int, length: int) -> Span:
    last = month + length - 1
    after = date(year + last // MONTHS, last % MONTHS + 1, 1)
    return Span(date(year, month, 1), after - timedelta(days=1))
