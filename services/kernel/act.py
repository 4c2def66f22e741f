"""The act: who is acting, when, and in which transaction.

Every verb takes an act first. It stands in for the three globals a verb would
otherwise reach for (the current user, the clock, the session), so nothing has
to be patched to test a verb.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import DDL, BigInteger, Enum, ForeignKey, Identity, LargeBinary, Text, func, inspect
from sqlalchemy import event as sa_event
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    mapped_column,
    relationship,
    sessionmaker,
)

from services.kernel import jobs
from services.kernel.refusals import Refusal

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Record(DeclarativeBase):
    """Base of every table."""

    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy asks for a plain dict
        datetime: TIMESTAMP(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[str]: JSONB,
        list[int]: JSONB,
        str: Text,
        bytes: LargeBinary,
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            length=80,
            values_callable=lambda kind: [member.value for member in kind],
        ),
    }


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


@dataclass(frozen=True, slots=True)
class Lent:
    """The chief's power in an office, held by a delegation and for its matters only (RULES 4)."""

    office_id: int
    delegation_id: int
    matters: frozenset[str]


@dataclass(frozen=True, slots=True)
class Actor:
    """The person acting, detached from the database, with the posts held today."""

    id: int
    posts: frozenset[tuple[str, int]]
    session_id: int | None = None
    lent: frozenset[Lent] = frozenset()
    """The offices whose chief's post among `posts` is held by delegation, and never in person."""

    def holds(self, post: str, office_id: int | None) -> bool:
        """Does the actor hold that post in that office?"""
        return (post, office_id) in self.posts

    @property
    def offices(self) -> frozenset[int]:
        """Every office in which the actor holds a post."""
        return frozenset(office_id for _, office_id in self.posts)

    def offices_as(self, *posts: str) -> frozenset[int]:
        """Every office in which the actor holds one of `posts`."""
        return frozenset(office_id for post, office_id in self.posts if post in posts)


@dataclass(frozen=True, slots=True)
class Act:
    """One person doing one thing at one moment, in one transaction."""

    actor: Actor
    now: datetime
    session: Session
    authorised: set[str] = field(default_factory=set[str])
    by_delegation: set[int] = field(default_factory=set[int])
    """The delegation without which the demanded power would have been missing, once it is."""

    @property
    def delegation_id(self) -> int | None:
        """The delegation by which this act is allowed, if it is allowed by one."""
        return next(iter(self.by_delegation), None)

    @property
    def today(self) -> date:
        """The day in Asia/Shanghai: statutory dates are counted there."""
        return self.now.astimezone(SHANGHAI).date()

    def record(self, event: Event) -> None:
        """Write `event` into the journal; it is told only if this act commits.

        The first event of an act also defers the job that tells it, in this very
        transaction, so nothing is told before it is true and nothing true is lost.
        """
        details = asdict(event)
        entry = JournalEntry(
            kind=type(event).__name__,
            about_id=details.pop("about_id"),
            by_id=self.actor.id,
            happened_at=self.now,
            details=details,
            delegation_id=self.delegation_id,
        )
        self.session.add(Undispatched(entry=entry))
        jobs.defer_once(self.session, jobs.DISPATCH)

    @contextmanager
    def unless(self, constraint: str, refusal: Refusal | Callable[[], Refusal]) -> Generator[None]:
        """Let the database decide: breaking `constraint` is that refusal, in our own words.

        A callable is asked after the savepoint is undone, so it may look up whom it lost to.
        """
        try:
            with self.session.begin_nested():
                yield
        except IntegrityError as error:
            if getattr(getattr(error.orig, "diag", None), "constraint_name", None) != constraint:
                raise
            raise (refusal if isinstance(refusal, Refusal) else refusal()) from error


@contextmanager
def acting(
    sessions: sessionmaker[Session],
    actor: Actor | Callable[[Session], Actor],
    now: datetime | Callable[[Session], datetime],
) -> Generator[Act]:
    """Open the one transaction an act may have: commit on return, undo on raise.

    Who acts and when may be read inside that same transaction, so that a post taken away
    a moment ago carries no power in this act.
    """
    with sessions.begin() as session:
        act = Act(
            actor if isinstance(actor, Actor) else actor(session),
            now if isinstance(now, datetime) else now(session),
            session,
        )
        yield act
        session.flush()
        if session.info.get("wrote") and not act.authorised:
            raise UnguardedWriteError


class UnguardedWriteError(AssertionError):
    """Something was written and no permission was asked for: a bug, never a refusal."""


@sa_event.listens_for(Session, "before_flush")
def _note_flush(session: Session, *_: object) -> None:
    changed = any(session.is_modified(record) for record in session.dirty)
    if session.new or session.deleted or changed:
        session.info["wrote"] = True


@sa_event.listens_for(Session, "after_soft_rollback")
def _note_undone(session: Session, _undone: object) -> None:
    """A job asked for may have been undone with a savepoint: whoever wants it next asks again."""
    session.info.pop(jobs.DEFERRED, None)


@sa_event.listens_for(Session, "do_orm_execute")
def _note_bulk_write(state: ORMExecuteState) -> None:
    if not state.is_select:
        state.session.info["wrote"] = True


class Identified(Protocol):
    """A record that has been flushed, so that it has an id: what a task or a period is about."""

    @property
    def id(self) -> int:
        """Its id."""
        ...


def record_of(row: object) -> str:
    """The table a record lives in, as the word that names it in tasks and links."""
    return str(inspect(type(row)).local_table.name)
