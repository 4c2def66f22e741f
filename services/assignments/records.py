"""The lists cases are drawn from, every draw, and who is kept out."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.assignments.rotation import FULL
from services.cases.flow import CaseList
from services.delegations import Delegation
from services.kernel.act import Record
from services.kernel.sealed import SealedBytes
from services.people import Person


class AssignmentKind(StrEnum):
    """How a case came to its handler."""

    RANDOM = "random"
    SAME_HANDLER = "same_handler"
    DESIGNATED = "designated"
    CHANGED = "changed"


class ExclusionReason(StrEnum):
    """Why a prosecutor was not among the candidates."""

    ON_LEAVE = "on_leave"
    RECUSED = "recused"
    NO_SPECIALITY = "no_speciality"
    IN_TEAM = "in_team"
    """The team is drawn under its lead (RULES 5; ORG 28)."""


class RecusalGround(StrEnum):
    """The grounds of recusal in CPL 29 and 30."""

    PARTY_OR_RELATIVE = "party_or_relative"
    INTEREST = "interest"
    WITNESS_OR_DEFENDER = "witness_or_defender"
    OTHER_RELATION = "other_relation"
    IMPROPER_CONTACT = "improper_contact"


class RotationList(Record):
    """One rotation (轮案): ordinary and difficult cases of an office lie in two of them.

    `anchor` commits to the chain that is drawn from, `next_anchor` to the one that follows it;
    both stand in the journal since the moment they were made. The tails are the secret ends.
    """

    __tablename__ = "rotation_lists"
    __table_args__ = (UniqueConstraint("office_id", "list", name="rotation_lists_one_each"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    list: Mapped[CaseList]
    length: Mapped[int]
    turn: Mapped[int] = mapped_column(default=0)
    anchor: Mapped[bytes]
    tail: Mapped[bytes] = mapped_column(SealedBytes("rotation_lists.tail"))
    committed_at: Mapped[datetime]
    next_anchor: Mapped[bytes]
    next_tail: Mapped[bytes] = mapped_column(SealedBytes("rotation_lists.next_tail"))
    next_committed_at: Mapped[datetime]


class RotationLoad(Record):
    """How often a prosecutor has been drawn in one list."""

    __tablename__ = "rotation_loads"

    list_id: Mapped[int] = mapped_column(ForeignKey("rotation_lists.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    drawn: Mapped[int]
    share: Mapped[int] = mapped_column(default=FULL, server_default=text("100"))
    """The share of the usual load under which `drawn` is counted, in percent."""


class Assignment(Record):
    """How a case came to a handler; of a draw, everything needed to run it again.

    `candidates` holds `{person_id, drawn, share}`, `exclusions` `{person_id, reason}`; `seed`,
    `before` (the seed or anchor it must hash to) and `nonce` are hexadecimal.
    """

    __tablename__ = "assignments"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[AssignmentKind]
    handler_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegations.id"))
    """By which the approver approved it, for a chief procurator who was away (RULES 4¶2)."""
    reason: Mapped[str | None]
    committed_at: Mapped[datetime | None]
    """When the chain the seed belongs to was committed to: before the case came in."""
    rotation_list_id: Mapped[int | None] = mapped_column(ForeignKey("rotation_lists.id"))
    turn: Mapped[int | None]
    seed: Mapped[str | None]
    before: Mapped[str | None]
    nonce: Mapped[str | None]
    candidates: Mapped[list[Any]] = mapped_column(default=list)
    exclusions: Mapped[list[Any]] = mapped_column(default=list)
    scheme: Mapped[str | None]
    """How it was drawn; draws from before there were shares say nothing."""
    team_id: Mapped[int | None] = mapped_column(ForeignKey("case_teams.id"))
    member_ids: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    """Who handled it with the lead on that day (RULES 5)."""

    handler: Mapped[Person] = relationship(foreign_keys=handler_id)
    by: Mapped[Person] = relationship(foreign_keys=by_id)
    approver: Mapped[Person | None] = relationship(foreign_keys=approver_id)
    by_delegation: Mapped[Delegation | None] = relationship()

    @property
    def pool(self) -> list[dict[str, int]]:
        """Everybody who could be drawn; before there were shares, each carried a full load."""
        return [{"share": FULL, **candidate} for candidate in self.candidates]


class Recusal(Record):
    """A prosecutor kept away from a case (回避, CPL 29–31)."""

    __tablename__ = "recusals"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    ground: Mapped[RecusalGround]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
