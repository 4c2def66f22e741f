"""Full years of age as criminal law counts them."""

from datetime import date


def has_reached(born_on: date, years: int, on: date) -> bool:
    """Has a person born on `born_on` reached `years` full years on the day `on`?

    An age is reached on the day *after* the birthday, not on it (SPC interpretation on
    criminal cases of minors, Fa Shi [2006] 1, article 2). Somebody born on 29 February
    has, in a common year, the birthday on the 28th. Days are days in Asia/Shanghai.
    """
    return on > _birthday(born_on, born_on.year + years)


def _birthday(born_on: date, year: int) -> date:
    try:
        return born_on.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
