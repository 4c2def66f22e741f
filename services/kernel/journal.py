"""The journal: what happened, who did it and when, in ids and codes, never changed again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import DDL, BigInteger, ForeignKey, Identity, Index, func
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.kernel.record import Record

EVENTS: dict[str, type["Event"]] = {}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, in the past tense: what it is about, and ids and codes.

    An event never holds a name or free text: the journal is kept for ever and is read
    by people who may not read the case.
    """

    about_id: int

    def __init_subclass__(cls) -> None:
        """Let the journal find the class again by its name."""
        EVENTS[cls.__name__] = cls


class JournalEntry(Record):
    """One entry of the journal: who did what to what, when. Ids and codes, never names.

    It is written in the transaction that made it true and never touched again: a trigger
    refuses, and the application's database role has no right to try.
    """

    __tablename__ = "journal"
    __table_args__ = (Index("journal_by_person", "by_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    about_id: Mapped[int] = mapped_column(BigInteger)
    by_id: Mapped[int] = mapped_column(BigInteger)
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    details: Mapped[dict[str, Any]]
    delegation_id: Mapped[int | None] = mapped_column(BigInteger)
    """The delegation by which the act was allowed; none where the actor held the power itself."""

    @property
    def event(self) -> Event:
        """The event itself, typed again."""
        return EVENTS[self.kind](self.about_id, **self.details)


class Undispatched(Record):
    """The outbox: an entry that nobody has been told of yet."""

    __tablename__ = "undispatched"

    entry_id: Mapped[int] = mapped_column(ForeignKey("journal.id"), primary_key=True)
    entry: Mapped[JournalEntry] = relationship()


APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
EXECUTE FUNCTION refuse_change()
"""

sa_event.listen(
    JournalEntry.__table__,
    "after_create",
    DDL(APPEND_ONLY),  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
)
