"""The tables of an activity: what it is, how many are wanted, what knowledge it asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    column,
    func,
    select,
    table,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from services.activities.flow import (
    ActivityForm,
    ActivityKind,
    ActivityState,
    InviteGround,
    WithoutBecause,
)
from services.cases import Case
from services.kernel.act import SHANGHAI, Record
from services.offices import Office
from services.supervisors import Expertise, Supervisor

INVITATIONS = table(
    "invitations",
    column("activity_id", Integer),
    column("supervisor_id", Integer),
    column("state", String),
)
"""Who is invited, by the table's name: that tier knows this one, not the reverse."""
AHEAD = text("state IN ('planned', 'requested', 'drawing', 'staffed')")
INVITED_STATES = ("invited", "accepted", "attended", "absent")
"""States of an invitation in which the supervisor reads the activity."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which something is to be done."""

    due_on: date

    @property
    def outer_on(self) -> date:
        """There is no later one."""
        return self.due_on


class Activity(Record):
    """One piece of the procuratorate's work that people's supervisors come to (监督活动)."""

    __tablename__ = "activities"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="activities_end_after_start"),
        CheckConstraint("wanted > 0", name="activities_want_somebody"),
        CheckConstraint(
            "(state = 'without') = (without_because IS NOT NULL)",
            name="activities_without_for_a_reason",
        ),
        CheckConstraint(
            "(state = 'cancelled') <= (cancelled_because IS NOT NULL)",
            name="activities_cancelled_for_a_reason",
        ),
        CheckConstraint(
            "form <> 'present' OR place IS NOT NULL", name="activities_present_at_a_place"
        ),
        Index("activities_by_procuratorate", "procuratorate_id", "starts_at", "id"),
        Index("activities_by_organ", "organ_id", "starts_at", "id"),
        Index("activities_by_case", "case_id"),
        Index("activities_ahead", "starts_at", postgresql_where=AHEAD),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ActivityKind]
    ground: Mapped[InviteGround | None]
    """Where the law says "shall invite"."""
    state: Mapped[ActivityState] = mapped_column(default=ActivityState.PLANNED)
    version: Mapped[int] = mapped_column()
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    organ_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    """The judicial-administration organ that draws (PSUP-2021 20)."""
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    title: Mapped[str]
    """What is supervised, in words without anybody's name: the organ and the invited read it."""
    planned_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    planned_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    form: Mapped[ActivityForm]
    place: Mapped[str | None]
    wanted: Mapped[int]
    """How many supervisors; the law names no number (PSUP-2019 20)."""
    requested_at: Mapped[datetime | None]
    requested_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    notice_by_on: Mapped[date | None]
    """The last day of a notice of five working days (PSUP-2021 19)."""
    short_notice_by_on: Mapped[date | None]
    """The last day of a notice of three working days, with the organ's consent."""
    short_notice_reason: Mapped[str | None]
    consented_at: Mapped[datetime | None]
    consented_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    short_notice_refused: Mapped[str | None]
    """Why the organ did not consent; empty again with the next notice."""
    fewer_because: Mapped[str | None]
    """Why fewer than were wanted at first are enough."""
    silent_at: Mapped[datetime | None]
    """When case management was told that the organ has published no draw."""
    missed_at: Mapped[datetime | None]
    """When case management was told that its time came and it was not begun."""
    opinions_due_at: Mapped[datetime | None]
    """Until then opinions are taken and stay sealed, unless all who attended have given theirs."""
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    cancelled_because: Mapped[str | None]
    without_because: Mapped[WithoutBecause | None]
    without_words: Mapped[str | None]
    crowding_deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadlines.id"))
    """The period of the case that leaves no room for the notice; it comes first."""

    case: Mapped[Case | None] = relationship()
    procuratorate: Mapped[Office] = relationship(foreign_keys=procuratorate_id)
    organ: Mapped[Office] = relationship(foreign_keys=organ_id)
    needs: Mapped[list["ActivityNeed"]] = relationship(
        order_by="ActivityNeed.expertise", cascade="all, delete-orphan"
    )
    invited: Mapped[Sequence[int] | None] = column_property(
        select(func.array_agg(Supervisor.person_id))
        .join(INVITATIONS, INVITATIONS.c.supervisor_id == Supervisor.id)
        .where(INVITATIONS.c.activity_id == id, INVITATIONS.c.state.in_(INVITED_STATES))  # noqa: A003
        .correlate_except(INVITATIONS, Supervisor)
        .scalar_subquery(),
        deferred=True,
    )
    """The people (not the register's ids) who are invited and have not stepped back."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def handler_id(self) -> int | None:
        """The prosecutor whose work is supervised: whoever handles the case now."""
        return self.planned_by if self.case is None else self.case.handler_id

    @property
    def recused_ids(self) -> Sequence[int]:
        """Whoever was recused from the case (CPL 29)."""
        return () if self.case is None else self.case.recused_ids or ()

    @property
    def starts_on(self) -> date:
        """Its day in Shanghai: working days are counted back from it."""
        return self.starts_at.astimezone(SHANGHAI).date()

    @property
    def day(self) -> "Day":
        """Its day, for whoever has to do something until then."""
        return Day(self.starts_on)

    @property
    def consent_awaited(self) -> bool:
        """Is the notice short, and has the organ not consented to it? (PSUP-2021 19)"""
        return self.short_notice_reason is not None and self.consented_at is None

    @property
    def told_organ_id(self) -> int | None:
        """The organ, once it was told of it (PSUP-2021 19)."""
        return self.organ_id if self.requested_at is not None else None

    @property
    def invited_ids(self) -> frozenset[int]:
        """The people who are invited and have not stepped back."""
        return frozenset(self.invited or ())


class ActivityNeed(Record):
    """So many of the wanted supervisors must know of a field (PSUP-2021 20)."""

    __tablename__ = "activity_needs"
    __table_args__ = (
        UniqueConstraint("activity_id", "expertise", name="activity_needs_one_for_a_field"),
        CheckConstraint("number > 0", name="activity_needs_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"))
    expertise: Mapped[Expertise]
    number: Mapped[int]
