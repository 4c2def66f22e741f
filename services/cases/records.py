"""The case: one number, one handler, the suspects of one arrest request."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.arrest_requests.records import ArrestRequest
from services.cases.flow import CaseList, CaseState
from services.kernel.act import Record
from services.offices import Office
from services.people import Person


class Case(Record):
    """A case accepted by case management (RULES 158)."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("procuratorate_id", "number", name="cases_one_number"),
        UniqueConstraint("arrest_request_id", name="cases_one_per_request"),
        Index("cases_by_handler", "handler_id", "id"),
        Index("cases_by_procuratorate", "procuratorate_id", "id"),
        Index("cases_by_police", "police_office_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    police_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    arrest_request_id: Mapped[int] = mapped_column(ForeignKey("arrest_requests.id"))
    list: Mapped[CaseList]
    state: Mapped[CaseState] = mapped_column(default=CaseState.ACCEPTED)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    accepted_at: Mapped[datetime]
    accepted_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    request: Mapped[ArrestRequest] = relationship()
    procuratorate: Mapped[Office] = relationship(foreign_keys=procuratorate_id)
    police_office: Mapped[Office] = relationship(foreign_keys=police_office_id)
    handler: Mapped[Person | None] = relationship(foreign_keys=handler_id)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks
