"""Reading the journal (操作日志): who did what, when, in ids and codes.

The auditor (安全审计员) reads what was done by people who held a post, on that day, in an office
the auditor audits. The auditor of the procuratorate that leads all others of this installation
(none stands above it in the register) reads everything, also what the house itself and its
console did. Nobody else reads the journal, and the auditor reads no case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Date, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from services import offices
from services.kernel.act import SHANGHAI, Act, JournalEntry
from services.kernel.chain import JournalLink
from services.kernel.refusals import NotFound
from services.offices import Office
from services.people import Post
from services.policy import PostKind


@dataclass(frozen=True, slots=True)
class Deed:
    """An entry as the law asks about it: for which offices it was done, and who leads here."""

    office_ids: frozenset[int]
    leading_ids: frozenset[int]

    @classmethod
    def of(cls, session: Session, entry: JournalEntry) -> "Deed":
        """Where whoever acted held a post on that day."""
        day = entry.happened_at.astimezone(SHANGHAI).date()
        held = select(Post.office_id).where(
            Post.person_id == entry.by_id,
            Post.from_on <= day,
            or_(Post.until_on.is_(None), Post.until_on >= day),
        )
        return cls(frozenset(session.scalars(held)), frozenset(session.scalars(_LEADING)))


_LEADING = offices.leading()


def visible(act: Act) -> Select[JournalEntry]:
    """What an auditor reads; for everybody else the journal is empty."""
    audited = act.actor.offices_as(PostKind.AUDITOR)
    day = func.timezone("Asia/Shanghai", JournalEntry.happened_at).cast(Date)
    post = aliased(Post)
    acted_there = exists().where(
        post.person_id == JournalEntry.by_id,
        post.office_id.in_(audited),
        post.from_on <= day,
        or_(post.until_on.is_(None), post.until_on >= day),
    )
    leads = _LEADING.where(Office.id.in_(audited)).exists()
    return select(JournalEntry).where(or_(acted_there, leads))


def find(act: Act, entry_id: int) -> JournalEntry:
    """The entry, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(JournalEntry.id == entry_id))
    if found is None:
        raise NotFound
    return found


def entries(  # noqa: PLR0913  # as many as the list has filters
    act: Act,
    *,
    subject: str | None = None,
    about_id: int | None = None,
    by_id: int | None = None,
    kind: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Select[JournalEntry]:
    """The entries the auditor asks for, from `since` and before `until`."""
    equal = (
        (JournalLink.subject, subject),
        (JournalEntry.about_id, about_id),
        (JournalEntry.by_id, by_id),
        (JournalEntry.kind, kind),
    )
    chosen = visible(act).outerjoin(JournalLink, JournalLink.entry_id == JournalEntry.id)
    chosen = chosen.where(*(column == value for column, value in equal if value is not None))
    if since is not None:
        chosen = chosen.where(JournalEntry.happened_at >= since)
    if until is not None:
        chosen = chosen.where(JournalEntry.happened_at < until)
    return chosen


def links(act: Act, read: Sequence[JournalEntry]) -> Mapping[int, JournalLink]:
    """The link of each entry."""
    chosen = select(JournalLink).where(JournalLink.entry_id.in_([entry.id for entry in read]))
    return {link.entry_id: link for link in act.session.scalars(chosen)}
