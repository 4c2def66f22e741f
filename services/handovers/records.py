"""The tables of hand-overs: whose work went to whom, when, and who saw to it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.kernel.act import Record
from services.people import Person


class Handover(Record):
    """All open work of one person in one procuratorate, handed over in one act."""

    __tablename__ = "handovers"
    __table_args__ = (
        Index("handovers_by_office", "procuratorate_id", "id"),
        Index("handovers_by_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    reason: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("people.id"))

    cases: Mapped[list["HandoverCase"]] = relationship(
        back_populates="handover", order_by="HandoverCase.case_id"
    )
    person: Mapped[Person] = relationship(foreign_keys=person_id)

    @property
    def taker_ids(self) -> frozenset[int]:
        """Everyone who took over a case."""
        return frozenset(one.to_id for one in self.cases)


class HandoverCase(Record):
    """One case, and the prosecutor who took it over."""

    __tablename__ = "handover_cases"
    handover_id: Mapped[int] = mapped_column(ForeignKey("handovers.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)

    handover: Mapped[Handover] = relationship(back_populates="cases")
