"""What is kept of steps: those taken, those that await a decision, what was said of them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    DDL,
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from services.arrest_requests.records import Suspect
from services.cases import Case
from services.cases.records import RECUSALS
from services.delegations import Delegation
from services.kernel.act import Record
from services.kernel.sealed import SealedMembers
from services.people import Person
from services.policy import PostKind

ONE_AWAITED = "proposals_one_awaited"
PERSONAL = ("document_number", "address")
"""Of what is said in a step: by what a person is known, and where one lives."""


class ProposalState(StrEnum):
    """Where a proposal stands."""

    PENDING = "pending"
    BEFORE_COMMITTEE = "before_committee"
    RETURNED = "returned"
    APPROVED = "approved"
    OVERRULED = "overruled"
    """Decided otherwise than proposed (RULES 7)."""
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


AWAITED = frozenset({ProposalState.PENDING, ProposalState.BEFORE_COMMITTEE})


class ProposalOutcome(StrEnum):
    """What the approver may do with a proposal (RULES 7)."""

    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"
    OTHERWISE = "otherwise"
    REFER = "refer"


class RemarkKind(StrEnum):
    """What is said beside a proposal."""

    REVIEW = "review"
    """The head of the department looks it through and does not decide (RULES 6¶2)."""
    OBJECTION = "objection"
    """The prosecutor thinks the order wrong and says so in writing (RULES 7¶2)."""
    CONFERENCE = "conference"
    """What the joint prosecutors' conference thought; it advises."""


class Decider(StrEnum):
    """To whom a power list gives a power."""

    HANDLER = "handler"
    CHIEF = "chief"
    COMMITTEE = "committee"


class TakenStep(Record):
    """A step that was taken: what was said, under which number, by whom. Never rewritten."""

    __tablename__ = "taken_steps"
    __table_args__ = (
        Index("taken_steps_of_subject", "subject_kind", "subject_id", "id"),
        Index("taken_steps_of_suspect", "suspect_id", "step"),
        Index("taken_steps_of_case", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    """The table of the matter it was taken in."""
    subject_id: Mapped[int]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    suspect_id: Mapped[int] = mapped_column(ForeignKey("suspects.id"))
    step: Mapped[str]
    given: Mapped[dict[str, Any]] = mapped_column(SealedMembers("taken_steps.given", *PERSONAL))
    """What was said, by field, as JSON (`table.as_plain`)."""
    from_state: Mapped[str]
    to_state: Mapped[str]
    number: Mapped[str | None]
    told: Mapped[bool]
    """Does the organ that sent the case in read of it?"""
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    """Who took it, or decided on it."""
    put_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    """Who put it forward; the same person where nobody else decides."""
    at: Mapped[datetime]
    acting: Mapped[bool] = mapped_column(default=False)
    """Was it decided by somebody acting for the chief procurator (RULES 4¶2)?"""
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegations.id"))

    by_delegation: Mapped[Delegation | None] = relationship()
    case: Mapped[Case] = relationship()
    suspect: Mapped[Suspect] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=by_id)

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate that handles the case."""
        return self.case.procuratorate_id

    @property
    def police_office_id(self) -> int:
        """The organ that sent it in."""
        return self.case.police_office_id

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case."""
        return self.case.handler_id


sa_event.listen(
    TakenStep.__table__,
    "after_create",
    DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON taken_steps "
        "EXECUTE FUNCTION refuse_change()"
    ),
)


class Proposal(Record):
    """A step put forward for approval, with what is to be said in it."""

    __tablename__ = "proposals"
    __table_args__ = (
        Index(
            ONE_AWAITED,
            "subject_kind",
            "subject_id",
            "lane",
            unique=True,
            postgresql_where=text("state IN ('pending', 'before_committee')"),
        ),
        Index("proposals_by_approver", "approver_office_id", "approver_post", "state", "id"),
        Index("proposals_of_subject", "subject_kind", "subject_id", "id"),
        Index("proposals_by_proposer", "put_by", "id"),
        CheckConstraint(
            "(state IN ('pending', 'before_committee')) = (decided_at IS NULL)",
            name="proposals_decided_at",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.PENDING)
    version: Mapped[int] = mapped_column()
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    suspect_id: Mapped[int] = mapped_column(ForeignKey("suspects.id"))
    step: Mapped[str]
    lane: Mapped[str]
    given: Mapped[dict[str, Any]] = mapped_column(SealedMembers("proposals.given", *PERSONAL))
    chain: Mapped[list[Any]]
    """Who decides, one after the other: `{post, office_id}`."""
    level: Mapped[int] = mapped_column(default=0)
    approver_post: Mapped[PostKind]
    approver_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    for_committee: Mapped[bool] = mapped_column(default=False)
    """The power list leaves it to the procuratorial committee."""
    power_list_id: Mapped[int | None] = mapped_column(ForeignKey("power_lists.id"))
    """The edition of the power list by which the approver was found."""
    put_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    put_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    put_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegations.id"))
    note: Mapped[str | None]
    taken_id: Mapped[int | None] = mapped_column(ForeignKey("taken_steps.id"))

    case: Mapped[Case] = relationship()
    suspect: Mapped[Suspect] = relationship()
    proposer: Mapped[Person] = relationship(foreign_keys=put_by)
    decider: Mapped[Person | None] = relationship(foreign_keys=decided_by)
    by_delegation: Mapped[Delegation | None] = relationship()
    remarks: Mapped[list["Remark"]] = relationship(order_by="Remark.id")
    recused_ids: Mapped[list[int] | None] = column_property(
        select(func.array_agg(RECUSALS.c.person_id))
        .where(RECUSALS.c.case_id == case_id)
        .correlate_except(RECUSALS)
        .scalar_subquery(),
        deferred=True,
    )
    """Whoever was recused from the case."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate that handles the case."""
        return self.case.procuratorate_id

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case."""
        return self.case.handler_id


class Remark(Record):
    """Something said beside a proposal; it stays as it was said."""

    __tablename__ = "remarks"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), index=True)
    kind: Mapped[RemarkKind]
    words: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship()


class PowerList(Record):
    """One edition of a procuratorate's power list (权力清单): who decides what (RULES 4)."""

    __tablename__ = "power_lists"
    __table_args__ = (UniqueConstraint("office_id", "edition", name="power_lists_one_edition"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    edition: Mapped[int]
    in_force_from: Mapped[date]
    powers: Mapped[dict[str, Any]]
    """`{step: decider}`; a step that is not named stays with the chief procurator."""
    set_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime]
