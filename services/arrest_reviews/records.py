"""One suspect's arrest review, and what was opined, decided and receipted in it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint, cast, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from services.arrest_requests.records import Suspect
from services.arrest_reviews.flow import (
    Hearing,
    NewMeasure,
    Outcome,
    Proposal,
    ReceiptOutcome,
    RefusalKind,
    ReviewState,
)
from services.cases import Case
from services.delegations import Delegation
from services.interrogations.grounds import NotedGround
from services.kernel.act import Record
from services.people import Person


class ArrestReview(Record):
    """The review of one suspect's arrest (RULES 280–286)."""

    __tablename__ = "arrest_reviews"
    __table_args__ = (UniqueConstraint("suspect_id", name="arrest_reviews_one_per_suspect"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    suspect_id: Mapped[int] = mapped_column(ForeignKey("suspects.id"))
    state: Mapped[ReviewState] = mapped_column(default=ReviewState.UNDER_REVIEW)
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Another prosecutor, where the law demands one (RULES 290)."""
    version: Mapped[int] = mapped_column()

    case: Mapped[Case] = relationship()
    suspect: Mapped[Suspect] = relationship()
    opinions: Mapped[list["Opinion"]] = relationship(order_by="Opinion.id")
    decisions: Mapped[list["ArrestDecision"]] = relationship(order_by="ArrestDecision.id")
    """One, and another for each time that it was changed (RULES 289, 290, 291)."""
    noted_grounds: Mapped[Sequence[str] | None] = column_property(
        select(func.array_agg(cast(NotedGround.ground, Text)))
        .where(
            NotedGround.case_id == case_id,
            NotedGround.suspect_id == suspect_id,
            NotedGround.withdrawn_at.is_(None),
        )
        .correlate_except(NotedGround)
        .scalar_subquery()
    )
    """What the handler noted of RULES 280¶1."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case."""
        return self.case.handler_id

    @property
    def recused_ids(self) -> Sequence[int] | None:
        """Whoever was recused from the case."""
        return self.case.recused_ids

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate that decides."""
        return self.case.procuratorate_id

    @property
    def police_office_id(self) -> int:
        """The organ that asked and executes."""
        return self.case.police_office_id

    @property
    def raised_to_id(self) -> int | None:
        """The procuratorate one level above, once it is before it."""
        return self.case.raised_to_id

    @property
    def opinion(self) -> "Opinion | None":
        """The opinion that stands: the latest."""
        return self.opinions[-1] if self.opinions else None

    @property
    def decision(self) -> "ArrestDecision | None":
        """The decision that stands: the latest."""
        return self.decisions[-1] if self.decisions else None

    @property
    def receipt(self) -> "Receipt | None":
        """What the police did with the decision that stands."""
        return self.decision.receipt if self.decision else None


class Opinion(Record):
    """The handler's opinion (审查逮捕意见书); earlier ones stay when it is sent back."""

    __tablename__ = "opinions"

    id: Mapped[int] = mapped_column(primary_key=True)
    arrest_review_id: Mapped[int] = mapped_column(ForeignKey("arrest_reviews.id"), index=True)
    proposal: Mapped[Proposal]
    refusal_kind: Mapped[RefusalKind | None]
    hearing: Mapped[Hearing]
    reasons: Mapped[str]
    outline: Mapped[str | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    returned_at: Mapped[datetime | None]
    returned_note: Mapped[str | None]

    by: Mapped[Person] = relationship()


class ArrestDecision(Record):
    """A decision, under its number; another may take its place, and none is rewritten."""

    __tablename__ = "arrest_decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    arrest_review_id: Mapped[int] = mapped_column(ForeignKey("arrest_reviews.id"), index=True)
    number: Mapped[str]
    outcome: Mapped[Outcome]
    refusal_kind: Mapped[RefusalKind | None]
    reasons: Mapped[str]
    outline: Mapped[str | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    after_due: Mapped[bool]
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegations.id"))

    by: Mapped[Person] = relationship()
    by_delegation: Mapped[Delegation | None] = relationship()
    """By which it was decided, for a chief procurator who was away (RULES 4¶2)."""
    receipt: Mapped["Receipt | None"] = relationship()


class Receipt(Record):
    """The execution receipt (执行回执) of the police, one for a decision (RULES 286; MPS 140)."""

    __tablename__ = "receipts"

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("arrest_decisions.id"), unique=True)
    outcome: Mapped[ReceiptOutcome]
    executed_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    new_measure: Mapped[NewMeasure | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    due_on: Mapped[date | None]
    late: Mapped[bool]

    by: Mapped[Person] = relationship()
