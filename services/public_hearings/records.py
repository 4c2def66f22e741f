"""The tables of a public hearing: who comes, what is said, what the hearing officers think.

Hearing officers (听证员) and parties have no accounts: their names stand in these tables only.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.activities import Activity, InviteGround, WithoutBecause
from services.activities.grounds import PublicForm, PublicMatter, PublicWork, must_invite
from services.arrest_requests.records import Suspect
from services.cases import Case
from services.kernel.act import Record
from services.public_hearings.flow import (
    DepartureConsent,
    Following,
    OfficerPosition,
    PartyKind,
    PublicHearingForm,
    PublicHearingState,
    Speaker,
    StatementKind,
)

ONE_HEARING = "public_hearings_one_of_an_activity"
ONE_RESULT = "public_hearing_results_one_stands"

hearing_suspects = Table(
    "public_hearing_suspects",
    Record.metadata,
    Column("hearing_id", ForeignKey("public_hearings.id"), primary_key=True),
    Column("suspect_id", ForeignKey("suspects.id"), primary_key=True),
)
"""Whose matter it is about."""


class PublicHearing(Record):
    """A public hearing (公开听证) or public review (公开审查) in one case."""

    __tablename__ = "public_hearings"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="public_hearings_end_after_start"),
        CheckConstraint(
            "NOT open_to_public OR matter NOT IN ('arrest_review', 'custody_necessity')"
            " OR open_because IS NOT NULL",
            name="public_hearings_opened_for_a_reason",
        ),
        CheckConstraint(
            "(state = 'cancelled') = (cancelled_because IS NOT NULL)",
            name="public_hearings_cancelled_for_a_reason",
        ),
        CheckConstraint(
            "(without_because IS NULL) = (without_words IS NULL)",
            name="public_hearings_without_for_a_reason",
        ),
        CheckConstraint(
            "(state = 'concluded') = (record IS NOT NULL)", name="public_hearings_on_record"
        ),
        Index("public_hearings_of_case", "case_id", "id"),
        Index("public_hearings_of_office", "procuratorate_id", "id"),
        Index(
            ONE_HEARING,
            "activity_id",
            unique=True,
            postgresql_where=text("state <> 'cancelled'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[PublicHearingForm]
    matter: Mapped[PublicMatter]
    major_influence: Mapped[bool] = mapped_column(default=False)
    """Has the case major influence (有重大影响; RULES 281, PSUP-2019 9)? The handler says."""
    state: Mapped[PublicHearingState] = mapped_column(default=PublicHearingState.PLANNED)
    version: Mapped[int] = mapped_column()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    chaired_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The chief or a head who presides; nobody named: whoever handles the case at that time."""
    planned_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    planned_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str]
    """The room; for a hearing from afar, where the procuratorate sits."""
    remote: Mapped[bool] = mapped_column(default=False)
    open_to_public: Mapped[bool] = mapped_column(default=False)
    open_because: Mapped[str | None]
    agenda: Mapped[list[str]]
    """The items, in order."""
    intention: Mapped[str]
    """What the handler intends: what the hearing officers agree or disagree with."""
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"))
    """Through it people's supervisors are asked to come."""
    without_because: Mapped[WithoutBecause | None]
    without_words: Mapped[str | None]
    short_because: Mapped[str | None]
    """Why less than three days lay between the notice and the hearing."""
    noticed_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    deliberated_at: Mapped[datetime | None]
    concluded_at: Mapped[datetime | None]
    concluded_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Who presided at the end, and by concluding confirmed the record."""
    record: Mapped[str | None]
    """The record of the hearing (听证笔录), read and signed (HEAR-2020 18)."""
    majority_opinion: Mapped[str | None]
    minority_opinion: Mapped[str | None]
    announced_at: Mapped[datetime | None]
    announced_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    cancelled_because: Mapped[str | None]

    case: Mapped[Case] = relationship()
    activity: Mapped[Activity | None] = relationship()
    suspects: Mapped[list[Suspect]] = relationship(
        secondary=hearing_suspects, order_by=(Suspect.ordinal, Suspect.id)
    )
    officers: Mapped[list["HearingOfficer"]] = relationship(
        order_by="HearingOfficer.id", cascade="all, delete-orphan"
    )
    parties: Mapped[list["HearingParty"]] = relationship(
        order_by="HearingParty.id", cascade="all, delete-orphan"
    )
    statements: Mapped[list["HearingStatement"]] = relationship(
        order_by="HearingStatement.id", viewonly=True
    )

    results: Mapped[list["HearingResult"]] = relationship(order_by="HearingResult.id")
    """What the handler made of it: one, and another after each refusal of the chief."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def ground(self) -> InviteGround | None:
        """Where the law says that people's supervisors shall be invited to it (PSUP-2019 9)."""
        form = PublicForm(self.form.value)
        return must_invite(PublicWork(form, self.matter, major_influence=self.major_influence))

    @property
    def outcome(self) -> "HearingResult | None":
        """The result that stands or is before the chief; none where the last was refused."""
        last = self.results[-1] if self.results else None
        return None if last is None or last.consent is DepartureConsent.REFUSED else last

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case now."""
        return self.case.handler_id

    @property
    def recused_ids(self) -> Sequence[int]:
        """Whoever was recused from the case (CPL 29)."""
        return self.case.recused_ids or ()

    @property
    def chair_id(self) -> int | None:
        """Who presides: the chief or head who was named, unless recused since; or the handler."""
        named = self.chaired_by
        return self.handler_id if named is None or named in self.recused_ids else named

    @property
    def voices(self) -> list["HearingOfficer"]:
        """The hearing officers who are present."""
        return [one for one in self.officers if one.attended]

    @property
    def count(self) -> Mapping[OfficerPosition, int]:
        """How many voices there are for each position."""
        said = Counter(one.position for one in self.voices)
        return {position: said[position] for position in OfficerPosition}

    @property
    def majority(self) -> OfficerPosition | None:
        """What more than half of the officers present say, if there is such a thing."""
        most = max(self.count.items(), key=lambda one: one[1])
        return most[0] if most[1] * 2 > len(self.voices) else None


class HearingOfficer(Record):
    """A hearing officer: a citizen of at least 23, and no people's supervisor invited to it."""

    __tablename__ = "public_hearing_officers"
    __table_args__ = (
        UniqueConstraint("hearing_id", "name", "born_on", name="public_hearing_officers_once"),
        CheckConstraint(
            "(position IS NULL) = (opinion IS NULL)", name="public_hearing_officers_say_why"
        ),
        CheckConstraint(
            "signed_at IS NULL OR unsigned_because IS NULL",
            name="public_hearing_officers_sign_or_say_why",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("public_hearings.id"), index=True)
    name: Mapped[str]
    born_on: Mapped[date]
    occupation: Mapped[str]
    noticed_at: Mapped[datetime | None]
    attended: Mapped[bool | None]
    position: Mapped[OfficerPosition | None]
    opinion: Mapped[str | None]
    opined_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    unsigned_because: Mapped[str | None]


class HearingParty(Record):
    """A party, or somebody who comes for one."""

    __tablename__ = "public_hearing_parties"

    id: Mapped[int] = mapped_column(primary_key=True)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("public_hearings.id"), index=True)
    kind: Mapped[PartyKind]
    name: Mapped[str]
    noticed_at: Mapped[datetime | None]
    attended: Mapped[bool | None]


