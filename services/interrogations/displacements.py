"""A time that was given up for a more urgent one, and what its handler says to that.

One interrogation gives its time up once and never again: the key of the table says so.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.interrogations.records import Interrogation
from services.kernel.act import Record

ONLY_ONCE = "displacements_only_once"


class DisplacementState(StrEnum):
    """Where it stands."""

    STANDING = "standing"
    OBJECTED = "objected"
    """Its handler has objected; somebody else decides."""
    UPHELD = "upheld"
    """The objection was right: the old time is given back if that harms nobody."""
    DISMISSED = "dismissed"


class ObjectionFinding(StrEnum):
    """What is decided on an objection."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Displacement(Record):
    """One interrogation gave its time up for another."""

    __tablename__ = "displacements"
    __table_args__ = (
        CheckConstraint(
            "(state = 'standing') = (objected_at IS NULL)", name="displacements_objected"
        ),
        CheckConstraint(
            "(state IN ('upheld', 'dismissed')) = (decided_at IS NOT NULL)",
            name="displacements_decided",
        ),
        Index(ONLY_ONCE, "interrogation_id", unique=True),
        Index("displacements_for_one", "for_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interrogation_id: Mapped[int] = mapped_column(ForeignKey("interrogations.id"))
    for_id: Mapped[int] = mapped_column(ForeignKey("interrogations.id"))
    """The urgent one."""
    state: Mapped[DisplacementState] = mapped_column(default=DisplacementState.STANDING)
    before: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    after: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    displaced_at: Mapped[datetime]
    displaced_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    object_until: Mapped[datetime]
    objected_at: Mapped[datetime | None]
    objected_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    objection: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decision_reasons: Mapped[str] = mapped_column(default="")
    given_back: Mapped[bool] = mapped_column(default=False)
    """It has its old time again."""
    version: Mapped[int] = mapped_column()

    interrogation: Mapped[Interrogation] = relationship(foreign_keys=interrogation_id)
    urgent: Mapped[Interrogation] = relationship(foreign_keys=for_id)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate that handles the case whose time was given up."""
        return self.interrogation.procuratorate_id

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles that case."""
        return self.interrogation.handler_id

    @property
    def recused_ids(self) -> "list[int] | None":
        """Whoever was recused from that case (CPL 29)."""
        recused = self.interrogation.recused_ids
        return None if recused is None else list(recused)
