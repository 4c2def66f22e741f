"""The tables of the register of people's supervisors (人民监督员信息库)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.kernel.act import Record
from services.offices import Office
from services.people import Person
from services.supervisors.flow import Education, Expertise, Occupation, SupervisorState


class Supervisor(Record):
    """A citizen on the register of a judicial-administration organ (PSUP-2021 3, 18)."""

    __tablename__ = "supervisors"
    __table_args__ = (
        CheckConstraint("term_until_on > term_from_on", name="supervisors_term_ends_after_start"),
        CheckConstraint("term_number IN (1, 2)", name="supervisors_two_terms_at_most"),
        Index("supervisors_by_organ", "organ_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    """The account; a post as supervisor is held in the organ's office while the term lasts."""
    organ_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    """The judicial-administration organ (司法行政机关) that manages the supervisor."""
    state: Mapped[SupervisorState] = mapped_column(default=SupervisorState.NOMINATED)
    born_on: Mapped[date]
    education: Mapped[Education]
    occupation: Mapped[Occupation]
    profession: Mapped[str]
    """In words, as the register shows it."""
    region: Mapped[str]
    """The county-level area (PSUP-2021 11)."""
    contact: Mapped[str | None]
    """A telephone number; the register is open to the procuratorate (PSUP-2021 18)."""
    languages: Mapped[list[str]]
    """Beside Mandarin, as BCP 47 tags: `yue`, `ug`, `csl`."""
    weekdays: Mapped[list[int]]
    """On which days of the week there is time: 1 Monday … 7 Sunday. Days away are `leaves`."""
    remote_able: Mapped[bool] = mapped_column(default=True, server_default="true")
    """Can take part from afar."""
    term_number: Mapped[int] = mapped_column(default=1, server_default="1")
    term_from_on: Mapped[date]
    term_until_on: Mapped[date]
    """The last day of the five years (PSUP-2021 6)."""
    entered_at: Mapped[datetime]
    entered_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    organ: Mapped[Office] = relationship()
    fields: Mapped[list["SupervisorExpertise"]] = relationship(
        order_by="SupervisorExpertise.code", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def procuratorate_id(self) -> int | None:
        """The procuratorate that may read the register (PSUP-2021 18)."""
        return self.organ.procuratorate_id

    @property
    def expertise(self) -> frozenset[Expertise]:
        """What the supervisor knows of."""
        return frozenset(one.code for one in self.fields)

    def serves_on(self, day: date) -> bool:
        """Does the supervisor serve, and does the term cover that day?"""
        within = self.term_from_on <= day <= self.term_until_on
        return self.state is SupervisorState.SERVING and within


class SupervisorExpertise(Record):
    """A field that a supervisor knows of."""

    __tablename__ = "supervisor_expertise"

    supervisor_id: Mapped[int] = mapped_column(ForeignKey("supervisors.id"), primary_key=True)
    code: Mapped[Expertise] = mapped_column(primary_key=True)
