"""An age is reached on the day after the birthday (Fa Shi [2006] 1, article 2)."""

from datetime import date

import pytest

from services.arrest_requests.ages import has_reached


@pytest.mark.parametrize(
    ("born_on", "years", "on", "reached"),
    [
        (date(2008, 9, 10), 18, date(2026, 9, 9), False),
        (date(2008, 9, 10), 18, date(2026, 9, 10), False),
        (date(2008, 9, 10), 18, date(2026, 9, 11), True),
        (date(2008, 9, 10), 18, date(2026, 9, 12), True),
        (date(2012, 2, 29), 14, date(2026, 2, 28), False),
        (date(2012, 2, 29), 14, date(2026, 3, 1), True),
        (date(2012, 2, 29), 16, date(2028, 2, 29), False),
        (date(2010, 12, 31), 16, date(2027, 1, 1), True),
    ],
)
def test_an_age_is_reached_on_the_day_after_the_birthday(
    born_on: date, years: int, on: date, *, reached: bool
) -> None:
    assert has_reached(born_on, years, on) is reached
