"""The conference, its members, and what each of them said."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.assignments import Recusal
from services.cases import Case
from services.conferences.flow import ConferenceState
from services.kernel.act import Record
from services.offices import Office
from services.people import Person

ONE_VOICE = "conference_opinions_one_voice"


class ConferenceForm(StrEnum):
    """How a conference is held."""

    PRESENT = "present"
    REMOTE = "remote"
    WRITTEN = "written"


class Position(StrEnum):
    """What a member says to the question."""

    AGREE = "agree"
    DISAGREE = "disagree"
    OTHER = "other"


class Conference(Record):
    """A joint conference about one question of one case (RULES 6 paragraph 2)."""

    __tablename__ = "conferences"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('convened', 'closed') OR (form IS NOT NULL AND held_at IS NOT NULL"
            " AND convened_by IS NOT NULL AND convened_at IS NOT NULL)",
            name="conferences_convened_at_a_time",
        ),
        CheckConstraint(
            "(state = 'closed') = (summary IS NOT NULL)", name="conferences_closed_on_record"
        ),
        CheckConstraint(
            "(departed_at IS NULL) = (departure IS NULL)", name="conferences_departed_with_reasons"
        ),
        Index("conferences_of_office", "procuratorate_id", "state", "id"),
        Index("conferences_of_case", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    question: Mapped[str]
    facts: Mapped[str]
    """All that a member reads of the case, in the words of whoever put the question."""
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    state: Mapped[ConferenceState]
    form: Mapped[ConferenceForm | None]
    held_at: Mapped[datetime | None]
    convened_at: Mapped[datetime | None]
    convened_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    fewest: Mapped[int | None]
    """How few voices the office asked for when it was convened."""
    summary: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    called_off: Mapped[str | None]
    """Why it was not held."""
    departure: Mapped[str | None]
    departed_at: Mapped[datetime | None]
    departed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    case: Mapped[Case] = relationship()
    members: Mapped[list["ConferenceMember"]] = relationship(
        lazy="selectin", order_by="ConferenceMember.person_id", cascade="all, delete-orphan"
    )
    opinions: Mapped[list["ConferenceOpinion"]] = relationship(
        lazy="selectin", order_by="ConferenceOpinion.id", viewonly=True
    )
    recusals: Mapped[list[Recusal]] = relationship(
        primaryjoin="Conference.case_id == foreign(Recusal.case_id)", viewonly=True, lazy="selectin"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case now."""
        return self.case.handler_id

    @property
    def is_open(self) -> bool:
        """Is it still to be held, or being held?"""
        return self.state is ConferenceState.CONVENED

    @property
    def invited(self) -> Mapping[int, int]:
        """Whose voice is asked for, and of which office: nobody recused, never the handler."""
        out = {one.person_id for one in self.recusals} | {self.handler_id}
        return {one.person_id: one.office_id for one in self.members if one.person_id not in out}

    @property
    def voices(self) -> list["ConferenceOpinion"]:
        """What each invited member says now; what was replaced stays on record and has no voice."""
        invited = self.invited
        return [
            one for one in self.opinions if one.replaced_at is None and one.person_id in invited
        ]

    @property
    def count(self) -> Mapping[Position, int]:
        """How many voices there are for each position."""
        said = Counter(one.position for one in self.voices)
        return {position: said[position] for position in Position}

    @property
    def majority(self) -> Position | None:
        """What more than half of the voices say, if there is such a thing."""
        most = max(self.count.items(), key=lambda one: one[1])
        return most[0] if most[1] * 2 > len(self.voices) else None


class ConferenceMember(Record):
    """A prosecutor whose opinion is asked for."""

    __tablename__ = "conference_members"
    __table_args__ = (Index("conference_members_of_person", "person_id", "conference_id"),)

    conference_id: Mapped[int] = mapped_column(ForeignKey("conferences.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    """The procuratorate as whose prosecutor the member takes part."""

    person: Mapped[Person] = relationship(lazy="joined")
    office: Mapped[Office] = relationship(lazy="joined")


class ConferenceOpinion(Record):
    """What a member said; one that was replaced by a later one is kept."""

    __tablename__ = "conference_opinions"
    __table_args__ = (
        Index(
            ONE_VOICE,
            "conference_id",
            "person_id",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
        Index("conference_opinions_in_order", "conference_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conferences.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    position: Mapped[Position]
    opinion: Mapped[str]
    said_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
