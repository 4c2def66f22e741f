"""What is kept of an inquiry. No row of these tables ever changes: the database sees to it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.cases import Case
from services.kernel.act import Record

CORRECTED_ONCE = "inquiries_corrected_once"
REVIEWED_ONCE = "inquiry_reviews_once"
ONE_A_MONTH = "zero_reports_one_a_month"


class InquiryKind(StrEnum):
    """What it was."""

    LEADER_INTERFERENCE = "leader_interference"
    """A leading official interfered with a case (领导干部干预司法活动、插手具体案件处理)."""
    INSIDER_INQUIRY = "insider_inquiry"
    """Somebody of a judicial organ asked about a case (内部人员过问案件)."""
    IMPROPER_CONTACT = "improper_contact"
    """Contact with a party, a lawyer or a go-between outside the rules (不当接触交往)."""
    LAWFUL_SUPERVISION = "lawful_supervision"
    """A superior, a people's congress or the chief asked as the law lets them (RULES 4, 6)."""


class InquiryChannel(StrEnum):
    """How the person reached the recorder."""

    PHONE = "phone"
    VISIT = "visit"
    LETTER = "letter"
    MESSAGE = "message"
    MEETING = "meeting"
    OTHER = "other"


class InquiryFinding(StrEnum):
    """What the inspection found."""

    NO_BREACH = "no_breach"
    BREACH_PASSED_ON = "breach_passed_on"
    """A breach, passed on to the disciplinary organ (ORG 47 paragraph 2)."""


class Inquiry(Record):
    """One inquiry or interference, as the person who was asked records it (逢问必录)."""

    __tablename__ = "inquiries"
    __table_args__ = (
        UniqueConstraint("corrects_id", name=CORRECTED_ONCE),
        CheckConstraint(
            "kind <> 'lawful_supervision' OR NOT seems_unlawful",
            name="inquiries_supervision_is_lawful",
        ),
        CheckConstraint("happened_at <= recorded_at", name="inquiries_happened_before"),
        CheckConstraint("corrects_id < id", name="inquiries_correct_what_is_earlier"),
        Index("inquiries_of_office", "procuratorate_id", "id"),
        Index("inquiries_of_recorder", "recorded_by", "happened_at"),
        Index("inquiries_about_case", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[InquiryKind]
    channel: Mapped[InquiryChannel]
    asker_name: Mapped[str]
    asker_unit: Mapped[str | None]
    asker_post: Mapped[str | None]
    asker_relation: Mapped[str | None]
    """What the person has to do with the case or its parties."""
    place: Mapped[str | None]
    content: Mapped[str]
    evidence: Mapped[str | None]
    """What proves it, and where that is kept."""
    seems_unlawful: Mapped[bool]
    """The recorder thinks it against the law."""
    happened_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("inquiries.id"))
    """The earlier entry in whose place this one stands."""

    case: Mapped[Case | None] = relationship()


class InquiryReview(Record):
    """What the inspection found about one entry, once."""

    __tablename__ = "inquiry_reviews"
    __table_args__ = (UniqueConstraint("inquiry_id", name=REVIEWED_ONCE),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    finding: Mapped[InquiryFinding]
    remark: Mapped[str]
    reviewed_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reviewed_at: Mapped[datetime]


class ZeroReport(Record):
    """A person's word that nothing happened in a month (零报告)."""

    __tablename__ = "zero_reports"
    __table_args__ = (
        UniqueConstraint("person_id", "month", name=ONE_A_MONTH),
        CheckConstraint("extract(day from month) = 1", name="zero_reports_of_a_month"),
        Index("zero_reports_of_office", "procuratorate_id", "month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    month: Mapped[date]
    """The first day of the month."""
    declared_at: Mapped[datetime]


for _kept in (Inquiry, InquiryReview, ZeroReport):
    sa_event.listen(
        _kept.__table__,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {_kept.__tablename__} EXECUTE FUNCTION refuse_change()"
        ),
    )
