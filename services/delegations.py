"""Delegations (授权): who acts for an absent chief procurator, on what ground, until when.

RULES 4 paragraph 2 and ORG 29 let a chief procurator have others decide. While a delegation lasts
the other person holds the chief's powers in the matters it names, and what they decide is marked
as such. For the days of leave the chief fixes beforehand who stands in, one after the other.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    exists,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services import people
from services.kernel.act import Act, Event, Record
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.people import ABLE, Leave, Person, Post
from services.policy import RESERVED, Matter, Permission, PostKind, demands

LONGEST = timedelta(days=92)
"""A delegation is for a time: three months at the longest, then it is given anew."""
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


class ReservedForTheChief(Unprocessable):
    """The law leaves this to the chief procurator in person."""

    zh = "该事项依法应当由检察长亲自决定，不得授权。"


class NothingDelegated(Unprocessable):
    """A delegation says which matters it is for."""

    zh = "请选择授权事项。"


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
        Index("delegations_by_post", "post_id"),
        CheckConstraint("jsonb_array_length(matters) > 0", name="delegations_for_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    matters: Mapped[list[str]]
    """What the person may decide, as `Matter`s."""
    by_order: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Did it come of the standing order of substitution, as the chief went on leave?"""
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


class SubstitutionOrder(Record):
    """Who stands in for the chief procurator of an office on days of leave, in order."""

    __tablename__ = "substitution_orders"

    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    substitutes: Mapped[list[int]]
    """The people, the first one first."""
    matters: Mapped[list[str]]
    ordered_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    ordered_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class SubstitutionOrderSet(Event):
    """A chief procurator said who stands in on days of leave; it is about the office."""


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
    act: Act,
    chair: Chair,
    *,
    to_id: int,
    from_on: date,
    until_on: date,
    matters: Collection[Matter],
    reason: str,
) -> Delegation:
    """Let somebody act for the chief procurator in some matters, from–to a day (RULES 4¶2).

    A delegation is never passed on: whoever acts by one gives none.

    Refuses:
        NotAllowed: only the chief procurator of that procuratorate, in person.
        NothingDelegated: no matter is named.
        ReservedForTheChief: a matter that the law leaves to the chief in person (ORG 29, 32).
        NotAbleToAct: nobody else who could decide there, on all of these days.
        NoSuchTime: it would reach back, begin in more than three months, or last longer than that.
        DelegatedAlready: that person acts on some of these days already.

    Records:
        DelegationGiven.
    """
    _may_be_lent(matters)
    able = people.holders(act.session, ABLE, chair.office_id, act.today)
    if to_id not in able or to_id == act.actor.id:
        raise NotAbleToAct
    if not (
        act.today <= from_on <= act.today + LONGEST and from_on <= until_on <= from_on + LONGEST
    ):
        raise NoSuchTime
    delegation = Delegation(
        office_id=chair.office_id,
        from_id=act.actor.id,
        to_id=to_id,
        from_on=from_on,
        until_on=until_on,
        matters=_in_order(matters),
        reason=reason,
        given_at=act.now,
    )
    with (
        act.unless(people.DUTIES_APART, NotAbleToAct()),
        act.unless(ONE_AT_A_TIME, DelegatedAlready()),
    ):
        _lend(act, delegation)
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
    _take_back(act, delegation)
    act.record(DelegationRevoked(delegation.id, delegation.office_id, delegation.to_id))
    return delegation


def order_of(act: Act, office_id: int) -> SubstitutionOrder:
    """The standing order of an office, if the actor holds a post there; otherwise there is none."""
    found = act.session.get(SubstitutionOrder, office_id)
    if found is None or office_id not in act.actor.offices:
        raise NotFound
    return found


@demands(Permission.SUBSTITUTION_ORDER)
def order(
    act: Act, chair: Chair, *, substitutes: Sequence[int], matters: Collection[Matter]
) -> SubstitutionOrder:
    """Say who stands in on the chief's days of leave, one after the other (ORG 29, 36).

    Refuses:
        NotAllowed: only the chief procurator of that procuratorate, in person.
        NothingDelegated: no matter is named.
        ReservedForTheChief: a matter that the law leaves to the chief in person (ORG 29, 32).
        NotAbleToAct: nobody is named, or somebody who could not decide there.

    Records:
        SubstitutionOrderSet.
    """
    _may_be_lent(matters)
    able = people.holders(act.session, ABLE, chair.office_id, act.today)
    if not substitutes or not set(substitutes) <= able - {act.actor.id}:
        raise NotAbleToAct
    given = {
        "substitutes": list(dict.fromkeys(substitutes)),
        "matters": _in_order(matters),
        "ordered_by": act.actor.id,
        "ordered_at": act.now,
    }
    standing = act.session.get(SubstitutionOrder, chair.office_id, with_for_update=True)
    if standing is None:
        standing = SubstitutionOrder(office_id=chair.office_id, **given)
        act.session.add(standing)
    for name, value in given.items():
        setattr(standing, name, value)
    act.session.flush()
    act.record(SubstitutionOrderSet(chair.office_id))
    return standing


@demands(Permission.SUBSTITUTION_CARRY_OUT)
def carry_out(act: Act, chair: Chair) -> Delegation | None:
    """Put the first who is there in the place of a chief on leave; end it when the chief is back.

    Whoever was put there stays until the leave ends or they are away themselves.

    Refuses:
        NotAllowed: only the house itself.

    Records:
        DelegationGiven, DelegationRevoked.
    """
    standing = act.session.get_one(SubstitutionOrder, chair.office_id, with_for_update=True)
    chief = standing.ordered_by
    away = _away(act, chief) if chief in _chiefs(act, chair) else None
    here = [
        one
        for one in standing.substitutes
        if one in people.holders(act.session, ABLE, chair.office_id, act.today)
        and _away(act, one) is None
    ]
    by_order = act.session.scalar(
        select(Delegation)
        .where(
            Delegation.office_id == chair.office_id,
            Delegation.by_order,
            Delegation.ended_at.is_(None),
            Delegation.until_on >= act.today,
        )
        .with_for_update()
    )
    if by_order is not None and (away is None or by_order.to_id not in here):
        _take_back(act, by_order)
        act.record(DelegationRevoked(by_order.id, by_order.office_id, by_order.to_id))
        by_order = None
    if away is None or by_order is not None:
        return by_order
    return _stand_in(act, standing, here, min(away, act.today + LONGEST))


def lapsing(act: Act, batch: int) -> Sequence[Delegation]:
    """Delegations that run, or will, though the giver is no chief any more or the taker has left.

    One of each person is taken at a time by each look, so two looks never meet.
    """
    chief = exists().where(
        Post.person_id == Delegation.from_id,
        Post.office_id == Delegation.office_id,
        Post.kind == PostKind.CHIEF_PROCURATOR,
        people.held_on(act.today),
    )
    able = exists().where(
        Post.person_id == Delegation.to_id,
        Post.office_id == Delegation.office_id,
        Post.kind.in_(ABLE),
        people.held_on(act.today),
    )
    closed = exists().where(
        Person.id.in_([Delegation.from_id, Delegation.to_id]), Person.disabled_at.is_not(None)
    )
    return act.session.scalars(
        select(Delegation)
        .where(
            Delegation.ended_at.is_(None),
            Delegation.until_on >= act.today,
            or_(~chief, ~able, closed),
        )
        .order_by(Delegation.id)
        .limit(batch)
        .with_for_update(skip_locked=True)
    ).all()


@demands(Permission.DELEGATION_LAPSE)
def lapse(act: Act, delegation: Delegation) -> None:
    """Mark a delegation as ended whose giver is chief no more, or whose taker has left (ORG 29).

    The powers went with the post already; this is so that the list says so.

    Refuses:
        NotAllowed: only the house itself.

    Records:
        DelegationRevoked.
    """
    _take_back(act, delegation)
    act.record(DelegationRevoked(delegation.id, delegation.office_id, delegation.to_id))


