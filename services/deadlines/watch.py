"""The watch: every open period is spoken of when it nears its end, and louder once it is past.

Each period says in `look_at` when it has next to be looked at. A look takes whatever has come
due, says the worst that is true of it now, and puts the next moment there. So an outage is caught
up with by the first look after it: of the tiers that were missed only the worst is told, and the
others are kept as passed over. A tier is told once for the end of which it speaks, whatever the
clock does; a custody that has expired is told again every day while it is open.

Who hears: see `warning_settings.LADDER`. The police hear of their own periods first, and the
procuratorate from the last tier on. No register of substitutes exists: for a handler who is on
leave, or no longer at the post, the heads of department hear at once as well.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import structlog
from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    ForeignKey,
    Identity,
    Integer,
    UniqueConstraint,
    any_,
    column,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from services import people, tasks
from services.deadlines import warning_settings
from services.deadlines.engine.arithmetic import Calendar
from services.deadlines.engine.rules import Kind, Organ
from services.deadlines.notices import calendar_of
from services.deadlines.records import Deadline
from services.deadlines.tiers import DAY, Reach, Tier, morning, next_at, reached, reaches
from services.deadlines.warning_settings import Rung, WarningSettings
from services.kernel.act import Act, Event, Record
from services.people import Leave, Person, Post
from services.policy import Permission, PostKind, demands
from services.tasks import Task, TaskKind, TaskState

BATCH = 500
LATER = timedelta(minutes=10)
"""When a period that could not be looked at is tried again; it stands in nobody's way."""
ELSEWHERE = frozenset({Organ.POLICE, Organ.COURT, Organ.DETENTION_CENTRE})
"""Organs whose periods another department watches (RULES 613, 615)."""
PRESSING = frozenset({Tier.LAST, Tier.AGAIN, Tier.DUE_PASSED, Tier.EXPIRED})
"""Tiers at which the procuratorate hears of a period that the police have to keep."""
OVERDUE = frozenset({Tier.DUE_PASSED, Tier.EXPIRED})
IN_STEAD = (PostKind.DEPARTMENT_HEAD, PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR)
"""Who hears where nobody holds the post that should: the first of these that anybody holds."""

log = structlog.get_logger()


