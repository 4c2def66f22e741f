"""The register of people and the posts they hold in offices, from–to a date."""

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import (
    BindParameter,
    CheckConstraint,
    ColumnElement,
    Computed,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, ExcludeConstraint
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from services.kernel.act import Act, Actor, Event, Lent, Record
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.offices import Office, at_or_below
from services.passwords import LONGEST, SHORTEST, is_common
from services.policy import Permission, PostKind, demands

ONE_USERNAME = "people_username_key"
DUTIES_APART = "posts_duties_apart"

ABLE = (PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD, PostKind.PROSECUTOR)
"""Who can act for a chief procurator: somebody who decides on cases there in any event."""
DELEGATIONS = table(
    "delegations",
    column("id", Integer),
    column("post_id", Integer),
    column("from_id", Integer),
    column("matters", JSONB),
)
"""Delegations, by their table's name: that tier knows this one, not the reverse."""
ON: BindParameter[date] = bindparam("on", type_=Date)
AT: BindParameter[datetime] = bindparam("at", type_=TIMESTAMP(timezone=True))
"""The day and the moment, in what is composed once and asked by every request."""
EMERGENCIES = table(
    "emergency_accesses",
    column("person_id", Integer),
    column("case_id", Integer),
    column("opens", JSONB),
    column("opened_at", TIMESTAMP(timezone=True)),
    column("until_at", TIMESTAMP(timezone=True)),
)
RECUSALS = table("recusals", column("case_id", Integer), column("person_id", Integer))

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


class Duty(StrEnum):
    """What kind of duty a post is: nobody has two kinds on one day (三员分立)."""

    WORK = "work"
    ADMINISTRATION = "administration"
    SECURITY = "security"
    AUDIT = "audit"


DUTIES: Mapping[PostKind, Duty] = {
    PostKind.ADMINISTRATOR: Duty.ADMINISTRATION,
    PostKind.SECURITY_OFFICER: Duty.SECURITY,
    PostKind.AUDITOR: Duty.AUDIT,
}
"""The three officers of an installation; every other post is of the work itself."""
_DUTY = "CASE kind {} ELSE 'work' END".format(
    " ".join(f"WHEN '{post.value}' THEN '{duty.value}'" for post, duty in DUTIES.items())
)


class Person(Record):
    """A person with an account."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"), index=True)
    """The office that keeps the account; none until the console has given a first post."""
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sex: Mapped[Sex | None]
    """As enrolled; a woman of the staff takes part where a girl is interrogated (RULES 465¶5)."""
    password_hash: Mapped[str]
    disabled_at: Mapped[datetime | None]
    failed_sign_ins: Mapped[int] = mapped_column(default=0, server_default="0")
    locked_until: Mapped[datetime | None]

    posts: Mapped[list["Post"]] = relationship(back_populates="person")
    office: Mapped[Office | None] = relationship()

    @property
    def person_id(self) -> int:
        """Whose account it is."""
        return self.id

    @property
    def led_by_ids(self) -> frozenset[int]:
        """Every office whose officers keep the account."""
        return self.office.led_by_ids if self.office else frozenset()


class Post(Record):
    """A post held in an office from a day until a day (both included); open-ended if None."""

    __tablename__ = "posts"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="posts_end_after_start"),
        ExcludeConstraint(
            (literal_column("person_id"), "="),
            (literal_column("duty"), "<>"),
            (literal_column("daterange(from_on, until_on, '[]')"), "&&"),
            name=DUTIES_APART,
            using="gist",
        ),
        Index("posts_by_office", "office_id", "kind"),
        Index("posts_by_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    kind: Mapped[PostKind]
    from_on: Mapped[date]
    until_on: Mapped[date | None]

    duty: Mapped[Duty] = mapped_column(Computed(_DUTY, persisted=True))

    person: Mapped[Person] = relationship(back_populates="posts")
    office: Mapped[Office] = relationship()

    @property
    def led_by_ids(self) -> frozenset[int]:
        """Every office whose officers see to it."""
        return self.office.led_by_ids


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
    return hash_fits(person.password_hash if person else _NOBODY, password) and bool(person)


def hash_fits(kept: str, secret: str) -> bool:
    """Is it the secret of which this argon2id hash was kept?"""
    try:
        return _HASHER.verify(kept, secret)
    except VerifyMismatchError:
        return False


def held_on(day: date | ColumnElement[date], post: type[Post] = Post) -> ColumnElement[bool]:
    """A post that is held on that day, the first and the last included."""
    return and_(post.from_on <= day, or_(post.until_on.is_(None), post.until_on >= day))


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


def lending(day: ColumnElement[date]) -> ColumnElement[bool]:
    """The delegation by which a post is held, if one still carries it.

    It ends with the post of whoever gave it, and with that of whoever took it.
    """
    given, taken = aliased(Post), aliased(Post)
    gives = exists().where(
        given.person_id == DELEGATIONS.c.from_id,
        given.office_id == Post.office_id,
        given.kind == PostKind.CHIEF_PROCURATOR,
        held_on(day, given),
    )
    takes = exists().where(
        taken.person_id == Post.person_id,
        taken.office_id == Post.office_id,
        taken.kind.in_(ABLE),
        held_on(day, taken),
    )
    return and_(DELEGATIONS.c.post_id == Post.id, gives, takes)


def held_at(at: ColumnElement[datetime]) -> tuple[Any, ...]:
    """What `actor_with` reads of each post, and of the person's emergencies at that moment."""
    return (
        Post.kind,
        Post.office_id,
        DELEGATIONS.c.id.label("delegation_id"),
        DELEGATIONS.c.matters,
        _emergencies(at).label("emergencies"),
    )


def _emergencies(at: ColumnElement[datetime]) -> ScalarSelect[Any]:
    kept_away = exists().where(
        RECUSALS.c.case_id == EMERGENCIES.c.case_id, RECUSALS.c.person_id == Person.id
    )
    return (
        select(func.jsonb_agg(EMERGENCIES.c.opens))
        .where(
            EMERGENCIES.c.person_id == Person.id,
            EMERGENCIES.c.opened_at <= at,
            EMERGENCIES.c.until_at > at,
            ~kept_away,
        )
        .correlate(Person)
        .scalar_subquery()
    )


def actor_of(session: Session, person_id: int, on: date, at: datetime | None = None) -> Actor:
    """The person as an actor, with all posts held on that day, and what is open at that moment.

    Without a moment nothing is open: no emergency began before it.
    """
    rows = session.execute(_held(), {"person_id": person_id, "on": on, "at": at})
    return actor_with(person_id, rows)


@cache
def _held() -> Select[Any]:
    """What `actor_of` asks, composed once: every request asks it, and composing was its cost."""
    held = select(*held_at(AT)).join(Person, Person.id == Post.person_id)
    return held.outerjoin(DELEGATIONS, lending(ON)).where(
        Person.disabled_at.is_(None),
        held_on(ON),
        Post.person_id == bindparam("person_id", type_=Integer),
    )


def actor_with(person_id: int, held: Iterable[Row[Any]], session_id: int | None = None) -> Actor:
    """The person with these posts, and with a delegation those of the chief (RULES 4¶2)."""
    rows = list(held)
    own = {(row.kind.value, row.office_id) for row in rows if row.kind is not None}
    lent = frozenset(
        Lent(row.office_id, row.delegation_id, frozenset(row.matters or ()))
        for row in rows
        if row.delegation_id is not None
        and (PostKind.CHIEF_PROCURATOR.value, row.office_id) not in own
    )
    chief = {(PostKind.CHIEF_PROCURATOR.value, one.office_id) for one in lent}
    opened = {
        (str(table_name), int(record_id))
        for row in rows[:1]
        for opens in row.emergencies or ()
        for table_name, record_id in opens
    }
    return Actor(person_id, frozenset(own | chief), session_id, lent, frozenset(opened))


def visible(act: Act) -> Select[Person]:
    """The people whose accounts an administrator or a security officer keeps, and no others."""
    kept = at_or_below(
        act.session, act.actor.offices_as(PostKind.ADMINISTRATOR, PostKind.SECURITY_OFFICER)
    )
    return select(Person).where(Person.office_id.in_(kept))


def find(act: Act, person_id: int) -> Person:
    """The person, if the actor keeps the account; otherwise they do not exist."""
    found = act.session.scalar(visible(act).where(Person.id == person_id))
    if found is None:
        raise NotFound
    return found


def called(chosen: Select[Person], words: str) -> Select[Person]:
    """Whose name or account's name has these words in it."""
    return chosen.where(
        or_(
            Person.name.contains(words, autoescape=True),
            Person.username.icontains(words, autoescape=True),
        )
    )


def names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Name by id, for showing inside the app."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


@dataclass(frozen=True, slots=True)
class PersonEnrolled(Event):
    """Somebody got an account."""


@dataclass(frozen=True, slots=True)
class PersonCorrected(Event):
    """What the register says of somebody was put right."""


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


class DutiesKeptApart(Conflict):
    """Administrator, security officer and auditor are three people, and none of them has a case."""

    zh = "系统管理员、安全保密员、安全审计员应当由不同人员担任，且不得兼任办案岗位（三员分立）。"


class PasswordTooShort(Unprocessable):
    """A password has at least twelve characters."""

    zh = "口令至少十二个字符。"


class PasswordTooLong(Unprocessable):
    """A password has at most two hundred characters."""

    zh = "口令至多二百个字符。"


class PasswordTooCommon(Unprocessable):
    """A guesser would try this password early; take another one."""

    zh = "该口令过于常见或者与本人、本单位信息相关，请更换。"


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
        PasswordTooShort, PasswordTooLong: not twelve to two hundred characters.
        PasswordTooCommon: a guesser would try it early.

    Records:
        PersonEnrolled.
    """
    _good(given.password, given.username, given.name)
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


@demands(Permission.PERSON_ENTER)
def enter(act: Act, office: Office, *, username: str, name: str, sex: Sex | None) -> Person:
    """Give somebody of an office an account that nobody can sign in to yet.

    Its first password or phone comes from the security officer, who is another person.

    Refuses:
        NotAllowed: only an administrator of that office, or of one that leads it.
        UsernameTaken: there is an account of that name.

    Records:
        PersonEnrolled.
    """
    person = Person(
        office=office, username=username, name=name, sex=sex, password_hash=unusable_hash()
    )
    with act.unless(ONE_USERNAME, UsernameTaken(username=username)):
        act.session.add(person)
    act.record(PersonEnrolled(person.id))
    return person


@demands(Permission.PERSON_CORRECT)
def correct(act: Act, person: Person, *, name: str, sex: Sex | None) -> Person:
    """Put right what the register says of somebody.

    Refuses:
        NotAllowed: only another administrator of the office that keeps the account, or above.

    Records:
        PersonCorrected.
    """
    person.name, person.sex = name, sex
    act.record(PersonCorrected(person.id))
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
        DutiesKeptApart: a post of another kind of duty is held on some of these days (三员分立).

    Records:
        PostGiven.
    """
    return hold(act, person, kind, office_id=office_id, from_on=act.today, until_on=until_on)


def hold(  # noqa: PLR0913  # each by its name
    act: Act,
    person: Person,
    kind: PostKind,
    *,
    office_id: int,
    from_on: date,
    until_on: date | None,
) -> Post:
    """Let somebody hold a post; part of giving or confirming it, and never a step of its own.

    The account goes to that office, unless its own leads it: who gives out codes for somebody's
    phone or password never stands below the powers that they open.

    Refuses:
        DutiesKeptApart: a post of another kind of duty is held on some of these days (三员分立).
    """
    post = Post(
        person_id=person.id, office_id=office_id, kind=kind, from_on=from_on, until_on=until_on
    )
    with act.unless(DUTIES_APART, DutiesKeptApart(post=kind.value)):
        act.session.add(post)
    kept_by = {person.office_id} if person.office_id else set[int]()
    if office_id not in at_or_below(act.session, kept_by):
        person.office_id = office_id
    act.record(PostGiven(person.id, post.id, office_id, kind.value))
    return post


@demands(Permission.ACCOUNT_SECURE)
def set_password(act: Act, person: Person, password: str) -> None:
    """Give an account a new password and unlock it.

    Refuses:
        NotAllowed: only the console, or the security officer of its office or of one above.
        PasswordTooShort, PasswordTooLong: not twelve to two hundred characters.
        PasswordTooCommon: a guesser would try it early.

    Records:
        PasswordSet.
    """
    take_password(act, person, password)


def take_password(act: Act, person: Person, password: str) -> None:
    """Keep the hash of a new password: for the operations that have found out whose wish it is.

    Refuses:
        PasswordTooShort, PasswordTooLong: not twelve to two hundred characters.
        PasswordTooCommon: a guesser would try it early.

    Records:
        PasswordSet.
    """
    offices = select(Office.name, Office.short_name).where(
        Office.id.in_(select(Post.office_id).where(Post.person_id == person.id))
    )
    words = [word for row in act.session.execute(offices) for word in row]
    _good(password, person.username, person.name, *words)
    person.password_hash = hash_password(password)
    person.failed_sign_ins, person.locked_until = 0, None
    act.record(PasswordSet(person.id))


@demands(Permission.ACCOUNT_SECURE)
def disable(act: Act, person: Person) -> None:
    """Close an account: its sessions and posts carry no power from the next request on.

    Refuses:
        NotAllowed: only the console, or the security officer of its office or of one above.

    Records:
        AccountDisabled.
    """
    person.disabled_at = person.disabled_at or act.now
    act.record(AccountDisabled(person.id))


def by_username(session: Session, username: str) -> Person | None:
    """The account of that name."""
    return session.scalar(select(Person).where(Person.username == username))


def _good(password: str, *about: str) -> None:
    if len(password) < SHORTEST:
        raise PasswordTooShort
    if len(password) > LONGEST:
        raise PasswordTooLong
    if is_common(password, about):
        raise PasswordTooCommon
