"""The table of imports: who put forward which people and posts together, and the answer."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.appointments import Appointment
from services.kernel.act import Record
from services.offices import Office

imported_appointments = Table(
    "imported_appointments",
    Record.metadata,
    Column("import_id", ForeignKey("people_imports.id"), primary_key=True),
    Column("appointment_id", ForeignKey("appointments.id"), primary_key=True, index=True),
)
"""Which appointments came with which table."""


class PeopleImportState(StrEnum):
    """Where an import stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class PeopleImport(Record):
    """One table of people and posts, put forward as a whole."""

    __tablename__ = "people_imports"
    __table_args__ = (
        CheckConstraint(
            "(state = 'proposed') = (answered_at IS NULL)", name="people_imports_answered"
        ),
        CheckConstraint("answered_by <> proposed_by", name="people_imports_seen_by_two"),
        CheckConstraint(
            "(state = 'refused') = (reason IS NOT NULL)",
            name="people_imports_refused_with_a_reason",
        ),
        Index("people_imports_by_office", "office_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    """The office whose administrator put it forward; the posts are there or below."""
    state: Mapped[PeopleImportState] = mapped_column(default=PeopleImportState.PROPOSED)
    people_count: Mapped[int]
    """How many people got an account with it."""
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column()

    office: Mapped[Office] = relationship()
    appointments: Mapped[list[Appointment]] = relationship(
        secondary=imported_appointments, order_by=Appointment.id
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def led_by_ids(self) -> frozenset[int]:
        """Every office whose officers see to it."""
        return self.office.led_by_ids
