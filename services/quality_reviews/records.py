"""The tables of a sampling, the review of one case, its findings, corrections and the archive."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from services.activities import Activity
from services.assignments import RecusalGround
from services.cases import Case, CaseKind
from services.cases.records import RECUSALS
from services.kernel.act import Record
from services.kernel.sealed import SealedBytes
from services.quality_reviews.flow import (
    TOLD,
    CorrectionState,
    ObjectionOutcome,
    QualityState,
    ReviewersFrom,
    SamplingKind,
    SamplingScope,
    SamplingState,
)
from services.quality_reviews.forms import BUILT_IN, FormItem, QualityForm
from services.quality_reviews.grades import QualityGrade

ONCE_A_CASE = "quality_reviews_once_for_a_case"
ONCE_A_SCOPE = "quality_samplings_once_for_a_scope"


class QualitySampling(Record):
    """Which closed cases are reviewed, and how they came to be chosen."""

    __tablename__ = "quality_samplings"
    __table_args__ = (
        UniqueConstraint("procuratorate_id", "once_key", name=ONCE_A_SCOPE),
        CheckConstraint(
            "closed_until_on >= closed_from_on", name="quality_samplings_end_after_start"
        ),
        CheckConstraint(
            "(kind = 'special') = (theme IS NOT NULL)", name="quality_samplings_special_theme"
        ),
        Index("quality_samplings_by_office", "procuratorate_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    kind: Mapped[SamplingKind]
    scope: Mapped[SamplingScope]
    state: Mapped[SamplingState] = mapped_column(default=SamplingState.ANNOUNCED)
    once_key: Mapped[str | None]
    """What the office samples once: `2026/one_year`; none where it does not keep that "one"."""
    closed_from_on: Mapped[date]
    closed_until_on: Mapped[date]
    case_kind: Mapped[CaseKind | None]
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charges.id"))
    grounds: Mapped[list[str]]
    theme: Mapped[str | None]
    reviewers_from: Mapped[ReviewersFrom]
    number: Mapped[int]
    """How many are drawn of the frame; of a key review all."""
    frame: Mapped[list[int]]
    """The closed cases it is drawn from, published before the draw."""
    seed: Mapped[bytes] = mapped_column(SealedBytes("quality_samplings.seed"))
    """Secret until the draw; its SHA-256 is published at once."""
    seed_hash: Mapped[str]
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"), index=True)
    """The activity to which people's supervisors come as invited reviewers (PSUP-2019 14)."""
    announced_at: Mapped[datetime]
    announced_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    drawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    activity: Mapped[Activity | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks


class QualityReview(Record):
    """The quality review of one closed case: it is held once (一案一评查)."""

    __tablename__ = "quality_reviews"
    __table_args__ = (
        UniqueConstraint("case_id", name=ONCE_A_CASE),
        CheckConstraint(
            "(reviewer_id IS NULL) = (reviewer_office_id IS NULL)",
            name="quality_reviews_reviewer_of_an_office",
        ),
        CheckConstraint(
            "(state = 'final') = (grade IS NOT NULL)", name="quality_reviews_final_with_a_grade"
        ),
        CheckConstraint(
            "reviewer_id <> handler_id AND second_reviewer_id <> handler_id",
            name="quality_reviews_not_ones_own",
        ),
        Index("quality_reviews_by_office", "procuratorate_id", "state", "id"),
        Index("quality_reviews_by_sampling", "sampling_id", "id"),
        Index("quality_reviews_by_reviewer", "reviewer_id", "id"),
        Index("quality_reviews_by_second", "second_reviewer_id", "id"),
        Index("quality_reviews_by_handler", "handler_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sampling_id: Mapped[int] = mapped_column(ForeignKey("quality_samplings.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    handler_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    """Who handled the case when it was drawn: theirs is the result, and the answer."""
    state: Mapped[QualityState] = mapped_column(default=QualityState.DRAWN)
    grounds: Mapped[list[str]]
    """Of a key review: what makes the case a key one."""
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reviewer_office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    reviewer_out: Mapped[list[Any]]
    """Who could not be drawn at the last draw, and why: `{person_id, reason}`."""
    draws: Mapped[int] = mapped_column(default=0)
    """How often a reviewer was drawn for it; part of each draw's nonce."""
    form_id: Mapped[int | None] = mapped_column(ForeignKey("quality_forms.id"))
    """The edition in force when it began; none: the built-in one."""
    began_at: Mapped[datetime | None]
    began_on: Mapped[date | None]
    """Its day in Shanghai: the grades of that day's list are given."""
    saves: Mapped[int] = mapped_column(default=0)
    """How often the form was saved: each save is another version of the review."""
    saved_at: Mapped[datetime | None]
    proposed_grade: Mapped[QualityGrade | None]
    proposed_words: Mapped[str | None]
    proposed_at: Mapped[datetime | None]
    returned_words: Mapped[str | None]
    notified_at: Mapped[datetime | None]
    answer_by_on: Mapped[date | None]
    objection: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    second_reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    second_office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    second_grade: Mapped[QualityGrade | None]
    second_words: Mapped[str | None]
    objection_outcome: Mapped[ObjectionOutcome | None]
    decision_words: Mapped[str | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    grade: Mapped[QualityGrade | None]
    """The grade that is final."""
    final_at: Mapped[datetime | None]
    final_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()

    sampling: Mapped[QualitySampling] = relationship(lazy="joined", innerjoin=True)
    case: Mapped[Case] = relationship(lazy="joined", innerjoin=True)
    form: Mapped[QualityForm | None] = relationship(lazy="joined")
    findings: Mapped[list["QualityFinding"]] = relationship(
        order_by="QualityFinding.id", cascade="all, delete-orphan", lazy="selectin"
    )
    corrections: Mapped[list["QualityCorrection"]] = relationship(
        order_by="QualityCorrection.id", back_populates="review", lazy="selectin"
    )
    recused: Mapped[Sequence[int] | None] = column_property(
        select(func.array_agg(RECUSALS.c.person_id))
        .where(RECUSALS.c.case_id == case_id)
        .correlate_except(RECUSALS)
        .scalar_subquery()
    )
    """Whoever was recused from the case (CPL 29)."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def recused_ids(self) -> Sequence[int]:
        """Whoever was recused from the case."""
        return self.recused or ()

    @property
    def is_told(self) -> bool:
        """Does the handler know the result?"""
        return self.state in TOLD

    @property
    def is_failed(self) -> bool:
        """Is the case unqualified, for good?"""
        return self.grade is QualityGrade.UNQUALIFIED

    @property
    def reviewing_id(self) -> int | None:
        """Whose review is awaited now."""
        if self.state is QualityState.SECOND_REVIEW:
            return self.second_reviewer_id
        return self.reviewer_id if self.state in _FIRST else None

    @property
    def reviewing_office_id(self) -> int | None:
        """The office in which that reviewer is a prosecutor."""
        second = self.state is QualityState.SECOND_REVIEW
        return self.second_office_id if second else self.reviewer_office_id

    @property
    def correcting_ids(self) -> frozenset[int]:
        """Whoever has something of it to correct."""
        return frozenset(one.person_id for one in self.corrections)

    @property
    def lines(self) -> tuple[FormItem, ...]:
        """The items of its form."""
        return BUILT_IN if self.form is None else self.form.lines

    @property
    def edition(self) -> int:
        """The edition of its form; 0 is the built-in one."""
        return 0 if self.form is None else self.form.edition

    @property
    def points(self) -> int:
        """What is left of the form's points."""
        whole = sum(one.points for one in self.lines)
        return max(0, whole - sum(one.points_off for one in self.findings))


_FIRST = frozenset({QualityState.DRAWN, QualityState.UNDER_REVIEW, QualityState.PROPOSED})


class QualityFinding(Record):
    """One defect, under an item of the form; the reason that the grade rests on."""

    __tablename__ = "quality_findings"
    __table_args__ = (CheckConstraint("points_off >= 0", name="quality_findings_take_points"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("quality_reviews.id"), index=True)
    item: Mapped[str]
    """The code of the form's item."""
    words: Mapped[str]
    points_off: Mapped[int]
    correction: Mapped[str | None]
    """What is to be corrected, where something can be."""


class QualityCorrection(Record):
    """One defect to be corrected: what, by whom, by when; done, and looked at."""

    __tablename__ = "quality_corrections"
    __table_args__ = (
        CheckConstraint(
            "(state = 'open') <= (verified_at IS NULL)", name="quality_corrections_verified_once"
        ),
        Index("quality_corrections_by_person", "person_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("quality_reviews.id"), index=True)
    item: Mapped[str]
    what: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    due_on: Mapped[date]
    state: Mapped[CorrectionState] = mapped_column(default=CorrectionState.OPEN)
    done: Mapped[str | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    returned_words: Mapped[str | None]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    review: Mapped[QualityReview] = relationship(back_populates="corrections")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate that reviews."""
        return self.review.procuratorate_id


class QualityRecusal(Record):
    """A reviewer kept away from one review; never drawn for it again."""

    __tablename__ = "quality_recusals"

    review_id: Mapped[int] = mapped_column(ForeignKey("quality_reviews.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    ground: Mapped[RecusalGround]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]


class PerformanceNote(Record):
    """The notice of a review's result in the handler's archive (司法档案)."""

    __tablename__ = "performance_notes"
    __table_args__ = (
        UniqueConstraint("review_id", name="performance_notes_one_for_a_review"),
        Index("performance_notes_by_person", "person_id", "id"),
        Index("performance_notes_by_office", "procuratorate_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    review_id: Mapped[int] = mapped_column(ForeignKey("quality_reviews.id"))
    grade: Mapped[QualityGrade]
    noted_at: Mapped[datetime]
