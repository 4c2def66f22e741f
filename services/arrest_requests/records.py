"""The tables of a request for approval of arrest and all that comes with it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    column,
    func,
    select,
    table,
)
from sqlalchemy.orm import Mapped, Session, column_property, mapped_column, relationship

from services.arrest_requests.checks import BY_CODE, Finding
from services.arrest_requests.flow import RequestState
from services.arrest_requests.terms import (
    IN_CUSTODY,
    DocumentKind,
    Extension,
    Measure,
    Sex,
)
from services.attachments import Attachment, Paper
from services.charges import Charge
from services.deadlines import Custody, Deadline, open_of
from services.kernel import trigrams
from services.kernel.act import Record
from services.kernel.sealed import BlindIndex, SealedText, together
from services.offices import Office
from services.people import Person

ONE_DOCUMENT = "arrest_requests_one_document"
_BECAME = table("cases", column("arrest_request_id"), column("handler_id"), column("split_from_id"))
"""The case a request became, by its table's name: that tier knows this one, not the reverse."""


def split_off_to(person_id: int) -> Select[int]:
    """The ids of the requests behind what was split off and is handled by that person."""
    chosen = select(_BECAME.c.arrest_request_id).where(
        _BECAME.c.handler_id == person_id, _BECAME.c.split_from_id.is_not(None)
    )
    return chosen.where(_BECAME.c.arrest_request_id.is_not(None))


