"""Under which names a suspect was known, and since when: an identity is established, not replaced.

A suspect may be put forward unidentified, or under a name of their own saying (CPL 160¶2; MPS 130).
What becomes known later is written over it, and what was known until then stays here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import DDL, ForeignKey, Index, select
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from services.arrest_requests.ages import has_reached
from services.arrest_requests.records import Suspect
from services.arrest_requests.terms import DocumentKind, Flag
from services.cases.events import SuspectIdentified
from services.kernel import trigrams
from services.kernel.act import Act, Record
from services.kernel.refusals import Conflict, Unprocessable
from services.kernel.sealed import BlindIndex, SealedText, together
from services.people import Person

ADULT = 18


class NothingNew(Conflict):
    """The suspect is known by exactly this already."""

    zh = "登记的身份信息没有变化。"


class IdentityMissing(Unprocessable):
    """An identity has a name, and says on what it rests."""

    zh = "请填写查明的姓名和查明身份的依据。"


class SuspectName(Record):
    """What a suspect was known by until something else was found out. Never rewritten."""

    __tablename__ = "suspect_names"
    __table_args__ = (
        Index("suspect_names_of_suspect", "suspect_id", "id"),
        together("suspect_names", "document_number"),
        Index("suspect_names_by_document", "document_number_index"),
        trigrams.index("suspect_names_by_name", "name", "alias"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    suspect_id: Mapped[int] = mapped_column(ForeignKey("suspects.id"))
    name: Mapped[str]
    name_self_reported: Mapped[bool]
    alias: Mapped[str | None]
    document_kind: Mapped[DocumentKind]
    document_number: Mapped[str | None] = mapped_column(SealedText("suspect_names.document_number"))
    document_number_index: Mapped[str | None] = mapped_column(
        BlindIndex("suspect_names.document_number")
    )
    born_on: Mapped[date | None]
    known_from: Mapped[datetime]
    known_until: Mapped[datetime]
    basis: Mapped[str]
    """On what the identity rests that took its place."""
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    """Who established that one."""

    by: Mapped[Person] = relationship()


sa_event.listen(
    SuspectName.__table__,
    "after_create",
    DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON suspect_names "
        "EXECUTE FUNCTION refuse_change()"
    ),
)


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a person is known: the name, whose word it is, and the paper."""

    name: str
    name_self_reported: bool = False
    alias: str = ""
    document_kind: DocumentKind = DocumentKind.NONE
    document_number: str = ""
    born_on: date | None = None


def identify(act: Act, suspect: Suspect, identity: Identity, *, basis: str) -> SuspectName:
    """Write down who a suspect is found to be, and keep what was known until now (CPL 160¶2).

    Part of a step that has been allowed. No period moves by it: the step that establishes an
    identity in the investigation starts custody itself (C07). Whoever is then a minor by age is
    marked as one, and never unmarked (RULES 489).

    Refuses:
        IdentityMissing: no name, or nothing on which it rests.
        NothingNew: the suspect is known by exactly this already.

    Records:
        SuspectIdentified.
    """
    name, grounds = identity.name.strip(), basis.strip()
    if not name or not grounds:
        raise IdentityMissing
    act.session.refresh(suspect, with_for_update=True)
    said = Identity(
        name,
        identity.name_self_reported,
        identity.alias.strip(),
        identity.document_kind,
        identity.document_number.strip().upper(),
        identity.born_on,
    )
    if said == _known(suspect):
        raise NothingNew
    former = SuspectName(
        suspect_id=suspect.id,
        name=suspect.name,
        name_self_reported=suspect.name_self_reported,
        alias=suspect.alias,
        document_kind=suspect.document_kind,
        document_number=suspect.document_number,
        born_on=suspect.born_on,
        known_from=known_since(act, suspect),
        known_until=act.now,
        basis=grounds,
        by_id=act.actor.id,
    )
    act.session.add(former)
    suspect.name, suspect.name_self_reported = said.name, said.name_self_reported
    suspect.alias = said.alias or None
    suspect.document_kind = said.document_kind
    suspect.document_number = said.document_number or None
    suspect.born_on = said.born_on
    if is_minor(suspect, act.today):
        suspect.flags = sorted({*suspect.flags, Flag.MINOR.value})
    act.session.flush()
    act.record(SuspectIdentified(suspect.id, former.id))
    return former


def names_of(act: Act, suspect_ids: Sequence[int]) -> dict[int, list[SuspectName]]:
    """What each of these suspects was known by before, the oldest first."""
    found: dict[int, list[SuspectName]] = {one: [] for one in suspect_ids}
    chosen = (
        select(SuspectName)
        .where(SuspectName.suspect_id.in_(suspect_ids))
        .options(joinedload(SuspectName.by))
    )
    for former in act.session.scalars(chosen.order_by(SuspectName.id)):
        found[former.suspect_id].append(former)
    return found


def known_since(act: Act, suspect: Suspect) -> datetime:
    """Since when the suspect is known by the present name."""
    earlier = names_of(act, [suspect.id])[suspect.id]
    return earlier[-1].known_until if earlier else suspect.received_at


def is_minor(suspect: Suspect, today: date) -> bool:
    """Under 18 at the act (a minor's case) or today (a minor's protections)? (RULES 489)."""
    days = [day for day in (suspect.act_on, today) if day is not None]
    born_on = suspect.born_on
    return born_on is not None and any(not has_reached(born_on, ADULT, day) for day in days)


def _known(suspect: Suspect) -> Identity:
    return Identity(
        suspect.name,
        suspect.name_self_reported,
        suspect.alias or "",
        suspect.document_kind,
        suspect.document_number or "",
        suspect.born_on,
    )
