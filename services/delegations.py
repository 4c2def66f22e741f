"""Delegations (授权): who acts for an absent chief procurator, on what ground, until when.

RULES 4 paragraph 2 lets a chief procurator have others decide. While a delegation lasts the
other person holds the chief's powers in that office; what they decide is marked as such.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, literal_column, select
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services import people
from services.kernel.act import Act, Event, Record
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.people import Person, Post
from services.policy import Permission, PostKind, demands

LONGEST = timedelta(days=92)
"""A delegation is for a time: three months at the longest, then it is given anew."""
ABLE = (PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD, PostKind.PROSECUTOR)
ONE_AT_A_TIME = "delegations_one_at_a_time"


class NotAbleToAct(Unprocessable):
    """Only another prosecutor of this procuratorate can act for its chief."""

    zh = "只能授权本院的其他副检察长、部门负责人或者检察官。"


class NoSuchTime(Unprocessable):
    """A delegation begins within three months from today, and lasts three months at the longest."""

    zh = "授权应当自今日起三个月以内开始，期限最长三个月。"


class DelegatedAlready(Conflict):
    """That person acts for the chief on some of these days already."""

    zh = "该人员在此期间已有授权。"


class DelegationEnded(Conflict):
    """The delegation is over."""

    zh = "该授权已经结束。"


class Delegation(Record):
    """Who acts for the chief procurator of an office, from–to a day (both included)."""

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="delegations_end_after_start"),
        ExcludeConstraint(
            (literal_column("office_id"), "="),
            (literal_column("to_id"), "="),
            (literal_column("daterange(from_on, until_on, '[]')"), "&&"),
            name=ONE_AT_A_TIME,
            using="gist",
            where=literal_column("ended_at IS NULL"),
        ),
        Index("delegations_by_office", "office_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    reason: Mapped[str]
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    """The post through which the powers are held; none once it is ended."""

    giver: Mapped[Person] = relationship(foreign_keys=from_id)
    taker: Mapped[Person] = relationship(foreign_keys=to_id)


@dataclass(frozen=True, slots=True)
class DelegationGiven(Event):
    """Somebody acts for the chief procurator for a time."""

    office_id: int
    to_id: int


@dataclass(frozen=True, slots=True)
class DelegationRevoked(Event):
    """A delegation was ended before its last day."""

    office_id: int
    to_id: int


@dataclass(frozen=True, slots=True)
class Chair:
    """The chief procurator's place in an office, as the law on one page asks about it."""

    office_id: int


def visible(act: Act) -> Select[Delegation]:
    """Every delegation in the offices in which the actor holds a post."""
    return select(Delegation).where(Delegation.office_id.in_(act.actor.offices))


def find(act: Act, delegation_id: int) -> Delegation:
    """The delegation, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Delegation.id == delegation_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.DELEGATION_GIVE)
def give(  # noqa: PLR0913  # each by its name
    act: Act, chair: Chair, *, to_id: int, from_on: date, until_on: date, reason: str
) -> Delegation:
    """Let somebody act for the chief procurator, from–to a day (RULES 4¶2).

    A delegation is never passed on: whoever acts by one gives none.

    Refuses:
        NotAllowed: only the chief procurator of that procuratorate, in person.
        NotAbleToAct: nobody else who could decide there.
        NoSuchTime: it would reach back, begin in more than three months, or last longer than that.
        DelegatedAlready: that person acts on some of these days already.

    Records:
        DelegationGiven.
    """
    able = people.holders(act.session, ABLE, chair.office_id, act.today)
    if to_id not in able or to_id == act.actor.id:
        raise NotAbleToAct
    if not (
        act.today <= from_on <= act.today + LONGEST and from_on <= until_on <= from_on + LONGEST
    ):
        raise NoSuchTime
    post = Post(
        person_id=to_id,
        office_id=chair.office_id,
        kind=PostKind.ACTING_CHIEF,
        from_on=from_on,
        until_on=until_on,
    )
    act.session.add(post)
    act.session.flush()
    delegation = Delegation(
        office_id=chair.office_id,
        from_id=act.actor.id,
        to_id=to_id,
        from_on=from_on,
        until_on=until_on,
        reason=reason,
        given_at=act.now,
        post_id=post.id,
    )
    with act.unless(ONE_AT_A_TIME, DelegatedAlready()):
        act.session.add(delegation)
    act.record(DelegationGiven(delegation.id, chair.office_id, to_id))
    return delegation


@demands(Permission.DELEGATION_END)
def end(act: Act, delegation: Delegation) -> Delegation:
    """End a delegation before its last day; the powers are gone with this act.

    Refuses:
        NotAllowed: only the chief procurator of that procuratorate, in person.
        DelegationEnded: it was ended before, or its last day is past.

    Records:
        DelegationRevoked.
    """
    act.session.refresh(delegation, with_for_update=True)
    if delegation.ended_at is not None or delegation.until_on < act.today:
        raise DelegationEnded
    post = act.session.get(Post, delegation.post_id) if delegation.post_id else None
    delegation.post_id = None
    delegation.ended_at, delegation.ended_by = act.now, act.actor.id
    act.session.flush()
    if post is not None:
        act.session.delete(post)
        act.session.flush()
    act.record(DelegationRevoked(delegation.id, delegation.office_id, delegation.to_id))
    return delegation