def orders(act: Act) -> list[int]:
    """The offices in which somebody is to stand in today, or ceases to: for the house itself."""
    standing = select(SubstitutionOrder.office_id)
    on_leave = exists().where(
        Leave.person_id == SubstitutionOrder.ordered_by,
        Leave.from_on <= act.today,
        Leave.until_on >= act.today,
    )
    stood_in = exists().where(
        Delegation.office_id == SubstitutionOrder.office_id,
        Delegation.by_order,
        Delegation.ended_at.is_(None),
        Delegation.until_on >= act.today,
    )
    return list(act.session.scalars(standing.where(or_(on_leave, stood_in))))


def _stand_in(
    act: Act, standing: SubstitutionOrder, here: Sequence[int], until_on: date
) -> Delegation | None:
    for one in here:
        if _acts_by_another(act, standing.office_id, one, until_on):
            continue
        if _is_to_be_an_officer(act, one, until_on):
            continue
        delegation = Delegation(
            office_id=standing.office_id,
            from_id=standing.ordered_by,
            to_id=one,
            from_on=act.today,
            until_on=until_on,
            matters=standing.matters,
            by_order=True,
            reason="检察长休假期间，按照代行顺序履行职责。",
            given_at=act.now,
        )
        _lend(act, delegation)
        act.record(DelegationGiven(delegation.id, standing.office_id, one))
        return delegation
    return None


def _acts_by_another(act: Act, office_id: int, person_id: int, until_on: date) -> bool:
    """Does the person act for the chief on some of these days already?"""
    held = select(Delegation.id).where(
        Delegation.office_id == office_id,
        Delegation.to_id == person_id,
        Delegation.ended_at.is_(None),
        Delegation.from_on <= until_on,
        Delegation.until_on >= act.today,
    )
    return act.session.scalar(held.limit(1)) is not None


def _is_to_be_an_officer(act: Act, person_id: int, until_on: date) -> bool:
    """Is the person one of the three officers on some of these days (三员分立)?"""
    held = select(Post.id).where(
        Post.person_id == person_id,
        Post.kind.in_(people.DUTIES),
        Post.from_on <= until_on,
        or_(Post.until_on.is_(None), Post.until_on >= act.today),
    )
    return act.session.scalar(held.limit(1)) is not None


def _chiefs(act: Act, chair: Chair) -> set[int]:
    held = people.posts_on(act.today).where(
        Post.kind == PostKind.CHIEF_PROCURATOR, Post.office_id == chair.office_id
    )
    return set(act.session.scalars(held.with_only_columns(Post.person_id)))


def _away(act: Act, person_id: int) -> date | None:
    """The last day of the leave that the person is on; None for somebody who is there."""
    return act.session.scalar(
        select(Leave.until_on)
        .where(
            Leave.person_id == person_id, Leave.from_on <= act.today, Leave.until_on >= act.today
        )
        .order_by(Leave.until_on.desc())
        .limit(1)
    )


def _may_be_lent(matters: Collection[Matter]) -> None:
    if not matters:
        raise NothingDelegated
    for matter in _in_order(matters):
        if matter in RESERVED:
            article, article_zh = RESERVED[Matter(matter)]
            raise ReservedForTheChief(matter=matter, article=article, article_zh=article_zh)


def _in_order(matters: Collection[Matter]) -> list[str]:
    return [matter.value for matter in Matter if matter in matters]


def _lend(act: Act, delegation: Delegation) -> None:
    """The delegation and the post through which its powers are held."""
    post = Post(
        person_id=delegation.to_id,
        office_id=delegation.office_id,
        kind=PostKind.ACTING_CHIEF,
        from_on=delegation.from_on,
        until_on=delegation.until_on,
    )
    act.session.add(post)
    act.session.flush()
    delegation.post_id = post.id
    act.session.add(delegation)
    act.session.flush()


def _take_back(act: Act, delegation: Delegation) -> None:
    post = act.session.get(Post, delegation.post_id) if delegation.post_id else None
    delegation.post_id = None
    delegation.ended_at, delegation.ended_by = act.now, act.actor.id or None
    act.session.flush()
    if post is not None:
        act.session.delete(post)
        act.session.flush()
