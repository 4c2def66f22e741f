"""The tables of interrogations: one sitting with one suspect in one case, and who takes part."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.arrest_requests.records import Suspect
from services.bookings import Booking
from services.cases import Case
from services.interrogations.flow import (
    STAFF_ROLES,
    InterrogationState,
    LostBecause,
    Mode,
    NotHeldBecause,
    Purpose,
    Role,
    UrgentGround,
)
from services.kernel.act import Record
from services.offices import Office
from services.participants import Participant
from services.people import Person


class Interrogation(Record):
    """One interrogation (讯问) of one suspect: co-suspects never share one (RULES 182¶2, 260¶2)."""

    __tablename__ = "interrogations"
    __table_args__ = (
        CheckConstraint("wanted_minutes BETWEEN 5 AND 720", name="interrogations_minutes"),
        CheckConstraint(
            "(state = 'waiting') <= (booking_id IS NULL)", name="interrogations_waiting_unbooked"
        ),
        Index("interrogations_by_case", "case_id", "id"),
        Index("interrogations_by_suspect", "suspect_id", "id"),
        Index("interrogations_by_centre", "centre_id", "state", "id"),
        Index("interrogations_by_booking", "booking_id", unique=True),
        Index(
            "interrogations_waiting",
            "not_after",
            "id",
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    suspect_id: Mapped[int] = mapped_column(ForeignKey("suspects.id"))
    purpose: Mapped[Purpose] = mapped_column(default=Purpose.INTERROGATE)
    mode: Mapped[Mode]
    state: Mapped[InterrogationState] = mapped_column(default=InterrogationState.BOOKED)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"))
    """The time it has; none while it waits, and none if it was held on paper."""
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    """The detention centre in whose room the suspect sits; none for one who is not detained."""
    place: Mapped[str] = mapped_column(default="")
    """Where a suspect who is not detained is met, if not at the procuratorate (RULES 183)."""
    language: Mapped[str | None]
    """The tag (BCP 47) of the language that has to be interpreted, if one has to (CPL 9)."""
    wanted_minutes: Mapped[int]
    not_after: Mapped[datetime | None]
    """When the earliest of the suspect's open periods ends that it has to come before."""
    period_began_at: Mapped[datetime | None]
    """When that period began, as it was when a time was last given."""
    urgent: Mapped[bool] = mapped_column(default=False)
    urgent_because: Mapped[UrgentGround | None]
    urgent_grounds: Mapped[str] = mapped_column(default="")
    """In words, for the procuratorate's own people."""
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    waiting_since: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    """When people were told that it waits in the last third of its period."""
    lost_because: Mapped[LostBecause | None]
    """Why the last time was lost, or it was cancelled."""
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    police_heard_at: Mapped[datetime | None]
    """When the police were heard: before a suspect who is not detained is (RULES 280¶2)."""
    police_said: Mapped[str] = mapped_column(default="")
    """What the police said, for the procuratorate's own people."""
    escorted_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime | None]
    """When its record was complete (RULES 188)."""
    held_on_paper: Mapped[bool] = mapped_column(default=False)
    """It was held without a booking here, and entered afterwards."""
    not_held_because: Mapped[NotHeldBecause | None]
    not_held_reason: Mapped[str] = mapped_column(default="")
    prepared_for_at: Mapped[datetime | None]
    """The start for which its checklist stands."""
    prepared_centre_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    """The centre for which its checklist stands."""
    readiness_looked_at: Mapped[datetime | None]
    """When its checklist was looked at before that start."""
    last_sequence: Mapped[int] = mapped_column(default=0)
    """The number of the newest event from the rooms that had an effect."""
    version: Mapped[int] = mapped_column()

    case: Mapped[Case] = relationship()
    suspect: Mapped[Suspect] = relationship()
    booking: Mapped[Booking | None] = relationship()
    centre: Mapped[Office | None] = relationship(foreign_keys=centre_id)
    attendances: Mapped[list["Attendance"]] = relationship(
        back_populates="interrogation", order_by="Attendance.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def during(self) -> Range[datetime] | None:
        """From when to when it is booked."""
        return self.booking.during if self.booking is not None else None

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate that handles the case."""
        return self.case.procuratorate_id

    @property
    def police_office_id(self) -> int:
        """The organ that sent the case in."""
        return self.case.police_office_id

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case."""
        return self.case.handler_id

    @property
    def recused_ids(self) -> Sequence[int] | None:
        """Whoever was recused from the case (CPL 29)."""
        return self.case.recused_ids

    @property
    def attending_ids(self) -> frozenset[int]:
        """Whoever takes part and has an account."""
        return frozenset(one.person_id for one in self.attendances if one.person_id is not None)

    @property
    def staff_ids(self) -> frozenset[int]:
        """Whoever holds it, for the procuratorate."""
        return frozenset(
            one.person_id
            for one in self.attendances
            if one.person_id is not None and one.role in STAFF_ROLES
        )

    @property
    def holding_ids(self) -> frozenset[int]:
        """Whoever leads it or holds it as one of the procuratorial staff (RULES 182)."""
        return frozenset(
            one.person_id
            for one in self.attendances
            if one.person_id is not None and one.role in {Role.LEAD, Role.STAFF}
        )


class Attendance(Record):
    """Somebody who takes part in one interrogation, in one capacity."""

    __tablename__ = "attendances"
    __table_args__ = (
        CheckConstraint(
            "(person_id IS NULL) <> (participant_id IS NULL)", name="attendances_of_somebody"
        ),
        UniqueConstraint("interrogation_id", "person_id", name="attendances_once_a_person"),
        UniqueConstraint(
            "interrogation_id", "participant_id", name="attendances_once_a_participant"
        ),
        Index("attendances_by_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interrogation_id: Mapped[int] = mapped_column(ForeignKey("interrogations.id"))
    role: Mapped[Role]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participants.id"))
    arrived_at: Mapped[datetime | None]
    """When they were checked in."""
    left_at: Mapped[datetime | None]

    interrogation: Mapped[Interrogation] = relationship(back_populates="attendances")
    person: Mapped[Person | None] = relationship()
    participant: Mapped[Participant | None] = relationship()
