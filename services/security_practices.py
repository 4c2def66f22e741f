"""What an office asks of the phones its people sign in on (安全要求).

Until an office has said otherwise its people sign in on enrolled phones only: a phone that holds
a key which the office's security officer let in with a one-time code. An office that has said
otherwise lets its people sign in with the password alone.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, and_, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from services import people
from services.kernel.act import Act, Event, Record
from services.kernel.refusals import NotFound, Stale
from services.offices import Office
from services.people import Post
from services.policy import Permission, PostKind, demands

ONE_FOR_AN_OFFICE = "security_practices_pkey"


class SecurityPractice(Record):
    """What one office has said; an office that has said nothing has no row."""

    __tablename__ = "security_practices"

    office_id: Mapped[int] = mapped_column(
        ForeignKey("offices.id"), primary_key=True, autoincrement=False
    )
    enrolled_only: Mapped[bool]
    """Its people sign in on enrolled phones only."""
    set_at: Mapped[datetime | None]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    office: Mapped[Office] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks


@dataclass(frozen=True, slots=True)
class SecurityPracticeSet(Event):
    """An office has said on which phones its people sign in; the event is about the office."""

    version: int
    enrolled_only: bool


def of_office(session: Session, office_id: int) -> SecurityPractice:
    """What that office has said, or what holds until it does."""
    return session.get(SecurityPractice, office_id) or SecurityPractice(
        office_id=office_id, enrolled_only=True, version=0
    )


def find(act: Act, office_id: int | None = None) -> SecurityPractice:
    """What the office asks in which the actor holds a post, or the one named if there are two.

    Refuses:
        NotFound: the actor holds no post in such an office.
    """
    own = sorted(act.actor.offices_as(PostKind.SECURITY_OFFICER)) or sorted(act.actor.offices)
    wanted = office_id if office_id is not None else next(iter(own), None)
    if wanted is None or wanted not in act.actor.offices:
        raise NotFound
    return of_office(act.session, wanted)


@demands(Permission.SECURITY_PRACTICE_SET)
def change(act: Act, practice: SecurityPractice, *, enrolled_only: bool) -> SecurityPractice:
    """Say on which phones the people of this office sign in.

    A session that is open on a phone without a key ends at its next renewal once keys are asked.

    Refuses:
        NotAllowed: only the security officer of that office.
        Stale: somebody else said something at the same moment.

    Records:
        SecurityPracticeSet.
    """
    practice.enrolled_only = enrolled_only
    practice.set_at, practice.set_by = act.now, act.actor.id
    with act.unless(ONE_FOR_AN_OFFICE, Stale()):
        act.session.add(practice)
    act.record(SecurityPracticeSet(practice.office_id, practice.version, enrolled_only))
    return practice


def asks_for_a_key(session: Session, person_id: int, today: date) -> bool:
    """Does this person sign in on enrolled phones only?

    Yes, unless every office in which a post is held today has said otherwise. Whoever holds no
    post belongs to no office that could have said so.
    """
    held = (
        select(
            func.count().label("posts"),
            func.count(SecurityPractice.office_id).label("open"),
        )
        .select_from(Post)
        .outerjoin(
            SecurityPractice,
            and_(
                SecurityPractice.office_id == Post.office_id,
                SecurityPractice.enrolled_only.is_(False),
            ),
        )
        .where(Post.person_id == person_id, people.held_on(today))
    )
    row = session.execute(held).one()
    return bool(row.posts == 0 or row.open < row.posts)