class HearingStatement(Record):
    """What somebody said or asked, in the order in which it was said; never rewritten."""

    __tablename__ = "public_hearing_statements"
    __table_args__ = (
        CheckConstraint(
            "(speaker = 'officer') = (officer_id IS NOT NULL)"
            " AND (speaker = 'party') = (party_id IS NOT NULL)",
            name="public_hearing_statements_of_somebody",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("public_hearings.id"), index=True)
    kind: Mapped[StatementKind]
    speaker: Mapped[Speaker]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("public_hearing_officers.id"))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("public_hearing_parties.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Of the procuratorate's own: who presided or handled the case then."""
    words: Mapped[str]
    said_at: Mapped[datetime]
    written_by: Mapped[int] = mapped_column(ForeignKey("people.id"))


class HearingResult(Record):
    """What the handler makes of the hearing officers' opinion; one that was refused is kept."""

    __tablename__ = "public_hearing_results"
    __table_args__ = (
        CheckConstraint(
            "(following = 'departed') = (reasons IS NOT NULL)",
            name="public_hearing_results_departed_with_reasons",
        ),
        CheckConstraint(
            "(reasons IS NULL) = (consent IS NULL)", name="public_hearing_results_departure_asked"
        ),
        Index(
            ONE_RESULT,
            "hearing_id",
            unique=True,
            postgresql_where=text("consent IS NULL OR consent <> 'refused'"),
        ),
        Index("public_hearing_results_of_hearing", "hearing_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("public_hearings.id"))
    following: Mapped[Following]
    result: Mapped[str]
    reasons: Mapped[str | None]
    """Why the majority is not followed (HEAR-2020 16)."""
    stated_at: Mapped[datetime]
    stated_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    consent: Mapped[DepartureConsent | None]
    note: Mapped[str | None]
    """What the chief procurator said to it."""
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