class DeadlineAlert(Record):
    """One tier of one period that was reached: told to somebody, or passed over for a worse one.

    `ends_at` is the end of which it speaks: a date that moves makes new tiers. `repeated_on` is
    the day on which an expired custody was told again.
    """

    __tablename__ = "deadline_alerts"
    __table_args__ = (
        UniqueConstraint(
            "deadline_id",
            "tier",
            "ends_at",
            "repeated_on",
            name="deadline_alerts_once",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadlines.id"))
    tier: Mapped[Tier]
    ends_at: Mapped[datetime]
    repeated_on: Mapped[date | None]
    reached_at: Mapped[datetime]
    raised_at: Mapped[datetime]
    told: Mapped[bool]
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The prosecutor to whom it was told by name."""
    pools: Mapped[list[Any]] = mapped_column(default=list)
    """The posts to which it was told, each with its office."""

    deadline: Mapped[Deadline] = relationship(viewonly=True)


@dataclass(frozen=True, slots=True)
class AtOnceAwaited(Event):
    """What the law wants done at once is still open."""

    deadline_id: int


@dataclass(frozen=True, slots=True)
class DeadlineNeared(Event):
    """A period has come near its end."""

    deadline_id: int
    tier: str


@dataclass(frozen=True, slots=True)
class LastDaysReached(Event):
    """A period has reached its last warning."""

    deadline_id: int
    tier: str


@dataclass(frozen=True, slots=True)
class ThresholdPassed(Event):
    """The time is over after which somebody else has to act, or may."""

    deadline_id: int


@dataclass(frozen=True, slots=True)
class DueDayPassed(Event):
    """A period is past the day to keep, and within the latest day that the law can bear."""

    deadline_id: int


@dataclass(frozen=True, slots=True)
class DeadlineExpired(Event):
    """A period has run out."""

    deadline_id: int


@dataclass(frozen=True, slots=True)
class CustodyExpired(Event):
    """The time has run out for which a person may be held, and nothing says that they are free."""

    deadline_id: int
    again: bool


class Route(NamedTuple):
    """The post that watches a period, and the one in whose place it stands, where nobody is."""

    post: PostKind
    in_place_of: PostKind | None = None


@dataclass(frozen=True, slots=True)
class Overdue:
    """A period that was just found past its day, and who watches it."""

    deadline: Deadline
    route: Route


@dataclass(slots=True)
class Looked:
    """What one look came to: how many it took, how many tiers it told, what is past its day."""

    taken: int = 0
    told: int = 0
    failed: int = 0
    overdue: list[Overdue] = field(default_factory=list)


class Holders(NamedTuple):
    """Who hears of a period: the prosecutor by name, and every holder of these posts."""

    handler_id: int | None
    pools: frozenset[tuple[PostKind, int]]

    def __or__(self, other: "Holders") -> "Holders":
        """Everybody of both."""
        return Holders(self.handler_id or other.handler_id, self.pools | other.pools)


NOBODY = Holders(None, frozenset())


@demands(Permission.DEADLINE_WATCH)
def look(act: Act, batch: int) -> Looked:
    """Look at the open periods whose time has come, at most so many; say what is to be said.

    Several workers share the work: what another one is looking at is left to it.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        AtOnceAwaited, DeadlineNeared, LastDaysReached, ThresholdPassed, DueDayPassed,
        DeadlineExpired, CustodyExpired.
    """
    due = (
        select(Deadline)
        .where(Deadline.closed_at.is_(None), Deadline.look_at <= act.now)
        .order_by(Deadline.look_at)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    taken = act.session.scalars(due, execution_options={"populate_existing": True}).all()
    looked = Looked(len(taken))
    if not taken:
        return looked
    seen = _Seen.of(act, taken)
    next_looks: list[tuple[int, datetime | None]] = []
    for deadline in taken:
        try:
            found = reaches(deadline, seen.calendar, seen.settings[deadline.procuratorate_id].tiers)
            now_reached = reached(found, act.now)
            if now_reached or seen.tasks[deadline.id]:
                with act.session.begin_nested():
                    told = _speak(act, deadline, now_reached, seen)
                looked.told += told
            if now_reached and now_reached[-1].tier in OVERDUE and _is_watched(deadline):
                looked.overdue.append(Overdue(deadline, _route(deadline, seen.held)))
            next_looks.append((deadline.id, _next_look(act, deadline, found, now_reached)))
        except Exception as error:  # noqa: BLE001  # one period's mistake, whatever it is
            looked.failed += 1
            log.error(  # noqa: TRY400  # a traceback would carry the record's own words
                "deadline_unwatched", deadline=deadline.id, error=type(error).__name__
            )
            next_looks.append((deadline.id, act.now + LATER))
    _look_again(act.session, next_looks)
    return looked


def route(session: Session, deadline: Deadline, today: date) -> Route:
    """Which department watches a period (RULES 613, 615, 664).

    The procuratorate's own: case management. Those of the police, courts and detention centres:
    execution supervision while the person is held, else the department that handles the case.
    Where nobody is posted to execution supervision, case management stands in, and says so.
    """
    held = posts_held(session, [deadline.procuratorate_id], today)
    return _route(deadline, held)


def posts_held(
    session: Session, office_ids: Iterable[int], today: date
) -> frozenset[tuple[PostKind, int]]:
    """Which posts anybody holds today in these offices."""
    chosen = people.posts_on(today).where(Post.office_id.in_(set(office_ids)))
    rows = session.execute(chosen.with_only_columns(Post.kind, Post.office_id).distinct())
    return frozenset((row.kind, row.office_id) for row in rows)


@dataclass(slots=True)
class _Seen:
    """What a look has to know of all the periods it took, read once."""

    calendar: Calendar
    settings: dict[int, WarningSettings]
    held: frozenset[tuple[PostKind, int]]
    at_work: frozenset[tuple[int, int]]
    """Handlers at their post today and not on leave, with the procuratorate."""
    told: dict[int, dict[tuple[Tier, datetime, date | None], date]]
    """What was said of each period before, and on which day."""
    tasks: defaultdict[int, list[Task]]

    @classmethod
    def of(cls, act: Act, taken: Sequence[Deadline]) -> "_Seen":
        ids = [deadline.id for deadline in taken]
        offices = {deadline.procuratorate_id for deadline in taken}
        police = {one.police_office_id for one in taken if one.police_office_id is not None}
        handlers = {one.handler_id for one in taken if one.handler_id is not None}
        return cls(
            calendar_of(act.session),
            warning_settings.of_offices(act.session, offices),
            posts_held(act.session, offices | police, act.today),
            _at_work(act.session, handlers, act.today),
            _told(act.session, ids),
            _reminders(act.session, ids),
        )


def _at_work(session: Session, handlers: set[int], today: date) -> frozenset[tuple[int, int]]:
    away = select(Leave.person_id).where(Leave.from_on <= today, Leave.until_on >= today)
    chosen = people.posts_on(today).where(
        Post.kind == PostKind.PROSECUTOR, Person.id.in_(handlers), Person.id.not_in(away)
    )
    rows = session.execute(chosen.with_only_columns(Post.person_id, Post.office_id))
    return frozenset((row.person_id, row.office_id) for row in rows)


def _told(
    session: Session, ids: Sequence[int]
) -> dict[int, dict[tuple[Tier, datetime, date | None], date]]:
    told: dict[int, dict[tuple[Tier, datetime, date | None], date]] = {one: {} for one in ids}
    chosen = select(
        DeadlineAlert.deadline_id,
        DeadlineAlert.tier,
        DeadlineAlert.ends_at,
        DeadlineAlert.repeated_on,
        func.timezone("Asia/Shanghai", DeadlineAlert.raised_at).label("raised"),
    ).where(DeadlineAlert.deadline_id == any_(_array(ids)))
    for row in session.execute(chosen):
        told[row.deadline_id][row.tier, row.ends_at, row.repeated_on] = row.raised.date()
    return told


def _reminders(session: Session, ids: Sequence[int]) -> defaultdict[int, list[Task]]:
    """The open reminders of these periods; the period's own lock covers them."""
    found = defaultdict[int, list[Task]](list)
    chosen = select(Task).where(
        Task.about_kind == Deadline.__tablename__,
        Task.about_id == any_(_array(ids)),
        Task.kind == TaskKind.KEEP_DEADLINE,
        Task.state == TaskState.OPEN,
    )
    for task in session.scalars(chosen, execution_options={"populate_existing": True}):
        found[task.about_id].append(task)
    return found


def _array(ids: Sequence[int]) -> Any:
    """One parameter, however many periods: the statement stays the same and stays planned."""
    return literal(list(ids), ARRAY(Integer))


def _speak(act: Act, deadline: Deadline, found: list[Reach], seen: _Seen) -> int:
    """Tell the worst if it is new, keep the others as passed over, and see to the reminders."""
    settings = seen.settings[deadline.procuratorate_id]
    told = seen.told[deadline.id]
    new = [one for one in found if (one.tier, one.ends_at, None) not in told]
    everybody, count = NOBODY, 0
    for one in found:
        everybody |= _holders(deadline, settings, seen, one.tier)
    if found:
        worst = found[-1]
        for one in new:
            if one != worst:
                act.session.add(_alert(act, deadline, one, told=False))
        if worst in new:
            count = _tell(act, deadline, worst, seen)
        elif _is_alarm(deadline, worst) and _first_today(told, worst, act.today):
            count = _tell(act, deadline, worst, seen, repeated_on=act.today)
    _remind(act, deadline, everybody, seen.tasks[deadline.id])
    act.session.flush()
    return count


def _tell(
    act: Act, deadline: Deadline, worst: Reach, seen: _Seen, *, repeated_on: date | None = None
) -> int:
    settings = seen.settings[deadline.procuratorate_id]
    holders = _holders(deadline, settings, seen, worst.tier)
    alert = _alert(act, deadline, worst, told=True)
    alert.repeated_on, alert.handler_id = repeated_on, holders.handler_id
    alert.pools = [[post.value, office_id] for post, office_id in sorted(holders.pools)]
    act.session.add(alert)
    act.session.flush()
    match worst.tier:
        case Tier.LINGERING:
            act.record(AtOnceAwaited(alert.id, deadline.id))
        case Tier.FIRST | Tier.SECOND:
            act.record(DeadlineNeared(alert.id, deadline.id, worst.tier.value))
        case Tier.LAST | Tier.AGAIN:
            act.record(LastDaysReached(alert.id, deadline.id, worst.tier.value))
        case Tier.THRESHOLD_PASSED:
            act.record(ThresholdPassed(alert.id, deadline.id))
        case Tier.DUE_PASSED:
            act.record(DueDayPassed(alert.id, deadline.id))
        case Tier.EXPIRED if _is_alarm(deadline, worst):
            act.record(CustodyExpired(alert.id, deadline.id, repeated_on is not None))
        case Tier.EXPIRED:
            act.record(DeadlineExpired(alert.id, deadline.id))
    return 1


def _alert(act: Act, deadline: Deadline, one: Reach, *, told: bool) -> DeadlineAlert:
    return DeadlineAlert(
        deadline_id=deadline.id,
        tier=one.tier,
        ends_at=one.ends_at,
        reached_at=one.at,
        raised_at=act.now,
        told=told,
        pools=[],
    )


def _is_alarm(deadline: Deadline, one: Reach) -> bool:
    """Is somebody held longer than the law allows? It is told anew every day."""
    return one.tier is Tier.EXPIRED and deadline.is_custody and deadline.rule.kind is Kind.DEADLINE


def _first_today(
    told: dict[tuple[Tier, datetime, date | None], date], worst: Reach, today: date
) -> bool:
    """Was it last told on an earlier day? A clock put back tells nothing again."""
    days = [
        day for (tier, ends_at, _), day in told.items() if (tier, ends_at) == (worst[0], worst[2])
    ]
    return max(days) < today


def _is_watched(deadline: Deadline) -> bool:
    """Does being late concern whoever watches? What a party lets pass is the party's own."""
    watched_kind = deadline.rule.kind in {Kind.DEADLINE, Kind.BACKWARD}
    return watched_kind and deadline.binds is not Organ.PARTY


def _next_look(
    act: Act, deadline: Deadline, found: list[Reach], now_reached: list[Reach]
) -> datetime | None:
    coming = next_at(found, act.now)
    if now_reached and _is_alarm(deadline, now_reached[-1]):
        tomorrow = morning(act.today + DAY)
        return tomorrow if coming is None else min(coming, tomorrow)
    return coming


def _route(deadline: Deadline, held: frozenset[tuple[PostKind, int]]) -> Route:
    if deadline.binds is Organ.PROCURATORATE:
        return Route(PostKind.CASE_MANAGER)
    if deadline.binds not in ELSEWHERE or not deadline.held:
        return Route(PostKind.DEPARTMENT_HEAD)
    if (PostKind.EXECUTION_SUPERVISOR, deadline.procuratorate_id) in held:
        return Route(PostKind.EXECUTION_SUPERVISOR)
    return Route(PostKind.CASE_MANAGER, PostKind.EXECUTION_SUPERVISOR)


def _holders(deadline: Deadline, settings: WarningSettings, seen: _Seen, tier: Tier) -> Holders:
    """Who hears of a period at a tier; somebody always does."""
    office_id, pools = deadline.procuratorate_id, set[tuple[PostKind, int]]()
    rungs: Sequence[Rung] = settings.heard_by(tier)
    police = deadline.police_office_id if deadline.binds is Organ.POLICE else None
    if police is not None:
        pools.add((PostKind.POLICE_OFFICER, police))
        if tier not in PRESSING:
            rungs = ()
    elif deadline.binds is Organ.PARTY:
        rungs = (Rung.HANDLER,)
    handler_id = deadline.handler_id if Rung.HANDLER in rungs else None
    if Rung.HANDLER in rungs and (deadline.handler_id, office_id) not in seen.at_work:
        absent = PostKind.CASE_MANAGER if handler_id is None else PostKind.DEPARTMENT_HEAD
        pools.add((absent, office_id))
    if Rung.DEPARTMENT_HEAD in rungs:
        pools.add((PostKind.DEPARTMENT_HEAD, office_id))
    if Rung.CHIEF_PROCURATOR in rungs:
        pools.add((PostKind.CHIEF_PROCURATOR, office_id))
    if Rung.WATCHER in rungs:
        pools.add((_route(deadline, seen.held).post, office_id))
    named = handler_id is not None and (handler_id, office_id) in seen.at_work
    heard = pools & seen.held
    if not named and not heard:
        stead = {(post, office_id) for post in IN_STEAD} & seen.held
        heard = set(sorted(stead, key=lambda one: IN_STEAD.index(one[0]))[:1])
    return Holders(handler_id, frozenset(heard))


def _remind(act: Act, deadline: Deadline, wanted: Holders, lying: list[Task]) -> None:
    """Let each holder have the reminder once, with the day as it stands now; nobody else."""
    missing = wanted
    for task in lying:
        pool = (task.post, task.office_id) if task.post and task.office_id else None
        if pool in wanted.pools or (task.person_id and task.person_id == wanted.handler_id):
            task.due_on, task.outer_on = deadline.due_on, deadline.outer_on
            left = missing.pools - {pool}
            missing = missing._replace(pools=frozenset(one for one in left if one))
            if task.person_id:
                missing = missing._replace(handler_id=None)
        else:
            tasks.withdraw(act, task)
    if missing.handler_id is not None:
        tasks.open_for_person(
            act, TaskKind.KEEP_DEADLINE, deadline, person_id=missing.handler_id, due=deadline
        )
    for post, office_id in sorted(missing.pools):
        tasks.open_for_pool(
            act, TaskKind.KEEP_DEADLINE, deadline, office_id=office_id, post=post, due=deadline
        )


def _look_again(session: Session, next_looks: list[tuple[int, datetime | None]]) -> None:
    """Put the next moment into every row with one statement."""
    ids, moments = zip(*next_looks, strict=True)
    coming = (
        func.unnest(
            literal(list(ids), ARRAY(Integer)),
            literal(list(moments), ARRAY(TIMESTAMP(timezone=True))),
        )
        .table_valued(column("id", Integer), column("at", TIMESTAMP(timezone=True)), name="coming")
        .render_derived()
    )
    session.execute(
        update(Deadline)
        .where(Deadline.id == coming.c.id)
        .values(look_at=coming.c.at)
        .execution_options(synchronize_session=False)
    )
