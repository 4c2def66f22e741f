"""The committee's register, its matters, who attended, who said what, and every vote."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.assignments import Recusal
from services.cases import Case
from services.committees.flow import CommitteeState
from services.committees.majority import Ballot, Seat, decided, next_to_speak
from services.kernel.act import Record
from services.offices import Office
from services.people import Person

ONE_SEAT = "committee_members_one_seat"
ONE_CHIEF = "committee_members_one_chief"
ONE_VOTE = "committee_votes_one_vote"
ONE_MATTER = "committee_matters_one_open"


class MatterGround(StrEnum):
    """Why a matter comes before the committee."""

    MAJOR_ARREST = "major_arrest"
    """CPL 89: a major case of arrest."""
    CHIEF_DISAGREES = "chief_disagrees"
    """RULES 7: the chief procurator does not agree with the prosecutor."""
    STATE_INTEREST = "state_interest"
    """PCOM 8(1)."""
    UPPER_APPROVAL = "upper_approval"
    """Prosecution after the limitation, trial in absence: RULES 324, 506; PCOM 8(2)."""
    PROTEST = "protest"
    """PCOM 8(3)."""
    INSTRUCTIONS = "instructions"
    """A case to be submitted to the upper level for instructions: PCOM 8(4)."""
    RE_DELIBERATION = "re_deliberation"
    """PCOM 8(5)."""
    MAJOR_CASE = "major_case"
    """Another major, difficult or complex case: PCOM 8(6), RULES 4."""


class Presence(StrEnum):
    """Whether a member is there when a matter is discussed."""

    PRESENT = "present"
    ABSENT = "absent"
    RECUSED = "recused"


class VoteForm(StrEnum):
    """How a vote was given."""

    IN_SESSION = "in_session"
    IN_WRITING = "in_writing"


@dataclass(frozen=True, slots=True)
class Committee:
    """The procuratorial committee of one procuratorate."""

    office_id: int

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate whose committee it is."""
        return self.office_id


