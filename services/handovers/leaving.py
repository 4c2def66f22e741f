"""Leaving: a last post ends, an account is closed; open work is handed over first.

Where there is reason to fear for safety nothing waits: the account is closed at once, and what
it leaves lies with case management as a task.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from services import appointments, calendar_feeds, people, sessions, tasks
from services.appointments import PostEndReason
from services.handovers import work
from services.handovers.work import WorkKind
from services.kernel.act import Act
from services.kernel.refusals import Conflict
from services.people import DUTIES, Person, Post
from services.policy import Permission, PostKind, allows, demands
from services.tasks import TaskKind

FORESEEN = timedelta(days=7)
"""So long before the last day of a post its open work is asked about, and so long after it."""


class WorkLeft(Conflict):
    """Open work lies with this person: case management hands it over first."""

    zh = "该人员尚有在办工作未移交，应当先由案件管理部门办理工作移交。"


@dataclass(frozen=True, slots=True)
class _Until:
    """The last day of a post."""

    due_on: date | None
    outer_on: date | None = None


def leaving_soon(act: Act) -> list[int]:
    """The posts whose last day is near or has just been: for the house itself."""
    near = select(Post.id).where(
        Post.until_on.between(act.today - FORESEEN, act.today + FORESEEN),
        Post.kind.not_in([*DUTIES, PostKind.ACTING_CHIEF]),
    )
    return list(act.session.scalars(near.order_by(Post.id)))


@demands(Permission.HANDOVER_WATCH)
def foresee(act: Act, post: Post) -> int:
    """Ask case management to hand over what lies open with somebody whose last post there ends.

    Nothing is asked twice, and nothing where nobody would have to take anything.

    Refuses:
        NotAllowed: only the house itself.

    Records:
        Nothing.
    """
    person, office_id, until_on = post.person, post.office_id, post.until_on
    act.session.refresh(person, with_for_update={"key_share": True})
    if until_on is None or _stays_on(act, post, until_on + timedelta(days=1)):
        return 0
    if not work.of(act.session, person.id, office_id, act.today).owed:
        return 0
    return _leave_to_case_management(act, person, office_id, _Until(until_on))


@demands(Permission.POST_END)
def end_post(act: Act, post: Post, *, reason: PostEndReason) -> Person:
    """Take a post away at once; the last one of somebody in an office leaves no work behind.

    For reasons of security nothing waits: what is left lies with case management as a task.
    Whoever holds no post any more is signed out everywhere.

    Refuses:
        NotAllowed: only the security officer of that office or above, never about themselves.
        WorkLeft: it is the last post there, and work lies open; `left` counts it by its kind.
        PostIsLent: it comes from a delegation.
        PostIsOver: its last day is past.

    Records:
        PostEnded, SessionEnded, CalendarFeedRevoked.
    """
    person, office_id = post.person, post.office_id
    act.session.refresh(person, with_for_update={"key_share": True})
    if _is_last_there(act, post):
        owed = work.of(act.session, person.id, office_id, act.today).owed
        if owed and reason is not PostEndReason.SECURITY:
            raise _left(owed)
        if owed:
            _leave_to_case_management(act, person, office_id)
    appointments.end(act, post, reason=reason)
    if not act.session.scalars(people.posts_on(act.today).where(Post.person_id == person.id)).all():
        _sign_out(act, person)
    return person


@demands(Permission.ACCOUNT_SECURE)
def close_account(act: Act, person: Person) -> Person:
    """Close the account of somebody who has left, once all work is handed over.

    Refuses:
        NotAllowed: only the console, or the security officer of its office or of one above.
        WorkLeft: work lies open somewhere; `left` counts it by its kind.

    Records:
        AccountDisabled, SessionEnded, CalendarFeedRevoked.
    """
    act.session.refresh(person, with_for_update={"key_share": True})
    owed: dict[WorkKind, int] = {}
    for office_id in work.offices_of(act.session, person.id):
        for kind, count in work.of(act.session, person.id, office_id, act.today).owed.items():
            owed[kind] = owed.get(kind, 0) + count
    if owed:
        raise _left(owed)
    return _close(act, person)


@demands(Permission.ACCOUNT_SECURE)
def close_at_once(act: Act, person: Person) -> Person:
    """Close an account for reasons of security; what it leaves lies with case management.

    Refuses:
        NotAllowed: only the console, or the security officer of its office or of one above.

    Records:
        AccountDisabled, SessionEnded, CalendarFeedRevoked.
    """
    for office_id in work.offices_of(act.session, person.id):
        if work.of(act.session, person.id, office_id, act.today).owed:
            _leave_to_case_management(act, person, office_id)
    return _close(act, person)


def _close(act: Act, person: Person) -> Person:
    people.disable(act, person)
    _sign_out(act, person)
    return person


def _sign_out(act: Act, person: Person) -> None:
    if allows(act.actor, Permission.ACCOUNT_SECURE, person):
        sessions.end_all(act, person)
    calendar_feeds.revoke_all(act, person.id)


def _left(owed: dict[WorkKind, int]) -> WorkLeft:
    return WorkLeft(left={kind.value: count for kind, count in owed.items()})


def _is_last_there(act: Act, post: Post) -> bool:
    """Is it the person's last post in that office with a part in the work?"""
    return post.kind not in DUTIES and not _stays_on(act, post, act.today)


def _stays_on(act: Act, post: Post, day: date) -> bool:
    """Does the person hold another post in that office on that day?"""
    others = people.posts_on(day).where(
        Post.person_id == post.person_id,
        Post.office_id == post.office_id,
        Post.id != post.id,
        Post.kind != PostKind.ACTING_CHIEF,
    )
    return bool(act.session.scalars(others).all())


def _leave_to_case_management(
    act: Act, person: Person, office_id: int, until: _Until | None = None
) -> int:
    """Open the task unless it lies open; how many were opened."""
    lying = tasks.open_about(act, TaskKind.HAND_OVER_WORK, person)
    if office_id in {task.office_id for task in lying}:
        return 0
    tasks.open_for_pool(
        act,
        TaskKind.HAND_OVER_WORK,
        person,
        office_id=office_id,
        post=PostKind.CASE_MANAGER,
        due=until,
    )
    return 1
