"""The case: one number, one handler, the suspects of one request or transfer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    column,
    func,
    select,
    table,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from services.arrest_requests.records import ArrestRequest, Suspect
from services.cases.flow import CaseKind, CaseList, CaseState
from services.kernel import trigrams
from services.kernel.act import Record
from services.offices import Office
from services.people import Person
from services.transfers.records import Transfer

case_suspects = Table(
    "case_suspects",
    Record.metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("suspect_id", ForeignKey("suspects.id"), primary_key=True, index=True),
)
"""Who is in which case: a suspect's arrest case and prosecution case share the suspect."""


RECUSALS = table("recusals", column("case_id", Integer), column("person_id", Integer))
"""Recusals, by their table's name: that tier knows this one, not the reverse."""


class CaseReader(Record):
    """A prosecutor to whom a case was opened: the other one whom the law asks for."""

    __tablename__ = "case_readers"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    opened_at: Mapped[datetime]


class Case(Record):
    """A case accepted by case management (RULES 158): of arrest, or of prosecution."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("procuratorate_id", "number", name="cases_one_number"),
        Index(
            "cases_one_per_request",
            "arrest_request_id",
            unique=True,
            postgresql_where=text("split_from_id IS NULL"),
        ),
        Index("cases_by_request", "arrest_request_id"),
        Index("cases_split_from", "split_from_id"),
        Index("cases_merged_into", "merged_into_id"),
        trigrams.index("cases_by_words_of_number", "number"),
        Index("cases_by_handler", "handler_id", "id"),
        Index("cases_by_procuratorate", "procuratorate_id", "id"),
        Index("cases_by_police", "police_office_id", "id"),
        Index("cases_raised", "raised_to_id", "id"),
        Index("cases_by_transfer", "transfer_id"),
        CheckConstraint(
            "(kind = 'arrest') = (arrest_request_id IS NOT NULL)"
            " AND (kind = 'prosecution') = (transfer_id IS NOT NULL)",
            name="cases_one_origin",
        ),
        CheckConstraint(
            "(state = 'merged') = (merged_into_id IS NOT NULL)", name="cases_merged_into_one"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    suspects: Mapped[list[Suspect]] = relationship(
        secondary=case_suspects, order_by=(Suspect.ordinal, Suspect.id)
    )
    readers: Mapped[list[CaseReader]] = relationship()
    kind: Mapped[CaseKind] = mapped_column(default=CaseKind.ARREST)
    number: Mapped[str]
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    police_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    """The organ that sent it in: the police, or a supervisory commission."""
    arrest_request_id: Mapped[int | None] = mapped_column(ForeignKey("arrest_requests.id"))
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("transfers.id"))
    list: Mapped[CaseList]
    state: Mapped[CaseState] = mapped_column(default=CaseState.ACCEPTED)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    raised_to_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    """The procuratorate one level above, once something of the case was brought before it."""
    split_from_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    """The case from which its suspects were taken out (分案); it shares that one's origin."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    """The earlier case into which its suspects went over (并案)."""
    accepted_at: Mapped[datetime]
    accepted_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    request: Mapped[ArrestRequest | None] = relationship()
    transfer: Mapped[Transfer | None] = relationship()
    procuratorate: Mapped[Office] = relationship(foreign_keys=procuratorate_id)
    police_office: Mapped[Office] = relationship(foreign_keys=police_office_id)
    handler: Mapped[Person | None] = relationship(foreign_keys=handler_id)
    recused_ids: Mapped[Sequence[int] | None] = column_property(
        select(func.array_agg(RECUSALS.c.person_id))
        .where(RECUSALS.c.case_id == id)  # noqa: A003  # the column above
        .correlate_except(RECUSALS)
        .scalar_subquery(),
        deferred=True,
    )
    """Whoever was recused from it (CPL 29)."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def origin(self) -> ArrestRequest | Transfer:
        """What it came from: the request for approval of arrest, or the transfer."""
        found = self.request if self.kind is CaseKind.ARREST else self.transfer
        assert found is not None  # noqa: S101  # the database holds that one of them is there
        return found

    @property
    def reader_ids(self) -> frozenset[int]:
        """Everyone to whom the case was opened beside its handler."""
        return frozenset(one.person_id for one in self.readers)
