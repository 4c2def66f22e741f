"""The tables of the register of people's supervisors (人民监督员信息库)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.kernel.act import Record
from services.kernel.sealed import BlindIndex, SealedText, together
from services.offices import Office
from services.people import Person
from services.supervisors.flow import (
    CameBy,
    Education,
    Expertise,
    Occupation,
    SupervisorState,
)

ONE_ORGAN_AT_A_TIME = "supervisors_one_organ_at_a_time"


class Supervisor(Record):
    """A citizen on the register of a judicial-administration organ (PSUP-2021 3, 18)."""

    __tablename__ = "supervisors"
    __table_args__ = (
        CheckConstraint("term_until_on > term_from_on", name="supervisors_term_ends_after_start"),
        CheckConstraint("term_number IN (1, 2)", name="supervisors_two_terms_at_most"),
        CheckConstraint(
            "ended_on IS NULL OR state IN ('ended', 'removed')",
            name="supervisors_ended_only_when_over",
        ),
        Index("supervisors_by_organ", "organ_id", "state", "id"),
        Index("supervisors_by_end", "state", "term_until_on"),
        together("supervisors", "id_number"),
        Index("supervisors_by_id_number", "id_number_index"),
        Index(
            ONE_ORGAN_AT_A_TIME,
            "id_number_index",
            unique=True,
            postgresql_where=text("state IN ('nominated', 'serving', 'suspended')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    """The account; a post as supervisor is held in the organ's office while the term lasts."""
    organ_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    """The judicial-administration organ (司法行政机关) that manages the supervisor."""
    state: Mapped[SupervisorState] = mapped_column(default=SupervisorState.NOMINATED)
    id_number: Mapped[str | None] = mapped_column(SealedText("supervisors.id_number"))
    """Of the identity card: by it a person is known again (PSUP-2021 6, 10); shown to nobody."""
    id_number_index: Mapped[str | None] = mapped_column(BlindIndex("supervisors.id_number"))
    born_on: Mapped[date]
    education: Mapped[Education]
    occupation: Mapped[Occupation]
    profession: Mapped[str]
    """In words, as the register shows it."""
    region: Mapped[str]
    """The county-level area (PSUP-2021 11)."""
    contact: Mapped[str | None] = mapped_column(SealedText("supervisors.contact"))
    """A telephone number; the register is open to the procuratorate (PSUP-2021 18)."""
    languages: Mapped[list[str]]
    """Beside Mandarin, as BCP 47 tags: `yue`, `ug`, `csl`."""
    weekdays: Mapped[list[int]]
    """On which days of the week there is time: 1 Monday … 7 Sunday. Days away are `leaves`."""
    remote_able: Mapped[bool] = mapped_column(default=True, server_default="true")
    """Can take part from afar."""
    term_number: Mapped[int] = mapped_column(default=1, server_default="1")
    term_from_on: Mapped[date]
    """Of somebody who is put forward: the day that is planned."""
    term_until_on: Mapped[date]
    """The last day of the five years (PSUP-2021 6)."""
    ended_on: Mapped[date | None]
    """The last day of service, once it is over."""
    came_by: Mapped[CameBy | None]
    announced_on: Mapped[date | None]
    """When the call for supervisors was announced (PSUP-2021 12)."""
    published_on: Mapped[date | None]
    """When the public notice naming the nominee was put up (PSUP-2021 15)."""
    entered_at: Mapped[datetime]
    entered_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    organ: Mapped[Office] = relationship()
    fields: Mapped[list["SupervisorExpertise"]] = relationship(
        order_by="SupervisorExpertise.code", cascade="all, delete-orphan"
    )

    steps: Mapped[list["SupervisorStep"]] = relationship(order_by="SupervisorStep.id")

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


class SupervisorStep(Record):
    """What the organ did with an entry, when, and why: never changed."""

    __tablename__ = "supervisor_steps"
    __table_args__ = (Index("supervisor_steps_by_supervisor", "supervisor_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("supervisors.id"))
    step: Mapped[str]
    """A step of the flow, `nominate` or `take_over`."""
    ground: Mapped[str | None]
    """A code: why removed, why ended."""
    reason: Mapped[str | None]
    taken_at: Mapped[datetime]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Nobody where the house did it, because the term was over."""


class SupervisorTraining(Record):
    """A training that a supervisor took part in."""

    __tablename__ = "supervisor_trainings"
    __table_args__ = (
        CheckConstraint("hours BETWEEN 1 AND 200", name="supervisor_trainings_hours"),
        Index("supervisor_trainings_by_supervisor", "supervisor_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("supervisors.id"))
    held_on: Mapped[date]
    hours: Mapped[int]
    topic: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("people.id"))


class SupervisorAllowance(Record):
    """An allowance that a supervisor was paid."""

    __tablename__ = "supervisor_allowances"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="supervisor_allowances_of_some_money"),
        Index("supervisor_allowances_by_supervisor", "supervisor_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("supervisors.id"))
    paid_on: Mapped[date]
    amount_fen: Mapped[int]
    purpose: Mapped[str]
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"))
    """For which activity, if for one."""
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
