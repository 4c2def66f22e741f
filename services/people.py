"""The register of people and the posts they hold in offices, from–to a date."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from services.kernel.act import Act, Actor, Record
from services.policy import PostKind

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this password")


class SpecialityCode(StrEnum):
    """What a prosecutor is trained for; some cases need it (RULES 458 for minors)."""

    MINORS = "minors"
    ECONOMIC = "economic"
    CYBER = "cyber"
    DUTY = "duty"


class Person(Record):
    """A person with an account."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    disabled_at: Mapped[datetime | None]
    failed_sign_ins: Mapped[int] = mapped_column(default=0, server_default="0")
    locked_until: Mapped[datetime | None]

    posts: Mapped[list["Post"]] = relationship(back_populates="person")


class Post(Record):
    """A post held in an office from a day until a day (both included); open-ended if None."""

    __tablename__ = "posts"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="posts_end_after_start"),
        Index("posts_by_office", "office_id", "kind"),
        Index("posts_by_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    kind: Mapped[PostKind]
    from_on: Mapped[date]
    until_on: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="posts")


class Leave(Record):
    """Days on which a person is away (both included): no new case is assigned then."""

    __tablename__ = "leaves"
    __table_args__ = (CheckConstraint("until_on >= from_on", name="leaves_end_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]


class Speciality(Record):
    """A speciality of a prosecutor."""

    __tablename__ = "specialities"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    code: Mapped[SpecialityCode] = mapped_column(primary_key=True)


def hash_password(password: str) -> str:
    """The argon2id hash to keep instead of the password (RFC 9106, low-memory profile)."""
    return _HASHER.hash(password)


def password_fits(person: Person | None, password: str) -> bool:
    """Is it the person's password? Takes the same time when there is no such person."""
    try:
        return _HASHER.verify(person.password_hash if person else _NOBODY, password) and bool(
            person
        )
    except VerifyMismatchError:
        return False


def posts_on(day: date) -> Select[Post]:
    """Every post held on `day` by somebody whose account is not disabled."""
    return (
        select(Post)
        .join(Person)
        .where(
            Person.disabled_at.is_(None),
            Post.from_on <= day,
            or_(Post.until_on.is_(None), Post.until_on >= day),
        )
    )


def holders(session: Session, kinds: Collection[PostKind], office_id: int, on: date) -> set[int]:
    """The ids of everyone holding one of these posts in that office on that day."""
    held = posts_on(on).where(Post.kind.in_(kinds), Post.office_id == office_id)
    return set(session.scalars(held.with_only_columns(Post.person_id)))


def colleagues(act: Act, kind: PostKind) -> Select[Person]:
    """Everyone who holds that post today in an office in which the actor holds one."""
    held = posts_on(act.today).where(Post.kind == kind, Post.office_id.in_(act.actor.offices))
    return select(Person).where(Person.id.in_(held.with_only_columns(Post.person_id)))


def actor_of(session: Session, person_id: int, on: date) -> Actor:
    """The person as an actor, with all posts held on that day."""
    held = session.scalars(posts_on(on).where(Post.person_id == person_id))
    return Actor(person_id, frozenset((post.kind.value, post.office_id) for post in held))


def names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Name by id, for showing inside the app."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}
