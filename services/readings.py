"""Readings (查阅记录): who opened which case when, by which right.

Reading is an act too. The door notes each file of a case that was opened: once in an hour for
one person, sitting at one phone, by one way in. Nothing of it is ever changed. No key holds the
row of the case or of the person, so that nobody who reads waits for somebody who decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from statistics import median
from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    ColumnElement,
    Index,
    Integer,
    Select,
    UniqueConstraint,
    and_,
    case,
    column,
    distinct,
    extract,
    func,
    literal,
    null,
    or_,
    select,
    table,
)
from sqlalchemy import event as sa_event
from sqlalchemy.dialects.postgresql import TIMESTAMP, insert
from sqlalchemy.orm import Mapped, mapped_column

from services import deadlines, people
from services.cases import Case
from services.kernel.act import SHANGHAI, Act, Actor, Record
from services.kernel.refusals import NotFound, Unprocessable
from services.people import Person, Post
from services.policy import Permission, PostKind, demands

LONGEST = timedelta(days=92)
"""The days that one report looks back at."""
WORK_BEGINS, WORK_ENDS = 8, 19
"""The hours of a working day in which reading surprises nobody."""
MANY = 5
"""So many readers of one case are never unusual."""
MOST = 100
"""The lines of a report of each kind; the rest is found in the list."""

ACCESSES = table(
    "emergency_accesses",
    column("id", Integer),
    column("case_id", Integer),
    column("person_id", Integer),
    column("opened_at", TIMESTAMP(timezone=True)),
    column("until_at", TIMESTAMP(timezone=True)),
)
"""Emergency accesses, by their table's name: that tier knows this one, not the reverse."""


class ReadingRight(StrEnum):
    """By what right a case was opened."""

    POST = "post"
    DELEGATION = "delegation"
    EMERGENCY = "emergency"