class CommitteeMember(Record):
    """A seat in a committee, held until it is given up (ORG 30, 37, 38)."""

    __tablename__ = "committee_members"
    __table_args__ = (
        Index(
            ONE_SEAT,
            "procuratorate_id",
            "person_id",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
        Index(
            ONE_CHIEF,
            "procuratorate_id",
            unique=True,
            postgresql_where=text("left_at IS NULL AND seat = 'chief'"),
        ),
        Index("committee_members_of_person", "person_id", "procuratorate_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    seat: Mapped[Seat]
    registered_at: Mapped[datetime]
    registered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    left_at: Mapped[datetime | None]
    left_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    person: Mapped[Person] = relationship(foreign_keys=person_id, lazy="joined")


class CommitteeMatter(Record):
    """One question of one case before the committee, from the agenda to the feedback."""

    __tablename__ = "committee_matters"
    __table_args__ = (
        CheckConstraint(
            "(about_kind IS NULL) = (about_id IS NULL)", name="committee_matters_about_something"
        ),
        CheckConstraint(
            "state IN ('on_agenda', 'withdrawn') OR (sits_at IS NOT NULL"
            " AND presider_id IS NOT NULL)",
            name="committee_matters_summoned_to_a_time",
        ),
        CheckConstraint(
            "(decision IS NULL) = (notice_number IS NULL)", name="committee_matters_noticed"
        ),
        CheckConstraint(
            "(executed_on IS NULL) = (feedback_due_on IS NULL)", name="committee_matters_executed"
        ),
        UniqueConstraint("procuratorate_id", "notice_number", name="committee_matters_one_number"),
        Index(
            ONE_MATTER,
            "about_kind",
            "about_id",
            unique=True,
            postgresql_where=text("about_id IS NOT NULL AND state <> 'withdrawn'"),
        ),
        Index("committee_matters_of_office", "procuratorate_id", "state", "id"),
        Index("committee_matters_of_case", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    ground: Mapped[MatterGround]
    question: Mapped[str]
    report: Mapped[str]
    """The papers: the facts, the dispute and the handler's opinion, as they go to the members."""
    about_kind: Mapped[str | None]
    """The table of what awaits the decision, such as a proposal; or nothing but the case."""
    about_id: Mapped[int | None]
    put_at: Mapped[datetime]
    put_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    state: Mapped[CommitteeState] = mapped_column(default=CommitteeState.ON_AGENDA)
    summoned_at: Mapped[datetime | None]
    sits_at: Mapped[datetime | None]
    presider_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    urgent_reason: Mapped[str | None]
    """Why the papers went out less than three days before."""
    opened_at: Mapped[datetime | None]
    size: Mapped[int | None]
    """How many members the committee had when the session was opened."""
    counted_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    reported_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reported_to_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    report_reasons: Mapped[str | None]
    decision: Mapped[Ballot | None]
    decision_wording: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    notice_number: Mapped[str | None]
    executed_on: Mapped[date | None]
    feedback_due_on: Mapped[date | None]
    feedback: Mapped[str | None]
    fed_back_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column()

    case: Mapped[Case] = relationship()
    procuratorate: Mapped[Office] = relationship(foreign_keys=procuratorate_id)
    attendance: Mapped[list["CommitteeAttendance"]] = relationship(
        lazy="selectin", order_by="CommitteeAttendance.person_id"
    )
    votes: Mapped[list["CommitteeVote"]] = relationship(
        lazy="selectin", order_by="CommitteeVote.id", viewonly=True
    )
    members: Mapped[list[CommitteeMember]] = relationship(
        primaryjoin="and_(CommitteeMatter.procuratorate_id =="
        " foreign(CommitteeMember.procuratorate_id), CommitteeMember.left_at.is_(None))",
        order_by=CommitteeMember.id,
        viewonly=True,
        lazy="selectin",
    )
    recusals: Mapped[list[Recusal]] = relationship(
        primaryjoin="CommitteeMatter.case_id == foreign(Recusal.case_id)",
        viewonly=True,
        lazy="selectin",
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case now."""
        return self.case.handler_id

    @property
    def recused(self) -> frozenset[int]:
        """Everyone kept away from the case (CPL 29-31)."""
        return frozenset(one.person_id for one in self.recusals)

    @property
    def committee(self) -> frozenset[int]:
        """The members today who may take part: nobody recused."""
        return frozenset(one.person_id for one in self.members) - self.recused

    @property
    def seated(self) -> Mapping[int, "CommitteeAttendance"]:
        """Whose vote counts once the session was opened, present or absent: nobody recused."""
        return {
            one.person_id: one
            for one in self.attendance
            if one.presence is not Presence.RECUSED and one.person_id not in self.recused
        }

    @property
    def present(self) -> list["CommitteeAttendance"]:
        """Those who sit."""
        return [one for one in self.seated.values() if one.presence is Presence.PRESENT]

    @property
    def absent(self) -> list["CommitteeAttendance"]:
        """Those who do not sit, and whose opinion may be asked for in writing."""
        return [one for one in self.seated.values() if one.presence is Presence.ABSENT]

    @property
    def counted(self) -> list["CommitteeVote"]:
        """The votes that count: one who was recused meanwhile has none."""
        return [one for one in self.votes if one.person_id in self.seated]

    @property
    def count(self) -> Mapping[Ballot, int]:
        """How many voted for what."""
        cast = Counter(one.ballot for one in self.counted)
        return {ballot: cast[ballot] for ballot in Ballot}

    @property
    def majority(self) -> Ballot | None:
        """What more than half of all members voted for, if there is such a thing."""
        return decided(self.count, self.size) if self.size else None

    @property
    def minority(self) -> list["CommitteeVote"]:
        """The votes that differ from the decision: they stay on record with their opinions."""
        return [one for one in self.counted if self.decision and one.ballot is not self.decision]

    @property
    def speaks_next(self) -> set[int]:
        """Who may speak now (PCOM 17)."""
        silent = [(one.person_id, one.seat) for one in self.present if one.spoke_at is None]
        return next_to_speak(silent, self.presider_id or 0) if silent else set()


class CommitteeAttendance(Record):
    """Whether a member is there for a matter, why not, and what the member said in which place."""

    __tablename__ = "committee_attendance"
    __table_args__ = (
        CheckConstraint(
            "(presence = 'absent') = (absence_reason IS NOT NULL)",
            name="committee_attendance_absent_for_a_reason",
        ),
        CheckConstraint(
            "(spoke_at IS NULL) = (place IS NULL) AND (spoke_at IS NULL) = (speech IS NULL)",
            name="committee_attendance_spoke_in_a_place",
        ),
        UniqueConstraint("matter_id", "place", name="committee_attendance_one_place"),
    )

    matter_id: Mapped[int] = mapped_column(ForeignKey("committee_matters.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    seat: Mapped[Seat]
    presence: Mapped[Presence]
    absence_reason: Mapped[str | None]
    place: Mapped[int | None]
    """In which place of the order the member spoke."""
    speech: Mapped[str | None]
    spoke_at: Mapped[datetime | None]


class CommitteeVote(Record):
    """One member's one vote; it is never changed."""

    __tablename__ = "committee_votes"
    __table_args__ = (UniqueConstraint("matter_id", "person_id", name=ONE_VOTE),)

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("committee_matters.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    ballot: Mapped[Ballot]
    form: Mapped[VoteForm]
    opinion: Mapped[str | None]
    cast_at: Mapped[datetime]
