"""The tables of invitations: one supervisor asked to come to one activity, and doubts about one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.activities import Activity
from services.draws import RecusalBecause
from services.invitations.flow import (
    Attending,
    InvitationState,
    LateBecause,
    RaisedBy,
    RecusalOutcome,
)
from services.kernel.act import Record
from services.supervisors import Expertise, Supervisor


class Invitation(Record):
    """A drawn supervisor is asked to come (PSUP-2021 20)."""

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("activity_id", "supervisor_id", name="invitations_once_for_an_activity"),
        CheckConstraint(
            "(state = 'declined') <= (decline_reason IS NOT NULL)",
            name="invitations_declined_with_a_reason",
        ),
        Index("invitations_by_supervisor", "supervisor_id", "id"),
        Index("invitations_by_state", "state", "answer_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"))
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("supervisors.id"))
    stratum: Mapped[Expertise | None]
    """The knowledge for which the supervisor was drawn; none: from the whole pool."""
    place_in_draw: Mapped[int]
    """Which place of the draw's order it took, 1 …"""
    state: Mapped[InvitationState] = mapped_column(default=InvitationState.INVITED)
    invited_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    """Silence until then frees the seat."""
    answered_at: Mapped[datetime | None]
    decline_reason: Mapped[str | None]
    attending: Mapped[Attending | None]
    """How the supervisor takes part, once said; logged, for the law is silent."""
    no_conflict_at: Mapped[datetime | None]
    """When the supervisor declared to know of no ground for recusal (PSUP-2021 21)."""
    undertaking: Mapped[str | None]
    """Which text of the undertaking of secrecy was signed (PSUP-2021 7)."""
    undertook_at: Mapped[datetime | None]
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    """The phone on which it was signed: papers are read on it and on no other."""
    recused_because: Mapped[RecusalBecause | None]
    late_because: Mapped[LateBecause | None]
    """Asked later than the procuratorate's practice has it: why."""
    version: Mapped[int] = mapped_column()

    activity: Mapped[Activity] = relationship()
    supervisor: Mapped[Supervisor] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def person_id(self) -> int:
        """Whose invitation it is."""
        return self.supervisor.person_id

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate whose work is supervised."""
        return self.activity.procuratorate_id

    @property
    def organ_id(self) -> int:
        """The organ that drew."""
        return self.activity.organ_id

    @property
    def handler_id(self) -> int | None:
        """The prosecutor whose work is supervised."""
        return self.activity.handler_id

    @property
    def recused_ids(self) -> Sequence[int]:
        """Whoever was recused from the case."""
        return self.activity.recused_ids


ONE_OPEN = "supervisor_recusals_one_open"


class SupervisorRecusal(Record):
    """Somebody says that an invited supervisor should be kept away; the organ decides."""

    __tablename__ = "supervisor_recusals"
    __table_args__ = (
        CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL)", name="supervisor_recusals_decided"
        ),
        CheckConstraint(
            "(outcome = 'refused') <= (reason IS NOT NULL)",
            name="supervisor_recusals_refused_with_a_reason",
        ),
        Index(
            ONE_OPEN,
            "invitation_id",
            unique=True,
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"))
    because: Mapped[RecusalBecause]
    raised_by: Mapped[RaisedBy]
    reported_at: Mapped[datetime]
    reported_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    outcome: Mapped[RecusalOutcome | None]
    reason: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    invitation: Mapped[Invitation] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def organ_id(self) -> int:
        """The organ that decides."""
        return self.invitation.organ_id
