"""One suspect's prosecution in one case."""

from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.arrest_requests.records import Suspect
from services.cases import Case
from services.kernel.act import Record
from services.prosecutions.states import ProsecutionState


class Prosecution(Record):
    """The review of one suspect's prosecution and what comes of it (RULES 330 and after)."""

    __tablename__ = "prosecutions"
    __table_args__ = (
        UniqueConstraint("case_id", "suspect_id", name="prosecutions_one_per_suspect"),
        Index("prosecutions_of_suspect", "suspect_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    suspect_id: Mapped[int] = mapped_column(ForeignKey("suspects.id"))
    state: Mapped[ProsecutionState] = mapped_column(default=ProsecutionState.UNDER_REVIEW)
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Another prosecutor, where the law demands one (RULES 379)."""
    plea: Mapped[dict[str, Any] | None]
    """What stands of the plea leniency: rights told, lawyer, recommendation, statement."""
    indictment: Mapped[dict[str, Any] | None]
    """What the indictment asks for, as the comparison with the judgment reads it."""
    version: Mapped[int] = mapped_column()

    case: Mapped[Case] = relationship()
    suspect: Mapped[Suspect] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case."""
        return self.case.handler_id

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate that handles it."""
        return self.case.procuratorate_id

    @property
    def police_office_id(self) -> int:
        """The organ that sent it in."""
        return self.case.police_office_id

    @property
    def raised_to_id(self) -> int | None:
        """The procuratorate one level above, once it is before it."""
        return self.case.raised_to_id
