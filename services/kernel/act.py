"""The act: who is acting, when, and in which transaction.

Every verb takes an act first. It stands in for the three globals a verb would
otherwise reach for (the current user, the clock, the session), so nothing has
to be patched to test a verb.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import event as sa_event
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

from services.kernel import chain, jobs
from services.kernel.journal import EVENTS, Event, JournalEntry, Undispatched
from services.kernel.record import Record
from services.kernel.refusals import Refusal

__all__ = [
    "EVENTS",
    "SHANGHAI",
    "Act",
    "Actor",
    "Event",
    "Identified",
    "JournalEntry",
    "Lent",
    "Record",
    "Undispatched",
    "UnguardedWriteError",
    "acting",
    "record_of",
]

SHANGHAI = ZoneInfo("Asia/Shanghai")


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
    emergencies: frozenset[tuple[str, int]] = frozenset()
    """What an emergency opens to the actor for reading, by table and id."""

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
    held_back: list[Refusal] = field(default_factory=list[Refusal])
    """What the door holds against the act; told once the law lets it through, and not before."""

    @property
    def delegation_id(self) -> int | None:
        """The delegation by which this act is allowed, if it is allowed by one."""
        return next(iter(self.by_delegation), None)

    @property
    def today(self) -> date:
        """The day in Asia/Shanghai: statutory dates are counted there."""
        return self.now.astimezone(SHANGHAI).date()

    def go_on(self) -> None:
        """Refuse what was held back, now that the law has let the act through."""
        for refusal in self.held_back:
            raise refusal

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


@sa_event.listens_for(JournalEntry, "after_insert")
def _note_entry(_mapper: object, _connection: object, entry: JournalEntry) -> None:
    chain.note(entry)


@sa_event.listens_for(Session, "before_commit")
def _chain_entries(session: Session) -> None:
    """Only where the whole act commits: what a savepoint keeps may still be undone with it."""
    if not session.in_nested_transaction():
        session.flush()
        chain.chain(session)


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
