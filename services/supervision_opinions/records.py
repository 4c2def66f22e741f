"""The tables of opinions and of what is reported of those who gave them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.activities import Activity
from services.cases import Case
from services.invitations import Invitation
from services.kernel.act import Record
from services.supervision_opinions.flow import (
    OPEN_STATES,
    Adoption,
    Conduct,
    OpinionView,
    OpinionWay,
    SupervisionOpinionState,
    SupervisionRuling,
)
from services.supervisors import Supervisor

ONE_OPINION = "supervision_opinions_one_for_an_invitation"
ONE_REPORT = "performance_reports_activity_id_key"


class SupervisionOpinion(Record):
    """What one supervisor thinks, word for word, and what became of it (PSUP-2019 17 to 19)."""

    __tablename__ = "supervision_opinions"
    __table_args__ = (
        UniqueConstraint("invitation_id", name=ONE_OPINION),
        CheckConstraint(
            "(way = 'activity') = (invitation_id IS NOT NULL)"
            " AND (way = 'activity') = (activity_id IS NOT NULL)"
            " AND (way = 'activity') = (overall IS NOT NULL)",
            name="supervision_opinions_of_their_way",
        ),
        CheckConstraint(
            "(state = 'sealed') = (unsealed_at IS NULL)", name="supervision_opinions_sealed"
        ),
        CheckConstraint(
            "(answered_at IS NULL) = (adoption IS NULL)"
            " AND (answered_at IS NULL) = (answered_by IS NULL)"
            " AND (adoption IS NULL OR adoption = 'adopted' OR answer IS NOT NULL)",
            name="supervision_opinions_answered_with_reasons",
        ),
        CheckConstraint(
            "(objected_at IS NULL) = (objection IS NULL)", name="supervision_opinions_objected"
        ),
        CheckConstraint(
            "(state = 'decided') = (ruling IS NOT NULL)"
            " AND (ruling IS NULL) = (decided_at IS NULL)"
            " AND (ruling IS NULL) = (decided_by IS NULL)"
            " AND (ruling IS NULL) = (ruling_reasons IS NULL)",
            name="supervision_opinions_decided",
        ),
        Index("supervision_opinions_by_activity", "activity_id"),
        Index("supervision_opinions_by_case", "case_id"),
        Index("supervision_opinions_by_supervisor", "supervisor_id", "id"),
        Index("supervision_opinions_by_procuratorate", "procuratorate_id", "state", "id"),
        Index("supervision_opinions_by_organ", "organ_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    way: Mapped[OpinionWay]
    state: Mapped[SupervisionOpinionState]
    version: Mapped[int] = mapped_column()
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    organ_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("supervisors.id"))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    """The activity's case, or the one to which case management passed it on."""
    prosecutor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Where there is no case: who planned the activity, or to whom it was passed on."""

    facts_view: Mapped[OpinionView | None]
    facts_words: Mapped[str | None]
    evidence_view: Mapped[OpinionView | None]
    evidence_words: Mapped[str | None]
    handling_view: Mapped[OpinionView | None]
    handling_words: Mapped[str | None]
    overall: Mapped[OpinionView | None]
    words: Mapped[str]
    """Free text; empty if the answers above say all."""
    case_number: Mapped[str | None]
    """The number of a case, as the supervisor gave it without an activity."""
    submitted_at: Mapped[datetime]
    salt: Mapped[str]
    """32 random hexadecimal digits, so that nobody guesses the words from the digest."""
    sha256: Mapped[str]
    """Over the salt and all of the above; it stands in the journal too."""
    unsealed_at: Mapped[datetime | None]

    adoption: Mapped[Adoption | None]
    answer: Mapped[str | None]
    """The reasons; asked for unless the opinion is adopted (PSUP-2019 19)."""
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    receipt_by_on: Mapped[date | None]
    """Until that day the supervisor receipts or objects; practice, not law."""
    receipted_at: Mapped[datetime | None]
    lapsed_at: Mapped[datetime | None]
    """When silence was recorded."""
    objection: Mapped[str | None]
    objected_at: Mapped[datetime | None]
    ruling: Mapped[SupervisionRuling | None]
    ruling_reasons: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    supervisor: Mapped[Supervisor] = relationship()
    activity: Mapped[Activity | None] = relationship()
    invitation: Mapped[Invitation | None] = relationship()
    case: Mapped[Case | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def person_id(self) -> int:
        """Whose opinion it is."""
        return self.supervisor.person_id

    @property
    def is_open(self) -> bool:
        """Does it still lie on somebody's list?"""
        return self.state in OPEN_STATES

    @property
    def is_unsealed(self) -> bool:
        """May others than its author read it?"""
        return self.unsealed_at is not None

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who answers it: whoever handles the case now."""
        return self.prosecutor_id if self.case is None else self.case.handler_id

    @property
    def recused_ids(self) -> Sequence[int]:
        """Whoever was recused from the case (CPL 29)."""
        return () if self.case is None else self.case.recused_ids or ()

    @property
    def reader_ids(self) -> frozenset[int]:
        """Everyone to whom the case was opened beside its handler."""
        return frozenset() if self.case is None else self.case.reader_ids

    @property
    def raised_to_id(self) -> int | None:
        """The procuratorate one level above that reads the case, if there is one."""
        return None if self.case is None else self.case.raised_to_id

    @property
    def outcome(self) -> Adoption | None:
        """What became of it in the end."""
        overruled = self.ruling is SupervisionRuling.ADOPTED
        return Adoption.ADOPTED if overruled else self.adoption


class PerformanceReport(Record):
    """What the organ is told of an activity's supervisors (PSUP-2021 22)."""

    __tablename__ = "performance_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), unique=True)
    remark: Mapped[str | None]
    reported_at: Mapped[datetime]
    reported_by: Mapped[int] = mapped_column(ForeignKey("people.id"))

    activity: Mapped[Activity] = relationship()
    lines: Mapped[list["PerformanceLine"]] = relationship(order_by="PerformanceLine.invitation_id")


