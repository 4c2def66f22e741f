"""Audiences: who hears of a record, composed from a few words.

    to=together(HANDLER, pool(PostKind.CHIEF_PROCURATOR, of="procuratorate_id"))

The same words decide twice: who is told when it happens, and who may still read the message
later. Somebody who no longer holds the post, or no longer handles the case, no longer does.
"""

from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Protocol

from sqlalchemy.orm import Session

from services import people
from services.kernel.act import SHANGHAI, Actor
from services.kernel.clock import legal_now
from services.people import Post
from services.policy import PostKind


class Audience(Protocol):
    """Who hears of a record."""

    def people(self, session: Session, record: Any) -> set[int]:
        """Everyone in it now, by id."""
        ...

    def includes(self, actor: Actor, record: Any) -> bool:
        """Is the actor in it now? Asks the database nothing: an inbox has many lines."""
        ...


@dataclass(frozen=True, slots=True)
class person:  # noqa: N801  # it reads as a word: to=person("handler_id")
    """Whoever the record names at `path` (`"handler_id"`, `"case.handler_id"`), if anybody.

    With a `post`, only while that post is held in the office the record names at `of`.
    """

    path: str
    post: PostKind | None = None
    of: str = ""

    def people(self, session: Session, record: Any) -> set[int]:
        """That one person, or nobody."""
        found = attrgetter(self.path)(record)
        named = set() if found is None else {found}
        return named & pool(self.post, of=self.of).people(session, record) if self.post else named

    def includes(self, actor: Actor, record: Any) -> bool:
        """Is it the actor, still at that post?"""
        named = bool(attrgetter(self.path)(record) == actor.id)
        return named and (self.post is None or pool(self.post, of=self.of).includes(actor, record))


@dataclass(frozen=True, slots=True, init=False)
class pool:  # noqa: N801
    """Everyone who holds one of these posts today in the office the record names at `of`."""

    kinds: tuple[PostKind, ...]
    of: str

    def __init__(self, *kinds: PostKind, of: str) -> None:
        object.__setattr__(self, "kinds", kinds)
        object.__setattr__(self, "of", of)

    def people(self, session: Session, record: Any) -> set[int]:
        """The holders of these posts on the legal clock's day."""
        office_id = attrgetter(self.of)(record)
        if office_id is None:
            return set()
        today = legal_now(session).astimezone(SHANGHAI).date()
        return people.holders(session, self.kinds, office_id, today)

    def includes(self, actor: Actor, record: Any) -> bool:
        """Does the actor hold one of these posts there?"""
        office_id = attrgetter(self.of)(record)
        return any(actor.holds(kind, office_id) for kind in self.kinds)


@dataclass(frozen=True, slots=True, init=False)
class everywhere:  # noqa: N801
    """Everyone who holds one of these posts today, in whichever office."""

    kinds: tuple[PostKind, ...]

    def __init__(self, *kinds: PostKind) -> None:
        object.__setattr__(self, "kinds", kinds)

    def people(self, session: Session, _record: Any) -> set[int]:
        """The holders of these posts on the legal clock's day."""
        today = legal_now(session).astimezone(SHANGHAI).date()
        held = people.posts_on(today).where(Post.kind.in_(self.kinds))
        return set(session.scalars(held.with_only_columns(Post.person_id)))

    def includes(self, actor: Actor, _record: Any) -> bool:
        """Does the actor hold one of these posts anywhere?"""
        return bool(actor.offices_as(*self.kinds))


@dataclass(frozen=True, slots=True, init=False)
class together:  # noqa: N801
    """Everyone of these audiences, each person once."""

    audiences: tuple[Audience, ...]

    def __init__(self, *audiences: Audience) -> None:
        object.__setattr__(self, "audiences", audiences)

    def people(self, session: Session, record: Any) -> set[int]:
        """All of them."""
        return set[int]().union(*(one.people(session, record) for one in self.audiences))

    def includes(self, actor: Actor, record: Any) -> bool:
        """Is the actor in one of them?"""
        return any(one.includes(actor, record) for one in self.audiences)


HANDLER = person("handler_id", PostKind.PROSECUTOR, of="procuratorate_id")
"""The prosecutor who handles the case, as the law on one page has it: named, and in that post."""
