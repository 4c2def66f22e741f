"""Links between cases, and why suspects are taken out of one or cases belong together."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.cases import Case
from services.kernel.act import Record

ONE_LINK = "case_links_one_each"


class SplitReason(StrEnum):
    """Why suspects get a case of their own (分案)."""

    MINOR = "minor"
    """A minor is handled apart from the adults (RULES 459)."""
    DIFFERENT_PROGRESS = "different_progress"
    """One of them can be decided on before the others."""
    JURISDICTION = "jurisdiction"
    """Some belong to another procuratorate (RULES 328)."""
    OTHER = "other"


class LinkReason(StrEnum):
    """Why two cases belong together (关联案件)."""

    SAME_SUSPECT = "same_suspect"
    ACCOMPLICES = "accomplices"
    RELATED_FACTS = "related_facts"


class CaseLink(Record):
    """Two cases that belong together; the relation has no direction."""

    __tablename__ = "case_links"
    __table_args__ = (
        UniqueConstraint("lower_id", "higher_id", name=ONE_LINK),
        CheckConstraint("lower_id < higher_id", name="case_links_in_order"),
        Index("case_links_by_higher", "higher_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lower_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    higher_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    reason: Mapped[LinkReason]
    linked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    linked_at: Mapped[datetime]

    lower: Mapped[Case] = relationship(foreign_keys=lower_id)
    higher: Mapped[Case] = relationship(foreign_keys=higher_id)
