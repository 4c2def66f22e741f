"""Numbers of cases and documents (文号): race-free, without gaps, anew each year.

The form is the one seen in real documents: 院简称 + 文种字 +〔年〕+ serial + 号. Which mark a
document bears is data; the marks other than 批捕 are usual, not verified, and each procuratorate
may set its own.
"""

from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.act import Act, Record
from services.offices import Office


class Mark(StrEnum):
    """The mark (文种字) of a series."""

    ARREST_CASE = "arrest_case"
    ARREST_APPROVED = "arrest_approved"
    ARREST_REFUSED = "arrest_refused"


WORDS = {Mark.ARREST_CASE: "捕受", Mark.ARREST_APPROVED: "批捕", Mark.ARREST_REFUSED: "不批捕"}


class NumberSeries(Record):
    """The last number given in one series of one office and year."""

    __tablename__ = "number_series"

    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    mark: Mapped[Mark] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


def take(act: Act, office: Office, mark: Mark) -> str:
    """The next number of the series, as written: `云溪检批捕〔2026〕12号`.

    The row stays locked until the act ends, so two acts never take the same number and an act
    undone gives its number back.
    """
    year = act.today.year
    row = insert(NumberSeries).values(office_id=office.id, mark=mark, year=year, last=1)
    taken = act.session.scalar(
        row.on_conflict_do_update(
            index_elements=["office_id", "mark", "year"], set_={"last": NumberSeries.last + 1}
        ).returning(NumberSeries.last)
    )
    return f"{office.short_name}{WORDS[mark]}〔{year}〕{taken}号"
