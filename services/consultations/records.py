"""The tables of a consultation: the matter, the views of both sides, what is to be collected."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    column,
    func,
    or_,
    select,
    table,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from services.arrest_requests.terms import Extension
from services.cases import Case
from services.consultations.flow import (
    ConsultationForm,
    ConsultationGround,
    ConsultationKind,
    ConsultationOrigin,
    ConsultationSide,
    ConsultationState,
)
from services.kernel.act import Record
from services.offices import Office

RECUSALS = table("recusals", column("case_id"), column("person_id", Integer))
"""Who was recused, by its table's name: that tier knows this one, not the reverse."""


class Consultation(Record):
    """Both sides speak of a matter of the organ; there need be no case of it here yet."""

    __tablename__ = "consultations"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'supplement_guidance') = (case_id IS NOT NULL)",
            name="consultations_guidance_is_about_a_case",
        ),
        CheckConstraint(
            "(state = 'declined') = (decline_reason IS NOT NULL)",
            name="consultations_declined_with_a_reason",
        ),
        CheckConstraint(
            "(state = 'concluded') <= (conclusion IS NOT NULL)",
            name="consultations_concluded_with_words",
        ),
        CheckConstraint(
            "(state = 'overtaken') <= (arrest_request_id IS NOT NULL)",
            name="consultations_overtaken_by_a_request",
        ),
        CheckConstraint(
            "state NOT IN ('accepted', 'concluded') OR handler_id IS NOT NULL",
            name="consultations_held_by_a_prosecutor",
        ),
        Index("consultations_by_office", "office_id", "id"),
        Index("consultations_by_procuratorate", "procuratorate_id", "id"),
        Index("consultations_by_handler", "handler_id", "id"),
        Index("consultations_by_request", "arrest_request_id"),
        Index("consultations_by_case", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ConsultationKind]
    origin: Mapped[ConsultationOrigin]
    state: Mapped[ConsultationState] = mapped_column(default=ConsultationState.INVITED)
    version: Mapped[int] = mapped_column()
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    """The organ that investigates."""
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    document_number: Mapped[str | None]
    """The organ's own number of the matter."""
    title: Mapped[str]
    account: Mapped[str]
    ground: Mapped[ConsultationGround | None]
    form: Mapped[ConsultationForm]
    invited_at: Mapped[datetime]
    invited_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The prosecutor named for it; a hint for who handles the case later, never a rule."""
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decline_reason: Mapped[str | None]
    conclusion: Mapped[str | None]
    concluded_at: Mapped[datetime | None]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    """The case that the question how to supplement is about."""
    arrest_request_id: Mapped[int | None] = mapped_column(ForeignKey("arrest_requests.id"))
    """The request that followed."""
    linked_at: Mapped[datetime | None]

    later_handler_ids: Mapped[list[int] | None] = column_property(
        select(func.array_agg(Case.handler_id))
        .where(
            Case.handler_id.is_not(None),
            or_(Case.id == case_id, Case.arrest_request_id == arrest_request_id),
        )
        .correlate_except(Case)
        .scalar_subquery(),
        deferred=True,
    )
    """The prosecutors who handle what it is about, or what followed from it."""
    recused_ids: Mapped[list[int] | None] = column_property(
        select(func.array_agg(RECUSALS.c.person_id))
        .join_from(RECUSALS, Case, Case.id == RECUSALS.c.case_id)
        .where(or_(Case.id == case_id, Case.arrest_request_id == arrest_request_id))
        .correlate_except(Case, RECUSALS)
        .scalar_subquery(),
        deferred=True,
    )
    """Whoever is kept away from what it is about, or from what followed (CPL 29, 30)."""
    office: Mapped[Office] = relationship(foreign_keys=office_id)
    procuratorate: Mapped[Office] = relationship(foreign_keys=procuratorate_id)
    case: Mapped[Case | None] = relationship()
    suspects: Mapped[list["ConsultationSuspect"]] = relationship(
        order_by="ConsultationSuspect.ordinal", cascade="all, delete-orphan"
    )
    views: Mapped[list["ConsultationView"]] = relationship(order_by="ConsultationView.id")
    opinions: Mapped[list["ConsultationOpinion"]] = relationship(order_by="ConsultationOpinion.id")
    evidence: Mapped[list["ConsultationEvidence"]] = relationship(
        order_by="ConsultationEvidence.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def police_office_id(self) -> int:
        """The organ that investigates, as the law on one page calls it."""
        return self.office_id

    @property
    def case_handler_id(self) -> int | None:
        """The prosecutor who handles the case that it is about."""
        return self.case.handler_id if self.case else None


class ConsultationSuspect(Record):
    """Somebody suspected, by initials or an alias; nobody is identified here."""

    __tablename__ = "consultation_suspects"
    __table_args__ = (Index("consultation_suspects_of", "consultation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    ordinal: Mapped[int]
    label: Mapped[str]
    detained_at: Mapped[datetime | None]
    detention_extended_to: Mapped[Extension]


class ConsultationView(Record):
    """What one side said; a view is added and never changed."""

    __tablename__ = "consultation_views"
    __table_args__ = (Index("consultation_views_of", "consultation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    side: Mapped[ConsultationSide]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    words: Mapped[str]


class ConsultationOpinion(Record):
    """A written opinion of the prosecutor; a later one adds to the earlier, none is changed."""

    __tablename__ = "consultation_opinions"
    __table_args__ = (Index("consultation_opinions_of", "consultation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    words: Mapped[str]


class ConsultationEvidence(Record):
    """One piece of evidence that an opinion asks for, and whether the organ has it."""

    __tablename__ = "consultation_evidence"
    __table_args__ = (
        UniqueConstraint("opinion_id", "ordinal", name="consultation_evidence_one_ordinal"),
        CheckConstraint(
            "(done_at IS NULL) = (done_by IS NULL)", name="consultation_evidence_done_by_somebody"
        ),
        Index("consultation_evidence_of", "consultation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    opinion_id: Mapped[int] = mapped_column(ForeignKey("consultation_opinions.id"))
    ordinal: Mapped[int]
    what: Mapped[str]
    purpose: Mapped[str | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    done_note: Mapped[str | None]