class ArrestRequest(Record):
    """A request for approval of arrest (提请批准逮捕书) as first received and since corrected.

    What people wrote stays in these tables; events hold ids and codes only.
    """

    __tablename__ = "arrest_requests"
    __table_args__ = (
        UniqueConstraint("office_id", "document_number", name=ONE_DOCUMENT),
        Index("arrest_requests_by_office", "office_id", "state", "id"),
        Index("arrest_requests_by_procuratorate", "procuratorate_id", "state", "id"),
        CheckConstraint(
            "(state = 'accepted') = (accepted_at IS NOT NULL)", name="arrest_requests_accepted_at"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[RequestState] = mapped_column(default=RequestState.SUBMITTED)
    version: Mapped[int] = mapped_column()
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    document_number: Mapped[str]
    document_on: Mapped[date]
    head_approved_on: Mapped[date | None]
    facts: Mapped[str]
    danger_grounds: Mapped[str] = mapped_column(default="")
    major_or_complex: Mapped[bool] = mapped_column(default=False)
    property_transferred: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime]
    """The first receipt: a supplement or a correction never moves it (RULES 282)."""
    submitted_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    corrected_at: Mapped[datetime | None]
    corrected_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    acceptance_checks: Mapped[dict[str, Any] | None]
    """What case management found in the five checks of RULES 157."""
    findings: Mapped[list[Any]] = mapped_column(default=list)
    """The warnings as the request stands: `{code, pointer}`; the words are in `checks.py`."""
    nonce: Mapped[str]
    """Hexadecimal; fixed at receipt, so that nobody can aim the later draw of a handler."""

    handler_id: Mapped[int | None] = column_property(
        select(_BECAME.c.handler_id)
        .where(_BECAME.c.arrest_request_id == id)  # noqa: A003  # the column above
        .where(_BECAME.c.split_from_id.is_(None))
        .correlate_except(_BECAME)
        .scalar_subquery(),
        deferred=True,
    )
    """The prosecutor who handles the case it became: no other prosecutor reads it."""
    later_handler_ids: Mapped[list[int] | None] = column_property(
        select(func.array_agg(_BECAME.c.handler_id))
        .where(
            _BECAME.c.arrest_request_id == id,  # noqa: A003  # the column above
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
    suspects: Mapped[list["Suspect"]] = relationship(
        back_populates="request", order_by="Suspect.ordinal"
    )
    file_items: Mapped[list["FileItem"]] = relationship(
        order_by="FileItem.ordinal", cascade="all, delete-orphan"
    )
    attachments: Mapped[list[Attachment]] = relationship(order_by=Attachment.id)
    supplement_requests: Mapped[list["SupplementRequest"]] = relationship(
        order_by="SupplementRequest.id"
    )
    jurisdiction_doubts: Mapped[list["JurisdictionDoubt"]] = relationship(
        order_by="JurisdictionDoubt.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a dict

    @property
    def police_office_id(self) -> int:
        """The organ that asks."""
        return self.office_id

    @property
    def warnings(self) -> list[Finding]:
        """The findings as they stand, without those whose rule is no longer in the table."""
        found = [Finding(one["code"], one["pointer"]) for one in self.findings]
        return [one for one in found if one.code in BY_CODE]

    @property
    def open_supplement(self) -> "SupplementRequest | None":
        """The supplement that is awaited, if one is."""
        return next((one for one in self.supplement_requests if one.answered_at is None), None)

    def earliest_due(self, session: Session) -> Deadline | None:
        """The running period of its suspects that ends first."""
        running = open_of([suspect.id for suspect in self.suspects])
        return session.scalars(running.where(Deadline.due_on.is_not(None))).first()


class Suspect(Record):
    """A suspect of one request; periods and, later, decisions are this person's own."""

    __tablename__ = "suspects"
    __table_args__ = (
        UniqueConstraint("arrest_request_id", "ordinal", name="suspects_one_ordinal"),
        together("suspects", "document_number"),
        Index("suspects_by_document", "document_number_index"),
        trigrams.index("suspects_by_name", "name", "alias"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    arrest_request_id: Mapped[int | None] = mapped_column(ForeignKey("arrest_requests.id"))
    """The request in which this suspect was put forward; none who came with a transfer only."""
    ordinal: Mapped[int]
    received_at: Mapped[datetime]
    """When this suspect was first put forward: the review's period runs from here."""
    name: Mapped[str]
    name_self_reported: Mapped[bool] = mapped_column(default=False)
    alias: Mapped[str | None]
    document_kind: Mapped[DocumentKind] = mapped_column(default=DocumentKind.NONE)
    document_number: Mapped[str | None] = mapped_column(SealedText("suspects.document_number"))
    document_number_index: Mapped[str | None] = mapped_column(
        BlindIndex("suspects.document_number")
    )
    born_on: Mapped[date | None]
    sex: Mapped[Sex]
    ethnicity: Mapped[str | None]
    address: Mapped[str | None] = mapped_column(SealedText("suspects.address"))
    occupation: Mapped[str | None]
    flags: Mapped[list[str]] = mapped_column(default=list)
    measure: Mapped[Measure]
    measure_began_at: Mapped[datetime | None]
    detention_centre_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    detention_extended_to: Mapped[Extension] = mapped_column(default=Extension.NONE)
    act_on: Mapped[date | None]

    request: Mapped[ArrestRequest | None] = relationship(back_populates="suspects")
    detention_centre: Mapped[Office | None] = relationship()
    suspect_charges: Mapped[list["SuspectCharge"]] = relationship(
        order_by="SuspectCharge.ordinal", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def custody(self) -> Custody:
        """What the measure means for the periods that run (CPL 105)."""
        return Custody.under(self.measure.value)

    @property
    def in_custody(self) -> bool:
        """Is this person held, in this case or another?"""
        return self.measure in IN_CUSTODY

    @property
    def charge_ids(self) -> list[int]:
        """The charges in the order in which they are stated."""
        return [charged.charge_id for charged in self.suspect_charges]

    @property
    def charges(self) -> list[Charge]:
        """The charges in the order in which they are stated."""
        return [charged.charge for charged in self.suspect_charges]


class SuspectCharge(Record):
    """One charge of one suspect."""

    __tablename__ = "suspect_charges"
    __table_args__ = (Index("suspect_charges_by_charge", "charge_id"),)

    suspect_id: Mapped[int] = mapped_column(ForeignKey("suspects.id"), primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charges.id"), primary_key=True)
    ordinal: Mapped[int]

    charge: Mapped[Charge] = relationship(lazy="joined")


class FileItem(Record):
    """One item of the file list (卷宗目录)."""

    __tablename__ = "file_items"
    __table_args__ = (Index("file_items_by_request", "arrest_request_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    arrest_request_id: Mapped[int] = mapped_column(ForeignKey("arrest_requests.id"))
    ordinal: Mapped[int]
    title: Mapped[str]
    pages: Mapped[int | None]
    kind: Mapped[Paper]


class SupplementRequest(Record):
    """What case management asked the police to send after (补送, RULES 158)."""

    __tablename__ = "supplement_requests"
    __table_args__ = (Index("supplement_requests_by_request", "arrest_request_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    arrest_request_id: Mapped[int] = mapped_column(ForeignKey("arrest_requests.id"))
    items: Mapped[list[Any]]
    """`{code, detail}`: one of `SupplementCode` or a check's code, and what is wanted."""
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class JurisdictionDoubt(Record):
    """A doubt whether the case belongs here: recorded, never a reason to turn it away."""

    __tablename__ = "jurisdiction_doubts"
    __table_args__ = (Index("jurisdiction_doubts_by_request", "arrest_request_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    arrest_request_id: Mapped[int] = mapped_column(ForeignKey("arrest_requests.id"))
    grounds: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
