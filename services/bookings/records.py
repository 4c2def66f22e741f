"""The tables of the calendar: what is booked, and what each booking takes, and when."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, literal_column, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.kernel.act import Record
from services.resources import Resource

NEVER_TWICE = "occupations_never_twice"


class BookingKind(StrEnum):
    """What time is taken for."""

    INTERROGATION = "interrogation"
    BLOCK = "block"
    """A room, a desk, a line or the escort is out of use for a while, and returns by itself."""
    LAWYER_MEETING = "lawyer_meeting"
    """A defence lawyer meets the suspect, within 48 hours of asking (CPL 39¶2)."""
    COURT = "court"
    TRANSFER = "transfer"
    """The suspect is brought to another centre."""
    MEDICAL = "medical"


ENGAGEMENTS = frozenset(
    {
        BookingKind.LAWYER_MEETING,
        BookingKind.COURT,
        BookingKind.TRANSFER,
        BookingKind.MEDICAL,
    }
)
"""What else a suspect has to be at."""


class BookingState(StrEnum):
    """Whether it stands."""

    HELD = "held"
    """Kept for somebody until `held_until`, under the same constraint as a booking."""
    BOOKED = "booked"
    RELEASED = "released"


class Booking(Record):
    """Time taken for one thing; all that it takes is taken together or not at all."""

    __tablename__ = "bookings"
    __table_args__ = (
        CheckConstraint("(state = 'held') = (held_until IS NOT NULL)", name="bookings_held_until"),
        CheckConstraint(
            "(state = 'released') = (released_at IS NOT NULL)", name="bookings_released_at"
        ),
        CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)",
            name="bookings_bounded",
        ),
        Index("bookings_held", "held_until", postgresql_where=text("state = 'held'")),
        Index("bookings_by_office", "office_id", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[BookingKind]
    state: Mapped[BookingState]
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    """Whose booking it is: the procuratorate's, or the centre's for blocks and engagements."""
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    """From when to when the thing itself lasts, without escort or set-up: `[start, end)`."""
    note: Mapped[str] = mapped_column(default="")
    """Of a block or an engagement, for the office's own people; never for anybody else."""
    held_until: Mapped[datetime | None]
    booked_at: Mapped[datetime]
    booked_by: Mapped[int]
    released_at: Mapped[datetime | None]
    released_by: Mapped[int | None]
    version: Mapped[int] = mapped_column()

    occupations: Mapped[list["Occupation"]] = relationship(
        back_populates="booking", cascade="all, delete-orphan", order_by="Occupation.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks


class Occupation(Record):
    """One unit of one resource, taken for a time in which nothing else can take it.

    The range includes escort and set-up, so that the constraint sees what is really taken. What
    is given back is deleted: the constraint knows no states, and the journal what was.
    """

    __tablename__ = "occupations"
    __table_args__ = (
        ExcludeConstraint(
            (literal_column("resource_id"), "="),
            # Before the unit: what a pool has taken at one time lies together in the index.
            (literal_column("during"), "&&"),
            (literal_column("unit"), "="),
            name=NEVER_TWICE,
            using="gist",
        ),
        CheckConstraint("NOT isempty(during) AND unit >= 1", name="occupations_something"),
        Index("occupations_by_booking", "booking_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    unit: Mapped[int]
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)

    booking: Mapped[Booking] = relationship(back_populates="occupations")
    resource: Mapped[Resource] = relationship()