class Reading(Record):
    """A case was opened by somebody, within one hour, by one way in. Never changed."""

    __tablename__ = "readings"
    __table_args__ = (
        UniqueConstraint(
            "person_id", "session_id", "case_id", "hour", "route", name="readings_once_an_hour"
        ),
        Index("readings_of_case", "case_id", "id"),
        Index("readings_of_office", "procuratorate_id", "id"),
        Index("readings_by_hour", "procuratorate_id", "hour"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    person_id: Mapped[int]
    session_id: Mapped[int] = mapped_column(BigInteger)
    """The session of the phone; 0 where there is none."""
    case_id: Mapped[int]
    procuratorate_id: Mapped[int]
    """The procuratorate that handles the case: its auditor reads of it."""
    hour: Mapped[datetime]
    route: Mapped[str]
    """The way in, as the address is written in the contract: no id of anything."""
    right: Mapped[ReadingRight]
    post: Mapped[str]
    """The post by which the reader saw it."""
    delegation_id: Mapped[int | None]
    emergency_id: Mapped[int | None]
    opened_at: Mapped[datetime]


_READINGS = Reading.__table__

sa_event.listen(
    _READINGS,
    "after_create",
    DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON readings "
        "EXECUTE FUNCTION refuse_change()"
    ),
)


class ReportTooLong(Unprocessable):
    """A report is about one day at least and 92 at most."""

    zh = "报告期间应当为一日以上、九十二日以下。"


@dataclass(frozen=True, slots=True)
class Watched:
    """The procuratorate whose readings a report is about."""

    procuratorate_id: int


@dataclass(frozen=True, slots=True)
class ReaderLine:
    """How much one person read."""

    person_id: int
    cases: int
    readings: int
    outside_hours: int
    in_emergency: int
    has_left: bool
    """Holds no post any more."""


@dataclass(frozen=True, slots=True)
class CaseLine:
    """By how many one case was read."""

    case_id: int
    number: str
    readers: int
    is_unusual: bool
    """By more than three times as many as half of the cases."""


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """Who read how much in a procuratorate, from–to a day."""

    procuratorate_id: int
    from_on: date
    until_on: date
    readers: Sequence[ReaderLine]
    cases: Sequence[CaseLine]
    usual_readers: float
    """Half of the cases that were read at all had no more readers."""


def note(act: Act, opened: Select[Any], route: str) -> None:
    """Note that the cases that `opened` chooses were opened: the door's own memory.

    It is one statement, and no permission is asked: who could open the case has opened it.
    """
    actor = act.actor
    ids = opened.scalar_subquery() if len(opened.selected_columns) == 1 else opened
    emergency: ColumnElement[Any] = null()
    if actor.emergencies:
        emergency = (
            select(ACCESSES.c.id)
            .where(
                ACCESSES.c.person_id == actor.id,
                ACCESSES.c.case_id == Case.id,
                ACCESSES.c.opened_at <= act.now,
                ACCESSES.c.until_at > act.now,
            )
            .limit(1)
            .scalar_subquery()
        )
    lent = _lent(actor)
    chosen = select(
        literal(actor.id),
        literal(actor.session_id or 0, BigInteger),
        Case.id,
        Case.procuratorate_id,
        literal(act.now.replace(minute=0, second=0, microsecond=0), TIMESTAMP(timezone=True)),
        literal(route),
        case(
            (emergency.is_not(None), ReadingRight.EMERGENCY.value),
            (lent.is_not(None), ReadingRight.DELEGATION.value),
            else_=ReadingRight.POST.value,
        ),
        _post(actor),
        lent,
        emergency,
        literal(act.now, TIMESTAMP(timezone=True)),
    ).where(Case.id.in_(ids))
    named = [
        *("person_id", "session_id", "case_id", "procuratorate_id", "hour", "route"),
        *("right", "post", "delegation_id", "emergency_id", "opened_at"),
    ]
    noted = insert(_READINGS).from_select(named, chosen)  # type: ignore[arg-type]
    act.session.connection().execute(noted.on_conflict_do_nothing())


def _lent(actor: Actor) -> ColumnElement[Any]:
    """The delegation without which the reader would not have seen the case."""
    by_own = actor.offices_as(PostKind.CASE_MANAGER, PostKind.DEPARTMENT_HEAD)
    lent = [one for one in actor.lent if one.office_id not in by_own]
    if not lent:
        return literal(None, Integer)
    return case(
        (Case.handler_id == actor.id, None),
        *((Case.procuratorate_id == one.office_id, one.delegation_id) for one in lent),
        else_=None,
    )


def _post(actor: Actor) -> ColumnElement[Any]:
    """The post that fits the case best: the handler's, one in its offices, or any."""
    held = sorted(actor.posts)
    fallback = held[0][0] if held else "none"
    if not held:
        return literal(fallback)
    return case(
        (
            and_(
                Case.handler_id == actor.id,
                Case.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
            ),
            PostKind.PROSECUTOR.value,
        ),
        *(
            (or_(Case.procuratorate_id == office, Case.police_office_id == office), post)
            for post, office in held
        ),
        *((Case.raised_to_id == office, post) for post, office in held),
        else_=fallback,
    )


def visible(act: Act) -> Select[Reading]:
    """The reader's own, and all of the procuratorates that the actor audits or leads."""
    watched = act.actor.offices_as(PostKind.AUDITOR, PostKind.CHIEF_PROCURATOR)
    return select(Reading).where(
        or_(Reading.person_id == act.actor.id, Reading.procuratorate_id.in_(watched))
    )


def find(act: Act, reading_id: int) -> Reading:
    """The reading, if the actor may read of it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Reading.id == reading_id))
    if found is None:
        raise NotFound
    return found


def numbers(act: Act, found: Sequence[Reading]) -> dict[int, str]:
    """The numbers of the cases, and nothing else of them: an auditor sees no case."""
    wanted = {one.case_id for one in found}
    rows = act.session.execute(select(Case.id, Case.number).where(Case.id.in_(wanted)))
    return {row.id: row.number for row in rows}


@demands(Permission.READING_REPORT_READ)
def report(act: Act, watched: Watched, *, from_on: date, until_on: date) -> ReadingReport:
    """Count who read how much, outside working hours, and cases with unusually many readers.

    Refuses:
        NotAllowed: only the auditor of that procuratorate.
        ReportTooLong: no day at all, or more than 92.

    Records:
        Nothing.
    """
    if not timedelta() <= until_on - from_on < LONGEST:
        raise ReportTooLong
    within = and_(
        Reading.procuratorate_id == watched.procuratorate_id,
        Reading.hour >= datetime.combine(from_on, time(), SHANGHAI),
        Reading.hour < datetime.combine(until_on + timedelta(days=1), time(), SHANGHAI),
    )
    cases = _by_case(act, within)
    usual = float(median(one.readers for one in cases)) if cases else 0.0
    return ReadingReport(
        watched.procuratorate_id,
        from_on,
        until_on,
        _by_reader(act, within, from_on, until_on),
        [
            CaseLine(one.id, one.number, one.readers, one.readers > max(MANY, 3 * usual))
            for one in cases[:MOST]
        ],
        usual,
    )


def _by_case(act: Act, within: ColumnElement[bool]) -> Sequence[Any]:
    readers = func.count(distinct(Reading.person_id)).label("readers")
    return act.session.execute(
        select(Case.id, Case.number, readers)
        .join(Reading, Reading.case_id == Case.id)
        .where(within)
        .group_by(Case.id, Case.number)
        .order_by(readers.desc(), Case.id)
    ).all()


def _by_reader(
    act: Act, within: ColumnElement[bool], from_on: date, until_on: date
) -> list[ReaderLine]:
    calendar = deadlines.calendar_of(act.session)
    days = [from_on + timedelta(days=n) for n in range((until_on - from_on).days + 1)]
    free = [day for day in days if not calendar.is_working(day)]
    local = func.timezone("Asia/Shanghai", Reading.hour)
    clock = extract("hour", local)
    outside = or_(clock < WORK_BEGINS, clock >= WORK_ENDS, func.date(local).in_(free))
    readings = func.count().label("readings")
    posts = people.posts_on(act.today).with_only_columns(Post.person_id)
    rows = act.session.execute(
        select(
            Reading.person_id,
            func.count(distinct(Reading.case_id)).label("cases"),
            readings,
            func.count().filter(outside).label("outside_hours"),
            func.count().filter(Reading.right == ReadingRight.EMERGENCY).label("in_emergency"),
            Person.id.not_in(posts).label("has_left"),
        )
        .join(Person, Person.id == Reading.person_id)
        .where(within)
        .group_by(Reading.person_id, Person.id)
        .order_by(readings.desc(), Reading.person_id)
        .limit(MOST)
    )
    return [ReaderLine(*row) for row in rows]