class PerformanceLine(Record):
    """What is said of one supervisor."""

    __tablename__ = "performance_lines"

    report_id: Mapped[int] = mapped_column(ForeignKey("performance_reports.id"), primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"), primary_key=True)
    attended: Mapped[bool]
    conduct: Mapped[Conduct]
    remark: Mapped[str | None]

    invitation: Mapped[Invitation] = relationship()


CONTENT = (
    "way",
    "procuratorate_id",
    "organ_id",
    "supervisor_id",
    "activity_id",
    "invitation_id",
    "facts_view",
    "facts_words",
    "evidence_view",
    "evidence_words",
    "handling_view",
    "handling_words",
    "overall",
    "words",
    "case_number",
    "submitted_at",
    "salt",
    "sha256",
)
"""What never changes."""
KEPT_ONCE: dict[str, tuple[str, ...]] = {
    "unsealed_at": ("unsealed_at",),
    "answered_at": ("answered_at", "answered_by", "adoption", "answer", "receipt_by_on"),
    "receipted_at": ("receipted_at",),
    "lapsed_at": ("lapsed_at",),
    "objected_at": ("objected_at", "objection"),
    "decided_at": ("decided_at", "decided_by", "ruling", "ruling_reasons"),
}
"""What never changes once its day is entered."""


def _differ(names: Sequence[str]) -> str:
    new, old = (", ".join(f"{row}.{name}" for name in names) for row in ("NEW", "OLD"))
    return f"ROW({new}) IS DISTINCT FROM ROW({old})"


_CHANGED = "\n    OR ".join(
    [
        _differ(CONTENT),
        *(f"(OLD.{day} IS NOT NULL AND {_differ(names)})" for day, names in KEPT_ONCE.items()),
    ]
)
WHAT_WAS_SAID_STAYS = f"""
CREATE FUNCTION refuse_change_of_supervision_opinion() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF TG_OP = 'DELETE' OR {_CHANGED}
  THEN RAISE EXCEPTION 'what a people''s supervisor said, and was told, is never changed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER what_was_said_stays BEFORE UPDATE OR DELETE ON supervision_opinions
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_supervision_opinion();
CREATE TRIGGER append_only BEFORE TRUNCATE ON supervision_opinions
EXECUTE FUNCTION refuse_change()
"""


def _after_create(table: Any, statement: str) -> None:
    ddl = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
    sa_event.listen(table, "after_create", ddl)


_after_create(SupervisionOpinion.__table__, WHAT_WAS_SAID_STAYS)
for _kept in (PerformanceReport, PerformanceLine):
    _after_create(
        _kept.__table__,
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        f"ON {_kept.__tablename__} EXECUTE FUNCTION refuse_change()",
    )
