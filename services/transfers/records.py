"""The tables of a transfer for prosecution: the paper, and whom it names."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    column,
    exists,
    func,
    or_,
    select,
    table,
)
from sqlalchemy.orm import Mapped, Session, column_property, mapped_column, relationship

from services.arrest_requests.records import Suspect
from services.deadlines import Deadline, open_of
from services.kernel.act import Record
from services.offices import Office
from services.people import Person
from services.transfers.flow import TransferSource, TransferState

ONE_DOCUMENT = "transfers_one_document"
_BECAME = table(
    "cases",
    column("transfer_id"),
    column("handler_id"),
    column("split_from_id"),
    column("state"),
)
_MATTERS = table("prosecutions", column("suspect_id"), column("state"))
_OVER = ("transferred", "sent_back", "not_prosecuted", "concluded", "archived")
"""The states of a prosecution in which nothing runs: its suspect may be transferred anew."""


def split_off_to(person_id: int) -> Select[int]:
    """The ids of the transfers behind what was split off and is handled by that person."""
    chosen = select(_BECAME.c.transfer_id).where(
        _BECAME.c.handler_id == person_id, _BECAME.c.split_from_id.is_not(None)
    )
    return chosen.where(_BECAME.c.transfer_id.is_not(None))


def in_hand(suspect_id: int) -> ColumnElement[bool]:
    """Is the suspect's prosecution received and not begun, or begun and not over?"""
    waits = exists().where(_BECAME.c.transfer_id == Transfer.id, _BECAME.c.state == "accepted")
    received = exists().where(
        TransferredSuspect.suspect_id == suspect_id,
        TransferredSuspect.at_large.is_(False),
        Transfer.id == TransferredSuspect.transfer_id,
        or_(Transfer.state != TransferState.ACCEPTED, waits),
    )
    begun = exists().where(_MATTERS.c.suspect_id == suspect_id, _MATTERS.c.state.not_in(_OVER))
    return or_(received, begun)


class Transfer(Record):
    """A transfer for prosecution (移送起诉) with its prosecution opinion (起诉意见书)."""

    __tablename__ = "transfers"
    __table_args__ = (
        UniqueConstraint("office_id", "procuratorate_id", "document_number", name=ONE_DOCUMENT),
        Index("transfers_by_office", "office_id", "state", "id"),
        Index("transfers_by_procuratorate", "procuratorate_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[TransferState] = mapped_column(default=TransferState.SUBMITTED)
    source: Mapped[TransferSource]
    version: Mapped[int] = mapped_column()
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    """The organ that investigated, also where another procuratorate passed the case on."""
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    document_number: Mapped[str]
    document_on: Mapped[date]
    facts: Mapped[str]
    major_or_complex: Mapped[bool] = mapped_column(default=False)
    expedited_proposed: Mapped[bool] = mapped_column(default=False)
    """The organ proposes the expedited procedure (RULES 273¶2)."""
    received_at: Mapped[datetime]
    submitted_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    supplement_wanted: Mapped[str | None]
    supplement_sent: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    acceptance_checks: Mapped[dict[str, Any] | None]
    nonce: Mapped[str]
    """Hexadecimal; fixed at receipt, so that nobody can aim the later draw of a handler."""

    handler_id: Mapped[int | None] = column_property(
        select(_BECAME.c.handler_id)
        .where(_BECAME.c.transfer_id == id)  # noqa: A003  # the column above
        .where(_BECAME.c.split_from_id.is_(None))
        .limit(1)
        .correlate_except(_BECAME)
        .scalar_subquery(),
        deferred=True,
    )
    later_handler_ids: Mapped[list[int] | None] = column_property(
        select(func.array_agg(_BECAME.c.handler_id))
        .where(
            _BECAME.c.transfer_id == id,  # noqa: A003  # the column above
            _BECAME.c.split_from_id.is_not(None),
            _BECAME.c.handler_id.is_not(None),
        )
        .correlate_except(_BECAME)
        .scalar_subquery(),
        deferred=True,
    )
    """The prosecutors who handle what was split off from the case it became."""
    office: Mapped[Office] = relationship(foreign_keys=office_id)
    procuratorate: Mapped[Office] = relationship(foreign_keys=procuratorate_id)
    submitter: Mapped[Person] = relationship(foreign_keys=submitted_by)
    named: Mapped[list["TransferredSuspect"]] = relationship(
        order_by="TransferredSuspect.ordinal", back_populates="transfer"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def police_office_id(self) -> int:
        """The organ that investigated."""
        return self.office_id

    @property
    def suspects(self) -> list[Suspect]:
        """Everybody who is here: whoever is at large is not accepted (RULES 158¶3)."""
        return [one.suspect for one in self.named if not one.at_large]

    def earliest_due(self, session: Session) -> Deadline | None:
        """The running period of its suspects that ends first."""
        running = open_of([suspect.id for suspect in self.suspects])
        return session.scalars(running.where(Deadline.due_on.is_not(None))).first()


class TransferredSuspect(Record):
    """One suspect of a transfer: known from the arrest case, or put forward here."""

    __tablename__ = "transferred_suspects"

    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfers.id"), primary_key=True)
    suspect_id: Mapped[int] = mapped_column(ForeignKey("suspects.id"), primary_key=True, index=True)
    ordinal: Mapped[int]
    at_large: Mapped[bool] = mapped_column(default=False)
    """Absent: the organ is to bring the suspect first (RULES 158¶3)."""
    pleads: Mapped[bool] = mapped_column(default=False)
    """Admits guilt and accepts punishment, as the organ states (CPL 162¶2)."""
    charge_ids: Mapped[list[int]] = mapped_column(default=list)
    """The charges of the prosecution opinion."""

    transfer: Mapped[Transfer] = relationship(back_populates="named")
    suspect: Mapped[Suspect] = relationship()
