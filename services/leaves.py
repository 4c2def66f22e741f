"""Leaves (请假): the days on which somebody of a procuratorate's staff is away.

On these days no new case is drawn to them, and who stands in for a chief does so (ORG 29, 36).
Everybody enters their own; case management and the chief enter those of the staff. The record
itself stands with the people, because every register asks whether somebody is there.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, delete, or_, select

from services import people
from services.kernel.act import Act, Event
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.people import Leave, Person, Post
from services.policy import Permission, PostKind, demands

LONGEST = timedelta(days=366)
"""How far ahead a leave is entered, and how long it lasts at the longest."""
STAFF = (
    PostKind.CASE_MANAGER,
    PostKind.PROSECUTOR,
    PostKind.DEPARTMENT_HEAD,
    PostKind.CHIEF_PROCURATOR,
    PostKind.ASSISTANT,
    PostKind.CLERK,
    PostKind.EXECUTION_SUPERVISOR,
    PostKind.INSPECTOR,
)
"""Whose days away matter to the work of a procuratorate."""


@dataclass(frozen=True, slots=True)
class LeaveEntered(Event):
    """It was entered on which days somebody is away."""

    person_id: int


@dataclass(frozen=True, slots=True)
class LeaveWithdrawn(Event):
    """Somebody is there after all, from today or for the whole of it."""

    person_id: int


class LeaveImpossible(Unprocessable):
    """A leave begins today or within a year, and lasts a year at the longest."""

    zh = "请假应当自今日起一年以内开始，最长一年，止日不早于起日。"


class AwayAlready(Conflict):
    """Some of these days are entered as leave already."""

    zh = "该人员在此期间已有请假。"


class LeaveOver(Conflict):
    """The leave is over."""

    zh = "该请假已经结束。"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the staff of a procuratorate."""

    person_id: int
    procuratorate_id: int


def visible(act: Act) -> Select[Leave]:
    """One's own, and those of the staff whose case management or chief the actor is."""
    led = act.actor.offices_as(PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR)
    staff = people.posts_on(act.today).where(Post.office_id.in_(led), Post.kind.in_(STAFF))
    return select(Leave).where(
        or_(
            Leave.person_id == act.actor.id,
            Leave.person_id.in_(staff.with_only_columns(Post.person_id)),
        )
    )


def find(act: Act, leave_id: int) -> Leave:
    """The leave, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Leave.id == leave_id))
    if found is None:
        raise NotFound
    return found


def colleague(act: Act, person_id: int) -> Colleague:
    """Somebody of the staff in an office of the actor's, first in one whose staff they run.

    Refuses:
        NotFound: that person is of no such staff today.
    """
    held = people.posts_on(act.today).where(
        Post.person_id == person_id,
        Post.kind.in_(STAFF),
        Post.office_id.in_(act.actor.offices),
    )
    offices = list(act.session.scalars(held.with_only_columns(Post.office_id).distinct()))
    if not offices:
        raise NotFound
    led = act.actor.offices_as(PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR)
    return Colleague(person_id, min(offices, key=lambda one: (one not in led, one)))


@demands(Permission.LEAVE_ENTER)
def enter(act: Act, away: Colleague, *, from_on: date, until_on: date) -> Leave:
    """Enter on which days somebody is away (both included).

    Refuses:
        NotAllowed: only that person, case management and the chief of that procuratorate.
        LeaveImpossible: it would reach back, begin in more than a year, or last longer than that.
        AwayAlready: some of these days are entered already.

    Records:
        LeaveEntered.
    """
    if not (
        act.today <= from_on <= act.today + LONGEST and from_on <= until_on <= from_on + LONGEST
    ):
        raise LeaveImpossible
    act.session.scalar(select(Person.id).where(Person.id == away.person_id).with_for_update())
    met = select(Leave.id).where(
        Leave.person_id == away.person_id, Leave.from_on <= until_on, Leave.until_on >= from_on
    )
    if act.session.scalar(met.limit(1)) is not None:
        raise AwayAlready
    leave = Leave(person_id=away.person_id, from_on=from_on, until_on=until_on)
    act.session.add(leave)
    act.session.flush()
    act.record(LeaveEntered(leave.id, away.person_id))
    return leave


@demands(Permission.LEAVE_ENTER)
def withdraw(act: Act, away: Colleague, leave: Leave) -> None:
    """Say that somebody is there after all: a leave that runs ends with yesterday.

    Refuses:
        NotAllowed: only that person, case management and the chief of that procuratorate.
        LeaveOver: its last day is past, or it has just been withdrawn.

    Records:
        LeaveWithdrawn.
    """
    act.session.scalar(select(Person.id).where(Person.id == away.person_id).with_for_update())
    until_on = act.session.scalar(select(Leave.until_on).where(Leave.id == leave.id))
    if until_on is None or until_on < act.today:
        raise LeaveOver
    leave_id = leave.id
    if leave.from_on < act.today:
        leave.until_on = act.today - timedelta(days=1)
        act.session.flush()
    else:
        act.session.execute(delete(Leave).where(Leave.id == leave_id))
    act.record(LeaveWithdrawn(leave_id, away.person_id))
