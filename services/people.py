"""The register of people and the posts they hold in offices, from–to a date."""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Select, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from services.kernel.act import Act, Actor, Event, Record
from services.kernel.refusals import Conflict, Unprocessable
from services.policy import Permission, PostKind, demands

ONE_USERNAME = "people_username_key"
SHORTEST_PASSWORD = 12
"""NIST SP 800-63B asks for at least eight characters; who decides on liberty can spare four."""

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this password")


class SpecialityCode(StrEnum):
    """What a prosecutor is trained for; some cases need it (RULES 458 for minors)."""

    MINORS = "minors"
    ECONOMIC = "economic"
    CYBER = "cyber"
    DUTY = "duty"


class Sex(StrEnum):
    """Sex as the identity document states it."""

    MALE = "male"
    FEMALE = "female"


class Person(Record):
    """A person with an account."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sex: Mapped[Sex | None]
    """As enrolled; a woman of the staff takes part where a girl is interrogated (RULES 465¶5)."""
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


@cache
def unusable_hash() -> str:
    """The hash of a password that nobody knows: the console sets one that somebody does."""
    return hash_password(secrets.token_urlsafe(32))


def password_fits(person: Person | None, password: str) -> bool:
    """Is it the person's password? Takes the same time when there is no such person."""
    try:
        return _HASHER.verify(person.password_hash if person else _NOBODY, password) and bool(
            person
        )
    except VerifyMismatchError:
        return False


def held_on(day: date) -> ColumnElement[bool]:
    """A post that is held on that day, the first and the last included."""
    return and_(Post.from_on <= day, or_(Post.until_on.is_(None), Post.until_on >= day))


def posts_on(day: date) -> Select[Post]:
    """Every post held on `day` by somebody whose account is not disabled."""
    return select(Post).join(Person).where(Person.disabled_at.is_(None), held_on(day))


def holders(session: Session, kinds: Collection[PostKind], office_id: int, on: date) -> set[int]:
    """The ids of everyone holding one of these posts in that office on that day."""
    wanted = {*kinds} | ({PostKind.ACTING_CHIEF} if PostKind.CHIEF_PROCURATOR in kinds else set())
    held = posts_on(on).where(Post.kind.in_(wanted), Post.office_id == office_id)
    return set(session.scalars(held.with_only_columns(Post.person_id)))


def colleagues(act: Act, kind: PostKind) -> Select[Person]:
    """Everyone who holds that post today in an office in which the actor holds one."""
    held = posts_on(act.today).where(Post.kind == kind, Post.office_id.in_(act.actor.offices))
    return select(Person).where(Person.id.in_(held.with_only_columns(Post.person_id)))


def actor_of(session: Session, person_id: int, on: date) -> Actor:
    """The person as an actor, with all posts held on that day."""
    held = session.scalars(posts_on(on).where(Post.person_id == person_id))
    return Actor(person_id, powers_of((post.kind, post.office_id) for post in held))


def powers_of(held: Iterable[tuple[PostKind, int]]) -> frozenset[tuple[str, int]]:
    """The posts held, and with a delegation those of the chief procurator (RULES 4¶2)."""
    posts = set(held)
    chief = {(PostKind.CHIEF_PROCURATOR, at) for kind, at in posts if kind is PostKind.ACTING_CHIEF}
    return frozenset((kind.value, office_id) for kind, office_id in posts | chief)


def names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Name by id, for showing inside the app."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


@dataclass(frozen=True, slots=True)
class PersonEnrolled(Event):
    """Somebody got an account."""


@dataclass(frozen=True, slots=True)
class PersonSexStated(Event):
    """Somebody's sex was entered as the identity document states it."""


@dataclass(frozen=True, slots=True)
class PostGiven(Event):
    """Somebody got a post; the event is about the person."""

    post_id: int
    office_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class PasswordSet(Event):
    """An account got a new password."""


@dataclass(frozen=True, slots=True)
class AccountDisabled(Event):
    """An account was closed; it is worth nothing from this moment on."""


class UsernameTaken(Conflict):
    """There is an account of that name."""

    zh = "该用户名已被使用。"


class PasswordTooShort(Unprocessable):
    """A password has at least twelve characters."""

    zh = "口令至少十二个字符。"


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Who is to get an account."""

    username: str
    name: str
    password: str
    sex: Sex | None = None


@demands(Permission.PERSON_ENROL)
def enrol(act: Act, given: NewPerson) -> Person:
    """Give somebody an account; it opens no door until a post is held.

    Refuses:
        NotAllowed: only the console of the installation.
        UsernameTaken: there is an account of that name.
        PasswordTooShort: fewer than twelve characters.

    Records:
        PersonEnrolled.
    """
    _long_enough(given.password)
    person = Person(
        username=given.username,
        name=given.name,
        sex=given.sex,
        password_hash=hash_password(given.password),
    )
    with act.unless(ONE_USERNAME, UsernameTaken(username=given.username)):
        act.session.add(person)
    act.record(PersonEnrolled(person.id))
    return person


@demands(Permission.PERSON_ENROL)
def state_sex(act: Act, person: Person, sex: Sex) -> Person:
    """Enter somebody's sex: a woman of the staff takes part where a girl is heard (RULES 465¶5).

    Refuses:
        NotAllowed: only the console of the installation.

    Records:
        PersonSexStated.
    """
    person.sex = sex
    act.session.flush()
    act.record(PersonSexStated(person.id))
    return person


@demands(Permission.POST_GIVE)
def give_post(
    act: Act, person: Person, kind: PostKind, *, office_id: int, until_on: date | None = None
) -> Post:
    """Let somebody hold a post in an office from today.

    Refuses:
        NotAllowed: only the console of the installation.

    Records:
        PostGiven.
    """
    post = Post(
        person_id=person.id, office_id=office_id, kind=kind, from_on=act.today, until_on=until_on
    )
    act.session.add(post)
    act.session.flush()
    act.record(PostGiven(person.id, post.id, office_id, kind.value))
    return post


@demands(Permission.ACCOUNT_SECURE)
def set_password(act: Act, person: Person, password: str) -> None:
    """Give an account a new password and unlock it.

    Refuses:
        NotAllowed: only the console of the installation.
        PasswordTooShort: fewer than twelve characters.

    Records:
        PasswordSet.
    """
    _long_enough(password)
    person.password_hash = hash_password(password)
    person.failed_sign_ins, person.locked_until = 0, None
    act.record(PasswordSet(person.id))


@demands(Permission.ACCOUNT_SECURE)
def disable(act: Act, person: Person) -> None:
    """Close an account: its sessions and posts carry no power from the next request on.

    Refuses:
        NotAllowed: only the console of the installation.

    Records:
        AccountDisabled.
    """
    person.disabled_at = person.disabled_at or act.now
    act.record(AccountDisabled(person.id))


def by_username(session: Session, username: str) -> Person | None:
    """The account of that name."""
    return session.scalar(select(Person).where(Person.username == username))


def _long_enough(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort
